/*
 * floor_offer -- a campaign whose agents answer by hand.
 *
 * The customer is on the line and waits, so the law's seconds run: an offer
 * lasts what is left of them and no longer.  Who misses it is NOT READY, and
 * the customer is abandoned as if nobody had been there, because nobody was.
 */
#include "floor_priv.h"

#include "base/log.h"

bool floor_offer(struct floor *f, struct call *c, struct seat *s,
		 struct now now)
{
	int64_t left = c->due.at_ms ? c->due.at_ms - now.mono_ms : 0;

	s->call = c->id;
	if (floor_seat(f, s, SE_RESERVE, 0, MAX(left, (int64_t)1), now)) {
		if (s->call.v == c->id.v)
			s->call.v = 0;
		return false;
	}
	c->agent = s->agent;
	return true;
}

static struct seat *offered_to(struct floor *f, const struct call *c)
{
	struct seat *s = c->agent.v ? seat_get(f->seats, c->agent) : NULL;

	return s && s->state == SEAT_RESERVED && s->call.v == c->id.v ? s
								      : NULL;
}

enum err floor_answer(struct floor *f, struct call *c, struct now now)
{
	struct seat *s = c->state == CALL_WAIT ? offered_to(f, c) : NULL;
	enum err e = s ? floor_seat(f, s, SE_JOIN, 0, 0, now) : ERR_STATE;

	if (!e)
		call_raise(f->calls, c->id, EV_AGENT);
	return e;
}

/* Not taken: the agent is NOT READY for `reason`, the call nobody's. */
void floor_unoffer(struct floor *f, struct call *c, unsigned reason,
		   struct now now)
{
	struct seat *s = offered_to(f, c);

	if (!s)
		return;
	c->agent.v = 0;
	s->pending = SEAT_NOT_READY;
	s->pending_reason = reason;
	if (floor_seat(f, s, SE_FREED, 0, 0, now))
		log_err("floor", "agent %u stays reserved", s->agent.v);
}

/* Declined with a key: the next one may have it. */
enum err floor_decline(struct floor *f, struct call *c, struct now now)
{
	struct campaign *k = floor_campaign(f, c->campaign);

	if (c->state != CALL_WAIT || !offered_to(f, c) || !k)
		return ERR_STATE;
	floor_unoffer(f, c, SR_ASKED, now);
	wait_push(f, k, c->id);
	serve_waiting(f, k, now);
	return ERR_OK;
}
