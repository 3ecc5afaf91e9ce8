#include "media/media_rtp.h"

#include <string.h>

static const char digit_chars[] = "0123456789*#ABCD";

static uint32_t be16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t be32(const uint8_t *p)
{
	return be16(p) << 16 | be16(p + 2);
}

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

enum err rtp_parse(uint8_t *buf, size_t len, struct rtp *out)
{
	size_t at = RTP_HEADER;

	if (len < RTP_HEADER || buf[0] >> 6 != 2)
		return ERR_FORMAT;
	at += 4u * (buf[0] & 15);
	if (buf[0] & 0x10) {			/* header extension */
		if (at + 4 > len)
			return ERR_FORMAT;
		at += 4 + 4 * be16(buf + at + 2);
	}
	if (at > len)
		return ERR_FORMAT;
	if (buf[0] & 0x20) {			/* padding */
		size_t pad = buf[len - 1];

		if (at == len || !pad || pad > len - at)
			return ERR_FORMAT;
		len -= pad;
	}
	out->pt = buf[1] & 0x7f;
	out->marker = buf[1] >> 7;
	out->seq = (uint16_t)be16(buf + 2);
	out->ts = be32(buf + 4);
	out->ssrc = be32(buf + 8);
	out->data = buf + at;
	out->len = (uint32_t)(len - at);
	return ERR_OK;
}

void rtp_write(uint8_t *h, uint8_t pt, bool marker, uint16_t seq, uint32_t ts,
	       uint32_t ssrc)
{
	h[0] = 0x80;
	h[1] = (uint8_t)(pt | (marker ? 0x80 : 0));
	put16(h + 2, seq);
	put32(h + 4, ts);
	put32(h + 8, ssrc);
}

enum err rtp_event_parse(const uint8_t *p, size_t len, struct rtp_event *out)
{
	if (len < 4 || p[0] > 15)
		return ERR_FORMAT;
	out->event = p[0];
	out->end = p[1] >> 7;
	out->volume = p[1] & 63;
	out->duration = (uint16_t)be16(p + 2);
	return ERR_OK;
}

void rtp_event_write(uint8_t *p, const struct rtp_event *e)
{
	p[0] = e->event;
	p[1] = (uint8_t)((e->end ? 0x80 : 0) | (e->volume & 63));
	put16(p + 2, e->duration);
}

int rtp_digit_code(char c)
{
	const char *at = c ? strchr(digit_chars, c) : NULL;

	return at ? (int)(at - digit_chars) : -1;
}

char rtp_digit_char(uint8_t code)
{
	return code < 16 ? digit_chars[code] : 0;
}

bool rtp_stats_take(struct rtp_stats *s, const struct rtp *p,
		    uint32_t arrival)
{
	uint32_t transit = arrival - p->ts;
	int16_t ahead = (int16_t)(p->seq - (uint16_t)s->ext_seq);
	bool fresh = !s->on || p->ssrc != s->ssrc;

	s->packets++;
	/* A jump this wide is a new stream, not loss (RFC 3550, A.1). */
	if (fresh || ahead > 3000 || ahead < -100) {
		if (s->on)
			s->lost_before = rtp_stats_lost(s);
		s->ssrc = p->ssrc;
		s->base_seq = s->ext_seq = p->seq;
		s->got = 1;
		s->transit = transit;
		s->on = true;
		return true;
	}
	s->got++;
	if (ahead > 0)
		s->ext_seq += (uint32_t)ahead;
	else
		s->late++;
	/* RFC 3550, A.8.  A marker begins a talk spurt: not a delay. */
	if (!p->marker) {
		int32_t d = (int32_t)(transit - s->transit);

		d = d < 0 ? -d : d;
		if (d < RTP_HZ)
			s->jitter16 += (uint32_t)d -
				       ((s->jitter16 + 8) >> 4);
	}
	s->transit = transit;
	return false;
}

uint64_t rtp_stats_lost(const struct rtp_stats *s)
{
	uint64_t expected = (uint64_t)(s->ext_seq - s->base_seq) + 1;

	if (!s->on)
		return 0;
	return s->lost_before + (expected > s->got ? expected - s->got : 0);
}

uint32_t rtp_stats_jitter_us(const struct rtp_stats *s)
{
	return (uint32_t)((uint64_t)s->jitter16 * 125 / 16);
}

uint32_t rtp_mos_pct(uint32_t loss_ppm, uint32_t delay_ms)
{
	const double bpl = 4.3;
	double ppl = loss_ppm / 1e4, d = delay_ms;
	double id = 0.024 * d + (d > 177.3 ? 0.11 * (d - 177.3) : 0);
	double r = 93.2 - id - 95 * ppl / (ppl + bpl);	/* 7-29, Ie = 0 */
	double mos;

	if (r <= 0)
		return 100;
	mos = 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;	/* B-4 */
	return (uint32_t)(mos < 1 ? 100 : mos > 4.5 ? 450 : mos * 100 + .5);
}
