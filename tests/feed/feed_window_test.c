/*
 * Many screens on one floor that changes at random: what each makes of the
 * changes it is sent is what a screen that has just come is sent whole.
 */
#include "base/t.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "dial/loop.h"
#include "feed/feed.h"
#include "house/house_priv.h"
#include "msg/msg_keep.h"
#include "options.h"

enum { AGENTS = 90, SCREENS = 8, STEPS = 3000, PAGES = MSG_CHANGES - MSG_HEAD };

static struct {
	char dir[64];
	struct clock clock;
	struct conf *conf;
	struct house *house;
	struct feed *feed;
	unsigned dice, sent, whole, lost, gaps, compared;
	size_t bytes;
} s;

/* Session i + 1. */
static struct eye {
	struct msg_subscribe sub;
	char team[41];
	struct msg_kept kept[PAGES];
	bool missed[PAGES];		/* the newest state of that page     */
	bool gap;			/* and it has noticed                */
} eyes[SCREENS];

static unsigned roll(unsigned n)
{
	s.dice = s.dice * 1103515245u + 12345u;
	return (s.dice >> 8) % n;
}

static void sent_h(void *arg UNUSED, const uint64_t *to, size_t n,
		   enum msg_type type, const void *obj)
{
	const struct msg_changes *c = obj;

	T_OK(type == MSG_CHANGES, "only changes go out");
	s.sent++;
	s.whole += !c->from;
	s.bytes += c->diff_len;
	for (size_t i = 0; i < n; i++) {
		struct eye *e = &eyes[to[i] - 1];
		bool *missed = &e->missed[c->page - MSG_HEAD];
		enum err err;

		if (to[i] != SCREENS && !roll(200)) {
			s.lost++;	/* as if it had never come */
			*missed = true;
			continue;
		}
		err = msg_keep_take(&e->kept[c->page - MSG_HEAD], c);
		T_OK(err == (*missed && c->from ? ERR_STATE : ERR_OK),
		     "a gap is seen, all else is taken: %s", err_text(err));
		*missed = err;
		s.gaps += err != ERR_OK;
		e->gap = e->gap || err;
	}
}

static void pacing_h(void *arg UNUSED, uint64_t session UNUSED,
		     struct campaign_id id UNUSED)
{
}

static void write_conf(char *path, size_t size)
{
	char top[200];
	FILE *f;

	T_OK(getcwd(top, sizeof(top)), "the tree is known");
	str_copy(s.dir, sizeof(s.dir), "/tmp/waihu-feed.XXXXXX");
	T_OK(mkdtemp(s.dir), "a folder");
	str_fmt(path, size, "%s/waihu.yaml", s.dir);
	f = fopen(path, "w");
	T_OK(f, "its configuration");
	fprintf(f, "server:\n  listen: udp:127.0.0.1:0\n  clients: ipc:%s/c\n"
		"  state: %s/state\n  data: %s/data\n  agents_max: 100\n"
		"  calls_max: 100\n  map: 64M\n  disk_reserve: 1M\n"
		"media:\n  address: 127.0.0.1\n  recordings: %s/rec\n"
		"trunks:\n  one: {uri: \"sip:127.0.0.1:9\", channels: 6, "
		"caller_ids: [\"+862885551001\"]}\n"
		"breaks:\n  tea: {label: Tea, budget: 30m}\n"
		"  lunch: {label: Lunch, budget: 60m}\n"
		"  training: {label: Training}\n"
		"campaigns:\n  spring:\n    mode: preview\n    profile: none\n"
		"    lists: demo\n    wrap: 20s\n"
		"    label: Spring\n    label_zh: 春季\n", s.dir, s.dir, top,
		s.dir);
	fclose(f);
}

/* An alert of an hour ago that nobody can read is no reason not to open. */
static void bad_alert(struct store *st)
{
	struct store_group *g = store_begin(st);
	struct store_key k = { 0 };

	store_key_u64(&k, 1790000000000 - 3600000);
	store_key_u32(&k, 1);
	store_put(g, STORE_ALERT, k.b, k.len, "\xc1", 1);
	T_OK(!store_commit(g, NULL, NULL), "an alert nobody can read");
}

static int open_floor(void **state UNUSED)
{
	char path[100], cmd[200];
	const char *paths[] = { path };

	s.dice = 7;
	log_set_level(LOG_ERR);
	write_conf(path, sizeof(path));
	str_fmt(cmd, sizeof(cmd), "mkdir -p %s/state %s/rec", s.dir, s.dir);
	T_OK(!system(cmd), "and its folders");
	clock_init_virtual(&s.clock, (struct now){ 1000000,
						   1790000000000 });
	T_OK(!conf_load(paths, 1, &server_options, &s.conf, conf_error_print,
			stderr), "is read");
	T_OK(!loop_init(0) && !house_new(s.conf, &s.clock, &s.house),
	     "a house opens");
	bad_alert(live_rooms(s.house->live)->store);
	T_OK(!feed_new(s.house->live, s.house->tally, s.house->perf, sent_h,
		       pacing_h, NULL, &s.feed), "a feed of our own");
	return 0;
}

static int close_floor(void **state UNUSED)
{
	char cmd[200];

	for (size_t i = 0; i < SCREENS; i++)
		for (size_t k = 0; k < PAGES; k++)
			msg_keep_drop(&eyes[i].kept[k]);
	s.feed = feed_free(s.feed);
	s.house = house_free(s.house);
	loop_fini();
	conf_free(s.conf);
	str_fmt(cmd, sizeof(cmd), "rm -rf %s", s.dir);
	return system(cmd);
}

static void tell(enum floor_input_kind kind, uint32_t agent, int64_t value,
		 const char *text)
{
	struct floor_input in = { .kind = kind, .agent = agent,
				  .value = value };
	enum err e;

	str_copy(in.text, sizeof(in.text), text);
	e = live_input(s.house->live, &in);
	T_OK(!e || e == ERR_STATE || e == ERR_ABSENT || e == ERR_AGAIN,
	     "input %d: %s", (int)kind, err_text(e));
}

/* Something happens to somebody. */
static void happen(void)
{
	uint32_t agent = 1 + roll(AGENTS);
	char text[60];

	switch (roll(6)) {
	case 0:
		str_fmt(text, sizeof(text), "Agent %u\t%s", agent,
			agent % 3 ? "north" : "south");
		tell(IN_LOGIN, agent, 0, text);
		break;
	case 1:
		tell(IN_LINE, agent, roll(4) > 0, "");
		break;
	case 2:
		tell(IN_BREAK, agent, 0, "");
		break;
	case 3:
		tell(IN_NOT_READY, agent, 0, "");
		break;
	case 4:
		tell(roll(8) ? IN_READY : IN_LOGOUT, agent, 0, "");
		break;
	default:
		tell(IN_ASSIGN, agent, 0, roll(2) ? "1" : "");
		break;
	}
}

static void subscribe(unsigned i)
{
	eyes[i].gap = false;
	T_OK(!feed_subscribe(s.feed, i + 1, eyes[i].team, &eyes[i].sub),
	     "a screen looks");
}

/* Few kinds of windows, so that some are shared. */
static void turn_to(unsigned i)
{
	static const uint8_t views[] = { MSG_VIEW_AGENTS, MSG_VIEW_AGENTS,
		MSG_VIEW_OVERVIEW, MSG_VIEW_CAMPAIGNS, MSG_VIEW_TRUNKS,
		MSG_VIEW_ALERTS, MSG_VIEW_CALLS, MSG_VIEW_TRUNK };
	static const uint8_t sorts[] = { MSG_SORT_ATTENTION, MSG_SORT_NAME,
					 MSG_SORT_STATE, MSG_SORT_TIME };
	struct msg_subscribe *sub = &eyes[i].sub;

	*sub = (struct msg_subscribe){ .view = views[roll(8)],
		.sort = sorts[roll(4)], .reverse = !roll(4),
		.rows = roll(2) ? 20 : 64, .top = roll(3) ? 0 : roll(30),
		.trunk = roll(2) };
	if (!roll(4))
		str_copy(sub->find, sizeof(sub->find), "3");
	str_copy(eyes[i].team, sizeof(eyes[i].team), roll(3) ? "" : "south");
	subscribe(i);
}

static enum msg_type shown_by(const struct msg_subscribe *sub)
{
	static const enum msg_type types[MSG_VIEW_COUNT] = {
		[MSG_VIEW_OVERVIEW] = MSG_FLOOR,
		[MSG_VIEW_AGENTS] = MSG_AGENTS,
		[MSG_VIEW_CAMPAIGNS] = MSG_CAMPAIGNS,
		[MSG_VIEW_TRUNKS] = MSG_TRUNKS, [MSG_VIEW_CALLS] = MSG_CALLS,
		[MSG_VIEW_ALERTS] = MSG_ALERTS, [MSG_VIEW_TRUNK] = MSG_TRUNK };

	return types[sub->view];
}

static void same(unsigned a, unsigned b, enum msg_type type)
{
	static uint8_t one[MSG_FRAME_MAX], two[MSG_FRAME_MAX];
	const struct msg_kept *x = &eyes[a].kept[type - MSG_HEAD];
	const struct msg_kept *y = &eyes[b].kept[type - MSG_HEAD];
	size_t na, nb;

	T_OK(x->page && y->page && x->seq == y->seq, "%s: both have it, %u "
	     "and %u", msg_row(type)->name, x->seq, y->seq);
	T_OK(!msg_encode(type, 0, x->page, one, sizeof(one), &na) &&
	     !msg_encode(type, 0, y->page, two, sizeof(two), &nb) &&
	     na == nb && !memcmp(one, two, na),
	     "%s by its changes is %s whole", msg_row(type)->name,
	     msg_row(type)->name);
}

/* The last session is always new to the window of screen i. */
static void compare(unsigned i)
{
	unsigned last = SCREENS - 1;

	feed_gone(s.feed, SCREENS);
	memset(eyes[last].missed, 0, sizeof(eyes[last].missed));
	for (size_t k = 0; k < PAGES; k++)
		msg_keep_drop(&eyes[last].kept[k]);
	eyes[last].sub = eyes[i].sub;
	str_copy(eyes[last].team, sizeof(eyes[last].team), eyes[i].team);
	subscribe(last);
	feed_tick(s.feed, clock_now(&s.clock));
	/* What it missed it will notice when the next change comes. */
	if (eyes[i].gap || eyes[i].missed[0] ||
	    eyes[i].missed[shown_by(&eyes[i].sub) - MSG_HEAD])
		return;
	s.compared++;
	same(i, last, shown_by(&eyes[i].sub));
	same(i, last, MSG_HEAD);
}

static void test_floor(void **state UNUSED)
{
	for (unsigned i = 0; i < SCREENS - 1; i++)
		turn_to(i);
	for (unsigned step = 0; step < STEPS; step++) {
		unsigned i = roll(SCREENS - 1);

		for (unsigned n = roll(5); n; n--)
			happen();
		clock_advance(&s.clock, 100 + roll(1400));
		feed_tick(s.feed, clock_now(&s.clock));
		if (!roll(20))
			turn_to(i);
		else if (!roll(40))
			feed_team(s.feed, i + 1, eyes[i].team);
		else if (!roll(4) && !eyes[i].gap)
			compare(i);
		else if (eyes[i].gap)
			subscribe(i);
	}
	T_OK(s.compared > 500 && s.lost > 20 && s.gaps > 10 &&
	     s.sent > s.whole * 2, "%u compared; %u sent, %u whole, %u lost, "
	     "%u gaps seen, %zu bytes", s.compared, s.sent, s.whole, s.lost,
	     s.gaps, s.bytes);
}

/* A floor on which nothing happens but time costs nothing. */
static void test_still(void **state UNUSED)
{
	unsigned before;

	for (unsigned i = 0; i < SCREENS; i++)
		feed_gone(s.feed, i + 1);
	eyes[SCREENS - 1].sub = (struct msg_subscribe){
		.view = MSG_VIEW_AGENTS, .rows = 20 };
	*eyes[SCREENS - 1].team = '\0';
	subscribe(SCREENS - 1);
	feed_tick(s.feed, clock_now(&s.clock));
	before = s.sent;
	for (int i = 0; i < 5; i++) {
		clock_advance(&s.clock, 1000);
		feed_tick(s.feed, clock_now(&s.clock));
	}
	T_OK(s.sent - before <= 5 + 1, "%u messages in 5 s of nothing",
	     s.sent - before);
}

/* One on which all is new each second does not flood a slow line. */
static void test_wild(void **state UNUSED)
{
	const struct msg_kept *k = &eyes[0].kept[MSG_AGENTS - MSG_HEAD];
	unsigned sent = 0, seconds = 120;
	size_t from;
	uint32_t seq;

	for (unsigned i = 0; i < SCREENS; i++)
		feed_gone(s.feed, i + 1);
	for (uint32_t a = 1; a <= AGENTS; a++)
		tell(IN_LOGIN, a, 0, "Somebody with a name\tnorth");
	memset(eyes[0].missed, 0, sizeof(eyes[0].missed));
	*eyes[0].team = '\0';
	eyes[0].sub = (struct msg_subscribe){ .view = MSG_VIEW_AGENTS,
		.sort = MSG_SORT_TIME, .reverse = true, .rows = 40 };
	subscribe(0);
	feed_tick(s.feed, clock_now(&s.clock));
	from = s.bytes;
	for (unsigned i = 0; i < 4 * seconds; i++) {
		for (uint32_t a = 1 + i / 4 % 2; !(i % 4) && a <= AGENTS;
		     a += 2)
			tell(i / 8 % 2 ? IN_BREAK : IN_NOT_READY, a, 0, "");
		clock_advance(&s.clock, 250);
		seq = k->seq;
		feed_tick(s.feed, clock_now(&s.clock));
		sent += k->seq != seq;
	}
	T_OK(s.bytes - from < 1500 * seconds, "%zu bytes a second",
	     (s.bytes - from) / seconds);
	T_OK(sent > seconds / 8 && sent < seconds, "%u pages in %u s: "
	     "there is more than the line has", sent, seconds);
}

/* What is spent of the breaks that have a budget, as the agent is shown it. */
static void test_breaks(void **state UNUSED)
{
	static const struct { int64_t row; unsigned min, spent; } cases[] = {
		{ 0, 5, 5 }, { 1, 20, 25 }, { 2, 40, 25 }, { 0, 2, 27 },
	};
	struct floor *f = live_rooms(s.house->live)->floor;
	struct agent_id id = { AGENTS + 1 };
	struct msg_agent_row row;

	tell(IN_LOGIN, id.v, 0, "Rested\tnorth");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct seat *seat = seat_get(floor_seats(f), id);

		T_OK(seat, "the agent is in");
		tell(IN_NOT_READY, id.v, 0, "");
		tell(IN_BREAK, id.v, cases[i].row, "");
		clock_advance(&s.clock, cases[i].min * 60000);
		feed_agent_row(s.feed, seat, clock_now(&s.clock), &row);
		T_OK(row.break_min == cases[i].spent &&
		     row.break_allowed_min == 90, "breaks %u/%u after %zu",
		     row.break_min, row.break_allowed_min, i + 1);
	}
}

static bool eyes_zh;

/* What screen 1 was sent of that page, whole. */
static const void *looked(enum msg_view view, enum msg_type type)
{
	for (unsigned i = 0; i < SCREENS; i++)
		feed_gone(s.feed, i + 1);
	memset(eyes[0].missed, 0, sizeof(eyes[0].missed));
	for (size_t k = 0; k < PAGES; k++)
		msg_keep_drop(&eyes[0].kept[k]);
	*eyes[0].team = '\0';
	eyes[0].sub = (struct msg_subscribe){ .view = (uint8_t)view,
		.sort = MSG_SORT_ID, .rows = 20 };
	str_copy(eyes[0].sub.lang, sizeof(eyes[0].sub.lang),
		 eyes_zh ? "zh" : "en");
	do {			/* a tenth gets lost */
		memset(eyes[0].missed, 0, sizeof(eyes[0].missed));
		subscribe(0);
		clock_advance(&s.clock, 1000);
		feed_tick(s.feed, clock_now(&s.clock));
	} while (eyes[0].missed[type - MSG_HEAD] || eyes[0].missed[0]);
	return eyes[0].kept[type - MSG_HEAD].page;
}

/* The head counts the campaigns there are, and those that run. */
static void overview(bool in_zh)
{
	const struct msg_floor *f;
	const struct msg_head *h;

	eyes_zh = in_zh;
	for (uint32_t i = 1; i <= AGENTS + 1; i++)
		tell(IN_LOGOUT, i, 0, "");
	feed_tick(s.feed, clock_now(&s.clock));
	clock_advance(&s.clock, 20 * 60000);	/* who is late is forgotten */
	f = looked(MSG_VIEW_OVERVIEW, MSG_FLOOR);
	h = eyes[0].kept[0].page;

	T_OK(h->campaigns == 0 && h->campaigns_all == 1, "%u of %u run",
	     h->campaigns, h->campaigns_all);
	T_OK(f->campaigns_count == 1 &&
	     f->campaigns[0].state == MSG_CAMPAIGN_STOPPED, "it is stopped");
	T_OK(f->todo_count == 0, "and there is nothing to do");
	T_OK(str_eq(f->campaigns[0].name, in_zh ? "春季" : "Spring"),
	     "in its language: %s", f->campaigns[0].name);
	for (uint32_t i = 0; i < f->figures_count; i++)
		T_OK(f->figures[i].judge != MSG_JUDGE_LOW &&
		     f->figures[i].judge != MSG_JUDGE_HIGH,
		     "no call was made: nothing is low or high");
}

static void test_overview(void **state UNUSED)
{
	overview(false);
	overview(true);
}

static void test_bad_alert(void **state UNUSED)
{
	struct store *st = live_rooms(s.house->live)->store;
	struct store_key k = { 0 };
	uint8_t v[4];
	size_t len;

	store_key_u64(&k, 1790000000000 - 3600000);
	store_key_u32(&k, 1);
	T_OK(!store_get(st, STORE_ALERT, k.b, k.len, v, sizeof(v), &len) &&
	     len == 1, "what could not be read is still there");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_floor),
		cmocka_unit_test(test_still),
		cmocka_unit_test(test_wild),
		cmocka_unit_test(test_breaks),
		cmocka_unit_test(test_overview),
		cmocka_unit_test(test_bad_alert),
	};

	return cmocka_run_group_tests(tests, open_floor, close_floor);
}
