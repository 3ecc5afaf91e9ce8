/* A page sent as its changes is the page sent whole, whatever becomes of it. */
#include "base/t.h"

#include <stdlib.h>
#include <string.h>

#include "msg/msg_fill.h"
#include "msg/msg_keep.h"
#include "schema/schema_sample.h"

enum { STEPS = 400, FRESH = 17 };

static union msg_any page, other;
static struct msg_changes c;
static uint8_t one[MSG_FRAME_MAX], two[MSG_FRAME_MAX];
static uint64_t seed = 4;

static uint32_t dice(uint32_t n)
{
	return n ? (uint32_t)(sample_random(&seed) >> 8) % n : 0;
}

static bool same(const struct schema *s, const void *a, const void *b)
{
	size_t na, nb;

	if (schema_encode(s, a, one, sizeof(one), &na) ||
	    schema_encode(s, b, two, sizeof(two), &nb))
		return false;
	return na == nb && !memcmp(one, two, na);
}

static void change(const struct schema *s, char *obj);

/* A list as floors have it: rows come, go, move up and down, change. */
static void change_rows(const struct schema_field *f, char *obj)
{
	uint32_t *n = (uint32_t *)(void *)(obj + f->count_offset);
	size_t size = f->sub->size;
	char *rows = obj + f->offset;
	uint32_t at = dice(*n), to = dice(*n);
	char *row = malloc(size);

	switch (dice(6)) {
	case 0:				/* comes */
		if (*n == f->max)
			break;
		at = dice(*n + 1);
		memmove(rows + (at + 1) * size, rows + at * size,
			(*n - at) * size);
		msg_fill(f->sub, rows + at * size, 2, &seed);
		++*n;
		break;
	case 1:				/* goes */
		if (!*n)
			break;
		memmove(rows + at * size, rows + (at + 1) * size,
			(*n - at - 1) * size);
		--*n;
		break;
	case 2:				/* moves */
		if (!*n)
			break;
		memcpy(row, rows + at * size, size);
		memmove(rows + at * size, rows + (at + 1) * size,
			(*n - at - 1) * size);
		memmove(rows + (to + 1) * size, rows + to * size,
			(*n - to - 1) * size);
		memcpy(rows + to * size, row, size);
		break;
	case 3:				/* twice the same id */
		if (*n)
			memcpy(rows + at * size, rows + to * size, size);
		break;
	default:
		if (*n)
			change(f->sub, rows + at * size);
		break;
	}
	free(row);
}

/* One field becomes another value, or nothing. */
static void change(const struct schema *s, char *obj)
{
	size_t count;
	const struct schema_field *f = s->fields(&count);
	union msg_any *fresh = calloc(1, sizeof(*fresh));
	size_t i = dice((uint32_t)count);
	size_t end = i + 1 < count ? f[i + 1].offset : s->size;
	size_t from = f[i].kind >= SCHEMA_KIND_bytes &&
		      f[i].count_offset < f[i].offset ? f[i].count_offset
						      : f[i].offset;

	/* A count stands before its list or text: up to the next one's. */
	if (i + 1 < count && f[i + 1].kind >= SCHEMA_KIND_bytes)
		end = MIN(end, f[i + 1].count_offset);
	if (f[i].kind == SCHEMA_KIND_rows && dice(20)) {
		change_rows(&f[i], obj);
	} else {
		if (dice(3))
			msg_fill(s, fresh, 8, &seed);
		memcpy(obj + from, (char *)fresh + from, end - from);
	}
	free(fresh);
}

static void walk(enum msg_type type)
{
	const struct msg_row *row = msg_row(type);
	struct msg_kept server = { 0 }, screen = { 0 }, late = { 0 };

	msg_fill(row->schema, &page, 8, &seed);
	for (uint32_t i = 1; i <= STEPS; i++) {
		for (uint32_t k = dice(4); k; k--)
			change(row->schema, (char *)&page);
		T_OK(!msg_keep_next(&server, type, &page, i, &c),
		     "%s: changes are found", row->name);
		T_OK(msg_keep_none(&c) || c.to == i, "they have a number");
		if (!msg_keep_none(&c))
			T_OK(!msg_keep_take(&screen, &c), "%s: and applied",
			     row->name);
		T_OK(same(row->schema, screen.page, &page),
		     "%s: step %u gives the page", row->name, i);
		if (i % FRESH)
			continue;
		T_OK(!msg_keep_whole(&server, &c) &&
		     !msg_keep_take(&late, &c), "one who comes late gets all");
		T_OK(same(row->schema, late.page, &page) &&
		     late.seq == screen.seq, "%s: the same", row->name);
	}
	msg_keep_drop(&server);
	msg_keep_drop(&screen);
	msg_keep_drop(&late);
}

static void test_walk(void **state UNUSED)
{
	for (unsigned type = MSG_HEAD; type < MSG_CHANGES; type++)
		if (msg_row(type) && type != MSG_MONITORING)
			walk((enum msg_type)type);
}

static void test_gap(void **state UNUSED)
{
	struct msg_kept server = { 0 }, screen = { 0 };
	struct msg_changes first;

	memset(&page, 0, sizeof(page));
	page.agents.total = 3;
	T_OK(!msg_keep_next(&server, MSG_AGENTS, &page, 7, &c), "a first");
	first = c;
	T_OK(!msg_keep_take(&screen, &first) && screen.seq == 7, "is taken");
	T_OK(!msg_keep_next(&server, MSG_AGENTS, &page, 8, &c) &&
	     msg_keep_none(&c) && server.seq == 7, "nothing new, no number");
	page.agents.total = 4;
	T_OK(!msg_keep_next(&server, MSG_AGENTS, &page, 9, &c), "a second");
	page.agents.total = 5;
	T_OK(!msg_keep_next(&server, MSG_AGENTS, &page, 10, &c), "a third");
	T_OK(msg_keep_take(&screen, &c) == ERR_STATE && !screen.page,
	     "the second was missed: asked for again");
	T_OK(msg_keep_take(&screen, &c) == ERR_STATE, "and still so");
	T_OK(!msg_keep_whole(&server, &c) && !msg_keep_take(&screen, &c) &&
	     ((struct msg_agents *)screen.page)->total == 5, "all of it");
	first.page = MSG_CALLS;
	first.from = 10;
	T_OK(msg_keep_take(&screen, &first) == ERR_STATE,
	     "another page's number is none of this");
	first.page = 3;
	T_OK(msg_keep_take(&screen, &first), "no page at all");
	msg_keep_drop(&server);
	msg_keep_drop(&screen);
}

/* The longest page there can be still travels, whole. */
static void test_full(void **state UNUSED)
{
	for (unsigned type = MSG_HEAD; type < MSG_CHANGES; type++) {
		struct msg_kept server = { 0 }, screen = { 0 };
		const struct msg_row *row = msg_row(type);
		size_t len;

		if (!row)
			continue;
		msg_fill_full(row->schema, &page);
		T_OK(!msg_keep_next(&server, row->type, &page, 1, &c) &&
		     !msg_encode(MSG_CHANGES, 0, &c, one, sizeof(one), &len),
		     "%s fits a frame", row->name);
		T_OK(!msg_keep_take(&screen, &c) &&
		     same(row->schema, screen.page, &page), "and arrives");
		msg_keep_drop(&server);
		msg_keep_drop(&screen);
	}
}

/* Bytes cut short or changed are refused, or give a page that is sound. */
static void test_bytes(void **state UNUSED)
{
	const struct schema *s = &msg_agents_schema;
	size_t len;

	msg_fill(s, &page, 8, &seed);
	memcpy(&other, &page, sizeof(page));
	for (int i = 0; i < 6; i++)
		change(s, (char *)&page);
	T_OK(!schema_diff(s, &other, &page, c.diff, sizeof(c.diff), &len) &&
	     len > 10, "a diff");
	for (size_t n = 0; n < len; n++) {
		uint8_t *cut = malloc(n ? n : 1);
		struct msg_agents *got = malloc(sizeof(*got));

		memcpy(cut, c.diff, n);
		T_OK(schema_patch(s, &other, cut, n, got) == ERR_FORMAT,
		     "%zu bytes of %zu are none", n, len);
		free(cut);
		free(got);
	}
	for (int i = 0; i < 20000; i++) {
		struct msg_agents *got = malloc(sizeof(*got));
		size_t at = dice((uint32_t)len);
		uint8_t was = c.diff[at];

		c.diff[at] = (uint8_t)dice(256);
		if (!schema_patch(s, &other, c.diff, len, got))
			T_OK(!schema_check(s, got, NULL), "a sound page");
		c.diff[at] = was;
		free(got);
	}
}

/* What the wall is built on: a row that moves costs next to nothing. */
static void test_small(void **state UNUSED)
{
	struct msg_agents *a = &page.agents;
	struct msg_agent_row first;
	size_t len, all;

	memset(&page, 0, sizeof(page));
	a->rows_count = 20;
	for (uint32_t i = 0; i < 20; i++)
		msg_fill(&msg_agent_row_schema, &a->rows[i], 1, &seed);
	memcpy(&other, &page, sizeof(page));
	T_OK(!schema_diff(&msg_agents_schema, NULL, a, one, sizeof(one),
			  &all), "the page");
	T_OK(!schema_diff(&msg_agents_schema, &other, a, one, sizeof(one),
			  &len) && len == 1, "no change: an empty map");
	first = a->rows[0];
	memmove(&a->rows[0], &a->rows[1], 19 * sizeof(first));
	a->rows[19] = first;
	T_OK(!schema_diff(&msg_agents_schema, &other, a, one, sizeof(one),
			  &len) && len < 16, "all move up: %zu bytes of %zu",
	     len, all);
	memcpy(&page, &other, sizeof(page));
	a->rows[7].calls++;
	a->rows[7].hand = false;
	T_OK(!schema_diff(&msg_agents_schema, &other, a, one, sizeof(one),
			  &len) && len < 20, "two cells: %zu bytes", len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_small),
	};

	return T_RUN(tests);
}
