#include "agent_model.h"

#include <string.h>

#include "base/str.h"

/*
 * Server's messages into the model.  They are copied whole: the server is
 * the only owner of states, timers and lists, the screen only shows them.
 */

/* What belongs to one call ends with it. */
static void forget_call(struct agent_model *m)
{
	memset(&m->progress, 0, sizeof(m->progress));
	memset(&m->history, 0, sizeof(m->history));
	m->typing = m->tones = m->note_dirty = m->outcome_dirty = false;
	m->page_shown = false;
	m->tone_text[0] = '\0';
	edit_set(&m->note, "");
	edit_set(&m->find, "");
	memset(&m->targets, 0, sizeof(m->targets));
	m->targets_for[0] = '\0';
	edit_init(&m->pick.when, 60);
	edit_init(&m->pick.note, 200);
	m->pick = (struct agent_pick){ .when = m->pick.when,
				       .note = m->pick.note };
}

/* What was wished for after the call is taken down: told, for the footer has
 * not room for all of it. */
static void told_pending(struct agent_model *m)
{
	switch ((enum msg_want)m->seat.pending) {
	case MSG_WANT_NOT_READY:
		agent_hint(m, ST_NORMAL, _("After this call you are NOT "
					   "READY. F2 takes it back."));
		break;
	case MSG_WANT_BREAK:
		agent_hint(m, ST_NORMAL, _("After this call your break "
					   "begins. Esc takes it back."));
		break;
	case MSG_WANT_LOGOUT:
		agent_hint(m, ST_NORMAL, _("After this call you are logged "
					   "out. Esc takes it back."));
		break;
	default:
		agent_hint(m, ST_NORMAL, _("You carry on taking calls."));
		break;
	}
}

static unsigned on_seat(struct agent_model *m, const struct msg_seat *s)
{
	bool moved = s->state != m->seat.state || s->call != m->seat.call;
	bool new_call = s->call && s->call != m->seat.call;
	uint16_t chosen = m->seat.outcome;
	int64_t amount = m->seat.amount;
	uint8_t pending = m->seat.pending;
	unsigned todo = DO_REDRAW;

	/* Given away: what is left of the same call, and its note goes on. */
	bool given = new_call && m->seat.call &&
		     s->state == MSG_STATE_WRAP &&
		     s->ended_by == MSG_ENDED_TRANSFER;

	if (given && (m->typing || m->note_dirty)) {
		m->note_dirty = true;
	} else if (new_call || (!s->call && m->seat.call)) {
		forget_call(m);
		m->page = 0;
		/* After a take-over, or from a colleague: his draft. */
		if (s->call && m->cust.call == s->call)
			edit_set(&m->note, m->cust.note);
	}
	/* Chosen while the link was down: ours is newer until it is sent. */
	bool keep = m->outcome_dirty && s->call == m->seat.call;

	m->seat = *s;
	m->now.wall_ms = MAX(m->now.wall_ms, s->wall_ms);
	if (keep) {
		m->seat.outcome = chosen;
		m->seat.amount = amount;
	}
	if (!moved) {
		if (s->call && s->pending != pending)
			told_pending(m);
		return todo;
	}
	/* A menu of the last state must not act in this one. */
	if (m->box != CTX_HELP && m->box != CTX_PICKER)
		m->box = 0;
	if (m->box == CTX_PICKER && !s->call)
		m->box = 0;
	if ((s->state == MSG_STATE_TALK || s->asked) && new_call)
		todo |= DO_BELL;
	if (s->state == MSG_STATE_RING || s->state == MSG_STATE_PREVIEW)
		todo |= DO_BELL;
	if (s->state == MSG_STATE_NOT_READY &&
	    s->reason == MSG_REASON_MISSED)
		todo |= DO_BELL;
	if (s->state != MSG_STATE_WRAP)
		m->page_shown = false;
	m->tones = m->tones && agent_on_call(m);
	m->hint_until_ms = 0;
	m->last_key = 0;
	/* What is typed is a note still: none of its letters may be lost. */
	return todo | (m->typing ? 0 : DO_FLUSH);
}

static unsigned on_customer(struct agent_model *m,
			    const struct msg_customer *c)
{
	bool same = c->call == m->cust.call;

	m->cust = *c;
	m->pick.number = c->number ? c->number : 1;
	/* After a take-over the draft comes along. */
	if (!m->note_dirty && !m->typing && (!same || !*m->note.text))
		edit_set(&m->note, c->note);
	return DO_REDRAW;
}

static unsigned on_last(struct agent_model *m, const struct msg_last_call *c)
{
	bool changed = m->last.call == c->call && m->last.at_ms == c->at_ms &&
		       m->last.outcome != c->outcome;
	char line[160];

	m->last = *c;
	if (changed) {
		str_fmt(line, sizeof(line), _("Changed to: %s"), c->label);
		agent_hint(m, ST_OK, line);
	}
	return DO_REDRAW;
}

static unsigned on_notice(struct agent_model *m, const struct msg_notice *n)
{
	m->notice = *n;
	m->notice_until_ms = n->show_ms ? m->now.mono_ms + n->show_ms
					: INT64_MAX;
	return DO_REDRAW | (n->level == MSG_LEVEL_ALARM ? DO_BELL : 0);
}

static unsigned on_text(struct agent_model *m, const struct msg_message *t)
{
	/* Newest first; the oldest goes. */
	memmove(&m->message[1], &m->message[0],
		sizeof(m->message) - sizeof(m->message[0]));
	m->message[0] = *t;
	m->messages = MIN(m->messages + 1, (size_t)AGENT_MESSAGES);
	if (agent_ctx_of_state(m) != CTX_NOT_READY) {
		char line[200];

		str_fmt(line, sizeof(line), "%s: %s", t->from, t->text);
		agent_hint(m, ST_WATCH, line);
		m->hint_until_ms += 6000;
	}
	return DO_REDRAW | DO_BELL;
}

/* Each letter of a time asks anew: only the last refusal, and only if it is
 * about what is chosen now, is shown. */
static bool pick_is_old(struct agent_pick *p)
{
	p->due -= p->due > 0;
	return p->due || p->asked_ms != p->at_ms;
}

static unsigned on_callback_ok(struct agent_model *m,
			       const struct msg_callback_ok *c)
{
	m->pick.due -= m->pick.due > 0;
	if (!c->kept && c->at_ms != m->pick.at_ms)
		return DO_NOTHING;
	m->pick.sending = false;
	m->pick.clashes = c->clashes;
	m->pick.trouble[0] = '\0';
	if (!c->kept)
		return DO_REDRAW;
	m->seat.callback_ms = c->at_ms;
	if (m->box == CTX_PICKER)
		m->box = 0;
	agent_hint(m, ST_OK, _("Call-back is noted."));
	return DO_REDRAW;
}

static unsigned on_refused(struct agent_model *m,
			   const struct msg_refused *r)
{
	const char *why = *r->text ? r->text : _(msg_refusal_text(r->code));
	char line[200];

	str_copy(line, sizeof(line), why);
	if (r->suggest_ms) {
		int64_t t = r->suggest_ms / 1000 + agent_cust_tz(m) * 60;
		int64_t mins = t / 60 % 1440;

		str_add(line, sizeof(line), _("  Next possible: %02d:%02d."),
			(int)(mins / 60), (int)(mins % 60));
	}
	if (!m->logged_in) {
		m->login.busy = false;
		m->login.taken = r->code == MSG_NO_TAKEN;
		if (r->code == MSG_NO_LOGIN)	/* typed anew, not behind it */
			edit_set(&m->login.pass, "");
		str_copy(m->login.trouble, sizeof(m->login.trouble), line);
		return DO_REDRAW;
	}
	if (m->box == CTX_PICKER) {
		if (pick_is_old(&m->pick))
			return DO_NOTHING;
		m->pick.sending = false;
		str_copy(m->pick.trouble, sizeof(m->pick.trouble), line);
	} else {
		agent_hint(m, ST_WATCH, line);
	}
	return DO_REDRAW;
}

static unsigned on_login_ok(struct agent_model *m,
			    const struct msg_login_ok *l)
{
	m->who = *l;
	m->tz_min = l->tz_min;
	m->logged_in = true;
	m->now.wall_ms = l->wall_ms;
	edit_set(&m->login.pass, "");
	m->login.busy = m->login.taken = false;
	m->login.trouble[0] = '\0';
	if (m->ask == ASK_LEAVE)
		m->box = 0;
	agent_link_back(m);
	return DO_REDRAW | DO_FLUSH;
}

static unsigned on_ended(struct agent_model *m, const struct msg_ended *e)
{
	m->logged_in = false;
	m->box = 0;
	m->lost = false;
	memset(&m->seat, 0, sizeof(m->seat));
	forget_call(m);
	str_copy(m->login.trouble, sizeof(m->login.trouble),
		 e->why ? _(msg_word(MSG_WORDS_END, e->why)) : "");
	m->login.of_link = false;
	if (*e->text && !str_eq(e->text, msg_word(MSG_WORDS_END, e->why)))
		str_add(m->login.trouble, sizeof(m->login.trouble), " (%s)",
			e->text);
	return DO_REDRAW | DO_FLUSH | (e->why == MSG_END_LOGOUT ? DO_QUIT : 0);
}

/* Messages that are kept as they came: type, where, how large. */
#define KEEP(TYPE, member) { MSG_##TYPE, offsetof(struct agent_model, member), \
			     sizeof(((struct agent_model *)0)->member) }
static const struct { enum msg_type type; size_t at, size; } kept[] = {
	KEEP(OUTCOMES, outcomes), KEEP(BREAKS, breaks), KEEP(TODAY, today),
	KEEP(CALL_PROGRESS, progress),
	KEEP(CALLBACKS_PAGE, callbacks),
	KEEP(HISTORY_PAGE, history), KEEP(SCRIPT, script),
};

unsigned agent_message(struct agent_model *m, enum msg_type type,
		       const void *obj)
{
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		if (kept[i].type == type) {
			memcpy((char *)m + kept[i].at, obj, kept[i].size);
			if (m->page >= m->script.pages_count)
				m->page = 0;
			return DO_REDRAW;
		}
	switch (type) {
	case MSG_SEAT:
		return on_seat(m, obj);
	case MSG_CUSTOMER:
		return on_customer(m, obj);
	case MSG_TARGETS_PAGE:
		agent_targets(m, obj);
		return DO_REDRAW;
	case MSG_LAST_CALL:
		return on_last(m, obj);
	case MSG_NOTICE:
		return on_notice(m, obj);
	case MSG_MESSAGE:
		return on_text(m, obj);
	case MSG_CALLBACK_OK:
		return on_callback_ok(m, obj);
	case MSG_REFUSED:
		return on_refused(m, obj);
	case MSG_LOGIN_OK:
		return on_login_ok(m, obj);
	case MSG_ENDED:
		return on_ended(m, obj);
	case MSG_OK:
		if (*((const struct msg_ok *)obj)->text) {
			agent_hint(m, ST_OK, ((const struct msg_ok *)obj)->text);
			return DO_REDRAW;
		}
		return DO_NOTHING;
	case MSG_UNMASKED:
		agent_hint(m, ST_NORMAL,
			   ((const struct msg_unmasked *)obj)->number);
		return DO_REDRAW;
	case MSG_HEARTBEAT_OK:
		m->now.wall_ms = ((const struct msg_heartbeat_ok *)obj)->wall_ms;
		return DO_NOTHING;
	default:
		return DO_NOTHING;
	}
}

void agent_link_lost(struct agent_model *m, int64_t retry_at_ms)
{
	if (!m->lost)
		m->lost_since_ms = m->now.mono_ms;
	m->lost = true;
	m->hint_until_ms = 0;		/* what it was about is over */
	m->retry_at_ms = retry_at_ms;
	m->targets_due = 0;
	m->pick.sending = m->login.busy = false;
	m->pick.due = 0;
	if (m->box != CTX_HELP)
		m->box = 0;
}

void agent_login_trouble(struct agent_model *m, const char *why)
{
	struct agent_login *l = &m->login;

	if (m->logged_in || (*l->trouble && !l->of_link))
		return;
	l->of_link = why;
	str_copy(l->trouble, sizeof(l->trouble), why ? why : "");
}

void agent_link_back(struct agent_model *m)
{
	bool was = m->lost;

	m->lost = false;
	if (!was || !m->seat.call)
		return;
	if (m->outcome_dirty) {
		struct msg_outcome o = { .call = m->seat.call,
					 .code = m->seat.outcome,
					 .amount = m->seat.amount };

		agent_send(m, MSG_OUTCOME, &o);
	}
	m->outcome_dirty = false;
	if (m->note_dirty)
		agent_send_note(m, false);
	agent_hint(m, ST_OK, _("Connected again."));
}
