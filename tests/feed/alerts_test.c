/*
 * Alerts: each of the list is raised by the figures that mean it, not by
 * those that do not; lasts before it is told, clears with a margin, can be
 * kept quiet; is told in both languages.
 */
#include "base/t.h"
#include "feed/feed_priv.h"
#include "floor/floor_world.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static struct now at(int64_t s)
{
	return (struct now){ 1000000 + s * 1000, 1787000000000 + s * 1000 };
}

/* ---- the rules ------------------------------------------------------------ */

static void told(const struct feed_say *s, const char *en, const char *zh)
{
	T_OK(strstr(s->en, en), "\"%s\" says %s", s->en, en);
	T_OK(strstr(s->zh, zh), "\"%s\" says %s", s->zh, zh);
	T_OK(str_is_utf8(s->zh, strlen(s->zh)), "whole characters");
}

/* Each language has its own name of it. */
static const struct feed_name spring_name = { "Spring", "春季续约" };

static void abandon(void **state UNUSED)
{
	static const struct { const char *what; int32_t now, today;
			      uint32_t answered; bool on, off, near; } cases[] = {
		{ "over the target", 310, 100, 500, true, false, false },
		{ "at the target", 300, 100, 500, false, false, false },
		{ "within the margin", 280, 100, 500, false, false, false },
		{ "below the margin", 269, 100, 500, false, true, false },
		{ "no calls", -1, -1, 0, false, true, false },
		{ "today near its limit", 100, 271, 100, false, true, true },
		{ "today near, but few calls", 100, 271, 99, false, true,
		  false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct msg_campaign_row r = { .name = "Spring",
			.target = 300, .abandon = cases[i].now,
			.abandon_today = cases[i].today,
			.answered = cases[i].answered,
			.judge = cases[i].now > 300 ? MSG_JUDGE_HIGH
						    : MSG_JUDGE_OK };
		struct feed_say s;

		rule_abandon(spring_name, &r, &s);
		T_OK(s.on == cases[i].on && s.off == cases[i].off, "%s",
		     cases[i].what);
		rule_abandon_today(spring_name, &r, &s);
		T_OK(s.on == cases[i].near, "near: %s", cases[i].what);
	}
	struct msg_campaign_row r = { .name = "春季续约", .target = 300,
				      .abandon = 340, .judge = MSG_JUDGE_FEW };
	struct feed_say s;

	rule_abandon(spring_name, &r, &s);
	T_OK(!s.on, "of few calls nothing is said");
	r.judge = MSG_JUDGE_HIGH;

	rule_budget(spring_name, false, &s);
	T_OK(!s.on && s.off, "a budget that lasts is no alert");
	rule_budget(spring_name, true, &s);
	T_OK(s.on && !s.off, "one that is gone is");
	told(&s, "Spring has used up its abandonment budget: it dials "
	     "progressively", "春季续约 呼损额度已用完，改为渐进式外呼");
	rule_abandon(spring_name, &r, &s);
	told(&s, "Spring abandon 3.4% is over 3.0% (15 min).",
	     "春季续约 呼损率 3.4% 超过 3.0%");
}

/* The legal window, while the target is held. */
static void abandon_legal(void **state UNUSED)
{
	static const struct { const char *what; int32_t legal, target;
			      bool held, on; } cases[] = {
		{ "just over", 301, 300, true, true },
		{ "over, not held yet", 301, 300, false, false },
		{ "at it, where a pacer keeps it", 300, 300, true, false },
		{ "one, where none is allowed", 1, 0, true, true },
		{ "nothing answered", -1, 300, true, false },
		{ "no target", 301, -1, true, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct msg_campaign_row r = { .target = cases[i].target,
			.abandon_legal = cases[i].legal };
		struct feed_say s;

		rule_abandon_legal(spring_name, &r, cases[i].held, &s);
		T_OK(s.on == cases[i].on && s.off == !cases[i].on, "%s",
		     cases[i].what);
		if (i)
			continue;
		T_OK(s.level == MSG_LEVEL_ALARM, "an alarm");
		told(&s, "Spring has abandoned 3.01% in all, over its target "
		     "of 3.00%", "春季续约 累计呼损率 3.01%，超过目标 3.00%");
	}
}

/* One call, or ten, say nothing of a rate; by how many they do. */
static void enough(void **state UNUSED)
{
	static const struct { const char *what; uint32_t part, n;
			      int32_t target; bool want; } cases[] = {
		{ "none", 0, 0, 300, false },
		{ "one abandoned of one", 1, 1, 300, false },
		{ "no sale in one conversation", 0, 1, 600, false },
		{ "all of 29", 29, 29, 2500, false },
		{ "connects of 30, target 25 %", 8, 30, 2500, true },
		{ "no sale in 49, target 6 %", 0, 49, 600, false },
		{ "no sale in 50", 0, 50, 600, true },
		{ "2 abandoned of 99, target 3 %", 2, 99, 300, false },
		{ "2 abandoned of 100", 2, 100, 300, true },
		{ "5 abandoned of 30: for certain", 5, 30, 300, true },
		{ "no target to tell it from", 1, 30, 0, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		T_OK(rule_enough(cases[i].part, cases[i].n,
				 cases[i].target) == cases[i].want, "%s",
		     cases[i].what);
}

static struct feed_say connect(uint32_t n1, uint32_t p1, uint32_t n2,
			       uint32_t p2)
{
	struct tally_sums last = { .dialled = n1, .person = p1 };
	struct tally_sums all = { .dialled = n1 + n2, .person = p1 + p2 };
	struct feed_say s;

	rule_connect(spring_name, &last, &all, &s);
	return s;
}

static void connect_drop(void **state UNUSED)
{
	struct feed_say s = connect(200, 24, 1000, 310);
	unsigned need = 0;

	T_OK(s.on && !s.off, "31%% to 12%% in 200 calls is certain");
	told(&s, "fell to 12.0% from 31.0% (200 calls;",
	     "接通率从 31.0% 降到 12.0%");
	T_OK(sscanf(strstr(s.en, "calls;"), "calls; %u make", &need) == 1 &&
	     need > 30 && need < 200, "the number that makes it certain: %u",
	     need);
	/* With that many calls at the same rates it is on; with fewer, not. */
	T_OK(connect(need + 2, (need + 2) * 12 / 100, 1000, 310).on,
	     "%u calls are enough", need + 2);
	T_OK(!connect(need * 8 / 10, need * 8 / 10 * 12 / 100 + 1, 1000,
		      310).on, "four fifths of them are not");
	T_OK(!connect(29, 0, 1000, 310).on, "few calls say nothing");
	T_OK(!connect(200, 55, 1000, 310).on, "31%% to 27.5%% may be chance");
	T_OK(connect(200, 62, 1000, 310).off, "the same rate clears it");
	T_OK(!connect(200, 90, 1000, 310).on, "a rise is no drop");
}

static void caller_number(void **state UNUSED)
{
	static const struct {
		const char *what;
		struct callers_count recent, before, others, others_before;
		bool resting, on, off;
	} cases[] = {
		{ "31 % to 12 %", { 120, 14 }, { 1000, 310 }, { 0 }, { 0 },
		  false, true, false },
		{ "while the others stay", { 120, 14 }, { 1000, 310 },
		  { 240, 76 }, { 2000, 630 }, false, true, false },
		{ "all numbers fell: a bad hour", { 120, 14 }, { 1000, 310 },
		  { 240, 29 }, { 2000, 630 }, false, false, true },
		{ "the others rose: no fault of this one", { 120, 36 },
		  { 1000, 310 }, { 240, 140 }, { 2000, 630 }, false, false,
		  true },
		{ "too few others to say", { 120, 14 }, { 1000, 310 },
		  { 20, 0 }, { 2000, 630 }, false, true, false },
		{ "too few calls", { 29, 0 }, { 1000, 310 }, { 0 }, { 0 },
		  false, false, false },
		{ "no level yet", { 120, 14 }, { 29, 10 }, { 0 }, { 0 },
		  false, false, false },
		{ "a little less", { 120, 33 }, { 1000, 310 }, { 0 }, { 0 },
		  false, false, true },
		{ "it rests", { 120, 14 }, { 1000, 310 }, { 0 }, { 0 }, true,
		  false, true },
		{ "nobody ever answered", { 120, 0 }, { 1000, 0 }, { 0 },
		  { 0 }, false, false, true },
	};
	struct callers_rate r = { .number = "057188001003" };
	unsigned need = 0;
	struct feed_say s;
	char note[81];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		r.recent = cases[i].recent;
		r.before = cases[i].before;
		r.others = cases[i].others;
		r.others_before = cases[i].others_before;
		rule_caller(&r, cases[i].resting, &s);
		T_OK(s.on == cases[i].on && s.off == cases[i].off,
		     "%s: %d %d", cases[i].what, s.on, s.off);
	}
	r = (struct callers_rate){ .number = "057188001003",
		.recent = { 120, 14 }, .before = { 1000, 310 } };
	rule_caller(&r, false, &s);
	told(&s, "057188001003 answered 12%, fell from 31%: spam label? (120 "
	     "calls; ", "057188001003 接通 12%，原为 31%：被标记骚扰？（120 通");
	T_OK(sscanf(strstr(s.en, "calls;"), "calls; %u make", &need) == 1 &&
	     need >= 30 && need < 120, "%u make it certain", need);
	/* With that many at the same rates it is on; with far fewer, not. */
	r.recent = (struct callers_count){ need + 2, (need + 2) * 117 / 1000 };
	rule_caller(&r, false, &s);
	T_OK(s.on, "%u calls are enough", need + 2);
	r.recent.tried = need * 7 / 10;
	r.recent.person = need * 7 / 10 * 12 / 100 + 1;
	rule_caller(&r, false, &s);
	T_OK(!s.on, "seven tenths of them are not");
	rule_caller_note(&r, false, note, sizeof(note));
	T_OK(!*note, "nothing is noted before it is certain");
	r.fell = true;
	rule_caller_note(&r, false, note, sizeof(note));
	T_OK(str_eq(note, "fell from 31%: spam label?"), "%s", note);
	rule_caller_note(&r, true, note, sizeof(note));
	T_OK(str_eq(note, "原为 31%：被标记骚扰？"), "%s", note);
}

static void idle(void **state UNUSED)
{
	uint32_t blocked[GATE_RULE_COUNT] = { [GATE_HOURS] = 1204,
		[GATE_OWN_DNC] = 12, [GATE_TRIES] = 7, [GATE_PAUSE] = 3 };
	struct rule_idle x = { .name = spring_name, .running = true, .ready = 6,
		.idle = IDLE_LEADS, .idle_word = "no leads",
		.bound_word = "", .blocked = blocked };
	static const struct { int idle; const char *en, *zh; } reasons[] = {
		{ IDLE_LEADS, "no leads", "没有可拨名单" },
		{ IDLE_HOURS, "hours", "不在允许时段" },
		{ IDLE_TRUNKS, "trunks", "中继没有空闲线路" },
		{ IDLE_DISK, "disk", "磁盘已满" },
		{ IDLE_GATE, "refused by rules", "被合规规则拦截" },
	};
	struct feed_say s;

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		x.idle = reasons[i].idle;
		x.idle_word = idle_reason_word((enum idle_reason)x.idle);
		rule_idle(&x, &s);
		T_OK(s.on && !s.off, "%s", reasons[i].en);
		told(&s, "6 agents idle", "6 名坐席空等");
		told(&s, reasons[i].en, reasons[i].zh);
	}
	told(&s, "(hours 1204, own-dnc 12, attempts 7)",
	     "（时段 1204，本方黑名单 12，次数用完 7）");
	x.idle = IDLE_NONE;
	rule_idle(&x, &s);
	T_OK(!s.on && s.off, "it dials");
	x.bound = PACER_BOUND_CPS;
	x.bound_word = "CPS";
	rule_idle(&x, &s);
	T_OK(s.on, "agents are idle because of a cap");
	told(&s, "held by a limit: CPS", "受上限限制：每秒呼叫数");
	x.idle = IDLE_LEADS;
	x.ready = 0;
	rule_idle(&x, &s);
	T_OK(!s.on && s.off, "nobody waits");
	x.ready = 6;
	x.running = false;
	rule_idle(&x, &s);
	T_OK(!s.on, "a stopped campaign is no alert");
}

static void sound(void **state UNUSED)
{
	static const struct { const char *what; int32_t mos; uint32_t calls;
			      bool on, off; } cases[] = {
		{ "nothing heard", -1, 0, false, true },
		{ "poor, but few calls", 34, 9, false, true },
		{ "poor", 35, 10, true, false },
		{ "neither", 37, 100, false, false },
		{ "fair", 38, 100, false, true },
		{ "good", 43, 100, false, true },
	};
	struct msg_trunk_row r = { .name = "telecom-a", .loss = 310,
				   .jitter_us = 24900 };
	struct feed_say s;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		r.mos_x10 = cases[i].mos;
		r.heard = cases[i].calls;
		rule_trunk_sound(&r, &s);
		T_OK(s.on == cases[i].on && s.off == cases[i].off, "%s",
		     cases[i].what);
	}
	r.mos_x10 = 34;
	r.heard = 25;
	rule_trunk_sound(&r, &s);
	told(&s, "trunk telecom-a sounds poor: MOS 3.4, loss 3.1%, jitter 24 "
	     "ms (25 calls)", "中继 telecom-a 通话质量差：MOS 3.4，丢包 3.1%");
}

static void trunks(void **state UNUSED)
{
	struct msg_trunk_row r = { .name = "telecom-a", .cap = 60,
				   .state = MSG_TRUNK_DOWN };
	struct feed_say s;

	rule_trunk_down(&r, &s);
	T_OK(s.on && s.level == MSG_LEVEL_ALARM, "down is an alarm");
	told(&s, "telecom-a is down", "中继 telecom-a 中断");
	r.state = MSG_TRUNK_UP;
	rule_trunk_down(&r, &s);
	T_OK(!s.on && s.off, "up again");
	r.used = 57;
	rule_trunk_full(&r, &s);
	T_OK(s.on, "57 of 60 is full");
	told(&s, "57 of 60", "57/60");
	r.used = 55;
	rule_trunk_full(&r, &s);
	T_OK(!s.on && !s.off, "55 is between");
	r.used = 53;
	rule_trunk_full(&r, &s);
	T_OK(s.off, "53 is room again");
	r.cap = 0;
	rule_trunk_full(&r, &s);
	T_OK(!s.on, "no channels, none used up");
	r.e5xx = 501;
	rule_trunk_5xx(&r, &s);
	T_OK(s.on, "congestion: 5%% of calls fail");
	told(&s, "telecom-a: 5xx in 5 of 100 calls",
	     "telecom-a：每 100 次呼叫 5 次 5xx");
	T_OK(s.level == MSG_LEVEL_WATCH, "to be watched");
	r.e5xx = 1001;
	rule_trunk_5xx(&r, &s);
	T_OK(s.level == MSG_LEVEL_ALARM, "one in ten is an alarm");
	r.e5xx = 300;
	rule_trunk_5xx(&r, &s);
	T_OK(!s.on && !s.off, "3%% is between");
	r.e5xx = -1;
	rule_trunk_5xx(&r, &s);
	T_OK(!s.on && s.off, "no calls, no failures");
}

static void stuck_and_disk(void **state UNUSED)
{
	struct feed_say s;

	rule_stuck("Ma Lin", 1038, MSG_STATE_WRAP, 181, 60, &s);
	T_OK(s.on, "three times its wrap-up");
	told(&s, "Ma Lin 1038 in wrap-up 3 min, limit 1:00",
	     "Ma Lin 1038 话后整理 3 分钟，上限 1:00");
	rule_stuck("Ma Lin", 1038, MSG_STATE_WRAP, 180, 60, &s);
	T_OK(!s.on && s.off, "not yet");
	rule_stuck("Ma Lin", 1038, MSG_STATE_TALK, 9000, 0, &s);
	T_OK(!s.on, "what has no limit is not stuck");
	rule_disk(true, &s);
	T_OK(s.on && s.level == MSG_LEVEL_ALARM, "a full disk");
	told(&s, "disk is full", "磁盘已满");
	rule_disk(false, &s);
	T_OK(s.off, "room again");
}

/* ---- lasting, clearing, muting ---------------------------------------------- */

static const struct campaign_id spring = { 1 }, win = { 2 };
static const struct agent_id nobody = { 0 };
static const struct trunk_id none = { 0 };

static void judge(struct feed *f, bool on, bool off, int64_t s)
{
	struct feed_say say = { .on = on, .off = off,
				.level = MSG_LEVEL_ALARM };

	str_copy(say.en, sizeof(say.en), "in words");
	str_copy(say.zh, sizeof(say.zh), "文字");
	feed_judge(f, spring, nobody, none, "abandon", &say, at(s));
}

static void an_alert_lasts_and_clears(void **state UNUSED)
{
	struct feed *f = calloc(1, sizeof(*f));
	struct msg_alert_row r;

	T_OK(f, "memory");
	judge(f, true, false, 0);
	judge(f, true, false, 29);
	T_OK(!feed_alerts_open(f, at(29)), "29 s are no alert");
	judge(f, true, false, 30);
	T_OK(feed_alerts_open(f, at(30)) == 1, "30 s are one");
	judge(f, true, false, 60);
	T_OK(feed_alerts_open(f, at(60)) == 1, "it stays one");
	judge(f, false, false, 61);
	T_OK(feed_alerts_open(f, at(61)) == 1, "between, it stays");
	judge(f, false, true, 62);
	T_OK(!feed_alerts_open(f, at(62)), "off, it is over");
	T_OK(feed_alert_at(f, 0, false, &r) && r.cleared_ms == at(62).wall_ms &&
	     str_eq(r.text, "in words"), "and in the history");
	T_OK(feed_alert_at(f, 0, true, &r) && str_eq(r.text, "文字"),
	     "also in Chinese");
	/* A gap starts the hold-off again. */
	judge(f, true, false, 70);
	judge(f, false, true, 80);
	judge(f, true, false, 90);
	judge(f, true, false, 101);
	T_OK(!feed_alerts_open(f, at(101)), "what comes and goes is none");
	free(f);
}

static void an_alert_is_kept_quiet(void **state UNUSED)
{
	struct feed *f = calloc(1, sizeof(*f));
	struct msg_alert_row r;

	T_OK(f, "memory");
	judge(f, true, false, 0);
	judge(f, true, false, 30);
	T_OK(feed_alert_at(f, 0, false, &r), "an alert");
	T_OK(feed_ack(f, r.id + 1, "boss", "seen", 0, at(31)) == ERR_ABSENT,
	     "another number is none");
	T_OK(feed_ack(f, r.id, "boss", "for ever", MSG_MUTE_MAX_S + 1,
		      at(31)) == ERR_ARG && feed_alerts_open(f, at(32)) == 1,
	     "more than a shift is refused, and changes nothing");
	T_OK(!feed_ack(f, r.id, "boss", "30 min", 1800, at(31)), "muted");
	T_OK(!feed_alerts_open(f, at(32)), "it is quiet");
	T_OK(feed_alert_at(f, 0, false, &r) && str_eq(r.acked_by, "boss") &&
	     r.muted_ms == at(31 + 1800).wall_ms, "by whom, until when");
	/* It ends and comes back: still quiet, until the time is over. */
	judge(f, false, true, 40);
	judge(f, true, false, 50);
	judge(f, true, false, 90);
	T_OK(!feed_alerts_open(f, at(91)), "the next one too");
	T_OK(feed_alerts_open(f, at(31 + 1801)) == 1, "then it is told");
	/* Only what was asked about. */
	struct feed_say say = { .on = true, .level = MSG_LEVEL_WATCH };

	feed_judge(f, win, nobody, none, "abandon", &say, at(90));
	feed_judge(f, win, nobody, none, "abandon", &say, at(121));
	T_OK(feed_alerts_open(f, at(122)) == 1, "another campaign is not");
	free(f);
}

static void the_history_is_bounded(void **state UNUSED)
{
	struct feed *f = calloc(1, sizeof(*f));
	struct feed_say say = { .on = true };
	struct msg_alert_row r;
	size_t n = 0;

	T_OK(f, "memory");
	for (uint32_t i = 1; i <= ALERTS_MAX + 50; i++)
		feed_alarm(f, spring, (struct agent_id){ i }, none, "stuck",
			   &say, at(i));
	while (feed_alert_at(f, n, false, &r))
		n++;
	T_OK(n == ALERTS_MAX, "%zu are kept on screen", n);
	T_OK(feed_alert_at(f, 0, false, &r) && r.agent == ALERTS_MAX + 50,
	     "the newest first");
	free(f);
}

/* A team's supervisor sees his agents' alerts, his agents' campaigns', and
 * what is everybody's. */
static void a_team_sees_its_own(void **state UNUSED)
{
	static const struct {
		const char *what;
		struct msg_alert_row row;
		bool north, south;
	} cases[] = {
		{ "an agent's", { .agent = 1001 }, true, false },
		{ "another team's agent's", { .agent = 1002 }, false, true },
		{ "one's nobody knows", { .agent = 4711 }, false, false },
		{ "of his agents' campaign", { .campaign = 1 }, true, false },
		{ "of another campaign", { .campaign = 2 }, false, false },
		{ "a trunk's", { .trunk = 1 }, true, true },
		{ "the disk's", { 0 }, true, true },
	};
	struct live_rooms rooms = { 0 };
	struct feed *f = calloc(1, sizeof(*f));
	struct fw w;

	fw_open(&w, MODE_PROGRESSIVE, 1);
	fw_agent(&w, 1001);		/* north, campaign 1 */
	T_OK(!FW(&w, IN_LOGIN, .agent = 1002, .text = "Bob\tsouth"),
	     "Bob is of the south, and takes no calls");
	rooms.floor = w.floor;
	rooms.store = w.lw.store;
	f->r = &rooms;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		T_OK(feed_team_sees(f, "north", &cases[i].row) ==
		     cases[i].north, "the north: %s", cases[i].what);
		T_OK(feed_team_sees(f, "south", &cases[i].row) ==
		     cases[i].south, "the south: %s", cases[i].what);
		T_OK(feed_team_sees(f, "", &cases[i].row),
		     "who has no team: %s", cases[i].what);
	}
	feed_team_look(f, "");
	T_OK(feed_team_works(f, (struct campaign_id){ 2 }),
	     "everything is his who has no team");
	fw_close(&w);
	free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(abandon), cmocka_unit_test(abandon_legal),
		cmocka_unit_test(enough), cmocka_unit_test(connect_drop),
		cmocka_unit_test(idle), cmocka_unit_test(trunks), cmocka_unit_test(sound), cmocka_unit_test(caller_number),
		cmocka_unit_test(stuck_and_disk),
		cmocka_unit_test(an_alert_lasts_and_clears),
		cmocka_unit_test(an_alert_is_kept_quiet),
		cmocka_unit_test(the_history_is_bounded),
		cmocka_unit_test(a_team_sees_its_own),
	};

	return T_RUN(tests);
}
