/*
 * tui/grid -- a screen in memory: rows x cols of characters with a style.
 *
 * In      text of any origin, positions, styles by meaning
 * Out     cells for term.c, text for tests and --show
 * Owns    its cells
 * Never   knows a terminal, wraps by accident, or cuts a wide character
 *
 * grid_put is the only way text reaches a cell, so whatever a list, a SIP
 * peer or another person sent is made printable there (tui/text).
 */
#ifndef TUI_GRID_H
#define TUI_GRID_H

#include <stdio.h>

#include "base/base.h"
#include "tui/style.h"
#include "tui/text.h"

/* Lines are ASCII in the cells; term.c may show them as line drawing. */
enum grid_line { LINE_NONE, LINE_H, LINE_V, LINE_X };

struct grid_cell {
	char    text[TEXT_CLUSTER];	/* UTF-8 of one character            */
	uint8_t style;			/* enum style                        */
	uint8_t width;			/* 1, 2; 0 = right half of a wide one */
	uint8_t line;			/* enum grid_line                    */
};

struct grid {
	int  rows, cols;
	bool unicode;		/* skin: braille trends; lines by term.c     */
	bool cur_shown;		/* a text field has the focus                */
	int  cur_y, cur_x;	/* where the focus is, always set            */
	struct grid_cell *cell;	/* rows * cols                               */
};

struct grid_box { int y, x, h, w; };

/* rows and cols in 1..1000; ERR_ARG, ERR_MEMORY.  All blank at first. */
MUST_CHECK enum err grid_init(struct grid *g, int rows, int cols);
void grid_fini(struct grid *g);
/* New size, all blank; on an error the grid is unchanged. */
MUST_CHECK enum err grid_resize(struct grid *g, int rows, int cols);
void grid_erase(struct grid *g);

/*
 * Draws text in the field of `width` cells at (y, x): clipped to it, padded
 * with blanks.  width 0: as wide as the text, clipped at the screen's edge.
 * A part outside the screen is left out.  Returns the cells the text took.
 */
int grid_put(struct grid *g, int y, int x, int width, enum style st,
	     const char *text);
int grid_putf(struct grid *g, int y, int x, int width, enum style st,
	      const char *fmt, ...) PRINTF_LIKE(6, 7);
/* The text ends before column x_end (exclusive). */
int grid_put_right(struct grid *g, int y, int x_end, enum style st,
		   const char *text);
int grid_put_center(struct grid *g, int y, int x, int width, enum style st,
		    const char *text);
/*
 * Like grid_put with tab stops: a \t in text goes on at the next of the
 * `stops` (columns from x, ascending) that is at least two cells away.
 */
int grid_put_tabs(struct grid *g, int y, int x, int width, enum style st,
		  const char *text, const int *stops, size_t nstops);

/* Only the style of cells that are there already. */
void grid_restyle(struct grid *g, int y, int x, int width, enum style st);
void grid_fill(struct grid *g, struct grid_box b, enum style st);

/* "-- Title ------": title NULL = only the line. */
void grid_rule(struct grid *g, int y, int x, int width, const char *title);
/* A vertical line from y, h rows. */
void grid_vline(struct grid *g, int y, int x, int h);
/* One '+' where lines meet. */
void grid_cross(struct grid *g, int y, int x);
/* A frame with the title in its top line, blank inside. */
void grid_frame(struct grid *g, struct grid_box b, const char *title);

/*
 * A pop-up of h x w (frame included) at most 72x15, one third from the top,
 * never over row 0 and the last two (UX 2.4).  Draws the frame and returns
 * what is inside it.
 */
struct grid_box grid_popup(struct grid *g, int h, int w, const char *title);

/* "####......", `part` of `whole` in `cells` cells, rounded to nearest. */
void grid_meter(struct grid *g, int y, int x, int cells, enum style st,
		int64_t part, int64_t whole);
/* The same text into buf, in brackets when `framed`. */
void text_meter(char *buf, size_t size, int cells, int64_t part,
		int64_t whole, bool framed);

/*
 * A trend, newest on the right.  level[] holds 0..6, -1 = no data.  ASCII:
 * one sample a cell, "_.-=+*#"; unicode skin: braille, two samples a cell.
 */
void grid_spark(struct grid *g, int y, int x, int width, enum style st,
		const int8_t *level, size_t n);
/* value as a level, on a fixed scale 0..2*target so shapes compare. */
int8_t grid_level(int64_t value, int64_t target);

/* Where the cursor goes, drawn last; shown only in text fields. */
void grid_cursor(struct grid *g, int y, int x, bool shown);

/*
 * The screen as text: rows ended by '\n', trailing blanks left out.
 * Returns false if buf was too small.
 */
bool grid_dump(const struct grid *g, char *buf, size_t size);
/* The same shape with each cell's style letter instead ('.' is normal). */
bool grid_dump_styles(const struct grid *g, char *buf, size_t size);
struct theme;
/*
 * A named screen as replays print it: "== NAME COLSxROWS", its cells (theme
 * NULL: as text), and under a heading of its own ("" = none) the map of
 * styles, unless styles is NULL.
 */
void grid_write(const struct grid *g, FILE *out, const char *name,
		const struct theme *theme, const char *styles);
/* The screen as text with SGR colours of the theme. */
bool grid_dump_sgr(const struct grid *g, const struct theme *t, char *buf,
		   size_t size);
/* The glyph of a line cell in the unicode skin, from its neighbours. */
const char *grid_line_glyph(const struct grid *g, int y, int x);

#endif
