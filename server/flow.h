/*
 * flow -- the life of a call, as one table.
 *
 * In      events raised on calls (call_raise)
 * Out     the next room of each call; a log line a step, in the table's words
 * Owns    the table in flow.c, and nothing else
 * Never   does what a room does: it only says where to go
 *
 * `waihud --map` prints the table, data/call-map.mmd is that print, and
 * `make check` fails when they differ.
 */
#ifndef FLOW_H
#define FLOW_H

#include <stdio.h>

#include "call/call.h"

struct floor;

struct flow_row {
	enum call_state from;
	enum call_event on;
	enum call_state to;
	void (*enter)(struct floor *f, struct call *c, struct now now);
};

extern const struct flow_row flow_table[];
extern const size_t flow_rows;

/* NULL if the table has no such move. */
const struct flow_row *flow_find(enum call_state from, enum call_event on);

/*
 * Handles every queued event, in order, until none is left.  A move that is
 * not in the table is not made: late news of a call that went on is normal,
 * and is logged at debug level.
 */
void flow_run(struct floor *f, struct call_pool *pool, struct now now);

/* The room a call was made in (RESERVE, CHECK): starts there too. */
void flow_first(struct floor *f, struct call *c, struct now now);

/* The table as a Mermaid state diagram. */
void flow_print_map(FILE *out);

#endif
