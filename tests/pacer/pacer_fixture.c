/* tests/pacer/pacer_fixture -- see pacer_fixture.h. */
#include "pacer/pacer_fixture.h"

#include "base/t.h"

void pf_in(struct pacer *p, int64_t ms, enum pacer_event_kind k,
	   uint64_t agent, uint64_t call)
{
	struct pacer_event e = { .ms = ms, .kind = k, .agent = agent,
				 .call = call };

	T_OK(pacer_feed(p, &e) == ERR_OK, "%s %d %d is taken",
	     pacer_event_word(k), (int)agent, (int)call);
}

void pf_seat(struct pacer *p, int64_t ms, uint64_t first, uint64_t n)
{
	for (uint64_t a = first; a < first + n; a++) {
		pf_in(p, ms, PACER_LOGIN, a, 0);
		pf_in(p, ms, PACER_IDLE, a, 0);
	}
}

double pf_limit(struct pacer *p, int64_t ms)
{
	struct pacer_explain x;

	pacer_explain(p, ms, &x);
	return x.risk_limit;
}
