/*
 * lead -- whom do we call next?
 *
 * In      lists (lead_import.h), what became of a lead (dispo's decision)
 * Out     the next lead of a campaign, reserved; or why there is none
 * Owns    lists, leads, the index of their numbers, the due queue
 * Never   judges the law (that is the gate's), dials, reads a clock
 *
 * A lead waits in one of four places, each an ordered table of the store:
 * READY (by list, zone group, priority), LATER (by due second), CALLBACK
 * (by agent and second) or RESERVED (in a call).  Nothing here costs O(leads):
 * the head of each READY partition is kept in memory, a page at a time.
 *
 * A zone group is a distinct set of places leads may be in; China is one, the
 * United States some dozens.  Whether a group may be called now is asked of
 * the caller once a minute, so closed groups are passed over in O(1).
 *
 * All writes go into the caller's group of the store; it must be committed
 * before the handler returns, and lead_undo called if that fails.
 */
#ifndef LEAD_LEAD_H
#define LEAD_LEAD_H

#include "base/base.h"
#include "base/clock.h"
#include "base/zone.h"
#include "call/call.h"
#include "schema/schema.h"

struct store;
struct store_group;
struct leads;

/*        status          word         where it waits                        */
#define LEAD_STATUSES(X)                                                      \
	X(LEAD_READY,    "ready")     /* may be called                     */ \
	X(LEAD_LATER,    "later")     /* not before next_at_s              */ \
	X(LEAD_AGREED,   "callback")  /* the customer named a time         */ \
	X(LEAD_RESERVED, "reserved")  /* in a call now                     */ \
	X(LEAD_HELD,     "held")      /* taken out by hand                 */ \
	X(LEAD_DONE,     "done")                                              \
	X(LEAD_DNC,      "dnc")       /* asked not to be called            */

enum lead_status {
#define X(name, word) name,
	LEAD_STATUSES(X)
#undef X
	LEAD_STATUS_COUNT
};

const char *lead_status_word(enum lead_status s);
MUST_CHECK enum err lead_status_from_word(const char *w, enum lead_status *out);

#define LEAD_NUMBERS_MAX 4
#define LEAD_FIELDS_MAX 12
#define LEAD_PRIORITY_TOP 255	/* agreed call-backs that have come due      */

#define LEAD_NUMBER(F)                                                        \
	F(phone, e164,     15, "digits, no plus sign")                        \
	F(text,  kind,     12, "mobile, home, work ...")

#define LEAD_FIELD(F)                                                         \
	F(u8,    label,     0, "which of the list's labels")                  \
	F(text,  value,    96, "what the customer's data say")

#define LEAD_CONSENT(F)                                                       \
	F(text,  kind,     12, "oral, sms, web, written, contract, enquiry")  \
	F(text,  purpose,  12, "marketing, service ...")                      \
	F(i64,   at_s,      0, "given [s since 1970]")                        \
	F(i64,   until_s,   0, "0 = no end [s since 1970]")                   \
	F(text,  proof,    96, "where the evidence is")

SCHEMA_STRUCT(lead_number, LEAD_NUMBER);
SCHEMA_STRUCT(lead_field, LEAD_FIELD);
SCHEMA_STRUCT(lead_consent, LEAD_CONSENT);

#define LEAD_RECORD(F)                                                        \
	F(u64,   id,        0, "list in the high half, number below")         \
	F(u32,   list,      0, "the list it belongs to")                      \
	F(u64,   person,    0, "all numbers of one customer share it")        \
	F(rows,  numbers, (LEAD_NUMBERS_MAX, lead_number), "first: dialled first") \
	F(text,  name,     64, "UTF-8")                                       \
	F(text,  city,     48, "")                                            \
	F(text,  province, 48, "state, province")                             \
	F(text,  country,   2, "ISO 3166")                                    \
	F(u32,   zones,     0, "zone group, see lead_zones")                  \
	F(text,  tags,    160, "separated by commas")                         \
	F(u32,   tier,      4, "1 = A .. 4 = D, 0 = none")                    \
	F(u32,   priority, 255, "larger is called earlier")                   \
	F(rows,  fields, (LEAD_FIELDS_MAX, lead_field), "the list's own columns") \
	F(text,  key,      48, "the customer's key in their system")          \
	F(rows,  consent, (1, lead_consent), "as imported; the gate has its own") \
	F(u32,   status,    0, "enum lead_status")                            \
	F(u32,   attempts,  0, "INVITEs so far")                              \
	F(i64,   next_at_s, 0, "not before [s since 1970]")                   \
	F(i64,   last_at_s, 0, "last call [s since 1970]")                    \
	F(u32,   last_result,  0, "enum call_result")                         \
	F(u32,   last_outcome, 0, "row of dispositions")                      \
	F(u32,   last_agent,   0, "agent's number")                           \
	F(u32,   callback_agent, 0, "agreed with; 0 = anyone")                \
	F(text,  note,    1000, "the last agent's")                           \
	F(i64,   created_s, 0, "imported [s since 1970]")                     \
	F(bool,  due,       0, "an agreed call-back that has come due")       \
	F(u32,   callback_number, LEAD_NUMBERS_MAX, "of numbers, from 1; "    \
					"0 = the first")                      \
	F(text,  callback_note, 200, "what the call-back is about")

SCHEMA_STRUCT(lead, LEAD_RECORD);

#define LEAD_LABEL(F) F(text, name, 32, "column of the file")
SCHEMA_STRUCT(lead_label, LEAD_LABEL);

#define LEAD_LIST(F)                                                          \
	F(u32,   id,        0, "")                                            \
	F(text,  name,     48, "unique")                                      \
	F(text,  country,   2, "whose numbers are written without a prefix")  \
	F(rows,  labels, (LEAD_FIELDS_MAX, lead_label), "names of own columns") \
	F(i64,   created_s, 0, "[s since 1970]")                              \
	F(text,  source,   96, "last file imported")

SCHEMA_STRUCT(lead_list, LEAD_LIST);

/* ---- opening ---------------------------------------------------------- */

/*
 * Reads lists, counts and zone groups, puts interrupted reservations back to
 * READY (in groups of its own, waits for the disk).  zones is borrowed.
 * Home thread of the store; the store outlives it.
 */
MUST_CHECK enum err lead_open(struct store *s, const struct zones *zones,
			      struct leads **out);
struct leads *lead_free(struct leads *ls);	/* returns NULL */
/* Reservations put back at opening, and when. */
uint32_t lead_recovered(const struct leads *ls);

/* ---- lists ------------------------------------------------------------ */

/* Gives list->id.  ERR_EXISTS: the name is taken; ERR_ARG: no name. */
MUST_CHECK enum err lead_list_add(struct leads *ls, struct store_group *grp,
				  struct lead_list *list);
/* Replaces the record of list->id.  ERR_ABSENT. */
MUST_CHECK enum err lead_list_set(struct leads *ls, struct store_group *grp,
				  const struct lead_list *list);
/* NULL if there is none; good until the next change of lists. */
const struct lead_list *lead_list(const struct leads *ls, struct list_id id);
const struct lead_list *lead_list_by_name(const struct leads *ls,
					  const char *name);
/* Walks: pass NULL first; NULL at the end. */
const struct lead_list *lead_list_each(const struct leads *ls,
				       const struct lead_list *prev);
/* The list with the next higher id: for walks that rest between.  NULL. */
const struct lead_list *lead_list_after(const struct leads *ls, uint32_t id);
/*
 * Up to budget leads of the list are erased with all their index rows;
 * *left = whether some remain.  The emptied list itself goes last.
 * ERR_STATE while one of its leads is in a call or an import runs.
 */
MUST_CHECK enum err lead_list_erase(struct leads *ls, struct store_group *grp,
				    struct list_id id, unsigned budget,
				    bool *left);

/* ---- leads ------------------------------------------------------------ */

/* One lead by hand, READY; gives lead->id, person and zones.  ERR_EXISTS: a
 * number is in the list already; ERR_FORMAT: not an E.164 number. */
MUST_CHECK enum err lead_add(struct leads *ls, struct store_group *grp,
			     struct lead *lead, struct now now);
/* [any thread] ERR_ABSENT. */
MUST_CHECK enum err lead_get(const struct leads *ls, struct lead_id id,
			     struct lead *out);
/*
 * Writes changed data (name, note, tags, priority, status HELD or READY ...)
 * and moves it where it now belongs.  ERR_CONFLICT when it is reserved and
 * the status was changed.
 */
MUST_CHECK enum err lead_set(struct leads *ls, struct store_group *grp,
			     const struct lead *lead);
/* The lead and all its index rows are gone.  ERR_STATE: it is in a call. */
MUST_CHECK enum err lead_erase(struct leads *ls, struct store_group *grp,
			       struct lead_id id);
/*
 * Leads with this number, any list, oldest list first, up to max;
 * *n = how many were given.  [any thread]
 */
MUST_CHECK enum err lead_by_number(const struct leads *ls, const char *e164,
				   struct lead_id *ids, size_t max, size_t *n);
/* The person behind a number: as the leads say, else the number itself. */
uint64_t lead_person(const struct leads *ls, const char *e164);
/* Leads of a list with id > after, in order, at most max (<= 4096). */
typedef bool lead_row_h(void *arg, const struct lead *lead);
MUST_CHECK enum err lead_scan(const struct leads *ls, struct list_id list,
			      struct lead_id after, size_t max,
			      lead_row_h *row, void *arg);
/* Call-backs agreed with this agent (0: with anyone), soonest first, at most
 * max rows looked at. */
MUST_CHECK enum err lead_callbacks(const struct leads *ls,
				   struct agent_id agent, size_t max,
				   lead_row_h *row, void *arg);
/* The places of a zone group; false if unknown. [any thread] */
bool lead_zones(const struct leads *ls, uint32_t group, struct zone_set *out);

/* ---- the next one ----------------------------------------------------- */

/* May the group be called now?  *until_s: the answer holds before that. */
typedef bool lead_open_h(void *arg, struct campaign_id c,
			 const struct zone_set *places, int64_t wall_s,
			 int64_t *until_s);

/*
 * Which lists a campaign calls, and whom to ask about hours (open NULL:
 * always open).  Replaces what was said before; n = 0 takes it away.
 */
MUST_CHECK enum err lead_campaign_set(struct leads *ls, struct campaign_id c,
				      const struct list_id *lists, size_t n,
				      lead_open_h *open, void *arg);
/* Walks the zone groups in which READY leads of the campaign wait (one may be
 * met twice): i from 0; false at the end. */
bool lead_campaign_group(const struct leads *ls, struct campaign_id c,
			 size_t i, uint32_t *group);
/* Hours or profile changed: forget what was answered. */
void lead_campaign_recheck(struct leads *ls, struct campaign_id c);

/* Does the campaign call this list? */
bool lead_campaign_has(struct leads *ls, struct campaign_id c,
		       struct list_id list);

/*
 * The lead to call now, taken out of READY and RESERVED, copied to *out.
 * Highest priority first, then those never called, then the longest due;
 * only zone groups that are open.  ERR_ABSENT: none, see lead_lack.
 */
MUST_CHECK enum err lead_next(struct leads *ls, struct store_group *grp,
			      struct campaign_id c, struct now now,
			      struct lead *out);
/* The same, but of the first few leads of equal priority the one with the
 * highest score. */
typedef double lead_score_h(void *arg, const struct lead *l);
MUST_CHECK enum err lead_next_best(struct leads *ls, struct store_group *grp,
				   struct campaign_id c, struct now now,
				   lead_score_h *score, void *arg,
				   struct lead *out);
/* A call-back agreed with this agent that has come due; ERR_ABSENT. */
MUST_CHECK enum err lead_next_mine(struct leads *ls, struct store_group *grp,
				   struct campaign_id c, struct agent_id agent,
				   struct now now, struct lead *out);
/* This very one, whatever it waits for (by hand).  ERR_STATE: in a call. */
MUST_CHECK enum err lead_take(struct leads *ls, struct store_group *grp,
			      struct lead_id id, struct now now,
			      struct lead *out);

/* Not dialled after all: back to where it was (READY, or AGREED with the
 * agent it is promised to), or LATER if not_before_s. */
MUST_CHECK enum err lead_release(struct leads *ls, struct store_group *grp,
				 struct lead_id id, int64_t not_before_s,
				 struct now now);

struct lead_step {
	enum lead_status next;	/* LATER, AGREED, DONE, DNC or READY         */
	int64_t at_s;		/* LATER, AGREED: when [s since 1970]        */
	struct agent_id agent;	/* AGREED: whose; 0 = anyone                 */
	bool dialled;		/* an INVITE went out: counts as attempt     */
	enum call_result result;
	uint16_t outcome;
	struct agent_id by;	/* who talked; 0 = nobody                    */
	const char *note;	/* NULL: leave the old one                   */
	uint32_t number;	/* AGREED: which of its numbers, 0 = first   */
	const char *about;	/* AGREED: what it is about; NULL: nothing   */
};

/* The number that is dialled next; "" if it has none. */
const char *lead_number(const struct lead *l);


/* What becomes of a reserved lead (dispo's decision).  ERR_STATE: it is not
 * reserved. */
MUST_CHECK enum err lead_finish(struct leads *ls, struct store_group *grp,
				struct lead_id id,
				const struct lead_step *step, struct now now);

/* What should have become of a lead that is in no call: in one go, or not at
 * all.  ERR_STATE: it is in a call; nothing was written then. */
MUST_CHECK enum err lead_amend(struct leads *ls, struct store_group *grp,
			       struct lead_id id,
			       const struct lead_step *step, struct now now);

/* The group that took or moved this lead failed: forget that in memory. */
void lead_undo(struct leads *ls, struct lead_id id);

/*
 * Moves what has come due into READY, at most budget leads; *moved tells how
 * many (== budget: call again soon).  An agreed call-back that its agent has
 * not taken 15 minutes after its time becomes anyone's.
 */
MUST_CHECK enum err lead_tick(struct leads *ls, struct store_group *grp,
			      struct now now, unsigned budget,
			      unsigned *moved);

/* ---- counts ----------------------------------------------------------- */

struct lead_counts {
	int64_t by_status[LEAD_STATUS_COUNT];
	int64_t total;
};

void lead_list_counts(const struct leads *ls, struct list_id list,
		      struct lead_counts *out);
void lead_campaign_counts(const struct leads *ls, struct campaign_id c,
			  struct lead_counts *out);

/* Why lead_next gave none. */
struct lead_lack {
	int64_t ready_open;	/* callable now                              */
	int64_t ready_closed;	/* outside their hours                       */
	uint32_t groups_closed;
	int64_t opens_s;	/* the first of those groups opens; 0 = none */
	int64_t later;		/* wait for a retry or a call-back           */
	int64_t due_s;		/* the first of them, over all lists; 0=none */
	int64_t reserved;
};

void lead_lack(struct leads *ls, struct campaign_id c, struct now now,
	       struct lead_lack *out);

/* After an import: its leads may be better than those at hand. */
void lead_list_refresh(struct leads *ls, struct list_id list);

#endif
