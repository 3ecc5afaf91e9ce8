#include "floor_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "flow.h"
#include "report/cdr.h"

#include <stdlib.h>
#include <string.h>

SCHEMA_DEFINE(floor_input, FLOOR_INPUT, "what happened, and when");

static const char *const idle_words[] = {
#define X(name, word) [name] = word,
	IDLE_REASONS(X)
#undef X
};

static const char *const wrap_words[] = {
#define X(name, word) [name] = word,
	WRAP_MODES(X)
#undef X
};

static const char *const allow_words[] = {
#define X(name, word) [name] = word,
	HAND_ALLOWS(X)
#undef X
};

static const char *const input_words[] = {
#define X(name, word) [name] = word,
	FLOOR_INPUTS(X)
#undef X
};

const char *idle_reason_word(enum idle_reason r)
{
	return (unsigned)r < ARRAY_LEN(idle_words) ? idle_words[r] : "?";
}

const char *wrap_mode_word(enum wrap_mode m)
{
	return (unsigned)m < ARRAY_LEN(wrap_words) ? wrap_words[m] : "?";
}

const char *hand_allow_word(enum hand_allow a)
{
	return (unsigned)a < ARRAY_LEN(allow_words) ? allow_words[a] : "?";
}

enum err wrap_mode_from_word(const char *w, enum wrap_mode *out)
{
	for (size_t i = 0; i < ARRAY_LEN(wrap_words); i++) {
		if (str_eq(wrap_words[i], w)) {
			*out = (enum wrap_mode)i;
			return ERR_OK;
		}
	}
	return ERR_ABSENT;
}

const char *floor_input_word(enum floor_input_kind k)
{
	return (unsigned)k < ARRAY_LEN(input_words) ? input_words[k] : "?";
}

enum err floor_new(const struct floor_conf *conf, struct floor **out)
{
	struct floor *f = calloc(1, sizeof(*f));

	if (!f)
		return ERR_MEMORY;
	f->conf = *conf;
	f->doors = conf->doors;
	f->store = conf->store;
	f->gate = conf->gate;
	f->leads = conf->leads;
	f->dispos = conf->dispos;
	f->campaigns = calloc(conf->max_campaigns, sizeof(*f->campaigns));
	f->last_uid = calloc(conf->max_agents, sizeof(*f->last_uid));
	f->asks_max = conf->max_agents;
	f->asks = calloc(conf->max_agents, sizeof(*f->asks));
	f->shares = calloc(conf->max_campaigns * conf->max_campaigns + 1,
			   sizeof(*f->shares));
	f->share_seats = calloc(conf->max_agents, sizeof(*f->share_seats));
	f->order = calloc(conf->max_campaigns + 1, sizeof(*f->order));
	f->making = calloc(conf->max_calls / 8 + 1, 1);
	f->kept = calloc(conf->max_calls / 8 + 1, 1);
	if (!f->campaigns || !f->last_uid || !f->asks || !f->shares ||
	    !f->order || !f->making || !f->kept || !f->share_seats ||
	    call_pool_new(conf->max_calls, &f->calls) ||
	    seats_new(conf->max_agents, &f->seats)) {
		floor_free(f);
		return ERR_MEMORY;
	}
	*out = f;
	return ERR_OK;
}

struct floor *floor_free(struct floor *f)
{
	if (!f)
		return NULL;
	if (f->grp)
		store_abort(f->grp);
	free(f->turn);
	while (f->done_first) {
		struct turn *t = f->done_first;

		f->done_first = t->next;
		free(t);
	}
	for (size_t i = 0; i < f->campaign_count; i++)
		pacer_free(f->campaigns[i].pacer);
	if (f->calls)
		for (struct call *c = call_each(f->calls, NULL); c;
		     c = call_each(f->calls, c))
			c->pass = gate_pass_free(c->pass);
	call_pool_free(f->calls);
	seats_free(f->seats);
	free(f->campaigns);
	free(f->last_uid);
	free(f->shares);
	free(f->share_seats);
	free(f->order);
	free(f->making);
	free(f->kept);
	free(f->asks);
	free(f);
	return NULL;
}

struct seats *floor_seats(struct floor *f)
{
	return f->seats;
}

struct call_pool *floor_calls(struct floor *f)
{
	return f->calls;
}

struct call *floor_call_of(struct floor *f, struct agent_id agent)
{
	struct seat *s = seat_get(f->seats, agent);

	return s ? call_get(f->calls, s->call) : NULL;
}

uint64_t floor_last_uid(const struct floor *f, struct agent_id agent)
{
	struct seat *s = seat_get(f->seats, agent);

	return s ? f->last_uid[s->slot] : 0;
}

/* ---- the turn's group -------------------------------------------------- */

struct store_group *floor_group(struct floor *f)
{
	if (!f->grp)
		f->grp = store_begin(f->store);
	return f->grp;
}

static void await_row(struct floor *f, struct awaited row)
{
	struct turn *t = f->turn;

	if (!t || t->n == t->cap) {
		size_t cap = t ? t->cap * 2 : 4;

		t = realloc(t, sizeof(*t) + cap * sizeof(t->calls[0]));
		if (!t)
			abort();	/* an unanswered call would hang */
		if (!f->turn)
			*t = (struct turn){ .floor = f };
		t->cap = cap;
		f->turn = t;
	}
	t->calls[t->n++] = row;
}

void floor_await(struct floor *f, const struct call *c)
{
	await_row(f, (struct awaited){ .call = c->id, .in = c->state });
}

void floor_await_lead(struct floor *f, struct lead_id id)
{
	await_row(f, (struct awaited){ .lead = id });
}

static void turn_done(void *arg, const struct store_result *res)
{
	struct turn *t = arg;
	struct floor *f = t->floor;

	t->res = *res;
	t->next = NULL;
	*(f->done_last ? &f->done_last->next : &f->done_first) = t;
	f->done_last = t;
}

void floor_flush(struct floor *f)
{
	struct turn *t = f->turn;
	struct store_group *g = f->grp;
	enum err e;

	f->turn = NULL;
	f->grp = NULL;
	if (!g) {
		free(t);
		return;
	}
	e = store_commit(g, t ? turn_done : NULL, t);
	if (!e)
		return;
	log_err("floor", "store refused a group of %zu rows: %s",
		store_group_rows(g), err_text(e));
	store_abort(g);
	if (t)
		turn_done(t, &(struct store_result){ .err = e });
}

/* A lead hears only of a failure; a call always, when it goes on. */
static size_t tell_row(struct floor *f, const struct awaited *a, enum err e,
		       struct now now)
{
	struct floor_input in = {
		.kind = a->lead.v ? IN_UNDONE : IN_DURABLE,
		.call = a->call.v, .code = e,
		.value = a->lead.v ? (int64_t)a->lead.v : (int64_t)a->in,
		.mono_ms = now.mono_ms, .wall_ms = now.wall_ms };

	if (a->lead.v && !e)
		return 0;
	if (floor_input(f, &in))
		log_debug("floor", "call %u ended before its record was "
			  "durable", in.call);
	return 1;
}

/* Tells the calls of one completed group; each telling is an input. */
size_t floor_tell_durable(struct floor *f, struct now now)
{
	size_t told = 0;

	while (f->done_first) {
		struct turn *t = f->done_first;

		f->done_first = t->next;
		if (!f->done_first)
			f->done_last = NULL;
		for (size_t i = 0; i < t->n; i++)
			told += tell_row(f, &t->calls[i], t->res.err, now);
		free(t);
	}
	return told;
}

uint64_t floor_new_uid(struct floor *f, struct now now)
{
	f->uid = MAX(f->uid + 1, cdr_uid_at(now.wall_ms));
	return f->uid;
}

/* ---- campaigns --------------------------------------------------------- */

struct campaign *floor_campaign(const struct floor *f, struct campaign_id id)
{
	for (size_t i = 0; i < f->campaign_count; i++)
		if (f->campaigns[i].conf.id.v == id.v)
			return &f->campaigns[i];
	return NULL;
}

enum err floor_campaign_put(struct floor *f, const struct campaign_conf *conf,
			    struct now now)
{
	struct campaign *k = floor_campaign(f, conf->id);
	struct campaign next = { .idle = IDLE_STOPPED };
	struct pacer_conf p;
	enum err e;

	if (!k && f->campaign_count == f->conf.max_campaigns)
		return ERR_FULL;
	if (k)
		next = *k;
	next.conf = *conf;
	next.hours_at_s = 0;		/* the hours may have changed       */
	plan_conf(&next, now, &p);
	e = k ? pacer_set(k->pacer, &p) : pacer_new(&p, &next.pacer);
	if (e)
		return e;
	if (!k)
		k = &f->campaigns[f->campaign_count];
	*k = next;
	if (k == &f->campaigns[f->campaign_count]) {
		learn_restore(f, k, now);
		f->campaign_count++;
		f->shares_old = true;	/* some may have it already */
	}
	return ERR_OK;
}

bool floor_campaign_at(const struct floor *f, size_t i, struct campaign_id *id)
{
	if (i >= f->campaign_count)
		return false;
	*id = f->campaigns[i].conf.id;
	return true;
}

enum err floor_campaign_by_name(const struct floor *f, const char *name,
				struct campaign_id *out)
{
	for (size_t i = 0; i < f->campaign_count; i++) {
		if (str_eq(f->campaigns[i].conf.name, name)) {
			*out = f->campaigns[i].conf.id;
			return ERR_OK;
		}
	}
	return ERR_ABSENT;
}

struct pacer *floor_pacer(struct floor *f, struct campaign_id id)
{
	struct campaign *k = floor_campaign(f, id);

	return k ? k->pacer : NULL;
}

const struct campaign_conf *floor_campaign_conf(const struct floor *f,
						struct campaign_id id)
{
	const struct campaign *k = floor_campaign(f, id);

	return k ? &k->conf : NULL;
}

enum err floor_campaign_view(const struct floor *f, struct campaign_id id,
			     struct now now, struct campaign_view *out)
{
	struct campaign *k = floor_campaign(f, id);
	struct pacer_explain x;

	if (!k)
		return ERR_ABSENT;
	pacer_explain(k->pacer, now.mono_ms, &x);
	*out = (struct campaign_view){
		.conf = &k->conf, .running = k->running, .paused = k->paused,
		.fallback = x.fallback, .bound = k->bound, .idle = k->idle,
		.ends_s = k->end_s, .own = k->own && !x.fallback,
		.ringing = k->ringing, .talking = k->talking,
	};
	for (uint32_t i = 0; i < k->wait_len; i++) {
		struct call *c = call_get(f->calls, k->waiting[
			(k->wait_head + i) % CALLS_WAITING]);

		if (!c || c->state != CALL_WAIT)
			continue;
		out->waiting++;
		out->oldest_wait_ms = MAX(out->oldest_wait_ms,
					  now.mono_ms - c->since_ms);
	}
	memcpy(out->blocked, k->blocked, sizeof(out->blocked));
	return ERR_OK;
}

void floor_save(struct floor *f, struct now now)
{
	if (floor_input(f, &(struct floor_input){ .kind = IN_SAVE,
						  .mono_ms = now.mono_ms,
						  .wall_ms = now.wall_ms }))
		log_err("floor", "what the pacers learned was not kept");
}

void floor_on_save(struct floor *f, struct now now)
{
	learn_save(f, now);
}

/* ---- seats ------------------------------------------------------------- */

void floor_seat_told(struct floor *f, struct seat *s, struct now now)
{
	if (s->state == SEAT_READY)
		share_serve(f, s, now);
	for (size_t i = 0; i < s->link_count; i++) {
		struct campaign *k = floor_campaign(f, s->links[i].campaign);

		if (k)
			k->ask = true;
	}
	/* Who has just been answered comes first: the law counts seconds. */
	if (s->state == SEAT_READY)
		floor_hand_serve(f, s, now);
	f->doors.seat_changed(f->doors.arg, s->agent);
}

enum err floor_seat(struct floor *f, struct seat *s, enum seat_event ev,
		    unsigned reason, int64_t limit_ms, struct now now)
{
	enum seat_state was = s->state;
	bool muted = s->muted;
	enum err e = seat_move(f->seats, s, ev, reason, limit_ms, now);

	if (e)
		return e;
	if (muted && !s->muted)		/* off the call: the phone follows */
		f->doors.mute(f->doors.arg, s->agent, false);
	pace_seat(f, s, was, now);
	floor_seat_told(f, s, now);
	return ERR_OK;
}

/* ---- recovery ---------------------------------------------------------- */

struct lost {
	struct floor *f;
	unsigned n;
	struct now now;
	enum err err;
};

/* The agent had chosen it, and been told so, before the server stopped. */
static enum err keep_opt_out(struct floor *f, struct store_group *g,
			     const struct cdr *r, struct now now)
{
	const struct dispo_row *row = dispo_by_code(f->dispos, r->outcome);
	struct gate_dnc d = { .at_s = now.wall_ms / 1000,
			      .source = "customer" };

	if (!row || row->next != DN_DNC || !r->join_ms)
		return ERR_OK;
	str_copy(d.e164, sizeof(d.e164), r->number);
	str_fmt(d.by, sizeof(d.by), "agent %u", r->agent);
	return gate_dnc_add(f->gate, g, &d);
}

static bool lost_row(void *arg, const void *key, size_t klen,
		     const void *val, size_t vlen)
{
	struct lost *l = arg;
	struct store_group *g = store_begin(l->f->store);
	struct cdr r;

	l->err = store_decode(l->f->store, STORE_INTENT, key, klen, val, vlen,
			      &cdr_schema, &r);
	if (!l->err) {
		r.interrupted = true;
		r.result = r.join_ms ? RES_ANSWERED : RES_UNKNOWN;
		r.by = BY_SYSTEM;
		r.done_ms = l->now.wall_ms;
		if (!r.end_ms && r.answer_ms)
			r.end_ms = l->now.wall_ms;
		str_copy(r.why, sizeof(r.why), "the server stopped");
		l->err = cdr_put(g, &r);
		if (!l->err)
			l->err = keep_opt_out(l->f, g, &r, l->now);
		if (!l->err)
			l->err = floor_promise_recover(l->f, g, &r, l->now);
	}
	if (l->err) {		/* kept for a look; the gate counts it */
		log_err("floor", "an intent cannot be read: %s",
			err_text(l->err));
		store_abort(g);
		l->err = ERR_OK;
		return true;
	}
	store_del(g, STORE_INTENT, key, klen);
	l->err = store_commit_wait(g, NULL);
	l->n++;
	return !l->err;
}

static bool newest_uid(void *arg, const void *key, size_t klen,
		       const void *val UNUSED, size_t vlen UNUSED)
{
	struct floor *f = arg;

	if (klen == 8)
		f->uid = MAX(f->uid, store_be64(key));
	return false;
}

enum err floor_recover(struct floor *f, struct now now, unsigned *found)
{
	static const struct store_range last = { .reverse = true, .limit = 1 };
	struct lost l = { .f = f, .now = now };
	enum err e = store_scan_all(f->store, STORE_INTENT,
				    &(struct store_range){ 0 }, lost_row, &l);

	floor_keep(f, &(struct floor_input){ .kind = IN_BEGIN,
					     .mono_ms = now.mono_ms,
					     .wall_ms = now.wall_ms });
	floor_flush(f);
	/* A clock set back while we were down repeats no call's number. */
	if (!e)
		e = store_scan(f->store, STORE_CALL, &last, newest_uid, f);

	*found = l.n;
	if (l.n)
		log_warn("floor", "%u calls were cut by the last stop; each "
			 "counts as an attempt", l.n);
	return e ? e : l.err;
}
