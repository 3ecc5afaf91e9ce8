/*
 * The server's own table: every default holds, every row can be explained in
 * both languages, and what no row can say alone is said.
 */
#include "base/str.h"
#include "base/t.h"
#include "options.h"

#include <string.h>

static char told[2048];

static void collect(const struct conf_origin *at, const char *text,
		    void *arg UNUSED)
{
	str_add(told, sizeof(told), "%u: %s\n", at->line, text);
}

static struct conf *load(const char *text)
{
	struct conf *c = NULL;

	told[0] = '\0';
	T_OK(!conf_load_text("w", text, strlen(text), &server_options, &c,
			     collect, NULL), "it is read: %s", told);
	return c;
}

static void the_table(void **state UNUSED)
{
	const struct conf_table *t = &server_options;

	for (size_t i = 0; i < t->n_rows; i++) {
		const struct conf_row *r = &t->rows[i];
		bool section = false;

		T_OK(r->help_en && *r->help_en && r->help_zh && *r->help_zh,
		     "%s.%s is explained in both languages", r->section,
		     r->key);
		T_OK(str_is_utf8(r->help_zh, strlen(r->help_zh)), "%s", r->key);
		T_OK(!(r->flags & CONF_NEEDED) || !r->def,
		     "%s.%s is needed or has a default", r->section, r->key);
		for (size_t k = 0; k < t->n_sections; k++)
			section = section ||
				  str_eq(t->sections[k].name, r->section);
		T_OK(section, "%s.%s has a section", r->section, r->key);
		for (size_t k = 0; k < i; k++)
			T_OK(!str_eq(t->rows[k].key, r->key) ||
			     !str_eq(t->rows[k].section, r->section),
			     "%s.%s is there once", r->section, r->key);
	}
}

static void defaults(void **state UNUSED)
{
	struct conf *c = load("");

	T_OK(!options_check(c, collect, NULL), "defaults agree: %s", told);
	T_OK(conf_int(c, "campaign_defaults", NULL, "wrap") == 60000,
	     "wrap-up is 60 s (UX, decided)");
	T_OK(conf_word(c, "campaign_defaults", NULL, "wrap_mode") ==
	     OPT_WRAP_TIMED, "and time-boxed with early exit");
	T_OK(conf_word(c, "campaign_defaults", NULL, "mode") ==
	     OPT_PROGRESSIVE, "nobody is predictive unasked");
	conf_free(c);
}

static void together(void **state UNUSED)
{
	static const struct { const char *what, *yaml, *want; } cases[] = {
		{ "predictive needs a target",
		  "campaigns: {s: {lists: l, mode: predictive, abandon: 0%}}",
		  "1: campaign \"s\": abandon: predictive dialling needs a "
		  "target above 0%\n" },
		{ "a timed wrap-up needs a limit",
		  "campaigns: {s: {lists: l, wrap: 0}}",
		  "1: campaign \"s\": wrap: a timed wrap-up needs a limit\n" },
		{ "a target held at the end needs an end",
		  "campaigns: {s: {lists: l, abandon_held: end}}",
		  "1: campaign \"s\": abandon_held: end needs the shift it is "
		  "held at the end of\n" },
		{ "clear text only at home",
		  "server: {clients: 'tcp:127.0.0.1:5, tcp:10.0.0.1:5'}",
		  "1: server: clients: tcp:10.0.0.1:5 would send passwords in "
		  "clear text: use tls\n" },
		{ "a password without a user",
		  "trunks: {a: {uri: sip:a, password: x}}",
		  "1: trunk \"a\": password: there is no user to it\n" },
		{ "a port range of nothing",
		  "media: {port_min: 3000, port_max: 3000}",
		  "1: media: port_max: must be at least port_min + 3 (a call "
		  "needs two pairs)\n" },
		{ "a certificate without its key",
		  "server: {certificate: /c}",
		  "0: server: certificate and key go together\n" },
		{ "a link that flaps", "server: {heartbeat: 10s}",
		  "0: server: silent: must be at least two heartbeats, or a "
		  "link flaps\n" },
		{ "ten breaks",
		  "breaks: {a: {label: A}, b: {label: A}, c: {label: A}, "
		  "d: {label: A}, e: {label: A}, f: {label: A}, g: {label: A},"
		  " h: {label: A}, i: {label: A}, j: {label: A}}",
		  "1: breaks: at most 9, one for each digit\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct conf *c = load(cases[i].yaml);

		T_OK(options_check(c, collect, NULL) == ERR_FORMAT &&
		     str_eq(told, cases[i].want), "%s: %s", cases[i].what,
		     told);
		conf_free(c);
	}
}

/* None is left out without a word, and the place is where they stand. */
static void too_many_lists(void **state UNUSED)
{
	char yaml[1000] = "campaigns:\n  s:\n    lists: l0";
	struct conf *c;

	for (int i = 1; i < OPT_LISTS_MAX; i++)
		str_add(yaml, sizeof(yaml), ", l%d", i);
	c = load(yaml);
	T_OK(!options_check(c, collect, NULL) &&
	     conf_list_len(c, "campaigns", "s", "lists") == OPT_LISTS_MAX,
	     "as many as there is place for: %s", told);
	conf_free(c);
	str_add(yaml, sizeof(yaml), ", more\n");
	c = load(yaml);
	T_OK(options_check(c, collect, NULL) == ERR_FORMAT &&
	     str_eq(told, "3: campaign \"s\": lists: 33 of them, at most "
			  "32\n"), "one more is told: %s", told);
	conf_free(c);
	c = load("trunks: {a: {uri: sip:a, redirect: 'a, b, c, d, e'}}");
	T_OK(options_check(c, collect, NULL) == ERR_FORMAT &&
	     str_eq(told, "1: trunk \"a\": redirect: 5 of them, at most "
			  "4\n"), "so is a redirect too many: %s", told);
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table),
		cmocka_unit_test(defaults),
		cmocka_unit_test(together),
		cmocka_unit_test(too_many_lists),
	};

	return T_RUN(tests);
}
