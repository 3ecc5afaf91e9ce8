#include "carrier/carrier.h"

#include <math.h>
#include <string.h>

/* xorshift128+ (Vigna 2014): good enough for ring times, same everywhere. */
static uint64_t next(struct chance *c)
{
	uint64_t x = c->s[0], y = c->s[1];

	c->s[0] = y;
	x ^= x << 23;
	c->s[1] = x ^ y ^ (x >> 17) ^ (y >> 26);
	return c->s[1] + y;
}

static uint64_t splitmix(uint64_t *x)
{
	uint64_t z = *x += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void chance_init(struct chance *c, uint64_t seed, const char *number,
		 unsigned nth)
{
	uint64_t h = UINT64_C(1469598103934665603) ^ seed;

	for (; *number; number++)
		h = (h ^ (unsigned char)*number) * UINT64_C(1099511628211);
	h += nth;
	c->s[0] = splitmix(&h);
	c->s[1] = splitmix(&h) | 1;
}

double chance_unit(struct chance *c)
{
	return (double)(next(c) >> 11) / 9007199254740992.0;
}

double chance_between(struct chance *c, double lo, double hi)
{
	return lo + (hi - lo) * chance_unit(c);
}

double chance_normal(struct chance *c, double mean, double sd)
{
	double u = 1.0 - chance_unit(c), v = chance_unit(c);

	return mean + sd * sqrt(-2.0 * log(u)) * cos(2.0 * M_PI * v);
}

double chance_talk(struct chance *c, double mean, double cv)
{
	double s2 = log(1.0 + cv * cv);

	return exp(chance_normal(c, log(mean) - s2 / 2.0, sqrt(s2)));
}

double chance_ring_s(struct chance *c)
{
	double s = chance_unit(c) < 0.68 ? chance_normal(c, 8.0, 1.6)
					 : chance_normal(c, 20.0, 1.6);

	return MAX(s, 1.5);
}

static const struct { enum behaviour id; unsigned ends; } forced[] = {
#define X(id, ends, word, what) { id, ends },
	CARRIER_BEHAVIOURS(X)
#undef X
};

enum behaviour chance_behaviour(struct chance *c, const struct carrier_opt *o,
				const char *number)
{
	size_t len = strlen(number);
	double u = chance_unit(c);

	if (o->forced && len >= 2) {
		unsigned ends = (unsigned)((number[len - 2] - '0') * 10 +
					   number[len - 1] - '0');

		for (size_t i = 0; i < ARRAY_LEN(forced); i++)
			if (forced[i].ends == ends)
				return forced[i].id;
	}
	for (int b = 0; b < BEH_COUNT; b++) {
		if (u < o->rate[b])
			return (enum behaviour)b;
		u -= o->rate[b];
	}
	return BEH_NOANSWER;
}
