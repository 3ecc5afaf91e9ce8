/*
 * media_rec.c -- recordings, the worker's side: one copy into a chunk.
 *
 * A worker fills 1 MiB chunks with the packets' octets as they came and hands
 * full (or 250 ms old) ones to the writer thread, which puts them in order
 * and into files (media_write.c).  The chunks stay in memory: a log on disk
 * in between would cost the disk twice and save nothing a crash could take
 * (either way the last buffer is lost, and nothing before it).  When all 64
 * chunks wait for a slow disk, frames are dropped and counted; the call does
 * not notice.  The last chunk is kept for starts and stops, which must not
 * be lost.
 *
 * Place in the file: RTP time, anchored at the arrival of the stream's first
 * packet, and anchored anew when the two are more than DRIFT apart; so both
 * directions are aligned as they were heard here, jitter does not tear holes,
 * and what was lost stays silence.
 */
#include "media/media_priv.h"

#include <string.h>

#include "base/log.h"

enum { DRIFT = RTP_HZ / 10 };

static void take_back(struct worker *w)
{
	struct chunk_ring *r = &w->back;
	uint32_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);

	while (tail != atomic_load_explicit(&r->head, memory_order_acquire)) {
		w->spare[w->n_spare++] = r->c[tail % CHUNKS];
		atomic_store_explicit(&r->tail, ++tail, memory_order_release);
	}
}

void rec_flush(struct worker *w)
{
	struct chunk *c = w->chunk;

	if (!c)
		return;
	w->chunk = NULL;
	writer_take(w->m->writer, c);
}

/* Room for an item and len octets; NULL: the writer is too far behind. */
static uint8_t *item(struct worker *w, const struct rec_item *it, bool must)
{
	uint32_t size = (uint32_t)sizeof(*it) + ((it->len + 7u) & ~7u);
	uint8_t *at;

	if (w->chunk && w->chunk->used + size > CHUNK_BYTES)
		rec_flush(w);
	if (!w->chunk) {
		take_back(w);
		if (w->n_spare < (must ? 1 : 2))
			return NULL;
		w->chunk = w->spare[--w->n_spare];
		w->chunk->used = 0;
		w->chunk_ns = w->now_ns;
	}
	at = w->chunk->bytes + w->chunk->used;
	memcpy(at, it, sizeof(*it));
	w->chunk->used += size;
	return at + sizeof(*it);
}

static uint64_t pos_now(const struct worker *w, const struct recording *r)
{
	return (uint64_t)(w->now_ns - r->start_ns) / 125000;
}

static void control(struct worker *w, const struct recording *r,
		    enum rec_op op, uint32_t lost)
{
	struct rec_item it = { .slot = r->slot, .op = (uint8_t)op,
			       .lost = lost, .pos = pos_now(w, r) };

	/* 32,000 of them fit the chunk kept back. */
	if (!item(w, &it, true))
		log_err("media", "recording %u: an order was lost", r->slot);
}

void rec_start(struct worker *w, struct leg *l, uint32_t slot)
{
	l->rec = (struct recording){ .slot = slot, .start_ns = w->now_ns };
	control(w, &l->rec, REC_START, 0);
	if (l->bridge)
		bridge_update(w, l->bridge);
}

void rec_pause(struct worker *w, struct leg *l, bool on)
{
	if (l->rec.slot == NO_REC || l->rec.paused == on)
		return;
	l->rec.paused = on;
	control(w, &l->rec, on ? REC_PAUSE : REC_RESUME, 0);
}

void rec_stop(struct worker *w, struct leg *l)
{
	if (l->rec.slot == NO_REC)
		return;
	control(w, &l->rec, REC_STOP, l->rec.dropped);
	l->rec.slot = NO_REC;
	if (l->bridge)
		bridge_update(w, l->bridge);
	l->tape = NULL;
}

/* The first packet of a stream, and one that drifted, is where it arrived. */
static uint64_t place(struct worker *w, struct leg *l, const struct rtp *p)
{
	struct rec_cursor *c = &l->cursor;
	uint64_t now = pos_now(w, l->tape);
	uint64_t pos = c->base_pos + (uint32_t)(p->ts - c->base_ts);
	int64_t off = (int64_t)(pos - now);

	if (c->on && c->ssrc == p->ssrc && off < DRIFT && off > -DRIFT)
		return pos;
	*c = (struct rec_cursor){ p->ssrc, p->ts, now, true };
	return now;
}

void rec_audio(struct worker *w, struct leg *l, const struct rtp *p, int law)
{
	struct recording *r = l->tape;
	struct rec_item it = { .slot = r->slot, .op = REC_AUDIO,
			       .channel = l->tape_channel,
			       .law = (uint8_t)law, .len = (uint16_t)p->len };
	uint8_t *at;

	if (r->paused)
		return;
	it.pos = place(w, l, p);
	at = item(w, &it, false);
	if (at) {
		memcpy(at, p->data, p->len);
		return;
	}
	r->dropped++;
	atomic_fetch_add_explicit(&w->rec_lost, 1, memory_order_relaxed);
}
