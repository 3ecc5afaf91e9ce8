#include "media/media_rtcp.h"

enum {
	RTCP_SR = 200, RTCP_RR = 201,	/* RFC 3550, 12.1                    */
	HEAD = 8,			/* header and the sender's SSRC      */
	SENDER = 20,			/* of an SR, after it                */
	BLOCK = 24			/* a report                          */
};

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

bool rtcp_is(const uint8_t *buf, size_t len)
{
	return len >= 4 && buf[0] >> 6 == 2 && buf[1] >= 192 && buf[1] <= 223;
}

/* 24 bits, signed: duplicates can make it negative (RFC 3550, 6.4.1). */
static uint32_t lost_of(const uint8_t *p)
{
	return p[0] & 0x80 ? 0 : (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 |
				 p[2];
}

/* One packet of the compound, of exactly len bytes. */
static enum err blocks(const uint8_t *p, size_t len, uint32_t ssrc,
		       struct rtcp_report *out, bool *found)
{
	size_t at = p[1] == RTCP_SR ? HEAD + SENDER : HEAD;
	unsigned n = p[0] & 31;

	if (p[1] != RTCP_SR && p[1] != RTCP_RR)
		return ERR_OK;
	if (at + n * (size_t)BLOCK > len)
		return ERR_FORMAT;
	for (; n; n--, at += BLOCK) {
		if (be32(p + at) != ssrc)
			continue;
		*found = true;
		*out = (struct rtcp_report){ .lost = lost_of(p + at + 5),
					     .ext_seq = be32(p + at + 8),
					     .jitter = be32(p + at + 12) };
	}
	return ERR_OK;
}

enum err rtcp_parse(const uint8_t *buf, size_t len, uint32_t ssrc,
		    struct rtcp_report *out)
{
	struct rtcp_report r = { 0 };
	bool found = false;

	if (!rtcp_is(buf, len))
		return ERR_FORMAT;
	while (len) {
		size_t n;

		if (!rtcp_is(buf, len))
			return ERR_FORMAT;
		n = 4 * ((size_t)((unsigned)buf[2] << 8 | buf[3]) + 1);
		if (n > len || blocks(buf, n, ssrc, &r, &found))
			return ERR_FORMAT;
		buf += n;
		len -= n;
	}
	if (!found)
		return ERR_ABSENT;
	*out = r;
	return ERR_OK;
}
