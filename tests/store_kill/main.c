/*
 * store_kill ROUNDS -- a writer is killed with signal 9 at a random moment,
 * again and again; what it was told is durable must be there, whole groups
 * or none, and the chain must hold, while its old end is trimmed.
 *
 * store_kill --fill DIR -- writes until the disk is full; must be refused
 * with "no room left", and all that was accepted must be there.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "store/store.h"

#include "store/store_fix.h"

static void die(const char *what, enum err e)
{
	fprintf(stderr, "store_kill: %s: %s\n", what, err_text(e));
	exit(1);
}

static void need(enum err e, const char *what)
{
	if (e)
		die(what, e);
}

static struct store *open_at(const char *dir)
{
	struct store_conf conf = { .dir = dir, .map_bytes = 1 << 30,
				   .gather_ms = 1 };
	struct store *s = NULL;

	need(store_open(&conf, &s), "open");
	return s;
}

struct child {
	struct store *s;
	int out;		/* acknowledged numbers, 8 bytes each        */
	uint64_t sent;
	unsigned turn;
};

enum { KEPT = 300 };		/* events the trimming leaves                */

struct ack {
	struct child *c;
	uint64_t n;
};

static void acknowledged(void *arg, const struct store_result *res)
{
	struct ack *a = arg;

	need(res->err, "commit");
	if (res->first_event != a->n)
		die("an event's number", ERR_FORMAT);
	if (write(a->c->out, &a->n, sizeof(a->n)) != sizeof(a->n))
		exit(1);
	free(a);
}

/* Every so often all but the newest events go, a bite at a time. */
static void trim_some(struct child *c)
{
	struct store_group *g;

	if (c->turn++ % 4 || c->sent <= KEPT)
		return;
	g = store_begin_bulk(c->s);
	store_event_trim(g, c->sent - KEPT);
	need(store_commit(g, NULL, NULL), "trim");
}

/* Group n: event n, a row n, a number n, and the counter. */
static void send_one(struct child *c)
{
	struct store_group *g = store_begin(c->s);
	struct ack *a = malloc(sizeof(*a));
	struct store_key k = { 0 };
	uint64_t n = ++c->sent, before = n - 1;

	*a = (struct ack){ c, n };
	store_key_u64(&k, n * 7919 % 1000003);
	store_event(g, &n, sizeof(n));
	store_put(g, STORE_CALL, k.b, k.len, &n, sizeof(n));
	store_set_add(g, STORE_DNC, n * 7919);
	store_check(g, STORE_COUNTER, "n", 1,
		    before ? store_version(&before, sizeof(before))
			   : STORE_ABSENT);
	store_put(g, STORE_COUNTER, "n", 1, &n, sizeof(n));
	need(store_commit(g, acknowledged, a), "commit");
}

static void child_main(const char *dir, int out)
{
	struct child c = { .out = out };
	uint8_t hash[STORE_HASH_LEN];

	c.s = open_at(dir);
	need(store_event_head(c.s, &c.sent, hash), "head");
	for (;;) {
		struct pollfd p = { .fd = store_fd(c.s), .events = POLLIN };

		for (int i = 0; i < 5; i++)
			send_one(&c);
		trim_some(&c);
		poll(&p, 1, 1);
		store_pump(c.s);
	}
}

static uint64_t last_ack(int fd)
{
	uint64_t n, last = 0;

	while (read(fd, &n, sizeof(n)) == sizeof(n))
		last = n;
	return last;
}

struct seen {
	struct store *s;
	uint64_t next;
};

static bool event_there(void *arg, uint64_t number, const void *bytes,
			size_t len)
{
	struct seen *seen = arg;
	struct store_key k = { 0 };
	uint64_t n, row = 0;
	size_t got = 0;

	if (number != ++seen->next || len != sizeof(n))
		die("the order of events", ERR_FORMAT);
	memcpy(&n, bytes, sizeof(n));
	store_key_u64(&k, n * 7919 % 1000003);
	need(store_get(seen->s, STORE_CALL, k.b, k.len, &row, sizeof(row),
		       &got), "an event's row");
	if (n != number || row != n || !store_set_has(seen->s, STORE_DNC,
						      n * 7919))
		die("half a group", ERR_FORMAT);
	return true;
}

static uint64_t trimmed_most;

/* Returns the newest event's number. */
static uint64_t inspect(const char *dir, uint64_t from, uint64_t acked)
{
	struct store *s = open_at(dir);
	struct seen seen = { s, from };
	uint8_t hash[STORE_HASH_LEN];
	uint64_t head = 0, rows = 0, bad = 0, counter = 0, at, anchor = 0;
	size_t len;

	need(store_event_head(s, &head, hash), "head");
	if (head < acked)
		die("an acknowledged event is lost", ERR_ABSENT);
	need(store_event_anchor(s, &anchor, hash), "anchor");
	if (anchor && anchor + KEPT > head)
		die("too much was trimmed", ERR_ABSENT);
	trimmed_most = MAX(trimmed_most, anchor);
	seen.next = MAX(seen.next, anchor);
	do {
		at = seen.next;
		need(store_event_scan(s, at + 1, 0, event_there, &seen),
		     "events");
	} while (seen.next != at);
	if (seen.next != head)
		die("the log's end", ERR_FORMAT);
	need(store_event_verify(s, 1, 0, &bad), "the chain");
	need(store_count(s, STORE_CALL, &rows), "count");
	if (rows != head)
		die("rows without events", ERR_FORMAT);
	if (head)
		need(store_get(s, STORE_COUNTER, "n", 1, &counter, 8, &len),
		     "counter");
	if (counter != head)
		die("the counter", ERR_FORMAT);
	need(store_verify(s), "pages");
	store_close(s);
	return head;
}

static int kill_rounds(unsigned rounds)
{
	char dir[] = "/tmp/waihu-kill.XXXXXX";
	uint64_t head = 0, acked_all = 0, unacked = 0;
	unsigned dice = 1;

	if (!mkdtemp(dir))
		die("mkdtemp", ERR_IO);
	for (unsigned r = 0; r < rounds; r++) {
		int fds[2];

		/* Large enough never to block the child's acknowledgement. */
		if (pipe(fds) || fcntl(fds[1], F_SETPIPE_SZ, 1 << 20) < 0)
			die("pipe", ERR_IO);
		pid_t pid = fork();

		if (!pid) {
			close(fds[0]);
			child_main(dir, fds[1]);
		}
		close(fds[1]);
		dice = dice * 1103515245 + 12345;
		usleep(500 + (dice >> 8) % 40000);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		uint64_t acked = last_ack(fds[0]), was = head;

		close(fds[0]);
		head = inspect(dir, was, acked);
		acked_all += acked ? acked - was : 0;
		unacked += acked && head > acked;
	}
	store_fix_remove(dir);
	printf("%u rounds of kill -9: %llu events acknowledged, none lost; "
	       "in %llu rounds the last were durable but not yet told; %llu "
	       "trimmed\n",
	       rounds, (unsigned long long)acked_all,
	       (unsigned long long)unacked,
	       (unsigned long long)trimmed_most);
	return acked_all && (trimmed_most || head < 2 * KEPT) ? 0 : 1;
}

static int fill(const char *dir)
{
	static char value[4000];
	struct store *s = open_at(dir);
	uint64_t done = 0, rows = 0;
	enum err e;

	do {
		struct store_group *g = store_begin(s);
		struct store_key k = { 0 };

		store_key_u64(&k, done);
		store_put(g, STORE_CALL, k.b, k.len, value, sizeof(value));
		store_event(g, &done, sizeof(done));
		e = store_commit_wait(g, NULL);
		done += !e;
	} while (!e);
	printf("%llu groups, then: %s\n", (unsigned long long)done,
	       err_text(e));
	need(store_count(s, STORE_CALL, &rows), "count");
	need(store_event_verify(s, 1, 0, NULL), "the chain");
	store_close(s);
	s = open_at(dir);
	need(store_verify(s), "pages");
	need(store_event_verify(s, 1, 0, NULL), "the chain after a restart");
	store_close(s);
	return e == ERR_FULL && rows == done ? 0 : 1;
}

int main(int argc, char **argv)
{
	uint64_t rounds = 0;

	if (argc == 3 && str_eq(argv[1], "--fill"))
		return fill(argv[2]);
	if (argc != 2 || str_to_u64(argv[1], 100000, &rounds)) {
		fprintf(stderr, "usage: store_kill ROUNDS | --fill DIR\n");
		return 64;
	}
	return kill_rounds((unsigned)rounds);
}
