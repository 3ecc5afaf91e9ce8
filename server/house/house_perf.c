/* house_perf -- the seats' days, from the seats to the report. */
#include "house_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "staff/staff.h"

static enum perf_kind kind_of(enum seat_state s)
{
	static const enum perf_kind kinds[SEAT_STATE_COUNT] = {
		[SEAT_OFFLINE] = PERF_OFF, [SEAT_NOT_READY] = PERF_NOT_READY,
		[SEAT_BREAK] = PERF_BREAK, [SEAT_READY] = PERF_READY,
		[SEAT_RESERVED] = PERF_READY, [SEAT_PREVIEW] = PERF_OTHER,
		[SEAT_DIAL] = PERF_OTHER, [SEAT_TALK] = PERF_TALK,
		[SEAT_HOLD] = PERF_HOLD, [SEAT_CONSULT] = PERF_TALK,
		[SEAT_CONF] = PERF_TALK, [SEAT_WRAP] = PERF_WRAP,
	};

	return (unsigned)s < SEAT_STATE_COUNT ? kinds[s] : PERF_OFF;
}

/* What the seats did since the last turn. */
void house_perf_turn(struct house *h)
{
	const struct live_rooms *r = live_rooms(h->live);
	struct seats *seats = floor_seats(r->floor);
	struct seat_step step;

	while (seat_step_next(seats, &step)) {
		const struct seat *s = seat_get(seats, step.agent);
		const struct call *c = s && seat_state_on_call(step.state)
			? call_get(floor_calls(r->floor), s->call) : NULL;
		struct perf_stay st = {
			.agent = step.agent.v, .at_ms = step.at.wall_ms,
			.state = (uint8_t)step.state,
			.kind = (uint8_t)kind_of(step.state),
			.reason = step.reason, .wait_ms = step.waited_ms,
			.campaign = c ? c->campaign.v
				      : s ? seat_campaign(s).v : 0,
			.uid = c ? c->uid : 0 };

		if (step.state == SEAT_BREAK && step.reason >= SR_BREAK_FIRST)
			st.row = (uint8_t)(step.reason - SR_BREAK_FIRST);
		if (s)
			perf_name(h->perf, s->agent, s->name, s->team);
		perf_enter(h->perf, &st);
	}
}

void house_perf_correct(struct house *h, struct agent_id agent,
			enum msg_type type, int sign)
{
	const struct live_rooms *r = live_rooms(h->live);
	struct cdr cdr;

	if (type == MSG_CORRECT_OUTCOME &&
	    !cdr_get(r->store, floor_last_uid(r->floor, agent), &cdr) &&
	    cdr.sale)
		perf_correct(h->perf, &cdr, sign);
}

/* A seat's day goes on after a restart of the server. */
void house_perf_restore(struct house *h, struct agent_id agent)
{
	struct seats *seats = floor_seats(live_rooms(h->live)->floor);
	struct seat *s = seat_get(seats, agent);
	struct seat_sums sums = { 0 };
	struct perf_sums p;

	if (!s)
		return;
	perf_today(h->perf, agent, clock_now(h->clock), &p);
	sums.calls = p.calls;
	sums.sales = p.sales;
	sums.state_ms[SEAT_READY] = p.ms[PERF_READY];
	sums.state_ms[SEAT_TALK] = p.ms[PERF_TALK];
	sums.state_ms[SEAT_HOLD] = p.ms[PERF_HOLD];
	sums.state_ms[SEAT_WRAP] = p.ms[PERF_WRAP];
	sums.state_ms[SEAT_DIAL] = p.ms[PERF_OTHER];
	sums.state_ms[SEAT_NOT_READY] = p.ms[PERF_NOT_READY];
	sums.state_ms[SEAT_BREAK] = p.ms[PERF_BREAK];
	for (size_t i = 0; i < PERF_BREAKS; i++)
		sums.break_ms[i] = p.break_ms[i];
	seat_restore(s, &sums);
}

static bool name_of(void *arg, const struct perf_row *row)
{
	struct house *h = arg;
	struct staff st;

	if (!*row->name &&
	    !staff_by_agent(live_rooms(h->live)->store, row->agent, &st))
		perf_name(h->perf, row->agent, st.name, st.team);
	return true;
}

enum err house_perf_open(struct house *h)
{
	int64_t budget[PERF_BREAKS] = { 0 };
	struct now now = clock_now(h->clock);
	const char *name;
	enum err e;

	for (size_t i = 0; i < PERF_BREAKS &&
			   (name = conf_instance(h->conf, "breaks", i)); i++)
		budget[i] = conf_int(h->conf, "breaks", name, "budget");
	e = perf_new(live_rooms(h->live)->store, now, budget, &h->perf);
	if (!e)
		perf_each(h->perf, PERF_MONTH, now, name_of, h);
	else
		log_err("house", "agents' days: %s", err_text(e));
	return e;
}
