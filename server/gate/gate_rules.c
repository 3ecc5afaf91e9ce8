/*
 * The rules, each a function: does it let this ask pass?
 *
 * A rule that blocks sets earliest_s: the first second at which this rule,
 * asked again with all else equal, would not block; GATE_NEVER when waiting
 * does not help.  It writes what it saw into the verdict and, only when
 * somebody will read them, into words.
 */
#include "gate/gate_priv.h"

#include <string.h>

#include "base/str.h"

#define SAY(c, ...)                                                           \
	do {                                                                  \
		if ((c)->words)                                               \
			str_add((c)->words, CASE_WORDS_MAX, __VA_ARGS__);     \
	} while (0)

static enum gate_answer block(struct gate_case *c, int64_t earliest_s,
			      const char *detail, const char *source)
{
	c->earliest_s = earliest_s;
	if (detail)
		str_copy(c->v->detail, sizeof(c->v->detail), detail);
	if (c->source && source)
		str_copy(c->source, SOURCE_MAX, source);
	return GATE_BLOCKS;
}

static void source_is(struct gate_case *c, const char *source)
{
	if (c->source)
		str_copy(c->source, SOURCE_MAX, source);
}

/* A store read failed: nobody may be called on what could not be read. */
static enum gate_answer failed(struct gate_case *c, enum err e)
{
	c->err = e;
	return block(c, GATE_NEVER, "store", NULL);
}

static uint32_t purpose_bit(const struct gate_case *c)
{
	return 1u << c->ask->campaign->purpose;
}

/* ITU-T E.164: up to 15 digits, no trunk prefix; 7 is the shortest in use. */
enum gate_answer gate_rule_number(struct gate_case *c)
{
	size_t len = c->ask->e164 ? strlen(c->ask->e164) : 0;

	SAY(c, "%zu digits", len);
	if (!c->number || len < 7)
		return block(c, GATE_NEVER, "not E.164", NULL);
	return GATE_PASSES;
}

enum gate_answer gate_rule_erased(struct gate_case *c)
{
	bool erased;
	enum err e = gate_is_erased(c->g, c->person, c->number, &erased);

	if (e)
		return failed(c, e);
	SAY(c, erased ? "asked to be forgotten" : "no request");
	return erased ? block(c, GATE_NEVER, "erased", NULL) : GATE_PASSES;
}

enum gate_answer gate_rule_own_dnc(struct gate_case *c)
{
	if (!store_set_has(c->g->store, STORE_DNC, c->number)) {
		SAY(c, "not on it");
		return GATE_PASSES;
	}
	SAY(c, "on it");
	return block(c, GATE_NEVER, "own list", NULL);
}

/* ---- consent ------------------------------------------------------------ */

static enum err consent_read(struct gate_case *c)
{
	if (c->has_consent)
		return ERR_OK;
	enum err e = gate_consent_best(c->g, c->person,
				       c->ask->campaign->purpose, c->at_s,
				       &c->consent, &c->consent_found);

	c->has_consent = !e;
	if (!e && c->consent_found) {
		c->v->consent = 1 + c->consent.kind;
		c->v->consent_at_s = c->consent.at_s;
	}
	return e;
}

/*
 * A number on a public register may be called by those it has given written
 * consent to (16 CFR 310.4(b)(1)(iii)(B)(1)); the register must be fresh.
 */
enum gate_answer gate_rule_ext_dnc(struct gate_case *c)
{
	bool applies = false;
	enum err e = consent_read(c);

	if (e)
		return failed(c, e);
	bool written = c->consent_found &&
		       gate_consent_weight(c->consent.kind) >= 2;

	for (size_t i = 0; i < c->profile->dnc_n; i++) {
		const struct dnc_row *r = &c->profile->dnc[i];
		uint64_t bits = 0;
		const struct ext_list *l = gate_list(c->g, r->list, &bits);

		if (!(r->purposes & purpose_bit(c)))
			continue;
		applies = true;
		if (l && store_set_has(c->g->store, STORE_DNC_PUBLIC,
				       bits | c->number)) {
			SAY(c, "on %s; ", r->list);
			if (!written)
				return block(c, GATE_NEVER, r->list,
					     r->source);
			continue;
		}
		bool old = r->max_age_s &&
			   (!l || c->at_s - l->fetched_s > r->max_age_s);

		SAY(c, "%s: %s; ", r->list,
		    !l || !l->fetched_s ? "never fetched"
		    : old		? "too old" : "not on it");
		if (r->need && (!l || !l->fetched_s || old) && !written)
			return block(c, GATE_NEVER, r->list, r->source);
		source_is(c, r->source);
	}
	return applies ? GATE_PASSES : GATE_NOT_APPLICABLE;
}

enum gate_answer gate_rule_consent(struct gate_case *c)
{
	bool applies = false;

	for (size_t i = 0; i < c->profile->consent_n; i++) {
		const struct consent_row *r = &c->profile->consent[i];

		if (!(r->purposes & purpose_bit(c)) || r->need == NEED_NONE ||
		    (r->automated && !c->ask->campaign->automated))
			continue;
		enum err e = consent_read(c);

		if (e)
			return failed(c, e);
		applies = true;
		source_is(c, r->source);
		unsigned weight = c->consent_found
					  ? gate_consent_weight(
						    c->consent.kind) : 0;

		SAY(c, "%s, needed: %s; ",
		    c->consent_found ? gate_consent_word(c->consent.kind)
				     : "none",
		    r->need == NEED_WRITTEN ? "written" : "given");
		if (weight < (r->need == NEED_WRITTEN ? 2u : 1u))
			return block(c, GATE_NEVER,
				     r->need == NEED_WRITTEN ? "written"
							     : "given",
				     r->source);
	}
	return applies ? GATE_PASSES : GATE_NOT_APPLICABLE;
}

/* ---- hours -------------------------------------------------------------- */

enum gate_answer gate_rule_hours(struct gate_case *c)
{
	const struct gate_campaign *cp = c->ask->campaign;
	const char *holiday = NULL;
	struct zone_time t;

	source_is(c, c->profile->hours_source);
	c->v->zones = c->places.n;
	if (!c->places.n) {
		SAY(c, "no time zone is known for this number");
		return block(c, GATE_NEVER, "no zone", NULL);
	}
	for (size_t i = 0; i < c->places.n; i++) {
		uint16_t at = c->places.at[i];
		bool open = gate_place_open(c->g, cp, at, c->at_s, &holiday);

		zone_local(c->g->zones, at, c->at_s, &t);
		c->v->local_min = t.second / 60;
		SAY(c, "%s%02d:%02d in %s%s%s", i ? ", " : "",
		    t.second / 3600, t.second / 60 % 60,
		    zone_name(c->g->zones, at), holiday ? ": " : "",
		    holiday ? holiday : "");
		if (open)
			continue;
		const struct region_rules *r = gate_region(
			c->profile, zone_region(c->g->zones, at));

		return block(c, gate_places_open_at(c->g, cp, &c->places,
						    c->at_s),
			     holiday ? holiday : zone_name(c->g->zones, at),
			     r && r->hours_n ? r->hours_source : NULL);
	}
	return GATE_PASSES;
}

/* ---- history ------------------------------------------------------------ */

static enum err tries_read(struct gate_case *c)
{
	if (c->has_tries)
		return ERR_OK;
	enum err e = gate_tries_read(c->g, c->person, c->ask->attempt,
				     &c->g->tries);

	c->has_tries = !e;
	c->tries = &c->g->tries;
	return e;
}

static bool counts(const struct gate_case *c, const struct freq_row *r,
		   const struct gate_try *t)
{
	enum gate_count what = r->counts;

	if (what == COUNT_EITHER)
		what = c->ask->campaign->answered_only ? COUNT_ANSWERED
						       : COUNT_DIALLED;
	if (r->scope == SCOPE_NUMBER && t->number != c->number)
		return false;
	if ((r->scope == SCOPE_CAMPAIGN || !r->per_s) &&
	    t->campaign != c->ask->campaign->id.v)
		return false;
	/* A rule for one purpose counts the calls of that purpose. */
	if (r->purposes != UINT32_MAX && !(r->purposes & 1u << (t->purpose & 31)))
		return false;
	if (what == COUNT_DIALLED || t->mark == MARK_INTENT)
		return true;
	if (what == COUNT_TALKED)
		return t->mark == MARK_TALKED || t->mark == MARK_REFUSED;
	return t->mark != MARK_DIALLED && t->mark != MARK_MACHINE;
}

/*
 * At most n calls within per_s before any second: the n-th newest that
 * counts must be per_s old.  Returns when that will be (0: it passes).
 */
static int64_t freq_row_ask(const struct gate_case *c,
			    const struct freq_row *r, uint32_t *counted)
{
	int64_t when[TRIES_READ];
	size_t n = 0;

	for (size_t i = 0; i < c->tries->n; i++) {
		const struct gate_try *t = &c->tries->row[i];
		size_t k = n;

		if (!counts(c, r, t) ||
		    (r->per_s && t->at_s <= c->at_s - r->per_s))
			continue;
		for (; k && when[k - 1] < t->at_s; k--)
			when[k] = when[k - 1];
		when[k] = t->at_s;
		n++;
	}
	*counted = (uint32_t)n;
	if (n < r->n)
		return 0;
	return r->per_s ? when[r->n - 1] + r->per_s : GATE_NEVER;
}

static void freq_ask(struct gate_case *c, const struct freq_row *r,
		     int64_t *latest)
{
	uint32_t n;

	if (!(r->purposes & purpose_bit(c)))
		return;
	int64_t until = freq_row_ask(c, r, &n);

	SAY(c, "%s%u of %u in ", c->words[0] ? ", " : "", n, r->n);
	if (r->per_s)
		SAY(c, "%lld h", (long long)(r->per_s / 3600));
	else
		SAY(c, "the campaign");
	if (until <= *latest && c->v->limit)
		return;
	/* The row that binds longest, or the first when none does. */
	*latest = MAX(*latest, until);
	c->v->limit = r->n;
	c->v->counted = n;
	c->v->window_s = r->per_s;
	source_is(c, r->source);
}

enum gate_answer gate_rule_freq(struct gate_case *c)
{
	const struct gate_campaign *cp = c->ask->campaign;
	int64_t latest = 0;
	enum err e = tries_read(c);

	if (e)
		return failed(c, e);
	for (size_t i = 0; i < c->profile->freq_n; i++)
		freq_ask(c, &c->profile->freq[i], &latest);
	for (size_t i = 0; i < c->profile->region_n; i++) {
		const struct region_rules *r = &c->profile->region[i];
		bool here = false;

		for (size_t k = 0; k < c->places.n; k++)
			here = here || str_eq(r->name,
					      zone_region(c->g->zones,
							  c->places.at[k]));
		for (size_t k = 0; here && k < r->freq_n; k++)
			freq_ask(c, &r->freq[k], &latest);
	}
	if (cp->cap_n && cp->cap_s > 0)
		freq_ask(c, &(struct freq_row){
			.n = cp->cap_n, .per_s = cp->cap_s,
			.counts = COUNT_EITHER, .purposes = UINT32_MAX,
			.source = "the campaign's own cap" }, &latest);
	if (!c->v->limit)
		return GATE_NOT_APPLICABLE;
	return latest ? block(c, latest, "frequency", NULL) : GATE_PASSES;
}

enum gate_answer gate_rule_tries(struct gate_case *c)
{
	const struct gate_campaign *cp = c->ask->campaign;
	uint32_t n = 0;
	enum err e = tries_read(c);

	if (e)
		return failed(c, e);
	for (size_t i = 0; i < c->tries->n; i++)
		n += c->tries->row[i].lead == c->ask->lead.v &&
		     c->tries->row[i].campaign == cp->id.v;
	c->v->tries = n;
	if (!cp->tries_max)
		return GATE_NOT_APPLICABLE;
	SAY(c, "%u of %u", n, cp->tries_max);
	return n < cp->tries_max ? GATE_PASSES
				 : block(c, GATE_NEVER, "attempts", NULL);
}

enum gate_answer gate_rule_pause(struct gate_case *c)
{
	int64_t latest = 0;
	bool applies = false;
	enum err e = tries_read(c);

	if (e)
		return failed(c, e);
	for (size_t i = 0; i < c->profile->quiet_n; i++) {
		const struct quiet_row *r = &c->profile->quiet[i];

		if (!(r->purposes & purpose_bit(c)) ||
		    (r->unless_agent && c->ask->campaign->agent_sure))
			continue;
		applies = true;
		for (size_t k = 0; k < c->tries->n; k++) {
			const struct gate_try *t = &c->tries->row[k];
			int64_t until = t->end_s + r->for_s;

			if (!(r->marks & 1u << (t->mark & 31)) ||
			    until <= c->at_s || until <= latest)
				continue;
			latest = until;
			c->v->window_s = r->for_s;
			source_is(c, r->source);
			str_copy(c->v->detail, sizeof(c->v->detail),
				 gate_mark_word((enum gate_mark)t->mark));
		}
	}
	if (!applies)
		return GATE_NOT_APPLICABLE;
	SAY(c, "%s%s", latest ? "after a call " : "none",
	    latest ? c->v->detail : "");
	return latest ? block(c, latest, NULL, NULL) : GATE_PASSES;
}

/* ---- the rest ------------------------------------------------------------ */

enum gate_answer gate_rule_caller(struct gate_case *c)
{
	const char *caller = c->ask->caller;

	if (!c->profile->caller_n || !caller)
		return GATE_NOT_APPLICABLE;
	SAY(c, "%s", *caller ? caller : "withheld");
	for (size_t i = 0; i < c->profile->caller_n; i++) {
		const struct caller_row *r = &c->profile->caller[i];
		size_t len = strlen(r->forbid);

		source_is(c, r->source);
		if (len ? !strncmp(caller, r->forbid, len) : !*caller)
			return block(c, GATE_NEVER, len ? r->forbid
							: "withheld",
				     r->source);
	}
	return GATE_PASSES;
}

enum gate_answer gate_rule_purpose(struct gate_case *c)
{
	const struct gate_campaign *cp = c->ask->campaign;

	SAY(c, "%s%s", gate_purpose_word(cp->purpose),
	    cp->licensee ? ", by a licensed call centre" : "");
	for (size_t i = 0; i < c->profile->purpose_n; i++) {
		const struct purpose_row *r = &c->profile->purpose[i];

		if (!(r->purposes & purpose_bit(c)) ||
		    (r->licensee && !cp->licensee))
			continue;
		enum err e = consent_read(c);

		if (e)
			return failed(c, e);
		if (!r->unless_consent || !c->consent_found)
			return block(c, GATE_NEVER,
				     gate_purpose_word(cp->purpose),
				     r->source);
	}
	return GATE_PASSES;
}

enum gate_answer gate_rule_agent(struct gate_case *c)
{
	SAY(c, "%u free", c->ask->agents_free);
	c->v->agents = c->ask->agents_free;
	return c->ask->agents_free ? GATE_PASSES
				   : block(c, GATE_NEVER, "no agent", NULL);
}
