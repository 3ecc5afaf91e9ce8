/*
 * server/pacer/pacer_save -- learned state and ledger as bytes.
 *
 *   "WPAC" version count check | count doubles, IEEE 754, little endian
 *
 * Only what was learned is written; edges, windows and priors come from the
 * parameters of the pacer that loads.
 */
#include "pacer/pacer_priv.h"

#include <math.h>
#include <string.h>

#define MAGIC   0x43415057u	/* "WPAC" read as little endian              */
#define VERSION 1u
#define HEADER  16u

struct span {
	double *at;
	size_t n;
	double low;		/* no value may be below; NAN = any          */
};

#define ONE(x) { &(x), 1, 0 }
#define MANY(x) { (x), ARRAY_LEN(x), 0 }
#define HAZARD(h) MANY((h).ends), MANY((h).time), ONE((h).drift_ends),        \
		  ONE((h).drift_expected), ONE((h).n), ONE((h).sum),          \
		  ONE((h).sum2)
#define RATE(r) MANY((r).hits), MANY((r).tries), ONE((r).misses),             \
		{ (r).fit, RATE_MODELS, (double)NAN }
#define SPANS 40

static size_t know_spans(struct know *w, struct span out[SPANS])
{
	const struct span s[] = {
		RATE(w->rate), RATE(w->person),
		MANY(w->answered.seen), ONE(w->answered.sum),
		MANY(w->failed.seen), ONE(w->failed.sum),
		HAZARD(w->talk), HAZARD(w->wrap), ONE(w->chance_mean),
	};

	memcpy(out, s, sizeof(s));
	return ARRAY_LEN(s);
}

static size_t ledger_spans(struct ledger *l, struct span out[SPANS])
{
	const struct span s[] = {
		{ (double *)l->slot, 2 * LEDGER_SLOTS, 0 },
		{ &l->sum.answered, 2, 0 }, { &l->all.answered, 2, 0 },
		{ &l->risked, 2, 0 },
	};

	memcpy(out, s, sizeof(s));
	return ARRAY_LEN(s);
}

static size_t spans_of(struct know *w, struct ledger *l,
		       struct span out[2 * SPANS], size_t *values)
{
	size_t n = know_spans(w, out);

	n += ledger_spans(l, out + n);
	*values = 0;
	for (size_t i = 0; i < n; i++)
		*values += out[i].n;
	return n;
}

static void put32(uint8_t *b, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		b[i] = (uint8_t)(v >> 8 * i);
}

static uint32_t get32(const uint8_t *b)
{
	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
	       (uint32_t)b[3] << 24;
}

static void put_double(uint8_t *b, double d)
{
	uint64_t v;

	memcpy(&v, &d, sizeof(v));
	put32(b, (uint32_t)v);
	put32(b + 4, (uint32_t)(v >> 32));
}

static double get_double(const uint8_t *b)
{
	uint64_t v = get32(b) | (uint64_t)get32(b + 4) << 32;
	double d;

	memcpy(&d, &v, sizeof(d));
	return d;
}

/* FNV-1a, 32 bits: finds damage, not malice. */
static uint32_t check_of(const uint8_t *b, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 16777619u;
	return h;
}

size_t pacer_save_size(void)
{
	static struct know w;
	static struct ledger l;
	struct span s[2 * SPANS];
	size_t values;

	spans_of(&w, &l, s, &values);
	return HEADER + 8 * values;
}

enum err pacer_save(const struct pacer *p, void *buf, size_t size, size_t *len)
{
	struct know w = p->know;
	struct ledger l = p->ledger;
	struct span s[2 * SPANS];

	l.all = (struct slot){ 0, 0 };	/* "since the start" begins anew */
	size_t values, n = spans_of(&w, &l, s, &values);
	uint8_t *b = buf, *at = b + HEADER;

	if (size < HEADER + 8 * values)
		return ERR_FULL;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < s[i].n; k++, at += 8)
			put_double(at, s[i].at[k]);
	put32(b, MAGIC);
	put32(b + 4, VERSION);
	put32(b + 8, (uint32_t)values);
	put32(b + 12, check_of(b + HEADER, 8 * values));
	*len = HEADER + 8 * values;
	return ERR_OK;
}

static enum err read_all(const void *buf, size_t len, struct know *w,
			 struct ledger *l)
{
	struct span s[2 * SPANS];
	size_t values, n = spans_of(w, l, s, &values);
	const uint8_t *b = buf, *at = b + HEADER;

	if (!buf || len < HEADER || get32(b) != MAGIC)
		return ERR_FORMAT;
	if (get32(b + 4) != VERSION)
		return ERR_VERSION;
	if (get32(b + 8) != values || len != HEADER + 8 * values ||
	    get32(b + 12) != check_of(b + HEADER, 8 * values))
		return ERR_FORMAT;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < s[i].n; k++, at += 8) {
			double v = get_double(at);

			if (!isfinite(v) || v < s[i].low || v > 1e15)
				return ERR_FORMAT;
			s[i].at[k] = v;
		}
	return ERR_OK;
}

static void use_know(struct pacer *p, const struct know *w)
{
	p->know = *w;
	risk_tables_all(p);
}

enum err pacer_load(struct pacer *p, const void *buf, size_t len,
		    int64_t now_ms, int64_t saved_ago_ms)
{
	struct know w = p->know;
	struct ledger l = p->ledger;

	if (p->started)
		return ERR_STATE;
	enum err e = read_all(buf, len, &w, &l);

	if (e != ERR_OK)
		return e;
	if (saved_ago_ms < 0)
		return ERR_ARG;
	p->ledger = l;
	p->ledger.all = (struct slot){ 0, 0 };
	use_know(p, &w);
	p->started = true;
	p->now_ms = p->start_ms = p->built_ms = p->minute_ms = now_ms;
	p->slot_ms = now_ms - saved_ago_ms;
	p->cohort_s = now_ms / 1000;
	budget_turn(p);
	return ERR_OK;
}

enum err pacer_prior(struct pacer *p, const void *buf, size_t len,
		     double weight)
{
	struct know w = p->know;
	struct ledger l = p->ledger;

	if (!(weight >= 0 && weight <= 1))
		return ERR_ARG;
	if (p->fed)
		return ERR_STATE;
	enum err e = read_all(buf, len, &w, &l);

	if (e != ERR_OK)
		return e;
	struct span s[SPANS];
	size_t n = know_spans(&w, s);
	double chance = w.chance_mean;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < s[i].n; k++)
			s[i].at[k] *= weight;
	w.chance_mean = chance;
	use_know(p, &w);
	return ERR_OK;
}

static void scale(const struct span *s, size_t n, double by)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < s[i].n; k++)
			s[i].at[k] *= by;
}

enum err pacer_prior_times(struct pacer *p, const void *buf, size_t len,
			   double weight)
{
	struct know w = p->know, own = p->know;
	struct ledger l = p->ledger;

	if (!(weight >= 0 && weight <= 1))
		return ERR_ARG;
	if (p->fed)
		return ERR_STATE;
	enum err e = read_all(buf, len, &w, &l);

	if (e != ERR_OK)
		return e;
	const struct span times[] = { HAZARD(w.talk), HAZARD(w.wrap) };
	const struct span rings[] = { MANY(w.answered.seen),
				      MANY(w.failed.seen) };

	scale(times, ARRAY_LEN(times), weight);
	for (size_t i = 0; i < ARRAY_LEN(rings); i++) {
		struct ring *r = i ? &w.failed : &w.answered;

		scale(&rings[i], 1, 1 / fmax(r->sum, 1));
		r->sum = fmin(r->sum, 1);
	}
	own.talk = w.talk;
	own.wrap = w.wrap;
	own.answered = w.answered;
	own.failed = w.failed;
	use_know(p, &own);
	return ERR_OK;
}
