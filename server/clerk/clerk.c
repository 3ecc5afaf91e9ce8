#include "clerk_priv.h"

#include "base/str.h"
#include "dial/loop.h"
#include "msg/msg_form.h"
#include "report/audit.h"
#include "verbs.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who acts on a verb of verbs.c; its arguments and help are told there. */
static const struct {
	const char *object, *verb;
	step_h *step;
} steps[] = {
	{ "status", "show", verb_status_show },
	{ "user", "list", verb_user_list },
	{ "user", "show", verb_user_show },
	{ "user", "add", verb_user_add },
	{ "user", "set", verb_user_set },
	{ "user", "delete", verb_user_delete },
	{ "agent", "list", verb_agent_list },
	{ "agent", "show", verb_agent_show },
	{ "agent", "set", verb_agent_set },
	{ "report", "list", verb_report_list },
	{ "report", "export", verb_report_export },
	{ "campaign", "list", verb_campaign_list },
	{ "campaign", "show", verb_campaign_show },
	{ "campaign", "start", verb_campaign_start },
	{ "campaign", "pause", verb_campaign_pause },
	{ "campaign", "stop", verb_campaign_stop },
	{ "campaign", "set", verb_campaign_set },
	{ "pace", "explain", verb_pace_explain },
	{ "pace", "measure", verb_pace_measure },
	{ "list", "list", verb_list_list },
	{ "list", "show", verb_list_show },
	{ "list", "import", verb_list_import },
	{ "list", "delete", verb_list_delete },
	{ "lead", "list", verb_lead_list },
	{ "lead", "show", verb_lead_show },
	{ "lead", "set", verb_lead_set },
	{ "lead", "erase", verb_lead_erase },
	{ "dnc", "list", verb_dnc_list },
	{ "dnc", "add", verb_dnc_add },
	{ "dnc", "show", verb_dnc_show },
	{ "dnc", "delete", verb_dnc_delete },
	{ "consent", "list", verb_consent_list },
	{ "consent", "add", verb_consent_add },
	{ "consent", "delete", verb_consent_delete },
	{ "trunk", "list", verb_trunk_list },
	{ "trunk", "show", verb_trunk_show },
	{ "trunk", "drain", verb_trunk_drain },
	{ "trunk", "enable", verb_trunk_enable },
	{ "trunk", "set", verb_trunk_set },
	{ "trunk", "rest", verb_trunk_rest },
	{ "trunk", "use", verb_trunk_use },
	{ "call", "list", verb_call_list },
	{ "call", "show", verb_call_show },
	{ "call", "watch", verb_call_watch },
	{ "call", "play", verb_call_play },
	{ "call", "export", verb_call_export },
	{ "cdr", "export", verb_cdr_export },
	{ "audit", "list", verb_audit_list },
	{ "alert", "list", verb_alert_list },
	{ "why", "show", verb_why_number },
	{ "store", "backup", verb_store_backup },
	{ "store", "show", verb_store_show },
	{ "store", "verify", verb_store_verify },
	{ "config", "reload", verb_config_reload },
	{ "reload", "", verb_config_reload },
};

void clerk_help(FILE *out)
{
	const struct verb *v;

	for (size_t i = 0; (v = verb_at(i)); i++)
		if (!(v->flags & VERB_HERE))
			fprintf(out, "%s\t%s\t%s\t%s\n", v->object, v->verb,
				v->args, v->help);
}

/* Long answers do not wait for the next tick. */
static void on_hurry(void *arg)
{
	struct clerk *c = arg;

	clerk_tick(c, clock_now(c->conf.clock));
}

enum err clerk_new(const struct clerk_conf *conf, struct clerk **out)
{
	struct clerk *c = calloc(1, sizeof(*c));
	enum err e;

	if (!c)
		return ERR_MEMORY;
	c->conf = *conf;
	c->r = live_rooms(conf->live);
	e = loop_timer_new(on_hurry, c, &c->hurry);
	if (e) {
		free(c);
		return e;
	}
	*out = c;
	return ERR_OK;
}

void clerk_on_reload(struct clerk *c, clerk_reload_h *reload)
{
	c->reload = reload;
}

static void job_end(struct job *j)
{
	if (j->drop)
		j->drop(j);
	free(j->out);
	memset(j, 0, sizeof(*j));
}

struct clerk *clerk_free(struct clerk *c)
{
	if (!c)
		return NULL;
	for (size_t i = 0; i < JOBS_MAX; i++)
		if (c->jobs[i].session)
			job_end(&c->jobs[i]);
	clerk_exports_end(c, true);
	clerk_verify_end(c, true);
	c->hurry = loop_timer_free(c->hurry);
	/* The store closes later, and tells those who wait even then. */
	c->closed = true;
	if (!c->waits)
		free(c);
	return NULL;
}

bool clerk_waited(struct clerk *c)
{
	c->waits--;
	if (!c->closed)
		return true;
	if (!c->waits)
		free(c);
	return false;
}

void clerk_gone(struct clerk *c, uint64_t session)
{
	for (size_t i = 0; c && i < JOBS_MAX; i++)
		if (c->jobs[i].session == session && session)
			job_end(&c->jobs[i]);
}

/* ---- answers ------------------------------------------------------------------------------ */

void say_text(struct job *j, const char *text)
{
	size_t len = strlen(text);

	if (j->out_sent) {		/* what is sent makes room */
		memmove(j->out, j->out + j->out_sent,
			j->out_len - j->out_sent);
		j->out_len -= j->out_sent;
		j->out_sent = 0;
	}
	if (j->out_len + len > j->out_cap) {
		size_t cap = MAX(j->out_cap * 2, j->out_len + len + 4096);
		char *out = realloc(j->out, cap);

		if (!out) {
			fail(j, EXIT_BUSY, MSG_NO_FULL, "out of memory");
			return;
		}
		j->out = out;
		j->out_cap = cap;
	}
	memcpy(j->out + j->out_len, text, len);
	j->out_len += len;
}

void say(struct job *j, json_t *line)
{
	char *text = line ? json_dumps(line, JSON_COMPACT |
					       JSON_REAL_PRECISION(12)) : NULL;

	if (text) {
		say_text(j, text);
		say_text(j, "\n");
	}
	free(text);
	json_decref(line);
}

bool fail(struct job *j, int status, enum msg_refusal code, const char *fmt,
	  ...)
{
	va_list ap;

	va_start(ap, fmt);
	str_vfmt(j->error, sizeof(j->error), fmt, ap);
	va_end(ap);
	va_start(ap, fmt);
	str_copy(j->form, sizeof(j->form), fmt);
	msg_form_args(j->args, sizeof(j->args), fmt, ap);
	va_end(ap);
	j->exit = status;
	j->code = code;
	return true;
}

bool fail_err(struct job *j, enum err e, const char *what)
{
	enum msg_refusal code = msg_refusal_of(e);

	return fail(j, e == ERR_ABSENT ? EXIT_NOTHING : EXIT_REFUSED, code,
		    "%s: %s", what, err_text(e));
}

/* What was done, and why if it was said. */
static void what_of(struct job *j, char *what, size_t size, const char *fmt,
		    va_list ap)
{
	const char *why = word_opt(j, "--why");

	str_vfmt(what, size, fmt, ap);
	if (why)
		str_add(what, size, " (why: %s)", why);
}

void audit(struct job *j, const char *fmt, ...)
{
	char what[350];
	va_list ap;

	va_start(ap, fmt);
	what_of(j, what, sizeof(what), fmt, ap);
	va_end(ap);
	audit_put(j->c->r->store, clock_now(j->c->conf.clock).wall_ms,
		  j->who, what);
}

bool may_show_whole(struct job *j, bool *whole)
{
	const char *why = word_opt(j, "--why");

	*whole = word_flag(j, "--unmask");
	if (*whole && !j->may_unmask)
		return !fail(j, EXIT_NOPERM, MSG_NO_PERM,
			     "you may not see whole numbers");
	if (*whole && (!why || !*why))
		return !fail(j, EXIT_USAGE, MSG_NO_ARG,
			     "whole numbers: say --why TEXT, for the audit "
			     "log");
	return true;
}

struct waiting {
	struct clerk *c;
	uint64_t session;
	uint32_t req;
};

static struct job *job_of(struct clerk *c, uint64_t session, uint32_t req)
{
	for (size_t i = 0; i < JOBS_MAX; i++)
		if (c->jobs[i].session == session && c->jobs[i].req == req)
			return &c->jobs[i];
	return NULL;
}

static bool finished(struct job *j UNUSED, struct now now UNUSED)
{
	return true;
}

static bool resting(struct job *j UNUSED, struct now now UNUSED)
{
	return false;
}

static void on_durable(void *arg, const struct store_result *res)
{
	struct waiting *w = arg;
	struct job *j = clerk_waited(w->c)
			? job_of(w->c, w->session, w->req) : NULL;

	if (j && res->err)
		fail_err(j, res->err, "not written");
	if (j)
		j->step = j->after && !res->err ? j->after : finished;
	free(w);
}

static bool commit_as(struct job *j, struct store_group *g, const char *what)
{
	struct waiting *w = calloc(1, sizeof(*w));
	enum err e = ERR_MEMORY;

	audit_row(g, clock_now(j->c->conf.clock).wall_ms, j->who, what);
	if (w) {
		*w = (struct waiting){ j->c, j->session, j->req };
		e = store_commit(g, on_durable, w);
	}
	if (e) {
		free(w);
		store_abort(g);
		return fail_err(j, e, "not written");
	}
	j->c->waits++;
	j->step = resting;
	return false;
}

bool commit(struct job *j, struct store_group *g, const char *fmt, ...)
{
	char what[350];
	va_list ap;

	va_start(ap, fmt);
	what_of(j, what, sizeof(what), fmt, ap);
	va_end(ap);
	return commit_as(j, g, what);
}

bool audited(struct job *j, step_h *after, const char *fmt, ...)
{
	char what[350];
	va_list ap;

	va_start(ap, fmt);
	what_of(j, what, sizeof(what), fmt, ap);
	va_end(ap);
	j->after = after;
	return commit_as(j, store_begin(j->c->r->store), what);
}

/* ---- jobs ------------------------------------------------------------------------------------ */

static void flush(struct job *j, bool last)
{
	struct door *door = j->c->conf.door;

	while (j->out_sent < j->out_len || last) {
		struct msg_admin_rep *m = calloc(1, sizeof(*m));
		size_t n = MIN(j->out_len - j->out_sent,
			       (size_t)MSG_ADMIN_CHUNK);

		if (!m)
			return;
		if (!last && door_queued(door, j->session) > OUT_FULL / 2) {
			free(m);
			return;		/* its reader is slow */
		}
		if (n)
			memcpy(m->chunk, j->out + j->out_sent, n);
		m->chunk_len = (uint32_t)n;
		j->out_sent += n;
		m->more = j->out_sent < j->out_len || !last;
		if (!m->more) {
			m->exit = (uint8_t)j->exit;
			m->code = (uint16_t)j->code;
			str_copy(m->error, sizeof(m->error), j->error);
			str_copy(m->form, sizeof(m->form), j->form);
			str_copy(m->args, sizeof(m->args), j->args);
			last = false;
		}
		enum err e = door_send(door, j->session, MSG_ADMIN_REP,
				       j->req, m);

		free(m);
		if (e)
			break;		/* clerk_gone comes */
	}
	if (j->out_sent == j->out_len)
		j->out_sent = j->out_len = 0;
}

/*
 * A step may have read, or written, what is not on disk yet; its answer goes
 * out when it is.  What `waihu` printed is then there after any kill -9, and
 * its line in the audit log too.
 */
static bool on_disk(struct job *j)
{
	if (!j->held)
		return true;
	if (!store_settled(j->c->r->store, j->mark))
		return false;
	j->held = false;
	return true;
}

static void run(struct job *j, struct now now)
{
	if (!j->held && !j->done && j->out_len - j->out_sent < OUT_FULL) {
		j->done = j->step(j, now);
		j->mark = store_mark(j->c->r->store);
		j->held = true;
	}
	if (!j->session || !on_disk(j))
		return;
	/* All that is left must fit the peer's queue: piece by piece. */
	if (j->done && j->out_len > j->out_sent &&
	    door_queued(j->c->conf.door, j->session) +
		    (j->out_len - j->out_sent) > OUT_FULL / 2) {
		flush(j, false);
		if (j->out_sent < j->out_len)
			return;
	}
	flush(j, j->done);
	if (j->done)
		job_end(j);
}

static void hurry(struct clerk *c)
{
	for (size_t i = 0; i < JOBS_MAX; i++) {
		if (!c->jobs[i].session || !c->jobs[i].hurry)
			continue;
		loop_timer_start(c->hurry, HURRY_MS);
		return;
	}
}

static bool begin(struct job *j, const struct door_session *s)
{
	const char *object = j->words.argv_count ? j->words.argv[0].word : "";
	const char *verb = j->words.argv_count > 1 ? j->words.argv[1].word
						   : "";

	const struct verb *v = verb_find(object, verb);
	const char *odd = v ? word_odd(j, v->args) : NULL;
	/* A verb that sets keys has words of its own for a wrong one. */
	bool sets = str_eq(object, "user") || (str_eq(verb, "set") &&
			!str_eq(object, "trunk") && !str_eq(object, "agent"));

	if (v && !odd && !sets)
		odd = word_excess(j, v->args);

	if (v && v->flags & VERB_CHANGES && s->read_only)
		return !fail(j, EXIT_NOPERM, MSG_NO_PERM,
			     "you may look but not act");
	/* Who asks only to see must not have changed anything. */
	if (v && v->flags & VERB_CHANGES && !(v->flags & VERB_TRIES) &&
	    j->words.dry_run)
		return !fail(j, EXIT_USAGE, MSG_NO_ARG, "%s %s has no "
			     "--dry-run: nothing was done", object, verb);
	if (odd)
		return !fail(j, EXIT_USAGE, MSG_NO_ARG,
			     "%s: not known here; waihu %s %s %s", odd,
			     object, verb, v->args);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		if (!str_eq(steps[i].object, object) ||
		    !str_eq(steps[i].verb, verb))
			continue;
		j->step = steps[i].step;
		return true;
	}
	return !fail(j, EXIT_USAGE, MSG_NO_ARG, "%s %s: no such verb; try "
		     "waihu --help", object, verb);
}

void clerk_request(struct clerk *c, const struct door_session *s,
		   uint32_t req, const struct msg_admin_req *m)
{
	struct job *j = job_of(c, 0, 0);

	if (!j) {
		struct msg_admin_rep *rep = calloc(1, sizeof(*rep));

		if (!rep)
			return;
		rep->exit = EXIT_BUSY;
		rep->code = MSG_NO_BUSY;
		str_copy(rep->error, sizeof(rep->error),
			 "too many commands at once: try again");
		enum err e = door_send(c->conf.door, s->no, MSG_ADMIN_REP,
				       req, rep);

		(void)e;	/* it has gone: nobody to tell */
		free(rep);
		return;
	}
	*j = (struct job){ .c = c, .session = s->no, .req = req,
			   .words = *m, .step = finished };
	j->may_unmask = s->may_unmask;
	str_copy(j->who, sizeof(j->who), *s->user ? s->user : "local");
	begin(j, s);
	run(j, clock_now(c->conf.clock));
	hurry(c);
}

void clerk_data(struct clerk *c, const struct door_session *s, uint32_t req,
		const struct msg_admin_data *m)
{
	struct job *j = job_of(c, s->no, req);

	/*
	 * Without a job the command was answered already: what it lacks must
	 * not be hidden behind a refusal of its data.
	 */
	if (j && j->data)
		j->data(j, m);
}

void clerk_written(struct clerk *c, struct now now)
{
	for (size_t i = 0; i < JOBS_MAX; i++)
		if (c->jobs[i].session && c->jobs[i].held)
			run(&c->jobs[i], now);
}

void clerk_tick(struct clerk *c, struct now now)
{
	for (size_t i = 0; i < JOBS_MAX; i++)
		if (c->jobs[i].session)
			run(&c->jobs[i], now);
	clerk_exports_end(c, false);
	clerk_verify_end(c, false);
	hurry(c);
}
