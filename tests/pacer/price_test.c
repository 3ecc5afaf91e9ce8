/* tests/pacer/price_test -- the table of the best spending is the solution of
 * its equation, and has the shape such a solution must have. */
#include "pacer/pacer_priv.h"

#include "base/t.h"

#include <math.h>
#include <stdlib.h>

#define HN   16			/* steps an abandoned call                   */
#define LOW  (200 * HN)		/* cells below 0                             */
#define TOP  150		/* highest credit                            */
#define N    (LOW + TOP * HN + 1)
#define RUIN 300.0		/* what running out costs, held always       */
#define RUIN_END 1000.0		/* and held at the end, where it is judged   */

static double talk(double u)
{
	double l = log(u);

	return l < 0 ? l + 0.06 * l * l : l;
}

/* The u at which more talk is worth the price of a call. */
static double best(double price)
{
	double u = fmin(4, fmax(0.005, 1 / price));

	for (int i = 0; i < 4; i++) {
		double l = log(u), slope = l < 0 ? 1 + 0.12 * l : 1;

		u = fmin(4, fmax(0.005, slope / price));
	}
	return u;
}

/* held: now, and not only at the end, credit below 0 is ruin. */
static void turn(const double *v, double *next, double *u, bool held,
		 double ruin)
{
	double h = 1.0 / HN;

	for (int i = 0; i < N; i++) {
		double up = v[i + 1 < N ? i + 1 : N - 1];
		int at = (i + 1 < N ? i + 1 : N - 1) - HN;
		double lost = at >= 0 ? v[at] : -3 * ruin;

		u[i] = best(fmax(up - lost, 1e-9));
		next[i] = talk(u[i]) * h + (1 - u[i] * h) * up +
			  u[i] * h * lost;
		if (held && i < LOW)
			next[i] = fmin(next[i], -ruin);
	}
}

/* Solves it for 130 calls to come and compares on the way. */
static void solved(bool held, double ruin, const double *credit, size_t n,
		   double (*table)(double, double))
{
	static double v[2][N], u[N];
	int k = 0;

	for (int i = 0; i < N; i++)
		v[0][i] = i >= LOW ? 0 : -ruin - (held ? 0 : (LOW - i) /
							     (2.0 * HN));
	for (int r = 1; r <= 130; r++) {
		for (int i = 0; i < HN; i++, k ^= 1)
			turn(v[k], v[!k], u, held, ruin);
		if (r != 3 && r != 8 && r != 20 && r != 50 && r != 130)
			continue;
		for (size_t c = 0; c < n; c++) {
			double want = fmax(0.01, u[LOW + (int)credit[c] * HN]);
			double got = table(r, credit[c]);

			if (credit[c] + r < 1)
				want = credit[c] + r > 0 ? 0.01 : 0;
			T_OK(fabs(got - want) < 0.01 + 0.01 * want,
			     "%d to come, %g there: %g, solved %g", r,
			     credit[c], got, want);
		}
	}
}

static void the_tables_solve_their_equations(void **state)
{
	static const double always[] = { 1, 2, 3, 5, 8, 13, 22 };
	static const double end[] = { -40, -20, -8, -3, -1, 0, 2, 5, 12 };

	(void)state;
	solved(true, RUIN, always, ARRAY_LEN(always), price_spend);
	solved(false, RUIN_END, end, ARRAY_LEN(end), price_spend_end);
}

/* What a day of so many allowed calls loses to never exceeding them, in e-folds
 * of the risk: held at the end only, and from 9 calls' worth of answers on. */
static const struct {
	int calls;
	double end, held;
} costs[] = {
	{ 19, .130, .248 }, { 37, .079, .152 }, { 75, .040, .089 },
	{ 161, .021, .048 },
};

static double cost(int calls, bool held)
{
	static double v[2][N], u[N];
	int k = 0, steps = calls * HN;

	for (int i = 0; i < N; i++)
		v[0][i] = i < LOW ? -RUIN - (LOW - i) / (2.0 * HN) : 0;
	for (int r = 1; r <= steps; r++, k ^= 1)
		turn(v[k], v[!k], u, held && r <= steps - 9 * HN, RUIN);
	return -v[k][LOW] / calls;
}

static void what_it_costs_to_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(costs); i++) {
		double end = cost(costs[i].calls, false);
		double held = cost(costs[i].calls, true);

		T_OK(fabs(end - costs[i].end) < 0.005 &&
		     fabs(held - costs[i].held) < 0.005,
		     "%d calls a day: %.3f at the end only, %.3f held",
		     costs[i].calls, end, held);
	}
}

static void it_has_the_right_shape(void **state)
{
	(void)state;
	for (double r = 0; r < 3000; r = r * 1.3 + 0.2) {
		double last = 0;

		T_OK(price_spend(r, 0) == 0 && price_spend(r, -3) == 0,
		     "%g to come: nothing there, nothing spent", r);
		for (double c = 0.1; c < 100; c *= 1.2) {
			double u = price_spend(r, c);

			T_OK(u >= last && u <= 4,
			     "%g to come, %g there: %g, not less than %g with "
			     "less", r, c, u, last);
			last = u;
		}
	}
	for (double r = 0.3; r < 3000; r = r * 1.3 + 0.2) {
		double last = 0;

		T_OK(price_spend_end(r, -r) == 0,
		     "%g to come, all of it owed: nothing spent", r);
		for (double c = -150; c < 40; c += 0.5) {
			double u = price_spend_end(r, c);

			T_OK(u >= last && u <= 4,
			     "%g to come, %g there: %g, not less than %g with "
			     "less", r, c, u, last);
			last = u;
		}
		T_OK(r < 8 || (price_spend_end(r, 1) > 3 * price_spend(r, 1) &&
			       price_spend_end(r, 30) <
			       price_spend(r, 30) * 1.1),
		     "%g to come: no stock is gathered, and none spent late",
		     r);
	}
	T_OK(price_spend(2, 8) > 1.5 && price_spend(300, 2) < 0.6,
	     "the last hour spends, the first saves");
}

/* A large floor loses little for each unit of the limit: the end of its day
 * must still not ask for more than an even chance. */
static void no_limit_is_a_certainty(void **state)
{
	struct pacer_event in = { .ms = 1000, .kind = PACER_LOGIN, .agent = 1 };
	struct pacer_conf c;
	struct pacer *p;

	(void)state;
	pacer_conf_init(&c);
	c.end_ms = 60000;
	T_OK(pacer_new(&c, &p) == ERR_OK && pacer_feed(p, &in) == ERR_OK,
	     "made");
	p->ledger.sum = p->ledger.all = (struct slot){ 10000, 100 };
	p->ledger.risked = 5000;
	p->ledger.paid = 100;
	budget_theta(p);
	T_OK(budget_yield(p) < 0.03, "one lost for each %g of the limit",
	     1 / budget_yield(p));
	T_OK(p->theta > 0.4 && p->theta <= 0.5, "limit %g", p->theta);
	pacer_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tables_solve_their_equations),
		cmocka_unit_test(it_has_the_right_shape),
		cmocka_unit_test(what_it_costs_to_hold),
		cmocka_unit_test(no_limit_is_a_certainty),
	};

	return T_RUN(tests);
}
