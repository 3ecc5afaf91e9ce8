/* house_super -- what a supervisor's keys do.  Every one is in the audit log. */
#include "house_super_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "report/audit.h"

#include <stdlib.h>
#include <string.h>

void house_answer(const struct house_ask *a, enum err e)
{
	if (e)
		door_refuse(a->h->door, a->s->no, a->req, msg_refusal_of(e),
			    NULL);
	else
		house_ok(a->h, a->s->no, a->req);
}

const char *house_say(struct house *h, uint64_t session, const char *en,
		      const char *zh)
{
	return feed_is_zh(h->feed, session) ? zh : en;
}

struct seat *house_seat_for(const struct house_ask *a, uint32_t agent)
{
	struct seat *s = seat_get(floor_seats(a->r->floor),
				  (struct agent_id){ agent });

	if (!s || s->state == SEAT_OFFLINE ||
	    (*a->s->team && !str_eq(a->s->team, s->team)))
		return NULL;
	return s;
}

static void subscribe(const struct house_ask *a)
{
	const struct msg_subscribe *m = &a->m->subscribe;
	struct msg_breaks breaks;

	/* Where a break can be forced, which there are. */
	if (m->view == MSG_VIEW_AGENTS || m->view == MSG_VIEW_TIMELINE) {
		feed_breaks(a->h->feed, !strncmp(m->lang, "zh", 2), &breaks);
		if (door_send(a->h->door, a->s->no, MSG_BREAKS, 0, &breaks))
			log_debug("house", "breaks were not sent");
	}
	house_answer(a, feed_subscribe(a->h->feed, a->s->no, a->s->team,
				 &a->m->subscribe));
}

static void force(const struct house_ask *a)
{
	static const enum seat_event events[] = {
		[MSG_WANT_READY] = SE_READY,
		[MSG_WANT_NOT_READY] = SE_NOT_READY,
		[MSG_WANT_BREAK] = SE_BREAK, [MSG_WANT_LOGOUT] = SE_LOGOUT };
	const struct msg_force *m = &a->m->force;
	struct floor_input in = { .kind = IN_FORCE, .agent = m->agent };
	struct seat *s = house_seat_for(a, m->agent);
	char text[300];
	enum err e = ERR_ARG;

	if (!s) {
		house_answer(a, ERR_ABSENT);
		return;
	}
	if (m->want && m->want < ARRAY_LEN(events) && *m->reason) {
		in.value = events[m->want];
		in.code = m->want == MSG_WANT_BREAK ? m->break_code : 0;
		str_copy(in.text, sizeof(in.text), m->reason);
		e = live_input(a->h->live, &in);
	}
	if (!e) {
		str_fmt(text, sizeof(text), "forced agent %u: %s: %s",
			m->agent, msg_word(MSG_WORDS_WANT, m->want),
			m->reason);
		house_audit(a->h, a->s->user, text);
	}
	house_answer(a, e);
}

static void tell(const struct house_ask *a)
{
	const struct msg_tell *m = &a->m->tell;
	char text[300];

	if (m->agent && !house_seat_for(a, m->agent)) {
		house_answer(a, ERR_ABSENT);
		return;
	}
	/* "To all" of a supervisor who has a team is to that team. */
	if (!m->agent && *a->s->team) {
		struct seats *seats = floor_seats(a->r->floor);

		for (struct seat *s = seat_each(seats, NULL); s;
		     s = seat_each(seats, s))
			if (house_seat_for(a, s->agent.v))
				desk_tell(a->h->desk, s->agent, a->s->name,
					  m->text);
	} else {
		desk_tell(a->h->desk, (struct agent_id){ m->agent },
			  a->s->name, m->text);
	}
	if (m->agent)
		str_fmt(text, sizeof(text), "tells agent %u: %s", m->agent,
			m->text);
	else
		str_fmt(text, sizeof(text), "tells all%s%s: %s",
			*a->s->team ? " of " : "", a->s->team, m->text);
	house_audit(a->h, a->s->user, text);
	house_answer(a, ERR_OK);
}

/* Refused, and said, when the campaign is not his team's. */
static bool not_his(const struct house_ask *a, uint32_t campaign)
{
	if (house_may_campaign(a->h, a->s, (struct campaign_id){ campaign }))
		return false;
	door_refuse(a->h->door, a->s->no, a->req, MSG_NO_PERM,
		    "this campaign is not your team's");
	return true;
}

static void campaign_ctl(const struct house_ask *a)
{
	static const enum floor_input_kind kinds[] = {
		[MSG_CAMPAIGN_DO_START] = IN_START,
		[MSG_CAMPAIGN_DO_STOP] = IN_STOP,
		[MSG_CAMPAIGN_DO_PAUSE] = IN_PAUSE };
	const struct msg_campaign_ctl *m = &a->m->campaign_ctl;
	struct floor_input in = { .campaign = m->campaign };
	char text[300];
	enum err e = ERR_ARG;

	if (not_his(a, m->campaign))
		return;
	if (m->action && m->action < ARRAY_LEN(kinds)) {
		in.kind = (uint8_t)kinds[m->action];
		e = live_input(a->h->live, &in);
	}
	if (!e) {
		str_fmt(text, sizeof(text), "campaign %u: %s: %s",
			m->campaign,
			msg_word(MSG_WORDS_CAMPAIGN_DO, m->action),
			m->reason);
		house_audit(a->h, a->s->user, text);
	}
	house_answer(a, e);
}

static void trunk_ctl(const struct house_ask *a)
{
	const struct msg_trunk_ctl *m = &a->m->trunk_ctl;
	struct trunk_id t = { m->trunk };
	char text[300];
	enum err e = ERR_ARG;

	if (!house_may_floor(a->s)) {
		door_refuse(a->h->door, a->s->no, a->req, MSG_NO_PERM,
			    "trunks are the whole floor's, not your team's");
		return;
	}
	switch (m->action) {
	case MSG_TRUNK_DO_DRAIN:
		e = dial_trunk_drain(a->r->dial, t);
		break;
	case MSG_TRUNK_DO_ENABLE:
		e = dial_trunk_enable(a->r->dial, t);
		break;
	case MSG_TRUNK_DO_CPS:
		e = dial_trunk_set_cps(a->r->dial, t, m->value * 100);
		break;
	case MSG_TRUNK_DO_REST:
		e = live_rest(a->h->live, t, m->number, true);
		if (e == ERR_STATE) {
			door_refuse(a->h->door, a->s->no, a->req,
				    MSG_NO_STATE, house_say(a->h, a->s->no,
				    "it is the last number of this trunk: "
				    "drain the trunk instead",
				    "这是该中继的最后一个号码：请改为停接该中继"));
			return;
		}
		break;
	case MSG_TRUNK_DO_USE:
		e = live_rest(a->h->live, t, m->number, false);
		if (!e)
			callers_again(tally_callers(a->h->tally), m->trunk,
				      m->number,
				      clock_now(a->h->clock).wall_ms);
		break;
	default:
		break;
	}
	if (!e) {
		str_fmt(text, sizeof(text), "trunk %u: %s", m->trunk,
			msg_word(MSG_WORDS_TRUNK_DO, m->action));
		if (m->action == MSG_TRUNK_DO_CPS)
			str_add(text, sizeof(text), " %u.%u", m->value / 10,
				m->value % 10);
		if (*m->number)
			str_add(text, sizeof(text), " %s", m->number);
		house_audit(a->h, a->s->user, text);
	}
	house_answer(a, e);
}

/* Is it his to acknowledge, and to keep quiet for everybody?  Said if not. */
static bool not_his_alert(const struct house_ask *a, uint32_t id)
{
	struct msg_alert_row row = { 0 };	/* there may be none */
	size_t i = 0;

	while (feed_alert_at(a->h->feed, i, false, &row) && row.id != id)
		i++;
	if (house_may_floor(a->s) || row.id != id)
		return false;		/* or there is none, which is said */
	if (row.agent ? feed_team_sees(a->h->feed, a->s->team, &row)
	    : row.campaign && house_may_campaign(a->h, a->s,
			(struct campaign_id){ row.campaign }))
		return false;
	door_refuse(a->h->door, a->s->no, a->req, MSG_NO_PERM,
		    house_say(a->h, a->s->no, "this alert is the whole "
			      "floor's, not your team's",
			      "该告警属于全场，不属于您的班组"));
	return true;
}

static void alert_ack(const struct house_ask *a)
{
	const struct msg_alert_ack *m = &a->m->alert_ack;
	char text[300];
	enum err e;

	if (not_his_alert(a, m->id))
		return;
	if (m->mute_s > MSG_MUTE_MAX_S) {
		door_refuse(a->h->door, a->s->no, a->req, MSG_NO_ARG,
			    house_say(a->h, a->s->no, "an alert is kept quiet "
				      "for 8 hours at most",
				      "告警最多静默 8 小时"));
		return;
	}
	e = feed_ack(a->h->feed, m->id, a->s->name, m->word,
			      m->mute_s, clock_now(a->h->clock));

	if (!e) {
		str_fmt(text, sizeof(text), "alert %u acknowledged, quiet for "
			"%u s: %s", m->id, m->mute_s, m->word);
		house_audit(a->h, a->s->user, text);
	}
	house_answer(a, e);
}

/* ---- whole numbers ------------------------------------------------------------- */

/* A number waits until its line of the audit log is on disk. */
struct unmasking {
	struct house *h;
	uint64_t session;
	uint32_t req;
	struct msg_unmasked u;
};

static void on_audited(void *arg, const struct store_result *res)
{
	struct unmasking *w = arg;

	if (w->h->ready && res->err)
		door_refuse(w->h->door, w->session, w->req, MSG_NO_FAULT,
			    NULL);
	else if (w->h->ready &&
		 door_send(w->h->door, w->session, MSG_UNMASKED, w->req,
			   &w->u))
		log_debug("house", "who asked for a number has gone");
	free(w);
}

static struct call *call_to_unmask(const struct house_ask *a)
{
	const struct msg_unmask *m = &a->m->unmask;
	struct call *c = m->agent
		? floor_call_of(a->r->floor, (struct agent_id){ m->agent })
		: call_get(floor_calls(a->r->floor),
			   (struct call_id){ m->call });

	/* His team's, when he has one. */
	return c && (!*a->s->team || house_seat_for(a, c->agent.v)) ? c : NULL;
}

static void unmask(const struct house_ask *a)
{
	struct call *c = call_to_unmask(a);
	struct store_group *g;
	struct unmasking *w;
	char what[80];

	if (!c || !a->s->may_unmask) {
		house_answer(a, c ? ERR_PERM : ERR_ABSENT);
		return;
	}
	w = calloc(1, sizeof(*w));
	if (!w) {
		house_answer(a, ERR_MEMORY);
		return;
	}
	*w = (struct unmasking){ .h = a->h, .session = a->s->no,
				 .req = a->req, .u.call = c->id.v };
	str_copy(w->u.number, sizeof(w->u.number), c->number);
	str_fmt(what, sizeof(what), "sees the whole number of call %llu",
		(unsigned long long)c->uid);
	g = store_begin(a->r->store);
	audit_row(g, clock_now(a->h->clock).wall_ms, a->s->user, what);
	if (store_commit(g, on_audited, w)) {
		store_abort(g);
		free(w);
		house_answer(a, ERR_FULL);
	}
}

/* ---- a report for a file ------------------------------------------------------- */

static void report_get(const struct house_ask *a)
{
	const struct msg_report_get *m = &a->m->report_get;
	const struct feed_query q = {
		.team = a->s->team, .find = m->find,
		.period = (enum msg_period)m->period,
		.by = (enum msg_grouping)m->by,
		.sort = (enum msg_sort)m->sort, .reverse = m->reverse,
		.campaign = m->campaign, .top = m->top, .rows = 64 };
	struct msg_report *page = malloc(sizeof(*page));
	enum err e = page ? feed_report(a->h->feed, &q,
					clock_now(a->h->clock), page)
			  : ERR_MEMORY;
	char text[200];

	if (!e) {
		page->file = true;
		e = door_send(a->h->door, a->s->no, MSG_REPORT, a->req, page);
	}
	if (e)
		house_answer(a, e);
	else if (!m->top) {
		str_fmt(text, sizeof(text), "agents' report taken: %s, by %s",
			msg_word(MSG_WORDS_PERIOD, page->period),
			msg_word(MSG_WORDS_GROUPING, page->by));
		house_audit(a->h, a->s->user, text);
	}
	free(page);
}

/* ---- the table --------------------------------------------------------------------- */

static void pacing_set(const struct house_ask *a)
{
	if (!not_his(a, a->m->pacing_set.campaign))
		house_pacing_set(a->h, a->s, a->req, &a->m->pacing_set);
}

static const struct {
	enum msg_type type;
	void (*h)(const struct house_ask *a);
	bool acts;			/* a read-only user may not          */
} rows[] = {
	{ MSG_SUBSCRIBE,    subscribe,    false },
	{ MSG_FORCE,        force,        true },
	{ MSG_MONITOR,      house_monitor, true },
	{ MSG_TELL,         tell,         true },
	{ MSG_PACING_SET,   pacing_set,   true },
	{ MSG_CAMPAIGN_CTL, campaign_ctl, true },
	{ MSG_TRUNK_CTL,    trunk_ctl,    true },
	{ MSG_ALERT_ACK,    alert_ack,    true },
	{ MSG_UNMASK,       unmask,       false },
	{ MSG_REC_NOTE,     house_rec_note, true },
	{ MSG_REPORT_GET,   report_get,   false },
	{ MSG_MEET,         house_meet,   true },
	{ MSG_PHONE_REPORT, house_meet_phone, false },
};

void house_super(void *arg, const struct door_session *s, enum msg_type type,
		 uint32_t req, const union msg_any *m)
{
	struct house *h = arg;
	struct house_ask a = { .h = h, .r = live_rooms(h->live), .s = s,
			 .type = type, .req = req, .m = m };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].type != type)
			continue;
		if (rows[i].acts && s->read_only)
			door_refuse(h->door, s->no, req, MSG_NO_PERM, NULL);
		else
			rows[i].h(&a);
		return;
	}
	door_refuse(h->door, s->no, req, MSG_NO_ABLE, NULL);
}
