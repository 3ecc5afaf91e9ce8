/*
 * report/audit -- who did what, kept (MISSION L3).
 *
 * In      a name and a sentence, when something was done or seen
 * Out     rows of STORE_AUDIT, in order of time; a log line
 * Owns    their form: key = wall ms, a counter; value = "who<TAB>what"
 * Never   keeps a whole phone number: the caller masks it
 */
#ifndef REPORT_AUDIT_H
#define REPORT_AUDIT_H

#include "base/base.h"
#include "store/store.h"

/* A row into the caller's group: it is kept with what it tells of, or not at
 * all.  What is too long is cut. */
void audit_row(struct store_group *g, int64_t wall_ms, const char *who,
	       const char *what);
/* A group of its own; a failure is logged as an error. */
void audit_put(struct store *s, int64_t wall_ms, const char *who,
	       const char *what);

/* Return false to end. */
typedef bool audit_h(void *arg, int64_t wall_ms, const char *who,
		     const char *what);
/* A place in the log; audit_from puts it before the first row of a time. */
struct audit_place {
	uint8_t len, b[24];
};
void audit_from(struct audit_place *at, int64_t from_ms);
/* Puts it before the n-th newest row in [from_ms, to_ms), or before the first
 * of them if there are fewer; in steps: again while *more. */
MUST_CHECK enum err audit_newest(struct store *s, struct audit_place *at,
				 int64_t from_ms, int64_t to_ms, uint64_t *n,
				 bool *more);
/* At most `limit` rows from there on, and the place moves behind them;
 * *end: there is no more. */
MUST_CHECK enum err audit_page(struct store *s, struct audit_place *at,
			       size_t limit, audit_h *h, void *arg,
			       bool *end);

#endif
