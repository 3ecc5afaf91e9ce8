/*
 * media_rtcp -- what the far end reports of our packets (RFC 3550, 6.4), pure.
 *
 * We send no reports of our own: nothing here depends on them, and a trunk
 * that gives up a call without them is not known to us.
 */
#ifndef MEDIA_RTCP_H
#define MEDIA_RTCP_H

#include "base/base.h"

/* One report block of an SR or RR that is about our stream. */
struct rtcp_report {
	uint32_t lost;		/* since the beginning; duplicates: 0        */
	uint32_t ext_seq;	/* highest received, with cycles             */
	uint32_t jitter;	/* [samples]                                 */
};

/*
 * Is this packet on an RTP socket RTCP?  (RFC 5761, 4: payload types 64 to 95
 * with the marker bit are never RTP there.)
 */
bool rtcp_is(const uint8_t *buf, size_t len);
/*
 * The last report about `ssrc` in a compound packet.  ERR_ABSENT: there is
 * none; ERR_FORMAT: not RTCP, or lengths that do not fit (nothing of such a
 * packet counts).  Never reads outside buf[len].
 */
MUST_CHECK enum err rtcp_parse(const uint8_t *buf, size_t len, uint32_t ssrc,
			       struct rtcp_report *out);

#endif
