/*
 * Lists, and opening the room.
 */
#include "lead/lead_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"

#define LIST_RECORD_MAX 1024

struct list_state *lead_list_state(const struct leads *ls, uint32_t id)
{
	for (size_t i = 0; i < ls->list_n; i++)
		if (ls->lists[i]->rec.id == id)
			return ls->lists[i];
	return NULL;
}

const struct lead_list *lead_list(const struct leads *ls, struct list_id id)
{
	const struct list_state *st = lead_list_state(ls, id.v);

	return st ? &st->rec : NULL;
}

const struct lead_list *lead_list_by_name(const struct leads *ls,
					  const char *name)
{
	for (size_t i = 0; i < ls->list_n; i++)
		if (str_eq(ls->lists[i]->rec.name, name))
			return &ls->lists[i]->rec;
	return NULL;
}

const struct lead_list *lead_list_each(const struct leads *ls,
				       const struct lead_list *prev)
{
	if (!prev)
		return ls->list_n ? &ls->lists[0]->rec : NULL;
	for (size_t i = 0; i + 1 < ls->list_n; i++)
		if (&ls->lists[i]->rec == prev)
			return &ls->lists[i + 1]->rec;
	return NULL;
}

const struct lead_list *lead_list_after(const struct leads *ls, uint32_t id)
{
	const struct lead_list *best = NULL;

	for (size_t i = 0; i < ls->list_n; i++) {
		const struct lead_list *l = &ls->lists[i]->rec;

		if (l->id > id && (!best || l->id < best->id))
			best = l;
	}
	return best;
}

static enum err list_put(struct store_group *grp, const struct lead_list *l)
{
	struct store_key k = { 0 };
	uint8_t buf[LIST_RECORD_MAX];
	size_t len;
	enum err e = schema_encode(&lead_list_schema, l, buf, sizeof(buf),
				   &len);

	if (e)
		return e;
	store_key_u32(&k, l->id);
	store_put(grp, STORE_LIST, k.b, k.len, buf, len);
	return ERR_OK;
}

static struct list_state *list_new(struct leads *ls)
{
	if (ls->list_n == ls->list_max) {
		size_t max = ls->list_max ? ls->list_max * 2 : 16;
		struct list_state **more = realloc(ls->lists,
						   max * sizeof(*more));

		if (!more)
			return NULL;
		ls->lists = more;
		ls->list_max = max;
	}
	struct list_state *st = calloc(1, sizeof(*st));

	if (st)
		ls->lists[ls->list_n++] = st;
	return st;
}

enum err lead_list_add(struct leads *ls, struct store_group *grp,
		       struct lead_list *list)
{
	uint32_t id = 1;

	if (!list->name[0])
		return ERR_ARG;
	if (lead_list_by_name(ls, list->name))
		return ERR_EXISTS;
	for (size_t i = 0; i < ls->list_n; i++)
		id = MAX(id, ls->lists[i]->rec.id + 1);
	list->id = id;
	enum err e = list_put(grp, list);

	if (e)
		return e;
	struct list_state *st = list_new(ls);

	if (!st)
		return ERR_MEMORY;
	st->rec = *list;
	return ERR_OK;
}

enum err lead_list_set(struct leads *ls, struct store_group *grp,
		       const struct lead_list *list)
{
	struct list_state *st = lead_list_state(ls, list->id);
	const struct lead_list *same = lead_list_by_name(ls, list->name);

	if (!st)
		return ERR_ABSENT;
	if (!list->name[0] || (same && same->id != list->id))
		return same ? ERR_EXISTS : ERR_ARG;
	enum err e = list_put(grp, list);

	if (!e)
		st->rec = *list;
	return e;
}

void lead_list_refresh(struct leads *ls, struct list_id list)
{
	struct list_state *st = lead_list_state(ls, list.v);
	enum err e = ERR_OK;

	if (!st)
		return;
	e = lead_tally_get(ls->store, list.v, SHARD_IMPORT,
			   &st->tally[SHARD_IMPORT]);
	if (!e)
		e = lead_parts_find(ls, st);
	if (e)
		log_err("lead", "list %s: %s", st->rec.name, err_text(e));
}

/* ---- opening ------------------------------------------------------------- */

struct opening {
	struct leads *ls;
	enum err err;
};

static bool list_row(void *arg, const void *key, size_t klen, const void *val,
		     size_t vlen)
{
	struct opening *o = arg;

	(void)key;
	if (klen != 4)
		return true;
	struct list_state *st = list_new(o->ls);

	o->err = st ? schema_decode(&lead_list_schema, val, vlen, &st->rec)
		    : ERR_MEMORY;
	return !o->err;
}

static enum err lists_open(struct leads *ls)
{
	struct opening o = { .ls = ls };
	enum err e = store_scan_all(ls->store, STORE_LIST,
				    &(struct store_range){ 0 }, list_row, &o);

	if (!e)
		e = o.err;
	for (size_t i = 0; !e && i < ls->list_n; i++) {
		struct list_state *st = ls->lists[i];

		for (unsigned s = 0; !e && s < SHARD_COUNT; s++)
			e = lead_tally_get(ls->store, st->rec.id, s,
					   &st->tally[s]);
		if (!e)
			e = lead_parts_find(ls, st);
	}
	return e;
}

#define RECOVER_PAGE 256

struct recovering {
	uint64_t ids[RECOVER_PAGE];
	size_t n;
};

static bool reserved_row(void *arg, const void *key, size_t klen,
			 const void *val, size_t vlen)
{
	struct recovering *r = arg;

	(void)val;
	(void)vlen;
	if (klen == 12)
		r->ids[r->n++] = store_be64((const uint8_t *)key + 4);
	return r->n < RECOVER_PAGE;
}

static enum err recover_one(struct leads *ls, struct store_group *grp,
			    uint64_t id)
{
	struct lead l;
	enum err e = lead_get(ls, (struct lead_id){ id }, &l);

	if (e == ERR_ABSENT || (!e && l.status != LEAD_RESERVED)) {
		/* A row whose lead is gone or elsewhere: drop the row. */
		l = (struct lead){ .id = id, .status = LEAD_RESERVED };
		lead_place_out(ls, grp, &l);
		return ERR_OK;
	}
	if (e)
		return e;
	lead_place_out(ls, grp, &l);
	l.status = LEAD_READY;
	lead_place_in(ls, grp, &l);
	ls->recovered++;
	struct list_state *st = lead_list_state(ls, l.list);

	e = lead_put(grp, &l);
	if (!e && st)
		e = lead_tally_put(grp, l.list, SHARD_LOOP,
				   &st->tally[SHARD_LOOP]);
	return e;
}

/* Who was in a call when we died may be called again; whether it is too
 * soon, the gate knows from the intent that was written before. */
static enum err reserved_recover(struct leads *ls)
{
	static const uint8_t prefix[4];
	struct recovering r;

	do {
		r.n = 0;
		enum err e = store_scan_prefix(ls->store, STORE_LEAD_READY,
					       prefix, sizeof(prefix),
					       RECOVER_PAGE, reserved_row,
					       &r);

		if (e || !r.n)
			return e;
		struct store_group *grp = store_begin(ls->store);

		for (size_t i = 0; !e && i < r.n; i++)
			e = recover_one(ls, grp, r.ids[i]);
		if (e) {
			store_abort(grp);
			return e;
		}
		e = store_commit_wait(grp, NULL);
		if (e)
			return e;
	} while (r.n == RECOVER_PAGE);
	return ERR_OK;
}

enum err lead_open(struct store *s, const struct zones *zones,
		   struct leads **out)
{
	struct leads *ls = calloc(1, sizeof(*ls));

	if (!ls)
		return ERR_MEMORY;
	ls->store = s;
	ls->zones = zones;
	pthread_mutex_init(&ls->groups.lock, NULL);
	enum err e = lead_groups_open(ls);

	if (!e)
		e = lists_open(ls);
	if (!e)
		e = reserved_recover(ls);
	if (e)
		lead_free(ls);
	else
		*out = ls;
	return e;
}

struct leads *lead_free(struct leads *ls)
{
	if (!ls)
		return NULL;
	for (size_t i = 0; i < ls->list_n; i++) {
		free(ls->lists[i]->parts);
		free(ls->lists[i]);
	}
	for (size_t i = 0; i < CAMPAIGNS_MAX; i++)
		free(ls->campaigns[i].answers);
	pthread_mutex_destroy(&ls->groups.lock);
	free(ls->lists);
	free(ls->taken);
	free(ls);
	return NULL;
}

uint32_t lead_recovered(const struct leads *ls)
{
	return ls->recovered;
}
