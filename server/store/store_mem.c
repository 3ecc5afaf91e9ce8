/*
 * The engine in memory: a map a table, one lock, no thread.  A commit waits
 * in a list until store_pump (or a store_commit_wait) does it, so a test or a
 * replay sees the same order every time.  Nothing survives store_close.
 */
#include "store/store_priv.h"

#include <stdlib.h>

struct mem {
	pthread_mutex_t lock;	/* recursive: a scan's callback may read     */
	struct map table[STORE_TABLE_COUNT];
};

struct view {
	struct mem *mem;
};

static void mem_close(struct store *s)
{
	struct mem *m = s->mem;

	if (!m)
		return;
	for (int i = 0; i < STORE_TABLE_COUNT; i++)
		map_fini(&m->table[i]);
	pthread_mutex_destroy(&m->lock);
	free(m);
	s->mem = NULL;
}

static enum err mem_open(struct store *s)
{
	struct mem *m = store_alloc(sizeof(*m));
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&m->lock, &attr);
	pthread_mutexattr_destroy(&attr);
	for (int i = 0; i < STORE_TABLE_COUNT; i++)
		map_init(&m->table[i]);
	s->mem = m;
	return ERR_OK;
}

/* The lock is the snapshot, and so the view is the memory itself. */
static enum err mem_view(struct store *s, bool home UNUSED, struct view **out)
{
	struct mem *m = s->mem;

	pthread_mutex_lock(&m->lock);
	*out = (struct view *)m;
	return ERR_OK;
}

static void mem_unview(struct store *s, struct view *v UNUSED)
{
	struct mem *m = s->mem;

	pthread_mutex_unlock(&m->lock);
}

static struct map *table_of(struct view *v, enum store_table t)
{
	return &((struct mem *)v)->table[t];
}

static enum err mem_get(struct view *v, enum store_table t, struct blob key,
			struct blob *val)
{
	struct map_node *n = map_find(table_of(v, t), key);

	if (!n)
		return ERR_ABSENT;
	*val = (struct blob){ n->val, n->vlen };
	return ERR_OK;
}

static enum err mem_count(struct view *v, enum store_table t, uint64_t *rows)
{
	*rows = table_of(v, t)->count;
	return ERR_OK;
}

static void mem_show(struct cursor *c)
{
	struct map_node *n = c->map.n;

	c->valid = n != NULL;
	if (!n)
		return;
	c->key = (struct blob){ n->key, n->klen };
	c->val = (struct blob){ n->val, n->vlen };
}

static enum err mem_seek(struct view *v, enum store_table t, struct blob key,
			 bool reverse, struct cursor *c)
{
	map_cur_seek(&c->map, table_of(v, t), key, reverse);
	mem_show(c);
	return ERR_OK;
}

static enum err mem_step(struct cursor *c)
{
	map_cur_step(&c->map);
	mem_show(c);
	return ERR_OK;
}

static void mem_refresh(struct cursor *c)
{
	map_cur_sync(&c->map);
	mem_show(c);
}

static void mem_cursor_end(struct cursor *c)
{
	c->valid = false;
}

static enum err mem_begin(struct store *s UNUSED)
{
	return ERR_OK;
}

static enum err mem_tget(struct store *s, enum store_table t, struct blob key,
			 struct blob *val)
{
	return mem_get(s->mem, t, key, val);
}

static enum err mem_tput(struct store *s, enum store_table t, struct blob key,
			 struct blob val)
{
	map_put(table_of(s->mem, t), key, val);
	return ERR_OK;
}

static enum err mem_tdel(struct store *s, enum store_table t, struct blob key)
{
	map_del(table_of(s->mem, t), key);
	return ERR_OK;
}

static enum err mem_commit(struct store *s UNUSED)
{
	return ERR_OK;
}

/* Checks come before writes, and a write here cannot fail: nothing to undo. */
static void mem_abort(struct store *s UNUSED)
{
}

static void mem_size(struct store *s UNUSED, uint64_t *used, uint64_t *most)
{
	*used = *most = 0;
}

const struct engine store_mem_engine = {
	.word = "memory",
	.open = mem_open,	.close = mem_close,
	.view = mem_view,	.unview = mem_unview,
	.get = mem_get,		.count = mem_count,
	.seek = mem_seek,	.step = mem_step,
	.refresh = mem_refresh,	.cursor_end = mem_cursor_end,
	.begin = mem_begin,	.tget = mem_tget,
	.tput = mem_tput,	.tdel = mem_tdel,
	.commit = mem_commit,	.abort = mem_abort,
	.size = mem_size,
};

/* ------------------------------------------------------------- the queue */

void mem_queue(struct store *s, struct store_group *g)
{
	struct mem *m = s->mem;

	pthread_mutex_lock(&m->lock);
	g->next = NULL;
	*s->todo_end = g;
	s->todo_end = &g->next;
	pthread_mutex_unlock(&m->lock);
	if (mpsc_push(&s->out, &g->node))
		abort();	/* its bound is SIZE_MAX / 2 */
}

/* With the lock held. */
static void apply_todo(struct store *s)
{
	while (s->todo) {
		struct store_group *g = s->todo;

		s->todo = g->next;
		g->next = NULL;
		writer_apply(s, g);
	}
	s->todo_end = &s->todo;
}

void mem_apply_all(struct store *s)
{
	struct mem *m = s->mem;

	pthread_mutex_lock(&m->lock);
	apply_todo(s);
	pthread_mutex_unlock(&m->lock);
}

void mem_apply_now(struct store *s, struct store_group *g)
{
	struct mem *m = s->mem;

	pthread_mutex_lock(&m->lock);
	apply_todo(s);
	g->next = NULL;
	writer_apply(s, g);
	pthread_mutex_unlock(&m->lock);
}
