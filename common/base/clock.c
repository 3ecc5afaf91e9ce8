#include "base/clock.h"

#include <time.h>

static int64_t read_ms(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static struct now read_real(const struct clock *c UNUSED)
{
	return (struct now){ .mono_ms = read_ms(CLOCK_MONOTONIC),
			     .wall_ms = read_ms(CLOCK_REALTIME) };
}

static struct now read_virtual(const struct clock *c)
{
	return c->virt;
}

void clock_init_real(struct clock *c)
{
	*c = (struct clock){ .read = read_real };
}

void clock_init_virtual(struct clock *c, struct now start)
{
	*c = (struct clock){ .read = read_virtual, .virt = start };
}

void clock_advance(struct clock *c, int64_t ms)
{
	c->virt.mono_ms += ms;
	c->virt.wall_ms += ms;
}
