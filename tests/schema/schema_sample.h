/* A table with every kind in it; the schema's tests and its fuzzer share it. */
#ifndef TESTS_SCHEMA_SAMPLE_H
#define TESTS_SCHEMA_SAMPLE_H

#include "schema/schema.h"

#define SAMPLE_ITEM(F)                                                        \
	F(u16,    code,   0,   "article")                                     \
	F(text,   label,  12,  "its name")

SCHEMA_STRUCT(sample_item, SAMPLE_ITEM);

#define SAMPLE(F)                                                             \
	F(u8,     small,  100,             "a share [%]")                     \
	F(u16,    port,   0,               "a port")                          \
	F(u32,    id,     0,               "an id")                           \
	F(u64,    wide,   0,               "a wide id")                       \
	F(i32,    tz_min, 840,             "offset from UTC [min]")           \
	F(i64,    at_ms,  0,               "an instant [ms]")                 \
	F(bool,   on,     0,               "a switch")                        \
	F(text,   name,   40,              "a name, UTF-8")                   \
	F(phone,  number, 15,              "a number, E.164 digits")          \
	F(secret, pass,   20,              "a password")                      \
	F(bytes,  blob,   300,             "bytes")                           \
	F(rows,   items,  (20, sample_item), "what was bought")

SCHEMA_STRUCT(sample, SAMPLE);

/* Random and valid; the same seed gives the same sample. */
void sample_fill(struct sample *s, uint64_t *seed);
uint64_t sample_random(uint64_t *seed);

#endif
