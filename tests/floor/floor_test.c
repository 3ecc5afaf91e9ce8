/* floor_test -- the life of calls, told as scripts: what happens, then what. */
#include "floor/floor_world.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/t.h"

enum { ANN = 1001, BOB = 1002 };

/* ANN talks, in a progressive campaign. */
static void talking(struct fw *w, enum dial_mode mode)
{
	fw_start(w, ANN, mode, 6);
	T_OK(w->places == 1, "one agent, one line");
	fw_answer(w);
	T_OK(fw_placed(w)->state == CALL_TALK && fw_state(w, ANN) == SEAT_TALK,
	     "they talk");
}

/* The customer leaves; ANN chooses and goes NOT READY. */
static void finish(struct fw *w, int digit)
{
	T_OK(!FW(w, IN_HANGUP, .call = w->placed.v, .q850 = 16), "hang-up");
	T_OK(fw_state(w, ANN) == SEAT_WRAP, "wrap-up");
	T_OK(!FW(w, IN_OUTCOME, .agent = ANN, .value = digit), "an outcome");
	T_OK(!FW(w, IN_FINISH, .agent = ANN, .value = 1), "and done");
}

/* ---- one call ------------------------------------------------------------ */

static void progressive_call(void **unused UNUSED)
{
	struct fw w;
	struct lead l;

	talking(&w, MODE_PROGRESSIVE);
	T_OK(w.joins == 1, "joined once, at the answer");
	fw_run(&w, 5000);
	T_OK(w.places == 1, "nobody else is dialled for a busy agent");
	finish(&w, 1);
	struct cdr r = fw_last_cdr(&w);

	T_OK(r.result == RES_ANSWERED && r.outcome == 1 && r.sale,
	     "a sale is on record");
	T_OK(r.agent == ANN && r.by == BY_CUSTOMER && r.sip_code == 200 &&
	     str_eq(r.caller, "+862885551001"), "by whom, to whom, how");
	T_OK(r.start_ms <= r.invite_ms && r.invite_ms <= r.ring_ms &&
	     r.ring_ms < r.answer_ms && r.answer_ms <= r.join_ms &&
	     r.join_ms < r.end_ms && r.end_ms <= r.done_ms,
	     "its times are in order");
	T_OK(r.recording[0], "its recording is named");
	T_OK(fw_lead(&w, r.lead, &l) == LEAD_DONE && l.attempts == 1,
	     "the lead is done after one attempt");
	T_OK(fw_state(&w, ANN) == SEAT_NOT_READY, "not ready, as wished");
	fw_quiet(&w, "after a call");
	fw_close(&w);
}

static void one_line_an_agent(void **unused UNUSED)
{
	struct fw w;

	fw_start(&w, ANN, MODE_PROGRESSIVE, 10);
	fw_agent(&w, BOB);
	fw_run(&w, 500);
	T_OK(w.places == 2, "two ready agents, two lines");
	fw_run(&w, 5000);
	T_OK(w.places == 2, "and no third");
	T_OK(!FW(&w, IN_NOT_READY, .agent = BOB), "one goes");
	T_OK(call_count(floor_calls(w.floor)) == 1, "one line is taken back");
	T_OK(!FW(&w, IN_STOP, .campaign = 1), "stop");
	fw_quiet(&w, "after a stop");
	fw_close(&w);
}

static void abandoned(void **unused UNUSED)
{
	struct fw w;

	fw_start(&w, ANN, MODE_PREDICTIVE, 6);
	T_OK(w.places >= 1, "the pacer dials for an idle agent");
	uint32_t c = w.placed.v;

	T_OK(!FW(&w, IN_NOT_READY, .agent = ANN), "the agent goes");
	T_OK(!FW(&w, IN_ANSWERED, .call = c, .code = 200), "answered");
	T_OK(fw_placed(&w)->state == CALL_WAIT, "the customer waits");
	fw_run(&w, 1900);
	T_OK(!w.messages, "not longer than the limit");
	fw_run(&w, 200);
	T_OK(w.messages == 1, "then hears the safe message");
	T_OK(!FW(&w, IN_PLAYED, .call = c), "to its end");
	struct cdr r = fw_last_cdr(&w);

	T_OK(r.result == RES_ABANDONED && r.outcome == 101 && !r.agent,
	     "recorded as abandoned");
	T_OK(!FW(&w, IN_STOP, .campaign = 1), "stop");
	fw_quiet(&w, "after an abandoned call");
	fw_close(&w);
}

static void saved_in_time(void **unused UNUSED)
{
	struct fw w;

	fw_start(&w, ANN, MODE_PREDICTIVE, 6);
	uint32_t c = w.placed.v;

	T_OK(!FW(&w, IN_NOT_READY, .agent = ANN), "the agent goes");
	T_OK(!FW(&w, IN_ANSWERED, .call = c, .code = 200), "answered");
	fw_run(&w, 1000);
	T_OK(!FW(&w, IN_READY, .agent = ANN), "and comes back");
	T_OK(fw_placed(&w)->state == CALL_TALK && w.joins == 1 && !w.messages,
	     "who waits is joined before anything else is done");
	fw_close(&w);
}

static void no_answer(void **unused UNUSED)
{
	static const struct {
		uint32_t code, q850;
		enum call_result result;
		enum lead_status next;
		const char *s;
	} cases[] = {
		{ 486, 17, RES_BUSY, LEAD_LATER, "busy: again later" },
		{ 404, 1, RES_VACANT, LEAD_DONE, "vacant: never again" },
		{ 503, 34, RES_CONGESTION, LEAD_LATER, "congestion" },
		{ 607, 21, RES_UNWANTED, LEAD_DNC, "607 is a stop request" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fw w;
		struct lead l;

		fw_start(&w, ANN, MODE_PROGRESSIVE, 1);
		T_OK(!FW(&w, IN_FAILED, .call = w.placed.v,
			 .code = cases[i].code, .q850 = cases[i].q850,
			 .value = cases[i].result, .text = "no"), "it fails");
		struct cdr r = fw_last_cdr(&w);

		T_OK(r.result == cases[i].result && r.q850 == cases[i].q850 &&
		     r.sip_code == cases[i].code, "%s: raw codes are kept",
		     cases[i].s);
		T_OK(fw_lead(&w, r.lead, &l) == cases[i].next, "%s",
		     cases[i].s);
		T_OK(fw_state(&w, ANN) == SEAT_READY, "the agent saw nothing");
		T_OK((gate_dnc_has(w.gate, w.number, NULL) == ERR_OK) ==
		     (cases[i].next == LEAD_DNC), "%s", cases[i].s);
		fw_quiet(&w, cases[i].s);
		fw_close(&w);
	}
}

static void ring_no_end(void **unused UNUSED)
{
	struct fw w;

	fw_start(&w, ANN, MODE_PROGRESSIVE, 1);
	T_OK(!FW(&w, IN_RINGING, .call = w.placed.v), "it rings");
	fw_run(&w, 31000);
	T_OK(fw_last_cdr(&w).result == RES_NO_ANSWER,
	     "a trunk that never ends the ringing is ended");
	fw_quiet(&w, "after it");
	fw_close(&w);
}

/* ---- in the call ----------------------------------------------------------- */

static void hold(void **unused UNUSED)
{
	struct fw w;

	talking(&w, MODE_PROGRESSIVE);
	T_OK(FW(&w, IN_HOLD, .agent = ANN) == ERR_STATE, "nothing is held");
	T_OK(!FW(&w, IN_HOLD, .agent = ANN, .value = 1), "hold");
	T_OK(fw_state(&w, ANN) == SEAT_HOLD, "the seat says so");
	fw_run(&w, 4000);
	T_OK(!FW(&w, IN_HOLD, .agent = ANN), "back");
	T_OK(fw_state(&w, ANN) == SEAT_TALK && fw_placed(&w)->state == CALL_TALK,
	     "they talk again");
	T_OK(!FW(&w, IN_DIGITS, .agent = ANN, .text = "12#"), "digits");
	T_OK(FW(&w, IN_DIGITS, .agent = ANN, .text = "1x") == ERR_ARG,
	     "only digits");
	finish(&w, 4);
	int64_t held = fw_last_cdr(&w).hold_ms;

	T_OK(held == 4000, "held for 4 s, not %lld ms", (long long)held);
	fw_close(&w);
}

static void orphan(void **unused UNUSED)
{
	struct fw w;

	talking(&w, MODE_PROGRESSIVE);
	T_OK(!FW(&w, IN_LINE, .agent = ANN, .value = 0), "the phone is lost");
	T_OK(fw_placed(&w)->state == CALL_ORPHAN && fw_state(&w, ANN) == SEAT_TALK,
	     "the customer hears music, the agent keeps the call");
	fw_run(&w, 5000);
	T_OK(!FW(&w, IN_LINE, .agent = ANN, .value = 1), "it is back");
	T_OK(fw_placed(&w)->state == CALL_TALK, "they talk again");
	T_OK(strstr(w.actions, "join") && w.joins == 2,
	     "the new line is joined, for the old one is gone");
	finish(&w, 4);
	fw_quiet(&w, "after an orphan");
	fw_close(&w);
}

static void orphan_too_long(void **unused UNUSED)
{
	struct fw w;

	talking(&w, MODE_PROGRESSIVE);
	T_OK(!FW(&w, IN_LINE, .agent = ANN, .value = 0), "the phone is lost");
	fw_run(&w, 61000);
	T_OK(fw_state(&w, ANN) == SEAT_WRAP, "after a minute the call ends");
	fw_run(&w, 21000);
	T_OK(fw_state(&w, ANN) == SEAT_NOT_READY, "and the agent is NOT READY");
	fw_quiet(&w, "after it");
	fw_close(&w);
}

static void take_over(void **unused UNUSED)
{
	struct fw w;
	struct floor_input in = { .kind = IN_LOGIN, .agent = ANN,
				  .text = "Ann\tnorth" };

	talking(&w, MODE_PROGRESSIVE);
	T_OK(!FW(&w, IN_LINK, .agent = ANN), "the terminal is gone");
	T_OK(fw_state(&w, ANN) == SEAT_TALK, "the call is not");
	fw_run(&w, 30000);
	T_OK(!fw_in(&w, in), "a log-in elsewhere");
	T_OK(fw_state(&w, ANN) == SEAT_TALK &&
	     floor_call_of(w.floor, (struct agent_id){ ANN }) == fw_placed(&w),
	     "takes the same call over");
	finish(&w, 1);
	fw_quiet(&w, "after a take-over");
	fw_close(&w);
}

static void break_wish(void **unused UNUSED)
{
	struct fw w;

	talking(&w, MODE_PROGRESSIVE);
	T_OK(!FW(&w, IN_BREAK, .agent = ANN, .value = 1), "a break, please");
	T_OK(fw_state(&w, ANN) == SEAT_TALK, "not in the middle of a call");
	T_OK(!FW(&w, IN_RELEASE, .agent = ANN), "good-bye");
	T_OK(!FW(&w, IN_OUTCOME, .agent = ANN, .value = 4), "outcome");
	T_OK(!FW(&w, IN_FINISH, .agent = ANN), "done");
	T_OK(fw_state(&w, ANN) == SEAT_BREAK &&
	     fw_seat(&w, ANN)->reason == SR_BREAK_FIRST + 1, "now the break");
	T_OK(fw_last_cdr(&w).by == BY_AGENT, "the agent ended the call");
	fw_quiet(&w, "in a break");
	fw_close(&w);
}

/* ---- how it went ------------------------------------------------------------ */

static void wrap_time_out(void **unused UNUSED)
{
	static const struct {
		int digit;
		uint16_t code;
		enum lead_status next;
		const char *s;
	} cases[] = {
		{ 0, 90, LEAD_LATER, "none chosen: none invented" },
		{ 4, 4, LEAD_DONE, "chosen but not confirmed: it counts" },
		{ 3, 90, LEAD_LATER, "a call-back without a time is none" },
		{ 9, 90, LEAD_LATER, "other, without the note, is none" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fw w;
		struct lead l;

		talking(&w, MODE_PROGRESSIVE);
		T_OK(!FW(&w, IN_HANGUP, .call = w.placed.v), "hang-up");
		T_OK(!FW(&w, IN_OUTCOME, .agent = ANN,
			 .value = cases[i].digit), "%s", cases[i].s);
		fw_run(&w, 19000);
		T_OK(fw_state(&w, ANN) == SEAT_WRAP, "20 s of wrap-up");
		fw_run(&w, 1500);
		T_OK(fw_state(&w, ANN) == SEAT_NOT_READY &&
		     fw_seat(&w, ANN)->reason == SR_WRAP_TIMEOUT,
		     "%s: NOT READY", cases[i].s);
		struct cdr r = fw_last_cdr(&w);

		T_OK(r.outcome == cases[i].code, "%s, not %u", cases[i].s,
		     r.outcome);
		T_OK(fw_lead(&w, r.lead, &l) == cases[i].next, "%s: %s",
		     cases[i].s, lead_status_word((enum lead_status)l.status));
		fw_quiet(&w, cases[i].s);
		fw_close(&w);
	}
}

static void asks_first(void **unused UNUSED)
{
	struct fw w;
	int64_t at;
	struct lead l;

	talking(&w, MODE_PROGRESSIVE);
	T_OK(FW(&w, IN_FINISH, .agent = ANN) == ERR_STATE, "still talking");
	T_OK(!FW(&w, IN_HANGUP, .call = w.placed.v), "hang-up");
	T_OK(FW(&w, IN_FINISH, .agent = ANN) == ERR_AGAIN, "no outcome yet");
	T_OK(!FW(&w, IN_OUTCOME, .agent = ANN, .value = 3), "call back");
	T_OK(FW(&w, IN_FINISH, .agent = ANN) == ERR_AGAIN, "when?");
	T_OK(FW(&w, IN_CALLBACK, .agent = ANN, .value = 1,
		.when_s = w.lw.now.wall_ms / 1000) == ERR_ARG, "not now");
	at = w.lw.now.wall_ms / 1000 + 3600;
	T_OK(!FW(&w, IN_CALLBACK, .agent = ANN, .value = 1, .when_s = at),
	     "in an hour, with me");
	T_OK(!FW(&w, IN_FINISH, .agent = ANN, .value = 1), "done");
	struct cdr r = fw_last_cdr(&w);

	T_OK(fw_lead(&w, r.lead, &l) == LEAD_AGREED && l.next_at_s == at &&
	     l.callback_agent == ANN, "the promise is kept in the lead");
	fw_quiet(&w, "after a promise");
	fw_close(&w);
}

static void stop_request(void **unused UNUSED)
{
	struct fw w;
	struct lead l;
	char number[20];

	talking(&w, MODE_PROGRESSIVE);
	str_copy(number, sizeof(number), w.number);
	T_OK(!FW(&w, IN_HANGUP, .call = w.placed.v), "hang-up");
	T_OK(!FW(&w, IN_OUTCOME, .agent = ANN, .value = 8), "do not call");
	T_OK(!FW(&w, IN_FINISH, .agent = ANN), "done");
	T_OK(!gate_dnc_has(w.gate, number, NULL), "the list has it at once");
	struct cdr r = fw_last_cdr(&w);

	T_OK(fw_lead(&w, r.lead, &l) == LEAD_DNC, "the lead is closed");
	struct gate_verdict v;
	struct gate_pass *pass = NULL;

	T_OK(gate_ask(w.gate, &(struct gate_ask){ .attempt = 1, .e164 = number,
		.campaign = &w.k.gate, .agents_free = 1, .now = w.lw.now },
		&v, &pass) == ERR_DENIED && v.blocked == GATE_OWN_DNC,
	     "the very next ask is refused");
	fw_close(&w);
}

static void stop_binds_reserved(void **unused UNUSED)
{
	struct fw w;
	struct floor_input tick = { .kind = IN_TICK };

	fw_start(&w, ANN, MODE_PREVIEW, 1);
	T_OK(fw_state(&w, ANN) == SEAT_PREVIEW, "the lead is on the screen");
	struct store_group *g = store_begin(w.lw.store);
	struct gate_dnc d = { .source = "admin", .at_s = 1 };

	str_copy(d.e164, sizeof(d.e164),
		 floor_call_of(w.floor, (struct agent_id){ ANN })->number);
	T_OK(!gate_dnc_add(w.gate, g, &d), "its number is stopped");
	T_OK(!store_commit(g, NULL, NULL), "accepted");
	T_OK(!FW(&w, IN_DIAL, .agent = ANN), "the agent dials anyway");
	T_OK(!fw_in(&w, tick), "time");
	T_OK(!w.places, "and nothing rings");
	struct cdr r = fw_last_cdr(&w);

	T_OK(r.result == RES_DENIED && strstr(r.why, "own-dnc"),
	     "the rule is on record");
	fw_quiet(&w, "after a refusal");
	fw_close(&w);
}

static void correction(void **unused UNUSED)
{
	struct fw w;
	struct lead l;

	talking(&w, MODE_PROGRESSIVE);
	finish(&w, 4);
	T_OK(!FW(&w, IN_CORRECT, .agent = ANN, .value = 1), "it was a sale");
	struct cdr r = fw_last_cdr(&w);

	T_OK(r.outcome == 1 && r.sale && r.corrected_by == ANN,
	     "the record says so, and who said so");
	T_OK(!FW(&w, IN_CORRECT, .agent = ANN, .value = 8), "or rather: stop");
	T_OK(!gate_dnc_has(w.gate, w.number, NULL), "and that binds");
	r = fw_last_cdr(&w);
	T_OK(fw_lead(&w, r.lead, &l) == LEAD_DNC, "the lead follows");
	T_OK(FW(&w, IN_CORRECT, .agent = ANN, .value = 3) == ERR_AGAIN,
	     "a call-back needs its time");
	T_OK(fw_last_cdr(&w).outcome == 8, "nothing changed then");
	fw_quiet(&w, "after corrections");
	fw_close(&w);
}

static void correction_too_late(void **unused UNUSED)
{
	struct fw w;

	talking(&w, MODE_PROGRESSIVE);
	finish(&w, 2);
	struct cdr r = fw_last_cdr(&w);
	struct lead l;
	struct store_group *g = store_begin(w.lw.store);

	T_OK(!lead_take(w.lw.leads, g, (struct lead_id){ r.lead }, w.lw.now,
			&l), "somebody calls it again");
	lead_world_commit(&w.lw, g);
	T_OK(FW(&w, IN_CORRECT, .agent = ANN, .value = 1) == ERR_STATE,
	     "its lead is in a call: not now");
	T_OK(fw_last_cdr(&w).outcome == 2, "and nothing changed");
	fw_close(&w);
}

/* ---- campaigns ---------------------------------------------------------------- */

static void stop_cancels(void **unused UNUSED)
{
	struct fw w;

	fw_start(&w, ANN, MODE_PROGRESSIVE, 6);
	fw_agent(&w, BOB);
	fw_run(&w, 500);
	T_OK(w.places == 2, "two ring");
	fw_answer(&w);
	T_OK(!FW(&w, IN_STOP, .campaign = 1), "stop");
	T_OK(call_count(floor_calls(w.floor)) == 1 &&
	     fw_placed(&w)->state == CALL_TALK,
	     "what rings is taken back, who talks goes on");
	struct cdr *v = calloc(FW_CDRS, sizeof(*v));

	T_OK(fw_cdrs(&w, v) == 1 && v[0].result == RES_CANCELLED,
	     "as cancelled");
	free(v);
	fw_run(&w, 3000);
	T_OK(w.places == 2, "and nothing new is dialled");
	fw_close(&w);
}

static void stop_spares_finished(void **unused UNUSED)
{
	struct fw w;
	struct floor_input in = { .kind = IN_FAILED, .code = 486, .q850 = 17,
				  .value = RES_BUSY };

	fw_start(&w, ANN, MODE_PROGRESSIVE, 1);
	in.call = w.placed.v;
	in.mono_ms = w.lw.now.mono_ms;
	in.wall_ms = w.lw.now.wall_ms;
	T_OK(!floor_input(w.floor, &in), "busy; not on disk yet");
	in = (struct floor_input){ .kind = IN_STOP, .campaign = 1,
		.mono_ms = in.mono_ms, .wall_ms = in.wall_ms };
	T_OK(!floor_input(w.floor, &in), "stop at that moment");
	fw_run(&w, 50);
	T_OK(strstr(w.actions, " busy ") && !strstr(w.actions, " cancelled "),
	     "a call that was over stays what it was");
	fw_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(progressive_call),
		cmocka_unit_test(one_line_an_agent),
		cmocka_unit_test(abandoned),
		cmocka_unit_test(saved_in_time),
		cmocka_unit_test(no_answer),
		cmocka_unit_test(ring_no_end),
		cmocka_unit_test(hold),
		cmocka_unit_test(orphan),
		cmocka_unit_test(orphan_too_long),
		cmocka_unit_test(take_over),
		cmocka_unit_test(break_wish),
		cmocka_unit_test(wrap_time_out),
		cmocka_unit_test(asks_first),
		cmocka_unit_test(stop_request),
		cmocka_unit_test(stop_binds_reserved),
		cmocka_unit_test(correction),
		cmocka_unit_test(correction_too_late),
		cmocka_unit_test(stop_cancels),
		cmocka_unit_test(stop_spares_finished),
	};

	return T_RUN(tests);
}
