/*
 * report/cdr -- the record of a call, kept and read back.
 *
 * In      a call at its end
 * Out     a row in STORE_CALL (key: uid, which sorts by time), an index by
 *         number; readers by uid, by time, by number
 * Owns    the record's schema: fields are only ever appended
 * Never   changes a finished record but for the agent's correction
 */
#ifndef REPORT_CDR_H
#define REPORT_CDR_H

#include "base/base.h"
#include "call/call.h"
#include "schema/schema.h"
#include "store/store.h"

#define CDR_FIELDS(F)                                                         \
	F(u64,   uid,         0,   "call, never used again")                  \
	F(u64,   lead,        0,   "lead")                                    \
	F(u32,   list,        0,   "list")                                    \
	F(u64,   person,      0,   "customer")                                \
	F(u32,   campaign,    0,   "campaign")                                \
	F(text,  campaign_name, 47, "campaign's name then")                   \
	F(u32,   agent,       0,   "agent, 0 = none")                         \
	F(u32,   trunk,       0,   "trunk row, 0 = none")                     \
	F(u8,    mode,        0,   "enum dial_mode")                          \
	F(phone, number,      19,  "called number, E.164 digits")             \
	F(phone, caller,      19,  "number shown")                            \
	F(u32,   attempt,     0,   "attempt on this lead, from 1")            \
	F(i64,   start_ms,    0,   "made [wall ms]")                          \
	F(i64,   invite_ms,   0,   "INVITE sent [wall ms]")                   \
	F(i64,   ring_ms,     0,   "first ringing [wall ms]")                 \
	F(i64,   answer_ms,   0,   "answered [wall ms]")                      \
	F(i64,   person_ms,   0,   "known to be a person [wall ms]")          \
	F(i64,   join_ms,     0,   "joined to the agent [wall ms]")           \
	F(i64,   end_ms,      0,   "customer's leg ended [wall ms]")          \
	F(i64,   done_ms,     0,   "wrap-up ended [wall ms]")                 \
	F(i64,   hold_ms,     0,   "on hold, summed [ms]")                    \
	F(u8,    result,      0,   "enum call_result")                        \
	F(u8,    by,          0,   "enum hangup_by")                          \
	F(u16,   sip_code,    0,   "final SIP code, raw; 0 = none")           \
	F(u16,   q850,        0,   "Q.850 cause, raw; 0 = none")              \
	F(text,  why,         63,  "reason phrase, or the rule that refused") \
	F(u16,   outcome,     0,   "row of data/dispositions.tsv")            \
	F(u32,   amd_ms,      0,   "the ears took [ms]")                      \
	F(i64,   callback_s,  0,   "agreed time [wall s]")                    \
	F(text,  note,        999, "agent's note")                            \
	F(text,  recording,   95,  "file below the spool folder")             \
	F(bool,  sale,        0,   "outcome counts as a sale")                \
	F(u32,   corrected_by, 0,  "agent who corrected the outcome")         \
	F(i64,   corrected_ms, 0,  "and when [wall ms]")                      \
	F(bool,  interrupted, 0,   "the server died during this call")        \
	F(u8,    part,        0,   "enum call_part")                          \
	F(u64,   of,          0,   "a part's: the customer's call")           \
	F(u32,   from_agent,  0,   "agent it was taken over from")            \
	F(i64,   took_ms,     0,   "taken over [wall ms]; 0 = from the start") \
	F(i64,   gave_ms,     0,   "given away [wall ms]")                    \
	F(text,  given,       47,  "to whom, in words")                       \
	F(i64,   amount,      0,   "agreed amount [1/100 currency], 0 = none") \
	F(i64,   held_ms,     0,   "of hold_ms, before this agent took it")   \
	F(i64,   promise_s,   0,   "agreed by who gave it away [wall s]")     \
	F(u32,   promise_agent, 0, "whose that call-back is, 0 = anyone's")   \
	F(u32,   promise_number, 0, "which of the lead's, 0 = first")         \
	F(text,  promise_note, 200, "what it will be about")                  \
	F(u32,   rtp_got,     0,   "packets from the customer")               \
	F(u32,   rtp_lost,    0,   "lost on their way")                       \
	F(u32,   jitter_us,   0,   "theirs, mean [us]")                       \
	F(u32,   mos_pct,     0,   "estimated MOS [1/100]; 0: not known")     \
	F(u32,   far_sent,    0,   "packets to him, as reported; 0: not")     \
	F(u32,   far_lost,    0,   "lost on their way")

SCHEMA_STRUCT(cdr, CDR_FIELDS);

void cdr_from_call(const struct call *c, const char *campaign_name,
		   struct cdr *out);
/* The sound of a call whose record is, or is to be, written. */
void cdr_sound(struct cdr *r, const struct call_sound *s);
/* Share lost [1/1,000,000]; -1: no packets. */
int32_t cdr_loss_ppm(uint32_t lost, uint32_t got);
/* Into the group: record and index.  The same uid again replaces it. */
MUST_CHECK enum err cdr_put(struct store_group *g, const struct cdr *r);
/*
 * The customer is to be forgotten: the record stays, for what was dialled and
 * when is kept by law, but says nothing of him, and is not found by number.
 * What supervisors noted on its recording goes, too.
 */
MUST_CHECK enum err cdr_forget(struct store *s, struct store_group *g,
			       const struct cdr *r);
/* ERR_ABSENT, ERR_FORMAT (damaged), store's errors. */
MUST_CHECK enum err cdr_get(struct store *s, uint64_t uid, struct cdr *out);

/* Return false to end. */
typedef bool cdr_h(void *arg, const struct cdr *r);

/* Records started in [from_ms, to_ms) wall clock, oldest first. */
MUST_CHECK enum err cdr_each(struct store *s, int64_t from_ms, int64_t to_ms,
			     cdr_h *h, void *arg);
/* The same for uids in [from, to). */
MUST_CHECK enum err cdr_each_uid(struct store *s, uint64_t from, uint64_t to,
				 cdr_h *h, void *arg);
/*
 * The uid of the n-th newest record in [from, to), of a number if e164 is not
 * empty; `from` if there are fewer.  *stop (may be NULL) ends it early.
 */
MUST_CHECK enum err cdr_newest_uid(struct store *s, uint64_t from, uint64_t to,
				   const char *e164, size_t n,
				   bool (*stop)(void *arg), void *arg,
				   uint64_t *out);
/* The latest `limit` records of a number, newest first. */
MUST_CHECK enum err cdr_of_number(struct store *s, const char *e164,
				  size_t limit, cdr_h *h, void *arg);

/* How long its agent talked, holds and consultations included [ms]. */
int64_t cdr_talk_ms(const struct cdr *r);
/* And how long the customer heard music meanwhile [ms]. */
int64_t cdr_hold_ms(const struct cdr *r);
/* To whom it was given, an outside number masked unless `whole`. */
void cdr_given(const struct cdr *r, bool whole, char *buf, size_t size);

/* A uid holds its time: the first uid of a millisecond. */
uint64_t cdr_uid_at(int64_t wall_ms);

/*
 * One line of CSV, Asterisk's columns first (cdr_csv.c's order), then ours.
 * Customers' numbers are masked unless `whole`.  Returns the length, cut at
 * size; CDR_CSV_MAX is always enough.  2 us a line.  [any thread]
 */
enum { CDR_CSV_MAX = 8192 };
size_t cdr_csv_header(char *buf, size_t size);
size_t cdr_csv(const struct cdr *r, const char *trunk, const char *outcome,
	       bool whole, char *buf, size_t size);

#endif
