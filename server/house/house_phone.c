/* house_phone -- who may open a line, and whose desk phone is called. */
#include "house_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "report/audit.h"
#include "staff/staff.h"

#include <string.h>
#include <sys/random.h>

static struct secret *secret_of(struct house *h, struct agent_id agent)
{
	for (size_t i = 0; i < h->secret_len; i++)
		if (h->secrets[i].agent.v == agent.v)
			return &h->secrets[i];
	if (h->secret_len == h->secret_max)
		return NULL;
	h->secrets[h->secret_len].agent = agent;
	return &h->secrets[h->secret_len++];
}

struct twin {
	const struct door_session *of;
	bool is;
};

static bool is_twin(void *arg, const struct door_session *s)
{
	struct twin *t = arg;

	t->is = s->agent.v == t->of->agent.v && s->no != t->of->no;
	return !t->is;
}

/* Is he in once more?  A supervisor may run several programs at a time; an
 * agent who came from elsewhere is, with the session that replaced this. */
static bool has_twin(struct house *h, const struct door_session *s)
{
	const struct door_session *other = door_session_of(h->door, s->agent);
	struct twin t = { .of = s, .is = other && other->no != s->no };

	if (s->role != MSG_ROLE_AGENT)
		door_each(h->door, is_twin, &t);
	return t.is;
}

/* Of several programs all have the same: none locks out the others. */
static const char *secret_for(struct house *h, const struct door_session *of)
{
	struct secret *s = secret_of(h, of->agent);
	uint8_t bytes[SECRET_LEN / 2];

	if (s && *s->text && has_twin(h, of))
		return s->text;
	if (!s || getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return "";
	*s->text = '\0';
	for (size_t i = 0; i < sizeof(bytes); i++)
		str_add(s->text, sizeof(s->text), "%02x", bytes[i]);
	return s->text;
}

/* The secret was this log-in's, and so is what it registered with.  A desk
 * phone has its own account, and stays. */
void house_phone_ended(struct house *h, const struct door_session *s)
{
	const struct live_rooms *r = live_rooms(h->live);
	struct staff st;
	enum err e;

	if (!s->agent.v || has_twin(h, s))
		return;			/* it is the other's now */
	for (size_t i = 0; i < h->secret_len; i++) {
		struct secret *x = &h->secrets[i];

		if (x->agent.v != s->agent.v)
			continue;
		*x = h->secrets[--h->secret_len];
		explicit_bzero(&h->secrets[h->secret_len], sizeof(*x));
		break;
	}
	if (!staff_by_agent(r->store, s->agent, &st) &&
	    staff_phone(&st) == STAFF_PHONE_REGISTERED)
		return;
	e = dial_phone_forget(r->dial, s->agent);
	if (e && e != ERR_ABSENT)
		log_warn("house", "agent %u: phone: %s", s->agent.v,
			 err_text(e));
}

static enum err bytes_of(const char *hex, uint8_t ha1[DIAL_HA1_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	if (strlen(hex) != 2 * DIAL_HA1_SIZE)
		return ERR_FORMAT;
	for (size_t i = 0; i < DIAL_HA1_SIZE; i++) {
		const char *a = strchr(digits, hex[2 * i]);
		const char *b = strchr(digits, hex[2 * i + 1]);

		if (!a || !b)
			return ERR_FORMAT;
		ha1[i] = (uint8_t)((a - digits) << 4 | (b - digits));
	}
	return ERR_OK;
}

/* dial asks: whose phone is "agent-1001", and what may it log in with? */
enum err house_phone_key(void *arg, const char *user, const char *realm,
			 uint8_t ha1[DIAL_HA1_SIZE], struct agent_id *agent)
{
	struct house *h = arg;
	struct staff st;
	enum err e = staff_sip_agent(user, agent);

	if (e)
		return e;
	/* A desk phone's own password, else the secret of this log-in. */
	if (!staff_by_agent(live_rooms(h->live)->store, *agent, &st) &&
	    staff_phone(&st) == STAFF_PHONE_REGISTERED) {
		if (st.locked)
			return ERR_ABSENT;
		if (str_eq(st.phone_realm, realm))
			return bytes_of(st.phone_secret, ha1);
		log_warn("house", "%s: its password is of the realm \"%s\"; "
			 "set phone=registered again", user, st.phone_realm);
		return ERR_ABSENT;
	}
	for (size_t i = 0; i < h->secret_len; i++)
		if (h->secrets[i].agent.v == agent->v && *h->secrets[i].text)
			return dial_ha1(user, realm, h->secrets[i].text, ha1);
	return ERR_ABSENT;
}

/* ---- a phone the terminal names ---------------------------------------------- */

static bool is_trunk(const struct house *h, const char *uri)
{
	const char *name, *trunk;

	for (size_t i = 0; (name = conf_instance(h->conf, "trunks", i)); i++) {
		char host[80];

		trunk = conf_text(h->conf, "trunks", name, "uri");
		if (!trunk || !strchr(trunk, ':'))
			continue;
		trunk = strchr(trunk, ':') + 1;
		trunk = strchr(trunk, '@') ? strchr(trunk, '@') + 1 : trunk;
		str_fmt(host, sizeof(host), "%.*s", *trunk == '['
			? (int)strcspn(trunk + 1, "]")
			: (int)strcspn(trunk, ":;?"),
			*trunk == '[' ? trunk + 1 : trunk);
		if (staff_phone_in(uri, host))
			return true;
	}
	return dial_at_trunk(live_rooms(h->live)->dial, uri);
}

/* Whose word counts: the administrator's in the record, then the terminal's
 * where the floor lets terminals choose. */
static enum msg_phone_answer answer_of(const struct house *h,
				       const struct staff *st, const char *uri)
{
	size_t n = conf_list_len(h->conf, "agents", NULL, "phones");

	if (!*uri || str_eq(st->phone, uri))
		return MSG_PHONE_AS_ASKED;
	if (*st->phone && !st->phone_asked)
		return MSG_PHONE_FIXED;
	if (!staff_phone_uri(uri))
		return MSG_PHONE_MALFORMED;
	for (size_t i = 0; i < n; i++)
		if (staff_phone_in(uri, conf_list_at(h->conf, "agents", NULL,
						     "phones", i)))
			return is_trunk(h, uri) ? MSG_PHONE_TRUNK
						: MSG_PHONE_AS_ASKED;
	return n ? MSG_PHONE_ELSEWHERE : MSG_PHONE_FORBIDDEN;
}

/*
 * The user's record owns where his phone is.  A wish of the terminal that is
 * granted changes it until a log-in that wishes otherwise; in a call nothing
 * changes.  What is asked for and not granted is told, and logged.
 */
static void settle(struct house *h, const struct door_session *s,
		   struct staff *st, struct msg_login_ok *ok)
{
	const struct live_rooms *r = live_rooms(h->live);
	struct store_group *g;
	char what[200];

	ok->phone_answer = (uint8_t)answer_of(h, st, s->phone);
	if (ok->phone_answer)
		log_info("house", "%s asked for the phone %s: %s", s->user,
			 s->phone, msg_word(MSG_WORDS_PHONE_ANSWER,
					    ok->phone_answer));
	bool grant = *s->phone && !ok->phone_answer &&
		     !str_eq(st->phone, s->phone);
	bool drop = !*s->phone && st->phone_asked;

	if ((!grant && !drop) || floor_call_of(r->floor, s->agent))
		return;
	enum err e = dial_line_drop(r->dial, s->agent);

	if (e && e != ERR_ABSENT)
		log_warn("house", "agent %u: the line was not dropped",
			 s->agent.v);
	str_copy(st->phone, sizeof(st->phone), grant ? s->phone : "");
	st->phone_asked = grant;
	str_fmt(what, sizeof(what), "phone of the terminal: %s",
		grant ? st->phone : "embedded");
	g = store_begin(r->store);
	e = staff_put(r->store, g, st);
	audit_row(g, clock_now(h->clock).wall_ms, s->user, what);
	if (!e)
		e = store_commit(g, NULL, NULL);
	if (e) {
		store_abort(g);
		log_err("house", "%s: phone: %s", s->user, err_text(e));
	}
}

void house_phone_greet(void *arg, const struct door_session *s,
		       struct msg_login_ok *ok)
{
	struct house *h = arg;
	char uri[120];
	struct staff st;

	if (!s->agent.v)
		return;
	if (!staff_by_agent(live_rooms(h->live)->store, s->agent, &st)) {
		settle(h, s, &st, ok);
		if (staff_phone(&st) != STAFF_PHONE_OWN)
			return;		/* the server rings a desk phone */
	}
	if (ok->phone_answer)
		return;			/* nor is one opened unasked */
	live_agent_uri(h->live, s->agent, uri, sizeof(uri));
	str_copy(ok->sip_dial, sizeof(ok->sip_dial), uri);
	staff_sip_user(s->agent.v, ok->sip_user);
	str_copy(ok->sip_pass, sizeof(ok->sip_pass),
		 secret_for(h, s));
	str_copy(ok->sip_host, sizeof(ok->sip_host), strchr(uri, '@') + 1);
	str_copy(ok->sip_transport, sizeof(ok->sip_transport), "udp");
}

void house_phone_ring(struct house *h, struct agent_id agent)
{
	const struct live_rooms *r = live_rooms(h->live);
	struct dial_phone p;
	struct staff st;

	if (!agent.v || staff_by_agent(r->store, agent, &st) ||
	    staff_phone(&st) == STAFF_PHONE_OWN)
		return;
	dial_phone(r->dial, agent, &p);
	if (p.wanted || p.up)
		return;
	if (dial_line_call(r->dial, agent,
			   staff_phone(&st) == STAFF_PHONE_REGISTERED
			   ? NULL : st.phone))
		log_warn("house", "agent %u: %s cannot be called", agent.v,
			 st.phone);
}

void house_phone_tick(struct house *h)
{
	const struct live_rooms *r = live_rooms(h->live);
	struct seats *seats = floor_seats(r->floor);

	for (size_t n = 0; n < SEATS_TICK; n++) {
		struct seat *s = seat_at(seats, h->phone_at++);
		struct dial_phone p;

		if (!s) {
			h->phone_at = 0;
			return;
		}
		if (s->state != SEAT_OFFLINE ||
		    door_session_of(h->door, s->agent))
			continue;
		dial_phone(r->dial, s->agent, &p);
		if (!(p.up && s->phone_up) && !p.wanted)
			continue;
		if (dial_line_drop(r->dial, s->agent))
			log_warn("house", "agent %u: the line was not dropped",
				 s->agent.v);
	}
}
