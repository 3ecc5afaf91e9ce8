/* feed_alerts -- what is wrong, once it has lasted; and when it is over. */
#include "feed_priv.h"

#include "base/log.h"
#include "base/str.h"

#include <math.h>
#include <string.h>

/* UX 2.6: a condition must last, and clears with a margin. */
enum { HOLD_OFF_MS = 30000, DROP_MIN_CALLS = 30 };

static bool is_same(const struct alert *a, struct campaign_id c,
		    struct agent_id g, struct trunk_id t, const char *what)
{
	return !a->cleared_ms && a->campaign.v == c.v && a->agent.v == g.v &&
	       a->trunk.v == t.v && str_eq(a->what, what);
}

void feed_alarm(struct feed *f, enum msg_level level, struct campaign_id c,
		struct agent_id g, struct trunk_id t, const char *what,
		const char *text, struct now now)
{
	struct alert *a;

	for (size_t i = 0; i < f->alert_len; i++) {
		if (!is_same(&f->alerts[i], c, g, t, what))
			continue;
		str_copy(f->alerts[i].text, sizeof(f->alerts[i].text), text);
		f->alerts[i].level = level;
		return;
	}
	if (f->alert_len == ALERTS_MAX) {	/* the oldest goes */
		memmove(f->alerts, f->alerts + 1,
			(ALERTS_MAX - 1) * sizeof(f->alerts[0]));
		f->alert_len--;
	}
	a = &f->alerts[f->alert_len++];
	*a = (struct alert){ .id = ++f->alert_id, .level = level,
			     .at_ms = now.wall_ms, .campaign = c, .agent = g,
			     .trunk = t };
	str_copy(a->what, sizeof(a->what), what);
	str_copy(a->text, sizeof(a->text), text);
	log_warn("alert", "%s", text);
}

void feed_calm(struct feed *f, struct campaign_id c, struct agent_id g,
	       struct trunk_id t, const char *what, struct now now)
{
	for (size_t i = 0; i < f->alert_len; i++)
		if (is_same(&f->alerts[i], c, g, t, what))
			f->alerts[i].cleared_ms = now.wall_ms;
}

enum err feed_ack(struct feed *f, uint32_t id, const char *who,
		  const char *word, uint32_t mute_s, struct now now)
{
	for (size_t i = 0; i < f->alert_len; i++) {
		struct alert *a = &f->alerts[i];

		if (a->id != id)
			continue;
		str_copy(a->acked_by, sizeof(a->acked_by), who);
		str_copy(a->word, sizeof(a->word), word);
		a->muted_ms = mute_s ? now.wall_ms + mute_s * 1000LL : 0;
		log_info("audit", "alert %u acknowledged by %s: %s", id, who,
			 word);
		return ERR_OK;
	}
	return ERR_ABSENT;
}

unsigned feed_alerts_open(const struct feed *f, struct now now)
{
	unsigned n = 0;

	for (size_t i = 0; i < f->alert_len; i++)
		n += !f->alerts[i].cleared_ms &&
		     f->alerts[i].muted_ms <= now.wall_ms;
	return n;
}

bool feed_alert_at(const struct feed *f, size_t i, struct msg_alert_row *out)
{
	const struct alert *a;

	if (i >= f->alert_len)
		return false;
	a = &f->alerts[f->alert_len - 1 - i];
	*out = (struct msg_alert_row){
		.id = a->id, .level = (uint8_t)a->level, .at_ms = a->at_ms,
		.cleared_ms = a->cleared_ms, .muted_ms = a->muted_ms,
		.campaign = a->campaign.v, .agent = a->agent.v,
		.trunk = a->trunk.v };
	str_copy(out->text, sizeof(out->text), a->text);
	str_copy(out->acked_by, sizeof(out->acked_by), a->acked_by);
	str_copy(out->word, sizeof(out->word), a->word);
	return true;
}

/* True once the condition of this key has lasted HOLD_OFF_MS. */
static bool lasted(struct feed *f, const char *key, bool is, struct now now)
{
	struct hold_off *free_slot = NULL;

	for (size_t i = 0; i < ARRAY_LEN(f->held); i++) {
		struct hold_off *h = &f->held[i];

		if (str_eq(h->key, key)) {
			if (!is)
				h->key[0] = '\0';
			return is && now.mono_ms - h->since_ms >= HOLD_OFF_MS;
		}
		if (!*h->key && !free_slot)
			free_slot = h;
	}
	if (is && free_slot) {
		str_copy(free_slot->key, sizeof(free_slot->key), key);
		free_slot->since_ms = now.mono_ms;
	}
	return false;
}

struct watch {
	struct feed *f;
	struct now now;
	struct campaign_id c;
	struct agent_id a;
	struct trunk_id t;
};

/* on: raise after the hold-off; off: clear; neither: leave as it is. */
static void judge(const struct watch *w, const char *what,
		  enum msg_level level, bool on, bool off, const char *text)
{
	char key[64];

	str_fmt(key, sizeof(key), "%s/%u/%u/%u", what, w->c.v, w->a.v,
		w->t.v);
	if (lasted(w->f, key, on, w->now))
		feed_alarm(w->f, level, w->c, w->a, w->t, what, text, w->now);
	if (off)
		feed_calm(w->f, w->c, w->a, w->t, what, w->now);
}

static void watch_abandon(struct watch *w, const struct msg_campaign_row *r)
{
	char text[160];
	int32_t limit = r->target;

	str_fmt(text, sizeof(text),
		"%s abandon %d.%d%% is over %d.%d%% (15 min)", r->name,
		r->abandon / 100, r->abandon % 100 / 10, limit / 100,
		limit % 100 / 10);
	judge(w, "abandon", MSG_LEVEL_ALARM, r->abandon > limit,
	      r->abandon * 10 < limit * 9, text);
	str_fmt(text, sizeof(text),
		"%s abandon today %d.%d%%, near its limit of %d.%d%%",
		r->name, r->abandon_today / 100,
		r->abandon_today % 100 / 10, limit / 100, limit % 100 / 10);
	judge(w, "abandon-today", MSG_LEVEL_WATCH,
	      r->abandon_today * 10 > limit * 9 && r->answered >= 100,
	      r->abandon_today * 10 < limit * 8, text);
}

/*
 * A drop of the connect rate against its own recent level: certain when the
 * last 10 minutes lie more than three standard errors below the 50 before
 * (two-proportion z test, pooled).
 */
static void watch_connect(struct watch *w, const struct msg_campaign_row *r)
{
	struct tally_sums now10, all60;
	double n1, n2, p1, p2, pool, se, z = 0;
	char text[160];

	tally_recent(w->f->tally, w->c, 10, w->now, &now10);
	tally_recent(w->f->tally, w->c, 60, w->now, &all60);
	n1 = now10.dialled;
	n2 = all60.dialled - now10.dialled;
	if (n1 < DROP_MIN_CALLS || n2 < DROP_MIN_CALLS)
		return;
	p1 = now10.person / n1;
	p2 = (all60.person - now10.person) / n2;
	pool = all60.person / (n1 + n2);
	se = sqrt(pool * (1 - pool) * (1 / n1 + 1 / n2));
	if (se > 0)
		z = (p2 - p1) / se;
	str_fmt(text, sizeof(text),
		"%s connect rate fell to %.1f%% from %.1f%% (%u calls)",
		r->name, p1 * 100, p2 * 100, now10.dialled);
	judge(w, "connect", MSG_LEVEL_ALARM, z > 3, z < 1.5, text);
}

static void watch_idle(struct watch *w, const struct msg_campaign_row *r)
{
	struct campaign_view v;
	char text[160];
	bool on;

	if (floor_campaign_view(w->f->r->floor, w->c, w->now, &v))
		return;
	on = v.running && !v.paused && r->agents && v.idle != IDLE_NONE &&
	     v.idle != IDLE_AGENTS;
	str_fmt(text, sizeof(text), "%s: agents idle, it does not dial: %s",
		r->name, idle_reason_word(v.idle));
	judge(w, "idle", MSG_LEVEL_ALARM, on, !on, text);
}

static void watch_trunk(struct watch *w, const struct msg_trunk_row *r)
{
	char text[160];

	str_fmt(text, sizeof(text), "trunk %s is down", r->name);
	judge(w, "trunk", MSG_LEVEL_ALARM, r->state == MSG_TRUNK_DOWN,
	      r->state != MSG_TRUNK_DOWN, text);
	str_fmt(text, sizeof(text), "trunk %s is full: %u of %u channels",
		r->name, r->used, r->cap);
	judge(w, "full", MSG_LEVEL_WATCH, r->cap && r->used * 20 >= r->cap * 19,
	      r->used * 10 < r->cap * 9, text);
	str_fmt(text, sizeof(text), "trunk %s: %d.%d%% of calls fail (5xx)",
		r->name, r->e5xx / 100, r->e5xx % 100 / 10);
	judge(w, "5xx", MSG_LEVEL_ALARM, r->e5xx > 500, r->e5xx < 200, text);
}

static void watch_seats(struct watch *w)
{
	struct seats *seats = floor_seats(w->f->r->floor);

	for (struct seat *s = seat_each(seats, NULL); s;
	     s = seat_each(seats, s)) {
		uint32_t limit;
		int64_t for_s = (w->now.mono_ms - s->since.mono_ms) / 1000;
		bool stuck = feed_over(w->f, s, w->now, &limit) &&
			     for_s > 3 * (int64_t)limit &&
			     s->state != SEAT_NOT_READY;
		char text[160];

		w->a = s->agent;
		str_fmt(text, sizeof(text), "%s %u is stuck: %s for %lld min",
			s->name, s->agent.v, seat_state_word(s->state),
			(long long)(for_s / 60));
		judge(w, "stuck", MSG_LEVEL_WATCH, stuck, !stuck, text);
	}
	w->a.v = 0;
}

void feed_watch(struct feed *f, struct now now)
{
	struct watch w = { .f = f, .now = now };
	struct live_stats st;

	for (size_t i = 0; floor_campaign_at(f->r->floor, i, &w.c); i++) {
		struct msg_campaign_row r;

		feed_campaign_row(f, w.c, now, &r);
		watch_abandon(&w, &r);
		watch_connect(&w, &r);
		watch_idle(&w, &r);
	}
	w.c.v = 0;
	for (unsigned i = 0; i < dial_trunk_count(f->r->dial); i++) {
		struct msg_trunk_row r;

		if (feed_trunk_row(f, i, now, &r))
			continue;
		w.t.v = r.id;
		watch_trunk(&w, &r);
	}
	w.t.v = 0;
	watch_seats(&w);
	live_stats(f->live, &st);
	judge(&w, "disk", MSG_LEVEL_ALARM, st.disk_full, !st.disk_full,
	      "disk is full: no new calls are dialled");
}

void feed_trunk_history(struct feed *f, struct now now)
{
	int64_t minute = now.wall_ms / 60000;

	if (minute == f->trunk_minute)
		return;
	f->trunk_minute = minute;
	for (unsigned i = 0; i < dial_trunk_count(f->r->dial) &&
			     i < DIAL_TRUNKS_MAX; i++) {
		struct msg_trunk_row r;
		uint8_t *h = f->trunk_used[i];

		if (feed_trunk_row(f, i, now, &r))
			continue;
		memmove(h, h + 1, 59);
		h[59] = (uint8_t)(r.cap ? 1 + MIN(r.used * 254 / r.cap, 254u)
					: 0);
	}
}
