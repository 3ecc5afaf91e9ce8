/*
 * The home thread's own pending writes, one map a table.  An entry belongs to
 * the last group that wrote it; when that group completes, the entry goes,
 * for then the snapshot shows what is true.  A later group's entry stays.
 */
#include "store/store_priv.h"

/* What is to be sealed waits as it is: memory is not the disk. */
static bool is_row(enum op_kind kind)
{
	return kind == OP_PUT || kind == OP_PUT_SEALED || kind == OP_DEL;
}

void overlay_add(struct store *s, struct store_group *g)
{
	size_t at = 0;
	struct op op;

	g->seq = ++s->seq;
	g->overlaid = true;
	while (group_next(g, &at, &op)) {
		if (!is_row(op.kind))
			continue;
		struct map *m = &s->overlay[op.table];
		size_t had = m->count;
		struct map_node *n = map_put(m, op.key, op.val);

		s->overlay_rows += m->count - had;
		n->gone = op.kind == OP_DEL;
		n->owner = g->seq;
	}
}

void overlay_drop(struct store *s, const struct store_group *g)
{
	size_t at = 0;
	struct op op;

	if (!g->overlaid)
		return;
	s->settled = MAX(s->settled, g->seq);
	while (group_next(g, &at, &op)) {
		if (!is_row(op.kind))
			continue;
		struct map_node *n = map_find(&s->overlay[op.table], op.key);

		if (!n || n->owner != g->seq)
			continue;
		map_del(&s->overlay[op.table], op.key);
		s->overlay_rows--;
	}
}
