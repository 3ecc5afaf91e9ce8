/*
 * dial_end -- a line that a server before us left open is ended.
 *
 * A server that was killed says no good-bye: the phone keeps the old dialog,
 * silent, and a person sits on a dead line.  What names the dialog is told
 * with DIAL_LINE_UP and kept by who listens; after a restart BYE is sent in
 * it (RFC 3261 12.2.1.1, 15.1.1), and only then, or after END_MS without an
 * answer, is the phone called anew.  No Replaces (RFC 3891): few desk phones
 * know it, and every one knows BYE.
 */
#include "dial/dial_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum {
	END_MS = 4000,
	/* Requests of the old server since it was told: OPTIONS each probe,
	 * re-INVITEs.  A gap in CSeq is allowed, a lower one is not. */
	CSEQ_LEAP = 1000000,
	FIELDS = 6,
};

struct ending {
	struct le le;
	struct dial *d;
	struct agent_id agent;
	struct sip_request *req;
	struct tmr tmr;
};

/* ---- what names a dialog ------------------------------------------------------ */

static bool add_route(const struct sip_hdr *hdr, const struct sip_msg *msg,
		      void *arg)
{
	char *routes = arg;

	(void)msg;
	return !str_add(routes, DIAL_DIALOG_SIZE, "%s%.*s",
			*routes ? ", " : "", (int)hdr->val.l, hdr->val.p);
}

void line_dialog_text(const struct sip_msg *msg, char *buf, size_t size)
{
	const struct sip_hdr *from = sip_msg_hdr(msg, SIP_HDR_FROM);
	const struct sip_hdr *to = sip_msg_hdr(msg, SIP_HDR_TO);
	const struct sip_hdr *contact = sip_msg_hdr(msg, SIP_HDR_CONTACT);
	char routes[DIAL_DIALOG_SIZE] = "";
	struct sip_addr target;

	*buf = '\0';
	/* Routes of the caller: as they came back, from the last one on. */
	if (!from || !to || !contact ||
	    sip_addr_decode(&target, &contact->val) ||
	    sip_msg_hdr_apply(msg, false, SIP_HDR_RECORD_ROUTE, add_route,
			      routes))
		return;
	if (!str_fmt(buf, size, "%u\n%.*s\n%.*s\n%.*s\n%.*s\n%s",
		     msg->cseq.num, (int)msg->callid.l, msg->callid.p,
		     (int)from->val.l, from->val.p, (int)to->val.l,
		     to->val.p, (int)target.auri.l, target.auri.p, routes))
		*buf = '\0';
	for (const char *p = buf; *p; p++)
		if ((unsigned char)*p < ' ' && *p != '\n') {
			*buf = '\0';
			return;
		}
}

/* Cuts it into its lines; false: not one of ours. */
static bool take_apart(char *text, char *field[FIELDS])
{
	size_t n = 0;

	while (text && n < FIELDS) {
		char *end = strchr(text, '\n');

		if (end)
			*end++ = '\0';
		field[n++] = text;
		text = end;
	}
	for (size_t i = 0; i < n; i++)
		for (const char *p = field[i]; *p; p++)
			if ((unsigned char)*p < ' ' || *p == 0x7f)
				return false;
	return n == FIELDS && !text && *field[1] && *field[2] && *field[3] &&
	       !strncmp(field[4], "sip", 3);
}

/* ---- the BYE -------------------------------------------------------------------- */

static struct ending *ending_of(const struct dial *d, struct agent_id agent)
{
	for (struct le *le = d->ends.head; le; le = le->next)
		if (((struct ending *)le->data)->agent.v == agent.v)
			return le->data;
	return NULL;
}

bool line_is_ending(const struct dial *d, struct agent_id agent)
{
	return ending_of(d, agent) != NULL;
}

static void ending_free(struct ending *e)
{
	tmr_cancel(&e->tmr);
	list_unlink(&e->le);
	mem_deref(e->req);
	free(e);
}

/* code 0: nobody answered. */
static void ended(struct ending *e, uint16_t code)
{
	struct dial *d = e->d;
	struct dial_event ev = { .kind = DIAL_LINE_ENDED, .now = dial_now(d),
				 .agent = e->agent, .code = code };

	ending_free(e);
	dial_tell(d, &ev);
}

static void resp_h(int err, const struct sip_msg *msg, void *arg)
{
	if (err || msg->scode >= 200)
		ended(arg, err ? 0 : msg->scode);
}

static void lost_h(void *arg)
{
	ended(arg, 0);
}

enum err dial_line_end(struct dial *d, struct agent_id agent,
		       const char *dialog)
{
	char text[DIAL_DIALOG_SIZE], *f[FIELDS];
	struct sip_addr first;
	struct ending *e;
	uint64_t cseq;
	struct pl pl;
	bool routed;

	if (!str_copy(text, sizeof(text), dialog) || !take_apart(text, f) ||
	    str_to_u64(f[0], INT32_MAX - CSEQ_LEAP, &cseq))
		return ERR_FORMAT;
	if (line_is_ending(d, agent))
		return ERR_EXISTS;
	pl_set_str(&pl, f[5]);
	routed = *f[5] != '\0';
	if (routed && sip_addr_decode(&first, &pl))
		return ERR_FORMAT;
	e = calloc(1, sizeof(*e));
	if (!e)
		return ERR_MEMORY;
	e->d = d;
	e->agent = agent;
	if (sip_requestf(&e->req, d->sip, true, "BYE", f[4],
			 routed ? &first.uri : NULL, NULL, NULL, resp_h, e,
			 "Max-Forwards: 70\r\n"
			 "%s%s%s"
			 "To: %s\r\n"
			 "From: %s\r\n"
			 "Call-ID: %s\r\n"
			 "CSeq: %u BYE\r\n"
			 "Content-Length: 0\r\n\r\n",
			 routed ? "Route: " : "", f[5], routed ? "\r\n" : "",
			 f[3], f[2], f[1], (unsigned)cseq + CSEQ_LEAP)) {
		free(e);
		return ERR_IO;
	}
	list_append(&d->ends, &e->le, e);
	tmr_start(&e->tmr, END_MS, lost_h, e);
	return ERR_OK;
}

void line_ends_drop(struct dial *d)
{
	while (d->ends.head)
		ending_free(d->ends.head->data);
}
