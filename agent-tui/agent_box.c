#include "agent_model.h"

#include <string.h>

#include "base/str.h"
#include "when/when.h"

/* Keys of the pop-ups.  Esc closes; a key none of theirs does nothing. */

enum { DAY_MS = 86400000 };

static void ask_targets(struct agent_model *m)
{
	struct msg_targets t;

	memset(&t, 0, sizeof(t));
	str_copy(t.find, sizeof(t.find), m->find.text);
	str_copy(m->targets_for, sizeof(m->targets_for), m->find.text);
	m->targets_again = false;
	m->targets_ms = m->now.mono_ms;
	m->targets_due++;
	agent_send(m, MSG_TARGETS, &t);
}

void agent_targets_again(struct agent_model *m)
{
	if (m->box != CTX_TRANSFER || m->lost ||
	    m->now.mono_ms - m->targets_ms < TARGETS_MS)
		return;
	if (m->targets_due)
		return;			/* a slow link: not twice */
	ask_targets(m);
	m->targets_again = true;
}

static void test_sound(struct agent_model *m)
{
	struct msg_sound_test s = { .on = true };

	if (m->out.devices)
		m->out.devices(m->out.arg);
	agent_send(m, MSG_SOUND_TEST, &s);
}

/* A tone again, or another device: the phone begins anew with it. */
static unsigned sound_key(struct agent_model *m, uint32_t key)
{
	if (key == TK_F4 || key == 'h')
		test_sound(m);
	else if (key >= '1' && key <= '9' && key - '1' < m->sounds &&
		 m->out.device)
		m->out.device(m->out.arg, key - '1');
	else
		return DO_NOTHING;
	return DO_REDRAW;
}

static void ask_callbacks(struct agent_model *m, unsigned top)
{
	struct msg_callbacks c = { .top = (uint16_t)top,
				   .anyone = m->list_anyone };

	agent_send(m, MSG_CALLBACKS, &c);
}

void agent_box_open(struct agent_model *m, enum agent_ctx box)
{
	m->box = box;
	m->sel = m->top = 0;
	m->sel_shown = false;
	m->typing = m->tones = false;
	if (m->note_dirty)
		agent_send_note(m, true);
	m->correcting = box == CTX_CORRECT;
	m->after_call = agent_on_call(m) || m->seat.call;
	if (box == CTX_TRANSFER) {
		edit_set(&m->find, "");
		m->targets_then = MSG_TRANSFER_NONE;
		ask_targets(m);
	}
	if (box == CTX_LIST)
		ask_callbacks(m, 0);
	if (box == CTX_SOUND)
		test_sound(m);
	if (box == CTX_PICKER) {
		m->pick.trouble[0] = '\0';
		m->pick.focus = PICK_LIST;
		m->pick.sending = false;
		m->pick.at_ms = m->seat.callback_ms;
		if (!m->pick.number)
			m->pick.number = m->cust.number ? m->cust.number : 1;
	}
}

static unsigned close_box(struct agent_model *m)
{
	if (m->box == CTX_LIST && m->list_anyone) {
		m->list_anyone = false;		/* the panel shows mine */
		ask_callbacks(m, 0);
	}
	m->box = 0;
	m->ask = ASK_NONE;
	m->correcting = false;
	return DO_REDRAW;
}

static unsigned break_key(struct agent_model *m, uint32_t key)
{
	struct msg_want_state s = { .want = MSG_WANT_BREAK };

	if (key == '0') {
		s.want = MSG_WANT_LOGOUT;
	} else if (key >= '1' && key <= '9') {
		if (key - '0' > m->breaks.rows_count)
			return DO_NOTHING;
		s.break_code = m->breaks.rows[key - '1'].code;
	} else {
		return DO_NOTHING;
	}
	agent_send(m, MSG_WANT_STATE, &s);
	return close_box(m);
}

static unsigned ask_key(struct agent_model *m, uint32_t key)
{
	struct msg_hangup h = { .call = m->seat.call };
	enum agent_ask ask = m->ask;

	if (key != TK_ENTER && key != 'y' && key != 'Y')
		return DO_NOTHING;
	close_box(m);
	if (ask == ASK_OUTCOME) {
		agent_choose(m, m->ask_code, 0);
	} else if (ask == ASK_HANGUP) {
		if (!m->lost)
			agent_send(m, MSG_HANGUP, &h);
		else if (m->out.hangup)
			m->out.hangup(m->out.arg);
	}
	return DO_REDRAW | (ask == ASK_LEAVE ? DO_QUIT : 0);
}

static unsigned correct_key(struct agent_model *m, uint32_t key)
{
	const struct msg_outcome_row *o = agent_outcome_at(m, key - '0');

	if (key < '1' || key > '9' || !o)
		return DO_NOTHING;
	m->box = 0;
	agent_choose_row(m, o);
	return DO_REDRAW;
}

static unsigned amount_key(struct agent_model *m, uint32_t key)
{
	int64_t amount;

	if (key != TK_ENTER) {
		if (key_is_text(key & ~(uint32_t)TK_PASTED) &&
		    !agent_amount_char(key & ~(uint32_t)TK_PASTED))
			return DO_NOTHING;
		return edit_key(&m->amount, key) ? DO_REDRAW : DO_NOTHING;
	}
	if (agent_amount_read(m->amount.text, &amount))
		return DO_REDRAW;	/* the box says why not */
	m->box = 0;
	agent_choose(m, m->amount_code, amount);
	return close_box(m);
}

static unsigned number_key(struct agent_model *m, uint32_t key)
{
	struct msg_dial d = { .call = m->seat.call };

	if (key < '1' || key > '9' || key - '0' > m->cust.numbers_count)
		return DO_NOTHING;
	if (m->cust.numbers[key - '1'].refused) {
		agent_hint(m, ST_WATCH,
			   _("The rules forbid this number now."));
		return DO_REDRAW;
	}
	d.number = (uint8_t)(key - '0');
	agent_send(m, MSG_DIAL, &d);
	return close_box(m);
}

/* Moves sel among n rows, `page` rows seen at once. */
static bool move_sel(struct agent_model *m, uint32_t key, size_t n,
		     size_t page)
{
	size_t was = m->sel, top = m->top;

	if (key == TK_UP && m->sel)
		m->sel--;
	else if (key == TK_DOWN && m->sel + 1 < n)
		m->sel++;
	else if (key == TK_PGUP)
		m->sel -= MIN(m->sel, page);
	else if (key == TK_PGDN)
		m->sel = n ? MIN(m->sel + page, n - 1) : 0;
	else if (key == TK_HOME)
		m->sel = 0;
	else if (key == TK_END)
		m->sel = n ? n - 1 : 0;
	if (m->sel < m->top)
		m->top = m->sel;
	if (m->sel >= m->top + page)
		m->top = m->sel - page + 1;
	return was != m->sel || top != m->top || key == TK_UP ||
	       key == TK_DOWN;
}

/* Outcomes without a digit, in order; NULL after the last. */
static const struct msg_outcome_row *more_at(const struct agent_model *m,
					     size_t i)
{
	for (uint32_t k = 0; k < m->outcomes.rows_count; k++)
		if (!m->outcomes.rows[k].digit && !i--)
			return &m->outcomes.rows[k];
	return NULL;
}

static unsigned more_key(struct agent_model *m, uint32_t key)
{
	const struct msg_outcome_row *o;
	size_t n = 0;

	while (more_at(m, n))
		n++;
	if (key == TK_ENTER || (key >= '1' && key <= '9')) {
		o = more_at(m, key == TK_ENTER ? m->sel : key - '1');
		if (!o)
			return DO_NOTHING;
		close_box(m);
		agent_choose_row(m, o);
		return DO_REDRAW;
	}
	return move_sel(m, key, n, 9) ? DO_REDRAW : DO_NOTHING;
}

/* Past the rows at hand the server is asked for the next ones. */
static bool list_page(struct agent_model *m, uint32_t key)
{
	const struct msg_callbacks_page *p = &m->callbacks;
	unsigned most = ARRAY_LEN(p->rows);

	if ((key == TK_PGDN || key == TK_DOWN) &&
	    m->sel + 1 >= p->rows_count && p->top + p->rows_count < p->total)
		ask_callbacks(m, p->top + p->rows_count);
	else if ((key == TK_PGUP || key == TK_UP) && !m->sel && p->top)
		ask_callbacks(m, p->top - MIN((unsigned)p->top, most));
	else
		return false;
	m->sel = m->top = 0;
	return true;
}

static unsigned list_key(struct agent_model *m, uint32_t key)
{
	struct msg_dial d = { 0 };

	if (key == TK_TAB || key == TK_BACKTAB) {
		m->list_anyone = !m->list_anyone;
		m->sel = m->top = 0;
		ask_callbacks(m, 0);
		return DO_REDRAW;
	}
	if (list_page(m, key))
		return DO_REDRAW;

	if (key == TK_ENTER) {
		if (m->sel >= m->callbacks.rows_count)
			return DO_NOTHING;
		d.callback = m->callbacks.rows[m->sel].id;
		agent_send(m, MSG_DIAL, &d);
		return close_box(m);
	}
	return move_sel(m, key, m->callbacks.rows_count, 9) ? DO_REDRAW
							     : DO_NOTHING;
}

static unsigned transfer_to(struct agent_model *m, enum msg_transfer_kind k)
{
	struct msg_transfer t;
	const struct msg_target *row;
	char no[200];

	memset(&t, 0, sizeof(t));
	t.call = m->seat.call;
	t.kind = (uint8_t)k;
	/* What is shown is not yet what was typed. */
	if (m->targets_due && !m->targets_again) {
		m->targets_then = k;
		agent_hint(m, ST_NORMAL, _("One moment: the list is on its "
					   "way."));
		return DO_REDRAW;
	}
	m->targets_then = MSG_TRANSFER_NONE;
	if (m->sel < m->targets.rows_count) {
		row = &m->targets.rows[m->sel];
		if (*row->why) {
			str_fmt(no, sizeof(no), _("%s cannot be reached now: "
						  "%s."), row->name, row->why);
			agent_hint(m, ST_WATCH, no);
			return DO_REDRAW;
		}
		t.target = row->kind;
		str_copy(t.to, sizeof(t.to), row->to);
	} else if (strspn(m->find.text, "+0123456789") ==
		   strlen(m->find.text) && *m->find.text) {
		t.target = MSG_TARGET_EXTERNAL;
		str_copy(t.to, sizeof(t.to), m->find.text);
	} else {
		agent_hint(m, ST_WATCH, _("Nobody of that name or number."));
		return DO_REDRAW;
	}
	m->notice_until_ms = 0;		/* what came of the last one is old */
	agent_send(m, MSG_TRANSFER, &t);
	return close_box(m);
}

void agent_targets(struct agent_model *m, const struct msg_targets_page *p)
{
	bool again = m->targets_again;

	m->targets_due -= m->targets_due > 0;
	m->targets_again = false;
	if (!again) {
		m->targets = *p;
		if (!m->targets_due && m->targets_then &&
		    m->box == CTX_TRANSFER) {
			m->hint_until_ms = 0;
			transfer_to(m, m->targets_then);
		}
		return;
	}
	/* Only how they are: nobody moves under a key that is on its way. */
	for (uint32_t i = 0; i < m->targets.rows_count; i++)
		for (uint32_t k = 0; k < p->rows_count; k++)
			if (p->rows[k].kind == m->targets.rows[i].kind &&
			    str_eq(p->rows[k].to, m->targets.rows[i].to) &&
			    str_eq(p->rows[k].name, m->targets.rows[i].name))
				m->targets.rows[i] = p->rows[k];
}

static unsigned transfer_key(struct agent_model *m, uint32_t key)
{
	m->targets_then = MSG_TRANSFER_NONE;	/* another key: not that one */
	if (key == TK_ENTER)
		return transfer_to(m, MSG_TRANSFER_CONSULT);
	if (key == TK_F6)
		return transfer_to(m, MSG_TRANSFER_BLIND);
	if (key == TK_UP || key == TK_DOWN || key == TK_PGUP ||
	    key == TK_PGDN) {
		m->sel_shown = true;
		move_sel(m, key, m->targets.rows_count, 5);
		return DO_REDRAW;
	}
	if (!edit_key(&m->find, key))
		return DO_NOTHING;
	m->sel = m->top = 0;
	m->sel_shown = false;
	if (!str_eq(m->find.text, m->targets_for))
		ask_targets(m);
	return DO_REDRAW;
}

static void send_pick(struct agent_model *m, bool check)
{
	struct agent_pick *p = &m->pick;
	struct msg_callback c;

	memset(&c, 0, sizeof(c));
	c.call = m->seat.call;
	c.at_ms = p->at_ms;
	c.anyone = p->anyone;
	c.number = p->number;
	c.check = check;
	str_copy(c.note, sizeof(c.note), p->note.text);
	p->sending = !check;
	p->asked_ms = p->at_ms;
	p->due++;
	agent_send(m, MSG_CALLBACK, &c);
}

/* Hours first: the gate decides, but nobody should wait to be told. */
static void chosen(struct agent_model *m, int64_t at_ms)
{
	struct agent_pick *p = &m->pick;
	struct when_civil c = when_civil(at_ms / 1000, agent_cust_tz(m));
	int minute = c.hour * 60 + c.minute;

	p->at_ms = at_ms;
	p->clashes = 0;
	p->trouble[0] = '\0';
	if (m->cust.to_min &&
	    (minute < m->cust.from_min || minute >= m->cust.to_min)) {
		bool late = minute >= m->cust.to_min;

		str_fmt(p->trouble, sizeof(p->trouble),
			late ? _("Outside the hours. Next allowed: %02d:%02d "
				 "the day after.")
			     : _("Outside the hours. Next allowed: %02d:%02d."),
			m->cust.from_min / 60, m->cust.from_min % 60);
		return;
	}
	if (!m->lost)
		send_pick(m, true);
}

static void parse_when(struct agent_model *m)
{
	struct agent_pick *p = &m->pick;
	int64_t at_s;
	enum err e = when_parse(p->when.text, strlen(p->when.text),
				m->now.wall_ms / 1000, agent_cust_tz(m), &at_s);

	p->trouble[0] = '\0';
	if (!e) {
		chosen(m, at_s * 1000);
		return;
	}
	p->at_ms = 0;
	if (*p->when.text)
		str_copy(p->trouble, sizeof(p->trouble), e == ERR_ARG
			 ? _("That time is past, or there is no such date.")
			 : _("Write it as 30m, tomorrow 3pm, mon 10, "
			     "3/12 9:30."));
}

static unsigned save_pick(struct agent_model *m)
{
	struct agent_pick *p = &m->pick;

	if (p->sending)
		return DO_NOTHING;
	if (!p->at_ms && !*p->trouble)
		str_copy(p->trouble, sizeof(p->trouble),
			 _("Choose a time first: press 1-6 or write it."));
	if (!p->at_ms || *p->trouble)
		return DO_REDRAW;
	if (m->lost)
		str_copy(p->trouble, sizeof(p->trouble),
			 _("No connection: try again when the line is back."));
	else
		send_pick(m, false);
	return DO_REDRAW;
}

/* Arrows move the day while the list has the focus. */
static unsigned pick_day(struct agent_model *m, int days)
{
	int64_t at = m->pick.at_ms ? m->pick.at_ms : agent_quick_ms(m, 3);

	at += (int64_t)days * DAY_MS;
	if (at <= m->now.wall_ms)
		return DO_NOTHING;
	edit_set(&m->pick.when, "");
	chosen(m, at);
	return DO_REDRAW;
}

static unsigned pick_list_key(struct agent_model *m, uint32_t key)
{
	switch (key) {
	case TK_LEFT:
		return pick_day(m, -1);
	case TK_RIGHT:
		return pick_day(m, 1);
	case TK_UP:
		return pick_day(m, -7);
	case TK_DOWN:
		return pick_day(m, 7);
	default:
		break;
	}
	if (key >= '1' && key <= '6') {
		edit_set(&m->pick.when, "");
		chosen(m, agent_quick_ms(m, key - '1'));
		return DO_REDRAW;
	}
	/* Any other text begins the written time. */
	if (!key_is_text(key) || key == ' ')
		return DO_NOTHING;
	m->pick.focus = PICK_WHEN;
	edit_key(&m->pick.when, key);
	parse_when(m);
	return DO_REDRAW;
}

static unsigned pick_key(struct agent_model *m, uint32_t key)
{
	struct agent_pick *p = &m->pick;

	if (key == TK_ENTER)
		return save_pick(m);
	if (key == TK_TAB || key == TK_BACKTAB) {
		p->focus = (enum agent_field)((p->focus + (key == TK_TAB
				? 1 : PICK_COUNT - 1)) % PICK_COUNT);
		return DO_REDRAW;
	}
	switch (p->focus) {
	case PICK_LIST:
		return pick_list_key(m, key);
	case PICK_WHEN:
		if (edit_key(&p->when, key))
			parse_when(m);
		return DO_REDRAW;
	case PICK_WHO:
		if (key == ' ' || key == TK_LEFT || key == TK_RIGHT)
			p->anyone = !p->anyone;
		return DO_REDRAW;
	case PICK_PHONE:
		if ((key == ' ' || key == TK_RIGHT) && m->cust.numbers_count)
			p->number = (uint8_t)(p->number %
					      m->cust.numbers_count + 1);
		if (key == TK_LEFT && p->number > 1)
			p->number--;
		return DO_REDRAW;
	case PICK_NOTE:
		edit_key(&p->note, key);
		return DO_REDRAW;
	case PICK_COUNT:
		break;
	}
	return DO_NOTHING;
}

static unsigned help_key(struct agent_model *m, uint32_t key)
{
	if (key == 'L' || key == 'l') {
		text_set_lang(text_lang() == LANG_ZH ? LANG_EN : LANG_ZH);
		agent_send_lang(m);
		return DO_REDRAW | DO_PAINT;
	}
	if (key == TK_ENTER || key == TK_F1 || key == '?')
		return close_box(m);
	return move_sel(m, key, 64, 1) ? DO_REDRAW : DO_NOTHING;
}

static bool has_pages(enum agent_ctx box)
{
	return box == CTX_TRANSFER || box == CTX_LIST || box == CTX_MORE ||
	       box == CTX_HELP || box == CTX_HISTORY;
}

unsigned agent_box_key(struct agent_model *m, uint32_t key)
{
	bool field = m->box == CTX_TRANSFER || m->box == CTX_AMOUNT ||
		     (m->box == CTX_PICKER && m->pick.focus != PICK_LIST);

	if (key == TK_ESC) {
		m->last_key = 0;	/* what comes next is meant */
		return close_box(m);
	}
	if (key == TK_CTRL_L)
		return DO_REDRAW | DO_PAINT;
	/* A call can be ended from anywhere. */
	if (key == TK_F8 && agent_on_call(m)) {
		close_box(m);
		return agent_key(m, key);
	}
	if ((key & TK_PASTED) && !field)
		return DO_NOTHING;
	/* The script is read on meanwhile, but where they turn a list. */
	if ((key == TK_PGUP || key == TK_PGDN) && !has_pages(m->box))
		return agent_ctx_of_state(m) == CTX_LOGIN
			       ? DO_NOTHING : agent_turn_page(m, key);
	switch (m->box) {
	case CTX_BREAKS:
		return break_key(m, key);
	case CTX_TRANSFER:
		return transfer_key(m, key);
	case CTX_PICKER:
		return pick_key(m, key);
	case CTX_LIST:
		return list_key(m, key);
	case CTX_HELP:
		return help_key(m, key);
	case CTX_HISTORY:
		if (key == TK_ENTER || key == 'i')
			return close_box(m);
		return move_sel(m, key, 256, 9) ? DO_REDRAW : DO_NOTHING;
	case CTX_ASK:
		return ask_key(m, key);
	case CTX_CORRECT:
		return correct_key(m, key);
	case CTX_NUMBERS:
		return number_key(m, key);
	case CTX_MORE:
		return more_key(m, key);
	case CTX_AMOUNT:
		return amount_key(m, key);
	case CTX_SOUND:
		return sound_key(m, key);
	default:
		return close_box(m);
	}
}
