/*
 * Time zones: our reading of TZif against the C library's, and hostile files.
 */
#include "base/t.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "base/zone.h"
#include "base/zone_priv.h"

static struct zones *load(void)
{
	struct zones *z = NULL;
	char why[200] = "";

	T_OK(!zones_load("data/zones.tsv", NULL, &z, why, sizeof(why)), "%s",
	     why);
	return z;
}

static void as_libc(void **state)
{
	struct zones *z = load();
	struct zone_time t;
	struct tm tm;

	(void)state;
	/* Every zone of the table, 1955 to 2060, every 11 days and a bit. */
	for (uint16_t p = 1; *zone_name(z, p); p++) {
		setenv("TZ", zone_name(z, p), 1);
		tzset();
		for (int64_t s = -473385600; s < 2840140800; s += 954007) {
			time_t at = (time_t)s;

			localtime_r(&at, &tm);
			zone_local(z, p, s, &t);
			T_OK(t.offset_s == tm.tm_gmtoff &&
				     t.day == tm.tm_mday &&
				     t.month == tm.tm_mon + 1 &&
				     t.weekday == (tm.tm_wday + 6) % 7 + 1 &&
				     t.second == tm.tm_hour * 3600 +
							 tm.tm_min * 60 +
							 tm.tm_sec,
			     "%s at %lld", zone_name(z, p), (long long)s);
		}
	}
	unsetenv("TZ");
	tzset();
	zones_free(z);
}

static const struct {
	const char *what, *place;
	int y, mo, d, h, mi;
	int64_t utc;			/* the first second that shows it    */
} clocks[] = {
	{ "winter", "America/New_York@US-NY", 2026, 1, 15, 8, 0, 1768482000 },
	{ "before the leap", "America/New_York@US-NY", 2026, 3, 8, 1, 59,
	  1772953140 },
	{ "02:30 does not exist: 03:00 does", "America/New_York@US-NY", 2026,
	  3, 8, 2, 30, 1772953200 },
	{ "after it", "America/New_York@US-NY", 2026, 3, 8, 3, 0, 1772953200 },
	{ "01:30 comes twice: the first", "America/New_York@US-NY", 2026, 11,
	  1, 1, 30, 1793511000 },
	{ "no DST", "Asia/Shanghai@CN", 2026, 11, 23, 8, 0, 1795392000 },
	{ "half past in Adelaide", "Australia/Adelaide@AU", 2026, 1, 1, 0, 0,
	  1767187800 },
};

static void local_to_utc(void **state)
{
	struct zones *z = load();
	struct zone_set s;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(clocks); i++) {
		T_OK(!zone_set_parse(z, clocks[i].place, &s) && s.n == 1,
		     "%s is known", clocks[i].place);
		int64_t local = zone_days(clocks[i].y, clocks[i].mo,
					  clocks[i].d) * 86400 +
				clocks[i].h * 3600 + clocks[i].mi * 60;
		int64_t got = zone_utc(z, s.at[0], local);

		T_OK(got == clocks[i].utc, "%s: %lld", clocks[i].what,
		     (long long)got);
	}
	zones_free(z);
}

static const struct {
	const char *what, *number, *want;
} numbers[] = {
	{ "a Chinese mobile", "8613800138000", "Asia/Shanghai@CN" },
	{ "Miami", "13055551234", "America/New_York@US-FL" },
	{ "a code of two zones", "18505551234",
	  "America/New_York@US-FL America/Chicago@US-FL" },
	{ "Toronto is not the United States", "14165551234",
	  "America/Toronto@CA-ON" },
	{ "Moscow", "74951234567", "Europe/Moscow@RU" },
	{ "Kazakhstan shares +7", "77011234567",
	  "Asia/Almaty@KZ Asia/Aqtobe@KZ" },
	{ "Hong Kong", "85221234567", "Asia/Hong_Kong@HK" },
	{ "no such country", "9991234567", "" },
	{ "nothing", "", "" },
};

static void where(void **state)
{
	struct zones *z = load();
	struct zone_set s, want;
	char text[ZONE_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		zones_of_number(z, numbers[i].number, &s);
		zone_set_print(z, &s, text, sizeof(text));
		T_OK(!zone_set_parse(z, numbers[i].want, &want) &&
			     zone_set_equal(&s, &want),
		     "%s: %s", numbers[i].what, text);
	}
	static const struct {
		const char *what, *country, *province, *city;
		size_t n;
	} a[] = {
		{ "a state by name", "US", "Florida", "", 2 },
		{ "a state by letters", "US", "tx", NULL, 2 },
		{ "a city decides", "US", "TX", "Houston", 1 },
		{ "a city nobody knows: the state", "US", "TX", "Nowhere", 2 },
		{ "a state that is none is no guess", "US", "Guangdong", "",
		  0 },
		{ "any province of China", "CN", "Xinjiang", "Urumqi", 1 },
		{ "no country", "", "FL", "", 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(a); i++) {
		zones_of_address(z, a[i].country, a[i].province, a[i].city,
				 &s);
		T_OK(s.n == a[i].n, "%s: %u", a[i].what, s.n);
	}
	T_OK(zone_set_parse(z, "Moon/Base@XX", &s) == ERR_ABSENT, "no moon");
	T_OK(zone_set_parse(z, "Asia/Shanghai", &s) == ERR_FORMAT, "no region");
	zones_free(z);
}

/* Every truncation, and every byte turned, of a real file. */
static void hostile(void **state)
{
	FILE *f = fopen("/usr/share/zoneinfo/Europe/Dublin", "rb");
	static uint8_t whole[65536];
	struct zone_tz tz = { .n = 0 };

	(void)state;
	T_OK(f, "tzdata is installed");
	size_t n = fread(whole, 1, sizeof(whole), f);

	fclose(f);
	T_OK(!zone_tz_parse(whole, n, &tz), "the file is good");
	zone_tz_fini(&tz);
	for (size_t len = 0; len < n; len++) {
		uint8_t *cut = malloc(len ? len : 1);

		memcpy(cut, whole, len);
		T_OK(zone_tz_parse(cut, len, &tz) == ERR_FORMAT,
		     "cut at %zu", len);
		free(cut);
	}
	for (size_t i = 0; i < n; i++) {
		uint8_t old = whole[i];

		whole[i] ^= 0xff;
		if (!zone_tz_parse(whole, n, &tz)) {
			(void)zone_tz_offset(&tz, 1800000000);
			(void)zone_tz_offset(&tz, 4000000000);
			zone_tz_fini(&tz);
		}
		whole[i] = old;
	}
}

static void bad_tables(void **state)
{
	static const struct {
		const char *what, *text;
		enum err want;
	} t[] = {
		{ "no tab", "+86 Asia/Shanghai@CN\n", ERR_FORMAT },
		{ "no place", "+86\t\n", ERR_FORMAT },
		{ "no region", "+86\tAsia/Shanghai\n", ERR_FORMAT },
		{ "no such zone", "+86\tAsia/Atlantis@CN\n", ERR_IO },
		{ "a way out of the folder", "+86\t../passwd@CN\n", ERR_IO },
		{ "a key twice", "+86\tAsia/Shanghai@CN\n+86\tAsia/Tokyo@JP\n",
		  ERR_FORMAT },
		{ "nothing", "# empty\n", ERR_OK },
	};
	char path[] = "/tmp/zoneXXXXXX", why[200];
	int fd = mkstemp(path);

	(void)state;
	T_OK(fd >= 0, "a file");
	close(fd);
	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		struct zones *z = NULL;
		FILE *f = fopen(path, "w");

		fputs(t[i].text, f);
		fclose(f);
		T_OK(zones_load(path, NULL, &z, why, sizeof(why)) == t[i].want,
		     "%s", t[i].what);
		T_OK(!!z == !t[i].want, "%s: a catalogue only then",
		     t[i].what);
		zones_free(z);
	}
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_libc),
		cmocka_unit_test(local_to_utc),
		cmocka_unit_test(where),
		cmocka_unit_test(hostile),
		cmocka_unit_test(bad_tables),
	};

	return T_RUN(tests);
}
