/*
 * msg -- every message between the server and its screens and commands.
 *
 * In      a struct msg_NAME, or a frame's bytes
 * Out     a frame's bytes, or a struct msg_NAME
 * Owns    the table of messages: who may send what, and what it means
 * Never   talks to the network; it is the words, not the wire
 *
 * A frame is the msgpack array [type, request, {tag: value}].  A client
 * numbers its requests from 1; the server answers each exactly once, under
 * the same number, with `ok`, `refused` or the answer named in the table.
 * What the server sends unasked carries 0.  (admin_req is answered by several
 * admin_rep; the last one has no `more`.)
 *
 * To add a field: append a row to its table.  To add a message: write its
 * table and append a row to MSG_LIST.  Numbers and rows are never reused.
 */
#ifndef MSG_MSG_H
#define MSG_MSG_H

#include "msg/msg_admin.h"
#include "msg/msg_agent.h"
#include "msg/msg_floor.h"
#include "msg/msg_session.h"
#include "msg/msg_words.h"

enum {
	MSG_PROTO = 2,			/* both sides must have the same     */
	MSG_FRAME_MAX = 65536,		/* payload of a frame [bytes]        */
};

/* Who may send a message: bits. */
enum {
	MSG_BY_NOBODY = 1 << MSG_ROLE_NONE,	/* before log-in             */
	MSG_BY_AGENT = 1 << MSG_ROLE_AGENT,
	MSG_BY_SUPERVISOR = 1 << MSG_ROLE_SUPERVISOR,
	MSG_BY_ADMIN = 1 << MSG_ROLE_ADMIN,
	MSG_BY_SERVER = 1 << MSG_ROLE_COUNT,
	MSG_BY_ALL = MSG_BY_AGENT | MSG_BY_SUPERVISOR | MSG_BY_ADMIN,
	MSG_BY_ANYONE = MSG_BY_ALL | MSG_BY_NOBODY,
	MSG_BY_DESK = MSG_BY_SUPERVISOR | MSG_BY_ADMIN,
};

/* M: number, NAME, name, senders, answer (or the same name if none), what */
#define MSG_LIST(M)                                                           \
	M(1,   HELLO,       hello,       ANYONE, WELCOME, "first message")    \
	M(2,   WELCOME,     welcome,     SERVER, WELCOME, "its answer")       \
	M(3,   LOGIN,       login,       NOBODY, LOGIN_OK, "who I am")        \
	M(4,   LOGIN_OK,    login_ok,    SERVER, LOGIN_OK, "you are in")      \
	M(5,   HEARTBEAT,   heartbeat,   ANYONE, HEARTBEAT_OK, "still here")  \
	M(6,   HEARTBEAT_OK, heartbeat_ok, SERVER, HEARTBEAT_OK, "so am I")   \
	M(7,   LOGOUT,      logout,      ALL,    OK, "good-bye")              \
	M(8,   ENDED,       ended,       SERVER, ENDED, "your session is over") \
	M(9,   OK,          ok,          SERVER, OK, "done")                  \
	M(10,  REFUSED,     refused,     SERVER, REFUSED, "not done, and why") \
	M(20,  WANT_STATE,  want_state,  AGENT,  OK, "ready, break, log out") \
	M(21,  DIAL,        dial,        AGENT,  OK, "dial the previewed call") \
	M(22,  SKIP,        skip,        AGENT,  OK, "skip the previewed call") \
	M(23,  ANSWER,      answer,      AGENT,  OK, "take the ringing call") \
	M(24,  HANGUP,      hangup,      AGENT,  OK, "end or cancel the call") \
	M(25,  HOLD,        hold,        AGENT,  OK, "hold or take back")     \
	M(26,  MUTE,        mute,        AGENT,  OK, "mute the agent")        \
	M(27,  DTMF,        dtmf,        AGENT,  OK, "send keypad tones")     \
	M(28,  OUTCOME,     outcome,     AGENT,  OK, "how it went")           \
	M(29,  NOTE,        note,        AGENT,  OK, "the note so far")       \
	M(30,  CALLBACK,    callback,    AGENT,  CALLBACK_OK, "call back then") \
	M(31,  FINISH,      finish,      AGENT,  OK, "save and go on")        \
	M(32,  WRAP_MORE,   wrap_more,   AGENT,  OK, "more time for wrap-up") \
	M(33,  RAISE_HAND,  raise_hand,  AGENT,  OK, "supervisor, please")    \
	M(34,  REC_PAUSE,   rec_pause,   AGENT,  OK, "pause the recording")   \
	M(35,  CORRECT_OUTCOME, correct_outcome, AGENT, OK,                   \
					 "change the last call's outcome")    \
	M(36,  TRANSFER,    transfer,    AGENT,  OK, "transfer, ask, join")   \
	M(37,  TARGETS,     targets,     AGENT,  TARGETS_PAGE, "to whom?")    \
	M(38,  CALLBACKS,   callbacks,   AGENT,  CALLBACKS_PAGE, "my callbacks") \
	M(39,  HISTORY,     history,     AGENT,  HISTORY_PAGE, "earlier contacts") \
	M(40,  SOUND_TEST,  sound_test,  AGENT,  OK, "a tone in my headset")  \
	M(41,  SCRIPT_PAGE, script_page, AGENT,  OK, "the page I read")       \
	M(42,  PHONE_REPORT, phone_report, ALL,  OK, "how my phone is")       \
	M(43,  UNMASK,      unmask,      ALL,    UNMASKED, "the whole number") \
	M(44,  LANG,        lang,        AGENT,  OK, "my screen's language")  \
	M(60,  SEAT,        seat,        SERVER, SEAT, "all about your seat") \
	M(61,  CUSTOMER,    customer,    SERVER, CUSTOMER, "who it is")       \
	M(62,  SCRIPT,      script,      SERVER, SCRIPT, "what to say")       \
	M(63,  OUTCOMES,    outcomes,    SERVER, OUTCOMES, "what it may come to") \
	M(64,  BREAKS,      breaks,      SERVER, BREAKS, "breaks there are")  \
	M(65,  TODAY,       today,       SERVER, TODAY, "your day so far")    \
	M(66,  NOTICE,      notice,      SERVER, NOTICE, "one sentence")      \
	M(67,  CALL_PROGRESS, call_progress, SERVER, CALL_PROGRESS,           \
					 "how the dialling goes")             \
	M(68,  MESSAGE,     message,     SERVER, MESSAGE, "from a supervisor") \
	M(69,  LAST_CALL,   last_call,   SERVER, LAST_CALL, "your last call") \
	M(70,  TARGETS_PAGE, targets_page, SERVER, TARGETS_PAGE, "transfer to") \
	M(71,  CALLBACKS_PAGE, callbacks_page, SERVER, CALLBACKS_PAGE,        \
					 "your callbacks")                    \
	M(72,  HISTORY_PAGE, history_page, SERVER, HISTORY_PAGE,              \
					 "earlier contacts")                  \
	M(73,  CALLBACK_OK, callback_ok, SERVER, CALLBACK_OK, "possible, or kept") \
	M(74,  UNMASKED,    unmasked,    SERVER, UNMASKED, "the whole number") \
	M(80,  SUBSCRIBE,   subscribe,   DESK,   OK, "show me this view")     \
	M(81,  FORCE,       force,       DESK,   OK, "put an agent in a state") \
	M(82,  MONITOR,     monitor,     DESK,   OK, "listen, whisper, barge in") \
	M(83,  TELL,        tell,        DESK,   OK, "a message to agents")   \
	M(84,  PACING_SET,  pacing_set,  DESK,   OK, "change the pacing")     \
	M(85,  CAMPAIGN_CTL, campaign_ctl, DESK, OK, "start, stop, pause")    \
	M(86,  TRUNK_CTL,   trunk_ctl,   DESK,   OK, "drain, enable, limit")  \
	M(87,  ALERT_ACK,   alert_ack,   DESK,   OK, "seen, and done")        \
	M(88,  REC_NOTE,    rec_note,    DESK,   OK, "note on a recording")   \
	M(89,  REPORT_GET,  report_get,  DESK,   REPORT, "rows for a file")   \
	M(90,  MEET,        meet,        DESK,   OK, "take or decline a call offered") \
	M(100, HEAD,        head,        SERVER, HEAD, "top line and alert")  \
	M(101, FLOOR,       floor,       SERVER, FLOOR, "the overview")       \
	M(102, AGENTS,      agents,      SERVER, AGENTS, "a page of agents")  \
	M(103, CAMPAIGNS,   campaigns,   SERVER, CAMPAIGNS, "a page of campaigns") \
	M(104, TRUNKS,      trunks,      SERVER, TRUNKS, "a page of trunks")  \
	M(105, TRUNK,       trunk,       SERVER, TRUNK, "one trunk")          \
	M(106, CALLS,       calls,       SERVER, CALLS, "a page of calls")    \
	M(107, ALERTS,      alerts,      SERVER, ALERTS, "a page of alerts")  \
	M(108, PACING,      pacing,      SERVER, PACING, "pacing of a campaign") \
	M(109, MONITORING,  monitoring,  SERVER, MONITORING, "whom you hear") \
	M(110, TIMELINE,    timeline,    SERVER, TIMELINE, "an agent's day")  \
	M(111, REPORT,      report,      SERVER, REPORT, "agents' performance") \
	M(112, TRACE,       trace,       SERVER, TRACE, "SIP of a call")      \
	M(113, CHANGES,     changes,     SERVER, CHANGES, "what changed on a page") \
	M(114, OFFER,       offer,       SERVER, OFFER, "an agent asks you")  \
	M(115, RIGHTS,      rights,      SERVER, RIGHTS, "what you may touch") \
	M(120, ADMIN_REQ,   admin_req,   ADMIN,  ADMIN_REP, "words of `waihu`") \
	M(121, ADMIN_DATA,  admin_data,  ADMIN,  OK, "its standard input")    \
	M(122, ADMIN_REP,   admin_rep,   SERVER, ADMIN_REP, "JSON lines, exit status")

enum msg_type {
	MSG_NONE = 0,
#define M(no, NAME, name, from, answer, doc) MSG_##NAME = no,
	MSG_LIST(M)
#undef M
	MSG_TYPE_END
};

/* Room for any one message: about 64 KB, so not on a small stack. */
union msg_any {
#define M(no, NAME, name, from, answer, doc) struct msg_##name name;
	MSG_LIST(M)
#undef M
};

struct msg_row {
	enum msg_type type;
	const char *name;
	unsigned senders;		/* MSG_BY_ bits                      */
	enum msg_type answer;		/* itself: it is not a request       */
	const struct schema *schema;
	const char *doc;
};

struct msg_head_of {
	enum msg_type type;
	uint32_t req;			/* 0: unasked                        */
};

/* NULL for a number that is no message. */
const struct msg_row *msg_row(unsigned type);
/* The i-th of the table in its order, NULL after the last. */
const struct msg_row *msg_row_at(size_t i);
/* NULL for an unknown name. */
const struct msg_row *msg_row_by_name(const char *name);
static inline bool msg_may_send(const struct msg_row *row, enum msg_role role)
{
	return row->senders & 1u << role;
}

/*
 * Packs obj (a struct msg_NAME of this type) into buf[cap]; *len bytes.
 * cap of MSG_FRAME_MAX is always enough.  ERR_ARG, ERR_FORMAT, ERR_FULL as
 * schema_encode.
 */
MUST_CHECK enum err msg_encode(enum msg_type type, uint32_t req,
			       const void *obj, void *buf, size_t cap,
			       size_t *len);

/*
 * Reads the type and the request number only.  ERR_FORMAT if it is no frame;
 * ERR_ABSENT if the number is no message of ours (head->req is set then, so
 * that it can be refused).
 */
MUST_CHECK enum err msg_decode_head(const void *buf, size_t len,
				    struct msg_head_of *head);

/*
 * Fills head and obj; obj must have room for that type (union msg_any has for
 * any).  ERR_FORMAT leaves the type's struct all zero; ERR_ABSENT as above.
 */
MUST_CHECK enum err msg_decode(const void *buf, size_t len,
			       struct msg_head_of *head, void *obj);

/* "seat req=0 state=3 ..." for logs and --messages; false when cut. */
bool msg_print(enum msg_type type, uint32_t req, const void *obj,
	       char *buf, size_t size);

/* The word of a number of the list; "?" for one it does not have. */
const char *msg_word(enum msg_words list, unsigned v);
/* The number of a word; ERR_ABSENT. */
MUST_CHECK enum err msg_word_find(enum msg_words list, const char *word,
				  unsigned *v);
/* The sentence for a person that goes with a refusal's code. */
const char *msg_refusal_text(unsigned code);
/* The refusal that says what an enum err says. */
enum msg_refusal msg_refusal_of(enum err e);

#endif
