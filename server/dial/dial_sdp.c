/*
 * dial_sdp -- one audio stream: PCMU, PCMA, telephone-event (RFC 3264, 3551,
 * 4733).  Written and read by libre; the port is media's.
 */
#include "dial/dial_priv.h"

#include <errno.h>
#include <string.h>

enum { EVENT_PT = 101 };

int sdp_ours(struct peer *p, const struct dial_media *ours)
{
	static const struct { uint8_t pt; const char *id, *name; } laws[] = {
		{ 0, "0", "PCMU" }, { 8, "8", "PCMA" },
	};
	unsigned first = ours->pt == 8;
	struct sa sa;
	int err = sa_set_str(&sa, ours->addr, ours->port);

	if (!err)
		err = sdp_session_alloc(&p->sdp, &sa);
	if (!err)
		err = sdp_media_add(&p->audio, p->sdp, sdp_media_audio,
				    ours->port, sdp_proto_rtpavp);
	for (unsigned i = 0; !err && i < ARRAY_LEN(laws); i++) {
		unsigned k = i ^ first;

		err = sdp_format_add(NULL, p->audio, false, laws[k].id,
				     laws[k].name, 8000, 1, NULL, NULL, NULL,
				     false, NULL);
	}
	if (!err)
		err = sdp_format_add(NULL, p->audio, false, "101",
				     "telephone-event", 8000, 1, NULL, NULL,
				     NULL, false, "0-15");
	if (!err)
		err = sdp_media_set_lattr(p->audio, true, "ptime", "20");
	if (err) {
		p->sdp = mem_deref(p->sdp);
		p->audio = NULL;
	}
	return err;
}

int sdp_take(struct peer *p, const struct sip_msg *msg, bool offer, bool *had)
{
	*had = mbuf_get_left(msg->mb) > 0;
	if (!*had)
		return 0;
	if (!msg_ctype_cmp(&msg->ctyp, "application", "sdp"))
		return EPROTO;
	return sdp_decode(p->sdp, msg->mb, offer);
}

void sdp_theirs(const struct peer *p, struct dial_media *out)
{
	const struct sa *sa = sdp_media_raddr(p->audio);
	const struct list *fmts = sdp_media_format_lst(p->audio, false);
	const struct sdp_format *ev =
		sdp_media_rformat(p->audio, "telephone-event");
	struct le *le;

	*out = (struct dial_media){ .dtmf_pt = -1 };
	for (le = list_head(fmts); le; le = le->next) {
		const struct sdp_format *f = le->data;

		if (!f->sup || (f->pt != 0 && f->pt != 8))
			continue;
		out->pt = (uint8_t)f->pt;
		out->port = sdp_media_rport(p->audio);
		break;
	}
	if (ev && ev->srate == 8000)
		out->dtmf_pt = (int8_t)ev->pt;
	if (sa_ntop(sa, out->addr, sizeof(out->addr)))
		out->addr[0] = '\0';
	/* libre keeps rdir as seen from here: "receive" = they send.  An
	 * address of zeroes is the old hold (RFC 3264 8.4). */
	out->sends = (sdp_media_rdir(p->audio) & SDP_RECVONLY) &&
		     !sa_is_any(sa);
}
