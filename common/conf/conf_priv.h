/*
 * conf_priv -- what conf's own files share.
 */
#ifndef CONF_CONF_PRIV_H
#define CONF_CONF_PRIV_H

#include "conf/conf.h"

enum {
	CONF_FILE_MAX = 1 << 20,	/* a file is read whole [bytes]      */
	CONF_SECRET_MAX = 4096,		/* a secret's file [bytes]           */
	CONF_INSTANCES_MAX = 4096,	/* over all sections                 */
	CONF_ITEMS_MAX = 4096,		/* of one list                       */
	CONF_DEF_ITEMS = 8,		/* of a list's default               */
	CONF_WHY_MAX = 256,		/* a mistake in words [bytes]        */
};

struct conf_val {
	const struct conf_row *row;
	int inst;		/* index in insts, -1 = plain section        */
	char **items;		/* canonical text, secrets resolved          */
	size_t n_items;
	char *written;		/* a secret's "file:..." as the file has it  */
	int64_t num;		/* of the first item                         */
	unsigned load;		/* which file set it, from 1; 0 = none did   */
	struct conf_origin at;
};

struct conf_inst {
	const struct conf_section *section;
	char *name;
	unsigned load;
	struct conf_origin at;
};

struct conf {
	const struct conf_table *table;
	char **files;
	size_t n_files;
	struct conf_val *vals;
	size_t n_vals, cap_vals;
	struct conf_val *defs;	/* one a row; n_items 0 = unset              */
	struct conf_inst *insts;
	size_t n_insts;

	/* while loading */
	conf_error_h *h;
	void *arg;
	unsigned errors;
	bool read_secrets;
	bool no_memory;
};

/* conf_value.c: one item of a row's type */

/*
 * Reads text as the row's type: its number (0 where there is none) and its
 * canonical form.  On refusal `why` holds the reason for a person.
 */
bool conf_value_read(const struct conf_row *row, const char *text,
		     int64_t *num, char **canon, char why[CONF_WHY_MAX]);
/* A number of this type as a person writes it: 90000 is "1m30s". */
void conf_value_show(enum conf_type type, int64_t num, char *buf, size_t size);
/* "1 to 1000", or "" when the row has no limits. */
void conf_value_range(const struct conf_row *row, char *buf, size_t size);
/* The i-th of "a|b|c"; false past the end. */
bool conf_word_at(const char *words, size_t i, char *buf, size_t size);
const char *conf_type_words(enum conf_type type);

/* conf.c */
void conf_tell(struct conf *c, const struct conf_origin *at,
	       const char *fmt, ...) PRINTF_LIKE(3, 4);
const struct conf_section *conf_section_find(const struct conf_table *t,
					     const char *name);
/* The row of a key in a section or in the section it inherits from. */
const struct conf_row *conf_row_find(const struct conf_table *t,
				     const struct conf_section *section,
				     const char *key);
/* True when a row can be written in this section (its own or its base's). */
bool conf_row_in(const struct conf_row *row, const struct conf_section *s);
/* The value in force: instance, then base section, then default; or NULL. */
const struct conf_val *conf_in_force(const struct conf *c,
				     const struct conf_row *row, int inst);
struct conf_val *conf_own_val(const struct conf *c,
			      const struct conf_row *row, int inst);
int conf_inst_index(const struct conf *c, const struct conf_section *s,
		    const char *name);
void conf_val_clear(struct conf_val *v);

/* conf_yaml.c: adds one file's values; mistakes are told and counted. */
void conf_yaml_read(struct conf *c, const char *file, const char *text,
		    size_t len);
/* conf_set.c: an instance, a value; both tell their own mistakes. */
int conf_set_inst(struct conf *c, const struct conf_section *s,
		  const char *name, const struct conf_origin *at);
void conf_set_val(struct conf *c, const struct conf_section *s, int inst,
		  const struct conf_row *row, char *const *items, size_t n,
		  const struct conf_origin *at);
/* 'trunk "telecom-a": ' or 'server: ' or '': how a mistake names its place. */
void conf_place(const struct conf *c, const struct conf_section *s, int inst,
		char *buf, size_t size);

#endif
