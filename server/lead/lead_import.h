/*
 * lead_import -- a list from a file: CSV in, leads out, bad rows explained.
 *
 * In      the bytes of a CSV file, in chunks of any size
 * Out     leads in the store; counts; a reject file with line, column, reason
 * Owns    one worker thread and a bounded queue of bytes per import
 * Never   blocks the loop, writes a row twice, guesses a broken number
 *
 * UTF-8 (with or without BOM), GBK and GB18030 are told apart by themselves;
 * RFC 4180 with any mixture of line ends; the separator is , ; or a tab.
 * Leads are appended first and their index rows written sorted at the end of
 * each million: random keys would cost twenty times as much.  An import that
 * was interrupted is completed by the next one of the list (an empty file is
 * enough), and repeating the file adds nothing twice.
 */
#ifndef LEAD_LEAD_IMPORT_H
#define LEAD_LEAD_IMPORT_H

#include <stdio.h>

#include "base/base.h"
#include "lead/lead.h"

/* What to do with a number that is known already. */
enum lead_dup_policy {
	LEAD_DUP_LIST,		/* refuse if in this list (always done)      */
	LEAD_DUP_CAMPAIGN,	/* ... or in another list of the campaign    */
	LEAD_DUP_ANY,		/* ... or in any list                        */
};
MUST_CHECK enum err lead_dup_from_word(const char *w,
				       enum lead_dup_policy *out);

/* A consent that came with a row, for the gate: puts it into grp.  Runs on
 * the worker. */
typedef enum err lead_consent_h(void *arg, struct store_group *grp,
				uint64_t person, const struct lead_consent *c);

struct lead_import_conf {
	struct list_id list;
	const char *country;	/* "CN"; NULL: the list's                    */
	const char *map;	/* "phone=1,name=3", "phone=mobile"; NULL or
				 * "": by the usual headers                  */
	bool check;		/* dry run: nothing is written               */
	enum lead_dup_policy dup;
	const struct list_id *siblings;	/* other lists of the campaign       */
	size_t siblings_n;
	const char *charset;	/* "UTF-8", "GB18030"; NULL: found out       */
	const char *source;	/* the file's name, for the record; NULL     */
	const char *tags;	/* added to each lead; NULL                  */
	const char *consent_purpose;	/* of rows that name none; NULL:
					 * "marketing"                       */
	uint32_t priority;	/* of rows that have none; 0: by tier        */
	int64_t wall_s;		/* created at                                */
	FILE *reject;		/* borrowed, written by the worker; NULL     */
	lead_consent_h *consent;/* NULL: kept in the lead only               */
	void *consent_arg;
	/* Called on the worker when the state changed (at most 20 a second)
	 * and at the end; NULL.  Post an event to the loop from it. */
	void (*note)(void *arg);
	void *note_arg;
};

struct lead_import_state {
	bool ended;		/* nothing more will change                  */
	enum err err;		/* why it stopped; ERR_OK                    */
	char why[160];		/* in words                                  */
	char charset[16];	/* what it was                               */
	char mapped[256];	/* "phone=2 name=1": columns found           */
	uint64_t bytes;		/* taken from the queue                      */
	uint64_t rows;		/* data rows seen                            */
	uint64_t added;		/* leads written (check: would be)           */
	uint64_t rejected;	/* bad rows                                  */
	uint64_t dup_file;	/* again in the same file                    */
	uint64_t dup_list;	/* in the list already                       */
	uint64_t dup_other;	/* in another list (policy)                  */
	uint64_t repaired;	/* numbers with Excel damage, mended         */
	uint64_t consents;
	uint64_t groups;	/* zone groups met                           */
};

struct lead_import;

/*
 * Was an import of the list cut off?  Its leads are not called until an
 * import completes it: start one, and finish it without a byte.
 */
bool lead_import_pending(const struct leads *ls, struct list_id list);

/*
 * Starts the worker.  ERR_STATE: an import of this list runs; ERR_ABSENT: no
 * such list; ERR_ARG: the map does not parse.  conf is copied.  Home thread.
 */
MUST_CHECK enum err lead_import_start(struct leads *ls,
				      const struct lead_import_conf *conf,
				      struct lead_import **out);
/* Copies what there is room for, *taken; 0 taken: wait for a note. */
MUST_CHECK enum err lead_import_feed(struct lead_import *imp, const void *p,
				     size_t len, size_t *taken);
/* The file is whole; the worker finishes what it has. */
void lead_import_finish(struct lead_import *imp);
void lead_import_read(struct lead_import *imp, struct lead_import_state *out);
/*
 * Frees it, and stops it first if it has not ended (what was written stays;
 * repeat the file).  Then lead_list_refresh is done.  Home thread.
 */
struct lead_import *lead_import_free(struct lead_import *imp);

/* All of it at once, and waits: for tools and tests.  Home thread. */
MUST_CHECK enum err lead_import_run(struct leads *ls,
				    const struct lead_import_conf *conf,
				    FILE *in, struct lead_import_state *out);

/* ---- numbers ---------------------------------------------------------- */

/*
 * What people write as a phone number, as E.164 digits.  raw is UTF-8.
 * ERR_FORMAT: it is none, *why says so ("too short for CN"); *repaired: it
 * showed Excel damage that could be mended for certain.
 */
MUST_CHECK enum err lead_phone_parse(const char *raw, const char *country,
				     char e164[16], const char **why,
				     bool *repaired);

#endif
