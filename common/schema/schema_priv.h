/* Reading members by their row; shared by the files of this folder. */
#ifndef SCHEMA_SCHEMA_PRIV_H
#define SCHEMA_SCHEMA_PRIV_H

#include "schema/schema.h"

uint64_t schema_get_u(const struct schema_field *f, const void *obj);
int64_t schema_get_i(const struct schema_field *f, const void *obj);
uint32_t schema_get_count(const struct schema_field *f, const void *obj);
const char *schema_get_text(const struct schema_field *f, const void *obj);
uint64_t schema_u_max(const struct schema_field *f);
bool schema_i_fits(const struct schema_field *f, int64_t v);
bool schema_is_zero(const struct schema_field *f, const void *obj);

#endif
