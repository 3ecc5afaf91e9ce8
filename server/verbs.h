/*
 * verbs -- the words of `waihu`, as ONE table.
 *
 * In      nothing
 * Out     every object and verb with its arguments and one sentence: the
 *         clerk's table, the command's help and completion, waihu(8)
 * Owns    constant text
 * Never   acts: the clerk does (server/clerk), or the command by itself
 *
 * `args` is read by programs, too: "[--by agent|skill|team]" is an option
 * and its words, "mode=a|b" a key and its words; a word in capitals stands
 * for any text, and some of them for a name the server knows (VERB_NAMES).
 */
#ifndef VERBS_H
#define VERBS_H

#include <stdbool.h>
#include <stddef.h>

/*        in args      the list whose names it may be  */
#define VERB_NAMES(X)                                                         \
	X("CAMPAIGN", "campaign")                                             \
	X("LIST",     "list")                                                 \
	X("TRUNK",    "trunk")                                                \
	X("USER",     "user")                                                 \
	X("AGENT",    "agent")

enum verb_flag {
	VERB_CHANGES = 1,	/* refused to who may only look              */
	VERB_HERE    = 2,	/* done by the command itself, no server     */
	VERB_ALONE   = 4,	/* its verb need not be said: `waihu status` */
	VERB_TRIES   = 8,	/* knows --dry-run; another that changes
				   refuses it                                */
};

struct verb {
	const char *object, *verb;
	unsigned flags;
	const char *args, *help;
	/* What a terminal shows of a list, all of it with --wide; NULL: all.
	 * At most 100 cells with the usual content. */
	const char *columns;
};

/* The i-th, in the order of the manual; NULL past the end. */
const struct verb *verb_at(size_t i);
/* NULL: no such verb. */
const struct verb *verb_find(const char *object, const char *verb);

#endif
