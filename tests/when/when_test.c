/* Call-back times as agents type them (UX 2.4). */
#include "base/t.h"

#include <string.h>

#include "base/str.h"
#include "when/when.h"

/* Now is Wednesday 2026-11-18 14:32:07 in Hangzhou (UTC+8). */
enum { TZ = 480 };
static const struct when_civil now_c = { 2026, 11, 18, 14, 32, 7, 0 };

static const struct { const char *text, *want; } good[] = {
	{ "30m", "2026-11-18 15:02" },	{ "2h", "2026-11-18 16:32" },
	{ "1h30m", "2026-11-18 16:02" }, { "in 30 minutes", "2026-11-18 15:02" },
	{ "in 1 hour and 5 min", "2026-11-18 15:37" },
	{ "2 days", "2026-11-20 14:32" },
	{ "tomorrow 3pm", "2026-11-19 15:00" },
	{ "Tomorrow 3 PM", "2026-11-19 15:00" },
	{ "3pm tomorrow", "2026-11-19 15:00" },
	{ "tomorrow", "2026-11-19 10:00" },
	{ "tomorrow afternoon", "2026-11-19 15:00" },
	{ "tonight", "2026-11-18 19:00" }, { "tonight 8", "2026-11-18 20:00" },
	{ "mon 10", "2026-11-23 10:00" }, { "monday 10:30", "2026-11-23 10:30" },
	{ "wed 16:00", "2026-11-18 16:00" }, { "wed 10", "2026-11-25 10:00" },
	{ "next fri 9:30", "2026-11-27 09:30" }, { "fri 9:30am", "2026-11-20 09:30" },
	{ "3/12 9:30", "2027-03-12 09:30" }, { "12/3 9:30", "2026-12-03 09:30" },
	{ "dec 3 10", "2026-12-03 10:00" },
	{ "2026-12-03 10:00", "2026-12-03 10:00" },
	{ "15:00", "2026-11-18 15:00" }, { "9:30", "2026-11-19 09:30" },
	{ "3:30", "2026-11-18 15:30" }, { "03:30", "2026-11-19 03:30" },
	{ "noon", "2026-11-19 12:00" }, { "12am", "2026-11-19 00:00" },
	{ "12pm", "2026-11-19 12:00" },
	{ "明天下午3点", "2026-11-19 15:00" }, { "周一10点", "2026-11-23 10:00" },
	{ "下周三上午九点半", "2026-11-25 09:30" },
	{ "星期天下午两点一刻", "2026-11-22 14:15" },
	{ "后天", "2026-11-20 10:00" }, { "大后天晚上8点", "2026-11-21 20:00" },
	{ "半小时后", "2026-11-18 15:02" }, { "30分钟后", "2026-11-18 15:02" },
	{ "两小时后", "2026-11-18 16:32" }, { "3月12日9点半", "2027-03-12 09:30" },
	{ "20号上午十点", "2026-11-20 10:00" }, { "今晚7点", "2026-11-18 19:00" },
	{ "明早九点", "2026-11-19 09:00" }, { "下午三点四十五分", "2026-11-18 15:45" },
	{ "15：30", "2026-11-18 15:30" }, { "10号", "2026-12-10 10:00" },
};

static const struct { const char *text; enum err want; } bad[] = {
	{ "", ERR_FORMAT }, { "soon", ERR_FORMAT }, { "tomorow", ERR_FORMAT },
	{ "25:00", ERR_ARG }, { "10:75", ERR_ARG }, { "2/30 10:00", ERR_ARG },
	{ "13/1", ERR_ARG }, { "today 9:00", ERR_ARG },
	{ "2026-11-17 10:00", ERR_ARG }, { "2029-01-01 10:00", ERR_ARG },
	{ "0m", ERR_ARG }, { "30m tomorrow", ERR_FORMAT },
	{ "mon tue 3pm", ERR_FORMAT }, { "13pm", ERR_FORMAT },
	{ "10 11 12", ERR_FORMAT }, { "next", ERR_FORMAT }, { "3/", ERR_FORMAT },
	{ "99999h", ERR_FORMAT }, { "\377", ERR_FORMAT },
	{ "10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 ", ERR_FORMAT },
};

static void test_good(void **state UNUSED)
{
	int64_t now = when_second(&now_c, TZ), at;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		char got[32] = "";
		enum err e = when_parse(good[i].text, strlen(good[i].text), now,
					TZ, &at);

		if (!e) {
			struct when_civil c = when_civil(at, TZ);

			str_fmt(got, sizeof(got), "%04d-%02d-%02d %02d:%02d",
				c.year, c.month, c.day, c.hour, c.minute);
		}
		T_OK(str_eq(got, good[i].want), "\"%s\" is %s, not %s",
		     good[i].text, good[i].want, got);
	}
}

static void test_bad(void **state UNUSED)
{
	int64_t now = when_second(&now_c, TZ), at = 77;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		enum err e = when_parse(bad[i].text, strlen(bad[i].text), now,
					TZ, &at);

		T_OK(e == bad[i].want && at == 77, "\"%s\": %s", bad[i].text,
		     err_text(e));
	}
}

static void test_cut(void **state UNUSED)
{
	int64_t now = when_second(&now_c, TZ), at;

	/* Every truncation is refused or means something later. */
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		for (size_t n = 0; n < strlen(good[i].text); n++)
			if (!when_parse(good[i].text, n, now, TZ, &at))
				T_OK(at > now, "%.*s", (int)n, good[i].text);
}

static void test_civil(void **state UNUSED)
{
	for (int64_t t = -4000000000; t < 8000000000; t += 9999991) {
		struct when_civil c = when_civil(t, 345);

		T_OK(when_second(&c, 345) == t, "there and back: %lld",
		     (long long)t);
	}
	T_OK(when_civil(0, 0).weekday == 3, "1970-01-01 was a Thursday");
	T_OK(when_month_days(2028, 2) == 29 && when_month_days(2100, 2) == 28,
	     "leap years");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good), cmocka_unit_test(test_bad),
		cmocka_unit_test(test_cut), cmocka_unit_test(test_civil),
	};

	return T_RUN(tests);
}
