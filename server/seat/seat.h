/*
 * seat -- whose call is it?
 *
 * In      an agent's wishes, what happens to its call, its phone and its link
 * Out     the seat's state; the agent who has waited longest (seat_pick)
 * Owns    every logged-in agent: state, pending wish, timers, today's sums
 * Never   talks to a phone or a screen, reads a clock, starts a call
 *
 * States and moves are one table (seat.c); a move that is not in it is
 * refused.  The words are the ones of the agent's screen and the wallboard.
 */
#ifndef SEAT_SEAT_H
#define SEAT_SEAT_H

#include "base/base.h"
#include "base/clock.h"
#include "base/due.h"

/*        state           word        on a call?                              */
#define SEAT_STATES(X)                                                        \
	X(SEAT_OFFLINE,   "offline",   false)                                 \
	X(SEAT_NOT_READY, "not ready", false)                                 \
	X(SEAT_BREAK,     "break",     false)                                 \
	X(SEAT_READY,     "ready",     false)                                 \
	X(SEAT_RESERVED,  "reserved",  true)  /* a call is being made for it*/\
	X(SEAT_PREVIEW,   "preview",   true)                                  \
	X(SEAT_DIAL,      "dial",      true)                                  \
	X(SEAT_TALK,      "talk",      true)                                  \
	X(SEAT_HOLD,      "hold",      true)                                  \
	X(SEAT_CONSULT,   "consult",   true)                                  \
	X(SEAT_CONF,      "conf",      true)                                  \
	X(SEAT_WRAP,      "wrap",      true)

/*        event             word                                              */
#define SEAT_EVENTS(X)                                                        \
	X(SE_LOGIN,       "log in")                                           \
	X(SE_LOGOUT,      "log out")                                          \
	X(SE_READY,       "ready")                                            \
	X(SE_NOT_READY,   "not ready")                                        \
	X(SE_BREAK,       "break")                                            \
	X(SE_RESERVE,     "reserve")                                          \
	X(SE_PREVIEW,     "preview")                                          \
	X(SE_DIAL,        "dial")                                             \
	X(SE_JOIN,        "join")                                             \
	X(SE_HOLD,        "hold")                                             \
	X(SE_RETRIEVE,    "take back")                                        \
	X(SE_CONSULT,     "consult")                                          \
	X(SE_CONF,        "three-way")                                        \
	X(SE_OVER,        "call over")   /* it was talked: now wrap up     */ \
	X(SE_FREED,       "freed")       /* it never was: back to work     */ \
	X(SE_FINISH,      "finish")      /* the outcome is saved           */ \
	X(SE_TIMEOUT,     "time-out")

enum seat_state {
#define X(name, word, call) name,
	SEAT_STATES(X)
#undef X
	SEAT_STATE_COUNT
};

enum seat_event {
#define X(name, word) name,
	SEAT_EVENTS(X)
#undef X
	SEAT_EVENT_COUNT
};

/* Reasons the system sets; break reasons of the configuration start above. */
#define SEAT_REASONS(X)                                                       \
	X(SR_NONE,         "")                                                \
	X(SR_LOGIN,        "login")                                           \
	X(SR_MISSED,       "missed")                                          \
	X(SR_WRAP_TIMEOUT, "wrap_timeout")                                    \
	X(SR_PHONE_LOST,   "phone_lost")                                      \
	X(SR_LINK_LOST,    "link_lost")                                       \
	X(SR_FORCED,       "forced")                                          \
	X(SR_ASKED,        "asked")       /* the agent's own wish           */

enum seat_reason {
#define X(name, word) name,
	SEAT_REASONS(X)
#undef X
	SR_BREAK_FIRST = 16	/* + row of the configured break reason */
};

const char *seat_state_word(enum seat_state s);
const char *seat_event_word(enum seat_event e);
/* System reasons only; "" for a break reason (the configuration names it). */
const char *seat_reason_word(unsigned reason);
bool seat_state_on_call(enum seat_state s);

enum { SEAT_CAMPAIGNS = 8, SEAT_BREAKS = 16, SEAT_NAME = 48 };

/* Sums since midnight of the server's zone; restored from the day's CDRs. */
struct seat_sums {
	uint32_t calls, sales, answered;
	int64_t state_ms[SEAT_STATE_COUNT];
	int64_t break_ms[SEAT_BREAKS];
	int64_t wait_ms;		/* READY until TALK, summed           */
	uint32_t waits;
};

struct seat;

/* One place in one campaign's queue of ready agents. */
struct seat_link {
	struct seat *seat;
	struct seat_link *prev, *next;
	struct campaign_id campaign;
	bool queued;
};

struct seat {
	struct agent_id agent;
	char name[SEAT_NAME];
	char team[SEAT_NAME];
	struct seat_link links[SEAT_CAMPAIGNS];
	size_t link_count;

	enum seat_state state;
	unsigned reason;		/* of NOT READY and BREAK             */
	struct now since;		/* in this state since                */
	int64_t summed_ms;		/* monotonic: today's sums go so far  */
	struct due_node due;		/* its time-out                       */
	int64_t extended_ms;		/* wrap-up added by the agent so far  */
	int64_t bound_s;		/* its next call-back, told to pacers;
					 * 0 = none near [s since 1970]       */
	struct now ready_since;		/* for the wait until TALK            */

	/* What comes after this call: READY unless the agent asked. */
	enum seat_state pending;
	unsigned pending_reason;

	struct call_id call;
	bool phone_up, link_up;		/* its line; its terminal             */
	bool muted, hand_up;
	bool resume_ready;		/* READY again when the phone is back */
	struct now link_lost;
	struct seat_sums today;
	size_t slot;			/* seats' own                         */
};

/* Limits the campaign sets for its seats [ms]; 0 = none. */
struct seat_limits {
	int64_t wrap_ms, preview_ms;
};

struct seats;

MUST_CHECK enum err seats_new(size_t max, struct seats **out);
struct seats *seats_free(struct seats *s);	/* returns NULL */

/*
 * The agent's seat, made OFFLINE at its first log-in and kept for the day.
 * ERR_FULL: more agents than the configuration allows.
 */
MUST_CHECK enum err seat_open(struct seats *s, struct agent_id agent,
			      const char *name, const char *team,
			      struct seat **out);
struct seat *seat_get(struct seats *s, struct agent_id agent);	/* or NULL */
struct seat *seat_each(struct seats *s, const struct seat *prev);
/* The i-th of these, for walks that rest between; NULL after the last. */
struct seat *seat_at(struct seats *s, size_t i);
/* Which campaigns' calls it takes; at most SEAT_CAMPAIGNS. */
MUST_CHECK enum err seat_assign(struct seats *s, struct seat *seat,
				const struct campaign_id *list, size_t n);
struct campaign_id seat_campaign(const struct seat *seat);	/* its first */

/*
 * Moves a seat by the table; ERR_STATE if the table has no such move.
 * `limit_ms`: how long it may stay (0 = no limit); SE_TIMEOUT follows.
 * SE_READY, SE_NOT_READY, SE_BREAK and SE_LOGOUT while on a call become
 * the pending wish instead.
 */
MUST_CHECK enum err seat_move(struct seats *s, struct seat *seat,
			      enum seat_event ev, unsigned reason,
			      int64_t limit_ms, struct now now);
/* The state a move would lead to; SEAT_STATE_COUNT if there is none. */
enum seat_state seat_would(const struct seat *seat, enum seat_event ev);

/*
 * The agent of this campaign who has been READY longest, with phone and
 * link up; NULL if there is none.  O(1).
 */
struct seat *seat_pick(struct seats *s, struct campaign_id campaign);
size_t seat_ready_count(const struct seats *s, struct campaign_id campaign);

/* Phone or terminal up or down; moves READY seats as the rules say. */
void seat_phone(struct seats *s, struct seat *seat, bool up, struct now now);
void seat_link(struct seats *s, struct seat *seat, bool up, struct now now);

/* More wrap-up: adds add_ms unless that passes max_ms in sum (ERR_DENIED). */
MUST_CHECK enum err seat_extend(struct seats *s, struct seat *seat,
				int64_t add_ms, int64_t max_ms,
				struct now now);
/* Time left before its time-out [ms], -1 if it has none. */
int64_t seat_left_ms(const struct seat *seat, struct now now);

/* The next seat whose time is up (told once); NULL if none. */
struct seat *seat_due(struct seats *s, struct now now);
int64_t seat_next_due_ms(const struct seats *s);

/* Seats by state; campaign 0 = the whole floor.  O(states), kept by moves. */
void seat_counts(const struct seats *s, uint32_t counts[SEAT_STATE_COUNT]);
/* A state was entered, for whoever keeps the agents' days. */
struct seat_step {
	struct agent_id agent;
	enum seat_state state;
	unsigned reason;
	struct now at;
	int64_t waited_ms;		/* a wait for a call ended here      */
};
/* States entered since it was last asked, oldest first; false: none.  When
 * nobody asks, the oldest are forgotten. */
bool seat_step_next(struct seats *s, struct seat_step *out);
/* Today's sums, after a restart; only when there are none yet. */
void seat_restore(struct seat *seat, const struct seat_sums *sums);
/* Today's milliseconds in a state, the running stay included. */
int64_t seat_today_ms(const struct seat *seat, enum seat_state st,
		      struct now now);
void seat_new_day(struct seats *s, struct now now);

#endif
