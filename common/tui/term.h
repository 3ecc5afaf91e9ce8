/*
 * tui/term -- the terminal; the only file that knows ncurses.
 *
 * In      a grid to show, a palette, a choice of glyphs
 * Out     keys as in tui/key, the terminal's size
 * Owns    the terminal's modes, until term_close
 * Never   blocks on a key; waits more than 500 ms for a glyph probe
 */
#ifndef TUI_TERM_H
#define TUI_TERM_H

#include "tui/grid.h"
#include "tui/key.h"

struct term;

struct term_opts {
	const char *color;	/* --color: mono 16 256 cb auto; NULL = auto */
	const char *glyphs;	/* --glyphs: ascii unicode auto; NULL = auto */
	bool        bell;	/* term_bell makes a sound                   */
	bool        title;	/* term_title sets the window's title        */
	int         esc_ms;	/* what follows an Esc this late is not of
				   its key; 0 = 100, < 0 = at once [ms]      */
};

/*
 * Takes the terminal on stdin and stdout.  An unknown TERM is replaced by
 * xterm-256color, xterm or vt100, told by term_note.  ERR_IO if there is no
 * terminal, ERR_STATE if one is open already.
 */
MUST_CHECK enum err term_open(const struct term_opts *o, struct term **out);
/* A terminal that says it cannot place a cursor (TERM=dumb): only lines. */
bool term_is_dumb(void);
/*
 * Gives the terminal to the shell and stops this process (SIGTSTP), until it
 * is told to go on; draw anew then.  Where no shell waits it returns at once.
 */
void term_suspend(struct term *t);
/* Gives the terminal back as it was; returns NULL. */
struct term *term_close(struct term *t);

/* A sentence for the notice line, "" if all is well. */
const char *term_note(const struct term *t);
bool term_unicode(const struct term *t);
const struct theme *term_theme(const struct term *t);
int  term_colors(const struct term *t);
void term_set_theme(struct term *t, const struct theme *theme);

/* Rows and columns now. */
void term_size(const struct term *t, int *rows, int *cols);

/* Next key or TK_NONE; poll fd 0 first.  TK_RESIZE tells a new size. */
uint32_t term_key(struct term *t);
/* Drops what was typed ahead (a key must not act on the next screen). */
void term_flush(struct term *t);

/*
 * Shows the grid with one write; the cursor goes to the focus last.  False
 * when the terminal could not take it yet: draw again later.
 */
bool term_draw(struct term *t, const struct grid *g);
/* Everything anew at the next term_draw (Ctrl-L). */
void term_repaint(struct term *t);
void term_bell(struct term *t);
void term_title(struct term *t, const char *title);

#endif
