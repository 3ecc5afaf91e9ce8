/* rehearse -- the rooms, the leads, and the day. */
#include "rehearse_priv.h"

#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MONO_MS = 1000000, LINES_PER_AGENT = 30, CALLS_SPARE = 200,
       CALLS_MOST = 60000, TOLD_EVERY = 20000 };

/* ---- building ------------------------------------------------------------ */

static enum err open_tables(struct rehearse *r, char *why, size_t size)
{
	char path[4][512];
	static const char *const names[] = { "zones.tsv", "profiles.tsv",
					     "holidays.tsv",
					     "dispositions.tsv" };
	enum err e;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		str_fmt(path[i], sizeof(path[i]), "%s/%s", r->conf.data,
			names[i]);
	e = zones_load(path[0], NULL, &r->zones, why, size);
	if (!e)
		e = store_open(&(struct store_conf){ 0 }, &r->store);
	if (!e)
		e = lead_open(r->store, r->zones, &r->leads);
	if (!e)
		e = gate_open(&(struct gate_conf){ r->store, r->zones, path[1],
						   path[2] },
			      &r->gate, why, size);
	if (!e)
		e = dispo_load(path[3], &r->dispos, why, size);
	return e;
}

/* Outcomes an agent may choose without a time, a note or an amount. */
static void find_digits(struct rehearse *r)
{
	static const struct call plain = { .state = CALL_WRAP, .join_ms = 1 };

	for (unsigned d = 1; d < DIGITS; d++) {
		const struct dispo_row *row = dispo_by_digit(r->dispos, d);

		if (row && !dispo_missing(row, &plain))
			r->digit[r->digits++] = d;
	}
}

static enum err commit(struct rehearse *r, struct store_group *g)
{
	enum err e = store_commit(g, NULL, NULL);

	if (e)
		store_abort(g);
	store_pump(r->store);
	return e;
}

static enum err set_campaign(struct rehearse *r, size_t i)
{
	struct rehearse_campaign *k = &r->conf.campaign[i];
	struct lead_list list = { .country = "CN" };
	struct stage *s = &r->stage[i];
	struct store_group *g;
	char text[16];
	enum err e;

	s->p = k->world.p;
	s->talk_factor = 1;
	k->conf.id.v = k->conf.gate.id.v = (uint32_t)i + 1;
	k->conf.gate.profile = gate_profile(r->gate, k->profile);
	if (!k->conf.gate.profile)
		return ERR_ABSENT;
	if (!*k->conf.name)
		str_fmt(k->conf.name, sizeof(k->conf.name), "campaign %zu",
			i + 1);
	str_fmt(list.name, sizeof(list.name), "leads %zu", i + 1);
	g = store_begin(r->store);
	e = lead_list_add(r->leads, g, &list);
	if (!e)
		e = commit(r, g);
	else
		store_abort(g);
	if (!e)
		e = floor_campaign_set(r->floor, &k->conf, r->now);
	s->list.v = list.id;
	str_fmt(text, sizeof(text), "%u", list.id);
	struct floor_input in = { .kind = IN_LISTS, .campaign = k->conf.id.v };

	str_copy(in.text, sizeof(in.text), text);
	return e ? e : rehearse_input(r, in);
}

static enum err open_floor(struct rehearse *r)
{
	struct floor_conf f = { .store = r->store, .gate = r->gate,
				.leads = r->leads, .dispos = r->dispos,
				.max_calls = r->calls_max,
				.max_agents = r->conf.agents,
				.max_campaigns = r->conf.campaigns };
	unsigned found;
	enum err e;

	rehearse_doors(r, &f.doors);
	e = floor_new(&f, &r->floor);
	if (!e)
		e = floor_recover(r->floor, r->now, &found);
	for (size_t i = 0; !e && i < r->conf.campaigns; i++)
		e = set_campaign(r, i);
	return e;
}

enum err rehearse_new(const struct rehearse_conf *conf, struct rehearse **out,
		      char *why, size_t size)
{
	struct rehearse *r = calloc(1, sizeof(*r));
	enum err e = ERR_MEMORY;

	if (size)
		*why = '\0';
	if (r && conf->agents && conf->campaigns &&
	    conf->campaigns <= REHEARSE_CAMPAIGNS && conf->length_ms > 0) {
		r->conf = *conf;
		r->now = (struct now){ MONO_MS, conf->wall_ms };
		r->start_ms = MONO_MS;
		r->calls_max = MIN(conf->agents * LINES_PER_AGENT *
				   conf->campaigns + CALLS_SPARE, CALLS_MOST);
		r->customer = calloc(r->calls_max, sizeof(*r->customer));
		r->worker = calloc(conf->agents, sizeof(*r->worker));
		if (r->customer && r->worker)
			e = open_tables(r, why, size);
		if (!e) {
			find_digits(r);
			e = r->digits ? open_floor(r) : ERR_FORMAT;
		}
	} else if (r) {
		e = ERR_ARG;
	}
	if (e) {
		if (size && !*why)
			str_fmt(why, size, "%s", err_text(e));
		rehearse_free(r);
		return e;
	}
	*out = r;
	return ERR_OK;
}

struct rehearse *rehearse_free(struct rehearse *r)
{
	if (!r)
		return NULL;
	if (r->store)
		store_drain(r->store);
	if (r->floor)
		floor_free(r->floor);
	if (r->gate)
		gate_free(r->gate);
	if (r->leads)
		lead_free(r->leads);
	if (r->dispos)
		dispo_free(r->dispos);
	if (r->store)
		store_close(r->store);
	if (r->zones)
		zones_free(r->zones);
	free(r->heap.item);
	free(r->customer);
	free(r->worker);
	free(r);
	return NULL;
}

/* ---- leads --------------------------------------------------------------- */

static enum err add_consent(struct rehearse *r, struct store_group *g,
			    const struct lead *l)
{
	const struct lead_consent *c = &l->consent[0];
	struct gate_consent k = { .person = l->person, .at_s = c->at_s,
				  .until_s = c->until_s };
	enum gate_consent_kind kind;
	enum gate_purpose purpose;

	if (!l->consent_count || gate_consent_from_word(c->kind, &kind) ||
	    gate_purpose_from_word(c->purpose, &purpose))
		return ERR_OK;
	k.kind = kind;
	k.purpose = purpose;
	return gate_consent_add(r->gate, g, &k);
}

enum err rehearse_lead(struct rehearse *r, size_t i, struct lead *l)
{
	struct store_group *g = store_begin(r->store);
	struct now then = r->now;
	enum err e;

	if (l->created_s)
		then.wall_ms = l->created_s * 1000;
	l->list = r->stage[i].list.v;
	e = lead_add(r->leads, g, l, then);
	if (!e)
		e = add_consent(r, g, l);
	if (e) {
		store_abort(g);
		return e;
	}
	return commit(r, g);
}

/* The first number made up, by profile: one after the other from there. */
static uint64_t first_number(const char *profile)
{
	static const struct { const char *profile; uint64_t number; } rows[] = {
		{ "us", 12122000000 }, { "uk", 447700000000 },
		{ "eu_fr", 33610000000 }, { "eu_de", 4915100000000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq(rows[i].profile, profile))
			return rows[i].number;
	return 8613800000000;
}

enum err rehearse_leads(struct rehearse *r, size_t i, uint32_t n)
{
	const struct rehearse_campaign *k = &r->conf.campaign[i];
	uint64_t first = first_number(k->profile) + i * 1000000;

	for (uint32_t at = 0; at < n; at++) {
		struct lead l = { .numbers_count = 1, .consent_count = 1 };
		enum err e;

		str_fmt(l.numbers[0].e164, sizeof(l.numbers[0].e164), "%llu",
			(unsigned long long)(first + at));
		str_copy(l.consent[0].kind, sizeof(l.consent[0].kind), "web");
		str_copy(l.consent[0].purpose, sizeof(l.consent[0].purpose),
			 gate_purpose_word(k->conf.gate.purpose));
		l.consent[0].at_s = r->now.wall_ms / 1000 - 86400;
		l.tier = at % 4 + 1;
		e = rehearse_lead(r, i, &l);
		if (e)
			return e;
	}
	return ERR_OK;
}

/* ---- the day ------------------------------------------------------------- */

enum err rehearse_input(struct rehearse *r, struct floor_input in)
{
	enum err e;

	in.mono_ms = r->now.mono_ms;
	in.wall_ms = r->now.wall_ms;
	e = floor_input(r->floor, &in);
	while (store_pump(r->store) + floor_tell_durable(r->floor, r->now))
		;
	return e;
}

void rehearse_plan(struct rehearse *r, double after_s, enum rehearse_event ev,
		   uint32_t who, uint32_t stamp)
{
	int64_t ms = r->now.mono_ms + (int64_t)llround(fmax(0, after_s) * 1e3);

	if (heap_put(&r->heap, ms, ev, who, stamp))
		r->err = ERR_MEMORY;
}

static void to(struct rehearse *r, int64_t ms)
{
	if (ms <= r->now.mono_ms)
		return;
	r->now.wall_ms += ms - r->now.mono_ms;
	r->now.mono_ms = ms;
}

static void begin(struct rehearse *r)
{
	const struct sim_world *w = &r->conf.campaign[0].world;

	for (size_t i = 0; i < r->conf.campaigns; i++)
		for (uint32_t c = 0; c < r->conf.campaign[i].world.changes;
		     c++)
			rehearse_plan(r, (double)r->conf.campaign[i].world
					 .change[c].ms / 1e3,
				      RE_CHANGE, (uint32_t)i, c);
	for (size_t i = 0; i < r->conf.campaigns; i++) {
		enum err e = SAY(r, IN_START, .campaign = (uint32_t)i + 1);

		if (e)
			r->err = e;
	}
	/* Who is there from the start, if no change says it. */
	if (!w->changes || w->change[0].ms || w->change[0].kind !=
	    SIM_SET_SHARE)
		rehearse_share(r, 1);
}

enum err rehearse_run(struct rehearse *r, void (*step)(void *arg, double done),
		      void *arg)
{
	int64_t end = r->start_ms + r->conf.length_ms;
	struct heap_item it;
	unsigned n = 0;

	begin(r);
	while (!r->err) {
		int64_t event = heap_first(&r->heap);
		int64_t tick = MAX(floor_next_ms(r->floor),
				   r->now.mono_ms + 1);

		if (MIN(event, tick) >= end)
			break;
		to(r, MIN(event, tick));
		if (event <= tick && heap_take(&r->heap, &it))
			rehearse_happens(r, &it);
		else if (SAY(r, IN_TICK))
			r->err = ERR_STATE;
		if (step && ++n % TOLD_EVERY == 0)
			step(arg, (double)(r->now.mono_ms - r->start_ms) /
				  (double)r->conf.length_ms);
	}
	to(r, end);
	rehearse_close(r);
	return r->err;
}

void rehearse_result(struct rehearse *r, size_t i, struct rehearse_result *out)
{
	struct stage *s = &r->stage[i];
	struct sim_result *x = &out->sum;
	struct campaign_view v;
	struct lead_counts n;
	double in = fmax(r->stage[0].sum.logged_s, 1e-9);

	memset(out, 0, sizeof(*out));
	*x = s->sum;
	x->logged_s = in;
	x->utilisation = x->talk_s / in;
	x->occupancy = (x->talk_s + s->wrap_s) / in;
	x->abandon = x->answered ? x->abandoned / x->answered : 0;
	for (int q = 0; q < QUARTERS_MAX; q++)
		if (s->quarter[q].answered >= 20)
			x->worst_quarter = fmax(x->worst_quarter,
				s->quarter[q].abandoned /
				s->quarter[q].answered);
	x->wait_s = s->wait_n ? s->waits / s->wait_n : 0;
	x->caller_wait_s = x->joined ? s->caller_s / x->joined : 0;
	x->lines = s->air_s / ((double)r->conf.length_ms / 1e3);
	x->per_hour = x->joined / in * 3600;
	out->refused = s->refused;
	out->no_room = s->no_room;
	lead_list_counts(r->leads, s->list, &n);
	out->leads_left = (double)n.by_status[LEAD_READY];
	if (!floor_campaign_view(r->floor, r->conf.campaign[i].conf.id, r->now,
				 &v)) {
		out->bound = v.bound;
		out->idle = v.idle;
	}
}

double rehearse_most_lines(const struct rehearse *r)
{
	return r->most_up;
}

struct floor *rehearse_floor(struct rehearse *r)
{
	return r->floor;
}
