/*
 * floor_super -- supervisors whom agents can ask about a customer, or give
 * him to.
 *
 * A supervisor has no seat: he is not counted, not paced, wraps nothing up.
 * The floor knows who is there and how he is reached (IN_SUPER), offers him
 * the call, and waits in ask or send until he accepts (IN_MEET, or by picking
 * up the desk phone that rings for it), declines, or time is up.  Until he
 * has the customer, the agent keeps him.
 */
#include "floor_priv.h"

#include "base/log.h"
#include "base/str.h"

#include <string.h>

static struct floor_super *find(struct floor *f, struct agent_id agent)
{
	for (size_t i = 0; agent.v && i < ARRAY_LEN(f->supers); i++)
		if (f->supers[i].agent.v == agent.v)
			return &f->supers[i];
	return NULL;
}

const struct floor_super *floor_super(const struct floor *f,
				      struct agent_id agent)
{
	for (size_t i = 0; agent.v && i < ARRAY_LEN(f->supers); i++)
		if (f->supers[i].agent.v == agent.v)
			return &f->supers[i];
	return NULL;
}

bool floor_super_fits(const struct floor_super *s, const char *team)
{
	return !*s->team || str_eq(s->team, team);
}

static bool may_ask(struct floor *f, const struct floor_super *s,
		    const struct call *c)
{
	const struct seat *a = seat_get(f->seats, c->agent);

	return floor_super_fits(s, a ? a->team : "");
}

static bool reached(unsigned reach)
{
	return reach & SUPER_SCREEN && reach & (SUPER_PHONE | SUPER_RINGS);
}

static struct floor_super *wanted(struct floor *f, const struct call *c)
{
	uint64_t n = 0;

	if (str_to_u64(c->hand.whom, UINT32_MAX, &n))
		return NULL;
	return find(f, (struct agent_id){ (uint32_t)n });
}

enum err floor_super_ready(struct floor *f, const struct call *c)
{
	const struct floor_super *s = wanted(f, c);

	if (!s || !(s->reach & SUPER_SCREEN) || !may_ask(f, s, c))
		return ERR_ABSENT;
	return reached(s->reach) && !call_get(f->calls, s->call) ? ERR_OK
								 : ERR_AGAIN;
}

void floor_super_has(struct floor *f, const struct call *c,
		     struct agent_id agent, struct now now)
{
	struct floor_super *s = find(f, agent);

	if (!s)
		return;
	s->call = c->id;
	s->since = now;
}

bool floor_super_offer(struct floor *f, struct call *c, struct now now)
{
	struct floor_super *s = wanted(f, c);

	if (!s || floor_super_ready(f, c))
		return false;
	c->hand.super = s->agent;
	floor_super_has(f, c, s->agent, now);
	return true;
}

void floor_super_free(struct floor *f, const struct call *c, struct now now)
{
	struct floor_super *s = find(f, c->hand.super);

	if (!s || s->call.v != c->id.v)
		return;
	s->call.v = 0;
	s->since = now;
	f->doors.seat_changed(f->doors.arg, s->agent);
}

static void gone(struct floor *f, struct call *c, enum hand_news why)
{
	c->hand.news = why;
	call_raise(f->calls, c->id, EV_GONE);
}

/* Help has come: a hand that was raised for it goes down. */
static void comes(struct floor *f, struct call *c)
{
	struct seat *s = seat_get(f->seats, c->agent);

	if (s)
		s->hand_up = false;
	c->hand.came = true;
	call_raise(f->calls, c->id, EV_MET);
}

/* What it means for the call he has, or is offered, that he is reached in
 * another way now. */
static void changed(struct floor *f, const struct floor_super *s,
		    struct call *c, unsigned was)
{
	bool lost = was & SUPER_PHONE && !(s->reach & SUPER_PHONE);
	bool up = !(was & SUPER_PHONE) && s->reach & SUPER_PHONE;

	if (!s->reach)
		gone(f, c, NEWS_LEFT);
	else if (c->hand.came && lost)
		gone(f, c, NEWS_PHONE);
	else if (c->hand.came)
		return;			/* his screen may come back */
	else if (!(s->reach & SUPER_SCREEN))
		gone(f, c, NEWS_NO_ANSWER);
	else if (!may_ask(f, s, c))
		gone(f, c, NEWS_REFUSED);
	else if (up)			/* it rang for this */
		comes(f, c);
	else if (!reached(s->reach))
		gone(f, c, NEWS_PHONE);
}

enum err floor_on_super(struct floor *f, const struct floor_input *in,
			struct now now)
{
	struct agent_id agent = { in->agent };
	struct floor_super *s = find(f, agent);
	const char *tab = strchr(in->text, '\t');
	struct call *c;
	unsigned was;

	if (!agent.v)
		return ERR_ARG;
	for (size_t i = 0; !s && in->value && i < ARRAY_LEN(f->supers); i++)
		if (!f->supers[i].agent.v) {
			s = &f->supers[i];
			*s = (struct floor_super){ .agent = agent,
						   .since = now };
		}
	if (!s)
		return in->value ? ERR_FULL : ERR_ABSENT;
	was = s->reach;
	s->reach = (unsigned)in->value;
	str_fmt(s->name, sizeof(s->name), "%.*s",
		tab ? (int)(tab - in->text) : (int)strlen(in->text), in->text);
	str_copy(s->team, sizeof(s->team), tab ? tab + 1 : "");
	c = call_get(f->calls, s->call);
	if (c)
		changed(f, s, c, was);
	if (!s->reach)
		*s = (struct floor_super){ 0 };
	return ERR_OK;
}

enum err floor_on_meet(struct floor *f, const struct floor_input *in)
{
	const struct floor_super *s = find(f, (struct agent_id){ in->agent });
	struct call *c = s ? call_get(f->calls, s->call) : NULL;

	if (!s)
		return ERR_ABSENT;
	if (!c || c->hand.super.v != s->agent.v)
		return ERR_STATE;
	if (in->value && c->hand.came)
		return ERR_STATE;
	if (in->value && !(s->reach & SUPER_PHONE))
		return ERR_AGAIN;	/* he must pick it up first */
	if (in->value)
		comes(f, c);
	else
		gone(f, c, c->hand.came ? NEWS_LEFT : NEWS_REFUSED);
	return ERR_OK;
}
