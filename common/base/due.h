/*
 * base/due -- who is next?  A binary heap of time-outs whose nodes live
 * inside their owners, so nothing is searched and nothing is allocated
 * after due_init.
 */
#ifndef BASE_DUE_H
#define BASE_DUE_H

#include "base/base.h"

struct due_node {
	int64_t  at_ms;		/* monotonic; 0 = not armed                  */
	uint32_t place;		/* the heap's: index + 1, 0 = not in it      */
};

struct due {
	struct due_node **nodes;
	size_t len, max;
};

MUST_CHECK enum err due_init(struct due *d, size_t max);
void due_fini(struct due *d);
/* Arms, moves or (at_ms 0) disarms the node. */
void due_set(struct due *d, struct due_node *n, int64_t at_ms);
/* The node whose time has come, disarmed; NULL if none. */
struct due_node *due_take(struct due *d, int64_t mono_ms);
/* INT64_MAX if none is armed. */
int64_t due_next_ms(const struct due *d);

#define DUE_OWNER(node, type, member) \
	((type *)(void *)((char *)(node) - offsetof(type, member)))

#endif
