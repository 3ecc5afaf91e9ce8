/*
 * server/pacer/pacer_risk -- if one more call is dialled and answered, how
 * likely is it that no agent is there?
 *
 * At K horizons, the mid-quantiles of the answered ring time, the demand is
 * Z_k = agents still busy + lines answered by then; all are independent
 * Bernoulli, so Z_k is Poisson-binomial.  With M agents less the callers
 * waiting, risk = mean over k of P(Z_k >= M).  Not knowing p is a risk all
 * lines share, so the distribution is taken at p - se and p + se.
 *
 * The K horizons lie side by side in one vector: every step of the dynamic
 * program does all of them at once.
 */
#include "pacer/pacer_priv.h"

#include <math.h>
#include <string.h>

/* Demand at the horizons: exactly, or by its first three moments. */
struct demand {
	uint32_t m;		/* agents less callers waiting               */
	uint32_t n;		/* Bernoullis in d so far                    */
	bool exact;
	vec mean, var, third;
	vec d[160];		/* P(Z = z), z < m                           */
};

/* n of one probability, by their moments. */
static void moments_add(struct demand *z, const vec *add, float n)
{
	vec q = *add, v = q * (1 - q) * n;

	z->mean += q * n;
	z->var += v;
	z->third += v * (1 - q - q);
}

static void demand_add(struct demand *z, const vec *add)
{
	vec q = *add;

	if (!z->exact) {
		moments_add(z, add, 1);
		return;
	}
	z->mean += q;
	uint32_t top = z->n + 1 < z->m ? z->n + 1 : z->m - 1;

	for (uint32_t i = top; i > 0; i--)
		z->d[i] += q * (z->d[i - 1] - z->d[i]);
	z->d[0] *= 1 - q;
	z->n++;
}

/* Refined normal approximation with continuity correction: skewness moves
 * the tail (Hong 2013, "On computing the distribution function of the
 * Poisson binomial distribution", eq. 14). */
static double normal_tail(double m, double mean, double var, double third)
{
	double sd = sqrt(fmax(var, 1e-6));
	double x = (m - 0.5 - mean) / sd, skew = third / (sd * sd * sd);
	double phi = exp(-x * x / 2) * 0.3989422804014327;
	double t = 0.5 * erfc(x * M_SQRT1_2) - skew * (1 - x * x) * phi / 6;

	return fmin(1, fmax(0, t));
}

/* A line answered at horizon j is abandoned itself, or takes the agent of a
 * later one: the risk it adds is that at j or after demand reaches M.  On a
 * small floor an agent is soon free again and the second part counts less. */
static double demand_risk(const struct demand *z, double cascade)
{
	double tail[K], r = 0, worst = 0;

	if (z->exact) {
		vec sum = { 0 };

		for (uint32_t i = 0; i < z->m && i <= z->n; i++)
			sum += z->d[i];
		for (int k = 0; k < K; k++)
			tail[k] = fmax(0, 1 - (double)sum[k]);
	} else {
		for (int k = 0; k < K; k++)
			tail[k] = normal_tail(z->m, z->mean[k], z->var[k],
					      z->third[k]);
	}
	for (int k = K - 1; k >= 0; k--) {
		worst = fmax(worst, tail[k]);
		r += cascade * worst + (1 - cascade) * tail[k];
	}
	return r / K;
}

static bool counts_busy(const struct agent *a)
{
	return !a->leaving && !a->gone &&
	       (a->state == AGENT_TALK || a->state == AGENT_WRAP);
}

/* Who has a call-back at a fixed minute is there until then and not after. */
static bool bound_busy(const struct pacer *p, const struct agent *a, vec *busy)
{
	float in = p->bound ? bound_in(p, a) : INFINITY;
	float wait = (float)p->conf.patience_ms / 1e3f;
	bool any = false;

	for (int k = 0; k < K; k++)
		if (p->horizon[k] + wait >= in) {
			(*busy)[k] = 1;
			any = true;
		}
	return any;
}

/* Idle agents who are bound. */
static void agents_bound(const struct pacer *p, struct demand *z)
{
	for (uint32_t i = 0; p->bound && i < p->agent_n; i++) {
		const struct agent *a = &p->agents[i];
		vec busy = { 0 };

		if (a->state == AGENT_IDLE && !a->leaving && !a->gone &&
		    bound_busy(p, a, &busy))
			demand_add(z, &busy);
	}
}

static void agent_busy(const struct pacer *p, const struct agent *a, int row,
		       float w, vec *busy)
{
	const vec *at = a->state == AGENT_TALK ? &p->talk_busy[row] :
						 &p->wrap_busy[row];

	*busy = at[0] + (at[1] - at[0]) * w;
	bound_busy(p, a, busy);
}

static void agents_each(const struct pacer *p, struct demand *z)
{
	for (uint32_t i = 0; i < p->agent_n; i++) {
		const struct agent *a = &p->agents[i];
		int row;

		if (!counts_busy(a))
			continue;
		float w = table_row(p, a, &row);
		vec busy;

		agent_busy(p, a, row, w, &busy);
		demand_add(z, &busy);
	}
}

/* Many agents: each is shared out to the two rows he is between, so that
 * their mean is the same and the work that of the rows. */
static void agents_by_row(const struct pacer *p, struct demand *z)
{
	float talk[TALK_ROWS] = { 0 }, wrap[WRAP_ROWS] = { 0 };

	for (uint32_t i = 0; i < p->agent_n; i++) {
		const struct agent *a = &p->agents[i];
		int row;

		if (!counts_busy(a))
			continue;
		float w = table_row(p, a, &row);
		float *n = a->state == AGENT_TALK ? talk : wrap;
		vec busy;

		if (a->bound_ms) {
			agent_busy(p, a, row, w, &busy);
			moments_add(z, &busy, 1);
			continue;
		}
		n[row] += 1 - w;
		n[row + 1] += w;
	}
	for (int i = 0; i < TALK_ROWS; i++)
		if (talk[i] > 0)
			moments_add(z, &p->talk_busy[i], talk[i]);
	for (int i = 0; i < WRAP_ROWS; i++)
		if (wrap[i] > 0)
			moments_add(z, &p->wrap_busy[i], wrap[i]);
}

/* P(answered by the horizons | ringing so long, answer rate q). */
static void line_answers(const struct pacer *p, const struct look *l, double q,
			 vec *out)
{
	double alive = q * l->fa + (1 - q) * l->ff;
	double scale = alive < 1e-9 ? 0 : q * p->person / alive;

	*out = l->gain * (float)scale;
}

/* Everyone on the floor; false if no agent will be free. */
static bool demand_now(const struct pacer *p, struct demand *z)
{
	uint32_t people = p->agent_count[AGENT_IDLE] +
			  p->agent_count[AGENT_TALK] +
			  p->agent_count[AGENT_WRAP];
	uint32_t waiting = p->line_count[LINE_WAIT];

	memset(z, 0, offsetof(struct demand, d));
	if (people <= waiting)
		return false;
	z->m = people - waiting;
	double servers = people - p->agent_count[AGENT_IDLE] + p->line_n +
			 p->rival_n;

	z->exact = z->m < ARRAY_LEN(z->d) &&
		   servers * z->m <= p->par.exact_work;
	if (z->exact) {
		memset(z->d, 0, z->m * sizeof(z->d[0]));
		z->d[0] = (vec){ 1, 1, 1, 1, 1, 1, 1, 1 };
	}
	if (z->exact)
		agents_each(p, z);
	else
		agents_by_row(p, z);
	agents_bound(p, z);
	return true;
}

/* Lines that ring, counted by their age. */
struct rings {
	int top;			/* rows in use                       */
	uint32_t n[LOOK_ROWS];		/* that may teach what p is          */
	uint32_t plain[LOOK_ROWS];	/* without a chance of their own     */
};

static void rings_now(const struct pacer *p, struct rings *r)
{
	int64_t oldest = p->now_ms;

	for (uint32_t i = 0; i < p->line_n; i++)
		if (p->lines[i].since_ms < oldest)
			oldest = p->lines[i].since_ms;
	r->top = table_age(p, oldest) + 1;
	memset(r->n, 0, (size_t)r->top * sizeof(r->n[0]));
	memset(r->plain, 0, (size_t)r->top * sizeof(r->plain[0]));
	for (uint32_t i = 0; i < p->line_n; i++) {
		const struct line *l = &p->lines[i];
		int row = table_age(p, l->since_ms);

		if (l->state != LINE_RING)
			continue;
		r->plain[row] += l->chance == 1;
		r->n[row] += l->since_ms >= p->back_ms;
	}
}

/*
 * What the last half minute says about p.  Lines engaged fail at once, those
 * answered follow, those that ring out come last, so that outcomes alone
 * mislead after each burst of dials.  One step of expectation-maximisation
 * a decision (Dempster, Laird, Rubin 1977): each line counts as answered to
 * the degree its age allows.
 */
static void rate_in_air(const struct pacer *p, const struct rings *air,
			struct rate_now *r)
{
	double q = p->p.mean > 0 ? p->p.mean : r->mean;
	double hits = 0, known = 0, rings = 0;

	for (int i = 0; i < air->top; i++) {
		double n = air->n[i];

		if (!air->n[i])
			continue;
		double yes = q * p->look[i].fa, no = (1 - q) * p->look[i].ff;
		double a = yes + no > 1e-9 ? yes / (yes + no) : q;
		double sure = 1 - a * (1 - a) / (q * (1 - q));

		rings += n;
		hits += a * n;
		known += sure > 0 ? sure * n : 0;
	}
	double over = p->recent_hits + p->recent_misses;
	double lines = rings + over;
	double n = fmax(0, r->mean * (1 - r->mean) / (r->se * r->se) - 1);

	n = fmin(n, fmax(p->par.p_recent_n, p->par.p_recent * lines));
	r->mean = (r->mean * n + hits + p->recent_hits) / (n + lines);
	r->se = sqrt(r->mean * (1 - r->mean) / (n + known + over + 1));
}

/* The rate to reckon with: a trunk that answers nothing says nothing about
 * the people who will answer when it is back. */
static struct rate_now rate_used(const struct pacer *p,
				 const struct rings *air)
{
	struct rate_now r = rate_get(&p->know.rate);

	if (p->line_count[LINE_RING] && !r.dead)
		rate_in_air(p, air, &r);
	if (r.dead) {
		r.mean = r.slow;
		r.se = 0.3 * r.slow;
	}
	/* Before ring times are known, no answer yet says little. */
	double green = fmax(0, 1 - p->know.answered.sum / p->par.p_green);
	double prior = p->know.rate.prior;

	if (green > 0) {
		r.mean = fmax(r.mean, prior * green);
		r.se = fmax(r.se, green * sqrt(prior * (1 - prior) /
					       (p->par.p_prior_n + 1)));
	}
	r.mean = fmin(0.98, fmax(r.mean, 0.005));
	return r;
}

struct two {
	struct demand z[2];
	vec fresh[2];		/* a line dialled now                        */
	double cascade;		/* share of it in the risk                   */
	int n;
};

/* Lines of other campaigns, that may take our agents. */
static void two_rivals(const struct pacer *p, struct two *t)
{
	for (uint32_t i = 0; i < p->rival_n; i++) {
		const struct rival *o = &p->rivals[i];
		vec v = { 0 };

		if (o->waits) {
			v += o->share;
		} else {
			line_answers(p, &p->look[table_age(p, o->since_ms)],
				     fmin(0.99, (double)o->chance), &v);
			v *= o->share;
		}
		for (int k = 0; k < t->n; k++)
			demand_add(&t->z[k], &v);
	}
}

/* Lines in the air: many by their age, few and those with a chance of their
 * own each for itself. */
static void two_lines(const struct pacer *p, struct two *t,
		      const struct rings *air, const double *q)
{
	vec v = { 0 }, person = v + (float)p->person;
	bool by_age = !t->z[0].exact;

	for (int i = 0; by_age && i < air->top; i++)
		for (int k = 0; k < t->n && air->plain[i]; k++) {
			line_answers(p, &p->look[i], q[k], &v);
			moments_add(&t->z[k], &v, (float)air->plain[i]);
		}
	for (uint32_t i = 0; i < p->line_n; i++) {
		const struct line *l = &p->lines[i];
		const struct look *look = &p->look[table_age(p, l->since_ms)];

		if (l->state == LINE_WAIT || (by_age && l->chance == 1 &&
					      l->state == LINE_RING))
			continue;
		for (int k = 0; k < t->n; k++) {
			v = person;
			if (l->state == LINE_RING)
				line_answers(p, look, fmin(0.99, q[k] *
					     (double)l->chance), &v);
			demand_add(&t->z[k], &v);
		}
	}
	two_rivals(p, t);
	for (int k = 0; k < t->n; k++)
		line_answers(p, &p->look[0], q[k], &t->fresh[k]);
}

static bool two_now(struct pacer *p, struct two *t)
{
	struct rings air;

	rings_now(p, &air);
	p->p = rate_used(p, &air);
	double off = p->par.p_sd * p->p.se;

	p->person = p->conf.detect_ms ? rate_get(&p->know.person).mean : 1;

	t->n = off > 0 ? 2 : 1;
	if (!demand_now(p, &t->z[0]))
		return false;
	t->cascade = t->z[0].m / (t->z[0].m + p->par.cascade_agents);
	if (t->n == 2)
		memcpy(&t->z[1], &t->z[0], t->z[0].exact ?
		       offsetof(struct demand, d) +
		       t->z[0].m * sizeof(t->z[0].d[0]) :
		       offsetof(struct demand, d));
	double q[2];

	for (int i = 0; i < 2; i++) {
		q[i] = p->p.mean + (i ? off : t->n == 2 ? -off : 0);
		q[i] = fmin(0.98, fmax(0.002, q[i]));
	}
	two_lines(p, t, &air, q);
	return true;
}

static double two_risk(const struct two *t)
{
	double r = 0;

	for (int i = 0; i < t->n; i++)
		r += demand_risk(&t->z[i], t->cascade);
	return r / t->n;
}

/* n fresh lines more; a negative n (moments only) takes them back. */
static void two_add(struct two *t, int n)
{
	for (int i = 0; i < t->n; i++) {
		struct demand *z = &t->z[i];

		if (!z->exact)
			moments_add(z, &t->fresh[i], (float)n);
		for (int k = 0; z->exact && k < n; k++)
			demand_add(z, &t->fresh[i]);
	}
}

/* Moments: the number is found by steps that double, then by halving, since a
 * start may want thousands and most decisions none or two.  The risk grows
 * with the number of lines. */
static uint32_t most_lines(struct two *t, uint32_t most, double theta,
			   double *risk)
{
	uint32_t lo = 0, hi = most;	/* lo is allowed, hi + 1 is not      */

	if (two_risk(t) > theta)
		return 0;
	while (lo < hi) {
		uint32_t mid = hi == most ? lo + lo / 2 + 1 :
					    lo + (hi - lo) / 2;

		mid = MIN(mid, hi - 1);
		two_add(t, (int)mid);
		*risk = two_risk(t);
		two_add(t, -(int)mid);
		if (*risk <= theta)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

uint32_t risk_dials(struct pacer *p, uint32_t own, uint32_t most, double theta)
{
	struct two t;
	uint32_t n = own < most ? own : most;

	p->last_risk = 1;
	if (!two_now(p, &t))
		return 0;
	two_add(&t, (int)n);
	p->last_risk = two_risk(&t);
	if (!t.z[0].exact)
		return n + most_lines(&t, most - n, theta, &p->last_risk);
	while (n < most && p->last_risk <= theta) {
		two_add(&t, 1);
		p->last_risk = two_risk(&t);
		n++;
	}
	return n;
}

void risk_explain(struct pacer *p, struct pacer_explain *x)
{
	struct two t;
	struct rate_now keep = p->p;	/* to look must not change anything  */
	bool some = two_now(p, &t);

	x->risk = some ? two_risk(&t) : 1;
	x->answer_rate = p->p.mean;
	x->answer_rate_se = p->p.se;
	for (int k = 0; k < K; k++) {
		x->horizon_s[k] = (double)p->horizon[k];
		x->free_agents[k] = some ? t.z[0].m -
			(double)(t.z[0].mean[k] + t.z[t.n - 1].mean[k]) / 2 : 0;
	}
	p->p = keep;
}
