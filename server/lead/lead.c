#include "lead/lead_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"

SCHEMA_DEFINE(lead_number, LEAD_NUMBER, "a telephone number");
SCHEMA_DEFINE(lead_field, LEAD_FIELD, "a value of the list's own column");
SCHEMA_DEFINE(lead_consent, LEAD_CONSENT, "a consent, as imported");
SCHEMA_DEFINE(lead, LEAD_RECORD, "a lead");
SCHEMA_DEFINE(lead_label, LEAD_LABEL, "a list's own column");
SCHEMA_DEFINE(lead_list, LEAD_LIST, "a list of leads");

static const char *const statuses[] = {
#define X(name, word) word,
	LEAD_STATUSES(X)
#undef X
};

const char *lead_status_word(enum lead_status s)
{
	return (unsigned)s < LEAD_STATUS_COUNT ? statuses[s] : "";
}

enum err lead_status_from_word(const char *w, enum lead_status *out)
{
	for (unsigned i = 0; i < LEAD_STATUS_COUNT; i++) {
		if (str_eq(w, statuses[i])) {
			*out = (enum lead_status)i;
			return ERR_OK;
		}
	}
	return ERR_ABSENT;
}

uint64_t lead_e164(const char *s)
{
	uint64_t v = 0;
	size_t n = 0;

	for (; s[n]; n++) {
		if (s[n] < '0' || s[n] > '9' || n == 15)
			return 0;
		v = v * 10 + (uint64_t)(s[n] - '0');
	}
	return s[0] == '0' || n < 7 ? 0 : v;
}

/* ---- records ------------------------------------------------------------- */

void lead_key(struct store_key *k, uint64_t id)
{
	store_key_u64(k, id);
}

enum err lead_get(const struct leads *ls, struct lead_id id, struct lead *out)
{
	struct store_key k = { 0 };
	uint8_t buf[RECORD_MAX];
	size_t len;

	lead_key(&k, id.v);
	enum err e = store_get_open(ls->store, STORE_LEAD, k.b, k.len, buf,
				    sizeof(buf), &len);

	return e ? e : schema_decode(&lead_schema, buf, len, out);
}

enum err lead_put(struct store_group *grp, const struct lead *l)
{
	struct store_key k = { 0 };
	uint8_t buf[RECORD_MAX];
	size_t len;
	enum err e = schema_encode(&lead_schema, l, buf, sizeof(buf), &len);

	if (e)
		return e;
	lead_key(&k, l->id);
	store_put_sealed(grp, STORE_LEAD, k.b, k.len, buf, len);
	return ERR_OK;
}

/* The value is the person, left out where the number stands for him. */
void lead_number_put(struct store_group *grp, uint64_t number,
		     uint64_t person, uint64_t id)
{
	struct store_key k = { 0 }, v = { 0 };

	store_key_u64(&k, number);
	store_key_u64(&k, id);
	if (person != number)
		store_key_u64(&v, person);
	store_put(grp, STORE_LEAD_BY_NUMBER, k.b, k.len, v.b, v.len);
}

static void number_del(struct store_group *grp, uint64_t number, uint64_t id)
{
	struct store_key k = { 0 };

	store_key_u64(&k, number);
	store_key_u64(&k, id);
	store_del(grp, STORE_LEAD_BY_NUMBER, k.b, k.len);
}

struct looking {
	uint64_t *ids;
	size_t max, n;
	uint64_t person, number;
};

static bool look_row(void *arg, const void *key, size_t klen, const void *val,
		     size_t vlen)
{
	struct looking *l = arg;

	if (klen != 16)
		return true;
	if (!l->person)
		l->person = vlen == 8 ? store_be64(val) : l->number;
	if (l->n < l->max)
		l->ids[l->n++] = store_be64((const uint8_t *)key + 8);
	return l->n < l->max;
}

enum err lead_number_look(struct store *s, uint64_t number, uint64_t *person,
			  uint64_t *ids, size_t max, size_t *n)
{
	struct store_key k = { 0 };
	struct looking l = { .ids = ids, .max = max, .number = number };

	store_key_u64(&k, number);
	enum err e = store_scan_prefix(s, STORE_LEAD_BY_NUMBER, k.b, k.len,
				       max, look_row, &l);

	*person = l.person;
	*n = l.n;
	return e;
}

enum err lead_by_number(const struct leads *ls, const char *e164,
			struct lead_id *ids, size_t max, size_t *n)
{
	uint64_t found[64], person, number = lead_e164(e164);
	size_t got = 0;

	*n = 0;
	if (!number)
		return ERR_FORMAT;
	enum err e = lead_number_look(ls->store, number, &person, found,
				      MIN(max, ARRAY_LEN(found)), &got);

	for (size_t i = 0; !e && i < got; i++)
		ids[i].v = found[i];
	if (!e)
		*n = got;
	return e;
}

uint64_t lead_person(const struct leads *ls, const char *e164)
{
	uint64_t id, person = 0, number = lead_e164(e164);
	size_t n;

	if (!number || lead_number_look(ls->store, number, &person, &id, 1,
					&n))
		return number;
	return person ? person : number;
}

struct walking {
	struct store *store;
	lead_row_h *row;
	void *arg;
	enum err err;
};

static bool walk_row(void *arg, const void *key, size_t klen, const void *val,
		     size_t vlen)
{
	struct walking *w = arg;
	struct lead l;

	w->err = store_decode(w->store, STORE_LEAD, key, klen, val, vlen,
			      &lead_schema, &l);
	return !w->err && w->row(w->arg, &l);
}

enum err lead_scan(const struct leads *ls, struct list_id list,
		   struct lead_id after, size_t max, lead_row_h *row,
		   void *arg)
{
	struct store_key from = { 0 }, to = { 0 };
	struct walking w = { .store = ls->store, .row = row, .arg = arg };
	uint64_t first = (uint64_t)list.v << 32;

	lead_key(&from, after.v >= first ? after.v + 1 : first);
	lead_key(&to, first + (UINT64_C(1) << 32));
	enum err e = store_scan(ls->store, STORE_LEAD,
				&(struct store_range){
					.from = from.b, .from_len = from.len,
					.to = to.b, .to_len = to.len,
					.limit = max },
				walk_row, &w);

	return e ? e : w.err;
}

/* ---- one lead by hand ---------------------------------------------------- */

static enum err numbers_check(const struct leads *ls, struct lead *l)
{
	if (!l->numbers_count)
		return ERR_FORMAT;
	for (uint32_t i = 0; i < l->numbers_count; i++) {
		uint64_t ids[64], person, no = lead_e164(l->numbers[i].e164);
		size_t n;

		if (!no)
			return ERR_FORMAT;
		enum err e = lead_number_look(ls->store, no, &person, ids,
					      ARRAY_LEN(ids), &n);

		if (e)
			return e;
		for (size_t k = 0; k < n; k++)
			if (ids[k] >> 32 == l->list && ids[k] != l->id)
				return ERR_EXISTS;
		if (!l->person)
			l->person = person;
	}
	if (!l->person)
		l->person = lead_e164(l->numbers[0].e164);
	return ERR_OK;
}

static void numbers_put(struct store_group *grp, const struct lead *l)
{
	for (uint32_t i = 0; i < l->numbers_count; i++)
		lead_number_put(grp, lead_e164(l->numbers[i].e164), l->person,
				l->id);
}

static void numbers_del(struct store_group *grp, const struct lead *l)
{
	for (uint32_t i = 0; i < l->numbers_count; i++)
		number_del(grp, lead_e164(l->numbers[i].e164), l->id);
}

enum err lead_add(struct leads *ls, struct store_group *grp, struct lead *lead,
		  struct now now)
{
	struct list_state *st = lead_list_state(ls, lead->list);
	struct lead_tally *t = st ? &st->tally[SHARD_LOOP] : NULL;
	struct zone_set places;

	if (!st)
		return ERR_ABSENT;
	lead->id = 0;
	enum err e = numbers_check(ls, lead);

	if (e)
		return e;
	lead_places_of(ls, lead, &places);
	e = lead_group_of(ls, grp, &places, &lead->zones);
	if (e)
		return e;
	lead->id = (uint64_t)lead->list << 32 |
		   (SEQ_BY_HAND + t->next_seq + 1);
	lead->status = LEAD_READY;
	lead->created_s = now.wall_ms / 1000;
	e = lead_put(grp, lead);
	if (e)
		return e;
	t->next_seq++;
	numbers_put(grp, lead);
	lead_place_in(ls, grp, lead);
	return lead_tally_put(grp, lead->list, SHARD_LOOP, t);
}

enum err lead_set(struct leads *ls, struct store_group *grp,
		  const struct lead *lead)
{
	struct lead old, l = *lead;
	struct zone_set places;
	struct list_state *st = lead_list_state(ls, lead->list);
	enum err e = lead_get(ls, (struct lead_id){ lead->id }, &old);

	if (e)
		return e;
	if (!st || old.list != l.list || l.status >= LEAD_STATUS_COUNT)
		return ERR_ARG;
	if ((old.status == LEAD_RESERVED) != (l.status == LEAD_RESERVED))
		return ERR_CONFLICT;
	e = numbers_check(ls, &l);
	if (e)
		return e;
	lead_places_of(ls, &l, &places);
	e = lead_group_of(ls, grp, &places, &l.zones);
	if (e)
		return e;
	e = lead_put(grp, &l);
	if (e)
		return e;
	numbers_del(grp, &old);
	numbers_put(grp, &l);
	lead_place_out(ls, grp, &old);
	lead_place_in(ls, grp, &l);
	return lead_tally_put(grp, l.list, SHARD_LOOP,
			      &st->tally[SHARD_LOOP]);
}

static void erase(struct leads *ls, struct store_group *grp,
		  const struct lead *l)
{
	struct store_key k = { 0 };

	lead_key(&k, l->id);
	store_del(grp, STORE_LEAD, k.b, k.len);
	numbers_del(grp, l);
	lead_place_out(ls, grp, l);
}

enum err lead_erase(struct leads *ls, struct store_group *grp,
		    struct lead_id id)
{
	struct lead l;
	enum err e = lead_get(ls, id, &l);
	struct list_state *st = e ? NULL : lead_list_state(ls, l.list);

	if (e)
		return e;
	if (l.status == LEAD_RESERVED)
		return ERR_STATE;
	erase(ls, grp, &l);
	return st ? lead_tally_put(grp, l.list, SHARD_LOOP,
				   &st->tally[SHARD_LOOP]) : ERR_OK;
}

/* ---- erasing a whole list ------------------------------------------------ */

struct erasing {
	struct leads *ls;
	struct store_group *grp;
	unsigned n;
	bool busy;
};

static bool erase_row(void *arg, const struct lead *l)
{
	struct erasing *er = arg;

	if (l->status == LEAD_RESERVED) {
		er->busy = true;
		return false;
	}
	erase(er->ls, er->grp, l);
	er->n++;
	return true;
}

static void list_forget(struct leads *ls, struct store_group *grp,
			struct list_state *st)
{
	struct store_key k = { 0 };

	store_key_u32(&k, st->rec.id);
	store_del(grp, STORE_LIST, k.b, k.len);
	for (uint8_t s = 0; s < SHARD_COUNT; s++) {
		struct store_key ks = k;

		store_key_u8(&ks, s);
		store_del(grp, STORE_LIST, ks.b, ks.len);
	}
	for (size_t i = 0; i < ls->list_n; i++) {
		if (ls->lists[i] != st)
			continue;
		ls->lists[i] = ls->lists[--ls->list_n];
		break;
	}
	free(st->parts);
	free(st);
}

enum err lead_list_erase(struct leads *ls, struct store_group *grp,
			 struct list_id id, unsigned budget, bool *left)
{
	struct list_state *st = lead_list_state(ls, id.v);
	/* A lead has up to nine rows; a group holds STORE_ROWS_MAX. */
	struct erasing er = { .ls = ls, .grp = grp };
	unsigned most = MIN(MAX(budget, 1u), STORE_ROWS_MAX / 16u);

	if (!st)
		return ERR_ABSENT;
	if (st->importing)
		return ERR_STATE;
	enum err e = lead_scan(ls, id, (struct lead_id){ 0 }, most, erase_row,
			       &er);

	if (e)
		return e;
	if (er.busy && !er.n)
		return ERR_STATE;
	*left = er.n == most || er.busy;
	if (*left)
		return lead_tally_put(grp, id.v, SHARD_LOOP,
				      &st->tally[SHARD_LOOP]);
	list_forget(ls, grp, st);
	return ERR_OK;
}
