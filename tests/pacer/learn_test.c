/*
 * tests/pacer/learn_test -- what is learned from draws of a known law is
 * that law, and the refined normal meets the exact Poisson-binomial.
 */
#include "pacer/learn.h"
#include "pacer/pacer.h"

#include "base/t.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state_of = 1;

static double uniform(void)
{
	state_of = state_of * 6364136223846793005u + 1442695040888963407u;
	return ((double)(state_of >> 11) + 0.5) / 9007199254740992.0;
}

static void a_steady_rate_is_found(void **state)
{
	static const double rates[] = { 0.03, 0.1, 0.25, 0.6, 0.9 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
		struct rate r;

		rate_init(&r, &pacer_params_default);
		for (int k = 0; k < 4000; k++)
			rate_add(&r, uniform() < rates[i], 1);
		struct rate_now n = rate_get(&r);

		T_OK(fabs(n.mean - rates[i]) < 4 * n.se + 0.01,
		     "%g found as %g +- %g", rates[i], n.mean, n.se);
		T_OK(n.se < 0.04, "%g: error %g is small", rates[i], n.se);
	}
}

static void a_jump_is_followed(void **state)
{
	struct rate r;
	int calls = 0;

	(void)state;
	rate_init(&r, &pacer_params_default);
	for (int k = 0; k < 2000; k++)
		rate_add(&r, uniform() < 0.25, 1);
	while (rate_get(&r).mean < 0.45 && calls < 1000) {
		rate_add(&r, uniform() < 0.6, 1);
		calls++;
	}
	T_OK(calls < 100, "25 %% to 60 %% is seen after %d calls", calls);
}

static void a_dead_trunk_is_not_believed(void **state)
{
	struct rate r;

	(void)state;
	rate_init(&r, &pacer_params_default);
	for (int k = 0; k < 2000; k++)
		rate_add(&r, uniform() < 0.25, 1);
	for (int k = 0; k < 20; k++)
		rate_seen(&r, false, 1);
	T_OK(!rate_dead(&r), "20 misses in a row happen");
	for (int k = 0; k < 20; k++)
		rate_seen(&r, false, 1);
	T_OK(rate_dead(&r), "40 do not");
	for (int k = 0; k < 40; k++)
		rate_add(&r, false, 1);
	rate_seen(&r, true, 1);
	T_OK(!rate_dead(&r) && rate_get(&r).mean > 0.2, "the first answer "
	     "ends it, and p is the old one: %g", rate_get(&r).mean);
}

static double shape(int kind, double u)
{
	if (kind == 0)
		return -60 * log(u);
	if (kind == 1)
		return 40 + 40 * u;
	return 60 * pow(-log(u), 2) / 2;	/* Weibull, hazard falls     */
}

static double survival(int kind, double t)
{
	if (kind == 0)
		return exp(-t / 60);
	if (kind == 1)
		return t < 40 ? 1 : t > 80 ? 0 : (80 - t) / 40;
	return exp(-sqrt(t / 30));
}

static void hazards_give_the_survival_back(void **state)
{
	static const char *const names[] = { "exponential", "even 40-80 s",
					     "Weibull 1/2" };

	(void)state;
	for (int kind = 0; kind < 3; kind++) {
		struct hazard h;

		hazard_init(&h, 4, 16, 1.15, 90,
			    pacer_params_default.talk_smooth,
			    &pacer_params_default);
		for (int i = 0; i < 3000; i++) {
			double t = shape(kind, uniform());

			hazard_expose(&h, 0, t);
			hazard_end(&h, t);
			if (i % 20 == 0)
				hazard_build(&h);
		}
		hazard_build(&h);
		for (double t = 5; t <= 120; t += 5) {
			double got = exp(-hazard_cum(&h, t));

			T_OK(fabs(got - survival(kind, t)) < 0.08,
			     "%s: S(%g) is %g, found %g", names[kind], t,
			     survival(kind, t), got);
		}
	}
}

static void longer_talks_are_followed(void **state)
{
	struct hazard h;

	(void)state;
	hazard_init(&h, 4, 16, 1.15, 90, pacer_params_default.talk_smooth,
		    &pacer_params_default);
	for (int i = 0; i < 2060; i++) {
		double t = (i < 2000 ? 60 : 150) * -log(uniform());

		hazard_expose(&h, 0, t);
		hazard_end(&h, t);
		if (i % 20 == 0)
			hazard_build(&h);
	}
	hazard_build(&h);
	T_OK(h.drift > 0.3 && h.drift < 0.75, "2.5 times longer: drift %g "
	     "after 60 calls", h.drift);
}

static void ring_times_and_quantiles_agree(void **state)
{
	struct ring r;

	(void)state;
	ring_init(&r, RING_ANSWERED, 25, &pacer_params_default);
	for (int i = 0; i < 3000; i++)
		ring_add(&r, uniform() < 0.8 ? 6 + 4 * uniform() :
					       18 + 4 * uniform(), 1);
	ring_build(&r);
	T_OK(fabs(ring_cdf(&r, 10) - 0.8) < 0.04, "80 %% within 10 s: %g",
	     ring_cdf(&r, 10));
	for (double q = 0.05; q < 1; q += 0.1)
		T_OK(fabs(ring_cdf(&r, ring_quantile(&r, q)) - q) < 1e-9,
		     "quantile %g is its own inverse", q);
	T_OK(fabs(ring_mean(&r) - 10.4) < 0.4, "mean %g", ring_mean(&r));
}

/* The same floor, exactly and by moments: the number of dials agrees. */
static void exact_and_normal_agree(void **state)
{
	uint32_t dials[2];

	(void)state;
	for (int way = 0; way < 2; way++) {
		struct pacer_params par = pacer_params_default;
		struct pacer_conf c;
		struct pacer *p;

		par.exact_work = way ? 0 : 1e9;
		par.theta_fix = 0.05;
		pacer_conf_init(&c);
		c.params = &par;
		T_OK(pacer_new(&c, &p) == ERR_OK, "made");
		for (uint64_t a = 1; a <= 120; a++) {
			struct pacer_event e = { (int64_t)a, PACER_LOGIN, a,
						 0, 0, 0 };

			T_OK(pacer_feed(p, &e) == ERR_OK, "in");
			e.kind = PACER_TALK;
			T_OK(pacer_feed(p, &e) == ERR_OK, "talks");
			if (a % 3)
				continue;
			e.kind = PACER_WRAP;
			T_OK(pacer_feed(p, &e) == ERR_OK, "wraps up");
		}
		dials[way] = pacer_ask(p, 5000, NULL).dials;
		pacer_free(p);
	}
	T_OK(dials[0] > 20, "some dials: %u", dials[0]);
	T_OK(abs((int)dials[0] - (int)dials[1]) <= 2 + (int)dials[0] / 20,
	     "exactly %u, by moments %u", dials[0], dials[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_steady_rate_is_found),
		cmocka_unit_test(a_jump_is_followed),
		cmocka_unit_test(a_dead_trunk_is_not_believed),
		cmocka_unit_test(hazards_give_the_survival_back),
		cmocka_unit_test(longer_talks_are_followed),
		cmocka_unit_test(ring_times_and_quantiles_agree),
		cmocka_unit_test(exact_and_normal_agree),
	};

	return T_RUN(tests);
}
