/* admin_local -- commands that need no server. */
#include "admin/admin.h"

#include "base/str.h"
#include "conf/conf.h"
#include "options.h"
#include "sim/sim.h"
#include "tui/text.h"

#include <fcntl.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* ---- what a reload would mean for what people changed ----------------------- */

enum { ASK_MS = 300, EXIT_ABSENT = 2 };

struct asked {
	const struct conf *c;
	const char *campaign;
};

static void told_change(const struct asked *a, const json_t *row)
{
	const char *key = json_string_value(json_object_get(row, "key"));
	const char *file = json_string_value(json_object_get(row, "file"));
	const char *now = json_string_value(json_object_get(row, "now"));
	const char *by = json_string_value(json_object_get(row, "by"));
	char text[32];

	for (int i = 0; key && file && now && by && i < OPT_PACED_COUNT; i++) {
		enum opt_paced k = (enum opt_paced)i;

		if (!str_eq(options_paced_word(k), key))
			continue;
		options_paced_text(k, options_paced(a->c, a->campaign, k),
				   text, sizeof(text));
		if (str_eq(text, file))
			printf(_("campaign %s: %s: %s by %s stays; the file "
			       "says %s as before\n"), a->campaign, key, now,
			       by, text);
		else
			printf(_("campaign %s: %s: a reload ends %s by %s: the "
			       "file says %s now\n"), a->campaign, key, now,
			       by, text);
	}
}

static void on_campaign(void *arg, const json_t *v)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(v, "changed"), i, row)
		told_change(arg, row);
}

/* Asks a server that is there, and is content without one. */
static void tell_changes(const struct admin_opts *o, const struct conf *c)
{
	struct asked a = { .c = c };
	struct admin_opts quick = *o;
	int err = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);
	int status = 0;

	quick.limit_ms = ASK_MS;
	quick.line = on_campaign;
	quick.line_arg = &a;
	fflush(stderr);
	if (null >= 0)
		dup2(null, STDERR_FILENO);
	for (size_t i = 0; !status &&
	     (a.campaign = conf_instance(c, "campaigns", i)); i++) {
		struct msg_admin_req req = { .argv_count = 3, .json = true };

		str_copy(req.argv[0].word, sizeof(req.argv[0].word),
			 "campaign");
		str_copy(req.argv[1].word, sizeof(req.argv[1].word), "show");
		str_copy(req.argv[2].word, sizeof(req.argv[2].word),
			 a.campaign);
		status = admin_talk(&quick, &req, NULL, NULL);
		if (status == EXIT_ABSENT)	/* not there before */
			status = 0;
	}
	if (err >= 0)
		dup2(err, STDERR_FILENO);
	close(err);
	close(null);
}

static void json_value(const char *section, const char *inst,
		       const struct conf_row *row, const char *const *items,
		       size_t n, const struct conf_origin *at, void *arg UNUSED)
{
	bool list = row->flags & CONF_LIST;
	json_t *all = json_array();
	char option[160];

	str_fmt(option, sizeof(option), "%s%s%s%s%s", section,
		*section ? "." : "", inst ? inst : "", inst ? "." : "",
		row->key);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, json_string(items[i]));
	json_t *line = json_pack("{s:s, s:O, s:s, s:i, s:i}", "option", option,
				 "value", list ? all : n
				 ? json_array_get(all, 0) : all, "file",
				 at->line ? at->file : "default", "line",
				 (int)at->line, "column", (int)at->column);

	if (line && !json_dumpf(line, stdout, JSON_COMPACT))
		puts("");
	json_decref(line);
	json_decref(all);
}

/* A mistake of the configuration as a line of JSON, else as people read. */
static void tell_mistake(const struct conf_origin *at, const char *text,
			 void *arg)
{
	const struct admin_opts *o = arg;
	json_t *line;

	conf_error_print(at, text, stderr);
	if (!o->json)
		return;
	line = json_pack("{s:s, s:i, s:i, s:s}", "file", at->file, "line",
			 (int)at->line, "column", (int)at->column, "mistake",
			 text);
	if (line && !json_dumpf(line, stdout, JSON_COMPACT))
		puts("");
	json_decref(line);
}

/* Loads and checks it; the exit status. */
static int load(const struct admin_opts *o, int argc, char **argv,
		struct conf **c)
{
	const char *paths[16] = { "/etc/waihu/waihu.yaml",
				  "/etc/waihu/conf.d" };
	size_t n = 2;
	enum err e;

	/* What is in force is all that `show` shows. */
	for (int i = 2, files = 0; i < argc; i++) {
		if (str_eq(argv[1], "show") && str_eq(argv[i], "--effective"))
			continue;
		if (!files++)
			n = 0;
		if (n < ARRAY_LEN(paths))
			paths[n++] = argv[i];
	}
	e = conf_load(paths, n, &server_options, c, tell_mistake, (void *)o);
	if (e)
		return e == ERR_ABSENT ? EX_NOINPUT : EX_CONFIG;
	if (!options_check(*c, tell_mistake, (void *)o))
		return 0;
	*c = conf_free(*c);
	return EX_CONFIG;
}

static int config(const struct admin_opts *o, int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	bool zh = !strncmp(o->lang, "zh", 2);
	struct conf *c = NULL;
	int status;

	if (str_eq(verb, "default")) {
		conf_print_default(&server_options, zh, stdout);
		return 0;
	}
	if (str_eq(verb, "mdoc")) {
		conf_print_mdoc(&server_options, zh, stdout);
		return 0;
	}
	if (!str_eq(verb, "check") && !str_eq(verb, "show"))
		return -1;
	status = load(o, argc, argv, &c);
	if (status)
		return status;
	if (str_eq(verb, "show") && o->json) {
		conf_each(c, json_value, NULL);
	} else if (str_eq(verb, "show")) {
		conf_print_effective(c, stdout);
	} else if (o->json) {
		puts("{\"good\":true}");
	} else if (!o->quiet) {
		puts(_("the configuration is good"));
		tell_changes(o, c);
	}
	conf_free(c);
	return 0;
}

int admin_local(const struct admin_opts *o, int argc, char **argv)
{
	if (str_eq(argv[0], "config"))
		return config(o, argc, argv);
	if (str_eq(argv[0], "simulate"))
		return admin_sim(o, argc, argv);
	if (argc == 2 && str_eq(argv[0], "pace") &&
	    str_eq(argv[1], "--stdio"))
		return pace_stdio(stdin, stdout);
	if (str_eq(argv[0], "call"))
		return admin_call(o, argc, argv);
	return -1;
}
