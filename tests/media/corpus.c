#include "media/corpus.h"

#include <math.h>
#include <string.h>

#include "media/media_g711.h"

static double frand(struct corpus *c)
{
	/* SplitMix64: good enough, and the same everywhere. */
	uint64_t z = c->seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

void corpus_begin(struct corpus *c, uint64_t seed)
{
	memset(c, 0, sizeof(*c));
	c->seed = seed * 7919 + 1;
}

unsigned corpus_pick(struct corpus *c, unsigned lo, unsigned hi)
{
	return lo + (unsigned)(frand(c) * (hi - lo + 1));
}

static void put(struct corpus *c, double v)
{
	if (c->at < CORPUS_MAX)
		c->pcm[c->at++] = g711_sat((int32_t)lround(v));
}

void corpus_quiet(struct corpus *c, unsigned ms)
{
	for (unsigned i = 0; i < ms * 8; i++)
		put(c, 0);
}

static double rms_of(double level)
{
	return 32768 * pow(10, level / 20);
}

void corpus_tone(struct corpus *c, unsigned ms, double hz1, double hz2,
		 double level)
{
	double peak = rms_of(level) * (hz2 > 0 ? 1 : M_SQRT2);

	for (unsigned i = 0; i < ms * 8; i++) {
		double t = 2 * M_PI * i / CORPUS_HZ;

		put(c, peak * (sin(t * hz1) + (hz2 > 0 ? sin(t * hz2) : 0)));
	}
}

struct formant {
	double y1, y2;
};

static double resonate(struct formant *f, double x, double hz, double width)
{
	double r = exp(-M_PI * width / CORPUS_HZ);
	double y = x * (1 - r) + 2 * r * cos(2 * M_PI * hz / CORPUS_HZ) * f->y1
		   - r * r * f->y2;

	f->y2 = f->y1;
	f->y1 = y;
	return y;
}

void corpus_speech(struct corpus *c, unsigned ms, double level)
{
	struct formant f[3] = { { 0, 0 }, { 0, 0 }, { 0, 0 } };
	unsigned start = c->at, n = ms * 8, left = 0, syllable = 1;
	double f0 = 90 + 140 * frand(c), phase = 0, hz[3] = { 500, 1500, 2500 };
	double sum = 0, gain;

	for (unsigned i = 0; i < n; i++) {
		double x = 0, shape;

		if (!left) {			/* a new syllable */
			left = syllable = corpus_pick(c, 900, 2000);
			hz[0] = 300 + 500 * frand(c);
			hz[1] = 900 + 1300 * frand(c);
			hz[2] = 2300 + 600 * frand(c);
		}
		shape = sin(M_PI * left / syllable);
		left--;
		phase += f0 * (1 + 0.15 * shape) / CORPUS_HZ;
		if (phase >= 1) {
			phase -= 1;
			x = 1;
		}
		x += 0.02 * (frand(c) - .5);
		put(c, 10000 * (0.1 + shape) *
		    (resonate(&f[0], x, hz[0], 80) +
		     resonate(&f[1], x, hz[1], 100) * .6 +
		     resonate(&f[2], x, hz[2], 140) * .3));
	}
	for (unsigned i = start; i < c->at; i++)
		sum += (double)c->pcm[i] * c->pcm[i];
	gain = sum > 0 ? rms_of(level) / sqrt(sum / (c->at - start + 1)) : 0;
	for (unsigned i = start; i < c->at; i++)
		c->pcm[i] = g711_sat((int32_t)lround(c->pcm[i] * gain));
}

void corpus_talk(struct corpus *c, unsigned ms, unsigned gap_ms, double level)
{
	unsigned end = c->at + ms * 8;

	while (c->at < end && c->at < CORPUS_MAX) {
		unsigned word = corpus_pick(c, 200, 700);
		unsigned left = (end - c->at) / 8;

		corpus_speech(c, left < word + 150 ? left : word, level);
		if (c->at + 100 * 8 < end)
			corpus_quiet(c, corpus_pick(c, 40, gap_ms));
	}
}

void corpus_noise(struct corpus *c, double level)
{
	double rms = rms_of(level), low = 0;

	for (unsigned i = 0; i < c->at; i++) {
		/* Rooms hum more than they hiss. */
		low += 0.3 * ((frand(c) - .5) - low);
		c->pcm[i] = g711_sat(c->pcm[i] +
				     (int32_t)lround(low * rms * 8.2));
	}
}

void corpus_line(struct corpus *c)
{
	struct g711 g;

	g711_init(&g);
	for (unsigned i = 0; i < c->at; i++)
		c->pcm[i] = g.dec[G711_A][g711_enc(&g, G711_A, c->pcm[i])];
}
