/* tests/pacer/pacer_fixture -- what the pacer's tests say to it and ask of it. */
#ifndef TESTS_PACER_PACER_FIXTURE_H
#define TESTS_PACER_PACER_FIXTURE_H

#include "pacer/pacer.h"

/* An event that must be taken. */
void pf_in(struct pacer *p, int64_t ms, enum pacer_event_kind k,
	   uint64_t agent, uint64_t call);
/* n agents from `first` on log in and are ready. */
void pf_seat(struct pacer *p, int64_t ms, uint64_t first, uint64_t n);
/* The risk that may be taken at ms. */
double pf_limit(struct pacer *p, int64_t ms);

#endif
