/*
 * gate_trim -- attempts nobody asks about any more.
 *
 * An attempt may go when it is older than everything a rule of any profile
 * looks back at, and nobody says it is still needed: a rule that counts over
 * a whole campaign needs it for as long as the campaign is there.
 */
#include "gate/gate_priv.h"

int64_t gate_history_s(const struct gate *g)
{
	const struct gate_profile *p;
	int64_t most = 0;

	for (size_t i = 0; (p = gate_profile_at(g, i)); i++) {
		for (size_t k = 0; k < p->freq_n; k++)
			most = MAX(most, p->freq[k].per_s);
		for (size_t k = 0; k < p->quiet_n; k++)
			most = MAX(most, p->quiet[k].for_s);
		for (size_t r = 0; r < p->region_n; r++)
			for (size_t k = 0; k < p->region[r].freq_n; k++)
				most = MAX(most, p->region[r].freq[k].per_s);
	}
	return most;
}

bool gate_profile_whole_campaign(const struct gate_profile *p)
{
	bool whole = false;

	for (size_t k = 0; k < p->freq_n; k++)
		whole |= !p->freq[k].per_s;
	for (size_t r = 0; r < p->region_n; r++)
		for (size_t k = 0; k < p->region[r].freq_n; k++)
			whole |= !p->region[r].freq[k].per_s;
	return whole;
}

struct trim {
	struct store_group *grp;
	const struct gate_trim *ask;
	struct store_key last;
	unsigned seen, gone;
};

static bool old_row(void *arg, const void *key, size_t klen, const void *val,
		    size_t vlen)
{
	struct trim *t = arg;
	struct gate_try row;

	t->last.len = 0;
	store_key_bytes(&t->last, key, klen);
	t->seen++;
	/* What cannot be read is left for a look. */
	if (schema_decode(&gate_try_schema, val, vlen, &row) ||
	    MAX(row.at_s, row.end_s) >= t->ask->before_s ||
	    (t->ask->needed &&
	     t->ask->needed(t->ask->arg,
			    (struct campaign_id){ row.campaign },
			    (struct lead_id){ row.lead })))
		return true;
	store_del(t->grp, STORE_ATTEMPT, key, klen);
	t->gone++;
	return true;
}

enum err gate_attempts_trim(struct gate *g, struct store_group *grp,
			    const struct gate_trim *ask, struct gate_place *at,
			    unsigned *gone)
{
	struct trim t = { .grp = grp, .ask = ask };
	enum err e = store_scan(g->store, STORE_ATTEMPT,
				&(struct store_range){
					.from = at->len ? at->b : NULL,
					.from_len = at->len,
					.limit = ask->budget },
				old_row, &t);

	if (e)
		return e;
	*gone = t.gone;
	at->len = 0;
	if (t.seen == ask->budget) {
		struct store_key next = { 0 };

		store_key_after(&next, t.last.b, t.last.len);
		at->len = (uint8_t)MIN(next.len, sizeof(at->b));
		memcpy(at->b, next.b, at->len);
	}
	return ERR_OK;
}

struct forget {
	struct store_group *grp;
	unsigned gone;
};

static bool forget_row(void *arg, const void *key, size_t klen,
		       const void *val UNUSED, size_t vlen UNUSED)
{
	struct forget *f = arg;

	store_del(f->grp, STORE_ATTEMPT, key, klen);
	f->gone++;
	return true;
}

enum err gate_history_forget(struct gate *g, struct store_group *grp,
			     uint64_t person, const char *e164,
			     unsigned *gone)
{
	uint64_t who[2] = { person, gate_number(e164) };
	struct forget f = { .grp = grp };
	enum err e = ERR_OK;

	for (size_t i = 0; !e && i < ARRAY_LEN(who); i++) {
		struct store_key k = { 0 };

		if (!who[i] || (i && who[i] == who[0]))
			continue;
		store_key_u64(&k, who[i]);
		e = store_scan_prefix(g->store, STORE_ATTEMPT, k.b, k.len, 500,
				      forget_row, &f);
	}
	*gone = f.gone;
	return e;
}
