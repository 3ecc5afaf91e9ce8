#include "conf/conf_priv.h"

#include "base/str.h"

#include <string.h>

/* YAML plain scalars (1.2, 7.3.3) we are sure of; everything else quoted. */
static bool is_plain(const char *s)
{
	size_t n = strlen(s);

	return n && strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
			   "UVWXYZ0123456789_./:@+-%;=") == n &&
	       !strchr("%:@-.=+;", s[0]) && s[n - 1] != ':' &&
	       !str_eq(s, "null");
}

static void print_scalar(const char *s, FILE *f)
{
	if (is_plain(s)) {
		fputs(s, f);
		return;
	}
	fputc('"', f);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fprintf(f, "\\%c", *s);
		else if (*s == '\n')
			fputs("\\n", f);
		else if (*s == '\t')
			fputs("\\t", f);
		else
			fputc(*s, f);
	}
	fputc('"', f);
}

/*
 * The i-th text of a value: numbers in the largest units, other types as
 * they were.  Where a secret is kept is no secret.
 */
static const char *shown_item(const struct conf_val *v, size_t i, char *buf,
			      size_t size)
{
	if (v->row->flags & CONF_SECRET)
		return v->written ? v->written : "(not shown)";
	if (v->row->flags & CONF_LIST || (v->row->type != CONF_DURATION &&
					  v->row->type != CONF_BYTES))
		return v->items[i];
	conf_value_show(v->row->type, v->num, buf, size);
	return buf;
}

static void print_value(const struct conf_val *v, FILE *f)
{
	bool list = v->row->flags & CONF_LIST;
	char buf[64];

	if (list)
		fputc('[', f);
	for (size_t i = 0; i < v->n_items; i++) {
		if (i)
			fputs(", ", f);
		print_scalar(shown_item(v, i, buf, sizeof(buf)), f);
	}
	if (list)
		fputc(']', f);
}

static void print_keys(const struct conf *c, const struct conf_section *s,
		       int inst, const char *indent, FILE *f)
{
	for (size_t i = 0; i < c->table->n_rows; i++) {
		const struct conf_row *row = &c->table->rows[i];
		const struct conf_val *v;

		if (!conf_row_in(row, s))
			continue;
		v = conf_in_force(c, row, inst);
		if (!v)
			continue;
		fprintf(f, "%s%s: ", indent, row->key);
		print_value(v, f);
		if (v->at.line)
			fprintf(f, "  # %s:%u:%u\n", v->at.file, v->at.line,
				v->at.column);
		else
			fputs("  # default\n", f);
	}
}

static void each_in(const struct conf *c, const struct conf_section *s,
		    const char *name, int inst, conf_value_h *h, void *arg)
{
	enum { ITEMS_MAX = 256 };
	const char *items[ITEMS_MAX];
	char buf[64];

	for (size_t i = 0; i < c->table->n_rows; i++) {
		const struct conf_row *row = &c->table->rows[i];
		const struct conf_val *v = conf_row_in(row, s)
				? conf_in_force(c, row, inst) : NULL;
		size_t n = v ? MIN(v->n_items, (size_t)ITEMS_MAX) : 0;

		if (!v)
			continue;
		for (size_t k = 0; k < n; k++)
			items[k] = shown_item(v, k, buf, sizeof(buf));
		h(s->name, name, row, items, n, &v->at, arg);
	}
}

void conf_each(const struct conf *c, conf_value_h *h, void *arg)
{
	for (size_t i = 0; i < c->table->n_sections; i++) {
		const struct conf_section *s = &c->table->sections[i];

		if (!s->one)
			each_in(c, s, NULL, -1, h, arg);
		for (size_t k = 0; s->one && k < c->n_insts; k++)
			if (c->insts[k].section == s)
				each_in(c, s, c->insts[k].name, (int)k, h,
					arg);
	}
}

void conf_print_effective(const struct conf *c, FILE *f)
{
	for (size_t i = 0; i < c->table->n_sections; i++) {
		const struct conf_section *s = &c->table->sections[i];

		if (!*s->name) {
			print_keys(c, s, -1, "", f);
			continue;
		}
		fprintf(f, "%s:\n", s->name);
		if (!s->one)
			print_keys(c, s, -1, "  ", f);
		for (size_t k = 0; k < c->n_insts; k++) {
			if (c->insts[k].section != s)
				continue;
			fprintf(f, "  %s:\n", c->insts[k].name);
			print_keys(c, s, (int)k, "    ", f);
		}
	}
}

/* ---- the table itself -------------------------------------------------- */

static const char *help(const char *en, const char *zh, bool chinese)
{
	return chinese && zh ? zh : en;
}

/* "1 to 1000", "preview, progressive or predictive", "udp, tcp or tls". */
static void print_domain(const struct conf_row *row, char *buf, size_t size)
{
	char word[64];

	conf_value_range(row, buf, size);
	if (row->type == CONF_TEXT && *buf)
		str_add(buf, size, " bytes");
	if (row->type == CONF_INT && row->words)
		str_add(buf, size, "%s%s", *buf ? " " : "", row->words);
	if (row->type != CONF_WORD && row->type != CONF_ADDRESS)
		return;
	for (size_t i = 0; row->words &&
	     conf_word_at(row->words, i, word, sizeof(word)); i++) {
		char more[64];
		bool last = !conf_word_at(row->words, i + 1, more,
					  sizeof(more));

		str_add(buf, size, "%s%s", !i ? "" : last ? " or " : ", ",
			word);
	}
}

static void print_type(const struct conf_row *row, char *buf, size_t size)
{
	str_fmt(buf, size, "%s%s%s", row->flags & CONF_LIST ? "list: " : "",
		conf_type_words(row->type),
		row->flags & CONF_SECRET ? ", secret" : "");
}

static void default_row(const struct conf_row *row, const char *indent,
			bool zh, FILE *f)
{
	char type[64], domain[160];

	print_type(row, type, sizeof(type));
	print_domain(row, domain, sizeof(domain));
	fprintf(f, "%s## %s\n%s## (%s%s%s%s)\n", indent,
		help(row->help_en, row->help_zh, zh), indent, type,
		*domain ? "; " : "", domain,
		row->flags & CONF_NEEDED ? "; needed" :
		row->flags & CONF_RELOAD ? "" : "; at start only");
	fprintf(f, "%s#%s:", indent, row->key);
	if (row->def && row->flags & CONF_LIST) {
		fprintf(f, " [%s]", row->def);
	} else if (row->def) {
		fputc(' ', f);
		print_scalar(row->def, f);
	}
	fputc('\n', f);
}

void conf_print_default(const struct conf_table *t, bool zh, FILE *f)
{
	for (size_t i = 0; i < t->n_sections; i++) {
		const struct conf_section *s = &t->sections[i];
		const char *indent = !*s->name ? "" : s->one ? "    " : "  ";

		fprintf(f, "%s## ---- %s\n", i ? "\n" : "",
			help(s->help_en, s->help_zh, zh));
		if (*s->name)
			fprintf(f, "%s:\n", s->name);
		if (s->one)
			fprintf(f, "  #a-%s:\n", s->one);
		if (s->base)
			fprintf(f, "    ## and every key of %s\n", s->base);
		for (size_t k = 0; k < t->n_rows; k++)
			if (str_eq(t->rows[k].section, s->name))
				default_row(&t->rows[k], indent, zh, f);
	}
}

/* Text in mdoc: each sentence on a line of its own, no line may begin with a
 * control character, no backslash pass as an escape. */
static void mdoc_text(const char *s, FILE *f)
{
	bool first = true;

	for (; *s; s++) {
		if (first && (*s == '.' || *s == '\''))
			fputs("\\&", f);
		first = s[0] == '.' && s[1] == ' ' && s[2];
		fputs(*s == '\\' ? "\\e" : (char[]){ *s, '\0' }, f);
		if (first) {
			fputc('\n', f);
			s++;
		}
	}
	fputc('\n', f);
}

static void mdoc_row(const struct conf_row *row, bool zh, FILE *f)
{
	char type[64], domain[160];

	print_type(row, type, sizeof(type));
	print_domain(row, domain, sizeof(domain));
	fprintf(f, ".It Cm %s\n", row->key);
	mdoc_text(help(row->help_en, row->help_zh, zh), f);
	fprintf(f, ".Pq %s", type);
	if (*domain)
		fprintf(f, "; %s", domain);
	if (row->def && *row->def)
		fprintf(f, "; default \\&%s", row->def);
	if (row->flags & CONF_NEEDED)
		fputs("; needed", f);
	if (!(row->flags & CONF_RELOAD))
		fputs("; at start only", f);
	fputc('\n', f);
}

void conf_print_mdoc(const struct conf_table *t, bool zh, FILE *f)
{
	for (size_t i = 0; i < t->n_sections; i++) {
		const struct conf_section *s = &t->sections[i];

		if (*s->name)
			fprintf(f, ".Ss %s\n", s->name);
		mdoc_text(help(s->help_en, s->help_zh, zh), f);
		if (s->base)
			fprintf(f, "Every key of\n.Cm %s\nmay be given here "
				"too and then wins.\n", s->base);
		bool any = false;

		for (size_t k = 0; k < t->n_rows; k++) {
			if (!str_eq(t->rows[k].section, s->name))
				continue;
			if (!any)
				fputs(".Bl -tag -width Ds\n", f);
			any = true;
			mdoc_row(&t->rows[k], zh, f);
		}
		if (any)
			fputs(".El\n", f);
	}
}

void conf_print_options(const struct conf_table *t, bool zh, FILE *f)
{
	for (size_t i = 0; i < t->n_rows; i++) {
		const struct conf_row *row = &t->rows[i];
		char type[64], domain[160];

		print_type(row, type, sizeof(type));
		print_domain(row, domain, sizeof(domain));
		fprintf(f, "%s%s%s\t%s\t%s\t%s\t%s\n", row->section,
			*row->section ? "." : "", row->key, type, domain,
			row->def ? row->def : "",
			help(row->help_en, row->help_zh, zh));
	}
}
