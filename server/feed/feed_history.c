/* feed_history -- alerts on disk: what was wrong, when, who did what. */
#include "feed_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "schema/schema.h"

#include <string.h>

enum { BACK_MS = 86400000 };	/* as far as screens see them            */

#define FEED_KEPT_FIELDS(F)                                                   \
	F(u32,  id,         0,   "number")                                    \
	F(u8,   level,      0,   "enum msg_level")                            \
	F(i64,  at_ms,      0,   "since [wall ms]")                           \
	F(i64,  cleared_ms, 0,   "until [wall ms]; 0: open")                  \
	F(i64,  muted_ms,   0,   "quiet until [wall ms]")                     \
	F(text, what,       23,  "the rule")                                  \
	F(text, en,         160, "in words")                                  \
	F(text, zh,         160, "in words")                                  \
	F(text, acked_by,   60,  "who acknowledged")                          \
	F(text, word,       80,  "and said")                                  \
	F(u32,  campaign,   0,   "what it is about")                          \
	F(u32,  agent,      0,   "what it is about")                          \
	F(u32,  trunk,      0,   "what it is about")
SCHEMA_STRUCT(feed_kept, FEED_KEPT_FIELDS);
SCHEMA_DEFINE(feed_kept, FEED_KEPT_FIELDS, "an alert");

void feed_alert_keep(struct feed *f, const struct alert *a)
{
	struct feed_kept k = {
		.id = a->id, .level = (uint8_t)a->say.level,
		.at_ms = a->at_ms, .cleared_ms = a->cleared_ms,
		.muted_ms = a->muted_ms, .campaign = a->campaign.v,
		.agent = a->agent.v, .trunk = a->trunk.v };
	struct store_key key = { 0 };
	struct store_group *g;
	uint8_t buf[700];
	size_t len;
	enum err e;

	if (!f->r)		/* a test of the rules alone */
		return;
	str_copy(k.what, sizeof(k.what), a->what);
	str_copy(k.en, sizeof(k.en), a->say.en);
	str_copy(k.zh, sizeof(k.zh), a->say.zh);
	str_copy(k.acked_by, sizeof(k.acked_by), a->acked_by);
	str_copy(k.word, sizeof(k.word), a->word);
	e = schema_encode(&feed_kept_schema, &k, buf, sizeof(buf), &len);
	if (e) {
		log_err("feed", "an alert cannot be kept: %s", err_text(e));
		return;
	}
	store_key_u64(&key, (uint64_t)a->at_ms);
	store_key_u32(&key, a->id);
	g = store_begin(f->r->store);
	store_put(g, STORE_ALERT, key.b, key.len, buf, len);
	e = store_commit(g, NULL, NULL);
	if (e) {
		log_err("feed", "an alert was not kept: %s", err_text(e));
		store_abort(g);
	}
}

struct walk {
	struct feed *f;
	struct now now;
	bool zh;
	feed_alert_h *h;
	void *arg;
};

/* One that cannot be read is left out, and stays on disk as it is. */
static bool read_row(const void *key, size_t klen, const void *val,
		     size_t vlen, struct feed_kept *out)
{
	const uint8_t *k = key;
	char hex[2 * 12 + 1] = "";

	if (!schema_decode(&feed_kept_schema, val, vlen, out))
		return true;
	for (size_t i = 0; i < MIN(klen, (size_t)12); i++)
		str_add(hex, sizeof(hex), "%02x", k[i]);
	log_err("feed", "an alert (key %s) cannot be read: left out, and kept",
		hex);
	return false;
}

static enum err scan(struct walk *w, int64_t from_ms, store_row_h *row)
{
	struct store_key from = { 0 };

	store_key_u64(&from, (uint64_t)MAX(from_ms, 0));
	return store_scan_all(w->f->r->store, STORE_ALERT,
			      &(struct store_range){ .from = from.b,
						     .from_len = from.len },
			      row, w);
}

static bool load_row(void *arg, const void *key, size_t klen,
		     const void *val, size_t vlen)
{
	struct walk *w = arg;
	struct feed *f = w->f;
	struct feed_kept k;
	struct alert *a;

	if (!read_row(key, klen, val, vlen, &k))
		return true;
	if (f->alert_len == ALERTS_MAX) {
		memmove(f->alerts, f->alerts + 1,
			(ALERTS_MAX - 1) * sizeof(f->alerts[0]));
		f->alert_len--;
	}
	a = &f->alerts[f->alert_len++];
	/* What still is wrong is raised anew: nothing was watched meanwhile. */
	*a = (struct alert){ .id = k.id, .at_ms = k.at_ms,
		.cleared_ms = k.cleared_ms ? k.cleared_ms : w->now.wall_ms,
		.muted_ms = k.muted_ms, .campaign = { k.campaign },
		.agent = { k.agent }, .trunk = { k.trunk },
		.say = { .level = (enum msg_level)k.level } };
	str_copy(a->what, sizeof(a->what), k.what);
	str_copy(a->say.en, sizeof(a->say.en), k.en);
	str_copy(a->say.zh, sizeof(a->say.zh), k.zh);
	str_copy(a->acked_by, sizeof(a->acked_by), k.acked_by);
	str_copy(a->word, sizeof(a->word), k.word);
	f->alert_id = MAX(f->alert_id, k.id);
	if (!k.cleared_ms)
		feed_alert_keep(f, a);
	return true;
}

enum err feed_alerts_load(struct feed *f, struct now now)
{
	struct walk w = { .f = f, .now = now };

	return scan(&w, now.wall_ms - BACK_MS, load_row);
}

static bool each_row(void *arg, const void *key, size_t klen,
		     const void *val, size_t vlen)
{
	struct walk *w = arg;
	struct msg_alert_row r;
	struct feed_kept k;

	if (!read_row(key, klen, val, vlen, &k))
		return true;
	r = (struct msg_alert_row){ .id = k.id, .level = k.level,
		.at_ms = k.at_ms, .cleared_ms = k.cleared_ms,
		.muted_ms = k.muted_ms, .campaign = k.campaign,
		.agent = k.agent, .trunk = k.trunk };
	str_copy(r.text, sizeof(r.text), w->zh ? k.zh : k.en);
	str_copy(r.acked_by, sizeof(r.acked_by), k.acked_by);
	str_copy(r.word, sizeof(r.word), k.word);
	return w->h(w->arg, &r);
}

enum err feed_alert_each(struct feed *f, int64_t from_ms, bool zh,
			 feed_alert_h *h, void *arg)
{
	struct walk w = { .f = f, .zh = zh, .h = h, .arg = arg };

	return scan(&w, from_ms, each_row);
}
