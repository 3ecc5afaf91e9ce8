/*
 * ears_tone.c -- the tone witnesses: a Goertzel bank with cadence for the
 * exchanges' tones, and a tracker of single pure tones for beeps, SIT, fax.
 *
 * A tone is what holds most of the energy of 40 ms (bank) or 20 ms (tracker)
 * at its own frequencies: speech spreads over many, however loud it is.
 */
#include "media/ears_priv.h"

#include <math.h>
#include <string.h>

enum {
	WINDOW = 2 * EARS_FRAME,
	SHARE_ONE = 60,		/* [%] of the energy in a single tone        */
	SHARE_TWO = 65,		/* in both of a pair                         */
	SHARE_EACH = 15,	/* in each of a pair                         */
	SHARE_PURE = 85,
	FLIP_FRAMES = 2,	/* in a row until on is off                  */
	CADENCE_PLUS_MS = 35,	/* tolerance: frames do not fit exactly ...  */
	CADENCE_PCT = 12,	/* ... and exchanges differ (E.180: 10 %)    */
	CONFIRMED_SEGMENTS = 3,
	LONG_OFF_MS = 1200,	/* of a pause: ringback's, no other's        */
	ENDLESS_MS = 2500,
	LOUD_MAX = 6,		/* frames of something else in a segment     */
	RUN_MISSES = 1,
	FAX_CED_MS = 500,	/* 2100 Hz (ITU-T T.30: 2.6 to 4 s)          */
	FAX_CNG_MIN_MS = 420,	/* 1100 Hz, 0.5 s +-15 % (T.30)              */
	FAX_CNG_MAX_MS = 600,
	SIT_MIN_MS = 220,	/* 330 ms +-70 (Q.35/E.180); coded 274, 380  */
	SIT_MAX_MS = 440,
	SIT_GAP_MS = 80,
	SIT_LONG_MS = 330,
	BEEP_MIN_MS = 120,
	BEEP_MAX_MS = 1600,
	BEEP_AFTER_MS = 100	/* of quiet: it was a beep, not music        */
};

static const float tone_floor_dbov = -45, beep_floor_dbov = -40;

/* ---- the frame ------------------------------------------------------- */

static float energy(const int16_t *pcm, unsigned n)
{
	float sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += (float)pcm[i] * (float)pcm[i];
	return sum;
}

/* Goertzel: the share of the energy at one frequency, 1 for a pure tone. */
static float share_at(const int16_t *pcm, unsigned n, float coeff, float e)
{
	float s1 = 0, s2 = 0;

	for (unsigned i = 0; i < n; i++) {
		float s = (float)pcm[i] + coeff * s1 - s2;

		s2 = s1;
		s1 = s;
	}
	return e > 0 ? (s1 * s1 + s2 * s2 - coeff * s1 * s2) * 2 /
		       ((float)n * e) : 0;
}

/*
 * One sinusoid obeys x[n] + x[n-2] = 2 cos(w) x[n-1]: least squares give a
 * first w.  Noise pulls it, so it is refined by the phase that the two halves
 * of the frame have to each other, twice.
 */
static float pure_hz(const int16_t *x)
{
	float num = 0, den = 0, w;

	for (unsigned i = 2; i < EARS_FRAME; i++) {
		num += (float)x[i - 1] * ((float)x[i] + (float)x[i - 2]);
		den += (float)x[i - 1] * (float)x[i - 1];
	}
	if (den <= 0)
		return 0;
	w = acosf(fmaxf(-1, fminf(1, num / den / 2)));
	for (int turn = 0; turn < 2; turn++) {
		float re[2] = { 0, 0 }, im[2] = { 0, 0 };
		float c = cosf(w), s = sinf(w), pc = 1, ps = 0, next;

		for (unsigned i = 0; i < EARS_FRAME; i++) {
			unsigned half = i / (EARS_FRAME / 2);

			re[half] += (float)x[i] * pc;
			im[half] -= (float)x[i] * ps;
			next = pc * c - ps * s;
			ps = ps * c + pc * s;
			pc = next;
		}
		w += atan2f(im[1] * re[0] - re[1] * im[0],
			    re[1] * re[0] + im[1] * im[0]) /
		     (EARS_FRAME / 2);
	}
	return w * 8000 / (2 * (float)M_PI);
}

void ears_sound_take(struct ears_sound *out, const int16_t *pcm,
		     const struct ears_country *c)
{
	const int16_t *frame = pcm + WINDOW - EARS_FRAME;
	float e = energy(frame, EARS_FRAME);
	float both = energy(pcm, WINDOW);
	float rms = sqrtf(e / EARS_FRAME);

	memset(out, 0, sizeof(*out));
	out->level_dbov = rms < 1 ? -90 : 20 * log10f(rms / 32768);
	if (out->level_dbov < -60)
		return;
	for (unsigned i = 0; c && i < c->freqs; i++)
		out->share_pct[i] = (uint8_t)fminf(100,
			100 * share_at(pcm, WINDOW, c->coeff[i], both));
	out->pure_hz = pure_hz(frame);
	out->pure = 100 * share_at(frame, EARS_FRAME,
				   2 * cosf(out->pure_hz * 2 * (float)M_PI /
					    8000), e) >= SHARE_PURE;
}

/* ---- cadence --------------------------------------------------------- */

/* The first row whose frequencies these are; -1: none. */
static int pair_of(const struct ears_country *c, const struct ears_sound *s)
{
	if (!c || s->level_dbov < tone_floor_dbov)
		return -1;
	for (unsigned i = 0; i < c->tones; i++) {
		const struct ears_tone *t = &c->tone[i];
		unsigned a = s->share_pct[t->freq[0]];
		unsigned b = s->share_pct[t->freq[1]];

		if (t->hz[1] ? a + b >= SHARE_TWO && a >= SHARE_EACH &&
			       b >= SHARE_EACH
			     : a >= SHARE_ONE)
			return (int)i;
	}
	return -1;
}

static bool near_ms(unsigned got, unsigned want)
{
	unsigned off = got > want ? got - want : want - got;

	return off <= CADENCE_PLUS_MS + want * CADENCE_PCT / 100;
}

/*
 * Do the segments fit the row's cadence, from some place of it on?  The one
 * that grows must not be too long yet.  confirmed: it can be nothing else.
 */
static bool fits(const struct ears *e, const struct ears_tone *t,
		 bool *confirmed)
{
	unsigned first = e->seg_cut ? 1 : 0, last = e->segs - 1u;
	bool long_off = !e->seg_on && e->seg_ms[last] >= LONG_OFF_MS;

	*confirmed = false;
	if (t->cadence_len == 1) {
		*confirmed = e->seg_on && last == 0 &&
			     e->seg_ms[0] >= ENDLESS_MS;
		return e->seg_on && last == 0;
	}
	if (last < first)
		return true;
	for (unsigned at = first % 2; at < t->cadence_len; at += 2) {
		bool ok = true;

		for (unsigned i = first; ok && i < last; i++)
			ok = near_ms(e->seg_ms[i], t->cadence_ms[
				(at + i - first) % t->cadence_len]);
		unsigned end = t->cadence_ms[(at + last - first) %
					     t->cadence_len];

		if (!ok || (e->seg_ms[last] > end &&
			    !near_ms(e->seg_ms[last], end)))
			continue;
		*confirmed = last - first >= CONFIRMED_SEGMENTS ||
			     (long_off && last > first);
		return true;
	}
	return false;
}

static bool same_hz(const struct ears_tone *a, const struct ears_tone *b)
{
	return a->hz[0] == b->hz[0] && a->hz[1] == b->hz[1];
}

/* The one row that fits; NULL: none, or two that mean different things. */
static const struct ears_tone *cadence_match(const struct ears *e)
{
	const struct ears_country *c = e->country;
	const struct ears_tone *best = NULL;

	for (unsigned i = 0; i < c->tones; i++) {
		const struct ears_tone *t = &c->tone[i];
		bool confirmed;

		if (!same_hz(t, &c->tone[e->seg_pair]) ||
		    !fits(e, t, &confirmed))
			continue;
		if (best && best->means != t->means)
			return NULL;
		if (!confirmed)
			return NULL;
		best = t;
	}
	return best;
}

static void cadence_begin(struct ears *e, int pair)
{
	e->segs = 1;
	e->seg_on = true;
	e->seg_pair = (int8_t)pair;
	e->seg_cut = e->frames < FLIP_FRAMES;
	e->seg_ms[0] = 0;
	e->flip = 0;
	e->loud = 0;
}

static void cadence_turn(struct ears *e)
{
	unsigned moved = FLIP_FRAMES * EARS_FRAME_MS;

	if (e->segs == EARS_SEGMENTS) {	/* forget a pair: on stays first */
		memmove(e->seg_ms, e->seg_ms + 2,
			sizeof(e->seg_ms) - 2 * sizeof(e->seg_ms[0]));
		e->segs -= 2;
		e->seg_cut = false;
	}
	/* The frames that made us turn belong to the new segment. */
	e->seg_ms[e->segs - 1] = (uint16_t)(e->seg_ms[e->segs - 1] - moved);
	e->seg_ms[e->segs++] = (uint16_t)moved;
	e->seg_on = !e->seg_on;
	e->flip = 0;
	e->loud = 0;
}

bool ears_cadence(struct ears *e, const struct ears_sound *s,
		  struct ears_says *says)
{
	int pair = pair_of(e->country, s);
	const struct ears_tone *t;

	if (!e->segs || (pair >= 0 && pair != e->seg_pair)) {
		if (pair >= 0)
			cadence_begin(e, pair);
		if (!e->segs)
			return false;
	}
	if (e->seg_ms[e->segs - 1] < UINT16_MAX - EARS_FRAME_MS)
		e->seg_ms[e->segs - 1] = (uint16_t)(e->seg_ms[e->segs - 1] +
						    EARS_FRAME_MS);
	/* Something else sounds in the pauses: this is no cadence. */
	if (pair < 0 && s->level_dbov > tone_floor_dbov &&
	    ++e->loud > LOUD_MAX) {
		e->segs = 0;
		return false;
	}
	e->flip = (pair >= 0) != e->seg_on ? (uint8_t)(e->flip + 1) : 0;
	if (e->flip == FLIP_FRAMES)
		cadence_turn(e);
	t = e->flip ? NULL : cadence_match(e);
	if (!t || e->said & 1u << t->means)
		return false;
	says->verdict = t->means;
	says->confidence = t->means == EARS_RINGBACK ? 90 : 95;
	return true;
}

/* ---- pure tones ------------------------------------------------------ */

static bool within(float hz, float want, float tolerance)
{
	return hz > want - tolerance && hz < want + tolerance;
}

/* FACTS 2.2: L/H of the first two tones and their lengths code the reason. */
static void sit_reason(const struct ears_sit *s, struct ears_says *says)
{
	bool high1 = within(s->hz[0], 985.2f, 15);
	bool low1 = within(s->hz[0], 913.8f, 15);
	bool low2 = within(s->hz[1], 1370.6f, 13);
	bool high2 = within(s->hz[1], 1428.5f, 13);
	bool long1 = s->ms[0] > SIT_LONG_MS, long2 = s->ms[1] > SIT_LONG_MS;

	says->verdict = EARS_SIT;
	says->confidence = 90;
	if (!within(s->hz[2], 1776.7f, 13))
		return;				/* the uncoded one, 1800 */
	if (high1 && low2 && long1 && !long2)
		says->verdict = EARS_VACANT;			/* VC */
	else if ((low1 && high2 && !long1 && long2) ||		/* RO */
		 (high1 && high2 && long1 && long2) ||		/* NC */
		 (high1 && low2 && !long1 && long2) ||		/* RO' */
		 (low1 && low2 && long1 && long2))		/* NC' */
		says->verdict = EARS_CONGESTION;
}

/* Three rising tones; the third is heard out only as far as needed. */
static bool sit_take(struct ears *e, float hz, unsigned ms, bool ended,
		     struct ears_says *says)
{
	static const float want[] = { 950, 1400, 1790 };
	struct ears_sit *s = &e->sit;
	unsigned k = s->got;

	if (k == 2 && within(hz, want[2], 60) && ms >= SIT_MIN_MS) {
		s->hz[2] = hz;
		s->got = 0;
		sit_reason(s, says);
		return true;
	}
	if (!ended)
		return false;
	if (k < 2 && within(hz, want[k], 60) && ms >= SIT_MIN_MS &&
	    ms <= SIT_MAX_MS) {
		s->hz[k] = hz;
		s->ms[k] = (uint16_t)ms;
		s->got++;
		s->gap = 0;
	} else {
		s->got = 0;
	}
	return false;
}

/* A tone that came to its end: fax, or perhaps a beep. */
static bool run_ended(struct ears *e, struct ears_says *says)
{
	struct ears_run r = e->run;
	unsigned ms = r.frames * EARS_FRAME_MS;

	e->run = (struct ears_run){ 0 };
	if (sit_take(e, r.hz, ms, true, says))
		return true;
	if (within(r.hz, 1100, 40) && ms >= FAX_CNG_MIN_MS &&
	    ms <= FAX_CNG_MAX_MS) {
		*says = (struct ears_says){ EARS_FAX, 90 };
		return true;
	}
	e->beep_due = e->phase == EARS_ANSWERED && e->voiced_ever &&
		      r.hz > 380 && r.hz < 2300 && r.loud &&
		      ms >= BEEP_MIN_MS && ms <= BEEP_MAX_MS && !e->sit.got;
	e->after_beep = 0;
	return false;
}

static bool beep_after(struct ears *e, const struct ears_sound *s,
		       struct ears_says *says)
{
	if (!e->beep_due)
		return false;
	if (s->level_dbov > beep_floor_dbov) {
		e->beep_due = false;
		return false;
	}
	e->after_beep = (uint16_t)(e->after_beep + EARS_FRAME_MS);
	if (e->after_beep < BEEP_AFTER_MS)
		return false;
	e->beep_due = false;
	*says = (struct ears_says){ EARS_BEEP, e->machine ? 90 : 70 };
	return true;
}

bool ears_pure(struct ears *e, const struct ears_sound *s,
	       struct ears_says *says)
{
	struct ears_run *r = &e->run;
	bool pure = s->pure && s->level_dbov > tone_floor_dbov;
	bool goes_on = pure && r->frames &&
		       fabsf(s->pure_hz - r->hz) < 0.015f * r->hz;
	bool said = false;

	if (e->sit.got && !r->frames) {
		e->sit.gap = (uint16_t)(e->sit.gap + EARS_FRAME_MS);
		if (e->sit.gap > SIT_GAP_MS)
			e->sit.got = 0;
	}
	if (goes_on) {
		/* The mean: one frame's estimate is worth a few hertz. */
		r->hz += (s->pure_hz - r->hz) / (float)++r->frames;
		r->misses = 0;
		r->loud |= s->level_dbov > beep_floor_dbov;
		if (within(r->hz, 2100, 20) &&
		    r->frames * EARS_FRAME_MS >= FAX_CED_MS) {
			*says = (struct ears_says){ EARS_FAX, 95 };
			return true;
		}
		return sit_take(e, r->hz, r->frames * EARS_FRAME_MS, false,
				says);
	}
	if (r->frames && (pure || ++r->misses > RUN_MISSES))
		said = run_ended(e, says);
	if (pure && !r->frames)
		*r = (struct ears_run){ .hz = s->pure_hz, .frames = 1 };
	return said || (!pure && beep_after(e, s, says));
}
