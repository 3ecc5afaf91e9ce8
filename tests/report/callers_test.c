/* callers_test -- answers by the number shown: windows, marks, neighbours. */
#include <string.h>

#include "base/str.h"
#include "base/t.h"
#include "report/callers.h"

static const int64_t hour = 3600000, t0 = 1787000400000;	/* a slot's begin */

/* n calls of a number within an hour, the first x of them to a person. */
static void calls(struct callers *c, uint32_t trunk, const char *number,
		  int64_t from_ms, unsigned n, unsigned x)
{
	for (unsigned i = 0; i < n; i++) {
		struct cdr r = { .trunk = trunk, .result = RES_NO_ANSWER,
				 .invite_ms = from_ms + i };

		str_copy(r.caller, sizeof(r.caller), number);
		if (i < x) {
			r.result = RES_ANSWERED;
			r.answer_ms = r.person_ms = r.invite_ms + 5000;
		}
		callers_call(c, &r);
	}
}

static struct callers_rate of(const struct callers *c, const char *number,
			      int64_t at_ms)
{
	struct callers_rate r = { 0 };

	T_OK(callers_of(c, 1, number, at_ms, &r), "%s is known", number);
	return r;
}

static void windows(void **unused UNUSED)
{
	struct callers *c = NULL;
	struct callers_rate r;

	T_OK(!callers_new(&c), "counters");
	calls(c, 1, "8801", t0, 100, 30);
	calls(c, 1, "8801", t0 + 5 * hour, 40, 4);
	calls(c, 2, "8801", t0 + 5 * hour, 7, 7);
	r = of(c, "8801", t0 + 5 * hour);
	T_OK(r.recent.tried == 40 && r.recent.person == 4 &&
	     r.before.tried == 100 && r.before.person == 30,
	     "the last half hour, and the day before it: %u %u",
	     r.recent.tried, r.before.tried);
	T_OK(r.dialled == 140 && r.today.tried == 140 &&
	     r.today.person == 34, "today is all of it");
	r = of(c, "8801", t0 + 5 * hour + 30 * 60000);
	T_OK(!r.recent.tried && r.before.tried == 140,
	     "half an hour later nothing is recent");
	r = of(c, "8801", t0 + 24 * hour);
	T_OK(r.before.tried == 40, "a day later the first are past (%u)",
	     r.before.tried);
	callers_new_day(c);
	r = of(c, "8801", t0 + 24 * hour);
	T_OK(!r.dialled && !r.today.tried && r.before.tried == 40,
	     "midnight takes today's figures, not the level");
	c = callers_free(c);
}

static void what_counts(void **unused UNUSED)
{
	static const struct { enum call_result result; bool tried; } cases[] = {
		{ RES_BUSY, true }, { RES_REJECTED, true },
		{ RES_BLOCKED, true }, { RES_UNREACHABLE, true },
		{ RES_CONGESTION, false }, { RES_VACANT, false },
		{ RES_CANCELLED, false }, { RES_NO_ROUTE, false },
	};
	struct cdr r = { .trunk = 1, .invite_ms = t0, .caller = "8801" };
	struct callers *c = NULL;
	unsigned tried = 0;

	T_OK(!callers_new(&c), "counters");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		r.result = (uint8_t)cases[i].result;
		callers_call(c, &r);
		tried += cases[i].tried;
		T_OK(of(c, "8801", t0).today.tried == tried &&
		     of(c, "8801", t0).dialled == i + 1, "%s says %s",
		     call_result_word(cases[i].result), cases[i].tried
		     ? "something of the number" : "nothing of it");
	}
	r.part = PART_GUEST;
	callers_call(c, &r);
	r.part = PART_WHOLE;
	*r.caller = '\0';
	callers_call(c, &r);
	T_OK(of(c, "8801", t0).dialled == ARRAY_LEN(cases),
	     "parts of a call, and calls without a number, do not count");
	c = callers_free(c);
}

static void marks(void **unused UNUSED)
{
	struct callers *c = NULL;
	struct callers_rate r;

	T_OK(!callers_new(&c), "counters");
	calls(c, 1, "8801", t0, 100, 30);
	calls(c, 1, "8802", t0, 100, 31);
	calls(c, 1, "8801", t0 + 2 * hour, 50, 3);
	calls(c, 1, "8802", t0 + 2 * hour, 50, 14);
	r = of(c, "8801", t0 + 2 * hour);
	T_OK(r.others.tried == 50 && r.others.person == 14 &&
	     r.others_before.person == 31, "its neighbour stands beside it");
	callers_mark(c, 1, "8801", true, t0 + 2 * hour);
	T_OK(!of(c, "8802", t0 + 2 * hour).others.tried,
	     "one that fell is nobody's measure");
	calls(c, 1, "8801", t0 + 20 * hour, 50, 3);
	r = of(c, "8801", t0 + 20 * hour);
	T_OK(r.fell && r.before.tried == 100 && r.before.person == 30,
	     "what it was is not forgotten while it is down");
	callers_again(c, 1, "8801", t0 + 20 * hour);
	r = of(c, "8801", t0 + 20 * hour);
	T_OK(!r.fell && !r.recent.tried, "after a rest it begins anew");
	calls(c, 1, "8801", t0 + 20 * hour + 60000, 9, 2);
	T_OK(of(c, "8801", t0 + 20 * hour + 120000).recent.tried == 9,
	     "with what comes from then on");
	callers_mark(c, 1, "nobody", true, t0);
	callers_again(c, 9, "8801", t0);
	T_OK(!callers_of(c, 9, "8801", t0, &r), "another trunk's is not it");
	c = callers_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows),
		cmocka_unit_test(what_counts),
		cmocka_unit_test(marks),
	};

	return T_RUN(tests);
}
