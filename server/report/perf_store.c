/* perf_store -- agents' days on disk: kept, read back, made again. */
#include "report/perf_priv.h"

#include "base/log.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PURGE_ROWS = 256, DAYS_MAX = 40, STAYS_MAX = 500,
       LONGEST_MS = 12 * 3600000 };	/* a stay that began yesterday      */

#define PERF_DAY_BREAK(F)                                                     \
	F(i64,   ms,       0,   "spent on it [ms]")
SCHEMA_STRUCT(perf_day_break, PERF_DAY_BREAK);
SCHEMA_DEFINE(perf_day_break, PERF_DAY_BREAK, "a break's time");

#define PERF_DAY_FIELDS(F)                                                    \
	F(u32,   calls,    0,   "conversations")                              \
	F(u32,   sales,    0,   "flagged sale")                               \
	F(i64,   talk_ms,  0,   "of the calls' records [ms]")                 \
	F(i64,   hold_ms,  0,   "of the calls' records [ms]")                 \
	F(i64,   wrap_ms,  0,   "of the calls' records [ms]")                 \
	F(i64,   ready_ms, 0,   "of the agent's states [ms]")                 \
	F(i64,   st_talk_ms, 0, "of the agent's states [ms]")                 \
	F(i64,   st_hold_ms, 0, "of the agent's states [ms]")                 \
	F(i64,   st_wrap_ms, 0, "of the agent's states [ms]")                 \
	F(i64,   other_ms, 0,   "of the agent's states [ms]")                 \
	F(i64,   not_ready_ms, 0, "of the agent's states [ms]")               \
	F(i64,   break_ms, 0,   "of the agent's states [ms]")                 \
	F(i64,   wait_ms,  0,   "READY until TALK, summed [ms]")              \
	F(u32,   waits,    0,   "how many")                                   \
	F(rows,  breaks,   (9, perf_day_break), "by row of the configuration") \
	F(i64,   until_ms, 0,   "states are counted so far [wall ms]; 0: no word")
SCHEMA_STRUCT(perf_day, PERF_DAY_FIELDS);
SCHEMA_DEFINE(perf_day, PERF_DAY_FIELDS, "an agent's day");

static void day_of(const struct perf_sums *s, struct perf_day *d)
{
	*d = (struct perf_day){
		.calls = s->calls, .sales = s->sales, .talk_ms = s->talk_ms,
		.hold_ms = s->hold_ms, .wrap_ms = s->wrap_ms,
		.ready_ms = s->ms[PERF_READY], .st_talk_ms = s->ms[PERF_TALK],
		.st_hold_ms = s->ms[PERF_HOLD], .st_wrap_ms = s->ms[PERF_WRAP],
		.other_ms = s->ms[PERF_OTHER],
		.not_ready_ms = s->ms[PERF_NOT_READY],
		.break_ms = s->ms[PERF_BREAK], .wait_ms = s->wait_ms,
		.waits = s->waits, .breaks_count = PERF_BREAKS };
	for (size_t i = 0; i < PERF_BREAKS; i++)
		d->breaks[i].ms = s->break_ms[i];
}

static void sums_of(const struct perf_day *d, struct perf_sums *s)
{
	*s = (struct perf_sums){
		.calls = d->calls, .sales = d->sales, .talk_ms = d->talk_ms,
		.hold_ms = d->hold_ms, .wrap_ms = d->wrap_ms,
		.ms = { [PERF_READY] = d->ready_ms,
			[PERF_TALK] = d->st_talk_ms,
			[PERF_HOLD] = d->st_hold_ms,
			[PERF_WRAP] = d->st_wrap_ms,
			[PERF_OTHER] = d->other_ms,
			[PERF_NOT_READY] = d->not_ready_ms,
			[PERF_BREAK] = d->break_ms },
		.wait_ms = d->wait_ms, .waits = d->waits };
	for (uint32_t i = 0; i < d->breaks_count && i < PERF_BREAKS; i++)
		s->break_ms[i] = d->breaks[i].ms;
}

static void put_day(struct store_group *g, uint32_t day, uint32_t agent,
		    uint32_t campaign, const struct perf_sums *s,
		    int64_t until_ms)
{
	struct store_key k = { 0 };
	struct perf_day d;
	uint8_t buf[512];
	size_t len;

	day_of(s, &d);
	d.until_ms = until_ms;
	if (schema_encode(&perf_day_schema, &d, buf, sizeof(buf), &len)) {
		log_err("report", "agent %u: a day cannot be written", agent);
		return;
	}
	store_key_u32(&k, day);
	store_key_u32(&k, agent);
	store_key_u32(&k, campaign);
	store_put(g, STORE_AGENT_DAY, k.b, k.len, buf, len);
}

void perf_write(struct perf *p, struct store_group *g, struct perf_pair *pair)
{
	const struct perf_agent *a;

	/* Until it is on disk: a repeat is the same row again. */
	if (pair->owed_ms)
		put_day(g, perf_day_number(pair->owed_ms), pair->agent,
			pair->campaign, &pair->owed,
			perf_midnight(pair->owed_ms, 1));
	if (!pair->dirty)
		return;
	a = perf_agent_make(p, pair->agent);
	put_day(g, perf_day_number(pair->day_ms), pair->agent, pair->campaign,
		&pair->part[PERF_TODAY], a ? a->counted_ms : 0);
	pair->dirty = false;
}

/* A row that cannot be read is left out, and stays on disk as it is: its
 * key is told, so that it can be looked at. */
static void unread(const char *what, const void *key, size_t klen)
{
	const uint8_t *k = key;
	char hex[2 * 16 + 1] = "";

	for (size_t i = 0; i < MIN(klen, (size_t)16); i++)
		str_add(hex, sizeof(hex), "%02x", k[i]);
	log_err("report", "%s (key %s) cannot be read: left out, and kept",
		what, hex);
}

/* ---- stays ------------------------------------------------------------------ */

void perf_stays_out(struct perf *p)
{
	struct store_group *g = p->stays;

	if (!g)
		return;
	p->stays = NULL;
	enum err e = store_commit(g, NULL, NULL);

	if (e) {
		log_err("report", "agents' stays were not written: %s",
			err_text(e));
		store_abort(g);
	}
}

void perf_put_stay(struct perf *p, const struct perf_stay *st)
{
	struct store_key k = { 0 };
	uint8_t buf[128];
	size_t len;

	/* A state passed through in no time is no stay. */
	if (!st->for_ms && !st->wait_ms)
		return;
	if (schema_encode(&perf_stay_schema, st, buf, sizeof(buf), &len)) {
		log_err("report", "agent %u: a stay cannot be written",
			st->agent);
		return;
	}
	store_key_u32(&k, st->agent);
	store_key_u64(&k, (uint64_t)st->at_ms);
	/* Two in one millisecond: the second state is its own row. */
	store_key_u8(&k, st->state);
	if (!p->stays)
		p->stays = store_begin(p->store);
	store_put(p->stays, STORE_SEAT, k.b, k.len, buf, len);
	if (store_group_rows(p->stays) >= STAYS_MAX)
		perf_stays_out(p);
}

struct stays {
	perf_stay_h *h;
	void *arg;
};

static bool stay_row(void *arg, const void *key, size_t klen,
		     const void *val, size_t vlen)
{
	struct stays *x = arg;
	struct perf_stay st;

	if (schema_decode(&perf_stay_schema, val, vlen, &st)) {
		unread("an agent's stay", key, klen);
		return true;
	}
	return x->h(x->arg, &st);
}

enum err perf_stays(struct perf *p, struct agent_id agent, int64_t from_ms,
		    int64_t to_ms, struct now now, perf_stay_h *h, void *arg)
{
	struct stays x = { .h = h, .arg = arg };
	const struct perf_agent *a = perf_agent_make(p, agent.v);
	struct store_key from = { 0 }, to = { 0 };
	struct perf_stay open;

	if (a && a->open.at_ms && a->open.at_ms < to_ms &&
	    a->open.kind != PERF_OFF) {
		open = a->open;
		open.for_ms = MAX(now.wall_ms - open.at_ms, 0);
		if (!h(arg, &open))
			return ERR_OK;
	}
	perf_stays_out(p);
	store_key_u32(&from, agent.v);
	store_key_u64(&from, (uint64_t)MAX(from_ms, 0));
	store_key_u32(&to, agent.v);
	store_key_u64(&to, (uint64_t)MAX(to_ms, 0));
	return store_scan(p->store, STORE_SEAT,
			  &(struct store_range){ .from = from.b,
						 .from_len = from.len,
						 .to = to.b, .to_len = to.len,
						 .reverse = true },
			  stay_row, &x);
}

/* ---- reading back ------------------------------------------------------------- */

struct load {
	struct perf *p;
	struct now now;
	int64_t from_ms;		/* of the day that is being made     */
	bool seen[DAYS_MAX];		/* days before today that are there  */
	bool today;			/* so is today                       */
	bool missing;			/* a day has calls, but no sums      */
	enum err err;
};

static int days_back(const struct perf *p, int64_t day_ms)
{
	/* A day can be 23 or 25 hours long. */
	return (int)((p->day_ms - day_ms + 12 * 3600000LL) / 86400000);
}

/* Under a key of its own, that is no day's. */
static bool put_aside(struct load *l, const void *key, size_t klen,
		      const void *val, size_t vlen)
{
	struct store_group *g = store_begin(l->p->store);
	uint8_t aside[13];

	memcpy(aside, key, klen);
	aside[klen] = 0xff;
	store_put(g, STORE_AGENT_DAY, aside, klen + 1, val, vlen);
	l->err = store_commit(g, NULL, NULL);
	if (l->err)
		store_abort(g);
	return !l->err;
}

static bool day_row(void *arg, const void *key, size_t klen, const void *val,
		    size_t vlen)
{
	struct load *l = arg;
	const uint8_t *k = key;
	struct perf_pair *pair;
	struct perf_sums s;
	struct perf_day d;
	uint32_t n[3] = { 0 };

	if (klen != 12)
		return true;
	for (size_t i = 0; i < 12; i++)
		n[i / 4] = n[i / 4] << 8 | k[i];
	if (schema_decode(&perf_day_schema, val, vlen, &d)) {
		unread("an agent's day", key, klen);
		/* Today's would be written over. */
		return n[0] < perf_day_number(l->now.wall_ms) ||
		       put_aside(l, key, klen, val, vlen);
	}
	struct tm tm = { .tm_year = (int)(n[0] / 10000) - 1900,
			 .tm_mon = (int)(n[0] / 100 % 100) - 1,
			 .tm_mday = (int)(n[0] % 100), .tm_isdst = -1 };
	int64_t day_ms = (int64_t)mktime(&tm) * 1000;
	int back = days_back(l->p, day_ms);

	pair = perf_pair_make(l->p, n[1], n[2]);
	if (!pair)
		return false;
	sums_of(&d, &s);
	/* Today's calls are counted again from their records. */
	if (day_ms >= l->p->day_ms) {
		s.calls = s.sales = 0;
		s.talk_ms = s.hold_ms = s.wrap_ms = 0;
		pair->until_ms = d.until_ms ? d.until_ms : l->now.wall_ms;
		l->today = true;
	} else {
		perf_over(l->p, &s);
		if (back > 0 && back < DAYS_MAX)
			l->seen[back] = true;
	}
	perf_put_day(l->p, day_ms, pair, &s);
	return true;
}

static bool call_row(void *arg, const struct cdr *r)
{
	struct load *l = arg;
	struct perf_pair *pair;
	struct perf_sums s = { 0 };

	if (!r->join_ms || !r->agent)
		return true;
	pair = perf_pair_make(l->p, r->agent, r->campaign);
	if (!pair)
		return false;
	l->missing = l->missing || l->from_ms < l->p->day_ms || !l->today;
	perf_count_call(&s, r, 1);
	perf_put_day(l->p, l->from_ms, pair, &s);
	pair->dirty = l->from_ms >= l->p->day_ms;
	return true;
}

/* A stay's share of each day whose sums are missing. */
static bool old_stay(void *arg, const void *key, size_t klen,
		     const void *val, size_t vlen)
{
	struct load *l = arg;
	struct perf *p = l->p;
	struct perf_stay st;

	if (schema_decode(&perf_stay_schema, val, vlen, &st)) {
		unread("an agent's stay", key, klen);
		return true;
	}
	if (st.at_ms + st.for_ms < MIN(p->month_ms, p->week_ms))
		return true;
	for (int64_t day = perf_midnight(st.at_ms, 0);
	     day <= st.at_ms + st.for_ms; day = perf_midnight(day, 1)) {
		int back = days_back(p, day);
		bool there = day >= p->day_ms ? l->today
			     : back < DAYS_MAX && l->seen[back];
		struct perf_pair *pair;
		struct perf_sums s = { 0 };

		if (there)
			continue;
		pair = perf_pair_make(p, st.agent, st.campaign);
		if (!pair)
			return false;
		perf_count_stay(&s, &st, day, perf_midnight(day, 1));
		if (st.wait_ms && st.at_ms + st.for_ms < perf_midnight(day, 1)) {
			s.wait_ms = st.wait_ms;
			s.waits = 1;
		}
		perf_put_day(p, day, pair, &s);
		pair->dirty = pair->dirty || day >= p->day_ms;
	}
	return true;
}

/* ---- since the sums were written --------------------------------------------- */

struct late {
	struct perf *p;
	int64_t until_ms;		/* what ended before is all counted  */
	bool full;
};

static bool late_stay(void *arg, const struct perf_stay *st)
{
	struct late *x = arg;
	int64_t end_ms = st->at_ms + st->for_ms;
	struct perf_pair *pair;
	struct perf_sums s = { 0 };
	int64_t from_ms;

	if (end_ms <= x->until_ms)
		return false;
	pair = perf_pair_make(x->p, st->agent, st->campaign);
	x->full = !pair;
	if (!pair)
		return false;
	from_ms = MAX(pair->until_ms, x->p->day_ms);
	if (end_ms <= from_ms)
		return true;
	perf_count_stay(&s, st, from_ms, perf_midnight(x->p->day_ms, 1));
	if (st->wait_ms) {
		s.wait_ms = st->wait_ms;
		s.waits = 1;
	}
	perf_put_day(x->p, x->p->day_ms, pair, &s);
	pair->dirty = true;
	return true;
}

/*
 * Sums are written once a minute; a stay, when it ends.  So what a crash cut
 * off is in the newest stays of each agent, a few rows.
 */
static enum err catch_up(struct load *l)
{
	struct perf *p = l->p;
	enum err e = ERR_OK;

	for (size_t i = 0; i < p->agent_len && !e; i++) {
		struct late x = { .p = p, .until_ms = INT64_MAX };
		struct agent_id id = { p->agents[i].agent };

		for (uint32_t k = p->agents[i].first; k;
		     k = p->pairs[k - 1].next)
			x.until_ms = MIN(x.until_ms, p->pairs[k - 1].until_ms);
		x.until_ms = MAX(x.until_ms == INT64_MAX ? 0 : x.until_ms,
				 p->day_ms);
		e = perf_stays(p, id, p->day_ms - LONGEST_MS,
			       l->now.wall_ms + 1, l->now, late_stay, &x);
		if (x.full)
			e = ERR_MEMORY;
	}
	return e;
}

/* Days that have no sums at all: from calls' records, then from stays. */
static enum err make_again(struct load *l)
{
	struct perf *p = l->p;
	int64_t first = MIN(p->month_ms, p->week_ms);
	enum err e = ERR_OK;

	for (int64_t day = first; day < p->day_ms && !e;
	     day = perf_midnight(day, 1)) {
		int back = days_back(p, day);

		if (back < DAYS_MAX && l->seen[back])
			continue;
		l->from_ms = day;
		e = cdr_each(p->store, day, perf_midnight(day, 1), call_row, l);
	}
	l->from_ms = p->day_ms;
	if (!e)
		e = cdr_each(p->store, p->day_ms, l->now.wall_ms + 1, call_row,
			     l);
	if (!e && l->missing)
		e = store_scan_all(p->store, STORE_SEAT,
				   &(struct store_range){ 0 }, old_stay, l);
	if (!e)
		e = l->err;
	return e || !l->today ? e : catch_up(l);
}

enum err perf_load(struct perf *p, struct now now)
{
	struct load l = { .p = p, .now = now };
	struct store_key from = { 0 };
	enum err e;

	store_key_u32(&from, perf_day_number(MIN(p->month_ms, p->week_ms)));
	e = store_scan_all(p->store, STORE_AGENT_DAY,
			   &(struct store_range){ .from = from.b,
						  .from_len = from.len },
			   day_row, &l);
	if (!e)
		e = l.err;
	return e ? e : make_again(&l);
}

/* ---- throwing away ------------------------------------------------------------- */

struct purge {
	struct store_group *g;
	size_t n;
};

static bool first_agent(void *arg, const void *key, size_t klen,
			const void *val UNUSED, size_t vlen UNUSED)
{
	const uint8_t *k = key;
	int64_t *agent = arg;

	*agent = 0;
	for (size_t i = 0; i < MIN(klen, (size_t)4); i++)
		*agent = *agent << 8 | k[i];
	return false;
}

/* The next who has stays on disk, whether he still works here or not. */
static enum err next_agent(struct perf *p, int64_t *agent)
{
	struct store_key from = { 0 };

	*agent = -1;
	store_key_u32(&from, p->purge_at);
	return store_scan(p->store, STORE_SEAT,
			  &(struct store_range){ .from = from.b,
						 .from_len = from.len,
						 .limit = 1 },
			  first_agent, agent);
}

static bool purge_row(void *arg, const void *key, size_t klen,
		      const void *val UNUSED, size_t vlen UNUSED)
{
	struct purge *x = arg;

	store_del(x->g, STORE_SEAT, key, klen);
	return ++x->n < PURGE_ROWS;
}

void perf_purge(struct perf *p, struct now now)
{
	struct store_key from = { 0 }, to = { 0 };
	struct purge x = { 0 };
	int64_t agent;
	enum err e;

	/* One bite a second: nothing old comes back. */
	if (now.mono_ms / 1000 == p->purged_s)
		return;
	p->purged_s = now.mono_ms / 1000;
	e = next_agent(p, &agent);
	if (e || agent < 0) {
		p->purge_at = 0;	/* once round */
		return;
	}
	p->purge_at = (uint32_t)agent;
	store_key_u32(&from, p->purge_at);
	store_key_u64(&from, 0);
	store_key_u32(&to, p->purge_at);
	store_key_u64(&to, (uint64_t)MAX(now.wall_ms - PERF_KEEP_DAYS *
					 86400000LL, 0));
	x.g = store_begin_bulk(p->store);
	e = store_scan(p->store, STORE_SEAT,
		       &(struct store_range){ .from = from.b,
					      .from_len = from.len,
					      .to = to.b, .to_len = to.len,
					      .limit = PURGE_ROWS },
		       purge_row, &x);
	if (!e && x.n)
		e = store_commit(x.g, NULL, NULL);
	if (e || !x.n)
		store_abort(x.g);
	/* A full bite: the rest of this agent's is next. */
	if (!e && x.n < PURGE_ROWS)
		p->purge_at++;
	if (e)
		log_warn("report", "old stays were not thrown away: %s",
			 err_text(e));
}
