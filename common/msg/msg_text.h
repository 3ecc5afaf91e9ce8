/*
 * msg/msg_text -- messages written by hand: sample screens and replays.
 *
 *	# a comment
 *	head floor="FLOOR A" agents=42 wall_ms=2026-08-21T14:32:07
 *	floor
 *	  figures figure="abandon rate" recent=340 judge=high
 *	at 1500
 *	key Enter
 *
 * A line that begins with the name of a message is that message, its fields
 * as schema_print writes them; below it, two blanks deeper, a line a row of
 * its `rows` fields.  A number that has a word (msg/msg_words) may be that
 * word; a time [ms since 1970] may be a date and time of UTC.  Any other
 * line is the caller's.
 */
#ifndef MSG_MSG_TEXT_H
#define MSG_MSG_TEXT_H

#include <stdio.h>

#include "msg/msg.h"

struct msg_text_handlers {
	/* A whole message; obj is borrowed for the call. */
	enum err (*message)(void *arg, enum msg_type type, const void *obj);
	/* A line that is no message: its first word and the rest. */
	enum err (*line)(void *arg, const char *word, const char *rest,
			 char *why, size_t size);
};

/*
 * Reads to the end or to the first mistake: then why[size] says "line 7:
 * ...".  Errors: ERR_FORMAT, ERR_ARG, ERR_ABSENT, ERR_MEMORY, ERR_FULL (too
 * many rows), or what a handler returned.
 */
MUST_CHECK enum err msg_text_read(FILE *in, const struct msg_text_handlers *h,
				  void *arg, char *why, size_t size);

/* A word of a field whose meaning is this doc; false if it has no such. */
bool msg_text_word(const char *doc, const char *word, int64_t *v);

#endif
