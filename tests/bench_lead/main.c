/*
 * bench_lead -- import, gate, next lead and start-up, on LMDB.
 *
 *	bench_lead [rows]        one million by default
 *
 * Prints a line a figure; exit 1 when one is below the project's bar.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "gate/gate.h"
#include "lead/lead.h"
#include "lead/lead_import.h"
#include "store/store.h"

struct bench {
	char dir[64];
	struct store *store;
	struct zones *zones;
	struct gate *gate;
	struct leads *leads;
	struct gate_campaign campaign;
	int64_t wall_ms;
	int below;
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(enum err e, const char *what)
{
	if (!e)
		return;
	fprintf(stderr, "bench_lead: %s: %s\n", what, err_text(e));
	exit(1);
}

static void figure(struct bench *b, const char *what, double v,
		   const char *unit, double bar, bool least)
{
	bool ok = !bar || (least ? v >= bar : v <= bar);

	printf("%-34s %12.1f %s", what, v, unit);
	if (bar)
		printf("  (bar %s %.0f%s)", least ? ">=" : "<=", bar,
		       ok ? "" : ": BELOW");
	printf("\n");
	fflush(stdout);
	b->below += !ok;
}

static void open_all(struct bench *b)
{
	char why[200] = "";

	must(store_open(&(struct store_conf){ .dir = b->dir }, &b->store),
	     "store");
	must(zones_load("data/zones.tsv", NULL, &b->zones, why, sizeof(why)),
	     why);
	must(gate_open(&(struct gate_conf){ b->store, b->zones,
					    "data/profiles.tsv",
					    "data/holidays.tsv" },
		       &b->gate, why, sizeof(why)), why);
	must(lead_open(b->store, b->zones, &b->leads), "leads");
	b->campaign = (struct gate_campaign){
		.id = { 1 }, .purpose = PURPOSE_MARKETING,
		.profile = gate_profile(b->gate, "cn"), .tries_max = 6,
		.cap_n = 5, .cap_s = 30 * 86400 };
}

static void close_all(struct bench *b)
{
	b->leads = lead_free(b->leads);
	b->gate = gate_free(b->gate);
	b->store = store_close(b->store);
	b->zones = zones_free(b->zones);
}

/* A list as a company has it: mobiles in no order, names, cities, tiers. */
static FILE *file_new(const char *dir, unsigned rows)
{
	static const char *const heads[] = { "130", "131", "133", "135", "136",
		"138", "139", "150", "151", "158", "177", "186", "188", "189" };
	static const char *const names[] = { "王芳", "李伟", "张敏", "刘洋",
					     "陈静" };
	static const char *const cities[] = { "上海", "北京", "广州", "成都" };
	char path[96];

	str_fmt(path, sizeof(path), "%s/list.csv", dir);
	FILE *f = fopen(path, "w+");

	if (!f)
		exit(1);
	fputs("手机号,姓名,城市,等级,标签,授权方式,授权时间\n", f);
	for (uint64_t i = 0; i < rows; i++) {
		/* A permutation of 14 x 10^8 numbers: none comes twice. */
		uint64_t n = i * UINT64_C(982451653) % UINT64_C(1400000000);

		fprintf(f, "%s%08llu,%s,%s,%c,new|web,%s,%s\n",
			heads[n / 100000000],
			(unsigned long long)(n % 100000000), names[i % 5],
			cities[i % 4], 'A' + (char)(i % 4),
			i % 10 ? "" : "短信", i % 10 ? "" : "2026-01-02");
	}
	fflush(f);
	rewind(f);
	return f;
}

static enum err consent(void *arg, struct store_group *grp, uint64_t person,
			const struct lead_consent *c)
{
	struct gate_consent g = { .person = person, .at_s = c->at_s,
				  .kind = CONSENT_SMS,
				  .purpose = PURPOSE_MARKETING };

	str_copy(g.proof, sizeof(g.proof), c->proof);
	return gate_consent_add(arg, grp, &g);
}

static void import(struct bench *b, unsigned rows)
{
	struct lead_list list = { .name = "bench", .country = "CN" };
	struct store_group *g = store_begin(b->store);
	struct lead_import_state st;
	struct rusage r;

	must(lead_list_add(b->leads, g, &list), "list");
	must(store_commit_wait(g, NULL), "list");
	FILE *f = file_new(b->dir, rows);
	struct lead_import_conf conf = {
		.list = { list.id }, .wall_s = b->wall_ms / 1000,
		.consent = consent, .consent_arg = b->gate };

	conf.check = true;
	double t = seconds();

	must(lead_import_run(b->leads, &conf, f, &st), st.why);
	figure(b, "import --check", rows / (seconds() - t), "rows/s", 0, true);
	rewind(f);
	conf.check = false;
	t = seconds();
	must(lead_import_run(b->leads, &conf, f, &st), st.why);
	figure(b, "import", rows / (seconds() - t), "rows/s", 200000, true);
	if (st.added != rows)
		printf("only %llu of %u were added\n",
		       (unsigned long long)st.added, rows), b->below++;
	rewind(f);
	t = seconds();
	must(lead_import_run(b->leads, &conf, f, &st), st.why);
	figure(b, "the same file again (duplicates)",
	       rows / (seconds() - t), "rows/s", 0, true);
	b->below += st.dup_list != rows || st.added;
	fclose(f);
	getrusage(RUSAGE_SELF, &r);
	figure(b, "memory at most", (double)r.ru_maxrss / 1024, "MiB", 0,
	       false);
}

static bool always(void *arg, struct campaign_id c,
		   const struct zone_set *places, int64_t wall_s,
		   int64_t *until_s)
{
	struct bench *b = arg;

	(void)c;
	return gate_zones_open(b->gate, &b->campaign, places, wall_s, until_s);
}

static void next(struct bench *b)
{
	const unsigned n = 20000;
	struct list_id list = { 1 };
	struct now now = { .wall_ms = b->wall_ms };
	struct lead *l = malloc(sizeof(*l));
	double t = seconds();

	must(lead_campaign_set(b->leads, b->campaign.id, &list, 1, always, b),
	     "campaign");
	for (unsigned i = 0; i < n; i++) {
		struct store_group *g = store_begin(b->store);

		must(lead_next(b->leads, g, b->campaign.id, now, l), "next");
		must(store_commit(g, NULL, NULL), "commit");
		if (i % 64 == 0)
			store_pump(b->store);
	}
	double took = seconds() - t;

	figure(b, "lead_next, reserved and queued", n / took, "leads/s", 0,
	       true);
	figure(b, "lead_next", took / n * 1e6, "us", 0, false);
	store_drain(b->store);
	free(l);
}

static void asks(struct bench *b)
{
	const unsigned n = 200000;
	unsigned passed = 0;
	char number[16];
	double t = seconds();

	/* One in a thousand has a history; the rest is looked up in vain. */
	for (unsigned i = 0; i < n; i++) {
		struct gate_verdict v;
		struct gate_pass *p = NULL;

		str_fmt(number, sizeof(number), "861%02u%08u", 30 + i % 10,
			i * 4999 % 100000000);
		enum err e = gate_ask(b->gate, &(struct gate_ask){
				.attempt = i + 1, .lead = { i + 1 },
				.e164 = number, .campaign = &b->campaign,
				.agents_free = 1,
				.now = { .wall_ms = b->wall_ms } }, &v, &p);

		passed += !e;
		if (e != ERR_DENIED)
			must(e, "ask");
		gate_pass_free(p);
	}
	double us = (seconds() - t) / n * 1e6;

	figure(b, "gate_ask, refused for consent", us, "us", 20, false);
	b->campaign.purpose = PURPOSE_SERVICE;
	for (unsigned i = 0; i < 3000; i++) {
		struct store_group *g = store_begin(b->store);

		for (unsigned k = 0; k < 3; k++)
			must(gate_note_intent(b->gate, g, &(struct gate_attempt){
				.attempt = i * 3 + k + 1, .lead = { 1 },
				.campaign = { 2 }, .e164 = "8613812345678",
				.person = i + 1,
				.wall_s = b->wall_ms / 1000 - 20 * 86400 }),
			     "note");
		must(store_commit(g, NULL, NULL), "commit");
		if (i % 64 == 0)
			store_pump(b->store);
	}
	store_drain(b->store);
	t = seconds();
	passed = 0;
	for (unsigned i = 0; i < n; i++) {
		struct gate_verdict v;
		struct gate_pass *p = NULL;
		enum err e = gate_ask(b->gate, &(struct gate_ask){
				.attempt = UINT64_MAX, .lead = { i + 1 },
				.person = i % 3000 + 1,
				.e164 = "8613812345678",
				.campaign = &b->campaign, .agents_free = 1,
				.now = { .wall_ms = b->wall_ms } }, &v, &p);

		passed += !e;
		gate_pass_free(p);
	}
	us = (seconds() - t) / n * 1e6;
	figure(b, "gate_ask, passed, 3 calls before", us, "us", 20, false);
	figure(b, "gate_ask", 1e6 / us, "asks/s", 0, true);
	b->below += passed != n;
}

int main(int argc, char **argv)
{
	unsigned rows = argc > 1 ? (unsigned)atoi(argv[1]) : 1000000;
	struct bench b = { .dir = "/tmp/bench_leadXXXXXX" };
	char cmd[96];

	if (!mkdtemp(b.dir) || rows < 50000) {
		fprintf(stderr, "usage: bench_lead [rows >= 50000]\n");
		return 64;
	}
	/* Monday 2026-11-23, noon in Shanghai. */
	b.wall_ms = INT64_C(1795406400) * 1000;
	open_all(&b);
	import(&b, rows);
	next(&b);
	asks(&b);
	close_all(&b);
	double t = seconds();

	open_all(&b);
	figure(&b, "start-up with these leads", (seconds() - t) * 1000, "ms",
	       5000, false);
	figure(&b, "reservations put back", lead_recovered(b.leads), "", 0,
	       false);
	close_all(&b);
	str_fmt(cmd, sizeof(cmd), "rm -rf %s", b.dir);
	return system(cmd) || b.below ? 1 : 0;
}
