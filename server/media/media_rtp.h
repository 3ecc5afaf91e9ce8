/*
 * media_rtp -- RTP headers (RFC 3550, 5.1) and what they tell, pure.
 */
#ifndef MEDIA_RTP_H
#define MEDIA_RTP_H

#include "base/base.h"

enum { RTP_HEADER = 12, RTP_PT_CN = 13, RTP_FRAME = 160, RTP_HZ = 8000 };

struct rtp {
	uint8_t pt;
	bool marker;
	uint16_t seq;
	uint32_t ts;
	uint32_t ssrc;
	uint8_t *data;		/* inside the packet, at RTP_HEADER or after */
	uint32_t len;		/* [bytes], without padding                  */
};

/*
 * ERR_FORMAT: not version 2, or lengths that do not fit.  Never reads
 * outside buf[len]; len at most 65,535.
 */
MUST_CHECK enum err rtp_parse(uint8_t *buf, size_t len, struct rtp *out);
/* Writes a plain 12-byte header to h. */
void rtp_write(uint8_t *h, uint8_t pt, bool marker, uint16_t seq, uint32_t ts,
	       uint32_t ssrc);

/* RFC 4733, 2.3: four bytes of payload. */
struct rtp_event {
	uint8_t event;		/* 0..15: 0-9 * # A-D                        */
	bool end;
	uint8_t volume;		/* [-dBm0]                                   */
	uint16_t duration;	/* [samples]                                 */
};
MUST_CHECK enum err rtp_event_parse(const uint8_t *p, size_t len,
				    struct rtp_event *out);
void rtp_event_write(uint8_t *p, const struct rtp_event *e);
/* '0'..'9' '*' '#' 'A'..'D' <-> 0..15; -1 and 0 for anything else. */
int rtp_digit_code(char c);
char rtp_digit_char(uint8_t code);

/* What one direction of a leg has been through. */
struct rtp_stats {
	uint64_t packets;
	uint64_t late;
	uint64_t lost_before;	/* of sources (SSRC) that ended              */
	uint64_t got;		/* from this source                          */
	uint32_t ssrc;
	uint32_t base_seq;
	uint32_t ext_seq;	/* highest, with cycles                      */
	uint32_t transit;	/* of the packet before [samples]            */
	uint32_t jitter16;	/* 16 x the jitter [samples]                 */
	bool on;
};

/* arrival: the receiver's clock in samples.  True: a new source began. */
bool rtp_stats_take(struct rtp_stats *s, const struct rtp *p,
		    uint32_t arrival);
uint64_t rtp_stats_lost(const struct rtp_stats *s);
uint32_t rtp_stats_jitter_us(const struct rtp_stats *s);

/*
 * Listening quality 100..450 for G.711, from the E-model (ITU-T G.107, with
 * Bpl = 4.3, Ie = 0 of G.113 appendix I for G.711 without concealment, random
 * loss, and Cole and Rosenbluth's straight lines for delay; all else at its
 * default).  loss in 1/1,000,000; delay one way, mouth to ear [ms].
 */
uint32_t rtp_mos_pct(uint32_t loss_ppm, uint32_t delay_ms);

#endif
