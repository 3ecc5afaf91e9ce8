#include "schema/schema.h"

#include <string.h>

#include "base/str.h"
#include "schema/schema_priv.h"

static const char *const kind_words[] = {
#define X(kind) #kind,
	SCHEMA_KINDS(X)
#undef X
};

const char *schema_kind_word(enum schema_kind k)
{
	return k < SCHEMA_KIND_COUNT ? kind_words[k] : "unknown";
}

uint64_t schema_get_u(const struct schema_field *f, const void *obj)
{
	const char *p = (const char *)obj + f->offset;

	switch (f->kind) {
	case SCHEMA_KIND_u8:   return *(const uint8_t *)p;
	case SCHEMA_KIND_u16:  return *(const uint16_t *)(const void *)p;
	case SCHEMA_KIND_u32:  return *(const uint32_t *)(const void *)p;
	case SCHEMA_KIND_u64:  return *(const uint64_t *)(const void *)p;
	case SCHEMA_KIND_bool: return *(const _Bool *)p;
	case SCHEMA_KIND_i32:
	case SCHEMA_KIND_i64:
	case SCHEMA_KIND_text:
	case SCHEMA_KIND_phone:
	case SCHEMA_KIND_secret:
	case SCHEMA_KIND_bytes:
	case SCHEMA_KIND_rows:
	case SCHEMA_KIND_COUNT:
		break;
	}
	return 0;
}

int64_t schema_get_i(const struct schema_field *f, const void *obj)
{
	const void *p = (const char *)obj + f->offset;

	return f->kind == SCHEMA_KIND_i32 ? *(const int32_t *)p
					  : *(const int64_t *)p;
}

uint32_t schema_get_count(const struct schema_field *f, const void *obj)
{
	return *(const uint32_t *)(const void *)((const char *)obj +
						 f->count_offset);
}

const char *schema_get_text(const struct schema_field *f, const void *obj)
{
	return (const char *)obj + f->offset;
}

uint64_t schema_u_max(const struct schema_field *f)
{
	if (f->kind == SCHEMA_KIND_bool)
		return 1;
	if (f->max)
		return f->max;
	return f->kind == SCHEMA_KIND_u8 ? UINT8_MAX :
	       f->kind == SCHEMA_KIND_u16 ? UINT16_MAX :
	       f->kind == SCHEMA_KIND_u32 ? UINT32_MAX : UINT64_MAX;
}

bool schema_i_fits(const struct schema_field *f, int64_t v)
{
	if (f->max)
		return v <= (int64_t)f->max && v >= -(int64_t)f->max;
	return f->kind == SCHEMA_KIND_i64 || (v >= INT32_MIN && v <= INT32_MAX);
}

bool schema_is_zero(const struct schema_field *f, const void *obj)
{
	switch (f->kind) {
	case SCHEMA_KIND_u8:
	case SCHEMA_KIND_u16:
	case SCHEMA_KIND_u32:
	case SCHEMA_KIND_u64:
	case SCHEMA_KIND_bool:
		return !schema_get_u(f, obj);
	case SCHEMA_KIND_i32:
	case SCHEMA_KIND_i64:
		return !schema_get_i(f, obj);
	case SCHEMA_KIND_text:
	case SCHEMA_KIND_phone:
	case SCHEMA_KIND_secret:
		return !*schema_get_text(f, obj);
	case SCHEMA_KIND_bytes:
	case SCHEMA_KIND_rows:
		return !schema_get_count(f, obj);
	case SCHEMA_KIND_COUNT:
		break;
	}
	return true;
}

static enum err check_text(const struct schema_field *f, const void *obj)
{
	const char *text = schema_get_text(f, obj);
	size_t len = strnlen(text, (size_t)f->max + 1);

	if (len > f->max)
		return ERR_ARG;
	return str_is_utf8(text, len) ? ERR_OK : ERR_FORMAT;
}

static enum err check_field(const struct schema_field *f, const void *obj,
			    const char **field)
{
	switch (f->kind) {
	case SCHEMA_KIND_u8:
	case SCHEMA_KIND_u16:
	case SCHEMA_KIND_u32:
	case SCHEMA_KIND_u64:
		return schema_get_u(f, obj) <= schema_u_max(f) ? ERR_OK
							       : ERR_ARG;
	case SCHEMA_KIND_i32:
	case SCHEMA_KIND_i64:
		return schema_i_fits(f, schema_get_i(f, obj)) ? ERR_OK
							      : ERR_ARG;
	case SCHEMA_KIND_text:
	case SCHEMA_KIND_phone:
	case SCHEMA_KIND_secret:
		return check_text(f, obj);
	case SCHEMA_KIND_bytes:
		return schema_get_count(f, obj) <= f->max ? ERR_OK : ERR_ARG;
	case SCHEMA_KIND_rows:
		if (schema_get_count(f, obj) > f->max)
			return ERR_ARG;
		for (uint32_t i = 0; i < schema_get_count(f, obj); i++) {
			enum err e = schema_check(f->sub,
				schema_get_text(f, obj) + i * f->sub->size,
				field);

			if (e)
				return e;
		}
		return ERR_OK;
	case SCHEMA_KIND_bool:
	case SCHEMA_KIND_COUNT:
		break;
	}
	return ERR_OK;
}

enum err schema_check(const struct schema *s, const void *obj,
		      const char **field)
{
	size_t count;
	const struct schema_field *f = s->fields(&count);

	for (size_t i = 0; i < count; i++) {
		const char *inner = NULL;
		enum err e = check_field(&f[i], obj, &inner);

		if (e) {
			if (field)
				*field = inner ? inner : f[i].name;
			return e;
		}
	}
	return ERR_OK;
}

int schema_sink_write(void *arg, const char *p, size_t n)
{
	struct schema_sink *to = arg;

	if (n > to->cap - to->len)
		return -1;
	memcpy(to->buf + to->len, p, n);
	to->len += n;
	return 0;
}

static int pack_obj(msgpack_packer *pk, const struct schema *s,
		    const void *obj);

int schema_pack_value(msgpack_packer *pk, const struct schema_field *f,
		      const void *obj)
{
	const char *p = schema_get_text(f, obj);
	uint32_t n;

	switch (f->kind) {
	case SCHEMA_KIND_u8:
	case SCHEMA_KIND_u16:
	case SCHEMA_KIND_u32:
	case SCHEMA_KIND_u64:
		return msgpack_pack_uint64(pk, schema_get_u(f, obj));
	case SCHEMA_KIND_i32:
	case SCHEMA_KIND_i64:
		return msgpack_pack_int64(pk, schema_get_i(f, obj));
	case SCHEMA_KIND_bool:
		return msgpack_pack_true(pk);
	case SCHEMA_KIND_text:
	case SCHEMA_KIND_phone:
	case SCHEMA_KIND_secret:
		return msgpack_pack_str_with_body(pk, p, strlen(p));
	case SCHEMA_KIND_bytes:
		return msgpack_pack_bin_with_body(pk, p,
						  schema_get_count(f, obj));
	case SCHEMA_KIND_rows:
		n = schema_get_count(f, obj);
		if (msgpack_pack_array(pk, n))
			return -1;
		for (uint32_t i = 0; i < n; i++)
			if (pack_obj(pk, f->sub, p + i * f->sub->size))
				return -1;
		return 0;
	case SCHEMA_KIND_COUNT:
		break;
	}
	return -1;
}

static int pack_obj(msgpack_packer *pk, const struct schema *s,
		    const void *obj)
{
	size_t count, used = 0;
	const struct schema_field *f = s->fields(&count);

	for (size_t i = 0; i < count; i++)
		used += !schema_is_zero(&f[i], obj);
	if (msgpack_pack_map(pk, used))
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (schema_is_zero(&f[i], obj))
			continue;
		if (msgpack_pack_uint32(pk, (uint32_t)i + 1) ||
		    schema_pack_value(pk, &f[i], obj))
			return -1;
	}
	return 0;
}

enum err schema_encode(const struct schema *s, const void *obj,
		       void *buf, size_t cap, size_t *len)
{
	struct schema_sink to = { buf, cap, 0 };
	msgpack_packer pk;
	enum err e = schema_check(s, obj, NULL);

	if (e)
		return e;
	msgpack_packer_init(&pk, &to, schema_sink_write);
	if (pack_obj(&pk, s, obj))
		return ERR_FULL;
	*len = to.len;
	return ERR_OK;
}

size_t schema_max_len(const struct schema *s)
{
	size_t count, sum = 3;			/* map head                  */
	const struct schema_field *f = s->fields(&count);

	for (size_t i = 0; i < count; i++) {
		sum += 3 + 9;			/* tag; number or head       */
		if (f[i].kind == SCHEMA_KIND_rows)
			sum += f[i].max * schema_max_len(f[i].sub);
		else if (f[i].kind >= SCHEMA_KIND_text)
			sum += f[i].max;
	}
	return sum;
}
