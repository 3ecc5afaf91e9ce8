/*
 * house -- the running server: the live floor behind its front door.
 *
 * In      the configuration; clients, through the door
 * Out     nothing but what its rooms do
 * Owns    live, door, desk, feed, tally, clerk, and the phones' secrets
 * Never   decides about calls; knows the format of a frame
 */
#ifndef HOUSE_HOUSE_H
#define HOUSE_HOUSE_H

#include "base/clock.h"
#include "conf/conf.h"

struct house;

/* Opens everything and listens; loop_init first.  Refusals are logged. */
MUST_CHECK enum err house_new(const struct conf *conf,
			      const struct clock *clock, struct house **out);
struct house *house_free(struct house *h);	/* returns NULL */
/*
 * How `waihu config reload` reads the configuration again: the handler ends
 * with house_reload, and tells each mistake or each change.
 */
typedef enum err house_reload_h(conf_error_h *mistake, conf_change_h *change,
				void *arg);
void house_on_reload(struct house *h, house_reload_h *reload);
/* A new configuration, which must live as long as the house. */
MUST_CHECK enum err house_reload(struct house *h, const struct conf *conf);
/*
 * SIGTERM: no new calls; the loop stops when the last call has ended, after
 * server.stop at the latest.  The second time: at once.
 */
void house_stop(struct house *h);

#endif
