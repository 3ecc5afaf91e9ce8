/*
 * An ordered map of byte strings: a hash for one row, a skip list (Pugh,
 * "Skip lists", CACM 33(6), 1990) for rows in order.  The overlay of pending
 * writes and the engine in memory are made of it.  The list's levels come
 * from a generator with a fixed seed, so two runs with the same input are the
 * same to the last pointer walked.
 */
#include "store/store_priv.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/log.h"

void *store_alloc(size_t size)
{
	return store_realloc(NULL, size);
}

void *store_realloc(void *p, size_t size)
{
	void *got = realloc(p, size ? size : 1);

	if (!got) {
		log_err("store", "out of memory for %zu bytes", size);
		abort();
	}
	return got;
}

static uint64_t hash_of(struct blob key)
{
	static const uint8_t seed[crypto_shorthash_KEYBYTES] = "waihu rows";
	uint64_t h;

	crypto_shorthash((uint8_t *)&h, key.p, key.len, seed);
	return h;
}

void map_init(struct map *m)
{
	*m = (struct map){ .dice = UINT64_C(0x9e3779b97f4a7c15) };
}

void map_fini(struct map *m)
{
	struct map_node *n = m->head[0];

	while (n) {
		struct map_node *next = n->next[0];

		free(n->val);
		free(n);
		n = next;
	}
	free(m->slots);
	map_init(m);
}

/* One level more with a chance of 1/4 (xorshift64, Marsaglia 2003). */
static unsigned throw_levels(struct map *m)
{
	unsigned levels = 1;

	m->dice ^= m->dice << 13;
	m->dice ^= m->dice >> 7;
	m->dice ^= m->dice << 17;
	for (uint64_t d = m->dice; levels < MAP_LEVELS && !(d & 3); d >>= 2)
		levels++;
	return levels;
}

static void grow(struct map *m)
{
	size_t count = m->slot_count ? m->slot_count * 2 : 16;

	free(m->slots);
	m->slots = store_alloc(count * sizeof(*m->slots));
	memset(m->slots, 0, count * sizeof(*m->slots));
	m->slot_count = count;
	for (struct map_node *n = m->head[0]; n; n = n->next[0]) {
		struct map_node **slot = &m->slots[n->hash & (count - 1)];

		n->chain = *slot;
		*slot = n;
	}
}

static struct map_node *find_hashed(const struct map *m, struct blob key,
				    uint64_t hash)
{
	struct map_node *n;

	if (!m->slot_count)
		return NULL;
	n = m->slots[hash & (m->slot_count - 1)];
	while (n && (n->hash != hash || n->klen != key.len ||
		     memcmp(n->key, key.p, key.len)))
		n = n->chain;
	return n;
}

struct map_node *map_find(const struct map *m, struct blob key)
{
	return m->count ? find_hashed(m, key, hash_of(key)) : NULL;
}

/*
 * The last row before the key (or at it), NULL if there is none.  links[i],
 * when asked for, is the pointer of level i that leads past that row.
 */
static struct map_node *before(struct map *m, struct blob key, bool or_at,
			       struct map_node **links[MAP_LEVELS])
{
	struct map_node **level = m->head, *at = NULL;

	for (int i = MAP_LEVELS - 1; i >= 0; i--) {
		for (;;) {
			struct map_node *n = level[i];

			if (!n || blob_cmp(n->key, n->klen, key.p, key.len) >=
					  (or_at ? 1 : 0))
				break;
			at = n;
			level = n->next;
		}
		if (links)
			links[i] = &level[i];
	}
	return at;
}

static void set_value(struct map_node *n, struct blob val)
{
	if (val.len > n->vcap) {
		n->val = store_realloc(n->val, val.len);
		n->vcap = (uint32_t)val.len;
	}
	if (val.len)
		memcpy(n->val, val.p, val.len);
	n->vlen = (uint32_t)val.len;
}

struct map_node *map_put(struct map *m, struct blob key, struct blob val)
{
	uint64_t hash = hash_of(key);
	struct map_node *n = find_hashed(m, key, hash);
	struct map_node **links[MAP_LEVELS], **slot;

	if (n) {
		set_value(n, val);
		return n;
	}
	if (m->count >= m->slot_count)
		grow(m);
	unsigned levels = throw_levels(m);

	n = store_alloc(sizeof(*n) + levels * sizeof(n->next[0]) + key.len);
	*n = (struct map_node){
		.key = (uint8_t *)&n->next[levels],
		.klen = (uint16_t)key.len, .hash = hash,
	};
	memcpy(n->key, key.p, key.len);
	set_value(n, val);
	n->prev = before(m, key, false, links);
	for (unsigned i = 0; i < levels; i++) {
		n->next[i] = *links[i];
		*links[i] = n;
	}
	if (n->next[0])
		n->next[0]->prev = n;
	else
		m->last = n;
	slot = &m->slots[hash & (m->slot_count - 1)];
	n->chain = *slot;
	*slot = n;
	m->count++;
	m->gen++;
	return n;
}

void map_del(struct map *m, struct blob key)
{
	struct map_node *n = map_find(m, key);
	struct map_node **links[MAP_LEVELS], **slot;

	if (!n)
		return;
	before(m, key, false, links);
	for (unsigned i = 0; i < MAP_LEVELS && *links[i] == n; i++)
		*links[i] = n->next[i];
	if (n->next[0])
		n->next[0]->prev = n->prev;
	else
		m->last = n->prev;
	slot = &m->slots[n->hash & (m->slot_count - 1)];
	while (*slot != n)
		slot = &(*slot)->chain;
	*slot = n->chain;
	free(n->val);
	free(n);
	m->count--;
	m->gen++;
}

static void land_on(struct map_cur *c, struct map_node *n)
{
	c->n = n;
	c->gen = c->m->gen;
	if (n) {
		c->key.len = n->klen;
		memcpy(c->key.b, n->key, n->klen);
	}
}

void map_cur_seek(struct map_cur *c, struct map *m, struct blob key,
		  bool reverse)
{
	struct map_node *n;

	c->m = m;
	c->reverse = reverse;
	if (!key.p) {
		land_on(c, reverse ? m->last : m->head[0]);
		return;
	}
	n = before(m, key, false, NULL);
	if (!reverse)
		n = n ? n->next[0] : m->head[0];
	land_on(c, n);
}

void map_cur_step(struct map_cur *c)
{
	struct blob key = { c->key.b, c->key.len };
	struct map_node *n;

	if (!c->n)
		return;
	if (c->gen == c->m->gen) {
		land_on(c, c->reverse ? c->n->prev : c->n->next[0]);
		return;
	}
	n = before(c->m, key, !c->reverse, NULL);
	if (!c->reverse)
		n = n ? n->next[0] : c->m->head[0];
	land_on(c, n);
}

void map_cur_sync(struct map_cur *c)
{
	struct blob key = { c->key.b, c->key.len };
	struct map_node *n;

	if (!c->n || c->gen == c->m->gen)
		return;
	n = before(c->m, key, c->reverse, NULL);
	if (!c->reverse)
		n = n ? n->next[0] : c->m->head[0];
	land_on(c, n);
}
