/* admin_sim -- `simulate`: a campaign's recorded day becomes a world. */
#include "admin/admin.h"

#include "base/str.h"
#include "rehearse/rehearse.h"
#include "sim/sim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#ifndef WAIHU_PREFIX
#define WAIHU_PREFIX "/usr/local"
#endif
#define LEADS 20000		/* of a real rehearsal, unless it is said     */

/* The campaign asked for, and what --real rehearses. */
struct play {
	struct sim_campaign day;
	struct rehearse_conf conf;	/* but for the world                 */
	char data[256];
	struct lead *leads;		/* copied from the server            */
	size_t n, max;
	uint64_t made_up;		/* --leads without a campaign        */
	bool real;
};

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
	const char *hold = json_string_value(json_object_get(
		json_object_get(day, "settings"), "abandon_held"));
	struct sim_world *w = &c->world;
	double answered = number_of(day, "answered");
	double dialled = number_of(day, "dialled");

	sim_world_init(w);
	str_copy(c->name, sizeof(c->name), name ? name : "");
	if (!mode || pacer_mode_from_word(mode, &c->mode))
		c->mode = PACER_PREDICTIVE;
	c->target = number_of(day, "target");
	if (!hold || pacer_hold_from_word(hold, &c->hold))
		c->hold = PACER_HOLD_ALWAYS;
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

static void windows_of(const json_t *rows, struct gate_window *w, uint8_t *n)
{
	const json_t *r;
	size_t i;

	json_array_foreach(rows, i, r) {
		if (i == GATE_HOURS_MAX)
			return;
		w[i] = (struct gate_window){
			(uint8_t)json_integer_value(json_array_get(r, 0)),
			(int16_t)json_integer_value(json_array_get(r, 1)),
			(int16_t)json_integer_value(json_array_get(r, 2)) };
		*n = (uint8_t)(i + 1);
	}
}

/* "2026-11-23T09:14:02.123+08:00" as wall ms; 0: not a time. */
static int64_t time_in(const char *text)
{
	struct tm tm = { 0 };
	const char *zone;
	int h, m;

	if (!text || !strptime(text, "%Y-%m-%dT%H:%M:%S", &tm))
		return 0;
	zone = text + strlen(text) - MIN(strlen(text), 6u);
	int64_t at = (int64_t)timegm(&tm);

	if (sscanf(zone, "%3d:%2d", &h, &m) == 2)
		at -= h * 3600 + (*zone == '-' ? -m : m) * 60;
	return at * 1000;
}

static void settings_of(const json_t *day, struct play *p)
{
	const json_t *s = json_object_get(day, "settings");
	struct rehearse_campaign *k = &p->conf.campaign[0];
	struct campaign_conf *c = &k->conf;
	const char *profile = json_string_value(json_object_get(day,
								"profile"));
	const char *text;

	str_copy(c->name, sizeof(c->name), p->day.name);
	str_copy(k->profile, sizeof(k->profile), profile ? profile : "none");
	text = json_string_value(json_object_get(s, "data"));
	str_copy(p->data, sizeof(p->data), text ? text : "");
	text = json_string_value(json_object_get(s, "purpose"));
	if (text && gate_purpose_from_word(text, &c->gate.purpose))
		c->gate.purpose = PURPOSE_SERVICE;
	text = json_string_value(json_object_get(s, "wrap"));
	if (text && wrap_mode_from_word(text, &c->wrap))
		c->wrap = WRAP_BOXED;
	c->gate.tries_max = (uint16_t)number_of(s, "attempts");
	c->gate.cap_n = (uint16_t)number_of(s, "frequency");
	c->gate.cap_s = (int32_t)number_of(s, "frequency_s");
	c->wrap_ms = (int32_t)number_of(s, "wrap_ms");
	c->wrap_skip = json_is_true(json_object_get(s, "wrap_skip"));
	c->preview_ms = (int32_t)number_of(s, "preview_ms");
	c->weight = (uint32_t)number_of(s, "weight");
	c->odds = json_is_true(json_object_get(s, "answer_model"));
	c->odds_order = json_is_true(json_object_get(s, "answer_order"));
	windows_of(json_object_get(s, "hours"), c->gate.hours,
		   &c->gate.hours_n);
	windows_of(json_object_get(s, "shift"), c->shift, &c->shift_n);
	c->shift_off_s = (int32_t)number_of(s, "clock_s");
	c->amd = json_is_true(json_object_get(day, "amd"));
	c->ring_ms = (int32_t)number_of(day, "ring_ms");
	c->connect_ms = (int32_t)number_of(day, "patience_ms");
	c->max_lines = p->day.max_lines;
	p->conf.wall_ms = time_in(json_string_value(json_object_get(day,
								    "from")));
}

static void add_lead(struct play *p, const json_t *v)
{
	const json_t *c = json_object_get(v, "consent");
	const char *no = json_string_value(json_object_get(v, "number"));
	struct lead *l;

	if (p->n == p->max) {
		size_t max = p->max ? p->max * 2 : 1024;
		struct lead *more = realloc(p->leads, max * sizeof(*more));

		if (!more)
			return;		/* fewer leads; the table says so */
		p->leads = more;
		p->max = max;
	}
	l = &p->leads[p->n++];
	*l = (struct lead){ .numbers_count = 1,
		.tier = (uint32_t)number_of(v, "tier"),
		.priority = (uint32_t)number_of(v, "priority"),
		.attempts = (uint32_t)number_of(v, "attempts"),
		.next_at_s = (int64_t)number_of(v, "next_at_s"),
		.last_at_s = (int64_t)number_of(v, "last_at_s"),
		.created_s = (int64_t)number_of(v, "created_s") };
	str_copy(l->numbers[0].e164, sizeof(l->numbers[0].e164), no);
	if (!c)
		return;
	l->consent_count = 1;
	str_copy(l->consent[0].kind, sizeof(l->consent[0].kind),
		 json_string_value(json_object_get(c, "kind")));
	str_copy(l->consent[0].purpose, sizeof(l->consent[0].purpose),
		 json_string_value(json_object_get(c, "purpose")));
	l->consent[0].at_s = (int64_t)number_of(c, "at_s");
	l->consent[0].until_s = (int64_t)number_of(c, "until_s");
}

static void on_line(void *arg, const json_t *v)
{
	struct play *p = arg;

	if (json_object_get(v, "number")) {
		add_lead(p, v);
		return;
	}
	campaign_of(v, &p->day);
	settings_of(v, p);
}

/* Asks the server; its status, 0 when p is set. */
static int ask(const struct admin_opts *o, const char *name, const char *from,
	       const char *leads, struct play *p)
{
	static struct msg_admin_req req;
	struct admin_opts quiet = *o;
	const char *words[] = { "pace", "measure", name, "--leads", leads,
				"--from", from };

	req = (struct msg_admin_req){ .argv_count = from ? 7 : 5,
				      .json = true };
	quiet.line = on_line;
	quiet.line_arg = p;
	for (uint32_t i = 0; i < req.argv_count; i++)
		if (!str_copy(req.argv[i].word, sizeof(req.argv[i].word),
			      words[i]))
			return EX_USAGE;
	return admin_talk(&quiet, &req, NULL, NULL);
}

/* ---- --real: the floor itself plays the day ------------------------------- */

static enum err real_mode(enum pacer_mode m, enum dial_mode *out)
{
	switch (m) {
	case PACER_PREDICTIVE:	*out = MODE_PREDICTIVE; return ERR_OK;
	case PACER_PROGRESSIVE:	*out = MODE_PROGRESSIVE; return ERR_OK;
	case PACER_PREVIEW:	*out = MODE_PREVIEW; return ERR_OK;
	default:		return ERR_ARG;
	}
}

/* A made-up day is known to end when it ends. */
static void whole_shift(struct rehearse_conf *conf, struct campaign_conf *c)
{
	time_t at = (time_t)(conf->wall_ms / 1000);
	struct tm tm;

	localtime_r(&at, &tm);
	int64_t min = tm.tm_hour * 60 + tm.tm_min;

	c->shift_off_s = (int32_t)tm.tm_gmtoff;
	c->shift_n = 1;
	c->shift[0] = (struct gate_window){ 127, 0,
		(int16_t)MIN(min + conf->length_ms / 60000, 1440) };
}

static enum err real_day(void *arg, const struct sim_world *w,
			 const struct pacer_conf *c, struct sim_result *out)
{
	const struct play *p = arg;
	struct rehearse_conf conf = p->conf;
	struct rehearse_campaign *k = &conf.campaign[0];
	struct rehearse_result x;
	struct rehearse *r;
	char why[300];
	enum err e = real_mode(c->mode, &k->conf.mode);

	if (e) {
		fprintf(stderr, "waihu: --real knows predictive, progressive "
			"and preview\n");
		return e;
	}
	conf.agents = w->agents;
	conf.length_ms = w->length_ms;
	conf.seed = w->seed;
	k->world = *w;
	if (!*p->day.name)
		whole_shift(&conf, &k->conf);
	k->conf.target_ppm = (int32_t)(c->target * 1e6 + 0.5);
	k->conf.held_at_end = c->hold == PACER_HOLD_END;
	k->conf.max_lines_per_agent_milli =
		(uint32_t)(c->max_lines_per_agent * 1000 + 0.5);
	e = rehearse_new(&conf, &r, why, sizeof(why));
	if (e) {
		fprintf(stderr, "waihu: %s\n", why);
		return e;
	}
	for (size_t i = 0; !e && i < p->n; i++) {
		struct lead l = p->leads[i];

		e = rehearse_lead(r, 0, &l);
		if (e == ERR_EXISTS || e == ERR_FORMAT)
			e = ERR_OK;	/* two cut numbers may be the same */
	}
	if (!e && !p->n)
		e = rehearse_leads(r, 0, (uint32_t)p->made_up);
	if (!e)
		e = rehearse_run(r, NULL, NULL);
	rehearse_result(r, 0, &x);
	*out = x.sum;
	if (!e && x.idle != IDLE_NONE && x.idle != IDLE_AGENTS)
		fprintf(stderr, "waihu: at the end of a day: %s; %.0f leads "
			"refused\n", idle_reason_word(x.idle), x.refused);
	rehearse_free(r);
	return e;
}

/* 09:00 of today on this clock. */
static int64_t this_morning(void)
{
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	tm.tm_hour = 9;
	tm.tm_min = tm.tm_sec = 0;
	return (int64_t)mktime(&tm) * 1000;
}

static void begin(struct play *p)
{
	struct rehearse_campaign *k = &p->conf.campaign[0];

	p->conf.campaigns = 1;
	p->made_up = LEADS;
	k->conf = (struct campaign_conf){ .gate = {
			.purpose = PURPOSE_SERVICE, .tries_max = 5 },
		.ring_ms = 25000, .connect_ms = 2000, .wrap = WRAP_BOXED,
		.wrap_ms = 300000, .odds = true, .message = "sorry.en" };
	str_copy(k->profile, sizeof(k->profile), "none");
	str_copy(p->data, sizeof(p->data), WAIHU_PREFIX "/share/waihu");
}

struct words {
	char *rest[64];
	int n;
	const char *name, *from, *leads, *profile, *data;
};

/* Our own words; the others are the simulation's. */
static bool take(struct words *w, int argc, char **argv, bool *real)
{
	const struct { const char *key; const char **at; } own[] = {
		{ "--from", &w->from }, { "--leads", &w->leads },
		{ "--profile", &w->profile }, { "--data", &w->data },
	};

	for (int i = 0; i < argc && w->n < (int)ARRAY_LEN(w->rest); i++) {
		size_t k = 0;

		if (i == 1 && argv[1][0] != '-') {
			w->name = argv[1];
			continue;
		}
		if (str_eq(argv[i], "--real")) {
			*real = true;
			continue;
		}
		while (k < ARRAY_LEN(own) && !str_eq(argv[i], own[k].key))
			k++;
		if (k == ARRAY_LEN(own)) {
			w->rest[w->n++] = argv[i];
		} else if (i + 1 < argc) {
			*own[k].at = argv[++i];
		} else {
			fprintf(stderr, "waihu: %s needs a value\n", argv[i]);
			return false;
		}
	}
	return true;
}

int admin_sim(const struct admin_opts *o, int argc, char **argv)
{
	static char json[] = "--json";
	static struct play p;
	struct words w = { .n = 0 };
	const struct sim_runner real = { &p, real_day };
	int status = 0;

	begin(&p);
	if (!take(&w, argc, argv, &p.real))
		return EX_USAGE;
	if (o->json && w.n < (int)ARRAY_LEN(w.rest))	/* said before it */
		w.rest[w.n++] = json;
	if (w.leads && str_to_u64(w.leads, 1000000, &p.made_up)) {
		fprintf(stderr, "waihu: --leads: a number, up to 1000000\n");
		return EX_USAGE;
	}
	if (w.name)
		status = ask(o, w.name, w.from, !p.real ? "0" : w.leads
			     ? w.leads : "20000", &p);
	if (status)
		return status;
	if (w.name && !p.day.calls)
		fprintf(stderr, "waihu: %s: fewer than %d calls answered that "
			"day: its settings, but times and answer rate as "
			"usual\n", w.name, ENOUGH);
	if (w.data)
		str_copy(p.data, sizeof(p.data), w.data);
	if (w.profile)
		str_copy(p.conf.campaign[0].profile,
			 sizeof(p.conf.campaign[0].profile), w.profile);
	p.conf.data = p.data;
	if (!p.conf.wall_ms)
		p.conf.wall_ms = this_morning();
	status = simulate_main(w.n, w.rest, w.name ? &p.day : NULL,
			       p.real ? &real : NULL, stdout);
	free(p.leads);
	return status;
}
