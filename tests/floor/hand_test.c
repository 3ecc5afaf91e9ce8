/*
 * hand_test -- a call is given to another: each step, and each way it can
 * fail, in virtual time.  Whatever fails, the customer has somebody.
 */
#include "floor/hand_world.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "base/t.h"

/* ---- the ways to a place ---- */

static void wait_ask(void)	/* nobody is free yet */
{
	hand_open(true, false);
	T_OK(!FW(&w, IN_NOT_READY, .agent = BOB), "Bob is away");
	T_OK(step(ANN, HAND_ASK, HAND_AGENT, "1002") == ERR_AGAIN,
	     "who is not at work is not asked");
	T_OK(!FW(&w, IN_READY, .agent = BOB), "Bob is back");
	/* Busy with another customer. */
	T_OK(!FW(&w, IN_START, .campaign = 1), "a second customer");
	fw_run(&w, 300);
	T_OK(!FW(&w, IN_PAUSE, .campaign = 1) &&
	     !FW(&w, IN_ANSWERED, .call = w.placed.v, .code = 200) &&
	     seat(BOB) == SEAT_TALK, "Bob has one, too");
	T_OK(!step(ANN, HAND_ASK, HAND_QUEUE, "1\tClosers"), "a group");
	T_OK(it()->state == CALL_ASK && w.scene == SCENE_ASK, "and waited for");
}

static void wait_send(void)
{
	wait_ask();
	T_OK(!step(ANN, HAND_GIVE, HAND_NOBODY, ""), "do not ask, send");
	T_OK(it()->state == CALL_SEND, "the customer is being sent");
}

static void ring_ask(void)
{
	hand_ring(HAND_ASK);
}

static void ring_send(void)
{
	hand_ring(HAND_SEND);
}

static void consult(void)
{
	hand_open(true, false);
	T_OK(!step(ANN, HAND_ASK, HAND_AGENT, "1002\tBob"), "Bob is asked");
	T_OK(it()->state == CALL_CONSULT && w.scene == SCENE_CONSULT,
	     "they talk, the customer hears music");
	T_OK(seat(ANN) == SEAT_CONSULT && seat(BOB) == SEAT_CONSULT &&
	     it()->agent.v == ANN, "he is still Ann's");
}

static void consult_out(void)
{
	ring_ask();
	guest_answers();
	T_OK(it()->state == CALL_CONSULT && w.scene == SCENE_CONSULT,
	     "Ann talks to the outside number");
}

static void aside(void)
{
	consult();
	T_OK(!step(ANN, HAND_SWAP, HAND_NOBODY, ""), "swap");
	T_OK(it()->state == CALL_ASIDE && w.scene == SCENE_ASIDE,
	     "Bob waits, the customer talks");
}

static void aside_out(void)
{
	consult_out();
	T_OK(!step(ANN, HAND_SWAP, HAND_NOBODY, ""), "swap");
	T_OK(it()->state == CALL_ASIDE, "the outside number waits");
}

static void conf(void)
{
	consult();
	T_OK(!step(ANN, HAND_ALL, HAND_NOBODY, ""), "all three");
	T_OK(it()->state == CALL_CONF && w.scene == SCENE_CONF &&
	     seat(ANN) == SEAT_CONF && seat(BOB) == SEAT_CONF, "talk");
}

static void conf_out(void)
{
	aside_out();
	T_OK(!step(ANN, HAND_ALL, HAND_NOBODY, ""), "all three");
	T_OK(it()->state == CALL_CONF && seat(ANN) == SEAT_CONF, "talk");
}

/* ---- what happens there ---- */

static void bob_hangs_up(void)
{
	T_OK(!FW(&w, IN_RELEASE, .agent = BOB), "Bob leaves");
}

static void bob_loses_phone(void)
{
	T_OK(!FW(&w, IN_LINE, .agent = BOB), "Bob's phone is lost");
}

static void ann_loses_terminal(void)
{
	T_OK(!FW(&w, IN_LINK, .agent = ANN), "Ann's terminal is lost");
}

static void guest_hangs_up(void)
{
	T_OK(!FW(&w, IN_HANGUP, .call = guest.v, .q850 = 16),
	     "the outside party hangs up");
}

static void guest_answered(void) { guest_answers(); }

static void guest_fails(uint32_t code, enum call_result r)
{
	T_OK(!FW(&w, IN_FAILED, .call = guest.v, .code = code, .value = r),
	     "%s", call_result_word(r));
}

static void guest_busy(void) { guest_fails(486, RES_BUSY); }
static void guest_silent(void) { guest_fails(408, RES_NO_ANSWER); }
static void guest_refuses(void) { guest_fails(603, RES_REJECTED); }
static void trunk_fails(void) { guest_fails(500, RES_TECHNICAL); }
static void time_passes(void) { fw_run(&w, 13000); }
static void much_time_passes(void) { fw_run(&w, 32000); }
static void half_an_hour(void) { fw_run(&w, 1801000); }

static void bob_is_freed(void)
{
	struct call *his = call_get(floor_calls(w.floor),
				    fw_seat(&w, BOB)->call);

	T_OK(his && !FW(&w, IN_HANGUP, .call = his->id.v), "Bob's call ends");
	outcome(BOB);
}

/* ANY: not looked at. */
#define ANY SEAT_STATE_COUNT

static const struct {
	const char *what;
	void (*at)(void);
	void (*event)(void);
	enum call_state state;
	uint32_t owner;
	enum seat_state ann, bob;
	enum hand_news news;
} cases[] = {
	/* nobody is lost by giving up */
	{ "give up, waiting", wait_ask, back,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_TALK, NEWS_NONE },
	{ "give up, sending", wait_send, back,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_TALK, NEWS_NONE },
	{ "give up while it rings outside", ring_ask, back,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_NONE },
	{ "give up sending outside", ring_send, back,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_NONE },
	{ "back from a consultation", consult, back,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_NONE },
	{ "back from one outside", consult_out, back,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_NONE },
	{ "back while the other waits", aside, back,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_NONE },
	{ "back from three-way", conf, back,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_NONE },
	{ "back from three-way with outside", conf_out, back,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_NONE },
	/* hanging up on the other one is no more than that */
	{ "F8 while it rings", ring_ask, ann_hangs_up,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_NONE },
	{ "F8 in a consultation", consult, ann_hangs_up,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_NONE },
	{ "F8 while the other waits ends the call", aside, ann_hangs_up,
	  CALL_WRAP, ANN, SEAT_WRAP, SEAT_READY, NEWS_NONE },
	{ "F8 in three-way ends it for all", conf, ann_hangs_up,
	  CALL_WRAP, ANN, SEAT_WRAP, SEAT_READY, NEWS_NONE },
	/* nobody comes */
	{ "nobody is free in time", wait_ask, time_passes,
	  CALL_TALK, ANN, SEAT_TALK, ANY, NEWS_NOBODY },
	{ "nobody takes the one who is sent", wait_send, time_passes,
	  CALL_TALK, ANN, SEAT_TALK, ANY, NEWS_NOBODY },
	{ "outside is busy", ring_ask, guest_busy,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_BUSY },
	{ "outside does not answer", ring_send, guest_silent,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_NO_ANSWER },
	{ "outside refuses", ring_send, guest_refuses,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_REFUSED },
	{ "the trunk fails", ring_ask, trunk_fails,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_FAILED },
	{ "the trunk says nothing at all", ring_send, much_time_passes,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_NO_ANSWER },
	/* the other one leaves */
	{ "the one who is asked hangs up", consult, bob_hangs_up,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_LEFT },
	{ "... while he waits", aside, bob_hangs_up,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_LEFT },
	{ "... in three-way", conf, bob_hangs_up,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_LEFT },
	{ "outside hangs up", consult_out, guest_hangs_up,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_LEFT },
	{ "... in three-way", conf_out, guest_hangs_up,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_LEFT },
	{ "his phone is lost", consult, bob_loses_phone,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_NOT_READY, NEWS_PHONE },
	{ "... in three-way", conf, bob_loses_phone,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_NOT_READY, NEWS_PHONE },
	{ "half an hour is enough", consult, half_an_hour,
	  CALL_TALK, ANN, SEAT_TALK, SEAT_READY, NEWS_TIME },
	/* the customer leaves */
	{ "the customer does not wait", wait_ask, customer_hangs_up,
	  CALL_WRAP, ANN, SEAT_WRAP, SEAT_TALK, NEWS_NONE },
	{ "... while he is sent", wait_send, customer_hangs_up,
	  CALL_WRAP, ANN, SEAT_WRAP, SEAT_TALK, NEWS_NONE },
	{ "... while it rings", ring_send, customer_hangs_up,
	  CALL_WRAP, ANN, SEAT_WRAP, SEAT_READY, NEWS_NONE },
	{ "... during the consultation", consult, customer_hangs_up,
	  CALL_WRAP, ANN, SEAT_WRAP, SEAT_READY, NEWS_NONE },
	{ "... outside", consult_out, customer_hangs_up,
	  CALL_WRAP, ANN, SEAT_WRAP, SEAT_READY, NEWS_NONE },
	{ "... in three-way", conf, customer_hangs_up,
	  CALL_WRAP, ANN, SEAT_WRAP, SEAT_READY, NEWS_NONE },
	/* the first agent is lost */
	{ "her phone is lost while she asks", ring_ask, ann_loses_phone,
	  CALL_ORPHAN, ANN, SEAT_TALK, SEAT_READY, NEWS_NONE },
	{ "... while she sends", wait_send, ann_loses_phone,
	  CALL_SEND, ANN, SEAT_CONSULT, SEAT_TALK, NEWS_NONE },
	{ "... in the consultation: Bob has him", consult, ann_loses_phone,
	  CALL_TALK, BOB, SEAT_WRAP, SEAT_TALK, NEWS_TAKEN },
	{ "... aside: Bob has him", aside, ann_loses_phone,
	  CALL_TALK, BOB, SEAT_WRAP, SEAT_TALK, NEWS_TAKEN },
	{ "... in three-way: Bob has him", conf, ann_loses_phone,
	  CALL_TALK, BOB, SEAT_WRAP, SEAT_TALK, NEWS_TAKEN },
	{ "... outside: he waits for her", consult_out, ann_loses_phone,
	  CALL_ORPHAN, ANN, SEAT_TALK, SEAT_READY, NEWS_NONE },
	{ "... three-way outside: they talk on", conf_out, ann_loses_phone,
	  CALL_OUTSIDE, ANN, SEAT_WRAP, SEAT_READY, NEWS_TAKEN },
	{ "her terminal is lost: nothing changes", consult,
	  ann_loses_terminal,
	  CALL_CONSULT, ANN, SEAT_CONSULT, SEAT_CONSULT, NEWS_NONE },
	/* it succeeds */
	{ "given after a consultation", consult, give,
	  CALL_TALK, BOB, SEAT_WRAP, SEAT_TALK, NEWS_TAKEN },
	{ "given while the other waits", aside, give,
	  CALL_TALK, BOB, SEAT_WRAP, SEAT_TALK, NEWS_TAKEN },
	{ "given in three-way", conf, give,
	  CALL_TALK, BOB, SEAT_WRAP, SEAT_TALK, NEWS_TAKEN },
	{ "given outside", consult_out, give,
	  CALL_OUTSIDE, ANN, SEAT_WRAP, SEAT_READY, NEWS_TAKEN },
	{ "given outside in three-way", conf_out, give,
	  CALL_OUTSIDE, ANN, SEAT_WRAP, SEAT_READY, NEWS_TAKEN },
	{ "sent outside, who answers", ring_send, guest_answered,
	  CALL_OUTSIDE, ANN, SEAT_WRAP, SEAT_READY, NEWS_TAKEN },
	{ "a free one is asked at once", wait_ask, bob_is_freed,
	  CALL_CONSULT, ANN, SEAT_CONSULT, SEAT_CONSULT, NEWS_NONE },
	{ "a free one takes him at once", wait_send, bob_is_freed,
	  CALL_TALK, BOB, SEAT_WRAP, SEAT_TALK, NEWS_TAKEN },
};

static void each_way(void **unused UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *what = cases[i].what;

		cases[i].at();
		w.news = NEWS_NONE;
		cases[i].event();
		T_OK(it() && it()->state == cases[i].state,
		     "%s (%zu): the call is in %s, not %s", what, i,
		     call_state_word(cases[i].state),
		     it() ? call_state_word(it()->state) : "no room");
		T_OK(it()->agent.v == cases[i].owner, "%s: it is %u's, not "
		     "%u's", what, cases[i].owner, it()->agent.v);
		T_OK(seat(ANN) == cases[i].ann, "%s: Ann is in %s, not %s",
		     what, seat_state_word(cases[i].ann),
		     seat_state_word(seat(ANN)));
		T_OK(cases[i].bob == ANY || seat(BOB) == cases[i].bob,
		     "%s: Bob is in %s, not %s", what,
		     seat_state_word(cases[i].bob), seat_state_word(seat(BOB)));
		T_OK(w.news == cases[i].news && (!w.news || w.news_to == ANN),
		     "%s: Ann is told \"%s\", not \"%s\"", what,
		     hand_news_word(cases[i].news), hand_news_word(w.news));
		if (cases[i].state == CALL_TALK)
			T_OK(it()->leg && !it()->hold_since_ms &&
			     !it()->hand.to, "%s: nobody hears music", what);
		/* A second customer (wait_*) ends with the first. */
		for (struct call *c = call_each(floor_calls(w.floor), NULL);
		     c; c = call_each(floor_calls(w.floor), c))
			if (c->state == CALL_TALK && c->id.v != customer.v)
				(void)!FW(&w, IN_HANGUP, .call = c->id.v);
		hand_close(what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way),
	};

	log_set_level(LOG_ERR);
	return T_RUN(tests);
}
