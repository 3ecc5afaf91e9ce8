/* house_super_priv -- one request of a supervisor, as its handlers get it. */
#ifndef HOUSE_HOUSE_SUPER_PRIV_H
#define HOUSE_HOUSE_SUPER_PRIV_H

#include "house_priv.h"

struct house_ask {
	struct house *h;
	const struct live_rooms *r;
	const struct door_session *s;
	enum msg_type type;
	uint32_t req;
	const union msg_any *m;
};

/* OK, or refused in the words of the error. */
void house_answer(const struct house_ask *a, enum err e);
/* In the words of the supervisor's screen. */
const char *house_say(struct house *h, uint64_t session, const char *en,
		      const char *zh);
/* A supervisor sees his own team; without a team, everyone.  NULL: not his,
 * or not logged in. */
struct seat *house_seat_for(const struct house_ask *a, uint32_t agent);
/* house_meet.c */
void house_meet(const struct house_ask *a);
void house_meet_phone(const struct house_ask *a);
/* The floor knows how he is reached now. */
void house_meet_tell(struct house *h, struct agent_id agent);
/* house_watch.c */
/* He has come to the call he was asked about: his screen follows it. */
void house_watch_met(struct house *h, const struct helper *u,
		     const struct call *c);
void house_watch_audit(struct house *h, const char *who, const char *what,
		       const struct call *c);
void house_monitor(const struct house_ask *a);
void house_rec_note(const struct house_ask *a);

#endif
