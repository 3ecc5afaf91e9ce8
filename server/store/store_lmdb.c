/*
 * The engine on LMDB 0.9: reading and writing.
 *
 * Never NOSYNC, never WRITEMAP: the file is written with pwrite, so a full
 * disk is an error code and not a SIGBUS, and a commit is on the disk when
 * mdb_txn_commit returns.  NOTLS: a reader belongs to a view, not to a
 * thread.
 *
 * Sets: the number's upper 48 bits are the key, its lower 16 the sorted
 * duplicates (DUPFIXED), 2.x bytes a number.  Deleting through a cursor in
 * such tables has had faults (ITS#9376, #9461): here it is mdb_del by key and
 * value, with no cursor open on the table.
 */
#include "store/store_lmdb_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum err lmdb_err(int rc, const char *doing)
{
	static const struct { int rc; enum err e; } rows[] = {
		{ MDB_SUCCESS,		ERR_OK },
		{ MDB_NOTFOUND,		ERR_ABSENT },
		{ MDB_KEYEXIST,		ERR_EXISTS },
		{ MDB_MAP_FULL,		ERR_FULL },
		{ MDB_TXN_FULL,		ERR_FULL },
		{ MDB_READERS_FULL,	ERR_FULL },
		{ ENOSPC,		ERR_FULL },
		{ EDQUOT,		ERR_FULL },
		{ EFBIG,		ERR_FULL },
		{ MDB_PAGE_NOTFOUND,	ERR_FORMAT },
		{ MDB_CORRUPTED,	ERR_FORMAT },
		{ MDB_INVALID,		ERR_FORMAT },
		{ MDB_INCOMPATIBLE,	ERR_FORMAT },
		{ MDB_VERSION_MISMATCH,	ERR_VERSION },
		{ MDB_BAD_VALSIZE,	ERR_ARG },
		{ ENOMEM,		ERR_MEMORY },
		{ EACCES,		ERR_PERM },
		{ EPERM,		ERR_PERM },
		{ EROFS,		ERR_PERM },
	};
	enum err e = ERR_IO;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].rc == rc)
			e = rows[i].e;
	if (e && e != ERR_ABSENT && e != ERR_EXISTS)
		log_err("store", "%s: %s", doing, mdb_strerror(rc));
	return e;
}

/* --------------------------------------------------------------- reading */

static enum err lmdb_view(struct store *s, bool home, struct view **out)
{
	struct lmdb *l = s->lmdb;
	struct view *v = NULL;
	int rc = 0;

	if (home) {
		v = l->home;
		if (v && v->depth) {
			v->depth++;
			*out = v;
			return ERR_OK;
		}
	} else {
		pthread_mutex_lock(&l->lock);
		v = l->spare;
		if (v)
			l->spare = v->next;
		pthread_mutex_unlock(&l->lock);
	}
	if (!v) {
		v = store_alloc(sizeof(*v));
		*v = (struct view){ .l = l, .home = home };
		rc = mdb_txn_begin(l->env, NULL, MDB_RDONLY, &v->txn);
		if (rc)
			free(v);
	} else {
		rc = mdb_txn_renew(v->txn);
		if (rc && !home) {
			pthread_mutex_lock(&l->lock);
			v->next = l->spare;
			l->spare = v;
			pthread_mutex_unlock(&l->lock);
		}
	}
	if (rc) {
		lmdb_err(rc, "a snapshot");
		return rc == MDB_READERS_FULL ? ERR_FULL : ERR_IO;
	}
	if (home)
		l->home = v;
	v->depth = 1;
	*out = v;
	return ERR_OK;
}

static void lmdb_unview(struct store *s, struct view *v)
{
	struct lmdb *l = s->lmdb;

	if (--v->depth)
		return;
	mdb_txn_reset(v->txn);
	if (v->home)
		return;
	pthread_mutex_lock(&l->lock);
	v->next = l->spare;
	l->spare = v;
	pthread_mutex_unlock(&l->lock);
}

void lmdb_view_free(struct view *v)
{
	for (int t = 0; t < STORE_TABLE_COUNT; t++)
		if (v->set[t])
			mdb_cursor_close(v->set[t]);
	mdb_txn_abort(v->txn);
	free(v);
}

static MDB_val to_val(struct blob b)
{
	/* LMDB does not write through it, but its type is not const. */
	return (MDB_val){ b.len, (void *)(uintptr_t)b.p };
}

static enum err set_get(struct view *v, enum store_table t, struct blob key)
{
	const uint8_t *p = key.p;
	MDB_val k = to_val((struct blob){ p, SET_KEY });
	MDB_val d = to_val((struct blob){ p + SET_KEY, SET_LOW });
	int rc;

	if (v->set[t])
		rc = mdb_cursor_renew(v->txn, v->set[t]);
	else
		rc = mdb_cursor_open(v->txn, v->l->dbi[t], &v->set[t]);
	if (!rc)
		rc = mdb_cursor_get(v->set[t], &k, &d, MDB_GET_BOTH);
	return lmdb_err(rc, store_table_word(t));
}

static enum err lmdb_get(struct view *v, enum store_table t, struct blob key,
			 struct blob *val)
{
	MDB_val k = to_val(key), d;

	if (store_table_is_set(t)) {
		*val = (struct blob){ NULL, 0 };
		return set_get(v, t, key);
	}
	enum err e = lmdb_err(mdb_get(v->txn, v->l->dbi[t], &k, &d),
			       store_table_word(t));

	if (!e)
		*val = (struct blob){ d.mv_data, d.mv_size };
	return e;
}

static enum err lmdb_count(struct view *v, enum store_table t, uint64_t *rows)
{
	MDB_stat st;
	enum err e = lmdb_err(mdb_stat(v->txn, v->l->dbi[t], &st),
			       store_table_word(t));

	if (!e)
		*rows = st.ms_entries;
	return e;
}

static enum err show(struct cursor *c, int rc, const MDB_val *k,
		     const MDB_val *d)
{
	c->valid = !rc;
	if (rc == MDB_NOTFOUND)
		return ERR_OK;
	if (rc)
		return lmdb_err(rc, store_table_word(c->t));
	c->key = (struct blob){ k->mv_data, k->mv_size };
	c->val = (struct blob){ d->mv_data, d->mv_size };
	if (!store_table_is_set(c->t))
		return ERR_OK;
	if (k->mv_size != SET_KEY || d->mv_size != SET_LOW)
		return ERR_FORMAT;
	memcpy(c->number, k->mv_data, SET_KEY);
	memcpy(c->number + SET_KEY, d->mv_data, SET_LOW);
	c->key = (struct blob){ c->number, sizeof(c->number) };
	c->val = (struct blob){ NULL, 0 };
	return ERR_OK;
}

/* The first row >= key; bounds of a set may be of any length. */
static int seek_set(MDB_cursor *mc, struct blob key, MDB_val *k, MDB_val *d)
{
	uint8_t full[SET_KEY + SET_LOW] = { 0 };
	int rc;

	memcpy(full, key.p, MIN(key.len, sizeof(full)));
	*k = (MDB_val){ SET_KEY, full };
	rc = mdb_cursor_get(mc, k, d, MDB_SET_RANGE);
	if (rc || k->mv_size != SET_KEY || memcmp(k->mv_data, full, SET_KEY))
		return rc;
	/* The same upper bits: now by the lower. */
	*d = (MDB_val){ SET_LOW, full + SET_KEY };
	*k = (MDB_val){ SET_KEY, full };
	rc = mdb_cursor_get(mc, k, d, MDB_GET_BOTH_RANGE);
	if (rc == MDB_NOTFOUND) {
		*k = (MDB_val){ SET_KEY, full };
		rc = mdb_cursor_get(mc, k, d, MDB_SET_KEY);
		if (!rc)
			rc = mdb_cursor_get(mc, k, d, MDB_NEXT_NODUP);
	} else if (!rc) {
		/* It found the value but left k pointing into `full`. */
		rc = mdb_cursor_get(mc, k, d, MDB_GET_CURRENT);
	}
	/* A key longer than a number lies behind that number. */
	while (!rc && key.len > sizeof(full) &&
	       !memcmp(k->mv_data, full, SET_KEY) &&
	       !memcmp(d->mv_data, full + SET_KEY, SET_LOW))
		rc = mdb_cursor_get(mc, k, d, MDB_NEXT);
	return rc;
}

static enum err lmdb_seek(struct view *v, enum store_table t, struct blob key,
			  bool reverse, struct cursor *c)
{
	MDB_val k = to_val(key), d;
	MDB_cursor *mc;
	int rc = mdb_cursor_open(v->txn, v->l->dbi[t], &mc);

	if (rc)
		return lmdb_err(rc, store_table_word(t));
	*c = (struct cursor){ .v = v, .t = t, .reverse = reverse, .lmdb = mc };
	if (!key.p)
		rc = mdb_cursor_get(mc, &k, &d, reverse ? MDB_LAST : MDB_FIRST);
	else if (store_table_is_set(t))
		rc = seek_set(mc, key, &k, &d);
	else
		rc = mdb_cursor_get(mc, &k, &d, MDB_SET_RANGE);
	if (key.p && reverse)
		rc = mdb_cursor_get(mc, &k, &d, rc ? MDB_LAST : MDB_PREV);
	enum err e = show(c, rc, &k, &d);

	if (e)
		mdb_cursor_close(mc);
	return e;
}

static enum err lmdb_step(struct cursor *c)
{
	MDB_val k, d;
	int rc = mdb_cursor_get(c->lmdb, &k, &d,
				c->reverse ? MDB_PREV : MDB_NEXT);

	return show(c, rc, &k, &d);
}

static void lmdb_cursor_end(struct cursor *c)
{
	mdb_cursor_close(c->lmdb);
	c->valid = false;
}

/* --------------------------------------------------------------- writing */

static enum err lmdb_begin(struct store *s)
{
	struct lmdb *l = s->lmdb;
	int rc = mdb_txn_begin(l->env, NULL, 0, &l->txn);

	memset(l->cur, 0, sizeof(l->cur));
	memset(l->run, 0, sizeof(l->run));
	/* After a failed last page LMDB answers nothing but this. */
	if (rc == MDB_PANIC)
		return lmdb_err(rc, "a transaction") ? ERR_UNKNOWN : ERR_OK;
	return lmdb_err(rc, "a transaction");
}

static enum err lmdb_tget(struct store *s, enum store_table t, struct blob key,
			  struct blob *val)
{
	struct lmdb *l = s->lmdb;
	MDB_val k = to_val(key), d;
	enum err e = lmdb_err(mdb_get(l->txn, l->dbi[t], &k, &d),
			       store_table_word(t));

	if (!e)
		*val = (struct blob){ d.mv_data, d.mv_size };
	return e;
}

/* Tries an append first while rows come sorted; LMDB checks that they do. */
static int put_row(struct lmdb *l, enum store_table t, MDB_val *k, MDB_val *d)
{
	int rc = 0;

	if (!l->cur[t])
		rc = mdb_cursor_open(l->txn, l->dbi[t], &l->cur[t]);
	if (rc)
		return rc;
	if (!l->run[t].broken) {
		rc = mdb_cursor_put(l->cur[t], k, d, MDB_APPEND);
		if (rc != MDB_KEYEXIST)
			return rc;
		l->run[t].broken = true;
	}
	return mdb_cursor_put(l->cur[t], k, d, 0);
}

static int put_number(struct lmdb *l, enum store_table t, MDB_val *k,
		      MDB_val *d)
{
	struct run *r = &l->run[t];
	int rc = MDB_KEYEXIST;

	if (!r->broken && memcmp(r->last, k->mv_data, SET_KEY))
		rc = mdb_put(l->txn, l->dbi[t], k, d, MDB_APPEND);
	if (!r->broken && rc == MDB_KEYEXIST)
		rc = mdb_put(l->txn, l->dbi[t], k, d, MDB_APPENDDUP);
	if (rc == MDB_KEYEXIST) {
		r->broken = true;
		rc = mdb_put(l->txn, l->dbi[t], k, d, MDB_NODUPDATA);
	}
	memcpy(r->last, k->mv_data, SET_KEY);
	return rc == MDB_KEYEXIST ? 0 : rc;
}

static enum err lmdb_tput(struct store *s, enum store_table t, struct blob key,
			  struct blob val)
{
	struct lmdb *l = s->lmdb;
	const uint8_t *p = key.p;
	MDB_val k = to_val(key), d = to_val(val);
	int rc;

	if (store_table_is_set(t)) {
		k.mv_size = SET_KEY;
		d = to_val((struct blob){ p + SET_KEY, SET_LOW });
		rc = put_number(l, t, &k, &d);
	} else {
		rc = put_row(l, t, &k, &d);
	}
	return lmdb_err(rc, store_table_word(t));
}

static enum err lmdb_tdel(struct store *s, enum store_table t, struct blob key)
{
	struct lmdb *l = s->lmdb;
	const uint8_t *p = key.p;
	MDB_val k = to_val(key), d;
	int rc;

	if (store_table_is_set(t)) {
		k.mv_size = SET_KEY;
		d = to_val((struct blob){ p + SET_KEY, SET_LOW });
		rc = mdb_del(l->txn, l->dbi[t], &k, &d);
	} else {
		rc = l->cur[t] ? 0 : mdb_cursor_open(l->txn, l->dbi[t],
						     &l->cur[t]);
		if (!rc)
			rc = mdb_cursor_get(l->cur[t], &k, &d, MDB_SET);
		if (!rc)
			rc = mdb_cursor_del(l->cur[t], 0);
	}
	enum err e = lmdb_err(rc, store_table_word(t));

	return e == ERR_ABSENT ? ERR_OK : e;
}

/*
 * LMDB calls a write cut short by a full disk EIO, like a broken disk.  Asking
 * the file system for the room tells them apart; what it gave is given back.
 */
static bool is_full(const struct lmdb *l)
{
	enum { ASK_BYTES = 64 << 20 };
	struct rlimit lim;
	struct stat st;

	if (fstat(l->fd, &st))
		return false;
	/* The process's own limit is not asked by fallocate. */
	if (!getrlimit(RLIMIT_FSIZE, &lim) && lim.rlim_cur != RLIM_INFINITY &&
	    (uint64_t)st.st_size + ASK_BYTES > lim.rlim_cur)
		return true;
	int rc = fallocate(l->fd, FALLOC_FL_KEEP_SIZE, st.st_size, ASK_BYTES);
	bool full = rc && (errno == ENOSPC || errno == EDQUOT ||
			   errno == EFBIG);

	if (!rc && ftruncate(l->fd, st.st_size))
		log_warn("store", "%d spare bytes stay allocated", ASK_BYTES);
	return full;
}

/*
 * A failed commit is written nowhere but in one case: the meta page itself
 * failed.  LMDB then refuses every later transaction, and that tells.
 */
enum err lmdb_commit(struct store *s)
{
	struct lmdb *l = s->lmdb;
	int rc = mdb_txn_commit(l->txn);
	enum err e = lmdb_err(rc, "commit");

	l->txn = NULL;
	if (!rc)
		return ERR_OK;
	rc = mdb_txn_begin(l->env, NULL, 0, &l->txn);
	if (rc == MDB_PANIC)
		return ERR_UNKNOWN;
	if (!rc)
		mdb_txn_abort(l->txn);
	l->txn = NULL;
	return e == ERR_IO && is_full(l) ? ERR_FULL : e;
}

void lmdb_abort(struct store *s)
{
	struct lmdb *l = s->lmdb;

	if (l->txn)
		mdb_txn_abort(l->txn);
	l->txn = NULL;
}

void lmdb_size(struct store *s, uint64_t *used, uint64_t *most)
{
	struct lmdb *l = s->lmdb;
	MDB_envinfo info;

	mdb_env_info(l->env, &info);
	*used = ((uint64_t)info.me_last_pgno + 1) * l->page_bytes;
	*most = info.me_mapsize;
}

static enum err lmdb_copy(struct store *s, int fd)
{
	struct lmdb *l = s->lmdb;

	return lmdb_err(mdb_env_copyfd2(l->env, fd, MDB_CP_COMPACT),
			 "backup");
}

const struct engine store_lmdb_engine = {
	.word = "lmdb",
	.open = lmdb_open,	.close = lmdb_close,
	.view = lmdb_view,	.unview = lmdb_unview,
	.get = lmdb_get,	.count = lmdb_count,
	.seek = lmdb_seek,	.step = lmdb_step,
	.cursor_end = lmdb_cursor_end,
	.begin = lmdb_begin,	.tget = lmdb_tget,
	.tput = lmdb_tput,	.tdel = lmdb_tdel,
	.commit = lmdb_commit,	.abort = lmdb_abort,
	.copy = lmdb_copy,	.size = lmdb_size,
	.verify = lmdb_verify,
};
