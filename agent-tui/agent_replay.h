/*
 * agent_replay -- the agent's screen without a server or a terminal.
 *
 * In      a script of lines: server messages, keys, time (waihu-agent(1))
 * Out     screens as text; what the program asked the server for
 * Owns    a virtual clock and the messages being put together
 * Never   reads a real clock, opens a terminal or a socket
 *
 *	clock 2026-11-18T14:32:07 tz=480	the virtual time
 *	seat state=talk since_ms=-137s ...	a message: fields by name; what
 *						was set before stays
 *	customer.numbers number=138...		one more row of a message
 *	new customer				empties a message
 *	local rtt=23 device="USB" mic=6		this side
 *	key F4        type some text        paste text
 *	tick 1000     lost 2000     back    size 80x24    lang zh
 *	use NAME				the lines of another section
 *	dump NAME				shows the screen
 *	== NAME					begins a section
 */
#ifndef AGENT_REPLAY_H
#define AGENT_REPLAY_H

#include <stdio.h>

#include "agent_model.h"

struct replay;

struct replay_opts {
	int rows, cols;
	const struct theme *theme;	/* NULL: plain text                  */
	bool styles;		/* a map of styles after each screen         */
	bool unicode;
	bool requests;		/* also what was asked of the server         */
	FILE *out;
};

/* ERR_MEMORY, ERR_ARG (size). */
MUST_CHECK enum err replay_new(const struct replay_opts *o,
			       struct replay **out);
struct replay *replay_free(struct replay *r);	/* returns NULL */
/* One line.  ERR_FORMAT with the reason in why[]. */
MUST_CHECK enum err replay_line(struct replay *r, const char *line, char *why,
				size_t size);
/*
 * A file's lines before its first "==" and, if section is not NULL, that
 * section's.  section NULL: all lines.  ERR_ABSENT: no such file or section;
 * ERR_FORMAT: why[] tells line and reason.
 */
MUST_CHECK enum err replay_file(struct replay *r, const char *path,
				const char *section, char *why, size_t size);
/* A line "NAME<tab>WHAT" a section of "== NAME<tab>WHAT"; ERR_ABSENT. */
MUST_CHECK enum err replay_sections(const char *path, FILE *out);
/* Draws now and writes the screen to opts.out. */
void replay_dump(struct replay *r, const char *name);
struct agent_model *replay_model(struct replay *r);
const struct grid *replay_draw(struct replay *r);
MUST_CHECK enum err replay_size(struct replay *r, int rows, int cols);

#endif
