/*
 * The decoder: bytes from the network or the disk, none of them believed.
 *
 * One head is read at a time, its length checked against what is left before
 * anything is touched.  Only the shortest form of a value is taken, so that
 * each struct has one encoding.  Nothing recurses on input: rows go as deep
 * as the schemas do, and unknown values are skipped by counting.
 */
#include "schema/schema.h"

#include <string.h>

#include "base/str.h"
#include "schema/schema_priv.h"

/*
 * msgpack's first bytes 0xc0..0xdf: class, bytes of value or length that
 * follow, and the smallest number that may use this form (0 = any).
 */
static const struct { uint8_t class, bytes; uint64_t least; } wide[32] = {
	{ HEAD_NIL, 0, 0 }, { HEAD_BAD, 0, 0 },
	{ HEAD_BOOL, 0, 0 }, { HEAD_BOOL, 0, 0 },
	{ HEAD_BIN, 1, 0 }, { HEAD_BIN, 2, 0x100 }, { HEAD_BIN, 4, 0x10000 },
	{ HEAD_EXT, 1, 0 }, { HEAD_EXT, 2, 0 }, { HEAD_EXT, 4, 0 },
	{ HEAD_FLOAT, 4, 0 }, { HEAD_FLOAT, 8, 0 },
	{ HEAD_UINT, 1, 0x80 }, { HEAD_UINT, 2, 0x100 },
	{ HEAD_UINT, 4, 0x10000 }, { HEAD_UINT, 8, 0x100000000 },
	{ HEAD_INT, 1, 0 }, { HEAD_INT, 2, 0 },
	{ HEAD_INT, 4, 0 }, { HEAD_INT, 8, 0 },
	{ HEAD_FIXEXT, 0, 0 }, { HEAD_FIXEXT, 0, 0 }, { HEAD_FIXEXT, 0, 0 },
	{ HEAD_FIXEXT, 0, 0 }, { HEAD_FIXEXT, 0, 0 },
	{ HEAD_STR, 1, 0x20 }, { HEAD_STR, 2, 0x100 }, { HEAD_STR, 4, 0x10000 },
	{ HEAD_ARRAY, 2, 0x10 }, { HEAD_ARRAY, 4, 0x10000 },
	{ HEAD_MAP, 2, 0x10 }, { HEAD_MAP, 4, 0x10000 },
};

static size_t left(const struct schema_reader *r)
{
	return (size_t)(r->end - r->p);
}

/* Sign-extends an n-byte number; its shortest form is the one that needs n. */
static void head_int(struct schema_head *h, unsigned n)
{
	unsigned shift = 64 - 8 * n;
	int64_t v = (int64_t)(h->v << shift) >> shift;
	int64_t above = n == 1 ? -32 : -((int64_t)1 << (4 * n - 1));

	h->v = (uint64_t)v;
	h->shortest = v < above;
}

static bool read_wide(struct schema_reader *r, uint8_t b, struct schema_head *h)
{
	unsigned n = wide[b - 0xc0].bytes;

	h->class = wide[b - 0xc0].class;
	h->v = 0;
	if (h->class == HEAD_BAD || n > left(r))
		return false;
	for (unsigned i = 0; i < n; i++)
		h->v = h->v << 8 | *r->p++;
	h->shortest = h->v >= wide[b - 0xc0].least;
	if (h->class == HEAD_BOOL)
		h->v = b & 1;
	else if (h->class == HEAD_INT)
		head_int(h, n);
	else if (h->class == HEAD_FIXEXT)
		h->v = (uint64_t)1 << (b - 0xd4);
	return true;
}

bool schema_read_head(struct schema_reader *r, struct schema_head *h)
{
	if (r->p == r->end)
		return false;
	uint8_t b = *r->p++;

	h->shortest = true;
	if (b < 0x80) {
		h->class = HEAD_UINT;
		h->v = b;
	} else if (b < 0x90) {
		h->class = HEAD_MAP;
		h->v = b & 0x0f;
	} else if (b < 0xa0) {
		h->class = HEAD_ARRAY;
		h->v = b & 0x0f;
	} else if (b < 0xc0) {
		h->class = HEAD_STR;
		h->v = b & 0x1f;
	} else if (b >= 0xe0) {
		h->class = HEAD_INT;
		h->v = (uint64_t)(int64_t)(int8_t)b;
	} else {
		return read_wide(r, b, h);
	}
	return true;
}

/* Passes over one whole value of any kind and depth. */
bool schema_skip_value(struct schema_reader *r)
{
	uint64_t todo = 1;

	while (todo--) {
		struct schema_head h;
		uint64_t body = 0;

		if (!schema_read_head(r, &h))
			return false;
		if (h.class == HEAD_STR || h.class == HEAD_BIN)
			body = h.v;
		else if (h.class == HEAD_EXT || h.class == HEAD_FIXEXT)
			body = h.v + 1;		/* the ext's type byte       */
		else if (h.class == HEAD_ARRAY)
			todo += h.v;
		else if (h.class == HEAD_MAP)
			todo += 2 * h.v;
		/* Each value takes a byte: a count past the end is a lie. */
		if (body > left(r) || todo > left(r))
			return false;
		r->p += body;
	}
	return true;
}

static void put_u(const struct schema_field *f, void *obj, uint64_t v)
{
	void *p = (char *)obj + f->offset;

	if (f->kind == SCHEMA_KIND_u8)
		*(uint8_t *)p = (uint8_t)v;
	else if (f->kind == SCHEMA_KIND_u16)
		*(uint16_t *)p = (uint16_t)v;
	else if (f->kind == SCHEMA_KIND_u32)
		*(uint32_t *)p = (uint32_t)v;
	else if (f->kind == SCHEMA_KIND_u64)
		*(uint64_t *)p = v;
	else
		*(_Bool *)p = v;
}

static bool take_int(const struct schema_field *f, void *obj,
		     const struct schema_head *h)
{
	void *p = (char *)obj + f->offset;
	int64_t v = (int64_t)h->v;

	if (h->class == HEAD_UINT ? h->v > INT64_MAX : h->class != HEAD_INT)
		return false;
	if (!v || !schema_i_fits(f, v))
		return false;
	if (f->kind == SCHEMA_KIND_i32)
		*(int32_t *)p = (int32_t)v;
	else
		*(int64_t *)p = v;
	return true;
}

static bool take_body(struct schema_reader *r, const struct schema_field *f,
		      void *obj, const struct schema_head *h)
{
	char *to = (char *)obj + f->offset;
	bool text = f->kind != SCHEMA_KIND_bytes;

	if (h->class != (text ? HEAD_STR : HEAD_BIN) || !h->v ||
	    h->v > f->max || h->v > left(r))
		return false;
	if (text && (memchr(r->p, 0, h->v) ||
		     !str_is_utf8((const char *)r->p, h->v)))
		return false;
	memcpy(to, r->p, h->v);		/* obj is zero: the NUL is there     */
	if (!text)
		*(uint32_t *)(void *)((char *)obj + f->count_offset) =
			(uint32_t)h->v;
	r->p += h->v;
	return true;
}

static bool take_obj(struct schema_reader *r, const struct schema *s, void *obj);

static bool take_rows(struct schema_reader *r, const struct schema_field *f,
		      void *obj, const struct schema_head *h)
{
	char *to = (char *)obj + f->offset;

	if (h->class != HEAD_ARRAY || !h->v || h->v > f->max)
		return false;
	*(uint32_t *)(void *)((char *)obj + f->count_offset) = (uint32_t)h->v;
	for (uint64_t i = 0; i < h->v; i++)
		if (!take_obj(r, f->sub, to + i * f->sub->size))
			return false;
	return true;
}

bool schema_take_value(struct schema_reader *r, const struct schema_field *f,
		       void *obj)
{
	struct schema_head h;

	if (!schema_read_head(r, &h) || !h.shortest)
		return false;
	switch (f->kind) {
	case SCHEMA_KIND_u8:
	case SCHEMA_KIND_u16:
	case SCHEMA_KIND_u32:
	case SCHEMA_KIND_u64:
	case SCHEMA_KIND_bool:
		if (h.class != (f->kind == SCHEMA_KIND_bool ? HEAD_BOOL
							    : HEAD_UINT) ||
		    !h.v || h.v > schema_u_max(f))
			return false;
		put_u(f, obj, h.v);
		return true;
	case SCHEMA_KIND_i32:
	case SCHEMA_KIND_i64:
		return take_int(f, obj, &h);
	case SCHEMA_KIND_text:
	case SCHEMA_KIND_phone:
	case SCHEMA_KIND_secret:
	case SCHEMA_KIND_bytes:
		return take_body(r, f, obj, &h);
	case SCHEMA_KIND_rows:
		return take_rows(r, f, obj, &h);
	case SCHEMA_KIND_COUNT:
		break;
	}
	return false;
}

static bool take_obj(struct schema_reader *r, const struct schema *s, void *obj)
{
	size_t count;
	const struct schema_field *f = s->fields(&count);
	struct schema_head h;
	uint64_t last = 0;

	if (!schema_read_head(r, &h) || h.class != HEAD_MAP || !h.shortest)
		return false;
	for (uint64_t n = h.v; n; n--) {
		struct schema_head tag;

		if (!schema_read_head(r, &tag) || tag.class != HEAD_UINT ||
		    !tag.shortest || tag.v <= last)
			return false;
		last = tag.v;
		if (tag.v > count) {
			r->unknown++;
			if (!schema_skip_value(r))
				return false;
		} else if (!schema_take_value(r, &f[tag.v - 1], obj)) {
			return false;
		}
	}
	return true;
}

enum err schema_decode_noting(const struct schema *s, const void *buf,
			      size_t len, void *obj, uint32_t *unknown)
{
	struct schema_reader r = { buf, (const uint8_t *)buf + len, 0 };

	memset(obj, 0, s->size);
	if (!len || !take_obj(&r, s, obj) || r.p != r.end) {
		memset(obj, 0, s->size);
		return ERR_FORMAT;
	}
	*unknown = r.unknown;
	return ERR_OK;
}

enum err schema_decode(const struct schema *s, const void *buf, size_t len,
		       void *obj)
{
	uint32_t unknown;

	return schema_decode_noting(s, buf, len, obj, &unknown);
}
