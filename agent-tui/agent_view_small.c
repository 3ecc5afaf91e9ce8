#include "agent_view.h"

#include <string.h>

#include "base/str.h"

/* The log-in screen, and the emergency card below 80x24 (UX 1.2). */

void view_login(const struct agent_model *m, struct grid *g)
{
	const struct agent_login *k = &m->login;
	int w = MIN(g->cols - 2, 60), h = 7;
	struct grid_box b = { MAX(1, (g->rows - h) / 3), (g->cols - w) / 2, h,
			      w };
	const char *text = k->trouble;

	grid_put(g, 0, 0, g->cols, ST_HEAD_AWAY, "");
	grid_put(g, 0, 1, 0, ST_HEAD_AWAY, _("LOG IN"));
	grid_put(g, 0, 12, 0, ST_HEAD_AWAY, "waihu-agent " WAIHU_VERSION);
	grid_frame(g, b, _("Log in"));
	grid_put(g, b.y + 2, b.x + 3, 12, ST_NORMAL, _("Name"));
	grid_put(g, b.y + 3, b.x + 3, 12, ST_NORMAL, _("Password"));
	grid_put(g, b.y + 2, b.x + 15, 1, ST_NORMAL, "[");
	grid_put(g, b.y + 2, b.x + w - 4, 1, ST_NORMAL, "]");
	grid_put(g, b.y + 3, b.x + 15, 1, ST_NORMAL, "[");
	grid_put(g, b.y + 3, b.x + w - 4, 1, ST_NORMAL, "]");
	edit_draw(g, b.y + 2, b.x + 16, w - 20, &k->user, !k->on_pass);
	edit_draw(g, b.y + 3, b.x + 16, w - 20, &k->pass, k->on_pass);
	if (m->lost)
		text = _("No connection to the server; trying again.");
	else if (k->busy)
		text = _("One moment ...");
	if (*text)
		grid_put(g, b.y + h, b.x + 1, MAX(1, g->cols - b.x - 2),
			 ST_WATCH, text);
	if (k->taken)
		grid_put(g, b.y + h + 1, b.x + 1, MAX(1, g->cols - b.x - 2),
			 ST_WATCH, _("Enter takes the session over, with its "
				     "call and its notes."));
	if (m->box)
		view_box(m, g);
	if (g->rows > 10)
		keymap_footer(&agent_keymap, g, g->rows - 2, agent_ctx(m),
			      agent_footer_text, m);
}

/* Reasons to pass a customer over, as far as they fit. */
static void skips(const struct agent_model *m, struct grid *g, int y, int per)
{
	int w = g->cols / per;

	for (uint32_t i = 0; i < m->outcomes.skips_count; i++) {
		const struct msg_outcome_row *o = &m->outcomes.skips[i];
		int row = y + (o->digit - 1) / per;

		if (o->digit && row < g->rows - 1)
			grid_putf(g, row, (o->digit - 1) % per * w, w,
				  ST_NORMAL, "  %u %s", o->digit, o->label);
	}
}

/* State and time; customer; what F8 does; outcomes, as far as they fit. */
void view_card(const struct agent_model *m, struct grid *g)
{
	const struct msg_customer *c = &m->cust;
	bool call = m->seat.call && agent_ctx_of_state(m) != CTX_NOT_READY;
	int y = 2, per = g->cols >= 60 ? 3 : 2, w = g->cols / per;

	view_header(m, g);
	view_notice(m, g, false);
	if (call) {
		uint32_t i = c->number ? c->number - 1u : 0;

		grid_put(g, y++, 1, g->cols - 2, ST_STATE, c->name);
		grid_putf(g, y++, 1, g->cols - 2, ST_NORMAL, "%s  %s",
			  i < c->numbers_count ? c->numbers[i].number : "",
			  c->city);
	} else {
		grid_put(g, y++, 1, g->cols - 2, ST_STATE,
			 m->seat.campaign_name);
	}
	if (agent_on_call(m) || agent_ctx_of_state(m) == CTX_RING)
		grid_put(g, g->rows - 1, 1, g->cols - 2, ST_TITLE,
			 m->lost ? _("F8 hang up (works locally)")
				 : _("F8 hang up"));
	else if (agent_ctx_of_state(m) == CTX_WRAP)
		grid_put(g, g->rows - 1, 1, g->cols - 2, ST_TITLE,
			 _("Enter save, next call   F2 save, not ready"));
	else if (agent_ctx_of_state(m) == CTX_PREVIEW)
		grid_put(g, g->rows - 1, 1, g->cols - 2, ST_TITLE,
			 m->outcomes.skips_count
			 ? _("Enter dial now   1-9 skip with reason")
			 : _("Enter dial now"));
	else
		grid_put(g, g->rows - 1, 1, g->cols - 2, ST_TITLE,
			 _("Enter ready   F2 not ready   F3 break"));
	grid_cursor(g, 0, 1, false);
	if (agent_on_call(m) || agent_ctx_of_state(m) == CTX_WRAP)
		for (unsigned d = 1; d <= 9; d++) {
			const struct msg_outcome_row *o =
				agent_outcome_at(m, d);
			int row = y + (int)(d - 1) / per;

			if (o && row < g->rows - 1)
				grid_putf(g, row, (int)(d - 1) % per * w, w,
					  ST_NORMAL, " %c%u %s",
					  o->code == m->seat.outcome ? '>'
								     : ' ',
					  d, o->label);
		}
	if ((agent_on_call(m) || agent_ctx_of_state(m) == CTX_WRAP) &&
	    view_has_more(m) && y + 9 / per < g->rows - 1)
		grid_put(g, y + 9 / per, 9 % per * w + 2, w - 2, ST_NORMAL,
			 _("0 more"));
	if (agent_ctx_of_state(m) == CTX_PREVIEW)
		skips(m, g, y, per);
	if (m->typing)
		edit_draw_box(g, (struct grid_box){ g->rows - 3, 1, 2,
			      g->cols - 2 }, &m->note, true);
	if (m->box)
		view_box(m, g);
}
