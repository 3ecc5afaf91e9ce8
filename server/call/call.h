/*
 * call -- the record that flows through the house, and where it stands.
 *
 * In      events raised by the rooms (call_raise)
 * Out     the record; the next event in order (call_next_event)
 * Owns    the pool of calls, their order of time-outs, the event queue
 * Never   decides anything: server/flow.c does, from one table
 *
 * A call is known by its id; the pool answers NULL for one that has ended,
 * so a late handler finds nothing instead of somebody else's call.
 */
#ifndef CALL_CALL_H
#define CALL_CALL_H

#include "base/base.h"
#include "base/clock.h"
#include "base/due.h"

/*        state          word       stays at most [ms], 0 = no limit          */
#define CALL_STATES(X)                                                        \
	X(CALL_PREVIEW, "preview", 600000) /* the agent reads, then dials  */ \
	X(CALL_RESERVE, "reserve",   5000) /* the attempt is being written */ \
	X(CALL_CHECK,   "check",      500) /* in the gate                  */ \
	X(CALL_DIAL,    "dial",     20000) /* INVITE sent                  */ \
	X(CALL_RING,    "ring",     90000) /* it rings at the customer     */ \
	X(CALL_HEAR,    "hear",      3000) /* answered: who, or what?      */ \
	X(CALL_WAIT,    "wait",      2000) /* a person; no agent yet       */ \
	X(CALL_TALK,    "talk",   7200000) /* joined to an agent           */ \
	X(CALL_HOLD,    "hold",    900000) /* the customer hears music     */ \
	X(CALL_ORPHAN,  "orphan",   60000) /* the agent's phone was lost   */ \
	X(CALL_ASK,     "ask",      60000) /* on hold; another is fetched  */ \
	X(CALL_SEND,    "send",     60000) /* ... who then takes it over   */ \
	X(CALL_CONSULT, "consult", 1800000) /* on hold; the two others talk */ \
	X(CALL_ASIDE,   "aside",   1800000) /* talks; the other one waits  */ \
	X(CALL_CONF,    "conf",    7200000) /* all three talk              */ \
	X(CALL_OUTSIDE, "outside", 7200000) /* talks to an outside number  */ \
	X(CALL_GUEST,   "guest",   7300000) /* is that outside number      */ \
	X(CALL_MESSAGE, "message",  30000) /* nobody came: safe message    */ \
	X(CALL_WRAP,    "wrap",    600000) /* the agent says how it went   */ \
	X(CALL_CLOSE,   "close",     5000) /* the outcome is being written */ \
	X(CALL_DONE,    "done",         0)

/*        event          word                                                 */
#define CALL_EVENTS(X)                                                        \
	X(EV_GO,        "dial now")     /* the agent has read the preview  */ \
	X(EV_SKIP,      "skip")         /* ... and does not want this one  */ \
	X(EV_DURABLE,   "durable")      /* what was written is on disk     */ \
	X(EV_UNWRITTEN, "unwritten")    /* the store refused               */ \
	X(EV_PASSED,    "passed")                                             \
	X(EV_DENIED,    "denied")                                             \
	X(EV_RINGING,   "ringing")                                            \
	X(EV_ANSWERED,  "answered")                                           \
	X(EV_FAILED,    "failed")       /* a final SIP answer but 200      */ \
	X(EV_PERSON,    "person")       /* or in doubt: the person's side  */ \
	X(EV_MACHINE,   "machine")                                            \
	X(EV_AGENT,     "agent")        /* one is free, and is ours        */ \
	X(EV_HOLD,      "hold")                                               \
	X(EV_RETRIEVE,  "take back")                                          \
	X(EV_LOST,      "phone lost")   /* the agent's line went down      */ \
	X(EV_ASK,       "ask first")    /* transfer: talk to them before   */ \
	X(EV_SEND,      "send now")     /* transfer: without a word        */ \
	X(EV_MET,       "met")          /* the one who was asked is there  */ \
	X(EV_SWAP,      "swap")         /* the other one waits instead     */ \
	X(EV_ALL,       "all talk")                                           \
	X(EV_TAKEN,     "taken")        /* another agent has the customer  */ \
	X(EV_GIVEN,     "given away")   /* the outside number has          */ \
	X(EV_GIVE_UP,   "give up")      /* the agent goes on alone         */ \
	X(EV_GONE,      "gone")         /* the other one is not, or left   */ \
	X(EV_PLAYED,    "played")       /* the message came to its end     */ \
	X(EV_HANGUP,    "hang-up")      /* the customer left               */ \
	X(EV_RELEASE,   "release")      /* the agent, or we, end it        */ \
	X(EV_DISPOSED,  "disposed")                                           \
	X(EV_TIMEOUT,   "time-out")

enum call_state {
#define X(name, word, limit_ms) name,
	CALL_STATES(X)
#undef X
	CALL_STATE_COUNT
};

enum call_event {
#define X(name, word) name,
	CALL_EVENTS(X)
#undef X
	CALL_EVENT_COUNT
};

/*        mode             word                                              */
#define DIAL_MODES(X)                                                        \
	X(MODE_PREVIEW,     "preview")                                       \
	X(MODE_PROGRESSIVE, "progressive")                                   \
	X(MODE_PREDICTIVE,  "predictive")

enum dial_mode {
#define X(name, word) name,
	DIAL_MODES(X)
#undef X
	DIAL_MODE_COUNT
};

/* Words for people; never NULL. */
const char *call_state_word(enum call_state s);
const char *call_event_word(enum call_event e);
const char *dial_mode_word(enum dial_mode m);
MUST_CHECK enum err dial_mode_from_word(const char *word, enum dial_mode *out);
/* How long a call may stay there [ms]; 0 = for ever. */
int64_t call_state_limit(enum call_state s);

/*
 * How a call came out, as the trunk or the ears say it, before any agent.
 * The words are stored in records and matched in data/sip-causes.tsv and
 * data/dispositions.tsv.
 */
#define CALL_RESULTS(X)                                                       \
	X(RES_NONE,       "")                                                 \
	X(RES_ANSWERED,   "answered")    /* talked to an agent             */ \
	X(RES_ABANDONED,  "abandoned")   /* answered, no agent in time     */ \
	X(RES_EARLY_HANGUP, "early-hangup") /* left before we knew who     */ \
	X(RES_MACHINE,    "machine")                                          \
	X(RES_FAX,        "fax")                                              \
	X(RES_BUSY,       "busy")                                             \
	X(RES_NO_ANSWER,  "no-answer")                                        \
	X(RES_VACANT,     "vacant")                                           \
	X(RES_CHANGED,    "changed")     /* number changed                 */ \
	X(RES_INVALID,    "invalid")     /* not a number the trunk accepts */ \
	X(RES_UNREACHABLE, "unreachable") /* off, out of range             */ \
	X(RES_REJECTED,   "rejected")    /* refused by the person          */ \
	X(RES_UNWANTED,   "unwanted")    /* 607, RFC 8197: goes to the DNC */ \
	X(RES_BLOCKED,    "blocked")     /* 608, identity, analytics       */ \
	X(RES_BARRED,     "barred")      /* suspended, CLI refused         */ \
	X(RES_CONGESTION, "congestion")                                       \
	X(RES_NO_ROUTE,   "no-route")                                         \
	X(RES_TECHNICAL,  "technical")                                        \
	X(RES_CANCELLED,  "cancelled")   /* we took it back while ringing  */ \
	X(RES_DENIED,     "denied")      /* by our own gate: never dialled */ \
	X(RES_SKIPPED,    "skipped")     /* preview: not dialled           */ \
	X(RES_UNKNOWN,    "unknown")                                          \
	X(RES_MISSED,     "missed")      /* preview: left untouched        */

enum call_result {
#define X(name, word) name,
	CALL_RESULTS(X)
#undef X
	CALL_RESULT_COUNT
};

const char *call_result_word(enum call_result r);
MUST_CHECK enum err call_result_from_word(const char *w, enum call_result *out);

enum hangup_by { BY_NOBODY, BY_CUSTOMER, BY_AGENT, BY_SYSTEM };
const char *hangup_by_word(enum hangup_by b);

/*        to whom a call is given  word                                       */
#define HAND_TARGETS(X)                                                       \
	X(HAND_NOBODY,  "nobody")                                             \
	X(HAND_AGENT,   "agent")        /* whom: his number                */ \
	X(HAND_TEAM,    "team")         /* its name                        */ \
	X(HAND_QUEUE,   "queue")        /* a campaign's number             */ \
	X(HAND_OUTSIDE, "outside")      /* E.164 digits, as typed          */ \
	X(HAND_COLLEAGUE, "colleague")  /* ... of the configuration        */ \
	X(HAND_SUPER,   "supervisor")   /* his number                      */

enum hand_target {
#define X(name, word) name,
	HAND_TARGETS(X)
#undef X
	HAND_TARGET_COUNT
};
const char *hand_target_word(enum hand_target t);

/*        what became of it     the first agent is told so                    */
#define HAND_NEWS(X)                                                          \
	X(NEWS_NONE,      "")                                                 \
	X(NEWS_NOBODY,    "nobody was free")                                  \
	X(NEWS_BUSY,      "busy")                                             \
	X(NEWS_NO_ANSWER, "no answer")                                        \
	X(NEWS_REFUSED,   "refused")                                          \
	X(NEWS_DENIED,    "not allowed by the rules")                         \
	X(NEWS_NO_ROOM,   "no line is free")                                  \
	X(NEWS_FAILED,    "not reached")                                      \
	X(NEWS_LEFT,      "left")                                             \
	X(NEWS_PHONE,     "phone lost")                                       \
	X(NEWS_TIME,      "time is up")                                       \
	X(NEWS_TAKEN,     "has the customer now")

enum hand_news {
#define X(name, word) name,
	HAND_NEWS(X)
#undef X
	HAND_NEWS_COUNT
};
const char *hand_news_word(enum hand_news n);

/* A transfer under way: to whom, who was found, how it ended. */
struct hand {
	enum hand_target to;		/* HAND_NOBODY: there is none       */
	char whom[48];
	char name[48];			/* for people                       */
	struct agent_id asked;		/* the agent who was found          */
	struct call_id guest;		/* or the outside number's own call */
	struct agent_id super;		/* or the supervisor it is offered to */
	bool came;			/* ... who has accepted              */
	enum hand_news news;
	int64_t from_ms;		/* wall clock: it began             */
	bool quiet;			/* he gave up himself: nothing to tell */
};

/*        a record of          word                                           */
#define CALL_PARTS(X)                                                         \
	X(PART_WHOLE,  "")           /* the customer's call, its last agent */\
	X(PART_AGENT,  "agent")      /* an agent's share, who gave it away  */\
	X(PART_GUEST,  "outside")    /* the outside number of a transfer    */

enum call_part {
#define X(name, word) name,
	CALL_PARTS(X)
#undef X
	CALL_PART_COUNT
};
const char *call_part_word(enum call_part p);

/* How a call sounded; got 0: nothing came, or it is not known. */
struct call_sound {
	uint32_t got, lost;		/* packets from the customer        */
	uint32_t jitter_us;		/* mean (RFC 3550, A.8)             */
	uint32_t mos_pct;		/* 100..450 (ITU-T G.107)           */
	uint32_t sent, far_lost;	/* ours, as his side reported them;
					   0 = it did not                   */
};

struct gate_pass;

struct call {
	struct call_id id;
	uint64_t uid;			/* never used again; the CDR's key  */
	enum call_state state;
	int64_t since_ms;		/* monotonic: in this state since   */
	struct due_node due;		/* its time-out                     */
	struct gate_pass *pass;		/* from gate to INVITE, nothing waits */
	bool leg;			/* the customer's leg is up, or being so */
	bool written;			/* an intent is in the store        */

	struct lead_id lead;
	struct list_id list;
	uint64_t person;
	struct campaign_id campaign;
	struct agent_id agent;		/* whose it is; 0 while nobody's    */
	struct trunk_id trunk;
	enum dial_mode mode;
	char number[20];		/* E.164 digits, no plus sign       */
	char caller[20];		/* the number shown to the customer */
	uint32_t attempt;		/* 1 = the lead's first             */

	int64_t start_ms;		/* wall clock [ms]; 0 = never came  */
	int64_t invite_ms;
	int64_t ring_ms;
	int64_t answer_ms;
	int64_t person_ms;		/* the ears said: a person          */
	int64_t join_ms;
	int64_t end_ms;			/* the customer's leg ended         */
	int64_t done_ms;
	int64_t hold_since_ms;		/* wall clock; 0 = not held         */
	int64_t hold_ms;		/* sum                              */
	bool lost;			/* its agent's line went down       */

	enum call_result result;
	enum hangup_by by;
	uint16_t sip_code;		/* raw, as the trunk said           */
	uint16_t q850;			/* raw, 0 = not given               */
	char     why[64];		/* reason phrase, or the gate's rule*/
	uint16_t outcome;		/* the agent's; row in dispositions */
	uint32_t amd_ms;		/* what the ears took [ms]          */
	int64_t  callback_s;		/* wall clock [s], 0 = none         */
	struct agent_id callback_agent;	/* 0 = anyone in the campaign       */
	uint32_t callback_number;	/* of the lead's, from 1; 0 = first */
	char     callback_note[201];	/* what it will be about            */
	int64_t  amount;		/* if the outcome needs one [1/100] */
	char     note[1000];
	char     recording[96];		/* file, below the spool folder     */
	bool     recorded;
	bool     muted_rec;		/* paused: card numbers             */
	struct call_sound sound;	/* of its leg, when that has ended  */

	struct hand hand;		/* being given to another           */
	enum call_part part;
	uint64_t of;			/* a part's: the customer's call    */
	/* What an agent who gave it away agreed; it counts if the outcome of
	 * the last one is to try again. */
	int64_t  promise_s;		/* wall clock [s], 0 = nothing      */
	struct agent_id promise_agent;	/* 0 = anyone                       */
	uint32_t promise_number;
	char     promise_note[201];
	struct call_id host;		/* a guest's: the same, while it lives */
	int64_t  took_ms;		/* its agent took it over; 0: first */
	int64_t  gave_ms;		/* its agent gave it away           */
	int64_t  held_ms;		/* of hold_ms, before he took it    */
	struct agent_id from_agent;	/* from whom it was taken over      */
	char     given[48];		/* to whom it was given, in words   */
};

struct call_pool;

MUST_CHECK enum err call_pool_new(size_t max_calls, struct call_pool **out);
struct call_pool *call_pool_free(struct call_pool *p);	/* returns NULL */

/* A zeroed call in `first`; ERR_FULL when every slot is taken. */
MUST_CHECK enum err call_new(struct call_pool *p, enum call_state first,
			     struct now now, struct call **out);
/* NULL if it has ended.  The pointer is good until the handler returns. */
struct call *call_get(struct call_pool *p, struct call_id id);
void call_end(struct call_pool *p, struct call *c);
/* Its place in the pool, 0 .. max_calls - 1: an index for other tables. */
uint32_t call_slot(struct call_id id);
size_t call_count(const struct call_pool *p);
size_t call_count_max(const struct call_pool *p);
/* Walks the living calls: pass NULL first; NULL at the end. */
struct call *call_each(struct call_pool *p, const struct call *prev);

/* Enters a state: sets since_ms and the time-out (limit_ms < 0: the row's). */
void call_enter(struct call_pool *p, struct call *c, enum call_state s,
		int64_t limit_ms, struct now now);
/* The next call whose time is up (told once), NULL if none is due yet. */
struct call *call_due(struct call_pool *p, struct now now);
/* When the next one is due (monotonic ms), INT64_MAX if none. */
int64_t call_next_due_ms(const struct call_pool *p);

/*
 * Queues an event; it is handled after the current one has run to its end,
 * so no handler is re-entered and the order is total.
 */
void call_raise(struct call_pool *p, struct call_id id, enum call_event ev);
/*
 * Who hears of every move of every call: one at most, NULL for none.  Told
 * when the call stands in its new state, before what is done there; `ms` in
 * the one it left.  It only looks, and must be quick.
 */
typedef void call_moved_h(void *arg, const struct call *c,
			  enum call_state from, enum call_event ev, int64_t ms,
			  struct now now);
void call_on_move(struct call_pool *p, call_moved_h *h, void *arg);
/* Tells it; the flow alone does. */
void call_moved(const struct call_pool *p, const struct call *c,
		enum call_state from, enum call_event ev, int64_t ms,
		struct now now);
/* False when the queue is empty. */
bool call_next_event(struct call_pool *p, struct call_id *id,
		     enum call_event *ev);

#endif
