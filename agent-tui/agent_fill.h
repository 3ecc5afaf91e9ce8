/*
 * agent_fill -- a line of a replay script into the row of a message.
 *
 * word key=value key="quoted \"value\"\n" ...; times as people write them,
 * enumerations by their words (msg/msg_words).
 */
#ifndef AGENT_FILL_H
#define AGENT_FILL_H

#include "base/base.h"
#include "schema/schema.h"

enum { ARGS_MAX = 64 };

struct args {
	int n;
	char *key[ARGS_MAX], *val[ARGS_MAX];
};

/* What times without a date are reckoned from. */
struct fill_time {
	int64_t wall_ms;
	int32_t tz_min;
};

/* Cuts the line up; false: a quote is left open. */
bool fill_split(char *line, struct args *a);
/* "14:20", "2026-11-20T15:00:00", "-137s", "5".  ERR_FORMAT. */
MUST_CHECK enum err fill_wall(const struct fill_time *t, const char *v,
			      int64_t *ms);
/* NULL if the schema has no such field. */
const struct schema_field *fill_field(const struct schema *s,
				      const char *name);
/* Arguments from the second on, into *obj.  ERR_FORMAT with why[]. */
MUST_CHECK enum err fill_row(const struct fill_time *t,
			     const struct schema *s, void *obj,
			     const struct args *a, char *why, size_t size);

#endif
