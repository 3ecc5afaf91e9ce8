/* admin_print -- JSON lines, as tables for people. */
#define _XOPEN_SOURCE 700
#include "admin/admin.h"

#include "base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

enum { COLUMNS_MAX = 64, CELL_MAX = 200 };

struct admin_out {
	const struct admin_opts *o;
	bool list;			/* a table; else key: value          */
	char *part;			/* a line not yet whole              */
	size_t part_len, part_cap;
	json_t *rows;			/* kept until the widths are known   */
	const char *reject_path;
	FILE *reject;
	char *reject_head;		/* the file's own header, held back  */
	bool tty_err;
};

struct admin_out *admin_out_new(const struct admin_opts *o,
				const char *object UNUSED, const char *verb,
				const char *reject_path)
{
	struct admin_out *out = calloc(1, sizeof(*out));

	if (!out)
		return NULL;
	out->o = o;
	out->list = str_eq(verb, "list");
	out->rows = json_array();
	out->reject_path = reject_path;
	out->tty_err = isatty(STDERR_FILENO) && !o->quiet;
	return out;
}

static int width_of(const char *text)
{
	wchar_t w[CELL_MAX * 2];
	size_t n = mbstowcs(w, text, ARRAY_LEN(w) - 1);
	int width;

	if (n == (size_t)-1)
		return (int)strlen(text);
	width = wcswidth(w, n);
	return width < 0 ? (int)strlen(text) : width;
}

/* What came from lists and networks is shown, never obeyed. */
static void cell_of(const json_t *v, char *buf, size_t size)
{
	char *dump;

	if (json_is_string(v))
		str_copy(buf, size, json_string_value(v));
	else if (json_is_null(v) || !v)
		str_copy(buf, size, "-");
	else if (json_is_boolean(v))
		str_copy(buf, size, json_is_true(v) ? "yes" : "no");
	else if (json_is_real(v))
		str_fmt(buf, size, "%.4g", json_real_value(v));
	else {
		dump = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
		str_copy(buf, size, dump ? dump : "");
		free(dump);
	}
	for (char *p = buf; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
}

static bool wanted(const struct admin_out *out, const char *key)
{
	const char *p = out->o->columns;
	size_t len = strlen(key);

	for (; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
		if (!strncmp(p, key, len) && (p[len] == ',' || !p[len]))
			return true;
	return !out->o->columns;
}

bool admin_out_columns(const struct admin_out *out)
{
	const char *p = out ? out->o->columns : NULL, *key;
	const json_t *row = out ? json_array_get(out->rows, 0) : NULL;
	json_t *v;
	bool all = true;

	for (size_t len; row && p && *p; p += len + (p[len] == ',')) {
		char name[64];

		len = strcspn(p, ",");
		str_fmt(name, sizeof(name), "%.*s", (int)len, p);
		if (!len || json_object_get(row, name))
			continue;
		all = false;
		fprintf(stderr, "waihu: --columns: no %s; there are:", name);
		json_object_foreach((json_t *)row, key, v)
			fprintf(stderr, " %s", key);
		fprintf(stderr, "\n");
	}
	return all;
}

/* Rows of one shape, as columns; `indent` cells from the left. */
static void print_table(const struct admin_out *out, const json_t *rows,
			int indent)
{
	const char *keys[COLUMNS_MAX], *key;
	int widths[COLUMNS_MAX] = { 0 };
	size_t n = 0, i;
	json_t *row, *v;
	char text[CELL_MAX];

	json_object_foreach(json_array_get(rows, 0), key, v) {
		if (n < COLUMNS_MAX && wanted(out, key)) {
			widths[n] = out->o->no_header ? 0 : width_of(key);
			keys[n++] = key;
		}
	}
	if (!n)
		return;
	json_array_foreach(rows, i, row) {
		for (size_t c = 0; c < n; c++) {
			cell_of(json_object_get(row, keys[c]), text,
				sizeof(text));
			widths[c] = MAX(widths[c], width_of(text));
		}
	}
	for (size_t c = 0; c < n && !out->o->no_header; c++)
		printf("%*s%s%*s", c ? 0 : indent, "", keys[c],
		       c + 1 < n ? widths[c] - width_of(keys[c]) + 2 : 0, "");
	if (!out->o->no_header)
		printf("\n");
	json_array_foreach(rows, i, row) {
		for (size_t c = 0; c < n; c++) {
			cell_of(json_object_get(row, keys[c]), text,
				sizeof(text));
			printf("%*s%s%*s", c ? 0 : indent, "", text, c + 1 < n
			       ? widths[c] - width_of(text) + 2 : 0, "");
		}
		printf("\n");
	}
}

static void print_deep(const struct admin_out *out, const json_t *v,
		       int depth)
{
	const char *key;
	json_t *item;
	size_t i;
	char text[1024];
	int width = MAX(18 - depth * 2, 1);

	if (json_is_object(v)) {
		json_object_foreach((json_t *)v, key, item)
			if (!json_is_object(item) && !json_is_array(item))
				width = MAX(width, width_of(key));
		json_object_foreach((json_t *)v, key, item) {
			if (json_is_object(item) || json_is_array(item)) {
				printf("%*s%s:\n", depth * 2, "", key);
				print_deep(out, item, depth + 1);
				continue;
			}
			cell_of(item, text, sizeof(text));
			printf("%*s%-*s %s\n", depth * 2, "", width, key,
			       text);
		}
		return;
	}
	if (json_is_object(json_array_get(v, 0))) {
		print_table(out, v, depth * 2);
		return;
	}
	json_array_foreach(v, i, item) {
		cell_of(item, text, sizeof(text));
		printf("%*s%s\n", depth * 2, "", text);
	}
}

/*
 * A rejected row of an import goes to the file beside the one imported; the
 * first line is the header, written only when a row follows.
 */
static void keep_reject(struct admin_out *out, const char *line)
{
	if (!out->reject_head) {
		out->reject_head = strdup(line);
		return;
	}
	if (!out->reject && out->reject_path) {
		out->reject = fopen(out->reject_path, "we");
		if (!out->reject)
			fprintf(stderr, "waihu: %s: %s\n", out->reject_path,
				strerror(errno));
		else if (!out->o->quiet)
			fprintf(stderr, "waihu: rejected rows are in %s\n",
				out->reject_path);
		if (out->reject)
			fprintf(out->reject, "%s\n", out->reject_head);
	}
	fprintf(out->reject ? out->reject : stderr, "%s\n", line);
}

static void take_line(struct admin_out *out, const char *line, size_t len)
{
	json_t *v = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *text = json_object_get(v, "text");
	const json_t *reject = json_object_get(v, "reject");
	const json_t *done = json_object_get(v, "done");

	if (out->o->line) {
		out->o->line(out->o->line_arg, v);
	} else if (reject) {
		keep_reject(out, json_string_value(reject));
	} else if (text && json_object_size(v) == 1) {
		puts(json_string_value(text));
	} else if (json_is_false(done)) {
		if (out->o->json)
			printf("%.*s\n", (int)len, line);
	} else if (out->o->json) {
		printf("%.*s\n", (int)len, line);
	} else if (out->list) {
		json_array_append(out->rows, v);
	} else if (v) {
		print_deep(out, v, 0);
	}
	json_decref(v);
}

void admin_out_bytes(struct admin_out *out, const void *p, size_t len)
{
	char *end;

	if (!out || !len)
		return;
	if (out->part_len + len + 1 > out->part_cap) {
		size_t cap = (out->part_len + len + 1) * 2;
		char *part = realloc(out->part, cap);

		if (!part)
			return;
		out->part = part;
		out->part_cap = cap;
	}
	memcpy(out->part + out->part_len, p, len);
	out->part_len += len;
	char *at = out->part;

	while ((end = memchr(at, '\n',
			     out->part_len - (size_t)(at - out->part)))) {
		take_line(out, at, (size_t)(end - at));
		at = end + 1;
	}
	out->part_len -= (size_t)(at - out->part);
	memmove(out->part, at, out->part_len);
}

void admin_progress(struct admin_out *out, uint64_t sent, uint64_t total)
{
	enum { CELLS = 40 };
	char bar[CELLS + 1];
	size_t done = total ? (size_t)(sent * CELLS / total) : 0;

	if (!out || !out->tty_err || !total)
		return;
	for (size_t i = 0; i < CELLS; i++)
		bar[i] = i < done ? '#' : '.';
	bar[CELLS] = '\0';
	fprintf(stderr, "\r[%s] %3d%%%s", bar, (int)(sent * 100 / total),
		sent >= total ? "\n" : "");
}

struct admin_out *admin_out_free(struct admin_out *out)
{
	if (!out)
		return NULL;
	if (json_array_size(out->rows))
		print_table(out, out->rows, 0);
	if (out->reject)
		fclose(out->reject);
	json_decref(out->rows);
	free(out->reject_head);
	free(out->part);
	free(out);
	return NULL;
}
