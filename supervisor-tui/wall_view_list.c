#include <string.h>

#include "base/str.h"
#include "wall_view.h"

/* Lists: agents, campaigns, calls, alerts, an agent's day. */

/* "... 32 more (PgDn)" under the last row shown. */
static void draw_rest(struct grid *g, int y, uint32_t top, uint32_t count,
		      uint32_t total)
{
	if (total > top + count)
		grid_putf(g, y, 2, 0, ST_DIM, _("... %u more (PgDn)"),
			  (unsigned)(total - top - count));
	else if (!total)
		grid_put(g, y, 2, 0, ST_DIM, _("Nothing here."));
}

static enum style state_style(const struct msg_agent_row *a)
{
	return a->over ? ST_WATCH : a->state == MSG_STATE_LOST ? ST_ALARM
							       : ST_STATE;
}

static const char *health(unsigned h)
{
	static const char *const words[MSG_HEALTH_COUNT] = {
		"-", N_("ok"), N_("slow"), N_("DOWN"),
	};

	return h && h < MSG_HEALTH_COUNT ? _(words[h]) : "-";
}

static void state_text(char *buf, size_t size, const struct msg_agent_row *a)
{
	str_copy(buf, size, text_state_caps(a->state));
	if (!*a->break_label)
		return;
	str_add(buf, size, " %s", a->break_label);

	/* "Tea break" reads "BREAK Tea": there is no room to say it twice. */
	size_t n = strlen(buf), cut = strlen(" break");

	if (n > cut && str_eq(buf + n - cut, " break"))
		buf[n - cut] = '\0';
}

static void put_num(struct grid *g, int y, int x, int w, int64_t v)
{
	char buf[TEXT_SIZE];

	if (v < 0)
		str_copy(buf, sizeof(buf), "-");
	else
		text_num(buf, (uint64_t)v);
	grid_put(g, y, x, w, ST_NORMAL, buf);
}

/* Where the columns of agents stand. */
static const struct { int name, state, time, camp, cust, calls, talk, wrap,
			  sale, net; } at[2] = {
	{ 8, 19, 32, 0, 41, 54, 61, 0, 68, 74 },
	{ 8, 20, 32, 40, 55, 68, 75, 81, 87, 93 },
};

static void draw_agent(const struct wall_model *m, struct grid *g, int y,
		       const struct msg_agent_row *a)
{
	bool full = view_full(g);
	char buf[TEXT_SIZE], state[TEXT_SIZE];

	grid_putf(g, y, 2, 6, ST_NORMAL, "%u", (unsigned)a->agent);
	grid_put(g, y, at[full].name, at[full].state - at[full].name - 1,
		 ST_NORMAL, a->name);
	state_text(state, sizeof(state), a);
	grid_put(g, y, at[full].state, at[full].time - at[full].state - 1,
		 state_style(a), state);
	text_dur(buf, wall_age_s(m, a->since_ms));
	if (a->over)
		str_add(buf, sizeof(buf), " !");
	grid_put(g, y, at[full].time, 8, a->over ? ST_WATCH : ST_NORMAL, buf);
	if (full)
		grid_put(g, y, at[full].camp, 12, ST_NORMAL, a->campaign);
	grid_put(g, y, at[full].cust, 12, ST_NORMAL,
		 *a->number ? a->number : "-");
	put_num(g, y, at[full].calls, 6, a->calls);
	grid_put(g, y, at[full].talk, 5, ST_NORMAL,
		 text_dur(buf, a->talk_avg_s));
	if (full)
		grid_put(g, y, at[full].wrap, 5, ST_NORMAL,
			 text_dur(buf, a->wrap_avg_s));
	put_num(g, y, at[full].sale, 5, a->sales);
	grid_put(g, y, at[full].net, 6, a->net == MSG_HEALTH_SLOW ? ST_WATCH :
		 a->net == MSG_HEALTH_DOWN ? ST_ALARM : ST_NORMAL,
		 health(a->net));
	if (a->hand)	/* wants help */
		grid_put(g, y, 1, 1, ST_ALARM, "!");
	if (*a->heard_by)
		grid_put(g, y, g->cols - 1, 1, ST_DIM, "*");
}

/* "On call 24   Ready 6": all, by state, in a row. */
static void draw_counts(const struct wall_model *m, struct grid *g)
{
	static const struct { uint8_t state; const char *word; } shown[] = {
		{ MSG_STATE_TALK, N_("On call") },
		{ MSG_STATE_READY, N_("Ready") },
		{ MSG_STATE_WRAP, N_("Wrap") },
		{ MSG_STATE_HOLD, N_("Hold") },
		{ MSG_STATE_BREAK, N_("Break") },
		{ MSG_STATE_NOT_READY, N_("Not ready") },
		{ MSG_STATE_DIAL, N_("Dialling") },
		{ MSG_STATE_RING, N_("Ringing") },
		{ MSG_STATE_PREVIEW, N_("Preview") },
		{ MSG_STATE_CONSULT, N_("Consult") },
		{ MSG_STATE_CONF, N_("3-way") },
		{ MSG_STATE_LOST, N_("Link lost") },
	};
	char line[240] = "";

	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		for (uint32_t k = 0; k < m->agents.states_count; k++)
			if (m->agents.states[k].state == shown[i].state &&
			    (m->agents.states[k].agents || i < 6))
				str_add(line, sizeof(line), "%s%s %u",
					*line ? view_full(g) ? "   " : "  "
					      : "", _(shown[i].word),
					(unsigned)m->agents.states[k].agents);
	grid_put(g, 1, 1, g->cols - 2, ST_NORMAL, line);
}

static const char *rec_word(unsigned rec)
{
	return rec == MSG_REC_ON ? _("recorded") :
	       rec == MSG_REC_PAUSED ? _("RECORDING PAUSED") :
				       _("not recorded");
}

static void agent_title(const struct wall_model *m, char *buf, size_t size,
			const struct msg_agent_row *a, bool full)
{
	const char *gap = full ? "   " : "  ";
	char state[TEXT_SIZE], dur[TEXT_SIZE];

	state_text(state, sizeof(state), a);
	str_fmt(buf, size, "%s %u%s%s %s", a->name, (unsigned)a->agent, gap,
		state, text_dur(dur, wall_age_s(m, a->since_ms)));
	if (!*a->number && !*a->customer)
		return;
	str_add(buf, size, "%s%s %s", gap, a->customer, a->number);
	if (full && a->page) {
		str_add(buf, size, "%s", gap);
		str_add(buf, size, _("page %u of script"), (unsigned)a->page);
	}
	str_add(buf, size, "%s%s", gap, rec_word(a->rec));
}

static void draw_day(const struct wall_model *m, struct grid *g, int y,
		     const struct msg_agent_row *a)
{
	bool full = view_full(g);
	char line[300], conv[TEXT_SIZE], occ[TEXT_SIZE], t[TEXT_SIZE];
	char calls[40], sales[40], breaks[40];
	int sold = MAX(a->sales, 0);

	str_fmt(calls, sizeof(calls), ngettext("%u call", "%u calls", a->calls),
		(unsigned)a->calls);
	str_fmt(sales, sizeof(sales), ngettext("%d sale", "%d sales",
					       (unsigned)sold), sold);
	text_pct(conv, a->convert, 1);
	text_pct(occ, a->occupancy, 0);
	if (a->break_allowed_min)
		str_fmt(breaks, sizeof(breaks), _("%u/%u min"),
			(unsigned)a->break_min,
			(unsigned)a->break_allowed_min);
	else
		str_copy(breaks, sizeof(breaks), "-");	/* no budget */
	if (full)
		str_fmt(line, sizeof(line),
			_("Today: %s, %s (%s), occupancy %s, breaks %s"),
			calls, sales, conv, occ, breaks);
	else
		str_fmt(line, sizeof(line),
			_("%s  %s (%s)  occ %s  breaks %s  MOS %s"),
			calls, sales, conv, occ, breaks,
			text_tenth(t, a->mos_x10));
	if (full && a->callbacks)
		str_add(line, sizeof(line), ngettext(
			", %u callback at %s", ", %u callbacks at %s",
			a->callbacks),
			(unsigned)a->callbacks,
			text_clock(t, a->callback_ms, m->tz_min, false));
	grid_put(g, y, 2, g->cols - 3, ST_NORMAL, line);
}

static void draw_quality(struct grid *g, int y, const struct msg_agent_row *a)
{
	char line[300], loss[TEXT_SIZE], mos[TEXT_SIZE], jit[TEXT_SIZE];

	if (a->jitter_ms < 0)
		str_copy(jit, sizeof(jit), "-");
	else
		str_fmt(jit, sizeof(jit), "%d ms", (int)a->jitter_ms);
	str_fmt(line, sizeof(line), _("Quality: jitter %s  loss %s  MOS %s"
				      "    Raised hand: %s"), jit,
		text_pct(loss, a->loss, 1), text_tenth(mos, a->mos_x10),
		a->hand ? *a->hand_text ? a->hand_text : _("YES") : _("no"));
	if (*a->heard_by) {
		str_add(line, sizeof(line), "    ");
		str_add(line, sizeof(line), _("heard by %s"), a->heard_by);
	}
	grid_put(g, y, 2, g->cols - 3, a->hand ? ST_WATCH : ST_NORMAL, line);
}

static void draw_agent_detail(const struct wall_model *m, struct grid *g,
			      int y)
{
	const struct msg_agent_row *a = wall_agent(m);
	char title[300];

	if (!a) {
		grid_rule(g, y, 0, g->cols, NULL);
		return;
	}
	agent_title(m, title, sizeof(title), a, view_full(g));
	grid_rule(g, y, 0, g->cols, title);
	draw_day(m, g, y + 1, a);
	if (view_full(g))
		draw_quality(g, y + 2, a);
}

/* The rule above the detail of what is under the cursor. */
static int detail_y(const struct grid *g)
{
	return g->rows - (view_full(g) ? 6 : 5);
}

void view_agents(const struct wall_model *m, struct grid *g)
{
	int y = 3, end = detail_y(g) - 1;

	draw_counts(m, g);
	view_rule(g, 2, view_full(g)
		  ? _("- ID -- Name ------ State ----- Time -- Campaign ----- "
		      "Customer --- Calls  Talk  Wrap  Sale  Net ---")
		  : _("- ID -- Name ----- State ------ Time --- Customer --- "
		      "Calls  Talk - Sale  Net --"));
	uint32_t i = 0;

	for (; i < m->agents.rows_count && y < end; i++, y++) {
		draw_agent(m, g, y, &m->agents.rows[i]);
		if (m->agents.top + i == m->list[MSG_VIEW_AGENTS].cur)
			view_mark(g, y, 0);
	}
	draw_rest(g, y, m->agents.top, i, m->agents.shown);
	draw_agent_detail(m, g, detail_y(g));
}

static void draw_campaign_detail(const struct wall_model *m, struct grid *g)
{
	const struct msg_campaign_row *c = wall_campaign_row(m);
	char a[TEXT_SIZE], b[TEXT_SIZE], d[TEXT_SIZE], e[TEXT_SIZE];
	int y = detail_y(g);

	grid_rule(g, y, 0, g->cols, c ? c->name : NULL);
	if (!c)
		return;
	grid_putf(g, y + 1, 2, g->cols - 3, ST_NORMAL,
		  _("Today: %s dialled, %s answered by a person, %s sales, "
		    "%u waiting now"), text_num(a, c->dialled),
		  text_num(b, c->answered), text_num(d, c->sales),
		  (unsigned)c->waiting);
	if (view_full(g))
		grid_putf(g, y + 2, 2, g->cols - 3, style_judge(c->judge),
			  _("Abandon rate: %s in 15 min, %s today, %s in the "
			    "legal window, target %s"),
			  text_pct(a, c->abandon, 1),
			  text_pct(b, c->abandon_today, 1),
			  text_pct(d, c->abandon_legal, 1),
			  text_pct(e, c->target, 1));
}

static void draw_campaign(const struct wall_model *m, struct grid *g, int y,
			  const struct msg_campaign_row *c)
{
	/* State, agents, lines, connect, abandon 15 min, today, legal. */
	static const int x[2][10] = {
		{ 18, 28, 33, 0, 39, 46, 54, 0, 62, 71 },
		{ 20, 30, 36, 47, 53, 60, 68, 76, 84, 93 },
	};
	const int *col = x[view_full(g)];
	bool bad = judge_is_bad(c->judge);
	char buf[TEXT_SIZE];

	grid_put(g, y, 2, col[0] - 3, ST_NORMAL, c->name);
	grid_put(g, y, col[0], col[1] - col[0] - 1,
		 c->state == MSG_CAMPAIGN_RUNNING ? ST_STATE : ST_WATCH,
		 c->state == MSG_CAMPAIGN_RUNNING
			 ? text_mode(c->mode)
			 : _(msg_word(MSG_WORDS_CAMPAIGN, c->state)));
	put_num(g, y, col[1], 5, c->agents);
	if (c->lines_x100 < 0)
		str_copy(buf, sizeof(buf), "-");
	else
		str_fmt(buf, sizeof(buf), "%d.%02d", (int)c->lines_x100 / 100,
			(int)c->lines_x100 % 100);
	grid_put(g, y, col[2], 5, ST_NORMAL, buf);
	if (col[3])
		put_num(g, y, col[3], 5, c->lines);
	grid_put(g, y, col[4], 6, ST_NORMAL, text_pct(buf, c->connect, 1));
	text_pct(buf, c->abandon, 1);
	if (bad)
		str_add(buf, sizeof(buf), " !");
	grid_put(g, y, col[5], 7, bad ? style_judge(c->judge) : ST_NORMAL,
		 buf);
	grid_put(g, y, col[6], 6, ST_NORMAL,
		 text_pct(buf, c->abandon_today, 1));
	if (col[7])
		grid_put(g, y, col[7], 6, ST_NORMAL,
			 text_pct(buf, c->convert, 1));
	grid_put(g, y, col[8], 8, ST_NORMAL, text_num(buf, c->left));
	grid_put(g, y, col[9], 6, ST_NORMAL,
		 text_clock(buf, c->ends_ms, m->tz_min, false));
}

void view_campaigns(const struct wall_model *m, struct grid *g)
{
	int y = 3, end = detail_y(g) - 1;
	uint32_t i = 0;

	view_alert_line(m, g);
	view_rule(g, 2, view_full(g)
		  ? _("- Campaign -------- Mode ---- Agt - Lines/agt  Line  Conn - "
		      "Aband - Today - Conv -- Left --- Ends ---")
		  : _("- Campaign ------ Mode ---- Agt  L/agt Conn - Aband - Today "
		      "- Left --- Ends ---"));
	for (; i < m->campaigns.rows_count && y < end; i++, y++) {
		draw_campaign(m, g, y, &m->campaigns.rows[i]);
		if (m->campaigns.top + i == m->list[MSG_VIEW_CAMPAIGNS].cur)
			view_mark(g, y, 0);
	}
	draw_rest(g, y, m->campaigns.top, i, m->campaigns.total);
	draw_campaign_detail(m, g);
}

static const char *phase_word(unsigned phase)
{
	static const char *const words[MSG_PHASE_COUNT] = {
		"-", N_("DIALLING"), N_("RINGING"), N_("WHO IS IT"),
		N_("WAITING"), N_("TALKING"), N_("HOLD"), N_("WRAP-UP"),
	};

	return phase && phase < MSG_PHASE_COUNT ? _(words[phase]) : "-";
}

static void draw_call(const struct wall_model *m, struct grid *g, int y,
		      const struct msg_call_row *c)
{
	/* Number, campaign, agent, trunk, answer to agent, whole time. */
	static const int x[2][7] = { { 13, 22, 36, 0, 51, 0, 72 },
				     { 14, 24, 38, 54, 73, 85, 93 } };
	const int *col = x[view_full(g)];
	enum style st = c->over ? ST_ALARM : ST_STATE;
	char buf[TEXT_SIZE];

	grid_put(g, y, 2, col[0] - 3, st, phase_word(c->phase));
	text_dur(buf, wall_age_s(m, c->since_ms));
	if (c->over)
		str_add(buf, sizeof(buf), " !");
	grid_put(g, y, col[0], col[1] - col[0] - 1,
		 c->over ? ST_ALARM : ST_NORMAL, buf);
	grid_put(g, y, col[1], 13, ST_NORMAL, *c->number ? c->number : "-");
	grid_put(g, y, col[2], 14, ST_NORMAL, c->campaign);
	if (c->agent)
		grid_putf(g, y, col[4] - (col[3] ? 19 : 0), 17, ST_NORMAL,
			  "%u %s", (unsigned)c->agent, c->name);
	else
		grid_put(g, y, col[3] ? col[3] : col[4], 1, ST_NORMAL, "-");
	if (col[3])
		grid_put(g, y, col[4], 11, ST_NORMAL, c->trunk);
	if (col[5] && !c->wait_ms)
		grid_put(g, y, col[5], 7, ST_NORMAL, "-");
	else if (col[5])
		grid_putf(g, y, col[5], 7, c->wait_ms > 2000 ? ST_WATCH
							     : ST_NORMAL,
			  "%u.%us", (unsigned)c->wait_ms / 1000,
			  (unsigned)c->wait_ms % 1000 / 100);
	grid_put(g, y, col[6], 6, ST_NORMAL, 
		 text_dur(buf, wall_age_s(m, c->start_ms)));
}

void view_calls(const struct wall_model *m, struct grid *g)
{
	int y = 3, end = g->rows - 4;
	uint32_t i = 0;

	view_alert_line(m, g);
	view_rule(g, 2, view_full(g)
		  ? _("- State ----- Time ---- Customer ---- Campaign ------ Agent "
		      "------------ Trunk ----- Wait -- All ---")
		  : _("- State ---- Time --- Customer ---- Campaign ----- Agent "
		      "-------------- All ---"));
	for (; i < m->calls.rows_count && y < end; i++, y++) {
		draw_call(m, g, y, &m->calls.rows[i]);
		if (m->calls.top + i == m->list[MSG_VIEW_CALLS].cur)
			view_mark(g, y, 0);
	}
	draw_rest(g, y, m->calls.top, i, m->calls.shown);
}

static void draw_alert(const struct wall_model *m, struct grid *g, int y,
		       const struct msg_alert_row *a)
{
	char buf[TEXT_SIZE];
	bool open = !a->cleared_ms, quiet = *a->acked_by || !open;

	grid_put(g, y, 2, 2, quiet ? ST_DIM : style_level(a->level),
		 text_level(a->level));
	grid_put(g, y, 5, 5, ST_NORMAL,
		 text_clock(buf, a->at_ms, m->tz_min, false));
	if (open)
		str_copy(buf, sizeof(buf), *a->acked_by ? _("seen")
							: _("OPEN"));
	else
		text_clock(buf, a->cleared_ms, m->tz_min, false);
	grid_put(g, y, 12, 6, open && !quiet ? ST_WATCH : ST_NORMAL, buf);
	grid_put(g, y, 19, g->cols - 20, quiet ? ST_DIM :
		 style_level(a->level), a->text);
}

void view_alerts(const struct wall_model *m, struct grid *g)
{
	const struct msg_alert_row *a = wall_alert(m);
	int y = 3, end = detail_y(g) - 1, d = detail_y(g);
	char t[TEXT_SIZE];
	uint32_t i = 0;

	view_rule(g, 2, _("- !  Since  Until  What ---"));
	for (; i < m->alerts.rows_count && y < end; i++, y++) {
		draw_alert(m, g, y, &m->alerts.rows[i]);
		if (m->alerts.top + i == m->list[MSG_VIEW_ALERTS].cur)
			view_mark(g, y, 0);
	}
	draw_rest(g, y, m->alerts.top, i, m->alerts.total);
	grid_rule(g, d, 0, g->cols, NULL);
	if (!a)
		return;
	grid_put(g, d + 1, 2, g->cols - 3, ST_NORMAL, a->text);
	if (*a->acked_by)
		grid_putf(g, d + 2, 2, g->cols - 3, ST_DIM,
			  _("Acknowledged by %s: %s"), a->acked_by, a->word);
	if (a->muted_ms > m->now.wall_ms)
		grid_putf(g, d, 3, 0, ST_DIM, _(" quiet until %s "),
			  text_clock(t, a->muted_ms, m->tz_min, false));
}

void view_timeline(const struct wall_model *m, struct grid *g)
{
	const struct msg_agent_row *a = wall_agent(m);
	uint32_t top = m->timeline.top, i = 0;
	int y = 6, end = g->rows - 4;
	char title[300], t[TEXT_SIZE];

	if (a) {
		agent_title(m, title, sizeof(title), a, view_full(g));
		grid_rule(g, 2, 0, g->cols, title);
		draw_day(m, g, 3, a);
		draw_quality(g, 4, a);
	} else {
		grid_rule(g, 2, 0, g->cols, NULL);
	}
	view_rule(g, 5, _("- From ----- State ------- For ----- What ---"));
	for (; i < m->timeline.rows_count && y < end; i++, y++) {
		const struct msg_span_row *s = &m->timeline.rows[i];

		grid_put(g, y, 2, 8, ST_NORMAL,
			 text_clock(t, s->at_ms, m->tz_min, true));
		grid_put(g, y, 13, 12, ST_STATE, text_state_caps(s->state));
		grid_put(g, y, 27, 8, ST_NORMAL, text_dur(t, s->for_s));
		grid_put(g, y, 37, g->cols - 38, ST_NORMAL, s->what);
		if (top + i == m->list[MSG_VIEW_TIMELINE].cur)
			view_mark(g, y, 0);
	}
	if (m->timeline.total)
		draw_rest(g, y, top, i, m->timeline.total);
	else
		grid_put(g, y, 2, g->cols - 3, ST_DIM,
			 _("No timeline has come from the server."));
}
