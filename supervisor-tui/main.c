/*
 * waihu-supervisor -- the wallboard of the call floor in a terminal.
 */
#include <stdio.h>
#include <sysexits.h>

#include "base/str.h"
#include "wall_live.h"
#include "wall_options.h"
#include "wall_replay.h"

static int run_replay(const struct wall_options *o)
{
	struct wall_replay_opts ro = {
		.rows = o->rows ? o->rows : o->wall ? 43 : 30,
		.cols = o->cols ? o->cols : o->wall ? 132 : 100,
		.unicode = str_eq(o->glyphs, "unicode"), .styles = o->styles,
		.requests = o->requests, .wall = o->wall, .out = stdout,
		.theme = o->theme && !theme_find(o->color) ? &o->colors
							: theme_find(o->color),
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

static int run(const struct wall_options *o)
{
	text_init(o->lang);
	if (o->help) {
		wall_options_help(stdout);
	} else if (o->version) {
		printf("waihu-supervisor %s\n", WAIHU_VERSION);
	} else if (o->keys) {
		keymap_print(&wall_keymap, stdout);
		wall_commands_print(stdout, false);
	} else if (o->mdoc) {
		keymap_print_mdoc(&wall_keymap, stdout);
		wall_commands_print(stdout, true);
	} else if (o->list_shows) {
		list_shows();
	} else if (o->show || o->replay) {
		return run_replay(o);
	} else {
		return wall_live(o);
	}
	return EX_OK;
}

int main(int argc, char **argv)
{
	struct wall_options o;
	int status;

	text_init(NULL);
	status = wall_options_read(&o, argc, argv);
	o.linear = o.linear || term_is_dumb();
	if (!status)
		status = run(&o);
	wall_options_fini(&o);
	return status;
}
