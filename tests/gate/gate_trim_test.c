/* gate_trim_test -- attempts go when no rule needs them, and not before. */
#include <string.h>

#include "base/str.h"
#include "base/t.h"
#include "gate/gate_world.h"

enum { DAY = 86400 };

static void attempt(struct gate_world *w, uint64_t uid, const char *e164,
		    uint32_t campaign, int64_t wall_s)
{
	struct store_group *g = store_begin(w->store);
	struct gate_attempt a = { .attempt = uid, .lead = { uid },
				  .campaign = { campaign }, .e164 = e164,
				  .purpose = PURPOSE_MARKETING,
				  .wall_s = wall_s };

	T_OK(!gate_note_intent(w->gate, g, &a) &&
	     !gate_note_outcome(w->gate, g, &a, MARK_TALKED), "an attempt");
	gate_world_commit(w, g);
}

static uint64_t left(struct gate_world *w)
{
	uint64_t n = 0;

	T_OK(!store_count(w->store, STORE_ATTEMPT, &n), "count");
	return n;
}

/* A whole sweep in bites; returns how many went, *bites how often. */
static unsigned sweep(struct gate_world *w, const struct gate_trim *ask,
		      unsigned *bites)
{
	struct gate_place at = { 0 };
	unsigned all = 0;

	*bites = 0;
	do {
		struct store_group *g = store_begin(w->store);
		unsigned gone = 99;

		T_OK(!gate_attempts_trim(w->gate, g, ask, &at, &gone),
		     "a bite");
		T_OK(gone <= ask->budget, "is no larger than asked");
		all += gone;
		gate_world_commit(w, g);
	} while (at.len && ++*bites < 1000);
	return all;
}

static bool campaign_two(void *arg, struct campaign_id c, struct lead_id l)
{
	T_OK(l.v, "with its lead");
	++*(unsigned *)arg;
	return c.v == 2;
}

static void bites(void **unused UNUSED)
{
	struct gate_world w;
	int64_t now = 1800000000;
	unsigned asked = 0, n;
	struct gate_trim ask = { .before_s = now - 30 * DAY,
				 .needed = campaign_two, .arg = &asked,
				 .budget = 7 };
	char e164[20];

	gate_world_open(&w, NULL, "none");
	for (uint64_t i = 0; i < 100; i++) {
		str_fmt(e164, sizeof(e164), "8613900%06u", (unsigned)i % 25);
		/* A half is old; of those each fifth is campaign 2's. */
		attempt(&w, i + 1, e164, i % 10 == 0 ? 2 : 1,
			now - (i % 2 ? 10 : 40) * DAY);
	}
	T_OK(sweep(&w, &ask, &n) == 40 && left(&w) == 60,
	     "the old ones nobody needs are gone, %llu are left",
	     (unsigned long long)left(&w));
	T_OK(n >= 14, "in bites of seven");
	T_OK(asked == 50, "young ones are not even asked about: %u", asked);
	T_OK(sweep(&w, &ask, &n) == 0, "once");
	ask.needed = NULL;
	T_OK(sweep(&w, &ask, &n) == 10 && left(&w) == 50,
	     "campaign 2 ended: its old ones go too");
	gate_world_close(&w);
}

/* As far back as the rules look, what they say is the same before and after. */
static void rules_see_no_difference(void **unused UNUSED)
{
	static const char *const profiles[] = { "cn", "us", "uk", "eu_fr",
						"eu_de" };

	for (size_t p = 0; p < ARRAY_LEN(profiles); p++) {
		struct gate_world w;
		struct gate_verdict before, after;
		int64_t now = gate_world_at("2026-03-10 03:00:00");
		enum gate_rule was;
		unsigned n;

		gate_world_open(&w, NULL, profiles[p]);
		T_OK(gate_history_s(w.gate) >= 30 * DAY,
		     "some profile looks back a month: %lld",
		     (long long)gate_history_s(w.gate));
		for (int d = 1; d < 120; d++)
			attempt(&w, (uint64_t)(200 - d), w.ask.e164, 9,
				now - d * DAY);
		was = gate_world_ask(&w, now, &before);
		struct gate_trim ask = {
			.before_s = now - gate_history_s(w.gate) - DAY,
			.budget = 50 };

		T_OK(sweep(&w, &ask, &n) > 0, "%s: old ones go", profiles[p]);
		T_OK(gate_world_ask(&w, now, &after) == was &&
		     after.counted == before.counted &&
		     after.earliest_s == before.earliest_s,
		     "%s: the gate says what it said", profiles[p]);
		gate_world_close(&w);
	}
}

/* Whose attempts go, and nobody else's, however many there are. */
static void one_is_forgotten(void **unused UNUSED)
{
	struct gate_world w;
	unsigned gone = 1, all = 0;

	gate_world_open(&w, NULL, "none");
	for (uint64_t i = 0; i < 1300; i++)
		attempt(&w, i + 1, i % 13 ? "8613900000001" : "8613900000002",
			1, 1800000000);
	while (gone) {
		struct store_group *g = store_begin(w.store);

		T_OK(!gate_history_forget(w.gate, g, 0, "8613900000001",
					  &gone) && gone <= 500, "a bite");
		gate_world_commit(&w, g);
		all += gone;
	}
	T_OK(all == 1200 && left(&w) == 100, "%u went, %llu are left", all,
	     (unsigned long long)left(&w));
	gate_world_close(&w);
}

static void whole_campaigns(void **unused UNUSED)
{
	static const struct { const char *profile; bool whole; } cases[] = {
		{ "none", false }, { "cn", false }, { "us", false },
		{ "eu_de", true },
	};
	struct gate_world w;

	gate_world_open(&w, NULL, "none");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		T_OK(gate_profile_whole_campaign(
			gate_profile(w.gate, cases[i].profile)) ==
		     cases[i].whole, "%s counts %s", cases[i].profile,
		     cases[i].whole ? "over the whole campaign" : "by days");
	gate_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bites),
		cmocka_unit_test(rules_see_no_difference),
		cmocka_unit_test(whole_campaigns),
		cmocka_unit_test(one_is_forgotten),
	};

	return T_RUN(tests);
}
