/*
 * store -- remember.
 *
 * In      groups of writes (all or nothing), from the loop and from workers
 * Out     rows by key, rows in order; a callback when a group is on disk
 * Owns    the data folder, its one writer thread, the chained event log,
 *         the key that seals personal fields
 * Never   blocks the loop on the disk, acknowledges what is not durable,
 *         knows what a row means: bytes in, bytes out
 *
 * Threads.  The thread that opened the store (or last called store_adopt)
 * is its home: the loop.  Every function may be called there.  Functions
 * marked [any thread] may be called from workers too; workers see committed
 * rows only.
 *
 * What a read sees.  The newest committed state, and over it every group the
 * home thread has handed to store_commit and that has not completed yet: a
 * stop request accepted a moment ago binds the very next look-up.  A group
 * that fails takes its rows out of sight again when its callback runs.  A
 * group under construction is seen by nobody.
 *
 * Each call of store_get, store_set_has or store_scan takes its own snapshot
 * (about 0.1 us to renew) and gives it back: an LMDB snapshot held for long
 * keeps the writer from reusing pages, and the file grows by hundreds of
 * megabytes in seconds.  So scans are paged, STORE_PAGE_MAX rows at most.
 *
 * Order.  Live groups commit in the order of store_commit.  Bulk groups
 * (imports, erasures) commit in their own order, after the live ones that
 * wait; between the two kinds nothing is promised.
 *
 * Engines.  conf.dir names a folder: LMDB.  conf.dir NULL: an ordered map in
 * memory for unit tests, simulation and replay; a commit then completes at
 * the next store_pump, in order, deterministically.  Both pass one
 * conformance test (tests/store).  A third engine need offer no more than:
 * get, ordered paged scan, and an atomic, durable group of checks, puts and
 * deletes that answers done, conflict, failed or unknown.  ERR_UNKNOWN is
 * part of the contract for that reason: over a network a commit's answer can
 * be lost, and on one machine a disk can fail while the last page is written.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <string.h>

#include "base/base.h"

struct store;
struct store_group;

/*
 * The tables.  The word is the name on disk: never change one.  A kv table
 * maps a key of 1..STORE_KEY_MAX bytes, ordered as unsigned bytes, to a value
 * of up to STORE_VALUE_MAX bytes.  A set table holds u64 numbers at 2.6 bytes
 * each when dense.  Adding a table is adding a row; its keys and values are
 * the owning room's matter.
 *
 *        name                 word              kind  key -> value            */
#define STORE_TABLES(X)                                                       \
	X(STORE_META,           "meta",           KV)  /* word -> text        */ \
	X(STORE_USER,           "user",           KV)  /* log-in name         */ \
	X(STORE_AGENT,          "agent",          KV)  /* agent u32           */ \
	X(STORE_TEAM,           "team",           KV)  /* team name           */ \
	X(STORE_SEAT,           "seat",           KV)  /* agent, when -> stay */ \
	X(STORE_CAMPAIGN,       "campaign",       KV)  /* campaign u32        */ \
	X(STORE_LIST,           "list",           KV)  /* list u32            */ \
	X(STORE_IMPORT,         "import",         KV)  /* file -> how far     */ \
	X(STORE_LEAD,           "lead",           KV)  /* lead u64            */ \
	X(STORE_LEAD_BY_NUMBER, "lead_by_number", KV)  /* number, lead        */ \
	X(STORE_LEAD_READY,     "lead_ready",     KV)  /* campaign, rank, lead*/ \
	X(STORE_LEAD_LATER,     "lead_later",     KV)  /* campaign, when, lead*/ \
	X(STORE_PERSON,         "person",         KV)  /* person u64          */ \
	X(STORE_PERSON_BY_NUMBER, "person_by_number", KV) /* number -> person */ \
	X(STORE_CONSENT,        "consent",        KV)  /* number, purpose     */ \
	X(STORE_ATTEMPT,        "attempt",        KV)  /* person, when        */ \
	X(STORE_INTENT,         "intent",         KV)  /* before the INVITE   */ \
	X(STORE_PASS,           "pass",           KV)  /* the gate's passes   */ \
	X(STORE_CALL,           "call",           KV)  /* when, call -> CDR   */ \
	X(STORE_CALL_BY_NUMBER, "call_by_number", KV)  /* number, when        */ \
	X(STORE_RECORDING,      "recording",      KV)  /* when, call          */ \
	X(STORE_CALLBACK,       "callback",       KV)  /* when, lead          */ \
	X(STORE_DRAFT,          "draft",          KV)  /* agent u32 -> note   */ \
	X(STORE_NOTE,           "note",           KV)  /* lead, when          */ \
	X(STORE_AUDIT,          "audit",          KV)  /* when, who           */ \
	X(STORE_ALERT,          "alert",          KV)  /* when, word          */ \
	X(STORE_PACER,          "pacer",          KV)  /* campaign -> learned */ \
	X(STORE_LEDGER,         "ledger",         KV)  /* campaign, day       */ \
	X(STORE_COUNTER,        "counter",        KV)  /* name, hour          */ \
	X(STORE_TRUNK,          "trunk",          KV)  /* name, number: rests */ \
	X(STORE_SCRIPT,         "script",         KV)  /* campaign, page      */ \
	X(STORE_AGENT_DAY,      "agent_day",      KV)  /* day, agent, campaign*/ \
	X(STORE_EVENT,          "event",          KV)  /* by store_event only */ \
	X(STORE_DNC,            "dnc",            SET) /* our stop list       */ \
	X(STORE_DNC_PUBLIC,     "dnc_public",     SET) /* national registers  */ \
	X(STORE_VACANT,         "vacant",         SET) /* numbers not in use  */

enum store_table {
#define X(name, word, kind) name,
	STORE_TABLES(X)
#undef X
	STORE_TABLE_COUNT
};

enum {
	STORE_KEY_MAX   = 255,		/* [bytes]                           */
	STORE_VALUE_MAX = 64 * 1024,	/* [bytes]                           */
	STORE_PAGE_MAX  = 4096,		/* rows of one store_scan            */
	STORE_ROWS_MAX  = 4096,		/* operations of one group           */
	STORE_SEAL_OVER = 42,		/* a sealed value is so much longer  */
	STORE_HASH_LEN  = 32,		/* one link of the event chain       */
};

/* "lead"; "?" for no table. */
const char *store_table_word(enum store_table t);
bool store_table_is_set(enum store_table t);

/* ------------------------------------------------------------------ keys */

/*
 * A key put together from parts; numbers are big-endian, so bytes sort as
 * numbers do.  Parts that would pass STORE_KEY_MAX make len too large and
 * the key is then refused with ERR_ARG where it is used.
 *
 *	struct store_key k = { 0 };
 *	store_key_u32(&k, campaign.v);
 *	store_key_u64(&k, due_ms);
 */
struct store_key {
	uint16_t len;
	uint8_t  b[STORE_KEY_MAX];
};

void store_key_u8(struct store_key *k, uint8_t v);
void store_key_u32(struct store_key *k, uint32_t v);
void store_key_u64(struct store_key *k, uint64_t v);
void store_key_bytes(struct store_key *k, const void *p, size_t len);
/* The text and a NUL, so that "ab" + "c" is not "a" + "bc". */
void store_key_text(struct store_key *k, const char *text);

/* The smallest key after `key`: where the next page of a scan begins. */
void store_key_after(struct store_key *k, const void *key, size_t len);
/* The smallest key that does not start with the prefix; len 0 if none. */
void store_key_prefix_end(struct store_key *k, const void *prefix, size_t len);

static inline uint64_t store_be64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return __builtin_bswap64(v);
}

static inline uint32_t store_be32(const void *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return __builtin_bswap32(v);
}

/* ---------------------------------------------------------- open, close  */

/* Zero means the default given in brackets. */
struct store_conf {
	const char *dir;	/* data folder, made if absent (0700);
				   NULL: the engine in memory                */
	uint64_t map_bytes;	/* address space to map, the most the file
				   can grow to [1 TiB]                       */
	uint64_t floor_bytes;	/* store_disk says ERR_FULL below [256 MiB]  */
	unsigned gather_ms;	/* at most one commit in so long [5 ms]; the
				   first after a pause goes at once          */
	unsigned queue_groups;	/* groups waiting at most [65536]            */
	size_t queue_bytes;	/* and their bytes at most [64 MiB]          */
	const char *key_file;	/* of the sealing key [DIR/personal.key]     */
};

/*
 * Opens or creates, checks, starts the writer.  Refusals are logged in words:
 *   ERR_STATE    another process has the folder open
 *   ERR_FORMAT   the file is truncated or damaged, or is not ours
 *   ERR_VERSION  written by a newer program, or another LMDB
 *   ERR_PERM     no access, or the key file can be read by others
 *   ERR_ABSENT   the data is there but the key file or the data file is gone
 *   ERR_FULL     no room to create it;  ERR_MEMORY;  ERR_IO
 */
MUST_CHECK enum err store_open(const struct store_conf *conf,
			       struct store **out);

/*
 * Writes all that was accepted, runs the callbacks, stops, frees; returns
 * NULL.  A callback that commits more gets ERR_CLOSED.
 */
struct store *store_close(struct store *s);

/* The calling thread becomes the home thread.  None may read meanwhile. */
void store_adopt(struct store *s);

/* ----------------------------------------------------------------- reads */

/*
 * Copies the value into buf[cap], *len = its length.  ERR_ABSENT: no such
 * row.  ERR_FULL: longer than cap; *len is set, buf is not.  [any thread]
 */
MUST_CHECK enum err store_get(struct store *s, enum store_table t,
			      const void *key, size_t klen,
			      void *buf, size_t cap, size_t *len);

/* False also for a table that is no set, which is logged. [any thread] */
bool store_set_has(struct store *s, enum store_table t, uint64_t number);

/*
 * One row.  Pointers die when it returns, or waits for a commit.  False ends
 * the scan.  It may read, and may store_commit and then sees what it wrote;
 * what it waits for it may see only when the scan is over.  Rows committed in
 * it may or may not be met.
 */
typedef bool store_row_h(void *arg, const void *key, size_t klen,
			 const void *val, size_t vlen);

struct store_range {
	const void *from;	/* inclusive; NULL: from the first           */
	size_t from_len;
	const void *to;		/* exclusive; NULL: to the last              */
	size_t to_len;
	bool reverse;		/* highest key first, same bounds            */
	size_t limit;		/* rows; 0 or more than it: STORE_PAGE_MAX   */
};

/*
 * Rows of the range in key order, at most limit.  An empty range is no
 * error.  In a set table keys are the 8 bytes of the number, big-endian,
 * and values empty.  ERR_ARG, ERR_IO, ERR_FORMAT (damage).  [any thread]
 */
MUST_CHECK enum err store_scan(struct store *s, enum store_table t,
			       const struct store_range *range,
			       store_row_h *row, void *arg);

/* All rows that begin with the prefix, one page of `limit`. [any thread] */
MUST_CHECK enum err store_scan_prefix(struct store *s, enum store_table t,
				      const void *prefix, size_t len,
				      size_t limit, store_row_h *row,
				      void *arg);

/*
 * The whole range, in pages with a snapshot each, limit ignored: for
 * start-up, exports and workers.  Each row is met once, in order; rows
 * written meanwhile may be missed.  [any thread]
 */
MUST_CHECK enum err store_scan_all(struct store *s, enum store_table t,
				   const struct store_range *range,
				   store_row_h *row, void *arg);

/* Committed rows of a table (not bytes).  [any thread] */
MUST_CHECK enum err store_count(struct store *s, enum store_table t,
				uint64_t *rows);

/* ---------------------------------------------------------------- writes */

/*
 * A group: its checks are all tried first, then its writes are done in
 * order, or nothing is.  The functions that add to it cannot be refused one
 * by one: the first mistake (key or value too long, wrong kind of table,
 * more than STORE_ROWS_MAX rows) is told by the commit as ERR_ARG or
 * ERR_FULL.  Bytes are copied.  Never NULL.  [any thread, one at a time]
 */
struct store_group *store_begin(struct store *s);
/* As above, in the bulk lane: after live groups, never seen early. */
struct store_group *store_begin_bulk(struct store *s);
/* Throws a group away that was not committed; returns NULL. */
struct store_group *store_abort(struct store_group *g);

void store_put(struct store_group *g, enum store_table t,
	       const void *key, size_t klen, const void *val, size_t vlen);
/* A row that is not there is no error. */
void store_del(struct store_group *g, enum store_table t,
	       const void *key, size_t klen);
void store_set_add(struct store_group *g, enum store_table t, uint64_t number);
void store_set_del(struct store_group *g, enum store_table t, uint64_t number);
/*
 * The group is refused with ERR_CONFLICT unless the row's value has this
 * version when the group's turn comes: store_version of the bytes read, or
 * STORE_ABSENT for "there is none".
 */
void store_check(struct store_group *g, enum store_table t,
		 const void *key, size_t klen, uint64_t version);
/* Appends to the chained log; the number is given at commit, see result. */
void store_event(struct store_group *g, const void *bytes, size_t len);

/* What was put into the group so far. */
size_t store_group_rows(const struct store_group *g);

#define STORE_ABSENT UINT64_C(0)
/* Never STORE_ABSENT.  The same bytes have the same version everywhere. */
uint64_t store_version(const void *val, size_t len);

/*
 * ERR_OK        durable
 * ERR_CONFLICT  a check failed; nothing was written
 * ERR_FULL      disk or map full; nothing was written
 * ERR_IO        the disk refused; nothing was written
 * ERR_UNKNOWN   the disk failed at the last step; after a restart the group
 *               is there whole or not at all.  The store takes no more writes.
 */
struct store_result {
	enum err err;
	uint32_t events;	/* events the group appended                 */
	uint64_t first_event;	/* number of the first of them, from 1       */
};

typedef void store_done_h(void *arg, const struct store_result *res);

/*
 * Hands the group to the writer.  Takes it on ERR_OK, and `done` (may be
 * NULL; failures are logged then) runs exactly once, on the home thread, in
 * store_pump or store_close.  On anything else the group is still the
 * caller's, to try again or to abort:
 *   ERR_FULL    the queue is at its bound, or the group too large
 *   ERR_ARG     a mistake while it was built
 *   ERR_CLOSED  closing, or the disk failed before  [any thread]
 */
MUST_CHECK enum err store_commit(struct store_group *g, store_done_h *done,
				 void *arg);

/*
 * Commits and waits for the disk: for workers, start-up and tools, never on
 * a running loop.  Not bounded by the queue.  Always takes the group.
 * res may be NULL; returns res->err.  [any thread]
 */
MUST_CHECK enum err store_commit_wait(struct store_group *g,
				      struct store_result *res);
/*
 * The same in two steps, so that a worker fills its next group while the
 * writer has the last one: post, go on, wait.  Two to eight in flight keep
 * the writer busy; groups of some 500 rows hold live ones up the least, groups
 * of 4,000 import the fastest.  Each posted group must be waited for, once; store_wait
 * always takes it.  Fails only through store_wait.  [any thread]
 */
void store_post(struct store_group *g);
MUST_CHECK enum err store_wait(struct store_group *g,
			       struct store_result *res);

/* Readable when store_pump has something to do; the store's, do not close. */
int store_fd(const struct store *s);
/*
 * Runs the callbacks of completed groups, in order; returns how many.  In
 * memory it is this call that completes them; groups committed by those
 * callbacks complete at the next.  Does nothing inside a scan's callback.
 */
size_t store_pump(struct store *s);
/* Pumps until nothing waits: start-up, tools, tests. */
void store_drain(struct store *s);

/* Groups accepted and not completed: the pacer stops dialling when it grows.
 * [any thread] */
size_t store_backlog(const struct store *s);

/*
 * What a read shows may not be on disk yet, and a word that leaves the house
 * cannot be taken back.  So: mark = store_mark() after the read, speak when
 * store_settled(mark): all the home thread's writes up to then are on disk,
 * or refused (their own callbacks tell).
 */
uint64_t store_mark(const struct store *s);
bool store_settled(const struct store *s, uint64_t mark);

/* ------------------------------------------------------------- event log */

/*
 * Every event has a number, from 1, without gaps, in commit order, and a
 * hash: BLAKE2b-256(hash before, number, bytes) (RFC 7693); the first is
 * chained to zeroes.  The newest number and hash are kept beside the log in
 * the same transaction, so a log cut short is noticed too.
 */
typedef bool store_event_h(void *arg, uint64_t number, const void *bytes,
			   size_t len);

/*
 * Old events may go: all up to and including `upto`, STORE_TRIM_MAX of them
 * at most, in the group's own transaction.  The newest event stays.  The
 * number and hash of the last that went are kept as the anchor, and the
 * chain is proved from there on.
 */
enum { STORE_TRIM_MAX = 1024 };
void store_event_trim(struct store_group *g, uint64_t upto);
/* The anchor: 0 and zeroes while nothing was trimmed.  [any thread] */
MUST_CHECK enum err store_event_anchor(struct store *s, uint64_t *number,
				       uint8_t hash[STORE_HASH_LEN]);

/* Committed events from number `from` on, at most limit (as store_scan). */
MUST_CHECK enum err store_event_scan(struct store *s, uint64_t from,
				     size_t limit, store_event_h *h, void *arg);

/*
 * Recomputes the chain over [from, to], from the anchor on if that is later;
 * to 0: to the newest, whose hash must be the one kept.  ERR_FORMAT: *bad = the first number that is missing or
 * does not fit (bad may be NULL).  1.6 M events/s.  [any thread]
 */
MUST_CHECK enum err store_event_verify(struct store *s, uint64_t from,
				       uint64_t to, uint64_t *bad);

/* Number and hash of the newest event; 0 and zeroes when there is none.
 * Print it elsewhere from time to time: whoever can rewrite the whole file
 * can rewrite the chain, but not what was printed.  [any thread] */
MUST_CHECK enum err store_event_head(struct store *s, uint64_t *number,
				     uint8_t hash[STORE_HASH_LEN]);

/* --------------------------------------------------------------- sealing */

/*
 * Rows with personal data are sealed as they are put: AES-256-GCM (without it
 * XChaCha20-Poly1305), a nonce of its own for each, under the key in DIR/personal.key (or
 * conf.key_file), 0600, made on first open.  A row opens only in its own
 * table and under its own key, so none can be put in another's place.  Keys
 * of rows and sets (phone numbers, times) stay in clear: they are the order
 * and the indexes.  Rows written before they were sealed are read as they
 * are.  In memory the nonces are counted, so that a replay gives the same
 * bytes.  0.4 us of the writer and STORE_SEAL_OVER bytes a row.
 */

/* As store_put.  [any thread, as the group] */
void store_put_sealed(struct store_group *g, enum store_table t,
		      const void *key, size_t klen,
		      const void *val, size_t vlen);
/* As store_event; store_event_scan opens it again. */
void store_event_sealed(struct store_group *g, const void *bytes, size_t len);

/*
 * The row as it was put, from what a scan or store_get gave: opened if it is
 * sealed, copied if it is not.  ERR_FORMAT: it was altered, moved, or sealed
 * under another key; ERR_FULL: cap too small.  [any thread]
 */
MUST_CHECK enum err store_open_row(struct store *s, enum store_table t,
				   const void *key, size_t klen,
				   const void *val, size_t vlen,
				   void *out, size_t cap, size_t *len);
/* store_get and store_open_row.  [any thread] */
MUST_CHECK enum err store_get_open(struct store *s, enum store_table t,
				   const void *key, size_t klen,
				   void *buf, size_t cap, size_t *len);
/* store_open_row and schema_decode: for the handlers of scans.
 * [any thread] */
struct schema;
MUST_CHECK enum err store_decode(struct store *s, enum store_table t,
				 const void *key, size_t klen,
				 const void *val, size_t vlen,
				 const struct schema *schema, void *obj);

/* ------------------------------------------------------------ housekeeping */

/*
 * Compact copy of the data file while running, made by a thread of its own
 * into path (must not exist; written beside it and renamed when whole).  The
 * key file is not in it: keep that elsewhere.  done as with store_commit.
 * ERR_AGAIN: one is running; ERR_STATE: the engine in memory has no file.
 */
MUST_CHECK enum err store_backup(struct store *s, const char *path,
				 store_done_h *done, void *arg);

/*
 * ERR_OK, or ERR_FULL when the file system or the map has less than
 * floor_bytes left: stop dialling, calls go on.  *free_bytes = the lesser of
 * the two (may be NULL).  [any thread]
 */
MUST_CHECK enum err store_disk(struct store *s, uint64_t *free_bytes);

/* Reads every row of every table; ERR_FORMAT on damage.  [any thread] */
MUST_CHECK enum err store_verify(struct store *s);

struct store_stats {
	uint64_t groups;	/* completed, whatever the result            */
	uint64_t conflicts;
	uint64_t failures;	/* ERR_FULL, ERR_IO, ERR_UNKNOWN             */
	uint64_t rows;		/* operations done                           */
	uint64_t commits;	/* transactions made durable                 */
	uint64_t commit_us;	/* time they took, sum [us]                  */
	uint64_t file_bytes;	/* data file in use; 0 in memory             */
};
void store_stats(struct store *s, struct store_stats *out);

/*
 * For tests: the nth transaction from now (1 = next) fails with e, once.
 * ERR_UNKNOWN also stops the store, as a real one does.
 */
void store_fail(struct store *s, unsigned nth, enum err e);

#endif
