/* Any bytes: pages whose branches lead somewhere, or a refusal. */
#include <stdlib.h>

#include "script/script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct script s;
	struct script_line l;
	size_t line;

	if (script_parse((const char *)data, size, &s, &line))
		return 0;
	for (size_t i = 0; i < s.n; i++)
		for (const char *at = s.page[i].text; *at;) {
			at = script_line(at, &l);
			if (l.kind == SCRIPT_BRANCH && l.page > s.n)
				abort();
		}
	return 0;
}
