/* server/sim/sim_heap -- a binary heap of future events. */
#include "sim/sim_priv.h"

static bool before(const struct heap_item *a, const struct heap_item *b)
{
	return a->ms != b->ms ? a->ms < b->ms : a->order < b->order;
}

enum err heap_put(struct heap *h, int64_t ms, uint32_t kind, uint32_t who,
		  uint32_t stamp)
{
	if (h->n == h->room) {
		size_t room = h->room ? h->room * 2 : 256;
		struct heap_item *more = realloc(h->item,
						 room * sizeof(*more));
		if (!more)
			return ERR_MEMORY;
		h->item = more;
		h->room = room;
	}
	struct heap_item it = { ms, h->order++, kind, who, stamp };
	size_t i = h->n++;

	while (i && before(&it, &h->item[(i - 1) / 2])) {
		h->item[i] = h->item[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	h->item[i] = it;
	return ERR_OK;
}

bool heap_take(struct heap *h, struct heap_item *out)
{
	if (!h->n)
		return false;
	*out = h->item[0];
	struct heap_item last = h->item[--h->n];
	size_t i = 0;

	for (;;) {
		size_t k = 2 * i + 1;

		if (k >= h->n)
			break;
		if (k + 1 < h->n && before(&h->item[k + 1], &h->item[k]))
			k++;
		if (!before(&h->item[k], &last))
			break;
		h->item[i] = h->item[k];
		i = k;
	}
	h->item[i] = last;
	return true;
}
