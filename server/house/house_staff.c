/*
 * house_staff -- who may do what, as the staff's records say now: a change
 * binds sessions that are open, not only the next log-in.
 */
#include "house_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "staff/staff.h"

#include <string.h>

enum err house_user(void *arg, const char *user, struct door_user *out)
{
	struct house *h = arg;
	struct store *store = live_rooms(h->live)->store;
	struct staff st;
	uint64_t number;
	enum err e = staff_get(store, user, &st);

	if (e == ERR_ABSENT && !str_to_u64(user, UINT32_MAX, &number))
		e = staff_by_agent(store, (struct agent_id){
						  (uint32_t)number }, &st);
	if (e)
		return e;
	*out = (struct door_user){
		.role = st.role == STAFF_AGENT ? MSG_ROLE_AGENT
			: st.role == STAFF_SUPERVISOR ? MSG_ROLE_SUPERVISOR
						      : MSG_ROLE_ADMIN,
		.agent = { st.agent }, .locked = st.locked,
		.may_unmask = st.unmask, .read_only = st.read_only };
	str_copy(out->user, sizeof(out->user), st.user);
	str_copy(out->name, sizeof(out->name), st.name);
	str_copy(out->team, sizeof(out->team), st.team);
	str_copy(out->lang, sizeof(out->lang), st.lang);
	str_copy(out->hash, sizeof(out->hash), st.hash);
	return ERR_OK;
}

/* ---- whose calls ------------------------------------------------------------- */

/* On a call nobody is given other campaigns: tried again until it is over. */
static void later(struct house *h, struct agent_id agent)
{
	for (size_t i = 0; i < h->assign_len; i++)
		if (h->assign[i].v == agent.v)
			return;
	if (h->assign_len < ARRAY_LEN(h->assign))
		h->assign[h->assign_len++] = agent;
	else
		log_warn("house", "agent %u: new campaigns at the next log-in",
			 agent.v);
}

void house_assign(struct house *h, struct agent_id agent)
{
	const struct live_rooms *r = live_rooms(h->live);
	struct floor_input in = { .kind = IN_ASSIGN, .agent = agent.v };
	struct campaign_id id;
	struct staff st;
	enum err e;

	if (staff_by_agent(r->store, agent, &st))
		return;
	for (uint32_t i = 0; i < st.campaigns_count; i++)
		if (!floor_campaign_by_name(r->floor, st.campaigns[i].name,
					    &id))
			str_add(in.text, sizeof(in.text), "%u ", id.v);
	/* Nobody said which: every campaign there is. */
	for (size_t i = 0; !st.campaigns_count && i < SEAT_CAMPAIGNS &&
			   floor_campaign_at(r->floor, i, &id); i++)
		str_add(in.text, sizeof(in.text), "%u ", id.v);
	e = live_input(h->live, &in);
	if (e == ERR_STATE)
		later(h, agent);
	else if (e)
		log_err("house", "agent %u: campaigns: %s", agent.v,
			err_text(e));
}

void house_assign_tick(struct house *h)
{
	const struct live_rooms *r = live_rooms(h->live);

	for (size_t i = h->assign_len; i-- > 0;) {
		struct agent_id agent = h->assign[i];
		struct seat *s = seat_get(floor_seats(r->floor), agent);

		if (s && seat_state_on_call(s->state))
			continue;
		h->assign[i] = h->assign[--h->assign_len];
		if (s && s->state != SEAT_OFFLINE)
			house_assign(h, agent);
	}
}

/* ---- changed while logged in --------------------------------------------------- */

void house_changed(void *arg, const struct door_session *s)
{
	struct house *h = arg;
	struct floor_input in = { .kind = IN_LOGIN, .agent = s->agent.v,
				  .value = 1 };
	enum err e;

	if (s->role != MSG_ROLE_AGENT) {
		feed_team(h->feed, s->no, s->team);
		house_meet_came(h, s);
		house_rights(h, s);
		house_watch_team(h, s);
		return;
	}
	str_fmt(in.text, sizeof(in.text), "%s\t%s", s->name, s->team);
	e = live_input(h->live, &in);
	if (e)
		log_warn("house", "agent %u: %s", s->agent.v, err_text(e));
	house_assign(h, s->agent);
}

/* ---- what a supervisor of one team may touch -------------------------------------- */

bool house_may_floor(const struct door_session *s)
{
	return s->role != MSG_ROLE_SUPERVISOR || !*s->team;
}

/* The campaigns his own record names. */
static size_t named(struct house *h, const char *user, struct msg_rights *out)
{
	const struct live_rooms *r = live_rooms(h->live);
	struct campaign_id id;
	struct staff st;

	if (staff_get(r->store, user, &st))
		return 0;
	for (uint32_t i = 0; i < st.campaigns_count &&
			     out->mine_count < ARRAY_LEN(out->mine); i++)
		if (!floor_campaign_by_name(r->floor, st.campaigns[i].name,
					    &id))
			out->mine[out->mine_count++].campaign = id.v;
	return out->mine_count;
}

bool house_may_campaign(struct house *h, const struct door_session *s,
			struct campaign_id id)
{
	struct msg_rights m = { .floor = house_may_floor(s) };
	size_t n = m.floor ? 0 : named(h, s->user, &m);

	for (size_t i = 0; i < n; i++)
		if (m.mine[i].campaign == id.v)
			return true;
	return m.floor;
}

void house_rights(struct house *h, const struct door_session *s)
{
	struct msg_rights m = { .floor = house_may_floor(s) };

	str_copy(m.team, sizeof(m.team), m.floor ? "" : s->team);
	if (!m.floor)
		(void)named(h, s->user, &m);
	if (door_send(h->door, s->no, MSG_RIGHTS, 0, &m))
		log_debug("house", "%s was not told his rights", s->user);
}
