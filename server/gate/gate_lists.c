/*
 * Do-not-call lists, consents, the erased.
 *
 * Our own list is a set of numbers, with who and why beside it.  External
 * lists share one set, the list's number in the top byte; list 255 holds
 * keyed hashes of the numbers of people who asked to be forgotten.
 */
#include "gate/gate_priv.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/str.h"

SCHEMA_DEFINE(gate_dnc, GATE_DNC, "a number on our do-not-call list");
SCHEMA_DEFINE(gate_consent, GATE_CONSENT_RECORD, "a consent");

static const struct {
	const char *word;
	unsigned weight;
} kinds[] = {
#define X(name, word, weight) { word, weight },
	GATE_CONSENTS(X)
#undef X
};

const char *gate_consent_word(enum gate_consent_kind k)
{
	return (unsigned)k < CONSENT_KIND_COUNT ? kinds[k].word : "";
}

enum err gate_consent_from_word(const char *w, enum gate_consent_kind *out)
{
	for (unsigned i = 0; i < CONSENT_KIND_COUNT; i++) {
		if (str_eq(w, kinds[i].word)) {
			*out = (enum gate_consent_kind)i;
			return ERR_OK;
		}
	}
	return ERR_ABSENT;
}

unsigned gate_consent_weight(uint32_t kind)
{
	return kind < CONSENT_KIND_COUNT ? kinds[kind].weight : 0;
}

/* ---- keyed hash: SipHash-2-4 (Aumasson, Bernstein 2012) ----------------- */

#define ROTL(x, b) ((x) << (b) | (x) >> (64 - (b)))

static void sip_round(uint64_t v[4])
{
	v[0] += v[1]; v[1] = ROTL(v[1], 13); v[1] ^= v[0]; v[0] = ROTL(v[0], 32);
	v[2] += v[3]; v[3] = ROTL(v[3], 16); v[3] ^= v[2];
	v[0] += v[3]; v[3] = ROTL(v[3], 21); v[3] ^= v[0];
	v[2] += v[1]; v[1] = ROTL(v[1], 17); v[1] ^= v[2]; v[2] = ROTL(v[2], 32);
}

/* Of one 64-bit word; the message's length, 8, goes into the last block. */
static uint64_t sip_word(const uint64_t key[2], uint64_t m)
{
	uint64_t v[4] = { key[0] ^ 0x736f6d6570736575u,
			  key[1] ^ 0x646f72616e646f6du,
			  key[0] ^ 0x6c7967656e657261u,
			  key[1] ^ 0x7465646279746573u };
	const uint64_t last = (uint64_t)8 << 56;

	v[3] ^= m;
	sip_round(v);
	sip_round(v);
	v[0] ^= m;
	v[3] ^= last;
	sip_round(v);
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static uint64_t set_member(uint64_t list, uint64_t v)
{
	return list << 56 | (v & (UINT64_MAX >> 8));
}

static struct store_key meta_key(const char *what, uint64_t v)
{
	struct store_key k = { 0 };

	store_key_text(&k, what);
	store_key_u64(&k, v);
	return k;
}

/* ---- opening ----------------------------------------------------------- */

static enum err hash_key_open(struct gate *g)
{
	static const char name[] = "gate-hash-key";
	size_t len;
	enum err e = store_get(g->store, STORE_META, name, sizeof(name) - 1,
			       g->hash_key, sizeof(g->hash_key), &len);

	if (!e)
		return len == sizeof(g->hash_key) ? ERR_OK : ERR_FORMAT;
	if (e != ERR_ABSENT)
		return e;
	if (getrandom(g->hash_key, sizeof(g->hash_key), 0) !=
	    (ssize_t)sizeof(g->hash_key))
		return ERR_IO;
	struct store_group *grp = store_begin(g->store);

	store_put(grp, STORE_META, name, sizeof(name) - 1, g->hash_key,
		  sizeof(g->hash_key));
	return store_commit_wait(grp, NULL);
}

static bool list_row(void *arg, const void *key, size_t klen, const void *val,
		     size_t vlen)
{
	struct gate *g = arg;
	static const size_t head = sizeof("dnc-list");
	size_t no;

	if (klen <= head || klen - head >= sizeof(g->list[0].name) ||
	    vlen != 9)
		return true;
	no = *(const uint8_t *)val;
	if (no >= LISTS_MAX)
		return true;
	memcpy(g->list[no].name, (const char *)key + head, klen - head);
	g->list[no].name[klen - head] = '\0';
	g->list[no].fetched_s =
		(int64_t)store_be64((const uint8_t *)val + 1);
	g->list_n = MAX(g->list_n, no + 1);
	return true;
}

enum err gate_lists_open(struct gate *g)
{
	struct store_key k = { 0 };

	store_key_text(&k, "dnc-list");
	enum err e = store_scan_prefix(g->store, STORE_META, k.b, k.len, 0,
				       list_row, g);

	return e ? e : hash_key_open(g);
}

/* ---- external lists ---------------------------------------------------- */

const struct ext_list *gate_list(const struct gate *g, const char *name,
				 uint64_t *set_bits)
{
	for (size_t i = 0; i < g->list_n; i++) {
		if (str_eq(g->list[i].name, name)) {
			*set_bits = (uint64_t)i << 56;
			return &g->list[i];
		}
	}
	return NULL;
}

static void list_put(struct store_group *grp, const struct ext_list *l,
		     size_t no)
{
	struct store_key k = { 0 }, v = { 0 };

	store_key_text(&k, "dnc-list");
	store_key_bytes(&k, l->name, strlen(l->name));
	store_key_u8(&v, (uint8_t)no);
	store_key_u64(&v, (uint64_t)l->fetched_s);
	store_put(grp, STORE_META, k.b, k.len, v.b, v.len);
}

static enum err list_of(struct gate *g, struct store_group *grp,
			const char *name, size_t *no)
{
	for (*no = 0; *no < g->list_n; ++*no)
		if (str_eq(g->list[*no].name, name))
			return ERR_OK;
	if (g->list_n == LISTS_MAX)
		return ERR_FULL;
	struct ext_list l = { 0 };

	if (!name || !*name || !str_copy(l.name, sizeof(l.name), name))
		return ERR_ARG;
	*no = g->list_n++;
	g->list[*no] = l;
	list_put(grp, &l, *no);
	return ERR_OK;
}

enum err gate_list_add(struct gate *g, struct store_group *grp,
		       const char *list, const char *e164)
{
	uint64_t number = gate_number(e164);
	size_t no;

	if (!number)
		return ERR_FORMAT;
	enum err e = list_of(g, grp, list, &no);

	if (!e)
		store_set_add(grp, STORE_DNC_PUBLIC, set_member(no, number));
	return e;
}

enum err gate_list_dated(struct gate *g, struct store_group *grp,
			 const char *list, int64_t fetched_s)
{
	size_t no;
	enum err e = list_of(g, grp, list, &no);

	if (e)
		return e;
	g->list[no].fetched_s = fetched_s;
	list_put(grp, &g->list[no], no);
	return ERR_OK;
}

/* ---- our own list ------------------------------------------------------ */

enum err gate_dnc_add(struct gate *g, struct store_group *grp,
		      const struct gate_dnc *d)
{
	uint8_t buf[128];
	size_t len;
	uint64_t number = gate_number(d->e164);

	(void)g;
	if (!number)
		return ERR_FORMAT;
	struct store_key k = meta_key("dnc", number);
	enum err e = schema_encode(&gate_dnc_schema, d, buf, sizeof(buf),
				   &len);

	if (e)
		return e;
	store_set_add(grp, STORE_DNC, number);
	store_put(grp, STORE_META, k.b, k.len, buf, len);
	return ERR_OK;
}

enum err gate_dnc_del(struct gate *g, struct store_group *grp,
		      const char *e164)
{
	uint64_t number = gate_number(e164);

	(void)g;
	if (!number)
		return ERR_FORMAT;
	struct store_key k = meta_key("dnc", number);

	store_set_del(grp, STORE_DNC, number);
	store_del(grp, STORE_META, k.b, k.len);
	return ERR_OK;
}

enum err gate_dnc_has(struct gate *g, const char *e164, struct gate_dnc *out)
{
	uint8_t buf[128];
	size_t len;
	uint64_t number = gate_number(e164);

	if (!number)
		return ERR_FORMAT;
	if (!store_set_has(g->store, STORE_DNC, number))
		return ERR_ABSENT;
	if (!out)
		return ERR_OK;
	struct store_key k = meta_key("dnc", number);
	enum err e = store_get(g->store, STORE_META, k.b, k.len, buf,
			       sizeof(buf), &len);

	if (e == ERR_ABSENT) {
		/* On the list, but nobody wrote down why. */
		*out = (struct gate_dnc){ 0 };
		str_copy(out->e164, sizeof(out->e164), e164);
		return ERR_OK;
	}
	return e ? e : schema_decode(&gate_dnc_schema, buf, len, out);
}

/* ---- the erased -------------------------------------------------------- */

enum err gate_erase(struct gate *g, struct store_group *grp, uint64_t person,
		    const char *e164, int64_t wall_s)
{
	uint64_t number = gate_number(e164);

	if (e164 && !number)
		return ERR_FORMAT;
	if (!number && !person)
		return ERR_ARG;
	if (number)
		store_set_add(grp, STORE_DNC_PUBLIC,
			      set_member(LIST_ERASED,
					 sip_word(g->hash_key, number)));
	/* A person known by the number alone is the number: the hash does. */
	if (person && person != number) {
		struct store_key k = meta_key("erased", person), v = { 0 };

		store_key_u64(&v, (uint64_t)wall_s);
		store_put(grp, STORE_META, k.b, k.len, v.b, v.len);
	}
	return ERR_OK;
}

enum err gate_is_erased(struct gate *g, uint64_t person, uint64_t number,
			bool *erased)
{
	uint8_t buf[8];
	size_t len;

	*erased = store_set_has(g->store, STORE_DNC_PUBLIC,
				set_member(LIST_ERASED,
					   sip_word(g->hash_key, number)));
	if (*erased || person == number)
		return ERR_OK;
	struct store_key k = meta_key("erased", person);
	enum err e = store_get(g->store, STORE_META, k.b, k.len, buf,
			       sizeof(buf), &len);

	*erased = e != ERR_ABSENT;
	return e == ERR_ABSENT ? ERR_OK : e;
}

/* ---- consent: key (person, purpose, kind) ------------------------------ */

static enum err consent_put(struct store_group *grp,
			    const struct gate_consent *c)
{
	struct store_key k = { 0 };
	uint8_t buf[192];
	size_t len;
	enum err e = schema_encode(&gate_consent_schema, c, buf, sizeof(buf),
				   &len);

	if (e)
		return e;
	store_key_u64(&k, c->person);
	store_key_u8(&k, (uint8_t)c->purpose);
	store_key_u8(&k, (uint8_t)c->kind);
	store_put(grp, STORE_CONSENT, k.b, k.len, buf, len);
	return ERR_OK;
}

enum err gate_consent_add(struct gate *g, struct store_group *grp,
			  const struct gate_consent *c)
{
	(void)g;
	if (!c->person || c->kind >= CONSENT_KIND_COUNT ||
	    c->purpose >= PURPOSE_COUNT)
		return ERR_ARG;
	return consent_put(grp, c);
}

struct consents {
	struct gate_consent *row;
	size_t max, n;
	enum err err;
};

static bool consent_row(void *arg, const void *key, size_t klen,
			const void *val, size_t vlen)
{
	struct consents *cs = arg;

	(void)key;
	(void)klen;
	if (cs->n < cs->max)
		cs->err = schema_decode(&gate_consent_schema, val, vlen,
					&cs->row[cs->n]);
	cs->n++;
	return !cs->err;
}

/* purpose PURPOSE_COUNT: of every purpose. */
static enum err consents_read(struct gate *g, uint64_t person,
			      enum gate_purpose p, struct consents *cs)
{
	struct store_key k = { 0 };

	store_key_u64(&k, person);
	if (p != PURPOSE_COUNT)
		store_key_u8(&k, (uint8_t)p);
	enum err e = store_scan_prefix(g->store, STORE_CONSENT, k.b, k.len, 0,
				       consent_row, cs);

	return e ? e : cs->err;
}

enum err gate_consent_revoke(struct gate *g, struct store_group *grp,
			     uint64_t person, enum gate_purpose p,
			     int64_t wall_s)
{
	struct gate_consent rows[PURPOSE_COUNT * CONSENT_KIND_COUNT];
	struct consents cs = { .row = rows, .max = ARRAY_LEN(rows) };
	enum err e = consents_read(g, person, p, &cs);

	for (size_t i = 0; !e && i < MIN(cs.n, cs.max); i++) {
		if (rows[i].revoked_s)
			continue;
		rows[i].revoked_s = wall_s;
		e = consent_put(grp, &rows[i]);
	}
	return e;
}

enum err gate_consent_list(struct gate *g, uint64_t person,
			   struct gate_consent *out, size_t max, size_t *n)
{
	struct consents cs = { .row = out, .max = max };
	enum err e = consents_read(g, person, PURPOSE_COUNT, &cs);

	if (!e)
		*n = cs.n;
	return e;
}

enum err gate_consent_best(struct gate *g, uint64_t person,
			   enum gate_purpose p, int64_t at_s,
			   struct gate_consent *out, bool *found)
{
	struct gate_consent rows[CONSENT_KIND_COUNT];
	struct consents cs = { .row = rows, .max = ARRAY_LEN(rows) };
	enum err e = consents_read(g, person, p, &cs);

	*found = false;
	for (size_t i = 0; !e && i < MIN(cs.n, cs.max); i++) {
		const struct gate_consent *c = &rows[i];

		if ((c->revoked_s && c->revoked_s <= at_s) || c->at_s > at_s ||
		    (c->until_s && c->until_s <= at_s))
			continue;
		if (*found && gate_consent_weight(c->kind) <=
				      gate_consent_weight(out->kind))
			continue;
		*out = *c;
		*found = true;
	}
	return e;
}
