/*
 * Every rule of the gate but the hours: what passes, what blocks, until when.
 */
#include "base/t.h"

#include "base/str.h"
#include "gate/gate_world.h"

#define DAY 86400
static const char noon[] = "2026-11-23 13:00:00";	/* a Monday, UTC      */

/* One earlier attempt: so long ago, by this campaign, this number, ... */
struct past {
	int64_t ago_s;
	enum gate_mark mark;
	uint32_t campaign;
	uint64_t lead;
	const char *number;
	enum gate_purpose purpose;
};

static void past_note(struct gate_world *w, uint64_t attempt,
		      const struct past *p, uint64_t person, int64_t now_s)
{
	struct store_group *g = store_begin(w->store);
	struct gate_attempt a = {
		.attempt = attempt,
		.person = person,
		.lead = { p->lead },
		.campaign = { p->campaign },
		.purpose = p->purpose,
		.e164 = p->number,
		.wall_s = now_s - p->ago_s,
	};

	T_OK(!gate_note_intent(w->gate, g, &a), "the intent is written");
	gate_world_commit(w, g);
	if (p->mark == MARK_INTENT)
		return;
	g = store_begin(w->store);
	T_OK(!gate_note_outcome(w->gate, g, &a, p->mark), "the outcome too");
	gate_world_commit(w, g);
}

#define CN "8613800138000"
#define CN2 "8613800138001"
#define US "12125551234"
#define OK "14055551234"
#define FL "13055551234"
#define UK "447700900123"
#define FR "33612345678"
#define DE "4915112345678"
#define SVC PURPOSE_SERVICE

static const struct {
	const char *what;
	const char *profile, *number;
	enum gate_purpose purpose;
	bool answered_only, agent_sure;
	struct past past[5];
	enum gate_rule want;		/* GATE_RULE_COUNT: passes           */
	int64_t wait_s;			/* from now; -1 never                */
} history[] = {
	{ "cn: nothing before", "cn", CN, SVC, false, false,
	  { { 0 } }, GATE_RULE_COUNT, 0 },
	{ "cn: dialled 2 days ago", "cn", CN, SVC, false, false,
	  { { 2 * DAY, MARK_DIALLED, 1, 7, CN, SVC } }, GATE_FREQ, DAY },
	{ "cn: dialled 3 days ago to the second", "cn", CN, SVC, false, false,
	  { { 3 * DAY, MARK_DIALLED, 1, 7, CN, SVC } }, GATE_RULE_COUNT, 0 },
	{ "cn: one second less", "cn", CN, SVC, false, false,
	  { { 3 * DAY - 1, MARK_DIALLED, 1, 7, CN, SVC } }, GATE_FREQ, 1 },
	{ "cn: another campaign, another number, the same person", "cn", CN,
	  SVC, false, false, { { DAY, MARK_DIALLED, 2, 9, CN2, SVC } },
	  GATE_FREQ, 2 * DAY },
	{ "cn: not answered, and only answered calls count", "cn", CN, SVC,
	  true, false, { { DAY, MARK_DIALLED, 1, 7, CN, SVC } },
	  GATE_RULE_COUNT, 0 },
	{ "cn: answered, and only answered calls count", "cn", CN, SVC, true,
	  false, { { DAY, MARK_TALKED, 1, 7, CN, SVC } }, GATE_FREQ, 2 * DAY },
	{ "cn: an intent without an outcome counts (a crash)", "cn", CN, SVC,
	  true, false, { { DAY, MARK_INTENT, 1, 7, CN, SVC } }, GATE_FREQ,
	  2 * DAY },
	{ "cn: what was never dialled does not count", "cn", CN, SVC, false,
	  false, { { DAY, MARK_VOID, 1, 7, CN, SVC } }, GATE_RULE_COUNT, 0 },
	{ "us: seven collection calls in seven days", "us", US,
	  PURPOSE_COLLECTION, false, false,
	  { { DAY, MARK_DIALLED, 1, 7, US, PURPOSE_COLLECTION },
	    { 2 * DAY, MARK_DIALLED, 1, 7, US, PURPOSE_COLLECTION },
	    { 3 * DAY, MARK_DIALLED, 1, 7, US, PURPOSE_COLLECTION } },
	  GATE_RULE_COUNT, 0 },
	{ "us: a collection conversation makes a week's quiet", "us", US,
	  PURPOSE_COLLECTION, false, false,
	  { { DAY, MARK_TALKED, 1, 7, US, PURPOSE_COLLECTION } }, GATE_PAUSE,
	  6 * DAY },
	{ "us: ... but not for a service call", "us", US, SVC, false, false,
	  { { DAY, MARK_TALKED, 1, 7, US, SVC } }, GATE_RULE_COUNT, 0 },
	{ "us: Florida, the fourth in 24 h", "us", FL, SVC, false, false,
	  { { 100, MARK_DIALLED, 1, 7, FL, SVC },
	    { 200, MARK_DIALLED, 1, 7, FL, SVC },
	    { 300, MARK_DIALLED, 1, 7, FL, SVC } }, GATE_FREQ, DAY - 300 },
	{ "us: New York has no such row", "us", US, SVC, false, false,
	  { { 100, MARK_DIALLED, 1, 7, US, SVC },
	    { 200, MARK_DIALLED, 1, 7, US, SVC },
	    { 300, MARK_DIALLED, 1, 7, US, SVC } }, GATE_RULE_COUNT, 0 },
	{ "us: Oklahoma counts the number, not the person", "us", OK, SVC,
	  false, false,
	  { { 100, MARK_DIALLED, 1, 7, OK, SVC },
	    { 200, MARK_DIALLED, 1, 7, OK, SVC },
	    { 300, MARK_DIALLED, 1, 7, US, SVC } }, GATE_RULE_COUNT, 0 },
	{ "uk: abandoned 71 h 59 min ago", "uk", UK, SVC, false, false,
	  { { 72 * 3600 - 60, MARK_ABANDONED, 1, 7, UK, SVC } }, GATE_PAUSE,
	  60 },
	{ "uk: abandoned 72 h ago", "uk", UK, SVC, false, false,
	  { { 72 * 3600, MARK_ABANDONED, 1, 7, UK, SVC } }, GATE_RULE_COUNT,
	  0 },
	{ "uk: we hung up on a machine yesterday", "uk", UK, SVC, false,
	  false, { { DAY, MARK_MACHINE, 1, 7, UK, SVC } }, GATE_PAUSE,
	  2 * DAY },
	{ "uk: ... and an agent is guaranteed", "uk", UK, SVC, false, true,
	  { { DAY, MARK_ABANDONED, 1, 7, UK, SVC } }, GATE_RULE_COUNT, 0 },
	{ "fr: refused 59 days ago", "eu_fr", FR, SVC, false, false,
	  { { 59 * DAY, MARK_REFUSED, 1, 7, FR, SVC } }, GATE_PAUSE, DAY },
	{ "fr: refused 60 days ago", "eu_fr", FR, SVC, false, false,
	  { { 60 * DAY, MARK_REFUSED, 1, 7, FR, SVC } }, GATE_RULE_COUNT, 0 },
	{ "fr: four in 30 days", "eu_fr", FR, SVC, false, false,
	  { { 1 * DAY, MARK_DIALLED, 1, 7, FR, SVC },
	    { 9 * DAY, MARK_DIALLED, 1, 7, FR, SVC },
	    { 5 * DAY, MARK_DIALLED, 1, 7, FR, SVC },
	    { 28 * DAY, MARK_DIALLED, 1, 7, FR, SVC } }, GATE_FREQ, 2 * DAY },
	{ "de: three a day", "eu_de", DE, SVC, false, false,
	  { { 3600, MARK_DIALLED, 1, 7, DE, SVC },
	    { 7200, MARK_DIALLED, 1, 7, DE, SVC },
	    { 9000, MARK_DIALLED, 1, 7, DE, SVC } }, GATE_FREQ, DAY - 9000 },
	{ "none: nothing counts", "none", CN, SVC, false, false,
	  { { 1, MARK_REFUSED, 1, 7, CN, SVC },
	    { 2, MARK_ABANDONED, 1, 7, CN, SVC } }, GATE_RULE_COUNT, 0 },
};

static void frequency(void **state)
{
	int64_t now = gate_world_at(noon);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(history); i++) {
		struct gate_world w;
		struct gate_verdict v;
		bool in_us = str_eq(history[i].profile, "us");
		int64_t at = in_us ? now + 3 * 3600 : now;

		gate_world_open(&w, NULL, history[i].profile);
		w.campaign.purpose = history[i].purpose;
		w.campaign.answered_only = history[i].answered_only;
		w.campaign.agent_sure = history[i].agent_sure;
		w.ask.e164 = history[i].number;
		w.ask.person = 4711;
		for (size_t k = 0; k < 5 && history[i].past[k].number; k++)
			past_note(&w, k + 1, &history[i].past[k], 4711, at);
		enum gate_rule r = gate_world_ask(&w, at, &v);

		T_OK(r == history[i].want, "%s: %s", history[i].what,
		     gate_rule_id(r));
		T_OK(r == GATE_RULE_COUNT ||
			     v.earliest_s == at + history[i].wait_s,
		     "%s: wait %lld s", history[i].what,
		     (long long)(v.earliest_s - at));
		gate_world_close(&w);
	}
}

static void seven_in_seven(void **state)
{
	struct gate_world w;
	struct gate_verdict v;
	int64_t at = gate_world_at("2026-11-23 16:00:00");

	(void)state;
	gate_world_open(&w, NULL, "us");
	w.campaign.purpose = PURPOSE_COLLECTION;
	w.ask.e164 = US;
	for (uint64_t i = 1; i <= 7; i++) {
		T_OK(gate_world_ask(&w, at, NULL) == GATE_RULE_COUNT,
		     "call %llu may be made", (unsigned long long)i);
		past_note(&w, i, &(struct past){ (int64_t)i * 3600,
						 MARK_DIALLED, 1, 7, US,
						 PURPOSE_COLLECTION }, 0, at);
	}
	T_OK(gate_world_ask(&w, at, &v) == GATE_FREQ, "the eighth may not");
	T_OK(v.limit == 7 && v.counted == 7 && v.window_s == 7 * DAY,
	     "the verdict names the row");
	T_OK(v.earliest_s == at - 7 * 3600 + 7 * DAY, "when the first is old");
	gate_world_close(&w);
}

/* An attempt's own intent does not stand in its way; any other does. */
static void own_intent(void **state)
{
	struct gate_world w;
	int64_t at = gate_world_at(noon);

	(void)state;
	gate_world_open(&w, NULL, "cn");
	past_note(&w, 1000, &(struct past){ 0, MARK_INTENT, 1, 7, CN, SVC }, 0,
		  at);
	T_OK(gate_world_ask(&w, at, NULL) == GATE_RULE_COUNT,
	     "attempt 1000 is itself");
	w.ask.attempt = 1001;
	T_OK(gate_world_ask(&w, at, NULL) == GATE_FREQ,
	     "attempt 1001 is another call");
	gate_world_close(&w);
}

static void attempts(void **state)
{
	struct gate_world w;
	struct gate_verdict v;
	int64_t at = gate_world_at(noon);

	(void)state;
	gate_world_open(&w, NULL, "none");
	w.campaign.tries_max = 2;
	past_note(&w, 1, &(struct past){ 50, MARK_DIALLED, 1, 7, CN, SVC }, 0,
		  at);
	past_note(&w, 2, &(struct past){ 40, MARK_DIALLED, 1, 8, CN, SVC }, 0,
		  at);
	past_note(&w, 3, &(struct past){ 30, MARK_DIALLED, 2, 7, CN, SVC }, 0,
		  at);
	T_OK(gate_world_ask(&w, at, &v) == GATE_RULE_COUNT && v.tries == 1,
	     "another lead's and another campaign's do not count");
	past_note(&w, 4, &(struct past){ 20, MARK_DIALLED, 1, 7, CN, SVC }, 0,
		  at);
	T_OK(gate_world_ask(&w, at, &v) == GATE_TRIES &&
		     v.earliest_s == GATE_NEVER, "two are enough");
	w.campaign.tries_max = 0;
	w.campaign.cap_n = 2;
	w.campaign.cap_s = 45;
	T_OK(gate_world_ask(&w, at, &v) == GATE_FREQ &&
		     v.earliest_s == at + 15, "the campaign's own cap: %lld",
	     (long long)(v.earliest_s - at));
	gate_world_close(&w);
}

/* ---- consent, purpose, registers ------------------------------------------ */

static const struct {
	const char *what;
	const char *profile, *number;
	enum gate_purpose purpose;
	bool automated, licensee;
	int kind;			/* of the consent; -1: none          */
	enum gate_purpose for_purpose;
	int64_t from_s, until_s, revoked_s;	/* from now; 0 = not         */
	enum gate_rule want;
} consents[] = {
	{ "cn: marketing without consent", "cn", CN, PURPOSE_MARKETING, 0, 0,
	  -1, 0, 0, 0, 0, GATE_CONSENT },
	{ "cn: by contract", "cn", CN, PURPOSE_MARKETING, 0, 0,
	  CONSENT_CONTRACT, PURPOSE_MARKETING, -DAY, 0, 0, GATE_RULE_COUNT },
	{ "cn: by SMS", "cn", CN, PURPOSE_MARKETING, 0, 0,
	  CONSENT_SMS, PURPOSE_MARKETING, -DAY, 0, 0, GATE_RULE_COUNT },
	{ "cn: for another purpose", "cn", CN, PURPOSE_MARKETING, 0, 0,
	  CONSENT_SMS, PURPOSE_SURVEY, -DAY, 0, 0, GATE_CONSENT },
	{ "cn: given tomorrow", "cn", CN, PURPOSE_MARKETING, 0, 0,
	  CONSENT_SMS, PURPOSE_MARKETING, DAY, 0, 0, GATE_CONSENT },
	{ "cn: given this second", "cn", CN, PURPOSE_MARKETING, 0, 0,
	  CONSENT_SMS, PURPOSE_MARKETING, 0, 0, 0, GATE_RULE_COUNT },
	{ "cn: ended this second", "cn", CN, PURPOSE_MARKETING, 0, 0,
	  CONSENT_SMS, PURPOSE_MARKETING, -DAY, -1, 0, GATE_CONSENT },
	{ "cn: ends in a second", "cn", CN, PURPOSE_MARKETING, 0, 0,
	  CONSENT_SMS, PURPOSE_MARKETING, -DAY, 1, 0, GATE_RULE_COUNT },
	{ "cn: revoked", "cn", CN, PURPOSE_MARKETING, 0, 0,
	  CONSENT_SMS, PURPOSE_MARKETING, -DAY, 0, -1, GATE_CONSENT },
	{ "cn: a service call needs none", "cn", CN, SVC, 0, 0,
	  -1, 0, 0, 0, 0, GATE_RULE_COUNT },
	{ "cn: licensee's marketing with consent", "cn", CN,
	  PURPOSE_MARKETING, 0, 1, CONSENT_ENQUIRY, PURPOSE_MARKETING, -DAY,
	  0, 0, GATE_RULE_COUNT },
	{ "us: oral is not written", "us", US, PURPOSE_MARKETING, 0, 0,
	  CONSENT_ORAL, PURPOSE_MARKETING, -DAY, 0, 0, GATE_EXT_DNC },
	{ "us: written, also without a fresh register", "us", US,
	  PURPOSE_MARKETING, 0, 0, CONSENT_WRITTEN, PURPOSE_MARKETING, -DAY,
	  0, 0, GATE_RULE_COUNT },
	{ "us: an artificial voice for a service call", "us", US, SVC, 1, 0,
	  -1, 0, 0, 0, 0, GATE_CONSENT },
	{ "us: ... with oral consent", "us", US, SVC, 1, 0,
	  CONSENT_ORAL, SVC, -DAY, 0, 0, GATE_RULE_COUNT },
	{ "uk: claims management is opt-in", "uk", UK, PURPOSE_CLAIMS, 0, 0,
	  -1, 0, 0, 0, 0, GATE_EXT_DNC },
	{ "uk: pensions with written consent", "uk", UK, PURPOSE_PENSIONS, 0,
	  0, CONSENT_WEB, PURPOSE_PENSIONS, -DAY, 0, 0, GATE_RULE_COUNT },
	{ "de: survey is advertising too", "eu_de", DE, PURPOSE_SURVEY, 0, 0,
	  -1, 0, 0, 0, 0, GATE_CONSENT },
	{ "fr: a running contract is enough", "eu_fr", FR, PURPOSE_MARKETING,
	  0, 0, CONSENT_CONTRACT, PURPOSE_MARKETING, -DAY, 0, 0,
	  GATE_RULE_COUNT },
	{ "none: no consent needed", "none", CN, PURPOSE_MARKETING, 0, 0,
	  -1, 0, 0, 0, 0, GATE_RULE_COUNT },
};

static void consent(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(consents); i++) {
		struct gate_world w;
		int64_t at = gate_world_at("2026-11-23 16:00:00");

		if (!str_eq(consents[i].profile, "us"))
			at -= 3 * 3600;
		gate_world_open(&w, NULL, consents[i].profile);
		w.ask.e164 = consents[i].number;
		w.campaign.purpose = consents[i].purpose;
		w.campaign.automated = consents[i].automated;
		w.campaign.licensee = consents[i].licensee;
		if (consents[i].kind >= 0) {
			struct store_group *g = store_begin(w.store);
			struct gate_consent c = {
				.person = gate_person_of(consents[i].number),
				.kind = (uint32_t)consents[i].kind,
				.purpose = consents[i].for_purpose,
				.at_s = at + consents[i].from_s,
				.proof = "contract 17, page 2",
			};

			if (consents[i].until_s)
				c.until_s = at + MAX(consents[i].until_s, 0);
			if (consents[i].revoked_s)
				c.revoked_s = at + consents[i].revoked_s;
			T_OK(!gate_consent_add(w.gate, g, &c), "added");
			gate_world_commit(&w, g);
		}
		enum gate_rule r = gate_world_ask(&w, at, NULL);

		T_OK(r == consents[i].want, "%s: %s", consents[i].what,
		     gate_rule_id(r));
		gate_world_close(&w);
	}
}

static void registers(void **state)
{
	struct gate_world w;
	struct gate_verdict v;
	int64_t at = gate_world_at(noon);

	(void)state;
	gate_world_open(&w, NULL, "uk");
	w.ask.e164 = UK;
	w.campaign.purpose = PURPOSE_MARKETING;
	T_OK(gate_world_ask(&w, at, &v) == GATE_EXT_DNC &&
		     str_eq(v.detail, "tps"), "TPS was never fetched");
	struct store_group *g = store_begin(w.store);

	T_OK(!gate_list_dated(w.gate, g, "tps", at - 28 * DAY), "dated");
	gate_world_commit(&w, g);
	T_OK(gate_world_ask(&w, at, NULL) == GATE_RULE_COUNT, "28 days old");
	T_OK(gate_world_ask(&w, at + 1, NULL) == GATE_EXT_DNC, "and a second");
	g = store_begin(w.store);
	T_OK(!gate_list_add(w.gate, g, "tps", UK) &&
		     !gate_list_add(w.gate, g, "other", "447700900124"),
	     "numbers are added");
	gate_world_commit(&w, g);
	T_OK(gate_world_ask(&w, at, NULL) == GATE_EXT_DNC, "listed");
	w.ask.e164 = "447700900124";
	T_OK(gate_world_ask(&w, at, NULL) == GATE_RULE_COUNT,
	     "on a list this profile does not name");
	w.campaign.purpose = SVC;
	w.ask.e164 = UK;
	T_OK(gate_world_ask(&w, at, NULL) == GATE_RULE_COUNT,
	     "TPS is about marketing");
	gate_world_close(&w);
}

static void small_rules(void **state)
{
	struct gate_world w;
	int64_t at = gate_world_at(noon);
	static const struct {
		const char *what, *number;
		bool passes;
	} numbers[] = {
		{ "a Chinese mobile", CN, true },
		{ "seven digits", "8612345", true },
		{ "six digits", "861234", false },
		{ "fifteen digits", "861380013800012", true },
		{ "sixteen digits", "8613800138000123", false },
		{ "a leading zero", "08613800138", false },
		{ "a plus sign", "+8613800138000", false },
		{ "a letter", "86138001380a0", false },
		{ "nothing", "", false },
	};

	(void)state;
	gate_world_open(&w, NULL, "cn");
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		w.ask.e164 = numbers[i].number;
		T_OK(gate_world_ask(&w, at, NULL) ==
			     (numbers[i].passes ? GATE_RULE_COUNT : GATE_NUMBER),
		     "%s", numbers[i].what);
	}
	w.ask.e164 = CN;
	w.ask.agents_free = 0;
	T_OK(gate_world_ask(&w, at, NULL) == GATE_AGENT, "no agent, no call");
	w.ask.agents_free = 1;
	w.campaign.purpose = PURPOSE_MARKETING;
	w.campaign.licensee = true;
	T_OK(gate_world_ask(&w, at, NULL) == GATE_CONSENT,
	     "consent is asked before the purpose");
	w.campaign.profile = gate_profile(w.gate, "eu_fr");
	w.campaign.purpose = SVC;
	w.ask.e164 = FR;
	w.ask.caller = "33612345678";
	T_OK(gate_world_ask(&w, at + 3600, NULL) == GATE_CALLER,
	     "a mobile number may not be shown in France");
	w.ask.caller = "33948123456";
	T_OK(gate_world_ask(&w, at + 3600, NULL) == GATE_RULE_COUNT,
	     "a platform's may");
	w.campaign.profile = gate_profile(w.gate, "uk");
	w.ask.e164 = UK;
	w.ask.caller = "";
	T_OK(gate_world_ask(&w, at, NULL) == GATE_CALLER, "withheld in the uk");
	gate_world_close(&w);
}

/* cn, MIIT 2020: the rule itself, reached because consent is not needed. */
static void licensee(void **state)
{
	struct gate_world w;
	struct gate_explained rows[GATE_RULE_COUNT];
	enum gate_rule first;
	int64_t legal;

	(void)state;
	gate_world_open(&w, NULL, "cn");
	w.campaign.purpose = PURPOSE_MARKETING;
	w.campaign.licensee = true;
	w.ask.now.wall_ms = gate_world_at(noon) * 1000;
	T_OK(!gate_explain(w.gate, &w.ask, rows, &first, &legal), "explained");
	T_OK(rows[GATE_PURPOSE].answer == GATE_BLOCKS,
	     "marketing by a licensee is refused by its purpose too");
	T_OK(first == GATE_CONSENT && legal == GATE_NEVER,
	     "no hour makes it legal");
	w.campaign.licensee = false;
	T_OK(!gate_explain(w.gate, &w.ask, rows, &first, &legal) &&
		     rows[GATE_PURPOSE].answer == GATE_PASSES,
	     "others may, with consent");
	gate_world_close(&w);
}

static void abandon_target(void **state)
{
	struct gate_world w;
	static const struct {
		const char *profile;
		int32_t wanted, want;
	} t[] = {
		{ "us", -1, 30000 }, { "us", 50000, 30000 },
		{ "us", 10000, 10000 }, { "uk", 30000, 0 },
		{ "none", 200000, 200000 }, { "none", -1, 1000000 },
		{ "cn", 30001, 30000 },
	};

	(void)state;
	gate_world_open(&w, NULL, "cn");
	for (size_t i = 0; i < ARRAY_LEN(t); i++)
		T_OK(gate_profile_abandon_ppm(gate_profile(w.gate,
							   t[i].profile),
					      t[i].wanted) == t[i].want,
		     "%s: %d wanted", t[i].profile, t[i].wanted);
	T_OK(gate_profile_min_ring_s(gate_profile(w.gate, "eu_de")) == 15 &&
		     gate_profile_max_ring_s(gate_profile(w.gate, "eu_de")) ==
			     40, "ringing in Germany");
	T_OK(gate_profile_connect_ms(gate_profile(w.gate, "us")) == 2000,
	     "two seconds");
	T_OK(!gate_profile(w.gate, "xx"), "no such profile");
	gate_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frequency),
		cmocka_unit_test(seven_in_seven),
		cmocka_unit_test(own_intent),
		cmocka_unit_test(attempts),
		cmocka_unit_test(consent),
		cmocka_unit_test(registers),
		cmocka_unit_test(small_rules),
		cmocka_unit_test(licensee),
		cmocka_unit_test(abandon_target),
	};

	return T_RUN(tests);
}
