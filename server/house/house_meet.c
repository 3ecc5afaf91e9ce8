/*
 * house_meet -- supervisors whom agents may ask: who is there and how he is
 * reached, what he is offered, what he answers.  Who asks whom is the
 * floor's (floor_super.c); here it meets sessions, phones and screens.
 */
#include "house_super_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "desk/desk.h"
#include "lead/lead.h"

#include <string.h>

static struct helper *helper_of(struct house *h, uint64_t session)
{
	for (size_t i = 0; i < ARRAY_LEN(h->helpers); i++)
		if (h->helpers[i].session == session)
			return &h->helpers[i];
	return NULL;
}

/* ---- how he is reached ------------------------------------------------------- */

/* SUPER_* of his phone; why: the reason when there is none. */
static unsigned phone_of(struct house *h, struct agent_id agent, bool silent,
			 enum desk_reach *why)
{
	bool line = live_agent_leg(h->live, agent).v;
	char text[80];

	*why = DESK_REACHED;
	switch (desk_phone(live_rooms(h->live), agent, text, sizeof(text))) {
	case MSG_DESK_NONE:
		if (!line || silent)
			*why = line ? DESK_NO_SOUND : DESK_NO_PHONE;
		return line && !silent ? SUPER_PHONE : 0;
	case MSG_DESK_OPEN:
		return SUPER_RINGS | (line ? SUPER_PHONE : 0);
	case MSG_DESK_ABSENT:
		*why = DESK_NO_PHONE;
		return 0;
	default:
		return SUPER_RINGS;
	}
}

/* Of all his programs; the line belongs to the one that has sound. */
static unsigned reach_of(struct house *h, struct agent_id agent,
			 const struct helper **who, enum desk_reach *why)
{
	bool silent = true;
	unsigned reach = 0;

	*who = NULL;
	for (size_t i = 0; i < ARRAY_LEN(h->helpers); i++) {
		const struct helper *u = &h->helpers[i];

		if (!u->session || u->agent.v != agent.v || u->looks)
			continue;
		*who = u;
		silent = silent && u->silent;
		reach |= u->linked ? SUPER_SCREEN : 0;
	}
	return *who ? reach | phone_of(h, agent, silent, why) : 0;
}

void house_meet_tell(struct house *h, struct agent_id agent)
{
	const struct floor_super *s =
		floor_super(live_rooms(h->live)->floor, agent);
	struct floor_input in = { .kind = IN_SUPER, .agent = agent.v };
	const struct helper *u;
	enum desk_reach why;
	enum err e;

	if (!agent.v)
		return;
	in.value = reach_of(h, agent, &u, &why);
	if (u)
		str_fmt(in.text, sizeof(in.text), "%s\t%s", u->name, u->team);
	if (s ? s->reach == (unsigned)in.value && u &&
			str_eq(s->name, u->name) && str_eq(s->team, u->team)
	      : !in.value)
		return;
	e = live_input(h->live, &in);
	if (e)
		log_warn("house", "supervisor %u cannot be asked: %s",
			 agent.v, err_text(e));
}

static void tell_desk(struct house *h)
{
	struct desk_super list[ARRAY_LEN(h->helpers)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(h->helpers); i++) {
		const struct helper *u = &h->helpers[i], *last;
		struct desk_super *d = &list[n];

		if (!u->linked || u->looks)
			continue;
		*d = (struct desk_super){ .agent = u->agent,
					  .reach = DESK_NO_NUMBER };
		/* Once, however many programs he runs. */
		if (u->agent.v)
			(void)reach_of(h, u->agent, &last, &d->reach);
		if (u->agent.v && last != u)
			continue;
		str_copy(d->name, sizeof(d->name), u->name);
		str_copy(d->team, sizeof(d->team), u->team);
		n++;
	}
	desk_supers(h->desk, list, n);
}

/* ---- coming and going --------------------------------------------------------- */

void house_meet_came(struct house *h, const struct door_session *s)
{
	struct helper *u = helper_of(h, s->no);

	/* `waihu` on the local socket is nobody's screen. */
	if (s->role != MSG_ROLE_SUPERVISOR && !s->agent.v)
		return;
	if (s->read_only) {		/* he may touch nothing */
		house_meet_ended(h, s->no);
		return;
	}
	if (!u)
		u = helper_of(h, 0);
	if (!u) {
		log_warn("house", "supervisor %s: no room to be asked",
			 s->user);
		return;
	}
	if (u->session != s->no)
		memset(u, 0, sizeof(*u));
	u->session = s->no;
	u->agent = s->agent;
	u->linked = s->linked;
	memset(&u->shown, 0, sizeof(u->shown));	/* told anew */
	str_copy(u->name, sizeof(u->name), s->name);
	str_copy(u->team, sizeof(u->team), s->team);
	house_meet_tell(h, u->agent);
	tell_desk(h);
}

void house_meet_lost(struct house *h, uint64_t session)
{
	struct helper *u = session ? helper_of(h, session) : NULL;

	if (!u)
		return;
	u->linked = false;
	house_meet_tell(h, u->agent);
	tell_desk(h);
}

void house_meet_ended(struct house *h, uint64_t session)
{
	struct helper *u = session ? helper_of(h, session) : NULL;
	struct agent_id agent;

	if (!u)
		return;
	agent = u->agent;
	memset(u, 0, sizeof(*u));
	house_meet_tell(h, agent);
	tell_desk(h);
}

void house_meet_phone(const struct house_ask *a)
{
	const struct msg_phone_report *m = &a->m->phone_report;
	struct helper *u = helper_of(a->h, a->s->no);

	if (u) {
		u->silent = m->health == MSG_HEALTH_DOWN;
		u->looks = m->health == MSG_HEALTH_UNKNOWN;
		house_meet_tell(a->h, u->agent);
		tell_desk(a->h);
	}
	house_answer(a, ERR_OK);
}

/* ---- what he is offered --------------------------------------------------------- */

static void describe(struct house *h, const struct helper *u,
		     const struct call *c, const struct floor_super *s,
		     struct msg_offer *o)
{
	const struct live_rooms *r = live_rooms(h->live);
	struct seat *a = seat_get(floor_seats(r->floor), c->agent);
	const struct campaign_conf *k = floor_campaign_conf(r->floor,
							    c->campaign);
	struct now now = clock_now(h->clock);
	struct lead l;

	*o = (struct msg_offer){ .call = c->id.v, .agent = c->agent.v,
		.send = c->state == CALL_SEND,
		.rings = !(s->reach & SUPER_PHONE), .hand = a && a->hand_up,
		.since_ms = c->took_ms ? c->took_ms : c->join_ms,
		.until_ms = now.wall_ms + c->due.at_ms - now.mono_ms };
	/* The two clocks are read at slightly different times. */
	if (u->shown.call == o->call && u->shown.send == o->send)
		o->until_ms = u->shown.until_ms;
	if (a)
		str_copy(o->name, sizeof(o->name), a->name);
	if (k)
		str_copy(o->campaign, sizeof(o->campaign), k->name);
	if (!lead_get(r->leads, c->lead, &l))
		str_copy(o->customer, sizeof(o->customer), l.name);
	str_mask_number(o->number, sizeof(o->number), c->number);
	str_copy(o->note, sizeof(o->note), c->note);
}

static void show_offer(struct house *h, struct helper *u,
		       const struct call *c, const struct floor_super *s)
{
	struct msg_offer o;
	bool first = c && u->shown.call != c->id.v;

	memset(&o, 0, sizeof(o));
	if (c)
		describe(h, u, c, s, &o);
	if (!u->linked || u->looks || !memcmp(&o, &u->shown, sizeof(o)))
		return;
	if (first && !(s->reach & SUPER_PHONE))
		house_phone_ring(h, u->agent);
	u->shown = o;
	if (door_send(h->door, u->session, MSG_OFFER, 0, &o))
		log_debug("house", "an offer was not shown");
}

static void follow(struct house *h, struct helper *u)
{
	struct floor *floor = live_rooms(h->live)->floor;
	const struct floor_super *s;
	struct call *c;

	house_meet_tell(h, u->agent);
	s = floor_super(floor, u->agent);
	c = s ? call_get(floor_calls(floor), s->call) : NULL;
	/* Not on the wall, where his own screen shows it. */
	if (c && c->hand.came && !u->looks)
		house_watch_met(h, u, c);
	show_offer(h, u, c && !c->hand.came ? c : NULL, s);
}

void house_meet_seat(struct house *h, struct agent_id agent)
{
	for (size_t i = 0; i < ARRAY_LEN(h->helpers); i++)
		if (h->helpers[i].session && agent.v &&
		    h->helpers[i].agent.v == agent.v)
			h->helpers[i].look = true;
}

/* How phones are is looked at twice a second; while something is offered, or
 * has just changed, at once. */
void house_meet_tick(struct house *h, struct now now)
{
	enum { EVERY_MS = 500 };
	bool all = now.mono_ms - h->met_ms >= EVERY_MS;

	if (all)
		h->met_ms = now.mono_ms;
	for (size_t i = 0; i < ARRAY_LEN(h->helpers); i++) {
		struct helper *u = &h->helpers[i];

		if (!u->session || !(all || u->look || u->shown.call))
			continue;
		u->look = false;
		follow(h, u);
	}
	if (all)
		tell_desk(h);
}

/* ---- his answer ------------------------------------------------------------------- */

void house_meet(const struct house_ask *a)
{
	const struct msg_meet *m = &a->m->meet;
	struct helper *u = helper_of(a->h, a->s->no);
	const struct floor_super *s = floor_super(a->r->floor, a->s->agent);
	struct call *c = s ? call_get(floor_calls(a->r->floor), s->call)
			   : NULL;
	struct floor_input in = { .kind = IN_MEET, .agent = a->s->agent.v,
				  .value = m->take };
	enum err e;

	if (!u || !c || c->id.v != m->call || c->hand.came) {
		door_refuse(a->h->door, a->s->no, a->req, MSG_NO_CALL,
			    house_say(a->h, a->s->no, "this is not offered to "
				      "you any more", "该咨询已经结束"));
		return;
	}
	if (m->take && !(s->reach & SUPER_PHONE)) {
		door_refuse(a->h->door, a->s->no, a->req, MSG_NO_STATE,
			    house_say(a->h, a->s->no, "pick up your telephone: "
				      "it rings", "请先接起您的话机"));
		return;
	}
	if (m->take)		/* he hears nobody else from here on */
		house_watch_gone(a->h, a->s->no);
	house_watch_audit(a->h, a->s->user, m->take ? "accepts" : "declines",
			  c);
	e = live_input(a->h->live, &in);
	follow(a->h, u);
	house_answer(a, e);
}
