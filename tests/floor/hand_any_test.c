/*
 * hand_any_test -- days of nothing but transfers, in any order: no customer
 * is without somebody, no agent is stuck, and only people end calls.
 */
#include "floor/hand_world.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "base/t.h"

/* ---- in any order ---- */

enum { DAYS = 120, STEPS = 500 };

static uint32_t roll(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

static void any_step(uint64_t *dice)
{
	static const struct { enum hand_target to; const char *whom; } all[] = {
		{ HAND_AGENT, "1001" }, { HAND_AGENT, "1002" },
		{ HAND_AGENT, "1003" }, { HAND_TEAM, "north" },
		{ HAND_QUEUE, "1" }, { HAND_QUEUE, "1" },
		{ HAND_OUTSIDE, OUT }, { HAND_COLLEAGUE, OUT },
	};
	size_t i = roll(dice, ARRAY_LEN(all));
	uint32_t a = ANN + roll(dice, 4);
	enum hand_step s = (enum hand_step)roll(dice, HAND_STEP_COUNT);

	/* Who consults rather goes on than gives up. */
	if (seat(a) == SEAT_CONSULT && s == HAND_BACK && roll(dice, 3))
		s = HAND_SWAP;
	(void)!step(a, s, all[i].to, all[i].whom);
}

static void any_trunk(uint64_t *dice)
{
	struct call *c = call_each(floor_calls(w.floor), NULL);

	for (unsigned skip = roll(dice, 6); c && skip; skip--)
		c = call_each(floor_calls(w.floor), c);
	if (!c || !c->invite_ms || c->state >= CALL_WRAP)
		return;
	if (!c->answer_ms && roll(dice, 4))
		(void)!FW(&w, IN_ANSWERED, .call = c->id.v, .code = 200);
	else if (!c->answer_ms)
		(void)!FW(&w, IN_FAILED, .call = c->id.v, .code = 486,
			  .value = RES_BUSY);
	else if (!roll(dice, 4))
		(void)!FW(&w, IN_HANGUP, .call = c->id.v, .q850 = 16);
}

static void any_agent(uint64_t *dice)
{
	uint32_t a = ANN + roll(dice, 4);
	struct seat *s = fw_seat(&w, a);

	if (!s->phone_up && roll(dice, 2))
		(void)!FW(&w, IN_LINE, .agent = a, .value = 1);
	else if (s->state == SEAT_WRAP && roll(dice, 3))
		outcome(a);
	else if (s->state == SEAT_NOT_READY)
		(void)!FW(&w, IN_READY, .agent = a);
	else if (!roll(dice, 8))
		(void)!FW(&w, IN_RELEASE, .agent = a);
	else if (!roll(dice, 8))
		(void)!FW(&w, IN_LINE, .agent = a);
	else if (!roll(dice, 6))
		(void)!FW(&w, IN_LINK, .agent = a, .value = roll(dice, 2));
	else if (!roll(dice, 6))
		(void)!FW(&w, IN_HOLD, .agent = a, .value = roll(dice, 2));
	else if (!roll(dice, 10))
		(void)!FW(&w, IN_BREAK, .agent = a, .value = 1);
	else if (!roll(dice, 6))
		(void)!FW(&w, IN_MUTE, .agent = a, .value = roll(dice, 2));
}

static void all_is_well(unsigned day, unsigned at)
{
	struct seats *ss = floor_seats(w.floor);
	struct call_pool *cs = floor_calls(w.floor);
	struct pacer_explain x;
	uint32_t ready = 0;

	for (struct seat *s = seat_each(ss, NULL); s; s = seat_each(ss, s)) {
		struct call *c = call_get(cs, s->call);
		bool asked = c && c->agent.v != s->agent.v;

		ready += s->state == SEAT_READY;

		T_OK(seat_state_on_call(s->state) == (c != NULL),
		     "day %u step %u: agent %u in %s %s a call", day, at,
		     s->agent.v, seat_state_word(s->state),
		     c ? "has" : "has not");
		T_OK(!asked || c->hand.asked.v == s->agent.v,
		     "day %u step %u: agent %u is asked about his call", day,
		     at, s->agent.v);
		T_OK((s->state != SEAT_CONSULT && s->state != SEAT_CONF) ||
		     (c->state >= CALL_ASK && c->state <= CALL_CONF),
		     "day %u step %u: agent %u in %s, call in %s", day, at,
		     s->agent.v, seat_state_word(s->state),
		     call_state_word(c->state));
	}
	pacer_explain(floor_pacer(w.floor, w.k.id), w.lw.now.mono_ms, &x);
	T_OK(x.idle == ready, "day %u step %u: %u are ready, the pacer sees %u",
	     day, at, ready, x.idle);
	for (struct call *c = call_each(cs, NULL); c; c = call_each(cs, c)) {
		struct seat *s = fw_seat(&w, c->agent.v);

		if (c->state < CALL_TALK || c->state > CALL_CONF)
			continue;
		T_OK(c->leg && s && s->call.v == c->id.v,
		     "day %u step %u: a customer in %s has somebody", day, at,
		     call_state_word(c->state));
	}
}

static void count(const char *const *words, size_t n, unsigned *counts)
{
	for (size_t i = 0; i < n; i++)
		for (const char *p = w.actions; (p = strstr(p, words[i])); p++)
			counts[i]++;
}

/* While somebody works nobody is cut off but by a person. */
static void ended_by_people(unsigned day)
{
	struct cdr *v = calloc(FW_CDRS, sizeof(*v));
	size_t n = fw_cdrs(&w, v), parts = 0;

	for (size_t i = 0; i < n; i++) {
		T_OK(v[i].part || !v[i].join_ms || v[i].by == BY_CUSTOMER ||
		     v[i].by == BY_AGENT, "day %u: call %zu was ended by %s",
		     day, i, hangup_by_word((enum hangup_by)v[i].by));
		for (size_t k = 0; v[i].of && k < n; k++)
			parts += v[k].uid == v[i].of;
		T_OK(!v[i].of || parts || n == FW_CDRS,
		     "day %u: a part belongs to a call", day);
	}
	free(v);
}

static void any_order(void **unused UNUSED)
{
	/* A monkey that never comes there shows nothing. */
	static const char *const met[] = { " ask\n", " consult\n", " aside\n",
		" conf\n", " given\n", " alone\n", "nobody was free",
		" busy", " left", " phone lost", " has the customer" };
	unsigned counts[ARRAY_LEN(met)] = { 0 };

	for (unsigned day = 1; day <= DAYS; day++) {
		uint64_t dice = day * 7919;

		fw_open(&w, day % 2 ? MODE_PROGRESSIVE : MODE_PREDICTIVE, 60);
		w.k.transfer = HAND_ANY;
		w.k.transfer_ms = 1500;
		T_OK(!floor_campaign_set(w.floor, &w.k, w.lw.now), "set");
		for (uint32_t a = ANN; a <= DAN; a++)
			fw_agent(&w, a);
		T_OK(!FW(&w, IN_START, .campaign = 1), "start");
		for (unsigned i = 0; i < STEPS; i++) {
			switch (roll(&dice, 5)) {
			case 0: case 1:	any_step(&dice); break;
			case 2:		any_trunk(&dice); break;
			case 3:		any_agent(&dice); break;
			default:	fw_run(&w, 50 * roll(&dice, 16)); break;
			}
			all_is_well(day, i);
		}
		T_OK(!FW(&w, IN_STOP, .campaign = 1), "stop");
		for (uint32_t a = ANN; a <= DAN; a++)
			(void)!FW(&w, IN_LINE, .agent = a, .value = 1);
		for (int i = 0; i < 40; i++)
			for (struct call *c = call_each(floor_calls(w.floor),
							NULL);
			     c; c = call_each(floor_calls(w.floor), c))
				if (c->answer_ms && c->state < CALL_WRAP) {
					(void)!FW(&w, IN_HANGUP,
						  .call = c->id.v);
					break;
				}
		fw_run(&w, 60000);
		fw_quiet(&w, "a day of transfers");
		ended_by_people(day);
		count(met, ARRAY_LEN(met), counts);
		fw_close(&w);
	}
	for (size_t i = 0; i < ARRAY_LEN(met); i++) {
		T_OK(counts[i] > 5, "it comes to \"%s\"", met[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order),
	};

	log_set_level(LOG_ERR);
	return T_RUN(tests);
}
