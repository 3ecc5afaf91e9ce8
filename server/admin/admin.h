/*
 * admin -- the `waihu` command.
 *
 * In      the words of a command line; standard input or a file
 * Out     tables or JSON on stdout, talk on stderr, the server's verdict as
 *         exit status
 * Owns    the connection of one command
 * Never   decides: the clerk of the server does, and says why
 */
#ifndef ADMIN_ADMIN_H
#define ADMIN_ADMIN_H

#include <jansson.h>
#include <stdio.h>

#include "base/base.h"
#include "msg/msg.h"

/* What holds for every verb (UX.md 3.1). */
struct admin_opts {
	bool json, no_header, quiet, dry_run, yes, color;
	bool wide;			/* a list: all its columns           */
	bool narrow;			/* it goes to a terminal: those that
					   fit `cells`                       */
	int cells;
	const char *columns;		/* "a,b"; NULL: all                  */
	const char *url;		/* of the server                     */
	const char *user, *pass_file;	/* NULL: the local socket's word     */
	const char *lang;
	int timeout_s;			/* nothing heard for so long; 0: no end */
	int limit_ms;			/* the whole talk; 0: no limit       */
	/* Takes each line instead of printing it; NULL: printed. */
	void (*line)(void *arg, const json_t *v);
	void *line_arg;
};

/* One conversation with the server; the exit status of the command. */
int admin_talk(const struct admin_opts *o, struct msg_admin_req *req,
	       FILE *data, const char *reject_path);

/* JSON lines as they come, printed as people or scripts want them. */
struct admin_out;
struct admin_out *admin_out_new(const struct admin_opts *o, const char *object,
				const char *verb, const char *reject_path);
void admin_out_bytes(struct admin_out *out, const void *p, size_t len);
/* Prints what was kept back for a table; returns NULL. */
/* False, said on standard error, if a column asked for is in no row. */
bool admin_out_columns(const struct admin_out *out);
struct admin_out *admin_out_free(struct admin_out *out);
void admin_progress(struct admin_out *out, uint64_t sent, uint64_t total);

/* A list's rows as columns, `indent` cells from the left; `only`: the columns
 * of it, "a,b", NULL all there are. */
void admin_table(const struct admin_opts *o, const json_t *rows,
		 const char *only, int indent);
/* One answer, key by key. */
void admin_deep(const struct admin_opts *o, const json_t *v, int depth);
/* A move of a call, as `call watch` tells it, on a line of its own. */
void admin_move(const struct admin_opts *o, const json_t *v);
/* The heading of a column, and a word that stands in it, in the language of
 * who reads; keys and words of --json stay as they are. */
const char *admin_head(const char *key);
const char *admin_word(const char *key, const char *word);
/* Why the server refused, in words. */
void admin_refusal(const struct msg_admin_rep *m, char *buf, size_t size);
/* What can be said: all objects, one with its verbs, one verb. */
void admin_usage(FILE *out, const char *object, const char *verb);

/* Commands that are done here, not by the server's clerk; -1: not one. */
int admin_local(const struct admin_opts *o, int argc, char **argv);
/* `call play CALL`, `call export CALL FILE`; -1: neither of them. */
int admin_call(const struct admin_opts *o, int argc, char **argv);

/* `simulate [CAMPAIGN [--from DAY]] ...`: the exit status. */
int admin_sim(const struct admin_opts *o, int argc, char **argv);

/* -1 if there is such an object and verb; else EX_USAGE, and why on stderr. */
int admin_verb_check(int argc, char **argv);
/* What may stand for the last of these words, a line each; 0. */
int admin_complete(const struct admin_opts *o, int argc, char **argv);

#endif
