#include "feed/feed_rules.h"

#include "base/str.h"
#include "floor/floor.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { DROP_MIN_CALLS = RULE_CALLS_MIN, TODAY_MIN = 100, BLOCKED_SHOWN = 3,
       POOR_MOS_X10 = 36, FAIR_MOS_X10 = 38, HEARD_MIN = 10 };

/* "3.4%" of 340. */
#define PCT "%d.%d%%"
#define OF(x) (int)(x) / 100, (int)(x) % 100 / 10
/* "3.01%": what is just over must be seen to be. */
#define PCT2 "%d.%02d%%"
#define OF2(x) (int)(x) / 100, (int)(x) % 100

bool rule_enough(uint32_t part, uint32_t n, int32_t target)
{
	double p = target / 1e4, is = n ? (double)part / n : 0;

	if (n < RULE_CALLS_MIN)
		return false;
	if (p <= 0 || p >= 1 || n * MIN(p, 1 - p) >= 3)
		return true;
	return fabs(is - p) > 3 * sqrt(p * (1 - p) / n);
}

void rule_abandon(struct feed_name name, const struct msg_campaign_row *r,
		  struct feed_say *out)
{
	*out = (struct feed_say){ .level = MSG_LEVEL_ALARM,
		.on = r->judge == MSG_JUDGE_HIGH,
		.off = r->abandon * 10 < r->target * 9 };
	str_fmt(out->en, sizeof(out->en),
		"%s abandon " PCT " is over " PCT " (15 min).", name.en,
		OF(r->abandon), OF(r->target));
	str_fmt(out->zh, sizeof(out->zh), "%s 呼损率 " PCT " 超过 " PCT
		"（15 分钟）", name.zh, OF(r->abandon), OF(r->target));
}

void rule_abandon_today(struct feed_name name,
			const struct msg_campaign_row *r,
			struct feed_say *out)
{
	*out = (struct feed_say){ .level = MSG_LEVEL_WATCH,
		.on = r->target >= 0 && r->answered >= TODAY_MIN &&
		      r->abandon_today * 10 > r->target * 9,
		.off = r->abandon_today * 10 < r->target * 8 };
	str_fmt(out->en, sizeof(out->en), "%s abandon today " PCT
		", near its limit of " PCT, name.en, OF(r->abandon_today),
		OF(r->target));
	str_fmt(out->zh, sizeof(out->zh), "%s 今日呼损率 " PCT
		"，接近上限 " PCT, name.zh, OF(r->abandon_today),
		OF(r->target));
}

void rule_abandon_legal(struct feed_name name,
			const struct msg_campaign_row *r, bool held,
			struct feed_say *out)
{
	bool over = held && r->target >= 0 && r->abandon_legal > r->target;

	*out = (struct feed_say){ .level = MSG_LEVEL_ALARM, .on = over,
				  .off = !over };
	str_fmt(out->en, sizeof(out->en), "%s has abandoned " PCT2
		" in all, over its target of " PCT2, name.en,
		OF2(r->abandon_legal), OF2(r->target));
	str_fmt(out->zh, sizeof(out->zh), "%s 累计呼损率 " PCT2
		"，超过目标 " PCT2, name.zh, OF2(r->abandon_legal),
		OF2(r->target));
}

void rule_budget(struct feed_name name, bool fallback, struct feed_say *out)
{
	*out = (struct feed_say){ .level = MSG_LEVEL_WATCH, .on = fallback,
				  .off = !fallback };
	str_fmt(out->en, sizeof(out->en), "%s has used up its abandonment "
		"budget: it dials progressively", name.en);
	str_fmt(out->zh, sizeof(out->zh), "%s 呼损额度已用完，改为渐进式外呼",
		name.zh);
}

/* A rate now beside what it was: is it lower for certain? */
struct fall {
	double p1, p2, z;
	uint32_t need;			/* so many calls make it certain     */
};

/*
 * The pooled two-proportion z test, one-sided (e.g. Fleiss, Levin and Paik,
 * Statistical Methods for Rates and Proportions, 3rd ed., 3.2).  p2 may be an
 * expectation with an error of its own: `more` is added to 1/n1 + 1/n2.
 */
static bool fall_of(double n1, double x1, double n2, double p2, double more,
		    struct fall *out)
{
	double pool, var, rest;

	*out = (struct fall){ .p1 = n1 > 0 ? x1 / n1 : 0, .p2 = p2 };
	if (n1 < DROP_MIN_CALLS || n2 < DROP_MIN_CALLS)
		return false;
	pool = (x1 + p2 * n2) / (n1 + n2);
	var = pool * (1 - pool);
	if (var <= 0)
		return true;
	out->z = (p2 - out->p1) / sqrt(var * (1 / n1 + 1 / n2 + more));
	/* With how many calls of now the drop is three standard errors. */
	rest = (p2 - out->p1) * (p2 - out->p1) / (9 * var) - 1 / n2 - more;
	out->need = rest > 0 ? (uint32_t)MAX(ceil(1 / rest),
					     (double)DROP_MIN_CALLS) : 0;
	return true;
}

void rule_connect(struct feed_name name, const struct tally_sums *last10,
		  const struct tally_sums *all60, struct feed_say *out)
{
	double n2 = all60->dialled - last10->dialled;
	struct fall f;

	*out = (struct feed_say){ .level = MSG_LEVEL_ALARM };
	if (!fall_of(last10->dialled, last10->person, n2, n2 > 0
		     ? (all60->person - last10->person) / n2 : 0, 0, &f))
		return;
	out->on = f.z > 3;
	out->off = f.z < 1.5;
	if (!out->on)
		return;
	str_fmt(out->en, sizeof(out->en), "%s connect rate fell to %.1f%% "
		"from %.1f%% (%u calls; %u make it certain)", name.en,
		f.p1 * 100, f.p2 * 100, last10->dialled, f.need);
	str_fmt(out->zh, sizeof(out->zh), "%s 接通率从 %.1f%% 降到 %.1f%%"
		"（%u 通，%u 通即可确定）", name.zh, f.p2 * 100, f.p1 * 100,
		last10->dialled, f.need);
}

static double share_of(struct callers_count c)
{
	return c.tried ? (double)c.person / c.tried : 0;
}

/*
 * What it would be, had it gone the way of the trunk's other numbers: a bad
 * hour or a bad list is no spam label.  A rise of theirs is not asked of it.
 */
static double expected(const struct callers_rate *r, double *more)
{
	double then = share_of(r->others_before), p = share_of(r->before);

	*more = 0;
	if (r->others.tried < DROP_MIN_CALLS ||
	    r->others_before.tried < DROP_MIN_CALLS || then <= 0)
		return p;
	*more = 1.0 / r->others.tried;
	return p * MIN(share_of(r->others) / then, 1.0);
}

void rule_caller(const struct callers_rate *r, bool resting,
		 struct feed_say *out)
{
	int was = (int)(share_of(r->before) * 100 + 0.5);
	int is = (int)(share_of(r->recent) * 100 + 0.5);
	double more, p2 = expected(r, &more);
	struct fall f;
	bool known = fall_of(r->recent.tried, r->recent.person,
			     r->before.tried, p2, more, &f);

	*out = (struct feed_say){ .level = MSG_LEVEL_ALARM,
		.on = known && !resting && f.z > 3,
		.off = resting || (known && f.z < 1.5) };
	if (!out->on)
		return;
	str_fmt(out->en, sizeof(out->en), "%s answered %d%%, fell from %d%%: "
		"spam label? (%u calls; %u make it certain)", r->number, is,
		was, r->recent.tried, f.need);
	str_fmt(out->zh, sizeof(out->zh), "%s 接通 %d%%，原为 %d%%：被标记骚扰？"
		"（%u 通，%u 通即可确定）", r->number, is, was, r->recent.tried,
		f.need);
}

void rule_caller_note(const struct callers_rate *r, bool zh, char *buf,
		      size_t size)
{
	int was = (int)(share_of(r->before) * 100 + 0.5);

	*buf = '\0';
	if (r->fell)
		str_fmt(buf, size, zh ? "原为 %d%%：被标记骚扰？"
			: "fell from %d%%: spam label?", was);
}

const char *rule_idle_zh(int idle)
{
	static const char *const words[IDLE_REASON_COUNT] = {
		[IDLE_NONE] = "", [IDLE_STOPPED] = "任务已停止",
		[IDLE_LEADS] = "没有可拨名单", [IDLE_HOURS] = "不在允许时段",
		[IDLE_GATE] = "被合规规则拦截", [IDLE_TRUNKS] = "中继没有空闲线路",
		[IDLE_AGENTS] = "没有坐席", [IDLE_CALLS] = "通话表已满",
		[IDLE_DISK] = "磁盘已满",
	};

	return idle >= 0 && idle < IDLE_REASON_COUNT && words[idle]
		       ? words[idle] : "";
}

static const char *rule_word_zh(unsigned rule)
{
	static const char *const words[GATE_RULE_COUNT] = {
		[GATE_NUMBER] = "号码无效", [GATE_ERASED] = "已删除",
		[GATE_OWN_DNC] = "本方黑名单", [GATE_EXT_DNC] = "外部禁呼名单",
		[GATE_CONSENT] = "无授权", [GATE_HOURS] = "时段",
		[GATE_FREQ] = "频次", [GATE_TRIES] = "次数用完",
		[GATE_PAUSE] = "间隔未到", [GATE_CALLER] = "主叫号码",
		[GATE_PURPOSE] = "用途", [GATE_AGENT] = "无坐席",
	};

	return rule < GATE_RULE_COUNT && words[rule] ? words[rule] : "?";
}

/* "hours 1204, own-dnc 12": the most frequent first. */
static void add_blocked(const uint32_t *blocked, struct feed_say *out)
{
	bool told[GATE_RULE_COUNT] = { false };

	for (int i = 0; blocked && i < BLOCKED_SHOWN; i++) {
		int best = -1;

		for (int k = 0; k < GATE_RULE_COUNT; k++)
			if (!told[k] && blocked[k] &&
			    (best < 0 || blocked[k] > blocked[best]))
				best = k;
		if (best < 0)
			return;
		told[best] = true;
		str_add(out->en, sizeof(out->en), "%s%s %" PRIu32,
			i ? ", " : " (", gate_rule_id((enum gate_rule)best),
			blocked[best]);
		str_add(out->zh, sizeof(out->zh), "%s%s %" PRIu32,
			i ? "，" : "（", rule_word_zh((unsigned)best),
			blocked[best]);
		if (i == BLOCKED_SHOWN - 1)
			break;
	}
}

static void end_blocked(struct feed_say *out)
{
	if (strchr(out->en, '('))
		str_add(out->en, sizeof(out->en), ")");
	if (strstr(out->zh, "（"))
		str_add(out->zh, sizeof(out->zh), "）");
}

/* A cap of the campaign or the trunks, where nothing else holds it back. */
static bool is_cap(const struct rule_idle *x)
{
	return x->idle == IDLE_NONE && (x->bound == PACER_BOUND_LINES ||
					x->bound == PACER_BOUND_CPS);
}

void rule_idle(const struct rule_idle *x, struct feed_say *out)
{
	bool cap = is_cap(x);
	bool held = x->running && x->ready && x->idle != IDLE_AGENTS &&
		    (x->idle != IDLE_NONE || cap);

	*out = (struct feed_say){ .level = MSG_LEVEL_ALARM, .on = held,
				  .off = !held };
	if (!held)
		return;
	str_fmt(out->en, sizeof(out->en), "%s: %" PRIu32 " agents idle, %s: "
		"%s", x->name.en, x->ready, cap ? "held by a limit"
					     : "it does not dial",
		cap ? x->bound_word : x->idle_word);
	str_fmt(out->zh, sizeof(out->zh), "%s：%" PRIu32 " 名坐席空等，%s：%s",
		x->name.zh, x->ready, cap ? "受上限限制" : "没有外呼",
		cap ? x->bound == PACER_BOUND_CPS ? "每秒呼叫数" : "线路数"
		    : rule_idle_zh(x->idle));
	if (x->idle == IDLE_GATE || x->idle == IDLE_HOURS ||
	    x->idle == IDLE_LEADS) {
		add_blocked(x->blocked, out);
		end_blocked(out);
	}
}

void rule_trunk_down(const struct msg_trunk_row *r, struct feed_say *out)
{
	*out = (struct feed_say){ .level = MSG_LEVEL_ALARM,
		.on = r->state == MSG_TRUNK_DOWN,
		.off = r->state != MSG_TRUNK_DOWN };
	str_fmt(out->en, sizeof(out->en), "trunk %s is down", r->name);
	str_fmt(out->zh, sizeof(out->zh), "中继 %s 中断", r->name);
}

void rule_trunk_full(const struct msg_trunk_row *r, struct feed_say *out)
{
	*out = (struct feed_say){ .level = MSG_LEVEL_WATCH,
		.on = r->cap && r->used * 20 >= r->cap * 19,
		.off = r->used * 10 < r->cap * 9 };
	str_fmt(out->en, sizeof(out->en), "trunk %s is full: %" PRIu32
		" of %" PRIu32 " channels", r->name, r->used, r->cap);
	str_fmt(out->zh, sizeof(out->zh), "中继 %s 线路占满：%" PRIu32 "/%"
		PRIu32, r->name, r->used, r->cap);
}

void rule_trunk_5xx(const struct msg_trunk_row *r, struct feed_say *out)
{
	int in_100 = (int)(MAX(r->e5xx, 0) + 50) / 100;

	*out = (struct feed_say){ .level = r->e5xx > 1000 ? MSG_LEVEL_ALARM
							   : MSG_LEVEL_WATCH,
		.on = r->e5xx > 500, .off = r->e5xx < 200 };
	str_fmt(out->en, sizeof(out->en), "%s: 5xx in %d of 100 calls",
		r->name, in_100);
	str_fmt(out->zh, sizeof(out->zh), "%s：每 100 次呼叫 %d 次 5xx",
		r->name, in_100);
}

void rule_trunk_sound(const struct msg_trunk_row *r, struct feed_say *out)
{
	bool few = r->mos_x10 < 0 || r->heard < HEARD_MIN;

	*out = (struct feed_say){ .level = MSG_LEVEL_WATCH,
		.on = !few && r->mos_x10 < POOR_MOS_X10,
		.off = few || r->mos_x10 >= FAIR_MOS_X10 };
	str_fmt(out->en, sizeof(out->en), "trunk %s sounds poor: MOS %d.%d, "
		"loss " PCT ", jitter %d ms (%" PRIu32 " calls)", r->name,
		MAX(r->mos_x10, 0) / 10, MAX(r->mos_x10, 0) % 10,
		OF(MAX(r->loss, 0)), MAX(r->jitter_us, 0) / 1000, r->heard);
	str_fmt(out->zh, sizeof(out->zh), "中继 %s 通话质量差：MOS %d.%d，丢包 "
		PCT "，抖动 %d 毫秒（%" PRIu32 " 通）", r->name,
		MAX(r->mos_x10, 0) / 10, MAX(r->mos_x10, 0) % 10,
		OF(MAX(r->loss, 0)), MAX(r->jitter_us, 0) / 1000, r->heard);
}

const char *rule_state_zh(unsigned state)
{
	static const char *const words[MSG_STATE_COUNT] = {
		[MSG_STATE_OFFLINE] = "未签入",
		[MSG_STATE_NOT_READY] = "示忙", [MSG_STATE_BREAK] = "小休",
		[MSG_STATE_READY] = "示闲", [MSG_STATE_RESERVED] = "预占",
		[MSG_STATE_PREVIEW] = "预览", [MSG_STATE_DIAL] = "呼出中",
		[MSG_STATE_RING] = "振铃", [MSG_STATE_TALK] = "通话中",
		[MSG_STATE_HOLD] = "保持", [MSG_STATE_CONSULT] = "咨询",
		[MSG_STATE_CONF] = "三方", [MSG_STATE_WRAP] = "话后整理",
		[MSG_STATE_LOST] = "连接断开",
	};

	return state < MSG_STATE_COUNT ? words[state] : "?";
}

void rule_stuck(const char *name, uint32_t agent, unsigned state,
		int64_t for_s, uint32_t limit_s, struct feed_say *out)
{
	bool stuck = limit_s && for_s > 3 * (int64_t)limit_s;

	*out = (struct feed_say){ .level = MSG_LEVEL_WATCH, .on = stuck,
				  .off = !stuck };
	str_fmt(out->en, sizeof(out->en), "%s %" PRIu32 " in %s %" PRId64
		" min, limit %" PRIu32 ":%02" PRIu32, name, agent,
		msg_word(MSG_WORDS_STATE, state), for_s / 60, limit_s / 60,
		limit_s % 60);
	str_fmt(out->zh, sizeof(out->zh), "%s %" PRIu32 " %s %" PRId64
		" 分钟，上限 %" PRIu32 ":%02" PRIu32, name, agent,
		rule_state_zh(state), for_s / 60, limit_s / 60, limit_s % 60);
}

void rule_disk(bool full, struct feed_say *out)
{
	*out = (struct feed_say){ .level = MSG_LEVEL_ALARM, .on = full,
				  .off = !full };
	str_copy(out->en, sizeof(out->en),
		 "disk is full: no new calls are dialled");
	str_copy(out->zh, sizeof(out->zh), "磁盘已满：不再发起新呼叫");
}
