/*
 * What --linear says, told as replays; and hostile text, which is shown on
 * the screen and in lines, and obeyed by neither.
 */
#include "base/t.h"
#include "base/screen.h"

#include <stdlib.h>
#include <string.h>

#include "agent_replay.h"
#include "base/str.h"

static char said[65536];

static void say(void *arg UNUSED, const char *line)
{
	str_add(said, sizeof(said), "%s\n", line + 9);	/* after the clock */
}

/* What is said new after the script, beyond what the screen said before. */
static const char *after(const char *show, const char *script,
			 enum text_lang lang)
{
	struct replay_opts o = { .rows = 30, .cols = 100, .out = stdout };
	static struct agent_spoken spoken;
	char lines[4000], why[600], *save = NULL;
	struct replay *r;

	text_set_lang(lang);
	memset(&spoken, 0, sizeof(spoken));
	T_OK(!replay_new(&o, &r), "a replay");
	T_OK(!replay_file(r, lang == LANG_ZH ? "data/samples/agent.zh"
			  : "data/samples/agent.en", show, why, sizeof(why)),
	     "%s", why);
	agent_linear(replay_model(r), &spoken, say, NULL);
	said[0] = '\0';
	str_copy(lines, sizeof(lines), script);
	for (char *l = strtok_r(lines, "|", &save); l;
	     l = strtok_r(NULL, "|", &save))
		T_OK(!replay_line(r, l, why, sizeof(why)), "%s: %s", l, why);
	agent_linear(replay_model(r), &spoken, say, NULL);
	replay_free(r);
	return said;
}

static const struct {
	const char *what, *show, *script, *want;
} cases[] = {
	{ "time alone is no news", "A5", "tick 5000", "" },
	{ "the state", "A5", "key F4|seat state=\"on hold\" call=7",
	  "ON HOLD, Mrs Chen Xiaoli Hangzhou" },
	{ "the customer", "A2", "seat state=preview call=7",
	  "Customer: Mrs Chen Xiaoli, F, 46, 138****2231 mobile, Hangzhou" },
	{ "the page of the script", "A5", "key PgDn", "Script 3/5: Offer. " },
	{ "outcomes when a call begins", "A2", "seat state=\"on call\" call=7",
	  "1 Sale; 2 Interested, send info; 3 Call back later;" },
	{ "reasons to skip", "A2", "seat state=preview call=7",
	  "1 Already customer; 2 Already called today;" },
	{ "a choice", "A5", "key 4", "4 Not interested" },
	{ "the breaks", "A5", "key F3", "1 Tea break; 2 Lunch;" },
	{ "the callbacks", "A2", "key c", "Mr Zhou quote;" },
	{ "other numbers", "A3", "key a", "2 0571****8899 home;" },
	{ "a number nobody may dial", "A5", "customer.numbers number=153 "
	  "kind=office refused=yes number_why=\"do not call\"",
	  "153 do not call" },
	{ "the history", "A5", "history_page call=7|history_page.rows "
	  "agent=\"Wang Min\" note=busy|key i", "Wang Min: busy" },
	{ "an amount as it is read", "A5", "key 1|type 1234.5",
	  "Amount 1,234.50" },
	{ "a time as it is read", "A7", "key F7|key Tab|type tomorrow 3pm",
	  "2026-11-19 15:00" },
	{ "more outcomes", "A7", "outcomes.rows code=10 label=Deceased|"
	  "outcomes.rows code=11 label=\"Complaint, pass on\"|key 0",
	  "1 Deceased; 2 Complaint, pass on;" },
	{ "a supervisor's message", "A5", "message from=Zhang text=\"Well done\"",
	  "Zhang: Well done" },
	{ "the note when it is written", "A5",
	  "key n|key Ctrl-U|type yes|key Esc", "Notes: yes" },
	{ "the phone", "A5", "local line=down", "Line DOWN" },
	{ "the server", "A5", "lost 2000", "!! SERVER LOST" },
	{ "help", "A2", "key F1", "Repaint" },
	{ "a question", "A5", "key 8", "Enter  Yes        Esc  No" },
	{ "the sound test", "A1", "key F4", "No sound card was found" },
};

static void test_said(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *got = after(cases[i].show, cases[i].script,
					LANG_EN);

		T_OK(*cases[i].want ? strstr(got, cases[i].want) != NULL
				    : !*got,
		     "%s: wanted \"%s\", said\n%s", cases[i].what,
		     cases[i].want, got);
	}
}

/* Row 1 of the screen says what is due, and only when it is. */
static void test_promise(void **state UNUSED)
{
	struct replay_opts o = { .rows = 24, .cols = 80, .out = stdout };
	static const char *const times[] = { "14:40", "14:30" };
	struct replay *r;
	char why[600], line[200], *got = calloc(1, 1 << 16);

	text_set_lang(LANG_EN);
	T_OK(got && !replay_new(&o, &r), "a replay");
	T_OK(!replay_file(r, "data/samples/agent.en", "A2", why, sizeof(why)),
	     "%s", why);
	for (int due = 0; due < 2; due++) {
		str_fmt(line, sizeof(line), "today callback_ms=%s "
			"callback_name=\"Mr Zhou\"", times[due]);
		T_OK(!replay_line(r, line, why, sizeof(why)), "%s", why);
		T_OK(grid_dump(replay_draw(r), got, 1 << 16), "fits");
		T_OK((strstr(got, "Promised for 14:30: Mr Zhou.") != NULL) ==
		     due, "%s: %s", times[due], got);
	}
	replay_free(r);
	free(got);
}

static void test_chinese(void **state UNUSED)
{
	const char *got = after("A2", "seat state=preview call=7", LANG_ZH);

	T_OK(strstr(got, "预览") && strstr(got, "陈晓丽"), "said: %s", got);
}

/* ---- hostile text ---------------------------------------------------------- */

/* In every text that comes from lists, trunks or other people. */
static const char *const hostile[] = {
	"\033[2J\033[1;1Hgone", "\033]2;title\007", "\x9b" "31mred",
	"\302\233" "31m", "a\rb\bc\177", "\342\200\256gnol", /* bidi override */
	"z\342\200\213w\342\200\215j", "\357\277\276", "\xff\xfe\xc0\xaf",
	"\360\237\230\200\360\237\230\200", "e\314\201\314\202\314\203",
	"陈陈陈陈陈陈陈陈陈陈陈陈陈陈陈陈陈陈陈陈陈陈陈陈陈陈陈陈", "\t\n\v\f",
};

static void check_shown(struct replay *r, const char *what)
{
	static struct agent_spoken spoken;
	const struct grid *g = replay_draw(r);

	screen_check_cells(g, what);
	for (int i = 0; i < g->rows * g->cols; i++)
		for (const char *s = g->cell[i].text; *s; s++)
			T_OK((unsigned char)*s >= ' ' && *s != 0x7f,
			     "%s: a control character is on the screen", what);
	memset(&spoken, 0, sizeof(spoken));
	said[0] = '\0';
	agent_linear(replay_model(r), &spoken, say, NULL);
	for (const char *s = said; *s; s++)
		T_OK(*s == '\n' || ((unsigned char)*s >= ' ' && *s != 0x7f),
		     "%s: a control character is said", what);
}

static void poison(struct agent_model *m, const char *bad)
{
	str_copy(m->cust.name, sizeof(m->cust.name), bad);
	str_copy(m->cust.city, sizeof(m->cust.city), bad);
	str_copy(m->cust.about, sizeof(m->cust.about), bad);
	str_copy(m->cust.tags, sizeof(m->cust.tags), bad);
	str_copy(m->cust.fields[0].label, sizeof(m->cust.fields[0].label), bad);
	str_copy(m->cust.fields[0].value, sizeof(m->cust.fields[0].value), bad);
	str_copy(m->seat.campaign_name, sizeof(m->seat.campaign_name), bad);
	str_copy(m->script.pages[0].text, sizeof(m->script.pages[0].text), bad);
	str_copy(m->script.pages[0].title, sizeof(m->script.pages[0].title),
		 bad);
	str_copy(m->message[0].text, sizeof(m->message[0].text), bad);
	str_copy(m->message[0].from, sizeof(m->message[0].from), bad);
	str_copy(m->outcomes.rows[0].label, sizeof(m->outcomes.rows[0].label),
		 bad);
	str_copy(m->callbacks.rows[0].name, sizeof(m->callbacks.rows[0].name),
		 bad);
	str_copy(m->last.name, sizeof(m->last.name), bad);
	str_copy(m->today.callback_name, sizeof(m->today.callback_name), bad);
	edit_set(&m->note, bad);
	agent_hint(m, ST_WATCH, bad);
}

static void test_hostile(void **state UNUSED)
{
	static const char *const shows[] = { "A1", "A2", "A3", "A5", "A7",
		"A9", "A10", "CALLBACKS", "BREAK" };
	static const int sizes[][2] = { { 30, 100 }, { 24, 80 }, { 20, 60 } };

	for (size_t s = 0; s < ARRAY_LEN(shows); s++)
		for (size_t h = 0; h < ARRAY_LEN(hostile); h++)
			for (size_t z = 0; z < ARRAY_LEN(sizes); z++) {
				struct replay_opts o = { .rows = sizes[z][0],
					.cols = sizes[z][1], .out = stdout };
				struct replay *r;
				char why[600];

				text_set_lang(h % 2 ? LANG_ZH : LANG_EN);
				T_OK(!replay_new(&o, &r), "a replay");
				T_OK(!replay_file(r, "data/samples/agent.en",
						  shows[s], why, sizeof(why)),
				     "%s", why);
				poison(replay_model(r), hostile[h]);
				check_shown(r, shows[s]);
				replay_free(r);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_said), cmocka_unit_test(test_chinese),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_promise),
	};

	text_init("en");
	return T_RUN(tests);
}
