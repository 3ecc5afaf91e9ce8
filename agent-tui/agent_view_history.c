#include "agent_view.h"

#include <string.h>

#include "base/str.h"

/* The customer's other numbers and earlier calls, over the state (key i). */

struct list {
	struct grid *g;
	struct grid_box b;
	size_t n, skip;
};

static void line(struct list *l, int x, enum style st, const char *text)
{
	size_t row = l->n++ - l->skip;	/* wraps when it is above */

	if (l->n > l->skip && row < (size_t)MAX(l->b.h, 0) && x < l->b.w)
		grid_put(l->g, l->b.y + (int)row, l->b.x + x, l->b.w - x - 1,
			 st, text);
}

const char *view_number_why(const struct msg_number *n)
{
	switch (n->refused ? n->number_why : MSG_NUMBER_OPEN) {
	case MSG_NUMBER_DNC:
		return _("do not call");
	case MSG_NUMBER_CONSENT:
		return _("no consent");
	case MSG_NUMBER_HOURS:
		return _("not at this hour");
	case MSG_NUMBER_RULES:
		return _("not now");
	default:
		return n->refused ? _("not now") : "";
	}
}

static void numbers(const struct agent_model *m, struct list *l)
{
	char text[160], number[32], kind[32];

	line(l, 1, ST_TITLE, _("Numbers"));
	for (uint32_t i = 0; i < m->cust.numbers_count; i++) {
		const struct msg_number *n = &m->cust.numbers[i];

		text_pad(number, sizeof(number), n->number, 17);
		text_pad(kind, sizeof(kind), n->kind, 9);
		str_fmt(text, sizeof(text), "%s %s %s", number, kind,
			i + 1 == m->cust.number ? _("this call")
						: view_number_why(n));
		line(l, 3, n->refused ? ST_WATCH : ST_NORMAL, text);
	}
}

static void earlier(const struct agent_model *m, struct list *l)
{
	char text[700], day[16], part[520];
	const char *next;

	line(l, 1, ST_TITLE, _("Earlier calls"));
	for (uint32_t i = 0; i < m->history.rows_count; i++) {
		const struct msg_history_row *h = &m->history.rows[i];

		view_date(day, sizeof(day), h->at_ms, m->tz_min, false);
		str_fmt(text, sizeof(text), _("%s %s: %s"), day, h->agent,
			*h->outcome ? h->outcome : "-");
		str_add(text, sizeof(text), "  %u:%02u", h->talk_s / 60,
			h->talk_s % 60);
		if (*h->number)
			str_add(text, sizeof(text), "  %s", h->number);
		line(l, 3, ST_NORMAL, text);
		for (const char *s = h->note; *s; s = next) {
			size_t n = text_wrap(s, MAX(8, l->b.w - 7), &next);

			str_fmt(part, sizeof(part), "%.*s", (int)n, s);
			line(l, 5, ST_DIM, part);
		}
	}
	if (!m->history.rows_count)
		line(l, 3, ST_DIM, _("never called"));
}

static size_t lines(const struct agent_model *m, struct list l)
{
	numbers(m, &l);
	earlier(m, &l);
	return l.n;
}

void view_history(const struct agent_model *m, struct grid *g)
{
	struct grid_box b = grid_popup(g, 15, 72, _("History"));
	struct list l = { .g = g, .b = b };
	size_t h = (size_t)MAX(b.h, 0), n;

	l.b.h = 0;
	n = lines(m, l);
	l.b.h = b.h;
	l.skip = n > h ? MIN(m->sel, n - h) : 0;
	lines(m, l);
	if (l.skip + h < n)
		grid_put_right(g, b.y + b.h, b.x + b.w - 2, ST_DIM,
			       _(" more below "));
	grid_cursor(g, b.y, b.x + 1, false);
}
