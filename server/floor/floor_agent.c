/* floor_agent -- what an agent's keys, or a supervisor's hand, ask for. */
#include "floor_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "report/cdr.h"

#include <stdlib.h>
#include <string.h>

typedef enum err agent_h(struct floor *f, struct seat *s, struct call *c,
			 const struct floor_input *in, struct now now);

/* BY_ASKED: also for who was asked about another's call. */
enum { NEEDS_CALL = 1, MAKES_SEAT = 2, BY_ASKED = 4 };

/* ---- coming and going --------------------------------------------------- */

static enum err on_login(struct floor *f, struct seat *none UNUSED,
			 struct call *c UNUSED, const struct floor_input *in,
			 struct now now)
{
	char name[3 * SEAT_NAME], *tab;
	struct seat *s;
	enum err e;

	str_copy(name, sizeof(name), in->text);
	tab = strchr(name, '\t');
	if (tab)
		*tab++ = '\0';
	if (in->value && !seat_get(f->seats, (struct agent_id){ in->agent }))
		return ERR_ABSENT;
	e = seat_open(f->seats, (struct agent_id){ in->agent }, name,
		      tab ? tab : "", &s);
	if (e)
		return e;
	if (in->value) {	/* only the record has changed */
		floor_seat_told(f, s, now);
		return ERR_OK;
	}
	/* After a restart: the call whose outcome may yet be corrected. */
	if (!f->last_uid[s->slot] && in->when_s > 0)
		f->last_uid[s->slot] = (uint64_t)in->when_s;
	/* A second log-in takes the session over: same seat, same call. */
	enum seat_state was = s->state;

	seat_link(f->seats, s, true, now);
	if (was != SEAT_OFFLINE) {
		/* Gone too long, but back before the call was over. */
		if (s->pending == SEAT_OFFLINE)
			return floor_seat(f, s, SE_NOT_READY, SR_LOGIN, 0,
					  now);
		floor_seat_told(f, s, now);
		return ERR_OK;
	}
	return floor_seat(f, s, SE_LOGIN, SR_LOGIN, 0, now);
}

/* Whose calls the agent takes: "1 4 7". */
static enum err on_assign(struct floor *f, struct seat *s,
			  struct call *c UNUSED, const struct floor_input *in,
			  struct now now)
{
	struct campaign_id list[SEAT_CAMPAIGNS];
	enum seat_state was = s->state;
	const char *p = in->text;
	size_t n = 0;
	enum err e;

	if (seat_state_on_call(was))
		return ERR_STATE;
	while (*p && n < SEAT_CAMPAIGNS) {
		char *end;
		unsigned long v = strtoul(p, &end, 10);

		if (end == p || v > UINT32_MAX)
			return ERR_FORMAT;
		list[n++].v = (uint32_t)v;
		p = end + strspn(end, " ");
	}
	/* Its pacers must see it leave the old and come to the new. */
	s->state = SEAT_OFFLINE;
	pace_seat(f, s, was, now);
	s->state = was;
	e = seat_assign(f->seats, s, list, n);
	pace_seat(f, s, SEAT_OFFLINE, now);
	floor_seat_told(f, s, now);
	return e;
}

static void spare_ringing(struct floor *f, const struct campaign *k)
{
	struct call *youngest = NULL;

	if (!k || k->conf.mode != MODE_PROGRESSIVE ||
	    k->ringing <= seat_ready_count(f->seats, k->conf.id))
		return;
	for (struct call *c = call_each(f->calls, NULL); c;
	     c = call_each(f->calls, c))
		if (c->campaign.v == k->conf.id.v && !c->answer_ms &&
		    c->state < CALL_WRAP && !c->agent.v && !c->part &&
		    c->invite_ms && (!youngest ||
				     c->invite_ms > youngest->invite_ms))
			youngest = c;
	if (!youngest)
		return;
	youngest->result = RES_CANCELLED;
	youngest->by = BY_SYSTEM;
	call_raise(f->calls, youngest->id, EV_RELEASE);
}

void floor_spare_ringing(struct floor *f, const struct seat *s)
{
	for (size_t i = 0; i < s->link_count; i++)
		spare_ringing(f, floor_campaign(f, s->links[i].campaign));
}

static enum err move(struct floor *f, struct seat *s, enum seat_event ev,
		     unsigned reason, struct now now)
{
	bool was_ready = s->state == SEAT_READY;
	enum err e = floor_seat(f, s, ev, reason, 0, now);

	if (!e && was_ready && s->state != SEAT_READY)
		floor_spare_ringing(f, s);
	if (e == ERR_AGAIN)
		f->doors.seat_changed(f->doors.arg, s->agent);
	return e;
}

/* The agent will not act on this call any more: it goes on as it stands. */
static void let_go(struct floor *f, struct call *c)
{
	if (c && c->state == CALL_PREVIEW) {
		c->result = RES_MISSED;
		c->by = BY_SYSTEM;
		call_raise(f->calls, c->id, EV_SKIP);
	} else if (c && (c->state == CALL_WRAP || c->state == CALL_OUTSIDE)) {
		call_raise(f->calls, c->id, EV_DISPOSED);
	}
}

static enum err on_wish(struct floor *f, struct seat *s, struct call *c,
			const struct floor_input *in, struct now now)
{
	switch (in->kind) {
	case IN_READY:
		return move(f, s, SE_READY, 0, now);
	case IN_NOT_READY:
		return move(f, s, SE_NOT_READY, SR_ASKED, now);
	case IN_BREAK:
		if (in->value < 0 || in->value >= SEAT_BREAKS)
			return ERR_ARG;
		return move(f, s, SE_BREAK,
			    SR_BREAK_FIRST + (unsigned)in->value, now);
	default:
		if (!s->link_up)	/* gone for good, not asked for */
			let_go(f, c);
		return move(f, s, SE_LOGOUT, SR_ASKED, now);
	}
}

static enum err on_force(struct floor *f, struct seat *s, struct call *c,
			 const struct floor_input *in, struct now now)
{
	enum seat_event ev = (enum seat_event)in->value;

	if (ev != SE_READY && ev != SE_NOT_READY && ev != SE_BREAK &&
	    ev != SE_LOGOUT)
		return ERR_ARG;
	if (in->code > SEAT_BREAKS)
		return ERR_ARG;
	let_go(f, c);		/* stuck in a preview or in wrap-up */
	return move(f, s, ev, ev == SE_BREAK && in->code
			    ? SR_BREAK_FIRST + in->code - 1 : SR_FORCED, now);
}

static enum err on_hand(struct floor *f, struct seat *s,
			struct call *c UNUSED, const struct floor_input *in,
			struct now now UNUSED)
{
	s->hand_up = in->value != 0;
	f->doors.seat_changed(f->doors.arg, s->agent);
	return ERR_OK;
}

/* ---- the call ------------------------------------------------------------ */

/* Another number of the same customer: the gate is asked about that one. */
static enum err other_number(struct floor *f, struct call *c, int64_t index)
{
	struct lead l;
	enum err e = lead_get(f->leads, c->lead, &l);

	if (e)
		return e;
	if (index < 1 || index > (int64_t)l.numbers_count)
		return ERR_ARG;
	str_copy(c->number, sizeof(c->number), l.numbers[index - 1].e164);
	return ERR_OK;
}

static enum err on_dial(struct floor *f, struct seat *s, struct call *c,
			const struct floor_input *in, struct now now)
{
	enum err e;

	if (in->lead)
		return c ? ERR_STATE
			 : floor_dial_lead(f, s, (struct lead_id){ in->lead },
					   now);
	if (!c)
		return ERR_STATE;
	if (s->state != SEAT_PREVIEW || c->state != CALL_PREVIEW)
		return ERR_STATE;
	e = in->value ? other_number(f, c, in->value) : ERR_OK;
	if (e)
		return e;
	call_raise(f->calls, c->id, EV_GO);
	return ERR_OK;
}

static enum err on_skip(struct floor *f, struct seat *s UNUSED,
			struct call *c, const struct floor_input *in,
			struct now now UNUSED)
{
	if (c->state != CALL_PREVIEW)
		return ERR_STATE;
	c->result = RES_SKIPPED;
	str_copy(c->why, sizeof(c->why), in->text);
	call_raise(f->calls, c->id, EV_SKIP);
	return ERR_OK;
}

static enum err on_release(struct floor *f, struct seat *s,
			   struct call *c,
			   const struct floor_input *in UNUSED,
			   struct now now UNUSED)
{
	if (c->state == CALL_WAIT && !c->join_ms &&
	    !floor_decline(f, c, now))
		return ERR_OK;
	if (c->state == CALL_WRAP || c->state == CALL_CLOSE ||
	    c->state == CALL_OUTSIDE)
		return ERR_STATE;
	if (floor_hand_release(f, s, c))
		return ERR_OK;
	c->by = BY_AGENT;
	if (!c->answer_ms)
		c->result = c->state == CALL_PREVIEW ? RES_SKIPPED
						     : RES_CANCELLED;
	call_raise(f->calls, c->id, EV_RELEASE);
	return ERR_OK;
}

static enum err on_answer(struct floor *f, struct seat *s UNUSED,
			  struct call *c, const struct floor_input *in UNUSED,
			  struct now now)
{
	return floor_answer(f, c, now);
}

static enum err on_hold(struct floor *f, struct seat *s UNUSED,
			struct call *c, const struct floor_input *in,
			struct now now UNUSED)
{
	if (c->state != (in->value ? CALL_TALK : CALL_HOLD))
		return ERR_STATE;
	call_raise(f->calls, c->id, in->value ? EV_HOLD : EV_RETRIEVE);
	return ERR_OK;
}

static enum err on_mute(struct floor *f, struct seat *s, struct call *c,
			const struct floor_input *in, struct now now UNUSED)
{
	if (c->state != CALL_TALK && c->state != CALL_HOLD &&
	    !floor_in_hand(c))
		return ERR_STATE;
	s->muted = in->value != 0;
	f->doors.mute(f->doors.arg, s->agent, s->muted);
	f->doors.seat_changed(f->doors.arg, s->agent);
	return ERR_OK;
}

static enum err on_digits(struct floor *f, struct seat *s UNUSED,
			  struct call *c, const struct floor_input *in,
			  struct now now UNUSED)
{
	struct call *guest = call_get(f->calls, c->hand.guest);

	/* Tones are for whom the agent talks to; a menu is outside. */
	if (guest && (c->state == CALL_CONSULT || c->state == CALL_CONF))
		c = guest;
	else if (c->state != CALL_TALK && c->state != CALL_ASIDE)
		return ERR_STATE;
	if (!*in->text || strspn(in->text, "0123456789*#") !=
				  strlen(in->text))
		return ERR_ARG;
	f->doors.digits(f->doors.arg, c, in->text);
	return ERR_OK;
}

static enum err on_rec_pause(struct floor *f, struct seat *s, struct call *c,
			     const struct floor_input *in,
			     struct now now UNUSED)
{
	if (!c->recorded || !c->leg)
		return ERR_STATE;
	c->muted_rec = in->value != 0;
	f->doors.record_pause(f->doors.arg, c, c->muted_rec);
	f->doors.seat_changed(f->doors.arg, s->agent);
	return ERR_OK;
}

/* ---- how it went ---------------------------------------------------------- */

static bool may_dispose(const struct call *c)
{
	return c->state == CALL_TALK || c->state == CALL_HOLD ||
	       c->state == CALL_ORPHAN || c->state == CALL_WRAP ||
	       c->state == CALL_OUTSIDE || floor_in_hand(c);
}

/* By its key, or by its row if it has none. */
static const struct dispo_row *row_meant(struct floor *f,
					 const struct floor_input *in)
{
	const struct dispo_row *row;

	if (!in->code)
		return dispo_by_digit(f->dispos, (unsigned)in->value);
	row = dispo_by_code(f->dispos, (uint16_t)MIN(in->code, UINT16_MAX));
	return row && dispo_is_agents(row) ? row : NULL;
}

enum { AMOUNT_MAX = 1000000000 };	/* whole units: a slip of the hand */

/* An outcome without need of an amount has none, whatever was sent. */
static enum err amount_of(const struct dispo_row *row,
			  const struct floor_input *in, int64_t *out)
{
	*out = 0;
	if (!(row->needs & NEEDS_AMOUNT) || !*in->text)
		return ERR_OK;
	return str_to_i64(in->text, 0, (int64_t)AMOUNT_MAX * 100, out);
}

static bool is_opt_out(const struct floor *f, uint16_t outcome)
{
	const struct dispo_row *row = dispo_by_code(f->dispos, outcome);

	return row && row->next == DN_DNC;
}

static enum err on_outcome(struct floor *f, struct seat *s, struct call *c,
			   const struct floor_input *in,
			   struct now now UNUSED)
{
	const struct dispo_row *row = row_meant(f, in);
	int64_t amount = 0;

	if (!may_dispose(c))
		return ERR_STATE;
	if (!row && (in->value || in->code))
		return ERR_ABSENT;
	if (row && amount_of(row, in, &amount))
		return ERR_ARG;
	bool no_more = is_opt_out(f, c->outcome) != (row && row->next == DN_DNC);

	c->outcome = row ? row->code : 0;
	c->amount = amount;
	/* Who wants no more calls is not forgotten with a server that is
	 * killed before the agent has finished (floor_recover), nor that
	 * another's call-back is off. */
	if ((no_more || c->promise_s) && c->written)
		floor_write_intent(f, c);
	f->doors.seat_changed(f->doors.arg, s->agent);
	return ERR_OK;
}

/* Drafts are on disk too: with the intent, until the call's own record. */
static enum err on_note(struct floor *f, struct seat *s UNUSED,
			struct call *c, const struct floor_input *in,
			struct now now UNUSED)
{
	if (c->state == CALL_CLOSE || c->state == CALL_DONE)
		return ERR_STATE;
	str_copy(c->note, sizeof(c->note), in->text);
	if (c->written)
		floor_write_intent(f, c);
	return ERR_OK;
}

static enum err on_callback(struct floor *f, struct seat *s, struct call *c,
			    const struct floor_input *in, struct now now)
{
	if (!may_dispose(c))
		return ERR_STATE;
	if (in->when_s && in->when_s <= now.wall_ms / 1000)
		return ERR_ARG;
	c->callback_s = in->when_s;
	c->callback_agent.v = in->value ? s->agent.v : 0;
	c->callback_number = in->code;
	str_copy(c->callback_note, sizeof(c->callback_note), in->text);
	f->doors.seat_changed(f->doors.arg, s->agent);
	return ERR_OK;
}

static enum err on_finish(struct floor *f, struct seat *s, struct call *c,
			  const struct floor_input *in, struct now now)
{
	struct campaign *k = floor_campaign(f, c->campaign);
	const struct dispo_row *row = dispo_by_code(f->dispos, c->outcome);

	if (c->state != CALL_WRAP && c->state != CALL_OUTSIDE)
		return ERR_STATE;
	if (k && k->conf.wrap != WRAP_OPTIONAL && !row)
		return ERR_AGAIN;
	if (row && dispo_missing(row, c))
		return ERR_AGAIN;
	if (k && k->conf.wrap == WRAP_BOXED_FULL && seat_left_ms(s, now) > 0)
		return ERR_DENIED;
	if (in->value && seat_move(f->seats, s, SE_NOT_READY, SR_ASKED, 0,
				   now))
		return ERR_STATE;
	call_raise(f->calls, c->id, EV_DISPOSED);
	return ERR_OK;
}

static enum err on_wrap_more(struct floor *f, struct seat *s, struct call *c,
			     const struct floor_input *in UNUSED,
			     struct now now)
{
	struct campaign *k = floor_campaign(f, c->campaign);
	enum err e;

	if (!k)
		return ERR_ABSENT;
	e = seat_extend(f->seats, s, k->conf.wrap_more_ms,
			k->conf.wrap_more_max_ms, now);
	if (!e)
		f->doors.seat_changed(f->doors.arg, s->agent);
	return e;
}

static enum err stop_calling(struct floor *f, const struct seat *s,
			     const struct cdr *r, struct now now)
{
	struct gate_dnc d = { .at_s = now.wall_ms / 1000,
			      .source = "customer" };

	str_copy(d.e164, sizeof(d.e164), r->number);
	str_fmt(d.by, sizeof(d.by), "agent %u", s->agent.v);
	return gate_dnc_add(f->gate, floor_group(f), &d);
}

/* Who gave the customer away says only now that a call-back was agreed. */
static void promise_late(struct floor *f, const struct seat *s,
			 const struct cdr *r, struct now now)
{
	floor_promise_part(f, &(struct call){
		.of = r->of, .lead = { r->lead }, .agent = s->agent,
		.callback_s = r->callback_s, .callback_agent = s->agent,
		.result = (enum call_result)r->result,
		.outcome = r->outcome }, now);
}

/*
 * The last call's outcome was wrong.  Its record is corrected, with who and
 * when, and the lead goes where the right outcome sends it.
 */
static enum err on_correct(struct floor *f, struct seat *s,
			   struct call *none UNUSED,
			   const struct floor_input *in, struct now now)
{
	const struct dispo_row *row = row_meant(f, in);
	struct call was = { 0 };
	struct lead_step step;
	struct dispo_step ds;
	struct cdr r;
	enum err e;

	if (!row || !f->last_uid[s->slot])
		return ERR_ABSENT;
	e = cdr_get(f->store, f->last_uid[s->slot], &r);
	if (e)
		return e;
	was.callback_s = in->when_s ? in->when_s : r.callback_s;
	str_copy(was.note, sizeof(was.note), r.note);
	if (amount_of(row, in, &was.amount))
		return ERR_ARG;
	if (dispo_missing(row, &was) ||
	    (row->next == DN_AGREED && !was.callback_s))
		return ERR_AGAIN;
	r.outcome = was.outcome = row->code;
	r.callback_s = was.callback_s;
	r.amount = was.amount;
	was.callback_agent = s->agent;
	was.join_ms = r.join_ms;
	was.result = (enum call_result)r.result;
	ds = dispo_apply(f->dispos, &(struct dispo_ask){
		.call = &was, .attempts_left = 1,
		.now_s = now.wall_ms / 1000 });
	r.sale = ds.sale;
	r.corrected_by = s->agent.v;
	r.corrected_ms = now.wall_ms;
	if (r.part) {		/* the lead is its last agent's          */
		e = cdr_put(floor_group(f), &r);
		if (!e && ds.next == DN_AGREED)
			promise_late(f, s, &r, now);
		return e || ds.next != DN_DNC ? e : stop_calling(f, s, &r,
								 now);
	}
	step = (struct lead_step){
		.next = ds.next == DN_DNC ? LEAD_DNC
			: ds.next == DN_DONE ? LEAD_DONE
			: ds.next == DN_AGREED ? LEAD_AGREED : LEAD_LATER,
		.at_s = ds.at_s, .agent = ds.agent, .outcome = row->code,
		.result = was.result, .by = s->agent };
	/* The lead first: if it is in a call again, nothing is corrected. */
	e = lead_amend(f->leads, floor_group(f), (struct lead_id){ r.lead },
		       &step, now);
	if (e)
		return e;
	floor_await_lead(f, (struct lead_id){ r.lead });
	e = cdr_put(floor_group(f), &r);
	return e || ds.next != DN_DNC ? e : stop_calling(f, s, &r, now);
}

static enum err on_transfer(struct floor *f, struct seat *s UNUSED,
			    struct call *c, const struct floor_input *in,
			    struct now now)
{
	return floor_transfer(f, c, in, now);
}

static const struct {
	agent_h *h;
	unsigned needs;
} rows[FLOOR_INPUT_COUNT] = {
	[IN_LOGIN]     = { on_login, MAKES_SEAT },
	[IN_ASSIGN]    = { on_assign, 0 },
	[IN_LOGOUT]    = { on_wish, 0 },
	[IN_READY]     = { on_wish, 0 },
	[IN_NOT_READY] = { on_wish, 0 },
	[IN_BREAK]     = { on_wish, 0 },
	[IN_DIAL]      = { on_dial, 0 },
	[IN_ANSWER]    = { on_answer, NEEDS_CALL },
	[IN_SKIP]      = { on_skip, NEEDS_CALL },
	[IN_RELEASE]   = { on_release, NEEDS_CALL | BY_ASKED },
	[IN_HOLD]      = { on_hold, NEEDS_CALL },
	[IN_MUTE]      = { on_mute, NEEDS_CALL | BY_ASKED },
	[IN_DIGITS]    = { on_digits, NEEDS_CALL },
	[IN_REC_PAUSE] = { on_rec_pause, NEEDS_CALL },
	[IN_OUTCOME]   = { on_outcome, NEEDS_CALL },
	[IN_NOTE]      = { on_note, NEEDS_CALL },
	[IN_CALLBACK]  = { on_callback, NEEDS_CALL },
	[IN_FINISH]    = { on_finish, NEEDS_CALL },
	[IN_WRAP_MORE] = { on_wrap_more, NEEDS_CALL },
	[IN_HAND]      = { on_hand, 0 },
	[IN_CORRECT]   = { on_correct, 0 },
	[IN_FORCE]     = { on_force, 0 },
	[IN_TRANSFER]  = { on_transfer, NEEDS_CALL },
};

bool floor_is_agent_input(enum floor_input_kind k)
{
	return rows[k].h != NULL;
}

enum err floor_agent_input(struct floor *f, const struct floor_input *in,
			   struct now now)
{
	struct seat *s = seat_get(f->seats, (struct agent_id){ in->agent });
	struct call *c = s ? call_get(f->calls, s->call) : NULL;

	if (!s && !(rows[in->kind].needs & MAKES_SEAT))
		return ERR_ABSENT;
	if (!c && (rows[in->kind].needs & NEEDS_CALL))
		return ERR_STATE;
	if (c && c->agent.v != s->agent.v &&
	    (rows[in->kind].needs & (NEEDS_CALL | BY_ASKED)) == NEEDS_CALL)
		return ERR_STATE;	/* it is another's */
	return rows[in->kind].h(f, s, c, in, now);
}
