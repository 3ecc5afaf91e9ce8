/* Customers' calls against the simulated carrier: one table of numbers. */
#include "dial/dial_fixture.h"
#include "dial/fake_gate.h"

#include <string.h>

#include "base/t.h"

static const struct {
	const char *ends, *what;
	enum dial_event_kind last;	/* ANSWERED: hung up by us then     */
	uint16_t code, q850;
	enum call_result result;
	enum dial_retry retry;
	enum dial_event_kind seen;	/* must have come before            */
} calls[] = {
	{ "01", "an answer at once", DIAL_ANSWERED, 200, 0, RES_NONE,
	  RETRY_OUTCOME, DIAL_RINGING },
	{ "02", "busy", DIAL_FAILED, 486, 0, RES_BUSY, RETRY_SHORT,
	  DIAL_FAILED },
	{ "03", "nobody answers in the ring time", DIAL_FAILED, 487, 0,
	  RES_NO_ANSWER, RETRY_WINDOW, DIAL_RINGING },
	{ "04", "vacant, with its Q.850 cause", DIAL_FAILED, 404, 1,
	  RES_VACANT, RETRY_NEVER, DIAL_FAILED },
	{ "06", "no channel at the only trunk", DIAL_FAILED, 503, 0,
	  RES_CONGESTION, RETRY_TRUNK, DIAL_FAILED },
	{ "07", "declined by the person", DIAL_FAILED, 603, 0, RES_REJECTED,
	  RETRY_LONG, DIAL_RINGING },
	{ "08", "early media, then an answer", DIAL_ANSWERED, 200, 0,
	  RES_NONE, RETRY_OUTCOME, DIAL_PROGRESS },
	{ "09", "early busy tone", DIAL_FAILED, 486, 0, RES_BUSY,
	  RETRY_SHORT, DIAL_PROGRESS },
	{ "10", "early announcement", DIAL_FAILED, 480, 0, RES_UNREACHABLE,
	  RETRY_HOURS, DIAL_PROGRESS },
	{ "12", "the customer hangs up", DIAL_HANGUP, 0, 0, RES_NONE,
	  RETRY_OUTCOME, DIAL_ANSWERED },
	{ "14", "a redirect to a stranger is not followed", DIAL_FAILED, 302,
	  0, RES_NO_ROUTE, RETRY_TRUNK, DIAL_FAILED },
	{ "15", "switched off", DIAL_FAILED, 480, 20, RES_UNREACHABLE,
	  RETRY_HOURS, DIAL_FAILED },
	{ "16", "unwanted goes to the do-not-call list", DIAL_FAILED, 607, 0,
	  RES_UNWANTED, RETRY_DNC, DIAL_RINGING },
	{ "20", "the trunk's own fault", DIAL_FAILED, 500, 0, RES_TECHNICAL,
	  RETRY_TRUNK, DIAL_FAILED },
};

static void each_number_comes_out_as_it_should(void **state)
{
	struct fix f;

	(void)state;
	fix_open(&f, 1, NULL);
	fix_dial(&f);
	for (uint32_t i = 0; i < ARRAY_LEN(calls); i++) {
		const char *what = calls[i].what;
		const struct dial_event *ev;
		struct gate_pass *pass;
		char number[16];
		unsigned from = f.count;
		uint32_t id = 100 + i;

		str_fmt(number, sizeof(number), "861380000%s", calls[i].ends);
		pass = fake_pass(number, false);
		T_OK(!dial_trunk_enable(f.d, f.trunk[0].id), "trunk enabled");
		T_OK(!fix_start(&f, id, number, 700, &pass), "%s: starts",
		     what);
		T_OK(!pass, "%s: the pass is spent", what);
		ev = fix_wait(&f, from, calls[i].last, id, 4000);
		T_OK(ev, "%s: %s", what, dial_event_word(calls[i].last));
		T_OK(ev->code == calls[i].code && ev->q850 == calls[i].q850,
		     "%s: code %u cause %u", what, ev->code, ev->q850);
		T_OK(ev->result == calls[i].result &&
		     ev->retry == calls[i].retry, "%s: %s, retry %s", what,
		     call_result_word(ev->result), dial_retry_word(ev->retry));
		T_OK(ev->trunk.v == 1, "%s: on trunk 1", what);
		T_OK(fix_count(&f, calls[i].seen, id), "%s: %s came", what,
		     dial_event_word(calls[i].seen));
		if (calls[i].last != DIAL_ANSWERED)
			continue;
		T_OK(ev->media.port > 1024 && ev->media.pt == 0 &&
		     ev->media.dtmf_pt == 101 && ev->media.sends &&
		     !strcmp(ev->media.addr, "127.0.0.1"),
		     "%s: the far end's media", what);
		T_OK(!dial_hangup(f.d, ev->call, 16), "%s: hung up", what);
		T_OK(fix_count(&f, DIAL_HANGUP, id) == 0,
		     "%s: no event from inside the command", what);
		ev = fix_wait(&f, from, DIAL_HANGUP, id, 1000);
		T_OK(ev && ev->by == BY_SYSTEM, "%s: by us", what);
	}
	T_OK(!dial_call_count(f.d), "no call is left");
	struct dial_counts n;

	dial_counts(f.d, &n);
	T_OK(n.redirect_refused == 1, "one redirect refused");
	fix_run(&f, 100);	/* the last BYE arrives */
	T_OK(carrier_counts(f.carrier[0])->invites == ARRAY_LEN(calls),
	     "the carrier saw one INVITE a call: %llu", (unsigned long long)
	     carrier_counts(f.carrier[0])->invites);
	T_OK(carrier_counts(f.carrier[0])->bye_in == 2 &&
	     carrier_counts(f.carrier[0])->bye_out == 1 &&
	     carrier_counts(f.carrier[0])->cancelled == 1 &&
	     carrier_counts(f.carrier[0])->live == 0,
	     "every leg ended by BYE or CANCEL");
	fix_close(&f);
}

static void no_pass_no_call(void **state)
{
	struct gate_pass *pass = NULL;
	struct fix f;

	(void)state;
	fix_open(&f, 1, NULL);
	fix_dial(&f);
	T_OK(fix_start(&f, 1, "86138000001", 500, &pass) == ERR_ARG,
	     "no pass, no call");
	pass = fake_pass("86138000001", true);
	T_OK(fix_start(&f, 1, "86138000001", 500, &pass) == ERR_DENIED && !pass,
	     "a late pass is refused, and gone");
	pass = fake_pass("86138000002", false);
	T_OK(fix_start(&f, 1, "86138000001", 500, &pass) == ERR_DENIED && !pass,
	     "a pass is for its number only");
	pass = fake_pass("86138000001\r\nX: y", false);
	T_OK(fix_start(&f, 1, "86138000001\r\nX: y", 500, &pass) == ERR_ARG,
	     "a number is digits");
	pass = fake_pass("86138000003", false);
	T_OK(!fix_start(&f, 1, "86138000003", 500, &pass), "one starts");
	pass = fake_pass("86138000003", false);
	T_OK(fix_start(&f, 1, "86138000003", 500, &pass) == ERR_EXISTS && !pass,
	     "an id in use is refused");
	fix_run(&f, 50);
	T_OK(carrier_counts(f.carrier[0])->invites == 1, "one INVITE only");
	fix_close(&f);
}

static void media_moves_by_reinvite(void **state)
{
	struct gate_pass *pass = fake_pass("86138000019", false);
	const struct dial_event *ev;
	struct fix f;
	uint16_t port;

	(void)state;
	fix_open(&f, 1, NULL);
	fix_dial(&f);
	T_OK(!fix_start(&f, 5, "86138000019", 500, &pass), "starts");
	ev = fix_wait(&f, 0, DIAL_ANSWERED, 5, 2000);
	T_OK(ev, "answered");
	port = ev->media.port;
	ev = fix_wait(&f, 0, DIAL_MEDIA, 5, 2000);
	T_OK(ev && ev->media.port && ev->media.port != port,
	     "the far end moved its port");
	fix_close(&f);
}

/* Hanging up at every step: the carrier must end each leg, and we too. */
static enum dial_event_kind step;

static void hang_up_at(struct fix *f, const struct dial_event *ev)
{
	if (ev->kind == step)
		T_OK(!dial_hangup(f->d, ev->call, 0), "taken");
}

static void hanging_up_at_any_step_ends_it(void **state)
{
	static const struct { enum dial_event_kind at; const char *number; }
	steps[] = {
		{ DIAL_EVENT_COUNT, "86138000001" },	/* before any answer */
		{ DIAL_TRYING,   "86138000001" },
		{ DIAL_RINGING,  "86138000001" },	/* races with the 200 */
		{ DIAL_PROGRESS, "86138000008" },
		{ DIAL_ANSWERED, "86138000001" },
		{ DIAL_MEDIA,    "86138000019" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(steps); i++) {
		struct gate_pass *pass = fake_pass(steps[i].number, false);
		struct call_id id = { 7 };
		struct fix f;

		fix_open(&f, 1, NULL);
		fix_dial(&f);
		f.on = hang_up_at;
		step = steps[i].at;
		T_OK(!fix_start(&f, id.v, steps[i].number, 500, &pass),
		     "step %u starts", i);
		if (step == DIAL_EVENT_COUNT)
			T_OK(!dial_hangup(f.d, id, 0), "at once");
		fix_run(&f, 700);
		T_OK(fix_count(&f, DIAL_FAILED, 7) +
		     fix_count(&f, DIAL_HANGUP, 7) == 1,
		     "step %u ends once", i);
		T_OK(dial_hangup(f.d, id, 0) == ERR_ABSENT, "and is forgotten");
		T_OK(!carrier_counts(f.carrier[0])->live,
		     "step %u: the carrier's leg ended", i);
		fix_close(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_number_comes_out_as_it_should),
		cmocka_unit_test(no_pass_no_call),
		cmocka_unit_test(media_moves_by_reinvite),
		cmocka_unit_test(hanging_up_at_any_step_ends_it),
	};

	return T_RUN(tests);
}
