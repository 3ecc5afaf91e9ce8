/*
 * live_callers -- caller numbers a supervisor has taken off a trunk.
 *
 * The floor keeps them (an input of its log, a row of STORE_TRUNK by the
 * trunk's name), dial obeys; after a restart dial is told again.
 */
#include "live_priv.h"

#include "base/log.h"
#include "base/str.h"

#include <string.h>

/* The trunk's, or what a campaign shows on it. */
static bool is_shown(struct live *l, const struct dial_trunk_stat *t,
		     const char *number)
{
	const struct campaign_conf *k;
	struct campaign_id id;

	for (unsigned i = 0; i < t->caller_count; i++)
		if (str_eq(t->callers[i].number, number))
			return true;
	for (size_t i = 0; floor_campaign_at(l->r.floor, i, &id); i++) {
		k = floor_campaign_conf(l->r.floor, id);
		if (k && str_eq(k->caller, number))
			return true;
	}
	return false;
}

enum err live_rest(struct live *l, struct trunk_id trunk, const char *number,
		   bool rest)
{
	struct floor_input in = { .kind = IN_REST, .trunk = trunk.v,
				  .value = rest };
	struct dial_trunk_stat t;
	enum err e = trunk.v ? dial_trunk_stat(l->r.dial, trunk.v - 1,
					       clock_now(l->r.clock), &t)
			     : ERR_ABSENT;

	if (!e && !is_shown(l, &t, number))
		e = ERR_ABSENT;
	if (!e)
		e = dial_trunk_rest_caller(l->r.dial, trunk, number, rest);
	if (e)
		return e;
	str_fmt(in.text, sizeof(in.text), "%s\t%s", t.name, number);
	e = live_input(l, &in);
	if (e && dial_trunk_rest_caller(l->r.dial, trunk, number, !rest))
		log_err("live", "trunk %s: %s is not as it was", t.name,
			number);
	return e;
}

static bool rest_again(void *arg, const void *key, size_t klen,
		       const void *val UNUSED, size_t vlen UNUSED)
{
	struct live *l = arg;
	char name[DIAL_NAME_SIZE], number[DIAL_NUMBER_SIZE];
	const char *tail = memchr(key, 0, klen);
	struct trunk_id t;
	size_t n = tail ? (size_t)(tail - (const char *)key) : 0;
	enum err e;

	if (!tail)
		return true;
	str_fmt(name, sizeof(name), "%s", (const char *)key);
	str_fmt(number, sizeof(number), "%.*s", (int)(klen - n - 1),
		tail + 1);
	e = dial_trunk_by_name(l->r.dial, name, &t);
	if (!e)
		e = dial_trunk_rest_caller(l->r.dial, t, number, true);
	/* The configuration has changed since: the last is not taken away. */
	if (e)
		log_warn("live", "trunk %s: caller number %s does not rest any "
			 "more: %s", name, number, err_text(e));
	else
		log_info("live", "trunk %s: caller number %s rests", name,
			 number);
	return true;
}

enum err live_rest_restore(struct live *l)
{
	struct store_range all = { 0 };

	return store_scan_all(l->r.store, STORE_TRUNK, &all, rest_again, l);
}
