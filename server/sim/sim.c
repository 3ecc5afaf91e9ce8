/*
 * server/sim -- one day in virtual time.
 *
 * Events of one instant are told to the pacer together, then it is asked;
 * it is also asked at every tick.  Agents serve the longest waiting caller,
 * and the agent idle longest takes the call.
 */
#include "sim/sim_priv.h"

#include <math.h>
#include <string.h>

enum kind { EV_TICK, EV_CHANGE, EV_ANSWER, EV_FAIL, EV_LIVE, EV_PATIENCE,
	    EV_TALK_END, EV_WRAP_END, EV_OWN_DIAL, EV_WARM };
enum seat { SEAT_OUT, SEAT_IDLE, SEAT_TALK, SEAT_WRAP };
#define QUARTER_MS (15 * 60000)
#define QUARTERS 512

struct seat_row {
	enum seat state;
	bool leaving;
	int64_t since_ms, in_ms;
	uint32_t stamp, call;
	uint64_t order;			/* in the idle queue                 */
};

struct call_row {
	uint32_t stamp;
	bool machine, busy, live;
	int64_t since_ms;		/* live since                        */
	uint32_t prev, next;		/* waiting queue                     */
	uint64_t number;
};

struct run {
	const struct sim_world *w;
	const struct sim_pace *pace;
	enum pacer_mode mode;
	struct sim_result *r;
	struct heap heap;
	struct seat_row *seat;
	struct call_row *call;
	uint32_t *spare, spares, calls;
	uint32_t first_wait, last_wait, idle, air, timers;
	uint64_t numbers, talks, wraps, idles;
	int64_t now;
	double p, talk_factor;
	int dead;
	bool ticked;
	struct { double answered, abandoned; } quarter[QUARTERS];
	double wrap_s, early_talk_s, early_logged_s, waits, wait_n, air_s,
	       caller_s;
	int64_t air_ms, warm_ms;
	enum err err;
};

#define NONE UINT32_MAX

static void tell(struct run *s, enum pacer_event_kind k, uint32_t seat,
		 uint64_t call)
{
	struct pacer_event e = { s->now, k, seat, call, 0, 0 };

	if (s->err == ERR_OK)
		s->err = s->pace->event(s->pace->ctx, &e);
}

static void put(struct run *s, double after_s, enum kind k, uint32_t who,
		uint32_t stamp)
{
	int64_t ms = s->now + (int64_t)llround(fmax(0, after_s) * 1e3);
	enum err e = heap_put(&s->heap, ms, k, who, stamp);

	if (s->err == ERR_OK)
		s->err = e;
}

static uint32_t call_new(struct run *s)
{
	if (!s->spares) {
		uint32_t room = s->calls ? s->calls * 2 : 256;
		void *c = realloc(s->call, room * sizeof(*s->call));
		void *f = c ? realloc(s->spare, room * sizeof(*s->spare)) :
			      NULL;

		if (c)
			s->call = c;
		if (f)
			s->spare = f;
		if (!c || !f) {
			s->err = ERR_MEMORY;
			return NONE;
		}
		memset(s->call + s->calls, 0,
		       (room - s->calls) * sizeof(*s->call));
		while (s->calls < room)
			s->spare[s->spares++] = s->calls++;
	}
	return s->spare[--s->spares];
}

static void call_free(struct run *s, uint32_t c)
{
	s->call[c].stamp++;
	s->spare[s->spares++] = c;
}

static void air(struct run *s, int by)
{
	s->air_s += s->air * (double)(s->now - s->air_ms) / 1e3;
	s->air_ms = s->now;
	s->air += (uint32_t)by;
}

static unsigned quarter_of(const struct run *s)
{
	int64_t q = s->now / QUARTER_MS;

	return q < QUARTERS ? (unsigned)q : QUARTERS - 1;
}

/* Seconds since ms, of those that are counted. */
static double since(const struct run *s, int64_t ms)
{
	return (double)(s->now - MAX(ms, s->warm_ms)) / 1e3;
}

/* Warm: what was counted so far is forgotten. */
static void on_warm(struct run *s)
{
	memset(s->r, 0, sizeof(*s->r));
	memset(s->quarter, 0, sizeof(s->quarter));
	s->wrap_s = s->early_talk_s = s->early_logged_s = 0;
	s->waits = s->wait_n = s->air_s = s->caller_s = 0;
	s->warm_ms = s->air_ms = s->now;
}

/* Share of [from, to) that lies in the first 15 minutes [s]. */
static double early(int64_t from, int64_t to)
{
	return (double)(MIN(to, QUARTER_MS) - MIN(from, QUARTER_MS)) / 1e3;
}

static void seat_leaves(struct run *s, uint32_t a)
{
	struct seat_row *t = &s->seat[a];

	s->r->logged_s += since(s, t->in_ms);
	s->early_logged_s += early(t->in_ms, s->now);
	t->state = SEAT_OUT;
	t->leaving = false;
	t->stamp++;
}

static void seat_talk(struct run *s, uint32_t a, uint32_t c)
{
	struct seat_row *t = &s->seat[a];
	struct call_row *l = &s->call[c];
	double waited = (double)(s->now - t->since_ms) / 1e3;
	double talk = s->talk_factor * sim_draw(&s->w->talk, s->w->seed,
						STREAM_TALK, s->talks++);
	int bin = (int)(waited / 2);

	s->waits += waited;
	s->wait_n += 1;
	s->r->wait_bin[MIN(bin, SIM_WAITS - 1)] += 1;
	s->caller_s += (double)(s->now - l->since_ms) / 1e3;
	s->r->joined += 1;
	s->idle--;
	t->state = SEAT_TALK;
	t->since_ms = s->now;
	tell(s, PACER_TALK, a + 1, l->number);
	call_free(s, c);
	put(s, talk, EV_TALK_END, a, ++t->stamp);
}

static void wait_remove(struct run *s, uint32_t c)
{
	struct call_row *l = &s->call[c];

	if (l->prev == NONE)
		s->first_wait = l->next;
	else
		s->call[l->prev].next = l->next;
	if (l->next == NONE)
		s->last_wait = l->prev;
	else
		s->call[l->next].prev = l->prev;
}

static void seat_idle(struct run *s, uint32_t a)
{
	struct seat_row *t = &s->seat[a];

	t->state = SEAT_IDLE;
	t->since_ms = s->now;
	t->order = s->idles++;
	s->idle++;
	tell(s, PACER_IDLE, a + 1, 0);
	uint32_t c = s->first_wait;

	if (c != NONE) {
		wait_remove(s, c);
		seat_talk(s, a, c);
	}
}

static void seat_enters(struct run *s, uint32_t a)
{
	s->seat[a].in_ms = s->now;
	tell(s, PACER_LOGIN, a + 1, 0);
	seat_idle(s, a);
}

/* The share of agents who are in; who goes is chosen by lot. */
static void set_share(struct run *s, double share, uint64_t turn)
{
	uint32_t want = (uint32_t)lround(share * s->w->agents), in = 0;

	for (uint32_t i = 0; i < s->w->agents; i++)
		in += s->seat[i].state != SEAT_OUT && !s->seat[i].leaving;
	uint32_t at = (uint32_t)(sim_uniform(s->w->seed, STREAM_SHARE, turn) *
				 s->w->agents);

	for (uint32_t i = 0; i < s->w->agents && in != want; i++) {
		uint32_t a = (at + i * 7919u) % s->w->agents;
		struct seat_row *t = &s->seat[a];

		if (in > want && t->state != SEAT_OUT && !t->leaving) {
			in--;
			tell(s, PACER_LOGOUT, a + 1, 0);
			if (t->state == SEAT_IDLE) {
				s->idle--;
				seat_leaves(s, a);
			} else {
				t->leaving = true;
			}
		} else if (in < want && t->state == SEAT_OUT) {
			in++;
			seat_enters(s, a);
		} else if (in < want && t->leaving) {
			in++;
			t->leaving = false;
			tell(s, PACER_LOGIN, a + 1, 0);
		}
	}
}

static void on_change(struct run *s, uint32_t i)
{
	const struct sim_change *c = &s->w->change[i];

	if (c->kind == SIM_SET_P)
		s->p = c->value;
	else if (c->kind == SIM_SET_TALK)
		s->talk_factor = c->value;
	else if (c->kind == SIM_SET_DEAD)
		s->dead = (int)c->value;
	else
		set_share(s, c->value, i + 1);
}

static void start_call(struct run *s)
{
	uint32_t c = call_new(s);

	if (c == NONE)
		return;
	struct call_row *l = &s->call[c];
	uint64_t n = s->numbers++;
	bool answered = !s->dead &&
			sim_uniform(s->w->seed, STREAM_P, n) < s->p;
	double ring = sim_ring(s->w, s->w->seed, n, answered, s->dead,
			       &l->busy);

	l->number = n + 1;
	l->live = false;
	l->machine = answered && sim_uniform(s->w->seed, STREAM_MACHINE, n) <
				 s->w->machines;
	s->r->dialled += 1;
	air(s, 1);
	tell(s, PACER_DIAL, 0, l->number);
	put(s, ring, answered ? EV_ANSWER : EV_FAIL, c, l->stamp);
}

static void on_live(struct run *s, uint32_t c)
{
	struct call_row *l = &s->call[c];

	if (s->w->detect_ms)
		tell(s, PACER_LIVE, 0, l->number);
	s->r->answered += 1;
	s->quarter[quarter_of(s)].answered += 1;
	l->live = true;
	l->since_ms = s->now;
	uint32_t best = NONE;

	for (uint32_t i = 0; s->idle && i < s->w->agents; i++)
		if (s->seat[i].state == SEAT_IDLE && (best == NONE ||
		    s->seat[i].order < s->seat[best].order))
			best = i;
	if (best != NONE) {
		seat_talk(s, best, c);
		return;
	}
	l->next = NONE;
	l->prev = s->last_wait;
	if (s->last_wait == NONE)
		s->first_wait = c;
	else
		s->call[s->last_wait].next = c;
	s->last_wait = c;
	put(s, sim_draw(&s->w->patience, s->w->seed, STREAM_PATIENCE,
			l->number), EV_PATIENCE, c, l->stamp);
}

static void on_answer(struct run *s, uint32_t c)
{
	tell(s, PACER_ANSWER, 0, s->call[c].number);
	air(s, -1);
	if (s->w->detect_ms)
		put(s, (double)s->w->detect_ms / 1e3, EV_LIVE, c,
		    s->call[c].stamp);
	else
		on_live(s, c);
}

static void on_patience(struct run *s, uint32_t c)
{
	tell(s, PACER_ABANDON, 0, s->call[c].number);
	s->r->abandoned += 1;
	s->quarter[quarter_of(s)].abandoned += 1;
	wait_remove(s, c);
	call_free(s, c);
}

static void on_call(struct run *s, enum kind k, uint32_t c)
{
	struct call_row *l = &s->call[c];

	if (k == EV_ANSWER) {
		on_answer(s, c);
	} else if (k == EV_FAIL) {
		tell(s, l->busy ? PACER_BUSY : PACER_NOANSWER, 0, l->number);
		air(s, -1);
		call_free(s, c);
	} else if (k == EV_LIVE && l->machine) {
		tell(s, PACER_MACHINE, 0, l->number);
		s->r->machines += 1;
		call_free(s, c);
	} else if (k == EV_LIVE) {
		on_live(s, c);
	} else {
		on_patience(s, c);
	}
}

static void on_seat(struct run *s, enum kind k, uint32_t a)
{
	struct seat_row *t = &s->seat[a];
	double d = since(s, t->since_ms);

	if (k == EV_TALK_END) {
		s->r->talk_s += d;
		s->early_talk_s += early(t->since_ms, s->now);
		t->state = SEAT_WRAP;
		t->since_ms = s->now;
		tell(s, PACER_WRAP, a + 1, 0);
		put(s, sim_draw(&s->w->wrap, s->w->seed, STREAM_WRAP,
				s->wraps++), EV_WRAP_END, a, ++t->stamp);
		return;
	}
	s->wrap_s += d;
	if (t->leaving)
		seat_leaves(s, a);
	else
		seat_idle(s, a);
}

/* By hand and in preview each idle agent first takes his time. */
static void own_timers(struct run *s)
{
	double t = s->mode == PACER_MANUAL ? s->w->by_hand_s : s->w->preview_s;

	while (s->timers + s->air < s->idle) {
		s->timers++;
		put(s, t, EV_OWN_DIAL, 0, 0);
	}
}

static bool by_agent(const struct run *s)
{
	return s->mode == PACER_MANUAL || s->mode == PACER_PREVIEW;
}

static void handle(struct run *s, const struct heap_item *it)
{
	switch (it->kind) {
	case EV_TICK:
		s->ticked = true;
		put(s, (double)s->w->tick_ms / 1e3, EV_TICK, 0, 0);
		break;
	case EV_CHANGE:
		on_change(s, it->who);
		break;
	case EV_WARM:
		on_warm(s);
		break;
	case EV_OWN_DIAL:
		s->timers--;
		if (s->air < s->idle)
			start_call(s);
		break;
	case EV_TALK_END:
	case EV_WRAP_END:
		if (s->seat[it->who].stamp == it->stamp)
			on_seat(s, (enum kind)it->kind, it->who);
		break;
	default:
		if (s->call[it->who].stamp == it->stamp &&
		    (it->kind != EV_PATIENCE || s->call[it->who].live))
			on_call(s, (enum kind)it->kind, it->who);
	}
}

static void decide(struct run *s)
{
	uint32_t n = 0;

	if (s->r->answered >= 300)
		s->r->worst_running = fmax(s->r->worst_running,
			s->r->abandoned / s->r->answered);
	if (by_agent(s)) {
		own_timers(s);
		return;
	}
	if (s->w->ticks_only && !s->ticked)
		return;
	s->ticked = false;
	if (s->err == ERR_OK)
		s->err = s->pace->ask(s->pace->ctx, s->now, &n);
	while (n-- > 0 && s->err == ERR_OK)
		start_call(s);
}

static void day(struct run *s)
{
	struct heap_item it;

	s->now = 0;
	for (uint32_t i = 0; i < s->w->changes; i++)
		put(s, (double)s->w->change[i].ms / 1e3, EV_CHANGE, i, 0);
	if (!s->w->changes || s->w->change[0].ms > 0 ||
	    s->w->change[0].kind != SIM_SET_SHARE)
		set_share(s, 1, 0);
	put(s, 0, EV_TICK, 0, 0);
	if (s->w->warm_ms)
		put(s, (double)s->w->warm_ms / 1e3, EV_WARM, 0, 0);
	while (s->err == ERR_OK && heap_first(&s->heap) < s->w->length_ms) {
		s->now = heap_first(&s->heap);
		while (heap_first(&s->heap) == s->now &&
		       heap_take(&s->heap, &it))
			handle(s, &it);
		decide(s);
	}
	s->now = s->w->length_ms;
}

static void close_day(struct run *s)
{
	struct sim_result *r = s->r;

	air(s, 0);
	for (uint32_t i = 0; i < s->w->agents; i++) {
		struct seat_row *t = &s->seat[i];

		if (t->state == SEAT_TALK) {
			r->talk_s += since(s, t->since_ms);
			s->early_talk_s += early(t->since_ms, s->now);
		} else if (t->state == SEAT_WRAP) {
			s->wrap_s += since(s, t->since_ms);
		}
		if (t->state != SEAT_OUT)
			seat_leaves(s, i);
	}
	double in = fmax(r->logged_s, 1e-9);
	double late = fmax(r->logged_s - s->early_logged_s, 1e-9);

	r->utilisation = r->talk_s / in;
	r->occupancy = (r->talk_s + s->wrap_s) / in;
	r->abandon = r->answered ? r->abandoned / r->answered : 0;
	r->first_utilisation = s->early_talk_s / fmax(s->early_logged_s, 1e-9);
	r->later_utilisation = (r->talk_s - s->early_talk_s) / late;
	r->first_abandon = s->quarter[0].answered ?
		s->quarter[0].abandoned / s->quarter[0].answered : 0;
	for (int i = 0; i < QUARTERS; i++)
		if (s->quarter[i].answered >= 20 &&
		    s->quarter[i].abandoned > r->worst_quarter *
		    s->quarter[i].answered) {
			r->worst_quarter = s->quarter[i].abandoned /
					   s->quarter[i].answered;
			r->worst_quarter_answered = s->quarter[i].answered;
		}
	r->wait_s = s->wait_n ? s->waits / s->wait_n : 0;
	r->caller_wait_s = r->joined ? s->caller_s / r->joined : 0;
	r->lines = s->air_s / since(s, 0);
	r->per_hour = r->joined / in * 3600;
}

enum err sim_run_with(const struct sim_world *w, enum pacer_mode mode,
		      const struct sim_pace *pace, struct sim_result *out)
{
	struct run s = { .w = w, .pace = pace, .mode = mode, .r = out,
			 .p = w->p, .talk_factor = 1, .first_wait = NONE,
			 .last_wait = NONE };

	if (!w->agents || w->length_ms <= 0 || w->tick_ms <= 0)
		return ERR_ARG;
	memset(out, 0, sizeof(*out));
	s.seat = calloc(w->agents, sizeof(*s.seat));
	s.err = s.seat ? ERR_OK : ERR_MEMORY;
	if (s.err == ERR_OK) {
		day(&s);
		close_day(&s);
	}
	free(s.seat);
	free(s.call);
	free(s.spare);
	free(s.heap.item);
	return s.err;
}
