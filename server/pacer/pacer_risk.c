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

#define STEPS 24		/* of the convolution talk + wrap            */
#define ROWS_A_TURN 6
#define ROWS_LARGE 3		/* on a large floor, which asks more often   */
#define LARGE_FLOOR 100		/* agents                                    */
#define AGENTS_A_TURN 50

/* Survival of wrap-up u seconds after it began. */
static double wrap_survives(const struct pacer *p, double u)
{
	double x = u * 2;
	int i = (int)x;

	if (i >= WRAP_ROWS * 2 - 1)
		return p->wrap_left[WRAP_ROWS * 2 - 1];
	return p->wrap_left[i] +
	       (p->wrap_left[i + 1] - p->wrap_left[i]) * (x - i);
}

/* P(busy at each horizon | in talk for e seconds): still talking, or ended
 * at u and not yet through the wrap-up. */
static void talk_row(struct pacer *p, int row)
{
	const struct hazard *h = &p->know.talk;
	double e = p->talk_at[row], wait = p->conf.patience_ms / 1e3 *
		   p->par.horizon_shift;
	double far = p->horizon[K - 1] + wait, step = far / STEPS;
	double left[STEPS + 1], start = hazard_cum(h, e);

	for (int j = 0; j <= STEPS; j++)
		left[j] = exp(start - hazard_cum(h, e + j * step));
	for (int k = 0; k < K; k++) {
		double at = p->horizon[k] + wait, busy = 0;
		int n = (int)(at / step);
		double tail = at - n * step;

		if (n >= STEPS)
			n = STEPS, tail = 0;
		for (int j = 0; j < n; j++)
			busy += (left[j] - left[j + 1]) *
				wrap_survives(p, at - (j + 0.5) * step);
		double end = left[n];
		if (n < STEPS)
			end += (left[n + 1] - left[n]) * tail / step;
		busy += end + (left[n] - end) * wrap_survives(p, tail / 2);
		p->talk_busy[row][k] = (float)fmin(1, busy);
	}
}

static void wrap_row(struct pacer *p, int row)
{
	const struct hazard *h = &p->know.wrap;
	double e = p->wrap_at[row], wait = p->conf.patience_ms / 1e3 *
		   p->par.horizon_shift;
	double start = hazard_cum(h, e);

	for (int k = 0; k < K; k++)
		p->wrap_busy[row][k] = (float)exp(start - hazard_cum(h,
			e + p->horizon[k] + wait));
}

static void begin_build(struct pacer *p)
{
	struct know *w = &p->know;

	ring_build(&w->answered);
	ring_build(&w->failed);
	hazard_build(&w->talk);
	hazard_build(&w->wrap);
	for (int k = 0; k < K; k++)
		p->horizon[k] = (float)(ring_quantile(&w->answered,
			(k + 0.5) / K) + p->conf.detect_ms / 1e3);
	for (int i = 0; i < WRAP_ROWS * 2; i++)
		p->wrap_left[i] = exp(-hazard_cum(&w->wrap, i * 0.5));
	p->built_ms = p->now_ms;
	p->build_row = 0;
}

static void build_row(struct pacer *p)
{
	int row = p->build_row++;

	if (row < TALK_ROWS)
		talk_row(p, row);
	else if (row < TALK_ROWS + WRAP_ROWS)
		wrap_row(p, row - TALK_ROWS);
	else
		p->build_row = -1;
}

/* Elapsed times of the rows: close together first, then by 12 %. */
void risk_tables_all(struct pacer *p)
{
	float at = 0;

	for (int i = 0; i < TALK_ROWS; i++) {
		p->talk_at[i] = at;
		at += at < 16 ? 2.0f : at * 0.145f;
	}
	at = 0;
	for (int i = 0; i < WRAP_ROWS; i++) {
		p->wrap_at[i] = at;
		at += at < 16 ? 0.5f : at * 0.1f;
	}
	begin_build(p);
	while (p->build_row >= 0)
		build_row(p);
}

/* Counts the stays so far of some agents; true when all are done. */
static bool expose(struct pacer *p)
{
	uint32_t end = MIN(p->agent_n, p->exposed + AGENTS_A_TURN);

	for (uint32_t i = p->exposed; i < end; i++) {
		struct agent *a = &p->agents[i];
		struct hazard *h = a->state == AGENT_TALK ? &p->know.talk :
				   a->state == AGENT_WRAP ? &p->know.wrap :
				   NULL;

		if (!h || a->doubt || a->gone)
			continue;
		hazard_expose(h, (double)(a->seen_ms - a->since_ms) / 1e3,
			      (double)(p->now_ms - a->since_ms) / 1e3);
		a->seen_ms = p->now_ms;
	}
	p->exposed = end < p->agent_n ? end : 0;
	return !p->exposed;
}

/* A few rows a decision, so that none is slow. */
void risk_tables_some(struct pacer *p)
{
	if (p->build_row < 0) {
		if (p->now_ms - p->built_ms < p->par.refresh_s * 1e3)
			return;
		if (expose(p))
			begin_build(p);
		return;
	}
	int rows = p->agent_n < LARGE_FLOOR ? ROWS_A_TURN : ROWS_LARGE;

	for (int i = 0; i < rows && p->build_row >= 0; i++)
		build_row(p);
}

static void between(const vec *rows, const float *at, int n, float e,
		    vec *out)
{
	int lo = 0, hi = n - 2;

	while (lo < hi) {
		int mid = (lo + hi + 1) / 2;

		if (at[mid] <= e)
			lo = mid;
		else
			hi = mid - 1;
	}
	float w = (e - at[lo]) / (at[lo + 1] - at[lo]);

	if (w > 1)
		w = 1;
	*out = rows[lo] + (rows[lo + 1] - rows[lo]) * w;
}

/* Agents who count and are busy: P(busy at the horizons). */
static bool agent_busy(const struct pacer *p, const struct agent *a, vec *busy)
{
	float e = (float)(p->now_ms - a->since_ms) / 1e3f;

	if (a->leaving || a->gone)
		return false;
	if (a->state == AGENT_TALK)
		between(p->talk_busy, p->talk_at, TALK_ROWS, e, busy);
	else if (a->state == AGENT_WRAP)
		between(p->wrap_busy, p->wrap_at, WRAP_ROWS, e, busy);
	else
		return false;
	return true;
}

/* A line's part that does not depend on the answer rate. */
struct ringing {
	vec gain;		/* Fa(e + horizon) - Fa(e)                   */
	double fa, ff;		/* not answered, not failed by e: 1 - each   */
};

static void line_look(const struct pacer *p, double e, struct ringing *l)
{
	const struct know *w = &p->know;
	double from = e - p->conf.detect_ms / 1e3, fa = ring_cdf(&w->answered,
								 e);

	l->fa = 1 - fa;
	l->ff = 1 - ring_cdf(&w->failed, e);
	for (int k = 0; k < K; k++)
		l->gain[k] = (float)fmax(0, ring_cdf(&w->answered, from +
					 (double)p->horizon[k]) - fa);
}

/* P(answered by the horizons | ringing so long, answer rate q). */
static void line_answers(const struct pacer *p, const struct ringing *l,
			 double q, vec *out)
{
	double alive = q * l->fa + (1 - q) * l->ff;
	double scale = alive < 1e-9 ? 0 : q * p->person / alive;

	*out = l->gain * (float)scale;
}

/* Demand at the horizons: exactly, or by its first three moments. */
struct demand {
	uint32_t m;		/* agents less callers waiting               */
	uint32_t n;		/* Bernoullis in d so far                    */
	bool exact;
	vec mean, var, third;
	vec d[160];		/* P(Z = z), z < m                           */
};

static void demand_add(struct demand *z, const vec *add)
{
	vec q = *add, v = q * (1 - q);

	z->mean += q;
	z->var += v;
	z->third += v * (1 - q - q);
	if (!z->exact)
		return;
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

/* Everyone on the floor and on the wire; false if no agent will be free. */
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
	for (uint32_t i = 0; i < p->agent_n; i++) {
		vec busy;

		if (agent_busy(p, &p->agents[i], &busy))
			demand_add(z, &busy);
	}
	return true;
}

/*
 * What the last half minute says about p.  Lines engaged fail at once, those
 * answered follow, those that ring out come last, so that outcomes alone
 * mislead after each burst of dials.  One step of expectation-maximisation
 * a decision (Dempster, Laird, Rubin 1977): each line counts as answered to
 * the degree its age allows.
 */
static void rate_in_air(const struct pacer *p, struct rate_now *r)
{
	const struct know *w = &p->know;
	double q = p->p.mean > 0 ? p->p.mean : r->mean;
	double hits = 0, known = 0, rings = 0;

	for (uint32_t i = 0; i < p->line_n; i++) {
		const struct line *l = &p->lines[i];
		double e = (double)(p->now_ms - l->since_ms) / 1e3;

		if (l->state != LINE_RING || l->since_ms < p->back_ms)
			continue;
		rings++;
		double yes = q * (1 - ring_cdf(&w->answered, e));
		double no = (1 - q) * (1 - ring_cdf(&w->failed, e));
		double a = yes + no > 1e-9 ? yes / (yes + no) : q;

		hits += a;
		known += fmax(0, 1 - a * (1 - a) / (q * (1 - q)));
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
static struct rate_now rate_used(const struct pacer *p)
{
	struct rate_now r = rate_get(&p->know.rate);

	if (p->line_count[LINE_RING] && !r.dead)
		rate_in_air(p, &r);
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

		v += o->share;
		if (!o->waits) {
			struct ringing r;

			line_look(p, (double)(p->now_ms - o->since_ms) / 1e3,
				  &r);
			line_answers(p, &r, fmin(0.99, (double)o->chance), &v);
			v *= o->share;
		}
		for (int k = 0; k < t->n; k++)
			demand_add(&t->z[k], &v);
	}
}

static void two_lines(const struct pacer *p, struct two *t, const double *q)
{
	vec v = { 0 }, person = v + (float)p->person;
	struct ringing r;

	for (uint32_t i = 0; i < p->line_n; i++) {
		const struct line *l = &p->lines[i];

		if (l->state == LINE_RING)
			line_look(p, (double)(p->now_ms - l->since_ms) / 1e3,
				  &r);
		for (int k = 0; k < t->n && l->state != LINE_WAIT; k++) {
			v = person;
			if (l->state == LINE_RING)
				line_answers(p, &r, fmin(0.99, q[k] *
							 (double)l->chance),
					     &v);
			demand_add(&t->z[k], &v);
		}
	}
	two_rivals(p, t);
	line_look(p, 0, &r);
	for (int k = 0; k < t->n; k++)
		line_answers(p, &r, q[k], &t->fresh[k]);
}

static bool two_now(struct pacer *p, struct two *t)
{
	p->p = rate_used(p);
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
	two_lines(p, t, q);
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
		vec q = t->fresh[i], v = q * (1 - q);

		if (z->exact) {
			for (int k = 0; k < n; k++)
				demand_add(z, &q);
			continue;
		}
		z->mean += q * (float)n;
		z->var += v * (float)n;
		z->third += v * (1 - q - q) * (float)n;
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
