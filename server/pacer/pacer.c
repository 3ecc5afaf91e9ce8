/* server/pacer -- the room's door: configuration, events, the decision. */
#include "pacer/pacer_priv.h"

#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const mode_words[] = {
#define X(name, word, text) word,
	PACER_MODES(X)
#undef X
};

static const char *const holds[] = {
#define X(name, word, text) word,
	PACER_HOLDS(X)
#undef X
};

static const struct {
	const char *word, *text;
} bounds[] = {
#define X(name, word, text) { word, text },
	PACER_BOUNDS(X)
#undef X
};

static const struct {
	const char *word;
	bool agent, call;
} events[] = {
#define X(name, word, agent, call, text) { word, agent, call },
	PACER_EVENTS(X)
#undef X
};

const char *pacer_mode_word(enum pacer_mode m)
{
	return (unsigned)m < ARRAY_LEN(mode_words) ? mode_words[m] : "unknown";
}

const char *pacer_bound_word(enum pacer_bound b)
{
	return (unsigned)b < ARRAY_LEN(bounds) ? bounds[b].word : "unknown";
}

const char *pacer_bound_text(enum pacer_bound b)
{
	return (unsigned)b < ARRAY_LEN(bounds) ? bounds[b].text : "unknown";
}

const char *pacer_hold_word(enum pacer_hold h)
{
	return (unsigned)h < ARRAY_LEN(holds) ? holds[h] : "unknown";
}

enum err pacer_hold_from_word(const char *w, enum pacer_hold *out)
{
	for (size_t i = 0; i < ARRAY_LEN(holds); i++)
		if (str_eq(w, holds[i])) {
			*out = (enum pacer_hold)i;
			return ERR_OK;
		}
	return ERR_ABSENT;
}

const char *pacer_event_word(enum pacer_event_kind k)
{
	return (unsigned)k < ARRAY_LEN(events) ? events[k].word : "unknown";
}

enum err pacer_mode_from_word(const char *w, enum pacer_mode *out)
{
	for (size_t i = 0; i < ARRAY_LEN(mode_words); i++)
		if (str_eq(w, mode_words[i])) {
			*out = (enum pacer_mode)i;
			return ERR_OK;
		}
	return ERR_ABSENT;
}

void pacer_conf_init(struct pacer_conf *c)
{
	*c = (struct pacer_conf){ .mode = PACER_PREDICTIVE, .target = 0.03,
		.patience_ms = 2000, .timeout_ms = 25000, .ratio = 1 };
}

static bool conf_ok(const struct pacer_conf *c)
{
	return (unsigned)c->mode < PACER_MODE_COUNT && c->target >= 0 &&
	       c->target <= 1 && c->patience_ms >= 0 &&
	       c->patience_ms <= 600000 && c->timeout_ms >= 1000 &&
	       c->timeout_ms <= 600000 && c->detect_ms >= 0 &&
	       c->detect_ms <= 60000 && c->wrap_limit_ms >= 0 && c->window_ms >= 0 &&
	       (unsigned)c->hold < PACER_HOLD_COUNT &&
	       c->false_machine >= 0 && c->false_machine <= 1 &&
	       c->ratio >= 0 && c->ratio <= 100 &&
	       c->max_lines_per_agent >= 0 && c->agents_hint <= 1000000;
}

static void know_init(struct pacer *p)
{
	struct know *w = &p->know;
	double timeout = p->conf.timeout_ms / 1e3;

	rate_init(&w->rate, &p->par);
	rate_init(&w->person, &p->par);
	w->person.prior = 0.9;
	ring_init(&w->answered, RING_ANSWERED, timeout, &p->par);
	ring_init(&w->failed, RING_FAILED, timeout, &p->par);
	hazard_init(&w->talk, 4, 16, 1.15, p->par.talk_prior_s,
		    p->par.talk_smooth, &p->par);
	hazard_init(&w->wrap, 0.5, 20, 1.2, p->par.wrap_prior_s,
		    p->par.wrap_smooth, &p->par);
}

enum err pacer_new(const struct pacer_conf *c, struct pacer **out)
{
	if (!conf_ok(c))
		return ERR_ARG;
	/* vec members want their alignment */
	struct pacer *p = aligned_alloc(sizeof(vec), (sizeof(*p) +
		sizeof(vec) - 1) / sizeof(vec) * sizeof(vec));

	if (!p)
		return ERR_MEMORY;
	memset(p, 0, sizeof(*p));
	p->conf = *c;
	p->par = c->params ? *c->params : pacer_params_default;
	p->conf.params = NULL;
	p->agent_room = MAX(c->agents_hint, 16);
	p->line_room = p->agent_room * 8;
	p->agents = calloc(p->agent_room, sizeof(*p->agents));
	p->lines = calloc(p->line_room, sizeof(*p->lines));
	if (!p->agents || !p->lines ||
	    idmap_init(&p->agent_map, p->agent_room) != ERR_OK ||
	    idmap_init(&p->line_map, p->line_room) != ERR_OK) {
		pacer_free(p);
		return ERR_MEMORY;
	}
	know_init(p);
	budget_init(p);
	risk_tables_all(p);
	*out = p;
	return ERR_OK;
}

void pacer_free(struct pacer *p)
{
	if (!p)
		return;
	idmap_fini(&p->agent_map);
	idmap_fini(&p->line_map);
	rival_fini(p);
	free(p->agents);
	free(p->lines);
	free(p);
}

enum err pacer_set(struct pacer *p, const struct pacer_conf *c)
{
	if (!conf_ok(c))
		return ERR_ARG;
	p->conf = *c;
	if (c->params)
		p->par = *c->params;
	p->conf.params = NULL;
	return ERR_OK;
}

static void turn(struct pacer *p, int64_t now_ms)
{
	if (!p->started) {
		p->started = true;
		p->start_ms = p->now_ms = p->built_ms = now_ms;
		p->slot_ms = p->minute_ms = now_ms;
		p->cohort_s = now_ms / 1000;
	}
	if (now_ms > p->now_ms) {
		if (pacer_people(p))
			p->staffed_ms += now_ms - p->now_ms;
		p->now_ms = now_ms;
	}
	floor_turn(p);
	budget_turn(p);
}

enum err pacer_feed(struct pacer *p, const struct pacer_event *e)
{
	if ((unsigned)e->kind >= PACER_EVENT_COUNT ||
	    (events[e->kind].agent && !e->agent) ||
	    (events[e->kind].call && !e->call) ||
	    (p->started && e->ms < p->now_ms))
		return ERR_ARG;
	turn(p, e->ms);
	p->fed = true;
	return floor_event(p, e);
}

double pacer_limit(const struct pacer *p)
{
	return p->conf.mode == PACER_PREDICTIVE ? p->theta : 0;
}

uint32_t pacer_people(const struct pacer *p)
{
	return p->agent_count[AGENT_IDLE] + p->agent_count[AGENT_TALK] +
	       p->agent_count[AGENT_WRAP];
}

/* What may be dialled whatever the risk says, and what says so. */
static uint32_t outer_limit(const struct pacer *p,
			    const struct pacer_limits *l, enum pacer_bound *why)
{
	uint32_t most = PACER_NO_LIMIT;
	double per = p->par.lines_per_agent;

	*why = PACER_BOUND_LINES;
	if (p->conf.max_lines_per_agent > 0)
		per = fmin(per, p->conf.max_lines_per_agent);
	double cap = ceil(pacer_people(p) * per);

	if (p->conf.max_lines > 0)
		cap = fmin(cap, p->conf.max_lines);
	most = p->line_n >= cap ? 0 : (uint32_t)(cap - p->line_n);
	if (!l)
		return most;
	const struct {
		uint32_t n;
		enum pacer_bound why;
	} more[] = {
		{ l->lines, PACER_BOUND_LINES }, { l->cps, PACER_BOUND_CPS },
		{ l->leads, PACER_BOUND_LEADS },
		{ l->closed ? 0 : PACER_NO_LIMIT, PACER_BOUND_HOURS },
	};

	for (size_t i = 0; i < ARRAY_LEN(more); i++)
		if (more[i].n < most) {
			most = more[i].n;
			*why = more[i].why;
		}
	return most;
}

/* Idle agents whose call-back comes before most lines dialled now are
 * answered. */
static uint32_t bound_soon(const struct pacer *p)
{
	uint32_t n = 0;

	for (uint32_t i = 0; p->bound && i < p->agent_n; i++)
		n += p->agents[i].state == AGENT_IDLE &&
		     bound_in(p, &p->agents[i]) <= p->horizon[K / 2];
	return n;
}

/* Lines with an idle agent of their own: idle - waiting - in the air. */
static uint32_t own_lines(const struct pacer *p)
{
	uint32_t idle = p->agent_count[AGENT_IDLE] - bound_soon(p);
	uint32_t not = (uint32_t)ceil(p->claims - 1e-6);

	idle = idle > not ? idle - not : 0;
	return idle > p->line_n ? idle - p->line_n : 0;
}

/* The dial level of the usual diallers: lines for each idle agent. */
static uint32_t ratio_lines(const struct pacer *p)
{
	double want = floor(p->conf.ratio * p->agent_count[AGENT_IDLE] + 1e-9);

	return want > p->line_n ? (uint32_t)want - p->line_n : 0;
}

static struct pacer_decision decide(struct pacer *p, int64_t now_ms,
				    const struct pacer_limits *l, bool safe)
{
	struct pacer_decision d = { 0, PACER_BOUND_RISK };

	turn(p, now_ms);
	risk_tables_some(p);
	budget_theta(p);
	uint32_t most = outer_limit(p, l, &d.bound);
	enum pacer_bound outer = d.bound;
	uint32_t own = own_lines(p);

	d.bound = PACER_BOUND_AGENTS;
	if (!pacer_people(p)) {
		p->last = d;
		return d;
	}
	if (p->conf.mode == PACER_PREDICTIVE) {
		bool only = p->spent || safe;

		d.bound = p->spent ? PACER_BOUND_BUDGET
			  : only ? PACER_BOUND_SHARE : PACER_BOUND_RISK;
		d.dials = only ? MIN(own, most) :
				 risk_dials(p, own, most, p->theta);
	} else {
		d.dials = p->conf.mode == PACER_RATIO ? ratio_lines(p) : own;
	}
	if (d.dials >= most) {
		d.dials = most;
		d.bound = outer;
	}
	p->last = d;
	return d;
}

struct pacer_decision pacer_ask(struct pacer *p, int64_t now_ms,
				const struct pacer_limits *l)
{
	return decide(p, now_ms, l, false);
}

struct pacer_decision pacer_ask_own(struct pacer *p, int64_t now_ms,
				    const struct pacer_limits *l)
{
	return decide(p, now_ms, l, true);
}

void pacer_explain(struct pacer *p, int64_t now_ms, struct pacer_explain *x)
{
	/* To look must not change anything: what the next answer is counted
	 * at is the limit of the last decision, which the log knows. */
	double theta = p->theta;
	bool spent = p->spent;

	if (p->started)
		turn(p, now_ms);
	budget_theta(p);
	memset(x, 0, sizeof(*x));
	x->mode = p->conf.mode;
	x->fallback = p->conf.mode == PACER_PREDICTIVE && p->spent;
	x->held_at_end = budget_end_only(p);
	x->held = p->ledger.sum.answered >= p->par.warm_answers &&
		  (p->spent || !x->held_at_end);
	x->idle = p->agent_count[AGENT_IDLE];
	x->talking = p->agent_count[AGENT_TALK];
	x->wrapping = p->agent_count[AGENT_WRAP];
	x->leaving = p->leaving;
	x->agents = p->agent_n;
	x->ringing = p->line_count[LINE_RING];
	x->waiting = p->line_count[LINE_WAIT] + p->line_count[LINE_DETECT];
	x->rivals = p->rival_n;
	x->lines_per_agent = p->agent_n ? (double)p->line_n / p->agent_n : 0;
	x->risk_limit = p->theta;
	x->ring_s = ring_mean(&p->know.answered);
	x->talk_s = hazard_mean(&p->know.talk);
	x->wrap_s = hazard_mean(&p->know.wrap);
	x->answered = p->ledger.sum.answered;
	x->abandoned = p->ledger.sum.abandoned;
	x->budget_left = budget_left(p);
	x->quarter_answered = p->ledger.quarter.answered;
	x->quarter_abandoned = p->ledger.quarter.abandoned;
	x->last = p->last;
	risk_explain(p, x);
	p->theta = theta;
	p->spent = spent;
}

void pacer_learned(const struct pacer *p, struct pacer_learned *out)
{
	out->p = rate_get(&p->know.rate).mean;
	out->ring_s = ring_mean(&p->know.answered);
	out->fail_s = ring_mean(&p->know.failed);
	out->talk_s = hazard_mean(&p->know.talk);
	out->talk_cv = hazard_cv(&p->know.talk);
	out->wrap_s = hazard_mean(&p->know.wrap);
	out->calls = p->know.talk.n;
	out->yield = budget_yield(p);
}
