/*
 * media -- a person?  And then: who hears whom.
 *
 * In      legs to open, join, hold, play to, listen to and record; RTP
 * Out     RTP; events: first packet, lost phone, one way, digits, what the
 *         ears heard, prompt played, recording done, disk short
 * Owns    one UDP socket a leg, the workers, the prompts, the recordings
 * Never   libre; a lock or an allocation per packet; a wait on the loop;
 *         a call dropped because a disk is full
 * Time    the workers read the monotonic clock themselves: audio is made
 *         of time.  Nothing here decides about calls.
 *
 * Terms.  A *leg* is one RTP stream in each direction.  Legs that were joined
 * form a *bridge* of at most MEDIA_BRIDGE_MAX legs, with a matrix of who hears
 * whom.  A listener who hears one voice gets its packets relayed as they come
 * (transcoded if need be); one who hears more gets a mix every 20 ms.  A held
 * leg hears music, is heard by nobody, and all else stays as it was.
 *
 * All functions are for the loop thread and return at once; the workers obey
 * in the order of the calls.  A leg_id outlives its leg harmlessly: the
 * functions then answer ERR_ABSENT.  ERR_AGAIN from any of them: the worker's
 * command queue is full, nothing was done.
 *
 * Loss and jitter are those of what arrives here.  RTCP is not sent; what a
 * customer's far end reports of our packets is taken in where it comes: on
 * the port after the leg's, or among its RTP (RFC 5761).
 */
#ifndef MEDIA_MEDIA_H
#define MEDIA_MEDIA_H

#include "base/base.h"

struct media;

enum { MEDIA_BRIDGE_MAX = 8, MEDIA_NAME_MAX = 96, MEDIA_DIGITS_MAX = 32 };

/*      kind             word        recorded on                             */
#define MEDIA_KINDS(X)                                                        \
	X(MEDIA_CUSTOMER, "customer")	/* left                           */  \
	X(MEDIA_AGENT,    "agent")	/* right                          */  \
	X(MEDIA_OUTSIDE,  "outside")	/* right: third party of a transfer */ \
	X(MEDIA_WATCHER,  "supervisor")	/* right, if the customer hears   */

enum media_kind {
#define X(name, word) name,
	MEDIA_KINDS(X)
#undef X
	MEDIA_KIND_COUNT
};

/* Static RTP payload types (RFC 3551); the value is the payload type. */
enum { MEDIA_PCMU = 0, MEDIA_PCMA = 8 };

/*      mode              word       who hears the supervisor                */
#define MEDIA_WATCH_MODES(X)                                                  \
	X(MEDIA_LISTEN,   "listen")	/* nobody                         */  \
	X(MEDIA_WHISPER,  "whisper")	/* the watched agent alone        */  \
	X(MEDIA_BARGE,    "barge")	/* everybody                      */

enum media_watch_mode {
#define X(name, word) name,
	MEDIA_WATCH_MODES(X)
#undef X
	MEDIA_WATCH_MODE_COUNT
};

/*      verdict            word          final after an answer?              */
#define MEDIA_VERDICTS(X)                                                     \
	X(EARS_UNKNOWN,    "unknown")	/* yes; connect the caller        */  \
	X(EARS_PERSON,     "person")	/* yes                            */  \
	X(EARS_MACHINE,    "machine")	/* yes; a beep may follow         */  \
	X(EARS_BEEP,       "beep")	/* the machine records from now   */  \
	X(EARS_RINGBACK,   "ringback")	/* no                             */  \
	X(EARS_BUSY,       "busy")	/* yes                            */  \
	X(EARS_CONGESTION, "congestion") /* yes                           */  \
	X(EARS_VACANT,     "vacant")	/* yes: tone or coded SIT says so */  \
	X(EARS_SIT,        "sit")	/* yes: announcement, uncoded     */  \
	X(EARS_FAX,        "fax")	/* yes                            */  \
	X(EARS_SILENCE,    "silence")	/* yes; connect the caller        */

enum ears_verdict {
#define X(name, word) name,
	MEDIA_VERDICTS(X)
#undef X
	EARS_VERDICT_COUNT
};

enum ears_phase {
	EARS_OFF,
	EARS_EARLY,		/* before the answer: tones only             */
	EARS_ANSWERED		/* person or machine, within 2.5 s           */
};

/*      event               word           uses of struct media_event        */
#define MEDIA_EVENTS(X)                                                       \
	X(MEDIA_FIRST_RTP,  "first-rtp")    /* leg                         */ \
	X(MEDIA_RTP_LOST,   "rtp-lost")     /* leg, ms since the last      */ \
	X(MEDIA_RTP_BACK,   "rtp-back")     /* leg, ms it was away         */ \
	X(MEDIA_ONE_WAY,    "one-way")      /* leg that never sent; ms     */ \
	X(MEDIA_DIGIT,      "digit")        /* leg, digit                  */ \
	X(MEDIA_PLAYED,     "played")       /* leg, prompt, whole          */ \
	X(MEDIA_HEARD,      "heard")        /* leg, verdict, confidence, ms */ \
	X(MEDIA_REC_DONE,   "rec-done")     /* call, path, ms, bytes, muted_ms */ \
	X(MEDIA_REC_FAULT,  "rec-fault")    /* call, path, err             */ \
	X(MEDIA_ENDED,      "ended")        /* leg, stats: its last word   */ \
	X(MEDIA_DISK_LOW,   "disk-low")     /* bytes free in the spool     */ \
	X(MEDIA_DISK_OK,    "disk-ok")      /* bytes free in the spool     */

enum media_event_kind {
#define X(name, word) name,
	MEDIA_EVENTS(X)
#undef X
	MEDIA_EVENT_COUNT
};

struct media_stats;
struct media_event {
	enum media_event_kind kind;
	struct leg_id leg;
	struct call_id call;
	enum ears_verdict verdict;
	enum err err;
	uint32_t confidence;	/* 0..100: a rank, not a probability         */
	uint32_t ms;		/* HEARD: since media_listen; REC_DONE: length */
	uint32_t muted_ms;	/* of the recording, written as silence      */
	uint32_t lost_ms;	/* of the recording, disk was too slow       */
	uint32_t prompt;
	bool whole;		/* the prompt was not cut short              */
	char digit;		/* 0-9 * # A-D                               */
	uint64_t bytes;
	const char *path;	/* under the spool; lives during the call    */
	const struct media_stats *stats;	/* likewise                  */
};

/* Called by media_pump() alone, in the order the workers reported. */
struct media_handlers {
	void (*event)(const struct media_event *ev, void *arg);
	void *arg;
};

/* Everything 0 or NULL is a usable default.  Texts are copied. */
struct media_conf {
	const char *bind_ip;	/* NULL: 127.0.0.1; IPv4 or IPv6             */
	uint16_t port_min;	/* even ports of the range; 0: any free one  */
	uint16_t port_max;
	unsigned workers;	/* 0: one per spare core, at least one       */
	bool realtime;		/* ask for SCHED_RR: others' work cannot     */
				/* delay packets; refused is a warning       */
	unsigned legs_max;	/* 0: 4096; at most 65,536                   */
	unsigned rtp_lost_ms;	/* silence until RTP_LOST; 0: 5000 [ms]      */
	const char *spool_dir;	/* recordings; NULL: none can be made        */
	uint64_t disk_min_bytes; /* less is DISK_LOW; 0: 256 MiB             */
	const char *prompts_dir; /* its *.wav are prompts; NULL: built-in    */
	const char *tones_path;	/* data/tones.tsv; NULL: ears know no tones  */
	const char *country;	/* whose tones, where nobody says; NULL: cn  */
};

/* ERR_ARG: bad address, range or country; ERR_IO, ERR_MEMORY, ERR_FORMAT. */
MUST_CHECK enum err media_new(const struct media_conf *conf,
			      const struct media_handlers *h,
			      struct media **out);
/* Stops the workers, ends the recordings (no events come); returns NULL. */
struct media *media_free(struct media *m);
/* Readable when media_pump() has something to do. */
int media_fd(const struct media *m);
void media_pump(struct media *m);

/*
 * A leg with its socket, bound; *port is what SDP must say.  ERR_FULL: no
 * leg or port is free; ERR_IO: out of descriptors.
 */
MUST_CHECK enum err media_leg_new(struct media *m, enum media_kind kind,
				  struct leg_id *out, uint16_t *port);
/*
 * Where the far end wants its RTP, and as what: payload type MEDIA_PCMU or
 * MEDIA_PCMA, telephone-event's payload type (0: it has none, digits go as
 * tones).  Nothing is accepted before this is known.  The first valid packet
 * then latches the address (symmetric RTP) and the socket is connected, so
 * the kernel refuses everyone else: a customer's must come from `ip`, the
 * others' may come from behind a NAT.  Call it again after a re-INVITE.
 */
MUST_CHECK enum err media_leg_peer(struct media *m, struct leg_id leg,
				   const char *ip, uint16_t port, uint8_t pt,
				   uint8_t event_pt);
/* Ends its recording, leaves its bridge, closes; ENDED tells its figures.
 * An unknown leg is fine. */
void media_leg_free(struct media *m, struct leg_id leg);

/*
 * Both hear each other, and all others already in the agent's bridge; a
 * customer leaves the bridge it was in.  ERR_FULL is not known here: a ninth
 * leg is refused by the worker and logged.  Ends the prompt it was playing.
 */
MUST_CHECK enum err media_join(struct media *m, struct leg_id leg,
			       struct leg_id agent);
/* Out of its bridge, which goes on among the others; no longer on hold. */
MUST_CHECK enum err media_unjoin(struct media *m, struct leg_id leg);
/* Held: hears music, is heard (and recorded) by nobody. */
MUST_CHECK enum err media_hold(struct media *m, struct leg_id leg, bool on);
/* Muted: is heard (and recorded) by nobody. */
MUST_CHECK enum err media_mute(struct media *m, struct leg_id leg, bool on);
/*
 * A supervisor's leg at an agent's: it stays with the agent from call to
 * call until media_unjoin(supervisor).  Call it again to change the mode.
 */
MUST_CHECK enum err media_watch(struct media *m, struct leg_id supervisor,
				struct leg_id agent,
				enum media_watch_mode mode);
/* One cell of the matrix: with cut, `listener` does not hear `source`. */
MUST_CHECK enum err media_cut(struct media *m, struct leg_id listener,
			      struct leg_id source, bool cut);

/*
 * Prompts: the files of prompts_dir by name without ".wav", and the built-in
 * "beep", "music" and "tone.<country>.<name>" of data/tones.tsv.
 */
MUST_CHECK enum err media_prompt(const struct media *m, const char *name,
				 uint32_t *out);
/* Instead of what the leg hears, until PLAYED.  A new one cuts the old. */
MUST_CHECK enum err media_play(struct media *m, struct leg_id leg,
			       uint32_t prompt, bool loop);
MUST_CHECK enum err media_play_stop(struct media *m, struct leg_id leg);
/* 150 ms to an agent: a customer comes now. */
MUST_CHECK enum err media_beep(struct media *m, struct leg_id leg);
/*
 * Sends digits (0-9 * # A-D, at most MEDIA_DIGITS_MAX) to the leg: RFC 4733
 * events of 100 ms, 60 ms apart, or the tones.  ERR_ARG: another character.
 */
MUST_CHECK enum err media_dtmf(struct media *m, struct leg_id leg,
			       const char *digits);

/*
 * The ears on what the leg says; verdicts come as HEARD events.  country
 * (ISO 3166, lower case) chooses the tones; NULL: the configured one.
 * EARS_OFF ends it.  ERR_ABSENT: no tones for that country.
 */
MUST_CHECK enum err media_listen(struct media *m, struct leg_id leg,
				 enum ears_phase phase, const char *country);

/*
 * Records the customer's call into spool_dir/name.wav (name: at most
 * MEDIA_NAME_MAX - 1, relative, its folders are made): stereo G.711 in WAV,
 * customer left, the others right, until stop, or media_leg_free.  It follows
 * the customer from bridge to bridge.  While it grows it is called
 * name.wav.part.  ERR_STATE: it is being recorded, or there is no spool.
 */
MUST_CHECK enum err media_record(struct media *m, struct leg_id customer,
				 struct call_id call, const char *name);
/* Paused: silence is written, the span goes to name.spans (card numbers). */
MUST_CHECK enum err media_record_pause(struct media *m, struct leg_id customer,
				       bool on);
MUST_CHECK enum err media_record_stop(struct media *m, struct leg_id customer);
/*
 * Recordings a crash left half-written: lengths put right, renamed to .wav.
 * Before media_new(), or while nothing records there.  each may be NULL.
 */
MUST_CHECK enum err media_repair(const char *dir,
				 void (*each)(const char *path, uint32_t ms,
					      uint64_t bytes, void *arg),
				 void *arg, unsigned *repaired);

/* As of the last whole second. */
struct media_stats {
	uint64_t rx_packets;
	uint64_t tx_packets;
	uint64_t rx_lost;	/* gaps in the sequence (RFC 3550, 6.4.1)    */
	uint64_t rx_late;	/* came after a later one                    */
	uint64_t rx_refused;	/* not RTP, other payload type, other source */
	uint32_t jitter_us;	/* interarrival jitter (RFC 3550, A.8)       */
	uint32_t jitter_mean_us; /* of the leg's seconds                     */
	uint32_t mos_pct;	/* whole leg, 100..450 (ITU-T G.107)         */
	uint32_t loss_pm;	/* of the last 5 s, per mille                */
	uint32_t silent_ms;	/* since the last packet; UINT32_MAX: none yet */
	int32_t level_dbov;	/* loudest 20 ms of that second; -90: silent */
	bool latched;
	/* What the far end said last of our packets (RTCP). */
	uint64_t far_sent;	/* sent until then; 0: it said nothing       */
	uint32_t far_lost;	/* of them                                   */
	uint32_t far_jitter_us;
};
MUST_CHECK enum err media_stats(const struct media *m, struct leg_id leg,
				struct media_stats *out);

struct media_totals {
	uint32_t workers;
	uint32_t legs;
	uint32_t recordings;
	uint64_t rx_packets;
	uint64_t tx_packets;
	uint64_t events_lost;	/* the loop was too slow to take them        */
	uint64_t rec_lost;	/* frames: the disk was too slow             */
	uint32_t late_max_us;	/* a worker's latest 5 ms tick, ever         */
};
void media_totals(const struct media *m, struct media_totals *out);

const char *media_event_word(enum media_event_kind k);
const char *ears_word(enum ears_verdict v);

#endif
