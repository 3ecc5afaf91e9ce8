/*
 * waihu-supervisor -- the wallboard of the call floor in a terminal.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/str.h"
#include "wall_live.h"
#include "wall_replay.h"

/* Options: one table makes the parser and --help. */
static const struct row {
	const char *name, *arg;		/* arg NULL: a flag                  */
	size_t at;
	const char *env, *help;
} rows[] = {
#define AT(m) offsetof(struct wall_options, m)
	{ "server", "URL", AT(server), "WAIHU_SERVER",
	  N_("the server: tcp://, tls+tcp:// or ipc://") },
	{ "ca", "FILE", AT(ca), NULL,
	  N_("trust what this certificate signed, instead of the first seen") },
	{ "user", "NAME", AT(user), "WAIHU_USER", N_("log-in name") },
	{ "password-file", "FILE", AT(password_file), NULL,
	  N_("read the password from the first line of this file") },
	{ "phone", "embedded|none", AT(phone), NULL,
	  N_("the phone you listen with: beside this program, or none") },
	{ "sound", "alsa|file|none", AT(sound), NULL,
	  N_("sound of the embedded phone") },
	{ "mic", "DEVICE", AT(mic), NULL,
	  N_("microphone: ALSA device, or a WAV file to play") },
	{ "speaker", "DEVICE", AT(speaker), NULL,
	  N_("headset: ALSA device, or a WAV file to write") },
	{ "export-dir", "FOLDER", AT(export_dir), NULL,
	  N_("where reports are written to; else where it was begun") },
	{ "wall", NULL, AT(wall), NULL,
	  N_("the overview without keys, for a screen on the wall") },
	{ "read-only", NULL, AT(read_only), NULL,
	  N_("look, but never act on others") },
	{ "lang", "en|zh", AT(lang), NULL, N_("language of the screen") },
	{ "color", "auto|mono|16|256|cb", AT(color), NULL,
	  N_("palette; cb: for colour-blind eyes") },
	{ "glyphs", "auto|ascii|unicode", AT(glyphs), "WAIHU_GLYPHS",
	  N_("line drawing and braille, if they are one cell wide") },
	{ "size", "COLSxROWS", 0, NULL,
	  N_("size of the screen that is shown or replayed") },
	{ "bell", NULL, AT(bell), NULL, N_("sound the bell on an alarm") },
	{ "title", NULL, AT(title), NULL, N_("set the window's title") },
	{ "log", "FILE", AT(log), NULL, N_("write a log to this file") },
	{ "show", "NAME", AT(show), NULL,
	  N_("print a sample screen and exit") },
	{ "list-shows", NULL, AT(list_shows), NULL,
	  N_("name the sample screens and exit") },
	{ "replay", "FILE", AT(replay), NULL,
	  N_("run a script of events and keys with a virtual clock, and exit") },
	{ "dump", NULL, AT(dump), NULL,
	  N_("print the last screen of a replay") },
	{ "requests", NULL, AT(requests), NULL,
	  N_("print what a replay asks of the server") },
	{ "styles", NULL, AT(styles), NULL,
	  N_("print a map of styles under each screen") },
	{ "keys", NULL, AT(keys), NULL, N_("print the key table and exit") },
	{ "mdoc", NULL, AT(mdoc), NULL,
	  N_("print the key table as the manual has it") },
	{ "help", NULL, AT(help), NULL, N_("print this and exit") },
	{ "version", NULL, AT(version), NULL,
	  N_("print the version and exit") },
};

static bool set(struct wall_options *o, const struct row *r, const char *v)
{
	char *at = (char *)o + r->at;

	if (str_eq(r->name, "size"))
		return sscanf(v, "%dx%d", &o->cols, &o->rows) == 2 &&
		       o->cols > 0 && o->rows > 0 && o->cols <= 1000 &&
		       o->rows <= 1000;
	if (r->arg)
		*(const char **)(void *)at = v;
	else
		*(bool *)at = true;
	return true;
}

static bool read_options(struct wall_options *o, int argc, char **argv)
{
	struct option longs[ARRAY_LEN(rows) + 1] = { 0 };
	int i, c;

	for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
		const char *v = rows[k].env ? getenv(rows[k].env) : NULL;

		longs[k].name = rows[k].name;
		longs[k].has_arg = rows[k].arg ? required_argument
					       : no_argument;
		if (v && *v)
			set(o, &rows[k], v);
	}
	while ((c = getopt_long(argc, argv, "h", longs, &i)) != -1) {
		if (c == 'h')
			o->help = true;
		else if (c == '?')
			return false;
		else if (!set(o, &rows[i], optarg)) {
			fprintf(stderr, "waihu-supervisor: --%s: %s\n",
				rows[i].name,
				_("this value is not possible"));
			return false;
		}
	}
	if (optind < argc)
		fprintf(stderr, "waihu-supervisor: %s: %s\n", argv[optind],
			_("not an option; try --help"));
	return optind == argc;
}

static void print_help(void)
{
	printf("%s\n\n", _("waihu-supervisor [options]: the wallboard of the "
			   "call floor"));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char left[64];

		str_fmt(left, sizeof(left), "--%s%s%s", rows[i].name,
			rows[i].arg ? " " : "",
			rows[i].arg ? rows[i].arg : "");
		printf("  %-29s %s\n", left, _(rows[i].help));
	}
}

static int run_replay(const struct wall_options *o)
{
	struct wall_replay_opts ro = {
		.rows = o->rows ? o->rows : o->wall ? 43 : 30,
		.cols = o->cols ? o->cols : o->wall ? 132 : 100,
		.unicode = str_eq(o->glyphs, "unicode"), .styles = o->styles,
		.requests = o->requests, .wall = o->wall, .out = stdout,
		.theme = theme_find(o->color),
	};
	struct wall_replay *r;
	char why[600] = "";
	enum err e = wall_replay_new(&ro, &r);

	if (e) {
		fprintf(stderr, "waihu-supervisor: %s\n", err_text(e));
		return EX_OSERR;
	}
	e = o->show ? wall_replay_sample(r, o->show, why, sizeof(why))
		    : wall_replay_file(r, o->replay, why, sizeof(why));
	if (!e && (o->show || o->dump))
		wall_replay_dump(r, "");
	if (e)
		fprintf(stderr, "waihu-supervisor: %s\n", why);
	wall_replay_free(r);
	return !e ? EX_OK : e == ERR_ABSENT ? EX_NOINPUT : EX_DATAERR;
}

static void list_shows(void)
{
	const char *name, *what;

	for (size_t i = 0; (name = wall_show_at(i, &what)); i++)
		printf("%s\t%s\n", name, what);
}

int main(int argc, char **argv)
{
	struct wall_options o = { .glyphs = "auto", .sound = "alsa",
				  .phone = "embedded" };

	text_init(NULL);
	if (!read_options(&o, argc, argv))
		return EX_USAGE;
	text_init(o.lang);
	if (o.help) {
		print_help();
	} else if (o.version) {
		printf("waihu-supervisor %s\n", WAIHU_VERSION);
	} else if (o.keys) {
		keymap_print(&wall_keymap, stdout);
		wall_commands_print(stdout, false);
	} else if (o.mdoc) {
		keymap_print_mdoc(&wall_keymap, stdout);
		wall_commands_print(stdout, true);
	} else if (o.list_shows) {
		list_shows();
	} else if (o.show || o.replay) {
		return run_replay(&o);
	} else {
		return wall_live(&o);
	}
	return EX_OK;
}
