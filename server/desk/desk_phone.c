/* desk_phone -- how a telephone on the desk is, in words an agent acts on; and
 * who speaks to the agent on it besides the customer. */
#include "desk_priv.h"

#include "base/str.h"
#include "staff/staff.h"

enum msg_desk desk_phone(const struct live_rooms *r, struct agent_id agent,
			 char *text, size_t size)
{
	char account[STAFF_SIP_USER_SIZE];
	struct dial_phone p;
	struct staff st;

	*text = '\0';
	if (staff_by_agent(r->store, agent, &st) ||
	    staff_phone(&st) == STAFF_PHONE_OWN)
		return MSG_DESK_NONE;
	dial_phone(r->dial, agent, &p);
	if (p.up)
		return MSG_DESK_OPEN;
	if (staff_phone(&st) == STAFF_PHONE_REGISTERED && !*p.uri) {
		staff_sip_user(agent.v, account);
		str_copy(text, size, account);
		return MSG_DESK_ABSENT;
	}
	if (p.calling)
		return MSG_DESK_CALLED;
	if (p.code)
		str_fmt(text, size, "%u %s", p.code, p.text);
	else
		str_copy(text, size, p.text);
	return MSG_DESK_FAILED;
}

void desk_coach(struct desk *d, struct agent_id agent,
		enum msg_monitor_mode mode, const char *name)
{
	struct seat *s = seat_get(floor_seats(d->r->floor), agent);
	/* Who only listens is not to be seen. */
	uint8_t shown = mode == MSG_MONITOR_WHISPER ||
			mode == MSG_MONITOR_BARGE ? (uint8_t)mode : 0;

	if (!s || (d->coach[s->slot].mode == shown &&
		   (!shown || str_eq(d->coach[s->slot].name, name))))
		return;
	d->coach[s->slot].mode = shown;
	str_copy(d->coach[s->slot].name, sizeof(d->coach[s->slot].name),
		 shown ? name : "");
	desk_seat_changed(d, agent);
}
