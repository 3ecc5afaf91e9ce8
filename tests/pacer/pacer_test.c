/*
 * tests/pacer/pacer_test -- what must hold of every decision, and the
 * pacer's doors: events refused, limits, save and load, replay.
 */
#include "pacer/pacer_fixture.h"

#include "base/t.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static struct pacer *make(enum pacer_mode mode, double target)
{
	struct pacer_conf c;
	struct pacer *p = NULL;

	pacer_conf_init(&c);
	c.mode = mode;
	c.target = target;
	T_OK(pacer_new(&c, &p) == ERR_OK, "a pacer is made");
	return p;
}

static void no_agent_no_dial(void **state)
{
	struct pacer *p;

	(void)state;
	for (int m = 0; m < PACER_MODE_COUNT; m++) {
		p = make((enum pacer_mode)m, 0.03);
		struct pacer_decision d = pacer_ask(p, 0, NULL);

		T_OK(d.dials == 0 && d.bound == PACER_BOUND_AGENTS,
		     "%s: nobody there, no dial", pacer_mode_word(
			     (enum pacer_mode)m));
		pf_in(p, 1, PACER_LOGIN, 1, 0);
		T_OK(pacer_ask(p, 1, NULL).dials == 0,
		     "%s: logged in but not ready, no dial",
		     pacer_mode_word((enum pacer_mode)m));
		pf_in(p, 2, PACER_IDLE, 1, 0);
		T_OK(pacer_ask(p, 2, NULL).dials > 0, "%s: ready, a dial",
		     pacer_mode_word((enum pacer_mode)m));
		pf_in(p, 3, PACER_LOGOUT, 1, 0);
		T_OK(pacer_ask(p, 3, NULL).dials == 0, "%s: gone, no dial",
		     pacer_mode_word((enum pacer_mode)m));
		pacer_free(p);
	}
}

static void progressive_is_one_for_one(void **state)
{
	struct pacer *p = make(PACER_PROGRESSIVE, 0.03);

	(void)state;
	pf_seat(p, 0, 1, 5);
	T_OK(pacer_ask(p, 0, NULL).dials == 5, "five idle, five lines");
	for (uint64_t c = 1; c <= 3; c++)
		pf_in(p, 0, PACER_DIAL, 0, c);
	T_OK(pacer_ask(p, 0, NULL).dials == 2, "three ring, two more");
	pf_in(p, 10, PACER_ANSWER, 0, 1);
	T_OK(pacer_ask(p, 10, NULL).dials == 2, "a waiting caller counts");
	pf_in(p, 10, PACER_TALK, 1, 1);
	pf_in(p, 11, PACER_BUSY, 0, 2);
	T_OK(pacer_ask(p, 11, NULL).dials == 3, "engaged: one more");
	pacer_free(p);
}

static const struct {
	const char *what;
	struct pacer_limits l;
	uint32_t most;
	enum pacer_bound bound;
} limits[] = {
	{ "one channel free", { 1, PACER_NO_LIMIT, PACER_NO_LIMIT, false },
	  1, PACER_BOUND_LINES },
	{ "two calls a second", { 50, 2, PACER_NO_LIMIT, false },
	  2, PACER_BOUND_CPS },
	{ "three leads", { 50, 20, 3, false }, 3, PACER_BOUND_LEADS },
	{ "no leads", { 50, 20, 0, false }, 0, PACER_BOUND_LEADS },
	{ "shop closed", { 50, 20, 30, true }, 0, PACER_BOUND_HOURS },
};

static void limits_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		struct pacer *p = make(PACER_PREDICTIVE, 0.03);

		pf_seat(p, 0, 1, 20);
		struct pacer_decision d = pacer_ask(p, 0, &limits[i].l);

		T_OK(d.dials == limits[i].most, "%s: %u dials",
		     limits[i].what, d.dials);
		T_OK(d.bound == limits[i].bound, "%s: says %s",
		     limits[i].what, pacer_bound_word(d.bound));
		pacer_free(p);
	}
}

static const struct {
	const char *what;
	struct pacer_event e;
	enum err want;
} refused[] = {
	{ "agent 0", { 100, PACER_LOGIN, 0, 0, 0, 0 }, ERR_ARG },
	{ "call 0", { 100, PACER_DIAL, 0, 0, 0, 0 }, ERR_ARG },
	{ "no such event", { 100, PACER_EVENT_COUNT, 1, 1, 0, 0 }, ERR_ARG },
	{ "time runs back", { 99, PACER_LOGIN, 9, 0, 0, 0 }, ERR_ARG },
	{ "logged in twice", { 100, PACER_LOGIN, 1, 0, 0, 0 }, ERR_EXISTS },
	{ "unknown agent", { 100, PACER_IDLE, 7, 0, 0, 0 }, ERR_ABSENT },
	{ "dialled twice", { 100, PACER_DIAL, 0, 1, 0, 0 }, ERR_EXISTS },
	{ "unknown call", { 100, PACER_ANSWER, 0, 9, 0, 0 }, ERR_ABSENT },
	{ "talk with a ringing line", { 100, PACER_TALK, 1, 1, 0, 0 },
	  ERR_STATE },
	{ "abandoned while ringing", { 100, PACER_ABANDON, 0, 1, 0, 0 },
	  ERR_STATE },
	{ "wrap without talk", { 100, PACER_WRAP, 1, 0, 0, 0 }, ERR_STATE },
	{ "answered twice", { 100, PACER_ANSWER, 0, 2, 0, 0 }, ERR_STATE },
	{ "failed after the answer", { 100, PACER_BUSY, 0, 2, 0, 0 },
	  ERR_STATE },
};

static void refusals_change_nothing(void **state)
{
	struct pacer_explain before, after;
	struct pacer *p = make(PACER_PREDICTIVE, 0.03);

	(void)state;
	pf_seat(p, 100, 1, 2);
	pf_in(p, 100, PACER_DIAL, 0, 1);
	pf_in(p, 100, PACER_DIAL, 0, 2);
	pf_in(p, 100, PACER_ANSWER, 0, 2);
	pacer_explain(p, 100, &before);
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		enum err e = pacer_feed(p, &refused[i].e);

		T_OK(e == refused[i].want, "%s: %s", refused[i].what,
		     err_text(e));
		pacer_explain(p, 100, &after);
		T_OK(!memcmp(&before, &after, sizeof(before)),
		     "%s: nothing changed", refused[i].what);
	}
	pacer_free(p);
}

/* A rough floor driven by a fixed sequence of random numbers. */
struct floor {
	uint64_t x, call;
	uint32_t talking, waiting, ringing, idle;
	uint64_t line[4096];
	int line_n;
	uint64_t busy[64], free[64];
	int busy_n, free_n;
	double answered, lost;
	int64_t ms;
};

static uint32_t roll(struct floor *f, uint32_t n)
{
	f->x = f->x * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(f->x >> 33) % n;
}

static void answered(struct pacer *p, struct floor *f, uint64_t c)
{
	pf_in(p, f->ms, PACER_ANSWER, 0, c);
	f->answered++;
	if (!f->free_n) {
		pf_in(p, f->ms, PACER_ABANDON, 0, c);
		f->lost++;
		return;
	}
	uint64_t a = f->free[--f->free_n];

	pf_in(p, f->ms, PACER_TALK, a, c);
	f->busy[f->busy_n++] = a;
}

static void step(struct pacer *p, struct floor *f)
{
	f->ms += 1 + roll(f, 400);
	for (int i = 0; i < f->line_n; i++) {
		uint32_t r = roll(f, 1000);

		if (r >= 30)
			continue;
		uint64_t c = f->line[i];

		f->line[i--] = f->line[--f->line_n];
		if (r < 9)
			answered(p, f, c);
		else
			pf_in(p, f->ms, r < 15 ? PACER_BUSY : PACER_NOANSWER, 0,
			   c);
	}
	for (int i = 0; i < f->busy_n; i++) {
		if (roll(f, 1000) >= 5)
			continue;
		uint64_t a = f->busy[i];

		f->busy[i--] = f->busy[--f->busy_n];
		pf_in(p, f->ms, PACER_WRAP, a, 0);
		pf_in(p, f->ms, PACER_IDLE, a, 0);
		f->free[f->free_n++] = a;
	}
}

static uint64_t run(struct pacer *p, uint64_t seed, int steps, double target)
{
	static struct floor f;
	uint64_t print = 14695981039346656037u;
	struct pacer_limits l = { 60, 12, PACER_NO_LIMIT, false };

	memset(&f, 0, sizeof(f));
	f.x = seed;
	pf_seat(p, 0, 1, 12);
	for (uint64_t a = 1; a <= 12; a++)
		f.free[f.free_n++] = a;
	for (int i = 0; i < steps; i++) {
		step(p, &f);
		l.lines = 60 - (uint32_t)f.line_n;
		size_t heap = mallinfo2().uordblks;
		struct pacer_decision d = pacer_ask(p, f.ms, &l);

		T_OK(mallinfo2().uordblks == heap, "step %d: a decision "
		     "allocates nothing", i);
		print = (print ^ (d.dials + 16 * d.bound)) * 1099511628211u;
		T_OK(d.dials <= l.lines && d.dials <= l.cps,
		     "step %d: within lines and CPS", i);
		if (f.answered > 300 && f.lost > target * f.answered &&
		    !f.free_n)
			T_OK(!d.dials, "step %d: budget spent, nobody idle", i);
		for (uint32_t k = 0; k < d.dials; k++) {
			pf_in(p, f.ms, PACER_DIAL, 0, ++f.call);
			f.line[f.line_n++] = f.call;
		}
	}
	T_OK(f.answered > 500, "the floor was busy: %g answers", f.answered);
	return print;
}

static void same_events_same_decisions(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct pacer *a = make(PACER_PREDICTIVE, 0.03);
		struct pacer *b = make(PACER_PREDICTIVE, 0.03);

		T_OK(run(a, seed, 20000, 0.03) == run(b, seed, 20000, 0.03),
		     "seed %d: bit for bit", (int)seed);
		pacer_free(a);
		pacer_free(b);
	}
}

static void a_spent_budget_falls_back(void **state)
{
	struct pacer *p = make(PACER_PREDICTIVE, 0.03);
	struct pacer_explain x;
	uint64_t c = 1;

	(void)state;
	pf_seat(p, 0, 1, 2);
	for (; c <= 400; c++) {
		pf_in(p, (int64_t)c * 1000, PACER_DIAL, 0, c);
		pf_in(p, (int64_t)c * 1000, PACER_ANSWER, 0, c);
		pf_in(p, (int64_t)c * 1000, PACER_ABANDON, 0, c);
	}
	T_OK(pacer_ask(p, 401000, NULL).dials == 2,
	     "an idle agent's own dial stays");
	pf_in(p, 401000, PACER_TALK, 1, 0);
	pf_in(p, 401000, PACER_TALK, 2, 0);
	struct pacer_decision d = pacer_ask(p, 402000, NULL);

	T_OK(!d.dials && d.bound == PACER_BOUND_BUDGET, "no risk is taken");
	pacer_explain(p, 402000, &x);
	T_OK(x.fallback && x.budget_left < 0 && x.abandoned > 399,
	     "and it is said");
	pacer_free(p);
}

/* A call every gap_s seconds for so long, each joined to an agent. */
static int64_t joined(struct pacer *p, int64_t ms, int64_t until, int gap_s,
		      uint64_t agents)
{
	static uint64_t call = 1000000;

	for (; ms < until; ms += gap_s * 1000) {
		uint64_t c = ++call, a = 1 + c % agents;

		pf_in(p, ms, PACER_DIAL, 0, c);
		pf_in(p, ms + 1000, PACER_ANSWER, 0, c);
		pf_in(p, ms + 1000, PACER_TALK, a, c);
		pf_in(p, ms + 2000, PACER_WRAP, a, 0);
		pf_in(p, ms + 3000, PACER_IDLE, a, 0);
	}
	return ms;
}

static void a_full_quarter_risks_nothing(void **state)
{
	static const uint64_t floors[] = { 5, 12, 20 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(floors); i++) {
		struct pacer *p = make(PACER_PREDICTIVE, 0.01);
		int agents = (int)floors[i];

		pf_seat(p, 0, 1, floors[i]);
		int64_t ms = joined(p, 0, 4 * 3600000, 8, floors[i]);

		ms = joined(p, ms, ms + 20 * 60000, 24, floors[i]);
		double free = pf_limit(p, ms);

		pf_in(p, ms, PACER_DIAL, 0, 1);
		pf_in(p, ms + 1000, PACER_ANSWER, 0, 1);
		pf_in(p, ms + 3000, PACER_ABANDON, 0, 1);
		double full = pf_limit(p, ms + 4000);

		ms = joined(p, ms + 5000, ms + 16 * 60000, 24, floors[i]);
		T_OK(free > 0.003, "%d agents: credit, so %.5f is risked",
		     agents, free);
		T_OK(agents < 12 ? full > 0.003 : full < 0.0005,
		     "%d agents: one lost in a quarter of 38 answers at 1 %%, "
		     "a second would be five targets: %.5f", agents, full);
		T_OK(pf_limit(p, ms) > 0.003, "%d agents: it is over",
		     agents);
		pacer_free(p);
	}
}

static void the_window_forgets(void **state)
{
	struct pacer_conf c;
	struct pacer_explain x;
	struct pacer *p = NULL;

	(void)state;
	pacer_conf_init(&c);
	c.window_ms = 24 * 3600000ll;
	c.per = PACER_PER_PERSON;
	c.detect_ms = 1200;
	T_OK(pacer_new(&c, &p) == ERR_OK, "made");
	pf_seat(p, 0, 1, 1);
	for (uint64_t k = 1; k <= 3; k++) {
		pf_in(p, 0, PACER_DIAL, 0, k);
		pf_in(p, 0, PACER_ANSWER, 0, k);
	}
	pf_in(p, 1200, PACER_MACHINE, 0, 1);
	pf_in(p, 1200, PACER_LIVE, 0, 2);
	pf_in(p, 1200, PACER_LIVE, 0, 3);
	pf_in(p, 1300, PACER_TALK, 1, 2);
	pf_in(p, 3200, PACER_ABANDON, 0, 3);
	pacer_explain(p, 3200, &x);
	T_OK(x.answered == 2 && x.abandoned == 1,
	     "a machine is not a person: %g %g", x.answered, x.abandoned);
	pacer_explain(p, 23 * 3600000ll, &x);
	T_OK(x.abandoned == 1, "23 hours later it still counts");
	pacer_explain(p, 25 * 3600000ll, &x);
	T_OK(x.answered == 0 && x.abandoned == 0, "a day later it is gone");
	pacer_free(p);
}

static void leaving_agents_are_not_counted_on(void **state)
{
	struct pacer *p = make(PACER_PREDICTIVE, 0.03);
	uint32_t sure;

	(void)state;
	pf_seat(p, 0, 1, 30);
	for (uint64_t a = 1; a <= 30; a++)
		pf_in(p, 0, PACER_TALK, a, 0);
	for (uint64_t a = 1; a <= 29; a++)
		pf_in(p, 55000, PACER_WRAP, a, 0);
	sure = pacer_ask(p, 60000, NULL).dials;
	T_OK(sure > 0, "29 in wrap-up: some will soon be free (%u)", sure);
	for (uint64_t a = 1; a <= 30; a++)
		pf_in(p, 60000, PACER_LEAVING, a, 0);
	T_OK(pacer_ask(p, 60000, NULL).dials == 0,
	     "all leave after this call: no dial");
	pf_in(p, 62000, PACER_IDLE, 1, 0);
	T_OK(pacer_ask(p, 62000, NULL).dials > 0, "one stayed after all");
	pacer_free(p);
}

static void saved_state_comes_back(void **state)
{
	static uint8_t buf[65536], again[65536];
	struct pacer *a = make(PACER_PREDICTIVE, 0.03), *b;
	struct pacer_learned x, y;
	size_t len = 0, len2 = 0;

	(void)state;
	run(a, 5, 20000, 0.03);
	T_OK(pacer_save(a, buf, pacer_save_size() - 1, &len) == ERR_FULL,
	     "a short buffer is refused");
	T_OK(pacer_save(a, buf, sizeof(buf), &len) == ERR_OK &&
	     len == pacer_save_size(), "saved");
	b = make(PACER_PREDICTIVE, 0.03);
	for (size_t n = 0; n < len; n++)
		T_OK(pacer_load(b, buf, n, 0, 0) == ERR_FORMAT,
		     "%zu of %zu bytes are refused", n, len);
	for (size_t n = 0; n < len; n += 97) {
		memcpy(again, buf, len);
		again[n] ^= 0x10;
		T_OK(pacer_load(b, again, len, 0, 0) != ERR_OK,
		     "damage at %zu is seen", n);
	}
	T_OK(pacer_load(b, buf, len, 0, 0) == ERR_OK, "loaded");
	pacer_learned(a, &x);
	pacer_learned(b, &y);
	T_OK(x.p == y.p && x.talk_s == y.talk_s && x.wrap_s == y.wrap_s,
	     "knows the same");
	T_OK(x.ring_s > y.ring_s - 0.2 && x.ring_s < y.ring_s + 0.2,
	     "ring time %g, %g", x.ring_s, y.ring_s);
	T_OK(pacer_save(b, again, sizeof(again), &len2) == ERR_OK &&
	     len2 == len && !memcmp(buf, again, len), "same bytes again");
	T_OK(pacer_load(b, buf, len, 0, 0) == ERR_STATE,
	     "not into one that runs");
	pacer_free(a);
	pacer_free(b);
	b = make(PACER_PREDICTIVE, 0.03);
	T_OK(pacer_prior(b, buf, len, 0.5) == ERR_OK, "taken as a prior");
	pacer_learned(b, &y);
	T_OK(y.p > x.p * 0.8 && y.p < x.p * 1.2, "p as a prior: %g of %g",
	     y.p, x.p);
	pacer_free(b);
}

static double answer_rate(struct pacer *p, int64_t ms)
{
	struct pacer_explain x;

	(void)pacer_ask(p, ms, NULL);
	pacer_explain(p, ms, &x);
	return x.answer_rate;
}

/* Lines dialled before a dead trunk came back ring out after it did. */
static void a_dead_trunks_last_lines_teach_nothing(void **state)
{
	struct pacer *p = make(PACER_PREDICTIVE, 0.03);
	uint64_t c = 1, first;
	int64_t ms = 0;

	(void)state;
	pf_seat(p, 0, 1, 20);
	for (; c <= 400; c++, ms += 1000) {
		pf_in(p, ms, PACER_DIAL, 0, c);
		pf_in(p, ms, c % 4 ? PACER_BUSY : PACER_ANSWER, 0, c);
		if (c % 4 == 0)
			pf_in(p, ms, PACER_HANGUP, 0, c);
	}
	double before = answer_rate(p, ms);

	for (; c <= 500; c++, ms += 100) {
		pf_in(p, ms, PACER_DIAL, 0, c);
		pf_in(p, ms, PACER_BUSY, 0, c);
	}
	for (first = c; c < first + 60; c++)
		pf_in(p, ms, PACER_DIAL, 0, c);
	ms += 20000;
	pf_in(p, ms, PACER_DIAL, 0, c);
	pf_in(p, ms + 2000, PACER_ANSWER, 0, c);
	pf_in(p, ms + 2000, PACER_HANGUP, 0, c);
	double back = answer_rate(p, ms + 2000);

	T_OK(back > 0.9 * before, "back: %g, before the outage %g", back,
	     before);
	for (c = first; c < first + 60; c++)
		pf_in(p, ms + 5000, PACER_NOANSWER, 0, c);
	back = answer_rate(p, ms + 5000);
	T_OK(back > 0.9 * before, "rung out: %g of %g", back, before);
	back = answer_rate(p, ms + 60000);
	T_OK(back > 0.9 * before, "and learned: %g of %g", back, before);
	pacer_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_agent_no_dial),
		cmocka_unit_test(progressive_is_one_for_one),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(refusals_change_nothing),
		cmocka_unit_test(same_events_same_decisions),
		cmocka_unit_test(a_spent_budget_falls_back),
		cmocka_unit_test(a_full_quarter_risks_nothing),
		cmocka_unit_test(the_window_forgets),
		cmocka_unit_test(leaving_agents_are_not_counted_on),
		cmocka_unit_test(saved_state_comes_back),
		cmocka_unit_test(a_dead_trunks_last_lines_teach_nothing),
	};

	return T_RUN(tests);
}
