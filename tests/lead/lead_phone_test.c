/*
 * Phone numbers as people write them, and the cache against the library.
 */
#include "base/t.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "lead/lead_import.h"
#include "lead/lead_import_priv.h"

static const struct {
	const char *what, *country, *raw, *want;	/* NULL: refused     */
	bool repaired;
} cases[] = {
	{ "a mobile", "CN", "13800138000", "8613800138000", false },
	{ "with spaces", "CN", " 138 0013 8000 ", "8613800138000", false },
	{ "with the country", "CN", "+86 138-0013-8000", "8613800138000",
	  false },
	{ "with 00", "CN", "008613800138000", "8613800138000", false },
	{ "with 86 alone", "CN", "8613800138000", "8613800138000", false },
	{ "full-width digits", "CN", "１３８００１３８０００", "8613800138000",
	  false },
	{ "a full-width plus", "CN", "＋８６１３８００１３８０００",
	  "8613800138000", false },
	{ "no-break spaces", "CN", "138\xc2\xa0" "00138000", "8613800138000",
	  false },
	{ "a fixed line", "CN", "021-12345678", "862112345678", false },
	{ "a fixed line that lost its zero", "CN", "2112345678",
	  "862112345678", false },
	{ "an en dash", "CN", "021–12345678", "862112345678", false },
	{ "a mark of direction before it", "CN", "\xe2\x80\xad" "13800138000",
	  "8613800138000", false },
	{ "Excel's apostrophe", "CN", "'13800138000", "8613800138000", false },
	{ "Excel's formula", "CN", "=\"13800138000\"", "8613800138000",
	  false },
	{ "Excel's decimals", "CN", "13800138000.0", "8613800138000", true },
	{ "Excel's thousands", "CN", "13,800,138,000", "8613800138000", true },
	{ "every digit in the mantissa", "CN", "1.3800138001E+10",
	  "8613800138001", true },
	{ "a mantissa too short", "CN", "1.38001E+10", NULL, false },
	{ "1.38E+10", "CN", "1.38E+10", NULL, false },
	{ "1E9", "CN", "1E9", NULL, false },
	{ "####", "CN", "####", NULL, false },
	{ "eleven digits that are none", "CN", "12345678901", NULL, false },
	{ "too short", "CN", "1380013", NULL, false },
	{ "too long", "CN", "138001380001", NULL, false },
	{ "much too long", "CN", "138001380001380013800013800", NULL, false },
	{ "two pluses", "CN", "++8613800138000", NULL, false },
	{ "a plus inside", "CN", "138+00138000", NULL, false },
	{ "letters", "CN", "1380013800a", NULL, false },
	{ "a name", "CN", "王芳", NULL, false },
	{ "empty", "CN", "", NULL, false },
	{ "spaces", "CN", "   ", NULL, false },
	{ "bad UTF-8", "CN", "138\xff" "00138000", NULL, false },
	{ "the United States", "US", "(212) 555-1234", "12125551234", false },
	{ "with a leading one", "US", "1-212-555-1234", "12125551234", false },
	{ "with dots", "US", "212.555.1234", "12125551234", false },
	{ "another country's", "US", "+44 7911 123456", "447911123456",
	  false },
	{ "Britain", "GB", "07911 123456", "447911123456", false },
	{ "Britain, the zero lost", "GB", "7911123456", "447911123456",
	  false },
	{ "Italy keeps its zero", "IT", "06 1234 5678", "390612345678",
	  false },
	{ "France, the zero lost", "FR", "612345678", "33612345678", false },
	{ "Germany", "DE", "0151 12345678", "4915112345678", false },
	{ "no such country", "ZZ", "13800138000", NULL, false },
	{ "no such country, in full", "ZZ", "+8613800138000", "8613800138000",
	  false },
};

static void written(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char e164[16] = "", cached[16] = "";
		const char *why = NULL;
		bool repaired;
		struct phone_cache *c;
		enum err e = lead_phone_parse(cases[i].raw, cases[i].country,
					      e164, &why, &repaired);

		T_OK((e == ERR_OK) == (cases[i].want != NULL), "%s: %s",
		     cases[i].what, e ? why : e164);
		T_OK(e || str_eq(e164, cases[i].want), "%s: %s",
		     cases[i].what, e164);
		T_OK(e || repaired == cases[i].repaired, "%s: mended?",
		     cases[i].what);
		T_OK(!e || (why && *why), "%s: says why", cases[i].what);
		T_OK(!phone_cache_new(cases[i].country, &c), "a cache");
		for (int twice = 0; twice < 2; twice++)
			T_OK(phone_parse(c, cases[i].raw, strlen(cases[i].raw),
					 cached, &why, &repaired) == e &&
				     (e || str_eq(cached, e164)),
			     "%s: the cache says %s", cases[i].what, cached);
		phone_cache_free(c);
	}
}

static void same(struct phone_cache *c, const char *country, const char *raw)
{
	char a[16] = "", b[16] = "";
	const char *why_a, *why_b;
	bool ra, rb;
	enum err ea = lead_phone_parse(raw, country, a, &why_a, &ra);
	enum err eb = phone_parse(c, raw, strlen(raw), b, &why_b, &rb);

	T_OK(ea == eb && str_eq(a, b) && ra == rb &&
		     (!ea || str_eq(why_a, why_b)),
	     "%s in %s: library %s, cache %s", raw, country, ea ? why_a : a,
	     eb ? why_b : b);
}

/*
 * The cache's answer hangs on the leading digits alone: so each prefix is
 * asked with several ends, the first of which fills the cache.
 */
static void equal(void **state)
{
	static const char *const countries[] = { "US", "GB", "FR", "DE", "IT" };
	static const unsigned ends[] = { 0, 999999, 123456, 544444 };
	struct phone_cache *c;
	char raw[24];
	uint32_t seed = 5;

	(void)state;
	T_OK(!phone_cache_new("CN", &c), "a cache");
	/* Every Chinese mobile prefix of four digits, a fifth at random. */
	for (unsigned p = 1300; p < 2000; p++) {
		for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
			str_fmt(raw, sizeof(raw), "%u%u%06u", p,
				(p * 7 + p / 10) % 10, ends[i]);
			same(c, "CN", raw);
		}
	}
	/* 1740[0-5] is in use, 1740[6-9] is not: as deep as the plan goes. */
	for (unsigned p = 17390; p < 17420; p++) {
		for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
			str_fmt(raw, sizeof(raw), "+86%u%06u", p, ends[i]);
			same(c, "CN", raw);
		}
	}
	phone_cache_free(c);
	for (size_t k = 0; k < ARRAY_LEN(countries); k++) {
		T_OK(!phone_cache_new(countries[k], &c), "a cache");
		for (unsigned n = 0; n < 500; n++) {
			seed = seed * 1664525 + 1013904223;
			str_fmt(raw, sizeof(raw), "%s%u",
				seed >> 30 ? "" : "0",
				200000000u + (seed >> 4));
			same(c, countries[k], raw);
			/* The same leading digits, another end. */
			size_t all = strlen(raw);

			for (unsigned d = 0; d < 4; d++)
				raw[all - 1 - d] = (char)('0' + (n + d) % 10);
			same(c, countries[k], raw);
		}
		phone_cache_free(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written),
		cmocka_unit_test(equal),
	};

	return T_RUN(tests);
}
