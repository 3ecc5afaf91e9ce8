/* head_test -- what is asked of GET /metrics, cut and spoilt at every byte. */
#include <stdlib.h>
#include <string.h>

#include "base/t.h"
#include "metrics/metrics_priv.h"

static const struct {
	const char *what, *bytes;
	enum metrics_head want;
	enum metrics_page page;
} cases[] = {
	{ "a scraper", "GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n",
	  HEAD_PAGE, PAGE_METRICS },
	{ "by hand", "GET /healthz HTTP/1.0\r\n\r\n", HEAD_PAGE, PAGE_HEALTHZ },
	{ "with a query", "GET /readyz?x=1 HTTP/1.1\r\n\r\n", HEAD_PAGE,
	  PAGE_READYZ },
	{ "more behind it", "GET /readyz HTTP/1.1\r\n\r\nGET /x", HEAD_PAGE,
	  PAGE_READYZ },
	{ "another path", "GET /secret HTTP/1.1\r\n\r\n", HEAD_NO_PAGE, 0 },
	{ "a longer path", "GET /metricsx HTTP/1.1\r\n\r\n", HEAD_NO_PAGE, 0 },
	{ "a path inside", "GET /x/metrics HTTP/1.1\r\n\r\n", HEAD_NO_PAGE, 0 },
	{ "another method", "POST /metrics HTTP/1.1\r\n\r\n", HEAD_NO_METHOD, 0 },
	{ "HEAD", "HEAD /metrics HTTP/1.1\r\n\r\n", HEAD_NO_METHOD, 0 },
	{ "HTTP/2", "PRI * HTTP/2.0\r\n\r\n", HEAD_BAD, 0 },
	{ "no version", "GET /metrics\r\n\r\n", HEAD_BAD, 0 },
	{ "two blanks", "GET  /metrics HTTP/1.1\r\n\r\n", HEAD_BAD, 0 },
	{ "small letters", "get /metrics HTTP/1.1\r\n\r\n", HEAD_BAD, 0 },
	{ "a control sign", "GET /met\x01rics HTTP/1.1\r\n\r\n", HEAD_BAD, 0 },
	{ "no carriage return", "GET /metrics HTTP/1.1\n\n", HEAD_BAD, 0 },
	{ "an empty line", "\r\n\r\n", HEAD_BAD, 0 },
	{ "TLS", "\x16\x03\x01\n", HEAD_BAD, 0 },
};

static enum metrics_head ask(const char *bytes, size_t len,
			     enum metrics_page *page)
{
	char *exact = malloc(len ? len : 1);
	enum metrics_head h;

	T_OK(exact, "memory");
	memcpy(exact, bytes, len);
	h = metrics_head(exact, len, page);
	free(exact);
	return h;
}

static void heads(void **unused UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t len = strlen(cases[i].bytes), known = 0;
		enum metrics_page page = METRICS_PAGE_COUNT;

		T_OK(ask(cases[i].bytes, len, &page) == cases[i].want &&
		     (cases[i].want != HEAD_PAGE || page == cases[i].page),
		     "%s", cases[i].what);
		for (size_t n = 0; n < len; n++) {
			enum metrics_head h = ask(cases[i].bytes, n, &page);

			known = known || h != HEAD_MORE ? 1 : 0;
			T_OK(h == (known ? cases[i].want : HEAD_MORE),
			     "%s: cut at %zu it is not known, or the same",
			     cases[i].what, n);
		}
	}
}

static void long_ones(void **unused UNUSED)
{
	char line[4096];
	enum metrics_page page;

	memset(line, 'A', sizeof(line));
	T_OK(ask(line, 200, &page) == HEAD_MORE, "a line may still end");
	T_OK(ask(line, 4096, &page) == HEAD_BAD, "but not after so much");
	memcpy(line, "GET /metrics HTTP/1.1\r\n", 23);
	T_OK(ask(line, 4096, &page) == HEAD_MORE, "fields may be long");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads),
		cmocka_unit_test(long_ones),
	};

	return T_RUN(tests);
}
