/*
 * gate_priv -- what the files of this room share.
 */
#ifndef GATE_GATE_PRIV_H
#define GATE_GATE_PRIV_H

#include "gate/gate.h"
#include "store/store.h"

#define LISTS_MAX 32		/* external do-not-call lists                */
#define LIST_ERASED 255		/* in the same set: hashes of the erased     */
#define ROWS_MAX 8
#define HOLIDAYS_MAX 96
#define PROFILES_MAX 16
#define REGIONS_MAX 4
#define SOURCE_MAX 96
#define TRIES_READ 512		/* newest attempts of a person looked at     */

/*        counts              word          which attempts                   */
#define GATE_COUNTS(X)                                                        \
	X(COUNT_DIALLED,  "dialled")                                          \
	X(COUNT_ANSWERED, "answered")                                         \
	X(COUNT_TALKED,   "talked")                                           \
	X(COUNT_EITHER,   "either")	/* the campaign's choice             */

enum gate_count {
#define X(name, word) name,
	GATE_COUNTS(X)
#undef X
	COUNT_COUNT
};

enum gate_scope { SCOPE_CUSTOMER, SCOPE_NUMBER, SCOPE_CAMPAIGN };
enum gate_need { NEED_NONE, NEED_GIVEN, NEED_WRITTEN };

struct freq_row {		/* at most n calls in per_s                  */
	uint16_t n;
	int64_t per_s;		/* 0: as long as the campaign lasts          */
	enum gate_count counts;
	enum gate_scope scope;
	uint32_t purposes;	/* bit p: for purpose p                      */
	char source[SOURCE_MAX];
};

struct quiet_row {		/* silence of for_s after a mark             */
	uint32_t marks;		/* bit m: after mark m                       */
	int64_t for_s;
	uint32_t purposes;
	bool unless_agent;	/* a guaranteed live agent lifts it          */
	char source[SOURCE_MAX];
};

struct consent_row {
	uint32_t purposes;
	enum gate_need need;
	bool automated;		/* only when a machine speaks                */
	char source[SOURCE_MAX];
};

struct dnc_row {
	char list[24];
	uint32_t purposes;
	int64_t max_age_s;	/* 0: no limit                               */
	bool need;		/* must have been fetched at all             */
	char source[SOURCE_MAX];
};

struct purpose_row {		/* a purpose this profile refuses            */
	uint32_t purposes;
	bool licensee;		/* only for call-centre licensees            */
	bool unless_consent;
	char source[SOURCE_MAX];
};

struct caller_row {
	char forbid[8];		/* E.164 prefix; "" = a number must be shown */
	char source[SOURCE_MAX];
};

struct region_rules {		/* stricter rules of one state               */
	char name[8];
	size_t hours_n, freq_n;
	struct gate_window hours[GATE_HOURS_MAX];
	struct freq_row freq[ROWS_MAX];
	char hours_source[SOURCE_MAX];
};

struct gate_profile {
	char name[12];
	size_t hours_n, freq_n, quiet_n, consent_n, dnc_n, purpose_n, caller_n;
	size_t region_n;
	struct gate_window hours[GATE_HOURS_MAX];
	struct freq_row freq[ROWS_MAX];
	struct quiet_row quiet[ROWS_MAX];
	struct consent_row consent[ROWS_MAX];
	struct dnc_row dnc[ROWS_MAX];
	struct purpose_row purpose[ROWS_MAX];
	struct caller_row caller[ROWS_MAX];
	struct region_rules region[REGIONS_MAX];
	char holidays[8];	/* set on which no call is made; "": none    */
	char hours_source[SOURCE_MAX];
	int32_t abandon_ppm;	/* < 0: no limit                             */
	int64_t abandon_window_s;
	bool connect_greeting;	/* counted from the end of the greeting      */
	int32_t connect_ms, min_ring_s, max_ring_s, keep_days, erase_h;
};

enum holiday_kind { HOL_DATE, HOL_FIXED, HOL_EASTER, HOL_WEEKDAY };

struct holiday {
	char set[8];
	char name[32];
	enum holiday_kind kind;
	int16_t year;		/* HOL_DATE                                  */
	int8_t month, day;
	int8_t weekday;		/* HOL_WEEKDAY: 1 = Monday                   */
	int8_t week;		/* 1.. from the first, -1 the last           */
	int16_t easter;		/* days after Easter Sunday                  */
	int8_t sat, sun;	/* substitute day: so many days later        */
};

struct ext_list {
	char name[24];
	int64_t fetched_s;	/* 0: never                                  */
};

#define GATE_TRY(F)                                                           \
	F(i64,  at_s,     0, "dialled or about to be [s since 1970]")         \
	F(i64,  end_s,    0, "last note of it [s since 1970]")                \
	F(u64,  number,   0, "E.164")                                         \
	F(u64,  lead,     0, "")                                              \
	F(u32,  campaign, 0, "")                                              \
	F(u32,  purpose,  0, "enum gate_purpose")                             \
	F(u32,  mark,     0, "enum gate_mark")

/* One attempt of a person, as stored: key person u64, attempt u64. */
SCHEMA_STRUCT(gate_try, GATE_TRY);

struct gate_tries {		/* newest first                              */
	size_t n;
	struct gate_try row[TRIES_READ];
};

struct gate {
	struct gate_tries tries;	/* of the person asked about now     */
	struct store *store;
	const struct zones *zones;
	size_t profile_n, holiday_n, list_n;
	struct gate_profile profile[PROFILES_MAX];
	struct holiday holiday[HOLIDAYS_MAX];
	struct ext_list list[LISTS_MAX];
	uint64_t hash_key[2];
};

/* ---- gate_profile.c, gate_holiday.c ------------------------------------ */
MUST_CHECK enum err gate_profiles_load(struct gate *g, const char *path,
				       char *why, size_t size);
MUST_CHECK enum err gate_holidays_load(struct gate *g, const char *path,
				       char *why, size_t size);
/* NULL, or its name. */
const char *gate_holiday(const struct gate *g, const char *set,
			 const struct zone_time *t);

/* ---- gate_hours.c ------------------------------------------------------ */
const struct region_rules *gate_region(const struct gate_profile *p,
				       const char *region);
/* Is the window of this place open?  *holiday (may be NULL) gets its name. */
bool gate_place_open(const struct gate *g, const struct gate_campaign *c,
		     uint16_t place, int64_t utc_s, const char **holiday);
/* First second >= utc_s at which every place is open; GATE_NEVER. */
int64_t gate_places_open_at(const struct gate *g,
			    const struct gate_campaign *c,
			    const struct zone_set *places, int64_t utc_s);

/* ---- gate_lists.c ------------------------------------------------------ */
/* E.164 digits as a number; 0 if they are none. */
uint64_t gate_number(const char *e164);
MUST_CHECK enum err gate_lists_open(struct gate *g);
MUST_CHECK enum err gate_is_erased(struct gate *g, uint64_t person,
				   uint64_t number, bool *erased);
const struct ext_list *gate_list(const struct gate *g, const char *name,
				 uint64_t *set_bits);
/* Best consent for the purpose good at that time; false if none. */
MUST_CHECK enum err gate_consent_best(struct gate *g, uint64_t person,
				      enum gate_purpose p, int64_t at_s,
				      struct gate_consent *out, bool *found);
unsigned gate_consent_weight(uint32_t kind);

/* ---- gate_history.c ---------------------------------------------------- */
MUST_CHECK enum err gate_tries_read(struct gate *g, uint64_t person,
				    uint64_t but, struct gate_tries *out);

/* ---- gate_rules.c ------------------------------------------------------ */

/* One ask while the rules look at it; what is costly is read when needed. */
struct gate_case {
	struct gate *g;
	const struct gate_ask *ask;
	const struct gate_profile *profile;
	int64_t at_s;
	uint64_t number, person;
	struct zone_set places;
	bool has_tries, has_consent, consent_found;
	struct gate_consent consent;
	const struct gate_tries *tries;
	struct gate_verdict *v;
	char *words;		/* NULL: not asked for                       */
	char *source;		/* with words                                */
	enum err err;		/* a store read failed                       */
	int64_t earliest_s;	/* set by a rule that blocks                 */
};

typedef enum gate_answer gate_rule_h(struct gate_case *c);

gate_rule_h gate_rule_number, gate_rule_erased, gate_rule_own_dnc,
	gate_rule_ext_dnc, gate_rule_consent, gate_rule_hours, gate_rule_freq,
	gate_rule_tries, gate_rule_pause, gate_rule_caller, gate_rule_purpose,
	gate_rule_agent;

#define CASE_WORDS_MAX sizeof(((struct gate_explained *)0)->inputs)

#endif
