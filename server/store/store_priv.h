/*
 * store_priv -- inside the room: groups as bytes, the map, the engines.
 *
 *   store_commit --> in (mpsc) --> writer thread --> engine --> out (mpsc)
 *        |                                                        |
 *        '--> overlay (home thread only) <---- dropped by ---- store_pump
 */
#ifndef STORE_STORE_PRIV_H
#define STORE_STORE_PRIV_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "base/mpsc.h"
#include "store/store.h"

struct blob {
	const void *p;
	size_t len;
};

/* Bytes in dictionary order, a prefix first: LMDB's own order. */
static inline int blob_cmp(const void *a, size_t alen, const void *b,
			   size_t blen)
{
	int d = memcmp(a, b, MIN(alen, blen));

	return d ? d : (alen > blen) - (alen < blen);
}

static inline void be64_put(uint8_t *p, uint64_t v)
{
	v = __builtin_bswap64(v);
	memcpy(p, &v, sizeof(v));
}

/* Never NULL: out of memory ends the program with a line in the log. */
void *store_alloc(size_t size);
void *store_realloc(void *p, size_t size);

/* ---------------------------------------------------- map: store_map.c   */

/* A row in memory: hash chain for get, skip list for order. */
struct map_node {
	struct map_node *chain;
	struct map_node *prev;
	uint64_t hash;
	uint64_t owner;		/* overlay: the group whose write this is    */
	uint8_t *val;
	uint8_t *key;		/* behind next[levels]                       */
	uint32_t vlen, vcap;
	uint16_t klen;
	bool gone;		/* overlay: this is a delete                 */
	struct map_node *next[];
};

enum { MAP_LEVELS = 20 };

struct map {
	struct map_node **slots;
	size_t slot_count;	/* a power of two, or 0                      */
	size_t count;
	uint64_t gen;		/* changes with the set of keys              */
	uint64_t dice;		/* levels: seeded alike, so runs repeat      */
	struct map_node *head[MAP_LEVELS];
	struct map_node *last;
};

void map_init(struct map *m);
void map_fini(struct map *m);
struct map_node *map_find(const struct map *m, struct blob key);
/* The row with this value, new or overwritten. */
struct map_node *map_put(struct map *m, struct blob key, struct blob val);
void map_del(struct map *m, struct blob key);

/* A place in a map that survives changes of the map. */
struct map_cur {
	struct map *m;
	struct map_node *n;	/* NULL: at the end                          */
	uint64_t gen;
	bool reverse;
	struct store_key key;
};

/* Forward: first row >= key.  Reverse: last row < key.  key.p NULL: the
 * first, or the last. */
void map_cur_seek(struct map_cur *c, struct map *m, struct blob key,
		  bool reverse);
void map_cur_step(struct map_cur *c);
/* To be called before n is used, if the map may have changed. */
void map_cur_sync(struct map_cur *c);

/* ------------------------------------------------ groups: store_group.c */

enum op_kind { OP_PUT, OP_PUT_SEALED, OP_DEL, OP_CHECK, OP_EVENT,
	       OP_EVENT_SEALED, OP_TRIM };

struct op {
	enum op_kind kind;
	enum store_table table;
	struct blob key, val;	/* OP_CHECK: val is the version's 8 bytes    */
};

struct store_group {
	struct mpsc_node node;		/* first: the queues link by it      */
	struct store_group *next;	/* the writer's lists                */
	struct store *s;
	uint8_t *buf;
	size_t len, cap;
	size_t rows;
	bool bulk, checks;
	bool counted;			/* in the bounds of the queue        */
	bool overlaid;
	bool applied;			/* memory: done before its pump      */
	enum err mistake;
	uint64_t seq;
	bool posted;			/* store_post: `written` is told     */
	sem_t written;
	store_done_h *done;
	void *arg;
	struct store_result res;
};

/* Walks the operations; *at starts at 0.  False at the end. */
bool group_next(const struct store_group *g, size_t *at, struct op *op);

/* ---------------------------------------------------------- the engines */

/* A snapshot to read from; each engine has its own. */
struct view;

struct cursor {
	struct view *v;
	enum store_table t;
	bool reverse;
	bool valid;
	struct blob key, val;	/* while valid, until the next step          */
	void *lmdb;
	uint8_t number[8];	/* lmdb: a set's key put together            */
	struct map_cur map;
};

struct engine {
	const char *word;
	enum err (*open)(struct store *s);
	void (*close)(struct store *s);		/* after half an open too    */

	/* A view may be had twice by the home thread: the same snapshot. */
	enum err (*view)(struct store *s, bool home, struct view **out);
	void (*unview)(struct store *s, struct view *v);
	/* ERR_ABSENT; *val lives as long as the view.  val may be NULL. */
	enum err (*get)(struct view *v, enum store_table t, struct blob key,
			struct blob *val);
	enum err (*count)(struct view *v, enum store_table t, uint64_t *rows);
	/* Bounds as map_cur_seek; valid false past the end. */
	enum err (*seek)(struct view *v, enum store_table t, struct blob key,
			 bool reverse, struct cursor *c);
	enum err (*step)(struct cursor *c);
	/* Shows the row again after the engine may have changed beneath it.
	 * NULL: the view holds still. */
	void (*refresh)(struct cursor *c);
	void (*cursor_end)(struct cursor *c);

	/* One transaction at a time, by the writer. */
	enum err (*begin)(struct store *s);
	enum err (*tget)(struct store *s, enum store_table t, struct blob key,
			 struct blob *val);
	enum err (*tput)(struct store *s, enum store_table t, struct blob key,
			 struct blob val);
	enum err (*tdel)(struct store *s, enum store_table t,
			 struct blob key);
	/* ERR_UNKNOWN: may be there after a restart; the engine is dead. */
	enum err (*commit)(struct store *s);
	void (*abort)(struct store *s);

	/* Writes a compact copy to the open file.  NULL: cannot. */
	enum err (*copy)(struct store *s, int fd);
	/* Bytes in use and bytes the file may grow to; 0, 0: no file. */
	void (*size)(struct store *s, uint64_t *used, uint64_t *most);
	/* Reads all; ERR_FORMAT.  NULL: nothing can be damaged. */
	enum err (*verify)(struct store *s);
};

extern const struct engine store_lmdb_engine, store_mem_engine;

struct chain {
	uint64_t number;
	uint8_t hash[STORE_HASH_LEN];
};

struct store {
	struct store_conf conf;
	char *dir;			/* NULL in memory                    */
	char *key_file;			/* NULL: in the folder               */
	int lock_fd;
	const struct engine *engine;
	void *lmdb, *mem;		/* the engine's own                  */
	pthread_t home;

	/* home thread */
	struct map overlay[STORE_TABLE_COUNT];
	size_t overlay_rows;
	uint64_t seq, settled;		/* given last; on disk, or refused   */
	unsigned reading;		/* depth of scans on the home thread */

	/* shared */
	struct mpsc in, out;
	atomic_size_t waiting_groups, waiting_bytes;
	atomic_size_t live_waiting;	/* live groups the writer has not
					   taken yet                         */
	atomic_bool closing, stop, dead;
	atomic_uint fail_in;
	atomic_int fail_err;
	_Atomic uint64_t groups, conflicts, failures, rows, commits, commit_us;
	atomic_bool copying;
	bool copy_joinable;
	pthread_t copier;

	/* writer thread (memory: whoever holds mem's lock) */
	pthread_t writer;
	bool writer_runs;
	struct chain head, anchor;	/* the newest; the last trimmed      */
	struct store_group *todo, **todo_end;	/* memory's queue            */

	/* sealing */
	uint8_t *key;
	_Atomic uint64_t nonces;
	uint8_t nonce_run[16];		/* zeroes in memory                  */
	struct seal_run *run;		/* NULL: no AES here                 */
};

static inline bool store_is_home(const struct store *s)
{
	return pthread_equal(s->home, pthread_self());
}

/* ---------------------------------------------------------- the pieces  */

/* store_overlay.c: home thread only. */
void overlay_add(struct store *s, struct store_group *g);
void overlay_drop(struct store *s, const struct store_group *g);

/* store_writer.c */
enum err writer_start(struct store *s);
void writer_stop(struct store *s);
/* One transaction for the whole list; res of each is set. */
void writer_apply(struct store *s, struct store_group *list);
/* Reads the chain's head from META and EVENT; ERR_FORMAT. */
enum err chain_load(struct store *s);
/* next = BLAKE2b(prev, number, bytes). */
void chain_link(const uint8_t prev[STORE_HASH_LEN], uint64_t number,
		struct blob bytes, uint8_t next[STORE_HASH_LEN]);

/* store_mem.c: all queued groups, in order (memory has no thread). */
void mem_queue(struct store *s, struct store_group *g);
void mem_apply_all(struct store *s);
void mem_apply_now(struct store *s, struct store_group *g);

/* store_key.c: the sealing key of the folder, or memory's fixed one. */
enum err seal_open(struct store *s);
#define SEAL_MARK 0xc1		/* a sealed row's first byte                 */
/* Where the key is; false: too long. */
bool seal_path(const struct store *s, char *path, size_t size);
/* val.len + STORE_SEAL_OVER bytes at out. */
void seal_into(struct store *s, enum store_table t, struct blob key,
	       struct blob val, uint8_t *out);
void seal_close(struct store *s);

/* store_copy.c */
void copy_join(struct store *s);

/* What the room itself keeps in META; others may not begin with a dot. */
#define META_FORMAT ".format"
#define META_EVENT  ".event"
#define META_ANCHOR ".anchor"
#define META_KEY    ".key"
#define META_SEAL   ".seal"
#define STORE_FORMAT 1

/* One row outside any group: at open only. */
enum err store_meta_put(struct store *s, const char *name, const void *val,
			size_t len);
enum err store_meta_get(struct store *s, const char *name, void *buf,
			size_t cap, size_t *len);

#endif
