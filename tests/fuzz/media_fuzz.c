/*
 * What comes in by RTP from anybody: header, events, statistics, play-out
 * buffer and the ears behind it.  The input is packets, each after two bytes
 * of length.
 */
#include <stdlib.h>
#include <string.h>

#include "media/media_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void packet(struct rtp_stats *s, struct jbuf *j, struct ears *e,
		   const uint8_t *data, size_t len, uint32_t now)
{
	/* Of exactly that size, so that one byte too far is seen. */
	uint8_t *b = malloc(len ? len : 1);
	int16_t pcm[PACKET_MAX], out[EARS_FRAME];
	struct ears_says says;
	struct rtp_event ev;
	struct rtcp_report r;
	struct rtp p;

	if (!b)
		return;
	memcpy(b, data, len);
	if (!rtp_parse(b, len, &p)) {
		if (p.data < b || p.data + p.len > b + len)
			abort();
		rtp_stats_take(s, &p, now);
		/* A wider step is a new stream, so none costs more. */
		if (rtp_stats_lost(s) > 3000ull * now)
			abort();
		if (!rtp_event_parse(p.data, p.len, &ev) &&
		    !rtp_digit_char(ev.event))
			abort();
		for (uint32_t i = 0; i < p.len && i < PACKET_MAX; i++)
			pcm[i] = (int16_t)(p.data[i] << 8);
		if (p.len <= JBUF_SAMPLES / 2)
			jbuf_put(j, p.ssrc, p.ts, pcm, p.len);
	}
	/* Blocks hold 4 octets of SSRC at least once: any may be ours. */
	if (len >= 12 && !rtcp_parse(b, len, (uint32_t)b[8] << 24 |
				     (uint32_t)b[9] << 16 |
				     (uint32_t)b[10] << 8 | b[11], &r) &&
	    r.lost > 0x7fffff)
		abort();
	jbuf_get(j, out);
	if (ears_take(e, out, &says) && says.verdict >= EARS_VERDICT_COUNT)
		abort();
	free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rtp_stats s;
	static struct jbuf j;
	static struct ears e;
	uint32_t now = 1;

	memset(&s, 0, sizeof(s));
	memset(&j, 0, sizeof(j));
	ears_init(&e, EARS_ANSWERED, NULL);
	while (size >= 2) {
		size_t len = (size_t)(data[0] & 7) << 8 | data[1];

		data += 2;
		size -= 2;
		len = len < size ? len : size;
		packet(&s, &j, &e, data, len, now++);
		data += len;
		size -= len;
	}
	if (rtp_mos_pct((uint32_t)size * 1000, now) > 450)
		abort();
	return 0;
}
