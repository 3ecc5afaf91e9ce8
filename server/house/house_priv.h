/* house_priv -- what the files of this folder share. */
#ifndef HOUSE_HOUSE_PRIV_H
#define HOUSE_HOUSE_PRIV_H

#include "clerk/clerk.h"
#include "desk/desk.h"
#include "door/door.h"
#include "feed/feed.h"
#include "house/house.h"
#include "live/live.h"
#include "metrics/metrics.h"
#include "report/perf.h"
#include "report/tally.h"

enum { SECRET_LEN = 32, UNDO_MAX = 16 };

/* The one-time secret an agent's phone opens its line with. */
struct secret {
	struct agent_id agent;
	char text[SECRET_LEN + 1];
};

/* The last call an agent talked in today, before this start. */
struct last_call {
	uint32_t agent;
	uint64_t uid;
};

/* A supervisor on an agent's line. */
struct watch {
	uint64_t session;
	struct agent_id by, on;
	enum msg_monitor_mode mode;
	struct call_id call;		/* the one he has taken over         */
	struct leg_id by_leg, on_leg;	/* as media was told                 */
	int64_t lost_ms;		/* a phone is gone since; monotonic  */
	char who[41];
	int64_t since_ms;
};

/* A supervisor's program; he may have several, with one line. */
struct helper {
	uint64_t session;
	struct agent_id agent;		/* 0: none, he cannot be reached     */
	char name[61], team[41];
	bool linked;
	bool silent;			/* its phone has no sound            */
	bool looks;			/* it only shows: on the wall        */
	bool look;			/* something changed: at the next tick */
	struct msg_offer shown;		/* call 0: nothing is                */
};

/* Of ten thousand seats all are looked at within a second. */
enum { SEATS_TICK = 512 };

struct house {
	const struct conf *conf;
	const struct clock *clock;
	struct live *live;
	struct desk *desk;
	struct feed *feed;
	struct tally *tally;
	struct perf *perf;
	struct clerk *clerk;
	struct door *door;
	struct metrics *metrics;	/* NULL: not asked for               */
	struct secret *secrets;
	size_t secret_len, secret_max;
	struct watch watches[64];
	struct helper helpers[64];
	struct campaign_conf undo[UNDO_MAX];	/* newest at the end         */
	size_t undo_len;
	struct house_forecast *forecast;
	struct agent_id assign[256];	/* given campaigns after their call  */
	size_t assign_len;
	struct last_call *lasts;	/* by agent, open addressing         */
	size_t last_cap;		/* a power of two; 0 = none yet      */
	struct house_oks *oks;		/* answers that wait for the disk    */
	int64_t stop_ms;		/* monotonic: stop then; 0 = no      */
	int64_t told_ms, day;
	size_t end_at, phone_at;	/* seats walked so far, a slice a tick */
	int64_t met_ms;			/* supervisors' phones looked at     */
	bool ready;			/* hooks may use every room          */
};

/* house_staff.c: who may do what, as the records say now */
enum err house_user(void *arg, const char *user, struct door_user *out);
void house_changed(void *arg, const struct door_session *s);
/* The agent takes the calls his record says; on a call: after it. */
void house_assign(struct house *h, struct agent_id agent);
void house_assign_tick(struct house *h);
/* A supervisor who has a team may not touch what is the whole floor's, and
 * of the campaigns only those his own record names. */
bool house_may_floor(const struct door_session *s);
/* Tells his screen, so that it offers nothing that is refused. */
void house_rights(struct house *h, const struct door_session *s);
bool house_may_campaign(struct house *h, const struct door_session *s,
			struct campaign_id id);
/* house_super.c */
/* He has another team now: whom he may not hear he hears no longer. */
void house_watch_team(struct house *h, const struct door_session *s);
void house_super(void *arg, const struct door_session *s, enum msg_type type,
		 uint32_t req, const union msg_any *m);
/* house_watch.c */
/* Its link is lost; who has a customer, or is asked, keeps his phone. */
void house_watch_lost(struct house *h, uint64_t session);
void house_watch_gone(struct house *h, uint64_t session);
void house_watch_tick(struct house *h, struct now now);
void house_watch_again(struct house *h, struct agent_id agent);
/* house_meet.c: supervisors whom agents can ask */
void house_meet_came(struct house *h, const struct door_session *s);
void house_meet_lost(struct house *h, uint64_t session);
void house_meet_ended(struct house *h, uint64_t session);
void house_meet_tick(struct house *h, struct now now);
/* Perhaps a supervisor's: what he is offered has changed. */
void house_meet_seat(struct house *h, struct agent_id agent);
/* house_pacing.c; staged NULL: nothing staged */
void house_pacing_send(struct house *h, uint64_t session, uint32_t req,
		       struct campaign_id id,
		       const struct campaign_conf *staged);
void house_pacing_set(struct house *h, const struct door_session *s,
		      uint32_t req, const struct msg_pacing_set *m);
/* house_forecast.c: the page with its outlook, when that is ready */
void house_pacing_page(struct house *h, uint64_t session, uint32_t req,
		       struct campaign_id id,
		       const struct campaign_conf *staged);
void house_forecast_rows(struct house *h, int32_t abandon_target,
			 struct msg_pacing *m);
void house_forecast_tick(struct house *h);
struct house_forecast *house_forecast_free(struct house_forecast *f);
/* house_day.c */
void house_notify(const char *text);
void house_new_day(struct house *h, struct now now);
void house_tell_systemd(struct house *h, struct now now);
/* From a record of today; and 0 if there was none. */
void house_last_note(struct house *h, const struct cdr *r);
uint64_t house_last_of(const struct house *h, struct agent_id agent);
/* house_phone.c: agents' phones, beside their program or on their desk */
enum err house_phone_key(void *arg, const char *user, const char *realm,
			 uint8_t ha1[DIAL_HA1_SIZE], struct agent_id *agent);
void house_phone_greet(void *arg, const struct door_session *s,
		       struct msg_login_ok *ok);
/* The session is over for good: so is what its phone was let in with. */
void house_phone_ended(struct house *h, const struct door_session *s);
/* Calls this agent's desk phone, if it has one and no line. */
void house_phone_ring(struct house *h, struct agent_id agent);
/* Who has left in a call keeps the line until its end, and no longer. */
void house_phone_tick(struct house *h);
/* house_ok.c: `req` is done; said when the store has it.  tick: often. */
void house_ok(struct house *h, uint64_t session, uint32_t req);
void house_ok_tick(struct house *h);
struct house_oks *house_ok_free(struct house_oks *o);
/* house_perf.c */
MUST_CHECK enum err house_perf_open(struct house *h);
void house_perf_turn(struct house *h);
/* Around a correction: the sale that was goes (-1), the one that is comes. */
void house_perf_correct(struct house *h, struct agent_id agent,
			enum msg_type type, int sign);
void house_perf_restore(struct house *h, struct agent_id agent);
/* house.c */
void house_audit(struct house *h, const char *who, const char *what);

#endif
