/*
 * Leads into the store, fast: rows of STORE_LEAD are appended as they come,
 * and at the end of each generation (a million) their index rows are written
 * in key order, for LMDB takes sorted keys twenty times as fast as random
 * ones (PLATFORM: 1.4 M/s against 52 k/s).
 *
 * The row of STORE_IMPORT says where the open generation begins, in the same
 * transaction as its first leads.  After a crash its leads are there without
 * index rows, or with some: they are all written again, which is harmless.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "lead/lead_import_priv.h"

#define GROUP_ROWS 4000		/* below STORE_ROWS_MAX, see store_post      */

#define IMPORT_MARK(F)                                                        \
	F(u32,  first_seq, 0, "the open generation begins here")              \
	F(bool, open,      0, "its index is not written yet")

SCHEMA_STRUCT(import_mark, IMPORT_MARK);
SCHEMA_DEFINE(import_mark, IMPORT_MARK, "how far an import came");

/* ---- seen numbers ------------------------------------------------------------ */

static size_t set_at(const struct number_set *s, uint64_t v)
{
	size_t i = (size_t)(v * UINT64_C(0x9e3779b97f4a7c15) >> 24) &
		   (s->size - 1);

	while (s->at[i] && s->at[i] != v)
		i = (i + 1) & (s->size - 1);
	return i;
}

enum err number_set_add(struct number_set *s, uint64_t number, bool *seen)
{
	if (s->n * 2 >= s->size) {
		struct number_set more = { .size = s->size ? s->size * 2
							   : 65536 };

		more.at = calloc(more.size, sizeof(*more.at));
		if (!more.at)
			return ERR_MEMORY;
		for (size_t i = 0; i < s->size; i++)
			if (s->at[i])
				more.at[set_at(&more, s->at[i])] = s->at[i];
		more.n = s->n;
		free(s->at);
		*s = more;
	}
	size_t i = set_at(s, number);

	*seen = s->at[i] == number;
	s->n += !*seen;
	s->at[i] = number;
	return ERR_OK;
}

bool number_set_has(const struct number_set *s, uint64_t number)
{
	return s->size && s->at[set_at(s, number)] == number;
}

void number_set_free(struct number_set *s)
{
	free(s->at);
	*s = (struct number_set){ 0 };
}

/* ---- groups in flight -------------------------------------------------------- */

static enum err wait_oldest(struct import_writer *w)
{
	struct store_group *g = w->posted[w->posted_at];

	w->posted_at = (w->posted_at + 1) % POSTED_MAX;
	w->posted_n--;
	return store_wait(g, NULL);
}

static enum err post(struct import_writer *w)
{
	enum err e = ERR_OK;

	if (!w->grp)
		return ERR_OK;
	if (w->posted_n == POSTED_MAX)
		e = wait_oldest(w);
	store_post(w->grp);
	w->posted[(w->posted_at + w->posted_n++) % POSTED_MAX] = w->grp;
	w->grp = NULL;
	return e;
}

static enum err post_all(struct import_writer *w)
{
	enum err e = post(w);

	while (w->posted_n) {
		enum err e2 = wait_oldest(w);

		e = e ? e : e2;
	}
	return e;
}

/* A group with room for some rows more. */
static enum err room(struct import_writer *w)
{
	enum err e = ERR_OK;

	if (w->grp && store_group_rows(w->grp) >= GROUP_ROWS)
		e = post(w);
	if (!w->grp)
		w->grp = store_begin_bulk(w->ls->store);
	return e;
}

/* ---- the mark ---------------------------------------------------------------- */

static void mark_put(struct import_writer *w, bool open)
{
	struct store_key k = { 0 };
	struct import_mark m = { .first_seq = w->first_seq, .open = open };
	uint8_t buf[32];
	size_t len;

	store_key_u32(&k, w->list);
	if (!schema_encode(&import_mark_schema, &m, buf, sizeof(buf), &len))
		store_put(w->grp, STORE_IMPORT, k.b, k.len, buf, len);
	w->open = open;
}

static enum err mark_get(struct store *s, uint32_t list, struct import_mark *m)
{
	struct store_key k = { 0 };
	uint8_t buf[32];
	size_t len;

	store_key_u32(&k, list);
	*m = (struct import_mark){ 0 };
	enum err e = store_get(s, STORE_IMPORT, k.b, k.len, buf, sizeof(buf),
			       &len);

	if (e == ERR_ABSENT)
		return ERR_OK;
	return e ? e : schema_decode(&import_mark_schema, buf, len, m);
}

bool lead_import_pending(const struct leads *ls, struct list_id list)
{
	struct import_mark m;

	return !mark_get(ls->store, list.v, &m) && m.open;
}

/* ---- adding ------------------------------------------------------------------ */

static enum err entry_room(struct import_writer *w, size_t more)
{
	if (w->entry_n + more <= w->entry_max)
		return ERR_OK;
	size_t max = w->entry_max ? w->entry_max * 2 : 4096;
	struct import_entry *p = realloc(w->entry, max * sizeof(*p));

	if (!p)
		return ERR_MEMORY;
	w->entry = p;
	w->entry_max = max;
	return ERR_OK;
}

static enum err entries_add(struct import_writer *w, const struct lead *l)
{
	enum err e = entry_room(w, LEAD_NUMBERS_MAX);

	for (uint32_t i = 0; !e && i < l->numbers_count; i++)
		w->entry[w->entry_n++] = (struct import_entry){
			.number = lead_e164(l->numbers[i].e164),
			.person = l->person,
			.seq = (uint32_t)l->id,
			.group = l->zones,
			.rank = lead_ready_row(l).rank,
			.primary = !i,
			.ready = l->status == LEAD_READY,
			.consent = !i && l->consent_count,
		};
	return e;
}

static enum err generation_close(struct import_writer *w);

enum err import_writer_add(struct import_writer *w, struct lead *lead)
{
	enum err e = room(w);

	if (e)
		return e;
	if (w->next_seq >= SEQ_BY_HAND)
		return ERR_FULL;
	if (!w->open) {
		w->first_seq = w->next_seq;
		mark_put(w, true);
	}
	if (lead->zones && !w->group_known[lead->zones]) {
		lead_group_put(w->ls, w->grp, lead->zones);
		w->group_known[lead->zones] = 1;
	}
	lead->id = (uint64_t)w->list << 32 | w->next_seq;
	e = lead_put(w->grp, lead);
	if (!e)
		e = entries_add(w, lead);
	if (e)
		return e;
	w->next_seq++;
	if (w->next_seq - w->first_seq >= GENERATION_MAX)
		return generation_close(w);
	return ERR_OK;
}

/* ---- closing a generation ---------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
	const struct import_entry *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static int by_rank(const void *a, const void *b)
{
	const struct import_entry *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* The proof is in the lead's row: read back, for those that have one. */
static enum err consent_add(struct import_writer *w,
			    const struct import_entry *en)
{
	struct lead l;
	enum err e = lead_get(w->ls, (struct lead_id){
			(uint64_t)w->list << 32 | en->seq }, &l);

	if (e || !l.consent_count)
		return e;
	w->consents++;
	return w->consent(w->consent_arg, w->grp, l.person, &l.consent[0]);
}

static enum err index_write(struct import_writer *w)
{
	enum err e = ERR_OK;

	if (!w->entry_n)
		return ERR_OK;
	qsort(w->entry, w->entry_n, sizeof(*w->entry), by_number);
	for (size_t i = 0; !e && i < w->entry_n; i++) {
		const struct import_entry *en = &w->entry[i];

		e = room(w);
		lead_number_put(w->grp, en->number, en->person,
				(uint64_t)w->list << 32 | en->seq);
		if (!e && en->consent && w->consent)
			e = consent_add(w, en);
	}
	qsort(w->entry, w->entry_n, sizeof(*w->entry), by_rank);
	for (size_t i = 0; !e && i < w->entry_n; i++) {
		const struct import_entry *en = &w->entry[i];
		struct store_key k = { 0 };

		if (!en->primary)
			continue;
		lead_tally_add(&w->tally, LEAD_READY, en->group, 1);
		if (!en->ready)
			continue;
		e = room(w);
		lead_ready_key(&k, w->list, en->group, (struct ready_row){
				.rank = en->rank,
				.id = (uint64_t)w->list << 32 | en->seq });
		store_put(w->grp, STORE_LEAD_READY, k.b, k.len, "", 0);
	}
	return e;
}

static enum err generation_close(struct import_writer *w)
{
	/* Consents are read back: the leads must be there. */
	enum err e = post_all(w);

	if (!e)
		e = index_write(w);
	if (!e)
		e = room(w);
	if (e)
		return e;
	w->tally.next_seq = w->next_seq;
	e = lead_tally_put(w->grp, w->list, SHARD_IMPORT, &w->tally);
	if (e)
		return e;
	mark_put(w, false);
	w->entry_n = 0;
	return post_all(w);
}

enum err import_writer_close(struct import_writer *w)
{
	return w->open ? generation_close(w) : post_all(w);
}

enum err import_writer_list(struct import_writer *w,
			    const struct lead_list *list)
{
	struct store_key k = { 0 };
	uint8_t buf[1024];
	size_t len;
	enum err e = schema_encode(&lead_list_schema, list, buf, sizeof(buf),
				   &len);

	if (!e)
		e = room(w);
	if (e)
		return e;
	store_key_u32(&k, list->id);
	store_put(w->grp, STORE_LIST, k.b, k.len, buf, len);
	return ERR_OK;
}

/* ---- after an interruption --------------------------------------------------- */

static bool again(void *arg, const void *key, size_t klen, const void *val,
		  size_t vlen)
{
	struct import_writer *w = arg;
	struct lead l;

	if (store_decode(w->ls->store, STORE_LEAD, key, klen, val, vlen,
			 &lead_schema, &l) || entries_add(w, &l))
		return false;
	w->next_seq = (uint32_t)l.id + 1;
	return true;
}

static enum err recover(struct import_writer *w)
{
	struct store_key from = { 0 }, to = { 0 };
	uint64_t list = (uint64_t)w->list << 32;

	lead_key(&from, list + w->first_seq);
	lead_key(&to, list + SEQ_BY_HAND);
	enum err e = store_scan_all(w->ls->store, STORE_LEAD,
				    &(struct store_range){
					    .from = from.b,
					    .from_len = from.len,
					    .to = to.b, .to_len = to.len },
				    again, w);

	if (e)
		return e;
	log_info("lead", "list %u: an interrupted import of %u leads is "
		 "completed", w->list, w->next_seq - w->first_seq);
	return generation_close(w);
}

enum err import_writer_init(struct import_writer *w, struct leads *ls,
			    uint32_t list)
{
	struct import_mark m;

	w->ls = ls;
	w->list = list;
	enum err e = lead_tally_get(ls->store, list, SHARD_IMPORT, &w->tally);

	if (!e)
		e = mark_get(ls->store, list, &m);
	if (e)
		return e;
	w->next_seq = MAX(w->tally.next_seq, 1u);
	w->first_seq = w->next_seq;
	if (!m.open)
		return ERR_OK;
	w->first_seq = m.first_seq;
	w->next_seq = MAX(w->next_seq, m.first_seq);
	w->open = true;
	return recover(w);
}

void import_writer_fini(struct import_writer *w)
{
	if (w->grp)
		w->grp = store_abort(w->grp);
	while (w->posted_n)
		(void)!wait_oldest(w);
	free(w->entry);
	w->entry = NULL;
}
