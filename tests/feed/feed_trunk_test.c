/* feed_trunk_test -- final answers as the page puts them together. */
#include <string.h>

#include "base/str.h"
#include "base/t.h"
#include "feed/feed_priv.h"

static struct msg_trunk page;

static void answers(const struct dial_code_count *codes, unsigned n, bool zh)
{
	static struct dial_trunk_stat t;

	t = (struct dial_trunk_stat){ .code_count = n };
	memcpy(t.codes, codes, n * sizeof(*codes));
	memset(&page, 0, sizeof(page));
	feed_trunk_answers(&t, zh, &page);
}

static void row(unsigned i, const char *codes, const char *label,
		uint32_t share)
{
	const struct msg_sip_row *r = &page.answers[i];

	T_OK(i < page.answers_count && str_eq(r->codes, codes) &&
	     str_eq(r->label, label) && r->share == share,
	     "%s %s %u is: %s %s %u", codes, label, share, r->codes, r->label,
	     r->share);
}

static void as_the_mock_up(void **unused UNUSED)
{
	static const struct dial_code_count codes[] = {
		{ 200, 330 }, { 480, 200 }, { 487, 130 }, { 486, 112 },
		{ 408, 81 }, { 404, 80 }, { 603, 40 }, { 484, 14 },
		{ 607, 8 }, { 608, 3 }, { 503, 2 },
	};

	answers(codes, ARRAY_LEN(codes), false);
	T_OK(page.answers_count == 7, "what was not seen is not shown");
	row(0, "200", "answered", 3300);
	row(1, "486", "busy", 1120);
	row(2, "480/408", "no answer", 2810);
	row(4, "404/484", "wrong number", 940);
	row(5, "603/607/608", "refused / blocked", 510);
	row(6, "503", "no channel", 20);
	answers(codes, ARRAY_LEN(codes), true);
	row(1, "486", "忙", 1120);
}

static void odd_ones(void **unused UNUSED)
{
	static const struct dial_code_count codes[] = {
		{ 404, 20 }, { 410, 20 }, { 484, 20 }, { 604, 20 },
		{ 0, 10 }, { 403, 5 }, { 488, 3 }, { 415, 1 }, { 420, 1 },
	};
	uint32_t sum = 0;

	answers(codes, 0, false);
	T_OK(!page.answers_count, "no answers, no rows");
	answers(codes, ARRAY_LEN(codes), false);
	T_OK(page.answers_count == 3, "three rows");
	row(0, "200", "answered", 0);
	row(1, "404/410/484+", "wrong number", 8000);
	row(2, "-/403/488+", "other", 2000);
	for (uint32_t i = 0; i < page.answers_count; i++) {
		sum += page.answers[i].share;
		T_OK(strlen(page.answers[i].codes) <= 12, "it fits");
	}
	T_OK(sum == 10000, "nothing is left out (%u)", sum);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_the_mock_up),
		cmocka_unit_test(odd_ones),
	};

	return T_RUN(tests);
}
