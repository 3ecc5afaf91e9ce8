/*
 * floor_plan -- what a pacer is told of its campaign: settings, the planned
 * end of its day, how long the ears take.
 *
 * The end is the earliest of the agents' shift and of the legal hours of the
 * last leads that may be called now.  A pacer that knows it spends what it
 * saved of the abandonment budget until then; without one it keeps a buffer.
 */
#include "floor_priv.h"

#include "base/log.h"

enum {
	DETECT_MS  = 1200,	/* until the ears have been heard; PACING.md  */
	DETECT_OFF = 100,	/* a change the pacer is told of [ms]         */
	HOURS_S    = 600,	/* legal hours are looked up so often [s]     */
	DAY_S      = 16 * 3600,	/* open for longer: no end of the day is known */
	GROUPS_MAX = 64,	/* zone groups looked at                      */
};

/* Minutes since Monday 00:00 on the agents' clock. */
static int64_t week_minute(const struct campaign_conf *c, int64_t wall_s)
{
	int64_t s = wall_s + c->shift_off_s, days = s / 86400;

	return (days + 3) % 7 * 1440 + s % 86400 / 60;	/* 1970: a Thursday */
}

static int64_t shift_end_s(const struct campaign_conf *c, int64_t wall_s)
{
	int64_t at = week_minute(c, wall_s), day = at / 1440, min = at % 1440;
	int64_t last = 0;

	for (unsigned i = 0; i < c->shift_n; i++) {
		const struct gate_window *w = &c->shift[i];

		if (w->days >> day & 1 && w->to_min > min)
			last = MAX(last, w->to_min);
	}
	return last ? wall_s - wall_s % 60 + (last - min) * 60 : 0;
}

/* When the last of the leads that may be called now no longer may. */
static int64_t hours_end_s(const struct floor *f, const struct campaign *k,
			   int64_t wall_s)
{
	int64_t limit = wall_s + DAY_S, last = 0;
	uint32_t group;

	for (size_t i = 0; i < GROUPS_MAX &&
	     lead_campaign_group(f->leads, k->conf.id, i, &group); i++) {
		struct zone_set places = { 0 };
		int64_t at;

		if (!lead_zones(f->leads, group, &places))
			continue;
		at = gate_zones_close(f->gate, &k->conf.gate, &places, wall_s,
				      limit);
		if (at > wall_s)
			last = MAX(last, at);
		if (last >= limit)
			return 0;
	}
	return last;
}

static int64_t end_s(const struct floor *f, struct campaign *k, int64_t wall_s)
{
	int64_t shift = shift_end_s(&k->conf, wall_s);

	if (wall_s - k->hours_at_s >= HOURS_S || wall_s < k->hours_at_s ||
	    wall_s >= k->hours_end_s) {
		k->hours_end_s = hours_end_s(f, k, wall_s);
		k->hours_at_s = wall_s;
	}
	if (!shift || !k->hours_end_s)
		return MAX(shift, k->hours_end_s);
	return MIN(shift, k->hours_end_s);
}

void plan_conf(const struct campaign *k, struct now now, struct pacer_conf *p)
{
	static const enum pacer_mode modes[] = {
		[MODE_PREVIEW]     = PACER_PREVIEW,
		[MODE_PROGRESSIVE] = PACER_PROGRESSIVE,
		[MODE_PREDICTIVE]  = PACER_PREDICTIVE,
	};
	const struct campaign_conf *c = &k->conf;

	pacer_conf_init(p);
	p->mode = modes[c->mode];
	p->target = gate_profile_abandon_ppm(c->gate.profile, c->target_ppm)
		  / 1e6;
	p->patience_ms = c->connect_ms;
	p->timeout_ms = c->ring_ms;
	p->detect_ms = !c->amd ? 0 : k->detect_ms ? k->detect_ms : DETECT_MS;
	if (!gate_profile_connect_greeting(c->gate.profile))
		p->patience_ms = MAX(p->patience_ms - p->detect_ms, 0);
	p->window_ms = gate_profile_abandon_window_s(c->gate.profile) * 1000;
	p->per = c->amd ? PACER_PER_PERSON : PACER_PER_ANSWERED;
	if (c->wrap == WRAP_BOXED || c->wrap == WRAP_BOXED_FULL)
		p->wrap_limit_ms = MAX(c->wrap_ms, 0);
	p->wrap_full = c->wrap == WRAP_BOXED_FULL;
	p->max_lines = c->max_lines;
	p->max_lines_per_agent = c->max_lines_per_agent_milli / 1000.0;
	/* Held at the end only while agents are sure to be there until then:
	 * after their shift, or without one, what is owed would wait for
	 * answers that may never come. */
	if (c->held_at_end && shift_end_s(c, now.wall_ms / 1000))
		p->hold = PACER_HOLD_END;
	if (k->end_s)
		p->end_ms = now.mono_ms + k->end_s * 1000 - now.wall_ms;
}

void plan_turn(struct floor *f, struct campaign *k, struct now now)
{
	int64_t end = end_s(f, k, now.wall_ms / 1000);
	int32_t heard = k->heard_n ? (int32_t)k->heard_ms : 0;
	bool slower = heard - k->detect_ms >= DETECT_OFF ||
		      k->detect_ms - heard >= DETECT_OFF;
	struct pacer_conf p;
	enum err e;

	if (end == k->end_s && !(slower && k->heard_n >= 20))
		return;
	k->end_s = end;
	if (slower && k->heard_n >= 20)
		k->detect_ms = heard;
	plan_conf(k, now, &p);
	e = pacer_set(k->pacer, &p);
	if (e)
		log_err("floor", "campaign %s: its pacer was not told of the "
			"day's end: %s", k->conf.name, err_text(e));
}

/* ---- call-backs at a fixed minute --------------------------------------- */

struct bound {
	int64_t from_s, until_s, at_s;
};

static bool bound_row(void *arg, const struct lead *l)
{
	struct bound *b = arg;

	if (l->status != LEAD_AGREED || l->next_at_s < b->from_s)
		return true;
	if (l->next_at_s <= b->until_s)
		b->at_s = l->next_at_s;
	return false;
}

/* Who has promised to call a customer at a minute has no call then; told a
 * little before, and taken back when it was called or put off. */
static void bind(struct floor *f, struct seat *s, struct now now)
{
	int64_t wall_s = now.wall_ms / 1000;
	struct bound b = { wall_s - BOUND_LATE_S, wall_s + BOUND_AHEAD_S, 0 };

	if (s->state == SEAT_OFFLINE ||
	    lead_callbacks(f->leads, s->agent, BOUND_ROWS, bound_row, &b) ||
	    (!b.at_s && !s->bound_s))
		return;
	s->bound_s = b.at_s;
	for (size_t i = 0; i < s->link_count; i++) {
		struct campaign *k = floor_campaign(f, s->links[i].campaign);
		struct pacer_event e = { .ms = now.mono_ms,
			.kind = PACER_BOUND, .agent = s->agent.v,
			.at_ms = !b.at_s ? 0 : MAX(1, now.mono_ms +
				 b.at_s * 1000 - now.wall_ms) };
		enum err er = k ? pacer_feed(k->pacer, &e) : ERR_OK;

		if (er)
			log_debug("pacer", "%s: agent %u is bound: %s",
				  k->conf.name, s->agent.v, err_text(er));
	}
}

void plan_bound(struct floor *f, struct now now)
{
	struct seat *s;

	for (size_t n = 0; n < BOUND_SEATS &&
			   (s = seat_at(f->seats, f->bound_at)); n++) {
		bind(f, s, now);
		f->bound_at++;
	}
}

/* The ears' own time, forgotten over some 50 people. */
void plan_heard(struct campaign *k, uint32_t amd_ms)
{
	uint32_t n = k->heard_n < 50 ? ++k->heard_n : 50;

	k->heard_ms += ((double)MIN(amd_ms, 10000u) - k->heard_ms) / n;
}
