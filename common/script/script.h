/*
 * script -- what an agent says: plain text in pages (waihu-script(5)).
 *
 *	== Opening			a page and its title
 *	"Good afternoon [customer], ..."	text; [field] is filled in
 *	YES -> page 3 (offer)		a branch to a page; also -> 3
 *	NO -> F7 call back		a branch to anything else
 *	!company{ name}, recording	what must be said
 *
 * Words in {braces} are left out where there is little room.
 *
 * In      a script's text, values for its fields
 * Out     pages; lines by kind; merged text
 * Owns    nothing: all results are the caller's buffers
 * Never   leaves a field it does not know silently blank: it reads [field?]
 */
#ifndef SCRIPT_SCRIPT_H
#define SCRIPT_SCRIPT_H

#include "base/base.h"

enum { SCRIPT_PAGES = 24, SCRIPT_TITLE = 80, SCRIPT_TEXT = 2000 };

struct script_page {
	char title[SCRIPT_TITLE + 1];
	char text[SCRIPT_TEXT + 1];	/* lines, each ended by '\n'         */
};

struct script {
	size_t n;
	struct script_page page[SCRIPT_PAGES];
};

/*
 * Reads a whole script.  Lines before the first "==" are page 1 with an
 * empty title.  On refusal *line is the line it is in, from 1: ERR_FORMAT
 * (not UTF-8, a title missing or too long, an open [ or {), ERR_FULL (too
 * many pages, a page too long), ERR_ABSENT (a branch to a page there is not).
 */
MUST_CHECK enum err script_parse(const char *text, size_t len,
				 struct script *out, size_t *line);

enum script_kind { SCRIPT_WORDS, SCRIPT_BLANK, SCRIPT_BRANCH, SCRIPT_MUST };

struct script_line {
	enum script_kind kind;
	char     answer[64];	/* of a branch: "YES"                        */
	unsigned page;		/* it leads to; 0 = not to a page            */
	char     text[512];	/* the words; of a branch: what follows      */
};

/* One line of a page, up to '\n' or the end; returns the next line. */
const char *script_line(const char *s, struct script_line *out);

/* text without its {braces}: their words kept, or left out when `brief`. */
void script_brief(char *buf, size_t size, const char *text, bool brief);

/*
 * The value of a field by name, NULL if it is unknown; *later = true: it is
 * known but has no value yet, so [field] stays as it is.
 */
typedef const char *script_field_h(const char *name, bool *later, void *arg);

/*
 * text with each [name] or [name|default] filled in; an unknown one reads
 * [name?].  Returns how many were unknown.
 */
size_t script_merge(char *buf, size_t size, const char *text,
		    script_field_h *field, void *arg);

#endif
