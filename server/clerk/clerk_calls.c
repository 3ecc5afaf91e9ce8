/* clerk_calls -- records of calls, the audit log, alerts, the store. */
#include "clerk_priv.h"

#include "base/str.h"
#include "report/audit.h"
#include "report/cdr.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static json_t *known_json(bool known, double v)
{
	return known ? json_real(v) : json_null();
}

json_t *cdr_json(const struct cdr *r, const char *trunk, const char *outcome,
		 bool whole)
{
	char masked[24], amount[32], given[48];

	str_fmt(amount, sizeof(amount), "%lld.%02d",
		(long long)(r->amount / 100), (int)(r->amount % 100));
	str_mask_number(masked, sizeof(masked), r->number);
	cdr_given(r, whole, given, sizeof(given));
	return json_pack(
		"{s:I, s:s, s:s, s:I, s:i, s:s, s:s, s:i, s:o, s:o, s:o, s:o,"
		" s:o, s:s, s:s, s:i, s:i, s:s, s:s, s:b, s:s, s:s, s:b, s:o, s:I,"
		" s:s, s:o, s:s, s:s, s:I, s:I, s:i, s:s, s:o, s:o, s:o, s:o}",
		"call", (json_int_t)r->uid, "campaign", r->campaign_name,
		"mode", dial_mode_word((enum dial_mode)r->mode), "lead",
		(json_int_t)r->lead, "agent", (int)r->agent, "number",
		whole ? r->number : masked,
		"caller", r->caller, "attempt", (int)r->attempt, "start",
		time_json(r->start_ms), "invite", time_json(r->invite_ms),
		"answer", time_json(r->answer_ms), "joined",
		time_json(r->join_ms), "end", time_json(r->end_ms), "result",
		call_result_word((enum call_result)r->result), "outcome",
		outcome, "sip", (int)r->sip_code, "q850", (int)r->q850, "why",
		r->why, "trunk", trunk, "sale", r->sale, "recording",
		r->recording, "note", r->note, "interrupted",
		r->interrupted, "done", time_json(r->done_ms), "hold_ms",
		(json_int_t)r->hold_ms, "by",
		hangup_by_word((enum hangup_by)r->by), "callback",
		time_json(r->callback_s * 1000), "amount", amount, "part",
		call_part_word((enum call_part)r->part), "of",
		(json_int_t)r->of, "talk_ms", (json_int_t)cdr_talk_ms(r),
		"from_agent", (int)r->from_agent, "given", given,
		"jitter_ms", known_json(r->rtp_got != 0,
					r->jitter_us / 1000.0),
		"loss_pct", known_json(r->rtp_got != 0,
				       cdr_loss_ppm(r->rtp_lost, r->rtp_got) /
				       1e4),
		"mos", known_json(r->rtp_got != 0, r->mos_pct / 100.0),
		"far_loss_pct", known_json(r->far_sent != 0, r->far_sent
			? r->far_lost * 100.0 / r->far_sent : 0));
}

/* The record named by the first word; false: the job has failed. */
static bool call_named(struct job *j, struct cdr *r)
{
	const char *text = word_at(j, 0);
	uint64_t uid;
	enum err e;

	if (!text || str_to_u64(text, UINT64_MAX, &uid))
		return !fail(j, EXIT_USAGE, MSG_NO_ARG, "which call?");
	e = cdr_get(j->c->r->store, uid, r);
	return e ? !fail_err(j, e, text) : true;
}

static json_t *spool_json(struct job *j)
{
	return json_string(conf_text(j->c->r->conf, "media", NULL,
				     "recordings"));
}

/* What supervisors said of it while they listened. */
static bool note_row(void *arg, const void *key, size_t klen, const void *val,
		     size_t vlen)
{
	char text[401], *tab;

	str_fmt(text, sizeof(text), "%.*s", (int)vlen, (const char *)val);
	tab = strchr(text, '\t');
	if (tab)
		*tab++ = '\0';
	if (klen == 16)
		json_array_append_new(arg, json_pack(
			"{s:I, s:s, s:s}", "at_s", (json_int_t)
			(store_be64((const char *)key + 8) / 1000), "who",
			text, "text", tab ? tab : ""));
	return true;
}

static json_t *notes_of(struct job *j, uint64_t uid)
{
	json_t *list = json_array();
	struct store_key k = { 0 };

	store_key_u64(&k, uid);
	if (store_scan_prefix(j->c->r->store, STORE_RECORDING, k.b, k.len, 100,
			      note_row, list))
		json_array_clear(list);
	return list;
}

struct kin {
	uint64_t of;
	json_t *rows;
};

static bool part_row(void *arg, const struct cdr *r)
{
	struct kin *k = arg;
	char given[48];

	if (r->of != k->of)
		return true;
	cdr_given(r, false, given, sizeof(given));
	json_array_append_new(k->rows, json_pack(
		"{s:I, s:i, s:s, s:I, s:s}", "call", (json_int_t)r->uid,
		"agent", (int)r->agent, "part",
		call_part_word((enum call_part)r->part), "talk_ms",
		(json_int_t)cdr_talk_ms(r), "given", given));
	return true;
}

/* The shares of the agents who gave it away, newest first. */
static json_t *parts_json(struct job *j, const struct cdr *r)
{
	struct kin k = { r->uid, json_array() };

	if (cdr_of_number(j->c->r->store, r->number, 64, part_row, &k))
		json_array_clear(k.rows);
	return k.rows;
}

bool verb_call_show(struct job *j, struct now now)
{
	struct store_key k = { 0 };
	const struct dispo_row *row;
	struct dial_trunk_stat t;
	struct gate_verdict v;
	uint8_t buf[512];
	struct cdr r;
	json_t *o;
	size_t len;

	if (!call_named(j, &r))
		return true;
	if (!r.trunk || dial_trunk_stat(j->c->r->dial, r.trunk - 1, now, &t))
		*t.name = '\0';
	row = dispo_by_code(j->c->r->dispos, r.outcome);
	o = cdr_json(&r, t.name, !row ? "" : !j->words.json &&
		     str_eq(j->words.lang, "zh") ? row->label_zh
						 : row->label_en, false);
	json_object_set_new(o, "spool", spool_json(j));
	if (r.from_agent)
		json_object_set_new(o, "parts", parts_json(j, &r));
	store_key_u64(&k, r.uid);
	if (!store_get(j->c->r->store, STORE_PASS, k.b, k.len, buf,
		       sizeof(buf), &len) &&
	    !schema_decode(&gate_verdict_schema, buf, len, &v)) {
		char line[256];

		gate_verdict_print(&v, line, sizeof(line));
		json_object_set_new(o, "verdict", json_string(line));
		json_object_set_new(o, "profile", json_string(v.profile));
		json_object_set_new(o, "rules_asked", json_integer(v.asked));
	}
	json_object_set_new(o, "notes", notes_of(j, r.uid));
	say(j, o);
	return true;
}

/* ---- recordings: the command reads the file, when we have said who asked ------------------- */

static bool say_recording(struct job *j, struct now now UNUSED)
{
	struct cdr r;

	if (call_named(j, &r))
		say(j, json_pack("{s:I, s:s, s:o}", "call",
				 (json_int_t)r.uid, "recording", r.recording,
				 "spool", spool_json(j)));
	return true;
}

static bool hand_out(struct job *j, const char *done)
{
	struct cdr r;

	if (!call_named(j, &r))
		return true;
	if (!*r.recording)
		return fail(j, EXIT_NOTHING, MSG_NO_ABSENT,
			    "call %s has no recording", word_at(j, 0));
	return audited(j, say_recording, "%s the recording of call %llu",
		       done, (unsigned long long)r.uid);
}

bool verb_call_play(struct job *j, struct now now UNUSED)
{
	return hand_out(j, "plays");
}

bool verb_call_export(struct job *j, struct now now UNUSED)
{
	return hand_out(j, "copies");
}

/* ---- audit, alerts, store ------------------------------------------------------------------- */

enum { AUDIT_PAGE = 500 };

struct audit_list {
	struct audit_place at;
	int64_t from_ms, to_ms;
	uint64_t left;			/* to find, then to say              */
	uint64_t limit;
	struct job *j;
	bool over;			/* past its time, or enough          */
};

static bool say_audit(void *arg, int64_t wall_ms, const char *who,
		      const char *what)
{
	struct audit_list *a = arg;

	if (wall_ms >= a->to_ms || !a->left) {
		a->over = true;
		return false;
	}
	a->left--;
	say(a->j, json_pack("{s:o, s:s, s:s}", "at", time_json(wall_ms),
			    "who", who, "what", what));
	return true;
}

static bool audit_step(struct job *j, struct now now UNUSED)
{
	struct audit_list *a = j->state;
	bool end = false;
	enum err e = audit_page(j->c->r->store, &a->at, AUDIT_PAGE, say_audit,
				a, &end);

	return e ? fail_err(j, e, "audit log") : end || a->over;
}

/* The newest of them: first where they begin. */
static bool audit_find(struct job *j, struct now now)
{
	struct audit_list *a = j->state;
	bool more = false;
	enum err e = audit_newest(j->c->r->store, &a->at, a->from_ms,
				  a->to_ms, &a->left, &more);

	if (e)
		return fail_err(j, e, "audit log");
	if (more)
		return false;
	a->left = a->limit;
	j->step = audit_step;
	return audit_step(j, now);
}

static void drop_audit(struct job *j)
{
	free(j->state);
	j->state = NULL;
}

bool verb_audit_list(struct job *j, struct now now)
{
	const char *since = word_opt(j, "--since");
	const char *until = word_opt(j, "--until");
	const char *limit = word_opt(j, "--limit");
	struct audit_list *a = calloc(1, sizeof(*a));

	if (!a)
		return fail_err(j, ERR_MEMORY, "audit log");
	*a = (struct audit_list){ .j = j, .to_ms = INT64_MAX,
				  .limit = UINT64_MAX };
	j->state = a;
	j->drop = drop_audit;
	if (time_from(since ? since : "today", now.wall_ms, &a->from_ms) ||
	    (until && time_from(until, now.wall_ms, &a->to_ms)) ||
	    (limit && str_to_u64(limit, UINT64_MAX, &a->limit)))
		return fail(j, EXIT_USAGE, MSG_NO_ARG,
			    "--since TIME, --until TIME, --limit N");
	a->left = a->limit;
	j->hurry = true;
	j->step = limit ? audit_find : audit_step;
	if (!limit)
		audit_from(&a->at, a->from_ms);
	return j->step(j, now);
}

/* Some of the alerts: which were told, and how many in this step. */
struct alerts {
	struct job *j;
	int64_t from_ms;
	uint32_t last;			/* told of those at from_ms          */
	size_t n;
};

static bool alert_row(void *arg, const struct msg_alert_row *r)
{
	struct alerts *a = arg;

	if (a->n == ROWS_STEP)
		return false;
	if (r->at_ms == a->from_ms && r->id <= a->last)
		return true;
	a->from_ms = r->at_ms;
	a->last = r->id;
	a->n++;
	say(a->j, json_pack("{s:i, s:s, s:o, s:o, s:o, s:s, s:s, s:s}", "id",
			   (int)r->id, "level",
			   msg_word(MSG_WORDS_LEVEL, r->level), "at",
			   time_json(r->at_ms), "cleared",
			   time_json(r->cleared_ms), "quiet_until",
			   time_json(r->muted_ms), "text", r->text, "by",
			   r->acked_by, "word", r->word));
	return true;
}

static bool alert_step(struct job *j, struct now now UNUSED)
{
	struct alerts *a = j->state;
	enum err e;

	a->n = 0;
	e = feed_alert_each(j->c->conf.feed, a->from_ms, false, alert_row, a);
	return e ? fail_err(j, e, "alerts") : a->n < ROWS_STEP;
}

static void drop_alerts(struct job *j)
{
	free(j->state);
}

bool verb_alert_list(struct job *j, struct now now)
{
	const char *since = word_opt(j, "--since");
	struct alerts *a;
	int64_t from;

	if (time_from(since ? since : "today", now.wall_ms, &from))
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "--since TIME");
	a = calloc(1, sizeof(*a));
	if (!a)
		return fail_err(j, ERR_MEMORY, "alerts");
	*a = (struct alerts){ .j = j, .from_ms = from };
	j->state = a;
	j->drop = drop_alerts;
	j->hurry = true;
	j->step = alert_step;
	return alert_step(j, now);
}

static bool backup_wait(struct job *j UNUSED, struct now now UNUSED)
{
	return false;		/* on_backup ends it */
}

struct backup {
	struct clerk *c;
	uint64_t session;
	uint32_t req;
};

static bool backup_end(struct job *j UNUSED, struct now now UNUSED)
{
	return true;
}

static void on_backup(void *arg, const struct store_result *res)
{
	struct backup *b = arg;

	if (!clerk_waited(b->c)) {
		free(b);
		return;
	}
	for (size_t i = 0; i < JOBS_MAX; i++) {
		struct job *j = &b->c->jobs[i];

		if (j->session != b->session || j->req != b->req)
			continue;
		if (res->err == ERR_ABSENT)
			fail(j, EXIT_REFUSED, MSG_NO_ABSENT, "%s: its folder "
			     "is not there", word_at(j, 0));
		else if (res->err)
			fail_err(j, res->err, word_at(j, 0));
		j->step = backup_end;
	}
	free(b);
}

bool verb_store_backup(struct job *j, struct now now UNUSED)
{
	const char *path = word_at(j, 0);
	struct backup *b;
	enum err e;

	if (!path || *path != '/')
		return fail(j, EXIT_USAGE, MSG_NO_ARG,
			    "an absolute path on the server is needed");
	b = calloc(1, sizeof(*b));
	if (!b)
		return fail_err(j, ERR_MEMORY, path);
	*b = (struct backup){ j->c, j->session, j->req };
	e = store_backup(j->c->r->store, path, on_backup, b);
	if (e) {
		free(b);
		return fail_err(j, e, path);
	}
	j->c->waits++;
	audit(j, "backup to %s", path);
	j->step = backup_wait;
	return false;
}

/* Reading every row takes long: on a thread of its own. */
struct verify {
	struct store *store;
	pthread_t thread;
	_Atomic bool done;
	enum err err;
	uint64_t bad;		/* first event that does not fit        */
	uint64_t events;	/* in the chain                         */
	uint64_t trimmed;	/* before it                            */
	bool left;			/* its job has gone                  */
};

static void *verify_run(void *arg)
{
	struct verify *v = arg;
	uint8_t hash[STORE_HASH_LEN];

	v->err = store_verify(v->store);
	if (!v->err)
		v->err = store_event_verify(v->store, 1, 0, &v->bad);
	if (!v->err)
		v->err = store_event_head(v->store, &v->events, hash);
	if (!v->err)
		v->err = store_event_anchor(v->store, &v->trimmed, hash);
	atomic_store(&v->done, true);
	return NULL;
}

/* Joined when it is done: the loop does not wait for a whole database. */
static void drop_verify(struct job *j)
{
	struct verify *v = j->state;

	v->left = true;
	j->state = NULL;
}

void clerk_verify_end(struct clerk *c, bool now)
{
	struct verify *v = c->verify;

	if (!v || !v->left || (!now && !atomic_load(&v->done)))
		return;
	pthread_join(v->thread, NULL);
	free(v);
	c->verify = NULL;
}

static bool verify_step(struct job *j, struct now now UNUSED)
{
	struct verify *v = j->state;

	if (!atomic_load(&v->done))
		return false;
	if (v->err && v->bad)
		return fail(j, EXIT_NOTHING, msg_refusal_of(v->err),
			    "the event log is broken at number %llu: %s",
			    (unsigned long long)v->bad, err_text(v->err));
	if (v->err)
		return fail(j, EXIT_NOTHING, msg_refusal_of(v->err),
			    "the store is damaged: %s", err_text(v->err));
	say(j, json_pack("{s:b, s:I, s:I}", "sound", 1, "events",
			 (json_int_t)(v->events - v->trimmed), "trimmed",
			 (json_int_t)v->trimmed));
	return true;
}

struct aged {
	int64_t wall_ms;
};

static bool age_row(void *arg, uint64_t number UNUSED, const void *bytes,
		    size_t len)
{
	struct aged *a = arg;
	struct floor_input in;

	if (!schema_decode(&floor_input_schema, bytes, len, &in))
		a->wall_ms = in.wall_ms;
	return false;
}

static json_t *hex_json(const uint8_t *hash)
{
	char hex[2 * STORE_HASH_LEN + 1] = "";

	for (size_t i = 0; i < STORE_HASH_LEN; i++)
		str_add(hex, sizeof(hex), "%02x", hash[i]);
	return json_string(hex);
}

/* "30" days, or null for ever. */
static json_t *days_json(int64_t ms)
{
	return ms ? json_real((double)ms / 86400000) : json_null();
}

bool verb_store_show(struct job *j, struct now now UNUSED)
{
	struct store *s = j->c->r->store;
	uint8_t head[STORE_HASH_LEN], anchor[STORE_HASH_LEN];
	uint64_t newest = 0, gone = 0, attempts = 0, calls = 0, room = 0;
	struct store_stats st;
	struct aged oldest = { 0 };
	enum err e = store_event_head(s, &newest, head), disk;

	if (!e)
		e = store_event_anchor(s, &gone, anchor);
	if (!e)
		e = store_event_scan(s, gone + 1, 1, age_row, &oldest);
	if (!e)
		e = store_count(s, STORE_ATTEMPT, &attempts);
	if (!e)
		e = store_count(s, STORE_CALL, &calls);
	if (e)
		return fail_err(j, e, "store");
	store_stats(s, &st);
	disk = store_disk(s, &room);
	say(j, json_pack("{s:I, s:I, s:b, s:I, s:I, s:I, s:I, s:o, s:o, s:o, "
			 "s:o, s:o}",
			 "file_bytes", (json_int_t)st.file_bytes, "free_bytes",
			 (json_int_t)room, "full", disk == ERR_FULL, "calls",
			 (json_int_t)calls, "attempts", (json_int_t)attempts,
			 "events_newest", (json_int_t)newest,
			 "events_trimmed", (json_int_t)gone, "events_since",
			 time_json(oldest.wall_ms), "chain_head",
			 hex_json(head), "chain_anchor", hex_json(anchor),
			 "keep_events_days",
			 days_json(live_keep_events_ms(j->c->conf.live)),
			 "keep_attempts_days",
			 days_json(live_keep_attempts_ms(j->c->conf.live))));
	return true;
}

bool verb_store_verify(struct job *j, struct now now UNUSED)
{
	struct verify *v;

	if (j->c->verify)
		return fail(j, EXIT_BUSY, MSG_NO_BUSY,
			    "the store is being read already: try again");
	v = calloc(1, sizeof(*v));
	if (!v)
		return fail_err(j, ERR_MEMORY, "verify");
	v->store = j->c->r->store;
	if (pthread_create(&v->thread, NULL, verify_run, v)) {
		free(v);
		return fail_err(j, ERR_AGAIN, "verify");
	}
	j->c->verify = j->state = v;
	j->drop = drop_verify;
	j->step = verify_step;
	return false;
}
