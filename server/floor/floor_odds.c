/*
 * floor_odds -- each lead's own chance of an answer, learned from the
 * campaign's calls and told to its pacer; kept beside what that has learned.
 */
#include "floor_priv.h"

#include "base/log.h"

#include <string.h>

enum { ODDS_KEY = 255 };	/* after the hours of the day */

static struct odds_ask ask_of(const struct campaign *k, const struct lead *l,
			      int64_t wall_ms)
{
	int64_t at = wall_ms / 1000;

	return (struct odds_ask){
		.clock_s = at + k->conf.shift_off_s,
		.age_s = MAX(at - l->created_s, 0), .tries = l->attempts,
		.tier = l->tier };
}

double chance_of_lead(const struct campaign *k, const struct lead *l,
		      struct now now)
{
	struct odds_ask a;

	if (!k->conf.odds || !k->odds.used)
		return 0;
	a = ask_of(k, l, now.wall_ms);
	return odds_chance(&k->odds, &a);
}

double chance_of_call(struct floor *f, const struct campaign *k,
		      const struct call *c, struct now now)
{
	struct lead l;

	if (!k->conf.odds || !k->odds.used || lead_get(f->leads, c->lead, &l))
		return 0;
	return chance_of_lead(k, &l, now);
}

void chance_learn(struct floor *f, struct campaign *k, const struct call *c,
		  bool answered)
{
	struct odds_ask a;
	struct lead l;

	if (!k || !k->conf.odds || c->part || !c->invite_ms ||
	    lead_get(f->leads, c->lead, &l))
		return;
	l.attempts = c->attempt ? c->attempt - 1 : 0;
	a = ask_of(k, &l, c->invite_ms);
	odds_learn(&k->odds, &a, answered);
}

static void key_of(const struct campaign *k, struct store_key *key)
{
	store_key_u32(key, k->conf.id.v);
	store_key_u8(key, ODDS_KEY);
}

void chance_save(struct floor *f, const struct campaign *k)
{
	uint8_t buf[ODDS_SAVED];
	struct store_key key = { 0 };

	key_of(k, &key);
	store_put(floor_group(f), STORE_PACER, key.b, key.len, buf,
		  odds_save(&k->odds, buf));
}

void chance_restore(struct floor *f, struct campaign *k)
{
	uint8_t buf[ODDS_SAVED];
	struct store_key key = { 0 };
	size_t len;
	enum err e;

	key_of(k, &key);
	odds_init(&k->odds);
	e = store_get(f->store, STORE_PACER, key.b, key.len, buf, sizeof(buf),
		      &len);
	if (!e)
		e = odds_load(&k->odds, buf, len);
	if (e && e != ERR_ABSENT)
		log_warn("floor", "campaign %s: its leads' chances cannot be "
			 "read: %s", k->conf.name, err_text(e));
}

const struct odds *floor_odds(const struct floor *f, struct campaign_id id)
{
	const struct campaign *k = floor_campaign(f, id);

	return k ? &k->odds : NULL;
}
