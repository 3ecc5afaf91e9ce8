#include "schema/schema_sample.h"

#include <string.h>

SCHEMA_DEFINE(sample_item, SAMPLE_ITEM, "an article");
SCHEMA_DEFINE(sample, SAMPLE, "every kind of field");

/* splitmix64, public domain (Steele, Lea, Flood: OOPSLA 2014). */
uint64_t sample_random(uint64_t *seed)
{
	uint64_t z = (*seed += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* A number of any magnitude: all encodings' lengths come up. */
static uint64_t any_size(uint64_t *seed)
{
	uint64_t bits = sample_random(seed) % 65;

	return bits ? sample_random(seed) >> (64 - bits) : 0;
}

static void any_text(char *to, size_t max, uint64_t *seed)
{
	static const char *const bits[] = { "a", "Z", "7", " ", "\"", "\x7f",
					    "é", "陈", "😀", "\n" };
	size_t want = sample_random(seed) % (max + 1);

	to[0] = '\0';
	for (size_t len = 0;;) {
		const char *c = bits[sample_random(seed) % ARRAY_LEN(bits)];

		len += strlen(c);
		if (len > want)
			return;
		memcpy(to + len - strlen(c), c, strlen(c) + 1);
	}
}

void sample_fill(struct sample *s, uint64_t *seed)
{
	memset(s, 0, sizeof(*s));
	s->small = (uint8_t)(any_size(seed) % 101);
	s->port = (uint16_t)any_size(seed);
	s->id = (uint32_t)any_size(seed);
	s->wide = any_size(seed);
	s->tz_min = (int32_t)(sample_random(seed) % 1681) - 840;
	s->at_ms = (int64_t)any_size(seed);
	s->on = sample_random(seed) & 1;
	any_text(s->name, 40, seed);
	any_text(s->number, 15, seed);
	any_text(s->pass, 20, seed);
	s->blob_len = (uint32_t)(any_size(seed) % 301);
	for (uint32_t i = 0; i < s->blob_len; i++)
		s->blob[i] = (uint8_t)sample_random(seed);
	s->items_count = (uint32_t)(sample_random(seed) % 21);
	for (uint32_t i = 0; i < s->items_count; i++) {
		s->items[i].code = (uint16_t)any_size(seed);
		any_text(s->items[i].label, 12, seed);
	}
}
