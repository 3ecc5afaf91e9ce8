/* preview_test -- the agent reads first, then dials, or does not. */
#include "floor/floor_world.h"

#include <string.h>

#include "base/str.h"
#include "base/t.h"

enum { ANN = 1001 };

/* The customer leaves; ANN chooses and goes NOT READY. */
static void finish(struct fw *w, int digit)
{
	T_OK(!FW(w, IN_HANGUP, .call = w->placed.v, .q850 = 16), "hang-up");
	T_OK(fw_state(w, ANN) == SEAT_WRAP, "wrap-up");
	T_OK(!FW(w, IN_OUTCOME, .agent = ANN, .value = digit), "an outcome");
	T_OK(!FW(w, IN_FINISH, .agent = ANN, .value = 1), "and done");
}

static void preview(void **unused UNUSED)
{
	struct fw w;
	struct lead l;

	fw_start(&w, ANN, MODE_PREVIEW, 4);
	T_OK(fw_state(&w, ANN) == SEAT_PREVIEW && !w.places,
	     "the agent reads; nothing rings");
	fw_run(&w, 60000);
	T_OK(!w.places, "for as long as it takes");
	T_OK(!FW(&w, IN_SKIP, .agent = ANN, .text = "wrong city"), "skip");
	struct cdr r = fw_last_cdr(&w);

	T_OK(r.result == RES_SKIPPED && str_eq(r.why, "wrong city") &&
	     !r.invite_ms, "the skip is on record");
	T_OK(fw_lead(&w, r.lead, &l) == LEAD_LATER && !l.attempts,
	     "and cost no attempt");
	fw_run(&w, 500);
	T_OK(fw_state(&w, ANN) == SEAT_PREVIEW, "the next one is shown");
	T_OK(!FW(&w, IN_DIAL, .agent = ANN), "dial");
	T_OK(w.places == 1 && fw_state(&w, ANN) == SEAT_DIAL, "it rings");
	fw_answer(&w);
	T_OK(fw_state(&w, ANN) == SEAT_TALK, "the agent hears the answer");
	finish(&w, 4);
	fw_quiet(&w, "after a preview call");
	fw_close(&w);
}

/* What the agent is told of a customer's numbers before dialling one. */
static void refused_number(void **unused UNUSED)
{
	struct gate_dnc d = { .at_s = 1, .source = "customer" };
	struct store_group *g;
	struct fw w;

	fw_start(&w, ANN, MODE_PREVIEW, 4);
	struct call *c = floor_call_of(w.floor, (struct agent_id){ ANN });

	T_OK(c && floor_number_rule(w.floor, c, 0, w.lw.now) ==
	     GATE_RULE_COUNT, "may be dialled");
	T_OK(floor_number_rule(w.floor, c, 1, w.lw.now) == GATE_NUMBER,
	     "it has no second");
	str_copy(d.e164, sizeof(d.e164), c->number);
	g = store_begin(w.lw.store);
	T_OK(!gate_dnc_add(w.gate, g, &d) && !store_commit_wait(g, NULL),
	     "its owner says no");
	T_OK(floor_number_rule(w.floor, c, 0, w.lw.now) == GATE_OWN_DNC,
	     "may not any more, and why");
	T_OK(!w.places, "and nothing was dialled to find that out");
	T_OK(!FW(&w, IN_SKIP, .agent = ANN, .text = "no"), "skip");
	fw_close(&w);
}

static void preview_missed(void **unused UNUSED)
{
	struct fw w;
	struct lead was, l;

	fw_start(&w, ANN, MODE_PREVIEW, 1);
	struct call *c = floor_call_of(w.floor, (struct agent_id){ ANN });

	T_OK(c && fw_lead(&w, c->lead.v, &was) == LEAD_RESERVED, "shown");
	uint64_t id = c->lead.v;

	fw_run(&w, 599000);
	T_OK(fw_state(&w, ANN) == SEAT_PREVIEW, "ten minutes to read");
	fw_run(&w, 2000);
	T_OK(fw_state(&w, ANN) == SEAT_NOT_READY &&
	     fw_seat(&w, ANN)->reason == SR_MISSED, "then NOT READY, missed");
	struct cdr r = fw_last_cdr(&w);

	T_OK(r.result == RES_MISSED && !r.invite_ms, "and on record");
	T_OK(fw_lead(&w, id, &l) == LEAD_READY && !l.attempts &&
	     l.last_result == was.last_result &&
	     l.last_outcome == was.last_outcome &&
	     l.next_at_s == was.next_at_s, "the lead is as it was");
	fw_quiet(&w, "after a missed preview");
	T_OK(!FW(&w, IN_READY, .agent = ANN), "she is back");
	fw_run(&w, 500);
	T_OK(fw_state(&w, ANN) == SEAT_PREVIEW, "and it is shown again");
	T_OK(!FW(&w, IN_BREAK, .agent = ANN), "a break after this one");
	fw_run(&w, 601000);
	T_OK(fw_state(&w, ANN) == SEAT_BREAK, "is what was asked for");
	fw_close(&w);
}

/* Agreed with Ann, missed by Ann: still Ann's, and not anybody's. */
static void preview_missed_promise(void **unused UNUSED)
{
	struct fw w;
	struct lead l;
	int64_t at_s;

	fw_start(&w, ANN, MODE_PREVIEW, 1);
	T_OK(!FW(&w, IN_DIAL, .agent = ANN), "dial");
	fw_answer(&w);
	at_s = w.lw.now.wall_ms / 1000 + 60;
	T_OK(!FW(&w, IN_OUTCOME, .agent = ANN, .value = 3) &&
	     !FW(&w, IN_CALLBACK, .agent = ANN, .when_s = at_s, .value = 1),
	     "call me back");
	T_OK(!FW(&w, IN_RELEASE, .agent = ANN) &&
	     !FW(&w, IN_FINISH, .agent = ANN), "over");
	struct cdr r = fw_last_cdr(&w);

	fw_run(&w, 61000);
	T_OK(fw_state(&w, ANN) == SEAT_PREVIEW, "it is due");
	T_OK(!FW(&w, IN_FORCE, .agent = ANN, .value = SE_NOT_READY,
		 .text = "gone home"), "a supervisor makes her NOT READY");
	T_OK(fw_lead(&w, r.lead, &l) == LEAD_AGREED &&
	     l.callback_agent == ANN && l.next_at_s == at_s &&
	     l.attempts == 1, "the promise stands");
	fw_close(&w);
}

static void preview_phone_lost(void **unused UNUSED)
{
	struct fw w;

	fw_start(&w, ANN, MODE_PREVIEW, 4);
	T_OK(!FW(&w, IN_DIAL, .agent = ANN), "dial");
	T_OK(!FW(&w, IN_RINGING, .call = w.placed.v), "it rings");
	T_OK(!FW(&w, IN_LINE, .agent = ANN, .value = 0), "the phone is lost");
	T_OK(!call_get(floor_calls(w.floor), w.placed),
	     "the call is taken back before anybody answers to silence");
	T_OK(fw_last_cdr(&w).result == RES_CANCELLED, "as cancelled");
	T_OK(fw_state(&w, ANN) == SEAT_NOT_READY, "the agent is NOT READY");
	T_OK(!FW(&w, IN_LINE, .agent = ANN, .value = 1), "the phone is back");
	fw_run(&w, 500);
	T_OK(fw_state(&w, ANN) == SEAT_PREVIEW, "and work goes on");
	fw_close(&w);
}

static void preview_timed(void **unused UNUSED)
{
	struct fw w;

	fw_open(&w, MODE_PREVIEW, 2);
	w.k.preview_ms = 3000;
	T_OK(!floor_campaign_set(w.floor, &w.k, w.lw.now), "3 s of preview");
	fw_agent(&w, ANN);
	T_OK(!FW(&w, IN_START, .campaign = 1), "start");
	fw_run(&w, 2500);
	T_OK(!w.places, "not before");
	fw_run(&w, 1000);
	T_OK(w.places == 1, "then it dials by itself");
	fw_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(preview),
		cmocka_unit_test(refused_number),
		cmocka_unit_test(preview_missed),
		cmocka_unit_test(preview_missed_promise),
		cmocka_unit_test(preview_phone_lost),
		cmocka_unit_test(preview_timed),
	};

	return T_RUN(tests);
}
