#include <string.h>

#include "base/str.h"
#include "wall_view.h"

/*
 * What a screen reader is told: where one is, what is under the cursor, what
 * is wrong, the question that is asked.  Times that run and counts that
 * change by themselves are left out, or every second would be news.
 */

static void add(char *buf, size_t size, const char *text)
{
	if (*text)
		str_add(buf, size, "%s%s", *buf ? ", " : "", text);
}

static const char *where(const struct wall_model *m)
{
	static const char *const views[MSG_VIEW_COUNT] = {
		[MSG_VIEW_NONE] = N_("OVERVIEW"),
		[MSG_VIEW_OVERVIEW] = N_("OVERVIEW"),
		[MSG_VIEW_AGENTS] = N_("AGENTS"),
		[MSG_VIEW_CAMPAIGNS] = N_("CAMPAIGNS"),
		[MSG_VIEW_TRUNKS] = N_("TRUNKS"),
		[MSG_VIEW_CALLS] = N_("CALLS"),
		[MSG_VIEW_ALERTS] = N_("ALERTS"),
		[MSG_VIEW_PACING] = N_("PACING"),
		[MSG_VIEW_TRUNK] = N_("TRUNKS"),
		[MSG_VIEW_TIMELINE] = N_("AGENT'S DAY"),
		[MSG_VIEW_REPORT] = N_("PERFORMANCE"),
		[MSG_VIEW_BREAKS] = N_("BREAKS"),
		[MSG_VIEW_TRACE] = N_("SIP TRACE"),
	};

	return _(views[m->view]);
}

static void row_of_list(const struct wall_model *m, char *buf, size_t size)
{
	const struct msg_agent_row *a = wall_agent(m);
	const struct msg_call_row *c = wall_call(m);
	const struct msg_report_row *r = wall_report(m);

	if (a) {
		str_fmt(buf, size, "%u %s %s %s%s%s", (unsigned)a->agent,
			a->name, text_state_caps(a->state), a->break_label,
			a->over ? " !" : "", a->hand ? " !!" : "");
		add(buf, size, a->customer);
	} else if (c) {
		str_fmt(buf, size, "%s %s %s", c->number, c->campaign,
			c->name);
	} else if (r) {
		str_fmt(buf, size, "%u %s", (unsigned)r->agent, r->name);
	}
}

static void under_cursor(const struct wall_model *m, char *buf, size_t size)
{
	const struct msg_todo *t = wall_todo(m);
	const struct msg_campaign_row *k = wall_campaign_row(m);
	const struct msg_trunk_row *n = wall_trunk_row(m);
	const struct msg_alert_row *al = wall_alert(m);
	const struct msg_setting_row *s = m->view == MSG_VIEW_PACING
		? wall_setting_at(m, m->list[MSG_VIEW_PACING].cur) : NULL;
	char v[TEXT_SIZE];

	*buf = '\0';
	if (t)
		wall_todo_text(m, t, false, buf, size);
	else if (k)
		str_fmt(buf, size, "%s %s %s", k->name, text_mode(k->mode),
			text_judge(k->judge));
	else if (n)
		str_fmt(buf, size, "%s %s", n->name,
			_(msg_word(MSG_WORDS_TRUNK, n->state)));
	else if (al)
		str_fmt(buf, size, "%s %s", text_level(al->level), al->text);
	else if (s)
		str_fmt(buf, size, "%s %s", text_setting(s->setting),
			text_setting_value(v, s->setting, wall_value(m, s)));
	else
		row_of_list(m, buf, size);
}

/* Figures that are not as they should be, by name and word. */
static void figures(const struct wall_model *m, char *buf, size_t size)
{
	for (uint32_t i = 0; i < m->floor.figures_count; i++) {
		const struct msg_figure_row *f = &m->floor.figures[i];
		char one[120];

		if (!judge_is_bad(f->judge))
			continue;
		str_fmt(one, sizeof(one), "%s %s", text_figure_name(f->figure),
			text_judge(f->judge));
		add(buf, size, one);
	}
}

static void news(const struct wall_model *m, char *buf, size_t size)
{
	char part[300];

	if (m->login.asked && !m->in) {
		str_copy(buf, size, m->login.on_pass ? _("Password")
						     : _("Name"));
		add(buf, size, m->login.trouble);
		return;
	}
	str_copy(buf, size, m->lost ? _("!! LOST") : where(m));
	if (m->view == MSG_VIEW_OVERVIEW)
		figures(m, buf, size);
	under_cursor(m, part, sizeof(part));
	add(buf, size, part);
	if (m->head.alert) {
		str_fmt(part, sizeof(part), "%s %s",
			text_level(m->head.level), m->head.alert_text);
		add(buf, size, part);
	}
	view_asked(m, part, sizeof(part));
	add(buf, size, part);
	if (m->line)
		add(buf, size, m->typed.text);
	if (m->hint_until_ms)
		add(buf, size, m->hint);
}

void wall_linear(const struct wall_model *m, char *last, size_t last_size,
		 char *line, size_t size)
{
	char now[900], clock[TEXT_SIZE];

	news(m, now, sizeof(now));
	str_copy(line, size, "");
	if (str_eq(now, last))
		return;
	str_copy(last, last_size, now);
	str_fmt(line, size, "%s %s", text_clock(clock, m->now.wall_ms,
						m->tz_min, true), now);
}
