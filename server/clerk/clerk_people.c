/* clerk_people -- users: who may log in, and their phones' passwords. */
#include "clerk_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "staff/staff.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static json_t *user_json(const struct staff *st)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < st->campaigns_count; i++)
		json_array_append_new(list,
				      json_string(st->campaigns[i].name));
	return json_pack("{s:s, s:s, s:s, s:i, s:s, s:o, s:b, s:b, s:b, s:s, "
			 "s:s}",
			 "user", st->user, "name", st->name, "role",
			 staff_role_word((enum staff_role)st->role), "agent",
			 (int)st->agent, "team", st->team, "campaigns", list,
			 "locked", st->locked, "unmask", st->unmask,
			 "read_only", st->read_only, "phone",
			 *st->phone ? st->phone : "embedded", "phone_by",
			 st->phone_asked ? "terminal" : "administrator");
}

/* Some of the users: the last that was told, and how many in this step. */
struct users {
	struct job *j;
	char last[41];
	size_t n;
};

static bool user_row(void *arg, const struct staff *st)
{
	struct users *u = arg;

	say(u->j, user_json(st));
	str_copy(u->last, sizeof(u->last), st->user);
	return ++u->n < ROWS_STEP;
}

static bool user_step(struct job *j, struct now now UNUSED)
{
	struct users *u = j->state;
	enum err e;

	u->n = 0;
	e = staff_after(j->c->r->store, u->last, user_row, u);
	return e ? fail_err(j, e, "users") : u->n < ROWS_STEP;
}

static void drop_users(struct job *j)
{
	free(j->state);
}

bool verb_user_list(struct job *j, struct now now)
{
	struct users *u = calloc(1, sizeof(*u));

	if (!u)
		return fail_err(j, ERR_MEMORY, "users");
	u->j = j;
	j->state = u;
	j->drop = drop_users;
	j->hurry = true;
	j->step = user_step;
	return user_step(j, now);
}

bool verb_user_show(struct job *j, struct now now UNUSED)
{
	const char *name = word_at(j, 0);
	struct staff st;
	enum err e;

	if (!name)
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "which user?");
	e = staff_get(j->c->r->store, name, &st);
	if (e)
		return fail_err(j, e, name);
	say(j, user_json(&st));
	return true;
}

/* All of them, or none with the reason said: one that is cut off or unknown
 * would leave an agent without calls and nobody would know why. */
static bool set_campaigns(struct job *j, struct staff *st, const char *text)
{
	char name[sizeof(st->campaigns[0].name)];
	struct campaign_id id;
	size_t n;

	st->campaigns_count = 0;
	for (; *text; text += n + (text[n] == ',')) {
		n = strcspn(text, ",");
		if (!n)
			continue;
		if (st->campaigns_count == STAFF_CAMPAIGNS)
			return !fail(j, EXIT_USAGE, MSG_NO_ARG,
				     "campaigns: at most %d", STAFF_CAMPAIGNS);
		str_fmt(name, sizeof(name), "%.*s", (int)n, text);
		if (n >= sizeof(name) ||
		    floor_campaign_by_name(j->c->r->floor, name, &id))
			return !fail(j, EXIT_NOTHING, MSG_NO_ABSENT,
				     "%s: no such campaign; see waihu "
				     "campaign list", name);
		str_copy(st->campaigns[st->campaigns_count++].name,
			 sizeof(name), name);
	}
	return true;
}

static bool yes_no(struct job *j, const char *key, const char *value,
		   bool *out)
{
	*out = str_eq(value, "yes");
	return *out || str_eq(value, "no") ||
	       !fail(j, EXIT_USAGE, MSG_NO_ARG, "%s is yes or no", key);
}

/* ---- a phone that registers ------------------------------------------------------ */

/* H(user:realm:password) is kept, and nothing else (RFC 2617 4.13). */
static enum err set_phone_key(struct job *j, struct staff *st,
			      const char *password)
{
	char user[STAFF_SIP_USER_SIZE];
	uint8_t ha1[DIAL_HA1_SIZE];
	const char *realm = dial_realm(j->c->r->dial);
	enum err e;

	staff_sip_user(st->agent, user);
	e = dial_ha1(user, realm, password, ha1);
	if (e)
		return e;
	*st->phone_secret = '\0';
	for (size_t i = 0; i < sizeof(ha1); i++)
		str_add(st->phone_secret, sizeof(st->phone_secret), "%02x",
			ha1[i]);
	str_copy(st->phone_realm, sizeof(st->phone_realm), realm);
	return ERR_OK;
}

/* 20 signs of 32: 100 bits, and none that is mistaken for another. */
enum { PASSWORD_LEN = 20, PHONE_PASSWORD_MIN = 8, PASSWORD_MIN = 4 };

static enum err make_password(char buf[PASSWORD_LEN + 1])
{
	static const char signs[] = "abcdefghijkmnpqrstuvwxyz23456789";
	uint8_t bytes[PASSWORD_LEN];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return ERR_IO;
	for (size_t i = 0; i < PASSWORD_LEN; i++)
		buf[i] = signs[bytes[i] % 32];
	buf[PASSWORD_LEN] = '\0';
	explicit_bzero(bytes, sizeof(bytes));
	return ERR_OK;
}

static bool set_phone(struct job *j, struct staff *st, const char *value)
{
	bool sip = !strncmp(value, "sip:", 4) && value[4] &&
		   strlen(value) < sizeof(st->phone) &&
		   !strpbrk(value, " \t\"<>");

	if (!sip && !str_eq(value, "registered") && !str_eq(value, "embedded"))
		return !fail(j, EXIT_USAGE, MSG_NO_ARG, "phone is embedded, "
			     "registered or sip:URI");
	str_copy(st->phone, sizeof(st->phone),
		 str_eq(value, "embedded") ? "" : value);
	*st->phone_secret = *st->phone_realm = '\0';
	st->phone_asked = false;
	return true;
}

/* Whole, or not at all: what is cut would be another name. */
static bool text_of(struct job *j, const char *key, char *buf, size_t size,
		    const char *value)
{
	return str_copy(buf, size, value) ||
	       !fail(j, EXIT_USAGE, MSG_NO_ARG, "%s has at most %zu bytes",
		     key, size - 1);
}

/* One property; false with the reason said. */
static bool set_user(struct job *j, struct staff *st, const char *key,
		     const char *value)
{
	enum staff_role role;
	uint64_t n;

	if (str_eq(key, "role")) {
		if (staff_role_from_word(value, &role))
			return !fail(j, EXIT_USAGE, MSG_NO_ARG,
				     "role is agent, supervisor or admin");
		st->role = (uint8_t)role;
	} else if (str_eq(key, "agent")) {
		if (str_to_u64(value, UINT32_MAX, &n))
			return !fail(j, EXIT_USAGE, MSG_NO_ARG,
				     "agent is a number");
		st->agent = (uint32_t)n;
	} else if (str_eq(key, "name")) {
		return text_of(j, key, st->name, sizeof(st->name), value);
	} else if (str_eq(key, "team")) {
		return text_of(j, key, st->team, sizeof(st->team), value);
	} else if (str_eq(key, "lang")) {
		if (!str_eq(value, "en") && !str_eq(value, "zh"))
			return !fail(j, EXIT_USAGE, MSG_NO_ARG,
				     "lang is en or zh");
		str_copy(st->lang, sizeof(st->lang), value);
	} else if (str_eq(key, "phone")) {
		return set_phone(j, st, value);
	} else if (str_eq(key, "campaigns")) {
		return set_campaigns(j, st, value);
	} else if (str_eq(key, "locked")) {
		return yes_no(j, key, value, &st->locked);
	} else if (str_eq(key, "unmask")) {
		return yes_no(j, key, value, &st->unmask);
	} else if (str_eq(key, "read_only")) {
		return yes_no(j, key, value, &st->read_only);
	} else {
		return !fail(j, EXIT_USAGE, MSG_NO_ARG,
			     "%s: unknown property of a user", key);
	}
	return true;
}

static const char *const keys[] = { "role", "agent", "name", "team", "lang",
	"phone", "campaigns", "locked", "unmask", "read_only" };

/* What the command says of it: key=value or --key value; NULL: nothing. */
static const char *said_of(struct job *j, const char *key)
{
	const char *v = word_value(j, key);
	char opt[24];

	str_fmt(opt, sizeof(opt), "--%s", key);
	return v ? v : word_opt(j, opt);
}

static bool set_all(struct job *j, struct staff *st)
{
	const char *odd = word_stranger(j, "role= agent= name= team= lang= "
		"phone= campaigns= locked= unmask= read_only=");

	if (odd) {
		fail(j, EXIT_USAGE, MSG_NO_ARG, "%s: nothing a user has; see "
		     "user set in waihu(8)", odd);
		return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const char *v = said_of(j, keys[i]);

		if (v && !set_user(j, st, keys[i], v))
			return false;
	}
	return true;
}

/* " role=admin unmask=yes": who was given which right is in the audit log. */
static void changes_of(struct job *j, char *buf, size_t size)
{
	*buf = '\0';
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const char *v = said_of(j, keys[i]);

		if (v)
			str_add(buf, size, "%s %s=%s", *buf ? "" : ":",
				keys[i], v);
	}
	if (word_flag(j, "--password-stdin"))
		str_add(buf, size, "%s password", *buf ? "," : ":");
}

/* A phone whose account is another now, or nobody's (is NULL), is registered
 * no longer: what it was let in with says nothing any more. */
static void end_phone(struct job *j, const struct staff *was,
		      const struct staff *is)
{
	struct agent_id agent = { was->agent };
	enum err e;

	if (!was->agent ||
	    (is && !is->locked && is->agent == was->agent &&
	     str_eq(is->phone, was->phone) &&
	     str_eq(is->phone_secret, was->phone_secret)))
		return;
	e = dial_phone_forget(j->c->r->dial, agent);
	if (e && e != ERR_ABSENT)
		log_warn("clerk", "agent %u: phone: %s", agent.v, err_text(e));
}

static bool save_user(struct job *j, const struct staff *st)
{
	struct store_group *g = store_begin(j->c->r->store);
	struct staff was;
	bool old = !staff_get(j->c->r->store, st->user, &was);
	enum err e = staff_put(j->c->r->store, g, st);
	char changes[200];

	if (e == ERR_ARG) {
		store_abort(g);
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "a user needs a name "
			    "of letters, digits, . _ -, a --role, and an "
			    "agent an --agent number");
	}
	if (e) {
		store_abort(g);
		return fail_err(j, e, e == ERR_EXISTS ? "that agent number"
						      : st->user);
	}
	changes_of(j, changes, sizeof(changes));
	bool failed = commit(j, g, "user %s saved%s", st->user, changes);

	if (!failed && old)
		end_phone(j, &was, st);
	if (!failed)
		door_recheck(j->c->conf.door, st->user, j->session);
	return failed;
}

/*
 * What waits for a password on standard input (the log-in's is hashed on the
 * door's worker), or for the disk with one that was made here.
 */
struct pending {
	struct staff st;
	struct clerk *c;
	uint64_t session;
	uint32_t req;
	bool phone;			/* it is the phone's that comes      */
	bool hashing, done;
	char pass[130];
	size_t pass_len;
	char made[PASSWORD_LEN + 1];	/* the phone's, shown once           */
};

static void drop_pending(struct job *j)
{
	struct pending *p = j->state;

	explicit_bzero(p->pass, sizeof(p->pass));
	explicit_bzero(p->made, sizeof(p->made));
	if (p->hashing)
		p->session = 0;		/* on_hash frees it */
	else
		free(p);
	j->state = NULL;
}

static void on_hash(void *arg, enum err e, const char *hash)
{
	struct pending *p = arg;

	p->hashing = false;
	if (!p->session) {
		free(p);
		return;
	}
	for (size_t i = 0; i < JOBS_MAX; i++) {
		struct job *j = &p->c->jobs[i];

		if (j->state != p)
			continue;
		if (e)
			fail_err(j, e, "password");
		else
			str_copy(p->st.hash, sizeof(p->st.hash), hash);
		p->done = true;
	}
}

static bool pass_step(struct job *j, struct now now UNUSED)
{
	struct pending *p = j->state;

	if (!p->done)
		return false;
	return j->exit ? true : save_user(j, &p->st);
}

/* A whole password has come; false with the reason said. */
static bool take_pass(struct job *j, struct pending *p)
{
	size_t least = p->phone ? PHONE_PASSWORD_MIN : PASSWORD_MIN;
	enum err e;

	p->pass[strcspn(p->pass, "\r\n")] = '\0';
	if (strlen(p->pass) < least)
		return !fail(j, EXIT_USAGE, MSG_NO_ARG, "a password of at "
			     "least %zu characters is needed", least);
	if (p->phone)
		e = set_phone_key(j, &p->st, p->pass);
	else
		e = door_hash_start(j->c->conf.door, p->pass, on_hash, p);
	p->hashing = !p->phone && !e;
	return !e || !fail_err(j, e, "password");
}

static void on_pass(struct job *j, const struct msg_admin_data *m)
{
	struct pending *p = j->state;
	size_t n = MIN((size_t)m->chunk_len,
		       sizeof(p->pass) - 1 - p->pass_len);

	memcpy(p->pass + p->pass_len, m->chunk, n);
	p->pass_len += n;
	door_ok(j->c->conf.door, j->session, j->req, NULL);
	if (!m->last || p->hashing || p->done)
		return;
	p->pass[p->pass_len] = '\0';
	p->done = !take_pass(j, p) || p->phone;
	explicit_bzero(p->pass, sizeof(p->pass));
}

/* It is on disk: what is typed into the phone. */
static bool say_account(struct job *j, struct now now UNUSED)
{
	const struct pending *p = j->state;
	char user[STAFF_SIP_USER_SIZE], uri[DIAL_URI_SIZE];
	json_t *line;

	staff_sip_user(p->st.agent, user);
	live_agent_uri(j->c->conf.live, (struct agent_id){ p->st.agent }, uri,
		       sizeof(uri));
	line = json_pack("{s:s, s:s, s:s, s:s}", "user", p->st.user,
			 "sip_user", user, "sip_server", strchr(uri, '@') + 1,
			 "sip_realm", p->st.phone_realm);
	if (*p->made)
		json_object_set_new(line, "sip_password",
				    json_string(p->made));
	say(j, line);
	return true;
}

static struct pending *pending_new(struct job *j, const struct staff *st)
{
	struct pending *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->st = *st;
	p->c = j->c;
	p->session = j->session;
	p->req = j->req;
	j->state = p;
	j->drop = drop_pending;
	return p;
}

/* False with the reason said: passwords and phone do not go together. */
static bool passwords_fit(struct job *j, const struct staff *st,
			  uint32_t number, bool renew)
{
	bool login = word_flag(j, "--password-stdin");
	bool phone = word_flag(j, "--phone-password-stdin");

	if (renew && !st->agent)
		return !fail(j, EXIT_USAGE, MSG_NO_ARG, "a phone that "
			     "registers needs an agent number");
	if (!renew && *st->phone_secret && number != st->agent)
		return !fail(j, EXIT_USAGE, MSG_NO_ARG, "the phone's password "
			     "is agent %u's: say phone=registered too",
			     number);
	if (phone && login)
		return !fail(j, EXIT_USAGE, MSG_NO_ARG,
			     "one password at a time on standard input");
	if (phone && !renew)
		return !fail(j, EXIT_USAGE, MSG_NO_ARG,
			     "--phone-password-stdin goes with "
			     "phone=registered");
	return true;
}

/* phone=registered makes a new password for it, or takes one. */
static bool change_user(struct job *j, struct staff *st)
{
	bool login = word_flag(j, "--password-stdin");
	bool phone = word_flag(j, "--phone-password-stdin");
	uint32_t number = st->agent;
	struct pending *p;
	enum err e = ERR_OK;
	bool renew;

	if (!set_all(j, st))
		return true;
	renew = staff_phone(st) == STAFF_PHONE_REGISTERED &&
		!*st->phone_secret;
	if (!passwords_fit(j, st, number, renew))
		return true;
	if (!login && !renew)
		return save_user(j, st);
	p = pending_new(j, st);
	if (!p)
		return fail_err(j, ERR_MEMORY, st->user);
	if (renew && !phone)
		e = make_password(p->made);
	if (!e && renew && !phone)
		e = set_phone_key(j, &p->st, p->made);
	if (e)
		return fail_err(j, e, "password");
	p->phone = phone;
	j->after = renew ? say_account : NULL;
	if (!login && !phone)
		return save_user(j, &p->st);
	j->data = on_pass;
	j->step = pass_step;
	return false;
}

bool verb_user_add(struct job *j, struct now now UNUSED)
{
	const char *name = word_at(j, 0);
	struct staff st = { 0 };

	if (!name)
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "which user?");
	if (!staff_get(j->c->r->store, name, &st))
		return fail(j, EXIT_REFUSED, MSG_NO_EXISTS,
			    "%s: there already; use `user set`", name);
	st = (struct staff){ 0 };
	if (!text_of(j, "user", st.user, sizeof(st.user), name))
		return true;
	if (!word_flag(j, "--password-stdin") &&
	    !word_flag(j, "--phone-password-stdin"))
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "nobody logs in without "
			    "a password: --password-stdin");
	str_copy(st.name, sizeof(st.name), name);
	return change_user(j, &st);
}

bool verb_user_set(struct job *j, struct now now UNUSED)
{
	const char *name = word_at(j, 0);
	struct staff st;
	enum err e;

	if (!name)
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "which user?");
	e = staff_get(j->c->r->store, name, &st);
	return e ? fail_err(j, e, name) : change_user(j, &st);
}

bool verb_user_delete(struct job *j, struct now now UNUSED)
{
	const char *name = word_at(j, 0);
	struct store_group *g;
	struct staff was;
	enum err e;

	if (!name)
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "which user?");
	if (staff_get(j->c->r->store, name, &was))
		was.agent = 0;
	g = store_begin(j->c->r->store);
	e = staff_del(j->c->r->store, g, name);
	if (e) {
		store_abort(g);
		return fail_err(j, e, name);
	}
	bool failed = commit(j, g, "user %s deleted", name);

	if (!failed)
		end_phone(j, &was, NULL);
	if (!failed)
		door_recheck(j->c->conf.door, name, j->session);
	return failed;
}
