/*
 * admin_table -- rows as columns, answers as lines.
 *
 * A terminal gets the columns of verbs.c that fit its width: first the widest
 * text is cut, down to CUT_MIN cells, then columns are left out from the
 * right.  A pipe, --wide and --columns get everything.
 */
#include "admin/admin.h"

#include "base/str.h"
#include "tui/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COLUMNS_MAX = 64, CELL_MAX = 1024, CUT_MIN = 14, GAP = 2 };

struct column {
	const char *key;
	int width;
	bool text;			/* may be cut                        */
};

struct table {
	const struct admin_opts *o;
	bool fit;			/* a terminal's width is the limit   */
	struct column col[COLUMNS_MAX];
	size_t n;
};

static void cell_of(const char *key, const json_t *v, char *buf, size_t size);

/* Arrays and objects inside a cell: "spring, summer", "ready 12, wrap 3". */
static void words_of(const json_t *v, char *buf, size_t size)
{
	char text[CELL_MAX];
	const char *key;
	json_t *item;
	size_t i;

	*buf = '\0';
	json_array_foreach(v, i, item) {
		cell_of("", item, text, sizeof(text));
		str_add(buf, size, "%s%s", *buf ? ", " : "", text);
	}
	json_object_foreach((json_t *)v, key, item) {
		cell_of(key, item, text, sizeof(text));
		str_add(buf, size, "%s%s %s", *buf ? ", " : "",
			admin_head(key), text);
	}
}

/* What came from lists and networks is shown, never obeyed. */
static void cell_of(const char *key, const json_t *v, char *buf, size_t size)
{
	char text[CELL_MAX];

	if (json_is_string(v))
		text_clean(buf, size, admin_word(key, json_string_value(v)));
	else if (json_is_null(v) || !v)
		str_copy(buf, size, "-");
	else if (json_is_boolean(v))
		str_copy(buf, size, json_is_true(v) ? _("yes") : _("no"));
	else if (json_is_real(v))
		str_fmt(buf, size, "%.4g", json_real_value(v));
	else if (json_is_integer(v))
		str_fmt(buf, size, "%lld", (long long)json_integer_value(v));
	else {
		words_of(v, text, sizeof(text));
		str_copy(buf, size, text);
	}
}

/* "2026-11-23T14:00:05.123+08:00": the clock today, else day and clock. */
static bool short_time(const json_t *v, char *buf, size_t size)
{
	const char *s = json_string_value(v);
	char today[16];
	time_t now = time(NULL);
	struct tm tm;

	if (!s || strlen(s) != 29 || s[10] != 'T' || s[19] != '.')
		return false;
	if (!localtime_r(&now, &tm) ||
	    !strftime(today, sizeof(today), "%Y-%m-%d", &tm))
		return false;
	if (!strncmp(s, today, 10))
		return str_fmt(buf, size, "%.8s", s + 11);
	if (!strncmp(s, today, 4))
		return str_fmt(buf, size, "%.5s %.5s", s + 5, s + 11);
	return str_fmt(buf, size, "%.10s", s);
}

static void shown(const struct table *t, const char *key, const json_t *row,
		  char *buf, size_t size)
{
	const json_t *v = json_object_get(row, key);

	if (!t->fit || !short_time(v, buf, size))
		cell_of(key, v, buf, size);
}

static bool named(const char *list, const char *key)
{
	size_t len = strlen(key);

	for (const char *p = list; p;
	     p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
		if (!strncmp(p, key, len) && (p[len] == ',' || !p[len]))
			return true;
	return false;
}

static void columns_of(struct table *t, const json_t *rows, const char *only)
{
	const char *key;
	json_t *v, *row;
	char text[CELL_MAX];
	size_t i;

	json_object_foreach(json_array_get(rows, 0), key, v) {
		if (t->n == COLUMNS_MAX || (only && !named(only, key) &&
					    !named(only, admin_head(key))))
			continue;
		t->col[t->n++] = (struct column){
			.key = key, .text = json_is_string(v) &&
			strchr("0123456789", *json_string_value(v)) == NULL,
			.width = t->o->no_header ? 0
						 : text_width(admin_head(key)) };
	}
	json_array_foreach(rows, i, row) {
		for (size_t c = 0; c < t->n; c++) {
			shown(t, t->col[c].key, row, text, sizeof(text));
			t->col[c].width = MAX(t->col[c].width,
					      text_width(text));
		}
	}
}

static int total(const struct table *t)
{
	int cells = 0;

	for (size_t c = 0; c < t->n; c++)
		cells += t->col[c].width + (c ? GAP : 0);
	return cells;
}

static void fit(struct table *t, int cells)
{
	while (total(t) > cells && t->n) {
		struct column *w = &t->col[0];

		for (size_t c = 0; c < t->n; c++)
			if (t->col[c].text && (!w->text ||
					       t->col[c].width > w->width))
				w = &t->col[c];
		if (w->text && w->width > CUT_MIN &&
		    w->width > text_width(admin_head(w->key)))
			w->width--;
		else
			t->n--;
	}
}

static void put(const struct column *c, const char *text, int indent,
		bool last)
{
	char cut[CELL_MAX];
	int width = text_width(text);

	if (width > c->width) {
		str_fmt(cut, sizeof(cut), "%.*s~",
			(int)text_fit(text, c->width - 1), text);
		text = cut;
		width = text_width(cut);
	}
	printf("%*s%s%*s", indent, "", text,
	       last ? 0 : c->width - width + GAP, "");
}

void admin_table(const struct admin_opts *o, const json_t *rows,
		 const char *only, int indent)
{
	struct table t = { .o = o, .fit = o->narrow && !o->wide &&
					  !o->columns };
	char text[CELL_MAX];
	json_t *row;
	size_t i;

	columns_of(&t, rows, only);
	if (t.fit && only)
		fit(&t, o->cells - indent);
	if (!t.n)
		return;
	for (size_t c = 0; c < t.n && !o->no_header; c++)
		put(&t.col[c], admin_head(t.col[c].key), c ? 0 : indent,
		    c + 1 == t.n);
	if (!o->no_header)
		printf("\n");
	json_array_foreach(rows, i, row) {
		for (size_t c = 0; c < t.n; c++) {
			shown(&t, t.col[c].key, row, text, sizeof(text));
			put(&t.col[c], text, c ? 0 : indent, c + 1 == t.n);
		}
		printf("\n");
	}
}

static bool is_deep(const json_t *v)
{
	return json_is_object(v) || json_is_array(v);
}

void admin_deep(const struct admin_opts *o, const json_t *v, int depth)
{
	const char *key;
	json_t *item;
	size_t i;
	char text[CELL_MAX];
	int width = MAX(18 - depth * 2, 1);

	json_object_foreach((json_t *)v, key, item)
		if (!is_deep(item))
			width = MAX(width, text_width(admin_head(key)));
	json_object_foreach((json_t *)v, key, item) {
		printf("%*s%s", depth * 2, "", admin_head(key));
		if (is_deep(item)) {
			bool none = !json_object_size(item) &&
				    !json_array_size(item);

			printf(":%s\n", none ? _(" none") : "");
			admin_deep(o, item, depth + 1);
			continue;
		}
		cell_of(key, item, text, sizeof(text));
		printf("%*s %s\n", width - text_width(admin_head(key)), "",
		       text);
	}
	if (json_is_object(json_array_get(v, 0))) {
		admin_table(o, v, o->columns, depth * 2);
		return;
	}
	json_array_foreach(v, i, item) {
		cell_of("", item, text, sizeof(text));
		printf("%*s%s\n", depth * 2, "", text);
	}
}
