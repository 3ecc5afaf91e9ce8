/*
 * base/clock -- the two times, passed in.
 *
 * Monotonic milliseconds are for waiting, wall-clock milliseconds for rules
 * and records; they are never mixed.  Rooms take `now` as a parameter; only
 * a program's main and its loop hold a struct clock.  Tests, simulation and
 * replay use the virtual one.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/base.h"

struct now {
	int64_t mono_ms;	/* since some start [ms]                     */
	int64_t wall_ms;	/* since 1970-01-01 UTC [ms]                 */
};

struct clock {
	struct now (*read)(const struct clock *c);
	struct now virt;	/* what the virtual clock shows              */
};

void clock_init_real(struct clock *c);
void clock_init_virtual(struct clock *c, struct now start);
/* Virtual only: both times go on together. */
void clock_advance(struct clock *c, int64_t ms);
static inline struct now clock_now(const struct clock *c)
{
	return c->read(c);
}

#endif
