/*
 * dial_cause -- data/sip-causes.tsv read once; look-up by walking it.
 *
 * The table has about sixty rows and is asked once a call, so a scan for the
 * best row is all the index it needs.
 */
#include "dial/dial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"

enum { ROWS_MAX = 256, FIELDS = 5, LINE_MAX_ = 512 };

struct row {
	struct dial_cause cause;
	uint8_t class;		/* 3..6 for 3xx..6xx; 0 = not a class row   */
};

struct dial_causes {
	struct row rows[ROWS_MAX];
	size_t count;
};

static const char *const retry_words[] = {
#define X(name, word) [name] = word,
	DIAL_RETRIES(X)
#undef X
};

const char *dial_retry_word(enum dial_retry r)
{
	return r < DIAL_RETRY_COUNT ? retry_words[r] : "?";
}

static bool retry_from_word(const char *w, enum dial_retry *out)
{
	for (int i = 0; i < DIAL_RETRY_COUNT; i++)
		if (!strcmp(w, retry_words[i])) {
			*out = (enum dial_retry)i;
			return true;
		}
	return false;
}

static bool number_field(const char *w, uint64_t max, uint16_t *out)
{
	uint64_t n = 0;

	if (strcmp(w, "-") && (str_to_u64(w, max, &n) || !n))
		return false;
	*out = (uint16_t)n;
	return true;
}

static bool code_field(const char *w, struct row *r)
{
	if (strlen(w) == 3 && w[0] >= '3' && w[0] <= '6' &&
	    !strcmp(w + 1, "xx")) {
		r->class = (uint8_t)(w[0] - '0');
		return true;
	}
	return number_field(w, 699, &r->cause.code);
}

static enum err row_parse(char *line, struct row *r)
{
	char *field[FIELDS], *at = line;

	for (int i = 0; i < FIELDS; i++) {
		field[i] = at;
		if (!at)
			return ERR_FORMAT;
		at = strchr(at, '\t');
		if (at)
			*at++ = '\0';
	}
	*r = (struct row){ .class = 0 };
	if (!code_field(field[0], r) ||
	    !number_field(field[1], 127, &r->cause.q850) ||
	    call_result_from_word(field[2], &r->cause.result) ||
	    !retry_from_word(field[3], &r->cause.retry))
		return ERR_FORMAT;
	r->cause.other_trunk = !strcmp(field[4], "yes");
	if (!r->cause.other_trunk && strcmp(field[4], "no"))
		return ERR_FORMAT;
	return ERR_OK;
}

static bool same_key(const struct row *a, const struct row *b)
{
	return a->cause.code == b->cause.code && a->class == b->class &&
	       a->cause.q850 == b->cause.q850;
}

static enum err add_row(struct dial_causes *c, char *line)
{
	struct row r;
	enum err e = row_parse(line, &r);

	for (size_t i = 0; !e && i < c->count; i++)
		if (same_key(&c->rows[i], &r))
			e = ERR_EXISTS;
	if (!e && c->count == ROWS_MAX)
		e = ERR_FULL;
	if (!e)
		c->rows[c->count++] = r;
	return e;
}

enum err dial_causes_read(const char *path, struct dial_causes **out)
{
	struct dial_causes *c = calloc(1, sizeof(*c));
	FILE *f = path ? fopen(path, "re") : NULL;
	char line[LINE_MAX_];
	enum err e = ERR_OK;

	if (!c || !f) {
		e = !c ? ERR_MEMORY : path ? err_from_errno(errno) : ERR_ARG;
		log_err("dial", "causes %s: %s", path ? path : "(none)",
			err_text(e));
		goto out;
	}
	for (unsigned n = 1; !e && fgets(line, sizeof(line), f); n++) {
		line[strcspn(line, "\r\n")] = '\0';
		if (!*line || *line == '#')
			continue;
		e = add_row(c, line);
		if (e)
			log_err("dial", "%s:%u: %s", path, n, err_text(e));
	}
	if (!e && !dial_cause_find(c, 0, 0)) {
		log_err("dial", "%s: the row \"- -\" is missing", path);
		e = ERR_FORMAT;
	}
out:
	if (f)
		fclose(f);
	if (e)
		c = dial_causes_free(c);
	else
		*out = c;
	return e ? (e == ERR_EXISTS || e == ERR_FULL ? ERR_FORMAT : e) : ERR_OK;
}

struct dial_causes *dial_causes_free(struct dial_causes *c)
{
	free(c);
	return NULL;
}

/* How well a row fits: 4 both, 3 cause, 2 code, 1 class, 0 the last resort. */
static int fit(const struct row *r, uint16_t code, uint16_t q850)
{
	if (r->class)
		return code / 100 == r->class ? 1 : -1;
	if (r->cause.code && r->cause.q850)
		return r->cause.code == code && r->cause.q850 == q850 ? 4 : -1;
	if (r->cause.q850)
		return r->cause.q850 == q850 ? 3 : -1;
	if (r->cause.code)
		return r->cause.code == code ? 2 : -1;
	return 0;
}

const struct dial_cause *dial_cause_find(const struct dial_causes *c,
					 uint16_t code, uint16_t q850)
{
	const struct dial_cause *best = NULL;
	int best_fit = -1;

	for (size_t i = 0; i < c->count; i++) {
		int f = fit(&c->rows[i], code, q850);

		if (f > best_fit) {
			best_fit = f;
			best = &c->rows[i].cause;
		}
	}
	return best;
}
