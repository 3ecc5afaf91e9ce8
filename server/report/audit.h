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

/* Committed with the next group; a failure is logged as an error. */
void audit_put(struct store *s, int64_t wall_ms, const char *who,
	       const char *what);

/* Return false to end. */
typedef bool audit_h(void *arg, int64_t wall_ms, const char *who,
		     const char *what);
/* Rows since from_ms, oldest first. */
MUST_CHECK enum err audit_each(struct store *s, int64_t from_ms, audit_h *h,
			       void *arg);

#endif
