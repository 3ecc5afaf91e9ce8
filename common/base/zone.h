/*
 * base/zone -- what time is it where this number may be?
 *
 * A place is a time zone with the region whose rules hold there, written
 * "America/New_York@US-FL".  data/zones.tsv says which places a number's
 * first digits, or an address, may mean; the zones themselves are read from
 * the system's TZif files (RFC 8536) once, at start.  After zones_load
 * nothing changes, so any thread may ask; no function reads a clock or TZ.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/base.h"

#define ZONE_SET_MAX 12
#define ZONE_TEXT_MAX 512	/* a whole set printed, with its NUL         */

struct zones;

/* Places, sorted, none twice.  Numbers are good while the catalogue lives. */
struct zone_set {
	uint16_t n;
	uint16_t at[ZONE_SET_MAX];
};

/* A moment on the clock on the wall over there. */
struct zone_time {
	int16_t year;
	uint8_t month;		/* 1..12                                     */
	uint8_t day;		/* 1..31                                     */
	uint8_t weekday;	/* 1 = Monday .. 7 = Sunday                  */
	int32_t second;		/* of the day [s], 0..86399                  */
	int32_t offset_s;	/* east of UTC [s]                           */
	int64_t days;		/* since 1970-01-01, local                   */
};

/*
 * Reads tsv and each zone it names below tzdir (NULL: /usr/share/zoneinfo).
 * why[why_size] says what was wrong, with the line.  ERR_IO when a file is
 * missing, ERR_FORMAT for a bad line or TZif file, ERR_MEMORY.
 */
MUST_CHECK enum err zones_load(const char *tsv, const char *tzdir,
			       struct zones **out, char *why, size_t why_size);
struct zones *zones_free(struct zones *z);	/* returns NULL */

/* e164: digits, no plus sign.  An unknown number gives the empty set. */
void zones_of_number(const struct zones *z, const char *e164,
		     struct zone_set *out);
/*
 * country: ISO 3166 two letters; province and city may be NULL or "".
 * A province that is not in the table gives the empty set, not a guess.
 */
void zones_of_address(const struct zones *z, const char *country,
		      const char *province, const char *city,
		      struct zone_set *out);

/* False when the set is full: the place is not in it then. */
bool zone_set_add(struct zone_set *s, uint16_t place);
bool zone_set_join(struct zone_set *s, const struct zone_set *more);
bool zone_set_equal(const struct zone_set *a, const struct zone_set *b);

/* "Asia/Shanghai@CN America/New_York@US-FL"; the form records keep. */
void zone_set_print(const struct zones *z, const struct zone_set *s,
		    char *buf, size_t size);
/* ERR_ABSENT when the catalogue lacks a place; *out untouched then. */
MUST_CHECK enum err zone_set_parse(const struct zones *z, const char *text,
				   struct zone_set *out);

/* "America/New_York" and "US-FL"; "" for a number out of range. */
const char *zone_name(const struct zones *z, uint16_t place);
const char *zone_region(const struct zones *z, uint16_t place);

/* utc_s: seconds since 1970 UTC. */
void zone_local(const struct zones *z, uint16_t place, int64_t utc_s,
		struct zone_time *out);
/*
 * The first UTC second at which the local clock shows `local_s` (seconds
 * since 1970-01-01 00:00 local) or, when DST skips it, something later.
 */
int64_t zone_utc(const struct zones *z, uint16_t place, int64_t local_s);

/* Days since 1970-01-01 of a Gregorian date, and back. */
int64_t zone_days(int year, int month, int day);
void zone_date(int64_t days, int *year, int *month, int *day);

#endif
