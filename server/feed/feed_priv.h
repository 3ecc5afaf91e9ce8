/* feed_priv -- what the files of this folder share. */
#ifndef FEED_FEED_PRIV_H
#define FEED_FEED_PRIV_H

#include "feed/feed.h"
#include "feed/feed_rules.h"

enum { SCREENS_MAX = 64, ALERTS_MAX = 200, WHAT_MAX = 24 };

struct screen {
	uint64_t session;
	char team[41];
	bool zh;			/* language of its texts             */
	struct msg_subscribe sub;
	int64_t due_ms;			/* monotonic                         */
	const struct screen *like;	/* whose page it gets this turn      */
};

/* A seat on its way to a place in a list. */
struct ranked {
	int64_t key;
	const char *name;
	const struct seat *seat;
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
	struct alert alerts[ALERTS_MAX];	/* ring, newest at the end  */
	size_t alert_len;
	uint32_t alert_id;
	struct hold_off held[64];
	bool stuck_open;		/* an agent's alert is open          */
	struct ranked *order;			/* room for all seats        */
	size_t order_max;
	bool zh;				/* of the page being made    */
	struct limit limits[LIMITS_MAX];
	size_t limit_n;
	uint32_t break_s[SEAT_BREAKS];
	int64_t limits_ms;
	int64_t watched_ms, agents_ms;
	uint8_t trunk_used[DIAL_TRUNKS_MAX][60];	/* 1..255 of cap     */
	int64_t trunk_minute;
};

/* feed_rows.c */
const char *feed_break_label(struct feed *f, const char *name);
bool feed_over(struct feed *f, const struct seat *s, struct now now,
	       uint32_t *limit_s);
enum msg_judge feed_abandon_judge(int32_t share, int32_t target);

/* feed_order.c */
void feed_rank(struct feed *f, const struct msg_subscribe *sub,
	       const struct seat *s, struct now now, struct ranked *out);
/* Puts v[top, top + rows) in place and in order, of n. */
void feed_window(struct ranked *v, size_t n, size_t top, size_t rows,
		 bool reverse);
/* feed_pages.c: to every screen that is like this one */
void feed_page(struct feed *f, const struct screen *s, struct now now);
/* feed_report.c */
void feed_timeline(struct feed *f, const struct screen *sc, struct now now,
		   struct msg_timeline *m);
void feed_trace(struct feed *f, const struct screen *sc, struct now now,
		struct msg_trace *m);
/* feed_floor.c */
void feed_head(struct feed *f, bool zh, struct now now, struct msg_head *out);
void feed_floor(struct feed *f, const char *team, bool zh, struct now now,
		struct msg_floor *out);
/* feed_history.c: alerts on disk */
void feed_alert_keep(struct feed *f, const struct alert *a);
MUST_CHECK enum err feed_alerts_load(struct feed *f, struct now now);
/* feed_alerts.c */
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
void feed_trunk_history(struct feed *f, struct now now);

#endif
