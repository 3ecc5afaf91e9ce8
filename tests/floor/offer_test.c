/* Calls answered by hand, promises dialled from the list, amounts. */
#include "base/t.h"
#include "floor/floor_world.h"

#include "base/str.h"

enum { ANN = 1, BOB = 2 };

static void offered(struct fw *w, bool bob)
{
	fw_open(w, MODE_PROGRESSIVE, 6);
	w->k.by_hand = true;
	T_OK(!floor_campaign_set(w->floor, &w->k, w->lw.now), "by hand");
	fw_agent(w, ANN);
	if (bob)
		fw_agent(w, BOB);
	T_OK(!FW(w, IN_START, .campaign = 1), "start");
	fw_run(w, 300);
	T_OK(w->places, "it rings at a customer");
	T_OK(!FW(w, IN_RINGING, .call = w->placed.v) &&
	     !FW(w, IN_ANSWERED, .call = w->placed.v), "who answers");
	if (w->k.amd)
		T_OK(!FW(w, IN_PERSON, .call = w->placed.v, .value = 400),
		     "and is a person");
}

static void answered_with_a_key(void **unused UNUSED)
{
	struct fw w;

	offered(&w, false);
	T_OK(fw_state(&w, ANN) == SEAT_RESERVED && !w.joins,
	     "offered, not joined");
	fw_run(&w, 500);
	T_OK(!w.joins, "nobody is joined who has not said so");
	T_OK(!FW(&w, IN_ANSWER, .agent = ANN), "Enter");
	T_OK(w.joins == 1 && fw_state(&w, ANN) == SEAT_TALK, "they talk");
	T_OK(FW(&w, IN_ANSWER, .agent = ANN) == ERR_STATE, "once only");
	T_OK(!FW(&w, IN_HANGUP, .call = w.placed.v, .q850 = 16), "hang-up");
	T_OK(!FW(&w, IN_OUTCOME, .agent = ANN, .value = 4) &&
	     !FW(&w, IN_FINISH, .agent = ANN, .value = 1), "and done");
	T_OK(fw_last_cdr(&w).result == RES_ANSWERED, "a conversation");
	fw_quiet(&w, "after an answer by hand");
	fw_close(&w);
}

static void the_clock_binds(void **unused UNUSED)
{
	struct fw w;

	offered(&w, false);
	fw_run(&w, w.k.connect_ms + 100);
	T_OK(!w.joins && w.messages == 1,
	     "after the legal time the safe message is played");
	T_OK(fw_state(&w, ANN) == SEAT_NOT_READY &&
	     fw_seat(&w, ANN)->reason == SR_MISSED, "who missed it stands still");
	T_OK(FW(&w, IN_ANSWER, .agent = ANN) == ERR_STATE, "too late is late");
	fw_close(&w);
}

static void declined_goes_on(void **unused UNUSED)
{
	struct fw w;

	offered(&w, true);
	T_OK(fw_state(&w, ANN) == SEAT_RESERVED, "Ann has waited longest");
	T_OK(!FW(&w, IN_RELEASE, .agent = ANN), "F8: not this one");
	T_OK(fw_state(&w, ANN) == SEAT_NOT_READY &&
	     fw_seat(&w, ANN)->reason == SR_ASKED, "she stops");
	T_OK(fw_state(&w, BOB) == SEAT_RESERVED, "Bob is asked");
	T_OK(!FW(&w, IN_ANSWER, .agent = BOB) && w.joins == 1, "and answers");
	fw_close(&w);
}

static void a_customer_who_leaves(void **unused UNUSED)
{
	struct fw w;

	offered(&w, false);
	T_OK(!FW(&w, IN_HANGUP, .call = w.placed.v, .q850 = 16), "hangs up");
	T_OK(fw_state(&w, ANN) == SEAT_READY || fw_state(&w, ANN) == SEAT_RESERVED,
	     "no fault of hers");
	T_OK(fw_last_cdr(&w).result == RES_ABANDONED, "but abandoned");
	fw_close(&w);
}

/* ---- promises ------------------------------------------------------------ */

static void talk_once(struct fw *w)
{
	fw_open(w, MODE_PROGRESSIVE, 2);
	fw_agent(w, ANN);
	T_OK(!FW(w, IN_START, .campaign = 1), "start");
	fw_run(w, 300);
	T_OK(!FW(w, IN_RINGING, .call = w->placed.v) &&
	     !FW(w, IN_ANSWERED, .call = w->placed.v), "an answer");
	if (w->k.amd)
		T_OK(!FW(w, IN_PERSON, .call = w->placed.v, .value = 400),
		     "of a person");
	T_OK(fw_state(w, ANN) == SEAT_TALK, "they talk");
}

static uint64_t promise(struct fw *w, int64_t mine)
{
	int64_t at;

	talk_once(w);
	at = w->lw.now.wall_ms / 1000 + 3600;
	T_OK(!FW(w, IN_OUTCOME, .agent = ANN, .value = 3), "call back later");
	T_OK(!FW(w, IN_CALLBACK, .agent = ANN, .when_s = at, .value = mine,
		 .code = 1, .text = "the price"), "in an hour");
	T_OK(!FW(w, IN_HANGUP, .call = w->placed.v, .q850 = 16) &&
	     !FW(w, IN_FINISH, .agent = ANN, .value = 1), "saved");
	return fw_last_cdr(w).lead;
}

struct seen { unsigned n; struct lead last; };

static bool see(void *arg, const struct lead *l)
{
	struct seen *s = arg;

	s->n++;
	s->last = *l;
	return true;
}

static void a_promise_is_dialled(void **unused UNUSED)
{
	struct fw w;
	struct seen mine = { 0 };
	uint64_t lead = promise(&w, 1);
	unsigned before = w.places;

	T_OK(!lead_callbacks(w.lw.leads, (struct agent_id){ ANN }, 10, see,
			     &mine) && mine.n == 1 && mine.last.id == lead &&
	     str_eq(mine.last.callback_note, "the price"), "it is in her list");
	T_OK(FW(&w, IN_DIAL, .agent = BOB, .lead = lead) == ERR_ABSENT,
	     "nobody else is here");
	fw_agent(&w, BOB);
	T_OK(!FW(&w, IN_NOT_READY, .agent = BOB), "Bob is not ready");
	T_OK(FW(&w, IN_DIAL, .agent = BOB, .lead = lead) == ERR_DENIED,
	     "it is not Bob's");
	T_OK(!FW(&w, IN_DIAL, .agent = ANN, .lead = lead), "Ann dials it");
	fw_run(&w, 100);
	T_OK(w.places > before && fw_state(&w, ANN) == SEAT_DIAL, "it rings");
	T_OK(FW(&w, IN_DIAL, .agent = ANN, .lead = lead) == ERR_STATE,
	     "once only");
	T_OK(!FW(&w, IN_FAILED, .call = w.placed.v, .code = 486,
		 .value = RES_BUSY), "busy");
	T_OK(fw_state(&w, ANN) == SEAT_NOT_READY,
	     "she was not ready, and is so again");
	fw_close(&w);
}

static void anyones_promise(void **unused UNUSED)
{
	struct fw w;
	struct seen any = { 0 }, mine = { 0 };
	uint64_t lead = promise(&w, 0);

	T_OK(!lead_callbacks(w.lw.leads, (struct agent_id){ 0 }, 10, see,
			     &any) && any.n == 1, "in the list of all");
	T_OK(!lead_callbacks(w.lw.leads, (struct agent_id){ ANN }, 10, see,
			     &mine) && !mine.n, "in nobody's own");
	fw_agent(&w, BOB);
	T_OK(!FW(&w, IN_NOT_READY, .agent = BOB) &&
	     !FW(&w, IN_DIAL, .agent = BOB, .lead = lead), "Bob takes it");
	fw_run(&w, 100);
	any.n = 0;
	T_OK(!lead_callbacks(w.lw.leads, (struct agent_id){ 0 }, 10, see,
			     &any) && !any.n, "and it is out of the list");
	fw_close(&w);
}

/* ---- amounts ------------------------------------------------------------- */

static void an_amount_is_kept(void **unused UNUSED)
{
	struct fw w;

	talk_once(&w);
	T_OK(FW(&w, IN_OUTCOME, .agent = ANN, .code = 90) == ERR_ABSENT,
	     "the system's own outcome is no agent's");
	T_OK(!FW(&w, IN_OUTCOME, .agent = ANN, .value = 1,
		 .text = "123450"), "a sale");
	T_OK(!FW(&w, IN_HANGUP, .call = w.placed.v, .q850 = 16) &&
	     !FW(&w, IN_FINISH, .agent = ANN, .value = 1), "saved");
	T_OK(fw_last_cdr(&w).amount == 0, "no amount where none is asked for");
	fw_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answered_with_a_key),
		cmocka_unit_test(the_clock_binds),
		cmocka_unit_test(declined_goes_on),
		cmocka_unit_test(a_customer_who_leaves),
		cmocka_unit_test(a_promise_is_dialled),
		cmocka_unit_test(anyones_promise),
		cmocka_unit_test(an_amount_is_kept),
	};

	return T_RUN(tests);
}
