/* Whose call is it: moves, wishes, queues, timers. */
#include "base/t.h"
#include "seat/seat.h"

#include <string.h>

static struct now at(int64_t s)
{
	return (struct now){ 1000000 + s * 1000, 5000000 + s * 1000 };
}

static const struct campaign_id spring = { 7 }, autumn = { 8 };

static struct seat *agent(struct seats *s, uint32_t id, int64_t when)
{
	struct seat *seat;

	T_OK(!seat_open(s, (struct agent_id){ id }, "Li Wei", "north", &seat),
	     "agent %u has a seat", id);
	T_OK(!seat_assign(s, seat, &spring, 1), "and a campaign");
	seat_link(s, seat, true, at(when));
	seat_phone(s, seat, true, at(when));
	T_OK(!seat_move(s, seat, SE_LOGIN, 0, 0, at(when)) &&
	     seat->state == SEAT_NOT_READY && seat->reason == SR_LOGIN,
	     "a log-in lands in NOT READY, reason login");
	return seat;
}

static void ready(struct seats *s, struct seat *seat, int64_t when)
{
	T_OK(!seat_move(s, seat, SE_READY, 0, 0, at(when)), "ready");
}

static void the_longest_waiting_is_picked(void **state UNUSED)
{
	struct seats *s;

	T_OK(!seats_new(10, &s), "seats");
	struct seat *a = agent(s, 1001, 0), *b = agent(s, 1002, 0);

	T_OK(!seat_pick(s, spring), "nobody is ready yet");
	ready(s, b, 1);
	ready(s, a, 2);
	T_OK(seat_pick(s, spring) == b, "b waited longer");
	T_OK(!seat_pick(s, autumn), "nobody for a campaign of others");
	T_OK(!seat_move(s, b, SE_JOIN, 0, 0, at(3)), "b talks");
	T_OK(seat_pick(s, spring) == a && seat_ready_count(s, spring) == 1,
	     "a is next");
	seat_phone(s, a, false, at(4));
	T_OK(!seat_pick(s, spring), "an agent without a phone is not picked");
	T_OK(a->state == SEAT_NOT_READY && a->reason == SR_PHONE_LOST,
	     "and is shown so");
	seat_phone(s, a, true, at(5));
	T_OK(a->state == SEAT_READY && seat_pick(s, spring) == a,
	     "the phone comes back, READY without a key pressed");
	seats_free(s);
}

static void a_wish_waits_for_the_call(void **state UNUSED)
{
	static const struct {
		const char *what;
		enum seat_event wish;
		enum seat_state after;
	} cases[] = {
		{ "nothing asked: READY again", SE_READY, SEAT_READY },
		{ "break after this", SE_BREAK, SEAT_BREAK },
		{ "not ready after this", SE_NOT_READY, SEAT_NOT_READY },
		{ "log out after this", SE_LOGOUT, SEAT_OFFLINE },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct seats *s;

		T_OK(!seats_new(1, &s), "seats");
		struct seat *a = agent(s, 1001, 0);

		ready(s, a, 1);
		T_OK(!seat_move(s, a, SE_JOIN, 0, 0, at(2)), "talks");
		T_OK(!seat_move(s, a, cases[i].wish, SR_ASKED, 0, at(3)) &&
		     a->state == SEAT_TALK, "%s: still on the call",
		     cases[i].what);
		T_OK(!seat_move(s, a, SE_OVER, 0, 60000, at(4)) &&
		     a->state == SEAT_WRAP, "then wrap-up");
		T_OK(!seat_move(s, a, SE_FINISH, 0, 0, at(5)) &&
		     a->state == cases[i].after, "%s", cases[i].what);
		seats_free(s);
	}
}

static void wrap_up_has_an_end(void **state UNUSED)
{
	struct seats *s;

	T_OK(!seats_new(1, &s), "seats");
	struct seat *a = agent(s, 1001, 0);

	ready(s, a, 1);
	T_OK(!seat_move(s, a, SE_JOIN, 0, 0, at(2)) &&
	     !seat_move(s, a, SE_OVER, 0, 60000, at(10)), "in wrap-up");
	T_OK(seat_left_ms(a, at(28)) == 42000, "42 s are left after 18");
	T_OK(!seat_extend(s, a, 30000, 60000, at(28)) &&
	     seat_left_ms(a, at(28)) == 72000, "30 s more");
	T_OK(!seat_extend(s, a, 30000, 60000, at(28)), "and 30 more");
	T_OK(seat_extend(s, a, 30000, 60000, at(28)) == ERR_DENIED,
	     "but not a third time");
	T_OK(!seat_due(s, at(129)), "not due a second early");
	T_OK(seat_due(s, at(130)) == a, "due");
	T_OK(!seat_move(s, a, SE_TIMEOUT, 0, 0, at(130)) &&
	     a->state == SEAT_NOT_READY && a->reason == SR_WRAP_TIMEOUT,
	     "NOT READY, reason wrap_timeout");
	T_OK(a->today.state_ms[SEAT_WRAP] == 120000, "summed to the second");
	T_OK(a->today.wait_ms == 1000 && a->today.waits == 1,
	     "one wait of a second");
	seats_free(s);
}

static void unlisted_moves_are_refused(void **state UNUSED)
{
	static const struct {
		const char *what;
		enum seat_event ev;
	} cases[] = {
		{ "no call while not ready", SE_JOIN },
		{ "no hold without a call", SE_HOLD },
		{ "no wrap-up without a call", SE_OVER },
		{ "no second log-in move", SE_LOGIN },
	};
	struct seats *s;

	T_OK(!seats_new(1, &s), "seats");
	struct seat *a = agent(s, 1001, 0);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		T_OK(seat_move(s, a, cases[i].ev, 0, 0, at(1)) == ERR_STATE &&
		     a->state == SEAT_NOT_READY, "%s", cases[i].what);
	struct seat *b;

	T_OK(seat_open(s, (struct agent_id){ 1002 }, "b", "", &b) == ERR_FULL,
	     "one seat more than configured is refused");
	seats_free(s);
}

static void counts_follow_every_move(void **state UNUSED)
{
	enum { AGENTS = 50, STEPS = 20000 };
	struct seats *s;
	uint32_t rnd = 7, counts[SEAT_STATE_COUNT], want[SEAT_STATE_COUNT];

	T_OK(!seats_new(AGENTS, &s), "seats");
	for (uint32_t i = 0; i < AGENTS; i++)
		agent(s, 1000 + i, 0);
	for (int step = 0; step < STEPS; step++) {
		rnd = rnd * 1664525 + 1013904223;
		struct seat *a = seat_get(s, (struct agent_id){
			1000 + (rnd >> 8) % AGENTS });
		enum seat_event ev = (rnd >> 16) % SEAT_EVENT_COUNT;
		size_t queued = 0;

		if (seat_move(s, a, ev, SR_ASKED, 0, at(1 + step)))
			continue;
		if (ev == SE_LOGOUT && a->state == SEAT_OFFLINE)
			continue;
		memset(want, 0, sizeof(want));
		for (struct seat *x = seat_each(s, NULL); x;
		     x = seat_each(s, x)) {
			want[x->state]++;
			queued += x->state == SEAT_READY;
		}
		seat_counts(s, counts);
		T_OK(!memcmp(counts, want, sizeof(want)), "counts are true");
		T_OK(seat_ready_count(s, spring) == queued,
		     "the queue holds every ready agent");
		struct seat *first = seat_pick(s, spring);

		for (struct seat *x = seat_each(s, NULL); x && first;
		     x = seat_each(s, x))
			T_OK(x->state != SEAT_READY || x->since.mono_ms >=
			     first->since.mono_ms, "the first waited longest");
	}
	seats_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_waiting_is_picked),
		cmocka_unit_test(a_wish_waits_for_the_call),
		cmocka_unit_test(wrap_up_has_an_end),
		cmocka_unit_test(unlisted_moves_are_refused),
		cmocka_unit_test(counts_follow_every_move),
	};

	return T_RUN(tests);
}
