#include <string.h>

#include "base/str.h"
#include "wall_view.h"

/* Pacing of one campaign: values, forecast, the last hour, who changed it. */

/* "09-20": from and to on one row. */
static void value_text(const struct wall_model *m, char *buf,
		       const struct msg_setting_row *s, int what)
{
	const struct msg_setting_row *to = NULL;
	char second[TEXT_SIZE];

	for (uint32_t i = 0; s->setting == MSG_SET_HOURS_FROM &&
			     i < m->pacing.settings_count; i++)
		if (m->pacing.settings[i].setting == MSG_SET_HOURS_TO)
			to = &m->pacing.settings[i];
	if (what == 2 && !to) {
		text_setting_limit(buf, s);
		return;
	}
	text_setting_value(buf, s->setting, what == 0 ? s->now :
			   what == 1 ? wall_value(m, s) : s->low);
	if (to)
		str_add(buf, TEXT_SIZE, "-%s",
			text_setting_value(second, to->setting,
					   what == 0 ? to->now :
					   what == 1 ? wall_value(m, to)
						     : to->high));
}

static void draw_setting(const struct wall_model *m, struct grid *g, int y,
			 size_t row, const struct msg_setting_row *s)
{
	bool full = view_full(g);
	bool changed = wall_value(m, s) != s->now;
	int now = full ? 33 : 25, next = full ? 43 : 34;
	int limit = full ? 53 : 44, means = full ? 67 : 56;
	const char *tell = s->fixed && s->setting != MSG_SET_HOURS_FROM
				   ? _("fixed by the server")
				   : text_setting_means(s->setting), *rest;
	char buf[TEXT_SIZE];

	grid_put(g, y, 2, now - 3, ST_NORMAL, text_setting(s->setting));
	value_text(m, buf, s, 0);
	grid_put(g, y, now, next - now - 1, ST_NORMAL, buf);
	value_text(m, buf, s, 1);
	if (changed)
		grid_putf(g, y, next, limit - next - 1, ST_INPUT, "[%s]", buf);
	else
		grid_put(g, y, next + 1, limit - next - 2, ST_NORMAL, buf);
	if (changed)	/* only the value itself stands out */
		grid_restyle(g, y, next + text_width(buf) + 2,
			     limit - next - text_width(buf) - 3, ST_NORMAL);
	value_text(m, buf, s, 2);
	grid_put(g, y, limit, means - limit - 1, ST_DIM, buf);
	/* Cut between words. */
	grid_putf(g, y, means, MAX(1, g->cols - means), ST_DIM, "%.*s",
		  (int)text_wrap(tell, g->cols - means, &rest), tell);
	if (row == m->list[MSG_VIEW_PACING].cur)
		view_mark(g, y, 0);
}

static const char *forecast_name(unsigned figure)
{
	return figure == MSG_FIGURE_ABANDON ? _("Abandon") :
	       figure == MSG_FIGURE_WAIT ? _("Agent wait")
					 : text_figure_name(figure);
}

/* A range without its unit: "1.9 - 3.0", "13 - 20". */
static void range_text(char *buf, size_t size,
		       const struct msg_forecast_row *f)
{
	char low[TEXT_SIZE], high[TEXT_SIZE];

	if (f->figure == MSG_FIGURE_WAIT) {
		str_fmt(buf, size, "(%d - %d)", (int)(((int64_t)f->low + 5) / 10),
			(int)(((int64_t)f->high + 5) / 10));
		return;
	}
	text_figure(low, f->figure, f->low);
	text_figure(high, f->figure, f->high);
	low[strcspn(low, "%")] = '\0';
	high[strcspn(high, "%")] = '\0';
	str_fmt(buf, size, "(%s - %s)", low, high);
}

static void draw_forecast(const struct wall_model *m, struct grid *g, int y)
{
	const struct msg_pacing *p = &m->pacing;
	const struct msg_setting_row *lines = NULL;
	int now = view_full(g) ? 24 : 20, next = view_full(g) ? 41 : 34;
	int judge = view_full(g) ? 66 : 57;
	char a[TEXT_SIZE], b[TEXT_SIZE];

	view_rule(g, y++, view_full(g)
		  ? _("-- Forecast from the last 30 minutes (about 95 of 100 "
		      "times inside the range) ---")
		  : _("-- Forecast from the last 30 minutes (95 of 100 times "
		      "in the range) ---"));
	for (uint32_t i = 0; i < p->settings_count; i++)
		if (p->settings[i].setting == MSG_SET_LINES)
			lines = &p->settings[i];
	if (lines) {
		text_setting_value(a, MSG_SET_LINES, lines->now);
		text_setting_value(b, MSG_SET_LINES, wall_value(m, lines));
		grid_putf(g, y, now, 0, ST_NORMAL, _("now %s"), a);
		if (wall_staged(m))
			grid_putf(g, y, next, 0, ST_NORMAL, _("new %s"), b);
	}
	y++;
	if (!p->forecast_count)
		grid_put(g, y, 2, 0, ST_DIM,
			 _("No forecast yet: there were too few calls."));
	for (uint32_t i = 0; i < MIN(p->forecast_count, 4u); i++, y++) {
		const struct msg_forecast_row *f = &p->forecast[i];

		grid_put(g, y, 2, now - 3, ST_NORMAL,
			 forecast_name(f->figure));
		grid_put(g, y, now, 0, ST_NORMAL,
			 text_figure(a, f->figure, f->now));
		if (!wall_staged(m) || f->staged < 0)
			continue;
		text_figure(a, f->figure, f->staged);
		grid_put(g, y, next, 0, style_judge(f->judge), a);
		if (f->low >= 0 && f->high >= 0) {
			range_text(b, sizeof(b), f);
			grid_put(g, y, next + text_width(a) + 2, 0, ST_NORMAL,
				 b);
		}
		if (!f->judge)
			continue;
		str_copy(b, sizeof(b), text_judge(f->judge));
		if (f->judge != MSG_JUDGE_OK && f->target >= 0)
			str_add(b, sizeof(b), _(", target %s"),
				text_figure(a, f->figure, f->target));
		grid_put(g, y, judge, 0, style_judge(f->judge), b);
	}
}

static void draw_hour(const struct wall_model *m, struct grid *g, int y)
{
	const struct msg_pacing *p = &m->pacing;
	/* Where there is no limit to speak of, the usual one is drawn. */
	int limit = p->limit && p->limit <= 2000 ? (int)p->limit : 300;
	int step = limit / 6;
	int level[4] = { limit + step, limit, limit - step, limit - 2 * step };
	int value[60], n = (int)MIN(p->abandon_len, 60u), rows;
	char line[TEXT_SIZE], title[160], t[TEXT_SIZE];

	rows = view_full(g) ? 4 : 2;
	str_fmt(title, sizeof(title), view_full(g)
		? _("-- Last 60 minutes --------------------- abandon, one "
		    "mark = 1 minute, line = %s ---")
		: _("-- Last 60 minutes: abandon, line = %s ---"),
		text_pct(line, limit, 1));
	view_rule(g, y++, title);
	for (int i = 0; i < 60; i++)
		value[i] = i < 60 - n || !p->abandon[i - (60 - n)]
			? -1 : (p->abandon[i - (60 - n)] - 1) * 10;
	for (int i = 0; i < rows; i++)
		grid_put(g, y + i, 2, 0, ST_NORMAL,
			 text_pct(line, level[i], 1));
	view_chart(g, &(struct view_chart){ y, 8, rows, level, 1, value,
					    60 });
	if (rows < 4)
		return;
	grid_put(g, y + 4, 8, 0, ST_DIM,
		 text_clock(t, m->now.wall_ms - 3600000, m->tz_min, false));
	grid_put(g, y + 4, 36, 0, ST_DIM,
		 text_clock(t, m->now.wall_ms - 1800000, m->tz_min, false));
	grid_put(g, y + 4, 63, 0, ST_DIM,
		 text_clock(t, m->now.wall_ms, m->tz_min, false));
}

static void draw_history(const struct wall_model *m, struct grid *g, int y)
{
	char item[200], t[TEXT_SIZE];
	int x = 2, rows = MAX(1, g->rows - 4 - y);

	view_rule(g, y++, _("-- History ---"));
	for (uint32_t i = 0; i < m->pacing.history_count; i++) {
		const struct msg_change_row *c = &m->pacing.history[i];

		str_fmt(item, sizeof(item), "%s %s  %s",
			text_clock(t, c->at_ms, m->tz_min, false), c->who,
			c->text);
		if (x > 2 && x + text_width(item) > g->cols) {
			x = 2;
			y++;
			if (--rows <= 0)
				break;
		}
		x += grid_put(g, y, x, MIN(text_width(item), g->cols - x),
			      ST_NORMAL, item) + 5;
	}
}

void view_pacing(const struct wall_model *m, struct grid *g)
{
	bool full = view_full(g);
	size_t n = wall_setting_rows(m);
	const struct msg_setting_row *s;
	int y = 3;

	grid_put(g, 1, 1, g->cols - 2, ST_DIM, full
		 ? _("Nothing changes until you press Enter. Server limits "
		     "are shown and cannot be passed here.")
		 : _("Nothing changes until you press Enter. The server's "
		     "limits hold."));
	view_rule(g, 2, full
		  ? _("-- Setting --------------------- Now ----- New ----- "
		      "Limit ------- Meaning -------------------------")
		  : _("-- Setting ------------- Now ----- New ---- Limit ----- "
		      "Meaning ---"));
	for (size_t i = 0; i < n && (s = wall_setting_at(m, i)) &&
			   y < g->rows - 12; i++)
		draw_setting(m, g, y++, i, s);
	if (full) {
		y = MAX(y, 11);
		draw_forecast(m, g, y);
		draw_hour(m, g, y + 6);
		draw_history(m, g, y + 13);
	} else {
		draw_forecast(m, g, y);
		if (y + 9 < g->rows - 2)
			draw_hour(m, g, y + 6);
		if (y + 10 < g->rows - 2)
			draw_history(m, g, y + 9);
	}
}
