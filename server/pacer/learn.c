/* server/pacer/learn -- see learn.h. */
#include "pacer/learn.h"

#include <math.h>
#include <string.h>

#define RING_BIN_S 0.5

void rate_init(struct rate *r, const struct pacer_params *par)
{
	memset(r, 0, sizeof(*r));
	r->window[0] = par->p_window_1;
	r->window[1] = par->p_window_2;
	r->window[2] = par->p_window_3;
	r->window[3] = par->p_window_4;
	r->prior = par->p_prior;
	r->prior_n = par->p_prior_n;
	r->memory = par->p_memory;
	r->dead = par->p_dead;
	r->prefer = par->p_prefer;
}

static double rate_model(const struct rate *r, int m)
{
	return (r->hits[m] + r->prior * r->prior_n) /
	       (r->tries[m] + r->prior_n);
}

bool rate_dead(const struct rate *r)
{
	return r->misses * rate_model(r, RATE_MODELS - 1) >=
	       r->dead * sqrt(fmax(1, r->scale));
}

/* The trunk is back: the fast memories begin again from the slow one. */
static void revive(struct rate *r)
{
	double p = rate_model(r, RATE_MODELS - 1);

	for (int m = 0; m < RATE_MODELS; m++)
		r->fit[m] = 0;
	for (int m = 0; m < RATE_MODELS - 1; m++) {
		r->tries[m] = 2 * r->prior_n;
		r->hits[m] = p * r->tries[m];
	}
	r->misses = 0;
}

void rate_seen(struct rate *r, bool hit, double scale)
{
	if (hit && rate_dead(r))
		revive(r);
	r->misses = hit ? 0 : r->misses + 1;
	r->scale = scale;
}

void rate_add(struct rate *r, bool hit, double scale)
{
	double keep = 1 - 1 / (r->memory * scale);

	for (int m = 0; m < RATE_MODELS; m++) {
		double p = rate_model(r, m);
		double k = 1 - 1 / (r->window[m] * scale);

		r->fit[m] = r->fit[m] * keep + log(hit ? p : 1 - p);
		r->hits[m] = r->hits[m] * k + (hit ? 1 : 0);
		r->tries[m] = r->tries[m] * k + 1;
	}
}

struct rate_now rate_get(const struct rate *r)
{
	double best = r->fit[0], sum = 0, mean = 0, square = 0;

	for (int m = 1; m < RATE_MODELS; m++)
		best = fmax(best, r->fit[m] + m * r->prefer);
	for (int m = 0; m < RATE_MODELS; m++) {
		double w = exp(r->fit[m] + m * r->prefer - best);
		double p = rate_model(r, m);
		double var = p * (1 - p) / (r->tries[m] + r->prior_n + 1);

		sum += w;
		mean += w * p;
		square += w * (var + p * p);
	}
	mean /= sum;
	square = square / sum - mean * mean;
	return (struct rate_now){ mean, sqrt(fmax(square, 1e-12)),
				  rate_model(r, RATE_MODELS - 1),
				  rate_dead(r) };
}

/* Prior: answers spread evenly over the ringing time, failures engaged at
 * once or at the time-out. */
void ring_init(struct ring *r, enum ring_kind kind, double timeout_s,
	       const struct pacer_params *par)
{
	int last = (int)(timeout_s / RING_BIN_S);

	memset(r, 0, sizeof(*r));
	r->keep = 1 - 1 / par->ring_window;
	if (last > RING_BINS - 2)
		last = RING_BINS - 2;
	if (last < 8)
		last = 8;
	for (int i = 0; i < RING_BINS; i++) {
		bool early = i >= 4 && i < 12 && i < last;
		double w = 0.05 / RING_BINS;

		if (kind == RING_ANSWERED && i >= 4 && i <= last)
			w += 0.95 / (last - 3);
		else if (kind == RING_FAILED)
			w += i == last ? 0.65 : early ? 0.30 / 8 : 0;
		r->prior[i] = w * par->ring_prior_n;
	}
	ring_build(r);
}

void ring_add(struct ring *r, double s, double n)
{
	int i = s <= 0 ? 0 : s >= RING_BINS * RING_BIN_S ? RING_BINS - 1 :
		(int)(s / RING_BIN_S);
	double keep = pow(r->keep, n);

	for (int k = 0; k < RING_BINS; k++)
		r->seen[k] *= keep;
	r->seen[i] += n;
	r->sum = r->sum * keep + n;
}

void ring_build(struct ring *r)
{
	double sum = 0;

	for (int i = 0; i < RING_BINS; i++) {
		r->cdf[i] = sum;
		sum += r->prior[i] + r->seen[i];
	}
	r->cdf[RING_BINS] = sum;
	for (int i = 0; i <= RING_BINS; i++)
		r->cdf[i] /= sum;
}

double ring_cdf(const struct ring *r, double s)
{
	double x = s / RING_BIN_S;

	if (x <= 0)
		return 0;
	if (x >= RING_BINS)
		return 1;
	int i = (int)x;
	return r->cdf[i] + (r->cdf[i + 1] - r->cdf[i]) * (x - i);
}

double ring_quantile(const struct ring *r, double q)
{
	int i = 0;

	while (i < RING_BINS - 1 && r->cdf[i + 1] < q)
		i++;
	double w = r->cdf[i + 1] - r->cdf[i];
	return RING_BIN_S * (i + (w > 0 ? (q - r->cdf[i]) / w : 0));
}

double ring_mean(const struct ring *r)
{
	double mean = 0;

	for (int i = 0; i < RING_BINS; i++)
		mean += (r->cdf[i + 1] - r->cdf[i]) * (i + 0.5) * RING_BIN_S;
	return mean;
}

void hazard_init(struct hazard *h, double first_s, double linear_s,
		 double grow, double mean_s, double smooth,
		 const struct pacer_params *par)
{
	double at = 0, step = first_s;

	memset(h, 0, sizeof(*h));
	for (int i = 0; i < HAZARD_BINS; i++) {
		h->edge[i] = at;
		if (at >= linear_s)
			step = at * (grow - 1);
		at += step;
	}
	h->edge[HAZARD_BINS] = at;
	h->smooth = smooth;
	h->keep = 1 - 1 / par->time_window;
	h->drift_window = par->drift_window;
	h->drift_prior = par->drift_prior_n;
	h->prior_n = par->time_prior_n;
	h->prior_s = mean_s;
	hazard_build(h);
}

static int bin_of(const struct hazard *h, double s)
{
	int lo = 0, hi = HAZARD_BINS - 1;

	while (lo < hi) {
		int mid = (lo + hi + 1) / 2;

		if (h->edge[mid] <= s)
			lo = mid;
		else
			hi = mid - 1;
	}
	return lo;
}

static double base_cum(const struct hazard *h, double s)
{
	int i = bin_of(h, s);

	return h->base[i] + h->rate[i] * (s - h->edge[i]);
}

void hazard_expose(struct hazard *h, double from, double to)
{
	if (to <= from)
		return;
	double e = base_cum(h, to) - base_cum(h, from);
	double k = exp(-e / h->drift_window);

	h->drift_ends *= k;
	h->drift_expected = h->drift_expected * k + e;
	for (int i = bin_of(h, from); i < HAZARD_BINS; i++) {
		bool last = h->edge[i + 1] >= to || i == HAZARD_BINS - 1;
		double end = last ? to : h->edge[i + 1];

		h->time[i] += end - fmax(from, h->edge[i]);
		if (last)
			break;
	}
}

void hazard_end(struct hazard *h, double s)
{
	for (int i = 0; i < HAZARD_BINS; i++) {
		h->ends[i] *= h->keep;
		h->time[i] *= h->keep;
	}
	h->ends[bin_of(h, s)] += 1;
	h->drift_ends += 1;
	h->n = h->n * h->keep + 1;
	h->sum = h->sum * h->keep + s;
	h->sum2 = h->sum2 * h->keep + s * s;
}

void hazard_build(struct hazard *h)
{
	double ends = h->prior_n, time = h->prior_n * h->prior_s;

	for (int i = 0; i < HAZARD_BINS; i++) {
		ends += h->ends[i];
		time += h->time[i];
	}
	double all = ends / time, sum = 0;

	for (int i = 0; i < HAZARD_BINS; i++) {
		h->rate[i] = (h->ends[i] + h->smooth) /
			     (h->time[i] + h->smooth / all);
		h->base[i] = sum;
		sum += h->rate[i] * (h->edge[i + 1] - h->edge[i]);
	}
	h->base[HAZARD_BINS] = sum;
	h->drift = (h->drift_ends + h->drift_prior) /
		   (h->drift_expected + h->drift_prior);
}

double hazard_cum(const struct hazard *h, double s)
{
	return base_cum(h, s) * h->drift;
}

double hazard_mean(const struct hazard *h)
{
	return (h->sum + h->prior_n * h->prior_s) / (h->n + h->prior_n);
}

double hazard_cv(const struct hazard *h)
{
	if (h->n < 10)
		return 1;
	double m = h->sum / h->n;
	return sqrt(fmax(h->sum2 / h->n / (m * m) - 1, 0));
}
