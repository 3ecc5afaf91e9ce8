/*
 * Counts by status and zone group, kept as leads move.  A list has a tally
 * for each writer (the loop, an import); what people see is their sum.
 */
#include "lead/lead_priv.h"

#include "base/log.h"

SCHEMA_DEFINE(lead_tally_row, LEAD_TALLY_ROW, "a count");
SCHEMA_DEFINE(lead_tally, LEAD_TALLY, "leads of a list by status");

static void row_add(struct lead_tally_row *rows, uint32_t *count, size_t max,
		    uint32_t what, int64_t n)
{
	for (uint32_t i = 0; i < *count; i++) {
		if (rows[i].what == what) {
			rows[i].n += n;
			return;
		}
	}
	if (*count == max) {
		log_warn("lead", "more than %zu zone groups in a list", max);
		return;
	}
	rows[(*count)++] = (struct lead_tally_row){ .what = what, .n = n };
}

void lead_tally_add(struct lead_tally *t, enum lead_status s, uint32_t group,
		    int64_t n)
{
	row_add(t->by_status, &t->by_status_count, LEAD_STATUS_COUNT, s, n);
	if (s == LEAD_READY)
		row_add(t->ready, &t->ready_count, TALLY_GROUPS, group, n);
}

static void tally_key(struct store_key *k, uint32_t list, unsigned shard)
{
	store_key_u32(k, list);
	store_key_u8(k, (uint8_t)shard);
}

enum err lead_tally_put(struct store_group *grp, uint32_t list, unsigned shard,
			const struct lead_tally *t)
{
	struct store_key k = { 0 };
	uint8_t buf[TALLY_GROUPS * 24 + 512];
	size_t len;
	enum err e = schema_encode(&lead_tally_schema, t, buf, sizeof(buf),
				   &len);

	if (e)
		return e;
	tally_key(&k, list, shard);
	store_put(grp, STORE_LIST, k.b, k.len, buf, len);
	return ERR_OK;
}

enum err lead_tally_get(struct store *s, uint32_t list, unsigned shard,
			struct lead_tally *t)
{
	struct store_key k = { 0 };
	uint8_t buf[TALLY_GROUPS * 24 + 512];
	size_t len;

	tally_key(&k, list, shard);
	enum err e = store_get(s, STORE_LIST, k.b, k.len, buf, sizeof(buf),
			       &len);

	if (e == ERR_ABSENT) {
		*t = (struct lead_tally){ 0 };
		return ERR_OK;
	}
	return e ? e : schema_decode(&lead_tally_schema, buf, len, t);
}

int64_t lead_ready_in(const struct list_state *st, uint32_t group)
{
	int64_t n = 0;

	for (unsigned s = 0; s < SHARD_COUNT; s++)
		for (uint32_t i = 0; i < st->tally[s].ready_count; i++)
			if (st->tally[s].ready[i].what == group)
				n += st->tally[s].ready[i].n;
	return MAX(n, 0);
}

static void counts_add(const struct list_state *st, struct lead_counts *out)
{
	for (unsigned s = 0; s < SHARD_COUNT; s++) {
		const struct lead_tally *t = &st->tally[s];

		for (uint32_t i = 0; i < t->by_status_count; i++) {
			if (t->by_status[i].what >= LEAD_STATUS_COUNT)
				continue;
			out->by_status[t->by_status[i].what] +=
				t->by_status[i].n;
			out->total += t->by_status[i].n;
		}
	}
}

void lead_list_counts(const struct leads *ls, struct list_id list,
		      struct lead_counts *out)
{
	const struct list_state *st = lead_list_state(ls, list.v);

	*out = (struct lead_counts){ 0 };
	if (st)
		counts_add(st, out);
}

void lead_campaign_counts(const struct leads *ls, struct campaign_id c,
			  struct lead_counts *out)
{
	*out = (struct lead_counts){ 0 };
	for (size_t i = 0; i < CAMPAIGNS_MAX; i++) {
		const struct campaign_view *v = &ls->campaigns[i];

		if (v->id.v != c.v || !c.v)
			continue;
		for (size_t k = 0; k < v->list_n; k++) {
			const struct list_state *st =
				lead_list_state(ls, v->lists[k].v);

			if (st)
				counts_add(st, out);
		}
	}
}
