/*
 * bench_store [DIR] -- figures of the store on this disk: reads, durable
 * events, bulk rows.  DIR (default: a folder in /tmp) is made and removed.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/str.h"
#include "store/store.h"
#include "store/store_fix.h"

enum {
	LEADS      = 1000000,
	LEAD_BYTES = 200,
	NUMBERS    = 1000000,
	READS      = 500000,
	EVENT_RATE = 5000,	/* a second                                  */
	EVENT_SECS = 4,
	BULK_ROWS  = 500,	/* of one group, as the import makes them    */
};

static int64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void need(enum err e, const char *what)
{
	if (!e)
		return;
	fprintf(stderr, "bench_store: %s: %s\n", what, err_text(e));
	exit(1);
}

static uint64_t dice = 88172645463325252u;

static uint64_t throw(uint64_t below)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return dice % below;
}

static uint64_t file_bytes(struct store *s)
{
	struct store_stats st;

	store_stats(s, &st);
	return st.file_bytes;
}

/* Commits and waits when the queue is full, as an import worker would. */
static void submit(struct store *s, struct store_group *g)
{
	while (store_backlog(s) > 16) {
		struct pollfd p = { .fd = store_fd(s), .events = POLLIN };

		poll(&p, 1, 10);
		store_pump(s);
	}
	need(store_commit(g, NULL, NULL), "commit");
}

static void bulk(struct store *s, bool sorted)
{
	static char value[LEAD_BYTES];
	enum store_table t = sorted ? STORE_LEAD : STORE_LEAD_BY_NUMBER;
	uint64_t rows = sorted ? LEADS : LEADS / 5, was = file_bytes(s);
	int64_t start = now_us();

	for (uint64_t i = 0; i < rows;) {
		struct store_group *g = store_begin_bulk(s);

		for (int k = 0; k < BULK_ROWS; k++, i++) {
			struct store_key key = { 0 };

			store_key_u64(&key, sorted ? i : throw(UINT64_MAX));
			store_put(g, t, key.b, key.len, value,
				  sorted ? sizeof(value) : 8);
		}
		submit(s, g);
	}
	store_drain(s);
	int64_t us = now_us() - start;

	printf("bulk rows, %s keys, %3d B    %9.0f /s        file grew %.0f B a "
	       "row\n", sorted ? "sorted" : "random", sorted ? LEAD_BYTES : 8,
	       (double)rows * 1e6 / (double)us,
	       (double)(file_bytes(s) - was) / (double)rows);
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void new_dir(char *dir, size_t size, const char *parent)
{
	str_fmt(dir, size, "%s/waihu-bench.XXXXXX", parent);
	if (!mkdtemp(dir))
		need(ERR_IO, dir);
}

/* In a file of its own, so that its growth is the set's. */
static void numbers(const char *parent, const char *what, uint64_t span,
		    bool sorted)
{
	uint64_t *n = malloc(NUMBERS * sizeof(*n)), rows, first = 8613000000000u;
	char dir[512];
	struct store_conf conf = { .dir = dir };
	struct store *s;

	new_dir(dir, sizeof(dir), parent);
	need(store_open(&conf, &s), "open");
	for (int i = 0; i < NUMBERS; i++)
		n[i] = first + (span > NUMBERS ? throw(span) : (uint64_t)i);
	if (sorted)
		qsort(n, NUMBERS, sizeof(*n), by_value);
	uint64_t was = file_bytes(s);
	int64_t start = now_us();

	for (int i = 0; i < NUMBERS;) {
		struct store_group *g = store_begin_bulk(s);

		for (int k = 0; k < 4000 && i < NUMBERS; k++, i++)
			store_set_add(g, STORE_DNC, n[i]);
		submit(s, g);
	}
	store_drain(s);
	need(store_count(s, STORE_DNC, &rows), "count");
	printf("set, %-26s %9.0f /s        %.2f B a number\n", what,
	       NUMBERS * 1e6 / (double)(now_us() - start),
	       (double)(file_bytes(s) - was) / (double)rows);
	store_close(s);
	store_fix_remove(dir);
	free(n);
}

static void fill_dnc(struct store *s)
{
	for (int i = 0; i < NUMBERS;) {
		struct store_group *g = store_begin_bulk(s);

		for (int k = 0; k < 4000 && i < NUMBERS; k++, i++)
			store_set_add(g, STORE_DNC,
				      8613000000000u + throw(1000000000));
		submit(s, g);
	}
	store_drain(s);
}

static void reads(struct store *s)
{
	char buf[LEAD_BYTES];
	unsigned found = 0;
	size_t len;
	int64_t start = now_us();

	for (int i = 0; i < READS; i++) {
		struct store_key k = { 0 };

		store_key_u64(&k, throw(LEADS));
		found += !store_get(s, STORE_LEAD, k.b, k.len, buf,
				    sizeof(buf), &len);
	}
	int64_t mid = now_us();

	if (found != READS)
		need(ERR_ABSENT, "a lead");
	for (int i = 0; i < READS; i++)
		found += store_set_has(s, STORE_DNC,
				       8613000000000u + throw(1000000000));
	int64_t end = now_us();

	printf("get 1 of %d leads          %9.0f /s        %.2f us\n", LEADS,
	       READS * 1e6 / (double)(mid - start),
	       (double)(mid - start) / READS);
	printf("DNC look-up, 1 of 1M            %9.0f /s        %.2f us\n",
	       READS * 1e6 / (double)(end - mid), (double)(end - mid) / READS);
}

struct timed {
	int64_t sent_us;
	unsigned *done;
	int64_t *took;
};

static void took(void *arg, const struct store_result *res)
{
	struct timed *t = arg;

	need(res->err, "an event");
	t->took[(*t->done)++] = now_us() - t->sent_us;
	free(t);
}

static int by_time(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void one_event(struct store *s, unsigned n, unsigned *done,
		      int64_t *times)
{
	struct store_group *g = store_begin(s);
	struct timed *t = malloc(sizeof(*t));
	struct store_key k = { 0 };
	char value[100] = "";

	*t = (struct timed){ now_us(), done, times };
	store_key_u32(&k, n);
	store_put(g, STORE_CALL, k.b, k.len, value, sizeof(value));
	store_event(g, value, sizeof(value));
	need(store_commit(g, took, t), "commit");
}

/* rate 0: as many as go, at most 512 waiting. */
static void events(struct store *s, unsigned rate, const char *what)
{
	unsigned most = (rate ? rate : 30000) * EVENT_SECS, sent = 0, done = 0;
	int64_t *times = calloc(most, sizeof(*times)), start = now_us(), at;
	struct store_stats a, b;

	store_stats(s, &a);
	while ((at = now_us() - start) < EVENT_SECS * 1000000) {
		unsigned due = rate ? (unsigned)(at * rate / 1000000)
				    : done + 512;
		struct pollfd p = { .fd = store_fd(s), .events = POLLIN };

		for (; sent < MIN(due, most); sent++)
			one_event(s, sent, &done, times);
		if (!rate && sent == most)
			break;
		poll(&p, 1, 1);
		store_pump(s);
	}
	store_drain(s);
	at = now_us() - start;
	store_stats(s, &b);
	qsort(times, done, sizeof(*times), by_time);
	printf("durable events, %-12s  %9.0f /s        p50 %.1f ms, p99 %.1f ms,"
	       " max %.1f ms, %.0f commits/s of %.2f ms\n", what,
	       done * 1e6 / (double)at, (double)times[done / 2] / 1000,
	       (double)times[done * 99 / 100] / 1000,
	       (double)times[done - 1] / 1000,
	       (double)(b.commits - a.commits) * 1e6 / (double)at,
	       (double)(b.commit_us - a.commit_us) / 1000 /
	       (double)MAX(b.commits - a.commits, 1));
	free(times);
}

static atomic_bool import_stop;
static uint64_t import_rows;

static struct store_group *some_leads(struct store *s, uint64_t *n, int count)
{
	static char value[LEAD_BYTES];
	struct store_group *g = store_begin_bulk(s);

	for (int i = 0; i < count; i++) {
		struct store_key k = { 0 }, r = { 0 };

		store_key_u64(&k, ++*n);
		store_put(g, STORE_LEAD, k.b, k.len, value, sizeof(value));
		store_key_u64(&r, *n * 6364136223846793005u);
		store_put(g, STORE_LEAD_BY_NUMBER, r.b, r.len, "", 0);
	}
	return g;
}

/* Two groups in flight: one being written, one being filled. */
static void *import_main(void *arg)
{
	struct store *s = arg;
	struct store_group *last = NULL;
	uint64_t n = LEADS;

	while (!atomic_load(&import_stop)) {
		struct store_group *g = some_leads(s, &n, BULK_ROWS / 2);

		store_post(g);
		if (last)
			need(store_wait(last, NULL), "import");
		last = g;
	}
	if (last)
		need(store_wait(last, NULL), "import");
	import_rows = n - LEADS;
	return NULL;
}

/* As fast as one worker and the disk can: 2,000 leads a group. */
static void import_alone(struct store *s)
{
	enum { IN_FLIGHT = 8, GROUP = 2000, TIMES = 100 };
	struct store_group *flight[IN_FLIGHT] = { NULL };
	int64_t start = now_us();
	uint64_t n = (uint64_t)10 * LEADS;

	for (int i = 0; i < TIMES + IN_FLIGHT; i++) {
		struct store_group **at = &flight[i % IN_FLIGHT];

		if (*at)
			need(store_wait(*at, NULL), "import");
		*at = i < TIMES ? some_leads(s, &n, GROUP) : NULL;
		if (*at)
			store_post(*at);
	}
	printf("import alone                    %9.0f leads/s (2 rows each, "
	       "one index at random)\n", TIMES * GROUP * 1e6 /
	       (double)(now_us() - start));
}

static void beside_an_import(struct store *s)
{
	int64_t start = now_us();
	pthread_t th;

	if (pthread_create(&th, NULL, import_main, s))
		need(ERR_IO, "a thread");
	events(s, 1000, "1,000 + import");
	atomic_store(&import_stop, true);
	pthread_join(th, NULL);
	printf("  import meanwhile              %9.0f leads/s (2 rows each, 2 "
	       "groups in flight)\n", (double)import_rows * 1e6 /
	       (double)(now_us() - start));
}

static void verify(struct store *s)
{
	uint8_t hash[STORE_HASH_LEN];
	int64_t start = now_us();
	uint64_t n = 0;

	need(store_event_verify(s, 1, 0, NULL), "the chain");
	int64_t us = now_us() - start;

	need(store_event_head(s, &n, hash), "head");
	printf("chain verified                  %9.0f events/s of %llu\n",
	       (double)n * 1e6 / (double)us, (unsigned long long)n);
}

int main(int argc, char **argv)
{
	const char *parent = argc > 1 ? argv[1] : "/tmp";
	char dir[512];
	struct store_conf conf = { .dir = dir };
	struct store *s;

	numbers(parent, "1M dense, sorted", NUMBERS, true);
	numbers(parent, "1M of 100M, sorted", 100000000, true);
	numbers(parent, "1M of 1,000M, sorted", 1000000000, true);
	numbers(parent, "1M of 100M, random order", 100000000, false);
	new_dir(dir, sizeof(dir), parent);
	need(store_open(&conf, &s), "open");
	bulk(s, true);
	bulk(s, false);
	fill_dnc(s);
	reads(s);
	events(s, EVENT_RATE, "5,000/s");
	events(s, 100, "100/s");
	events(s, 0, "flood");
	beside_an_import(s);
	import_alone(s);
	verify(s);
	int64_t start = now_us();

	s = store_close(s);
	need(store_open(&conf, &s), "open again");
	printf("close and open, %d leads:  %9.1f ms\n", LEADS,
	       (double)(now_us() - start) / 1000);
	store_close(s);
	store_fix_remove(dir);
	return 0;
}
