#include "agent_view.h"

#include <string.h>

#include "base/str.h"
#include "when/when.h"

/* The pop-ups: centred, at most 72x15, never over rows 0 and the last two. */

static void put(struct grid *g, struct grid_box b, int row, int x,
		enum style st, const char *text)
{
	if (row < b.h && x < b.w)
		grid_put(g, b.y + row, b.x + x, b.w - x, st, text);
}

/* -- breaks ----------------------------------------------------------------- */

static void box_breaks(const struct agent_model *m, struct grid *g)
{
	int n = (int)m->breaks.rows_count;
	struct grid_box b = grid_popup(g, n + 7, 44, m->after_call
		? _("Stop taking calls after this one")
		: _("Break or log out"));
	char line[160], used[64];

	for (int i = 0; i < n; i++) {
		const struct msg_break_row *r = &m->breaks.rows[i];

		str_fmt(line, sizeof(line), "%d  %s", i + 1, r->label);
		put(g, b, i, 2, ST_NORMAL, line);
		if (!r->allowed_min)
			continue;
		str_fmt(used, sizeof(used), _("%u of %u min used"),
			r->used_min, r->allowed_min);
		grid_put_right(g, b.y + i, b.x + b.w - 1,
			       r->used_min >= r->allowed_min ? ST_WATCH
							     : ST_NORMAL,
			       used);
	}
	put(g, b, n + 1, 2, ST_NORMAL, m->after_call
	    ? _("0  Log out after this call") : _("0  Log out"));
	if (m->after_call)
		put(g, b, n + 3, 2, ST_DIM,
		    _("Starts when this call is finished."));
	put(g, b, n + 4, 2, ST_DIM, m->after_call
	    ? _("Esc  Carry on taking calls") : _("Esc  Stay as you are"));
	grid_cursor(g, b.y, b.x + 2, false);
}

/* -- transfer ---------------------------------------------------------------- */

static void target_row(const struct msg_target *t, char *buf, size_t size)
{
	char name[80], id[16], team[64], time[16], text[80];

	text_pad(name, sizeof(name), t->name, 17);
	view_time(time, sizeof(time), (int64_t)t->in_state_s * 1000);
	switch ((enum msg_target_kind)t->kind) {
	case MSG_TARGET_AGENT:
	case MSG_TARGET_SUPER:
		text_pad(id, sizeof(id), t->to, 6);
		text_pad(team, sizeof(team), t->team, 15);
		str_fmt(buf, size, "%s%s%s%s", name, id, team,
			*t->why ? t->why
				: view_state_word((enum msg_state)t->state));
		if (t->in_state_s && !*t->why)
			str_add(buf, size, " %s", time);
		break;
	case MSG_TARGET_QUEUE:
		view_time(time, sizeof(time), (int64_t)t->longest_s * 1000);
		str_fmt(text, sizeof(text), _("queue %s waiting %u"), t->to,
			t->waiting);
		text_pad(team, sizeof(team), text, 21);
		str_fmt(buf, size, "%s%s", name, team);
		str_add(buf, size, _("longest wait %s"), time);
		break;
	case MSG_TARGET_TEAM:
		str_fmt(text, sizeof(text), _("team"));
		text_pad(team, sizeof(team), text, 21);
		str_fmt(buf, size, "%s%s", name, team);
		str_add(buf, size, _("%u ready"), t->ready);
		break;
	default:
		str_fmt(buf, size, "%s%s", name, t->to);
		break;
	}
}

static void box_transfer(const struct agent_model *m, struct grid *g)
{
	struct grid_box b = grid_popup(g, 15, 72, _("Transfer"));
	char row[240], query[80];
	size_t last = m->top + 5;

	put(g, b, 0, 2, ST_NORMAL, _("To"));
	put(g, b, 0, 10, ST_NORMAL, ">");
	str_fmt(query, sizeof(query), "%s_", m->find.text);
	grid_put(g, b.y, b.x + 12, 24, ST_INPUT, query);
	grid_put_right(g, b.y, b.x + b.w, ST_DIM,
		       _("(type a name or number)"));
	for (size_t i = m->top; i < last && i < m->targets.rows_count; i++) {
		int y = 2 + (int)(i - m->top);

		target_row(&m->targets.rows[i], row, sizeof(row));
		put(g, b, y, 10, i == m->sel ? ST_INPUT :
		    *m->targets.rows[i].why ? ST_DIM : ST_NORMAL, row);
		if (i == m->sel && m->sel_shown)
			put(g, b, y, 8, ST_INPUT, ">");
	}
	if (!m->targets.rows_count)
		put(g, b, 2, 10, ST_DIM, _("nobody of that name"));
	put(g, b, 8, 10, ST_NORMAL,
	    _("Enter  Ask first: customer waits on hold, you talk to them"));
	put(g, b, 9, 10, ST_NORMAL,
	    _("F6     Send now: customer goes straight over"));
	put(g, b, 11, 10, ST_DIM,
	    _("After \"Ask first\":  F6 give the customer   F4 swap"));
	put(g, b, 12, 10, ST_DIM,
	    _("                    c all three talk       Esc back"));
	grid_cursor(g, b.y, b.x + 12 + text_width(m->find.text), true);
}

/* -- call-back picker ---------------------------------------------------------- */

static const char *const months[] = {
	N_("January"), N_("February"), N_("March"), N_("April"), N_("May"),
	N_("June"), N_("July"), N_("August"), N_("September"), N_("October"),
	N_("November"), N_("December"),
};
static const char *const weekdays[] = {
	N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"),
	N_("Sun"),
};
static const char *const weekdays_long[] = {
	N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"),
	N_("Friday"), N_("Saturday"), N_("Sunday"),
};

static void calendar(const struct agent_model *m, struct grid *g,
		     struct grid_box b)
{
	int64_t shown = m->pick.at_ms ? m->pick.at_ms : m->now.wall_ms;
	struct when_civil c = when_civil(shown / 1000, agent_cust_tz(m));
	struct when_civil first = { c.year, c.month, 1, 0, 0, 0, 0 };
	int wd = when_civil(when_second(&first, 0), 0).weekday;
	int days = when_month_days(c.year, c.month);
	char text[64];

	str_fmt(text, sizeof(text), _("%s %d"), _(months[c.month - 1]),
		c.year);
	put(g, b, 0, 37, ST_TITLE, text);
	put(g, b, 1, 35, ST_DIM, _("Mo Tu We Th Fr Sa Su"));
	for (int d = 1; d <= days; d++) {
		int at = wd + d - 1;
		int x = b.x + 35 + at % 7 * 3, y = b.y + 2 + at / 7;

		/* UX 2.4 A10: a day alone in its week leans by one cell. */
		x += d == days && at % 7 == 0;
		x -= d == 1 && at % 7 == 6;
		bool on = m->pick.at_ms && d == c.day;

		grid_putf(g, y, x, 2, on ? ST_INPUT : ST_NORMAL, "%2d", d);
		if (on) {
			grid_put(g, y, x - 1, 1, ST_INPUT, "[");
			grid_put(g, y, x + 2, 1, ST_INPUT, "]");
		}
	}
}

static void quick(const struct agent_model *m, struct grid *g,
		  struct grid_box b)
{
	static const char *const words[] = {
		N_("in 30 minutes"), N_("in 2 hours"), N_("this evening"),
		N_("tomorrow"), N_("tomorrow"), NULL,
	};
	char clock[16];

	for (unsigned i = 0; i < ARRAY_LEN(words); i++) {
		int64_t at = agent_quick_ms(m, i);
		bool on = at == m->pick.at_ms && !*m->pick.when.text;
		const char *word = words[i] ? words[i] : weekdays_long[0];

		view_clock(clock, sizeof(clock), at, agent_cust_tz(m), false);
		grid_putf(g, b.y + (int)i, b.x + 2, 1, on ? ST_INPUT
			  : ST_NORMAL, "%u", i + 1);
		grid_put(g, b.y + (int)i, b.x + 5, 15, ST_NORMAL, _(word));
		put(g, b, (int)i, 21, ST_NORMAL, clock);
	}
}

static void echo_time(const struct agent_model *m, struct grid *g,
		      struct grid_box b)
{
	struct when_civil c = when_civil(m->pick.at_ms / 1000,
					 agent_cust_tz(m));
	char line[200], here[16];

	if (!m->pick.at_ms)
		return;
	str_fmt(line, sizeof(line),
		_("= %s %04d-%02d-%02d %02d:%02d customer time"),
		_(weekdays[c.weekday]), c.year, c.month, c.day, c.hour,
		c.minute);
	view_clock(here, sizeof(here), m->pick.at_ms, m->tz_min, false);
	if (!m->cust.tz_known)
		str_add(line, sizeof(line), "%s", _(" (zone not known)"));
	else if (agent_cust_tz(m) == m->tz_min)
		str_add(line, sizeof(line), _(" (%s, same as you)"),
			m->cust.city);
	else
		str_add(line, sizeof(line), _(" (%s, %s here)"), m->cust.city,
			here);
	put(g, b, 8, 8, m->pick.trouble[0] ? ST_WATCH : ST_STATE, line);
}

static void pick_numbers(const struct agent_model *m, struct grid *g,
			 struct grid_box b)
{
	char line[240] = "";

	uint32_t n = m->cust.numbers_count, on = MIN(m->pick.number, n);

	for (uint32_t i = 0; i < MIN(n, 2u); i++) {
		uint32_t k = i + (on > 2 ? on - 2 : 0);
		const struct msg_number *row = &m->cust.numbers[k];

		str_add(line, sizeof(line), "%s(%c) %s %s", i ? "      " : "",
			k + 1 == on ? '*' : ' ', row->number, row->kind);
	}
	put(g, b, 10, 2, ST_NORMAL, _("Phone"));
	put(g, b, 10, 8, m->pick.focus == PICK_PHONE ? ST_INPUT : ST_NORMAL,
	    line);
}

static void box_picker(const struct agent_model *m, struct grid *g)
{
	struct grid_box b = grid_popup(g, 15, 72, _("Call back: when?"));
	const struct agent_pick *p = &m->pick;
	char line[200];

	quick(m, g, b);
	calendar(m, g, b);
	put(g, b, 7, 2, ST_NORMAL, _("When"));
	put(g, b, 7, 7, ST_NORMAL, "[");
	edit_draw(g, b.y + 7, b.x + 8, 18, &p->when, p->focus == PICK_WHEN);
	put(g, b, 7, 26, ST_NORMAL, "]");
	calendar(m, g, b);
	echo_time(m, g, b);
	put(g, b, 9, 2, ST_NORMAL, _("Who"));
	str_fmt(line, sizeof(line), _("(%c) me      (%c) anyone in the "
		"campaign"), p->anyone ? ' ' : '*', p->anyone ? '*' : ' ');
	put(g, b, 9, 8, p->focus == PICK_WHO ? ST_INPUT : ST_NORMAL, line);
	pick_numbers(m, g, b);
	put(g, b, 11, 2, ST_NORMAL, _("Note"));
	edit_draw(g, b.y + 11, b.x + 8, 38, &p->note, p->focus == PICK_NOTE);
	if (m->cust.to_min) {
		str_fmt(line, sizeof(line), _("allowed %02d:%02d-%02d:%02d"),
			m->cust.from_min / 60, m->cust.from_min % 60,
			m->cust.to_min / 60, m->cust.to_min % 60);
		grid_put_right(g, b.y + 11, b.x + b.w - 2, ST_DIM, line);
	}
	if (*p->trouble) {
		put(g, b, 12, 2, ST_WATCH, p->trouble);
	} else if (p->clashes) {
		str_fmt(line, sizeof(line), ngettext(
			"You already have %u callback in that half hour.",
			"You already have %u callbacks in that half hour.",
			p->clashes), p->clashes);
		put(g, b, 12, 2, ST_WATCH, line);
	}
	if (p->focus == PICK_LIST)
		grid_cursor(g, b.y, b.x + 2, false);
	else if (p->focus == PICK_WHO || p->focus == PICK_PHONE)
		grid_cursor(g, b.y + (p->focus == PICK_WHO ? 9 : 10), b.x + 8,
			    false);
}

/* -- lists, questions, help ------------------------------------------------------ */

static void box_list(const struct agent_model *m, struct grid *g)
{
	struct grid_box b = grid_popup(g, 14, 72, m->callbacks.anyone
		? _("Callbacks anyone may take") : _("Your callbacks"));
	char clock[16], day[16], name[64], number[64], row[400];

	for (int i = 0; i < b.h - 1; i++) {
		size_t k = m->top + (size_t)i;

		if (k >= m->callbacks.rows_count)
			break;
		const struct msg_callback_row *c = &m->callbacks.rows[k];
		int tz = c->tz_known ? c->tz_min : m->tz_min;

		view_date(day, sizeof(day), c->at_ms, tz, false);
		view_clock(clock, sizeof(clock), c->at_ms, tz, false);
		text_pad(name, sizeof(name), c->name, 16);
		text_pad(number, sizeof(number), c->number, 14);
		str_fmt(row, sizeof(row), "%s %s %s  %s  %s%s  %s",
			k == m->sel ? ">" : " ", day, clock, name, number,
			c->anyone ? _("anyone") : _("me"), c->note);
		grid_put(g, b.y + i, b.x + 1, b.w - 2,
			 k == m->sel ? ST_INPUT : ST_NORMAL, row);
	}
	if (!m->callbacks.rows_count)
		put(g, b, 0, 2, ST_DIM, _("No callbacks."));
	str_fmt(row, sizeof(row), _("%u in all. Times are the customer's."),
		m->callbacks.total);
	put(g, b, b.h - 1, 2, ST_DIM, row);
	grid_cursor(g, b.y + (int)(m->sel - MIN(m->sel, m->top)), b.x + 1,
		    false);
}

static void box_ask(const struct agent_model *m, struct grid *g)
{
	char line[200];
	struct grid_box b;

	if (m->ask == ASK_OUTCOME) {
		const char *label = "";

		for (uint32_t i = 0; i < m->outcomes.rows_count; i++)
			if (m->outcomes.rows[i].code == m->ask_code)
				label = m->outcomes.rows[i].label;
		b = grid_popup(g, 6, 58, label);
		put(g, b, 1, 2, ST_NORMAL, _("This customer is never called "
					     "again. Are you sure?"));
	} else if (m->ask == ASK_LEAVE) {
		b = grid_popup(g, 6, 58, _("Exit"));
		put(g, b, 1, 2, ST_NORMAL, _("End this program?"));
	} else {
		b = grid_popup(g, 6, 58, _("Hang up"));
		str_fmt(line, sizeof(line), _("End the call with %s?"),
			m->cust.name);
		put(g, b, 1, 2, ST_NORMAL, line);
	}
	put(g, b, 3, 2, ST_DIM, _("Enter  Yes        Esc  No"));
	grid_cursor(g, b.y + 3, b.x + 2, false);
}

static void box_digits(const struct agent_model *m, struct grid *g)
{
	bool numbers = m->box == CTX_NUMBERS;
	int n = numbers ? (int)m->cust.numbers_count : 9;
	struct grid_box b = grid_popup(g, n + 4, 50, numbers
		? _("Dial another number") : _("Correct the last outcome"));
	char line[160];

	for (int i = 0; i < n; i++) {
		const struct msg_outcome_row *o =
			agent_outcome_at(m, (unsigned)i + 1);

		if (numbers)
			str_fmt(line, sizeof(line), "%d  %s  %s  %s", i + 1,
				m->cust.numbers[i].number,
				m->cust.numbers[i].kind,
				view_number_why(&m->cust.numbers[i]));
		else
			str_fmt(line, sizeof(line), "%s%d  %s",
				o && o->code == m->last.outcome ? ">" : " ",
				i + 1, o ? o->label : "-");
		put(g, b, i, numbers ? 2 : 1, ST_NORMAL, line);
	}
	put(g, b, n + 1, 2, ST_DIM, _("Esc  Leave it as it is"));
	grid_cursor(g, b.y, b.x + 2, false);
}

static void box_more(const struct agent_model *m, struct grid *g)
{
	struct grid_box b = grid_popup(g, 13, 60, _("More outcomes"));
	char line[160];
	size_t k = 0;

	for (uint32_t i = 0; i < m->outcomes.rows_count; i++) {
		const struct msg_outcome_row *o = &m->outcomes.rows[i];

		if (o->digit)
			continue;
		if (k >= m->top && (int)(k - m->top) < b.h - 1) {
			str_fmt(line, sizeof(line), "%s %zu  %s",
				k == m->sel ? ">" : " ", k + 1, o->label);
			put(g, b, (int)(k - m->top), 1,
			    k == m->sel ? ST_INPUT : ST_NORMAL, line);
		}
		k++;
	}
	if (!k)
		put(g, b, 0, 2, ST_DIM, _("There are no others."));
	grid_cursor(g, b.y + (int)(m->sel - MIN(m->sel, m->top)), b.x + 1,
		    false);
}

static void sound_row(const struct agent_sound *d, size_t i, char *buf,
		      size_t size)
{
	const char *what = d->mic && d->speaker ? ""
			 : d->mic ? _("microphone only")
				  : _("headset only");
	char name[80], label[80];

	text_pad(name, sizeof(name), d->name, 16);
	text_pad(label, sizeof(label), d->label, 24);
	str_fmt(buf, size, "%s%zu  %s %s %s", d->used ? ">" : " ", i + 1,
		name, label, what);
}

static void sound_level(const struct agent_model *m, struct grid *g,
			struct grid_box b)
{
	char line[200], meter[32];

	text_meter(meter, sizeof(meter), 20, MAX(0, m->mic_level), 10, false);
	str_fmt(line, sizeof(line), _("Level   %s"),
		m->mic_level < 0 ? _("no sound yet") : meter);
	put(g, b, 2, 2, m->mic_level <= 0 ? ST_WATCH : ST_OK, line);
}

static void box_sound(const struct agent_model *m, struct grid *g)
{
	int n = (int)m->sounds;
	struct grid_box b = grid_popup(g, 9 + n, 66, _("Sound test"));
	char line[200];

	put(g, b, 0, 2, ST_NORMAL, m->desk_phone
	    ? _("A test tone is played at your telephone.")
	    : _("A test tone is in your headset.  Speak: the level moves."));
	if (!m->desk_phone)
		sound_level(m, g, b);
	if (m->desk_phone)
		put(g, b, 4, 2, ST_DIM, _("Its own buttons choose and set the "
					  "headset."));
	else if (n)
		put(g, b, 4, 2, ST_TITLE, _("Devices"));
	else
		put(g, b, 4, 2, ST_WATCH, _("No sound card was found on this "
					    "machine."));
	for (int i = 0; i < n; i++) {
		sound_row(&m->sound[i], (size_t)i, line, sizeof(line));
		put(g, b, 5 + i, 1, m->sound[i].used ? ST_INPUT : ST_NORMAL,
		    line);
	}
	put(g, b, 6 + n, 2, ST_DIM, _("F4  Tone again        Esc  Close"));
	grid_cursor(g, b.y + 2, b.x + 2, false);
}

static void box_amount(const struct agent_model *m, struct grid *g)
{
	const char *label = "";
	char title[160], line[120], text[40];
	struct grid_box b;
	int64_t amount;
	enum err e = agent_amount_read(m->amount.text, &amount);

	for (uint32_t i = 0; i < m->outcomes.rows_count; i++)
		if (m->outcomes.rows[i].code == m->amount_code)
			label = m->outcomes.rows[i].label;
	str_fmt(title, sizeof(title), _("%s: how much?"), label);
	b = grid_popup(g, 7, 58, title);
	put(g, b, 1, 2, ST_NORMAL, _("Amount"));
	put(g, b, 1, 11, ST_NORMAL, "[");
	put(g, b, 1, 34, ST_NORMAL, "]");
	if (!e) {
		agent_amount_print(text, sizeof(text), amount);
		str_fmt(line, sizeof(line), "= %s", text);
	} else {
		str_copy(line, sizeof(line), !*m->amount.text ? ""
			 : e == ERR_ARG ? _("That is not possible: more than "
					    "0, at most 1,000,000,000.")
			 : _("Write it as 1234.50"));
	}
	put(g, b, 2, 12, e ? ST_WATCH : ST_STATE, line);
	put(g, b, 4, 2, ST_DIM, _("Enter  Save        Esc  Cancel"));
	edit_draw(g, b.y + 1, b.x + 12, 22, &m->amount, true);
}

static void box_help(const struct agent_model *m, struct grid *g)
{
	struct grid_box b = grid_popup(g, 15, 72, _("Keys"));
	size_t n, skip;

	n = keymap_help(&agent_keymap, g, (struct grid_box){ 0, 0, 0, 0 }, 0,
			0);
	skip = n > (size_t)b.h ? MIN(m->sel, n - (size_t)b.h) : 0;
	keymap_help(&agent_keymap, g, b, 0, skip);
	if (skip + (size_t)b.h < n)
		grid_put_right(g, b.y + b.h, b.x + b.w - 2, ST_DIM,
			       _(" more below "));
	grid_cursor(g, b.y, b.x + 1, false);
}

void view_box(const struct agent_model *m, struct grid *g)
{
	static const struct {
		uint32_t box;
		void (*draw)(const struct agent_model *m, struct grid *g);
	} boxes[] = {
		{ CTX_BREAKS, box_breaks }, { CTX_TRANSFER, box_transfer },
		{ CTX_PICKER, box_picker }, { CTX_LIST, box_list },
		{ CTX_ASK, box_ask }, { CTX_CORRECT, box_digits },
		{ CTX_NUMBERS, box_digits }, { CTX_MORE, box_more },
		{ CTX_AMOUNT, box_amount }, { CTX_SOUND, box_sound },
		{ CTX_HELP, box_help }, { CTX_HISTORY, view_history },
	};

	for (size_t i = 0; i < ARRAY_LEN(boxes); i++)
		if (boxes[i].box == m->box)
			boxes[i].draw(m, g);
}
