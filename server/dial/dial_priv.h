/*
 * dial_priv -- the SIP door's inside, shared by its files.
 *
 *   dial.c        life of the door, events, trunks' commands
 *   dial_call.c   customers' legs
 *   dial_end.c    lines a killed server left open
 *   dial_line.c   agents' lines;  dial_reg.c  their registrar and digest
 *   dial_guard.c  who may speak to us; OPTIONS; redirects
 *   dial_probe.c  OPTIONS to the trunks;  dial_trunk.c  which trunk
 *   dial_sdp.c    offers and answers;     dial_tls.c    certificates
 *
 * A libre session is held by one owner (a call or a line) through its peer;
 * dropping it says good-bye by itself (CANCEL or BYE) and calls nobody back.
 */
#ifndef DIAL_DIAL_PRIV_H
#define DIAL_DIAL_PRIV_H

#include "dial/dial.h"
#include "dial/dial_trunk.h"

#include <re.h>

/* One SIP dialog, found by its Call-ID. */
struct peer {
	struct le he;
	struct dial *d;
	struct sipsess *sess;
	struct sdp_session *sdp;
	struct sdp_media *audio;
	struct dcall *call;	/* one of these two owns it                 */
	struct line *line;
	uint16_t bye_q850;	/* of a BYE that is just coming in          */
};

/* Counted by libre. */
struct credentials {
	char user[DIAL_NAME_SIZE], password[DIAL_SECRET_SIZE];
};

struct probe {
	struct dial *d;
	unsigned trunk;
	struct tmr tmr;
	struct sip_request *req;
	uint64_t sent_ms;
};

/* A source address and what it may still ask of us. */
struct stranger {
	uint32_t key;
	int32_t tokens_milli;
	int64_t at_ms;
};

enum { STRANGERS = 1024, SHIELDS = DIAL_LISTEN_MAX * 2 };

struct dial {
	struct dial_handlers h;
	const struct clock *clock;
	char realm[DIAL_NAME_SIZE];
	unsigned max_calls, line_probe_ms, stranger_per_s;
	struct sip *sip;
	struct sipsess_sock *sock;
	struct sip_lsnr *on_request, *on_response;
	struct dnsc *dnsc;
	struct tls *tls;
	uint16_t ports[DIAL_LISTEN_MAX];
	char addrs[DIAL_LISTEN_MAX][DIAL_ADDR_SIZE];
	struct trunk *trunks;
	struct sa *trunk_addr;		/* learned from what answers        */
	struct credentials **credentials;
	struct probe *probes;
	enum dial_trunk_state *told;	/* last DIAL_TRUNK told             */
	unsigned trunk_count;
	struct dial_causes *causes;
	struct hash *calls;		/* by call_id                       */
	struct hash *peers;		/* by SIP Call-ID                   */
	unsigned call_count;
	struct hash *known;		/* addresses of lines and phones    */
	struct list lines, phones;
	struct list ends;		/* old lines, BYE under way         */
	unsigned phone_n;		/* of phones                         */
	struct hash *line_of, *phone_of;	/* the same, by agent       */
	struct { void *sock; struct udp_helper *uh; } shields[SHIELDS];
	struct stranger strangers[STRANGERS];
	char nonce_key[33];
	struct dial_counts counts;
	bool closing;
	bool given, gone;		/* see dial_close                   */
	struct dial_trace *trace;	/* the last messages                 */
	struct tmr close_tmr, look_tmr;
	void (*close_h)(void *arg);
	void *close_arg;
};

/* dial_trace.c */
MUST_CHECK enum err trace_open(struct dial *d);
void trace_close(struct dial *d);
/* Of a UDP socket's helper; nothing is held back. */
bool trace_sent(int *err, struct sa *dst, struct mbuf *mb, void *arg);
void trace_got(struct dial *d, const struct sa *src, const struct mbuf *mb);

struct now dial_now(const struct dial *d);
void dial_tell(struct dial *d, struct dial_event *ev);
/* DIAL_TRUNK if this trunk's state is not what was last told. */
void dial_tell_trunk(struct dial *d, unsigned trunk);
/* Bit i: trunk i is `one`, or among `some`; neither given: all of them. */
uint64_t trunks_allowed(const struct dial *d, struct trunk_id one,
			const struct trunk_id *some, unsigned count);
/* R-URI: the trunk's address with the number as its user; From: with ours. */
enum err uri_to(const struct dial_trunk_conf *t, const char *number, char *buf,
		size_t size);
void uri_from(const struct dial *d, const struct dial_trunk_conf *t,
	      const char *caller, char *buf, size_t size);
/* Printable ASCII; other bytes become '?'. */
void dial_text(char *buf, size_t size, const struct pl *pl);

/* ---- dial_sdp.c: libre's codes, as these are called by its handlers ---- */
int sdp_ours(struct peer *p, const struct dial_media *ours);
/* After a decode: what the far end wants; port 0 if nothing fits. */
void sdp_theirs(const struct peer *p, struct dial_media *out);
/* The body, if it is SDP: 0 and *had true; 0 and false if there is none. */
int sdp_take(struct peer *p, const struct sip_msg *msg, bool offer, bool *had);

/* ---- peers (dial_guard.c) ---------------------------------------------- */
void peer_add(struct peer *p);
/* Says good-bye (CANCEL, BYE) with a Q.850 cause if not 0; calls nobody. */
void peer_drop(struct peer *p, uint16_t q850);
struct peer *peer_find(struct dial *d, const struct sip_msg *msg);

/* ---- dial_guard.c ------------------------------------------------------- */
enum err guard_open(struct dial *d);		/* before sipsess_listen    */
enum err guard_open_last(struct dial *d);	/* after it                 */
void guard_close(struct dial *d);
/* False: over its rate; say nothing.  What is known has no rate. */
bool guard_may_answer(struct dial *d, const struct sa *src);
/* The same for a wrong log-in: nobody is known well enough. */
bool guard_charge(struct dial *d, const struct sa *src);
bool guard_is_trunk(const struct dial *d, const struct sa *src);
/* A trunk, or the address of a registered phone or a living line. */
bool guard_is_known(const struct dial *d, const struct sa *src);
/* *mine remembers what was said, for guard_forget. */
void guard_know(struct dial *d, struct sa *mine, const struct sa *src);
void guard_forget(struct dial *d, struct sa *mine);
void guard_trace(bool tx, enum sip_transp tp, const struct sa *src,
		 const struct sa *dst, const uint8_t *pkt, size_t len,
		 void *arg);
uint16_t msg_q850(const struct sip_msg *msg);
uint32_t msg_retry_after_s(const struct sip_msg *msg);
/* The digit of an INFO (application/dtmf-relay or dtmf); 0 = none. */
char msg_digit(const struct sip_msg *msg, uint16_t *ms);

/* ---- dial_call.c --------------------------------------------------------- */
void calls_drop_all(struct dial *d);	/* hangs up, events follow          */
void calls_forget(struct dial *d);	/* no events                        */
/* Index of the trunk a customer's leg is on. */
int call_trunk_of(const struct peer *p);
/* An in-dialog UPDATE or re-INVITE may have moved the far end's media. */
void call_media_changed(struct peer *p);
void line_media_changed(struct peer *p);

/* ---- dial_line.c, dial_reg.c --------------------------------------------- */
void line_invite_h(const struct sip_msg *msg, void *arg);
void lines_drop_all(struct dial *d);
/* This agent's phone has registered, for the first time or from elsewhere. */
void line_phone_there(struct dial *d, struct agent_id agent);
/* dial_end.c: what names the dialog of a 2xx to our INVITE; "" = cannot. */
void line_dialog_text(const struct sip_msg *msg, char *buf, size_t size);
bool line_is_ending(const struct dial *d, struct agent_id agent);
void line_ends_drop(struct dial *d);
/* True and *agent: the digest is right.  False: answered, or dropped. */
bool reg_authenticate(struct dial *d, const struct sip_msg *msg,
		      struct agent_id *agent);
void reg_register(struct dial *d, const struct sip_msg *msg);
/* NULL if no phone of this agent is registered. */
const char *reg_contact(const struct dial *d, struct agent_id agent);
uint32_t reg_expires_s(const struct dial *d, struct agent_id agent);
void phones_drop_all(struct dial *d);

/* ---- dial_probe.c, dial_tls.c -------------------------------------------- */
void probe_start(struct dial *d, unsigned trunk);
void probe_stop(struct dial *d, unsigned trunk);
enum err tls_open(struct dial *d, const struct dial_conf *conf);

#endif
