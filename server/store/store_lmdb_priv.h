/*
 * store_lmdb_priv -- what the two files of the LMDB engine share.  Only they
 * know lmdb.h.
 */
#ifndef STORE_STORE_LMDB_PRIV_H
#define STORE_STORE_LMDB_PRIV_H

#include <lmdb.h>

#include "store/store_priv.h"

enum { SET_KEY = 6, SET_LOW = 2 };

struct view {
	struct view *next;
	struct lmdb *l;
	MDB_txn *txn;
	MDB_cursor *set[STORE_TABLE_COUNT];
	unsigned depth;		/* home: a scan's callback reads too         */
	bool home;
};

/* Does a run of sorted rows go on?  Then pages are filled to the brim. */
struct run {
	bool broken;
	uint8_t last[SET_KEY];
};

struct lmdb {
	MDB_env *env;
	MDB_dbi dbi[STORE_TABLE_COUNT];
	int fd;
	unsigned page_bytes;
	struct view *home;
	pthread_mutex_t lock;	/* of the spare views                        */
	struct view *spare;
	/* the writer's */
	MDB_txn *txn;
	MDB_cursor *cur[STORE_TABLE_COUNT];
	struct run run[STORE_TABLE_COUNT];
};

/* LMDB's codes and errno's; logged there unless they are answers. */
enum err lmdb_err(int rc, const char *doing);

/* store_lmdb_open.c */
enum err lmdb_open(struct store *s);
void lmdb_close(struct store *s);
enum err lmdb_verify(struct store *s);

/* store_lmdb.c */
enum err lmdb_commit(struct store *s);
void lmdb_abort(struct store *s);
void lmdb_size(struct store *s, uint64_t *used, uint64_t *most);
void lmdb_view_free(struct view *v);

#endif
