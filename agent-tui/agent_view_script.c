#include "agent_view.h"

#include <string.h>

#include "base/str.h"
#include "script/script.h"

/* Tab stops, from the panel's first column, by language. */
static const int finish_full[LANG_COUNT][1] = { { 19 }, { 15 } };
static const int finish_compact[LANG_COUNT][1] = { { 16 }, { 13 } };

/* -- script ---------------------------------------------------------------- */

/* Cells of a line: a field not filled in yet counts as eight, so that lines
 * do not break elsewhere when the customer is there. */
static void words(struct panel *p, const char *text)
{
	char plain[1100], part[1100];
	const char *open = strchr(text, '['), *close = open ? strchr(open, ']')
							    : NULL;
	const char *s, *next;
	size_t at, grow;

	if (!close || close - open < 9) {
		for (s = text; *s; s = next) {
			size_t n = text_wrap(s, p->w, &next);

			str_fmt(part, sizeof(part), "%.*s", (int)n, s);
			panel_line(p, ST_NORMAL, part);
		}
		return;
	}
	at = (size_t)(open - text);
	grow = (size_t)(close - open + 1) - 8;
	str_fmt(plain, sizeof(plain), "%.*s########%s", (int)at, text,
		close + 1);
	for (s = plain; *s; s = next) {
		size_t n = text_wrap(s, p->w, &next), from = (size_t)(s - plain);
		size_t to = from + n;

		/* Back to the place in the real text. */
		if (from > at)
			from += grow;
		if (to > at)
			to += grow;
		str_fmt(part, sizeof(part), "%.*s", (int)(to - from),
			text + from);
		panel_line(p, ST_NORMAL, part);
	}
}

static void branch_text(const struct script_line *l, bool brief, int pad,
			char *buf, size_t size)
{
	char answer[80], rest[520];

	script_brief(rest, sizeof(rest), l->text, brief);
	text_pad(answer, sizeof(answer), l->answer,
		 MAX(pad, text_width(l->answer)));
	while (*rest && rest[strlen(rest) - 1] == ' ')
		rest[strlen(rest) - 1] = '\0';
	str_copy(buf, size, answer);
	str_add(buf, size, pad ? "  -> " : " -> ");
	if (l->page)
		str_add(buf, size, _("page %u"), l->page);
	str_add(buf, size, "%s", rest);
}

/* Branches one under the other, answers padded to the longest. */
static const char *branches_full(struct panel *p, const char *s)
{
	struct script_line l;
	char text[700];
	int pad = 1;

	for (const char *at = s; *at; ) {
		at = script_line(at, &l);
		if (l.kind != SCRIPT_BRANCH)
			break;
		pad = MAX(pad, text_width(l.answer));
	}
	for (const char *at = s; *at; s = at) {
		at = script_line(at, &l);
		if (l.kind != SCRIPT_BRANCH)
			break;
		branch_text(&l, false, pad, text, sizeof(text));
		panel_linef(p, ST_TITLE, "  %s", text);
	}
	return s;
}

/* Branches beside each other while they fit. */
static const char *branches_compact(struct panel *p, const char *s)
{
	struct script_line l;
	char row[700] = "", text[700];

	for (const char *at = s; *at; s = at) {
		at = script_line(at, &l);
		if (l.kind != SCRIPT_BRANCH)
			break;
		branch_text(&l, true, 0, text, sizeof(text));
		if (*row && text_width(row) + 4 + text_width(text) > p->w) {
			panel_line(p, ST_TITLE, row);
			row[0] = '\0';
		}
		str_add(row, sizeof(row), "%s%s", *row ? "    " : "  ", text);
	}
	if (*row)
		panel_line(p, ST_TITLE, row);
	return s;
}

/*
 * A line as wide as an editor's margin goes on in the next one, unless it
 * ends in a wide character: those lines were broken on purpose.
 */
static const char *paragraph(const struct script_line *first, const char *next,
			     char *buf, size_t size)
{
	struct script_line l = *first;

	str_copy(buf, size, l.text);
	while (*next && text_width(l.text) >= 40 &&
	       (signed char)l.text[strlen(l.text) - 1] > 0) {
		const char *after = script_line(next, &l);

		if (l.kind != SCRIPT_WORDS)
			break;
		str_add(buf, size, " %s", l.text);
		next = after;
	}
	return next;
}

static void page_lines(struct panel *p, const char *s, bool full)
{
	struct script_line l, after;
	char text[1200], brief[1100], whole[1100];

	while (*s) {
		const char *next = script_line(s, &l);

		switch (l.kind) {
		case SCRIPT_BLANK:
			script_line(next, &after);
			if (full || after.kind != SCRIPT_BRANCH)
				p->y++;
			break;
		case SCRIPT_WORDS:
			next = paragraph(&l, next, whole, sizeof(whole));
			script_brief(brief, sizeof(brief), whole, !full);
			words(p, brief);
			break;
		case SCRIPT_MUST:
			script_brief(brief, sizeof(brief), l.text, !full);
			str_fmt(text, sizeof(text), _("Must say: %s"), brief);
			words(p, text);
			break;
		case SCRIPT_BRANCH:
			s = full ? branches_full(p, s)
				 : branches_compact(p, s);
			continue;
		}
		s = next;
	}
}

void view_script(const struct agent_model *m, struct grid *g,
		 const struct layout *l)
{
	struct panel p = panel_right(g, l);

	if (!m->script.pages_count) {
		panel_line(&p, ST_DIM, _("This campaign has no script."));
		return;
	}
	page_lines(&p, m->script.pages[m->page].text, l->full);
	if (m->script.pages_count < 2)
		return;
	if (l->full)
		grid_put(g, l->panel_y + l->panel_h - 4, p.x + 22, 0, ST_DIM,
			 _(" PgUp/PgDn turn the page"));
	else
		grid_put(g, p.end - 1, p.x, p.w, ST_DIM,
			 _("PgUp/PgDn turn the page"));
}

/* -- finish ---------------------------------------------------------------- */

/* In the place of the time, which such an outcome has not. */
static void amount_line(const struct agent_model *m, struct panel *p)
{
	char text[40];

	agent_amount_print(text, sizeof(text), m->seat.amount);
	if (m->seat.amount > 0)
		panel_linef(p, ST_OK, _("  [x] Amount\t%s"), text);
	else
		panel_line(p, ST_WATCH, _("  [ ] Amount\tchoose it again"));
}

static void finish_list(const struct agent_model *m, struct panel *p)
{
	const struct msg_outcome_row *o = agent_outcome(m);
	bool time = m->seat.callback_ms, note = *m->note.text;
	char when[40];

	if (!o)
		panel_line(p, ST_WATCH, _("  [ ] Outcome\tpress 1-9"));
	else if (o->digit)
		panel_linef(p, ST_OK, _("  [x] Outcome\t%u %s"), o->digit, o->label);
	else
		panel_linef(p, ST_OK, _("  [x] Outcome\t%s"), o->label);
	if (o && o->needs_amount && !o->needs_time && !time) {
		amount_line(m, p);
	} else if (time) {
		view_date(when, sizeof(when), m->seat.callback_ms,
			  agent_cust_tz(m), false);
		str_add(when, sizeof(when), " ");
		view_clock(when + strlen(when), sizeof(when) - strlen(when),
			   m->seat.callback_ms, agent_cust_tz(m), false);
		panel_linef(p, ST_OK, _("  [x] When?\t%s"), when);
	} else if (o && o->needs_time) {
		panel_line(p, ST_WATCH, _("  [ ] When?\tpress F7"));
	}
	if (!o || !o->needs_note)
		panel_line(p, ST_NORMAL, _("  [ ] Note\toptional"));
	else
		panel_line(p, note ? ST_OK : ST_WATCH,
		     note ? _("  [x] Note\twritten")
			  : _("  [ ] Note\tpress n"));
}

void view_finish(const struct agent_model *m, struct grid *g,
		 const struct layout *l)
{
	struct panel p = panel_right(g, l);
	char talk[16], hold[16];
	bool timed = m->seat.limit_ms;

	p.stops = l->full ? finish_full[text_lang()]
			  : finish_compact[text_lang()];
	p.nstops = 1;
	view_time(talk, sizeof(talk), m->seat.talk_ms);
	view_time(hold, sizeof(hold), m->seat.hold_ms);
	if (l->full) {
		panel_line(&p, ST_TITLE, _("Summary"));
		panel_linef(&p, ST_NORMAL, _("  Talk %s   Hold %s   %s"), talk, hold,
		      m->seat.rec == MSG_REC_SAVED ? _("Recording saved")
						   : _("Not recorded"));
	} else {
		panel_linef(&p, ST_NORMAL, _("Talk %s  Hold %s  %s"), talk, hold,
		      m->seat.rec == MSG_REC_SAVED ? _("recorded")
						   : _("not recorded"));
	}
	p.y++;
	panel_line(&p, ST_TITLE, _("To finish this call"));
	finish_list(m, &p);
	p.y++;
	if (!timed)
		return;
	if (l->full) {
		panel_line(&p, ST_DIM, _("When time is up you become NOT READY."));
		panel_line(&p, ST_DIM, _("Your notes are kept."));
	} else {
		panel_line(&p, ST_DIM, _("At zero you become NOT READY."));
		panel_line(&p, ST_DIM, _("Your notes are kept. "));
	}
}
