/*
 * base/str -- bounded text.  Nothing here writes past the size it is given,
 * and every result is NUL-terminated.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/base.h"

#include <stdarg.h>

/* Formats into buf[size]; a longer result is cut, at a whole UTF-8 character,
 * and false returned. */
bool str_fmt(char *buf, size_t size, const char *fmt, ...) PRINTF_LIKE(3, 4);
bool str_vfmt(char *buf, size_t size, const char *fmt, va_list ap)
	PRINTF_LIKE(3, 0);

/* Formats after what buf[size] holds already; false when cut. */
bool str_add(char *buf, size_t size, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Copies src (NULL counts as "") and cuts at a whole UTF-8 character. */
bool str_copy(char *buf, size_t size, const char *src);

/* Equal texts; NULL equals nothing but NULL. */
bool str_eq(const char *a, const char *b);

/* Whole text as a number in [min, max]; *out untouched on refusal. */
MUST_CHECK enum err str_to_i64(const char *s, int64_t min, int64_t max,
			       int64_t *out);
MUST_CHECK enum err str_to_u64(const char *s, uint64_t max, uint64_t *out);

/* True if s[len] is well-formed UTF-8 (no overlong, no surrogates). */
bool str_is_utf8(const char *s, size_t len);

/*
 * "138****2231": first three and last four digits stay (MISSION L2).
 * Numbers of seven digits or less keep the last two.
 */
void str_mask_number(char *buf, size_t size, const char *e164);

/* Edit distance, bounded: used for "did you mean". */
unsigned str_distance(const char *a, const char *b);

#endif
