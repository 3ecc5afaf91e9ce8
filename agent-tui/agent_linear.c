#include "agent_view.h"

#include <string.h>

#include "base/str.h"

/* What a screen reader is told: state, customer, question, sentence.  Times
 * that run are left out, or every second would be news. */
static void news(const struct agent_model *m, char *buf, size_t size)
{
	const struct msg_outcome_row *o = agent_outcome(m);

	str_copy(buf, size, m->lost ? _("!! SERVER LOST") : !m->logged_in
		 ? _("LOG IN") : view_state_word((enum msg_state)m->seat.state));
	if (!m->logged_in && *m->login.trouble)
		str_add(buf, size, ", %s", m->login.trouble);
	if (m->seat.break_label[0] && m->seat.state == MSG_STATE_BREAK)
		str_add(buf, size, " %s", m->seat.break_label);
	if (m->seat.call)
		str_add(buf, size, ", %s %s", m->cust.name, m->cust.city);
	if (m->seat.muted)
		str_add(buf, size, ", %s", _("F5 OPEN MIC"));
	if (o)
		str_add(buf, size, ", %u %s", o->digit, o->label);
	if (m->seat.callback_ms) {
		str_add(buf, size, ", ");
		view_date(buf + strlen(buf), size - strlen(buf),
			  m->seat.callback_ms, agent_cust_tz(m), false);
		str_add(buf, size, " ");
		view_clock(buf + strlen(buf), size - strlen(buf),
			   m->seat.callback_ms, agent_cust_tz(m), false);
	}
	if (m->typing)
		str_add(buf, size, ", %s", _("Notes: writing"));
	if (m->hint_until_ms)
		str_add(buf, size, ", %s", m->hint);
	else if (m->notice_until_ms)
		str_add(buf, size, ", %s", m->notice.text);
	if (m->box == CTX_PICKER && m->pick.trouble[0])
		str_add(buf, size, ", %s", m->pick.trouble);
}

/* -- what lies over the state: each row as the screen has it ---------------- */

static void say_callbacks(const struct agent_model *m, char *buf, size_t size)
{
	char clock[16], day[16];

	str_add(buf, size, "%s: ", m->callbacks.anyone
		? _("Callbacks anyone may take") : _("Your callbacks"));
	for (uint32_t i = 0; i < MIN(m->callbacks.rows_count, 9u); i++) {
		const struct msg_callback_row *c = &m->callbacks.rows[i];
		int tz = c->tz_known ? c->tz_min : m->tz_min;

		view_date(day, sizeof(day), c->at_ms, tz, false);
		view_clock(clock, sizeof(clock), c->at_ms, tz, false);
		str_add(buf, size, "%s%s %s %s %s; ", i == m->sel ? "> " : "",
			day, clock, c->name, c->note);
	}
	if (!m->callbacks.rows_count)
		str_add(buf, size, "%s", _("No callbacks."));
}

static void say_outcomes(const struct agent_model *m, bool more, char *buf,
			 size_t size)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < m->outcomes.rows_count; i++) {
		const struct msg_outcome_row *o = &m->outcomes.rows[i];

		if ((o->digit != 0) == more)
			continue;
		str_add(buf, size, "%u %s; ", more ? ++n : o->digit, o->label);
	}
}

static void say_picker(const struct agent_model *m, char *buf, size_t size)
{
	const struct agent_pick *p = &m->pick;
	char clock[16], day[16];

	str_add(buf, size, "%s ", _("Call back: when?"));
	if (!p->at_ms) {
		str_add(buf, size, "1 +30m; 2 +2h; 3-6");
		return;
	}
	view_date(day, sizeof(day), p->at_ms, agent_cust_tz(m), true);
	view_clock(clock, sizeof(clock), p->at_ms, agent_cust_tz(m), false);
	str_add(buf, size, "%s %s", day, clock);
	if (p->clashes)
		str_add(buf, size, _(", you have %u then"), p->clashes);
	if (p->anyone)
		str_add(buf, size, ", %s", _("anyone"));
}

static void say_numbers(const struct agent_model *m, char *buf, size_t size)
{
	for (uint32_t i = 0; i < m->cust.numbers_count; i++)
		str_add(buf, size, "%u %s %s%s%s; ", i + 1,
			m->cust.numbers[i].number, m->cust.numbers[i].kind,
			m->cust.numbers[i].refused ? " " : "",
			view_number_why(&m->cust.numbers[i]));
}

static void say_earlier(const struct agent_model *m, uint32_t most, char *buf,
			size_t size)
{
	for (uint32_t i = 0; i < MIN(m->history.rows_count, most); i++) {
		const struct msg_history_row *h = &m->history.rows[i];
		char day[16];

		view_date(day, sizeof(day), h->at_ms, m->tz_min, false);
		str_add(buf, size, "; ");
		str_add(buf, size, _("%s %s: %s"), day, h->agent,
			*h->note ? h->note : h->outcome);
	}
}

static void say_sound(const struct agent_model *m, char *buf, size_t size)
{
	str_add(buf, size, "%s: ", _("Sound test"));
	for (size_t i = 0; i < m->sounds; i++)
		str_add(buf, size, "%s%zu %s %s; ", m->sound[i].used ? "> "
								     : "",
			i + 1, m->sound[i].name, m->sound[i].label);
	if (!m->sounds && !m->desk_phone)
		str_add(buf, size, "%s", _("No sound card was found on this "
					   "machine."));
}

static void say_help(char *buf, size_t size)
{
	char word[16];

	for (size_t i = 0; i < agent_keymap.nrows; i++)
		if (agent_keymap.rows[i].help)
			str_add(buf, size, "%s: %s; ",
				key_word(agent_keymap.rows[i].key, word),
				_(agent_keymap.rows[i].help));
}

static void box(const struct agent_model *m, char *buf, size_t size)
{
	char amount[40] = "";
	int64_t n;

	switch (m->box) {
	case CTX_BREAKS:
		for (uint32_t i = 0; i < m->breaks.rows_count; i++)
			str_add(buf, size, "%u %s; ", i + 1,
				m->breaks.rows[i].label);
		str_add(buf, size, "%s", _("0  Log out"));
		break;
	case CTX_PICKER:
		say_picker(m, buf, size);
		break;
	case CTX_TRANSFER:
		str_add(buf, size, "%s: ", _("Transfer"));
		for (uint32_t i = 0; i < MIN(m->targets.rows_count, 5u); i++)
			str_add(buf, size, "%s%s %s; ", i == m->sel ? "> " : "",
				m->targets.rows[i].name, m->targets.rows[i].to);
		break;
	case CTX_ASK:
		str_add(buf, size, "%s", _("Enter  Yes        Esc  No"));
		break;
	case CTX_LIST:
		say_callbacks(m, buf, size);
		break;
	case CTX_CORRECT:
		say_outcomes(m, false, buf, size);
		break;
	case CTX_MORE:
		say_outcomes(m, true, buf, size);
		break;
	case CTX_NUMBERS:
		say_numbers(m, buf, size);
		break;
	case CTX_HISTORY:
		say_numbers(m, buf, size);
		say_earlier(m, m->history.rows_count, buf, size);
		break;
	case CTX_AMOUNT:
		if (!agent_amount_read(m->amount.text, &n))
			agent_amount_print(amount, sizeof(amount), n);
		str_add(buf, size, "%s %s", _("Amount"), amount);
		break;
	case CTX_SOUND:
		say_sound(m, buf, size);
		break;
	case CTX_HELP:
		say_help(buf, size);
		break;
	default:
		break;
	}
}

/* -- what stands on the screen ------------------------------------------------ */

static void card(const struct agent_model *m, char *buf, size_t size)
{
	const struct msg_customer *c = &m->cust;
	uint32_t i = c->number ? c->number - 1u : 0;

	if (!m->seat.call || c->call != m->seat.call)
		return;
	str_add(buf, size, "%s: %s", _("Customer"), c->name);
	if (*c->about)
		str_add(buf, size, ", %s", c->about);
	if (i < c->numbers_count)
		str_add(buf, size, ", %s %s", c->numbers[i].number,
			c->numbers[i].kind);
	str_add(buf, size, ", %s", c->city);
	for (i = 0; i < c->fields_count; i++)
		str_add(buf, size, ", %s %s", c->fields[i].label,
			c->fields[i].value);
	if (*c->tags)
		str_add(buf, size, ", %s", c->tags);
	for (i = 0; i < c->numbers_count; i++)
		if (c->numbers[i].refused)
			str_add(buf, size, ", %s %s", c->numbers[i].number,
				view_number_why(&c->numbers[i]));
	say_earlier(m, 3, buf, size);
}

static void script(const struct agent_model *m, char *buf, size_t size)
{
	const struct msg_page *p = &m->script.pages[m->page];

	if (!m->script.pages_count || (!m->seat.call && !m->page &&
				       !m->page_shown))
		return;
	str_add(buf, size, _("Script %zu/%u: %s"), m->page + 1,
		m->script.pages_count, p->title);
	str_add(buf, size, ". ");
	for (const char *s = p->text; *s; s++)
		str_add(buf, size, "%c", *s == '\n' ? ' ' : *s);
}

static void choices(const struct agent_model *m, char *buf, size_t size)
{
	enum agent_ctx ctx = agent_ctx_of_state(m);

	if (ctx == CTX_PREVIEW) {
		for (uint32_t i = 0; i < m->outcomes.skips_count; i++)
			str_add(buf, size, "%u %s; ",
				m->outcomes.skips[i].digit,
				m->outcomes.skips[i].label);
	} else if (ctx == CTX_TALK || ctx == CTX_WRAP) {
		say_outcomes(m, false, buf, size);
	}
}

static void message(const struct agent_model *m, char *buf, size_t size)
{
	if (m->messages)
		str_add(buf, size, "%s: %s", m->message[0].from,
			m->message[0].text);
}

static void note(const struct agent_model *m, char *buf, size_t size)
{
	if (m->seat.call && !m->typing && *m->note.text)
		str_add(buf, size, "%s: %s", _("Notes"), m->note.text);
}

static void health(const struct agent_model *m, char *buf, size_t size)
{
	if (m->logged_in)
		view_health(m, buf, size);
}

/* Ten seconds before the end, and at its beginning. */
static void wrap_left(const struct agent_model *m, char *buf, size_t size)
{
	char left[16];

	if (m->seat.state != MSG_STATE_WRAP || !m->seat.limit_ms)
		return;
	view_time(left, sizeof(left), agent_left_ms(m) > 10000
		  ? m->seat.limit_ms : 10000);
	str_add(buf, size, _("Time left %s  %s"), left, "");
}

void agent_linear(const struct agent_model *m, struct agent_spoken *last,
		  agent_say_h *say, void *arg)
{
	static void (*const parts[])(const struct agent_model *m, char *buf,
				     size_t size) = {
		news, card, script, choices, wrap_left, box, note, message,
		health,
	};
	char now[AGENT_SPOKEN], clean[AGENT_SPOKEN], clock[16];
	char line[AGENT_SPOKEN + 16];

	_Static_assert(ARRAY_LEN(parts) == AGENT_PARTS, "a row a part");
	view_clock(clock, sizeof(clock), m->now.wall_ms, m->tz_min, true);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		str_copy(now, sizeof(now), "");
		parts[i](m, now, sizeof(now));
		if (str_eq(now, last->part[i]))
			continue;
		str_copy(last->part[i], sizeof(last->part[i]), now);
		if (!*now)
			continue;
		/* It goes to a terminal: shown, never obeyed (UX 1.2). */
		text_clean(clean, sizeof(clean), now);
		str_fmt(line, sizeof(line), "%s %s", clock, clean);
		say(arg, line);
	}
}
