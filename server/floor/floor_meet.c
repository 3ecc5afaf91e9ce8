/* floor_meet -- what is done in the rooms of a transfer (floor_hand.c). */
#include "floor/enter.h"

#include "base/log.h"
#include "base/str.h"
#include "floor_priv.h"
#include "flow.h"
#include "report/cdr.h"

#include <string.h>

/* dial gives up first; this is only for a trunk that never ends. */
enum { GUEST_MORE_MS = 10000, SEEK_MS = 20000 };

static void scene(struct floor *f, const struct call *c, struct agent_id agent,
		  enum hand_scene sc)
{
	f->doors.scene(f->doors.arg, c, agent, sc);
}

static void news(struct floor *f, struct call *c, struct agent_id agent,
		 enum hand_news n)
{
	if (n)
		f->doors.news(f->doors.arg, agent, c, n);
}

static void seat_goes(struct floor *f, struct agent_id agent,
		      enum seat_event ev, struct now now)
{
	struct seat *s = agent.v ? seat_get(f->seats, agent) : NULL;

	if (s && floor_seat(f, s, ev, 0, 0, now))
		log_debug("floor", "agent %u: no %s in %s", s->agent.v,
			  seat_event_word(ev), seat_state_word(s->state));
}

static void hold_begins(struct call *c, struct now now)
{
	if (!c->hold_since_ms)
		c->hold_since_ms = now.wall_ms;
}

static void hold_ends(struct call *c, struct now now)
{
	if (c->hold_since_ms)
		c->hold_ms += now.wall_ms - c->hold_since_ms;
	c->hold_since_ms = 0;
}

static void shown(struct floor *f, const struct call *c)
{
	f->doors.seat_changed(f->doors.arg, c->agent);
	if (c->hand.asked.v)
		f->doors.seat_changed(f->doors.arg, c->hand.asked);
	if (c->hand.super.v)
		f->doors.seat_changed(f->doors.arg, c->hand.super);
}

/* ---- fetching the other one -------------------------------------------------- */

/* An outside number is a call of its own, with a pass of its own. */
static void call_guest(struct floor *f, struct call *c, struct now now)
{
	const struct campaign *k = floor_campaign(f, c->campaign);
	struct call *g;

	if (call_new(f->calls, CALL_CHECK, now, &g)) {
		c->hand.news = NEWS_NO_ROOM;
		call_raise(f->calls, c->id, EV_GONE);
		return;
	}
	g->uid = floor_new_uid(f, now);
	g->part = PART_GUEST;
	g->of = c->uid;
	g->host = c->id;
	g->lead = c->lead;
	g->campaign = c->campaign;
	g->agent = c->agent;
	g->mode = c->mode;
	str_copy(g->number, sizeof(g->number), c->hand.whom);
	str_copy(g->caller, sizeof(g->caller), k->conf.caller);
	c->hand.guest = g->id;
	g->written = true;
	floor_write_intent(f, g);
	flow_first(f, g, now);
}

void seek_enter(struct floor *f, struct call *c, struct now now)
{
	const struct campaign *k = floor_campaign(f, c->campaign);
	bool outside = c->hand.to == HAND_OUTSIDE ||
		       c->hand.to == HAND_COLLEAGUE;
	struct seat *s;

	call_enter(f->calls, c, c->state, outside
		   ? k->conf.ring_ms + GUEST_MORE_MS
		   : k->conf.transfer_ms ? k->conf.transfer_ms : SEEK_MS, now);
	hold_begins(c, now);
	if (!call_get(f->calls, c->hand.guest))
		scene(f, c, c->agent, SCENE_ASK);
	s = seat_get(f->seats, c->agent);
	if (s && s->state != SEAT_CONSULT)
		seat_goes(f, c->agent, SE_CONSULT, now);
	if (outside) {
		if (!c->hand.guest.v)
			call_guest(f, c, now);
	} else if (c->hand.to == HAND_SUPER) {
		if (!c->hand.super.v && !floor_super_offer(f, c, now))
			call_raise(f->calls, c->id, EV_GONE);
	} else {
		s = floor_hand_find(f, c);
		if (s)
			floor_hand_claim(f, c, s, now);
		else
			floor_hand_wait(f, c);
	}
	shown(f, c);
}

static enum hand_news news_of(const struct call *g)
{
	switch (g->result) {
	case RES_BUSY:		return NEWS_BUSY;
	case RES_NO_ANSWER:
	case RES_UNREACHABLE:	return NEWS_NO_ANSWER;
	case RES_REJECTED:
	case RES_UNWANTED:	return NEWS_REFUSED;
	case RES_DENIED:	return NEWS_DENIED;
	case RES_CONGESTION:	return g->invite_ms ? NEWS_FAILED
						    : NEWS_NO_ROOM;
	case RES_ANSWERED:	return NEWS_LEFT;
	default:		return NEWS_FAILED;
	}
}

void floor_guest_over(struct floor *f, struct call *g)
{
	struct call *c = call_get(f->calls, g->host);

	if (!c || c->hand.guest.v != g->id.v)
		return;
	c->hand.guest.v = 0;
	if (!c->hand.news)
		c->hand.news = news_of(g);
	call_raise(f->calls, c->id, EV_GONE);
}

void guest_enter(struct floor *f, struct call *g, struct now now)
{
	struct call *c = call_get(f->calls, g->host);

	g->took_ms = now.wall_ms;
	g->result = RES_ANSWERED;
	if (c && c->hand.guest.v == g->id.v &&
	    (c->state == CALL_ASK || c->state == CALL_SEND))
		call_raise(f->calls, c->id, EV_MET);
	else
		call_raise(f->calls, g->id, EV_RELEASE);
}

/* ---- together ------------------------------------------------------------------ */

void consult_enter(struct floor *f, struct call *c, struct now now)
{
	hold_begins(c, now);
	scene(f, c, c->agent, SCENE_CONSULT);
	shown(f, c);
}

void aside_enter(struct floor *f, struct call *c, struct now now)
{
	hold_ends(c, now);
	scene(f, c, c->agent, SCENE_ASIDE);
	shown(f, c);
}

void conf_enter(struct floor *f, struct call *c, struct now now)
{
	hold_ends(c, now);
	scene(f, c, c->agent, SCENE_CONF);
	seat_goes(f, c->agent, SE_CONF, now);
	seat_goes(f, c->hand.asked, SE_CONF, now);
}

/* ---- back ------------------------------------------------------------------------ */

void floor_hand_drop(struct floor *f, struct call *c, struct now now)
{
	struct seat *s = seat_get(f->seats, c->agent), *other;
	struct call *g = call_get(f->calls, c->hand.guest);

	if (!c->hand.to)
		return;
	scene(f, c, c->agent, SCENE_ALONE);
	floor_super_free(f, c, now);
	other = c->hand.asked.v ? seat_get(f->seats, c->hand.asked) : NULL;
	c->hand = (struct hand){ 0 };
	if (g)
		call_raise(f->calls, g->id, EV_RELEASE);
	/* First the one, then the other: freed, he may be given a call. */
	if (s && (s->state == SEAT_CONSULT || s->state == SEAT_CONF))
		seat_goes(f, s->agent, SE_RETRIEVE, now);
	if (other && other->call.v == c->id.v && other != s)
		seat_goes(f, other->agent, SE_FREED, now);
}

/* What the first agent is told of a transfer that came to nothing. */
static enum hand_news came_to(struct floor *f, const struct call *c)
{
	struct call *g = call_get(f->calls, c->hand.guest);

	if (c->hand.quiet || c->hand.news)
		return c->hand.quiet ? NEWS_NONE : c->hand.news;
	if (c->hand.asked.v || c->hand.came || (g && g->state == CALL_GUEST))
		return NEWS_TIME;
	return g || c->hand.super.v ? NEWS_NO_ANSWER : NEWS_NOBODY;
}

void back_enter(struct floor *f, struct call *c, struct now now)
{
	struct seat *s = seat_get(f->seats, c->agent);
	struct call was = *c;

	was.hand.news = came_to(f, c);
	hold_ends(c, now);
	floor_hand_drop(f, c, now);
	news(f, &was, c->agent, was.hand.news);
	f->doors.seat_changed(f->doors.arg, c->agent);
	/* His phone went while the call was being sent: it waits for him. */
	if (s && !s->phone_up)
		call_raise(f->calls, c->id, EV_LOST);
}

/* ---- given ------------------------------------------------------------------------ */

/*
 * What the first agent still has to do: a record of his own, with his time,
 * his note and his outcome.  The lead stays with the customer's call.
 */
static void make_part(struct floor *f, struct call *c, struct seat *s,
		      struct now now)
{
	struct call *p;

	if (call_new(f->calls, CALL_WRAP, now, &p)) {
		log_err("floor", "call %u: no room for agent %u's part of it",
			c->id.v, c->agent.v);
		seat_goes(f, c->agent, SE_FREED, now);
		return;
	}
	struct call_id id = p->id;
	struct due_node due = p->due;
	int64_t since = p->since_ms;

	*p = *c;
	p->id = id;
	p->due = due;
	p->since_ms = since;
	p->state = CALL_WRAP;
	p->uid = floor_new_uid(f, now);
	p->of = c->uid;
	p->part = PART_AGENT;
	p->hand = (struct hand){ 0 };
	p->leg = p->lost = false;
	p->pass = NULL;
	p->start_ms = p->join_ms = p->answer_ms = c->took_ms ? c->took_ms : c->join_ms;
	p->invite_ms = p->ring_ms = p->person_ms = 0;	/* the call's */
	p->gave_ms = p->end_ms = now.wall_ms;
	p->by = BY_AGENT;
	str_fmt(p->given, sizeof(p->given), "agent %u", c->hand.asked.v);
	floor_write_intent(f, p);
	if (s) {
		s->call = p->id;
		floor_wraps(f, p, s, now);
	} else {
		call_raise(f->calls, p->id, EV_DISPOSED);
	}
}

void taken_enter(struct floor *f, struct call *c, struct now now)
{
	struct seat *a = seat_get(f->seats, c->agent);
	struct seat *b = seat_get(f->seats, c->hand.asked);
	struct agent_id from = c->agent;
	struct call was;

	if (!b || b->call.v != c->id.v) {
		c->hand.news = NEWS_PHONE;
		back_enter(f, c, now);
		return;
	}
	hold_ends(c, now);
	scene(f, c, from, SCENE_GIVEN);
	make_part(f, c, a, now);
	was = *c;
	c->agent = b->agent;
	c->from_agent = from;
	c->took_ms = now.wall_ms;
	c->held_ms = c->hold_ms;
	c->outcome = 0;
	c->callback_s = 0;
	c->amount = 0;
	c->callback_agent.v = 0;
	c->hand = (struct hand){ 0 };
	if (c->by == BY_AGENT)
		c->by = BY_NOBODY;
	seat_goes(f, b->agent, SE_JOIN, now);
	if (b->muted)
		f->doors.mute(f->doors.arg, b->agent, true);
	floor_write_intent(f, c);
	news(f, &was, from, NEWS_TAKEN);
	if (!b->phone_up)
		call_raise(f->calls, c->id, EV_LOST);
}

/* Who is no agent has the customer now. */
static void gives(struct floor *f, struct call *c, const char *whom,
		  enum hand_scene sc, struct now now)
{
	c->gave_ms = now.wall_ms;
	str_fmt(c->given, sizeof(c->given), "%s %s",
		c->hand.super.v ? "supervisor" : "outside", whom);
	scene(f, c, c->agent, sc);
	floor_write_intent(f, c);
	news(f, c, c->agent, NEWS_TAKEN);
	if (c->hand.super.v)
		f->doors.seat_changed(f->doors.arg, c->hand.super);
}

void outside_enter(struct floor *f, struct call *c, struct now now)
{
	struct call *g = call_get(f->calls, c->hand.guest);
	struct seat *s = seat_get(f->seats, c->agent);

	hold_ends(c, now);
	gives(f, c, g ? g->number : c->hand.whom, SCENE_GIVEN, now);
	floor_wraps(f, c, s, now);
	if (!g && !c->hand.super.v)	/* gone in the same instant */
		call_raise(f->calls, c->id, EV_GONE);
}

/* A supervisor has the customer now (floor_take_over): the agent wraps up. */
void overtaken_enter(struct floor *f, struct call *c, struct now now)
{
	struct seat *s = seat_get(f->seats, c->agent);

	hold_ends(c, now);
	gives(f, c, c->hand.whom, SCENE_OVER, now);
	floor_wraps(f, c, s, now);
}

/* The agent has written it up; the two talk on without him. */
void disposed_enter(struct floor *f, struct call *c, struct now now)
{
	struct seat *s = seat_get(f->seats, c->agent);

	floor_drop_incomplete(f, c);
	floor_write_intent(f, c);
	if (s && s->call.v == c->id.v && s->state == SEAT_WRAP)
		seat_goes(f, s->agent, SE_FINISH, now);
}

void over_enter(struct floor *f, struct call *c, struct now now)
{
	struct campaign *k = floor_campaign(f, c->campaign);
	struct seat *s = seat_get(f->seats, c->agent);
	struct call *g = call_get(f->calls, c->hand.guest);

	if (g)
		call_raise(f->calls, g->id, EV_RELEASE);
	floor_super_free(f, c, now);
	c->hand = (struct hand){ 0 };
	if (c->by == BY_NOBODY)
		c->by = BY_AGENT;	/* our side's: the outside party */
	floor_end_leg(f, c, now);
	f->doors.part(f->doors.arg, c);
	k->talking -= k->talking > 0;
	call_enter(f->calls, c, CALL_WRAP,
		   k->conf.wrap == WRAP_MANDATORY ? 86400000 : -1, now);
	floor_write_intent(f, c);
	if (!s || s->call.v != c->id.v || s->state != SEAT_WRAP)
		call_raise(f->calls, c->id, EV_DISPOSED);
}
