/*
 * hand_record_test -- transfers: who talked how long and what is on record,
 * who may give to whom, and what the gate says to outside numbers.
 */
#include "floor/hand_world.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "base/t.h"

/* ---- who talked how long, in the record ---- */

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

	hand_open(true, false);		/* 1 s with Ann so far */
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
	T_OK(!FW(&w, IN_CORRECT, .agent = ANN, .value = 4), "hers");
	n = records(v);
	T_OK(n == 2 && !lead_get(w.lw.leads, (struct lead_id){ bob->lead },
				 &l) && l.status == LEAD_DONE,
	     "which leaves the lead where it is");
	free(v);
	hand_close("two agents");
}

/*
 * Ann agrees a call-back in her share.  It moves the lead where Bob's outcome
 * only says "again", whoever of them is done first; not where he settles it.
 */
static void promise_of_the_first(void **unused UNUSED)
{
	static const struct {
		const char *what;
		int64_t bob;		/* his outcome's digit               */
		bool ann_first;
		enum lead_status want;
	} cases[] = {
		{ "interested, Ann done first", 2, true, LEAD_AGREED },
		{ "interested, Bob done first", 2, false, LEAD_AGREED },
		{ "not interested, Ann done first", 4, true, LEAD_DONE },
		{ "not interested, Bob done first", 4, false, LEAD_DONE },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct lead_id id;
		struct lead l;
		int64_t at;

		hand_open(true, false);
		T_OK(!step(ANN, HAND_ASK, HAND_AGENT, "1002\tBob"), "asked");
		id = it()->lead;
		give();
		at = w.lw.now.wall_ms / 1000 + 7200;
		T_OK(!FW(&w, IN_CALLBACK, .agent = ANN, .value = 1,
			 .when_s = at, .text = "asks her husband") &&
		     !FW(&w, IN_OUTCOME, .agent = ANN, .value = 3),
		     "%s: Ann agrees a time", cases[i].what);
		if (cases[i].ann_first)
			T_OK(!FW(&w, IN_FINISH, .agent = ANN), "she is done");
		customer_hangs_up();
		T_OK(!FW(&w, IN_OUTCOME, .agent = BOB,
			 .value = cases[i].bob) &&
		     !FW(&w, IN_FINISH, .agent = BOB), "Bob is done");
		if (!cases[i].ann_first)
			T_OK(!FW(&w, IN_FINISH, .agent = ANN), "she is done");
		T_OK(!lead_get(w.lw.leads, id, &l) &&
		     l.status == cases[i].want, "%s: the lead is %s",
		     cases[i].what, lead_status_word(l.status));
		T_OK(l.status != LEAD_AGREED ||
		     (l.next_at_s == at && l.callback_agent == ANN &&
		      str_eq(l.callback_note, "asks her husband")),
		     "%s: at her time, hers, with what it is about",
		     cases[i].what);
		hand_close(cases[i].what);
	}
}

/* Ann has given the customer to Bob, and agreed a call-back; she is done. */
static struct lead_id promised(int64_t *at)
{
	struct lead_id id;

	hand_open(true, false);
	T_OK(!step(ANN, HAND_ASK, HAND_AGENT, "1002\tBob"), "asked");
	id = it()->lead;
	give();
	*at = w.lw.now.wall_ms / 1000 + 7200;
	T_OK(!FW(&w, IN_CALLBACK, .agent = ANN, .value = 1, .when_s = *at,
		 .text = "asks her husband") &&
	     !FW(&w, IN_OUTCOME, .agent = ANN, .value = 3) &&
	     !FW(&w, IN_FINISH, .agent = ANN), "Ann agrees a time");
	return id;
}

static bool is_hers(struct lead_id id, int64_t at, const char *about)
{
	struct lead l;

	return !lead_get(w.lw.leads, id, &l) && l.status == LEAD_AGREED &&
	       l.next_at_s == at && l.callback_agent == ANN &&
	       str_eq(l.callback_note, about);
}

/* The server dies after her wrap-up, while Bob talks or writes it up. */
static void promise_outlives_a_crash(void **unused UNUSED)
{
	static const struct {
		const char *what;
		int64_t bob;		/* his outcome's digit, 0 = none yet */
		bool kept;
	} cases[] = {
		{ "Bob still talks", 0, true },
		{ "Bob has chosen interested", 2, true },
		{ "Bob has chosen not interested", 4, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t at;
		struct lead_id id = promised(&at);
		struct lead l;

		if (cases[i].bob) {
			customer_hangs_up();
			T_OK(!FW(&w, IN_OUTCOME, .agent = BOB,
				 .value = cases[i].bob), "Bob chooses");
		}
		T_OK(fw_crash(&w) == 1, "%s: the server dies", cases[i].what);
		T_OK(is_hers(id, at, "asks her husband") == cases[i].kept,
		     "%s: her call-back is %s", cases[i].what,
		     cases[i].kept ? "kept" : "not his word");
		T_OK(!lead_get(w.lw.leads, id, &l) &&
		     l.attempts == (cases[i].kept ? 1 : 0),
		     "%s: and the attempt with it", cases[i].what);
		fw_close(&w);
	}
}

/* Bob's "again" is one too many; what the customer agreed is none of it. */
static void promise_of_the_last_attempt(void **unused UNUSED)
{
	for (int ann_first = 0; ann_first < 2; ann_first++) {
		struct lead_id id;
		int64_t at;

		hand_open(true, false);
		w.k.gate.tries_max = 1;
		T_OK(!floor_campaign_set(w.floor, &w.k, w.lw.now), "one try");
		T_OK(!step(ANN, HAND_ASK, HAND_AGENT, "1002\tBob"), "asked");
		id = it()->lead;
		give();
		at = w.lw.now.wall_ms / 1000 + 7200;
		T_OK(!FW(&w, IN_CALLBACK, .agent = ANN, .value = 1,
			 .when_s = at, .text = "later") &&
		     !FW(&w, IN_OUTCOME, .agent = ANN, .value = 3), "Ann");
		if (ann_first)
			T_OK(!FW(&w, IN_FINISH, .agent = ANN), "done");
		customer_hangs_up();
		T_OK(!FW(&w, IN_OUTCOME, .agent = BOB, .value = 2) &&
		     !FW(&w, IN_FINISH, .agent = BOB), "Bob: again");
		if (!ann_first)
			T_OK(!FW(&w, IN_FINISH, .agent = ANN), "done");
		T_OK(is_hers(id, at, "later"), "her call-back is kept, %s",
		     ann_first ? "Ann done first" : "Bob done first");
		hand_close("one try");
	}
}

/* Ann corrects her share to a call-back, before and after Bob is done. */
static void corrected_to_a_promise(void **unused UNUSED)
{
	static const struct {
		const char *what;
		int64_t bob;
		bool bob_first, kept;
	} cases[] = {
		{ "Bob still talks", 2, false, true },
		{ "Bob has said interested", 2, true, true },
		{ "Bob has said not interested", 4, true, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct lead_id id;
		int64_t at;

		hand_open(true, false);
		T_OK(!step(ANN, HAND_ASK, HAND_AGENT, "1002\tBob"), "asked");
		id = it()->lead;
		give();
		outcome(ANN);
		at = w.lw.now.wall_ms / 1000 + 7200;
		customer_hangs_up();
		T_OK(!FW(&w, IN_OUTCOME, .agent = BOB, .value = cases[i].bob),
		     "Bob chooses");
		if (cases[i].bob_first)
			T_OK(!FW(&w, IN_FINISH, .agent = BOB), "is done");
		T_OK(!FW(&w, IN_CORRECT, .agent = ANN, .value = 3,
			 .when_s = at), "Ann corrects");
		if (!cases[i].bob_first)
			T_OK(!FW(&w, IN_FINISH, .agent = BOB), "is done");
		T_OK(is_hers(id, at, "") == cases[i].kept,
		     "%s: the lead %s", cases[i].what,
		     cases[i].kept ? "is hers" : "is Bob's to settle");
		hand_close(cases[i].what);
	}
}

static void outside_on_record(void **unused UNUSED)
{
	struct cdr *v = calloc(FW_CDRS, sizeof(*v));
	const struct cdr *ann, *out;
	size_t n;

	hand_ring(HAND_SEND);
	fw_run(&w, 3000);
	guest_answers();
	fw_run(&w, 2000);
	outcome(ANN);
	T_OK(seat(ANN) == SEAT_READY && it()->state == CALL_OUTSIDE,
	     "Ann is done, they talk on");
	fw_run(&w, 30000);
	T_OK(!FW(&w, IN_HANGUP, .call = guest.v, .q850 = 16), "outside ends");
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
	hand_close("outside");
}

/* She is still writing when it ends: her time and outcome count. */
static void outside_ends_first(void **unused UNUSED)
{
	hand_ring(HAND_SEND);
	guest_answers();
	fw_run(&w, 1000);
	customer_hangs_up();
	T_OK(it() && it()->state == CALL_WRAP && seat(ANN) == SEAT_WRAP,
	     "the call is over, Ann writes");
	T_OK(!call_get(floor_calls(w.floor), guest), "outside is hung up");
	outcome(ANN);
	T_OK(!it() && seat(ANN) == SEAT_READY &&
	     fw_last_cdr(&w).part == PART_GUEST, "and is done");
	hand_close("outside ends first");
}

/* ---- who may, who is found ---- */

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

		hand_open(true, false);
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
		hand_close(word);
	}
}

static void nobody_there(void **unused UNUSED)
{
	hand_open(true, false);
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
	hand_close("nobody there");
}

static void longest_free_of_a_team(void **unused UNUSED)
{
	struct floor_input in = { .kind = IN_LOGIN, .agent = CAL };

	hand_open(true, true);
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
	hand_close("a team");
}

/* The law's list is for leads; our own is for typed numbers, too. */
static void the_gate_is_asked(void **unused UNUSED)
{
	struct gate_dnc d = { .at_s = 1, .source = "customer", .e164 = OUT };
	struct store_group *g;

	hand_open(true, false);
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
	hand_close("the gate");
}

static void paced(const char *what, uint32_t idle, uint32_t talking,
		  uint32_t wrapping)
{
	struct pacer_explain x;

	pacer_explain(floor_pacer(w.floor, w.k.id), w.lw.now.mono_ms, &x);
	T_OK(!x.ringing && !x.waiting, "%s: no line is left over", what);
	T_OK(x.idle == idle && x.talking == talking && x.wrapping == wrapping,
	     "%s: the pacer sees %u idle, %u talk, %u write (%u, %u, %u)",
	     what, idle, talking, wrapping, x.idle, x.talking, x.wrapping);
}

/* Who is asked is not there for the next customer. */
static void the_pacer_knows(void **unused UNUSED)
{
	hand_open(true, true);
	paced("one talks", 2, 1, 0);
	T_OK(!step(ANN, HAND_ASK, HAND_AGENT, "1002"), "ask Bob");
	paced("Bob is asked", 1, 2, 0);
	T_OK(!step(ANN, HAND_ALL, HAND_NOBODY, ""), "all three");
	paced("three-way", 1, 2, 0);
	back();
	paced("Bob is back", 2, 1, 0);
	T_OK(!step(ANN, HAND_SEND, HAND_AGENT, "1003"), "send to Cal");
	paced("Cal has him", 1, 1, 1);
	outcome(ANN);
	paced("Ann is done", 2, 1, 0);
	customer_hangs_up();
	paced("Cal writes", 2, 0, 1);
	outcome(CAL);
	paced("all are free", 3, 0, 0);
	hand_close("the pacer");
}

static void tones_go_outside(void **unused UNUSED)
{
	char want[40];

	hand_ring(HAND_ASK);
	guest_answers();
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
	hand_close("tones");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_agents_on_record),
		cmocka_unit_test(promise_of_the_first),
		cmocka_unit_test(promise_outlives_a_crash),
		cmocka_unit_test(promise_of_the_last_attempt),
		cmocka_unit_test(corrected_to_a_promise),
		cmocka_unit_test(outside_on_record),
		cmocka_unit_test(outside_ends_first),
		cmocka_unit_test(only_who_may),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(longest_free_of_a_team),
		cmocka_unit_test(the_gate_is_asked),
		cmocka_unit_test(the_pacer_knows),
		cmocka_unit_test(tones_go_outside),
	};

	log_set_level(LOG_ERR);
	return T_RUN(tests);
}
