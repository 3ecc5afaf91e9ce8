/*
 * TZif (RFC 8536) and the POSIX TZ rule in its footer, bounds-checked: the
 * files are the system's, but a broken one must not become a wrong hour.
 */
#include "base/zone_priv.h"

#include <stdlib.h>
#include <string.h>

#define HEAD 44			/* bytes of a TZif header                    */
#define CHANGES_MAX 4096

struct head {
	uint32_t isut, isstd, leap, times, types, chars;
};

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static int64_t be64(const uint8_t *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

static bool head_read(const uint8_t *p, size_t len, struct head *h)
{
	if (len < HEAD || memcmp(p, "TZif", 4))
		return false;
	h->isut = be32(p + 20);
	h->isstd = be32(p + 24);
	h->leap = be32(p + 28);
	h->times = be32(p + 32);
	h->types = be32(p + 36);
	h->chars = be32(p + 40);
	return h->times <= CHANGES_MAX && h->types && h->types <= 256 &&
	       h->chars <= 4096 && h->leap <= 256 && h->isut <= 256 &&
	       h->isstd <= 256;
}

static size_t body_len(const struct head *h, size_t time_size)
{
	return h->times * (time_size + 1) + h->types * 6 + h->chars +
	       h->leap * (time_size + 4) + h->isstd + h->isut;
}

/* ---- the footer: "CET-1CEST,M3.5.0,M10.5.0/3" -------------------------- */

static bool rule_name(const char **s)
{
	const char *p = *s;

	if (*p == '<') {
		p = strchr(p, '>');
		if (!p)
			return false;
		*s = p + 1;
		return true;
	}
	while ((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z'))
		p++;
	bool some = p - *s >= 3;

	*s = p;
	return some;
}

static bool rule_int(const char **s, int max, int *out)
{
	int v = 0;
	const char *p = *s;

	while (*p >= '0' && *p <= '9' && v <= max)
		v = v * 10 + (*p++ - '0');
	bool some = p != *s && v <= max;

	*s = p;
	*out = v;
	return some;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool rule_time(const char **s, int32_t *out)
{
	int h, m = 0, sec = 0, sign = 1;

	if (**s == '-' || **s == '+')
		sign = *(*s)++ == '-' ? -1 : 1;
	if (!rule_int(s, 167, &h))
		return false;
	if (**s == ':') {
		(*s)++;
		if (!rule_int(s, 59, &m))
			return false;
		if (**s == ':') {
			(*s)++;
			if (!rule_int(s, 59, &sec))
				return false;
		}
	}
	*out = sign * (h * 3600 + m * 60 + sec);
	return true;
}

static bool rule_switch(const char **s, struct zone_switch *w)
{
	if (strncmp(*s, ",M", 2))
		return false;
	*s += 2;
	if (!rule_int(s, 12, &w->month) || *(*s)++ != '.' ||
	    !rule_int(s, 5, &w->week) || *(*s)++ != '.' ||
	    !rule_int(s, 6, &w->wday) || !w->month || !w->week)
		return false;
	w->at_s = 7200;
	if (**s != '/')
		return true;
	(*s)++;
	return rule_time(s, &w->at_s);
}

static bool rule_parse(const char *s, struct zone_tz *tz)
{
	int32_t off;

	if (!rule_name(&s) || !rule_time(&s, &off))
		return false;
	tz->std_off = -off;		/* POSIX counts west of Greenwich    */
	tz->dst = false;
	if (!*s)
		return true;
	if (!rule_name(&s))
		return false;
	tz->dst_off = tz->std_off + 3600;
	if (*s != ',') {
		if (!rule_time(&s, &off))
			return false;
		tz->dst_off = -off;
	}
	tz->dst = true;
	return rule_switch(&s, &tz->start) && rule_switch(&s, &tz->end) && !*s;
}

/* Local seconds since 1970 of a switch in that year. */
static int64_t switch_local(const struct zone_switch *w, int year)
{
	int64_t first = zone_days(year, w->month, 1);
	int wday = (int)(((first + 4) % 7 + 7) % 7);	/* 1970-01-01: Thursday */
	int64_t day = first + (w->wday - wday + 7) % 7 + (w->week - 1) * 7;
	int64_t next = w->month == 12 ? zone_days(year + 1, 1, 1)
				      : zone_days(year, w->month + 1, 1);

	while (day >= next)
		day -= 7;
	return day * 86400 + w->at_s;
}

static int32_t rule_offset(const struct zone_tz *tz, int64_t utc_s)
{
	int year, month, day;

	if (!tz->dst)
		return tz->std_off;
	int64_t local = utc_s + tz->std_off;

	zone_date(local >= 0 ? local / 86400 : (local - 86399) / 86400,
		  &year, &month, &day);
	int64_t on = switch_local(&tz->start, year) - tz->std_off;
	int64_t off = switch_local(&tz->end, year) - tz->dst_off;
	bool dst = on < off ? utc_s >= on && utc_s < off
			    : utc_s >= on || utc_s < off;

	return dst ? tz->dst_off : tz->std_off;
}

int32_t zone_tz_offset(const struct zone_tz *tz, int64_t utc_s)
{
	if (!tz->n || utc_s < tz->at[0])
		return tz->n ? tz->first_off : rule_offset(tz, utc_s);
	if (utc_s >= tz->at[tz->n - 1])
		return rule_offset(tz, utc_s);
	size_t lo = 0, hi = tz->n - 1;

	while (hi - lo > 1) {
		size_t mid = (lo + hi) / 2;

		if (tz->at[mid] <= utc_s)
			lo = mid;
		else
			hi = mid;
	}
	return tz->off[lo];
}

/* ---- the file ---------------------------------------------------------- */

static enum err body_read(const uint8_t *p, const struct head *h,
			  struct zone_tz *tz)
{
	const uint8_t *idx = p + (size_t)h->times * 8;
	const uint8_t *types = idx + h->times;

	tz->at = calloc(h->times + 1, sizeof(*tz->at));
	tz->off = calloc(h->times + 1, sizeof(*tz->off));
	if (!tz->at || !tz->off)
		return ERR_MEMORY;
	tz->first_off = (int32_t)be32(types);
	for (size_t i = 0; i < h->times; i++) {
		if (idx[i] >= h->types)
			return ERR_FORMAT;
		tz->at[i] = be64(p + i * 8);
		tz->off[i] = (int32_t)be32(types + (size_t)idx[i] * 6);
		if (i && tz->at[i] <= tz->at[i - 1])
			return ERR_FORMAT;
		if (tz->off[i] < -26 * 3600 || tz->off[i] > 26 * 3600)
			return ERR_FORMAT;
	}
	tz->n = h->times;
	return ERR_OK;
}

enum err zone_tz_parse(const uint8_t *p, size_t len, struct zone_tz *tz)
{
	struct head h;
	char rule[80];

	if (!head_read(p, len, &h) || p[4] < '2')
		return ERR_FORMAT;
	size_t skip = HEAD + body_len(&h, 4);

	if (skip > len || !head_read(p + skip, len - skip, &h))
		return ERR_FORMAT;
	p += skip + HEAD;
	len -= skip + HEAD;
	size_t body = body_len(&h, 8);

	if (body + 2 > len || p[body] != '\n')
		return ERR_FORMAT;
	const uint8_t *foot = p + body + 1;
	const uint8_t *end = memchr(foot, '\n', len - body - 1);

	if (!end || (size_t)(end - foot) >= sizeof(rule))
		return ERR_FORMAT;
	memcpy(rule, foot, (size_t)(end - foot));
	rule[end - foot] = '\0';
	if (!rule_parse(rule, tz))
		return ERR_FORMAT;
	enum err e = body_read(p, &h, tz);

	if (e)
		zone_tz_fini(tz);
	return e;
}

void zone_tz_fini(struct zone_tz *tz)
{
	free(tz->at);
	free(tz->off);
	tz->at = NULL;
	tz->off = NULL;
	tz->n = 0;
}
