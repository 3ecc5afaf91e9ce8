/* house_pacing -- the pacing page: settings staged, applied, taken back. */
#include "house_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "options.h"

#include <stdlib.h>
#include <string.h>

/* What may be changed here, in the units of enum msg_setting. */
static int32_t setting_get(const struct campaign_conf *k,
			   enum msg_setting set)
{
	switch (set) {
	case MSG_SET_LINES:
		return (int32_t)k->max_lines_per_agent_milli / 10;
	case MSG_SET_TARGET:	return k->target_ppm / 100;
	case MSG_SET_HARD_STOP:
		return gate_profile_abandon_ppm(k->gate.profile, -1) / 100;
	case MSG_SET_DELAY:	return k->connect_ms;
	case MSG_SET_RING:	return k->ring_ms / 1000;
	case MSG_SET_MACHINE:	return k->amd;
	case MSG_SET_MODE:	return k->mode + MSG_MODE_PREVIEW;
	case MSG_SET_WRAP:	return k->wrap_ms / 1000;
	default:		return 0;
	}
}

static void limits(const struct campaign_conf *k, enum msg_setting set,
		   struct msg_setting_row *r)
{
	static const struct { int32_t low, high, step; } fixed[] = {
		[MSG_SET_LINES] = { 100, 2000, 5 },
		[MSG_SET_TARGET] = { 0, 0, 10 },
		[MSG_SET_DELAY] = { 500, 2000, 100 },
		[MSG_SET_RING] = { 15, 60, 1 },
		[MSG_SET_MACHINE] = { 0, 1, 1 },
		[MSG_SET_MODE] = { MSG_MODE_PREVIEW, MSG_MODE_PREDICTIVE, 1 },
		[MSG_SET_WRAP] = { 0, 1800, 5 },
	};

	if (set < ARRAY_LEN(fixed)) {
		r->low = fixed[set].low;
		r->high = fixed[set].high;
		r->step = fixed[set].step;
	}
	/* Nobody can raise the target above the profile. */
	if (set == MSG_SET_TARGET)
		r->high = gate_profile_abandon_ppm(k->gate.profile, -1) / 100;
	if (set == MSG_SET_RING && k->gate.profile)
		r->low = MAX(gate_profile_min_ring_s(k->gate.profile), 5);
	if (set == MSG_SET_DELAY && k->gate.profile &&
	    gate_profile_connect_ms(k->gate.profile))
		r->high = gate_profile_connect_ms(k->gate.profile);
}

static enum err setting_put(struct campaign_conf *k, enum msg_setting set,
			    int32_t value)
{
	struct msg_setting_row r = { 0 };

	limits(k, set, &r);
	if (!r.step)
		return ERR_PERM;
	if (value < r.low || value > r.high)
		return ERR_ARG;
	switch (set) {
	case MSG_SET_LINES:
		k->max_lines_per_agent_milli = (uint32_t)value * 10;
		return ERR_OK;
	case MSG_SET_TARGET:	k->target_ppm = value * 100; return ERR_OK;
	case MSG_SET_DELAY:	k->connect_ms = value; return ERR_OK;
	case MSG_SET_RING:	k->ring_ms = value * 1000; return ERR_OK;
	case MSG_SET_MACHINE:	k->amd = value != 0; return ERR_OK;
	case MSG_SET_MODE:
		k->mode = (enum dial_mode)(value - MSG_MODE_PREVIEW);
		return ERR_OK;
	case MSG_SET_WRAP:	k->wrap_ms = value * 1000; return ERR_OK;
	default:		return ERR_PERM;
	}
}

static void add_settings(const struct campaign_conf *now,
			 const struct campaign_conf *staged,
			 struct msg_pacing *m)
{
	static const enum msg_setting shown[] = {
		MSG_SET_LINES, MSG_SET_TARGET, MSG_SET_HARD_STOP,
		MSG_SET_DELAY, MSG_SET_RING, MSG_SET_MACHINE, MSG_SET_MODE,
		MSG_SET_WRAP };

	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		struct msg_setting_row *r = &m->settings[m->settings_count++];

		r->setting = (uint8_t)shown[i];
		r->now = setting_get(now, shown[i]);
		r->staged = setting_get(staged, shown[i]);
		limits(now, shown[i], r);
		r->fixed = !r->step;
	}
}

/* In the screen's language; lines and the mode need no name (UX 2.6, S4). */
static void change_text(const struct live_pace_change *c, bool zh, char *buf,
			size_t size)
{
	static const char *const names[OPT_PACED_COUNT][2] = {
		[OPT_PACED_ABANDON] = { "abandon ", "目标呼损率 " },
		[OPT_PACED_RING] = { "ring ", "振铃时长 " },
		[OPT_PACED_WAIT] = { "delay ", "最长等待 " },
		[OPT_PACED_AMD] = { "machines ", "应答机识别 " },
		[OPT_PACED_WRAP] = { "wrap-up ", "话后整理 " } };
	static const char *const modes[] = { [MODE_PREVIEW] = "预览式",
		[MODE_PROGRESSIVE] = "渐进式", [MODE_PREDICTIVE] = "预测式" };
	const char *name = names[c->key][zh];
	char was[24], now[24];

	options_paced_text((enum opt_paced)c->key, c->was, was, sizeof(was));
	options_paced_text((enum opt_paced)c->key, c->now, now, sizeof(now));
	if (c->key != OPT_PACED_MODE)
		str_fmt(buf, size, "%s%s -> %s", name ? name : "", was, now);
	else
		str_copy(buf, size, zh && (size_t)c->now < ARRAY_LEN(modes)
					? modes[c->now] : now);
}

static void add_history(const struct house *h, struct campaign_id id, bool zh,
			struct msg_pacing *m)
{
	struct live_pace_change log[LIVE_PACE_LOG];
	size_t n = live_pace_log(h->live, id, log);

	for (size_t i = 0; i < n && i < ARRAY_LEN(m->history); i++) {
		struct msg_change_row *r = &m->history[m->history_count++];

		r->at_ms = log[i].at_ms;
		str_copy(r->who, sizeof(r->who), log[i].by);
		change_text(&log[i], zh, r->text, sizeof(r->text));
	}
}

void house_pacing_send(struct house *h, uint64_t session, uint32_t req,
		       struct campaign_id id,
		       const struct campaign_conf *staged)
{
	const struct live_rooms *r = live_rooms(h->live);
	struct now now = clock_now(h->clock);
	struct msg_pacing *m = calloc(1, sizeof(*m));
	struct campaign_view v;
	struct pacer_explain x;
	const char *label;

	if (!m || floor_campaign_view(r->floor, id, now, &v)) {
		if (req)
			door_refuse(h->door, session, req, MSG_NO_ABSENT,
				    NULL);
		free(m);
		return;
	}
	pacer_explain(floor_pacer(r->floor, id), now.mono_ms, &x);
	m->campaign = id.v;
	label = feed_is_zh(h->feed, session)
		? conf_text(h->conf, "campaigns", v.conf->name, "label_zh")
		: NULL;
	if (!label || !*label)
		label = conf_text(h->conf, "campaigns", v.conf->name, "label");
	str_copy(m->name, sizeof(m->name), label && *label ? label
							   : v.conf->name);
	m->mode = (uint8_t)(v.conf->mode + MSG_MODE_PREVIEW);
	m->state = !v.running ? MSG_CAMPAIGN_STOPPED
		   : v.paused ? MSG_CAMPAIGN_PAUSED : MSG_CAMPAIGN_RUNNING;
	m->agents = x.agents;
	m->checked = staged != NULL;
	add_settings(v.conf, staged ? staged : v.conf, m);
	m->limit = (uint32_t)gate_profile_abandon_ppm(v.conf->gate.profile,
						      -1) / 100;
	m->abandon_len = 60;
	for (unsigned i = 0; i < 60; i++) {
		struct tally_sums s;
		int32_t share;

		tally_minute(h->tally, id, 59 - i, now, &s);
		share = tally_share(s.abandoned, s.person);
		m->abandon[i] = (uint8_t)(share < 0 ? 0
					  : MIN(1 + share / 10, 255));
	}
	add_history(h, id, feed_is_zh(h->feed, session), m);
	house_forecast_rows(h, gate_profile_abandon_ppm(
		v.conf->gate.profile, v.conf->target_ppm) / 100, m);
	enum err e = door_send(h->door, session, MSG_PACING, req, m);

	/* A screen that has gone has nobody to tell; all else is a fault. */
	if (e && e != ERR_ABSENT && e != ERR_FULL)
		log_err("house", "campaign %u: pacing page: %s", id.v,
			err_text(e));
	free(m);
}

static void keep_undo(struct house *h, const struct campaign_conf *k)
{
	if (h->undo_len == UNDO_MAX) {
		memmove(h->undo, h->undo + 1,
			(UNDO_MAX - 1) * sizeof(h->undo[0]));
		h->undo_len--;
	}
	h->undo[h->undo_len++] = *k;
}

/* The newest of this campaign; it stays there until it is in force. */
static enum err undo(const struct house *h, struct campaign_id id, size_t *at)
{
	for (size_t i = h->undo_len; i-- > 0;)
		if (h->undo[i].id.v == id.v) {
			*at = i;
			return ERR_OK;
		}
	return ERR_ABSENT;
}

static void drop_undo(struct house *h, size_t at)
{
	memmove(&h->undo[at], &h->undo[at + 1],
		(h->undo_len - at - 1) * sizeof(h->undo[0]));
	h->undo_len--;
}

void house_pacing_set(struct house *h, const struct door_session *s,
		      uint32_t req, const struct msg_pacing_set *m)
{
	const struct live_rooms *r = live_rooms(h->live);
	struct campaign_id id = { m->campaign };
	struct now now = clock_now(h->clock);
	struct campaign_view v;
	struct campaign_conf k, was;
	char text[200];
	size_t undo_at = 0;
	enum err e = floor_campaign_view(r->floor, id, now, &v);

	if (!e)
		k = was = *v.conf;
	if (!e && m->undo)
		e = undo(h, id, &undo_at);
	if (!e && m->undo)
		k = h->undo[undo_at];
	for (uint32_t i = 0; !e && !m->undo && i < m->rows_count; i++)
		e = setting_put(&k, (enum msg_setting)m->rows[i].setting,
				m->rows[i].value);
	if (e) {
		door_refuse(h->door, s->no, req, msg_refusal_of(e), NULL);
		return;
	}
	if (m->check) {
		house_pacing_page(h, s->no, req, id, &k);
		return;
	}
	str_fmt(text, sizeof(text), "campaign %s: %s lines %u/1000 target "
		"%d ppm mode %s", k.name, m->undo ? "undo:" : "pacing:",
		k.max_lines_per_agent_milli, k.target_ppm,
		dial_mode_word(k.mode));
	e = live_pace(h->live, &k, s->user);
	if (e) {
		door_refuse(h->door, s->no, req, msg_refusal_of(e), NULL);
		return;
	}
	/* What was refused can neither be taken back nor is it. */
	if (m->undo)
		drop_undo(h, undo_at);
	else
		keep_undo(h, &was);
	house_audit(h, s->user, text);
	house_ok(h, s->no, req);
	house_pacing_page(h, s->no, 0, id, NULL);
}
