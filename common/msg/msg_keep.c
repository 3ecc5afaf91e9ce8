#include "msg/msg_keep.h"

#include <stdlib.h>
#include <string.h>

void msg_keep_drop(struct msg_kept *k)
{
	free(k->page);
	*k = (struct msg_kept){ MSG_NONE, 0, NULL };
}

static enum err diff(enum msg_type type, const void *was, const void *now,
		     struct msg_changes *out)
{
	size_t len;
	enum err e = schema_diff(msg_row(type)->schema, was, now, out->diff,
				 sizeof(out->diff), &len);

	out->page = (uint8_t)type;
	out->diff_len = e ? 0 : (uint32_t)len;
	return e;
}

enum err msg_keep_next(struct msg_kept *k, enum msg_type type,
		       const void *page, uint32_t seq,
		       struct msg_changes *out)
{
	const struct schema *s = msg_row(type)->schema;
	enum err e;

	if (k->type != type)
		msg_keep_drop(k);
	e = diff(type, k->page, page, out);
	if (!e && !k->page)
		k->page = malloc(s->size);
	if (!e && !k->page)
		e = ERR_MEMORY;
	if (e) {
		msg_keep_drop(k);
		return e;
	}
	out->from = k->seq;
	/* An empty page is news to one who has none. */
	if (out->diff_len > 1 || !k->seq) {
		memcpy(k->page, page, s->size);
		k->type = type;
		k->seq = seq;
	}
	out->to = k->seq;
	return ERR_OK;
}

enum err msg_keep_whole(const struct msg_kept *k, struct msg_changes *out)
{
	out->from = 0;
	out->to = k->seq;
	return diff(k->type, NULL, k->page, out);
}

enum err msg_keep_take(struct msg_kept *k, const struct msg_changes *c)
{
	const struct msg_row *row = msg_row(c->page);
	bool known = k->type == (enum msg_type)c->page && k->seq == c->from;
	enum err e = !row || !c->to ? ERR_FORMAT
		     : c->from && !known ? ERR_STATE : ERR_OK;
	void *now = e ? NULL : malloc(row->schema->size);

	if (!e && !now)
		e = ERR_MEMORY;
	if (!e)
		e = schema_patch(row->schema, c->from ? k->page : NULL,
				 c->diff, c->diff_len, now);
	msg_keep_drop(k);
	if (e)
		free(now);
	else
		*k = (struct msg_kept){ row->type, c->to, now };
	return e;
}
