/*
 * odds -- how likely is it that this lead answers now?
 *
 * In      what is known of a lead and of the moment; how its call ended
 * Out     its own chance of an answer; whether that is worth using
 * Owns    the weights of one campaign and the account of both forecasts
 * Never   reads a clock, uses random numbers, changes the order of a sum: the
 *         same calls give the same weights, bit for bit
 *
 * A logistic regression learned call by call: a Gaussian over the weights
 * with a diagonal precision, one step of the extended Kalman filter each
 * (Spiegelhalter, Lauritzen 1990; Graepel et al. 2010), whose precision fades
 * so that some WINDOW calls are remembered.  Before a call is learned it is
 * foretold by the model and by the plain rate (prequential, Dawid 1984); the
 * model is used while its log loss is better by a margin and by more than
 * chance explains.
 */
#ifndef ODDS_ODDS_H
#define ODDS_ODDS_H

#include "base/base.h"

#include <stddef.h>

/* Slots of each kind of knowledge; one of each is 1 for a call.             */
enum {
	ODDS_HOURS = 12,	/* two hours of the day, server's clock      */
	ODDS_DAYS  = 7,		/* of the week                               */
	ODDS_AGES  = 6,		/* of the list: days since the import        */
	ODDS_TRIES = 5,		/* earlier attempts: none, 1, 2, 3, more     */
	ODDS_TIERS = 5,		/* none, A to D                              */
	ODDS_KINDS = 6,		/* these, and one that is always 1           */
	ODDS_WEIGHTS = 1 + ODDS_HOURS + ODDS_DAYS + ODDS_AGES + ODDS_TRIES +
		       ODDS_TIERS,
};

struct odds_ask {
	int64_t clock_s;	/* on the clock of the day [s since 1970]    */
	int64_t age_s;		/* since the lead was imported [s]           */
	uint32_t tries;		/* earlier attempts                          */
	uint32_t tier;		/* 1 = A .. 4 = D, 0 = none                  */
};

struct odds {
	double weight[ODDS_WEIGHTS], precision[ODDS_WEIGHTS];
	double hits, tries;	/* the plain rate, a short memory            */
	double n;		/* calls the account rests on                */
	double ours, plain;	/* log loss, faded, summed                   */
	double gain, gain2;	/* plain - ours, and squared                 */
	double calls;		/* learned in all                            */
	bool used;
};

void odds_init(struct odds *o);
/* The model's chance, 0..1, whether it is used or not. */
double odds_chance(const struct odds *o, const struct odds_ask *a);
/* How that call ended. */
void odds_learn(struct odds *o, const struct odds_ask *a, bool answered);

/* As bytes: doubles, little endian.  save: the length; load: ERR_FORMAT. */
enum { ODDS_SAVED = (2 * ODDS_WEIGHTS + 9) * 8 };
size_t odds_save(const struct odds *o, uint8_t buf[ODDS_SAVED]);
MUST_CHECK enum err odds_load(struct odds *o, const void *buf, size_t len);

/* "own chance of an answer is in use: log loss 0.521, plain rate 0.540 ..." */
void odds_print(const struct odds *o, char *buf, size_t size);

#endif
