/*
 * Where a lead waits, and the partitions of READY kept at hand.
 *
 *	READY     lead_ready   list u32, group u32, rank u8, order u32, lead u64
 *	RESERVED  lead_ready   0 u32, lead u64
 *	LATER     lead_later   due second u64, lead u64
 *	AGREED    the same, and  callback  agent u32, second u64, lead u64
 */
#include "lead/lead_priv.h"

#include <stdlib.h>
#include <string.h>

/* ---- ids in a call ------------------------------------------------------- */

static size_t taken_at(const struct leads *ls, uint64_t id)
{
	size_t i = (size_t)(id * UINT64_C(0x9e3779b97f4a7c15) >> 20) &
		   (ls->taken_size - 1);

	while (ls->taken[i] && ls->taken[i] != id)
		i = (i + 1) & (ls->taken_size - 1);
	return i;
}

bool lead_is_taken(const struct leads *ls, uint64_t id)
{
	return ls->taken_size && ls->taken[taken_at(ls, id)] == id;
}

enum err lead_taken_add(struct leads *ls, uint64_t id)
{
	if (ls->taken_n * 2 >= ls->taken_size) {
		size_t old_size = ls->taken_size;
		uint64_t *old = ls->taken;
		size_t size = old_size ? old_size * 2 : 1024;
		uint64_t *more = calloc(size, sizeof(*more));

		if (!more)
			return ERR_MEMORY;
		ls->taken = more;
		ls->taken_size = size;
		for (size_t i = 0; i < old_size; i++)
			if (old[i])
				ls->taken[taken_at(ls, old[i])] = old[i];
		free(old);
	}
	size_t at = taken_at(ls, id);

	ls->taken_n += !ls->taken[at];
	ls->taken[at] = id;
	return ERR_OK;
}

void lead_taken_del(struct leads *ls, uint64_t id)
{
	if (!lead_is_taken(ls, id))
		return;
	size_t hole = taken_at(ls, id);

	ls->taken[hole] = 0;
	ls->taken_n--;
	/* Those behind it move up, so that no search stops too early. */
	for (size_t i = (hole + 1) & (ls->taken_size - 1); ls->taken[i];
	     i = (i + 1) & (ls->taken_size - 1)) {
		uint64_t moved = ls->taken[i];

		ls->taken[i] = 0;
		ls->taken[taken_at(ls, moved)] = moved;
	}
}

/* ---- partitions ---------------------------------------------------------- */

struct ready_row lead_ready_row(const struct lead *l)
{
	/* u32 seconds last until 2106. */
	return (struct ready_row){
		.rank = l->due ? 0
			       : (uint8_t)(LEAD_PRIORITY_TOP -
					   MIN(l->priority,
					       LEAD_PRIORITY_TOP - 1u)),
		.order = l->attempts || l->due ? (uint32_t)l->next_at_s : 0,
		.id = l->id,
	};
}

void lead_ready_key(struct store_key *k, uint32_t list, uint32_t group,
		    struct ready_row r)
{
	store_key_u32(k, list);
	store_key_u32(k, group);
	store_key_u8(k, r.rank);
	store_key_u32(k, r.order);
	store_key_u64(k, r.id);
}

static bool row_before(const struct ready_row *a, const struct ready_row *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank;
	if (a->order != b->order)
		return a->order < b->order;
	return a->id < b->id;
}

static struct part *part_of(struct list_state *st, uint32_t group)
{
	for (size_t i = 0; i < st->part_n; i++)
		if (st->parts[i].group == group)
			return &st->parts[i];
	if (st->part_n == st->part_max) {
		size_t max = st->part_max ? st->part_max * 2 : 4;
		struct part *more = realloc(st->parts, max * sizeof(*more));

		if (!more)
			return NULL;
		st->parts = more;
		st->part_max = max;
	}
	struct part *p = &st->parts[st->part_n++];

	p->group = group;
	p->whole = false;
	p->n = 0;
	return p;
}

void lead_part_drop(struct part *p, uint64_t id)
{
	for (uint16_t i = 0; i < p->n; i++) {
		if (p->rows[i].id != id)
			continue;
		memmove(&p->rows[i], &p->rows[i + 1],
			(size_t)(p->n - i - 1) * sizeof(p->rows[0]));
		p->n--;
		return;
	}
}

static void part_insert(struct part *p, struct ready_row r)
{
	uint16_t i = p->n;

	if (!p->whole && (!i || !row_before(&r, &p->rows[i - 1])))
		return;			/* the next page will bring it       */
	lead_part_drop(p, r.id);
	for (i = p->n; i && row_before(&r, &p->rows[i - 1]); i--)
		;
	if (p->n == PART_PAGE) {
		p->whole = false;
		if (i == PART_PAGE)
			return;
		p->n--;
	}
	memmove(&p->rows[i + 1], &p->rows[i],
		(size_t)(p->n - i) * sizeof(p->rows[0]));
	p->rows[i] = r;
	p->n++;
}

struct filling {
	const struct leads *ls;
	struct part *p;
	size_t seen;
};

#define FILL_LIMIT (PART_PAGE * 4)

static bool fill_row(void *arg, const void *key, size_t klen, const void *val,
		     size_t vlen)
{
	struct filling *f = arg;
	const uint8_t *k = key;

	(void)val;
	(void)vlen;
	f->seen++;
	if (klen != 21)
		return true;
	struct ready_row r = { .rank = k[8], .order = store_be32(k + 9),
			       .id = store_be64(k + 13) };

	if (!lead_is_taken(f->ls, r.id))
		f->p->rows[f->p->n++] = r;
	return f->p->n < PART_PAGE;
}

static enum err part_fill(struct leads *ls, uint32_t list, struct part *p)
{
	struct store_key k = { 0 };
	struct filling f = { .ls = ls, .p = p };

	store_key_u32(&k, list);
	store_key_u32(&k, p->group);
	p->n = 0;
	enum err e = store_scan_prefix(ls->store, STORE_LEAD_READY, k.b,
				       k.len, FILL_LIMIT, fill_row, &f);

	p->whole = !e && p->n < PART_PAGE && f.seen < FILL_LIMIT;
	return e;
}

enum err lead_part_head(struct leads *ls, struct list_state *st,
			struct part *p, const struct ready_row **head)
{
	enum err e = ERR_OK;

	if (!p->n && !p->whole)
		e = part_fill(ls, st->rec.id, p);
	*head = !e && p->n ? &p->rows[0] : NULL;
	return e;
}

static bool first_row(void *arg, const void *key, size_t klen,
		      const void *val, size_t vlen)
{
	(void)val;
	(void)vlen;
	if (klen == 21)
		*(int64_t *)arg = store_be32((const uint8_t *)key + 4);
	return false;
}

/* Leaps from group to group: O(groups), however many leads wait. */
enum err lead_parts_find(struct leads *ls, struct list_state *st)
{
	st->part_n = 0;
	for (uint64_t group = 0; group <= UINT32_MAX; group++) {
		struct store_key from = { 0 }, to = { 0 };
		int64_t found = -1;

		store_key_u32(&from, st->rec.id);
		store_key_u32(&from, (uint32_t)group);
		store_key_u32(&to, st->rec.id + 1);
		enum err e = store_scan(ls->store, STORE_LEAD_READY,
					&(struct store_range){
						.from = from.b,
						.from_len = from.len,
						.to = to.b, .to_len = to.len,
						.limit = 1 },
					first_row, &found);

		if (e)
			return e;
		if (found < 0)
			break;
		group = (uint64_t)found;
		if (!part_of(st, (uint32_t)group))
			return ERR_MEMORY;
	}
	return ERR_OK;
}

/* ---- in and out ---------------------------------------------------------- */

int64_t lead_later_s(const struct lead *l)
{
	return l->next_at_s + (l->status == LEAD_AGREED && l->callback_agent
				       ? MINE_GRACE_S : 0);
}

static void later_key(struct store_key *k, const struct lead *l)
{
	store_key_u64(k, (uint64_t)MAX(lead_later_s(l), 0));
	store_key_u64(k, l->id);
}

static void mine_key(struct store_key *k, const struct lead *l)
{
	store_key_u32(k, l->callback_agent);
	store_key_u64(k, (uint64_t)MAX(l->next_at_s, 0));
	store_key_u64(k, l->id);
}

static void reserved_key(struct store_key *k, const struct lead *l)
{
	store_key_u32(k, 0);
	store_key_u64(k, l->id);
}

static void index_row(struct store_group *grp, bool in, enum store_table t,
		      const struct store_key *k)
{
	if (in)
		store_put(grp, t, k->b, k->len, "", 0);
	else
		store_del(grp, t, k->b, k->len);
}

static void move(struct leads *ls, struct store_group *grp,
		 const struct lead *l, bool in)
{
	struct store_key k = { 0 }, mine = { 0 };
	struct list_state *st = lead_list_state(ls, l->list);
	struct part *p;

	switch ((enum lead_status)l->status) {
	case LEAD_READY:
		lead_ready_key(&k, l->list, l->zones, lead_ready_row(l));
		index_row(grp, in, STORE_LEAD_READY, &k);
		p = st ? part_of(st, l->zones) : NULL;
		if (p && in)
			part_insert(p, lead_ready_row(l));
		else if (p)
			lead_part_drop(p, l->id);
		break;
	case LEAD_RESERVED:
		reserved_key(&k, l);
		index_row(grp, in, STORE_LEAD_READY, &k);
		break;
	case LEAD_AGREED:
		mine_key(&mine, l);	/* agent 0: anyone's */
		index_row(grp, in, STORE_CALLBACK, &mine);
		/* fall through */
	case LEAD_LATER:
		later_key(&k, l);
		index_row(grp, in, STORE_LEAD_LATER, &k);
		break;
	case LEAD_HELD:
	case LEAD_DONE:
	case LEAD_DNC:
	case LEAD_STATUS_COUNT:
		break;
	}
	if (st)
		lead_tally_add(&st->tally[SHARD_LOOP],
			       (enum lead_status)l->status, l->zones,
			       in ? 1 : -1);
}

void lead_place_in(struct leads *ls, struct store_group *grp,
		   const struct lead *l)
{
	move(ls, grp, l, true);
}

void lead_place_out(struct leads *ls, struct store_group *grp,
		    const struct lead *l)
{
	move(ls, grp, l, false);
}
