#include "report/perf_priv.h"

#include "base/log.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

SCHEMA_DEFINE(perf_stay, PERF_STAY_FIELDS, "a stay in a state");

enum { FLUSH_MS = 60000, SLICE = 64, COUNT_SLICE = 256 };

/* ---- days ------------------------------------------------------------------ */

int64_t perf_midnight(int64_t wall_ms, int days)
{
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm;

	localtime_r(&t, &tm);
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_mday += days;
	tm.tm_isdst = -1;
	return (int64_t)mktime(&tm) * 1000;
}

uint32_t perf_day_number(int64_t wall_ms)
{
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm;

	localtime_r(&t, &tm);
	return (uint32_t)((tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 +
			  tm.tm_mday);
}

static void set_days(struct perf *p, int64_t wall_ms)
{
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm;

	localtime_r(&t, &tm);
	p->day_ms = perf_midnight(wall_ms, 0);
	p->tomorrow_ms = perf_midnight(wall_ms, 1);
	p->week_ms = perf_midnight(wall_ms, -((tm.tm_wday + 6) % 7));
	p->month_ms = perf_midnight(wall_ms, 1 - tm.tm_mday);
}

int64_t perf_from_ms(const struct perf *p, enum perf_period period)
{
	return period == PERF_WEEK ? p->week_ms :
	       period == PERF_MONTH ? p->month_ms : p->day_ms;
}

/* ---- who ---------------------------------------------------------------------- */

static uint32_t *slot_of(const struct perf *p, uint32_t agent)
{
	size_t mask = p->index_cap - 1;
	size_t i = (agent * 2654435761u) & mask;

	while (p->index[i] && p->agents[p->index[i] - 1].agent != agent)
		i = (i + 1) & mask;
	return &p->index[i];
}

static bool grow(void **v, size_t *cap, size_t len, size_t size)
{
	size_t more = *cap ? *cap * 2 : 64;
	void *n;

	if (len < *cap)
		return true;
	n = realloc(*v, more * size);
	if (!n)
		return false;
	*v = n;
	*cap = more;
	return true;
}

/* Twice as many places as agents; all are put in again. */
static bool grow_index(struct perf *p)
{
	size_t cap = p->index_cap ? p->index_cap * 2 : 256;
	uint32_t *n;

	if (p->agent_len * 2 < p->index_cap)
		return true;
	n = calloc(cap, sizeof(*n));
	if (!n)
		return false;
	free(p->index);
	p->index = n;
	p->index_cap = cap;
	for (size_t i = 0; i < p->agent_len; i++)
		*slot_of(p, p->agents[i].agent) = (uint32_t)i + 1;
	return true;
}

static void *no_room(struct perf *p)
{
	if (!p->lost)
		log_err("report", "no memory: agents' times are not counted");
	p->lost = true;
	return NULL;
}

struct perf_agent *perf_agent_make(struct perf *p, uint32_t agent)
{
	if (!grow_index(p))
		return no_room(p);
	uint32_t *at = slot_of(p, agent);

	if (*at)
		return &p->agents[*at - 1];
	if (!grow((void **)&p->agents, &p->agent_cap, p->agent_len,
		  sizeof(*p->agents)))
		return no_room(p);
	p->agents[p->agent_len] = (struct perf_agent){ .agent = agent };
	*at = (uint32_t)++p->agent_len;
	return &p->agents[p->agent_len - 1];
}

struct perf_pair *perf_pair_make(struct perf *p, uint32_t agent,
				 uint32_t campaign)
{
	struct perf_agent *a = perf_agent_make(p, agent);
	uint32_t tail = 0;

	for (uint32_t k = a ? a->first : 0; k; k = p->pairs[k - 1].next) {
		if (p->pairs[k - 1].campaign == campaign)
			return perf_pair_now(p, &p->pairs[k - 1]);
		tail = k;
	}
	if (!a || !grow((void **)&p->pairs, &p->pair_cap, p->pair_len,
			sizeof(*p->pairs)))
		return no_room(p);
	p->pairs[p->pair_len++] = (struct perf_pair){
		.agent = agent, .campaign = campaign, .day_ms = p->day_ms };
	*(tail ? &p->pairs[tail - 1].next : &a->first) = (uint32_t)p->pair_len;
	/* A first stay that began yesterday: that day has its share. */
	if (a->counted_ms && a->counted_ms < p->day_ms &&
	    a->open.campaign == campaign && a->open.kind != PERF_OFF)
		p->pairs[p->pair_len - 1].day_ms =
			perf_midnight(a->counted_ms, 0);
	return perf_pair_now(p, &p->pairs[p->pair_len - 1]);
}

void perf_name(struct perf *p, struct agent_id agent, const char *name,
	       const char *team)
{
	struct perf_agent *a = perf_agent_make(p, agent.v);

	if (!a)
		return;
	str_copy(a->name, sizeof(a->name), name);
	str_copy(a->team, sizeof(a->team), team);
}

/* ---- counting ------------------------------------------------------------------- */

void perf_count_call(struct perf_sums *s, const struct cdr *r, int sign)
{
	int64_t hold = cdr_hold_ms(r), talk = cdr_talk_ms(r) - hold;

	s->calls += (uint32_t)sign;
	s->sales += r->sale ? (uint32_t)sign : 0;
	s->talk_ms += sign * MAX(talk, 0);
	s->hold_ms += sign * hold;
	s->wrap_ms += sign * MAX(r->done_ms - r->end_ms, 0);
}

void perf_count_stay(struct perf_sums *s, const struct perf_stay *st,
		     int64_t from_ms, int64_t to_ms)
{
	int64_t ms = MIN(st->at_ms + st->for_ms, to_ms) -
		     MAX(st->at_ms, from_ms);

	if (ms < 0 || st->kind >= PERF_KIND_COUNT)
		return;
	s->ms[st->kind] += ms;
	if (st->kind == PERF_BREAK)
		s->break_ms[MIN(st->row, PERF_BREAKS - 1)] += ms;
}

/* Once past a day's budget, the period has it. */
void perf_over(const struct perf *p, struct perf_sums *s)
{
	for (size_t i = 0; i < PERF_BREAKS; i++)
		s->over[i] = s->over[i] || (p->budget_ms[i] &&
					    s->break_ms[i] > p->budget_ms[i]);
}

void perf_add(struct perf_sums *to, const struct perf_sums *s)
{
	to->calls += s->calls;
	to->sales += s->sales;
	to->talk_ms += s->talk_ms;
	to->hold_ms += s->hold_ms;
	to->wrap_ms += s->wrap_ms;
	for (size_t i = 0; i < PERF_KIND_COUNT; i++)
		to->ms[i] += s->ms[i];
	for (size_t i = 0; i < PERF_BREAKS; i++) {
		to->break_ms[i] += s->break_ms[i];
		to->over[i] = to->over[i] || s->over[i];
	}
	to->wait_ms += s->wait_ms;
	to->waits += s->waits;
}

int32_t perf_occupancy(const struct perf_sums *s)
{
	int64_t busy = s->ms[PERF_TALK] + s->ms[PERF_HOLD] + s->ms[PERF_WRAP];
	int64_t all = busy + s->ms[PERF_READY];

	return all > 0 ? (int32_t)(busy * 10000 / all) : -1;
}

void perf_put_day(struct perf *p, int64_t day_ms, struct perf_pair *pair,
		  const struct perf_sums *s)
{
	if (day_ms >= p->day_ms) {
		perf_add(&pair->part[PERF_TODAY], s);
		return;
	}
	if (day_ms >= p->week_ms)
		perf_add(&pair->part[PERF_WEEK], s);
	if (day_ms >= p->month_ms)
		perf_add(&pair->part[PERF_MONTH], s);
}

/* The running stay's share since it was last counted, up to `to_ms`. */
static void count_open(struct perf *p, struct perf_agent *a, int64_t to_ms)
{
	struct perf_stay st = a->open;
	struct perf_pair *pair;

	if (!st.at_ms || st.kind == PERF_OFF || to_ms <= a->counted_ms)
		return;
	pair = perf_pair_make(p, st.agent, st.campaign);
	if (!pair || to_ms <= a->counted_ms)
		return;
	st.for_ms = to_ms - st.at_ms;
	perf_count_stay(&pair->part[PERF_TODAY], &st, a->counted_ms, to_ms);
	a->counted_ms = to_ms;
	pair->dirty = true;
}

void perf_enter(struct perf *p, const struct perf_stay *st)
{
	struct perf_agent *a = perf_agent_make(p, st->agent);
	size_t at = a ? (size_t)(a - p->agents) : 0;
	struct perf_stay was;

	if (!a)
		return;
	was = a->open;
	count_open(p, a, st->at_ms);
	a = &p->agents[at];
	if (was.at_ms && was.kind != PERF_OFF) {
		was.for_ms = MAX(st->at_ms - was.at_ms, 0);
		was.wait_ms = st->wait_ms;
		perf_put_stay(p, &was);
	}
	if (st->wait_ms > 0) {
		struct perf_pair *pair = perf_pair_make(p, st->agent,
							st->campaign);

		if (pair) {
			pair->part[PERF_TODAY].wait_ms += st->wait_ms;
			pair->part[PERF_TODAY].waits++;
			pair->dirty = true;
		}
		a = &p->agents[at];
	}
	a->open = *st;
	a->open.wait_ms = 0;
	a->counted_ms = st->at_ms;
}

void perf_call(struct perf *p, const struct cdr *r)
{
	struct perf_pair *pair;

	if (!r->join_ms || !r->agent)
		return;
	pair = perf_pair_make(p, r->agent, r->campaign);
	if (!pair)
		return;
	perf_count_call(&pair->part[PERF_TODAY], r, 1);
	pair->dirty = true;
}

void perf_correct(struct perf *p, const struct cdr *r, int sale)
{
	struct perf_pair *pair = r->join_ms && r->agent
		? perf_pair_make(p, r->agent, r->campaign) : NULL;

	/* An agent corrects its last call: that of today. */
	if (!pair || r->done_ms < p->day_ms)
		return;
	pair->part[PERF_TODAY].sales += (uint32_t)sale;
	pair->dirty = true;
}

/* ---- time goes on --------------------------------------------------------------- */

static bool is_empty(const struct perf_sums *s)
{
	int64_t any = s->calls + s->sales;

	for (size_t i = 0; i < PERF_KIND_COUNT; i++)
		any += s->ms[i];
	return !any;
}

/* Its day is over: the running stay's share is counted, the sums are owed to
 * the disk, and week and month have them. */
static void close_day(struct perf *p, struct perf_pair *pair)
{
	struct perf_agent *a = perf_agent_make(p, pair->agent);
	int64_t midnight = perf_midnight(pair->day_ms, 1);
	struct perf_sums *today = &pair->part[PERF_TODAY];
	struct perf_stay st = { 0 };

	if (a && a->open.campaign == pair->campaign)
		st = a->open;
	if (st.at_ms && st.kind != PERF_OFF && midnight > a->counted_ms) {
		st.for_ms = midnight - st.at_ms;
		perf_count_stay(today, &st, a->counted_ms, midnight);
		a->counted_ms = midnight;
		pair->dirty = true;
	}
	if (pair->owed_ms)
		log_err("report", "agent %u: a day's sums were never written",
			pair->agent);
	/* All of them: what is on its way may yet fail. */
	if (pair->dirty || !is_empty(today)) {
		pair->owed = *today;
		pair->owed_ms = pair->day_ms;
	}
	perf_over(p, today);
	if (pair->day_ms < p->week_ms)
		pair->part[PERF_WEEK] = (struct perf_sums){ 0 };
	else
		perf_add(&pair->part[PERF_WEEK], today);
	if (pair->day_ms < p->month_ms)
		pair->part[PERF_MONTH] = (struct perf_sums){ 0 };
	else
		perf_add(&pair->part[PERF_MONTH], today);
	*today = (struct perf_sums){ 0 };
	pair->day_ms = p->day_ms;
	pair->dirty = false;
}

struct perf_pair *perf_pair_now(struct perf *p, struct perf_pair *pair)
{
	if (pair->day_ms < p->day_ms)
		close_day(p, pair);
	return pair;
}

/* All are walked at once, a slice a turn; who is asked for is closed then. */
static void new_day(struct perf *p, struct now now)
{
	set_days(p, now.wall_ms);
	p->flushed_ms = now.mono_ms;
	p->count_at = p->flush_at = 0;
}

static void again(struct perf *p, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		p->pairs[i].dirty = true;
}

static void written(void *arg, const struct store_result *res)
{
	struct perf_out *o = arg, **at;

	if (o->p) {
		for (at = &o->p->outs; *at != o; at = &(*at)->next)
			;
		*at = o->next;
		if (res->err)	/* what is owed is still there */
			again(o->p, o->from, o->to);
		for (size_t i = o->from; !res->err && i < o->to; i++)
			if (o->p->pairs[i].owed_ms < o->day_ms)
				o->p->pairs[i].owed_ms = 0;
	}
	if (res->err)
		log_err("report", "agents' sums were not written: %s",
			err_text(res->err));
	free(o);
}

/* Pairs [from, to) to the disk; what does not come there stays to be. */
static void hand_over(struct perf *p, size_t from, size_t to)
{
	struct perf_out *o = calloc(1, sizeof(*o));
	struct store_group *g = store_begin(p->store);
	enum err e = o ? ERR_OK : ERR_MEMORY;

	for (size_t i = from; i < to; i++)
		perf_write(p, g, perf_pair_now(p, &p->pairs[i]));
	if (!store_group_rows(g)) {
		store_abort(g);
		free(o);
		return;
	}
	if (o)
		*o = (struct perf_out){ p, from, to, p->day_ms, p->outs };
	if (!e)
		e = store_commit(g, written, o);
	if (!e) {
		p->outs = o;
		return;
	}
	log_err("report", "agents' sums were not written: %s", err_text(e));
	again(p, from, to);
	store_abort(g);
	free(o);
}

/* Every agent's running stay, then every pair once a minute: a slice a turn. */
static void flush(struct perf *p, struct now now)
{
	size_t to = MIN(p->count_at + COUNT_SLICE, p->agent_len);

	if (p->count_at < p->agent_len) {
		for (; p->count_at < to; p->count_at++)
			count_open(p, &p->agents[p->count_at], now.wall_ms);
		return;
	}
	to = MIN(p->flush_at + SLICE, p->pair_len);
	if (p->flush_at < to) {
		hand_over(p, p->flush_at, to);
		p->flush_at = to;
		return;
	}
	if (now.mono_ms - p->flushed_ms >= FLUSH_MS) {
		p->flushed_ms = now.mono_ms;
		p->count_at = p->flush_at = 0;
	}
}

void perf_tick(struct perf *p, struct now now)
{
	if (now.wall_ms >= p->tomorrow_ms)
		new_day(p, now);
	perf_stays_out(p);
	flush(p, now);
	perf_purge(p, now);
}

enum err perf_new(struct store *s, struct now now, const int64_t *budget_ms,
		  struct perf **out)
{
	struct perf *p = calloc(1, sizeof(*p));
	enum err e;

	if (!p)
		return ERR_MEMORY;
	p->store = s;
	memcpy(p->budget_ms, budget_ms, sizeof(p->budget_ms));
	p->flushed_ms = now.mono_ms;
	set_days(p, now.wall_ms);
	e = grow_index(p) ? perf_load(p, now) : ERR_MEMORY;
	if (e) {
		free(p->pairs);
		free(p->agents);
		free(p->index);
		free(p);
		return e;
	}
	p->count_at = p->agent_len;
	p->flush_at = p->pair_len;
	*out = p;
	return ERR_OK;
}

struct perf *perf_free(struct perf *p, struct now now)
{
	if (!p)
		return NULL;
	for (size_t i = 0; i < p->agent_len; i++) {
		struct perf_stay off = { .agent = p->agents[i].agent,
					 .at_ms = now.wall_ms };

		if (p->agents[i].open.at_ms &&
		    p->agents[i].open.kind != PERF_OFF)
			perf_enter(p, &off);
	}
	for (size_t i = 0; i < p->pair_len; i += SLICE)
		hand_over(p, i, MIN(i + SLICE, p->pair_len));
	perf_stays_out(p);
	for (struct perf_out *o = p->outs; o; o = o->next)
		o->p = NULL;
	free(p->pairs);
	free(p->agents);
	free(p->index);
	free(p);
	return NULL;
}

/* ---- questions ------------------------------------------------------------------- */

static void sums_of(struct perf *p, struct perf_pair *pair,
		    const struct perf_agent *a, enum perf_period period,
		    int64_t now_ms, struct perf_sums *out)
{
	struct perf_stay st = a->open;

	perf_pair_now(p, pair);
	*out = pair->part[PERF_TODAY];
	if (st.at_ms && st.kind != PERF_OFF &&
	    st.campaign == pair->campaign) {
		st.for_ms = now_ms - st.at_ms;
		perf_count_stay(out, &st, a->counted_ms, now_ms);
	}
	perf_over(p, out);
	if (period != PERF_TODAY)
		perf_add(out, &pair->part[period]);
}

void perf_each(struct perf *p, enum perf_period period, struct now now,
	       perf_h *h, void *arg)
{
	for (size_t i = 0; i < p->agent_len; i++) {
		const struct perf_agent *a = &p->agents[i];

		/* A first stay has no pair before it is counted. */
		if (!a->first)
			count_open(p, &p->agents[i], now.wall_ms);
		a = &p->agents[i];
		for (uint32_t k = a->first; k; k = p->pairs[k - 1].next) {
			struct perf_pair *pair = &p->pairs[k - 1];
			struct perf_row row = {
				.agent = { a->agent },
				.campaign = { pair->campaign },
				.name = a->name, .team = a->team };

			sums_of(p, pair, a, period, now.wall_ms, &row.sums);
			if (!is_empty(&row.sums) && !h(arg, &row))
				return;
		}
	}
}

void perf_today(struct perf *p, struct agent_id agent, struct now now,
		struct perf_sums *out)
{
	const struct perf_agent *a = perf_agent_make(p, agent.v);

	*out = (struct perf_sums){ 0 };
	for (uint32_t k = a ? a->first : 0; k; k = p->pairs[k - 1].next) {
		struct perf_sums s;

		sums_of(p, &p->pairs[k - 1], a, PERF_TODAY, now.wall_ms, &s);
		perf_add(out, &s);
	}
}
