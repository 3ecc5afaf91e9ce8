#include "schema/schema.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "schema/schema_priv.h"

struct page {
	char *buf;
	size_t size;
	size_t len;
	bool whole;
};

static void put(struct page *to, const char *text)
{
	size_t n = strlen(text);

	if (to->len + n >= to->size) {
		to->whole = false;
		return;
	}
	memcpy(to->buf + to->len, text, n + 1);
	to->len += n;
}

/* Quoted, with what could end the quotes or the line made harmless. */
static void put_text(struct page *to, const char *text)
{
	put(to, "\"");
	for (; *text; text++) {
		char c[2] = { *text, 0 };

		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			c[0] = '?';
		if (*text == '"' || *text == '\\')
			put(to, "\\");
		put(to, c);
	}
	put(to, "\"");
}

static void put_obj(struct page *to, const struct schema *s, const void *obj);

static void put_rows(struct page *to, const struct schema_field *f,
		     const void *obj)
{
	put(to, "[");
	for (uint32_t i = 0; i < schema_get_count(f, obj); i++) {
		put(to, i ? " {" : "{");
		put_obj(to, f->sub,
			schema_get_text(f, obj) + i * f->sub->size);
		put(to, "}");
	}
	put(to, "]");
}

static void put_value(struct page *to, const struct schema_field *f,
		      const void *obj)
{
	char text[64];

	switch (f->kind) {
	case SCHEMA_KIND_u8:
	case SCHEMA_KIND_u16:
	case SCHEMA_KIND_u32:
	case SCHEMA_KIND_u64:
		str_fmt(text, sizeof(text), "%" PRIu64, schema_get_u(f, obj));
		put(to, text);
		break;
	case SCHEMA_KIND_i32:
	case SCHEMA_KIND_i64:
		str_fmt(text, sizeof(text), "%" PRIi64, schema_get_i(f, obj));
		put(to, text);
		break;
	case SCHEMA_KIND_bool:
		put(to, "yes");
		break;
	case SCHEMA_KIND_text:
		put_text(to, schema_get_text(f, obj));
		break;
	case SCHEMA_KIND_phone:
		str_mask_number(text, sizeof(text), schema_get_text(f, obj));
		put_text(to, text);
		break;
	case SCHEMA_KIND_secret:
		put(to, "***");
		break;
	case SCHEMA_KIND_bytes:
		str_fmt(text, sizeof(text), "<%" PRIu32 " bytes>",
			schema_get_count(f, obj));
		put(to, text);
		break;
	case SCHEMA_KIND_rows:
		put_rows(to, f, obj);
		break;
	case SCHEMA_KIND_COUNT:
		break;
	}
}

static void put_obj(struct page *to, const struct schema *s, const void *obj)
{
	size_t count;
	const struct schema_field *f = s->fields(&count);
	bool first = true;

	for (size_t i = 0; i < count; i++) {
		if (schema_is_zero(&f[i], obj))
			continue;
		if (!first)
			put(to, " ");
		first = false;
		put(to, f[i].name);
		put(to, "=");
		put_value(to, &f[i], obj);
	}
}

bool schema_print(const struct schema *s, const void *obj,
		  char *buf, size_t size)
{
	struct page to = { buf, size, 0, size > 0 };

	if (size)
		buf[0] = '\0';
	put_obj(&to, s, obj);
	return to.whole;
}

bool schema_describe(const struct schema *s, char *buf, size_t size)
{
	struct page to = { buf, size, 0, size > 0 };
	char line[256];
	size_t count;
	const struct schema_field *f = s->fields(&count);

	if (size)
		buf[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		str_fmt(line, sizeof(line), "  %3zu  %-6s %-18s ", i + 1,
			schema_kind_word(f[i].kind), f[i].name);
		put(&to, line);
		if (f[i].sub)
			str_fmt(line, sizeof(line), "%5" PRIu32 " x %s: ",
				f[i].max, f[i].sub->name);
		else if (f[i].max)
			str_fmt(line, sizeof(line), "%5" PRIu32 "  ",
				f[i].max);
		else
			str_copy(line, sizeof(line), "    -  ");
		put(&to, line);
		put(&to, f[i].doc);
		put(&to, "\n");
	}
	return to.whole;
}
