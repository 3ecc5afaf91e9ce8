#include "staff/staff.h"

#include "base/str.h"

#include <string.h>

SCHEMA_DEFINE(staff_campaign, STAFF_CAMPAIGN, "a campaign by name");
SCHEMA_DEFINE(staff, STAFF_FIELDS, "somebody who may log in");

static const char *const roles[] = {
#define X(name, word) [name] = word,
	STAFF_ROLES(X)
#undef X
};

enum { ROW_MAX = 2048 };

const char *staff_role_word(enum staff_role r)
{
	return (unsigned)r < ARRAY_LEN(roles) ? roles[r] : "?";
}

enum err staff_role_from_word(const char *w, enum staff_role *out)
{
	for (size_t i = 1; i < ARRAY_LEN(roles); i++) {
		if (str_eq(roles[i], w)) {
			*out = (enum staff_role)i;
			return ERR_OK;
		}
	}
	return ERR_ABSENT;
}

enum staff_phone staff_phone(const struct staff *st)
{
	if (str_eq(st->phone, "registered"))
		return STAFF_PHONE_REGISTERED;
	return *st->phone ? STAFF_PHONE_URI : STAFF_PHONE_OWN;
}

static const char sip_prefix[] = "agent-";

void staff_sip_user(uint32_t agent, char buf[STAFF_SIP_USER_SIZE])
{
	str_fmt(buf, STAFF_SIP_USER_SIZE, "%s%u", sip_prefix, agent);
}

enum err staff_sip_agent(const char *sip_user, struct agent_id *out)
{
	size_t n = sizeof(sip_prefix) - 1;
	uint64_t number;

	if (strncmp(sip_user, sip_prefix, n) ||
	    str_to_u64(sip_user + n, UINT32_MAX, &number) || !number)
		return ERR_ABSENT;
	out->v = (uint32_t)number;
	return ERR_OK;
}

enum err staff_get(struct store *s, const char *user, struct staff *out)
{
	struct store_key k = { 0 };
	uint8_t buf[ROW_MAX];
	size_t len;
	enum err e;

	store_key_text(&k, user);
	e = store_get(s, STORE_USER, k.b, k.len, buf, sizeof(buf), &len);
	return e ? e : schema_decode(&staff_schema, buf, len, out);
}

static struct store_key agent_key(uint32_t agent)
{
	struct store_key k = { 0 };

	store_key_u32(&k, agent);
	return k;
}

enum err staff_by_agent(struct store *s, struct agent_id agent,
			struct staff *out)
{
	struct store_key k = agent_key(agent.v);
	char user[64];
	size_t len;
	enum err e = store_get(s, STORE_AGENT, k.b, k.len, user,
			       sizeof(user) - 1, &len);

	if (e)
		return e;
	user[len] = '\0';
	return staff_get(s, user, out);
}

static bool is_name(const char *s)
{
	for (const char *c = s; *c; c++)
		if (!(*c >= 'a' && *c <= 'z') && !(*c >= 'A' && *c <= 'Z') &&
		    !(*c >= '0' && *c <= '9') && !strchr("._-", *c))
			return false;
	return *s != '\0';
}

enum err staff_put(struct store *s, struct store_group *g,
		   const struct staff *st)
{
	struct store_key k = { 0 }, ak = agent_key(st->agent);
	struct staff other;
	uint8_t buf[ROW_MAX];
	size_t len;
	enum err e;

	if (!is_name(st->user) || !st->role || st->role >= STAFF_ROLE_COUNT ||
	    (st->role == STAFF_AGENT && !st->agent))
		return ERR_ARG;
	if (st->agent &&
	    !staff_by_agent(s, (struct agent_id){ st->agent }, &other) &&
	    !str_eq(other.user, st->user))
		return ERR_EXISTS;
	e = schema_encode(&staff_schema, st, buf, sizeof(buf), &len);
	if (e)
		return e;
	if (!staff_get(s, st->user, &other) && other.agent &&
	    other.agent != st->agent) {
		struct store_key old = agent_key(other.agent);

		store_del(g, STORE_AGENT, old.b, old.len);
	}
	store_key_text(&k, st->user);
	store_put(g, STORE_USER, k.b, k.len, buf, len);
	if (st->agent)
		store_put(g, STORE_AGENT, ak.b, ak.len, st->user,
			  strlen(st->user));
	return ERR_OK;
}

enum err staff_del(struct store *s, struct store_group *g, const char *user)
{
	struct store_key k = { 0 };
	struct staff st;
	enum err e = staff_get(s, user, &st);

	if (e)
		return e;
	store_key_text(&k, user);
	store_del(g, STORE_USER, k.b, k.len);
	if (st.agent) {
		struct store_key ak = agent_key(st.agent);

		store_del(g, STORE_AGENT, ak.b, ak.len);
	}
	return ERR_OK;
}

struct each {
	staff_h *h;
	void *arg;
	enum err err;
};

static bool each_row(void *arg, const void *key UNUSED, size_t klen UNUSED,
		     const void *val, size_t vlen)
{
	struct each *x = arg;
	struct staff st;

	x->err = schema_decode(&staff_schema, val, vlen, &st);
	return !x->err && x->h(x->arg, &st);
}

enum err staff_after(struct store *s, const char *last, staff_h *h, void *arg)
{
	struct each x = { .h = h, .arg = arg };
	struct store_key at = { 0 }, from = { 0 };

	store_key_text(&at, last);
	if (*last)
		store_key_after(&from, at.b, at.len);
	enum err e = store_scan_all(s, STORE_USER,
				    &(struct store_range){
					    .from = from.b,
					    .from_len = from.len },
				    each_row, &x);

	return e ? e : x.err;
}
