/* server/pacer/idmap -- see idmap.h. */
#include "pacer/idmap.h"

#include <stdlib.h>
#include <string.h>

/* Finaliser of splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9u;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

enum err idmap_init(struct idmap *m, uint32_t room)
{
	uint32_t size = 16;

	while (size < room * 2)
		size *= 2;
	m->key = calloc(size, sizeof(*m->key));
	m->row = calloc(size, sizeof(*m->row));
	m->mask = size - 1;
	m->count = 0;
	if (m->key && m->row)
		return ERR_OK;
	idmap_fini(m);
	return ERR_MEMORY;
}

void idmap_fini(struct idmap *m)
{
	free(m->key);
	free(m->row);
	memset(m, 0, sizeof(*m));
}

static uint32_t slot_of(const struct idmap *m, uint64_t key)
{
	uint32_t i = (uint32_t)mix(key) & m->mask;

	while (m->key[i] && m->key[i] != key)
		i = (i + 1) & m->mask;
	return i;
}

uint32_t idmap_get(const struct idmap *m, uint64_t key)
{
	uint32_t i = slot_of(m, key);

	return key && m->key[i] == key ? m->row[i] : UINT32_MAX;
}

static enum err grow(struct idmap *m)
{
	struct idmap n;
	enum err e = idmap_init(&n, m->mask + 1);

	if (e != ERR_OK)
		return e;
	for (uint32_t i = 0; i <= m->mask; i++) {
		if (!m->key[i])
			continue;
		uint32_t k = slot_of(&n, m->key[i]);

		n.key[k] = m->key[i];
		n.row[k] = m->row[i];
	}
	n.count = m->count;
	idmap_fini(m);
	*m = n;
	return ERR_OK;
}

enum err idmap_put(struct idmap *m, uint64_t key, uint32_t row)
{
	if (!key)
		return ERR_ARG;
	if (m->count * 2 > m->mask) {
		enum err e = grow(m);

		if (e != ERR_OK)
			return e;
	}
	uint32_t i = slot_of(m, key);

	m->count += !m->key[i];
	m->key[i] = key;
	m->row[i] = row;
	return ERR_OK;
}

void idmap_move(struct idmap *m, uint64_t key, uint32_t row)
{
	uint32_t i = slot_of(m, key);

	if (m->key[i] == key)
		m->row[i] = row;
}

/* Linear probing without tombstones: later keys move back (Knuth 6.4 R). */
void idmap_del(struct idmap *m, uint64_t key)
{
	uint32_t i = slot_of(m, key);

	if (!key || m->key[i] != key)
		return;
	m->count--;
	for (uint32_t k = (i + 1) & m->mask; m->key[k]; k = (k + 1) & m->mask) {
		uint32_t home = (uint32_t)mix(m->key[k]) & m->mask;

		if (((k - home) & m->mask) < ((k - i) & m->mask))
			continue;
		m->key[i] = m->key[k];
		m->row[i] = m->row[k];
		i = k;
	}
	m->key[i] = 0;
}
