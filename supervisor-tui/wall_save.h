/*
 * wall_save -- a file of lines, written as they come.
 *
 * In      a name without a folder, lines
 * Out     a new file (0600) in the folder it was told
 * Owns    the open file
 * Never   writes over a file that is there
 */
#ifndef WALL_SAVE_H
#define WALL_SAVE_H

#include <stdio.h>

#include "wall_model.h"

struct wall_file {
	const char *dir;		/* NULL: where the program was begun */
	FILE *f;
};

/* NULL, or why not, in words. */
const char *wall_save_line(struct wall_file *s, const char *name,
			   enum wall_save what, const char *line);

#endif
