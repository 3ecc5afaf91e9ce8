#include <string.h>

#include "base/str.h"
#include "wall_keys.h"
#include "wall_model.h"

/*
 * What others notice: who may do it, what is asked first, what is sent; and
 * the call an agent offers.
 */

/* ---- rights --------------------------------------------------------------- */

bool wall_is_mine(const struct wall_model *m, uint32_t campaign)
{
	if (m->rights.floor || !*m->who.team ||
	    m->who.role == MSG_ROLE_ADMIN)
		return true;
	for (uint32_t i = 0; i < m->rights.mine_count; i++)
		if (m->rights.mine[i].campaign == campaign)
			return true;
	return false;
}

/* Is the alert that `a` and `M` are about everybody's, not his team's? */
static bool alert_is_ours(const struct wall_model *m)
{
	const struct msg_alert_row *a = wall_alert(m);
	uint32_t agent = a ? a->agent : m->head.alert_agent;
	uint32_t campaign = a ? a->campaign : m->head.alert_campaign;

	return !agent && (a || m->head.alert) &&
	       !(campaign && wall_is_mine(m, campaign));
}

static const char *not_his(const struct wall_model *m, unsigned act,
			   bool never)
{
	switch (act) {
	case ACT_DRAIN:
	case ACT_ENABLE:
	case ACT_CPS:
	case ACT_REST:
		return _("Trunks are the whole floor's, not your team's.");
	case ACT_ACK:
	case ACT_MUTE:
		return !never && alert_is_ours(m)
			? _("This alert is the whole floor's, not your "
			    "team's.") : NULL;
	case ACT_STAGE:
	case ACT_PAUSE:
	case ACT_APPLY:
	case ACT_UNDO:
		if (never ? m->rights.mine_count
			  : wall_is_mine(m, wall_campaign_here(m)))
			return NULL;
		return _("This campaign is not your team's.");
	default:
		return NULL;
	}
}

const char *wall_forbids(const struct wall_model *m, unsigned act, bool never)
{
	if (m->read_only && act >= ACT_OTHERS)
		return _("This screen is read-only.");
	return wall_is_mine(m, 0) ? NULL : not_his(m, act, never);
}

/* ---- a call that is offered -------------------------------------------------- */

unsigned wall_on_offer(struct wall_model *m, const struct msg_offer *o)
{
	bool fresh = o->call && o->call != m->offer.call;
	bool over = !o->call && m->offer.call;

	m->offer = *o;
	if (over && !wall_is_party(m))
		wall_hint(m, ST_NORMAL, _("What you were asked is over."));
	/* Who types a line finishes it first. */
	if (fresh && wall_ctx(m) != CTX_OFFER)
		wall_hint(m, ST_WATCH, _("%s %u asks you about a customer: "
					 "finish this first."), o->name,
			  (unsigned)o->agent);
	return DO_REDRAW | (fresh ? DO_BELL : 0);
}

static void answer(struct wall_model *m, bool take)
{
	struct msg_meet req = { .call = m->offer.call, .take = take };

	if (take && m->offer.rings)
		wall_hint(m, ST_WATCH, _("Your telephone rings: pick it up."));
	else
		wall_send(m, MSG_MEET, &req);
}

/* ---- keys ----------------------------------------------------------------------- */

/* Tab while listening: the next agent in the list who is on a call. */
static void next_agent(struct wall_model *m)
{
	uint32_t n = m->agents.rows_count, at = 0;

	for (uint32_t i = 0; i < n; i++)
		if (m->agents.rows[i].agent == m->mon.agent)
			at = i + 1;
	for (uint32_t i = 0; i < n; i++) {
		const struct msg_agent_row *a = &m->agents.rows[(at + i) % n];
		struct msg_monitor req = { .agent = a->agent,
					   .mode = MSG_MONITOR_LISTEN };

		if (a->agent == m->mon.agent ||
		    (a->state != MSG_STATE_TALK && a->state != MSG_STATE_HOLD))
			continue;
		m->list[MSG_VIEW_AGENTS].id = a->agent;
		m->list[MSG_VIEW_AGENTS].cur = m->agents.top + (at + i) % n;
		wall_send(m, MSG_MONITOR, &req);
		return;
	}
	wall_hint(m, ST_NORMAL, _("No other agent here is on a call."));
}

unsigned wall_campaign_state(const struct wall_model *m)
{
	const struct msg_campaign_row *c;
	uint32_t here = wall_campaign_here(m);

	if (m->view == MSG_VIEW_PACING)
		return m->pacing.state;
	for (size_t i = 0; (c = wall_campaign_at(m, i)); i++)
		if (c->id == here)
			return c->state;
	return MSG_CAMPAIGN_RUNNING;
}

/* It is so already: not asked again. */
static bool is_so(struct wall_model *m, unsigned act)
{
	const struct msg_trunk_row *t = wall_trunk_row(m);

	if (t && act == ACT_DRAIN && t->state == MSG_TRUNK_DRAINING)
		wall_hint(m, ST_NORMAL, _("%s takes no new calls already."),
			  t->name);
	else if (t && act == ACT_ENABLE && (t->state == MSG_TRUNK_UP ||
					    t->state == MSG_TRUNK_STANDBY))
		wall_hint(m, ST_NORMAL, _("%s takes calls already."), t->name);
	else
		return false;
	return true;
}

/* Asks first: which question goes with which action. */
static enum wall_ask ask_of(const struct wall_model *m, enum wall_act act)
{
	static const enum wall_ask asks[ACT_COUNT] = {
		[ACT_BARGE] = ASK_BARGE,   [ACT_TAKEOVER] = ASK_TAKEOVER,
		[ACT_TELL] = ASK_TELL,     [ACT_READY] = ASK_READY,
		[ACT_BREAK] = ASK_BREAK,   [ACT_LOGOUT] = ASK_LOGOUT,
		[ACT_ACK] = ASK_ACK,       [ACT_PAUSE] = ASK_PAUSE,
		[ACT_DRAIN] = ASK_DRAIN,   [ACT_ENABLE] = ASK_ENABLE,
		[ACT_CPS] = ASK_CPS,       [ACT_REST] = ASK_REST,
		[ACT_NOTE] = ASK_NOTE,     [ACT_MUTE] = ASK_MUTE,
	};
	unsigned state = wall_campaign_state(m);

	/* What does not dial cannot be paused. */
	return act == ACT_PAUSE && (state == MSG_CAMPAIGN_PAUSED ||
				    state == MSG_CAMPAIGN_STOPPED)
		       ? ASK_START : asks[act];
}

unsigned wall_touch(struct wall_model *m, unsigned act, uint32_t key)
{
	enum wall_ask ask = ask_of(m, (enum wall_act)act);
	const char *why = wall_forbids(m, act, false);

	if (why) {
		wall_hint(m, ST_NORMAL, "%s", why);
		return DO_REDRAW;
	}
	if (wall_is_party(m) && act != ACT_LEAVE && act != ACT_NOTE &&
	    (act != ACT_TAKEOVER || m->mon.mode == MSG_MONITOR_TAKEOVER)) {
		wall_hint(m, ST_WATCH, m->mon.mode == MSG_MONITOR_TAKEOVER
			  ? _("You have a customer: x leaves first.")
			  : _("An agent has asked you: x leaves first."));
		return DO_REDRAW;
	}

	if (m->lost) {
		wall_hint(m, ST_WATCH, _("The server is lost: not now."));
		return DO_REDRAW;
	}
	if (is_so(m, act))
		return DO_REDRAW;
	if (ask)
		return wall_ask_open(m, ask);
	switch (act) {
	case ACT_LISTEN:
		wall_monitor(m, MSG_MONITOR_LISTEN);
		break;
	case ACT_WHISPER:
		wall_monitor(m, MSG_MONITOR_WHISPER);
		break;
	case ACT_LEAVE:
		/* Nobody else has this customer. */
		if (m->mon.mode == MSG_MONITOR_TAKEOVER)
			return wall_ask_open(m, ASK_PART);
		wall_monitor(m, MSG_MONITOR_LEAVE);
		break;
	case ACT_TAKE:
	case ACT_DECLINE:
		answer(m, act == ACT_TAKE);
		break;
	case ACT_NEXT_AGENT:
		next_agent(m);
		break;
	default:
		return wall_pacing_key(m, key);
	}
	return DO_REDRAW;
}
