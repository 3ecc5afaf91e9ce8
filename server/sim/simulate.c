/* server/sim/simulate -- `waihu simulate` and `waihu pace explain`. */
#include "sim/sim_priv.h"

#include "base/str.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#define EXIT_USAGE 64
#define EXIT_FAILED 70
#define LIST_MAX 16

struct options {
	struct sim_world world;
	struct pacer_conf conf;
	struct { enum pacer_mode mode; double ratio; } mode[LIST_MAX];
	unsigned modes;
	uint32_t agents[LIST_MAX];
	unsigned sizes;
	enum sim_scenario scenario;
	int64_t runs;
	bool json;
};

struct stat {
	double n, sum, square, most;
};

struct tally {
	struct stat use, per_hour, abandon, quarter, wait, lines, joined;
	double bins[SIM_WAITS];
};

static void stat_add(struct stat *s, double x)
{
	s->n += 1;
	s->sum += x;
	s->square += x * x;
	s->most = fmax(s->most, x);
}

static double stat_mean(const struct stat *s)
{
	return s->n ? s->sum / s->n : 0;
}

/* Half the 95 % confidence interval of the mean; 0 with a single run. */
static double stat_half(const struct stat *s)
{
	double m = stat_mean(s);

	if (s->n < 2)
		return 0;
	return 1.96 * sqrt(fmax(0, s->square / s->n - m * m) / (s->n - 1));
}

static bool number(const char *s, double low, double high, double *out)
{
	char *end;
	double v = strtod(s, &end);

	if (end == s || *end || !(v >= low && v <= high))
		return false;
	*out = v;
	return true;
}

static bool add_mode(struct options *o, char *word)
{
	char *colon = strchr(word, ':');
	double ratio = 1;

	if (o->modes == LIST_MAX)
		return false;
	if (colon) {
		*colon = 0;
		if (!number(colon + 1, 0, 100, &ratio))
			return false;
	}
	if (pacer_mode_from_word(word, &o->mode[o->modes].mode) != ERR_OK)
		return false;
	o->mode[o->modes++].ratio = ratio;
	return true;
}

static bool add_agents(struct options *o, char *word)
{
	double n;

	if (o->sizes == LIST_MAX || !number(word, 1, 5000, &n))
		return false;
	o->agents[o->sizes++] = (uint32_t)n;
	return true;
}

static bool each(struct options *o, const char *list,
		 bool (*add)(struct options *o, char *word))
{
	char buf[256], *save = NULL;

	if (!str_copy(buf, sizeof(buf), list))
		return false;
	for (char *w = strtok_r(buf, ",", &save); w;
	     w = strtok_r(NULL, ",", &save))
		if (!add(o, w))
			return false;
	return true;
}

static const char usage[] =
"usage: simulate [--agents N,N,...] [--compare MODE,MODE,...] [--runs N]\n"
"                [--hours H] [--p P] [--talk S] [--cv X] [--wrap S]\n"
"                [--target T] [--scenario NAME] [--seed N] [--json]\n"
"modes: predictive progressive preview manual ratio:R\n"
"scenarios: steady jump-p jump-talk ragged walkout burst dead-trunk p60 all\n";

static bool option(struct options *o, const char *key, const char *v)
{
	double seed = 0, hours, runs;
	struct sim_world *w = &o->world;
	const struct {
		const char *key;
		double low, high, *at;
	} reals[] = {
		{ "--p", 0.001, 0.99, &w->p },
		{ "--talk", 1, 7200, &w->talk.mean_s },
		{ "--cv", 0.05, 5, &w->talk.cv },
		{ "--wrap", 0, 3600, &w->wrap.mean_s },
		{ "--target", 0, 1, &o->conf.target },
	};

	for (size_t i = 0; i < ARRAY_LEN(reals); i++)
		if (str_eq(key, reals[i].key))
			return number(v, reals[i].low, reals[i].high,
				      reals[i].at);
	if (str_eq(key, "--agents"))
		return each(o, v, add_agents);
	if (str_eq(key, "--compare"))
		return each(o, v, add_mode);
	if (str_eq(key, "--scenario"))
		return sim_scenario_from_word(v, &o->scenario) == ERR_OK;
	if (str_eq(key, "--hours") && number(v, 0.1, 24, &hours)) {
		w->length_ms = (int64_t)(hours * 3600e3);
		return true;
	}
	if (str_eq(key, "--runs") && number(v, 1, 10000, &runs)) {
		o->runs = (int64_t)runs;
		return true;
	}
	if (str_eq(key, "--seed") && number(v, 0, 1e15, &seed)) {
		w->seed = (uint64_t)seed;
		return true;
	}
	return false;
}

static bool options(struct options *o, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (str_eq(argv[i], "--json")) {
			o->json = true;
			continue;
		}
		if (i + 1 >= argc || !option(o, argv[i], argv[i + 1])) {
			fprintf(stderr, "simulate: bad option: %s%s%s\n%s",
				argv[i], i + 1 < argc ? " " : "",
				i + 1 < argc ? argv[i + 1] : "", usage);
			return false;
		}
		i++;
	}
	if (!o->modes)
		o->mode[o->modes++].mode = PACER_PREDICTIVE;
	if (!o->sizes)
		o->agents[o->sizes++] = o->world.agents;
	return true;
}

static enum err run_all(const struct options *o, unsigned mode, unsigned size,
			struct tally *t)
{
	struct sim_world w = o->world;
	struct pacer_conf c = o->conf;

	memset(t, 0, sizeof(*t));
	w.agents = o->agents[size];
	c.mode = o->mode[mode].mode;
	c.ratio = o->mode[mode].ratio;
	for (int64_t i = 0; i < o->runs; i++) {
		struct sim_result r;

		w.seed = o->world.seed + (uint64_t)i;
		if (!o->world.changes)
			sim_scenario_set(&w, o->scenario);
		enum err e = sim_run(&w, &c, &r);

		if (e != ERR_OK)
			return e;
		stat_add(&t->use, r.utilisation);
		stat_add(&t->per_hour, r.per_hour);
		stat_add(&t->abandon, r.abandon);
		stat_add(&t->quarter, r.worst_quarter);
		stat_add(&t->wait, r.wait_s);
		stat_add(&t->lines, r.lines);
		stat_add(&t->joined, r.joined);
		for (int k = 0; k < SIM_WAITS; k++)
			t->bins[k] += r.wait_bin[k];
	}
	return ERR_OK;
}

/* Seven heights in ASCII, as on the wallboard; a blank for none: block
 * elements are of ambiguous width (UX 0.4). */
static void sparkline(const double *x, int n, char *buf, size_t size)
{
	static const char ramp[] = "_.-=+*#";
	double top = 0;

	buf[0] = 0;
	for (int i = 0; i < n; i++)
		top = fmax(top, x[i]);
	for (int i = 0; i < n; i++)
		str_add(buf, size, "%c", x[i] <= 0 ? ' ' :
			ramp[(int)fmin(6, x[i] / top * 7)]);
}

static void mode_name(const struct options *o, unsigned i, char *buf,
		      size_t size)
{
	str_fmt(buf, size, "%s", pacer_mode_word(o->mode[i].mode));
	if (o->mode[i].mode == PACER_RATIO)
		str_add(buf, size, ":%g", o->mode[i].ratio);
}

static void print_row(const struct options *o, unsigned mode, unsigned size,
		      const struct tally *t, FILE *out)
{
	char name[32], spark[160];

	mode_name(o, mode, name, sizeof(name));
	sparkline(t->bins, 16, spark, sizeof(spark));
	fprintf(out, "%6u %-12s %5.1f +-%4.1f %7.2f %7.2f %7.2f %7.1f %7.1f "
		"%7.1f  %s\n", o->agents[size], name, 100 * stat_mean(&t->use),
		100 * stat_half(&t->use), stat_mean(&t->per_hour),
		100 * stat_mean(&t->abandon), 100 * t->abandon.most,
		100 * t->quarter.most, stat_mean(&t->wait),
		stat_mean(&t->lines), spark);
}

static json_t *json_stat(const struct stat *s)
{
	return json_pack("{s:f, s:f, s:f}", "mean", stat_mean(s), "ci95",
			 stat_half(s), "worst", s->most);
}

static json_t *json_row(const struct options *o, unsigned mode, unsigned size,
			const struct tally *t)
{
	char name[32];
	json_t *bins = json_array();

	mode_name(o, mode, name, sizeof(name));
	for (int k = 0; k < SIM_WAITS; k++)
		json_array_append_new(bins, json_real(t->bins[k]));
	return json_pack("{s:i, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"agents", (int)o->agents[size], "mode", name, "runs",
		(json_int_t)o->runs, "utilisation", json_stat(&t->use),
		"calls_per_agent_hour", json_stat(&t->per_hour),
		"abandon", json_stat(&t->abandon), "worst_quarter",
		json_stat(&t->quarter), "agent_wait_s", json_stat(&t->wait),
		"lines", json_stat(&t->lines), "agent_wait_bins_2s", bins);
}

int simulate_main(int argc, char **argv, const struct sim_world *measured,
		  FILE *out)
{
	struct options o = { .runs = 8 };
	json_t *all = NULL;

	sim_world_init(&o.world);
	if (measured)
		o.world = *measured;
	pacer_conf_init(&o.conf);
	if (!options(&o, argc, argv))
		return EXIT_USAGE;
	if (o.json)
		all = json_array();
	else
		fprintf(out, "agents mode           talk %%      calls/h aband %%"
			"  worst %% 15min %%  wait s   lines  waits, 2 s each\n");
	for (unsigned s = 0; s < o.sizes; s++)
		for (unsigned m = 0; m < o.modes; m++) {
			struct tally t;
			enum err e = run_all(&o, m, s, &t);

			if (e != ERR_OK) {
				fprintf(stderr, "simulate: %s\n", err_text(e));
				json_decref(all);
				return EXIT_FAILED;
			}
			if (o.json)
				json_array_append_new(all, json_row(&o, m, s,
								    &t));
			else
				print_row(&o, m, s, &t, out);
		}
	if (o.json) {
		json_dumpf(all, out, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
		fputc('\n', out);
		json_decref(all);
	}
	return fflush(out) ? EXIT_FAILED : 0;
}

static int explain_json(const struct pacer_explain *x, FILE *out)
{
	json_t *by = json_array();

	for (int k = 0; k < PACER_HORIZONS; k++)
		json_array_append_new(by, json_pack("{s:f, s:f}", "after_s",
			x->horizon_s[k], "free_agents", x->free_agents[k]));
	json_t *j = json_pack("{s:s, s:b, s:i, s:i, s:i, s:i, s:i, s:i, s:i, "
		"s:f, s:o, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:i, s:s, s:s}",
		"mode", pacer_mode_word(x->mode), "fallback", x->fallback,
		"agents", (int)x->agents, "idle", (int)x->idle, "talking",
		(int)x->talking, "wrapping", (int)x->wrapping, "leaving",
		(int)x->leaving, "ringing", (int)x->ringing, "waiting",
		(int)x->waiting, "lines_per_agent", x->lines_per_agent,
		"by_horizon", by, "risk", x->risk, "risk_limit", x->risk_limit,
		"answer_rate", x->answer_rate, "answer_rate_se",
		x->answer_rate_se, "answered", x->answered, "abandoned",
		x->abandoned, "budget_left", x->budget_left, "dials",
		(int)x->last.dials, "limited_by",
		pacer_bound_word(x->last.bound), "because",
		pacer_bound_text(x->last.bound));
	int bad = !j || json_dumpf(j, out, JSON_INDENT(2) |
				   JSON_REAL_PRECISION(6)) || fputc('\n', out) ==
		  EOF;

	json_decref(j);
	return bad || fflush(out) ? 74 : 0;
}

int pace_explain_print(const struct pacer_explain *x, bool json, FILE *out)
{
	if (json)
		return explain_json(x, out);
	fprintf(out, "mode      %s%s\n", pacer_mode_word(x->mode), x->fallback ?
		", dialling progressively: the budget is used up" : "");
	fprintf(out, "agents    %u: %u idle, %u talking, %u in wrap-up, "
		"%u leaving after this call\n", x->agents, x->idle, x->talking,
		x->wrapping, x->leaving);
	fprintf(out, "lines     %u ringing, %u answered and waiting, %.2f for "
		"each agent\n", x->ringing, x->waiting, x->lines_per_agent);
	fprintf(out, "learned   %.1f %% +- %.1f answer after %.1f s, talk "
		"%.0f s, wrap-up %.0f s\n", 100 * x->answer_rate,
		100 * x->answer_rate_se, x->ring_s, x->talk_s, x->wrap_s);
	for (int k = 0; k < PACER_HORIZONS; k++)
		fprintf(out, "in %4.1f s  %5.1f agents free for further calls\n",
			x->horizon_s[k], x->free_agents[k]);
	fprintf(out, "risk      %.2f %% for one more dial, %.2f %% allowed\n",
		100 * x->risk, 100 * x->risk_limit);
	fprintf(out, "budget    %.0f abandoned of %.0f answered, %.1f calls "
		"left\n", x->abandoned, x->answered, x->budget_left);
	fprintf(out, "last 15 min  %.0f abandoned of %.0f answered\n",
		x->quarter_abandoned, x->quarter_answered);
	fprintf(out, "now       %u dials; limited by %s: %s\n", x->last.dials,
		pacer_bound_word(x->last.bound),
		pacer_bound_text(x->last.bound));
	return fflush(out) ? 74 : 0;
}
