#include "tui/grid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static const struct grid_cell *cell(const struct grid *g, int y, int x)
{
	return &g->cell[(size_t)y * (size_t)g->cols + (size_t)x];
}

/* Column after the last cell that shows something. */
static int row_end(const struct grid *g, int y, bool styles)
{
	int end = 0;

	for (int x = 0; x < g->cols; x++) {
		const struct grid_cell *c = cell(g, y, x);

		if (strcmp(c->text, " ") || (styles && c->style != ST_NORMAL))
			end = x + 1;
	}
	return end;
}

static bool add(char *buf, size_t size, size_t *len, const char *s)
{
	size_t n = strlen(s);

	if (*len + n >= size)
		return false;
	memcpy(buf + *len, s, n + 1);
	*len += n;
	return true;
}

bool grid_dump(const struct grid *g, char *buf, size_t size)
{
	size_t len = 0;
	bool whole = size > 0;

	if (size)
		buf[0] = '\0';
	for (int y = 0; whole && y < g->rows; y++) {
		int end = row_end(g, y, false);

		for (int x = 0; whole && x < end; x++)
			whole = add(buf, size, &len, cell(g, y, x)->text);
		whole = whole && add(buf, size, &len, "\n");
	}
	return whole;
}

bool grid_dump_styles(const struct grid *g, char *buf, size_t size)
{
	size_t len = 0;
	bool whole = size > 0;

	if (size)
		buf[0] = '\0';
	for (int y = 0; whole && y < g->rows; y++) {
		int end = 0;

		for (int x = 0; x < g->cols; x++)
			if (cell(g, y, x)->style != ST_NORMAL)
				end = x + 1;
		for (int x = 0; whole && x < end; x++) {
			char s[2] = { style_letter(
				(enum style)cell(g, y, x)->style), '\0' };

			whole = add(buf, size, &len, s);
		}
		whole = whole && add(buf, size, &len, "\n");
	}
	return whole;
}

static void sgr(char *buf, size_t size, const struct look *k)
{
	static const struct { unsigned attr; int code; } attrs[] = {
		{ LOOK_BOLD, 1 }, { LOOK_DIM, 2 }, { LOOK_UNDERLINE, 4 },
		{ LOOK_REVERSE, 7 },
	};

	str_copy(buf, size, "\033[0");
	for (size_t i = 0; i < ARRAY_LEN(attrs); i++)
		if (k->attr & attrs[i].attr)
			str_add(buf, size, ";%d", attrs[i].code);
	if (k->fg >= 0)
		str_add(buf, size, k->fg < 8 ? ";%d" : ";38;5;%d",
			k->fg < 8 ? 30 + k->fg : k->fg);
	if (k->bg >= 0)
		str_add(buf, size, k->bg < 8 ? ";%d" : ";48;5;%d",
			k->bg < 8 ? 40 + k->bg : k->bg);
	str_add(buf, size, "m");
}

bool grid_dump_sgr(const struct grid *g, const struct theme *t, char *buf,
		   size_t size)
{
	size_t len = 0;
	bool whole = size > 0;
	char seq[64];

	if (size)
		buf[0] = '\0';
	for (int y = 0; whole && y < g->rows; y++) {
		int end = row_end(g, y, true), last = ST_NORMAL;

		for (int x = 0; whole && x < end; x++) {
			const struct grid_cell *c = cell(g, y, x);

			if (c->style != last) {
				last = c->style;
				sgr(seq, sizeof(seq), &t->look[last]);
				whole = add(buf, size, &len, seq);
			}
			whole = whole && add(buf, size, &len, c->text);
		}
		if (last != ST_NORMAL)
			whole = whole && add(buf, size, &len, "\033[0m");
		whole = whole && add(buf, size, &len, "\n");
	}
	return whole;
}

const char *grid_line_glyph(const struct grid *g, int y, int x)
{
	/* Neighbours with a line: 1 up, 2 right, 4 down, 8 left. */
	static const char *const box[16] = {
		"┼", "│", "─", "└", "│", "│", "┌", "├",
		"─", "┘", "─", "┴", "┐", "┤", "┬", "┼",
	};
	unsigned near = 0;

	switch ((enum grid_line)cell(g, y, x)->line) {
	case LINE_H:
		return "─";
	case LINE_V:
		return "│";
	case LINE_NONE:
		return cell(g, y, x)->text;
	case LINE_X:
		break;
	}
	if (y > 0 && cell(g, y - 1, x)->line >= LINE_V)
		near |= 1;
	if (x + 1 < g->cols && cell(g, y, x + 1)->line &&
	    cell(g, y, x + 1)->line != LINE_V)
		near |= 2;
	if (y + 1 < g->rows && cell(g, y + 1, x)->line >= LINE_V)
		near |= 4;
	if (x > 0 && cell(g, y, x - 1)->line &&
	    cell(g, y, x - 1)->line != LINE_V)
		near |= 8;
	return box[near];
}

void grid_write(const struct grid *g, FILE *out, const char *name,
		const struct theme *theme, const char *styles)
{
	enum { MOST = 1 << 18 };
	char *text = malloc(MOST);

	if (!text)
		return;
	if (*name)
		fprintf(out, "== %s %dx%d\n", name, g->cols, g->rows);
	if (theme ? grid_dump_sgr(g, theme, text, MOST)
		  : grid_dump(g, text, MOST))
		fputs(text, out);
	if (styles && *styles)
		fprintf(out, "%s\n", styles);
	if (styles && grid_dump_styles(g, text, MOST))
		fputs(text, out);
	free(text);
}
