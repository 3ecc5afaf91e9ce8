/* options_paced -- the options of a campaign people change while it runs. */
#include "options.h"

#include "base/str.h"

enum shown { SHOWN_MODE, SHOWN_MILLI, SHOWN_PPM, SHOWN_MS, SHOWN_BOOL };

static const struct { const char *word; enum shown shown; } keys[] = {
	[OPT_PACED_MODE]    = { "mode",    SHOWN_MODE },
	[OPT_PACED_LINES]   = { "lines",   SHOWN_MILLI },
	[OPT_PACED_ABANDON] = { "abandon", SHOWN_PPM },
	[OPT_PACED_RING]    = { "ring",    SHOWN_MS },
	[OPT_PACED_WAIT]    = { "wait",    SHOWN_MS },
	[OPT_PACED_AMD]     = { "amd",     SHOWN_BOOL },
	[OPT_PACED_WRAP]    = { "wrap",    SHOWN_MS },
};

const char *options_paced_word(enum opt_paced key)
{
	return keys[key].word;
}

int64_t options_paced(const struct conf *c, const char *campaign,
		      enum opt_paced key)
{
	const char *word = keys[key].word;

	switch (keys[key].shown) {
	case SHOWN_MODE:
		return (int64_t)conf_word(c, "campaigns", campaign, word);
	case SHOWN_BOOL:
		return conf_bool(c, "campaigns", campaign, word);
	case SHOWN_MILLI:
		return conf_int(c, "campaigns", campaign, word) / 1000;
	case SHOWN_PPM:
	case SHOWN_MS:
		break;
	}
	return conf_int(c, "campaigns", campaign, word);
}

void options_paced_text(enum opt_paced key, int64_t v, char *buf, size_t size)
{
	static const char *const modes[] = { [OPT_PREVIEW] = "preview",
		[OPT_PROGRESSIVE] = "progressive",
		[OPT_PREDICTIVE] = "predictive" };

	switch (keys[key].shown) {
	case SHOWN_MODE:
		str_copy(buf, size, (size_t)v < ARRAY_LEN(modes) ? modes[v]
								 : "?");
		return;
	case SHOWN_MILLI:
		str_fmt(buf, size, "%g", (double)v / 1000);
		return;
	case SHOWN_PPM:
		str_fmt(buf, size, "%g%%", (double)v / 10000);
		return;
	case SHOWN_MS:
		str_fmt(buf, size, "%gs", (double)v / 1000);
		return;
	case SHOWN_BOOL:
		str_copy(buf, size, v ? "yes" : "no");
		return;
	}
}
