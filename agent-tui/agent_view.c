#include "agent_view.h"

#include <string.h>

#include "base/str.h"
#include "when/when.h"

/* State, its word on screen, its header style. */
static const struct { enum msg_state state; const char *word; enum style st; }
states[] = {
	{ MSG_STATE_OFFLINE,   N_("OFFLINE"),   ST_HEAD_AWAY },
	{ MSG_STATE_NOT_READY, N_("NOT READY"), ST_HEAD_AWAY },
	{ MSG_STATE_BREAK,     N_("BREAK"),     ST_HEAD_AWAY },
	{ MSG_STATE_READY,     N_("READY"),     ST_HEAD_READY },
	{ MSG_STATE_RESERVED,  N_("READY"),     ST_HEAD_READY },
	{ MSG_STATE_PREVIEW,   N_("PREVIEW"),   ST_HEAD_HOLD },
	{ MSG_STATE_DIAL,      N_("DIALLING"),  ST_HEAD_HOLD },
	{ MSG_STATE_RING,      N_("RINGING"),   ST_HEAD_HOLD },
	{ MSG_STATE_TALK,      N_("ON CALL"),   ST_HEAD_TALK },
	{ MSG_STATE_HOLD,      N_("ON HOLD"),   ST_HEAD_HOLD },
	{ MSG_STATE_CONSULT,   N_("CONSULT"),   ST_HEAD_HOLD },
	{ MSG_STATE_CONF,      N_("3-WAY"),     ST_HEAD_TALK },
	{ MSG_STATE_WRAP,      N_("WRAP-UP"),   ST_HEAD_WRAP },
	{ MSG_STATE_LOST,      N_("!! LINK LOST"), ST_HEAD_LOST },
};

const char *view_state_word(enum msg_state s)
{
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (states[i].state == s)
			return _(states[i].word);
	return "?";
}

enum style view_state_style(const struct agent_model *m)
{
	if (agent_phone(m) == MSG_HEALTH_DOWN ||
	    agent_line(m) == MSG_HEALTH_DOWN)
		return ST_HEAD_LOST;
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (states[i].state == m->seat.state)
			return states[i].st;
	return ST_HEAD_AWAY;
}

void view_time(char *buf, size_t size, int64_t ms)
{
	int64_t s = MAX((int64_t)0, ms) / 1000;

	if (s >= 3600)
		str_fmt(buf, size, "%d:%02d:%02d", (int)(s / 3600),
			(int)(s / 60 % 60), (int)(s % 60));
	else
		str_fmt(buf, size, "%02d:%02d", (int)(s / 60), (int)(s % 60));
}

void view_clock(char *buf, size_t size, int64_t wall_ms, int tz_min,
		bool seconds)
{
	struct when_civil c = when_civil(wall_ms / 1000, tz_min);

	str_fmt(buf, size, "%02d:%02d", c.hour, c.minute);
	if (seconds)
		str_add(buf, size, ":%02d", c.second);
}

void view_date(char *buf, size_t size, int64_t wall_ms, int tz_min, bool year)
{
	struct when_civil c = when_civil(wall_ms / 1000, tz_min);

	str_copy(buf, size, "");
	if (year)
		str_add(buf, size, "%04d-", c.year);
	str_add(buf, size, "%02d-%02d", c.month, c.day);
}

static const char *phone_word(unsigned health)
{
	switch (health) {
	case MSG_HEALTH_OK:
		return _("Phone OK");
	case MSG_HEALTH_SLOW:
		return _("Phone SLOW");
	case MSG_HEALTH_DOWN:
		return _("Phone DOWN");
	default:
		return _("Phone ...");
	}
}

static const char *line_word(const struct agent_model *m)
{
	switch (agent_line(m)) {
	case MSG_HEALTH_OK:
		return _("Line OK");
	case MSG_HEALTH_SLOW:
		return _("Line SLOW");
	case MSG_HEALTH_DOWN:
		return _("Line DOWN");
	default:
		return _("Line ...");
	}
}

/* The state's word: a call stays a call when only the server is lost. */
static void head_word(const struct agent_model *m, char *buf, size_t size)
{
	const char *label = m->seat.break_label;

	if (m->lost && !m->seat.call) {
		str_copy(buf, size, _("!! SERVER LOST"));
		return;
	}
	str_copy(buf, size, view_state_word((enum msg_state)m->seat.state));
	if (m->seat.state != MSG_STATE_BREAK || !*label)
		return;
	/* "Tea break" reads "BREAK tea". */
	size_t at = strlen(buf) + 1;

	str_add(buf, size, " %s", label);
	char *rest = strstr(buf + at, " break");

	if (rest)
		*rest = '\0';
	if (buf[at] >= 'A' && buf[at] <= 'Z')
		buf[at] = (char)(buf[at] + 32);
}

void view_health(const struct agent_model *m, char *buf, size_t size)
{
	str_add(buf, size, "%s, %s", phone_word(agent_phone(m)),
		line_word(m));
}

void view_header(const struct agent_model *m, struct grid *g)
{
	enum style st = view_state_style(m);
	char word[80], time[16], right[120], clock[16];
	int x, end;

	head_word(m, word, sizeof(word));
	/* In whole seconds: it turns with the clock, in one frame. */
	view_time(time, sizeof(time), (m->now.wall_ms / 1000 -
				       m->seat.since_ms / 1000) * 1000);
	view_clock(clock, sizeof(clock), m->now.wall_ms, m->tz_min, true);
	str_fmt(right, sizeof(right), "%s  %s  %s", phone_word(agent_phone(m)),
		line_word(m), clock);
	end = MAX(0, g->cols - 1 - text_width(right));
	grid_put(g, 0, 0, g->cols, st, "");
	x = 1 + grid_put(g, 0, 1, MAX(1, g->cols - 1), st, word);
	x = MAX(12, x + 1);
	if (x < g->cols)
		x += grid_put(g, 0, x, 0, st, time);
	if (end - x > 4) {
		char who[240];

		str_fmt(who, sizeof(who), "  | %s | %s %u",
			m->seat.campaign_name, m->who.name, m->who.agent);
		/* On a small screen the names go before a half of them. */
		if (g->cols >= 80 || text_width(who) < end - x)
			grid_put(g, 0, x, end - x - 1, st, who);
	}
	if (end > x)
		grid_put(g, 0, end, 0, st, right);
}

static struct layout layout_for(const struct grid *g)
{
	struct layout l = {
		.full = g->cols >= 100 && g->rows >= 30,
		.rows = g->rows, .cols = g->cols, .panel_y = 3,
	};
	int notes_h = l.full ? 4 : 3;

	l.split = l.full ? 48 : 37;
	l.keys_y = g->rows - 2;
	l.today_y = l.keys_y - 2;
	l.notes_y = l.today_y - notes_h - 1;
	l.out_y = l.notes_y - 4;
	l.panel_h = l.out_y - l.panel_y;
	return l;
}

static void today(const struct agent_model *m, struct grid *g,
		  const struct layout *l)
{
	const struct msg_today *t = &m->today;
	char line[400], next[200], clock[16], day[40] = "";

	grid_rule(g, l->today_y, 0, l->cols, _("Today"));
	if (l->full)
		str_fmt(line, sizeof(line),
			_("Calls %u   Talk %uh%02um   Sales %u   Avg wrap "
			  "%u:%02u   Breaks %u/%u min"), t->calls,
			t->talk_s / 3600, t->talk_s / 60 % 60, t->sales,
			t->wrap_avg_s / 60, t->wrap_avg_s % 60, t->break_min + agent_break_min(m),
			t->break_allowed_min);
	else
		str_fmt(line, sizeof(line),
			_("Calls %u  Talk %uh%02um  Sales %u  Breaks %u/%um"),
			t->calls, t->talk_s / 3600, t->talk_s / 60 % 60,
			t->sales, t->break_min + agent_break_min(m),
			t->break_allowed_min);
	if (t->callback_ms) {
		view_clock(clock, sizeof(clock), t->callback_ms, m->tz_min,
			   false);
		if (!view_is_today(m, t->callback_ms))
			view_date(day, sizeof(day), t->callback_ms, m->tz_min,
				  false);
		str_add(line, sizeof(line), l->full ? "   " : "  ");
		str_add(day, sizeof(day), "%s%s", *day ? " " : "", clock);
		str_fmt(next, sizeof(next), _("Next callback %s %s"), day,
			t->callback_name);
		/* Half a name is nobody's: then the time alone. */
		if (text_width(line) + text_width(next) > l->cols - 2)
			str_fmt(next, sizeof(next), _("Next callback %s %s"),
				day, "");
		str_add(line, sizeof(line), "%s", next);
	}
	grid_put(g, l->today_y + 1, 1, l->cols - 2, ST_NORMAL, line);
}

/* Titles and contents of the two panels by what the seat is doing. */
static void panels(const struct agent_model *m, struct grid *g,
		   const struct layout *l)
{
	enum agent_ctx ctx = agent_ctx_of_state(m);
	const char *left = _("Customer");
	char right[160];

	view_time(right, sizeof(right), 0);
	str_fmt(right, sizeof(right), m->script.pages_count
		? _("Script %zu/%u: %s") : _("Script"), m->page + 1,
		m->script.pages_count,
		m->script.pages_count ? m->script.pages[m->page].title : "");
	if (ctx == CTX_NOT_READY && !m->page_shown && !m->page) {
		left = _("Check");
		str_copy(right, sizeof(right), _("Messages"));
	} else if (ctx == CTX_READY || ctx == CTX_NOT_READY) {
		if (ctx == CTX_NOT_READY)
			left = _("Check");
		str_add(right, sizeof(right), "%s", _(" (read ahead)"));
	} else if (ctx == CTX_WRAP && !m->page_shown) {
		str_copy(right, sizeof(right), _("Finish"));
	}
	grid_rule(g, 2, 0, l->split, left);
	grid_rule(g, 2, l->split, l->cols - l->split, right);
	grid_cross(g, 2, l->split);
	grid_vline(g, l->panel_y, l->split, l->panel_h);
	if (ctx == CTX_NOT_READY)
		view_check(m, g, l);
	else if (ctx == CTX_READY)
		view_waiting(m, g, l);
	else
		view_customer(m, g, l);
	if (ctx == CTX_NOT_READY && !m->page_shown && !m->page)
		view_messages(m, g, l);
	else if (ctx == CTX_WRAP && !m->page_shown)
		view_finish(m, g, l);
	else
		view_script(m, g, l);
}

static void too_small(const struct agent_model *m, struct grid *g)
{
	char line[160];

	str_fmt(line, sizeof(line),
		_("Needs 40x8, has %dx%d.  F8 hangs up."), g->cols, g->rows);
	if (text_width(line) > g->cols && g->rows > 1) {
		grid_putf(g, 0, 0, 0, view_state_style(m), _("Needs 40x8"));
		grid_putf(g, 1, 0, 0, ST_NORMAL, "%dx%d F8", g->cols, g->rows);
	} else {
		grid_put(g, 0, 0, 0, view_state_style(m), line);
	}
}

void agent_draw(const struct agent_model *m, struct grid *g)
{
	struct layout l = layout_for(g);

	grid_erase(g);
	if (g->cols < 40 || g->rows < 8) {
		too_small(m, g);
		return;
	}
	if (!m->logged_in) {
		view_login(m, g);
		if (m->hint_until_ms)
			view_notice(m, g, l.full);
		return;
	}
	if (g->cols < 80 || g->rows < 24) {
		view_card(m, g);
		return;
	}
	view_header(m, g);
	view_notice(m, g, l.full);
	panels(m, g, &l);
	view_lower(m, g, &l);
	today(m, g, &l);
	/* The cursor rests on the header's state unless a field has it. */
	if (m->typing) {
		struct grid_box b = { l.notes_y + 1, 2, l.today_y - l.notes_y -
				      1, l.cols - 4 };

		edit_draw_box(g, b, &m->note, true);
	} else {
		grid_cursor(g, 0, 1, false);
	}
	if (m->box)
		view_box(m, g);
	keymap_footer(&agent_keymap, g, l.keys_y, agent_ctx(m),
		      agent_footer_text, m);
}
