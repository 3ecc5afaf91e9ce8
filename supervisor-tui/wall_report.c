#include <string.h>

#include "base/str.h"
#include "msg/msg_csv.h"
#include "wall_keys.h"
#include "wall_model.h"

/*
 * Performance and breaks: which period, which rows, and a file of them.  The
 * server sends a page at a time; the file is written as they come, so ten
 * thousand agents need no more room here than ten.
 */

static void again(struct wall_model *m)
{
	m->list[m->view] = (struct wall_list){ .pending = true };
}

void wall_report_key(struct wall_model *m, unsigned act, uint32_t key)
{
	if (act == ACT_PERIOD)
		m->period = (enum msg_period)
			(key == TK_LEFT ? m->period <= MSG_PERIOD_TODAY
						  ? MSG_PERIOD_MONTH
						  : m->period - 1
			 : m->period >= MSG_PERIOD_MONTH ? MSG_PERIOD_TODAY
							 : m->period + 1);
	else
		m->by = (enum msg_grouping)(m->by >= MSG_BY_ROW_TEAM
						    ? MSG_BY_ROW_AGENT
						    : m->by + 1);
	again(m);
}

/* waihu-agent-today-20260821.csv */
void wall_export_name(const struct wall_model *m, char *buf, size_t size)
{
	char day[TEXT_DAY];

	wall_day(day, m->now.wall_ms, m->tz_min);
	str_fmt(buf, size, "waihu-%s-%s-%s.csv",
		m->by == MSG_BY_ROW_SKILL ? "skill"
		: msg_word(MSG_WORDS_GROUPING, m->by),
		msg_word(MSG_WORDS_PERIOD, m->period), day);
}

static void ask_page(struct wall_model *m)
{
	wall_send(m, MSG_REPORT_GET, &m->export.get);
}

void wall_export(struct wall_model *m, const char *name)
{
	struct wall_export *x = &m->export;

	if (strchr(name, '/') || *name == '.') {
		wall_hint(m, ST_WATCH, _("A name without / and not beginning "
					 "with a point, please."));
		return;
	}
	memset(x, 0, sizeof(*x));
	str_copy(x->name, sizeof(x->name), name);
	x->get = (struct msg_report_get){
		.period = (uint8_t)m->period, .by = (uint8_t)m->by,
		.sort = (uint8_t)m->sort, .reverse = m->reverse,
		.campaign = m->group };
	str_copy(x->get.find, sizeof(x->get.find), m->find);
	x->on = true;
	ask_page(m);
}

static bool save(struct wall_model *m, enum wall_save what, const char *line)
{
	const char *why = m->out.save
		? m->out.save(m->out.arg, m->export.name, what, line) : NULL;

	if (!why)
		return true;
	m->export.on = false;
	wall_hint(m, ST_ALARM, _("Not written: %s: %s"), m->export.name, why);
	return false;
}

void wall_export_page(struct wall_model *m, const struct msg_report *page)
{
	struct wall_export *x = &m->export;
	char line[MSG_CSV_LINE];

	if (!x->on)
		return;
	if (!x->get.top) {
		msg_csv_head(page, line, sizeof(line));
		if (!save(m, SAVE_FIRST, line))
			return;
	}
	for (uint32_t i = 0; i < page->rows_count; i++) {
		msg_csv_row(page, &page->rows[i], line, sizeof(line));
		if (!save(m, SAVE_NEXT, line))
			return;
	}
	x->get.top += page->rows_count;
	if (page->rows_count && x->get.top < page->shown) {
		wall_hint(m, ST_NORMAL, _("Writing %s: %u of %u"), x->name,
			  (unsigned)x->get.top, (unsigned)page->shown);
		ask_page(m);
		return;
	}
	x->on = false;
	if (save(m, SAVE_LAST, ""))
		wall_hint(m, ST_OK, ngettext("%u row written to %s",
			"%u rows written to %s", x->get.top),
			  (unsigned)x->get.top, x->name);
}

void wall_export_stop(struct wall_model *m)
{
	if (!m->export.on)
		return;
	m->export.on = false;
	save(m, SAVE_LAST, "");
	wall_hint(m, ST_ALARM, _("%s is not whole: the server was lost."),
		  m->export.name);
}
