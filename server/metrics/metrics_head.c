/* metrics_head -- what a stranger asks for, byte by byte. */
#include "metrics_priv.h"

#include <string.h>

enum { LINE_MAX = 512 };

static const char *const paths[METRICS_PAGE_COUNT] = {
#define X(name, path) [name] = path,
	METRICS_PAGES(X)
#undef X
};

static bool is(const char *p, size_t len, const char *word)
{
	return len == strlen(word) && !memcmp(p, word, len);
}

/* A method is letters, a target has no blanks or controls (RFC 9110 5.6). */
static size_t token(const char *p, size_t len, bool letters)
{
	size_t n = 0;

	while (n < len && (letters ? p[n] >= 'A' && p[n] <= 'Z'
				   : p[n] > ' ' && p[n] < 0x7f))
		n++;
	return n;
}

/* The whole first line, without its end. */
static enum metrics_head first_line(const char *p, size_t len,
				    enum metrics_page *page)
{
	size_t method = token(p, len, true), target, path;
	const char *at = p + method;

	len -= method;
	if (!method || !len || *at != ' ')
		return HEAD_BAD;
	target = token(++at, --len, false);
	if (!target || target == len || at[target] != ' ')
		return HEAD_BAD;
	/* "HTTP/1.0", "HTTP/1.1": we answer both alike. */
	if (len - target - 1 != 8 || memcmp(at + target + 1, "HTTP/1.", 7) ||
	    at[len - 1] < '0' || at[len - 1] > '9')
		return HEAD_BAD;
	if (!is(p, method, "GET"))
		return HEAD_NO_METHOD;
	for (path = 0; path < target && at[path] != '?'; path++)
		;
	for (int i = 0; i < METRICS_PAGE_COUNT; i++) {
		if (!is(at, path, paths[i]))
			continue;
		*page = (enum metrics_page)i;
		return HEAD_PAGE;
	}
	return HEAD_NO_PAGE;
}

enum metrics_head metrics_head(const char *bytes, size_t len,
			       enum metrics_page *page)
{
	const char *lf = len ? memchr(bytes, '\n', MIN(len, LINE_MAX + 2u))
			     : NULL;
	enum metrics_page found = PAGE_METRICS;
	enum metrics_head h;
	size_t line, empty = 0;

	if (!lf)
		return len > LINE_MAX ? HEAD_BAD : HEAD_MORE;
	line = (size_t)(lf - bytes);
	if (!line || bytes[line - 1] != '\r')
		return HEAD_BAD;
	h = first_line(bytes, line - 1, &found);
	if (h == HEAD_BAD)
		return h;
	/* The head ends with an empty line; its fields do not matter to us. */
	for (size_t i = line + 1; i < len && empty < 2; i++)
		empty = bytes[i] == (empty ? '\n' : '\r') &&
			(empty || bytes[i - 1] == '\n') ? empty + 1 : 0;
	if (empty < 2)
		return HEAD_MORE;
	*page = found;
	return h;
}
