/* tests/pacer/hold_test -- when the target must hold: always, or at the end of
 * the day only. */
#include "pacer/pacer_fixture.h"

#include "base/t.h"

/* 400 answers at one a second, every 25th abandoned, two agents all the while;
 * the day ends at end_ms. */
static struct pacer *unlucky(enum pacer_hold hold, int64_t end_ms)
{
	struct pacer_conf c;
	struct pacer *p = NULL;

	pacer_conf_init(&c);
	c.hold = hold;
	c.end_ms = end_ms;
	T_OK(pacer_new(&c, &p) == ERR_OK, "made");
	pf_seat(p, 0, 1, 2);
	for (uint64_t k = 1; k <= 400; k++) {
		int64_t ms = (int64_t)k * 1000;

		pf_in(p, ms, PACER_DIAL, 0, k);
		pf_in(p, ms, PACER_ANSWER, 0, k);
		if (k % 25 == 0) {
			pf_in(p, ms, PACER_ABANDON, 0, k);
			continue;
		}
		pf_in(p, ms, PACER_TALK, 1 + k % 2, k);
		pf_in(p, ms, PACER_WRAP, 1 + k % 2, 0);
		pf_in(p, ms, PACER_IDLE, 1 + k % 2, 0);
	}
	return p;
}

static void held_at_the_end_a_debt_may_be_earned_later(void **state)
{
	static const int64_t end = 8 * 3600000ll;
	struct pacer *always = unlucky(PACER_HOLD_ALWAYS, end);
	struct pacer *late = unlucky(PACER_HOLD_END, end);
	struct pacer *open = unlucky(PACER_HOLD_END, 0);
	struct pacer *same = unlucky(PACER_HOLD_ALWAYS, 0);
	struct pacer_explain x;

	(void)state;
	T_OK(pf_limit(late, 401000) > 20 * pf_limit(always, 401000),
	     "four above the target: %g, held always %g",
	     pf_limit(late, 401000), pf_limit(always, 401000));
	T_OK(pf_limit(open, 401000) == pf_limit(same, 401000),
	     "no end is known: held always");
	pacer_explain(late, 401000, &x);
	T_OK(!x.held, "what is owed may be earned: not held now");
	pacer_explain(always, 401000, &x);
	T_OK(x.held, "400 answers: held now");
	pacer_explain(late, end - 60000, &x);
	T_OK(x.fallback && x.held && x.risk_limit == 0,
	     "a minute before the end it cannot be earned any more: %g left, "
	     "limit %g", x.budget_left, x.risk_limit);
	pacer_explain(late, end + 3600000, &x);
	T_OK(x.fallback && x.held_at_end, "nor an hour after it");
	pacer_free(always);
	pacer_free(late);
	pacer_free(open);
	pacer_free(same);
}

/* A supervisor's change, in debt: at once, and both ways. */
static void a_change_holds_at_once(void **state)
{
	static const int64_t end = 8 * 3600000ll;
	struct pacer_explain x;
	struct pacer *p = unlucky(PACER_HOLD_ALWAYS, end);
	struct pacer_conf c;
	double before = pf_limit(p, 401000);

	(void)state;
	pacer_conf_init(&c);
	c.end_ms = end;
	c.hold = PACER_HOLD_END;
	T_OK(pacer_set(p, &c) == ERR_OK && pf_limit(p, 402000) > 20 * before,
	     "from now on at the end only");
	c.end_ms = 0;
	T_OK(pacer_set(p, &c) == ERR_OK && pf_limit(p, 403000) < 2 * before,
	     "its end is not known any more");
	c.end_ms = end;
	c.target = 0;
	T_OK(pacer_set(p, &c) == ERR_OK && pf_limit(p, 404000) == 0,
	     "a target of nothing");
	pf_in(p, 405000, PACER_LOGOUT, 1, 0);
	pf_in(p, 405000, PACER_LOGOUT, 2, 0);
	c.target = 0.03;
	T_OK(pacer_set(p, &c) == ERR_OK, "set");
	pacer_explain(p, 406000, &x);
	T_OK(x.fallback, "nobody is there to earn what is owed");
	pacer_free(p);
}

/* Half a day of calls, one each 30 s and every 50th abandoned, and after so
 * long without agents ten more; two hours before the end. */
static double after_a_night_of(int64_t night_ms)
{
	int64_t ms = 0, end = 110 * 30000 + night_ms + 100 * 30000 +
			      2 * 3600000;
	struct pacer_conf c;
	struct pacer *p = NULL;
	double limit;

	pacer_conf_init(&c);
	c.end_ms = end;
	T_OK(pacer_new(&c, &p) == ERR_OK, "made");
	for (uint64_t k = 1; k <= 210; k++) {
		ms += k == 111 ? night_ms : 0;
		if (k == 1 || k == 111)
			pf_seat(p, ms, 1, 2);
		pf_in(p, ms, PACER_DIAL, 0, k);
		pf_in(p, ms, PACER_ANSWER, 0, k);
		if (k % 50 == 0) {
			pf_in(p, ms, PACER_ABANDON, 0, k);
		} else {
			pf_in(p, ms, PACER_TALK, 1 + k % 2, k);
			pf_in(p, ms + 20000, PACER_WRAP, 1 + k % 2, 0);
			pf_in(p, ms + 29000, PACER_IDLE, 1 + k % 2, 0);
		}
		ms += 30000;
		for (uint64_t a = 1; k == 110 && a <= 2; a++)
			pf_in(p, ms, PACER_LOGOUT, a, 0);
	}
	limit = pf_limit(p, ms);
	pacer_free(p);
	return limit;
}

static void a_night_is_no_slow_day(void **state)
{
	double none = after_a_night_of(0);
	double night = after_a_night_of(16 * 3600000);

	(void)state;
	T_OK(none > 0 && night > 0.99 * none && night < 1.01 * none,
	     "what is to come is reckoned from the hours with agents: %g, "
	     "after a night %g", none, night);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(held_at_the_end_a_debt_may_be_earned_later),
		cmocka_unit_test(a_change_holds_at_once),
		cmocka_unit_test(a_night_is_no_slow_day),
	};

	return T_RUN(tests);
}
