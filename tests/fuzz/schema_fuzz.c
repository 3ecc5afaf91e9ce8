/* What the decoder accepts must encode to the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "schema/schema_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sample out, again;
	static uint8_t back[8192];
	size_t len;
	uint32_t unknown;

	if (schema_decode_noting(&sample_schema, data, size, &out, &unknown))
		return 0;
	if (schema_encode(&sample_schema, &out, back, sizeof(back), &len))
		abort();
	if (!unknown && (len != size || memcmp(back, data, len)))
		abort();
	if (schema_decode(&sample_schema, back, len, &again) ||
	    memcmp(&again, &out, sizeof(out)))
		abort();
	return 0;
}
