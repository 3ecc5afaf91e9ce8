/*
 * clerk_measure -- a campaign's recorded day in numbers, for waihu simulate:
 * who was there, how many answered, how long it rang, talks, wrap-ups.
 *
 * Records are read in pages, so that no turn of the loop is long.  Of each
 * time at most SAMPLES are kept, chosen evenly as they come (Vitter's
 * algorithm R), and told as 33 quantiles.
 */
#include "clerk_priv.h"

#include "base/str.h"
#include "report/cdr.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	PAGE = 400,
	SAMPLES = 2048,
	QUANTILES = 33,			/* as SIM_QUANTILES of server/sim    */
	QUARTERS = 96, QUARTER_MS = 15 * 60000,
	CREW = 2048,
	APART_MS = 20 * 60000,		/* between two calls: was not there  */
};

struct sample {
	double sum, square;
	uint64_t n;
	float v[SAMPLES];
};

struct worker {
	uint32_t agent;
	int64_t last_ms;		/* was at work until then            */
	uint32_t here[QUARTERS / 32];	/* a bit a quarter                   */
	int64_t talk_ms;
};

struct quarter {
	uint32_t dialled, answered;
};

struct measure {
	struct campaign_id campaign;
	int64_t from_ms, to_ms, first_ms, last_ms;
	uint64_t next;
	size_t page;
	struct sample ring, fail, talk, wrap, detect;
	uint64_t dialled, answered, machines, busy, abandoned, talks;
	struct quarter quarter[QUARTERS];
	struct worker crew[CREW];
	size_t crew_n;
	uint64_t dice;
	uint64_t leads, told;		/* wanted, given                     */
	size_t list;			/* of the campaign's                 */
	struct lead_id after;
};

static void sample(struct measure *m, struct sample *s, double ms)
{
	double v = fmax(ms, 0) / 1e3;
	uint64_t at = s->n++;

	s->sum += v;
	s->square += v * v;
	if (at >= SAMPLES) {
		m->dice = m->dice * 6364136223846793005u +
			  1442695040888963407u;
		at = (m->dice >> 33) % s->n;
	}
	if (at < SAMPLES)
		s->v[at] = (float)v;
}

static unsigned quarter_at(const struct measure *m, int64_t ms)
{
	int64_t q = (ms - m->from_ms) / QUARTER_MS;

	return (unsigned)MIN(MAX(q, 0), QUARTERS - 1);
}

/* The agent of a call was there from the call before it, if that is near. */
static void was_here(struct measure *m, const struct cdr *r)
{
	int64_t end = r->done_ms ? r->done_ms : r->end_ms;
	struct worker *w = NULL;

	for (size_t i = 0; i < m->crew_n && !w; i++)
		if (m->crew[i].agent == r->agent)
			w = &m->crew[i];
	if (!w && m->crew_n == CREW)
		return;
	if (!w) {
		w = &m->crew[m->crew_n++];
		w->agent = r->agent;
	}
	int64_t from = r->join_ms - w->last_ms < APART_MS ? w->last_ms
							  : r->join_ms;

	for (unsigned q = quarter_at(m, from); q <= quarter_at(m, end); q++)
		w->here[q / 32] |= 1u << q % 32;
	w->last_ms = MAX(w->last_ms, end);
	w->talk_ms += r->end_ms - r->join_ms;
}

static bool on_record(void *arg, const struct cdr *r)
{
	struct measure *m = arg;

	if (m->page == PAGE)
		return false;
	m->page++;
	m->next = r->uid + 1;
	if (r->campaign != m->campaign.v || !r->invite_ms || r->interrupted ||
	    r->part)
		return true;
	struct quarter *q = &m->quarter[quarter_at(m, r->invite_ms)];

	m->first_ms = m->first_ms ? m->first_ms : r->invite_ms;
	m->last_ms = MAX(m->last_ms, r->done_ms ? r->done_ms : r->invite_ms);
	m->dialled++;
	q->dialled++;
	if (!r->answer_ms) {
		sample(m, &m->fail, (double)((r->end_ms ? r->end_ms
							: r->done_ms) -
					     r->invite_ms));
		m->busy += r->result != RES_NO_ANSWER;
		return true;
	}
	m->answered++;
	q->answered++;
	sample(m, &m->ring, (double)(r->answer_ms - r->invite_ms));
	m->machines += r->result == RES_MACHINE || r->result == RES_FAX;
	m->abandoned += r->result == RES_ABANDONED;
	if (r->person_ms > r->answer_ms)
		sample(m, &m->detect, (double)(r->person_ms - r->answer_ms));
	if (!r->join_ms || !r->end_ms)
		return true;
	m->talks++;
	sample(m, &m->talk, (double)(r->end_ms - r->join_ms));
	if (r->done_ms)
		sample(m, &m->wrap, (double)(r->done_ms - r->end_ms));
	was_here(m, r);
	return true;
}

/* ---- telling ------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static json_t *sample_json(struct sample *s)
{
	size_t n = MIN(s->n, (uint64_t)SAMPLES);
	double mean = s->n ? s->sum / (double)s->n : 0;
	double var = s->n ? s->square / (double)s->n - mean * mean : 0;
	json_t *q = json_array();

	qsort(s->v, n, sizeof(s->v[0]), by_value);
	for (size_t i = 0; n && i < QUANTILES; i++)
		json_array_append_new(q, json_real((double)
			s->v[i * (n - 1) / (QUANTILES - 1)]));
	return json_pack("{s:I, s:f, s:f, s:o}", "n", (json_int_t)s->n,
			 "mean_s", mean, "cv",
			 mean > 0 ? sqrt(fmax(var, 0)) / mean : 0.0,
			 "quantiles_s", q);
}

static unsigned crew_in(const struct measure *m, unsigned q)
{
	unsigned n = 0;

	for (size_t i = 0; i < m->crew_n; i++)
		n += m->crew[i].here[q / 32] >> q % 32 & 1;
	return n;
}

/* *most = most agents in a quarter; *here_s = all of them, summed. */
static json_t *quarters_json(const struct measure *m, unsigned *most,
			     double *here_s)
{
	unsigned from = quarter_at(m, m->first_ms);
	unsigned to = quarter_at(m, m->last_ms);
	double p = m->dialled ? (double)m->answered / (double)m->dialled : 0;
	json_t *out = json_array();

	for (unsigned q = from; q <= to && m->dialled; q++) {
		const struct quarter *d = &m->quarter[q];
		unsigned here = crew_in(m, q);

		*most = MAX(*most, here);
		*here_s += here * (QUARTER_MS / 1e3);
		/* A quarter with few calls says little: 20 of the mean. */
		json_array_append_new(out, json_pack(
			"{s:I, s:i, s:i, s:f}", "from_s",
			(json_int_t)(q - from) * (QUARTER_MS / 1000),
			"agents", (int)here, "dialled", (int)d->dialled,
			"p", (d->answered + 20 * p) / (d->dialled + 20)));
	}
	return out;
}

static json_t *windows_json(const struct gate_window *w, unsigned n)
{
	json_t *out = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(out, json_pack("[i, i, i]",
			(int)w[i].days, (int)w[i].from_min,
			(int)w[i].to_min));
	return out;
}

/* What waihu simulate --real needs beside the day. */
static void settings_json(struct job *j, const struct campaign_conf *k,
			  json_t *o)
{
	const char *data = conf_text(j->c->r->conf, "server", NULL, "data");
	json_t *s = json_pack("{s:s, s:s, s:i, s:i, s:s, s:i, s:b, s:i, s:i,"
			      " s:i, s:b, s:b, s:o, s:o, s:i, s:s}", "data",
			      data ? data : "", "purpose",
			      gate_purpose_word(k->gate.purpose), "attempts",
			      (int)k->gate.tries_max, "frequency",
			      (int)k->gate.cap_n, "wrap",
			      wrap_mode_word(k->wrap), "wrap_ms",
			      (int)k->wrap_ms, "wrap_skip", k->wrap_skip,
			      "frequency_s", (int)k->gate.cap_s, "preview_ms",
			      (int)k->preview_ms, "weight", (int)k->weight,
			      "answer_model", k->odds, "answer_order",
			      k->odds_order, "hours",
			      windows_json(k->gate.hours, k->gate.hours_n),
			      "shift", windows_json(k->shift, k->shift_n),
			      "clock_s", (int)k->shift_off_s, "abandon_held",
			      pacer_hold_word(k->held_at_end ? PACER_HOLD_END
							: PACER_HOLD_ALWAYS));

	json_object_set_new(o, "settings", s);
}

static void tell(struct job *j, struct measure *m, struct now now)
{
	struct campaign_view v;
	unsigned most = 0;
	double here_s = 0, talk_s = m->talk.sum;
	json_t *quarters = quarters_json(m, &most, &here_s), *o;

	if (floor_campaign_view(j->c->r->floor, m->campaign, now, &v)) {
		json_decref(quarters);
		fail(j, EXIT_NOTHING, MSG_NO_ABSENT, "the campaign has gone");
		return;
	}
	o = json_pack("{s:s, s:s, s:s, s:f, s:i, s:i, s:b, s:i, s:f, s:o, s:I,"
		      " s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:i, s:o}",
		      "campaign", v.conf->name, "mode",
		      dial_mode_word(v.conf->mode), "profile",
		      v.conf->gate.profile
			      ? gate_profile_name(v.conf->gate.profile) : "",
		      "target", gate_profile_abandon_ppm(v.conf->gate.profile,
			      v.conf->target_ppm) / 1e6, "ring_ms",
		      (int)v.conf->ring_ms, "patience_ms",
		      (int)v.conf->connect_ms, "amd", v.conf->amd,
		      "max_lines", (int)v.conf->max_lines, "lines_per_agent",
		      v.conf->max_lines_per_agent_milli / 1000.0, "from",
		      time_json(m->first_ms), "dialled",
		      (json_int_t)m->dialled, "answered",
		      (json_int_t)m->answered, "machines",
		      (json_int_t)m->machines, "busy", (json_int_t)m->busy,
		      "abandoned", (json_int_t)m->abandoned, "talks",
		      (json_int_t)m->talks, "talk_s", talk_s, "here_s",
		      here_s, "agents", (int)most, "quarters", quarters);
	json_object_set_new(o, "ring", sample_json(&m->ring));
	json_object_set_new(o, "fail", sample_json(&m->fail));
	json_object_set_new(o, "talk", sample_json(&m->talk));
	json_object_set_new(o, "wrap", sample_json(&m->wrap));
	json_object_set_new(o, "detect", sample_json(&m->detect));
	settings_json(j, v.conf, o);
	say(j, o);
}

/* ---- leads: as they stand now, numbers cut to what says where they are -- */

static json_t *lead_json(struct measure *m, const struct lead *l)
{
	const char *no = l->numbers_count ? l->numbers[0].e164 : "";
	const struct lead_consent *c = l->consent_count ? &l->consent[0]
							: NULL;
	size_t keep = strlen(no) > 5 ? strlen(no) - 5 : 0;
	char number[24];
	json_t *o;

	str_fmt(number, sizeof(number), "%.*s%05u", (int)keep, no,
		(unsigned)(m->told % 100000));
	o = json_pack("{s:s, s:i, s:i, s:i, s:I, s:I, s:I}", "number", number,
		      "tier", (int)l->tier, "priority", (int)l->priority,
		      "attempts", (int)l->attempts, "next_at_s",
		      (json_int_t)l->next_at_s, "last_at_s",
		      (json_int_t)l->last_at_s, "created_s",
		      (json_int_t)l->created_s);
	if (c)
		json_object_set_new(o, "consent", json_pack(
			"{s:s, s:s, s:I, s:I}", "kind", c->kind, "purpose",
			c->purpose, "at_s", (json_int_t)c->at_s, "until_s",
			(json_int_t)c->until_s));
	return o;
}

static bool on_lead(void *arg, const struct lead *l)
{
	struct job *j = arg;
	struct measure *m = j->state;

	m->page++;
	m->after.v = l->id;
	if (l->status > LEAD_RESERVED || m->told >= m->leads)
		return m->told < m->leads;
	m->told++;
	say(j, lead_json(m, l));
	return true;
}

static const struct lead_list *list_at(struct job *j, const struct measure *m)
{
	const struct conf *c = j->c->r->conf;
	const char *name = word_at(j, 0);

	for (size_t i = m->list; i < conf_list_len(c, "campaigns", name,
						   "lists"); i++) {
		const struct lead_list *l = lead_list_by_name(
			j->c->r->leads, conf_list_at(c, "campaigns", name,
						     "lists", i));
		if (l)
			return l;
	}
	return NULL;
}

static bool leads_step(struct job *j, struct now now UNUSED)
{
	struct measure *m = j->state;
	const struct lead_list *l = list_at(j, m);
	enum err e;

	if (!l || m->told >= m->leads)
		return true;
	m->page = 0;
	e = lead_scan(j->c->r->leads, (struct list_id){ l->id }, m->after,
		      PAGE, on_lead, j);
	if (e)
		return fail_err(j, e, "leads");
	if (!m->page) {
		m->list++;
		m->after.v = 0;
	}
	return false;
}

static bool measure_step(struct job *j, struct now now)
{
	struct measure *m = j->state;
	enum err e;

	m->page = 0;
	e = cdr_each_uid(j->c->r->store, m->next, cdr_uid_at(m->to_ms),
			 on_record, m);
	if (e)
		return fail_err(j, e, "records");
	if (m->page == PAGE)
		return false;
	tell(j, m, now);
	if (j->exit || !m->leads)
		return true;
	j->step = leads_step;
	return false;
}

static void drop_measure(struct job *j)
{
	free(j->state);
	j->state = NULL;
}

bool verb_pace_measure(struct job *j, struct now now)
{
	const char *from = word_opt(j, "--from");
	const char *leads = word_opt(j, "--leads");
	struct measure *m;
	struct campaign_id id;

	if (!campaign_named(j, &id))
		return true;
	m = calloc(1, sizeof(*m));
	if (!m)
		return fail_err(j, ERR_MEMORY, "records");
	m->campaign = id;
	j->state = m;
	j->drop = drop_measure;
	if (leads && str_to_u64(leads, 1000000, &m->leads))
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "--leads N");
	if (time_from(from ? from : "today", now.wall_ms, &m->from_ms))
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "--from DAY, like "
			    "today, yesterday or 2026-11-23");
	m->to_ms = MIN(m->from_ms + 86400000, now.wall_ms + 1);
	m->next = cdr_uid_at(m->from_ms);
	j->step = measure_step;
	return measure_step(j, now);
}
