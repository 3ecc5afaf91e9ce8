/* The grid: clipping, wide characters, hostile text, lines, pop-ups. */
#include "base/t.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "tui/tui.h"

static const struct {
	const char *what;
	int x, width;
	const char *text, *want;
} puts_[] = {
	{ "text is padded to its field", 0, 5, "ab", "ab   |....\n" },
	{ "text is clipped to its field", 0, 3, "abcdef", "abc..|....\n" },
	{ "a wide character is never cut", 0, 3, "王小", "王 ..|....\n" },
	{ "it fits exactly", 0, 4, "王小", "王小.|....\n" },
	{ "the screen's edge clips", 8, 0, "abc", ".....|..ab\n" },
	{ "a wide one at the edge is left out", 9, 0, "王", ".....|....\n" },
	{ "off the left edge", -1, 0, "abc", "bc...|....\n" },
	{ "half off the left edge", -1, 0, "王b", " b...|....\n" },
	{ "escape is shown, not obeyed", 0, 0, "\033[2J", "?[2J.|....\n" },
	{ "C1 is shown", 0, 0, "\302\233a", "?a...|....\n" },
	{ "bidi is shown", 0, 0, "\342\200\256ab", "?ab..|....\n" },
	{ "zero width is shown", 0, 0, "a\342\200\213b", "a?b..|....\n" },
	{ "malformed bytes are shown", 0, 0, "\377\300a", "??a..|....\n" },
	{ "a mark rides on its base", 0, 2, "e\314\201x", "e\314\201x...|....\n" },
	{ "a mark alone is shown", 0, 0, "\314\201x", "?x...|....\n" },
	{ "newline is no new line", 0, 0, "a\nb", "a?b..|....\n" },
	{ "emoji take two", 0, 3, "\360\237\230\200x", "\360\237\230\200x..|....\n" },
};

static void test_put(void **state UNUSED)
{
	char got[256];

	for (size_t i = 0; i < ARRAY_LEN(puts_); i++) {
		struct grid g;

		T_OK(!grid_init(&g, 1, 10), "a grid");
		grid_put(&g, 0, 0, 10, ST_NORMAL, ".....|....");
		grid_put(&g, 0, puts_[i].x, puts_[i].width, ST_OK,
			 puts_[i].text);
		grid_dump(&g, got, sizeof(got));
		T_OK(!strcmp(got, puts_[i].want), "%s: got %s",
		     puts_[i].what, got);
		grid_fini(&g);
	}
}

static void test_halves(void **state UNUSED)
{
	struct grid g;
	char got[256];

	T_OK(!grid_init(&g, 1, 8), "a grid");
	grid_put(&g, 0, 0, 8, ST_NORMAL, "王小明李");
	grid_put(&g, 0, 3, 2, ST_NORMAL, "ab");
	grid_dump(&g, got, sizeof(got));
	T_OK(!strcmp(got, "王 ab 李\n"), "both cut halves are blank: %s", got);
	T_OK(g.cell[0].width == 2 && g.cell[1].width == 0, "widths");
	grid_fini(&g);
}

static void test_shapes(void **state UNUSED)
{
	struct grid g;
	char got[4096];
	static const int8_t level[] = { -1, 0, 3, 6 };

	T_OK(!grid_init(&g, 9, 24), "a grid");
	grid_rule(&g, 0, 0, 24, "Check");
	grid_rule(&g, 0, 12, 12, "Me");
	grid_cross(&g, 0, 12);
	grid_popup(&g, 4, 10, "Hi");
	grid_meter(&g, 7, 0, 10, ST_OK, 6, 10);
	grid_spark(&g, 8, 0, 6, ST_NORMAL, level, ARRAY_LEN(level));
	grid_dump(&g, got, sizeof(got));
	T_OK(!strcmp(got, "-- Check ---+- Me ------\n\n"
		     "       +- Hi ---+\n"
		     "       |        |\n"
		     "       |        |\n"
		     "       +--------+\n\n"
		     "######....\n"
		     "   _=#\n"), "shapes:\n%s", got);
	T_OK(!strcmp(grid_line_glyph(&g, 2, 7), "┌"), "corner");
	T_OK(!strcmp(grid_line_glyph(&g, 5, 16), "┘"), "corner");
	T_OK(!strcmp(grid_line_glyph(&g, 3, 7), "│"), "side");
	grid_fini(&g);
}

static void test_tiny(void **state UNUSED)
{
	struct grid g;

	T_OK(grid_init(&g, 0, 5) == ERR_ARG, "no rows, no grid");
	for (int n = 1; n < 12; n++) {
		T_OK(!grid_init(&g, n, n), "a grid of %d", n);
		grid_popup(&g, 15, 72, "a title");
		grid_rule(&g, 0, 0, n, "too long a title");
		grid_put(&g, n, 0, 0, ST_OK, "below");
		grid_put(&g, 0, -5, 3, ST_OK, "王");
		grid_spark(&g, 0, 0, 30, ST_OK, NULL, 0);
		grid_fini(&g);
	}
}

static const struct {
	const char *what, *text;
	int cells;
	const char *want;	/* lines joined by '|' */
} wraps[] = {
	{ "at blanks", "this is Li Wei from Acme", 14, "this is Li Wei|from Acme" },
	{ "one less", "this is Li Wei from Acme", 13, "this is Li|Wei from Acme" },
	{ "a long word is cut", "abcdefgh ij", 3, "abc|def|gh|ij" },
	{ "between wide ones", "本次通话会录音", 6, "本次通|话会录|音" },
	{ "not before a full stop", "本次通话。会", 8, "本次通|话。会" },
	{ "newlines stay", "a\n\nb", 5, "a||b" },
};

static void test_wrap(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(wraps); i++) {
		const char *s = wraps[i].text, *next;
		char got[256] = "";

		while (*s) {
			size_t n = text_wrap(s, wraps[i].cells, &next);

			str_add(got, sizeof(got), "%s%.*s", *got || s != wraps[i].text
				? "|" : "", (int)n, s);
			s = next;
		}
		T_OK(!strcmp(got, wraps[i].want), "%s: %s", wraps[i].what, got);
	}
}

static void test_edit(void **state UNUSED)
{
	struct edit e;
	struct grid g;
	static const uint32_t typed[] = { 'a', 0x738b, 'b', TK_LEFT, TK_LEFT,
		TK_BACKSPACE, 0x5c0f, TK_END, 'c' | TK_PASTED, 0x202e };

	edit_init(&e, 12);
	for (size_t i = 0; i < ARRAY_LEN(typed); i++)
		edit_key(&e, typed[i]);
	T_OK(!strcmp(e.text, "小王bc"), "keys make text: %s", e.text);
	T_OK(!edit_key(&e, TK_F8), "a function key is not the field's");
	for (int i = 0; i < 20; i++)
		edit_key(&e, 0x738b);
	T_OK(strlen(e.text) <= 12 && str_is_utf8(e.text, strlen(e.text)),
	     "the field is full, of whole characters");
	T_OK(!grid_init(&g, 3, 10), "a grid");
	edit_draw(&g, 1, 2, 5, &e, true);
	T_OK(g.cur_shown && g.cur_y == 1 && g.cur_x >= 2 && g.cur_x < 7,
	     "the cursor is in the field (%d)", g.cur_x);
	edit_draw_box(&g, (struct grid_box){ 0, 0, 2, 4 }, &e, true);
	T_OK(g.cur_y < 2 && g.cur_x < 4, "and in the box");
	grid_fini(&g);
}

static void test_theme(void **state UNUSED)
{
	T_OK(theme_find("mono") && theme_find("16") && theme_find("256") &&
	     theme_find("cb") && !theme_find("no"), "four palettes");
	T_OK(!strcmp(theme_choose("cb", 8)->name, "16"), "steps down to 16");
	T_OK(!strcmp(theme_choose("256", 0)->name, "mono"), "and to mono");
	setenv("NO_COLOR", "", 1);
	T_OK(!strcmp(theme_choose(NULL, 8)->name, "16"), "empty NO_COLOR");
	setenv("NO_COLOR", "1", 1);
	T_OK(!strcmp(theme_choose(NULL, 256)->name, "mono"), "NO_COLOR");
	T_OK(!strcmp(theme_choose("16", 256)->name, "16"), "--color wins");
	unsetenv("NO_COLOR");
}

static void test_footer(void **state UNUSED)
{
	static const char *const items[] = { "F1 Help", "F2 Ready", NULL,
					     "x Third", "", "y Fourth" };
	struct grid g;
	char got[256];

	T_OK(!grid_init(&g, 2, 20), "a grid");
	footer_draw(&g, 0, items, ARRAY_LEN(items), 2);
	grid_dump(&g, got, sizeof(got));
	T_OK(!strcmp(got, " F1 Help  F2 Ready\n x Third  y Fourth\n"),
	     "two rows:\n%s", got);
	grid_erase(&g);
	footer_draw(&g, 0, (const char *const[]){ "F1 Help me", "F2 Ready now",
		    NULL, "x", "y" }, 5, 2);
	grid_dump(&g, got, sizeof(got));
	T_OK(!strcmp(got, " F1 Help me\n F2 Ready now  x  y\n"),
	     "an overflow takes the place of the break:\n%s", got);
	grid_fini(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put), cmocka_unit_test(test_halves),
		cmocka_unit_test(test_shapes), cmocka_unit_test(test_tiny),
		cmocka_unit_test(test_wrap), cmocka_unit_test(test_edit),
		cmocka_unit_test(test_theme), cmocka_unit_test(test_footer),
	};

	text_init("en");
	return T_RUN(tests);
}
