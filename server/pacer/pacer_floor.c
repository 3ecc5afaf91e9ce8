/*
 * server/pacer/pacer_floor -- who is there, which lines are in the air.
 *
 * Every event is checked whole before anything changes.
 */
#include "pacer/pacer_priv.h"

#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

static double since(const struct pacer *p, int64_t ms)
{
	return (double)(p->now_ms - ms) / 1e3;
}

/* Does he count as one who is, or will be, free? */
static bool counts(const struct agent *a)
{
	return !a->gone && !a->leaving;
}

static void agent_bound(struct pacer *p, struct agent *a, int64_t at_ms)
{
	p->bound += (at_ms != 0) - (a->bound_ms != 0);
	a->bound_ms = at_ms;
}

static void agent_state(struct pacer *p, struct agent *a, enum agent_state s)
{
	if (counts(a)) {
		p->agent_count[a->state]--;
		p->agent_count[s]++;
	}
	a->state = (uint8_t)s;
	a->since_ms = a->seen_ms = p->now_ms;
	/* This is the call-back, or what comes instead of it. */
	if (a->bound_ms && (s == AGENT_TALK || s == AGENT_AWAY) &&
	    p->now_ms >= a->bound_ms - BOUND_NEAR_MS)
		agent_bound(p, a, 0);
}

/* What his stay so far has taught; `ended` when it was not cut short. */
static void agent_learn(struct pacer *p, struct agent *a, bool ended)
{
	struct hazard *h = a->state == AGENT_TALK ? &p->know.talk :
			   a->state == AGENT_WRAP ? &p->know.wrap : NULL;

	if (!h || a->doubt || a->gone) {
		a->doubt = false;
		return;
	}
	hazard_expose(h, (double)(a->seen_ms - a->since_ms) / 1e3,
		      since(p, a->since_ms));
	a->seen_ms = p->now_ms;
	if (ended)
		hazard_end(h, since(p, a->since_ms));
}

static void agent_drop(struct pacer *p, uint32_t row)
{
	struct agent *a = &p->agents[row];

	if (counts(a))
		p->agent_count[a->state]--;
	if (a->leaving && !a->gone)
		p->leaving--;
	agent_bound(p, a, 0);
	idmap_del(&p->agent_map, a->id);
	*a = p->agents[--p->agent_n];
	if (row < p->agent_n)
		idmap_move(&p->agent_map, a->id, row);
}

static void agent_stays(struct pacer *p, struct agent *a)
{
	if (a->leaving && !a->gone)
		p->leaving--;
	if (!counts(a))
		p->agent_count[a->state]++;
	a->leaving = a->gone = false;
}

static enum err grow(void **rows, uint32_t *room, size_t size)
{
	uint32_t n = *room * 2;
	void *more = realloc(*rows, n * size);

	if (!more)
		return ERR_MEMORY;
	*rows = more;
	*room = n;
	return ERR_OK;
}

static enum err on_login(struct pacer *p, uint64_t id, uint32_t row)
{
	if (row != NONE) {
		if (!p->agents[row].gone && !p->agents[row].leaving)
			return ERR_EXISTS;
		p->agents[row].doubt = p->agents[row].gone;
		agent_stays(p, &p->agents[row]);
		return ERR_OK;
	}
	if (p->agent_n == p->agent_room) {
		enum err e = grow((void **)&p->agents, &p->agent_room,
				  sizeof(*p->agents));
		if (e != ERR_OK)
			return e;
	}
	enum err e = idmap_put(&p->agent_map, id, p->agent_n);

	if (e != ERR_OK)
		return e;
	p->agents[p->agent_n++] = (struct agent){ .id = id,
		.since_ms = p->now_ms, .state = AGENT_AWAY };
	p->agent_count[AGENT_AWAY]++;
	return ERR_OK;
}

static void on_logout(struct pacer *p, uint32_t row)
{
	struct agent *a = &p->agents[row];

	if (a->state != AGENT_TALK && a->state != AGENT_WRAP) {
		agent_drop(p, row);
		return;
	}
	if (counts(a))
		p->agent_count[a->state]--;
	if (a->leaving && !a->gone)
		p->leaving--;
	agent_bound(p, a, 0);
	a->gone = true;
}

static void on_leaving(struct pacer *p, struct agent *a)
{
	if (!counts(a) || a->state == AGENT_AWAY || a->state == AGENT_IDLE)
		return;
	p->agent_count[a->state]--;
	p->leaving++;
	a->leaving = true;
}

/* His stay in wrap or talk is over; one who logged out is now gone. */
static void on_ready(struct pacer *p, uint32_t row, enum agent_state s)
{
	struct agent *a = &p->agents[row];

	/* Whose wrap-up ran out has not become ready by himself. */
	bool out = a->state == AGENT_WRAP && p->conf.wrap_limit_ms &&
		   p->now_ms - a->since_ms >= p->conf.wrap_limit_ms - 500;

	agent_learn(p, a, s != AGENT_AWAY || (a->state != AGENT_TALK && !out));
	if (a->gone) {
		agent_drop(p, row);
		return;
	}
	if (a->leaving)
		agent_stays(p, a);
	agent_state(p, a, s);
	a->call = 0;
}

static void line_drop(struct pacer *p, uint32_t row)
{
	struct line *l = &p->lines[row];

	p->line_count[l->state]--;
	idmap_del(&p->line_map, l->id);
	*l = p->lines[--p->line_n];
	if (row < p->line_n)
		idmap_move(&p->line_map, l->id, row);
}

static void line_state(struct pacer *p, struct line *l, enum line_state s)
{
	p->line_count[l->state]--;
	l->state = (uint8_t)s;
	p->line_count[s]++;
}

static enum err on_dial(struct pacer *p, const struct pacer_event *e)
{
	if (p->line_n == p->line_room) {
		enum err er = grow((void **)&p->lines, &p->line_room,
				   sizeof(*p->lines));
		if (er != ERR_OK)
			return er;
	}
	enum err er = idmap_put(&p->line_map, e->call, p->line_n);

	if (er != ERR_OK)
		return er;
	float rel = 1;

	if (e->chance > 0) {
		double *mean = &p->know.chance_mean;

		*mean += (*mean > 0 ? 0.005 : 1) *
			 ((double)e->chance - *mean);
		rel = (float)((double)e->chance / *mean);
	}
	p->lines[p->line_n++] = (struct line){ e->call, p->now_ms, rel,
					       LINE_RING };
	p->line_count[LINE_RING]++;
	return ERR_OK;
}

/* Memories stretch with the lines in the air, 12 being the usual. */
static double stretch(const struct pacer *p)
{
	return p->line_n > p->par.p_lines ? p->line_n / p->par.p_lines : 1;
}

/* Outcome of one line, to be learned with the others of its second.  What
 * fails on a dead trunk is not learned from at all, nor is what failed while
 * that was not yet seen, nor what was dialled before the first line that a
 * trunk answers when it is back: those still ring out for half a minute, and
 * would make a rate that is far too low just when all agents are idle. */
static void cohort_add(struct pacer *p, const struct line *l, int kind)
{
	int64_t dialled_s = l->since_ms / 1000;
	int bin = (int)(since(p, l->since_ms) * 2);
	bool dead = rate_dead(&p->know.rate);
	uint16_t *n;

	if (dead && kind == RING_ANSWERED)
		p->back_ms = l->since_ms;
	if (!dead && l->since_ms < p->back_ms)
		return;
	rate_seen(&p->know.rate, kind == RING_ANSWERED, stretch(p));
	if (rate_dead(&p->know.rate)) {
		if (p->recent_hits + p->recent_misses > 0)
			memset(p->cohort, 0, sizeof(p->cohort));
		p->recent_hits = p->recent_misses = 0;
		return;
	}
	if (dialled_s < p->cohort_s)
		return;
	n = &p->cohort[dialled_s % COHORTS][kind][MIN(bin, RING_BINS - 1)];
	if (*n == UINT16_MAX)
		return;
	++*n;
	if (kind == RING_ANSWERED)
		p->recent_hits += 1;
	else
		p->recent_misses += 1;
}

/* Hits and misses of a second, evenly mixed. */
static void rate_add_all(struct pacer *p, unsigned hits, unsigned misses)
{
	unsigned all = hits + misses, owed = all / 2;

	for (unsigned i = 0; i < all; i++) {
		owed += hits;
		rate_add(&p->know.rate, owed >= all, stretch(p));
		if (owed >= all)
			owed -= all;
	}
	p->recent_hits -= hits;
	p->recent_misses -= misses;
}

static void cohort_learn(struct pacer *p, uint16_t (*c)[RING_BINS])
{
	unsigned n[2] = { 0, 0 };

	for (int i = 0; i < RING_BINS; i++) {
		if (c[RING_ANSWERED][i])
			ring_add(&p->know.answered, i * 0.5,
				 c[RING_ANSWERED][i]);
		if (c[RING_FAILED][i])
			ring_add(&p->know.failed, i * 0.5, c[RING_FAILED][i]);
		n[0] += c[RING_ANSWERED][i];
		n[1] += c[RING_FAILED][i];
	}
	rate_add_all(p, n[RING_ANSWERED], n[RING_FAILED]);
	memset(c, 0, sizeof(p->cohort[0]));
}

void floor_turn(struct pacer *p)
{
	int64_t wait_s = MIN(p->conf.timeout_ms / 1000 + 2, COHORTS - 2);
	int64_t upto = p->now_ms / 1000 - wait_s;

	if (p->cohort_s < upto - COHORTS)
		p->cohort_s = upto - COHORTS;
	for (; p->cohort_s < upto; p->cohort_s++)
		cohort_learn(p, p->cohort[p->cohort_s % COHORTS]);
}

static enum err on_answer(struct pacer *p, uint32_t row)
{
	struct line *l = &p->lines[row];

	if (l->state != LINE_RING)
		return ERR_STATE;
	cohort_add(p, l, RING_ANSWERED);
	if (p->conf.per == PACER_PER_ANSWERED)
		budget_count(p, 1, 0);
	line_state(p, l, p->conf.detect_ms ? LINE_DETECT : LINE_WAIT);
	return ERR_OK;
}

/* The person is joined, or was not in time. */
static enum err on_person(struct pacer *p, uint32_t row, double abandoned)
{
	struct line *l = &p->lines[row];

	if (l->state == LINE_RING)
		return ERR_STATE;
	if (p->conf.detect_ms && l->state == LINE_DETECT)
		rate_add(&p->know.person, true, 1);
	budget_count(p, p->conf.per == PACER_PER_PERSON ? 1 : 0, abandoned);
	line_drop(p, row);
	return ERR_OK;
}

static enum err on_failed(struct pacer *p, uint32_t row)
{
	struct line *l = &p->lines[row];

	if (l->state != LINE_RING)
		return ERR_STATE;
	cohort_add(p, l, RING_FAILED);
	line_drop(p, row);
	return ERR_OK;
}

static enum err on_machine(struct pacer *p, uint32_t row)
{
	if (p->lines[row].state == LINE_RING)
		return ERR_STATE;
	rate_add(&p->know.person, false, 1);
	budget_count(p, 0, p->conf.false_machine);
	line_drop(p, row);
	return ERR_OK;
}

static enum err call_event(struct pacer *p, const struct pacer_event *e)
{
	uint32_t row = idmap_get(&p->line_map, e->call);

	if (e->kind == PACER_DIAL)
		return row != NONE ? ERR_EXISTS : on_dial(p, e);
	if (row == NONE)
		return ERR_ABSENT;
	switch (e->kind) {
	case PACER_ANSWER:
		return on_answer(p, row);
	case PACER_LIVE:
		if (p->lines[row].state != LINE_DETECT)
			return ERR_STATE;
		rate_add(&p->know.person, true, 1);
		line_state(p, &p->lines[row], LINE_WAIT);
		return ERR_OK;
	case PACER_MACHINE:
		return on_machine(p, row);
	case PACER_ABANDON:
		return on_person(p, row, 1);
	case PACER_HANGUP:
		return p->lines[row].state == LINE_RING ? on_failed(p, row) :
							  on_person(p, row, 0);
	default:
		return on_failed(p, row);
	}
}

static enum err on_talk(struct pacer *p, struct agent *a, uint64_t call)
{
	if (a->state == AGENT_TALK)
		return ERR_STATE;
	if (call) {
		uint32_t row = idmap_get(&p->line_map, call);

		if (row == NONE)
			return ERR_ABSENT;
		enum err e = on_person(p, row, 0);

		if (e != ERR_OK)
			return e;
	}
	agent_learn(p, a, true);
	agent_state(p, a, AGENT_TALK);
	a->call = call;
	return ERR_OK;
}

static enum err agent_event(struct pacer *p, const struct pacer_event *e)
{
	uint32_t row = idmap_get(&p->agent_map, e->agent);

	if (e->kind == PACER_LOGIN)
		return on_login(p, e->agent, row);
	if (row == NONE)
		return ERR_ABSENT;
	struct agent *a = &p->agents[row];

	switch (e->kind) {
	case PACER_LOGOUT:
		on_logout(p, row);
		return ERR_OK;
	case PACER_IDLE:
		on_ready(p, row, AGENT_IDLE);
		return ERR_OK;
	case PACER_PAUSE:
		on_ready(p, row, AGENT_AWAY);
		return ERR_OK;
	case PACER_TALK:
		return on_talk(p, a, e->call);
	case PACER_LEAVING:
		on_leaving(p, a);
		return ERR_OK;
	case PACER_BOUND:
		if (e->at_ms < 0)
			return ERR_ARG;
		if (!a->gone)
			agent_bound(p, a, e->at_ms);
		return ERR_OK;
	default:
		if (a->state != AGENT_TALK)
			return ERR_STATE;
		agent_learn(p, a, true);
		agent_state(p, a, AGENT_WRAP);
		return ERR_OK;
	}
}

enum err floor_event(struct pacer *p, const struct pacer_event *e)
{
	if (e->kind >= PACER_RIVAL)
		return rival_event(p, e);
	return e->kind <= PACER_PAUSE ? agent_event(p, e) : call_event(p, e);
}
