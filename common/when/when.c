#include "when/when.h"

#include <string.h>

#include "base/str.h"

enum { TEXT_MAX = 120, DAY_S = 86400, HOUR_S = 3600, AHEAD_DAYS = 400 };

enum part { PART_NONE, PART_AM, PART_NOON, PART_PM, PART_EVENING };
enum what { W_SKIP, W_DAY, W_WEEKDAY, W_MONTH, W_NEXT, W_PART, W_DAY_PART,
	    W_HALF_HOUR };

struct parse {
	const char *s;
	int  day, weekday;		/* offset from today; -1 = not said  */
	bool next, rel, zero;		/* zero: the hour was written "03"   */
	int  year, month, mday, hour, minute;	/* -1 = not said            */
	enum part part;
	int64_t rel_s;
};

/* Words, the longer of two that begin alike first. */
static const struct { const char *word; enum what what; int a, b; } words[] = {
	{ "day after tomorrow", W_DAY, 2, 0 }, { "tomorrow", W_DAY, 1, 0 },
	{ "tmrw", W_DAY, 1, 0 }, { "tmr", W_DAY, 1, 0 },
	{ "today", W_DAY, 0, 0 }, { "tonight", W_DAY_PART, 0, PART_EVENING },
	{ "monday", W_WEEKDAY, 0, 0 }, { "mon", W_WEEKDAY, 0, 0 },
	{ "tuesday", W_WEEKDAY, 1, 0 }, { "tues", W_WEEKDAY, 1, 0 },
	{ "tue", W_WEEKDAY, 1, 0 }, { "wednesday", W_WEEKDAY, 2, 0 },
	{ "wed", W_WEEKDAY, 2, 0 }, { "thursday", W_WEEKDAY, 3, 0 },
	{ "thurs", W_WEEKDAY, 3, 0 }, { "thu", W_WEEKDAY, 3, 0 },
	{ "friday", W_WEEKDAY, 4, 0 }, { "fri", W_WEEKDAY, 4, 0 },
	{ "saturday", W_WEEKDAY, 5, 0 }, { "sat", W_WEEKDAY, 5, 0 },
	{ "sunday", W_WEEKDAY, 6, 0 }, { "sun", W_WEEKDAY, 6, 0 },
	{ "january", W_MONTH, 1, 0 }, { "jan", W_MONTH, 1, 0 },
	{ "february", W_MONTH, 2, 0 }, { "feb", W_MONTH, 2, 0 },
	{ "march", W_MONTH, 3, 0 }, { "mar", W_MONTH, 3, 0 },
	{ "april", W_MONTH, 4, 0 }, { "apr", W_MONTH, 4, 0 },
	{ "may", W_MONTH, 5, 0 }, { "june", W_MONTH, 6, 0 },
	{ "jun", W_MONTH, 6, 0 }, { "july", W_MONTH, 7, 0 },
	{ "jul", W_MONTH, 7, 0 }, { "august", W_MONTH, 8, 0 },
	{ "aug", W_MONTH, 8, 0 }, { "september", W_MONTH, 9, 0 },
	{ "sept", W_MONTH, 9, 0 }, { "sep", W_MONTH, 9, 0 },
	{ "october", W_MONTH, 10, 0 }, { "oct", W_MONTH, 10, 0 },
	{ "november", W_MONTH, 11, 0 }, { "nov", W_MONTH, 11, 0 },
	{ "december", W_MONTH, 12, 0 }, { "dec", W_MONTH, 12, 0 },
	{ "next", W_NEXT, 0, 0 }, { "this", W_SKIP, 0, 0 },
	{ "morning", W_PART, PART_AM, 0 }, { "noon", W_PART, PART_NOON, 0 },
	{ "afternoon", W_PART, PART_PM, 0 },
	{ "evening", W_PART, PART_EVENING, 0 },
	{ "night", W_PART, PART_EVENING, 0 },
	{ "at", W_SKIP, 0, 0 }, { "on", W_SKIP, 0, 0 },
	{ "in", W_SKIP, 0, 0 }, { "the", W_SKIP, 0, 0 },
	{ "and", W_SKIP, 0, 0 },
	{ "大后天", W_DAY, 3, 0 }, { "后天", W_DAY, 2, 0 },
	{ "明晚", W_DAY_PART, 1, PART_EVENING },
	{ "明早", W_DAY_PART, 1, PART_AM },
	{ "明天", W_DAY, 1, 0 }, { "明日", W_DAY, 1, 0 },
	{ "今晚", W_DAY_PART, 0, PART_EVENING },
	{ "今天", W_DAY, 0, 0 }, { "今日", W_DAY, 0, 0 },
	{ "上午", W_PART, PART_AM, 0 }, { "早上", W_PART, PART_AM, 0 },
	{ "早晨", W_PART, PART_AM, 0 }, { "中午", W_PART, PART_NOON, 0 },
	{ "下午", W_PART, PART_PM, 0 }, { "晚上", W_PART, PART_EVENING, 0 },
	{ "傍晚", W_PART, PART_EVENING, 0 },
	{ "半个小时", W_HALF_HOUR, 0, 0 }, { "半小时", W_HALF_HOUR, 0, 0 },
	{ "下个", W_NEXT, 0, 0 }, { "下", W_NEXT, 0, 0 },
	{ "本", W_SKIP, 0, 0 }, { "这", W_SKIP, 0, 0 },
	{ "以后", W_SKIP, 0, 0 }, { "之后", W_SKIP, 0, 0 },
	{ "后", W_SKIP, 0, 0 }, { "过", W_SKIP, 0, 0 },
	{ "的", W_SKIP, 0, 0 }, { "，", W_SKIP, 0, 0 }, { "在", W_SKIP, 0, 0 },
};

static const char *const digits_zh[] = { "零", "一", "二", "三", "四", "五",
					 "六", "七", "八", "九" };

/* Days from 1970-01-01 (proleptic Gregorian; Hinnant's days_from_civil). */
static int64_t days(int y, int m, int d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

int when_month_days(int year, int month)
{
	int next_y = month == 12 ? year + 1 : year;
	int next_m = month == 12 ? 1 : month + 1;

	return (int)(days(next_y, next_m, 1) - days(year, month, 1));
}

struct when_civil when_civil(int64_t at_s, int tz_min)
{
	int64_t local = at_s + (int64_t)tz_min * 60;
	int64_t day = local >= 0 ? local / DAY_S
				 : -((DAY_S - 1 - local) / DAY_S);
	int64_t rest = local - day * DAY_S, z = day + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	struct when_civil c;

	c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c.year = (int)(yoe + era * 400 + (c.month <= 2));
	c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c.hour = (int)(rest / HOUR_S);
	c.minute = (int)(rest / 60 % 60);
	c.second = (int)(rest % 60);
	/* 1970-01-01 was a Thursday. */
	c.weekday = (int)(((day + 3) % 7 + 7) % 7);
	return c;
}

int64_t when_second(const struct when_civil *c, int tz_min)
{
	return days(c->year, c->month, c->day) * DAY_S + c->hour * HOUR_S +
	       c->minute * 60 + c->second - (int64_t)tz_min * 60;
}

static bool take(struct parse *p, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(p->s, word, n))
		return false;
	p->s += n;
	return true;
}

static bool take_unit(struct parse *p, const char *const *list)
{
	const char *was = p->s;

	while (*p->s == ' ')
		p->s++;
	for (; *list; list++)
		if (take(p, *list)) {
			/* "m" is not the start of "mon". */
			if ((*list)[0] > 0 && *p->s >= 'a' && *p->s <= 'z') {
				p->s = was;
				return false;
			}
			return true;
		}
	p->s = was;
	return false;
}

static int digit_zh(struct parse *p)
{
	for (int i = 0; i < 10; i++)
		if (take(p, digits_zh[i]))
			return i;
	return take(p, "两") ? 2 : -1;
}

/* A number in digits, or 一 .. 九十九 in words; -1 if there is none. */
static int number(struct parse *p)
{
	int n = 0, len = 0;

	for (; *p->s >= '0' && *p->s <= '9'; p->s++, len++)
		n = n > 99999 ? n : n * 10 + (*p->s - '0');
	if (len)
		return n;
	int tens = digit_zh(p);

	if (take(p, "十")) {
		int ones = digit_zh(p);

		return (tens < 0 ? 1 : tens) * 10 + MAX(ones, 0);
	}
	return tens;
}

static bool set(int *field, int v)
{
	if (*field >= 0)
		return false;
	*field = v;
	return true;
}

/* What follows the hour in Chinese: 半, 一刻, minutes with or without 分. */
static bool minutes_zh(struct parse *p)
{
	const char *was = p->s;

	if (take(p, "半"))
		return set(&p->minute, 30);
	if (take(p, "一刻"))
		return set(&p->minute, 15);
	if (take(p, "三刻"))
		return set(&p->minute, 45);
	if (take(p, "整"))
		return set(&p->minute, 0);
	int n = number(p);

	if (n < 0) {
		p->s = was;
		return true;
	}
	take(p, "分");
	return set(&p->minute, n);
}

static bool relative(struct parse *p, int64_t s)
{
	p->rel = true;
	p->rel_s += s;
	return true;
}

static bool date_or_time(struct parse *p, int n, bool zero)
{
	const char *was = p->s;
	int second;

	if (take(p, ":") || take(p, "：")) {
		p->zero = zero;
		second = number(p);
		return second >= 0 && set(&p->hour, n) &&
		       set(&p->minute, second);
	}
	if (take(p, "/") || take(p, "-") || take(p, ".")) {
		char sep = *was;

		second = number(p);
		if (second < 0)
			return false;
		if (n < 1000)
			return set(&p->month, n) && set(&p->mday, second);
		if (*p->s != sep)
			return false;
		p->s++;
		return set(&p->year, n) && set(&p->month, second) &&
		       set(&p->mday, number(p));
	}
	if (n >= 1000)
		return take(p, "年") && set(&p->year, n);
	/* "dec 3": a bare number after a month is its day. */
	if (p->month >= 0 && p->mday < 0)
		return set(&p->mday, n);
	p->zero = zero;
	return set(&p->hour, n);
}

static bool numeric(struct parse *p)
{
	static const char *const h[] = { "个小时", "小时", "hours", "hour",
					 "hrs", "hr", "h", NULL };
	static const char *const m[] = { "分钟", "minutes", "minute", "mins",
					 "min", "m", NULL };
	static const char *const d[] = { "天", "days", "day", "d", NULL };
	static const char *const am[] = { "a.m.", "am", NULL };
	static const char *const pm[] = { "p.m.", "pm", NULL };
	bool zero = *p->s == '0';
	int n = number(p);

	if (n < 0 || n > 9999)
		return false;
	if (take_unit(p, am)) {
		p->part = PART_AM;
		return n <= 12 && set(&p->hour, n);
	}
	if (take_unit(p, pm)) {
		p->part = PART_PM;
		return n <= 12 && set(&p->hour, n);
	}
	if (take_unit(p, h))
		return relative(p, (int64_t)n * HOUR_S);
	if (take_unit(p, m))
		return relative(p, (int64_t)n * 60);
	if (take_unit(p, d))
		return relative(p, (int64_t)n * DAY_S);
	if (take(p, "年"))
		return set(&p->year, n);
	if (take(p, "月"))
		return set(&p->month, n);
	if (take(p, "日") || take(p, "号"))
		return set(&p->mday, n);
	if (take(p, "点钟") || take(p, "点") || take(p, "时")) {
		p->zero = zero;
		return set(&p->hour, n) && minutes_zh(p);
	}
	return date_or_time(p, n, zero);
}

/* 周一, 星期天, 礼拜三. */
static bool weekday_zh(struct parse *p)
{
	static const char *const names[] = { "一", "二", "三", "四", "五",
					     "六", "日", "天" };

	if (!take(p, "星期") && !take(p, "礼拜") && !take(p, "周"))
		return false;
	for (int i = 0; i < (int)ARRAY_LEN(names); i++)
		if (take(p, names[i]))
			return set(&p->weekday, MIN(i, 6));
	return false;
}

static bool word(struct parse *p)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		const char *was = p->s;

		if (!take(p, words[i].word))
			continue;
		if (words[i].word[0] > 0 && *p->s >= 'a' && *p->s <= 'z') {
			p->s = was;
			continue;
		}
		switch (words[i].what) {
		case W_SKIP:
			return true;
		case W_DAY:
			return set(&p->day, words[i].a);
		case W_WEEKDAY:
			return set(&p->weekday, words[i].a);
		case W_MONTH:
			return set(&p->month, words[i].a);
		case W_NEXT:
			p->next = true;
			return true;
		case W_PART:
			p->part = (enum part)words[i].a;
			return true;
		case W_DAY_PART:
			p->part = (enum part)words[i].b;
			return set(&p->day, words[i].a);
		case W_HALF_HOUR:
			return relative(p, HOUR_S / 2);
		}
	}
	return false;
}

static bool scan(struct parse *p)
{
	while (*p->s) {
		const char *was = p->s;

		if (*p->s == ' ' || *p->s == ',') {
			p->s++;
			continue;
		}
		if (weekday_zh(p))
			continue;
		if (p->s != was)
			return false;
		/* am and pm may stand after 9:30. */
		if (p->hour >= 0 && (take(p, "am") || take(p, "pm"))) {
			p->part = p->s[-2] == 'a' ? PART_AM : PART_PM;
			continue;
		}
		/* Words before numbers: 三十 is one, but 下午 is not. */
		if (word(p))
			continue;
		if (p->s != was || !numeric(p))
			return false;
	}
	return true;
}

static bool resolve_hour(struct parse *p)
{
	static const int usual[] = { 10, 10, 12, 15, 19 };

	if (p->hour < 0) {
		if (p->minute >= 0)
			return false;
		p->hour = usual[p->part];
	} else if (p->part >= PART_PM && p->hour < 12) {
		p->hour += 12;
	} else if (p->part == PART_NOON && p->hour < 3) {
		p->hour += 12;
	} else if (p->part == PART_AM && p->hour == 12) {
		p->hour = 0;
	} else if (p->part == PART_NONE && !p->zero && p->hour >= 1 &&
		   p->hour <= 7) {
		p->hour += 12;
	}
	p->minute = MAX(p->minute, 0);
	return p->hour < 24 && p->minute < 60;
}

static enum err resolve(struct parse *p, int64_t now_s, int tz_min,
			int64_t *at_s)
{
	struct when_civil now = when_civil(now_s, tz_min), c;
	bool dated = p->month >= 0 || p->mday >= 0 || p->year >= 0;
	bool said = p->hour >= 0 || p->part != PART_NONE;
	int64_t day = now_s + (int64_t)tz_min * 60;

	if (dated + (p->day >= 0) + (p->weekday >= 0) > 1 ||
	    (p->next && p->weekday < 0) ||
	    (!dated && p->day < 0 && p->weekday < 0 && !said))
		return ERR_FORMAT;
	if (!resolve_hour(p))
		return ERR_ARG;
	day -= ((day % DAY_S) + DAY_S) % DAY_S;
	day -= (int64_t)tz_min * 60;
	int64_t time = p->hour * HOUR_S + p->minute * 60;

	if (dated) {
		if (p->mday < 0 || (p->year >= 0 && p->month < 0))
			return ERR_FORMAT;
		c = (struct when_civil){ .year = p->year >= 0 ? p->year
							      : now.year,
			.month = p->month >= 0 ? p->month : now.month,
			.day = p->mday };
		if (c.month < 1 || c.month > 12 || c.year > 9999 ||
		    c.day < 1 || c.day > 31)
			return ERR_ARG;
		/* Without a year (or month): the next such date. */
		if (p->year < 0 && when_second(&c, tz_min) + time <= now_s) {
			if (p->month >= 0)
				c.year++;
			else
				c.year += c.month == 12,
				c.month = c.month % 12 + 1;
		}
		if (c.day > when_month_days(c.year, c.month))
			return ERR_ARG;
		day = when_second(&c, tz_min);
	} else if (p->weekday >= 0) {
		int ahead = (p->weekday - now.weekday + 7) % 7;

		if (p->next)
			ahead = 7 - now.weekday + p->weekday;
		else if (!ahead && day + time <= now_s)
			ahead = 7;
		day += (int64_t)ahead * DAY_S;
	} else if (p->day >= 0) {
		day += (int64_t)p->day * DAY_S;
	} else if (day + time <= now_s) {
		day += DAY_S;
	}
	*at_s = day + time;
	return ERR_OK;
}

enum err when_parse(const char *text, size_t len, int64_t now_s, int tz_min,
		    int64_t *at_s)
{
	char buf[TEXT_MAX];
	struct parse p = { .s = buf, .day = -1, .weekday = -1, .year = -1,
			   .month = -1, .mday = -1, .hour = -1, .minute = -1 };
	int64_t at;
	enum err e;

	if (len >= sizeof(buf) || memchr(text, '\0', len) ||
	    !str_is_utf8(text, len) || tz_min < -840 || tz_min > 840)
		return ERR_FORMAT;
	for (size_t i = 0; i < len; i++)
		buf[i] = text[i] >= 'A' && text[i] <= 'Z'
				 ? (char)(text[i] + 32) : text[i];
	buf[len] = '\0';
	if (!scan(&p))
		return ERR_FORMAT;
	if (p.rel) {
		if (p.hour >= 0 || p.day >= 0 || p.weekday >= 0 ||
		    p.month >= 0 || p.mday >= 0)
			return ERR_FORMAT;
		/* Whole minutes: nobody is called back at 15:02:07. */
		at = (now_s + p.rel_s) / 60 * 60;
	} else {
		e = resolve(&p, now_s, tz_min, &at);
		if (e)
			return e;
	}
	if (at <= now_s || at > now_s + (int64_t)AHEAD_DAYS * DAY_S)
		return ERR_ARG;
	*at_s = at;
	return ERR_OK;
}
