/*
 * feed -- what supervisors see, as they look.
 *
 * In      subscriptions; the floor, the trunks, the tally, as they stand
 * Out     pages of common/msg/msg_floor.h, at most one a second to each
 * Owns    subscriptions, open alerts and their history of the day
 * Never   changes anything; sends rows that are not on the screen
 *
 * Lists are sorted and cut here: ten agents or ten thousand cost a screen
 * the same.
 */
#ifndef FEED_FEED_H
#define FEED_FEED_H

#include "live/live.h"
#include "msg/msg.h"
#include "report/perf.h"
#include "report/tally.h"

struct feed;

/* To these sessions' screens, unasked. */
typedef void feed_send_h(void *arg, const uint64_t *sessions, size_t n,
			 enum msg_type type, const void *obj);

/* A screen that looks at this campaign's pacing wants its page. */
typedef void feed_pacing_h(void *arg, uint64_t session,
			   struct campaign_id id);

MUST_CHECK enum err feed_new(struct live *live, struct tally *tally,
			     struct perf *perf, feed_send_h *send, feed_pacing_h *pacing,
			     void *arg, struct feed **out);
struct feed *feed_free(struct feed *f);		/* returns NULL */

/* Replaces the session's subscription; team "" = may see everyone.
 * ERR_FULL: too many screens. */
MUST_CHECK enum err feed_subscribe(struct feed *f, uint64_t session,
				   const char *team,
				   const struct msg_subscribe *sub);
/* Its user is of another team now (empty: all). */
void feed_team(struct feed *f, uint64_t session, const char *team);
void feed_gone(struct feed *f, uint64_t session);
/* The language this session's screen is in now is Chinese. */
bool feed_is_zh(const struct feed *f, uint64_t session);
/* Now and then, at least each 250 ms: sends what is due. */
void feed_tick(struct feed *f, struct now now);

/* ERR_ABSENT: no such alert; ERR_ARG: quiet for more than MSG_MUTE_MAX_S. */
MUST_CHECK enum err feed_ack(struct feed *f, uint32_t id, const char *who,
			     const char *word, uint32_t mute_s,
			     struct now now);
unsigned feed_alerts_open(const struct feed *f, struct now now);
/* Walks today's alerts, newest first: i from 0; false at the end. */
bool feed_alert_at(const struct feed *f, size_t i, bool zh,
		   struct msg_alert_row *out);
/*
 * Is it this team's supervisor's to see?  His own agents', those of campaigns
 * his agents work for, and what concerns everybody: trunks, the disk.  Team
 * "" sees all.
 */
bool feed_team_sees(struct feed *f, const char *team,
		    const struct msg_alert_row *row);
/* Those raised since, from the disk, oldest first; false ends. */
typedef bool feed_alert_h(void *arg, const struct msg_alert_row *row);
MUST_CHECK enum err feed_alert_each(struct feed *f, int64_t from_ms, bool zh,
				    feed_alert_h *h, void *arg);

/* What a report is asked for. */
struct feed_query {
	const char *team, *find;	/* "": everyone                      */
	enum msg_period period;
	enum msg_grouping by;
	enum msg_sort sort;
	bool reverse;
	uint32_t campaign;		/* 0: all                            */
	uint32_t top, rows;
};
/* ERR_MEMORY. */
MUST_CHECK enum err feed_report(struct feed *f, const struct feed_query *q,
				struct now now, struct msg_report *m);

/* The breaks there are, to choose one. */
void feed_breaks(struct feed *f, bool zh, struct msg_breaks *out);

/* One row of a page, for others who show the same (the clerk). */
void feed_agent_row(struct feed *f, const struct seat *s, struct now now,
		    struct msg_agent_row *out);
void feed_campaign_row(struct feed *f, struct campaign_id id, struct now now,
		       struct msg_campaign_row *out);
/* A trunk's caller numbers, with their notes; returns how many. */
size_t feed_callers(struct feed *f, unsigned index, bool zh, struct now now,
		    struct msg_caller_row *out, size_t max);
MUST_CHECK enum err feed_trunk_row(struct feed *f, unsigned index,
				   struct now now, struct msg_trunk_row *out);

#endif
