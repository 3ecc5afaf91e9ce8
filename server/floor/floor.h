/*
 * floor -- the running call centre: campaigns, calls, agents, decisions.
 *
 * In      inputs with time stamps (struct floor_input): what the trunks, the
 *         ears, the agents, the supervisors and the clock say
 * Out     actions through struct floor_doors; records through the store
 * Owns    the calls and seats, the campaigns with their pacers, the flow
 * Never   touches a socket, a clock, a thread: the same inputs give the same
 *         actions, live, in tests, in simulation and in replay
 *
 * Inputs are kept in the store's chained event log (floor_input_schema), and
 * so are the campaigns' settings and what the trunks answered when asked: a
 * day is replayed from a copy of the store as it was and the log since,
 * without the configuration of that day.  Time never runs backwards between
 * two inputs, but at IN_BEGIN.
 */
#ifndef FLOOR_FLOOR_H
#define FLOOR_FLOOR_H

#include "base/base.h"
#include "base/clock.h"
#include "call/call.h"
#include "dispo/dispo.h"
#include "gate/gate.h"
#include "pacer/pacer.h"
#include "schema/schema.h"
#include "seat/seat.h"
#include "store/store.h"

struct floor;
struct leads;
struct odds;

enum { FLOOR_NAME = 48, FLOOR_TRUNKS = 16 };

/*        when wrap-up's time is over   word                                  */
#define WRAP_MODES(X)                                                         \
	X(WRAP_OPTIONAL,   "optional")   /* READY at once; outcome if wished */\
	X(WRAP_MANDATORY,  "mandatory")  /* no time limit                   */\
	X(WRAP_BOXED,      "boxed")      /* limit, early exit, NOT READY     */\
	X(WRAP_BOXED_FULL, "boxed-full") /* limit, no early exit             */

enum wrap_mode {
#define X(name, word) name,
	WRAP_MODES(X)
#undef X
	WRAP_MODE_COUNT
};

/*        whom calls may be given  word                                       */
#define HAND_ALLOWS(X)                                                        \
	X(HAND_NONE,      "none")                                             \
	X(HAND_INSIDE,    "inside")    /* agents, supervisors, teams, queues */ \
	X(HAND_LISTED,    "listed")    /* and numbers of the configuration */ \
	X(HAND_ANY,       "any")       /* and whatever is typed            */

enum hand_allow {
#define X(name, word) name,
	HAND_ALLOWS(X)
#undef X
	HAND_ALLOW_COUNT
};
const char *hand_allow_word(enum hand_allow a);

/* What a campaign is, as configured; plain values, copied. */
struct campaign_conf {
	struct campaign_id id;
	char name[FLOOR_NAME];
	enum dial_mode mode;
	struct gate_campaign gate;	/* purpose, profile, caps, hours      */
	int32_t target_ppm;		/* abandon target; held to profile's  */
	int32_t ring_ms;		/* held to the profile's minimum      */
	int32_t connect_ms;		/* answer to agent, at most           */
	bool    amd;			/* the ears decide before WAIT        */
	bool    keep_machines;		/* a machine is joined like a person  */
	bool    wrap_skip;		/* outcome complete: no wrap-up       */
	bool    by_hand;		/* agents answer with a key           */
	int32_t preview_ms;		/* dials by itself; 0 = never         */
	enum wrap_mode wrap;
	int32_t wrap_ms, wrap_more_ms, wrap_more_max_ms;
	int32_t hold_alert_ms;
	uint32_t max_lines;		/* 0 = the trunks' limits only        */
	uint32_t max_lines_per_agent_milli;	/* 0 = none                   */
	struct trunk_id trunks[FLOOR_TRUNKS];	/* none = all                 */
	uint32_t trunk_count;
	char caller[20];		/* "" = the trunk's numbers           */
	char message[48];		/* prompt for abandoned calls         */
	bool record;
	bool held_at_end;		/* the target, of the day; else always */
	uint32_t weight;		/* part of what campaigns share; 0 = 100 */
	bool odds;			/* leads' own chance of an answer, while
					   it beats the plain rate            */
	bool odds_order;		/* and equal priorities by it         */
	uint8_t shift_n;		/* its agents' hours, server's clock  */
	struct gate_window shift[GATE_HOURS_MAX];
	int32_t shift_off_s;		/* that clock, east of UTC [s]        */
	enum hand_allow transfer;
	int32_t transfer_ms;		/* a group is waited for so long      */
};

/*        why a campaign does not dial now  word                              */
#define IDLE_REASONS(X)                                                       \
	X(IDLE_NONE,     "")                                                  \
	X(IDLE_STOPPED,  "stopped")                                           \
	X(IDLE_LEADS,    "no leads")                                          \
	X(IDLE_HOURS,    "hours")                                             \
	X(IDLE_GATE,     "refused by rules")                                  \
	X(IDLE_TRUNKS,   "trunks")                                            \
	X(IDLE_AGENTS,   "no agents")                                         \
	X(IDLE_CALLS,    "call table full")                                   \
	X(IDLE_DISK,     "disk")

enum idle_reason {
#define X(name, word) name,
	IDLE_REASONS(X)
#undef X
	IDLE_REASON_COUNT
};
const char *idle_reason_word(enum idle_reason r);
const char *wrap_mode_word(enum wrap_mode m);
MUST_CHECK enum err wrap_mode_from_word(const char *w, enum wrap_mode *out);

/* How a campaign stands now; counters since its start of day. */
struct campaign_view {
	const struct campaign_conf *conf;
	bool running, paused;
	bool fallback;			/* predictive dials progressively     */
	enum pacer_bound bound;		/* what limits the dialling           */
	enum idle_reason idle;
	int64_t ends_s;			/* planned end of its day [wall s], 0 = ? */
	bool own;			/* keeps to lines with an agent of their
					   own: others of the pool dare more  */
	uint32_t ringing, waiting, talking;	/* lines                      */
	int64_t oldest_wait_ms;
	uint32_t blocked[GATE_RULE_COUNT];	/* refusals by rule, today    */
};

/*        scene           the customer      the agent       the other one     */
#define HAND_SCENES(X)                                                        \
	X(SCENE_ALONE)	/* talks to the agent               is not there    */\
	X(SCENE_ASK)	/* hears music      hears it ring   is not there    */\
	X(SCENE_CONSULT) /* hears music     talks to the other              */\
	X(SCENE_ASIDE)	/* talks to the agent               hears music     */\
	X(SCENE_CONF)	/* all three hear each other                        */\
	X(SCENE_GIVEN)	/* talks to the other; the agent hears nobody       */\
	X(SCENE_OVER)	/* talks to a supervisor; the agent hears nobody    */

enum hand_scene {
#define X(name) name,
	HAND_SCENES(X)
#undef X
	HAND_SCENE_COUNT
};

/* ---- doors: what the floor wants done; each returns at once ------------ */

struct floor_doors {
	void *arg;
	/* Media leg and INVITE; takes *pass.  ERR_AGAIN: no trunk has room. */
	enum err (*place)(void *arg, const struct call *c,
			  const struct campaign_conf *k,
			  struct gate_pass **pass, struct now now);
	/* The customer's leg: CANCEL or BYE, then its media.               */
	void (*hang_up)(void *arg, const struct call *c, uint16_t q850);
	void (*listen)(void *arg, const struct call *c);	/* ears      */
	void (*join)(void *arg, const struct call *c);	/* beep, both hear  */
	void (*part)(void *arg, const struct call *c);
	void (*hold)(void *arg, const struct call *c, bool on);
	void (*mute)(void *arg, struct agent_id agent, bool on);
	void (*play)(void *arg, const struct call *c, const char *prompt);
	void (*digits)(void *arg, const struct call *c, const char *digits);
	/* Starts, pauses, goes on, ends; `name` below the spool folder.    */
	void (*record)(void *arg, const struct call *c, const char *name);
	void (*record_pause)(void *arg, const struct call *c, bool on);
	/*
	 * Who hears whom while `agent` gives the call away; the other is
	 * c->hand.asked's line, or c->hand.super's once he came, or
	 * c->hand.guest's leg.
	 */
	void (*scene)(void *arg, const struct call *c, struct agent_id agent,
		      enum hand_scene scene);
	/* The agent whose transfer it was is told what became of it.       */
	void (*news)(void *arg, struct agent_id agent, const struct call *c,
		     enum hand_news news);
	/* Trunks' room for this campaign right now.                        */
	struct pacer_limits (*room)(void *arg, const struct campaign_conf *k,
				    struct now now);
	/* Something an agent's, or a supervisor's, screen shows changed.   */
	void (*seat_changed)(void *arg, struct agent_id agent);
	/* The call is over and on disk.                                    */
	void (*call_done)(void *arg, const struct call *c,
			  const struct dispo_step *step);
};

struct floor_conf {
	struct store *store;		/* borrowed, as all below             */
	struct gate *gate;
	struct leads *leads;
	struct dispos *dispos;
	struct floor_doors doors;
	size_t max_calls, max_agents, max_campaigns;
	int64_t orphan_ms;		/* a customer waits for a lost phone;
					   0 = the room's own limit           */
	bool log_inputs;		/* keep inputs for replay             */
};

MUST_CHECK enum err floor_new(const struct floor_conf *conf,
			      struct floor **out);
struct floor *floor_free(struct floor *f);	/* returns NULL */

/* ---- inputs ------------------------------------------------------------ */

/*        kind            word          uses of struct floor_input            */
#define FLOOR_INPUTS(X)                                                       \
	X(IN_TICK,        "tick")       /* time-outs; every >= 250 ms pacing*/\
	X(IN_DURABLE,     "durable")    /* call; value = call_state it was
					   written in; code 0 or enum err  */ \
	X(IN_RINGING,     "ringing")    /* call, trunk, text: caller shown */ \
	X(IN_ANSWERED,    "answered")   /* call, trunk, text: caller shown */ \
	X(IN_FAILED,      "failed")     /* call, trunk, code, q850, value =
					   call_result, text; more: caller
					   shown                           */ \
	X(IN_HANGUP,      "hang-up")    /* call, q850: the customer left   */ \
	X(IN_PERSON,      "person")     /* call, value = ms the ears took  */ \
	X(IN_MACHINE,     "machine")    /* call, value = ms, code = result */ \
	X(IN_PLAYED,      "played")     /* call                            */ \
	X(IN_RECORDED,    "recorded")   /* call, value = ms                */ \
	X(IN_LINE,        "line")       /* agent, value 1 up, 0 down       */ \
	X(IN_LINK,        "link")       /* agent, value 1 up, 0 down       */ \
	X(IN_LOGIN,       "log in")     /* agent, text: name\tteam; value
					   1: only these changed           */ \
	X(IN_ASSIGN,      "assign")     /* agent, text: campaign ids       */ \
	X(IN_LOGOUT,      "log out")    /* agent; after the call           */ \
	X(IN_READY,       "ready")      /* agent                           */ \
	X(IN_NOT_READY,   "not ready")  /* agent                           */ \
	X(IN_BREAK,       "break")      /* agent, value = break row        */ \
	X(IN_DIAL,        "dial")       /* agent: preview, dial now; value:
					   which of its numbers, 0 = first;
					   or lead: a promised call-back   */ \
	X(IN_SKIP,        "skip")       /* agent, value = reason, text     */ \
	X(IN_RELEASE,     "release")    /* agent: hang up, cancel          */ \
	X(IN_HOLD,        "hold")       /* agent, value 1 hold, 0 back     */ \
	X(IN_MUTE,        "mute")       /* agent, value                    */ \
	X(IN_DIGITS,      "digits")     /* agent, text                     */ \
	X(IN_REC_PAUSE,   "pause rec")  /* agent, value                    */ \
	X(IN_OUTCOME,     "outcome")    /* agent, value = digit, or code =
					   its row; text: amount [1/100]   */ \
	X(IN_NOTE,        "note")       /* agent, text                     */ \
	X(IN_CALLBACK,    "call back")  /* agent, when [wall s], value 1 =
					   me, 0 = anyone; code: which of
					   its numbers; text: what about   */ \
	X(IN_FINISH,      "finish")     /* agent, value 1 = then NOT READY */ \
	X(IN_WRAP_MORE,   "more wrap")  /* agent                           */ \
	X(IN_HAND,        "hand")       /* agent, value                    */ \
	X(IN_CORRECT,     "correct")    /* agent; as the outcome           */ \
	X(IN_FORCE,       "force")      /* agent, value = seat_event, text,
					   code = 1 + break row, 0 none    */ \
	X(IN_START,       "start")      /* campaign                        */ \
	X(IN_STOP,        "stop")       /* campaign                        */ \
	X(IN_PAUSE,       "pause")      /* campaign                        */ \
	X(IN_DISK,        "disk")       /* value 1 = full: stop dialling   */ \
	X(IN_SETTING,     "setting")    /* campaign; more: floor_setting   */ \
	X(IN_LISTS,       "lists")      /* campaign, text: ids of lists    */ \
	X(IN_SAVE,        "save")       /* what was learned is kept        */ \
	X(IN_BEGIN,       "begin")      /* log only: the server started    */ \
	X(IN_ROOM,        "room")       /* log only: what the door answered
					   from now on; campaign, call =
					   asked so often within the input,
					   value = lines, code = cps,
					   when_s = leads, q850 1 = closed */ \
	X(IN_PLACE,       "place")      /* log only: the door refused; call,
					   code = enum err                 */ \
	X(IN_TRANSFER,    "transfer")   /* agent, value = hand_step, code =
					   hand_target, text: whom\tname   */ \
	X(IN_TAKE_OVER,   "take over")  /* call, value = supervisor who now
					   has the customer, text: name;
					   0: he has left too              */ \
	X(IN_UNDONE,      "undone")     /* value = lead: what moved it is not
					   on disk, code = enum err        */ \
	X(IN_ANSWER,      "answer")     /* agent: the call that is offered */ \
	X(IN_SUPER,       "supervisor") /* agent, value: bits of SUPER_*,
					   0 he left; text: name\tteam     */ \
	X(IN_MEET,        "meet")       /* agent: a supervisor; value 1: he
					   takes what he is offered, 0: he
					   declines it, or leaves          */ \
	X(IN_SOUND,       "sound")      /* call, value = its uid, more:
					   floor_sound: its leg has ended  */ \
	X(IN_REST,        "rest")       /* trunk, text: its name\tnumber;
					   value 1: this caller number is
					   not shown, 0: it is again       */

enum floor_input_kind {
#define X(name, word) name,
	FLOOR_INPUTS(X)
#undef X
	FLOOR_INPUT_COUNT
};
const char *floor_input_word(enum floor_input_kind k);

/* How a supervisor can be reached; he needs the first, and another one. */
enum {
	SUPER_SCREEN = 1,		/* his program is linked             */
	SUPER_PHONE = 2,		/* his line is open: he hears, speaks */
	SUPER_RINGS = 4,		/* he has a desk phone to be called  */
};

/* A supervisor who is there.  He has no seat: no calls come to him but those
 * that agents ask him about, or that he takes over. */
struct floor_super {
	struct agent_id agent;		/* 0: a free place                   */
	char name[SEAT_NAME], team[SEAT_NAME];	/* team "": all agents'      */
	unsigned reach;			/* SUPER_*                           */
	struct call_id call;		/* offered to him, or his            */
	struct now since;		/* with this call, or without        */
};

/*        step of a transfer  word           possible while                   */
#define HAND_STEPS(X)                                                         \
	X(HAND_SEND,    "send now")    /* talking, holding                 */ \
	X(HAND_ASK,     "ask first")   /* talking, holding                 */ \
	X(HAND_SWAP,    "swap")        /* the other is there               */ \
	X(HAND_ALL,     "all talk")    /* the other is there               */ \
	X(HAND_GIVE,    "give")        /* the other is there               */ \
	X(HAND_BACK,    "back")        /* until given                      */

enum hand_step {
#define X(name, word) name,
	HAND_STEPS(X)
#undef X
	HAND_STEP_COUNT
};

#define FLOOR_INPUT(F)                                                        \
	F(u8,   kind,     0,    "enum floor_input_kind")                      \
	F(i64,  mono_ms,  0,    "monotonic time [ms]")                        \
	F(i64,  wall_ms,  0,    "wall clock [ms since 1970]")                 \
	F(u32,  call,     0,    "call handle")                                \
	F(u32,  agent,    0,    "agent number")                               \
	F(u32,  campaign, 0,    "campaign id")                                \
	F(u32,  trunk,    0,    "trunk row")                                  \
	F(u32,  code,     0,    "SIP code, error, or result")                 \
	F(u32,  q850,     0,    "Q.850 cause")                                \
	F(i64,  value,    0,    "see the kind")                               \
	F(i64,  when_s,   0,    "agreed time, wall clock [s]")                \
	F(text, text,     1000, "see the kind")                               \
	F(bytes, more,    1600,  "see the kind")                              \
	F(u64,  lead,     0,    "lead")

SCHEMA_STRUCT(floor_input, FLOOR_INPUT);

#define FLOOR_SOUND(F)                                                        \
	F(u32,  got,       0,   "packets from the customer")                  \
	F(u32,  lost,      0,   "lost on their way")                          \
	F(u32,  jitter_us, 0,   "mean [us]")                                  \
	F(u32,  mos_pct,   0,   "estimated MOS [1/100]")                      \
	F(u32,  sent,      0,   "packets to him, as reported")                \
	F(u32,  far_lost,  0,   "lost on their way")

SCHEMA_STRUCT(floor_sound, FLOOR_SOUND);

/* A campaign_conf in the log: the profile by its name. */
#define FLOOR_HOURS(F)                                                        \
	F(u8,   days,     0,    "bit 0 = Monday .. bit 6 = Sunday")           \
	F(i32,  from_min, 0,    "from [min of day]")                          \
	F(i32,  to_min,   0,    "to, exclusive [min of day]")

SCHEMA_STRUCT(floor_hours, FLOOR_HOURS);

#define FLOOR_TRUNK(F)                                                        \
	F(u32,  trunk,    0,    "trunk row")

SCHEMA_STRUCT(floor_trunk, FLOOR_TRUNK);

#define FLOOR_SETTING(F)                                                      \
	F(text, name,     47,   "campaign")                                   \
	F(u8,   mode,     0,    "enum dial_mode")                             \
	F(u8,   purpose,  0,    "enum gate_purpose")                          \
	F(text, profile,  15,   "whose rules; empty: none, no calls")         \
	F(bool, automated, 0,   "a recorded voice speaks")                    \
	F(bool, licensee, 0,    "we are a call-centre licensee")              \
	F(bool, answered_only, 0, "only answered calls count")                \
	F(u16,  tries_max, 0,   "attempts per lead, 0 = no cap")              \
	F(u16,  cap_n,    0,    "own cap: calls per customer")                \
	F(i32,  cap_s,    0,    "in so long [s]")                             \
	F(rows, hours,    (GATE_HOURS_MAX, floor_hours), "own hours")         \
	F(i32,  target_ppm, 0,  "abandon target [ppm]")                       \
	F(i32,  ring_ms,  0,    "rings so long [ms]")                         \
	F(i32,  connect_ms, 0,  "answer to agent [ms]")                       \
	F(bool, amd,      0,    "the ears decide")                            \
	F(bool, keep_machines, 0, "machines are joined")                      \
	F(bool, wrap_skip, 0,   "outcome complete: no wrap-up")               \
	F(i32,  preview_ms, 0,  "dials by itself after [ms]")                 \
	F(u8,   wrap,     0,    "enum wrap_mode")                             \
	F(i32,  wrap_ms,  0,    "wrap-up [ms]")                               \
	F(i32,  wrap_more_ms, 0, "more of it, each time [ms]")                \
	F(i32,  wrap_more_max_ms, 0, "and in all [ms]")                       \
	F(i32,  hold_alert_ms, 0, "on hold too long [ms]")                    \
	F(u32,  max_lines, 0,   "lines in the air, 0 = trunks'")              \
	F(u32,  max_lines_per_agent_milli, 0, "lines per agent / 1000")       \
	F(rows, trunks,   (FLOOR_TRUNKS, floor_trunk), "trunks; none = all")  \
	F(text, caller,   19,   "number shown")                               \
	F(text, message,  47,   "prompt for abandoned calls")                 \
	F(bool, record,   0,    "calls are recorded")                         \
	F(u32,  weight,   0,    "part of what campaigns share, 0 = 100")      \
	F(bool, odds,     0,    "leads' own chance of an answer may be used") \
	F(bool, odds_order, 0,  "and orders equal priorities")                \
	F(rows, shift,    (GATE_HOURS_MAX, floor_hours), "agents' hours")     \
	F(i32,  shift_off_s, 0, "their clock, east of UTC [s]")               \
	F(u8,   transfer, 0,    "enum hand_allow")                            \
	F(i32,  transfer_ms, 0, "a group is waited for so long [ms]")         \
	F(bool, by_hand,  0,    "agents answer with a key")                   \
	F(bool, held_at_end, 0, "abandon target: at the day's end only")

SCHEMA_STRUCT(floor_setting, FLOOR_SETTING);

/*
 * Takes one input and runs everything that follows from it.
 * ERR_STATE: not possible now (an agent's key came too late; ERR_AGAIN: an
 * outcome is needed first); ERR_ABSENT: no such agent, call or campaign;
 * ERR_DENIED: not allowed by the campaign.  Nothing changed then.
 */
MUST_CHECK enum err floor_input(struct floor *f, const struct floor_input *in);

/*
 * After store_pump: each call whose record became durable is told so, as an
 * input of its own (IN_DURABLE).  Returns how many.  Not used in replay.
 */
size_t floor_tell_durable(struct floor *f, struct now now);

/* When the next IN_TICK is due at the latest (monotonic ms). */
int64_t floor_next_ms(const struct floor *f);

/* ---- campaigns, views --------------------------------------------------- */

/*
 * Adds, or changes in place (calls in progress keep what they began with): an
 * IN_SETTING with the time of `now`.  What counts is what the log says.
 */
MUST_CHECK enum err floor_campaign_set(struct floor *f,
				       const struct campaign_conf *conf,
				       struct now now);
/* Its settings alone, which cost nothing to ask; NULL: there is none. */
const struct campaign_conf *floor_campaign_conf(const struct floor *f,
						struct campaign_id id);
/*
 * Which rule forbids that this call's lead is dialled now on its i-th number,
 * from 0: the first that blocks, GATE_RULE_COUNT if none does, GATE_NUMBER if
 * there is no such number.  Only asked: nothing is written, no attempt is
 * counted.
 */
enum gate_rule floor_number_rule(struct floor *f, const struct call *c,
				 size_t i, struct now now);
MUST_CHECK enum err floor_campaign_view(const struct floor *f,
					struct campaign_id id,
					struct now now,
					struct campaign_view *out);
/* IN_START, IN_PAUSE or IN_STOP: what was last asked of it, also before a
 * restart; IN_TICK: nothing ever. */
enum floor_input_kind floor_wanted(const struct floor *f,
				   struct campaign_id id);
/* Walks the campaigns: i from 0; false at the end. */
bool floor_campaign_at(const struct floor *f, size_t i,
		       struct campaign_id *id);
MUST_CHECK enum err floor_campaign_by_name(const struct floor *f,
					   const char *name,
					   struct campaign_id *out);
/* Borrowed; NULL if there is no such campaign. */
struct pacer *floor_pacer(struct floor *f, struct campaign_id id);
/* What it knows of its leads' own chances; NULL: no such campaign. */
const struct odds *floor_odds(const struct floor *f, struct campaign_id id);
struct seats *floor_seats(struct floor *f);		/* borrowed */
struct call_pool *floor_calls(struct floor *f);		/* borrowed */
/* The call an agent is on (or wraps up), NULL if none. */
struct call *floor_call_of(struct floor *f, struct agent_id agent);
/* A supervisor has this call's customer: he took it over, or was given it. */
bool floor_is_overtaken(const struct call *c);
/* NULL: he is not there. */
const struct floor_super *floor_super(const struct floor *f,
				      struct agent_id agent);
/* Only his own team's agents may ask him; without a team, everyone. */
bool floor_super_fits(const struct floor_super *s, const char *team);
/* The uid of the agent's last finished call, 0 if none today. */
uint64_t floor_last_uid(const struct floor *f, struct agent_id agent);

/*
 * After a crash: intents without an end become records (result unknown, the
 * attempt counts), their leads go back with a pause.  Before the first
 * input; blocks on the disk.  *found = how many there were.
 */
MUST_CHECK enum err floor_recover(struct floor *f, struct now now,
				  unsigned *found);
/* IN_SAVE: pacers' learned state to the store; now and then, at the end. */
void floor_save(struct floor *f, struct now now);

#endif
