#include <string.h>

#include "base/str.h"
#include "wall_view.h"

/* What lies over a view: listening, a question, the filter, the help. */

/* Who hears whom, in words: nobody should have to guess. */
static const char *heard(unsigned mode)
{
	switch (mode) {
	case MSG_MONITOR_WHISPER:
		return _("Only the AGENT hears you, the customer does not. "
			 "Audit log.");
	case MSG_MONITOR_BARGE:
		return _("AGENT AND CUSTOMER hear you. Written to the audit "
			 "log.");
	case MSG_MONITOR_CONSULT:
		return _("THE AGENT hears you, the customer hears music. "
			 "Audit log.");
	case MSG_MONITOR_ASIDE:
		return _("The agent talks to the customer; you hear music "
			 "and wait.");
	case MSG_MONITOR_CONF:
		return _("AGENT AND CUSTOMER hear you: all three talk. Audit "
			 "log.");
	case MSG_MONITOR_TAKEOVER:
		return _("THE CUSTOMER hears you; the agent has left. Audit "
			 "log.");
	default:
		return _("You are SILENT. Nobody can hear you. Written to the "
			 "audit log.");
	}
}

static void monitor_title(const struct wall_model *m, char *buf, size_t size)
{
	int64_t s = MAX((int64_t)0, (m->now.wall_ms - m->mon.since_ms) / 1000);
	const char *name = m->mon.name;
	unsigned no = m->mon.agent;

	switch (m->mon.mode) {
	case MSG_MONITOR_WHISPER:
		str_fmt(buf, size, _("WHISPERING to %s %u"), name, no);
		break;
	case MSG_MONITOR_BARGE:
		str_fmt(buf, size, _("ON THE CALL of %s %u"), name, no);
		break;
	case MSG_MONITOR_CONSULT:
	case MSG_MONITOR_ASIDE:
		str_fmt(buf, size, _("ASKED BY %s %u"), name, no);
		break;
	case MSG_MONITOR_CONF:
		str_fmt(buf, size, _("THREE-WAY with %s %u"), name, no);
		break;
	case MSG_MONITOR_TAKEOVER:
		str_fmt(buf, size, _("TAKEN OVER from %s %u"), name, no);
		break;
	default:
		str_fmt(buf, size, _("LISTENING to %s %u"), name, no);
		break;
	}
	str_add(buf, size, "   %02d:%02d", (int)(s / 60), (int)(s % 60));
}

static void draw_level(struct grid *g, int y, int x, const char *who,
		       unsigned level, unsigned other)
{
	grid_put(g, y, x, 9, ST_NORMAL, who);
	grid_meter(g, y, x + 10, 10, ST_NORMAL, level, 10);
	/* Who is louder, and loud enough to be speech. */
	if (level >= 4 && level >= other)
		grid_put(g, y, x + 23, 0, ST_OK, _("talking"));
}

static const struct { const char *key, *name, *means; bool asks; } offers[] = {
	{ "w", N_("Whisper"), N_("only the agent hears you"), false },
	{ "B", N_("Barge in"), N_("agent and customer hear you (asks again)"),
	  true },
	{ "T", N_("Take over"),
	  N_("agent leaves, you talk to the customer (asks again)"), true },
	{ "n", N_("Note"), N_("time-stamped note on this recording"), false },
	{ "x", N_("Leave"), "", false },
};

static void draw_monitor(const struct wall_model *m, struct grid *g)
{
	struct grid_box b = { .h = 12, .w = MIN(68, g->cols - 2) };
	bool mine = m->mon.mode == MSG_MONITOR_TAKEOVER;
	char title[160], line[160];

	b.y = MAX(1, (g->rows - b.h) / 3 + 1);
	b.x = (g->cols - b.w) / 2;
	monitor_title(m, title, sizeof(title));
	grid_frame(g, b, title);
	draw_level(g, b.y + 1, b.x + 2, mine ? _("You") : _("Agent"),
		   m->mon.agent_level, m->mon.customer_level);
	draw_level(g, b.y + 2, b.x + 2, _("Customer "), m->mon.customer_level,
		   m->mon.agent_level);
	if (*m->mon.text)
		grid_put(g, b.y + 3, b.x + 2, b.w - 4, ST_NORMAL,
			 m->mon.text);
	if (!m->mon.call)
		grid_put(g, b.y + 3, b.x + 2, b.w - 4, ST_WATCH,
			 _("No call now: the next one will be heard."));
	grid_put(g, b.y + 4, b.x + 2, b.w - 4,
		 m->mon.mode == MSG_MONITOR_LISTEN ? ST_NORMAL : ST_WATCH,
		 heard(m->mon.mode));
	for (size_t k = 0; k < ARRAY_LEN(offers); k++) {
		bool listen = k == 0 && m->mon.mode == MSG_MONITOR_WHISPER;
		int y = b.y + 6 + (int)k;

		/* Who has the customer has nothing more to take; who was
		 * asked is heard as the agent wants it. */
		if (wall_is_party(m) && k < (mine ? 3 : 2))
			continue;
		grid_put(g, y, b.x + 2, 2, ST_TITLE,
			 listen ? "l" : offers[k].key);
		grid_put(g, y, b.x + 5, 9, ST_NORMAL,
			 listen ? _("Listen") : _(offers[k].name));
		str_copy(line, sizeof(line), listen ? _("nobody hears you")
			 : *offers[k].means ? _(offers[k].means)
			 : wall_is_party(m) && !mine
				? _("the agent goes on with the customer")
			 : mine ? _("the customer is hung up (asks again)") : "");
		grid_put(g, y, b.x + 15, b.w - 17, ST_NORMAL, line);
	}
	grid_cursor(g, b.y + 4, b.x + 2, false);
}

/* The question, in words; %s is whom it is about. */
static const char *const questions[ASK_COUNT] = {
	[ASK_BARGE] = N_("Barge in on %s? Agent and customer will hear you."),
	[ASK_TAKEOVER] = N_("Take over from %s? The agent leaves the call."),
	[ASK_READY] = N_("Force %s ready. Reason:"),
	[ASK_BREAK] = N_("Force %s on a break. Reason:"),
	[ASK_LOGOUT] = N_("Log %s out. Reason:"),
	[ASK_TELL] = N_("Message to %s:"),
	[ASK_PAUSE] = N_("Pause dialling of %s? Calls in progress continue."),
	[ASK_START] = N_("Go on dialling for %s?"),
	[ASK_STOP] = N_("Stop %s? Its agents get no more calls."),
	[ASK_DRAIN] = N_("Drain %s? It takes no new calls."),
	[ASK_ENABLE] = N_("Let %s take calls again?"),
	[ASK_CPS] = N_("Calls a second for %s, at most:"),
	[ASK_REST] = N_("Caller number of %s to rest, or to use again:"),
	[ASK_ACK] = N_("Acknowledge: %s  What is done about it:"),
	[ASK_MUTE] = N_("Keep quiet: %s  For so many minutes:"),
	[ASK_PART] = N_("Leave the call taken from %s? The customer is hung "
			"up."),
	[ASK_EXPORT] = N_("Write this report to a new file, as CSV:"),
	[ASK_NOTE] = N_("Note on the recording of %s:"),
	[ASK_QUIT] = N_("Quit? You leave the call you are on."),
	[ASK_SUSPEND] = N_("Back to the shell? fg shows this screen again; "
			   "until then nothing is watched here."),
	[ASK_APPLY] = N_("Apply the change to %s?"),
};

static void question(const struct wall_model *m, char *line, size_t size)
{
	const char *about = m->box.all ? _("everyone") : m->box.about;
	const char *q = m->box.ask == ASK_QUIT && !wall_listening(m)
				? _("Quit?") : _(questions[m->box.ask]);
	const char *mark = strstr(q, "%s");

	str_copy(line, size, q);
	if (mark)
		str_fmt(line, size, "%.*s%s%s", (int)(mark - q), q, about,
			mark + 2);
}

void view_asked(const struct wall_model *m, char *buf, size_t size)
{
	*buf = '\0';
	if (m->box.ask) {
		question(m, buf, size);
		str_add(buf, size, " %s", wall_ctx(m) == CTX_TEXT
			? m->box.text.text : _("Enter Yes   Esc No"));
	} else if (wall_ctx(m) == CTX_OFFER) {
		str_fmt(buf, size, _("%s %u asks you about %s: y takes it, d "
				     "not now"), m->offer.name,
			(unsigned)m->offer.agent, m->offer.customer);
		if (*m->offer.note)
			str_add(buf, size, ", %s", m->offer.note);
	} else if (wall_listening(m)) {
		str_fmt(buf, size, "%s %u: %s", m->mon.name,
			(unsigned)m->mon.agent, heard(m->mon.mode));
	}
}

static void draw_ask(const struct wall_model *m, struct grid *g)
{
	bool text = wall_ctx(m) == CTX_TEXT;
	bool card = g->rows < 24 || g->cols < 80;
	struct grid_box b;
	const char *next;
	char line[400];

	question(m, line, sizeof(line));
	b = grid_popup(g, text ? 9 : 7, MIN(64, g->cols - 2),
		       !text ? _("Sure?") :
		       m->box.ask == ASK_TELL ? _("Message") :
		       m->box.ask == ASK_ACK ? _("Acknowledge") :
		       m->box.ask == ASK_NOTE ? _("Note") :
		       m->box.trunk ? _("Trunk") : _("Say why"));
	for (int i = 0; i < 2 && *line; i++) {
		size_t n = text_wrap(line, b.w - 4, &next);
		char part[300];

		str_fmt(part, sizeof(part), "%.*s", (int)n, line);
		if (i + 1 < b.h)
			grid_put(g, b.y + 1 + i, b.x + 2, b.w - 4, ST_WATCH,
				 part);
		memmove(line, next, strlen(next) + 1);
	}
	if (b.h > 2)
		grid_put(g, b.y + b.h - 1, b.x + 2, b.w - 4, ST_NORMAL,
			 !text ? _("Enter Yes   Esc No") :
			 m->box.ask == ASK_TELL
				 ? _("Enter Send   Tab One or all   Esc Cancel")
				 : _("Enter Do it   Esc Cancel"));
	if (m->box.ask == ASK_BREAK && m->box.pick < m->breaks.rows_count &&
	    b.h > 5)
		grid_putf(g, b.y + b.h - 2, b.x + 2, b.w - 4, ST_TITLE,
			  _("Break: %s   (Tab: another one)"),
			  m->breaks.rows[m->box.pick].label);
	if (text)
		edit_draw(g, MAX(b.y, b.y + b.h - (card ? 2 : 4)), b.x + 2,
			  MAX(4, b.w - 4), &m->box.text, true);
	else
		grid_cursor(g, b.y + 1, b.x + 2, false);
}

static void draw_filter(struct grid *g)
{
	static const uint8_t states[] = { MSG_STATE_TALK, MSG_STATE_READY,
		MSG_STATE_WRAP, MSG_STATE_HOLD, MSG_STATE_BREAK,
		MSG_STATE_NOT_READY, MSG_STATE_PREVIEW };
	struct grid_box b = grid_popup(g, 10, 34, _("Show agents in state"));

	for (size_t i = 0; i < ARRAY_LEN(states) && (int)i < b.h - 1; i++)
		grid_putf(g, b.y + (int)i, b.x + 2, b.w - 4, ST_NORMAL,
			  "%zu  %s", i + 1, text_state(states[i]));
	grid_put(g, b.y + MAX(0, b.h - 1), b.x + 2, b.w - 4, ST_NORMAL,
		 _("0  all"));
	grid_cursor(g, b.y, b.x + 2, false);
}

/* How each figure is counted: what is not clear is not trusted. */
static const char *const formulas[] = {
	N_("Connect rate: answered by a person / dialled, in the window"),
	N_("Abandon rate: answered by a person and not with an agent within "
	   "2 s / answered by a person"),
	N_("Occupancy: (talk + hold + wrap) / (talk + hold + wrap + ready)"),
	N_("Agent wait: mean time from READY to ON CALL"),
	N_("Conversion: outcomes that are sales / conversations"),
	N_("Calls waiting: answered, no agent yet"),
	N_("ASR answered/seized   NER (answered + busy + no answer + refused)"
	   "/seized"),
	N_("ACD mean duration   PDD INVITE to first ringing"),
	N_("few calls: fewer than 30, or fewer than tell the figure from its "
	   "target (3 / target)"),
};

/* Keys he may use nowhere are not named. */
static void help_rows(const struct wall_model *m, struct grid *g,
		      struct grid_box b, uint32_t states, size_t skip)
{
	struct keymap_row may[128];
	struct keymap map = { .rows = may };

	for (size_t i = 0; i < wall_keymap.nrows &&
			   map.nrows < ARRAY_LEN(may); i++)
		if (!wall_forbids(m, wall_keymap.rows[i].act, true))
			may[map.nrows++] = wall_keymap.rows[i];
	keymap_help(&map, g, b, states, skip);
}

static void draw_help(const struct wall_model *m, struct grid *g)
{
	struct grid_box b = { 1, 0, g->rows - 3, g->cols };
	uint32_t all = 0;
	size_t n;

	for (int i = 0; i <= CTX_ALERTS_I; i++)
		all |= 1u << i;
	all |= CTX_PACING | CTX_MONITOR | CTX_TIMELINE | CTX_OFFER;
	grid_frame(g, b, _("Keys and figures"));
	b = (struct grid_box){ b.y + 1, b.x + 1, b.h - 2, b.w - 2 };
	grid_fill(g, b, ST_NORMAL);
	n = ARRAY_LEN(formulas);
	/* The figures first: they are what people ask about. */
	for (size_t i = m->help_top; i < n && (int)(i - m->help_top) < b.h;
	     i++)
		grid_put(g, b.y + (int)(i - m->help_top), b.x + 1, b.w - 2,
			 ST_NORMAL, _(formulas[i]));
	size_t used = n > m->help_top ? n + 1 - m->help_top : 0;
	size_t skip = m->help_top > n + 1 ? m->help_top - n - 1 : 0;
	struct grid_box rest = { b.y + (int)used, b.x, b.h - (int)used, b.w };

	help_rows(m, g, rest, all, skip);
	grid_cursor(g, b.y, b.x, false);
}

bool view_box(const struct wall_model *m, struct grid *g)
{
	if (m->help)
		draw_help(m, g);
	else if (m->box.ask)
		draw_ask(m, g);
	else if (wall_ctx(m) == CTX_FILTER)
		draw_filter(g);
	else if (wall_ctx(m) == CTX_OFFER)
		view_offer(m, g);
	else if (wall_ctx(m) == CTX_MONITOR)
		draw_monitor(m, g);
	else
		return false;
	return true;
}
