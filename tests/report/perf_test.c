/* Agents' days: counted, kept, split at midnight, made again when missing. */
#include "base/t.h"
#include "report/perf.h"
#include "store/store_fix.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SEC 1000LL
#define MIN_MS (60 * SEC)
#define HOUR (60 * MIN_MS)
#define DAY (24 * HOUR)

/* Thursday 2026-08-20 08:00 UTC: the week began on the 17th. */
enum { AGENT = 1001, SPRING = 7, AUTUMN = 8 };
static const int64_t monday = 1786924800000 - 0;	/* 2026-08-17 */
static int64_t morning;
static const int64_t budget[PERF_BREAKS] = { 30 * MIN_MS };

static struct now at(int64_t wall_ms)
{
	return (struct now){ wall_ms - monday + 10 * DAY, wall_ms };
}

static struct perf *open_perf(struct store_fix *f, int64_t now_ms)
{
	struct perf *p;

	T_OK(!perf_new(f->s, at(now_ms), budget, &p), "a report");
	return p;
}

static void enter(struct perf *p, enum perf_kind kind, int64_t at_ms,
		  int64_t waited)
{
	perf_enter(p, &(struct perf_stay){
		.agent = AGENT, .at_ms = at_ms, .kind = (uint8_t)kind,
		.state = (uint8_t)kind, .campaign = SPRING,
		.wait_ms = waited });
}

static struct cdr call(int64_t join, int64_t talk, int64_t hold, int64_t wrap,
		       bool sale)
{
	struct cdr r = { .uid = cdr_uid_at(join), .agent = AGENT,
			 .campaign = SPRING, .start_ms = join - 20 * SEC,
			 .join_ms = join, .hold_ms = hold,
			 .end_ms = join + talk + hold, .sale = sale };

	r.done_ms = r.end_ms + wrap;
	return r;
}

static void keep(struct store_fix *f, const struct cdr *r)
{
	struct store_group *g = store_begin(f->s);

	T_OK(!cdr_put(g, r), "a record");
	T_OK(!store_fix_commit(f, g), "is on disk");
}

struct sum {
	struct perf_sums sums;
	unsigned rows;
};

static bool add(void *arg, const struct perf_row *row)
{
	struct sum *s = arg;

	perf_add(&s->sums, &row->sums);
	s->rows++;
	return true;
}

static struct perf_sums sum_of(struct perf *p, enum perf_period period,
			       int64_t now_ms)
{
	struct sum s = { 0 };

	perf_each(p, period, at(now_ms), add, &s);
	return s.sums;
}

/* Ready 10 min, talks 3 with 30 s on hold, wraps 1: a sale. */
static void work(struct perf *p, int64_t from, struct cdr *r)
{
	enter(p, PERF_READY, from, 0);
	enter(p, PERF_TALK, from + 10 * MIN_MS, 10 * MIN_MS);
	enter(p, PERF_HOLD, from + 11 * MIN_MS, 0);
	enter(p, PERF_TALK, from + 11 * MIN_MS + 30 * SEC, 0);
	enter(p, PERF_WRAP, from + 13 * MIN_MS + 30 * SEC, 0);
	enter(p, PERF_READY, from + 14 * MIN_MS + 30 * SEC, 0);
	*r = call(from + 10 * MIN_MS, 3 * MIN_MS, 30 * SEC, MIN_MS, true);
	perf_call(p, r);
}

static void a_day_is_summed(void **state UNUSED)
{
	struct store_fix f = { 0 };
	struct perf_sums s;
	struct perf *p;
	struct cdr r;

	store_fix_open(&f, true);
	p = open_perf(&f, morning);
	work(p, morning, &r);
	s = sum_of(p, PERF_TODAY, morning + 20 * MIN_MS);
	T_OK(s.calls == 1 && s.sales == 1, "one conversation, one sale");
	T_OK(s.talk_ms == 3 * MIN_MS && s.hold_ms == 30 * SEC &&
	     s.wrap_ms == MIN_MS, "talk without hold, hold, wrap-up");
	T_OK(s.ms[PERF_READY] == 10 * MIN_MS + 5 * MIN_MS + 30 * SEC,
	     "the running stay counts up to now");
	T_OK(s.waits == 1 && s.wait_ms == 10 * MIN_MS, "the wait for it");
	/* (3:00 + 0:30 + 1:00) / (4:30 + 15:30) */
	T_OK(perf_occupancy(&s) == 2250, "occupancy %d", perf_occupancy(&s));
	enter(p, PERF_BREAK, morning + 20 * MIN_MS, 0);
	s = sum_of(p, PERF_TODAY, morning + 50 * MIN_MS);
	T_OK(s.break_ms[0] == 30 * MIN_MS && !s.over[0], "all of the budget");
	s = sum_of(p, PERF_TODAY, morning + 50 * MIN_MS + 1);
	T_OK(s.over[0], "a millisecond more is over it");
	r.sale = false;
	perf_correct(p, &r, -1);
	T_OK(!sum_of(p, PERF_TODAY, morning + HOUR).sales,
	     "a corrected outcome is no sale");
	p = perf_free(p, at(morning + HOUR));
	store_fix_close(&f);
}

static void midnight_splits_a_stay(void **state UNUSED)
{
	struct store_fix f = { 0 };
	int64_t midnight = monday + DAY;
	struct perf_sums s;
	struct perf *p;

	store_fix_open(&f, true);
	p = open_perf(&f, monday + 20 * HOUR);
	enter(p, PERF_READY, midnight - HOUR, 0);
	perf_tick(p, at(midnight + MIN_MS));
	s = sum_of(p, PERF_TODAY, midnight + MIN_MS);
	T_OK(s.ms[PERF_READY] == MIN_MS, "today begins at midnight");
	s = sum_of(p, PERF_WEEK, midnight + MIN_MS);
	T_OK(s.ms[PERF_READY] == HOUR + MIN_MS, "the week has both");
	/* Over the next Monday: the week begins anew, the month does not. */
	enter(p, PERF_OFF, midnight + HOUR, 0);
	perf_tick(p, at(monday + 7 * DAY + HOUR));
	s = sum_of(p, PERF_WEEK, monday + 7 * DAY + HOUR);
	T_OK(!s.ms[PERF_READY], "a new week is empty");
	s = sum_of(p, PERF_MONTH, monday + 7 * DAY + HOUR);
	T_OK(s.ms[PERF_READY] == 2 * HOUR, "the month goes on");
	p = perf_free(p, at(monday + 7 * DAY + HOUR));
	store_fix_close(&f);
}

static void a_restart_loses_nothing(void **state UNUSED)
{
	struct store_fix f = { 0 };
	struct perf_sums was, is;
	struct perf *p;
	struct cdr r;

	store_fix_open(&f, true);
	p = open_perf(&f, morning - DAY);
	work(p, morning - DAY, &r);
	keep(&f, &r);
	enter(p, PERF_OFF, morning - DAY + HOUR, 0);
	perf_tick(p, at(morning));
	work(p, morning, &r);
	keep(&f, &r);
	was = sum_of(p, PERF_WEEK, morning + HOUR);
	p = perf_free(p, at(morning + HOUR));
	store_fix_reopen(&f);
	p = open_perf(&f, morning + HOUR);
	is = sum_of(p, PERF_WEEK, morning + 2 * HOUR);
	T_OK(is.calls == 2 && is.calls == was.calls && is.sales == was.sales &&
	     is.talk_ms == was.talk_ms, "calls once, not twice");
	T_OK(is.ms[PERF_READY] == was.ms[PERF_READY] &&
	     is.waits == was.waits, "and the time");
	p = perf_free(p, at(morning + HOUR));
	store_fix_close(&f);
}

/* Sums were written, then stays ended, then the power went. */
static void a_crash_costs_the_running_stay_only(void **state UNUSED)
{
	struct store_fix f = { 0 };
	struct perf_sums is;
	struct perf *p, *q;

	store_fix_open(&f, true);
	p = open_perf(&f, morning);
	enter(p, PERF_READY, morning, 0);
	perf_tick(p, at(morning + 2 * MIN_MS));	/* the stay so far */
	perf_tick(p, at(morning + 2 * MIN_MS));	/* is written */
	enter(p, PERF_TALK, morning + 10 * MIN_MS, 10 * MIN_MS);
	enter(p, PERF_BREAK, morning + 15 * MIN_MS, 0);
	enter(p, PERF_READY, morning + 22 * MIN_MS, 0);
	perf_tick(p, at(morning + 22 * MIN_MS));	/* stays only */
	T_OK(!store_fix_commit(&f, store_begin(f.s)), "on disk");
	q = open_perf(&f, morning + 23 * MIN_MS);
	is = sum_of(q, PERF_TODAY, morning + 23 * MIN_MS);
	T_OK(is.ms[PERF_READY] == 10 * MIN_MS, "ready before the call: %lld",
	     (long long)is.ms[PERF_READY]);
	T_OK(is.ms[PERF_TALK] == 5 * MIN_MS, "the talk: %lld",
	     (long long)is.ms[PERF_TALK]);
	T_OK(is.ms[PERF_BREAK] == 7 * MIN_MS && is.break_ms[0] == 7 * MIN_MS,
	     "the break");
	T_OK(is.waits == 1 && is.wait_ms == 10 * MIN_MS, "and the wait, once");
	q = perf_free(q, at(morning + 23 * MIN_MS));
	p = perf_free(p, at(morning + 23 * MIN_MS));
	store_fix_close(&f);
}

static bool forget(void *arg, const void *key, size_t klen,
		   const void *val UNUSED, size_t vlen UNUSED)
{
	store_del(arg, STORE_AGENT_DAY, key, klen);
	return true;
}

static void missing_days_are_made_again(void **state UNUSED)
{
	struct store_fix f = { 0 };
	struct perf_sums was, is;
	struct store_group *g;
	struct perf *p;
	struct cdr r;

	store_fix_open(&f, true);
	p = open_perf(&f, morning - DAY);
	work(p, morning - DAY, &r);
	keep(&f, &r);
	/* The stay over midnight is shared between the days. */
	perf_tick(p, at(morning));
	work(p, morning, &r);
	keep(&f, &r);
	enter(p, PERF_OFF, morning + HOUR, 0);
	was = sum_of(p, PERF_WEEK, morning + HOUR);
	p = perf_free(p, at(morning + HOUR));
	g = store_begin(f.s);
	T_OK(!store_scan_all(f.s, STORE_AGENT_DAY, &(struct store_range){ 0 },
			     forget, g), "all days");
	T_OK(store_group_rows(g) >= 2, "there were days");
	T_OK(!store_fix_commit(&f, g), "are forgotten");
	store_fix_reopen(&f);
	p = open_perf(&f, morning + HOUR);
	is = sum_of(p, PERF_WEEK, morning + HOUR);
	T_OK(is.calls == was.calls && is.sales == was.sales &&
	     is.wrap_ms == was.wrap_ms, "calls from their records");
	for (int k = PERF_READY; k < PERF_KIND_COUNT; k++)
		T_OK(is.ms[k] == was.ms[k], "kind %d from the stays: %lld, "
		     "was %lld", k, (long long)is.ms[k],
		     (long long)was.ms[k]);
	is = sum_of(p, PERF_TODAY, morning + HOUR);
	T_OK(is.calls == 1, "today is only today");
	p = perf_free(p, at(morning + HOUR));
	store_fix_close(&f);
}

struct walk {
	unsigned n;
	int64_t last_ms, sum_ms;
};

static bool step(void *arg, const struct perf_stay *st)
{
	struct walk *w = arg;

	T_OK(!w->n || st->at_ms < w->last_ms, "newest first");
	w->last_ms = st->at_ms;
	w->sum_ms += st->for_ms;
	w->n++;
	return true;
}

static void stays_tell_every_second(void **state UNUSED)
{
	struct store_fix f = { 0 };
	struct walk w = { 0 };
	struct perf *p;
	struct cdr r;

	store_fix_open(&f, true);
	p = open_perf(&f, morning);
	work(p, morning, &r);
	T_OK(!perf_stays(p, (struct agent_id){ AGENT }, morning,
			 morning + HOUR, at(morning + 20 * MIN_MS), step, &w),
	     "stays");
	T_OK(w.n == 6 && w.sum_ms == 20 * MIN_MS,
	     "6 stays, 20 min of them: %u, %lld", w.n, (long long)w.sum_ms);
	w = (struct walk){ 0 };
	T_OK(!perf_stays(p, (struct agent_id){ AGENT + 1 }, morning,
			 morning + HOUR, at(morning), step, &w) && !w.n,
	     "another agent has none");
	p = perf_free(p, at(morning + 20 * MIN_MS));
	store_fix_close(&f);
}

static bool counted(void *arg, const struct perf_stay *st UNUSED)
{
	++*(unsigned *)arg;
	return true;
}

/* More old stays than one bite takes: they go before the next agent's. */
static void old_stays_are_thrown_away(void **state UNUSED)
{
	enum { STAYS = 600, BITES = 4 };
	struct store_fix f = { 0 };
	int64_t later = morning + (PERF_KEEP_DAYS + 2) * DAY;
	unsigned left = 0;
	struct perf *p;

	store_fix_open(&f, true);
	p = open_perf(&f, morning);
	for (int i = 0; i <= STAYS; i++)
		enter(p, i % 2 ? PERF_READY : PERF_TALK, morning + i * SEC, 0);
	perf_name(p, (struct agent_id){ AGENT + 1 }, "Bob", "");
	perf_tick(p, at(morning + STAYS * SEC));
	store_drain(f.s);
	for (int i = 0; i < BITES; i++) {
		perf_tick(p, at(later + i * SEC));
		store_drain(f.s);
	}
	T_OK(!perf_stays(p, (struct agent_id){ AGENT }, morning - DAY,
			 morning + STAYS * SEC, at(later), counted, &left),
	     "stays");
	T_OK(left <= 1, "%u old stays are left after %d bites", left, BITES);
	p = perf_free(p, at(later + HOUR));
	store_fix_close(&f);
}

/* An agent who has left: he is in no sum of this month. */
static void stays_of_the_unseen_go_too(void **state UNUSED)
{
	struct store_fix f = { 0 };
	int64_t later = morning + (PERF_KEEP_DAYS + 40) * DAY;
	unsigned left = 0;
	struct perf *p;

	store_fix_open(&f, true);
	p = open_perf(&f, morning);
	for (int i = 0; i <= 20; i++)
		enter(p, i % 2 ? PERF_READY : PERF_TALK, morning + i * SEC, 0);
	p = perf_free(p, at(morning + HOUR));
	store_fix_reopen(&f);
	p = open_perf(&f, later);
	for (int i = 0; i < 3; i++) {
		perf_tick(p, at(later + i * SEC));
		store_drain(f.s);
	}
	T_OK(!perf_stays(p, (struct agent_id){ AGENT }, morning - DAY,
			 morning + HOUR, at(later), counted, &left) && !left,
	     "%u old stays of one who left", left);
	p = perf_free(p, at(later + HOUR));
	store_fix_close(&f);
}

enum { MANY = 1000 };

static void enter_many(struct perf *p, enum perf_kind kind, int64_t at_ms)
{
	for (uint32_t i = 1; i <= MANY; i++)
		perf_enter(p, &(struct perf_stay){
			.agent = i, .at_ms = at_ms, .kind = (uint8_t)kind,
			.state = (uint8_t)kind, .campaign = 1 + i % 5 });
}

static bool count_row(void *arg, const void *key UNUSED, size_t klen,
		      const void *val UNUSED, size_t vlen UNUSED)
{
	*(unsigned *)arg += klen == 12;
	return true;
}

/* Days' sums on disk, of this day. */
static unsigned days_of(struct store *s, uint32_t day)
{
	struct store_key from = { 0 }, to = { 0 };
	unsigned n = 0;

	store_key_u32(&from, day);
	store_key_u32(&to, day + 1);
	T_OK(!store_scan_all(s, STORE_AGENT_DAY, &(struct store_range){
			.from = from.b, .from_len = from.len, .to = to.b,
			.to_len = to.len }, count_row, &n), "the table");
	return n;
}

/* Ten thousand agents' days are not written in one breath, but are whole. */
static void midnight_goes_by_slices(void **state UNUSED)
{
	struct store_fix f = { 0 };
	int64_t midnight = monday + DAY;
	struct perf_sums s;
	struct perf *p;
	unsigned ticks = 0;

	store_fix_open(&f, true);
	p = open_perf(&f, midnight - 2 * HOUR);
	enter_many(p, PERF_READY, midnight - HOUR);
	perf_tick(p, at(midnight + 10));
	s = sum_of(p, PERF_TODAY, midnight + MIN_MS);
	T_OK(s.ms[PERF_READY] == MANY * MIN_MS, "today begins for all");
	s = sum_of(p, PERF_WEEK, midnight + MIN_MS);
	T_OK(s.ms[PERF_READY] == MANY * (HOUR + MIN_MS), "the week has both");
	store_drain(f.s);
	T_OK(days_of(f.s, 20260817) < MANY / 2, "one turn writes a few");
	while (days_of(f.s, 20260817) < MANY && ticks++ < MANY) {
		perf_tick(p, at(midnight + 10 + 50 * ticks));
		store_drain(f.s);
	}
	T_OK(ticks > 8 && ticks < 60, "all are written after %u turns", ticks);
	enter_many(p, PERF_OFF, midnight + HOUR);
	p = perf_free(p, at(midnight + HOUR));
	store_fix_reopen(&f);
	p = open_perf(&f, midnight + HOUR);
	s = sum_of(p, PERF_WEEK, midnight + HOUR);
	T_OK(s.ms[PERF_READY] == MANY * 2 * HOUR, "and read back: %lld min",
	     (long long)(s.ms[PERF_READY] / MIN_MS));
	p = perf_free(p, at(midnight + HOUR));
	store_fix_close(&f);
}

/* The store takes nothing for a while, midnight in it. */
static void a_refusal_loses_nothing(void **state UNUSED)
{
	struct store_fix f = { .conf = { .queue_groups = 1 } };
	int64_t midnight = monday + DAY, now;
	struct store_group *g;
	struct perf *p;

	store_fix_open(&f, false);
	p = open_perf(&f, midnight - 2 * HOUR);
	enter_many(p, PERF_READY, midnight - HOUR);
	for (now = midnight - MIN_MS; now < midnight + 5 * SEC; now += 500)
		perf_tick(p, at(now));
	T_OK(days_of(f.s, 20260817) <= 64, "a slice waits, the rest does not");
	g = store_begin(f.s);
	store_put(g, STORE_META, "x", 1, "y", 1);
	T_OK(store_commit(g, NULL, NULL) == ERR_FULL, "the queue is full");
	store_abort(g);
	for (; now < midnight + 3 * MIN_MS; now += 500) {
		store_drain(f.s);
		perf_tick(p, at(now));
	}
	store_drain(f.s);
	T_OK(days_of(f.s, 20260817) == MANY, "yesterday: %u",
	     days_of(f.s, 20260817));
	T_OK(days_of(f.s, 20260818) == MANY, "today: %u",
	     days_of(f.s, 20260818));
	p = perf_free(p, at(now));
	store_fix_close(&f);
}

static void put_bad(struct store_fix *f, enum store_table t, uint32_t first,
		    uint32_t agent, uint64_t last)
{
	struct store_group *g = store_begin(f->s);
	struct store_key k = { 0 };

	if (first)
		store_key_u32(&k, first);
	store_key_u32(&k, agent);
	if (first)
		store_key_u32(&k, (uint32_t)last);
	else
		store_key_u64(&k, last);
	store_put(g, t, k.b, k.len, "\xc1nonsense", 9);
	T_OK(!store_fix_commit(f, g), "a row nobody can read");
}

static void put_call(struct store_fix *f)
{
	struct store_group *g = store_begin(f->s);
	struct store_key k = { 0 };

	store_key_u64(&k, cdr_uid_at(morning - HOUR));
	store_put(g, STORE_CALL, k.b, k.len, "\xc1nonsense", 9);
	T_OK(!store_fix_commit(f, g), "a record nobody can read");
}

static bool count_bad(void *arg, const void *key UNUSED, size_t klen UNUSED,
		      const void *val, size_t vlen)
{
	*(unsigned *)arg += vlen == 9 && !memcmp(val, "\xc1nonsense", 9);
	return true;
}

static unsigned bad_in(struct store *s, enum store_table t)
{
	unsigned n = 0;

	T_OK(!store_scan_all(s, t, &(struct store_range){ 0 }, count_bad, &n),
	     "the table");
	return n;
}

static void what_cannot_be_read_is_left_out(void **state UNUSED)
{
	struct store_fix f = { 0 };
	struct perf_sums s;
	struct perf *p;
	unsigned n = 0;
	struct cdr r;

	store_fix_open(&f, true);
	p = open_perf(&f, morning - DAY);
	work(p, morning - DAY, &r);
	keep(&f, &r);
	enter(p, PERF_OFF, morning - DAY + HOUR, 0);
	p = perf_free(p, at(morning - HOUR));
	put_bad(&f, STORE_AGENT_DAY, 20260818, AGENT, SPRING);
	put_bad(&f, STORE_AGENT_DAY, 20260820, AGENT, SPRING);
	put_bad(&f, STORE_SEAT, 0, AGENT, (uint64_t)(morning - DAY + 5));
	put_call(&f);
	store_fix_reopen(&f);
	p = open_perf(&f, morning);
	s = sum_of(p, PERF_WEEK, morning);
	T_OK(s.calls == 1 && s.talk_ms == 3 * MIN_MS, "the rest is there");
	T_OK(!perf_stays(p, (struct agent_id){ AGENT }, morning - DAY,
			 morning, at(morning), counted, &n) && n > 4,
	     "and %u stays", n);
	work(p, morning, &r);
	p = perf_free(p, at(morning + HOUR));
	T_OK(bad_in(f.s, STORE_AGENT_DAY) >= 2 && bad_in(f.s, STORE_SEAT) == 1,
	     "nothing is thrown away, or written over");
	store_fix_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_is_summed),
		cmocka_unit_test(midnight_splits_a_stay),
		cmocka_unit_test(a_restart_loses_nothing),
		cmocka_unit_test(a_crash_costs_the_running_stay_only),
		cmocka_unit_test(missing_days_are_made_again),
		cmocka_unit_test(stays_tell_every_second),
		cmocka_unit_test(old_stays_are_thrown_away),
		cmocka_unit_test(stays_of_the_unseen_go_too),
		cmocka_unit_test(midnight_goes_by_slices),
		cmocka_unit_test(a_refusal_loses_nothing),
		cmocka_unit_test(what_cannot_be_read_is_left_out),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	morning = monday + 3 * DAY + 8 * HOUR;
	return T_RUN(tests);
}
