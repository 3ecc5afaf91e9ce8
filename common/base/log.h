/*
 * base/log -- one line per decision, in logfmt on stderr or a file.
 *
 * A line names its room; a call's line names the call, so `grep 'call 7 '`
 * is the call's life.  Numbers of customers are masked by the caller
 * (str_mask_number).  Safe from any thread; one write(2) a line.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/base.h"

/*      level       word      syslog                                          */
#define LOG_LEVELS(X)                                                         \
	X(LOG_ERR,  "error",  3)                                              \
	X(LOG_WARN, "warning", 4)                                             \
	X(LOG_INFO, "info",   6)                                              \
	X(LOG_DEBUG, "debug", 7)

enum log_level {
#define X(name, word, prio) name,
	LOG_LEVELS(X)
#undef X
	LOG_LEVEL_COUNT
};

/* Lines above this level are dropped; LOG_INFO at start. */
void log_set_level(enum log_level max);
/* Takes fd (not closed); -1 = stderr again. */
void log_set_fd(int fd);
/* ERR_ABSENT for an unknown word. */
MUST_CHECK enum err log_level_from_word(const char *word, enum log_level *out);

void log_line(enum log_level level, const char *room, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

#define log_err(room, ...)   log_line(LOG_ERR, room, __VA_ARGS__)
#define log_warn(room, ...)  log_line(LOG_WARN, room, __VA_ARGS__)
#define log_info(room, ...)  log_line(LOG_INFO, room, __VA_ARGS__)
#define log_debug(room, ...) log_line(LOG_DEBUG, room, __VA_ARGS__)

#endif
