/*
 * ears -- who, or what, is it?  Pure code: 20 ms of audio in, verdicts out.
 *
 * In      frames of 160 samples, 8 kHz; the tones of a country
 * Out     a verdict now and then, with a rank of confidence
 * Owns    nothing but its struct, which is a plain value
 * Never   reads a clock, allocates, or guesses: what it cannot know is
 *         EARS_UNKNOWN, and the caller then connects the customer
 *
 * Three witnesses look at every frame: the level (ears.c), the country's
 * tones through a Goertzel bank with their cadence (ears_tone.c), and a
 * second-order predictor that knows any single pure tone and its frequency:
 * beeps, SIT, fax (ears_tone.c).  In EARS_ANSWERED the history of levels is
 * judged anew with each frame, so a noise floor learned late still counts.
 */
#ifndef MEDIA_EARS_PRIV_H
#define MEDIA_EARS_PRIV_H

#include "media/media.h"

enum {
	EARS_FRAME = 160,	/* samples: 20 ms                            */
	EARS_FRAME_MS = 20,
	EARS_SEGMENTS = 12,	/* on, off, on, off ... remembered           */
	EARS_CADENCE_MAX = 8,	/* ons and offs of a table row               */
	EARS_FREQS_MAX = 8,	/* different frequencies of one country      */
	EARS_TONES_MAX = 12,	/* rows of one country                       */
	EARS_COUNTRIES_MAX = 32,
	EARS_HISTORY = 128	/* frames of level: 2.56 s                   */
};

struct ears_tone {
	enum ears_verdict means;
	char name[16];
	uint16_t hz[2];		/* hz[1] 0: a single tone                    */
	uint8_t freq[2];	/* places in the country's bank              */
	uint16_t cadence_ms[EARS_CADENCE_MAX];	/* on, off, ...; one: endless */
	uint8_t cadence_len;
};

struct ears_country {
	char code[4];
	struct ears_tone tone[EARS_TONES_MAX];
	unsigned tones;
	uint16_t hz[EARS_FREQS_MAX];
	float coeff[EARS_FREQS_MAX];	/* 2 cos(2 pi f / 8000)              */
	unsigned freqs;
};

struct ears_table {
	struct ears_country country[EARS_COUNTRIES_MAX];
	unsigned countries;
};

/*
 * data/tones.tsv: country, name, means, hz (440 or 440+480), cadence in ms
 * (1000/4000; 0: endless).  ERR_FORMAT with the line in *line.
 */
MUST_CHECK enum err ears_table_read(struct ears_table *t, const char *path,
				    unsigned *line);
/* NULL: not in the table. */
const struct ears_country *ears_table_find(const struct ears_table *t,
					   const char *code);

/* What one frame is, by the tone witnesses. */
struct ears_sound {
	float level_dbov;	/* mean power; -90 for digital silence       */
	uint8_t share_pct[EARS_FREQS_MAX]; /* of the energy, by frequency    */
	bool pure;		/* one sinusoid and nearly nothing else      */
	float pure_hz;
};
void ears_sound_take(struct ears_sound *out, const int16_t *pcm,
		     const struct ears_country *c);

struct ears_run {		/* a pure tone that lasts                    */
	float hz;
	uint16_t frames;
	uint16_t misses;
	bool loud;
};

struct ears_sit {
	uint8_t got;		/* tones of the three so far                 */
	float hz[3];
	uint16_t ms[3];
	uint16_t gap;
};

struct ears {
	const struct ears_country *country;	/* may be NULL               */
	enum ears_phase phase;
	uint32_t frames;
	bool decided;		/* person or machine has been said           */
	bool over;		/* nothing more will be said                 */
	bool machine;
	int16_t last[EARS_FRAME];	/* for the bank's 40 ms window       */
	float level[EARS_HISTORY];
	bool tonal[EARS_HISTORY];
	uint16_t seg_ms[EARS_SEGMENTS];	/* newest last; the last one grows   */
	uint8_t segs;
	bool seg_on;		/* the growing one is a tone                 */
	bool seg_cut;		/* the oldest began before we listened       */
	int8_t seg_pair;	/* the tone row whose frequencies it has     */
	uint8_t flip;		/* frames that disagree with seg_on          */
	uint8_t loud;		/* ... in which something else sounded       */
	uint32_t said;		/* bit per verdict already reported          */
	struct ears_run run;
	struct ears_sit sit;
	uint16_t after_beep;
	bool beep_due;
	bool voiced_ever;
	uint16_t early_voice;	/* frames                                    */
};

struct ears_says {
	enum ears_verdict verdict;
	uint32_t confidence;
};

void ears_init(struct ears *e, enum ears_phase phase,
	       const struct ears_country *c);
/* True: *says is new.  pcm NULL: 20 ms in which nothing arrived. */
bool ears_take(struct ears *e, const int16_t *pcm, struct ears_says *says);

/* Between the files of the ears. */
bool ears_cadence(struct ears *e, const struct ears_sound *s,
		  struct ears_says *says);
bool ears_pure(struct ears *e, const struct ears_sound *s,
	       struct ears_says *says);
bool ears_greeting(struct ears *e, struct ears_says *says);

#endif
