/*
 * dial_line -- agents' lines: one open SIP dialog a shift.
 *
 *   the phone dials us:   INVITE, digest, 200, ACK -> up
 *   we dial the phone:    INVITE to its contact, auto-answer asked for; when
 *                         lost, again after 2, 4, 8 ... 30 s while wanted,
 *                         and at once when it registers or moves
 *
 * While up, OPTIONS inside the dialog every line_probe_ms; no answer in 4 s
 * (or that time, if shorter) is asked again at once; two in a row and the
 * line is down.
 */
#include "dial/dial_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"

enum {
	PROBE_LOST_MIN_MS = 1000,	/* or as long as between two        */
	PROBE_LOST_MAX_MS = 4000,
	PROBES_LOST   = 2,
	REDIAL_MS     = 2000,
	REDIAL_MAX_MS = 30000,
	PROBE_FIRST_MS = 1000,	/* so soon it is known how far it is        */
	ENDING_MS     = 50,	/* looked at so often, dial_end.c           */
	PICKUP_MS     = 45000,	/* a phone we call must answer in           */
};

struct line {
	struct le le, he;
	struct dial *d;
	struct agent_id agent;
	struct peer *peer;	/* libre's arg: outlives a replaced line    */
	struct dial_media ours, theirs;
	struct sa src;			/* where its phone speaks from      */
	bool up, told_up, wanted;
	bool kept;			/* its dialog was told              */
	char uri[DIAL_URI_SIZE];	/* called there; "" = as registered */
	unsigned lost;
	int64_t probed_ms;		/* when it was last asked; monotonic */
	uint32_t rtt_ms;		/* and how long the answer took      */
	uint16_t code;			/* why the last one ended           */
	char why[DIAL_TEXT_SIZE];
	uint32_t redial_ms;
	struct sip_request *probe;
	struct tmr tmr;
};

static void redial_h(void *arg);

static bool is_line(struct le *le, void *arg)
{
	return ((struct line *)le->data)->agent.v ==
	       ((const struct agent_id *)arg)->v;
}

static struct line *line_find(const struct dial *d, struct agent_id agent)
{
	return list_ledata(hash_lookup(d->line_of, agent.v, is_line, &agent));
}

static struct line *line_make(struct dial *d, struct agent_id agent)
{
	struct line *l = line_find(d, agent);

	if (l)
		return l;
	l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	l->d = d;
	l->agent = agent;
	l->redial_ms = REDIAL_MS;
	list_append(&d->lines, &l->le, l);
	hash_append(d->line_of, agent.v, &l->he, l);
	return l;
}

static void session_drop(struct line *l)
{
	tmr_cancel(&l->tmr);
	l->probe = mem_deref(l->probe);
	guard_forget(l->d, &l->src);
	l->up = l->kept = false;
	l->lost = l->rtt_ms = 0;
	if (!l->peer)
		return;
	peer_drop(l->peer, 0);
	free(l->peer);
	l->peer = NULL;
}

static void line_free(struct line *l)
{
	session_drop(l);
	list_unlink(&l->le);
	hash_unlink(&l->he);
	free(l);
}

static struct dial_event event_of(const struct line *l,
				  enum dial_event_kind kind)
{
	return (struct dial_event){ .kind = kind, .now = dial_now(l->d),
				    .agent = l->agent, .media = l->theirs };
}

/* The session is over: called again if wanted, else forgotten. */
static void line_down(struct line *l, uint16_t code, const char *text)
{
	struct dial_event ev = event_of(l, DIAL_LINE_DOWN);
	struct dial_event end = event_of(l, DIAL_LINE_ENDED);
	struct dial *d = l->d;
	bool kept = l->kept;
	/* Of a phone called in vain again and again, only the first is news. */
	bool tell = l->told_up || (l->wanted && l->redial_ms == REDIAL_MS);

	if (!tell && l->wanted)
		ev.kind = DIAL_LINE_TRY;
	ev.code = l->code = code;
	str_copy(ev.text, sizeof(ev.text), text);
	str_copy(l->why, sizeof(l->why), text);
	session_drop(l);
	l->told_up = false;
	if (l->wanted && !d->closing) {
		tmr_start(&l->tmr, l->redial_ms, redial_h, l);
		l->redial_ms = MIN(l->redial_ms * 2, (uint32_t)REDIAL_MAX_MS);
	} else {
		line_free(l);
	}
	if (kept)
		dial_tell(d, &end);
	if (tell || ev.kind == DIAL_LINE_TRY)
		dial_tell(d, &ev);
}

/* ----------------------------------------------------------------- probe -- */

static void probe_h(void *arg);

static void probe_lost(struct line *l)
{
	l->probe = mem_deref(l->probe);
	if (++l->lost >= PROBES_LOST)
		line_down(l, 408, "the phone does not answer");
	else
		probe_h(l);
}

static void probe_lost_h(void *arg)
{
	probe_lost(arg);
}

static void probe_resp_h(int err, const struct sip_msg *msg, void *arg)
{
	struct line *l = arg;

	if (!err && msg->scode < 200)
		return;
	if (err) {
		probe_lost(l);
		return;
	}
	/* 481: the phone was started again and knows nothing of a line. */
	if (msg->scode == 481) {
		line_down(l, 481, "the phone forgot the line");
		return;
	}
	bool first = !l->rtt_ms;

	l->lost = 0;
	l->rtt_ms = (uint32_t)MAX((int64_t)1, dial_now(l->d).mono_ms -
						 l->probed_ms);
	tmr_start(&l->tmr, l->d->line_probe_ms, probe_h, l);
	if (first) {
		struct dial_event ev = event_of(l, DIAL_LINE_RTT);

		dial_tell(l->d, &ev);
	}
}

static void probe_h(void *arg)
{
	struct line *l = arg;

	l->probed_ms = dial_now(l->d).mono_ms;
	int err = sip_drequestf(&l->probe, l->d->sip, true, "OPTIONS",
				sipsess_dialog(l->peer->sess), 0, NULL, NULL,
				probe_resp_h, l, "Content-Length: 0\r\n\r\n");

	if (err)
		line_down(l, 0, "the phone's transport failed");
	else
		tmr_start(&l->tmr, MIN(MAX(l->d->line_probe_ms,
					   (unsigned)PROBE_LOST_MIN_MS),
				       (unsigned)PROBE_LOST_MAX_MS),
			  probe_lost_h, l);
}

/* --------------------------------------------------- libre's call-backs --- */

static void established_h(const struct sip_msg *msg, void *arg)
{
	struct peer *p = arg;
	struct line *l = p->line;
	char dialog[DIAL_DIALOG_SIZE] = "";
	struct dial_event ev;

	guard_know(l->d, &l->src, &msg->src);
	l->up = l->told_up = true;
	l->code = 0;
	*l->why = '\0';
	l->redial_ms = REDIAL_MS;
	tmr_start(&l->tmr, MIN(l->d->line_probe_ms, (unsigned)PROBE_FIRST_MS),
		  probe_h, l);
	ev = event_of(l, DIAL_LINE_UP);
	if (l->wanted && !msg->req)
		line_dialog_text(msg, dialog, sizeof(dialog));
	ev.dialog = *dialog ? dialog : NULL;
	l->kept = ev.dialog != NULL;
	dial_tell(l->d, &ev);
}

static void close_h(int err, const struct sip_msg *msg, void *arg)
{
	struct peer *p = arg;
	char text[DIAL_TEXT_SIZE] = "";

	if (msg)
		dial_text(text, sizeof(text), &msg->reason);
	else
		str_copy(text, sizeof(text), err == ECONNRESET ?
			 "the phone hung up" : "the phone was lost");
	line_down(p->line, msg ? msg->scode : 0, text);
}

void line_media_changed(struct peer *p)
{
	struct dial_event ev;

	sdp_theirs(p, &p->line->theirs);
	if (!p->line->up)
		return;
	ev = event_of(p->line, DIAL_LINE_MEDIA);
	dial_tell(p->d, &ev);
}

static int offer_h(struct mbuf **descp, const struct sip_msg *msg, void *arg)
{
	struct peer *p = arg;
	bool had = false;
	int err;

	*descp = NULL;
	err = sdp_take(p, msg, true, &had);
	if (!err)
		err = sdp_encode(descp, p->sdp, !had);
	if (!err && had)
		line_media_changed(p);
	return err;
}

static int answer_h(const struct sip_msg *msg, void *arg)
{
	struct peer *p = arg;
	bool had = false;
	int err = sdp_take(p, msg, false, &had);

	if (err)
		return err;
	if (had)
		sdp_theirs(p, &p->line->theirs);
	return p->line->theirs.port ? 0 : EPROTO;
}

static void info_h(struct sip *sip, const struct sip_msg *msg, void *arg)
{
	struct peer *p = arg;
	struct dial_event ev = event_of(p->line, DIAL_LINE_DTMF);

	ev.digit = msg_digit(msg, &ev.digit_ms);
	(void)sip_treply(NULL, sip, msg, ev.digit ? 200 : 415,
			 ev.digit ? "OK" : "Unsupported Media Type");
	if (ev.digit)
		dial_tell(p->d, &ev);
}

/* --------------------------------------------------- the phone dials us --- */

/* A new session for this line, its media given; NULL with *code set. */
static struct peer *session_new(struct line *l, uint16_t *code)
{
	struct peer *p = calloc(1, sizeof(*p));
	struct dial_media ours = { .dtmf_pt = -1 };

	*code = 503;
	if (!p)
		return NULL;
	p->d = l->d;
	p->line = l;
	if (!l->d->h.agent_media ||
	    l->d->h.agent_media(l->agent, &ours, l->d->h.arg) ||
	    sdp_ours(p, &ours)) {
		free(p);
		return NULL;
	}
	l->ours = ours;
	return p;
}

static uint16_t accept_line(struct line *l, const struct sip_msg *msg)
{
	struct dial_media theirs;
	struct mbuf *answer = NULL;
	struct dial_event end;
	uint16_t code;
	bool had = false, kept;
	struct peer *p = session_new(l, &code);

	if (!p)
		return code;
	code = 488;
	if (sdp_take(p, msg, true, &had) || !had)
		goto fail;
	sdp_theirs(p, &theirs);
	if (!theirs.port || sdp_encode(&answer, p->sdp, false))
		goto fail;
	code = 500;
	if (sipsess_accept(&p->sess, l->d->sock, msg, 200, "OK", "waihu",
			   "application/sdp", answer, NULL, NULL, false,
			   offer_h, answer_h, established_h, info_h, NULL,
			   close_h, p, NULL))
		goto fail;
	mem_deref(answer);
	kept = l->kept;
	end = event_of(l, DIAL_LINE_ENDED);
	session_drop(l);		/* the former one, if any */
	l->peer = p;
	l->theirs = theirs;
	peer_add(p);
	if (kept)
		dial_tell(l->d, &end);
	return 0;
fail:
	mem_deref(answer);
	mem_deref(p->sdp);
	free(p);
	return code;
}

void line_invite_h(const struct sip_msg *msg, void *arg)
{
	struct dial *d = arg;
	struct agent_id agent;
	struct line *l;
	uint16_t code = 503;

	if (d->closing || !reg_authenticate(d, msg, &agent))
		return;
	l = line_make(d, agent);
	if (l)
		code = accept_line(l, msg);
	if (!code)
		return;
	log_warn("dial", "agent %u: line refused with %u", agent.v, code);
	(void)sip_treply(NULL, d->sip, msg, code, "Line Not Possible");
	if (l && !l->peer && !l->wanted)
		line_free(l);
}

/* --------------------------------------------------- we dial the phone ---- */

static void pickup_over_h(void *arg)
{
	line_down(arg, 408, "the phone was not picked up");
}

static bool call_phone(struct line *l)
{
	const char *uri = l->uri[0] ? l->uri : reg_contact(l->d, l->agent);
	char from[DIAL_URI_SIZE];
	struct mbuf *offer = NULL;
	uint16_t code;
	struct peer *p;
	int err;

	if (!uri)
		return false;
	p = session_new(l, &code);
	if (!p)
		return false;
	str_fmt(from, sizeof(from), "sip:waihu@%s", l->d->realm);
	err = sdp_encode(&offer, p->sdp, true);
	/* Both ways phones understand "answer by yourself". */
	if (!err)
		err = sipsess_connect(&p->sess, l->d->sock, uri, "waihu", from,
				      "waihu", NULL, 0, "application/sdp",
				      offer, NULL, NULL, false, offer_h,
				      answer_h, NULL, established_h, info_h,
				      NULL, close_h, p,
				      "Call-Info: <sip:%s>;answer-after=0\r\n"
				      "Alert-Info: <http://localhost>;"
				      "info=alert-autoanswer\r\n",
				      l->d->realm);
	mem_deref(offer);
	if (err) {
		mem_deref(p->sdp);
		free(p);
		return false;
	}
	l->peer = p;
	peer_add(p);
	tmr_start(&l->tmr, PICKUP_MS, pickup_over_h, l);

	struct dial_event ev = event_of(l, DIAL_LINE_TRY);

	ev.uri = uri;
	dial_tell(l->d, &ev);
	return true;
}

static void redial_h(void *arg)
{
	struct line *l = arg;

	if (line_is_ending(l->d, l->agent))
		tmr_start(&l->tmr, ENDING_MS, redial_h, l);
	else if (!call_phone(l))
		line_down(l, 480, "the phone is not registered");
}

enum err dial_line_call(struct dial *d, struct agent_id agent, const char *uri)
{
	struct line *l;

	if (!agent.v || (uri && strncmp(uri, "sip:", 4)))
		return ERR_ARG;
	l = line_make(d, agent);
	if (!l)
		return ERR_MEMORY;
	l->wanted = true;
	l->redial_ms = REDIAL_MS;
	if (!str_copy(l->uri, sizeof(l->uri), uri))
		return ERR_ARG;
	if (!l->peer)
		tmr_start(&l->tmr, 0, redial_h, l);
	return ERR_OK;
}

/* Forgotten; what was told of its dialog holds no more. */
static void hang_up(struct line *l)
{
	struct dial_event end = event_of(l, DIAL_LINE_ENDED);
	struct dial *d = l->d;
	bool kept = l->kept;

	line_free(l);
	if (kept)
		dial_tell(d, &end);
}

enum err dial_line_drop(struct dial *d, struct agent_id agent)
{
	struct line *l = line_find(d, agent);

	if (!l)
		return ERR_ABSENT;
	hang_up(l);
	return ERR_OK;
}

/*
 * Where an open line's phone has moved to, its old place may be gone: it is
 * asked at once, and one silence is enough.
 */
void line_phone_there(struct dial *d, struct agent_id agent)
{
	struct line *l = line_find(d, agent);

	if (!l || !l->wanted || l->uri[0])
		return;
	if (l->up) {
		l->lost = PROBES_LOST - 1;
		l->probe = mem_deref(l->probe);
		probe_h(l);
		return;
	}
	session_drop(l);		/* it rings where the phone was */
	l->redial_ms = REDIAL_MS;
	tmr_start(&l->tmr, 0, redial_h, l);
}

void dial_phone(const struct dial *d, struct agent_id agent,
		struct dial_phone *out)
{
	const struct line *l = line_find(d, agent);
	const char *uri = reg_contact(d, agent);

	*out = (struct dial_phone){ .expires_s = reg_expires_s(d, agent) };
	if (uri)
		str_copy(out->uri, sizeof(out->uri), uri);
	if (!l)
		return;
	out->wanted = l->wanted;
	out->calling = l->peer && !l->up;
	out->up = l->up;
	out->rtt_ms = l->up ? l->rtt_ms : 0;
	out->code = l->code;
	str_copy(out->text, sizeof(out->text), l->why);
}

bool dial_line_is_up(const struct dial *d, struct agent_id agent)
{
	struct line *l = line_find(d, agent);

	return l && l->up;
}

void lines_drop_all(struct dial *d)
{
	while (d->lines.head)
		hang_up(d->lines.head->data);
	line_ends_drop(d);
}
