/*
 * server/sim -- a call centre in virtual time around the very same pacer.
 *
 *   In     parameters of a world (agents, answer rate, times, drift), or
 *          those measured from a recorded day; a pacer's configuration
 *   Out    what a day with that pacer gives: talk, abandoned calls, waits
 *   Owns   virtual time, random numbers (a seed gives the same day again)
 *   Never  reads a clock or the store; keeps anything between two runs
 *
 * Only the pacer is real here: no leads, no rules, no records.  The whole floor
 * in virtual time is rehearse, which draws its people with sim_draw.h.
 *
 * Also the doors of the commands built on it: `waihu simulate`, `waihu pace
 * --stdio` and the forecast of the supervisor's pacing page.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "base/base.h"
#include "pacer/pacer.h"

#include <stdio.h>

/*      shape                word          of a duration                      */
#define SIM_SHAPES(X)                                                         \
	X(SIM_LOGNORMAL,  "lognormal",   "mean and cv")                       \
	X(SIM_EXPONENTIAL, "exponential", "mean; cv is 1")                    \
	X(SIM_CONSTANT,   "constant",    "always the mean")                   \
	X(SIM_MEASURED,   "measured",    "by the quantiles of a recorded day")

enum sim_shape {
#define X(name, word, text) name,
	SIM_SHAPES(X)
#undef X
};

#define SIM_QUANTILES 33	/* least, 1/32, ... most; linear between     */

struct sim_time {
	enum sim_shape shape;
	double mean_s, cv;
	float q[SIM_QUANTILES];		/* SIM_MEASURED [s]                  */
};

/* Changes in the course of the day, in order of time. */
/*      change               value                                            */
#define SIM_CHANGES(X)                                                        \
	X(SIM_SET_P,     "answer rate from now on")                           \
	X(SIM_SET_TALK,  "factor on talk times from now on")                  \
	X(SIM_SET_DEAD,  "1: every call fails at once; 2: rings out; 0: over")\
	X(SIM_SET_SHARE, "share of the agents logged in from now on")

enum sim_change_kind {
#define X(name, text) name,
	SIM_CHANGES(X)
#undef X
};

struct sim_change {
	int64_t ms;
	enum sim_change_kind kind;
	double value;
};

#define SIM_CHANGES_MAX 256

struct sim_world {
	uint32_t agents;
	double   p;			/* answer rate                       */
	double   machines;		/* share of answers by a machine     */
	struct sim_time talk, wrap, patience;
	bool     ring_exponential;	/* all lines: mean ring_s            */
	double   ring_s;
	double   early_share;		/* answered: 6-10 s, others 18-22 s  */
	double   busy_share;		/* failed: 2-5 s, others time out    */
	struct sim_time ring, fail;	/* used instead when SIM_MEASURED    */
	bool     ticks_only;		/* asked at ticks, not at each event */
	bool     open_end;		/* the pacer does not know the end   */
	int64_t  timeout_ms, detect_ms;
	int64_t  length_ms, tick_ms;
	int64_t  warm_ms;		/* not counted at the start          */
	double   by_hand_s;		/* manual: to look up and dial       */
	double   preview_s;		/* preview: to read                  */
	struct sim_change change[SIM_CHANGES_MAX];
	unsigned changes;
	uint64_t seed;
};

/* 20 agents, p .25, talk 60 s, wrap 10 s, patience 2 s, 8 hours. */
void sim_world_init(struct sim_world *w);

/*      scenario         word          what happens                           */
#define SIM_SCENARIOS(X)                                                      \
	X(SIM_STEADY,    "steady",     "nothing changes")                     \
	X(SIM_JUMP_P,    "jump-p",     "answer rate x 0.4-2 each 15 min")     \
	X(SIM_JUMP_TALK, "jump-talk",  "talk times x 2.5 or back each 20 min")\
	X(SIM_RAGGED,    "ragged",     "shares of agents come and go")        \
	X(SIM_WALKOUT,   "walkout",    "40 % leave each hour, back in 15 min")\
	X(SIM_BURST,     "burst",      "30 % at first, all at once later")    \
	X(SIM_DEAD,      "dead-trunk", "10 minutes in which no call works")   \
	X(SIM_P60,       "p60",        "60 % answer for half an hour")        \
	X(SIM_HOME,      "home",       "three of four go home after 5 of 8 h")\
	X(SIM_ALL,       "all",        "p and talk jump, agents walk out")

enum sim_scenario {
#define X(name, word, text) name,
	SIM_SCENARIOS(X)
#undef X
	SIM_SCENARIO_COUNT
};

const char *sim_scenario_word(enum sim_scenario s);
MUST_CHECK enum err sim_scenario_from_word(const char *w,
					   enum sim_scenario *out);
/* Takes the changes of one kind out. */
void sim_world_forget(struct sim_world *w, enum sim_change_kind kind);
/* Writes the scenario's changes into w (its seed, p and length are used). */
void sim_scenario_set(struct sim_world *w, enum sim_scenario s);

#define SIM_WAITS 32		/* bins of agents' waits, 2 s each, last = more */

struct sim_result {
	double answered, abandoned, dialled, joined, machines;
	double talk_s, logged_s;
	double utilisation;	/* talk / logged in                          */
	double occupancy;	/* (talk + wrap) / logged in                 */
	double abandon;		/* abandoned / answered persons              */
	double worst_quarter;	/* of quarters with >= 20 answers            */
	double worst_quarter_answered;	/* of that one                       */
	double worst_running;	/* once 300 calls were answered              */
	double first_abandon, first_utilisation;	/* 15 minutes        */
	double later_utilisation;
	double wait_s;		/* mean wait of an agent for a call          */
	double wait_bin[SIM_WAITS];
	double lines;		/* mean in the air                           */
	double per_hour;	/* joined calls per logged-in hour           */
	double caller_wait_s;	/* mean wait of a caller who was joined      */
};

/* A campaign and its recorded day, as `waihu pace measure` tells them. */
struct sim_campaign {
	char name[48];
	struct sim_world world;
	enum pacer_mode mode;
	double target;
	enum pacer_hold hold;
	uint32_t max_lines;
	double lines_per_agent;		/* 0 = the pacer's own               */
	double calls, answered, abandoned, talks;	/* of that day       */
	double talk_s, logged_s;	/* of its agents, summed             */
};

/* Someone who paces: the pacer itself, or one at the end of a pipe. */
struct sim_pace {
	void *ctx;
	enum err (*event)(void *ctx, const struct pacer_event *e);
	enum err (*ask)(void *ctx, int64_t ms, uint32_t *dials);
};

/* One day.  c's times and end are set from the world.  ERR_ARG: no agents,
 * no length, bad configuration; ERR_MEMORY; else the pacer's refusal. */
MUST_CHECK enum err sim_run(const struct sim_world *w,
			    const struct pacer_conf *c, struct sim_result *out);
/* ... whose pacer begins with what another one learned (pacer_save). */
MUST_CHECK enum err sim_run_knowing(const struct sim_world *w,
				    const struct pacer_conf *c,
				    const void *know, size_t size,
				    struct sim_result *out);
MUST_CHECK enum err sim_run_with(const struct sim_world *w,
				 enum pacer_mode mode,
				 const struct sim_pace *pace,
				 struct sim_result *out);
/* A pacer as sim_run makes it for this world. */
void sim_pacer_conf(const struct sim_world *w, struct pacer_conf *c);

/*
 * `waihu pace --stdio`: the line protocol of waihu-pacing(7) on in and out,
 * until "end" (0), the end of input or garbage (65, the line on stderr), or
 * nobody reads (74).  Neither stream is closed.
 */
int pace_stdio(FILE *in, FILE *out);

/* Who runs a day for `waihu simulate` instead of sim_run; from many threads. */
struct sim_runner {
	void *arg;
	enum err (*run)(void *arg, const struct sim_world *w,
			const struct pacer_conf *c, struct sim_result *out);
};

/*
 * `waihu simulate`: argv[0] is the command's name, options after it.  Prints
 * to out, complaints to stderr, and on a terminal how far it is; 0, or 64 for
 * a usage error, 70 for a failure.  Uses all cores.  measured and runner may
 * be NULL.
 */
int simulate_main(int argc, char **argv, const struct sim_campaign *measured,
		  const struct sim_runner *runner, FILE *out);

/* What `waihu pace explain` says beside the pacer's own. */
struct pace_more {
	const char *name;		/* of the campaign                   */
	double target;
	bool held_at_end;		/* so it is configured               */
	int64_t window_s, ends_s;	/* legal window, 0 = the campaign; the
					 * day's end [wall s], 0 = not known  */
	bool per_person;		/* machines are no answers           */
	bool own;			/* keeps to lines with their own agent */
	enum pacer_bound bound;
	const char *idle;		/* why it does not dial; "" it does  */
	const char *odds;		/* of the leads' own chances; or ""  */
};

/* `waihu pace explain` in words.  0, or 74 when not written. */
int pace_explain_print(const struct pacer_explain *x,
		       const struct pace_more *m, FILE *out);

/*
 * The forecast of the pacing page: what a setting would do to the hours to
 * come, if they are like what the pacer has learned.  Some 100 ms of CPU: the
 * simulated time shrinks as the floor grows, so that the work stays.
 */
struct sim_setting {
	enum pacer_mode mode;
	double target;			/* abandon target                    */
	double lines_per_agent;		/* most lines in the air for each
					 * agent; 0 = the pacer decides      */
};

struct sim_range {
	double mean, low, high;		/* 95 of 100 hours lie inside        */
};

struct sim_forecast {
	struct sim_range abandon;	/* share of answered                 */
	struct sim_range wait_s;	/* of an agent for a call            */
	struct sim_range connects;	/* joined calls an hour, all agents  */
	struct sim_range occupancy;	/* (talk + wrap) / logged in         */
	unsigned runs;
};

/* agents: how many are logged in.  ERR_ARG: none; ERR_STATE: fewer than 20
 * calls learned, nothing to go by; ERR_MEMORY. */
MUST_CHECK enum err sim_forecast(const struct pacer *p, uint32_t agents,
				 const struct sim_setting *setting,
				 struct sim_forecast *out);

#endif
