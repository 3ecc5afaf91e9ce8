/*
 * The pass, opt-outs, erasure, the verdict, and what holds for every verdict.
 */
#include "base/t.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "gate/gate_world.h"

#define CN "8613800138000"
static const char noon[] = "2026-11-23 04:00:00";	/* in Shanghai        */

static void pass(void **state)
{
	struct gate_world w;
	struct gate_verdict v;
	struct gate_pass *p = NULL;
	int64_t ms = gate_world_at(noon) * 1000;

	(void)state;
	gate_world_open(&w, NULL, "cn");
	w.ask.now.wall_ms = ms;
	T_OK(gate_pass_spend(&p, ms) == ERR_ARG, "no pass, no call");
	T_OK(gate_pass_spend(NULL, ms) == ERR_ARG, "not even a pointer");
	T_OK(!gate_ask(w.gate, &w.ask, &v, &p) && p, "a pass is made");
	T_OK(str_eq(gate_pass_number(p), CN), "for this number");
	T_OK(gate_pass_attempt(p) == 1000, "for this attempt");
	T_OK(!gate_pass_spend(&p, ms + GATE_PASS_MS) && !p,
	     "spent at 3 s, and gone");
	T_OK(gate_pass_spend(&p, ms) == ERR_ARG, "only once");
	T_OK(!gate_ask(w.gate, &w.ask, &v, &p), "another");
	T_OK(gate_pass_spend(&p, ms + GATE_PASS_MS + 1) == ERR_DENIED && !p,
	     "a millisecond later it is refused, and gone");
	T_OK(!gate_ask(w.gate, &w.ask, &v, &p), "another");
	T_OK(gate_pass_spend(&p, ms - 1) == ERR_DENIED && !p,
	     "a pass from the future is refused");
	w.campaign.profile = NULL;
	T_OK(gate_ask(w.gate, &w.ask, &v, &p) == ERR_ARG && !p,
	     "no profile, no pass");
	gate_world_close(&w);
}

/*
 * A transfer's number is not solicited: at night, without consent, it may be
 * rung.  Its owner's own word counts, and the number we show.
 */
static void errands(void **state)
{
	static const struct {
		const char *what;
		enum gate_errand errand;
		bool stopped, erased, bad_caller;
		enum gate_rule first;
	} cases[] = {
		{ "a lead at night", ERRAND_LEAD, false, false, false,
		  GATE_HOURS },
		{ "a typed number at night", ERRAND_OUTSIDE, false, false,
		  false, GATE_RULE_COUNT },
		{ "a colleague's", ERRAND_COLLEAGUE, false, false, false,
		  GATE_RULE_COUNT },
		{ "a typed one that said no", ERRAND_OUTSIDE, true, false,
		  false, GATE_OWN_DNC },
		{ "a colleague's that is on the list", ERRAND_COLLEAGUE, true,
		  false, false, GATE_RULE_COUNT },
		{ "one to be forgotten", ERRAND_COLLEAGUE, false, true, false,
		  GATE_ERASED },
		{ "no number shown", ERRAND_COLLEAGUE, false, false, true,
		  GATE_CALLER },
	};
	struct gate_dnc d = { .e164 = CN, .source = "customer", .at_s = 5 };
	int64_t night = gate_world_at("2026-11-23 18:00:00");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct gate_world w;
		struct store_group *g;
		enum gate_rule first;

		gate_world_open(&w, NULL, "cn");
		w.campaign.purpose = PURPOSE_SERVICE;
		g = store_begin(w.store);
		T_OK(!cases[i].stopped || !gate_dnc_add(w.gate, g, &d), "dnc");
		T_OK(!cases[i].erased || !gate_erase(w.gate, g, 0, CN, 1),
		     "erased");
		gate_world_commit(&w, g);
		w.ask.errand = cases[i].errand;
		w.ask.person = 0;
		if (cases[i].bad_caller) {
			w.campaign.profile = gate_profile(w.gate, "uk");
			w.ask.caller = "";
		}
		first = gate_world_ask(&w, night, NULL);
		T_OK(first == cases[i].first, "%s: %s, not %s", cases[i].what,
		     gate_rule_id(cases[i].first), gate_rule_id(first));
		gate_world_close(&w);
	}
}

/* What was accepted binds the next ask, before the disk has it. */
static void opt_out_binds(void **state)
{
	struct gate_world w;
	struct gate_dnc d = { .e164 = CN, .source = "customer", .by = "1001",
			      .at_s = 5 }, got;
	int64_t at = gate_world_at(noon);

	(void)state;
	gate_world_open(&w, NULL, "cn");
	T_OK(gate_world_ask(&w, at, NULL) == GATE_RULE_COUNT, "free");
	struct store_group *g = store_begin(w.store);

	T_OK(!gate_dnc_add(w.gate, g, &d), "added");
	T_OK(!store_commit(g, NULL, NULL), "accepted, not yet durable");
	T_OK(gate_world_ask(&w, at, NULL) == GATE_OWN_DNC, "already binds");
	T_OK(!gate_dnc_has(w.gate, CN, &got) && got.at_s == 5 &&
		     str_eq(got.source, "customer"), "and says why");
	store_drain(w.store);
	for (int days = 0; days < 400; days += 13)
		T_OK(gate_world_ask(&w, at + days * 86400, NULL) ==
			     GATE_OWN_DNC, "for ever (day %d)", days);
	g = store_begin(w.store);
	T_OK(!gate_dnc_del(w.gate, g, CN), "deleted");
	gate_world_commit(&w, g);
	T_OK(gate_world_ask(&w, at, NULL) == GATE_RULE_COUNT, "free again");
	T_OK(gate_dnc_has(w.gate, CN, &got) == ERR_ABSENT, "not on it");
	T_OK(gate_dnc_has(w.gate, "x", NULL) == ERR_FORMAT, "not a number");
	gate_world_close(&w);
}

static void revoking(void **state)
{
	struct gate_world w;
	struct gate_consent c = { .person = 5, .kind = CONSENT_SMS,
				  .purpose = PURPOSE_MARKETING, .at_s = 1,
				  .proof = "sms 77" }, rows[4];
	int64_t at = gate_world_at(noon);
	size_t n;

	(void)state;
	gate_world_open(&w, NULL, "cn");
	w.campaign.purpose = PURPOSE_MARKETING;
	w.ask.person = 5;
	struct store_group *g = store_begin(w.store);

	T_OK(!gate_consent_add(w.gate, g, &c), "SMS");
	c.kind = CONSENT_WEB;
	T_OK(!gate_consent_add(w.gate, g, &c), "web");
	gate_world_commit(&w, g);
	T_OK(gate_world_ask(&w, at, NULL) == GATE_RULE_COUNT, "two consents");
	g = store_begin(w.store);
	T_OK(!gate_consent_revoke(w.gate, g, 5, PURPOSE_COUNT, at), "revoked");
	T_OK(!store_commit(g, NULL, NULL), "accepted");
	T_OK(gate_world_ask(&w, at, NULL) == GATE_CONSENT,
	     "one revocation ends both, at once");
	T_OK(!gate_consent_list(w.gate, 5, rows, ARRAY_LEN(rows), &n) &&
		     n == 2 && rows[0].revoked_s == at &&
		     str_eq(rows[1].proof, "sms 77"), "the evidence stays");
	T_OK(!gate_consent_list(w.gate, 5, rows, 1, &n) && n == 2,
	     "a short array still learns how many");
	c.kind = CONSENT_KIND_COUNT;
	g = store_begin(w.store);
	T_OK(gate_consent_add(w.gate, g, &c) == ERR_ARG, "no such kind");
	store_abort(g);
	gate_world_close(&w);
}

static bool no_number(void *arg, const void *key, size_t klen,
		      const void *val, size_t vlen)
{
	const uint8_t *k = key;
	uint64_t number = *(const uint64_t *)arg;

	(void)val;
	(void)vlen;
	T_OK(klen != 8 || (store_be64(k) & (UINT64_MAX >> 8)) != number,
	     "the number itself is not kept");
	return true;
}

static void erasing(void **state)
{
	struct gate_world w;
	int64_t at = gate_world_at(noon);
	uint64_t number = gate_person_of(CN);

	(void)state;
	gate_world_open(&w, NULL, "none");
	w.ask.person = 5;
	struct store_group *g = store_begin(w.store);

	T_OK(!gate_erase(w.gate, g, 5, CN, at), "erased");
	T_OK(gate_erase(w.gate, g, 5, "abc", at) == ERR_FORMAT, "no number");
	T_OK(gate_erase(w.gate, g, 0, NULL, at) == ERR_ARG, "nobody");
	gate_world_commit(&w, g);
	T_OK(gate_world_ask(&w, at, NULL) == GATE_ERASED, "refused");
	w.ask.person = 6;
	T_OK(gate_world_ask(&w, at, NULL) == GATE_ERASED,
	     "the number, whoever has it");
	w.ask.e164 = "8613800138001";
	T_OK(gate_world_ask(&w, at, NULL) == GATE_RULE_COUNT, "another");
	w.ask.person = 5;
	T_OK(gate_world_ask(&w, at, NULL) == GATE_ERASED,
	     "the person, on any number");
	T_OK(!store_scan_all(w.store, STORE_DNC_PUBLIC,
			     &(struct store_range){ 0 }, no_number, &number),
	     "scanned");
	gate_world_close(&w);
}

/* DNC, hash key, lists and history survive a restart on LMDB. */
static void restart(void **state)
{
	struct gate_world w;
	char dir[] = "/tmp/gateXXXXXX", cmd[64];
	int64_t at = gate_world_at(noon);

	(void)state;
	T_OK(mkdtemp(dir), "a folder");
	gate_world_open(&w, dir, "uk");
	struct store_group *g = store_begin(w.store);
	struct gate_attempt a = { .attempt = 3, .e164 = "447700900125",
				  .wall_s = at - 10 };

	T_OK(!gate_erase(w.gate, g, 0, "447700900123", at), "erased");
	T_OK(!gate_list_dated(w.gate, g, "tps", at), "dated");
	T_OK(!gate_list_add(w.gate, g, "tps", "447700900124"), "listed");
	T_OK(!gate_note_intent(w.gate, g, &a), "an intent");
	T_OK(!store_commit_wait(g, NULL), "durable");
	gate_world_close(&w);

	gate_world_open(&w, dir, "uk");
	at += 6 * 3600;
	w.campaign.purpose = PURPOSE_MARKETING;
	w.campaign.cap_n = 1;
	w.campaign.cap_s = 86400;
	w.ask.e164 = "447700900123";
	T_OK(gate_world_ask(&w, at, NULL) == GATE_ERASED, "still erased");
	w.ask.e164 = "447700900124";
	T_OK(gate_world_ask(&w, at, NULL) == GATE_EXT_DNC, "still listed");
	w.ask.e164 = "447700900125";
	T_OK(gate_world_ask(&w, at, NULL) == GATE_FREQ, "the intent counts");
	w.ask.e164 = "447700900126";
	T_OK(gate_world_ask(&w, at, NULL) == GATE_RULE_COUNT, "others are free");
	gate_world_close(&w);
	str_fmt(cmd, sizeof(cmd), "rm -r %s", dir);
	T_OK(!system(cmd), "swept");
}

static void verdict_record(void **state)
{
	struct gate_world w;
	struct gate_verdict v, back;
	uint8_t buf[512];
	size_t len;
	char text[160];

	(void)state;
	gate_world_open(&w, NULL, "cn");
	T_OK(gate_world_ask(&w, gate_world_at("2026-11-23 15:30:00"), &v) ==
		     GATE_HOURS, "23:30 in Shanghai");
	T_OK(!schema_encode(&gate_verdict_schema, &v, buf, sizeof(buf), &len) &&
		     !schema_decode(&gate_verdict_schema, buf, len, &back) &&
		     back.blocked == GATE_HOURS && back.local_min == 1410 &&
		     back.version == gate_rule_version(GATE_HOURS) &&
		     back.asked == (1u << (GATE_HOURS + 1)) - 1,
	     "the record says what was asked and seen");
	gate_verdict_print(&v, text, sizeof(text));
	T_OK(str_eq(text, "hours (cn): Asia/Shanghai, 23:30 there"), "%s",
	     text);
	gate_world_close(&w);
}

/* ---- what holds for every verdict ------------------------------------------ */

static uint32_t seed = 1;

static uint32_t roll(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void random_past(struct gate_world *w, int64_t at)
{
	static const enum gate_mark marks[] = {
		MARK_INTENT, MARK_DIALLED, MARK_ANSWERED, MARK_MACHINE,
		MARK_ABANDONED, MARK_TALKED, MARK_REFUSED };

	for (uint64_t i = 0, n = roll(9); i < n; i++) {
		struct store_group *g = store_begin(w->store);
		struct gate_attempt a = {
			.attempt = 1 + roll(500),
			.lead = { 7 },
			.campaign = { 1 + roll(2) },
			.purpose = w->campaign.purpose,
			.e164 = w->ask.e164,
			.wall_s = at - roll(40 * 86400),
		};

		T_OK(!gate_note_outcome(w->gate, g, &a,
					marks[roll(ARRAY_LEN(marks))]),
		     "noted");
		gate_world_commit(w, g);
	}
}

static void earliest_holds(void **state)
{
	static const char *const numbers[] = {
		CN, "12125551234", "13055551234", "18505551234", "447700900123",
		"33612345678", "4915112345678", "14055551234", "18005551234" };
	static const char *const profiles[] = { "cn", "us", "uk", "eu_fr",
						"eu_de", "none" };
	unsigned blocked = 0;

	(void)state;
	for (int i = 0; i < 1500; i++) {
		struct gate_world w;
		struct gate_verdict v, then;
		struct gate_explained rows[GATE_RULE_COUNT];
		enum gate_rule first;
		int64_t at = gate_world_at("2026-01-01 00:00:00") +
			     (int64_t)roll(3 * 365 * 86400), legal;

		gate_world_open(&w, NULL, profiles[roll(6)]);
		w.ask.e164 = numbers[roll(ARRAY_LEN(numbers))];
		w.campaign.purpose = roll(2) ? PURPOSE_SERVICE
					     : PURPOSE_COLLECTION;
		w.campaign.tries_max = (uint16_t)(roll(4) ? 0 : 3);
		w.campaign.answered_only = roll(2);
		random_past(&w, at);
		enum gate_rule r = gate_world_ask(&w, at, &v);

		T_OK(!gate_explain(w.gate, &w.ask, rows, &first, &legal),
		     "explained");
		T_OK(first == r, "explain and ask agree (%d)", i);
		T_OK(r != GATE_RULE_COUNT || legal == at, "legal now (%d)", i);
		if (r != GATE_RULE_COUNT && v.earliest_s != GATE_NEVER) {
			blocked++;
			T_OK(v.earliest_s > at, "%d: later, not sooner", i);
			T_OK(gate_world_ask(&w, v.earliest_s, &then) != r,
			     "%d: %s is lifted at its own second", i,
			     gate_rule_id(r));
			T_OK(gate_world_ask(&w, v.earliest_s - 1, &then) <= r,
			     "%d: %s or an earlier rule holds until then", i,
			     gate_rule_id(r));
		}
		if (legal != GATE_NEVER)
			T_OK(gate_world_ask(&w, legal, &then) ==
				     GATE_RULE_COUNT,
			     "%d: the legal second is legal (%s)", i,
			     gate_rule_id(then.blocked));
		gate_world_close(&w);
	}
	T_OK(blocked > 300, "only %u were blocked: too few to prove", blocked);
}

static void words(void **state)
{
	struct gate_world w;
	struct gate_explained rows[GATE_RULE_COUNT];
	enum gate_rule first;
	int64_t legal;

	(void)state;
	gate_world_open(&w, NULL, "cn");
	w.ask.now.wall_ms = gate_world_at("2026-11-23 15:30:00") * 1000;
	w.ask.agents_free = 0;
	T_OK(!gate_explain(w.gate, &w.ask, rows, &first, &legal), "explained");
	T_OK(first == GATE_HOURS, "the hours block first");
	T_OK(legal == gate_world_at("2026-11-24 00:00:00"),
	     "the agent will be there by then");
	T_OK(rows[GATE_AGENT].answer == GATE_BLOCKS, "and there is no agent");
	T_OK(rows[GATE_TRIES].answer == GATE_NOT_APPLICABLE, "no cap");
	T_OK(str_eq(rows[GATE_HOURS].inputs, "23:30 in Asia/Shanghai"), "%s",
	     rows[GATE_HOURS].inputs);
	T_OK(str_eq(rows[GATE_FREQ].inputs, "0 of 1 in 72 h"), "%s",
	     rows[GATE_FREQ].inputs);
	T_OK(!strncmp(rows[GATE_HOURS].source, "house: ", 7), "%s",
	     rows[GATE_HOURS].source);
	for (int r = 0; r < GATE_RULE_COUNT; r++)
		T_OK(rows[r].rule == (enum gate_rule)r && rows[r].source[0] &&
			     *gate_rule_id((enum gate_rule)r) &&
			     *gate_rule_words((enum gate_rule)r) &&
			     *gate_rule_law((enum gate_rule)r),
		     "rule %d has its words", r);
	gate_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pass),
		cmocka_unit_test(errands),
		cmocka_unit_test(opt_out_binds),
		cmocka_unit_test(revoking),
		cmocka_unit_test(erasing),
		cmocka_unit_test(restart),
		cmocka_unit_test(verdict_record),
		cmocka_unit_test(earliest_holds),
		cmocka_unit_test(words),
	};

	return T_RUN(tests);
}
