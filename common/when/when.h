/*
 * when -- "tomorrow 3pm", "明天下午3点": a time as an agent types it.
 *
 * In      a text, the present second, the customer's offset from UTC
 * Out     the second that is meant, or why it is none
 * Owns    nothing
 * Never   reads a clock or a time zone: both are passed in; and judges no
 *         calling hours, that is the gate's
 */
#ifndef WHEN_WHEN_H
#define WHEN_WHEN_H

#include "base/base.h"

/* A date and a time of day somewhere; weekday 0 = Monday. */
struct when_civil { int year, month, day, hour, minute, second, weekday; };

/* tz_min: that place's offset from UTC [min]. */
struct when_civil when_civil(int64_t at_s, int tz_min);
/* The second of a date there; the fields must be in range. */
int64_t when_second(const struct when_civil *c, int tz_min);
int when_month_days(int year, int month);

/*
 * English or Chinese, the date first or last: 30m, 2h, in 1h 30m, 15:00,
 * 3pm, today, tomorrow 3pm, tonight, mon 10, next fri 9:30, 3/12 9:30
 * (month/day), 2026-12-03 10:00, 明天下午3点, 周一10点, 下周三上午九点半,
 * 3月12日9点, 半小时后.  An hour of 1 to 7 without am, pm or a leading zero
 * is in the afternoon: nobody is called at three in the morning.  A date
 * without an hour is 10:00.  A date without a year is the next such one.
 *
 * *at_s [s since 1970] is set on success only, always later than now_s.
 * ERR_FORMAT: not understood; ERR_ARG: no such date, past, or over 400 days
 * ahead.
 */
MUST_CHECK enum err when_parse(const char *text, size_t len, int64_t now_s,
			       int tz_min, int64_t *at_s);

#endif
