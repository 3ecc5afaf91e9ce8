/*
 * server/pacer -- how many?
 *
 *   In     time-stamped events of one campaign's agents and calls, and the
 *          limits of the moment (channels, calls a second, leads, hours)
 *   Out    how many calls to start now, and which limit bound that number
 *   Owns   what it learned (answer rate, ring, talk and wrap times), the
 *          ledger of abandoned calls and the risk it may take
 *   Never  reads a clock, a file or a socket; allocates in a decision;
 *          dials, picks a lead, or raises a limit it was given
 *
 * The method is the marginal risk of one more dial under a budget; it is
 * explained with its formulas in waihu-pacing(7), and every number it uses
 * is a row of PACER_PARAMS (pacer_params.h) with its source.
 *
 * Same events in, same decisions out, bit for bit.  Nothing is shared
 * between two pacers, so each may live in a thread of its own.
 */
#ifndef PACER_PACER_H
#define PACER_PACER_H

#include "base/base.h"

#include "pacer/pacer_params.h"

/*      mode               word           what a dial needs                   */
#define PACER_MODES(X)                                                        \
	X(PACER_PREDICTIVE,  "predictive",  "risk within the budget")         \
	X(PACER_PROGRESSIVE, "progressive", "one idle agent for each line")   \
	X(PACER_PREVIEW,     "preview",     "an agent who has read the lead") \
	X(PACER_MANUAL,      "manual",      "an agent who dials by hand")     \
	X(PACER_RATIO,       "ratio",       "fixed lines per agent, to compare")

enum pacer_mode {
#define X(name, word, text) name,
	PACER_MODES(X)
#undef X
	PACER_MODE_COUNT
};

/* What bound the number of dials; first match in this order is told. */
/*      bound               word       meaning                                */
#define PACER_BOUNDS(X)                                                       \
	X(PACER_BOUND_RISK,   "risk",   "one more dial would risk too much")  \
	X(PACER_BOUND_BUDGET, "budget", "abandonment budget is used up")      \
	X(PACER_BOUND_AGENTS, "agents", "no agent to dial for")               \
	X(PACER_BOUND_LINES,  "lines",  "all lines allowed are in use")       \
	X(PACER_BOUND_CPS,    "CPS",    "calls per second of the trunks")     \
	X(PACER_BOUND_LEADS,  "leads",  "no lead is due")                     \
	X(PACER_BOUND_HOURS,  "hours",  "outside calling hours")              \
	X(PACER_BOUND_SHARE,  "share",  "other campaigns are owed the agents")

enum pacer_bound {
#define X(name, word, text) name,
	PACER_BOUNDS(X)
#undef X
	PACER_BOUND_COUNT
};

/* What abandoned calls are divided by (profiles: denominator). */
enum pacer_per {
	PACER_PER_ANSWERED,	/* every answered call                       */
	PACER_PER_PERSON	/* calls a person answered: machines left out
				 * (16 CFR 310.4(b)(4): "live person")       */
};

/*      hold                word      meaning                                */
#define PACER_HOLDS(X)                                                        \
	X(PACER_HOLD_ALWAYS, "always", "at every moment, but for the first "  \
				       "answers (warm_answers)")              \
	X(PACER_HOLD_END,    "end",    "at end_ms, if it is known: who stops "\
				       "before it may be above")

enum pacer_hold {
#define X(name, word, text) name,
	PACER_HOLDS(X)
#undef X
	PACER_HOLD_COUNT
};

#define PACER_NO_LIMIT UINT32_MAX

struct pacer_conf {
	enum pacer_mode mode;
	double   target;	/* abandoned / answered allowed, 0.03; a 0
				 * makes predictive dial progressively       */
	int32_t  patience_ms;	/* an answered call may wait this long [ms]  */
	int32_t  timeout_ms;	/* an unanswered call rings this long [ms]   */
	int32_t  detect_ms;	/* answer to "it is a person" [ms]; 0 = every
				 * answer is live at once                    */
	int32_t  wrap_limit_ms;	/* wrap-up's time [ms], 0 = no limit: who is
				 * not ready by then will not be by himself  */
	bool     wrap_full;	/* nobody is ready before it, all are at it  */
	int64_t  window_ms;	/* legal window [ms]; 0 = the whole campaign */
	int64_t  end_ms;	/* planned end, same clock as the events; 0 =
				 * unknown.  The buffer is spent towards it. */
	enum pacer_hold hold;	/* when the target must hold                 */
	enum pacer_per per;
	double   false_machine;	/* share of "machine" verdicts that hung up
				 * on a person; counted as abandoned (UK)    */
	uint32_t max_lines;	/* the campaign's own cap; 0 = none          */
	double   max_lines_per_agent;	/* 0 = none                          */
	double   ratio;		/* PACER_RATIO: lines for each idle agent    */
	uint32_t agents_hint;	/* room reserved; grows in a login if short  */
	const struct pacer_params *params;	/* NULL = defaults; copied   */
};

/* A sane start: predictive, 3 %, 2 s, 25 s, whole campaign. */
void pacer_conf_init(struct pacer_conf *c);

/*
 * Events.  `agent` and `call` are the caller's ids, 0 is "none".
 *
 *      event                word         needs          meaning              */
#define PACER_EVENTS(X)                                                       \
	X(PACER_LOGIN,    "login",    1, 0, "is there, not yet ready; or "    \
					    "stays, who was leaving")         \
	X(PACER_LOGOUT,   "logout",   1, 0, "gone, or gone after this call")  \
	X(PACER_IDLE,     "idle",     1, 0, "ready for a call")               \
	X(PACER_TALK,     "talk",     1, 0, "joined to a call (0: not ours)") \
	X(PACER_WRAP,     "wrap",     1, 0, "call over, writing up")          \
	X(PACER_LEAVING,  "leaving",  1, 0, "break or log-out after this")    \
	X(PACER_BOUND,    "bound",    1, 0, "has a call-back at at_ms, and "  \
					    "no call then; 0: no longer")     \
	X(PACER_PAUSE,    "pause",    1, 0, "logged in, takes no calls now")  \
	X(PACER_DIAL,     "dial",     0, 1, "a line started")                 \
	X(PACER_ANSWER,   "answer",   0, 1, "the line was answered")          \
	X(PACER_LIVE,     "live",     0, 1, "detection heard a person")       \
	X(PACER_MACHINE,  "machine",  0, 1, "answered by a machine, dropped") \
	X(PACER_BUSY,     "busy",     0, 1, "failed: engaged")                \
	X(PACER_NOANSWER, "noanswer", 0, 1, "failed: rang out")               \
	X(PACER_FAILED,   "failed",   0, 1, "failed: anything else")          \
	X(PACER_ABANDON,  "abandon",  0, 1, "answered, no agent in time")     \
	X(PACER_HANGUP,   "hangup",   0, 1, "customer hung up while waiting "\
					    "within the patience")            \
	X(PACER_RIVAL,    "rival",    0, 1, "a line of another campaign that "\
		"shares agents; agent = 1000 x share of its agents who are "  \
		"ours, chance = its probability of an answer")                \
	X(PACER_RIVAL_WAIT, "rivalwait", 0, 1, "... was answered, waits")     \
	X(PACER_RIVAL_END, "rivalend", 0, 1, "... is over, or has its agent")

enum pacer_event_kind {
#define X(name, word, agent, call, text) name,
	PACER_EVENTS(X)
#undef X
	PACER_EVENT_COUNT
};

struct pacer_event {
	int64_t  ms;		/* never before the event before it [ms]     */
	enum pacer_event_kind kind;
	uint64_t agent;
	uint64_t call;
	float    chance;	/* PACER_DIAL: this lead's own probability of
				 * an answer; 0 = not known, use the campaign's */
	int64_t  at_ms;		/* PACER_BOUND: when, same clock as ms       */
};

/* What holds right now whatever the risk; PACER_NO_LIMIT = free. */
struct pacer_limits {
	uint32_t lines;		/* free trunk channels for this campaign     */
	uint32_t cps;		/* call starts the trunks take right now     */
	uint32_t leads;		/* leads that may be dialled                 */
	bool     closed;	/* outside calling hours                     */
};

struct pacer_decision {
	uint32_t dials;
	enum pacer_bound bound;	/* why not one more                          */
};

#define PACER_HORIZONS 8

struct pacer_explain {
	enum pacer_mode mode;	/* what is configured                        */
	bool     fallback;	/* predictive, but dialling progressively now */
	bool     held_at_end;	/* the target, and not at every moment       */
	bool     held;		/* now: by answers enough, and nothing owed
				 * that may yet be earned                    */
	uint32_t agents, idle, talking, wrapping, leaving;
	uint32_t ringing;	/* lines not yet answered                    */
	uint32_t waiting;	/* answered, no agent yet                    */
	uint32_t rivals;	/* lines of campaigns that share our agents  */
	double   lines_per_agent;	/* lines in the air / agents        */
	double   horizon_s[PACER_HORIZONS];	/* answered ring quantiles   */
	double   free_agents[PACER_HORIZONS];	/* expected, less answers    */
	double   risk;		/* of one more dial, now                     */
	double   risk_limit;	/* the risk that may be taken                */
	double   answer_rate;	/* learned p, and its standard error         */
	double   answer_rate_se;
	double   ring_s, talk_s, wrap_s;	/* learned means             */
	double   answered, abandoned;	/* over the legal window             */
	double   budget_left;	/* calls that may still be abandoned         */
	double   quarter_answered, quarter_abandoned;	/* last 15 minutes   */
	struct pacer_decision last;
};

struct pacer;

/* ERR_ARG: target outside [0,1], times or ratio out of range; ERR_MEMORY.
 * *out is set on success only and is the caller's to free. */
MUST_CHECK enum err pacer_new(const struct pacer_conf *c, struct pacer **out);
void pacer_free(struct pacer *p);		/* NULL is fine              */

/*
 * One event.  ERR_ARG: time runs backwards or an id is missing;
 * ERR_ABSENT: unknown agent or call; ERR_EXISTS: logged in or dialled
 * already; ERR_STATE: not possible now (an answer twice); ERR_MEMORY: the
 * table could not grow.  After an error nothing has changed.
 */
MUST_CHECK enum err pacer_feed(struct pacer *p, const struct pacer_event *e);

/* The decision at now_ms.  l NULL = no outer limits.  Dials asked for are
 * not assumed: tell each with PACER_DIAL when it started. */
struct pacer_decision pacer_ask(struct pacer *p, int64_t now_ms,
				const struct pacer_limits *l);

/* The same, but only lines with an idle agent of their own: no risk. */
struct pacer_decision pacer_ask_own(struct pacer *p, int64_t now_ms,
				    const struct pacer_limits *l);

/* A supervisor's change; learned state stays.  ERR_ARG as in pacer_new. */
MUST_CHECK enum err pacer_set(struct pacer *p, const struct pacer_conf *c);

void pacer_explain(struct pacer *p, int64_t now_ms, struct pacer_explain *x);

/* The risk a predictive campaign took at its last decision; 0: none. */
double pacer_limit(const struct pacer *p);
/* Agents who are free or will be: idle, talking or in wrap-up, and staying. */
uint32_t pacer_people(const struct pacer *p);

const char *pacer_mode_word(enum pacer_mode m);
const char *pacer_hold_word(enum pacer_hold h);
MUST_CHECK enum err pacer_hold_from_word(const char *w, enum pacer_hold *out);
const char *pacer_bound_word(enum pacer_bound b);
const char *pacer_bound_text(enum pacer_bound b);
const char *pacer_event_word(enum pacer_event_kind k);
MUST_CHECK enum err pacer_mode_from_word(const char *w, enum pacer_mode *out);

/*
 * Learned state and ledger as bytes, to be kept with the campaign.
 * save: ERR_FULL when size < pacer_save_size(); *len = bytes written.
 * load: into a pacer that has seen no event yet.  now_ms is that pacer's
 * "now", saved_ago_ms how long ago the bytes were written; the ledger's
 * window moves on by that much.  ERR_FORMAT: truncated, damaged or not
 * ours; ERR_VERSION: written by another version; ERR_STATE: has events.
 */
size_t pacer_save_size(void);
MUST_CHECK enum err pacer_save(const struct pacer *p, void *buf, size_t size,
			       size_t *len);
MUST_CHECK enum err pacer_load(struct pacer *p, const void *buf, size_t len,
			       int64_t now_ms, int64_t saved_ago_ms);
/* Only what was learned (not the ledger), at a weight in 0..1: the prior of
 * another hour of the day.  Before the first event, after pacer_load if both
 * are wanted; ERR_STATE later. */
MUST_CHECK enum err pacer_prior(struct pacer *p, const void *buf, size_t len,
				double weight);
/* Only talk and wrap-up times, and ring times at the weight of a call or two:
 * the prior of a new campaign from another one, whose answer rate says
 * nothing of this one's. */
MUST_CHECK enum err pacer_prior_times(struct pacer *p, const void *buf,
				      size_t len, double weight);

/* What was learned, as the few numbers a forecast needs. */
struct pacer_learned {
	double p;		/* answer rate                               */
	double ring_s, fail_s;	/* mean ring time, answered and failed       */
	double talk_s, talk_cv, wrap_s;
	double calls;		/* talks it rests on                         */
	double yield;		/* abandoned calls for each unit of risk     */
};
void pacer_learned(const struct pacer *p, struct pacer_learned *out);

#endif
