/*
 * clerk -- answers the words of `waihu`, from every room.
 *
 * In      admin_req: object, verb, arguments; the bytes of a file
 * Out     admin_rep: JSON lines, then an exit code and a reason
 * Owns    the table of verbs; jobs that take more than one turn
 * Never   waits: long work goes in steps, an import on a thread of its own;
 *         says what is not on disk yet
 *
 * Every verb that changes something is in the audit log.  Exit codes are
 * those of UX.md 3.1: 0 done, 1 refused, 2 found nothing, 64.. sysexits.
 */
#ifndef CLERK_CLERK_H
#define CLERK_CLERK_H

#include <stdio.h>

#include "desk/desk.h"
#include "door/door.h"
#include "feed/feed.h"
#include "live/live.h"
#include "report/tally.h"

struct clerk;

struct clerk_conf {
	struct live *live;		/* borrowed, as all here             */
	struct door *door;
	struct desk *desk;
	struct feed *feed;
	struct tally *tally;
	const struct clock *clock;
};

MUST_CHECK enum err clerk_new(const struct clerk_conf *conf,
			      struct clerk **out);
struct clerk *clerk_free(struct clerk *c);	/* returns NULL */

void clerk_request(struct clerk *c, const struct door_session *s,
		   uint32_t req, const struct msg_admin_req *m);
void clerk_data(struct clerk *c, const struct door_session *s, uint32_t req,
		const struct msg_admin_data *m);
void clerk_gone(struct clerk *c, uint64_t session);
/* What `config reload` calls; none: it is refused. */
typedef enum err clerk_reload_h(conf_error_h *mistake, conf_change_h *change,
				void *arg);
void clerk_on_reload(struct clerk *c, clerk_reload_h *reload);
/* Goes on with what takes long; often. */
void clerk_tick(struct clerk *c, struct now now);
/* Sends the answers that waited for the disk; after store_pump. */
void clerk_written(struct clerk *c, struct now now);

/* "object verb arguments - what it does" lines, for help and completion. */
void clerk_help(FILE *out);

#endif
