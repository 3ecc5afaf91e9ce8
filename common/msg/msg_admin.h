/*
 * msg/msg_admin -- the `waihu` command's words, and the clerk's JSON lines.
 *
 * The command sends its words as they are; the server's clerk reads them.
 * With `data`, standard input follows in admin_data under the same request
 * number: send the next piece after the `ok` of the last.  Answers come as
 * any number of admin_rep; the one without `more` carries the exit code.
 */
#ifndef MSG_MSG_ADMIN_H
#define MSG_MSG_ADMIN_H

#include "schema/schema.h"

enum { MSG_ADMIN_CHUNK = 49152 };

#define MSG_WORD_FIELDS(F)                                                    \
	F(text,   word,     1000, "one word of the command line")
SCHEMA_STRUCT(msg_word, MSG_WORD_FIELDS);

#define MSG_ADMIN_REQ_FIELDS(F)                                               \
	F(rows,   argv,     (48, msg_word), "object, verb, arguments")        \
	F(bool,   json,     0,    "JSON is wanted as it is")                  \
	F(bool,   dry_run,  0,    "say what would happen, change nothing")    \
	F(bool,   yes,      0,    "dropping calls is confirmed")              \
	F(bool,   data,     0,    "admin_data follows")                       \
	F(text,   lang,     8,    "language of texts: en, zh")
SCHEMA_STRUCT(msg_admin_req, MSG_ADMIN_REQ_FIELDS);

#define MSG_ADMIN_DATA_FIELDS(F)                                              \
	F(bytes,  chunk,    MSG_ADMIN_CHUNK, "the next bytes of the file")    \
	F(bool,   last,     0,    "that was all")
SCHEMA_STRUCT(msg_admin_data, MSG_ADMIN_DATA_FIELDS);

#define MSG_ADMIN_REP_FIELDS(F)                                               \
	F(bytes,  chunk,    MSG_ADMIN_CHUNK, "JSON lines, cut anywhere")      \
	F(bool,   more,     0,    "another admin_rep follows")                \
	F(u8,     exit,     0,    "exit status, when no more (UX 3.1)")       \
	F(u16,    code,     0,    "enum msg_refusal when refused")            \
	F(text,   error,    400,  "reason in words, for standard error")     \
	F(text,   form,     400,  "the same without its arguments, for gettext") \
	F(text,   args,     800,  "what fills it; see msg/msg_form.h")
SCHEMA_STRUCT(msg_admin_rep, MSG_ADMIN_REP_FIELDS);

#endif
