/*
 * The agent's screens: each mock-up of the specification cell for cell, each
 * sample screen in three sizes and two languages, and what holds for all.
 * UPDATE=1 rewrites the all-*.screen files (never the mock-ups).
 */
#include "base/t.h"
#include "base/screen.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "agent_replay.h"
#include "base/str.h"

#define GOLDEN "tests/agent-tui/golden"
enum { TEXT_MAX = 1 << 20 };

static const char *const shows[] = {
	"A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "A11",
	"CONSULT", "CONF", "ASKING", "SENDING", "ASKED", "BREAK", "LOST",
	"CALLBACKS", "HELP", "NOTE", "DNC", "MISSED", "LOGIN", "AMOUNT",
	"SOUND", "NOSOUND", "PHONELOST", "ANSWER", "MUTED", "RECPAUSED",
	"TONES", "WHISPER", "ANYONE", "NUMBERS", "CORRECT", "MORE", "RESERVED",
	"DIAL", "DESKPHONE", "PENDING", "HISTORY", "CLOSED",
};
static const struct { int rows, cols; } sizes[] = {
	{ 30, 100 }, { 24, 80 }, { 20, 60 }, { 43, 132 }, { 8, 40 }, { 6, 30 },
	{ 24, 99 }, { 29, 120 }, { 1, 1 }, { 2, 200 },
};

static struct replay *show(const char *name, enum text_lang lang, int rows,
			   int cols, FILE *out)
{
	struct replay_opts o = { .rows = rows, .cols = cols, .out = out,
				 .styles = true };
	struct replay *r;
	char why[600];

	text_set_lang(lang);
	T_OK(!replay_new(&o, &r), "a replay");
	T_OK(!replay_file(r, lang == LANG_ZH ? "data/samples/agent.zh"
					     : "data/samples/agent.en", name,
			  why, sizeof(why)), "%s", why);
	return r;
}

static void mockup(const char *file)
{
	char name[16], lang[4], path[300], *want, *got = calloc(1, TEXT_MAX);
	int rows, cols;
	struct replay *r;

	if (sscanf(file, "%15[A0-9]-%dx%d.%2[a-z].screen", name, &cols, &rows,
		   lang) != 4 || !strncmp(file, "all", 3)) {
		free(got);
		return;
	}
	str_fmt(path, sizeof(path), GOLDEN "/%s", file);
	want = screen_slurp(path);
	r = show(name, str_eq(lang, "zh") ? LANG_ZH : LANG_EN, rows, cols,
		 stdout);
	T_OK(grid_dump(replay_draw(r), got, TEXT_MAX), "fits");
	screen_trim(want);
	screen_trim(got);
	T_OK(str_eq(got, want), "%s is the mock-up cell for cell:\n%s", file,
	     got);
	replay_free(r);
	free(want);
	free(got);
}

static void test_mockups(void **state UNUSED)
{
	DIR *d = opendir(GOLDEN);
	struct dirent *e;
	int n = 0;

	T_OK(d, "the golden folder");
	while ((e = readdir(d)))
		if (e->d_name[0] == 'A') {
			mockup(e->d_name);
			n++;
		}
	closedir(d);
	T_OK(n == 23, "all 23 mock-ups of the agent, not %d", n);
}

static void all(int rows, int cols, enum text_lang lang)
{
	char path[300], *got = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&got, &len);

	T_OK(out, "memory");
	for (size_t i = 0; i < ARRAY_LEN(shows); i++) {
		struct replay *r = show(shows[i], lang, rows, cols, out);

		replay_dump(r, shows[i]);
		replay_free(r);
	}
	fclose(out);
	str_fmt(path, sizeof(path), GOLDEN "/all-%dx%d.%s.screen", cols, rows,
		lang == LANG_ZH ? "zh" : "en");
	screen_agreed(path, got);
	free(got);
}

static void test_all(void **state UNUSED)
{
	for (size_t i = 0; i < 3; i++) {
		all(sizes[i].rows, sizes[i].cols, LANG_EN);
		all(sizes[i].rows, sizes[i].cols, LANG_ZH);
	}
}

/* FNV-1a: which colours stood where, as a number a screen. */
static uint64_t digest(const char *s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * UINT64_C(0x100000001b3);
	return h;
}

/*
 * Every state x {100x30, 80x24, 60x20} x {en, zh} x {mono, 16}, as the
 * terminal gets it.  The words are compared above; here the colours are.
 */
static void test_palettes(void **state UNUSED)
{
	static const char *const palettes[] = { "mono", "16" };
	char *got = calloc(1, TEXT_MAX), *dump = calloc(1, TEXT_MAX);
	const char *path = GOLDEN "/palettes.digest";

	T_OK(got && dump, "memory");
	for (size_t p = 0; p < ARRAY_LEN(palettes); p++)
		for (size_t k = 0; k < 3; k++)
			for (int lang = 0; lang < LANG_COUNT; lang++)
				for (size_t i = 0; i < ARRAY_LEN(shows); i++) {
					const char *name = shows[i];
					struct replay *r = show(name,
						(enum text_lang)lang,
						sizes[k].rows, sizes[k].cols,
						stdout);

					T_OK(grid_dump_sgr(replay_draw(r),
							   theme_find(
								palettes[p]),
							   dump, TEXT_MAX),
					     "%s fits", name);
					str_add(got, TEXT_MAX,
						"%s %dx%d %s %s %016llx\n",
						name, sizes[k].cols,
						sizes[k].rows,
						lang ? "zh" : "en",
						palettes[p],
						(unsigned long long)
						digest(dump));
					replay_free(r);
				}
	screen_agreed(path, got);
	free(dump);
	free(got);
}

static void test_properties(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(shows); i++)
		for (size_t k = 0; k < ARRAY_LEN(sizes); k++)
			for (int lang = 0; lang < LANG_COUNT; lang++) {
				struct replay *r = show(shows[i],
					(enum text_lang)lang, sizes[k].rows,
					sizes[k].cols, stdout);
				const struct grid *g = replay_draw(r);

				screen_check_cells(g, shows[i]);
				screen_check_palettes(g, shows[i]);
				replay_free(r);
			}
}

/* A key that would be refused is not offered. */
static void test_no_transfer(void **state UNUSED)
{
	struct replay *r = show("A5", LANG_EN, 30, 100, stdout);
	char *got = calloc(1, TEXT_MAX), why[300];

	T_OK(grid_dump(replay_draw(r), got, TEXT_MAX) &&
	     strstr(got, "F6 Transfer"), "F6 is in the footer");
	T_OK(!replay_line(r, "seat no_transfer=yes", why, sizeof(why)),
	     "the campaign allows none");
	T_OK(grid_dump(replay_draw(r), got, TEXT_MAX) &&
	     !strstr(got, "F6") && strstr(got, "F5 Mute   F7"),
	     "F6 is not");
	replay_free(r);
	free(got);
}

/* In a wrap-up nobody leaves early; in one without a limit there is no more. */
static void test_wrap_keys(void **state UNUSED)
{
	struct replay *r = show("A7", LANG_EN, 30, 100, stdout);
	char *got = calloc(1, TEXT_MAX), why[300];

	T_OK(!replay_line(r, "seat wrap_mode=\"timed, no early exit\" "
			  "left_ms=42000 more_left=0", why, sizeof(why)),
	     "%s", why);
	T_OK(grid_dump(replay_draw(r), got, TEXT_MAX) &&
	     !strstr(got, "Enter SAVE") && !strstr(got, "more time") &&
	     strstr(got, "F2 Not ready after: off"), "only what acts:\n%s",
	     got);
	T_OK(!replay_line(r, "seat left_ms=0", why, sizeof(why)) &&
	     grid_dump(replay_draw(r), got, TEXT_MAX) &&
	     strstr(got, "Enter SAVE"), "over: it may be left");
	replay_free(r);
	free(got);
}

/* A tenth outcome has no place in the grid: its key is told. */
static void test_more(void **state UNUSED)
{
	struct replay *r = show("A7", LANG_EN, 24, 80, stdout);
	char *got = calloc(1, TEXT_MAX), why[300];

	T_OK(grid_dump(replay_draw(r), got, TEXT_MAX) &&
	     !strstr(got, "0 more"), "nine are all there is");
	T_OK(!replay_line(r, "outcomes.rows code=10 label=Deceased", why,
			  sizeof(why)), "a tenth");
	T_OK(grid_dump(replay_draw(r), got, TEXT_MAX) &&
	     strstr(got, "Outcome: press a number; 0 more --"), "told:\n%s",
	     got);
	replay_free(r);
	r = show("A7", LANG_EN, 20, 60, stdout);
	T_OK(grid_dump(replay_draw(r), got, TEXT_MAX) &&
	     !strstr(got, "0 more"), "nor on the card");
	T_OK(!replay_line(r, "outcomes.rows code=10 label=Deceased", why,
			  sizeof(why)), "a tenth");
	T_OK(grid_dump(replay_draw(r), got, TEXT_MAX) &&
	     strstr(got, "  0 more"), "told on the card:\n%s", got);
	replay_free(r);
	free(got);
}

/* Who gave the customer away sees to whom, in every layout's words. */
static void test_given(void **state UNUSED)
{
	static const struct { int rows, cols; const char *want; } cases[] = {
		{ 30, 100, "Given to Zhang Hua 2001 after 03:05." },
		{ 24, 80, "Given to Zhang Hua 2001, 03:05." },
	};
	char *got = calloc(1, TEXT_MAX), why[300];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct replay *r = show("A7", LANG_EN, cases[i].rows,
					cases[i].cols, stdout);

		T_OK(!replay_line(r, "seat ended_by=transfer "
				  "consult_with=\"Zhang Hua 2001\"", why,
				  sizeof(why)), "given");
		T_OK(grid_dump(replay_draw(r), got, TEXT_MAX) &&
		     strstr(got, cases[i].want), "%s:\n%s", cases[i].want,
		     got);
		replay_free(r);
	}
	free(got);
}

/* Each key a footer names acts there, and its words are translated. */
static void test_footers(void **state UNUSED)
{
	for (size_t i = 0; i < agent_keymap.nplans; i++) {
		const struct footer_plan *p = &agent_keymap.plans[i];
		const char *orders[] = { p->full, p->compact };

		for (int k = 0; k < 2 && orders[k]; k++) {
			char copy[256], *save = NULL;
			uint32_t key;

			str_copy(copy, sizeof(copy), orders[k]);
			for (char *w = strtok_r(copy, " ", &save); w;
			     w = strtok_r(NULL, " ", &save)) {
				if (str_eq(w, "/") || str_eq(w, "Up/Down") ||
				    str_eq(w, "arrows"))
					continue;
				if (str_eq(w, "1-9") || str_eq(w, "1-6"))
					key = '1';
				else
					T_OK(!key_from_name(w, &key),
					     "%s is a key", w);
				for (uint32_t s = 1; s < 1u << CTX_COUNT;
				     s <<= 1)
					if (p->state & s)
						T_OK(keymap_find(
						     agent_keymap.rows,
						     agent_keymap.nrows, key,
						     s), "plan %zu: %s acts",
						     i, w);
			}
		}
	}
}

/* Found at work on a real floor: what a screen must say, and must not. */
static void test_said(void **state UNUSED)
{
	static const struct {
		const char *what, *show, *script, *want, *never;
	} cases[] = {
		{ "without an outcome no time is asked for", "A7",
		  "seat outcome=0", "[ ] Outcome", "When?" },
		{ "nor of an outcome that needs none", "A7", "seat outcome=4",
		  "4 Not interested", "When?" },
		{ "a note after the call: nothing to hang up or hold", "A7",
		  "key n", "Typing a note", "F8" },
		{ "in the call there is", "A5", "key n", "F8 HANG UP", NULL },
		{ "a wish for afterwards is told", "A5",
		  "seat pending=\"not ready\"",
		  "After this call you are NOT READY", NULL },
		{ "and what Enter will do then", "A7", "seat pending=break",
		  "Enter SAVE, BREAK", "NEXT CALL" },
		{ "a call-back of another day has its day", "A1",
		  "today callback_ms=2026-11-20T09:30",
		  "Next callback 11-20 09:30", "Mr\n" },
		{ "no script is no page 0 of 0", "A2", "new script|script",
		  "- Script (read ahead) -", "0/0" },
		{ "a new customer begins on the first page", "A2",
		  "page 3|seat state=\"on call\" call=9", "Script 1/5", NULL },
		{ "a heading of the list begins its line as a label", "A5",
		  "new customer|customer call=7|customer.fields label=plan "
		  "value=300M", " Plan     300M", NULL },
		{ "never called is said in the preview", "A3",
		  "new history_page|history_page call=7", "never called",
		  NULL },
		{ "a time-out keeps what was chosen", "A1",
		  "seat reason=wrap_timeout",
		  "Your outcome and notes are kept", "u sets" },
		{ "no outcome is none that could be kept", "A1",
		  "last_call outcome=0|tick 5000|seat reason=wrap_timeout",
		  "u sets the outcome", "Your outcome" },
		{ "a refused password is typed anew", "LOGIN",
		  "key Tab|type wrong|refused code=login",
		  "name or password is wrong", "*" },
		{ "one page is not many", "A1", "new script|script.pages "
		  "title=x text=y", "1 page,", "1 pages" },
	};
	char *got = calloc(1, TEXT_MAX), why[300] = "", line[400], *save;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct replay *r = show(cases[i].show, LANG_EN, 30, 100,
					stdout);

		str_copy(line, sizeof(line), cases[i].script);
		for (char *l = strtok_r(line, "|", &save); l;
		     l = strtok_r(NULL, "|", &save))
			T_OK(!replay_line(r, l, why, sizeof(why)), "%s: %s", l,
			     why);
		T_OK(grid_dump(replay_draw(r), got, TEXT_MAX) &&
		     strstr(got, cases[i].want) &&
		     (!cases[i].never || !strstr(got, cases[i].never)),
		     "%s:\n%s", cases[i].what, got);
		replay_free(r);
	}
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mockups), cmocka_unit_test(test_all),
		cmocka_unit_test(test_palettes),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_footers),
		cmocka_unit_test(test_no_transfer),
		cmocka_unit_test(test_wrap_keys),
		cmocka_unit_test(test_given), cmocka_unit_test(test_more),
		cmocka_unit_test(test_said),
	};

	text_init("en");
	return T_RUN(tests);
}
