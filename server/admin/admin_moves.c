/* admin_moves -- `call watch`: a line for each move, for people. */
#include "admin/admin.h"

#include "tui/text.h"

#include <string.h>

/* "" for what is not there. */
static const char *text_of(const json_t *v, const char *key)
{
	const char *text = json_string_value(json_object_get(v, key));

	return text ? text : "";
}

static long long int_of(const json_t *v, const char *key)
{
	return (long long)json_integer_value(json_object_get(v, key));
}

/* The clock of "2026-11-23T14:05:06.123+08:00". */
static const char *clock_of(const json_t *v, const char *key, int *len)
{
	const char *at = strchr(text_of(v, key), 'T');

	*len = at ? 12 : 0;
	return at ? at + 1 : "";
}

void admin_move(const struct admin_opts *o, const json_t *v)
{
	int len;
	const char *at = clock_of(v, "at", &len);

	if (json_object_get(v, "watching")) {
		at = clock_of(v, "since", &len);
		if (!o->quiet)
			fprintf(stderr, _("watching calls since %.*s; Ctrl-C "
				"ends it\n"), len, at);
		return;
	}
	if (json_object_get(v, "lost")) {
		fprintf(stderr, _("waihu: %lld moves are not shown: they are "
			"read too slowly\n"), int_of(v, "lost"));
		return;
	}
	printf("%.*s %lld %s %s %s --%s--> %s (%lld ms)", len, at,
	       int_of(v, "call"), text_of(v, "campaign"),
	       text_of(v, "number"), admin_word("state", text_of(v, "was")),
	       admin_word("event", text_of(v, "event")),
	       admin_word("state", text_of(v, "state")),
	       int_of(v, "was_ms"));
	if (*text_of(v, "trunk"))
		printf(" %s", text_of(v, "trunk"));
	if (int_of(v, "agent"))
		printf(" %lld", int_of(v, "agent"));
	if (*text_of(v, "result"))
		printf(" %s", admin_word("result", text_of(v, "result")));
	putchar('\n');
}
