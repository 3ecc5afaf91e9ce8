/*
 * Legal hours in every place a number may be in.
 *
 * A second is legal in a place when it lies in one of the profile's windows,
 * in one of the region's (if it has any), in one of the campaign's (if it has
 * any), and not on a forbidden holiday, all by the clock on the wall there.
 */
#include "gate/gate_priv.h"

#include <string.h>

#include "base/str.h"

#define SEARCH_DAYS 400

static bool in_windows(const struct gate_window *w, size_t n,
		       const struct zone_time *t)
{
	int min = t->second / 60;

	for (size_t i = 0; i < n; i++)
		if (w[i].days & 1u << (t->weekday - 1) &&
		    min >= w[i].from_min && min < w[i].to_min)
			return true;
	return false;
}

const struct region_rules *gate_region(const struct gate_profile *p,
				       const char *region)
{
	for (size_t i = 0; i < p->region_n; i++)
		if (str_eq(p->region[i].name, region))
			return &p->region[i];
	return NULL;
}

bool gate_place_open(const struct gate *g, const struct gate_campaign *c,
		     uint16_t place, int64_t utc_s, const char **holiday)
{
	const struct gate_profile *p = c->profile;
	const struct region_rules *r = gate_region(p, zone_region(g->zones,
								   place));
	struct zone_time t;
	const char *name = NULL;

	zone_local(g->zones, place, utc_s, &t);
	if (p->holidays[0])
		name = gate_holiday(g, p->holidays, &t);
	if (holiday)
		*holiday = name;
	return !name && in_windows(p->hours, p->hours_n, &t) &&
	       (!r || !r->hours_n || in_windows(r->hours, r->hours_n, &t)) &&
	       (!c->hours_n || in_windows(c->hours, c->hours_n, &t));
}

/* The minute of the day a window of the place may open at, by number. */
static int start_min(const struct gate_campaign *c,
		     const struct region_rules *r, size_t i)
{
	const struct gate_profile *p = c->profile;

	if (!i)
		return 0;		/* a holiday ends at midnight        */
	if (--i < p->hours_n)
		return p->hours[i].from_min;
	i -= p->hours_n;
	if (r && i < r->hours_n)
		return r->hours[i].from_min;
	i -= r ? r->hours_n : 0;
	return i < c->hours_n ? c->hours[i].from_min : -1;
}

/*
 * An opening is the start of one of the windows that all must be open in,
 * so only those minutes are tried, day by day.
 */
static int64_t place_open_at(const struct gate *g,
			     const struct gate_campaign *c, uint16_t place,
			     int64_t utc_s)
{
	const struct region_rules *r =
		gate_region(c->profile, zone_region(g->zones, place));
	struct zone_time t;

	if (gate_place_open(g, c, place, utc_s, NULL))
		return utc_s;
	zone_local(g->zones, place, utc_s, &t);
	for (int64_t day = t.days; day <= t.days + SEARCH_DAYS; day++) {
		int64_t best = GATE_NEVER;
		int min;

		for (size_t i = 0; (min = start_min(c, r, i)) >= 0; i++) {
			int64_t at = zone_utc(g->zones, place,
					      day * 86400 + min * 60);

			if (at > utc_s && at < best &&
			    gate_place_open(g, c, place, at, NULL))
				best = at;
		}
		if (best != GATE_NEVER)
			return best;
	}
	return GATE_NEVER;
}

int64_t gate_places_open_at(const struct gate *g,
			    const struct gate_campaign *c,
			    const struct zone_set *places, int64_t utc_s)
{
	int64_t at = utc_s;
	size_t open = 0;

	if (!places->n)
		return GATE_NEVER;
	for (size_t i = 0; open < places->n; i = (i + 1) % places->n) {
		int64_t then = place_open_at(g, c, places->at[i], at);

		if (then == GATE_NEVER || then > utc_s + SEARCH_DAYS * 86400)
			return GATE_NEVER;
		open = then == at ? open + 1 : 1;
		at = then;
	}
	return at;
}

bool gate_zones_open(const struct gate *g, const struct gate_campaign *c,
		     const struct zone_set *places, int64_t wall_s,
		     int64_t *until_s)
{
	/* Windows and offsets are whole minutes: it holds for this one. */
	int64_t at = c->profile ? gate_places_open_at(g, c, places, wall_s)
				: GATE_NEVER;

	if (at == wall_s) {
		*until_s = wall_s - wall_s % 60 + 60;
		return true;
	}
	*until_s = at;
	return false;
}

/* Are all open at that second? */
static bool all_open(const struct gate *g, const struct gate_campaign *c,
		     const struct zone_set *places, int64_t at)
{
	for (size_t i = 0; i < places->n; i++)
		if (!gate_place_open(g, c, places->at[i], at, NULL))
			return false;
	return places->n > 0;
}

int64_t gate_zones_close(const struct gate *g, const struct gate_campaign *c,
			 const struct zone_set *places, int64_t wall_s,
			 int64_t limit_s)
{
	int64_t at = wall_s, low;

	if (!c->profile || !all_open(g, c, places, wall_s))
		return wall_s;
	limit_s = MIN(limit_s, wall_s + 86400);
	/* No window closes for less than half an hour. */
	for (low = at; at < limit_s && all_open(g, c, places, at); at += 1800)
		low = at;
	if (at >= limit_s)
		return limit_s;
	while (at - low > 60) {
		int64_t mid = low + (at - low) / 2;

		if (all_open(g, c, places, mid))
			low = mid;
		else
			at = mid;
	}
	return at - at % 60;
}

/* ---- "1-5 09:00-18:00; 6 10:00-12:00" ---------------------------------- */

static bool read_days(const char **s, uint8_t *days)
{
	*days = 0;
	do {
		if (**s == ',')
			(*s)++;
		int from = **s - '0', to = from;

		if (from < 1 || from > 7)
			return false;
		(*s)++;
		if (**s == '-') {
			to = (*s)[1] - '0';
			if (to < from || to > 7)
				return false;
			*s += 2;
		}
		for (int d = from; d <= to; d++)
			*days |= (uint8_t)(1u << (d - 1));
	} while (**s == ',');
	return true;
}

static bool read_min(const char **s, int16_t *out)
{
	const char *p = *s;

	for (int i = 0; i < 5; i++)
		if (i == 2 ? p[i] != ':' : p[i] < '0' || p[i] > '9')
			return false;
	int h = (p[0] - '0') * 10 + p[1] - '0';
	int m = (p[3] - '0') * 10 + p[4] - '0';

	*out = (int16_t)(h * 60 + m);
	*s += 5;
	return m < 60 && h * 60 + m <= 1440;
}

enum err gate_windows_parse(const char *text, struct gate_window *rows,
			    size_t max, size_t *n)
{
	const char *s = text;
	size_t got = 0;

	while (*s) {
		struct gate_window w;

		if (got == max)
			return ERR_FULL;
		s += strspn(s, " ;");
		if (!*s)
			break;
		if (!read_days(&s, &w.days) || *s++ != ' ')
			return ERR_FORMAT;
		s += strspn(s, " ");
		if (!read_min(&s, &w.from_min) || *s++ != '-' ||
		    !read_min(&s, &w.to_min) || w.from_min >= w.to_min)
			return ERR_FORMAT;
		s += strspn(s, " ");
		if (*s && *s != ';')
			return ERR_FORMAT;
		rows[got++] = w;
	}
	*n = got;
	return got ? ERR_OK : ERR_FORMAT;
}
