#include "report/cdr.h"

#include "base/log.h"
#include "base/str.h"

#include <string.h>
#include <time.h>

SCHEMA_DEFINE(cdr, CDR_FIELDS, "record of a call");

/* A uid is milliseconds, then 12 bits counted: it stays below 2^53. */
enum { UID_BITS = 12, NOTES_MAX = 500 };

uint64_t cdr_uid_at(int64_t wall_ms)
{
	return wall_ms > 0 ? (uint64_t)wall_ms << UID_BITS : 0;
}

void cdr_sound(struct cdr *r, const struct call_sound *s)
{
	r->rtp_got = s->got;
	r->rtp_lost = s->lost;
	r->jitter_us = s->jitter_us;
	r->mos_pct = s->got ? s->mos_pct : 0;
	r->far_sent = s->sent;
	r->far_lost = s->far_lost;
}

int32_t cdr_loss_ppm(uint32_t lost, uint32_t got)
{
	uint64_t all = (uint64_t)lost + got;

	return all ? (int32_t)(lost * UINT64_C(1000000) / all) : -1;
}

void cdr_from_call(const struct call *c, const char *campaign_name,
		   struct cdr *out)
{
	*out = (struct cdr){
		.uid = c->uid, .lead = c->lead.v, .list = c->list.v,
		.person = c->person, .campaign = c->campaign.v,
		.agent = c->agent.v, .trunk = c->trunk.v,
		.mode = (uint8_t)c->mode, .attempt = c->attempt,
		.start_ms = c->start_ms, .invite_ms = c->invite_ms,
		.ring_ms = c->ring_ms, .answer_ms = c->answer_ms,
		.person_ms = c->person_ms, .join_ms = c->join_ms,
		.end_ms = c->end_ms, .done_ms = c->done_ms,
		.hold_ms = c->hold_ms, .result = (uint8_t)c->result,
		.by = (uint8_t)c->by, .sip_code = c->sip_code,
		.q850 = c->q850, .outcome = c->outcome,
		.amd_ms = c->amd_ms, .callback_s = c->callback_s,
		.part = (uint8_t)c->part, .of = c->of,
		.from_agent = c->from_agent.v, .took_ms = c->took_ms,
		.gave_ms = c->gave_ms, .amount = c->amount,
		.held_ms = c->held_ms, .promise_s = c->promise_s,
		.promise_agent = c->promise_agent.v,
		.promise_number = c->promise_number,
	};
	cdr_sound(out, &c->sound);
	str_copy(out->given, sizeof(out->given), c->given);
	str_copy(out->promise_note, sizeof(out->promise_note),
		 c->promise_note);
	str_copy(out->campaign_name, sizeof(out->campaign_name),
		 campaign_name);
	str_copy(out->number, sizeof(out->number), c->number);
	str_copy(out->caller, sizeof(out->caller), c->caller);
	str_copy(out->why, sizeof(out->why), c->why);
	str_copy(out->note, sizeof(out->note), c->note);
	if (c->recorded)
		str_copy(out->recording, sizeof(out->recording),
			 c->recording);
}

enum err cdr_put(struct store_group *g, const struct cdr *r)
{
	struct store_key key = { 0 }, by = { 0 };
	uint8_t buf[4096];
	size_t len;
	enum err e = schema_encode(&cdr_schema, r, buf, sizeof(buf), &len);

	if (e)
		return e;
	store_key_u64(&key, r->uid);
	store_put_sealed(g, STORE_CALL, key.b, key.len, buf, len);
	if (!*r->number)	/* forgotten */
		return ERR_OK;
	store_key_text(&by, r->number);
	store_key_u64(&by, r->uid);
	store_put(g, STORE_CALL_BY_NUMBER, by.b, by.len, "", 0);
	return ERR_OK;
}

static bool forget_note(void *arg, const void *key, size_t klen,
			const void *val UNUSED, size_t vlen UNUSED)
{
	store_del(arg, STORE_RECORDING, key, klen);
	return true;
}

enum err cdr_forget(struct store *s, struct store_group *g,
		    const struct cdr *r)
{
	struct store_key by = { 0 }, notes = { 0 };
	struct cdr less = *r;
	enum err e;

	store_key_u64(&notes, r->uid);
	e = store_scan_prefix(s, STORE_RECORDING, notes.b, notes.len,
			      NOTES_MAX, forget_note, g);
	if (e)
		return e;

	less.lead = less.person = 0;
	*less.number = *less.note = *less.recording = *less.promise_note = '\0';
	less.callback_s = less.promise_s = 0;
	store_key_text(&by, r->number);
	store_key_u64(&by, r->uid);
	store_del(g, STORE_CALL_BY_NUMBER, by.b, by.len);
	return cdr_put(g, &less);
}

enum err cdr_get(struct store *s, uint64_t uid, struct cdr *out)
{
	struct store_key key = { 0 };
	uint8_t buf[4096];
	size_t len;

	store_key_u64(&key, uid);
	enum err e = store_get_open(s, STORE_CALL, key.b, key.len, buf,
				    sizeof(buf), &len);

	return e ? e : schema_decode(&cdr_schema, buf, len, out);
}

struct each {
	struct store *s;
	cdr_h *h;
	void *arg;
	bool skip;			/* what cannot be read               */
	enum err err;
	uint64_t uids[64];
	size_t n;
};

static bool each_row(void *arg, const void *key, size_t klen, const void *val,
		     size_t vlen)
{
	struct each *x = arg;
	struct cdr r;

	x->err = store_decode(x->s, STORE_CALL, key, klen, val, vlen,
			      &cdr_schema, &r);
	if (x->err && x->skip) {
		log_err("report", "the record of call %llu cannot be read "
			"(%s): left out, and kept", klen < 8 ? 0ull
			: (unsigned long long)store_be64(key),
			err_text(x->err));
		x->err = ERR_OK;
		return true;
	}
	return !x->err && x->h(x->arg, &r);
}

static enum err each(struct each *x, uint64_t first, uint64_t end)
{
	struct store_key from = { 0 }, to = { 0 };

	store_key_u64(&from, first);
	store_key_u64(&to, end);
	enum err e = store_scan_all(x->s, STORE_CALL,
				    &(struct store_range){
					    .from = from.b,
					    .from_len = from.len,
					    .to = to.b, .to_len = to.len },
				    each_row, x);

	return e ? e : x->err;
}

enum err cdr_each_uid(struct store *s, uint64_t first, uint64_t end, cdr_h *h,
		      void *arg)
{
	struct each x = { .s = s, .h = h, .arg = arg };

	return each(&x, first, end);
}

enum err cdr_each(struct store *s, int64_t from_ms, int64_t to_ms, cdr_h *h,
		  void *arg)
{
	struct each x = { .s = s, .h = h, .arg = arg, .skip = true };

	return each(&x, cdr_uid_at(from_ms), cdr_uid_at(to_ms));
}

struct newest {
	struct each x;			/* what decodes a row                */
	const char *e164;
	size_t left, seen;
	uint64_t at;			/* the oldest met                    */
	bool found;
};

static bool newest_row(void *arg, const void *key, size_t klen,
		       const void *val, size_t vlen)
{
	struct newest *w = arg;
	struct cdr r;

	w->seen++;
	if (klen != 8)
		return true;
	w->at = store_be64(key);
	if (*w->e164) {
		w->x.err = store_decode(w->x.s, STORE_CALL, key, klen, val,
					vlen, &cdr_schema, &r);
		if (w->x.err || !str_eq(w->e164, r.number))
			return !w->x.err;
	}
	w->found = !--w->left;
	return !w->found;
}

enum err cdr_newest_uid(struct store *s, uint64_t from, uint64_t to,
			const char *e164, size_t n, bool (*stop)(void *arg),
			void *arg, uint64_t *out)
{
	enum { PAGE = 256 };
	struct newest w = { .x.s = s, .e164 = e164, .left = n, .at = to };
	struct store_key low = { 0 };
	enum err e = ERR_OK;

	*out = from;
	store_key_u64(&low, from);
	do {
		struct store_key high = { 0 };

		store_key_u64(&high, w.at);
		w.seen = 0;
		e = store_scan(s, STORE_CALL,
			       &(struct store_range){
				       .from = low.b, .from_len = low.len,
				       .to = high.b, .to_len = high.len,
				       .reverse = true, .limit = PAGE },
			       newest_row, &w);
		e = e ? e : w.x.err;
	} while (!e && n && !w.found && w.seen == PAGE &&
		 !(stop && stop(arg)));
	if (!e && w.found)
		*out = w.at;
	if (!e && !n)
		*out = to;
	return e;
}

static bool number_row(void *arg, const void *key, size_t klen,
		       const void *val UNUSED, size_t vlen UNUSED)
{
	struct each *x = arg;

	if (klen >= 8 && x->n < ARRAY_LEN(x->uids))
		x->uids[x->n++] = store_be64((const char *)key + klen - 8);
	return true;
}

enum err cdr_of_number(struct store *s, const char *e164, size_t limit,
		       cdr_h *h, void *arg)
{
	struct each x = { .s = s };
	struct store_key from = { 0 }, to = { 0 };

	store_key_text(&from, e164);
	store_key_prefix_end(&to, from.b, from.len);
	enum err e = store_scan(s, STORE_CALL_BY_NUMBER,
				&(struct store_range){
					.from = from.b, .from_len = from.len,
					.to = to.b, .to_len = to.len,
					.reverse = true,
					.limit = MIN(limit,
						     ARRAY_LEN(x.uids)) },
				number_row, &x);

	for (size_t i = 0; !e && i < x.n; i++) {
		struct cdr r;

		e = cdr_get(s, x.uids[i], &r);
		if (!e && !h(arg, &r))
			break;
	}
	return e;
}

int64_t cdr_talk_ms(const struct cdr *r)
{
	int64_t from = r->took_ms ? r->took_ms : r->join_ms;
	int64_t to = r->gave_ms ? r->gave_ms
		   : r->end_ms ? r->end_ms : r->done_ms;

	return from && to > from ? to - from : 0;
}

int64_t cdr_hold_ms(const struct cdr *r)
{
	return MAX(r->hold_ms - r->held_ms, 0);
}

void cdr_given(const struct cdr *r, bool whole, char *buf, size_t size)
{
	static const char outside[] = "outside ";
	char masked[24];

	str_copy(buf, size, r->given);
	if (whole || strncmp(r->given, outside, strlen(outside)))
		return;
	str_mask_number(masked, sizeof(masked), r->given + strlen(outside));
	str_fmt(buf, size, "%s%s", outside, masked);
}

/* Asterisk's cdr_csv.c order, then ours (waihu-cdr(5)). */
static const char *const columns[] = {
	"accountcode", "src", "dst", "dcontext", "clid", "channel",
	"dstchannel", "lastapp", "lastdata", "start", "answer", "end",
	"duration", "billsec", "disposition", "amaflags", "uniqueid",
	"userfield", "peeraccount", "linkedid", "sequence",
	"campaign", "list", "lead", "agent", "outcome", "trunk", "hangup_by",
	"sip_code", "q850", "pdd_ms", "answer_to_agent_ms", "amd", "hold_s",
	"wrap_s", "recording", "result", "part", "talk_s", "from_agent",
	"given", "amount", "jitter_ms", "loss_pct", "mos", "far_loss_pct",
};

size_t cdr_csv_header(char *buf, size_t size)
{
	*buf = '\0';
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		str_add(buf, size, "%s%s", i ? "," : "", columns[i]);
	return strlen(buf);
}

/* A line being written: millions of them, so each byte is put once. */
struct line {
	char *at, *end;			/* end: room for the NUL             */
	bool begun;
};

static void put(struct line *l, char c)
{
	if (l->at < l->end)
		*l->at++ = c;
}

static void comma(struct line *l)
{
	if (l->begun)
		put(l, ',');
	l->begun = true;
}

/* A quoted field (RFC 4180): quotes doubled, line ends made spaces. */
static void field(struct line *l, const char *text)
{
	comma(l);
	put(l, '"');
	for (; *text; text++) {
		if (*text == '"')
			put(l, '"');
		put(l, *text == '\n' || *text == '\r' ? ' ' : *text);
	}
	put(l, '"');
}

static void number(struct line *l, int64_t n)
{
	char digits[24];
	size_t k = 0;
	uint64_t v = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

	comma(l);
	if (n < 0)
		put(l, '-');
	do
		digits[k++] = (char)('0' + v % 10);
	while (v /= 10);
	while (k)
		put(l, digits[--k]);
}

static void when(struct line *l, int64_t wall_ms)
{
	char text[32] = "";
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm;

	if (wall_ms && localtime_r(&t, &tm))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	field(l, text);
}

static const char *asterisk_word(const struct cdr *r)
{
	if (r->answer_ms)
		return "ANSWERED";
	if (r->result == RES_BUSY)
		return "BUSY";
	if (r->result == RES_NO_ANSWER || r->result == RES_CANCELLED ||
	    r->result == RES_UNREACHABLE)
		return "NO ANSWER";
	return "FAILED";
}

static int64_t span(int64_t from, int64_t to)
{
	return from && to > from ? to - from : 0;
}

/* "1234.50" */
static void amount(struct line *l, int64_t hundredths)
{
	number(l, hundredths / 100);
	put(l, '.');
	put(l, (char)('0' + hundredths / 10 % 10));
	put(l, (char)('0' + hundredths % 10));
}

/* "0.35" of 3500 ppm; what is not known is empty. */
static void percent(struct line *l, int32_t ppm)
{
	if (ppm < 0)
		field(l, "");
	else
		amount(l, ppm / 100);
}

static void sound(struct line *l, const struct cdr *r)
{
	bool known = r->rtp_got != 0;

	if (known)
		number(l, r->jitter_us / 1000);
	else
		field(l, "");
	percent(l, known ? cdr_loss_ppm(r->rtp_lost, r->rtp_got) : -1);
	if (known)
		amount(l, r->mos_pct);
	else
		field(l, "");
	percent(l, cdr_loss_ppm(MIN(r->far_lost, r->far_sent),
				r->far_sent - MIN(r->far_lost, r->far_sent)));
}

size_t cdr_csv(const struct cdr *r, const char *trunk, const char *outcome,
	       bool whole, char *buf, size_t size)
{
	char uid[24], agent[24] = "", channel[64], dst[64] = "", called[24];
	char linked[24], from[24] = "", given[48];
	struct line l = { .at = buf, .end = buf + size - 1 };
	int64_t end = r->end_ms ? r->end_ms : r->done_ms;

	str_fmt(uid, sizeof(uid), "%llu", (unsigned long long)r->uid);
	/* Parts of one call are linked to it, as Asterisk's linkedid does. */
	str_fmt(linked, sizeof(linked), "%llu",
		(unsigned long long)(r->of ? r->of : r->uid));
	if (r->from_agent)
		str_fmt(from, sizeof(from), "%u", r->from_agent);
	cdr_given(r, whole, given, sizeof(given));
	str_fmt(channel, sizeof(channel), "SIP/%s-%s", trunk, uid);
	if (r->agent) {
		str_fmt(agent, sizeof(agent), "%u", r->agent);
		str_fmt(dst, sizeof(dst), "SIP/agent-%u", r->agent);
	}
	if (whole)
		str_copy(called, sizeof(called), r->number);
	else
		str_mask_number(called, sizeof(called), r->number);
	field(&l, r->campaign_name);
	field(&l, r->caller);
	field(&l, called);
	field(&l, "waihu");
	field(&l, r->caller);
	field(&l, channel);
	field(&l, dst);
	field(&l, "Dial");
	field(&l, called);
	when(&l, r->invite_ms ? r->invite_ms : r->start_ms);
	when(&l, r->answer_ms);
	when(&l, end);
	number(&l, span(r->invite_ms ? r->invite_ms : r->start_ms, end) /
		   1000);
	number(&l, span(r->answer_ms, end) / 1000);
	field(&l, asterisk_word(r));
	field(&l, "DOCUMENTATION");
	field(&l, uid);
	field(&l, r->note);
	field(&l, "");
	field(&l, linked);
	number(&l, r->attempt);
	field(&l, r->campaign_name);
	number(&l, r->list);
	number(&l, (int64_t)r->lead);
	field(&l, agent);
	field(&l, outcome);
	field(&l, trunk);
	field(&l, hangup_by_word((enum hangup_by)r->by));
	number(&l, r->sip_code);
	number(&l, r->q850);
	number(&l, span(r->invite_ms, r->ring_ms));
	number(&l, span(r->answer_ms, r->join_ms));
	number(&l, r->amd_ms);
	number(&l, r->hold_ms / 1000);
	number(&l, r->join_ms ? span(end, r->done_ms) / 1000 : 0);
	field(&l, r->recording);
	field(&l, call_result_word((enum call_result)r->result));
	field(&l, call_part_word((enum call_part)r->part));
	number(&l, cdr_talk_ms(r) / 1000);
	field(&l, from);
	field(&l, given);
	amount(&l, r->amount);
	sound(&l, r);
	*l.at = '\0';
	return (size_t)(l.at - buf);
}
