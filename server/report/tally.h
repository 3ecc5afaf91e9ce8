/*
 * report/tally -- what happened, counted while it happens.
 *
 * In      the ends of calls, waits of agents, minute by minute
 * Out     sums of a campaign, or of the floor: last minutes, today
 * Owns    the counters; they are made again from the day's CDRs at start
 * Never   scans anything to answer: every question is O(minutes asked)
 *
 * Definitions (also in the manual, because ambiguity breeds mistrust):
 *   connect rate  answered by a person / dialled
 *   abandon rate  answered by a person, no agent in time / answered by one
 *   conversion    outcomes flagged sale / conversations
 *   agent wait    mean time from READY to TALK
 */
#ifndef REPORT_TALLY_H
#define REPORT_TALLY_H

#include "base/base.h"
#include "base/clock.h"
#include "call/call.h"
#include "report/callers.h"
#include "report/cdr.h"

enum { TALLY_MINUTES = 64 };

struct tally_sums {
	uint32_t dialled;		/* INVITEs that ended                 */
	uint32_t person;		/* answered by a person               */
	uint32_t abandoned;
	uint32_t talked;		/* conversations                      */
	uint32_t sales;
	uint32_t blocked;		/* refused by the gate                */
	uint32_t short_talks;		/* conversations under 30 s           */
	uint32_t by_result[CALL_RESULT_COUNT];
	int64_t talk_ms, hold_ms, wrap_ms;
	int64_t wait_ms;		/* agents waited, READY to TALK       */
	uint32_t waits;
	int64_t busy_ms, ready_ms;	/* agents: talk+hold+wrap; READY      */
	uint32_t waiting_max;		/* customers waiting at once          */
};

struct tally;

MUST_CHECK enum err tally_new(size_t max_campaigns, struct tally **out);
struct tally *tally_free(struct tally *t);	/* returns NULL */

/* A finished call's record; `now` chooses the minute it is counted in. */
void tally_call(struct tally *t, const struct cdr *r, struct now now);
/* The same calls by the numbers they showed; borrowed. */
struct callers *tally_callers(const struct tally *t);
/* Agents who got a call had waited for it: their sum, and how many. */
void tally_wait(struct tally *t, struct campaign_id c, int64_t wait_ms,
		uint32_t waits, struct now now);
/* Agents' time since the last such call, and customers waiting now. */
void tally_agents(struct tally *t, struct campaign_id c, int64_t busy_ms,
		  int64_t ready_ms, uint32_t waiting, struct now now);

/* Sums of the last `minutes` (1..TALLY_MINUTES); campaign 0 = the floor. */
void tally_recent(const struct tally *t, struct campaign_id c,
		  unsigned minutes, struct now now, struct tally_sums *out);
/* One minute, `ago` minutes back (0 = the running one). */
void tally_minute(const struct tally *t, struct campaign_id c, unsigned ago,
		  struct now now, struct tally_sums *out);
/* Since midnight (of the wall clock, local zone). */
void tally_today(const struct tally *t, struct campaign_id c,
		 struct tally_sums *out);
/* Midnight has come: today begins anew. */
void tally_new_day(struct tally *t);

/* 100 times the percentage, -1 if there is nothing to divide. */
int32_t tally_share(uint32_t part, uint32_t whole);

#endif
