/*
 * Phone numbers as people and Excel write them.
 *
 * libphonenumber takes 30 us a number.  What it decides hangs on the length
 * and the leading digits only, so its answer is kept by those: all but the
 * last four digits, and for Chinese mobiles (1[3-9]) the first five, as deep
 * as the numbering plan goes.  tests/lead proves the answers equal.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "lead/lead_import_priv.h"
#include "lead/phone_shim.h"

#define CACHE_SIZE (1u << 18)	/* entries; emptied at three quarters        */
#define DIGITS_MAX 17

enum { ANSWER_EMPTY, ANSWER_OK, ANSWER_BAD, ANSWER_ASK };

struct answer {
	uint64_t key;
	uint8_t kind;
	uint8_t why;			/* enum phone_shim                   */
	uint8_t strip;			/* leading digits that go            */
	bool repaired;
	char prefix[8];			/* what stands before the rest       */
};

struct phone_cache {
	char country[3];
	size_t n;
	struct answer at[CACHE_SIZE];
};

enum err phone_cache_new(const char *country, struct phone_cache **out)
{
	struct phone_cache *c = calloc(1, sizeof(*c));

	if (!c)
		return ERR_MEMORY;
	str_copy(c->country, sizeof(c->country), country);
	*out = c;
	return ERR_OK;
}

struct phone_cache *phone_cache_free(struct phone_cache *c)
{
	free(c);
	return NULL;
}

static const char *const reasons[] = {
	[PHONE_OK] = "",
	[PHONE_NO_NUMBER] = "not a phone number",
	[PHONE_TOO_SHORT] = "too short for a number of the country",
	[PHONE_TOO_LONG] = "too long for a number of the country",
	[PHONE_INVALID] = "no such number in the country",
	[PHONE_NO_COUNTRY] = "country unknown",
};

/* ---- from text to digits -------------------------------------------------- */

struct digits {
	char d[DIGITS_MAX + 1];
	size_t n;
	bool plus;
	bool repaired;
};

/* Three-byte UTF-8 characters that stand for an ASCII one; 0: none. */
static char wide_ascii(const unsigned char *p)
{
	if (p[0] == 0xef && p[1] == 0xbc && p[2] >= 0x81 && p[2] <= 0xbf)
		return (char)(p[2] - 0x81 + '!');	/* U+FF01..FF1F      */
	if (p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0x90 && p[2] <= 0x95)
		return '-';				/* hyphens, dashes   */
	if (p[0] == 0xe2 && p[1] == 0x80 &&
	    (p[2] == 0x8b || (p[2] >= 0xaa && p[2] <= 0xae)))
		return ' ';				/* marks of direction*/
	if (p[0] == 0xe3 && p[1] == 0x80 && p[2] == 0x80)
		return ' ';				/* U+3000            */
	return 0;
}

/* Narrow ASCII copy of raw; false: a character no number has. */
static bool narrow(const char *raw, size_t len, char *out, size_t size)
{
	const unsigned char *p = (const unsigned char *)raw;
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		char c = (char)p[i];

		if (p[i] >= 0x80) {
			if (p[i] == 0xc2 && i + 1 < len && p[i + 1] == 0xa0) {
				c = ' ';
				i += 1;
			} else if (i + 2 < len && (c = wide_ascii(p + i))) {
				i += 2;
			} else {
				return false;
			}
		}
		if (n + 1 >= size)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return true;
}

/* Excel keeps a number as text with ' or ="..." around it. */
static char *unquote(char *s)
{
	size_t len;

	s += strspn(s, " \t");
	if (*s == '\'')
		s++;
	if (s[0] == '=' && s[1] == '"')
		s += 2;
	len = strlen(s);
	while (len && strchr(" \t\"", s[len - 1]))
		s[--len] = '\0';
	return s;
}

/*
 * "1.38E+10": the digits are gone, unless the mantissa has them all.
 * Returns NULL if it is no such thing, else "" or the reason.
 */
static const char *scientific(char *s, bool *mended)
{
	char *e = strpbrk(s, "eE"), *end;
	char out[32];
	size_t n = 0;

	if (!e || e == s || strspn(s, "0123456789.") != (size_t)(e - s))
		return NULL;
	long exp = strtol(e + 1, &end, 10);

	if (*end || end == e + 1 || exp < 0 || exp > 20)
		return NULL;
	for (const char *p = s; p < e; p++)
		if (*p != '.' && n < sizeof(out) - 1)
			out[n++] = *p;
	out[n] = '\0';
	if ((long)n != exp + 1 || s[1] != '.')
		return "Excel wrote it as a power of ten; its digits are lost";
	memcpy(s, out, n + 1);
	*mended = true;
	return "";
}

/* "13800138000.0" and "13,800,138,000": a number once, not a text. */
static bool mend_decimal(char *s)
{
	char *dot = strchr(s, '.');
	size_t head = strspn(s, "0123456789");

	if (dot && (size_t)(dot - s) == head && head >= 7 && dot[1] &&
	    strspn(dot + 1, "0") == strlen(dot + 1)) {
		*dot = '\0';
		return true;
	}
	if (!strchr(s, ',') || strspn(s, "0123456789,") != strlen(s) ||
	    head > 3 || !head)
		return false;
	for (const char *p = s + head; *p; p += 4)
		if (*p != ',' || strspn(p + 1, "0123456789") != 3)
			if (*p != ',' || strcspn(p + 1, ",") != 3)
				return false;
	char *to = s;

	for (const char *p = s; *p; p++)
		if (*p != ',')
			*to++ = *p;
	*to = '\0';
	return true;
}

static const char *to_digits(const char *raw, size_t len, struct digits *d)
{
	char buf[64];

	*d = (struct digits){ .n = 0 };
	if (!narrow(raw, len, buf, sizeof(buf)))
		return len < sizeof(buf) ? "letters in the number"
					 : "too long for a number";
	char *s = unquote(buf);

	if (!*s)
		return "empty";
	if (strspn(s, "#") == strlen(s))
		return "Excel's column was too narrow: the number is lost";
	const char *sci = scientific(s, &d->repaired);

	if (sci && *sci)
		return sci;
	if (mend_decimal(s))
		d->repaired = true;
	for (; *s; s++) {
		if (*s >= '0' && *s <= '9') {
			if (d->n == DIGITS_MAX)
				return "too long for a number";
			d->d[d->n++] = *s;
		} else if (*s == '+' && !d->n && !d->plus) {
			d->plus = true;
		} else if (!strchr(" -.()/\t", *s)) {
			return "letters in the number";
		}
	}
	d->d[d->n] = '\0';
	return d->n < 3 ? "too short for a number" : NULL;
}

/* ---- what libphonenumber says --------------------------------------------- */

static enum phone_shim ask(const char *country, const struct digits *d,
			   char e164[16], bool *repaired)
{
	char text[DIGITS_MAX + 3];

	*repaired = false;
	str_fmt(text, sizeof(text), "%s%s", d->plus ? "+" : "", d->d);
	enum phone_shim r = phone_shim_parse(text, country, e164);

	if (r == PHONE_OK || d->plus || d->d[0] == '0')
		return r;
	/* A spreadsheet drops the leading zero; with it, is it a number? */
	str_fmt(text, sizeof(text), "0%s", d->d);
	if (phone_shim_parse(text, country, e164) != PHONE_OK)
		return r;
	*repaired = true;
	return PHONE_OK;
}

/* How many leading digits the answer hangs on. */
static size_t depth(const char *country, const struct digits *d)
{
	bool cn = str_eq(country, "CN");
	size_t skip = cn && !d->plus && d->n == 11 ? 0
		      : d->n == 13 && d->d[0] == '8' && d->d[1] == '6' &&
				      (d->plus || cn) ? 2 : SIZE_MAX;

	if (skip != SIZE_MAX && d->d[skip] == '1' && d->d[skip + 1] >= '3')
		return skip + 5;
	return d->n > 4 ? d->n - 4 : d->n;
}

static uint64_t key_of(const struct digits *d, size_t deep)
{
	uint64_t v = 0;

	for (size_t i = 0; i < deep; i++)
		v = v * 10 + (uint64_t)(d->d[i] - '0');
	return UINT64_C(1) << 63 | (uint64_t)d->plus << 62 |
	       (uint64_t)d->n << 56 | (uint64_t)deep << 50 | v;
}

/* e164 as "prefix + digits without the first strip"; false: it is not. */
static bool shape(const struct digits *d, const char *e164, struct answer *a)
{
	size_t len = strlen(e164);

	for (size_t strip = 0; strip <= d->n && strip < 8; strip++) {
		size_t rest = d->n - strip;

		if (rest < 4 || rest > len || len - rest >= sizeof(a->prefix) ||
		    memcmp(e164 + len - rest, d->d + strip, rest))
			continue;
		a->strip = (uint8_t)strip;
		memcpy(a->prefix, e164, len - rest);
		a->prefix[len - rest] = '\0';
		return true;
	}
	return false;
}

static struct answer *slot(struct phone_cache *c, uint64_t key)
{
	size_t i = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 40) &
		   (CACHE_SIZE - 1);

	while (c->at[i].key && c->at[i].key != key)
		i = (i + 1) & (CACHE_SIZE - 1);
	return &c->at[i];
}

static void remember(struct phone_cache *c, struct answer *a, uint64_t key,
		     const struct digits *d, enum phone_shim r,
		     const char *e164, bool repaired)
{
	*a = (struct answer){ .key = key, .why = (uint8_t)r,
			      .repaired = repaired, .kind = ANSWER_BAD };
	c->n++;
	if (r == PHONE_OK)
		a->kind = shape(d, e164, a) ? ANSWER_OK : ANSWER_ASK;
}

enum err phone_parse(struct phone_cache *c, const char *raw, size_t len,
		     char e164[16], const char **why, bool *repaired)
{
	struct digits d;
	bool zero = false;

	*why = to_digits(raw, len, &d);
	*repaired = d.repaired;
	if (*why)
		return ERR_FORMAT;
	uint64_t key = key_of(&d, depth(c->country, &d));
	struct answer *a = slot(c, key);
	enum phone_shim r = (enum phone_shim)a->why;

	if (a->kind == ANSWER_OK) {
		str_fmt(e164, 16, "%s%s", a->prefix, d.d + a->strip);
		zero = a->repaired;
	} else if (a->kind != ANSWER_BAD) {
		r = ask(c->country, &d, e164, &zero);
		if (a->kind == ANSWER_EMPTY) {
			if (c->n > CACHE_SIZE / 4 * 3) {
				memset(c->at, 0, sizeof(c->at));
				c->n = 0;
				a = slot(c, key);
			}
			remember(c, a, key, &d, r, e164, zero);
		}
	}
	*repaired = d.repaired || zero;
	*why = r == PHONE_OK ? NULL : reasons[r];
	return r == PHONE_OK ? ERR_OK : ERR_FORMAT;
}

enum err lead_phone_parse(const char *raw, const char *country, char e164[16],
			  const char **why, bool *repaired)
{
	struct digits d;
	bool zero;

	*why = to_digits(raw, strlen(raw), &d);
	*repaired = d.repaired;
	if (*why)
		return ERR_FORMAT;
	enum phone_shim r = ask(country, &d, e164, &zero);

	*repaired = d.repaired || zero;
	*why = r == PHONE_OK ? NULL : reasons[r];
	return r == PHONE_OK ? ERR_OK : ERR_FORMAT;
}
