/*
 * corpus -- sounds for the ears, made by rule from a seed: no recordings of
 * anybody.  Speech is a pulse train through three moving formants with
 * syllables, pauses and breath; enough for what the ears look at (level over
 * time, harmonics that move), not for a listener.
 */
#ifndef TESTS_MEDIA_CORPUS_H
#define TESTS_MEDIA_CORPUS_H

#include <stdint.h>

enum { CORPUS_HZ = 8000, CORPUS_MAX = 12 * CORPUS_HZ };

struct corpus {
	int16_t pcm[CORPUS_MAX];
	unsigned at;		/* samples so far                            */
	uint64_t seed;
};

void corpus_begin(struct corpus *c, uint64_t seed);
/* In [lo, hi], from the seed. */
unsigned corpus_pick(struct corpus *c, unsigned lo, unsigned hi);
void corpus_quiet(struct corpus *c, unsigned ms);
/* level: RMS [dBov], about -25 for speech. */
void corpus_tone(struct corpus *c, unsigned ms, double hz1, double hz2,
		 double level);
void corpus_speech(struct corpus *c, unsigned ms, double level);
/* Words with gaps of at most gap_ms, until ms are over. */
void corpus_talk(struct corpus *c, unsigned ms, unsigned gap_ms, double level);
/* Noise over all of it; level: RMS [dBov]. */
void corpus_noise(struct corpus *c, double level);
/* Through PCMA and back: what the line does. */
void corpus_line(struct corpus *c);

#endif
