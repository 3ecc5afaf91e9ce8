/*
 * feed_rules -- what is wrong: each rule looks at figures and says on, off or
 * neither, and why, in both languages.
 *
 * On and off differ by a margin (UX 2.6: 3.0 % on, 2.7 % off), so that an
 * alert does not flutter; that it must last before it is raised is the
 * caller's business.  Nothing here knows a clock, a seat or a screen.
 */
#ifndef FEED_FEED_RULES_H
#define FEED_FEED_RULES_H

#include "gate/gate.h"
#include "msg/msg.h"
#include "report/tally.h"

enum { SAY_SIZE = 161 };

/* What a campaign is called. */
struct feed_name { const char *en, *zh; };

struct feed_say {
	bool on, off;
	enum msg_level level;
	char en[SAY_SIZE], zh[SAY_SIZE];
};

/*
 * A share of `n` calls says something about a target [1/100 %]: 30 calls at
 * least, and so many that none at all would tell it from the target (the rule
 * of three, n >= 3 / target: Hanley and Lippman-Hand, JAMA 249 (1983) 1743);
 * or the share lies three standard errors from it.
 */
bool rule_enough(uint32_t part, uint32_t n, int32_t target);
/* One for a mean: so many waits at least. */
enum { RULE_CALLS_MIN = 30 };

/* Of 15 minutes over the target, by calls enough to say so; of today near it (100 answers at least). */
void rule_abandon(struct feed_name name, const struct msg_campaign_row *r,
		  struct feed_say *out);
void rule_abandon_today(struct feed_name name,
			const struct msg_campaign_row *r,
			struct feed_say *out);
/* The legal window over the target while that is held (pacer_explain). */
void rule_abandon_legal(struct feed_name name,
			const struct msg_campaign_row *r, bool held,
			struct feed_say *out);
/*
 * A drop of the connect rate against its own recent level: certain when the
 * last 10 minutes lie more than three standard errors below the 50 before
 * (two-proportion z test, pooled).  The text says how many calls make this
 * drop certain.
 */
void rule_connect(struct feed_name name, const struct tally_sums *last10,
		  const struct tally_sums *all60, struct feed_say *out);

/*
 * A caller number people have begun to refuse: its answers of the last half
 * hour lie more than three standard errors below its own level of the day
 * before, that level taken down as far as the trunk's other numbers have come
 * down meanwhile (the same test; 30 calls at least).  The text says how many
 * calls make this fall certain.  One that rests is no alert.
 */
void rule_caller(const struct callers_rate *r, bool resting,
		 struct feed_say *out);
/* Beside its line on the trunk page; "" where nothing is wrong. */
void rule_caller_note(const struct callers_rate *r, bool zh, char *buf,
		      size_t size);

/* Agents are ready and nothing is dialled for them: why, with the refusals of
 * today counted where rules refuse. */
struct rule_idle {
	struct feed_name name;
	bool running;
	uint32_t ready;			/* agents waiting                    */
	int idle;			/* enum idle_reason                  */
	const char *idle_word;
	int bound;			/* enum pacer_bound: caps            */
	const char *bound_word;
	const uint32_t *blocked;	/* GATE_RULE_COUNT of them           */
};
void rule_idle(const struct rule_idle *x, struct feed_say *out);

/* Predictive, but its budget is gone: it dials progressively. */
void rule_budget(struct feed_name name, bool fallback, struct feed_say *out);
void rule_trunk_down(const struct msg_trunk_row *r, struct feed_say *out);
void rule_trunk_full(const struct msg_trunk_row *r, struct feed_say *out);
void rule_trunk_5xx(const struct msg_trunk_row *r, struct feed_say *out);
/*
 * It sounds poor: MOS under 3.6, below which many users are dissatisfied
 * (ITU-T G.107, table B.1: R = 70), over the calls of 15 minutes, ten at
 * least.
 */
void rule_trunk_sound(const struct msg_trunk_row *r, struct feed_say *out);
/* Three times its limit in a state. */
void rule_stuck(const char *name, uint32_t agent, unsigned state,
		int64_t for_s, uint32_t limit_s, struct feed_say *out);
void rule_disk(bool full, struct feed_say *out);

/* "on call", as a Chinese supervisor says it. */
const char *rule_state_zh(unsigned state);
/* Why a campaign does not dial, in Chinese. */
const char *rule_idle_zh(int idle);

#endif
