/*
 * live_keep -- what is too old goes: events of the log, attempts.
 *
 * A bite at a time, at most one on its way to the disk, in the bulk lane, and
 * none while the store has live work waiting: calls never wait for it.  A
 * stop in the middle costs nothing: each bite is whole, and the next start
 * goes on where the rows are.
 */
#include "live_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "report/audit.h"

enum {
	AT_FIRST_MS = 2000,	/* a start has other things to do            */
	AGAIN_MS = 60000,	/* nothing was old enough                    */
	SWEEP_MS = 86400000,	/* all attempts are looked at once a day     */
	ATTEMPTS_BITE = 500,	/* rows looked at a turn                     */
	QUIET = 64,		/* groups waiting: the store is not busy     */
};

int64_t live_keep_events_ms(const struct live *l)
{
	return conf_int(l->r.conf, "server", NULL, "keep_events");
}

int64_t live_keep_attempts_ms(const struct live *l)
{
	int64_t keep = conf_int(l->r.conf, "server", NULL, "keep_attempts");
	int64_t need_s = gate_history_s(l->r.gate);
	const struct campaign_conf *k;
	struct campaign_id id;

	if (!keep)
		return 0;
	for (size_t i = 0; floor_campaign_at(l->r.floor, i, &id); i++) {
		k = floor_campaign_conf(l->r.floor, id);
		if (k)
			need_s = MAX(need_s, (int64_t)k->gate.cap_s);
	}
	/* A day more: who is asked at midnight counts from the day before. */
	return MAX(keep, (need_s + 86400) * 1000);
}

static void on_bite(void *arg, const struct store_result *res)
{
	struct live *l = arg;

	l->keep.busy = false;
	if (!res->err)
		return;
	log_warn("live", "old rows stay for now: %s", err_text(res->err));
	/* Not at every tick again, and nothing is said to be gone. */
	l->keep.events_ms = clock_now(l->r.clock).mono_ms + AGAIN_MS;
	l->keep.attempts_ms = l->keep.events_ms;
	l->keep.upto = l->keep.attempts = 0;
	l->keep.sweeping = false;
}

static bool commit_bite(struct live *l, struct store_group *g)
{
	if (store_commit(g, on_bite, l)) {
		store_abort(g);		/* the store is full: later */
		return false;
	}
	l->keep.busy = true;
	l->keep.bites++;
	return true;
}

/* ---- events --------------------------------------------------------------- */

struct age {
	int64_t wall_ms;
	bool known;
};

static bool age_row(void *arg, uint64_t number UNUSED, const void *bytes,
		    size_t len)
{
	struct age *a = arg;
	struct floor_input in;

	a->known = !schema_decode(&floor_input_schema, bytes, len, &in);
	a->wall_ms = in.wall_ms;
	return false;
}

/* Was event `number` written before cut_ms?  One that cannot be read is as
 * old as what is before it: it does not stop the trimming for ever. */
static bool older(const struct live *l, uint64_t number, int64_t cut_ms,
		  bool alone)
{
	struct age a = { 0 };

	if (store_event_scan(l->r.store, number, 1, age_row, &a))
		return false;
	return a.known ? a.wall_ms < cut_ms : alone;
}

/* The longest run of old events from the oldest on, at most one bite. */
static uint64_t old_upto(const struct live *l, uint64_t oldest,
			 uint64_t newest, int64_t cut_ms)
{
	uint64_t n = STORE_TRIM_MAX;

	while (n && (oldest + n - 1 >= newest ||
		     !older(l, oldest + n - 1, cut_ms, n == 1)))
		n /= 2;
	return oldest + n - 1;
}

static void said_events(struct live *l, const uint8_t hash[STORE_HASH_LEN],
			struct now now)
{
	char hex[2 * STORE_HASH_LEN + 1] = "", text[200];

	if (!l->keep.upto)
		return;
	for (size_t i = 0; i < STORE_HASH_LEN; i++)
		str_add(hex, sizeof(hex), "%02x", hash[i]);
	str_fmt(text, sizeof(text), "events up to %llu trimmed, chain anchor "
		"%s", (unsigned long long)l->keep.upto, hex);
	audit_put(l->r.store, now.wall_ms, "waihud", text);
	l->keep.upto = 0;
}

/* True when a bite was taken. */
static bool trim_events(struct live *l, struct now now)
{
	int64_t keep = live_keep_events_ms(l);
	uint8_t hash[STORE_HASH_LEN], head_hash[STORE_HASH_LEN];
	uint64_t gone = 0, newest = 0, upto;
	struct store_group *g;

	if (!keep || now.mono_ms < l->keep.events_ms ||
	    store_event_anchor(l->r.store, &gone, hash) ||
	    store_event_head(l->r.store, &newest, head_hash))
		return false;
	upto = old_upto(l, gone + 1, newest, now.wall_ms - keep);
	if (upto <= gone) {
		l->keep.events_ms = now.mono_ms + AGAIN_MS;
		said_events(l, hash, now);
		return false;
	}
	g = store_begin_bulk(l->r.store);
	store_event_trim(g, upto);
	if (!commit_bite(l, g))
		return false;
	l->keep.upto = upto;
	return true;
}

/* ---- attempts -------------------------------------------------------------- */

/* The campaigns there are, and what of their attempts they still count. */
struct counting {
	const struct live *l;
	size_t n;
	struct { uint32_t id; bool whole, tries; } at[CAMPAIGNS_MAX];
};

static void counting_now(const struct live *l, struct counting *c)
{
	const struct campaign_conf *k;
	struct campaign_id id;

	c->l = l;
	c->n = 0;
	for (size_t i = 0; c->n < ARRAY_LEN(c->at) &&
			   floor_campaign_at(l->r.floor, i, &id); i++) {
		k = floor_campaign_conf(l->r.floor, id);
		if (!k)
			continue;
		c->at[c->n].id = id.v;
		c->at[c->n].tries = k->gate.tries_max > 0;
		c->at[c->n++].whole = k->gate.profile &&
			gate_profile_whole_campaign(k->gate.profile);
	}
}

/*
 * An attempt of a campaign that is still there counts against its caps for
 * ever: as long as the lead may be dialled again (or a rule counts calls of
 * the customer over the whole campaign).
 */
static bool needed(void *arg, struct campaign_id campaign, struct lead_id id)
{
	const struct counting *c = arg;
	struct lead lead;
	size_t i = 0;

	while (i < c->n && c->at[i].id != campaign.v)
		i++;
	if (i == c->n)
		return false;
	if (c->at[i].whole || !c->at[i].tries)
		return c->at[i].whole;
	switch (lead_get(c->l->r.leads, id, &lead)) {
	case ERR_OK:
		return lead.status != LEAD_DONE && lead.status != LEAD_DNC;
	case ERR_ABSENT:
		return false;
	default:
		return true;
	}
}

static void sweep_ended(struct live *l, struct now now)
{
	char text[120];

	l->keep.sweeping = false;
	l->keep.attempts_ms = now.mono_ms + SWEEP_MS;
	if (!l->keep.attempts)
		return;
	str_fmt(text, sizeof(text), "%llu attempts older than %lld days "
		"erased", (unsigned long long)l->keep.attempts,
		(long long)(live_keep_attempts_ms(l) / 86400000));
	audit_put(l->r.store, now.wall_ms, "waihud", text);
	l->keep.attempts = 0;
}

static void trim_attempts(struct live *l, struct now now)
{
	struct counting c;
	struct gate_trim ask = { .needed = needed, .arg = &c,
				 .budget = ATTEMPTS_BITE };
	struct gate_place at = l->keep.at;
	struct store_group *g;
	unsigned gone = 0;
	int64_t keep;

	if (now.mono_ms < l->keep.attempts_ms)
		return;
	keep = live_keep_attempts_ms(l);
	if (!keep) {
		l->keep.attempts_ms = now.mono_ms + AGAIN_MS;
		return;
	}
	ask.before_s = (now.wall_ms - keep) / 1000;
	counting_now(l, &c);
	if (!l->keep.sweeping)
		at = (struct gate_place){ 0 };
	g = store_begin_bulk(l->r.store);
	if (gate_attempts_trim(l->r.gate, g, &ask, &at, &gone)) {
		store_abort(g);
		l->keep.attempts_ms = now.mono_ms + AGAIN_MS;
		return;
	}
	if (!gone)
		store_abort(g);
	else if (!commit_bite(l, g))
		return;		/* the same bite again, later */
	l->keep.attempts += gone;
	l->keep.at = at;
	l->keep.sweeping = at.len > 0;
	if (!at.len)
		sweep_ended(l, now);
}

void live_keep(struct live *l, struct now now)
{
	if (!l->keep.events_ms) {
		l->keep.events_ms = l->keep.attempts_ms =
			now.mono_ms + AT_FIRST_MS;
		return;
	}
	if (l->keep.busy || store_backlog(l->r.store) > QUIET)
		return;
	if (!trim_events(l, now))
		trim_attempts(l, now);
}
