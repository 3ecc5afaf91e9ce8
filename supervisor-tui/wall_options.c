#include "wall_options.h"

#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/str.h"
#include "conf/conf.h"
#include "tui/text.h"

/* One table makes the parser, the files' keys and --help. */
static const struct row {
	const char *name, *arg;		/* arg NULL: a flag                  */
	size_t at;
	const char *env;
	bool file;			/* also a key in the YAML files      */
	const char *help;
} rows[] = {
#define AT(m) offsetof(struct wall_options, m)
	{ "server", "URL", AT(server), "WAIHU_SERVER", true,
	  N_("the server: tcp://, tls+tcp:// or ipc://") },
	{ "ca", "FILE", AT(ca), NULL, true,
	  N_("trust what this certificate signed, instead of the first seen") },
	{ "user", "NAME", AT(user), "WAIHU_USER", true, N_("log-in name") },
	{ "password-file", "FILE", AT(password_file), NULL, false,
	  N_("read the password from the first line of this file") },
	{ "phone", "embedded|none|sip:URI", AT(phone), NULL, true,
	  N_("to listen with: beside this program, none, or this desk phone, if "
	     "the floor allows") },
	{ "sound", "alsa|file|none", AT(sound), NULL, true,
	  N_("sound of the embedded phone") },
	{ "mic", "DEVICE", AT(mic), NULL, true,
	  N_("microphone: ALSA device, or a WAV file to play") },
	{ "speaker", "DEVICE", AT(speaker), NULL, true,
	  N_("headset: ALSA device, or a WAV file to write") },
	{ "export-dir", "FOLDER", AT(export_dir), NULL, true,
	  N_("where reports are written to; else where it was begun") },
	{ "wall", NULL, AT(wall), NULL, false,
	  N_("the overview without keys, for a screen on the wall") },
	{ "read-only", NULL, AT(read_only), NULL, true,
	  N_("look, but never act on others") },
	{ "lang", "en|zh", AT(lang), "WAIHU_LANG", true,
	  N_("language of the screen") },
	{ "color", "auto|mono|16|256|cb", AT(color), NULL, true,
	  N_("palette; cb: for colour-blind eyes") },
	{ "theme", "NAME|FILE", AT(theme), NULL, true,
	  N_("colours of your own: a YAML file, a line a role") },
	{ "glyphs", "auto|ascii|unicode", AT(glyphs), "WAIHU_GLYPHS", true,
	  N_("line drawing and braille, if they are one cell wide") },
	{ "size", "COLSxROWS", 0, NULL, false,
	  N_("size of the screen that is shown or replayed") },
	{ "bell", NULL, AT(bell), NULL, true,
	  N_("sound the bell on an alarm") },
	{ "title", NULL, AT(title), NULL, true, N_("set the window's title") },
	{ "linear", NULL, AT(linear), NULL, true,
	  N_("events as lines, for screen readers; the same keys") },
	{ "log", "FILE", AT(log), NULL, true,
	  N_("write a log to this file") },
	{ "show", "NAME", AT(show), NULL, false,
	  N_("print a sample screen and exit") },
	{ "list-shows", NULL, AT(list_shows), NULL, false,
	  N_("name the sample screens and exit") },
	{ "replay", "FILE", AT(replay), NULL, false,
	  N_("run a script of events and keys with a virtual clock, and exit") },
	{ "dump", NULL, AT(dump), NULL, false,
	  N_("print the last screen of a replay") },
	{ "requests", NULL, AT(requests), NULL, false,
	  N_("print what a replay asks of the server") },
	{ "styles", NULL, AT(styles), NULL, false,
	  N_("print a map of styles under each screen") },
	{ "keys", NULL, AT(keys), NULL, false,
	  N_("print the key table and exit") },
	{ "mdoc", NULL, AT(mdoc), NULL, false,
	  N_("print the key table as the manual has it") },
	{ "help", NULL, AT(help), NULL, false, N_("print this and exit") },
	{ "version", NULL, AT(version), NULL, false,
	  N_("print the version and exit") },
};

static bool set(struct wall_options *o, const struct row *r, const char *v)
{
	char *at = (char *)o + r->at;

	if (str_eq(r->name, "size"))
		return sscanf(v, "%dx%d", &o->cols, &o->rows) == 2 &&
		       o->cols > 0 && o->rows > 0 && o->cols <= 1000 &&
		       o->rows <= 1000;
	if (r->arg && !(str_eq(r->name, "phone") ? text_is_phone(v)
						  : text_is_one_of(r->arg, v)))
		return false;
	if (r->arg)
		*(const char **)(void *)at = v;
	else
		*(bool *)at = true;
	return true;
}

static bool wrong(const char *where, const char *name, const char *v)
{
	fprintf(stderr, "waihu-supervisor: %s%s: %s: %s\n", where, name, v,
		_("this value is not possible"));
	return false;
}

/* ---- files --------------------------------------------------------------- */

static const struct conf_section sections[] = {
	{ "", NULL, NULL, "the supervisor's screen", "班长界面" },
};

struct table {
	struct conf_row rows[ARRAY_LEN(rows)];
	struct conf_table t;
};

static void make_table(struct table *x)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].file)
			x->rows[n++] = (struct conf_row){ .section = "",
				.key = rows[i].name, .type = rows[i].arg
					? CONF_TEXT : CONF_BOOL,
				.max = rows[i].arg ? 255 : 0,
				.help_en = rows[i].help,
				.help_zh = rows[i].help };
	x->t = (struct conf_table){ sections, ARRAY_LEN(sections), x->rows,
				    n };
}

static size_t find_files(char *own, size_t size, const char *paths[2])
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	size_t n = 0;

	if (!access("/etc/waihu/tui.yaml", R_OK))
		paths[n++] = "/etc/waihu/tui.yaml";
	if (xdg && *xdg)
		str_fmt(own, size, "%s/waihu/supervisor.yaml", xdg);
	else
		str_fmt(own, size, "%s/.config/waihu/supervisor.yaml",
			home ? home : "");
	if (!access(own, R_OK))
		paths[n++] = own;
	return n;
}

static bool read_files(struct wall_options *o)
{
	char own[PATH_MAX] = "";
	const char *paths[2];
	size_t n = find_files(own, sizeof(own), paths);
	static struct table x;		/* as long as the conf */

	make_table(&x);
	if (n && conf_load(paths, n, &x.t, &o->conf, conf_error_print, stderr))
		return false;
	for (size_t i = 0; n && i < ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];

		if (!r->file || !conf_is_set(o->conf, "", NULL, r->name))
			continue;
		if (r->arg) {
			const char *v = conf_text(o->conf, "", NULL, r->name);

			if (!set(o, r, v))
				return wrong("", r->name, v);
		} else {
			*(bool *)(void *)((char *)o + r->at) =
				conf_bool(o->conf, "", NULL, r->name);
		}
	}
	return true;
}

/* ---- the command line ------------------------------------------------------ */

static bool read_args(struct wall_options *o, int argc, char **argv)
{
	struct option longs[ARRAY_LEN(rows) + 1] = { 0 };
	int i, c;

	for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
		longs[k].name = rows[k].name;
		longs[k].has_arg = rows[k].arg ? required_argument
					       : no_argument;
	}
	while ((c = getopt_long(argc, argv, "h", longs, &i)) != -1) {
		if (c == 'h')
			o->help = true;
		else if (c == '?') {
			fprintf(stderr, "waihu-supervisor: %s\n",
				_("an option is not known or lacks its value; "
				  "try --help"));
			return false;
		} else if (!set(o, &rows[i], optarg)) {
			return wrong("--", rows[i].name, optarg);
		}
	}
	if (optind < argc)
		fprintf(stderr, "waihu-supervisor: %s: %s\n", argv[optind],
			_("not an option; try --help"));
	return optind == argc;
}

int wall_options_read(struct wall_options *o, int argc, char **argv)
{
	*o = (struct wall_options){ .glyphs = "auto", .sound = "alsa",
				    .phone = "embedded" };
	if (!read_files(o))
		return EX_CONFIG;
	if (theme_in_env())
		o->color = o->theme = NULL;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *v = rows[i].env ? getenv(rows[i].env) : NULL;

		if (v && *v && !set(o, &rows[i], v)) {
			(void)wrong("", rows[i].env, v);
			return EX_USAGE;
		}
	}
	if (!read_args(o, argc, argv))
		return EX_USAGE;
	return o->theme && !theme_read("waihu-supervisor", o->theme, &o->colors)
		? EX_CONFIG : 0;
}

void wall_options_fini(struct wall_options *o)
{
	o->conf = conf_free(o->conf);
}

void wall_options_help(FILE *out)
{
	fprintf(out, "%s\n\n", _("waihu-supervisor [options]: the wallboard of "
				 "the call floor"));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char left[64];

		str_fmt(left, sizeof(left), "--%s%s%s", rows[i].name,
			rows[i].arg ? " " : "",
			rows[i].arg ? rows[i].arg : "");
		fprintf(out, "  %-29s %s\n", left, _(rows[i].help));
	}
}
