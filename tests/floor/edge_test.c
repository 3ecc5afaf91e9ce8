/* edge_test -- two things at once, and a store that refuses: who is told? */
#include "floor/floor_world.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/t.h"

enum { ANN = 1001, BOB = 1002 };

static void start(struct fw *w, enum dial_mode mode, unsigned leads)
{
	fw_open(w, mode, leads);
	fw_agent(w, ANN);
	T_OK(!FW(w, IN_START, .campaign = 1), "the campaign starts");
}

static void answer(struct fw *w)
{
	T_OK(!FW(w, IN_ANSWERED, .call = w->placed.v, .code = 200),
	     "it is answered");
}

/* An input whose records do not reach the disk before the next one. */
static enum err raw(struct fw *w, struct floor_input in)
{
	in.mono_ms = w->lw.now.mono_ms;
	in.wall_ms = w->lw.now.wall_ms;
	return floor_input(w->floor, &in);
}

static struct pacer_explain pacing(struct fw *w)
{
	struct pacer_explain x;

	pacer_explain(floor_pacer(w->floor, w->k.id), w->lw.now.mono_ms, &x);
	return x;
}

/* ---- the store refuses ----------------------------------------------------- */

static void intent_is_not_the_end(void **unused UNUSED)
{
	struct fw w;
	struct call *c;
	struct floor_input durable = { .kind = IN_DURABLE };

	fw_open(&w, MODE_PROGRESSIVE, 1);
	fw_agent(&w, ANN);
	T_OK(!raw(&w, (struct floor_input){ .kind = IN_START,
					    .campaign = 1 }), "start");
	c = call_each(floor_calls(w.floor), NULL);
	T_OK(c && c->state == CALL_RESERVE, "its intent is being written");
	T_OK(!raw(&w, (struct floor_input){ .kind = IN_STOP, .campaign = 1 }),
	     "the campaign is stopped meanwhile");
	T_OK(c->state == CALL_CLOSE, "its end is being written");
	durable.call = c->id.v;
	durable.value = CALL_RESERVE;
	T_OK(raw(&w, durable) == ERR_STATE, "the intent is on disk: too late");
	T_OK(!w.done, "and does not stand for the end");
	fw_run(&w, 50);
	T_OK(w.done == 1, "which has its own word");
	fw_quiet(&w, "after both");
	fw_close(&w);
}

static void unwritten_line_is_dropped(void **unused UNUSED)
{
	struct fw w;

	fw_open(&w, MODE_PROGRESSIVE, 1);
	fw_agent(&w, ANN);
	store_fail(w.lw.store, 1, ERR_FULL);
	T_OK(!FW(&w, IN_START, .campaign = 1), "start");
	T_OK(!w.places && fw_last_cdr(&w).result == RES_UNKNOWN,
	     "no intent on disk, no call");
	T_OK(!FW(&w, IN_STOP, .campaign = 1), "stop");
	T_OK(!pacing(&w).ringing && !pacing(&w).waiting,
	     "a call that never rang is no line of the pacer's");
	fw_quiet(&w, "after a refusal");
	fw_close(&w);
}

static bool copy_lead(void *arg, const struct lead *l)
{
	*(struct lead *)arg = *l;
	return false;
}

/* The gate refuses, and the disk refuses to note it: nobody keeps the lead. */
static void refusal_not_written(void **unused UNUSED)
{
	struct fw w;
	struct lead l;

	for (unsigned nth = 1; nth <= 3; nth++) {
		fw_open(&w, MODE_PROGRESSIVE, 1);
		fw_agent(&w, ANN);
		/* The only number there is said no. */
		struct store_group *g = store_begin(w.lw.store);
		struct gate_dnc d = { .source = "test" };

		T_OK(!lead_scan(w.lw.leads, w.lw.list, (struct lead_id){ 0 },
				1, copy_lead, &l), "a lead");
		uint64_t id = l.id;

		str_copy(d.e164, sizeof(d.e164), l.numbers[0].e164);
		T_OK(!gate_dnc_add(w.gate, g, &d), "on the list");
		lead_world_commit(&w.lw, g);
		store_fail(w.lw.store, nth, ERR_IO);
		T_OK(!FW(&w, IN_START, .campaign = 1), "start");
		fw_run(&w, 2000);
		T_OK(!w.places, "it is not rung");
		T_OK(!lead_get(w.lw.leads, (struct lead_id){ id }, &l) &&
		     l.status != LEAD_RESERVED, "refusal %u: nobody keeps it "
		     "(%s)", nth, lead_status_word(
				(enum lead_status)l.status));
		fw_run(&w, 120000);
		T_OK(!lead_get(w.lw.leads, (struct lead_id){ id }, &l) &&
		     l.status == LEAD_DNC, "refusal %u: and it ends where it "
		     "belongs", nth);
		fw_quiet(&w, "after a refusal nobody noted");
		fw_close(&w);
	}
}

/* "Do not call again", a key pressed and answered: no kill forgets it. */
static void opt_out_survives(void **unused UNUSED)
{
	static const struct { unsigned keys[3]; bool wrap, kept; } cases[] = {
		{ { 8 }, true, true }, { { 8 }, false, true },
		{ { 8, 4 }, true, false }, { { 4, 8 }, false, true },
		{ { 4 }, true, false } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fw w;

		start(&w, MODE_PROGRESSIVE, 1);
		fw_run(&w, 300);
		answer(&w);
		T_OK(fw_state(&w, ANN) == SEAT_TALK, "they talk");
		for (size_t k = 0; k < 3 && cases[i].keys[k]; k++)
			T_OK(!FW(&w, IN_OUTCOME, .agent = ANN,
				 .value = cases[i].keys[k]), "an outcome");
		if (cases[i].wrap)
			T_OK(!FW(&w, IN_RELEASE, .agent = ANN), "the end");
		T_OK(fw_crash(&w) == 1, "killed before it was finished");
		T_OK(!gate_dnc_has(w.gate, w.number, NULL) == cases[i].kept,
		     "case %zu: %s on the list", i, cases[i].kept ? "is"
								  : "is not");
		fw_close(&w);
	}
}

static void correction_not_written(void **unused UNUSED)
{
	struct fw w;
	struct lead l;

	start(&w, MODE_PROGRESSIVE, 1);
	fw_run(&w, 300);
	T_OK(!FW(&w, IN_ANSWERED, .call = w.placed.v), "answered");
	T_OK(!FW(&w, IN_OUTCOME, .agent = ANN, .value = 4) &&
	     !FW(&w, IN_RELEASE, .agent = ANN) &&
	     !FW(&w, IN_FINISH, .agent = ANN), "not interested");
	struct cdr r = fw_last_cdr(&w);

	T_OK(!lead_get(w.lw.leads, (struct lead_id){ r.lead }, &l) &&
	     l.status == LEAD_DONE, "done with");
	store_fail(w.lw.store, 1, ERR_IO);
	T_OK(!FW(&w, IN_CORRECT, .agent = ANN, .value = 2), "or rather: later");
	fw_run(&w, 500);
	T_OK(fw_last_cdr(&w).outcome == 4 &&
	     !lead_get(w.lw.leads, (struct lead_id){ r.lead }, &l) &&
	     l.status == LEAD_DONE && l.last_outcome == 4,
	     "record and lead are both as they were");
	T_OK(!FW(&w, IN_CORRECT, .agent = ANN, .value = 2), "once more");
	T_OK(fw_last_cdr(&w).outcome == 2 &&
	     !lead_get(w.lw.leads, (struct lead_id){ r.lead }, &l) &&
	     l.status == LEAD_LATER && l.last_outcome == 2,
	     "both are corrected");
	fw_quiet(&w, "after a correction");
	fw_close(&w);
}

static void end_is_written_again(void **unused UNUSED)
{
	struct fw w;

	start(&w, MODE_PROGRESSIVE, 1);
	fw_run(&w, 300);
	T_OK(w.places == 1, "it rings");
	store_fail(w.lw.store, 1, ERR_FULL);
	T_OK(!FW(&w, IN_FAILED, .call = w.placed.v, .code = 486,
		 .value = RES_BUSY), "busy; the disk is full");
	T_OK(!w.done, "the end is not on disk");
	fw_run(&w, 5200);
	T_OK(w.done == 1 && fw_last_cdr(&w).result == RES_BUSY,
	     "it is written again");
	fw_quiet(&w, "after the second time");
	fw_close(&w);
}

/* ---- two things at once ------------------------------------------------------ */

static void answer_after_cancel(void **unused UNUSED)
{
	struct fw w;
	struct call *c;

	start(&w, MODE_PREVIEW, 1);
	fw_run(&w, 300);
	T_OK(!FW(&w, IN_DIAL, .agent = ANN), "dial");
	T_OK(w.places == 1, "it rings");
	T_OK(!raw(&w, (struct floor_input){ .kind = IN_RELEASE,
					    .agent = ANN }), "cancel");
	c = fw_placed(&w);
	T_OK(c && c->state == CALL_CLOSE, "its end is being written");
	T_OK(raw(&w, (struct floor_input){ .kind = IN_ANSWERED, .code = 200,
			.call = c->id.v }) == ERR_STATE,
	     "an answer that crossed it is none");
	T_OK(!c->answer_ms && !c->sip_code, "and leaves no trace");
	fw_run(&w, 50);
	T_OK(fw_last_cdr(&w).result == RES_CANCELLED, "cancelled");
	fw_quiet(&w, "after a crossing");
	fw_close(&w);
}

/* A seat that takes calls of a preview and of a predictive campaign. */
static void freed_as_the_wait_ends(void **unused UNUSED)
{
	struct fw w;
	struct campaign_conf k2;
	uint32_t waits;

	fw_open(&w, MODE_PREDICTIVE, 2);
	k2 = w.k;
	k2.id.v = k2.gate.id.v = 2;
	k2.mode = MODE_PREVIEW;
	k2.ring_ms = 10000;
	str_copy(k2.name, sizeof(k2.name), "summer");
	T_OK(!floor_campaign_set(w.floor, &k2, w.lw.now), "a second campaign");
	T_OK(!lead_campaign_set(w.lw.leads, k2.id, &w.lw.list, 1, NULL, NULL),
	     "with the same list");
	fw_agent(&w, ANN);
	fw_agent(&w, BOB);
	T_OK(!FW(&w, IN_NOT_READY, .agent = BOB) &&
	     !FW(&w, IN_ASSIGN, .agent = BOB, .text = "2 1") &&
	     !FW(&w, IN_READY, .agent = BOB), "Bob works for both");
	T_OK(!FW(&w, IN_START, .campaign = 2), "preview");
	fw_run(&w, 100);
	T_OK(fw_state(&w, BOB) == SEAT_PREVIEW, "Bob reads");
	T_OK(!FW(&w, IN_STOP, .campaign = 1), "quiet");
	T_OK(!FW(&w, IN_DIAL, .agent = BOB), "and dials");
	uint32_t rings = w.placed.v;

	T_OK(!FW(&w, IN_RINGING, .call = rings), "it rings");
	int64_t due = w.lw.now.mono_ms + 20000;

	T_OK(!FW(&w, IN_START, .campaign = 1), "now the other one");
	fw_run(&w, 300);
	waits = w.placed.v;
	T_OK(waits != rings, "dials for Ann");
	T_OK(!FW(&w, IN_NOT_READY, .agent = ANN), "who leaves");
	w.lw.now.wall_ms += due - 1900 - w.lw.now.mono_ms;
	w.lw.now.mono_ms = due - 1900;
	T_OK(!FW(&w, IN_ANSWERED, .call = waits, .code = 200), "answered");
	T_OK(fw_placed(&w)->state == CALL_WAIT, "the customer waits");
	/* One tick, late: Bob's ringing and the customer's wait both end. */
	w.lw.now.mono_ms += 2100;
	w.lw.now.wall_ms += 2100;
	T_OK(!FW(&w, IN_TICK), "a tick");
	fw_run(&w, 40000);
	T_OK(!FW(&w, IN_STOP, .campaign = 1) && !FW(&w, IN_STOP, .campaign = 2),
	     "stop both");
	for (struct seat *s = seat_each(floor_seats(w.floor), NULL); s;
	     s = seat_each(floor_seats(w.floor), s))
		T_OK(s->state != SEAT_TALK || call_get(floor_calls(w.floor),
						       s->call),
		     "agent %u does not talk to nobody", s->agent.v);
	fw_close(&w);
}

static void finish_beats_the_bell(void **unused UNUSED)
{
	struct fw w;

	start(&w, MODE_PROGRESSIVE, 1);
	fw_run(&w, 300);
	answer(&w);
	T_OK(!FW(&w, IN_HANGUP, .call = w.placed.v), "hang-up");
	fw_run(&w, 19950);
	T_OK(!FW(&w, IN_OUTCOME, .agent = ANN, .value = 4), "outcome");
	T_OK(!raw(&w, (struct floor_input){ .kind = IN_FINISH,
					    .agent = ANN }), "done in time");
	w.lw.now.mono_ms += 100;
	w.lw.now.wall_ms += 100;
	T_OK(!raw(&w, (struct floor_input){ .kind = IN_TICK }),
	     "wrap-up's time is over before the record is on disk");
	fw_run(&w, 50);
	T_OK(fw_state(&w, ANN) == SEAT_READY, "who was in time is READY, not %s",
	     seat_state_word(fw_state(&w, ANN)));
	fw_quiet(&w, "after the bell");
	fw_close(&w);
}

static void whole_wrap_up(void **unused UNUSED)
{
	struct fw w;

	start(&w, MODE_PROGRESSIVE, 1);
	w.k.wrap = WRAP_BOXED_FULL;
	T_OK(!floor_campaign_set(w.floor, &w.k, w.lw.now), "no early exit");
	fw_run(&w, 300);
	answer(&w);
	T_OK(!FW(&w, IN_HANGUP, .call = w.placed.v), "hang-up");
	T_OK(!FW(&w, IN_OUTCOME, .agent = ANN, .value = 4), "outcome");
	T_OK(FW(&w, IN_FINISH, .agent = ANN) == ERR_DENIED, "not yet");
	fw_run(&w, 20500);
	T_OK(fw_state(&w, ANN) == SEAT_READY, "READY at the bell, not %s",
	     seat_state_word(fw_state(&w, ANN)));
	fw_quiet(&w, "after a whole wrap-up");
	fw_close(&w);
}

/* ---- what the pacer is told ---------------------------------------------------- */

static void heard_after_the_answer(void **unused UNUSED)
{
	static const struct { enum call_result r; const char *s; } cases[] = {
		{ RES_MACHINE, "a machine" }, { RES_FAX, "a fax" },
		{ RES_BUSY, "a busy tone behind a 200" },
		{ RES_VACANT, "a vacant number behind a 200" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fw w;

		fw_open(&w, MODE_PROGRESSIVE, 1);
		w.k.amd = true;
		T_OK(!floor_campaign_set(w.floor, &w.k, w.lw.now), "ears");
		fw_agent(&w, ANN);
		T_OK(!FW(&w, IN_START, .campaign = 1), "start");
		fw_run(&w, 300);
		answer(&w);
		T_OK(!FW(&w, IN_MACHINE, .call = w.placed.v, .value = 900,
			 .code = cases[i].r), "%s", cases[i].s);
		T_OK(fw_last_cdr(&w).result == cases[i].r, "%s on record",
		     cases[i].s);
		T_OK(!pacing(&w).ringing && !pacing(&w).waiting,
		     "%s is no line in the air", cases[i].s);
		fw_quiet(&w, cases[i].s);
		fw_close(&w);
	}
}

static void leaving_is_told_at_once(void **unused UNUSED)
{
	struct fw w;

	start(&w, MODE_PREDICTIVE, 4);
	fw_run(&w, 300);
	answer(&w);
	T_OK(fw_state(&w, ANN) == SEAT_TALK, "they talk");
	T_OK(!pacing(&w).leaving && pacing(&w).talking == 1, "one talks");
	T_OK(!FW(&w, IN_BREAK, .agent = ANN, .value = 0), "a break after this");
	T_OK(pacing(&w).leaving == 1 && !pacing(&w).talking,
	     "nobody is dialled for an agent who goes");
	fw_close(&w);
}

static void lost_phone_spares_the_ringing(void **unused UNUSED)
{
	struct fw w;

	start(&w, MODE_PROGRESSIVE, 2);
	fw_run(&w, 300);
	T_OK(w.places == 1, "it rings for Ann");
	T_OK(!FW(&w, IN_LINE, .agent = ANN), "her phone is lost");
	T_OK(!fw_placed(&w), "the call is taken back: nobody would be there");
	fw_quiet(&w, "after it");
	fw_close(&w);
}

/* ---- agents ---------------------------------------------------------------------- */

static void long_names(void **unused UNUSED)
{
	static const char name[] =
		"Wolfeschlegelsteinhausenbergerdorff the Younger";
	static const char team[] = "north-west-outbound-evenings-and-weekends";
	struct floor_input in = { .kind = IN_LOGIN, .agent = BOB };
	struct fw w;

	fw_open(&w, MODE_PROGRESSIVE, 0);
	str_fmt(in.text, sizeof(in.text), "%s\t%s", name, team);
	T_OK(!fw_in(&w, in), "a long name logs in");
	T_OK(str_eq(fw_seat(&w, BOB)->name, name), "with the whole name");
	T_OK(str_eq(fw_seat(&w, BOB)->team, team),
	     "and the whole team, for supervisors are asked by it");
	fw_close(&w);
}

static void mute_follows_the_phone(void **unused UNUSED)
{
	struct fw w;
	const char *second;

	start(&w, MODE_PROGRESSIVE, 1);
	fw_run(&w, 300);
	answer(&w);
	T_OK(!FW(&w, IN_MUTE, .agent = ANN, .value = 1), "mute");
	T_OK(!FW(&w, IN_LINE, .agent = ANN), "the phone is lost");
	T_OK(!FW(&w, IN_LINE, .agent = ANN, .value = 1), "another line comes");
	second = strstr(w.actions, "mute 1001 1");
	T_OK(second && strstr(second + 1, "mute 1001 1"),
	     "who was muted is muted on the new line");
	fw_close(&w);
}

static void left_for_good(void **unused UNUSED)
{
	struct fw w;

	start(&w, MODE_PREVIEW, 2);
	fw_run(&w, 300);
	T_OK(fw_state(&w, ANN) == SEAT_PREVIEW, "Ann reads");
	T_OK(!FW(&w, IN_LINK, .agent = ANN), "her terminal is gone");
	T_OK(!FW(&w, IN_LOGOUT, .agent = ANN), "for good");
	T_OK(fw_state(&w, ANN) == SEAT_OFFLINE, "the lead is not kept, nor she");
	T_OK(fw_last_cdr(&w).result == RES_MISSED, "it was not dialled");
	fw_quiet(&w, "after a preview nobody reads");
	fw_close(&w);

	start(&w, MODE_PROGRESSIVE, 1);
	w.k.wrap = WRAP_MANDATORY;
	T_OK(!floor_campaign_set(w.floor, &w.k, w.lw.now), "no end of wrap-up");
	fw_run(&w, 300);
	answer(&w);
	T_OK(!FW(&w, IN_HANGUP, .call = w.placed.v), "hang-up");
	T_OK(!FW(&w, IN_LINK, .agent = ANN), "her terminal is gone");
	T_OK(!FW(&w, IN_LOGOUT, .agent = ANN), "for good");
	T_OK(fw_state(&w, ANN) == SEAT_OFFLINE, "the call is closed as it stands");
	fw_quiet(&w, "after a wrap-up nobody writes");
	fw_close(&w);
}

static void back_before_the_end(void **unused UNUSED)
{
	struct floor_input in = { .kind = IN_LOGIN, .agent = ANN,
				  .text = "Ann\tnorth" };
	struct fw w;

	start(&w, MODE_PROGRESSIVE, 1);
	fw_run(&w, 300);
	answer(&w);
	T_OK(!FW(&w, IN_LINK, .agent = ANN), "the terminal is gone");
	T_OK(!FW(&w, IN_LOGOUT, .agent = ANN), "too long: logged out after");
	T_OK(!fw_in(&w, in), "but she is back");
	T_OK(!FW(&w, IN_RELEASE, .agent = ANN), "good-bye");
	T_OK(!FW(&w, IN_OUTCOME, .agent = ANN, .value = 4), "outcome");
	T_OK(!FW(&w, IN_FINISH, .agent = ANN), "done");
	T_OK(fw_state(&w, ANN) == SEAT_NOT_READY, "and logged in, not %s",
	     seat_state_word(fw_state(&w, ANN)));
	fw_close(&w);
}

static void note_survives(void **unused UNUSED)
{
	struct fw w;

	start(&w, MODE_PROGRESSIVE, 1);
	fw_run(&w, 300);
	answer(&w);
	T_OK(!FW(&w, IN_NOTE, .agent = ANN, .text = "wants a red one"),
	     "a draft");
	T_OK(fw_crash(&w) == 1, "the server dies in the call");
	T_OK(str_eq(fw_last_cdr(&w).note, "wants a red one"),
	     "the draft is in the call's record");
	fw_close(&w);
}

/* ---- numbers, modes ------------------------------------------------------------------ */

static void clock_set_back(void **unused UNUSED)
{
	uint64_t before;
	struct fw w;

	start(&w, MODE_PROGRESSIVE, 4);
	fw_run(&w, 300);
	before = fw_placed(&w)->uid;
	w.lw.now.wall_ms -= 3600000;
	T_OK(fw_crash(&w) == 1, "a crash in a call; the clock is set back");
	fw_agent(&w, ANN);
	T_OK(!FW(&w, IN_START, .campaign = 1), "start");
	fw_run(&w, 300);
	T_OK(fw_placed(&w) && fw_placed(&w)->uid > before,
	     "the next call has a number of its own, and a later one");
	fw_close(&w);
}

static void only_preview_is_sure(void **unused UNUSED)
{
	struct campaign_view v;
	struct fw w;

	fw_open(&w, MODE_PREVIEW, 0);
	T_OK(!floor_campaign_view(w.floor, w.k.id, w.lw.now, &v) &&
	     v.conf->gate.agent_sure, "a preview is sure of its agent");
	w.k.mode = MODE_PREDICTIVE;	/* a supervisor's change of mode */
	T_OK(!floor_campaign_set(w.floor, &w.k, w.lw.now), "predictive");
	T_OK(!floor_campaign_view(w.floor, w.k.id, w.lw.now, &v) &&
	     !v.conf->gate.agent_sure, "which the gate must not take for sure");
	fw_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intent_is_not_the_end),
		cmocka_unit_test(unwritten_line_is_dropped),
		cmocka_unit_test(refusal_not_written),
		cmocka_unit_test(correction_not_written),
		cmocka_unit_test(opt_out_survives),
		cmocka_unit_test(end_is_written_again),
		cmocka_unit_test(answer_after_cancel),
		cmocka_unit_test(freed_as_the_wait_ends),
		cmocka_unit_test(finish_beats_the_bell),
		cmocka_unit_test(whole_wrap_up),
		cmocka_unit_test(heard_after_the_answer),
		cmocka_unit_test(leaving_is_told_at_once),
		cmocka_unit_test(lost_phone_spares_the_ringing),
		cmocka_unit_test(long_names),
		cmocka_unit_test(mute_follows_the_phone),
		cmocka_unit_test(left_for_good),
		cmocka_unit_test(back_before_the_end),
		cmocka_unit_test(note_survives),
		cmocka_unit_test(clock_set_back),
		cmocka_unit_test(only_preview_is_sure),
	};

	return T_RUN(tests);
}
