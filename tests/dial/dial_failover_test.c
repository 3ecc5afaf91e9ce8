/* Two trunks: what one cannot take the other does, on the same pass. */
#include "dial/dial_fixture.h"
#include "dial/fake_gate.h"

#include <string.h>

#include "base/t.h"

static enum err go(struct fix *f, uint32_t id, const char *number)
{
	struct gate_pass *pass = fake_pass(number, false);
	enum err e = fix_start(f, id, number, 700, &pass);

	pass = gate_pass_free(pass);
	return e;
}

/* Trunk a first: it has the weight. */
static void open_two(struct fix *f)
{
	fix_open(f, 2, NULL);
	f->trunk[0].weight = 1000;
	f->trunk[1].weight = 1;
}

static void a_503_goes_to_the_other_trunk(void **state)
{
	const struct dial_event *ev;
	struct dial_trunk_stat s;
	struct fix f;

	(void)state;
	fake_spent = 0;
	open_two(&f);
	fix_dial(&f);
	carrier_set_storm(f.carrier[0], true);
	T_OK(!go(&f, 1, "86138000001"), "starts");
	ev = fix_wait(&f, 0, DIAL_ANSWERED, 1, 2000);
	T_OK(ev && ev->trunk.v == 2 && ev->legs == 2, "answered on trunk b");
	T_OK(fix_count(&f, DIAL_LEG_FAILED, 1) == 1, "one leg failed");
	T_OK(f.ev[0].kind == DIAL_LEG_FAILED || f.ev[1].kind == DIAL_LEG_FAILED
	     || f.ev[2].kind == DIAL_LEG_FAILED, "and was told");
	T_OK(fake_spent == 1, "on one pass");
	T_OK(!dial_trunk_stat(f.d, 0, clock_now(&f.clock), &s) &&
	     s.state == TRUNK_BACKOFF && s.failures_5xx == 1,
	     "trunk a backs off as long as it asked");
	T_OK(!go(&f, 2, "86138000001"), "the next");
	ev = fix_wait(&f, 0, DIAL_ANSWERED, 2, 2000);
	T_OK(ev && ev->trunk.v == 2 && ev->legs == 1,
	     "goes to b without asking a");
	T_OK(carrier_counts(f.carrier[0])->unavailable == 1, "a saw one");
	fix_close(&f);
}

static void a_dead_trunk_is_left_soon(void **state)
{
	const struct dial_event *ev;
	struct fix f;

	(void)state;
	open_two(&f);
	fix_dial(&f);
	carrier_set_dead(f.carrier[0], true);
	T_OK(!go(&f, 1, "86138000001"), "starts");
	ev = fix_wait(&f, 0, DIAL_LEG_FAILED, 1, 2000);
	T_OK(ev && ev->code == 0 && ev->ring_ms < 5000,
	     "no answer at all: left after silent_ms");
	ev = fix_wait(&f, 0, DIAL_ANSWERED, 1, 2000);
	T_OK(ev && ev->trunk.v == 2, "answered on trunk b");
	fix_close(&f);
}

static void both_out_is_the_end(void **state)
{
	const struct dial_event *ev;
	struct fix f;

	(void)state;
	open_two(&f);
	fix_dial(&f);
	carrier_set_storm(f.carrier[0], true);
	carrier_set_storm(f.carrier[1], true);
	T_OK(!go(&f, 1, "86138000001"), "starts");
	ev = fix_wait(&f, 0, DIAL_FAILED, 1, 2000);
	T_OK(ev && ev->code == 503 && ev->result == RES_CONGESTION &&
	     ev->legs == 2 && ev->retry_after_s == 3, "congestion, two legs");
	T_OK(go(&f, 2, "86138000001") == ERR_AGAIN,
	     "both back off: not now, and the pass stays");
	fix_close(&f);
}

/* A phone that rang is not rung again through another trunk. */
static void a_phone_that_rang_rings_once(void **state)
{
	struct fix f;

	(void)state;
	open_two(&f);
	fix_dial(&f);
	T_OK(!go(&f, 1, "86138000009"), "183, then 486");
	T_OK(fix_wait(&f, 0, DIAL_FAILED, 1, 3000), "fails");
	T_OK(!fix_count(&f, DIAL_LEG_FAILED, 0), "no other leg");
	T_OK(carrier_counts(f.carrier[1])->invites == 0, "b saw nothing");
	fix_close(&f);
}

static void probes_tell_who_lives(void **state)
{
	struct dial_trunk_stat s;
	struct fix f;

	(void)state;
	open_two(&f);
	f.trunk[0].probe_ms = 150;
	fix_dial(&f);
	fix_run(&f, 250);
	T_OK(!dial_trunk_stat(f.d, 0, clock_now(&f.clock), &s) &&
	     s.options_ms >= 0 && s.options_ms < 2000 && s.state == TRUNK_UP,
	     "OPTIONS is answered");
	T_OK(carrier_counts(f.carrier[0])->options >= 1, "and was asked");
	T_OK(!dial_trunk_stat(f.d, 1, clock_now(&f.clock), &s) &&
	     s.options_ms == -1, "trunk b is not probed");
	fix_close(&f);
}

static void commands_work_at_run_time(void **state)
{
	const struct dial_event *ev;
	struct dial_room room;
	struct trunk_id id;
	struct fix f;

	(void)state;
	open_two(&f);
	f.trunk[1].channels = 1;
	fix_dial(&f);
	T_OK(dial_trunk_by_name(f.d, "trunk-z", &id) == ERR_ABSENT, "no z");
	T_OK(!dial_trunk_by_name(f.d, "trunk-a", &id) && id.v == 1, "a is 1");
	T_OK(!dial_trunk_drain(f.d, id), "drained");
	ev = fix_wait(&f, 0, DIAL_TRUNK, 0, 100);
	T_OK(ev && !strcmp(ev->text, "drain"), "which is told");
	dial_room(f.d, NULL, 0, clock_now(&f.clock), &room);
	T_OK(room.channels == 1 && room.up == 1, "b's one channel is left");
	T_OK(!go(&f, 1, "86138000001"), "starts");
	ev = fix_wait(&f, 0, DIAL_ANSWERED, 1, 2000);
	T_OK(ev && ev->trunk.v == 2, "on b");
	dial_room(f.d, NULL, 0, clock_now(&f.clock), &room);
	T_OK(room.channels == 0 && room.starts == 0, "and now there is none");
	T_OK(go(&f, 2, "86138000001") == ERR_AGAIN, "not now");
	T_OK(!dial_trunk_enable(f.d, id), "enabled");
	T_OK(!dial_trunk_set_cps(f.d, id, 1000), "one a second");
	T_OK(!go(&f, 3, "86138000001"), "on a");
	T_OK(go(&f, 4, "86138000001") == ERR_AGAIN, "one only");
	T_OK(!dial_trunk_rest_caller(f.d, id, "057188001001", true) &&
	     dial_trunk_rest_caller(f.d, id, "1", false) == ERR_ABSENT,
	     "caller numbers rest by name");
	fix_close(&f);
}

static void digest_is_answered(void **state)
{
	static const struct {
		const char *what, *user, *password;
		enum dial_event_kind want;
		uint16_t code;
	} cases[] = {
		{ "right", "acme", "s3cret", DIAL_ANSWERED, 200 },
		{ "wrong password", "acme", "guess", DIAL_FAILED, 407 },
		{ "none", "", "", DIAL_FAILED, 407 },
	};
	static const struct carrier_opt asks = {
		.listen = "127.0.0.1", .seed = 2, .scale = 5, .forced = true,
		.talk_s = 9, .law = "a", .user = "acme", .password = "s3cret",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct dial_event *ev;
		struct fix f;

		fix_open(&f, 1, &asks);
		str_copy(f.trunk[0].user, DIAL_NAME_SIZE, cases[i].user);
		str_copy(f.trunk[0].password, DIAL_SECRET_SIZE,
			 cases[i].password);
		fix_dial(&f);
		T_OK(!go(&f, 1, "86138000001"), "%s: starts", cases[i].what);
		ev = fix_wait(&f, 0, cases[i].want, 1, 2000);
		T_OK(ev && ev->code == cases[i].code, "%s: %u", cases[i].what,
		     ev ? ev->code : 0);
		if (cases[i].want == DIAL_ANSWERED)
			T_OK(ev->media.pt == 8, "A-law, as the carrier prefers");
		fix_close(&f);
	}
}

static void a_listed_redirect_is_followed(void **state)
{
	const struct dial_event *ev;
	struct dial_counts n;
	struct fix f;

	(void)state;
	fix_open(&f, 1, NULL);
	/* The carrier redirects to 127.0.0.1:9, where nobody listens. */
	str_copy(f.trunk[0].redirect[0], DIAL_URI_SIZE, "127.0.0.1");
	f.trunk[0].silent_ms = 400;
	fix_dial(&f);
	T_OK(!go(&f, 1, "86138000014"), "starts");
	ev = fix_wait(&f, 0, DIAL_FAILED, 1, 2000);
	T_OK(ev && ev->code != 302, "it was followed, to nobody: %u",
	     ev ? ev->code : 0);
	dial_counts(f.d, &n);
	T_OK(!n.redirect_refused, "and not refused");
	fix_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_503_goes_to_the_other_trunk),
		cmocka_unit_test(a_dead_trunk_is_left_soon),
		cmocka_unit_test(both_out_is_the_end),
		cmocka_unit_test(a_phone_that_rang_rings_once),
		cmocka_unit_test(probes_tell_who_lives),
		cmocka_unit_test(commands_work_at_run_time),
		cmocka_unit_test(digest_is_answered),
		cmocka_unit_test(a_listed_redirect_is_followed),
	};

	return T_RUN(tests);
}
