/*
 * report/callers -- how often people answer each number we show.
 *
 * In      the ends of calls (through report/tally), one after the other
 * Out     of each trunk's caller numbers: today's figures, the last half
 *         hour, the day before it, and the trunk's other numbers meanwhile
 * Owns    the counters, in buckets of ten minutes, a day of them
 * Never   says what is wrong: feed's rules do
 *
 * A phone maker's or a carrier's spam label falls on one number at a time:
 * its calls are answered less, those of the others are not.  Counted is what
 * was `tried`: calls that could have been answered.  What the network or we
 * ourselves ended (no channel, no route, no such number, taken back) says
 * nothing of the number shown.
 */
#ifndef REPORT_CALLERS_H
#define REPORT_CALLERS_H

#include "base/base.h"
#include "report/cdr.h"

enum { CALLERS_MAX = 1024, CALLERS_RECENT = 3, CALLERS_SLOTS = 144 };

struct callers_count { uint32_t tried, person; };

struct callers_rate {
	uint32_t trunk;
	const char *number;		/* lives as long as the counters     */
	uint32_t dialled;		/* today                             */
	struct callers_count today;
	struct callers_count recent;	/* 20 to 30 minutes                  */
	struct callers_count before;	/* the day before them; while it is
					   marked: as it was when it fell    */
	struct callers_count others, others_before; /* of the same trunk,
					   without those marked              */
	bool fell;			/* callers_mark                      */
};

struct callers;

MUST_CHECK enum err callers_new(struct callers **out);
struct callers *callers_free(struct callers *c);	/* returns NULL */

/* A finished call, counted when it was dialled; more numbers than
 * CALLERS_MAX are not counted. */
void callers_call(struct callers *c, const struct cdr *r);
void callers_new_day(struct callers *c);
/* Walks the numbers: i from 0; false at the end. */
bool callers_at(const struct callers *c, size_t i, int64_t wall_ms,
		struct callers_rate *out);
/* False: nothing is known of it. */
bool callers_of(const struct callers *c, uint32_t trunk, const char *number,
		int64_t wall_ms, struct callers_rate *out);
/*
 * Its rate has fallen for certain: what was before is kept to compare with,
 * or no fall would last longer than a day's memory; or it has recovered.
 */
void callers_mark(struct callers *c, uint32_t trunk, const char *number,
		  bool fell, int64_t wall_ms);
/* It is shown again after a rest: judged by what comes from now on. */
void callers_again(struct callers *c, uint32_t trunk, const char *number,
		   int64_t wall_ms);

#endif
