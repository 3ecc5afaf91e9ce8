/*
 * server/pacer/pacer_table -- predictions made ready, a few rows a decision.
 *
 *   talk, wrap   P(still busy at each horizon | so long in this state)
 *   look         what a line's age says of its answer
 *
 * A decision then adds rows and reckons no exponentials.
 */
#include "pacer/pacer_priv.h"

#include <math.h>

#define STEPS 24		/* of the convolution talk + wrap            */
#define LOOKS_A_ROW 16
#define ROWS_A_TURN 6
#define ROWS_LARGE 3		/* on a large floor, which asks more often   */
#define LARGE_FLOOR 100		/* agents                                    */
#define AGENTS_A_TURN 50

/* Not yet through wrap-up after `to` seconds, who was not after `from`.  A
 * limit: none is ready before it and all are at it, or who is not ready by
 * then has run out of time and will not be. */
static double wrap_lasts(const struct pacer *p, double from, double to)
{
	const struct hazard *h = &p->know.wrap;
	double limit = p->conf.wrap_limit_ms / 1e3;

	if (limit > from && p->conf.wrap_full)
		return to < limit ? 1 : 0;
	if (limit > from && to > limit)
		to = limit;
	return exp(hazard_cum(h, from) - hazard_cum(h, to));
}

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
	double e = p->wrap_at[row], wait = p->conf.patience_ms / 1e3 *
		   p->par.horizon_shift;

	for (int k = 0; k < K; k++)
		p->wrap_busy[row][k] = (float)wrap_lasts(p, e, e +
						p->horizon[k] + wait);
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
		p->wrap_left[i] = wrap_lasts(p, 0, i * 0.5);
	p->built_ms = p->now_ms;
	p->build_row = 0;
}

static void look_rows(struct pacer *p, int first)
{
	const struct know *w = &p->know;

	for (int i = first; i < first + LOOKS_A_ROW && i < LOOK_ROWS; i++) {
		double e = i * (LOOK_MS / 1e3);
		double from = e - p->conf.detect_ms / 1e3;
		double fa = ring_cdf(&w->answered, e);
		struct look *l = &p->look[i];

		l->fa = 1 - fa;
		l->ff = 1 - ring_cdf(&w->failed, e);
		for (int k = 0; k < K; k++)
			l->gain[k] = (float)fmax(0, ring_cdf(&w->answered,
				from + (double)p->horizon[k]) - fa);
	}
}

static void build_row(struct pacer *p)
{
	int row = p->build_row++;

	if (row < TALK_ROWS)
		talk_row(p, row);
	else if ((row -= TALK_ROWS) < WRAP_ROWS)
		wrap_row(p, row);
	else if ((row -= WRAP_ROWS) * LOOKS_A_ROW < LOOK_ROWS)
		look_rows(p, row * LOOKS_A_ROW);
	else
		p->build_row = -1;
}

/* Elapsed times of the rows: close together first, then by `grow`; and the
 * row of each half second, so that nobody searches. */
static void rows_init(float *at, int rows, float step, float grow,
		      uint8_t *row_of)
{
	float t = 0;

	for (int i = 0; i < rows; i++) {
		at[i] = t;
		t += t < 16 ? step : t * grow;
	}
	for (int i = 0, row = 0; i < ROW_OF; i++) {
		while (row < rows - 2 && at[row + 1] <= (float)i / 2)
			row++;
		row_of[i] = (uint8_t)row;
	}
}

void risk_tables_all(struct pacer *p)
{
	rows_init(p->talk_at, TALK_ROWS, 2, 0.145f, p->talk_row_of);
	rows_init(p->wrap_at, WRAP_ROWS, 0.5f, 0.1f, p->wrap_row_of);
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

float table_row(const struct pacer *p, const struct agent *a, int *row)
{
	bool talk = a->state == AGENT_TALK;
	const float *at = talk ? p->talk_at : p->wrap_at;
	const uint8_t *of = talk ? p->talk_row_of : p->wrap_row_of;
	int last = (talk ? TALK_ROWS : WRAP_ROWS) - 2;
	int64_t ms = p->now_ms - a->since_ms;
	float e = (float)ms / 1e3f;
	int lo = ms / 500 < ROW_OF ? of[ms / 500] : of[ROW_OF - 1];

	while (lo < last && at[lo + 1] <= e)
		lo++;
	*row = lo;
	float w = (e - at[lo]) / (at[lo + 1] - at[lo]);

	return w > 1 ? 1 : w;
}
