/*
 * Sounds made at start, seeded: speech-like syllables (a pulse train through
 * three formants, now and then a fricative's noise), machines' greetings,
 * and the tones of FACTS 2.2 (cn).  Nobody understands them; detectors of
 * energy, syllables, pauses and tones take them for what they stand for.
 */
#include "carrier/carrier.h"

#include <math.h>
#include <stdlib.h>

enum { RATE = 8000 };

/* ITU-T G.711 by its segments: no table to mistype. */
uint8_t law_encode(int16_t pcm, bool a_law)
{
	int v = pcm, sign = v < 0 ? 0x80 : 0, seg = 7;

	if (a_law) {
		v = v < 0 ? -v - 1 : v;
		while (seg > 0 && !(v & (0x80 << seg)))
			seg--;
		v = seg ? seg << 4 | ((v >> (seg + 3)) & 0x0f) : v >> 4;
		return (uint8_t)((v | (sign ? 0 : 0x80)) ^ 0x55);
	}
	v = MIN(v < 0 ? -v : v, 32635) + 132;
	while (seg > 0 && !(v & (0x80 << seg)))
		seg--;
	return (uint8_t)~(sign | seg << 4 | ((v >> (seg + 3)) & 0x0f));
}

int16_t law_decode(uint8_t byte, bool a_law)
{
	if (a_law) {
		int b = byte ^ 0x55, seg = b >> 4 & 7, v = (b & 0x0f) << 4;

		v = seg ? (v + 0x108) << (seg - 1) : v + 8;
		return (int16_t)(b & 0x80 ? v : -v);
	}
	int b = ~byte & 0xff, seg = b >> 4 & 7;
	int v = ((((b & 0x0f) << 3) + 132) << seg) - 132;

	return (int16_t)(b & 0x80 ? -v : v);
}

static bool clip_alloc(struct clip *c, double seconds)
{
	c->len = (size_t)(seconds * RATE) / FRAME * FRAME;
	c->pcm = calloc(c->len, sizeof(*c->pcm));
	c->law[0] = malloc(c->len);
	c->law[1] = malloc(c->len);
	return c->pcm && c->law[0] && c->law[1];
}

static void clip_done(struct clip *c)
{
	for (size_t i = 0; i < c->len; i++) {
		c->law[0][i] = law_encode(c->pcm[i], false);
		c->law[1][i] = law_encode(c->pcm[i], true);
	}
}

static void clip_free(struct clip *c)
{
	free(c->pcm);
	free(c->law[0]);
	free(c->law[1]);
}

static void add_tone(struct clip *c, double from_s, double len_s, double hz,
		     double amp)
{
	size_t at = (size_t)(from_s * RATE), n = (size_t)(len_s * RATE);

	for (size_t i = 0; i < n && at + i < c->len; i++)
		c->pcm[at + i] = (int16_t)(c->pcm[at + i] + amp *
			sin(2.0 * M_PI * hz * (double)i / RATE));
}

/* One two-pole resonator (Klatt 1980). */
struct formant { double a, b, c, y1, y2; };

static void formant_set(struct formant *f, double hz, double width)
{
	double r = exp(-M_PI * width / RATE);

	f->c = -r * r;
	f->b = 2.0 * r * cos(2.0 * M_PI * hz / RATE);
	f->a = 1.0 - f->b - f->c;
}

static double formant_run(struct formant *f, double x)
{
	double y = f->a * x + f->b * f->y1 + f->c * f->y2;

	f->y2 = f->y1;
	f->y1 = y;
	return y;
}

static const double vowels[][3] = {
	{ 730, 1090, 2440 }, { 270, 2290, 3010 }, { 300, 870, 2240 },
	{ 530, 1840, 2480 }, { 570, 840, 2410 },  { 490, 1350, 1690 },
};

/* One syllable from sample `at`; returns its length. */
static size_t add_syllable(struct clip *c, struct chance *r, size_t at,
			   double f0, double amp)
{
	const double *v = vowels[(unsigned)(chance_unit(r) * ARRAY_LEN(vowels))];
	size_t n = (size_t)(chance_between(r, 0.13, 0.24) * RATE);
	size_t hiss = chance_unit(r) < 0.4 ? n / 4 : 0;
	struct formant f[3] = { { 0 } };
	double phase = 0, tilt = chance_between(r, 0.85, 1.15);

	for (int k = 0; k < 3; k++)
		formant_set(&f[k], v[k], 60 + 40 * k);
	for (size_t i = 0; i < n && at + i < c->len; i++) {
		double t = (double)i / (double)n, x, y;

		if (i < hiss) {
			y = 0.12 * chance_between(r, -1, 1);
		} else {
			phase += f0 * (1 + (tilt - 1) * t) / RATE;
			x = phase >= 1 ? 1 : -0.02;
			if (phase >= 1)
				phase -= 1;
			y = formant_run(&f[0], x) + 0.6 * formant_run(&f[1], x)
			    + 0.3 * formant_run(&f[2], x);
			y *= 5.0;
		}
		y *= sin(M_PI * t) * amp;
		c->pcm[at + i] = (int16_t)MAX(-30000, MIN(30000, y));
	}
	return n;
}

/* Phrases of `lo..hi` syllables with pauses between, until `end_s`. */
static void add_speech(struct clip *c, struct chance *r, double f0,
		       double from_s, double end_s, unsigned lo, unsigned hi,
		       double pause_lo, double pause_hi)
{
	size_t at = (size_t)(from_s * RATE), end = (size_t)(end_s * RATE);

	end = MIN(end, c->len);
	while (at < end) {
		unsigned n = lo + (unsigned)(chance_unit(r) * (hi - lo + 1));

		for (unsigned i = 0; i < n && at < end; i++) {
			double fall = 1.15 - 0.3 * i / n;

			at += add_syllable(c, r, at, f0 * fall, 3500);
			at += (size_t)(chance_between(r, 0, 0.04) * RATE);
		}
		at += (size_t)(chance_between(r, pause_lo, pause_hi) * RATE);
	}
}

static bool make_voice(struct sounds *s, unsigned v, struct chance *r,
		       bool chatty)
{
	double f0 = v % 2 ? chance_between(r, 180, 230)
			  : chance_between(r, 95, 135);
	double greet = chance_between(r, 5.0, 9.0);

	if (!clip_alloc(&s->hello[v], 0.9) || !clip_alloc(&s->talk[v], 40) ||
	    !clip_alloc(&s->greeting[v], greet))
		return false;
	add_speech(&s->hello[v], r, f0, 0.06, 0.7, 2, 3, 1, 1);
	add_speech(&s->talk[v], r, f0, 0.0, 40, 3, 14, chatty ? 0.02 : 0.6,
		   chatty ? 0.1 : 3.5);
	add_speech(&s->greeting[v], r, f0, 0.1, greet - 0.4, 8, 16, 0.12, 0.35);
	clip_done(&s->hello[v]);
	clip_done(&s->talk[v]);
	clip_done(&s->greeting[v]);
	return true;
}

static bool make_tones(struct sounds *s)
{
	if (!clip_alloc(&s->beep, 0.5) || !clip_alloc(&s->ringback, 5) ||
	    !clip_alloc(&s->busy, 0.7) || !clip_alloc(&s->vacant, 1.4) ||
	    !clip_alloc(&s->tone, 1) || !clip_alloc(&s->silence, 0.02))
		return false;
	add_tone(&s->beep, 0, 0.4, 1000, 8000);
	add_tone(&s->ringback, 0, 1, 450, 6000);	/* 1 on, 4 off      */
	add_tone(&s->busy, 0, 0.35, 450, 6000);		/* .35 / .35        */
	for (int i = 0; i < 3; i++)			/* .1/.1 x 3, .4/.4 */
		add_tone(&s->vacant, 0.2 * i, 0.1, 450, 6000);
	add_tone(&s->vacant, 0.6, 0.4, 450, 6000);
	add_tone(&s->tone, 0, 1, 1004, 8000);
	clip_done(&s->beep);
	clip_done(&s->ringback);
	clip_done(&s->busy);
	clip_done(&s->vacant);
	clip_done(&s->tone);
	clip_done(&s->silence);
	return true;
}

enum err sounds_new(uint64_t seed, bool chatty, struct sounds **out)
{
	struct sounds *s = calloc(1, sizeof(*s));
	struct chance r;

	if (!s)
		return ERR_MEMORY;
	chance_init(&r, seed, "sounds", 0);
	for (unsigned v = 0; v < SND_VOICES; v++)
		if (!make_voice(s, v, &r, chatty))
			goto fail;
	if (!make_tones(s))
		goto fail;
	*out = s;
	return ERR_OK;
fail:
	sounds_free(s);
	return ERR_MEMORY;
}

struct sounds *sounds_free(struct sounds *s)
{
	if (!s)
		return NULL;
	for (unsigned v = 0; v < SND_VOICES; v++) {
		clip_free(&s->hello[v]);
		clip_free(&s->talk[v]);
		clip_free(&s->greeting[v]);
	}
	clip_free(&s->beep);
	clip_free(&s->ringback);
	clip_free(&s->busy);
	clip_free(&s->vacant);
	clip_free(&s->tone);
	clip_free(&s->silence);
	free(s);
	return NULL;
}
