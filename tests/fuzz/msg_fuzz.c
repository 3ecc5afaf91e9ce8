/* A frame that is accepted must encode to the same bytes, unless newer. */
#include <stdlib.h>
#include <string.h>

#include "msg/msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static union msg_any any, again;
	static uint8_t back[MSG_FRAME_MAX];
	struct msg_head_of head;
	size_t len;

	if (msg_decode(data, size, &head, &any))
		return 0;
	if (msg_encode(head.type, head.req, &any, back, sizeof(back), &len))
		abort();
	/* Unknown tags are dropped, so it can only get shorter. */
	if (len > size || (len == size && memcmp(back, data, len)))
		abort();
	if (msg_decode(back, len, &head, &again) ||
	    memcmp(&any, &again, msg_row(head.type)->schema->size))
		abort();
	return 0;
}
