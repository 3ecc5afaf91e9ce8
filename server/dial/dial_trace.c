/* dial_trace -- what went over the wire, kept for a while (libre's trace). */
#include "dial/dial_trace.h"
#include "dial/dial_priv.h"

#include "base/str.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_MIN = 7 };	/* digits in a row: ports and codes have less */

struct dial_trace {
	struct dial_trace_row rows[TRACE_KEPT];
	struct sa peer[TRACE_KEPT];
	size_t at, len;
};

/* The value of a header, by its long or short name; cut at the line's end. */
static void header(const char *pkt, size_t len, const char *name,
		   const char *brief, char *buf, size_t size)
{
	const char *p = pkt, *end = pkt + len;

	*buf = '\0';
	while (p < end) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		const char *colon = memchr(p, ':', (size_t)((eol ? eol : end) -
							    p));
		size_t n = colon ? (size_t)(colon - p) : 0;

		if (!eol || eol - p <= 1)	/* the body begins */
			return;
		if (n && ((n == strlen(name) && !strncasecmp(p, name, n)) ||
			  (brief && n == 1 && tolower(*p) == *brief))) {
			colon++;
			while (*colon == ' ')
				colon++;
			n = (size_t)(eol - colon);
			n -= n && colon[n - 1] == '\r';
			str_fmt(buf, size, "%.*s", (int)n, colon);
			return;
		}
		p = eol + 1;
	}
}

/* What comes from outside is any bytes; it is told in ASCII. */
static void plain(char *buf)
{
	for (; *buf; buf++)
		if (*buf < ' ' || *buf > '~')
			*buf = '?';
}

/* "INVITE sip:138****2231@gw": whatever is long enough to be a number, in any
 * scheme, with parameters or without. */
static void first_line(const char *pkt, size_t len, char *buf, size_t size)
{
	const char *eol = memchr(pkt, '\n', len);
	char line[200];
	size_t n = eol ? (size_t)(eol - pkt) : len;

	n -= n && pkt[n - 1] == '\r';
	str_fmt(line, sizeof(line), "%.*s", (int)MIN(n, (size_t)199), pkt);
	plain(line);
	*buf = '\0';
	for (const char *p = line; *p;) {
		size_t digits = strspn(p, "0123456789");
		size_t rest = digits ? digits : strcspn(p, "0123456789");
		char number[200], masked[40];

		str_fmt(number, sizeof(number), "%.*s", (int)rest, p);
		str_mask_number(masked, sizeof(masked), number);
		str_add(buf, size, "%s", digits >= NUMBER_MIN ? masked
							      : number);
		p += rest;
	}
}

static void keep(struct dial *d, bool tx, const struct sa *peer,
		 const char *pkt, size_t len)
{
	struct dial_trace *t = d->trace;
	char cseq[60], reason[60];
	struct dial_trace_row *r;

	/* Not keep-alives, nor what is cut short. */
	if (!t || len < 12)
		return;
	header(pkt, len, "CSeq", NULL, cseq, sizeof(cseq));
	if (!*cseq || strstr(cseq, "OPTIONS") || strstr(cseq, "REGISTER"))
		return;
	t->peer[t->at] = *peer;
	r = &t->rows[t->at];
	t->at = (t->at + 1) % TRACE_KEPT;
	t->len = MIN(t->len + 1, (size_t)TRACE_KEPT);
	*r = (struct dial_trace_row){ .at_ms = dial_now(d).wall_ms,
				      .out = tx };
	first_line(pkt, len, r->line, sizeof(r->line));
	header(pkt, len, "Call-ID", "i", r->id, sizeof(r->id));
	header(pkt, len, "Reason", NULL, reason, sizeof(reason));
	str_fmt(r->more, sizeof(r->more), "%s%s%s", cseq, *reason ? "  " : "",
		reason);
	plain(r->more);
	plain(r->id);
	(void)re_snprintf(r->peer, sizeof(r->peer), "%J", peer);
}

bool trace_sent(int *err UNUSED, struct sa *dst, struct mbuf *mb, void *arg)
{
	keep(arg, true, dst, (const char *)mbuf_buf(mb), mbuf_get_left(mb));
	return false;			/* goes out as it is */
}

void trace_got(struct dial *d, const struct sa *src, const struct mbuf *mb)
{
	keep(d, false, src, (const char *)mbuf_buf(mb), mbuf_get_left(mb));
}

/* What libre itself tells is only what goes by TCP and TLS. */
static void trace_h(bool tx, enum sip_transp tp, const struct sa *src,
		    const struct sa *dst, const uint8_t *pkt, size_t len,
		    void *arg)
{
	if (tp != SIP_TRANSP_UDP)
		keep(arg, tx, tx ? dst : src, (const char *)pkt, len);
}

enum err trace_open(struct dial *d)
{
	d->trace = calloc(1, sizeof(*d->trace));
	if (!d->trace)
		return ERR_MEMORY;
	sip_set_trace_handler(d->sip, trace_h);
	return ERR_OK;
}

void trace_close(struct dial *d)
{
	free(d->trace);
	d->trace = NULL;
}

/* The i-th kept, oldest first. */
static size_t place(const struct dial_trace *t, size_t i)
{
	return (t->at + TRACE_KEPT - t->len + i) % TRACE_KEPT;
}

void dial_trace_each(const struct dial *d, const char *sip_id,
		     dial_trace_h *h, void *arg)
{
	const struct dial_trace *t = d->trace;

	for (size_t i = 0; t && i < t->len; i++) {
		const struct dial_trace_row *r = &t->rows[place(t, i)];

		if (str_eq(r->id, sip_id) && !h(arg, r))
			return;
	}
}

bool dial_trace_newest(const struct dial *d, unsigned trunk, char id[TRACE_ID])
{
	const struct dial_trace *t = d->trace;

	for (size_t i = t && trunk < d->trunk_count ? t->len : 0; i > 0; i--) {
		size_t k = place(t, i - 1);

		if (t->rows[k].out && !strncmp(t->rows[k].line, "INVITE ", 7) &&
		    sa_cmp(&t->peer[k], &d->trunk_addr[trunk], SA_ALL)) {
			str_copy(id, TRACE_ID, t->rows[k].id);
			return true;
		}
	}
	return false;
}
