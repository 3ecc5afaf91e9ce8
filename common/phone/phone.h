/*
 * phone -- the agent's softphone: a baresip of our own, beside the terminal.
 *
 * In      which line to keep open (a SIP URI and its credentials), which
 *         sound devices; mute, tones, hang up
 * Out     events: the line is ringing, up, lost; tones heard; sound levels;
 *         what is wrong in words
 * Owns    one baresip child, its private session folder (0700, removed), the
 *         socket pair to our module inside it, the re-dial timer
 * Never   blocks (but phone_free, 1 s at most), opens a control port, parses
 *         baresip's screen, or leaves a child behind
 *
 * The line to the server stays open for the whole shift; customers are
 * joined to it over there.  A lost line is dialled again by itself.
 */
#ifndef PHONE_PHONE_H
#define PHONE_PHONE_H

#include "base/base.h"

enum phone_sound {
	PHONE_ALSA,		/* a headset, through ALSA (PipeWire too)    */
	PHONE_FILE,		/* a WAV in, WAVs out: head-less, tests      */
	PHONE_NONE,		/* silence out, nothing heard                */
};

/* Borrowed during phone_start only.  NULL = default where one is named. */
struct phone_conf {
	const char *server_uri;	/* what to dial: "sip:open@host:5060;..."    */
	const char *user;	/* who we are to the server, user part       */
	const char *password;	/* digest password; NULL = none asked        */
	enum phone_sound sound;
	const char *mic;	/* ALSA device ("default"), or a WAV to play
				 * (8 kHz mono; the line is lost at its end) */
	const char *speaker;	/* ALSA device ("default"), or a folder: what
				 * was heard is written there as *-dec.wav   */
	const char *baresip;	/* "/usr/bin/baresip"                        */
	const char *baresip_modules; /* Debian's folder of them              */
	const char *module;	/* our waihu_phone.so; NULL = beside the
				 * program, else the installed one           */
	const char *listen;	/* local SIP "address:port"; NULL = any one  */
};

/*      kind              word        value, text                            */
#define PHONE_EVENTS(X)                                                       \
	X(PHONE_READY,    "ready")    /* child is up; text: its version    */ \
	X(PHONE_CALLING,  "calling")  /* text: URI                         */ \
	X(PHONE_RINGING,  "ringing")                                          \
	X(PHONE_UP,       "up")       /* the line is open                  */ \
	X(PHONE_LOST,     "lost")     /* value: re-dial in [ms]; text: why */ \
	X(PHONE_CLOSED,   "closed")   /* phone_hangup was done             */ \
	X(PHONE_DTMF,     "dtmf")     /* value: the key heard, a character */ \
	X(PHONE_MIC,      "mic")      /* value: level out [dBov], -96 .. 0 */ \
	X(PHONE_EAR,      "ear")      /* value: level heard [dBov]         */ \
	X(PHONE_SOUND,    "sound")    /* a device failed; text: which, why */ \
	X(PHONE_GONE,     "gone")     /* the child ended; value: re-start
				       * in [ms], -1 = never; text: why    */

enum phone_event_kind {
#define X(name, word) name,
	PHONE_EVENTS(X)
#undef X
	PHONE_EVENT_COUNT
};

struct phone_event {
	enum phone_event_kind kind;
	int64_t value;
	char text[160];		/* printable UTF-8; empty if there is none   */
};

typedef void(phone_event_h)(const struct phone_event *ev, void *arg);

struct phone;

/* A sound device of this machine. */
struct phone_device {
	char name[32];		/* for phone_conf: "plughw:1,0"              */
	char label[64];		/* as the kernel names it                    */
	bool mic, speaker;	/* what it can do                            */
};

/*
 * Up to max of them; 0: there is no sound card.  path NULL: the kernel's own
 * list (/proc/asound/pcm); a file of that form in tests.
 */
size_t phone_devices(const char *path, struct phone_device *out, size_t max);

/*
 * Starts the child; *out is set on success only, free with phone_free.  It
 * dials server_uri as soon as it is ready.  baresip is asked for its version
 * first: some 5 ms, at most 1 s.  A failure leaves its reason in
 * why[why_size].  ERR_ABSENT: no baresip, module of it or sound file;
 * ERR_VERSION: a baresip we do not know; ERR_ARG: a text with characters that
 * could forge a line of baresip's files; ERR_IO.  A sound device that does
 * not open is told by PHONE_SOUND, and the line by PHONE_LOST.
 */
MUST_CHECK enum err phone_start(const struct phone_conf *conf,
				struct phone **out, char *why,
				size_t why_size);
/* Hangs up, ends the child (SIGKILL after 1 s), removes the folder. */
struct phone *phone_free(struct phone *p);	/* returns NULL */

/* Readable when there is something for phone_pump; changes with a re-start,
 * -1 while no child lives: ask before each poll(2). */
int phone_fd(const struct phone *p);
/* Reads what came, runs the timers; `mono_ms` as of now [ms]. */
void phone_pump(struct phone *p, int64_t mono_ms, phone_event_h *h, void *arg);
/* When phone_pump must run at the latest, monotonic [ms]; INT64_MAX = never. */
int64_t phone_due_ms(const struct phone *p);

/* ERR_CLOSED: no child now; ERR_STATE: no line is up; ERR_ARG: bad digits. */
MUST_CHECK enum err phone_dial(struct phone *p, const char *uri);
MUST_CHECK enum err phone_hangup(struct phone *p);	/* and stay hung up */
MUST_CHECK enum err phone_mute(struct phone *p, bool on);
/* At most 32 of 0-9 * # A-D, sent as RFC 4733 events, 100 ms each. */
MUST_CHECK enum err phone_dtmf(struct phone *p, const char *digits);

bool phone_is_up(const struct phone *p);
bool phone_is_muted(const struct phone *p);
/* The child, for tests and `ps`; -1 if there is none. */
int phone_pid(const struct phone *p);
const char *phone_event_word(enum phone_event_kind kind);

#endif
