/* clerk_work -- status, campaigns, pacing. */
#include "clerk_priv.h"

#include "base/str.h"
#include "options.h"

#include <stdlib.h>
#include <string.h>

/* Shares travel as 1/100 percent; people and scripts want 0.031. */
json_t *ratio_json(int32_t x)
{
	return x < 0 ? json_null() : json_real(x / 10000.0);
}

bool verb_status_show(struct job *j, struct now now)
{
	const struct live_rooms *r = j->c->r;
	uint32_t counts[SEAT_STATE_COUNT], agents = 0, up = 0;
	static const struct campaign_id all = { 0 };
	struct tally_sums today;
	struct live_stats st;
	uint64_t room = 0;

	live_stats(j->c->conf.live, &st);
	seat_counts(floor_seats(r->floor), counts);
	for (int s = SEAT_OFFLINE + 1; s < SEAT_STATE_COUNT; s++)
		agents += counts[s];
	for (unsigned i = 0; i < dial_trunk_count(r->dial); i++) {
		struct dial_trunk_stat t;

		if (!dial_trunk_stat(r->dial, i, now, &t))
			up += t.state == TRUNK_UP || t.state == TRUNK_STANDBY;
	}
	tally_today(j->c->conf.tally, all, &today);
	enum err disk = store_disk(r->store, &room);

	say(j, json_pack(
		"{s:s, s:s, s:o, s:I, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i,"
		" s:i, s:i, s:i, s:o, s:I, s:b, s:b, s:i, s:i}",
		"version", WAIHU_VERSION, "floor",
		conf_text(r->conf, "server", NULL, "name"), "started",
		time_json(st.started_ms), "uptime_s",
		(json_int_t)((now.wall_ms - st.started_ms) / 1000), "agents",
		(int)agents, "ready", (int)counts[SEAT_READY], "talking",
		(int)(counts[SEAT_TALK] + counts[SEAT_HOLD]), "calls",
		(int)call_count(floor_calls(r->floor)), "trunks",
		(int)dial_trunk_count(r->dial), "trunks_up", (int)up,
		"dialled", (int)today.dialled, "answered", (int)today.person,
		"talked", (int)today.talked, "abandoned",
		(int)today.abandoned, "blocked", (int)today.blocked,
		"abandon", ratio_json(tally_share(today.abandoned, today.person)),
		"disk_free", (json_int_t)room, "disk_full",
		disk == ERR_FULL || st.disk_full, "draining", st.draining,
		"alerts", (int)feed_alerts_open(j->c->conf.feed, now),
		"slowest_ms", (int)st.slowest_ms));
	return true;
}

/* ---- campaigns ---------------------------------------------------------------------- */

bool campaign_named(struct job *j, struct campaign_id *id)
{
	const char *name = word_at(j, 0);

	if (!name)
		return !fail(j, EXIT_USAGE, MSG_NO_ARG, "which campaign?");
	if (floor_campaign_by_name(j->c->r->floor, name, id))
		return !fail(j, EXIT_NOTHING, MSG_NO_ABSENT,
			     "%s: no such campaign", name);
	return true;
}

static json_t *campaign_json(struct job *j, struct campaign_id id,
			     struct now now)
{
	struct msg_campaign_row r;
	struct campaign_view v;

	feed_campaign_row(j->c->conf.feed, id, now, &r);
	if (floor_campaign_view(j->c->r->floor, id, now, &v))
		return NULL;
	return json_pack(
		"{s:s, s:s, s:s, s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:I, s:i,"
		" s:i, s:i, s:s, s:s, s:b, s:o}",
		/* By the name that commands take; screens show its label. */
		"campaign", v.conf->name, "state",
		msg_word(MSG_WORDS_CAMPAIGN, r.state), "mode",
		dial_mode_word(v.conf->mode), "agents", (int)r.agents, "lines",
		(int)r.lines, "connect", ratio_json(r.connect), "abandon",
		ratio_json(r.abandon), "abandon_today", ratio_json(r.abandon_today),
		"target", ratio_json(r.target), "conversion", ratio_json(r.convert),
		"left", (json_int_t)r.left, "dialled", (int)r.dialled,
		"answered", (int)r.answered, "sales", (int)r.sales, "limited",
		pacer_bound_word(v.bound), "idle", idle_reason_word(v.idle),
		"fallback", v.fallback, "ends", time_json(r.ends_ms));
}

bool verb_campaign_list(struct job *j, struct now now)
{
	struct campaign_id id;

	j->hurry = true;
	for (size_t n = 0; n < ROWS_STEP; n++) {
		if (!floor_campaign_at(j->c->r->floor, j->at, &id))
			return true;
		j->at++;
		say(j, campaign_json(j, id, now));
	}
	return false;
}

/* What people changed, and what the file would say. */
static json_t *changed(struct job *j, struct campaign_id id)
{
	struct live_paced p[LIVE_PACED];
	size_t n = live_paced(j->c->conf.live, id, p);
	json_t *rows = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(rows, json_pack(
			"{s:s, s:s, s:s, s:s, s:o}", "key", p[i].key, "now",
			p[i].now, "file", p[i].file, "by", p[i].by, "since",
			time_json(p[i].at_ms)));
	return rows;
}

/* Who changed what, newest first, what was taken back too. */
static json_t *history(struct job *j, struct campaign_id id)
{
	struct live_pace_change log[LIVE_PACE_LOG];
	size_t n = live_pace_log(j->c->conf.live, id, log);
	json_t *rows = json_array();

	for (size_t i = 0; i < n; i++) {
		enum opt_paced key = (enum opt_paced)log[i].key;
		char was[24], to[24];

		options_paced_text(key, log[i].was, was, sizeof(was));
		options_paced_text(key, log[i].now, to, sizeof(to));
		json_array_append_new(rows, json_pack(
			"{s:s, s:s, s:s, s:s, s:o}", "key",
			options_paced_word(key), "was", was, "now", to, "by",
			log[i].by, "at", time_json(log[i].at_ms)));
	}
	return rows;
}

bool verb_campaign_show(struct job *j, struct now now)
{
	struct campaign_id id;
	struct campaign_view v;
	struct lead_counts n;
	struct lead_lack lack;
	json_t *o, *leads, *blocked;

	if (!campaign_named(j, &id))
		return true;
	o = campaign_json(j, id, now);
	lead_campaign_counts(j->c->r->leads, id, &n);
	lead_lack(j->c->r->leads, id, now, &lack);
	leads = json_object();
	for (int s = 0; s < LEAD_STATUS_COUNT; s++)
		json_object_set_new(leads,
				    lead_status_word((enum lead_status)s),
				    json_integer(n.by_status[s]));
	json_object_set_new(leads, "callable_now",
			    json_integer(lack.ready_open));
	json_object_set_new(leads, "outside_hours",
			    json_integer(lack.ready_closed));
	json_object_set_new(leads, "opens", time_json(lack.opens_s * 1000));
	json_object_set_new(leads, "next_due", time_json(lack.due_s * 1000));
	json_object_set_new(o, "leads", leads);
	blocked = json_object();
	if (!floor_campaign_view(j->c->r->floor, id, now, &v))
		for (int b = 0; b < GATE_RULE_COUNT; b++)
			if (v.blocked[b])
				json_object_set_new(
					blocked,
					gate_rule_id((enum gate_rule)b),
					json_integer(v.blocked[b]));
	json_object_set_new(o, "blocked", blocked);
	json_object_set_new(o, "changed", changed(j, id));
	json_object_set_new(o, "history", history(j, id));
	say(j, o);
	return true;
}

static bool campaign_input(struct job *j, enum floor_input_kind kind)
{
	struct floor_input in = { .kind = (uint8_t)kind };
	struct campaign_id id;
	enum err e;

	if (!campaign_named(j, &id))
		return true;
	in.campaign = id.v;
	e = live_input(j->c->conf.live, &in);
	if (e)
		return fail_err(j, e, word_at(j, 0));
	audit(j, "campaign %s: %s", word_at(j, 0), floor_input_word(kind));
	return true;
}

bool verb_campaign_start(struct job *j, struct now now UNUSED)
{
	return campaign_input(j, IN_START);
}

bool verb_campaign_pause(struct job *j, struct now now UNUSED)
{
	return campaign_input(j, IN_PAUSE);
}

bool verb_campaign_stop(struct job *j, struct now now UNUSED)
{
	return campaign_input(j, IN_STOP);
}

/* "2.5%" -> 25000 ppm; "1.45" -> 1450 thousandths; "25s" -> 25000 ms. */
bool scaled(const char *text, double by, const char *unit, double min,
		   double max, int64_t *out)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || (*end && !str_eq(end, unit)) || !(v >= min) ||
	    !(v <= max))
		return false;
	*out = (int64_t)(v * by + 0.5);
	return true;
}

/* Said, not passed over: a mistyped key must not look like a change. */
static bool pace_words(struct job *j)
{
	static const char keys[] = "lines= target= ring= mode=";
	const char *odd = word_stranger(j, keys);

	if (odd)
		fail(j, EXIT_USAGE, MSG_NO_ARG, "%s: not one of %s", odd,
		     keys);
	else if (!j->words.dry_run && !word_value(j, "lines") && !word_value(j, "target") &&
		 !word_value(j, "ring") && !word_value(j, "mode"))
		fail(j, EXIT_USAGE, MSG_NO_ARG, "nothing to change: say one "
		     "of %s", keys);
	else
		return true;
	return false;
}

/* What a change would change: key by key, as `campaign show` tells it. */
static json_t *changes(const struct campaign_conf *was,
		       const struct campaign_conf *k)
{
	const struct { enum opt_paced key; int64_t was, then; } keys[] = {
		{ OPT_PACED_MODE, was->mode, k->mode },
		{ OPT_PACED_LINES, was->max_lines_per_agent_milli,
		  k->max_lines_per_agent_milli },
		{ OPT_PACED_ABANDON, was->target_ppm, k->target_ppm },
		{ OPT_PACED_RING, was->ring_ms, k->ring_ms } };
	json_t *rows = json_array();

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		char now[24], then[24];

		if (keys[i].was == keys[i].then)
			continue;
		options_paced_text(keys[i].key, keys[i].was, now, sizeof(now));
		options_paced_text(keys[i].key, keys[i].then, then,
				   sizeof(then));
		json_array_append_new(rows, json_pack(
			"{s:s, s:s, s:s}", "key",
			options_paced_word(keys[i].key), "now", now, "then",
			then));
	}
	return rows;
}

bool verb_campaign_set(struct job *j, struct now now)
{
	struct campaign_id id;
	struct campaign_view v;
	struct campaign_conf k;
	const char *text;
	int64_t n;
	enum err e;

	if (!campaign_named(j, &id) || !pace_words(j) ||
	    floor_campaign_view(j->c->r->floor, id, now, &v))
		return true;
	k = *v.conf;
	if ((text = word_value(j, "lines"))) {
		if (!scaled(text, 1000, "", 1, 20, &n))
			return fail(j, EXIT_USAGE, MSG_NO_ARG,
				    "lines is 1.00 to 20.00 per agent");
		k.max_lines_per_agent_milli = (uint32_t)n;
	}
	if ((text = word_value(j, "target"))) {
		if (!scaled(text, 10000, "%", 0, 100, &n))
			return fail(j, EXIT_USAGE, MSG_NO_ARG,
				    "target is like 2.5%%");
		if (gate_profile_abandon_ppm(k.gate.profile, (int32_t)n) < n)
			return fail(j, EXIT_REFUSED, MSG_NO_LIMIT,
				    "target %s is above what the profile %s "
				    "allows", text,
				    gate_profile_name(k.gate.profile));
		k.target_ppm = (int32_t)n;
	}
	if ((text = word_value(j, "ring"))) {
		if (!scaled(text, 1000, "s",
			    gate_profile_min_ring_s(k.gate.profile), 120, &n))
			return fail(j, EXIT_USAGE, MSG_NO_ARG,
				    "ring is %d to 120 s",
				    gate_profile_min_ring_s(k.gate.profile));
		k.ring_ms = (int32_t)n;
	}
	if ((text = word_value(j, "mode")) &&
	    dial_mode_from_word(text, &k.mode))
		return fail(j, EXIT_USAGE, MSG_NO_ARG,
			    "mode is preview, progressive or predictive");
	if (j->words.dry_run) {
		say(j, json_pack("{s:s, s:s, s:i, s:i, s:i, s:b, s:o}",
				 "campaign", k.name, "mode", dial_mode_word(k.mode),
				 "lines_milli",
				 (int)k.max_lines_per_agent_milli,
				 "target_ppm", (int)k.target_ppm, "ring_ms",
				 (int)k.ring_ms, "dry_run", 1, "changed",
				 changes(v.conf, &k)));
		return true;
	}
	e = live_pace(j->c->conf.live, &k, j->who);
	if (e)
		return fail_err(j, e, k.name);
	audit(j, "campaign %s: lines %u/1000 target %d ppm mode %s", k.name,
	      k.max_lines_per_agent_milli, k.target_ppm,
	      dial_mode_word(k.mode));
	return true;
}
