/* odds -- the model, its account, its bytes. */
#include "odds/odds.h"

#include "base/str.h"

#include <math.h>
#include <string.h>

#define WINDOW      4000.0	/* calls remembered by the weights           */
#define PRIOR          4.0	/* precision of a weight before any call: a
				 * standard deviation of 0.5 in log odds     */
#define PLAIN        400.0	/* calls remembered by the plain rate        */
#define ACCOUNT     3000.0	/* ... and by the account                    */
#define ENOUGH       500.0	/* calls before the model may be used        */
#define MARGIN       0.003	/* nats a call it must be better by          */
#define STAYS        0.001	/* ... and, once used, stays by              */
#define SURE           2.5	/* standard errors of the gain               */

void odds_init(struct odds *o)
{
	memset(o, 0, sizeof(*o));
	for (int i = 0; i < ODDS_WEIGHTS; i++)
		o->precision[i] = PRIOR;
	o->weight[0] = -1.0986122886681098;	/* p = 0.25 */
	o->hits = 2;
	o->tries = 8;
}

/* Which weights a call has: one of each kind. */
static void weights_of(const struct odds_ask *a, int at[ODDS_KINDS])
{
	static const int64_t ages[ODDS_AGES - 1] = { 1, 3, 7, 30, 90 };
	int64_t day = a->clock_s / 86400, age = a->age_s / 86400;
	int base = 1, i = 0;

	at[0] = 0;
	at[1] = base + (int)(a->clock_s % 86400 / 7200);
	base += ODDS_HOURS;
	at[2] = base + (int)(day % 7);
	base += ODDS_DAYS;
	while (i < ODDS_AGES - 1 && age >= ages[i])
		i++;
	at[3] = base + i;
	base += ODDS_AGES;
	at[4] = base + (int)MIN(a->tries, ODDS_TRIES - 1u);
	base += ODDS_TRIES;
	at[5] = base + (int)MIN(a->tier, ODDS_TIERS - 1u);
}

static double clamp(double p)
{
	return fmin(0.995, fmax(0.005, p));
}

static double chance_at(const struct odds *o, const int at[ODDS_KINDS])
{
	double x = 0;

	for (int i = 0; i < ODDS_KINDS; i++)
		x += o->weight[at[i]];
	return clamp(1 / (1 + exp(-x)));
}

double odds_chance(const struct odds *o, const struct odds_ask *a)
{
	int at[ODDS_KINDS];

	weights_of(a, at);
	return chance_at(o, at);
}

static double loss(double p, bool answered)
{
	return -log(answered ? p : 1 - p);
}

/* Both foretold this call; who was nearer? */
static void account(struct odds *o, double p, bool answered)
{
	double keep = 1 - 1 / ACCOUNT, rate = clamp(o->hits / o->tries);
	double ours = loss(p, answered), plain = loss(rate, answered);
	double d = plain - ours;

	o->n = o->n * keep + 1;
	o->ours = o->ours * keep + ours;
	o->plain = o->plain * keep + plain;
	o->gain = o->gain * keep + d;
	o->gain2 = o->gain2 * keep + d * d;
	double mean = o->gain / o->n;
	double se = sqrt(fmax(0, o->gain2 / o->n - mean * mean) / o->n);

	if (o->used)
		o->used = mean > STAYS;
	else
		o->used = o->calls >= ENOUGH && mean > MARGIN &&
			  mean > SURE * se;
}

void odds_learn(struct odds *o, const struct odds_ask *a, bool answered)
{
	int at[ODDS_KINDS];
	double spread = 0;

	weights_of(a, at);
	double p = chance_at(o, at), miss = (answered ? 1 : 0) - p;

	account(o, p, answered);
	for (int i = 0; i < ODDS_KINDS; i++)
		spread += 1 / o->precision[at[i]];
	double step = miss / (1 + p * (1 - p) * spread);

	for (int i = 0; i < ODDS_KINDS; i++) {
		double *q = &o->precision[at[i]];

		o->weight[at[i]] += step / *q;
		*q = fmax(PRIOR, (*q + p * (1 - p)) * (1 - 1 / WINDOW));
	}
	o->hits = o->hits * (1 - 1 / PLAIN) + (answered ? 1 : 0);
	o->tries = o->tries * (1 - 1 / PLAIN) + 1;
	o->calls += 1;
}

/* ---- bytes --------------------------------------------------------------- */

static void values_of(const struct odds *o, double v[ODDS_SAVED / 8])
{
	const double rest[] = { o->hits, o->tries, o->n, o->ours, o->plain,
				o->gain, o->gain2, o->calls,
				o->used ? 1 : 0 };

	memcpy(v, o->weight, sizeof(o->weight));
	memcpy(v + ODDS_WEIGHTS, o->precision, sizeof(o->precision));
	memcpy(v + 2 * ODDS_WEIGHTS, rest, sizeof(rest));
}

size_t odds_save(const struct odds *o, uint8_t buf[ODDS_SAVED])
{
	double v[ODDS_SAVED / 8];
	uint64_t bits;

	values_of(o, v);
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		memcpy(&bits, &v[i], sizeof(bits));
		for (int b = 0; b < 8; b++)
			buf[i * 8 + (size_t)b] = (uint8_t)(bits >> 8 * b);
	}
	return ODDS_SAVED;
}

enum err odds_load(struct odds *o, const void *buf, size_t len)
{
	double v[ODDS_SAVED / 8];
	const uint8_t *at = buf;

	if (len != ODDS_SAVED)
		return ERR_FORMAT;
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		uint64_t bits = 0;

		for (int b = 7; b >= 0; b--)
			bits = bits << 8 | at[i * 8 + (size_t)b];
		memcpy(&v[i], &bits, sizeof(bits));
		if (!isfinite(v[i]) || fabs(v[i]) > 1e12)
			return ERR_FORMAT;
	}
	for (int i = 0; i < ODDS_WEIGHTS; i++)
		if (!(v[ODDS_WEIGHTS + i] >= PRIOR))
			return ERR_FORMAT;
	const double *r = v + 2 * ODDS_WEIGHTS;

	if (!(r[1] > 0) || r[0] < 0 || r[0] > r[1] || r[2] < 0 || r[7] < 0)
		return ERR_FORMAT;
	memcpy(o->weight, v, sizeof(o->weight));
	memcpy(o->precision, v + ODDS_WEIGHTS, sizeof(o->precision));
	o->hits = r[0];
	o->tries = r[1];
	o->n = r[2];
	o->ours = r[3];
	o->plain = r[4];
	o->gain = r[5];
	o->gain2 = r[6];
	o->calls = r[7];
	o->used = r[8] != 0;
	return ERR_OK;
}

void odds_print(const struct odds *o, char *buf, size_t size)
{
	double n = fmax(o->n, 1);

	if (o->calls < 1) {
		str_fmt(buf, size, "no call seen yet: the campaign's rate");
		return;
	}
	str_fmt(buf, size, "own chance of an answer %s: log loss %.4f, plain "
		"rate %.4f, %.0f calls seen", o->used ? "in use"
		: o->calls < ENOUGH ? "being learned"
				    : "not used, it foretells no better",
		o->ours / n, o->plain / n, o->calls);
}
