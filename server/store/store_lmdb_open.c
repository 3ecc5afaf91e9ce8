/*
 * The engine on LMDB 0.9: opening with care, and proving that what is there
 * can be read.
 */
#include "store/store_lmdb_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

/* Every row of one tree, in order; the tree's own count must agree. */
static int walk(MDB_txn *txn, MDB_dbi dbi, uint64_t *seen)
{
	MDB_cursor *mc;
	MDB_stat st;
	MDB_val k, d, last = { 0, NULL };
	uint64_t sum = 0, rows = 0;
	int rc = mdb_stat(txn, dbi, &st);

	if (!rc)
		rc = mdb_cursor_open(txn, dbi, &mc);
	if (rc)
		return rc;
	while (!(rc = mdb_cursor_get(mc, &k, &d, MDB_NEXT))) {
		const uint8_t *p = d.mv_data;

		/* Dbi 0, the free pages, counts in words, not bytes. */
		if (dbi && last.mv_data &&
		    blob_cmp(last.mv_data, last.mv_size, k.mv_data,
			     k.mv_size) > 0)
			break;
		for (size_t i = 0; i < d.mv_size; i += 512)
			sum += p[i];
		last = k;
		rows++;
	}
	mdb_cursor_close(mc);
	*seen += sum;		/* so that the bytes are truly read */
	if (rc == MDB_NOTFOUND)
		rc = rows == st.ms_entries ? 0 : MDB_CORRUPTED;
	return rc;
}

enum err lmdb_verify(struct store *s)
{
	struct lmdb *l = s->lmdb;
	uint64_t seen = 0;
	MDB_txn *txn;
	int rc = mdb_txn_begin(l->env, NULL, MDB_RDONLY, &txn);

	if (rc)
		return lmdb_err(rc, "verify");
	for (MDB_dbi i = 0; i < 2 && !rc; i++)
		rc = walk(txn, i, &seen);
	for (int t = 0; t < STORE_TABLE_COUNT && !rc; t++)
		if (l->dbi[t])
			rc = walk(txn, l->dbi[t], &seen);
	mdb_txn_abort(txn);
	return lmdb_err(rc, "verify");
}

static enum err open_tables(struct store *s)
{
	struct lmdb *l = s->lmdb;
	MDB_stat st;
	int rc = mdb_txn_begin(l->env, NULL, 0, &l->txn);

	if (rc)
		return lmdb_err(rc, "the first transaction");
	rc = mdb_dbi_open(l->txn, store_table_word(STORE_META), 0,
			  &l->dbi[STORE_META]);
	if (rc == MDB_NOTFOUND && !mdb_stat(l->txn, 1, &st) && st.ms_entries) {
		log_err("store", "%s/data.mdb is not Waihu's", s->dir);
		lmdb_abort(s);
		return ERR_FORMAT;
	}
	rc = 0;
	for (int t = 0; t < STORE_TABLE_COUNT && !rc; t++)
		rc = mdb_dbi_open(l->txn, store_table_word(t),
				  store_table_is_set(t)
				  ? MDB_CREATE | MDB_DUPSORT | MDB_DUPFIXED
				  : MDB_CREATE, &l->dbi[t]);
	if (rc) {
		lmdb_abort(s);
		return lmdb_err(rc, "opening the tables");
	}
	return lmdb_commit(s);
}

/*
 * A read behind the end of a mapped file is a SIGBUS.  LMDB may leave the
 * last pages unwritten when they were freed in the transaction that took
 * them, so a short file is not yet a wrong one: it is made as long as its
 * meta page says, and every page in use must then prove to be one.
 */
static enum err check_length(struct store *s)
{
	struct lmdb *l = s->lmdb;
	uint64_t want, most;
	struct stat st;
	enum err e;

	lmdb_size(s, &want, &most);
	if (fstat(l->fd, &st))
		return err_from_errno(errno);
	if ((uint64_t)st.st_size >= want)
		return open_tables(s);
	if (ftruncate(l->fd, (off_t)want))
		return err_from_errno(errno);
	e = lmdb_verify(s);
	if (!e)
		e = open_tables(s);
	if (!e)
		e = lmdb_verify(s);
	if (e) {
		log_err("store", "%s/data.mdb has %lld of %llu bytes: it was "
			"cut short; restore it from a backup", s->dir,
			(long long)st.st_size, (unsigned long long)want);
		if (ftruncate(l->fd, st.st_size))
			log_warn("store", "and it was made longer");
		e = ERR_FORMAT;
	}
	return e;
}

/* A store that had data does not begin anew in silence. */
static enum err check_present(struct store *s)
{
	char data[4096], key[4096];
	struct stat st;
	bool have;

	if (!str_fmt(data, sizeof(data), "%s/data.mdb", s->dir) ||
	    !seal_path(s, key, sizeof(key)))
		return ERR_ARG;
	have = !stat(data, &st) && st.st_size > 0;
	if (have || access(key, F_OK))
		return ERR_OK;
	log_err("store", "%s has a key (%s) but no data: data.mdb is %s; "
		"restore it, or move the key away to begin anew", s->dir, key,
		stat(data, &st) ? "missing" : "empty");
	return ERR_ABSENT;
}

/* lock.mdb is written through a map: while it has no blocks yet, a full disk
 * would be a SIGBUS. */
static enum err check_room(struct store *s)
{
	char path[4096];
	struct statvfs fs;
	struct stat st;

	if (!str_fmt(path, sizeof(path), "%s/lock.mdb", s->dir))
		return ERR_ARG;
	if (!stat(path, &st) && st.st_blocks)
		return ERR_OK;
	if (statvfs(s->dir, &fs))
		return err_from_errno(errno);
	if ((uint64_t)fs.f_bavail * fs.f_frsize >= 1 << 20)
		return ERR_OK;
	log_err("store", "no room on the disk of %s", s->dir);
	return ERR_FULL;
}

enum err lmdb_open(struct store *s)
{
	struct lmdb *l = store_alloc(sizeof(*l));
	int rc, dead = 0;
	enum err e;
	MDB_stat st;

	memset(l, 0, sizeof(*l));
	pthread_mutex_init(&l->lock, NULL);
	s->lmdb = l;
	e = check_present(s);
	if (!e)
		e = check_room(s);
	if (e)
		return e;
	rc = mdb_env_create(&l->env);
	if (!rc)
		rc = mdb_env_set_maxdbs(l->env, STORE_TABLE_COUNT + 16);
	if (!rc)
		rc = mdb_env_set_mapsize(l->env, s->conf.map_bytes);
	if (!rc)
		rc = mdb_env_open(l->env, s->dir, MDB_NOTLS, 0600);
	if (!rc)
		rc = mdb_env_get_fd(l->env, &l->fd);
	if (!rc)
		rc = mdb_env_stat(l->env, &st);
	if (rc) {
		log_err("store", "cannot open %s/data.mdb", s->dir);
		return lmdb_err(rc, "data.mdb");
	}
	l->page_bytes = st.ms_psize;
	rc = mdb_reader_check(l->env, &dead);
	if (!rc && dead)
		log_info("store", "%d readers of a dead process cleared", dead);
	return rc ? lmdb_err(rc, "reader check") : check_length(s);
}

void lmdb_close(struct store *s)
{
	struct lmdb *l = s->lmdb;

	if (!l)
		return;
	if (l->home)
		lmdb_view_free(l->home);
	while (l->spare) {
		struct view *v = l->spare;

		l->spare = v->next;
		lmdb_view_free(v);
	}
	if (l->env)
		mdb_env_close(l->env);
	pthread_mutex_destroy(&l->lock);
	free(l);
	s->lmdb = NULL;
}
