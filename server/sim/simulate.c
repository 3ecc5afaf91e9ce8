/* server/sim/simulate -- `waihu simulate`: many days, all cores, one table. */
#include "sim/sim_priv.h"

#include "base/str.h"

#include <jansson.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE 64
#define EXIT_FAILED 70
#define LIST_MAX 16
#define CORES_MAX 64
#define QUICK_MS 500		/* --quick: asked so often, and only then     */
#define QUICK_WORK 600		/* ... and risks by moments for most teams    */

struct options {
	struct sim_world world;
	struct pacer_conf conf;
	struct { enum pacer_mode mode; double ratio; } mode[LIST_MAX];
	unsigned modes;
	uint32_t agents[LIST_MAX];
	unsigned sizes;
	enum sim_scenario scenario;
	int64_t runs;
	bool json, help;
	struct pacer_params quick;
	const struct sim_campaign *day;
	const struct sim_runner *runner;
	unsigned turn, turns;		/* rows of the table done, and all   */
};

struct stat {
	double n, sum, square, most;
};

struct tally {
	struct stat use, per_hour, abandon, quarter, wait, lines, joined;
	double bins[SIM_WAITS], dialled;
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
"                [--target T] [--held always|end]\n"
"                [--scenario NAME] [--seed N] [--quick] [--json]\n"
"                [--warm H] [--open-end]\n"
"       simulate CAMPAIGN [--from DAY] ...  from its recorded day\n"
"       simulate ... --real [--leads N] [--profile P] [--data DIR]\n"
"                                           with leads, gate and records\n"
"modes: predictive progressive preview manual ratio:R\n"
"scenarios: steady jump-p jump-talk ragged walkout burst dead-trunk p60 home all\n";

static bool real_option(struct options *o, const char *key, const char *v,
			bool *known)
{
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

	for (size_t i = 0; i < ARRAY_LEN(reals); i++) {
		if (!str_eq(key, reals[i].key))
			continue;
		*known = true;
		/* What is said replaces what was measured. */
		if (str_eq(key, "--talk") || str_eq(key, "--cv"))
			w->talk.shape = SIM_LOGNORMAL;
		if (str_eq(key, "--wrap"))
			w->wrap.shape = SIM_LOGNORMAL;
		if (str_eq(key, "--p"))
			sim_world_forget(w, SIM_SET_P);
		return number(v, reals[i].low, reals[i].high, reals[i].at);
	}
	return false;
}

static bool option(struct options *o, const char *key, const char *v)
{
	double seed = 0, hours, runs;
	struct sim_world *w = &o->world;
	bool known = false, good = real_option(o, key, v, &known);

	if (known)
		return good;
	if (str_eq(key, "--agents"))
		return each(o, v, add_agents);
	if (str_eq(key, "--compare"))
		return each(o, v, add_mode);
	if (str_eq(key, "--held"))
		return pacer_hold_from_word(v, &o->conf.hold) == ERR_OK;
	if (str_eq(key, "--scenario"))
		return sim_scenario_from_word(v, &o->scenario) == ERR_OK;
	if (str_eq(key, "--hours") && number(v, 0.01, 24, &hours)) {
		w->length_ms = (int64_t)(hours * 3600e3);
		return true;
	}
	if (str_eq(key, "--warm") && number(v, 0, 24, &hours)) {
		w->warm_ms = (int64_t)(hours * 3600e3);
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
		if (str_eq(argv[i], "--help")) {
			fputs(usage, stdout);
			o->help = true;
			return true;
		}
		if (str_eq(argv[i], "--json")) {
			o->json = true;
			continue;
		}
		if (str_eq(argv[i], "--open-end")) {
			o->world.open_end = true;
			continue;
		}
		if (str_eq(argv[i], "--quick")) {
			o->world.ticks_only = true;
			o->world.tick_ms = QUICK_MS;
			o->quick = pacer_params_default;
			o->quick.exact_work = QUICK_WORK;
			o->conf.params = &o->quick;
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
		o->mode[o->modes++].mode = o->day ? o->day->mode
						  : PACER_PREDICTIVE;
	if (!o->sizes)
		o->agents[o->sizes++] = o->world.agents;
	o->turns = o->modes * o->sizes;
	return true;
}

/* ---- the runs: each core takes the next day, results stay in order ------- */

struct work {
	const struct options *o;
	struct sim_world world;
	struct pacer_conf conf;
	struct sim_result *r;
	_Atomic int64_t next, done;
	_Atomic int err;
};

static void progress(const struct work *k)
{
	const struct options *o = k->o;
	double part = (double)k->done / (double)o->runs;

	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\rsimulate: %3.0f %%\r",
			100 * (o->turn + part) / o->turns);
}

static void one_run(struct work *k, int64_t i)
{
	struct sim_world w = k->world;

	w.seed = k->o->world.seed + (uint64_t)i;
	if (!k->o->world.changes)
		sim_scenario_set(&w, k->o->scenario);
	const struct sim_runner *by = k->o->runner;
	enum err e = by ? by->run(by->arg, &w, &k->conf, &k->r[i])
			: sim_run(&w, &k->conf, &k->r[i]);

	if (e != ERR_OK)
		k->err = e;
	k->done++;
}

static void *worker(void *arg)
{
	struct work *k = arg;

	for (int64_t i; (i = k->next++) < k->o->runs && !k->err;)
		one_run(k, i);
	return NULL;
}

static enum err run_days(struct work *k)
{
	pthread_t thread[CORES_MAX];
	long cores = sysconf(_SC_NPROCESSORS_ONLN), n = 0;

	cores = MIN(MIN(cores, CORES_MAX), k->o->runs);
	while (n + 1 < cores && !pthread_create(&thread[n], NULL, worker, k))
		n++;
	for (int64_t i; (i = k->next++) < k->o->runs && !k->err;) {
		one_run(k, i);
		progress(k);
	}
	for (long i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	return (enum err)k->err;
}

static void tally_add(struct tally *t, const struct sim_result *r)
{
	stat_add(&t->use, r->utilisation);
	stat_add(&t->per_hour, r->per_hour);
	stat_add(&t->abandon, r->abandon);
	stat_add(&t->quarter, r->worst_quarter);
	stat_add(&t->wait, r->wait_s);
	stat_add(&t->lines, r->lines);
	stat_add(&t->joined, r->joined);
	t->dialled += r->dialled;
	for (int k = 0; k < SIM_WAITS; k++)
		t->bins[k] += r->wait_bin[k];
}

static enum err run_all(const struct options *o, unsigned mode, unsigned size,
			struct tally *t)
{
	struct work k = { .o = o, .world = o->world, .conf = o->conf };

	memset(t, 0, sizeof(*t));
	k.world.agents = o->agents[size];
	k.conf.mode = o->mode[mode].mode;
	k.conf.ratio = o->mode[mode].ratio;
	k.r = calloc((size_t)o->runs, sizeof(*k.r));
	enum err e = k.r ? run_days(&k) : ERR_MEMORY;

	for (int64_t i = 0; e == ERR_OK && i < o->runs; i++)
		tally_add(t, &k.r[i]);
	free(k.r);
	return e;
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
	return json_pack("{s:i, s:s, s:I, s:f, s:o, s:o, s:o, s:o, s:o, s:o,"
		" s:o}", "agents", (int)o->agents[size], "mode", name, "runs",
		(json_int_t)o->runs, "dialled", t->dialled, "utilisation", json_stat(&t->use),
		"calls_per_agent_hour", json_stat(&t->per_hour),
		"abandon", json_stat(&t->abandon), "worst_quarter",
		json_stat(&t->quarter), "agent_wait_s", json_stat(&t->wait),
		"lines", json_stat(&t->lines), "agent_wait_bins_2s", bins);
}

/* What that day itself gave, above what the modes would have given. */
static void print_day(const struct sim_campaign *d, FILE *out)
{
	fprintf(out, "%s, recorded: %.0f calls, %.0f answered, %.0f talks by "
		"up to %u agents\n", d->name, d->calls, d->answered, d->talks,
		d->world.agents);
	fprintf(out, "%6u %-12s %5.1f        %7.2f %7.2f\n", d->world.agents,
		"as it was", d->logged_s ? 100 * d->talk_s / d->logged_s : 0,
		d->logged_s ? d->talks / d->logged_s * 3600 : 0,
		d->answered ? 100 * d->abandoned / d->answered : 0);
}

static void begin(struct options *o, const struct sim_campaign *day)
{
	sim_world_init(&o->world);
	pacer_conf_init(&o->conf);
	o->day = day;
	if (!day)
		return;
	o->world = day->world;
	o->conf.target = day->target;
	o->conf.hold = day->hold;
	o->conf.max_lines = day->max_lines;
	o->conf.max_lines_per_agent = day->lines_per_agent;
}

int simulate_main(int argc, char **argv, const struct sim_campaign *measured,
		  const struct sim_runner *runner, FILE *out)
{
	struct options o = { .runs = 8, .runner = runner };
	begin(&o, measured);
	if (!options(&o, argc, argv))
		return EXIT_USAGE;
	if (o.help)
		return 0;
	if (!o.json)
		fprintf(out, "agents mode           talk %%      calls/h aband %%"
			"  worst %% 15min %%  wait s   lines  waits, 2 s each\n");
	if (measured && measured->calls && !o.json)
		print_day(measured, out);
	for (; o.turn < o.turns; o.turn++) {
		unsigned s = o.turn / o.modes, m = o.turn % o.modes;
		struct tally t;
		enum err e = run_all(&o, m, s, &t);

		if (e != ERR_OK) {
			fprintf(stderr, "simulate: %s\n", err_text(e));
			return EXIT_FAILED;
		}
		if (o.json) {		/* an object a line, as all of waihu */
			json_t *row = json_row(&o, m, s, &t);

			json_dumpf(row, out, JSON_COMPACT |
				   JSON_REAL_PRECISION(6));
			fputc('\n', out);
			json_decref(row);
		} else {
			print_row(&o, m, s, &t, out);
		}
	}
	return fflush(out) ? EXIT_FAILED : 0;
}
