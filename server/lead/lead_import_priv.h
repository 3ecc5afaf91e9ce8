/*
 * lead_import_priv -- what the files of the import share.
 */
#ifndef LEAD_LEAD_IMPORT_PRIV_H
#define LEAD_LEAD_IMPORT_PRIV_H

#include <csv.h>
#include <iconv.h>

#include "lead/lead_import.h"
#include "lead/lead_priv.h"

#define COLUMNS_MAX 128
#define FIELD_MAX 16384		/* one field [bytes]; more is refused        */
#define ROW_MAX 262144		/* one row [bytes]                           */

/* ---- lead_phone.c -------------------------------------------------------- */

struct phone_cache;

MUST_CHECK enum err phone_cache_new(const char *country,
				    struct phone_cache **out);
struct phone_cache *phone_cache_free(struct phone_cache *c);
/* As lead_phone_parse, with the cache's country; raw need not end in NUL. */
MUST_CHECK enum err phone_parse(struct phone_cache *c, const char *raw,
				size_t len, char e164[16], const char **why,
				bool *repaired);

/* ---- lead_csv.c ---------------------------------------------------------- */

enum charset { CHARSET_UNKNOWN, CHARSET_UTF8, CHARSET_GB18030, CHARSET_UTF16LE,
	       CHARSET_UTF16BE };
const char *charset_word(enum charset c);
/* UNKNOWN while all is ASCII; false: neither UTF-8 nor GB18030.  A character
 * cut at the end is no fault. */
bool charset_detect(const uint8_t *p, size_t len, enum charset *out);

struct csv_field {
	const char *p;		/* into the row's bytes; not NUL-terminated  */
	size_t len;
};

struct csv_row {
	uint64_t line;		/* of the file, from 1, where it begins      */
	size_t n;
	const char *fault;	/* NULL, or why it is no good                */
	size_t fault_column;	/* from 1; 0 = the whole row                 */
	struct csv_field field[COLUMNS_MAX];
};

typedef void csv_row_h(void *arg, struct csv_row *row);

struct csv_in;

MUST_CHECK enum err csv_in_new(enum charset charset, csv_row_h *row, void *arg,
			       struct csv_in **out);
struct csv_in *csv_in_free(struct csv_in *in);
/* ERR_FORMAT: the bytes are in no charset we know. */
MUST_CHECK enum err csv_in_feed(struct csv_in *in, const uint8_t *p,
				size_t len);
MUST_CHECK enum err csv_in_end(struct csv_in *in);
enum charset csv_in_charset(const struct csv_in *in);

/* ---- lead_map.c ---------------------------------------------------------- */

/*        column           word           may come more than once            */
#define IMPORT_COLUMNS(X)                                                     \
	X(COL_PHONE,    "phone",    true)                                     \
	X(COL_NAME,     "name",     false)                                    \
	X(COL_CITY,     "city",     false)                                    \
	X(COL_PROVINCE, "province", false)                                    \
	X(COL_COUNTRY,  "country",  false)                                    \
	X(COL_TAGS,     "tags",     false)                                    \
	X(COL_TIER,     "tier",     false)                                    \
	X(COL_PRIORITY, "priority", false)                                    \
	X(COL_KEY,      "key",      false)                                    \
	X(COL_CONSENT,  "consent",  false)                                    \
	X(COL_CONSENT_AT, "consent_at", false)                                \
	X(COL_CONSENT_UNTIL, "consent_until", false)                          \
	X(COL_CONSENT_PROOF, "consent_proof", false)                          \
	X(COL_CONSENT_FOR, "consent_purpose", false)                          \
	X(COL_NOTE,     "note",     false)                                    \
	X(COL_SKIP,     "skip",     true)                                     \
	X(COL_OWN,      "own",      true)

enum import_column {
#define X(name, word, many) name,
	IMPORT_COLUMNS(X)
#undef X
	COL_COUNT
};

const char *import_column_word(enum import_column c);

struct import_map {
	size_t n;				/* columns of the file       */
	uint8_t what[COLUMNS_MAX];		/* enum import_column        */
	uint8_t label[COLUMNS_MAX];		/* COL_OWN: which            */
	bool header;				/* the first row names them  */
	size_t phones;
};

/* One wish of --map: a column's number or header. */
struct map_wish {
	enum import_column what;
	size_t column;				/* from 1; 0: by header      */
	char header[48];
};

#define WISHES_MAX 32

/* "phone=1,name=3"; ERR_FORMAT with why. */
MUST_CHECK enum err map_parse(const char *text, struct map_wish *w, size_t *n,
			      char *why, size_t size);
/*
 * Decides from the first row; labels of own columns are added to the list.
 * ERR_FORMAT with why: no column of phone numbers.
 */
MUST_CHECK enum err map_decide(const struct map_wish *w, size_t n,
			       const struct csv_row *first,
			       struct phone_cache *phones,
			       struct lead_list *list, struct import_map *m,
			       char *why, size_t size);

/* ---- lead_row.c ---------------------------------------------------------- */

struct row_fault {
	size_t column;		/* from 1; 0: the whole row                  */
	const char *reason;
};

struct row_conf {
	const struct import_map *map;
	const struct lead_list *list;
	const char *country, *tags, *purpose;
	uint32_t priority;
	int64_t wall_s;
	struct phone_cache *phones;
};

/* A row as a lead without id, zones and person of others; false: fault. */
bool row_to_lead(const struct row_conf *c, const struct csv_row *row,
		 struct lead *out, bool *repaired, struct row_fault *fault);
uint64_t row_person(const char *key);

/* ---- lead_index.c -------------------------------------------------------- */

#define GENERATION_MAX 1000000	/* leads between two sorted index runs       */

struct import_entry {
	uint64_t number, person;
	uint32_t seq;
	uint32_t group;
	uint8_t rank;
	bool primary;		/* the lead's first number                   */
	bool ready;
	bool consent;
};

#define POSTED_MAX 8

struct import_writer {
	struct leads *ls;
	uint32_t list;
	struct store_group *posted[POSTED_MAX];	/* a ring, in flight         */
	size_t posted_at, posted_n;
	struct store_group *grp;		/* being filled              */
	struct import_entry *entry;
	size_t entry_n, entry_max;
	uint32_t first_seq, next_seq;		/* of this generation        */
	bool open;				/* its mark is written       */
	struct lead_tally tally;
	uint8_t group_known[GROUPS_MAX];	/* its row was written       */
	lead_consent_h *consent;
	void *consent_arg;
	uint64_t consents;
};

/* Reads where the list stands and completes an interrupted generation. */
MUST_CHECK enum err import_writer_init(struct import_writer *w,
				       struct leads *ls, uint32_t list);
void import_writer_fini(struct import_writer *w);
/* Gives lead->id; the row goes out at once, its index with the generation. */
MUST_CHECK enum err import_writer_add(struct import_writer *w,
				      struct lead *lead);
MUST_CHECK enum err import_writer_close(struct import_writer *w);
/* The list's record, with new labels. */
MUST_CHECK enum err import_writer_list(struct import_writer *w,
				       const struct lead_list *list);

/* Numbers seen: an open-addressing set of u64. */
struct number_set {
	uint64_t *at;
	size_t n, size;
};
/* *seen: it was there.  ERR_MEMORY. */
MUST_CHECK enum err number_set_add(struct number_set *s, uint64_t number,
				   bool *seen);
bool number_set_has(const struct number_set *s, uint64_t number);
void number_set_free(struct number_set *s);

#endif
