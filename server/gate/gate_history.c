/*
 * What was dialled before: one row an attempt, key (person, attempt), so
 * that a note touches its own row only.
 */
#include "gate/gate_priv.h"

#include "base/str.h"

SCHEMA_DEFINE(gate_try, GATE_TRY, "an attempt to reach a person");

static const char *const marks[] = {
#define X(name, word) word,
	GATE_MARKS(X)
#undef X
};

const char *gate_mark_word(enum gate_mark m)
{
	return (unsigned)m < MARK_COUNT ? marks[m] : "";
}

uint64_t gate_number(const char *e164)
{
	uint64_t v = 0;
	size_t n = 0;

	if (!e164)
		return 0;
	for (; e164[n]; n++) {
		if (e164[n] < '0' || e164[n] > '9' || n == 15)
			return 0;
		v = v * 10 + (uint64_t)(e164[n] - '0');
	}
	return e164[0] == '0' ? 0 : v;
}

uint64_t gate_person_of(const char *e164)
{
	return gate_number(e164);
}

static struct store_key try_key(uint64_t person, uint64_t attempt)
{
	struct store_key k = { 0 };

	store_key_u64(&k, person);
	store_key_u64(&k, attempt);
	return k;
}

struct reading {
	struct gate_tries *out;
	uint64_t but;
	enum err err;
};

static bool try_row(void *arg, const void *key, size_t klen, const void *val,
		    size_t vlen)
{
	struct reading *r = arg;

	if (klen == 16 && store_be64((const uint8_t *)key + 8) == r->but)
		return true;
	r->err = schema_decode(&gate_try_schema, val, vlen,
			       &r->out->row[r->out->n]);
	if (r->err)
		return false;
	return ++r->out->n < TRIES_READ;
}

enum err gate_tries_read(struct gate *g, uint64_t person, uint64_t but,
			 struct gate_tries *out)
{
	struct store_key from = { 0 }, to = { 0 };
	struct reading r = { .out = out, .but = but };

	store_key_u64(&from, person);
	store_key_prefix_end(&to, from.b, from.len);
	out->n = 0;
	enum err e = store_scan(g->store, STORE_ATTEMPT,
				&(struct store_range){
					.from = from.b, .from_len = from.len,
					.to = to.len ? to.b : NULL,
					.to_len = to.len, .reverse = true,
					.limit = TRIES_READ + 1 },
				try_row, &r);

	return e ? e : r.err;
}

static enum err note(struct gate *g, struct store_group *grp,
		     const struct gate_attempt *a, enum gate_mark mark)
{
	uint8_t buf[128];
	size_t len;
	uint64_t number = gate_number(a->e164);
	struct gate_try t;

	if (!number || !a->attempt)
		return ERR_ARG;
	struct store_key k = try_key(a->person ? a->person : number,
				     a->attempt);
	enum err e = store_get(g->store, STORE_ATTEMPT, k.b, k.len, buf,
			       sizeof(buf), &len);

	if (e == ERR_ABSENT) {
		t = (struct gate_try){ .at_s = a->wall_s };
		e = ERR_OK;
	} else if (!e) {
		e = schema_decode(&gate_try_schema, buf, len, &t);
	}
	if (e)
		return e;
	t.end_s = a->wall_s;
	t.number = number;
	t.lead = a->lead.v;
	t.campaign = a->campaign.v;
	t.purpose = a->purpose;
	t.mark = mark;
	e = schema_encode(&gate_try_schema, &t, buf, sizeof(buf), &len);
	if (!e)
		store_put(grp, STORE_ATTEMPT, k.b, k.len, buf, len);
	return e;
}

enum err gate_note_intent(struct gate *g, struct store_group *grp,
			  const struct gate_attempt *a)
{
	return note(g, grp, a, MARK_INTENT);
}

enum err gate_note_attempt(struct gate *g, struct store_group *grp,
			   const struct gate_attempt *a)
{
	return note(g, grp, a, MARK_INTENT);
}

enum err gate_note_outcome(struct gate *g, struct store_group *grp,
			   const struct gate_attempt *a, enum gate_mark mark)
{
	uint64_t number = gate_number(a->e164);

	if (mark >= MARK_COUNT || !number || !a->attempt)
		return ERR_ARG;
	if (mark != MARK_VOID)
		return note(g, grp, a, mark);
	struct store_key k = try_key(a->person ? a->person : number,
				     a->attempt);

	store_del(grp, STORE_ATTEMPT, k.b, k.len);
	return ERR_OK;
}
