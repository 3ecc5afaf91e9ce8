#include "agent_model.h"

#include <string.h>

#include "agent_keys.h"
#include "base/str.h"

enum { REPEAT_MS = 300, DRAFT_MS = 2000, DEAF_MS = 5000 };

void agent_send(struct agent_model *m, enum msg_type type, const void *obj)
{
	if (m->out.send)
		m->out.send(m->out.arg, type, obj);
}

void agent_send_lang(struct agent_model *m)
{
	struct msg_lang l = { .lang = "en" };

	if (text_lang() == LANG_ZH)
		str_copy(l.lang, sizeof(l.lang), "zh");
	if (m->logged_in)
		agent_send(m, MSG_LANG, &l);
}

void agent_send_note(struct agent_model *m, bool final)
{
	struct msg_note n = { .call = m->seat.call, .final = final };

	m->note_sent_ms = m->now.mono_ms;
	if (m->lost)
		return;
	m->note_dirty = false;
	str_copy(n.text, sizeof(n.text), m->note.text);
	agent_send(m, MSG_NOTE, &n);
}

void agent_choose(struct agent_model *m, uint16_t code, int64_t amount)
{
	struct msg_outcome o = { .call = m->seat.call };

	if (m->correcting) {
		struct msg_correct_outcome c = { .call = m->last.call,
						 .code = code,
						 .amount = amount };

		m->correcting = false;
		agent_send(m, MSG_CORRECT_OUTCOME, &c);
		return;
	}
	/* The same digit again takes the choice back. */
	o.code = m->seat.outcome == code && m->seat.amount == amount ? 0 : code;
	o.amount = o.code ? amount : 0;
	m->seat.outcome = o.code;
	m->seat.amount = o.amount;
	m->outcome_dirty = m->lost;
	if (!m->lost)
		agent_send(m, MSG_OUTCOME, &o);
}

void agent_choose_row(struct agent_model *m, const struct msg_outcome_row *o)
{
	bool correcting = m->correcting;

	if (!o->needs_amount || (!correcting && m->seat.outcome == o->code)) {
		agent_choose(m, o->code, m->seat.outcome == o->code
						 ? m->seat.amount : 0);
		return;
	}
	m->amount_code = o->code;
	edit_set(&m->amount, "");
	agent_box_open(m, CTX_AMOUNT);
	m->correcting = correcting;
}

static unsigned choose_digit(struct agent_model *m, unsigned digit)
{
	const struct msg_outcome_row *row = agent_outcome_at(m, digit);

	if (!row) {
		agent_hint(m, ST_WATCH, _("There is no outcome on this key."));
		return DO_REDRAW;
	}
	if (row->asks_twice && m->seat.outcome != row->code) {
		m->ask = ASK_OUTCOME;
		m->ask_code = row->code;
		agent_box_open(m, CTX_ASK);
		return DO_REDRAW;
	}
	agent_choose_row(m, row);
	return DO_REDRAW;
}

bool agent_wrap_whole(const struct agent_model *m)
{
	return m->seat.state == MSG_STATE_WRAP &&
	       m->seat.wrap_mode == MSG_WRAP_TIMED_ALL &&
	       agent_left_ms(m) > 0;
}

static unsigned want(struct agent_model *m, enum msg_want w)
{
	struct msg_want_state s = { .want = (uint8_t)w };

	agent_send(m, MSG_WANT_STATE, &s);
	return DO_REDRAW;
}

/* Enter or F2 in wrap-up: says what is missing instead of beeping. */
static unsigned save(struct agent_model *m, enum msg_want next)
{
	const struct msg_outcome_row *o = agent_outcome(m);
	struct msg_finish f = { .call = m->seat.call, .next = (uint8_t)next };
	const char *missing = NULL;

	if (agent_wrap_whole(m) && next == MSG_WANT_NOT_READY)
		return want(m, m->seat.pending == next ? MSG_WANT_CARRY_ON
						       : next);
	if (!o && m->seat.wrap_mode == MSG_WRAP_OPTIONAL)
		missing = NULL;
	else if (!o)
		missing = _("Choose an outcome: press 1-9");
	else if (o->needs_time && !m->seat.callback_ms)
		missing = _("This outcome needs a time: press F7");
	else if (o->needs_amount && m->seat.amount <= 0)
		missing = _("This outcome needs an amount: choose it again.");
	else if (o->needs_note && !*m->note.text)
		missing = _("This outcome needs a note: press n");
	else if (agent_wrap_whole(m))
		missing = _("Wrap-up lasts its whole time here; your choice "
			    "is kept.");
	if (missing) {
		agent_hint(m, ST_WATCH, missing);
		return DO_REDRAW;
	}
	if (m->note_dirty)
		agent_send_note(m, true);
	agent_send(m, MSG_FINISH, &f);
	return DO_REDRAW;
}

/* While not ready the messages stand where the script is read ahead. */
static bool lies_under(const struct agent_model *m)
{
	return agent_ctx_of_state(m) == CTX_NOT_READY;
}

unsigned agent_turn_page(struct agent_model *m, uint32_t key)
{
	size_t n = m->script.pages_count;
	struct msg_script_page p;

	/* Where something else stands in its place it comes first. */
	if (lies_under(m) && !m->page_shown && !m->page) {
		m->page_shown = true;
	} else if (m->seat.state == MSG_STATE_WRAP && !m->page_shown) {
		m->page_shown = true;
	} else if (key == TK_PGDN) {
		if (m->page + 1 < n)
			m->page++;
	} else if (m->page) {
		m->page--;
	} else {
		m->page_shown = false;
	}
	p.page = (uint8_t)(m->page + 1);
	agent_send(m, MSG_SCRIPT_PAGE, &p);
	return DO_REDRAW;
}

static unsigned set_hold(struct agent_model *m, bool on)
{
	struct msg_hold h = { .call = m->seat.call, .on = on };

	agent_send(m, MSG_HOLD, &h);
	return DO_REDRAW;
}

static unsigned transfer(struct agent_model *m, enum msg_transfer_kind k)
{
	struct msg_transfer t = { .call = m->seat.call, .kind = (uint8_t)k };

	/* The other one must have read all of it. */
	if (m->note_dirty)
		agent_send_note(m, true);
	agent_send(m, MSG_TRANSFER, &t);
	return DO_REDRAW;
}

static unsigned hangup(struct agent_model *m, enum agent_act act)
{
	struct msg_hangup h = { .call = m->seat.call };

	if (act == ACT_HANGUP_ASK) {
		m->ask = ASK_HANGUP;
		agent_box_open(m, CTX_ASK);
	} else if (m->lost) {
		if (m->out.hangup)
			m->out.hangup(m->out.arg);
		agent_hint(m, ST_WATCH, m->desk_phone
			   ? _("Hang up on your telephone.")
			   : _("Hung up here. Outcome and note are kept."));
	} else {
		agent_send(m, MSG_HANGUP, &h);
	}
	return DO_REDRAW;
}

static unsigned toggle(struct agent_model *m, enum agent_act act)
{
	struct msg_mute mute = { .call = m->seat.call, .on = !m->seat.muted };
	struct msg_rec_pause rec = { .call = m->seat.call,
				     .on = m->seat.rec != MSG_REC_PAUSED };
	struct msg_raise_hand hand = { .on = !m->seat.hand };

	if (act == ACT_MUTE) {
		if (m->out.mute)
			m->out.mute(m->out.arg, mute.on);
		agent_send(m, MSG_MUTE, &mute);
	} else if (act == ACT_REC) {
		agent_send(m, MSG_REC_PAUSE, &rec);
	} else {
		agent_send(m, MSG_RAISE_HAND, &hand);
	}
	return DO_REDRAW;
}

static unsigned preview(struct agent_model *m, enum agent_act act,
			uint32_t key)
{
	struct msg_dial d = { .call = m->seat.call };
	struct msg_skip s = { .call = m->seat.call };

	if (act == ACT_DIAL) {
		agent_send(m, MSG_DIAL, &d);
		return DO_REDRAW;
	}
	for (uint32_t i = 0; i < m->outcomes.skips_count; i++)
		if (m->outcomes.skips[i].digit == key - '0') {
			s.reason = m->outcomes.skips[i].code;
			agent_send(m, MSG_SKIP, &s);
			return DO_REDRAW;
		}
	agent_hint(m, ST_WATCH, _("There is no reason on this key."));
	return DO_REDRAW;
}

static unsigned open_box(struct agent_model *m, enum agent_act act)
{
	switch (act) {
	case ACT_HELP:
		agent_box_open(m, CTX_HELP);
		break;
	case ACT_BREAKS:
		agent_box_open(m, CTX_BREAKS);
		break;
	case ACT_TRANSFER:
		if (m->seat.no_transfer)
			agent_hint(m, ST_WATCH,
				   _(msg_refusal_text(MSG_NO_TRANSFER)));
		else
			agent_box_open(m, CTX_TRANSFER);
		break;
	case ACT_LIST:
		agent_box_open(m, CTX_LIST);
		break;
	case ACT_PICKER:
		agent_box_open(m, CTX_PICKER);
		break;
	case ACT_MORE:
		agent_box_open(m, CTX_MORE);
		break;
	case ACT_NUMBERS:
		agent_box_open(m, CTX_NUMBERS);
		break;
	case ACT_HISTORY:
		agent_box_open(m, CTX_HISTORY);
		break;
	case ACT_CORRECT:
		if (m->last.call)
			agent_box_open(m, CTX_CORRECT);
		else
			agent_hint(m, ST_WATCH,
				   _("There is no outcome left to change."));
		break;
	default:
		break;
	}
	return DO_REDRAW;
}

static unsigned simple(struct agent_model *m, enum agent_act act)
{
	struct msg_answer a = { .call = m->seat.call };
	struct msg_wrap_more w = { .call = m->seat.call };

	if (act == ACT_ANSWER && m->seat.answer_by_hand)
		agent_send(m, MSG_ANSWER, &a);
	else if (act == ACT_MORE_TIME)
		agent_send(m, MSG_WRAP_MORE, &w);
	else if (act == ACT_SOUND)
		agent_box_open(m, CTX_SOUND);
	else if (act == ACT_RETRY)
		m->retry_at_ms = m->now.mono_ms;
	else if (act == ACT_UNDO_PENDING && m->seat.pending)
		return want(m, MSG_WANT_CARRY_ON);
	return DO_REDRAW;
}

/* Ctrl-C and Ctrl-Z, wherever they are pressed: only how to leave is said. */
static unsigned no_quit(struct agent_model *m)
{
	agent_hint(m, ST_NORMAL, !m->logged_in || (m->lost && !m->seat.call)
		   ? _("To leave: Esc, then Enter.")
		   : m->lost ? _("A call is never ended by Ctrl-C.")
			     : _("To leave: F3, then 0. A call is never ended "
				 "by Ctrl-C."));
	return DO_REDRAW;
}

/* Asked for where there is no call: at the log-in, or without a server. */
static unsigned leave(struct agent_model *m)
{
	agent_box_open(m, CTX_ASK);
	m->ask = ASK_LEAVE;
	return DO_REDRAW;
}

static unsigned act_on(struct agent_model *m, enum agent_act act,
		       uint32_t key)
{
	switch (act) {
	case ACT_READY:
		return want(m, MSG_WANT_READY);
	case ACT_NOT_READY:
		return want(m, m->seat.pending == MSG_WANT_NOT_READY
				       ? MSG_WANT_CARRY_ON
				       : MSG_WANT_NOT_READY);
	case ACT_DIAL:
	case ACT_SKIP:
		return preview(m, act, key);
	case ACT_BACK:
		return set_hold(m, false);
	case ACT_HOLD:
		return set_hold(m, m->seat.state != MSG_STATE_HOLD);
	case ACT_SWAP:
		return transfer(m, MSG_TRANSFER_SWAP);
	case ACT_CONNECT:
	case ACT_CONF:
		return transfer(m, MSG_TRANSFER_CONF);
	case ACT_COMPLETE:
		return transfer(m, MSG_TRANSFER_COMPLETE);
	case ACT_CANCEL_CONSULT:
		return transfer(m, MSG_TRANSFER_CANCEL);
	case ACT_SAVE:
		return save(m, MSG_WANT_NONE);
	case ACT_SAVE_STOP:
		return save(m, MSG_WANT_NOT_READY);
	case ACT_NOTE:
		m->typing = true;
		m->note.at = strlen(m->note.text);
		return DO_REDRAW;
	case ACT_HANGUP:
	case ACT_HANGUP_LOCAL:
	case ACT_HANGUP_ASK:
		return hangup(m, act);
	case ACT_MUTE:
	case ACT_REC:
	case ACT_HAND:
		return toggle(m, act);
	case ACT_OUTCOME:
		return choose_digit(m, key - '0');
	case ACT_TONES:
		m->tones = true;
		m->tone_text[0] = '\0';
		return DO_REDRAW;
	case ACT_PAGE:
		return agent_turn_page(m, key);
	case ACT_REPAINT:
		return DO_REDRAW | DO_PAINT;
	case ACT_LEAVE:
		return leave(m);
	case ACT_HELP:
	case ACT_BREAKS:
	case ACT_TRANSFER:
	case ACT_LIST:
	case ACT_PICKER:
	case ACT_MORE:
	case ACT_NUMBERS:
	case ACT_HISTORY:
	case ACT_CORRECT:
		return open_box(m, act);
	default:
		return simple(m, act);
	}
}

static unsigned end_typing(struct agent_model *m)
{
	m->typing = m->tones = false;
	if (m->note_dirty)
		agent_send_note(m, true);
	return DO_REDRAW;
}

static unsigned type_key(struct agent_model *m, uint32_t key)
{
	char before[EDIT_SIZE];

	if (m->tones) {
		struct msg_dtmf d = { .call = m->seat.call };

		if (key > 0x7f || !key || !strchr("0123456789*#", (int)key))
			return DO_NOTHING;
		str_fmt(d.digits, sizeof(d.digits), "%c", (int)key);
		if (!str_add(m->tone_text, sizeof(m->tone_text), "%c",
			     (int)key))
			str_copy(m->tone_text, sizeof(m->tone_text), d.digits);
		agent_send(m, MSG_DTMF, &d);
		return DO_REDRAW;
	}
	str_copy(before, sizeof(before), m->note.text);
	if (!edit_key(&m->note, key))
		return DO_NOTHING;
	if (!str_eq(before, m->note.text)) {
		if (!m->note_dirty)
			m->note_sent_ms = m->now.mono_ms;
		m->note_dirty = true;
	}
	return DO_REDRAW;
}

static unsigned login_key(struct agent_model *m, uint32_t key)
{
	struct agent_login *l = &m->login;
	struct msg_login msg = { .takeover = l->taken };

	if (key == TK_TAB || key == TK_UP || key == TK_DOWN ||
	    key == TK_BACKTAB) {
		l->on_pass = !l->on_pass;
	} else if (key == TK_ESC) {
		return leave(m);
	} else if (key == TK_F1) {
		agent_box_open(m, CTX_HELP);
	} else if (key == TK_CTRL_L) {
		return DO_REDRAW | DO_PAINT;
	} else if (key == TK_ENTER && !l->on_pass) {
		l->on_pass = true;
	} else if (key == TK_ENTER && *l->user.text && !l->busy) {
		str_copy(msg.user, sizeof(msg.user), l->user.text);
		str_copy(msg.pass, sizeof(msg.pass), l->pass.text);
		l->busy = true;
		l->trouble[0] = '\0';
		agent_send(m, MSG_LOGIN, &msg);
	} else {
		edit_key(l->on_pass ? &l->pass : &l->user, key);
		if (key_is_text(key))
			l->taken = false;
	}
	return DO_REDRAW;
}

/* The same action again within 300 ms is a slip, not a wish (UX 1.2). */
static bool is_slip(struct agent_model *m, uint32_t key)
{
	bool slip = key == m->last_key && key != TK_PGUP && key != TK_PGDN &&
		    key != TK_CTRL_L && m->last_key_ms &&
		    m->now.mono_ms - m->last_key_ms < REPEAT_MS;

	m->last_key = key;
	m->last_key_ms = m->now.mono_ms;
	return slip;
}

/*
 * The key that opened a box may act in it: F6 F6 must not give a customer
 * away.  Whatever else is typed there ends the slip.
 */
static unsigned box_key(struct agent_model *m, uint32_t key)
{
	if (key >= TK_F1 && key <= TK_F12 && is_slip(m, key))
		return DO_NOTHING;
	m->last_key = 0;
	return agent_box_key(m, key);
}

unsigned agent_key(struct agent_model *m, uint32_t key)
{
	const struct keymap_row *row;
	enum agent_ctx ctx = agent_ctx(m);

	if (key == TK_RESIZE)
		return DO_REDRAW;
	if (key == TK_CTRL_C || key == TK_CTRL_Z)
		return no_quit(m);
	if (m->box)
		return box_key(m, key);
	if (ctx == CTX_LOGIN)
		return login_key(m, key);
	if ((ctx == CTX_NOTE || ctx == CTX_TONES) && key != TK_ESC &&
	    key != TK_ENTER && (key_is_text(key) || key == TK_BACKSPACE ||
	    key == TK_DELETE || key == TK_LEFT || key == TK_RIGHT ||
	    key == TK_HOME || key == TK_END || key == TK_CTRL_U ||
	    key == TK_CTRL_W))
		return type_key(m, key);
	if (key & TK_PASTED)	/* pasted text is never a command */
		return DO_NOTHING;
	row = keymap_find(agent_keymap.rows, agent_keymap.nrows, key, ctx);
	/* F-keys work on while a note is typed. */
	if (!row && (ctx == CTX_NOTE || ctx == CTX_TONES) &&
	    key >= TK_F1 && key <= TK_F12)
		row = keymap_find(agent_keymap.rows, agent_keymap.nrows, key,
				  m->lost ? CTX_LOST : agent_ctx_of_state(m));
	if (!row || is_slip(m, key))
		return DO_NOTHING;
	if (row->act == ACT_NOTE_END)
		return end_typing(m);
	if (m->lost && row->act == ACT_HANGUP)
		return hangup(m, ACT_HANGUP_LOCAL);
	return act_on(m, (enum agent_act)row->act, key);
}

/*
 * The phone says its line is open, the server that it is down: nothing comes
 * through it (a sound device that stands still, an address that changed).
 * Neither end will hang up, so the phone begins anew by itself, while the
 * server still keeps the customer waiting (agents.return).
 */
static void mind_the_line(struct agent_model *m)
{
	bool deaf = m->own_line == MSG_HEALTH_OK && !m->lost &&
		    m->seat.line == MSG_HEALTH_DOWN;

	if (!deaf) {
		m->deaf_ms = 0;
	} else if (!m->deaf_ms) {
		m->deaf_ms = m->now.mono_ms;
	} else if (m->now.mono_ms - m->deaf_ms >= DEAF_MS) {
		m->deaf_ms = 0;
		m->own_line = MSG_HEALTH_DOWN;
		if (m->out.phone_anew)
			m->out.phone_anew(m->out.arg);
	}
}

unsigned agent_tick(struct agent_model *m)
{
	mind_the_line(m);
	agent_targets_again(m);
	if (m->note_dirty && !m->lost &&
	    m->now.mono_ms - m->note_sent_ms >= DRAFT_MS)
		agent_send_note(m, false);
	if (m->hint_until_ms && m->now.mono_ms >= m->hint_until_ms)
		m->hint_until_ms = 0;
	if (m->notice_until_ms && m->now.mono_ms >= m->notice_until_ms)
		m->notice_until_ms = 0;
	return DO_REDRAW;
}

int64_t agent_due_ms(const struct agent_model *m)
{
	/* Next whole second of the server's clock: its timers turn then. */
	int64_t due = m->now.mono_ms + 1000 - m->now.wall_ms % 1000;

	if (m->note_dirty && !m->lost)
		due = MIN(due, m->note_sent_ms + DRAFT_MS);
	return MAX(due, m->now.mono_ms + 1);
}
