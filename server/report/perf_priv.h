/* perf_priv -- what the files of perf share. */
#ifndef REPORT_PERF_PRIV_H
#define REPORT_PERF_PRIV_H

#include "report/perf.h"

enum { PARTS = PERF_PERIOD_COUNT };

/* One agent in one campaign: sums of today, of the week before today, of the
 * month before today. */
struct perf_pair {
	uint32_t agent, campaign;
	struct perf_sums part[PARTS];
	uint32_t next;			/* pair of the same agent, + 1       */
	int64_t until_ms;		/* at load: today's are counted so far */
	int64_t day_ms;			/* the day that its TODAY is of      */
	bool dirty;			/* today's are not yet handed over   */
	struct perf_sums owed;		/* of the day before ...             */
	int64_t owed_ms;		/* ... which is not yet; 0: none     */
};

struct perf_agent {
	uint32_t agent;
	char name[PERF_NAME], team[PERF_NAME];
	struct perf_stay open;		/* the running stay; at_ms 0: none   */
	int64_t counted_ms;		/* of it, up to here [wall ms]       */
	uint32_t first;			/* pair + 1                          */
};

/* Some pairs' sums on their way to the disk. */
struct perf_out {
	struct perf *p;			/* NULL: freed meanwhile             */
	size_t from, to;
	int64_t day_ms;			/* what was owed then was before it  */
	struct perf_out *next;
};

struct perf {
	struct store *store;
	struct perf_out *outs;
	struct store_group *stays;	/* not yet handed over; NULL: none   */
	struct perf_pair *pairs;
	size_t pair_len, pair_cap;
	struct perf_agent *agents;	/* in order of first seen            */
	size_t agent_len, agent_cap;
	uint32_t *index;		/* agent -> slot + 1                 */
	size_t index_cap;
	int64_t budget_ms[PERF_BREAKS];
	int64_t day_ms, week_ms, month_ms;	/* first ms of each          */
	int64_t tomorrow_ms;
	size_t count_at, flush_at;	/* agents, pairs: walked so far      */
	uint32_t purge_at;		/* agent                             */
	int64_t purged_s;		/* monotonic [s]                     */
	int64_t flushed_ms;
	bool lost;			/* out of memory was said            */
};

/* perf.c */
/* The pair, in today: yesterday's sums are put where they belong first. */
struct perf_pair *perf_pair_now(struct perf *p, struct perf_pair *pair);
struct perf_agent *perf_agent_make(struct perf *p, uint32_t agent);
struct perf_pair *perf_pair_make(struct perf *p, uint32_t agent,
				 uint32_t campaign);
/* Part of a call's or stay's sums, by its time; NULL: before this month. */
void perf_count_call(struct perf_sums *s, const struct cdr *r, int sign);
void perf_count_stay(struct perf_sums *s, const struct perf_stay *st,
		     int64_t from_ms, int64_t to_ms);
/* Puts a day's sums where they belong: today, week, month. */
void perf_put_day(struct perf *p, int64_t day_ms, struct perf_pair *pair,
		  const struct perf_sums *s);
void perf_over(const struct perf *p, struct perf_sums *s);

/* perf_store.c */
MUST_CHECK enum err perf_load(struct perf *p, struct now now);
void perf_write(struct perf *p, struct store_group *g, struct perf_pair *pair);
/* Kept with the others of this turn, which perf_stays_out hands to the disk. */
void perf_put_stay(struct perf *p, const struct perf_stay *st);
void perf_stays_out(struct perf *p);
void perf_purge(struct perf *p, struct now now);
/* Midnight `days` after the day that begins at ms (the clock may jump). */
int64_t perf_midnight(int64_t wall_ms, int days);
/* Today as 20261123. */
uint32_t perf_day_number(int64_t wall_ms);

#endif
