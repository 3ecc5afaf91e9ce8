#include "base/t.h"

#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

#include "schema/schema_sample.h"

enum { ROUNDS = 400 };

/* Decodes from a buffer of exactly len bytes, so that ASan sees one too many. */
static enum err decode_exact(const void *bytes, size_t len, struct sample *out)
{
	uint8_t *exact = malloc(len ? len : 1);

	if (len)
		memcpy(exact, bytes, len);
	enum err e = schema_decode(&sample_schema, exact, len, out);

	free(exact);
	return e;
}

static bool is_all_zero(const void *p, size_t n)
{
	const uint8_t *b = p;

	while (n--)
		if (*b++)
			return false;
	return true;
}

static void test_round_trips(void **state)
{
	uint64_t seed = 1;
	uint8_t buf[4096], again[4096];

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct sample in, out;
		size_t len, len2;

		sample_fill(&in, &seed);
		T_OK(!schema_encode(&sample_schema, &in, buf, sizeof(buf),
				    &len), "round %d encodes", i);
		T_OK(len <= schema_max_len(&sample_schema), "within the bound");
		T_OK(!decode_exact(buf, len, &out), "round %d decodes", i);
		T_OK(!schema_encode(&sample_schema, &out, again, sizeof(again),
				    &len2) && len == len2 &&
		     !memcmp(buf, again, len), "round %d: same bytes", i);
		T_OK(in.tz_min == out.tz_min && in.at_ms == out.at_ms &&
		     in.wide == out.wide && !strcmp(in.name, out.name) &&
		     in.items_count == out.items_count,
		     "round %d: same values", i);
	}
}

static void test_every_truncation_is_refused(void **state)
{
	uint64_t seed = 2;
	uint8_t buf[4096];

	(void)state;
	for (int i = 0; i < 20; i++) {
		struct sample in, out;
		size_t len;

		sample_fill(&in, &seed);
		T_OK(!schema_encode(&sample_schema, &in, buf, sizeof(buf),
				    &len), "encodes");
		for (size_t cut = 0; cut < len; cut++) {
			memset(&out, 0xa5, sizeof(out));
			T_OK(decode_exact(buf, cut, &out) == ERR_FORMAT,
			     "cut at %zu of %zu is refused", cut, len);
			T_OK(is_all_zero(&out, sizeof(out)),
			     "cut at %zu leaves zeroes", cut);
		}
		buf[len] = 0xc0;
		T_OK(decode_exact(buf, len + 1, &out) == ERR_FORMAT,
		     "a byte too many is refused");
	}
}

static void test_short_buffers_are_full(void **state)
{
	uint64_t seed = 3;
	struct sample in;
	uint8_t buf[4096];
	size_t len, unused;

	(void)state;
	sample_fill(&in, &seed);
	T_OK(!schema_encode(&sample_schema, &in, buf, sizeof(buf), &len),
	     "encodes");
	for (size_t cap = 0; cap < len; cap++) {
		uint8_t *exact = malloc(cap ? cap : 1);

		T_OK(schema_encode(&sample_schema, &in, exact, cap, &unused) ==
		     ERR_FULL, "%zu bytes are too few", cap);
		free(exact);
	}
}

/* Bytes by hand; the sentence says what a decoder must make of them. */
static const struct {
	const char *what;
	const char *hex;
	enum err want;
} bytes[] = {
	{ "an empty map is all zero",              "80", ERR_OK },
	{ "no bytes are no message",               "", ERR_FORMAT },
	{ "an array is not a message",             "90", ERR_FORMAT },
	{ "small = 100",                           "810164", ERR_OK },
	{ "small = 101 is over its max",           "810165", ERR_FORMAT },
	{ "an explicit zero is not canonical",     "810100", ERR_FORMAT },
	{ "5 in two bytes is not the shortest",    "8101cc05", ERR_FORMAT },
	{ "128 in two bytes is",                   "8102cc80", ERR_OK },
	{ "65536 does not fit a u16",       "8102ce00010000", ERR_FORMAT },
	{ "a negative for an unsigned",            "8102ff", ERR_FORMAT },
	{ "tags out of order",                     "8202010101", ERR_FORMAT },
	{ "a tag twice",                           "8201010101", ERR_FORMAT },
	{ "tag 0 is nobody's",                     "810001", ERR_FORMAT },
	{ "a text for a number",                   "8101a161", ERR_FORMAT },
	{ "tz -480",                               "8105d1fe20", ERR_OK },
	{ "tz -841 is over its max",               "8105d1fcb7", ERR_FORMAT },
	{ "-1 in two bytes is not the shortest",   "8105d0ff", ERR_FORMAT },
	{ "5 as a signed form",                    "8105d005", ERR_FORMAT },
	{ "-128 in three bytes",                   "8106d1ff80", ERR_FORMAT },
	{ "i64 minimum",            "8106d38000000000000000", ERR_OK },
	{ "2^63 does not fit an i64", "8106cf8000000000000000", ERR_FORMAT },
	{ "true",                                  "8107c3", ERR_OK },
	{ "false is left out, never sent",         "8107c2", ERR_FORMAT },
	{ "nil is not a value here",               "8107c0", ERR_FORMAT },
	{ "a name",                                "8108a3416461", ERR_OK },
	{ "a NUL inside a name",                   "8108a3410061", ERR_FORMAT },
	{ "half a UTF-8 character",                "8108a2e999", ERR_FORMAT },
	{ "an overlong UTF-8 slash",               "8108a2c0af", ERR_FORMAT },
	{ "a short name in the long form",         "8108d90141", ERR_FORMAT },
	{ "an empty name is left out",             "8108a0", ERR_FORMAT },
	{ "bytes",                                 "810bc40201ff", ERR_OK },
	{ "bytes that claim 4 GB",                 "810bc6ffffffff00", ERR_FORMAT },
	{ "rows",                                  "810c918101cd1000", ERR_OK },
	{ "an empty row",                          "810c9180", ERR_OK },
	{ "rows that claim 4 billion",             "810cddffffffff80", ERR_FORMAT },
	{ "21 rows where 20 are the bound",
	  "810cdc0015808080808080808080808080808080808080808080", ERR_FORMAT },
	{ "an unknown tag is skipped",             "810d01", ERR_OK },
	{ "an unknown map of arrays is skipped",   "810d81a16b9201c0", ERR_OK },
	{ "unknown float, ext, fixext, bin",
	  "820dcb00000000000000000ec7020105060708", ERR_FORMAT },
	{ "unknown float and ext",
	  "820dcb00000000000000000ec702010506", ERR_OK },
	{ "unknown fixext 16",
	  "810dd80100000000000000000000000000000000", ERR_OK },
	{ "an unknown array of 4 billion",         "810dddffffffff", ERR_FORMAT },
	{ "an unknown map of 4 billion",           "810ddfffffffff", ERR_FORMAT },
	{ "unknown, cut in its body",              "810da3", ERR_FORMAT },
	{ "0xc1 is no msgpack",                    "810dc1", ERR_FORMAT },
	{ "the five bytes of msgpack-c #1013",     "dfffffffff", ERR_FORMAT },
};

static size_t from_hex(const char *hex, uint8_t *to)
{
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], 0 };

		to[i] = (uint8_t)strtoul(two, NULL, 16);
	}
	return n;
}

static void test_bytes_by_hand(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bytes); i++) {
		uint8_t in[256], back[256];
		struct sample out;
		size_t len = from_hex(bytes[i].hex, in), len2;
		uint32_t unknown = 0;

		T_OK(decode_exact(in, len, &out) == bytes[i].want, "%s",
		     bytes[i].what);
		if (bytes[i].want)
			continue;
		T_OK(!schema_decode_noting(&sample_schema, in, len, &out,
					   &unknown), "%s", bytes[i].what);
		T_OK(!schema_encode(&sample_schema, &out, back, sizeof(back),
				    &len2), "%s: encodes", bytes[i].what);
		T_OK(unknown || (len == len2 && !memcmp(in, back, len)),
		     "%s: to the same bytes", bytes[i].what);
	}
}

/* Each valid encoding with one byte changed: accepted means canonical. */
static void test_changed_bytes(void **state)
{
	uint64_t seed = 4;
	uint8_t buf[4096], back[4096];
	int accepted = 0;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct sample in, out;
		size_t len, len2;
		uint32_t unknown;

		sample_fill(&in, &seed);
		T_OK(!schema_encode(&sample_schema, &in, buf, sizeof(buf),
				    &len), "encodes");
		for (int k = 0; k < 20; k++) {
			size_t at = sample_random(&seed) % len;
			uint8_t was = buf[at];

			buf[at] = (uint8_t)sample_random(&seed);
			if (!schema_decode_noting(&sample_schema, buf, len,
						  &out, &unknown)) {
				accepted++;
				T_OK(!schema_encode(&sample_schema, &out, back,
						    sizeof(back), &len2) &&
				     (unknown || (len == len2 &&
						  !memcmp(buf, back, len))),
				     "what was accepted encodes the same");
			}
			buf[at] = was;
		}
	}
	T_OK(accepted > ROUNDS, "the test met enough accepted messages");
}

/* msgpack-c's own unpacker reads what we send: it is msgpack, not a dialect. */
static void test_msgpack_c_agrees(void **state)
{
	struct sample in = { .id = 7, .at_ms = -5, .on = true, .name = "Ada" };
	char buf[64], text[128];
	size_t len;
	msgpack_unpacked u;

	(void)state;
	T_OK(!schema_encode(&sample_schema, &in, buf, sizeof(buf), &len), "ok");
	msgpack_unpacked_init(&u);
	T_OK(msgpack_unpack_next(&u, buf, len, NULL) == MSGPACK_UNPACK_SUCCESS,
	     "msgpack-c reads it");
	msgpack_object_print_buffer(text, sizeof(text), u.data);
	T_OK(!strcmp(text, "{3=>7, 6=>-5, 7=>true, 8=>\"Ada\"}"), "%s", text);
	msgpack_unpacked_destroy(&u);
}

static void test_check_names_the_field(void **state)
{
	struct sample s = { .items_count = 2 };
	const char *field = NULL;
	uint8_t buf[64];
	size_t len = 77;

	(void)state;
	T_OK(!schema_check(&sample_schema, &s, &field), "zeroes are fine");
	s.small = 101;
	T_OK(schema_check(&sample_schema, &s, &field) == ERR_ARG &&
	     !strcmp(field, "small"), "101 %% is too much");
	s.small = 0;
	memcpy(s.items[1].label, "\xff", 2);
	T_OK(schema_check(&sample_schema, &s, &field) == ERR_FORMAT &&
	     !strcmp(field, "label"), "a row's text is checked");
	memset(s.items[1].label, 'x', sizeof(s.items[1].label));
	T_OK(schema_encode(&sample_schema, &s, buf, sizeof(buf), &len) ==
	     ERR_ARG && len == 77, "a text without its NUL is refused");
	s.items_count = 21;
	T_OK(schema_check(&sample_schema, &s, &field) == ERR_ARG &&
	     !strcmp(field, "items"), "a count over its bound is refused");
}

static void test_print_keeps_secrets(void **state)
{
	struct sample s = {
		.id = 7, .tz_min = -480, .on = true, .name = "A\"d\na",
		.number = "8613812342231", .pass = "hunter2", .blob_len = 3,
		.items_count = 2, .items = { { 5, "tea" }, { 0, "" } },
	};
	char text[512];

	(void)state;
	T_OK(schema_print(&sample_schema, &s, text, sizeof(text)), "it fits");
	T_OK(!strcmp(text, "id=7 tz_min=-480 on=yes name=\"A\\\"d?a\" "
		     "number=\"138****2231\" pass=*** blob=<3 bytes> "
		     "items=[{code=5 label=\"tea\"} {}]"), "%s", text);
	T_OK(!schema_print(&sample_schema, &s, text, 20) &&
	     strlen(text) < 20, "a cut line says so");
	T_OK(schema_describe(&sample_schema, text, sizeof(text)) ||
	     strlen(text) < sizeof(text), "the table stays in its buffer");
	T_OK(strstr(text, "a share [%]"), "the table has its sentences");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_every_truncation_is_refused),
		cmocka_unit_test(test_short_buffers_are_full),
		cmocka_unit_test(test_bytes_by_hand),
		cmocka_unit_test(test_changed_bytes),
		cmocka_unit_test(test_msgpack_c_agrees),
		cmocka_unit_test(test_check_names_the_field),
		cmocka_unit_test(test_print_keeps_secrets),
	};

	return T_RUN(tests);
}
