/*
 * server/sim/sim_draw -- what simulations draw, and their future.
 *
 * In      a seed, a stream and an index; a world's distributions
 * Out     the same draw for the same three numbers
 * Owns    nothing; a heap is its caller's
 * Never   reads a clock; depends on the order of asking
 */
#ifndef SIM_SIM_DRAW_H
#define SIM_SIM_DRAW_H

#include "sim/sim.h"

/* In (0, 1), the same for the same three numbers. */
double sim_uniform(uint64_t seed, uint64_t stream, uint64_t index);
/* Uses streams `stream` and `stream` + 1. [s] */
double sim_draw(const struct sim_time *t, uint64_t seed, uint64_t stream,
		uint64_t index);
/* Call `index`: how long it rings until it is answered, or fails; dead as the
 * value of SIM_SET_DEAD.  *busy: it fails engaged.  [s] */
double sim_ring(const struct sim_world *w, uint64_t seed, uint64_t index,
		bool answered, int dead, bool *busy);

enum { STREAM_P = 1, STREAM_RING, STREAM_EARLY, STREAM_BUSY, STREAM_MACHINE,
       STREAM_TALK = 10, STREAM_WRAP = 12, STREAM_PATIENCE = 14,
       STREAM_SHARE = 16, STREAM_OUTCOME };

/* Future events, earliest first; of one time, first put first out. */
struct heap_item {
	int64_t  ms;
	uint64_t order;
	uint32_t kind;
	uint32_t who;		/* agent row, or call row                    */
	uint32_t stamp;		/* must match, else it is out of date        */
};

struct heap {
	struct heap_item *item;
	size_t n, room;
	uint64_t order;
};

MUST_CHECK enum err heap_put(struct heap *h, int64_t ms, uint32_t kind,
			     uint32_t who, uint32_t stamp);
/* Time of the earliest, INT64_MAX if there is none. */
static inline int64_t heap_first(const struct heap *h)
{
	return h->n ? h->item[0].ms : INT64_MAX;
}
bool heap_take(struct heap *h, struct heap_item *out);

#endif
