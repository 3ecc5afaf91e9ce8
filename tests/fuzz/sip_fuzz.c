/*
 * What the door reads out of strangers' messages: Reason, Retry-After, INFO
 * digits, SDP, and the redirect guard, which writes into the packet.
 */
#include "dial/dial_priv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void session(const struct sip_msg *msg)
{
	static const struct dial_media ours = { .addr = "127.0.0.1",
						.port = 4000 };
	struct dial_media theirs;
	struct peer p = { .d = NULL };
	bool had;

	if (sdp_ours(&p, &ours))
		return;
	if (!sdp_take(&p, msg, true, &had) && had) {
		sdp_theirs(&p, &theirs);
		if (strnlen(theirs.addr, sizeof(theirs.addr)) ==
		    sizeof(theirs.addr))
			abort();
	}
	mem_deref(p.sdp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct dial door;
	struct mbuf *mb = mbuf_alloc(size + 1);
	struct sip_msg *msg = NULL;
	char text[DIAL_TEXT_SIZE];
	uint16_t ms;
	char digit;

	if (!door.peers && hash_alloc(&door.peers, 16))
		abort();
	mbuf_write_mem(mb, data, size);
	guard_trace(false, SIP_TRANSP_UDP, NULL, NULL, mb->buf, size, &door);
	mb->pos = 0;
	if (!sip_msg_decode(&msg, mb)) {
		if (msg_q850(msg) > 127)
			abort();
		if (msg_retry_after_s(msg) > 999999999)
			abort();
		dial_text(text, sizeof(text), &msg->reason);
		digit = msg_digit(msg, &ms);
		if (digit && !strchr("0123456789*#ABCD", digit))
			abort();
		session(msg);
	}
	mem_deref(msg);
	mem_deref(mb);
	return 0;
}
