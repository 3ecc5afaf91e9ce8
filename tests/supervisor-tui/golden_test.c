/*
 * The supervisor's screens: each mock-up of the specification cell for cell,
 * each sample in three sizes and two languages, and what holds for all.
 * UPDATE=1 rewrites the all-*.screen files (never the mock-ups).
 */
#include "base/t.h"
#include "base/screen.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "wall_replay.h"

#define GOLDEN "tests/supervisor-tui/golden"
enum { TEXT_MAX = 1 << 20, MOCKUPS = 8 };

static const struct { int rows, cols; } sizes[] = {
	{ 30, 100 }, { 24, 80 }, { 20, 60 }, { 43, 132 }, { 8, 40 }, { 6, 30 },
	{ 24, 99 }, { 29, 120 }, { 1, 1 }, { 2, 200 }, { 60, 200 },
};

/* Beside the named samples: what lies over them. */
static const struct { const char *name, *sample, *keys; } states[] = {
	{ "FILTER", "S2", "f" }, { "FORCE", "S2", "R" },
	{ "BARGE", "S3", "B" }, { "MESSAGE", "S2", "m" },
	{ "ACK", "S1", "a" }, { "COMMAND", "S1", ":" }, { "FIND", "S2", "/" },
	{ "DRAIN", "S5", "D" }, { "PAUSE", "S4", "P" }, { "HELP", "S1", "?" },
	{ "FROZEN", "S1", "z" }, { "WHOLE", "S5", "\n" }, { "QUIT", "S3", "\3" },
};

static struct wall_replay *show(const char *name, enum text_lang lang,
				int rows, int cols, bool unicode, FILE *out)
{
	struct wall_replay_opts o = { .rows = rows, .cols = cols, .out = out,
				      .styles = true, .unicode = unicode };
	struct wall_replay *r;
	const char *sample = name, *keys = "";
	char why[600] = "";

	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (str_eq(states[i].name, name)) {
			sample = states[i].sample;
			keys = states[i].keys;
		}
	text_set_lang(lang);
	T_OK(!wall_replay_new(&o, &r), "a replay");
	T_OK(!wall_replay_sample(r, sample, why, sizeof(why)), "%s", why);
	for (; *keys; keys++)
		wall_key(wall_replay_model(r), *keys == '\n' ? TK_ENTER :
			 *keys == '\3' ? TK_CTRL_C : (uint32_t)*keys);
	return r;
}

static const char *name_at(size_t i)
{
	const char *what, *name = wall_show_at(i, &what);
	size_t n = 0;

	while (wall_show_at(n, &what))
		n++;
	return name ? name : i - n < ARRAY_LEN(states) ? states[i - n].name
						       : NULL;
}

static void mockup(const char *file)
{
	char name[16], lang[4], path[300], *want, *got = calloc(1, TEXT_MAX);
	int rows, cols;
	struct wall_replay *r;

	T_OK(sscanf(file, "%15[S0-9]-%dx%d.%2[a-z].screen", name, &cols, &rows,
		    lang) == 4, "%s is a name", file);
	str_fmt(path, sizeof(path), GOLDEN "/%s", file);
	want = screen_slurp(path);
	r = show(name, str_eq(lang, "zh") ? LANG_ZH : LANG_EN, rows, cols,
		 false, stdout);
	T_OK(grid_dump(wall_replay_draw(r), got, TEXT_MAX), "fits");
	screen_trim(want);
	screen_trim(got);
	T_OK(str_eq(got, want), "%s is the mock-up cell for cell:\n%s", file,
	     got);
	wall_replay_free(r);
	free(want);
	free(got);
}

static void test_mockups(void **state UNUSED)
{
	DIR *d = opendir(GOLDEN);
	struct dirent *e;
	int n = 0;

	T_OK(d, "the golden folder");
	while ((e = readdir(d)))
		if (e->d_name[0] == 'S') {
			mockup(e->d_name);
			n++;
		}
	closedir(d);
	T_OK(n == MOCKUPS, "all mock-ups of the supervisor, not %d", n);
}

static void all(int rows, int cols, enum text_lang lang)
{
	char path[300], *got = NULL;
	const char *name;
	size_t len = 0;
	FILE *out = open_memstream(&got, &len);

	T_OK(out, "memory");
	for (size_t i = 0; (name = name_at(i)); i++) {
		struct wall_replay *r = show(name, lang, rows, cols, false,
					     out);

		wall_replay_dump(r, name);
		wall_replay_free(r);
	}
	fclose(out);
	str_fmt(path, sizeof(path), GOLDEN "/all-%dx%d.%s.screen", cols, rows,
		lang == LANG_ZH ? "zh" : "en");
	screen_agreed(path, got);
	free(got);
}

static void test_all(void **state UNUSED)
{
	for (size_t i = 0; i < 3; i++) {
		all(sizes[i].rows, sizes[i].cols, LANG_EN);
		all(sizes[i].rows, sizes[i].cols, LANG_ZH);
	}
}

/* FNV-1a: which colours stood where, as a number a screen. */
static uint64_t digest(const char *s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * UINT64_C(0x100000001b3);
	return h;
}

/*
 * Every state x {100x30, 80x24, 60x20} x {en, zh} x {mono, 16}, as the
 * terminal gets it.  The words are compared above; here the colours are.
 */
static void test_palettes(void **state UNUSED)
{
	static const char *const palettes[] = { "mono", "16" };
	char *got = calloc(1, TEXT_MAX), *dump = calloc(1, TEXT_MAX);
	const char *path = GOLDEN "/palettes.digest", *name;

	T_OK(got && dump, "memory");
	for (size_t p = 0; p < ARRAY_LEN(palettes); p++)
		for (size_t k = 0; k < 3; k++)
			for (int lang = 0; lang < LANG_COUNT; lang++)
				for (size_t i = 0; (name = name_at(i)); i++) {
					struct wall_replay *r = show(name,
						(enum text_lang)lang,
						sizes[k].rows, sizes[k].cols,
						false, stdout);

					T_OK(grid_dump_sgr(wall_replay_draw(r),
							   theme_find(
								palettes[p]),
							   dump, TEXT_MAX),
					     "%s fits", name);
					str_add(got, TEXT_MAX,
						"%s %dx%d %s %s %016llx\n",
						name, sizes[k].cols,
						sizes[k].rows,
						lang ? "zh" : "en",
						palettes[p],
						(unsigned long long)
						digest(dump));
					wall_replay_free(r);
				}
	screen_agreed(path, got);
	free(dump);
	free(got);
}

static void test_properties(void **state UNUSED)
{
	const char *name;

	for (size_t i = 0; (name = name_at(i)); i++)
		for (size_t k = 0; k < ARRAY_LEN(sizes); k++)
			for (int lang = 0; lang < LANG_COUNT; lang++) {
				struct wall_replay *r = show(name,
					(enum text_lang)lang, sizes[k].rows,
					sizes[k].cols, lang == 0 && k % 2,
					stdout);
				const struct grid *g = wall_replay_draw(r);

				screen_check_cells(g, name);
				screen_check_palettes(g, name);
				wall_replay_free(r);
			}
}

/* An alarm is a mark and a word, not only a colour. */
static void test_marks(void **state UNUSED)
{
	struct wall_replay *r = show("S1", LANG_EN, 30, 100, false, stdout);
	const struct grid *g = wall_replay_draw(r);
	int alarms = 0;

	for (int y = 0; y < g->rows; y++) {
		char row[512] = "";
		bool alarm = false;

		for (int x = 0; x < g->cols; x++) {
			const struct grid_cell *c = &g->cell[y * g->cols + x];

			alarm = alarm || c->style == ST_ALARM;
			str_add(row, sizeof(row), "%s", c->text);
		}
		alarms += alarm;
		T_OK(!alarm || strchr(row, '!') || strstr(row, "HIGH") ||
		     strstr(row, "ALERTS"), "row %d says it in words: %s", y,
		     row);
	}
	T_OK(alarms >= 3, "head, alert line, figure and campaign stand out");
	wall_replay_free(r);
}

/* Each key a footer names acts there. */
static void test_footers(void **state UNUSED)
{
	const struct keymap *map = &wall_keymap;

	for (size_t i = 0; i < map->nplans; i++) {
		const struct footer_plan *p = &map->plans[i];
		const char *orders[] = { p->full, p->compact };

		for (int k = 0; k < 2 && orders[k]; k++) {
			char copy[256], *save = NULL;
			uint32_t key;

			str_copy(copy, sizeof(copy), orders[k]);
			for (char *w = strtok_r(copy, " ", &save); w;
			     w = strtok_r(NULL, " ", &save)) {
				if (str_eq(w, "/") || str_eq(w, "Up/Down"))
					continue;
				T_OK(!key_from_name(str_eq(w, "//") ? "/" : w,
						    &key), "%s is a key", w);
				T_OK(keymap_find(map->rows, map->nrows, key,
						 p->state),
				     "plan %zu: %s acts", i, w);
			}
		}
	}
}

/* Capital letters disturb others: each asks, and sends nothing by itself. */
static int sent;

static void count_send(void *arg UNUSED, enum msg_type type,
		       const void *obj UNUSED)
{
	sent += type != MSG_SUBSCRIBE;
}

static void test_capitals(void **state UNUSED)
{
	static const struct { const char *sample, *keys; } cases[] = {
		{ "S2", "BTRKO" }, { "S3", "BT" }, { "S4", "P" },
		{ "S5", "DECN" }, { "S1", "P" }, { "S6", "P" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (const char *k = cases[i].keys; *k; k++) {
			struct wall_replay *r = show(cases[i].sample, LANG_EN,
						     30, 100, false, stdout);
			struct wall_model *m = wall_replay_model(r);

			if (str_eq(cases[i].sample, "S1"))
				wall_key(m, TK_DOWN);
			if (*k == 'E')	/* one that takes calls is not asked */
				m->trunks.rows[0].state = MSG_TRUNK_DRAINING;
			m->out.send = count_send;
			sent = 0;
			wall_key(m, (uint32_t)*k);
			T_OK(!sent && m->box.ask, "%s %c asks first",
			     cases[i].sample, *k);
			wall_key(m, TK_ESC);
			T_OK(!sent && !m->box.ask, "%s %c can be taken back",
			     cases[i].sample, *k);
			m->read_only = true;
			m->now.mono_ms += 1000;
			wall_key(m, (uint32_t)*k);
			T_OK(!sent && !m->box.ask, "%s %c is off when only "
			     "looking", cases[i].sample, *k);
			wall_replay_free(r);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mockups), cmocka_unit_test(test_all),
		cmocka_unit_test(test_palettes),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_marks), cmocka_unit_test(test_footers),
		cmocka_unit_test(test_capitals),
	};

	text_init("en");
	return T_RUN(tests);
}
