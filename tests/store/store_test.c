/* The contract of store.h, once for each engine. */
#include "store/store_fix.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/t.h"

static bool lmdb_true = true, lmdb_false;

/* Text of a row in "user"; "-" when there is none. */
static const char *text_at(struct store *s, const char *key)
{
	static char buf[128];
	size_t len;
	enum err e = store_get(s, STORE_USER, key, strlen(key), buf,
			       sizeof(buf) - 1, &len);

	if (e)
		return e == ERR_ABSENT ? "-" : err_text(e);
	buf[len] = '\0';
	return buf;
}

static void put_text(struct store_group *g, const char *key, const char *val)
{
	store_put(g, STORE_USER, key, strlen(key), val, strlen(val));
}

static bool row_text(void *arg, const void *key, size_t klen,
		     const void *val, size_t vlen)
{
	str_add(arg, 256, "%.*s=%.*s ", (int)klen, (const char *)key,
		(int)vlen, (const char *)val);
	return true;
}

static const char *scan_text(struct store *s, const char *from, const char *to,
			     bool reverse, size_t limit)
{
	static char buf[256];
	struct store_range r = { .from = from, .to = to, .reverse = reverse,
				 .from_len = from ? strlen(from) : 0,
				 .to_len = to ? strlen(to) : 0,
				 .limit = limit };

	buf[0] = '\0';
	T_OK(!store_scan(s, STORE_USER, &r, row_text, buf), "a scan goes well");
	return buf;
}

static void rows_come_and_go(void **state)
{
	struct store_fix f = { 0 };
	char small[2];
	size_t len = 0;

	store_fix_open(&f, *(bool *)*state);
	struct store_group *g = store_begin(f.s);

	put_text(g, "ada", "one");
	put_text(g, "bob", "two");
	put_text(g, "ada", "three");
	store_put(g, STORE_USER, "void", 4, NULL, 0);
	T_OK(store_group_rows(g) == 4, "rows are counted");
	T_OK(!store_fix_commit(&f, g), "a group commits");
	T_OK(str_eq(text_at(f.s, "ada"), "three"), "the last put holds");
	T_OK(str_eq(text_at(f.s, "void"), ""), "an empty value is a value");
	T_OK(str_eq(text_at(f.s, "eve"), "-"), "no row is ERR_ABSENT");
	T_OK(store_get(f.s, STORE_USER, "ada", 3, small, 2, &len) == ERR_FULL &&
	     len == 5, "a small buffer is told the length");
	g = store_begin(f.s);
	store_del(g, STORE_USER, "ada", 3);
	store_del(g, STORE_USER, "nobody", 6);
	T_OK(!store_fix_commit(&f, g), "deleting what is not there is fine");
	T_OK(str_eq(text_at(f.s, "ada"), "-"), "and what was there is gone");
	if (f.dir[0]) {
		store_fix_reopen(&f);
		T_OK(str_eq(text_at(f.s, "bob"), "two"),
		     "rows are there after a restart");
		T_OK(!store_verify(f.s), "and every page can be read");
	}
	store_fix_close(&f);
}

static void mistakes_are_told(void **state)
{
	static const struct {
		const char *what;
		enum store_table t;
		size_t klen, vlen;
	} cases[] = {
		{ "an empty key", STORE_USER, 0, 1 },
		{ "a key too long", STORE_USER, STORE_KEY_MAX + 1, 1 },
		{ "a value too long", STORE_USER, 1, STORE_VALUE_MAX + 1 },
		{ "a kv row in a set", STORE_DNC, 8, 0 },
		{ "a row in the event log", STORE_EVENT, 8, 1 },
		{ "a table that is none", STORE_TABLE_COUNT, 1, 1 },
		{ "the room's own meta rows", STORE_META, 7, 1 },
	};
	char *big = calloc(1, STORE_VALUE_MAX + 1);
	struct store_fix f = { 0 };

	store_fix_open(&f, *(bool *)*state);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct store_group *g = store_begin(f.s);

		str_copy(big, 16, ".format");
		put_text(g, "good", "row");
		store_put(g, cases[i].t, big, cases[i].klen, big,
			  cases[i].vlen);
		T_OK(store_fix_commit(&f, g) == ERR_ARG, "%s is refused",
		     cases[i].what);
		T_OK(str_eq(text_at(f.s, "good"), "-"),
		     "and its group with it");
	}
	struct store_group *g = store_begin(f.s);

	store_set_add(g, STORE_USER, 1);
	T_OK(store_fix_commit(&f, g) == ERR_ARG, "no numbers in a kv table");
	g = store_begin(f.s);
	for (int i = 0; i <= STORE_ROWS_MAX; i++)
		store_set_add(g, STORE_DNC, (uint64_t)i);
	T_OK(store_fix_commit(&f, g) == ERR_FULL, "a group has its bound");
	free(big);
	store_fix_close(&f);
}

static void own_writes_are_seen_at_once(void **state)
{
	struct store_fix f = { 0 };

	store_fix_open(&f, *(bool *)*state);
	struct store_group *g = store_begin(f.s);

	put_text(g, "a", "1");
	put_text(g, "c", "3");
	put_text(g, "e", "5");
	T_OK(!store_fix_commit(&f, g), "three rows lie there");

	g = store_begin(f.s);
	put_text(g, "b", "new");
	put_text(g, "c", "over");
	store_del(g, STORE_USER, "e", 1);
	store_set_add(g, STORE_DNC, 8613800000000);
	T_OK(str_eq(text_at(f.s, "b"), "-"), "an open group is not seen");
	T_OK(!store_commit(g, store_fix_done, &f), "it is handed over");
	T_OK(store_backlog(f.s) == 1, "it waits");
	uint64_t mark = store_mark(f.s);

	T_OK(!store_settled(f.s, mark), "what is seen is not on disk yet");
	T_OK(str_eq(text_at(f.s, "b"), "new"), "and is seen at once");
	T_OK(str_eq(text_at(f.s, "e"), "-"), "its deletes too");
	T_OK(store_set_has(f.s, STORE_DNC, 8613800000000), "its numbers too");
	T_OK(str_eq(scan_text(f.s, NULL, NULL, false, 0),
		    "a=1 b=new c=over "), "merged into a scan");
	T_OK(str_eq(scan_text(f.s, NULL, NULL, true, 0),
		    "c=over b=new a=1 "), "both ways");
	T_OK(str_eq(scan_text(f.s, "b", "c", false, 0), "b=new "),
	     "within bounds");
	T_OK(str_eq(scan_text(f.s, "b", "d", true, 1), "c=over "),
	     "within the limit");

	g = store_begin(f.s);
	put_text(g, "b", "newer");
	T_OK(!store_commit(g, store_fix_done, &f), "a second one on top");
	T_OK(str_eq(text_at(f.s, "b"), "newer"), "the newest is seen");
	store_drain(f.s);
	T_OK(f.answers == 3 && !store_backlog(f.s), "all are answered");
	T_OK(store_settled(f.s, store_mark(f.s)), "and settled");
	T_OK(str_eq(scan_text(f.s, NULL, NULL, false, 0),
		    "a=1 b=newer c=over "), "and the same rows are there");
	store_fix_close(&f);
}

static void failed_writes_vanish(void **state)
{
	struct store_fix f = { 0 };
	struct store_result res;

	store_fix_open(&f, *(bool *)*state);
	struct store_group *g = store_begin(f.s);

	put_text(g, "k", "old");
	T_OK(!store_commit_wait(g, NULL), "a first value");
	store_fail(f.s, 1, ERR_FULL);
	g = store_begin(f.s);
	put_text(g, "k", "lost");
	T_OK(!store_commit(g, store_fix_done, &f), "a commit that will fail");
	T_OK(str_eq(text_at(f.s, "k"), "lost"), "is seen while it waits");
	store_drain(f.s);
	T_OK(f.last.err == ERR_FULL, "the failure is told");
	T_OK(store_settled(f.s, store_mark(f.s)), "nobody waits for it");
	T_OK(str_eq(text_at(f.s, "k"), "old"), "and the old value is back");

	/* An older pending entry must not hide a newer blocking write. */
	g = store_begin(f.s);
	put_text(g, "k", "queued");
	T_OK(!store_commit(g, store_fix_done, &f), "one is queued");
	g = store_begin(f.s);
	put_text(g, "k", "waited");
	T_OK(!store_commit_wait(g, &res) && !res.err, "a later one waited for");
	T_OK(str_eq(text_at(f.s, "k"), "waited"), "the later one is seen");
	store_drain(f.s);
	T_OK(str_eq(text_at(f.s, "k"), "waited"), "before and after the pump");

	store_fail(f.s, 1, ERR_UNKNOWN);
	g = store_begin(f.s);
	put_text(g, "k", "who knows");
	T_OK(store_fix_commit(&f, g) == ERR_UNKNOWN, "in doubt is told");
	g = store_begin(f.s);
	put_text(g, "k", "more");
	T_OK(store_fix_commit(&f, g) == ERR_CLOSED, "and nothing more taken");
	store_fix_close(&f);
}

static void conflicts(void **state)
{
	struct store_fix f = { 0 };

	store_fix_open(&f, *(bool *)*state);
	static const struct {
		const char *what, *key, *expect;	/* NULL: absent */
		enum err want;
	} cases[] = {
		{ "the value read before", "k", "v1", ERR_OK },
		{ "a value since changed", "k", "v1", ERR_CONFLICT },
		{ "absent and it is", "new", NULL, ERR_OK },
		{ "absent and it is not", "new", NULL, ERR_CONFLICT },
		{ "a value and there is none", "none", "x", ERR_CONFLICT },
	};
	struct store_group *g = store_begin(f.s);

	put_text(g, "k", "v1");
	T_OK(!store_fix_commit(&f, g), "a value");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *x = cases[i].expect;

		g = store_begin(f.s);
		put_text(g, cases[i].key, "v2");
		put_text(g, "touched", cases[i].what);
		store_event(g, cases[i].what, strlen(cases[i].what));
		store_check(g, STORE_USER, cases[i].key, strlen(cases[i].key),
			    x ? store_version(x, strlen(x)) : STORE_ABSENT);
		T_OK(store_fix_commit(&f, g) == cases[i].want, "%s",
		     cases[i].what);
		T_OK(str_eq(text_at(f.s, "touched"), cases[i].what) ==
		     !cases[i].want, "%s: all or nothing", cases[i].what);
		T_OK(f.last.events == !cases[i].want,
		     "%s: events alike", cases[i].what);
	}
	/* Two in one batch: the second sees the first. */
	g = store_begin(f.s);
	put_text(g, "race", "mine");
	store_check(g, STORE_USER, "race", 4, STORE_ABSENT);
	struct store_group *h = store_begin(f.s);

	put_text(h, "race", "yours");
	store_check(h, STORE_USER, "race", 4, STORE_ABSENT);
	T_OK(!store_commit(g, store_fix_done, &f) &&
	     !store_commit(h, store_fix_done, &f), "two race");
	store_drain(f.s);
	T_OK(f.last.err == ERR_CONFLICT, "the second loses");
	T_OK(str_eq(text_at(f.s, "race"), "mine"), "the first has it");
	store_fix_close(&f);
}

static void ranges(void **state)
{
	static const struct {
		const char *what, *from, *to;
		bool reverse;
		size_t limit;
		const char *want;
	} cases[] = {
		{ "all", NULL, NULL, false, 0, "a=1 ab=2 b=3 c=4 " },
		{ "all reversed", NULL, NULL, true, 0, "c=4 b=3 ab=2 a=1 " },
		{ "from is inclusive", "ab", NULL, false, 0, "ab=2 b=3 c=4 " },
		{ "to is exclusive", NULL, "b", false, 0, "a=1 ab=2 " },
		{ "reversed, to exclusive", NULL, "b", true, 0, "ab=2 a=1 " },
		{ "reversed, from inclusive", "b", NULL, true, 0, "c=4 b=3 " },
		{ "between rows", "aa", "bb", false, 0, "ab=2 b=3 " },
		{ "between rows, reversed", "aa", "bb", true, 0, "b=3 ab=2 " },
		{ "past the end", "d", NULL, false, 0, "" },
		{ "past the end, reversed", NULL, "d", true, 1, "c=4 " },
		{ "before the first, reversed", NULL, "a", true, 0, "" },
		{ "an empty range", "b", "b", false, 0, "" },
		{ "limited", NULL, NULL, false, 2, "a=1 ab=2 " },
		{ "empty bounds are the ends", "", NULL, false, 1, "a=1 " },
	};
	struct store_fix f = { 0 };
	char buf[256] = "";

	store_fix_open(&f, *(bool *)*state);
	T_OK(str_eq(scan_text(f.s, NULL, NULL, true, 0), ""), "none yet");
	for (int round = 0; round < 2; round++) {
		struct store_group *g = store_begin(f.s);

		put_text(g, "c", "4");
		put_text(g, "a", "1");
		put_text(g, "b", "3");
		put_text(g, "ab", "2");
		T_OK(!store_commit(g, NULL, NULL), "four rows");
		/* Once from the overlay, once from the engine. */
		if (round)
			store_drain(f.s);
		for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
			const char *got = scan_text(f.s, cases[i].from,
					cases[i].to, cases[i].reverse,
					cases[i].limit);

			T_OK(str_eq(got, cases[i].want), "%s: %s",
			     cases[i].what, got);
		}
	}
	T_OK(!store_scan_prefix(f.s, STORE_USER, "a", 1, 0, row_text, buf) &&
	     str_eq(buf, "a=1 ab=2 "), "a prefix: %s", buf);
	store_fix_close(&f);
}

static void keys(void **state UNUSED)
{
	struct store_key k = { 0 }, m = { 0 };
	uint8_t ff[STORE_KEY_MAX];

	store_key_u32(&k, 7);
	store_key_u64(&k, 0x0102030405060708);
	T_OK(k.len == 12 && store_be32(k.b) == 7 &&
	     store_be64(k.b + 4) == 0x0102030405060708, "parts come back");
	store_key_text(&m, "ab");
	T_OK(m.len == 3 && !m.b[2], "a text ends itself");
	store_key_prefix_end(&m, "a\xff\xff", 3);
	T_OK(m.len == 1 && m.b[0] == 'b', "the end of a prefix carries");
	memset(ff, 0xff, sizeof(ff));
	store_key_prefix_end(&m, ff, 3);
	T_OK(!m.len, "nothing is after the last prefix");
	store_key_after(&m, "x", 1);
	T_OK(m.len == 2 && !m.b[1], "the next key");
	store_key_after(&m, ff, sizeof(ff));
	T_OK(!m.len, "nothing is after the last key");
	m.len = 0;
	store_key_bytes(&m, ff, sizeof(ff));
	store_key_u8(&m, 1);
	T_OK(m.len > STORE_KEY_MAX, "a key too long is made unusable");
	T_OK(store_version("", 0) != STORE_ABSENT, "empty is not absent");
}

static bool count_row(void *arg, const void *key, size_t klen,
		      const void *val UNUSED, size_t vlen UNUSED)
{
	uint64_t *at = arg;	/* [0] expected next, [1] step, [2] seen */

	T_OK(klen == 8 && store_be64(key) == at[0], "row %llu is next",
	     (unsigned long long)at[0]);
	at[0] += at[1];
	at[2]++;
	return true;
}

static void many_rows_paged(void **state)
{
	enum { ROWS = 10000 };
	struct store_fix f = { 0 };
	struct store_range all = { 0 };
	uint64_t at[3] = { 0, 1, 0 }, rows;

	store_fix_open(&f, *(bool *)*state);
	for (int i = 0; i < ROWS;) {
		struct store_group *g = store_begin(f.s);

		for (int k = 0; k < 500; k++, i++) {
			struct store_key key = { 0 };

			/* 7 has no divisor in common with the count */
			store_key_u64(&key, (uint64_t)i * 7 % ROWS);
			store_put(g, STORE_LEAD, key.b, key.len, "x", 1);
			store_set_add(g, STORE_DNC, (uint64_t)i * 7 % ROWS);
		}
		T_OK(!store_commit(g, NULL, NULL), "rows are written");
	}
	T_OK(!store_scan_all(f.s, STORE_LEAD, &all, count_row, at) &&
	     at[2] == ROWS, "all are met though some still wait");
	store_drain(f.s);
	for (int t = 0; t < 2; t++) {
		enum store_table table = t ? STORE_DNC : STORE_LEAD;

		at[0] = at[2] = 0;
		at[1] = 1;
		all.reverse = false;
		T_OK(!store_scan_all(f.s, table, &all, count_row, at) &&
		     at[2] == ROWS, "all are met, in order");
		at[0] = ROWS - 1;
		at[1] = (uint64_t)-1;
		at[2] = 0;
		all.reverse = true;
		T_OK(!store_scan_all(f.s, table, &all, count_row, at) &&
		     at[2] == ROWS, "and backwards");
		T_OK(!store_count(f.s, table, &rows) && rows == ROWS,
		     "and counted");
	}
	store_fix_close(&f);
}

struct writing_scan {
	struct store *s;
	unsigned rows;
	uint64_t last;
};

static bool delete_row(void *arg, const void *key, size_t klen,
		       const void *val UNUSED, size_t vlen UNUSED)
{
	struct writing_scan *w = arg;
	struct store_group *g = store_begin(w->s);
	struct store_key own = { 0 };	/* the row's dies when a commit ends */
	uint8_t buf[8];
	size_t len;

	store_key_bytes(&own, key, klen);
	T_OK(!w->rows || store_be64(key) > w->last, "rows stay in order");
	w->last = store_be64(key);
	w->rows++;
	store_del(g, STORE_LEAD, key, klen);
	store_put(g, STORE_LEAD_LATER, key, klen, "y", 1);
	if (w->rows % 10) {
		T_OK(!store_commit(g, NULL, NULL), "a scan may commit");
		T_OK(!store_get(w->s, STORE_LEAD_LATER, own.b, own.len, buf,
				sizeof(buf), &len) && len == 1 &&
		     buf[0] == 'y', "and see what it wrote");
	} else {
		T_OK(!store_commit_wait(g, NULL), "a tool may wait in it");
	}
	T_OK(!store_pump(w->s), "but nothing completes in it");
	return true;
}

static void scan_while_writing(void **state)
{
	struct store_fix f = { 0 };
	struct writing_scan w = { 0 };
	uint64_t rows = 9;

	store_fix_open(&f, *(bool *)*state);
	for (int pass = 0; pass < 2; pass++) {
		struct store_group *g = store_begin(f.s);

		for (uint64_t i = 0; i < 300; i++) {
			struct store_key k = { 0 };

			store_key_u64(&k, i);
			store_put(g, STORE_LEAD, k.b, k.len, "x", 1);
		}
		T_OK(!store_commit(g, NULL, NULL), "rows to walk over");
		if (pass)
			store_drain(f.s);
		w = (struct writing_scan){ .s = f.s };
		T_OK(!store_scan(f.s, STORE_LEAD, &(struct store_range){ 0 },
				 delete_row, &w) && w.rows == 300,
		     "each row is met once: %u", w.rows);
		store_drain(f.s);
		T_OK(!store_count(f.s, STORE_LEAD, &rows) && !rows,
		     "and all are gone: %llu", (unsigned long long)rows);
	}
	store_fix_close(&f);
}

/* Random sets and rows against a plain array: what is there is there. */
static void random_against_a_model(void **state)
{
	enum { NUMBERS = 4000, ROUNDS = 60, OPS = 200 };
	static bool in_set[NUMBERS], in_kv[NUMBERS];
	struct store_fix f = { 0 };
	uint64_t dice = 42;

	memset(in_set, 0, sizeof(in_set));
	memset(in_kv, 0, sizeof(in_kv));
	store_fix_open(&f, *(bool *)*state);
	for (int r = 0; r < ROUNDS; r++) {
		struct store_group *g = store_begin(f.s);

		for (int i = 0; i < OPS; i++) {
			dice = dice * 6364136223846793005u + 1442695040888963407u;
			unsigned n = (dice >> 33) % NUMBERS;
			bool add = dice >> 32 & 1 || r < ROUNDS / 4;
			/* numbers that share upper bits, and some that don't */
			uint64_t number = (uint64_t)n * 4999;
			struct store_key k = { 0 };

			store_key_u64(&k, number);
			in_set[n] = in_kv[n] = add;
			if (add) {
				store_set_add(g, STORE_DNC, number);
				store_put(g, STORE_LEAD, k.b, k.len, &n, 4);
			} else {
				store_set_del(g, STORE_DNC, number);
				store_del(g, STORE_LEAD, k.b, k.len);
			}
		}
		T_OK(!store_commit(g, NULL, NULL), "a round of changes");
		if (r % 8 == 7)
			store_drain(f.s);
		store_pump(f.s);
		for (unsigned n = r % 7; n < NUMBERS; n += 7) {
			struct store_key k = { 0 };
			unsigned got;
			size_t len;

			store_key_u64(&k, (uint64_t)n * 4999);
			T_OK(store_set_has(f.s, STORE_DNC,
					   (uint64_t)n * 4999) == in_set[n],
			     "round %d: number %u", r, n);
			T_OK(!store_get(f.s, STORE_LEAD, k.b, k.len, &got,
					sizeof(got), &len) == in_kv[n],
			     "round %d: row %u", r, n);
		}
	}
	store_drain(f.s);
	if (f.dir[0])
		T_OK(!store_verify(f.s), "every page can be read");
	store_fix_close(&f);
}

static bool first_number(void *arg, const void *key, size_t klen UNUSED,
			 const void *val UNUSED, size_t vlen UNUSED)
{
	*(uint64_t *)arg = store_be64(key);
	return false;
}

static void bounds_of_sets(void **state)
{
	static const struct {
		const char *what;
		uint64_t bound;
		bool reverse;
		uint64_t want;		/* 0: none */
	} cases[] = {
		{ "at a member", 0x10005, false, 0x10005 },
		{ "between members of one block", 0x10006, false, 0x1ffff },
		{ "behind the last of a block", 0x20000, false, 0x30000 },
		{ "before the first", 0, false, 0x10005 },
		{ "behind the last", 0x30001, false, 0 },
		{ "reversed, at a member", 0x10005, true, 0 },
		{ "reversed, in a block", 0x10006, true, 0x10005 },
		{ "reversed, at a block's start", 0x30000, true, 0x1ffff },
		{ "reversed, behind the last", 0x99999, true, 0x30000 },
	};
	struct store_fix f = { 0 };

	store_fix_open(&f, *(bool *)*state);
	struct store_group *g = store_begin(f.s);

	store_set_add(g, STORE_DNC, 0x1ffff);
	store_set_add(g, STORE_DNC, 0x10005);
	store_set_add(g, STORE_DNC, 0x30000);
	T_OK(!store_fix_commit(&f, g), "three numbers");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct store_key k = { 0 };
		uint64_t got = 0;

		store_key_u64(&k, cases[i].bound);
		struct store_range r = { .reverse = cases[i].reverse };

		if (r.reverse) {
			r.to = k.b;
			r.to_len = k.len;
		} else {
			r.from = k.b;
			r.from_len = k.len;
		}
		T_OK(!store_scan(f.s, STORE_DNC, &r, first_number, &got) &&
		     got == cases[i].want, "%s: %llx", cases[i].what,
		     (unsigned long long)got);
	}
	store_fix_close(&f);
}

#define BOTH(f)                                                               \
	{ #f " (memory)", f, NULL, NULL, &lmdb_false },                       \
	{ #f " (lmdb)", f, NULL, NULL, &lmdb_true }

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys),
		BOTH(rows_come_and_go),
		BOTH(mistakes_are_told),
		BOTH(own_writes_are_seen_at_once),
		BOTH(failed_writes_vanish),
		BOTH(conflicts),
		BOTH(ranges),
		BOTH(many_rows_paged),
		BOTH(scan_while_writing),
		BOTH(random_against_a_model),
		BOTH(bounds_of_sets),
	};

	return T_RUN(tests);
}
