/*
 * tests/pacer/bound_test -- agents who are known not to be free: a call-back
 * at a fixed minute, and a wrap-up whose end is set.
 */
#include "pacer/pacer.h"

#include "base/t.h"

static struct pacer *make(enum pacer_mode mode, int32_t limit_ms, bool full)
{
	struct pacer_conf c;
	struct pacer *p = NULL;

	pacer_conf_init(&c);
	c.mode = mode;
	c.wrap_limit_ms = limit_ms;
	c.wrap_full = full;
	T_OK(pacer_new(&c, &p) == ERR_OK, "a pacer is made");
	return p;
}

static void in(struct pacer *p, int64_t ms, enum pacer_event_kind k,
	       uint64_t agent, int64_t at_ms)
{
	T_OK(pacer_feed(p, &(struct pacer_event){ ms, k, agent, 0, 0,
						  at_ms }) == ERR_OK,
	     "%s of agent %d is taken", pacer_event_word(k), (int)agent);
}

static void seat(struct pacer *p, int64_t ms, uint64_t n)
{
	for (uint64_t a = 1; a <= n; a++) {
		in(p, ms, PACER_LOGIN, a, 0);
		in(p, ms, PACER_IDLE, a, 0);
	}
}

/* 4 idle agents, one of them with a call-back at 100 s: lines at a time. */
static const struct {
	int64_t ms;
	uint32_t lines;
	const char *text;
} times[] = {
	{ 10000, 4, "an hour away is free time: a line for each" },
	{ 95000, 3, "who will be gone at the answer has no line" },
	{ 120000, 3, "nor while the call-back is due" },
	{ 161000, 4, "a minute late: it was not dialled, there is one again" },
};

static void bound_is_not_free(void **state)
{
	(void)state;
	for (int m = PACER_PREDICTIVE; m <= PACER_PROGRESSIVE; m++)
		for (size_t i = 0; i < ARRAY_LEN(times); i++) {
			struct pacer *p = make((enum pacer_mode)m, 0, false);

			seat(p, 0, 4);
			in(p, 0, PACER_BOUND, 1, 100000);
			uint32_t free_one = pacer_ask(p, times[i].ms, NULL)
						    .dials;
			in(p, times[i].ms, PACER_BOUND, 1, 0);
			uint32_t all = pacer_ask(p, times[i].ms, NULL).dials;

			if (m == PACER_PROGRESSIVE)
				T_OK(free_one == times[i].lines, "%s: %u",
				     times[i].text, free_one);
			else
				T_OK(times[i].lines == 4 ? free_one == all
							 : free_one < all,
				     "predictive: %s: %u of %u", times[i].text,
				     free_one, all);
			pacer_free(p);
		}
}

static void the_call_back_ends_it(void **state)
{
	struct pacer *p = make(PACER_PROGRESSIVE, 0, false);

	(void)state;
	seat(p, 0, 2);
	in(p, 0, PACER_BOUND, 1, 100000);
	in(p, 40000, PACER_TALK, 1, 0);
	in(p, 60000, PACER_IDLE, 1, 0);
	T_OK(pacer_ask(p, 99000, NULL).dials == 1,
	     "a call a minute before is not the call-back");
	in(p, 99500, PACER_PAUSE, 1, 0);
	in(p, 99600, PACER_TALK, 1, 0);
	in(p, 110000, PACER_IDLE, 1, 0);
	T_OK(pacer_ask(p, 110000, NULL).dials == 2,
	     "after the call-back there are two again");
	T_OK(pacer_feed(p, &(struct pacer_event){ 110000, PACER_BOUND, 9, 0, 0,
						  1 }) == ERR_ABSENT,
	     "nobody's call-back is refused");
	pacer_free(p);
}

/* Free agents foreseen at the farthest horizon (some 25 s), 5 agents since
 * `since_s` seconds in wrap-up with a limit. */
static double foreseen(int32_t limit_s, bool full, int64_t since_s)
{
	struct pacer *p = make(PACER_PREDICTIVE, limit_s * 1000, full);
	struct pacer_explain x;

	seat(p, 0, 5);
	for (uint64_t a = 1; a <= 5; a++)
		in(p, 100, PACER_TALK, a, 0);
	for (uint64_t a = 1; a <= 5; a++)
		in(p, 200, PACER_WRAP, a, 0);
	(void)pacer_ask(p, 200 + since_s * 1000, NULL);
	pacer_explain(p, 200 + since_s * 1000, &x);
	double n = x.free_agents[PACER_HORIZONS - 1];

	pacer_free(p);
	return n;
}

static void wrap_limits(void **state)
{
	(void)state;
	double open = foreseen(0, false, 1);

	T_OK(open > 1 && open < 4.9, "no limit: some of five: %.2f", open);
	T_OK(foreseen(15, true, 1) > 4.99, "all are through at the limit");
	T_OK(foreseen(120, true, 1) < 0.01, "and none long before it");
	T_OK(foreseen(120, true, 100) > 4.9, "but close to it all are: %.2f",
	     foreseen(120, true, 100));
	T_OK(foreseen(5, false, 1) < open - 0.5,
	     "who is not ready at an early limit will not be: %.2f < %.2f",
	     foreseen(5, false, 1), open);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bound_is_not_free),
		cmocka_unit_test(the_call_back_ends_it),
		cmocka_unit_test(wrap_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
