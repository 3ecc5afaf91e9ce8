/*
 * robot -- agents that are programs: for the demo, for tests, for load.
 *
 * Each robot is a real client of the server (common/net, common/msg) and has
 * a real SIP line of its own.  It gets ready, talks, hangs up or lets the
 * customer do it, chooses an outcome, writes a note, takes a break now and
 * then.  Seeded: the n-th robot draws the same numbers in every run.  All of
 * them live on one loop; the times below are divided by `scale`.
 */
#ifndef TESTS_ROBOT_ROBOT_H
#define TESTS_ROBOT_ROBOT_H

#include <stdio.h>

#include "carrier/carrier.h"
#include "dial/loop.h"
#include "msg/msg.h"
#include "net/net.h"

struct sip;
struct sipsess;
struct sipsess_sock;
struct sdp_session;
struct sdp_media;

struct robot_opt {
	unsigned agents, first;		/* how many; number of the first     */
	const char *server;		/* URL of common/net                 */
	const char *pin;		/* tls+tcp: file of the certificate  */
	const char *user;		/* log-in = this and the number      */
	const char *password;
	const char *listen;		/* address of the SIP lines          */
	const char *record;		/* folder of what each heard, or NULL */
	double talk_s, wrap_s, read_s, break_s;	/* means                     */
	double hangup, brk, hold, give;	/* chances of each, a call           */
	const char *outside;		/* a number calls are given to, too  */
	double scale, seconds;		/* 0 s = until a signal              */
	double lose;			/* s until a line is lost, LOSSES times */
	uint64_t seed;
	bool verbose, probe, chatty;
};

/*      name        what is counted                                           */
#define ROBOT_COUNTS(X)                                                       \
	X(logins)   /* log-ins, come-backs included                        */ \
	X(lines_up) /* SIP lines opened                                    */ \
	X(lines_lost)                                                         \
	X(links_lost)                                                         \
	X(previews) /* customers read, then dialled                        */ \
	X(calls)    /* customers joined                                    */ \
	X(pops)     /* of them, shown who it is                            */ \
	X(heard)    /* of them, heard for 0.2 s or more                    */ \
	X(longer)   /* calls of a second or more                           */ \
	X(longer_heard) /* of those, heard                                 */ \
	X(talk_ms)                                                            \
	X(hung_up)  /* ended by the robot                                  */ \
	X(left)     /* ended by the customer or the network                */ \
	X(holds)                                                              \
	X(gives)    /* transfers begun                                     */ \
	X(given)    /* ... that went through                               */ \
	X(asked)    /* consulted by another                                */ \
	X(outcomes) /* taken by the server                                 */ \
	X(notes)                                                              \
	X(finished) /* wrap-ups saved                                      */ \
	X(breaks)                                                             \
	X(refused)  /* requests the server refused                         */ \
	X(pop_max_ms) /* joined, by the server's clock, to shown here      */ \
	X(pop_sum_ms)                                                         \
	X(rtp_in) X(rtp_out)

struct robot_counts {
#define X(name) uint64_t name;
	ROBOT_COUNTS(X)
#undef X
};

struct crew;

/* The SIP side of one robot. */
struct robot_line {
	struct robot *r;
	struct sipsess *sess;
	struct sdp_session *sdp;
	struct sdp_media *audio;
	struct rtp_leg rtp;
	struct loop_timer *again;
	char uri[128], user[64], password[72];
	int64_t lose_ms;		/* it is lost then; 0 = not planned  */
	unsigned losses;
	bool wanted, up;
};

enum robot_plan {
	PLAN_NONE,
	PLAN_READY,		/* ask to be ready                           */
	PLAN_READ,		/* preview read: dial                        */
	PLAN_HOLD, PLAN_BACK,	/* hold, and take back                       */
	PLAN_GIVE, PLAN_STEP,	/* a transfer, and its next step             */
	PLAN_HANGUP,		/* said all there is to say                  */
	PLAN_FINISH,		/* wrap-up written                           */
};

struct robot {
	struct crew *crew;
	unsigned number;
	uint8_t coach;		/* a supervisor speaks to it: how            */
	struct chance chance;
	struct net_client *net;
	struct robot_line line;
	struct loop_timer *timer;
	enum robot_plan plan;	/* what the timer is for                     */
	struct loop_timer *beat;
	uint32_t beat_ms, req;
	char token[72];
	bool in;		/* logged in                                 */
	bool dead;		/* refused for good                          */
	enum msg_state state;
	uint32_t call;		/* at this seat                              */
	uint32_t campaign;
	bool asked;		/* about another's call                      */
	uint32_t popped;	/* last call whose customer was shown        */
	uint32_t counted;	/* last call counted as joined               */
	uint32_t saved;		/* last call whose outcome was sent          */
	uint32_t written;	/* write-ups so far: each note has its own   */
	uint32_t finish_req;	/* a finish not yet acknowledged; 0 = none   */
	uint32_t done;		/* last call that was finished               */
	int64_t joined_ms;	/* by the server's clock                     */
	int64_t talk_from_ms;	/* ours                                      */
	int64_t pop_us;		/* wall clock                                */
	double talk_left_s;	/* after a hold                              */
	uint32_t heard_ms;	/* of the line, when the call began          */
	bool resting;		/* a break that was asked for                */
	struct msg_outcomes outcomes;
	struct msg_breaks breaks;
};

struct crew {
	struct robot_opt opt;
	struct robot_counts counts;
	struct samples audio, popped;	/* --probe: since the answer         */
	struct sounds *sounds;
	struct sip *sip;
	struct sipsess_sock *sock;
	struct robot *robots;
	struct loop_timer *tick;	/* 20 ms of speech                   */
	struct loop_timer *run;		/* connections                       */
	int64_t tick_due_ms;
	union msg_any msg;		/* 50 KB: one for all                */
	uint8_t frame[NET_FRAME_MAX];
	bool stopping;
};

int64_t robot_mono_ms(void);
int64_t robot_wall_ms(void);
/* Seconds of a robot's day as milliseconds of ours. */
uint64_t robot_ms(const struct crew *c, double seconds);

/* ---- robot_line.c -------------------------------------------------------- */
MUST_CHECK enum err lines_open(struct crew *c);
void lines_close(struct crew *c);
MUST_CHECK enum err line_init(struct robot_line *l, struct robot *r);
void line_fini(struct robot_line *l);
/* Dials, and dials again when lost. */
void line_want(struct robot_line *l, const struct msg_login_ok *ok);
/* The server says that it has no such line. */
void line_redial(struct robot_line *l);
void line_drop(struct robot_line *l);
void line_speak(struct robot_line *l, bool on);
/* Every 20 ms. */
void line_tick(struct robot_line *l);

/* ---- robot_agent.c ------------------------------------------------------- */
MUST_CHECK enum err robot_init(struct robot *r, struct crew *c, unsigned i);
void robot_fini(struct robot *r);
/* Its connection's turn. */
void robot_run(struct robot *r);
void robot_line_changed(struct robot *r);
void robot_leave(struct robot *r);

/* Who begins or ends to speak to it is said on stderr. */
static inline void robot_coach(struct robot *r, const struct msg_seat *m)
{
	if (m->coach != r->coach)
		fprintf(stderr, "coach %s %s\n",
			msg_word(MSG_WORDS_MONITOR, m->coach), m->coach_name);
	r->coach = m->coach;
}

#endif
