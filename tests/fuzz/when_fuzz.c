/* Any bytes: a time later than now, or a refusal. */
#include <stdlib.h>

#include "when/when.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t now = 1795000000, at;

	if (!when_parse((const char *)data, size, now, 480, &at) && at <= now)
		abort();
	return 0;
}
