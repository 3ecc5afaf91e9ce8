/* What must not pass unseen: changed logs, lost keys, cut files, full disks. */
#include "store/store_fix.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "base/t.h"
#include "store/store_priv.h"

static bool lmdb_true = true, lmdb_false;

/* Behind the store's back: one row put or (val.p NULL) deleted. */
static void tamper(struct store *s, enum store_table t, struct blob key,
		   struct blob val)
{
	enum err e = s->engine->begin(s);

	if (!e && val.p)
		e = s->engine->tput(s, t, key, val);
	else if (!e)
		e = s->engine->tdel(s, t, key);
	if (!e)
		e = s->engine->commit(s);
	T_OK(!e, "a row is changed behind the store's back");
}

static void ten_events(struct store_fix *f)
{
	struct store_group *g = store_begin(f->s);

	for (int i = 0; i < 10; i++)
		store_event(g, "ten bytes.", 10);
	T_OK(!store_fix_commit(f, g), "ten events");
	T_OK(f->last.events == 10 && f->last.first_event == 1,
	     "numbered from 1");
	T_OK(!store_event_verify(f->s, 1, 0, NULL), "a whole chain holds");
}

static void tampering_is_found(void **state)
{
	enum { CHANGE = 1, CHANGE_HASH, DELETE, SWAP };
	static const struct {
		const char *what;
		int how;
		uint64_t number, want_bad;
	} cases[] = {
		{ "a changed byte", CHANGE, 4, 4 },
		{ "a changed hash", CHANGE_HASH, 4, 4 },
		{ "a deleted event", DELETE, 4, 4 },
		{ "the first one deleted", DELETE, 1, 1 },
		{ "the last one deleted", DELETE, 10, 10 },
		{ "two exchanged", SWAP, 6, 6 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct store_fix f = { 0 };
		uint8_t key[8], next[8], row[64], other[64];
		size_t len, olen;
		uint64_t bad = 0;

		store_fix_open(&f, *(bool *)*state);
		ten_events(&f);
		be64_put(key, cases[i].number);
		be64_put(next, cases[i].number + 1);
		T_OK(!store_get(f.s, STORE_EVENT, key, 8, row, 64, &len),
		     "the row");
		row[cases[i].how == CHANGE ? len - 1 : 0] ^=
			cases[i].how <= CHANGE_HASH;
		if (cases[i].how == SWAP) {
			T_OK(!store_get(f.s, STORE_EVENT, next, 8, other, 64,
					&olen), "the next");
			tamper(f.s, STORE_EVENT, (struct blob){ next, 8 },
			       (struct blob){ row, len });
			memcpy(row, other, olen);
		}
		tamper(f.s, STORE_EVENT, (struct blob){ key, 8 },
		       cases[i].how == DELETE ? (struct blob){ NULL, 0 }
					      : (struct blob){ row, len });
		T_OK(store_event_verify(f.s, 1, 0, &bad) == ERR_FORMAT &&
		     bad == cases[i].want_bad, "%s: %llu", cases[i].what,
		     (unsigned long long)bad);
		if (cases[i].number == 4)
			T_OK(!store_event_verify(f.s, 6, 10, NULL) &&
			     !store_event_verify(f.s, 1, 3, NULL),
			     "%s: the rest still holds", cases[i].what);
		store_fix_close(&f);
	}
}

static bool event_seen(void *arg, uint64_t number, const void *bytes,
		       size_t len)
{
	uint64_t *next = arg;

	T_OK(number == ++*next && len == 10 && !memcmp(bytes, "ten bytes.", 10),
	     "event %llu is itself", (unsigned long long)number);
	return number < 8;
}

static void the_log_is_read_and_goes_on(void **state)
{
	uint8_t hash[STORE_HASH_LEN], zero[STORE_HASH_LEN] = { 0 };
	struct store_fix f = { 0 };
	uint64_t n = 9, at = 2;

	store_fix_open(&f, *(bool *)*state);
	T_OK(!store_event_head(f.s, &n, hash) && !n &&
	     !memcmp(hash, zero, sizeof(hash)), "no events yet");
	T_OK(!store_event_verify(f.s, 1, 0, NULL), "none hold too");
	ten_events(&f);
	T_OK(!store_event_scan(f.s, 3, 0, event_seen, &at) && at == 8,
	     "from 3 until it had enough");
	if (f.dir[0]) {
		store_fix_reopen(&f);
		struct store_group *g = store_begin(f.s);

		store_event(g, "more", 4);
		T_OK(!store_fix_commit(&f, g) && f.last.first_event == 11,
		     "the numbers go on after a restart");
	}
	T_OK(!store_event_verify(f.s, 1, 0, NULL), "and the chain");
	T_OK(store_event_verify(f.s, 1, 99, NULL) == ERR_ARG,
	     "what is not written cannot be proven");
	store_fix_close(&f);
}

static void a_failed_commit_leaves_no_gap(void **state)
{
	struct store_fix f = { 0 };

	store_fix_open(&f, *(bool *)*state);
	ten_events(&f);
	store_fail(f.s, 1, ERR_IO);
	struct store_group *g = store_begin(f.s);

	store_event(g, "lost", 4);
	T_OK(store_fix_commit(&f, g) == ERR_IO, "one fails");
	g = store_begin(f.s);
	store_event(g, "kept", 4);
	T_OK(!store_fix_commit(&f, g) && f.last.first_event == 11,
	     "the next has its number");
	T_OK(!store_event_verify(f.s, 1, 0, NULL), "the chain holds");
	store_fix_close(&f);
}

static bool event_text(void *arg, uint64_t number UNUSED, const void *bytes,
		       size_t len)
{
	T_OK(len == 3 && !memcmp(bytes, "Bob", 3), "an event is opened");
	++*(int *)arg;
	return true;
}

static void sealing(void **state)
{
	struct store_fix f = { 0 };
	uint8_t box[128], again[128];
	char text[64] = "";
	size_t len, n;
	int events = 0;

	store_fix_open(&f, *(bool *)*state);
	for (int i = 0; i < 2; i++) {
		struct store_group *g = store_begin(f.s);

		store_put_sealed(g, STORE_LEAD, "lead7", 5, "Ada", 3);
		store_event_sealed(g, "Bob", 3);
		store_put(g, STORE_LEAD, "older", 5, "Eve", 3);
		if (i) {
			memcpy(again, box, sizeof(box));
			T_OK(store_get_open(f.s, STORE_LEAD, "lead7", 5, text,
					    64, &n) == ERR_OK && n == 3,
			     "what waits is opened too");
		}
		T_OK(!store_fix_commit(&f, g), "rows are written");
		T_OK(!store_get(f.s, STORE_LEAD, "lead7", 5, box, sizeof(box),
				&len) && len == 3 + STORE_SEAL_OVER,
		     "as long as the header says");
	}
	T_OK(!memmem(box, len, "Ada", 3), "and cannot be read");
	T_OK(memcmp(box, again, len), "never twice alike");
	T_OK(!store_get_open(f.s, STORE_LEAD, "lead7", 5, text, 64, &n) &&
	     n == 3 && !memcmp(text, "Ada", 3), "it opens");
	T_OK(!store_get_open(f.s, STORE_LEAD, "older", 5, text, 64, &n) &&
	     n == 3 && !memcmp(text, "Eve", 3), "older rows are read");
#define OPEN(t, key, l, cap)                                                  \
	store_open_row(f.s, t, key, 5, box, l, text, cap, &n)
	T_OK(OPEN(STORE_LEAD, "lead8", len, 64) == ERR_FORMAT &&
	     OPEN(STORE_CALL, "lead7", len, 64) == ERR_FORMAT,
	     "not in another row, nor in another table");
	T_OK(OPEN(STORE_LEAD, "lead7", len, 2) == ERR_FULL,
	     "not into too small a buffer");
	for (size_t i = 1; i < len; i++) {
		T_OK(OPEN(STORE_LEAD, "lead7", i, 64) == ERR_FORMAT,
		     "cut at %zu it does not open", i);
		box[i] ^= 1;
		T_OK(OPEN(STORE_LEAD, "lead7", len, 64) == ERR_FORMAT,
		     "changed at %zu it does not open", i);
		box[i] ^= 1;
	}
	T_OK(!store_event_scan(f.s, 1, 0, event_text, &events) &&
	     events == 2 && !store_event_verify(f.s, 1, 0, NULL),
	     "sealed events are read, and are links of the chain");
	if (f.dir[0]) {
		store_fix_reopen(&f);
		T_OK(!OPEN(STORE_LEAD, "lead7", len, 64),
		     "it opens after a restart");
	}
	store_fix_close(&f);
}

static void path_of(const struct store_fix *f, const char *name, char *path)
{
	T_OK(str_fmt(path, 128, "%s/%s", f->dir, name), "a path");
}

/* The key may lie elsewhere: what is in the folder is then of no use alone. */
static char text_path[128];

static void the_key_may_lie_elsewhere(void **unused UNUSED)
{
	char dir[] = "/tmp/waihu-key.XXXXXX", key[64], other[64];
	struct store_fix f = { 0 };
	struct store_group *g;
	struct stat st;
	char text[8];
	size_t n;

	T_OK(mkdtemp(dir), "a folder for the key");
	str_fmt(key, sizeof(key), "%s/key", dir);
	str_fmt(other, sizeof(other), "%s/other", dir);
	store_fix_open(&f, true);
	f.s = store_close(f.s);
	f.conf.key_file = key;
	T_OK(store_open(&f.conf, &f.s) == ERR_ABSENT,
	     "data that know another key do not begin with a new one");
	path_of(&f, "personal.key", text_path);
	T_OK(!rename(text_path, key) && !store_open(&f.conf, &f.s),
	     "with the key brought there it opens");
	T_OK(!stat(key, &st) && (st.st_mode & 0777) == 0600,
	     "which is its owner's only");
	g = store_begin(f.s);
	store_put_sealed(g, STORE_LEAD, "lead7", 5, "Ada", 3);
	T_OK(!store_fix_commit(&f, g) &&
	     !store_get_open(f.s, STORE_LEAD, "lead7", 5, text, 8, &n) &&
	     n == 3, "rows are sealed with it");
	f.s = store_close(f.s);
	f.conf.key_file = other;
	T_OK(store_open(&f.conf, &f.s) == ERR_ABSENT && access(other, F_OK),
	     "a wrong place is told, and no key is made there");
	f.conf.key_file = key;
	T_OK(!store_open(&f.conf, &f.s), "and the right one opens");
	unlink(key);
	rmdir(dir);
	store_fix_close(&f);
}

/* What is done to the folder, and what opening it must say. */
static void cut_data(const char *path)
{
	struct stat st;

	T_OK(!stat(path, &st) && !truncate(path, st.st_size / 2), "halved");
}

static void cut_to_a_page(const char *path)
{
	T_OK(!truncate(path, 4096), "one page left");
}

static void empty_it(const char *path)
{
	T_OK(!truncate(path, 0), "emptied");
}

static void remove_it(const char *path)
{
	T_OK(!unlink(path), "removed");
}

static void open_to_all(const char *path)
{
	T_OK(!chmod(path, 0644), "opened to others");
}

static void scribble(const char *path)
{
	int fd = open(path, O_WRONLY);
	char junk[8192];

	memset(junk, 'x', sizeof(junk));
	T_OK(pwrite(fd, junk, sizeof(junk), 0) == sizeof(junk), "scribbled on");
	close(fd);
}

static void other_key(const char *path)
{
	int fd = open(path, O_WRONLY);

	T_OK(pwrite(fd, "another key", 11, 0) == 11, "another key");
	close(fd);
}

static void damage_is_told(void **state UNUSED)
{
	static const struct {
		const char *what, *file;
		void (*harm)(const char *path);
		enum err want;
	} cases[] = {
		{ "half the data", "data.mdb", cut_data, ERR_FORMAT },
		{ "one page of data", "data.mdb", cut_to_a_page, ERR_FORMAT },
		{ "no data", "data.mdb", empty_it, ERR_ABSENT },
		{ "no data file", "data.mdb", remove_it, ERR_ABSENT },
		{ "junk at the start", "data.mdb", scribble, ERR_FORMAT },
		{ "no key", "personal.key", remove_it, ERR_ABSENT },
		{ "a short key", "personal.key", empty_it, ERR_FORMAT },
		{ "another key", "personal.key", other_key, ERR_FORMAT },
		{ "a key others can read", "personal.key", open_to_all,
		  ERR_PERM },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct store_fix f = { 0 };
		struct store *s = NULL;
		char path[128];

		store_fix_open(&f, true);
		for (int r = 0; r < 5; r++) {
			struct store_group *g = store_begin(f.s);

			for (uint64_t k = 0; k < 2000; k++) {
				uint64_t key = k * 5 + (uint64_t)r;

				store_put(g, STORE_LEAD, &key, 8, path, 99);
			}
			T_OK(!store_fix_commit(&f, g), "many rows");
		}
		f.s = store_close(f.s);
		path_of(&f, cases[i].file, path);
		cases[i].harm(path);
		enum err e = store_open(&f.conf, &s);

		T_OK(e == cases[i].want && !s, "%s: %s", cases[i].what,
		     err_text(e));
		store_fix_close(&f);
	}
}

static void one_process_at_a_time(void **state UNUSED)
{
	struct store_fix f = { 0 };
	struct store *s = NULL;
	struct stat st;
	char path[128];

	store_fix_open(&f, true);
	T_OK(store_open(&f.conf, &s) == ERR_STATE && !s, "no second opening");
	path_of(&f, "personal.key", path);
	T_OK(!stat(path, &st) && (st.st_mode & 0777) == 0600, "key is 0600");
	path_of(&f, "data.mdb", path);
	T_OK(!stat(path, &st) && (st.st_mode & 0777) == 0600, "data is 0600");
	store_fix_close(&f);
}

static void a_newer_format_is_refused(void **state UNUSED)
{
	struct store_fix f = { 0 };
	struct store *s = NULL;
	struct store_key k = { 0 };

	store_fix_open(&f, true);
	store_key_u32(&k, STORE_FORMAT + 1);
	tamper(f.s, STORE_META, (struct blob){ ".format", 7 },
	       (struct blob){ k.b, k.len });
	f.s = store_close(f.s);
	T_OK(store_open(&f.conf, &s) == ERR_VERSION, "a newer format");
	store_fix_close(&f);
}

static void a_log_cut_short_is_refused(void **state UNUSED)
{
	struct store_fix f = { 0 };
	struct store *s = NULL;
	uint8_t key[8];

	store_fix_open(&f, true);
	ten_events(&f);
	be64_put(key, 10);
	tamper(f.s, STORE_EVENT, (struct blob){ key, 8 },
	       (struct blob){ NULL, 0 });
	f.s = store_close(f.s);
	T_OK(store_open(&f.conf, &s) == ERR_FORMAT, "its last event gone");
	store_fix_close(&f);
}

/* Fills until it is refused; everything accepted must be there. */
static unsigned fill(struct store_fix *f, unsigned most, enum err *last)
{
	static char value[4000];
	unsigned done = 0;

	*last = ERR_OK;
	while (!*last && done < most) {
		struct store_group *g = store_begin(f->s);
		struct store_key k = { 0 };

		store_key_u32(&k, done);
		for (uint32_t i = 0; i < 8; i++) {
			k.len = 4;
			store_key_u32(&k, i);
			store_put(g, STORE_CALL, k.b, k.len, value, 4000);
		}
		store_event(g, "filled", 6);
		*last = store_fix_commit(f, g);
		done += !*last;
	}
	return done;
}

static void a_full_map_is_refused_cleanly(void **state UNUSED)
{
	struct store_fix f = { .conf = { .map_bytes = 4 << 20,
					 .floor_bytes = 1 << 20 } };
	uint64_t rows = 0, left = 0;
	enum err e;

	store_fix_open(&f, true);
	T_OK(!store_disk(f.s, &left) && left > 3 << 20, "room at first");
	unsigned done = fill(&f, 10000, &e);

	T_OK(e == ERR_FULL && done > 10, "refused after %u: %s", done,
	     err_text(e));
	T_OK(store_disk(f.s, &left) == ERR_FULL && left < 1 << 20,
	     "and told before: %llu left", (unsigned long long)left);
	T_OK(!store_count(f.s, STORE_CALL, &rows) && rows == done * 8,
	     "what was accepted is there");
	store_fix_reopen(&f);
	T_OK(!store_event_verify(f.s, 1, 0, NULL), "the chain holds");
	f.s = store_close(f.s);
	f.conf.map_bytes = 64 << 20;
	T_OK(!store_open(&f.conf, &f.s), "with a greater map");
	fill(&f, 20, &e);
	T_OK(!e, "it goes on");
	store_fix_close(&f);
}

/* A disk that fills: a child with a limit on the size of files. */
static void full_disk_child(struct store_fix *f)
{
	struct rlimit lim = { 3 << 20, 3 << 20 };
	uint64_t rows = 0;
	enum err e;

	/* In the child no test frame may be left by a failing T_OK. */
	f->s = NULL;
	if (store_open(&f->conf, &f->s) || setrlimit(RLIMIT_FSIZE, &lim))
		_exit(2);
	unsigned done = 0;

	for (int i = 0; i < 3; i++) {
		struct store_group *g = store_begin(f->s);

		store_event(g, "before", 6);
		if (store_commit_wait(g, NULL))
			_exit(3);
	}
	do {
		static char value[4000];
		struct store_group *g = store_begin(f->s);

		for (uint32_t i = 0; i < 16; i++) {
			uint64_t key = done * 16 + i;

			store_put(g, STORE_CALL, &key, 8, value, 4000);
		}
		e = store_commit_wait(g, NULL);
		done += !e;
	} while (!e && done < 1000);
	if (e != ERR_FULL)
		_exit(4);
	if (store_count(f->s, STORE_CALL, &rows) || rows != done * 16)
		_exit(5);
	if (store_event_verify(f->s, 1, 3, NULL))
		_exit(6);
	f->s = store_close(f->s);
	_exit(0);
}

static void a_full_disk_is_refused_cleanly(void **state UNUSED)
{
	struct store_fix f = { 0 };
	int status = 0;

	store_fix_open(&f, true);
	f.s = store_close(f.s);
	pid_t pid = fork();

	if (!pid)
		full_disk_child(&f);
	T_OK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	     !WEXITSTATUS(status), "the child came to step %d (signal %d)",
	     WEXITSTATUS(status), WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	T_OK(!store_open(&f.conf, &f.s), "with room again it opens");
	T_OK(!store_verify(f.s) && !store_event_verify(f.s, 1, 0, NULL),
	     "and is whole");
	store_fix_close(&f);
}

static void backups(void **state UNUSED)
{
	struct store_fix f = { 0 }, copy = { 0 };
	char path[128], key[160], cmd_key[160];
	uint64_t n = 0;

	store_fix_open(&f, true);
	ten_events(&f);
	store_fix_open(&copy, true);
	copy.s = store_close(copy.s);
	path_of(&copy, "data.mdb", path);
	T_OK(store_backup(f.s, path, NULL, NULL) == ERR_EXISTS,
	     "nothing is written over");
	T_OK(!unlink(path), "its place is made free");
	unsigned before = f.answers;

	T_OK(!store_backup(f.s, path, store_fix_done, &f), "a backup begins");
	while (f.answers == before)
		store_pump(f.s);
	T_OK(!f.last.err, "and ends well");
	/* The key travels apart. */
	path_of(&f, "personal.key", key);
	path_of(&copy, "personal.key", cmd_key);
	T_OK(!unlink(cmd_key) && !link(key, cmd_key), "the key is brought");
	T_OK(!store_open(&copy.conf, &copy.s), "the copy opens");
	T_OK(!store_event_verify(copy.s, 1, 0, NULL), "its chain holds");
	uint8_t hash[STORE_HASH_LEN];

	T_OK(!store_event_head(copy.s, &n, hash) && n == 10, "all ten");
	T_OK(store_backup(f.s, "/nowhere/at/all", store_fix_done, &f) ==
	     ERR_OK, "a bad place is found out by the thread");
	store_fix_close(&copy);
	store_fix_close(&f);
	T_OK(f.last.err == ERR_ABSENT, "and told");
}

#define BOTH(f)                                                               \
	{ #f " (memory)", f, NULL, NULL, &lmdb_false },                       \
	{ #f " (lmdb)", f, NULL, NULL, &lmdb_true }

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(tampering_is_found),
		BOTH(the_log_is_read_and_goes_on),
		BOTH(a_failed_commit_leaves_no_gap),
		BOTH(sealing),
		cmocka_unit_test(the_key_may_lie_elsewhere),
		cmocka_unit_test(damage_is_told),
		cmocka_unit_test(one_process_at_a_time),
		cmocka_unit_test(a_newer_format_is_refused),
		cmocka_unit_test(a_log_cut_short_is_refused),
		cmocka_unit_test(a_full_map_is_refused_cleanly),
		cmocka_unit_test(a_full_disk_is_refused_cleanly),
		cmocka_unit_test(backups),
	};

	return T_RUN(tests);
}
