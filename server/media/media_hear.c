#include "media/media_priv.h"

#include <string.h>

enum { CATCH_UP_MS = 60, GAP_MAX = 25 * EARS_FRAME };

void hear_start(struct worker *w, struct leg *l, enum ears_phase phase,
		const struct ears_country *c)
{
	l->ears_on = phase != EARS_OFF;
	l->ears_n = 0;
	l->ears_ts_on = false;
	l->ears_start_ns = w->now_ns;
	if (l->ears_on)
		ears_init(&l->ears, phase, c);
	play_retick(w, l);
}

static void say(struct worker *w, struct leg *l, const struct ears_says *s)
{
	note_event(w->m, &(struct media_event){
		.kind = MEDIA_HEARD, .leg = { l->id }, .verdict = s->verdict,
		.confidence = s->confidence,
		.ms = (uint32_t)((w->now_ns - l->ears_start_ns) / 1000000) },
		NULL, NO_REC);
	if (!l->ears.over)
		return;
	l->ears_on = false;
	play_retick(w, l);
}

static void frame(struct worker *w, struct leg *l, const int16_t *pcm)
{
	struct ears_says s;

	if (l->ears_on && ears_take(&l->ears, pcm, &s))
		say(w, l, &s);
}

static void samples(struct worker *w, struct leg *l, const int16_t *pcm,
		    uint32_t n)
{
	while (n && l->ears_on) {
		uint32_t part = MIN(n, (uint32_t)(EARS_FRAME - l->ears_n));

		if (pcm) {
			memcpy(l->ears_pcm + l->ears_n, pcm,
			       part * sizeof(*pcm));
			pcm += part;
		} else {
			memset(l->ears_pcm + l->ears_n, 0,
			       part * sizeof(l->ears_pcm[0]));
		}
		l->ears_n = (uint16_t)(l->ears_n + part);
		n -= part;
		if (l->ears_n == EARS_FRAME) {
			l->ears_n = 0;
			frame(w, l, l->ears_pcm);
		}
	}
}

void hear_packet(struct worker *w, struct leg *l, const struct rtp *p,
		 const int16_t *pcm)
{
	int32_t gap = l->ears_ts_on ? (int32_t)(p->ts - l->ears_ts) : 0;

	if (gap < 0 && gap > -JBUF_SAMPLES)
		return;			/* late: its time was heard already */
	if (gap > 0 && gap <= GAP_MAX)
		samples(w, l, NULL, (uint32_t)gap);
	samples(w, l, pcm, p->len);
	l->ears_ts = p->ts + p->len;
	l->ears_ts_on = true;
}

/* A peer that sends nothing is silent: time goes on for the ears too. */
void hear_tick(struct worker *w, struct leg *l)
{
	int64_t heard_ms = (int64_t)l->ears.frames * EARS_FRAME_MS;
	int64_t ms = (w->now_ns - l->ears_start_ns) / 1000000;

	for (; l->ears_on && heard_ms + CATCH_UP_MS < ms;
	     heard_ms += EARS_FRAME_MS) {
		l->ears_ts_on = false;
		l->ears_n = 0;
		frame(w, l, NULL);
	}
}
