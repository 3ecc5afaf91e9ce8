/*
 * dial_probe -- OPTIONS to each trunk (RFC 3261 11): is it there, how far is
 * it?  Any answer but 503 and 408 says yes: a trunk that does not know
 * OPTIONS answers 405 or 501, and is alive.
 */
#include "dial/dial_priv.h"

enum { LOST_MS = 4000, DOWN_MS = 5000, FIRST_MS = 20 };

static void ask_h(void *arg);

static void answered(struct probe *p, int32_t rtt_ms)
{
	struct trunk *t = &p->d->trunks[p->trunk];
	unsigned next;

	p->req = mem_deref(p->req);
	trunk_probed(t, rtt_ms, dial_now(p->d).mono_ms);
	/* A trunk in doubt, or down, is asked again soon. */
	next = t->lost ? MIN(t->conf.probe_ms, (unsigned)DOWN_MS)
		       : t->conf.probe_ms;
	tmr_start(&p->tmr, next, ask_h, p);
	dial_tell_trunk(p->d, p->trunk);
}

static void lost_h(void *arg)
{
	answered(arg, -1);
}

static void resp_h(int err, const struct sip_msg *msg, void *arg)
{
	struct probe *p = arg;

	if (!err && msg->scode < 200)
		return;
	if (err || msg->scode == 503 || msg->scode == 408) {
		answered(p, -1);
		return;
	}
	p->d->trunk_addr[p->trunk] = msg->src;
	answered(p, (int32_t)(tmr_jiffies() - p->sent_ms));
}

static int send_h(enum sip_transp tp, const struct sa *src,
		  const struct sa *dst, struct mbuf *mb, void *arg)
{
	struct sip_contact contact;

	(void)dst;
	(void)arg;
	sip_contact_set(&contact, "waihu", src, tp);
	return mbuf_printf(mb, "%H", sip_contact_print, &contact);
}

static void ask_h(void *arg)
{
	struct probe *p = arg;
	struct dial *d = p->d;
	const char *uri = d->trunks[p->trunk].conf.uri;
	int err;

	p->sent_ms = tmr_jiffies();
	err = sip_requestf(&p->req, d->sip, true, "OPTIONS", uri, NULL, NULL,
			   send_h, resp_h, p,
			   "Max-Forwards: 70\r\n"
			   "To: <%s>\r\n"
			   "From: <sip:waihu@%s>;tag=%016llx\r\n"
			   "Call-ID: %016llx\r\n"
			   "CSeq: 1 OPTIONS\r\n"
			   "Accept: application/sdp\r\n"
			   "Content-Length: 0\r\n\r\n",
			   uri, d->realm, rand_u64(), rand_u64());
	if (err)
		answered(p, -1);
	else
		tmr_start(&p->tmr, LOST_MS, lost_h, p);
}

void probe_start(struct dial *d, unsigned trunk)
{
	struct probe *p = &d->probes[trunk];

	p->d = d;
	p->trunk = trunk;
	if (d->trunks[trunk].conf.probe_ms)
		tmr_start(&p->tmr, FIRST_MS + trunk, ask_h, p);
}

void probe_stop(struct dial *d, unsigned trunk)
{
	tmr_cancel(&d->probes[trunk].tmr);
	d->probes[trunk].req = mem_deref(d->probes[trunk].req);
}
