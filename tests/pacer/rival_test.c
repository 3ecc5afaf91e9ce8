/* Lines of other campaigns: demand, and nothing else; and random events of
 * every kind, which may be refused but never harm. */
#include "pacer/pacer.h"

#include "base/t.h"

#include <stdlib.h>
#include <string.h>

static struct pacer *make(enum pacer_mode mode)
{
	struct pacer_conf c;
	struct pacer *p = NULL;

	pacer_conf_init(&c);
	c.mode = mode;
	T_OK(pacer_new(&c, &p) == ERR_OK, "a pacer is made");
	return p;
}

static void in(struct pacer *p, int64_t ms, enum pacer_event_kind k,
	       uint64_t agent, uint64_t call, float chance)
{
	T_OK(pacer_feed(p, &(struct pacer_event){ ms, k, agent, call,
						  chance, 0 }) == ERR_OK,
	     "%s is taken", pacer_event_word(k));
}

static void idle(struct pacer *p, uint64_t n)
{
	for (uint64_t a = 1; a <= n; a++) {
		in(p, 0, PACER_LOGIN, a, 0, 0);
		in(p, 0, PACER_IDLE, a, 0, 0);
	}
}

static void no_agent_is_promised_twice(void **state UNUSED)
{
	struct pacer *p = make(PACER_PROGRESSIVE);

	idle(p, 5);
	T_OK(pacer_ask(p, 0, NULL).dials == 5, "one line for each of five");
	in(p, 0, PACER_RIVAL, 1000, 101, 1);
	in(p, 0, PACER_RIVAL, 1000, 102, 1);
	T_OK(pacer_ask(p, 0, NULL).dials == 3, "two are another's");
	in(p, 0, PACER_RIVAL, 500, 103, 1);
	T_OK(pacer_ask(p, 0, NULL).dials == 2, "half a claim is a claim");
	in(p, 10, PACER_RIVAL_WAIT, 0, 101, 0);
	in(p, 20, PACER_RIVAL_END, 0, 101, 0);
	in(p, 20, PACER_RIVAL_END, 0, 103, 0);
	T_OK(pacer_ask(p, 20, NULL).dials == 4, "what is over frees them");
	T_OK(pacer_ask_own(p, 20, NULL).dials == 4, "and so without risk");
	T_OK(pacer_feed(p, &(struct pacer_event){ 30, PACER_RIVAL_END, 0, 101,
						  0, 0 }) == ERR_ABSENT, "once");
	T_OK(pacer_feed(p, &(struct pacer_event){ 30, PACER_RIVAL, 1000, 102,
						  1, 0 }) == ERR_EXISTS, "twice");
	pacer_free(p);
}

static void rivals_are_demand_and_no_lesson(void **state UNUSED)
{
	struct pacer *p = make(PACER_PREDICTIVE);
	struct pacer_explain a, b;
	struct pacer_learned l, m;

	idle(p, 20);
	pacer_explain(p, 0, &a);
	pacer_learned(p, &l);
	uint32_t alone = pacer_ask(p, 0, NULL).dials;

	for (uint64_t c = 1; c <= 40; c++)
		in(p, 0, PACER_RIVAL, 1000, c, .25f);
	uint32_t shared = pacer_ask(p, 0, NULL).dials;

	pacer_explain(p, 0, &b);
	T_OK(shared < alone && b.risk > a.risk && b.rivals == 40,
	     "%u dials alone, %u with 40 rivals; risk %.3f, %.3f", alone,
	     shared, a.risk, b.risk);
	for (uint64_t c = 1; c <= 40; c++) {
		if (c % 2)
			in(p, 9500, PACER_RIVAL_WAIT, 0, c, 0);
		in(p, 9500, PACER_RIVAL_END, 0, c, 0);
	}
	pacer_learned(p, &m);
	pacer_explain(p, 9500, &b);
	T_OK(l.p == m.p && !b.answered && !b.abandoned && !b.rivals,
	     "nothing was learned, nothing is in the ledger");
	T_OK(pacer_ask(p, 9500, NULL).dials > shared, "and room is back");
	pacer_free(p);
}

static uint32_t roll(uint64_t *x, uint32_t n)
{
	*x = *x * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*x >> 33) % n;
}

static uint64_t noise(uint64_t seed, int steps)
{
	struct pacer *p = make((enum pacer_mode)(seed % PACER_MODE_COUNT));
	struct pacer_limits l = { 40, 10, PACER_NO_LIMIT, false };
	uint64_t x = seed, print = 14695981039346656037u;
	int64_t ms = 0;

	for (int i = 0; i < steps; i++) {
		struct pacer_event e = {
			ms += roll(&x, 300), roll(&x, PACER_EVENT_COUNT + 1),
			roll(&x, 12), roll(&x, 60),
			(float)roll(&x, 1200) / 1000,
			(int64_t)roll(&x, 200000) };
		enum err er = pacer_feed(p, &e);
		struct pacer_decision d;

		l.lines = roll(&x, 40);
		l.closed = !roll(&x, 50);
		d = i % 3 ? pacer_ask(p, ms, &l) : pacer_ask_own(p, ms, &l);
		T_OK(d.dials <= l.lines && d.dials <= l.cps &&
		     (!l.closed || !d.dials), "seed %d step %d: limits",
		     (int)seed, i);
		T_OK(!d.dials || pacer_people(p), "step %d: no agent, no dial",
		     i);
		print = (print ^ (d.dials + 64 * d.bound + 1024 * er)) *
			1099511628211u;
	}
	pacer_free(p);
	return print;
}

static void noise_is_survived_and_repeated(void **state UNUSED)
{
	for (uint64_t seed = 1; seed <= 20; seed++)
		T_OK(noise(seed, 5000) == noise(seed, 5000),
		     "seed %d: bit for bit", (int)seed);
}

/* One pacer is looked at between all events, the other is not: they stay the
 * same to the last bit, else a log says other things than the day it kept. */
static void to_look_changes_nothing(void **state UNUSED)
{
	enum { AGENTS = 20, TURNS = 4000, STEP = 250 };
	struct pacer *p[2] = { make(PACER_PREDICTIVE), make(PACER_PREDICTIVE) };
	static uint8_t saved[2][1 << 20];
	struct pacer_explain x;
	uint64_t dice = 7, first = 1, next = 1;
	size_t len[2];

	T_OK(pacer_save_size() <= sizeof(saved[0]), "room");
	pacer_explain(p[1], 0, &x);
	T_OK(x.risk_limit >= 0 && x.answer_rate >= 0, "numbers before a start");
	for (int i = 0; i < 2; i++)
		idle(p[i], AGENTS);
	for (int64_t t = 1; t <= TURNS; t++) {
		int64_t ms = t * STEP;
		uint32_t dials[2];

		for (int i = 0; i < 2; i++)
			dials[i] = pacer_ask(p[i], ms, NULL).dials;
		T_OK(dials[0] == dials[1], "turn %lld: %u and %u", (long long)t,
		     dials[0], dials[1]);
		for (uint32_t k = 0; k < dials[0]; k++, next++)
			for (int i = 0; i < 2; i++)
				in(p[i], ms, PACER_DIAL, 0, next, 0);
		pacer_explain(p[1], ms + 1, &x);
		ms += 2;
		/* Some 2 lines a turn end: answered and given up, or not. */
		for (int k = 0; k < 3 && first < next; k++, first++) {
			dice = dice * 6364136223846793005u + 1442695040888963407u;
			bool answered = dice >> 33 & 1;

			for (int i = 0; i < 2; i++) {
				if (answered)
					in(p[i], ms, PACER_ANSWER, 0, first, 0);
				in(p[i], ms, !answered ? PACER_FAILED
				   : dice >> 34 & 7 ? PACER_HANGUP
						    : PACER_ABANDON,
				   0, first, 0);
			}
		}
	}
	for (int i = 0; i < 2; i++)
		T_OK(!pacer_save(p[i], saved[i], sizeof(saved[i]), &len[i]),
		     "saved");
	T_OK(next > 100, "%llu lines were dialled", (unsigned long long)next);
	T_OK(len[0] == len[1] && !memcmp(saved[0], saved[1], len[0]),
	     "both have learned the same");
	pacer_free(p[0]);
	pacer_free(p[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_agent_is_promised_twice),
		cmocka_unit_test(rivals_are_demand_and_no_lesson),
		cmocka_unit_test(noise_is_survived_and_repeated),
		cmocka_unit_test(to_look_changes_nothing),
	};

	return T_RUN(tests);
}
