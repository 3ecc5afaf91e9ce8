/* The simulated network's parts: laws, chance, sounds. */
#include "carrier/carrier.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/t.h"

static void laws_are_g711(void **state)
{
	/* ITU-T G.711: a byte decoded and encoded again is itself, but for
	 * mu-law's two zeroes; known points of its tables. */
	static const struct { bool a; uint8_t byte; int16_t pcm; } points[] = {
		{ false, 0xff, 0 },    { false, 0x80, 32124 },
		{ false, 0x00, -32124 }, { true, 0xd5, 8 },
		{ true, 0x55, -8 },    { true, 0xaa, 32256 },
		{ true, 0x2a, -32256 },
	};

	(void)state;
	for (int a = 0; a < 2; a++)
		for (int b = 0; b < 256; b++) {
			int16_t pcm = law_decode((uint8_t)b, a);
			uint8_t back = law_encode(pcm, a);

			T_OK(back == b || (!a && b == 0x7f && back == 0xff),
			     "%s 0x%02x -> %d -> 0x%02x", a ? "A" : "mu", b,
			     pcm, back);
		}
	for (size_t i = 0; i < ARRAY_LEN(points); i++)
		T_OK(law_decode(points[i].byte, points[i].a) == points[i].pcm,
		     "byte 0x%02x is %d", points[i].byte, points[i].pcm);
}

static void chance_is_the_number_s(void **state)
{
	struct carrier_opt o = { .rate = { [BEH_PERSON] = .3,
					   [BEH_BUSY] = .1 } };
	unsigned count[BEH_COUNT] = { 0 }, near = 0, far = 0;
	char number[20];

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		struct chance a, b;
		double ring;

		snprintf(number, sizeof(number), "86138%08u", i * 37);
		chance_init(&a, 5, number, 1);
		chance_init(&b, 5, number, 1);
		enum behaviour is = chance_behaviour(&a, &o, number);

		T_OK(is == chance_behaviour(&b, &o, number),
		     "%s goes the same way twice", number);
		count[is]++;
		ring = chance_ring_s(&a);
		near += ring >= 6 && ring <= 10;
		far += ring >= 18 && ring <= 22;
	}
	T_OK(abs((int)count[BEH_PERSON] - 6000) < 300, "30 %% are people: %u",
	     count[BEH_PERSON]);
	T_OK(abs((int)count[BEH_BUSY] - 2000) < 200, "10 %% are busy: %u",
	     count[BEH_BUSY]);
	T_OK(near > 8000 && far > 3500, "rings end at 6-10 s (%u) and 18-22 s"
	     " (%u)", near, far);
}

static void the_last_digits_choose(void **state)
{
	struct carrier_opt o = { .forced = true };
	struct chance c;

	(void)state;
	chance_init(&c, 1, "x", 1);
#define X(id, ends, word, what)                                              \
	do {                                                                 \
		char n[20];                                                  \
		snprintf(n, sizeof(n), "86138000%04d", ends);                \
		T_OK(chance_behaviour(&c, &o, n) == id, "%s is %s", n, word); \
	} while (0);
	CARRIER_BEHAVIOURS(X)
#undef X
}

static double rms(const struct clip *c)
{
	double sum = 0;

	for (size_t i = 0; i < c->len; i++)
		sum += (double)c->pcm[i] * c->pcm[i];
	return sqrt(sum / (double)c->len);
}

static void sounds_are_sounds(void **state)
{
	struct sounds *s;

	(void)state;
	T_OK(!sounds_new(3, false, &s), "made");
	for (unsigned v = 0; v < SND_VOICES; v++) {
		T_OK(rms(&s->hello[v]) > 300 && rms(&s->talk[v]) > 300 &&
		     rms(&s->greeting[v]) > 300, "voice %u is loud enough:"
		     " %.0f %.0f %.0f", v, rms(&s->hello[v]), rms(&s->talk[v]),
		     rms(&s->greeting[v]));
		T_OK(s->greeting[v].len > 4 * 8000, "a greeting is long");
		T_OK(s->hello[v].len % FRAME == 0, "whole frames");
	}
	T_OK(rms(&s->tone) > 5000 && rms(&s->silence) < 1, "tone, silence");
	s = sounds_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(laws_are_g711),
		cmocka_unit_test(chance_is_the_number_s),
		cmocka_unit_test(the_last_digits_choose),
		cmocka_unit_test(sounds_are_sounds),
	};

	return T_RUN(tests);
}
