/*
 * msg_keep -- a page that travels as its changes, at both ends.
 *
 * The server keeps what it last sent of a page and sends what differs from
 * it; the screen keeps what it has and applies that.  Every state of a page
 * has a number; changes say which state they lead from, 0: from an empty
 * page.  A screen that has not that state has missed something: it asks
 * again and is sent the page whole.
 */
#ifndef MSG_MSG_KEEP_H
#define MSG_MSG_KEEP_H

#include "msg/msg.h"

struct msg_kept {
	enum msg_type type;		/* MSG_NONE: nothing is kept         */
	uint32_t seq;
	void *page;			/* owned: a struct msg_NAME of type  */
};

/*
 * Server: page is the state now, to be numbered seq (never 0); out leads
 * there from the one kept before, which it replaces.  msg_keep_none(out):
 * nothing has changed, number and all.  After an error (as schema_diff, or
 * ERR_MEMORY) nothing is kept.
 */
MUST_CHECK enum err msg_keep_next(struct msg_kept *k, enum msg_type type,
				  const void *page, uint32_t seq,
				  struct msg_changes *out);
/* The same state for one who has nothing.  Errors as schema_diff. */
MUST_CHECK enum err msg_keep_whole(const struct msg_kept *k,
				   struct msg_changes *out);
static inline bool msg_keep_none(const struct msg_changes *c)
{
	return c->from == c->to;
}

/*
 * Screen: k becomes the state c leads to.  ERR_STATE: k is not the state it
 * leads from; ERR_FORMAT, ERR_MEMORY.  Nothing is kept after an error.
 */
MUST_CHECK enum err msg_keep_take(struct msg_kept *k,
				  const struct msg_changes *c);
void msg_keep_drop(struct msg_kept *k);

#endif
