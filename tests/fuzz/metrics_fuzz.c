/* Any bytes: what came before decides, and nothing beyond them is read. */
#include <stdlib.h>
#include <string.h>

#include "metrics/metrics_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum metrics_page page = METRICS_PAGE_COUNT, less;
	/* A block of exactly that size: one byte too far is found. */
	char *all = malloc(size ? size : 1);
	enum metrics_head h;

	if (!all)
		return 0;
	memcpy(all, data, size);
	h = metrics_head(all, size, &page);
	if ((h == HEAD_PAGE) != (page < METRICS_PAGE_COUNT))
		if (h == HEAD_PAGE || h == HEAD_MORE || h == HEAD_BAD)
			abort();
	/* Once it has said something it does not change its mind. */
	for (size_t n = 0; n < size && n < 600; n++) {
		enum metrics_head was = metrics_head(all, n, &less);

		if (was != HEAD_MORE && was != h)
			abort();
	}
	free(all);
	return 0;
}
