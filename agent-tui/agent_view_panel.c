#include "agent_view.h"

#include <string.h>

#include "base/str.h"
#include "script/script.h"

/* Tab stops, from the panel's first column, by language. */
static const int card_stops[LANG_COUNT][2] = { { 9, 18 }, { 8, 18 } };
static const int check_full[] = { 12, 17 };
static const int check_compact[] = { 10, 14 };

struct panel panel_left(struct grid *g, const struct layout *l)
{
	return (struct panel){ g, 1, l->panel_y, l->split - 2,
			       l->panel_y + l->panel_h, NULL, 0 };
}

struct panel panel_right(struct grid *g, const struct layout *l)
{
	return (struct panel){ g, l->split + 2, l->panel_y,
			       l->cols - l->split - 3,
			       l->panel_y + l->panel_h, NULL, 0 };
}

void panel_line(struct panel *p, enum style st, const char *text)
{
	if (p->y < p->end)
		grid_put_tabs(p->g, p->y, p->x, p->w, st, text, p->stops,
			      p->nstops);
	p->y++;
}

void panel_linef(struct panel *p, enum style st, const char *fmt, ...)
{
	char buf[600] = "";
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	panel_line(p, st, buf);
}

/* -- check and messages ---------------------------------------------------- */

static const char *mode_word(unsigned mode, bool full)
{
	switch (mode) {
	case MSG_MODE_PREDICTIVE:
		return full ? _("Predictive: calls come to you")
			    : _("Predictive");
	case MSG_MODE_PROGRESSIVE:
		return full ? _("Progressive: calls come to you")
			    : _("Progressive");
	case MSG_MODE_PREVIEW:
		return full ? _("Preview: you dial each call") : _("Preview");
	default:
		return "-";
	}
}

/* How long its line takes to answer, once the server has measured it. */
static void phone_ok(const struct agent_model *m, struct panel *p, bool full,
		     const char *unmeasured)
{
	if (!m->seat.phone_rtt_ms)
		panel_line(p, ST_NORMAL, unmeasured);
	else if (full)
		panel_linef(p, ST_NORMAL, _("Phone\tOK\tregistered, %u ms"),
			    m->seat.phone_rtt_ms);
	else
		panel_linef(p, ST_NORMAL, _("Phone\tOK\t%u ms"),
			    m->seat.phone_rtt_ms);
}

/* A telephone on the desk: what the agent is to do about it. */
static void check_desk(const struct agent_model *m, struct panel *p, bool full)
{
	const char *no = _(msg_word(MSG_WORDS_PHONE_ANSWER, m->phone_answer));

	if (m->phone_answer && m->seat.desk)
		panel_linef(p, ST_WATCH, "\t\t%s", no);
	switch ((enum msg_desk)m->seat.desk) {
	case MSG_DESK_ABSENT:
		panel_line(p, ST_WATCH, _("Phone\tDOWN\tnot registered"));
		panel_linef(p, ST_WATCH, _("\tlog it in as %s"),
			    m->seat.desk_text);
		return;
	case MSG_DESK_CALLED:
		panel_line(p, ST_WATCH, _("Phone\tRINGS\tpick it up"));
		return;
	case MSG_DESK_FAILED:
		panel_linef(p, ST_WATCH, _("Phone\tDOWN\t%s"),
			    m->seat.desk_text);
		return;
	case MSG_DESK_OPEN:
		phone_ok(m, p, full, _("Phone\tOK\tits line is open"));
		return;
	case MSG_DESK_NONE:
	case MSG_DESK_COUNT:
		/* --phone none, and the server knows of no telephone. */
		if (m->phone_answer)
			panel_linef(p, ST_WATCH, _("Phone\tDOWN\t%s"), no);
		else
			panel_line(p, ST_WATCH,
				   _("Phone\tNONE\tcalls cannot come"));
		return;
	}
}

static void check_phone(const struct agent_model *m, struct panel *p,
			bool full)
{
	bool ok = agent_phone(m) == MSG_HEALTH_OK;
	enum style st = ok ? ST_NORMAL : ST_WATCH;
	char meter[32];

	text_meter(meter, sizeof(meter), 10, MAX(0, m->mic_level), 10, false);
	if (m->desk_phone)
		panel_line(p, ST_NORMAL, _("Headset\tat your telephone"));
	else if (m->mic_level < 0)
		panel_line(p, ST_WATCH, _("Headset\t...\tno sound yet"));
	else if (full)
		panel_linef(p, ST_NORMAL, _("Headset\tOK\t(%s, level  %s)"),
		      m->device, meter);
	else
		panel_linef(p, ST_NORMAL, _("Headset\tOK\tlevel %s"), meter);
	if (m->desk_phone)
		check_desk(m, p, full);
	else if (!ok)
		panel_line(p, st, _("Phone\tDOWN\ttrying again by itself"));
	else
		phone_ok(m, p, full, _("Phone\tOK\tthe line is open"));
	if (m->lost)
		panel_line(p, ST_ALARM, _("Server\tDOWN\ttrying again by itself"));
	else if (full)
		panel_linef(p, ST_NORMAL, _("Server\tOK\tround trip %u ms"),
		      m->rtt_ms);
	else
		panel_linef(p, ST_NORMAL, _("Server\tOK\t%u ms"), m->rtt_ms);
}

void view_check(const struct agent_model *m, struct grid *g,
		const struct layout *l)
{
	struct panel p = panel_left(g, l);
	char day[16] = "-";

	p.stops = l->full ? check_full : check_compact;
	p.nstops = 2;
	check_phone(m, &p, l->full);
	panel_linef(&p, ST_NORMAL, _("Campaign\t%s"), m->seat.campaign_name);
	panel_linef(&p, ST_NORMAL, _("Mode\t%s"), mode_word(m->seat.mode, l->full));
	if (m->script.updated_ms)
		view_date(day, sizeof(day), m->script.updated_ms, m->tz_min,
			  true);
	if (l->full)
		panel_linef(&p, ST_NORMAL, ngettext("Script\t%u page, "
			"updated %s", "Script\t%u pages, updated %s",
			m->script.pages_count),
		      m->script.pages_count, day);
	else
		panel_linef(&p, ST_NORMAL, ngettext("Script\t%u page, %s",
			"Script\t%u pages, %s", m->script.pages_count),
		      m->script.pages_count, day);
	p.y++;
	if (!m->desk_phone)
		panel_line(&p, ST_DIM, l->full
		     ? _("F4 plays a test tone in your headset.")
		     : _("F4 plays a test tone"));
}

static void message(const struct agent_model *m, struct panel *p, bool full)
{
	const struct msg_message *t = &m->message[0];
	char clock[16], from[64], text[520], quoted[540];
	const char *s, *next;

	view_clock(clock, sizeof(clock), t->at_ms, m->tz_min, false);
	str_copy(from, sizeof(from), t->from);
	if (!full && strstr(from, " ("))
		*strstr(from, " (") = '\0';
	if (full)
		panel_linef(p, ST_TITLE, _("Message from %s %s"), from, clock);
	else
		panel_linef(p, ST_TITLE, _("From %s %s:"), from, clock);
	script_brief(text, sizeof(text), t->text, !full);
	str_fmt(quoted, sizeof(quoted), _("\"%s\""), text);
	for (s = quoted; *s; s = next) {
		size_t n = text_wrap(s, p->w, &next);

		str_fmt(text, sizeof(text), "%.*s", (int)n, s);
		panel_line(p, ST_NORMAL, text);
	}
	p->y++;
}

bool view_is_today(const struct agent_model *m, int64_t at_ms)
{
	int64_t tz = (int64_t)m->tz_min * 60000, day = 86400000;

	return (at_ms + tz) / day <= (m->now.wall_ms + tz) / day;
}

void view_messages(const struct agent_model *m, struct grid *g,
		   const struct layout *l)
{
	static const int full_stops[] = { 2, 9, 22, 36 };
	static const int compact_stops[] = { 2, 8, 18 };
	struct panel p = panel_right(g, l);
	uint32_t most = (uint32_t)(l->full ? l->panel_h - 10 : 3);
	char clock[16];
	uint32_t n = 0;

	p.stops = l->full ? full_stops : compact_stops;
	p.nstops = l->full ? ARRAY_LEN(full_stops) : ARRAY_LEN(compact_stops);
	if (m->messages)
		message(m, &p, l->full);
	panel_line(&p, ST_TITLE, l->full ? _("Your callbacks today")
				   : _("Callbacks today"));
	for (uint32_t i = 0; i < m->callbacks.rows_count && n < most; i++) {
		const struct msg_callback_row *c = &m->callbacks.rows[i];

		if (!view_is_today(m, c->at_ms))
			continue;
		n++;
		view_clock(clock, sizeof(clock), c->at_ms, m->tz_min, false);
		if (l->full)
			panel_linef(&p, ST_NORMAL, "\t%s\t%s\t%s\t%s", clock,
			      c->name, c->number, c->note);
		else
			panel_linef(&p, ST_NORMAL, "\t%s\t%s\t%s", clock, c->name,
			      c->number);
	}
	if (!n)
		panel_line(&p, ST_DIM, _("\tnone"));
	p.y++;
	if (p.y >= p.end)
		p.y = p.end - 1;
	panel_line(&p, ST_DIM, l->full ? _("Press c to open the list.")
				 : _("c opens the list"));
}

void view_waiting(const struct agent_model *m UNUSED, struct grid *g,
		  const struct layout *l)
{
	struct panel p = panel_left(g, l);

	if (l->full) {
		p.y += 2;
		panel_line(&p, ST_TITLE, _("            Waiting for a customer"));
		p.y++;
		panel_line(&p, ST_NORMAL,
		     _("       You will hear a short beep, then"));
		panel_line(&p, ST_NORMAL, _("       the customer is on the line."));
		p.y++;
		panel_line(&p, ST_NORMAL, _("       Keep the headset on."));
		return;
	}
	p.y++;
	panel_line(&p, ST_TITLE, _("  Waiting for a customer"));
	p.y++;
	panel_line(&p, ST_NORMAL, _("  A short beep, then the"));
	panel_line(&p, ST_NORMAL, _("  customer is on the line."));
	p.y++;
	panel_line(&p, ST_NORMAL, _("  Keep the headset on."));
}

/* -- customer -------------------------------------------------------------- */

static bool is_number(const char *s)
{
	return *s && strspn(s, "0123456789.,:-+ %/") == strlen(s);
}

static bool is_capital(const char *s)
{
	return *s >= 'A' && *s <= 'Z';
}

/* Two fields a line; a label in lower case reads on as a phrase. */
static void fields_full(const struct msg_customer *c, struct panel *p)
{
	char text[400], label[64];

	for (uint32_t i = 0; i < MIN(c->fields_count, 8u); i += 2) {
		const struct msg_field *a = &c->fields[i], *b = a + 1;

		/* A list's own heading, at the line's beginning. */
		str_copy(label, sizeof(label), a->label);
		if (*label >= 'a' && *label <= 'z')
			*label = (char)(*label - 32);
		str_fmt(text, sizeof(text), "%s\t%s", label, a->value);
		if (i + 1 < c->fields_count)
			str_add(text, sizeof(text), "\t%s%s%s", b->label,
				is_capital(b->label) ? "  " : " ", b->value);
		panel_line(p, ST_NORMAL, text);
	}
}

/* Little room: a bare figure keeps its label, other values explain
 * themselves and come first. */
static void fields_compact(const struct msg_customer *c, struct panel *p)
{
	char text[400], label[64];

	for (uint32_t i = 0; i < MIN(c->fields_count, 4u); i += 2) {
		const struct msg_field *a = &c->fields[i], *b = a + 1;

		if (i + 1 >= c->fields_count) {
			panel_linef(p, ST_NORMAL, "%s %s", a->label, a->value);
			break;
		}
		if (is_number(a->value) && !is_number(b->value)) {
			const struct msg_field *t = a;

			a = b;
			b = t;
		}
		str_copy(label, sizeof(label), b->label);
		if (is_capital(label))
			label[0] = (char)(label[0] + 32);
		str_fmt(text, sizeof(text), "%s%s%s %s", a->value,
			is_capital(b->label) ? "   " : "  ", label, b->value);
		panel_line(p, ST_NORMAL, text);
	}
}

static const char *rec_word(unsigned rec)
{
	switch (rec) {
	case MSG_REC_ON:
	case MSG_REC_SAVED:
		return _("ON");
	case MSG_REC_PAUSED:
		return _("PAUSED");
	default:
		return _("off");
	}
}

/* Up to the first comma: the tag that matters most. */
static void first_tag(const struct msg_customer *c, char *buf, size_t size)
{
	char *cut;

	str_copy(buf, size, c->tags);
	cut = strchr(buf, ',');
	if (!cut)
		cut = strstr(buf, "、");
	if (!cut)
		cut = strstr(buf, "，");
	if (cut)
		*cut = '\0';
}

static void number_line(const struct msg_customer *c, struct panel *p,
			bool full)
{
	uint32_t i = c->number ? c->number - 1u : 0;

	if (i >= c->numbers_count)
		return;
	if (!*c->numbers[i].kind)
		panel_linef(p, ST_NORMAL, full ? _("Number\t%s  (%u of %u)")
			    : _("%s  %u of %u"), c->numbers[i].number, i + 1,
			    c->numbers_count);
	else if (full)
		panel_linef(p, ST_NORMAL, _("Number\t%s  (%s %u of %u)"),
		      c->numbers[i].number, c->numbers[i].kind, i + 1,
		      c->numbers_count);
	else
		panel_linef(p, ST_NORMAL, _("%s  %s %u of %u"), c->numbers[i].number,
		      c->numbers[i].kind, i + 1, c->numbers_count);
}

static void last_line(const struct agent_model *m, struct panel *p, bool full)
{
	const struct msg_customer *c = &m->cust;
	char day[16], how[64];

	if (!c->last_ms) {
		panel_line(p, ST_NORMAL, full ? _("Last\tnever called")
					: _("Never called"));
		return;
	}
	view_date(day, sizeof(day), c->last_ms, m->tz_min,
		  full && text_lang() == LANG_ZH);
	script_brief(how, sizeof(how), c->last_outcome, !full);
	if (full)
		panel_linef(p, ST_NORMAL, _("Last\t%s %s: %s"), day, c->last_agent,
		      how);
	else
		panel_linef(p, ST_NORMAL, _("Last: %s %s, %s"), day, c->last_agent,
		      how);
}

/* The other numbers that may not be dialled, as many as there is room for. */
static void closed_numbers(const struct msg_customer *c, struct panel *p,
			   bool full)
{
	for (uint32_t i = 0; i < c->numbers_count; i++)
		if (c->numbers[i].refused && p->y < p->end)
			panel_linef(p, ST_WATCH, full ? _("Other\t%s%s%s: %s")
				    : _("%s%s%s: %s"), c->numbers[i].number,
				    *c->numbers[i].kind ? " " : "",
				    c->numbers[i].kind,
				    view_number_why(&c->numbers[i]));
}

static void customer_compact(const struct agent_model *m, struct panel *p)
{
	const struct msg_customer *c = &m->cust;
	char clock[16], tag[64];

	view_clock(clock, sizeof(clock), m->now.wall_ms, agent_cust_tz(m),
		   false);
	if (*c->about)
		panel_linef(p, ST_STATE, _("%s  (%s)"), c->name, c->about);
	else
		panel_line(p, ST_STATE, c->name);
	number_line(c, p, false);
	panel_linef(p, ST_NORMAL, _("%s   local %s"), c->city, clock);
	fields_compact(c, p);
	last_line(m, p, false);
	first_tag(c, tag, sizeof(tag));
	panel_linef(p, ST_NORMAL, _("Attempts %u of %u   %s"), c->attempts,
	      c->attempts_max, tag);
	panel_linef(p, ST_NORMAL, _("Lead %llu   Rec %s"),
	      (unsigned long long)c->lead, rec_word(m->seat.rec));
	closed_numbers(c, p, false);
}

void view_customer(const struct agent_model *m, struct grid *g,
		   const struct layout *l)
{
	const struct msg_customer *c = &m->cust;
	struct panel p = panel_left(g, l);
	char clock[16];

	p.stops = card_stops[text_lang()];
	p.nstops = 2;
	if (!l->full) {
		customer_compact(m, &p);
		return;
	}
	view_clock(clock, sizeof(clock), m->now.wall_ms, agent_cust_tz(m),
		   false);
	if (*c->about)
		panel_linef(&p, ST_STATE, _("Name\t%s   (%s)"), c->name, c->about);
	else
		panel_linef(&p, ST_STATE, _("Name\t%s"), c->name);
	number_line(c, &p, true);
	panel_linef(&p, ST_NORMAL, _("City\t%s   local time %s"), c->city, clock);
	fields_full(c, &p);
	p.y++;
	last_line(m, &p, true);
	panel_linef(&p, ST_NORMAL, _("Attempts\t%u of %u   answered %u"),
	      c->attempts, c->attempts_max, c->answered);
	panel_linef(&p, ST_NORMAL, _("Tags\t%s"), c->tags);
	p.y++;
	if (*c->source)
		panel_linef(&p, ST_NORMAL, _("Lead %llu   List %s   Source %s"),
		      (unsigned long long)c->lead, c->list, c->source);
	else
		panel_linef(&p, ST_NORMAL, _("Lead %llu   List %s"),
		      (unsigned long long)c->lead, c->list);
	panel_linef(&p, m->seat.rec == MSG_REC_PAUSED ? ST_WATCH : ST_NORMAL,
	      _("Rec  %s"), rec_word(m->seat.rec));
	if (*c->tier)
		panel_linef(&p, ST_NORMAL, _("Tier\t%s"), c->tier);
	closed_numbers(c, &p, true);
}
