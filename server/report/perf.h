/*
 * report/perf -- how agents spent their days.
 *
 * In      what an agent's seat does (each stay in a state), ends of calls
 * Out     sums of agents, skill groups, teams: today, this week, this month;
 *         an agent's stays of a time, for its timeline
 * Owns    STORE_SEAT (agent, when -> stay) and STORE_AGENT_DAY (a day's sums
 *         of an agent in a campaign)
 * Never   scans to answer: a question costs the agents there are, however
 *         long the period is; knows the seats' table of moves
 *
 * Days, weeks (from Monday) and months (from the 1st) are those of the
 * server's zone and reach until now.  A day's sums are written now and then
 * and at the end; after a crash today's calls are counted again from their
 * records, and a day that has calls but no sums is made again from records
 * and stays.  Stays are kept PERF_KEEP_DAYS days.
 *
 *   occupancy     (talk + hold + wrap) / (talk + hold + wrap + ready)
 *   conversion    outcomes flagged sale / conversations
 *   agent wait    mean time from READY to TALK
 */
#ifndef REPORT_PERF_H
#define REPORT_PERF_H

#include "base/base.h"
#include "report/cdr.h"
#include "schema/schema.h"
#include "store/store.h"

enum { PERF_BREAKS = 9, PERF_NAME = 48, PERF_KEEP_DAYS = 8 };

/* What a stay counts as. */
enum perf_kind {
	PERF_OFF,			/* not logged in                     */
	PERF_READY,			/* waiting for a call                */
	PERF_TALK, PERF_HOLD, PERF_WRAP,
	PERF_OTHER,			/* preview, dialling                 */
	PERF_NOT_READY,
	PERF_BREAK,
	PERF_KIND_COUNT
};

enum perf_period { PERF_TODAY, PERF_WEEK, PERF_MONTH, PERF_PERIOD_COUNT };

struct perf_sums {
	uint32_t calls, sales;		/* conversations; flagged sale       */
	int64_t talk_ms, hold_ms, wrap_ms;	/* of the calls' records     */
	int64_t ms[PERF_KIND_COUNT];	/* of the agent's states             */
	int64_t break_ms[PERF_BREAKS];	/* by row of the configuration       */
	int64_t wait_ms;		/* READY until TALK, summed          */
	uint32_t waits;
	bool over[PERF_BREAKS];		/* past the budget on a day          */
};

/* A stay that has ended, as it is kept. */
#define PERF_STAY_FIELDS(F)                                                   \
	F(u32,   agent,    0,   "agent number")                               \
	F(i64,   at_ms,    0,   "from [wall ms]")                             \
	F(i64,   for_ms,   0,   "for [ms]")                                   \
	F(u8,    state,    0,   "the seat's state")                           \
	F(u8,    kind,     0,   "enum perf_kind")                             \
	F(u32,   reason,   0,   "the seat's reason")                          \
	F(u8,    row,      0,   "of a break: its row in the configuration")   \
	F(u32,   campaign, 0,   "whose time it was")                          \
	F(u64,   uid,      0,   "call it was about, 0 = none")                \
	F(i64,   wait_ms,  0,   "a wait for a call that ended with it [ms]")
SCHEMA_STRUCT(perf_stay, PERF_STAY_FIELDS);

struct perf;

/*
 * Reads what is kept of this month and week; `now` is the server's clock.
 * budget_ms: of each break a day, 0 = none (PERF_BREAKS of them, copied).
 */
MUST_CHECK enum err perf_new(struct store *s, struct now now,
			     const int64_t *budget_ms, struct perf **out);
/* Writes what is not yet written; the store closes later.  Returns NULL. */
struct perf *perf_free(struct perf *p, struct now now);

/*
 * The agent is in this state from `at` on: ends the stay before it, which is
 * kept.  `st`: agent, at_ms, state, kind, reason, row, campaign, uid; wait_ms
 * of the stay that ends.
 */
void perf_enter(struct perf *p, const struct perf_stay *st);
/* A call is over: conversations count (those that were joined). */
void perf_call(struct perf *p, const struct cdr *r);
/* An outcome was corrected: +1 or -1 sale on the call's day. */
void perf_correct(struct perf *p, const struct cdr *r, int sale);
/* Who it is, for order, search and team. */
void perf_name(struct perf *p, struct agent_id agent, const char *name,
	       const char *team);
/* Now and then: midnight, writing, throwing old stays away; a little each. */
void perf_tick(struct perf *p, struct now now);

/* First millisecond of the period [wall ms]. */
int64_t perf_from_ms(const struct perf *p, enum perf_period period);

/* One agent in one campaign; 0 where it is of none. */
struct perf_row {
	struct agent_id agent;
	struct campaign_id campaign;
	const char *name, *team;	/* borrowed                          */
	struct perf_sums sums;
};
typedef bool perf_h(void *arg, const struct perf_row *row);
/* Every pair that has anything in the period, agent by agent; the running
 * stay is counted up to now.  False ends. */
void perf_each(struct perf *p, enum perf_period period, struct now now,
	       perf_h *h, void *arg);
void perf_add(struct perf_sums *to, const struct perf_sums *s);
/* [1/100 %], -1: nothing to divide. */
int32_t perf_occupancy(const struct perf_sums *s);
/* Today's sums of one agent, all campaigns. */
void perf_today(struct perf *p, struct agent_id agent, struct now now,
		struct perf_sums *out);

/* An agent's stays that began in [from_ms, to_ms), newest first, the running
 * one first of all; false ends.  store_scan's errors. */
typedef bool perf_stay_h(void *arg, const struct perf_stay *st);
MUST_CHECK enum err perf_stays(struct perf *p, struct agent_id agent,
			       int64_t from_ms, int64_t to_ms, struct now now,
			       perf_stay_h *h, void *arg);

#endif
