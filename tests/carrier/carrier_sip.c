/*
 * The network's switch: one call_leg an INVITE, moved along by one timer.
 *
 *   INVITE -> choose -> [rings | 183] -> answers | refuses -> talks -> BYE
 */
#include "carrier/carrier_priv.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static const char *const words[] = {
#define X(id, ends, word, what) [id] = word,
	CARRIER_BEHAVIOURS(X)
#undef X
};

const char *behaviour_word(enum behaviour b)
{
	return b < BEH_COUNT ? words[b] : "?";
}

static uint64_t scaled(const struct carrier *c, double seconds)
{
	return (uint64_t)MAX(seconds * 1000.0 / c->opt.scale, 1.0);
}

static void leg_after(struct call_leg *l, double seconds, tmr_h *h)
{
	tmr_start(&l->tmr, scaled(l->c, seconds), h, l);
}

static void leg_destroy(void *arg)
{
	struct call_leg *l = arg;

	tmr_cancel(&l->tmr);
	list_unlink(&l->le);
	rtp_leg_close(&l->rtp);
	l->c->counts.live--;
	mem_deref(l->sess);
	mem_deref(l->sdp);
}

/* The leg's last word: one line, then it is gone. */
static void leg_end(struct call_leg *l, const char *how)
{
	struct carrier *c = l->c;

	if (l->answered && l->rtp.heard_ms < 200)
		c->counts.unheard++;
	if (l->answered && l->rtp.probe.heard)
		samples_add(&c->heard, l->rtp.probe.heard_us -
					       l->rtp.probe.at_us);
	c->counts.dtmf += strlen(l->rtp.digits);
	c->counts.rtp_in += l->rtp.in;
	c->counts.rtp_out += l->rtp.out;
	if (c->opt.verbose) {
		uint64_t now = tmr_jiffies();

		printf("call number=%s is=%s end=%s ring_ms=%llu talk_ms=%llu"
		       " heard_ms=%u in=%llu out=%llu dtmf=%s\n", l->number,
		       behaviour_word(l->is), how,
		       (unsigned long long)((l->answered ? l->answered : now) -
					    l->began),
		       (unsigned long long)(l->answered ? now - l->answered : 0),
		       l->rtp.heard_ms, (unsigned long long)l->rtp.in,
		       (unsigned long long)l->rtp.out, l->rtp.digits);
		fflush(stdout);
	}
	mem_deref(l);
}

static void close_h(int err, const struct sip_msg *msg, void *arg)
{
	struct call_leg *l = arg;

	(void)msg;
	if (l->answered) {
		l->c->counts.bye_in++;
		leg_end(l, err == ETIMEDOUT ? "no-ack" : "bye-in");
	} else {
		l->c->counts.cancelled++;
		leg_end(l, "cancel");
	}
}

static void hang_up_h(void *arg)
{
	struct call_leg *l = arg;

	l->c->counts.bye_out++;
	leg_end(l, "bye-out");
}

unsigned carrier_hang_up(struct carrier *c, const char *ends)
{
	unsigned n = 0;
	struct le *le;

	for (le = list_head(&c->legs); le; le = le->next) {
		struct call_leg *l = le->data;
		size_t len = strlen(l->number), m = strlen(ends);

		if (!l->answered || len < m ||
		    strcmp(l->number + len - m, ends))
			continue;
		leg_after(l, 0, hang_up_h);
		n++;
	}
	return n;
}

/* Nobody has spoken for the callee's patience: a person hangs up. */
static void patience_h(void *arg)
{
	struct call_leg *l = arg;
	double rest = l->talk_s - l->patience_s;

	if (l->rtp.heard_ms >= 200 && rest > 0)
		leg_after(l, rest, hang_up_h);
	else
		hang_up_h(l);
}

static void reinvite_h(void *arg)
{
	struct call_leg *l = arg;
	struct mbuf *mb;

	if (rtp_leg_move(&l->rtp, l->c->opt.listen))
		return;
	sdp_media_set_lport(l->audio, l->rtp.port);
	if (!sdp_encode(&mb, l->sdp, true)) {
		(void)sipsess_modify(l->sess, mb);
		mem_deref(mb);
	}
}

static void start_person(struct call_leg *l)
{
	struct sounds *s = l->c->sounds;
	size_t at = (size_t)(chance_unit(&l->chance) * 30) * 8000;

	l->c->counts.people++;
	rtp_leg_play(&l->rtp, &s->hello[l->voice], 0, false, true);
	rtp_leg_play(&l->rtp, &s->talk[l->voice], at, true, false);
	l->talk_s = MAX(chance_talk(&l->chance, l->c->opt.talk_s, 0.8), 3);
	l->patience_s = chance_between(&l->chance, 5, 12);
	if (l->c->opt.patience_s > 0)
		l->patience_s = l->c->opt.patience_s;
	switch (l->is) {
	case BEH_PERSON:
		if (l->c->opt.forced)
			return;		/* talks until BYE */
		leg_after(l, l->patience_s, patience_h);
		break;
	case BEH_SHORT:
		leg_after(l, 2, hang_up_h);
		break;
	case BEH_REINVITE:
		leg_after(l, 1, reinvite_h);
		break;
	default:
		leg_after(l, l->patience_s, patience_h);
		break;
	}
}

static void start_sound(struct call_leg *l)
{
	struct sounds *s = l->c->sounds;

	l->rtp.on = true;
	switch (l->is) {
	case BEH_ECHO:
		l->rtp.echo = true;
		break;
	case BEH_TONE5:
		leg_after(l, 5, hang_up_h);
		rtp_leg_play(&l->rtp, &s->tone, 0, true, true);
		break;
	case BEH_TONE:
		rtp_leg_play(&l->rtp, &s->tone, 0, true, true);
		break;
	case BEH_SILENT:
		l->rtp.mute = true;
		break;
	case BEH_DTMF:
		l->rtp.send_digits = "123#";
		break;
	case BEH_MACHINE:
		l->c->counts.machines++;
		rtp_leg_play(&l->rtp, &s->greeting[l->voice], 0, false, true);
		rtp_leg_play(&l->rtp, &s->beep, 0, false, false);
		leg_after(l, 40, hang_up_h);
		break;
	default:
		start_person(l);
		break;
	}
}

static void answer_h(void *arg)
{
	struct call_leg *l = arg;
	struct mbuf *mb = NULL;

	if (l->answered)
		return;
	if (sdp_encode(&mb, l->sdp, !l->offered))
		return;
	l->answered = tmr_jiffies();
	l->c->counts.answered++;
	l->rtp.probe.at_us = wall_us();
	if (sipsess_answer(l->sess, 200, "OK", mb, NULL))
		leg_end(l, "failed");
	else
		start_sound(l);
	mem_deref(mb);
}

static void refuse_h(void *arg)
{
	static const struct {
		enum behaviour is;
		uint16_t code;
		const char *reason, *hdr;
	} rows[] = {
		{ BEH_DECLINE,     603, "Decline", NULL },
		{ BEH_UNWANTED,    607, "Unwanted", NULL },
		{ BEH_EARLYBUSY,   486, "Busy Here", NULL },
		{ BEH_EARLYVACANT, 480, "Temporarily Unavailable", NULL },
	};
	struct call_leg *l = arg;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].is == l->is)
			(void)sipsess_reject(l->sess, rows[i].code,
					     rows[i].reason, NULL);
	leg_end(l, "refused");
}

static int offer_h(struct mbuf **descp, const struct sip_msg *msg, void *arg)
{
	struct call_leg *l = arg;

	*descp = NULL;
	if (mbuf_get_left(msg->mb)) {
		int err = sdp_decode(l->sdp, msg->mb, true);

		if (err)
			return err;
		leg_media(l);
	}
	return sdp_encode(descp, l->sdp, false);
}

static int answer_sdp_h(const struct sip_msg *msg, void *arg)
{
	struct call_leg *l = arg;
	int err = sdp_decode(l->sdp, msg->mb, false);

	if (!err)
		leg_media(l);
	return err;
}

/* Where to send, and in which law. */
void leg_media(struct call_leg *l)
{
	const struct sa *to = sdp_media_raddr(l->audio);
	const struct sdp_format *f = sdp_media_rformat(l->audio, NULL);
	const struct sdp_format *ev =
		sdp_media_rformat(l->audio, "telephone-event");

	l->rtp.to.ip = htonl(sa_in(to));
	l->rtp.to.port = htons(sa_port(to));
	l->rtp.a_law = f && f->pt == 8;
	l->rtp.dtmf_pt = ev ? ev->pt : -1;
}

static int leg_sdp(struct call_leg *l, struct mbuf *offer)
{
	static const struct { const char *law, *id, *name; } laws[] = {
		{ "u", "0", "PCMU" }, { "a", "8", "PCMA" },
	};
	struct sa sa;
	int err;

	err = sa_set_str(&sa, l->c->opt.listen, 0);
	if (!err)
		err = sdp_session_alloc(&l->sdp, &sa);
	if (!err)
		err = sdp_media_add(&l->audio, l->sdp, "audio", l->rtp.port,
				    "RTP/AVP");
	for (size_t i = 0; !err && i < ARRAY_LEN(laws); i++)
		if (!strcmp(l->c->opt.law, "offer") ||
		    !strcmp(l->c->opt.law, laws[i].law))
			err = sdp_format_add(NULL, l->audio, false, laws[i].id,
					     laws[i].name, 8000, 1, NULL, NULL,
					     NULL, false, NULL);
	if (!err)
		err = sdp_format_add(NULL, l->audio, false, "101",
				     "telephone-event", 8000, 1, NULL, NULL,
				     NULL, false, "0-15");
	if (!err && mbuf_get_left(offer)) {
		l->offered = true;
		err = sdp_decode(l->sdp, offer, true);
		if (!err)
			leg_media(l);
	}
	return err;
}

/* What happens after the first provisional answer. */
static void leg_wait(struct call_leg *l)
{
	struct sounds *s = l->c->sounds;

	switch (l->is) {
	case BEH_NOANSWER:
		l->c->counts.noanswer++;
		break;
	case BEH_DECLINE:
	case BEH_UNWANTED:
		l->c->counts.declined++;
		leg_after(l, l->c->opt.forced ? 1 : chance_ring_s(&l->chance),
			  refuse_h);
		break;
	case BEH_EARLYBUSY:
	case BEH_EARLYVACANT:
		l->c->counts.early++;
		l->rtp.on = true;
		rtp_leg_play(&l->rtp, l->is == BEH_EARLYBUSY ? &s->busy
							     : &s->vacant,
			     0, true, true);
		leg_after(l, 2, refuse_h);
		break;
	case BEH_EARLY:
		l->c->counts.early++;
		l->rtp.on = true;
		rtp_leg_play(&l->rtp, &s->ringback, 0, true, true);
		leg_after(l, l->c->opt.forced ? 2 : chance_ring_s(&l->chance),
			  answer_h);
		break;
	case BEH_MACHINE:
		leg_after(l, l->c->opt.forced ? 1
			  : chance_between(&l->chance, 12, 24), answer_h);
		break;
	case BEH_PERSON:
		leg_after(l, l->c->opt.forced ? 0.2
			  : chance_ring_s(&l->chance), answer_h);
		break;
	default:
		leg_after(l, 0.02, answer_h);
		break;
	}
}

static enum err leg_open(struct call_leg *l, unsigned nth)
{
	struct carrier *c = l->c;
	char path[512];

	l->rtp.fd = -1;
	l->rtp.dtmf_pt = -1;
	if (c->opt.probe)
		l->rtp.probe = (struct probe){ .says = 'C', .hears = 'A',
						.heard_at_us = -1 };
	l->rtp.ssrc = (uint32_t)(chance_unit(&l->chance) * 4294967295.0);
	l->rtp.seq = (uint16_t)(chance_unit(&l->chance) * 65535.0);
	str_fmt(path, sizeof(path), "%s/%s-%u.wav",
		c->opt.record ? c->opt.record : "", l->number, nth);
	return rtp_leg_open(&l->rtp, c->opt.listen,
			    c->opt.record ? path : NULL);
}

void leg_begin(struct carrier *c, const struct sip_msg *msg,
	       const char *number, enum behaviour is, struct chance *chance,
	       unsigned nth)
{
	bool early = is == BEH_EARLY || is == BEH_EARLYBUSY ||
		     is == BEH_EARLYVACANT;
	struct call_leg *l = mem_zalloc(sizeof(*l), leg_destroy);
	struct mbuf *mb = NULL;
	int err = ENOMEM;

	if (!l)
		return;
	l->c = c;
	l->is = is;
	l->chance = *chance;
	l->began = tmr_jiffies();
	l->voice = (unsigned)(chance_unit(&l->chance) * SND_VOICES);
	str_copy(l->number, sizeof(l->number), number);
	c->counts.live++;
	c->counts.peak = MAX(c->counts.peak, c->counts.live);
	list_append(&c->legs, &l->le, l);
	if (c->opt.verbose) {
		printf("invite number=%s\n", number);
		fflush(stdout);
	}
	if (leg_open(l, nth) || leg_sdp(l, msg->mb))
		goto fail;
	if (early && sdp_encode(&mb, l->sdp, !l->offered))
		goto fail;
	err = sipsess_accept(&l->sess, c->sock, msg, early ? 183 : 180,
			     early ? "Session Progress" : "Ringing",
			     "carrier", "application/sdp", mb, NULL, NULL,
			     false, offer_h, answer_sdp_h, NULL, NULL, NULL,
			     close_h, l, NULL);
fail:
	mem_deref(mb);
	if (err) {
		(void)sip_treply(NULL, c->sip, msg, 500, "No Socket");
		mem_deref(l);
		return;
	}
	leg_wait(l);
}
