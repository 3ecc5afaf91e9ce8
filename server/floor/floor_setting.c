/*
 * floor_setting -- what steers the floor from outside, through the log.
 *
 * A campaign's settings reach the floor only as the log tells them: encoded,
 * kept, decoded.  A field that is missing here is missing live as well, not
 * just in the replay.
 */
#include "floor_priv.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

SCHEMA_DEFINE(floor_hours, FLOOR_HOURS, "opening hours of a campaign");
SCHEMA_DEFINE(floor_trunk, FLOOR_TRUNK, "a trunk of a campaign");
SCHEMA_DEFINE(floor_setting, FLOOR_SETTING, "a campaign's settings");

#if UINTPTR_MAX == UINT64_MAX
_Static_assert(sizeof(struct campaign_conf) == 392,
	       "a new field of campaign_conf belongs in FLOOR_SETTING");
#endif

static void hours_to(const struct gate_window *w, uint32_t n,
		     struct floor_hours *out)
{
	for (uint32_t i = 0; i < n; i++)
		out[i] = (struct floor_hours){ w[i].days, w[i].from_min,
					       w[i].to_min };
}

static void hours_from(const struct floor_hours *h, uint32_t n,
		       struct gate_window *out)
{
	for (uint32_t i = 0; i < n; i++)
		out[i] = (struct gate_window){ h[i].days,
					       (int16_t)h[i].from_min,
					       (int16_t)h[i].to_min };
}

static void gate_to(const struct gate_campaign *g, struct floor_setting *s)
{
	s->purpose = (uint8_t)g->purpose;
	if (g->profile)
		str_copy(s->profile, sizeof(s->profile),
			 gate_profile_name(g->profile));
	s->automated = g->automated;
	s->licensee = g->licensee;
	s->answered_only = g->answered_only;
	s->tries_max = g->tries_max;
	s->cap_n = g->cap_n;
	s->cap_s = g->cap_s;
	s->hours_count = MIN(g->hours_n, GATE_HOURS_MAX);
	hours_to(g->hours, s->hours_count, s->hours);
}

static void gate_from(const struct floor *f, const struct floor_setting *s,
		      struct gate_campaign *g)
{
	g->purpose = (enum gate_purpose)s->purpose;
	g->profile = *s->profile ? gate_profile(f->gate, s->profile) : NULL;
	g->automated = s->automated;
	g->licensee = s->licensee;
	/* Whoever changes the mode: only a preview is sure of its agent. */
	g->agent_sure = s->mode == MODE_PREVIEW;
	g->answered_only = s->answered_only;
	g->tries_max = s->tries_max;
	g->cap_n = s->cap_n;
	g->cap_s = s->cap_s;
	g->hours_n = (uint8_t)s->hours_count;
	hours_from(s->hours, s->hours_count, g->hours);
}

static void setting_of(const struct campaign_conf *k, struct floor_setting *s)
{
	*s = (struct floor_setting){
		.mode = (uint8_t)k->mode, .target_ppm = k->target_ppm,
		.held_at_end = k->held_at_end,
		.ring_ms = k->ring_ms, .connect_ms = k->connect_ms,
		.amd = k->amd, .keep_machines = k->keep_machines,
		.wrap_skip = k->wrap_skip, .by_hand = k->by_hand,
		.preview_ms = k->preview_ms,
		.wrap = (uint8_t)k->wrap, .wrap_ms = k->wrap_ms,
		.wrap_more_ms = k->wrap_more_ms,
		.wrap_more_max_ms = k->wrap_more_max_ms,
		.hold_alert_ms = k->hold_alert_ms,
		.max_lines = k->max_lines,
		.max_lines_per_agent_milli = k->max_lines_per_agent_milli,
		.trunks_count = MIN(k->trunk_count, FLOOR_TRUNKS),
		.record = k->record, .weight = k->weight, .odds = k->odds,
		.odds_order = k->odds_order, .shift_off_s = k->shift_off_s,
		.transfer = (uint8_t)k->transfer,
		.transfer_ms = k->transfer_ms,
		.shift_count = MIN(k->shift_n, GATE_HOURS_MAX) };
	hours_to(k->shift, s->shift_count, s->shift);
	str_copy(s->name, sizeof(s->name), k->name);
	str_copy(s->caller, sizeof(s->caller), k->caller);
	str_copy(s->message, sizeof(s->message), k->message);
	for (uint32_t i = 0; i < s->trunks_count; i++)
		s->trunks[i].trunk = k->trunks[i].v;
	gate_to(&k->gate, s);
}

static void conf_of(const struct floor *f, struct campaign_id id,
		    const struct floor_setting *s, struct campaign_conf *k)
{
	*k = (struct campaign_conf){
		.id = id, .mode = (enum dial_mode)s->mode, .gate.id = id,
		.target_ppm = s->target_ppm, .ring_ms = s->ring_ms,
		.held_at_end = s->held_at_end,
		.connect_ms = s->connect_ms, .amd = s->amd,
		.keep_machines = s->keep_machines, .wrap_skip = s->wrap_skip,
		.by_hand = s->by_hand,
		.preview_ms = s->preview_ms, .wrap = (enum wrap_mode)s->wrap,
		.wrap_ms = s->wrap_ms, .wrap_more_ms = s->wrap_more_ms,
		.wrap_more_max_ms = s->wrap_more_max_ms,
		.hold_alert_ms = s->hold_alert_ms, .max_lines = s->max_lines,
		.max_lines_per_agent_milli = s->max_lines_per_agent_milli,
		.trunk_count = s->trunks_count, .record = s->record,
		.weight = s->weight, .odds = s->odds,
		.odds_order = s->odds_order, .shift_off_s = s->shift_off_s,
		.transfer = (enum hand_allow)s->transfer,
		.transfer_ms = s->transfer_ms,
		.shift_n = (uint8_t)s->shift_count };
	hours_from(s->shift, s->shift_count, k->shift);
	str_copy(k->name, sizeof(k->name), s->name);
	str_copy(k->caller, sizeof(k->caller), s->caller);
	str_copy(k->message, sizeof(k->message), s->message);
	for (uint32_t i = 0; i < s->trunks_count; i++)
		k->trunks[i].v = s->trunks[i].trunk;
	gate_from(f, s, &k->gate);
}

enum err floor_campaign_set(struct floor *f, const struct campaign_conf *conf,
			    struct now now)
{
	struct floor_input in = { .kind = IN_SETTING, .campaign = conf->id.v,
				  .mono_ms = now.mono_ms,
				  .wall_ms = now.wall_ms };
	struct floor_setting s;
	size_t len;
	enum err e;

	setting_of(conf, &s);
	e = schema_encode(&floor_setting_schema, &s, in.more, sizeof(in.more),
			  &len);
	if (e)
		return e;
	in.more_len = (uint32_t)len;
	return floor_input(f, &in);
}

enum err floor_on_setting(struct floor *f, const struct floor_input *in,
			  struct now now)
{
	struct floor_setting s;
	struct campaign_conf k;
	enum err e = schema_decode(&floor_setting_schema, in->more,
				   in->more_len, &s);

	if (e)
		return e;
	if (s.mode >= DIAL_MODE_COUNT || s.wrap >= WRAP_MODE_COUNT ||
	    s.purpose >= PURPOSE_COUNT || s.transfer >= HAND_ALLOW_COUNT ||
	    !in->campaign)
		return ERR_ARG;
	conf_of(f, (struct campaign_id){ in->campaign }, &s, &k);
	return floor_campaign_put(f, &k, now);
}

/* ---- whose leads -------------------------------------------------------- */

static bool hours_open(void *arg, struct campaign_id id,
		       const struct zone_set *places, int64_t wall_s,
		       int64_t *until_s)
{
	const struct floor *f = arg;
	const struct campaign *k = floor_campaign(f, id);

	return k && gate_zones_open(f->gate, &k->conf.gate, places, wall_s,
				    until_s);
}

/* "3 7": the lists a campaign calls from now on. */
enum err floor_on_lists(struct floor *f, const struct floor_input *in)
{
	struct list_id lists[FLOOR_LISTS];
	const char *p = in->text;
	size_t n = 0;

	if (!floor_campaign(f, (struct campaign_id){ in->campaign }))
		return ERR_ABSENT;
	while (*p) {
		char *end;
		unsigned long v = strtoul(p, &end, 10);

		if (end == p || v > UINT32_MAX)
			return ERR_FORMAT;
		if (n == ARRAY_LEN(lists))
			return ERR_FULL;
		lists[n++].v = (uint32_t)v;
		p = end + strspn(end, " ");
	}
	return lead_campaign_set(f->leads,
				 (struct campaign_id){ in->campaign }, lists,
				 n, hours_open, f);
}

/* ---- what the trunks answer --------------------------------------------- */

struct pacer_limits floor_room(struct floor *f, struct campaign *k,
			       struct now now)
{
	struct pacer_limits r = f->doors.room(f->doors.arg, &k->conf, now);

	f->asked++;
	if (k->room_known && k->room.lines == r.lines &&
	    k->room.cps == r.cps && k->room.leads == r.leads &&
	    k->room.closed == r.closed)
		return r;
	k->room = r;
	k->room_known = true;
	floor_keep(f, &(struct floor_input){
		.kind = IN_ROOM, .campaign = k->conf.id.v, .call = f->asked,
		.mono_ms = now.mono_ms, .wall_ms = now.wall_ms,
		.value = r.lines, .code = r.cps, .when_s = r.leads,
		.q850 = r.closed });
	return r;
}

enum err floor_place(struct floor *f, struct call *c,
		     const struct campaign *k, struct now now)
{
	enum err e = f->doors.place(f->doors.arg, c, &k->conf, &c->pass, now);

	if (e)
		floor_keep(f, &(struct floor_input){
			.kind = IN_PLACE, .call = c->id.v,
			.mono_ms = now.mono_ms, .wall_ms = now.wall_ms,
			.code = e });
	return e;
}
