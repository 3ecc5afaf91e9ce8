#include "agent_view.h"

#include <string.h>

#include "base/str.h"
#include "script/script.h"

/* -- row 1 ----------------------------------------------------------------- */

/* What remains, in 20 cells; a cell goes out when its time is over. */
static void time_bar(const struct agent_model *m, char *buf, size_t size)
{
	int64_t cells = m->seat.limit_ms
		? agent_left_ms(m) * 20 / m->seat.limit_ms : 0;

	text_meter(buf, size, 20, cells, 20, true);
}

static void idle_notice(const struct agent_model *m, char *buf, size_t size)
{
	switch ((enum msg_reason)m->seat.reason) {
	case MSG_REASON_MISSED:
		str_copy(buf, size, _("You missed a call. Press Enter when "
				      "you are back."));
		break;
	case MSG_REASON_WRAP_TIMEOUT:
		str_copy(buf, size, m->last.outcome
			 ? _("Wrap-up time was over. Your outcome and notes "
			     "are kept; u changes it.")
			 : _("Wrap-up time was over. Your notes are "
			     "kept; u sets the outcome."));
		break;
	case MSG_REASON_PHONE_LOST:
		str_copy(buf, size, _("Your phone was lost. When it is back, "
				      "you are ready again."));
		break;
	case MSG_REASON_LINK_LOST:
		str_copy(buf, size, _("The connection was lost. Press Enter "
				      "to go on."));
		break;
	case MSG_REASON_FORCED:
		str_copy(buf, size, _("A supervisor made you not ready."));
		break;
	case MSG_REASON_CHOSEN:
		str_copy(buf, size, _("Nothing will ring until you press "
				      "Enter."));
		break;
	case MSG_REASON_NONE:
	case MSG_REASON_LOGIN:
	case MSG_REASON_COUNT:
		str_copy(buf, size, _("You are logged in. Nothing will ring "
				      "until you press Enter."));
		break;
	}
}

static void break_notice(const struct agent_model *m, char *buf, size_t size)
{
	for (uint32_t i = 0; i < m->breaks.rows_count; i++) {
		const struct msg_break_row *b = &m->breaks.rows[i];

		if (b->code == m->seat.break_code && b->allowed_min) {
			str_fmt(buf, size, _("%s: %u of %u min used today. "
				"Press Enter when you are back."), b->label,
				b->used_min + agent_break_min(m),
				b->allowed_min);
			return;
		}
	}
	str_copy(buf, size, _("Press Enter when you are back."));
}

static void wrap_notice(const struct agent_model *m, bool full, char *buf,
			size_t size)
{
	char bar[32], left[16], talk[16];
	bool by_customer = m->seat.ended_by == MSG_ENDED_CUSTOMER;

	time_bar(m, bar, sizeof(bar));
	view_time(left, sizeof(left), agent_left_ms(m));
	view_time(talk, sizeof(talk), m->seat.talk_ms);
	if (m->box) {
		if (m->seat.limit_ms)
			str_fmt(buf, size, _("Time left %s  %s"), left, bar);
		return;
	}
	if (m->seat.ended_by == MSG_ENDED_TRANSFER && *m->seat.consult_with)
		str_fmt(buf, size, full ? _("Given to %s after %s.")
					: _("Given to %s, %s."),
			m->seat.consult_with, talk);
	else if (full)
		str_fmt(buf, size, by_customer
			? _("Call ended by customer after %s.")
			: m->seat.ended_by == MSG_ENDED_AGENT
			? _("You ended the call after %s.")
			: m->seat.ended_by == MSG_ENDED_TRANSFER
			? _("Call given away after %s.")
			: _("Call ended after %s."), talk);
	else
		str_fmt(buf, size, by_customer ? _("Ended by customer, %s.")
			: m->seat.ended_by == MSG_ENDED_AGENT
			? _("Ended by you, %s.")
			: m->seat.ended_by == MSG_ENDED_TRANSFER
			? _("Given away, %s.")
			: _("Ended, %s."), talk);
	if (!m->seat.limit_ms)
		return;
	if (full)
		str_add(buf, size, _("   Time left %s  %s"), left, bar);
	else
		str_add(buf, size, _("  Left %s %s"), left, bar);
}

static void call_notice(const struct agent_model *m, bool full, char *buf,
			size_t size)
{
	char a[16], b[16], bar[32];

	switch ((enum msg_state)m->seat.state) {
	case MSG_STATE_PREVIEW:
		time_bar(m, bar, sizeof(bar));
		if (!m->seat.limit_ms)
			str_copy(buf, size, _("Read first, then dial."));
		else if (full)
			str_fmt(buf, size, _("Read first, then dial. Dials by "
				"itself in %u s.   %s"),
				(unsigned)(agent_left_ms(m) / 1000), bar);
		else
			str_fmt(buf, size, _("Dials by itself in %u s  %s"),
				(unsigned)(agent_left_ms(m) / 1000), bar);
		break;
	case MSG_STATE_DIAL:
	case MSG_STATE_RING:
		if (m->seat.answer_by_hand)
			str_fmt(buf, size, _("A customer is on the line: "
				"Enter answers, %u s left."),
				(unsigned)((agent_left_ms(m) + 999) / 1000));
		else
			str_fmt(buf, size, m->seat.state == MSG_STATE_RING
				? _("Calling %s ...   ringing at the customer "
				    "  (gives up after %u s)")
				: _("Calling %s ...   (gives up after %u s)"),
				m->progress.number,
				m->progress.give_up_ms / 1000);
		break;
	case MSG_STATE_HOLD:
		view_time(a, sizeof(a), agent_talk_ms(m));
		view_time(b, sizeof(b), m->seat.limit_ms);
		str_fmt(buf, size, _("Customer hears music.  Total call %s."),
			a);
		if (m->seat.limit_ms && full)
			str_add(buf, size, _("  Over %s the supervisor is "
					     "told."), b);
		else if (m->seat.limit_ms)
			str_add(buf, size, _("  Limit %s."), b);
		break;
	case MSG_STATE_CONSULT:
		if (m->seat.asked) {
			str_fmt(buf, size, _("%s asks you about this customer,"
				" who hears music."), m->seat.consult_with);
			break;
		}
		str_fmt(buf, size, m->seat.sending
			? _("The customer goes to %s.  Comes back to you if "
			    "nobody answers.")
			: m->seat.consult != MSG_STEP_ANSWERED
			? _("Calling %s.  The customer hears music.")
			: m->seat.consult_active
			? _("You talk to %s.  The customer hears music.")
			: _("You talk to the customer.  %s waits."),
			m->seat.consult_with);
		break;
	case MSG_STATE_CONF:
		if (m->seat.asked) {
			str_fmt(buf, size, _("All three talk: you, %s and his "
				"customer."), m->seat.consult_with);
			break;
		}
		str_fmt(buf, size, _("All three talk: you, the customer and "
				     "%s."), m->seat.consult_with);
		break;
	default:
		break;
	}
}

/* Somebody was promised a call, and the time has come. */
static bool promise_due(const struct agent_model *m, char *buf, size_t size)
{
	char clock[16];

	if (!m->today.callback_ms || m->now.wall_ms < m->today.callback_ms ||
	    m->seat.state == MSG_STATE_BREAK)
		return false;
	view_clock(clock, sizeof(clock), m->today.callback_ms, m->tz_min,
		   false);
	str_fmt(buf, size, _("Promised for %s: %s.  c opens the list, Enter "
			     "dials."), clock, m->today.callback_name);
	return true;
}

static enum style state_notice(const struct agent_model *m, bool full,
			       char *buf, size_t size)
{
	switch (agent_ctx_of_state(m)) {
	case CTX_NOT_READY:
		if (promise_due(m, buf, size))
			return ST_WATCH;
		if (m->seat.state == MSG_STATE_BREAK)
			break_notice(m, buf, size);
		else
			idle_notice(m, buf, size);
		return m->seat.reason >= MSG_REASON_MISSED &&
		       m->seat.reason <= MSG_REASON_LINK_LOST ? ST_WATCH
							      : ST_NORMAL;
	case CTX_READY:
		if (m->seat.state == MSG_STATE_READY &&
		    promise_due(m, buf, size))
			return ST_WATCH;
		if (m->seat.state == MSG_STATE_RESERVED)
			str_copy(buf, size, _("A customer is being connected "
					      "to you."));
		else if (m->seat.wait_ms)
			str_fmt(buf, size, _("Waiting for the next call.  "
				"%u ready, about %u s."), m->seat.ready_count,
				m->seat.wait_ms / 1000);
		else
			str_fmt(buf, size, _("Waiting for the next call.  "
				"%u ready."), m->seat.ready_count);
		return ST_NORMAL;
	case CTX_WRAP:
		wrap_notice(m, full, buf, size);
		return m->seat.limit_ms && agent_left_ms(m) <= 10000
			? ST_WATCH : ST_NORMAL;
	default:
		call_notice(m, full, buf, size);
		return m->seat.state == MSG_STATE_HOLD && m->seat.limit_ms &&
		       m->now.wall_ms - m->seat.since_ms > m->seat.limit_ms
			? ST_WATCH : ST_NORMAL;
	}
}

static void lost_notice(const struct agent_model *m, bool full, char *buf,
			size_t size)
{
	char gone[16];
	unsigned retry = (unsigned)(MAX((int64_t)0, m->retry_at_ms -
					m->now.mono_ms + 999) / 1000);

	view_time(gone, sizeof(gone), m->now.mono_ms - m->lost_since_ms);
	if (full)
		str_fmt(buf, size, agent_on_call(m)
			? _("CONNECTION TO SERVER LOST %s.  Keep talking while "
			    "you hear the customer. Trying again in %u s.")
			: _("CONNECTION TO SERVER LOST %s.  Nothing is lost. "
			    "Trying again in %u s."), gone, retry);
	else
		str_fmt(buf, size, agent_on_call(m)
			? _("SERVER LOST %s.  Keep talking while you hear him. "
			    "Again in %u s.")
			: _("SERVER LOST %s.  Nothing is lost. Again in %u s."),
			gone, retry);
}

/* What a call must show before its usual sentence. */
static bool call_flag(const struct agent_model *m, char *buf, size_t size)
{
	if (!agent_on_call(m))
		return false;
	if (m->tones)
		str_fmt(buf, size, _("Tones sent: %s"), m->tone_text);
	else if (m->seat.muted)
		str_copy(buf, size, _("MUTED: nobody hears you. F5 opens the "
				      "microphone."));
	else if (m->seat.rec == MSG_REC_PAUSED)
		str_copy(buf, size, _("RECORDING PAUSED. r goes on "
				      "recording."));
	else if (m->seat.coach == MSG_MONITOR_WHISPER)
		str_fmt(buf, size, _("%s speaks to you; the customer does not "
				     "hear it."), m->seat.coach_name);
	else if (m->seat.coach == MSG_MONITOR_BARGE)
		str_fmt(buf, size, _("%s has joined the call: all hear all."),
			m->seat.coach_name);
	else
		return false;
	return true;
}

/* The phone has lost its line: the one beside the screen knows it first, of
 * one on the desk the server tells, and it matters in a call. */
static bool line_flag(const struct agent_model *m, char *buf, size_t size)
{
	if (m->desk_phone ? !agent_on_call(m) ||
			    m->seat.line != MSG_HEALTH_DOWN
			  : m->own_line != MSG_HEALTH_DOWN)
		return false;
	str_copy(buf, size, agent_on_call(m)
		 ? _("Your line is down: the customer hears music. It comes "
		     "back by itself.")
		 : _("Your line is down. It comes back by itself: no key is "
		     "needed."));
	return true;
}

/* Who cannot wait for it asks one of them himself. */
static void hand_notice(const struct agent_model *m, char *buf, size_t size)
{
	bool customer = m->seat.state == MSG_STATE_TALK ||
			m->seat.state == MSG_STATE_HOLD;

	str_copy(buf, size, customer && !m->seat.no_transfer
		 ? _("Your hand is raised: a supervisor is coming. F6 asks "
		     "one at once.")
		 : _("Your hand is raised: a supervisor is coming."));
}

void view_notice(const struct agent_model *m, struct grid *g, bool full)
{
	char buf[300] = "";
	enum style st = ST_WATCH;

	if (m->hint_until_ms) {
		str_copy(buf, sizeof(buf), m->hint);
		st = m->hint_style;
	} else if (m->lost) {
		lost_notice(m, full, buf, sizeof(buf));
		st = ST_ALARM;
	} else if (line_flag(m, buf, sizeof(buf))) {
		st = ST_ALARM;
	} else if (!call_flag(m, buf, sizeof(buf))) {
		if (m->notice_until_ms && m->notice.level) {
			str_copy(buf, sizeof(buf), m->notice.text);
			st = m->notice.level == MSG_LEVEL_ALARM ? ST_ALARM
								: ST_WATCH;
		} else {
			st = state_notice(m, full, buf, sizeof(buf));
			if (!*buf && m->notice_until_ms)
				str_copy(buf, sizeof(buf), m->notice.text);
			if (!*buf && m->seat.hand)
				hand_notice(m, buf, sizeof(buf));
		}
	}
	grid_put(g, 1, 1, MAX(1, g->cols - 2), st, buf);
}

/* -- outcomes and what stands in their place --------------------------------- */

static void choice(struct grid *g, const struct layout *l, unsigned digit,
		   const char *label, bool chosen)
{
	int col = (int)(digit - 1) % 3 * (l->cols / 3);
	int y = l->out_y + 1 + (int)(digit - 1) / 3;
	int w = l->cols / 3 - 2;

	grid_put(g, y, col + 1, 1, ST_INPUT, "");
	grid_restyle(g, y, col + 1, 1, ST_NORMAL);
	grid_putf(g, y, col + 1, w, chosen ? ST_INPUT : ST_NORMAL, "%c%u %s",
		  chosen ? '>' : ' ', digit, label);
	if (chosen)
		grid_restyle(g, y, col + 4 + text_width(label),
			     MAX(0, w - 3 - text_width(label)), ST_NORMAL);
}

static void outcomes(const struct agent_model *m, struct grid *g,
		     const struct layout *l)
{
	for (uint32_t i = 0; i < m->outcomes.rows_count; i++) {
		const struct msg_outcome_row *o = &m->outcomes.rows[i];

		if (o->digit)
			choice(g, l, o->digit, o->label,
			       o->code == m->seat.outcome);
	}
}

static void skips(const struct agent_model *m, struct grid *g,
		  const struct layout *l)
{
	for (uint32_t i = 0; i < m->outcomes.skips_count; i++)
		if (m->outcomes.skips[i].digit)
			choice(g, l, m->outcomes.skips[i].digit,
			       m->outcomes.skips[i].label, false);
}

static const char *step_word(unsigned step)
{
	switch (step) {
	case MSG_STEP_DIALLED:
		return _("dialled");
	case MSG_STEP_RINGING:
		return _("ringing");
	case MSG_STEP_EARLY:
		return _("network message");
	case MSG_STEP_ANSWERED:
		return _("answered");
	case MSG_STEP_FAILED:
		return _("not reached");
	default:
		return _("ended");
	}
}

static void progress(const struct agent_model *m, struct grid *g,
		     const struct layout *l)
{
	char line[400] = "", clock[16];
	bool answered = false;

	for (uint32_t i = 0; i < m->progress.steps_count; i++) {
		const struct msg_step_row *s = &m->progress.steps[i];

		view_clock(clock, sizeof(clock), s->at_ms, m->tz_min, true);
		str_add(line, sizeof(line), "%s%s %s", i ? "   " : "", clock,
			*s->text ? s->text : step_word(s->step));
		answered |= s->step >= MSG_STEP_ANSWERED;
	}
	if (!answered && l->full && *line)
		str_add(line, sizeof(line), "   -------- %s",
			_("not answered yet"));
	grid_put(g, l->out_y + 1, 2, l->cols - 3, ST_NORMAL, line);
}

static void last_call(const struct agent_model *m, struct grid *g,
		      const struct layout *l)
{
	const struct msg_last_call *c = &m->last;
	char clock[16], line[400];

	if (!c->at_ms)
		return;
	view_clock(clock, sizeof(clock), c->at_ms, m->tz_min, false);
	str_fmt(line, sizeof(line), "%s  %s  %s   ", clock, c->name,
		c->number);
	if (c->digit)
		str_add(line, sizeof(line), "%u ", c->digit);
	str_add(line, sizeof(line), "%s   %u:%02u",
		*c->label ? c->label : _("no outcome"), c->talk_s / 60,
		c->talk_s % 60);
	if (c->call)
		str_add(line, sizeof(line), "   %s", _("u change it"));
	grid_put(g, l->out_y + 1, 1, l->cols - 2, ST_NORMAL, line);
}

/* -- notes ------------------------------------------------------------------ */

static void notes(const struct agent_model *m, struct grid *g,
		  const struct layout *l)
{
	enum agent_ctx ctx = agent_ctx_of_state(m);
	const char *title = _("Notes");
	struct grid_box b = { l->notes_y + 1, 2, l->today_y - l->notes_y - 1,
			      l->cols - 4 };

	if (m->typing)
		title = _("Notes: writing");
	else if (m->lost && m->seat.call)
		title = _("Notes: n to write (kept on this computer until "
			  "saved)");
	else if (!m->box && (ctx == CTX_TALK || ctx == CTX_WRAP ||
			     ctx == CTX_CONF))
		title = _("Notes: n to write");
	grid_rule(g, l->notes_y, 0, l->cols, title);
	if (!m->typing && m->seat.call)
		edit_draw_box(g, b, &m->note, false);
}

static void history(const struct agent_model *m, struct grid *g,
		    const struct layout *l)
{
	grid_rule(g, l->notes_y, 0, l->cols, _("History"));
	if (!m->history.rows_count)
		grid_put(g, l->notes_y + 1, 2, l->cols - 3, ST_DIM,
			 _("never called"));
	for (uint32_t i = 0; i < m->history.rows_count &&
	     (int)i < l->today_y - l->notes_y - 1; i++) {
		const struct msg_history_row *h = &m->history.rows[i];
		char day[16];

		view_date(day, sizeof(day), h->at_ms, m->tz_min, false);
		grid_putf(g, l->notes_y + 1 + (int)i, 2, l->cols - 3,
			  ST_NORMAL, _("%s %s: %s"), day, h->agent,
			  *h->note ? h->note : h->outcome);
	}
}

static void ready_line(const struct agent_model *m, struct grid *g,
		       const struct layout *l)
{
	const char *text = m->seat.state == MSG_STATE_BREAK
		? _("Press Enter when you are back.")
		: _("Press Enter when you are ready to take calls.");

	grid_rule(g, l->out_y, 0, l->cols, NULL);
	grid_put_center(g, l->out_y + 2, 0, l->cols, ST_TITLE, text);
	grid_rule(g, l->notes_y, 0, l->cols, NULL);
}

bool view_has_more(const struct agent_model *m)
{
	for (uint32_t i = 0; i < m->outcomes.rows_count; i++)
		if (!m->outcomes.rows[i].digit)
			return true;
	return false;
}

/* The rule over the outcomes; the key of those without a digit, if any. */
static void outcomes_rule(const struct agent_model *m, struct grid *g,
			  const struct layout *l, const char *title)
{
	char line[160];

	str_fmt(line, sizeof(line), "%s%s", title,
		view_has_more(m) ? _("; 0 more") : "");
	grid_rule(g, l->out_y, 0, l->cols, line);
}

void view_lower(const struct agent_model *m, struct grid *g,
		const struct layout *l)
{
	const char *title = _("Outcome: press a number now or after the call");

	switch (agent_ctx_of_state(m)) {
	case CTX_NOT_READY:
		ready_line(m, g, l);
		return;
	case CTX_READY:
		grid_rule(g, l->out_y, 0, l->cols, _("Last call"));
		last_call(m, g, l);
		break;
	case CTX_PREVIEW:
		grid_rule(g, l->out_y, 0, l->cols, _("Skip reason: press a "
			  "number to skip this customer"));
		skips(m, g, l);
		history(m, g, l);
		return;
	case CTX_RING:
		grid_rule(g, l->out_y, 0, l->cols, _("Call progress"));
		progress(m, g, l);
		break;
	case CTX_WRAP:
		title = _("Outcome: press a number");
		/* fall through */
	default:
		outcomes_rule(m, g, l, title);
		outcomes(m, g, l);
		break;
	}
	notes(m, g, l);
}
