#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "door/door_priv.h"

static const char *const note_words[] = {
#define X(name, word) word,
	DOOR_NOTES(X)
#undef X
};

const char *door_note_word(enum door_note n)
{
	return n < DOOR_NOTE_COUNT ? note_words[n] : "?";
}

void door_seat_note(struct door *d, enum door_note n, const char *user,
		    const char *from)
{
	log_info("door", "%s from %s: %s", user, from, door_note_word(n));
	if (d->hooks.note)
		d->hooks.note(d->hooks.arg, n, user, from);
}

struct door_seat *door_seat(const struct door *d, uint64_t no)
{
	uint64_t slot = no & 0xffff;

	if (slot >= d->seats_max || !d->seats[slot].used ||
	    d->seats[slot].pub.no != no)
		return NULL;
	return &d->seats[slot];
}

struct door_seat *door_seat_of(const struct door *d, struct agent_id agent)
{
	uint32_t at = d->agents[agent.v % DOOR_AGENTS];

	if (!agent.v)
		return NULL;
	for (; at; at = d->seats[at - 1].next)
		if (d->seats[at - 1].pub.agent.v == agent.v)
			return &d->seats[at - 1];
	return NULL;
}

struct door_seat *door_seat_new(struct door *d, const struct door_user *u)
{
	struct door_seat *s = NULL;
	uint32_t slot = d->seats_free;

	for (uint32_t i = 0; i < d->seats_max && !s; i++) {
		slot = (d->seats_free + i) % d->seats_max;
		if (!d->seats[slot].used)
			s = &d->seats[slot];
	}
	if (!s)
		return NULL;
	d->seats_free = (slot + 1) % d->seats_max;
	uint16_t generation = (uint16_t)(s->generation + 1);

	memset(s, 0, sizeof(*s));
	s->used = true;
	s->generation = generation ? generation : 1;
	s->pub.no = (uint64_t)s->generation << 16 | slot;
	s->pub.role = u->role;
	s->pub.agent = u->agent;
	s->pub.may_unmask = u->may_unmask;
	s->pub.read_only = u->read_only;
	str_copy(s->pub.user, sizeof(s->pub.user), u->user);
	str_copy(s->pub.name, sizeof(s->pub.name), u->name);
	str_copy(s->pub.team, sizeof(s->pub.team), u->team);
	str_copy(s->pub.lang, sizeof(s->pub.lang), u->lang);
	/* Only an agent's session is one of a kind: only it is looked up. */
	if (u->role == MSG_ROLE_AGENT) {
		uint32_t *head = &d->agents[u->agent.v % DOOR_AGENTS];

		s->next = *head;
		*head = slot + 1;
	}
	return s;
}

static void forget(struct door *d, struct door_seat *s)
{
	uint32_t *at = &d->agents[s->pub.agent.v % DOOR_AGENTS];
	uint32_t self = (uint32_t)(s - d->seats) + 1;

	if (s->pub.role == MSG_ROLE_AGENT) {
		while (*at && *at != self)
			at = &d->seats[*at - 1].next;
		if (*at)
			*at = s->next;
	}
	s->used = false;
}

void door_seat_lost(struct door *d, struct door_seat *s)
{
	if (!s->pub.linked)
		return;
	s->pub.linked = false;
	s->link.v = 0;
	s->lost_ms = d->now.mono_ms;
	door_seat_note(d, DOOR_NOTE_LOST, s->pub.user, s->pub.from);
	if (d->hooks.lost)
		d->hooks.lost(d->hooks.arg, &s->pub);
}

void door_seat_end(struct door *d, struct door_seat *s, enum msg_end why,
		   const char *text)
{
	struct door_session last = s->pub;
	struct door_link *l = s->pub.linked ? door_link(d, s->link) : NULL;

	forget(d, s);
	if (l) {
		l->session = 0;
		door_link_bye(d, l, why, text);
	}
	door_seat_note(d, DOOR_NOTE_ENDED, last.user, last.from);
	if (d->hooks.ended)
		d->hooks.ended(d->hooks.arg, &last, why);
}

void door_seats_check(struct door *d)
{
	for (uint32_t i = 0; i < d->seats_max; i++) {
		struct door_seat *s = &d->seats[i];

		if (s->used && !s->pub.linked &&
		    d->now.mono_ms - s->lost_ms >= d->conf.grace_ms)
			door_seat_end(d, s, MSG_END_SILENT, NULL);
	}
}

/* -- public ------------------------------------------------------------------- */

const struct door_session *door_session(const struct door *d, uint64_t no)
{
	struct door_seat *s = door_seat(d, no);

	return s ? &s->pub : NULL;
}

const struct door_session *door_session_of(const struct door *d,
					   struct agent_id agent)
{
	struct door_seat *s = door_seat_of(d, agent);

	return s ? &s->pub : NULL;
}

void door_each(const struct door *d,
	       bool (*h)(void *arg, const struct door_session *s), void *arg)
{
	for (uint32_t i = 0; i < d->seats_max; i++)
		if (d->seats[i].used && !h(arg, &d->seats[i].pub))
			return;
}

void door_end(struct door *d, uint64_t no, enum msg_end why, const char *text)
{
	struct door_seat *s = door_seat(d, no);

	if (s)
		door_seat_end(d, s, why, text);
}

static void update(struct door *d, struct door_seat *s,
		   const struct door_user *u)
{
	s->pub.may_unmask = u->may_unmask;
	s->pub.read_only = u->read_only;
	str_copy(s->pub.name, sizeof(s->pub.name), u->name);
	str_copy(s->pub.team, sizeof(s->pub.team), u->team);
	str_copy(s->pub.lang, sizeof(s->pub.lang), u->lang);
	if (d->hooks.changed)
		d->hooks.changed(d->hooks.arg, &s->pub);
}

void door_recheck(struct door *d, const char *user, uint64_t but)
{
	struct door_user u;
	enum err e = d->hooks.user(d->hooks.arg, user, &u);

	/* What cannot be read now is no reason to throw anybody out. */
	if (e && e != ERR_ABSENT)
		return;
	for (uint32_t i = 0; i < d->seats_max; i++) {
		struct door_seat *s = &d->seats[i];

		if (!s->used || s->by_uid || !str_eq(s->pub.user, user))
			continue;
		if (e || u.locked) {
			if (s->pub.no != but)
				door_seat_end(d, s, MSG_END_FORCED, "this "
					      "user may not log in any more");
		} else if (u.role != s->pub.role ||
			   u.agent.v != s->pub.agent.v) {
			if (s->pub.no != but)
				door_seat_end(d, s, MSG_END_FORCED, "your "
					      "role has changed: log in again");
		} else {
			update(d, s, &u);
		}
	}
}
