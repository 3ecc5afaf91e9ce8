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
	double keep = exp(-p->conf.target * answered / p->par.yield_window);

	l->risked = (l->risked + p->theta * answered) * keep;
	l->paid = (l->paid + abandoned) * keep;
}

double budget_left(const struct pacer *p)
{
	const struct slot *s = &p->ledger.sum;

	return p->conf.target * s->answered - s->abandoned;
}

/*
 * Where the credit should be, and how it should move with each answer.
 *
 * Abandoned calls come at random, so the credit wanders; were it held to
 * zero at both ends it would be a Brownian bridge, whose deviation is
 * sqrt(budget) / 2 at half time.  The aim is a multiple of that above the
 * gate, along the parabola 4 t (1 - t), t the share of the campaign gone by:
 * it grows in slowly, for what is saved early is lost when risk is cheapest,
 * and is spent before the end.  Without a planned end the campaign is taken
 * to be at half.
 */
struct aim {
	double credit;		/* [calls]                                   */
	double gate;		/* no risk worth the name below [calls]      */
	double floor;		/* the least it may be [calls]               */
	double slope;		/* d credit / d answer                       */
	double to_come;		/* answers until the end                     */
};

static void aim_at(const struct pacer *p, struct aim *m)
{
	double a = p->conf.target, n = p->ledger.sum.answered;
	double gone_s = (double)(p->now_ms - p->start_ms) / 1e3;
	double left_s = gone_s;

	if (p->conf.end_ms)
		left_s = fmax(0, (double)(p->conf.end_ms - p->now_ms) / 1e3);
	m->to_come = p->ledger.all.answered * left_s / fmax(gone_s, 300);
	double all = fmax(n + m->to_come, 1), t = n / all;
	double peak = p->par.buffer * sqrt(a * all) / 2;

	m->gate = p->par.gate + p->par.gate_grow * sqrt(a * n);
	m->floor = p->conf.end_ms ? -p->par.overdraft *
		   sqrt(a * m->to_come) : 0;
	m->credit = m->gate + peak * 4 * t * (1 - t);
	m->slope = p->conf.end_ms ? peak * 4 * (1 - 2 * t) / all : 0;
}

double budget_yield(const struct pacer *p)
{
	const struct pacer_params *par = &p->par;
	const struct ledger *l = &p->ledger;

	return (l->paid + par->yield_prior_n) /
	       (l->risked + par->yield_prior_n / par->yield_start);
}

void budget_theta(struct pacer *p)
{
	const struct pacer_params *par = &p->par;
	struct ledger *l = &p->ledger;
	double a = p->conf.target, n = l->sum.answered;
	double credit = budget_left(p);
	double lent = par->grace * sqrt(a / 0.03) *
		      fmax(0, 1 - n / par->grace_answers);
	struct aim aim;

	aim_at(p, &aim);
	double span = fmin(par->span * pow(a * n, 2.0 / 3),
			   par->span_end * a * aim.to_come);
	double x = (credit + lent - aim.credit) / fmax(span, par->span_min);
	double pay = fmax(a / 3, a - aim.slope);

	p->theta = fmin(par->theta_max * a, pay / budget_yield(p) *
			exp(fmax(-3, fmin(2, x))));
	double have = credit + lent - aim.floor;
	double pays = par->payback * a * aim.to_come;

	if (have < aim.gate)
		p->theta = fmin(p->theta, par->gate_share * a / budget_yield(p));
	p->spent = have < fmax(0, 1 - pays) || a <= 0;
	if (l->quarter.answered >= 20 && l->quarter.abandoned >
	    fmax(par->quarter_max * a * l->quarter.answered,
		 a * l->quarter.answered +
		 3 * sqrt(a * l->quarter.answered)))
		p->theta = fmin(p->theta, par->gate_share * a / budget_yield(p));
	if (p->spent)
		p->theta = 0;
	if (par->theta_fix > 0) {
		p->spent = false;
		p->theta = par->theta_fix;
	}
}
