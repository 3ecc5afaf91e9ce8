/* Any text as messages written by hand: refused with words, or sound. */
#include <stdio.h>
#include <stdlib.h>

#include "msg/msg_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err on_message(void *arg UNUSED, enum msg_type type,
			   const void *obj)
{
	const char *field = "";

	if (schema_check(msg_row(type)->schema, obj, &field))
		abort();	/* what was read could not be sent */
	return ERR_OK;
}

static enum err on_line(void *arg UNUSED, const char *word UNUSED,
			const char *rest UNUSED, char *why UNUSED,
			size_t size UNUSED)
{
	return ERR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct msg_text_handlers h = { on_message, on_line };
	FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
	char why[300] = "";

	if (!in)
		return 0;
	if (msg_text_read(in, &h, NULL, why, sizeof(why)) && !*why)
		abort();	/* refused without a word */
	fclose(in);
	return 0;
}
