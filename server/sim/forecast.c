/*
 * server/sim/forecast -- the hours to come under another setting, from what
 * the pacer has learned.
 */
#include "sim/sim_priv.h"

#include <math.h>
#include <string.h>

#define RUNS 6
#define STUDENT 2.571	/* 95 of 100, RUNS - 1 degrees of freedom    */
#define WARM_S 120.0
#define HOUR_S 3600.0
#define SAVED_MAX 32768

/* Asks a CPU answers in the time a forecast may take, measured with
 * tests/bench_pacer; an answered call makes about 4 + 3 / p events. */
#define ASKS 16000.0

static void world_of(const struct pacer_learned *l, uint32_t agents,
		     const struct sim_setting *s, struct sim_world *w)
{
	double fail = fmin(l->fail_s, (double)w->timeout_ms / 1e3);

	w->agents = agents;
	w->p = fmin(0.95, fmax(0.01, l->p));
	w->talk.mean_s = fmax(l->talk_s, 1);
	w->talk.cv = fmin(3, fmax(l->talk_cv, 0.1));
	w->wrap.mean_s = fmax(l->wrap_s, 0.1);
	w->tick_ms = 1000;
	/* means as learned: early answers at 8 s, late at 20; busy at 3.5 */
	w->early_share = fmin(1, fmax(0, (20 - l->ring_s) / 12));
	w->busy_share = fmin(1, fmax(0, (25 - fail) / 21.5));
	double calls = agents * 0.8 / (w->talk.mean_s + w->wrap.mean_s);
	double asks = 1 + calls * (4 + 3 / w->p) +
		      (s->mode == PACER_MANUAL ? calls : 0);
	double time_s = fmax(WARM_S + 60, fmin(HOUR_S, ASKS / asks / RUNS));

	w->warm_ms = (int64_t)WARM_S * 1000;
	w->length_ms = (int64_t)(time_s * 1000);
}

struct sums {
	double sum, square;
};

static void add(struct sums *s, double x)
{
	s->sum += x;
	s->square += x * x;
}

/* An hour holds several runs' lengths: the deviation shrinks by the root. */
static struct sim_range range_of(const struct sums *s, double hour_runs,
				 double top)
{
	double mean = s->sum / RUNS;
	double var = fmax(0, s->square / RUNS - mean * mean) * RUNS /
		     (RUNS - 1);
	double half = STUDENT * sqrt(var / hour_runs);

	return (struct sim_range){ mean, fmax(0, mean - half),
				   fmin(top, mean + half) };
}

enum err sim_forecast(const struct pacer *p, uint32_t agents,
		      const struct sim_setting *setting,
		      struct sim_forecast *out)
{
	uint8_t know[SAVED_MAX];
	struct pacer_learned l;
	struct pacer_params par = pacer_params_default;
	struct pacer_conf c;
	struct sim_world w;
	struct sums abandon = { 0 }, wait = { 0 }, connects = { 0 },
		    busy = { 0 };
	size_t size;
	enum err e = pacer_save(p, know, sizeof(know), &size);

	if (e != ERR_OK)
		return e;
	if (!agents)
		return ERR_ARG;
	pacer_learned(p, &l);
	if (l.calls < 20)
		return ERR_STATE;
	sim_world_init(&w);
	world_of(&l, agents, setting, &w);
	pacer_conf_init(&c);
	c.mode = setting->mode;
	c.target = setting->target;
	c.max_lines_per_agent = setting->lines_per_agent;
	c.params = &par;
	/* Steady state, not a cold ledger: the risk its budget comes to. */
	par.theta_fix = setting->target / fmax(l.yield, 0.1);
	for (unsigned i = 0; i < RUNS; i++) {
		struct sim_result r;

		w.seed = i + 1;
		e = sim_run_knowing(&w, &c, know, size, &r);
		if (e != ERR_OK)
			return e;
		add(&abandon, r.abandon);
		add(&wait, r.wait_s);
		add(&connects, r.per_hour * agents);
		add(&busy, r.occupancy);
	}
	double hour_runs = HOUR_S / ((double)(w.length_ms - w.warm_ms) / 1e3);

	out->abandon = range_of(&abandon, hour_runs, 1);
	out->wait_s = range_of(&wait, hour_runs, HOUR_S);
	out->connects = range_of(&connects, hour_runs, 1e9);
	out->occupancy = range_of(&busy, hour_runs, 1);
	out->runs = RUNS;
	return ERR_OK;
}
