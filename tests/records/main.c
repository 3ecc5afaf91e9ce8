/*
 * records DIR N -- a data folder with N records of calls of the last days,
 * for tests and figures of the export.  The server must not run.
 * records DIR N NUMBER MINUTES PERCENT -- N calls that showed this caller
 * number, MINUTES ago and in the ten seconds after, so many of them answered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/str.h"
#include "report/cdr.h"

enum { ROWS = 1000 };

static struct cdr record(uint64_t i, int64_t wall_ms)
{
	static const char *const notes[] = {
		"", "wants a call \"after work\"", "\xe5\xae\xa2\xe6\x88\xb7",
		"two\nlines, and a comma" };
	struct cdr r = { .uid = cdr_uid_at(wall_ms) + i % 4096,
			 .lead = (1ull << 32) + i, .list = 1,
			 .person = 8613800000000 + i, .campaign = 1,
			 .agent = (uint32_t)(1001 + i % 40), .trunk = 1,
			 .attempt = 1, .start_ms = wall_ms,
			 .invite_ms = wall_ms + 5, .ring_ms = wall_ms + 900,
			 .answer_ms = wall_ms + 9000,
			 .join_ms = wall_ms + 9100,
			 .end_ms = wall_ms + 69100,
			 .done_ms = wall_ms + 80000, .result = RES_ANSWERED,
			 .by = BY_CUSTOMER, .sip_code = 200, .q850 = 16,
			 .outcome = 1 };

	str_copy(r.campaign_name, sizeof(r.campaign_name), "spring");
	str_fmt(r.number, sizeof(r.number), "86138%08llu",
		(unsigned long long)(i % 100000000));
	str_copy(r.caller, sizeof(r.caller), "862155550100");
	str_copy(r.note, sizeof(r.note), notes[i % ARRAY_LEN(notes)]);
	if (i % 10 == 3)
		str_copy(r.given, sizeof(r.given), "outside 8613912345678");
	str_fmt(r.recording, sizeof(r.recording), "2026-11-22/%llu.wav",
		(unsigned long long)r.uid);
	return r;
}

/* Of the first trunk; what was answered is spread evenly. */
static struct cdr shown(uint64_t i, int64_t wall_ms, const char *caller,
			uint64_t percent)
{
	struct cdr r = { .uid = cdr_uid_at(wall_ms) + i % 4096, .trunk = 1,
			 .campaign = 1, .attempt = 1, .start_ms = wall_ms,
			 .invite_ms = wall_ms, .end_ms = wall_ms + 20000,
			 .done_ms = wall_ms + 20000,
			 .result = RES_NO_ANSWER, .sip_code = 480 };

	str_copy(r.campaign_name, sizeof(r.campaign_name), "spring");
	str_copy(r.caller, sizeof(r.caller), caller);
	str_fmt(r.number, sizeof(r.number), "86139%08llu",
		(unsigned long long)i);
	if ((i + 1) * percent / 100 != i * percent / 100) {
		r.result = RES_ANSWERED;
		r.sip_code = 200;
		r.answer_ms = r.person_ms = wall_ms + 6000;
	}
	return r;
}

int main(int argc, char **argv)
{
	struct store_conf conf = { .dir = argc > 1 ? argv[1] : NULL,
				   .map_bytes = UINT64_C(4) << 30 };
	int64_t now_ms = (int64_t)time(NULL) * 1000;
	struct store *s;
	uint64_t n, minutes = 0, percent = 0;

	if ((argc != 3 && argc != 6) || str_to_u64(argv[2], 100000000, &n) ||
	    (argc == 6 && (str_to_u64(argv[4], 100000, &minutes) ||
			   str_to_u64(argv[5], 100, &percent)))) {
		fprintf(stderr, "usage: records DIR N [NUMBER MINUTES "
			"PERCENT]\n");
		return 64;
	}
	if (store_open(&conf, &s))
		return 1;
	for (uint64_t i = 0; i < n;) {
		struct store_group *g = store_begin_bulk(s);

		for (int k = 0; k < ROWS && i < n; k++, i++) {
			/* 20 a second, the newest an hour ago. */
			struct cdr r = argc == 6
				? shown(i, now_ms - (int64_t)minutes * 60000 +
					(int64_t)(i % 10000), argv[3], percent)
				: record(i, now_ms - 3600000 -
					 (int64_t)(n - i) * 50);

			if (cdr_put(g, &r))
				return 1;
		}
		if (store_commit_wait(g, NULL))
			return 1;
	}
	store_close(s);
	return 0;
}
