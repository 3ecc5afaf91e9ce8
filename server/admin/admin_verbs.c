/*
 * admin_verbs -- the words a command line may begin with, and what completes
 * one.  `waihud --verbs` prints the clerk's own table; a test of `make check`
 * compares the two.
 */
#include "admin/admin.h"

#include "base/str.h"

#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* A log-in is on disk before it counts: two writes of a slow disk. */
enum { COMPLETE_MS = 1000 };

/* names: the object whose list completes the first argument (NULL: none). */
static const struct {
	const char *object, *verbs, *names;
} words[] = {
	{ "status",   "show", NULL },
	{ "user",     "list show add set delete", "user" },
	{ "agent",    "list show set", "agent" },
	{ "report",   "list export", NULL },
	{ "campaign", "list show start pause stop set", "campaign" },
	{ "pace",     "explain measure --stdio", "campaign" },
	{ "simulate", "", "campaign" },
	{ "list",     "list show import delete", "list" },
	{ "lead",     "list show set erase", "list" },
	{ "dnc",      "list add show delete", NULL },
	{ "consent",  "list add delete", NULL },
	{ "trunk",    "list show drain enable set", "trunk" },
	{ "call",     "list show play export", NULL },
	{ "cdr",      "export", NULL },
	{ "audit",    "list", NULL },
	{ "alert",    "list", NULL },
	{ "why",      "show", NULL },
	{ "store",    "backup show verify", NULL },
	{ "config",   "check show default mdoc", NULL },
};

/* What may follow the name, where it is always the same. */
static const struct {
	const char *object, *verb, *words;
} follow[] = {
	{ "user", "add", "--role --agent --name --team --campaigns "
	  "phone=embedded phone=registered phone=sip: --password-stdin "
	  "--phone-password-stdin" },
	{ "user", "set", "role= agent= name= team= campaigns= lang= locked= "
	  "unmask= read_only= phone=embedded phone=registered phone=sip: "
	  "--password-stdin --phone-password-stdin" },
};

/* The i-th word of a list with spaces between; false past the end. */
static bool nth(const char *list, size_t i, char *buf, size_t size)
{
	for (; *list; i--) {
		size_t len = strcspn(list, " ");

		if (!i)
			return str_fmt(buf, size, "%.*s", (int)len, list);
		list += len;
		list += strspn(list, " ");
	}
	return false;
}

static bool has(const char *list, const char *word)
{
	char w[24];

	for (size_t i = 0; nth(list, i, w, sizeof(w)); i++)
		if (str_eq(w, word))
			return true;
	return false;
}

int admin_verb_check(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!str_eq(words[i].object, argv[0]))
			continue;
		if (str_eq(argv[0], "status") || str_eq(argv[0], "why") ||
		    has(words[i].verbs, verb))
			return -1;
		fprintf(stderr, "waihu: %s%s%s: %s verb; there %s: %s\n",
			argv[0], *verb ? " " : "", verb,
			*verb ? "no such" : "needs a",
			strchr(words[i].verbs, ' ') ? "are" : "is",
			words[i].verbs);
		return EX_USAGE;
	}
	fprintf(stderr, "waihu: %s: no such %s; try waihu --help\n", argv[0],
		*argv[0] == '-' ? "option" : "object");
	return EX_USAGE;
}

/* ---- completion -------------------------------------------------------------- */

static void offer(const char *word, const char *begun)
{
	if (!strncmp(word, begun, strlen(begun)))
		puts(word);
}

struct names {
	const char *object, *begun;
};

static void on_name(void *arg, const json_t *v)
{
	const struct names *n = arg;
	const json_t *name = json_object_get(v, n->object);
	char text[24];

	if (json_is_string(name)) {
		offer(json_string_value(name), n->begun);
	} else if (json_is_integer(name)) {
		str_fmt(text, sizeof(text), "%lld",
			(long long)json_integer_value(name));
		offer(text, n->begun);
	}
}

/* What the server knows; nothing if it does not say so soon. */
static void offer_names(const struct admin_opts *o, const char *object,
			const char *begun)
{
	struct names n = { object, begun };
	struct admin_opts quick = *o;
	struct msg_admin_req req = { .argv_count = 2, .json = true };

	quick.limit_ms = COMPLETE_MS;
	quick.line = on_name;
	quick.line_arg = &n;
	str_copy(req.argv[0].word, sizeof(req.argv[0].word), object);
	str_copy(req.argv[1].word, sizeof(req.argv[1].word), "list");
	if (!freopen("/dev/null", "w", stderr))
		return;
	(void)admin_talk(&quick, &req, NULL, NULL);
}

int admin_complete(const struct admin_opts *o, int argc, char **argv)
{
	static const char *const options[] = {
		"--json", "--no-header", "--columns", "--quiet", "--dry-run",
		"--yes", "--timeout", "--socket", "--server", "--user",
		"--password-file", "--lang", "--color", "--version", "--help"
	};
	const char *begun = argc ? argv[argc - 1] : "";
	char w[32];

	for (size_t i = 0; argc > 3 && i < ARRAY_LEN(follow); i++)
		for (size_t k = 0; str_eq(follow[i].object, argv[0]) &&
		     str_eq(follow[i].verb, argv[1]) &&
		     nth(follow[i].words, k, w, sizeof(w)); k++)
			offer(w, begun);
	if (*begun == '-') {
		for (size_t i = 0; i < ARRAY_LEN(options); i++)
			offer(options[i], begun);
		return 0;
	}
	if (argc > 2 && str_eq(argv[argc - 2], "--campaign")) {
		offer_names(o, "campaign", begun);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (argc < 2) {
			offer(words[i].object, begun);
			continue;
		}
		if (!str_eq(words[i].object, argv[0]))
			continue;
		for (size_t k = 0; argc == 2 &&
		     nth(words[i].verbs, k, w, sizeof(w)); k++)
			offer(w, begun);
		if (argc == 2 && words[i].names && !*words[i].verbs)
			offer_names(o, words[i].names, begun);
		if (argc == 3 && words[i].names && !str_eq(argv[1], "add"))
			offer_names(o, words[i].names, begun);
	}
	return 0;
}
