#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A character that was cut in the middle goes: half of one is no text. */
static void drop_half(char *buf, size_t len)
{
	size_t at = len;

	while (at && len - at < 3 && ((unsigned char)buf[at - 1] & 0xc0) == 0x80)
		at--;
	if (!at)
		return;
	unsigned char lead = (unsigned char)buf[at - 1];
	size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;

	if (len - at + 1 < need)
		buf[at - 1] = '\0';
}

__attribute__((format(printf, 4, 0)))
static bool PRINTF_LIKE(4, 0)
fmt_at(char *buf, size_t size, size_t at, const char *fmt, va_list ap)
{
	if (at >= size)
		return false;
	int n = vsnprintf(buf + at, size - at, fmt, ap);
	bool whole = n >= 0 && (size_t)n < size - at;

	if (!whole && n >= 0)
		drop_half(buf, size - 1);
	return whole;
}

bool str_vfmt(char *buf, size_t size, const char *fmt, va_list ap)
{
	return fmt_at(buf, size, 0, fmt, ap);
}

bool str_fmt(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	bool whole = fmt_at(buf, size, 0, fmt, ap);

	va_end(ap);
	return whole;
}

bool str_add(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	bool whole = fmt_at(buf, size, strnlen(buf, size), fmt, ap);

	va_end(ap);
	return whole;
}

bool str_copy(char *buf, size_t size, const char *src)
{
	size_t len = src ? strlen(src) : 0;
	bool whole = len < size;

	if (!size)
		return false;
	if (!whole) {
		len = size - 1;
		while (len && ((unsigned char)src[len] & 0xc0) == 0x80)
			len--;
	}
	if (len)
		memmove(buf, src, len);
	buf[len] = '\0';
	return whole;
}

bool str_eq(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	return !strcmp(a, b);
}

enum err str_to_i64(const char *s, int64_t min, int64_t max, int64_t *out)
{
	char *end;

	if (!s || !*s || strchr(" \t\n", *s))
		return ERR_FORMAT;
	errno = 0;
	long long v = strtoll(s, &end, 10);

	if (*end)
		return ERR_FORMAT;
	if (errno || v < min || v > max)
		return ERR_ARG;
	*out = v;
	return ERR_OK;
}

enum err str_to_u64(const char *s, uint64_t max, uint64_t *out)
{
	char *end;

	if (!s || *s < '0' || *s > '9')
		return ERR_FORMAT;
	errno = 0;
	unsigned long long v = strtoull(s, &end, 10);

	if (*end)
		return ERR_FORMAT;
	if (errno || v > max)
		return ERR_ARG;
	*out = v;
	return ERR_OK;
}

/* Length of the well-formed sequence at s, 0 if there is none (Unicode 3.9). */
static size_t utf8_step(const unsigned char *s, size_t len)
{
	static const struct { unsigned char lo, hi, min2, max2, more; } rows[] = {
		{ 0x00, 0x7f, 0x00, 0x00, 0 }, { 0xc2, 0xdf, 0x80, 0xbf, 1 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 2 }, { 0xe1, 0xec, 0x80, 0xbf, 2 },
		{ 0xed, 0xed, 0x80, 0x9f, 2 }, { 0xee, 0xef, 0x80, 0xbf, 2 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 3 }, { 0xf1, 0xf3, 0x80, 0xbf, 3 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 3 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (s[0] < rows[i].lo || s[0] > rows[i].hi)
			continue;
		size_t n = rows[i].more;

		if (n >= len || (n && (s[1] < rows[i].min2 ||
				       s[1] > rows[i].max2)))
			return 0;
		for (size_t k = 2; k <= n; k++)
			if ((s[k] & 0xc0) != 0x80)
				return 0;
		return n + 1;
	}
	return 0;
}

bool str_is_utf8(const char *s, size_t len)
{
	while (len) {
		size_t n = utf8_step((const unsigned char *)s, len);

		if (!n)
			return false;
		s += n;
		len -= n;
	}
	return true;
}

void str_mask_number(char *buf, size_t size, const char *e164)
{
	size_t len = e164 ? strlen(e164) : 0;
	size_t head = len > 7 ? 3 : 0, tail = len > 7 ? 4 : MIN(len, 2);

	/* A Chinese number in E.164 shows the national form's first three. */
	if (len == 13 && !strncmp(e164, "861", 3)) {
		e164 += 2;
		len -= 2;
	}
	str_fmt(buf, size, "%.*s****%s", (int)head, e164 ? e164 : "",
		e164 ? e164 + len - tail : "");
}

unsigned str_distance(const char *a, const char *b)
{
	enum { MAX_LEN = 64 };
	unsigned row[MAX_LEN + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > MAX_LEN || lb > MAX_LEN)
		return MAX_LEN;
	for (unsigned j = 0; j <= lb; j++)
		row[j] = j;
	for (unsigned i = 1; i <= la; i++) {
		unsigned diag = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= lb; j++) {
			unsigned up = row[j];
			unsigned best = diag + (a[i - 1] != b[j - 1]);

			best = MIN(best, up + 1);
			best = MIN(best, row[j - 1] + 1);
			row[j] = best;
			diag = up;
		}
	}
	return row[lb];
}
