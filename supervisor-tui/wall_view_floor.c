#include <string.h>

#include "base/str.h"
#include "wall_view.h"

/* Where the overview's columns stand; spare rows go to the lists. */
struct plan {
	bool full;
	int  recent, today;		/* columns these end at              */
	int  target, state, spark;	/* and these begin at                */
	int  bar, bar_w, name, time;
	int  agt, lines, line, conn, aband, conv, left, ends;
	int  camp_rows, trunk_rows, todo_rows;
	int  states;			/* rows of agents' states            */
};

/* Six rows of states; rarer ones are counted where they belong.  The last is
 * there while somebody has a customer he does not talk to yet. */
static const struct { uint8_t state; uint32_t bits; } groups[] = {
	{ MSG_STATE_TALK, 1u << MSG_STATE_TALK | 1u << MSG_STATE_CONSULT |
		1u << MSG_STATE_CONF },
	{ MSG_STATE_READY, 1u << MSG_STATE_READY | 1u << MSG_STATE_RESERVED },
	{ MSG_STATE_WRAP, 1u << MSG_STATE_WRAP },
	{ MSG_STATE_HOLD, 1u << MSG_STATE_HOLD },
	{ MSG_STATE_BREAK, 1u << MSG_STATE_BREAK },
	{ MSG_STATE_NOT_READY, 1u << MSG_STATE_NOT_READY |
		1u << MSG_STATE_LOST },
	{ MSG_STATE_PREVIEW, 1u << MSG_STATE_PREVIEW | 1u << MSG_STATE_DIAL |
		1u << MSG_STATE_RING },
};

static uint32_t count_of(const struct msg_state_count *row, uint32_t n,
			 uint32_t bits)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < n; i++)
		if (row[i].state < 32 && bits & 1u << row[i].state)
			sum += row[i].agents;
	return sum;
}

static uint32_t group_count(const struct msg_floor *f, size_t i)
{
	return count_of(f->states, f->states_count, groups[i].bits);
}

static size_t group_rows(const struct msg_floor *f)
{
	size_t last = ARRAY_LEN(groups) - 1;

	return group_count(f, last) ? last + 1 : last;
}

/* The last by what there is of it. */
static const char *group_name(const struct msg_floor *f, size_t i)
{
	uint32_t n = group_count(f, i);
	uint32_t preview = count_of(f->states, f->states_count,
				    1u << MSG_STATE_PREVIEW);

	if (groups[i].state != MSG_STATE_PREVIEW || preview == n)
		return text_state(groups[i].state);
	return preview ? _("Before call") : text_state(MSG_STATE_DIAL);
}

static struct plan plan_of(const struct wall_model *m, const struct grid *g)
{
	bool zh = text_lang() == LANG_ZH;
	struct plan p = view_full(g)
		? (struct plan){ true, 31, 40, 44, 56, 65, 18, 44, 65,
				 zh ? 81 : 83, 36, zh ? 42 : 41, zh ? 51 : 52,
				 58, 65, 73, 81, 91, 3, 3, 2, 6 }
		: (struct plan){ false, 27, 36, 39, 49, 57, 18, 30, 51, 69,
				 22, 27, 0, 34, 42, 50, 57, 66, 3, 1, 0, 6 };
	/* There is a row free above the footer; none of it on a wall. */
	int spare = MAX(0, g->rows - (p.full ? 30 : 24)) + (m->wall ? 2 : 0);
	int want;

	p.states = (int)group_rows(&m->floor);
	if (p.states > 6 && spare)
		spare--;
	else if (p.states > 6 && !p.full)
		p.camp_rows--;
	want = MAX(0, (int)m->floor.campaigns_count - p.camp_rows);
	p.camp_rows += MIN(want, spare);
	spare -= MIN(want, spare);
	want = p.full ? MAX(0, (int)m->floor.trunks_count - p.trunk_rows) : 0;
	p.trunk_rows += MIN(want, spare);
	spare -= MIN(want, spare);
	if (p.full)
		p.todo_rows += spare;
	else
		p.camp_rows += spare;
	return p;
}

/* A minute's byte to a level: 0 is no data, 1..255 is 0 to twice the target. */
static void draw_trend(struct grid *g, int y, int x, int width,
		       const struct msg_figure_row *f)
{
	int8_t level[64];
	size_t n = MIN(f->points_len, (uint32_t)ARRAY_LEN(level));

	for (size_t i = 0; i < n; i++)
		level[i] = f->points[i]
			? (int8_t)((f->points[i] - 1) * 7 / 255) : -1;
	grid_spark(g, y, x, width, ST_NORMAL, level, n);
}

static void draw_figure(struct grid *g, int y, const struct plan *p,
			const struct msg_figure_row *f)
{
	char buf[TEXT_SIZE], today[TEXT_SIZE];
	enum style st = style_judge(f->judge);
	int end = MIN(g->cols - 1, p->spark + (p->full ? 32 : 22));
	int x = MAX(p->spark, p->state + 1 + text_width(text_judge(f->judge)));

	grid_put(g, y, 2, p->full ? 22 : 18, ST_NORMAL,
		 text_figure_name(f->figure));
	grid_put_right(g, y, p->recent, st == ST_OK ? ST_NORMAL : st,
		       text_figure(buf, f->figure, f->recent));
	text_figure(buf, f->figure, f->today);
	/* What waits has no mean of the day, but a worst moment. */
	if (f->figure == MSG_FIGURE_WAITING && f->today >= 0)
		str_fmt(today, sizeof(today), _("max %s"), buf);
	else
		str_copy(today, sizeof(today), buf);
	grid_put_right(g, y, p->today, ST_NORMAL, today);
	grid_put(g, y, p->target, 0, ST_NORMAL, text_target(buf, f));
	grid_put(g, y, p->state, 0, st, text_judge(f->judge));
	draw_trend(g, y, x, end - x, f);
}

static void draw_states(const struct wall_model *m, struct grid *g, int y,
			const struct plan *p)
{
	const struct msg_floor *f = &m->floor;
	uint32_t most = 0;
	char buf[TEXT_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		most = MAX(most, group_count(f, i));
	for (size_t i = 0; (int)i < p->states; i++, y++) {
		uint32_t n = group_count(f, i);
		const struct msg_longest *worst = NULL;
		/* One mark an agent while there is room, else a share. */
		uint32_t marks = most <= (uint32_t)p->bar_w ? n
			: (uint32_t)(((uint64_t)n * (unsigned)p->bar_w + most -
				      1) / most);

		grid_put(g, y, 2, 11, ST_NORMAL, group_name(f, i));
		grid_put_right(g, y, 16, ST_NORMAL, text_num(buf, n));
		for (uint32_t k = 0; k < marks; k++)
			grid_put(g, y, p->bar + (int)k, 1, ST_NORMAL, "#");
		for (uint32_t k = 0; k < f->longest_count; k++)
			if (f->longest[k].state < 32 &&
			    groups[i].bits & 1u << f->longest[k].state &&
			    (!worst ||
			     f->longest[k].since_ms < worst->since_ms))
				worst = &f->longest[k];
		if (!worst)
			continue;
		grid_put(g, y, p->name, p->time - p->name - 6, ST_NORMAL,
			 worst->name);
		grid_put_right(g, y, p->time,
			       worst->over ? ST_WATCH : ST_NORMAL,
			       text_dur(buf, wall_age_s(m,
							worst->since_ms)));
		if (worst->over)
			grid_put(g, y, p->time + 1, 1, ST_WATCH, "!");
	}
}

static void draw_campaign(const struct wall_model *m, struct grid *g, int y,
			  const struct plan *p,
			  const struct msg_campaign_row *c)
{
	char buf[TEXT_SIZE];
	enum style st = style_judge(c->judge);
	bool bad = c->judge == MSG_JUDGE_HIGH || c->judge == MSG_JUDGE_LOW;

	bool runs = c->state == MSG_CAMPAIGN_RUNNING;

	grid_put(g, y, 2, p->full ? 22 : 19, ST_NORMAL, c->name);
	if (p->full)
		grid_put(g, y, 25, 10, runs ? ST_NORMAL : ST_WATCH,
			 c->state == MSG_CAMPAIGN_PAUSED ? _("PAUSED") :
			 c->state == MSG_CAMPAIGN_STOPPED ? _("STOPPED")
							  : text_mode(c->mode));
	grid_put(g, y, p->agt, 0, ST_NORMAL, text_num(buf, c->agents));
	if (!runs && !p->full)	/* has no column of its own there */
		str_copy(buf, sizeof(buf), c->state == MSG_CAMPAIGN_PAUSED
			 ? _("PAUSED") : _("STOP"));
	else if (c->lines_x100 < 0)
		str_copy(buf, sizeof(buf), "-");
	else
		str_fmt(buf, sizeof(buf), "%d.%02d", (int)c->lines_x100 / 100,
			(int)c->lines_x100 % 100);
	grid_put(g, y, p->lines, 0, runs || p->full ? ST_NORMAL : ST_WATCH,
		 buf);
	if (p->line)
		grid_put(g, y, p->line, 0, ST_NORMAL,
			 text_num(buf, c->lines));
	grid_put(g, y, p->conn, 0, ST_NORMAL, text_pct(buf, c->connect, 1));
	text_pct(buf, c->abandon, 1);
	grid_put(g, y, p->aband, 0, bad ? st : ST_NORMAL, buf);
	if (bad)
		grid_put(g, y, p->aband + text_width(buf) + 1, 1, st, "!");
	grid_put(g, y, p->conv, 0, ST_NORMAL, text_pct(buf, c->convert, 1));
	grid_put(g, y, p->left, 0, ST_NORMAL, text_num(buf, c->left));
	grid_put(g, y, p->ends, 0, ST_NORMAL,
		 text_clock(buf, c->ends_ms, m->tz_min, false));
}

static enum style trunk_style(unsigned state)
{
	return state == MSG_TRUNK_DOWN ? ST_ALARM :
	       state == MSG_TRUNK_DRAINING ? ST_WATCH :
	       state == MSG_TRUNK_UP ? ST_OK : ST_NORMAL;
}

static const char *trunk_word(unsigned state)
{
	static const char *const words[MSG_TRUNK_COUNT] = {
		[MSG_TRUNK_NONE] = "-",
		[MSG_TRUNK_UP] = N_("ok"),
		[MSG_TRUNK_STANDBY] = N_("standby"),
		[MSG_TRUNK_DRAINING] = N_("draining"),
		[MSG_TRUNK_DOWN] = N_("DOWN"),
	};

	return state && state < MSG_TRUNK_COUNT ? _(words[state]) : "-";
}

static void draw_trunk(struct grid *g, int y, const struct msg_trunk_row *t)
{
	char buf[TEXT_SIZE], meter[TEXT_SIZE];

	grid_put(g, y, 2, 19, ST_NORMAL, t->name);
	str_fmt(buf, sizeof(buf), "%u/%u", (unsigned)t->used,
		(unsigned)t->cap);
	grid_put_right(g, y, 28, ST_NORMAL, buf);
	text_meter(meter, sizeof(meter), 18, t->used, t->cap, true);
	grid_put(g, y, 29, 0, ST_NORMAL, meter);
	text_tenth(buf, (int32_t)t->cps_x10);
	str_add(buf, sizeof(buf), t->cps_max_x10 % 10 ? "/%u.%u" : "/%u",
		(unsigned)t->cps_max_x10 / 10, (unsigned)t->cps_max_x10 % 10);
	grid_put(g, y, 51, 0, ST_NORMAL, buf);
	grid_put(g, y, 60, 0, ST_NORMAL, text_pct(buf, t->asr, 0));
	if (t->pdd50_ms < 0)
		str_copy(buf, sizeof(buf), "-");
	else
		str_fmt(buf, sizeof(buf), "%d.%ds", (int)t->pdd50_ms / 1000,
			(int)t->pdd50_ms % 1000 / 100);
	grid_put(g, y, 67, 0, ST_NORMAL, buf);
	grid_put(g, y, 75, 0, ST_NORMAL, text_pct(buf, t->e5xx, 1));
	grid_put(g, y, 83, 0, ST_NORMAL, text_tenth(buf, t->mos_x10));
	grid_put(g, y, 91, 0, trunk_style(t->state), trunk_word(t->state));
}

/* All trunks on one row, as many as fit. */
static void draw_trunks_brief(const struct wall_model *m, struct grid *g,
			      int y)
{
	char buf[160], cps[TEXT_SIZE];
	int x = 2;

	for (uint32_t i = 0; i < m->floor.trunks_count; i++) {
		const struct msg_trunk_row *t = &m->floor.trunks[i];

		str_fmt(buf, sizeof(buf), "%s %u/%u ", t->name,
			(unsigned)t->used, (unsigned)t->cap);
		if (t->state != MSG_TRUNK_STANDBY)
			str_add(buf, sizeof(buf), "%scps ",
				text_tenth(cps, (int32_t)t->cps_x10));
		str_add(buf, sizeof(buf), "%s", trunk_word(t->state));
		if (x + text_width(buf) > g->cols - 1)
			break;
		x += grid_put(g, y, x, text_width(buf),
			      t->state == MSG_TRUNK_UP ? ST_NORMAL
						       : trunk_style(t->state),
			      buf) + 3;
	}
}

/* "+4 more: 3" at a list's end, when it does not show all. */
static void draw_more(struct grid *g, int y, int64_t more, char key)
{
	char buf[TEXT_SIZE];

	if (more <= 0)
		return;
	str_fmt(buf, sizeof(buf), _("+%d more: %c"), (int)more, key);
	view_tag(g, y, g->cols - 2 - text_width(buf), buf);
}

static void draw_todos(const struct wall_model *m, struct grid *g, int y,
		       const struct plan *p)
{
	if (!m->floor.todo_count && m->floor.figures_count)
		grid_put(g, y, 4, 0, ST_DIM, _("Nothing to do."));
	for (uint32_t i = 0;
	     i < m->floor.todo_count && (int)i < p->todo_rows; i++) {
		const struct msg_todo *t = &m->floor.todo[i];
		const char *opens =
			t->view == MSG_VIEW_PACING ? _("Enter opens pacing") :
			t->view == MSG_VIEW_TRUNKS || t->view == MSG_VIEW_TRUNK
				? _("Enter opens trunk") :
			t->view == MSG_VIEW_CAMPAIGNS
				? _("Enter opens campaign") :
			t->agent ? _("Enter opens agent") : _("Enter opens it");
		char text[200];

		wall_todo_text(m, t, true, text, sizeof(text));
		grid_put(g, y + (int)i, 4, 72, ST_NORMAL, text);
		grid_put(g, y + (int)i, 77, 22, ST_DIM, m->wall ? "" : opens);
		if (m->list[MSG_VIEW_OVERVIEW].cur == i && !m->wall)
			view_mark(g, y + (int)i, 2);
	}
}

static void draw_lists(const struct wall_model *m, struct grid *g,
		       const struct plan *p)
{
	const struct msg_floor *f = &m->floor;
	uint32_t first = p->full ? f->todo_count : 1;
	uint32_t cur = m->list[MSG_VIEW_OVERVIEW].cur - first;
	int y = 10 + p->states;

	view_rule(g, y, p->full
		  ? _("-- Campaigns ----------- Mode ----- Agt  Lines/agt  "
		      "Line  Conn - Aband - Conv -- Left ---- Ends ----")
		  : _("-- Campaigns -------- Agt  L/agt  Conn -- Aband - Conv "
		      "- Left --- Ends ---------"));
	draw_more(g, y++, (int64_t)f->campaigns_count - p->camp_rows, '3');
	for (uint32_t i = 0; (int)i < p->camp_rows; i++, y++) {
		if (i >= f->campaigns_count)
			continue;
		draw_campaign(m, g, y, p, &f->campaigns[i]);
		if (i == cur && !m->wall)
			view_mark(g, y, 0);
	}
	cur -= f->campaigns_count;
	view_rule(g, y, p->full
		  ? _("-- Trunks -------------- Used / cap -------------- CPS "
		      "---- ASR -- PDD --- 5xx --- MOS --- State ---")
		  : _("-- Trunks ---"));
	if (!p->full) {
		draw_trunks_brief(m, g, y + 1);
		if (cur < f->trunks_count && !m->wall)
			view_mark(g, y + 1, 0);
		return;
	}
	draw_more(g, y++, (int64_t)f->trunks_count - p->trunk_rows, '4');
	for (uint32_t i = 0; (int)i < p->trunk_rows; i++, y++) {
		if (i >= f->trunks_count)
			continue;
		draw_trunk(g, y, &f->trunks[i]);
		if (i == cur && !m->wall)
			view_mark(g, y, 0);
	}
	view_rule(g, y, _("-- Do now ---"));
	draw_todos(m, g, y + 1, p);
}

void view_overview(const struct wall_model *m, struct grid *g)
{
	struct plan p = plan_of(m, g);
	char title[TEXT_SIZE];

	view_alert_line(m, g);
	view_rule(g, 2, p.full
		  ? _("-- Key figures --------- 15 min -- Today -- Target ---- "
		      "State -- Last 32 min -----------------------")
		  : _("-- Key figures ------ 15 min - Today - Target -- State "
		      "- Last 22 min -----------"));
	for (uint32_t i = 0; i < MIN(m->floor.figures_count, 6u); i++)
		draw_figure(g, 3 + (int)i, &p, &m->floor.figures[i]);
	str_fmt(title, sizeof(title), _("Agents %u of %u"),
		(unsigned)m->head.agents, (unsigned)m->head.seats);
	grid_rule(g, 9, 0, g->cols, title);
	view_tag(g, 9, p.name,
		 _("Longest in state"));
	draw_states(m, g, 10, &p);
	draw_lists(m, g, &p);
}

/* Below 80x24: what is wrong, in the order of the key figures, bad first. */
void view_card(const struct wall_model *m, struct grid *g)
{
	char buf[TEXT_SIZE], line[200], t[TEXT_SIZE];
	int y = 0, x = MIN(18, g->cols / 2 - 2);

	text_clock(t, m->now.wall_ms, m->tz_min, true);
	grid_putf(g, y, 1, g->cols - 11, ST_TITLE, ngettext("%s  %u agent",
		  "%s  %u agents", m->head.agents), m->head.floor, (unsigned)m->head.agents);
	grid_put_right(g, y++, g->cols - 1, m->lost ? ST_ALARM :
		       m->frozen ? ST_WATCH : ST_NORMAL,
		       m->lost ? _("!! LOST") : m->frozen ? _("FROZEN") : t);
	if (m->hint_until_ms) {
		grid_put(g, y++, 1, g->cols - 2, m->hint_style, m->hint);
	} else if (m->head.alert) {
		str_fmt(line, sizeof(line), "%s %s",
			text_level(m->head.level), m->head.alert_text);
		grid_put(g, y++, 1, g->cols - 2, style_level(m->head.level),
			 line);
	} else {
		grid_put(g, y++, 1, g->cols - 2, ST_OK,
			 _("There is no open alert."));
	}
	if (wall_listening(m))
		grid_putf(g, y++, 1, g->cols - 2, ST_WATCH,
			  _("On a call with %s %u   x leaves"), m->mon.name,
			  (unsigned)m->mon.agent);
	for (int pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < m->floor.figures_count; i++) {
			const struct msg_figure_row *f = &m->floor.figures[i];
			bool ok = !judge_is_bad(f->judge);

			if (ok != (pass == 1) || y >= g->rows - 2)
				continue;
			grid_put(g, y, 1, x, ST_NORMAL,
				 text_figure_name(f->figure));
			grid_put_right(g, y, x + 8, style_judge(f->judge),
				       text_figure(buf, f->figure,
						   f->recent));
			grid_put(g, y, x + 10, 9, style_judge(f->judge),
				 text_judge(f->judge));
			if (g->cols >= x + 20 + 10)
				grid_put(g, y, x + 20, 10, ST_DIM,
					 text_target(buf, f));
			y++;
		}
	line[0] = '\0';
	for (size_t i = 0; i < group_rows(&m->floor); i++)
		str_add(line, sizeof(line), "%s %u  ",
			groups[i].state == MSG_STATE_WRAP ? _("Wrap") :
			groups[i].state == MSG_STATE_HOLD ? _("Hold") :
			group_name(&m->floor, i),
			(unsigned)group_count(&m->floor, i));
	grid_put(g, g->rows - 2, 1, g->cols - 2, ST_NORMAL, line);
	grid_put(g, g->rows - 1, 1, g->cols - 2, ST_DIM,
		 _("Lists: 80x24  a Ack  z Freeze  q Quit"));
	grid_cursor(g, g->rows - 1, 1, false);
}
