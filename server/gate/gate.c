#include "gate/gate_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

SCHEMA_DEFINE(gate_verdict, GATE_VERDICT, "what the gate decided, and why");

/*
 * In the order of the audit's report (FACTS 1, "engine order per attempt");
 * the first that blocks wins.  A rule's version goes up when its meaning
 * changes, so that an old verdict can be read with the old rule in mind.
 */
static const struct {
	enum gate_rule rule;
	uint32_t version;
	gate_rule_h *ask;
	const char *law;
} rules[] = {
	{ GATE_NUMBER,  1, gate_rule_number,  "ITU-T E.164" },
	{ GATE_ERASED,  1, gate_rule_erased,  "GDPR art. 17, PIPL art. 47" },
	{ GATE_OWN_DNC, 1, gate_rule_own_dnc, "16 CFR 310.4(b)(1)(iii)(A), "
					      "PECR 21(1)(a), house rule" },
	{ GATE_EXT_DNC, 1, gate_rule_ext_dnc, "the profile's dnc rows" },
	{ GATE_CONSENT, 1, gate_rule_consent, "the profile's consent rows, "
					      "house rule" },
	{ GATE_HOURS,   1, gate_rule_hours,   "the profile's hours" },
	{ GATE_FREQ,    1, gate_rule_freq,    "the profile's frequency rows" },
	{ GATE_TRIES,   1, gate_rule_tries,   "the campaign" },
	{ GATE_PAUSE,   1, gate_rule_pause,   "the profile's quiet rows" },
	{ GATE_CALLER,  1, gate_rule_caller,  "the profile's caller rows" },
	{ GATE_PURPOSE, 1, gate_rule_purpose, "the profile's purpose rows" },
	{ GATE_AGENT,   1, gate_rule_agent,   "no agent, no call" },
};

_Static_assert(ARRAY_LEN(rules) == GATE_RULE_COUNT, "a row for each rule");

static const struct {
	const char *id, *words;
} texts[] = {
#define X(name, id, words) { id, words },
	GATE_RULES(X)
#undef X
};

static const char *const purposes[] = {
#define X(name, word) word,
	GATE_PURPOSES(X)
#undef X
};

const char *gate_rule_id(enum gate_rule r)
{
	return (unsigned)r < GATE_RULE_COUNT ? texts[r].id : "";
}

const char *gate_rule_words(enum gate_rule r)
{
	return (unsigned)r < GATE_RULE_COUNT ? texts[r].words : "";
}

uint32_t gate_rule_version(enum gate_rule r)
{
	return (unsigned)r < GATE_RULE_COUNT ? rules[r].version : 0;
}

const char *gate_rule_law(enum gate_rule r)
{
	return (unsigned)r < GATE_RULE_COUNT ? rules[r].law : "";
}

const char *gate_purpose_word(enum gate_purpose p)
{
	return (unsigned)p < PURPOSE_COUNT ? purposes[p] : "";
}

enum err gate_purpose_from_word(const char *w, enum gate_purpose *out)
{
	for (unsigned i = 0; i < PURPOSE_COUNT; i++) {
		if (str_eq(w, purposes[i])) {
			*out = (enum gate_purpose)i;
			return ERR_OK;
		}
	}
	return ERR_ABSENT;
}

/* ---- life --------------------------------------------------------------- */

enum err gate_open(const struct gate_conf *conf, struct gate **out, char *why,
		   size_t why_size)
{
	struct gate *g = calloc(1, sizeof(*g));

	if (!g)
		return ERR_MEMORY;
	str_copy(why, why_size, "");
	g->store = conf->store;
	g->zones = conf->zones;
	enum err e = gate_profiles_load(g, conf->profiles, why, why_size);

	if (!e)
		e = gate_holidays_load(g, conf->holidays, why, why_size);
	if (!e) {
		e = gate_lists_open(g);
		if (e)
			str_fmt(why, why_size, "store: %s", err_text(e));
	}
	if (e)
		gate_free(g);
	else
		*out = g;
	return e;
}

struct gate *gate_free(struct gate *g)
{
	if (g) {
		/* The key must not stay in freed memory. */
		explicit_bzero(g->hash_key, sizeof(g->hash_key));
		free(g);
	}
	return NULL;
}

/* ---- the pass ------------------------------------------------------------ */

struct gate_pass {
	uint64_t attempt;
	int64_t wall_ms;
	char e164[16];
};

static struct gate_pass *pass_new(const struct gate_ask *ask)
{
	struct gate_pass *p = calloc(1, sizeof(*p));

	if (p) {
		p->attempt = ask->attempt;
		p->wall_ms = ask->now.wall_ms;
		str_copy(p->e164, sizeof(p->e164), ask->e164);
	}
	return p;
}

enum err gate_pass_spend(struct gate_pass **pass, int64_t wall_ms)
{
	if (!pass || !*pass)
		return ERR_ARG;
	int64_t age = wall_ms - (*pass)->wall_ms;

	*pass = gate_pass_free(*pass);
	return age < 0 || age > GATE_PASS_MS ? ERR_DENIED : ERR_OK;
}

struct gate_pass *gate_pass_free(struct gate_pass *pass)
{
	free(pass);
	return NULL;
}

const char *gate_pass_number(const struct gate_pass *pass)
{
	return pass->e164;
}

uint64_t gate_pass_attempt(const struct gate_pass *pass)
{
	return pass->attempt;
}

/* ---- asking -------------------------------------------------------------- */

static const unsigned left_out[] = {
#define X(name, word, skip) [name] = skip,
	GATE_ERRANDS(X)
#undef X
};

static enum err case_begin(struct gate *g, const struct gate_ask *ask,
			   int64_t at_s, struct gate_verdict *v,
			   struct gate_case *c)
{
	if (!ask->campaign || !ask->campaign->profile ||
	    (unsigned)ask->errand >= ERRAND_COUNT ||
	    (unsigned)ask->campaign->purpose >= PURPOSE_COUNT)
		return ERR_ARG;
	*v = (struct gate_verdict){ .blocked = GATE_RULE_COUNT,
				    .at_s = at_s };
	*c = (struct gate_case){
		.g = g,
		.ask = ask,
		.profile = ask->campaign->profile,
		.at_s = at_s,
		.number = gate_number(ask->e164),
		.v = v,
	};
	c->person = ask->person ? ask->person : c->number;
	str_copy(v->profile, sizeof(v->profile), c->profile->name);
	if (c->number)
		zones_of_number(g->zones, ask->e164, &c->places);
	/* More than fit: the rest is as strict as those that do. */
	(void)zone_set_join(&c->places, &ask->address);
	return ERR_OK;
}

/* The first rule that blocks, from `from` on; GATE_RULE_COUNT if none. */
static void case_ask(struct gate_case *c, unsigned skip)
{
	skip |= left_out[c->ask->errand];
	for (size_t i = 0; i < ARRAY_LEN(rules) && !c->err; i++) {
		if (skip & 1u << rules[i].rule)
			continue;
		c->v->asked |= 1u << rules[i].rule;
		if (rules[i].ask(c) != GATE_BLOCKS)
			continue;
		c->v->blocked = rules[i].rule;
		c->v->version = rules[i].version;
		c->v->earliest_s = c->earliest_s;
		return;
	}
}

enum err gate_ask(struct gate *g, const struct gate_ask *ask,
		  struct gate_verdict *verdict, struct gate_pass **pass)
{
	struct gate_case c;
	struct gate_verdict v;
	enum err e = case_begin(g, ask, ask->now.wall_ms / 1000, &v, &c);

	if (e)
		return e;
	case_ask(&c, 0);
	if (c.err)
		return c.err;
	*verdict = v;
	if (v.blocked != GATE_RULE_COUNT)
		return ERR_DENIED;
	struct gate_pass *p = pass_new(ask);

	if (!p)
		return ERR_MEMORY;
	*pass = p;
	return ERR_OK;
}

/*
 * Ask again at the earliest second of the rule that blocked, until none
 * does: each step is later, and a year of steps is more than any rule makes.
 */
static enum err legal_at(struct gate *g, const struct gate_ask *ask,
			 int64_t *legal_s)
{
	int64_t at = ask->now.wall_ms / 1000;
	const int64_t end = at + 400 * 86400;

	*legal_s = GATE_NEVER;
	for (unsigned step = 0; step < 1000 && at <= end; step++) {
		struct gate_case c;
		struct gate_verdict v;
		enum err e = case_begin(g, ask, at, &v, &c);

		if (e)
			return e;
		case_ask(&c, 1u << GATE_AGENT);
		if (c.err)
			return c.err;
		if (v.blocked == GATE_RULE_COUNT) {
			*legal_s = at;
			return ERR_OK;
		}
		if (v.earliest_s == GATE_NEVER || v.earliest_s <= at)
			return ERR_OK;
		at = v.earliest_s;
	}
	return ERR_OK;
}

enum err gate_explain(struct gate *g, const struct gate_ask *ask,
		      struct gate_explained rows[GATE_RULE_COUNT],
		      enum gate_rule *first, int64_t *legal_s)
{
	struct gate_case c;
	struct gate_verdict v;
	enum gate_rule blocks = GATE_RULE_COUNT;
	enum err e = case_begin(g, ask, ask->now.wall_ms / 1000, &v, &c);

	if (e)
		return e;
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		struct gate_explained *row = &rows[i];

		*row = (struct gate_explained){ .rule = rules[i].rule };
		str_copy(row->source, sizeof(row->source), rules[i].law);
		c.words = row->inputs;
		c.source = row->source;
		c.earliest_s = 0;
		if (left_out[ask->errand] & 1u << rules[i].rule) {
			row->answer = GATE_NOT_APPLICABLE;
			continue;
		}
		row->answer = rules[i].ask(&c);
		if (c.err)
			return c.err;
		if (row->answer != GATE_BLOCKS)
			continue;
		row->earliest_s = c.earliest_s;
		if (blocks == GATE_RULE_COUNT)
			blocks = row->rule;
	}
	e = legal_at(g, ask, legal_s);
	if (!e)
		*first = blocks;
	return e;
}

void gate_verdict_print(const struct gate_verdict *v, char *buf, size_t size)
{
	if (v->blocked >= GATE_RULE_COUNT) {
		str_fmt(buf, size, "passed (%s)", v->profile);
		return;
	}
	str_fmt(buf, size, "%s (%s)", gate_rule_id(v->blocked), v->profile);
	if (v->detail[0])
		str_add(buf, size, ": %s", v->detail);
	if (v->blocked == GATE_HOURS && v->zones)
		str_add(buf, size, ", %02d:%02d there", v->local_min / 60,
			v->local_min % 60);
	if (v->blocked == GATE_FREQ)
		str_add(buf, size, ", %u of %u", v->counted, v->limit);
}
