/*
 * gate -- may this number be called now?
 *
 * In      a lead's number, its person, where they may be, the campaign, now
 * Out     a gate_pass good for one call and 3 s, or the rule that refused;
 *         always a verdict: rules asked, what they saw, when it would be legal
 * Owns    the profiles (data/profiles.tsv) and holidays; in the store: DNC,
 *         consents, the erased, the history of attempts of each person
 * Never   dials, waits, or reads a clock: `now` is passed in
 *
 * dial_start() takes a gate_pass and only this room can make one, so a call
 * that was never checked does not compile.  All writes go into the caller's
 * group of the store; what is written binds every later ask at once, before
 * it is on disk, and after a crash if it was.
 */
#ifndef GATE_GATE_H
#define GATE_GATE_H

#include "base/base.h"
#include "base/clock.h"
#include "base/zone.h"
#include "schema/schema.h"

struct store;
struct store_group;
struct gate;
struct gate_pass;		/* opaque: the right to place one call       */
struct gate_profile;		/* opaque: one country's rules               */

#define GATE_PASS_MS 3000	/* a pass older than this is refused [ms]    */
#define GATE_NEVER INT64_MAX	/* no second at which it would be legal      */

/*        rule          id             words: what passing means             */
#define GATE_RULES(X)                                                         \
	X(GATE_NUMBER,  "number",      "the number is a dialable E.164 number") \
	X(GATE_ERASED,  "erased",      "no erasure or legal block")           \
	X(GATE_OWN_DNC, "own-dnc",     "not on our own do-not-call list")     \
	X(GATE_EXT_DNC, "external-dnc", "not on the lists the law names")     \
	X(GATE_CONSENT, "consent",     "consent, where the profile asks it")  \
	X(GATE_HOURS,   "hours",       "inside the legal hours everywhere")   \
	X(GATE_FREQ,    "frequency",   "not called too often")                \
	X(GATE_TRIES,   "attempts",    "attempts left in the campaign")       \
	X(GATE_PAUSE,   "pause",       "no pause after an earlier call")      \
	X(GATE_CALLER,  "caller",      "the number shown may be shown")       \
	X(GATE_PURPOSE, "purpose",     "the purpose is allowed")              \
	X(GATE_AGENT,   "agent",       "an agent will be there")

enum gate_rule {
#define X(name, id, words) name,
	GATE_RULES(X)
#undef X
	GATE_RULE_COUNT		/* also: none                                */
};

/*        purpose           word                                             */
#define GATE_PURPOSES(X)                                                      \
	X(PURPOSE_MARKETING,  "marketing")                                    \
	X(PURPOSE_SERVICE,    "service")      /* of a running contract     */ \
	X(PURPOSE_CALLBACK,   "callback")     /* the customer asked for it */ \
	X(PURPOSE_COLLECTION, "collection")                                   \
	X(PURPOSE_SURVEY,     "survey")                                       \
	X(PURPOSE_CLAIMS,     "claims")       /* claims management, uk     */ \
	X(PURPOSE_PENSIONS,   "pensions")

enum gate_purpose {
#define X(name, word) name,
	GATE_PURPOSES(X)
#undef X
	PURPOSE_COUNT
};

/*        kind              word        weight: 2 = written, 1 = given        */
#define GATE_CONSENTS(X)                                                      \
	X(CONSENT_ORAL,     "oral",     1)                                    \
	X(CONSENT_SMS,      "sms",      2)                                    \
	X(CONSENT_WEB,      "web",      2)                                    \
	X(CONSENT_WRITTEN,  "written",  2)                                    \
	X(CONSENT_CONTRACT, "contract", 2)  /* a running contract          */ \
	X(CONSENT_ENQUIRY,  "enquiry",  1)  /* asked to be called back     */

enum gate_consent_kind {
#define X(name, word, weight) name,
	GATE_CONSENTS(X)
#undef X
	CONSENT_KIND_COUNT
};

const char *gate_rule_id(enum gate_rule r);	/* "" for GATE_RULE_COUNT */
const char *gate_rule_words(enum gate_rule r);
uint32_t gate_rule_version(enum gate_rule r);
const char *gate_rule_law(enum gate_rule r);
const char *gate_purpose_word(enum gate_purpose p);
MUST_CHECK enum err gate_purpose_from_word(const char *w,
					   enum gate_purpose *out);
const char *gate_consent_word(enum gate_consent_kind k);
MUST_CHECK enum err gate_consent_from_word(const char *w,
					   enum gate_consent_kind *out);

/* ---- opening ---------------------------------------------------------- */

struct gate_conf {
	struct store *store;		/* borrowed, outlives the gate       */
	const struct zones *zones;	/* borrowed, outlives the gate       */
	const char *profiles;		/* path of profiles.tsv              */
	const char *holidays;		/* path of holidays.tsv              */
};

/* ERR_IO, ERR_FORMAT (why: file, line, reason), ERR_MEMORY. */
MUST_CHECK enum err gate_open(const struct gate_conf *conf, struct gate **out,
			      char *why, size_t why_size);
struct gate *gate_free(struct gate *g);		/* returns NULL */

/* "cn", "us", "uk", "eu_fr", "eu_de", "none"; NULL if there is none such. */
const struct gate_profile *gate_profile(const struct gate *g,
					const char *name);
/* Walks the profiles: i from 0; NULL at the end. */
const struct gate_profile *gate_profile_at(const struct gate *g, size_t i);
const char *gate_profile_name(const struct gate_profile *p);
/*
 * The abandon target a campaign may use, in parts per million: what it
 * wants, but never more than the profile allows (wanted_ppm < 0: as much as
 * allowed; no limit in the profile: 1,000,000).
 */
int32_t gate_profile_abandon_ppm(const struct gate_profile *p,
				 int32_t wanted_ppm);
/* Its window [s]; 0 = the whole campaign. */
int64_t gate_profile_abandon_window_s(const struct gate_profile *p);
/* Answer to agent, at most [ms]; shortest and longest ringing [s]. */
int32_t gate_profile_connect_ms(const struct gate_profile *p);
/* ... counted from the end of the person's greeting, not from the answer. */
bool gate_profile_connect_greeting(const struct gate_profile *p);
int32_t gate_profile_min_ring_s(const struct gate_profile *p);
int32_t gate_profile_max_ring_s(const struct gate_profile *p);	/* 0: none */
/* Keep recordings and CDRs at least so long [days]. */
int32_t gate_profile_keep_days(const struct gate_profile *p);
/* Erase personal data within so long of a request [hours]. */
int32_t gate_profile_erase_h(const struct gate_profile *p);

/* ---- asking ----------------------------------------------------------- */

/* Opening hours: from <= minute of the day < to, on the days of the mask. */
struct gate_window {
	uint8_t days;			/* bit 0 = Monday .. bit 6 = Sunday  */
	int16_t from_min;		/* [min], 0..1439                    */
	int16_t to_min;			/* [min], 1..1440, exclusive         */
};

/* "1-5 09:00-18:00; 6 10:00-12:00" -> rows; ERR_FORMAT, ERR_FULL. */
MUST_CHECK enum err gate_windows_parse(const char *text,
				       struct gate_window *rows, size_t max,
				       size_t *n);

#define GATE_HOURS_MAX 8

struct gate_campaign {
	struct campaign_id id;
	enum gate_purpose purpose;
	const struct gate_profile *profile;	/* NULL: no ask is answered   */
	bool automated;		/* a recorded or artificial voice speaks     */
	bool licensee;		/* we are a call-centre licensee (cn)        */
	bool agent_sure;	/* a live agent is guaranteed (preview)      */
	bool answered_only;	/* profile rows marked "either" count only
				 * answered calls                            */
	uint16_t tries_max;	/* INVITEs per lead; 0 = no cap              */
	uint16_t cap_n;		/* own cap: n calls per customer in cap_s;   */
	int32_t  cap_s;		/*   [s]; 0 = none.  Adds to the profile's   */
	uint8_t  hours_n;	/* own hours: can only narrow the profile's  */
	struct gate_window hours[GATE_HOURS_MAX];
};

/*
 * Whom a call is for.  The rules that keep people from being solicited
 * (external lists, consent, hours, frequency, attempts, pauses, purpose) are
 * for leads: who is called for a customer already on the line, to take that
 * customer over, is not solicited (16 CFR 310.2: an outbound telephone call
 * is one "to induce the purchase of goods or services").  A number whose owner asked to be
 * forgotten, or (if an agent typed it) is on our own do-not-call list, is
 * not called for that either; caller number and a free line count as ever.
 *        errand             word         rules left out                     */
#define GATE_ERRANDS(X)                                                       \
	X(ERRAND_LEAD,      "lead",      0)                                   \
	X(ERRAND_OUTSIDE,   "outside",   GATE_SOLICITS)                       \
	X(ERRAND_COLLEAGUE, "colleague", GATE_SOLICITS | 1u << GATE_OWN_DNC)

#define GATE_SOLICITS (1u << GATE_EXT_DNC | 1u << GATE_CONSENT |              \
		       1u << GATE_HOURS | 1u << GATE_FREQ |                   \
		       1u << GATE_TRIES | 1u << GATE_PAUSE |                  \
		       1u << GATE_PURPOSE)

enum gate_errand {
#define X(name, word, skip) name,
	GATE_ERRANDS(X)
#undef X
	ERRAND_COUNT
};

struct gate_ask {
	enum gate_errand errand;
	uint64_t attempt;	/* call.uid: its own intent is not counted   */
	struct lead_id lead;
	uint64_t person;	/* 0: the number stands for the person       */
	const char *e164;	/* digits, no plus sign; borrowed            */
	const char *caller;	/* number to be shown; NULL: not known yet   */
	struct zone_set address;/* where the address says; may be empty      */
	const struct gate_campaign *campaign;	/* borrowed                  */
	uint32_t agents_free;	/* free now, or the pacer's grant; 0 refuses */
	struct now now;
};

/*
 * What was decided and on what ground; plain values, kept in the event log
 * through gate_verdict_schema.  Fields of rules that were not reached are 0.
 */
#define GATE_VERDICT(F)                                                       \
	F(u32,  blocked,   0, "enum gate_rule; GATE_RULE_COUNT = passed")     \
	F(u32,  version,   0, "of that rule")                                 \
	F(u32,  asked,     0, "bit r: rule r was asked")                      \
	F(i64,  at_s,      0, "when [s since 1970]")                          \
	F(i64,  earliest_s, 0, "not before, as that rule sees it; GATE_NEVER") \
	F(u32,  zones,     0, "places the number may be in")                  \
	F(i32,  local_min, 0, "clock in the binding place [min of day]")      \
	F(u32,  limit,     0, "calls allowed by the binding row")             \
	F(u32,  counted,   0, "calls that count against it")                  \
	F(i64,  window_s,  0, "that row's window or pause [s]")               \
	F(u32,  tries,     0, "attempts on this lead so far")                 \
	F(u32,  consent,   0, "1 + enum gate_consent_kind; 0 = none")         \
	F(i64,  consent_at_s, 0, "given [s since 1970]")                      \
	F(u32,  agents,    0, "free, or granted by the pacer")                \
	F(text, profile,  12, "whose rules")                                  \
	F(text, detail,   48, "the list, zone or row that refused")

SCHEMA_STRUCT(gate_verdict, GATE_VERDICT);

/*
 * ERR_OK: *pass is the caller's (spend or free it).  ERR_DENIED: refused,
 * *pass untouched, verdict says why.  Other codes: the store failed or an
 * argument was bad: no pass, no verdict.
 */
MUST_CHECK enum err gate_ask(struct gate *g, const struct gate_ask *ask,
			     struct gate_verdict *verdict,
			     struct gate_pass **pass);
/*
 * Always takes *pass (sets it NULL).  ERR_DENIED when older than
 * GATE_PASS_MS (or from the future), ERR_ARG when there is none.
 */
MUST_CHECK enum err gate_pass_spend(struct gate_pass **pass, int64_t wall_ms);
struct gate_pass *gate_pass_free(struct gate_pass *pass);	/* NULL */
/* For whom it is: dial only this number. */
const char *gate_pass_number(const struct gate_pass *pass);
uint64_t gate_pass_attempt(const struct gate_pass *pass);

/* One line in words: "hours: 22:14 in Asia/Shanghai, legal 08:00-22:00". */
void gate_verdict_print(const struct gate_verdict *v, char *buf, size_t size);

enum gate_answer { GATE_PASSES, GATE_BLOCKS, GATE_NOT_APPLICABLE };

struct gate_explained {
	enum gate_rule rule;
	enum gate_answer answer;
	char inputs[160];	/* what it looked at, in words               */
	char source[96];	/* law, code, house: where it comes from   */
	int64_t earliest_s;	/* for a block; GATE_NEVER                   */
};

/*
 * Every rule, also behind the first that blocks: rows[GATE_RULE_COUNT].
 * *first = the rule that blocks first (GATE_RULE_COUNT: none),
 * *legal_s = first second at which all rules pass (GATE_NEVER: none found
 * within 400 days).
 */
MUST_CHECK enum err gate_explain(struct gate *g, const struct gate_ask *ask,
				 struct gate_explained rows[GATE_RULE_COUNT],
				 enum gate_rule *first, int64_t *legal_s);

/*
 * Are the legal hours open in all places of the set?  *until_s: the answer
 * holds before that second (GATE_NEVER: they never open), unless the campaign
 * is changed.  For lead_next's filter of zone groups.
 */
bool gate_zones_open(const struct gate *g, const struct gate_campaign *c,
		     const struct zone_set *places, int64_t wall_s,
		     int64_t *until_s);
/*
 * Places that are open at wall_s: the first minute at which one of them no
 * longer is, looked for before limit_s (a day at most); limit_s when all stay
 * open until then; wall_s when they are closed.  Some 50 looks at a clock.
 */
int64_t gate_zones_close(const struct gate *g, const struct gate_campaign *c,
			 const struct zone_set *places, int64_t wall_s,
			 int64_t limit_s);

/* ---- history: what counts against the frequency ----------------------- */

/*        state             word         how it counts                       */
#define GATE_MARKS(X)                                                         \
	X(MARK_INTENT,    "intent")    /* outcome unknown: counts as all   */ \
	X(MARK_DIALLED,   "dialled")   /* INVITE went out, nobody answered */ \
	X(MARK_ANSWERED,  "answered")  /* by whom or what is not known     */ \
	X(MARK_MACHINE,   "machine")   /* we hung up on a machine          */ \
	X(MARK_ABANDONED, "abandoned") /* answered, no agent               */ \
	X(MARK_TALKED,    "talked")    /* effective conversation           */ \
	X(MARK_REFUSED,   "refused")   /* said no                          */ \
	X(MARK_VOID,      "void")      /* was never dialled: does not count*/

enum gate_mark {
#define X(name, word) name,
	GATE_MARKS(X)
#undef X
	MARK_COUNT
};

const char *gate_mark_word(enum gate_mark m);

struct gate_attempt {
	uint64_t attempt;		/* call.uid                          */
	uint64_t person;		/* 0: the number stands for it       */
	struct lead_id lead;
	struct campaign_id campaign;
	enum gate_purpose purpose;
	const char *e164;
	int64_t wall_s;
};

/*
 * Writes into the caller's group; commit is the caller's.  The intent must
 * be durable before the INVITE; if nothing else is ever written (a crash),
 * it counts as dialled and as answered, for nobody can tell.  Repeating a
 * note of the same attempt is harmless.
 */
MUST_CHECK enum err gate_note_intent(struct gate *g, struct store_group *grp,
				     const struct gate_attempt *a);
/* The INVITE went out at a->wall_s; optional, the intent counts as well. */
MUST_CHECK enum err gate_note_attempt(struct gate *g, struct store_group *grp,
				      const struct gate_attempt *a);
/* ... and this is what became of it. */
MUST_CHECK enum err gate_note_outcome(struct gate *g, struct store_group *grp,
				      const struct gate_attempt *a,
				      enum gate_mark mark);

/* The longest any rule of any profile looks back [s]; the "whole campaign"
 * of a rule is not in it, see gate_profile_whole_campaign. */
int64_t gate_history_s(const struct gate *g);
bool gate_profile_whole_campaign(const struct gate_profile *p);

/* Old attempts: which may go, and how many are looked at in one bite. */
struct gate_trim {
	int64_t before_s;		/* noted last before this [s]        */
	bool (*needed)(void *arg, struct campaign_id c, struct lead_id l);
	void *arg;			/* needed NULL: none is              */
	unsigned budget;		/* rows, 1..STORE_PAGE_MAX           */
};

/* Where the next bite begins; zeroed at first, len 0 again at the end. */
struct gate_place {
	uint8_t len, b[24];
};

/* One bite, into the caller's group; *gone = how many it takes away. */
MUST_CHECK enum err gate_attempts_trim(struct gate *g,
				       struct store_group *grp,
				       const struct gate_trim *ask,
				       struct gate_place *at, unsigned *gone);

/*
 * Attempts on a person (0: none but the number's) and on a number go, some
 * hundreds at a time; *gone = how many.  After gate_erase: who may not be
 * called has no frequency.
 */
MUST_CHECK enum err gate_history_forget(struct gate *g,
					struct store_group *grp,
					uint64_t person, const char *e164,
					unsigned *gone);

/* ---- do-not-call, consent, erasure ------------------------------------ */

#define GATE_DNC(F)                                                           \
	F(phone, e164,    15, "digits, no plus sign")                         \
	F(text,  source,  24, "customer, admin, 607 ...")                     \
	F(text,  by,      32, "who typed it")                                 \
	F(i64,   at_s,     0, "[s since 1970]")

SCHEMA_STRUCT(gate_dnc, GATE_DNC);

/* Our own list.  Adding twice is fine.  ERR_FORMAT: not an E.164 number. */
MUST_CHECK enum err gate_dnc_add(struct gate *g, struct store_group *grp,
				 const struct gate_dnc *d);
MUST_CHECK enum err gate_dnc_del(struct gate *g, struct store_group *grp,
				 const char *e164);
/* ERR_ABSENT if it is not there; out may be NULL. */
MUST_CHECK enum err gate_dnc_has(struct gate *g, const char *e164,
				 struct gate_dnc *out);
/*
 * External lists by name ("national", "tps", ...): numbers, and when the
 * list was fetched, for the rule of its greatest age.
 */
MUST_CHECK enum err gate_list_add(struct gate *g, struct store_group *grp,
				  const char *list, const char *e164);
MUST_CHECK enum err gate_list_dated(struct gate *g, struct store_group *grp,
				    const char *list, int64_t fetched_s);

#define GATE_CONSENT_RECORD(F)                                                \
	F(u64,   person,   0, "whose")                                        \
	F(u32,   kind,     0, "enum gate_consent_kind")                       \
	F(u32,   purpose,  0, "enum gate_purpose it was given for")           \
	F(i64,   at_s,     0, "given [s since 1970]")                         \
	F(i64,   until_s,  0, "0 = no end [s since 1970]")                    \
	F(i64,   revoked_s, 0, "0 = still good [s since 1970]")               \
	F(text,  proof,   96, "where the evidence is")

SCHEMA_STRUCT(gate_consent, GATE_CONSENT_RECORD);

/* One for each (person, purpose, kind); a newer one replaces the older. */
MUST_CHECK enum err gate_consent_add(struct gate *g, struct store_group *grp,
				     const struct gate_consent *c);
/* Every consent of the person for the purpose (PURPOSE_COUNT: for all). */
MUST_CHECK enum err gate_consent_revoke(struct gate *g,
					struct store_group *grp,
					uint64_t person, enum gate_purpose p,
					int64_t wall_s);
/* Up to max of them, revoked ones too; *n = how many there are. */
MUST_CHECK enum err gate_consent_list(struct gate *g, uint64_t person,
				      struct gate_consent *out, size_t max,
				      size_t *n);

/*
 * A request to be forgotten: blocks person and number from now on.  What is
 * kept is a keyed hash of the number, enough to obey, not to call.
 */
MUST_CHECK enum err gate_erase(struct gate *g, struct store_group *grp,
			       uint64_t person, const char *e164,
			       int64_t wall_s);

/* The person a number stands for when nobody else is known. */
uint64_t gate_person_of(const char *e164);

#endif
