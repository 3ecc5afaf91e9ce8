/*
 * hand_test -- a call is given to another: each step, and each way it can
 * fail, in virtual time.  Whatever fails, the customer has somebody.
 */
#include "floor/floor_world.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "base/t.h"

enum { ANN = 1001, BOB = 1002, CAL = 1003, NOBODY = 0 };

#define OUT "864001112222"

static struct fw w;
static struct call_id customer, guest;

static struct call *it(void)
{
	return call_get(floor_calls(w.floor), customer);
}

static enum seat_state seat(uint32_t agent)
{
	return fw_seat(&w, agent)->state;
}

static enum err step(uint32_t agent, enum hand_step s, enum hand_target to,
		     const char *whom)
{
	struct floor_input in = { .kind = IN_TRANSFER, .agent = agent,
				  .value = s, .code = to };
	enum err e;

	str_copy(in.text, sizeof(in.text), whom);
	e = fw_in(&w, in);
	if (it() && it()->hand.guest.v)
		guest = it()->hand.guest;
	return e;
}

static void outcome(uint32_t agent)
{
	T_OK(!FW(&w, IN_OUTCOME, .agent = agent, .value = 4) &&
	     !FW(&w, IN_FINISH, .agent = agent), "agent %u writes it up",
	     agent);
}

/* Ann talks to a customer; Bob (and Cal) are ready, and nobody else is rung. */
static void open_world(bool bob, bool cal)
{
	fw_open(&w, MODE_PROGRESSIVE, 3);
	w.k.transfer = HAND_ANY;
	w.k.transfer_ms = 12000;
	T_OK(!floor_campaign_set(w.floor, &w.k, w.lw.now), "transfers");
	fw_agent(&w, ANN);
	T_OK(!FW(&w, IN_START, .campaign = 1), "start");
	fw_run(&w, 300);
	T_OK(w.places == 1, "one customer is called");
	customer = w.placed;
	T_OK(!FW(&w, IN_PAUSE, .campaign = 1), "no more calls");
	T_OK(!FW(&w, IN_RINGING, .call = customer.v) &&
	     !FW(&w, IN_ANSWERED, .call = customer.v, .code = 200),
	     "and answers");
	T_OK(it() && it()->agent.v == ANN && seat(ANN) == SEAT_TALK,
	     "Ann talks to him");
	T_OK(!FW(&w, IN_NOTE, .agent = ANN, .text = "wants 500M"), "a draft");
	if (bob)
		fw_agent(&w, BOB);
	if (cal)
		fw_agent(&w, CAL);
	fw_run(&w, 1000);
}

/* The customer hangs up, everyone writes it up and nothing is left. */
static void close_world(const char *what)
{
	if (it())
		(void)!FW(&w, IN_HANGUP, .call = customer.v, .q850 = 16);
	fw_run(&w, 60000);
	fw_quiet(&w, what);
	fw_close(&w);
}

static void guest_answers(void)
{
	T_OK(!FW(&w, IN_RINGING, .call = guest.v) &&
	     !FW(&w, IN_ANSWERED, .call = guest.v, .code = 200),
	     "the outside number answers");
}

/* ---- the ways to a place ------------------------------------------------- */

static void wait_ask(void)	/* nobody is free yet */
{
	open_world(true, false);
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
	T_OK(!step(ANN, HAND_ASK, HAND_QUEUE, "1\tClosers"), "a group is asked");
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
	open_world(true, false);
	T_OK(!step(ANN, HAND_ASK, HAND_OUTSIDE, OUT "\tthe shop"), "outside");
	T_OK(it()->state == CALL_ASK && w.places == 2 &&
	     str_eq(w.number, OUT), "the number is dialled, with a pass");
}

static void ring_send(void)
{
	open_world(true, false);
	T_OK(!step(ANN, HAND_SEND, HAND_OUTSIDE, OUT), "outside");
	T_OK(it()->state == CALL_SEND && w.places == 2, "it is dialled");
}

static void consult(void)
{
	open_world(true, false);
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

/* ---- what happens there ---------------------------------------------------- */

static void back(void)
{
	T_OK(!step(ANN, HAND_BACK, HAND_NOBODY, ""), "Ann gives up");
}

static void give(void)
{
	T_OK(!step(ANN, HAND_GIVE, HAND_NOBODY, ""), "Ann gives the customer");
}

static void ann_hangs_up(void)
{
	T_OK(!FW(&w, IN_RELEASE, .agent = ANN), "Ann hangs up");
}

static void bob_hangs_up(void)
{
	T_OK(!FW(&w, IN_RELEASE, .agent = BOB), "Bob leaves");
}

static void bob_loses_phone(void)
{
	T_OK(!FW(&w, IN_LINE, .agent = BOB), "Bob's phone is lost");
}

static void ann_loses_phone(void)
{
	T_OK(!FW(&w, IN_LINE, .agent = ANN), "Ann's phone is lost");
}

static void ann_loses_terminal(void)
{
	T_OK(!FW(&w, IN_LINK, .agent = ANN), "Ann's terminal is lost");
}

static void customer_hangs_up(void)
{
	T_OK(!FW(&w, IN_HANGUP, .call = customer.v, .q850 = 16),
	     "the customer hangs up");
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
		close_world(what);
	}
}

/* ---- who talked how long, in the record ------------------------------------- */

static size_t records(struct cdr *v)
{
	return fw_cdrs(&w, v);
}

static const struct cdr *record_of(const struct cdr *v, size_t n,
				   uint32_t agent, enum call_part part)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].agent == agent && v[i].part == part)
			return &v[i];
	return NULL;
}

static void two_agents_on_record(void **unused UNUSED)
{
	struct cdr *v = calloc(FW_CDRS, sizeof(*v));
	const struct cdr *ann, *bob;
	struct lead l;
	size_t n;

	open_world(true, false);		/* 1 s with Ann so far */
	fw_run(&w, 9000);
	T_OK(!step(ANN, HAND_ASK, HAND_AGENT, "1002"), "Bob is asked");
	T_OK(str_eq(it()->note, "wants 500M"), "who can read Ann's draft");
	T_OK(FW(&w, IN_NOTE, .agent = BOB, .text = "mine") == ERR_STATE &&
	     FW(&w, IN_OUTCOME, .agent = BOB, .value = 1) == ERR_STATE &&
	     FW(&w, IN_HOLD, .agent = BOB, .value = 1) == ERR_STATE,
	     "and not write on it: it is Ann's");
	fw_run(&w, 5000);
	T_OK(!FW(&w, IN_OUTCOME, .agent = ANN, .value = 2), "interested");
	give();
	T_OK(str_eq(it()->note, "wants 500M") && !it()->outcome &&
	     it()->from_agent.v == ANN,
	     "the note goes along, the outcome is Bob's to choose");
	T_OK(!FW(&w, IN_NOTE, .agent = ANN, .text = "given to Bob"),
	     "Ann's note is her own now");
	T_OK(!FW(&w, IN_NOTE, .agent = BOB, .text = "wants 500M, took it"),
	     "and Bob's his");
	T_OK(!FW(&w, IN_FINISH, .agent = ANN) && seat(ANN) == SEAT_READY,
	     "Ann is done, Bob talks");
	fw_run(&w, 20000);
	customer_hangs_up();
	T_OK(!FW(&w, IN_OUTCOME, .agent = BOB, .value = 1) &&
	     !FW(&w, IN_FINISH, .agent = BOB), "a sale");
	n = records(v);
	ann = record_of(v, n, ANN, PART_AGENT);
	bob = record_of(v, n, BOB, PART_WHOLE);
	T_OK(n == 2 && ann && bob, "two records (%zu)", n);
	T_OK(ann->of == bob->uid && str_eq(ann->given, "agent 1002") &&
	     bob->from_agent == ANN, "linked to each other");
	T_OK(cdr_talk_ms(ann) == 15000, "Ann talked 15 s (%lld ms)",
	     (long long)cdr_talk_ms(ann));
	T_OK(cdr_talk_ms(bob) == 20000, "Bob 20 s (%lld ms)",
	     (long long)cdr_talk_ms(bob));
	T_OK(bob->hold_ms == 5000, "the customer heard 5 s of music");
	T_OK(bob->join_ms && bob->join_ms < bob->took_ms,
	     "the customer had waited for Ann only");
	T_OK(str_eq(ann->recording, bob->recording) && *bob->recording &&
	     strstr(w.actions, "record ") &&
	     !strstr(strstr(w.actions, "record ") + 1, " record "),
	     "one recording goes through");
	T_OK(!ann->sale && bob->sale && ann->outcome != bob->outcome,
	     "each with his own outcome");
	T_OK(str_eq(ann->note, "given to Bob") &&
	     str_eq(bob->note, "wants 500M, took it"), "and note");
	T_OK(!lead_get(w.lw.leads, (struct lead_id){ bob->lead }, &l) &&
	     l.status == LEAD_DONE, "the last one's outcome moved the lead");
	T_OK(!FW(&w, IN_CORRECT, .agent = ANN, .value = 4), "Ann corrects hers");
	n = records(v);
	T_OK(n == 2 && !lead_get(w.lw.leads, (struct lead_id){ bob->lead },
				 &l) && l.status == LEAD_DONE,
	     "which leaves the lead where it is");
	free(v);
	close_world("two agents");
}

static void outside_on_record(void **unused UNUSED)
{
	struct cdr *v = calloc(FW_CDRS, sizeof(*v));
	const struct cdr *ann, *out;
	size_t n;

	ring_send();
	fw_run(&w, 3000);
	guest_answers();
	fw_run(&w, 2000);
	outcome(ANN);
	T_OK(seat(ANN) == SEAT_READY && it()->state == CALL_OUTSIDE,
	     "Ann is done, they talk on");
	fw_run(&w, 30000);
	guest_hangs_up();
	T_OK(!it(), "the end of one is the end of the call");
	n = records(v);
	ann = record_of(v, n, ANN, PART_WHOLE);
	out = record_of(v, n, ANN, PART_GUEST);
	T_OK(n == 2 && ann && out && out->of == ann->uid, "two records");
	T_OK(str_eq(out->number, OUT) && cdr_talk_ms(out) == 32000,
	     "outside talked 32 s (%lld ms)", (long long)cdr_talk_ms(out));
	T_OK(str_eq(ann->given, "outside " OUT) && ann->outcome,
	     "the call says to whom, and has Ann's outcome");
	T_OK(cdr_talk_ms(ann) == 4000, "she talked 4 s (%lld ms)",
	     (long long)cdr_talk_ms(ann));
	T_OK(ann->end_ms - ann->gave_ms == 32000, "he talked on for 32 s");
	free(v);
	close_world("outside");
}

/* She is still writing when it ends: her time and outcome count. */
static void outside_ends_first(void **unused UNUSED)
{
	ring_send();
	guest_answers();
	fw_run(&w, 1000);
	customer_hangs_up();
	T_OK(it() && it()->state == CALL_WRAP && seat(ANN) == SEAT_WRAP,
	     "the call is over, Ann writes");
	T_OK(!call_get(floor_calls(w.floor), guest), "outside is hung up");
	outcome(ANN);
	T_OK(!it() && seat(ANN) == SEAT_READY &&
	     fw_last_cdr(&w).part == PART_GUEST, "and is done");
	close_world("outside ends first");
}

/* ---- who may, who is found --------------------------------------------------- */

static void only_who_may(void **unused UNUSED)
{
	static const struct {
		enum hand_allow allow;
		bool agent, listed, typed;
	} rules[] = {
		{ HAND_NONE, false, false, false },
		{ HAND_INSIDE, true, false, false },
		{ HAND_LISTED, true, true, false },
		{ HAND_ANY, true, true, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		const char *word = hand_allow_word(rules[i].allow);

		open_world(true, false);
		w.k.transfer = rules[i].allow;
		T_OK(!floor_campaign_set(w.floor, &w.k, w.lw.now), "%s", word);
		T_OK((step(ANN, HAND_ASK, HAND_AGENT, "1002") != ERR_DENIED) ==
		     rules[i].agent, "%s: agents", word);
		(void)!step(ANN, HAND_BACK, 0, "");
		T_OK((step(ANN, HAND_ASK, HAND_COLLEAGUE, OUT) !=
		      ERR_DENIED) == rules[i].listed, "%s: listed", word);
		(void)!step(ANN, HAND_BACK, 0, "");
		T_OK((step(ANN, HAND_ASK, HAND_OUTSIDE, OUT) != ERR_DENIED) ==
		     rules[i].typed, "%s: typed", word);
		close_world(word);
	}
}

static void nobody_there(void **unused UNUSED)
{
	open_world(true, false);
	T_OK(step(ANN, HAND_ASK, HAND_AGENT, "1009") == ERR_ABSENT,
	     "an agent who is not there");
	T_OK(step(ANN, HAND_ASK, HAND_AGENT, "1001") == ERR_ABSENT,
	     "oneself is nobody else");
	T_OK(step(ANN, HAND_ASK, HAND_TEAM, "south") == ERR_ABSENT,
	     "an empty team");
	T_OK(step(ANN, HAND_ASK, HAND_QUEUE, "2") == ERR_ABSENT,
	     "an empty queue");
	T_OK(step(ANN, HAND_ASK, HAND_OUTSIDE, "12ab") == ERR_ARG &&
	     step(ANN, HAND_ASK, HAND_OUTSIDE, "") == ERR_ARG,
	     "no number");
	T_OK(step(ANN, HAND_ASK, HAND_NOBODY, "") == ERR_DENIED &&
	     step(ANN, HAND_ASK, 99, "1") == ERR_DENIED &&
	     step(ANN, 77, HAND_AGENT, "1002") == ERR_ARG, "nonsense");
	T_OK(step(ANN, HAND_SWAP, 0, "") == ERR_STATE &&
	     step(ANN, HAND_ALL, 0, "") == ERR_STATE &&
	     step(ANN, HAND_GIVE, 0, "") == ERR_STATE &&
	     step(ANN, HAND_BACK, 0, "") == ERR_STATE,
	     "nothing to swap, join, give or give up");
	T_OK(step(BOB, HAND_ASK, HAND_AGENT, "1001") == ERR_STATE,
	     "who has no call gives none");
	T_OK(it()->state == CALL_TALK && !it()->hand.to, "all as it was");
	close_world("nobody there");
}

static void longest_free_of_a_team(void **unused UNUSED)
{
	struct floor_input in = { .kind = IN_LOGIN, .agent = CAL };

	open_world(true, true);
	str_copy(in.text, sizeof(in.text), "Cal\tsouth");
	T_OK(!fw_in(&w, in), "Cal is of another team");
	T_OK(!step(ANN, HAND_SEND, HAND_TEAM, "south"), "send to the south");
	T_OK(it()->agent.v == CAL && seat(CAL) == SEAT_TALK &&
	     seat(BOB) == SEAT_READY, "Cal has the customer");
	/* And on: from Cal to the queue, where Bob is free. */
	T_OK(!step(CAL, HAND_ASK, HAND_QUEUE, "1"), "Cal asks on");
	T_OK(it()->hand.asked.v == BOB, "Bob has been free longest");
	T_OK(!step(CAL, HAND_GIVE, 0, ""), "given");
	T_OK(it()->agent.v == BOB && it()->from_agent.v == CAL &&
	     seat(CAL) == SEAT_WRAP && seat(ANN) == SEAT_WRAP,
	     "from hand to hand");
	close_world("a team");
}

/* The law's list is for leads; our own is for typed numbers, too. */
static void the_gate_is_asked(void **unused UNUSED)
{
	struct gate_dnc d = { .at_s = 1, .source = "customer", .e164 = OUT };
	struct store_group *g;

	open_world(true, false);
	w.k.gate.profile = gate_profile(w.gate, "us");	/* hours, consent */
	T_OK(!floor_campaign_set(w.floor, &w.k, w.lw.now), "strict rules");
	T_OK(!step(ANN, HAND_ASK, HAND_OUTSIDE, OUT) && w.places == 2,
	     "rules for leads do not keep a customer from help");
	back();
	g = store_begin(w.lw.store);
	T_OK(!gate_dnc_add(w.gate, g, &d) && !store_commit_wait(g, NULL),
	     "its owner said no");
	T_OK(!step(ANN, HAND_ASK, HAND_OUTSIDE, OUT) && w.places == 2 &&
	     w.news == NEWS_DENIED && it()->state == CALL_TALK,
	     "who said no is not rung by a typed number");
	T_OK(!step(ANN, HAND_ASK, HAND_COLLEAGUE, OUT) && w.places == 3,
	     "a colleague of the configuration is");
	back();
	w.place_err = ERR_AGAIN;
	T_OK(!step(ANN, HAND_SEND, HAND_COLLEAGUE, OUT) &&
	     w.news == NEWS_NO_ROOM && it()->state == CALL_TALK,
	     "no trunk has room: told, and nobody lost");
	close_world("the gate");
}

static void tones_go_outside(void **unused UNUSED)
{
	char want[40];

	consult_out();
	T_OK(!FW(&w, IN_DIGITS, .agent = ANN, .text = "12#"), "tones");
	str_fmt(want, sizeof(want), "digits %llu 12#", (unsigned long long)
		call_get(floor_calls(w.floor), guest)->uid);
	T_OK(strstr(w.actions, want), "for the menu outside");
	T_OK(!FW(&w, IN_MUTE, .agent = ANN, .value = 1), "mute");
	back();
	T_OK(fw_seat(&w, ANN)->muted, "who was muted stays so");
	customer_hangs_up();
	outcome(ANN);
	T_OK(strstr(w.actions, "mute 1001 0"), "until the call is written up");
	close_world("tones");
}

/* ---- in any order --------------------------------------------------------------- */

enum { DAN = 1004, DAYS = 120, STEPS = 500 };

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

	for (struct seat *s = seat_each(ss, NULL); s; s = seat_each(ss, s)) {
		struct call *c = call_get(cs, s->call);
		bool asked = c && c->agent.v != s->agent.v;

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
		cmocka_unit_test(each_way),
		cmocka_unit_test(two_agents_on_record),
		cmocka_unit_test(outside_on_record),
		cmocka_unit_test(outside_ends_first),
		cmocka_unit_test(only_who_may),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(longest_free_of_a_team),
		cmocka_unit_test(the_gate_is_asked),
		cmocka_unit_test(tones_go_outside),
		cmocka_unit_test(any_order),
	};

	log_set_level(LOG_ERR);
	return T_RUN(tests);
}
