/*
 * server/pacer/pacer_priv -- the pacer's inside, in four parts:
 *
 *   floor   who is there and which lines are in the air (tables, counts)
 *   know    what was learned (learn.h)
 *   table   predictions made ready from it, a few rows refreshed a decision
 *   budget  the ledger and the risk limit it allows
 */
#ifndef PACER_PACER_PRIV_H
#define PACER_PACER_PRIV_H

#include "pacer/idmap.h"
#include "pacer/learn.h"
#include "pacer/pacer.h"

#include <math.h>

#define K PACER_HORIZONS
#define TALK_ROWS 48		/* elapsed talk, a row each                  */
#define WRAP_ROWS 64
#define ROW_OF 8192		/* half seconds with a row looked up         */
#define LOOK_MS 250		/* lines' ages, a row each                   */
#define LOOK_ROWS (RING_BINS * 500 / LOOK_MS + 1)
#define BOUND_KEPT_MS 60000	/* who has not dialled by then takes calls   */
#define BOUND_NEAR_MS 30000	/* a call so near it is the call-back        */
#define LEDGER_SLOTS 96		/* of the legal window                       */
#define COHORTS 128		/* seconds of dialling                       */
#define QUARTER_SLOTS 15	/* minutes                                   */

enum agent_state { AGENT_AWAY, AGENT_IDLE, AGENT_TALK, AGENT_WRAP,
		   AGENT_STATES };
enum line_state { LINE_RING, LINE_DETECT, LINE_WAIT, LINE_STATES };

struct agent {
	uint64_t id, call;
	int64_t  since_ms;	/* in this state                             */
	int64_t  seen_ms;	/* exposure counted up to here               */
	int64_t  bound_ms;	/* has a call-back then; 0 = none            */
	uint8_t  state;
	bool     leaving;	/* not free after this call                  */
	bool     gone;		/* logged out, finishing                     */
	bool     doubt;		/* came back meanwhile: since_ms is unsure   */
};

struct line {
	uint64_t id;
	int64_t  since_ms;	/* dialled                                   */
	float    chance;	/* times the campaign's p; 1 = like others   */
	uint8_t  state;
};

struct rival {
	uint64_t id;
	int64_t  since_ms;
	float    chance, share;
	bool     waits;		/* answered                                  */
};

struct slot {
	double answered, abandoned;
};

struct ledger {
	struct slot slot[LEDGER_SLOTS];
	struct slot minute[QUARTER_SLOTS];
	struct slot sum;	/* of slot: the legal window                 */
	struct slot quarter;	/* of minute                                 */
	struct slot all;	/* since the start                           */
	double   risked;	/* risk limits, summed over the answers      */
	double   paid;		/* abandoned calls meanwhile                 */
};

struct know {
	struct rate rate;
	struct rate person;	/* of the answered, not machines             */
	struct ring answered, failed;
	struct hazard talk, wrap;
	double chance_mean;	/* of the leads' own chances dialled         */
};

typedef float vec __attribute__((vector_size(K * sizeof(float))));

/* What the age e of a line says, whatever the answer rate. */
struct look {
	vec gain;		/* Fa(e + horizon) - Fa(e)                   */
	double fa, ff;		/* not answered, not failed by e             */
};

struct pacer {
	struct pacer_conf conf;
	struct pacer_params par;
	int64_t now_ms, start_ms;
	int64_t staffed_ms;	/* since then with agents there: no nights   */
	/* Outcomes by the second of the dial: a second is learned from when
	 * its last line has ended, else the quick ones would be learned
	 * first and the slow ones be taken for answers to come. */
	uint16_t cohort[COHORTS][2][RING_BINS];
	int64_t cohort_s;			/* all before it are learned */
	double recent_hits, recent_misses;	/* in the cohorts            */
	int64_t back_ms;	/* no line dialled before says what p is: a
				 * dead trunk was answered again           */
	bool started;
	bool fed;				/* has seen an event         */

	struct agent *agents;
	struct line *lines;
	uint32_t agent_n, agent_room, line_n, line_room;
	struct idmap agent_map, line_map;
	uint32_t agent_count[AGENT_STATES];	/* not the gone or leaving   */
	uint32_t line_count[LINE_STATES];
	uint32_t leaving;
	uint32_t bound;				/* agents with a bound_ms    */
	struct rival *rivals;			/* pacer_rival.c             */
	uint32_t rival_n, rival_room;
	struct idmap rival_map;
	double claims;				/* agents they may well take */

	struct know know;

	float horizon[K];			/* after now [s]             */
	vec talk_busy[TALK_ROWS];		/* P(still busy at horizon)  */
	vec wrap_busy[WRAP_ROWS];
	double wrap_left[WRAP_ROWS * 2];	/* survival of wrap, 0.5 s   */
	struct look look[LOOK_ROWS];
	float talk_at[TALK_ROWS];		/* elapsed [s] of a row      */
	float wrap_at[WRAP_ROWS];
	uint8_t talk_row_of[ROW_OF], wrap_row_of[ROW_OF];
	int64_t built_ms;
	uint32_t exposed;			/* agents counted this time  */
	int build_row;				/* < 0: nothing to build     */
	struct rate_now p;			/* of the last decision      */
	double person;				/* of the answered, share    */

	struct ledger ledger;
	int64_t slot_ms, minute_ms;		/* when the newest began     */
	double theta;
	bool spent;				/* budget is used up         */
	double last_risk;
	struct pacer_decision last;
};

/* pacer_floor.c */
enum err floor_event(struct pacer *p, const struct pacer_event *e);
void floor_turn(struct pacer *p);	/* learns from seconds gone by       */

/* From when on is he lost to this campaign, seen from now [s]? */
static inline float bound_in(const struct pacer *p, const struct agent *a)
{
	int64_t ms = a->bound_ms - p->now_ms;

	return !a->bound_ms || ms < -BOUND_KEPT_MS ? INFINITY
						    : (float)ms / 1e3f;
}

/* pacer_rival.c */
enum err rival_event(struct pacer *p, const struct pacer_event *e);
void rival_fini(struct pacer *p);

/* pacer_table.c */
void risk_tables_all(struct pacer *p);
void risk_tables_some(struct pacer *p);
/* A busy agent's row, and how far he is on the way to the next, 0..1. */
float table_row(const struct pacer *p, const struct agent *a, int *row);
static inline int table_age(const struct pacer *p, int64_t since_ms)
{
	int64_t row = (p->now_ms - since_ms + LOOK_MS / 2) / LOOK_MS;

	return row < LOOK_ROWS ? (int)row : LOOK_ROWS - 1;
}

/* pacer_risk.c */
/* How many more lines may start while the risk is <= theta: `own` of them
 * (an idle agent each) whatever the risk, at most `most`. */
uint32_t risk_dials(struct pacer *p, uint32_t own, uint32_t most,
		    double theta);
void risk_explain(struct pacer *p, struct pacer_explain *x);

/* pacer_budget.c */
void budget_init(struct pacer *p);
void budget_count(struct pacer *p, double answered, double abandoned);
void budget_turn(struct pacer *p);	/* moves the windows on to now       */
void budget_theta(struct pacer *p);
/* Abandoned calls for each unit of risk limit: what the floor makes of the
 * limit (many answers find an agent waiting; risks of lines overlap). */
double budget_yield(const struct pacer *p);
double budget_left(const struct pacer *p);
/* The target must hold at the day's end only, and that is known. */
bool budget_end_only(const struct pacer *p);

/* pacer_price.c: the best speed to spend at, as a multiple of that at which
 * credit comes in; 0 with no credit.  Both arguments in abandoned calls.
 * _end: the credit may be below 0 until nothing is to come. */
double price_spend(double to_come, double credit);
double price_spend_end(double to_come, double credit);

#endif
