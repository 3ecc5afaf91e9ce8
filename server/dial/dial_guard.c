/*
 * dial_guard -- who may speak to us.
 *
 * Three gates, in the order a datagram meets them:
 *
 *   shield    below libre's parser (UDP): not SIP at all, or a stranger over
 *             its rate: dropped.  libre prints what it cannot parse, so a
 *             stranger's datagram is parsed here first.
 *   request   our listener, before libre's sessions: dialogs we know and
 *             trunks pass; INVITE and REGISTER of others go to the digest;
 *             everything else is 403, at a bounded rate, then silence.
 *   trace     libre follows a 3xx by itself and has no switch for it (toll
 *             fraud); its trace hook is called with the very bytes its
 *             session will read the new target from, so a Contact outside
 *             the trunk's list, or any of an agent's phone, is blanked there,
 *             and the call fails with the 3xx as its code.
 */
#include "dial/dial_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"

enum { BURST_S = 2, DIGIT_MS = 100 };

/* --------------------------------------------------------------- peers --- */

static bool peer_is(struct le *le, void *arg)
{
	const struct peer *p = le->data;
	const struct sip_msg *msg = arg;

	return !pl_strcmp(&msg->callid,
			  sip_dialog_callid(sipsess_dialog(p->sess)));
}

void peer_add(struct peer *p)
{
	const char *id = sip_dialog_callid(sipsess_dialog(p->sess));

	hash_append(p->d->peers, hash_joaat_str(id), &p->he, p);
}

struct peer *peer_find(struct dial *d, const struct sip_msg *msg)
{
	return list_ledata(hash_lookup(d->peers, hash_joaat_pl(&msg->callid),
				       peer_is, (void *)msg));
}

void peer_drop(struct peer *p, uint16_t q850)
{
	if (p->he.list)
		hash_unlink(&p->he);
	if (p->sess && q850)
		(void)sipsess_set_close_headers(p->sess,
				"Reason: Q.850;cause=%u\r\n", q850);
	p->sess = mem_deref(p->sess);
	p->sdp = mem_deref(p->sdp);
	p->audio = NULL;
}

/* ------------------------------------------------------------- headers --- */

/* Reason: Q.850;cause=17;text="..." (RFC 3326); several may stand there. */
static bool reason_h(const struct sip_hdr *hdr, const struct sip_msg *msg,
		     void *arg)
{
	uint16_t *out = arg;
	struct pl proto, rest, cause;

	(void)msg;
	if (re_regex(hdr->val.p, hdr->val.l, "[^; \t]+[^]*", &proto, &rest) ||
	    pl_strcasecmp(&proto, "Q.850") ||
	    msg_param_decode(&rest, "cause", &cause))
		return false;
	*out = (uint16_t)(pl_u32(&cause) & 0x7f);	/* Q.850: 7 bits */
	return *out != 0;
}

uint16_t msg_q850(const struct sip_msg *msg)
{
	uint16_t q850 = 0;

	(void)sip_msg_hdr_apply(msg, true, SIP_HDR_REASON, reason_h, &q850);
	return q850;
}

uint32_t msg_retry_after_s(const struct sip_msg *msg)
{
	const struct sip_hdr *h = sip_msg_hdr(msg, SIP_HDR_RETRY_AFTER);
	uint32_t s = 0;

	/* "120 (maintenance);duration=60" (RFC 3261 20.33) */
	for (size_t i = 0; h && i < h->val.l && i < 9; i++) {
		if (h->val.p[i] < '0' || h->val.p[i] > '9')
			break;
		s = s * 10 + (uint32_t)(h->val.p[i] - '0');
	}
	return s;
}

char msg_digit(const struct sip_msg *msg, uint16_t *ms)
{
	static const char digits[] = "0123456789*#ABCD";
	struct pl body = { (const char *)mbuf_buf(msg->mb),
			   mbuf_get_left(msg->mb) };
	struct pl sig, dur;

	*ms = DIGIT_MS;
	if (msg_ctype_cmp(&msg->ctyp, "application", "dtmf-relay")) {
		if (re_regex(body.p, body.l, "Signal=[ ]*[0-9*#A-Da-d]+",
			     NULL, &sig))
			return 0;
		if (!re_regex(body.p, body.l, "Duration=[ ]*[0-9]+", NULL,
			      &dur))
			*ms = (uint16_t)MIN(pl_u32(&dur), 10000u);
	} else if (msg_ctype_cmp(&msg->ctyp, "application", "dtmf")) {
		if (re_regex(body.p, body.l, "[0-9*#A-Da-d]+", &sig))
			return 0;
	} else {
		return 0;
	}
	char c = *sig.p >= 'a' ? (char)(*sig.p - 32) : *sig.p;

	return strchr(digits, c) ? c : 0;
}

/* ------------------------------------------------------------- sources --- */

bool guard_is_trunk(const struct dial *d, const struct sa *src)
{
	for (unsigned i = 0; i < d->trunk_count; i++)
		if (sa_isset(&d->trunk_addr[i], SA_ADDR) &&
		    sa_cmp(&d->trunk_addr[i], src, SA_ADDR))
			return true;
	return false;
}

bool dial_at_trunk(const struct dial *d, const char *uri)
{
	struct uri u;
	struct pl pl;
	struct sa at;

	pl_set_str(&pl, uri);
	return !uri_decode(&u, &pl) && !sa_set(&at, &u.host, u.port) &&
	       guard_is_trunk(d, &at);
}

struct known {
	struct le he;
	struct sa src;
	unsigned refs;
};

static bool is_src(struct le *le, void *arg)
{
	return sa_cmp(&((struct known *)le->data)->src, arg, SA_ADDR);
}

static struct known *known_find(const struct dial *d, const struct sa *src)
{
	return list_ledata(hash_lookup(d->known, sa_hash(src, SA_ADDR), is_src,
				       (void *)(uintptr_t)src));
}

bool guard_is_known(const struct dial *d, const struct sa *src)
{
	return guard_is_trunk(d, src) || known_find(d, src);
}

void guard_know(struct dial *d, struct sa *mine, const struct sa *src)
{
	struct known *k;

	guard_forget(d, mine);
	k = known_find(d, src);
	if (!k) {
		k = calloc(1, sizeof(*k));
		if (!k)
			return;		/* then it stays a stranger */
		k->src = *src;
		hash_append(d->known, sa_hash(src, SA_ADDR), &k->he, k);
	}
	k->refs++;
	*mine = *src;
}

void guard_forget(struct dial *d, struct sa *mine)
{
	struct known *k = sa_isset(mine, SA_ADDR) ? known_find(d, mine) : NULL;

	sa_init(mine, AF_UNSPEC);
	if (!k || --k->refs)
		return;
	hash_unlink(&k->he);
	free(k);
}

bool guard_may_answer(struct dial *d, const struct sa *src)
{
	return guard_is_known(d, src) || guard_charge(d, src);
}

bool guard_charge(struct dial *d, const struct sa *src)
{
	uint32_t key = sa_hash(src, SA_ADDR) | 1;
	struct stranger *s = &d->strangers[(key >> 1) % STRANGERS];
	int64_t now = (int64_t)tmr_jiffies();
	int32_t full = (int32_t)d->stranger_per_s * BURST_S * 1000;

	/* Two that share a slot share its rate: bounded memory first. */
	if (!s->key) {
		*s = (struct stranger){ key, full, now };
	} else {
		int64_t more = (now - s->at_ms) * d->stranger_per_s;

		s->tokens_milli = (int32_t)MIN(s->tokens_milli + more, full);
		s->at_ms = now;
	}
	if (s->tokens_milli < 1000) {
		d->counts.stranger_dropped++;
		return false;
	}
	s->tokens_milli -= 1000;
	return true;
}

static bool over_rate(const struct dial *d, const struct sa *src)
{
	uint32_t key = sa_hash(src, SA_ADDR) | 1;
	const struct stranger *s = &d->strangers[(key >> 1) % STRANGERS];
	int64_t more = ((int64_t)tmr_jiffies() - s->at_ms) * d->stranger_per_s;

	return s->key && s->tokens_milli + more < 1000;
}

/* Our own requests end "SIP/2.0", answers begin so: cheap, and enough for a
 * known trunk. */
static bool looks_like_sip(const struct mbuf *mb)
{
	const char *p = (const char *)mbuf_buf(mb);
	size_t n = mbuf_get_left(mb);
	const char *nl = memchr(p, '\n', MIN(n, (size_t)1024));
	static const char ver[] = "SIP/2.0";

	if (n < 4 || (uint8_t)p[0] < 0x41)
		return n <= 4;		/* keep-alives: libre ignores them */
	return nl && memmem(p, (size_t)(nl - p), ver, sizeof(ver) - 1);
}

static bool shield_h(struct sa *src, struct mbuf *mb, void *arg)
{
	struct dial *d = arg;
	struct sip_msg *msg;
	size_t pos = mb->pos;
	int err;

	if (!looks_like_sip(mb)) {
		d->counts.stranger_dropped++;
		return true;
	}
	if (guard_is_known(d, src)) {
		trace_got(d, src, mb);
		return false;
	}
	if (over_rate(d, src)) {
		d->counts.stranger_dropped++;
		return true;
	}
	err = sip_msg_decode(&msg, mb);
	mb->pos = pos;
	if (err) {
		(void)guard_charge(d, src);	/* garbage costs, too */
		d->counts.stranger_dropped++;
		return true;
	}
	mem_deref(msg);
	trace_got(d, src, mb);
	return false;
}

/* libre does not show its UDP sockets; the first message tells each. */
static void shield_raise(struct dial *d, const struct sip_msg *msg)
{
	if (msg->tp != SIP_TRANSP_UDP)
		return;
	for (unsigned i = 0; i < SHIELDS; i++) {
		if (d->shields[i].sock == msg->sock)
			return;
		if (d->shields[i].sock)
			continue;
		if (udp_register_helper(&d->shields[i].uh, msg->sock, 0,
					trace_sent,
					shield_h, d))
			return;
		d->shields[i].sock = mem_ref(msg->sock);
		return;
	}
}

/* ------------------------------------------------------------ requests --- */

static void refuse(struct dial *d, const struct sip_msg *msg)
{
	if (!pl_strcmp(&msg->met, "ACK"))
		return;
	if (!guard_may_answer(d, &msg->src))
		return;
	d->counts.stranger_refused++;
	(void)sip_reply(d->sip, msg, 403, "Forbidden");
}

static void options_ok(struct dial *d, const struct sip_msg *msg)
{
	(void)sip_treplyf(NULL, NULL, d->sip, msg, false, 200, "OK",
			  "Allow: INVITE,ACK,BYE,CANCEL,OPTIONS,INFO,UPDATE,"
			  "REGISTER\r\n"
			  "Accept: application/sdp\r\n"
			  "Content-Length: 0\r\n\r\n");
}

/* UPDATE (RFC 3311): a refresh, or new media as in a re-INVITE. */
static void update(struct dial *d, struct peer *p, const struct sip_msg *msg)
{
	struct mbuf *mb = NULL;
	bool had;

	if (!sip_dialog_rseq_valid(sipsess_dialog(p->sess), msg)) {
		(void)sip_treply(NULL, d->sip, msg, 500, "Out Of Order");
		return;
	}
	if (sdp_take(p, msg, true, &had) ||
	    (had && sdp_encode(&mb, p->sdp, false))) {
		(void)sip_treply(NULL, d->sip, msg, 488, "Not Acceptable Here");
		return;
	}
	(void)sip_treplyf(NULL, NULL, d->sip, msg, false, 200, "OK",
			  "%sContent-Length: %zu\r\n\r\n%b",
			  had ? "Content-Type: application/sdp\r\n" : "",
			  had ? mbuf_get_left(mb) : (size_t)0,
			  had ? mbuf_buf(mb) : NULL,
			  had ? mbuf_get_left(mb) : (size_t)0);
	mem_deref(mb);
	if (had && p->call)
		call_media_changed(p);
	else if (had)
		line_media_changed(p);
}

/* True: it was answered here; false: libre's session takes it. */
static bool in_dialog(struct dial *d, struct peer *p, const struct sip_msg *msg)
{
	if (!sip_dialog_cmp(sipsess_dialog(p->sess), msg)) {
		if (pl_strcmp(&msg->met, "ACK"))
			(void)sip_treply(NULL, d->sip, msg, 481,
					 "Call Does Not Exist");
		return true;
	}
	if (!pl_strcmp(&msg->met, "OPTIONS"))
		return options_ok(d, msg), true;
	if (!pl_strcmp(&msg->met, "UPDATE"))
		return update(d, p, msg), true;
	if (!pl_strcmp(&msg->met, "BYE"))
		p->bye_q850 = msg_q850(msg);
	return false;
}

static bool request_h(const struct sip_msg *msg, void *arg)
{
	struct dial *d = arg;
	struct peer *p = peer_find(d, msg);

	shield_raise(d, msg);
	if (p && pl_isset(&msg->to.tag))
		return in_dialog(d, p, msg);
	if (pl_isset(&msg->to.tag)) {
		/* A dialog just ended: libre still knows it, or says 481. */
		if (!pl_strcmp(&msg->met, "ACK"))
			return false;
		if (!guard_may_answer(d, &msg->src))
			return true;
		if (!pl_strcmp(&msg->met, "BYE"))
			return false;
		(void)sip_reply(d->sip, msg, 481, "Call Does Not Exist");
		return true;
	}
	if (!pl_strcmp(&msg->met, "OPTIONS") &&
	    guard_is_known(d, &msg->src))
		return options_ok(d, msg), true;
	if (!pl_strcmp(&msg->met, "INVITE"))
		return false;		/* line_invite_h asks for a digest */
	if (!pl_strcmp(&msg->met, "REGISTER"))
		return reg_register(d, msg), true;
	refuse(d, msg);
	return true;
}

static bool response_h(const struct sip_msg *msg, void *arg)
{
	struct dial *d = arg;

	shield_raise(d, msg);
	d->counts.stray_responses++;	/* nobody before us knew it */
	return true;
}

/* ----------------------------------------------------------- redirects --- */

/* t NULL: an agent's or a supervisor's phone.  Its owner may have sent its
 * calls on to anybody, whom no gate has passed. */
static bool redirect_allowed(const struct trunk *t, const struct pl *contact)
{
	struct sip_addr addr;

	if (!t || sip_addr_decode(&addr, contact))
		return false;
	for (unsigned i = 0; i < DIAL_REDIRECT_MAX; i++)
		if (t->conf.redirect[i][0] &&
		    !pl_strcasecmp(&addr.uri.host, t->conf.redirect[i]))
			return true;
	return false;
}

struct blanking {
	const struct trunk *trunk;
	uint8_t *wire;			/* libre's own buffer               */
	const uint8_t *copy;
	bool refused;
};

static bool contact_h(const struct sip_hdr *hdr, const struct sip_msg *msg,
		      void *arg)
{
	struct blanking *b = arg;

	(void)msg;
	if (!redirect_allowed(b->trunk, &hdr->val)) {
		memset(b->wire + ((const uint8_t *)hdr->val.p - b->copy), ' ',
		       hdr->val.l);
		b->refused = true;
	}
	return false;
}

/* A 3xx status line, however spaced: libre's parser is as patient. */
static bool is_3xx(const uint8_t *pkt, size_t len)
{
	size_t i = 7;

	if (len < 12 || strncasecmp((const char *)pkt, "SIP/2.0", 7))
		return false;
	while (i < len && (pkt[i] == ' ' || pkt[i] == '\t'))
		i++;
	return i < len && pkt[i] == '3';
}

void guard_trace(bool tx, enum sip_transp tp, const struct sa *src,
		 const struct sa *dst, const uint8_t *pkt, size_t len,
		 void *arg)
{
	struct dial *d = arg;
	struct blanking b = { .refused = false };
	struct sip_msg *msg = NULL;
	struct mbuf *mb;
	struct peer *p;

	(void)tp, (void)src, (void)dst;
	while (len && (*pkt == '\r' || *pkt == '\n'))
		pkt++, len--;		/* left there by TCP keep-alives */
	if (tx || !is_3xx(pkt, len))
		return;
	mb = mbuf_alloc(len);
	if (!mb || mbuf_write_mem(mb, pkt, len))
		goto out;
	mb->pos = 0;
	if (sip_msg_decode(&msg, mb))
		goto out;
	p = peer_find(d, msg);
	if (!p)
		goto out;
	b.trunk = p->call ? &d->trunks[call_trunk_of(p)] : NULL;
	b.copy = mb->buf;
	b.wire = (uint8_t *)(uintptr_t)pkt;
	(void)sip_msg_hdr_apply(msg, true, SIP_HDR_CONTACT, contact_h, &b);
	d->counts.redirect_refused += b.refused;
	if (b.refused && b.trunk)
		log_warn("dial", "trunk %s: a redirect outside its list is"
			 " refused", b.trunk->conf.name);
	else if (b.refused)
		log_warn("dial", "a phone sends its calls on: refused");
out:
	mem_deref(msg);
	mem_deref(mb);
}

enum err guard_open(struct dial *d)
{
	rand_str(d->nonce_key, sizeof(d->nonce_key));
	sip_set_trace_handler(d->sip, guard_trace);
	/* Before sipsess_listen: libre asks listeners in their order. */
	if (sip_listen(&d->on_request, d->sip, true, request_h, d))
		return ERR_MEMORY;
	return ERR_OK;
}

enum err guard_open_last(struct dial *d)
{
	if (sip_listen(&d->on_response, d->sip, false, response_h, d))
		return ERR_MEMORY;
	return ERR_OK;
}

void guard_close(struct dial *d)
{
	sip_set_trace_handler(d->sip, NULL);
	d->on_request = mem_deref(d->on_request);
	d->on_response = mem_deref(d->on_response);
	for (unsigned i = 0; i < SHIELDS; i++) {
		d->shields[i].uh = mem_deref(d->shields[i].uh);
		d->shields[i].sock = mem_deref(d->shields[i].sock);
	}
}
