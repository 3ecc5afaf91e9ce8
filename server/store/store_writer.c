/*
 * The writer: one thread, one transaction for all that has come.
 *
 * A commit starts as soon as something waits, but no sooner than gather_ms
 * after the one before started: a lone write is durable in about a
 * millisecond, a flood shares one fsync every 5 ms.  Live groups go first,
 * then bulk groups until BULK_MS have passed, one at least; so an import
 * costs a live group some 10 ms, and live traffic cannot starve an import.
 * While no live group waits, bulk work may take BULK_ALONE_MS, and ends with
 * the group in hand when one comes.
 *
 * When a transaction fails, nothing of it was written (or the engine said
 * ERR_UNKNOWN), so its groups are tried once more one by one: only those
 * that cannot be written are refused.
 */
#include "store/store_priv.h"

#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

enum {
	LIVE_ROWS = 8192,	/* of one transaction, if in many groups     */
	BULK_ROWS = 32768,
	BULK_MS   = 10,
	BULK_ALONE_MS = 50,
};

static int64_t mono_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* ----------------------------------------------------------- the chain  */

void chain_link(const uint8_t prev[STORE_HASH_LEN], uint64_t number,
		struct blob bytes, uint8_t next[STORE_HASH_LEN])
{
	crypto_generichash_state st;
	uint8_t be[8];

	be64_put(be, number);
	crypto_generichash_init(&st, NULL, 0, STORE_HASH_LEN);
	crypto_generichash_update(&st, prev, STORE_HASH_LEN);
	crypto_generichash_update(&st, be, sizeof(be));
	crypto_generichash_update(&st, bytes.p, bytes.len);
	crypto_generichash_final(&st, next, STORE_HASH_LEN);
}

/* META's row: number big-endian, hash. */
enum { HEAD_LEN = 8 + STORE_HASH_LEN };

static enum err chain_append(struct store *s, struct store_group *g,
			     struct blob bytes)
{
	uint8_t row[STORE_VALUE_MAX], key[8];
	struct chain next = { .number = s->head.number + 1 };
	enum err e;

	chain_link(s->head.hash, next.number, bytes, next.hash);
	be64_put(key, next.number);
	memcpy(row, next.hash, STORE_HASH_LEN);
	if (bytes.len)
		memcpy(row + STORE_HASH_LEN, bytes.p, bytes.len);
	e = s->engine->tput(s, STORE_EVENT, (struct blob){ key, sizeof(key) },
			    (struct blob){ row, STORE_HASH_LEN + bytes.len });
	if (e)
		return e;
	if (!g->res.events++)
		g->res.first_event = next.number;
	s->head = next;
	return ERR_OK;
}

static enum err chain_save(struct store *s, const char *name,
			   const struct chain *link)
{
	uint8_t row[HEAD_LEN];

	be64_put(row, link->number);
	memcpy(row + 8, link->hash, STORE_HASH_LEN);
	return s->engine->tput(s, STORE_META,
			       (struct blob){ name, strlen(name) },
			       (struct blob){ row, sizeof(row) });
}

/*
 * The anchor and the rows before it change in one transaction: a log trimmed
 * half way is never seen.
 */
static enum err chain_trim(struct store *s, uint64_t upto)
{
	uint64_t from = s->anchor.number + 1;
	uint8_t key[8];
	struct blob val;
	enum err e;

	upto = MIN(upto, from + STORE_TRIM_MAX - 1);
	if (s->head.number <= from || upto < from)
		return ERR_OK;
	upto = MIN(upto, s->head.number - 1);
	be64_put(key, upto);
	e = s->engine->tget(s, STORE_EVENT, (struct blob){ key, sizeof(key) },
			    &val);
	if (e || val.len < STORE_HASH_LEN)
		return e == ERR_ABSENT || !e ? ERR_FORMAT : e;
	memcpy(s->anchor.hash, val.p, STORE_HASH_LEN);
	s->anchor.number = upto;
	for (; !e && from <= upto; from++) {
		be64_put(key, from);
		e = s->engine->tdel(s, STORE_EVENT,
				    (struct blob){ key, sizeof(key) });
	}
	return e ? e : chain_save(s, META_ANCHOR, &s->anchor);
}

/* The first (or last) number in the log; 0 when it is empty. */
static enum err chain_end(struct store *s, bool last, uint64_t *number)
{
	struct cursor c;
	struct view *v;
	enum err e = s->engine->view(s, true, &v);

	*number = 0;
	if (e)
		return e;
	e = s->engine->seek(v, STORE_EVENT, (struct blob){ NULL, 0 }, last,
			    &c);
	if (!e && c.valid && c.key.len == 8)
		*number = store_be64(c.key.p);
	if (!e)
		s->engine->cursor_end(&c);
	s->engine->unview(s, v);
	return e;
}

enum err chain_load(struct store *s)
{
	uint64_t first, last;
	enum err e;

	s->head = s->anchor = (struct chain){ 0 };
	e = store_event_head(s, &s->head.number, s->head.hash);
	if (!e)
		e = store_event_anchor(s, &s->anchor.number, s->anchor.hash);
	if (!e)
		e = chain_end(s, false, &first);
	if (!e)
		e = chain_end(s, true, &last);
	if (!e && first && first != s->anchor.number + 1) {
		log_err("store", "the event log begins at %llu, but was "
			"trimmed up to %llu: it was cut or changed",
			(unsigned long long)first,
			(unsigned long long)s->anchor.number);
		e = ERR_FORMAT;
	}
	if (!e && last != s->head.number) {
		log_err("store", "the event log ends at %llu, but %llu was "
			"written last: it was cut or changed",
			(unsigned long long)last,
			(unsigned long long)s->head.number);
		e = ERR_FORMAT;
	}
	return e;
}

/* ---------------------------------------------------------- one group   */

static enum err check_one(struct store *s, const struct op *op)
{
	uint64_t want, have = STORE_ABSENT;
	struct blob val;
	enum err e = s->engine->tget(s, op->table, op->key, &val);

	memcpy(&want, op->val.p, sizeof(want));
	if (!e)
		have = store_version(val.p, val.len);
	else if (e != ERR_ABSENT)
		return e;
	return have == want ? ERR_OK : ERR_CONFLICT;
}

static enum err write_one(struct store *s, struct store_group *g,
			  const struct op *op)
{
	uint8_t box[STORE_VALUE_MAX];
	struct blob sealed = { box, op->val.len + STORE_SEAL_OVER };

	switch (op->kind) {
	case OP_PUT_SEALED:
		seal_into(s, op->table, op->key, op->val, box);
		return s->engine->tput(s, op->table, op->key, sealed);
	case OP_EVENT_SEALED:
		seal_into(s, op->table, op->key, op->val, box);
		return chain_append(s, g, sealed);
	case OP_PUT:
		return s->engine->tput(s, op->table, op->key, op->val);
	case OP_DEL:
		return s->engine->tdel(s, op->table, op->key);
	case OP_EVENT:
		return chain_append(s, g, op->val);
	case OP_TRIM:
		return chain_trim(s, store_be64(op->key.p));
	case OP_CHECK:
		break;
	}
	return ERR_OK;
}

/* ERR_CONFLICT: not a byte was written; another error spoils the
 * transaction. */
static enum err group_write(struct store *s, struct store_group *g)
{
	enum err e = ERR_OK;
	struct op op;
	size_t at = 0;

	g->res = (struct store_result){ .err = ERR_OK };
	while (g->checks && !e && group_next(g, &at, &op))
		if (op.kind == OP_CHECK)
			e = check_one(s, &op);
	at = 0;
	while (!e && group_next(g, &at, &op))
		e = write_one(s, g, &op);
	return e;
}

/* ---------------------------------------------------- one transaction   */

static enum err test_failure(struct store *s)
{
	unsigned n = atomic_load(&s->fail_in);

	if (!n)
		return ERR_OK;
	atomic_store(&s->fail_in, n - 1);
	return n == 1 ? (enum err)atomic_load(&s->fail_err) : ERR_OK;
}

static enum err commit(struct store *s)
{
	int64_t start = mono_us();
	enum err e = s->engine->commit(s);

	if (!e) {
		atomic_fetch_add(&s->commits, 1);
		atomic_fetch_add(&s->commit_us, (uint64_t)(mono_us() - start));
	}
	return e;
}

static void set_all(struct store_group *list, enum err e)
{
	for (struct store_group *g = list; g; g = g->next)
		g->res = (struct store_result){ .err = e };
}

struct bulk_time {
	bool live;		/* live groups share the transaction         */
	int64_t start_us;	/* of the first bulk group, 0 before it      */
	size_t rows;
};

static bool bulk_fits(struct store *s, struct bulk_time *t,
		      const struct store_group *g)
{
	bool hurry = t->live || atomic_load(&s->live_waiting);
	int64_t most_us = (hurry ? BULK_MS : BULK_ALONE_MS) * 1000;
	int64_t now = mono_us();
	bool fits = !t->start_us || (t->rows + g->rows <= BULK_ROWS &&
				     now - t->start_us <= most_us);

	if (!t->start_us)
		t->start_us = now;
	t->rows += g->rows;
	return fits;
}

/*
 * As many groups of the list as fit, all or none; *rest = the first that was
 * left out.  On an error none was written.
 */
static enum err transaction(struct store *s, struct store_group *list,
			    struct store_group **rest)
{
	struct chain before = s->head, anchor = s->anchor;
	struct bulk_time t = { .live = !list->bulk };
	enum err e = s->engine->begin(s);

	*rest = NULL;
	for (struct store_group *g = list; g && !e; g = g->next) {
		if (g->bulk && !bulk_fits(s, &t, g)) {
			*rest = g;
			break;
		}
		e = group_write(s, g);
		if (e == ERR_CONFLICT) {
			g->res.err = e;
			e = ERR_OK;
		}
	}
	if (!e && s->head.number != before.number)
		e = chain_save(s, META_EVENT, &s->head);
	if (!e)
		e = commit(s);
	else
		s->engine->abort(s);
	if (e) {
		s->head = before;
		s->anchor = anchor;
	}
	return e;
}

/* The list's groups one by one, each with its own answer. */
static void one_by_one(struct store *s, struct store_group *list)
{
	while (list) {
		struct store_group *next = list->next, *rest;
		enum err e = ERR_IO;

		list->next = NULL;
		if (!atomic_load(&s->dead))
			e = transaction(s, list, &rest);
		if (e)
			set_all(list, e);
		if (e == ERR_UNKNOWN)
			atomic_store(&s->dead, true);
		list->next = next;
		list = next;
	}
}

static void count(struct store *s, const struct store_group *list)
{
	for (const struct store_group *g = list; g; g = g->next) {
		atomic_fetch_add(&s->groups, 1);
		if (!g->res.err)
			atomic_fetch_add(&s->rows, g->rows);
		else if (g->res.err == ERR_CONFLICT)
			atomic_fetch_add(&s->conflicts, 1);
		else
			atomic_fetch_add(&s->failures, 1);
	}
}

/* Cuts the list before g. */
static void cut(struct store_group *list, struct store_group *g)
{
	while (list && list->next != g)
		list = list->next;
	if (list)
		list->next = NULL;
}

static struct store_group *apply(struct store *s, struct store_group *list)
{
	struct store_group *rest = NULL;
	enum err asked = test_failure(s);
	enum err e = atomic_load(&s->dead) ? ERR_IO : asked;

	if (!e)
		e = transaction(s, list, &rest);
	if (rest)
		cut(list, rest);
	if (e == ERR_UNKNOWN) {
		log_err("store", "a commit failed at its last step: "
			"no more writes until a restart");
		atomic_store(&s->dead, true);
	}
	if (asked || (e && atomic_load(&s->dead))) {
		set_all(list, e);
	} else if (e) {
		log_warn("store", "a transaction failed: %s; its groups are "
			 "tried one by one", err_text(e));
		one_by_one(s, list);
	}
	count(s, list);
	return rest;
}

void writer_apply(struct store *s, struct store_group *list)
{
	while (list)
		list = apply(s, list);
}

/* ---------------------------------------------------------- the thread  */

struct lane {
	struct store_group *first, **end;
};

static void lane_add(struct lane *l, struct store_group *g)
{
	if (!l->first)
		l->end = &l->first;
	g->next = NULL;
	*l->end = g;
	l->end = &g->next;
}

static void take(struct store *s, struct lane *live, struct lane *bulk)
{
	struct mpsc_node *n = mpsc_take_all(&s->in);

	while (n) {
		struct store_group *g = (struct store_group *)n;

		n = n->next;
		if (!g->bulk)
			atomic_fetch_sub(&s->live_waiting, 1);
		lane_add(g->bulk ? bulk : live, g);
	}
}

/* Live groups up to LIVE_ROWS, then all bulk ones; what is over stays. */
static struct store_group *make_batch(struct lane *live, struct lane *bulk)
{
	struct store_group *batch = live->first, **end = &live->first;
	size_t rows = 0;

	while (*end && (!rows || rows + (*end)->rows <= LIVE_ROWS)) {
		rows += (*end)->rows + 1;
		end = &(*end)->next;
	}
	struct store_group *over = *end;

	*end = bulk->first;
	if (end == &live->first)
		batch = bulk->first;
	live->first = over;
	bulk->first = NULL;
	return batch;
}

static void hand_back(struct store *s, struct store_group *list)
{
	while (list) {
		struct store_group *g = list;

		list = g->next;
		if (g->posted)
			sem_post(&g->written);	/* g is the waiter's now */
		else if (mpsc_push(&s->out, &g->node))
			log_err("store", "a result was lost");
	}
}

/* What comes during this pause shares the next fsync. */
static void gather(struct store *s, int64_t last_start)
{
	int64_t left = last_start + (int64_t)s->conf.gather_ms * 1000 -
		       mono_us();
	struct timespec ts = { .tv_nsec = left * 1000 };

	if (left > 0 && !atomic_load(&s->stop))
		nanosleep(&ts, NULL);
}

static void *writer_main(void *arg)
{
	struct store *s = arg;
	struct lane live = { 0 }, bulk = { 0 };
	int64_t last_start = 0;

	pthread_setname_np(pthread_self(), "store");
	for (;;) {
		bool stop = atomic_load(&s->stop);
		struct pollfd p = { .fd = s->in.fd, .events = POLLIN };

		if (!live.first && !bulk.first && !stop)
			poll(&p, 1, -1);
		gather(s, last_start);
		take(s, &live, &bulk);
		if (!live.first && !bulk.first) {
			if (stop)
				break;
			continue;
		}
		last_start = mono_us();
		struct store_group *batch = make_batch(&live, &bulk);
		struct store_group *rest = apply(s, batch);

		hand_back(s, batch);
		bulk.first = rest;
		bulk.end = &bulk.first;
		while (*bulk.end)
			bulk.end = &(*bulk.end)->next;
	}
	return NULL;
}

enum err writer_start(struct store *s)
{
	sigset_t all, old;

	/* Signals are the program's; and a file size limit shall answer
	 * EFBIG here, not end the process. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int no = pthread_create(&s->writer, NULL, writer_main, s);

	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (no) {
		log_err("store", "cannot start the writer thread: %s",
			strerror(no));
		return err_from_errno(no);
	}
	s->writer_runs = true;
	return ERR_OK;
}

void writer_stop(struct store *s)
{
	uint64_t one = 1;

	if (!s->writer_runs)
		return;
	atomic_store(&s->stop, true);
	if (write(s->in.fd, &one, sizeof(one)) < 0)
		log_warn("store", "cannot wake the writer");
	pthread_join(s->writer, NULL);
	s->writer_runs = false;
}
