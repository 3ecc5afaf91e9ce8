/* Any bytes on the pacer's line protocol: an end (0) or a complaint (65). */
#include <stdlib.h>

#include "sim/sim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *out;
	FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
	int status;

	if (!out) {
		out = fopen("/dev/null", "w");
		if (!freopen("/dev/null", "w", stderr))
			abort();
	}
	if (!in)
		return 0;
	status = pace_stdio(in, out);
	fclose(in);
	if (status && status != 65)
		abort();
	return 0;
}
