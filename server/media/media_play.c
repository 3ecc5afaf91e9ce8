/*
 * media_play.c -- what a leg hears that nobody says: prompts, music, digits,
 * and in a bridge where nobody may be heard, silence.
 *
 * One of them at a time, the first that is due: digits, prompt, music (on
 * hold), silence.  While digits or a prompt go out, relayed packets and the
 * mix to this leg are dropped; when they end, the voice is there again.  Only
 * the beep before a call is added to the voice: it must not hide a "hello".
 */
#include "media/media_priv.h"

#include <string.h>

enum {
	DIGIT_FRAMES = 5,	/* 100 ms on                                 */
	DIGIT_GAP_FRAMES = 3,	/* 60 ms off                                 */
	DIGIT_VOLUME = 10	/* [-dBm0]                                   */
};

bool play_is_on(const struct leg *l)
{
	return l->play != NO_PROMPT || l->dtmf.busy;
}

bool play_is_over(const struct worker *w, const struct leg *l)
{
	return l->play == w->m->p_beep && !l->dtmf.busy;
}

static bool needs_tick(const struct leg *l)
{
	return l->ears_on || play_is_on(l) || l->held ||
	       (l->bridge && !l->bridge->hear[l->place]);
}

void play_untick(struct worker *w, struct leg *l)
{
	struct leg *last;

	if (!l->tick_at)
		return;
	last = w->ticking[--w->n_ticking];
	w->ticking[l->tick_at - 1] = last;
	last->tick_at = l->tick_at;
	l->tick_at = 0;
}

void play_retick(struct worker *w, struct leg *l)
{
	if (!needs_tick(l)) {
		play_untick(w, l);
	} else if (!l->tick_at) {
		w->ticking[w->n_ticking++] = l;
		l->tick_at = w->n_ticking;
	}
}

void play_end(struct worker *w, struct leg *l, bool whole)
{
	struct media_event ev = { .kind = MEDIA_PLAYED, .leg = { l->id },
				  .prompt = l->play, .whole = whole };

	if (l->play == NO_PROMPT)
		return;
	l->play = NO_PROMPT;
	note_event(w->m, &ev, NULL, NO_REC);
	play_retick(w, l);
}

void play_start(struct worker *w, struct leg *l, uint32_t prompt, bool loop)
{
	play_end(w, l, false);
	l->play = prompt;
	l->play_at = 0;
	l->play_loop = loop;
	play_retick(w, l);
}

void play_digits(struct worker *w, struct leg *l, const char *digits)
{
	struct dtmf_out *d = &l->dtmf;

	for (; *digits && d->n < sizeof(d->queue); digits++)
		d->queue[d->n++] = *digits;
	if (!d->busy) {
		d->busy = true;
		d->at = 0;
	}
	play_retick(w, l);
}

/* Copies 160 samples of a prompt; false: that was the last of it. */
static bool prompt_frame(const struct media *m, const struct leg *l,
			 uint32_t prompt, uint32_t *at, bool loop,
			 uint8_t *out)
{
	const struct prompt *p = &m->prompt[prompt];
	uint32_t n = 0;

	while (n < RTP_FRAME && p->len) {
		uint32_t part = MIN(RTP_FRAME - n, p->len - *at);

		memcpy(out + n, p->pcm[l->law] + *at, part);
		n += part;
		*at += part;
		if (*at < p->len)
			continue;
		if (!loop)
			break;
		*at = 0;
	}
	memset(out + n, g711_silence(l->law), RTP_FRAME - n);
	return loop || *at < p->len;
}

void play_over(struct worker *w, struct leg *l, uint8_t *octets, uint32_t n)
{
	const struct prompt *p = &w->m->prompt[l->play];
	const int16_t *dec = w->m->g711.dec[l->law];

	for (uint32_t i = 0; i < n && l->play_at < p->len; i++, l->play_at++)
		octets[i] = g711_enc(&w->m->g711, l->law, g711_sat(
			dec[octets[i]] + dec[p->pcm[l->law][l->play_at]]));
	if (l->play_at == p->len)
		play_end(w, l, true);
}

/* It went out with the voice, or will with the next packet. */
static bool voice_carries(const struct worker *w, const struct leg *l)
{
	return play_is_over(w, l) && l->map_id && !l->tx_made &&
	       w->now_ns - l->tx_ns < MEDIA_TRUSTED_MS * 1000000LL;
}

static void digit_done(struct worker *w, struct leg *l)
{
	struct dtmf_out *d = &l->dtmf;

	memmove(d->queue, d->queue + 1, --d->n);
	d->at = 0;
	d->prompt_at = 0;
	d->busy = d->n > 0;
	if (!d->busy)
		play_retick(w, l);
}

/* RFC 4733, 2.5.1: an update a frame, the last one three times. */
static void digit_event(struct worker *w, struct leg *l, uint8_t code)
{
	struct dtmf_out *d = &l->dtmf;
	struct rtp_event e = { .event = code, .volume = DIGIT_VOLUME };

	if (d->at == 0)
		d->ts = leg_next_ts(w, l);
	d->at++;
	if (d->at <= DIGIT_FRAMES) {
		e.duration = (uint16_t)(d->at * RTP_FRAME);
		leg_send_event(w, l, &e, d->at == 1, d->ts);
	}
	if (d->at == DIGIT_FRAMES) {
		e.end = true;
		for (int i = 0; i < 3; i++)
			leg_send_event(w, l, &e, false, d->ts);
	}
	if (d->at == DIGIT_FRAMES + DIGIT_GAP_FRAMES)
		digit_done(w, l);
}

static void digit_tick(struct worker *w, struct leg *l)
{
	struct dtmf_out *d = &l->dtmf;
	uint8_t code = (uint8_t)rtp_digit_code(d->queue[0]);
	uint8_t frame[RTP_FRAME];
	bool more;

	if (l->event_pt) {
		digit_event(w, l, code);
		return;
	}
	more = prompt_frame(w->m, l, w->m->p_digit[code], &d->prompt_at,
			    false, frame);
	leg_send(w, l, frame);
	if (!more)
		digit_done(w, l);
}

void play_tick(struct worker *w, struct leg *l)
{
	uint8_t frame[RTP_FRAME];
	bool more = true;

	if (l->dtmf.busy) {
		digit_tick(w, l);
		return;
	}
	if (voice_carries(w, l))
		return;
	if (l->play != NO_PROMPT) {
		more = prompt_frame(w->m, l, l->play, &l->play_at,
				    l->play_loop, frame);
	} else if (l->held) {
		prompt_frame(w->m, l, w->m->p_music, &l->music_at, true,
			     frame);
	} else if (l->bridge && !l->bridge->hear[l->place]) {
		memset(frame, g711_silence(l->law), sizeof(frame));
	} else {
		return;
	}
	leg_send(w, l, frame);
	if (!more)
		play_end(w, l, true);
}
