/*
 * wall_options -- what a supervisor asks for: flags, environment, files.
 *
 * In      argv; WAIHU_*; /etc/waihu/tui.yaml, then the user's own
 *         supervisor.yaml (a flag wins over the environment, that over files)
 * Out     the options; mistakes in words on stderr
 * Owns    the texts the options point to
 * Never   guesses: an unknown flag, key or colour is a mistake
 */
#ifndef WALL_OPTIONS_H
#define WALL_OPTIONS_H

#include <stdio.h>

#include "base/base.h"
#include "tui/style.h"

struct conf;

struct wall_options {
	const char *server, *ca, *user, *password_file;
	const char *lang, *color, *glyphs, *log;
	const char *phone, *sound, *mic, *speaker;
	const char *export_dir;		/* NULL: where it was begun          */
	const char *theme;		/* of one's own; NULL: a palette     */
	int  cols, rows;		/* --size; 0 = the terminal's        */
	bool wall, read_only, bell, title, linear;
	/* What to do instead of watching. */
	const char *show, *replay;
	bool list_shows, dump, requests, styles, keys, mdoc, help, version;
	struct theme colors;		/* the theme, read                   */
	struct conf *conf;		/* its texts live here               */
};

/* 0, or the exit status (sysexits); wall_options_fini in any case. */
int wall_options_read(struct wall_options *o, int argc, char **argv);
void wall_options_fini(struct wall_options *o);
void wall_options_help(FILE *out);
#endif
