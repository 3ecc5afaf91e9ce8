/*
 * ears.c -- person or machine, from how long a greeting is.
 *
 * People say a word or two and wait; machines talk on.  So: a greeting and
 * then 0.4 s of silence is a person, one that goes on for 1.8 s a machine,
 * and at 2.5 s it is over: what is undecided then is unknown, and the caller
 * connects it.  The numbers are app_amd's shape with the shorter times that
 * the 2 s rule (16 CFR 310.4(b)(4), FACTS 1) and amdtuner's advice ask for.
 */
#include "media/ears_priv.h"

#include <math.h>
#include <string.h>

enum {
	AFTER_GREETING_MS = 400,
	TOTAL_MS = 2500,
	PERSON_MIN_MS = 100,	/* of voice: less is a click                 */
	PERSON_SURE_MS = 900,
	MACHINE_MS = 1800,
	MACHINE_LATE_MS = 1500,	/* at the total limit, still talking         */
	LATE_QUIET_MS = 200,	/* ... longer, and it may just have ended    */
	WORD_MIN = 3,		/* frames: shorter is a click                */
	BEEP_WAIT_MS = 60000,	/* after "machine", for its beep             */
	EARLY_VOICE_FRAMES = 100	/* 2 s of something: an announcement */
};

/* All in dBov. */
static const float floor_low = -70, floor_high = -25, over_floor = 10;
static const float under_peak = 28, voice_least = -46, early_voice = -40;

struct greeting {
	unsigned first, last;	/* frames                                    */
	unsigned voiced;
	bool any;
};

void ears_init(struct ears *e, enum ears_phase phase,
	       const struct ears_country *c)
{
	memset(e, 0, sizeof(*e));
	e->phase = phase;
	e->country = c;
}

/* The lowest mean of three frames, and the loudest frame. */
static float threshold(const struct ears *e, unsigned n)
{
	float low = 0, peak = -90;

	for (unsigned i = 0; i < n; i++) {
		float three = i < 2 ? 0 : (e->level[i] + e->level[i - 1] +
					   e->level[i - 2]) / 3;

		low = fminf(low, three);
		if (!e->tonal[i])
			peak = fmaxf(peak, e->level[i]);
	}
	low = fmaxf(floor_low, fminf(floor_high, low));
	return fmaxf(voice_least, fmaxf(low + over_floor, peak - under_peak));
}

/* Judges all that was heard, with the noise floor as known by now. */
static struct greeting greeting_find(const struct ears *e, unsigned n)
{
	struct greeting g = { 0 };
	float least = threshold(e, n);
	unsigned run = 0;

	for (unsigned i = 0; i < n; i++) {
		run = e->level[i] > least && !e->tonal[i] ? run + 1 : 0;
		if (run < WORD_MIN)
			continue;
		if (!g.any)
			g.first = i + 1 - run;
		g.any = true;
		g.voiced += run == WORD_MIN ? WORD_MIN : 1;
		g.last = i;
	}
	return g;
}

static uint32_t person_rank(unsigned ms)
{
	if (ms <= PERSON_SURE_MS)
		return 90;
	return ms >= MACHINE_MS ? 50 :
	       90 - (ms - PERSON_SURE_MS) * 40 / (MACHINE_MS - PERSON_SURE_MS);
}

bool ears_greeting(struct ears *e, struct ears_says *says)
{
	unsigned n = MIN(e->frames, (uint32_t)EARS_HISTORY);
	struct greeting g = greeting_find(e, n);
	unsigned ms = g.any ? (g.last + 1 - g.first) * EARS_FRAME_MS : 0;
	unsigned voiced_ms = g.voiced * EARS_FRAME_MS;
	unsigned quiet_ms = g.any ? (n - 1 - g.last) * EARS_FRAME_MS : 0;
	bool late = n * EARS_FRAME_MS >= TOTAL_MS;
	bool talks = g.any && quiet_ms < AFTER_GREETING_MS;
	bool dense = voiced_ms * 2 >= ms;

	e->voiced_ever |= voiced_ms >= PERSON_MIN_MS;
	if (voiced_ms >= PERSON_MIN_MS && !talks && ms < MACHINE_MS)
		*says = (struct ears_says){ EARS_PERSON, person_rank(ms) };
	else if (talks && dense && ms >= MACHINE_MS)
		*says = (struct ears_says){ EARS_MACHINE, 80 };
	else if (late && quiet_ms < LATE_QUIET_MS && dense &&
		 ms >= MACHINE_LATE_MS)
		*says = (struct ears_says){ EARS_MACHINE, 60 };
	else if (late)
		*says = (struct ears_says){
			voiced_ms ? EARS_UNKNOWN : EARS_SILENCE,
			voiced_ms ? 0 : 80 };
	else
		return false;
	return true;
}

static bool is_final(const struct ears *e, enum ears_verdict v)
{
	switch (v) {
	case EARS_RINGBACK:
	case EARS_MACHINE:
		return false;
	case EARS_UNKNOWN:
	case EARS_SILENCE:
		return e->phase == EARS_ANSWERED;
	case EARS_PERSON:
	case EARS_BEEP:
	case EARS_BUSY:
	case EARS_CONGESTION:
	case EARS_VACANT:
	case EARS_SIT:
	case EARS_FAX:
	case EARS_VERDICT_COUNT:
		break;
	}
	return true;
}

/* Before the answer words cannot be understood: unknown, said once. */
static bool early_speech(struct ears *e, const struct ears_sound *s,
			 struct ears_says *says)
{
	if (e->phase != EARS_EARLY || s->pure ||
	    s->level_dbov < early_voice || e->segs)
		return false;
	if (++e->early_voice != EARLY_VOICE_FRAMES)
		return false;
	*says = (struct ears_says){ EARS_UNKNOWN, 0 };
	return true;
}

static bool listen(struct ears *e, const struct ears_sound *s,
		   struct ears_says *says)
{
	bool tones = ears_cadence(e, s, says);
	struct ears_says other;

	if (e->frames < EARS_HISTORY) {
		e->level[e->frames] = s->level_dbov;
		e->tonal[e->frames] = (e->segs && e->seg_on) ||
				      (s->pure && e->run.frames > 3);
	}
	e->frames++;
	/* Both look at every frame, whoever has something to say. */
	if (ears_pure(e, s, &other) && !tones) {
		*says = other;
		tones = true;
	}
	if (tones || early_speech(e, s, says))
		return true;
	return e->phase == EARS_ANSWERED && !e->decided &&
	       ears_greeting(e, says);
}

bool ears_take(struct ears *e, const int16_t *pcm, struct ears_says *says)
{
	int16_t two[2 * EARS_FRAME] = { 0 };
	struct ears_sound s;

	if (e->over || e->phase == EARS_OFF)
		return false;
	memcpy(two, e->last, sizeof(e->last));
	if (pcm)
		memcpy(two + EARS_FRAME, pcm, sizeof(e->last));
	memcpy(e->last, two + EARS_FRAME, sizeof(e->last));
	ears_sound_take(&s, two, e->country);
	if (!listen(e, &s, says)) {
		e->over |= e->machine &&
			   e->frames * EARS_FRAME_MS >= BEEP_WAIT_MS;
		return false;
	}
	e->said |= 1u << says->verdict;
	e->machine |= says->verdict == EARS_MACHINE;
	e->decided |= says->verdict != EARS_RINGBACK;
	e->over = is_final(e, says->verdict);
	return true;
}
