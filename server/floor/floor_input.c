/* floor_input -- one input in, everything that follows from it done. */
#include "floor_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "flow.h"

#include <string.h>

typedef enum err input_h(struct floor *f, struct call *c,
			 const struct floor_input *in, struct now now);

/* ---- time -------------------------------------------------------------- */

/* Where nobody may leave early, who has chosen was only waiting. */
static bool waited_out(struct floor *f, const struct call *c)
{
	const struct campaign *k = floor_campaign(f, c->campaign);
	const struct dispo_row *row = dispo_by_code(f->dispos, c->outcome);

	return k && k->conf.wrap == WRAP_BOXED_FULL && row &&
	       !dispo_missing(row, c);
}

static void seat_time_up(struct floor *f, struct seat *s, struct now now)
{
	struct call *c = call_get(f->calls, s->call);

	switch (s->state) {
	case SEAT_WRAP:
		if (c && c->state == CALL_CLOSE)
			return;		/* finished in time; nearly on disk */
		/* No outcome is invented: "No outcome chosen", NOT READY. */
		if (c)
			call_raise(f->calls, c->id, EV_DISPOSED);
		if (c && waited_out(f, c))
			return;		/* READY when it is on disk */
		break;
	case SEAT_PREVIEW:
		if (c)
			call_raise(f->calls, c->id, EV_GO);
		return;
	default:
		break;
	}
	if (floor_seat(f, s, SE_TIMEOUT, 0, 0, now))
		log_debug("floor", "agent %u: time-out in %s", s->agent.v,
			  seat_state_word(s->state));
}

/*
 * A preview nobody acted on (UX 2.1, a missed call): the agent is not there,
 * so the next customer is not shown to an empty chair.  What the agent asked
 * for before goes first.
 */
static void preview_missed(struct floor *f, struct call *c, struct now now)
{
	struct seat *s = seat_get(f->seats, c->agent);

	c->result = RES_MISSED;
	c->by = BY_SYSTEM;
	if (s && s->call.v == c->id.v && s->pending == SEAT_READY &&
	    floor_seat(f, s, SE_NOT_READY, SR_MISSED, 0, now))
		log_err("floor", "agent %u stays READY", s->agent.v);
}

static enum err on_tick(struct floor *f, struct call *none UNUSED,
			const struct floor_input *in UNUSED, struct now now)
{
	struct call *c;
	struct seat *s;
	unsigned moved;

	while ((c = call_due(f->calls, now))) {
		if (c->state == CALL_RING || c->state == CALL_DIAL)
			c->result = RES_NO_ANSWER;
		else if (c->state == CALL_PREVIEW)
			preview_missed(f, c, now);
		call_raise(f->calls, c->id, EV_TIMEOUT);
		/* One by one: no agent is given a call whose time is up. */
		flow_run(f, f->calls, now);
	}
	while ((s = seat_due(f->seats, now))) {
		seat_time_up(f, s, now);
		flow_run(f, f->calls, now);
	}
	if (now.mono_ms - f->leads_ms >= LEAD_EVERY_MS) {
		f->leads_ms = now.mono_ms;
		if (lead_tick(f->leads, floor_group(f), now, LEAD_BUDGET,
			      &moved))
			log_err("floor", "leads that came due were not moved");
		else if (moved == LEAD_BUDGET)
			f->leads_ms = 0;
		floor_flush(f);
	}
	pace_all(f, now);
	return ERR_OK;
}

/* ---- calls ------------------------------------------------------------- */

static enum err on_durable(struct floor *f, struct call *c,
			   const struct floor_input *in, struct now now UNUSED)
{
	/* The intent's word may come when the call has been ended since. */
	if (in->value != c->state) {
		if (in->code && !c->part)
			lead_undo(f->leads, c->lead);
		return ERR_STATE;
	}
	if (in->code) {
		if (!c->part)
			lead_undo(f->leads, c->lead);
		str_copy(c->why, sizeof(c->why), "the store refused");
		c->written = c->written && c->state != CALL_RESERVE;
	}
	call_raise(f->calls, c->id, in->code ? EV_UNWRITTEN : EV_DURABLE);
	return ERR_OK;
}

static bool in_a_call(const struct floor *f, struct lead_id id)
{
	for (struct call *c = call_each(f->calls, NULL); c;
	     c = call_each(f->calls, c))
		if (c->lead.v == id.v)
			return true;
	return false;
}

/* What moved a lead without a call is not on disk: it is where it was. */
static enum err on_undone(struct floor *f, struct call *none UNUSED,
			  const struct floor_input *in, struct now now)
{
	enum { UNDONE_S = 60 };
	struct lead_id id = { (uint64_t)in->value };
	struct lead l;

	log_err("floor", "lead %lld: what became of it was not written: %s",
		(long long)in->value, err_text((enum err)in->code));
	lead_undo(f->leads, id);
	if (lead_get(f->leads, id, &l) || l.status != LEAD_RESERVED ||
	    in_a_call(f, id))
		return ERR_OK;
	/* Taken for the gate's question only, which is over. */
	return lead_release(f->leads, floor_group(f), id,
			    now.wall_ms / 1000 + UNDONE_S, now);
}

static void trunk_of(struct call *c, const struct floor_input *in)
{
	if (in->trunk)
		c->trunk.v = in->trunk;
	if (*in->text && in->kind != IN_FAILED)
		str_copy(c->caller, sizeof(c->caller), in->text);
	else if (in->more_len)
		str_fmt(c->caller, sizeof(c->caller), "%.*s",
			(int)in->more_len, (const char *)in->more);
}

static enum err on_ringing(struct floor *f, struct call *c,
			   const struct floor_input *in, struct now now)
{
	if (c->state != CALL_DIAL && c->state != CALL_RING)
		return ERR_STATE;
	trunk_of(c, in);
	if (!c->ring_ms)
		c->ring_ms = now.wall_ms;
	call_raise(f->calls, c->id, EV_RINGING);
	return ERR_OK;
}

static enum err on_answered(struct floor *f, struct call *c,
			    const struct floor_input *in, struct now now)
{
	if (c->state != CALL_DIAL && c->state != CALL_RING)
		return ERR_STATE;	/* it crossed our CANCEL */
	trunk_of(c, in);
	c->answer_ms = now.wall_ms;
	c->sip_code = 200;
	call_raise(f->calls, c->id, c->part ? EV_MET : EV_ANSWERED);
	return ERR_OK;
}

static enum err on_failed(struct floor *f, struct call *c,
			  const struct floor_input *in, struct now now UNUSED)
{
	if (c->state >= CALL_WRAP)
		return ERR_STATE;	/* the end of what we ended */
	trunk_of(c, in);
	c->leg = false;
	c->sip_code = (uint16_t)in->code;
	c->q850 = (uint16_t)in->q850;
	if (c->result == RES_NONE)
		c->result = (enum call_result)in->value;
	str_copy(c->why, sizeof(c->why), in->text);
	call_raise(f->calls, c->id, EV_FAILED);
	return ERR_OK;
}

static enum err on_hangup(struct floor *f, struct call *c,
			  const struct floor_input *in, struct now now)
{
	if (c->state >= CALL_WRAP)
		return ERR_STATE;
	c->leg = false;
	c->end_ms = now.wall_ms;
	if (c->by == BY_NOBODY)
		c->by = BY_CUSTOMER;
	c->q850 = (uint16_t)in->q850;
	if (c->state == CALL_WAIT) {
		c->result = RES_ABANDONED;
		/* He is abandoned on record and by the law's count, so he is
		 * for the pacer: else impatience would hide the overspent. */
		pace_call(f, c, PACER_ABANDON, now);
	} else if (c->state == CALL_HEAR) {
		c->result = RES_EARLY_HANGUP;
	}
	call_raise(f->calls, c->id, EV_HANGUP);
	return ERR_OK;
}

static enum err on_person(struct floor *f, struct call *c,
			  const struct floor_input *in, struct now now UNUSED)
{
	struct campaign *k = floor_campaign(f, c->campaign);

	c->amd_ms = (uint32_t)in->value;
	if (k && c->state == CALL_HEAR)
		plan_heard(k, c->amd_ms);
	call_raise(f->calls, c->id, EV_PERSON);
	return ERR_OK;
}

static enum err on_machine(struct floor *f, struct call *c,
			   const struct floor_input *in, struct now now UNUSED)
{
	const struct campaign *k = floor_campaign(f, c->campaign);

	if (c->state != CALL_HEAR)
		return ERR_STATE;
	c->amd_ms = (uint32_t)in->value;
	if (k && k->conf.keep_machines && in->code == RES_MACHINE) {
		call_raise(f->calls, c->id, EV_PERSON);
		return ERR_OK;
	}
	c->result = (enum call_result)in->code;
	call_raise(f->calls, c->id, EV_MACHINE);
	return ERR_OK;
}

static enum err on_played(struct floor *f, struct call *c,
			  const struct floor_input *in UNUSED,
			  struct now now UNUSED)
{
	call_raise(f->calls, c->id, EV_PLAYED);
	return ERR_OK;
}

static enum err on_recorded(struct floor *f UNUSED, struct call *c,
			    const struct floor_input *in UNUSED,
			    struct now now UNUSED)
{
	c->recorded = true;
	return ERR_OK;
}

static enum err on_take_over(struct floor *f, struct call *c,
			     const struct floor_input *in, struct now now)
{
	return floor_take_over(f, c, in, now);
}

/* ---- agents' phones and terminals --------------------------------------- */

static enum err on_line(struct floor *f, struct call *none UNUSED,
			const struct floor_input *in, struct now now)
{
	struct seat *s = seat_get(f->seats, (struct agent_id){ in->agent });
	struct call *c;
	enum seat_state was;

	if (!s)
		return ERR_ABSENT;
	was = s->state;
	seat_phone(f->seats, s, in->value != 0, now);
	if (s->state != was)
		pace_seat(f, s, was, now);
	c = call_get(f->calls, s->call);
	if (c && !in->value)
		floor_hand_lost(f, s, c);
	else if (c && c->agent.v == s->agent.v)
		call_raise(f->calls, c->id, EV_AGENT);
	if (was == SEAT_READY && s->state != SEAT_READY)
		floor_spare_ringing(f, s);
	floor_seat_told(f, s, now);
	return ERR_OK;
}

static enum err on_link(struct floor *f, struct call *none UNUSED,
			const struct floor_input *in, struct now now)
{
	struct seat *s = seat_get(f->seats, (struct agent_id){ in->agent });
	enum seat_state was;

	if (!s)
		return ERR_ABSENT;
	was = s->state;
	seat_link(f->seats, s, in->value != 0, now);
	if (s->state != was)
		pace_seat(f, s, was, now);
	if (was == SEAT_READY && s->state != SEAT_READY)
		floor_spare_ringing(f, s);
	floor_seat_told(f, s, now);
	return ERR_OK;
}

/* ---- supervisors -------------------------------------------------------- */

static enum err on_super(struct floor *f, struct call *none UNUSED,
			 const struct floor_input *in, struct now now)
{
	return floor_on_super(f, in, now);
}

static enum err on_meet(struct floor *f, struct call *none UNUSED,
			const struct floor_input *in, struct now now UNUSED)
{
	return floor_on_meet(f, in);
}

/* ---- campaigns ---------------------------------------------------------- */

/* Calls that ring for nobody any more are taken back. */
static void cancel_ringing(struct floor *f, const struct campaign *k)
{
	for (struct call *c = call_each(f->calls, NULL); c;
	     c = call_each(f->calls, c)) {
		if (c->campaign.v != k->conf.id.v || c->answer_ms ||
		    c->part ||		/* a transfer's is nobody's lead */
		    c->state >= CALL_WRAP)	/* it has its end already */
			continue;
		c->result = RES_CANCELLED;
		c->by = BY_SYSTEM;
		call_raise(f->calls, c->id, EV_RELEASE);
	}
}

/* What a person wanted last holds after a restart too (floor_wanted). */
static void remember(struct floor *f, const struct campaign *k,
		     enum floor_input_kind kind)
{
	const char *word = floor_input_word(kind);
	struct store_key key = { 0 };

	store_key_u32(&key, k->conf.id.v);
	store_put(floor_group(f), STORE_CAMPAIGN, key.b, key.len, word,
		  strlen(word));
}

enum floor_input_kind floor_wanted(const struct floor *f,
				   struct campaign_id id)
{
	static const enum floor_input_kind kinds[] = { IN_START, IN_PAUSE,
						       IN_STOP };
	struct store_key key = { 0 };
	char word[16];
	size_t len;

	store_key_u32(&key, id.v);
	if (store_get(f->store, STORE_CAMPAIGN, key.b, key.len, word,
		      sizeof(word) - 1, &len))
		return IN_TICK;
	word[len] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_eq(word, floor_input_word(kinds[i])))
			return kinds[i];
	return IN_TICK;
}

static enum err on_campaign(struct floor *f, struct call *none UNUSED,
			    const struct floor_input *in, struct now now)
{
	struct campaign *k = floor_campaign(f, (struct campaign_id){
						       in->campaign });

	if (!k)
		return ERR_ABSENT;
	switch (in->kind) {
	case IN_START:
		if (!k->conf.gate.profile)
			return ERR_DENIED;	/* no law, no calls */
		k->running = true;
		k->paused = false;
		lead_campaign_recheck(f->leads, k->conf.id);
		break;
	case IN_PAUSE:
		k->paused = true;
		break;
	default:
		k->running = false;
		cancel_ringing(f, k);
		break;
	}
	k->ask = true;
	remember(f, k, (enum floor_input_kind)in->kind);
	log_info("floor", "campaign %s: %s", k->conf.name,
		 floor_input_word((enum floor_input_kind)in->kind));
	pace_all(f, now);
	return ERR_OK;
}

static enum err on_disk(struct floor *f, struct call *none UNUSED,
			const struct floor_input *in, struct now now UNUSED)
{
	f->disk_full = in->value != 0;
	return ERR_OK;
}

static enum err on_setting(struct floor *f, struct call *none UNUSED,
			   const struct floor_input *in, struct now now)
{
	return floor_on_setting(f, in, now);
}

static enum err on_lists(struct floor *f, struct call *none UNUSED,
			 const struct floor_input *in,
			 struct now now UNUSED)
{
	return floor_on_lists(f, in);
}

static enum err on_sound(struct floor *f, struct call *none UNUSED,
			 const struct floor_input *in,
			 struct now now UNUSED)
{
	return floor_on_sound(f, in);
}

static enum err on_rest(struct floor *f, struct call *none UNUSED,
			const struct floor_input *in,
			struct now now UNUSED)
{
	return floor_on_rest(f, in);
}

static enum err on_save(struct floor *f, struct call *none UNUSED,
			const struct floor_input *in UNUSED, struct now now)
{
	floor_on_save(f, now);
	return ERR_OK;
}

/* ---- the table ---------------------------------------------------------- */

static const struct {
	input_h *h;
	bool call;		/* needs a living call                     */
} rows[FLOOR_INPUT_COUNT] = {
	[IN_TICK]     = { on_tick, false },
	[IN_DURABLE]  = { on_durable, true },
	[IN_RINGING]  = { on_ringing, true },
	[IN_ANSWERED] = { on_answered, true },
	[IN_FAILED]   = { on_failed, true },
	[IN_HANGUP]   = { on_hangup, true },
	[IN_PERSON]   = { on_person, true },
	[IN_MACHINE]  = { on_machine, true },
	[IN_PLAYED]   = { on_played, true },
	[IN_RECORDED] = { on_recorded, true },
	[IN_TAKE_OVER] = { on_take_over, true },
	[IN_LINE]     = { on_line, false },
	[IN_LINK]     = { on_link, false },
	[IN_START]    = { on_campaign, false },
	[IN_STOP]     = { on_campaign, false },
	[IN_PAUSE]    = { on_campaign, false },
	[IN_DISK]     = { on_disk, false },
	[IN_SETTING]  = { on_setting, false },
	[IN_LISTS]    = { on_lists, false },
	[IN_SAVE]     = { on_save, false },
	[IN_UNDONE]   = { on_undone, false },
	[IN_SUPER]    = { on_super, false },
	[IN_MEET]     = { on_meet, false },
	[IN_SOUND]    = { on_sound, false },
	[IN_REST]     = { on_rest, false },
};

void floor_keep(struct floor *f, const struct floor_input *in)
{
	uint8_t buf[4096];
	size_t len;

	if (!f->conf.log_inputs)
		return;
	if (!schema_encode(&floor_input_schema, in, buf, sizeof(buf), &len))
		store_event_sealed(floor_group(f), buf, len);
}

bool floor_at_work(const struct floor *f)
{
	for (size_t i = 0; i < f->campaign_count; i++)
		if (f->campaigns[i].running)
			return true;
	return call_count(f->calls) > 0 || seat_next_due_ms(f->seats) !=
						   INT64_MAX;
}

/* Most ticks change nothing and are not kept: a replay does without them. */
static bool tick_matters(const struct floor *f, struct now now)
{
	if (!floor_at_work(f))	/* an idle floor writes nothing at all */
		return false;
	for (size_t i = 0; i < f->campaign_count; i++)
		if (f->campaigns[i].ask)
			return true;
	return now.mono_ms - f->leads_ms >= LEAD_EVERY_MS ||
	       floor_next_ms(f) <= now.mono_ms;
}

enum err floor_input(struct floor *f, const struct floor_input *in)
{
	struct now now = { in->mono_ms, in->wall_ms };
	enum floor_input_kind kind = (enum floor_input_kind)in->kind;
	struct call *c = NULL;
	enum err e;

	if (kind >= FLOOR_INPUT_COUNT ||
	    (!rows[kind].h && !floor_is_agent_input(kind)))
		return ERR_ARG;
	f->asked = 0;
	if (kind != IN_TICK || tick_matters(f, now))
		floor_keep(f, in);
	if (floor_is_agent_input(kind)) {
		e = floor_agent_input(f, in, now);
	} else {
		if (rows[kind].call) {
			c = call_get(f->calls, (struct call_id){ in->call });
			if (!c) {
				floor_flush(f);
				return ERR_ABSENT;
			}
		}
		e = rows[kind].h(f, c, in, now);
	}
	flow_run(f, f->calls, now);
	if (share_settle(f, now))
		flow_run(f, f->calls, now);
	floor_flush(f);
	return e;
}

int64_t floor_next_ms(const struct floor *f)
{
	int64_t next = MIN(call_next_due_ms(f->calls),
			   seat_next_due_ms(f->seats));

	return MIN(next, f->paced_ms + PACE_EVERY_MS);
}
