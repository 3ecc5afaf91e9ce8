/*
 * carrier -- a telephone network on loopback, for tests and the demo.
 *
 * A real SIP and RTP peer: INVITEs are answered by people, machines, busy
 * lines and announcements, in times like those of real calls; what each
 * callee heard can be kept as a WAV file.  Seeded: the n-th call to a number
 * goes the same way in every run.
 */
#ifndef CARRIER_CARRIER_H
#define CARRIER_CARRIER_H

#include "base/base.h"

/*
 * With --forced the last two digits of the number choose; without, chance
 * does.        id           ends  word          what it does                */
#define CARRIER_BEHAVIOURS(X)                                                \
	X(BEH_ECHO,      1, "echo",      "answers at once, sends back what it hears") \
	X(BEH_BUSY,      2, "busy",      "486")                              \
	X(BEH_NOANSWER,  3, "noanswer",  "rings until CANCEL")               \
	X(BEH_VACANT,    4, "vacant",    "404")                              \
	X(BEH_MACHINE,   5, "machine",   "rings 1 s, long greeting, beep, listens") \
	X(BEH_503,       6, "503",       "503 with Retry-After: 3")          \
	X(BEH_DECLINE,   7, "decline",   "rings 1 s, 603")                   \
	X(BEH_EARLY,     8, "early",     "183 with ringback, answers after 2 s") \
	X(BEH_EARLYBUSY, 9, "earlybusy", "183 with busy tone 2 s, 486")      \
	X(BEH_EARLYVACANT, 10, "earlyvacant", "183 with vacant tone 2 s, 480") \
	X(BEH_PERSON,   11, "person",    "rings .2 s, \"hello\", talks until BYE") \
	X(BEH_SHORT,    12, "short",     "answers, says hello, hangs up after 2 s") \
	X(BEH_TONE,     13, "tone",      "answers at once, 1004 Hz until BYE") \
	X(BEH_REDIRECT, 14, "redirect",  "302 to sip:900@127.0.0.1:9")       \
	X(BEH_OFF,      15, "off",       "480, Reason: Q.850;cause=20")      \
	X(BEH_UNWANTED, 16, "unwanted",  "rings 1 s, 607")                   \
	X(BEH_SILENT,   17, "silent",    "answers, never sends RTP")         \
	X(BEH_DTMF,     18, "dtmf",      "answers, sends 1 2 3 # by RFC 4733") \
	X(BEH_REINVITE, 19, "reinvite",  "answers, after 1 s a re-INVITE with a new port") \
	X(BEH_500,      20, "500",       "500")                              \
	X(BEH_TONE5,    21, "tone5",     "answers, 1004 Hz for 5 s, hangs up")

enum behaviour {
#define X(id, ends, word, what) id,
	CARRIER_BEHAVIOURS(X)
#undef X
	BEH_COUNT
};

struct carrier_opt {
	const char *listen;	/* address                                  */
	uint16_t port;		/* 0 = ephemeral                            */
	uint64_t seed;
	double scale;		/* times are divided by this                */
	bool forced;		/* last two digits choose                   */
	double rate[BEH_COUNT];	/* shares; the rest do not answer           */
	double talk_s;		/* mean of a conversation                   */
	double patience_s;	/* of a person with silence; 0: 5 to 12     */
	unsigned channels;	/* 0 = no limit; over it: 503               */
	const char *user, *password;	/* digest; NULL = open              */
	const char *record;	/* folder; NULL = none                      */
	const char *law;	/* "u" or "a" only; "offer": both           */
	bool verbose;		/* a line a call on stdout                  */
	bool probe;		/* stamps speak, until an ear hears         */
	bool chatty;		/* callees speak without a pause            */
};

/* Counters printed as one key=value line at the end. */
#define CARRIER_COUNTS(X)                                                    \
	X(invites) X(challenged) X(answered) X(people) X(machines) X(busy)   \
	X(noanswer) X(vacant) X(early) X(declined) X(unavailable) X(off)     \
	X(other) X(cancelled) X(bye_in) X(bye_out) X(full) X(unheard)        \
	X(options) X(dtmf) X(rtp_in) X(rtp_out) X(live) X(peak)

struct carrier_counts {
#define X(name) uint64_t name;
	CARRIER_COUNTS(X)
#undef X
};

/* ---- chance (carrier_chance.c) ------------------------------------------ */
struct chance { uint64_t s[2]; };
void chance_init(struct chance *c, uint64_t seed, const char *number,
		 unsigned nth);
double chance_unit(struct chance *c);				/* [0, 1)   */
double chance_between(struct chance *c, double lo, double hi);
double chance_normal(struct chance *c, double mean, double sd);
/* Log-normal by its mean and coefficient of variation. */
double chance_talk(struct chance *c, double mean, double cv);
enum behaviour chance_behaviour(struct chance *c, const struct carrier_opt *o,
				const char *number);
/* Answers come mostly at 6-10 s and 18-22 s (FACTS 6). */
double chance_ring_s(struct chance *c);

/* ---- sound (carrier_sound.c), 8 kHz ------------------------------------- */
struct clip {
	int16_t *pcm;
	uint8_t *law[2];	/* mu-law, A-law                            */
	size_t len;
};
enum { SND_VOICES = 6 };
struct sounds {
	struct clip hello[SND_VOICES];	/* one or two words                 */
	struct clip talk[SND_VOICES];	/* a conversation's one side, looped */
	struct clip greeting[SND_VOICES]; /* a machine's, 5 to 9 s          */
	struct clip beep, ringback, busy, vacant, tone, silence;
};
/* chatty: nobody pauses in what he says. */
MUST_CHECK enum err sounds_new(uint64_t seed, bool chatty,
			       struct sounds **out);
struct sounds *sounds_free(struct sounds *s);
int16_t law_decode(uint8_t byte, bool a_law);
uint8_t law_encode(int16_t pcm, bool a_law);

/* ---- how long until the other ear hears (carrier_probe.c) ---------------- */
enum { SAMPLES_MAX = 1 << 16 };
struct samples {
	uint32_t us[SAMPLES_MAX];
	size_t n;
};
struct probe {
	char says, hears;	/* names of the two sides; 0 = no probe     */
	int64_t at_us;		/* what it stamps: wall clock of the answer  */
	int64_t first_us, last_us;	/* of the loud packets that came    */
	bool heard;
	int64_t heard_us, heard_at_us;	/* first loud one, its stamp        */
};
int64_t wall_us(void);
/* A frame of 160 octets. */
void probe_say(const struct probe *p, bool a_law, uint8_t *frame);
void probe_hear(struct probe *p, const uint8_t *frame, bool a_law,
		int64_t came_us);
void samples_add(struct samples *s, int64_t us);
double samples_ms(struct samples *s, double share);

/* ---- one call's media (carrier_rtp.c) ----------------------------------- */
enum { PLAY_MAX = 4, FRAME = 160, HEARD_FIFO = 8 };

struct rtp_leg {
	int fd;
	uint16_t port;
	bool a_law, on, echo, mute;
	int dtmf_pt;
	struct play { const struct clip *clip; size_t at; bool loop; } play[PLAY_MAX];
	unsigned plays;
	struct { uint32_t ip; uint16_t port; } to;	/* network order    */
	uint16_t seq;
	uint32_t ts, ssrc;
	uint8_t fifo[HEARD_FIFO][FRAME];
	unsigned fifo_n;
	void *wav;		/* FILE *                                   */
	uint32_t wav_samples;
	uint32_t heard_ms;	/* sound over -45 dBov                      */
	uint32_t dtmf_ts;	/* the event being received                 */
	char digits[32];
	const char *send_digits;
	unsigned send_step;
	struct probe probe;
	uint64_t in, out;
};
MUST_CHECK enum err rtp_leg_open(struct rtp_leg *l, const char *addr,
				 const char *wav_path);
/* A new socket and port, the rest goes on. */
MUST_CHECK enum err rtp_leg_move(struct rtp_leg *l, const char *addr);
void rtp_leg_play(struct rtp_leg *l, const struct clip *c, size_t at,
		  bool loop, bool now);
/* Every 20 ms: takes what came, sends one packet. */
void rtp_leg_tick(struct rtp_leg *l);
void rtp_leg_close(struct rtp_leg *l);

/* ---- SIP (carrier_sip.c) ------------------------------------------------- */
struct carrier;
MUST_CHECK enum err carrier_new(const struct carrier_opt *o,
				struct carrier **out);
struct carrier *carrier_free(struct carrier *c);
uint16_t carrier_port(const struct carrier *c);
struct carrier_counts *carrier_counts(struct carrier *c);
/* With opt.probe: from our answer to the agent's voice. */
struct samples *carrier_heard(struct carrier *c);
/* 503 to every INVITE. */
void carrier_set_storm(struct carrier *c, bool on);
/* Answers nothing, as if the host were gone. */
void carrier_set_dead(struct carrier *c, bool on);
/* Whoever has answered and whose number ends so hangs up; how many. */
unsigned carrier_hang_up(struct carrier *c, const char *ends);
const char *behaviour_word(enum behaviour b);

#endif
