/*
 * wall_model -- all a supervisor's screen shows, as one plain struct.
 *
 * In      the server's pages (copied whole), what the supervisor does here
 * Out     what wall_draw reads; the contexts of the key table; requests
 * Owns    nothing but its own memory; lists are sorted and cut by the server
 * Never   reads a clock: `now` is set by whoever turns the loop
 */
#ifndef WALL_MODEL_H
#define WALL_MODEL_H

#include "base/base.h"
#include "base/clock.h"
#include "msg/msg_keep.h"
#include "tui/tui.h"

/*
 * What keys mean right now: the view, or what lies over it.
 *      context         words in the key table                                */
#define CTX_LIST_ALL(X)                                                       \
	X(CTX_OVERVIEW,  "overview")                                          \
	X(CTX_AGENTS,    "agents")                                            \
	X(CTX_CAMPAIGNS, "campaigns")                                         \
	X(CTX_TRUNKS,    "trunks")                                            \
	X(CTX_CALLS,     "calls")                                             \
	X(CTX_ALERTS,    "alerts")                                            \
	X(CTX_PACING,    "pacing")                                            \
	X(CTX_TIMELINE,  "an agent's day")                                    \
	X(CTX_REPORT,    "performance")                                       \
	X(CTX_TRACE,     "trace of a call")                                   \
	X(CTX_MONITOR,   "on a call of another")                              \
	X(CTX_OFFER,     "asked by an agent")                                 \
	X(CTX_LINE,      "typing a line")                                     \
	X(CTX_ASK,       "a question")                                        \
	X(CTX_TEXT,      "a question with a text")                            \
	X(CTX_FILTER,    "filter menu")                                       \
	X(CTX_HELP,      "help")                                              \
	X(CTX_LOGIN,     "log in")                                            \
	X(CTX_CARD,      "small screen")                                      \
	X(CTX_WALL,      "wall")

enum { /* index of each context */
#define X(name, word) name##_I,
	CTX_LIST_ALL(X)
#undef X
	CTX_COUNT
};
enum wall_ctx { /* its bit */
#define X(name, word) name = 1 << name##_I,
	CTX_LIST_ALL(X)
#undef X
};

/* What a question is about; also what a line being typed is for. */
enum wall_ask {
	ASK_NONE, ASK_BARGE, ASK_TAKEOVER, ASK_READY, ASK_BREAK, ASK_LOGOUT,
	ASK_TELL, ASK_PAUSE, ASK_START, ASK_STOP, ASK_DRAIN, ASK_ENABLE,
	ASK_CPS, ASK_REST, ASK_ACK, ASK_NOTE, ASK_QUIT, ASK_APPLY, ASK_MUTE,
	ASK_EXPORT, ASK_PART, ASK_SUSPEND,
	ASK_COUNT
};
enum wall_line { TYPE_NONE, TYPE_FIND, TYPE_COMMAND };

/* A question over the screen; it holds whom it is about when it was asked,
 * so that a list that moves meanwhile changes nothing. */
struct wall_box {
	enum wall_ask ask;
	uint32_t agent, campaign, trunk, alert;
	bool     all;			/* a message: to everyone            */
	uint32_t pick;			/* of a break: which one             */
	char     about[100];		/* "Li Wei 1001"                     */
	struct edit text;
};

struct wall_list {
	uint32_t top, cur;		/* rows skipped; row under the cursor */
	uint32_t id;			/* what is under the cursor          */
	bool     pending;		/* another order was asked for: what */
					/* is shown is not yet it            */
};

struct wall_stage {
	bool    set[MSG_SET_COUNT];
	int32_t value[MSG_SET_COUNT];
};

/* A report being written to a file, page by page. */
struct wall_export {
	bool on;
	char name[100];
	struct msg_report_get get;
};
enum wall_save { SAVE_FIRST, SAVE_NEXT, SAVE_LAST };

struct wall_login {
	bool asked, on_pass, busy, taken;
	struct edit user, pass;
	char trouble[200];
};

struct wall_out {
	void (*send)(void *arg, enum msg_type type, const void *obj);
	void (*login)(void *arg, const char *user, const char *pass,
		      bool takeover);
	/* A line of a new file; NULL, or why not. */
	const char *(*save)(void *arg, const char *name, enum wall_save what,
			    const char *line);
	void *arg;
};

enum { WALL_KEPT = MSG_CHANGES - MSG_HEAD };

struct wall_model {
	struct now now;			/* mono: local; wall: the server's   */
	int32_t    tz_min;		/* of the floor                      */
	int        rows, cols;		/* of the screen                     */
	bool       wall, read_only;
	struct msg_login_ok  who;
	struct msg_head      head;
	struct msg_floor     floor;
	struct msg_agents    agents;
	struct msg_campaigns campaigns;
	struct msg_trunks    trunks;
	struct msg_trunk     trunk;
	struct msg_calls     calls;
	struct msg_alerts    alerts;
	struct msg_pacing    pacing;
	struct msg_timeline  timeline;
	struct msg_report    report;
	struct msg_breaks    breaks;	/* that can be forced                */
	struct msg_trace     trace;
	struct msg_monitoring mon;
	struct msg_offer     offer;	/* call 0: nothing is offered        */
	struct msg_rights    rights;
	struct msg_kept kept[WALL_KEPT];	/* pages as the server has   */
					/* them, by wall_kept_of             */
	int64_t    asked_ms;		/* a page was missed, asked again at */
	int64_t    head_ms;		/* server's time last heard          */
	int64_t    frozen_ms;		/* mono                              */
	bool       in, lost, frozen;
	int64_t    lost_ms;		/* mono                              */
	char       lost_why[160];
	uint32_t   rtt_ms;

	enum msg_view view, back;	/* shown; where Esc leads            */
	struct wall_list list[MSG_VIEW_COUNT];
	uint32_t   campaign;		/* of pacing and of the group filter */
	uint32_t   group;		/* only agents of this campaign      */
	uint32_t   agent;		/* of the timeline                   */
	enum msg_sort sort;
	enum msg_period period;
	enum msg_grouping by;
	uint32_t   call;		/* of the trace; 0: the newest       */
	struct wall_export export;
	bool       reverse;
	uint32_t   states;		/* filter, bits of enum msg_state    */
	char       find[41];
	bool       whole;		/* a trunk's page without the list   */
	struct wall_stage stage;
	bool       help, filter;
	size_t     help_top;
	enum wall_line line;
	struct edit typed;
	struct wall_box box;
	struct wall_login login;
	struct msg_subscribe asked;	/* last subscription sent            */
	bool       asked_any;
	char       hint[200];		/* one sentence in row 1, for a while */
	enum style hint_style;
	int64_t    hint_until_ms;	/* mono                              */
	uint32_t   last_key;
	int64_t    last_key_ms;
	struct wall_out out;
};

/* All empty, 100x30, the overview.  The model is large: allocate it. */
void wall_init(struct wall_model *m);
/* Drops what it keeps of the server's pages. */
void wall_fini(struct wall_model *m);

enum wall_ctx wall_ctx(const struct wall_model *m);
bool wall_listening(const struct wall_model *m);
/* An agent asked him, or he has a customer: he is a party of that call. */
bool wall_is_party(const struct wall_model *m);
bool wall_is_mine(const struct wall_model *m, uint32_t campaign);
/* Why `act` is not for him, here; NULL if it is.  `never`: nowhere. */
const char *wall_forbids(const struct wall_model *m, unsigned act,
			 bool never);
/* Since then [s], at least 0; stands still while the screen is frozen or the
 * server lost, as all that is shown does. */
int64_t wall_age_s(const struct wall_model *m, int64_t since_ms);
/* A thing to do in words; with_time: with its time that runs. */
void wall_todo_text(const struct wall_model *m, const struct msg_todo *t,
		    bool with_time, char *buf, size_t size);
/* Rows of the list the view has room for, 1..64. */
uint16_t wall_list_rows(const struct wall_model *m);
/* What is under the cursor, NULL if nothing. */
const struct msg_agent_row *wall_agent(const struct wall_model *m);
const struct msg_campaign_row *wall_campaign_row(const struct wall_model *m);
const struct msg_trunk_row *wall_trunk_row(const struct wall_model *m);
const struct msg_call_row *wall_call(const struct wall_model *m);
const struct msg_alert_row *wall_alert(const struct wall_model *m);
const struct msg_report_row *wall_report(const struct wall_model *m);
const struct msg_todo *wall_todo(const struct wall_model *m);
/* The campaign p would open; 0 if none. */
uint32_t wall_campaign_here(const struct wall_model *m);
/* enum msg_campaign_state of it. */
unsigned wall_campaign_state(const struct wall_model *m);
/* The i-th known campaign or trunk (from whatever page holds most). */
const struct msg_campaign_row *wall_campaign_at(const struct wall_model *m,
						size_t i);
const struct msg_trunk_row *wall_trunk_at(const struct wall_model *m,
					  size_t i);
/* A row that settings are shown on: calling hours are one row of two. */
size_t wall_setting_rows(const struct wall_model *m);
const struct msg_setting_row *wall_setting_at(const struct wall_model *m,
					      size_t row);
bool wall_staged(const struct wall_model *m);
/* The value that will be: staged or in force. */
int32_t wall_value(const struct wall_model *m,
		   const struct msg_setting_row *s);

/* -- changes: they return DO_* of tui/loop --------------------------------- */

enum { DO_BELL = 16, DO_PAINT = 32 };	/* beside DO_*                       */

/* Set m->now first. */
unsigned wall_key(struct wall_model *m, uint32_t key);
unsigned wall_message(struct wall_model *m, enum msg_type type,
		      const void *obj);
unsigned wall_tick(struct wall_model *m);
unsigned wall_resize(struct wall_model *m, int rows, int cols);
void wall_link_lost(struct wall_model *m, const char *why);
void wall_link_in(struct wall_model *m, const struct msg_login_ok *ok);
/* Sends the subscription if what is shown asks for another one. */
void wall_subscribe(struct wall_model *m);

/* Parts of the update, by file. */
void wall_hint(struct wall_model *m, enum style st, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
void wall_send(struct wall_model *m, enum msg_type type, const void *obj);
void wall_show_view(struct wall_model *m, enum msg_view view);
/* What is to be done now names a caller number: it is asked about. */
void wall_ask_rest(struct wall_model *m, const struct msg_todo *t);
void wall_open_pacing(struct wall_model *m, uint32_t campaign);
void wall_move(struct wall_model *m, uint32_t key);
unsigned wall_ask_open(struct wall_model *m, enum wall_ask ask);
/* What others notice; wall_act.c. */
unsigned wall_touch(struct wall_model *m, unsigned act, uint32_t key);
unsigned wall_on_offer(struct wall_model *m, const struct msg_offer *o);
unsigned wall_box_key(struct wall_model *m, uint32_t key);
unsigned wall_pacing_key(struct wall_model *m, uint32_t key);
void wall_stage_value(struct wall_model *m, const struct msg_setting_row *s,
		      int64_t value);
void wall_apply(struct wall_model *m);
void wall_monitor(struct wall_model *m, enum msg_monitor_mode mode);
unsigned wall_command(struct wall_model *m, const char *line);
/* Completes what is typed as far as it is certain. */
void wall_complete(struct wall_model *m);
/* The commands as text, a line each, for --keys and the manual. */
void wall_commands_print(FILE *out, bool mdoc);
/* A number's bit or, by the beginning of its word, a filter; 0: none. */
uint32_t wall_states_of(const char *word);

void wall_report_key(struct wall_model *m, unsigned act, uint32_t key);
void wall_export_name(const struct wall_model *m, char *buf, size_t size);
void wall_export(struct wall_model *m, const char *name);
void wall_export_page(struct wall_model *m, const struct msg_report *page);
void wall_export_stop(struct wall_model *m);
enum { TEXT_DAY = 16 };
/* 20260821 of a wall time. */
void wall_day(char buf[TEXT_DAY], int64_t wall_ms, int32_t tz_min);

/* -- keys and drawing ------------------------------------------------------ */

extern const struct keymap wall_keymap;
void wall_footer_text(const struct keymap_row *row, const char *label,
		      char *buf, size_t size, const void *model);
/* --linear: the line to say now, "" if nothing has changed since `last`. */
void wall_linear(const struct wall_model *m, char *last, size_t last_size,
		 char *line, size_t size);
/* Draws the model on g; touches nothing else. */
void wall_draw(const struct wall_model *m, struct grid *g);

#endif
