/* A diff that is taken gives a sound page, and its own diff leads there. */
#include <stdlib.h>
#include <string.h>

#include "schema/schema_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sample was, now, again;
	static uint8_t diff[16384], a[8192], b[8192];
	size_t half = size ? data[0] % size : 0, len, na, nb;

	/* The first bytes make the struct that the rest are a diff of. */
	if (size && schema_decode(&sample_schema, data + 1, half, &was))
		memset(&was, 0, sizeof(was));
	if (!size || schema_patch(&sample_schema, &was, data + 1 + half,
				  size - 1 - half, &now))
		return 0;
	if (schema_diff(&sample_schema, &was, &now, diff, sizeof(diff),
			&len) ||
	    schema_patch(&sample_schema, &was, diff, len, &again) ||
	    schema_encode(&sample_schema, &now, a, sizeof(a), &na) ||
	    schema_encode(&sample_schema, &again, b, sizeof(b), &nb) ||
	    na != nb || memcmp(a, b, na))
		abort();
	return 0;
}
