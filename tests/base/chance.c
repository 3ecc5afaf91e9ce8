#include "base/chance.h"

#include <string.h>

#include "base/str.h"

static uint64_t seed;

void chance_begin(uint64_t from)
{
	seed = from ? 2 * from + 1 : 88172645463325252u;
}

/* xorshift64*: Vigna, "An experimental exploration", 2016. */
uint32_t chance(uint32_t below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)((seed * 2685821657736338717u) >> 33) % below;
}

static const char *const texts[] = {
	"", "Mrs Chen", "王小明", "\033[2J\033]0;x\007", "\302\233A",
	"\342\200\256evil", "e\314\201\314\202\314\203\314\204\314\205x",
	"\360\237\230\200\360\237\230\200", "a\nb\tc", "%s%n%d", "[customer]",
	"[", "-> 3", "YES -> 3 (offer)\nNO -> x\n\n!must{ say}\n", "{open",
	("a very long text that does not fit anywhere and goes on and on "
	 "and on, with 中文 in it, until the field of the message ends it"),
	"\342\200\213\342\200\213", "一二三四五六七八九十一二三四五六七八九十",
	"12345", "0.00", ", ,", "、", " break", "Tea break",
};

static void random_text(char *buf, size_t size)
{
	const char *t = texts[chance(ARRAY_LEN(texts))];

	/* As the decoder: whole UTF-8 only. */
	str_copy(buf, size, t);
	if (chance(4) == 0)
		for (int i = 0; i < 8; i++) {
			char more[512];

			str_fmt(more, sizeof(more), "%s%s", buf, t);
			str_copy(buf, size, more);
		}
	if (!str_is_utf8(buf, strlen(buf)))
		buf[0] = '\0';
}

void chance_struct(const struct schema *s, char *obj, int depth)
{
	size_t n;
	const struct schema_field *f = s->fields(&n);

	for (size_t i = 0; i < n; i++) {
		char *at = obj + f[i].offset;
		uint64_t big = (uint64_t)chance(1u << 31) << 32 |
			       chance(1u << 31);
		uint64_t v = chance(3) ? chance(16) : big;
		uint32_t count;

		if (f[i].max && f[i].kind <= SCHEMA_KIND_i64)
			v %= f[i].max + 1;
		switch (f[i].kind) {
		case SCHEMA_KIND_u8:
			*(uint8_t *)at = (uint8_t)v;
			break;
		case SCHEMA_KIND_bool:
			*(bool *)at = v & 1;
			break;
		case SCHEMA_KIND_u16:
			*(uint16_t *)(void *)at = (uint16_t)v;
			break;
		case SCHEMA_KIND_u32:
		case SCHEMA_KIND_i32:
			memcpy(at, &v, 4);
			break;
		case SCHEMA_KIND_u64:
			memcpy(at, &v, 8);
			break;
		case SCHEMA_KIND_i64:
			/* Times near now as a rule, anything at times. */
			v = chance(8) ? 1795000000000u + chance(1u << 30) : v;
			memcpy(at, &v, 8);
			break;
		case SCHEMA_KIND_text:
		case SCHEMA_KIND_phone:
		case SCHEMA_KIND_secret:
			random_text(at, f[i].max + 1);
			break;
		case SCHEMA_KIND_rows:
			count = chance(chance(4) ? MIN(4u, f[i].max + 1)
					   : f[i].max + 1);
			memcpy(obj + f[i].count_offset, &count, 4);
			for (uint32_t k = 0; k < count && depth < 3; k++)
				chance_struct(f[i].sub, at + k * f[i].sub->size,
					      depth + 1);
			break;
		case SCHEMA_KIND_bytes:
			count = chance(f[i].max + 1);
			memcpy(obj + f[i].count_offset, &count, 4);
			for (uint32_t k = 0; k < count; k++)
				at[k] = (char)chance(256);
			break;
		case SCHEMA_KIND_COUNT:
			break;
		}
	}
}

bool chance_screen_sound(const struct grid *g)
{
	static char dump[1 << 18];

	if (!grid_dump(g, dump, sizeof(dump)))
		return false;
	for (const char *s = dump; *s; s++)
		if ((unsigned char)*s < 0x20 && *s != '\n')
			return false;
	for (int y = 0; y < g->rows; y++) {
		int cells = 0;

		for (int x = 0; x < g->cols; x++) {
			const struct grid_cell *c =
				&g->cell[(size_t)y * (size_t)g->cols +
					 (size_t)x];

			cells += c->width;
			if (c->width == 2 && (x + 1 == g->cols ||
					      (c + 1)->width))
				return false;
		}
		if (cells != g->cols)
			return false;
	}
	return g->cur_y >= 0 && g->cur_y < g->rows && g->cur_x >= 0 &&
	       g->cur_x < g->cols;
}
