/*
 * options -- every option of the server, one table.
 *
 * waihud, `waihu config`, the default file and waihu.yaml(5) all come from
 * it; rooms get their figures from main, which reads them by these names.
 */
#ifndef SERVER_OPTIONS_H
#define SERVER_OPTIONS_H

#include "conf/conf.h"

extern const struct conf_table server_options;

/* Index of the words in the table, for conf_word().  The order is theirs. */
enum opt_mode { OPT_PREVIEW, OPT_PROGRESSIVE, OPT_PREDICTIVE };
enum opt_wrap { OPT_WRAP_TIMED, OPT_WRAP_FIXED, OPT_WRAP_MANUAL,
		OPT_WRAP_OPTIONAL };
enum opt_role { OPT_ROLE_AGENT, OPT_ROLE_SUPERVISOR, OPT_ROLE_ADMIN };

/*
 * What one option cannot say alone: a campaign that is predictive without an
 * abandon target, a port range that is too small, a digit used twice in a set
 * of outcomes.  Each is told to `h` with its place; ERR_FORMAT if there was
 * any.
 */
MUST_CHECK enum err options_check(const struct conf *c, conf_error_h *h,
				  void *arg);

#endif
