/*
 * desk -- an agent's keys to the floor, and what the screen must show back.
 *
 * In      agents' requests (common/msg), seats that changed, calls that ended
 * Out     answers and pushes, through one send function
 * Owns    what each screen was last told; scripts as files of the campaigns
 * Never   decides: it asks the floor, and says what the floor answered
 *
 * Seats that changed are noted and told together at the end of the turn
 * (desk_turn), so a burst of changes is one message.
 */
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include "live/live.h"
#include "msg/msg.h"

struct desk;

/* To this agent's screen, if there is one; req 0 = unasked. */
typedef void desk_send_h(void *arg, struct agent_id agent, enum msg_type type,
			 uint32_t req, const void *obj);

MUST_CHECK enum err desk_new(struct live *live, desk_send_h *send, void *arg,
			     struct desk **out);
struct desk *desk_free(struct desk *d);		/* returns NULL */

/* The agent is in (again): everything its screen needs is sent. */
MUST_CHECK enum err desk_login(struct desk *d, struct agent_id agent);
/* Its terminal has gone. */
void desk_lost(struct desk *d, struct agent_id agent);

/* One request; exactly one answer is sent.  `may_unmask` of the session. */
void desk_request(struct desk *d, struct agent_id agent, bool may_unmask,
		  enum msg_type type, uint32_t req,
		  const union msg_any *m);

/* live_hooks: noted, told in desk_turn. */
void desk_seat_changed(struct desk *d, struct agent_id agent);
void desk_call_done(struct desk *d, const struct call *c,
		    const struct dispo_step *step);
/* What became of this agent's transfer is said on its screen. */
void desk_news(struct desk *d, struct agent_id agent, const struct call *c,
	       enum hand_news news);
/* Sends what has changed; after each input. */
void desk_turn(struct desk *d);

/* A supervisor speaks to this agent (whisper, barge), or no longer (any other
 * mode); told with the next desk_turn. */
void desk_coach(struct desk *d, struct agent_id agent,
		enum msg_monitor_mode mode, const char *name);
/* A message to one agent, or (agent 0) to all. */
void desk_tell(struct desk *d, struct agent_id agent, const char *from,
	       const char *text);

/* How the agent's desk phone is; its account, or what is wrong with it. */
enum msg_desk desk_phone(const struct live_rooms *r, struct agent_id agent,
			 char *text, size_t size);
/*
 * Supervisors whose program is there, for the list of whom to transfer to:
 * how each is reached, or why not.  The list is copied; replaces the last.
 */
/*        reach               English             Chinese                     */
#define DESK_REACHES(X)                                                       \
	X(DESK_REACHED,       "",                 "")                         \
	X(DESK_NO_NUMBER,     "no line of his own", "没有自己的线路")       \
	X(DESK_NO_PHONE,      "no phone",         "话机未接通")              \
	X(DESK_NO_SOUND,      "no sound",         "话机没有声音")

enum desk_reach {
#define X(name, en, zh) name,
	DESK_REACHES(X)
#undef X
	DESK_REACH_COUNT
};
struct desk_super {
	struct agent_id agent;		/* 0: none                           */
	char name[61], team[41];
	enum desk_reach reach;
};
void desk_supers(struct desk *d, const struct desk_super *list, size_t n);

/* The state of a seat in the words of messages. */
enum msg_state desk_state(const struct seat *s, const struct call *c);

#endif
