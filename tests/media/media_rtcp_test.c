/* media_rtcp_test -- far ends' reports, true and spoilt. */
#include <stdlib.h>
#include <string.h>

#include "base/t.h"
#include "media/media_rtcp.h"

enum { OURS = 0x01020304 };

/* SR of another's stream, RR with a block of another's and one of ours. */
static const uint8_t compound[] = {
	0x81, 200, 0, 12, 9, 9, 9, 9,			/* SR, one block     */
	0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5,
	7, 7, 7, 7, 50, 0, 0, 99, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0,
	0, 0, 0, 0,
	0x82, 201, 0, 13, 9, 9, 9, 9,			/* RR, two           */
	7, 7, 7, 7, 50, 0, 0, 99, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0,
	0, 0, 0, 0,
	1, 2, 3, 4, 12, 0, 1, 5, 0, 2, 3, 4, 0, 0, 0, 80, 0, 0, 0, 0,
	0, 0, 0, 0,
	0x81, 202, 0, 2, 9, 9, 9, 9, 1, 0, 0, 0,	/* SDES, an empty name */
};

/* From the heap, so that a read behind the end is seen. */
static enum err parse(const uint8_t *b, size_t len, struct rtcp_report *r)
{
	uint8_t *exact = malloc(len ? len : 1);
	enum err e;

	T_OK(exact, "memory");
	memcpy(exact, b, len);
	*r = (struct rtcp_report){ 77, 77, 77 };
	e = rtcp_parse(exact, len, OURS, r);
	free(exact);
	return e;
}

static void whole(void **state UNUSED)
{
	struct rtcp_report r;

	T_OK(rtcp_is(compound, sizeof(compound)), "it is RTCP");
	T_OK(!parse(compound, sizeof(compound), &r) && r.lost == 261 &&
	     r.ext_seq == 0x020304 && r.jitter == 80,
	     "our block: 261 lost (%u), jitter 80 (%u)", r.lost, r.jitter);
	T_OK(parse(compound, 52, &r) == ERR_ABSENT && r.lost == 77,
	     "a report about another says nothing of us");
}

static void negative(void **state UNUSED)
{
	uint8_t b[sizeof(compound)];
	struct rtcp_report r;

	memcpy(b, compound, sizeof(b));
	b[52 + 8 + 24 + 5] = 0xff;	/* duplicates: less than none lost */
	T_OK(!parse(b, sizeof(b), &r) && !r.lost, "no loss below 0 (%u)",
	     r.lost);
}

static void spoilt(void **state UNUSED)
{
	static const struct { const char *what; size_t at; uint8_t v; } bad[] = {
		{ "version 1", 0, 0x41 }, { "RTP", 1, 8 },
		{ "more blocks than octets", 0, 0x83 },
		{ "longer than it is", 3, 200 },
		{ "a second one of version 0", 52, 0x02 },
		{ "a last one too long", sizeof(compound) - 9, 3 },
	};
	uint8_t b[sizeof(compound)];
	struct rtcp_report r;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		memcpy(b, compound, sizeof(b));
		b[bad[i].at] = bad[i].v;
		T_OK(parse(b, sizeof(b), &r) == ERR_FORMAT && r.lost == 77,
		     "%s: nothing of it counts", bad[i].what);
	}
	for (size_t n = 0; n < sizeof(compound); n++) {
		enum err e = parse(compound, n, &r);
		bool end = n == 52 || n == sizeof(compound) - 12;

		T_OK(e == (end ? n == 52 ? ERR_ABSENT : ERR_OK : ERR_FORMAT),
		     "cut at %zu: %s", n, err_text(e));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(negative),
		cmocka_unit_test(spoilt),
	};

	return T_RUN(tests);
}
