/*
 * Who is next, what becomes of a lead, and what a crash leaves.
 */
#include "base/t.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "lead/lead_world.h"

static void order(void **state)
{
	struct lead_world w;
	struct lead l;
	struct lead_id low, high, first;

	(void)state;
	lead_world_open(&w, NULL);
	T_OK(lead_world_next(&w, &l) == ERR_ABSENT, "nobody yet");
	first = lead_world_add(&w, "8613800138000", 100);
	low = lead_world_add(&w, "8613800138001", 50);
	high = lead_world_add(&w, "8613800138002", 200);
	lead_world_add(&w, "8613800138003", 100);
	T_OK(!lead_world_next(&w, &l) && l.id == high.v, "priority first");
	T_OK(l.status == LEAD_RESERVED, "it is reserved");
	T_OK(!lead_world_next(&w, &l) && l.id == first.v, "then the oldest");
	T_OK(!lead_world_next(&w, &l) && l.id == first.v + 1 + 2, "the next");
	T_OK(!lead_world_next(&w, &l) && l.id == low.v, "the lowest last");
	T_OK(lead_world_next(&w, &l) == ERR_ABSENT, "none is left");
	T_OK(lead_world_count(&w, LEAD_RESERVED) == 4 &&
		     lead_world_count(&w, LEAD_READY) == 0, "counted");
	lead_world_close(&w);
}

/* Many more than a page, random priorities: always the best there is. */
static void many(void **state)
{
	struct lead_world w;
	struct lead l;
	uint32_t last = 255, seed = 7;
	unsigned n = 0;
	char number[20];

	(void)state;
	lead_world_open(&w, NULL);
	for (unsigned i = 0; i < 700; i++) {
		seed = seed * 1664525 + 1013904223;
		str_fmt(number, sizeof(number), "86138%08u", i);
		lead_world_add(&w, number, 1 + (seed >> 8) % 254);
	}
	while (!lead_world_next(&w, &l)) {
		T_OK(l.priority <= last, "%u after %u", l.priority, last);
		last = l.priority;
		n++;
		/* A better one that comes meanwhile is next. */
		if (n == 350) {
			struct lead_id id = lead_world_add(
				&w, "8613900000000", 254);

			T_OK(!lead_world_next(&w, &l) && l.id == id.v,
			     "the new one first");
		}
	}
	T_OK(n == 700, "each once: %u", n);
	lead_world_close(&w);
}

static void after_the_call(void **state)
{
	struct lead_world w;
	struct lead l;
	int64_t now;

	(void)state;
	lead_world_open(&w, NULL);
	now = w.now.wall_ms / 1000;
	struct lead_id a = lead_world_add(&w, "8613800138000", 100);
	struct lead_id b = lead_world_add(&w, "8613800138001", 100);

	T_OK(!lead_world_next(&w, &l) && l.id == a.v, "a");
	T_OK(lead_world_finish(&w, b, &(struct lead_step){ .next = LEAD_DONE }) ==
		     ERR_STATE, "b is not in a call");
	T_OK(!lead_world_finish(&w, a, &(struct lead_step){
			.next = LEAD_LATER, .at_s = now + 600, .dialled = true,
			.result = RES_BUSY, .by = { 1001 },
			.note = "engaged" }), "a is busy");
	T_OK(!lead_get(w.leads, a, &l) && l.attempts == 1 &&
		     l.last_result == RES_BUSY && l.last_agent == 1001 &&
		     str_eq(l.note, "engaged") && l.last_at_s == now,
	     "it is written down");
	T_OK(!lead_world_next(&w, &l) && l.id == b.v, "b");
	T_OK(lead_world_next(&w, &l) == ERR_ABSENT, "a is not due");
	w.now.wall_ms += 599 * 1000;
	T_OK(lead_world_tick(&w) == 0, "nor a second before");
	w.now.wall_ms += 1000;
	T_OK(lead_world_tick(&w) == 1, "now it is");
	T_OK(!lead_world_next(&w, &l) && l.id == a.v && l.attempts == 1,
	     "a again");
	T_OK(!lead_world_finish(&w, a, &(struct lead_step){ .next = LEAD_DNC }),
	     "asked not to be called");
	struct store_group *g = store_begin(w.store);

	T_OK(!lead_release(w.leads, g, b, 0, w.now), "b was not dialled");
	lead_world_commit(&w, g);
	T_OK(!lead_world_next(&w, &l) && l.id == b.v && !l.attempts,
	     "b as it was");
	T_OK(lead_world_count(&w, LEAD_DNC) == 1 &&
		     lead_world_count(&w, LEAD_RESERVED) == 1 &&
		     lead_world_count(&w, LEAD_LATER) == 0, "counts");
	lead_world_close(&w);
}

static void callbacks(void **state)
{
	struct lead_world w;
	struct lead l;
	struct lead_id a;
	int64_t now;

	(void)state;
	lead_world_open(&w, NULL);
	now = w.now.wall_ms / 1000;
	a = lead_world_add(&w, "8613800138000", 1);
	lead_world_add(&w, "8613800138001", 254);
	struct store_group *g = store_begin(w.store);

	T_OK(!lead_take(w.leads, g, a, w.now, &l), "taken by hand");
	lead_world_commit(&w, g);
	g = store_begin(w.store);
	T_OK(lead_take(w.leads, g, a, w.now, &l) == ERR_STATE, "only once");
	store_abort(g);
	T_OK(!lead_world_finish(&w, a, &(struct lead_step){
			.next = LEAD_AGREED, .at_s = now + 60, .agent = { 1001 } }),
	     "at four, with 1001");
	g = store_begin(w.store);
	T_OK(lead_next_mine(w.leads, g, w.campaign, (struct agent_id){ 1001 },
			    w.now, &l) == ERR_ABSENT, "not yet");
	w.now.wall_ms += 60 * 1000;
	T_OK(lead_next_mine(w.leads, g, w.campaign, (struct agent_id){ 1002 },
			    w.now, &l) == ERR_ABSENT, "not 1002's");
	T_OK(!lead_next_mine(w.leads, g, w.campaign, (struct agent_id){ 1001 },
			     w.now, &l) && l.id == a.v, "1001's, on time");
	lead_world_commit(&w, g);
	T_OK(!lead_world_finish(&w, a, &(struct lead_step){
			.next = LEAD_AGREED, .at_s = now + 120, .agent = { 1001 } }),
	     "another time");
	w.now.wall_ms += (60 + 899) * 1000;
	T_OK(lead_world_tick(&w) == 0, "he has a quarter of an hour");
	w.now.wall_ms += 1000;
	T_OK(lead_world_tick(&w) == 1, "then it is anyone's");
	T_OK(!lead_world_next(&w, &l) && l.id == a.v && l.due,
	     "before all others");
	g = store_begin(w.store);
	T_OK(lead_next_mine(w.leads, g, w.campaign, (struct agent_id){ 1001 },
			    w.now, &l) == ERR_ABSENT, "no longer his");
	store_abort(g);
	lead_world_close(&w);
}

/* ---- hours --------------------------------------------------------------------- */

struct hours {
	const struct zones *zones;
	bool east, west;
	unsigned asked;
};

static bool open_h(void *arg, struct campaign_id c,
		   const struct zone_set *places, int64_t wall_s,
		   int64_t *until_s)
{
	struct hours *h = arg;
	bool is_east = str_eq(zone_name(h->zones, places->at[0]),
			      "America/New_York");

	(void)c;
	h->asked++;
	*until_s = wall_s + 3600;
	return is_east ? h->east : h->west;
}

static void closed_groups(void **state)
{
	struct lead_world w;
	struct lead l;
	struct lead_lack lack;
	struct hours h = { .east = true };
	char number[20];

	(void)state;
	lead_world_open(&w, NULL);
	h.zones = w.zones;
	T_OK(!lead_campaign_set(w.leads, w.campaign, &w.list, 1, open_h, &h),
	     "hours are asked");
	for (unsigned i = 0; i < 100; i++) {
		str_fmt(number, sizeof(number), "1213555%04u", i);
		lead_world_add(&w, number, 200);
	}
	struct lead_id ny = lead_world_add(&w, "12125550100", 10);

	T_OK(!lead_world_next(&w, &l) && l.id == ny.v,
	     "a hundred better ones are asleep");
	T_OK(lead_world_next(&w, &l) == ERR_ABSENT, "nobody else is awake");
	T_OK(h.asked == 2, "asked once a group, not once a lead: %u", h.asked);
	lead_lack(w.leads, w.campaign, w.now, &lack);
	T_OK(lack.ready_closed == 100 && lack.groups_closed == 1 &&
		     lack.ready_open == 0 && lack.reserved == 1 &&
		     lack.opens_s == w.now.wall_ms / 1000 + 3600,
	     "and it says why");
	h.west = true;
	T_OK(lead_world_next(&w, &l) == ERR_ABSENT, "the answer still holds");
	w.now.wall_ms += 3600 * 1000;
	T_OK(!lead_world_next(&w, &l), "then it is asked again");
	h.west = false;
	lead_campaign_recheck(w.leads, w.campaign);
	T_OK(lead_world_next(&w, &l) == ERR_ABSENT, "or when told to");
	lead_world_close(&w);
}

/* ---- records --------------------------------------------------------------------- */

static void changes(void **state)
{
	struct lead_world w;
	struct lead l, back;
	struct lead_id ids[4];
	size_t n;

	(void)state;
	lead_world_open(&w, NULL);
	struct lead_id a = lead_world_add(&w, "8613800138000", 100);
	struct lead dup = { .list = w.list.v, .numbers_count = 1 };
	struct store_group *g = store_begin(w.store);

	str_copy(dup.numbers[0].e164, 16, "8613800138000");
	T_OK(lead_add(w.leads, g, &dup, w.now) == ERR_EXISTS, "known");
	str_copy(dup.numbers[0].e164, 16, "013800138000");
	T_OK(lead_add(w.leads, g, &dup, w.now) == ERR_FORMAT, "not E.164");
	store_abort(g);
	T_OK(!lead_get(w.leads, a, &l), "read");
	str_copy(l.numbers[0].e164, 16, "12125550100");
	l.priority = 7;
	g = store_begin(w.store);
	T_OK(!lead_set(w.leads, g, &l), "changed");
	lead_world_commit(&w, g);
	T_OK(!lead_by_number(w.leads, "8613800138000", ids, 4, &n) && !n,
	     "the old number is forgotten");
	T_OK(!lead_by_number(w.leads, "12125550100", ids, 4, &n) && n == 1 &&
		     ids[0].v == a.v, "the new one is known");
	T_OK(!lead_get(w.leads, a, &back) && back.zones != 0, "zones");
	struct zone_set places;
	char text[ZONE_TEXT_MAX];

	T_OK(lead_zones(w.leads, back.zones, &places), "a zone group");
	zone_set_print(w.zones, &places, text, sizeof(text));
	T_OK(str_eq(text, "America/New_York@US-NY"), "%s", text);
	l = back;
	l.status = LEAD_HELD;
	g = store_begin(w.store);
	T_OK(!lead_set(w.leads, g, &l), "held");
	lead_world_commit(&w, g);
	T_OK(lead_world_next(&w, &l) == ERR_ABSENT, "not called while held");
	T_OK(lead_world_count(&w, LEAD_HELD) == 1, "counted");
	g = store_begin(w.store);
	T_OK(!lead_erase(w.leads, g, a), "erased");
	lead_world_commit(&w, g);
	T_OK(lead_get(w.leads, a, &l) == ERR_ABSENT, "gone");
	T_OK(!lead_by_number(w.leads, "12125550100", ids, 4, &n) && !n,
	     "with its number");
	T_OK(lead_world_count(&w, LEAD_HELD) == 0, "counted again");
	lead_world_close(&w);
}

static bool count_row(void *arg, const void *key, size_t klen,
		      const void *val, size_t vlen)
{
	(void)key;
	(void)klen;
	(void)val;
	(void)vlen;
	++*(unsigned *)arg;
	return true;
}

static unsigned rows_in(struct lead_world *w, enum store_table t)
{
	unsigned n = 0;

	T_OK(!store_scan_all(w->store, t, &(struct store_range){ 0 },
			     count_row, &n), "scanned");
	return n;
}

static void erase_list(void **state)
{
	struct lead_world w;
	struct lead l;
	char number[20];
	bool left = true;
	unsigned rounds = 0;

	(void)state;
	lead_world_open(&w, NULL);
	for (unsigned i = 0; i < 50; i++) {
		str_fmt(number, sizeof(number), "86138%08u", i);
		lead_world_add(&w, number, 100);
	}
	T_OK(!lead_world_next(&w, &l), "one is in a call");
	struct lead_id busy = { l.id };

	while (left && rounds < 20) {
		struct store_group *g = store_begin(w.store);
		enum err e = lead_list_erase(w.leads, g, w.list, 20, &left);

		if (e) {
			T_OK(e == ERR_STATE, "only the call is in the way");
			store_abort(g);
			T_OK(!lead_world_finish(&w, busy, &(struct lead_step){
					.next = LEAD_DONE }), "the call ends");
		} else {
			lead_world_commit(&w, g);
		}
		rounds++;
	}
	T_OK(!left && rounds > 2, "erased in pieces");
	T_OK(!rows_in(&w, STORE_LEAD) && !rows_in(&w, STORE_LEAD_READY) &&
		     !rows_in(&w, STORE_LEAD_BY_NUMBER) &&
		     !rows_in(&w, STORE_LIST), "not a row is left");
	T_OK(!lead_list(w.leads, w.list), "nor the list");
	lead_world_close(&w);
}

/* What was in a call when we died is READY again; counts are right. */
static void restart(void **state)
{
	struct lead_world w;
	struct lead l;
	char dir[] = "/tmp/leadXXXXXX", cmd[64], number[20];

	(void)state;
	T_OK(mkdtemp(dir), "a folder");
	lead_world_open(&w, dir);
	for (unsigned i = 0; i < 300; i++) {
		str_fmt(number, sizeof(number), "86138%08u", i);
		lead_world_add(&w, number, 100);
	}
	for (unsigned i = 0; i < 280; i++)
		T_OK(!lead_world_next(&w, &l), "reserved");
	T_OK(!lead_world_finish(&w, (struct lead_id){ l.id },
				&(struct lead_step){ .next = LEAD_DONE }), "one done");
	lead_world_close(&w);

	lead_world_open(&w, dir);
	T_OK(lead_recovered(w.leads) == 279, "%u are put back",
	     lead_recovered(w.leads));
	T_OK(lead_world_count(&w, LEAD_READY) == 299 &&
		     lead_world_count(&w, LEAD_RESERVED) == 0 &&
		     lead_world_count(&w, LEAD_DONE) == 1, "counts");
	for (unsigned i = 0; i < 299; i++)
		T_OK(!lead_world_next(&w, &l), "lead %u", i);
	T_OK(lead_world_next(&w, &l) == ERR_ABSENT, "each once");
	lead_world_close(&w);
	str_fmt(cmd, sizeof(cmd), "rm -r %s", dir);
	T_OK(!system(cmd), "swept");
}

/* A group that failed: the lead is not lost and not counted twice. */
static void undone(void **state)
{
	struct lead_world w;
	struct lead l, again;

	(void)state;
	lead_world_open(&w, NULL);
	lead_world_add(&w, "8613800138000", 100);
	struct store_group *g = store_begin(w.store);

	T_OK(!lead_next(w.leads, g, w.campaign, w.now, &l), "reserved");
	store_abort(g);
	T_OK(lead_world_next(&w, &again) == ERR_ABSENT, "held in memory");
	lead_undo(w.leads, (struct lead_id){ l.id });
	T_OK(lead_world_count(&w, LEAD_READY) == 1 &&
		     lead_world_count(&w, LEAD_RESERVED) == 0, "counts");
	T_OK(!lead_world_next(&w, &again) && again.id == l.id, "there again");
	lead_world_close(&w);
}

/* The last digit is how likely they answer. */
static double last_digit(void *arg, const struct lead *l)
{
	const char *no = l->numbers[0].e164;

	(void)arg;
	return no[strlen(no) - 1];
}

static void likelier_first(void **state)
{
	static const char *const want[] = { "8613800138100", "8613800138009",
					    "8613800138007",
					    "8613800138003" };
	struct lead_world w;
	struct lead l;

	(void)state;
	lead_world_open(&w, NULL);
	lead_world_add(&w, want[3], 0);
	lead_world_add(&w, want[1], 0);
	lead_world_add(&w, want[0], 9);
	lead_world_add(&w, want[2], 0);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		struct store_group *g = store_begin(w.store);

		T_OK(!lead_next_best(w.leads, g, w.campaign, w.now, last_digit,
				     NULL, &l), "a lead");
		lead_world_commit(&w, g);
		T_OK(!strcmp(l.numbers[0].e164, want[i]),
		     "priority first, then who is likelier: %s, not %s",
		     l.numbers[0].e164, want[i]);
	}
	struct store_group *g = store_begin(w.store);

	T_OK(lead_next_best(w.leads, g, w.campaign, w.now, last_digit, NULL,
			    &l) == ERR_ABSENT, "all are in a call");
	store_abort(g);
	lead_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(many),
		cmocka_unit_test(after_the_call),
		cmocka_unit_test(callbacks),
		cmocka_unit_test(closed_groups),
		cmocka_unit_test(changes),
		cmocka_unit_test(erase_list),
		cmocka_unit_test(restart),
		cmocka_unit_test(undone),
		cmocka_unit_test(likelier_first),
	};

	return T_RUN(tests);
}
