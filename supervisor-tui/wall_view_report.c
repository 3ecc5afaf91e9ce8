#include <string.h>

#include "base/str.h"
#include "wall_view.h"

/* How agents spent their time: performance, and spending on breaks. */

enum col { C_ID, C_NAME, C_CALLS, C_TALK, C_AVG, C_HOLD, C_WRAP, C_READY,
	   C_BREAKS, C_OCC, C_WAIT, C_SALE, C_CONV, COLS };

/* Where each stands at 80 and at 100 columns; 0: not there. */
static const struct { const char *name; int x[2]; } cols[COLS] = {
	[C_ID] = { N_("ID"), { 2, 2 } },
	[C_NAME] = { N_("Agent"), { 8, 8 } },
	[C_CALLS] = { N_("Calls"), { 20, 20 } },
	[C_TALK] = { N_("Talk"), { 26, 26 } },
	[C_AVG] = { N_("Avg"), { 35, 36 } },
	[C_HOLD] = { N_("Hold"), { 0, 42 } },
	[C_WRAP] = { N_("Wrap"), { 41, 50 } },
	[C_READY] = { N_("Ready"), { 0, 56 } },
	[C_BREAKS] = { N_("Breaks"), { 47, 65 } },
	[C_OCC] = { N_("Occ"), { 57, 76 } },
	[C_WAIT] = { N_("Wait"), { 62, 81 } },
	[C_SALE] = { N_("Sale"), { 69, 88 } },
	[C_CONV] = { N_("Conv"), { 74, 94 } },
};

static void draw_heads(const struct wall_model *m, struct grid *g)
{
	bool full = view_full(g);

	grid_rule(g, 2, 0, g->cols, NULL);
	for (int i = 0; i < COLS; i++)
		if (cols[i].x[full])
			view_tag(g, 2, cols[i].x[full],
				 i == C_ID && m->by > MSG_BY_ROW_AGENT
					 ? _("Agts") : _(cols[i].name));
}

static void put_dur(struct grid *g, int y, int x, int w, int64_t s)
{
	char buf[TEXT_SIZE];

	if (x)
		grid_put(g, y, x, w, ST_NORMAL, text_dur(buf, s));
}

static bool is_over(const struct msg_report_row *r)
{
	for (uint32_t i = 0; i < r->breaks_count; i++)
		if (r->breaks[i].over)
			return true;
	return false;
}

static void draw_who(struct grid *g, int y, const struct msg_report_row *r)
{
	char buf[TEXT_SIZE];

	if (r->agent) {
		grid_putf(g, y, 2, 6, ST_NORMAL, "%u", (unsigned)r->agent);
		grid_put(g, y, 8, 11, ST_NORMAL, r->name);
	} else {
		grid_put(g, y, 2, 5, ST_NORMAL, text_num(buf, r->agents));
		grid_put(g, y, 8, 11, ST_NORMAL, r->name);
	}
}

static void draw_row(struct grid *g, int y, const struct msg_report_row *r)
{
	bool full = view_full(g), over = is_over(r);
	const uint32_t n = MAX(r->calls, 1u);
	char buf[TEXT_SIZE];

#define X(c) cols[c].x[full]
	draw_who(g, y, r);
	grid_put(g, y, X(C_CALLS), 6, ST_NORMAL, text_num(buf, r->calls));
	put_dur(g, y, X(C_TALK), 9, r->talk_s);
	put_dur(g, y, X(C_AVG), 6, r->talk_s / n);
	put_dur(g, y, X(C_HOLD), 8, r->hold_s);
	put_dur(g, y, X(C_WRAP), 6, r->wrap_s / n);
	put_dur(g, y, X(C_READY), 9, r->ready_s);
	str_fmt(buf, sizeof(buf), _("%u min"), (unsigned)(r->break_s / 60));
	if (over)
		str_add(buf, sizeof(buf), " !");
	grid_put(g, y, X(C_BREAKS), 10, over ? ST_WATCH : ST_NORMAL, buf);
	grid_put(g, y, X(C_OCC), 5, ST_NORMAL, text_pct(buf, r->occupancy, 0));
	grid_put(g, y, X(C_WAIT), 7, ST_NORMAL,
		 text_figure(buf, MSG_FIGURE_WAIT, r->wait_x10));
	grid_put(g, y, X(C_SALE), 5, ST_NORMAL, text_num(buf, r->sales));
	grid_put(g, y, X(C_CONV), 6, ST_NORMAL, text_pct(buf, r->convert, 1));
#undef X
}

/* "[Today]  Week  Month": what is chosen stands in brackets, in any colour. */
static int draw_choice(struct grid *g, int y, int x, const char *const *words,
		       size_t n, unsigned chosen)
{
	for (size_t i = 0; i < n; i++) {
		bool on = chosen == i + 1;

		x += grid_put(g, y, x, 1, ST_STATE, on ? "[" : " ");
		x += grid_put(g, y, x, text_width(_(words[i])),
			      on ? ST_STATE : ST_DIM, _(words[i]));
		x += grid_put(g, y, x, 1, ST_STATE, on ? "]" : " ");
	}
	return x;
}

static void draw_choices(const struct wall_model *m, struct grid *g)
{
	static const char *const periods[] = { N_("Today"), N_("This week"),
					       N_("This month") };
	static const char *const rows[] = { N_("Agents"), N_("Skill groups"),
					    N_("Teams") };
	char day[TEXT_SIZE], t[TEXT_SIZE];
	int x = draw_choice(g, 1, 1, periods, 3, m->period);

	x = draw_choice(g, 1, x + 3, rows, 3, m->by);
	if (!m->report.from_ms || x + 28 > g->cols)
		return;
	text_day(day, m->report.from_ms, m->tz_min);
	grid_putf(g, 1, x + 3, g->cols - x - 4, ST_DIM, _("%s 00:00 to %s"),
		  day, text_clock(t, m->report.to_ms, m->tz_min, false));
}

/* The rule above the sums of all that match. */
static int all_y(const struct grid *g)
{
	return g->rows - (view_full(g) ? 6 : 5);
}

static void title_all(char *buf, size_t size, unsigned agents)
{
	str_fmt(buf, size, ngettext("%u agent in all", "All %u agents",
				    agents), agents);
}

static void draw_all(const struct wall_model *m, struct grid *g)
{
	const struct msg_report_row *r = &m->report.all[0];
	char title[80], n[TEXT_SIZE], talk[TEXT_SIZE], sales[40], calls[40];
	char conv[TEXT_SIZE], occ[TEXT_SIZE], wait[TEXT_SIZE];
	int y = all_y(g);

	title_all(title, sizeof(title), m->report.all_count ? r->agents : 0);
	grid_rule(g, y, 0, g->cols, title);
	if (!m->report.all_count)
		return;
	str_fmt(calls, sizeof(calls), ngettext("%s call", "%s calls",
		r->calls), text_num(n, r->calls));
	str_fmt(sales, sizeof(sales), ngettext("%s sale", "%s sales",
		(unsigned long)MAX(r->sales, 0)), text_num(n, r->sales));
	grid_putf(g, y + 1, 2, g->cols - 3, ST_NORMAL, view_full(g)
		  ? _("%s, talk %s, %s (%s), occupancy %s, agent wait %s")
		  : _("%s  talk %s  %s (%s)  occ %s  wait %s"),
		  calls, text_dur(talk, r->talk_s), sales, text_pct(conv, r->convert, 1),
		  text_pct(occ, r->occupancy, 0),
		  text_figure(wait, MSG_FIGURE_WAIT, r->wait_x10));
	if (view_full(g))
		grid_put(g, y + 2, 2, g->cols - 3, ST_DIM,
			 _("Avg: talk of a call. Wrap: of a call. Occupancy: "
			   "talk, hold, wrap-up of these and ready."));
}

static void draw_tail(const struct wall_model *m, struct grid *g, int y,
		      uint32_t shown)
{
	uint32_t rest = m->report.shown - MIN(m->report.shown,
					      m->report.top + shown);

	if (rest)
		grid_putf(g, y, 2, 0, ST_DIM, _("... %u more (PgDn)"),
			  (unsigned)rest);
	else if (!m->report.shown)
		grid_put(g, y, 2, 0, ST_DIM, _("Nothing here."));
}

void view_report(const struct wall_model *m, struct grid *g)
{
	int y = 3, end = all_y(g) - 1;
	uint32_t i = 0;

	draw_choices(m, g);
	draw_heads(m, g);
	for (; i < m->report.rows_count && y < end; i++, y++) {
		draw_row(g, y, &m->report.rows[i]);
		if (m->report.top + i == m->list[MSG_VIEW_REPORT].cur)
			view_mark(g, y, 0);
	}
	draw_tail(m, g, y, i);
	draw_all(m, g);
}

/* ---- spending on breaks ---------------------------------------------------- */

enum { BREAK_X = 32, ALL_X = 22 };

static int break_width(const struct msg_report *r, const struct grid *g)
{
	int n = (int)MAX(r->kinds_count, 1u);

	return MAX(7, MIN(14, (g->cols - BREAK_X - 1) / n));
}

/* Minutes; of a day also what is allowed. */
static void draw_use(struct grid *g, int y, int x, int w,
		     const struct msg_break_use *u,
		     const struct msg_break_kind *k, bool day)
{
	char buf[TEXT_SIZE];

	str_fmt(buf, sizeof(buf), "%u", (unsigned)(u->used_s / 60));
	if (day && k->budget_s)
		str_add(buf, sizeof(buf), "/%u", (unsigned)(k->budget_s / 60));
	if (u->over)
		str_add(buf, sizeof(buf), " !");
	grid_put(g, y, x, w - 1, u->over ? ST_WATCH : ST_NORMAL, buf);
}

static void draw_breaks_row(const struct msg_report *p, struct grid *g, int y,
			    const struct msg_report_row *r)
{
	bool day = p->period <= MSG_PERIOD_TODAY && r->agent;
	int w = break_width(p, g), x = BREAK_X;
	char buf[TEXT_SIZE];

	grid_put(g, y, ALL_X, 9, ST_NORMAL, text_dur(buf, r->break_s));
	for (uint32_t i = 0; i < p->kinds_count && i < r->breaks_count &&
			     x + w <= g->cols; i++, x += w)
		draw_use(g, y, x, w, &r->breaks[i], &p->kinds[i], day);
}

static void draw_breaks_head(const struct wall_model *m, struct grid *g)
{
	const struct msg_report *p = &m->report;
	int w = break_width(p, g), x = BREAK_X;

	view_rule(g, 2, m->by > MSG_BY_ROW_AGENT ? _("- Agts  Name ---")
						 : _("- ID -- Name ---"));
	view_tag(g, 2, ALL_X, _("All"));
	for (uint32_t i = 0; i < p->kinds_count && x + w <= g->cols;
	     i++, x += w) {
		char label[TEXT_SIZE];

		str_fmt(label, sizeof(label), "%.*s",
			(int)text_fit(p->kinds[i].label, w - 2),
			p->kinds[i].label);
		view_tag(g, 2, x, label);
	}
}

void view_breaks(const struct wall_model *m, struct grid *g)
{
	const struct msg_report *p = &m->report;
	int y = 3, end = all_y(g) - 1, d = all_y(g);
	uint32_t i = 0;
	char title[80];

	draw_choices(m, g);
	draw_breaks_head(m, g);
	for (; i < p->rows_count && y < end; i++, y++) {
		draw_who(g, y, &p->rows[i]);
		draw_breaks_row(p, g, y, &p->rows[i]);
		if (p->top + i == m->list[MSG_VIEW_BREAKS].cur)
			view_mark(g, y, 0);
	}
	draw_tail(m, g, y, i);
	title_all(title, sizeof(title), p->all_count ? p->all[0].agents : 0);
	grid_rule(g, d, 0, g->cols, title);
	if (!p->all_count)
		return;
	grid_put(g, d + 1, 2, ALL_X - 3, ST_NORMAL, _("Minutes"));
	draw_breaks_row(p, g, d + 1, &p->all[0]);
	if (view_full(g))
		grid_put(g, d + 2, 2, g->cols - 3, ST_DIM,
			 p->period <= MSG_PERIOD_TODAY
			 ? _("Minutes used / allowed today.  ! over what is "
			     "allowed.")
			 : _("Minutes used.  ! over what is allowed on at "
			     "least one day."));
}
