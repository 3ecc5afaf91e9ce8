/* floor_promise -- a call-back an agent dials from the list, now. */
#include "floor_priv.h"

#include "base/log.h"

/* The first campaign of this agent's that calls the lead's list, at work. */
static struct campaign *campaign_for(struct floor *f, const struct seat *s,
				     const struct lead *l)
{
	for (size_t i = 0; i < s->link_count; i++) {
		struct campaign *k = floor_campaign(f, s->links[i].campaign);

		if (k && k->running && !k->paused &&
		    lead_campaign_has(f->leads, k->conf.id,
				      (struct list_id){ l->list }))
			return k;
	}
	return NULL;
}

/* The gate before anything else: what it refuses stays promised. */
static enum err asked(struct floor *f, struct campaign *k,
		      const struct lead *l, struct now now)
{
	struct gate_pass *pass = NULL;
	struct gate_verdict v;
	struct gate_ask ask;
	enum err e;

	gate_ask_of(f, k, l, 0, 1, now, &ask);
	e = gate_ask(f->gate, &ask, &v, &pass);
	pass = gate_pass_free(pass);
	return e;
}

/*
 * The agent's own, or anyone's, of its campaigns.  It is dialled at once;
 * who was NOT READY is so again afterwards.
 */
enum err floor_dial_lead(struct floor *f, struct seat *s, struct lead_id id,
			 struct now now)
{
	bool was_ready = s->state == SEAT_READY;
	struct campaign *k;
	struct lead l;
	enum err e = lead_get(f->leads, id, &l);

	if (e)
		return e;
	if ((!was_ready && s->state != SEAT_NOT_READY) || !s->phone_up ||
	    !s->link_up || l.status != LEAD_AGREED)
		return ERR_STATE;
	if (l.callback_agent && l.callback_agent != s->agent.v)
		return ERR_DENIED;
	k = campaign_for(f, s, &l);
	if (!k)
		return ERR_DENIED;
	e = asked(f, k, &l, now);
	if (!e)
		e = lead_take(f->leads, floor_group(f), id, now, &l);
	if (!e && !was_ready)
		e = floor_seat(f, s, SE_READY, 0, 0, now);
	if (!e)
		e = floor_call_lead(f, k, s, &l, now);
	if (e)
		return e;
	if (was_ready) {
		floor_spare_ringing(f, s);
	} else {
		s->pending = SEAT_NOT_READY;
		s->pending_reason = SR_ASKED;
	}
	call_raise(f->calls, s->call, EV_GO);
	return ERR_OK;
}
