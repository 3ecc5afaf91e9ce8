#include "agent_view.h"

#include <string.h>

#include "base/str.h"

/* What a screen reader is told: state, customer, question, sentence.  Times
 * that run are left out, or every second would be news. */
static void news(const struct agent_model *m, char *buf, size_t size)
{
	const struct msg_outcome_row *o = agent_outcome(m);

	str_copy(buf, size, m->lost ? _("!! SERVER LOST") : !m->logged_in
		 ? _("LOG IN") : view_state_word((enum msg_state)m->seat.state));
	if (!m->logged_in && *m->login.trouble)
		str_add(buf, size, ", %s", m->login.trouble);
	if (m->seat.break_label[0] && m->seat.state == MSG_STATE_BREAK)
		str_add(buf, size, " %s", m->seat.break_label);
	if (m->seat.call)
		str_add(buf, size, ", %s %s", m->cust.name, m->cust.city);
	if (m->seat.muted)
		str_add(buf, size, ", %s", _("F5 OPEN MIC"));
	if (o)
		str_add(buf, size, ", %u %s", o->digit, o->label);
	if (m->seat.callback_ms) {
		str_add(buf, size, ", ");
		view_date(buf + strlen(buf), size - strlen(buf),
			  m->seat.callback_ms, agent_cust_tz(m), false);
		str_add(buf, size, " ");
		view_clock(buf + strlen(buf), size - strlen(buf),
			   m->seat.callback_ms, agent_cust_tz(m), false);
	}
	if (m->typing)
		str_add(buf, size, ", %s", _("Notes: writing"));
	if (m->hint_until_ms)
		str_add(buf, size, ", %s", m->hint);
	else if (m->notice_until_ms)
		str_add(buf, size, ", %s", m->notice.text);
	if (m->box == CTX_PICKER && m->pick.trouble[0])
		str_add(buf, size, ", %s", m->pick.trouble);
}

static void menu(const struct agent_model *m, char *buf, size_t size)
{
	if (m->box == CTX_BREAKS)
		for (uint32_t i = 0; i < m->breaks.rows_count; i++)
			str_add(buf, size, " %u %s;", i + 1,
				m->breaks.rows[i].label);
	else if (m->box == CTX_PICKER)
		str_add(buf, size, " %s", _("Call back: when?"));
	else if (m->box == CTX_TRANSFER)
		for (uint32_t i = 0; i < MIN(m->targets.rows_count, 5u); i++)
			str_add(buf, size, " %s%s;", i == m->sel ? "> " : "",
				m->targets.rows[i].name);
	else if (m->box == CTX_ASK)
		str_add(buf, size, " %s", _("Enter  Yes        Esc  No"));
}

void agent_linear(const struct agent_model *m, char *last, size_t last_size,
		  char *line, size_t size)
{
	char now[600], clock[16];

	news(m, now, sizeof(now));
	if (m->box)
		menu(m, now, sizeof(now));
	str_copy(line, size, "");
	if (str_eq(now, last))
		return;
	str_copy(last, last_size, now);
	view_clock(clock, sizeof(clock), m->now.wall_ms, m->tz_min, true);
	str_fmt(line, size, "%s %s", clock, now);
}
