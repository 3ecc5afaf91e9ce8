/* Which trunk takes the next call; how each is doing.  No sockets. */
#include "dial/dial_trunk.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "base/t.h"

enum { N = 3 };

static struct trunk trunks[N];

static void open_trunks(const struct dial_trunk_conf *conf)
{
	for (unsigned i = 0; i < N; i++) {
		struct dial_trunk_conf c = conf[i];

		c.id.v = i + 1;
		T_OK(!trunk_init(&trunks[i], &c), "trunk %u", i);
	}
}

static void close_trunks(void)
{
	for (unsigned i = 0; i < N; i++)
		trunk_fini(&trunks[i]);
}

static void weights_share_the_calls(void **state)
{
	const struct dial_trunk_conf conf[N] = {
		{ .weight = 5 }, { .weight = 3 }, { .weight = 2 },
	};
	unsigned got[N] = { 0 }, run = 0, longest = 0;
	int last = -1;

	(void)state;
	open_trunks(conf);
	for (unsigned i = 0; i < 1000; i++) {
		int t = trunk_pick(trunks, N, UINT64_MAX, 0, 0);

		T_OK(t >= 0, "there is one");
		got[t]++;
		run = t == last ? run + 1 : 1;
		longest = MAX(longest, run);
		last = t;
	}
	T_OK(got[0] == 500 && got[1] == 300 && got[2] == 200,
	     "5 : 3 : 2 is exact: %u %u %u", got[0], got[1], got[2]);
	T_OK(longest <= 2, "and evenly spread: at most %u in a row", longest);
	close_trunks();
}

static void channels_and_cps_bind(void **state)
{
	const struct dial_trunk_conf conf[N] = {
		{ .weight = 1, .channels = 2 },
		{ .weight = 1, .cps_milli = 2500 },
		{ .weight = 1, .standby = 1 },
	};
	unsigned got[N] = { 0 };
	int t;

	(void)state;
	open_trunks(conf);
	T_OK(trunk_starts(&trunks[1], 10000) == 3, "2.5/s: 3 in 1.2 s");
	while ((t = trunk_pick(trunks, N, UINT64_MAX, 0, 10000)) >= 0) {
		got[t]++;
		trunk_call_begins(&trunks[t], NULL, 10000);
		T_OK(got[t] < 10, "it ends");
	}
	T_OK(got[0] == 2 && got[1] == 3 && got[2] == 0,
	     "two channels, three starts, the standby keeps out: %u %u %u",
	     got[0], got[1], got[2]);
	T_OK(trunk_pick(trunks, N, 2, 0, 11199) < 0, "not yet");
	T_OK(trunk_pick(trunks, N, 2, 0, 11200) == 1, "after 1.2 s again");
	trunk_call_ended(&trunks[0], 5000, 10100);
	T_OK(trunk_pick(trunks, N, 1, 0, 10100) == 0, "a channel is free");
	T_OK(trunk_pick(trunks, N, 4, 0, 10100) == 2,
	     "asked for alone, the standby serves");
	close_trunks();
}

/* Any window as long as the rate's own holds no more than it allows. */
static void cps_holds_in_every_window(void **state)
{
	const struct dial_trunk_conf conf[N] = { { .cps_milli = 8000 } };
	int64_t starts[2000];
	unsigned n = 0;

	(void)state;
	open_trunks(conf);
	srand(3);
	for (int64_t ms = 0; ms < 60000; ms += rand() % 40)
		if (trunk_pick(trunks, 1, 1, 0, ms) == 0) {
			trunk_call_begins(&trunks[0], NULL, ms);
			starts[n++] = ms;
		}
	for (unsigned i = 8; i < n; i++)
		T_OK(starts[i] - starts[i - 8] >= 1000,
		     "9 starts within a second at %lld",
		     (long long)starts[i]);
	T_OK(n > 470 && n <= 488, "and the rate is used: %u in 60 s", n);
	close_trunks();
}

static void health_decides(void **state)
{
	const struct dial_trunk_conf conf[N] = {
		{ .weight = 1, .probe_ms = 1000 }, { .weight = 1 },
		{ .weight = 1, .standby = 1 },
	};

	(void)state;
	open_trunks(conf);
	trunk_probed(&trunks[0], -1, 0);
	T_OK(trunk_state(&trunks[0], 0) == TRUNK_UP, "one lost probe: up");
	trunk_probed(&trunks[0], -1, 0);
	T_OK(trunk_state(&trunks[0], 999999) == TRUNK_DOWN,
	     "two: down, until a probe is answered");
	trunk_call_begins(&trunks[1], NULL, 0);
	trunk_call_failed(&trunks[1], 503, 30, 0);
	T_OK(trunk_state(&trunks[1], 29999) == TRUNK_BACKOFF &&
	     trunk_state(&trunks[1], 30000) == TRUNK_UP,
	     "Retry-After: 30 is obeyed to the second");
	T_OK(trunk_pick(trunks, N, UINT64_MAX, 0, 100) == 2,
	     "all others out: the standby serves");
	trunk_probed(&trunks[0], 12, 200);
	T_OK(trunk_pick(trunks, N, UINT64_MAX, 0, 200) == 0, "back again");
	T_OK(trunk_pick(trunks, N, UINT64_MAX, 1, 200) == 2,
	     "tried ones count as out: failover reaches the standby");
	for (int i = 0; i < TRUNK_SILENT_DOWN; i++)
		trunk_call_failed(&trunks[2], 0, 0, 300);
	T_OK(trunk_state(&trunks[2], 300) == TRUNK_DOWN &&
	     trunk_state(&trunks[2], 300 + TRUNK_PAUSE_MS) == TRUNK_UP,
	     "silence: down, and without probes tried again later");
	trunk_call_failed(&trunks[1], 503, UINT32_MAX, 40000);
	T_OK(trunk_state(&trunks[1], 40000 + 3600 * 1000) == TRUNK_UP,
	     "no trunk locks itself out for more than an hour");
	trunks[1].drain = true;
	T_OK(trunk_state(&trunks[1], 9999999) == TRUNK_DRAIN, "drained");
	trunk_enable(&trunks[1]);
	T_OK(trunk_state(&trunks[1], 0) == TRUNK_UP, "enabled: all forgiven");
	close_trunks();
}

static void figures_are_right(void **state)
{
	const struct dial_trunk_conf conf[N] = {
		{ .weight = 1, .caller_count = 2,
		  .callers = { "057188001001", "057188001002" } },
	};
	struct dial_trunk_stat s;

	(void)state;
	open_trunks(conf);
	for (unsigned i = 0; i < 100; i++) {
		const char *c = trunk_caller(&trunks[0], "");

		trunk_call_begins(&trunks[0], c, i * 100);
		trunk_call_rings(&trunks[0], 1000 + i * 10, i * 100);
		if (i < 30) {
			trunk_call_answered(&trunks[0], c, i * 100);
			trunk_call_ended(&trunks[0], 60000, i * 100);
		} else {
			trunk_call_failed(&trunks[0], i < 60 ? 486 :
					  i < 90 ? 487 : i < 95 ? 404 : 503,
					  0, i * 100);
		}
	}
	trunk_stat(&trunks[0], 10000, &s);
	T_OK(s.attempts == 100 && s.answers == 30 && s.used == 0, "counts");
	T_OK(s.asr_permille == 300 && s.ner_permille == 900 &&
	     s.r5xx_permille == 50, "ASR %d NER %d 5xx %d", s.asr_permille,
	     s.ner_permille, s.r5xx_permille);
	T_OK(s.acd_ms == 60000, "ACD");
	T_OK(s.pdd_p50_ms == 1500 && s.pdd_p95_ms == 1950, "PDD %d %d",
	     s.pdd_p50_ms, s.pdd_p95_ms);
	T_OK(s.code_count == 5 && s.codes[4].code != 200 &&
	     s.codes[4].count == 5 && s.codes[0].count == 30,
	     "codes, most frequent first");
	T_OK(s.callers[0].calls == 50 && s.callers[1].calls == 50 &&
	     s.callers[0].answers == 15, "caller numbers in turn");
	T_OK(!trunk_rest(&trunks[0], "057188001001", true), "one rests");
	for (int i = 0; i < 4; i++)
		T_OK(!strcmp(trunk_caller(&trunks[0], ""), "057188001002"),
		     "a resting number is left out");
	T_OK(!strcmp(trunk_caller(&trunks[0], "0999"), "0999") &&
	     !strcmp(trunk_caller(&trunks[0], "057188001001"),
		     "057188001002"),
	     "a campaign's own is shown, unless it rests here");
	T_OK(trunk_rest(&trunks[0], "057188001002", true) == ERR_STATE,
	     "the last one may not rest");
	T_OK(!trunk_rest(&trunks[0], "0999", true) &&
	     !strcmp(trunk_caller(&trunks[0], "0999"), "057188001002"),
	     "a campaign's own may: the trunk's is shown instead");
	T_OK(!trunk_rest(&trunks[0], "0999", false) &&
	     !strcmp(trunk_caller(&trunks[0], "0999"), "0999") &&
	     trunk_rest(&trunks[0], "0998", false) == ERR_ABSENT,
	     "and is used again; nobody knows the other");
	for (unsigned i = 0; i < DIAL_SHOWN_MAX; i++) {
		char number[16];

		snprintf(number, sizeof(number), "0%u", 100 + i);
		T_OK(trunk_rest(&trunks[0], number, true) ==
		     (i < DIAL_SHOWN_MAX - 3 ? ERR_OK : ERR_FULL),
		     "number %u", i);
	}
	trunk_stat(&trunks[0], 10000 + 16 * 60000, &s);
	T_OK(s.recent == 0 && s.asr_permille == -1 && s.attempts == 100,
	     "a quarter of an hour later nothing is recent");
	close_trunks();
}

static void sounds_are_summed(void **state)
{
	const struct dial_trunk_conf conf[N] = { { .weight = 1 } };
	struct dial_trunk_stat s;

	(void)state;
	open_trunks(conf);
	trunk_stat(&trunks[0], 0, &s);
	T_OK(s.sound.loss_ppm == -1 && s.sound.mos_pct == -1 &&
	     s.sound.jitter_us == -1 && s.sound.far_loss_ppm == -1,
	     "nothing heard, nothing said");
	trunk_heard(&trunks[0], &(struct dial_sound){ .got = 900,
		.lost = 100, .tx = 1000, .jitter_us = 4000,
		.mos_pct = 400 }, 1000);
	trunk_heard(&trunks[0], &(struct dial_sound){ .got = 300, .late = 2,
		.tx = 300, .sent = 200, .far_lost = 4, .jitter_us = 20000,
		.mos_pct = 440 }, 61000);
	trunk_heard(&trunks[0], &(struct dial_sound){ .tx = 50 }, 61000);
	trunk_stat(&trunks[0], 61000, &s);
	T_OK(s.sound.calls == 2 && s.sound.loss_ppm == 76923 &&
	     s.sound.far_loss_ppm == 20000, "loss %d, far %d",
	     s.sound.loss_ppm, s.sound.far_loss_ppm);
	T_OK(s.sound.jitter_us == 8000 && s.sound.mos_pct == 410,
	     "a call counts by its packets: jitter %d, MOS %d",
	     s.sound.jitter_us, s.sound.mos_pct);
	T_OK(s.sound.tx == 1350 && s.sound.heard == 2 && s.sound.late == 2,
	     "a call nothing came of has no quality");
	T_OK(s.sound.jitter_bins[0] == 0 && s.sound.jitter_bins[1] == 1 &&
	     s.sound.jitter_bins[3] == 2 && s.sound.mos_bins[4] == 1 &&
	     s.sound.mos_bins[8] == 2, "bins hold what is below, too");
	trunk_stat(&trunks[0], 15 * 60000 + 1000, &s);
	T_OK(s.sound.calls == 1 && s.sound.mos_pct == 440,
	     "a quarter of an hour later the first is past");
	trunk_stat(&trunks[0], 17 * 60000, &s);
	T_OK(!s.sound.calls && s.sound.mos_pct == -1 && s.sound.heard == 2,
	     "then all of it; what is counted since the start stays");
	close_trunks();
}

/* -------------------------------------------------------------- causes ---- */

static const struct {
	uint16_t code, q850;
	enum call_result result;
	enum dial_retry retry;
	bool other;
} causes[] = {
	{ 404, 0,  RES_VACANT,      RETRY_NEVER,  false },
	{ 404, 20, RES_UNREACHABLE, RETRY_HOURS,  false }, /* cause first */
	{ 404, 16, RES_VACANT,      RETRY_NEVER,  false }, /* 16 says nothing */
	{ 486, 0,  RES_BUSY,        RETRY_SHORT,  false },
	{ 500, 17, RES_BUSY,        RETRY_SHORT,  false },
	{ 480, 19, RES_NO_ANSWER,   RETRY_WINDOW, false },
	{ 603, 21, RES_REJECTED,    RETRY_LONG,   false },
	{ 403, 21, RES_BARRED,      RETRY_HOURS,  false },
	{ 607, 0,  RES_UNWANTED,    RETRY_DNC,    false },
	{ 608, 0,  RES_BLOCKED,     RETRY_LONG,   false },
	{ 503, 0,  RES_CONGESTION,  RETRY_TRUNK,  true },
	{ 503, 1,  RES_VACANT,      RETRY_NEVER,  false },
	{ 599, 0,  RES_TECHNICAL,   RETRY_TRUNK,  true },
	{ 499, 0,  RES_TECHNICAL,   RETRY_OUTCOME, false },
	{ 699, 0,  RES_REJECTED,    RETRY_LONG,   false },
	{ 302, 0,  RES_NO_ROUTE,    RETRY_TRUNK,  true },
	{ 0,   0,  RES_TECHNICAL,   RETRY_TRUNK,  true },
};

static void causes_mean_what_the_table_says(void **state)
{
	struct dial_causes *c;

	(void)state;
	T_OK(!dial_causes_read("data/sip-causes.tsv", &c), "the table is read");
	for (size_t i = 0; i < ARRAY_LEN(causes); i++) {
		const struct dial_cause *r = dial_cause_find(c, causes[i].code,
							     causes[i].q850);

		T_OK(r && r->result == causes[i].result &&
		     r->retry == causes[i].retry &&
		     r->other_trunk == causes[i].other,
		     "%u/%u is %s, retry %s", causes[i].code, causes[i].q850,
		     call_result_word(r->result), dial_retry_word(r->retry));
	}
	for (unsigned code = 0; code < 700; code++)
		for (unsigned q = 0; q < 128; q++)
			T_OK(dial_cause_find(c, (uint16_t)code, (uint16_t)q),
			     "%u/%u has a row", code, q);
	c = dial_causes_free(c);
}

static void bad_tables_are_refused(void **state)
{
	static const char *const bad[] = {
		"404\t-\tvacant\tnever\n",		/* a field short    */
		"404\t-\tnonsense\tnever\tno\n",
		"404\t-\tvacant\tperhaps\tno\n",
		"404\t-\tvacant\tnever\tmaybe\n",
		"700\t-\tvacant\tnever\tno\n",
		"404\t128\tvacant\tnever\tno\n",
		"7xx\t-\tvacant\tnever\tno\n",
		"404\t-\tvacant\tnever\tno\n404\t-\tbusy\tshort\tno\n",
		"404\t-\tvacant\tnever\tno\n",		/* no "- -" row     */
	};
	char path[] = "/tmp/causes-XXXXXX";
	struct dial_causes *c = NULL;
	int fd = mkstemp(path);

	(void)state;
	T_OK(fd >= 0 && !close(fd), "a file");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		FILE *f = fopen(path, "w");

		fputs(bad[i], f);
		fclose(f);
		T_OK(dial_causes_read(path, &c) == ERR_FORMAT && !c,
		     "table %zu is refused", i);
	}
	remove(path);
	T_OK(dial_causes_read(path, &c) != ERR_OK, "no file, no table");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weights_share_the_calls),
		cmocka_unit_test(channels_and_cps_bind),
		cmocka_unit_test(cps_holds_in_every_window),
		cmocka_unit_test(health_decides),
		cmocka_unit_test(figures_are_right),
		cmocka_unit_test(sounds_are_summed),
		cmocka_unit_test(causes_mean_what_the_table_says),
		cmocka_unit_test(bad_tables_are_refused),
	};

	return T_RUN(tests);
}
