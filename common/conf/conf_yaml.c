/*
 * conf_yaml -- libyaml's events, walked down the table.
 *
 * All scalars are text until a row gives them a type, so YAML's own guesses
 * (no, 010, 12:30) never apply.  Anchors, aliases, tags and several documents
 * have no use in an option file and are refused.  A mistake skips its node;
 * the walk goes on, so that one run tells all of them.  Only a text that is
 * not YAML ends it.
 */
#include "conf/conf_priv.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

#include <yaml.h>

enum { DEPTH_MAX = 32 };

struct walk {
	struct conf *c;
	const char *file;
	yaml_parser_t parser;
	yaml_event_t ev;
	bool broken;		/* not YAML: ev is empty, stop              */
};

static struct conf_origin at_mark(const struct walk *w, yaml_mark_t m)
{
	return (struct conf_origin){ w->file, (unsigned)m.line + 1,
				     (unsigned)m.column + 1 };
}

static struct conf_origin here(const struct walk *w)
{
	return at_mark(w, w->ev.start_mark);
}

/* The next event into w->ev; NO_EVENT once broken. */
static yaml_event_type_t next(struct walk *w)
{
	yaml_event_delete(&w->ev);
	memset(&w->ev, 0, sizeof(w->ev));
	if (w->broken)
		return YAML_NO_EVENT;
	if (!yaml_parser_parse(&w->parser, &w->ev)) {
		struct conf_origin at = at_mark(w, w->parser.problem_mark);

		memset(&w->ev, 0, sizeof(w->ev));
		w->broken = true;
		conf_tell(w->c, &at, "not YAML: %s%s%s",
			  w->parser.context ? w->parser.context : "",
			  w->parser.context ? ", " : "",
			  w->parser.problem ? w->parser.problem : "unreadable");
		return YAML_NO_EVENT;
	}
	return w->ev.type;
}

/* Leaves the node that w->ev begins: its last event becomes w->ev. */
static void skip(struct walk *w)
{
	int depth = 0;

	for (;;) {
		switch (w->ev.type) {
		case YAML_MAPPING_START_EVENT:
		case YAML_SEQUENCE_START_EVENT:
			if (++depth <= DEPTH_MAX)
				break;
			struct conf_origin at = here(w);

			conf_tell(w->c, &at, "nested too deeply");
			w->broken = true;
			return;
		case YAML_MAPPING_END_EVENT:
		case YAML_SEQUENCE_END_EVENT:
			depth--;
			break;
		case YAML_NO_EVENT:
			return;
		default:
			break;
		}
		if (!depth)
			return;
		next(w);
	}
}

/* Plain empty, ~ and null are YAML's "nothing". */
static bool is_null(const yaml_event_t *ev)
{
	const char *s = (const char *)ev->data.scalar.value;

	return ev->type == YAML_SCALAR_EVENT &&
	       ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (!*s || str_eq(s, "~") || str_eq(s, "null"));
}

/* Scalar text as C text, or NULL and told: tags, anchors, zero bytes. */
static const char *scalar(struct walk *w, const char *place)
{
	struct conf_origin at = here(w);
	const char *s = (const char *)w->ev.data.scalar.value;

	if (strlen(s) != w->ev.data.scalar.length)
		conf_tell(w->c, &at, "%sholds a zero byte", place);
	else if (w->ev.data.scalar.tag || w->ev.data.scalar.anchor)
		conf_tell(w->c, &at, "%stags (!) and anchors (&) have no use "
			  "here", place);
	else
		return s;
	return NULL;
}

/* Opens a map; false (node skipped) if it is none.  An empty value is an
 * empty map: a section all of whose keys are commented out. */
static bool map_open(struct walk *w, const char *place)
{
	struct conf_origin at = here(w);

	if (w->ev.type == YAML_MAPPING_START_EVENT) {
		if (!w->ev.data.mapping_start.anchor &&
		    !w->ev.data.mapping_start.tag)
			return true;
		conf_tell(w->c, &at, "%stags (!) and anchors (&) have no use "
			  "here", place);
	} else if (!is_null(&w->ev) && !w->broken) {
		conf_tell(w->c, &at, "%sexpected keys and values below, found "
			  "%s", place, w->ev.type == YAML_SCALAR_EVENT ?
			  "a value" : w->ev.type == YAML_ALIAS_EVENT ?
			  "an alias" : "a list");
	}
	skip(w);
	return false;
}

/* The next key of an open map as a copy with its place; NULL at the end.
 * Bad keys are told and their values skipped. */
static char *map_key(struct walk *w, const char *place,
		     struct conf_origin *at)
{
	for (;;) {
		yaml_event_type_t t = next(w);
		const char *s = NULL;

		*at = here(w);
		if (t == YAML_MAPPING_END_EVENT || t == YAML_NO_EVENT)
			return NULL;
		if (t == YAML_SCALAR_EVENT) {
			s = scalar(w, place);
		} else {
			conf_tell(w->c, at, "%sa key must be a plain word",
				  place);
			skip(w);
		}
		char *copy = s ? strdup(s) : NULL;

		next(w);
		if (copy || w->broken) {
			if (w->broken) {
				free(copy);
				copy = NULL;
			}
			return copy;
		}
		w->c->no_memory |= s != NULL;
		skip(w);
	}
}

/* The nearest name a person may have meant, if it is near at all. */
static void nearer(const char *name, const char *key, const char **best,
		   unsigned *least)
{
	unsigned d = str_distance(name, key);

	if (*name && d < *least) {
		*least = d;
		*best = name;
	}
}

static void tell_unknown(struct walk *w, const struct conf_section *s,
			 const char *place, const char *key,
			 const struct conf_origin *at)
{
	const struct conf_table *t = w->c->table;
	size_t len = strlen(key);
	unsigned least = len < 4 ? 2 : len < 8 ? 3 : 4;
	const char *best = NULL;

	for (size_t i = 0; i < t->n_rows; i++)
		if (s ? conf_row_in(&t->rows[i], s) : !*t->rows[i].section)
			nearer(t->rows[i].key, key, &best, &least);
	for (size_t i = 0; !s && i < t->n_sections; i++)
		nearer(t->sections[i].name, key, &best, &least);
	if (best)
		conf_tell(w->c, at, "%s%.60s: unknown key (did you mean "
			  "\"%s\"?)", place, key, best);
	else
		conf_tell(w->c, at, "%s%.60s: unknown key", place, key);
	skip(w);
}

struct items {
	char **v;
	size_t n;
};

static bool item_add(struct walk *w, struct items *l, const char *s, size_t n)
{
	void *more = NULL;
	char *copy = strndup(s, n);

	if (l->n < CONF_ITEMS_MAX)
		more = realloc(l->v, (l->n + 1) * sizeof(*l->v));
	if (more)
		l->v = more;
	if (!more || !copy) {
		free(copy);
		w->c->no_memory |= l->n < CONF_ITEMS_MAX;
		return false;
	}
	l->v[l->n++] = copy;
	return true;
}

/* "a, b" of a list row: commas part the items, blanks around do not count. */
static bool items_split(struct walk *w, struct items *l, const char *s)
{
	for (;;) {
		s += strspn(s, " \t\n");
		size_t n = strcspn(s, ","), len = n;

		while (len && strchr(" \t\n", s[len - 1]))
			len--;
		if (len && !item_add(w, l, s, len))
			return false;
		if (!s[n])
			return true;
		s += n + 1;
	}
}

/* A YAML list; true when every item was a scalar.  Ends at its END event. */
static bool items_sequence(struct walk *w, struct items *l, const char *place,
			   const char *key)
{
	bool ok = true;

	while (next(w) != YAML_SEQUENCE_END_EVENT && !w->broken) {
		struct conf_origin at = here(w);
		const char *s;

		if (w->ev.type != YAML_SCALAR_EVENT || is_null(&w->ev)) {
			conf_tell(w->c, &at, "%s%s: an item of the list is "
				  "not a value", place, key);
			skip(w);
			ok = false;
			continue;
		}
		s = scalar(w, place);
		if (s && l->n == CONF_ITEMS_MAX) {
			conf_tell(w->c, &at, "%s%s: more than %d items", place,
				  key, CONF_ITEMS_MAX);
			s = NULL;
		}
		ok = s && item_add(w, l, s, strlen(s)) && ok;
	}
	return ok && !w->broken;
}

static void tell_shape(struct walk *w, const struct conf_row *row,
		       const char *place)
{
	struct conf_origin at = here(w);
	const char *found = is_null(&w->ev) ? "nothing" :
		w->ev.type == YAML_SEQUENCE_START_EVENT ? "a list" :
		w->ev.type == YAML_ALIAS_EVENT ? "an alias" :
		w->ev.type == YAML_MAPPING_START_EVENT ? "keys and values" :
		"a value";

	conf_tell(w->c, &at, "%s%s: expected a %s%s, found %s", place,
		  row->key, row->flags & CONF_LIST ? "list: " : "",
		  conf_type_words(row->type), found);
	skip(w);
}

static void read_value(struct walk *w, const struct conf_section *s, int inst,
		       const struct conf_row *row, const char *place)
{
	struct conf_origin at = here(w);
	struct items l = { NULL, 0 };
	const char *text;
	bool ok = false;

	if (w->ev.type == YAML_SEQUENCE_START_EVENT &&
	    (row->flags & CONF_LIST)) {
		ok = items_sequence(w, &l, place, row->key);
	} else if (w->ev.type != YAML_SCALAR_EVENT || is_null(&w->ev)) {
		tell_shape(w, row, place);
	} else if ((text = scalar(w, place))) {
		ok = row->flags & CONF_LIST ? items_split(w, &l, text) :
		     item_add(w, &l, text, strlen(text));
		if (!ok && !w->c->no_memory)
			conf_tell(w->c, &at, "%s%s: more than %d items",
				  place, row->key, CONF_ITEMS_MAX);
	}
	conf_set_val(w->c, s, inst, row, l.v, ok ? l.n : 0, &at);
	for (size_t i = 0; i < l.n; i++)
		free(l.v[i]);
	free(l.v);
}

/* One "key: value" of a section or an instance; w->ev begins the value. */
static void read_row(struct walk *w, const struct conf_section *s, int inst,
		     const struct conf_row *row, const char *place,
		     const struct conf_origin *at)
{
	const struct conf_val *had = conf_own_val(w->c, row, inst);

	if (had && had->load == w->c->n_files) {
		conf_tell(w->c, at, "%s%s is here twice (first at line %u)",
			  place, row->key, had->at.line);
		skip(w);
		return;
	}
	read_value(w, s, inst, row, place);
}

/* The keys of one section or instance. */
static void read_keys(struct walk *w, const struct conf_section *s, int inst)
{
	struct conf_origin at;
	char place[80], *key;

	conf_place(w->c, s, inst, place, sizeof(place));
	if (!map_open(w, place))
		return;
	while ((key = map_key(w, place, &at))) {
		const struct conf_row *row =
			conf_row_find(w->c->table, s, key);

		if (row)
			read_row(w, s, inst, row, place, &at);
		else
			tell_unknown(w, s, place, key, &at);
		free(key);
	}
}

/* "trunks:" -- each key is a name, each value a map of keys. */
static void read_instances(struct walk *w, const struct conf_section *s)
{
	struct conf_origin at;
	char place[80], *name;

	str_fmt(place, sizeof(place), "%s: ", s->name);
	if (!map_open(w, place))
		return;
	while ((name = map_key(w, place, &at))) {
		int inst = conf_set_inst(w->c, s, name, &at);

		if (inst >= 0)
			read_keys(w, s, inst);
		else
			skip(w);
		free(name);
	}
}

static void read_top(struct walk *w)
{
	const struct conf_table *t = w->c->table;
	const struct conf_section *top = conf_section_find(t, "");
	uint64_t seen = 0;
	struct conf_origin at;
	char *key;

	if (!map_open(w, ""))
		return;
	while ((key = map_key(w, "", &at))) {
		const struct conf_section *s =
			*key ? conf_section_find(t, key) : NULL;
		const struct conf_row *row =
			top ? conf_row_find(t, top, key) : NULL;
		/* One without a key, as in the default file, says nothing. */
		uint64_t bit = s && !is_null(&w->ev)
				? 1ull << (s - t->sections) % 64 : 0;

		if (seen & bit) {
			conf_tell(w->c, &at, "%s is here twice: put its keys "
				  "under one of them", key);
			skip(w);
		} else if (s && s->one) {
			read_instances(w, s);
		} else if (s) {
			read_keys(w, s, -1);
		} else if (row) {
			read_row(w, top, -1, row, "", &at);
		} else {
			tell_unknown(w, NULL, "", key, &at);
		}
		seen |= bit;
		free(key);
	}
}

void conf_yaml_read(struct conf *c, const char *file, const char *text,
		    size_t len)
{
	struct walk w = { .c = c, .file = file };
	bool first = true;

	if (!yaml_parser_initialize(&w.parser)) {
		c->no_memory = true;
		return;
	}
	yaml_parser_set_encoding(&w.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&w.parser, (const unsigned char *)text,
				     len);
	while (next(&w) != YAML_STREAM_END_EVENT && !w.broken) {
		if (w.ev.type != YAML_DOCUMENT_START_EVENT)
			continue;
		struct conf_origin at = here(&w);

		next(&w);
		if (first) {
			read_top(&w);
		} else {
			conf_tell(c, &at, "a second document (---) has no use "
				  "here");
			skip(&w);
		}
		first = false;
	}
	yaml_event_delete(&w.ev);
	yaml_parser_delete(&w.parser);
}
