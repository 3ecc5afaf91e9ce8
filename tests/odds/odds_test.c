/* The model is used when it foretells better, and only then. */
#include "odds/odds.h"

#include "base/t.h"

#include <math.h>
#include <string.h>

static double dice(uint64_t *s)
{
	*s = *s * 6364136223846793005u + 1442695040888963407u;
	return (double)(*s >> 11) / 9007199254740992.0;
}

/* Who answers: by the hour and the tier as much as `effect`. */
static double truth(const struct odds_ask *a, double effect)
{
	double x = -1.1;

	x += effect * (a->clock_s % 86400 >= 17 * 3600 ? 1 : -0.3);
	x += effect * (a->tier == 1 ? .8 : a->tier == 4 ? -.8 : 0);
	return 1 / (1 + exp(-x));
}

static void live(struct odds *o, unsigned calls, double effect, uint64_t seed)
{
	for (unsigned i = 0; i < calls; i++) {
		struct odds_ask a = {
			.clock_s = 1795395600 + 9 * 3600 + i * 20,
			.age_s = 86400 * (int64_t)(dice(&seed) * 20),
			.tries = (uint32_t)(dice(&seed) * 4),
			.tier = 1 + (uint32_t)(dice(&seed) * 4) };

		odds_learn(o, &a, dice(&seed) < truth(&a, effect));
	}
}

static const struct {
	const char *what;
	unsigned calls;
	double effect;
	bool used;
} cases[] = {
	{ "nobody differs: the plain rate stays", 8000, 0, false },
	{ "hour and tier tell: the model is used", 8000, 1, true },
	{ "too few calls to know", 300, 1, false },
	{ "they hardly tell", 3000, .05, false },
};

static void it_is_used_when_it_is_better(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (uint64_t seed = 1; seed <= 8; seed++) {
			struct odds o;

			odds_init(&o);
			live(&o, cases[i].calls, cases[i].effect, seed);
			T_OK(o.used == cases[i].used,
			     "%s: seed %d, %.4f against %.4f", cases[i].what,
			     (int)seed, o.ours / o.n, o.plain / o.n);
		}
}

static void it_learns_who_answers(void **state UNUSED)
{
	struct odds o;
	double worst = 0;

	odds_init(&o);
	live(&o, 20000, 1, 3);
	for (uint32_t tier = 1; tier <= 4; tier++) {
		struct odds_ask a = { .clock_s = 1795395600 + 86400 * 3,
				      .age_s = 5 * 86400, .tier = tier,
				      .tries = 1 };

		worst = fmax(worst, fabs(odds_chance(&o, &a) - truth(&a, 1)));
	}
	T_OK(worst < .1, "within %.3f of the truth", worst);
	/* The world changes: the window forgets. */
	live(&o, 20000, 0, 4);
	T_OK(!o.used, "it is put aside when it no longer helps");
}

static void it_is_kept_bit_for_bit(void **state UNUSED)
{
	struct odds a, b;
	uint8_t x[ODDS_SAVED], y[ODDS_SAVED];

	odds_init(&a);
	odds_init(&b);
	live(&a, 3000, 1, 5);
	live(&b, 1500, 1, 5);
	T_OK(odds_save(&a, x) == ODDS_SAVED, "saved");
	T_OK(!odds_load(&b, x, sizeof(x)), "loaded");
	live(&a, 500, 1, 9);
	live(&b, 500, 1, 9);
	odds_save(&a, x);
	odds_save(&b, y);
	T_OK(!memcmp(x, y, sizeof(x)), "and goes on the same, bit for bit");
	for (size_t n = 0; n < sizeof(x); n++)
		T_OK(odds_load(&b, x, n) == ERR_FORMAT, "cut at %zu", n);
	memset(x, 0xff, 8);
	T_OK(odds_load(&b, x, sizeof(x)) == ERR_FORMAT, "no number");
	odds_save(&b, x);
	T_OK(!memcmp(x, y, sizeof(x)), "and nothing has changed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_used_when_it_is_better),
		cmocka_unit_test(it_learns_who_answers),
		cmocka_unit_test(it_is_kept_bit_for_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
