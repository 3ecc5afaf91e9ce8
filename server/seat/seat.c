#include "seat/seat.h"

#include "base/log.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

/* Where a row leads when the agent's own wish decides. */
#define AS_WISHED SEAT_STATE_COUNT

/*
 * The moves of a seat.  A wish (ready, not ready, break, log out) that is
 * not listed for a state on a call waits for the call's end.
 */
static const struct {
	enum seat_state from;
	enum seat_event on;
	enum seat_state to;
} moves[] = {
	{ SEAT_OFFLINE,   SE_LOGIN,     SEAT_NOT_READY },

	{ SEAT_NOT_READY, SE_READY,     SEAT_READY },
	{ SEAT_NOT_READY, SE_NOT_READY, SEAT_NOT_READY },
	{ SEAT_NOT_READY, SE_BREAK,     SEAT_BREAK },
	{ SEAT_NOT_READY, SE_LOGOUT,    SEAT_OFFLINE },
	{ SEAT_NOT_READY, SE_TIMEOUT,   SEAT_OFFLINE },

	{ SEAT_BREAK,     SE_READY,     SEAT_READY },
	{ SEAT_BREAK,     SE_NOT_READY, SEAT_NOT_READY },
	{ SEAT_BREAK,     SE_BREAK,     SEAT_BREAK },
	{ SEAT_BREAK,     SE_LOGOUT,    SEAT_OFFLINE },

	{ SEAT_READY,     SE_NOT_READY, SEAT_NOT_READY },
	{ SEAT_READY,     SE_BREAK,     SEAT_BREAK },
	{ SEAT_READY,     SE_LOGOUT,    SEAT_OFFLINE },
	{ SEAT_READY,     SE_RESERVE,   SEAT_RESERVED },
	{ SEAT_READY,     SE_PREVIEW,   SEAT_PREVIEW },
	{ SEAT_READY,     SE_JOIN,      SEAT_TALK },
	{ SEAT_READY,     SE_CONSULT,   SEAT_CONSULT },

	{ SEAT_RESERVED,  SE_JOIN,      SEAT_TALK },
	{ SEAT_RESERVED,  SE_DIAL,      SEAT_DIAL },
	{ SEAT_RESERVED,  SE_FREED,     AS_WISHED },

	{ SEAT_PREVIEW,   SE_DIAL,      SEAT_DIAL },
	{ SEAT_PREVIEW,   SE_FREED,     AS_WISHED },
	{ SEAT_PREVIEW,   SE_TIMEOUT,   SEAT_PREVIEW },

	{ SEAT_DIAL,      SE_JOIN,      SEAT_TALK },
	{ SEAT_DIAL,      SE_FREED,     AS_WISHED },
	{ SEAT_DIAL,      SE_OVER,      SEAT_WRAP },

	{ SEAT_TALK,      SE_HOLD,      SEAT_HOLD },
	{ SEAT_TALK,      SE_OVER,      SEAT_WRAP },
	{ SEAT_TALK,      SE_CONSULT,   SEAT_CONSULT },
	{ SEAT_HOLD,      SE_RETRIEVE,  SEAT_TALK },
	{ SEAT_HOLD,      SE_CONSULT,   SEAT_CONSULT },
	{ SEAT_HOLD,      SE_OVER,      SEAT_WRAP },
	{ SEAT_CONSULT,   SE_RETRIEVE,  SEAT_TALK },
	{ SEAT_CONSULT,   SE_HOLD,      SEAT_HOLD },
	{ SEAT_CONSULT,   SE_CONF,      SEAT_CONF },
	{ SEAT_CONSULT,   SE_JOIN,      SEAT_TALK },
	{ SEAT_CONSULT,   SE_OVER,      SEAT_WRAP },
	{ SEAT_CONSULT,   SE_FREED,     AS_WISHED },
	{ SEAT_CONF,      SE_RETRIEVE,  SEAT_TALK },
	{ SEAT_CONF,      SE_CONSULT,   SEAT_CONSULT },
	{ SEAT_CONF,      SE_JOIN,      SEAT_TALK },
	{ SEAT_CONF,      SE_OVER,      SEAT_WRAP },
	{ SEAT_CONF,      SE_FREED,     AS_WISHED },

	{ SEAT_WRAP,      SE_FINISH,    AS_WISHED },
	{ SEAT_WRAP,      SE_TIMEOUT,   SEAT_NOT_READY },
};

static const struct { const char *word; bool on_call; } states[] = {
#define X(name, word, call) [name] = { word, call },
	SEAT_STATES(X)
#undef X
};

static const char *const events[] = {
#define X(name, word) [name] = word,
	SEAT_EVENTS(X)
#undef X
};

static const char *const reasons[] = {
#define X(name, word) [name] = word,
	SEAT_REASONS(X)
#undef X
};

/* Ready agents of one campaign, longest waiting first. */
struct ready {
	struct seat_link *first, *last;
	size_t count;
	struct campaign_id campaign;
};

struct seats {
	struct seat *v;
	size_t len, max;
	uint32_t *index;	/* agent id -> slot + 1, open addressing     */
	size_t index_cap;
	struct ready *ready;
	size_t ready_len, ready_cap;
	uint32_t counts[SEAT_STATE_COUNT];
	struct due due;
	struct seat_step *steps;	/* ring                              */
	size_t step_cap, step_at, step_len;
};

const char *seat_state_word(enum seat_state s)
{
	return (unsigned)s < ARRAY_LEN(states) ? states[s].word : "?";
}

const char *seat_event_word(enum seat_event e)
{
	return (unsigned)e < ARRAY_LEN(events) ? events[e] : "?";
}

const char *seat_reason_word(unsigned reason)
{
	return reason < ARRAY_LEN(reasons) ? reasons[reason] : "";
}

bool seat_state_on_call(enum seat_state s)
{
	return (unsigned)s < ARRAY_LEN(states) && states[s].on_call;
}

enum err seats_new(size_t max, struct seats **out)
{
	struct seats *s = calloc(1, sizeof(*s));

	if (!s)
		return ERR_MEMORY;
	s->max = max;
	s->index_cap = 16;
	while (s->index_cap < max * 2)
		s->index_cap *= 2;
	s->v = calloc(max, sizeof(*s->v));
	s->index = calloc(s->index_cap, sizeof(*s->index));
	s->step_cap = max * 2 + 64;
	s->steps = calloc(s->step_cap, sizeof(*s->steps));
	if (!s->v || !s->index || !s->steps || due_init(&s->due, max)) {
		seats_free(s);
		return ERR_MEMORY;
	}
	*out = s;
	return ERR_OK;
}

struct seats *seats_free(struct seats *s)
{
	if (s) {
		due_fini(&s->due);
		free(s->steps);
		free(s->ready);
		free(s->index);
		free(s->v);
		free(s);
	}
	return NULL;
}

static uint32_t *index_of(const struct seats *s, struct agent_id agent)
{
	size_t mask = s->index_cap - 1;
	size_t i = (agent.v * 2654435761u) & mask;

	while (s->index[i] && s->v[s->index[i] - 1].agent.v != agent.v)
		i = (i + 1) & mask;
	return &s->index[i];
}

struct seat *seat_get(struct seats *s, struct agent_id agent)
{
	uint32_t n = *index_of(s, agent);

	return n ? &s->v[n - 1] : NULL;
}

enum err seat_open(struct seats *s, struct agent_id agent, const char *name,
		   const char *team, struct seat **out)
{
	uint32_t *at = index_of(s, agent);
	struct seat *seat;

	if (!agent.v)
		return ERR_ARG;
	if (!*at) {
		if (s->len == s->max)
			return ERR_FULL;
		seat = &s->v[s->len];
		*seat = (struct seat){ .agent = agent, .slot = s->len,
				       .pending = SEAT_READY };
		*at = (uint32_t)++s->len;
		s->counts[SEAT_OFFLINE]++;
	}
	seat = &s->v[*at - 1];
	str_copy(seat->name, sizeof(seat->name), name);
	str_copy(seat->team, sizeof(seat->team), team);
	*out = seat;
	return ERR_OK;
}

struct seat *seat_each(struct seats *s, const struct seat *prev)
{
	size_t n = prev ? prev->slot + 1 : 0;

	return n < s->len ? &s->v[n] : NULL;
}

struct seat *seat_at(struct seats *s, size_t i)
{
	return i < s->len ? &s->v[i] : NULL;
}

struct campaign_id seat_campaign(const struct seat *seat)
{
	return seat->link_count ? seat->links[0].campaign
				: (struct campaign_id){ 0 };
}

static struct ready *ready_of(const struct seats *s, struct campaign_id c)
{
	for (size_t i = 0; i < s->ready_len; i++)
		if (s->ready[i].campaign.v == c.v)
			return &s->ready[i];
	return NULL;
}

static void unqueue(struct seats *s, struct seat *seat)
{
	for (size_t i = 0; i < seat->link_count; i++) {
		struct seat_link *l = &seat->links[i];
		struct ready *r = l->queued ? ready_of(s, l->campaign) : NULL;

		if (!r)
			continue;
		*(l->prev ? &l->prev->next : &r->first) = l->next;
		*(l->next ? &l->next->prev : &r->last) = l->prev;
		l->prev = l->next = NULL;
		l->queued = false;
		r->count--;
	}
}

static void queue(struct seats *s, struct seat *seat)
{
	for (size_t i = 0; i < seat->link_count; i++) {
		struct seat_link *l = &seat->links[i];
		struct ready *r = ready_of(s, l->campaign);

		if (!r || l->queued)
			continue;
		l->prev = r->last;
		*(r->last ? &r->last->next : &r->first) = l;
		r->last = l;
		l->queued = true;
		r->count++;
	}
}

static void requeue(struct seats *s, struct seat *seat)
{
	unqueue(s, seat);
	if (seat->state == SEAT_READY && seat->phone_up && seat->link_up)
		queue(s, seat);
}

enum err seat_assign(struct seats *s, struct seat *seat,
		     const struct campaign_id *list, size_t n)
{
	if (n > SEAT_CAMPAIGNS)
		return ERR_FULL;
	unqueue(s, seat);
	for (size_t i = 0; i < n; i++) {
		seat->links[i] = (struct seat_link){ .seat = seat,
						     .campaign = list[i] };
		if (ready_of(s, list[i]))
			continue;
		if (s->ready_len == s->ready_cap) {
			size_t cap = s->ready_cap ? s->ready_cap * 2 : 8;
			struct ready *r = realloc(s->ready,
						  cap * sizeof(*r));

			if (!r)
				return ERR_MEMORY;
			s->ready = r;
			s->ready_cap = cap;
		}
		s->ready[s->ready_len++] = (struct ready){
			.campaign = list[i] };
	}
	seat->link_count = n;
	requeue(s, seat);
	return ERR_OK;
}

static void sum_up(struct seat *seat, struct now now)
{
	int64_t ms = now.mono_ms - seat->summed_ms;

	seat->summed_ms = now.mono_ms;
	seat->today.state_ms[seat->state] += ms;
	if (seat->state == SEAT_BREAK && seat->reason >= SR_BREAK_FIRST &&
	    seat->reason < SR_BREAK_FIRST + SEAT_BREAKS)
		seat->today.break_ms[seat->reason - SR_BREAK_FIRST] += ms;
}

static void note_step(struct seats *s, const struct seat_step *step)
{
	if (s->step_len == s->step_cap) {
		s->step_at = (s->step_at + 1) % s->step_cap;
		s->step_len--;
	}
	s->steps[(s->step_at + s->step_len++) % s->step_cap] = *step;
}

bool seat_step_next(struct seats *s, struct seat_step *out)
{
	if (!s->step_len)
		return false;
	*out = s->steps[s->step_at];
	s->step_at = (s->step_at + 1) % s->step_cap;
	s->step_len--;
	return true;
}

void seat_restore(struct seat *seat, const struct seat_sums *sums)
{
	int64_t any = seat->today.calls;

	for (size_t i = SEAT_OFFLINE + 1; i < SEAT_STATE_COUNT; i++)
		any += seat->today.state_ms[i];
	if (!any)
		seat->today = *sums;
}

static void enter(struct seats *s, struct seat *seat, enum seat_state to,
		  unsigned reason, int64_t limit_ms, struct now now)
{
	struct seat_step step = { .agent = seat->agent, .state = to,
		.reason = to == SEAT_NOT_READY || to == SEAT_BREAK ? reason : 0,
		.at = now };

	sum_up(seat, now);
	if ((to == SEAT_TALK || to == SEAT_CONSULT) &&
	    seat->ready_since.mono_ms) {
		step.waited_ms = now.mono_ms - seat->ready_since.mono_ms;
		seat->today.wait_ms += step.waited_ms;
		seat->today.waits++;
		seat->ready_since = (struct now){ 0, 0 };
	}
	if (to == SEAT_READY && seat->state != SEAT_RESERVED &&
	    seat->state != SEAT_DIAL)
		seat->ready_since = now;
	note_step(s, &step);
	s->counts[seat->state]--;
	s->counts[to]++;
	log_info("seat", "agent %u %s -> %s%s%s", seat->agent.v,
		 states[seat->state].word, states[to].word,
		 *seat_reason_word(reason) ? " " : "",
		 seat_reason_word(reason));
	seat->state = to;
	seat->reason = to == SEAT_NOT_READY || to == SEAT_BREAK ||
		       to == SEAT_OFFLINE ? reason : 0;
	seat->since = now;
	seat->extended_ms = 0;
	seat->resume_ready = false;
	if (!states[to].on_call) {
		seat->call = (struct call_id){ 0 };
		seat->muted = false;
		seat->pending = SEAT_READY;
		seat->pending_reason = 0;
	}
	due_set(&s->due, &seat->due,
		limit_ms ? now.mono_ms + limit_ms : 0);
	requeue(s, seat);
}

static enum seat_state move_of(const struct seat *seat, enum seat_event ev,
			       bool *found)
{
	for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
		if (moves[i].from == seat->state && moves[i].on == ev) {
			*found = true;
			return moves[i].to == AS_WISHED ? seat->pending
							: moves[i].to;
		}
	}
	*found = false;
	return SEAT_STATE_COUNT;
}

enum seat_state seat_would(const struct seat *seat, enum seat_event ev)
{
	bool found;

	return move_of(seat, ev, &found);
}

/* A wish made on a call waits for its end; ERR_STATE if it was no wish. */
static enum err wish(struct seat *seat, enum seat_event ev, unsigned reason)
{
	static const struct { enum seat_event ev; enum seat_state to; } w[] = {
		{ SE_READY,     SEAT_READY },
		{ SE_NOT_READY, SEAT_NOT_READY },
		{ SE_BREAK,     SEAT_BREAK },
		{ SE_LOGOUT,    SEAT_OFFLINE },
	};

	for (size_t i = 0; i < ARRAY_LEN(w); i++) {
		if (w[i].ev == ev && states[seat->state].on_call) {
			seat->pending = w[i].to;
			seat->pending_reason = reason;
			return ERR_OK;
		}
	}
	return ERR_STATE;
}

enum err seat_move(struct seats *s, struct seat *seat, enum seat_event ev,
		   unsigned reason, int64_t limit_ms, struct now now)
{
	bool found;
	enum seat_state to = move_of(seat, ev, &found);

	if (!found)
		return wish(seat, ev, reason);
	if (ev == SE_READY && (!seat->phone_up || !seat->link_up)) {
		seat->resume_ready = true;	/* as soon as it is back */
		return ERR_AGAIN;
	}
	if (ev == SE_LOGIN) {
		seat->summed_ms = now.mono_ms;
		reason = SR_LOGIN;
	}
	if (ev == SE_FREED || ev == SE_FINISH) {
		reason = seat->pending_reason;
		if (to == SEAT_NOT_READY && !reason)
			reason = SR_ASKED;
	}
	if (ev == SE_TIMEOUT && seat->state == SEAT_WRAP)
		reason = SR_WRAP_TIMEOUT;
	bool phone_gone = to == SEAT_READY && !seat->phone_up;

	if (phone_gone || (to == SEAT_READY && !seat->link_up)) {
		to = SEAT_NOT_READY;
		reason = phone_gone ? SR_PHONE_LOST : SR_LINK_LOST;
	}
	enter(s, seat, to, reason, limit_ms, now);
	seat->resume_ready = phone_gone;
	return ERR_OK;
}

struct seat *seat_pick(struct seats *s, struct campaign_id campaign)
{
	struct ready *r = ready_of(s, campaign);

	return r && r->first ? r->first->seat : NULL;
}

size_t seat_ready_count(const struct seats *s, struct campaign_id campaign)
{
	struct ready *r = ready_of(s, campaign);

	return r ? r->count : 0;
}

void seat_phone(struct seats *s, struct seat *seat, bool up, struct now now)
{
	bool resume = seat->resume_ready && up;

	seat->phone_up = up;
	if (!up && seat->state == SEAT_READY) {
		enter(s, seat, SEAT_NOT_READY, SR_PHONE_LOST, 0, now);
		seat->resume_ready = true;
	} else if (resume && seat->link_up && seat->state == SEAT_NOT_READY) {
		enter(s, seat, SEAT_READY, SR_NONE, 0, now);
	}
	requeue(s, seat);
}

void seat_link(struct seats *s, struct seat *seat, bool up, struct now now)
{
	seat->link_up = up;
	if (!up) {
		seat->link_lost = now;
		if (seat->state == SEAT_READY)
			enter(s, seat, SEAT_NOT_READY, SR_LINK_LOST, 0, now);
	}
	requeue(s, seat);
}

enum err seat_extend(struct seats *s, struct seat *seat, int64_t add_ms,
		     int64_t max_ms, struct now now)
{
	if (seat->state != SEAT_WRAP || !seat->due.at_ms)
		return ERR_STATE;
	if (seat->extended_ms + add_ms > max_ms)
		return ERR_DENIED;
	seat->extended_ms += add_ms;
	due_set(&s->due, &seat->due,
		MAX(seat->due.at_ms, now.mono_ms) + add_ms);
	return ERR_OK;
}

int64_t seat_left_ms(const struct seat *seat, struct now now)
{
	if (!seat->due.at_ms)
		return -1;
	return MAX(seat->due.at_ms - now.mono_ms, 0);
}

struct seat *seat_due(struct seats *s, struct now now)
{
	struct due_node *n = due_take(&s->due, now.mono_ms);

	return n ? DUE_OWNER(n, struct seat, due) : NULL;
}

int64_t seat_next_due_ms(const struct seats *s)
{
	return due_next_ms(&s->due);
}

void seat_counts(const struct seats *s, uint32_t counts[SEAT_STATE_COUNT])
{
	memcpy(counts, s->counts, sizeof(s->counts));
}

int64_t seat_today_ms(const struct seat *seat, enum seat_state st,
		      struct now now)
{
	int64_t ms = seat->today.state_ms[st];

	if (seat->state == st)
		ms += now.mono_ms - seat->summed_ms;
	return ms;
}

void seat_new_day(struct seats *s, struct now now)
{
	for (size_t i = 0; i < s->len; i++) {
		struct seat *seat = &s->v[i];

		sum_up(seat, now);
		memset(&seat->today, 0, sizeof(seat->today));
	}
}
