/*
 * floor_sound_test -- what is told of a call when its leg has ended, which
 * caller number was shown, and which rest: it is in the records, whenever it
 * comes, and a replay of the log writes the same.
 */
#include "floor/floor_world.h"

#include <string.h>

#include "base/str.h"
#include "base/t.h"

enum { ANN = 1001 };

static enum err sound(struct fw *w, struct call_id c, uint64_t uid,
		      uint32_t lost)
{
	struct floor_sound s = { .got = 1000, .lost = lost,
				 .jitter_us = 4000, .mos_pct = 420,
				 .sent = 900, .far_lost = 9 };
	struct floor_input in = { .kind = IN_SOUND, .call = c.v,
				  .value = (int64_t)uid };
	size_t len;

	T_OK(!schema_encode(&floor_sound_schema, &s, in.more,
			    sizeof(in.more), &len), "encoded");
	in.more_len = (uint16_t)len;
	return fw_in(w, in);
}

static uint64_t uid_of(struct fw *w)
{
	struct call *c = call_get(floor_calls(w->floor), w->placed);

	T_OK(c != NULL, "the call lives");
	return c->uid;
}

static void talk(struct fw *w)
{
	T_OK(!FW(w, IN_RINGING, .call = w->placed.v, .trunk = 1,
		 .text = "8801"), "it rings");
	T_OK(!FW(w, IN_ANSWERED, .call = w->placed.v, .trunk = 1,
		 .code = 200, .text = "8801"), "answered");
	fw_run(w, 4000);
	T_OK(!FW(w, IN_HANGUP, .call = w->placed.v, .q850 = 16), "hang-up");
}

static void finish(struct fw *w)
{
	T_OK(!FW(w, IN_OUTCOME, .agent = ANN, .value = 4), "an outcome");
	T_OK(!FW(w, IN_FINISH, .agent = ANN, .value = 1), "and done");
}

static void in_time(void **unused UNUSED)
{
	struct fw w;
	struct cdr r;

	fw_start(&w, ANN, MODE_PROGRESSIVE, 3);
	talk(&w);
	T_OK(!sound(&w, w.placed, uid_of(&w), 7), "during the wrap-up");
	finish(&w);
	r = fw_last_cdr(&w);
	T_OK(r.rtp_got == 1000 && r.rtp_lost == 7 && r.jitter_us == 4000 &&
	     r.mos_pct == 420 && r.far_sent == 900 && r.far_lost == 9,
	     "it is in the record (%u lost, MOS %u)", r.rtp_lost, r.mos_pct);
	T_OK(str_eq(r.caller, "8801"), "as the number shown: %s", r.caller);
	fw_close(&w);
}

static void too_late(void **unused UNUSED)
{
	struct fw w;
	struct cdr r;
	uint64_t uid;

	fw_start(&w, ANN, MODE_PROGRESSIVE, 3);
	talk(&w);
	uid = uid_of(&w);
	finish(&w);
	r = fw_last_cdr(&w);
	T_OK(!r.rtp_got && !r.mos_pct && r.outcome, "not known yet");
	T_OK(!sound(&w, w.placed, uid, 7), "the record has been written");
	r = fw_last_cdr(&w);
	T_OK(r.rtp_lost == 7 && r.outcome && *r.number,
	     "it is added, and all else is as it was");
	T_OK(sound(&w, w.placed, uid + 1, 8) == ERR_ABSENT,
	     "a call that never was has no sound");
	fw_close(&w);
}

/* Nobody answered, and still it is known which number was shown. */
static void number_shown(void **unused UNUSED)
{
	struct fw w;
	struct floor_input in = { .kind = IN_FAILED, .code = 486,
				  .trunk = 1, .value = RES_BUSY,
				  .text = "Busy", .more_len = 4 };

	fw_start(&w, ANN, MODE_PROGRESSIVE, 3);
	in.call = w.placed.v;
	memcpy(in.more, "8802", 4);
	T_OK(!fw_in(&w, in), "busy at once");
	fw_run(&w, 50);
	T_OK(str_eq(fw_last_cdr(&w).caller, "8802") &&
	     str_eq(fw_last_cdr(&w).why, "Busy"), "shown: %s",
	     fw_last_cdr(&w).caller);
	fw_close(&w);
}

static uint64_t resting(struct fw *w)
{
	uint64_t n = 0;

	store_drain(w->lw.store);
	T_OK(!store_count(w->lw.store, STORE_TRUNK, &n), "counted");
	return n;
}

static void rest_and_replay(void **unused UNUSED)
{
	struct fw w, again;
	struct cdr a, b;
	uint64_t uid;

	fw_start(&w, ANN, MODE_PROGRESSIVE, 3);
	talk(&w);
	uid = uid_of(&w);
	finish(&w);
	T_OK(!sound(&w, w.placed, uid, 7), "late");
	T_OK(!FW(&w, IN_REST, .trunk = 1, .value = 1, .text = "a\t8801") &&
	     !FW(&w, IN_REST, .trunk = 1, .value = 1, .text = "a\t8802") &&
	     !FW(&w, IN_REST, .trunk = 2, .value = 1, .text = "b\t8801"),
	     "three numbers rest");
	T_OK(!FW(&w, IN_REST, .trunk = 1, .value = 0, .text = "a\t8802"),
	     "one is used again");
	T_OK(FW(&w, IN_REST, .value = 1, .text = "8801") == ERR_ARG &&
	     FW(&w, IN_REST, .value = 1, .text = "a\t") == ERR_ARG &&
	     FW(&w, IN_REST, .value = 1, .text = "\t8801") == ERR_ARG,
	     "of which trunk, which number?");
	T_OK(resting(&w) == 2, "the others rest on disk");
	a = fw_last_cdr(&w);
	fw_replay(&again, &w, MODE_PROGRESSIVE, 3);
	b = fw_last_cdr(&again);
	T_OK(resting(&again) == 2, "they rest in a replay, too");
	T_OK(b.rtp_lost == 7 && b.uid == a.uid && !memcmp(&a, &b, sizeof(a)),
	     "and the record is the same to the last byte");
	fw_close(&again);
	fw_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_time),
		cmocka_unit_test(too_late),
		cmocka_unit_test(number_shown),
		cmocka_unit_test(rest_and_replay),
	};

	return T_RUN(tests);
}
