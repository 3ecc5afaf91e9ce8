/* report_test -- a record as a line of CSV, and the audit log page by page. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/t.h"
#include "report/audit.h"
#include "report/cdr.h"
#include "report/tally.h"

/* Fields of a CSV line, quotes taken off; returns how many. */
static size_t fields(const char *line, char out[64][1100])
{
	size_t n = 0;

	while (n < 64) {
		size_t len = 0;
		bool quoted = *line == '"';

		line += quoted;
		while (*line && (quoted || *line != ',')) {
			if (quoted && *line == '"' && *++line != '"')
				break;
			out[n][len++] = *line++;
		}
		out[n++][len] = '\0';
		if (*line++ != ',')
			return n;
	}
	return n;
}

static void lines(void **unused UNUSED)
{
	static char f[64][1100], head[64][1100];
	char line[CDR_CSV_MAX], names[1024];
	struct cdr r = { .uid = 77, .agent = 1001, .result = RES_ANSWERED,
			 .attempt = 3, .lead = 4294967299,
			 .invite_ms = 1000000, .answer_ms = 1010000,
			 .join_ms = 1010500, .end_ms = 1070000,
			 .done_ms = 1075000, .start_ms = 1000000 };
	size_t n, len, k;

	str_copy(r.number, sizeof(r.number), "8613812345678");
	str_copy(r.campaign_name, sizeof(r.campaign_name), "a \"b\", c");
	str_copy(r.note, sizeof(r.note), "one\r\ntwo");
	cdr_csv_header(names, sizeof(names));
	k = fields(names, head);
	len = cdr_csv(&r, "telecom", "Sold", false, line, sizeof(line));
	n = fields(line, f);
	T_OK(len == strlen(line) && n == k && n == 46,
	     "as many fields as columns: %zu of %zu", n, k);
	T_OK(str_eq(f[0], "a \"b\", c") && str_eq(f[17], "one  two"),
	     "quotes, commas and line ends survive: %s, %s", f[0], f[17]);
	for (size_t i = 0; i < n; i++) {
		T_OK(!strstr(f[i], "13812345678"), "%s is masked", head[i]);
		if (str_eq(head[i], "dst") || str_eq(head[i], "lastdata"))
			T_OK(str_eq(f[i], "138****5678"), "%s shows the last "
			     "four: %s", head[i], f[i]);
		if (str_eq(head[i], "billsec"))
			T_OK(str_eq(f[i], "60"), "a minute: %s", f[i]);
		if (str_eq(head[i], "lead"))
			T_OK(str_eq(f[i], "4294967299"), "numbers: %s", f[i]);
	}
	T_OK(!*f[42] && !*f[43] && !*f[44] && !*f[45],
	     "how it sounded is not known: nothing is claimed");
	cdr_sound(&r, &(struct call_sound){ .got = 995, .lost = 5,
		.jitter_us = 4200, .mos_pct = 431, .sent = 200,
		.far_lost = 3 });
	cdr_csv(&r, "telecom", "Sold", true, line, sizeof(line));
	fields(line, f);
	T_OK(str_eq(f[42], "4") && str_eq(f[43], "0.50") &&
	     str_eq(f[44], "4.31") && str_eq(f[45], "1.50"),
	     "and known: %s ms, %s %%, %s, %s %%", f[42], f[43], f[44], f[45]);
	T_OK(str_eq(f[2], "8613812345678") && str_eq(f[8], f[2]),
	     "whole when it is asked for: %s", f[2]);
}

/* Every text at its longest, all quotes: a line is never cut. */
static void longest(void **unused UNUSED)
{
	static char line[CDR_CSV_MAX], f[64][1100];
	struct cdr r;
	char name[33];
	size_t rows;

	const struct schema_field *f0 = cdr_schema.fields(&rows);

	memset(&r, 0xff, sizeof(r));
	for (size_t i = 0; i < rows; i++) {
		char *text = (char *)&r + f0[i].offset;

		if (f0[i].kind != SCHEMA_KIND_text &&
		    f0[i].kind != SCHEMA_KIND_phone)
			continue;
		memset(text, f0[i].kind == SCHEMA_KIND_phone ? '9' : '"',
		       f0[i].max);
		text[f0[i].max] = '\0';
	}
	r.result = RES_ANSWERED;
	r.part = PART_AGENT;
	r.interrupted = r.sale = true;
	r.by = BY_SYSTEM;
	memset(name, '"', 32);
	name[32] = '\0';
	size_t len = cdr_csv(&r, name, name, true, line, sizeof(line));

	T_OK(len < sizeof(line) - 1 && fields(line, f) == 46,
	     "the longest line has %zu bytes and all its fields", len);
	for (size_t size = 1; size < 200; size++) {
		char *cut = malloc(size);

		T_OK(cut && cdr_csv(&r, name, name, true, cut, size) < size,
		     "cut at %zu", size);
		free(cut);
	}
}

static bool count_one(void *arg, const struct cdr *r UNUSED)
{
	++*(int *)arg;
	return true;
}

static void forgotten(void **unused UNUSED)
{
	struct store_conf conf = { 0 };
	struct cdr r = { .uid = 77, .lead = 5, .person = 8613812345678,
			 .result = RES_ANSWERED, .answer_ms = 9 }, got;
	struct store_key k = { 0 };
	struct store_group *g;
	struct store *s;
	uint64_t notes = 0;
	int found = 0;

	str_copy(r.number, sizeof(r.number), "8613812345678");
	str_copy(r.note, sizeof(r.note), "his wife is Ada");
	str_copy(r.recording, sizeof(r.recording), "2026-11-23/77.wav");
	T_OK(!store_open(&conf, &s), "a store");
	g = store_begin(s);
	store_key_u64(&k, r.uid);
	store_key_u64(&k, 4000);
	store_put(g, STORE_RECORDING, k.b, k.len, "Li\this wife is Ada", 18);
	k.b[7]++;		/* another call's */
	store_put(g, STORE_RECORDING, k.b, k.len, "Li\tpolite", 9);
	T_OK(!cdr_put(g, &r) && !store_commit_wait(g, NULL), "a record");
	T_OK(!cdr_of_number(s, r.number, 9, count_one, &found) && found == 1,
	     "is found by number");
	g = store_begin(s);
	T_OK(!cdr_forget(s, g, &r) && !store_commit_wait(g, NULL), "forgotten");
	T_OK(!cdr_of_number(s, r.number, 9, count_one, &found) && found == 1 &&
	     !cdr_of_number(s, "", 9, count_one, &found) && found == 1,
	     "it is not found any more, not even by no number");
	T_OK(!cdr_get(s, 77, &got) && got.answer_ms == 9 &&
	     got.result == RES_ANSWERED, "but it is there");
	T_OK(!got.lead && !got.person && !*got.number && !*got.note &&
	     !*got.recording, "and says nothing of him");
	T_OK(!store_count(s, STORE_RECORDING, &notes) && notes == 1,
	     "nor do notes on its recording; another call's stay");
	store_close(s);
}

struct seen {
	unsigned n;
	int64_t last;
};

static bool seen(void *arg, int64_t wall_ms, const char *who,
		 const char *what)
{
	struct seen *s = arg;

	T_OK(wall_ms >= s->last && str_eq(who, "ann") &&
	     !strncmp(what, "did ", 4), "in order: %s %s", who, what);
	s->last = wall_ms;
	s->n++;
	return true;
}

static void pages(void **unused UNUSED)
{
	struct store_conf conf = { 0 };
	struct audit_place at;
	struct seen s = { 0 };
	struct store *store;
	unsigned turns = 0;
	bool end = false;
	char what[40];

	T_OK(!store_open(&conf, &store), "a store");
	for (int i = 0; i < 100; i++) {
		str_fmt(what, sizeof(what), "did %d", i);
		/* Three in each millisecond. */
		audit_put(store, 1000 + i / 3, "ann", what);
	}
	store_drain(store);
	for (audit_from(&at, 0); !end && turns < 100; turns++)
		T_OK(!audit_page(store, &at, 7, seen, &s, &end), "a page");
	T_OK(s.n == 100 && turns == 15, "each once: %u in %u turns", s.n,
	     turns);
	s = (struct seen){ 0 };
	audit_from(&at, 1030);
	T_OK(!audit_page(store, &at, 50, seen, &s, &end) && end && s.n == 10,
	     "from a time on: %u", s.n);
	audit_put(store, 2000, "ann", "did more");
	store_drain(store);
	T_OK(!audit_page(store, &at, 50, seen, &s, &end) && s.n == 11,
	     "and what came since");
	store_close(store);
}

/* A transferred call: one call, two shares of it, one outside leg. */
static void parts(void **unused UNUSED)
{
	static const struct cdr v[] = {
		{ .uid = 1, .agent = 1002, .campaign = 1, .invite_ms = 1000,
		  .answer_ms = 5000, .person_ms = 5000, .join_ms = 6000,
		  .took_ms = 26000, .end_ms = 66000, .done_ms = 70000,
		  .hold_ms = 9000, .held_ms = 5000, .result = RES_ANSWERED,
		  .sale = true, .from_agent = 1001 },
		{ .uid = 2, .of = 1, .part = PART_AGENT, .agent = 1001,
		  .campaign = 1, .answer_ms = 6000, .join_ms = 6000,
		  .gave_ms = 26000, .end_ms = 26000, .done_ms = 36000,
		  .hold_ms = 5000, .result = RES_ANSWERED, .sale = true,
		  .given = "agent 1002" },
		{ .uid = 3, .of = 1, .part = PART_GUEST, .agent = 1001,
		  .campaign = 1, .invite_ms = 8000, .answer_ms = 9000,
		  .took_ms = 9000, .end_ms = 12000, .done_ms = 12000,
		  .result = RES_ANSWERED, .number = "864001112222",
		  .given = "outside 864001112222" },
	};
	static const int64_t talk[] = { 40000, 20000, 3000 };
	static const int64_t hold[] = { 4000, 5000, 0 };
	struct tally_sums s;
	struct tally *t;
	char given[48];

	T_OK(!tally_new(4, &t), "a tally");
	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		T_OK(cdr_talk_ms(&v[i]) == talk[i], "record %zu: talk %lld", i,
		     (long long)cdr_talk_ms(&v[i]));
		T_OK(cdr_hold_ms(&v[i]) == hold[i], "record %zu: hold %lld", i,
		     (long long)cdr_hold_ms(&v[i]));
		tally_call(t, &v[i], (struct now){ 0, v[i].done_ms });
	}
	tally_today(t, (struct campaign_id){ 1 }, &s);
	T_OK(s.dialled == 1 && s.talked == 1 && s.sales == 1 &&
	     s.by_result[RES_ANSWERED] == 1, "it is one call, and one sale");
	T_OK(s.talk_ms == 51000 && s.hold_ms == 9000,
	     "the customer's talk, music taken off (%lld, %lld)",
	     (long long)s.talk_ms, (long long)s.hold_ms);
	T_OK(s.wrap_ms == 14000, "both agents' wrap-up (%lld)",
	     (long long)s.wrap_ms);
	cdr_given(&v[1], false, given, sizeof(given));
	T_OK(str_eq(given, "agent 1002"), "a colleague is no secret");
	cdr_given(&v[2], false, given, sizeof(given));
	T_OK(!strncmp(given, "outside ", 8) && !strstr(given, "864001112222"),
	     "an outside number is: %s", given);
	cdr_given(&v[2], true, given, sizeof(given));
	T_OK(str_eq(given, "outside 864001112222"), "but for who may see it");
	tally_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(longest),
		cmocka_unit_test(forgotten),
		cmocka_unit_test(pages),
		cmocka_unit_test(parts),
	};

	return T_RUN(tests);
}
