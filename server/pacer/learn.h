/*
 * server/pacer/learn -- what a pacer learns: a rate that may jump, the
 * distribution of ring times, and talk and wrap times as hazards.
 *
 * Plain structs of doubles without pointers, so that they can be saved.
 */
#ifndef PACER_LEARN_H
#define PACER_LEARN_H

#include "pacer/pacer_params.h"

#include "base/base.h"

#define RATE_MODELS 4
#define RING_BINS   128		/* of half a second                          */
#define HAZARD_BINS 64

/* A probability seen through four memories at once, each weighed by how
 * well it foretold the last outcomes. */
struct rate {
	double window[RATE_MODELS];
	double hits[RATE_MODELS], tries[RATE_MODELS];
	double fit[RATE_MODELS];	/* discounted log likelihood         */
	double misses;		/* since the last hit                        */
	double prior, prior_n, memory, prefer, dead;
	double scale;		/* of the last outcome                       */
};

struct rate_now {
	double mean, se, slow;
	bool dead;		/* a run of misses chance does not explain   */
};

void rate_init(struct rate *r, const struct pacer_params *par);
/* scale >= 1 stretches all memories: with many lines in the air outcomes come
 * in an order of their own, and a memory must see through it. */
void rate_add(struct rate *r, bool hit, double scale);
struct rate_now rate_get(const struct rate *r);
/* At once, when it happens, for the dead trunk; a hit ends it. */
void rate_seen(struct rate *r, bool hit, double scale);
/* A run of misses so long that the trunk must be dead. */
bool rate_dead(const struct rate *r);

/* Times from dial to an end, as a histogram with a prior under it. */
struct ring {
	double prior[RING_BINS];
	double seen[RING_BINS];
	double sum;		/* of seen                                   */
	double keep;		/* share kept at each new one                */
	double cdf[RING_BINS + 1];
};

enum ring_kind { RING_ANSWERED, RING_FAILED };

void ring_init(struct ring *r, enum ring_kind kind, double timeout_s,
	       const struct pacer_params *par);
/* n calls in the bin of s seconds. */
void ring_add(struct ring *r, double s, double n);
void ring_build(struct ring *r);
double ring_cdf(const struct ring *r, double s);
double ring_quantile(const struct ring *r, double q);
double ring_mean(const struct ring *r);

/* A duration whose end is more or less likely by the time gone by. */
struct hazard {
	double edge[HAZARD_BINS + 1];		/* [s]                       */
	double ends[HAZARD_BINS], time[HAZARD_BINS];
	double smooth, keep, drift_window, drift_prior;
	double prior_n, prior_s;
	double drift_ends, drift_expected;	/* lately                    */
	double base[HAZARD_BINS + 1];		/* H at the edges, no drift  */
	double rate[HAZARD_BINS];		/* hazard there, no drift    */
	double drift;
	double n, sum, sum2;			/* of finished durations     */
};

/* uniform bins of first_s while below linear_s, then growing by `grow`. */
void hazard_init(struct hazard *h, double first_s, double linear_s,
		 double grow, double mean_s, double smooth,
		 const struct pacer_params *par);
/* Someone was busy from..to seconds after his start. */
void hazard_expose(struct hazard *h, double from, double to);
/* ... and ended then, `s` seconds after his start. */
void hazard_end(struct hazard *h, double s);
void hazard_build(struct hazard *h);
/* Cumulative hazard with drift. */
double hazard_cum(const struct hazard *h, double s);
double hazard_mean(const struct hazard *h);
double hazard_cv(const struct hazard *h);

#endif
