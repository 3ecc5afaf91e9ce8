/*
 * store_trim_test -- old events go, and what is left is still proven: the
 * anchor says where the chain goes on, and nobody can move it unseen.
 */
#include <string.h>

#include "store/store_fix.h"

#include "base/t.h"
#include "store/store_priv.h"

static bool lmdb_true = true, lmdb_false;

enum { EVENTS = 3000 };

static void write_events(struct store_fix *f, int n)
{
	while (n > 0) {
		struct store_group *g = store_begin(f->s);

		for (int i = 0; i < 500 && n > 0; i++, n--)
			store_event(g, &n, sizeof(n));
		T_OK(!store_fix_commit(f, g), "events are written");
	}
}

static uint64_t anchor_of(struct store_fix *f)
{
	uint8_t hash[STORE_HASH_LEN];
	uint64_t n = 99;

	T_OK(!store_event_anchor(f->s, &n, hash), "the anchor");
	return n;
}

static void trim(struct store_fix *f, uint64_t upto)
{
	struct store_group *g = store_begin_bulk(f->s);

	store_event_trim(g, upto);
	T_OK(!store_fix_commit(f, g), "trimmed up to %llu",
	     (unsigned long long)upto);
}

static bool first_row(void *arg, uint64_t number, const void *bytes UNUSED,
		      size_t len UNUSED)
{
	*(uint64_t *)arg = number;
	return false;
}

static void old_events_go(void **state)
{
	static const struct {
		uint64_t upto, anchor;
		const char *what;
	} cases[] = {
		{ 0, 0, "nothing is asked, nothing goes" },
		{ 1, 1, "the first" },
		{ 1, 1, "what went is not trimmed twice" },
		{ 100, 100, "a hundred" },
		{ 50, 100, "never backwards" },
		{ EVENTS, 100 + STORE_TRIM_MAX, "a bite, no more" },
		{ EVENTS, 100 + 2 * STORE_TRIM_MAX, "and one more" },
		{ EVENTS + 999, EVENTS - 1, "the newest stays" },
		{ EVENTS + 999, EVENTS - 1, "whatever is asked" },
	};
	struct store_fix f = { 0 };

	store_fix_open(&f, *(bool *)*state);
	write_events(&f, EVENTS);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint64_t rows = 0, first = 0, bad = 0;

		trim(&f, cases[i].upto);
		T_OK(anchor_of(&f) == cases[i].anchor, "%s: %llu",
		     cases[i].what, (unsigned long long)anchor_of(&f));
		T_OK(!store_count(f.s, STORE_EVENT, &rows) &&
		     rows == EVENTS - cases[i].anchor, "%s: %llu are left",
		     cases[i].what, (unsigned long long)rows);
		T_OK(!store_event_scan(f.s, 1, 1, first_row, &first) &&
		     first == cases[i].anchor + 1, "%s: the first there is",
		     cases[i].what);
		T_OK(!store_event_verify(f.s, 1, 0, &bad),
		     "%s: the chain is proven, bad %llu", cases[i].what,
		     (unsigned long long)bad);
		if (f.dir[0]) {
			store_fix_reopen(&f);
			T_OK(!store_event_verify(f.s, 1, 0, NULL),
			     "%s: after a restart too", cases[i].what);
		}
	}
	write_events(&f, 1);
	T_OK(f.last.first_event == EVENTS + 1 &&
	     !store_event_verify(f.s, 1, 0, NULL), "the numbers go on");
	store_fix_close(&f);
}

static void put_meta(struct store *s, const char *name, const void *val,
		     size_t len)
{
	T_OK(!store_meta_put(s, name, val, len), "behind the store's back");
}

/* Whoever trims more than the store did, or less, is found out. */
static void a_moved_anchor_is_found(void **state)
{
	struct store_fix f = { 0 };
	uint8_t row[8 + STORE_HASH_LEN], key[8];
	size_t len;
	uint64_t bad = 0;

	store_fix_open(&f, *(bool *)*state);
	write_events(&f, 30);
	trim(&f, 10);
	T_OK(!store_meta_get(f.s, META_ANCHOR, row, sizeof(row), &len),
	     "the anchor's row");
	row[9] ^= 1;
	put_meta(f.s, META_ANCHOR, row, len);
	T_OK(store_event_verify(f.s, 1, 0, &bad) == ERR_FORMAT && bad == 11,
	     "another hash: the next link does not fit (%llu)",
	     (unsigned long long)bad);
	row[9] ^= 1;
	be64_put(row, 9);
	put_meta(f.s, META_ANCHOR, row, len);
	T_OK(store_event_verify(f.s, 1, 0, &bad) == ERR_FORMAT && bad == 10,
	     "another number: one is missing (%llu)",
	     (unsigned long long)bad);
	be64_put(row, 10);
	put_meta(f.s, META_ANCHOR, row, len);
	be64_put(key, 11);
	T_OK(!f.s->engine->begin(f.s) &&
	     !f.s->engine->tdel(f.s, STORE_EVENT, (struct blob){ key, 8 }) &&
	     !f.s->engine->commit(f.s), "one more goes by hand");
	T_OK(store_event_verify(f.s, 1, 0, &bad) == ERR_FORMAT && bad == 11,
	     "which is found out (%llu)", (unsigned long long)bad);
	if (f.dir[0]) {
		f.s = store_close(f.s);
		T_OK(store_open(&f.conf, &f.s) == ERR_FORMAT,
		     "and the folder is not opened");
	}
	store_fix_close(&f);
}

static void a_refused_trim_changes_nothing(void **state)
{
	struct store_fix f = { 0 };
	struct store_group *g;

	store_fix_open(&f, *(bool *)*state);
	write_events(&f, 30);
	g = store_begin(f.s);
	store_event_trim(g, 20);
	store_event(g, "more", 4);
	store_fail(f.s, 1, ERR_IO);
	T_OK(store_fix_commit(&f, g) == ERR_IO, "the disk refuses");
	T_OK(anchor_of(&f) == 0 && !store_event_verify(f.s, 1, 0, NULL),
	     "all are there");
	g = store_begin(f.s);
	store_event_trim(g, 20);
	store_event(g, "more", 4);
	T_OK(!store_fix_commit(&f, g) && f.last.first_event == 31 &&
	     anchor_of(&f) == 20 && !store_event_verify(f.s, 1, 0, NULL),
	     "and the next one is taken whole");
	store_fix_close(&f);
}

#define BOTH(f)                                                               \
	{ #f " (memory)", f, NULL, NULL, &lmdb_false },                       \
	{ #f " (lmdb)", f, NULL, NULL, &lmdb_true }

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(old_events_go),
		BOTH(a_moved_anchor_is_found),
		BOTH(a_refused_trim_changes_nothing),
	};

	return T_RUN(tests);
}
