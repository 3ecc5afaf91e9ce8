/*
 * tui/edit -- one text field: what is typed, pasted or composed.
 *
 * Holds whole UTF-8 characters only; what an input method sends arrives as
 * characters like any other.  The drawing puts the cursor of the grid into
 * the field, so that candidate windows and braille follow it (UX 0.6).
 */
#ifndef TUI_EDIT_H
#define TUI_EDIT_H

#include "tui/grid.h"
#include "tui/key.h"

enum { EDIT_SIZE = 1024 };

struct edit {
	char   text[EDIT_SIZE];
	size_t max;		/* bytes allowed, at most EDIT_SIZE - 1      */
	size_t at;		/* cursor, a byte between whole characters   */
	bool   secret;		/* shown as '*'                              */
};

void edit_init(struct edit *e, size_t max_bytes);
/* Made printable and cut to the field's size; cursor at the end. */
void edit_set(struct edit *e, const char *text);
/* True if the key was the field's (text changed or cursor moved). */
bool edit_key(struct edit *e, uint32_t key);

/* One line of `width` cells, scrolled so the cursor is seen. */
void edit_draw(struct grid *g, int y, int x, int width, const struct edit *e,
	       bool focused);
/* Several lines, wrapped, scrolled down so the cursor is seen. */
void edit_draw_box(struct grid *g, struct grid_box b, const struct edit *e,
		   bool focused);

#endif
