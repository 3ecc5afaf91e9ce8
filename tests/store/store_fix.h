/* store_fix -- a store in a folder of its own, or in memory, for a test. */
#ifndef TESTS_STORE_STORE_FIX_H
#define TESTS_STORE_STORE_FIX_H

#include "store/store.h"

struct store_fix {
	char dir[64];		/* "" in memory                              */
	struct store_conf conf;
	struct store *s;
	/* the last answer of a commit, and how many came */
	struct store_result last;
	unsigned answers;
};

/* lmdb false: the engine in memory.  Fails the test if it cannot. */
void store_fix_open(struct store_fix *f, bool lmdb);
/* Closes and opens again, as a restart would. */
void store_fix_reopen(struct store_fix *f);
/* Closes and removes the folder. */
void store_fix_close(struct store_fix *f);
/* Removes the files of a data folder, and it. */
void store_fix_remove(const char *dir);
/* A store_done_h; arg is the struct store_fix. */
void store_fix_done(void *arg, const struct store_result *res);
/* Commits, drains, returns the answer. */
enum err store_fix_commit(struct store_fix *f, struct store_group *g);

#endif
