/* Messages written by hand: samples and replays. */
#include "base/t.h"

#include <string.h>

#include "base/str.h"
#include "msg/msg_text.h"

static struct { char log[2000]; } heard;

static enum err on_message(void *arg UNUSED, enum msg_type type,
			   const void *obj)
{
	char line[1000];

	msg_print(type, 0, obj, line, sizeof(line));
	str_add(heard.log, sizeof(heard.log), "%s\n", line);
	return ERR_OK;
}

static enum err on_line(void *arg UNUSED, const char *word, const char *rest,
			char *why, size_t size)
{
	if (str_eq(word, "bad")) {
		str_fmt(why, size, "bad line");
		return ERR_FORMAT;
	}
	str_add(heard.log, sizeof(heard.log), "%s|%s\n", word, rest);
	return ERR_OK;
}

static const struct {
	const char *what, *text, *want, *why;
} cases[] = {
	{ "fields of every kind",
	  "head floor=\"A \\\"1\\\"\" agents=42 level=alarm "
	  "alert_ms=1970-01-01T00:01:00\n",
	  "head req=0 floor=\"A \\\"1\\\"\" agents=42 level=2 "
	  "alert_ms=60000\n", NULL },
	{ "rows below, other lines between, comments",
	  "# x\nat 5\nfloor\n  figures figure=\"abandon rate\" recent=-1\n"
	  "  states state=\"on call\" agents=2\nkey  Enter\n",
	  "at|5\nfloor req=0 figures=[{figure=2 recent=-1}] "
	  "states=[{state=8 agents=2}]\nkey|Enter\n", NULL },
	{ "bytes as hex, truth as a word",
	  "trunk used=0aFF\n  callers number=1 resting=yes\n",
	  "trunk req=0 used=<2 bytes> callers=[{number=\"1\" "
	  "resting=yes}]\n", NULL },
	{ "an unknown field is named", "head flor=1\n", "",
	  "line 1: msg_head has no field \"flor\"" },
	{ "a word that is no state", "floor\n  states state=asleep\n", "",
	  "line 2: state cannot be \"asleep\"" },
	{ "a number too great", "head alerts=70000\n", "",
	  "line 1: alerts cannot be \"70000\"" },
	{ "odd hex", "trunk used=abc\n", "",
	  "line 1: used cannot be \"abc\"" },
	{ "no end of quotes", "head floor=\"A\n", "",
	  "line 1: the value of floor does not end" },
	{ "a row of nothing", "  figures figure=1\n", "",
	  "line 1: there is no row \"figures\" here" },
	{ "more rows than there may be",
	  "trunk\n  trunk id=1\n  trunk id=2\n", "",
	  "line 3: more than 1 rows of trunk" },
	{ "the caller's own refusal", "bad\n", "", "line 1: bad line" },
};

static void test_cases(void **state UNUSED)
{
	static const struct msg_text_handlers h = { on_message, on_line };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		FILE *in = fmemopen((void *)(uintptr_t)cases[i].text,
				    strlen(cases[i].text), "r");
		char why[300] = "";

		heard.log[0] = '\0';
		T_OK(in, "a file in memory");
		enum err e = msg_text_read(in, &h, NULL, why, sizeof(why));

		fclose(in);
		T_OK(!!e == !!cases[i].why, "%s: %s", cases[i].what, why);
		T_OK(str_eq(why, cases[i].why ? cases[i].why : ""),
		     "%s: said %s", cases[i].what, why);
		T_OK(str_eq(heard.log, cases[i].want), "%s: got %s",
		     cases[i].what, heard.log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };

	return T_RUN(tests);
}
