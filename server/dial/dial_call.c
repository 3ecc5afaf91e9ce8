/*
 * dial_call -- customers' legs: one attempt, one or more trunks.
 *
 *   start -> [INVITE] -> heard -> rang -> answered -> over
 *               |  nothing for silent_ms, 5xx, no route ...
 *               '--> next trunk, unless the customer's phone rang
 *
 * One timer a call: first it waits for any answer of the trunk, then for
 * ringing, then for the end of the ring time, at last it delivers the end
 * that dial_hangup asked for, so that no event comes from inside a command.
 */
#include "dial/dial_priv.h"
#include "dial/dial_trace.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "gate/gate.h"

enum {
	SILENT_MS  = 4000,	/* default of a trunk's silent_ms           */
	TO_RING_MS = 20000,	/* from the trunk's 100 to the first ringing */
	RING_MS    = 30000,	/* an order without a ring time             */
};

struct dcall {
	struct le he;
	struct dial *d;
	struct call_id id;
	struct peer peer;
	char number[DIAL_NUMBER_SIZE];
	char wanted_caller[DIAL_NUMBER_SIZE];
	char caller[DIAL_NUMBER_SIZE];
	char caller_name[DIAL_NAME_SIZE];
	uint32_t ring_ms;
	struct dial_media ours, theirs;
	uint64_t allowed, tried;	/* bit i = trunk i                  */
	int trunk;
	unsigned legs;
	int64_t invite_ms, answered_ms;	/* monotonic                        */
	uint32_t pdd_ms;
	bool heard, rang, answered, ending;
	bool had_sdp;			/* an answer came, early or final   */
	unsigned told;			/* bit: DIAL_RINGING, DIAL_PROGRESS */
	struct tmr tmr;
	struct dial_event end;
};

static bool is_call(struct le *le, void *arg)
{
	return ((struct dcall *)le->data)->id.v ==
	       ((struct call_id *)arg)->v;
}

static struct dcall *call_find(const struct dial *d, struct call_id id)
{
	return list_ledata(hash_lookup(d->calls, id.v, is_call, &id));
}

bool dial_trace_of_call(const struct dial *d, struct call_id call,
			char id[TRACE_ID])
{
	const struct dcall *c = call_find(d, call);

	return c && c->peer.sess &&
	       str_copy(id, TRACE_ID, sip_dialog_callid(
				sipsess_dialog(c->peer.sess)));
}

int call_trunk_of(const struct peer *p)
{
	return p->call->trunk;
}

static struct trunk *trunk_of(struct dcall *c)
{
	return &c->d->trunks[c->trunk];
}

static struct dial_event event_of(const struct dcall *c,
				  enum dial_event_kind kind)
{
	struct now now = dial_now(c->d);

	return (struct dial_event){
		.kind = kind, .now = now, .call = c->id,
		.trunk = c->d->trunks[c->trunk].conf.id, .caller = c->caller,
		.pdd_ms = c->pdd_ms, .legs = c->legs,
		.ring_ms = (uint32_t)(now.mono_ms - c->invite_ms),
		.media = c->theirs,
	};
}

static void call_free(struct dcall *c)
{
	tmr_cancel(&c->tmr);
	peer_drop(&c->peer, 0);
	hash_unlink(&c->he);
	c->d->call_count--;
	free(c);
}

/* The last event; the id is free for use again when the handler has it. */
static void call_over(struct dcall *c, struct dial_event *ev)
{
	char caller[DIAL_NUMBER_SIZE];
	struct dial *d = c->d;
	unsigned trunk = (unsigned)c->trunk;

	str_copy(caller, sizeof(caller), c->caller);
	ev->caller = caller;
	call_free(c);
	dial_tell(d, ev);
	dial_tell_trunk(d, trunk);
}

/* -------------------------------------------------------- the next leg --- */

static enum err leg_start(struct dcall *c);

/* What a trunk's final answer, or none, means for the attempt. */
static void leg_failed(struct dcall *c, struct dial_event *ev)
{
	struct dial *d = c->d;
	int64_t now = ev->now.mono_ms;
	const struct dial_cause *cause =
		dial_cause_find(d->causes, ev->code, ev->q850);

	ev->result = cause->result;
	ev->retry = cause->retry;
	trunk_call_failed(trunk_of(c), ev->code, ev->retry_after_s, now);
	dial_tell_trunk(d, (unsigned)c->trunk);
	peer_drop(&c->peer, 0);
	tmr_cancel(&c->tmr);
	if (cause->other_trunk && !c->rang && !d->closing) {
		unsigned was = (unsigned)c->trunk;
		struct call_id id = c->id;

		c->tried |= UINT64_C(1) << was;
		c->trunk = trunk_pick(d->trunks, d->trunk_count, c->allowed,
				      c->tried, now);
		if (c->trunk >= 0) {
			ev->kind = DIAL_LEG_FAILED;
			dial_tell(d, ev);
			c = call_find(d, id);	/* hung up meanwhile? */
			if (!c || c->ending)
				return;
			if (!leg_start(c))
				return;
			ev->result = RES_TECHNICAL;
		} else {
			c->trunk = (int)was;
		}
	}
	ev->kind = DIAL_FAILED;
	call_over(c, ev);
}

static void fail_with(struct dcall *c, uint16_t code, const char *text)
{
	struct dial_event ev = event_of(c, DIAL_FAILED);

	ev.code = code;
	str_copy(ev.text, sizeof(ev.text), text);
	leg_failed(c, &ev);
}

/* We end it; the event is delivered from the loop. */
static void end_h(void *arg)
{
	struct dcall *c = arg;
	struct dial_event ev = c->end;

	ev.now = dial_now(c->d);
	call_over(c, &ev);
}

static void end_soon(struct dcall *c, enum call_result result, uint16_t q850)
{
	struct dial_event ev = event_of(c, DIAL_FAILED);

	c->ending = true;
	if (c->answered) {
		ev.kind = DIAL_HANGUP;
		ev.by = BY_SYSTEM;
		ev.q850 = q850;
		trunk_call_ended(trunk_of(c), (uint64_t)
				 (ev.now.mono_ms - c->answered_ms),
				 ev.now.mono_ms);
	} else {
		const struct dial_cause *cause =
			dial_cause_find(c->d->causes, 487, 0);

		ev.code = 487;
		ev.result = result;
		ev.retry = cause->retry;
		str_copy(ev.text, sizeof(ev.text), result == RES_CANCELLED ?
			 "cancelled" : "no answer");
		if (c->peer.sess)
			trunk_call_failed(trunk_of(c), 487, 0, ev.now.mono_ms);
	}
	peer_drop(&c->peer, q850);
	c->end = ev;
	tmr_start(&c->tmr, 0, end_h, c);
}

static void ring_over_h(void *arg)
{
	end_soon(arg, RES_NO_ANSWER, 0);
}

static void silent_h(void *arg)
{
	struct dcall *c = arg;

	log_warn("dial", "call %u: trunk %s does not answer", c->id.v,
		 trunk_of(c)->conf.name);
	fail_with(c, 0, "the trunk does not answer");
}

/* --------------------------------------------------- libre's call-backs --- */

static uint32_t ring_time(struct dcall *c)
{
	const struct dial_trunk_conf *t = &trunk_of(c)->conf;
	uint32_t ms = c->ring_ms ? c->ring_ms : RING_MS;

	if (t->ring_max_ms)
		ms = MIN(ms, t->ring_max_ms);
	return MAX(ms, t->ring_min_ms);
}

static void first_ring(struct dcall *c)
{
	int64_t now = dial_now(c->d).mono_ms;

	if (c->rang)
		return;
	c->rang = true;
	c->pdd_ms = (uint32_t)(now - c->invite_ms);
	trunk_call_rings(trunk_of(c), c->pdd_ms, now);
	tmr_start(&c->tmr, ring_time(c), ring_over_h, c);
}

static void progress_h(const struct sip_msg *msg, void *arg)
{
	struct peer *p = arg;
	struct dcall *c = p->call;
	struct dial_event ev;
	bool had = false;

	if (!c->heard) {
		c->heard = true;
		c->d->trunk_addr[c->trunk] = msg->src;
		tmr_start(&c->tmr, TO_RING_MS + ring_time(c), ring_over_h, c);
		ev = event_of(c, DIAL_TRYING);
		ev.code = msg->scode;
		dial_tell(c->d, &ev);
	}
	if (c->ending || msg->scode == 100)
		return;			/* hung up in the handler just now */
	if (!sdp_take(p, msg, false, &had) && had) {
		c->had_sdp = true;
		sdp_theirs(p, &c->theirs);
	}
	/* 181 and 182 (forwarded, queued) are no ringing yet. */
	if (msg->scode != 180 && msg->scode != 183)
		return;
	first_ring(c);
	ev = event_of(c, c->had_sdp && had ? DIAL_PROGRESS : DIAL_RINGING);
	if (c->told & 1u << ev.kind)
		return;			/* carriers repeat themselves */
	c->told |= 1u << ev.kind;
	ev.code = msg->scode;
	dial_tell(c->d, &ev);
}

/* The SDP of the 200; one already given in a 183 may stand for it. */
static int answer_h(const struct sip_msg *msg, void *arg)
{
	struct peer *p = arg;
	struct dcall *c = p->call;
	bool had = false;
	int err = sdp_take(p, msg, false, &had);

	if (err)
		return err;
	if (had)
		sdp_theirs(p, &c->theirs);
	c->had_sdp |= had;
	return c->had_sdp && c->theirs.port ? 0 : EPROTO;
}

static void established_h(const struct sip_msg *msg, void *arg)
{
	struct peer *p = arg;
	struct dcall *c = p->call;
	struct dial_event ev;

	tmr_cancel(&c->tmr);
	c->answered = true;
	c->d->trunk_addr[c->trunk] = msg->src;
	ev = event_of(c, DIAL_ANSWERED);
	c->answered_ms = ev.now.mono_ms;
	trunk_call_answered(trunk_of(c), c->caller, ev.now.mono_ms);
	ev.code = msg->scode;
	dial_tell(c->d, &ev);
}

void call_media_changed(struct peer *p)
{
	struct dcall *c = p->call;
	struct dial_event ev;

	sdp_theirs(p, &c->theirs);
	ev = event_of(c, DIAL_MEDIA);
	dial_tell(c->d, &ev);
}

/* A re-INVITE; libre reads *descp whatever is returned. */
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
		call_media_changed(p);
	return err;
}

static void info_h(struct sip *sip, const struct sip_msg *msg, void *arg)
{
	struct peer *p = arg;
	struct dial_event ev = event_of(p->call, DIAL_DTMF);

	ev.digit = msg_digit(msg, &ev.digit_ms);
	(void)sip_treply(NULL, sip, msg, ev.digit ? 200 : 415,
			 ev.digit ? "OK" : "Unsupported Media Type");
	if (ev.digit)
		dial_tell(p->d, &ev);
}

/*
 * Credentials are for the trunk's own challenge, whatever realm it names.
 * The argument is the trunk's and counted by libre: a BYE may be challenged
 * when the call is long gone here.
 */
static int auth_h(char **user, char **password, const char *realm, void *arg)
{
	const struct credentials *cr = arg;

	(void)realm;
	if (!cr->user[0])
		return EAUTH;
	if (str_dup(user, cr->user) || str_dup(password, cr->password)) {
		*user = mem_deref(*user);
		return ENOMEM;
	}
	return 0;
}

static void hung_up(struct dcall *c, int err)
{
	struct dial_event ev = event_of(c, DIAL_HANGUP);

	ev.q850 = c->peer.bye_q850;
	ev.by = err == ECONNRESET ? BY_CUSTOMER : BY_SYSTEM;
	if (ev.by == BY_SYSTEM)		/* lost: a refresh timed out, ... */
		str_copy(ev.text, sizeof(ev.text), "the dialog was lost");
	trunk_call_ended(trunk_of(c), (uint64_t)(ev.now.mono_ms -
						 c->answered_ms),
			 ev.now.mono_ms);
	call_over(c, &ev);
}

static void close_h(int err, const struct sip_msg *msg, void *arg)
{
	struct peer *p = arg;
	struct dcall *c = p->call;
	struct dial_event ev;

	if (c->answered) {
		hung_up(c, err);
		return;
	}
	ev = event_of(c, DIAL_FAILED);
	if (msg && msg->scode >= 300) {
		ev.code = msg->scode;
		ev.q850 = msg_q850(msg);
		ev.retry_after_s = msg_retry_after_s(msg);
		dial_text(ev.text, sizeof(ev.text), &msg->reason);
	} else if (msg && msg->scode >= 200) {
		ev.code = 488;		/* a 200 whose media we cannot use */
		str_copy(ev.text, sizeof(ev.text), "no usable media in the answer");
	} else {
		str_copy(ev.text, sizeof(ev.text), err == ETIMEDOUT ?
			 "the trunk does not answer" : "the trunk's transport failed");
	}
	leg_failed(c, &ev);
}

/* ---------------------------------------------------------------- INVITE -- */

/* INVITE on c->trunk.  An error: nothing was sent. */
static enum err leg_start(struct dcall *c)
{
	struct dial *d = c->d;
	struct trunk *t = trunk_of(c);
	struct now now = dial_now(d);
	char to[DIAL_URI_SIZE + DIAL_NUMBER_SIZE * 2], from[DIAL_URI_SIZE * 2];
	const char *caller = trunk_caller(t, c->wanted_caller);
	struct mbuf *offer = NULL;
	int err = EINVAL;

	str_copy(c->caller, sizeof(c->caller), caller);
	c->heard = c->rang = c->had_sdp = false;
	c->told = 0;
	c->theirs = (struct dial_media){ .dtmf_pt = -1 };
	c->invite_ms = now.mono_ms;
	c->pdd_ms = 0;
	c->peer = (struct peer){ .d = d, .call = c };
	if (uri_to(&t->conf, c->number, to, sizeof(to)))
		goto out;
	uri_from(d, &t->conf, c->caller, from, sizeof(from));
	err = sdp_ours(&c->peer, &c->ours);
	if (!err)
		err = sdp_encode(&offer, c->peer.sdp, true);
	if (!err)
		err = sipsess_connect(&c->peer.sess, d->sock, to,
				      c->caller_name[0] ? c->caller_name : NULL,
				      from, "waihu", NULL, 0, "application/sdp",
				      offer, auth_h, d->credentials[c->trunk],
				      true, offer_h,
				      answer_h, progress_h, established_h,
				      info_h, NULL, close_h, &c->peer, NULL);
out:
	mem_deref(offer);
	if (err) {
		log_err("dial", "call %u: trunk %s: INVITE not sent: errno=%d",
			c->id.v, t->conf.name, err);
		peer_drop(&c->peer, 0);
		return ERR_IO;
	}
	peer_add(&c->peer);
	c->legs++;
	trunk_call_begins(t, c->caller, now.mono_ms);
	tmr_start(&c->tmr, t->conf.silent_ms ? t->conf.silent_ms : SILENT_MS,
		  silent_h, c);
	return ERR_OK;
}

/* -------------------------------------------------------------- commands -- */

static bool order_is_sound(const struct dial_order *o)
{
	size_t len = o->e164 ? strlen(o->e164) : 0;

	return len && len < DIAL_NUMBER_SIZE - 1 &&
	       strspn(o->e164, "0123456789") == len && o->media.port &&
	       o->media.addr[0] &&
	       (!o->caller || (strlen(o->caller) < DIAL_NUMBER_SIZE &&
			       strspn(o->caller, "+0123456789") ==
			       strlen(o->caller)));
}

static struct dcall *call_make(struct dial *d, struct call_id id,
			       const struct dial_order *o, uint64_t allowed,
			       int trunk)
{
	struct dcall *c = calloc(1, sizeof(*c));
	struct pl name;

	if (!c)
		return NULL;
	c->d = d;
	c->id = id;
	c->allowed = allowed;
	c->trunk = trunk;
	c->ring_ms = o->ring_ms;
	c->ours = o->media;
	str_copy(c->number, sizeof(c->number), o->e164);
	str_copy(c->wanted_caller, sizeof(c->wanted_caller), o->caller);
	if (o->caller_name) {
		pl_set_str(&name, o->caller_name);
		dial_text(c->caller_name, sizeof(c->caller_name), &name);
		for (char *q = c->caller_name; *q; q++)
			if (*q == '"' || *q == '\\')
				*q = '\'';
	}
	hash_append(d->calls, id.v, &c->he, c);
	d->call_count++;
	return c;
}

enum err dial_start(struct dial *d, struct call_id call,
		    const struct dial_order *order, struct gate_pass **pass,
		    struct now now)
{
	uint64_t allowed = trunks_allowed(d, order->trunk, order->trunks,
					  order->trunk_count);
	int trunk = d->closing ? -1 : trunk_pick(d->trunks, d->trunk_count,
						 allowed, 0, now.mono_ms);
	bool same_number;
	struct dcall *c;
	enum err e;

	if (trunk < 0)
		return ERR_AGAIN;
	/* From here on the pass is spent: a number is dialled on it once. */
	same_number = *pass && order->e164 &&
		      str_eq(gate_pass_number(*pass), order->e164);
	e = gate_pass_spend(pass, now.wall_ms);
	if (e)
		return e;
	if (!same_number)
		return ERR_DENIED;
	if (!call.v || !order_is_sound(order))
		return ERR_ARG;
	if (call_find(d, call))
		return ERR_EXISTS;
	if (d->call_count >= d->max_calls)
		return ERR_FULL;
	c = call_make(d, call, order, allowed, trunk);
	if (!c)
		return ERR_MEMORY;
	while ((e = leg_start(c))) {
		c->tried |= UINT64_C(1) << c->trunk;
		c->trunk = trunk_pick(d->trunks, d->trunk_count, allowed,
				      c->tried, now.mono_ms);
		if (c->trunk < 0)
			break;
	}
	if (e)
		call_free(c);
	return e;
}

enum err dial_hangup(struct dial *d, struct call_id call, uint16_t q850)
{
	struct dcall *c = call_find(d, call);

	if (!c)
		return ERR_ABSENT;
	if (!c->ending)
		end_soon(c, RES_CANCELLED, q850);
	return ERR_OK;
}

unsigned dial_call_count(const struct dial *d)
{
	return d->call_count;
}

static bool drop_h(struct le *le, void *arg)
{
	struct dcall *c = le->data;

	(void)arg;
	if (!c->ending)
		end_soon(c, RES_CANCELLED, 0);
	return false;
}

void calls_drop_all(struct dial *d)
{
	(void)hash_apply(d->calls, drop_h, NULL);
}

static bool forget_h(struct le *le, void *arg)
{
	(void)arg;
	call_free(le->data);
	return false;
}

void calls_forget(struct dial *d)
{
	(void)hash_apply(d->calls, forget_h, NULL);
}
