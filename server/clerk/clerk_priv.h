/* clerk_priv -- what the files of this folder share. */
#ifndef CLERK_CLERK_PRIV_H
#define CLERK_CLERK_PRIV_H

#include <jansson.h>

#include "clerk/clerk.h"

enum {
	JOBS_MAX = 16,
	OUT_FULL = 256 * 1024,		/* a job rests while so much waits   */
	/* UX.md 3.1 */
	EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_NOTHING = 2, EXIT_USAGE = 64,
	EXIT_DATA = 65, EXIT_BUSY = 75, EXIT_NOPERM = 77,
};

struct job;

/* One step of a job; true when it has said everything. */
typedef bool step_h(struct job *j, struct now now);

struct job {
	struct clerk *c;
	uint64_t session;		/* 0 = free                          */
	uint32_t req;
	char who[41];
	struct msg_admin_req words;
	size_t argc;			/* beyond object and verb            */
	step_h *step;
	void (*data)(struct job *j, const struct msg_admin_data *m);
	void (*drop)(struct job *j);	/* frees `state`                     */
	void *state;
	int exit;
	enum msg_refusal code;
	char error[401];
	char *out;			/* JSON lines not yet sent           */
	size_t out_len, out_cap, out_sent;
};

struct clerk {
	struct clerk_conf conf;
	const struct live_rooms *r;
	struct job jobs[JOBS_MAX];
};

/* ---- words: argv after object and verb ------------------------------------------ */

/* The i-th word that is no option and no key=value; NULL if absent. */
const char *word_at(const struct job *j, size_t i);
/* Value of "--name VALUE" or "--name=VALUE"; NULL if absent. */
const char *word_opt(const struct job *j, const char *name);
bool word_flag(const struct job *j, const char *name);
/* Value of key=value; NULL if absent. */
const char *word_value(const struct job *j, const char *key);

/* ---- answers ----------------------------------------------------------------------- */

/* One JSON line; takes the reference. */
void say(struct job *j, json_t *line);
/* Text as the next bytes of output (CSV and such). */
void say_text(struct job *j, const char *text);
/* Ends the job; printf-like reason for stderr.  Returns true, for `return`. */
bool fail(struct job *j, int status, enum msg_refusal code, const char *fmt,
	  ...) PRINTF_LIKE(4, 5);
/* The reason in the words of an error. */
bool fail_err(struct job *j, enum err e, const char *what);
/* Waits for the disk, then ends; audit text printf-like. */
bool commit(struct job *j, struct store_group *g, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
void audit(struct job *j, const char *fmt, ...) PRINTF_LIKE(2, 3);

json_t *time_json(int64_t wall_ms);	/* ISO 8601 with zone; null for 0 */
/* "today", "yesterday", "2026-11-23", "2026-11-23T14:00", "-2h"; wall ms. */
MUST_CHECK enum err time_from(const char *text, int64_t now_ms, int64_t *out);
/* A number as people write it, to E.164 digits, by the server's country. */
MUST_CHECK enum err number_from(struct job *j, const char *text, char *out,
				size_t size);

/* ---- verbs, by file ------------------------------------------------------------------ */

step_h status_show;
step_h user_list, user_show, user_add, user_set, user_delete;
step_h agent_list, agent_show, agent_set;
step_h campaign_list, campaign_show, campaign_set, campaign_start,
	campaign_stop, campaign_pause, pace_explain;
step_h list_list, list_show, list_import, list_delete;
step_h lead_list_verb, lead_show, lead_set_verb;
step_h dnc_list, dnc_add, dnc_show, dnc_delete;
step_h consent_list, consent_add, consent_delete;
step_h trunk_list, trunk_show, trunk_drain, trunk_enable, trunk_set;
step_h call_list, call_show, cdr_export, audit_list, alert_list;
step_h why_number;
step_h store_backup_verb, store_verify_verb;

#endif
