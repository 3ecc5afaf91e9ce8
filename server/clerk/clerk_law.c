/* clerk_law -- do not call, consent, and why a call was or was not placed. */
#include "clerk_priv.h"

#include "base/str.h"
#include "report/cdr.h"

#include <stdlib.h>
#include <string.h>

/* ---- do not call ------------------------------------------------------------------------- */

static json_t *dnc_json(const struct gate_dnc *d)
{
	return json_pack("{s:s, s:s, s:s, s:o}", "number", d->e164, "source",
			 d->source, "by", d->by, "at",
			 time_json(d->at_s * 1000));
}

static bool number_word(struct job *j, char *e164, size_t size)
{
	const char *text = word_at(j, 0);

	if (!text)
		return !fail(j, EXIT_USAGE, MSG_NO_ARG, "which number?");
	return !number_from(j, text, e164, size);
}

bool verb_dnc_add(struct job *j, struct now now)
{
	const char *source = word_opt(j, "--source");
	struct gate_dnc d = { .at_s = now.wall_ms / 1000 };
	struct store_group *g;
	enum err e;

	if (!number_word(j, d.e164, sizeof(d.e164)))
		return true;
	str_copy(d.source, sizeof(d.source), source ? source : "admin");
	str_copy(d.by, sizeof(d.by), j->who);
	if (j->words.dry_run) {
		bool there = !gate_dnc_has(j->c->r->gate, d.e164, NULL);

		say(j, json_pack("{s:s, s:s, s:i, s:b}", "number", d.e164,
				 "source", d.source, "added", there ? 0 : 1,
				 "dry_run", 1));
		return true;
	}
	g = store_begin(j->c->r->store);
	e = gate_dnc_add(j->c->r->gate, g, &d);
	if (e) {
		store_abort(g);
		return fail_err(j, e, d.e164);
	}
	/* Said to the caller only when it is on disk; it binds already. */
	return commit(j, g, "do not call: %.3s****%s", d.e164,
		      strlen(d.e164) > 4 ? d.e164 + strlen(d.e164) - 4 : "");
}

bool verb_dnc_show(struct job *j, struct now now UNUSED)
{
	char e164[20];
	struct gate_dnc d;
	enum err e;

	if (!number_word(j, e164, sizeof(e164)))
		return true;
	e = gate_dnc_has(j->c->r->gate, e164, &d);
	if (e == ERR_ABSENT)
		return fail(j, EXIT_NOTHING, MSG_NO_ABSENT,
			    "%s: not on the list", e164);
	if (e)
		return fail_err(j, e, e164);
	say(j, dnc_json(&d));
	return true;
}

bool verb_dnc_delete(struct job *j, struct now now UNUSED)
{
	struct store_group *g;
	char e164[20];
	enum err e;

	if (!number_word(j, e164, sizeof(e164)))
		return true;
	if (gate_dnc_has(j->c->r->gate, e164, NULL) == ERR_ABSENT)
		return fail(j, EXIT_NOTHING, MSG_NO_ABSENT,
			    "%s: not on the list", e164);
	g = store_begin(j->c->r->store);
	e = gate_dnc_del(j->c->r->gate, g, e164);
	if (e) {
		store_abort(g);
		return fail_err(j, e, e164);
	}
	return commit(j, g, "may be called again: %.3s****%s", e164,
		      strlen(e164) > 4 ? e164 + strlen(e164) - 4 : "");
}

/* The list, page by page: millions of numbers are no reason to wait. */
struct dnc_list {
	struct job *j;
	struct store_key next;
	uint64_t left;
	size_t page;
	bool whole;
};

enum { DNC_PAGE = 500 };

static bool dnc_row(void *arg, const void *key, size_t klen,
		    const void *val UNUSED, size_t vlen UNUSED)
{
	struct dnc_list *d = arg;
	struct gate_dnc row = { 0 };
	char e164[24];

	d->page++;
	d->next.len = 0;
	store_key_after(&d->next, key, klen);
	if (klen != 8)
		return true;
	str_fmt(e164, sizeof(e164), "%llu",
		(unsigned long long)store_be64(key));
	/* One that is added just now is not in the list yet. */
	if (gate_dnc_has(d->j->c->r->gate, e164, &row))
		row = (struct gate_dnc){ 0 };
	if (d->whole)
		str_copy(row.e164, sizeof(row.e164), e164);
	else
		str_mask_number(row.e164, sizeof(row.e164), e164);
	say(d->j, dnc_json(&row));
	return --d->left > 0;
}

static bool dnc_step(struct job *j, struct now now UNUSED)
{
	struct dnc_list *d = j->state;
	enum err e;

	d->page = 0;
	e = d->left ? store_scan(j->c->r->store, STORE_DNC,
				 &(struct store_range){
					 .from = d->next.len ? d->next.b
							     : NULL,
					 .from_len = d->next.len,
					 .limit = DNC_PAGE },
				 dnc_row, d)
		    : ERR_OK;
	return e ? fail_err(j, e, "list") : d->page < DNC_PAGE || !d->left;
}

static bool dnc_begin(struct job *j, struct now now)
{
	j->hurry = true;
	j->step = dnc_step;
	return dnc_step(j, now);
}

static void drop_dnc(struct job *j)
{
	free(j->state);
	j->state = NULL;
}

bool verb_dnc_list(struct job *j, struct now now)
{
	const char *limit = word_opt(j, "--limit");
	struct dnc_list *d = calloc(1, sizeof(*d));

	if (!d)
		return fail_err(j, ERR_MEMORY, "list");
	*d = (struct dnc_list){ .j = j, .left = UINT64_MAX };
	j->state = d;
	j->drop = drop_dnc;
	if (limit && str_to_u64(limit, UINT64_MAX, &d->left))
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "--limit N");
	if (!may_show_whole(j, &d->whole))
		return true;
	if (!d->whole)
		return dnc_begin(j, now);
	return audited(j, dnc_begin, "reads the do-not-call list, numbers "
		       "whole");
}

/* ---- consent -------------------------------------------------------------------------------- */

bool verb_consent_list(struct job *j, struct now now UNUSED)
{
	struct gate_consent c[32];
	char e164[20];
	size_t n;
	enum err e;

	if (!number_word(j, e164, sizeof(e164)))
		return true;
	e = gate_consent_list(j->c->r->gate,
			      lead_person(j->c->r->leads, e164), c,
			      ARRAY_LEN(c), &n);
	if (e)
		return fail_err(j, e, e164);
	for (size_t i = 0; i < MIN(n, ARRAY_LEN(c)); i++)
		say(j, json_pack("{s:s, s:s, s:o, s:o, s:o, s:s}", "kind",
				 gate_consent_word(
					 (enum gate_consent_kind)c[i].kind),
				 "purpose",
				 gate_purpose_word(
					 (enum gate_purpose)c[i].purpose),
				 "given", time_json(c[i].at_s * 1000),
				 "until", time_json(c[i].until_s * 1000),
				 "revoked", time_json(c[i].revoked_s * 1000),
				 "proof", c[i].proof));
	return n ? true : fail(j, EXIT_NOTHING, MSG_NO_ABSENT,
			       "%s: no consent is on record", e164);
}

bool verb_consent_add(struct job *j, struct now now)
{
	const char *kind = word_opt(j, "--kind");
	const char *purpose = word_opt(j, "--purpose");
	const char *proof = word_opt(j, "--proof");
	struct gate_consent c = { .at_s = now.wall_ms / 1000 };
	enum gate_consent_kind k;
	enum gate_purpose p;
	struct store_group *g;
	char e164[20];
	enum err e;

	if (!number_word(j, e164, sizeof(e164)))
		return true;
	if (!kind || gate_consent_from_word(kind, &k) || !purpose ||
	    gate_purpose_from_word(purpose, &p))
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "--kind oral, sms, "
			    "web, written, contract or enquiry; --purpose "
			    "marketing, service, callback, ...");
	c.person = lead_person(j->c->r->leads, e164);
	c.kind = k;
	c.purpose = p;
	str_copy(c.proof, sizeof(c.proof), proof);
	g = store_begin(j->c->r->store);
	e = gate_consent_add(j->c->r->gate, g, &c);
	if (e) {
		store_abort(g);
		return fail_err(j, e, e164);
	}
	return commit(j, g, "consent %s for %s noted", kind, purpose);
}

bool verb_consent_delete(struct job *j, struct now now)
{
	const char *purpose = word_opt(j, "--purpose");
	enum gate_purpose p = PURPOSE_COUNT;
	struct store_group *g;
	char e164[20];
	enum err e;

	if (!number_word(j, e164, sizeof(e164)))
		return true;
	if (purpose && gate_purpose_from_word(purpose, &p))
		return fail(j, EXIT_USAGE, MSG_NO_ARG,
			    "%s: unknown purpose", purpose);
	g = store_begin(j->c->r->store);
	e = gate_consent_revoke(j->c->r->gate, g,
				lead_person(j->c->r->leads, e164), p,
				now.wall_ms / 1000);
	if (e) {
		store_abort(g);
		return fail_err(j, e, e164);
	}
	return commit(j, g, "consent revoked%s%s", purpose ? " for " : "",
		      purpose ? purpose : "");
}

/* ---- why ---------------------------------------------------------------------------------------- */

static json_t *call_line(const struct cdr *r)
{
	char given[48];

	cdr_given(r, false, given, sizeof(given));
	return json_pack("{s:I, s:o, s:s, s:s, s:s, s:i, s:s, s:s}", "call",
			 (json_int_t)r->uid, "at", time_json(r->start_ms),
			 "result",
			 call_result_word((enum call_result)r->result), "why",
			 r->why, "campaign", r->campaign_name, "agent",
			 (int)r->agent, "part",
			 call_part_word((enum call_part)r->part), "given",
			 given);
}

static bool call_row(void *arg, const struct cdr *r)
{
	json_array_append_new(arg, call_line(r));
	return true;
}

void calls_of(struct job *j, const char *e164, json_t *calls)
{
	size_t had = json_array_size(calls);

	if (cdr_of_number(j->c->r->store, e164, 10, call_row, calls))
		while (json_array_size(calls) > had)
			json_array_remove(calls, json_array_size(calls) - 1);
}

/* As the floor asks the gate at the instant of the INVITE. */
static uint32_t agents_for(struct job *j, const struct campaign_conf *k,
			   struct now now)
{
	struct floor *f = j->c->r->floor;
	struct pacer_explain x;

	if (k->mode != MODE_PREDICTIVE)
		return (uint32_t)seat_ready_count(floor_seats(f), k->id);
	pacer_explain(floor_pacer(f, k->id), now.mono_ms, &x);
	return x.idle + x.talking + x.wrapping;
}

/* No clock tells when somebody sits down: that is no "never". */
static json_t *earliest(const struct gate_explained *row)
{
	if (row->answer != GATE_BLOCKS)
		return json_null();
	if (row->rule == GATE_AGENT)
		return json_string("when an agent is READY");
	return row->earliest_s == GATE_NEVER
		? json_string("never") : time_json(row->earliest_s * 1000);
}

static void why_in(struct job *j, const char *e164, const struct lead *l,
		   const struct campaign_conf *k, struct now now)
{
	static const char *const answers[] = {
		[GATE_PASSES] = "passes", [GATE_BLOCKS] = "blocks",
		[GATE_NOT_APPLICABLE] = "does not apply" };
	struct gate_explained rows[GATE_RULE_COUNT];
	struct gate_ask ask = {
		.lead = { l ? l->id : 0 },
		.person = lead_person(j->c->r->leads, e164), .e164 = e164,
		.caller = *k->caller ? k->caller : NULL,
		.campaign = &k->gate, .now = now,
		.agents_free = agents_for(j, k, now) };
	json_t *rules = json_array(), *calls = json_array();
	bool waits = false;
	enum gate_rule first;
	int64_t legal_s;
	enum err e;

	if (!l || !lead_zones(j->c->r->leads, l->zones, &ask.address))
		ask.address.n = 0;
	e = gate_explain(j->c->r->gate, &ask, rows, &first, &legal_s);
	if (e) {
		json_decref(rules);
		json_decref(calls);
		fail_err(j, e, e164);
		return;
	}
	for (int i = 0; i < GATE_RULE_COUNT; i++) {
		waits |= rows[i].rule == GATE_AGENT &&
			 rows[i].answer == GATE_BLOCKS;
		json_array_append_new(rules, json_pack(
			"{s:s, s:i, s:s, s:s, s:s, s:o}", "rule",
			gate_rule_id(rows[i].rule), "version",
			(int)gate_rule_version(rows[i].rule), "answer",
			answers[rows[i].answer], "inputs", rows[i].inputs,
			"source", rows[i].source, "earliest",
			earliest(&rows[i])));
	}
	calls_of(j, e164, calls);
	say(j, json_pack("{s:s, s:s, s:s, s:b, s:b, s:o, s:o, s:o}", "number",
			 e164, "campaign", k->name, "blocked_by",
			 gate_rule_id(first), "may_be_called",
			 first == GATE_RULE_COUNT, "waits_for_agent",
			 waits, "earliest",
			 legal_s == GATE_NEVER ? json_string("never")
					       : time_json(legal_s * 1000),
			 "rules", rules, "calls", calls));
}

bool verb_why_number(struct job *j, struct now now)
{
	const char *name = word_opt(j, "--campaign");
	struct campaign_id id;
	struct lead_id ids[1];
	struct lead lead, *l = NULL;
	char e164[20];
	size_t n = 0, said = 0;

	if (!number_word(j, e164, sizeof(e164)))
		return true;
	if (!lead_by_number(j->c->r->leads, e164, ids, 1, &n) && n &&
	    !lead_get(j->c->r->leads, ids[0], &lead))
		l = &lead;
	for (size_t i = 0; floor_campaign_at(j->c->r->floor, i, &id); i++) {
		struct campaign_view v;

		if (floor_campaign_view(j->c->r->floor, id, now, &v) ||
		    (name && !str_eq(name, v.conf->name)))
			continue;
		why_in(j, e164, l, v.conf, now);
		said++;
	}
	if (!said)
		return fail(j, EXIT_NOTHING, MSG_NO_ABSENT,
			    "%s: no such campaign", name ? name : "-");
	return true;
}
