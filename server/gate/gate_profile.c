/*
 * data/profiles.tsv into struct gate_profile.  A line is
 *	profile[/region] <tab> rule <tab> value <tab> status <tab> source
 * and a value is words of the form name=what; the table of rules says who
 * reads it.
 */
#include "gate/gate_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

struct line {
	struct gate_profile *p;
	struct region_rules *region;	/* NULL: the profile itself          */
	char *value;
	char source[SOURCE_MAX];	/* "law: 16 CFR 310.4(c)"            */
};

/* The what of " name=what " in the value, into buf; false if absent. */
static bool word_of(const struct line *l, const char *name, char *buf,
		    size_t size)
{
	size_t len = strlen(name);

	for (const char *s = l->value; *s; s += strspn(s, " ")) {
		size_t w = strcspn(s, " ");

		if (w > len && s[len] == '=' && !strncmp(s, name, len) &&
		    w - len - 1 < size) {
			memcpy(buf, s + len + 1, w - len - 1);
			buf[w - len - 1] = '\0';
			return true;
		}
		s += w;
	}
	return false;
}

/* Absent reads as dflt; a bad one as an error. */
static enum err int_of(const struct line *l, const char *name, int64_t max,
		       int64_t dflt, int64_t *out)
{
	char buf[24];

	if (!word_of(l, name, buf, sizeof(buf))) {
		*out = dflt;
		return ERR_OK;
	}
	return str_to_i64(buf, 0, max, out);
}

/* "3d", "72h", "900s"; "campaign" is 0. */
static enum err span_of(const struct line *l, const char *name, int64_t *out)
{
	char buf[24];

	*out = 0;
	if (!word_of(l, name, buf, sizeof(buf)))
		return ERR_ABSENT;
	if (str_eq(buf, "campaign"))
		return ERR_OK;
	size_t len = strlen(buf);
	int64_t unit = !len			   ? 0
		       : buf[len - 1] == 'd' ? 86400
		       : buf[len - 1] == 'h' ? 3600
		       : buf[len - 1] == 's' ? 1
					     : 0;
	if (!unit)
		return ERR_FORMAT;
	buf[len - 1] = '\0';
	enum err e = str_to_i64(buf, 1, 100000, out);

	*out *= unit;
	return e;
}

/* "a,b" as bits of the words that word() knows. */
static enum err bits_of(const struct line *l, const char *name,
			const char *(*word)(unsigned i), unsigned n,
			uint32_t dflt, uint32_t *out)
{
	char buf[96], *save;

	*out = dflt;
	if (!word_of(l, name, buf, sizeof(buf)))
		return ERR_OK;
	*out = 0;
	for (char *w = strtok_r(buf, ",", &save); w;
	     w = strtok_r(NULL, ",", &save)) {
		unsigned i = 0;

		while (i < n && !str_eq(w, word(i)))
			i++;
		if (i == n)
			return ERR_FORMAT;
		*out |= 1u << i;
	}
	return ERR_OK;
}

static const char *purpose_word(unsigned i)
{
	return gate_purpose_word((enum gate_purpose)i);
}

static const char *mark_word(unsigned i)
{
	return gate_mark_word((enum gate_mark)i);
}

static enum err purposes_of(const struct line *l, const char *name,
			    uint32_t dflt, uint32_t *out)
{
	return bits_of(l, name, purpose_word, PURPOSE_COUNT, dflt, out);
}

/* One of the words; ERR_FORMAT for another, dflt when absent. */
static enum err choice_of(const struct line *l, const char *name,
			  const char *const *words, unsigned n, unsigned dflt,
			  unsigned *out)
{
	char buf[24];

	*out = dflt;
	if (!word_of(l, name, buf, sizeof(buf)))
		return ERR_OK;
	for (unsigned i = 0; i < n; i++) {
		if (str_eq(buf, words[i])) {
			*out = i;
			return ERR_OK;
		}
	}
	return ERR_FORMAT;
}

/* The source of a new row; ERR_FULL when the table is. */
#define NEW_ROW(rows, n, row)                                                 \
	do {                                                                  \
		if ((n) == ARRAY_LEN(rows))                                   \
			return ERR_FULL;                                      \
		(row) = &(rows)[(n)++];                                       \
		str_copy((row)->source, sizeof((row)->source), l->source);    \
	} while (0)

/* ---- one function a rule ----------------------------------------------- */

static enum err read_hours(struct line *l)
{
	if (l->region) {
		str_copy(l->region->hours_source, SOURCE_MAX, l->source);
		return gate_windows_parse(l->value, l->region->hours,
					  GATE_HOURS_MAX, &l->region->hours_n);
	}
	str_copy(l->p->hours_source, SOURCE_MAX, l->source);
	return gate_windows_parse(l->value, l->p->hours, GATE_HOURS_MAX,
				  &l->p->hours_n);
}

static enum err read_holidays(struct line *l)
{
	return str_copy(l->p->holidays, sizeof(l->p->holidays), l->value)
		       ? ERR_OK : ERR_FORMAT;
}

static enum err read_frequency(struct line *l)
{
	static const char *const counts[] = {
#define X(name, word) word,
		GATE_COUNTS(X)
#undef X
	};
	static const char *const scopes[] = { "customer", "number",
					      "campaign" };
	struct freq_row *r;
	int64_t n;
	unsigned v;
	enum err e;

	if (l->region)
		NEW_ROW(l->region->freq, l->region->freq_n, r);
	else
		NEW_ROW(l->p->freq, l->p->freq_n, r);
	e = int_of(l, "n", 1000, 0, &n);
	if (e || !n)
		return ERR_FORMAT;
	r->n = (uint16_t)n;
	e = span_of(l, "per", &r->per_s);
	if (e)
		return e;
	e = choice_of(l, "counts", counts, COUNT_COUNT, COUNT_DIALLED, &v);
	if (e)
		return e;
	r->counts = (enum gate_count)v;
	e = choice_of(l, "scope", scopes, ARRAY_LEN(scopes), SCOPE_CUSTOMER,
		      &v);
	if (e)
		return e;
	r->scope = (enum gate_scope)v;
	return purposes_of(l, "purpose", UINT32_MAX, &r->purposes);
}

static enum err read_quiet(struct line *l)
{
	struct quiet_row *r;
	char word[16];

	NEW_ROW(l->p->quiet, l->p->quiet_n, r);
	enum err e = bits_of(l, "after", mark_word, MARK_COUNT, 0, &r->marks);

	if (e || !r->marks)
		return ERR_FORMAT;
	e = span_of(l, "for", &r->for_s);
	if (e || !r->for_s)
		return ERR_FORMAT;
	r->unless_agent = word_of(l, "unless", word, sizeof(word)) &&
			  str_eq(word, "agent");
	return purposes_of(l, "purpose", UINT32_MAX, &r->purposes);
}

static enum err read_consent(struct line *l)
{
	static const char *const needs[] = { "none", "given", "written" };
	struct consent_row *r;
	char word[16];
	unsigned v;

	NEW_ROW(l->p->consent, l->p->consent_n, r);
	enum err e = choice_of(l, "need", needs, ARRAY_LEN(needs), NEED_GIVEN,
			       &v);

	if (e)
		return e;
	r->need = (enum gate_need)v;
	r->automated = word_of(l, "when", word, sizeof(word)) &&
		       str_eq(word, "automated");
	return purposes_of(l, "purpose", 0, &r->purposes);
}

static enum err read_dnc(struct line *l)
{
	struct dnc_row *r;
	char word[16];

	NEW_ROW(l->p->dnc, l->p->dnc_n, r);
	if (!word_of(l, "list", r->list, sizeof(r->list)))
		return ERR_FORMAT;
	r->need = word_of(l, "need", word, sizeof(word)) &&
		  str_eq(word, "yes");
	enum err e = span_of(l, "max_age", &r->max_age_s);

	if (e && e != ERR_ABSENT)
		return e;
	return purposes_of(l, "purpose", UINT32_MAX, &r->purposes);
}

static enum err read_purpose(struct line *l)
{
	struct purpose_row *r;
	char word[16];

	NEW_ROW(l->p->purpose, l->p->purpose_n, r);
	r->licensee = word_of(l, "when", word, sizeof(word)) &&
		      str_eq(word, "licensee");
	r->unless_consent = word_of(l, "unless", word, sizeof(word)) &&
			    str_eq(word, "consent");
	enum err e = purposes_of(l, "refuse", 0, &r->purposes);

	return e ? e : r->purposes ? ERR_OK : ERR_FORMAT;
}

static enum err read_caller(struct line *l)
{
	struct caller_row *r;
	char word[16];

	NEW_ROW(l->p->caller, l->p->caller_n, r);
	if (word_of(l, "forbid", r->forbid, sizeof(r->forbid)))
		return gate_number(r->forbid) ? ERR_OK : ERR_FORMAT;
	return word_of(l, "need", word, sizeof(word)) && str_eq(word, "yes")
		       ? ERR_OK : ERR_FORMAT;
}

static enum err read_abandon(struct line *l)
{
	int64_t ppm;
	enum err e = int_of(l, "ppm", 1000000, -1, &ppm);

	if (e || ppm < 0)
		return ERR_FORMAT;
	l->p->abandon_ppm = (int32_t)ppm;
	return span_of(l, "window", &l->p->abandon_window_s);
}

static enum err read_numbers(struct line *l, const char *name, int32_t *out)
{
	int64_t v;
	enum err e = int_of(l, name, 1000000, -1, &v);

	if (e || v < 0)
		return ERR_FORMAT;
	*out = (int32_t)v;
	return ERR_OK;
}

static enum err read_connect(struct line *l)
{
	char word[16];
	enum err e = read_numbers(l, "ms", &l->p->connect_ms);

	if (e || !word_of(l, "from", word, sizeof(word)))
		return e;
	l->p->connect_greeting = str_eq(word, "greeting");
	return l->p->connect_greeting || str_eq(word, "answer") ? ERR_OK
								: ERR_FORMAT;
}

static enum err read_ring(struct line *l)
{
	char word[16];
	enum err e = read_numbers(l, "min", &l->p->min_ring_s);

	if (!e && word_of(l, "max", word, sizeof(word)))
		e = read_numbers(l, "max", &l->p->max_ring_s);
	return e;
}

static enum err read_keep(struct line *l)
{
	return read_numbers(l, "days", &l->p->keep_days);
}

static enum err read_erase(struct line *l)
{
	return read_numbers(l, "h", &l->p->erase_h);
}

static const struct {
	const char *word;
	enum err (*read)(struct line *l);
	bool regional;			/* allowed for a region              */
} rules[] = {
	{ "hours",     read_hours,     true  },
	{ "holidays",  read_holidays,  false },
	{ "frequency", read_frequency, true  },
	{ "quiet",     read_quiet,     false },
	{ "consent",   read_consent,   false },
	{ "dnc",       read_dnc,       false },
	{ "purpose",   read_purpose,   false },
	{ "caller",    read_caller,    false },
	{ "abandon",   read_abandon,   false },
	{ "connect",   read_connect,   false },
	{ "ring",      read_ring,      false },
	{ "keep",      read_keep,      false },
	{ "erase",     read_erase,     false },
};

/* ---- the file ---------------------------------------------------------- */

static struct gate_profile *profile_of(struct gate *g, const char *name)
{
	for (size_t i = 0; i < g->profile_n; i++)
		if (str_eq(g->profile[i].name, name))
			return &g->profile[i];
	if (g->profile_n == PROFILES_MAX || strlen(name) > 11 || !*name)
		return NULL;
	struct gate_profile *p = &g->profile[g->profile_n++];

	*p = (struct gate_profile){ .abandon_ppm = -1, .erase_h = 72 };
	str_copy(p->name, sizeof(p->name), name);
	return p;
}

static struct region_rules *region_of(struct gate_profile *p, const char *name)
{
	for (size_t i = 0; i < p->region_n; i++)
		if (str_eq(p->region[i].name, name))
			return &p->region[i];
	if (p->region_n == REGIONS_MAX || strlen(name) > 7 || !*name)
		return NULL;
	struct region_rules *r = &p->region[p->region_n++];

	*r = (struct region_rules){ 0 };
	str_copy(r->name, sizeof(r->name), name);
	return r;
}

static enum err line_read(struct gate *g, char *text)
{
	char *col[5], *save = NULL;
	struct line l = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(col); i++) {
		col[i] = strtok_r(i ? NULL : text, "\t", &save);
		if (!col[i] && i < 3)
			return ERR_FORMAT;
	}
	/* Holidays and the like may stand without a source: not the law. */
	str_fmt(l.source, sizeof(l.source), "%s%s%s", col[3] ? col[3] : "",
		col[3] && col[4] ? ": " : "", col[4] ? col[4] : "");
	char *slash = strchr(col[0], '/');

	if (slash)
		*slash = '\0';
	l.value = col[2];
	l.p = profile_of(g, col[0]);
	if (!l.p)
		return ERR_FULL;
	if (slash) {
		l.region = region_of(l.p, slash + 1);
		if (!l.region)
			return ERR_FULL;
	}
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (str_eq(rules[i].word, col[1]))
			return slash && !rules[i].regional
				       ? ERR_FORMAT : rules[i].read(&l);
	return ERR_FORMAT;
}

enum err gate_profiles_load(struct gate *g, const char *path, char *why,
			    size_t size)
{
	char text[512];
	unsigned no = 0;
	enum err e = ERR_OK;
	FILE *f = fopen(path, "r");

	if (!f) {
		str_fmt(why, size, "%s: cannot be read", path);
		return ERR_IO;
	}
	while (!e && fgets(text, sizeof(text), f)) {
		no++;
		text[strcspn(text, "\r\n")] = '\0';
		if (text[0] && text[0] != '#')
			e = line_read(g, text);
	}
	fclose(f);
	if (e) {
		str_fmt(why, size, "%s:%u: %s", path, no, err_text(e));
		return e;
	}
	for (size_t i = 0; i < g->profile_n; i++) {
		if (!g->profile[i].hours_n) {
			str_fmt(why, size, "%s: profile %s has no hours", path,
				g->profile[i].name);
			return ERR_FORMAT;
		}
	}
	return ERR_OK;
}

/* ---- what other rooms ask ---------------------------------------------- */

const struct gate_profile *gate_profile(const struct gate *g, const char *name)
{
	for (size_t i = 0; i < g->profile_n; i++)
		if (str_eq(g->profile[i].name, name))
			return &g->profile[i];
	return NULL;
}

const struct gate_profile *gate_profile_at(const struct gate *g, size_t i)
{
	return i < g->profile_n ? &g->profile[i] : NULL;
}

const char *gate_profile_name(const struct gate_profile *p)
{
	return p->name;
}

int32_t gate_profile_abandon_ppm(const struct gate_profile *p,
				 int32_t wanted_ppm)
{
	int32_t most = p->abandon_ppm < 0 ? 1000000 : p->abandon_ppm;

	return wanted_ppm < 0 ? most : MIN(wanted_ppm, most);
}

int64_t gate_profile_abandon_window_s(const struct gate_profile *p)
{
	return p->abandon_window_s;
}

bool gate_profile_connect_greeting(const struct gate_profile *p)
{
	return p && p->connect_greeting;
}

int32_t gate_profile_connect_ms(const struct gate_profile *p)
{
	return p->connect_ms;
}

int32_t gate_profile_min_ring_s(const struct gate_profile *p)
{
	return p->min_ring_s;
}

int32_t gate_profile_max_ring_s(const struct gate_profile *p)
{
	return p->max_ring_s;
}

int32_t gate_profile_keep_days(const struct gate_profile *p)
{
	return p->keep_days;
}

int32_t gate_profile_erase_h(const struct gate_profile *p)
{
	return p->erase_h;
}
