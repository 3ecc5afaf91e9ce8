/* Reading members by their row; shared by the files of this folder. */
#ifndef SCHEMA_SCHEMA_PRIV_H
#define SCHEMA_SCHEMA_PRIV_H

#include "schema/schema.h"

#include <msgpack.h>

/* -- writing: schema.c ----------------------------------------------------- */

struct schema_sink {
	char *buf;
	size_t cap;
	size_t len;
};
int schema_sink_write(void *arg, const char *p, size_t n);
/* The value of one field that is not zero. */
int schema_pack_value(msgpack_packer *pk, const struct schema_field *f,
		      const void *obj);

/* -- reading: schema_decode.c ------------------------------------------------ */

enum head_class {
	HEAD_BAD, HEAD_NIL, HEAD_BOOL, HEAD_UINT, HEAD_INT, HEAD_FLOAT,
	HEAD_STR, HEAD_BIN, HEAD_EXT, HEAD_FIXEXT, HEAD_ARRAY, HEAD_MAP,
};

struct schema_head {
	enum head_class class;
	uint64_t v;		/* value, length or count                    */
	bool shortest;
};

struct schema_reader {
	const uint8_t *p;
	const uint8_t *end;
	uint32_t unknown;
};

bool schema_read_head(struct schema_reader *r, struct schema_head *h);
/* Passes over one whole value of any kind and depth. */
bool schema_skip_value(struct schema_reader *r);
/* One value into its field, which must be zero. */
bool schema_take_value(struct schema_reader *r, const struct schema_field *f,
		       void *obj);

/* -- members ----------------------------------------------------------------- */

uint64_t schema_get_u(const struct schema_field *f, const void *obj);
int64_t schema_get_i(const struct schema_field *f, const void *obj);
uint32_t schema_get_count(const struct schema_field *f, const void *obj);
const char *schema_get_text(const struct schema_field *f, const void *obj);
uint64_t schema_u_max(const struct schema_field *f);
bool schema_i_fits(const struct schema_field *f, int64_t v);
bool schema_is_zero(const struct schema_field *f, const void *obj);

#endif
