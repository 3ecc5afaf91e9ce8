/*
 * Public holidays by rule, so that the table does not go stale:
 * data/holidays.tsv is "set <tab> rule <tab> name".
 */
#include "gate/gate_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* Easter Sunday by the anonymous Gregorian computus (Meeus 1991). */
static int64_t easter_days(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
	int h = (19 * a + b - d - g + 15) % 30;
	int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
	int m = (a + 11 * h + 22 * l) / 451;
	int month = (h + l - 7 * m + 114) / 31;

	return zone_days(year, month, (h + l - 7 * m + 114) % 31 + 1);
}

static int weekday_of(int64_t days)
{
	return (int)(((days + 3) % 7 + 7) % 7 + 1);
}

static bool is_nth_weekday(const struct holiday *h, const struct zone_time *t)
{
	if (t->month != h->month || t->weekday != h->weekday)
		return false;
	if (h->week > 0)
		return (t->day - 1) / 7 + 1 == h->week;
	int64_t next = t->month == 12 ? zone_days(t->year + 1, 1, 1)
				      : zone_days(t->year, t->month + 1, 1);

	return t->days + 7 >= next;
}

static bool is_fixed(const struct holiday *h, const struct zone_time *t)
{
	/* A substitute may fall into the year after. */
	for (int y = t->year - 1; y <= t->year; y++) {
		int64_t day = zone_days(y, h->month, h->day);
		int wd = weekday_of(day);

		if (t->days == day ||
		    (wd == 6 && h->sat && t->days == day + h->sat) ||
		    (wd == 7 && h->sun && t->days == day + h->sun))
			return true;
	}
	return false;
}

static bool is_on(const struct holiday *h, const struct zone_time *t)
{
	switch (h->kind) {
	case HOL_DATE:
		return t->year == h->year && t->month == h->month &&
		       t->day == h->day;
	case HOL_FIXED:
		return is_fixed(h, t);
	case HOL_EASTER:
		return t->days == easter_days(t->year) + h->easter;
	case HOL_WEEKDAY:
		return is_nth_weekday(h, t);
	}
	return false;
}

const char *gate_holiday(const struct gate *g, const char *set,
			 const struct zone_time *t)
{
	for (size_t i = 0; i < g->holiday_n; i++)
		if (str_eq(g->holiday[i].set, set) && is_on(&g->holiday[i], t))
			return g->holiday[i].name;
	return NULL;
}

/* "2026-05-04", "12-25", "12-25+2+2", "easter-2", "mon1-05", "mon-1-08". */
static bool rule_read(const char *s, struct holiday *h)
{
	static const char days[] = "montuewedthufrisatsun";
	int a, b, c, d, n = 0;

	if (sscanf(s, "%4d-%2d-%2d%n", &a, &b, &c, &n) == 3 && !s[n] &&
	    n == 10) {
		h->kind = HOL_DATE;
		h->year = (int16_t)a;
		h->month = (int8_t)b;
		h->day = (int8_t)c;
		return b >= 1 && b <= 12 && c >= 1 && c <= 31;
	}
	if (!strncmp(s, "easter", 6)) {
		char *end;
		long v = strtol(s + 6, &end, 10);

		h->kind = HOL_EASTER;
		h->easter = (int16_t)v;
		return !*end && v > -100 && v < 100;
	}
	const char *w = strlen(s) > 3 ? strstr(days, (char[]){ s[0], s[1],
						      s[2], 0 }) : NULL;

	if (w && (w - days) % 3 == 0) {
		h->kind = HOL_WEEKDAY;
		h->weekday = (int8_t)((w - days) / 3 + 1);
		if (sscanf(s + 3, "%2d-%2d%n", &a, &b, &n) != 2 || s[3 + n])
			return false;
		h->week = (int8_t)a;
		h->month = (int8_t)b;
		return (a == -1 || (a >= 1 && a <= 5)) && b >= 1 && b <= 12;
	}
	h->kind = HOL_FIXED;
	c = d = 0;
	int got = sscanf(s, "%2d-%2d%n+%1d+%1d%n", &a, &b, &n, &c, &d, &n);

	if ((got != 2 && got != 4) || s[n])
		return false;
	h->month = (int8_t)a;
	h->day = (int8_t)b;
	h->sat = (int8_t)c;
	h->sun = (int8_t)d;
	return a >= 1 && a <= 12 && b >= 1 && b <= 31;
}

static enum err line_read(struct gate *g, char *line)
{
	char *save, *set = strtok_r(line, "\t", &save);
	char *rule = strtok_r(NULL, "\t", &save);
	char *name = strtok_r(NULL, "\t", &save);

	if (!set || !rule || !name)
		return ERR_FORMAT;
	if (g->holiday_n == HOLIDAYS_MAX)
		return ERR_FULL;
	struct holiday *h = &g->holiday[g->holiday_n];

	*h = (struct holiday){ 0 };
	if (!str_copy(h->set, sizeof(h->set), set) || !rule_read(rule, h))
		return ERR_FORMAT;
	str_copy(h->name, sizeof(h->name), name);
	g->holiday_n++;
	return ERR_OK;
}

enum err gate_holidays_load(struct gate *g, const char *path, char *why,
			    size_t size)
{
	char line[256];
	unsigned no = 0;
	FILE *f = fopen(path, "r");

	if (!f) {
		str_fmt(why, size, "%s: cannot be read", path);
		return ERR_IO;
	}
	enum err e = ERR_OK;

	while (!e && fgets(line, sizeof(line), f)) {
		no++;
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] && line[0] != '#')
			e = line_read(g, line);
	}
	fclose(f);
	if (e)
		str_fmt(why, size, "%s:%u: %s", path, no, err_text(e));
	return e;
}
