/*
 * dispo -- how did it go, and what becomes of the lead?
 *
 * In      an agent's outcome, or what the trunk and the ears said
 * Out     the lead's next step: done, again at a time, do not call
 * Owns    the outcome table, data/dispositions.tsv
 * Never   writes a record, reads a clock
 */
#ifndef DISPO_DISPO_H
#define DISPO_DISPO_H

#include "base/base.h"
#include "call/call.h"

enum dispo_kind { DK_SALE, DK_CONTACT, DK_REFUSAL, DK_WRONG, DK_CALLBACK,
		  DK_OTHER, DK_SYSTEM };

enum dispo_next { DN_DONE, DN_RETRY, DN_AGREED, DN_DNC, DN_BACK };

enum { NEEDS_TIME = 1, NEEDS_NOTE = 2, NEEDS_AMOUNT = 4 };

struct dispo_row {
	uint16_t code;
	uint8_t  digit;			/* 1-9; 0 = not shown to agents       */
	enum dispo_kind kind;
	enum dispo_next next;
	int64_t  after_s;		/* retry: no sooner than [s]          */
	unsigned needs;			/* NEEDS_* the agent must give        */
	enum call_result result;	/* system rows                        */
	char label_en[48];
	char label_zh[48];
};

struct dispos;

/*
 * Reads the table.  On ERR_FORMAT `why` says file:line: what; every call
 * result must have its row, no code and no digit may come twice.
 */
MUST_CHECK enum err dispo_load(const char *path, struct dispos **out,
			       char *why, size_t why_size);
struct dispos *dispo_free(struct dispos *d);	/* returns NULL */

/* NULL if there is no such row. */
const struct dispo_row *dispo_by_code(const struct dispos *d, uint16_t code);
const struct dispo_row *dispo_by_digit(const struct dispos *d, unsigned digit);
const struct dispo_row *dispo_by_result(const struct dispos *d,
					enum call_result r);
const struct dispo_row *dispo_each(const struct dispos *d,
				   const struct dispo_row *prev);

struct dispo_ask {
	const struct call *call;
	uint32_t attempts_left;		/* of the lead, after this one        */
	int64_t now_s;			/* wall clock [s]                     */
};

struct dispo_step {
	const struct dispo_row *row;
	enum dispo_next next;		/* DN_RETRY with none left is DN_DONE */
	int64_t at_s;			/* DN_RETRY, DN_AGREED: wall clock [s] */
	struct agent_id agent;		/* DN_AGREED: whose; 0 = anyone       */
	bool sale, conversation;
};

/*
 * What becomes of the lead.  A talked call with no outcome is "No outcome
 * chosen": a time-out never invents one (UX 0.13).
 */
struct dispo_step dispo_apply(const struct dispos *d,
			      const struct dispo_ask *ask);

/* One that agents may choose, with a key or under "more". */
bool dispo_is_agents(const struct dispo_row *row);

/* What is missing before this outcome can be saved; 0 = nothing. */
unsigned dispo_missing(const struct dispo_row *row, const struct call *call);

#endif
