#include "dispo/dispo.h"

#include "base/log.h"
#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dispos {
	struct dispo_row *rows;
	size_t len, cap;
};

enum { COLUMNS = 9 };

static const char *const kinds[] = { "sale", "contact", "refusal", "wrong",
				     "callback", "other", "system" };
static const char *const nexts[] = { "done", "retry", "agreed", "dnc",
				     "back" };

static int word_of(const char *const *words, size_t n, const char *w)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(words[i], w))
			return (int)i;
	return -1;
}

/* "30m", "4h", "2d"; "-" is 0.  Negative: not a duration. */
static int64_t seconds_of(const char *s)
{
	static const struct { char unit; int64_t s; } units[] = {
		{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 },
	};
	char *end;
	long n = strtol(s, &end, 10);

	if (str_eq(s, "-"))
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (n > 0 && n < 10000 && *end == units[i].unit && !end[1])
			return n * units[i].s;
	return -1;
}

static unsigned needs_of(const char *s)
{
	return (strstr(s, "time") ? NEEDS_TIME : 0u) |
	       (strstr(s, "note") ? NEEDS_NOTE : 0u) |
	       (strstr(s, "amount") ? NEEDS_AMOUNT : 0u);
}

/* NULL when the row is good, else what is wrong with it. */
static const char *parse_row(char *line, struct dispo_row *r)
{
	char *f[COLUMNS], *save = NULL;
	size_t n = 0;
	int64_t v;
	int kind, next;

	for (char *t = strtok_r(line, "\t", &save); t && n < COLUMNS;
	     t = strtok_r(NULL, "\t", &save))
		f[n++] = t;
	if (n < COLUMNS)
		return "nine columns are needed";
	if (str_to_i64(f[0], 1, UINT16_MAX, &v))
		return "code is a number from 1";
	r->code = (uint16_t)v;
	v = 0;
	if (!str_eq(f[1], "-") && str_to_i64(f[1], 1, 9, &v))
		return "digit is 1 to 9 or -";
	r->digit = (uint8_t)v;
	kind = word_of(kinds, ARRAY_LEN(kinds), f[2]);
	next = word_of(nexts, ARRAY_LEN(nexts), f[3]);
	r->after_s = seconds_of(f[4]);
	if (kind < 0)
		return "unknown kind";
	if (next < 0)
		return "unknown next step";
	if (r->after_s < 0)
		return "after is like 30m, 4h, 2d or -";
	if (next == DN_RETRY && !r->after_s)
		return "retry needs a time in `after`";
	r->kind = (enum dispo_kind)kind;
	r->next = (enum dispo_next)next;
	r->needs = needs_of(f[5]);
	if (r->next == DN_AGREED && !(r->needs & NEEDS_TIME))
		return "agreed needs=time";
	if (r->next == DN_BACK && r->kind != DK_SYSTEM)
		return "back is for system rows";
	if (!str_eq(f[6], "-") && call_result_from_word(f[6], &r->result))
		return "unknown call result";
	if (!str_copy(r->label_en, sizeof(r->label_en), f[7]) ||
	    !str_copy(r->label_zh, sizeof(r->label_zh), f[8]))
		return "label is too long (47 bytes)";
	return NULL;
}

static const char *add_row(struct dispos *d, const struct dispo_row *r)
{
	if (dispo_by_code(d, r->code))
		return "code comes twice";
	if (r->digit && dispo_by_digit(d, r->digit))
		return "digit comes twice";
	if (r->result && dispo_by_result(d, r->result))
		return "call result comes twice";
	if (d->len == d->cap) {
		size_t cap = d->cap ? d->cap * 2 : 32;
		struct dispo_row *v = realloc(d->rows, cap * sizeof(*v));

		if (!v)
			return "out of memory";
		d->rows = v;
		d->cap = cap;
	}
	d->rows[d->len++] = *r;
	return NULL;
}

static const char *read_rows(struct dispos *d, FILE *f, int *line_no)
{
	char line[512];

	while (fgets(line, sizeof(line), f)) {
		struct dispo_row r = { 0 };
		const char *bad;

		++*line_no;
		if (!strchr(line, '\n') && !feof(f))
			return "line is too long";
		line[strcspn(line, "\r\n")] = '\0';
		if (!*line || *line == '#')
			continue;
		bad = parse_row(line, &r);
		if (!bad)
			bad = add_row(d, &r);
		if (bad)
			return bad;
	}
	for (int r = RES_NONE + 1; r < CALL_RESULT_COUNT; r++)
		if (!dispo_by_result(d, (enum call_result)r))
			return call_result_word((enum call_result)r);
	return NULL;
}

enum err dispo_load(const char *path, struct dispos **out, char *why,
		    size_t why_size)
{
	struct dispos *d;
	const char *bad;
	int line = 0;
	FILE *f = fopen(path, "re");

	if (!f) {
		enum err e = err_from_errno(errno);

		str_fmt(why, why_size, "%s: %s", path, err_text(e));
		return e;
	}
	d = calloc(1, sizeof(*d));
	bad = d ? read_rows(d, f, &line) : "out of memory";
	fclose(f);
	if (bad) {
		str_fmt(why, why_size, "%s:%d: %s%s", path, line,
			strchr(bad, ' ') ? "" : "no row for call result ",
			bad);
		dispo_free(d);
		return ERR_FORMAT;
	}
	*out = d;
	return ERR_OK;
}

struct dispos *dispo_free(struct dispos *d)
{
	if (d) {
		free(d->rows);
		free(d);
	}
	return NULL;
}

const struct dispo_row *dispo_each(const struct dispos *d,
				   const struct dispo_row *prev)
{
	size_t i = prev ? (size_t)(prev - d->rows) + 1 : 0;

	return i < d->len ? &d->rows[i] : NULL;
}

const struct dispo_row *dispo_by_code(const struct dispos *d, uint16_t code)
{
	for (size_t i = 0; i < d->len; i++)
		if (d->rows[i].code == code)
			return &d->rows[i];
	return NULL;
}

const struct dispo_row *dispo_by_digit(const struct dispos *d, unsigned digit)
{
	for (size_t i = 0; digit && i < d->len; i++)
		if (d->rows[i].digit == digit)
			return &d->rows[i];
	return NULL;
}

const struct dispo_row *dispo_by_result(const struct dispos *d,
					enum call_result r)
{
	for (size_t i = 0; i < d->len; i++)
		if (d->rows[i].result == r)
			return &d->rows[i];
	return NULL;
}

struct dispo_step dispo_apply(const struct dispos *d,
			      const struct dispo_ask *ask)
{
	const struct call *c = ask->call;
	struct dispo_step step = { .conversation = c->join_ms != 0 };

	step.row = c->outcome ? dispo_by_code(d, c->outcome) : NULL;
	if (!step.row)
		step.row = dispo_by_result(d, c->result ? c->result
							: RES_UNKNOWN);
	step.sale = step.row->kind == DK_SALE;
	step.next = step.row->next;
	switch (step.next) {
	case DN_AGREED:
		step.at_s = c->callback_s;
		step.agent = c->callback_agent;
		break;
	case DN_RETRY:
		step.at_s = ask->now_s + step.row->after_s;
		/* The gate's refusal was no attempt: it costs none. */
		if (!ask->attempts_left && c->result != RES_DENIED)
			step.next = DN_DONE;
		break;
	case DN_DONE:
	case DN_DNC:
	case DN_BACK:
		break;
	}
	return step;
}

bool dispo_is_agents(const struct dispo_row *row)
{
	return row->kind != DK_SYSTEM && row->result == RES_NONE;
}

unsigned dispo_missing(const struct dispo_row *row, const struct call *call)
{
	unsigned missing = 0;

	if ((row->needs & NEEDS_TIME) && !call->callback_s)
		missing |= NEEDS_TIME;
	if ((row->needs & NEEDS_NOTE) && !*call->note)
		missing |= NEEDS_NOTE;
	if ((row->needs & NEEDS_AMOUNT) && call->amount <= 0)
		missing |= NEEDS_AMOUNT;
	return missing;
}
