/*
 * schema -- one table -> struct, encoder, decoder, check and printer.
 *
 * In      an X-table: F(kind, name, max, "meaning [unit]")
 * Out     a plain struct, and bytes: the msgpack map {tag: value}
 * Owns    nothing; no allocation, every buffer is the caller's and bounded
 * Never   trusts a byte it decodes
 *
 * The same code serves the messages on the wire and the records in LMDB:
 *
 *	#define MSG_POP(F)                                                  \
 *		F(u32,   call,   0,               "call handle")            \
 *		F(text,  name,   40,              "lead's name")            \
 *		F(rows,  items,  (16, msg_item),  "what was bought")
 *
 *	SCHEMA_STRUCT(msg_pop, MSG_POP);              in the header
 *	SCHEMA_DEFINE(msg_pop, MSG_POP, "a call");    in one .c file
 *
 * gives `struct msg_pop { uint32_t call; char name[41]; uint32_t items_count;
 * struct msg_item items[16]; }` and `msg_pop_schema`.  Kinds:
 *
 *	u8 u16 u32 u64  0..max of the type, or 0..max if max is not 0
 *	i32 i64         the type's range, or -max..max if max is not 0
 *	bool            max unused
 *	text            UTF-8 of at most max bytes, no NUL inside; char[max + 1]
 *	phone           as text; printed masked (MISSION L2)
 *	secret          as text; printed as ***
 *	bytes           at most max bytes: uint32_t NAME_len; uint8_t NAME[max]
 *	rows            (max, struct tag): uint32_t NAME_count; struct tag NAME[]
 *
 * A field's tag is its place in the table, from 1: rows are only ever
 * appended.  A zero or empty value is not sent, so an absent tag reads as
 * zero and an older peer's message is whole.  There is exactly one encoding
 * of each value (tags ascending, shortest forms, no zeroes), and the decoder
 * takes no other: what was accepted encodes to the same bytes again.  Tags
 * this side does not know yet are skipped.
 */
#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H

#include "base/base.h"

#define SCHEMA_KINDS(X) \
	X(u8) X(u16) X(u32) X(u64) X(i32) X(i64) X(bool)                      \
	X(text) X(phone) X(secret) X(bytes) X(rows)

enum schema_kind {
#define X(kind) SCHEMA_KIND_##kind,
	SCHEMA_KINDS(X)
#undef X
	SCHEMA_KIND_COUNT
};

struct schema_field {
	const char *name;
	const char *doc;
	enum schema_kind kind;
	uint32_t max;			/* see above; rows: most rows        */
	size_t offset;			/* of the value in the struct        */
	size_t count_offset;		/* of NAME_len or NAME_count         */
	const struct schema *sub;	/* rows: what one row is             */
};

struct schema {
	const char *name;
	const char *doc;
	size_t size;			/* of the struct                     */
	const struct schema_field *(*fields)(size_t *count);
};

/* Declares the struct and its schema. */
#define SCHEMA_STRUCT(type, TABLE)                                            \
	struct type { TABLE(SCHEMA_MEMBER) };                                 \
	extern const struct schema type##_schema

/* Defines the schema; once, in a .c file. */
#define SCHEMA_DEFINE(type, TABLE, text)                                      \
	static const struct schema_field *type##_fields(size_t *count)        \
	{                                                                     \
		typedef struct type schema_self;                              \
		static const struct schema_field rows[] = {                   \
			TABLE(SCHEMA_FIELD)                                   \
		};                                                            \
		*count = ARRAY_LEN(rows);                                     \
		return rows;                                                  \
	}                                                                     \
	const struct schema type##_schema = {                                 \
		#type, text, sizeof(struct type), type##_fields               \
	}

#define SCHEMA_MEMBER(kind, name, max, doc) SCHEMA_MEMBER_##kind(name, max)
#define SCHEMA_MEMBER_u8(name, max)     uint8_t name;
#define SCHEMA_MEMBER_u16(name, max)    uint16_t name;
#define SCHEMA_MEMBER_u32(name, max)    uint32_t name;
#define SCHEMA_MEMBER_u64(name, max)    uint64_t name;
#define SCHEMA_MEMBER_i32(name, max)    int32_t name;
#define SCHEMA_MEMBER_i64(name, max)    int64_t name;
#define SCHEMA_MEMBER_bool(name, max)   _Bool name;
#define SCHEMA_MEMBER_text(name, max)   char name[(max) + 1];
#define SCHEMA_MEMBER_phone(name, max)  char name[(max) + 1];
#define SCHEMA_MEMBER_secret(name, max) char name[(max) + 1];
#define SCHEMA_MEMBER_bytes(name, max)  uint32_t name##_len; uint8_t name[max];
#define SCHEMA_MEMBER_rows(name, pair)                                        \
	uint32_t name##_count; struct SCHEMA_2ND pair name[SCHEMA_1ST pair];
#define SCHEMA_1ST(a, b) a
#define SCHEMA_2ND(a, b) b
#define SCHEMA_SUB(a, b) &b##_schema

#define SCHEMA_FIELD(kind, name, max, doc)                                    \
	{ #name, doc, SCHEMA_KIND_##kind, SCHEMA_FIELD_##kind(name, max) },
#define SCHEMA_PLAIN(name, max) max, offsetof(schema_self, name), 0, NULL
#define SCHEMA_FIELD_u8(name, max)     SCHEMA_PLAIN(name, max)
#define SCHEMA_FIELD_u16(name, max)    SCHEMA_PLAIN(name, max)
#define SCHEMA_FIELD_u32(name, max)    SCHEMA_PLAIN(name, max)
#define SCHEMA_FIELD_u64(name, max)    SCHEMA_PLAIN(name, max)
#define SCHEMA_FIELD_i32(name, max)    SCHEMA_PLAIN(name, max)
#define SCHEMA_FIELD_i64(name, max)    SCHEMA_PLAIN(name, max)
#define SCHEMA_FIELD_bool(name, max)   SCHEMA_PLAIN(name, max)
#define SCHEMA_FIELD_text(name, max)   SCHEMA_PLAIN(name, max)
#define SCHEMA_FIELD_phone(name, max)  SCHEMA_PLAIN(name, max)
#define SCHEMA_FIELD_secret(name, max) SCHEMA_PLAIN(name, max)
#define SCHEMA_FIELD_bytes(name, max)                                         \
	max, offsetof(schema_self, name), offsetof(schema_self, name##_len), NULL
#define SCHEMA_FIELD_rows(name, pair)                                         \
	SCHEMA_1ST pair, offsetof(schema_self, name),                         \
	offsetof(schema_self, name##_count), SCHEMA_SUB pair

/*
 * ERR_ARG: a number over its max, a count over its bound, a text without its
 * NUL; ERR_FORMAT: a text that is not UTF-8.  *field (may be NULL) gets the
 * refused field's name.
 */
MUST_CHECK enum err schema_check(const struct schema *s, const void *obj,
				 const char **field);

/*
 * Checks obj and packs it into buf[cap]; *len = bytes used.  Errors as in
 * schema_check, ERR_FULL if cap is too small.
 */
MUST_CHECK enum err schema_encode(const struct schema *s, const void *obj,
				  void *buf, size_t cap, size_t *len);

/*
 * Fills obj from exactly len bytes; s->size bytes at obj are all zero after
 * a refusal (ERR_FORMAT).  Borrows buf only for the call.
 */
MUST_CHECK enum err schema_decode(const struct schema *s, const void *buf,
				  size_t len, void *obj);

/* As schema_decode; *unknown = number of tags skipped, at every depth. */
MUST_CHECK enum err schema_decode_noting(const struct schema *s,
					 const void *buf, size_t len,
					 void *obj, uint32_t *unknown);

/*
 * What changed from was (NULL: all zero) to now, into buf[cap]; *len == 1:
 * nothing.  A list's row is found again by its first field, so that one that
 * only moved costs next to nothing.  Errors as schema_encode.
 */
MUST_CHECK enum err schema_diff(const struct schema *s, const void *was,
				const void *now, void *buf, size_t cap,
				size_t *len);
/*
 * now = was (NULL: all zero) with a diff of it; two objects apart.  The diff
 * is believed as little as any bytes: ERR_FORMAT leaves now all zero.
 */
MUST_CHECK enum err schema_patch(const struct schema *s, const void *was,
				 const void *buf, size_t len, void *now);

/* Bytes no encoding of s can exceed; for sizing buffers. */
size_t schema_max_len(const struct schema *s);

/*
 * name=value pairs on one line, zero fields left out, secrets as ***,
 * phones masked, control characters as '?'; false when cut.
 */
bool schema_print(const struct schema *s, const void *obj,
		  char *buf, size_t size);

/*
 * The other way: name=value pairs into obj, which must be initialised; bytes
 * as hex.  What is no number is given to word(), with the field's doc.
 * ERR_ABSENT no such field, ERR_FORMAT, ERR_ARG; why[size] says which.
 */
typedef bool schema_word_h(const char *doc, const char *word, int64_t *v);
MUST_CHECK enum err schema_scan(const struct schema *s, void *obj,
				const char *text, schema_word_h *word,
				char *why, size_t size);
/* NULL if it has none. */
const struct schema_field *schema_field_find(const struct schema *s,
					     const char *name);
/* Counts one more row of a rows field and returns it; NULL if full. */
void *schema_add_row(const struct schema_field *f, void *obj);

/* The table itself, a line a field, for --messages; false when cut. */
bool schema_describe(const struct schema *s, char *buf, size_t size);

const char *schema_kind_word(enum schema_kind k);

#endif
