/*
 * wall_live -- a supervisor's watch: terminal and server in one loop.
 */
#ifndef WALL_LIVE_H
#define WALL_LIVE_H

#include "base/base.h"

struct wall_options {
	const char *server, *ca, *user, *password_file;
	const char *lang, *color, *glyphs, *log;
	const char *phone, *sound, *mic, *speaker;
	const char *export_dir;		/* NULL: where it was begun          */
	int  cols, rows;		/* --size; 0 = the terminal's        */
	bool wall, read_only, bell, title;
	/* What to do instead of watching. */
	const char *show, *replay;
	bool list_shows, dump, requests, styles, keys, mdoc, help, version;
};

/* Watches until told to stop; returns the exit status (sysexits). */
int wall_live(const struct wall_options *o);

#endif
