#include "tui/key.h"

#include <string.h>

#include "base/str.h"

enum { ITEMS_MAX = 32, ITEM_SIZE = 96 };

static const char *const names[] = {
#define X(name, word) word,
	KEY_LIST(X)
#undef X
};

const char *key_word(uint32_t key, char buf[16])
{
	key &= ~(uint32_t)TK_PASTED;
	if (key > TK_FIRST && key < TK_LAST)
		return names[key - TK_FIRST - 1];
	if (key == ' ')
		return "Space";
	if (!text_from_cp(key, buf))
		str_copy(buf, 16, "?");
	return buf;
}

enum err key_from_name(const char *name, uint32_t *key)
{
	uint32_t cp;
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(names[i], name)) {
			*key = TK_FIRST + 1 + (uint32_t)i;
			return ERR_OK;
		}
	if (str_eq(name, "Space")) {
		*key = ' ';
		return ERR_OK;
	}
	n = text_to_cp(name, &cp);
	if (!n || name[n])
		return ERR_ABSENT;
	*key = cp;
	return ERR_OK;
}

bool key_is_text(uint32_t key)
{
	key &= ~(uint32_t)TK_PASTED;
	return key >= 0x20 && key != 0x7f && key < 0x110000;
}

const struct keymap_row *keymap_find(const struct keymap_row *rows, size_t n,
				     uint32_t key, uint32_t state)
{
	uint32_t any = key >= '1' && key <= '9' ? TK_DIGIT : TK_NONE;

	if (!key)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if ((rows[i].states & state) &&
		    (rows[i].key == key || rows[i].twin == key ||
		     (any && rows[i].key == any)))
			return &rows[i];
	return NULL;
}

const struct footer_plan *footer_plan_find(const struct footer_plan *plans,
					   size_t n, uint32_t state)
{
	for (size_t i = 0; i < n; i++)
		if ((plans[i].state & state) &&
		    (plans[i].lang < 0 || plans[i].lang == (int)text_lang()))
			return &plans[i];
	return NULL;
}

bool footer_fits(const char *const *items, size_t n, int cols)
{
	int x = 1;

	for (size_t i = 0; i < n; i++)
		if (items[i] && *items[i])
			x += text_width(items[i]) + 3;
	return x - 3 <= cols - 2;
}

int footer_draw(struct grid *g, int y, const char *const *items, size_t n,
		int gap)
{
	int row = 0, x = 1, margin = 2;

	/* Where the plan itself breaks the row, the row may be full. */
	for (size_t i = 0; i < n; i++)
		if (!items[i])
			margin = 1;
	for (size_t i = 0; i < n; i++) {
		if (!items[i]) {
			/* An overflow may have begun the second row. */
			if (!row++)
				x = 1;
			row = 1;
			continue;
		}
		int w = text_width(items[i]);

		if (!w)
			continue;
		if (x > 1 && x + w > g->cols - margin && row == 0) {
			row++;
			x = 1;
		}
		if (row > 1)
			break;
		if (x > 1 && x + w > g->cols - 1)
			continue;
		grid_put(g, y + row, x, MIN(w, MAX(1, g->cols - x)), ST_NORMAL,
			 items[i]);
		x += w + gap;
	}
	return row + 1;
}

struct items {
	char        text[ITEMS_MAX][ITEM_SIZE];
	const char *item[ITEMS_MAX];
	size_t      n;
};

/* The footer names a row by its key; by its twin only if there is none. */
static const struct keymap_row *footer_row(const struct keymap *map,
					   uint32_t key, uint32_t state)
{
	uint32_t any = key == '1' ? TK_DIGIT : key;

	for (size_t i = 0; i < map->nrows; i++)
		if ((map->rows[i].states & state) && map->rows[i].label &&
		    (map->rows[i].key == key || map->rows[i].key == any))
			return &map->rows[i];
	return keymap_find(map->rows, map->nrows, key, state);
}

static void add_item(struct items *it, const struct keymap *map, char *word,
		     uint32_t state, bool brief, footer_expand_h *expand,
		     const void *arg)
{
	const struct keymap_row *row;
	uint32_t key;

	if (it->n >= ITEMS_MAX)
		return;
	if (str_eq(word, "/")) {
		it->item[it->n++] = NULL;
		return;
	}
	if (key_from_name(str_eq(word, "//") ? "/" : word, &key))
		return;
	row = footer_row(map, key, state);
	if (!row || !row->label)
		return;
	const char *label = text_in_context(brief && row->brief ? row->brief
								: row->label);
	char *text = it->text[it->n];

	if (expand)
		expand(row, label, text, ITEM_SIZE, arg);
	else
		str_copy(text, ITEM_SIZE, label);
	it->item[it->n++] = text;
}

static void collect(struct items *it, const struct keymap *map,
		    const char *order, uint32_t state, bool brief,
		    footer_expand_h *expand, const void *arg)
{
	char copy[256], *save = NULL;

	it->n = 0;
	str_copy(copy, sizeof(copy), order);
	for (char *w = strtok_r(copy, " ", &save); w;
	     w = strtok_r(NULL, " ", &save))
		add_item(it, map, w, state, brief, expand, arg);
}

void keymap_footer(const struct keymap *map, struct grid *g, int y,
		   uint32_t state, footer_expand_h *expand, const void *arg)
{
	const struct footer_plan *p =
		footer_plan_find(map->plans, map->nplans, state);
	struct items it;

	grid_put(g, y, 0, g->cols, ST_NORMAL, "");
	grid_put(g, y + 1, 0, g->cols, ST_NORMAL, "");
	if (!p)
		return;
	collect(&it, map, p->full, state, false, expand, arg);
	if (g->cols >= 100 || footer_fits(it.item, it.n, g->cols)) {
		footer_draw(g, y, it.item, it.n, 3);
		return;
	}
	collect(&it, map, p->compact ? p->compact : p->full, state, true,
		expand, arg);
	footer_draw(g, y, it.item, it.n, 2);
}

void keymap_print(const struct keymap *map, FILE *out)
{
	char a[16], b[16];

	for (size_t i = 0; i < map->nrows; i++) {
		const struct keymap_row *r = &map->rows[i];

		if (r->help)
			fprintf(out, "%s\t%s\t%s\n", key_word(r->key, a),
				r->twin ? key_word(r->twin, b) : "-",
				_(r->help));
	}
}

/* mdoc takes a bare mark for punctuation: \\& makes it a word. */
static const char *guard(const char *name)
{
	return name[1] || (name[0] >= '0' && name[0] <= 'z' &&
			   !strchr(":;<=>?@[]^_`", name[0])) ? "" : "\\&";
}

void keymap_print_mdoc(const struct keymap *map, FILE *out)
{
	char a[16], b[16];

	for (size_t i = 0; i < map->nrows; i++) {
		const struct keymap_row *r = &map->rows[i];

		if (!r->help)
			continue;
		const char *key = key_word(r->key, a);

		fprintf(out, ".It Ic %s%s", guard(key), key);
		if (r->twin) {
			key = key_word(r->twin, b);
			fprintf(out, " | Ic %s%s", guard(key), key);
		}
		fprintf(out, "\n%s\n", _(r->help));
	}
}

/* The key as the footers of this language call it. */
static const char *local_word(uint32_t key, char buf[16])
{
	static const struct { uint32_t key; const char *word; } words[] = {
		{ TK_ENTER, NC_("key", "Enter") }, { TK_UP, NC_("key", "Up") },
		{ TK_DOWN, NC_("key", "Down") },
		{ TK_LEFT, NC_("key", "Left") },
		{ TK_RIGHT, NC_("key", "Right") },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].key == key)
			return text_in_context(words[i].word);
	return key_word(key, buf);
}

size_t keymap_help(const struct keymap *map, struct grid *g,
		   struct grid_box b, uint32_t state, size_t skip)
{
	char a[16], c[16], keys[64];
	size_t line = 0;

	for (size_t i = 0; i < map->nrows; i++) {
		const struct keymap_row *r = &map->rows[i];

		if (!r->help || (state && !(r->states & state)))
			continue;
		str_copy(keys, sizeof(keys), local_word(r->key, a));
		if (r->twin)
			str_add(keys, sizeof(keys), "  %s",
				local_word(r->twin, c));
		if (line >= skip && line - skip < (size_t)MAX(0, b.h)) {
			int y = b.y + (int)(line - skip);

			grid_put(g, y, b.x + 1, 14, ST_TITLE, keys);
			grid_put(g, y, b.x + 16, MAX(1, b.w - 17), ST_NORMAL,
				 _(r->help));
		}
		line++;
	}
	return line;
}
