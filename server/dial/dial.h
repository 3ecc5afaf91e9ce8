/*
 * dial -- ring it: the SIP door.
 *
 * In      a gate_pass and an order; the trunks of the configuration; SIP
 * Out     events (struct dial_event) to one handler, on the loop
 * Owns    trunks and their health, customers' SIP legs, agents' SIP legs,
 *         registered phones, refusal of strangers
 * Never   rings a number without a pass, follows a redirect its trunk does
 *         not list, touches RTP (media does), decides what comes next
 *
 * One call is one attempt; an attempt may take several legs, one a trunk,
 * when a trunk fails before the customer rang (DIAL_LEG_FAILED, then the next
 * trunk, on the same pass).  Customers' legs are named by call_id, agents'
 * by agent_id; after DIAL_FAILED or DIAL_HANGUP a call_id is forgotten here
 * and may be used again.  Handlers run on the loop (dial/loop.h) and may call
 * any function of this header.
 *
 * Keep-alive.  A customer's leg ends by BYE, by a failed in-dialog request,
 * or when flow ends it; RTP silence is media's to report.  An agent's line is
 * asked with OPTIONS inside its dialog every `line_probe_ms`; two unanswered
 * ones (or a 481) give DIAL_LINE_DOWN.  A phone that loses power without RTP
 * is so noticed in about 2 * line_probe_ms + 8 s; media notices the missing
 * RTP sooner and flow may call dial_line_drop.
 */
#ifndef DIAL_DIAL_H
#define DIAL_DIAL_H

#include "base/base.h"
#include "base/clock.h"
#include "call/call.h"

struct dial;
struct gate_pass;

enum {
	DIAL_NAME_SIZE    = 32,
	DIAL_URI_SIZE     = 160,
	DIAL_SECRET_SIZE  = 80,
	DIAL_NUMBER_SIZE  = 24,
	DIAL_ADDR_SIZE    = 46,		/* INET6_ADDRSTRLEN                 */
	DIAL_CALLERS_MAX  = 16,		/* caller numbers of one trunk      */
	DIAL_SHOWN_MAX    = 24,		/* ... and those campaigns show on it */
	DIAL_REDIRECT_MAX = 4,
	DIAL_LISTEN_MAX   = 6,
	DIAL_TRUNKS_MAX   = 64,
	DIAL_TEXT_SIZE    = 64,
	DIAL_CODES_MAX    = 48,		/* final codes told apart a trunk   */
	DIAL_DIALOG_SIZE  = 1200,	/* what names a line's dialog       */
	DIAL_HA1_SIZE     = 16,		/* MD5 (RFC 2617 3.2.2.2)           */
};

/*        transport    word                                                  */
#define DIAL_TRANSPORTS(X)                                                   \
	X(DIAL_UDP,    "udp")                                                \
	X(DIAL_TCP,    "tcp")                                                \
	X(DIAL_TLS,    "tls")

enum dial_transport {
#define X(name, word) name,
	DIAL_TRANSPORTS(X)
#undef X
	DIAL_TRANSPORT_COUNT
};
const char *dial_transport_word(enum dial_transport t);

struct dial_listen {
	enum dial_transport transport;
	char addr[DIAL_ADDR_SIZE];	/* numeric; 0.0.0.0 = the address
					   of the default route             */
	uint16_t port;			/* 0 = ephemeral: see dial_port     */
};

/* One trunk, as the configuration has it. */
struct dial_trunk_conf {
	struct trunk_id id;			/* row, from 1              */
	char name[DIAL_NAME_SIZE];		/* "telecom-a"              */
	char uri[DIAL_URI_SIZE];		/* "sip:gw.example.net:5060" */
	enum dial_transport transport;
	char user[DIAL_NAME_SIZE];		/* digest; "" = none        */
	char password[DIAL_SECRET_SIZE];
	char domain[DIAL_URI_SIZE];		/* of From; "" = our address */
	char prefix[DIAL_NUMBER_SIZE];		/* put before the number    */
	unsigned strip;				/* digits taken off first   */
	char callers[DIAL_CALLERS_MAX][DIAL_NUMBER_SIZE];
	unsigned caller_count;
	unsigned weight;			/* 1..1000 among equals     */
	unsigned standby;			/* 0 = in use; n = only when
						   all below n are out      */
	unsigned channels;			/* calls at once; 0 = no cap */
	unsigned cps_milli;			/* calls/s * 1000; 0 = no cap */
	unsigned ring_min_ms, ring_max_ms;	/* bounds of an order's ring_ms;
						   0 = none                 */
	unsigned silent_ms;			/* no answer at all to an
						   INVITE: other trunk; 0 =
						   4000 [ms]                */
	unsigned probe_ms;			/* OPTIONS every; 0 = never */
	char redirect[DIAL_REDIRECT_MAX][DIAL_URI_SIZE]; /* hosts a 3xx may
						   name; none = no 3xx      */
	bool tls_verify;			/* certificate must fit; set
						   once, it is the rule for
						   every trunk over TLS     */
	char tls_name[DIAL_URI_SIZE];		/* ... this name; "" = host */
};

struct dial_conf {
	struct dial_listen listen[DIAL_LISTEN_MAX];
	unsigned listen_count;
	const struct dial_trunk_conf *trunks;	/* copied                   */
	unsigned trunk_count;
	const char *causes_path;		/* data/sip-causes.tsv      */
	const char *realm;			/* digest; NULL = "waihu"   */
	const char *tls_cert;			/* PEM: key and certificate */
	const char *tls_ca;			/* PEM bundle for tls_verify */
	unsigned max_calls;			/* legs at once; 0 = 4096   */
	unsigned line_probe_ms;			/* 0 = 15000                */
	unsigned stranger_per_s;		/* answered refusals a source
						   and second; 0 = 5        */
	bool dns;				/* resolve host names (numeric
						   addresses never need it) */
	const struct clock *clock;		/* borrowed                 */
};

/* An RTP end.  pt: 0 PCMU, 8 PCMA (RFC 3551), the first both sides have. */
struct dial_media {
	char addr[DIAL_ADDR_SIZE];
	uint16_t port;				/* 0 = no audio             */
	uint8_t pt;
	int8_t dtmf_pt;				/* telephone-event; -1 none */
	bool sends;				/* false: held by the far end */
};

/*        event             word            what is set beside call, trunk    */
#define DIAL_EVENTS(X)                                                        \
	X(DIAL_TRYING,      "trying")     /* the trunk took the INVITE     */ \
	X(DIAL_RINGING,     "ringing")    /* 180, once a leg; pdd_ms       */ \
	X(DIAL_PROGRESS,    "progress")   /* SDP with it, once; media      */ \
	X(DIAL_ANSWERED,    "answered")   /* media, ring_ms                */ \
	X(DIAL_LEG_FAILED,  "leg failed") /* code ...; another trunk next  */ \
	X(DIAL_FAILED,      "failed")     /* code ...; the attempt is over */ \
	X(DIAL_HANGUP,      "hang-up")    /* by, q850; after an answer     */ \
	X(DIAL_MEDIA,       "media")      /* re-INVITE: media changed      */ \
	X(DIAL_DTMF,        "dtmf")       /* INFO: digit, digit_ms         */ \
	X(DIAL_LINE_UP,     "line up")    /* agent, media                  */ \
	X(DIAL_LINE_DOWN,   "line down")  /* agent, code, text             */ \
	X(DIAL_LINE_MEDIA,  "line media") /* agent, media                  */ \
	X(DIAL_LINE_DTMF,   "line dtmf")  /* agent, digit                  */ \
	X(DIAL_LINE_RTT,    "line rtt")   /* agent: first measured, see
					     dial_phone                     */ \
	X(DIAL_LINE_TRY,    "line try")   /* agent: its phone is called (code
					     0, uri), or again could not be
					     (code, text)                   */ \
	X(DIAL_LINE_ENDED,  "line ended") /* agent: nothing is left of a line
					     that was told with `dialog`: hung
					     up, or after dial_line_end (code;
					     0 = nobody answered)           */ \
	X(DIAL_PHONE,       "phone")      /* agent registered (digit 1) or
					     gone (digit 0); uri, expires_s,
					     refresh                        */ \
	X(DIAL_TRUNK,       "trunk")      /* trunk's state changed; text    */

enum dial_event_kind {
#define X(name, word) name,
	DIAL_EVENTS(X)
#undef X
	DIAL_EVENT_COUNT
};
const char *dial_event_word(enum dial_event_kind k);

/*        retry class         word           what it means                    */
#define DIAL_RETRIES(X)                                                       \
	X(RETRY_OUTCOME,  "outcome")   /* as data/dispositions.tsv says    */ \
	X(RETRY_SHORT,    "short")     /* 10-30 min                        */ \
	X(RETRY_HOURS,    "hours")                                            \
	X(RETRY_WINDOW,   "window")    /* the next calling window          */ \
	X(RETRY_LONG,     "long")      /* a long pause                     */ \
	X(RETRY_TRUNK,    "trunk")     /* another trunk, now               */ \
	X(RETRY_NEVER,    "never")                                            \
	X(RETRY_DNC,      "dnc")       /* never, and on the do-not-call list */

enum dial_retry {
#define X(name, word) name,
	DIAL_RETRIES(X)
#undef X
	DIAL_RETRY_COUNT
};
const char *dial_retry_word(enum dial_retry r);

/* Pointers are good until the handler returns. */
struct dial_event {
	enum dial_event_kind kind;
	struct now now;
	struct call_id call;		/* customers' legs                  */
	struct agent_id agent;		/* agents' legs                     */
	struct trunk_id trunk;
	const char *caller;		/* the number shown                 */
	uint16_t code;			/* SIP, raw; 0 = none came          */
	uint16_t q850;			/* raw; 0 = none came               */
	char text[DIAL_TEXT_SIZE];	/* reason phrase, made printable    */
	enum call_result result;	/* the mapped outcome               */
	enum dial_retry retry;
	uint32_t retry_after_s;		/* Retry-After; 0 = none            */
	uint32_t pdd_ms;		/* INVITE to the first ringing      */
	uint32_t ring_ms;		/* INVITE to now                    */
	uint32_t legs;			/* trunks tried so far              */
	enum hangup_by by;
	struct dial_media media;	/* the far end's                    */
	char digit;			/* 0-9 * # A-D                      */
	uint16_t digit_ms;
	const char *uri;		/* DIAL_PHONE: its contact          */
	uint32_t expires_s;		/* DIAL_PHONE: registered so long   */
	bool refresh;			/* DIAL_PHONE: it was there before  */
	const char *dialog;		/* DIAL_LINE_UP of a phone we called:
					   for dial_line_end after a crash;
					   NULL = none                      */
};

struct dial_handlers {
	void (*event)(const struct dial_event *ev, void *arg);
	/*
	 * What an agent's phone may log in with (dial_ha1 of a one-time token
	 * or of a registered phone's password) and whose it is.  ERR_ABSENT:
	 * unknown user.  Asked once a challenge; `user` is from the network.
	 */
	enum err (*agent_key)(const char *user, const char *realm,
			      uint8_t ha1[DIAL_HA1_SIZE],
			      struct agent_id *agent, void *arg);
	/* A media end of ours for this agent's line (addr, port; pt = law
	 * preferred).  An error refuses the line with 503.  Asked again when
	 * the agent's phone dials anew: the former end is then not used any
	 * more. */
	enum err (*agent_media)(struct agent_id agent, struct dial_media *ours,
				void *arg);
	void *arg;
};

/* Listens at once.  conf's texts are copied; the clock is borrowed.
 * ERR_FORMAT: a trunk's uri, a cause row; ERR_IO: a port is taken. */
MUST_CHECK enum err dial_new(const struct dial_conf *conf,
			     const struct dial_handlers *h, struct dial **out);
/* Cuts what lives (BYE and CANCEL are sent once, not waited for); no more
 * events.  Not from the event handler.  NULL. */
struct dial *dial_free(struct dial *d);
/*
 * The gentle end: no new calls, every leg is hung up, then `done` is called
 * on the loop when the last transaction has ended or ms have passed.
 */
void dial_close(struct dial *d, uint32_t ms, void (*done)(void *), void *arg);

/* The port really listened on for listen[i]; 0 if none. */
uint16_t dial_port(const struct dial *d, unsigned listen_index);
/* Its address, numeric: what phones and trunks must be told when the
 * configuration says 0.0.0.0; "" if none. */
void dial_addr(const struct dial *d, unsigned listen_index, char *buf,
	       size_t size);

/* -------------------------------------------------------------- calls ---- */

struct dial_order {
	const char *e164;		/* digits, no plus sign             */
	const char *caller;		/* NULL: the trunk's numbers in turn */
	const char *caller_name;	/* NULL: none                       */
	uint32_t ring_ms;		/* give up after; the trunk's bounds
					   apply                            */
	struct dial_media media;	/* our end; pt = the one preferred  */
	struct trunk_id trunk;		/* only this one; 0 = choose        */
	const struct trunk_id *trunks;	/* only among these; NULL = all     */
	unsigned trunk_count;
};

/*
 * ERR_AGAIN: no trunk has a channel or a call a second left now, the pass is
 * still the caller's.  In every other case *pass is taken and set NULL:
 * ERR_DENIED it came too late, ERR_EXISTS the id is in use here, ERR_FULL,
 * ERR_ARG, ERR_IO nothing was sent.  On ERR_OK exactly one of DIAL_FAILED or
 * DIAL_ANSWERED ... DIAL_HANGUP follows, never from inside this call.
 */
MUST_CHECK enum err dial_start(struct dial *d, struct call_id call,
			       const struct dial_order *order,
			       struct gate_pass **pass, struct now now);

/*
 * CANCEL or BYE.  q850: 0 or the cause sent in a Reason header of the BYE
 * (RFC 3326).  The end comes as DIAL_FAILED (487, result cancelled) or
 * DIAL_HANGUP by BY_SYSTEM.  ERR_ABSENT: no such call (any more).
 */
MUST_CHECK enum err dial_hangup(struct dial *d, struct call_id call,
				uint16_t q850);
/* Calls with a SIP leg, from INVITE to the end. */
unsigned dial_call_count(const struct dial *d);

/* ------------------------------------------------------------- trunks ---- */

/* What could be started this instant; `only` as in the order (NULL: all). */
struct dial_room {
	unsigned channels;		/* free channels, UINT_MAX: no cap  */
	unsigned starts;		/* calls the CPS limits allow now   */
	unsigned cps_milli;		/* calls/s the trunks could take    */
	unsigned up;			/* trunks healthy and not drained   */
};
void dial_room(const struct dial *d, const struct trunk_id *only,
	       unsigned only_count, struct now now, struct dial_room *out);

/*        state            word                                               */
#define DIAL_TRUNK_STATES(X)                                                  \
	X(TRUNK_UP,       "up")                                               \
	X(TRUNK_STANDBY,  "standby")   /* healthy, waits for the others    */ \
	X(TRUNK_BACKOFF,  "backoff")   /* 503: until Retry-After is over   */ \
	X(TRUNK_DOWN,     "down")      /* probes or calls time out         */ \
	X(TRUNK_DRAIN,    "drain")     /* by command: no new calls         */

enum dial_trunk_state {
#define X(name, word) name,
	DIAL_TRUNK_STATES(X)
#undef X
	DIAL_TRUNK_STATE_COUNT
};
const char *dial_trunk_state_word(enum dial_trunk_state s);

struct dial_code_count { uint16_t code; uint32_t count; };

struct dial_caller_stat {
	char number[DIAL_NUMBER_SIZE];
	uint32_t calls, answers;	/* since start                      */
	bool resting;
};

/*
 * What an answered call sounded like: what came from the trunk, and what the
 * far end reported of ours.  Media measures it; it is summed here by trunk.
 */
struct dial_sound {
	uint64_t got, lost, late;	/* packets from the trunk           */
	uint64_t tx;			/* packets to it                    */
	uint64_t sent, far_lost;	/* of those reported on (RTCP), and
					   lost on their way; 0 = no report */
	uint32_t jitter_us;		/* mean (RFC 3550, A.8)             */
	uint32_t mos_pct;		/* 100..450 (ITU-T G.107)           */
};

/* Upper bounds of what /metrics shows of calls' jitter and MOS. */
#define DIAL_JITTER_US	{ 2000, 5000, 10000, 20000, 30000, 50000, 100000 }
#define DIAL_MOS_PCT	{ 200, 260, 310, 360, 400, 410, 420, 430, 440 }
enum { DIAL_JITTER_BINS = 7, DIAL_MOS_BINS = 9 };

struct dial_sounds {
	/* Over the last 15 min, by minute: */
	unsigned calls;			/* answered, with sound             */
	int32_t loss_ppm, far_loss_ppm;	/* -1 = nothing to divide           */
	int32_t jitter_us, mos_pct;	/* means by packet; -1 = none       */
	/* Since start: */
	uint64_t got, lost, late, tx, far_lost, one_way;
	uint64_t heard;			/* calls                            */
	uint64_t jitter_sum_us, mos_sum_pct;
	uint64_t jitter_bins[DIAL_JITTER_BINS]; /* each bound and below     */
	uint64_t mos_bins[DIAL_MOS_BINS];
};

struct dial_trunk_stat {
	struct trunk_id id;
	char name[DIAL_NAME_SIZE];
	enum dial_trunk_state state;
	unsigned used, channels;	/* now; limit, 0 = none             */
	unsigned cps_milli, cps_limit_milli; /* starts in the last second   */
	int32_t options_ms;		/* last round trip; -1 = none       */
	/* Since start, or since dial_trunk_stats_reset: */
	uint64_t attempts, answers, failures_5xx, refused;
	uint64_t talk_ms;		/* of ended calls                   */
	/* Over the last 15 min, by minute: */
	unsigned recent;		/* attempts ended                   */
	int asr_permille, ner_permille;	/* -1 = nothing to divide           */
	int r5xx_permille;
	int32_t acd_ms, pdd_p50_ms, pdd_p95_ms;	/* -1 = none                */
	struct dial_sounds sound;
	struct dial_code_count codes[DIAL_CODES_MAX]; /* most frequent first */
	unsigned code_count;
	struct dial_caller_stat callers[DIAL_SHOWN_MAX]; /* its own first   */
	unsigned caller_count;
};

unsigned dial_trunk_count(const struct dial *d);
/* index < dial_trunk_count; ERR_ABSENT otherwise. */
MUST_CHECK enum err dial_trunk_stat(const struct dial *d, unsigned index,
				    struct now now,
				    struct dial_trunk_stat *out);
/* ERR_ABSENT: no such trunk (in each of these). */
MUST_CHECK enum err dial_trunk_by_name(const struct dial *d, const char *name,
				       struct trunk_id *out);
MUST_CHECK enum err dial_trunk_drain(struct dial *d, struct trunk_id t);
/* Out of drain, down and backoff. */
MUST_CHECK enum err dial_trunk_enable(struct dial *d, struct trunk_id t);
MUST_CHECK enum err dial_trunk_set_cps(struct dial *d, struct trunk_id t,
				       unsigned cps_milli);
/*
 * A number that rests is not shown by this trunk: not in its turn, and not in
 * the name of a campaign that has it as its own (the trunk's are, instead).
 * One that is not the trunk's is noted, too.  ERR_STATE: it is the last the
 * trunk has; ERR_FULL: DIAL_SHOWN_MAX are known.
 */
MUST_CHECK enum err dial_trunk_rest_caller(struct dial *d, struct trunk_id t,
					   const char *number, bool rest);
bool dial_trunk_rests(const struct dial *d, struct trunk_id t, const char *no);

/* An answered call's leg has ended; the sound of nothing is not counted. */
void dial_trunk_heard(struct dial *d, struct trunk_id t,
		      const struct dial_sound *s, struct now now);
/* A customer hears us, and nothing ever came from him. */
void dial_trunk_one_way(struct dial *d, struct trunk_id t);

/* ------------------------------------------------------ agents' lines ---- */

/*
 * An agent's phone either dials us, `sip:agent-<id>@here` with the digest
 * user `agent-<id>` and the secret handlers.agent_key knows, and the line
 * is up; or it registered (any user name the handler knows) and is called by
 * dial_line_call, and called again when it is lost, until dial_line_drop.
 * DIAL_LINE_UP and DIAL_LINE_DOWN tell; a second line of the same agent
 * replaces the first, without a DIAL_LINE_DOWN between.
 */
MUST_CHECK enum err dial_line_call(struct dial *d, struct agent_id agent,
				   const char *uri); /* NULL: as registered;
				   it is called the instant it registers, and
				   anew where it moves to                   */
/*
 * After a restart: BYE in the dialog an earlier DIAL_LINE_UP told of.  The
 * phone is not called before DIAL_LINE_ENDED.  ERR_FORMAT: no such text;
 * ERR_EXISTS: it is being ended already; ERR_MEMORY, ERR_IO.
 */
MUST_CHECK enum err dial_line_end(struct dial *d, struct agent_id agent,
				  const char *dialog);
/* Hangs up and stops calling; ERR_ABSENT: no line and none wanted. */
MUST_CHECK enum err dial_line_drop(struct dial *d, struct agent_id agent);
bool dial_line_is_up(const struct dial *d, struct agent_id agent);
/* True if a phone of this agent is registered now. */
bool dial_phone_is_registered(const struct dial *d, struct agent_id agent);

/* How an agent's desk phone is. */
struct dial_phone {
	char uri[DIAL_URI_SIZE];	/* its contact; "" = not registered */
	uint32_t expires_s;		/* registered so long yet           */
	bool wanted;			/* dial_line_call, and no drop since */
	bool calling, up;		/* it rings; its line is open       */
	uint32_t rtt_ms;		/* its last answer took so long; 0 =
					   not measured yet [ms, at least 1] */
	uint16_t code;			/* of the last trouble; 0 = none came */
	char text[DIAL_TEXT_SIZE];	/* why the last line ended, or could
					   not be made; "" = no trouble     */
};
void dial_phone(const struct dial *d, struct agent_id agent,
		struct dial_phone *out);
/*
 * After a restart: the registration an earlier DIAL_PHONE told of still
 * holds for expires_s.  No event.  ERR_EXISTS: it has registered since;
 * ERR_FORMAT: no URI of ours; ERR_FULL.
 */
MUST_CHECK enum err dial_phone_restore(struct dial *d, struct agent_id agent,
				       const char *uri, uint32_t expires_s);
/*
 * Its account is another now, or nobody's: it is registered no longer, and
 * DIAL_PHONE tells.  A line that is open stays.  ERR_ABSENT: it was not.
 */
MUST_CHECK enum err dial_phone_forget(struct dial *d, struct agent_id agent);
/* Is the host of this SIP URI an address of a trunk, as given or as its name
 * was answered from?  Not SIP: false. */
bool dial_at_trunk(const struct dial *d, const char *uri);
/* H(user:realm:password): kept instead of a password (RFC 2617 4.13). */
MUST_CHECK enum err dial_ha1(const char *user, const char *realm,
			     const char *password,
			     uint8_t ha1[DIAL_HA1_SIZE]);
/* The realm of phones' passwords; as long as the dial. */
const char *dial_realm(const struct dial *d);

/* ---------------------------------------------------- strangers, totals -- */

struct dial_counts {
	uint64_t stranger_refused;	/* answered 403, or challenged      */
	uint64_t stranger_dropped;	/* over the rate, or not SIP at all */
	uint64_t auth_failed;		/* wrong digest                     */
	uint64_t redirect_refused;	/* 3xx outside the trunk's list     */
	uint64_t stray_responses;	/* to no request of ours            */
	uint64_t tls_refused;		/* peer's certificate did not fit   */
};
void dial_counts(const struct dial *d, struct dial_counts *out);

/* ------------------------------------------------------------- causes ---- */

/*
 * data/sip-causes.tsv: what a final answer means.  The row is chosen by the
 * Reason header's Q.850 cause first, then by the SIP code (RFC 3398, RFC
 * 6432, FACTS 2.1), then by the code's class.
 */
struct dial_cause {
	uint16_t code, q850;		/* 0 = any                          */
	enum call_result result;
	enum dial_retry retry;
	bool other_trunk;		/* try another before giving up     */
};
struct dial_causes;
/* ERR_FORMAT names the row in the log; ERR_IO if unreadable. */
MUST_CHECK enum err dial_causes_read(const char *path,
				     struct dial_causes **out);
struct dial_causes *dial_causes_free(struct dial_causes *c);
/* Never NULL. */
const struct dial_cause *dial_cause_find(const struct dial_causes *c,
					 uint16_t code, uint16_t q850);

#endif
