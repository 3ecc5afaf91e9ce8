/*
 * Reads: one row, a member, a page of rows in order, each from a snapshot of
 * its own with the home thread's pending writes laid over it.
 */
#include "store/store_priv.h"

#include "base/log.h"

static bool good_key(size_t len)
{
	return len && len <= STORE_KEY_MAX;
}

enum err store_get(struct store *s, enum store_table t, const void *key,
		   size_t klen, void *buf, size_t cap, size_t *len)
{
	struct blob k = { key, klen }, val = { NULL, 0 };
	bool home = store_is_home(s);
	struct map_node *n = NULL;
	struct view *v = NULL;
	enum err e = ERR_OK;

	if ((unsigned)t >= STORE_TABLE_COUNT || !good_key(klen) ||
	    (store_table_is_set(t) && klen != 8))
		return ERR_ARG;
	if (home && s->overlay[t].count)
		n = map_find(&s->overlay[t], k);
	if (n && n->gone)
		return ERR_ABSENT;
	if (n) {
		val = (struct blob){ n->val, n->vlen };
	} else {
		e = s->engine->view(s, home, &v);
		if (e)
			return e;
		e = s->engine->get(v, t, k, &val);
	}
	if (!e) {
		*len = val.len;
		if (val.len > cap)
			e = ERR_FULL;
		else if (val.len)
			memcpy(buf, val.p, val.len);
	}
	if (v)
		s->engine->unview(s, v);
	return e;
}

bool store_set_has(struct store *s, enum store_table t, uint64_t number)
{
	uint8_t key[8], none;
	size_t len;
	enum err e = ERR_ARG;

	be64_put(key, number);
	if (store_table_is_set(t))
		e = store_get(s, t, key, sizeof(key), &none, 0, &len);
	if (e && e != ERR_ABSENT)
		log_err("store", "set %s: %s", store_table_word(t),
			err_text(e));
	return !e;
}

struct scan {
	const struct store_range *range;
	bool over;		/* an overlay to merge                       */
	struct cursor base;
	struct map_cur own;
};

/* Whose row is next?  -1 the base's, 1 the overlay's, 0 the same key. */
static int scan_which(struct scan *sc)
{
	int d;

	if (!sc->over || !sc->own.n)
		return -1;
	if (!sc->base.valid)
		return 1;
	d = blob_cmp(sc->base.key.p, sc->base.key.len, sc->own.n->key,
		     sc->own.n->klen);
	return sc->range->reverse ? -d : d;
}

static bool scan_in_range(const struct store_range *r, struct blob key)
{
	if (r->reverse)
		return !r->from || blob_cmp(key.p, key.len, r->from,
					    r->from_len) >= 0;
	return !r->to || blob_cmp(key.p, key.len, r->to, r->to_len) < 0;
}

static enum err scan_rows(struct store *s, struct scan *sc, size_t limit,
			  store_row_h *row, void *arg)
{
	enum err e = ERR_OK;

	while (limit && !e) {
		struct blob key, val;
		bool gone = false;

		if (sc->over)
			map_cur_sync(&sc->own);
		if (s->engine->refresh)
			s->engine->refresh(&sc->base);
		int which = scan_which(sc);

		if (which < 0) {
			if (!sc->base.valid)
				break;
			key = sc->base.key;
			val = sc->base.val;
		} else {
			key = (struct blob){ sc->own.n->key, sc->own.n->klen };
			val = (struct blob){ sc->own.n->val, sc->own.n->vlen };
			gone = sc->own.n->gone;
		}
		if (!scan_in_range(sc->range, key))
			break;
		if (!gone) {
			limit--;
			if (!row(arg, key.p, key.len, val.p, val.len))
				break;
		}
		if (which >= 0)
			map_cur_step(&sc->own);
		if (which <= 0)
			e = s->engine->step(&sc->base);
	}
	return e;
}

enum err store_scan(struct store *s, enum store_table t,
		    const struct store_range *range, store_row_h *row,
		    void *arg)
{
	bool home = store_is_home(s), rev = range->reverse;
	struct scan sc = { .range = range };
	struct blob start = { rev ? range->to : range->from,
			      rev ? range->to_len : range->from_len };
	size_t limit = range->limit;
	struct view *v;
	enum err e;

	if ((unsigned)t >= STORE_TABLE_COUNT ||
	    (range->from && range->from_len > STORE_KEY_MAX) ||
	    (range->to && range->to_len > STORE_KEY_MAX))
		return ERR_ARG;
	if (!limit || limit > STORE_PAGE_MAX)
		limit = STORE_PAGE_MAX;
	if (!start.len)
		start.p = NULL;
	if (rev && range->to && !range->to_len)
		return ERR_OK;		/* nothing is before the empty key */
	e = s->engine->view(s, home, &v);
	if (e)
		return e;
	sc.over = home && s->overlay[t].count;
	if (sc.over)
		map_cur_seek(&sc.own, &s->overlay[t], start, rev);
	e = s->engine->seek(v, t, start, rev, &sc.base);
	if (!e) {
		/* Only the home thread's: a worker must not even touch it. */
		if (home)
			s->reading++;
		e = scan_rows(s, &sc, limit, row, arg);
		if (home)
			s->reading--;
		s->engine->cursor_end(&sc.base);
	}
	s->engine->unview(s, v);
	return e;
}

enum err store_scan_prefix(struct store *s, enum store_table t,
			   const void *prefix, size_t len, size_t limit,
			   store_row_h *row, void *arg)
{
	struct store_key end = { 0 };

	store_key_prefix_end(&end, prefix, len);
	return store_scan(s, t, &(struct store_range){
			.from = prefix, .from_len = len,
			.to = end.len ? end.b : NULL, .to_len = end.len,
			.limit = limit }, row, arg);
}

struct all {
	store_row_h *row;
	void *arg;
	struct store_key last;
	size_t met;
	bool stopped;
};

static bool all_row(void *arg, const void *key, size_t klen, const void *val,
		    size_t vlen)
{
	struct all *a = arg;

	a->met++;
	a->last.len = (uint16_t)klen;
	memcpy(a->last.b, key, klen);
	a->stopped = !a->row(a->arg, key, klen, val, vlen);
	return !a->stopped;
}

enum err store_scan_all(struct store *s, enum store_table t,
			const struct store_range *range, store_row_h *row,
			void *arg)
{
	struct all a = { .row = row, .arg = arg };
	struct store_range r = *range;
	struct store_key next;
	enum err e;

	r.limit = STORE_PAGE_MAX;
	do {
		a.met = 0;
		e = store_scan(s, t, &r, all_row, &a);
		if (r.reverse) {	/* the bound is exclusive: go on below */
			next = a.last;
			r.to = next.b;
			r.to_len = next.len;
		} else {
			store_key_after(&next, a.last.b, a.last.len);
			r.from = next.b;
			r.from_len = next.len;
			a.stopped |= !next.len;
		}
	} while (!e && !a.stopped && a.met == STORE_PAGE_MAX);
	return e;
}

enum err store_count(struct store *s, enum store_table t, uint64_t *rows)
{
	struct view *v;
	enum err e;

	if ((unsigned)t >= STORE_TABLE_COUNT)
		return ERR_ARG;
	e = s->engine->view(s, store_is_home(s), &v);
	if (e)
		return e;
	e = s->engine->count(v, t, rows);
	s->engine->unview(s, v);
	return e;
}
