/* floor_priv -- what the files of this folder share. */
#ifndef FLOOR_FLOOR_PRIV_H
#define FLOOR_FLOOR_PRIV_H

#include "floor/floor.h"
#include "lead/lead.h"
#include "odds/odds.h"

enum {
	PACE_EVERY_MS = 250,	/* PACING.md: at every event, at least so often */
	BOUND_AHEAD_S = 120,	/* a call-back so near is told the pacers   */
	BOUND_LATE_S = 60,	/* and so late no longer                     */
	BOUND_ROWS = 16,	/* of an agent's call-backs looked at        */
	BOUND_SEATS = 1024,	/* agents looked at a turn                   */
	PLAN_EVERY_MS = 10000,	/* the day's end, the ears' time            */
	LEAD_EVERY_MS = 1000,	/* what came due moves to READY             */
	LEAD_BUDGET   = 500,	/* leads moved a turn                       */
	PACE_TRIES    = 200,	/* leads looked at a decision               */
	CALLS_WAITING = 1024,	/* of one campaign                          */
	PREVIEW_SLACK_MS = 10000,	/* after the time to dial           */
};

struct campaign {
	struct campaign_conf conf;
	struct pacer *pacer;
	bool running, paused;
	enum idle_reason idle;
	enum pacer_bound bound;
	uint32_t blocked[GATE_RULE_COUNT];
	uint32_t ringing, talking;		/* lines                    */
	struct call_id waiting[CALLS_WAITING];	/* ring, oldest first       */
	uint32_t wait_head, wait_len;
	bool ask;			/* something changed: ask the pacer */
	struct pacer_limits room;	/* as the log says                  */
	bool room_known;
	/* floor_plan.c */
	int64_t end_s;			/* planned end of its day [wall s], 0 = ? */
	int64_t hours_end_s, hours_at_s;	/* legal hours, looked up when */
	int32_t detect_ms;		/* the ears take so long, 0 = not heard */
	double heard_ms;		/* mean of heard_n people            */
	uint32_t heard_n;
	/* floor_share.c */
	double used;			/* talk lately [agent-seconds]       */
	uint32_t making;		/* calls on their way to the INVITE  */
	bool own;			/* dials only with an agent of its own */
	uint32_t kept;			/* agents kept for its lines         */
	struct odds odds;		/* leads' own chances of an answer   */
	/* floor_learn.c */
	int64_t seen_ms;		/* newest event of its pacer [wall ms] */
	int64_t hour;			/* of the wall clock, since 1970     */
	uint32_t hour_talks;
};

/* A call whose group is on its way to the disk, and in which room it was; or
 * a lead that moved without a call. */
struct awaited {
	struct call_id call;
	enum call_state in;
	struct lead_id lead;
};

/* The calls one group of the store speaks for. */
struct turn {
	struct floor *floor;
	struct turn *next;
	struct store_result res;
	size_t n, cap;
	struct awaited calls[];
};

/* Rows of the campaigns an agent is counted in; none while offline. */
struct share_seat {
	uint16_t row[SEAT_CAMPAIGNS], rows;
};

struct floor {
	struct floor_conf conf;
	struct floor_doors doors;
	struct store *store;
	struct gate *gate;
	struct leads *leads;
	struct dispos *dispos;
	struct call_pool *calls;
	struct seats *seats;
	struct campaign *campaigns;
	size_t campaign_count;
	uint64_t *last_uid;		/* by seat slot                     */
	uint64_t uid;			/* the newest given                 */
	struct store_group *grp;	/* of the turn; NULL = nothing yet  */
	struct turn *turn;		/* calls that wait for it           */
	struct turn *done_first, *done_last;	/* durable, not yet told    */
	int64_t paced_ms, leads_ms;	/* monotonic                        */
	int64_t planned;		/* in units of PLAN_EVERY_MS         */
	size_t bound_at;		/* seats whose call-backs are looked at
					 * since then                        */
	bool disk_full;
	uint32_t *shares;		/* agents two campaigns have in common */
	struct share_seat *share_seats;	/* by seat slot: as it is counted    */
	bool shares_old;		/* count them all anew               */
	bool unkept;			/* an agent is kept no longer        */
	uint8_t *making, *kept;		/* by slot of the call, a bit        */
	struct campaign **order;	/* of a turn                         */
	struct floor_super supers[64];	/* as many as screens of supervisors */
	uint32_t asked;			/* doors' answers within this input */
	struct call_id *asks;		/* transfers that wait for an agent */
	size_t asks_len, asks_max;
};

/* floor.c */
struct campaign *floor_campaign(const struct floor *f, struct campaign_id id);
struct store_group *floor_group(struct floor *f);
/* floor_sound.c */
MUST_CHECK enum err floor_on_sound(struct floor *f,
				   const struct floor_input *in);
MUST_CHECK enum err floor_on_rest(struct floor *f,
				  const struct floor_input *in);
/* This call's EV_DURABLE comes when the turn's group is on disk. */
void floor_await(struct floor *f, const struct call *c);
/* Should the turn's group fail, this lead is where it was (IN_UNDONE). */
void floor_await_lead(struct floor *f, struct lead_id id);
/* Hands the turn's group to the store. */
void floor_flush(struct floor *f);
uint64_t floor_new_uid(struct floor *f, struct now now);
/* Moves a seat and tells its pacers and its screen. */
enum err floor_seat(struct floor *f, struct seat *s, enum seat_event ev,
		    unsigned reason, int64_t limit_ms, struct now now);
void floor_seat_told(struct floor *f, struct seat *s, struct now now);

/* floor_setting.c */
enum { FLOOR_LISTS = 32 };		/* of one campaign, as leads have it */
enum err floor_on_setting(struct floor *f, const struct floor_input *in,
			  struct now now);
enum err floor_on_lists(struct floor *f, const struct floor_input *in);
/* The doors' answers, kept in the log. */
struct pacer_limits floor_room(struct floor *f, struct campaign *k,
			       struct now now);
enum err floor_place(struct floor *f, struct call *c,
		     const struct campaign *k, struct now now);
/* floor.c: what the log told. */
enum err floor_campaign_put(struct floor *f, const struct campaign_conf *conf,
			    struct now now);
void floor_on_save(struct floor *f, struct now now);
/* floor_input.c: one row of the log. */
void floor_keep(struct floor *f, const struct floor_input *in);
/* False: nothing can happen but by an input, and ticks are not kept. */
bool floor_at_work(const struct floor *f);
/* floor_plan.c */
/* Some more of the agents: their call-backs at a fixed minute. */
void plan_bound(struct floor *f, struct now now);
/* k's settings for a pacer. */
void plan_conf(const struct campaign *k, struct now now, struct pacer_conf *p);
/* Tells the pacer when the day's end or the ears' time has changed. */
void plan_turn(struct floor *f, struct campaign *k, struct now now);
void plan_heard(struct campaign *k, uint32_t amd_ms);

/* floor_share.c */
/* What happened to k's line, to those who share k's agents. */
/* This agent came, left, or takes other campaigns' calls now. */
void share_seat(struct floor *f, const struct seat *s);
void share_line(struct floor *f, struct campaign *k, uint64_t call,
		enum pacer_event_kind kind, struct now now);
/* `turns` of turn_ms went by. */
void share_turn(struct campaign *k, int64_t turns, int64_t turn_ms);
/* It has had more than its part, and others could dial. */
bool share_waits(struct floor *f, const struct campaign *k);
/* Others dare much more: it may only dial with an agent of its own. */
bool share_own(struct floor *f, const struct campaign *k);
/* Agents no longer kept go to those who wait; true if there were any. */
bool share_settle(struct floor *f, struct now now);
/* May this seat be given that call, or is it kept for another's line? */
bool share_allows(const struct floor *f, const struct seat *s,
		  struct call_id c);
/* All campaigns, who has had least of his part first; how many. */
size_t share_order(struct floor *f, struct campaign **out);
/* Channels that calls not yet dialled will take. */
void share_room(const struct floor *f, const struct campaign *k,
		struct pacer_limits *l);
void share_making(struct floor *f, const struct call *c, bool on);
/* Customers of all of the seat's campaigns, who has waited longest first. */
void share_serve(struct floor *f, const struct seat *s, struct now now);

/* floor_odds.c */
/* The lead's own chance of an answer now; 0: not in use. */
double chance_of_lead(const struct campaign *k, const struct lead *l,
		      struct now now);
double chance_of_call(struct floor *f, const struct campaign *k,
		      const struct call *c, struct now now);
void chance_learn(struct floor *f, struct campaign *k, const struct call *c,
		  bool answered);
void chance_save(struct floor *f, const struct campaign *k);
void chance_restore(struct floor *f, struct campaign *k);

/* floor_learn.c */
void learn_save(struct floor *f, struct now now);
/* What an earlier run of this campaign had learned, and its ledger. */
void learn_restore(struct floor *f, struct campaign *k, struct now now);
/* Before an agent comes to a campaign: perhaps a new day begins. */
void learn_wake(struct floor *f, struct campaign *k, struct now now);
/* Now and then: keeps what an hour of the day has taught. */
void learn_turn(struct floor *f, struct campaign *k, struct now now);

/* floor_pace.c */
void pace_all(struct floor *f, struct now now);
void pace_seat(struct floor *f, const struct seat *s, enum seat_state was,
	       struct now now);
void pace_call(struct floor *f, const struct call *c,
	       enum pacer_event_kind kind, struct now now);
/* Gives waiting customers to agents who are free. */
void serve_waiting(struct floor *f, struct campaign *k, struct now now);
/* Since when the first of its customers waits; INT64_MAX: nobody does. */
int64_t wait_oldest(struct floor *f, struct campaign *k);
void wait_push(struct floor *f, struct campaign *k, struct call_id id);
bool give_call(struct floor *f, struct call *c, struct seat *s,
	       struct now now);
void gate_ask_of(struct floor *f, const struct campaign *k,
		 const struct lead *l, uint64_t uid, uint32_t agents,
		 struct now now, struct gate_ask *out);

/* A call for this lead, which is reserved; with a seat: its preview.
 * ERR_FULL: the lead is released. */
enum err floor_call_lead(struct floor *f, struct campaign *k, struct seat *s,
			 const struct lead *l, struct now now);

/* floor_offer.c: agents who answer by hand */
bool floor_offer(struct floor *f, struct call *c, struct seat *s,
		 struct now now);
enum err floor_answer(struct floor *f, struct call *c, struct now now);
void floor_unoffer(struct floor *f, struct call *c, unsigned reason,
		   struct now now);
enum err floor_decline(struct floor *f, struct call *c, struct now now);

/* floor_promise.c */
struct cdr;
enum err floor_dial_lead(struct floor *f, struct seat *s, struct lead_id id,
			 struct now now);

/* A share of a given call ends with a call-back agreed: for the whole's lead. */
void floor_promise_part(struct floor *f, const struct call *part,
			struct now now);
/* A cut call's, with its intent: the lead in the group, after its record. */
enum err floor_promise_recover(struct floor *f, struct store_group *g,
			       const struct cdr *r, struct now now);
/* The whole ends: the call-back agreed before, if this step is to try again. */
void floor_promise_whole(struct call *c, struct dispo_step *step);

/* floor_enter.c */
void floor_write_intent(struct floor *f, const struct call *c);
/* The seat wraps up this call; without need it is disposed of at once. */
void floor_wraps(struct floor *f, struct call *c, struct seat *s,
		 struct now now);
void floor_end_leg(struct floor *f, struct call *c, struct now now);
/* What the agent chose but did not complete was not chosen. */
void floor_drop_incomplete(struct floor *f, struct call *c);

/* floor_hand.c: transfers, what agents ask for and who is found */
enum err floor_take_over(struct floor *f, struct call *c,
			 const struct floor_input *in, struct now now);
enum err floor_transfer(struct floor *f, struct call *c,
			const struct floor_input *in, struct now now);
/* The agent who is READY longest and fits; NULL if there is none. */
struct seat *floor_hand_find(struct floor *f, const struct call *c);
void floor_hand_claim(struct floor *f, struct call *c, struct seat *s,
		      struct now now);
/* It waits until somebody is READY (floor_hand_serve). */
void floor_hand_wait(struct floor *f, const struct call *c);
void floor_hand_serve(struct floor *f, struct seat *s, struct now now);
/* From the first step until given or given up. */
bool floor_in_hand(const struct call *c);
/* F8 while a call is being given away; false: it is an ordinary one. */
bool floor_hand_release(struct floor *f, struct seat *s, struct call *c);
/* A phone was lost: the owner's, or that of the one who was asked. */
void floor_hand_lost(struct floor *f, struct seat *s, struct call *c);

/* floor_super.c: supervisors who are asked */
enum err floor_on_super(struct floor *f, const struct floor_input *in,
			struct now now);
enum err floor_on_meet(struct floor *f, const struct floor_input *in);
/* May c->hand.whom be asked?  ERR_ABSENT: not there, or not this agent's;
 * ERR_AGAIN: busy, or without a phone. */
enum err floor_super_ready(struct floor *f, const struct call *c);
/* The call is offered to him; false: he cannot be asked any more. */
bool floor_super_offer(struct floor *f, struct call *c, struct now now);
/* He has this customer (he took him). */
void floor_super_has(struct floor *f, const struct call *c,
		     struct agent_id agent, struct now now);
/* Whoever had, or was offered, this call has nothing to do with it now. */
void floor_super_free(struct floor *f, const struct call *c, struct now now);

/* floor_meet.c: and what follows in each room */
/* The other one goes; the agent is alone with the customer. */
void floor_hand_drop(struct floor *f, struct call *c, struct now now);
/* A guest's own call is over. */
void floor_guest_over(struct floor *f, struct call *g);

/* floor_agent.c */
/* An agent who leaves READY takes back a call that rings for him alone. */
void floor_spare_ringing(struct floor *f, const struct seat *s);
bool floor_is_agent_input(enum floor_input_kind k);
enum err floor_agent_input(struct floor *f, const struct floor_input *in,
			   struct now now);

#endif
