/*
 * Legal hours: boundary seconds, DST days, leap day, holidays, two zones.
 */
#include "base/t.h"

#include "base/str.h"

#include "gate/gate_world.h"

/* Times are UTC; earliest "" = the rule passes; "never". */
static const struct {
	const char *what;
	const char *profile, *e164;
	const char *at;
	const char *earliest;
} cases[] = {
	{ "cn: 07:59:59 is too early", "cn", "8613800138000",
	  "2026-11-22 23:59:59", "2026-11-23 00:00:00" },
	{ "cn: 08:00:00 may be called", "cn", "8613800138000",
	  "2026-11-23 00:00:00", "" },
	{ "cn: 21:59:59 may be called", "cn", "8613800138000",
	  "2026-11-23 13:59:59", "" },
	{ "cn: 22:00:00 is too late", "cn", "8613800138000",
	  "2026-11-23 14:00:00", "2026-11-24 00:00:00" },
	{ "cn: 23:59:59 waits for 08:00", "cn", "8613800138000",
	  "2026-11-23 15:59:59", "2026-11-24 00:00:00" },
	{ "cn: 00:00:00 waits for 08:00", "cn", "8613800138000",
	  "2026-11-23 16:00:00", "2026-11-24 00:00:00" },
	{ "us: New York at 07:59:59 in winter", "us", "12125551234",
	  "2026-01-15 12:59:59", "2026-01-15 13:00:00" },
	{ "us: New York at 08:00 in winter", "us", "12125551234",
	  "2026-01-15 13:00:00", "" },
	{ "us: New York at 08:00 in summer", "us", "12125551234",
	  "2026-07-15 12:00:00", "" },
	{ "us: the day before clocks go forward, 21:00", "us", "12125551234",
	  "2026-03-08 02:00:00", "2026-03-08 12:00:00" },
	{ "us: the day clocks go forward, 08:00 is an hour sooner", "us",
	  "12125551234", "2026-03-08 11:59:59", "2026-03-08 12:00:00" },
	{ "us: the day clocks go back, 08:00 is an hour later", "us",
	  "12125551234", "2026-11-01 12:30:00", "2026-11-01 13:00:00" },
	{ "us: Florida ends at 20:00", "us", "13055551234",
	  "2026-07-16 00:00:00", "2026-07-16 12:00:00" },
	{ "us: Florida at 19:59:59", "us", "13055551234",
	  "2026-07-15 23:59:59", "" },
	{ "us: Georgia goes on to 21:00", "us", "14045551234",
	  "2026-07-16 00:00:00", "" },
	{ "us: Oklahoma ends at 20:00", "us", "14055551234",
	  "2026-07-16 01:00:00", "2026-07-16 13:00:00" },
	{ "us: 850 is two zones; 08:30 Eastern is 07:30 Central", "us",
	  "18505551234", "2026-07-15 12:30:00", "2026-07-15 13:00:00" },
	{ "us: 850 at 08:00 Central", "us", "18505551234",
	  "2026-07-15 13:00:00", "" },
	{ "us: 850 at 20:00 Eastern though 19:00 Central", "us",
	  "18505551234", "2026-07-16 00:00:00", "2026-07-16 13:00:00" },
	{ "us: an unknown area code keeps to Hawaii and Newfoundland", "us",
	  "18005551234", "2026-07-15 17:59:59", "2026-07-15 18:00:00" },
	{ "us: 29 February exists", "us", "12125551234",
	  "2028-03-01 02:00:00", "2028-03-01 13:00:00" },
	{ "us: 29 February by day", "us", "12125551234",
	  "2028-02-29 15:00:00", "" },
	{ "uk: Saturday begins at 09:00", "uk", "447700900123",
	  "2026-11-21 08:30:00", "2026-11-21 09:00:00" },
	{ "uk: no Sunday", "uk", "447700900123",
	  "2026-11-22 12:00:00", "2026-11-23 08:00:00" },
	{ "uk: Christmas Friday, Boxing Day Saturday, Sunday, substitute "
	  "Monday", "uk", "447700900123",
	  "2026-12-24 21:00:00", "2026-12-29 08:00:00" },
	{ "uk: Good Friday 2026 is 3 April, Easter Monday 6 April", "uk",
	  "447700900123", "2026-04-03 12:00:00", "2026-04-04 08:00:00" },
	{ "uk: New Year's Day 2028 is a Saturday: Monday too", "uk",
	  "447700900123", "2027-12-31 22:00:00", "2028-01-04 08:00:00" },
	{ "uk: the last Monday of August", "uk", "447700900123",
	  "2026-08-31 12:00:00", "2026-09-01 07:00:00" },
	{ "fr: lunch is closed", "eu_fr", "33612345678",
	  "2026-11-23 12:00:00", "2026-11-23 13:00:00" },
	{ "fr: 12:59:59 is open", "eu_fr", "33612345678",
	  "2026-11-23 11:59:59", "" },
	{ "fr: 20:00 Friday waits for Monday", "eu_fr", "33612345678",
	  "2026-11-20 19:00:00", "2026-11-23 09:00:00" },
	{ "fr: Ascension 2026 is 14 May", "eu_fr", "33612345678",
	  "2026-05-14 10:00:00", "2026-05-15 08:00:00" },
	{ "de: Saturday ends at 18:00", "eu_de", "4915112345678",
	  "2026-11-21 17:00:00", "2026-11-23 07:00:00" },
	{ "de: 3 October", "eu_de", "4915112345678",
	  "2026-10-03 10:00:00", "2026-10-05 06:00:00" },
	{ "none: any hour", "none", "8613800138000",
	  "2026-11-23 18:00:00", "" },
	{ "a number from nowhere has no hours", "none", "9991234567",
	  "2026-11-23 12:00:00", "never" },
	{ "in Russia all zones at once: 09:00 Moscow is 18:00 Kamchatka",
	  "none", "79991234567", "2026-11-23 06:00:00", "" },
};

static void hours(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct gate_world w;
		struct gate_verdict v;
		int64_t earliest;

		gate_world_open(&w, NULL, cases[i].profile);
		w.ask.e164 = cases[i].e164;
		enum gate_rule r = gate_world_ask(
			&w, gate_world_at(cases[i].at), &v);

		earliest = str_eq(cases[i].earliest, "never")
				   ? GATE_NEVER
				   : *cases[i].earliest
					   ? gate_world_at(cases[i].earliest)
					   : 0;
		T_OK((r == GATE_HOURS) == (earliest != 0), "%s (%s)",
		     cases[i].what, gate_rule_id(r));
		T_OK(!earliest || v.earliest_s == earliest,
		     "%s: earliest %lld, not %lld", cases[i].what,
		     (long long)v.earliest_s, (long long)earliest);
		gate_world_close(&w);
	}
}

/* The address and the number disagree: both must be open. */
static void both_zones(void **state)
{
	struct gate_world w;
	struct gate_verdict v;

	(void)state;
	gate_world_open(&w, NULL, "us");
	w.ask.e164 = "12125551234";
	zones_of_address(w.zones, "US", "CA", "Los Angeles", &w.ask.address);
	T_OK(w.ask.address.n == 1, "California is one zone");
	T_OK(gate_world_ask(&w, gate_world_at("2026-01-15 14:00:00"), &v) ==
		     GATE_HOURS, "09:00 in New York is 06:00 in California");
	T_OK(v.earliest_s == gate_world_at("2026-01-15 16:00:00"),
	     "08:00 in California");
	T_OK(gate_world_ask(&w, v.earliest_s, &v) == GATE_RULE_COUNT,
	     "11:00 and 08:00 pass");
	T_OK(gate_world_ask(&w, gate_world_at("2026-01-16 02:00:00"), &v) ==
		     GATE_HOURS, "21:00 in New York, 18:00 in California");
	zones_of_address(w.zones, "US", "FL", "Miami", &w.ask.address);
	T_OK(gate_world_ask(&w, gate_world_at("2026-01-16 01:30:00"), &v) ==
		     GATE_HOURS, "20:30: the address is in Florida");
	gate_world_close(&w);
}

static void own_hours(void **state)
{
	struct gate_world w;
	size_t n;

	(void)state;
	gate_world_open(&w, NULL, "cn");
	T_OK(!gate_windows_parse("1-5 09:30-18:00; 6,7 06:00-23:00",
				 w.campaign.hours, GATE_HOURS_MAX, &n),
	     "own hours parse");
	w.campaign.hours_n = (uint8_t)n;
	T_OK(gate_world_ask(&w, gate_world_at("2026-11-23 01:29:59"), NULL) ==
		     GATE_HOURS, "Monday 09:29:59 is narrower than the law");
	T_OK(gate_world_ask(&w, gate_world_at("2026-11-23 01:30:00"), NULL) ==
		     GATE_RULE_COUNT, "Monday 09:30");
	T_OK(gate_world_ask(&w, gate_world_at("2026-11-21 23:00:00"), NULL) ==
		     GATE_HOURS, "own hours cannot widen: Sunday 07:00");
	gate_world_close(&w);
}

static const struct {
	const char *text;
	enum err want;
	size_t n;
} windows[] = {
	{ "1-7 00:00-24:00",             ERR_OK,     1 },
	{ "1,3,5 08:00-12:00",           ERR_OK,     1 },
	{ "1 08:00-12:00; 2 09:00-10:00", ERR_OK,    2 },
	{ "",                            ERR_FORMAT, 0 },
	{ "0 08:00-12:00",               ERR_FORMAT, 0 },
	{ "5-1 08:00-12:00",             ERR_FORMAT, 0 },
	{ "1 8:00-12:00",                ERR_FORMAT, 0 },
	{ "1 08:60-12:00",               ERR_FORMAT, 0 },
	{ "1 12:00-12:00",               ERR_FORMAT, 0 },
	{ "1 22:00-08:00",               ERR_FORMAT, 0 },
	{ "1 08:00-24:01",               ERR_FORMAT, 0 },
	{ "1 08:00-12:00 x",             ERR_FORMAT, 0 },
	{ "1 08:00",                     ERR_FORMAT, 0 },
	{ "1-",                          ERR_FORMAT, 0 },
	{ "1 01:00-02:00;1 01:00-02:00;1 01:00-02:00;1 01:00-02:00;"
	  "1 01:00-02:00", ERR_FULL, 0 },
};

static void window_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(windows); i++) {
		struct gate_window rows[4];
		size_t n = 0;

		T_OK(gate_windows_parse(windows[i].text, rows, ARRAY_LEN(rows),
					&n) == windows[i].want &&
			     n == windows[i].n, "\"%s\"", windows[i].text);
	}
}

/* What gate_zones_open says holds until the second it names. */
static void open_until(void **state)
{
	struct gate_world w;
	struct zone_set places;
	int64_t at = gate_world_at("2026-11-22 20:00:00"), until;

	(void)state;
	gate_world_open(&w, NULL, "cn");
	zones_of_number(w.zones, "8613800138000", &places);
	T_OK(!gate_zones_open(w.gate, &w.campaign, &places, at, &until),
	     "04:00 is closed");
	T_OK(until == gate_world_at("2026-11-23 00:00:00"), "until 08:00");
	T_OK(gate_zones_open(w.gate, &w.campaign, &places, until, &until),
	     "then it is open");
	T_OK(until == gate_world_at("2026-11-23 00:01:00"), "for a minute");
	gate_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hours),
		cmocka_unit_test(both_zones),
		cmocka_unit_test(own_hours),
		cmocka_unit_test(window_texts),
		cmocka_unit_test(open_until),
	};

	return T_RUN(tests);
}
