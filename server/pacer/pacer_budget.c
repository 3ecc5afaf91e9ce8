/*
 * server/pacer/pacer_budget -- the ledger and the risk it allows.
 *
 * credit = target x answered - abandoned, over the legal window.  The risk
 * limit is  theta = target x exp(I + x),  x = (credit - buffer) / span : a
 * campaign with credit dares more, one without dares nothing.  The control
 * acts on the credit and not on the rate, so that each campaign, and not
 * only their mean, ends under its target.
 */
#include "pacer/pacer_priv.h"

#include <math.h>
#include <string.h>

void budget_init(struct pacer *p)
{
	memset(&p->ledger, 0, sizeof(p->ledger));
	p->ledger.integral = log(p->par.theta_start);
	p->theta = 0;
}

static void turn_ring(struct slot *ring, unsigned n, struct slot *sum,
		      int64_t *began, int64_t now, int64_t width)
{
	int64_t steps = (now - *began) / width;

	if (steps <= 0)
		return;
	*began += steps * width;
	if (steps > n)
		steps = n;
	while (steps-- > 0) {
		memmove(ring + 1, ring, (n - 1) * sizeof(*ring));
		ring[0] = (struct slot){ 0, 0 };
	}
	*sum = (struct slot){ 0, 0 };
	for (unsigned i = 0; i < n; i++) {
		sum->answered += ring[i].answered;
		sum->abandoned += ring[i].abandoned;
	}
}

void budget_turn(struct pacer *p)
{
	struct ledger *l = &p->ledger;

	if (p->conf.window_ms > 0)
		turn_ring(l->slot, LEDGER_SLOTS, &l->sum, &p->slot_ms,
			  p->now_ms, p->conf.window_ms / LEDGER_SLOTS + 1);
	turn_ring(l->minute, QUARTER_SLOTS, &l->quarter, &p->minute_ms,
		  p->now_ms, 60000);
}

/* Answers and abandoned calls enter everything that counts them. */
void budget_count(struct pacer *p, double answered, double abandoned)
{
	struct ledger *l = &p->ledger;
	struct slot *to[] = { &l->slot[0], &l->minute[0], &l->sum,
			      &l->quarter, &l->all };

	for (size_t i = 0; i < ARRAY_LEN(to); i++) {
		to[i]->answered += answered;
		to[i]->abandoned += abandoned;
	}
}

double budget_left(const struct pacer *p)
{
	const struct slot *s = &p->ledger.sum;

	return p->conf.target * s->answered - s->abandoned;
}

/* Answers expected until the planned end; those of the window if unknown. */
static double answers_to_come(const struct pacer *p)
{
	const struct ledger *l = &p->ledger;
	double gone_s = (double)(p->now_ms - p->start_ms) / 1e3;

	if (!p->conf.end_ms)
		return INFINITY;
	double left_s = fmax(0, (double)(p->conf.end_ms - p->now_ms) / 1e3);
	return l->all.answered / fmax(gone_s, 60) * left_s;
}

void budget_theta(struct pacer *p)
{
	const struct pacer_params *par = &p->par;
	struct ledger *l = &p->ledger;
	double a = p->conf.target, n = l->sum.answered;
	double credit = budget_left(p);
	double lent = par->grace * fmax(0, 1 - n / par->grace_answers);
	double grown = fmin(1, n / par->buffer_answers);
	double ahead = fmin(n, answers_to_come(p));
	double span = fmax(par->span_min, par->span * pow(a * ahead, 2.0 / 3));
	double buffer = par->gate + par->buffer * sqrt(a * ahead) * grown;
	double x = (credit + lent - buffer) / span;

	x = fmax(-3, fmin(2, x));
	p->theta = a * fmin(par->theta_max, exp(l->integral + x));
	p->spent = credit + lent < par->gate;
	if (l->quarter.answered >= 20 &&
	    l->quarter.abandoned > par->quarter_max * a * l->quarter.answered)
		p->spent = true;
	if (p->spent)
		p->theta = 0;
}
