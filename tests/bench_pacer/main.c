/*
 * tests/bench_pacer -- many simulated days, as a table beside the one the
 * pacing was built from.
 *
 *   bench_pacer [--seeds N] [--first N] [--cells table,exp,big,hard,hard1,
 *               cv,low,proof5...proof50,cold,huge|all] [--agents N] [--mode M]
 *               [--held always|end] [--ratio R] [--know 1]
 *               [--stop MINUTES] [--early SHARE]
 *               [--busy SHARE] [--set parameter=value]...
 *   bench_pacer --latency N        decisions' times with N agents
 *
 * --know 1: each day begins with what a day of the same world taught, to see
 * what learning costs.  --stop: only the first minutes of each day.  --early:
 * share of the answers after 6-10 s (.88), others after 18-22 s; --busy: share
 * of the failures that are engaged (.32).
 *
 * A row: world, utilisation +- its standard error, share of the known best
 * (marginal risk; exact optimum in "exp"), abandoned % (mean, worst campaign,
 * worst at any moment after 300 answers), campaigns above target at such a
 * moment, and at their end, worst quarter of an hour % and its answers, first
 * 15 minutes (abandoned %, utilisation as a share of the later), lines in the
 * air, CPU a campaign.
 */
#include "sim/sim.h"

#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct cell {
	const char *set;
	bool exponential;
	uint32_t agents;
	double p, talk_s, cv, target;
	enum sim_scenario scenario;
	double known;		/* utilisation of the known best pacer, or
				 * of the exact optimum                      */
};

static const struct cell cells[] = {
	{ "exp", 1, 5, .10, 60, 1, .03, SIM_STEADY, .607 },
	{ "exp", 1, 5, .25, 60, 1, .03, SIM_STEADY, .649 },
	{ "exp", 1, 5, .40, 60, 1, .03, SIM_STEADY, .681 },
	{ "exp", 1, 5, .25, 180, 1, .03, SIM_STEADY, .822 },
	{ "exp", 1, 10, .25, 60, 1, .03, SIM_STEADY, .707 },
	{ "exp", 1, 10, .25, 180, 1, .03, SIM_STEADY, .844 },
	{ "table", 0, 5, .25, 60, 1, .03, SIM_STEADY, .621 },
	{ "table", 0, 5, .25, 180, 1, .03, SIM_STEADY, .795 },
	{ "table", 0, 10, .25, 60, 1, .03, SIM_STEADY, .689 },
	{ "table", 0, 20, .10, 60, 1, .03, SIM_STEADY, .731 },
	{ "table", 0, 20, .25, 60, 1, .03, SIM_STEADY, .746 },
	{ "table", 0, 20, .40, 180, 1, .03, SIM_STEADY, .871 },
	{ "big", 0, 50, .25, 60, 1, .03, SIM_STEADY, .799 },
	{ "big", 0, 200, .25, 60, 1, .03, SIM_STEADY, .842 },
	{ "big", 0, 200, .25, 180, 1, .03, SIM_STEADY, .930 },
	{ "hard", 0, 20, .25, 60, 1, .03, SIM_JUMP_P, 0 },
	{ "hard", 0, 20, .25, 60, 1, .03, SIM_JUMP_TALK, 0 },
	{ "hard", 0, 20, .25, 60, 1, .03, SIM_RAGGED, 0 },
	{ "hard", 0, 20, .25, 60, 1, .03, SIM_WALKOUT, 0 },
	{ "hard", 0, 20, .25, 60, 1, .03, SIM_BURST, 0 },
	{ "hard", 0, 20, .25, 60, 1, .03, SIM_DEAD, 0 },
	{ "hard", 0, 20, .25, 60, 1, .03, SIM_P60, 0 },
	{ "hard", 0, 20, .25, 60, 1, .03, SIM_HOME, 0 },
	{ "hard", 0, 20, .25, 60, 1, .03, SIM_ALL, 0 },
	{ "cv", 0, 20, .25, 60, .5, .03, SIM_STEADY, 0 },
	{ "cv", 0, 20, .25, 60, 2, .03, SIM_STEADY, 0 },
	{ "cv", 0, 10, .25, 60, 2, .03, SIM_STEADY, 0 },
	{ "low", 0, 3, .25, 60, 1, .03, SIM_STEADY, 0 },
	{ "low", 0, 3, .25, 60, 1, .01, SIM_STEADY, 0 },
	{ "low", 0, 10, .25, 60, 1, .01, SIM_STEADY, 0 },
	{ "low", 0, 20, .25, 60, 1, .01, SIM_STEADY, 0 },
	{ "low", 0, 20, .25, 60, 1, .01, SIM_P60, 0 },
	{ "low", 0, 20, .25, 60, 1, .01, SIM_ALL, 0 },
	{ "e5", 1, 5, .25, 60, 1, .03, SIM_STEADY, .649 },
	{ "e10", 1, 10, .25, 60, 1, .03, SIM_STEADY, .707 },
	{ "f5", 0, 5, .25, 60, 1, .03, SIM_STEADY, 0 },
	{ "f10", 0, 10, .25, 60, 1, .03, SIM_STEADY, 0 },
	{ "f20", 0, 20, .25, 60, 1, .03, SIM_STEADY, 0 },
	{ "huge", 0, 1000, .25, 60, 1, .03, SIM_STEADY, 0 },
	{ "huge", 0, 1000, .25, 60, 1, .03, SIM_P60, 0 },
	{ "huge", 0, 1000, .25, 60, 1, .03, SIM_ALL, 0 },
	{ "proof5", 0, 5, .25, 60, 1, .03, SIM_STEADY, 0 },
	{ "proof5", 0, 5, .25, 60, 1, .01, SIM_STEADY, 0 },
	{ "proof10", 0, 10, .25, 60, 1, .03, SIM_STEADY, 0 },
	{ "proof10", 0, 10, .25, 60, 1, .01, SIM_STEADY, 0 },
	{ "proof20", 0, 20, .25, 60, 1, .03, SIM_STEADY, 0 },
	{ "proof20", 0, 20, .25, 60, 1, .01, SIM_STEADY, 0 },
	{ "proof50", 0, 50, .25, 60, 1, .03, SIM_STEADY, 0 },
	{ "proof50", 0, 50, .25, 60, 1, .01, SIM_STEADY, 0 },
	{ "hard1", 0, 20, .25, 60, 1, .01, SIM_JUMP_P, 0 },
	{ "hard1", 0, 20, .25, 60, 1, .01, SIM_JUMP_TALK, 0 },
	{ "hard1", 0, 20, .25, 60, 1, .01, SIM_RAGGED, 0 },
	{ "hard1", 0, 20, .25, 60, 1, .01, SIM_WALKOUT, 0 },
	{ "hard1", 0, 20, .25, 60, 1, .01, SIM_BURST, 0 },
	{ "hard1", 0, 20, .25, 60, 1, .01, SIM_DEAD, 0 },
	{ "hard1", 0, 20, .25, 60, 1, .01, SIM_HOME, 0 },
	{ "cold", 0, 3, .25, 60, 1, .01, SIM_STEADY, 0 },
	{ "cold", 0, 3, .10, 60, 1, .03, SIM_STEADY, 0 },
	{ "cold", 0, 5, .10, 60, 1, .03, SIM_STEADY, 0 },
	{ "cold", 0, 5, .40, 180, 1, .03, SIM_STEADY, 0 },
	{ "cold", 0, 5, .15, 300, 1, .01, SIM_STEADY, 0 },
	{ "cold", 0, 10, .60, 30, 1, .03, SIM_STEADY, 0 },
	{ "cold", 0, 20, .08, 120, 1, .03, SIM_STEADY, 0 },
	{ "cold", 0, 20, .25, 60, 1, .01, SIM_STEADY, 0 },
	{ "cold", 0, 20, .25, 60, 1, .03, SIM_RAGGED, 0 },
	{ "cold", 0, 20, .25, 60, 1, .03, SIM_BURST, 0 },
	{ "cold", 0, 20, .10, 60, 1, .03, SIM_BURST, 0 },
	{ "cold", 0, 20, .40, 180, 1, .03, SIM_BURST, 0 },
	{ "cold", 0, 20, .25, 60, 1, .01, SIM_BURST, 0 },
	{ "cold", 0, 50, .15, 90, 1, .03, SIM_RAGGED, 0 },
	{ "cold", 0, 50, .25, 60, 1, .01, SIM_BURST, 0 },
};

struct sum {
	double n, u, u2, a, worst, quarter, over, first_a, first_answers,
	       first_u, later_u, lines, running, broke, quarter_n;
};

static void add(struct sum *s, const struct sim_result *r, double target)
{
	s->n += 1;
	s->u += r->utilisation;
	s->u2 += r->utilisation * r->utilisation;
	s->a += r->abandon;
	s->worst = fmax(s->worst, r->abandon);
	s->running = fmax(s->running, r->worst_running);
	if (r->worst_quarter > s->quarter) {
		s->quarter = r->worst_quarter;
		s->quarter_n = r->worst_quarter_answered;
	}
	s->broke += r->worst_running > target * 1.0001;
	s->over += r->answered >= 300 && r->abandon > target;
	s->first_a += r->first_abandon;
	s->first_u += r->first_utilisation;
	s->later_u += r->later_utilisation;
	s->lines += r->lines;
}

struct options {
	int seeds, first;
	bool know;		/* begin with what a steady day taught       */
	double stop_min;	/* 0 = the whole day                         */
	double early, busy;	/* how lines ring; 0 = the world's own       */
};

static void world_of(const struct cell *c, const struct options *o,
		     uint64_t seed, struct sim_world *w)
{
	sim_world_init(w);
	if (o->early > 0)
		w->early_share = o->early;
	if (o->busy > 0)
		w->busy_share = o->busy;
	w->agents = c->agents;
	w->p = c->p;
	w->talk.mean_s = c->talk_s;
	w->talk.cv = c->cv;
	w->seed = seed;
	if (c->exponential) {
		w->talk.shape = w->wrap.shape = SIM_EXPONENTIAL;
		w->patience.shape = SIM_EXPONENTIAL;
		w->ring_exponential = true;
	}
	sim_scenario_set(w, c->scenario);
}

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static enum err own_event(void *ctx, const struct pacer_event *e)
{
	return pacer_feed(ctx, e);
}

static enum err own_ask(void *ctx, int64_t ms, uint32_t *dials)
{
	*dials = pacer_ask(ctx, ms, NULL).dials;
	return ERR_OK;
}

static void must(enum err e)
{
	if (e == ERR_OK)
		return;
	fprintf(stderr, "bench_pacer: %s\n", err_text(e));
	exit(1);
}

struct know {
	void *bytes;
	size_t len;
};

/* A day, or its first stop_min minutes; begins with what `from` knows and
 * leaves in `to` what it learned.  Both may be NULL. */
static void run_day(struct sim_world *w, const struct pacer_conf *conf,
		    double stop_min, const struct know *from, struct know *to,
		    struct sim_result *r)
{
	struct pacer_conf own = *conf;
	struct pacer *p;

	sim_pacer_conf(w, &own);
	if (stop_min > 0)
		w->length_ms = (int64_t)(stop_min * 60000);
	must(pacer_new(&own, &p));
	const struct sim_pace pace = { p, own_event, own_ask };

	if (from && from->bytes)
		must(pacer_prior(p, from->bytes, from->len, 1));
	must(sim_run_with(w, own.mode, &pace, r));
	if (to) {
		size_t size = pacer_save_size();

		to->bytes = malloc(size);
		must(to->bytes ? pacer_save(p, to->bytes, size, &to->len)
			       : ERR_MEMORY);
	}
	pacer_free(p);
}

static void run_cell(const struct cell *c, const struct pacer_conf *conf,
		     const struct options *o)
{
	struct sum s = { 0 };
	struct pacer_conf own = *conf;
	struct know know = { NULL, 0 };
	struct sim_world w;
	struct sim_result r;
	int seeds = c->agents >= 200 ? MAX(1, o->seeds / 8) : o->seeds;

	own.target = c->target;
	if (o->know) {
		struct cell steady = *c;

		steady.scenario = SIM_STEADY;
		world_of(&steady, o, 777777, &w);
		run_day(&w, &own, 0, NULL, &know, &r);
	}
	double began = cpu_s();

	for (int i = 0; i < seeds; i++) {
		world_of(c, o, (uint64_t)(o->first + i), &w);
		run_day(&w, &own, o->stop_min, &know, NULL, &r);
		add(&s, &r, c->target);
	}
	double u = s.u / s.n, var = s.u2 / s.n - u * u;

	printf("%-6s%5u %.2f %4.0f %3.1f %.2f %-10s %.4f+-%.4f", c->set,
	       c->agents, c->p, c->talk_s, c->cv, c->target,
	       sim_scenario_word(c->scenario), u, sqrt(fmax(var, 0) / s.n));
	if (c->known > 0)
		printf(" %5.1f%%", 100 * u / c->known);
	else
		printf("       ");
	printf(" ab %.2f max %.2f run %.2f broke %g over %g q %.2f of %g | %.1f%% %.2f | "
	       "%.1f lines %.2f s\n", 100 * s.a / s.n, 100 * s.worst,
	       100 * s.running, s.broke, s.over, 100 * s.quarter, s.quarter_n,
	       100 * s.first_a / s.n,
	       s.first_u / fmax(s.later_u, 1e-9), s.lines / s.n,
	       (cpu_s() - began) / s.n);
	fflush(stdout);
	free(know.bytes);
}

struct timed {
	struct pacer *pacer;
	double *us;
	size_t n, room;
};

static enum err timed_event(void *ctx, const struct pacer_event *e)
{
	struct timed *t = ctx;

	return pacer_feed(t->pacer, e);
}

static enum err timed_ask(void *ctx, int64_t ms, uint32_t *dials)
{
	struct timed *t = ctx;
	struct timespec a, b;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
	*dials = pacer_ask(t->pacer, ms, NULL).dials;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
	if (t->n < t->room)
		t->us[t->n++] = (double)(b.tv_sec - a.tv_sec) * 1e6 +
				(double)(b.tv_nsec - a.tv_nsec) / 1e3;
	return ERR_OK;
}

static int rising(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int latency(uint32_t agents)
{
	struct timed t = { .room = 100000 };
	struct pacer_conf c;
	struct sim_world w;
	struct sim_result r;

	sim_world_init(&w);
	w.agents = agents;
	w.length_ms = 30 * 60000;
	pacer_conf_init(&c);
	sim_pacer_conf(&w, &c);
	t.us = calloc(t.room, sizeof(*t.us));
	if (!t.us || pacer_new(&c, &t.pacer) != ERR_OK)
		return 70;
	const struct sim_pace pace = { &t, timed_event, timed_ask };
	enum err e = sim_run_with(&w, PACER_PREDICTIVE, &pace, &r);

	qsort(t.us, t.n, sizeof(*t.us), rising);
	printf("agents %u: %zu decisions, p50 %.1f us, p99 %.1f us, worst "
	       "%.1f us; %.1f lines\n", agents, t.n, t.us[t.n / 2],
	       t.us[t.n - 1 - t.n / 100], t.us[t.n - 1], r.lines);
	pacer_free(t.pacer);
	free(t.us);
	return e == ERR_OK ? 0 : 70;
}

/* Is word one of the comma separated list? */
static bool wanted(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += n)
		if ((at == list || at[-1] == ',') && (!at[n] || at[n] == ','))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	struct pacer_params par = pacer_params_default;
	struct pacer_conf c;
	const char *want = "table";
	struct options o = { .seeds = 16, .first = 1 };
	uint32_t only = 0;

	pacer_conf_init(&c);
	c.params = &par;
	for (int i = 1; i + 1 < argc; i += 2) {
		char *v = argv[i + 1], *eq = strchr(v, '=');
		double *at;

		if (str_eq(argv[i], "--latency"))
			return latency((uint32_t)atoi(v));
		if (str_eq(argv[i], "--seeds"))
			o.seeds = atoi(v);
		else if (str_eq(argv[i], "--know"))
			o.know = atoi(v) > 0;
		else if (str_eq(argv[i], "--stop"))
			o.stop_min = atof(v);
		else if (str_eq(argv[i], "--early"))
			o.early = atof(v);
		else if (str_eq(argv[i], "--busy"))
			o.busy = atof(v);
		else if (str_eq(argv[i], "--first"))
			o.first = atoi(v);
		else if (str_eq(argv[i], "--agents"))
			only = (uint32_t)atoi(v);
		else if (str_eq(argv[i], "--cells"))
			want = v;
		else if (str_eq(argv[i], "--held") &&
			 pacer_hold_from_word(v, &c.hold) != ERR_OK)
			return 64;
		else if (str_eq(argv[i], "--ratio"))
			c.ratio = atof(v);
		else if (str_eq(argv[i], "--mode") &&
			 pacer_mode_from_word(v, &c.mode) != ERR_OK)
			return 64;
		else if (str_eq(argv[i], "--set") && eq) {
			*eq = 0;
			at = pacer_params_find(&par, v);
			if (!at) {
				fprintf(stderr, "bench_pacer: no parameter "
					"%s\n", v);
				return 64;
			}
			*at = atof(eq + 1);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(cells); i++)
		if ((!strcmp(want, "all") || wanted(want, cells[i].set)) &&
		    (!only || cells[i].agents == only))
			run_cell(&cells[i], &c, &o);
	return 0;
}
