/*
 * msg/msg_words -- the numbers that have words, on the wire and on screens.
 *
 * Each list gives an enum; msg_word(MSG_WORDS_x, v) gives its word.  Lists are
 * only appended.  0 is "none" in each, so an absent field reads as none.
 */
#ifndef MSG_MSG_WORDS_H
#define MSG_MSG_WORDS_H

#define MSG_ROLES(X)                                                          \
	X(MSG_ROLE_NONE,       "none")                                        \
	X(MSG_ROLE_AGENT,      "agent")                                       \
	X(MSG_ROLE_SUPERVISOR, "supervisor")                                  \
	X(MSG_ROLE_ADMIN,      "admin")

/* What an agent's seat is doing (UX 2.2). */
#define MSG_STATES(X)                                                         \
	X(MSG_STATE_OFFLINE,   "offline")                                     \
	X(MSG_STATE_NOT_READY, "not ready")                                   \
	X(MSG_STATE_BREAK,     "break")                                       \
	X(MSG_STATE_READY,     "ready")                                       \
	X(MSG_STATE_RESERVED,  "reserved")                                    \
	X(MSG_STATE_PREVIEW,   "preview")                                     \
	X(MSG_STATE_DIAL,      "dialling")                                    \
	X(MSG_STATE_RING,      "ringing")                                     \
	X(MSG_STATE_TALK,      "on call")                                     \
	X(MSG_STATE_HOLD,      "on hold")                                     \
	X(MSG_STATE_CONSULT,   "consult")                                     \
	X(MSG_STATE_CONF,      "3-way")                                       \
	X(MSG_STATE_WRAP,      "wrap-up")                                     \
	X(MSG_STATE_LOST,      "link lost")

/* Why a seat is not ready; the agent can choose only the first. */
#define MSG_REASONS(X)                                                        \
	X(MSG_REASON_NONE,         "none")                                    \
	X(MSG_REASON_CHOSEN,       "chosen")                                  \
	X(MSG_REASON_LOGIN,        "login")                                   \
	X(MSG_REASON_MISSED,       "missed")                                  \
	X(MSG_REASON_WRAP_TIMEOUT, "wrap_timeout")                            \
	X(MSG_REASON_PHONE_LOST,   "phone_lost")                              \
	X(MSG_REASON_LINK_LOST,    "link_lost")                               \
	X(MSG_REASON_FORCED,       "forced")

/* What an agent or a supervisor asks for; CARRY_ON takes a pending one back. */
#define MSG_WANTS(X)                                                          \
	X(MSG_WANT_NONE,      "none")                                         \
	X(MSG_WANT_READY,     "ready")                                        \
	X(MSG_WANT_NOT_READY, "not ready")                                    \
	X(MSG_WANT_BREAK,     "break")                                        \
	X(MSG_WANT_LOGOUT,    "log out")                                      \
	X(MSG_WANT_CARRY_ON,  "carry on")

#define MSG_MODES(X)                                                          \
	X(MSG_MODE_NONE,        "none")                                       \
	X(MSG_MODE_PREVIEW,     "preview")                                    \
	X(MSG_MODE_PROGRESSIVE, "progressive")                                \
	X(MSG_MODE_PREDICTIVE,  "predictive")

/* Wrap-up, as Genesys Cloud's four after-call modes (UX 2.1). */
#define MSG_WRAP_MODES(X)                                                     \
	X(MSG_WRAP_NONE,      "none")                                         \
	X(MSG_WRAP_OPTIONAL,  "optional")                                     \
	X(MSG_WRAP_FREE,      "as long as it takes")                          \
	X(MSG_WRAP_TIMED,     "timed")                                        \
	X(MSG_WRAP_TIMED_ALL, "timed, no early exit")

/* Health of a phone, a line or a link. */
#define MSG_HEALTHS(X)                                                        \
	X(MSG_HEALTH_UNKNOWN, "unknown")                                      \
	X(MSG_HEALTH_OK,      "ok")                                           \
	X(MSG_HEALTH_SLOW,    "slow")                                         \
	X(MSG_HEALTH_DOWN,    "down")

/* A telephone on the desk, which the server calls. */
#define MSG_DESKS(X)                                                          \
	X(MSG_DESK_NONE,      "embedded")     /* beside the program        */ \
	X(MSG_DESK_ABSENT,    "not registered")                               \
	X(MSG_DESK_CALLED,    "ringing")                                      \
	X(MSG_DESK_FAILED,    "cannot be called") /* tried again           */ \
	X(MSG_DESK_OPEN,      "open")

/* What became of the desk phone a terminal asked for at its log-in. */
#define MSG_PHONE_ANSWERS(X)                                                  \
	X(MSG_PHONE_AS_ASKED,  "as asked")                                    \
	X(MSG_PHONE_FIXED,     "the administrator set it")                    \
	X(MSG_PHONE_FORBIDDEN, "the floor does not allow it")                 \
	X(MSG_PHONE_ELSEWHERE, "no phones at that address")                   \
	X(MSG_PHONE_TRUNK,     "that is a trunk, no phone")                   \
	X(MSG_PHONE_MALFORMED, "write it as sip:user@host")

/* Why a customer's number may not be dialled. */
#define MSG_NUMBER_WHYS(X)                                                    \
	X(MSG_NUMBER_OPEN,    "open")                                         \
	X(MSG_NUMBER_DNC,     "do not call")  /* a list, or an erasure     */ \
	X(MSG_NUMBER_CONSENT, "no consent")                                   \
	X(MSG_NUMBER_HOURS,   "not at this hour")                             \
	X(MSG_NUMBER_RULES,   "not now")      /* any other rule            */

#define MSG_RECS(X)                                                           \
	X(MSG_REC_OFF,    "off")                                              \
	X(MSG_REC_ON,     "on")                                               \
	X(MSG_REC_PAUSED, "paused")                                           \
	X(MSG_REC_SAVED,  "saved")

#define MSG_ENDERS(X)                                                         \
	X(MSG_ENDED_NOT,      "not ended")                                    \
	X(MSG_ENDED_CUSTOMER, "customer")                                     \
	X(MSG_ENDED_AGENT,    "agent")                                        \
	X(MSG_ENDED_NETWORK,  "network")                                      \
	X(MSG_ENDED_SERVER,   "server")                                       \
	X(MSG_ENDED_TRANSFER, "transfer")

#define MSG_TRANSFERS(X)                                                      \
	X(MSG_TRANSFER_NONE,     "none")                                      \
	X(MSG_TRANSFER_BLIND,    "send now")                                  \
	X(MSG_TRANSFER_CONSULT,  "ask first")                                 \
	X(MSG_TRANSFER_SWAP,     "swap")                                      \
	X(MSG_TRANSFER_CONF,     "all three talk")                            \
	X(MSG_TRANSFER_COMPLETE, "give the customer")                         \
	X(MSG_TRANSFER_CANCEL,   "back to the customer")

#define MSG_TARGETS(X)                                                        \
	X(MSG_TARGET_NONE,     "none")                                        \
	X(MSG_TARGET_AGENT,    "agent")                                       \
	X(MSG_TARGET_QUEUE,    "queue")                                       \
	X(MSG_TARGET_EXTERNAL, "external number")                             \
	X(MSG_TARGET_TEAM,     "team")                                        \
	X(MSG_TARGET_SUPER,    "supervisor")

/* Steps of an outgoing call, as the agent sees them (A4). */
#define MSG_STEPS(X)                                                          \
	X(MSG_STEP_NONE,     "none")                                          \
	X(MSG_STEP_DIALLED,  "dialled")                                       \
	X(MSG_STEP_RINGING,  "ringing")                                       \
	X(MSG_STEP_EARLY,    "network message")                               \
	X(MSG_STEP_ANSWERED, "answered")                                      \
	X(MSG_STEP_FAILED,   "not reached")                                   \
	X(MSG_STEP_ENDED,    "ended")

#define MSG_MONITORS(X)                                                       \
	X(MSG_MONITOR_NONE,     "none")                                       \
	X(MSG_MONITOR_LISTEN,   "listen")                                     \
	X(MSG_MONITOR_WHISPER,  "whisper")                                    \
	X(MSG_MONITOR_BARGE,    "barge in")                                   \
	X(MSG_MONITOR_TAKEOVER, "take over")                                  \
	X(MSG_MONITOR_LEAVE,    "leave")                                      \
	/* What an agent who asks makes of it, not the supervisor's keys. */  \
	X(MSG_MONITOR_CONSULT,  "asked")      /* customer hears music      */ \
	X(MSG_MONITOR_ASIDE,    "waits")      /* supervisor hears music    */ \
	X(MSG_MONITOR_CONF,     "three-way")

#define MSG_VIEWS(X)                                                          \
	X(MSG_VIEW_NONE,      "none")                                         \
	X(MSG_VIEW_OVERVIEW,  "overview")                                     \
	X(MSG_VIEW_AGENTS,    "agents")                                       \
	X(MSG_VIEW_CAMPAIGNS, "campaigns")                                    \
	X(MSG_VIEW_TRUNKS,    "trunks")                                       \
	X(MSG_VIEW_CALLS,     "calls")                                        \
	X(MSG_VIEW_ALERTS,    "alerts")                                       \
	X(MSG_VIEW_PACING,    "pacing")                                       \
	X(MSG_VIEW_TRUNK,     "trunk")                                        \
	X(MSG_VIEW_TIMELINE,  "timeline")                                     \
	X(MSG_VIEW_REPORT,    "performance")                                  \
	X(MSG_VIEW_BREAKS,    "breaks")                                       \
	X(MSG_VIEW_TRACE,     "trace")

/* How long a report looks back: days begin at the server's midnight, weeks on
 * Monday, months on the 1st; each reaches until now. */
#define MSG_PERIODS(X)                                                        \
	X(MSG_PERIOD_NONE,  "none")                                           \
	X(MSG_PERIOD_TODAY, "today")                                          \
	X(MSG_PERIOD_WEEK,  "week")                                           \
	X(MSG_PERIOD_MONTH, "month")

/* What one row of a report is.  A skill group is the agents of a campaign. */
#define MSG_GROUPINGS(X)                                                      \
	X(MSG_BY_ROW_NONE,  "none")                                           \
	X(MSG_BY_ROW_AGENT, "agent")                                          \
	X(MSG_BY_ROW_SKILL, "skill group")                                    \
	X(MSG_BY_ROW_TEAM,  "team")

/* Order of a list; "attention" = over its limit first, longest first. */
#define MSG_SORTS(X)                                                          \
	X(MSG_SORT_ATTENTION, "attention")                                    \
	X(MSG_SORT_ID,        "id")                                           \
	X(MSG_SORT_NAME,      "name")                                         \
	X(MSG_SORT_STATE,     "state")                                        \
	X(MSG_SORT_TIME,      "time")                                         \
	X(MSG_SORT_CAMPAIGN,  "campaign")                                     \
	X(MSG_SORT_CALLS,     "calls")                                        \
	X(MSG_SORT_TALK,      "talk")                                         \
	X(MSG_SORT_WRAP,      "wrap")                                         \
	X(MSG_SORT_SALES,     "sales")                                        \
	X(MSG_SORT_NET,       "net")                                          \
	X(MSG_SORT_OCCUPANCY, "occupancy")                                    \
	X(MSG_SORT_CONVERT,   "conversion")                                   \
	X(MSG_SORT_BREAKS,    "breaks")

/* Key figures; the unit of recent, today, target and forecast values. */
#define MSG_FIGURES(X)                                                        \
	X(MSG_FIGURE_NONE,      "none")                                       \
	X(MSG_FIGURE_CONNECT,   "connect rate")       /* [1/100 %]         */ \
	X(MSG_FIGURE_ABANDON,   "abandon rate")       /* [1/100 %]         */ \
	X(MSG_FIGURE_OCCUPANCY, "occupancy")          /* [1/100 %]         */ \
	X(MSG_FIGURE_WAIT,      "agent wait")         /* mean [1/10 s]     */ \
	X(MSG_FIGURE_CONVERT,   "conversion")         /* [1/100 %]         */ \
	X(MSG_FIGURE_WAITING,   "calls waiting")      /* [calls]; today=max */ \
	X(MSG_FIGURE_PER_HOUR,  "connects per hour")  /* [calls/h]         */

/* A value against its target. */
#define MSG_JUDGES(X)                                                         \
	X(MSG_JUDGE_NONE,  "-")                                               \
	X(MSG_JUDGE_OK,    "ok")                                              \
	X(MSG_JUDGE_WATCH, "watch")                                           \
	X(MSG_JUDGE_HIGH,  "high")                                            \
	X(MSG_JUDGE_LOW,   "low")                                             \
	X(MSG_JUDGE_FEW,   "few calls")   /* too few to say               */

#define MSG_LEVELS(X)                                                         \
	X(MSG_LEVEL_INFO,  "info")                                            \
	X(MSG_LEVEL_WATCH, "watch")                                           \
	X(MSG_LEVEL_ALARM, "alarm")

/* Settings of the pacing page (S4) and their units. */
#define MSG_SETTINGS(X)                                                       \
	X(MSG_SET_NONE,       "none")                                         \
	X(MSG_SET_LINES,      "lines per agent")         /* [1/100 line]   */ \
	X(MSG_SET_TARGET,     "target abandon")          /* [1/100 %]      */ \
	X(MSG_SET_HARD_STOP,  "hard stop abandon")       /* [1/100 %]      */ \
	X(MSG_SET_DELAY,      "max answer delay")        /* [ms]           */ \
	X(MSG_SET_RING,       "ring time")               /* [s]            */ \
	X(MSG_SET_CPS,        "max calls per second")    /* [1/10 call/s]  */ \
	X(MSG_SET_MACHINE,    "answer machine check")    /* 0 off, 1 on    */ \
	X(MSG_SET_HOURS_FROM, "calling hours from")      /* [min of day]   */ \
	X(MSG_SET_HOURS_TO,   "calling hours to")        /* [min of day]   */ \
	X(MSG_SET_MODE,       "mode")                    /* enum msg_mode  */ \
	X(MSG_SET_WRAP,       "wrap-up limit")           /* [s]            */

#define MSG_CAMPAIGN_STATES(X)                                                \
	X(MSG_CAMPAIGN_NONE,     "none")                                      \
	X(MSG_CAMPAIGN_STOPPED,  "stopped")                                   \
	X(MSG_CAMPAIGN_RUNNING,  "running")                                   \
	X(MSG_CAMPAIGN_PAUSED,   "paused")                                    \
	X(MSG_CAMPAIGN_FINISHED, "finished")

#define MSG_CAMPAIGN_ACTIONS(X)                                               \
	X(MSG_CAMPAIGN_DO_NONE,  "none")                                      \
	X(MSG_CAMPAIGN_DO_START, "start")                                     \
	X(MSG_CAMPAIGN_DO_STOP,  "stop")                                      \
	X(MSG_CAMPAIGN_DO_PAUSE, "pause")

#define MSG_TRUNK_STATES(X)                                                   \
	X(MSG_TRUNK_NONE,     "none")                                         \
	X(MSG_TRUNK_UP,       "up")                                           \
	X(MSG_TRUNK_STANDBY,  "standby")                                      \
	X(MSG_TRUNK_DRAINING, "draining")                                     \
	X(MSG_TRUNK_DOWN,     "down")

#define MSG_TRUNK_ACTIONS(X)                                                  \
	X(MSG_TRUNK_DO_NONE,   "none")                                        \
	X(MSG_TRUNK_DO_DRAIN,  "drain")                                       \
	X(MSG_TRUNK_DO_ENABLE, "enable")                                      \
	X(MSG_TRUNK_DO_CPS,    "cps limit")                                   \
	X(MSG_TRUNK_DO_REST,   "rest a caller number")                        \
	X(MSG_TRUNK_DO_USE,    "use a caller number again")

#define MSG_PHASES(X)                                                         \
	X(MSG_PHASE_NONE,    "none")                                          \
	X(MSG_PHASE_DIAL,    "dialling")                                      \
	X(MSG_PHASE_RING,    "ringing")                                       \
	X(MSG_PHASE_HEAR,    "who is it")                                     \
	X(MSG_PHASE_WAIT,    "waiting")                                       \
	X(MSG_PHASE_TALK,    "talking")                                       \
	X(MSG_PHASE_HOLD,    "hold")                                          \
	X(MSG_PHASE_WRAP,    "wrap-up")

/* Why a session ended. */
#define MSG_ENDS(X)                                                           \
	X(MSG_END_NONE,     "none")                                           \
	X(MSG_END_LOGOUT,   "logged out")                                     \
	X(MSG_END_TAKEOVER, "this user logged in at another place")           \
	X(MSG_END_FORCED,   "logged out by a supervisor")                     \
	X(MSG_END_SILENT,   "nothing heard from this program")                \
	X(MSG_END_PROTOCOL, "this program sent what the server cannot read")  \
	X(MSG_END_SHUTDOWN, "the server is stopping")

/*
 * Refusals: a stable code for scripts, then words for a person.  The server
 * may send better words along; these are what is shown when it does not.
 */
#define MSG_REFUSALS(X)                                                       \
	X(MSG_NO_NONE,     "none",      "not refused")                        \
	X(MSG_NO_VERSION,  "version",   "program and server do not match: "   \
					"update the older one")               \
	X(MSG_NO_FORMAT,   "format",    "the server could not read this")     \
	X(MSG_NO_LOGIN,    "login",     "name or password is wrong")          \
	X(MSG_NO_LOCKED,   "locked",    "too many wrong passwords: "          \
					"wait a minute")                      \
	X(MSG_NO_TAKEN,    "taken",     "already logged in at another place") \
	X(MSG_NO_SESSION,  "session",   "log in first")                       \
	X(MSG_NO_PERM,     "perm",      "your role may not do this")          \
	X(MSG_NO_STATE,    "state",     "not possible in this state")         \
	X(MSG_NO_CALL,     "no_call",   "this call is over")                  \
	X(MSG_NO_ABSENT,   "absent",    "no such thing")                      \
	X(MSG_NO_EXISTS,   "exists",    "there already")                      \
	X(MSG_NO_ARG,      "arg",       "this value is not possible")         \
	X(MSG_NO_DENIED,   "denied",    "the rules forbid this call")         \
	X(MSG_NO_HOURS,    "hours",     "outside the customer's allowed "     \
					"hours")                              \
	X(MSG_NO_OUTCOME,  "outcome",   "choose an outcome: press 1-9")       \
	X(MSG_NO_TIME,     "needs_time", "this outcome needs a time: "        \
					"press F7")                           \
	X(MSG_NO_NOTE,     "needs_note", "this outcome needs a note: "        \
					"press n")                            \
	X(MSG_NO_AMOUNT,   "needs_amount", "this outcome needs an amount")    \
	X(MSG_NO_LIMIT,    "limit",     "over the limit that is set")         \
	X(MSG_NO_BUSY,     "busy",      "the server is busy: try again")      \
	X(MSG_NO_FULL,     "full",      "no room left")                       \
	X(MSG_NO_CONFLICT, "conflict",  "changed by someone else meanwhile")  \
	X(MSG_NO_TIMEOUT,  "timeout",   "took too long")                      \
	X(MSG_NO_ABLE,     "unable",    "this server cannot do that")         \
	X(MSG_NO_FAULT,    "fault",     "the server failed to do it")         \
	X(MSG_NO_WORKER,   "no_worker", "nobody there is at work now")        \
	X(MSG_NO_TRANSFER, "transfer",  "this campaign allows no such transfer")

#define X(name, ...) name,
enum msg_role            { MSG_ROLES(X) MSG_ROLE_COUNT };
enum msg_state           { MSG_STATES(X) MSG_STATE_COUNT };
enum msg_reason          { MSG_REASONS(X) MSG_REASON_COUNT };
enum msg_want            { MSG_WANTS(X) MSG_WANT_COUNT };
enum msg_mode            { MSG_MODES(X) MSG_MODE_COUNT };
enum msg_wrap_mode       { MSG_WRAP_MODES(X) MSG_WRAP_COUNT };
enum msg_health          { MSG_HEALTHS(X) MSG_HEALTH_COUNT };
enum msg_desk            { MSG_DESKS(X) MSG_DESK_COUNT };
enum msg_phone_answer    { MSG_PHONE_ANSWERS(X) MSG_PHONE_ANSWER_COUNT };
enum msg_number_why      { MSG_NUMBER_WHYS(X) MSG_NUMBER_WHY_COUNT };
enum msg_rec             { MSG_RECS(X) MSG_REC_COUNT };
enum msg_ender           { MSG_ENDERS(X) MSG_ENDED_COUNT };
enum msg_transfer_kind   { MSG_TRANSFERS(X) MSG_TRANSFER_COUNT };
enum msg_target_kind     { MSG_TARGETS(X) MSG_TARGET_COUNT };
enum msg_step            { MSG_STEPS(X) MSG_STEP_COUNT };
enum msg_monitor_mode    { MSG_MONITORS(X) MSG_MONITOR_COUNT };
enum msg_view            { MSG_VIEWS(X) MSG_VIEW_COUNT };
enum msg_period          { MSG_PERIODS(X) MSG_PERIOD_COUNT };
enum msg_grouping        { MSG_GROUPINGS(X) MSG_BY_ROW_COUNT };
enum msg_sort            { MSG_SORTS(X) MSG_SORT_COUNT };
enum msg_figure          { MSG_FIGURES(X) MSG_FIGURE_COUNT };
enum msg_judge           { MSG_JUDGES(X) MSG_JUDGE_COUNT };
enum msg_level           { MSG_LEVELS(X) MSG_LEVEL_COUNT };
enum msg_setting         { MSG_SETTINGS(X) MSG_SET_COUNT };
enum msg_campaign_state  { MSG_CAMPAIGN_STATES(X) MSG_CAMPAIGN_COUNT };
enum msg_campaign_action { MSG_CAMPAIGN_ACTIONS(X) MSG_CAMPAIGN_DO_COUNT };
enum msg_trunk_state     { MSG_TRUNK_STATES(X) MSG_TRUNK_COUNT };
enum msg_trunk_action    { MSG_TRUNK_ACTIONS(X) MSG_TRUNK_DO_COUNT };
enum msg_phase           { MSG_PHASES(X) MSG_PHASE_COUNT };
enum msg_end             { MSG_ENDS(X) MSG_END_COUNT };
enum msg_refusal         { MSG_REFUSALS(X) MSG_NO_COUNT };
#undef X

/* All lists of words, for msg_word(). */
#define MSG_WORD_LISTS(L)                                                     \
	L(ROLE, MSG_ROLES) L(STATE, MSG_STATES) L(REASON, MSG_REASONS)        \
	L(WANT, MSG_WANTS) L(MODE, MSG_MODES) L(WRAP, MSG_WRAP_MODES)         \
	L(HEALTH, MSG_HEALTHS) L(REC, MSG_RECS) L(ENDER, MSG_ENDERS)          \
	L(TRANSFER, MSG_TRANSFERS) L(TARGET, MSG_TARGETS) L(STEP, MSG_STEPS)  \
	L(MONITOR, MSG_MONITORS) L(VIEW, MSG_VIEWS) L(SORT, MSG_SORTS)        \
	L(FIGURE, MSG_FIGURES) L(JUDGE, MSG_JUDGES) L(LEVEL, MSG_LEVELS)      \
	L(SETTING, MSG_SETTINGS) L(CAMPAIGN, MSG_CAMPAIGN_STATES)             \
	L(CAMPAIGN_DO, MSG_CAMPAIGN_ACTIONS) L(TRUNK, MSG_TRUNK_STATES)       \
	L(TRUNK_DO, MSG_TRUNK_ACTIONS) L(PHASE, MSG_PHASES) L(END, MSG_ENDS)  \
	L(REFUSAL, MSG_REFUSALS) L(PERIOD, MSG_PERIODS)                       \
	L(GROUPING, MSG_GROUPINGS) L(DESK, MSG_DESKS)                         \
	L(NUMBER_WHY, MSG_NUMBER_WHYS) L(PHONE_ANSWER, MSG_PHONE_ANSWERS)

enum msg_words {
#define L(name, list) MSG_WORDS_##name,
	MSG_WORD_LISTS(L)
#undef L
	MSG_WORDS_COUNT
};

#endif
