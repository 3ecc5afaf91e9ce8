/* house_ok -- "done" is said when what was done is on disk. */
#include "house/house_priv.h"

#include <stdlib.h>

/* An answer that waits; marks only grow, so the first is settled first. */
struct ok_wait {
	uint64_t mark, session;
	uint32_t req;
};

struct house_oks {
	struct ok_wait *wait;		/* a ring: `len` from `first`        */
	size_t first, len, cap;		/* cap: a power of two, or 0         */
};

static bool wider(struct house_oks *o)
{
	size_t cap = o->cap ? o->cap * 2 : 256;
	struct ok_wait *w = malloc(cap * sizeof(*w));

	if (!w)
		return false;
	for (size_t i = 0; i < o->len; i++)
		w[i] = o->wait[(o->first + i) & (o->cap - 1)];
	free(o->wait);
	o->wait = w;
	o->first = 0;
	o->cap = cap;
	return true;
}

void house_ok(struct house *h, uint64_t session, uint32_t req)
{
	const struct store *s = live_rooms(h->live)->store;
	struct house_oks *o = h->oks;
	uint64_t mark = store_mark(s);

	if (!req)
		return;			/* it wanted no answer               */
	if (!o)
		o = h->oks = calloc(1, sizeof(*o));
	if (store_settled(s, mark)) {
		door_ok(h->door, session, req, NULL);
		return;
	}
	if (!o || (o->len == o->cap && !wider(o))) {
		door_refuse(h->door, session, req, MSG_NO_FULL, NULL);
		return;
	}
	o->wait[(o->first + o->len++) & (o->cap - 1)] =
		(struct ok_wait){ mark, session, req };
}

void house_ok_tick(struct house *h)
{
	const struct store *s = live_rooms(h->live)->store;
	struct house_oks *o = h->oks;

	while (o && o->len && store_settled(s, o->wait[o->first].mark)) {
		const struct ok_wait *w = &o->wait[o->first];

		door_ok(h->door, w->session, w->req, NULL);
		o->first = (o->first + 1) & (o->cap - 1);
		o->len--;
	}
}

struct house_oks *house_ok_free(struct house_oks *o)
{
	if (o)
		free(o->wait);
	free(o);
	return NULL;
}
