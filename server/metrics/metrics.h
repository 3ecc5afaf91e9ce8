/*
 * metrics -- GET /metrics, /healthz, /readyz: how the server does.
 *
 * In      HTTP/1.x requests on one address (server.metrics)
 * Out     text format 0.0.4 of Prometheus, names in waihu-metrics(5)
 * Owns    its listening socket and at most 16 short-lived connections
 * Never   shows a phone number or a call's id; waits for a slow reader
 */
#ifndef METRICS_METRICS_H
#define METRICS_METRICS_H

#include "live/live.h"
#include "report/tally.h"

struct metrics;

/* addr: "tcp:127.0.0.1:9568".  ERR_ARG, ERR_EXISTS (address in use), ERR_IO. */
MUST_CHECK enum err metrics_new(struct live *live, struct tally *tally,
				const char *addr, struct metrics **out);
struct metrics *metrics_free(struct metrics *m);	/* returns NULL */
uint16_t metrics_port(const struct metrics *m);
/* The page; returns its length, cut at size. */
size_t metrics_print(struct live *live, struct tally *tally, char *buf,
		     size_t size);

#endif
