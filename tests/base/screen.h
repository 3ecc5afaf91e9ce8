/*
 * screen -- what holds for every screen of both terminal programs (UX 6).
 */
#ifndef TESTS_BASE_SCREEN_H
#define TESTS_BASE_SCREEN_H

#include "tui/tui.h"

/* Trailing blanks of rows do not count. */
void screen_trim(char *s);
/* The whole file, to be freed. */
char *screen_slurp(const char *path);
/* The file holds this very text; with UPDATE=1 in the environment it is
 * written anew. */
void screen_agreed(const char *path, const char *got);
/* No row wider than the screen, no half or ambiguous character, no style
 * unknown, the cursor inside. */
void screen_check_cells(const struct grid *g, const char *name);
/* The same text in every palette; mono without a colour. */
void screen_check_palettes(const struct grid *g, const char *name);

#endif
