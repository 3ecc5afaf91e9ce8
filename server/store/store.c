/*
 * The room's front: open and close, reads over the overlay, the two queues.
 */
#include "store/store_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

/* ---------------------------------------------------------- open, close */

static void defaults(struct store_conf *c)
{
	if (!c->map_bytes)
		c->map_bytes = UINT64_C(1) << 40;
	if (!c->floor_bytes)
		c->floor_bytes = UINT64_C(256) << 20;
	if (!c->gather_ms)
		c->gather_ms = 5;
	if (!c->queue_groups)
		c->queue_groups = 65536;
	if (!c->queue_bytes)
		c->queue_bytes = (size_t)64 << 20;
}

/* LMDB lets many processes write in turn; our chain's head allows one. */
static enum err lock_folder(struct store *s)
{
	char path[4096], pid[32];

	if (mkdir(s->dir, 0700) && errno != EEXIST) {
		log_err("store", "cannot make %s: %s", s->dir, strerror(errno));
		return err_from_errno(errno);
	}
	if (!str_fmt(path, sizeof(path), "%s/waihu.lock", s->dir))
		return ERR_ARG;
	s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->lock_fd < 0) {
		log_err("store", "cannot open %s: %s", path, strerror(errno));
		return err_from_errno(errno);
	}
	if (flock(s->lock_fd, LOCK_EX | LOCK_NB)) {
		ssize_t n = pread(s->lock_fd, pid, sizeof(pid) - 1, 0);

		pid[MAX(n, 0)] = '\0';
		log_err("store", "%s is in use by process %s", s->dir, pid);
		return ERR_STATE;
	}
	str_fmt(pid, sizeof(pid), "%ld", (long)getpid());
	if (ftruncate(s->lock_fd, 0) ||
	    pwrite(s->lock_fd, pid, strlen(pid), 0) < 0)
		log_warn("store", "cannot note our pid in %s", path);
	return ERR_OK;
}

enum err store_meta_get(struct store *s, const char *name, void *buf,
			size_t cap, size_t *len)
{
	return store_get(s, STORE_META, name, strlen(name), buf, cap, len);
}

enum err store_meta_put(struct store *s, const char *name, const void *val,
			size_t len)
{
	enum err e = s->engine->begin(s);

	if (e)
		return e;
	e = s->engine->tput(s, STORE_META, (struct blob){ name, strlen(name) },
			    (struct blob){ val, len });
	if (e) {
		s->engine->abort(s);
		return e;
	}
	return s->engine->commit(s);
}

static enum err check_format(struct store *s)
{
	uint8_t row[4];
	uint32_t have;
	size_t len;
	enum err e = store_meta_get(s, META_FORMAT, row, sizeof(row), &len);

	if (e == ERR_ABSENT) {
		struct store_key k = { 0 };

		store_key_u32(&k, STORE_FORMAT);
		return store_meta_put(s, META_FORMAT, k.b, k.len);
	}
	if (e || len != sizeof(row))
		return e ? e : ERR_FORMAT;
	have = store_be32(row);
	if (have != STORE_FORMAT) {
		log_err("store", "the data is of format %u, this program "
			"knows format %u", have, STORE_FORMAT);
		return ERR_VERSION;
	}
	return ERR_OK;
}

static enum err open_all(struct store *s)
{
	enum err e;

	if (sodium_init() < 0)
		return ERR_IO;
	e = mpsc_init(&s->in, SIZE_MAX / 2);
	if (!e)
		e = mpsc_init(&s->out, SIZE_MAX / 2);
	if (!e && s->dir)
		e = lock_folder(s);
	if (!e)
		e = s->engine->open(s);
	if (!e)
		e = check_format(s);
	if (!e)
		e = chain_load(s);
	if (!e)
		e = seal_open(s);
	if (!e && s->dir)
		e = writer_start(s);
	return e;
}

static void free_all(struct store *s)
{
	seal_close(s);
	s->engine->close(s);
	for (int i = 0; i < STORE_TABLE_COUNT; i++)
		map_fini(&s->overlay[i]);
	mpsc_fini(&s->in);
	mpsc_fini(&s->out);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s->dir);
	free(s->key_file);
	free(s);
}

enum err store_open(const struct store_conf *conf, struct store **out)
{
	struct store *s = store_alloc(sizeof(*s));
	enum err e;

	*s = (struct store){ .conf = *conf, .lock_fd = -1,
			     .home = pthread_self(),
			     .in.fd = -1, .out.fd = -1 };
	defaults(&s->conf);
	if (conf->dir) {
		s->dir = store_alloc(strlen(conf->dir) + 1);
		memcpy(s->dir, conf->dir, strlen(conf->dir) + 1);
		s->conf.dir = s->dir;
	}
	if (conf->key_file) {
		s->key_file = store_alloc(strlen(conf->key_file) + 1);
		memcpy(s->key_file, conf->key_file,
		       strlen(conf->key_file) + 1);
		s->conf.key_file = s->key_file;
	}
	s->engine = s->dir ? &store_lmdb_engine : &store_mem_engine;
	s->todo_end = &s->todo;
	for (int i = 0; i < STORE_TABLE_COUNT; i++)
		map_init(&s->overlay[i]);
	e = open_all(s);
	if (e) {
		free_all(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

struct store *store_close(struct store *s)
{
	if (!s)
		return NULL;
	atomic_store(&s->closing, true);
	writer_stop(s);
	copy_join(s);
	while (store_pump(s))
		;
	free_all(s);
	return NULL;
}

void store_adopt(struct store *s)
{
	s->home = pthread_self();
}

/* ---------------------------------------------------------------- commit */

static enum err admit(struct store *s, struct store_group *g)
{
	if (g->mistake)
		return g->mistake;
	if (atomic_load(&s->closing) || atomic_load(&s->dead))
		return ERR_CLOSED;
	return ERR_OK;
}

static void to_writer(struct store *s, struct store_group *g)
{
	if (!g->bulk)
		atomic_fetch_add(&s->live_waiting, 1);
	if (mpsc_push(&s->in, &g->node))
		abort();	/* its bound is SIZE_MAX / 2 */
}

enum err store_commit(struct store_group *g, store_done_h *done, void *arg)
{
	struct store *s = g->s;
	enum err e = admit(s, g);

	if (e)
		return e;
	if (atomic_fetch_add(&s->waiting_groups, 1) >= s->conf.queue_groups ||
	    atomic_load(&s->waiting_bytes) + g->len > s->conf.queue_bytes) {
		atomic_fetch_sub(&s->waiting_groups, 1);
		return ERR_FULL;
	}
	atomic_fetch_add(&s->waiting_bytes, g->len);
	g->counted = true;
	g->done = done;
	g->arg = arg;
	if (!g->bulk && store_is_home(s))
		overlay_add(s, g);
	if (!s->dir)
		mem_queue(s, g);
	else
		to_writer(s, g);
	return ERR_OK;
}

void store_post(struct store_group *g)
{
	struct store *s = g->s;

	g->res.err = admit(s, g);
	if (g->res.err)
		return;
	/* An older group's entry must not hide this newer row. */
	if (!g->bulk && store_is_home(s))
		overlay_add(s, g);
	if (!s->dir) {
		mem_apply_now(s, g);
		return;
	}
	sem_init(&g->written, 0, 0);
	g->posted = true;
	to_writer(s, g);
}

enum err store_wait(struct store_group *g, struct store_result *res)
{
	struct store_result got;

	while (g->posted && sem_wait(&g->written))
		;	/* EINTR */
	if (g->posted)
		sem_destroy(&g->written);
	overlay_drop(g->s, g);
	got = g->res;
	if (res)
		*res = got;
	store_abort(g);
	return got.err;
}

enum err store_commit_wait(struct store_group *g, struct store_result *res)
{
	store_post(g);
	return store_wait(g, res);
}

int store_fd(const struct store *s)
{
	return s->out.fd;
}

static void complete(struct store *s, struct store_group *g)
{
	overlay_drop(s, g);
	if (g->counted) {
		atomic_fetch_sub(&s->waiting_groups, 1);
		atomic_fetch_sub(&s->waiting_bytes, g->len);
	}
	if (g->done)
		g->done(g->arg, &g->res);
	else if (g->res.err)
		log_err("store", "a group of %zu rows was not written: %s",
			g->rows, err_text(g->res.err));
	store_abort(g);
}

size_t store_pump(struct store *s)
{
	struct mpsc_node *n;
	size_t count = 0;

	if (s->reading)
		return 0;
	n = mpsc_take_all(&s->out);
	if (!s->dir)
		mem_apply_all(s);
	while (n) {
		struct store_group *g = (struct store_group *)n;

		n = n->next;
		complete(s, g);
		count++;
	}
	return count;
}

void store_drain(struct store *s)
{
	while (store_backlog(s) && !s->reading) {
		struct pollfd p = { .fd = s->out.fd, .events = POLLIN };

		poll(&p, 1, 10);
		store_pump(s);
	}
}

size_t store_backlog(const struct store *s)
{
	return atomic_load(&s->waiting_groups);
}

uint64_t store_mark(const struct store *s)
{
	return s->seq;
}

bool store_settled(const struct store *s, uint64_t mark)
{
	return s->settled >= mark;
}

/* ---------------------------------------------------------- housekeeping */

void store_stats(struct store *s, struct store_stats *out)
{
	uint64_t most;

	*out = (struct store_stats){
		.groups = atomic_load(&s->groups),
		.conflicts = atomic_load(&s->conflicts),
		.failures = atomic_load(&s->failures),
		.rows = atomic_load(&s->rows),
		.commits = atomic_load(&s->commits),
		.commit_us = atomic_load(&s->commit_us),
	};
	s->engine->size(s, &out->file_bytes, &most);
}

void store_fail(struct store *s, unsigned nth, enum err e)
{
	atomic_store(&s->fail_err, (int)e);
	atomic_store(&s->fail_in, nth);
}
