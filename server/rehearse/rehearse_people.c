/* rehearse_people -- trunks, customers and agents, as they are drawn. */
#include "rehearse_priv.h"

#include "base/str.h"

#include <math.h>
#include <string.h>

#define RING_S 0.15		/* INVITE to ringing                         */
#define MESSAGE_S 6.0		/* the prompt of an abandoned call           */
#define AGAIN_S 1.0		/* not yet allowed: an agent tries again     */

static struct customer *customer_of(struct rehearse *r, struct call_id id)
{
	struct customer *u = &r->customer[call_slot(id)];

	return u->call.v == id.v ? u : NULL;
}

static double seconds(int64_t ms)
{
	return (double)ms / 1e3;
}

static size_t quarter_of(const struct rehearse *r)
{
	int64_t q = (r->now.mono_ms - r->start_ms) / QUARTER_MS;

	return (size_t)MIN(q, QUARTERS_MAX - 1);
}

/* ---- lines --------------------------------------------------------------- */

static void air(struct rehearse *r, struct stage *s, int by)
{
	s->air_s += s->air * seconds(r->now.mono_ms - s->air_ms);
	s->air_ms = r->now.mono_ms;
	s->air += (uint32_t)by;
	s->most_air = MAX(s->most_air, s->air);
}

static void rings_no_more(struct rehearse *r, struct customer *u)
{
	if (u->ringing)
		air(r, &r->stage[u->campaign], -1);
	u->ringing = false;
}

static void line_free(struct rehearse *r, struct customer *u)
{
	rings_no_more(r, u);
	r->up -= u->up;
	u->up = false;
}

static struct pacer_limits d_room(void *arg, const struct campaign_conf *k
				  UNUSED, struct now now)
{
	struct rehearse *r = arg;
	struct pacer_limits l = { PACER_NO_LIMIT, PACER_NO_LIMIT,
				  PACER_NO_LIMIT, false };

	if (now.mono_ms / 1000 != r->second) {
		r->second = now.mono_ms / 1000;
		r->starts = 0;
	}
	if (r->conf.lines)
		l.lines = r->conf.lines - r->up;
	if (r->conf.cps)
		l.cps = r->conf.cps - MIN(r->starts, r->conf.cps);
	return l;
}

static double chance_of(struct rehearse *r, size_t i, const struct call *c)
{
	const struct rehearse_campaign *k = &r->conf.campaign[i];
	struct lead l;

	if (!k->chance || lead_get(r->leads, c->lead, &l))
		return r->stage[i].p;
	return k->chance(k->arg, &l, r->now, r->stage[i].p);
}

static enum err d_place(void *arg, const struct call *c,
			const struct campaign_conf *k,
			struct gate_pass **pass, struct now now)
{
	struct rehearse *r = arg;
	size_t i = k->id.v - 1;
	struct stage *s = &r->stage[i];
	const struct sim_world *w = &r->conf.campaign[i].world;
	struct customer *u = &r->customer[call_slot(c->id)];
	uint64_t seed = r->conf.seed * 31 + i;

	if ((r->conf.lines && r->up >= r->conf.lines) ||
	    gate_pass_spend(pass, now.wall_ms)) {
		s->no_room += 1;
		return ERR_AGAIN;
	}
	*u = (struct customer){ .call = c->id, .campaign = i,
				.n = s->numbers++, .up = true,
				.ringing = true };
	u->answered = !s->dead && sim_uniform(seed, STREAM_P, u->n) <
					  chance_of(r, i, c);
	u->machine = u->answered && k->amd &&
		     sim_uniform(seed, STREAM_MACHINE, u->n) < w->machines;
	double ring = sim_ring(w, seed, u->n, u->answered, s->dead, &u->busy);

	s->sum.dialled += 1;
	r->starts++;
	r->up++;
	r->most_up = MAX(r->most_up, r->up);
	air(r, s, 1);
	rehearse_plan(r, fmin(RING_S, ring), RE_RING, call_slot(c->id),
		      c->id.v);
	rehearse_plan(r, ring, u->answered ? RE_ANSWER : RE_FAIL,
		      call_slot(c->id), c->id.v);
	return ERR_OK;
}

static void d_hang_up(void *arg, const struct call *c, uint16_t q850 UNUSED)
{
	struct customer *u = customer_of(arg, c->id);

	if (u)
		line_free(arg, u);
}

/* ---- customers ----------------------------------------------------------- */

static void d_listen(void *arg, const struct call *c)
{
	struct rehearse *r = arg;
	const struct customer *u = customer_of(r, c->id);
	int64_t ms = u ? r->conf.campaign[u->campaign].world.detect_ms : 0;

	rehearse_plan(r, seconds(ms ? ms : 1200), RE_HEARD, call_slot(c->id),
		      c->id.v);
}

static void live(struct rehearse *r, struct customer *u)
{
	struct stage *s = &r->stage[u->campaign];

	if (u->live_ms)
		return;
	u->live_ms = r->now.mono_ms;
	s->sum.answered += 1;
	s->quarter[quarter_of(r)].answered += 1;
}

static void talk_over(struct rehearse *r, struct customer *u)
{
	if (u->join_ms)
		r->stage[u->campaign].sum.talk_s +=
			seconds(r->now.mono_ms - u->join_ms);
	u->join_ms = 0;
}

static void d_join(void *arg, const struct call *c)
{
	struct rehearse *r = arg;
	struct customer *u = customer_of(r, c->id);

	if (!u || u->join_ms)
		return;
	struct stage *s = &r->stage[u->campaign];
	const struct sim_world *w = &r->conf.campaign[u->campaign].world;
	struct worker *a = &r->worker[c->agent.v - 1];
	double waited = seconds(r->now.mono_ms - a->idle_ms);
	double talk = s->talk_factor * sim_draw(&w->talk, r->conf.seed * 31 +
					       u->campaign, STREAM_TALK,
					       s->talks++);

	live(r, u);
	u->join_ms = r->now.mono_ms;
	s->sum.joined += 1;
	s->waits += waited;
	s->wait_n += 1;
	s->sum.wait_bin[MIN((int)(waited / 2), SIM_WAITS - 1)] += 1;
	s->caller_s += seconds(r->now.mono_ms - u->live_ms);
	rehearse_plan(r, talk, RE_BYE, call_slot(c->id), c->id.v);
}

static void d_play(void *arg, const struct call *c,
		   const char *prompt UNUSED)
{
	struct rehearse *r = arg;
	struct customer *u = customer_of(r, c->id);

	if (!u)
		return;
	live(r, u);
	r->stage[u->campaign].sum.abandoned += 1;
	r->stage[u->campaign].quarter[quarter_of(r)].abandoned += 1;
	rehearse_plan(r, MESSAGE_S, RE_PLAYED, call_slot(c->id), c->id.v);
}

static void d_call_done(void *arg, const struct call *c,
			const struct dispo_step *step UNUSED)
{
	struct rehearse *r = arg;
	struct customer *u = customer_of(r, c->id);
	struct stage *s = &r->stage[c->campaign.v - 1];

	s->refused += c->result == RES_DENIED;
	s->sum.machines += c->result == RES_MACHINE;
	if (!u)
		return;
	line_free(r, u);
	talk_over(r, u);
	u->call.v = 0;
}

static void on_call(struct rehearse *r, enum rehearse_event ev,
		    struct customer *u)
{
	uint32_t id = u->call.v;

	switch (ev) {
	case RE_RING:
		(void)SAY(r, IN_RINGING, .call = id);
		break;
	case RE_ANSWER:
		rings_no_more(r, u);
		if (!r->conf.campaign[u->campaign].conf.amd)
			live(r, u);
		(void)SAY(r, IN_ANSWERED, .call = id);
		break;
	case RE_FAIL:
		line_free(r, u);
		(void)SAY(r, IN_FAILED, .call = id,
			  .code = u->busy ? 486 : 487,
			  .q850 = u->busy ? 17 : 0,
			  .value = u->busy ? RES_BUSY : RES_NO_ANSWER);
		break;
	case RE_HEARD:
		if (u->machine) {
			(void)SAY(r, IN_MACHINE, .call = id,
				  .code = RES_MACHINE, .value = 1200);
			break;
		}
		live(r, u);
		(void)SAY(r, IN_PERSON, .call = id, .value = 1200);
		break;
	case RE_PLAYED:
		(void)SAY(r, IN_PLAYED, .call = id);
		break;
	default:			/* RE_BYE */
		talk_over(r, u);
		line_free(r, u);
		(void)SAY(r, IN_HANGUP, .call = id, .q850 = 16);
		break;
	}
}

/* ---- agents -------------------------------------------------------------- */

static void gone(struct rehearse *r, struct worker *a)
{
	r->stage[0].sum.logged_s += seconds(r->now.mono_ms - a->in_ms);
	a->in = false;
	a->stamp++;
}

static void d_seat_changed(void *arg, struct agent_id agent)
{
	struct rehearse *r = arg;
	struct seat *s = seat_get(floor_seats(r->floor), agent);
	struct worker *a = &r->worker[agent.v - 1];
	const struct call *c;
	size_t i = 0;

	if (!s || s->state == a->state)
		return;
	a->state = s->state;
	c = call_get(floor_calls(r->floor), s->call);
	if (c)
		i = c->campaign.v - 1;
	const struct sim_world *w = &r->conf.campaign[i].world;

	if (s->state == SEAT_READY) {
		a->idle_ms = r->now.mono_ms;
	} else if (s->state == SEAT_WRAP) {
		double t = sim_draw(&w->wrap, r->conf.seed * 37 + agent.v,
				    STREAM_WRAP, a->jobs++);

		r->stage[i].wrap_s += t;
		rehearse_plan(r, t, RE_WRITTEN, agent.v, ++a->stamp);
	} else if (s->state == SEAT_PREVIEW) {
		rehearse_plan(r, w->preview_s, RE_READ, agent.v, ++a->stamp);
	} else if (s->state == SEAT_OFFLINE && a->in) {
		gone(r, a);
	}
}

/* What he writes; an outcome may not be complete without a time or a note,
 * so only those that are were kept. */
static void written(struct rehearse *r, uint32_t agent)
{
	struct worker *a = &r->worker[agent - 1];
	double u = sim_uniform(r->conf.seed * 41 + agent, STREAM_OUTCOME,
			       a->jobs);
	unsigned digit = r->digit[(unsigned)(u * r->digits)];

	if (a->state == SEAT_NOT_READY) {
		(void)SAY(r, IN_READY, .agent = agent);
		return;
	}
	if (a->state != SEAT_WRAP)
		return;
	(void)SAY(r, IN_OUTCOME, .agent = agent, .value = digit);
	if (SAY(r, IN_FINISH, .agent = agent) && a->state == SEAT_WRAP)
		rehearse_plan(r, AGAIN_S, RE_WRITTEN, agent, a->stamp);
}

static uint32_t takes(const struct rehearse *r, uint32_t agent)
{
	return r->conf.takes ? r->conf.takes(r->conf.arg, agent)
			     : UINT32_MAX;
}

static void comes(struct rehearse *r, uint32_t agent)
{
	struct floor_input in = { .kind = IN_ASSIGN, .agent = agent };
	struct worker *a = &r->worker[agent - 1];

	for (size_t i = 0; i < r->conf.campaigns; i++)
		if (takes(r, agent - 1) >> i & 1)
			str_add(in.text, sizeof(in.text), "%zu ", i + 1);
	a->in = true;
	a->in_ms = r->now.mono_ms;
	(void)SAY(r, IN_LOGIN, .agent = agent, .text = "Agent\tfloor");
	(void)rehearse_input(r, in);
	(void)SAY(r, IN_LINE, .agent = agent, .value = 1);
	(void)SAY(r, IN_READY, .agent = agent);
}

/* The share of the agents who are there; who goes is chosen by lot. */
void rehearse_share(struct rehearse *r, double share)
{
	uint32_t n = r->conf.agents, want = (uint32_t)lround(share * n);
	uint32_t in = 0, at = (uint32_t)(sim_uniform(r->conf.seed,
		STREAM_SHARE, (uint64_t)r->now.mono_ms) * n);

	for (int turn = 0; turn < 2; turn++)
		for (uint32_t k = 0; k < n; k++) {
			uint32_t agent = (at + k) % n + 1;
			struct worker *a = &r->worker[agent - 1];
			struct seat *s = seat_get(floor_seats(r->floor),
						  (struct agent_id){ agent });
			bool stays = a->in && s &&
				     s->pending != SEAT_OFFLINE;

			if (!turn) {
				in += stays;
			} else if (in > want && stays) {
				in--;
				(void)SAY(r, IN_LOGOUT, .agent = agent);
			} else if (in < want && !a->in) {
				in++;
				comes(r, agent);
			} else if (in < want && !stays) {
				in++;
				(void)SAY(r, IN_READY, .agent = agent);
			}
		}
}

/* ---- what comes due ------------------------------------------------------ */

static void on_change(struct rehearse *r, size_t campaign, uint32_t i)
{
	const struct sim_change *c = &r->conf.campaign[campaign].world
					      .change[i];
	struct stage *s = &r->stage[campaign];

	if (c->kind == SIM_SET_P)
		s->p = c->value;
	else if (c->kind == SIM_SET_TALK)
		s->talk_factor = c->value;
	else if (c->kind == SIM_SET_DEAD)
		s->dead = (int)c->value;
	else if (!campaign)
		rehearse_share(r, c->value);
}

void rehearse_happens(struct rehearse *r, const struct heap_item *it)
{
	struct customer *u;

	switch ((enum rehearse_event)it->kind) {
	case RE_CHANGE:
		on_change(r, it->who, it->stamp);
		return;
	case RE_WRITTEN:
	case RE_READ:
		if (r->worker[it->who - 1].stamp != it->stamp)
			return;
		if (it->kind == RE_READ)
			(void)SAY(r, IN_DIAL, .agent = it->who);
		else
			written(r, it->who);
		return;
	default:
		u = customer_of(r, (struct call_id){ it->stamp });
		if (u)
			on_call(r, (enum rehearse_event)it->kind, u);
	}
}

void rehearse_close(struct rehearse *r)
{
	for (size_t i = 0; i < r->conf.campaigns; i++)
		air(r, &r->stage[i], 0);
	for (size_t i = 0; i < r->calls_max; i++)
		if (r->customer[i].call.v)
			talk_over(r, &r->customer[i]);
	for (uint32_t i = 0; i < r->conf.agents; i++)
		if (r->worker[i].in)
			gone(r, &r->worker[i]);
}

/* ---- doors nobody stands behind ------------------------------------------ */

static void d_call(void *arg UNUSED, const struct call *c UNUSED)
{
}

static void d_call_on(void *arg UNUSED, const struct call *c UNUSED,
		      bool on UNUSED)
{
}

static void d_agent_on(void *arg UNUSED, struct agent_id agent UNUSED,
		       bool on UNUSED)
{
}

static void d_call_text(void *arg UNUSED, const struct call *c UNUSED,
			const char *text UNUSED)
{
}

static void d_scene(void *arg UNUSED, const struct call *c UNUSED,
		    struct agent_id agent UNUSED, enum hand_scene s UNUSED)
{
}

static void d_news(void *arg UNUSED, struct agent_id agent UNUSED,
		   const struct call *c UNUSED, enum hand_news n UNUSED)
{
}

void rehearse_doors(struct rehearse *r, struct floor_doors *out)
{
	*out = (struct floor_doors){
		.arg = r, .place = d_place, .hang_up = d_hang_up,
		.listen = d_listen, .join = d_join, .part = d_call,
		.hold = d_call_on, .mute = d_agent_on, .play = d_play,
		.digits = d_call_text, .record = d_call_text,
		.record_pause = d_call_on, .scene = d_scene, .news = d_news,
		.room = d_room, .seat_changed = d_seat_changed,
		.call_done = d_call_done };
}
