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

/* Index of the words in the table, for conf_word().  The order is theirs;
 * plus 1 they are enum msg_mode and enum msg_wrap_mode. */
enum opt_mode { OPT_PREVIEW, OPT_PROGRESSIVE, OPT_PREDICTIVE };
enum opt_wrap { OPT_WRAP_OPTIONAL, OPT_WRAP_FREE, OPT_WRAP_TIMED,
		OPT_WRAP_TIMED_ALL };
enum opt_machine { OPT_MACHINE_HANGUP, OPT_MACHINE_CONNECT };
enum { OPT_LISTS_MAX = 32 };	/* of one campaign, as leads have it */
enum opt_transport { OPT_UDP, OPT_TCP, OPT_TLS };	/* dial_transport */

/*
 * What a supervisor may change of a campaign while it runs; its word in the
 * file, the file's own value (before a profile holds it; [ppm], [ms], lines
 * / 1000), and a value as people write it.
 */
enum opt_paced { OPT_PACED_MODE, OPT_PACED_LINES, OPT_PACED_ABANDON,
		 OPT_PACED_RING, OPT_PACED_WAIT, OPT_PACED_AMD, OPT_PACED_WRAP,
		 OPT_PACED_COUNT };
const char *options_paced_word(enum opt_paced key);
int64_t options_paced(const struct conf *c, const char *campaign,
		      enum opt_paced key);
void options_paced_text(enum opt_paced key, int64_t v, char *buf, size_t size);

/*
 * What one option cannot say alone: a campaign that is predictive without an
 * abandon target, a media port range that is empty, too many breaks or lists.
 * Each is told to `h` with its place; ERR_FORMAT if there was any.
 */
MUST_CHECK enum err options_check(const struct conf *c, conf_error_h *h,
				  void *arg);

#endif
