/* admin_print -- JSON lines as they come, for people or for scripts. */
#include "admin/admin.h"

#include "base/str.h"
#include "tui/text.h"
#include "verbs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct admin_out {
	const struct admin_opts *o;
	bool list;			/* a table; else key: value          */
	bool watch;			/* each line is shown as it comes    */
	const char *columns;		/* of it, for a terminal             */
	char *part;			/* a line not yet whole              */
	size_t part_len, part_cap;
	json_t *rows;			/* kept until the widths are known   */
	const char *reject_path;
	FILE *reject;
	char *reject_head;		/* the file's own header, held back  */
	bool tty_err;
};

struct admin_out *admin_out_new(const struct admin_opts *o,
				const char *object, const char *verb,
				const char *reject_path)
{
	const struct verb *row = verb_find(object, verb);
	struct admin_out *out = calloc(1, sizeof(*out));

	if (!out)
		return NULL;
	out->o = o;
	out->list = str_eq(verb, "list");
	out->watch = str_eq(verb, "watch");
	out->columns = row && o->narrow && !o->wide ? row->columns : NULL;
	out->rows = json_array();
	out->reject_path = reject_path;
	out->tty_err = isatty(STDERR_FILENO) && !o->quiet;
	return out;
}

/* By its key or its heading. */
static bool column_of(const json_t *row, const char *name)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)row, key, v)
		if (str_eq(key, name) || str_eq(admin_head(key), name))
			return true;
	return false;
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
		if (!len || column_of(row, name))
			continue;
		all = false;
		fprintf(stderr, _("waihu: --columns: no %s; there are:"), name);
		json_object_foreach((json_t *)row, key, v)
			fprintf(stderr, " %s", key);
		fprintf(stderr, "\n");
	}
	return all;
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
			fprintf(stderr, _("waihu: rejected rows are in %s\n"),
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
	} else if (out->watch) {
		admin_move(out->o, v);
	} else if (out->list) {
		json_array_append(out->rows, v);
	} else if (v) {
		admin_deep(out->o, v, 0);
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
	if (out->watch && fflush(stdout))
		exit(EX_IOERR);		/* nobody reads it any more */
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
		admin_table(out->o, out->rows, out->o->columns
			    ? out->o->columns : out->columns, 0);
	if (out->reject)
		fclose(out->reject);
	json_decref(out->rows);
	free(out->reject_head);
	free(out->part);
	free(out);
	return NULL;
}
