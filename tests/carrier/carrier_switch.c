/* The carrier's door: digest, channel limit, refusals at once, OPTIONS. */
#include "carrier/carrier_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { TICK_MS = 20 };

struct number {
	struct le le;
	char digits[32];
	unsigned calls;
};

static bool same_number(struct le *le, void *arg)
{
	return !strcmp(((struct number *)le->data)->digits, arg);
}

static void number_destroy(void *arg)
{
	hash_unlink(&((struct number *)arg)->le);
}

/* 1 for the first call to this number. */
static unsigned nth_call(struct carrier *c, char *digits)
{
	uint32_t key = hash_joaat_str(digits);
	struct number *n = list_ledata(hash_lookup(c->calls, key, same_number,
						   digits));

	if (!n) {
		n = mem_zalloc(sizeof(*n), number_destroy);
		if (!n)
			return 1;
		str_copy(n->digits, sizeof(n->digits), digits);
		hash_append(c->calls, key, &n->le, n);
	}
	return ++n->calls;
}

static void challenge(struct carrier *c, const struct sip_msg *msg)
{
	c->counts.challenged++;
	(void)sip_treplyf(NULL, NULL, c->sip, msg, false, 407,
			  "Proxy Authentication Required",
			  "Proxy-Authenticate: Digest realm=\"carrier\", "
			  "nonce=\"%s\", algorithm=MD5, qop=\"auth\"\r\n"
			  "Content-Length: 0\r\n\r\n", c->nonce_key);
}

static bool authorised(struct carrier *c, const struct sip_msg *msg)
{
	struct httpauth_digest_resp resp;
	const struct sip_hdr *h =
		sip_msg_hdr(msg, SIP_HDR_PROXY_AUTHORIZATION);
	uint8_t ha1[MD5_SIZE];

	if (!c->opt.user)
		return true;
	if (!h || httpauth_digest_response_decode(&resp, &h->val) ||
	    pl_strcmp(&resp.nonce, c->nonce_key) ||
	    pl_strcmp(&resp.username, c->opt.user) ||
	    md5_printf(ha1, "%s:carrier:%s", c->opt.user, c->opt.password) ||
	    httpauth_digest_response_auth(&resp, &msg->met, ha1)) {
		challenge(c, msg);
		return false;
	}
	return true;
}

/* Final answers given without ringing. */
static bool refuse_at_once(struct carrier *c, const struct sip_msg *msg,
			   enum behaviour is)
{
	static const struct {
		enum behaviour is;
		uint16_t code;
		const char *reason, *hdrs;
		size_t count;		/* which counter                    */
	} rows[] = {
#define AT(n) offsetof(struct carrier_counts, n)
		{ BEH_BUSY,   486, "Busy Here", "", AT(busy) },
		{ BEH_VACANT, 404, "Not Found",
		  "Reason: Q.850;cause=1;text=\"Unallocated number\"\r\n",
		  AT(vacant) },
		{ BEH_503,    503, "Service Unavailable",
		  "Retry-After: 3\r\n", AT(unavailable) },
		{ BEH_OFF,    480, "Temporarily Unavailable",
		  "Reason: Q.850;cause=20\r\n", AT(off) },
		{ BEH_500,    500, "Server Internal Error", "", AT(other) },
		{ BEH_REDIRECT, 302, "Moved Temporarily",
		  "Contact: <sip:900@127.0.0.1:9>\r\n", AT(other) },
#undef AT
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].is != is)
			continue;
		++*(uint64_t *)((char *)&c->counts + rows[i].count);
		(void)sip_treplyf(NULL, NULL, c->sip, msg, false, rows[i].code,
				  rows[i].reason, "%sContent-Length: 0\r\n\r\n",
				  rows[i].hdrs);
		return true;
	}
	return false;
}

static void connect_h(const struct sip_msg *msg, void *arg)
{
	struct carrier *c = arg;
	struct chance chance;
	enum behaviour is;
	char number[32];
	unsigned nth;

	if (c->dead || !authorised(c, msg))
		return;
	c->counts.invites++;
	if (c->opt.channels && c->counts.live >= c->opt.channels) {
		c->counts.full++;
		(void)sip_treplyf(NULL, NULL, c->sip, msg, false, 503,
				  "No Channel", "Retry-After: 1\r\n"
				  "Content-Length: 0\r\n\r\n");
		return;
	}
	str_fmt(number, sizeof(number), "%.*s", (int)msg->uri.user.l,
		msg->uri.user.p);
	/* It names a file: digits, or nobody. */
	if (!*number || strspn(number, "+0123456789") != strlen(number)) {
		c->counts.other++;
		(void)sip_treply(NULL, c->sip, msg, 484, "Address Incomplete");
		return;
	}
	nth = nth_call(c, number);
	chance_init(&chance, c->opt.seed, number, nth);
	is = c->storm ? BEH_503 : chance_behaviour(&chance, &c->opt, number);
	if (!refuse_at_once(c, msg, is))
		leg_begin(c, msg, number, is, &chance, nth);
}

static bool request_h(const struct sip_msg *msg, void *arg)
{
	struct carrier *c = arg;

	if (c->dead)
		return true;
	if (!pl_strcmp(&msg->met, "OPTIONS") && !pl_isset(&msg->to.tag)) {
		c->counts.options++;
		(void)sip_treplyf(NULL, NULL, c->sip, msg, false, 200, "OK",
				  "Allow: INVITE,ACK,BYE,CANCEL,OPTIONS,INFO"
				  "\r\nContent-Length: 0\r\n\r\n");
		return true;
	}
	return false;
}

/* Keeps the pace of 20 ms on average, whatever the loop's delays. */
static void tick_h(void *arg)
{
	struct carrier *c = arg;
	uint64_t now = tmr_jiffies();
	struct le *le;

	for (int turns = 0; c->tick_due <= now && turns < 5; turns++) {
		for (le = c->legs.head; le; le = le->next)
			rtp_leg_tick(&((struct call_leg *)le->data)->rtp);
		c->tick_due += TICK_MS;
	}
	if (c->tick_due <= now)		/* stopped for long: no bursts */
		c->tick_due = now + TICK_MS;
	tmr_start(&c->tick, c->tick_due - now, tick_h, c);
}

/* UDP and TCP on one port. */
static int listen_once(struct carrier *c)
{
	struct sa la;
	int err = sa_set_str(&la, c->opt.listen, c->opt.port);

	sip_transp_flush(c->sip);
	if (!err)
		err = sip_transp_add(c->sip, SIP_TRANSP_UDP, &la);
	if (!err)
		err = sip_transp_laddr(c->sip, &c->laddr, SIP_TRANSP_UDP, &la);
	if (!err)
		err = sip_transp_add(c->sip, SIP_TRANSP_TCP, &c->laddr);
	return err;
}

/* A port that is free for UDP may be someone's for TCP: then another one. */
static int listen_on(struct carrier *c)
{
	int err = listen_once(c);

	for (int i = 0; err == EADDRINUSE && !c->opt.port && i < 20; i++)
		err = listen_once(c);
	return err;
}

enum err carrier_new(const struct carrier_opt *o, struct carrier **out)
{
	struct carrier *c = calloc(1, sizeof(*c));
	enum err e;
	int err;

	if (!c)
		return ERR_MEMORY;
	c->opt = *o;
	rand_str(c->nonce_key, sizeof(c->nonce_key));
	e = sounds_new(o->seed, o->chatty, &c->sounds);
	if (e)
		goto fail;
	err = hash_alloc(&c->calls, 65536);
	if (!err)
		err = sip_alloc(&c->sip, NULL, 16384, 16384, 64, "carrier",
				NULL, NULL);
	if (!err)
		err = sip_listen(&c->lsnr, c->sip, true, request_h, c);
	if (!err)
		err = sipsess_listen(&c->sock, c->sip, 8192, connect_h, c);
	if (!err)
		err = listen_on(c);
	if (err) {
		e = err_from_errno(err);
		goto fail;
	}
	c->tick_due = tmr_jiffies() + TICK_MS;
	tmr_start(&c->tick, TICK_MS, tick_h, c);
	*out = c;
	return ERR_OK;
fail:
	carrier_free(c);
	return e;
}

struct carrier *carrier_free(struct carrier *c)
{
	if (!c)
		return NULL;
	tmr_cancel(&c->tick);
	list_flush(&c->legs);
	mem_deref(c->lsnr);
	mem_deref(c->sock);
	sip_close(c->sip, true);
	mem_deref(c->sip);
	hash_flush(c->calls);
	mem_deref(c->calls);
	c->sounds = sounds_free(c->sounds);
	free(c);
	return NULL;
}

uint16_t carrier_port(const struct carrier *c)
{
	return sa_port(&c->laddr);
}

struct samples *carrier_heard(struct carrier *c)
{
	return &c->heard;
}

struct carrier_counts *carrier_counts(struct carrier *c)
{
	return &c->counts;
}

void carrier_set_storm(struct carrier *c, bool on)
{
	c->storm = on;
}

void carrier_set_dead(struct carrier *c, bool on)
{
	c->dead = on;
}
