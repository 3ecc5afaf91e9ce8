#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "schema/schema.h"
#include "schema/schema_priv.h"

/*
 * Text to values: what schema_print writes can be read again, a pair a
 * field.  Rows stand on lines of their own (msg/msg_text).
 */

enum { SCAN_VALUE = 1100 };

/* One value from *at: quoted, or up to the next blank.  False: no end. */
static bool take_value(const char **at, char *buf, size_t size)
{
	const char *p = *at;
	bool quoted = *p == '"';
	size_t n = 0;

	for (p += quoted; *p && (quoted ? *p != '"' : *p != ' '); p++) {
		if (quoted && *p == '\\' && p[1])
			p++;
		if (n + 1 >= size)
			return false;
		buf[n++] = *p;
	}
	buf[n] = '\0';
	if (quoted && *p != '"')
		return false;
	*at = p + quoted;
	return true;
}

static enum err set_number(const struct schema_field *f, void *obj, int64_t v)
{
	char *p = (char *)obj + f->offset;
	bool is_i = f->kind == SCHEMA_KIND_i32 || f->kind == SCHEMA_KIND_i64;

	if (is_i ? !schema_i_fits(f, v)
		 : v < 0 || (uint64_t)v > schema_u_max(f))
		return ERR_ARG;
	switch (f->kind) {
	case SCHEMA_KIND_u8:
		*(uint8_t *)p = (uint8_t)v;
		break;
	case SCHEMA_KIND_u16:
		*(uint16_t *)(void *)p = (uint16_t)v;
		break;
	case SCHEMA_KIND_u32:
		*(uint32_t *)(void *)p = (uint32_t)v;
		break;
	case SCHEMA_KIND_i32:
		*(int32_t *)(void *)p = (int32_t)v;
		break;
	case SCHEMA_KIND_u64:
	case SCHEMA_KIND_i64:
		*(int64_t *)(void *)p = v;
		break;
	default:
		*(_Bool *)p = v;
		break;
	}
	return ERR_OK;
}

static enum err set_bytes(const struct schema_field *f, void *obj,
			  const char *hex)
{
	uint8_t *to = (uint8_t *)obj + f->offset;
	uint32_t n = (uint32_t)strlen(hex) / 2;

	if (strlen(hex) % 2 || n > f->max)
		return ERR_FORMAT;
	for (uint32_t i = 0; i < n; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		if (!isxdigit((unsigned char)two[0]) ||
		    !isxdigit((unsigned char)two[1]))
			return ERR_FORMAT;
		to[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	*(uint32_t *)(void *)((char *)obj + f->count_offset) = n;
	return ERR_OK;
}

static enum err set_value(const struct schema_field *f, void *obj,
			  const char *value, schema_word_h *word)
{
	int64_t v;

	switch (f->kind) {
	case SCHEMA_KIND_text:
	case SCHEMA_KIND_phone:
	case SCHEMA_KIND_secret:
		if (strlen(value) > f->max ||
		    !str_is_utf8(value, strlen(value)))
			return ERR_ARG;
		return str_copy((char *)obj + f->offset, f->max + 1, value)
			       ? ERR_OK : ERR_ARG;
	case SCHEMA_KIND_bytes:
		return set_bytes(f, obj, value);
	case SCHEMA_KIND_bool:
		if (str_eq(value, "yes") || str_eq(value, "no"))
			return set_number(f, obj, str_eq(value, "yes"));
		return ERR_FORMAT;
	case SCHEMA_KIND_rows:
	case SCHEMA_KIND_COUNT:
		return ERR_FORMAT;
	default:
		break;
	}
	if (!str_to_i64(value, INT64_MIN, INT64_MAX, &v) ||
	    (word && word(f->doc, value, &v)))
		return set_number(f, obj, v);
	return ERR_FORMAT;
}

const struct schema_field *schema_field_find(const struct schema *s,
					     const char *name)
{
	size_t count;
	const struct schema_field *f = s->fields(&count);

	for (size_t i = 0; i < count; i++)
		if (str_eq(f[i].name, name))
			return &f[i];
	return NULL;
}

void *schema_add_row(const struct schema_field *f, void *obj)
{
	uint32_t *n = (uint32_t *)(void *)((char *)obj + f->count_offset);

	if (f->kind != SCHEMA_KIND_rows || *n >= f->max)
		return NULL;
	return (char *)obj + f->offset + f->sub->size * (*n)++;
}

enum err schema_scan(const struct schema *s, void *obj, const char *text,
		     schema_word_h *word, char *why, size_t size)
{
	char name[64], value[SCAN_VALUE];

	for (;;) {
		text += strspn(text, " \t");
		if (!*text)
			return ERR_OK;
		size_t n = strcspn(text, "= ");

		str_fmt(name, sizeof(name), "%.*s", (int)MIN(n, (size_t)60),
			text);
		const struct schema_field *f = schema_field_find(s, name);

		if (!f || text[n] != '=') {
			str_fmt(why, size, "%s has no field \"%s\"", s->name,
				name);
			return ERR_ABSENT;
		}
		text += n + 1;
		if (!take_value(&text, value, sizeof(value))) {
			str_fmt(why, size, "the value of %s does not end",
				name);
			return ERR_FORMAT;
		}
		enum err e = set_value(f, obj, value, word);

		if (e) {
			str_fmt(why, size, "%s cannot be \"%s\"", name, value);
			return e;
		}
	}
}
