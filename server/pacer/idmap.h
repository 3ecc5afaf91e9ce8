/*
 * server/pacer/idmap -- from the caller's id to a row: open addressing with
 * linear probing, rows kept dense by moving the last one into a gap.
 */
#ifndef PACER_IDMAP_H
#define PACER_IDMAP_H

#include "base/base.h"

struct idmap {
	uint64_t *key;		/* 0 = empty                                 */
	uint32_t *row;
	uint32_t  mask;
	uint32_t  count;
};

MUST_CHECK enum err idmap_init(struct idmap *m, uint32_t room);
void idmap_fini(struct idmap *m);
/* Row of key, or UINT32_MAX. */
uint32_t idmap_get(const struct idmap *m, uint64_t key);
/* Sets or replaces; ERR_MEMORY when it could not grow. */
MUST_CHECK enum err idmap_put(struct idmap *m, uint64_t key, uint32_t row);
/* Replaces the row of a key that is there. */
void idmap_move(struct idmap *m, uint64_t key, uint32_t row);
void idmap_del(struct idmap *m, uint64_t key);

#endif
