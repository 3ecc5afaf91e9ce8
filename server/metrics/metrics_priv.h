/* metrics_priv -- what the files of this folder share. */
#ifndef METRICS_METRICS_PRIV_H
#define METRICS_METRICS_PRIV_H

#include "metrics/metrics.h"

/*        page               path                                            */
#define METRICS_PAGES(X)                                                      \
	X(PAGE_METRICS,  "/metrics")                                          \
	X(PAGE_HEALTHZ,  "/healthz")                                          \
	X(PAGE_READYZ,   "/readyz")

enum metrics_page {
#define X(name, path) name,
	METRICS_PAGES(X)
#undef X
	METRICS_PAGE_COUNT
};

enum metrics_head {
	HEAD_MORE,			/* not all of it has come yet        */
	HEAD_PAGE,			/* a GET of *page                    */
	HEAD_NO_PAGE,			/* a GET of something else           */
	HEAD_NO_METHOD,			/* another method                    */
	HEAD_BAD,			/* this is no HTTP/1 request         */
};

/*
 * The head of a request (RFC 9112): its first line, and where it ends.  Reads
 * exactly len bytes, whatever they are; what follows the head does not count.
 * Bytes that come later never change an answer other than HEAD_MORE.
 */
enum metrics_head metrics_head(const char *bytes, size_t len,
			       enum metrics_page *page);

#endif
