#include <string.h>

#include "base/str.h"
#include "wall_keys.h"
#include "wall_model.h"

enum { REPEAT_MS = 300, STATE_BITS = MSG_STATE_COUNT };

/* The columns each list can be sorted by, in the order of the key s. */
static bool sorts_by(const struct wall_model *m, enum msg_sort by)
{
	switch (by) {
	case MSG_SORT_STATE:
	case MSG_SORT_TIME:
	case MSG_SORT_CAMPAIGN:
	case MSG_SORT_NET:
		return m->view == MSG_VIEW_AGENTS ||
		       (m->view == MSG_VIEW_CALLS && by != MSG_SORT_NET);
	case MSG_SORT_CALLS:
	case MSG_SORT_TALK:
	case MSG_SORT_WRAP:
	case MSG_SORT_SALES:
		return m->view != MSG_VIEW_CALLS &&
		       m->view != MSG_VIEW_CAMPAIGNS;
	case MSG_SORT_OCCUPANCY:
	case MSG_SORT_CONVERT:
	case MSG_SORT_BREAKS:
		return m->view == MSG_VIEW_REPORT ||
		       m->view == MSG_VIEW_BREAKS;
	default:
		return true;
	}
}

void wall_show_view(struct wall_model *m, enum msg_view view)
{
	if (view == MSG_VIEW_NONE || view >= MSG_VIEW_COUNT)
		view = MSG_VIEW_OVERVIEW;
	if (view == MSG_VIEW_TRUNK)
		view = MSG_VIEW_TRUNKS;
	if (view != m->view) {
		m->back = m->view;
		m->hint_until_ms = 0;	/* it was about the last view */
	}
	m->view = view;
	m->whole = false;
	if (!sorts_by(m, m->sort))
		m->sort = MSG_SORT_ATTENTION;
}

void wall_open_pacing(struct wall_model *m, uint32_t campaign)
{
	if (!campaign) {
		wall_hint(m, ST_WATCH, _("There is no campaign here."));
		return;
	}
	if (campaign != m->campaign || m->view != MSG_VIEW_PACING) {
		memset(&m->stage, 0, sizeof(m->stage));
		if (campaign != m->pacing.campaign)
			memset(&m->pacing, 0, sizeof(m->pacing));
		m->list[MSG_VIEW_PACING] = (struct wall_list){ 0 };
	}
	m->campaign = campaign;
	wall_show_view(m, MSG_VIEW_PACING);
}

static void open_agent(struct wall_model *m, uint32_t agent)
{
	const struct msg_agent_row *a = wall_agent(m);
	struct msg_agent_row known = { 0 };

	if (a && a->agent == agent)
		known = *a;
	if (!agent) {
		wall_hint(m, ST_WATCH, _("No agent has this call yet."));
		return;
	}
	if (agent != m->agent)
		memset(&m->timeline, 0, sizeof(m->timeline));
	/* What the list knew stands there until the server's page comes. */
	if (known.agent && !m->timeline.agent_count) {
		m->timeline.agent[0] = known;
		m->timeline.agent_count = 1;
	}
	m->agent = agent;
	m->list[MSG_VIEW_TIMELINE] = (struct wall_list){ 0 };
	wall_show_view(m, MSG_VIEW_TIMELINE);
}

/* The list of this view, with the cursor on the thing itself. */
static void open_at(struct wall_model *m, enum msg_view view, uint32_t id)
{
	m->find[0] = '\0';
	m->states = 0;
	wall_show_view(m, view);
	m->list[m->view].id = id;
}

static void open_what(struct wall_model *m, const struct msg_todo *t)
{
	uint32_t id = t->agent ? t->agent : t->campaign ? t->campaign : t->trunk;

	if (t->view == MSG_VIEW_PACING || (!t->view && t->campaign))
		wall_open_pacing(m, t->campaign);
	else if (t->view == MSG_VIEW_TIMELINE)
		open_agent(m, t->agent);
	else if (t->view || t->agent || t->trunk)
		open_at(m, t->view ? (enum msg_view)t->view : t->agent
			? MSG_VIEW_AGENTS : MSG_VIEW_TRUNKS, id);
	else
		wall_hint(m, ST_NORMAL, _("There is nothing to open here."));
	wall_ask_rest(m, t);
}

static void open_here(struct wall_model *m)
{
	const struct msg_todo *t = wall_todo(m);
	const struct msg_campaign_row *c = wall_campaign_row(m);
	const struct msg_trunk_row *k = wall_trunk_row(m);
	const struct msg_agent_row *a = wall_agent(m);
	const struct msg_call_row *call = wall_call(m);
	const struct msg_alert_row *al = wall_alert(m);

	if (t)
		open_what(m, t);
	else if (c)
		wall_open_pacing(m, c->id);
	else if (k && m->view == MSG_VIEW_TRUNKS)
		m->whole = !m->whole;
	else if (k)
		open_at(m, MSG_VIEW_TRUNKS, k->id);
	else if (a)
		open_agent(m, a->agent);
	else if (call)
		open_agent(m, call->agent);
	else if (wall_report(m))
		open_agent(m, wall_report(m)->agent);
	else if (al)
		open_what(m, &(struct msg_todo){ .campaign = al->campaign,
						 .agent = al->agent,
						 .trunk = al->trunk });
	else
		wall_hint(m, ST_NORMAL, _("There is nothing to open here."));
}

static void go_back(struct wall_model *m)
{
	if (m->whole) {
		m->whole = false;
	} else if (*m->find || m->states || m->group) {
		m->find[0] = '\0';
		m->states = m->group = 0;
	} else {
		enum msg_view to = m->back == m->view ? MSG_VIEW_OVERVIEW
						      : m->back;

		memset(&m->stage, 0, sizeof(m->stage));
		wall_show_view(m, to);
		m->back = MSG_VIEW_OVERVIEW;
	}
}

/* Rows the cursor can be on, and the id of the i-th if it is on the page. */
static uint32_t rows_in(const struct wall_model *m)
{
	bool full = m->cols >= 100 && m->rows >= 30;

	switch (m->view) {
	case MSG_VIEW_AGENTS:
		return m->agents.shown;
	case MSG_VIEW_CAMPAIGNS:
		return m->campaigns.total;
	case MSG_VIEW_TRUNKS:
		return m->trunks.total;
	case MSG_VIEW_CALLS:
		return m->calls.shown;
	case MSG_VIEW_ALERTS:
		return m->alerts.total;
	case MSG_VIEW_TIMELINE:
		return m->timeline.total;
	case MSG_VIEW_REPORT:
	case MSG_VIEW_BREAKS:
		return m->report.shown;
	case MSG_VIEW_TRACE:
		return m->trace.total;
	case MSG_VIEW_PACING:
		return (uint32_t)wall_setting_rows(m);
	default:
		return (full ? m->floor.todo_count : 1) +
		       m->floor.campaigns_count + m->floor.trunks_count;
	}
}

static uint32_t id_here(const struct wall_model *m)
{
	const struct msg_agent_row *a = wall_agent(m);
	const struct msg_campaign_row *c = wall_campaign_row(m);
	const struct msg_trunk_row *t = wall_trunk_row(m);
	const struct msg_call_row *call = wall_call(m);
	const struct msg_alert_row *al = wall_alert(m);
	const struct msg_report_row *r = wall_report(m);

	return r ? r->agent : a ? a->agent : c ? c->id : t ? t->id : call ? call->call
		 : al ? al->id : 0;
}

void wall_move(struct wall_model *m, uint32_t key)
{
	struct wall_list *l = &m->list[m->view];
	uint32_t n = rows_in(m), page = wall_list_rows(m);
	int64_t to = l->cur;

	if (key == TK_UP || key == 'k')
		to--;
	else if (key == TK_DOWN || key == 'j')
		to++;
	else if (key == TK_PGUP)
		to -= page;
	else if (key == TK_PGDN)
		to += page;
	else if (key == TK_HOME)
		to = 0;
	else if (key == TK_END)
		to = n;
	to = MIN(to, (int64_t)n - 1);
	l->cur = (uint32_t)MAX(to, 0);
	if (l->cur < l->top)
		l->top = l->cur;
	if (l->cur >= l->top + page)
		l->top = l->cur - page + 1;
	/* Off the page that is here: the next page says what it is. */
	l->id = l->pending ? 0 : id_here(m);
	if (m->view == MSG_VIEW_TRUNKS && m->trunk.trunk_count &&
	    m->trunk.trunk[0].id != l->id)
		memset(&m->trunk, 0, sizeof(m->trunk));
}

static void next_sort(struct wall_model *m)
{
	do
		m->sort = (enum msg_sort)((m->sort + 1) % MSG_SORT_COUNT);
	while (!sorts_by(m, m->sort));
	m->list[m->view] = (struct wall_list){ .pending = true };
}

static void next_group(struct wall_model *m)
{
	const struct msg_campaign_row *c;
	uint32_t next = 0;

	for (size_t i = 0; (c = wall_campaign_at(m, i)); i++) {
		const struct msg_campaign_row *n = wall_campaign_at(m, i + 1);

		if (!m->group && !i)
			next = c->id;
		if (c->id == m->group)
			next = n ? n->id : 0;
	}
	m->group = next;
	m->list[m->view] = (struct wall_list){ .pending = true };
}

static void next_alert(struct wall_model *m)
{
	struct wall_list *l = &m->list[MSG_VIEW_ALERTS];

	if (!m->head.alerts) {
		wall_hint(m, ST_OK, _("There is no open alert."));
		return;
	}
	if (m->view == MSG_VIEW_ALERTS) {
		/* Open ones come first. */
		l->cur = l->cur + 1 < m->head.alerts ? l->cur + 1 : 0;
		l->id = id_here(m);
		return;
	}
	open_at(m, MSG_VIEW_ALERTS, m->head.alert);
	l->cur = l->top = 0;
}

void wall_monitor(struct wall_model *m, enum msg_monitor_mode mode)
{
	const struct msg_agent_row *a = wall_agent(m);
	const struct msg_call_row *call = wall_call(m);
	struct msg_monitor req = { .mode = (uint8_t)mode };

	if (wall_listening(m))
		req.agent = m->mon.agent;
	else if (a)
		req.agent = a->agent;
	else if (call)
		req.agent = call->agent;
	if (m->box.ask && m->box.agent)
		req.agent = m->box.agent;
	if (mode == MSG_MONITOR_LEAVE && !wall_listening(m))
		wall_hint(m, ST_NORMAL, _("You are on no call."));
	else if (!req.agent)
		wall_hint(m, ST_WATCH, _("There is no agent here."));
	else
		wall_send(m, MSG_MONITOR, &req);
}

static void freeze(struct wall_model *m)
{
	m->frozen = !m->frozen;
	m->frozen_ms = m->now.mono_ms;
	if (!m->frozen)
		m->asked_any = false;
}

static unsigned quit(struct wall_model *m, uint32_t key)
{
	if (wall_listening(m) || key == TK_CTRL_C)
		return wall_ask_open(m, ASK_QUIT);
	return DO_QUIT;
}

static void begin_line(struct wall_model *m, enum wall_line line)
{
	m->line = line;
	edit_set(&m->typed, line == TYPE_FIND ? m->find : "");
	if (line == TYPE_FIND && m->view == MSG_VIEW_OVERVIEW)
		wall_show_view(m, MSG_VIEW_AGENTS);
}

static unsigned open_trace(struct wall_model *m)
{
	const struct msg_call_row *c = wall_call(m);
	const struct msg_trunk_row *t = wall_trunk_row(m);

	if (!c && !t) {
		wall_hint(m, ST_WATCH, _("There is nothing under the "
					 "cursor."));
		return DO_REDRAW;
	}
	m->call = c ? c->call : 0;
	if (t)
		m->list[MSG_VIEW_TRUNKS].id = t->id;
	memset(&m->trace, 0, sizeof(m->trace));
	m->list[MSG_VIEW_TRACE] = (struct wall_list){ 0 };
	wall_show_view(m, MSG_VIEW_TRACE);
	return DO_REDRAW;
}

static void unmask(struct wall_model *m)
{
	const struct msg_agent_row *a = wall_agent(m);
	const struct msg_call_row *c = wall_call(m);
	struct msg_unmask req = { .call = c ? c->call : 0,
				  .agent = a ? a->agent : 0 };

	if (!m->who.may_unmask)
		wall_hint(m, ST_WATCH, _("Your role may not see whole "
					 "numbers."));
	else if (!req.call && !req.agent)
		wall_hint(m, ST_WATCH, _("There is nothing under the "
					 "cursor."));
	else
		wall_send(m, MSG_UNMASK, &req);
}

static unsigned look(struct wall_model *m, enum wall_act act, uint32_t key)
{
	switch (act) {
	case ACT_VIEW:
		wall_show_view(m, key == '7' ? MSG_VIEW_REPORT :
			       key == '8' ? MSG_VIEW_BREAKS :
			       (enum msg_view)(key - '0'));
		break;
	case ACT_MOVE:
		wall_move(m, key);
		break;
	case ACT_OPEN:
		open_here(m);
		break;
	case ACT_BACK:
		go_back(m);
		break;
	case ACT_FIND:
	case ACT_COMMAND:
		begin_line(m, act == ACT_FIND ? TYPE_FIND : TYPE_COMMAND);
		break;
	case ACT_FILTER:
		m->filter = true;
		break;
	case ACT_SORT:
		next_sort(m);
		break;
	case ACT_REVERSE:
		m->reverse = !m->reverse;
		break;
	case ACT_GROUP:
		next_group(m);
		break;
	case ACT_UNMASK:
		unmask(m);
		break;
	case ACT_PERIOD:
	case ACT_BY:
		wall_report_key(m, act, key);
		break;
	case ACT_EXPORT:
		return wall_ask_open(m, ASK_EXPORT);
	case ACT_FREEZE:
		freeze(m);
		break;
	case ACT_PACING:
		wall_open_pacing(m, wall_campaign_here(m));
		break;
	case ACT_NEXT_ALERT:
		next_alert(m);
		break;
	case ACT_HELP:
		m->help = true;
		m->help_top = 0;
		break;
	case ACT_QUIT:
		return quit(m, key);
	case ACT_REPAINT:
		return DO_REDRAW | DO_PAINT;
	case ACT_TRACE:
		return open_trace(m);
	default:
		break;
	}
	return DO_REDRAW;
}

/* The same act again within 300 ms is a slip, not a wish (UX 1.2). */
static bool is_slip(struct wall_model *m, enum wall_act act, uint32_t key)
{
	bool slip = act >= ACT_OTHERS && act != ACT_STAGE && key == m->last_key &&
		    m->now.mono_ms - m->last_key_ms < REPEAT_MS;

	m->last_key = key;
	m->last_key_ms = m->now.mono_ms;
	return slip;
}

static unsigned help_key(struct wall_model *m, uint32_t key)
{
	if (key == TK_ESC || key == 'q' || key == '?' || key == TK_F1 ||
	    key == TK_CTRL_C)
		m->help = false;
	else if (key == TK_UP || key == 'k')
		m->help_top -= m->help_top > 0;
	else if (key == TK_DOWN || key == 'j')
		m->help_top++;
	else if (key == TK_PGDN)
		m->help_top += 10;
	else if (key == TK_PGUP)
		m->help_top -= MIN(m->help_top, (size_t)10);
	else if (key == TK_HOME)
		m->help_top = 0;
	else if (key == 'L')
		text_set_lang(text_lang() == LANG_ZH ? LANG_EN : LANG_ZH);
	else if (key == TK_CTRL_L)
		return DO_REDRAW | DO_PAINT;
	m->help_top = MIN(m->help_top, (size_t)80);
	return DO_REDRAW;
}

static unsigned plain_key(struct wall_model *m, uint32_t key)
{
	const struct keymap_row *row =
		keymap_find(wall_keymap.rows, wall_keymap.nrows, key,
			    wall_ctx(m));
	enum wall_act act = row ? (enum wall_act)row->act : ACT_NONE;

	if (!row || is_slip(m, act, key))
		return DO_NOTHING;
	if (act >= ACT_OTHERS)
		return wall_touch(m, act, key);
	return look(m, act, key);
}

unsigned wall_key(struct wall_model *m, uint32_t key)
{
	enum wall_ctx ctx = wall_ctx(m);
	unsigned todo;

	if (key == TK_RESIZE)
		return DO_REDRAW;
	if (key == TK_CTRL_Z && !m->box.ask)
		return wall_ask_open(m, ASK_SUSPEND);
	if (ctx == CTX_HELP)
		return key & TK_PASTED ? DO_NOTHING : help_key(m, key);
	if (ctx & (CTX_LINE | CTX_TEXT | CTX_ASK | CTX_FILTER | CTX_LOGIN))
		todo = wall_box_key(m, key);
	else if (key & TK_PASTED)	/* pasted text is never a command */
		return DO_NOTHING;
	else
		todo = plain_key(m, key);
	wall_subscribe(m);
	return todo;
}

unsigned wall_resize(struct wall_model *m, int rows, int cols)
{
	m->rows = rows;
	m->cols = cols;
	wall_subscribe(m);
	return DO_REDRAW;
}

unsigned wall_tick(struct wall_model *m)
{
	if (m->hint_until_ms && m->now.mono_ms >= m->hint_until_ms)
		m->hint_until_ms = 0;
	return DO_REDRAW;
}
