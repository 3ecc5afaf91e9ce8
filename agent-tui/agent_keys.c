#include "agent_model.h"

#include <string.h>

#include "agent_keys.h"
#include "base/str.h"

#define IDLE    (CTX_NOT_READY | CTX_READY)
#define CALL    (CTX_TALK | CTX_HOLD | CTX_CONSULT | CTX_CONF | CTX_ASKING)
#define BUSY    (CTX_PREVIEW | CTX_RING | CALL | CTX_WRAP)
#define STATES  (IDLE | BUSY | CTX_ASKED | CTX_LOST | CTX_ALONE)
#define MENUS   (CTX_BREAKS | CTX_CORRECT | CTX_NUMBERS | CTX_MORE |         \
		 CTX_SOUND)
#define BOXES   (MENUS | CTX_TRANSFER | CTX_PICKER | CTX_LIST | CTX_ASK | \
		 CTX_AMOUNT | CTX_HISTORY)

/*
 * Keys of the agent (UX 2.3).  Several rows may share a key: the first whose
 * states hold the context is meant.  help NULL: told by an earlier row.
 */
static const struct keymap_row rows[] = {
	{ TK_ENTER, 0, ACT_LOGIN, CTX_LOGIN, N_("Enter Log in"), NULL,
	  NULL },
	{ TK_ENTER, 0, ACT_READY, CTX_NOT_READY, N_("Enter READY"), NULL,
	  N_("The next step: ready, dial, take back, save") },
	{ TK_ENTER, 0, ACT_DIAL, CTX_PREVIEW, N_("Enter DIAL NOW"), NULL,
	  NULL },
	{ TK_ENTER, 0, ACT_ANSWER, CTX_RING, N_("Enter Answer"), NULL, NULL },
	{ TK_ENTER, 0, ACT_BACK, CTX_HOLD, N_("Enter Take back"), NULL, NULL },
	{ TK_ENTER, 0, ACT_CONNECT, CTX_CONSULT, N_("Enter Connect both"),
	  NULL, NULL },
	{ TK_ENTER, 0, ACT_SAVE, CTX_WRAP, N_("Enter SAVE, NEXT CALL"),
	  N_("Enter SAVE, NEXT"), NULL },
	{ TK_ENTER, 0, ACT_RETRY, CTX_LOST | CTX_ALONE, N_("Enter Try now"),
	  NULL, NULL },
	{ TK_ENTER, 0, ACT_NOTE_END, CTX_NOTE, N_("Enter Done"), NULL, NULL },
	{ TK_ENTER, 0, ACT_BOX, CTX_TRANSFER, N_("Enter Ask first"), NULL,
	  NULL },
	{ TK_ENTER, 0, ACT_BOX, CTX_PICKER | CTX_AMOUNT, N_("Enter SAVE"),
	  NULL, NULL },
	{ TK_ENTER, 0, ACT_BOX, CTX_LIST, N_("Enter Dial now"), NULL, NULL },
	{ TK_ENTER, 0, ACT_BOX, CTX_ASK, N_("Enter Yes"), NULL, NULL },
	{ TK_ENTER, 0, ACT_BOX, CTX_MORE, N_("Enter Choose"), NULL, NULL },
	{ TK_F1, '?', ACT_HELP, STATES, N_("F1 Help"), NULL,
	  N_("Help; there, L changes the language") },
	{ TK_F1, 0, ACT_HELP, CTX_NOTE | CTX_LOGIN, N_("F1 Help"), NULL,
	  NULL },
	{ TK_F2, 0, ACT_READY, CTX_NOT_READY, N_("F2 Ready"), NULL,
	  N_("Ready, not ready; in wrap-up: save and stop") },
	{ TK_F2, 0, ACT_NOT_READY, CTX_READY, N_("F2 Not ready"), NULL, NULL },
	{ TK_F2, 0, ACT_SAVE_STOP, CTX_WRAP, N_("F2 Save, then Not ready"),
	  N_("F2 Save, Not ready"), NULL },
	{ TK_F2, 0, ACT_NOT_READY, CTX_PREVIEW | CTX_RING | CALL | CTX_ASKED,
	  N_("F2 Not ready after: %s"), NULL, NULL },
	{ TK_F3, 'b', ACT_BREAKS, CTX_NOT_READY, N_("F3 Break or log out"),
	  NULL, N_("Break menu, with log out; in a call: afterwards") },
	{ TK_F3, 'b', ACT_BREAKS, CTX_READY, N_("F3 Break"), NULL, NULL },
	{ TK_F3, 'b', ACT_BREAKS, CTX_PREVIEW, N_("F3 Break after this"),
	  NULL, NULL },
	{ TK_F3, 'b', ACT_BREAKS, CTX_RING | CALL | CTX_ASKED | CTX_WRAP,
	  N_("F3 Break after: %s"), NULL, NULL },
	{ TK_F4, 'h', ACT_SOUND, CTX_NOT_READY, N_("F4 Sound test"), NULL,
	  N_("Sound test; in a call: hold and take back") },
	{ TK_F4, 'h', ACT_BOX, CTX_SOUND, N_("F4 Tone again"), NULL, NULL },
	{ TK_F4, 'h', ACT_HOLD, CTX_TALK, N_("F4 Hold"), NULL, NULL },
	{ TK_F4, 'h', ACT_BACK, CTX_HOLD, N_("F4 TAKE BACK"), NULL, NULL },
	{ TK_F4, 'h', ACT_SWAP, CTX_CONSULT, N_("F4 Swap"), NULL, NULL },
	{ TK_F4, 0, ACT_HOLD, CTX_NOTE, N_("F4 Hold"), NULL, NULL },
	{ TK_F5, 'm', ACT_MUTE, CTX_TALK | CTX_CONSULT | CTX_CONF | CTX_ASKED,
	  N_("F5 Mute"), NULL, N_("Mute your microphone, or open it again") },
	{ TK_F5, 0, ACT_MUTE, CTX_NOTE, N_("F5 Mute"), NULL, NULL },
	{ TK_F6, 't', ACT_TRANSFER, CTX_TALK | CTX_HOLD, N_("F6 Transfer"),
	  NULL, N_("Transfer: ask first, or send now") },
	{ TK_F6, 't', ACT_COMPLETE, CTX_CONSULT | CTX_CONF,
	  N_("F6 GIVE THE CUSTOMER"), N_("F6 GIVE"), NULL },
	{ TK_F6, 't', ACT_COMPLETE, CTX_ASKING, N_("F6 Send now"), NULL,
	  NULL },
	{ TK_F6, 0, ACT_BOX, CTX_TRANSFER, N_("F6 Send now"), NULL, NULL },
	{ 'c', 0, ACT_CONF, CTX_CONSULT, N_("c All three talk"),
	  N_("c All three"), N_("In a consultation: all three talk") },
	{ TK_F7, 'c', ACT_LIST, IDLE, N_("c Callbacks"), NULL,
	  N_("Call back: when; while idle: your callbacks") },
	{ TK_F7, 'c', ACT_PICKER, CTX_WRAP, N_("F7 Call-back time"),
	  N_("F7 When"), NULL },
	{ TK_F7, 'c', ACT_PICKER, CTX_TALK | CTX_HOLD, N_("F7 Call back"),
	  NULL, NULL },
	{ TK_F8, 0, ACT_HANGUP, CTX_RING, N_("F8 CANCEL CALL"), NULL,
	  N_("Hang up, or cancel a call that rings") },
	{ TK_F8, 0, ACT_HANGUP, CTX_TALK | CTX_NOTE | CTX_TONES,
	  N_("F8 HANG UP"), NULL, NULL },
	{ TK_F8, 0, ACT_HANGUP, CTX_HOLD | CTX_CONF | CTX_CONSULT |
	  CTX_HISTORY, N_("F8 Hang up"), NULL, NULL },
	{ TK_F8, 0, ACT_HANGUP, CTX_ASKING, N_("F8 Cancel"), NULL, NULL },
	{ TK_F8, 0, ACT_HANGUP, CTX_ASKED, N_("F8 Leave"), NULL, NULL },
	{ TK_F8, 0, ACT_HANGUP_LOCAL, CTX_LOST,
	  N_("F8 Hang up (works locally)"), N_("F8 Hang up (locally)"), NULL },
	{ 'x', 0, ACT_HANGUP_ASK, CTX_RING | CALL | CTX_ASKED | CTX_LOST,
	  NULL, NULL,
	  N_("Hang up, asks first") },
	{ TK_F9, '!', ACT_HAND, IDLE | BUSY | CTX_ASKED, N_("F9 Supervisor"),
	  NULL,
	  N_("Raise your hand to the supervisor, or lower it") },
	{ TK_DIGIT, 0, ACT_SKIP, CTX_PREVIEW, N_("1-%u Skip with reason"),
	  N_("1-%u Skip"),
	  N_("Outcome, in the call or after it; menu item") },
	{ TK_DIGIT, 0, ACT_OUTCOME, CALL, NULL, NULL, NULL },
	{ TK_DIGIT, 0, ACT_OUTCOME, CTX_WRAP, N_("1-9 Outcome"), NULL, NULL },
	{ TK_DIGIT, 0, ACT_OUTCOME, CTX_LOST,
	  N_("1-9 Outcome (saved when the line is back)"),
	  N_("1-9 Outcome (kept)"), NULL },
	{ TK_DIGIT, 0, ACT_BOX, CTX_PICKER, N_("1-6 Quick choice"), NULL,
	  NULL },
	{ TK_DIGIT, 0, ACT_BOX, MENUS, N_("1-%u Choose"), NULL, NULL },
	{ '0', 0, ACT_MORE, CALL | CTX_WRAP | CTX_LOST, NULL, NULL,
	  N_("More outcomes than nine") },
	{ '0', 0, ACT_BOX, CTX_BREAKS, N_("0 Log out"), NULL, NULL },
	{ 'n', TK_TAB, ACT_NOTE, BUSY | CTX_LOST, N_("n Note"),
	  NC_("brief", "n Note"),
	  N_("Write the note; Esc or Enter when done") },
	{ TK_TAB, 0, ACT_NOTE, CALL, N_("Tab Next box"), NULL, NULL },
	{ TK_TAB, 0, ACT_BOX, CTX_PICKER, N_("Tab Next field"), NULL, NULL },
	{ TK_TAB, 0, ACT_BOX, CTX_LIST, N_("Tab Mine or anyone's"), NULL,
	  NULL },
	{ 'd', 0, ACT_TONES, CTX_TALK | CTX_CONF | CTX_CONSULT,
	  N_("d Keypad tones"), N_("d Tones"),
	  N_("Send keypad tones; Esc ends") },
	{ 'r', 0, ACT_REC, CTX_TALK | CTX_CONF, N_("r Pause recording"),
	  N_("r Pause rec"),
	  N_("Pause the recording for card numbers, or go on") },
	{ 'u', 0, ACT_CORRECT, IDLE, N_("u Change last outcome"), NULL,
	  N_("Correct the outcome of the last call") },
	{ 'a', 0, ACT_NUMBERS, CTX_PREVIEW, N_("a Other number"), NULL,
	  N_("Dial another number of this customer") },
	{ 'i', 0, ACT_HISTORY, BUSY | CTX_ASKED | CTX_LOST, N_("i History"),
	  NULL, N_("The customer's earlier calls, notes and other numbers") },
	{ '+', 0, ACT_MORE_TIME, CTX_WRAP, N_("+ 30 s more time"),
	  N_("+ 30 s more"),
	  N_("More time for wrap-up, within limits") },
	{ TK_PGDN, TK_PGUP, ACT_PAGE, CTX_TALK, N_("PgUp/PgDn Script"),
	  N_("PgDn Script"),
	  N_("Pages of the script, also while typing") },
	{ TK_PGDN, TK_PGUP, ACT_PAGE, STATES | CTX_NOTE | CTX_TONES,
	  N_("PgDn Script"), NULL, NULL },
	{ TK_UPDOWN, 0, ACT_NONE, CTX_TRANSFER | CTX_LIST | CTX_MORE,
	  N_("Up/Down Choose"), NULL, NULL },
	{ TK_UPDOWN, 0, ACT_NONE, CTX_HELP | CTX_HISTORY,
	  N_("Up/Down Scroll"), NULL, NULL },
	{ TK_ARROWS, 0, ACT_NONE, CTX_PICKER, N_("arrows Day"), NULL, NULL },
	{ TK_ESC, 0, ACT_CANCEL_CONSULT, CTX_CONSULT | CTX_ASKING,
	  N_("Esc Back to the customer"), N_("Esc Back"), NULL },
	{ TK_ESC, 0, ACT_CANCEL_CONSULT, CTX_CONF, N_("Esc Without them"),
	  NULL, NULL },
	{ TK_ESC, 0, ACT_NOTE_END, CTX_NOTE,
	  N_("Typing a note: Esc or Enter when done"), NULL, NULL },
	{ TK_ESC, 0, ACT_NOTE_END, CTX_TONES,
	  N_("Sending tones: 0-9 * #, Esc when done"), NULL, NULL },
	{ TK_ESC, 0, ACT_BOX, CTX_TRANSFER | CTX_LIST | CTX_HELP |
	  CTX_HISTORY | CTX_SOUND,
	  N_("Esc Close"), NULL, NULL },
	{ TK_ESC, 0, ACT_BOX, CTX_ASK, N_("Esc No"), NULL, NULL },
	{ TK_ESC, 0, ACT_BOX, BOXES, N_("Esc Cancel"), NULL, NULL },
	{ TK_ESC, 0, ACT_LEAVE, CTX_LOGIN | CTX_ALONE, N_("Esc Exit"), NULL,
	  NULL },
	{ TK_ESC, 0, ACT_UNDO_PENDING, STATES, NULL, NULL,
	  N_("Back, cancel; never ends a call") },
	{ 'L', 0, ACT_BOX, CTX_HELP, N_("L Chinese"), NULL, NULL },
	{ TK_CTRL_L, 0, ACT_REPAINT, ~0u, NULL, NULL, N_("Repaint") },
	{ TK_CTRL_C, TK_CTRL_Z, ACT_NO_QUIT, ~0u, NULL, NULL,
	  N_("Nothing but a hint: how to leave") },
};

/* Which of them the footer names, in the mock-ups' order. */
static const struct footer_plan plans[] = {
	{ CTX_NOT_READY, -1, "Enter F3 F4 c PgDn F1", "Enter F3 F4 c F1" },
	{ CTX_READY, -1, "F2 F3 u c PgDn F9 F1", "F2 F3 u c F9 / PgDn F1" },
	{ CTX_PREVIEW, -1, "Enter 1-9 a F3 PgDn F1", "Enter 1-9 a F3 F1" },
	{ CTX_RING, -1, "Enter F8 n PgDn F9 F1", NULL },
	{ CTX_TALK, -1, "F4 F5 F6 F7 F8 F9 F3 / n d r PgDn Tab F1",
	  "F4 F5 F6 F7 F8 F9 / n d r PgDn F3 F1" },
	{ CTX_HOLD, -1, "F4 F6 F8 F9 n PgDn F1", "F4 F6 F8 F9 n F1" },
	{ CTX_CONSULT, -1, "F6 F4 c Esc F5 / F8 n d PgDn F9 F1",
	  "F6 F4 c Esc F5 / F8 n d F9 F1" },
	{ CTX_CONF, -1, "F6 Esc F5 F8 F9 / n d r PgDn F1",
	  "F6 Esc F5 F8 F9 / n d r PgDn F1" },
	{ CTX_ASKING, -1, "Esc F6 F8 F9 / n PgDn F1", NULL },
	{ CTX_ASKED, -1, "F5 F8 F9 F3 / PgDn F1", NULL },
	/* The Chinese mock-up leaves the supervisor's key to the help. */
	{ CTX_WRAP, LANG_ZH, "1-9 F7 n Enter F2 / + PgDn F9 F1",
	  "1-9 F7 n Enter F2 / + F1" },
	{ CTX_WRAP, -1, "1-9 F7 n Enter F2 / + PgDn F9 F1",
	  "1-9 F7 n Enter F2 / + F9 F1" },
	{ CTX_LOST, -1, "n 1-9 PgDn F8", "n 1-9 PgDn F8" },
	{ CTX_ALONE, -1, "Enter PgDn Esc F1", NULL },
	{ CTX_NOTE, -1, "Esc F8 F4 PgDn F1", NULL },
	{ CTX_TONES, -1, "Esc F8 PgDn", NULL },
	{ CTX_BREAKS, -1, "1-9 0 Esc", NULL },
	{ CTX_CORRECT | CTX_NUMBERS, -1, "1-9 Esc", NULL },
	{ CTX_TRANSFER, -1, "Up/Down Enter F6 Esc", NULL },
	{ CTX_PICKER, -1, "1-9 arrows Tab Enter Esc", NULL },
	{ CTX_SOUND, -1, "1-9 F4 Esc", NULL },
	{ CTX_LIST, -1, "Up/Down Enter Tab Esc", NULL },
	{ CTX_AMOUNT, -1, "Enter Esc", NULL },
	{ CTX_MORE, -1, "Up/Down Enter Esc", NULL },
	{ CTX_ASK, -1, "Enter Esc", NULL },
	{ CTX_HELP, -1, "Up/Down L Esc", NULL },
	{ CTX_HISTORY, -1, "Up/Down Esc F8", NULL },
	{ CTX_LOGIN, -1, "Enter F1 Esc", NULL },
};

const struct keymap agent_keymap = { rows, ARRAY_LEN(rows), plans,
				     ARRAY_LEN(plans) };

/* How many the digits may choose from. */
static unsigned digits(const struct agent_model *m)
{
	switch (agent_ctx(m)) {
	case CTX_PREVIEW:
		return m->outcomes.skips_count;
	case CTX_BREAKS:
		return m->breaks.rows_count;
	case CTX_NUMBERS:
		return m->cust.numbers_count;
	case CTX_SOUND:
		return (unsigned)m->sounds;
	default:
		return 9;
	}
}

static const char *after_word(const struct agent_model *m, int act)
{
	uint8_t want = m->seat.pending;
	bool on = act == ACT_BREAKS
		? want == MSG_WANT_BREAK || want == MSG_WANT_LOGOUT
		: want == MSG_WANT_NOT_READY;

	return on ? _("on") : _("off");
}

void agent_footer_text(const struct keymap_row *row, const char *label,
		       char *buf, size_t size, const void *model)
{
	const struct agent_model *m = model;
	const char *mark = strchr(label, '%');

	str_copy(buf, size, label);
	/* Nothing to choose from, nothing to answer: the key is not named. */
	if ((row->key == TK_DIGIT && row->act == ACT_BOX && mark &&
	     !digits(m)) ||
	    (row->act == ACT_ANSWER && !m->seat.answer_by_hand)) {
		str_copy(buf, size, "");
		return;
	}
	/* No call, or none any more: there is nothing to hang up or hold. */
	if ((m->box || m->typing) && !agent_on_call(m) &&
	    (row->act == ACT_HANGUP || row->act == ACT_HOLD) &&
	    agent_ctx_of_state(m) != CTX_RING)
		*buf = '\0';
	if (row->act == ACT_SAVE && m->seat.pending)
		str_copy(buf, size, m->seat.pending == MSG_WANT_BREAK
			 ? _("Enter SAVE, BREAK")
			 : m->seat.pending == MSG_WANT_LOGOUT
			 ? _("Enter SAVE, LOG OUT") : _("Enter SAVE, STOP"));
	if (m->seat.answer_by_hand && row->act == ACT_HANGUP)
		str_copy(buf, size, _("F8 Not this one"));
	if (row->act == ACT_MUTE && m->seat.muted)
		str_copy(buf, size, _("F5 OPEN MIC"));
	/* Only what is valid now (UX 1.2). */
	if ((row->act == ACT_TRANSFER && m->seat.no_transfer) ||
	    (row->act == ACT_COMPLETE && m->seat.sending))
		*buf = '\0';
	if (row->act == ACT_MORE_TIME && !m->seat.more_left)
		*buf = '\0';
	/* Nobody leaves early here: what comes after is chosen, by itself. */
	if (row->act == ACT_SAVE && agent_wrap_whole(m))
		*buf = '\0';
	if (row->act == ACT_SAVE_STOP && agent_wrap_whole(m))
		str_fmt(buf, size, _("F2 Not ready after: %s"),
			after_word(m, ACT_NOT_READY));
	/* Hanging up on the other one brings the customer back. */
	if (row->act == ACT_HANGUP && m->seat.consult_active &&
	    agent_ctx(m) == CTX_CONSULT)
		str_copy(buf, size, _("F8 Hang up on them"));
	if (row->act == ACT_REC && m->seat.rec == MSG_REC_PAUSED)
		str_copy(buf, size, _("r RECORD AGAIN"));
	if (row->act == ACT_HAND && m->seat.hand)
		str_copy(buf, size, _("F9 Lower hand"));
	if (row->act == ACT_HOLD && m->typing &&
	    agent_ctx_of_state(m) == CTX_HOLD)
		str_copy(buf, size, _("F4 TAKE BACK"));
	if (!mark)
		return;
	/* One figure or one word goes where the label has %u or %s. */
	str_fmt(buf, size, "%.*s", (int)(mark - label), label);
	if (mark[1] == 'u')
		str_add(buf, size, "%u%s", digits(m), mark + 2);
	else
		str_add(buf, size, "%s%s", after_word(m, row->act), mark + 2);
}
