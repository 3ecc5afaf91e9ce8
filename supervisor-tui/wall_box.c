#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "wall_model.h"

/*
 * Questions and lines being typed.  A question remembers whom it is about;
 * what comes from the server meanwhile cannot turn it to someone else.
 */

uint32_t wall_states_of(const char *word)
{
	static const struct { const char *word; uint32_t bits; } filters[] = {
		{ "on call", 1u << MSG_STATE_TALK | 1u << MSG_STATE_CONSULT |
			     1u << MSG_STATE_CONF },
		{ "ready", 1u << MSG_STATE_READY | 1u << MSG_STATE_RESERVED },
		{ "wrap-up", 1u << MSG_STATE_WRAP },
		{ "hold", 1u << MSG_STATE_HOLD },
		{ "break", 1u << MSG_STATE_BREAK },
		{ "not ready", 1u << MSG_STATE_NOT_READY |
			       1u << MSG_STATE_LOST },
		{ "preview", 1u << MSG_STATE_PREVIEW | 1u << MSG_STATE_DIAL |
			     1u << MSG_STATE_RING },
	};
	size_t n = strlen(word);

	if (n == 1 && *word >= '1' && *word <= '7')
		return filters[*word - '1'].bits;
	for (size_t i = 0; n && i < ARRAY_LEN(filters); i++)
		if (!strncmp(filters[i].word, word, n))
			return filters[i].bits;
	return n && !strncmp("talk", word, n) ? filters[0].bits : 0;
}

static bool about_agent(struct wall_model *m)
{
	const struct msg_agent_row *a = wall_agent(m);
	const struct msg_call_row *c = wall_call(m);

	if (wall_listening(m)) {
		m->box.agent = m->mon.agent;
		str_fmt(m->box.about, sizeof(m->box.about), "%s %u",
			m->mon.name, (unsigned)m->mon.agent);
	} else if (a) {
		m->box.agent = a->agent;
		str_fmt(m->box.about, sizeof(m->box.about), "%s %u", a->name,
			(unsigned)a->agent);
	} else if (c && c->agent) {
		m->box.agent = c->agent;
		str_fmt(m->box.about, sizeof(m->box.about), "%s %u", c->name,
			(unsigned)c->agent);
	}
	return m->box.agent;
}

static bool about_campaign(struct wall_model *m)
{
	const struct msg_campaign_row *c;

	m->box.campaign = wall_campaign_here(m);
	for (size_t i = 0; (c = wall_campaign_at(m, i)); i++)
		if (c->id == m->box.campaign)
			str_copy(m->box.about, sizeof(m->box.about), c->name);
	if (m->view == MSG_VIEW_PACING && *m->pacing.name)
		str_copy(m->box.about, sizeof(m->box.about), m->pacing.name);
	return m->box.campaign;
}

static bool about_trunk(struct wall_model *m)
{
	const struct msg_trunk_row *t = wall_trunk_row(m);

	if (!t)
		return false;
	m->box.trunk = t->id;
	str_copy(m->box.about, sizeof(m->box.about), t->name);
	if (m->box.ask == ASK_CPS)
		str_fmt(m->box.text.text, 20, "%u.%u",
			(unsigned)t->cps_max_x10 / 10,
			(unsigned)t->cps_max_x10 % 10);
	/* The number someone complained about, else the first. */
	if (m->box.ask == ASK_REST && m->trunk.callers_count) {
		const struct msg_caller_row *r = &m->trunk.callers[0];

		for (uint32_t i = 0; i < m->trunk.callers_count; i++)
			if (m->trunk.callers[i].level > r->level)
				r = &m->trunk.callers[i];
		str_copy(m->box.text.text, m->box.text.max, r->number);
	}
	m->box.text.at = strlen(m->box.text.text);
	return true;
}

static bool about_alert(struct wall_model *m)
{
	const struct msg_alert_row *a = wall_alert(m);

	m->box.alert = a ? a->id : m->head.alert;
	str_copy(m->box.about, sizeof(m->box.about),
		 a ? a->text : m->head.alert_text);
	return m->box.alert;
}

unsigned wall_ask_open(struct wall_model *m, enum wall_ask ask)
{
	bool found = true;

	memset(&m->box, 0, sizeof(m->box));
	edit_init(&m->box.text, ask == ASK_ACK ? 80 : ask == ASK_TELL ? 500 :
		  ask == ASK_NOTE ? 300 : ask == ASK_REST ? 24 : 120);
	m->box.ask = ask;
	if (ask <= ASK_TELL || ask == ASK_NOTE || ask == ASK_PART)
		found = about_agent(m);
	else if (ask <= ASK_STOP || ask == ASK_APPLY)
		found = about_campaign(m);
	else if (ask <= ASK_REST)
		found = about_trunk(m);
	else if (ask == ASK_ACK || ask == ASK_MUTE)
		found = about_alert(m);
	else if (ask == ASK_EXPORT)
		wall_export_name(m, m->box.text.text, 90);
	if (ask == ASK_MUTE)
		str_copy(m->box.text.text, 20, "30");
	m->box.text.at = strlen(m->box.text.text);
	if (!found) {
		m->box.ask = ASK_NONE;
		wall_hint(m, ST_WATCH, ask == ASK_ACK || ask == ASK_MUTE
			  ? _("There is no open alert.")
			  : _("There is nothing under the cursor."));
	}
	return DO_REDRAW;
}

static void send_force(struct wall_model *m)
{
	static const enum msg_want wants[ASK_COUNT] = {
		[ASK_READY] = MSG_WANT_READY, [ASK_BREAK] = MSG_WANT_BREAK,
		[ASK_LOGOUT] = MSG_WANT_LOGOUT,
	};
	struct msg_force f = { .agent = m->box.agent,
			       .want = (uint8_t)wants[m->box.ask],
			       .break_code = 0 };

	if (m->box.ask == ASK_BREAK && m->box.pick < m->breaks.rows_count)
		f.break_code = m->breaks.rows[m->box.pick].code;

	str_copy(f.reason, sizeof(f.reason), m->box.text.text);
	wall_send(m, MSG_FORCE, &f);
}

static void send_trunk(struct wall_model *m)
{
	struct msg_trunk_ctl t = { .trunk = m->box.trunk };
	double cps = strtod(m->box.text.text, NULL);

	switch (m->box.ask) {
	case ASK_DRAIN:
		t.action = MSG_TRUNK_DO_DRAIN;
		break;
	case ASK_ENABLE:
		t.action = MSG_TRUNK_DO_ENABLE;
		break;
	case ASK_CPS:
		t.action = MSG_TRUNK_DO_CPS;
		t.value = cps > 0 && cps < 10000 ? (uint32_t)(cps * 10 + 0.5)
						 : 0;
		break;
	default:
		t.action = MSG_TRUNK_DO_REST;
		str_copy(t.number, sizeof(t.number), m->box.text.text);
		for (uint32_t i = 0; i < m->trunk.callers_count; i++)
			if (m->trunk.callers[i].resting &&
			    str_eq(m->trunk.callers[i].number, t.number))
				t.action = MSG_TRUNK_DO_USE;
		break;
	}
	if (t.action == MSG_TRUNK_DO_CPS && !t.value)
		wall_hint(m, ST_WATCH, _("That is no number of calls."));
	else
		wall_send(m, MSG_TRUNK_CTL, &t);
}

/* The trunk's next number, from the one that is written there. */
static void next_caller(struct wall_model *m, bool back)
{
	const struct msg_trunk *t = &m->trunk;
	uint32_t n = t->callers_count, i = 0;

	while (i < n && !str_eq(t->callers[i].number, m->box.text.text))
		i++;
	edit_set(&m->box.text,
		 t->callers[i == n ? 0 : (i + (back ? n - 1 : 1)) % n].number);
}

void wall_ask_rest(struct wall_model *m, const struct msg_todo *t)
{
	if (!*t->number || m->read_only)
		return;
	m->box = (struct wall_box){ .ask = ASK_REST, .trunk = t->trunk };
	for (uint32_t i = 0; i < m->floor.trunks_count; i++)
		if (m->floor.trunks[i].id == t->trunk)
			str_copy(m->box.about, sizeof(m->box.about),
				 m->floor.trunks[i].name);
	edit_init(&m->box.text, 24);
	edit_set(&m->box.text, t->number);
}

static void send_text(struct wall_model *m)
{
	struct msg_tell tell = { .agent = m->box.all ? 0 : m->box.agent };
	struct msg_alert_ack ack = { .id = m->box.alert };
	struct msg_rec_note note = { .agent = m->box.agent };
	int64_t minutes;

	if (m->box.ask == ASK_MUTE) {
		if (str_to_i64(m->box.text.text, 1, MSG_MUTE_MAX_S / 60,
			       &minutes)) {
			wall_hint(m, ST_WATCH, _("Minutes, please: 1 to "
						 "%d."), MSG_MUTE_MAX_S / 60);
			return;
		}
		ack.mute_s = (uint32_t)minutes * 60;
		str_fmt(ack.word, sizeof(ack.word), "%d min",
			(int)minutes);
		wall_send(m, MSG_ALERT_ACK, &ack);
	} else if (m->box.ask == ASK_TELL) {
		str_copy(tell.text, sizeof(tell.text), m->box.text.text);
		wall_send(m, MSG_TELL, &tell);
	} else if (m->box.ask == ASK_ACK) {
		str_copy(ack.word, sizeof(ack.word), m->box.text.text);
		wall_send(m, MSG_ALERT_ACK, &ack);
	} else {
		str_copy(note.text, sizeof(note.text), m->box.text.text);
		wall_send(m, MSG_REC_NOTE, &note);
	}
}

static void send_campaign(struct wall_model *m)
{
	struct msg_campaign_ctl c = {
		.campaign = m->box.campaign,
		.action = m->box.ask == ASK_PAUSE ? MSG_CAMPAIGN_DO_PAUSE :
			  m->box.ask == ASK_START ? MSG_CAMPAIGN_DO_START :
						    MSG_CAMPAIGN_DO_STOP,
	};

	wall_send(m, MSG_CAMPAIGN_CTL, &c);
}

static unsigned answer_yes(struct wall_model *m)
{
	enum wall_ask ask = m->box.ask;
	unsigned todo = DO_REDRAW;

	if (ask == ASK_QUIT)
		todo |= DO_QUIT;
	else if (ask == ASK_SUSPEND)
		todo |= DO_SUSPEND;
	else if (m->lost)
		wall_hint(m, ST_WATCH, _("The server is lost: not now."));
	else if (ask == ASK_BARGE)
		wall_monitor(m, MSG_MONITOR_BARGE);
	else if (ask == ASK_TAKEOVER)
		wall_monitor(m, MSG_MONITOR_TAKEOVER);
	else if (ask >= ASK_READY && ask <= ASK_LOGOUT)
		send_force(m);
	else if (ask >= ASK_PAUSE && ask <= ASK_STOP)
		send_campaign(m);
	else if (ask >= ASK_DRAIN && ask <= ASK_REST)
		send_trunk(m);
	else if (ask == ASK_APPLY)
		wall_apply(m);
	else if (ask == ASK_PART)
		wall_monitor(m, MSG_MONITOR_LEAVE);
	else if (ask == ASK_EXPORT)
		wall_export(m, m->box.text.text);
	else
		send_text(m);
	m->box.ask = ASK_NONE;
	return todo;
}

static unsigned box_key(struct wall_model *m, uint32_t key, bool text)
{
	if (key == TK_ESC || key == TK_CTRL_C ||
	    (!text && (key == 'n' || key == 'N'))) {
		m->box.ask = ASK_NONE;
	} else if (key == TK_ENTER) {
		/* A reason, a message or a number has to be given. */
		if (text && !*m->box.text.text)
			wall_hint(m, ST_WATCH,
				  m->box.ask == ASK_TELL
				  ? _("Write the message first.")
				  : _("Write a word first: it goes to the "
				      "audit log."));
		else
			return answer_yes(m);
	} else if (text && m->box.ask == ASK_BREAK && m->breaks.rows_count &&
		   (key == TK_TAB || key == TK_DOWN || key == TK_UP)) {
		uint32_t n = m->breaks.rows_count;

		m->box.pick = (m->box.pick + (key == TK_UP ? n - 1 : 1)) % n;
	} else if (text && m->box.ask == ASK_REST && m->trunk.callers_count &&
		   m->trunk.trunk_count &&
		   m->trunk.trunk[0].id == m->box.trunk &&
		   (key == TK_TAB || key == TK_DOWN || key == TK_UP)) {
		next_caller(m, key == TK_UP);
	} else if (text && key == TK_TAB && m->box.ask == ASK_TELL) {
		m->box.all = !m->box.all;
	} else if (key == TK_CTRL_L) {
		return DO_REDRAW | DO_PAINT;
	} else if (text) {
		edit_key(&m->box.text, key);
	}
	return DO_REDRAW;
}

static void end_find(struct wall_model *m, bool keep)
{
	if (!keep)
		m->find[0] = '\0';
	m->line = TYPE_NONE;
}

static unsigned line_key(struct wall_model *m, uint32_t key)
{
	enum wall_line line = m->line;
	char text[EDIT_SIZE];

	if (key == TK_ESC || key == TK_CTRL_C) {
		end_find(m, line != TYPE_FIND);
	} else if (key == TK_ENTER) {
		str_copy(text, sizeof(text), m->typed.text);
		end_find(m, true);
		if (line == TYPE_COMMAND)
			return wall_command(m, text);
	} else if (key == TK_TAB && line == TYPE_COMMAND) {
		wall_complete(m);
	} else if ((key == TK_UP || key == TK_DOWN || key == TK_PGUP ||
		    key == TK_PGDN) && line == TYPE_FIND) {
		wall_move(m, key);
	} else if (key == TK_BACKSPACE && !*m->typed.text) {
		end_find(m, line != TYPE_FIND);
	} else if (key == TK_CTRL_L) {
		return DO_REDRAW | DO_PAINT;
	} else if (edit_key(&m->typed, key) && line == TYPE_FIND) {
		str_copy(m->find, sizeof(m->find), m->typed.text);
		m->list[m->view] = (struct wall_list){ .pending = true };
	}
	return DO_REDRAW;
}

static unsigned login_key(struct wall_model *m, uint32_t key)
{
	struct wall_login *l = &m->login;

	if (key == TK_CTRL_C || key == TK_ESC)
		return wall_ask_open(m, ASK_QUIT);
	if (key == TK_TAB || key == TK_UP || key == TK_DOWN ||
	    key == TK_BACKTAB) {
		l->on_pass = !l->on_pass;
	} else if (key == TK_F1) {
		m->help = true;
	} else if (key == TK_CTRL_L) {
		return DO_REDRAW | DO_PAINT;
	} else if (key == TK_ENTER && !l->on_pass) {
		l->on_pass = true;
	} else if (key == TK_ENTER) {
		if (*l->user.text && !l->busy && m->out.login) {
			l->busy = true;
			l->trouble[0] = '\0';
			m->out.login(m->out.arg, l->user.text, l->pass.text,
				     l->taken);
		}
	} else {
		edit_key(l->on_pass ? &l->pass : &l->user, key);
	}
	return DO_REDRAW;
}

static unsigned filter_key(struct wall_model *m, uint32_t key)
{
	char digit[2] = { (char)key, '\0' };

	if (key == TK_CTRL_L)
		return DO_REDRAW | DO_PAINT;
	if (key != '0' && (key < '1' || key > '7') && key != TK_ESC &&
	    key != TK_CTRL_C)
		return DO_NOTHING;
	m->filter = false;
	if (key >= '0' && key <= '7') {
		m->states = key == '0' ? 0 : wall_states_of(digit);
		m->list[MSG_VIEW_AGENTS] = (struct wall_list){ .pending = true };
	}
	return DO_REDRAW;
}

unsigned wall_box_key(struct wall_model *m, uint32_t key)
{
	switch (wall_ctx(m)) {
	case CTX_TEXT:
		return box_key(m, key, true);
	case CTX_ASK:
		return key & TK_PASTED ? DO_NOTHING : box_key(m, key, false);
	case CTX_FILTER:
		return key & TK_PASTED ? DO_NOTHING : filter_key(m, key);
	case CTX_LOGIN:
		return login_key(m, key);
	default:
		return line_key(m, key);
	}
}
