/*
 * agent_model -- all the agent's screen shows, as one plain struct.
 *
 * In      the server's messages (copied whole), what the agent does locally
 * Out     what agent_draw reads; contexts for the key table
 * Owns    nothing but its own memory; the server owns state and timers
 * Never   reads a clock: `now` is set by whoever turns the loop
 */
#ifndef AGENT_MODEL_H
#define AGENT_MODEL_H

#include "base/base.h"
#include "base/clock.h"
#include "msg/msg.h"
#include "tui/tui.h"

/*
 * What keys mean right now: the seat's state, or what lies over it.
 *      context         words in the key table                                */
#define CTX_LIST_ALL(X)                                                       \
	X(CTX_LOGIN,     "log in")                                            \
	X(CTX_NOT_READY, "not ready")                                         \
	X(CTX_READY,     "ready")                                             \
	X(CTX_PREVIEW,   "preview")                                           \
	X(CTX_RING,      "ringing")                                           \
	X(CTX_TALK,      "on call")                                           \
	X(CTX_HOLD,      "on hold")                                           \
	X(CTX_CONSULT,   "consult")                                           \
	X(CTX_CONF,      "3-way")                                             \
	X(CTX_ASKING,    "calling the other")                                 \
	X(CTX_ASKED,     "asked by another")                                  \
	X(CTX_WRAP,      "wrap-up")                                           \
	X(CTX_LOST,      "server lost")                                       \
	X(CTX_ALONE,     "server lost, no call")                              \
	X(CTX_NOTE,      "typing a note")                                     \
	X(CTX_TONES,     "keypad tones")                                      \
	X(CTX_BREAKS,    "break menu")                                        \
	X(CTX_TRANSFER,  "transfer")                                          \
	X(CTX_PICKER,    "call-back picker")                                  \
	X(CTX_LIST,      "callbacks")                                         \
	X(CTX_HELP,      "help")                                              \
	X(CTX_ASK,       "a question")                                        \
	X(CTX_CORRECT,   "correct an outcome")                                \
	X(CTX_NUMBERS,   "other number")                                      \
	X(CTX_MORE,      "more outcomes")                                     \
	X(CTX_AMOUNT,    "an amount")                                         \
	X(CTX_SOUND,     "sound test")                                        \
	X(CTX_HISTORY,   "history")

enum { /* index of each context */
#define X(name, word) name##_I,
	CTX_LIST_ALL(X)
#undef X
	CTX_COUNT
};
enum agent_ctx { /* its bit */
#define X(name, word) name = 1 << name##_I,
	CTX_LIST_ALL(X)
#undef X
};

/* What Enter confirms in CTX_ASK. */
enum agent_ask { ASK_NONE, ASK_OUTCOME, ASK_HANGUP, ASK_LEAVE };

enum agent_field { PICK_LIST, PICK_WHEN, PICK_WHO, PICK_PHONE, PICK_NOTE,
		   PICK_COUNT };

/* The call-back picker (UX 2.4, A10). */
struct agent_pick {
	enum agent_field focus;
	struct edit when, note;
	int64_t at_ms;		/* 0 = nothing chosen yet                    */
	int64_t asked_ms;	/* what the server was asked about last ...  */
	unsigned due;		/* ... and how many answers are on their way */
	bool    anyone, sending;
	uint8_t number;		/* index in customer.numbers, from 1         */
	uint8_t clashes;
	char    trouble[120];	/* why it cannot be, with a suggestion       */
};

/* Where what the model asks of the world goes; any may be NULL. */
struct agent_out {
	void (*send)(void *arg, enum msg_type type, const void *obj);
	void (*mute)(void *arg, bool on);	/* the local phone          */
	void (*hangup)(void *arg);		/* when the server is lost  */
	void (*phone_anew)(void *arg);		/* the local phone is deaf  */
	void (*devices)(void *arg);		/* fill m->sound            */
	void (*device)(void *arg, size_t i);	/* use m->sound[i]          */
	void *arg;
};

/* A sound device to choose, by its ALSA name; or what there is instead. */
struct agent_sound {
	char name[64], label[64];
	bool mic, speaker, used;
};

enum { AGENT_SOUNDS = 9, AGENT_MESSAGES = 4, AGENT_SIZE_PAGES = 24, AGENT_KEEP = 4000 };

struct agent_login {
	struct edit user, pass;
	bool on_pass, busy, taken;
	bool of_link;		/* trouble is the link's, over when it is up */
	char trouble[160];
};

struct agent_model {
	struct now now;		/* mono: local; wall: the server's clock     */
	int32_t    tz_min;	/* of the floor, for the clock shown         */
	bool       logged_in;
	struct msg_login_ok       who;
	struct msg_seat           seat;
	struct msg_customer       cust;
	struct msg_script         script;
	struct msg_outcomes       outcomes;
	struct msg_breaks         breaks;
	struct msg_today          today;
	struct msg_call_progress  progress;
	struct msg_last_call      last;
	struct msg_targets_page   targets;
	struct msg_callbacks_page callbacks;
	struct msg_history_page   history;
	struct msg_message        message[AGENT_MESSAGES];
	size_t                    messages;
	struct msg_notice         notice;
	int64_t                   notice_until_ms;	/* mono; 0 = none    */

	/* The link and the phone on this side. */
	bool     lost;
	int64_t  lost_since_ms, retry_at_ms;		/* mono              */
	uint32_t rtt_ms;
	char     device[64];
	struct agent_sound sound[AGENT_SOUNDS];
	size_t   sounds;
	int      mic_level;	/* 0..10 cells, -1 = not known               */
	bool     desk_phone;	/* none beside this program                  */
	enum msg_phone_answer phone_answer;	/* to the one asked for      */
	enum msg_health own_phone, own_line;	/* as the embedded phone says;
					   UNKNOWN: only the server knows    */
	int64_t  deaf_ms;	/* since when the server hears nothing on a
				   line that is open here; 0 = it does       */

	/* What the agent does here. */
	uint32_t box;		/* CTX_BREAKS .. CTX_MORE, 0 = none          */
	bool     typing, tones, correcting;
	enum agent_ask ask;
	uint16_t ask_code;
	char     tone_text[40];
	size_t   page;		/* of the script, from 0                     */
	bool     page_shown;	/* in wrap-up: script instead of "Finish"    */
	bool     after_call;	/* the break menu was opened in a call       */
	struct edit note;
	bool     note_dirty;	/* not with the server yet                   */
	int64_t  note_sent_ms;
	bool     outcome_dirty;
	size_t   sel, top;	/* in lists                                  */
	bool     sel_shown;	/* Up or Down was used in the transfer list  */
	struct edit find;
	struct edit amount;	/* being written; the outcome waits for it  */
	uint16_t amount_code;
	bool list_anyone;	/* the list of callbacks: not only mine      */
	char     targets_for[48];
	bool     targets_again;		/* asked for how they are now        */
	unsigned targets_due;		/* lists asked for, not here yet     */
	enum msg_transfer_kind targets_then;	/* and what is done then     */
	int64_t  targets_ms;		/* asked at [mono]                   */
	struct agent_pick pick;
	struct agent_login login;
	uint32_t last_key;
	int64_t  last_key_ms;
	char     hint[200];	/* one sentence in row 1, for a while        */
	enum style hint_style;
	int64_t  hint_until_ms;	/* mono                                      */
	struct agent_out out;
};

/* All empty; the clock at 0.  The model is large: allocate it. */
void agent_init(struct agent_model *m);

/* The one bit that says what keys mean now. */
enum agent_ctx agent_ctx(const struct agent_model *m);
/* The state's own bit, whatever lies over it. */
enum agent_ctx agent_ctx_of_state(const struct agent_model *m);
bool agent_on_call(const struct agent_model *m);
/* The phone and the line: the worse of what both ends know of them. */
enum msg_health agent_phone(const struct agent_model *m);
enum msg_health agent_line(const struct agent_model *m);

/* A sentence in row 1 for four seconds. */
/* Now and then: the list of whom to transfer to shows how they are. */
enum { TARGETS_MS = 2000 };
void agent_targets_again(struct agent_model *m);
void agent_targets(struct agent_model *m, const struct msg_targets_page *p);
void agent_hint(struct agent_model *m, enum style st, const char *text);

/* The chosen outcome's row, NULL if none is chosen. */
const struct msg_outcome_row *agent_outcome(const struct agent_model *m);
const struct msg_outcome_row *agent_outcome_at(const struct agent_model *m,
					       unsigned digit);
/* In a wrap-up nobody leaves before its time is over. */
bool agent_wrap_whole(const struct agent_model *m);
/* Milliseconds left of the state's limit; 0 if it has none or is over. */
int64_t agent_left_ms(const struct agent_model *m);
/* Minutes of this break so far that count against a budget. */
unsigned agent_break_min(const struct agent_model *m);
/* Talked so far in this call, holds included [ms]. */
int64_t agent_talk_ms(const struct agent_model *m);
/* The i-th quick choice (0..5) of the picker as wall time [ms]. */
int64_t agent_quick_ms(const struct agent_model *m, unsigned i);
/* The customer's offset from UTC, or the floor's if not known [min]. */
int32_t agent_cust_tz(const struct agent_model *m);

/* -- changes (agent_update.c, agent_box.c, agent_wire.c) ------------------- */

enum { DO_FLUSH = 8, DO_BELL = 16, DO_PAINT = 32 };	/* beside DO_*       */

/* A key; returns DO_*.  Set m->now first. */
unsigned agent_key(struct agent_model *m, uint32_t key);
/* A server's message of this type; returns DO_*. */
unsigned agent_message(struct agent_model *m, enum msg_type type,
		       const void *obj);
/* Time went on (m->now): drafts, hints, notices; returns DO_*. */
unsigned agent_tick(struct agent_model *m);
/* When agent_tick must come again at the latest, monotonic [ms]. */
int64_t agent_due_ms(const struct agent_model *m);
void agent_link_lost(struct agent_model *m, int64_t retry_at_ms);
/* Before a log-in: the link's trouble; NULL: it is up.  Never instead of the
 * server's own word, as why a session ended. */
void agent_login_trouble(struct agent_model *m, const char *why);
/* After a log-in that resumed: what was kept here goes to the server. */
void agent_link_back(struct agent_model *m);

/* Pop-ups' keys (agent_box.c). */
unsigned agent_box_key(struct agent_model *m, uint32_t key);
void agent_box_open(struct agent_model *m, enum agent_ctx box);
/* PgUp or PgDn on the script; returns DO_*. */
unsigned agent_turn_page(struct agent_model *m, uint32_t key);
void agent_send(struct agent_model *m, enum msg_type type, const void *obj);
/* Labels of the server's come in the screen's language. */
void agent_send_lang(struct agent_model *m);
void agent_send_note(struct agent_model *m, bool final);
void agent_choose(struct agent_model *m, uint16_t code, int64_t amount);
/* The same, but what needs an amount asks for it first. */
void agent_choose_row(struct agent_model *m, const struct msg_outcome_row *o);
/*
 * "1234.5", "12,345.00": hundredths in *out.  ERR_FORMAT: not an amount;
 * ERR_ARG: nothing, or more than a slip of the hand would allow.
 */
MUST_CHECK enum err agent_amount_read(const char *text, int64_t *out);
/* A character an amount is written with. */
bool agent_amount_char(uint32_t cp);
/* "1,234.50" */
void agent_amount_print(char *buf, size_t size, int64_t amount);

/* -- keys and drawing ------------------------------------------------------ */

extern const struct keymap agent_keymap;
void agent_footer_text(const struct keymap_row *row, const char *label,
		       char *buf, size_t size, const void *model);

/* Draws the model on g; touches nothing else. */
void agent_draw(const struct agent_model *m, struct grid *g);

/*
 * For screen readers: each part of the screen as a line when it has changed,
 * in words and in order of weight; times that run are left out.
 */
enum { AGENT_PARTS = 9, AGENT_SPOKEN = 1200 };
struct agent_spoken {
	char part[AGENT_PARTS][AGENT_SPOKEN];
};
typedef void agent_say_h(void *arg, const char *line);
void agent_linear(const struct agent_model *m, struct agent_spoken *last,
		  agent_say_h *say, void *arg);

#endif
