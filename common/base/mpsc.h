/*
 * base/mpsc -- many threads push, one loop takes; nobody waits.
 *
 * A lock-free list and an eventfd.  libre's own mqueue refuses its 4,097th
 * message; this one is bounded by `max` and says ERR_FULL, and it is the
 * pusher who then decides.  Items are linked through the node they begin
 * with, so nothing is allocated here.
 */
#ifndef BASE_MPSC_H
#define BASE_MPSC_H

#include "base/base.h"

#include <stdatomic.h>

struct mpsc_node {
	struct mpsc_node *next;
};

struct mpsc {
	_Atomic(struct mpsc_node *) head;
	_Atomic size_t count;
	size_t max;
	int fd;			/* eventfd: readable when something came     */
};

MUST_CHECK enum err mpsc_init(struct mpsc *q, size_t max);
void mpsc_fini(struct mpsc *q);
/* Takes the node on ERR_OK; ERR_FULL leaves it with the caller. */
MUST_CHECK enum err mpsc_push(struct mpsc *q, struct mpsc_node *n);
/* All that came so far, oldest first, now the caller's; NULL if none. */
struct mpsc_node *mpsc_take_all(struct mpsc *q);

#endif
