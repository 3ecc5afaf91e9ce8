#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "wall_keys.h"
#include "wall_model.h"

/*
 * Commands of the `:` line: one table makes the parser, the completion, the
 * help and the manual.  Words may be cut short while they are certain.
 */

enum kind { ARG_NONE, ARG_STATE, ARG_CAMPAIGN, ARG_TRUNK, ARG_TEXT,
	    ARG_SORT, ARG_LANG, ARG_PERIOD };

typedef unsigned run_h(struct wall_model *m, int view, char *arg, char *rest);

struct command {
	const char *name;
	enum kind   arg;
	const char *more;		/* what may follow the argument      */
	run_h      *run;
	int         view;
	const char *usage, *help;
};

static const struct msg_campaign_row *campaign_named(const struct wall_model *m,
						     const char *part)
{
	const struct msg_campaign_row *c, *found = NULL;

	for (size_t i = 0; *part && (c = wall_campaign_at(m, i)); i++)
		if (!strncasecmp(c->name, part, strlen(part)))
			found = found ? found : c;
	return found;
}

static const struct msg_trunk_row *trunk_named(const struct wall_model *m,
					       const char *part, size_t *at)
{
	const struct msg_trunk_row *t;

	for (size_t i = 0; *part && (t = wall_trunk_at(m, i)); i++)
		if (!strncasecmp(t->name, part, strlen(part))) {
			*at = i;
			return t;
		}
	return NULL;
}

static unsigned run_view(struct wall_model *m, int view, char *arg, char *rest)
{
	if (*rest)
		str_add(arg, 128, " %s", rest);
	wall_show_view(m, (enum msg_view)view);
	m->find[0] = '\0';
	m->states = 0;
	if (view != MSG_VIEW_AGENTS || !*arg)
		return DO_REDRAW;
	m->list[MSG_VIEW_AGENTS] = (struct wall_list){ .pending = true };
	m->states = wall_states_of(arg);
	if (!m->states)
		str_copy(m->find, sizeof(m->find), arg);
	return DO_REDRAW;
}

static unsigned run_pace(struct wall_model *m, int view UNUSED, char *arg,
			 char *rest)
{
	const struct msg_campaign_row *c = campaign_named(m, arg);
	double lines = strtod(rest, NULL);

	if (!c) {
		wall_hint(m, ST_WATCH, _("No campaign begins with \"%s\"."),
			  arg);
		return DO_REDRAW;
	}
	wall_open_pacing(m, c->id);
	if (*rest && wall_forbids(m, ACT_STAGE, false)) {
		wall_hint(m, ST_NORMAL, "%s",
			  wall_forbids(m, ACT_STAGE, false));
	} else if (lines > 0 && lines < 100) {
		struct msg_setting_row s = {
			.setting = MSG_SET_LINES, .now = c->lines_x100,
			.low = 0, .high = 10000 };

		/* Only staged: nothing changes until Enter. */
		for (uint32_t i = 0; i < m->pacing.settings_count; i++)
			if (m->pacing.settings[i].setting == MSG_SET_LINES)
				s = m->pacing.settings[i];
		wall_stage_value(m, &s, (int64_t)(lines * 100 + 0.5));
	} else if (*rest) {
		wall_hint(m, ST_WATCH, _("\"%s\" is no number of lines."),
			  rest);
	}
	return DO_REDRAW;
}

static unsigned run_trunk(struct wall_model *m, int view UNUSED, char *arg,
			  char *rest)
{
	size_t at = 0;
	const struct msg_trunk_row *t = trunk_named(m, arg, &at);
	unsigned todo = DO_REDRAW;
	enum wall_ask ask = !strncmp(rest, "drain", 5) ? ASK_DRAIN :
			    !strncmp(rest, "enable", 6) ? ASK_ENABLE :
			    !strncmp(rest, "cps", 3) ? ASK_CPS :
			    !strncmp(rest, "rest", 4) ? ASK_REST : ASK_NONE;

	if (!t) {
		wall_hint(m, ST_WATCH, _("No trunk begins with \"%s\"."), arg);
		return DO_REDRAW;
	}
	struct wall_box box = { .ask = ask, .trunk = t->id };

	str_copy(box.about, sizeof(box.about), t->name);
	edit_init(&box.text, 24);
	if (ask == ASK_CPS)
		edit_set(&box.text, rest + 3 + strspn(rest + 3, " "));
	else if (ask == ASK_REST)
		edit_set(&box.text, rest + 4 + strspn(rest + 4, " "));
	wall_show_view(m, MSG_VIEW_TRUNKS);
	m->list[MSG_VIEW_TRUNKS].id = t->id;
	m->list[MSG_VIEW_TRUNKS].cur = (uint32_t)at;
	if (*rest && !ask)
		wall_hint(m, ST_WATCH, _("\"%s\" is not known here."), rest);
	else if (ask && wall_forbids(m, ACT_DRAIN, false))
		wall_hint(m, ST_NORMAL, "%s",
			  wall_forbids(m, ACT_DRAIN, false));
	else
		m->box = box;
	return todo;
}

static unsigned run_campaign(struct wall_model *m, int view UNUSED, char *arg,
			     char *rest)
{
	const struct msg_campaign_row *c = campaign_named(m, arg);
	struct wall_box box = {
		.ask = str_eq(rest, "pause") ? ASK_PAUSE :
		       str_eq(rest, "start") ? ASK_START :
		       str_eq(rest, "stop") ? ASK_STOP : ASK_NONE,
	};

	if (!c) {
		wall_hint(m, ST_WATCH, _("No campaign begins with \"%s\"."),
			  arg);
		return DO_REDRAW;
	}
	if (!box.ask) {
		wall_open_pacing(m, c->id);
		return DO_REDRAW;
	}
	box.campaign = c->id;
	str_copy(box.about, sizeof(box.about), c->name);
	edit_init(&box.text, 120);
	if (m->read_only)
		wall_hint(m, ST_NORMAL, _("This screen is read-only."));
	else if (!wall_is_mine(m, c->id))
		wall_hint(m, ST_NORMAL, _("This campaign is not your "
					  "team's."));
	else
		m->box = box;
	return DO_REDRAW;
}

static unsigned run_tell(struct wall_model *m, int view UNUSED, char *arg,
			 char *rest)
{
	struct msg_tell tell = { 0 };
	int64_t agent = 0;

	if (m->read_only) {
		wall_hint(m, ST_NORMAL, _("This screen is read-only."));
	} else if (!*rest || (!str_eq(arg, "all") &&
			      str_to_i64(arg, 1, UINT32_MAX, &agent))) {
		wall_hint(m, ST_WATCH, _("Say to whom (all, or an agent's "
					 "number) and what."));
	} else {
		tell.agent = (uint32_t)agent;
		str_copy(tell.text, sizeof(tell.text), rest);
		wall_send(m, MSG_TELL, &tell);
	}
	return DO_REDRAW;
}

static unsigned run_find(struct wall_model *m, int view UNUSED, char *arg,
			 char *rest)
{
	if (*rest)
		str_add(arg, 128, " %s", rest);
	if (m->view == MSG_VIEW_OVERVIEW)
		wall_show_view(m, MSG_VIEW_AGENTS);
	str_copy(m->find, sizeof(m->find), arg);
	m->list[m->view] = (struct wall_list){ .pending = true };
	return DO_REDRAW;
}

static unsigned run_sort(struct wall_model *m, int view UNUSED, char *arg,
			 char *rest UNUSED)
{
	for (unsigned i = 0; i < MSG_SORT_COUNT; i++)
		if (*arg && !strncmp(msg_word(MSG_WORDS_SORT, i), arg,
				     strlen(arg))) {
			m->sort = (enum msg_sort)i;
			m->list[m->view] = (struct wall_list){ .pending = true };
			return DO_REDRAW;
		}
	wall_hint(m, ST_WATCH, _("\"%s\" is not known here."), arg);
	return DO_REDRAW;
}

static unsigned run_report(struct wall_model *m, int view, char *arg,
			   char *rest UNUSED)
{
	wall_show_view(m, (enum msg_view)view);
	for (unsigned i = MSG_PERIOD_TODAY; *arg && i < MSG_PERIOD_COUNT; i++)
		if (!strncmp(msg_word(MSG_WORDS_PERIOD, i), arg, strlen(arg)))
			m->period = (enum msg_period)i;
	m->list[m->view] = (struct wall_list){ .pending = true };
	return DO_REDRAW;
}

static unsigned run_lang(struct wall_model *m UNUSED, int view UNUSED,
			 char *arg, char *rest UNUSED)
{
	text_set_lang(strncmp(arg, "zh", 2) ? LANG_EN : LANG_ZH);
	return DO_REDRAW;
}

static unsigned run_help(struct wall_model *m, int view UNUSED,
			 char *arg UNUSED, char *rest UNUSED)
{
	m->help = true;
	m->help_top = 0;
	return DO_REDRAW;
}

static unsigned run_quit(struct wall_model *m, int view UNUSED,
			 char *arg UNUSED, char *rest UNUSED)
{
	return wall_listening(m) ? wall_ask_open(m, ASK_QUIT) : DO_QUIT;
}

static const struct command commands[] = {
	{ "overview", ARG_NONE, "", run_view, MSG_VIEW_OVERVIEW, "overview",
	  N_("The overview") },
	{ "agents", ARG_STATE, "", run_view, MSG_VIEW_AGENTS,
	  "agents [state|part]", N_("Agents, all, in a state or by name") },
	{ "campaigns", ARG_NONE, "", run_view, MSG_VIEW_CAMPAIGNS,
	  "campaigns", N_("Campaigns") },
	{ "trunks", ARG_NONE, "", run_view, MSG_VIEW_TRUNKS, "trunks",
	  N_("Trunks") },
	{ "calls", ARG_NONE, "", run_view, MSG_VIEW_CALLS, "calls",
	  N_("Calls that are up") },
	{ "alerts", ARG_NONE, "", run_view, MSG_VIEW_ALERTS, "alerts",
	  N_("Alerts, open and of today") },
	{ "report", ARG_PERIOD, "", run_report, MSG_VIEW_REPORT,
	  "report [today|week|month]",
	  N_("Performance of agents, skill groups and teams") },
	{ "breaks", ARG_PERIOD, "", run_report, MSG_VIEW_BREAKS,
	  "breaks [today|week|month]", N_("What agents spend on breaks") },
	{ "pace", ARG_CAMPAIGN, "", run_pace, 0, "pace campaign [lines]",
	  N_("Pacing; a number of lines is staged, Enter applies it") },
	{ "campaign", ARG_CAMPAIGN, "pause start stop", run_campaign, 0,
	  "campaign name [pause|start|stop]",
	  N_("Pause, start or stop a campaign; asks first") },
	{ "trunk", ARG_TRUNK, "drain enable cps rest", run_trunk, 0,
	  "trunk name [drain|enable|cps n|rest n]",
	  N_("One trunk; what others notice asks first") },
	{ "tell", ARG_TEXT, "", run_tell, 0, "tell all|agent text",
	  N_("A message to one agent or to everyone") },
	{ "find", ARG_TEXT, "", run_find, 0, "find part",
	  N_("Find a name, an id or a number") },
	{ "sort", ARG_SORT, "", run_sort, 0, "sort column",
	  N_("Sort by a column") },
	{ "lang", ARG_LANG, "", run_lang, 0, "lang en|zh",
	  N_("Language of the screen") },
	{ "help", ARG_NONE, "", run_help, 0, "help", N_("Help") },
	{ "quit", ARG_NONE, "", run_quit, 0, "quit",
	  N_("Quit; asks while you listen") },
};

static const struct command *command_named(const char *word)
{
	size_t n = strlen(word);

	/* The whole word first: "trunk" is no short "trunks". */
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (str_eq(commands[i].name, word))
			return &commands[i];
	for (size_t i = 0; n && i < ARRAY_LEN(commands); i++)
		if (!strncmp(commands[i].name, word, n))
			return &commands[i];
	return NULL;
}

/* Cuts the first word off; returns what follows it. */
static char *split(char *s)
{
	size_t n = strcspn(s, " ");
	char *rest = s + n + strspn(s + n, " ");

	s[n] = '\0';
	return rest;
}

unsigned wall_command(struct wall_model *m, const char *line)
{
	char buf[EDIT_SIZE], arg[128];
	char *word, *after, *rest;
	const struct command *c;

	str_copy(buf, sizeof(buf), line + strspn(line, " :"));
	word = buf;
	after = split(word);
	rest = split(after);
	if (!*word)
		return DO_REDRAW;
	c = command_named(word);
	if (!c) {
		wall_hint(m, ST_WATCH, _("There is no command \"%s\"; "
					 "? lists them."), word);
		return DO_REDRAW;
	}
	str_copy(arg, sizeof(arg), after);
	return c->run(m, c->view, arg, rest);
}

/* The i-th thing the word at hand may be; NULL at the end. */
static const char *candidate(const struct wall_model *m,
			     const struct command *c, size_t i)
{
	static const char *const states[] = { "on call", "ready", "wrap-up",
					      "hold", "break", "not ready",
					      "preview" };
	static const char *const langs[] = { "en", "zh" };
	const struct msg_campaign_row *row;
	const struct msg_trunk_row *t;

	if (!c)
		return i < ARRAY_LEN(commands) ? commands[i].name : NULL;
	switch (c->arg) {
	case ARG_STATE:
		return i < ARRAY_LEN(states) ? states[i] : NULL;
	case ARG_CAMPAIGN:
		row = wall_campaign_at(m, i);
		return row ? row->name : NULL;
	case ARG_TRUNK:
		t = wall_trunk_at(m, i);
		return t ? t->name : NULL;
	case ARG_SORT:
		return i < MSG_SORT_COUNT
			       ? msg_word(MSG_WORDS_SORT, (unsigned)i) : NULL;
	case ARG_PERIOD:
		return i + 1 < MSG_PERIOD_COUNT
			? msg_word(MSG_WORDS_PERIOD, (unsigned)i + 1) : NULL;
	case ARG_LANG:
		return i < ARRAY_LEN(langs) ? langs[i] : NULL;
	default:
		return NULL;
	}
}

/* Longest beginning all that fit `part` share; "" if nothing fits. */
static void common_part(const struct wall_model *m, const struct command *c,
			const char *part, char *buf, size_t size)
{
	const char *s;
	bool any = false;

	buf[0] = '\0';
	for (size_t i = 0; (s = candidate(m, c, i)); i++) {
		if (strncasecmp(s, part, strlen(part)))
			continue;
		if (!any) {
			str_copy(buf, size, s);
			any = true;
		}
		size_t n = 0;

		while (buf[n] && buf[n] == s[n])
			n++;
		while (n && ((unsigned char)buf[n] & 0xc0) == 0x80)
			n--;	/* never half a character */
		buf[n] = '\0';
	}
}

/* What he may do to none of them is not offered. */
static bool forbidden(const struct wall_model *m, const struct command *c)
{
	return wall_forbids(m, c->arg == ARG_TRUNK ? ACT_DRAIN
			    : c->arg == ARG_CAMPAIGN ? ACT_PAUSE : ACT_NONE,
			    true);
}

void wall_complete(struct wall_model *m)
{
	char buf[EDIT_SIZE], found[128], line[EDIT_SIZE];
	char *word, *after, *rest, *space;
	const struct command *c = NULL;

	str_copy(buf, sizeof(buf), m->typed.text);
	space = strchr(buf, ' ');
	word = buf;
	after = split(word);
	if (space)
		c = command_named(word);
	if (space && !c)
		return;
	rest = strchr(after, ' ') ? split(after) : NULL;
	if (!rest) {
		common_part(m, c, space ? after : word, found, sizeof(found));
		if (!*found)
			return;
		if (c)
			str_fmt(line, sizeof(line), "%s %s", c->name, found);
		else
			str_copy(line, sizeof(line), found);
	} else {
		const char *fit = NULL;
		char more[64], *save = NULL;

		str_copy(more, sizeof(more), c && !forbidden(m, c) ? c->more
								   : "");
		for (char *w = strtok_r(more, " ", &save); w;
		     w = strtok_r(NULL, " ", &save))
			if (!fit && !strncmp(w, rest, strlen(rest)))
				fit = w;
		if (!fit)
			return;
		str_fmt(line, sizeof(line), "%s %s %s", c->name, after, fit);
	}
	if (strlen(line) >= strlen(m->typed.text))
		edit_set(&m->typed, line);
}

void wall_commands_print(FILE *out, bool mdoc)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(out, mdoc ? ".It Cm :%s\n%s\n" : ":%s\t-\t%s\n",
			commands[i].usage, _(commands[i].help));
}
