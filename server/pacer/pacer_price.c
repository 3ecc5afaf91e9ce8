/*
 * server/pacer/pacer_price -- how fast a budget may be spent: the optimal
 * control of a stock that must never run out, solved once.
 *
 * Credit comes in evenly, one abandoned call's worth after the other; calls
 * are lost at random at u times that rate (Poisson), and talk grows with
 * L + 0.06 L^2, L = ln u (measured at 5 and 20 agents).  If the credit must
 * not fall below 0 at any moment until the end, the value of a stock c with r
 * more to come obeys
 *
 *   V(r, c) = max over u of  talk(u) h + (1 - u h) V(r - h, c + h)
 *                                      + u h V(r - h, c + h - 1)
 *
 * and the best u makes what a little more talk is worth the price of one
 * abandoned call, V(c) - V(c - 1).  tests/pacer/price_test.c solves the
 * equation again and compares.
 */
#include "pacer/pacer_priv.h"

#include "base/base.h"

#include <math.h>

#define ROWS 16
#define COLS 16

/* r: credit to come, and c: credit there, both in abandoned calls. */
static const double to_come_of[ROWS] = { 0.25, 1, 2, 3, 5, 8, 12, 20, 30, 50,
					 80, 130, 200, 350, 600, 1000 };
static const double credit_of[COLS] = { 0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 8,
					10, 13, 17, 22, 30, 40 };
static const double spend[ROWS][COLS] = {
	{ 0.01, 0.01, 1.00, 1.00, 4.00, 4.00, 4.00, 4.00,
	  4.00, 4.00, 4.00, 4.00, 4.00, 4.00, 4.00, 4.00 },
	{ 0.01, 0.01, 0.25, 0.41, 0.94, 1.81, 2.92, 4.00,
	  4.00, 4.00, 4.00, 4.00, 4.00, 4.00, 4.00, 4.00 },
	{ 0.01, 0.01, 0.20, 0.32, 0.68, 1.21, 1.72, 2.26,
	  2.87, 4.00, 4.00, 4.00, 4.00, 4.00, 4.00, 4.00 },
	{ 0.01, 0.01, 0.19, 0.30, 0.59, 1.02, 1.38, 1.74,
	  2.10, 2.88, 3.96, 4.00, 4.00, 4.00, 4.00, 4.00 },
	{ 0.01, 0.01, 0.18, 0.28, 0.53, 0.85, 1.12, 1.35,
	  1.57, 2.00, 2.44, 3.17, 4.00, 4.00, 4.00, 4.00 },
	{ 0.01, 0.01, 0.17, 0.27, 0.50, 0.76, 0.98, 1.14,
	  1.29, 1.56, 1.83, 2.23, 2.79, 3.65, 4.00, 4.00 },
	{ 0.01, 0.01, 0.17, 0.26, 0.48, 0.72, 0.89, 1.03,
	  1.14, 1.33, 1.52, 1.78, 2.13, 2.58, 3.38, 4.00 },
	{ 0.01, 0.01, 0.17, 0.26, 0.46, 0.68, 0.82, 0.93,
	  1.02, 1.15, 1.27, 1.44, 1.65, 1.91, 2.32, 2.86 },
	{ 0.01, 0.01, 0.17, 0.25, 0.46, 0.66, 0.79, 0.88,
	  0.95, 1.06, 1.15, 1.27, 1.41, 1.59, 1.86, 2.21 },
	{ 0.01, 0.01, 0.17, 0.25, 0.45, 0.64, 0.76, 0.84,
	  0.90, 0.99, 1.05, 1.13, 1.23, 1.34, 1.50, 1.71 },
	{ 0.01, 0.01, 0.17, 0.25, 0.45, 0.63, 0.75, 0.82,
	  0.87, 0.94, 1.00, 1.05, 1.12, 1.19, 1.30, 1.43 },
	{ 0.01, 0.01, 0.17, 0.25, 0.44, 0.63, 0.74, 0.80,
	  0.85, 0.91, 0.96, 1.01, 1.05, 1.10, 1.17, 1.26 },
	{ 0.01, 0.01, 0.17, 0.25, 0.44, 0.63, 0.73, 0.80,
	  0.84, 0.90, 0.94, 0.98, 1.02, 1.05, 1.10, 1.16 },
	{ 0.01, 0.01, 0.17, 0.25, 0.44, 0.62, 0.73, 0.79,
	  0.83, 0.88, 0.92, 0.95, 0.98, 1.01, 1.05, 1.08 },
	{ 0.01, 0.01, 0.17, 0.25, 0.44, 0.62, 0.72, 0.79,
	  0.83, 0.88, 0.91, 0.94, 0.97, 0.99, 1.01, 1.04 },
	{ 0.01, 0.01, 0.17, 0.25, 0.44, 0.62, 0.72, 0.78,
	  0.82, 0.87, 0.90, 0.93, 0.96, 0.98, 1.00, 1.01 },
};

/* The same where the target is held at the end only: the credit may be below
 * 0 meanwhile.  Ruin there, which is what the day is judged by, costs 3.3
 * times as much. */
#define DEBT_COLS 18

static const double debt_of[DEBT_COLS] = { -80, -40, -20, -12, -8, -5, -3, -2,
					   -1, 0, 1, 2, 3, 5, 8, 12, 20, 30 };
static const double spend_end[ROWS][DEBT_COLS] = {
	{ 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01,
	  0.01, 0.59, 4.00, 4.00, 4.00, 4.00, 4.00, 4.00, 4.00 },
	{ 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01,
	  0.12, 0.70, 1.50, 2.48, 4.00, 4.00, 4.00, 4.00, 4.00 },
	{ 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.05,
	  0.33, 0.72, 1.16, 1.61, 2.65, 4.00, 4.00, 4.00, 4.00 },
	{ 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.03, 0.22,
	  0.47, 0.76, 1.07, 1.37, 2.01, 3.17, 4.00, 4.00, 4.00 },
	{ 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.13, 0.28, 0.45,
	  0.63, 0.82, 1.01, 1.19, 1.57, 2.17, 3.08, 4.00, 4.00 },
	{ 0.01, 0.01, 0.01, 0.01, 0.01, 0.17, 0.39, 0.50, 0.62,
	  0.74, 0.86, 0.99, 1.10, 1.34, 1.70, 2.21, 3.37, 4.00 },
	{ 0.01, 0.01, 0.01, 0.01, 0.19, 0.41, 0.57, 0.65, 0.73,
	  0.81, 0.90, 0.98, 1.06, 1.22, 1.46, 1.79, 2.47, 3.45 },
	{ 0.01, 0.01, 0.01, 0.29, 0.48, 0.63, 0.73, 0.78, 0.83,
	  0.88, 0.93, 0.98, 1.03, 1.12, 1.27, 1.46, 1.86, 2.37 },
	{ 0.01, 0.01, 0.26, 0.52, 0.65, 0.75, 0.81, 0.85, 0.88,
	  0.91, 0.95, 0.98, 1.02, 1.08, 1.17, 1.30, 1.57, 1.90 },
	{ 0.01, 0.16, 0.55, 0.70, 0.78, 0.84, 0.88, 0.90, 0.93,
	  0.95, 0.97, 0.99, 1.01, 1.05, 1.10, 1.18, 1.34, 1.54 },
	{ 0.01, 0.46, 0.71, 0.81, 0.86, 0.90, 0.93, 0.94, 0.95,
	  0.96, 0.98, 0.99, 1.00, 1.03, 1.06, 1.11, 1.21, 1.33 },
	{ 0.36, 0.67, 0.82, 0.88, 0.91, 0.94, 0.95, 0.96, 0.97,
	  0.98, 0.99, 0.99, 1.00, 1.02, 1.04, 1.07, 1.13, 1.20 },
	{ 0.58, 0.78, 0.88, 0.92, 0.94, 0.96, 0.97, 0.98, 0.98,
	  0.99, 0.99, 1.00, 1.00, 1.01, 1.03, 1.04, 1.08, 1.13 },
	{ 0.76, 0.88, 0.93, 0.96, 0.97, 0.98, 0.98, 0.99, 0.99,
	  0.99, 1.00, 1.00, 1.00, 1.01, 1.01, 1.03, 1.05, 1.08 },
	{ 0.86, 0.93, 0.96, 0.97, 0.98, 0.99, 0.99, 0.99, 0.99,
	  1.00, 1.00, 1.00, 1.00, 1.00, 1.01, 1.02, 1.03, 1.04 },
	{ 0.92, 0.96, 0.98, 0.99, 0.99, 0.99, 0.99, 1.00, 1.00,
	  1.00, 1.00, 1.00, 1.00, 1.00, 1.01, 1.01, 1.02, 1.03 },
};

/* The bracket of x in at[n], and how far into it, 0..1. */
static int bracket(const double *at, int n, double x, double *into)
{
	int i = 0;

	while (i < n - 2 && at[i + 1] <= x)
		i++;
	*into = fmax(0, fmin(1, (x - at[i]) / (at[i + 1] - at[i])));
	return i;
}

double price_spend(double to_come, double credit)
{
	double v, w;
	int i = bracket(to_come_of, ROWS, to_come, &v);
	int j = bracket(credit_of, COLS, credit, &w);
	const double *a = spend[i], *b = spend[i + 1];

	if (!(credit > 0))
		return 0;
	return (1 - v) * (a[j] + (a[j + 1] - a[j]) * w) +
	       v * (b[j] + (b[j + 1] - b[j]) * w);
}

double price_spend_end(double to_come, double credit)
{
	double v, w;
	int i = bracket(to_come_of, ROWS, to_come, &v);
	int j = bracket(debt_of, DEBT_COLS, credit, &w);
	const double *a = spend_end[i], *b = spend_end[i + 1];

	if (!(credit + to_come > 0))
		return 0;
	double u = (1 - v) * (a[j] + (a[j + 1] - a[j]) * w) +
		   v * (b[j] + (b[j + 1] - b[j]) * w);

	/* Deeper in debt than the table: in proportion to what is left. */
	return credit > debt_of[0] ? u :
	       u * (to_come + credit) / (to_come + debt_of[0]);
}
