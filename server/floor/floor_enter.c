/* floor_enter -- what is done when a call enters a room (server/flow.c). */
#include "floor/enter.h"

#include "base/log.h"
#include "base/str.h"
#include "floor_priv.h"
#include "report/cdr.h"

#include <string.h>

static struct campaign *campaign_of(struct floor *f, const struct call *c)
{
	return floor_campaign(f, c->campaign);
}

static struct gate_attempt attempt_of(struct floor *f, const struct call *c)
{
	const struct campaign *k = campaign_of(f, c);

	return (struct gate_attempt){
		.attempt = c->uid, .person = c->person, .lead = c->lead,
		.campaign = c->campaign,
		.purpose = k ? k->conf.gate.purpose : PURPOSE_MARKETING,
		.e164 = c->number, .wall_s = c->start_ms / 1000 };
}

/* The open record: what a crash would leave behind (floor_recover). */
void floor_write_intent(struct floor *f, const struct call *c)
{
	const struct campaign *k = campaign_of(f, c);
	struct store_key key = { 0 };
	uint8_t buf[4096];
	struct cdr r;
	size_t len;

	cdr_from_call(c, k ? k->conf.name : "", &r);
	if (schema_encode(&cdr_schema, &r, buf, sizeof(buf), &len))
		return;		/* our own texts: cannot be malformed */
	store_key_u64(&key, c->uid);
	store_put_sealed(floor_group(f), STORE_INTENT, key.b, key.len, buf,
			 len);
}

/*
 * The store may have refused to reserve what the agent has read since.  At
 * the end only READY says so: any other state is the end, written before.
 */
static enum err keep_reserved(struct floor *f, struct call *c, bool ended,
			      struct now now)
{
	struct lead l;
	enum err e = lead_get(f->leads, c->lead, &l);

	if (e || l.status == LEAD_RESERVED ||
	    (ended && l.status != LEAD_READY))
		return e;
	e = lead_take(f->leads, floor_group(f), c->lead, now, &l);
	floor_flush(f);
	return e;
}

void reserve_enter(struct floor *f, struct call *c, struct now now)
{
	struct gate_attempt a = attempt_of(f, c);

	pace_call(f, c, PACER_DIAL, now);
	share_making(f, c, true);
	if ((c->mode == MODE_PREVIEW && keep_reserved(f, c, false, now)) ||
	    gate_note_intent(f->gate, floor_group(f), &a)) {
		call_raise(f->calls, c->id, EV_UNWRITTEN);
		return;
	}
	c->written = true;
	floor_write_intent(f, c);
	floor_await(f, c);
	floor_flush(f);
}

/* How many agents could take this call: the gate's "no agent, no call". */
static uint32_t agents_for(struct floor *f, const struct campaign *k,
			   const struct call *c)
{
	if (c->agent.v) {
		struct seat *s = seat_get(f->seats, c->agent);

		return s && s->phone_up && s->link_up ? 1 : 0;
	}
	if (c->mode == MODE_PROGRESSIVE)
		return (uint32_t)seat_ready_count(f->seats, c->campaign);
	/* Predictive: the pacer has granted it; somebody must be at work. */
	return pacer_people(k->pacer);
}

/* An outside number for a customer who is on the line: no solicitation. */
static struct gate_ask guest_ask(struct floor *f, const struct campaign *k,
				 const struct call *g, struct now now)
{
	const struct call *host = call_get(f->calls, g->host);

	return (struct gate_ask){
		.errand = host && host->hand.to == HAND_COLLEAGUE
			? ERRAND_COLLEAGUE : ERRAND_OUTSIDE,
		.attempt = g->uid, .e164 = g->number,
		.caller = *k->conf.caller ? k->conf.caller : NULL,
		.campaign = &k->conf.gate, .agents_free = 1, .now = now };
}

void check_enter(struct floor *f, struct call *c, struct now now)
{
	struct campaign *k = campaign_of(f, c);
	struct gate_verdict v;
	struct gate_ask ask;
	struct lead lead;
	uint8_t buf[512];
	struct store_key key = { 0 };
	size_t len;
	enum err e = !k ? ERR_ABSENT : c->part ? ERR_OK
		   : lead_get(f->leads, c->lead, &lead);

	if (!e && c->part) {
		ask = guest_ask(f, k, c, now);
		e = gate_ask(f->gate, &ask, &v, &c->pass);
	} else if (!e) {
		gate_ask_of(f, k, &lead, c->uid, agents_for(f, k, c), now,
			    &ask);
		ask.e164 = c->number;
		e = gate_ask(f->gate, &ask, &v, &c->pass);
	}
	if (e == ERR_OK || e == ERR_DENIED) {
		store_key_u64(&key, c->uid);
		if (!schema_encode(&gate_verdict_schema, &v, buf, sizeof(buf),
				   &len))
			store_put(floor_group(f), STORE_PASS, key.b, key.len,
				  buf, len);
	}
	if (e == ERR_DENIED) {
		gate_verdict_print(&v, c->why, sizeof(c->why));
		if (!c->part)
			k->blocked[MIN(v.blocked, GATE_RULE_COUNT - 1u)]++;
	} else if (e) {
		str_copy(c->why, sizeof(c->why), err_text(e));
	}
	if (e)
		c->result = RES_DENIED;
	call_raise(f->calls, c->id, e ? EV_DENIED : EV_PASSED);
}

void dial_enter(struct floor *f, struct call *c, struct now now)
{
	struct campaign *k = campaign_of(f, c);
	struct seat *s = c->agent.v ? seat_get(f->seats, c->agent) : NULL;
	struct gate_attempt a = attempt_of(f, c);
	enum err e = floor_place(f, c, k, now);

	share_making(f, c, false);
	c->pass = gate_pass_free(c->pass);
	if (e) {
		c->result = e == ERR_DENIED ? RES_DENIED : RES_CONGESTION;
		str_copy(c->why, sizeof(c->why), e == ERR_AGAIN
			 ? "no trunk has room" : err_text(e));
		call_raise(f->calls, c->id, EV_FAILED);
		return;
	}
	c->leg = true;
	c->invite_ms = now.wall_ms;
	if (c->part) {		/* no lead's: the pacer has no part in it */
		f->doors.seat_changed(f->doors.arg, c->agent);
		return;
	}
	k->ringing++;
	if (s && floor_seat(f, s, SE_DIAL, 0, 0, now))
		log_debug("floor", "agent %u was not in preview", s->agent.v);
	if (gate_note_attempt(f->gate, floor_group(f), &a))
		log_err("floor", "call %u: the attempt was not noted",
			c->id.v);
}

void ring_enter(struct floor *f, struct call *c, struct now now)
{
	const struct campaign *k = campaign_of(f, c);

	/* dial gives up first; this is only for a trunk that never ends. */
	call_enter(f->calls, c, CALL_RING, k->conf.ring_ms + 10000, now);
	if (c->agent.v)
		f->doors.seat_changed(f->doors.arg, c->agent);
}

void hear_enter(struct floor *f, struct call *c, struct now now)
{
	struct campaign *k = campaign_of(f, c);

	k->ringing -= k->ringing > 0;
	pace_call(f, c, PACER_ANSWER, now);
	chance_learn(f, k, c, true);
	/* An agent who waits for this one call hears for himself. */
	if (!k->conf.amd || c->mode == MODE_PREVIEW) {
		call_raise(f->calls, c->id, EV_PERSON);
		return;
	}
	f->doors.listen(f->doors.arg, c);
}

void wait_enter(struct floor *f, struct call *c, struct now now)
{
	struct campaign *k = campaign_of(f, c);
	struct seat *s;
	int64_t limit;

	c->person_ms = now.wall_ms;
	if (k->conf.amd && c->mode != MODE_PREVIEW)
		pace_call(f, c, PACER_LIVE, now);
	/* The ears' time is the law's time too, where it counts from the
	 * answer (profile: connect from=). */
	limit = k->conf.connect_ms;
	if (c->answer_ms && !c->join_ms &&
	    !gate_profile_connect_greeting(k->conf.gate.profile))
		limit -= now.wall_ms - c->answer_ms;
	call_enter(f->calls, c, CALL_WAIT, MAX(limit, 1), now);
	s = c->agent.v ? seat_get(f->seats, c->agent)
		       : seat_pick(f->seats, c->campaign);
	if (s && (c->agent.v || share_allows(f, s, c->id)) &&
	    give_call(f, c, s, now))
		return;
	if (s && c->agent.v && floor_seat(f, s, SE_FREED, 0, 0, now))
		log_err("floor", "agent %u stays in %s", s->agent.v,
			seat_state_word(s->state));
	c->agent.v = 0;
	wait_push(f, k, c->id);
}

/* A folder a day, so that no folder grows without end. */
static void name_recording(struct call *c, struct now now)
{
	int y, m, d;

	zone_date(now.wall_ms / 86400000, &y, &m, &d);
	str_fmt(c->recording, sizeof(c->recording), "%04d-%02d-%02d/%llu.wav",
		y, m, d, (unsigned long long)c->uid);
}

void talk_enter(struct floor *f, struct call *c, struct now now)
{
	struct campaign *k = campaign_of(f, c);
	struct seat *s = seat_get(f->seats, c->agent);

	bool lost = c->lost;

	c->lost = false;
	if (c->hold_since_ms) {		/* taken back, or its time is up */
		c->hold_ms += now.wall_ms - c->hold_since_ms;
		c->hold_since_ms = 0;
		f->doors.hold(f->doors.arg, c, false);
		if (lost) {		/* a new line: the old one is gone */
			f->doors.join(f->doors.arg, c);
			if (s && s->muted)
				f->doors.mute(f->doors.arg, s->agent, true);
		}
		if (s && s->state == SEAT_HOLD &&
		    floor_seat(f, s, SE_RETRIEVE, 0, 0, now))
			log_debug("floor", "agent %u kept on hold",
				  s->agent.v);
		return;
	}
	f->doors.join(f->doors.arg, c);
	c->join_ms = now.wall_ms;
	c->result = RES_ANSWERED;
	k->talking++;
	if (k->conf.record) {
		name_recording(c, now);
		c->recorded = true;
		f->doors.record(f->doors.arg, c, c->recording);
	}
	floor_write_intent(f, c);
	f->doors.seat_changed(f->doors.arg, c->agent);
}

void hold_enter(struct floor *f, struct call *c, struct now now)
{
	struct seat *s = seat_get(f->seats, c->agent);

	c->hold_since_ms = now.wall_ms;
	f->doors.hold(f->doors.arg, c, true);
	if (s && floor_seat(f, s, SE_HOLD, 0, 0, now))
		log_debug("floor", "agent %u not on hold", s->agent.v);
}

void orphan_enter(struct floor *f, struct call *c, struct now now)
{
	floor_hand_drop(f, c, now);
	call_enter(f->calls, c, CALL_ORPHAN,
		   f->conf.orphan_ms ? f->conf.orphan_ms : -1, now);
	f->doors.hold(f->doors.arg, c, true);
	c->lost = true;
	if (!c->hold_since_ms)
		c->hold_since_ms = now.wall_ms;
	f->doors.seat_changed(f->doors.arg, c->agent);
}

void message_enter(struct floor *f, struct call *c, struct now now)
{
	struct campaign *k = campaign_of(f, c);

	c->result = RES_ABANDONED;
	floor_unoffer(f, c, SR_MISSED, now);
	pace_call(f, c, PACER_ABANDON, now);
	f->doors.play(f->doors.arg, c, k->conf.message);
}

/* The customer's leg goes, whoever ended it. */
void floor_end_leg(struct floor *f, struct call *c, struct now now)
{
	if (c->leg)
		f->doors.hang_up(f->doors.arg, c, 16);	/* Q.850 normal */
	c->leg = false;
	if (!c->end_ms && c->answer_ms)
		c->end_ms = now.wall_ms;
	if (c->hold_since_ms)
		c->hold_ms += now.wall_ms - c->hold_since_ms;
	c->hold_since_ms = 0;
}

void floor_wraps(struct floor *f, struct call *c, struct seat *s,
		 struct now now)
{
	const struct campaign *k = campaign_of(f, c);
	const struct dispo_row *row = dispo_by_code(f->dispos, c->outcome);
	bool boxed = k->conf.wrap == WRAP_BOXED ||
		     k->conf.wrap == WRAP_BOXED_FULL;

	if (s && floor_seat(f, s, SE_OVER, 0, boxed ? k->conf.wrap_ms : 0,
			    now))
		log_debug("floor", "agent %u was not on a call", s->agent.v);
	/* Chosen while talking, and the campaign asks for no more. */
	if ((k->conf.wrap == WRAP_OPTIONAL &&
	     (!row || !dispo_missing(row, c))) ||
	    (k->conf.wrap_skip && row && !dispo_missing(row, c)))
		call_raise(f->calls, c->id, EV_DISPOSED);
}

void wrap_enter(struct floor *f, struct call *c, struct now now)
{
	struct campaign *k = campaign_of(f, c);

	if (c->by == BY_NOBODY)
		c->by = BY_SYSTEM;
	floor_hand_drop(f, c, now);
	floor_end_leg(f, c, now);
	f->doors.part(f->doors.arg, c);
	k->talking -= k->talking > 0;
	call_enter(f->calls, c, CALL_WRAP,
		   k->conf.wrap == WRAP_MANDATORY ? 86400000 : -1, now);
	floor_write_intent(f, c);
	floor_wraps(f, c, seat_get(f->seats, c->agent), now);
}

static enum gate_mark mark_of(const struct call *c,
			      const struct dispo_step *step)
{
	if (!c->invite_ms)
		return MARK_VOID;
	if (c->join_ms)
		return step->row->kind == DK_REFUSAL ? MARK_REFUSED
						     : MARK_TALKED;
	switch (c->result) {
	case RES_MACHINE:
	case RES_FAX:		return MARK_MACHINE;
	case RES_ABANDONED:	return MARK_ABANDONED;
	case RES_REJECTED:
	case RES_UNWANTED:	return MARK_REFUSED;
	default:		return c->answer_ms ? MARK_ANSWERED
						    : MARK_DIALLED;
	}
}

void floor_drop_incomplete(struct floor *f, struct call *c)
{
	const struct dispo_row *row = dispo_by_code(f->dispos, c->outcome);

	if (row && dispo_missing(row, c))
		c->outcome = 0;
}

static struct dispo_step step_of(struct floor *f, const struct call *c,
				 struct now now)
{
	const struct campaign *k = campaign_of(f, c);
	uint32_t max = k && k->conf.gate.tries_max ? k->conf.gate.tries_max
						   : UINT32_MAX;

	return dispo_apply(f->dispos, &(struct dispo_ask){
		.call = c, .now_s = now.wall_ms / 1000,
		.attempts_left = max - MIN(c->attempt, max) });
}

static void finish_lead(struct floor *f, struct call *c,
			const struct dispo_step *step, struct now now)
{
	static const enum lead_status next[] = {
		[DN_DONE] = LEAD_DONE, [DN_RETRY] = LEAD_LATER,
		[DN_AGREED] = LEAD_AGREED, [DN_DNC] = LEAD_DNC,
		[DN_BACK] = LEAD_READY };
	struct lead_step ls = {
		.next = next[step->next], .at_s = step->at_s,
		.agent = step->agent, .dialled = c->invite_ms != 0,
		.result = c->result, .outcome = c->outcome,
		.by = c->join_ms ? c->agent : (struct agent_id){ 0 },
		.note = *c->note ? c->note : NULL,
		.number = c->callback_number, .about = c->callback_note };
	struct gate_dnc d = { .at_s = now.wall_ms / 1000 };
	enum err e = keep_reserved(f, c, true, now);

	if (!e && step->next == DN_BACK)
		e = lead_release(f->leads, floor_group(f), c->lead, 0, now);
	else if (!e)
		e = lead_finish(f->leads, floor_group(f), c->lead, &ls, now);
	if (e)
		log_warn("floor", "call %u: lead %llu not moved on: %s",
			 c->id.v, (unsigned long long)c->lead.v, err_text(e));
	if (step->next != DN_DNC)
		return;
	str_copy(d.e164, sizeof(d.e164), c->number);
	str_copy(d.source, sizeof(d.source),
		 c->join_ms ? "customer" : "607");
	str_fmt(d.by, sizeof(d.by), "agent %u", c->agent.v);
	e = gate_dnc_add(f->gate, floor_group(f), &d);
	if (e)
		log_err("floor", "call %u: not on the do-not-call list: %s",
			c->id.v, err_text(e));
}

/* A part of a transferred call: its lead is the whole call's. */
static void finish_part(struct floor *f, struct call *c,
			const struct dispo_step *step, struct now now)
{
	struct gate_dnc d = { .at_s = now.wall_ms / 1000,
			      .source = "customer" };

	if (c->part != PART_AGENT)
		return;
	if (step->next == DN_AGREED)
		floor_promise_part(f, c, now);
	if (step->next != DN_DNC)
		return;
	str_copy(d.e164, sizeof(d.e164), c->number);
	str_fmt(d.by, sizeof(d.by), "agent %u", c->agent.v);
	if (gate_dnc_add(f->gate, floor_group(f), &d))
		log_err("floor", "call %u: not on the do-not-call list",
			c->id.v);
}

/* Everything that must be remembered of the call, in one group. */
static void write_end(struct floor *f, struct call *c, struct now now)
{
	struct campaign *k = campaign_of(f, c);
	struct gate_attempt a = attempt_of(f, c);
	struct store_key key = { 0 };
	struct dispo_step step;
	struct cdr r;

	floor_drop_incomplete(f, c);
	step = step_of(f, c, now);
	if (c->part != PART_GUEST)	/* of an outside number nobody said */
		c->outcome = step.row->code;
	cdr_from_call(c, k ? k->conf.name : "", &r);
	r.sale = step.sale;
	if (cdr_put(floor_group(f), &r))
		log_err("floor", "call %u: its record is malformed", c->id.v);
	if (c->part) {
		finish_part(f, c, &step, now);
	} else {
		floor_promise_whole(c, &step);
		finish_lead(f, c, &step, now);
	}
	if (c->written) {
		if (!c->part && gate_note_outcome(f->gate, floor_group(f), &a,
				      mark_of(c, &step)))
			log_err("floor", "call %u: outcome not noted",
				c->id.v);
		store_key_u64(&key, c->uid);
		store_del(floor_group(f), STORE_INTENT, key.b, key.len);
	}
	floor_await(f, c);
	floor_flush(f);
}

/*
 * Tells the pacer how the line ended, if it has not been told.  After an
 * answer the ears may say what the trunk could have said before it: a busy
 * tone, a vacant number.  For the pacer those are machines.
 */
static void pace_end(struct floor *f, const struct call *c, struct now now)
{
	enum pacer_event_kind kind = PACER_FAILED;

	if (c->join_ms || c->result == RES_ABANDONED || c->part)
		return;		/* told when it happened, or no line of its */
	if (c->answer_ms)
		kind = c->result == RES_EARLY_HANGUP ? PACER_HANGUP
						     : PACER_MACHINE;
	else if (c->result == RES_BUSY)
		kind = PACER_BUSY;
	else if (c->result == RES_NO_ANSWER)
		kind = PACER_NOANSWER;
	pace_call(f, c, kind, now);
	/* A full trunk or our own cancel says nothing of the lead. */
	if (!c->answer_ms && (c->result == RES_BUSY ||
			      c->result == RES_NO_ANSWER ||
			      c->result == RES_REJECTED))
		chance_learn(f, floor_campaign(f, c->campaign), c, false);
}

void close_enter(struct floor *f, struct call *c, struct now now)
{
	struct campaign *k = campaign_of(f, c);
	struct seat *s = c->agent.v ? seat_get(f->seats, c->agent) : NULL;

	share_making(f, c, false);
	if (c->invite_ms && !c->answer_ms && !c->part)
		k->ringing -= k->ringing > 0;
	if (c->leg && c->result == RES_NONE)
		c->result = c->answer_ms ? RES_EARLY_HANGUP : RES_CANCELLED;
	if (c->result == RES_NONE)
		c->result = c->mode == MODE_PREVIEW && !c->invite_ms
				? RES_SKIPPED : RES_UNKNOWN;
	floor_end_leg(f, c, now);
	c->done_ms = now.wall_ms;
	c->pass = gate_pass_free(c->pass);
	/* Written or not: it was dialled when it was reserved (if it was). */
	pace_end(f, c, now);
	write_end(f, c, now);
	if (s && s->call.v == c->id.v && s->state != SEAT_WRAP &&
	    floor_seat(f, s, SE_FREED, 0, 0, now))
		log_debug("floor", "agent %u was free already", s->agent.v);
	if (c->part == PART_GUEST)
		floor_guest_over(f, c);
}

void close_again(struct floor *f, struct call *c, struct now now)
{
	log_warn("floor", "call %u: its record is not on disk yet; writing "
		 "it again", c->id.v);
	write_end(f, c, now);
}

void done_enter(struct floor *f, struct call *c, struct now now)
{
	struct dispo_step step = step_of(f, c, now);
	struct seat *s = c->agent.v ? seat_get(f->seats, c->agent) : NULL;

	if (s && c->join_ms) {
		f->last_uid[s->slot] = c->uid;
		s->today.calls++;
		s->today.sales += step.sale;
	}
	f->doors.call_done(f->doors.arg, c, &step);
	log_info("call", "%llu %s %s %s sip=%u q850=%u %lld ms",
		 (unsigned long long)c->uid, dial_mode_word(c->mode),
		 call_result_word(c->result), step.row->label_en,
		 c->sip_code, c->q850,
		 (long long)(c->join_ms ? c->end_ms - c->join_ms : 0));
	/* Saved and on disk: only now is the agent free for the next one. */
	if (s && s->call.v == c->id.v && s->state == SEAT_WRAP &&
	    floor_seat(f, s, SE_FINISH, 0, 0, now))
		log_debug("floor", "agent %u had gone on", s->agent.v);
	call_end(f->calls, c);
}
