#include "store/store_fix.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/t.h"

void store_fix_open(struct store_fix *f, bool lmdb)
{
	f->dir[0] = '\0';
	if (lmdb) {
		str_copy(f->dir, sizeof(f->dir), "/tmp/waihu-store.XXXXXX");
		T_OK(mkdtemp(f->dir), "a folder is made");
	}
	f->conf.dir = lmdb ? f->dir : NULL;
	if (!f->conf.map_bytes)
		f->conf.map_bytes = 256 << 20;
	f->conf.gather_ms = 1;
	T_OK(!store_open(&f->conf, &f->s), "a store is opened");
}

void store_fix_reopen(struct store_fix *f)
{
	f->s = store_close(f->s);
	T_OK(!store_open(&f->conf, &f->s), "the store is opened again");
}

void store_fix_close(struct store_fix *f)
{
	f->s = store_close(f->s);
	if (f->dir[0])
		store_fix_remove(f->dir);
}

void store_fix_done(void *arg, const struct store_result *res)
{
	struct store_fix *f = arg;

	f->last = *res;
	f->answers++;
}

enum err store_fix_commit(struct store_fix *f, struct store_group *g)
{
	unsigned before = f->answers;
	enum err e = store_commit(g, store_fix_done, f);

	if (e) {
		store_abort(g);
		return e;
	}
	store_drain(f->s);
	T_OK(f->answers == before + 1, "one answer comes for one commit");
	return f->last.err;
}
