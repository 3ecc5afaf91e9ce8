/*
 * conf -- what was configured, and where it says so.
 *
 * In      YAML files (libyaml's events), one option table per program
 * Out     typed values with the file, line and column they came from; all
 *         mistakes of a run at once, in words
 * Owns    the loaded values, until conf_free
 * Never   guesses a type, accepts an unknown key, prints a secret, or keeps
 *         half a file: a load with one mistake gives no conf at all
 *
 * The table is the only place an option is described.  Parser, default file,
 * manual page and `config show` are made from it.  Later files win over
 * earlier ones, key by key; a key twice in one file is a mistake.
 *
 * A section is a map of keys ("server:"), or a map of named maps of keys
 * ("trunks: telecom-a: {...}"), its instances.  Section "" holds keys at the
 * top of the file.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdio.h>

#include "base/base.h"

/*      type           written as               kept as                       */
#define CONF_TYPES(X)                                                         \
	X(CONF_BOOL,     "yes or no")         /* 0, 1                      */ \
	X(CONF_INT,      "whole number")                                      \
	X(CONF_TEXT,     "text")              /* min, max: bytes           */ \
	X(CONF_DURATION, "duration")          /* 1h30m, 250ms: [ms]        */ \
	X(CONF_PERCENT,  "percentage")        /* 2.5%: parts per million   */ \
	X(CONF_RATIO,    "decimal number")    /* 1.45: parts per million   */ \
	X(CONF_BYTES,    "size")              /* 64k, 2G: bytes (1024)     */ \
	X(CONF_ADDRESS,  "address")           /* udp:host:port, ipc:/path  */ \
	X(CONF_WORD,     "word")              /* index in row's words      */ \
	X(CONF_FILE,     "file path")         /* absolute                  */ \
	X(CONF_E164,     "E.164 number")      /* digits, no plus sign      */ \
	X(CONF_URI,      "SIP URI")           /* sip: or sips:             */ \
	X(CONF_HOURS,    "hours")             /* mon-fri 09:00-20:00       */ \
	X(CONF_REF,      "name")              /* an instance of a section  */

enum conf_type {
#define X(name, words) name,
	CONF_TYPES(X)
#undef X
	CONF_TYPE_COUNT
};

enum conf_flag {
	CONF_LIST   = 1,	/* a YAML list, or items with commas between */
	CONF_RELOAD = 2,	/* takes effect on reload, not only at start */
	CONF_SECRET = 4,	/* may be file:/path; never printed          */
	CONF_NEEDED = 8,	/* no default: must be given                 */
};

struct conf_row {
	const char *section;
	const char *key;
	enum conf_type type;
	unsigned flags;		/* of enum conf_flag                         */
	int64_t min, max;	/* in the kept unit, both 0 = any            */
	const char *def;	/* as written in a file; NULL = unset        */
	const char *words;	/* WORD: "a|b|c"; ADDRESS: its protocols;
				 * REF: the section; INT: what is counted    */
	const char *help_en, *help_zh;
};

struct conf_section {
	const char *name;	/* "trunks"                                  */
	const char *one;	/* "trunk": how a mistake names an instance;
				 * NULL = not a map of named maps            */
	const char *base;	/* section whose rows and values an instance
				 * inherits, or NULL                         */
	const char *help_en, *help_zh;
};

/* Borrowed for as long as a conf made with it lives; plain static tables. */
struct conf_table {
	const struct conf_section *sections;
	size_t n_sections;
	const struct conf_row *rows;
	size_t n_rows;
};

/* Where a value, or a mistake, is; line 0 = nowhere in a file. */
struct conf_origin {
	const char *file;	/* as given to conf_load; "default"          */
	unsigned line, column;	/* from 1                                    */
};

/* One call per mistake, in the order found; `text` has no position. */
typedef void(conf_error_h)(const struct conf_origin *at, const char *text,
			   void *arg);

struct conf;

/*
 * Loads the files in order.  A path that is a folder stands for its *.yaml
 * files by name, and may be absent or empty (conf.d); a file must be there.
 * n_paths 0 gives the defaults.  *out is set on success only, free it with
 * conf_free.  ERR_FORMAT: mistakes, all told to `h`; ERR_ABSENT: a file is
 * missing or unreadable (told as well); ERR_MEMORY.
 */
MUST_CHECK enum err conf_load(const char *const *paths, size_t n_paths,
			      const struct conf_table *table,
			      struct conf **out, conf_error_h *h, void *arg);
/*
 * The same from memory, for tests and for text that came over the wire: a
 * secret that names a file is checked for its form, and never read.
 */
MUST_CHECK enum err conf_load_text(const char *name, const char *text,
				   size_t len, const struct conf_table *table,
				   struct conf **out, conf_error_h *h,
				   void *arg);
struct conf *conf_free(struct conf *c);		/* returns NULL */

/* The standard conf_error_h: "file:line:column: text" on the FILE *arg. */
void conf_error_print(const struct conf_origin *at, const char *text,
		      void *arg);

/*
 * Values.  `inst` is NULL for a plain section.  A key that is not in the
 * table, or of another type, is the caller's mistake (assert); an instance
 * that was not configured has its section's base values and defaults.
 * Texts live as long as the conf.
 */
bool conf_is_set(const struct conf *c, const char *section, const char *inst,
		 const char *key);	/* given in a file or by default     */
bool conf_bool(const struct conf *c, const char *section, const char *inst,
	       const char *key);	/* unset: false                      */
/* INT, DURATION [ms], PERCENT and RATIO [ppm], BYTES; unset: 0. */
int64_t conf_int(const struct conf *c, const char *section, const char *inst,
		 const char *key);
/* WORD: index in the row's words; unset: -1. */
int conf_word(const struct conf *c, const char *section, const char *inst,
	      const char *key);
/* Any type as text, secrets resolved; unset: NULL.  Lists: the first item. */
const char *conf_text(const struct conf *c, const char *section,
		      const char *inst, const char *key);
/* CONF_LIST: how many items, and each (i < len) as text, or NULL. */
size_t conf_list_len(const struct conf *c, const char *section,
		     const char *inst, const char *key);
const char *conf_list_at(const struct conf *c, const char *section,
			 const char *inst, const char *key, size_t i);
struct conf_origin conf_origin(const struct conf *c, const char *section,
			       const char *inst, const char *key);

/* Instances of a section in the order they first appear; NULL past the end. */
size_t conf_count(const struct conf *c, const char *section);
const char *conf_instance(const struct conf *c, const char *section, size_t i);

/* An ADDRESS taken apart.  ipc: host is empty, path is set. */
struct conf_addr {
	char proto[8];		/* "udp", "tcp", "tls", "ipc"                */
	char host[64];		/* name, IPv4, or IPv6 without brackets; "*"
				 * is written as 0.0.0.0                     */
	uint16_t port;		/* 0 = any free one                          */
	char path[108];		/* ipc only: sun_path's size (unix(7))       */
};
MUST_CHECK enum err conf_addr_parse(const char *text, struct conf_addr *out);

/* One window of HOURS: bit 0 of days = Monday; to_min 1440 = midnight. */
struct conf_hours {
	unsigned days;
	int from_min, to_min;	/* of the day [min], from < to               */
};
MUST_CHECK enum err conf_hours_parse(const char *text, struct conf_hours *out);

/*
 * What changed from one load to the next, for a reload: one call per value,
 * instance coming or going (key NULL).  `live` says the row has CONF_RELOAD.
 */
typedef void(conf_change_h)(const char *section, const char *inst,
			    const char *key, bool live, void *arg);
void conf_compare(const struct conf *old, const struct conf *now,
		  conf_change_h *h, void *arg);

/* YAML of every value in force, each with "# file:line:column"; no secrets. */
void conf_print_effective(const struct conf *c, FILE *f);
/*
 * The same, value by value, for who prints it in another form: `items` are
 * its texts as conf_print_effective has them (a secret is not among them).
 */
typedef void(conf_value_h)(const char *section, const char *inst,
			   const struct conf_row *row,
			   const char *const *items, size_t n,
			   const struct conf_origin *at, void *arg);
void conf_each(const struct conf *c, conf_value_h *h, void *arg);
/* A commented file holding every option at its default; zh: Chinese help. */
void conf_print_default(const struct conf_table *t, bool zh, FILE *f);
/* mdoc(7) list of all options by section, for waihu.yaml(5). */
void conf_print_mdoc(const struct conf_table *t, bool zh, FILE *f);
/* One line per option: section.key TAB type TAB range TAB default TAB help. */
void conf_print_options(const struct conf_table *t, bool zh, FILE *f);

#endif
