#include "base/log.h"

#include "base/str.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct { const char *word; int prio; } levels[] = {
#define X(name, word, prio) [name] = { word, prio },
	LOG_LEVELS(X)
#undef X
};

/* The log is the one thing every thread shares; two words, both atomic. */
static _Atomic int level_max = LOG_INFO;
static _Atomic int out_fd = STDERR_FILENO;

void log_set_level(enum log_level max)
{
	atomic_store(&level_max, (int)max);
}

void log_set_fd(int fd)
{
	atomic_store(&out_fd, fd < 0 ? STDERR_FILENO : fd);
}

enum err log_level_from_word(const char *word, enum log_level *out)
{
	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		if (str_eq(levels[i].word, word)) {
			*out = (enum log_level)i;
			return ERR_OK;
		}
	}
	return ERR_ABSENT;
}

void log_line(enum log_level level, const char *room, const char *fmt, ...)
{
	char line[1024];
	struct timespec ts;
	struct tm tm;
	va_list ap;

	if ((int)level > atomic_load(&level_max))
		return;
	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	str_fmt(line, sizeof(line),
		"%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ %s %s: ",
		tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		tm.tm_min, tm.tm_sec, ts.tv_nsec / 1000000,
		levels[level].word, room);
	size_t at = strlen(line);

	va_start(ap, fmt);
	vsnprintf(line + at, sizeof(line) - at - 1, fmt, ap);
	va_end(ap);

	/* Text from the network must not forge a second line. */
	size_t len = strlen(line);

	for (size_t i = at; i < len; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	line[len] = '\n';
	if (write(atomic_load(&out_fd), line, len + 1) < 0)
		return;		/* nowhere left to say so */
}
