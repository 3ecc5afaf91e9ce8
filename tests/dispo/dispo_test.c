/* How did it go: the table, and what becomes of the lead. */
#include "base/str.h"
#include "base/t.h"
#include "dispo/dispo.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct dispos *load(void)
{
	struct dispos *d;
	char why[256] = "";

	T_OK(!dispo_load("data/dispositions.tsv", &d, why, sizeof(why)),
	     "the table in the tree is good: %s", why);
	return d;
}

static void outcomes_move_the_lead(void **state UNUSED)
{
	static const struct {
		const char *what;
		uint16_t outcome;
		enum call_result result;
		uint32_t left;
		enum dispo_next next;
		int64_t after_s;
	} cases[] = {
		{ "a sale ends it", 1, RES_ANSWERED, 3, DN_DONE, 0 },
		{ "interested: tomorrow", 2, RES_ANSWERED, 3, DN_RETRY, 86400 },
		{ "do not call again", 8, RES_ANSWERED, 3, DN_DNC, 0 },
		{ "busy: 20 minutes", 0, RES_BUSY, 3, DN_RETRY, 1200 },
		{ "busy, no attempts left: done", 0, RES_BUSY, 0, DN_DONE, 0 },
		{ "vacant: never again", 0, RES_VACANT, 3, DN_DONE, 0 },
		{ "607 unwanted: do not call", 0, RES_UNWANTED, 3, DN_DNC, 0 },
		{ "refused by the gate costs no attempt", 0, RES_DENIED, 0,
		  DN_RETRY, 300 },
		{ "nothing known is unknown", 0, RES_NONE, 3, DN_RETRY, 3600 },
		{ "talked, no outcome chosen: none is invented", 0,
		  RES_ANSWERED, 3, DN_RETRY, 14400 },
	};
	struct dispos *d = load();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct call c = { .outcome = cases[i].outcome,
				  .result = cases[i].result };
		struct dispo_step st = dispo_apply(d, &(struct dispo_ask){
			.call = &c, .attempts_left = cases[i].left,
			.now_s = 1000000 });

		T_OK(st.next == cases[i].next, "%s", cases[i].what);
		T_OK(st.next != DN_RETRY ||
		     st.at_s == 1000000 + cases[i].after_s,
		     "%s: at its time", cases[i].what);
	}
	dispo_free(d);
}

static void an_agreed_time_is_kept(void **state UNUSED)
{
	struct dispos *d = load();
	const struct dispo_row *row = dispo_by_digit(d, 3);
	struct call c = { .outcome = row->code, .join_ms = 1 };

	T_OK(dispo_missing(row, &c) == NEEDS_TIME, "first it needs a time");
	c.callback_s = 2000000;
	c.callback_agent.v = 1001;
	T_OK(!dispo_missing(row, &c), "then nothing is missing");
	struct dispo_step st = dispo_apply(d, &(struct dispo_ask){
		.call = &c, .attempts_left = 0, .now_s = 1000000 });

	T_OK(st.next == DN_AGREED && st.at_s == 2000000 &&
	     st.agent.v == 1001 && st.conversation,
	     "a promise is kept even when no attempts are left");
	row = dispo_by_digit(d, 9);
	c.note[0] = '\0';
	T_OK(dispo_missing(row, &c) == NEEDS_NOTE, "other needs a note");
	row = dispo_by_code(d, 10);
	T_OK(row && dispo_is_agents(row) && !row->digit &&
	     dispo_missing(row, &c) == NEEDS_AMOUNT,
	     "a payment that is promised needs its amount");
	c.amount = 120000;
	T_OK(!dispo_missing(row, &c), "then nothing is missing");
	dispo_free(d);
}

static void bad_tables_are_refused(void **state UNUSED)
{
	static const struct { const char *what, *text, *why; } cases[] = {
		{ "too few columns", "1\t1\tsale\n", ":1: nine columns" },
		{ "a word for a code", "x\t1\tsale\tdone\t-\t-\t-\tA\tB\n",
		  ":1: code is a number" },
		{ "an unknown kind", "1\t1\tsold\tdone\t-\t-\t-\tA\tB\n",
		  ":1: unknown kind" },
		{ "retry without a time", "1\t1\tsale\tretry\t-\t-\t-\tA\tB\n",
		  ":1: retry needs a time" },
		{ "an agent's outcome that is none",
		  "1\t1\tsale\tback\t-\t-\t-\tA\tB\n",
		  ":1: back is for system rows" },
		{ "a digit twice", "1\t1\tsale\tdone\t-\t-\t-\tA\tB\n"
		  "2\t1\tsale\tdone\t-\t-\t-\tA\tB\n", ":2: digit comes" },
		{ "a code twice", "1\t1\tsale\tdone\t-\t-\t-\tA\tB\n"
		  "1\t2\tsale\tdone\t-\t-\t-\tA\tB\n", ":2: code comes" },
		{ "a result without its row",
		  "1\t1\tsale\tdone\t-\t-\t-\tA\tB\n",
		  "no row for call result answered" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char path[] = "/tmp/waihu-dispo-XXXXXX", why[256] = "";
		struct dispos *d = NULL;
		int fd = mkstemp(path);

		T_OK(write(fd, cases[i].text, strlen(cases[i].text)) > 0,
		     "a file is written");
		close(fd);
		T_OK(dispo_load(path, &d, why, sizeof(why)) == ERR_FORMAT &&
		     !d, "%s is refused", cases[i].what);
		T_OK(strstr(why, cases[i].why), "%s: %s", cases[i].what, why);
		unlink(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes_move_the_lead),
		cmocka_unit_test(an_agreed_time_is_kept),
		cmocka_unit_test(bad_tables_are_refused),
	};

	return T_RUN(tests);
}
