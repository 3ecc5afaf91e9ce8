/*
 * conf_fuzz -- any bytes as a configuration of the server: refused with words
 * or read; what was read is printed, and that is read again.
 */
#include "options.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void heard(const struct conf_origin *at, const char *text, void *arg)
{
	unsigned *n = arg;

	*n += at->file && text[0];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf *c = NULL, *again = NULL;
	char *text = NULL;
	unsigned told = 0;
	size_t len;

	if (conf_load_text("fuzz", (const char *)data, size, &server_options,
			   &c, heard, &told)) {
		if (!told)
			abort();	/* refused without a word */
		return 0;
	}
	FILE *f = open_memstream(&text, &len);

	if (f) {
		conf_print_effective(c, f);
		fclose(f);
		if (conf_load_text("again", text, len, &server_options, &again,
				   heard, &told))
			abort();	/* what it prints it cannot read */
	}
	free(text);
	conf_free(again);
	conf_free(c);
	return 0;
}
