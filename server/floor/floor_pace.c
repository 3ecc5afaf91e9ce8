/* floor_pace -- how many, for whom, from where: leads become calls. */
#include "floor_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "flow.h"
#include "report/cdr.h"

#include <string.h>

/* ---- what the pacers are told ------------------------------------------ */

static void feed_chance(struct campaign *k, enum pacer_event_kind kind,
			uint64_t agent, uint64_t call, double chance,
			struct now now)
{
	enum err e = pacer_feed(k->pacer, &(struct pacer_event){
		.ms = now.mono_ms, .kind = kind, .agent = agent,
		.call = call, .chance = (float)chance });

	if (e)
		log_debug("pacer", "%s: %s agent %llu call %llu: %s",
			  k->conf.name, pacer_event_word(kind),
			  (unsigned long long)agent,
			  (unsigned long long)call, err_text(e));
	k->ask = true;
	k->seen_ms = now.wall_ms;
}

static void feed(struct campaign *k, enum pacer_event_kind kind,
		 uint64_t agent, uint64_t call, struct now now)
{
	feed_chance(k, kind, agent, call, 0, now);
}

/* Most who stay were not leaving: the pacer knows. */
static void feed_stays(struct campaign *k, uint64_t agent, struct now now)
{
	enum err e = pacer_feed(k->pacer, &(struct pacer_event){
		.ms = now.mono_ms, .kind = PACER_LOGIN, .agent = agent });

	if (e && e != ERR_EXISTS)
		log_debug("pacer", "%s: agent %llu stays: %s", k->conf.name,
			  (unsigned long long)agent, err_text(e));
}

void pace_call(struct floor *f, const struct call *c,
	       enum pacer_event_kind kind, struct now now)
{
	struct campaign *k = floor_campaign(f, c->campaign);

	if (!k)
		return;
	feed_chance(k, kind, 0, c->id.v, kind == PACER_DIAL
		    ? chance_of_call(f, k, c, now) : 0, now);
	share_line(f, k, c->id.v, kind, now);
}

/* A seat's state as its pacers see it. */
static enum pacer_event_kind seat_kind(enum seat_state s)
{
	switch (s) {
	case SEAT_OFFLINE:	return PACER_LOGOUT;
	case SEAT_READY:	return PACER_IDLE;
	case SEAT_TALK:
	case SEAT_HOLD:
	case SEAT_CONSULT:
	case SEAT_CONF:		return PACER_TALK;
	case SEAT_WRAP:		return PACER_WRAP;
	case SEAT_NOT_READY:
	case SEAT_BREAK:
	case SEAT_RESERVED:
	case SEAT_PREVIEW:
	case SEAT_DIAL:
	case SEAT_STATE_COUNT:	return PACER_PAUSE;
	}
	return PACER_PAUSE;
}

void pace_seat(struct floor *f, const struct seat *s, enum seat_state was,
	       struct now now)
{
	enum pacer_event_kind kind = seat_kind(s->state);
	const struct call *c = call_get(f->calls, s->call);
	bool joined = kind == PACER_TALK && seat_kind(was) != PACER_TALK;

	/* A transfer's line was counted when its first agent had it. */
	if (c && c->agent.v && (c->agent.v != s->agent.v || c->took_ms))
		c = NULL;
	if (was == SEAT_OFFLINE || kind == PACER_LOGOUT)
		share_seat(f, s);
	for (size_t i = 0; i < s->link_count; i++) {
		struct campaign *k = floor_campaign(f, s->links[i].campaign);

		if (!k)
			continue;
		if (was == SEAT_OFFLINE && kind != PACER_LOGOUT) {
			learn_wake(f, k, now);
			feed(k, PACER_LOGIN, s->agent.v, 0, now);
		}
		if (was == SEAT_OFFLINE && kind == PACER_LOGOUT)
			continue;
		/* Hold and back, or a wish: still talking. */
		bool ours = c && c->campaign.v == k->conf.id.v;

		if (kind != PACER_TALK || joined)
			feed(k, kind, s->agent.v, joined && ours ? c->id.v : 0,
			     now);
		if (joined && ours) {
			k->hour_talks++;
			share_line(f, k, c->id.v, PACER_TALK, now);
		}
		if (!seat_state_on_call(s->state))
			continue;
		/* About to break or log out; or it was taken back. */
		if (s->pending != SEAT_READY)
			feed(k, PACER_LEAVING, s->agent.v, 0, now);
		else if (seat_state_on_call(was) && kind != PACER_PAUSE)
			feed_stays(k, s->agent.v, now);
	}
}

/* ---- customers who wait ------------------------------------------------ */

static void wait_pop(struct campaign *k)
{
	k->wait_head = (k->wait_head + 1) % CALLS_WAITING;
	k->wait_len--;
}

static bool waits(const struct call *c)
{
	return c && c->state == CALL_WAIT && !c->agent.v;
}

void wait_push(struct floor *f, struct campaign *k, struct call_id id)
{
	/* Who has given up makes room. */
	while (k->wait_len &&
	       !waits(call_get(f->calls, k->waiting[k->wait_head])))
		wait_pop(k);
	if (k->wait_len == CALLS_WAITING) {
		log_err("floor", "%s: more than %d customers wait",
			k->conf.name, CALLS_WAITING);
		return;		/* its time-out plays the message */
	}
	k->waiting[(k->wait_head + k->wait_len++) % CALLS_WAITING] = id;
}

int64_t wait_oldest(struct floor *f, struct campaign *k)
{
	const struct call *c;

	while (k->wait_len) {
		c = call_get(f->calls, k->waiting[k->wait_head]);
		if (waits(c))
			return c->since_ms;
		wait_pop(k);
	}
	return INT64_MAX;
}

bool give_call(struct floor *f, struct call *c, struct seat *s,
	       struct now now)
{
	const struct campaign *k = floor_campaign(f, c->campaign);

	/* Who has dialled himself has said so already. */
	if (k && k->conf.by_hand && c->mode != MODE_PREVIEW)
		return floor_offer(f, c, s, now);
	s->call = c->id;
	if (floor_seat(f, s, SE_JOIN, 0, 0, now)) {
		if (s->call.v == c->id.v && !c->agent.v)
			s->call.v = 0;
		return false;
	}
	c->agent = s->agent;
	call_raise(f->calls, c->id, EV_AGENT);
	return true;
}

void serve_waiting(struct floor *f, struct campaign *k, struct now now)
{
	while (k->wait_len) {
		struct call *c = call_get(f->calls,
					  k->waiting[k->wait_head]);
		struct seat *s;

		if (waits(c)) {
			s = seat_pick(f->seats, k->conf.id);
			if (!s || !share_allows(f, s, c->id) ||
			    !give_call(f, c, s, now))
				return;
		}
		wait_pop(k);
	}
}

/* ---- the next lead ----------------------------------------------------- */

void gate_ask_of(struct floor *f, const struct campaign *k,
		 const struct lead *l, uint64_t uid, uint32_t agents,
		 struct now now, struct gate_ask *out)
{
	*out = (struct gate_ask){
		.attempt = uid, .lead = { l->id }, .person = l->person,
		.e164 = lead_number(l),
		.caller = *k->conf.caller ? k->conf.caller : NULL,
		.campaign = &k->conf.gate, .agents_free = agents,
		.now = now };
	if (!lead_zones(f->leads, l->zones, &out->address))
		out->address.n = 0;
}

/* A lead the gate refuses before anything is dialled: noted, put off. */
static void put_off(struct floor *f, struct campaign *k, const struct lead *l,
		    const struct gate_verdict *v, struct now now)
{
	int64_t now_s = now.wall_ms / 1000;
	struct lead_step step = { .next = LEAD_LATER,
				  .at_s = MAX(v->earliest_s, now_s + 60),
				  .result = RES_DENIED };
	struct cdr r = { .uid = floor_new_uid(f, now), .lead = l->id,
			 .list = l->list, .person = l->person,
			 .campaign = k->conf.id.v,
			 .mode = (uint8_t)k->conf.mode,
			 .attempt = l->attempts + 1,
			 .start_ms = now.wall_ms, .done_ms = now.wall_ms,
			 .result = RES_DENIED };

	if (v->earliest_s == GATE_NEVER)
		step.next = v->blocked == GATE_OWN_DNC ||
			    v->blocked == GATE_ERASED ? LEAD_DNC : LEAD_DONE;
	str_copy(r.campaign_name, sizeof(r.campaign_name), k->conf.name);
	str_copy(r.number, sizeof(r.number), lead_number(l));
	gate_verdict_print(v, r.why, sizeof(r.why));
	k->blocked[MIN(v->blocked, GATE_RULE_COUNT - 1u)]++;
	if (lead_finish(f->leads, floor_group(f), (struct lead_id){ l->id },
			&step, now) || cdr_put(floor_group(f), &r))
		log_err("floor", "lead %llu: a refusal was not written",
			(unsigned long long)l->id);
	floor_await_lead(f, (struct lead_id){ l->id });
	floor_flush(f);
}

struct scoring {
	const struct campaign *k;
	struct now now;
};

static double score(void *arg, const struct lead *l)
{
	const struct scoring *s = arg;

	return chance_of_lead(s->k, l, s->now);
}

/* In the order of the queue, or of who is likelier to answer now. */
static enum err next_of(struct floor *f, struct store_group *g,
			struct campaign *k, struct now now, struct lead *l)
{
	struct scoring s = { k, now };

	if (!k->conf.odds_order || !k->conf.odds || !k->odds.used)
		return lead_next(f->leads, g, k->conf.id, now, l);
	return lead_next_best(f->leads, g, k->conf.id, now, score, &s, l);
}

/*
 * A lead that may be called now, or why there is none.  Its reservation is
 * in the turn's group: with the call's intent on disk, or neither of them.
 */
static enum idle_reason next_lead(struct floor *f, struct campaign *k,
				  struct seat *s, struct now now,
				  struct lead *l)
{
	enum idle_reason why = IDLE_LEADS;

	for (int i = 0; i < PACE_TRIES; i++) {
		struct store_group *g = floor_group(f);
		struct gate_verdict v;
		struct gate_pass *pass = NULL;
		struct gate_ask ask;
		struct lead_lack lack;
		enum err e = s ? lead_next_mine(f->leads, g, k->conf.id,
						s->agent, now, l)
			       : ERR_ABSENT;

		if (e)
			e = next_of(f, g, k, now, l);
		if (e) {
			lead_lack(f->leads, k->conf.id, now, &lack);
			return why != IDLE_LEADS ? why
			       : lack.ready_closed ? IDLE_HOURS : IDLE_LEADS;
		}
		gate_ask_of(f, k, l, 0, 1, now, &ask);
		e = gate_ask(f->gate, &ask, &v, &pass);
		pass = gate_pass_free(pass);
		if (!e)
			return IDLE_NONE;
		floor_flush(f);
		why = IDLE_GATE;
		if (e != ERR_DENIED) {
			log_err("gate", "lead %llu: %s",
				(unsigned long long)l->id, err_text(e));
			if (lead_release(f->leads, floor_group(f),
					 (struct lead_id){ l->id },
					 now.wall_ms / 1000 + 60, now))
				log_err("floor", "and it stays reserved");
			floor_await_lead(f, (struct lead_id){ l->id });
			floor_flush(f);
			continue;
		}
		put_off(f, k, l, &v, now);
	}
	k->ask = true;		/* more of them: go on at the next tick */
	return why;
}

enum err floor_call_lead(struct floor *f, struct campaign *k, struct seat *s,
			 const struct lead *l, struct now now)
{
	struct call *c;

	if (call_new(f->calls, s ? CALL_PREVIEW : CALL_RESERVE, now, &c)) {
		floor_flush(f);
		if (lead_release(f->leads, floor_group(f),
				 (struct lead_id){ l->id }, 0, now))
			log_err("floor", "lead %llu stays reserved",
				(unsigned long long)l->id);
		floor_await_lead(f, (struct lead_id){ l->id });
		floor_flush(f);
		return ERR_FULL;
	}
	c->uid = floor_new_uid(f, now);
	c->lead.v = l->id;
	c->list.v = l->list;
	c->person = l->person;
	c->campaign = k->conf.id;
	c->mode = s ? MODE_PREVIEW : k->conf.mode;
	c->attempt = l->attempts + 1;
	str_copy(c->number, sizeof(c->number), lead_number(l));
	str_copy(c->caller, sizeof(c->caller), k->conf.caller);
	if (!s) {
		/* Its first room, entered as flow_run enters every other. */
		flow_first(f, c, now);
		return ERR_OK;
	}
	floor_flush(f);
	c->agent = s->agent;
	s->call = c->id;
	/* Dialled by itself later than the room's limit: not missed then. */
	if (k->conf.preview_ms >= call_state_limit(CALL_PREVIEW))
		call_enter(f->calls, c, CALL_PREVIEW,
			   k->conf.preview_ms + PREVIEW_SLACK_MS, now);
	if (floor_seat(f, s, SE_PREVIEW, 0, k->conf.preview_ms, now))
		call_raise(f->calls, c->id, EV_SKIP);
	return ERR_OK;
}

static enum idle_reason start_call(struct floor *f, struct campaign *k,
				   struct seat *s, struct now now)
{
	struct lead l;
	enum idle_reason why = next_lead(f, k, s, now, &l);

	if (why)
		return why;
	return floor_call_lead(f, k, s, &l, now) ? IDLE_CALLS : IDLE_NONE;
}

/* ---- how many ---------------------------------------------------------- */

static void pace_preview(struct floor *f, struct campaign *k, struct now now)
{
	struct seat *s;

	k->idle = IDLE_AGENTS;
	while ((s = seat_pick(f->seats, k->conf.id))) {
		k->idle = start_call(f, k, s, now);
		if (k->idle)
			return;
	}
}

static void pace(struct floor *f, struct campaign *k, struct now now)
{
	struct pacer_limits lim;
	struct pacer_decision d;

	k->ask = false;
	if (!k->running || k->paused || f->disk_full) {
		k->idle = f->disk_full && k->running ? IDLE_DISK
						     : IDLE_STOPPED;
		return;
	}
	lim = floor_room(f, k, now);
	share_room(f, k, &lim);
	if (!lim.lines || !lim.cps) {
		k->idle = IDLE_TRUNKS;
		return;
	}
	if (k->conf.mode == MODE_PREVIEW) {
		pace_preview(f, k, now);
		return;
	}
	k->own = share_own(f, k);
	d = k->own ? pacer_ask_own(k->pacer, now.mono_ms, &lim)
		   : pacer_ask(k->pacer, now.mono_ms, &lim);
	k->own |= k->conf.mode == MODE_PREDICTIVE &&
		  pacer_limit(k->pacer) <= 0;
	k->bound = d.bound;
	k->idle = pacer_people(k->pacer) ? IDLE_NONE : IDLE_AGENTS;
	if (d.dials && share_waits(f, k)) {
		k->bound = PACER_BOUND_SHARE;
		return;
	}
	while (d.dials--) {
		k->idle = start_call(f, k, NULL, now);
		if (k->idle)
			return;
	}
}

void pace_all(struct floor *f, struct now now)
{
	bool all = now.mono_ms - f->paced_ms >= PACE_EVERY_MS;

	if (all)
		f->paced_ms = now.mono_ms;
	/* By the clock, not by the last time: ticks that change nothing are
	 * not replayed. */
	if (now.mono_ms / PLAN_EVERY_MS != f->planned) {
		int64_t turns = now.mono_ms / PLAN_EVERY_MS - f->planned;

		f->planned += turns;
		for (size_t i = 0; i < f->campaign_count; i++) {
			share_turn(&f->campaigns[i], turns, PLAN_EVERY_MS);
			plan_turn(f, &f->campaigns[i], now);
			learn_turn(f, &f->campaigns[i], now);
		}
		f->bound_at = 0;
	}
	if (all && floor_at_work(f))	/* such a turn is replayed */
		plan_bound(f, now);
	size_t n = share_order(f, f->order);

	for (size_t i = 0; i < n; i++)
		if (all || f->order[i]->ask)
			pace(f, f->order[i], now);
}
