#include <string.h>

#include "base/str.h"
#include "wall_view.h"

enum { CARD_COLS = 40, CARD_ROWS = 8 };

void view_rule(struct grid *g, int y, const char *heading)
{
	char part[160];
	int x = 0;

	grid_rule(g, y, 0, g->cols, NULL);
	while (*heading && x < g->cols) {
		size_t n = strspn(heading, "-");

		x += (int)n;
		heading += n;
		/* Words and the blanks around them, up to the next dash that
		 * is no hyphen. */
		for (n = 0; heading[n]; n++)
			if (heading[n] == '-' && (!n || heading[n - 1] == ' '))
				break;
		str_fmt(part, sizeof(part), "%.*s",
			(int)MIN(n, sizeof(part) - 1), heading);
		if (n)
			x += grid_put(g, y, x, text_width(part), ST_TITLE,
				      part);
		heading += n;
	}
}

void view_tag(struct grid *g, int y, int x, const char *text)
{
	grid_put(g, y, x - 1, 1, ST_TITLE, " ");
	x += grid_put(g, y, x, text_width(text), ST_TITLE, text);
	grid_put(g, y, x, 1, ST_TITLE, " ");
}

void view_mark(struct grid *g, int y, int x)
{
	grid_put(g, y, x, 1, ST_INPUT, ">");
	grid_cursor(g, y, x, false);
}

void view_chart(struct grid *g, const struct view_chart *c)
{
	for (int r = 0; r < c->rows; r++)
		for (size_t i = 0; i < c->n; i++) {
			int y = c->y + r, x = c->x + (int)i;
			bool hit = c->value[i] >= 0 &&
				   c->value[i] >= c->level[r];

			if (hit)
				grid_put(g, y, x, 1, ST_NORMAL, "#");
			else if (r == c->line)
				grid_rule(g, y, x, 1, NULL);
		}
}

/* How old what is shown is, when that is not "now". */
static void link_word(const struct wall_model *m, char *buf, size_t size,
		      enum style *st)
{
	char t[TEXT_SIZE];

	*st = ST_ALARM;
	if (m->lost) {
		text_dur(t, (m->now.mono_ms - m->lost_ms) / 1000);
		str_fmt(buf, size, _("!! LOST %s"), t);
	} else if (m->frozen) {
		*st = ST_WATCH;
		text_dur(t, (m->now.mono_ms - m->frozen_ms) / 1000);
		str_fmt(buf, size, _("FROZEN %s"), t);
	} else {
		*st = ST_OK;
		str_copy(buf, size, _("live"));
	}
}

/* Returns the column it begins at. */
static int head_right(const struct wall_model *m, struct grid *g, int gap)
{
	char part[4][TEXT_SIZE];
	enum style st[4] = { ST_NORMAL, ST_NORMAL, ST_NORMAL, ST_NORMAL };
	int x = g->cols - 1;

	str_fmt(part[0], TEXT_SIZE, m->head.alerts == 1 ? _("%u ALERT")
							: _("%u ALERTS"),
		(unsigned)m->head.alerts);
	if (m->head.alerts)
		st[0] = style_level(m->head.level);
	if (m->head.alerts && st[0] == ST_NORMAL)
		st[0] = ST_WATCH;
	str_fmt(part[1], TEXT_SIZE, gap > 2 ? _("link %u ms") : "%u ms",
		(unsigned)m->rtt_ms);
	link_word(m, part[2], TEXT_SIZE, &st[2]);
	text_clock(part[3], m->now.wall_ms, m->tz_min, true);
	for (int i = 3; i >= 0; i--) {
		grid_put_right(g, 0, x, st[i], part[i]);
		x -= text_width(part[i]) + gap;
	}
	return x + gap;
}

/* What the list is: "42 shown of 42", its order, its filter. */
static void head_list(const struct wall_model *m, char *buf, size_t size,
		      uint32_t shown, uint32_t total, bool full)
{
	const char *gap = full ? "   " : "  ";
	const struct msg_campaign_row *c;

	if (full)
		str_add(buf, size, _("  %u shown of %u"), (unsigned)shown,
			(unsigned)total);
	else
		str_add(buf, size, " %u", (unsigned)shown);
	str_add(buf, size, "%s", gap);
	str_add(buf, size, _("sort: %s"), _(msg_word(MSG_WORDS_SORT, m->sort)));
	if (m->reverse)
		str_add(buf, size, " %s", _("down"));
	str_add(buf, size, "%s", gap);
	if (*m->find) {
		str_add(buf, size, _("find: %s"), m->find);
		return;
	}
	for (size_t i = 0; m->group && (c = wall_campaign_at(m, i)); i++)
		if (c->id == m->group) {
			str_add(buf, size, _("only: %s"), c->name);
			return;
		}
	for (unsigned i = 0; i < MSG_STATE_COUNT; i++)
		if (m->states & 1u << i && !(m->states & 1u << MSG_STATE_TALK &&
					     i != MSG_STATE_TALK)) {
			str_add(buf, size, _("filter: %s"), text_state(i));
			return;
		}
	str_add(buf, size, "%s", _("filter: none"));
}

/* All there are; how many of them dial, if not all do. */
static void head_campaigns(const struct wall_model *m, char *buf, size_t size)
{
	unsigned run = m->head.campaigns;
	unsigned all = MAX(run, (unsigned)m->head.campaigns_all);

	if (run == all)
		str_add(buf, size, ngettext("%u campaign", "%u campaigns",
					    all), all);
	else
		str_add(buf, size, ngettext("%u of %u campaign runs",
			"%u of %u campaigns run", all), run, all);
}

static void head_left(const struct wall_model *m, struct grid *g, bool full,
		      int end)
{
	const char *gap = full ? "   " : "  ";
	char buf[240] = "";

	switch (m->view) {
	case MSG_VIEW_AGENTS:
		str_copy(buf, sizeof(buf), _("AGENTS"));
		head_list(m, buf, sizeof(buf), m->agents.shown,
			  m->agents.total, full);
		break;
	case MSG_VIEW_CALLS:
		str_copy(buf, sizeof(buf), _("CALLS"));
		head_list(m, buf, sizeof(buf), m->calls.shown, m->calls.total,
			  full);
		break;
	case MSG_VIEW_CAMPAIGNS:
		str_fmt(buf, sizeof(buf), _("CAMPAIGNS  %u"),
			(unsigned)m->campaigns.total);
		break;
	case MSG_VIEW_TRUNKS:
		str_fmt(buf, sizeof(buf), _("TRUNKS  %u"),
			(unsigned)m->trunks.total);
		break;
	case MSG_VIEW_ALERTS:
		str_fmt(buf, sizeof(buf), _("ALERTS  %u open, %u today"),
			(unsigned)m->head.alerts, (unsigned)m->alerts.total);
		break;
	case MSG_VIEW_PACING:
		str_fmt(buf, sizeof(buf), "%s  %s%s%s%s", _("PACING"),
			m->pacing.name, gap,
			_(msg_word(MSG_WORDS_MODE, m->pacing.mode)), gap);
		str_add(buf, sizeof(buf), ngettext("%u agent", "%u agents",
						   m->pacing.agents),
			(unsigned)m->pacing.agents);
		break;
	case MSG_VIEW_REPORT:
	case MSG_VIEW_BREAKS:
		str_copy(buf, sizeof(buf), m->view == MSG_VIEW_REPORT
			 ? _("PERFORMANCE") : _("BREAKS"));
		head_list(m, buf, sizeof(buf), m->report.shown,
			  m->report.total, false);
		break;
	case MSG_VIEW_TRACE:
		str_copy(buf, sizeof(buf), _("SIP TRACE"));
		if (*m->trace.trunk_name)
			str_add(buf, sizeof(buf), "%s%s%s%s", gap,
				m->trace.trunk_name, gap, m->trace.number);
		break;
	case MSG_VIEW_TIMELINE:
		str_fmt(buf, sizeof(buf), "%s", _("AGENT'S DAY"));
		break;
	default:
		str_fmt(buf, sizeof(buf), "%s%s", m->head.floor, gap);
		str_add(buf, sizeof(buf), ngettext("%u agent", "%u agents",
						   m->head.agents),
			(unsigned)m->head.agents);
		str_add(buf, sizeof(buf), "%s", gap);
		head_campaigns(m, buf, sizeof(buf));
		break;
	}
	grid_put(g, 0, 1, MAX(1, end - 2), ST_TITLE, buf);
}

/* The headline's way: what stands in brackets goes, then the copula. */
static void shorten(char *text)
{
	char *cut = strstr(text, " (");
	char *is = strstr(text, " is ");
	size_t n;

	if (!cut)
		cut = strstr(text, "（");
	if (cut)
		*cut = '\0';
	if (is && (!cut || is < cut))
		memmove(is, is + 3, strlen(is + 3) + 1);
	n = strlen(text);
	if (n && text[n - 1] == '.')
		text[n - 1] = '\0';
}

void view_alert_line(const struct wall_model *m, struct grid *g)
{
	bool full = view_full(g);
	char text[240], at[TEXT_SIZE], keys[100];
	int room;

	if (!m->head.alert)
		return;
	str_copy(keys, sizeof(keys), m->wall ? "" : full
		 ? _("p pacing   a acknowledge   6 alerts")
		 : _("p pacing  a ack  6 alerts"));
	room = g->cols - 2 - text_width(keys) - 3;
	str_fmt(text, sizeof(text), "%s ", text_level(m->head.level));
	if (full)
		str_add(text, sizeof(text), "%s ",
			text_clock(at, m->head.alert_ms, m->tz_min, false));
	str_add(text, sizeof(text), "%s", m->head.alert_text);
	if (text_width(text) > room)
		shorten(text);
	int w = MIN(text_width(text), room);

	grid_put(g, 1, 1, MAX(1, w), style_level(m->head.level), text);
	grid_put(g, 1, 1 + w + 3, 0, ST_NORMAL, keys);
}

/* Row 1: what is being typed, or said, or was always there. */
static bool view_notice(const struct wall_model *m, struct grid *g)
{
	if (m->line) {
		grid_put(g, 1, 0, g->cols, ST_NORMAL, "");
		grid_put(g, 1, 1, 1, ST_TITLE,
			 m->line == TYPE_FIND ? "/" : ":");
		edit_draw(g, 1, 3, MAX(10, g->cols - 5), &m->typed, true);
		return true;
	}
	if (m->hint_until_ms) {
		grid_put(g, 1, 0, g->cols, ST_NORMAL, "");
		grid_put(g, 1, 1, g->cols - 2, m->hint_style, m->hint);
	} else if (m->lost) {
		grid_put(g, 1, 0, g->cols, ST_NORMAL, "");
		grid_putf(g, 1, 1, g->cols - 2, ST_HEAD_LOST,
			  _("!! Server lost: %s. It is tried again by "
			    "itself; what you see is old."), m->lost_why);
	}
	return false;
}

static void view_login(const struct wall_model *m, struct grid *g)
{
	const struct wall_login *l = &m->login;
	int w = MIN(60, g->cols - 2), x = (g->cols - w) / 2;
	int y = MAX(0, g->rows / 3 - 3), in = MAX(4, w - 18);

	grid_frame(g, (struct grid_box){ y, x, MIN(8, g->rows), w },
		   _("Waihu supervisor"));
	grid_put(g, y + 2, x + 3, 12, ST_NORMAL, _("Name"));
	grid_put(g, y + 3, x + 3, 12, ST_NORMAL, _("Password"));
	edit_draw(g, y + 3, x + 15, in, &l->pass, l->on_pass);
	edit_draw(g, y + 2, x + 15, in, &l->user, !l->on_pass);
	if (l->on_pass)
		edit_draw(g, y + 3, x + 15, in, &l->pass, true);
	grid_put(g, y + 5, x + 3, w - 6, l->busy ? ST_DIM : ST_WATCH,
		 l->busy ? _("One moment...") : l->trouble);
	if (m->lost)
		grid_putf(g, y + 6, x + 3, w - 6, ST_ALARM,
			  _("!! Server lost: %s"), m->lost_why);
}

static void view_footer(const struct wall_model *m, struct grid *g)
{
	keymap_footer(&wall_keymap, g, g->rows - 2, wall_ctx(m),
		      wall_footer_text, m);
}

static void view_body(const struct wall_model *m, struct grid *g)
{
	static void (*const views[MSG_VIEW_COUNT])(const struct wall_model *,
						   struct grid *) = {
		[MSG_VIEW_AGENTS] = view_agents,
		[MSG_VIEW_CAMPAIGNS] = view_campaigns,
		[MSG_VIEW_TRUNKS] = view_trunks,
		[MSG_VIEW_CALLS] = view_calls,
		[MSG_VIEW_ALERTS] = view_alerts,
		[MSG_VIEW_PACING] = view_pacing,
		[MSG_VIEW_TIMELINE] = view_timeline,
		[MSG_VIEW_TRACE] = view_trace,
		[MSG_VIEW_REPORT] = view_report,
		[MSG_VIEW_BREAKS] = view_breaks,
	};

	if (views[m->view])
		views[m->view](m, g);
	else
		view_overview(m, g);
}

void wall_draw(const struct wall_model *m, struct grid *g)
{
	bool full = view_full(g), login = m->login.asked && !m->in;

	grid_erase(g);
	if (g->cols < CARD_COLS || g->rows < CARD_ROWS) {
		/* Whatever its size, it says what it needs. */
		grid_putf(g, 0, 0, 0, ST_WATCH, _("Needs %dx%d, this is "
						  "%dx%d."),
			  CARD_COLS, CARD_ROWS, g->cols, g->rows);
		return;
	}
	if (g->cols < 80 || g->rows < 24) {
		if (login)
			view_login(m, g);
		else
			view_card(m, g);
		view_box(m, g);
		return;
	}
	if (login) {
		view_login(m, g);
	} else {
		head_left(m, g, full, head_right(m, g, full ? 3 : 2));
		view_body(m, g);
	}
	if (!m->wall)
		view_footer(m, g);
	if (!login && view_notice(m, g))
		return;
	view_box(m, g);
}
