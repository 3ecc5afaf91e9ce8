#include "wall_model.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum { HINT_MS = 5000, LIST_MAX = 64 };

void wall_init(struct wall_model *m)
{
	memset(m, 0, sizeof(*m));
	m->rows = 30;
	m->cols = 100;
	m->view = m->back = MSG_VIEW_OVERVIEW;
	m->period = MSG_PERIOD_TODAY;
	m->by = MSG_BY_ROW_AGENT;
	edit_init(&m->typed, 200);
	edit_init(&m->box.text, 300);
	edit_init(&m->login.user, 40);
	edit_init(&m->login.pass, 128);
	m->login.pass.secret = true;
}

void wall_fini(struct wall_model *m)
{
	for (size_t i = 0; i < ARRAY_LEN(m->kept); i++)
		msg_keep_drop(&m->kept[i]);
}

int64_t wall_age_s(const struct wall_model *m, int64_t since_ms)
{
	int64_t stood = m->frozen ? m->now.mono_ms - m->frozen_ms
			: m->lost ? m->now.mono_ms - m->lost_ms : 0;

	return MAX(m->now.wall_ms - stood - since_ms, 0) / 1000;
}

bool wall_listening(const struct wall_model *m)
{
	return m->mon.mode != MSG_MONITOR_NONE &&
	       m->mon.mode != MSG_MONITOR_LEAVE;
}

bool wall_is_party(const struct wall_model *m)
{
	return m->mon.mode == MSG_MONITOR_TAKEOVER ||
	       m->mon.mode == MSG_MONITOR_CONSULT ||
	       m->mon.mode == MSG_MONITOR_ASIDE ||
	       m->mon.mode == MSG_MONITOR_CONF;
}

enum wall_ctx wall_ctx(const struct wall_model *m)
{
	static const enum wall_ctx of_view[MSG_VIEW_COUNT] = {
		[MSG_VIEW_NONE] = CTX_OVERVIEW,
		[MSG_VIEW_OVERVIEW] = CTX_OVERVIEW,
		[MSG_VIEW_AGENTS] = CTX_AGENTS,
		[MSG_VIEW_CAMPAIGNS] = CTX_CAMPAIGNS,
		[MSG_VIEW_TRUNKS] = CTX_TRUNKS,
		[MSG_VIEW_CALLS] = CTX_CALLS,
		[MSG_VIEW_ALERTS] = CTX_ALERTS,
		[MSG_VIEW_PACING] = CTX_PACING,
		[MSG_VIEW_TRUNK] = CTX_TRUNKS,
		[MSG_VIEW_TIMELINE] = CTX_TIMELINE,
		[MSG_VIEW_REPORT] = CTX_REPORT,
		[MSG_VIEW_BREAKS] = CTX_REPORT,
		[MSG_VIEW_TRACE] = CTX_TRACE,
	};

	if (m->help)
		return CTX_HELP;
	if (m->box.ask == ASK_TELL || m->box.ask == ASK_ACK ||
	    m->box.ask == ASK_NOTE || m->box.ask == ASK_CPS ||
	    m->box.ask == ASK_REST || m->box.ask == ASK_MUTE ||
	    m->box.ask == ASK_EXPORT ||
	    (m->box.ask >= ASK_READY && m->box.ask <= ASK_LOGOUT))
		return CTX_TEXT;
	if (m->box.ask)
		return CTX_ASK;
	if (m->login.asked && !m->in)
		return CTX_LOGIN;
	if (m->wall)
		return CTX_WALL;
	/* A customer waits for the answer: over everything but typing. */
	if (m->offer.call && !m->line && !m->filter && !m->lost)
		return CTX_OFFER;
	/* What cannot be seen must not be acted on. */
	if (m->cols < 80 || m->rows < 24)
		return CTX_CARD;
	if (m->line)
		return CTX_LINE;
	if (m->filter)
		return CTX_FILTER;
	if (wall_listening(m))
		return CTX_MONITOR;
	return of_view[m->view];
}

uint16_t wall_list_rows(const struct wall_model *m)
{
	/* Header, counts, rule; "more" and the blank before the footer; the
	 * detail of the row under the cursor. */
	int fixed = m->cols >= 100 && m->rows >= 30 ? 10 : 9;

	return (uint16_t)MAX(1, MIN(m->rows - fixed, LIST_MAX));
}

/* Index in a page of the row under the view's cursor, or -1. */
static int64_t here(const struct wall_model *m, enum msg_view v, uint32_t top,
		    uint32_t count)
{
	int64_t i = (int64_t)m->list[v].cur - top;

	return i >= 0 && i < (int64_t)count ? i : -1;
}

const struct msg_agent_row *wall_agent(const struct wall_model *m)
{
	int64_t i = here(m, MSG_VIEW_AGENTS, m->agents.top,
			 m->agents.rows_count);

	if (m->view == MSG_VIEW_TIMELINE)
		return m->timeline.agent_count ? &m->timeline.agent[0] : NULL;
	return m->view == MSG_VIEW_AGENTS && i >= 0 ? &m->agents.rows[i]
						    : NULL;
}

const struct msg_call_row *wall_call(const struct wall_model *m)
{
	int64_t i = here(m, MSG_VIEW_CALLS, m->calls.top, m->calls.rows_count);

	return m->view == MSG_VIEW_CALLS && i >= 0 ? &m->calls.rows[i] : NULL;
}

const struct msg_alert_row *wall_alert(const struct wall_model *m)
{
	int64_t i = here(m, MSG_VIEW_ALERTS, m->alerts.top,
			 m->alerts.rows_count);

	return m->view == MSG_VIEW_ALERTS && i >= 0 ? &m->alerts.rows[i]
						    : NULL;
}

const struct msg_report_row *wall_report(const struct wall_model *m)
{
	int64_t i = here(m, m->view, m->report.top, m->report.rows_count);

	return (m->view == MSG_VIEW_REPORT || m->view == MSG_VIEW_BREAKS) &&
	       i >= 0 ? &m->report.rows[i] : NULL;
}

/* The overview's cursor runs over do now, campaigns, trunks; at 80 columns
 * there is no do now to be seen and the first position is nothing. */
static uint32_t overview_todos(const struct wall_model *m)
{
	return m->cols >= 100 && m->rows >= 30 ? m->floor.todo_count : 1;
}

const struct msg_todo *wall_todo(const struct wall_model *m)
{
	uint32_t i = m->list[MSG_VIEW_OVERVIEW].cur;

	if (m->view != MSG_VIEW_OVERVIEW || m->cols < 100 || m->rows < 30)
		return NULL;
	return i < m->floor.todo_count ? &m->floor.todo[i] : NULL;
}

const struct msg_campaign_row *wall_campaign_row(const struct wall_model *m)
{
	uint32_t i = m->list[MSG_VIEW_OVERVIEW].cur - overview_todos(m);
	int64_t k = here(m, MSG_VIEW_CAMPAIGNS, m->campaigns.top,
			 m->campaigns.rows_count);

	if (m->view == MSG_VIEW_CAMPAIGNS)
		return k >= 0 ? &m->campaigns.rows[k] : NULL;
	if (m->view == MSG_VIEW_OVERVIEW)
		return i < m->floor.campaigns_count ? &m->floor.campaigns[i]
						    : NULL;
	return NULL;
}

const struct msg_trunk_row *wall_trunk_row(const struct wall_model *m)
{
	uint32_t i = m->list[MSG_VIEW_OVERVIEW].cur - overview_todos(m) -
		     m->floor.campaigns_count;
	int64_t k = here(m, MSG_VIEW_TRUNKS, m->trunks.top,
			 m->trunks.rows_count);

	if (m->view == MSG_VIEW_TRUNKS)
		return k >= 0 ? &m->trunks.rows[k] : NULL;
	if (m->view == MSG_VIEW_OVERVIEW)
		return i < m->floor.trunks_count ? &m->floor.trunks[i] : NULL;
	return NULL;
}

const struct msg_campaign_row *wall_campaign_at(const struct wall_model *m,
						size_t i)
{
	if (m->campaigns.rows_count >= m->floor.campaigns_count)
		return i < m->campaigns.rows_count ? &m->campaigns.rows[i]
						   : NULL;
	return i < m->floor.campaigns_count ? &m->floor.campaigns[i] : NULL;
}

const struct msg_trunk_row *wall_trunk_at(const struct wall_model *m, size_t i)
{
	if (m->trunks.rows_count >= m->floor.trunks_count)
		return i < m->trunks.rows_count ? &m->trunks.rows[i] : NULL;
	return i < m->floor.trunks_count ? &m->floor.trunks[i] : NULL;
}

/* A campaign's id by the name a row shows; 0 if not known here. */
static uint32_t by_name(const struct wall_model *m, const char *name)
{
	const struct msg_campaign_row *c;

	for (size_t i = 0; (c = wall_campaign_at(m, i)); i++)
		if (str_eq(c->name, name))
			return c->id;
	return 0;
}

uint32_t wall_campaign_here(const struct wall_model *m)
{
	const struct msg_todo *t = wall_todo(m);
	const struct msg_campaign_row *c = wall_campaign_row(m);
	const struct msg_agent_row *a = wall_agent(m);
	const struct msg_call_row *call = wall_call(m);
	const struct msg_alert_row *al = wall_alert(m);

	if (m->view == MSG_VIEW_PACING)
		return m->campaign;
	if (c)
		return c->id;
	if (al && al->campaign)
		return al->campaign;
	if (a)
		return by_name(m, a->campaign);
	if (call)
		return by_name(m, call->campaign);
	if (t && t->campaign)
		return t->campaign;
	if (m->head.alert_campaign)
		return m->head.alert_campaign;
	c = wall_campaign_at(m, 0);
	return c ? c->id : 0;
}

/* Calling hours are two settings on one row: the second is skipped. */
static bool has_own_row(const struct msg_setting_row *s)
{
	return s->setting != MSG_SET_HOURS_TO && s->setting < MSG_SET_COUNT;
}

size_t wall_setting_rows(const struct wall_model *m)
{
	size_t n = 0;

	for (uint32_t i = 0; i < m->pacing.settings_count; i++)
		n += has_own_row(&m->pacing.settings[i]);
	return n;
}

const struct msg_setting_row *wall_setting_at(const struct wall_model *m,
					      size_t row)
{
	for (uint32_t i = 0; i < m->pacing.settings_count; i++)
		if (has_own_row(&m->pacing.settings[i]) && !row--)
			return &m->pacing.settings[i];
	return NULL;
}

bool wall_staged(const struct wall_model *m)
{
	for (size_t i = 0; i < MSG_SET_COUNT; i++)
		if (m->stage.set[i])
			return true;
	return false;
}

int32_t wall_value(const struct wall_model *m, const struct msg_setting_row *s)
{
	return s->setting < MSG_SET_COUNT && m->stage.set[s->setting]
		       ? m->stage.value[s->setting]
		       : s->now;
}

void wall_hint(struct wall_model *m, enum style st, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(m->hint, sizeof(m->hint), fmt, ap);
	va_end(ap);
	m->hint_style = st;
	m->hint_until_ms = m->now.mono_ms + HINT_MS;
}

void wall_send(struct wall_model *m, enum msg_type type, const void *obj)
{
	if (m->out.send)
		m->out.send(m->out.arg, type, obj);
}

void wall_subscribe(struct wall_model *m)
{
	struct msg_subscribe s = { .view = (uint8_t)m->view };
	const struct wall_list *l = &m->list[m->view];
	const struct msg_trunk_row *t;

	if (!m->in || m->lost || m->frozen)
		return;
	s.rows = wall_list_rows(m);
	s.top = l->top;
	s.every_ms = 1000;
	str_copy(s.lang, sizeof(s.lang), text_lang() == LANG_ZH ? "zh" : "");
	switch (m->view) {
	case MSG_VIEW_AGENTS:
		s.states = m->states;
		s.agent = l->id;
		/* fall through */
	case MSG_VIEW_CALLS:
	case MSG_VIEW_CAMPAIGNS:
		s.sort = (uint8_t)m->sort;
		s.reverse = m->reverse;
		s.campaign = m->view == MSG_VIEW_CAMPAIGNS ? 0 : m->group;
		/* fall through */
	case MSG_VIEW_ALERTS:
		str_copy(s.find, sizeof(s.find), m->find);
		break;
	case MSG_VIEW_TRUNKS:
		t = wall_trunk_row(m);
		s.trunk = t ? t->id : l->id;
		break;
	case MSG_VIEW_PACING:
		s.campaign = m->campaign;
		break;
	case MSG_VIEW_REPORT:
	case MSG_VIEW_BREAKS:
		s.period = (uint8_t)m->period;
		s.by = (uint8_t)m->by;
		s.sort = (uint8_t)m->sort;
		s.reverse = m->reverse;
		s.campaign = m->group;
		str_copy(s.find, sizeof(s.find), m->find);
		break;
	case MSG_VIEW_TRACE:
		s.call = m->call;
		s.trunk = m->list[MSG_VIEW_TRUNKS].id;
		break;
	case MSG_VIEW_TIMELINE:
		s.agent = m->agent;
		break;
	default:
		s.top = 0;
		break;
	}
	/* The cursor alone is no reason to ask again. */
	if (m->asked_any) {
		struct msg_subscribe was = m->asked;

		if (m->view == MSG_VIEW_AGENTS && s.top == was.top)
			was.agent = s.agent;
		if (!memcmp(&was, &s, sizeof(s)))
			return;
	}
	m->asked = s;
	m->asked_any = true;
	wall_send(m, MSG_SUBSCRIBE, &s);
}
