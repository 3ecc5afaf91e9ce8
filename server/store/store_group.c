/* A group of writes: operations one behind the other in one buffer. */
#include "store/store_priv.h"

#include <stdlib.h>

struct op_head {
	uint8_t kind, table;
	uint16_t klen;
	uint32_t vlen;
};

static struct store_group *begin(struct store *s, bool bulk)
{
	struct store_group *g = store_alloc(sizeof(*g));

	*g = (struct store_group){ .s = s, .bulk = bulk };
	return g;
}

struct store_group *store_begin(struct store *s)
{
	return begin(s, false);
}

struct store_group *store_begin_bulk(struct store *s)
{
	return begin(s, true);
}

struct store_group *store_abort(struct store_group *g)
{
	if (g)
		free(g->buf);
	free(g);
	return NULL;
}

size_t store_group_rows(const struct store_group *g)
{
	return g->rows;
}

static void mistake(struct store_group *g, enum err e)
{
	if (!g->mistake)
		g->mistake = e;
}

static void add(struct store_group *g, enum op_kind kind, enum store_table t,
		struct blob key, struct blob val)
{
	struct op_head h = { (uint8_t)kind, (uint8_t)t, (uint16_t)key.len,
			     (uint32_t)val.len };
	size_t need = sizeof(h) + key.len + val.len;

	if (g->rows >= STORE_ROWS_MAX) {
		mistake(g, ERR_FULL);
		return;
	}
	if (g->len + need > g->cap) {
		g->cap = MAX(g->cap * 2, g->len + need + 256);
		g->buf = store_realloc(g->buf, g->cap);
	}
	memcpy(g->buf + g->len, &h, sizeof(h));
	if (key.len)
		memcpy(g->buf + g->len + sizeof(h), key.p, key.len);
	if (val.len)
		memcpy(g->buf + g->len + sizeof(h) + key.len, val.p, val.len);
	g->len += need;
	g->rows++;
}

/* A row others may write: a kv table, a key that fits and is not ours. */
static bool is_plain(struct store_group *g, enum store_table t,
		     const void *key, size_t klen, size_t vlen)
{
	bool ok = (unsigned)t < STORE_TABLE_COUNT && !store_table_is_set(t) &&
		  t != STORE_EVENT && key && klen && klen <= STORE_KEY_MAX &&
		  vlen <= STORE_VALUE_MAX &&
		  !(t == STORE_META && *(const char *)key == '.');

	if (!ok)
		mistake(g, ERR_ARG);
	return ok;
}

void store_put(struct store_group *g, enum store_table t, const void *key,
	       size_t klen, const void *val, size_t vlen)
{
	if (is_plain(g, t, key, klen, vlen))
		add(g, OP_PUT, t, (struct blob){ key, klen },
		    (struct blob){ val, vlen });
}

/* The writer seals it: whoever fills a group has other things to do. */
void store_put_sealed(struct store_group *g, enum store_table t,
		      const void *key, size_t klen, const void *val,
		      size_t vlen)
{
	if (is_plain(g, t, key, klen, vlen + STORE_SEAL_OVER))
		add(g, OP_PUT_SEALED, t, (struct blob){ key, klen },
		    (struct blob){ val, vlen });
}

void store_del(struct store_group *g, enum store_table t, const void *key,
	       size_t klen)
{
	if (is_plain(g, t, key, klen, 0))
		add(g, OP_DEL, t, (struct blob){ key, klen },
		    (struct blob){ NULL, 0 });
}

void store_check(struct store_group *g, enum store_table t, const void *key,
		 size_t klen, uint64_t version)
{
	if (!is_plain(g, t, key, klen, 0))
		return;
	add(g, OP_CHECK, t, (struct blob){ key, klen },
	    (struct blob){ &version, sizeof(version) });
	g->checks = true;
}

static void set_op(struct store_group *g, enum op_kind kind,
		   enum store_table t, uint64_t number)
{
	uint8_t key[8];

	if (!store_table_is_set(t)) {
		mistake(g, ERR_ARG);
		return;
	}
	be64_put(key, number);
	add(g, kind, t, (struct blob){ key, sizeof(key) },
	    (struct blob){ NULL, 0 });
}

void store_set_add(struct store_group *g, enum store_table t, uint64_t number)
{
	set_op(g, OP_PUT, t, number);
}

void store_set_del(struct store_group *g, enum store_table t, uint64_t number)
{
	set_op(g, OP_DEL, t, number);
}

void store_event(struct store_group *g, const void *bytes, size_t len)
{
	if (len > STORE_VALUE_MAX - STORE_HASH_LEN)
		mistake(g, ERR_ARG);
	else if (len && *(const uint8_t *)bytes == SEAL_MARK)
		store_event_sealed(g, bytes, len);	/* or it looks so */
	else
		add(g, OP_EVENT, STORE_EVENT, (struct blob){ NULL, 0 },
		    (struct blob){ bytes, len });
}

void store_event_sealed(struct store_group *g, const void *bytes, size_t len)
{
	if (len > STORE_VALUE_MAX - STORE_HASH_LEN - STORE_SEAL_OVER)
		mistake(g, ERR_ARG);
	else
		add(g, OP_EVENT_SEALED, STORE_EVENT, (struct blob){ NULL, 0 },
		    (struct blob){ bytes, len });
}

void store_event_trim(struct store_group *g, uint64_t upto)
{
	uint8_t key[8];

	be64_put(key, upto);
	add(g, OP_TRIM, STORE_EVENT, (struct blob){ key, sizeof(key) },
	    (struct blob){ NULL, 0 });
}

bool group_next(const struct store_group *g, size_t *at, struct op *op)
{
	struct op_head h;

	if (*at >= g->len)
		return false;
	memcpy(&h, g->buf + *at, sizeof(h));
	const uint8_t *p = g->buf + *at + sizeof(h);

	*op = (struct op){ .kind = (enum op_kind)h.kind,
			   .table = (enum store_table)h.table,
			   .key = { p, h.klen },
			   .val = { p + h.klen, h.vlen } };
	*at += sizeof(h) + h.klen + h.vlen;
	return true;
}
