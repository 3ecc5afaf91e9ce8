/* feed_rows -- one agent, one campaign, one trunk, as a row. */
#include "feed_priv.h"

#include "base/str.h"
#include "desk/desk.h"

#include <string.h>

enum { NOT_READY_LIMIT_S = 600, LIMITS_MS = 1000 };

static const char *break_name(struct feed *f, unsigned reason)
{
	return reason < SR_BREAK_FIRST ? NULL
	       : conf_instance(f->r->conf, "breaks",
			       reason - SR_BREAK_FIRST);
}

const char *feed_break_label(struct feed *f, const char *name)
{
	const char *zh = f->zh ? conf_text(f->r->conf, "breaks", name,
					   "label_zh") : NULL;

	return zh && *zh ? zh : conf_text(f->r->conf, "breaks", name, "label");
}

struct feed_name feed_campaign_name(const struct feed *f, const char *name)
{
	const char *en = conf_text(f->r->conf, "campaigns", name, "label");
	const char *zh = conf_text(f->r->conf, "campaigns", name, "label_zh");

	en = en && *en ? en : name;
	return (struct feed_name){ en, zh && *zh ? zh : en };
}

const char *feed_campaign_label(const struct feed *f, const char *name)
{
	struct feed_name n = feed_campaign_name(f, name);

	return f->zh ? n.zh : n.en;
}

void feed_breaks(struct feed *f, bool zh, struct msg_breaks *out)
{
	bool was = f->zh;
	const char *name;

	*out = (struct msg_breaks){ 0 };
	f->zh = zh;
	for (size_t i = 0; i < ARRAY_LEN(out->rows) &&
			   (name = conf_instance(f->r->conf, "breaks", i));
	     i++) {
		struct msg_break_row *r = &out->rows[out->rows_count++];

		r->code = (uint8_t)(i + 1);
		str_copy(r->label, sizeof(r->label),
			 feed_break_label(f, name));
		r->allowed_min = (uint16_t)(conf_int(f->r->conf, "breaks",
						     name, "budget") / 60000);
	}
	f->zh = was;
}

static void limits_turn(struct feed *f, struct now now)
{
	struct campaign_id id;

	if (f->limits_ms && now.mono_ms - f->limits_ms < LIMITS_MS)
		return;
	f->limits_ms = now.mono_ms;
	f->limit_n = 0;
	for (size_t i = 0; f->limit_n < LIMITS_MAX &&
			   floor_campaign_at(f->r->floor, i, &id); i++) {
		const struct campaign_conf *k = floor_campaign_conf(
			f->r->floor, id);

		if (!k)
			continue;
		f->limits[f->limit_n++] = (struct limit){ id,
			(uint32_t)(k->wrap_ms / 1000),
			(uint32_t)(k->hold_alert_ms / 1000) };
	}
	for (unsigned i = 0; i < SEAT_BREAKS; i++) {
		const char *name = break_name(f, SR_BREAK_FIRST + i);

		f->break_s[i] = name ? (uint32_t)(conf_int(f->r->conf,
				"breaks", name, "budget") / 1000) : 0;
	}
}

bool feed_over(struct feed *f, const struct seat *s, struct now now,
	       uint32_t *limit_s)
{
	int64_t for_s = (now.mono_ms - s->since.mono_ms) / 1000;
	const struct call *c = call_get(floor_calls(f->r->floor), s->call);
	unsigned rest = s->reason - SR_BREAK_FIRST;
	int64_t limit = 0;

	limits_turn(f, now);
	for (size_t i = 0; c && i < f->limit_n; i++) {
		if (f->limits[i].campaign.v != c->campaign.v)
			continue;
		if (s->state == SEAT_WRAP)
			limit = f->limits[i].wrap_s;
		if (s->state == SEAT_HOLD)
			limit = f->limits[i].hold_s;
	}
	if (s->state == SEAT_BREAK && s->reason >= SR_BREAK_FIRST &&
	    rest < SEAT_BREAKS)
		limit = f->break_s[rest];
	if (s->state == SEAT_NOT_READY)
		limit = NOT_READY_LIMIT_S;
	*limit_s = (uint32_t)limit;
	return limit && for_s > limit;
}

static void row_call(struct feed *f, const struct call *c,
		     struct msg_agent_row *out)
{
	struct lead l;

	str_mask_number(out->number, sizeof(out->number), c->number);
	if (!lead_get(f->r->leads, c->lead, &l))
		str_copy(out->customer, sizeof(out->customer), l.name);
	out->rec = !c->recorded ? MSG_REC_OFF
		   : c->muted_rec ? MSG_REC_PAUSED : MSG_REC_ON;
}

static void row_today(const struct seat *s, struct now now,
		      struct msg_agent_row *out)
{
	int64_t talk = seat_today_ms(s, SEAT_TALK, now) +
		       seat_today_ms(s, SEAT_HOLD, now);
	int64_t wrap = seat_today_ms(s, SEAT_WRAP, now);
	int64_t ready = seat_today_ms(s, SEAT_READY, now);

	out->calls = s->today.calls;
	out->sales = (int32_t)s->today.sales;
	out->convert = tally_share(s->today.sales, s->today.calls);
	if (s->today.calls) {
		out->talk_avg_s = (uint32_t)(talk / s->today.calls / 1000);
		out->wrap_avg_s = (uint32_t)(wrap / s->today.calls / 1000);
	}
	out->occupancy = tally_share((uint32_t)((talk + wrap) / 1000),
				     (uint32_t)((talk + wrap + ready) /
						1000));
}

/* As the agent's own screen counts them: the kinds that have a budget, the
 * running one with them (limits_turn has read the budgets). */
static void row_breaks(const struct feed *f, const struct seat *s,
		       struct now now, struct msg_agent_row *out)
{
	unsigned now_on = s->reason - SR_BREAK_FIRST;

	for (unsigned i = 0; i < SEAT_BREAKS; i++) {
		int64_t ms = s->today.break_ms[i];

		if (!f->break_s[i])
			continue;
		if (s->state == SEAT_BREAK && now_on == i)
			ms += now.mono_ms - s->since.mono_ms;
		out->break_min = (uint16_t)(out->break_min + ms / 60000);
		out->break_allowed_min = (uint16_t)(out->break_allowed_min +
						    f->break_s[i] / 60);
	}
}

static void row_line(struct feed *f, const struct seat *s,
		     struct msg_agent_row *out)
{
	struct media_stats m;

	out->jitter_ms = out->loss = out->mos_x10 = -1;
	out->net = !s->link_up || !s->phone_up ? MSG_HEALTH_DOWN
					       : MSG_HEALTH_OK;
	if (media_stats(f->r->media, live_agent_leg(f->live, s->agent), &m) ||
	    !m.latched)
		return;
	out->jitter_ms = (int32_t)(m.jitter_us / 1000);
	out->loss = (int32_t)m.loss_pm * 10;
	out->mos_x10 = (int32_t)m.mos_pct / 10;
	if (m.loss_pm > 20 || m.jitter_us > 60000)
		out->net = MSG_HEALTH_SLOW;
}

void feed_agent_row(struct feed *f, const struct seat *s, struct now now,
		    struct msg_agent_row *out)
{
	const struct call *c = call_get(floor_calls(f->r->floor), s->call);
	const char *name = break_name(f, s->reason);
	const struct campaign_conf *k = floor_campaign_conf(
		f->r->floor, c ? c->campaign : seat_campaign(s));

	*out = (struct msg_agent_row){
		.agent = s->agent.v, .state = (uint8_t)desk_state(s, c),
		.since_ms = feed_since(f, s->since.mono_ms),
		.hand = s->hand_up };
	str_copy(out->name, sizeof(out->name), s->name);
	str_copy(out->team, sizeof(out->team), s->team);
	if (name)
		str_copy(out->break_label, sizeof(out->break_label),
			 feed_break_label(f, name));
	out->over = feed_over(f, s, now, &out->limit_s);
	if (k)
		str_copy(out->campaign, sizeof(out->campaign),
			 feed_campaign_label(f, k->name));
	if (c)
		row_call(f, c, out);
	row_today(s, now, out);
	row_breaks(f, s, now, out);
	row_line(f, s, out);
}

enum msg_judge feed_abandon_judge(uint32_t abandoned, uint32_t person,
				  int32_t target)
{
	int32_t share = tally_share(abandoned, person);

	if (share < 0 || target < 0)
		return MSG_JUDGE_NONE;
	if (!rule_enough(abandoned, person, target))
		return MSG_JUDGE_FEW;
	if (share > target)
		return MSG_JUDGE_HIGH;
	return share * 10 > target * 9 ? MSG_JUDGE_WATCH : MSG_JUDGE_OK;
}

/* When the leads will be through, at the pace of the last 15 minutes. */
static int64_t ends_at(const struct lead_counts *left, uint32_t dialled,
		       struct now now)
{
	int64_t open = left->by_status[LEAD_READY] +
		       left->by_status[LEAD_LATER];

	if (!dialled || !open)
		return 0;
	/* To the minute, as it is shown: seconds would be news each second. */
	return (now.wall_ms / 60000 + open * 15 / dialled) * 60000;
}

void feed_campaign_paced(struct feed *f, struct campaign_id id, struct now now,
			 struct msg_campaign_row *out, struct pacer_explain *x)
{
	struct tally_sums recent, today;
	struct campaign_view v;
	struct lead_counts n;

	*out = (struct msg_campaign_row){ .id = id.v };
	*x = (struct pacer_explain){ 0 };
	if (floor_campaign_view(f->r->floor, id, now, &v))
		return;
	pacer_explain(floor_pacer(f->r->floor, id), now.mono_ms, x);
	tally_recent(f->tally, id, 15, now, &recent);
	tally_today(f->tally, id, &today);
	lead_campaign_counts(f->r->leads, id, &n);
	str_copy(out->name, sizeof(out->name),
		 feed_campaign_label(f, v.conf->name));
	out->state = !v.running ? MSG_CAMPAIGN_STOPPED
		     : v.paused ? MSG_CAMPAIGN_PAUSED : MSG_CAMPAIGN_RUNNING;
	/* What it does now: progressively, once the budget is used up. */
	out->mode = v.fallback && v.running ? MSG_MODE_PROGRESSIVE
		    : (uint8_t)(v.conf->mode + MSG_MODE_PREVIEW);
	out->agents = x->agents;
	out->lines = v.ringing + v.waiting + v.talking;
	out->waiting = v.waiting;
	out->lines_x100 = v.conf->mode == MODE_PREVIEW || !x->agents ? -1
		: (int32_t)(x->lines_per_agent * 100);
	out->connect = tally_share(recent.person, recent.dialled);
	out->abandon = tally_share(recent.abandoned, recent.person);
	out->abandon_today = tally_share(today.abandoned, today.person);
	out->abandon_legal = x->answered > 0
		? (int32_t)(x->abandoned / x->answered * 10000) : -1;
	out->target = gate_profile_abandon_ppm(v.conf->gate.profile,
					       v.conf->target_ppm) / 100;
	out->judge = (uint8_t)feed_abandon_judge(recent.abandoned,
						 recent.person, out->target);
	out->convert = tally_share(today.sales, today.talked);
	out->left = (uint64_t)(n.by_status[LEAD_READY] +
			       n.by_status[LEAD_LATER] +
			       n.by_status[LEAD_AGREED]);
	out->ends_ms = ends_at(&n, recent.dialled, now);
	out->dialled = today.dialled;
	out->answered = today.person;
	out->sales = today.sales;
}

void feed_campaign_row(struct feed *f, struct campaign_id id, struct now now,
		       struct msg_campaign_row *out)
{
	struct pacer_explain x;

	feed_campaign_paced(f, id, now, out, &x);
}

enum err feed_trunk_row(struct feed *f, unsigned index, struct now now,
			struct msg_trunk_row *out)
{
	static const uint8_t states[] = {
		[TRUNK_UP] = MSG_TRUNK_UP, [TRUNK_STANDBY] = MSG_TRUNK_STANDBY,
		[TRUNK_BACKOFF] = MSG_TRUNK_DOWN, [TRUNK_DOWN] = MSG_TRUNK_DOWN,
		[TRUNK_DRAIN] = MSG_TRUNK_DRAINING };
	struct dial_trunk_stat t;
	enum err e = dial_trunk_stat(f->r->dial, index, now, &t);

	if (e)
		return e;
	*out = (struct msg_trunk_row){
		.id = t.id.v, .state = states[t.state], .used = t.used,
		.cap = t.channels, .cps_x10 = t.cps_milli / 100,
		.cps_max_x10 = t.cps_limit_milli / 100,
		.asr = t.asr_permille < 0 ? -1 : t.asr_permille * 10,
		.ner = t.ner_permille < 0 ? -1 : t.ner_permille * 10,
		.acd_s = t.acd_ms < 0 ? -1 : t.acd_ms / 1000,
		.pdd50_ms = t.pdd_p50_ms, .pdd95_ms = t.pdd_p95_ms,
		.options_ms = t.options_ms,
		.e5xx = t.r5xx_permille < 0 ? -1 : t.r5xx_permille * 10,
		.heard = t.sound.calls, .jitter_us = t.sound.jitter_us };
	out->loss = t.sound.loss_ppm < 0 ? -1 : t.sound.loss_ppm / 100;
	out->far_loss = t.sound.far_loss_ppm < 0 ? -1
			: t.sound.far_loss_ppm / 100;
	out->mos_x10 = t.sound.mos_pct < 0 ? -1 : (t.sound.mos_pct + 5) / 10;
	str_copy(out->name, sizeof(out->name), t.name);
	return ERR_OK;
}
