/*
 * hand_super_test -- an agent asks a supervisor about a customer, or gives
 * him to her: each step, and each way it can fail, in virtual time.
 */
#include "floor/hand_world.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "base/t.h"

enum { SUE = 2001, PHONE = SUPER_SCREEN | SUPER_PHONE,
       DESK = SUPER_SCREEN | SUPER_RINGS };

static const struct floor_super *sue(void)
{
	return floor_super(w.floor, (struct agent_id){ SUE });
}

static enum err reach(unsigned bits, const char *team)
{
	struct floor_input in = { .kind = IN_SUPER, .agent = SUE,
				  .value = bits };

	str_fmt(in.text, sizeof(in.text), "Sue\t%s", team);
	return fw_in(&w, in);
}

/* ---- the ways to a place ---- */

static void offered(enum hand_step s, unsigned how)
{
	hand_open(true, false);
	T_OK(!reach(how, "north"), "Sue is there, for the north");
	T_OK(!step(ANN, s, HAND_SUPER, "2001\tSue"), "she is asked");
	T_OK(it()->state == (s == HAND_ASK ? CALL_ASK : CALL_SEND) &&
	     w.scene == SCENE_ASK, "the customer hears music, Ann the tone");
	T_OK(sue()->call.v == customer.v && it()->hand.super.v == SUE &&
	     !it()->hand.came, "it is offered, and no more");
	T_OK(seat(ANN) == SEAT_CONSULT && seat(BOB) == SEAT_READY &&
	     it()->agent.v == ANN, "he is still Ann's");
}

static void ask(void) { offered(HAND_ASK, PHONE); }
static void sent(void) { offered(HAND_SEND, PHONE); }
static void ask_desk(void) { offered(HAND_ASK, DESK); }
static void send_desk(void) { offered(HAND_SEND, DESK); }

static void ask_then_send(void)
{
	ask();
	T_OK(!step(ANN, HAND_GIVE, HAND_NOBODY, ""), "she does not wait");
	T_OK(it()->state == CALL_SEND && it()->hand.super.v == SUE,
	     "the same offer goes on");
}

static void accept(void)
{
	T_OK(!FW(&w, IN_MEET, .agent = SUE, .value = 1), "Sue accepts");
}

static void consult(void)
{
	ask();
	T_OK(!FW(&w, IN_HAND, .agent = ANN, .value = 1) &&
	     fw_seat(&w, ANN)->hand_up, "Ann had raised a hand, too");
	accept();
	T_OK(!fw_seat(&w, ANN)->hand_up, "it is seen: it goes down");
	T_OK(it()->state == CALL_CONSULT && w.scene == SCENE_CONSULT &&
	     it()->hand.came && it()->agent.v == ANN,
	     "they talk, the customer hears music");
	T_OK(FW(&w, IN_MEET, .agent = SUE, .value = 1) == ERR_STATE,
	     "once is enough");
}

static void aside(void)
{
	consult();
	T_OK(!step(ANN, HAND_SWAP, HAND_NOBODY, ""), "swap");
	T_OK(it()->state == CALL_ASIDE && w.scene == SCENE_ASIDE, "Sue waits");
}

static void conf(void)
{
	consult();
	T_OK(!step(ANN, HAND_ALL, HAND_NOBODY, ""), "all three");
	T_OK(it()->state == CALL_CONF && seat(ANN) == SEAT_CONF, "talk");
}

static void given(void)
{
	consult();
	T_OK(!step(ANN, HAND_GIVE, HAND_NOBODY, ""), "given");
	T_OK(it()->state == CALL_OUTSIDE && w.scene == SCENE_GIVEN &&
	     floor_is_overtaken(it()) && str_eq(it()->given, "supervisor 2001"),
	     "Sue has him: \"%s\"", it()->given);
}

static void taken_over(void)
{
	hand_open(true, false);
	T_OK(!reach(PHONE, ""), "Sue is there, for everyone");
	T_OK(!FW(&w, IN_TAKE_OVER, .call = customer.v, .value = SUE,
		 .text = "Sue"), "unasked");
	T_OK(it()->state == CALL_OUTSIDE && w.scene == SCENE_OVER &&
	     floor_is_overtaken(it()) && sue()->call.v == customer.v &&
	     str_eq(it()->given, "supervisor 2001"), "she has him");
}

/* ---- what happens there ---- */

static void decline(void)
{
	T_OK(!FW(&w, IN_MEET, .agent = SUE), "Sue does not want it, or leaves");
}

static void takes(void)
{
	T_OK(!FW(&w, IN_TAKE_OVER, .call = customer.v, .value = SUE,
		 .text = "Sue"), "Sue takes the customer");
}

static void phone_lost(void) { T_OK(!reach(SUPER_SCREEN, "north"), "phone"); }
static void screen_lost(void) { T_OK(!reach(SUPER_PHONE, "north"), "link"); }
static void logs_out(void) { T_OK(!reach(0, "north"), "Sue goes home"); }
static void other_team(void) { T_OK(!reach(PHONE, "south"), "promoted"); }
static void picks_up(void) { T_OK(!reach(DESK | PHONE, "north"), "picked up"); }
static void leaves(void)
{
	T_OK(!FW(&w, IN_TAKE_OVER, .call = customer.v), "Sue leaves him");
}
static void time_passes(void) { fw_run(&w, 13000); }
static void half_an_hour(void) { fw_run(&w, 1801000); }

static const struct {
	const char *what;
	void (*at)(void);
	void (*event)(void);
	enum call_state state;
	enum seat_state ann;
	bool hers;			/* Sue's call it is, or offered      */
	enum hand_news news;
} cases[] = {
	/* nobody comes: the customer is back with Ann */
	{ "she declines", ask, decline,
	  CALL_TALK, SEAT_TALK, false, NEWS_REFUSED },
	{ "she declines who is sent", sent, decline,
	  CALL_TALK, SEAT_TALK, false, NEWS_REFUSED },
	{ "she does not look", ask, time_passes,
	  CALL_TALK, SEAT_TALK, false, NEWS_NO_ANSWER },
	{ "... while he is sent", sent, time_passes,
	  CALL_TALK, SEAT_TALK, false, NEWS_NO_ANSWER },
	{ "... asked first, then sent", ask_then_send, time_passes,
	  CALL_TALK, SEAT_TALK, false, NEWS_NO_ANSWER },
	{ "her desk phone rings in vain", send_desk, time_passes,
	  CALL_TALK, SEAT_TALK, false, NEWS_NO_ANSWER },
	{ "her phone is lost before", ask, phone_lost,
	  CALL_TALK, SEAT_TALK, false, NEWS_PHONE },
	{ "her phone is lost while he is sent", sent, phone_lost,
	  CALL_TALK, SEAT_TALK, false, NEWS_PHONE },
	{ "her screen is lost before", sent, screen_lost,
	  CALL_TALK, SEAT_TALK, false, NEWS_NO_ANSWER },
	{ "she goes home", ask, logs_out,
	  CALL_TALK, SEAT_TALK, false, NEWS_LEFT },
	{ "she has another team now", ask, other_team,
	  CALL_TALK, SEAT_TALK, false, NEWS_REFUSED },
	{ "Ann gives up", ask, back,
	  CALL_TALK, SEAT_TALK, false, NEWS_NONE },
	{ "Ann gives up sending", sent, back,
	  CALL_TALK, SEAT_TALK, false, NEWS_NONE },
	{ "Ann's F8 while it is offered", ask, ann_hangs_up,
	  CALL_TALK, SEAT_TALK, false, NEWS_NONE },
	/* she came, and leaves */
	{ "back from the consultation", consult, back,
	  CALL_TALK, SEAT_TALK, false, NEWS_NONE },
	{ "Ann's F8 then", consult, ann_hangs_up,
	  CALL_TALK, SEAT_TALK, false, NEWS_NONE },
	{ "Sue leaves it", consult, decline,
	  CALL_TALK, SEAT_TALK, false, NEWS_LEFT },
	{ "Sue leaves while she waits", aside, decline,
	  CALL_TALK, SEAT_TALK, false, NEWS_LEFT },
	{ "Sue leaves the three", conf, decline,
	  CALL_TALK, SEAT_TALK, false, NEWS_LEFT },
	{ "her phone is lost then", consult, phone_lost,
	  CALL_TALK, SEAT_TALK, false, NEWS_PHONE },
	{ "her phone is lost among three", conf, phone_lost,
	  CALL_TALK, SEAT_TALK, false, NEWS_PHONE },
	{ "she logs out in the middle", aside, logs_out,
	  CALL_TALK, SEAT_TALK, false, NEWS_LEFT },
	{ "her screen is lost: they talk on", consult, screen_lost,
	  CALL_CONSULT, SEAT_CONSULT, true, NEWS_NONE },
	{ "half an hour is enough", consult, half_an_hour,
	  CALL_TALK, SEAT_TALK, false, NEWS_TIME },
	/* the customer leaves */
	{ "the customer does not wait", ask, customer_hangs_up,
	  CALL_WRAP, SEAT_WRAP, false, NEWS_NONE },
	{ "... while he is sent", sent, customer_hangs_up,
	  CALL_WRAP, SEAT_WRAP, false, NEWS_NONE },
	{ "... in the consultation", consult, customer_hangs_up,
	  CALL_WRAP, SEAT_WRAP, false, NEWS_NONE },
	{ "... of three", conf, customer_hangs_up,
	  CALL_WRAP, SEAT_WRAP, false, NEWS_NONE },
	{ "F8 in three-way ends it for all", conf, ann_hangs_up,
	  CALL_WRAP, SEAT_WRAP, false, NEWS_NONE },
	/* Ann is lost */
	{ "her phone is lost while she asks", ask, ann_loses_phone,
	  CALL_ORPHAN, SEAT_TALK, false, NEWS_NONE },
	{ "... in the consultation: Sue has him", consult, ann_loses_phone,
	  CALL_OUTSIDE, SEAT_WRAP, true, NEWS_TAKEN },
	{ "... aside: Sue has him", aside, ann_loses_phone,
	  CALL_OUTSIDE, SEAT_WRAP, true, NEWS_TAKEN },
	{ "... among three: Sue has him", conf, ann_loses_phone,
	  CALL_OUTSIDE, SEAT_WRAP, true, NEWS_TAKEN },
	/* it succeeds */
	{ "asked, and there", ask, accept,
	  CALL_CONSULT, SEAT_CONSULT, true, NEWS_NONE },
	{ "sent, and taken", sent, accept,
	  CALL_OUTSIDE, SEAT_WRAP, true, NEWS_TAKEN },
	{ "asked, sent, and taken", ask_then_send, accept,
	  CALL_OUTSIDE, SEAT_WRAP, true, NEWS_TAKEN },
	{ "the desk phone that rings is picked up", ask_desk, picks_up,
	  CALL_CONSULT, SEAT_CONSULT, true, NEWS_NONE },
	{ "... for one who is sent", send_desk, picks_up,
	  CALL_OUTSIDE, SEAT_WRAP, true, NEWS_TAKEN },
	{ "given after the consultation", consult, give,
	  CALL_OUTSIDE, SEAT_WRAP, true, NEWS_TAKEN },
	{ "given while Sue waits", aside, give,
	  CALL_OUTSIDE, SEAT_WRAP, true, NEWS_TAKEN },
	{ "given among three", conf, give,
	  CALL_OUTSIDE, SEAT_WRAP, true, NEWS_TAKEN },
	{ "Sue takes him in the consultation", consult, takes,
	  CALL_OUTSIDE, SEAT_WRAP, true, NEWS_TAKEN },
	{ "Sue takes him among three", conf, takes,
	  CALL_OUTSIDE, SEAT_WRAP, true, NEWS_TAKEN },
	/* and its end */
	{ "who was given is left", given, leaves,
	  CALL_WRAP, SEAT_WRAP, false, NEWS_NONE },
	{ "... or hangs up", given, customer_hangs_up,
	  CALL_WRAP, SEAT_WRAP, false, NEWS_NONE },
	{ "... or Sue's phone is lost", given, phone_lost,
	  CALL_WRAP, SEAT_WRAP, false, NEWS_NONE },
	{ "her screen is lost: she talks on", given, screen_lost,
	  CALL_OUTSIDE, SEAT_WRAP, true, NEWS_NONE },
	{ "who was taken over is left", taken_over, leaves,
	  CALL_WRAP, SEAT_WRAP, false, NEWS_NONE },
	{ "... or hangs up", taken_over, customer_hangs_up,
	  CALL_WRAP, SEAT_WRAP, false, NEWS_NONE },
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
		T_OK(it()->agent.v == ANN && seat(ANN) == cases[i].ann,
		     "%s: Ann is in %s, not %s", what,
		     seat_state_word(cases[i].ann), seat_state_word(seat(ANN)));
		T_OK(seat(BOB) == SEAT_READY, "%s: Bob has nothing to do "
		     "with it", what);
		T_OK((sue() && sue()->call.v == customer.v) == cases[i].hers,
		     "%s: Sue has%s to do with it", what,
		     cases[i].hers ? "" : " nothing");
		T_OK(w.news == cases[i].news && (!w.news || w.news_to == ANN),
		     "%s: Ann is told \"%s\", not \"%s\"", what,
		     hand_news_word(cases[i].news), hand_news_word(w.news));
		if (cases[i].state == CALL_TALK)
			T_OK(it()->leg && !it()->hold_since_ms &&
			     !it()->hand.to && w.scene == SCENE_ALONE,
			     "%s: nobody hears music", what);
		hand_close(what);
	}
}

static void who_may_be_asked(void **unused UNUSED)
{
	static const struct {
		const char *what, *team;
		unsigned how;
		enum err want;
	} one[] = {
		{ "with her phone", "north", PHONE, ERR_OK },
		{ "of every team", "", PHONE, ERR_OK },
		{ "with a desk phone to ring", "north", DESK, ERR_OK },
		{ "of another team", "south", PHONE, ERR_ABSENT },
		{ "without a phone", "north", SUPER_SCREEN, ERR_AGAIN },
		{ "without a screen", "north", SUPER_PHONE, ERR_ABSENT },
		{ "gone", "north", 0, ERR_ABSENT },
	};

	for (size_t i = 0; i < ARRAY_LEN(one); i++) {
		hand_open(true, false);
		T_OK(!reach(PHONE, "east") && !reach(one[i].how, one[i].team),
		     "how she is reached");
		T_OK(step(ANN, HAND_SEND, HAND_SUPER, "2001\tSue") ==
		     one[i].want, "%s: asked or not", one[i].what);
		T_OK(one[i].want ? it()->state == CALL_TALK && !it()->hand.to
				 : it()->state == CALL_SEND,
		     "%s: nothing changed, or it began", one[i].what);
		hand_close(one[i].what);
	}
	hand_open(true, false);
	w.k.transfer = HAND_NONE;
	T_OK(!floor_campaign_set(w.floor, &w.k, w.lw.now) && !reach(PHONE, ""),
	     "a campaign without transfers");
	T_OK(step(ANN, HAND_ASK, HAND_SUPER, "2001") == ERR_DENIED, "has none");
	T_OK(step(ANN, HAND_ASK, HAND_SUPER, "Sue") == ERR_DENIED, "at all");
	hand_close("no transfers");
}

/* One call at a time; a busy supervisor is not asked, nor takes a second. */
static void busy(void **unused UNUSED)
{
	struct call_id second;

	consult();
	T_OK(!FW(&w, IN_START, .campaign = 1), "a second customer");
	fw_run(&w, 300);
	second = w.placed;
	T_OK(!FW(&w, IN_PAUSE, .campaign = 1) &&
	     !FW(&w, IN_ANSWERED, .call = second.v, .code = 200) &&
	     seat(BOB) == SEAT_TALK, "is Bob's");
	T_OK(step(BOB, HAND_ASK, HAND_SUPER, "2001") == ERR_AGAIN,
	     "he cannot ask her now");
	T_OK(FW(&w, IN_TAKE_OVER, .call = second.v, .value = SUE) == ERR_STATE,
	     "nor does she take his");
	decline();
	T_OK(!step(BOB, HAND_SEND, HAND_SUPER, "2001") &&
	     sue()->call.v == second.v, "now she is asked by him");
	accept();
	T_OK(call_get(floor_calls(w.floor), second)->state == CALL_OUTSIDE,
	     "and has his customer");
	T_OK(!FW(&w, IN_HANGUP, .call = second.v) && !sue()->call.v,
	     "until the customer leaves");
	outcome(BOB);
	hand_close("two of them");
}

/* What is on record, and that the log alone makes the day again. */
static void on_record(void **unused UNUSED)
{
	struct cdr all[FW_CDRS];
	struct fw again;
	size_t n, hers = 0;

	given();
	fw_run(&w, 5000);
	T_OK(FW(&w, IN_MEET, .agent = SUE, .value = 1) == ERR_STATE,
	     "what she has she need not take");
	outcome(ANN);
	T_OK(it() && it()->state == CALL_OUTSIDE && seat(ANN) != SEAT_WRAP,
	     "Ann has written it up, Sue talks on");
	customer_hangs_up();
	fw_run(&w, 60000);
	fw_quiet(&w, "given and over");
	n = fw_cdrs(&w, all);
	for (size_t i = 0; i < n; i++)
		if (str_eq(all[i].given, "supervisor 2001")) {
			hers++;
			T_OK(all[i].agent == ANN && !all[i].part &&
			     str_eq(all[i].note, "wants 500M"),
			     "the customer's own record, Ann's");
		}
	T_OK(hers == 1, "%zu records say to whom he was given", hers);
	fw_replay(&again, &w, MODE_PROGRESSIVE, 3);
	T_OK(again.actions_len == w.actions_len &&
	     !memcmp(again.actions, w.actions, w.actions_len),
	     "the log alone does the same again");
	fw_close(&again);
	fw_close(&w);
}

static void nobody_knows(void **unused UNUSED)
{
	hand_open(false, false);
	T_OK(FW(&w, IN_MEET, .agent = SUE, .value = 1) == ERR_ABSENT,
	     "who is not there accepts nothing");
	T_OK(reach(0, "") == ERR_ABSENT, "and cannot leave");
	T_OK(FW(&w, IN_SUPER, .value = PHONE) == ERR_ARG, "nobody is nobody");
	T_OK(FW(&w, IN_TAKE_OVER, .call = customer.v, .value = SUE) ==
	     ERR_ABSENT, "or take anybody over");
	T_OK(!reach(PHONE, "") &&
	     FW(&w, IN_MEET, .agent = SUE, .value = 1) == ERR_STATE,
	     "nothing was offered");
	for (uint32_t i = 1; i < 64; i++)
		T_OK(!FW(&w, IN_SUPER, .agent = 3000 + i, .value = PHONE,
			 .text = "x\t"), "supervisor %u", i);
	T_OK(FW(&w, IN_SUPER, .agent = 4000, .value = PHONE) == ERR_FULL &&
	     !floor_super(w.floor, (struct agent_id){ 4000 }),
	     "one too many is said so");
	hand_close("strangers");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way),
		cmocka_unit_test(who_may_be_asked),
		cmocka_unit_test(busy),
		cmocka_unit_test(on_record),
		cmocka_unit_test(nobody_knows),
	};

	log_set_level(LOG_ERR);
	return T_RUN(tests);
}
