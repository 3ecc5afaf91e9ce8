/* clerk_time -- times and numbers as people write them. */
#define _XOPEN_SOURCE 700
#include "clerk_priv.h"

#include "base/str.h"
#include "lead/lead_import.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

json_t *time_json(int64_t wall_ms)
{
	char text[40], zone[8];
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm;

	if (!wall_ms || !localtime_r(&t, &tm))
		return json_null();
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	str_add(text, sizeof(text), ".%03d%.3s:%s", (int)(wall_ms % 1000),
		zone, zone + 3);
	return json_string(text);
}

/* "-90s", "-15m", "-2h", "-7d": so long ago. */
static bool ago(const char *text, int64_t now_ms, int64_t *out)
{
	static const struct { char unit; int64_t ms; } units[] = {
		{ 's', 1000 }, { 'm', 60000 }, { 'h', 3600000 },
		{ 'd', 86400000 } };
	char *end;
	long long n = strtoll(text + 1, &end, 10);

	if (*text != '-' || !isdigit((unsigned char)text[1]) || n > 100000)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (*end == units[i].unit && !end[1]) {
			*out = now_ms - n * units[i].ms;
			return true;
		}
	}
	return false;
}

enum err time_from(const char *text, int64_t now_ms, int64_t *out)
{
	static const char *const forms[] = { "%Y-%m-%dT%H:%M:%S",
					     "%Y-%m-%dT%H:%M", "%Y-%m-%d" };
	time_t t = (time_t)(now_ms / 1000);
	struct tm day;

	localtime_r(&t, &day);
	day.tm_hour = day.tm_min = day.tm_sec = 0;
	day.tm_isdst = -1;
	if (str_eq(text, "now")) {
		*out = now_ms;
		return ERR_OK;
	}
	if (str_eq(text, "today") || str_eq(text, "yesterday")) {
		day.tm_mday -= *text == 'y';
		*out = (int64_t)mktime(&day) * 1000;
		return ERR_OK;
	}
	if (ago(text, now_ms, out))
		return ERR_OK;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct tm tm = { .tm_isdst = -1 };
		const char *end = strptime(text, forms[i], &tm);

		if (end && !*end) {
			*out = (int64_t)mktime(&tm) * 1000;
			return ERR_OK;
		}
	}
	return ERR_FORMAT;
}

enum err number_from(struct job *j, const char *text, char *out, size_t size)
{
	const char *country = conf_text(j->c->r->conf, "server", NULL,
					"country"), *why = "";
	char cc[3] = "", e164[16];
	bool repaired;
	enum err e;

	for (size_t i = 0; i < 2 && country[i]; i++)
		cc[i] = (char)toupper((unsigned char)country[i]);
	e = lead_phone_parse(text, cc, e164, &why, &repaired);
	if (e) {
		fail(j, EXIT_DATA, MSG_NO_ARG, "%s: %s", text,
		     why && *why ? why : "not a phone number");
		return e;
	}
	str_copy(out, size, e164);
	return ERR_OK;
}
