/* dial_sound -- how the calls of a trunk sounded. */
#include "dial/dial_trunk.h"

static const uint32_t jitter_us[DIAL_JITTER_BINS] = DIAL_JITTER_US;
static const uint32_t mos_pct[DIAL_MOS_BINS] = DIAL_MOS_PCT;

/* As Prometheus counts: each bin holds what is at its bound or below. */
static void count(uint64_t *bins, const uint32_t *bounds, size_t n, uint32_t v)
{
	for (size_t i = 0; i < n; i++)
		bins[i] += v <= bounds[i];
}

void trunk_heard(struct trunk *t, const struct dial_sound *s, int64_t mono_ms)
{
	struct trunk_minute *b = trunk_minute_of(t, mono_ms);
	struct dial_sounds *all = &t->sound;

	all->tx += s->tx;
	if (!s->got)		/* a call of nothing has no quality */
		return;
	b->sound.calls++;
	b->sound.got += s->got;
	b->sound.lost += s->lost;
	b->sound.sent += s->sent;
	b->sound.far_lost += s->far_lost;
	b->sound.jitter += s->jitter_us * s->got;
	b->sound.mos += s->mos_pct * s->got;
	all->heard++;
	all->got += s->got;
	all->lost += s->lost;
	all->late += s->late;
	all->far_lost += s->far_lost;
	all->jitter_sum_us += s->jitter_us;
	all->mos_sum_pct += s->mos_pct;
	count(all->jitter_bins, jitter_us, DIAL_JITTER_BINS, s->jitter_us);
	count(all->mos_bins, mos_pct, DIAL_MOS_BINS, s->mos_pct);
}

static int32_t ppm(uint64_t part, uint64_t whole)
{
	return whole ? (int32_t)(part * 1000000 / whole) : -1;
}

/* A long call says more of a trunk than a short one: means by packet. */
void trunk_sounds(const struct trunk *t, int64_t mono_ms,
		  struct dial_sounds *out)
{
	int64_t first = mono_ms / 60000 - TRUNK_MINUTES + 1;
	uint64_t got = 0, lost = 0, sent = 0, far = 0, jitter = 0, mos = 0;

	*out = t->sound;
	out->calls = 0;
	for (int i = 0; i < TRUNK_MINUTES; i++) {
		const struct trunk_minute *b = &t->minutes[i];

		if (b->minute < first)
			continue;
		out->calls += b->sound.calls;
		got += b->sound.got;
		lost += b->sound.lost;
		sent += b->sound.sent;
		far += b->sound.far_lost;
		jitter += b->sound.jitter;
		mos += b->sound.mos;
	}
	out->loss_ppm = ppm(lost, got + lost);
	out->far_loss_ppm = ppm(far, sent);
	out->jitter_us = got ? (int32_t)(jitter / got) : -1;
	out->mos_pct = got ? (int32_t)(mos / got) : -1;
}
