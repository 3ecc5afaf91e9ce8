/* feed_priv -- what the files of this folder share. */
#ifndef FEED_FEED_PRIV_H
#define FEED_FEED_PRIV_H

#include "feed/feed.h"
#include "feed/feed_rules.h"
#include "msg/msg_keep.h"

enum { SCREENS_MAX = 64, ALERTS_MAX = 200, WHAT_MAX = 24 };

/* What goes to a screen beside each other; each is kept as it was sent. */
enum { SENT_HEAD, SENT_VIEW, SENT_BELOW, SENT_COUNT };

/* What some screens look at alike: its pages are made and packed once. */
struct window {
	unsigned screens;		/* that look; 0: free                */
	uint64_t session;		/* of the first of them              */
	char team[41];
	bool zh;			/* language of its texts             */
	struct msg_subscribe sub;
	int64_t due_ms;			/* monotonic                         */
	uint32_t bytes;			/* of changes this turn              */
	int64_t clock_ms;		/* when its head last told the time  */
	struct msg_kept sent[SENT_COUNT];
};

struct screen {
	uint64_t session;
	struct window *window;
	bool fresh;			/* has nothing of it yet             */
};

/* A seat or a call on its way to a place in a list. */
struct ranked {
	int64_t key;
	const char *name;
	uint64_t id;			/* settles what is equal             */
	const void *row;
};

/* What is too long, per campaign; looked up once a second, not per agent. */
struct limit {
	struct campaign_id campaign;
	uint32_t wrap_s, hold_s;
};
enum { LIMITS_MAX = 64 };

struct alert {
	uint32_t id;
	char what[WHAT_MAX];		/* which rule raised it              */
	struct feed_say say;
	int64_t at_ms, cleared_ms, muted_ms;	/* wall clock                */
	char acked_by[61], word[81];
	struct campaign_id campaign;
	struct agent_id agent;
	struct trunk_id trunk;
};

/* A condition that must last before it is an alert. */
struct hold_off {
	char key[64];
	int64_t since_ms, seen_ms;
};

/* An agent's waits for a call, as far as they were counted. */
struct waited {
	int64_t ms;
	uint32_t n;
	int64_t seen_ms;		/* when its time was last summed     */
};

struct feed {
	struct waited *waited;		/* by seat slot                      */
	struct live *live;
	const struct live_rooms *r;
	struct tally *tally;
	struct perf *perf;
	feed_send_h *send;
	feed_pacing_h *pacing;
	void *arg;
	struct screen screens[SCREENS_MAX];
	struct window windows[SCREENS_MAX];
	uint32_t seq;			/* of the last state of any page     */
	struct msg_changes out;		/* on its way                        */
	int64_t wall_off_ms;		/* wall clock less monotonic         */
	struct alert alerts[ALERTS_MAX];	/* ring, newest at the end  */
	size_t alert_len;
	uint32_t alert_id;
	struct hold_off held[64];
	/* Whose campaigns a team's agents work for, looked up once a page. */
	char seen_team[41];
	struct campaign_id seen[LIMITS_MAX];
	size_t seen_n;
	struct ranked *order;			/* room for all seats, calls */
	size_t order_max;
	void *lines;			/* of feed_report, room for so many  */
	size_t lines_max;
	bool zh;				/* of the page being made    */
	struct limit limits[LIMITS_MAX];
	size_t limit_n;
	uint32_t break_s[SEAT_BREAKS];
	int64_t limits_ms;
	int64_t watched_ms;
	size_t seat_at;			/* seats looked at so far ...        */
	int64_t seats_ms;		/* ... since then                    */
	size_t campaign_at;		/* campaigns watched so far ...      */
	int64_t campaigns_ms;		/* ... since then                    */
	uint8_t trunk_used[DIAL_TRUNKS_MAX][60];	/* 1..255 of cap     */
	int64_t trunk_minute;
};

/* feed_rows.c */
const char *feed_break_label(struct feed *f, const char *name);
/* As the agents' screens call a campaign: its label, else its name; in the
 * language of the page being made. */
struct feed_name feed_campaign_name(const struct feed *f, const char *name);
const char *feed_campaign_label(const struct feed *f, const char *name);
bool feed_over(struct feed *f, const struct seat *s, struct now now,
	       uint32_t *limit_s);
/* Of so many answered by a person; target [1/100 %]. */
enum msg_judge feed_abandon_judge(uint32_t abandoned, uint32_t person,
				  int32_t target);

/* The campaign's row, and what its pacer says; nothing if it is unknown. */
void feed_campaign_paced(struct feed *f, struct campaign_id id, struct now now,
			 struct msg_campaign_row *out, struct pacer_explain *x);

/* feed_order.c */
void feed_rank(struct feed *f, const struct msg_subscribe *sub,
	       const struct seat *s, struct now now, struct ranked *out);
/* Of calls: who waits longest, then who is on hold. */
void feed_rank_call(const struct msg_subscribe *sub, const struct call *c,
		    enum msg_phase p, struct now now, struct ranked *out);
/* Puts v[top, top + rows) in place and in order, of n. */
void feed_window(struct ranked *v, size_t n, size_t top, size_t rows,
		 bool reverse);
/* feed.c: a monotonic time on the wall, the same until a clock is set */
int64_t feed_since(const struct feed *f, int64_t mono_ms);
/* feed_pages.c: to every screen that looks at it */
void feed_page(struct feed *f, struct window *w, struct now now);
/* feed_report.c */
void feed_timeline(struct feed *f, const struct window *sc, struct now now,
		   struct msg_timeline *m);
void feed_trace(struct feed *f, const struct window *sc, struct now now,
		struct msg_trace *m);
/* feed_floor.c */
void feed_head(struct feed *f, const char *team, bool zh, struct now now,
	       struct msg_head *out);
void feed_floor(struct feed *f, const char *team, bool zh, struct now now,
		struct msg_floor *out);
/* feed_history.c: alerts on disk */
void feed_alert_keep(struct feed *f, const struct alert *a);
MUST_CHECK enum err feed_alerts_load(struct feed *f, struct now now);
/* feed_alerts.c */
/* For feed_team_sees, until the next team is looked at. */
void feed_team_look(struct feed *f, const char *team);
bool feed_team_works(const struct feed *f, struct campaign_id id);
void feed_judge(struct feed *f, struct campaign_id c, struct agent_id a,
		struct trunk_id t, const char *what,
		const struct feed_say *say, struct now now);
void feed_alarm(struct feed *f, struct campaign_id c, struct agent_id a,
		struct trunk_id t, const char *what,
		const struct feed_say *say, struct now now);
void feed_calm(struct feed *f, struct campaign_id c, struct agent_id a,
	       struct trunk_id t, const char *what, struct now now);
void feed_forget_held(struct feed *f, struct now now);
void feed_watch(struct feed *f, struct now now);
/* An alert of this rule is open on the trunk. */
bool feed_is_open(const struct feed *f, struct trunk_id t, const char *what);
/* Some more of the campaigns, from campaign_at on. */
void feed_watch_campaigns(struct feed *f, struct now now);
/* One agent: too long where he is? */
void feed_watch_seat(struct feed *f, const struct seat *s, struct now now);
void feed_trunk_history(struct feed *f, struct now now);
/* feed_trunk.c */
void feed_trunk_answers(const struct dial_trunk_stat *t, bool zh,
			struct msg_trunk *m);
void feed_trunk(struct feed *f, const struct window *sc, struct now now,
		struct msg_trunk *m);
/* feed_callers.c */
void feed_watch_callers(struct feed *f, struct now now);
void feed_todo_callers(struct feed *f, bool zh, struct now now,
		       struct msg_floor *out);

#endif
