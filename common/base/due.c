#include "base/due.h"

#include <stdlib.h>

enum err due_init(struct due *d, size_t max)
{
	*d = (struct due){ .max = max };
	d->nodes = calloc(max ? max : 1, sizeof(struct due_node *));
	return d->nodes ? ERR_OK : ERR_MEMORY;
}

void due_fini(struct due *d)
{
	free(d->nodes);
	*d = (struct due){ 0 };
}

static void swap(struct due *d, size_t i, size_t k)
{
	struct due_node *n = d->nodes[i];

	d->nodes[i] = d->nodes[k];
	d->nodes[k] = n;
	d->nodes[i]->place = (uint32_t)i + 1;
	d->nodes[k]->place = (uint32_t)k + 1;
}

static void up(struct due *d, size_t i)
{
	while (i && d->nodes[i]->at_ms < d->nodes[(i - 1) / 2]->at_ms) {
		swap(d, i, (i - 1) / 2);
		i = (i - 1) / 2;
	}
}

static void down(struct due *d, size_t i)
{
	for (;;) {
		size_t best = i;

		for (size_t k = 2 * i + 1; k <= 2 * i + 2; k++)
			if (k < d->len &&
			    d->nodes[k]->at_ms < d->nodes[best]->at_ms)
				best = k;
		if (best == i)
			return;
		swap(d, i, best);
		i = best;
	}
}

static void drop(struct due *d, struct due_node *n)
{
	size_t i = n->place - 1;

	n->place = 0;
	if (i == --d->len)
		return;
	d->nodes[i] = d->nodes[d->len];
	d->nodes[i]->place = (uint32_t)i + 1;
	up(d, i);
	down(d, i);
}

void due_set(struct due *d, struct due_node *n, int64_t at_ms)
{
	if (n->place)
		drop(d, n);
	n->at_ms = at_ms;
	if (!at_ms || d->len == d->max)
		return;
	d->nodes[d->len] = n;
	n->place = (uint32_t)++d->len;
	up(d, d->len - 1);
}

struct due_node *due_take(struct due *d, int64_t mono_ms)
{
	if (!d->len || d->nodes[0]->at_ms > mono_ms)
		return NULL;
	struct due_node *n = d->nodes[0];

	drop(d, n);
	n->at_ms = 0;
	return n;
}

int64_t due_next_ms(const struct due *d)
{
	return d->len ? d->nodes[0]->at_ms : INT64_MAX;
}
