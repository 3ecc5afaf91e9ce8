/*
 * floor_hand -- a call is given to another: what agents ask, who is found.
 *
 * A transfer is a walk through rooms of the map (server/flow.c):
 *
 *   ask      the customer hears music, the agent waits for the other one
 *   consult  the two of them talk, the customer hears music
 *   aside    the agent talks to the customer again, the other one waits
 *   conf     all three talk
 *   send     the customer hears music until the other one takes him over
 *   outside  the customer talks to an outside number or a supervisor, no
 *            agent is in it
 *
 * Until somebody else has the customer, the first agent keeps him: whatever
 * fails on the way leads back to talk.  The one who is asked is an agent
 * (his own seat, in CONSULT), a supervisor (who has no seat and accepts with
 * a key, floor_super.c), or an outside number (a call of its own, in the room
 * guest, of which this one is the host).  Who is no agent and has been given
 * the customer talks to him in outside, until one of the two leaves.
 */
#include "floor_priv.h"

#include "base/log.h"
#include "base/str.h"

#include <string.h>

bool floor_in_hand(const struct call *c)
{
	return c->state == CALL_ASK || c->state == CALL_SEND ||
	       c->state == CALL_CONSULT || c->state == CALL_ASIDE ||
	       c->state == CALL_CONF;
}

static bool is_outside(enum hand_target to)
{
	return to == HAND_OUTSIDE || to == HAND_COLLEAGUE;
}

/* ---- who ----------------------------------------------------------------- */

static bool fits(const struct call *c, const struct seat *s)
{
	uint64_t n = 0;

	if (s->agent.v == c->agent.v)
		return false;
	if (c->hand.to == HAND_TEAM)
		return str_eq(s->team, c->hand.whom);
	if (str_to_u64(c->hand.whom, UINT32_MAX, &n))
		return false;
	if (c->hand.to == HAND_AGENT)
		return s->agent.v == n;
	for (size_t i = 0; c->hand.to == HAND_QUEUE && i < s->link_count; i++)
		if (s->links[i].campaign.v == n)
			return true;
	return false;
}

static bool is_free(const struct seat *s)
{
	return s->state == SEAT_READY && s->phone_up && s->link_up;
}

struct seat *floor_hand_find(struct floor *f, const struct call *c)
{
	struct seat *best = NULL;

	for (struct seat *s = seat_each(f->seats, NULL); s;
	     s = seat_each(f->seats, s))
		if (is_free(s) && fits(c, s) &&
		    (!best || s->since.mono_ms < best->since.mono_ms))
			best = s;
	return best;
}

/* At work, so that waiting for him is not in vain. */
static bool may_come(const struct seat *s)
{
	return s->phone_up && s->link_up &&
	       (s->state == SEAT_READY || seat_state_on_call(s->state));
}

static enum err look_for(struct floor *f, const struct call *c)
{
	bool known = false;

	for (struct seat *s = seat_each(f->seats, NULL); s;
	     s = seat_each(f->seats, s)) {
		if (!fits(c, s))
			continue;
		if (may_come(s))
			return ERR_OK;
		known = true;
	}
	return known ? ERR_AGAIN : ERR_ABSENT;
}

/* ---- those who wait for somebody ------------------------------------------- */

static bool seeks(const struct call *c)
{
	return c && (c->state == CALL_ASK || c->state == CALL_SEND) &&
	       !c->hand.asked.v && c->hand.to != HAND_SUPER &&
	       !is_outside(c->hand.to);
}

void floor_hand_wait(struct floor *f, const struct call *c)
{
	size_t n = 0;

	for (size_t i = 0; i < f->asks_len; i++)
		if (seeks(call_get(f->calls, f->asks[i])) &&
		    f->asks[i].v != c->id.v)
			f->asks[n++] = f->asks[i];
	f->asks_len = n;
	if (n < f->asks_max)	/* one an agent: there is room */
		f->asks[f->asks_len++] = c->id;
}

void floor_hand_claim(struct floor *f, struct call *c, struct seat *s,
		      struct now now)
{
	bool send = c->state == CALL_SEND;

	s->call = c->id;
	if (floor_seat(f, s, send ? SE_RESERVE : SE_CONSULT, 0, 0, now)) {
		log_err("floor", "agent %u was not free", s->agent.v);
		return;
	}
	c->hand.asked = s->agent;
	floor_spare_ringing(f, s);
	call_raise(f->calls, c->id, send ? EV_TAKEN : EV_MET);
}

void floor_hand_serve(struct floor *f, struct seat *s, struct now now)
{
	for (size_t i = 0; i < f->asks_len && is_free(s); i++) {
		struct call *c = call_get(f->calls, f->asks[i]);

		if (seeks(c) && fits(c, s))
			floor_hand_claim(f, c, s, now);
	}
}

/* ---- what agents ask --------------------------------------------------------- */

static bool allowed(enum hand_allow a, enum hand_target to)
{
	switch (to) {
	case HAND_AGENT:
	case HAND_TEAM:
	case HAND_QUEUE:
	case HAND_SUPER:	return a >= HAND_INSIDE;
	case HAND_COLLEAGUE:	return a >= HAND_LISTED;
	case HAND_OUTSIDE:	return a >= HAND_ANY;
	case HAND_NOBODY:
	case HAND_TARGET_COUNT:	break;
	}
	return false;
}

static enum err begin(struct floor *f, struct call *c,
		      const struct floor_input *in, struct now now)
{
	const struct campaign *k = floor_campaign(f, c->campaign);
	struct hand was = c->hand;
	char text[sizeof(was.whom) + sizeof(was.name)], *tab;
	enum err e = ERR_OK;

	if (c->state != CALL_TALK && c->state != CALL_HOLD)
		return ERR_STATE;
	if (!k || !allowed(k->conf.transfer, (enum hand_target)in->code))
		return ERR_DENIED;
	str_copy(text, sizeof(text), in->text);
	tab = strchr(text, '\t');
	if (tab)
		*tab++ = '\0';
	c->hand = (struct hand){ .to = (enum hand_target)in->code,
				 .from_ms = now.wall_ms };
	str_copy(c->hand.whom, sizeof(c->hand.whom), text);
	str_copy(c->hand.name, sizeof(c->hand.name),
		 tab && *tab ? tab : text);
	if (c->hand.to == HAND_SUPER)
		e = floor_super_ready(f, c);
	else if (!is_outside(c->hand.to))
		e = look_for(f, c);
	else if (strspn(text, "0123456789") != strlen(text) ||
		 strlen(text) < 7 || strlen(text) > 15)
		e = ERR_ARG;
	if (e) {
		c->hand = was;
		return e;
	}
	call_raise(f->calls, c->id, in->value == HAND_ASK ? EV_ASK : EV_SEND);
	return ERR_OK;
}

static bool is_there(struct floor *f, const struct call *c)
{
	struct call *g = call_get(f->calls, c->hand.guest);

	return c->hand.asked.v || c->hand.came ||
	       (g && g->state == CALL_GUEST);
}

static enum err give(struct floor *f, struct call *c)
{
	if (c->state == CALL_ASK)	/* does not wait for an answer */
		call_raise(f->calls, c->id, EV_SEND);
	else if (c->state == CALL_SEND || !is_there(f, c))
		return ERR_STATE;
	else
		call_raise(f->calls, c->id, c->hand.asked.v ? EV_TAKEN
							    : EV_GIVEN);
	return ERR_OK;
}

enum err floor_transfer(struct floor *f, struct call *c,
			const struct floor_input *in, struct now now)
{
	bool beside = c->state == CALL_CONSULT || c->state == CALL_ASIDE;

	switch ((enum hand_step)in->value) {
	case HAND_SEND:
	case HAND_ASK:
		return begin(f, c, in, now);
	case HAND_SWAP:
	case HAND_ALL:
		if (!beside)
			return ERR_STATE;
		call_raise(f->calls, c->id, in->value == HAND_SWAP ? EV_SWAP
								   : EV_ALL);
		return ERR_OK;
	case HAND_GIVE:
		return floor_in_hand(c) ? give(f, c) : ERR_STATE;
	case HAND_BACK:
		if (!floor_in_hand(c))
			return ERR_STATE;
		c->hand.quiet = true;
		call_raise(f->calls, c->id, EV_GIVE_UP);
		return ERR_OK;
	case HAND_STEP_COUNT:
		break;
	}
	return ERR_ARG;
}

/* ---- a supervisor takes it ------------------------------------------------- */

bool floor_is_overtaken(const struct call *c)
{
	return c->state == CALL_OUTSIDE && c->hand.super.v;
}

enum err floor_take_over(struct floor *f, struct call *c,
			 const struct floor_input *in, struct now now)
{
	struct agent_id by = { (uint32_t)in->value };
	const struct floor_super *s = floor_super(f, by);
	struct seat *a;

	if (!in->value) {
		if (!floor_is_overtaken(c))
			return ERR_STATE;
		call_raise(f->calls, c->id, EV_GONE);
		return ERR_OK;
	}
	/* He was asked, and takes what he was asked about. */
	if (floor_in_hand(c) && c->hand.came && c->hand.super.v == by.v) {
		call_raise(f->calls, c->id, EV_GIVEN);
		return ERR_OK;
	}
	if (!s)
		return ERR_ABSENT;
	if ((c->state != CALL_TALK && c->state != CALL_HOLD) ||
	    call_get(f->calls, s->call))	/* one at a time */
		return ERR_STATE;
	c->hand = (struct hand){ .to = HAND_SUPER, .super = by, .came = true,
				 .quiet = true, .from_ms = now.wall_ms };
	str_fmt(c->hand.whom, sizeof(c->hand.whom), "%u", by.v);
	str_copy(c->hand.name, sizeof(c->hand.name), in->text);
	floor_super_has(f, c, by, now);
	a = seat_get(f->seats, c->agent);
	if (a)
		a->hand_up = false;	/* help has come */
	call_raise(f->calls, c->id, EV_GIVEN);
	return ERR_OK;
}

/* ---- hanging up, lost phones ---------------------------------------------- */

bool floor_hand_release(struct floor *f, struct seat *s, struct call *c)
{
	if (c->agent.v != s->agent.v) {
		c->hand.news = NEWS_LEFT;
		call_raise(f->calls, c->id, EV_GONE);
		return true;
	}
	/* Who hangs up on the other one has the customer back, not lost. */
	if (c->state == CALL_ASK || c->state == CALL_SEND ||
	    c->state == CALL_CONSULT) {
		c->hand.quiet = true;
		call_raise(f->calls, c->id, EV_GIVE_UP);
		return true;
	}
	return false;
}

void floor_hand_lost(struct floor *f, struct seat *s, struct call *c)
{
	enum call_event ev = EV_LOST;

	if (c->agent.v != s->agent.v) {
		c->hand.news = NEWS_PHONE;
		call_raise(f->calls, c->id, EV_GONE);
		return;
	}
	/* The customer goes on with whom he has, or with whom was asked. */
	if (c->state != CALL_ASK && c->state != CALL_SEND &&
	    floor_in_hand(c) && is_there(f, c)) {
		if (c->hand.asked.v)
			ev = EV_TAKEN;
		else if (c->hand.came || c->state == CALL_CONF)
			ev = EV_GIVEN;
	}
	call_raise(f->calls, c->id, ev);
}
