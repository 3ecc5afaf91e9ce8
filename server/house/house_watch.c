/*
 * house_watch -- supervisors on agents' calls: listen, whisper, barge in,
 * take over, leave; and those whom an agent has asked (house_meet.c).  Every
 * step is in the audit log.
 */
#include "house_super_priv.h"

#include "base/log.h"
#include "base/str.h"

#include <string.h>

static struct watch *watch_of(struct house *h, uint64_t session)
{
	for (size_t i = 0; i < ARRAY_LEN(h->watches); i++)
		if (h->watches[i].session == session)
			return &h->watches[i];
	return NULL;
}

static uint8_t level_of(struct house *h, struct leg_id leg)
{
	struct media_stats st;

	if (!leg.v || media_stats(live_rooms(h->live)->media, leg, &st) ||
	    st.level_dbov <= -60)
		return 0;
	return (uint8_t)((st.level_dbov + 60) / 6);	/* -60..0 dBov */
}

/* He is a party of one call, which the floor knows, not at an agent's. */
static bool is_party(enum msg_monitor_mode mode)
{
	return mode == MSG_MONITOR_TAKEOVER || mode == MSG_MONITOR_CONSULT ||
	       mode == MSG_MONITOR_ASIDE || mode == MSG_MONITOR_CONF;
}

/* What he is to this call: LEAVE, nothing. */
static enum msg_monitor_mode part_in(const struct call *c, struct agent_id by)
{
	if (!c || c->hand.super.v != by.v || !c->hand.came)
		return MSG_MONITOR_LEAVE;
	switch (c->state) {
	case CALL_CONSULT:	return MSG_MONITOR_CONSULT;
	case CALL_ASIDE:	return MSG_MONITOR_ASIDE;
	case CALL_CONF:		return MSG_MONITOR_CONF;
	case CALL_OUTSIDE:	return MSG_MONITOR_TAKEOVER;
	default:		return MSG_MONITOR_LEAVE;
	}
}

/* The call he hears: the agent's, or the one he has taken. */
static struct call *call_of(struct house *h, const struct watch *w)
{
	struct floor *floor = live_rooms(h->live)->floor;

	return is_party(w->mode)
		? call_get(floor_calls(floor), w->call)
		: floor_call_of(floor, w->on);
}

/* Who is spoken to may know by whom: of several supervisors, by the one whom
 * the customer hears too. */
static void show_coach(struct house *h, struct agent_id on)
{
	const struct watch *most = NULL;
	const struct door_session *by;

	for (size_t i = 0; i < ARRAY_LEN(h->watches); i++) {
		const struct watch *w = &h->watches[i];

		if (w->session && w->on.v == on.v &&
		    (w->mode == MSG_MONITOR_BARGE ||
		     (w->mode == MSG_MONITOR_WHISPER && !most)))
			most = w;
	}
	by = most ? door_session(h->door, most->session) : NULL;
	desk_coach(h->desk, on, most ? most->mode : MSG_MONITOR_LEAVE,
		   by ? by->name : most ? most->who : "");
}

static void show_watch(struct house *h, const struct watch *w,
		       const char *text)
{
	const struct live_rooms *r = live_rooms(h->live);
	struct seat *s = seat_get(floor_seats(r->floor), w->on);
	struct call *c = call_of(h, w);
	bool mine = w->mode == MSG_MONITOR_TAKEOVER;
	struct msg_monitoring m = {
		.agent = w->on.v, .mode = (uint8_t)w->mode,
		.since_ms = w->since_ms, .call = c ? c->id.v : 0,
		.agent_level = level_of(h, live_agent_leg(h->live,
							  mine ? w->by : w->on)),
		.customer_level = c ? level_of(h, live_call_leg(h->live,
								c->id)) : 0 };

	show_coach(h, w->on);
	str_copy(m.name, sizeof(m.name), s ? s->name : "");
	str_copy(m.text, sizeof(m.text), text);
	enum err e = door_send(h->door, w->session, MSG_MONITORING, 0, &m);

	if (e && e != ERR_ABSENT)
		log_warn("house", "monitoring: %s", err_text(e));
}

void house_watch_audit(struct house *h, const char *who, const char *what,
		       const struct call *c)
{
	char text[200];

	str_fmt(text, sizeof(text), "%s: agent %u, call %llu", what,
		c->agent.v, (unsigned long long)c->uid);
	house_audit(h, who, text);
}

static void audit_watch(struct house *h, const struct watch *w,
			const char *what)
{
	struct call *c = call_of(h, w);
	char text[200];

	str_fmt(text, sizeof(text), "%s: agent %u", what, w->on.v);
	if (c)
		house_watch_audit(h, w->who, what, c);
	else
		house_audit(h, w->who, text);
}

/* An agent who asked has his customer back; one he was given, or took over,
 * is not left to nobody: the call ends. */
static void give_up_call(struct house *h, const struct watch *w)
{
	struct floor_input in = { .kind = IN_MEET, .agent = w->by.v };
	enum err e;

	if (part_in(call_of(h, w), w->by) == MSG_MONITOR_LEAVE)
		return;
	e = live_input(h->live, &in);
	if (e && e != ERR_ABSENT && e != ERR_STATE)
		log_warn("house", "supervisor %u was not parted from his "
			 "call: %s", w->by.v, err_text(e));
}

static void watch_end(struct house *h, struct watch *w, const char *text)
{
	struct leg_id leg = live_agent_leg(h->live, w->by);

	audit_watch(h, w, "leave");
	if (is_party(w->mode))
		give_up_call(h, w);
	if (leg.v && media_unjoin(live_rooms(h->live)->media, leg))
		log_warn("house", "supervisor %u's leg was not parted",
			 w->by.v);
	w->mode = MSG_MONITOR_LEAVE;
	show_watch(h, w, text);
	memset(w, 0, sizeof(*w));
}

void house_watch_gone(struct house *h, uint64_t session)
{
	struct watch *w = session ? watch_of(h, session) : NULL;

	if (w)
		watch_end(h, w, "");
}

void house_watch_lost(struct house *h, uint64_t session)
{
	struct watch *w = session ? watch_of(h, session) : NULL;

	if (w && !is_party(w->mode))
		watch_end(h, w, "");
}

static const enum media_watch_mode media_modes[MSG_MONITOR_COUNT] = {
	[MSG_MONITOR_LISTEN] = MEDIA_LISTEN,
	[MSG_MONITOR_WHISPER] = MEDIA_WHISPER,
	[MSG_MONITOR_BARGE] = MEDIA_BARGE };

/* Both legs as they are now; false: one of them is not there. */
static bool attach(struct house *h, struct watch *w)
{
	struct leg_id by = live_agent_leg(h->live, w->by);
	struct leg_id on = live_agent_leg(h->live, w->on);

	if (!by.v || !on.v)
		return false;
	w->by_leg = by;
	w->on_leg = on;
	if (media_watch(live_rooms(h->live)->media, by, on,
			media_modes[w->mode]))
		log_warn("house", "supervisor %u lost agent %u", w->by.v,
			 w->on.v);
	return true;
}

/*
 * An agent who is asked about another's call joins him there, and is back
 * alone afterwards: who listens to him comes along.
 */
void house_watch_again(struct house *h, struct agent_id agent)
{
	for (size_t i = 0; i < ARRAY_LEN(h->watches); i++) {
		struct watch *w = &h->watches[i];

		if (w->session && w->on.v == agent.v && !is_party(w->mode))
			attach(h, w);
	}
}

void house_watch_team(struct house *h, const struct door_session *s)
{
	struct watch *w = watch_of(h, s->no);
	struct seat *on = w ? seat_get(floor_seats(live_rooms(h->live)->floor),
				       w->on) : NULL;

	if (w && *s->team && w->mode != MSG_MONITOR_TAKEOVER &&
	    (!on || !str_eq(on->team, s->team)))
		watch_end(h, w, house_say(h, s->no, "this agent is not in "
					  "your team", "该坐席不在您的班组"));
}

/* Why it cannot go on, NULL if it can. */
static const char *over(struct house *h, const struct watch *w)
{
	struct call *c = call_of(h, w);

	if (!live_agent_leg(h->live, w->by).v)
		return house_say(h, w->session, "your own phone has gone",
				 "您的话机已断开");
	if (is_party(w->mode)) {
		if (part_in(c, w->by) != MSG_MONITOR_LEAVE)
			return NULL;
		return c && c->state < CALL_OUTSIDE
			? house_say(h, w->session, "the agent goes on alone",
			      "坐席已收回客户")
			: house_say(h, w->session, "the customer has hung up",
			      "客户已挂断");
	}
	return live_agent_leg(h->live, w->on).v ? NULL
		: house_say(h, w->session, "the agent's phone has gone",
		      "坐席的话机已断开");
}

/* The agent swaps, joins all three, gives him the customer. */
static void stage(struct house *h, struct watch *w, const struct call *c)
{
	enum msg_monitor_mode mode = part_in(c, w->by);

	if (mode == w->mode)
		return;
	w->mode = mode;
	audit_watch(h, w, mode == MSG_MONITOR_TAKEOVER ? "has the customer"
		    : msg_word(MSG_WORDS_MONITOR, mode));
	show_watch(h, w, "");
}

void house_watch_met(struct house *h, const struct helper *u,
		     const struct call *c)
{
	const struct door_session *s = door_session(h->door, u->session);
	struct agent_id on;
	struct watch *w;

	/* His line is on this call now: what it heard before is over. */
	for (size_t i = 0; i < ARRAY_LEN(h->watches); i++) {
		w = &h->watches[i];
		if (!w->session || w->by.v != u->agent.v)
			continue;
		if (is_party(w->mode))
			return;			/* follows it already */
		audit_watch(h, w, "leave");
		on = w->on;
		memset(w, 0, sizeof(*w));
		show_coach(h, on);
	}
	w = watch_of(h, 0);
	if (!w || !s) {
		log_warn("house", "supervisor %u: no screen follows his call",
			 u->agent.v);
		return;
	}
	*w = (struct watch){ .session = u->session, .by = u->agent,
		.on = c->agent, .call = c->id, .mode = MSG_MONITOR_LEAVE,
		.since_ms = clock_now(h->clock).wall_ms };
	str_copy(w->who, sizeof(w->who), s->user);
	stage(h, w, c);
}

/*
 * A line that was replaced is another leg: he is put on it.  One that is
 * lost may come back, as for the customer (agents.phone_return); only who
 * has a customer of his own is not kept waiting.
 */
static const char *follow(struct house *h, struct watch *w, struct now now)
{
	const char *why = over(h, w);
	int64_t wait_ms = conf_int(h->conf, "agents", NULL, "phone_return");

	if (is_party(w->mode)) {
		if (!why)
			stage(h, w, call_of(h, w));
		return why;
	}
	if (why) {
		w->lost_ms = w->lost_ms ? w->lost_ms : now.mono_ms;
		return now.mono_ms - w->lost_ms >= wait_ms ? why : NULL;
	}
	w->lost_ms = 0;
	if (live_agent_leg(h->live, w->by).v != w->by_leg.v ||
	    live_agent_leg(h->live, w->on).v != w->on_leg.v)
		attach(h, w);
	return NULL;
}

void house_watch_tick(struct house *h, struct now now)
{
	enum { EVERY_MS = 500 };
	bool show = now.mono_ms / EVERY_MS != (now.mono_ms - 50) / EVERY_MS;

	for (size_t i = 0; i < ARRAY_LEN(h->watches); i++) {
		struct watch *w = &h->watches[i];
		const char *why = w->session ? follow(h, w, now) : NULL;

		if (!w->session)
			continue;
		if (why)
			watch_end(h, w, why);
		else if (show)
			show_watch(h, w, w->lost_ms ? over(h, w) : "");
	}
}

static void refuse(const struct house_ask *a, enum msg_refusal code,
		   const char *text)
{
	door_refuse(a->h->door, a->s->no, a->req, code, text);
}

/* The supervisor is heard by both first, then the agent is parted. */
static enum err take_over(const struct house_ask *a, struct agent_id on,
			  struct leg_id by, struct leg_id leg,
			  struct call_id *call)
{
	struct call *c = floor_call_of(a->r->floor, on);
	struct floor_input in = { .kind = IN_TAKE_OVER,
				  .value = a->s->agent.v };
	enum err e;

	if (!c || !live_call_leg(a->h->live, c->id).v)
		return ERR_STATE;
	house_meet_tell(a->h, a->s->agent);
	in.call = c->id.v;
	*call = c->id;
	str_copy(in.text, sizeof(in.text), a->s->name);
	e = media_watch(a->r->media, by, leg, MEDIA_BARGE);
	return e ? e : live_input(a->h->live, &in);
}

/* He was asked, and takes the customer himself. */
static enum err takes(const struct house_ask *a, const struct watch *w)
{
	struct floor_input in = { .kind = IN_TAKE_OVER, .call = w->call.v,
				  .value = w->by.v };

	str_copy(in.text, sizeof(in.text), a->s->name);
	return live_input(a->h->live, &in);
}

static enum err begin(const struct house_ask *a, struct watch *w,
		      struct leg_id by, struct leg_id on)
{
	const struct msg_monitor *m = &a->m->monitor;
	struct agent_id agent = { m->agent };
	struct call_id call = { 0 };
	struct agent_id on_before = w->on;
	bool same = w->session && w->on.v == agent.v;
	enum msg_monitor_mode was = w->mode;
	enum err e;

	if (m->mode == MSG_MONITOR_TAKEOVER) {
		w->mode = MSG_MONITOR_TAKEOVER;	/* not watched any more */
		e = take_over(a, agent, by, on, &call);
		w->mode = e ? was : w->mode;
		/* As it was: he is not left on the call unasked. */
		if (e && (same ? media_watch(a->r->media, by, on, media_modes[was])
			       : media_unjoin(a->r->media, by)))
			log_warn("house", "supervisor %u's leg is left as it "
				 "is", a->s->agent.v);
	} else {
		e = media_watch(a->r->media, by, on, media_modes[m->mode]);
	}
	if (e)
		return e;
	*w = (struct watch){ .session = a->s->no, .by = a->s->agent,
		.on = agent, .mode = m->mode, .call = call,
		.by_leg = by, .on_leg = on,
		.since_ms = clock_now(a->h->clock).wall_ms };
	str_copy(w->who, sizeof(w->who), a->s->user);
	show_coach(a->h, on_before);
	audit_watch(a->h, w, msg_word(MSG_WORDS_MONITOR, m->mode));
	show_watch(a->h, w, "");
	return ERR_OK;
}

void house_monitor(const struct house_ask *a)
{
	const struct msg_monitor *m = &a->m->monitor;
	struct house *h = a->h;
	struct watch *w = watch_of(h, a->s->no);
	struct leg_id by = live_agent_leg(h->live, a->s->agent);
	struct leg_id on = live_agent_leg(h->live,
					  (struct agent_id){ m->agent });

	if (m->mode == MSG_MONITOR_LEAVE) {
		if (w)
			watch_end(h, w, "");
		house_answer(a, w ? ERR_OK : ERR_STATE);
		return;
	}
	if (m->mode < MSG_MONITOR_LISTEN || m->mode > MSG_MONITOR_TAKEOVER) {
		refuse(a, MSG_NO_ABLE, NULL);
		return;
	}
	if (w && is_party(w->mode) && w->mode != MSG_MONITOR_TAKEOVER &&
	    m->mode == MSG_MONITOR_TAKEOVER) {
		house_answer(a, takes(a, w));
		return;
	}
	if (w && is_party(w->mode)) {
		refuse(a, MSG_NO_STATE,
		       house_say(h, a->s->no, "you are in a call: leave first",
			   "您正在通话中：请先离开"));
		return;
	}
	if (!by.v) {
		refuse(a, MSG_NO_STATE,
		       house_say(h, a->s->no, "your own phone is not connected",
			   "您自己的话机没有接通"));
		return;
	}
	if (!house_seat_for(a, m->agent) || !on.v) {
		house_answer(a, ERR_ABSENT);
		return;
	}
	if (!w)
		w = watch_of(h, 0);
	house_answer(a, w ? begin(a, w, by, on) : ERR_FULL);
}

/* ---- notes on a recording ---------------------------------------------------- */

void house_rec_note(const struct house_ask *a)
{
	const struct msg_rec_note *m = &a->m->rec_note;
	struct now now = clock_now(a->h->clock);
	struct watch *w = watch_of(a->h, a->s->no);
	struct call *c = w ? call_of(a->h, w) : NULL;
	struct store_key k = { 0 };
	struct store_group *g;
	char text[400];
	enum err e;

	if (!w || w->on.v != m->agent || !c || !c->join_ms || !*m->text) {
		house_answer(a, *m->text ? ERR_STATE : ERR_ARG);
		return;
	}
	store_key_u64(&k, c->uid);
	store_key_u64(&k, (uint64_t)MAX(now.wall_ms - c->join_ms, 0));
	str_fmt(text, sizeof(text), "%s\t%s", a->s->name, m->text);
	g = store_begin(a->r->store);
	store_put(g, STORE_RECORDING, k.b, k.len, text, strlen(text));
	e = store_commit(g, NULL, NULL);
	if (e)
		store_abort(g);
	else
		audit_watch(a->h, w, "note on the recording");
	house_answer(a, e);
}
