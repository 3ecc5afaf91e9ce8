/*
 * live -- the floor among real trunks, phones, disks and people.
 *
 * In      the configuration; SIP, RTP and disk events, on the loop
 * Out     floor inputs, with the time they came; the floor's actions done
 * Owns    every room of the running server, and the loop's timer
 * Never   decides: what happens next is the floor's
 */
#ifndef LIVE_LIVE_H
#define LIVE_LIVE_H

#include "base/clock.h"
#include "conf/conf.h"
#include "dial/dial.h"
#include "floor/floor.h"
#include "lead/lead.h"
#include "media/media.h"
#include "store/store.h"

struct live;

/* Borrowed; good as long as the live is. */
struct live_rooms {
	const struct clock *clock;
	struct store *store;
	struct zones *zones;
	struct gate *gate;
	struct leads *leads;
	struct dispos *dispos;
	struct floor *floor;
	struct dial *dial;
	struct media *media;
	const struct conf *conf;
};

/* What others want to hear of; each may be NULL, all on the loop. */
struct live_hooks {
	void *arg;
	void (*seat_changed)(void *arg, struct agent_id agent);
	void (*call_done)(void *arg, const struct call *c,
			  const struct dispo_step *step);
	/* What became of the agent's transfer (c->hand: to whom). */
	void (*news)(void *arg, struct agent_id agent, const struct call *c,
		     enum hand_news news);
	void (*trunk_changed)(void *arg, struct trunk_id trunk,
			      const char *text);
	/* What an agent's phone may log in with (dial_ha1). */
	enum err (*agent_key)(void *arg, const char *user, const char *realm,
			      uint8_t ha1[DIAL_HA1_SIZE],
			      struct agent_id *agent);
	void (*turned)(void *arg);	/* after each input                  */
	void (*written)(void *arg, struct now now);	/* groups are on disk */
	void (*tick)(void *arg, struct now now);	/* every 50 ms      */
};

/*
 * Opens everything the configuration names, recovers what a crash left, and
 * joins it to the loop (loop_init first).  Refusals are logged in words;
 * ERR_FORMAT: the configuration or a table; others as the rooms say.
 */
MUST_CHECK enum err live_new(const struct conf *conf, const struct clock *clock,
			     const struct live_hooks *hooks,
			     struct live **out);
/* Writes what is learned, hangs up what lives, closes all; returns NULL. */
struct live *live_free(struct live *l);
const struct live_rooms *live_rooms(const struct live *l);

/* One input, stamped with the clock; the floor's answer. */
MUST_CHECK enum err live_input(struct live *l, struct floor_input *in);
/*
 * A new configuration: what can change while running does (campaigns, their
 * lists, hours, scripts, breaks); the rest waits for a restart.  The old one
 * must live as long as the live does.
 */
MUST_CHECK enum err live_reload(struct live *l, const struct conf *conf);
/*
 * A person (his log-in name) changes a campaign's pacing.  It holds over
 * reloads and restarts until the file's own value of the key changes.  As
 * floor_campaign_set.
 */
MUST_CHECK enum err live_pace(struct live *l, const struct campaign_conf *k,
			      const char *by);
/* What holds so now: what the file said at the time, and what holds. */
enum { LIVE_PACED = 7 };
struct live_paced {
	const char *key;
	char file[24], now[24], by[41];
	int64_t at_ms;			/* wall clock                        */
};
size_t live_paced(const struct live *l, struct campaign_id id,
		  struct live_paced out[LIVE_PACED]);
/* The newest changes by people, newest first, over restarts. */
enum { LIVE_PACE_LOG = 8 };
struct live_pace_change {
	int key;			/* enum opt_paced                    */
	int64_t was, now;		/* in the option's own unit          */
	int64_t at_ms;			/* wall clock                        */
	char by[41];
};
size_t live_pace_log(const struct live *l, struct campaign_id id,
		     struct live_pace_change out[LIVE_PACE_LOG]);
/*
 * A caller number is no longer shown by this trunk, or is again, over
 * restarts.  ERR_ABSENT: no such trunk, or it shows no such number; ERR_STATE:
 * the last the trunk has.
 */
MUST_CHECK enum err live_rest(struct live *l, struct trunk_id trunk,
			      const char *number, bool rest);
/* No new calls; calls in progress go on. */
void live_drain(struct live *l);
/* Calls with a leg, or not yet on disk. */
unsigned live_busy(const struct live *l);

/* The agent's line, for those who listen in; leg 0 = none. */
struct leg_id live_agent_leg(const struct live *l, struct agent_id agent);
struct leg_id live_call_leg(const struct live *l, struct call_id call);
/* Where agents' phones dial: "sip:agent-1001@127.0.0.1:5060". */
void live_agent_uri(const struct live *l, struct agent_id agent, char *buf,
		    size_t size);
/* Lists a campaign calls are looked up anew: a list was made or renamed. */
void live_relist(struct live *l);

/* How long old rows are kept, as it is held [ms]; 0 = for ever. */
int64_t live_keep_events_ms(const struct live *l);
int64_t live_keep_attempts_ms(const struct live *l);

/* Our own running times, for status and metrics. */
struct live_stats {
	int64_t started_ms;		/* wall clock                        */
	uint64_t inputs;
	uint32_t slow_turns;		/* handlers over 10 ms               */
	uint32_t slowest_ms;
	bool disk_full, draining;
};
void live_stats(const struct live *l, struct live_stats *out);

#endif
