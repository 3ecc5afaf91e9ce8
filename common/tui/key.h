/*
 * tui/key -- keys as our programs know them, and the tables that use them.
 *
 * A key is a Unicode code point, or one of TK_* above all of Unicode.  The
 * keypad's digits are plain digits (UX 0.1).  One keymap table makes the
 * footer, the help overlay, the manual's section and the tests.
 */
#ifndef TUI_KEY_H
#define TUI_KEY_H

#include <stdio.h>

#include "base/base.h"
#include "tui/grid.h"

/*      key           name as shown                                           */
#define KEY_LIST(X)                                                           \
	X(TK_ENTER, "Enter") X(TK_ESC, "Esc") X(TK_TAB, "Tab")                \
	X(TK_BACKTAB, "Shift-Tab") X(TK_BACKSPACE, "Backspace")               \
	X(TK_DELETE, "Delete") X(TK_INSERT, "Insert")                         \
	X(TK_UP, "Up") X(TK_DOWN, "Down") X(TK_LEFT, "Left")                  \
	X(TK_RIGHT, "Right") X(TK_PGUP, "PgUp") X(TK_PGDN, "PgDn")            \
	X(TK_HOME, "Home") X(TK_END, "End")                                   \
	X(TK_F1, "F1") X(TK_F2, "F2") X(TK_F3, "F3") X(TK_F4, "F4")           \
	X(TK_F5, "F5") X(TK_F6, "F6") X(TK_F7, "F7") X(TK_F8, "F8")           \
	X(TK_F9, "F9") X(TK_F10, "F10") X(TK_F11, "F11") X(TK_F12, "F12")     \
	X(TK_CTRL_C, "Ctrl-C") X(TK_CTRL_Z, "Ctrl-Z") X(TK_CTRL_L, "Ctrl-L")  \
	X(TK_CTRL_U, "Ctrl-U") X(TK_CTRL_W, "Ctrl-W")                         \
	X(TK_DIGIT, "1-9")	/* in tables: any of 1..9 */                  \
	X(TK_UPDOWN, "Up/Down")	/* in footers only */                         \
	X(TK_ARROWS, "arrows")	/* in footers only */                         \
	X(TK_RESIZE, "(resize)")

enum {
	TK_NONE = 0,
	TK_FIRST = 0x200000,
#define X(name, word) name,
	KEY_LIST(X)
#undef X
	TK_LAST,
	TK_PASTED = 0x40000000	/* or-ed on a character that was pasted      */
};

/* "F4", "a", "Space"; never NULL.  The buffer is the caller's. */
const char *key_word(uint32_t key, char buf[16]);
/* ERR_ABSENT for an unknown word; a single character is itself. */
MUST_CHECK enum err key_from_name(const char *name, uint32_t *key);
/* A character that may go into a text field (pasted or typed). */
bool key_is_text(uint32_t key);

struct keymap_row {
	uint32_t    key, twin;	/* twin 0 = none                             */
	int         act;	/* the program's own action                  */
	uint32_t    states;	/* mask of the program's states              */
	const char *label;	/* footer item, key and word: N_("F4 Hold")  */
	const char *brief;	/* the same for 80 columns, NULL = label     */
	const char *help;	/* one sentence for help and manual          */
};

/* First row with the key (or twin) and the state's bit; NULL if none. */
const struct keymap_row *keymap_find(const struct keymap_row *rows, size_t n,
				     uint32_t key, uint32_t state);

/*
 * Which keys a state's footer names, in order; "/" begins the second row,
 * "//" is the key '/'.
 */
struct footer_plan {
	uint32_t    state;	/* mask                                      */
	int         lang;	/* enum text_lang, -1 = any                  */
	const char *full;	/* key names: "F4 F5 / n d"                  */
	const char *compact;	/* 80 columns; NULL = like full              */
};

/* The plan for a state and the current language; NULL if none. */
const struct footer_plan *footer_plan_find(const struct footer_plan *plans,
					   size_t n, uint32_t state);

/*
 * Draws footer items on rows y and y+1 from column 1.  items[] are shown
 * texts; NULL begins the second row, "" is left out.  An item that does not
 * fit moves to the second row, one that does not fit there is left out.
 * Returns the rows used.
 */
int footer_draw(struct grid *g, int y, const char *const *items, size_t n,
		int gap);
/* Would they fit on one row of `cols`, three blanks apart? */
bool footer_fits(const char *const *items, size_t n, int cols);

/*
 * Everything above for one state: finds the plan, the rows and their labels;
 * at less than 100 columns the full footer is kept if it fits on one row,
 * else the compact one with two blanks between items (UX 2.5).  `expand`
 * may fill in a label's figures (may be NULL): writes the shown text of row
 * into buf, "" leaves the item out.
 */
struct keymap {
	const struct keymap_row  *rows;
	size_t                    nrows;
	const struct footer_plan *plans;
	size_t                    nplans;
};
typedef void footer_expand_h(const struct keymap_row *row, const char *label,
			     char *buf, size_t size, const void *arg);
void keymap_footer(const struct keymap *map, struct grid *g, int y,
		   uint32_t state, footer_expand_h *expand, const void *arg);

/* --keys: the table as text, one row a line, tab between columns. */
void keymap_print(const struct keymap *map, FILE *out);
/* The same as mdoc list items for the manual. */
void keymap_print_mdoc(const struct keymap *map, FILE *out);
/*
 * The help overlay's lines for a state (0 = all), from line `skip` on, into
 * the box; returns the lines there are in all.
 */
size_t keymap_help(const struct keymap *map, struct grid *g,
		   struct grid_box b, uint32_t state, size_t skip);

#endif
