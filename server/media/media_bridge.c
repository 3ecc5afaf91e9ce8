/*
 * media_bridge.c -- one mechanism for relay, conference, whisper and barge:
 * a matrix of who hears whom, made anew whenever something changes.
 *
 * From the matrix follows how each listener is served.  One voice: its
 * packets are relayed as they come, no delay, no buffer.  Two and more: a
 * mix every 20 ms out of small play-out buffers.  So a supervisor who listens
 * in costs the two who talk nothing.
 */
#include "media/media_priv.h"

#include <string.h>

enum {
	TARGET_START = 2 * RTP_FRAME,	/* 40 ms                             */
	TARGET_MAX = 5 * RTP_FRAME,
	LATE_LIMIT = 3,			/* in a row: aim at more delay       */
	DRY_LIMIT = 10			/* frames: the stream has stopped    */
};

/* ---- play-out buffer ------------------------------------------------- */

static void jbuf_begin(struct jbuf *j, uint32_t ssrc, uint32_t ts)
{
	if (!j->target)
		j->target = TARGET_START;
	memset(j->pcm, 0, sizeof(j->pcm));
	j->ssrc = ssrc;
	j->rd = ts - j->target;
	j->wr = ts;
	j->late = j->dry = 0;
	j->on = true;
}

void jbuf_put(struct jbuf *j, uint32_t ssrc, uint32_t ts, const int16_t *pcm,
	      uint32_t n)
{
	int32_t ahead = (int32_t)(ts - j->rd);

	if (!j->on || ssrc != j->ssrc || ahead < -RTP_HZ ||
	    ahead + (int32_t)n > JBUF_SAMPLES) {
		jbuf_begin(j, ssrc, ts);
	} else if (ahead < 0) {
		if (++j->late < LATE_LIMIT)
			return;
		if (j->target < TARGET_MAX)
			j->target += RTP_FRAME;
		jbuf_begin(j, ssrc, ts);
	} else {
		j->late = 0;
	}
	for (uint32_t i = 0; i < n; i++)
		j->pcm[(ts + i) % JBUF_SAMPLES] = pcm[i];
	if ((int32_t)(ts + n - j->wr) > 0)
		j->wr = ts + n;
}

bool jbuf_get(struct jbuf *j, int16_t *out)
{
	int32_t depth = (int32_t)(j->wr - j->rd);

	if (!j->on) {
		memset(out, 0, RTP_FRAME * sizeof(*out));
		return false;
	}
	j->dry = depth <= 0 ? (uint16_t)(j->dry + 1) : 0;
	if (j->dry > DRY_LIMIT)
		j->on = false;
	/* The far clock is faster, or a burst came: shed a frame of delay. */
	if (depth > (int32_t)(j->target + 4 * RTP_FRAME)) {
		for (uint32_t i = 0; i < RTP_FRAME; i++)
			j->pcm[(j->rd + i) % JBUF_SAMPLES] = 0;
		j->rd += RTP_FRAME;
	}
	for (uint32_t i = 0; i < RTP_FRAME; i++) {
		int16_t *s = &j->pcm[(j->rd + i) % JBUF_SAMPLES];

		out[i] = *s;
		*s = 0;
	}
	j->rd += RTP_FRAME;
	return depth > 0;
}

/* ---- the matrix ------------------------------------------------------ */

static bool hears(const struct bridge *b, const struct leg *to,
		  const struct leg *from)
{
	if (to == from || from->muted || from->held || to->held ||
	    b->cut[to->place] & 1u << from->place)
		return false;
	if (from->kind != MEDIA_WATCHER)
		return true;
	/* A supervisor's voice: nobody's, the agent's, or all parties'. */
	switch (from->watch) {
	case MEDIA_WHISPER:
		return to->id == from->watched;
	case MEDIA_BARGE:
		return to->kind != MEDIA_WATCHER;
	case MEDIA_LISTEN:
	case MEDIA_WATCH_MODE_COUNT:
		break;
	}
	return false;
}

/*
 * Recorded is what the customer could hear, and the customer, while anybody
 * of ours heard him: not what agents say among themselves while he is held.
 */
static bool on_tape(const struct bridge *b, const struct leg *from)
{
	for (unsigned i = 0; i < b->n; i++) {
		const struct leg *to = b->leg[i];

		/* A supervisor who speaks to the customer is one of ours. */
		if (b->hear[i] & 1u << from->place &&
		    (from->kind == MEDIA_CUSTOMER ?
		     to->kind != MEDIA_WATCHER || to->watch == MEDIA_BARGE
		     : to->kind == MEDIA_CUSTOMER))
			return true;
	}
	return false;
}

static void set_tape(struct bridge *b)
{
	struct recording *tape = NULL;

	for (unsigned i = 0; i < b->n && !tape; i++)
		if (b->leg[i]->rec.slot != NO_REC)
			tape = &b->leg[i]->rec;
	for (unsigned i = 0; i < b->n; i++) {
		struct leg *l = b->leg[i];
		struct recording *mine = l->rec.slot != NO_REC ? &l->rec : tape;

		if (!on_tape(b, l))
			mine = NULL;
		if (mine != l->tape)
			l->cursor.on = false;
		l->tape = mine;
		l->tape_channel = l->kind != MEDIA_CUSTOMER;
	}
}

static void set_mixing(struct worker *w, struct bridge *b)
{
	if (b->mix && !b->mix_at) {
		w->mixing[w->n_mixing++] = b;
		b->mix_at = w->n_mixing;
	} else if (!b->mix && b->mix_at) {
		struct bridge *last = w->mixing[--w->n_mixing];

		w->mixing[b->mix_at - 1] = last;
		last->mix_at = b->mix_at;
		b->mix_at = 0;
	}
}

/* How listener i is served: adds it to one relay, or to the mix. */
static void serve(struct bridge *b, unsigned i, uint8_t *mixed)
{
	uint8_t who = b->hear[i];

	if (who & (who - 1)) {
		*mixed |= who;
	} else if (who) {
		struct leg *from = b->leg[__builtin_ctz(who)];

		from->relay[from->relays++] = b->leg[i];
	}
}

void bridge_update(struct worker *w, struct bridge *b)
{
	uint8_t mixed = 0;

	for (unsigned i = 0; i < b->n; i++) {
		b->hear[i] = 0;
		b->leg[i]->relays = 0;
		for (unsigned k = 0; k < b->n; k++)
			if (hears(b, b->leg[i], b->leg[k]))
				b->hear[i] |= (uint8_t)(1u << k);
	}
	for (unsigned i = 0; i < b->n; i++)
		serve(b, i, &mixed);
	for (unsigned i = 0; i < b->n; i++) {
		struct leg *l = b->leg[i];
		bool now = mixed >> i & 1;

		if (now && !l->mixed)
			l->jb.on = false;
		l->mixed = now;
		play_retick(w, l);
	}
	b->mix = mixed != 0;
	set_mixing(w, b);
	set_tape(b);
}

void bridge_mix(struct worker *w, struct bridge *b)
{
	int16_t pcm[MEDIA_BRIDGE_MAX][RTP_FRAME];
	uint8_t octets[RTP_FRAME];

	for (unsigned i = 0; i < b->n; i++)
		if (b->leg[i]->mixed)
			jbuf_get(&b->leg[i]->jb, pcm[i]);
	for (unsigned i = 0; i < b->n; i++) {
		struct leg *l = b->leg[i];
		uint8_t who = b->hear[i];
		int32_t sum[RTP_FRAME] = { 0 };

		if (!(who & (who - 1)) || play_is_on(l))
			continue;
		for (unsigned k = 0; k < b->n; k++)
			if (who & 1u << k)
				for (unsigned s = 0; s < RTP_FRAME; s++)
					sum[s] += pcm[k][s];
		for (unsigned s = 0; s < RTP_FRAME; s++)
			octets[s] = g711_enc(&w->m->g711, l->law,
					     g711_sat(sum[s]));
		leg_send(w, l, octets);
	}
}

/* ---- members --------------------------------------------------------- */

static void enter(struct worker *w, struct bridge *b, struct leg *l)
{
	l->bridge = b;
	l->place = b->n;
	l->joined_ns = w->now_ns;
	l->one_way = false;
	b->cut[b->n] = 0;
	b->leg[b->n++] = l;
}

enum err bridge_join(struct worker *w, struct leg *l, struct leg *to)
{
	struct bridge *b = to->bridge;

	if (b && l->bridge == b) {
		bridge_update(w, b);
		return ERR_OK;
	}
	if (b && b->n == MEDIA_BRIDGE_MAX)
		return ERR_FULL;
	bridge_leave(w, l);
	if (!b) {
		b = w->free_bridge;
		if (!b)
			return ERR_FULL;
		w->free_bridge = b->next;
		memset(b, 0, sizeof(*b));
		b->phase = to->slot % TICKS_A_FRAME;
		enter(w, b, to);
	}
	enter(w, b, l);
	bridge_update(w, b);
	return ERR_OK;
}

static uint8_t without_bit(uint8_t bits, unsigned at)
{
	uint8_t low = (uint8_t)((1u << at) - 1);

	return (uint8_t)((bits & low) | (bits >> 1 & ~low));
}

static void leave_one(struct worker *w, struct bridge *b, struct leg *l)
{
	for (unsigned i = l->place; i + 1 < b->n; i++) {
		b->leg[i] = b->leg[i + 1];
		b->leg[i]->place = (uint8_t)i;
		b->cut[i] = b->cut[i + 1];
	}
	b->n--;
	for (unsigned i = 0; i < b->n; i++)
		b->cut[i] = without_bit(b->cut[i], l->place);
	l->bridge = NULL;
	l->relays = 0;
	l->mixed = false;
	l->tape = NULL;
	play_retick(w, l);
}

void bridge_leave(struct worker *w, struct leg *l)
{
	struct bridge *b = l->bridge;

	if (!b)
		return;
	leave_one(w, b, l);
	if (b->n == 1)
		leave_one(w, b, b->leg[0]);
	bridge_update(w, b);
	if (b->n)
		return;
	b->next = w->free_bridge;
	w->free_bridge = b;
}
