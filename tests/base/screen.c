#include "base/screen.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/t.h"

enum { TEXT_MAX = 1 << 20 };

/* Trailing blanks of rows do not count. */
void screen_trim(char *s)
{
	char *to = s;

	for (const char *from = s; *from; from++) {
		if (*from == '\n')
			while (to > s && to[-1] == ' ')
				to--;
		*to++ = *from;
	}
	*to = '\0';
}

char *screen_slurp(const char *path)
{
	char *buf = calloc(1, TEXT_MAX);
	FILE *f = fopen(path, "r");

	T_OK(buf && f, "%s can be read", path);
	T_OK(fread(buf, 1, TEXT_MAX - 1, f) < TEXT_MAX - 1, "%s fits", path);
	fclose(f);
	return buf;
}

void screen_agreed(const char *path, const char *got)
{
	char *want;

	if (getenv("UPDATE")) {
		FILE *f = fopen(path, "w");

		T_OK(f, "%s can be written", path);
		fputs(got, f);
		fclose(f);
	}
	want = screen_slurp(path);
	T_OK(str_eq(want, got), "%s as agreed; see UPDATE=1", path);
	free(want);
}

/* A character whose width terminals disagree about (UAX 11, Ambiguous). */
static bool is_ambiguous(uint32_t cp)
{
	static const struct { uint32_t lo, hi; } rows[] = {
		{ 0xa1, 0xff }, { 0x2010, 0x2027 }, { 0x2030, 0x203e },
		{ 0x2190, 0x22ff }, { 0x2500, 0x25ff }, { 0x2600, 0x266f },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (cp >= rows[i].lo && cp <= rows[i].hi)
			return true;
	return false;
}

void screen_check_cells(const struct grid *g, const char *name)
{
	for (int y = 0; y < g->rows; y++) {
		int cells = 0;

		for (int x = 0; x < g->cols; x++) {
			const struct grid_cell *c = &g->cell[y * g->cols + x];
			uint32_t cp = ' ';

			cells += c->width;
			T_OK(c->width == 2 ? x + 1 < g->cols && !c[1].width
			     : c->width || (x && c[-1].width == 2),
			     "%s: no half character at %d,%d", name, y, x);
			if (c->width)
				T_OK(text_to_cp(c->text, &cp), "%s: text",
				     name);
			T_OK(!is_ambiguous(cp), "%s: U+%04X at %d,%d is "
			     "ambiguous", name, (unsigned)cp, y, x);
			T_OK(c->style < ST_COUNT, "a style");
		}
		T_OK(cells == g->cols, "%s: row %d is %d cells", name, y,
		     cells);
	}
	T_OK(g->cur_y >= 0 && g->cur_y < g->rows && g->cur_x >= 0 &&
	     g->cur_x < g->cols, "%s: the cursor is on the screen", name);
}

void screen_check_palettes(const struct grid *g, const char *name)
{
	static char plain[1 << 18], sgr[1 << 19];
	static const char *const palettes[] = { "mono", "16", "256", "cb" };

	T_OK(grid_dump(g, plain, sizeof(plain)), "fits");
	screen_trim(plain);
	for (size_t i = 0; i < ARRAY_LEN(palettes); i++) {
		char *to = sgr;
		bool color = false;

		T_OK(grid_dump_sgr(g, theme_find(palettes[i]), sgr,
				   sizeof(sgr)), "fits");
		for (char *s = sgr; *s;) {
			if (*s != '\033') {
				*to++ = *s++;
				continue;
			}
			char *end = strchr(s, 'm');

			for (; s < end; s++)
				if (*s == ';' && strchr("34", s[1]) &&
				    s[2] != ';' && s[2] != 'm')
					color = true;
			s++;
		}
		*to = '\0';
		screen_trim(sgr);
		T_OK(str_eq(sgr, plain), "%s %s: the same text", name,
		     palettes[i]);
		T_OK(i || !color, "%s: mono has no colours", name);
	}
}
