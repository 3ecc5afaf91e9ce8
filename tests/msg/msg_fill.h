/* Fills any struct by its schema: valid, never zero, different each time. */
#ifndef TESTS_MSG_FILL_H
#define TESTS_MSG_FILL_H

#include "schema/schema.h"

/* rows_max: at most so many rows a list (and the list's own bound). */
void msg_fill(const struct schema *s, void *obj, uint32_t rows_max,
	      uint64_t *seed);
/* As long as it can get: every text, list and number at its bound. */
void msg_fill_full(const struct schema *s, void *obj);

#endif
