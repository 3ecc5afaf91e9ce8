/* Properties of the map that hold for every later version of it. */
#include "base/t.h"
#include "call/call.h"
#include "flow.h"

#include <string.h>

static void every_room_is_reached_and_left(void **state UNUSED)
{
	uint32_t reached = 1u << CALL_PREVIEW | 1u << CALL_RESERVE;

	for (size_t i = 0; i < flow_rows; i++)
		for (size_t k = 0; k < flow_rows; k++)
			if (reached & 1u << flow_table[k].from)
				reached |= 1u << flow_table[k].to;
	for (int s = 0; s < CALL_STATE_COUNT; s++) {
		const char *word = call_state_word((enum call_state)s);

		T_OK(reached & 1u << s, "%s can be reached", word);
		T_OK(!!call_state_limit((enum call_state)s) ==
		     !!flow_find((enum call_state)s, EV_TIMEOUT),
		     "%s: limited stay and a way out, or neither", word);
	}
}

static void every_room_leads_to_done(void **state UNUSED)
{
	uint32_t ends = 1u << CALL_DONE;

	for (size_t i = 0; i < flow_rows; i++)
		for (size_t k = 0; k < flow_rows; k++)
			if (ends & 1u << flow_table[k].to)
				ends |= 1u << flow_table[k].from;
	for (int s = 0; s < CALL_STATE_COUNT; s++)
		T_OK(ends & 1u << s, "%s leads to the end",
		     call_state_word((enum call_state)s));
}

static void no_row_is_shadowed(void **state UNUSED)
{
	for (size_t i = 0; i < flow_rows; i++)
		T_OK(flow_find(flow_table[i].from, flow_table[i].on) ==
		     &flow_table[i], "row %zu is not shadowed", i);
}

static void only_the_gate_leads_to_dial(void **state UNUSED)
{
	for (size_t i = 0; i < flow_rows; i++)
		if (flow_table[i].to == CALL_DIAL)
			T_OK(flow_table[i].from == CALL_CHECK &&
			     flow_table[i].on == EV_PASSED,
			     "nothing is dialled that did not pass");
}

static void a_customer_can_always_hang_up(void **state UNUSED)
{
	static const enum call_state live[] = { CALL_HEAR, CALL_WAIT,
		CALL_TALK, CALL_HOLD, CALL_ORPHAN, CALL_MESSAGE };

	for (size_t i = 0; i < ARRAY_LEN(live); i++)
		T_OK(flow_find(live[i], EV_HANGUP), "%s: he may leave",
		     call_state_word(live[i]));
}

/* ---- the pool ----------------------------------------------------------- */

static void an_old_id_finds_nothing(void **state UNUSED)
{
	struct call_pool *p;
	struct call *c, *d;
	struct now now = { 1000, 5000 };

	T_OK(!call_pool_new(2, &p), "a pool is made");
	T_OK(!call_new(p, CALL_RESERVE, now, &c), "a call is made");
	struct call_id id = c->id;

	T_OK(call_get(p, id) == c && id.v, "it is found by its id");
	call_end(p, c);
	T_OK(!call_get(p, id), "an ended call is not found");
	for (int i = 0; i < 40000; i++) {
		T_OK(!call_new(p, CALL_RESERVE, now, &d), "slot is reused");
		T_OK(d->id.v && d->id.v != id.v,
		     "the next in its slot has another id");
		call_end(p, d);
		if (i > 16000)
			break;
	}
	T_OK(!call_new(p, CALL_RESERVE, now, &c) &&
	     !call_new(p, CALL_RESERVE, now, &d), "two fit");
	T_OK(call_new(p, CALL_RESERVE, now, &d) == ERR_FULL,
	     "a third does not, and says so");
	call_pool_free(p);
}

static void time_outs_come_in_order(void **state UNUSED)
{
	struct call_pool *p;
	struct call *c[100];
	struct now now = { 1000, 5000 };
	int64_t last = 0;

	T_OK(!call_pool_new(100, &p), "a pool is made");
	for (int i = 0; i < 100; i++) {
		T_OK(!call_new(p, CALL_WAIT, now, &c[i]), "a call is made");
		call_enter(p, c[i], CALL_WAIT, 1 + (i * 37) % 100, now);
	}
	call_end(p, c[50]);
	for (int got = 0; got < 99; got++) {
		struct now later = { call_next_due_ms(p), 0 };
		struct call *d = call_due(p, later);

		T_OK(d && d->since_ms == 1000 && later.mono_ms >= last,
		     "the earliest first");
		last = later.mono_ms;
	}
	T_OK(!call_due(p, (struct now){ INT64_MAX, 0 }), "each told once");
	call_pool_free(p);
}

static void events_keep_their_order(void **state UNUSED)
{
	struct call_pool *p;
	struct call_id id;
	enum call_event ev;

	T_OK(!call_pool_new(1, &p), "a pool is made");
	for (uint32_t i = 0; i < 1000; i++)
		call_raise(p, (struct call_id){ i }, EV_HANGUP);
	for (uint32_t i = 0; i < 1000; i++)
		T_OK(call_next_event(p, &id, &ev) && id.v == i,
		     "event %u in its turn", i);
	T_OK(!call_next_event(p, &id, &ev), "then none");
	call_pool_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_room_is_reached_and_left),
		cmocka_unit_test(every_room_leads_to_done),
		cmocka_unit_test(no_row_is_shadowed),
		cmocka_unit_test(only_the_gate_leads_to_dial),
		cmocka_unit_test(a_customer_can_always_hang_up),
		cmocka_unit_test(an_old_id_finds_nothing),
		cmocka_unit_test(time_outs_come_in_order),
		cmocka_unit_test(events_keep_their_order),
	};

	return T_RUN(tests);
}
