/* live_legs -- which leg of the media is whose call, from its first packet to
 * its last word. */
#include "live_priv.h"

#include "base/log.h"

static size_t leg_at(const struct live *l, struct leg_id leg)
{
	size_t mask = l->leg_cap - 1, i = (leg.v * 2654435761u) & mask;

	while (l->leg_keys[i].v && l->leg_keys[i].v != leg.v)
		i = (i + 1) & mask;
	return i;
}

static void leg_put(struct live *l, struct leg_id leg, struct call_id call,
		    struct leg_past past)
{
	size_t i = leg_at(l, leg);

	l->leg_keys[i] = leg;
	l->leg_calls[i] = call;
	l->leg_past[i] = past;
}

/* Open addressing: what follows in the run is put in its place again. */
static void leg_del(struct live *l, struct leg_id leg)
{
	size_t mask = l->leg_cap - 1, i = leg_at(l, leg);

	if (!l->leg_keys[i].v)
		return;
	l->leg_keys[i].v = l->leg_calls[i].v = 0;
	for (i = (i + 1) & mask; l->leg_keys[i].v; i = (i + 1) & mask) {
		struct leg_id k = l->leg_keys[i];
		struct call_id c = l->leg_calls[i];
		struct leg_past past = l->leg_past[i];

		l->leg_keys[i].v = l->leg_calls[i].v = 0;
		leg_put(l, k, c, past);
	}
}

void live_leg_put(struct live *l, struct leg_id leg, struct call_id call)
{
	leg_put(l, leg, call, (struct leg_past){ 0 });
}

/* Of one that has ended nothing more is heard but how it was. */
struct call_id live_leg_call(const struct live *l, struct leg_id leg)
{
	size_t i = leg_at(l, leg);

	return l->leg_past[i].over ? (struct call_id){ 0 } : l->leg_calls[i];
}

struct leg_id live_call_leg(const struct live *l, struct call_id call)
{
	struct leg_id leg = l->call_legs[call_slot(call)];

	if (leg.v && l->leg_calls[leg_at(l, leg)].v == call.v)
		return leg;
	return (struct leg_id){ 0 };
}

void live_free_leg(struct live *l, struct call_id call)
{
	struct leg_id leg = live_call_leg(l, call);
	const struct call *c = call_get(floor_calls(l->r.floor), call);

	if (!leg.v)
		return;
	/* It stays known until media has said its last word on it. */
	if (c && c->answer_ms)
		l->leg_past[leg_at(l, leg)] =
			(struct leg_past){ c->uid, c->trunk, false };
	l->leg_past[leg_at(l, leg)].over = true;
	media_leg_free(l->r.media, leg);
	l->call_legs[call_slot(call)].v = 0;
}

/* A leg's figures: of an answered call they go to its trunk and its record. */
void live_leg_ended(struct live *l, const struct media_event *ev)
{
	const struct media_stats *st = ev->stats;
	size_t i = leg_at(l, ev->leg);
	struct leg_past past = l->leg_past[i];
	struct floor_input in = { .kind = IN_SOUND,
				  .call = l->leg_calls[i].v,
				  .value = (int64_t)past.uid };
	struct floor_sound s = {
		.got = (uint32_t)st->rx_packets,
		.lost = (uint32_t)st->rx_lost,
		.jitter_us = st->jitter_mean_us, .mos_pct = st->mos_pct,
		.sent = (uint32_t)st->far_sent, .far_lost = st->far_lost };
	size_t len;

	if (l->leg_keys[i].v != ev->leg.v)
		return;		/* an agent's, or of a call never made */
	leg_del(l, ev->leg);
	if (!past.uid)
		return;
	dial_trunk_heard(l->r.dial, past.trunk, &(struct dial_sound){
		.got = st->rx_packets, .lost = st->rx_lost,
		.late = st->rx_late, .tx = st->tx_packets,
		.sent = st->far_sent, .far_lost = st->far_lost,
		.jitter_us = st->jitter_mean_us, .mos_pct = st->mos_pct },
		clock_now(l->r.clock));
	if (!st->rx_packets && !st->far_sent)
		return;
	if (schema_encode(&floor_sound_schema, &s, in.more, sizeof(in.more),
			  &len))
		return;		/* numbers alone: cannot be malformed */
	in.more_len = (uint16_t)len;
	live_tell(l, &in);
}

void live_one_way(struct live *l, const struct media_event *ev,
		  struct call_id call)
{
	const struct call *c = call_get(floor_calls(l->r.floor), call);

	if (!c || !c->trunk.v)
		return;
	dial_trunk_one_way(l->r.dial, c->trunk);
	log_warn("media", "call %u: nothing came from trunk %u in %u ms",
		 c->id.v, c->trunk.v, ev->ms);
}
