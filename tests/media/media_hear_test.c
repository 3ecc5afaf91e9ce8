/*
 * Who hears whom, proved from what each leg really received over UDP.
 */
#include "base/t.h"

#include <math.h>
#include <string.h>

#include "media/media_peer.h"

/* Tones at multiples of 20 Hz: whole periods in every 50 ms. */
enum { HZ_C = 500, HZ_A = 800, HZ_S = 1300, HZ_T = 1900 };

static struct stage st;

static void settle(void)
{
	stage_run(&st, 130);
	for (unsigned i = 0; i < st.peers; i++)
		peer_forget(&st.peer[i]);
	stage_run(&st, 270);
	/* A busy machine: what is judged below wants ten packets a leg. */
	for (unsigned more = 0, i; more < 60; more++) {
		for (i = 0; i < st.peers && st.peer[i].packets >= 10; i++)
			;
		if (i == st.peers)
			break;
		stage_run(&st, 50);
	}
}

/* Every tone in `want` has its share, every other of the four has none. */
static void hears(const struct peer *p, const char *who, const char *want)
{
	static const struct {
		char c;
		double hz;
	} voice[] = { { 'C', HZ_C }, { 'A', HZ_A }, { 'S', HZ_S },
		      { 'T', HZ_T } };
	unsigned n = (unsigned)strlen(want);

	for (unsigned i = 0; i < 4; i++) {
		unsigned share = peer_share(p, voice[i].hz);

		if (strchr(want, voice[i].c))
			T_OK(share >= 80 / n, "%s hears %c (%u %%)", who,
			     voice[i].c, share);
		else
			T_OK(share <= 3, "%s does not hear %c (%u %%)", who,
			     voice[i].c, share);
	}
	T_OK(p->packets >= 10, "%s gets packets (%u)", who, p->packets);
	if (!n)
		T_OK(peer_rms(p) < 40, "%s hears silence (%f)", who,
		     peer_rms(p));
}

static void join_transcode_unjoin(void **state)
{
	static const uint8_t laws[][2] = {
		{ MEDIA_PCMU, MEDIA_PCMU }, { MEDIA_PCMA, MEDIA_PCMA },
		{ MEDIA_PCMU, MEDIA_PCMA }, { MEDIA_PCMA, MEDIA_PCMU },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(laws); i++) {
		struct peer *c, *a;

		stage_open(&st, &(struct media_conf){ 0 });
		c = stage_peer(&st, MEDIA_CUSTOMER, laws[i][0], 101, HZ_C);
		a = stage_peer(&st, MEDIA_AGENT, laws[i][1], 101, HZ_A);
		T_OK(!media_join(st.m, c->leg, a->leg), "joined");
		settle();
		hears(c, "customer", "A");
		hears(a, "agent", "C");
		T_OK(peer_share(c, HZ_A) >= 97 && peer_share(a, HZ_C) >= 97,
		     "laws %u: clean both ways", i);
		T_OK(!media_unjoin(st.m, c->leg), "unjoined");
		stage_run(&st, 100);
		peer_forget(c);
		peer_forget(a);
		stage_run(&st, 100);
		T_OK(!peer_share(c, HZ_A) && !peer_share(a, HZ_C),
		     "after it nobody hears the other");
		T_OK(c->sources == 1 && a->sources == 1, "one stream a leg");
		stage_close(&st);
	}
}

/* Relayed PCMU arrives octet for octet: the fast path changes no audio. */
static void relay_is_exact(void **state)
{
	struct peer *c, *a;
	unsigned other = 0;

	(void)state;
	stage_open(&st, &(struct media_conf){ 0 });
	c = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMU, 0, HZ_C);
	a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMU, 0, 0);
	T_OK(!media_join(st.m, c->leg, a->leg), "joined");
	settle();
	/* 500 Hz has ten whole periods in a packet: all begin alike. */
	for (uint32_t i = 0; i < a->n; i++) {
		double v = 8000 * sin(2 * M_PI * HZ_C * (i % 160) / 8000.);
		uint8_t code = g711_enc(&st.g711, G711_U, (int16_t)lround(v));

		other += a->heard[i] != st.g711.dec[G711_U][code];
	}
	T_OK(!other, "%u of %u samples are not what was said", other, a->n);
	T_OK(a->n >= 10 * 160 && !a->breaks && !a->backward,
	     "no packet is missing or turned round");
	T_OK(peer_share(a, HZ_C) >= 99, "the tone is pure (%u %%)",
	     peer_share(a, HZ_C));
	stage_close(&st);
}

static void hold_and_mute(void **state)
{
	struct peer *c, *a;

	(void)state;
	stage_open(&st, &(struct media_conf){ 0 });
	c = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMA, 101, HZ_C);
	a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMU, 101, HZ_A);
	T_OK(!media_join(st.m, c->leg, a->leg) &&
	     !media_hold(st.m, c->leg, true), "held");
	settle();
	hears(a, "agent on hold", "");
	T_OK(!peer_share(c, HZ_A) && peer_rms(c) > 300,
	     "the held customer hears music (%f), not the agent",
	     peer_rms(c));
	T_OK(!media_hold(st.m, c->leg, false), "taken back");
	settle();
	hears(c, "customer", "A");
	hears(a, "agent", "C");
	T_OK(!media_mute(st.m, a->leg, true), "muted");
	settle();
	hears(c, "customer of a muted agent", "");
	hears(a, "muted agent", "C");
	T_OK(!media_mute(st.m, a->leg, false), "unmuted");
	settle();
	hears(c, "customer", "A");
	T_OK(c->sources == 1 && !c->breaks && !c->backward &&
	     a->sources == 1 && !a->breaks && !a->backward,
	     "through all of it each heard one unbroken stream");
	stage_close(&st);
}

static void supervisor(void **state)
{
	static const struct {
		enum media_watch_mode mode;
		const char *customer, *agent;
	} cases[] = {
		{ MEDIA_LISTEN,  "A",  "C" },
		{ MEDIA_WHISPER, "A",  "CS" },
		{ MEDIA_BARGE,   "AS", "CS" },
		{ MEDIA_LISTEN,  "A",  "C" },
	};
	struct peer *c, *a, *s;

	(void)state;
	stage_open(&st, &(struct media_conf){ 0 });
	c = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMA, 101, HZ_C);
	a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMU, 101, HZ_A);
	s = stage_peer(&st, MEDIA_WATCHER, MEDIA_PCMU, 101, HZ_S);
	T_OK(!media_join(st.m, c->leg, a->leg), "joined");
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		T_OK(!media_watch(st.m, s->leg, a->leg, cases[i].mode),
		     "mode %u", i);
		settle();
		hears(c, "customer", cases[i].customer);
		hears(a, "agent", cases[i].agent);
		hears(s, "supervisor", "CA");
	}
	T_OK(!media_unjoin(st.m, c->leg), "the customer leaves");
	settle();
	hears(s, "supervisor who stayed", "A");
	T_OK(!media_join(st.m, c->leg, a->leg), "the next customer");
	settle();
	hears(s, "supervisor of the next call", "CA");
	T_OK(media_watch(st.m, a->leg, c->leg, MEDIA_LISTEN) == ERR_ARG,
	     "only a supervisor's leg may watch");
	T_OK(!media_unjoin(st.m, s->leg), "the supervisor leaves");
	settle();
	hears(c, "customer", "A");
	hears(a, "agent", "C");
	stage_close(&st);
}

static void consult_and_three(void **state)
{
	struct peer *c, *a, *t;

	(void)state;
	stage_open(&st, &(struct media_conf){ 0 });
	c = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMU, 101, HZ_C);
	a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMU, 101, HZ_A);
	t = stage_peer(&st, MEDIA_OUTSIDE, MEDIA_PCMA, 101, HZ_T);
	T_OK(!media_join(st.m, c->leg, a->leg) &&
	     !media_hold(st.m, c->leg, true) &&
	     !media_join(st.m, t->leg, a->leg), "consulting");
	settle();
	hears(a, "agent in consultation", "T");
	hears(t, "the consulted", "A");
	T_OK(!peer_share(c, HZ_A) && !peer_share(c, HZ_T) &&
	     peer_rms(c) > 300, "the customer hears music alone");
	T_OK(!media_hold(st.m, c->leg, false), "three-way");
	settle();
	hears(a, "agent of three", "CT");
	hears(t, "third", "AC");
	hears(c, "customer of three", "AT");
	T_OK(!media_cut(st.m, t->leg, c->leg, true), "cut");
	settle();
	hears(t, "third, cut off the customer", "A");
	hears(c, "customer, not cut", "AT");
	T_OK(!media_unjoin(st.m, a->leg), "the agent hands over");
	settle();
	hears(c, "customer handed over", "T");
	T_OK(!media_join(st.m, c->leg, a->leg), "and back");
	settle();
	hears(a, "agent again", "C");
	stage_close(&st);
}

static void eight_and_no_ninth(void **state)
{
	unsigned other = 0;

	(void)state;
	stage_open(&st, &(struct media_conf){ 0 });
	for (unsigned i = 0; i < 9; i++)
		stage_peer(&st, i ? MEDIA_OUTSIDE : MEDIA_AGENT, MEDIA_PCMU,
			   0, 0);
	st.peer[0].hz = HZ_A;
	for (unsigned i = 1; i < 9; i++)
		T_OK(!media_join(st.m, st.peer[i].leg, st.peer[0].leg),
		     "leg %u is asked in", i);
	settle();
	for (unsigned i = 1; i < 9; i++)
		other += peer_share(&st.peer[i], HZ_A) >= 90;
	T_OK(other == 7, "seven hear the first, the ninth leg does not (%u)",
	     other);
	stage_close(&st);
}

/* Legs of two workers meet; orders given meanwhile keep their place. */
static void across_workers(void **state)
{
	struct peer *p[6];

	(void)state;
	stage_open(&st, &(struct media_conf){ .workers = 2 });
	for (unsigned i = 0; i < 6; i++)
		p[i] = stage_peer(&st, i % 2 ? MEDIA_AGENT : MEDIA_CUSTOMER,
				  MEDIA_PCMU, 101, i % 2 ? HZ_A : HZ_C);
	for (unsigned i = 0; i < 6; i += 2)
		T_OK(!media_join(st.m, p[i]->leg, p[i + 1]->leg), "joined");
	T_OK(!media_hold(st.m, p[0]->leg, true) &&
	     !media_mute(st.m, p[3]->leg, true), "held and muted at once");
	settle();
	hears(p[1], "agent with a held customer", "");
	hears(p[2], "customer of a muted agent", "");
	hears(p[4], "customer", "A");
	hears(p[5], "agent", "C");
	/* All swap partners, again and again. */
	for (unsigned k = 0; k < 20; k++)
		for (unsigned i = 0; i < 6; i += 2)
			T_OK(!media_unjoin(st.m, p[i]->leg) &&
			     !media_join(st.m, p[i]->leg,
					 p[(i + 2 * k + 1) % 6]->leg),
			     "swapped");
	T_OK(!media_mute(st.m, p[3]->leg, false) &&
	     !media_hold(st.m, p[0]->leg, false), "open again");
	settle();
	for (unsigned i = 0; i < 6; i += 2)
		hears(p[i], "customer after the dance", "A");
	for (unsigned i = 1; i < 6; i += 2)
		hears(p[i], "agent after the dance", "C");
	stage_close(&st);
}

static void ids_of_the_dead(void **state)
{
	struct media_stats stats;
	struct leg_id old;
	struct peer *c, *a;

	(void)state;
	stage_open(&st, &(struct media_conf){ .legs_max = 2 });
	c = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMU, 101, HZ_C);
	a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMU, 101, HZ_A);
	T_OK(media_leg_new(st.m, MEDIA_AGENT, &old, &(uint16_t){ 0 }) ==
	     ERR_FULL, "a third leg of two is refused");
	old = c->leg;
	media_leg_free(st.m, old);
	media_leg_free(st.m, old);
	T_OK(media_join(st.m, old, a->leg) == ERR_ABSENT &&
	     media_hold(st.m, old, true) == ERR_ABSENT,
	     "a freed leg is absent at once");
	stage_run(&st, 50);
	T_OK(media_stats(st.m, old, &stats) == ERR_ABSENT, "and later");
	for (unsigned i = 0; i < 50; i++) {
		struct leg_id id;
		uint16_t port;
		enum err e = media_leg_new(st.m, MEDIA_CUSTOMER, &id, &port);

		/* The worker gives the place back in its own time. */
		for (unsigned t = 0; e == ERR_FULL && t < 500; t++) {
			stage_run(&st, 10);
			e = media_leg_new(st.m, MEDIA_CUSTOMER, &id, &port);
		}
		T_OK(!e && id.v != old.v, "its place is used again, not its "
		     "id (%s)", err_text(e));
		old = id;
		media_leg_free(st.m, id);
		stage_run(&st, 10);
	}
	stage_close(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(join_transcode_unjoin),
		cmocka_unit_test(relay_is_exact),
		cmocka_unit_test(hold_and_mute),
		cmocka_unit_test(supervisor),
		cmocka_unit_test(consult_and_three),
		cmocka_unit_test(eight_and_no_ninth),
		cmocka_unit_test(across_workers),
		cmocka_unit_test(ids_of_the_dead),
	};

	return T_RUN(tests);
}
