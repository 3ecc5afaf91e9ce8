/* Order, bounds, threads: the queues of the store, for each engine. */
#include "store/store_fix.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/str.h"
#include "base/t.h"

static bool lmdb_true = true, lmdb_false;

struct order {
	unsigned next;
	uint64_t event;
	bool wrong;
};

struct ticket {
	struct order *o;
	unsigned n;
};

static void in_turn(void *arg, const struct store_result *res)
{
	struct ticket *t = arg;

	t->o->wrong |= res->err || t->n != t->o->next++ ||
		       res->first_event != ++t->o->event;
	t->o->event += res->events - 1;
}

static void groups_keep_their_order(void **state)
{
	enum { GROUPS = 500 };
	static struct ticket tickets[GROUPS];
	struct order o = { 0 };
	struct store_fix f = { 0 };

	store_fix_open(&f, *(bool *)*state);
	for (unsigned i = 0; i < GROUPS; i++) {
		struct store_group *g = store_begin(f.s);

		tickets[i] = (struct ticket){ &o, i };
		store_event(g, &i, sizeof(i));
		if (i % 3 == 0)
			store_event(g, "again", 5);
		T_OK(!store_commit(g, in_turn, &tickets[i]), "a group");
		if (i % 50 == 0)
			store_pump(f.s);
	}
	store_drain(f.s);
	T_OK(o.next == GROUPS && !o.wrong, "answers and event numbers in turn");
	T_OK(!store_event_verify(f.s, 1, 0, NULL), "the chain holds");
	store_fix_close(&f);
}

static void the_queue_has_a_bound(void **state)
{
	struct store_fix f = { .conf = { .queue_groups = 3 } };
	struct pollfd p = { .events = POLLIN };
	bool lmdb = *(bool *)*state;
	enum err e = ERR_OK;
	struct store_group *g = NULL;

	store_fix_open(&f, lmdb);
	for (int i = 0; i < 4; i++) {
		g = store_begin(f.s);
		store_put(g, STORE_USER, "k", 1, "v", 1);
		e = store_commit(g, store_fix_done, &f);
		T_OK(!e == (i < 3), "group %d: %s", i, err_text(e));
	}
	T_OK(e == ERR_FULL && store_backlog(f.s) == 3, "the fourth is refused");
	p.fd = store_fd(f.s);
	T_OK(poll(&p, 1, 5000) == 1, "the descriptor wakes a loop");
	store_drain(f.s);
	T_OK(!store_fix_commit(&f, g), "and taken when tried again");
	store_fix_close(&f);
}

static void closing_writes_all(void **state)
{
	struct store_fix f = { 0 };
	char dir[64];

	store_fix_open(&f, *(bool *)*state);
	for (int i = 0; i < 100; i++) {
		struct store_group *g = store_begin(f.s);

		store_event(g, &i, sizeof(i));
		T_OK(!store_commit(g, store_fix_done, &f), "a group");
	}
	str_copy(dir, sizeof(dir), f.dir);
	f.s = store_close(f.s);
	T_OK(f.answers == 100 && !f.last.err, "all are answered at the close");
	if (dir[0]) {
		T_OK(!store_open(&f.conf, &f.s), "opened again");
		T_OK(!store_event_verify(f.s, 1, 100, NULL), "all are there");
		store_fix_close(&f);
	}
}

static struct store *shared;

static void *worker(void *arg)
{
	unsigned id = *(unsigned *)arg;

	for (uint64_t i = 0; i < 40; i++) {
		struct store_group *g = store_begin_bulk(shared);
		struct store_key k = { 0 };
		char buf[8];
		size_t len;

		store_key_u32(&k, id);
		store_key_u64(&k, i);
		for (int r = 0; r < 20; r++) {
			store_put(g, STORE_LEAD, k.b, k.len, "worker", 6);
			store_set_add(g, STORE_DNC, id * 1000 + i * 20 + r);
		}
		if (store_commit_wait(g, NULL) ||
		    store_get(shared, STORE_LEAD, k.b, k.len, buf, 8, &len) ||
		    !store_set_has(shared, STORE_DNC, id * 1000 + i * 20))
			return arg;
	}
	return NULL;
}

static void workers_and_the_loop(void **state)
{
	unsigned ids[3] = { 1, 2, 3 };
	struct store_fix f = { 0 };
	pthread_t th[3];
	uint64_t rows = 0;

	store_fix_open(&f, *(bool *)*state);
	shared = f.s;
	for (int i = 0; i < 3; i++)
		pthread_create(&th[i], NULL, worker, &ids[i]);
	for (unsigned i = 0; i < 2000; i++) {
		struct store_group *g = store_begin(f.s);
		struct store_key k = { 0 };
		char buf[8];
		size_t len;

		store_key_u32(&k, i);
		store_put(g, STORE_CALL, k.b, k.len, "loop", 4);
		store_event(g, "call", 4);
		T_OK(!store_commit(g, NULL, NULL), "the loop commits");
		T_OK(!store_get(f.s, STORE_CALL, k.b, k.len, buf, 8, &len),
		     "and sees it");
		store_pump(f.s);
	}
	for (int i = 0; i < 3; i++) {
		void *wrong;

		pthread_join(th[i], &wrong);
		T_OK(!wrong, "worker %u wrote and read", ids[i]);
	}
	store_drain(f.s);
	T_OK(!store_count(f.s, STORE_LEAD, &rows) && rows == 120, "workers'");
	T_OK(!store_count(f.s, STORE_CALL, &rows) && rows == 2000, "loop's");
	T_OK(!store_event_verify(f.s, 1, 2000, NULL), "the chain holds");
	store_fix_close(&f);
}

static bool one_row(void *arg, const void *key UNUSED, size_t klen UNUSED,
		    const void *val UNUSED, size_t vlen UNUSED)
{
	++*(unsigned *)arg;
	return true;
}

static atomic_bool stop_reading;

static void *reader(void *arg)
{
	unsigned rows = 0;

	while (!atomic_load(&stop_reading))
		if (store_scan(shared, STORE_LIST, &(struct store_range){ 0 },
			       one_row, &rows))
			return arg;
	return NULL;
}

/* A worker that reads beside the loop does not keep the loop from hearing
 * that its groups are on disk. */
static void readers_do_not_stop_the_pump(void **state)
{
	struct store_fix f = { 0 };
	pthread_t th;
	unsigned rows = 0;
	void *wrong;

	store_fix_open(&f, *(bool *)*state);
	shared = f.s;
	atomic_store(&stop_reading, false);
	struct store_group *g = store_begin(f.s);

	for (uint8_t i = 0; i < 10; i++)
		store_put(g, STORE_LIST, &i, 1, "x", 1);
	T_OK(!store_fix_commit(&f, g), "rows");
	T_OK(!pthread_create(&th, NULL, reader, &rows), "a reader");
	for (unsigned i = 0; i < 20000; i++)
		T_OK(!store_scan(f.s, STORE_LIST, &(struct store_range){ 0 },
				 one_row, &rows), "the loop reads");
	atomic_store(&stop_reading, true);
	T_OK(!pthread_join(th, &wrong) && !wrong, "both read");
	g = store_begin(f.s);
	store_put(g, STORE_LIST, "more", 4, "x", 1);
	T_OK(!store_fix_commit(&f, g) && !store_backlog(f.s),
	     "and what the loop writes is told");
	store_fix_close(&f);
}

static void posts_are_waited_for(void **state)
{
	struct store_fix f = { 0 };
	struct store_group *last = NULL;
	struct store_result res;
	uint64_t rows = 0;

	store_fix_open(&f, *(bool *)*state);
	for (uint64_t i = 0; i < 20; i++) {
		struct store_group *g = store_begin_bulk(f.s);

		store_put(g, STORE_LEAD, &i, sizeof(i), "x", 1);
		store_event(g, "lead", 4);
		store_post(g);
		if (last)
			T_OK(!store_wait(last, &res) && res.first_event == i,
			     "each is answered");
		last = g;
	}
	T_OK(!store_wait(last, NULL), "the last too");
	T_OK(!store_count(f.s, STORE_LEAD, &rows) && rows == 20, "all there");
	last = store_begin(f.s);
	store_put(last, STORE_LEAD, "", 0, "x", 1);
	store_post(last);
	T_OK(store_wait(last, NULL) == ERR_ARG, "a mistake is told too");
	store_fix_close(&f);
}

static void numbers_are_small(void **state UNUSED)
{
	enum { NUMBERS = 1000000, GROUP = 4000 };
	struct store_fix f = { 0 };
	struct store_group *last = NULL;
	struct store_stats before, after;
	uint64_t rows = 0;

	store_fix_open(&f, true);
	store_stats(f.s, &before);
	for (uint64_t i = 0; i < NUMBERS;) {
		struct store_group *g = store_begin_bulk(f.s);

		for (int k = 0; k < GROUP; k++)
			store_set_add(g, STORE_DNC, 8613800000000 + i++);
		store_post(g);
		T_OK(!last || !store_wait(last, NULL), "numbers are written");
		last = g;
	}
	T_OK(!store_wait(last, NULL), "to the last");
	store_stats(f.s, &after);
	T_OK(!store_count(f.s, STORE_DNC, &rows) && rows == NUMBERS, "a million");
	T_OK((after.file_bytes - before.file_bytes) * 10 <= rows * 26,
	     "at most 2.6 bytes each: %llu in all",
	     (unsigned long long)(after.file_bytes - before.file_bytes));
	T_OK(store_set_has(f.s, STORE_DNC, 8613800999999) &&
	     !store_set_has(f.s, STORE_DNC, 8613801000000), "and to be found");
	store_fix_close(&f);
}

#define BOTH(f)                                                               \
	{ #f " (memory)", f, NULL, NULL, &lmdb_false },                       \
	{ #f " (lmdb)", f, NULL, NULL, &lmdb_true }

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(groups_keep_their_order),
		BOTH(the_queue_has_a_bound),
		BOTH(closing_writes_all),
		BOTH(workers_and_the_loop),
		BOTH(readers_do_not_stop_the_pump),
		BOTH(posts_are_waited_for),
		cmocka_unit_test(numbers_are_small),
	};

	return T_RUN(tests);
}
