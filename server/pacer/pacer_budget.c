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
 * Abandoned calls come at random and in clumps, so the credit wanders.  The
 * aim lies above the gate along the parabola 4 t (1 - t), t the share of the
 * campaign gone by: it grows in slowly, for talk goes with the logarithm of
 * the risk and what is saved early is dear, and it is spent before the end.
 * Its height grows a little faster than the root of the budget (a Brownian
 * bridge's deviation), as clumps grow with the floor.  Without a planned end
 * the campaign is taken to be at half, and to last four hours at least.
 */
#define HALF_S 7200.0

struct aim {
	double credit;		/* [calls]                                   */
	double gate;		/* no risk worth the name below [calls]      */
	double lent;		/* to a cold campaign [calls]                */
	double least_span;
	double slope;		/* d credit / d answer                       */
	double to_come;		/* answers until the end                     */
};

/* Answers a second so far; at first as many as the agents could talk to. */
static double answers_a_second(const struct pacer *p, double gone_s)
{
	const struct know *w = &p->know;
	double people = p->agent_count[AGENT_IDLE] +
			p->agent_count[AGENT_TALK] + p->agent_count[AGENT_WRAP];
	double first = 0.7 * people / (hazard_mean(&w->talk) +
				       hazard_mean(&w->wrap));

	return (p->ledger.all.answered + 600 * first) / (gone_s + 600);
}

static void aim_at(const struct pacer *p, struct aim *m)
{
	double a = p->conf.target, n = p->ledger.sum.answered;
	double gone_s = (double)(p->now_ms - p->start_ms) / 1e3;
	double left_s = fmax(gone_s, HALF_S);

	if (p->conf.end_ms)
		left_s = fmax(0, (double)(p->conf.end_ms - p->now_ms) / 1e3);
	m->to_come = left_s * answers_a_second(p, gone_s);
	double all = fmax(n + m->to_come, 1), t = n / all;
	double fade = fmax(p->par.grace_answers, p->par.grace_share * all);

	m->least_span = p->par.span_min + p->par.span_all * a * all;
	double peak = p->par.buffer * pow(a * all, 0.8);

	m->gate = p->par.gate + p->par.reserve *
		  answers_a_second(p, gone_s) * ring_mean(&p->know.answered);
	m->lent = (m->gate + p->par.grace * sqrt(a * all)) *
		  fmax(0, 1 - n / fade);
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
	struct aim aim;

	aim_at(p, &aim);
	double lent = aim.lent;
	double span = fmin(par->span * pow(a * n, 2.0 / 3),
			   par->span_end * a * aim.to_come);
	double x = (credit + fmin(lent, aim.gate) - aim.credit) /
		   fmax(span, aim.least_span);
	double pay = fmax(a / 3, a - aim.slope);

	p->theta = fmin(par->theta_max * a, pay / budget_yield(p) *
			exp(fmax(-3, fmin(aim.lent > 0 ? 0.3 : 1.5, x))));
	double have = credit + lent;
	double pays = p->conf.end_ms ? par->payback * a * aim.to_come :
				       aim.gate;

	if (have < aim.gate)
		p->theta = fmin(p->theta, par->gate_share * a / budget_yield(p));
	p->spent = have < fmax(0, par->last * aim.gate - pays) || a <= 0;
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
