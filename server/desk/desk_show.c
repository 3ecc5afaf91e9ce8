/* desk_show -- what an agent's screen is told. */
#include "desk_priv.h"

#include "base/str.h"
#include "report/cdr.h"
#include "staff/staff.h"

#include <string.h>

static int64_t wall_of(struct desk *d, int64_t mono_ms)
{
	struct now now = clock_now(d->r->clock);

	return now.wall_ms - (now.mono_ms - mono_ms);
}

bool desk_offered(const struct seat *s, const struct call *c)
{
	return s->state == SEAT_RESERVED && c && c->state == CALL_WAIT &&
	       c->agent.v == s->agent.v;
}

enum msg_state desk_state(const struct seat *s, const struct call *c)
{
	static const enum msg_state states[] = {
		[SEAT_OFFLINE]   = MSG_STATE_OFFLINE,
		[SEAT_NOT_READY] = MSG_STATE_NOT_READY,
		[SEAT_BREAK]     = MSG_STATE_BREAK,
		[SEAT_READY]     = MSG_STATE_READY,
		[SEAT_RESERVED]  = MSG_STATE_RESERVED,
		[SEAT_PREVIEW]   = MSG_STATE_PREVIEW,
		[SEAT_DIAL]      = MSG_STATE_DIAL,
		[SEAT_TALK]      = MSG_STATE_TALK,
		[SEAT_HOLD]      = MSG_STATE_HOLD,
		[SEAT_CONSULT]   = MSG_STATE_CONSULT,
		[SEAT_CONF]      = MSG_STATE_CONF,
		[SEAT_WRAP]      = MSG_STATE_WRAP };

	if ((s->state == SEAT_DIAL && c && c->ring_ms) || desk_offered(s, c))
		return MSG_STATE_RING;
	return states[s->state];
}

static uint8_t reason_of(unsigned reason)
{
	static const enum msg_reason map[] = {
		[SR_NONE] = MSG_REASON_NONE, [SR_LOGIN] = MSG_REASON_LOGIN,
		[SR_MISSED] = MSG_REASON_MISSED,
		[SR_WRAP_TIMEOUT] = MSG_REASON_WRAP_TIMEOUT,
		[SR_PHONE_LOST] = MSG_REASON_PHONE_LOST,
		[SR_LINK_LOST] = MSG_REASON_LINK_LOST,
		[SR_FORCED] = MSG_REASON_FORCED,
		[SR_ASKED] = MSG_REASON_CHOSEN };

	return (uint8_t)(reason < ARRAY_LEN(map) ? map[reason]
						 : MSG_REASON_NONE);
}

static uint8_t want_of(enum seat_state pending)
{
	switch (pending) {
	case SEAT_NOT_READY:	return MSG_WANT_NOT_READY;
	case SEAT_BREAK:	return MSG_WANT_BREAK;
	case SEAT_OFFLINE:	return MSG_WANT_LOGOUT;
	default:		return MSG_WANT_NONE;
	}
}

static uint8_t break_code(unsigned reason)
{
	return (uint8_t)(reason >= SR_BREAK_FIRST
			 ? reason - SR_BREAK_FIRST + 1 : 0);
}

bool desk_is_zh(struct desk *d, const struct seat *s)
{
	struct staff st;

	/* As its screen says, else as its account does. */
	if (d->lang[s->slot])
		return d->lang[s->slot] == 'z';
	return !staff_by_agent(d->r->store, s->agent, &st) &&
	       !strncmp(st.lang, "zh", 2);
}

static const char *break_label(struct desk *d, unsigned reason, bool zh)
{
	const char *name = reason < SR_BREAK_FIRST ? NULL
		: conf_instance(d->r->conf, "breaks",
				reason - SR_BREAK_FIRST);
	const char *text = name && zh
		? conf_text(d->r->conf, "breaks", name, "label_zh") : NULL;

	if (name && !text)
		text = conf_text(d->r->conf, "breaks", name, "label");
	return text ? text : "";
}

const struct campaign_conf *desk_campaign(struct desk *d,
					  const struct seat *s)
{
	static const struct campaign_id none = { 0 };
	const struct call *c = call_get(floor_calls(d->r->floor), s->call);
	struct campaign_id id = c ? c->campaign : seat_campaign(s);
	struct campaign_view v;

	if (id.v == none.v ||
	    floor_campaign_view(d->r->floor, id, clock_now(d->r->clock), &v))
		return NULL;
	return v.conf;
}

const char *desk_campaign_label(struct desk *d,
				const struct campaign_conf *k, bool zh)
{
	const char *label = zh ? conf_text(d->r->conf, "campaigns", k->name,
					   "label_zh") : NULL;

	if (!label)
		label = conf_text(d->r->conf, "campaigns", k->name, "label");
	return label ? label : k->name;
}

static void show_campaign(struct desk *d, const struct campaign_conf *k,
			  bool zh, struct msg_seat *m)
{
	static const uint8_t wraps[] = {
		[WRAP_OPTIONAL] = MSG_WRAP_OPTIONAL,
		[WRAP_MANDATORY] = MSG_WRAP_FREE,
		[WRAP_BOXED] = MSG_WRAP_TIMED,
		[WRAP_BOXED_FULL] = MSG_WRAP_TIMED_ALL };

	m->campaign = k->id.v;
	str_copy(m->campaign_name, sizeof(m->campaign_name),
		 desk_campaign_label(d, k, zh));
	m->mode = (uint8_t)(k->mode + MSG_MODE_PREVIEW);
	m->wrap_mode = wraps[k->wrap];
	m->ready_count = (uint16_t)seat_ready_count(floor_seats(d->r->floor),
						    k->id);
	m->more_ms = (uint32_t)k->wrap_more_ms;
}

static void show_call(struct desk *d, const struct seat *s,
		      const struct call *c, struct msg_seat *m)
{
	static const uint8_t enders[] = {
		[BY_NOBODY] = MSG_ENDED_NOT, [BY_CUSTOMER] = MSG_ENDED_CUSTOMER,
		[BY_AGENT] = MSG_ENDED_AGENT, [BY_SYSTEM] = MSG_ENDED_SERVER };
	int64_t now_ms = clock_now(d->r->clock).wall_ms;
	int64_t end = c->end_ms ? c->end_ms : now_ms;
	const struct campaign_conf *k = desk_campaign(d, s);

	m->call = c->id.v;
	if (c->join_ms)
		m->talk_ms = (uint32_t)MAX(end - (c->took_ms ? c->took_ms
						 : c->join_ms), 0);
	m->hold_ms = (uint32_t)(c->hold_ms + (c->hold_since_ms
				? now_ms - c->hold_since_ms : 0));
	/* Given away is how it ended for him, whatever came after. */
	m->ended_by = c->gave_ms ? MSG_ENDED_TRANSFER : enders[c->by];
	if (c->gave_ms)			/* his part of it */
		end = c->gave_ms;
	if (c->part)
		m->ended_by = MSG_ENDED_TRANSFER;
	m->on_hold = c->hold_since_ms != 0;
	/* Before it is answered: what will be. */
	m->rec = !c->recorded ? !c->answer_ms && k && k->record ? MSG_REC_ON
							       : MSG_REC_OFF
		 : c->end_ms ? MSG_REC_SAVED
		 : c->muted_rec ? MSG_REC_PAUSED : MSG_REC_ON;
	m->outcome = c->outcome;
	m->amount = c->amount;
	m->callback_ms = c->callback_s * 1000;
	/* Where there is no limit there is no more of it. */
	if (k && s->state == SEAT_WRAP && k->wrap_more_ms > 0 &&
	    (k->wrap == WRAP_BOXED || k->wrap == WRAP_BOXED_FULL))
		m->more_left = (uint8_t)MIN(
			(k->wrap_more_max_ms - s->extended_ms) /
				k->wrap_more_ms, 255);
}

void desk_show_seat(struct desk *d, const struct seat *s)
{
	struct now now = clock_now(d->r->clock);
	const struct call *c = call_get(floor_calls(d->r->floor), s->call);
	const struct campaign_conf *k = desk_campaign(d, s);
	int64_t left = seat_left_ms(s, now);
	struct dial_phone phone;
	struct msg_seat m = {
		.wall_ms = now.wall_ms, .state = (uint8_t)desk_state(s, c),
		.since_ms = wall_of(d, s->since.mono_ms),
		.reason = reason_of(s->reason),
		.break_code = break_code(s->reason),
		.pending = want_of(s->pending),
		.pending_break = break_code(s->pending_reason),
		.line = s->phone_up ? MSG_HEALTH_OK : MSG_HEALTH_DOWN,
		.phone = s->phone_up ? MSG_HEALTH_OK : MSG_HEALTH_UNKNOWN,
		.muted = s->muted, .hand = s->hand_up };

	m.desk = (uint8_t)desk_phone(d->r, s->agent, m.desk_text,
				     sizeof(m.desk_text));
	if (m.desk && !s->phone_up)
		m.phone = MSG_HEALTH_DOWN;
	m.coach = d->coach[s->slot].mode;
	str_copy(m.coach_name, sizeof(m.coach_name), d->coach[s->slot].name);
	dial_phone(d->r->dial, s->agent, &phone);
	m.phone_rtt_ms = phone.rtt_ms;
	str_copy(m.break_label, sizeof(m.break_label),
		 break_label(d, s->reason, desk_is_zh(d, s)));
	if (left >= 0) {
		m.left_ms = (uint32_t)left;
		m.limit_ms = (uint32_t)(left + now.mono_ms -
					s->since.mono_ms);
	}
	if (k)
		show_campaign(d, k, desk_is_zh(d, s), &m);
	if (k && s->state == SEAT_HOLD && k->hold_alert_ms) {
		int64_t held = now.mono_ms - s->since.mono_ms;

		m.limit_ms = (uint32_t)k->hold_alert_ms;
		m.left_ms = (uint32_t)MAX(k->hold_alert_ms - held, 0);
	}
	if (s->state == SEAT_READY && s->today.waits >= 3)
		m.wait_ms = (uint32_t)(s->today.wait_ms / s->today.waits);
	m.answer_by_hand = desk_offered(s, c);
	if (c)
		show_call(d, s, c, &m);
	if (c)
		desk_show_hand(d, s, c, &m);
	d->send(d->arg, s->agent, MSG_SEAT, 0, &m);
}

/* ---- what it may come to, breaks, the day ----------------------------------- */

static void add_outcome(struct msg_outcome_row *m, const struct dispo_row *r,
			bool zh)
{
	m->code = r->code;
	m->digit = r->digit;
	str_copy(m->label, sizeof(m->label), zh ? r->label_zh : r->label_en);
	m->needs_time = r->needs & NEEDS_TIME;
	m->needs_note = (r->needs & NEEDS_NOTE) != 0;
	m->needs_amount = (r->needs & NEEDS_AMOUNT) != 0;
	m->asks_twice = r->next == DN_DNC;
	m->sale = r->kind == DK_SALE;
}

void desk_show_outcomes(struct desk *d, const struct seat *s)
{
	static const struct { const char *en, *zh; } skips[] = {
		{ "Already customer", "已是客户" },
		{ "Already called today", "今天已联系" },
		{ "Wrong time of day", "时间不合适" },
		{ "Bad record", "资料有误" },
		{ "Other", "其他" },
	};
	struct msg_outcomes m = { .campaign = seat_campaign(s).v };
	bool zh = desk_is_zh(d, s);

	for (const struct dispo_row *r = dispo_each(d->r->dispos, NULL); r;
	     r = dispo_each(d->r->dispos, r))
		if (dispo_is_agents(r) && m.rows_count < ARRAY_LEN(m.rows))
			add_outcome(&m.rows[m.rows_count++], r, zh);
	for (size_t i = 0; i < ARRAY_LEN(skips); i++) {
		struct msg_outcome_row *row = &m.skips[m.skips_count++];

		row->code = (uint16_t)(i + 1);
		row->digit = (uint8_t)(i + 1);
		str_copy(row->label, sizeof(row->label),
			 zh ? skips[i].zh : skips[i].en);
	}
	d->send(d->arg, s->agent, MSG_OUTCOMES, 0, &m);
}

/* Breaks that are over; the running one the screen counts by itself. */
static uint32_t break_min(const struct seat *s, size_t row)
{
	return (uint32_t)(s->today.break_ms[row] / 60000);
}

void desk_show_breaks(struct desk *d, const struct seat *s)
{
	struct msg_breaks m = { 0 };
	bool zh = desk_is_zh(d, s);
	const char *name;

	for (size_t i = 0; i < ARRAY_LEN(m.rows) &&
			   (name = conf_instance(d->r->conf, "breaks", i));
	     i++) {
		struct msg_break_row *row = &m.rows[m.rows_count++];

		row->code = (uint8_t)(i + 1);
		str_copy(row->label, sizeof(row->label),
			 break_label(d, SR_BREAK_FIRST + (unsigned)i, zh));
		row->used_min = (uint16_t)break_min(s, i);
		row->allowed_min = (uint16_t)(conf_int(d->r->conf, "breaks",
						       name, "budget") /
					      60000);
		row->tell = conf_bool(d->r->conf, "breaks", name, "tell");
	}
	d->send(d->arg, s->agent, MSG_BREAKS, 0, &m);
}

static bool next_promise(void *arg, const struct lead *l)
{
	struct msg_today *m = arg;

	m->callback_ms = l->next_at_s * 1000;
	str_copy(m->callback_name, sizeof(m->callback_name), l->name);
	return false;
}

void desk_show_today(struct desk *d, const struct seat *s)
{
	struct now now = clock_now(d->r->clock);
	struct msg_today m = { .calls = s->today.calls,
			       .sales = s->today.sales };
	const char *name;

	m.talk_s = (uint32_t)((seat_today_ms(s, SEAT_TALK, now) +
			       seat_today_ms(s, SEAT_HOLD, now) +
			       seat_today_ms(s, SEAT_CONSULT, now) +
			       seat_today_ms(s, SEAT_CONF, now)) / 1000);
	if (s->today.calls)
		m.wrap_avg_s = (uint32_t)(seat_today_ms(s, SEAT_WRAP, now) /
					  s->today.calls / 1000);
	for (size_t i = 0; i < SEAT_BREAKS &&
			   (name = conf_instance(d->r->conf, "breaks", i));
	     i++) {
		uint32_t allowed = (uint32_t)(conf_int(d->r->conf, "breaks",
						       name, "budget") /
					      60000);

		if (!allowed)
			continue;	/* not counted */
		m.break_min = (uint16_t)(m.break_min + break_min(s, i));
		m.break_allowed_min = (uint16_t)(m.break_allowed_min +
						 allowed);
	}
	if (lead_callbacks(d->r->leads, s->agent, 1, next_promise, &m))
		m.callback_ms = 0;
	d->send(d->arg, s->agent, MSG_TODAY, 0, &m);
}

void desk_show_last(struct desk *d, const struct seat *s)
{
	uint64_t uid = floor_last_uid(d->r->floor, s->agent);
	struct msg_last_call m = { 0 };
	const struct dispo_row *row;
	struct lead l;
	struct cdr r;

	if (!uid || cdr_get(d->r->store, uid, &r))
		return;
	row = dispo_by_code(d->r->dispos, r.outcome);
	m.call = 1;		/* the last one: still to be corrected */
	m.at_ms = r.end_ms;
	/* "No outcome chosen" has a row and a result, but is no choice. */
	m.outcome = row && row->result ? 0 : r.outcome;
	m.digit = row ? row->digit : 0;
	str_copy(m.label, sizeof(m.label),
		 desk_outcome_label(d, r.outcome, desk_is_zh(d, s)));
	str_mask_number(m.number, sizeof(m.number), r.number);
	if (!lead_get(d->r->leads, (struct lead_id){ r.lead }, &l))
		str_copy(m.name, sizeof(m.name), l.name);
	m.talk_s = (uint32_t)(cdr_talk_ms(&r) / 1000);
	d->send(d->arg, s->agent, MSG_LAST_CALL, 0, &m);
}

/* ---- how the dialling goes ---------------------------------------------------- */

void desk_show_progress(struct desk *d, const struct seat *s,
			const struct call *c)
{
	const struct campaign_conf *k = desk_campaign(d, s);
	struct msg_call_progress m = {
		.call = c->id.v,
		.give_up_ms = k ? (uint32_t)k->ring_ms : 0 };
	const struct { int64_t at_ms; enum msg_step step; } steps[] = {
		{ c->invite_ms, MSG_STEP_DIALLED },
		{ c->ring_ms, MSG_STEP_RINGING },
		{ c->answer_ms, MSG_STEP_ANSWERED },
	};

	str_mask_number(m.number, sizeof(m.number), c->number);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		struct msg_step_row *row = &m.steps[m.steps_count];

		if (!steps[i].at_ms)
			continue;
		m.steps_count++;
		row->at_ms = steps[i].at_ms;
		row->step = (uint8_t)steps[i].step;
	}
	d->send(d->arg, s->agent, MSG_CALL_PROGRESS, 0, &m);
}
