/*
 * Who hears whom at each step of a transfer, shown on the sound itself: each
 * has a tone of his own.  The orders are those of server/live/live_hand.c.
 */
#include "base/t.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sndfile.h>

#include "base/clock.h"
#include "media/media_peer.h"

enum { HZ_C = 500, HZ_A = 800, HZ_B = 1300, HZ_W = 2100, STEP_MS = 500,
       MOST = 30 * 8000 };

static struct stage st;
static const struct leg_id any = { 0 };
static struct peer *c, *a, *b;
static struct clock clk;
static int64_t began_ms, heard_ms[8];	/* the recording, each step    */
static unsigned heard_n;

static void ok(enum err e, const char *what)
{
	T_OK(!e, "%s: %s", what, err_text(e));
}

/* A step's sound, without what was on its way before. */
static void listen(void)
{
	stage_run(&st, 200);
	peer_forget(c);
	peer_forget(a);
	peer_forget(b);
	heard_ms[heard_n++] = clock_now(&clk).mono_ms;
	stage_run(&st, STEP_MS);
}

/* Hears this one, and whom else? hz 0: nobody. */
static void hears(const struct peer *p, const char *who, double hz,
		  const char *what)
{
	static const double all[] = { HZ_C, HZ_A, HZ_B, HZ_W };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		unsigned share = peer_share(p, all[i]);

		if (all[i] == hz)
			T_OK(share >= 80, "%s: %s hears %g Hz (%u %%)", what,
			     who, hz, share);
		else
			T_OK(share < 6, "%s: %s does not hear %g Hz (%u %%)",
			     what, who, all[i], share);
	}
}

static void hears_both(const struct peer *p, const char *who, double x,
		       double y, const char *what)
{
	unsigned sx = peer_share(p, x), sy = peer_share(p, y);

	T_OK(sx >= 25 && sy >= 25 && sx + sy >= 75,
	     "%s: %s hears both (%u %%, %u %%)", what, who, sx, sy);
}

static void begin(enum media_kind other, unsigned workers)
{
	stage_open(&st, &(struct media_conf){ .spool_dir = spool,
					      .tones_path = "data/tones.tsv",
					      .workers = workers });
	c = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMA, 101, HZ_C);
	a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMU, 101, HZ_A);
	b = stage_peer(&st, other, MEDIA_PCMU, 101, HZ_B);
	ok(media_join(st.m, c->leg, a->leg), "joined");
	ok(media_record(st.m, c->leg, (struct call_id){ 5 }, "t"), "recorded");
	clock_init_real(&clk);
	began_ms = clock_now(&clk).mono_ms;
	heard_n = 0;
}

static void steps(enum media_kind other, unsigned workers)
{
	uint32_t tone;

	begin(other, workers);
	listen();
	hears(c, "customer", HZ_A, "talk");
	hears(a, "agent", HZ_C, "talk");

	ok(media_prompt(st.m, "tone.cn.ringback", &tone), "a tone");
	ok(media_play(st.m, a->leg, tone, true), "it rings");
	ok(media_hold(st.m, c->leg, true), "ask");
	listen();
	T_OK(peer_rms(c) > 300 && !peer_share(c, HZ_A), "ask: music");
	T_OK(peer_share(a, 450) >= 90 || peer_rms(a) < 20,
	     "ask: the agent hears it ring, or its pause");

	ok(media_play_stop(st.m, a->leg), "it answers");
	ok(media_join(st.m, b->leg, a->leg), "consult");
	listen();
	hears(a, "agent", HZ_B, "consult");
	hears(b, "other", HZ_A, "consult");
	T_OK(peer_rms(c) > 300 && !peer_share(c, HZ_A) &&
	     !peer_share(c, HZ_B), "consult: the customer hears music only");

	ok(media_hold(st.m, b->leg, true), "swap");
	ok(media_hold(st.m, c->leg, false), "swap");
	listen();
	hears(a, "agent", HZ_C, "aside");
	hears(c, "customer", HZ_A, "aside");
	T_OK(peer_rms(b) > 300 && !peer_share(b, HZ_A) &&
	     !peer_share(b, HZ_C), "aside: the other hears music only");

	ok(media_hold(st.m, b->leg, false), "all three");
	listen();
	hears_both(c, "customer", HZ_A, HZ_B, "conf");
	hears_both(a, "agent", HZ_C, HZ_B, "conf");
	hears_both(b, "other", HZ_A, HZ_C, "conf");

	ok(media_unjoin(st.m, b->leg), "given");
	ok(media_unjoin(st.m, c->leg), "given");
	ok(media_join(st.m, c->leg, b->leg), "given");
	listen();
	hears(c, "customer", HZ_B, "given");
	hears(b, "other", HZ_C, "given");
	hears(a, "agent", 0, "given");
}

/* Right is what the customer could hear; his own words while he was heard. */
static void the_tape(void)
{
	static int16_t both[2 * MOST], ch[2][MOST];
	static const struct { const char *what; double left, right, also; }
	want[] = {
		{ "talk", HZ_C, HZ_A, 0 },
		{ "ask", 0, 0, 0 },
		{ "consult", 0, 0, 0 },
		{ "aside", HZ_C, HZ_A, 0 },
		{ "conf", HZ_C, HZ_A, HZ_B },
		{ "given", HZ_C, HZ_B, 0 },
	};
	const struct media_event *ev;
	SF_INFO info = { 0 };
	SNDFILE *f;
	sf_count_t n;

	ok(media_record_stop(st.m, c->leg), "stopped");
	ev = stage_await(&st, MEDIA_REC_DONE, any, 1000);
	T_OK(ev, "one recording of all of it");
	f = sf_open(ev->path, SFM_READ, &info);
	T_OK(f && info.channels == 2, "in stereo");
	n = sf_readf_short(f, both, MOST);
	sf_close(f);
	for (sf_count_t i = 0; i < n; i++) {
		ch[0][i] = both[2 * i];
		ch[1][i] = both[2 * i + 1];
	}
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		uint32_t at = (uint32_t)(heard_ms[i] - began_ms + 120) * 8;
		uint32_t len = (STEP_MS - 250) * 8;

		T_OK(at + len <= n, "long enough");
		for (int side = 0; side < 2; side++) {
			double hz = side ? want[i].right : want[i].left;
			unsigned share = hz ? tone_share(ch[side] + at, len, hz)
					    : 0;
			unsigned more = side && want[i].also
				? tone_share(ch[side] + at, len, want[i].also)
				: 0;
			int most = 0;

			for (uint32_t k = 0; k < len; k++)
				most = abs(ch[side][at + k]) > most
					? abs(ch[side][at + k]) : most;
			T_OK(hz ? share + more >= 75 : most < 20,
			     "%s, %s: %g Hz on tape (%u %%, %u %%, most %d)",
			     want[i].what, side ? "right" : "left", hz, share,
			     more, most);
		}
	}
	stage_close(&st);
}

static void to_an_agent(void **state)
{
	(void)state;
	steps(MEDIA_AGENT, 1);
	the_tape();
}

/* From a trunk, and the legs begin in different workers. */
static void to_an_outside_number(void **state)
{
	(void)state;
	steps(MEDIA_OUTSIDE, 3);
	the_tape();
}

/* A supervisor at the first agent hears the consultation, and stays. */
static void the_watcher_stays(void **state)
{
	struct peer *s;

	(void)state;
	begin(MEDIA_AGENT, 2);
	s = stage_peer(&st, MEDIA_WATCHER, MEDIA_PCMU, 101, HZ_W);
	ok(media_watch(st.m, s->leg, a->leg, MEDIA_LISTEN), "listens");
	ok(media_hold(st.m, c->leg, true), "ask");
	ok(media_join(st.m, b->leg, a->leg), "consult");
	stage_run(&st, 200);
	peer_forget(s);
	stage_run(&st, STEP_MS);
	hears_both(s, "supervisor", HZ_A, HZ_B, "consult");
	ok(media_unjoin(st.m, b->leg), "given");
	ok(media_unjoin(st.m, c->leg), "given");
	ok(media_join(st.m, c->leg, b->leg), "given");
	stage_run(&st, 200);
	peer_forget(s);
	stage_run(&st, STEP_MS);
	hears(s, "supervisor", HZ_A, "given: he stays with his agent");
	stage_close(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(to_an_agent, spool_fresh,
						spool_drop),
		cmocka_unit_test_setup_teardown(to_an_outside_number,
						spool_fresh, spool_drop),
		cmocka_unit_test_setup_teardown(the_watcher_stays, spool_fresh,
						spool_drop),
	};

	return T_RUN(tests);
}
