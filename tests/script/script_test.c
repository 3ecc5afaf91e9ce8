/* Scripts: pages, branches, musts, merge fields. */
#include "base/t.h"

#include <string.h>

#include "base/str.h"
#include "script/script.h"

static const char sample[] =
	"== Opening\n\"Good afternoon [customer].\"\n\nYES -> page 2 (offer)\n"
	"NO -> F7 call back{, agree}\n\n!company{ name}, recording.\n"
	"== Offer\n[list.plan|our best plan]\n";

static struct script s;

static void test_parse(void **state UNUSED)
{
	struct script_line l;
	size_t line;
	const char *at;
	char brief[64];

	T_OK(!script_parse(sample, strlen(sample), &s, &line), "a script");
	T_OK(s.n == 2 && str_eq(s.page[1].title, "Offer"), "two pages");
	at = script_line(s.page[0].text, &l);
	T_OK(l.kind == SCRIPT_WORDS, "words");
	at = script_line(at, &l);
	T_OK(l.kind == SCRIPT_BLANK, "a blank line");
	at = script_line(at, &l);
	T_OK(l.kind == SCRIPT_BRANCH && l.page == 2 && str_eq(l.answer, "YES")
	     && str_eq(l.text, " (offer)"), "a branch to a page: %s", l.text);
	at = script_line(at, &l);
	T_OK(l.kind == SCRIPT_BRANCH && !l.page &&
	     str_eq(l.text, "F7 call back{, agree}"), "a branch elsewhere");
	script_brief(brief, sizeof(brief), l.text, true);
	T_OK(str_eq(brief, "F7 call back"), "brief: %s", brief);
	script_brief(brief, sizeof(brief), l.text, false);
	T_OK(str_eq(brief, "F7 call back, agree"), "whole: %s", brief);
	at = script_line(at, &l);
	at = script_line(at, &l);
	T_OK(l.kind == SCRIPT_MUST && !*at, "a must ends it");
}

static const struct { const char *what, *text; enum err want; size_t line; }
bad[] = {
	{ "an open field", "== A\nHello [name\n", ERR_FORMAT, 2 },
	{ "an open brace", "== A\n\n{x\n", ERR_FORMAT, 3 },
	{ "no title", "== \nx\n", ERR_FORMAT, 1 },
	{ "a page there is not", "== A\nYES -> 2\n", ERR_ABSENT, 2 },
	{ "not UTF-8", "== A\n\377\n", ERR_FORMAT, 1 },
};

static void test_bad(void **state UNUSED)
{
	size_t line;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		enum err e = script_parse(bad[i].text, strlen(bad[i].text), &s,
					  &line);

		T_OK(e == bad[i].want && line == bad[i].line && !s.n,
		     "%s: %s, line %zu", bad[i].what, err_text(e), line);
	}
	for (size_t n = 0; n < strlen(sample); n++)
		if (!script_parse(sample, n, &s, &line))
			T_OK(s.n <= 2, "cut at %zu", n);
}

static const char *field(const char *name, bool *later, void *arg UNUSED)
{
	*later = str_eq(name, "customer");
	return str_eq(name, "agent.name") ? "Li Wei"
	       : str_eq(name, "list.empty") ? "" : NULL;
}

static const struct { const char *text, *want; size_t unknown; } merges[] = {
	{ "I am [agent.name].", "I am Li Wei.", 0 },
	{ "[customer], hello", "[customer], hello", 0 },
	{ "[list.plan|a plan] [x|]", "a plan ", 0 },
	{ "[list.empty|none]", "none", 0 },
	{ "[nobody]", "[nobody?]", 1 },
	{ "a [ b", "a [ b", 0 }, { "[", "[", 0 }, { "[]", "[?]", 1 },
};

static void test_merge(void **state UNUSED)
{
	char got[128];

	for (size_t i = 0; i < ARRAY_LEN(merges); i++) {
		size_t n = script_merge(got, sizeof(got), merges[i].text,
					field, NULL);

		T_OK(str_eq(got, merges[i].want) && n == merges[i].unknown,
		     "%s: %s", merges[i].text, got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse), cmocka_unit_test(test_bad),
		cmocka_unit_test(test_merge),
	};

	return T_RUN(tests);
}
