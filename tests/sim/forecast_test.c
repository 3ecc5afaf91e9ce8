/*
 * tests/sim/forecast_test -- a simulated day is the same again, and the
 * forecast says the direction and size of a change.
 */
#include "sim/sim.h"

#include "base/t.h"

#include <math.h>
#include <string.h>
#include <time.h>

static enum err event(void *ctx, const struct pacer_event *e)
{
	return pacer_feed(ctx, e);
}

static enum err ask(void *ctx, int64_t ms, uint32_t *dials)
{
	*dials = pacer_ask(ctx, ms, NULL).dials;
	return ERR_OK;
}

static void a_day_is_the_same_again(void **state)
{
	struct sim_result a, b;
	struct sim_world w;
	struct pacer_conf c;

	(void)state;
	sim_world_init(&w);
	w.length_ms = 3600000;
	sim_scenario_set(&w, SIM_ALL);
	pacer_conf_init(&c);
	T_OK(sim_run(&w, &c, &a) == ERR_OK && sim_run(&w, &c, &b) == ERR_OK,
	     "runs");
	T_OK(!memcmp(&a, &b, sizeof(a)), "bit for bit");
	w.seed++;
	T_OK(sim_run(&w, &c, &b) == ERR_OK && memcmp(&a, &b, sizeof(a)),
	     "another seed, another day");
	w.agents = 0;
	T_OK(sim_run(&w, &c, &b) == ERR_ARG, "no agents: refused");
}

static void calls_are_conserved(void **state)
{
	struct sim_result r;
	struct sim_world w;
	struct pacer_conf c;

	(void)state;
	for (int s = 0; s < SIM_SCENARIO_COUNT; s++) {
		sim_world_init(&w);
		w.length_ms = 2 * 3600000;
		w.agents = 10;
		w.detect_ms = s % 2 ? 1200 : 0;
		w.machines = s % 2 ? 0.2 : 0;
		sim_scenario_set(&w, (enum sim_scenario)s);
		pacer_conf_init(&c);
		T_OK(sim_run(&w, &c, &r) == ERR_OK, "%s runs",
		     sim_scenario_word((enum sim_scenario)s));
		double open = r.answered - r.joined - r.abandoned;

		T_OK(open >= 0 && open < 4, "%s: an answered person is joined "
		     "or abandoned", sim_scenario_word((enum sim_scenario)s));
		T_OK(r.utilisation > 0.3 && r.utilisation < 0.95,
		     "%s: utilisation %g", sim_scenario_word(
		     (enum sim_scenario)s), r.utilisation);
	}
}

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void the_forecast_tells_the_change(void **state)
{
	struct sim_forecast now, less, one;
	struct sim_result r;
	struct sim_world w;
	struct pacer_conf c;
	struct pacer *p;
	struct sim_setting s = { PACER_PREDICTIVE, 0.03, 0 };

	(void)state;
	sim_world_init(&w);
	w.length_ms = 2 * 3600000;
	pacer_conf_init(&c);
	sim_pacer_conf(&w, &c);
	T_OK(pacer_new(&c, &p) == ERR_OK, "made");
	T_OK(sim_forecast(p, 20, &s, &now) == ERR_STATE,
	     "nothing learned, no forecast");
	const struct sim_pace pace = { p, event, ask };

	T_OK(sim_run_with(&w, PACER_PREDICTIVE, &pace, &r) == ERR_OK, "runs");
	double t = cpu_ms();

	T_OK(sim_forecast(p, 20, &s, &now) == ERR_OK, "forecast");
	t = cpu_ms() - t;
	print_message("forecast took %.0f ms: abandon %.4f (%.4f-%.4f), wait "
		      "%.1f, connects %.0f (%.0f-%.0f), occupancy %.3f; "
		      "the day %.1f %.0f %.3f\n", t, now.abandon.mean,
		      now.abandon.low, now.abandon.high, now.wait_s.mean,
		      now.connects.mean, now.connects.low, now.connects.high,
		      now.occupancy.mean, r.wait_s, r.per_hour * 20,
		      r.occupancy);
	T_OK(now.abandon.mean > 0.012 && now.abandon.mean < 0.05,
	     "about the target is abandoned: %g", now.abandon.mean);
	T_OK(now.connects.mean > 0.93 * r.per_hour * 20 &&
	     now.connects.mean < 1.07 * r.per_hour * 20,
	     "connects as on the day: %g of %g", now.connects.mean,
	     r.per_hour * 20);
	s.target = 0.01;
	T_OK(sim_forecast(p, 20, &s, &less) == ERR_OK, "less risk");
	T_OK(less.abandon.mean < now.abandon.mean &&
	     less.wait_s.mean > now.wait_s.mean, "fewer lost, longer waits");
	s.mode = PACER_PROGRESSIVE;
	T_OK(sim_forecast(p, 20, &s, &one) == ERR_OK, "one for one");
	T_OK(one.abandon.mean < 0.003 &&
	     one.connects.mean < 0.75 * now.connects.mean,
	     "progressive: next to none lost, far fewer reached");
	T_OK(sim_forecast(p, 0, &s, &one) == ERR_ARG, "no agents: refused");
	pacer_free(p);
}

/* A recorded day: times come from its quantiles, calls a quarter from p. */
static void measured_times_are_drawn_from_their_quantiles(void **state)
{
	struct sim_world w;
	struct pacer_conf c;
	struct sim_result r, quick;

	(void)state;
	sim_world_init(&w);
	pacer_conf_init(&c);
	w.talk.shape = w.ring.shape = w.fail.shape = SIM_MEASURED;
	for (int i = 0; i < SIM_QUANTILES; i++) {
		w.talk.q[i] = 30 + (float)i;		/* 30 to 62 s: 46 s  */
		w.ring.q[i] = 5 + (float)i / 8;
		w.fail.q[i] = i < 8 ? 2 : 25;
	}
	w.length_ms = 3 * 3600000;
	T_OK(sim_run(&w, &c, &r) == ERR_OK, "a day");
	T_OK(fabs(r.talk_s / r.joined - 46) < 1, "mean talk %.1f s",
	     r.talk_s / r.joined);
	T_OK(r.abandon < 0.035 && r.utilisation > 0.5, "%.3f at %.3f",
	     r.abandon, r.utilisation);
	w.ticks_only = true;
	w.tick_ms = 500;
	T_OK(sim_run(&w, &c, &quick) == ERR_OK, "a quick one");
	T_OK(fabs(quick.utilisation / r.utilisation - 1) < 0.05,
	     "asked twice a second it is nearly the same: %.3f, %.3f",
	     quick.utilisation, r.utilisation);
	w.change[w.changes++] = (struct sim_change){ 0, SIM_SET_P, 0.5 };
	w.change[w.changes++] = (struct sim_change){ 9, SIM_SET_SHARE, 0.5 };
	sim_world_forget(&w, SIM_SET_P);
	T_OK(w.changes == 1 && w.change[0].kind == SIM_SET_SHARE,
	     "an answer rate that is said replaces the recorded ones");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_is_the_same_again),
		cmocka_unit_test(calls_are_conserved),
		cmocka_unit_test(the_forecast_tells_the_change),
		cmocka_unit_test(measured_times_are_drawn_from_their_quantiles),
	};

	return T_RUN(tests);
}
