/* Reading the chained event log, and proving it whole. */
#include "store/store_priv.h"

#include "base/log.h"

enum { VERIFY_PAGE = 1024 };

struct reader {
	struct store *s;
	store_event_h *h;
	void *arg;
	bool damaged;
};

static bool event_row(void *arg, const void *key, size_t klen, const void *val,
		      size_t vlen)
{
	struct reader *r = arg;
	uint8_t row[STORE_VALUE_MAX];
	size_t len;

	/* Its number is given when it is written, so the seal does not know
	 * it: the chain does. */
	r->damaged = klen != 8 || vlen < STORE_HASH_LEN ||
		     store_open_row(r->s, STORE_EVENT, NULL, 0,
				    (const uint8_t *)val + STORE_HASH_LEN,
				    vlen - STORE_HASH_LEN, row, sizeof(row),
				    &len);
	return !r->damaged && r->h(r->arg, store_be64(key), row, len);
}

enum err store_event_scan(struct store *s, uint64_t from, size_t limit,
			  store_event_h *h, void *arg)
{
	struct reader r = { .s = s, .h = h, .arg = arg };
	uint8_t key[8];

	be64_put(key, from);
	enum err e = store_scan(s, STORE_EVENT, &(struct store_range){
				.from = key, .from_len = sizeof(key),
				.limit = limit }, event_row, &r);

	return e ? e : r.damaged ? ERR_FORMAT : ERR_OK;
}

struct proof {
	struct chain at;	/* the last link that held                   */
	uint64_t to;
	size_t met;
	bool broken;
};

static bool proof_row(void *arg, const void *key, size_t klen, const void *val,
		      size_t vlen)
{
	struct proof *p = arg;
	const uint8_t *row = val;
	struct chain next = { .number = p->at.number + 1 };

	if (p->at.number >= p->to)
		return false;
	p->broken = true;
	if (klen != 8 || vlen < STORE_HASH_LEN ||
	    store_be64(key) != next.number)
		return false;
	chain_link(p->at.hash, next.number,
		   (struct blob){ row + STORE_HASH_LEN, vlen - STORE_HASH_LEN },
		   next.hash);
	if (memcmp(next.hash, row, STORE_HASH_LEN))
		return false;
	p->broken = false;
	p->at = next;
	p->met++;
	return true;
}

/* The hash kept with an event: where a proof in the middle begins. */
static enum err link_at(struct store *s, uint64_t number, struct chain *out)
{
	uint8_t row[STORE_VALUE_MAX], key[8];
	size_t len;
	enum err e = ERR_OK;

	*out = (struct chain){ .number = number };
	if (!number)
		return ERR_OK;
	be64_put(key, number);
	e = store_get(s, STORE_EVENT, key, sizeof(key), row, sizeof(row), &len);
	if (e == ERR_ABSENT || (!e && len < STORE_HASH_LEN))
		return ERR_FORMAT;
	if (!e)
		memcpy(out->hash, row, STORE_HASH_LEN);
	return e;
}

static enum err link_kept(struct store *s, const char *name, uint64_t *number,
			  uint8_t hash[STORE_HASH_LEN])
{
	uint8_t row[8 + STORE_HASH_LEN] = { 0 };
	size_t len = sizeof(row);
	enum err e = store_meta_get(s, name, row, sizeof(row), &len);

	if (e == ERR_ABSENT)
		e = ERR_OK;
	if (e)
		return e;
	if (len != sizeof(row))
		return ERR_FORMAT;
	*number = store_be64(row);
	memcpy(hash, row + 8, STORE_HASH_LEN);
	return ERR_OK;
}

enum err store_event_head(struct store *s, uint64_t *number,
			  uint8_t hash[STORE_HASH_LEN])
{
	return link_kept(s, META_EVENT, number, hash);
}

enum err store_event_anchor(struct store *s, uint64_t *number,
			    uint8_t hash[STORE_HASH_LEN])
{
	return link_kept(s, META_ANCHOR, number, hash);
}

/* Where a proof from `from` on begins: its link before, or the anchor. */
static enum err begin_at(struct store *s, uint64_t from, struct chain *out)
{
	struct chain anchor = { 0 };
	enum err e = store_event_anchor(s, &anchor.number, anchor.hash);

	if (e || anchor.number < from - 1)
		return e ? e : link_at(s, from - 1, out);
	*out = anchor;
	return ERR_OK;
}

/* What is missing may have been trimmed while it was read. */
static enum err was_trimmed(struct store *s, struct proof *p)
{
	struct chain anchor = { 0 };
	enum err e = store_event_anchor(s, &anchor.number, anchor.hash);

	if (e || anchor.number <= p->at.number)
		return e;
	p->at = anchor;
	p->broken = false;
	return ERR_OK;
}

enum err store_event_verify(struct store *s, uint64_t from, uint64_t to,
			    uint64_t *bad)
{
	struct proof p = { 0 };
	struct chain head = { 0 };
	uint8_t key[8];
	enum err e = store_event_head(s, &head.number, head.hash);

	if (!e && !from)
		from = 1;
	if (!e)
		e = begin_at(s, from, &p.at);
	if (e == ERR_FORMAT && bad)
		*bad = from > 1 ? from - 1 : 1;
	p.to = to ? to : head.number;
	if (!e && p.to > head.number)
		e = ERR_ARG;
	while (!e && !p.broken && p.at.number < p.to) {
		p.met = 0;
		be64_put(key, p.at.number + 1);
		e = store_scan(s, STORE_EVENT, &(struct store_range){
				.from = key, .from_len = sizeof(key),
				.limit = VERIFY_PAGE }, proof_row, &p);
		p.broken |= !p.met;
		if (!e && p.broken)
			e = was_trimmed(s, &p);
	}
	if (e)
		return e;
	/* The newest link must be the one that was kept beside the log. */
	if (!p.broken && p.at.number == head.number &&
	    memcmp(p.at.hash, head.hash, STORE_HASH_LEN)) {
		p.broken = true;
		p.at.number--;
	}
	if (p.broken && bad)
		*bad = p.at.number + 1;
	return p.broken ? ERR_FORMAT : ERR_OK;
}
