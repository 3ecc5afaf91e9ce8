/* live_priv -- what the files of this folder share. */
#ifndef LIVE_LIVE_PRIV_H
#define LIVE_LIVE_PRIV_H

#include "live/live.h"

struct lead_import;
struct loop_timer;

/* An agent's line: its media leg, and the one that is coming up. */
struct line {
	struct agent_id agent;
	struct leg_id leg, coming;
	bool up, quiet;			/* quiet: up, but no RTP comes       */
};

/* Whose a leg was, from its end until media's last word on it. */
struct leg_past {
	uint64_t uid;			/* 0: not answered: of no interest   */
	struct trunk_id trunk;
	bool over;
};

enum { CAMPAIGNS_MAX = 64 };

/* What old rows the trimming is at (live_keep.c). */
struct keep {
	bool busy;			/* a bite is on its way to the disk  */
	int64_t events_ms, attempts_ms;	/* monotonic: not before             */
	struct gate_place at;
	bool sweeping;
	uint64_t upto;			/* events gone in this run           */
	uint64_t attempts;
	uint32_t bites;
};

struct live {
	struct live_rooms r;
	struct live_hooks hooks;
	struct live_stats stats;
	struct leg_id *call_legs;	/* by call_slot                      */
	uint8_t *early;			/* by call_slot: enum call_result the
					   early media spoke of             */
	struct call_id *leg_calls;	/* by leg, open addressing            */
	struct leg_id *leg_keys;
	struct leg_past *leg_past;
	size_t leg_cap;
	struct line *lines;		/* by agent, open addressing          */
	size_t line_cap;
	struct loop_timer *tick;
	char media_ip[DIAL_ADDR_SIZE];
	char sip_host[DIAL_ADDR_SIZE];
	uint16_t sip_port;
	int64_t saved_ms, disk_ms;
	size_t backlog_max;
	bool store_full, spool_full;	/* either stops dialling             */
	struct lead_import *mend;	/* completes a list that was cut off */
	uint32_t mend_at, mend_last;	/* ids of lists: done, last to do    */
	struct keep keep;
};

/* live.c */
/* Dialling stops while either disk is short; `what` and how much is free. */
void live_disk(struct live *l, bool *which, bool full, const char *what,
	       uint64_t free_bytes);

/* live_keep.c: a bite of what is too old, if one may be taken. */
void live_keep(struct live *l, struct now now);

/* live_calls.c: the floor's doors, and what dial and media tell. */
void live_doors(struct live *l, struct floor_doors *out);
/* live_hand.c: those of a transfer. */
void live_hand_doors(struct floor_doors *out);
void live_on_dial(const struct dial_event *ev, void *arg);
void live_on_media(const struct media_event *ev, void *arg);
enum err live_agent_media(struct agent_id agent, struct dial_media *ours,
			  void *arg);
/* live_legs.c */
void live_leg_put(struct live *l, struct leg_id leg, struct call_id call);
struct call_id live_leg_call(const struct live *l, struct leg_id leg);
void live_free_leg(struct live *l, struct call_id call);
void live_leg_ended(struct live *l, const struct media_event *ev);
void live_one_way(struct live *l, const struct media_event *ev,
		  struct call_id call);
/* One input; what it was refused for is logged. */
void live_tell(struct live *l, struct floor_input *in);
struct line *live_line(const struct live *l, struct agent_id agent);

/* live_pacing.c: people's changes, over what the file says; those the file
 * has since changed are over, which is logged. */
void live_paced_over(struct live *l, const struct conf *c,
		     struct campaign_conf *k);

/* live_callers.c: those that rested when the server stopped. */
MUST_CHECK enum err live_rest_restore(struct live *l);

/* live_phones.c: desk phones, and what is kept of them. */
enum err live_agent_key(const char *user, const char *realm,
			uint8_t ha1[DIAL_HA1_SIZE], struct agent_id *agent,
			void *arg);
void live_on_phone(struct live *l, const struct dial_event *ev);
/* Phones that were registered when the server stopped. */
enum err live_phones_restore(struct live *l);

/* live_conf.c: rooms from the configuration. */
enum err live_open_rooms(struct live *l, const struct conf *conf);
enum err live_set_campaigns(struct live *l, const struct conf *conf);
/* live_campaigns.c */
bool live_names_campaign(const struct conf *c, const char *name);
enum err live_open_campaigns(struct live *l, const struct conf *conf);
void live_close_rooms(struct live *l);

#endif
