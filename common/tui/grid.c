#include "tui/grid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { GRID_MAX = 1000, POPUP_ROWS = 15, POPUP_COLS = 72 };

static struct grid_cell *at(const struct grid *g, int y, int x)
{
	return &g->cell[(size_t)y * (size_t)g->cols + (size_t)x];
}

static bool inside(const struct grid *g, int y, int x)
{
	return y >= 0 && y < g->rows && x >= 0 && x < g->cols;
}

static void blank(struct grid_cell *c, enum style st)
{
	memcpy(c->text, " ", 2);
	c->style = st;
	c->width = 1;
	c->line = LINE_NONE;
}

void grid_erase(struct grid *g)
{
	size_t n = (size_t)g->rows * (size_t)g->cols;

	for (size_t i = 0; i < n; i++)
		blank(&g->cell[i], ST_NORMAL);
	g->cur_shown = false;
	g->cur_y = g->cur_x = 0;
}

enum err grid_init(struct grid *g, int rows, int cols)
{
	memset(g, 0, sizeof(*g));
	return grid_resize(g, rows, cols);
}

enum err grid_resize(struct grid *g, int rows, int cols)
{
	struct grid_cell *cell;

	if (rows < 1 || cols < 1 || rows > GRID_MAX || cols > GRID_MAX)
		return ERR_ARG;
	cell = calloc((size_t)rows * (size_t)cols, sizeof(*cell));
	if (!cell)
		return ERR_MEMORY;
	free(g->cell);
	g->cell = cell;
	g->rows = rows;
	g->cols = cols;
	grid_erase(g);
	return ERR_OK;
}

void grid_fini(struct grid *g)
{
	free(g->cell);
	memset(g, 0, sizeof(*g));
}

/* Makes room for a character of w cells: no half of a wide one is left. */
static void clear_for(struct grid *g, int y, int x, int w)
{
	if (at(g, y, x)->width == 0 && x > 0)
		blank(at(g, y, x - 1), (enum style)at(g, y, x - 1)->style);
	if (x + w < g->cols && at(g, y, x + w)->width == 0)
		blank(at(g, y, x + w), (enum style)at(g, y, x + w)->style);
}

static void set_cell(struct grid *g, int y, int x, int w, enum style st,
		     const char *cluster)
{
	struct grid_cell *c = at(g, y, x);

	clear_for(g, y, x, w);
	str_copy(c->text, sizeof(c->text), cluster);
	c->style = st;
	c->width = (uint8_t)w;
	c->line = LINE_NONE;
	if (w == 2) {
		c = at(g, y, x + 1);
		c->text[0] = '\0';
		c->style = st;
		c->width = 0;
		c->line = LINE_NONE;
	}
}

int grid_put(struct grid *g, int y, int x, int width, enum style st,
	     const char *text)
{
	char c[TEXT_CLUSTER];
	int end = width > 0 ? MIN(x + width, g->cols) : g->cols;
	int col = x, w;

	if (y < 0 || y >= g->rows || width < 0)
		return 0;
	for (size_t n; text && (n = text_step(text, c, &w)); text += n) {
		if (col + w > end)
			break;
		if (col >= 0)
			set_cell(g, y, col, w, st, c);
		else if (col + w > 0)	/* its left half is off the screen */
			set_cell(g, y, 0, 1, st, " ");
		col += w;
	}
	for (int k = MAX(col, 0); width > 0 && k < end; k++)
		set_cell(g, y, k, 1, st, " ");
	return col - x;
}

int grid_putf(struct grid *g, int y, int x, int width, enum style st,
	      const char *fmt, ...)
{
	char buf[1024] = "";
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	return grid_put(g, y, x, width, st, buf);
}

int grid_put_right(struct grid *g, int y, int x_end, enum style st,
		   const char *text)
{
	return grid_put(g, y, x_end - text_width(text), 0, st, text);
}

int grid_put_center(struct grid *g, int y, int x, int width, enum style st,
		    const char *text)
{
	int w = text_width(text), left = MAX(0, (width - w) / 2);

	return grid_put(g, y, x + left, MAX(1, MIN(w, width)), st, text);
}

int grid_put_tabs(struct grid *g, int y, int x, int width, enum style st,
		  const char *text, const int *stops, size_t nstops)
{
	char part[512];
	int col = 0;

	grid_put(g, y, x, width, st, "");
	while (col < width) {
		const char *tab = strchr(text, '\t');
		size_t len = tab ? (size_t)(tab - text) : strlen(text);

		str_fmt(part, sizeof(part), "%.*s", (int)len, text);
		col += grid_put(g, y, x + col, width - col, st, part);
		if (!tab)
			break;
		size_t i = 0;

		while (i < nstops && stops[i] < col + (col ? 1 : 0))
			i++;
		/* Past the last stop, or too near: two blanks. */
		col = i < nstops ? stops[i] : col + 2;
		text = tab + 1;
	}
	return col;
}

void grid_restyle(struct grid *g, int y, int x, int width, enum style st)
{
	for (int k = x; k < x + width; k++)
		if (inside(g, y, k))
			at(g, y, k)->style = st;
}

void grid_fill(struct grid *g, struct grid_box b, enum style st)
{
	for (int y = b.y; y < b.y + b.h; y++)
		if (b.w > 0)
			grid_put(g, y, b.x, b.w, st, "");
}

static void line_cell(struct grid *g, int y, int x, enum grid_line line)
{
	static const char *const ascii[] = { " ", "-", "|", "+" };

	if (!inside(g, y, x))
		return;
	set_cell(g, y, x, 1, ST_DIM, ascii[line]);
	at(g, y, x)->line = line;
}

void grid_rule(struct grid *g, int y, int x, int width, const char *title)
{
	for (int k = x; k < x + width; k++)
		line_cell(g, y, k, LINE_H);
	if (title && *title && width > 4) {
		int room = width - 4;
		int w = MIN(text_width(title), room);

		grid_put(g, y, x + 2, 1, ST_TITLE, " ");
		grid_put(g, y, x + 3, w, ST_TITLE, title);
		grid_put(g, y, x + 3 + w, 1, ST_TITLE, " ");
	}
}

void grid_vline(struct grid *g, int y, int x, int h)
{
	for (int k = y; k < y + h; k++)
		line_cell(g, k, x, LINE_V);
}

void grid_cross(struct grid *g, int y, int x)
{
	line_cell(g, y, x, LINE_X);
}

void grid_frame(struct grid *g, struct grid_box b, const char *title)
{
	if (b.h < 2 || b.w < 2)
		return;
	grid_fill(g, b, ST_NORMAL);
	grid_rule(g, b.y, b.x, b.w - 1, NULL);
	if (title && *title) {
		int w = MIN(text_width(title), b.w - 5);

		if (w > 0) {
			grid_put(g, b.y, b.x + 2, 1, ST_TITLE, " ");
			grid_put(g, b.y, b.x + 3, w, ST_TITLE, title);
			grid_put(g, b.y, b.x + 3 + w, 1, ST_TITLE, " ");
		}
	}
	grid_rule(g, b.y + b.h - 1, b.x, b.w, NULL);
	grid_vline(g, b.y + 1, b.x, b.h - 2);
	grid_vline(g, b.y + 1, b.x + b.w - 1, b.h - 2);
	grid_cross(g, b.y, b.x);
	grid_cross(g, b.y, b.x + b.w - 1);
	grid_cross(g, b.y + b.h - 1, b.x);
	grid_cross(g, b.y + b.h - 1, b.x + b.w - 1);
}

struct grid_box grid_popup(struct grid *g, int h, int w, const char *title)
{
	struct grid_box b = {
		.h = MIN(MIN(h, POPUP_ROWS), MAX(2, g->rows - 3)),
		.w = MIN(MIN(w, POPUP_COLS), MAX(2, g->cols)),
	};

	b.y = MAX(1, (g->rows - b.h + 2) / 3);
	if (b.y + b.h > g->rows - 2)
		b.y = MAX(1, g->rows - 2 - b.h);
	b.x = (g->cols - b.w) / 2;
	grid_frame(g, b, title);
	return (struct grid_box){ b.y + 1, b.x + 1, MAX(0, b.h - 2),
				  MAX(0, b.w - 2) };
}

void text_meter(char *buf, size_t size, int cells, int64_t part,
		int64_t whole, bool framed)
{
	int64_t n = whole > 0 ? (2 * part * cells + whole) / (2 * whole) : 0;

	str_copy(buf, size, framed ? "[" : "");
	for (int i = 0; i < cells; i++)
		str_add(buf, size, "%c", i < n ? '#' : '.');
	str_add(buf, size, "%s", framed ? "]" : "");
}

void grid_meter(struct grid *g, int y, int x, int cells, enum style st,
		int64_t part, int64_t whole)
{
	char buf[256];

	text_meter(buf, sizeof(buf), MIN(cells, 200), part, whole, false);
	grid_put(g, y, x, cells, st, buf);
}

int8_t grid_level(int64_t value, int64_t target)
{
	if (value < 0 || target <= 0)
		return -1;
	return (int8_t)MIN((int64_t)6, value * 7 / (2 * target));
}

/* Dots of a braille column filled from below: left column, right column. */
static const uint8_t braille[2][5] = {
	{ 0, 0x40, 0x44, 0x46, 0x47 }, { 0, 0x80, 0xa0, 0xb0, 0xb8 },
};

static int dots(const int8_t *level, size_t n, long i)
{
	if (i < 0 || (size_t)i >= n || level[i] < 0)
		return 0;
	return 1 + MIN(level[i], 6) * 3 / 6;
}

void grid_spark(struct grid *g, int y, int x, int width, enum style st,
		const int8_t *level, size_t n)
{
	static const char ramp[] = "_.-=+*#";
	long per = g->unicode ? 2 : 1, first = (long)n - (long)width * per;
	char c[5] = "";

	for (int k = 0; k < width; k++) {
		long i = first + k * per;
		int l = dots(level, n, i);

		if (g->unicode) {
			int r = dots(level, n, i + 1);

			if (l || r)
				text_from_cp(0x2800u + braille[0][l] +
					     braille[1][r], c);
			else
				str_copy(c, sizeof(c), " ");
		} else {
			str_fmt(c, sizeof(c), "%c",
				l ? ramp[MIN(level[i], 6)] : ' ');
		}
		grid_put(g, y, x + k, 1, st, c);
	}
}

void grid_cursor(struct grid *g, int y, int x, bool shown)
{
	g->cur_y = MAX(0, MIN(y, g->rows - 1));
	g->cur_x = MAX(0, MIN(x, g->cols - 1));
	g->cur_shown = shown;
}
