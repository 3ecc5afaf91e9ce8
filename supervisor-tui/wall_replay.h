/*
 * wall_replay -- the supervisor's screen without a server or a terminal.
 *
 * In      a script: messages (msg/msg_text), keys, time
 * Out     screens as text; what the program asked the server for
 * Owns    a virtual clock, a model and its grid
 * Never   reads a real clock, opens a terminal or a socket
 *
 *	clock 2026-08-21T14:32:07	the virtual time, UTC
 *	key Enter    type some text    paste text
 *	tick 1000    size 80x24    lang zh    rtt 23
 *	lost why     back     wall     read-only
 *	cursor 1001			onto a row, by its id
 *	pacing-of 1			the pacing page of a campaign
 *	use NAME			another sample of data/samples
 *	dump NAME			shows the screen
 */
#ifndef WALL_REPLAY_H
#define WALL_REPLAY_H

#include <stdio.h>

#include "wall_model.h"

struct wall_replay;

struct wall_replay_opts {
	int  rows, cols;
	bool unicode, styles, requests, wall;
	const struct theme *theme;	/* NULL: plain text                  */
	FILE *out;
};

/* ERR_MEMORY, ERR_ARG (size). */
MUST_CHECK enum err wall_replay_new(const struct wall_replay_opts *o,
				    struct wall_replay **out);
struct wall_replay *wall_replay_free(struct wall_replay *r);
/* ERR_ABSENT: no such file; else why[] says line and reason. */
MUST_CHECK enum err wall_replay_file(struct wall_replay *r, const char *path,
				     char *why, size_t size);
/* The sample of that name, in the language of the screen if there is one. */
MUST_CHECK enum err wall_replay_sample(struct wall_replay *r,
				       const char *name, char *why,
				       size_t size);
void wall_replay_dump(struct wall_replay *r, const char *name);
/* Draws and gives the grid, the model. */
const struct grid *wall_replay_draw(struct wall_replay *r);
struct wall_model *wall_replay_model(struct wall_replay *r);
MUST_CHECK enum err wall_replay_size(struct wall_replay *r, int rows,
				     int cols);
/* Time goes on, the model is told. */
void wall_replay_tick(struct wall_replay *r, int64_t ms);

/* The named screens: the i-th and what it shows, NULL at the end. */
const char *wall_show_at(size_t i, const char **what);

#endif
