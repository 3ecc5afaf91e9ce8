/*
 * server/pacer/pacer_budget -- the ledger and the risk it allows.
 *
 * credit = target x answered - abandoned, over the legal window.  The risk
 * limit is  theta = target / yield x u(credit to come, credit) , with u the
 * speed at which a stock that must never run out is best spent
 * (pacer_price.c).  The control acts on the credit and not on the rate, so
 * that each campaign, and not only their mean, keeps its target: at its end,
 * or from its first warm_answers answers on (enum pacer_hold).
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

bool budget_end_only(const struct pacer *p)
{
	return p->conf.hold == PACER_HOLD_END && p->conf.end_ms;
}

/*
 * Where the campaign stands.  Abandoned calls come in clumps, which grow with
 * the answers expected of the lines in the air (variance / mean measured: 1.1
 * at 5 agents, 1.6 at 20, 4 at 200), so that all is counted in clumps.  The
 * floor is cold until warm_answers, and may be in debt that will be earned by
 * then.  Without a planned end the campaign is taken to be at half, and to
 * last four hours at least.
 */
#define HALF_S 7200.0

struct stand {
	double credit;		/* less what the lines in the air may cost   */
	double debt;		/* allowed; beyond it nothing is risked      */
	double clump;		/* calls abandoned together                  */
	double to_come;		/* credit the answers to come will bring     */
};

/* Answers a second the people now here could talk to. */
static double most_a_second(const struct pacer *p)
{
	const struct know *w = &p->know;

	return pacer_people(p) / (hazard_mean(&w->talk) +
				  hazard_mean(&w->wrap));
}

/* Answers a second so far, while anybody was there; at first most of those. */
static double answers_a_second(const struct pacer *p)
{
	return (p->ledger.all.answered + 600 * 0.7 * most_a_second(p)) /
	       ((double)p->staffed_ms / 1e3 + 600);
}

static void stand_now(const struct pacer *p, struct stand *m)
{
	const struct pacer_params *par = &p->par;
	double a = p->conf.target, n = p->ledger.sum.answered;
	double left_s = fmax((double)p->staffed_ms / 1e3, HALF_S);

	if (p->conf.end_ms)
		left_s = fmax(0, (double)(p->conf.end_ms - p->now_ms) / 1e3);
	double speed = answers_a_second(p);
	double air = speed * ring_mean(&p->know.answered);
	double all = n + left_s * speed;
	double cold = fmax(0, a * (par->warm_answers - n));
	double fade = fmax(2 * par->warm_answers, par->debt_share * all);

	m->to_come = a * left_s * speed;
	m->clump = sqrt(1 + par->clump * air);
	if (budget_end_only(p)) {
		/* Of those to come only what the people now here can earn; of
		 * all that will be there only whole calls can be lost. */
		m->to_come = a * left_s * par->end_sure *
			     fmin(speed, most_a_second(p));
		m->debt = m->to_come;
		m->credit = floor(budget_left(p) + m->to_come -
				  par->end_margin * m->clump -
				  par->end_margin_air * air) - m->to_come;
		return;
	}
	m->credit = budget_left(p) - par->margin * m->clump -
		    par->margin_air * air;
	m->debt = fmax(cold, fmax(0, 1 - n / fade) *
		       (par->debt * m->clump + par->debt_root * sqrt(a * all)));
	/* Smoothly from "all that is earned by then" to "what is there":
	 * fitted to the same equation, held only from warm_answers on. */
	if (cold > 0) {
		double half = par->cold * par->cold * cold * m->clump;

		m->credit = (m->credit + sqrt(m->credit * m->credit +
					      4 * half)) / 2;
	}
}

double budget_yield(const struct pacer *p)
{
	const struct pacer_params *par = &p->par;
	const struct ledger *l = &p->ledger;

	return (l->paid + par->yield_prior_n) /
	       (l->risked + par->yield_prior_n / par->yield_start);
}

/* Least speed of the first answers, while little was lost: they are few, and
 * what they cost beyond their share is earned again long before the target
 * must hold; at the end only, they may cost more. */
static double first_speed(const struct pacer *p)
{
	const struct pacer_params *par = &p->par;
	bool end = budget_end_only(p);
	double few = end ? par->end_first_answers : par->first_answers;
	double lost = end ? par->end_first_debt : par->first_debt;
	double left = 1 - p->ledger.sum.answered / few;
	double debt = fmax(0, -budget_left(p)) / (lost * par->warm_answers *
						  fmax(p->conf.target, 1e-9));

	return (end ? par->end_first_spend : par->first_spend) *
	       fmax(0, left) * fmax(0, 1 - debt);
}

/*
 * Would one more clump of abandoned calls put a quarter of an hour above
 * quarter_top targets?  Answers: those of the last 15 minutes, or fewer if
 * the last five went slower, for a quarter that begins now has only those.
 */
static bool quarter_full(const struct pacer *p, double clump)
{
	const struct pacer_params *par = &p->par;
	const struct ledger *l = &p->ledger;
	double gone_s = (double)(p->now_ms - p->start_ms) / 1e3;
	double n = l->quarter.answered, slow = 0;

	if (p->agent_n < par->quarter_agents ||
	    l->quarter.abandoned < par->quarter_first)
		return false;
	if (gone_s < 900)
		n += (900 - gone_s) * answers_a_second(p);
	for (int i = 1; i <= QUARTER_SLOTS / 3; i++)
		slow += 3 * l->minute[i].answered;
	if (gone_s > 400)
		n = fmin(n, slow);
	return par->quarter_top * p->conf.target * n - l->quarter.abandoned <
	       par->quarter_room * clump;
}

void budget_theta(struct pacer *p)
{
	const struct pacer_params *par = &p->par;
	const struct slot *q = &p->ledger.quarter;
	double a = p->conf.target, even = a / budget_yield(p);
	struct stand at;

	stand_now(p, &at);
	double r = at.to_come / at.clump, c = at.credit / at.clump;
	double u = budget_end_only(p) ? price_spend_end(r, c) : price_spend(r, c);

	u = fmax(par->spend_min, fmin(par->spend_max, u));
	if (!budget_end_only(p) || at.credit + at.to_come >= 1)
		u = fmax(u, first_speed(p));
	p->theta = fmin(par->theta_top, even * u);
	p->spent = budget_left(p) < -at.debt || a <= 0;
	if (q->answered >= 20 && q->abandoned >
	    fmax(par->quarter_max * a * q->answered,
		 a * q->answered + 3 * sqrt(a * q->answered)))
		p->theta = fmin(p->theta, par->quarter_spend * even);
	if (quarter_full(p, at.clump))
		p->theta = fmin(p->theta, par->spend_min * even);
	if (p->spent)
		p->theta = 0;
	if (par->theta_fix > 0) {
		p->spent = false;
		p->theta = par->theta_fix;
	}
}
