#include "msg/msg_fill.h"

#include <string.h>

#include "schema/schema_sample.h"

static void put_number(const struct schema_field *f, void *at, uint64_t v)
{
	uint64_t most = f->max ? f->max : UINT64_MAX;

	if (f->kind == SCHEMA_KIND_u8)
		*(uint8_t *)at = (uint8_t)(v % MIN(most, UINT8_MAX) + 1);
	else if (f->kind == SCHEMA_KIND_u16)
		*(uint16_t *)at = (uint16_t)(v % MIN(most, UINT16_MAX) + 1);
	else if (f->kind == SCHEMA_KIND_u32)
		*(uint32_t *)at = (uint32_t)(v % MIN(most, UINT32_MAX) + 1);
	else if (f->kind == SCHEMA_KIND_u64)
		*(uint64_t *)at = v | 1;
	else if (f->kind == SCHEMA_KIND_i32)
		*(int32_t *)at = -(int32_t)(v % MIN(most, INT32_MAX) + 1);
	else if (f->kind == SCHEMA_KIND_i64)
		*(int64_t *)at = -(int64_t)(v >> 1) - 1;
	else
		*(_Bool *)at = true;
}

static void fill(const struct schema *s, void *obj, uint32_t rows_max,
		 uint64_t *seed)
{
	size_t count;
	const struct schema_field *f = s->fields(&count);

	for (size_t i = 0; i < count; i++) {
		char *at = (char *)obj + f[i].offset;
		uint64_t v = seed ? sample_random(seed) >> 1 : INT64_MAX - 1;
		uint32_t n = seed ? (uint32_t)(v % 6) + 1 : f[i].max;

		if (f[i].kind < SCHEMA_KIND_text) {
			put_number(&f[i], at, seed ? v : f[i].max ?
				   f[i].max - 1 : UINT64_MAX - 1);
			continue;
		}
		n = MIN(n, f[i].max);
		if (f[i].kind == SCHEMA_KIND_rows)
			n = MIN(n, rows_max);
		if (f[i].kind >= SCHEMA_KIND_bytes)
			*(uint32_t *)(void *)((char *)obj +
					      f[i].count_offset) = n;
		if (f[i].kind == SCHEMA_KIND_rows)
			for (uint32_t k = 0; k < n; k++)
				fill(f[i].sub, at + k * f[i].sub->size,
				     rows_max, seed);
		else
			memset(at, 'a' + (int)(v % 26), n);
	}
}

void msg_fill(const struct schema *s, void *obj, uint32_t rows_max,
	      uint64_t *seed)
{
	memset(obj, 0, s->size);
	fill(s, obj, rows_max, seed);
}

void msg_fill_full(const struct schema *s, void *obj)
{
	memset(obj, 0, s->size);
	fill(s, obj, UINT32_MAX, NULL);
}
