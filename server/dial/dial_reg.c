/*
 * dial_reg -- digest for agents' phones, and their small registrar.
 *
 * MD5 digest (RFC 3261 22, RFC 2617): what desk phones and baresip speak.  A
 * nonce is the time and a keyed hash of it and the Call-ID, so nothing is
 * kept for a challenge, and an answer overheard is of no use for another
 * dialog.  One contact an agent; the latest counts.
 */
#include "dial/dial_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"

enum {
	NONCE_S    = 60,	/* how long an answer to it is taken        */
	EXPIRES_MIN_S = 30,
	EXPIRES_MAX_S = 3600,
	EXPIRES_S  = 300,	/* none asked for                           */
	PHONES_MAX = 20000,	/* as many as there can be agents           */
	LATE_MS    = 2000,	/* a refresh may be that late               */
};

struct phone {
	struct le le, he;
	struct dial *d;
	struct agent_id agent;
	char uri[DIAL_URI_SIZE];
	struct sa src;
	struct tmr tmr;
};

/* ---------------------------------------------------------------- digest -- */

static bool nonce_make(const struct dial *d, const struct sip_msg *msg,
		       uint32_t at_s, char *buf, size_t size)
{
	uint8_t md[MD5_SIZE];

	if (md5_printf(md, "%08x:%r:%s", at_s, &msg->callid, d->nonce_key))
		return false;
	return re_snprintf(buf, size, "%08x%w", at_s, md, sizeof(md)) > 0;
}

static bool nonce_is_ours(const struct dial *d, const struct sip_msg *msg,
			  const struct pl *nonce)
{
	uint32_t now_s = (uint32_t)(tmr_jiffies() / 1000);
	char want[64];
	struct pl hex = { nonce->p, 8 };
	uint32_t at_s;

	if (nonce->l != 8 + 2 * MD5_SIZE)
		return false;
	at_s = pl_x32(&hex);
	return now_s - at_s <= NONCE_S &&
	       nonce_make(d, msg, at_s, want, sizeof(want)) &&
	       !pl_strcmp(nonce, want);
}

static bool challenge(struct dial *d, const struct sip_msg *msg)
{
	char nonce[64];

	if (!guard_may_answer(d, &msg->src) ||
	    !nonce_make(d, msg, (uint32_t)(tmr_jiffies() / 1000), nonce,
			sizeof(nonce)))
		return false;
	d->counts.stranger_refused++;
	/* Without a transaction (RFC 3261 8.2.7): a flood keeps no memory. */
	(void)sip_replyf(d->sip, msg, 401, "Unauthorized",
			 "WWW-Authenticate: Digest realm=\"%s\", "
			 "nonce=\"%s\", algorithm=MD5, qop=\"auth\"\r\n"
			 "Content-Length: 0\r\n\r\n", d->realm, nonce);
	return false;
}

static bool wrong(struct dial *d, const struct sip_msg *msg)
{
	char src[64];

	d->counts.auth_failed++;
	if (!guard_charge(d, &msg->src))
		return false;
	(void)re_snprintf(src, sizeof(src), "%J", &msg->src);
	log_warn("dial", "a phone's log-in from %s is refused", src);
	(void)sip_reply(d->sip, msg, 403, "Forbidden");
	return false;
}

bool reg_authenticate(struct dial *d, const struct sip_msg *msg,
		      struct agent_id *agent)
{
	const struct sip_hdr *h = sip_msg_hdr(msg, SIP_HDR_AUTHORIZATION);
	char user[DIAL_NAME_SIZE];
	struct httpauth_digest_resp resp;
	uint8_t ha1[DIAL_HA1_SIZE];
	bool right;

	if (!h || httpauth_digest_response_decode(&resp, &h->val) ||
	    pl_strcmp(&resp.realm, d->realm) ||
	    !nonce_is_ours(d, msg, &resp.nonce))
		return challenge(d, msg);
	if (pl_strcpy(&resp.username, user, sizeof(user)) ||
	    strspn(user, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			 "0123456789.-_@+") != strlen(user) ||
	    !d->h.agent_key ||
	    d->h.agent_key(user, d->realm, ha1, agent, d->h.arg))
		return wrong(d, msg);
	right = !httpauth_digest_response_auth(&resp, &msg->met, ha1);
	explicit_bzero(ha1, sizeof(ha1));
	return right ? true : wrong(d, msg);
}

enum err dial_ha1(const char *user, const char *realm, const char *password,
		  uint8_t ha1[DIAL_HA1_SIZE])
{
	return md5_printf(ha1, "%s:%s:%s", user, realm, password)
		? ERR_MEMORY : ERR_OK;
}

const char *dial_realm(const struct dial *d)
{
	return d->realm;
}

/* ------------------------------------------------------------- registrar -- */

static bool is_phone(struct le *le, void *arg)
{
	return ((struct phone *)le->data)->agent.v ==
	       ((const struct agent_id *)arg)->v;
}

static struct phone *phone_find(const struct dial *d, struct agent_id agent)
{
	return list_ledata(hash_lookup(d->phone_of, agent.v, is_phone,
				       &agent));
}

static void phone_tell(struct phone *p, uint32_t expires_s, bool refresh)
{
	struct dial_event ev = { .kind = DIAL_PHONE, .now = dial_now(p->d),
				 .agent = p->agent, .digit = expires_s > 0,
				 .uri = p->uri, .expires_s = expires_s,
				 .refresh = refresh };

	dial_tell(p->d, &ev);
}

static void phone_free(struct phone *p)
{
	tmr_cancel(&p->tmr);
	p->d->phone_n--;
	guard_forget(p->d, &p->src);
	list_unlink(&p->le);
	hash_unlink(&p->he);
	free(p);
}

static void phone_gone_h(void *arg)
{
	struct phone *p = arg;

	list_unlink(&p->le);
	hash_unlink(&p->he);
	phone_tell(p, 0, false);
	phone_free(p);
}

static struct phone *phone_make(struct dial *d, struct agent_id agent)
{
	struct phone *p;

	if (d->phone_n >= PHONES_MAX)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->d = d;
	p->agent = agent;
	list_append(&d->phones, &p->le, p);
	d->phone_n++;
	hash_append(d->phone_of, agent.v, &p->he, p);
	return p;
}

static uint32_t wanted_expires(const struct sip_msg *msg,
			       const struct sip_addr *contact)
{
	struct pl param;

	if (contact && !msg_param_decode(&contact->params, "expires", &param))
		return pl_u32(&param);
	return pl_isset(&msg->expires) ? pl_u32(&msg->expires) : EXPIRES_S;
}

static void registered(struct dial *d, const struct sip_msg *msg,
		       const struct phone *p, uint32_t expires_s)
{
	char contact[DIAL_URI_SIZE + 48] = "";

	if (p)
		str_fmt(contact, sizeof(contact),
			"Contact: <%s>;expires=%u\r\n", p->uri, expires_s);
	(void)sip_treplyf(NULL, NULL, d->sip, msg, false, 200, "OK",
			  "%sContent-Length: 0\r\n\r\n", contact);
}

/* The phone is reached where it sends from, not where it believes to be. */
static enum err contact_uri(const struct sip_msg *msg,
			    const struct sip_addr *contact, char *buf,
			    size_t size)
{
	int n = re_snprintf(buf, size, "sip:%r@%J%s", &contact->uri.user,
			    &msg->src, sip_transp_param(msg->tp));

	return n > 0 && (size_t)n < size ? ERR_OK : ERR_FORMAT;
}

void reg_register(struct dial *d, const struct sip_msg *msg)
{
	const struct sip_hdr *h = sip_msg_hdr(msg, SIP_HDR_CONTACT);
	struct sip_addr contact;
	struct agent_id agent;
	char uri[DIAL_URI_SIZE];
	uint32_t expires_s;
	struct phone *p;
	bool is_new;

	if (!reg_authenticate(d, msg, &agent))
		return;
	p = phone_find(d, agent);
	if (!h) {			/* a question only */
		registered(d, msg, p, p ? (uint32_t)
			   (tmr_get_expire(&p->tmr) / 1000) : 0);
		return;
	}
	if (!pl_strcmp(&h->val, "*")) {
		expires_s = 0;
	} else if (sip_addr_decode(&contact, &h->val) ||
		   contact_uri(msg, &contact, uri, sizeof(uri))) {
		(void)sip_treply(NULL, d->sip, msg, 400, "Bad Contact");
		return;
	} else {
		expires_s = MIN(wanted_expires(msg, &contact),
				(uint32_t)EXPIRES_MAX_S);
	}
	if (!expires_s) {
		registered(d, msg, NULL, 0);
		if (p)
			phone_gone_h(p);
		return;
	}
	expires_s = MAX(expires_s, (uint32_t)EXPIRES_MIN_S);
	is_new = !p;
	if (!p)
		p = phone_make(d, agent);
	if (!p) {
		(void)sip_treply(NULL, d->sip, msg, 503, "Too Many Phones");
		return;
	}
	is_new = is_new || !str_eq(p->uri, uri);
	str_copy(p->uri, sizeof(p->uri), uri);
	guard_know(d, &p->src, &msg->src);
	tmr_start(&p->tmr, (uint64_t)expires_s * 1000 + LATE_MS, phone_gone_h,
		  p);
	registered(d, msg, p, expires_s);
	phone_tell(p, expires_s, !is_new);
	if (is_new)
		line_phone_there(d, agent);
}

const char *reg_contact(const struct dial *d, struct agent_id agent)
{
	struct phone *p = phone_find(d, agent);

	return p ? p->uri : NULL;
}

bool dial_phone_is_registered(const struct dial *d, struct agent_id agent)
{
	return phone_find(d, agent) != NULL;
}

uint32_t reg_expires_s(const struct dial *d, struct agent_id agent)
{
	struct phone *p = phone_find(d, agent);

	return p ? (uint32_t)(tmr_get_expire(&p->tmr) / 1000) : 0;
}

enum err dial_phone_restore(struct dial *d, struct agent_id agent,
			    const char *uri, uint32_t expires_s)
{
	struct pl pl;
	struct uri u;
	struct sa src;
	struct phone *p;

	pl_set_str(&pl, uri);
	if (!agent.v || strlen(uri) >= sizeof(p->uri) || uri_decode(&u, &pl) ||
	    pl_strcmp(&u.scheme, "sip") || sa_set(&src, &u.host, u.port))
		return ERR_FORMAT;
	if (phone_find(d, agent))
		return ERR_EXISTS;
	p = phone_make(d, agent);
	if (!p)
		return ERR_FULL;
	str_copy(p->uri, sizeof(p->uri), uri);
	guard_know(d, &p->src, &src);
	tmr_start(&p->tmr, (uint64_t)MIN(expires_s, (uint32_t)EXPIRES_MAX_S) *
		  1000 + LATE_MS, phone_gone_h, p);
	return ERR_OK;
}

enum err dial_phone_forget(struct dial *d, struct agent_id agent)
{
	struct phone *p = phone_find(d, agent);

	if (!p)
		return ERR_ABSENT;
	phone_gone_h(p);
	return ERR_OK;
}

void phones_drop_all(struct dial *d)
{
	while (d->phones.head)
		phone_free(d->phones.head->data);
}
