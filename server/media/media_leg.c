/*
 * media_leg.c -- packets in, packets out.
 *
 * What a leg sends is one RTP stream of its own (SSRC, sequence, time) from
 * the first packet to the last, whoever is heard in it: relayed packets get
 * an offset that is found anew whenever the voice changes, so gaps and order
 * of the far end's packets survive, and its jitter buffer never sees a jump.
 */
#include "media/media_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"

enum {
	JUMP_SAMPLES = 10 * RTP_HZ,
	LEVEL_EVERY = 5,	/* packets                                   */
	DIGIT_REST_MS = 40,	/* shortest between two digits (flood)       */
	ONE_WAY_MS = 3000,
	KEEP_ALIVE_MS = 900,
	DELAY_ASSUMED_MS = 80	/* coding, network, far jitter buffer        */
};

static bool same_host(const union addr *a, const union addr *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->in4.sin_addr.s_addr == b->in4.sin_addr.s_addr;
	return !memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, 16);
}

static bool same_addr(const union addr *a, const union addr *b)
{
	return same_host(a, b) &&
	       (a->sa.sa_family == AF_INET ?
		a->in4.sin_port == b->in4.sin_port :
		a->in6.sin6_port == b->in6.sin6_port);
}

/* Packets from elsewhere are seen again; ours go where they went. */
static void unlatch(struct leg *l)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	if (l->latched)
		(void)connect(l->fd, &none, sizeof(none));
	l->latched = false;
}

void leg_peer(struct worker *w, struct leg *l, const struct cmd *c)
{
	(void)w;
	l->pt = c->pt;
	l->law = c->pt == MEDIA_PCMA ? G711_A : G711_U;
	l->event_pt = c->event_pt;
	if (l->armed && same_addr(&l->peer, &c->addr))
		return;
	unlatch(l);
	l->armed = true;
	l->peer = c->addr;
	l->peer_len = c->n;
}

/* ---- out ------------------------------------------------------------- */

static void put(struct worker *w, struct leg *l, uint8_t *packet, size_t len)
{
	ssize_t n;

	if (l->latched)
		n = send(l->fd, packet, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	else
		n = sendto(l->fd, packet, len, MSG_DONTWAIT | MSG_NOSIGNAL,
			   &l->peer.sa, l->peer_len);
	/* Refused (ICMP), full: as if the network had lost it. */
	if (n < 0)
		return;
	l->tx_packets++;
	w->tx++;
}

/* The time a voice that begins now has: as much later as it is later. */
uint32_t leg_next_ts(const struct worker *w, const struct leg *l)
{
	int64_t ms = (w->now_ns - l->tx_ns) / 1000000;
	int64_t frames = (ms + 10) / 20;

	if (!l->tx_packets || frames < 1 ||
	    (l->tx_made && ms < MEDIA_TRUSTED_MS))
		frames = 1;
	return l->tx_ts + (uint32_t)frames * RTP_FRAME;
}

static bool map_source(struct worker *w, const struct leg *from,
		       struct leg *to, const struct rtp *p)
{
	int32_t jump = (int32_t)(p->ts + to->ts_off - to->tx_ts);

	if (to->map_id == from->id && to->map_ssrc == p->ssrc &&
	    jump < JUMP_SAMPLES && jump > -JUMP_SAMPLES)
		return false;
	to->map_id = from->id;
	to->map_ssrc = p->ssrc;
	to->ts_off = leg_next_ts(w, to) - p->ts;
	to->seq_off = (uint16_t)(to->tx_seq + 1 - p->seq);
	return true;
}

void leg_relay(struct worker *w, struct leg *from, struct leg *to,
	       const struct rtp *p, uint8_t pt, bool transcode)
{
	uint8_t *head = p->data - RTP_HEADER;
	bool fresh, over = play_is_over(w, to);
	uint16_t seq;
	uint32_t ts;

	if (!to->armed)
		return;
	fresh = map_source(w, from, to, p);
	seq = (uint16_t)(p->seq + to->seq_off);
	ts = p->ts + to->ts_off;
	if (transcode || over)
		head = w->out;
	if (transcode) {
		const uint8_t *t = w->m->g711.to_other[!to->law];

		for (uint32_t i = 0; i < p->len; i++)
			head[RTP_HEADER + i] = t[p->data[i]];
	} else if (over) {
		memcpy(head + RTP_HEADER, p->data, p->len);
	}
	if (over)
		play_over(w, to, head + RTP_HEADER, p->len);
	/* In place: the header was read already, and lies before the data. */
	rtp_write(head, pt, p->marker || fresh, seq, ts, to->tx_ssrc);
	put(w, to, head, RTP_HEADER + p->len);
	if ((int16_t)(seq - to->tx_seq) > 0)
		to->tx_seq = seq;
	if ((int32_t)(ts - to->tx_ts) > 0)
		to->tx_ts = ts;
	to->tx_ns = w->now_ns;
	to->tx_made = false;
}

static void made(struct worker *w, struct leg *l, uint32_t ts)
{
	l->tx_ts = ts;
	l->tx_ns = w->now_ns;
	l->tx_made = true;
	l->map_id = 0;
}

void leg_send(struct worker *w, struct leg *l, const uint8_t *octets)
{
	bool fresh = !l->tx_made;
	uint32_t ts = leg_next_ts(w, l);

	if (!l->armed)
		return;
	rtp_write(w->out, l->pt, fresh, ++l->tx_seq, ts, l->tx_ssrc);
	memcpy(w->out + RTP_HEADER, octets, RTP_FRAME);
	put(w, l, w->out, RTP_HEADER + RTP_FRAME);
	made(w, l, ts);
}

void leg_send_event(struct worker *w, struct leg *l,
		    const struct rtp_event *e, bool first, uint32_t ts)
{
	uint32_t end = ts + e->duration - RTP_FRAME;

	if (!l->armed)
		return;
	rtp_write(w->out, l->event_pt, first, ++l->tx_seq, ts, l->tx_ssrc);
	rtp_event_write(w->out + RTP_HEADER, e);
	put(w, l, w->out, RTP_HEADER + 4);
	made(w, l, end);
}

/* ---- in -------------------------------------------------------------- */

static void audio(struct worker *w, struct leg *l, const struct rtp *p)
{
	int law = p->pt == MEDIA_PCMA ? G711_A : G711_U;
	const int16_t *dec = w->m->g711.dec[law];
	int16_t pcm[PACKET_MAX];
	bool level = l->level_skip++ % LEVEL_EVERY == 0;

	if (l->mixed || l->ears_on || level) {
		uint32_t sum = 0;

		for (uint32_t i = 0; i < p->len; i++) {
			pcm[i] = dec[p->data[i]];
			sum += (uint32_t)abs(pcm[i]);
		}
		if (p->len && sum / p->len > l->level_max)
			l->level_max = (uint16_t)(sum / p->len);
	}
	if (l->tape)
		rec_audio(w, l, p, law);
	if (l->mixed && p->len <= JBUF_SAMPLES / 2)
		jbuf_put(&l->jb, p->ssrc, p->ts, pcm, p->len);
	if (l->ears_on)
		hear_packet(w, l, p, pcm);
	for (unsigned i = 0; i < l->relays; i++) {
		struct leg *to = l->relay[i];

		if (!play_is_on(to) || play_is_over(w, to))
			leg_relay(w, l, to, p, to->pt, to->law != law);
	}
}

/* One event per key, however many packets: they share a time stamp. */
static bool digit_is_new(struct worker *w, struct leg *l, const struct rtp *p)
{
	int64_t rest = w->now_ns - l->digit_ns;

	if (l->digit_on && l->digit_ts == p->ts)
		return false;
	if (l->digit_on && rest < DIGIT_REST_MS * 1000000LL)
		return false;
	l->digit_on = true;
	l->digit_ts = p->ts;
	l->digit_ns = w->now_ns;
	return true;
}

static void digit(struct worker *w, struct leg *l, const struct rtp *p)
{
	struct rtp_event e;
	bool fresh;
	char text[2] = { 0, 0 };

	if (rtp_event_parse(p->data, p->len, &e)) {
		l->refused++;
		return;
	}
	fresh = digit_is_new(w, l, p);
	text[0] = rtp_digit_char(e.event);
	if (fresh)
		note_event(w->m, &(struct media_event){
			.kind = MEDIA_DIGIT, .leg = { l->id },
			.digit = text[0] }, NULL, NO_REC);
	for (unsigned i = 0; i < l->relays; i++) {
		struct leg *to = l->relay[i];

		if (to->event_pt && !play_is_on(to))
			leg_relay(w, l, to, p, to->event_pt, false);
		else if (fresh && !to->event_pt)
			play_digits(w, to, text);
	}
	if (!fresh || !l->mixed)
		return;
	for (unsigned i = 0; i < l->bridge->n; i++) {
		uint8_t hears = l->bridge->hear[i];

		if (hears & 1u << l->place && hears & (hears - 1) &&
		    l->bridge->leg[i]->kind != MEDIA_WATCHER)
			play_digits(w, l->bridge->leg[i], text);
	}
}

static void rx_alive(struct worker *w, struct leg *l)
{
	if (l->rx_lost) {
		l->rx_lost = false;
		note_leg(w, l, MEDIA_RTP_BACK,
			 (uint32_t)((w->now_ns - l->rx_last_ns) / 1000000));
	} else if (!l->rx_last_ns) {
		note_leg(w, l, MEDIA_FIRST_RTP, 0);
	}
	l->rx_last_ns = w->now_ns;
}

/* True: it was RTCP, whomever it is about. */
static bool far_report(struct leg *l, const uint8_t *buf, size_t len)
{
	struct rtcp_report r;
	enum err e = rtcp_parse(buf, len, l->tx_ssrc, &r);

	/* More lost than was ever sent is nonsense, or another's. */
	if (!e && r.lost <= l->tx_packets) {
		l->far = r;
		l->far_sent = l->tx_packets;
	}
	return e != ERR_FORMAT;
}

/* From the host our packets go to; its port is the far end's affair. */
void leg_rtcp(struct worker *w, struct leg *l)
{
	union addr a;
	socklen_t alen = sizeof(a);
	ssize_t n = recvfrom(l->rtcp_fd, w->buf, sizeof(w->buf), MSG_DONTWAIT,
			     &a.sa, &alen);

	if (n > 0 && l->armed && same_host(&a, &l->peer))
		(void)far_report(l, w->buf, (size_t)n);
}

static void packet(struct worker *w, struct leg *l, size_t len)
{
	struct rtp p;
	uint32_t now = (uint32_t)(w->now_ns / 125000);

	if (rtcp_is(w->buf, len) && far_report(l, w->buf, len))
		return;
	if (rtp_parse(w->buf, len, &p)) {
		l->refused++;
		return;
	}
	if (p.pt == MEDIA_PCMU || p.pt == MEDIA_PCMA) {
		rtp_stats_take(&l->rx, &p, now);
		rx_alive(w, l);
		audio(w, l, &p);
	} else if (l->event_pt && p.pt == l->event_pt) {
		/* Their time stamps stand still: no jitter from them. */
		p.marker = true;
		rtp_stats_take(&l->rx, &p, now);
		rx_alive(w, l);
		p.marker = w->buf[1] >> 7;
		digit(w, l, &p);
	} else if (p.pt == RTP_PT_CN) {
		p.marker = true;
		rtp_stats_take(&l->rx, &p, now);
		rx_alive(w, l);
	} else {
		l->refused++;
	}
}

/*
 * The first valid packet from an acceptable host says where the peer really
 * is.  From connect() on the kernel drops everybody else, until nothing has
 * come for so long that the peer is lost: then he may come from another port
 * of his host (a NAT that forgot him, a stranger who was first by chance).
 */
static bool latch(struct worker *w, struct leg *l, const union addr *from,
		  socklen_t from_len, size_t len)
{
	struct rtp p;

	if (rtp_parse(w->buf, len, &p) ||
	    ((l->kind == MEDIA_CUSTOMER || l->rx_lost) &&
	     !same_host(from, &l->peer)) ||
	    connect(l->fd, &from->sa, from_len)) {
		l->refused++;
		return false;
	}
	l->latched = true;
	l->peer = *from;
	l->peer_len = from_len;
	return true;
}

/* What strangers sent before connect() lies in the queue still. */
static void sort_out(struct worker *w, struct leg *l)
{
	for (;;) {
		union addr a;
		socklen_t len = sizeof(a);
		ssize_t n = recvfrom(l->fd, w->buf, sizeof(w->buf),
				     MSG_DONTWAIT, &a.sa, &len);

		if (n < 0)
			return;
		if (same_addr(&a, &l->peer))
			packet(w, l, (size_t)n);
		else
			l->refused++;
	}
}

void leg_rx(struct worker *w, struct leg *l)
{
	union addr a;
	socklen_t alen = sizeof(a);
	ssize_t n;

	if (l->latched)
		n = recv(l->fd, w->buf, sizeof(w->buf), MSG_DONTWAIT);
	else
		n = recvfrom(l->fd, w->buf, sizeof(w->buf), MSG_DONTWAIT,
			     &a.sa, &alen);
	if (n < 0)
		return;
	w->rx++;
	w->now_ns = mono_ns();
	if (!l->armed) {
		l->refused++;
	} else if (l->latched) {
		packet(w, l, (size_t)n);
	} else if (latch(w, l, &a, alen, (size_t)n)) {
		packet(w, l, (size_t)n);
		sort_out(w, l);
	}
}

/* ---- once a second --------------------------------------------------- */

static uint32_t loss_ppm(uint64_t lost, uint64_t got)
{
	return lost + got ? (uint32_t)(lost * 1000000 / (lost + got)) : 0;
}

/* A sine's mean magnitude is 2/pi of its peak, its power 1/2 of the square. */
static int32_t level_dbov(uint16_t mean)
{
	double rms = mean * 1.1107;

	return rms < 1 ? -90 : (int32_t)lround(20 * log10(rms / 32768));
}

void leg_publish(struct worker *w, struct leg *l)
{
	struct published *p = &w->m->pub[l->slot];
	uint64_t lost = rtp_stats_lost(&l->rx), got = l->rx.packets;
	uint32_t jitter = rtp_stats_jitter_us(&l->rx);
	uint64_t lost5 = lost - l->lost_then[l->then];
	uint64_t got5 = got - l->got_then[l->then];
	int64_t silent = (w->now_ns - l->rx_last_ns) / 1000000;
	uint32_t mean;

	/* A.8's figure forgets what was 16 packets ago; a leg's does not. */
	if (got != l->jitter_seen) {
		l->jitter_sum_us += jitter;
		l->jitter_n++;
		l->jitter_seen = got;
	}
	mean = l->jitter_n ? (uint32_t)(l->jitter_sum_us / l->jitter_n) : 0;
	l->lost_then[l->then] = lost;
	l->got_then[l->then] = got;
	l->then = (uint8_t)((l->then + 1) % ARRAY_LEN(l->lost_then));
#define SET(field, v) \
	atomic_store_explicit(&p->field, (v), memory_order_relaxed)
	SET(rx_packets, got);
	SET(tx_packets, l->tx_packets);
	SET(rx_lost, lost);
	SET(rx_late, l->rx.late);
	SET(rx_refused, l->refused);
	SET(jitter_us, jitter);
	SET(jitter_mean_us, mean);
	SET(mos_pct, rtp_mos_pct(loss_ppm(lost, got),
				 DELAY_ASSUMED_MS + mean / 500));
	SET(far_sent, l->far_sent);
	SET(far_lost, l->far.lost);
	SET(far_jitter_us, (uint32_t)(l->far.jitter * UINT64_C(125)));
	SET(loss_pm, loss_ppm(lost5, got5) / 1000);
	SET(silent_ms, l->rx_last_ns ? (uint32_t)silent : UINT32_MAX);
	SET(level_dbov, level_dbov(l->level_max));
	SET(latched, l->latched);
#undef SET
	l->level_max = 0;
}

static bool others_speak(const struct worker *w, const struct leg *l)
{
	const struct bridge *b = l->bridge;

	for (unsigned i = 0; i < b->n; i++)
		if (b->leg[i] != l && b->leg[i]->rx_last_ns &&
		    w->now_ns - b->leg[i]->rx_last_ns < 1000000000)
			return true;
	return false;
}

void leg_second(struct worker *w, struct leg *l)
{
	uint8_t quiet[RTP_FRAME];
	int64_t away = (w->now_ns - l->rx_last_ns) / 1000000;
	int64_t joined = (w->now_ns - l->joined_ns) / 1000000;

	leg_publish(w, l);
	if (!l->armed)
		return;
	if (l->rx_last_ns && !l->rx_lost && away >= w->m->rtp_lost_ms) {
		l->rx_lost = true;
		unlatch(l);
		note_leg(w, l, MEDIA_RTP_LOST, (uint32_t)away);
	}
	if (!l->rx_last_ns && !l->one_way && l->bridge &&
	    joined >= ONE_WAY_MS && others_speak(w, l)) {
		l->one_way = true;
		note_leg(w, l, MEDIA_ONE_WAY, (uint32_t)joined);
	}
	/*
	 * NATs, trunks that wait for us, phones with a time-out: one packet
	 * of silence (RFC 6263, 4.1 and 4.3) when nothing else went out.
	 */
	if (w->now_ns - l->tx_ns > KEEP_ALIVE_MS * 1000000LL) {
		memset(quiet, g711_silence(l->law), sizeof(quiet));
		leg_send(w, l, quiet);
	}
}
