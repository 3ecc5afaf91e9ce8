/*
 * admin_verbs -- the words a command line may begin with, and what completes
 * one: both from the table of verbs.c.
 */
#include "admin/admin.h"

#include "base/str.h"
#include "tui/text.h"
#include "verbs.h"

#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* A log-in is on disk before it counts: two writes of a slow disk. */
enum { COMPLETE_MS = 1000, WORD_MAX = 160 };

static void verbs_of(const char *object, char *buf, size_t size)
{
	const struct verb *v;

	*buf = '\0';
	for (size_t i = 0; (v = verb_at(i)); i++)
		if (str_eq(v->object, object))
			str_add(buf, size, "%s%s", *buf ? " " : "", v->verb);
}

int admin_verb_check(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	const struct verb *v;
	char list[WORD_MAX];

	for (size_t i = 0; (v = verb_at(i)); i++)
		if (str_eq(v->object, argv[0]) &&
		    (v->flags & VERB_ALONE || str_eq(v->verb, verb)))
			return -1;
	verbs_of(argv[0], list, sizeof(list));
	if (!*list)
		fprintf(stderr, *argv[0] == '-'
			? _("waihu: %s: no such option; try waihu --help\n")
			: _("waihu: %s: no such object; try waihu --help\n"),
			argv[0]);
	else if (*verb)
		fprintf(stderr, _("waihu: %s %s: no such verb; there are: "
			"%s\n"), argv[0], verb, list);
	else
		fprintf(stderr, _("waihu: %s: needs a verb; there are: %s\n"),
			argv[0], list);
	return EX_USAGE;
}

/* ---- completion -------------------------------------------------------------- */

static void offer(const char *word, const char *begun)
{
	if (!strncmp(word, begun, strlen(begun)))
		puts(word);
}

struct names {
	const char *object, *before, *begun;
};

static void on_name(void *arg, const json_t *v)
{
	const struct names *n = arg;
	const json_t *name = json_object_get(v, n->object);
	char text[WORD_MAX] = "";

	if (json_is_string(name))
		str_fmt(text, sizeof(text), "%s%s", n->before,
			json_string_value(name));
	else if (json_is_integer(name))
		str_fmt(text, sizeof(text), "%s%lld", n->before,
			(long long)json_integer_value(name));
	if (*text)
		offer(text, n->begun);
}

/* What the server knows; nothing if it does not say so soon. */
static void offer_names(const struct admin_opts *o, const char *object,
			const char *before, const char *begun)
{
	struct names n = { object, before, begun };
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

/* What a place of the arguments may hold: "a|b|c", a name, or a hint. */
static void offer_place(const struct admin_opts *o, const char *place,
			size_t len, const char *before, const char *begun)
{
	static const struct { const char *place, *object; } names[] = {
#define X(p, object) { p, object },
		VERB_NAMES(X)
#undef X
	};
	static const char *const times[] = { "today", "yesterday", "-1h",
					     "-1d", "-7d" };
	char word[WORD_MAX];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t n = strlen(names[i].place);

		if (!strncmp(place, names[i].place, n) &&
		    (n == len || place[n] == ',')) {
			offer_names(o, names[i].object, before, begun);
			return;
		}
	}
	if (len == 4 && !strncmp(place, "TIME", 4))
		for (size_t i = 0; i < ARRAY_LEN(times); i++)
			offer(times[i], begun);
	while (len && *place >= 'a' && *place <= 'z') {
		size_t n = strcspn(place, "|");

		n = MIN(n, len);
		str_fmt(word, sizeof(word), "%s%.*s", before, (int)n, place);
		offer(word, begun);
		place += MIN(n + 1, len);
		len -= MIN(n + 1, len);
	}
}

/* The next word of a verb's arguments; its length, 0 at the end. */
static size_t arg_next(const char **p)
{
	*p += strspn(*p, " []|");
	return strcspn(*p, " ]");
}

/* Of "mode=preview|predictive": the words behind '='; NULL: no key. */
static const char *behind(const char *p, size_t len)
{
	const char *eq = memchr(p, '=', len);

	return eq && eq > p && *p >= 'a' && *p <= 'z' ? eq + 1 : NULL;
}

/* The value of an option just said, or of a key begun; true if it is one. */
static bool offer_value(const struct admin_opts *o, const struct verb *v,
			const char *last, const char *begun)
{
	const char *eq = strchr(begun, '=');
	char before[WORD_MAX];

	for (const char *p = v->args; ; ) {
		size_t len = arg_next(&p);
		const char *value = len ? behind(p, len) : NULL;

		if (!len)
			return false;
		if (eq && value && (size_t)(value - p) ==
		    (size_t)(eq - begun) + 1 &&
		    !strncmp(p, begun, (size_t)(value - p))) {
			str_fmt(before, sizeof(before), "%.*s",
				(int)(value - p), p);
			offer_place(o, value, len - (size_t)(value - p),
				    before, begun);
			return true;
		}
		if (*p == '-' && strlen(last) == len &&
		    !strncmp(p, last, len) && p[len] == ' ' &&
		    p[len + 1] != '[' && p[len + 1] != '|') {
			p += len;
			len = arg_next(&p);
			offer_place(o, p, len, "", begun);
			return true;
		}
		p += len;
	}
}

/* The options and keys of a verb, and what its next place may hold. */
static void offer_args(const struct admin_opts *o, const struct verb *v,
		       int at, const char *begun)
{
	char word[WORD_MAX];
	bool value = false;
	int n = 0;

	for (const char *p = v->args; ; ) {
		bool must = *(p + strspn(p, " ")) != '[';
		size_t len = arg_next(&p);
		const char *key = len ? behind(p, len) : NULL;

		if (!len)
			return;
		if (*p == '-') {
			str_fmt(word, sizeof(word), "%.*s", (int)len, p);
			offer(word, begun);
			value = p[len] == ' ' && p[len + 1] != '[' &&
				p[len + 1] != '|' && p[len + 1] != '-';
		} else if (value) {
			value = false;
		} else if (key) {
			str_fmt(word, sizeof(word), "%.*s", (int)(key - p), p);
			offer(word, begun);
		} else if (must || str_eq(v->object, "simulate")) {
			if (n++ == at)
				offer_place(o, p, len, "", begun);
		}
		p += len;
	}
}

static bool offer_options(int argc, char **argv, const char *begun)
{
	static const struct { const char *name, *words; } options[] = {
		{ "--json", NULL }, { "--no-header", NULL }, { "--wide", NULL },
		{ "--columns", "" }, { "--quiet", NULL },
		{ "--dry-run", NULL }, { "--yes", NULL }, { "--timeout", "" },
		{ "--socket", "" }, { "--server", "" }, { "--user", "" },
		{ "--password-file", "" }, { "--lang", "en|zh" },
		{ "--color", "auto|always|never" }, { "--version", NULL },
		{ "--help", NULL },
	};
	const char *last = argc > 1 ? argv[argc - 2] : "";

	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		if (options[i].words && str_eq(last, options[i].name)) {
			offer_place(NULL, options[i].words,
				    strlen(options[i].words), "", begun);
			return true;
		}
	}
	for (size_t i = 0; *begun == '-' && i < ARRAY_LEN(options); i++)
		offer(options[i].name, begun);
	return false;
}

static void offer_verbs(int argc, char **argv, const char *begun)
{
	const struct verb *v, *was = NULL;

	for (size_t i = 0; (v = verb_at(i)); i++) {
		if (argc < 2 && (!was || !str_eq(was->object, v->object)))
			offer(v->object, begun);
		if (argc == 2 && str_eq(argv[0], v->object))
			offer(v->verb, begun);
		was = v;
	}
}

int admin_complete(const struct admin_opts *o, int argc, char **argv)
{
	const char *begun = argc ? argv[argc - 1] : "", *words[48];
	const struct verb *v, *alone = NULL;
	int n = 0;

	if (offer_options(argc, argv, begun))
		return 0;
	/* What is said before OBJECT VERB does not count. */
	for (int i = 0; i < argc && n < (int)ARRAY_LEN(words); i++)
		if (n || i + 1 == argc || *argv[i] != '-')
			words[n++] = argv[i];
	if (n < 3)
		offer_verbs(n, (char **)words, begun);
	for (size_t i = 0; n > 1 && (v = verb_at(i)); i++)
		if (v->flags & VERB_ALONE && str_eq(v->object, words[0]))
			alone = v;
	v = n > 2 ? verb_find(words[0], words[1]) : NULL;
	if (v)
		alone = NULL;
	v = v ? v : alone;
	if (v && !offer_value(o, v, words[n - 2], begun))
		offer_args(o, v, n - (alone ? 2 : 3), begun);
	return 0;
}
