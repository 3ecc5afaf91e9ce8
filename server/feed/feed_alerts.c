/* feed_alerts -- what is wrong, once it has lasted; and when it is over. */
#include "feed_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "desk/desk.h"
#include "staff/staff.h"

#include <string.h>

/* UX 2.6: a condition must last, and clears with a margin. */
enum { HOLD_OFF_MS = 30000, HELD_STALE_MS = 5000,
       CAMPAIGNS_TURN = 8 };		/* some 15 us each                   */

static bool is_same(const struct alert *a, struct campaign_id c,
		    struct agent_id g, struct trunk_id t, const char *what)
{
	return !a->cleared_ms && a->campaign.v == c.v && a->agent.v == g.v &&
	       a->trunk.v == t.v && str_eq(a->what, what);
}

/* Quiet was asked for this, not only for the alert that was open then. */
static int64_t muted_until(const struct feed *f, struct campaign_id c,
			   struct agent_id g, struct trunk_id t,
			   const char *what, struct now now)
{
	for (size_t i = 0; i < f->alert_len; i++) {
		const struct alert *a = &f->alerts[i];

		if (a->campaign.v == c.v && a->agent.v == g.v &&
		    a->trunk.v == t.v && str_eq(a->what, what) &&
		    a->muted_ms > now.wall_ms)
			return a->muted_ms;
	}
	return 0;
}

void feed_alarm(struct feed *f, struct campaign_id c, struct agent_id g,
		struct trunk_id t, const char *what,
		const struct feed_say *say, struct now now)
{
	int64_t muted = muted_until(f, c, g, t, what, now);
	struct alert *a;

	for (size_t i = 0; i < f->alert_len; i++) {
		if (!is_same(&f->alerts[i], c, g, t, what))
			continue;
		f->alerts[i].say = *say;
		return;
	}
	if (f->alert_len == ALERTS_MAX) {	/* the oldest goes */
		memmove(f->alerts, f->alerts + 1,
			(ALERTS_MAX - 1) * sizeof(f->alerts[0]));
		f->alert_len--;
	}
	a = &f->alerts[f->alert_len++];
	*a = (struct alert){ .id = ++f->alert_id, .say = *say,
			     .at_ms = now.wall_ms, .campaign = c, .agent = g,
			     .trunk = t, .muted_ms = muted };
	str_copy(a->what, sizeof(a->what), what);
	feed_alert_keep(f, a);
	log_warn("alert", "%s", say->en);
}

bool feed_is_open(const struct feed *f, struct trunk_id t, const char *what)
{
	for (size_t i = 0; i < f->alert_len; i++)
		if (is_same(&f->alerts[i], (struct campaign_id){ 0 },
			    (struct agent_id){ 0 }, t, what))
			return true;
	return false;
}

void feed_calm(struct feed *f, struct campaign_id c, struct agent_id g,
	       struct trunk_id t, const char *what, struct now now)
{
	for (size_t i = 0; i < f->alert_len; i++)
		if (is_same(&f->alerts[i], c, g, t, what)) {
			f->alerts[i].cleared_ms = now.wall_ms;
			feed_alert_keep(f, &f->alerts[i]);
			log_info("alert", "over: %s", f->alerts[i].say.en);
		}
}

enum err feed_ack(struct feed *f, uint32_t id, const char *who,
		  const char *word, uint32_t mute_s, struct now now)
{
	for (size_t i = 0; i < f->alert_len; i++) {
		struct alert *a = &f->alerts[i];

		if (a->id != id)
			continue;
		/* Nobody keeps it from those who come after him. */
		if (mute_s > MSG_MUTE_MAX_S)
			return ERR_ARG;
		str_copy(a->acked_by, sizeof(a->acked_by), who);
		str_copy(a->word, sizeof(a->word), word);
		a->muted_ms = mute_s ? now.wall_ms + mute_s * 1000LL : 0;
		feed_alert_keep(f, a);
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

bool feed_alert_at(const struct feed *f, size_t i, bool zh,
		   struct msg_alert_row *out)
{
	const struct alert *a;

	if (i >= f->alert_len)
		return false;
	a = &f->alerts[f->alert_len - 1 - i];
	*out = (struct msg_alert_row){
		.id = a->id, .level = (uint8_t)a->say.level, .at_ms = a->at_ms,
		.cleared_ms = a->cleared_ms, .muted_ms = a->muted_ms,
		.campaign = a->campaign.v, .agent = a->agent.v,
		.trunk = a->trunk.v };
	str_copy(out->text, sizeof(out->text), zh ? a->say.zh : a->say.en);
	str_copy(out->acked_by, sizeof(out->acked_by), a->acked_by);
	str_copy(out->word, sizeof(out->word), a->word);
	return true;
}

/* ---- whose it is --------------------------------------------------------- */

static void works_for(struct feed *f, const struct seat *s)
{
	for (size_t i = 0; i < s->link_count; i++) {
		struct campaign_id id = s->links[i].campaign;

		if (!feed_team_works(f, id) && f->seen_n < LIMITS_MAX)
			f->seen[f->seen_n++] = id;
	}
}

void feed_team_look(struct feed *f, const char *team)
{
	struct seats *seats = floor_seats(f->r->floor);

	str_copy(f->seen_team, sizeof(f->seen_team), team);
	f->seen_n = 0;
	for (struct seat *s = *team ? seat_each(seats, NULL) : NULL; s;
	     s = seat_each(seats, s))
		if (str_eq(s->team, team))
			works_for(f, s);
}

bool feed_team_works(const struct feed *f, struct campaign_id id)
{
	for (size_t i = 0; i < f->seen_n; i++)
		if (f->seen[i].v == id.v)
			return true;
	return !*f->seen_team;
}

bool feed_team_sees(struct feed *f, const char *team,
		    const struct msg_alert_row *row)
{
	struct agent_id agent = { row->agent };
	struct staff st;
	struct seat *s;

	if (!*team)
		return true;
	if (row->agent) {
		s = seat_get(floor_seats(f->r->floor), agent);
		if (s)
			return str_eq(s->team, team);
		return !staff_by_agent(f->r->store, agent, &st) &&
		       str_eq(st.team, team);
	}
	if (!row->campaign)
		return true;
	if (!str_eq(f->seen_team, team))
		feed_team_look(f, team);
	return feed_team_works(f, (struct campaign_id){ row->campaign });
}

/* True once the condition of this key has lasted HOLD_OFF_MS. */
static bool lasted(struct feed *f, const char *key, bool is, struct now now)
{
	struct hold_off *free_slot = NULL;

	for (size_t i = 0; i < ARRAY_LEN(f->held); i++) {
		struct hold_off *h = &f->held[i];

		if (str_eq(h->key, key)) {
			h->seen_ms = now.mono_ms;
			if (!is)
				h->key[0] = '\0';
			return is && now.mono_ms - h->since_ms >= HOLD_OFF_MS;
		}
		if (!*h->key && !free_slot)
			free_slot = h;
	}
	if (is && free_slot) {
		str_copy(free_slot->key, sizeof(free_slot->key), key);
		free_slot->since_ms = free_slot->seen_ms = now.mono_ms;
	}
	return false;
}

/* What nobody looks at any more (an agent who is well again) begins anew. */
void feed_forget_held(struct feed *f, struct now now)
{
	for (size_t i = 0; i < ARRAY_LEN(f->held); i++)
		if (*f->held[i].key &&
		    now.mono_ms - f->held[i].seen_ms > HELD_STALE_MS)
			f->held[i].key[0] = '\0';
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
		  const struct feed_say *say)
{
	char key[64];

	str_fmt(key, sizeof(key), "%s/%u/%u/%u", what, w->c.v, w->a.v,
		w->t.v);
	if (lasted(w->f, key, say->on, w->now))
		feed_alarm(w->f, w->c, w->a, w->t, what, say, w->now);
	if (say->off)
		feed_calm(w->f, w->c, w->a, w->t, what, w->now);
}

void feed_judge(struct feed *f, struct campaign_id c, struct agent_id a,
		struct trunk_id t, const char *what,
		const struct feed_say *say, struct now now)
{
	judge(&(struct watch){ f, now, c, a, t }, what, say);
}

static void watch_idle(struct watch *w, struct feed_name name)
{
	const struct live_rooms *rooms = w->f->r;
	struct campaign_view v;
	struct feed_say say;

	if (floor_campaign_view(rooms->floor, w->c, w->now, &v))
		return;
	rule_idle(&(struct rule_idle){
			  .name = name, .running = v.running && !v.paused,
			  .ready = (uint32_t)seat_ready_count(
				  floor_seats(rooms->floor), w->c),
			  .idle = (int)v.idle,
			  .idle_word = idle_reason_word(v.idle),
			  .bound = (int)v.bound,
			  .bound_word = pacer_bound_word(v.bound),
			  .blocked = v.blocked }, &say);
	judge(w, "idle", &say);
	rule_budget(name, v.running && v.fallback, &say);
	judge(w, "budget", &say);
}

static void watch_campaign(struct watch *w)
{
	struct tally_sums last10, all60;
	const struct campaign_conf *k = floor_campaign_conf(w->f->r->floor,
							    w->c);
	struct feed_name name;
	struct msg_campaign_row r;
	struct pacer_explain x;
	struct feed_say say;

	if (!k)
		return;
	name = feed_campaign_name(w->f, k->name);
	feed_campaign_paced(w->f, w->c, w->now, &r, &x);
	rule_abandon(name, &r, &say);
	judge(w, "abandon", &say);
	rule_abandon_today(name, &r, &say);
	judge(w, "abandon-today", &say);
	rule_abandon_legal(name, &r, x.held, &say);
	judge(w, "abandon-legal", &say);
	tally_recent(w->f->tally, w->c, 10, w->now, &last10);
	tally_recent(w->f->tally, w->c, 60, w->now, &all60);
	rule_connect(name, &last10, &all60, &say);
	judge(w, "connect", &say);
	watch_idle(w, name);
}

void feed_watch_campaigns(struct feed *f, struct now now)
{
	struct watch w = { .f = f, .now = now };

	for (size_t n = 0; n < CAMPAIGNS_TURN; n++) {
		if (!floor_campaign_at(f->r->floor, f->campaign_at, &w.c)) {
			f->campaign_at = 0;
			return;
		}
		f->campaign_at++;
		watch_campaign(&w);
	}
}

static void watch_trunks(struct watch *w)
{
	for (unsigned i = 0; i < dial_trunk_count(w->f->r->dial); i++) {
		struct msg_trunk_row r;
		struct feed_say say;

		if (feed_trunk_row(w->f, i, w->now, &r))
			continue;
		w->t.v = r.id;
		rule_trunk_down(&r, &say);
		judge(w, "trunk", &say);
		rule_trunk_full(&r, &say);
		judge(w, "full", &say);
		rule_trunk_5xx(&r, &say);
		judge(w, "5xx", &say);
		rule_trunk_sound(&r, &say);
		judge(w, "sound", &say);
	}
	w->t.v = 0;
}

/* Over its limit, in a state that one may be stuck in. */
static bool may_be_stuck(struct feed *f, const struct seat *s,
			 struct now now, uint32_t *limit)
{
	return s->state != SEAT_NOT_READY && s->state != SEAT_OFFLINE &&
	       feed_over(f, s, now, limit);
}

void feed_watch_seat(struct feed *f, const struct seat *s, struct now now)
{
	struct watch w = { .f = f, .now = now, .a = s->agent };
	struct feed_say say;
	uint32_t limit;

	if (!may_be_stuck(f, s, now, &limit))
		return;
	rule_stuck(s->name, s->agent.v, desk_state(s, NULL),
		   (now.mono_ms - s->since.mono_ms) / 1000, limit, &say);
	judge(&w, "stuck", &say);
}

/* Those who were stuck and are not: an open alert knows whom to look at. */
static void watch_stuck(struct watch *w)
{
	for (size_t i = 0; i < w->f->alert_len; i++) {
		const struct alert *a = &w->f->alerts[i];
		struct seat *s = seat_get(floor_seats(w->f->r->floor),
					  a->agent);
		struct feed_say off = { .off = true };
		uint32_t limit;

		if (a->cleared_ms || !a->agent.v ||
		    (s && may_be_stuck(w->f, s, w->now, &limit)))
			continue;
		w->a = a->agent;
		judge(w, "stuck", &off);
	}
	w->a.v = 0;
}

void feed_watch(struct feed *f, struct now now)
{
	struct watch w = { .f = f, .now = now };
	struct live_stats st;
	struct feed_say say;

	watch_trunks(&w);
	feed_watch_callers(f, now);
	watch_stuck(&w);
	live_stats(f->live, &st);
	rule_disk(st.disk_full, &say);
	judge(&w, "disk", &say);
	feed_forget_held(f, now);
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
