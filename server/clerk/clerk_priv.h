/* clerk_priv -- what the files of this folder share. */
#ifndef CLERK_CLERK_PRIV_H
#define CLERK_CLERK_PRIV_H

#include <jansson.h>

#include "clerk/clerk.h"

enum {
	JOBS_MAX = 16,
	OUT_FULL = 256 * 1024,		/* a job rests while so much waits   */
	HURRY_MS = 2,
	ROWS_STEP = 32,			/* of a long answer, some 20 us each */
	/* UX.md 3.1 */
	EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_NOTHING = 2, EXIT_USAGE = 64,
	EXIT_DATA = 65, EXIT_BUSY = 75, EXIT_NOPERM = 77, EXIT_CONFIG = 78,
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
	uint64_t at;			/* of a long walk: so far            */
	size_t argc;			/* beyond object and verb            */
	step_h *step;
	step_h *after;			/* once its group is on disk; or NULL */
	void (*data)(struct job *j, const struct msg_admin_data *m);
	void (*drop)(struct job *j);	/* frees `state`                     */
	void *state;
	int exit;
	enum msg_refusal code;
	char error[401];
	char form[401], args[801];	/* of the error, for its reader      */
	char *out;			/* JSON lines not yet sent           */
	size_t out_len, out_cap, out_sent;
	bool held, done;		/* answer waits for the disk; is all */
	bool hurry;			/* a long answer: every HURRY_MS     */
	bool may_unmask;		/* of its session                    */
	uint64_t mark;			/* ... up to here                    */
};

struct verify;
struct export;
struct watch;

struct clerk {
	struct clerk_conf conf;
	unsigned waits;			/* of the store, for a job's group   */
	bool closed;			/* freed when the last wait is over  */
	struct loop_timer *hurry;
	clerk_reload_h *reload;		/* NULL: nobody can                  */
	struct export *exports;		/* whose jobs have gone              */
	struct verify *verify;		/* one at a time, may outlive its job */
	struct watch *watches;		/* of `call watch`, each its job's   */
	const struct live_rooms *r;
	struct job jobs[JOBS_MAX];
};

/* ---- words: argv after object and verb ------------------------------------------ */

/* The i-th word that is no option and no key=value; NULL if absent. */
const char *word_at(const struct job *j, size_t i);
/* Value of "--name VALUE" or "--name=VALUE"; NULL if absent. */
const char *word_opt(const struct job *j, const char *name);
bool word_flag(const struct job *j, const char *name);
/*
 * The first word, after the name, that is no option and none of `keys`, such
 * as "lines= mode="; NULL: all are known.
 */
const char *word_stranger(const struct job *j, const char *keys);
/*
 * The first option that a verb with these arguments does not take, as
 * --name or name= : one mistyped must not be left out in silence (`--chek`
 * would import).  --why and --reason are taken everywhere.  Also one that
 * lacks its value.  NULL: all known.
 */
const char *word_odd(const struct job *j, const char *args);
/* The first word more than the verb's places, or a key= it does not know;
 * NULL: there is none. */
const char *word_excess(const struct job *j, const char *args);
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
/* A wait of the store is over; false: the clerk has gone meanwhile. */
bool clerk_waited(struct clerk *c);
/* Frees exports whose jobs have gone, as they end; `now`: waits for them. */
void clerk_exports_end(struct clerk *c, bool now);
/* Ends a verify whose job has gone; `now`: waits for it. */
void clerk_verify_end(struct clerk *c, bool now);
/*
 * Waits for the disk, then goes on with j->after, or ends.  The audit text,
 * printf-like, is in the group: with "--why TEXT" of the command behind it.
 */
bool commit(struct job *j, struct store_group *g, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
void audit(struct job *j, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Before data leave: the line is on disk first, then the job goes on. */
bool audited(struct job *j, step_h *after, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/* --unmask: *whole.  False: the job has failed, for its user may not, or
 * does not say why. */
bool may_show_whole(struct job *j, bool *whole);
/* A record as JSON.  [any thread] */
struct cdr;
json_t *cdr_json(const struct cdr *r, const char *trunk, const char *outcome,
		 bool whole);

/* Appends the last ten calls of a number, as `waihu why` tells them. */
void calls_of(struct job *j, const char *e164, json_t *calls);
/* 100 times a percentage as a number; -1: null. */
json_t *ratio_json(int32_t x);
/* "1.5%" with unit "%": times `by`, within [min, max]; false: it is not. */
bool scaled(const char *text, double by, const char *unit, double min,
	    double max, int64_t *out);
json_t *time_json(int64_t wall_ms);	/* ISO 8601 with zone; null for 0 */
/* "today", "yesterday", "2026-11-23", "2026-11-23T14:00", "-2h"; wall ms. */
MUST_CHECK enum err time_from(const char *text, int64_t now_ms, int64_t *out);
/* A number as people write it, to E.164 digits, by the server's country. */
MUST_CHECK enum err number_from(struct job *j, const char *text, char *out,
				size_t size);

/* The campaign the first word names; false: the job has failed. */
bool campaign_named(struct job *j, struct campaign_id *id);

/* ---- verbs, by file ------------------------------------------------------------------ */

step_h verb_status_show;
step_h verb_user_list, verb_user_show, verb_user_add, verb_user_set, verb_user_delete;
step_h verb_agent_list, verb_agent_show, verb_agent_set;
step_h verb_report_list, verb_report_export;
step_h verb_campaign_list, verb_campaign_show, verb_campaign_set, verb_campaign_start,
	verb_campaign_stop, verb_campaign_pause, verb_pace_explain;
step_h verb_pace_measure;
step_h verb_list_list, verb_list_show, verb_list_import, verb_list_delete;
step_h verb_lead_list, verb_lead_show, verb_lead_set, verb_lead_erase;
step_h verb_dnc_list, verb_dnc_add, verb_dnc_show, verb_dnc_delete;
step_h verb_consent_list, verb_consent_add, verb_consent_delete;
step_h verb_trunk_list, verb_trunk_show, verb_trunk_drain, verb_trunk_enable, verb_trunk_set;
step_h verb_trunk_rest, verb_trunk_use;
step_h verb_call_play, verb_call_export, verb_call_watch;
step_h verb_call_list, verb_call_show, verb_cdr_export, verb_audit_list, verb_alert_list;
step_h verb_why_number, verb_config_reload;
step_h verb_store_backup, verb_store_show, verb_store_verify;

#endif
