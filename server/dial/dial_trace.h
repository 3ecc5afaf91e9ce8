/*
 * dial/dial_trace -- the SIP messages of a call, for people.
 *
 * In      the door's messages, as they come and go
 * Out     those of one SIP Call-ID, oldest first
 * Owns    a ring of TRACE_KEPT rows in memory
 * Never   keeps a customer's number whole, a body, or anything on disk
 *
 * The last TRACE_KEPT messages about calls (no OPTIONS, no REGISTER) are
 * kept in memory as their first line and what explains it.  Numbers of
 * customers are masked when they are put in: what is not kept cannot leak.
 */
#ifndef DIAL_DIAL_TRACE_H
#define DIAL_DIAL_TRACE_H

#include "dial/dial.h"

enum { TRACE_KEPT = 16384, TRACE_ID = 120 };

struct dial_trace_row {
	int64_t at_ms;			/* wall clock                        */
	bool out;			/* we sent it                        */
	char line[100];			/* first line, number masked         */
	char peer[48];			/* address and port                  */
	char more[100];			/* CSeq, Reason                      */
	char id[TRACE_ID];		/* SIP Call-ID, cut                  */
};

typedef bool dial_trace_h(void *arg, const struct dial_trace_row *row);

/* Messages with this Call-ID, oldest first; false ends. */
void dial_trace_each(const struct dial *d, const char *sip_id,
		     dial_trace_h *h, void *arg);
/* Call-ID of a call that is up; false: it is not, or not yet sent. */
bool dial_trace_of_call(const struct dial *d, struct call_id call,
			char id[TRACE_ID]);
/* Call-ID of the newest INVITE to this trunk; false: none is kept. */
bool dial_trace_newest(const struct dial *d, unsigned trunk,
		       char id[TRACE_ID]);

#endif
