/*
 * What has changed between two structs of one table, and back again.
 *
 * A diff is the map {tag: value} of the fields that differ; nil stands for
 * zero or empty.  Rows are [count, from, changes]:
 *
 *	from     pairs of (1 + row before, how many), 0: new ones; []: the
 *	         i-th is the i-th before
 *	changes  {row: diff against the row it comes from}
 *
 * The writer finds where a row comes from by its first field, which is its
 * id in all tables; the reader need not know that.  So a row that moves up a
 * list costs some bytes for the whole list, and what did not change nothing.
 */
#include "schema/schema.h"

#include <string.h>

#include "schema/schema_priv.h"

enum { ROWS_MOST = 256 };

static bool same_obj(const struct schema *s, const void *was, const void *now);

static const char *row_of(const struct schema_field *f, const void *obj,
			  uint32_t i)
{
	return (const char *)obj + f->offset + i * f->sub->size;
}

/* was NULL: all zero. */
static bool same_field(const struct schema_field *f, const void *was,
		       const void *now)
{
	const char *a = was ? schema_get_text(f, was) : NULL;
	const char *b = schema_get_text(f, now);
	uint32_t n;

	if (!was)
		return schema_is_zero(f, now);
	switch (f->kind) {
	case SCHEMA_KIND_u8:
	case SCHEMA_KIND_u16:
	case SCHEMA_KIND_u32:
	case SCHEMA_KIND_u64:
	case SCHEMA_KIND_bool:
		return schema_get_u(f, was) == schema_get_u(f, now);
	case SCHEMA_KIND_i32:
	case SCHEMA_KIND_i64:
		return schema_get_i(f, was) == schema_get_i(f, now);
	case SCHEMA_KIND_text:
	case SCHEMA_KIND_phone:
	case SCHEMA_KIND_secret:
		return !strncmp(a, b, (size_t)f->max + 1);
	case SCHEMA_KIND_bytes:
		n = schema_get_count(f, now);
		return schema_get_count(f, was) == n && !memcmp(a, b, n);
	case SCHEMA_KIND_rows:
		n = schema_get_count(f, now);
		if (schema_get_count(f, was) != n)
			return false;
		for (uint32_t i = 0; i < n; i++)
			if (!same_obj(f->sub, row_of(f, was, i),
				      row_of(f, now, i)))
				return false;
		return true;
	case SCHEMA_KIND_COUNT:
		break;
	}
	return true;
}

static bool same_obj(const struct schema *s, const void *was, const void *now)
{
	size_t count;
	const struct schema_field *f = s->fields(&count);

	for (size_t i = 0; i < count; i++)
		if (!same_field(&f[i], was, now))
			return false;
	return true;
}

/* ---- writing ---------------------------------------------------------------- */

/* 1 + the row before that row i of now was, 0: it is new. */
static uint16_t source_of(const struct schema_field *f, const void *was,
			  const void *now, uint32_t i)
{
	uint32_t n = was ? schema_get_count(f, was) : 0;
	const struct schema_field *id;
	size_t count;

	id = f->sub->fields(&count);
	if (i < n && same_field(id, row_of(f, was, i), row_of(f, now, i)))
		return (uint16_t)(i + 1);
	for (uint32_t k = 0; k < n; k++)
		if (same_field(id, row_of(f, was, k), row_of(f, now, i)))
			return (uint16_t)(k + 1);
	return 0;
}

static bool in_place(const uint16_t *from, uint32_t n, uint32_t before)
{
	for (uint32_t i = 0; i < n; i++)
		if (from[i] != (i < before ? i + 1 : 0))
			return false;
	return true;
}

/* How many from row i on come from one place, one after the other. */
static uint32_t run_at(const uint16_t *from, uint32_t n, uint32_t i)
{
	uint32_t len = 1;

	while (i + len < n && from[i + len] == (from[i] ? from[i] + len : 0))
		len++;
	return len;
}

static int pack_from(msgpack_packer *pk, const uint16_t *from, uint32_t n,
		     uint32_t before)
{
	uint32_t runs = 0;

	if (in_place(from, n, before))
		return msgpack_pack_array(pk, 0);
	for (uint32_t i = 0; i < n; i += run_at(from, n, i))
		runs++;
	if (msgpack_pack_array(pk, 2 * runs))
		return -1;
	for (uint32_t i = 0; i < n; i += run_at(from, n, i))
		if (msgpack_pack_uint32(pk, from[i]) ||
		    msgpack_pack_uint32(pk, run_at(from, n, i)))
			return -1;
	return 0;
}

static int pack_diff(msgpack_packer *pk, const struct schema *s,
		     const void *was, const void *now);

static int pack_rows(msgpack_packer *pk, const struct schema_field *f,
		     const void *was, const void *now)
{
	uint32_t n = schema_get_count(f, now), changed = 0;
	const void *base[ROWS_MOST];
	uint16_t from[ROWS_MOST];

	if (n > ROWS_MOST)
		return -1;
	for (uint32_t i = 0; i < n; i++) {
		from[i] = source_of(f, was, now, i);
		base[i] = from[i] ? row_of(f, was, from[i] - 1u) : NULL;
		changed += !same_obj(f->sub, base[i], row_of(f, now, i));
	}
	if (msgpack_pack_array(pk, 3) || msgpack_pack_uint32(pk, n) ||
	    pack_from(pk, from, n, was ? schema_get_count(f, was) : 0) ||
	    msgpack_pack_map(pk, changed))
		return -1;
	for (uint32_t i = 0; i < n; i++)
		if (!same_obj(f->sub, base[i], row_of(f, now, i)) &&
		    (msgpack_pack_uint32(pk, i) ||
		     pack_diff(pk, f->sub, base[i], row_of(f, now, i))))
			return -1;
	return 0;
}

static int pack_diff(msgpack_packer *pk, const struct schema *s,
		     const void *was, const void *now)
{
	size_t count, changed = 0;
	const struct schema_field *f = s->fields(&count);

	for (size_t i = 0; i < count; i++)
		changed += !same_field(&f[i], was, now);
	if (msgpack_pack_map(pk, changed))
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (same_field(&f[i], was, now))
			continue;
		if (msgpack_pack_uint32(pk, (uint32_t)i + 1) ||
		    (schema_is_zero(&f[i], now) ? msgpack_pack_nil(pk)
		     : f[i].kind == SCHEMA_KIND_rows
			     ? pack_rows(pk, &f[i], was, now)
			     : schema_pack_value(pk, &f[i], now)))
			return -1;
	}
	return 0;
}

enum err schema_diff(const struct schema *s, const void *was, const void *now,
		     void *buf, size_t cap, size_t *len)
{
	struct schema_sink to = { buf, cap, 0 };
	msgpack_packer pk;
	enum err e = schema_check(s, now, NULL);

	if (e)
		return e;
	msgpack_packer_init(&pk, &to, schema_sink_write);
	if (pack_diff(&pk, s, was, now))
		return ERR_FULL;
	*len = to.len;
	return ERR_OK;
}

/* ---- reading ---------------------------------------------------------------- */

static bool take_diff(struct schema_reader *r, const struct schema *s,
		      const void *was, void *now);

static bool take_count(struct schema_reader *r, uint64_t most, uint64_t *v)
{
	struct schema_head h;

	if (!schema_read_head(r, &h) || h.class != HEAD_UINT || !h.shortest ||
	    h.v > most)
		return false;
	*v = h.v;
	return true;
}

/* base[i]: the row before that row i starts from, NULL for none. */
static bool take_from(struct schema_reader *r, const struct schema_field *f,
		      const void *was, uint64_t n, const void **base)
{
	uint32_t before = was ? schema_get_count(f, was) : 0;
	struct schema_head h;
	uint64_t at = 0;

	if (!schema_read_head(r, &h) || h.class != HEAD_ARRAY || h.v % 2)
		return false;
	for (uint64_t i = 0; !h.v && i < n; i++)
		base[i] = i < before ? row_of(f, was, (uint32_t)i) : NULL;
	if (!h.v)
		return true;
	for (uint64_t pairs = h.v / 2; pairs; pairs--) {
		uint64_t from, len;

		if (!take_count(r, before, &from) ||
		    !take_count(r, n - at, &len) || !len ||
		    (from && from - 1 + len > before))
			return false;
		for (uint64_t i = 0; i < len; i++)
			base[at++] = from ? row_of(f, was,
						   (uint32_t)(from - 1 + i))
					  : NULL;
	}
	return at == n;
}

static bool take_rows(struct schema_reader *r, const struct schema_field *f,
		      const void *was, void *now)
{
	char *to = (char *)now + f->offset;
	const void *base[ROWS_MOST];
	struct schema_head h;
	uint64_t n, next = 0, i;

	if (!schema_read_head(r, &h) || h.class != HEAD_ARRAY || h.v != 3 ||
	    !take_count(r, MIN(f->max, (uint32_t)ROWS_MOST), &n) || !n ||
	    !take_from(r, f, was, n, base) || !schema_read_head(r, &h) ||
	    h.class != HEAD_MAP || h.v > n)
		return false;
	memset(to, 0, f->max * f->sub->size);
	*(uint32_t *)(void *)((char *)now + f->count_offset) = (uint32_t)n;
	for (i = 0; i < n; i++)
		if (base[i])
			memcpy(to + i * f->sub->size, base[i], f->sub->size);
	for (uint64_t left = h.v; left; left--, next = i + 1)
		if (!take_count(r, n - 1, &i) || i < next ||
		    !take_diff(r, f->sub, base[i], to + i * f->sub->size))
			return false;
	return true;
}

static void make_zero(const struct schema_field *f, void *obj)
{
	static const size_t sizes[SCHEMA_KIND_COUNT] = {
		[SCHEMA_KIND_u8] = 1, [SCHEMA_KIND_u16] = 2,
		[SCHEMA_KIND_u32] = 4, [SCHEMA_KIND_u64] = 8,
		[SCHEMA_KIND_i32] = 4, [SCHEMA_KIND_i64] = 8,
		[SCHEMA_KIND_bool] = sizeof(_Bool) };
	size_t size = sizes[f->kind];

	if (f->kind == SCHEMA_KIND_rows)
		size = f->max * f->sub->size;
	else if (!size)
		size = f->max + (f->kind != SCHEMA_KIND_bytes);
	if (f->kind >= SCHEMA_KIND_bytes)
		memset((char *)obj + f->count_offset, 0, sizeof(uint32_t));
	memset((char *)obj + f->offset, 0, size);
}

static bool is_nil(struct schema_reader *r)
{
	if (r->p == r->end || *r->p != 0xc0)
		return false;
	r->p++;
	return true;
}

static bool take_change(struct schema_reader *r, const struct schema_field *f,
			const void *was, void *now)
{
	if (is_nil(r)) {
		make_zero(f, now);
		return true;
	}
	if (f->kind == SCHEMA_KIND_rows)
		return take_rows(r, f, was, now);
	make_zero(f, now);
	return schema_take_value(r, f, now);
}

/* now holds what was held, or zeroes. */
static bool take_diff(struct schema_reader *r, const struct schema *s,
		      const void *was, void *now)
{
	size_t count;
	const struct schema_field *f = s->fields(&count);
	struct schema_head h;
	uint64_t last = 0, tag;

	if (!schema_read_head(r, &h) || h.class != HEAD_MAP || !h.shortest)
		return false;
	for (uint64_t n = h.v; n; n--, last = tag) {
		if (!take_count(r, UINT32_MAX, &tag) || tag <= last)
			return false;
		if (tag > count ? !schema_skip_value(r)
				: !take_change(r, &f[tag - 1], was, now))
			return false;
	}
	return true;
}

enum err schema_patch(const struct schema *s, const void *was,
		      const void *buf, size_t len, void *now)
{
	struct schema_reader r = { buf, (const uint8_t *)buf + len, 0 };

	if (was)
		memcpy(now, was, s->size);
	else
		memset(now, 0, s->size);
	if (!take_diff(&r, s, was, now) || r.p != r.end) {
		memset(now, 0, s->size);
		return ERR_FORMAT;
	}
	return ERR_OK;
}
