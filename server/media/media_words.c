#include "media/media.h"

const char *media_event_word(enum media_event_kind k)
{
	static const char *const words[] = {
#define X(name, word) [name] = word,
		MEDIA_EVENTS(X)
#undef X
	};

	return (unsigned)k < ARRAY_LEN(words) ? words[k] : "no such event";
}

const char *ears_word(enum ears_verdict v)
{
	static const char *const words[] = {
#define X(name, word) [name] = word,
		MEDIA_VERDICTS(X)
#undef X
	};

	return (unsigned)v < ARRAY_LEN(words) ? words[v] : "no such verdict";
}
