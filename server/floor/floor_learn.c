/*
 * floor_learn -- what pacers have learned, kept and shared.
 *
 *	STORE_PACER   campaign u32            as it was last, with its ledger
 *	              campaign u32, hour u8   as it was at the end of that hour
 *
 * Each value is the wall clock [ms], big-endian, and pacer_save's bytes.  The
 * first agent after a pause of an hour begins a new day of the campaign: the
 * ledger goes on, and what was learned at this hour before is the prior.  A
 * campaign without a past takes talk and wrap-up times, not the answer rate,
 * from the campaign of the house that knows most.
 */
#include "floor_priv.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#define PAUSE_MS    3600000	/* as long as this: another hour of the day  */
#define HOUR_WEIGHT 0.5		/* of what an earlier day taught             */
#define OTHER_WEIGHT 0.2	/* of what another campaign taught           */
#define KNOWS_CALLS 20		/* talks that make a state worth keeping     */

static void key_of(const struct campaign *k, int hour, struct store_key *key)
{
	store_key_u32(key, k->conf.id.v);
	if (hour >= 0)
		store_key_u8(key, (uint8_t)hour);
}

static int hour_of(const struct campaign *k, int64_t wall_ms)
{
	return (int)((wall_ms / 1000 + k->conf.shift_off_s) / 3600 % 24);
}

/* hour < 0: as it was last.  *at_ms: when; *buf has room for `size`. */
static enum err read_state(struct floor *f, const struct campaign *k, int hour,
			   uint8_t *buf, size_t size, size_t *len,
			   int64_t *at_ms)
{
	struct store_key key = { 0 };
	enum err e;

	key_of(k, hour, &key);
	e = store_get(f->store, STORE_PACER, key.b, key.len, buf, size, len);
	if (!e && *len <= 8)
		e = ERR_FORMAT;
	if (!e)
		*at_ms = (int64_t)store_be64(buf);
	return e;
}

static void put_state(struct floor *f, const struct campaign *k, int hour,
		      struct now now)
{
	size_t size = pacer_save_size(), len;
	uint8_t *buf = malloc(size + 8);
	struct store_key key = { 0 }, at = { 0 };

	key_of(k, hour, &key);
	store_key_u64(&at, (uint64_t)now.wall_ms);
	if (buf && !pacer_save(k->pacer, buf + 8, size, &len)) {
		memcpy(buf, at.b, 8);
		store_put(floor_group(f), STORE_PACER, key.b, key.len, buf,
			  len + 8);
	}
	free(buf);
}

void learn_save(struct floor *f, struct now now)
{
	for (size_t i = 0; i < f->campaign_count; i++) {
		put_state(f, &f->campaigns[i], -1, now);
		chance_save(f, &f->campaigns[i]);
	}
	floor_flush(f);
}

void learn_restore(struct floor *f, struct campaign *k, struct now now)
{
	size_t size = pacer_save_size() + 8, len;
	uint8_t *buf = malloc(size);
	int64_t at_ms;
	enum err e = buf ? read_state(f, k, -1, buf, size, &len, &at_ms)
			 : ERR_MEMORY;

	if (!e) {
		e = pacer_load(k->pacer, buf + 8, len - 8, now.mono_ms,
			       MAX(now.wall_ms - at_ms, 0));
		if (!e)
			k->seen_ms = at_ms;
	}
	if (e && e != ERR_ABSENT)
		log_warn("floor", "campaign %s: what its pacer had learned "
			 "cannot be read: %s", k->conf.name, err_text(e));
	free(buf);
	chance_restore(f, k);
}

/* The campaign, not this one, whose pacer has seen most talks. */
static const struct campaign *wisest(const struct floor *f,
				     const struct campaign *not)
{
	const struct campaign *best = NULL;
	double most = KNOWS_CALLS;

	for (size_t i = 0; i < f->campaign_count; i++) {
		const struct campaign *k = &f->campaigns[i];
		struct pacer_learned l;

		if (k == not)
			continue;
		pacer_learned(k->pacer, &l);
		if (l.calls > most) {
			most = l.calls;
			best = k;
		}
	}
	return best;
}

/* p: just made.  Says what it begins with. */
static const char *begin_with(struct floor *f, struct campaign *k,
			      struct pacer *p, uint8_t *buf, size_t size,
			      struct now now)
{
	const struct campaign *other;
	struct pacer_learned l;
	int64_t at_ms;
	size_t len;

	pacer_learned(k->pacer, &l);
	if (pacer_save(k->pacer, buf, size, &len) ||
	    (k->seen_ms && pacer_load(p, buf, len, now.mono_ms, 0)))
		return NULL;
	if (!read_state(f, k, hour_of(k, now.wall_ms), buf, size, &len,
			&at_ms) &&
	    !pacer_prior(p, buf + 8, len - 8, HOUR_WEIGHT))
		return "what was learned at this hour before";
	if (l.calls >= KNOWS_CALLS)
		return "what was learned last";
	other = wisest(f, k);
	if (other && !pacer_save(other->pacer, buf, size, &len) &&
	    !pacer_prior_times(p, buf, len, OTHER_WEIGHT))
		return other->conf.name;
	return "nothing learned yet";
}

void learn_wake(struct floor *f, struct campaign *k, struct now now)
{
	size_t size = pacer_save_size() + 8;
	struct pacer_explain x;
	struct pacer_conf conf;
	struct pacer *p = NULL;
	const char *what = NULL;
	uint8_t *buf;

	if (k->seen_ms && now.wall_ms - k->seen_ms < PAUSE_MS)
		return;
	pacer_explain(k->pacer, now.mono_ms, &x);
	if (x.agents || x.ringing || x.waiting)
		return;
	plan_conf(k, now, &conf);
	buf = malloc(size);
	if (buf && !pacer_new(&conf, &p))
		what = begin_with(f, k, p, buf, size, now);
	free(buf);
	if (!what) {		/* it goes on as it is */
		pacer_free(p);
		return;
	}
	pacer_free(k->pacer);
	k->pacer = p;
	k->seen_ms = now.wall_ms;
	log_info("floor", "campaign %s: a new day begins with %s",
		 k->conf.name, what);
}

void learn_turn(struct floor *f, struct campaign *k, struct now now)
{
	int64_t hour = now.wall_ms / 3600000;

	if (hour == k->hour)
		return;
	if (k->hour && k->hour_talks >= KNOWS_CALLS)
		put_state(f, k, hour_of(k, k->hour * 3600000), now);
	k->hour = hour;
	k->hour_talks = 0;
}
