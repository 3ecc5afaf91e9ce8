/*
 * floor_promise -- call-backs: one an agent dials from the list, now; one
 * agreed by an agent who gave the customer to another.
 */
#include "floor_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "report/cdr.h"

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

/* The gate before anything else, of this number, NULL: the lead's next.  What
 * it refuses stays promised. */
static enum err asked(struct floor *f, struct campaign *k,
		      const struct lead *l, const char *e164, struct now now,
		      struct gate_verdict *v)
{
	struct gate_pass *pass = NULL;
	struct gate_ask ask;
	enum err e;

	gate_ask_of(f, k, l, 0, 1, now, &ask);
	if (e164)
		ask.e164 = e164;
	e = gate_ask(f->gate, &ask, v, &pass);
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
	struct gate_verdict v;
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
	e = asked(f, k, &l, NULL, now, &v);
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

enum gate_rule floor_number_rule(struct floor *f, const struct call *c,
				 size_t i, struct now now)
{
	struct campaign *k = floor_campaign(f, c->campaign);
	struct gate_verdict v;
	struct lead l;
	enum err e;

	if (!k || lead_get(f->leads, c->lead, &l) || i >= l.numbers_count)
		return GATE_NUMBER;
	e = asked(f, k, &l, l.numbers[i].e164, now, &v);
	if (!e)
		return GATE_RULE_COUNT;
	return e == ERR_DENIED ? (enum gate_rule)v.blocked : GATE_NUMBER;
}

static struct call *whole_of(struct floor *f, const struct call *part)
{
	for (struct call *c = call_each(f->calls, NULL); c;
	     c = call_each(f->calls, c))
		if (c->uid == part->of)
			return c;
	return NULL;
}

/* "Again" is the last word: in a while, or no more, for it was tried often
 * enough.  A time the customer has agreed counts more than either. */
static bool is_again(const struct floor *f, const struct lead *l)
{
	const struct dispo_row *row;

	row = dispo_by_code(f->dispos, (uint16_t)l->last_outcome);
	return l->status == LEAD_LATER ||
	       (l->status == LEAD_DONE && row && row->next == DN_RETRY);
}

/*
 * The last agent decides of the lead.  Who gave the customer away may have
 * agreed a call-back, though: it is kept where the last agent's outcome only
 * says "again", and where that has been written already, the lead is moved.
 * While the customer's call lives it is on disk with that call's intent.
 */
void floor_promise_part(struct floor *f, const struct call *part,
			struct now now)
{
	struct call *c = whole_of(f, part);
	struct lead_step step = {
		.next = LEAD_AGREED, .at_s = part->callback_s,
		.agent = part->callback_agent, .result = part->result,
		.outcome = part->outcome, .by = part->agent,
		.number = part->callback_number, .about = part->callback_note };
	struct lead l;
	enum err e;

	if (c) {
		c->promise_s = part->callback_s;
		c->promise_agent = part->callback_agent;
		c->promise_number = part->callback_number;
		str_copy(c->promise_note, sizeof(c->promise_note),
			 part->callback_note);
		if (c->written)
			floor_write_intent(f, c);
		return;
	}
	if (lead_get(f->leads, part->lead, &l) || !is_again(f, &l))
		return;
	e = lead_amend(f->leads, floor_group(f), part->lead, &step, now);
	if (e)
		log_warn("floor", "call %u: the call-back agreed is not kept: "
			 "%s", part->id.v, err_text(e));
	else
		floor_await_lead(f, part->lead);
}

/* The server died in the call: as if the last agent had said "again". */
enum err floor_promise_recover(struct floor *f, struct store_group *g,
			       const struct cdr *r, struct now now)
{
	const struct dispo_row *row = dispo_by_code(f->dispos, r->outcome);
	struct lead_step step = {
		.next = LEAD_AGREED, .at_s = r->promise_s,
		.agent = { r->promise_agent }, .dialled = r->invite_ms != 0,
		.result = (enum call_result)r->result, .outcome = r->outcome,
		.by = { r->agent }, .number = r->promise_number,
		.about = r->promise_note };
	struct lead_id id = { r->lead };
	struct lead l;
	enum err e;

	if (!r->promise_s || r->part || (row && row->next != DN_RETRY))
		return ERR_OK;
	e = lead_get(f->leads, id, &l);
	if (e)			/* deleted since: nobody to call back */
		return e == ERR_ABSENT ? ERR_OK : e;
	/* Who was in a call is READY since the leads were opened. */
	return l.status == LEAD_READY
		       ? lead_amend(f->leads, g, id, &step, now) : ERR_OK;
}

void floor_promise_whole(struct call *c, struct dispo_step *step)
{
	if (!c->promise_s || !c->join_ms || step->row->next != DN_RETRY)
		return;
	step->next = DN_AGREED;
	step->at_s = c->promise_s;
	step->agent = c->promise_agent;
	c->callback_number = c->promise_number;
	str_copy(c->callback_note, sizeof(c->callback_note), c->promise_note);
}
