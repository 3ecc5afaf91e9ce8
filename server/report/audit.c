#include "report/audit.h"

#include "base/log.h"
#include "base/str.h"

#include <string.h>

void audit_row(struct store_group *g, int64_t wall_ms, const char *who,
	       const char *what)
{
	struct store_key k = { 0 };
	char text[400];

	log_info("audit", "%s: %s", who, what);
	str_fmt(text, sizeof(text), "%s\t%s", who, what);
	store_key_u64(&k, (uint64_t)wall_ms);
	/* Two in one millisecond differ by what they say. */
	store_key_u64(&k, store_version(text, strlen(text)));
	store_put(g, STORE_AUDIT, k.b, k.len, text, strlen(text));
}

void audit_put(struct store *s, int64_t wall_ms, const char *who,
	       const char *what)
{
	struct store_group *g = store_begin(s);

	audit_row(g, wall_ms, who, what);
	enum err e = store_commit(g, NULL, NULL);

	if (e) {
		log_err("audit", "not written (%s): %s: %s", err_text(e), who,
			what);
		store_abort(g);
	}
}

struct each {
	audit_h *h;
	void *arg;
	struct audit_place *at;
	size_t n;
};

static bool each_row(void *arg, const void *key, size_t klen, const void *val,
		     size_t vlen)
{
	struct each *x = arg;
	char text[401], *tab;

	x->n++;
	if (klen < sizeof(x->at->b)) {	/* behind this row */
		memcpy(x->at->b, key, klen);
		x->at->b[klen] = 0;
		x->at->len = (uint8_t)(klen + 1);
	}
	if (klen < 8)
		return true;
	str_fmt(text, sizeof(text), "%.*s", (int)vlen, (const char *)val);
	tab = strchr(text, '\t');
	if (tab)
		*tab++ = '\0';
	return x->h(x->arg, (int64_t)store_be64(key), text, tab ? tab : "");
}

void audit_from(struct audit_place *at, int64_t from_ms)
{
	struct store_key k = { 0 };

	store_key_u64(&k, (uint64_t)from_ms);
	at->len = (uint8_t)k.len;
	memcpy(at->b, k.b, k.len);
}

enum { NEWEST_PAGE = 500 };

struct newest {
	struct audit_place *at;
	uint64_t *left;
	size_t seen;
};

static bool newest_row(void *arg, const void *key, size_t klen,
		       const void *val UNUSED, size_t vlen UNUSED)
{
	struct newest *w = arg;

	w->seen++;
	if (klen > sizeof(w->at->b))
		return true;
	memcpy(w->at->b, key, klen);
	w->at->len = (uint8_t)klen;
	return --*w->left > 0;
}

enum err audit_newest(struct store *s, struct audit_place *at,
		      int64_t from_ms, int64_t to_ms, uint64_t *n, bool *more)
{
	struct newest w = { .at = at, .left = n };
	struct store_key from = { 0 };
	struct audit_place to = *at;
	enum err e;

	store_key_u64(&from, (uint64_t)from_ms);
	if (!to.len)			/* the first step */
		audit_from(&to, to_ms);
	e = !*n ? ERR_OK
		: store_scan(s, STORE_AUDIT, &(struct store_range){
				     .from = from.b, .from_len = from.len,
				     .to = to.b, .to_len = to.len,
				     .reverse = true, .limit = NEWEST_PAGE },
			     newest_row, &w);
	*more = !e && *n && w.seen == NEWEST_PAGE;
	if (!e && !*more && (!at->len || !*n) && !w.seen)
		*at = to;
	return e;
}

enum err audit_page(struct store *s, struct audit_place *at, size_t limit,
		    audit_h *h, void *arg, bool *end)
{
	struct audit_place from = *at;
	struct each x = { .h = h, .arg = arg, .at = at };
	enum err e = store_scan(s, STORE_AUDIT,
				&(struct store_range){ .from = from.b,
						       .from_len = from.len,
						       .limit = limit },
				each_row, &x);

	*end = x.n < limit;
	return e;
}
