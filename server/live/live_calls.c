/* live_calls -- the floor's doors, and what the trunks and legs tell it. */
#include "live_priv.h"

#include "base/log.h"
#include "base/str.h"

#include <string.h>

enum { TELEPHONE_EVENT_PT = 101, BACKLOG_MAX = 20000 };

struct line *live_line(const struct live *l, struct agent_id agent)
{
	size_t mask = l->line_cap - 1, i = (agent.v * 2654435761u) & mask;

	for (size_t n = 0; n <= mask; n++, i = (i + 1) & mask) {
		if (!l->lines[i].agent.v)
			l->lines[i].agent = agent;
		if (l->lines[i].agent.v == agent.v)
			return &l->lines[i];
	}
	return NULL;
}

static struct line *line_of_leg(const struct live *l, struct leg_id leg)
{
	for (size_t i = 0; i < l->line_cap; i++)
		if (l->lines[i].leg.v == leg.v && leg.v)
			return &l->lines[i];
	return NULL;
}

struct leg_id live_agent_leg(const struct live *l, struct agent_id agent)
{
	struct line *line = live_line(l, agent);

	return line && line->up ? line->leg : (struct leg_id){ 0 };
}

/* A command to media that was refused: said once, nothing else breaks. */
static void must(enum err e, const char *what, const struct call *c)
{
	if (e)
		log_warn("live", "call %u: %s: %s", c->id.v, what,
			 err_text(e));
}

/* ---- doors: what the floor wants done ------------------------------------ */

static enum err do_place(void *arg, const struct call *c,
			 const struct campaign_conf *k,
			 struct gate_pass **pass, struct now now)
{
	struct live *l = arg;
	struct dial_order o = {
		.e164 = c->number, .ring_ms = (uint32_t)k->ring_ms,
		.caller = *k->caller ? k->caller : NULL,
		.trunks = k->trunk_count ? k->trunks : NULL,
		.trunk_count = k->trunk_count };
	struct leg_id leg;
	uint16_t port;
	enum err e = media_leg_new(l->r.media, c->part == PART_GUEST
				   ? MEDIA_OUTSIDE : MEDIA_CUSTOMER, &leg,
				   &port);

	if (e)
		return e;
	str_copy(o.media.addr, sizeof(o.media.addr), l->media_ip);
	o.media.port = port;
	o.media.pt = MEDIA_PCMA;
	o.media.dtmf_pt = TELEPHONE_EVENT_PT;
	o.media.sends = true;
	e = dial_start(l->r.dial, c->id, &o, pass, now);
	if (e) {
		media_leg_free(l->r.media, leg);
		return e;
	}
	l->call_legs[call_slot(c->id)] = leg;
	l->early[call_slot(c->id)] = 0;
	live_leg_put(l, leg, c->id);
	return ERR_OK;
}

static void do_hang_up(void *arg, const struct call *c, uint16_t q850)
{
	struct live *l = arg;
	enum err e = dial_hangup(l->r.dial, c->id, q850);

	if (e && e != ERR_ABSENT)
		log_warn("live", "call %u: hang up: %s", c->id.v,
			 err_text(e));
	live_free_leg(l, c->id);
}

static void do_listen(void *arg, const struct call *c)
{
	struct live *l = arg;

	must(media_listen(l->r.media, live_call_leg(l, c->id), EARS_ANSWERED,
			  NULL), "ears", c);
}

static void do_join(void *arg, const struct call *c)
{
	struct live *l = arg;
	struct leg_id leg = live_call_leg(l, c->id);
	struct leg_id agent = live_agent_leg(l, c->agent);

	must(media_listen(l->r.media, leg, EARS_OFF, NULL), "ears off", c);
	if (c->hold_ms || c->join_ms)
		must(media_hold(l->r.media, leg, false), "take back", c);
	must(media_beep(l->r.media, agent), "beep", c);
	must(media_join(l->r.media, leg, agent), "join", c);
}

static void do_part(void *arg, const struct call *c)
{
	struct live *l = arg;
	struct leg_id leg = live_call_leg(l, c->id);

	if (leg.v)
		must(media_unjoin(l->r.media, leg), "part", c);
}

static void do_hold(void *arg, const struct call *c, bool on)
{
	struct live *l = arg;

	must(media_hold(l->r.media, live_call_leg(l, c->id), on), "hold", c);
}

static void do_mute(void *arg, struct agent_id agent, bool on)
{
	struct live *l = arg;
	enum err e = media_mute(l->r.media, live_agent_leg(l, agent), on);

	if (e)
		log_warn("live", "agent %u: mute: %s", agent.v, err_text(e));
}

static void do_play(void *arg, const struct call *c, const char *prompt)
{
	struct live *l = arg;
	struct leg_id leg = live_call_leg(l, c->id);
	uint32_t id;
	enum err e = media_prompt(l->r.media, prompt, &id);

	must(media_listen(l->r.media, leg, EARS_OFF, NULL), "ears off", c);
	if (!e)
		e = media_play(l->r.media, leg, id, false);
	if (e)		/* the room's time-out ends the call */
		log_err("live", "call %u: prompt %s: %s", c->id.v, prompt,
			err_text(e));
}

static void do_digits(void *arg, const struct call *c, const char *digits)
{
	struct live *l = arg;

	must(media_dtmf(l->r.media, live_call_leg(l, c->id), digits),
	     "tones", c);
}

static void do_record(void *arg, const struct call *c, const char *name)
{
	struct live *l = arg;
	char stem[MEDIA_NAME_MAX];

	str_copy(stem, sizeof(stem), name);
	stem[strcspn(stem, ".")] = '\0';
	must(media_record(l->r.media, live_call_leg(l, c->id), c->id, stem),
	     "record", c);
}

static void do_record_pause(void *arg, const struct call *c, bool on)
{
	struct live *l = arg;

	must(media_record_pause(l->r.media, live_call_leg(l, c->id), on),
	     "pause recording", c);
}

static struct pacer_limits do_room(void *arg, const struct campaign_conf *k,
				   struct now now)
{
	struct live *l = arg;
	struct dial_room room;

	dial_room(l->r.dial, k->trunk_count ? k->trunks : NULL,
		  k->trunk_count, now, &room);
	if (store_backlog(l->r.store) > l->backlog_max || l->stats.draining)
		return (struct pacer_limits){ .leads = PACER_NO_LIMIT };
	return (struct pacer_limits){
		.lines = room.up ? room.channels : 0, .cps = room.starts,
		.leads = PACER_NO_LIMIT };
}

static void do_seat_changed(void *arg, struct agent_id agent)
{
	struct live *l = arg;

	if (l->hooks.seat_changed)
		l->hooks.seat_changed(l->hooks.arg, agent);
}

static void do_call_done(void *arg, const struct call *c,
			 const struct dispo_step *step)
{
	struct live *l = arg;

	if (l->hooks.call_done)
		l->hooks.call_done(l->hooks.arg, c, step);
}

void live_doors(struct live *l, struct floor_doors *out)
{
	l->backlog_max = BACKLOG_MAX;
	*out = (struct floor_doors){
		.arg = l, .place = do_place, .hang_up = do_hang_up,
		.listen = do_listen, .join = do_join, .part = do_part,
		.hold = do_hold, .mute = do_mute, .play = do_play,
		.digits = do_digits, .record = do_record,
		.record_pause = do_record_pause, .room = do_room,
		.seat_changed = do_seat_changed, .call_done = do_call_done };
	live_hand_doors(out);
}

/* ---- what dial tells ------------------------------------------------------ */

void live_tell(struct live *l, struct floor_input *in)
{
	enum err e = live_input(l, in);

	if (e && e != ERR_ABSENT && e != ERR_STATE)
		log_warn("live", "%s: %s",
			 floor_input_word((enum floor_input_kind)in->kind),
			 err_text(e));
}

static void peer(struct live *l, struct leg_id leg,
		 const struct dial_media *m)
{
	enum err e;

	if (!leg.v || !m->port)
		return;
	e = media_leg_peer(l->r.media, leg, m->addr, m->port, m->pt,
			   m->dtmf_pt > 0 ? (uint8_t)m->dtmf_pt : 0);
	if (e)
		log_warn("live", "leg %u: far end %s:%u: %s", leg.v, m->addr,
			 m->port, err_text(e));
}

static void line_event(struct live *l, const struct dial_event *ev)
{
	struct line *line = live_line(l, ev->agent);
	struct floor_input in = { .kind = IN_LINE, .agent = ev->agent.v };

	if (!line)
		return;
	if (ev->kind == DIAL_LINE_MEDIA) {
		peer(l, line->leg, &ev->media);
		return;
	}
	if (line->up) {		/* gone, or replaced: the call notices */
		line->up = false;
		live_tell(l, &in);
	}
	if (line->leg.v)
		media_leg_free(l->r.media, line->leg);
	line->leg.v = 0;
	line->quiet = false;
	if (ev->kind == DIAL_LINE_DOWN) {
		if (line->coming.v)
			media_leg_free(l->r.media, line->coming);
		line->coming.v = 0;
		return;
	}
	line->leg = line->coming;
	line->coming.v = 0;
	line->up = true;
	peer(l, line->leg, &ev->media);
	in.value = 1;
	live_tell(l, &in);
}

/* Early media: what the network plays may say more than its code will. */
static void early(struct live *l, const struct dial_event *ev)
{
	struct leg_id leg = live_call_leg(l, ev->call);
	enum err e;

	if (!leg.v || !ev->media.port)
		return;
	peer(l, leg, &ev->media);
	e = media_listen(l->r.media, leg, EARS_EARLY, NULL);
	if (e)
		log_debug("live", "call %u: early ears: %s", ev->call.v,
			  err_text(e));
}

/*
 * Q.850 first, then the SIP code, then the ears (FACTS 2.1): only where the
 * first two say no more than "not reached" do the ears decide.
 */
static enum call_result early_says(struct live *l, const struct dial_event *ev)
{
	uint8_t heard = l->early[call_slot(ev->call)];

	switch (ev->result) {
	case RES_NO_ANSWER:
	case RES_UNREACHABLE:
	case RES_TECHNICAL:
	case RES_UNKNOWN:
		return heard ? (enum call_result)heard : ev->result;
	default:
		return ev->result;
	}
}

static void call_event(struct live *l, const struct dial_event *ev)
{
	struct floor_input in = { .call = ev->call.v, .trunk = ev->trunk.v,
				  .code = ev->code, .q850 = ev->q850 };

	switch (ev->kind) {
	case DIAL_RINGING:
	case DIAL_PROGRESS:
		in.kind = IN_RINGING;
		str_copy(in.text, sizeof(in.text), ev->caller);
		if (ev->kind == DIAL_PROGRESS)
			early(l, ev);
		break;
	case DIAL_ANSWERED:
		in.kind = IN_ANSWERED;
		peer(l, live_call_leg(l, ev->call), &ev->media);
		str_copy(in.text, sizeof(in.text), ev->caller);
		break;
	case DIAL_LEG_FAILED:
		log_info("call", "%u trunk %u said %u %s (q850 %u): another "
			 "trunk", ev->call.v, ev->trunk.v, ev->code, ev->text,
			 ev->q850);
		return;
	case DIAL_FAILED:
		in.kind = IN_FAILED;
		in.value = early_says(l, ev);
		str_copy(in.text, sizeof(in.text), ev->text);
		in.more_len = (uint16_t)strlen(ev->caller);
		memcpy(in.more, ev->caller, in.more_len);
		live_free_leg(l, ev->call);
		break;
	case DIAL_HANGUP:
		in.kind = IN_HANGUP;
		live_free_leg(l, ev->call);
		break;
	default:
		return;
	}
	live_tell(l, &in);
}

void live_on_dial(const struct dial_event *ev, void *arg)
{
	struct live *l = arg;

	switch (ev->kind) {
	case DIAL_LINE_UP:
	case DIAL_LINE_DOWN:
	case DIAL_LINE_MEDIA:
		line_event(l, ev);
		if (ev->kind != DIAL_LINE_MEDIA)
			live_on_phone(l, ev);
		break;
	case DIAL_LINE_RTT:
		if (l->hooks.seat_changed)
			l->hooks.seat_changed(l->hooks.arg, ev->agent);
		break;
	case DIAL_LINE_TRY:
	case DIAL_LINE_ENDED:
	case DIAL_PHONE:
		live_on_phone(l, ev);
		break;
	case DIAL_MEDIA:
		peer(l, live_call_leg(l, ev->call), &ev->media);
		break;
	case DIAL_TRUNK:
		log_warn("dial", "trunk %u: %s", ev->trunk.v, ev->text);
		if (l->hooks.trunk_changed)
			l->hooks.trunk_changed(l->hooks.arg, ev->trunk,
					       ev->text);
		break;
	default:
		call_event(l, ev);
		break;
	}
}

enum err live_agent_media(struct agent_id agent, struct dial_media *ours,
			  void *arg)
{
	struct live *l = arg;
	struct line *line = live_line(l, agent);
	uint16_t port;
	enum err e;

	if (!line)
		return ERR_FULL;
	if (line->coming.v)
		media_leg_free(l->r.media, line->coming);
	line->coming.v = 0;
	/* Who has no seat is a supervisor who listens. */
	e = media_leg_new(l->r.media, seat_get(floor_seats(l->r.floor), agent)
			  ? MEDIA_AGENT : MEDIA_WATCHER, &line->coming, &port);
	if (e)
		return e;
	str_copy(ours->addr, sizeof(ours->addr), l->media_ip);
	ours->port = port;
	return ERR_OK;
}

/* ---- what media tells ------------------------------------------------------ */

static void heard(struct live *l, const struct media_event *ev,
		  struct floor_input *in)
{
	static const enum call_result results[EARS_VERDICT_COUNT] = {
		[EARS_MACHINE] = RES_MACHINE, [EARS_BEEP] = RES_MACHINE,
		[EARS_BUSY] = RES_BUSY, [EARS_CONGESTION] = RES_CONGESTION,
		[EARS_VACANT] = RES_VACANT, [EARS_SIT] = RES_UNREACHABLE,
		[EARS_FAX] = RES_FAX };
	enum call_result r = results[ev->verdict];
	struct call *c = call_get(floor_calls(l->r.floor),
				  (struct call_id){ in->call });

	if (ev->verdict == EARS_RINGBACK)
		return;
	if (c && !c->answer_ms) {	/* early: kept for the final answer */
		l->early[call_slot(c->id)] = (uint8_t)r;
		return;
	}
	in->value = ev->ms;
	in->kind = r ? IN_MACHINE : IN_PERSON;	/* in doubt, a person */
	in->code = r;
	live_tell(l, in);
}

static void agent_rtp(struct live *l, const struct media_event *ev)
{
	struct line *line = line_of_leg(l, ev->leg);
	struct floor_input in = { .kind = IN_LINE };

	if (!line || line->quiet == (ev->kind == MEDIA_RTP_LOST))
		return;
	line->quiet = ev->kind == MEDIA_RTP_LOST;
	in.agent = line->agent.v;
	in.value = !line->quiet;
	log_warn("media", "agent %u: %s", line->agent.v,
		 line->quiet ? "no sound from the phone" : "phone is back");
	live_tell(l, &in);
}

void live_on_media(const struct media_event *ev, void *arg)
{
	struct live *l = arg;
	struct call_id call = live_leg_call(l, ev->leg);
	struct floor_input in = { .call = ev->call.v ? ev->call.v : call.v };

	switch (ev->kind) {
	case MEDIA_HEARD:
		heard(l, ev, &in);
		break;
	case MEDIA_PLAYED:
		if (!ev->whole)
			return;
		in.kind = IN_PLAYED;
		live_tell(l, &in);
		break;
	case MEDIA_REC_DONE:
		in.kind = IN_RECORDED;
		in.value = ev->ms;
		live_tell(l, &in);
		break;
	case MEDIA_REC_FAULT:
		log_err("media", "call %u: recording %s: %s", ev->call.v,
			ev->path ? ev->path : "", err_text(ev->err));
		break;
	case MEDIA_RTP_LOST:
	case MEDIA_RTP_BACK:
		agent_rtp(l, ev);
		break;
	case MEDIA_DISK_LOW:
	case MEDIA_DISK_OK:
		live_disk(l, &l->spool_full, ev->kind == MEDIA_DISK_LOW,
			  "recordings", ev->bytes);
		break;
	case MEDIA_ENDED:
		live_leg_ended(l, ev);
		break;
	case MEDIA_ONE_WAY:
		live_one_way(l, ev, call);
		break;
	case MEDIA_FIRST_RTP:
	case MEDIA_DIGIT:
	case MEDIA_EVENT_COUNT:
		break;
	}
}
