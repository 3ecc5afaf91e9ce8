/*
 * base/zone_priv -- one time zone, as its TZif file tells.
 */
#ifndef BASE_ZONE_PRIV_H
#define BASE_ZONE_PRIV_H

#include "base/zone.h"

/* One switch of a POSIX TZ rule: the w-th d-day of month m, w 5 = last. */
struct zone_switch {
	int month, week, wday;		/* wday 0 = Sunday                   */
	int32_t at_s;			/* local time of the day, may be < 0 */
};

struct zone_tz {
	char name[48];
	size_t n;
	int64_t *at;			/* UTC seconds of the changes        */
	int32_t *off;			/* offset from at[i] on [s]          */
	int32_t first_off;		/* before at[0]                      */
	bool dst;			/* the rule after the last change    */
	int32_t std_off, dst_off;
	struct zone_switch start, end;	/* of DST                            */
};

/* RFC 8536 bytes into *tz (name is left alone).  ERR_FORMAT, ERR_MEMORY. */
MUST_CHECK enum err zone_tz_parse(const uint8_t *p, size_t len,
				  struct zone_tz *tz);
void zone_tz_fini(struct zone_tz *tz);
/* Offset from UTC [s] at that second. */
int32_t zone_tz_offset(const struct zone_tz *tz, int64_t utc_s);

#endif
