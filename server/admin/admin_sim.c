/* admin_sim -- `simulate`: a campaign's recorded day becomes a world. */
#include "admin/admin.h"

#include "base/str.h"
#include "sim/sim.h"

#include <math.h>
#include <string.h>
#include <sysexits.h>

/* A time of fewer calls than this says nothing; the default is kept. */
#define ENOUGH 20

static double number_of(const json_t *o, const char *key)
{
	return json_number_value(json_object_get(o, key));
}

static void time_of(const json_t *day, const char *key, struct sim_time *t)
{
	const json_t *o = json_object_get(day, key);
	const json_t *q = json_object_get(o, "quantiles_s");

	if (number_of(o, "n") < ENOUGH || json_array_size(q) != SIM_QUANTILES)
		return;
	t->shape = SIM_MEASURED;
	t->mean_s = number_of(o, "mean_s");
	t->cv = number_of(o, "cv");
	for (size_t i = 0; i < SIM_QUANTILES; i++)
		t->q[i] = (float)json_number_value(json_array_get(q, i));
}

static void change(struct sim_world *w, double at_s, enum sim_change_kind kind,
		   double value)
{
	if (w->changes < SIM_CHANGES_MAX)
		w->change[w->changes++] = (struct sim_change){
			(int64_t)(at_s * 1e3), kind, value };
}

/* Who was there, and how many answered, by quarters of an hour. */
static void quarters_of(const json_t *day, struct sim_world *w)
{
	const json_t *all = json_object_get(day, "quarters"), *q;
	double most = number_of(day, "agents");
	size_t i;

	if (!(most > 0) || !json_array_size(all))
		return;
	w->agents = (uint32_t)most;
	w->length_ms = (int64_t)json_array_size(all) * 15 * 60000;
	json_array_foreach(all, i, q) {
		double at = number_of(q, "from_s");

		change(w, at, SIM_SET_SHARE, number_of(q, "agents") / most);
		change(w, at, SIM_SET_P, number_of(q, "p"));
	}
}

static void campaign_of(const json_t *day, struct sim_campaign *c)
{
	const char *mode = json_string_value(json_object_get(day, "mode"));
	const char *name = json_string_value(json_object_get(day, "campaign"));
	struct sim_world *w = &c->world;
	double answered = number_of(day, "answered");
	double dialled = number_of(day, "dialled");

	sim_world_init(w);
	str_copy(c->name, sizeof(c->name), name ? name : "");
	if (!mode || pacer_mode_from_word(mode, &c->mode))
		c->mode = PACER_PREDICTIVE;
	c->target = number_of(day, "target");
	c->max_lines = (uint32_t)number_of(day, "max_lines");
	c->lines_per_agent = number_of(day, "lines_per_agent");
	w->timeout_ms = (int64_t)number_of(day, "ring_ms");
	w->patience.mean_s = number_of(day, "patience_ms") / 1e3;
	if (json_is_true(json_object_get(day, "amd"))) {
		const json_t *d = json_object_get(day, "detect");

		w->detect_ms = number_of(d, "n") >= ENOUGH
				? (int64_t)(number_of(d, "mean_s") * 1e3)
				: 1200;
	}
	if (answered < ENOUGH)
		return;
	w->p = answered / dialled;
	w->machines = number_of(day, "machines") / answered;
	w->busy_share = number_of(day, "busy") / fmax(1, dialled - answered);
	time_of(day, "talk", &w->talk);
	time_of(day, "wrap", &w->wrap);
	if (number_of(json_object_get(day, "fail"), "n") >= ENOUGH) {
		time_of(day, "ring", &w->ring);
		time_of(day, "fail", &w->fail);
	}
	quarters_of(day, w);
	c->calls = dialled;
	c->answered = answered;
	c->abandoned = number_of(day, "abandoned");
	c->talks = number_of(day, "talks");
	c->talk_s = number_of(day, "talk_s");
	c->logged_s = number_of(day, "here_s");
}

static void on_day(void *arg, const json_t *v)
{
	campaign_of(v, arg);
}

/* Asks the server; its status, 0 when c is set. */
static int ask(const struct admin_opts *o, const char *name, const char *from,
	       struct sim_campaign *c)
{
	static struct msg_admin_req req;
	struct admin_opts quiet = *o;
	const char *words[] = { "pace", "measure", name, "--from", from };
	uint32_t n = from ? 5 : 3;

	req = (struct msg_admin_req){ .argv_count = n, .json = true };
	quiet.line = on_day;
	quiet.line_arg = c;
	for (uint32_t i = 0; i < n; i++)
		if (!str_copy(req.argv[i].word, sizeof(req.argv[i].word),
			      words[i]))
			return EX_USAGE;
	return admin_talk(&quiet, &req, NULL, NULL);
}

int admin_sim(const struct admin_opts *o, int argc, char **argv)
{
	static struct sim_campaign day;
	const char *from = NULL, *name;
	char *rest[64];
	int n = 0, status;

	if (argc < 2 || argv[1][0] == '-')
		return simulate_main(argc, argv, NULL, stdout);
	name = argv[1];
	rest[n++] = argv[0];
	for (int i = 2; i < argc && n < (int)ARRAY_LEN(rest); i++) {
		if (str_eq(argv[i], "--from") && i + 1 < argc)
			from = argv[++i];
		else if (!strncmp(argv[i], "--from=", 7))
			from = argv[i] + 7;
		else
			rest[n++] = argv[i];
	}
	status = ask(o, name, from, &day);
	if (status)
		return status;
	if (!day.calls)
		fprintf(stderr, "waihu: %s: fewer than %d calls answered that "
			"day: its settings, but times and answer rate as "
			"usual\n", name, ENOUGH);
	return simulate_main(n, rest, &day, stdout);
}
