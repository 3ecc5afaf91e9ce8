/* feed_floor -- the overview: figures beside their targets, and what to do. */
#include "feed_priv.h"

#include "base/str.h"
#include "desk/desk.h"

#include <stdlib.h>
#include <string.h>

/* Ten minutes of one agent, or two of five: less is chance. */
enum { RECENT_MIN = 15, SPARK_MIN = 32, OCCUPANCY_MIN_MS = 600000 };

void feed_head(struct feed *f, const char *team, bool zh, struct now now,
	       struct msg_head *out)
{
	uint32_t counts[SEAT_STATE_COUNT];
	struct msg_alert_row a;
	struct campaign_id id;

	seat_counts(floor_seats(f->r->floor), counts);
	*out = (struct msg_head){ .wall_ms = now.wall_ms };
	str_copy(out->floor, sizeof(out->floor),
		 conf_text(f->r->conf, "server", NULL, "name"));
	for (int s = 0; s < SEAT_STATE_COUNT; s++) {
		out->seats += counts[s];
		out->agents += s == SEAT_OFFLINE ? 0 : counts[s];
	}
	for (size_t i = 0; floor_campaign_at(f->r->floor, i, &id); i++) {
		struct campaign_view v;

		if (floor_campaign_view(f->r->floor, id, now, &v))
			continue;
		out->campaigns_all++;
		out->campaigns = (uint16_t)(out->campaigns + v.running);
	}
	for (size_t i = 0; feed_alert_at(f, i, zh, &a); i++) {
		if (a.cleared_ms || a.muted_ms > now.wall_ms ||
		    !feed_team_sees(f, team, &a))
			continue;
		out->alerts++;
		if (*a.acked_by || a.level < out->level)
			continue;
		if (out->alert && a.level == out->level)
			continue;	/* the newest of the worst */
		out->alert = a.id;
		out->level = a.level;
		out->alert_ms = a.at_ms;
		out->alert_campaign = a.campaign;
		out->alert_agent = a.agent;
		str_copy(out->alert_text, sizeof(out->alert_text), a.text);
	}
}

/* ---- key figures ------------------------------------------------------------ */

static int32_t figure_of(enum msg_figure fig, const struct tally_sums *s)
{
	switch (fig) {
	case MSG_FIGURE_CONNECT:
		return tally_share(s->person, s->dialled);
	case MSG_FIGURE_ABANDON:
		return tally_share(s->abandoned, s->person);
	case MSG_FIGURE_OCCUPANCY:
		return tally_share((uint32_t)(s->busy_ms / 1000),
				   (uint32_t)((s->busy_ms + s->ready_ms) /
					      1000));
	case MSG_FIGURE_WAIT:
		return s->waits ? (int32_t)(s->wait_ms / s->waits / 100) : -1;
	case MSG_FIGURE_CONVERT:
		return tally_share(s->sales, s->talked);
	case MSG_FIGURE_WAITING:
		return (int32_t)s->waiting_max;
	default:
		return -1;
	}
}

/* The abandon target of the floor is the strictest of its campaigns. */
static int32_t abandon_target(struct feed *f, struct now now)
{
	int32_t least = -1;
	struct campaign_id id;

	for (size_t i = 0; floor_campaign_at(f->r->floor, i, &id); i++) {
		struct campaign_view v;
		int32_t t;

		if (floor_campaign_view(f->r->floor, id, now, &v) ||
		    !v.conf->gate.profile)
			continue;
		t = gate_profile_abandon_ppm(v.conf->gate.profile,
					     v.conf->target_ppm) / 100;
		least = least < 0 ? t : MIN(least, t);
	}
	return least;
}

/* Counted enough for a word about it? */
static bool is_enough(const struct msg_figure_row *r,
		      const struct tally_sums *s)
{
	int32_t target = r->high >= 0 ? r->high : r->low;

	switch ((enum msg_figure)r->figure) {
	case MSG_FIGURE_CONNECT:
		return rule_enough(s->person, s->dialled, target);
	case MSG_FIGURE_ABANDON:
		return rule_enough(s->abandoned, s->person, target);
	case MSG_FIGURE_CONVERT:
		return rule_enough(s->sales, s->talked, target);
	case MSG_FIGURE_WAIT:
		return s->waits >= RULE_CALLS_MIN;
	case MSG_FIGURE_OCCUPANCY:
		return s->busy_ms + s->ready_ms >= OCCUPANCY_MIN_MS;
	default:
		return true;
	}
}

static enum msg_judge judge(const struct msg_figure_row *r,
			    const struct tally_sums *s)
{
	if (r->recent < 0 || (r->low < 0 && r->high < 0))
		return MSG_JUDGE_NONE;
	if (!is_enough(r, s))
		return MSG_JUDGE_FEW;
	if (r->high >= 0 && r->recent > r->high)
		return r->figure == MSG_FIGURE_ABANDON ? MSG_JUDGE_HIGH
						       : MSG_JUDGE_WATCH;
	if (r->low >= 0 && r->recent < r->low)
		return r->recent * 2 < r->low ? MSG_JUDGE_LOW
					      : MSG_JUDGE_WATCH;
	return MSG_JUDGE_OK;
}

/* Fixed scale: 0 to twice the target, so that shapes can be compared. */
static uint8_t point_of(int32_t value, int32_t target)
{
	if (value < 0 || target <= 0)
		return 0;
	return (uint8_t)MIN(1 + (int64_t)value * 254 / (2 * target), 255);
}

static void add_figure(struct feed *f, enum msg_figure fig, int32_t low,
		       int32_t high, struct now now, struct msg_floor *out)
{
	static const struct campaign_id all = { 0 };
	struct msg_figure_row *r = &out->figures[out->figures_count++];
	struct tally_sums recent, today;
	int32_t scale = high > 0 ? high : low;

	tally_recent(f->tally, all, RECENT_MIN, now, &recent);
	tally_today(f->tally, all, &today);
	*r = (struct msg_figure_row){
		.figure = (uint8_t)fig, .low = low, .high = high,
		.recent = figure_of(fig, &recent),
		.today = figure_of(fig, &today) };
	if (fig == MSG_FIGURE_WAITING) {
		tally_minute(f->tally, all, 0, now, &recent);
		r->recent = (int32_t)recent.waiting_max;
	}
	r->judge = (uint8_t)judge(r, &recent);
	r->points_len = SPARK_MIN;
	for (unsigned i = 0; i < SPARK_MIN; i++) {
		struct tally_sums m;

		tally_minute(f->tally, all, SPARK_MIN - 1 - i, now, &m);
		r->points[i] = point_of(figure_of(fig, &m), scale);
	}
}

/* Names are for their own supervisors; without a team, for all. */
static bool is_team(const struct seat *s, const char *team)
{
	return !*team || str_eq(s->team, team);
}

/* ---- agents by state ---------------------------------------------------------- */

static void add_states(struct feed *f, const char *team, struct now now,
		       struct msg_floor *out)
{
	static const enum msg_state shown[] = {
		MSG_STATE_TALK, MSG_STATE_READY, MSG_STATE_WRAP,
		MSG_STATE_HOLD, MSG_STATE_BREAK, MSG_STATE_NOT_READY,
		MSG_STATE_PREVIEW, MSG_STATE_DIAL, MSG_STATE_RING,
		MSG_STATE_CONSULT, MSG_STATE_CONF, MSG_STATE_RESERVED,
		MSG_STATE_LOST };
	struct seats *seats = floor_seats(f->r->floor);
	uint32_t counts[MSG_STATE_COUNT] = { 0 };
	const struct seat *longest[MSG_STATE_COUNT] = { NULL };

	for (struct seat *s = seat_each(seats, NULL); s;
	     s = seat_each(seats, s)) {
		enum msg_state st = desk_state(s, NULL);

		counts[st]++;
		if (!is_team(s, team))
			continue;
		if (!longest[st] ||
		    s->since.mono_ms < longest[st]->since.mono_ms)
			longest[st] = s;
	}
	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		const struct seat *s = longest[shown[i]];
		uint32_t limit;

		if (i >= 6 && !counts[shown[i]])
			continue;
		out->states[out->states_count++] = (struct msg_state_count){
			.state = (uint8_t)shown[i],
			.agents = counts[shown[i]] };
		if (!s || out->longest_count == ARRAY_LEN(out->longest))
			continue;
		struct msg_longest *l = &out->longest[out->longest_count++];

		*l = (struct msg_longest){
			.state = (uint8_t)shown[i], .agent = s->agent.v,
			.since_ms = feed_since(f, s->since.mono_ms),
			.over = feed_over(f, s, now, &limit) };
		str_copy(l->name, sizeof(l->name), s->name);
	}
}

/* ---- do now --------------------------------------------------------------------- */

static struct msg_todo *add_todo(struct msg_floor *out, enum msg_view view)
{
	struct msg_todo *t;

	if (out->todo_count == ARRAY_LEN(out->todo))
		return NULL;
	t = &out->todo[out->todo_count++];
	*t = (struct msg_todo){ .view = (uint8_t)view };
	return t;
}

static void todo_campaigns(struct feed *f, bool zh, struct now now,
			   struct msg_floor *out)
{
	for (uint32_t i = 0; i < out->campaigns_count; i++) {
		const struct msg_campaign_row *c = &out->campaigns[i];
		struct campaign_view v;
		struct msg_todo *t;

		if (!feed_team_works(f, (struct campaign_id){ c->id }))
			continue;
		if (c->judge == MSG_JUDGE_HIGH &&
		    (t = add_todo(out, MSG_VIEW_PACING))) {
			t->campaign = c->id;
			str_fmt(t->text, sizeof(t->text), zh
				? "%s 呼损率 %d.%d%% 超过 %d.%d%%：请调低目标"
				: "%s abandon %d.%d%% is over %d.%d%%: lower "
				  "the target", c->name, c->abandon / 100,
				c->abandon % 100 / 10, c->target / 100,
				c->target % 100 / 10);
		}
		if (floor_campaign_view(f->r->floor,
					(struct campaign_id){ c->id }, now,
					&v) ||
		    !v.running || v.idle == IDLE_NONE ||
		    v.idle == IDLE_AGENTS || !c->agents)
			continue;
		t = add_todo(out, MSG_VIEW_CAMPAIGNS);
		if (!t)
			return;
		t->campaign = c->id;
		str_fmt(t->text, sizeof(t->text), zh ? "%s 没有外呼：%s"
			: "%s does not dial: %s", c->name,
			zh ? rule_idle_zh((int)v.idle)
			   : idle_reason_word(v.idle));
	}
}

/* Somebody waits for help: before all else, and who has a customer first. */
static void todo_hands(struct feed *f, const char *team, bool zh,
		       struct msg_floor *out)
{
	struct seats *seats = floor_seats(f->r->floor);

	for (int pass = 0; pass < 2; pass++)
		for (struct seat *s = seat_each(seats, NULL); s;
		     s = seat_each(seats, s)) {
			bool call = seat_state_on_call(s->state) &&
				    s->state != SEAT_WRAP;
			struct msg_todo *t;

			if (!s->hand_up || s->state == SEAT_OFFLINE ||
			    !is_team(s, team) || call == (pass == 1))
				continue;
			t = add_todo(out, MSG_VIEW_AGENTS);
			if (!t)
				return;
			t->agent = s->agent.v;
			str_fmt(t->text, sizeof(t->text), zh
				? "%s %u 举手求助%s" : "%s %u raised a hand%s",
				s->name, s->agent.v, !call ? ""
				: zh ? "，正与客户通话" : ", with a customer");
		}
}

static void todo_agents(struct feed *f, const char *team, bool zh,
			struct now now, struct msg_floor *out)
{
	struct seats *seats = floor_seats(f->r->floor);

	for (struct seat *s = seat_each(seats, NULL); s;
	     s = seat_each(seats, s)) {
		uint32_t limit;
		struct msg_todo *t;

		if (s->state == SEAT_OFFLINE || !is_team(s, team) ||
		    s->hand_up || !feed_over(f, s, now, &limit))
			continue;
		t = add_todo(out, MSG_VIEW_AGENTS);
		if (!t)
			return;
		t->agent = s->agent.v;
		/* The screen puts in the time, which runs. */
		t->since_ms = feed_since(f, s->since.mono_ms);
		str_fmt(t->text, sizeof(t->text), zh
			? "%s %u %s %%t，上限 %u:%02u"
			: "%s %u in %s %%t, limit %u:%02u", s->name,
			s->agent.v, zh ? rule_state_zh(desk_state(s, NULL))
				       : msg_word(MSG_WORDS_STATE,
						  desk_state(s, NULL)),
			limit / 60, limit % 60);
	}
}

static int worse_first(const void *a, const void *b)
{
	const struct msg_campaign_row *x = a, *y = b;

	if ((x->judge == MSG_JUDGE_HIGH) != (y->judge == MSG_JUDGE_HIGH))
		return x->judge == MSG_JUDGE_HIGH ? -1 : 1;
	if (x->agents != y->agents)
		return x->agents > y->agents ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

void feed_floor(struct feed *f, const char *team, bool zh, struct now now,
		struct msg_floor *out)
{
	struct campaign_id id;

	memset(out, 0, sizeof(*out));
	add_figure(f, MSG_FIGURE_CONNECT, 2500, -1, now, out);
	add_figure(f, MSG_FIGURE_ABANDON, -1, abandon_target(f, now), now,
		   out);
	add_figure(f, MSG_FIGURE_OCCUPANCY, 7500, 8800, now, out);
	add_figure(f, MSG_FIGURE_WAIT, -1, 150, now, out);
	add_figure(f, MSG_FIGURE_CONVERT, 600, -1, now, out);
	add_figure(f, MSG_FIGURE_WAITING, -1, 2, now, out);
	add_states(f, team, now, out);
	for (size_t i = 0; floor_campaign_at(f->r->floor, i, &id) &&
			   out->campaigns_count < ARRAY_LEN(out->campaigns);
	     i++)
		feed_campaign_row(f, id, now,
				  &out->campaigns[out->campaigns_count++]);
	qsort(out->campaigns, out->campaigns_count, sizeof(out->campaigns[0]),
	      worse_first);
	for (unsigned i = 0; i < dial_trunk_count(f->r->dial) &&
			     out->trunks_count < ARRAY_LEN(out->trunks); i++)
		if (!feed_trunk_row(f, i, now,
				    &out->trunks[out->trunks_count]))
			out->trunks_count++;
	todo_hands(f, team, zh, out);
	todo_campaigns(f, zh, now, out);
	feed_todo_callers(f, zh, now, out);
	todo_agents(f, team, zh, now, out);
}
