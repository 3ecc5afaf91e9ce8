/*
 * wall_phone -- the supervisor's own line: without it nobody can be heard.
 *
 * A supervisor with an agent number gets a line as agents do; the server
 * joins it to the call that is listened to.
 */
#ifndef WALL_PHONE_H
#define WALL_PHONE_H

#include "phone/phone.h"
#include "wall_options.h"
#include "wall_model.h"

struct wall_phone {
	struct phone *phone;		/* NULL: none                        */
	char uri[160], user[64], pass[72];
};

/* At log-in; a line that is open stays.  Troubles are told as hints. */
void wall_phone_start(struct wall_phone *w, struct wall_model *m,
		      const struct wall_options *o,
		      const struct msg_login_ok *ok);
/* Reads what came; returns DO_*. */
unsigned wall_phone_run(struct wall_phone *w, struct wall_model *m);
void wall_phone_stop(struct wall_phone *w);

#endif
