#include <string.h>

#include "base/str.h"
#include "wall_view.h"

/* The card of a call an agent offers: who asks, about whom, what he noted. */

enum { OFFER_H = 13, OFFER_W = 72, NOTE_ROWS = 3, BAR = 20 };

static void field(struct grid *g, const struct grid_box *b, int row,
		  const char *name, const char *text)
{
	if (row >= b->h)
		return;
	grid_put(g, b->y + row, b->x + 1, 10, ST_DIM, name);
	grid_put(g, b->y + row, b->x + 12, b->w - 13, ST_NORMAL, text);
}

static void draw_note(struct grid *g, const struct grid_box *b, int row,
		      const char *note)
{
	const char *next = note;

	field(g, b, row, _("Note"), *note ? "" : "-");
	for (int i = 0; i < NOTE_ROWS && *next && row + i < b->h; i++) {
		size_t n = text_wrap(note = next, b->w - 13, &next);
		char part[400];

		str_fmt(part, sizeof(part), "%.*s", (int)n, note);
		grid_put(g, b->y + row + i, b->x + 12, b->w - 13, ST_NORMAL,
			 part);
	}
}

static void draw_left(const struct wall_model *m, struct grid *g,
		      const struct grid_box *b, int row)
{
	int64_t ms = MAX(m->offer.until_ms - m->now.wall_ms, (int64_t)0);
	char t[TEXT_SIZE];

	if (row >= b->h)
		return;
	text_dur(t, (ms + 999) / 1000);
	grid_putf(g, b->y + row, b->x + 1, b->w - 2,
		  ms < 10000 ? ST_WATCH : ST_NORMAL, _("Time left %s"), t);
}

static void draw_keys(const struct wall_model *m, struct grid *g,
		      const struct grid_box *b, int row)
{
	const char *take = m->offer.rings
		? _("Your telephone rings: picking it up takes it")
		: m->offer.send ? _("the customer comes to you at once")
		: _("the agent talks to you first, the customer waits");

	for (int i = 0; i < 2 && row + i < b->h; i++) {
		grid_put(g, b->y + row + i, b->x + 1, 1, ST_TITLE,
			 i ? "d" : "y");
		grid_put(g, b->y + row + i, b->x + 4, 8, ST_NORMAL,
			 i ? _("Not now") : _("Take it"));
		grid_put(g, b->y + row + i, b->x + 13, b->w - 14,
			 !i && m->offer.rings ? ST_WATCH : ST_NORMAL,
			 i ? _("the agent goes on with the customer") : take);
	}
}

void view_offer(const struct wall_model *m, struct grid *g)
{
	const struct msg_offer *o = &m->offer;
	int64_t s = MAX((int64_t)0, (m->now.wall_ms - o->since_ms) / 1000);
	char title[160], text[200], t[TEXT_SIZE];
	struct grid_box b;

	str_fmt(title, sizeof(title), o->send
		? _("%s %u sends you a customer")
		: _("%s %u asks you about a customer"), o->name,
		(unsigned)o->agent);
	b = grid_popup(g, OFFER_H, MIN(OFFER_W, g->cols - 2), title);
	if (g->rows < 16 || g->cols < 50) {	/* what must be known */
		draw_keys(m, g, &b, 0);
		draw_left(m, g, &b, 2);
		draw_note(g, &b, 3, o->note);
		grid_cursor(g, b.y, b.x + 1, false);
		return;
	}
	str_fmt(text, sizeof(text), "%s   %s", o->customer, o->number);
	field(g, &b, 0, _("Customer "), text);
	field(g, &b, 1, _("Campaign"), o->campaign);
	text_dur(t, s);
	str_fmt(text, sizeof(text), "%s%s%s", t, o->hand ? "   " : "",
		o->hand ? _("hand raised") : "");
	field(g, &b, 2, _("On call"), text);
	draw_note(g, &b, 3, o->note);
	draw_keys(m, g, &b, 7);
	draw_left(m, g, &b, 10);
	grid_cursor(g, b.y + 7, b.x + 1, false);
}
