/*
 * rehearse -- the running floor in virtual time.
 *
 * In      campaigns with their settings, leads, agents; how people behave
 *         (struct sim_world: times, chances, changes in the course of a day)
 * Out     what the day gives, campaign by campaign
 * Owns    virtual time, a store in memory, drawn trunks, customers, agents
 * Never   dials, reads a clock, touches the store of a running server
 *
 * Leads, gate, pacers, seats, the flow of a call and its records are the very
 * rooms of the server; only what lies behind the floor's doors is drawn.
 * sim_run is 50 times as fast and knows nothing of leads and rules.
 */
#ifndef REHEARSE_REHEARSE_H
#define REHEARSE_REHEARSE_H

#include "floor/floor.h"
#include "lead/lead.h"
#include "sim/sim.h"

enum { REHEARSE_CAMPAIGNS = 8 };

struct rehearse;

struct rehearse_campaign {
	struct campaign_conf conf;	/* id, mode, target, hours ...; profile
					   is set from the next               */
	char profile[16];
	struct sim_world world;		/* changes: p, talk, dead; of campaign
					   0 also the share of agents         */
	/* A lead's own chance of an answer; NULL: the world's p. */
	double (*chance)(void *arg, const struct lead *l, struct now now,
			 double p);
	void *arg;
};

struct rehearse_conf {
	const char *data;		/* folder of the tables               */
	int64_t wall_ms;		/* the day begins [ms since 1970]     */
	int64_t length_ms;
	uint32_t agents;
	/* Whose calls agent i takes, a bit a campaign; NULL: everyone's.     */
	uint32_t (*takes)(void *arg, uint32_t agent);
	void *arg;
	uint32_t lines, cps;		/* of the trunks they share; 0 = many */
	uint64_t seed;
	struct rehearse_campaign campaign[REHEARSE_CAMPAIGNS];
	size_t campaigns;
};

/* ERR_ARG: nothing to rehearse; else why says what is missing.  conf is
 * copied. */
MUST_CHECK enum err rehearse_new(const struct rehearse_conf *conf,
				 struct rehearse **out, char *why,
				 size_t size);
struct rehearse *rehearse_free(struct rehearse *r);	/* returns NULL */

/*
 * One more lead of campaign i, as it stood at the day's beginning; its
 * consent, if it has one, counts.  Its number must not be in the list yet
 * (ERR_EXISTS).  created_s, when set, is kept.
 */
MUST_CHECK enum err rehearse_lead(struct rehearse *r, size_t i,
				  struct lead *l);
/* n made-up leads of campaign i, in the profile's country, never called, with
 * consent. */
MUST_CHECK enum err rehearse_leads(struct rehearse *r, size_t i, uint32_t n);

/* The whole day; step (may be NULL) now and then hears the part that is
 * done. */
MUST_CHECK enum err rehearse_run(struct rehearse *r,
				 void (*step)(void *arg, double done),
				 void *arg);

struct rehearse_result {
	struct sim_result sum;		/* as of sim_run                      */
	double refused;			/* by the gate before it was dialled  */
	double no_room;			/* dialled, but no line was free      */
	double leads_left;		/* READY at the end                   */
	enum pacer_bound bound;		/* at the end                         */
	enum idle_reason idle;
};
void rehearse_result(struct rehearse *r, size_t i,
		     struct rehearse_result *out);
/* Of all campaigns at once. */
double rehearse_most_lines(const struct rehearse *r);
struct floor *rehearse_floor(struct rehearse *r);	/* borrowed */

#endif
