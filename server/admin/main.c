/* waihu -- the administrator's command: OBJECT VERB [ARG...]. */
#include "admin/admin.h"

#include "base/log.h"
#include "base/str.h"
#include "link/link.h"
#include "tui/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

struct line {
	struct admin_opts o;
	char url[256];
	char *words[64];
	int count;
	int status;			/* >= 0: end with it                 */
};

/* An option with a value: both forms, "--x V" and "--x=V". */
static const char *valued(int argc, char **argv, int *i, const char *name,
			  const char *letter)
{
	size_t len = strlen(name);

	if (!strncmp(argv[*i], name, len) && argv[*i][len] == '=')
		return argv[*i] + len + 1;
	if ((str_eq(argv[*i], name) || (letter && str_eq(argv[*i], letter))) &&
	    *i + 1 < argc)
		return argv[++*i];
	return NULL;
}

static bool flag(struct line *l, const char *w)
{
	const struct { const char *name, *letter; bool *is; } flags[] = {
		{ "--json", NULL, &l->o.json },
		{ "--no-header", NULL, &l->o.no_header },
		{ "--quiet", "-q", &l->o.quiet },
		{ "--dry-run", "-n", &l->o.dry_run },
		{ "--yes", "-y", &l->o.yes },
		{ "--wide", NULL, &l->o.wide },
	};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		if (str_eq(w, flags[i].name) ||
		    (flags[i].letter && str_eq(w, flags[i].letter))) {
			*flags[i].is = true;
			return true;
		}
	}
	return false;
}

/* An option that takes a value, as the last word. */
static bool bare(struct line *l, const char *w)
{
	static const char *const names[] = {
		"--columns", "--lang", "--server", "--user", "--color", "-s",
		"--password-file", "--socket", "--timeout" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_eq(w, names[i])) {
			fprintf(stderr, _("waihu: %s needs a value\n"), w);
			l->status = EX_USAGE;
			return true;
		}
	}
	return false;
}

static bool option(struct line *l, int argc, char **argv, int *i)
{
	const char *v;
	int64_t n;

	if ((v = valued(argc, argv, i, "--columns", NULL)))
		l->o.columns = v;
	else if ((v = valued(argc, argv, i, "--lang", NULL))) {
		l->o.lang = v;
		if (!str_eq(v, "en") && strncmp(v, "zh", 2)) {
			fprintf(stderr, _("waihu: --lang: en or zh\n"));
			l->status = EX_USAGE;
		}
	} else if ((v = valued(argc, argv, i, "--server", NULL)))
		l->o.url = v;
	else if ((v = valued(argc, argv, i, "--user", NULL)))
		l->o.user = v;
	else if ((v = valued(argc, argv, i, "--password-file", NULL)))
		l->o.pass_file = v;
	else if ((v = valued(argc, argv, i, "--color", NULL))) {
		l->o.color = str_eq(v, "always");
		if (!text_is_one_of("auto|always|never", v)) {
			fprintf(stderr, _("waihu: --color: auto, always or "
				"never\n"));
			l->status = EX_USAGE;
		}
	} else if ((v = valued(argc, argv, i, "--socket", "-s")))
		str_fmt(l->url, sizeof(l->url), "ipc://%s", v);
	else if ((v = valued(argc, argv, i, "--timeout", NULL))) {
		if (str_to_i64(v, 1, 86400, &n)) {
			fprintf(stderr, _("waihu: --timeout: seconds, 1 to "
				"86400\n"));
			l->status = EX_USAGE;
		} else {
			l->o.timeout_s = (int)n;
		}
	} else {
		return bare(l, argv[*i]);
	}
	return true;
}

static void read_line(int argc, char **argv, struct line *l)
{
	l->status = -1;
	link_local_url(l->url, sizeof(l->url));
	for (int i = 1; i < argc && l->status < 0; i++) {
		/* Their words are no options of this run. */
		if (l->count && (str_eq(l->words[0], "_complete") ||
				 str_eq(l->words[0], "simulate")) &&
		    l->count < (int)ARRAY_LEN(l->words)) {
			l->words[l->count++] = argv[i];
			continue;
		}
		if (str_eq(argv[i], "--version")) {
			puts("waihu " WAIHU_VERSION);
			l->status = 0;
		} else if (str_eq(argv[i], "--help") ||
			   str_eq(argv[i], "-h")) {
			admin_usage(stdout, l->count ? l->words[0] : NULL,
				    l->count > 1 ? l->words[1] : NULL);
			l->status = 0;
		} else if (!flag(l, argv[i]) && !option(l, argc, argv, &i)) {
			if (l->count == (int)ARRAY_LEN(l->words))
				l->status = EX_USAGE;
			else
				l->words[l->count++] = argv[i];
		}
	}
	if (!l->o.url)
		l->o.url = l->url;
	l->o.lang = text_lang() == LANG_ZH ? "zh" : "en";
	if (l->status < 0 && !l->count) {
		admin_usage(stderr, NULL, NULL);
		l->status = EX_USAGE;
	}
}

/* The language is known before anything is said, wherever it stands. */
static const char *lang_of(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "--lang=", 7))
			return argv[i] + 7;
		if (str_eq(argv[i], "--lang"))
			return argv[i + 1];
	}
	return NULL;
}

/* What goes to a terminal must fit it; without one all is told. */
static void measure(struct admin_opts *o)
{
	struct winsize w;

	o->narrow = isatty(STDOUT_FILENO);
	o->cells = 100;
	if (o->narrow && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) && w.ws_col)
		o->cells = w.ws_col;
}

/* `status` and `why N` have no verb of their own. */
static bool to_request(const struct line *l, struct msg_admin_req *m)
{
	static const char *const alone[] = { "status", "why" };
	int at = 0;

	for (int i = 0; i < l->count; i++) {
		if (m->argv_count == ARRAY_LEN(m->argv) ||
		    !str_copy(m->argv[m->argv_count++].word,
			      sizeof(m->argv[0].word), l->words[i]))
			return false;
		for (size_t k = 0; !i && k < ARRAY_LEN(alone); k++)
			if (str_eq(alone[k], l->words[0]) &&
			    !(l->count > 1 && str_eq(l->words[1], "show")))
				at = 1;
		if (at == 1) {
			at = 2;
			str_copy(m->argv[m->argv_count++].word,
				 sizeof(m->argv[0].word), "show");
		}
	}
	m->json = l->o.json;
	m->dry_run = l->o.dry_run;
	m->yes = l->o.yes;
	str_copy(m->lang, sizeof(m->lang), l->o.lang);
	return true;
}

/* LIST FILE, options of the verb before, between or behind; NULL: no FILE. */
static const char *second_word(const struct line *l)
{
	int n = 0;

	for (int i = 2; i < l->count; i++) {
		const char *w = l->words[i];

		if (!strncmp(w, "--", 2))
			i += !str_eq(w, "--check") && !strchr(w, '=');
		else if (n++)
			return w;
	}
	return NULL;
}

/* Which file goes with the command: an import's, or standard input. */
static FILE *data_of(const struct line *l, char *reject, size_t size,
		     int *status)
{
	const char *name;
	FILE *f = NULL;
	struct stat st;

	*status = -1;
	*reject = '\0';
	for (int i = 0; i < l->count; i++)
		if (str_eq(l->words[i], "--password-stdin") ||
		    str_eq(l->words[i], "--phone-password-stdin"))
			return stdin;
	if (l->count < 4 || !str_eq(l->words[0], "list") ||
	    !str_eq(l->words[1], "import"))
		return NULL;
	name = second_word(l);
	if (!name)
		return NULL;
	if (str_eq(name, "-"))
		return stdin;
	f = fopen(name, "re");
	if (f && !fstat(fileno(f), &st) && S_ISDIR(st.st_mode)) {
		fclose(f);
		f = NULL;
		errno = EISDIR;
	}
	if (!f) {
		fprintf(stderr, "waihu: %s: %s\n", name, strerror(errno));
		*status = EX_NOINPUT;
		return NULL;
	}
	str_fmt(reject, size, "%s.rejects.csv", name);
	return f;
}

/* `export ... --format json` is a file of JSON, as --json makes it: no table. */
static bool asks_json(const struct line *l)
{
	bool is = false;

	for (int i = 2; i < l->count && str_eq(l->words[1], "export"); i++)
		is = is || str_eq(l->words[i], "--format=json") ||
		     (str_eq(l->words[i - 1], "--format") &&
		      str_eq(l->words[i], "json"));
	return is;
}

int main(int argc, char **argv)
{
	static struct msg_admin_req req;
	struct line l = { 0 };
	char reject[4096];
	FILE *data;
	int status;

	text_init(lang_of(argc, argv));
	log_set_level(LOG_WARN);
	measure(&l.o);
	read_line(argc, argv, &l);
	if (l.status >= 0)
		return l.status;
	if (str_eq(l.words[0], "_complete"))
		return admin_complete(&l.o, l.count - 1, l.words + 1);
	if (l.o.pass_file && access(l.o.pass_file, R_OK)) {
		fprintf(stderr, "waihu: %s: %s\n", l.o.pass_file,
			strerror(errno));
		return EX_NOINPUT;
	}
	l.o.json = l.o.json || asks_json(&l);
	status = admin_local(&l.o, l.count, l.words);
	if (status < 0)
		status = admin_verb_check(l.count, l.words);
	if (status >= 0)
		return status;
	if (!to_request(&l, &req)) {
		fprintf(stderr, _("waihu: too many or too long words\n"));
		return EX_USAGE;
	}
	data = data_of(&l, reject, sizeof(reject), &status);
	if (status >= 0)
		return status;
	req.data = data != NULL;
	status = admin_talk(&l.o, &req, data, *reject ? reject : NULL);
	if (data && data != stdin)
		fclose(data);
	return status;
}
