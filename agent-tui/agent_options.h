/*
 * agent_options -- what the program was told at its start.
 *
 * Precedence: flag, environment, the user's file, the system's file, default.
 */
#ifndef AGENT_OPTIONS_H
#define AGENT_OPTIONS_H

#include <stdio.h>

#include "base/base.h"
#include "tui/style.h"

enum { AGENT_TEXT = 256 };

struct agent_options {
	char server[AGENT_TEXT], ca[AGENT_TEXT], user[64];
	char password_file[AGENT_TEXT];
	char phone[128];	/* embedded, none, sip:...                   */
	char mic[64], speaker[64], sound[8];	/* alsa, file, none          */
	char lang[8], color[16], glyphs[16];
	char theme[AGENT_TEXT];	/* of one's own; "": a palette       */
	char log[AGENT_TEXT];
	int  cols, rows;	/* --size; 0 = the terminal's                */
	bool bell, title, linear;
	struct theme colors;	/* the theme, read                           */
	/* What to do instead of working. */
	const char *show, *replay;
	bool list_shows, dump, requests, styles, keys, mdoc, help, version;
};

/*
 * Files, environment and arguments.  ERR_ARG: a wrong argument or file, told
 * on stderr; the program leaves with EX_USAGE.
 */
MUST_CHECK enum err agent_options_read(struct agent_options *o, int argc,
				       char **argv);
void agent_options_help(FILE *out);
/* A file of data/: beside the build tree, else installed.  ERR_ABSENT. */
MUST_CHECK enum err agent_data_file(char *buf, size_t size, const char *name);

#endif
