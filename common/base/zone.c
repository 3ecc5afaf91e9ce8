#include "base/zone.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/zone_priv.h"

#define KEY_MAX 64
#define PREFIX_MAX 8		/* digits of a number that can tell its place */

struct place {
	uint16_t tz;			/* row of tzs                        */
	char region[8];
};

/* What a number's first digits or an address mean. */
struct row {
	char key[KEY_MAX];		/* "+1305", "us/fl"                  */
	struct zone_set places;
};

/* A row "+digits" as a number: every dial asks, so no text is compared. */
struct prefix {
	uint64_t key;			/* length, digits                    */
	const struct zone_set *places;
};

struct zones {
	struct zone_tz *tzs;
	size_t tz_n, tz_max;
	struct place *places;		/* places[0] is none                 */
	size_t place_n, place_max;
	struct row *rows;		/* sorted by key                     */
	size_t row_n, row_max;
	struct prefix *prefixes;	/* the rows "+digits", sorted        */
	size_t prefix_n;
};

/* ---- dates ------------------------------------------------------------- */

/* Howard Hinnant's algorithms on the proleptic Gregorian calendar. */
int64_t zone_days(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

void zone_date(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

/* ---- loading ----------------------------------------------------------- */

static void *room_for(void *rows, size_t n, size_t *max, size_t size)
{
	if (n < *max)
		return rows;
	size_t want = *max ? *max * 2 : 64;
	void *more = realloc(rows, want * size);

	if (more)
		*max = want;
	return more;
}

static enum err tz_read(const char *dir, const char *name, struct zone_tz *tz)
{
	char path[512];
	static const size_t most = 65536;
	uint8_t *buf = malloc(most);
	enum err e = ERR_IO;

	*tz = (struct zone_tz){ 0 };
	str_copy(tz->name, sizeof(tz->name), name);
	FILE *f = NULL;

	if (buf && !strstr(name, "..") &&
	    str_fmt(path, sizeof(path), "%s/%s", dir, name))
		f = fopen(path, "rb");
	if (f) {
		size_t n = fread(buf, 1, most, f);

		e = n == most ? ERR_FORMAT : zone_tz_parse(buf, n, tz);
		fclose(f);
	}
	free(buf);
	return e;
}

static enum err tz_find(struct zones *z, const char *dir, const char *name,
			uint16_t *out)
{
	for (size_t i = 0; i < z->tz_n; i++) {
		if (str_eq(z->tzs[i].name, name)) {
			*out = (uint16_t)i;
			return ERR_OK;
		}
	}
	struct zone_tz *more = room_for(z->tzs, z->tz_n, &z->tz_max,
					sizeof(*z->tzs));

	if (!more)
		return ERR_MEMORY;
	z->tzs = more;
	enum err e = tz_read(dir, name, &z->tzs[z->tz_n]);

	if (!e)
		*out = (uint16_t)z->tz_n++;
	return e;
}

/* The place's number; 0 if it is not known. */
static uint16_t place_find(const struct zones *z, const char *tz,
			   const char *region)
{
	for (size_t i = 1; i < z->place_n; i++)
		if (str_eq(z->places[i].region, region) &&
		    str_eq(z->tzs[z->places[i].tz].name, tz))
			return (uint16_t)i;
	return 0;
}

/* Cuts "America/New_York@US-FL" at the @; false if it is not of that form. */
static bool place_split(char *text, char **region)
{
	char *at = strchr(text, '@');

	if (!at || at == text || !at[1] || strlen(at + 1) > 7)
		return false;
	*at = '\0';
	*region = at + 1;
	return true;
}

static enum err place_add(struct zones *z, const char *dir, char *text,
			  struct zone_set *set)
{
	char *region;
	uint16_t tz;

	if (!place_split(text, &region))
		return ERR_FORMAT;
	uint16_t at = place_find(z, text, region);

	if (!at) {
		enum err e = tz_find(z, dir, text, &tz);

		if (e)
			return e;
		struct place *more = room_for(z->places, z->place_n,
					      &z->place_max,
					      sizeof(*z->places));
		if (!more)
			return ERR_MEMORY;
		z->places = more;
		at = (uint16_t)z->place_n++;
		z->places[at].tz = tz;
		str_copy(z->places[at].region, sizeof(z->places[at].region),
			 region);
	}
	return zone_set_add(set, at) ? ERR_OK : ERR_FULL;
}

static enum err row_add(struct zones *z, const char *key,
			const struct zone_set *places)
{
	struct row *more = room_for(z->rows, z->row_n, &z->row_max,
				    sizeof(*z->rows));

	if (!more)
		return ERR_MEMORY;
	z->rows = more;
	z->rows[z->row_n].places = *places;
	if (!str_copy(z->rows[z->row_n].key, KEY_MAX, key))
		return ERR_FORMAT;
	z->row_n++;
	return ERR_OK;
}

/* "key, key, key <tab> place place" */
static enum err line_read(struct zones *z, const char *dir, char *line)
{
	struct zone_set set = { 0 };
	char *tab = strchr(line, '\t'), *save;

	if (!tab)
		return ERR_FORMAT;
	*tab = '\0';
	for (char *w = strtok_r(tab + 1, "\t ", &save); w;
	     w = strtok_r(NULL, "\t ", &save)) {
		enum err e = place_add(z, dir, w, &set);

		if (e)
			return e;
	}
	if (!set.n)
		return ERR_FORMAT;
	for (char *w = strtok_r(line, ",", &save); w;
	     w = strtok_r(NULL, ",", &save)) {
		w += strspn(w, " ");
		enum err e = row_add(z, w, &set);

		if (e)
			return e;
	}
	return ERR_OK;
}

static int row_order(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->key,
		      ((const struct row *)b)->key);
}

static const struct zone_set *row_find(const struct zones *z, const char *key)
{
	size_t lo = 0, hi = z->row_n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = strcmp(key, z->rows[mid].key);

		if (!c)
			return &z->rows[mid].places;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

static enum err rows_read(struct zones *z, FILE *f, const char *dir,
			  const char *tsv, char *why, size_t why_size)
{
	char line[2048];
	unsigned no = 0;

	while (fgets(line, sizeof(line), f)) {
		no++;
		line[strcspn(line, "\r\n")] = '\0';
		if (!line[0] || line[0] == '#')
			continue;
		enum err e = line_read(z, dir, line);

		if (e) {
			str_fmt(why, why_size, "%s:%u: %s", tsv, no,
				e == ERR_IO ? "no such time zone here"
					    : err_text(e));
			return e;
		}
	}
	if (z->row_n)
		qsort(z->rows, z->row_n, sizeof(*z->rows), row_order);
	for (size_t i = 1; i < z->row_n; i++) {
		if (str_eq(z->rows[i].key, z->rows[i - 1].key)) {
			str_fmt(why, why_size, "%s: \"%s\" comes twice", tsv,
				z->rows[i].key);
			return ERR_FORMAT;
		}
	}
	return ERR_OK;
}

static uint64_t prefix_key(uint64_t digits, size_t len)
{
	return (uint64_t)len << 32 | digits;
}

static int prefix_order(const void *a, const void *b)
{
	const struct prefix *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

static enum err prefixes_make(struct zones *z)
{
	z->prefixes = calloc(z->row_n + 1, sizeof(*z->prefixes));
	if (!z->prefixes)
		return ERR_MEMORY;
	for (size_t i = 0; i < z->row_n; i++) {
		const char *key = z->rows[i].key;
		size_t len = strlen(key) - 1;
		uint64_t digits;

		if (key[0] != '+')
			continue;
		if (len > PREFIX_MAX || str_to_u64(key + 1, UINT32_MAX,
						   &digits))
			return ERR_FORMAT;
		z->prefixes[z->prefix_n++] = (struct prefix){
			prefix_key(digits, len), &z->rows[i].places };
	}
	qsort(z->prefixes, z->prefix_n, sizeof(*z->prefixes), prefix_order);
	return ERR_OK;
}

static const struct zone_set *prefix_find(const struct zones *z, uint64_t key)
{
	size_t lo = 0, hi = z->prefix_n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (z->prefixes[mid].key == key)
			return z->prefixes[mid].places;
		if (key < z->prefixes[mid].key)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

enum err zones_load(const char *tsv, const char *tzdir, struct zones **out,
		    char *why, size_t why_size)
{
	const char *dir = tzdir ? tzdir : "/usr/share/zoneinfo";
	FILE *f = fopen(tsv, "r");

	if (!f) {
		str_fmt(why, why_size, "%s: cannot be read", tsv);
		return ERR_IO;
	}
	struct zones *z = calloc(1, sizeof(*z));
	enum err e = ERR_MEMORY;

	if (z) {
		z->places = calloc(64, sizeof(*z->places));
		z->place_max = 64;
		z->place_n = 1;
		if (z->places)
			e = rows_read(z, f, dir, tsv, why, why_size);
		if (!e)
			e = prefixes_make(z);
	}
	fclose(f);
	if (e)
		zones_free(z);
	else
		*out = z;
	return e;
}

struct zones *zones_free(struct zones *z)
{
	if (!z)
		return NULL;
	for (size_t i = 0; i < z->tz_n; i++)
		zone_tz_fini(&z->tzs[i]);
	free(z->tzs);
	free(z->places);
	free(z->rows);
	free(z->prefixes);
	free(z);
	return NULL;
}

/* ---- where ------------------------------------------------------------- */

void zones_of_number(const struct zones *z, const char *e164,
		     struct zone_set *out)
{
	uint64_t digits = 0;
	size_t len = 0;

	out->n = 0;
	for (; len < PREFIX_MAX && e164[len] >= '0' && e164[len] <= '9'; len++)
		digits = digits * 10 + (uint64_t)(e164[len] - '0');
	for (; len; len--, digits /= 10) {
		const struct zone_set *s = prefix_find(z, prefix_key(digits,
								     len));

		if (s) {
			*out = *s;
			return;
		}
	}
}

static const struct zone_set *address_find(const struct zones *z,
					   const char *a, const char *b,
					   const char *c)
{
	char key[KEY_MAX];

	if (!str_fmt(key, sizeof(key), "%s%s%s%s%s", a, b ? "/" : "",
		     b ? b : "", c ? "/" : "", c ? c : ""))
		return NULL;
	for (char *p = key; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return row_find(z, key);
}

void zones_of_address(const struct zones *z, const char *country,
		      const char *province, const char *city,
		      struct zone_set *out)
{
	bool has_p = province && *province, has_c = city && *city;
	const struct zone_set *s = NULL;

	out->n = 0;
	if (!country || !*country)
		return;
	if (has_p && has_c)
		s = address_find(z, country, province, city);
	if (!s && has_p)
		s = address_find(z, country, province, NULL);
	if (!s && !has_p && has_c)
		s = address_find(z, country, "", city);
	/* A country with one set of places is known by its name alone. */
	if (!s)
		s = address_find(z, country, NULL, NULL);
	if (s)
		*out = *s;
}

bool zone_set_add(struct zone_set *s, uint16_t place)
{
	size_t i = 0;

	while (i < s->n && s->at[i] < place)
		i++;
	if (i < s->n && s->at[i] == place)
		return true;
	if (s->n == ZONE_SET_MAX)
		return false;
	memmove(&s->at[i + 1], &s->at[i], (s->n - i) * sizeof(s->at[0]));
	s->at[i] = place;
	s->n++;
	return true;
}

bool zone_set_join(struct zone_set *s, const struct zone_set *more)
{
	bool all = true;

	for (size_t i = 0; i < more->n; i++)
		all = zone_set_add(s, more->at[i]) && all;
	return all;
}

bool zone_set_equal(const struct zone_set *a, const struct zone_set *b)
{
	return a->n == b->n && !memcmp(a->at, b->at, a->n * sizeof(a->at[0]));
}

void zone_set_print(const struct zones *z, const struct zone_set *s,
		    char *buf, size_t size)
{
	str_copy(buf, size, "");
	for (size_t i = 0; i < s->n; i++)
		str_add(buf, size, "%s%s@%s", i ? " " : "",
			zone_name(z, s->at[i]), zone_region(z, s->at[i]));
}

enum err zone_set_parse(const struct zones *z, const char *text,
			struct zone_set *out)
{
	char copy[ZONE_TEXT_MAX], *save, *region;
	struct zone_set set = { 0 };

	if (!str_copy(copy, sizeof(copy), text))
		return ERR_FORMAT;
	for (char *w = strtok_r(copy, " ", &save); w;
	     w = strtok_r(NULL, " ", &save)) {
		if (!place_split(w, &region))
			return ERR_FORMAT;
		uint16_t at = place_find(z, w, region);

		if (!at)
			return ERR_ABSENT;
		if (!zone_set_add(&set, at))
			return ERR_FULL;
	}
	*out = set;
	return ERR_OK;
}

const char *zone_name(const struct zones *z, uint16_t place)
{
	return place && place < z->place_n ? z->tzs[z->places[place].tz].name
					   : "";
}

const char *zone_region(const struct zones *z, uint16_t place)
{
	return place && place < z->place_n ? z->places[place].region : "";
}

/* ---- when -------------------------------------------------------------- */

static int32_t place_offset(const struct zones *z, uint16_t place,
			    int64_t utc_s)
{
	if (!place || place >= z->place_n)
		return 0;
	return zone_tz_offset(&z->tzs[z->places[place].tz], utc_s);
}

void zone_local(const struct zones *z, uint16_t place, int64_t utc_s,
		struct zone_time *out)
{
	int year, month, day;
	int32_t off = place_offset(z, place, utc_s);
	int64_t local = utc_s + off;
	int64_t days = local >= 0 ? local / 86400 : (local - 86399) / 86400;

	zone_date(days, &year, &month, &day);
	*out = (struct zone_time){
		.year = (int16_t)year,
		.month = (uint8_t)month,
		.day = (uint8_t)day,
		.weekday = (uint8_t)(((days + 3) % 7 + 7) % 7 + 1),
		.second = (int32_t)(local - days * 86400),
		.offset_s = off,
		.days = days,
	};
}

int64_t zone_utc(const struct zones *z, uint16_t place, int64_t local_s)
{
	int32_t a = place_offset(z, place, local_s - 86400 - 43200);
	int32_t b = place_offset(z, place, local_s + 86400 + 43200);
	int64_t lo = local_s - MAX(a, b), hi = local_s - MIN(a, b);

	if (lo + place_offset(z, place, lo) == local_s)
		return lo;
	if (hi + place_offset(z, place, hi) <= local_s)
		return hi;
	/* The clock leaps over it: the first second that shows more. */
	while (hi - lo > 1) {
		int64_t mid = lo + (hi - lo) / 2;

		if (mid + place_offset(z, place, mid) >= local_s)
			hi = mid;
		else
			lo = mid;
	}
	return hi;
}
