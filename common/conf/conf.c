#include "conf/conf_priv.h"

#include "base/str.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <libintl.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- looking up -------------------------------------------------------- */

const struct conf_section *conf_section_find(const struct conf_table *t,
					     const char *name)
{
	for (size_t i = 0; i < t->n_sections; i++)
		if (str_eq(t->sections[i].name, name))
			return &t->sections[i];
	return NULL;
}

bool conf_row_in(const struct conf_row *row, const struct conf_section *s)
{
	return str_eq(row->section, s->name) ||
	       (s->base && str_eq(row->section, s->base));
}

const struct conf_row *conf_row_find(const struct conf_table *t,
				     const struct conf_section *section,
				     const char *key)
{
	for (size_t i = 0; i < t->n_rows; i++)
		if (conf_row_in(&t->rows[i], section) &&
		    str_eq(t->rows[i].key, key))
			return &t->rows[i];
	return NULL;
}

int conf_inst_index(const struct conf *c, const struct conf_section *s,
		    const char *name)
{
	for (size_t i = 0; i < c->n_insts; i++)
		if (c->insts[i].section == s && str_eq(c->insts[i].name, name))
			return (int)i;
	return -1;
}

struct conf_val *conf_own_val(const struct conf *c, const struct conf_row *row,
			      int inst)
{
	for (size_t i = 0; i < c->n_vals; i++)
		if (c->vals[i].row == row && c->vals[i].inst == inst)
			return &c->vals[i];
	return NULL;
}

const struct conf_val *conf_in_force(const struct conf *c,
				     const struct conf_row *row, int inst)
{
	const struct conf_val *v = conf_own_val(c, row, inst);

	if (!v && inst >= 0)
		v = conf_own_val(c, row, -1);
	if (!v)
		v = &c->defs[row - c->table->rows];
	return v->n_items || v->load ? v : NULL;
}

/* The caller's names must be in the table: anything else is our mistake. */
static const struct conf_val *find(const struct conf *c, const char *section,
				   const char *inst, const char *key,
				   const struct conf_row **row)
{
	const struct conf_section *s = conf_section_find(c->table, section);

	assert(s);
	*row = conf_row_find(c->table, s, key);
	assert(*row);
	return conf_in_force(c, *row, inst ? conf_inst_index(c, s, inst) : -1);
}

bool conf_is_set(const struct conf *c, const char *section, const char *inst,
		 const char *key)
{
	const struct conf_row *row;

	return find(c, section, inst, key, &row) != NULL;
}

bool conf_bool(const struct conf *c, const char *section, const char *inst,
	       const char *key)
{
	const struct conf_row *row;
	const struct conf_val *v = find(c, section, inst, key, &row);

	assert(row->type == CONF_BOOL);
	return v && v->num;
}

int64_t conf_int(const struct conf *c, const char *section, const char *inst,
		 const char *key)
{
	const struct conf_row *row;
	const struct conf_val *v = find(c, section, inst, key, &row);

	assert(row->type == CONF_INT || row->type == CONF_DURATION ||
	       row->type == CONF_PERCENT || row->type == CONF_RATIO ||
	       row->type == CONF_BYTES);
	return v ? v->num : 0;
}

int conf_word(const struct conf *c, const char *section, const char *inst,
	      const char *key)
{
	const struct conf_row *row;
	const struct conf_val *v = find(c, section, inst, key, &row);

	assert(row->type == CONF_WORD);
	return v ? (int)v->num : -1;
}

const char *conf_list_at(const struct conf *c, const char *section,
			 const char *inst, const char *key, size_t i)
{
	const struct conf_row *row;
	const struct conf_val *v = find(c, section, inst, key, &row);

	return v && i < v->n_items ? v->items[i] : NULL;
}

const char *conf_text(const struct conf *c, const char *section,
		      const char *inst, const char *key)
{
	return conf_list_at(c, section, inst, key, 0);
}

size_t conf_list_len(const struct conf *c, const char *section,
		     const char *inst, const char *key)
{
	const struct conf_row *row;
	const struct conf_val *v = find(c, section, inst, key, &row);

	return v ? v->n_items : 0;
}

struct conf_origin conf_origin(const struct conf *c, const char *section,
			       const char *inst, const char *key)
{
	const struct conf_row *row;
	const struct conf_val *v = find(c, section, inst, key, &row);

	return v ? v->at : (struct conf_origin){ "default", 0, 0 };
}

size_t conf_count(const struct conf *c, const char *section)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_insts; i++)
		n += str_eq(c->insts[i].section->name, section);
	return n;
}

const char *conf_instance(const struct conf *c, const char *section, size_t i)
{
	for (size_t k = 0; k < c->n_insts; k++)
		if (str_eq(c->insts[k].section->name, section) && !i--)
			return c->insts[k].name;
	return NULL;
}

/* ---- mistakes ---------------------------------------------------------- */

void conf_error_print(const struct conf_origin *at, const char *text,
		      void *arg)
{
	FILE *f = arg;

	if (at->line)
		fprintf(f, "%s:%u:%u: %s\n", at->file, at->line, at->column,
			text);
	else
		fprintf(f, "%s: %s\n", at->file, text);
}

void conf_tell(struct conf *c, const struct conf_origin *at, const char *fmt,
	       ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	/* English where no catalogue is open: logs, and the server. */
	vsnprintf(text, sizeof(text), gettext(fmt), ap);
	va_end(ap);
	/* A file's own words must not forge a line or move the cursor. */
	for (char *p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	c->errors++;
	if (c->h)
		c->h(at, text, c->arg);
}

/* ---- loading ----------------------------------------------------------- */

void conf_val_clear(struct conf_val *v)
{
	for (size_t i = 0; i < v->n_items; i++) {
		if (v->row->flags & CONF_SECRET)
			explicit_bzero(v->items[i], strlen(v->items[i]));
		free(v->items[i]);
	}
	free(v->items);
	free(v->written);
	v->items = NULL;
	v->written = NULL;
	v->n_items = 0;
}

struct conf *conf_free(struct conf *c)
{
	if (!c)
		return NULL;
	for (size_t i = 0; i < c->n_vals; i++)
		conf_val_clear(&c->vals[i]);
	for (size_t i = 0; c->defs && i < c->table->n_rows; i++)
		conf_val_clear(&c->defs[i]);
	for (size_t i = 0; i < c->n_insts; i++)
		free(c->insts[i].name);
	for (size_t i = 0; i < c->n_files; i++)
		free(c->files[i]);
	free(c->vals);
	free(c->defs);
	free(c->insts);
	free(c->files);
	free(c);
	return NULL;
}

/* The file's name lives as long as the conf: origins point at it. */
static const char *file_add(struct conf *c, const char *name)
{
	char *copy = strdup(name);
	void *more = realloc(c->files, (c->n_files + 1) * sizeof(*c->files));

	if (more)
		c->files = more;
	if (!more || !copy) {
		free(copy);
		c->no_memory = true;
		return NULL;
	}
	c->files[c->n_files] = copy;
	return c->files[c->n_files++];
}

/* Defaults are written as in a file and read by the same code. */
static void defaults_set(struct conf *c)
{
	const struct conf_table *t = c->table;
	char why[CONF_WHY_MAX];

	for (size_t i = 0; i < t->n_rows; i++) {
		const struct conf_row *row = &t->rows[i];
		struct conf_val *v = &c->defs[i];

		*v = (struct conf_val){ .row = row, .inst = -1,
					.at = { "default", 0, 0 } };
		if (!row->def)
			continue;
		v->load = 1;
		v->items = calloc(CONF_DEF_ITEMS, sizeof(*v->items));
		for (const char *p = row->def; v->items && *p; ) {
			char item[256];
			size_t n = row->flags & CONF_LIST ? strcspn(p, ",") :
							    strlen(p);
			int64_t num;

			assert(v->n_items < CONF_DEF_ITEMS);
			str_fmt(item, sizeof(item), "%.*s", (int)n, p);
			bool ok = conf_value_read(row, item, &num,
					&v->items[v->n_items], why);

			assert(ok);	/* the table itself is wrong */
			if (!ok || !v->items[v->n_items])
				break;
			if (!v->n_items++)
				v->num = num;
			p += n;
			p += strspn(p, ", ");
		}
		c->no_memory |= !v->items;
	}
}

static struct conf *conf_new(const struct conf_table *table, conf_error_h *h,
			     void *arg)
{
	struct conf *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	*c = (struct conf){ .table = table, .h = h, .arg = arg };
	c->defs = calloc(table->n_rows ? table->n_rows : 1, sizeof(*c->defs));
	if (!c->defs)
		return conf_free(c);
	defaults_set(c);
	return c;
}

/* What only the whole of the files can tell: needed keys, names that are
 * used before or after they are defined. */
static void whole_check(struct conf *c, const struct conf_section *s, int inst,
			const struct conf_origin *at)
{
	char place[80];

	conf_place(c, s, inst, place, sizeof(place));
	for (size_t i = 0; i < c->table->n_rows; i++) {
		const struct conf_row *row = &c->table->rows[i];
		const struct conf_val *v;

		if (!conf_row_in(row, s))
			continue;
		v = conf_in_force(c, row, inst);
		if (!v && (row->flags & CONF_NEEDED) &&
		    (inst >= 0 || !s->one))
			conf_tell(c, at, "%s%s is missing", place, row->key);
		if (!v || row->type != CONF_REF || v->inst != inst)
			continue;
		const struct conf_section *of =
			conf_section_find(c->table, row->words);

		for (size_t k = 0; k < v->n_items; k++)
			if (conf_inst_index(c, of, v->items[k]) < 0)
				conf_tell(c, &v->at, "%s%s: no %s is named "
					  "\"%.60s\"", place, row->key,
					  of->one, v->items[k]);
	}
}

static enum err finish(struct conf *c, struct conf **out, bool absent)
{
	struct conf_origin nowhere = {
		c->n_files ? c->files[c->n_files - 1] : "default", 0, 0
	};

	for (size_t i = 0; i < c->table->n_sections && !absent; i++)
		if (!c->table->sections[i].one)
			whole_check(c, &c->table->sections[i], -1, &nowhere);
	for (size_t i = 0; i < c->n_insts && !absent; i++)
		whole_check(c, c->insts[i].section, (int)i, &c->insts[i].at);
	enum err e = c->no_memory ? ERR_MEMORY : absent ? ERR_ABSENT :
		     c->errors ? ERR_FORMAT : ERR_OK;

	c->h = NULL;
	if (e)
		conf_free(c);
	else
		*out = c;
	return e;
}

/* Whole file into memory, NUL after it; NULL with errno. */
static char *slurp(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char *text = fd < 0 ? NULL : malloc(CONF_FILE_MAX + 1);
	ssize_t n = 0;

	*len = 0;
	while (text && (n = read(fd, text + *len,
				 CONF_FILE_MAX + 1 - *len)) > 0)
		*len += (size_t)n;
	int no = errno;

	if (text && (n < 0 || *len > CONF_FILE_MAX)) {
		no = n < 0 ? no : EFBIG;
		free(text);
		text = NULL;
	}
	if (fd >= 0)
		close(fd);
	errno = no;
	return text;
}

static bool load_file(struct conf *c, const char *path)
{
	const char *name = file_add(c, path);
	struct conf_origin at = { path, 0, 0 };
	size_t len;
	char *text = name ? slurp(path, &len) : NULL;

	if (name && !text)
		conf_tell(c, &at, "cannot be read: %s", strerror(errno));
	if (text)
		conf_yaml_read(c, name, text, len);
	free(text);
	return text != NULL;
}

static int is_yaml(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && n > 5 &&
	       str_eq(d->d_name + n - 5, ".yaml");
}

/* conf.d: the order of names, byte by byte, in every locale. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool load_dir(struct conf *c, const char *dir)
{
	struct dirent **list = NULL;
	int n = scandir(dir, &list, is_yaml, by_bytes);
	bool ok = true;

	for (int i = 0; i < n; i++) {
		char path[1024];

		str_fmt(path, sizeof(path), "%s/%s", dir, list[i]->d_name);
		ok = load_file(c, path) && ok;
		free(list[i]);
	}
	free(list);
	return ok;
}

enum err conf_load(const char *const *paths, size_t n_paths,
		   const struct conf_table *table, struct conf **out,
		   conf_error_h *h, void *arg)
{
	struct conf *c = conf_new(table, h, arg);
	bool absent = false;

	if (!c)
		return ERR_MEMORY;
	c->read_secrets = true;
	for (size_t i = 0; i < n_paths; i++) {
		struct stat st;
		size_t len = strlen(paths[i]);
		bool there = !stat(paths[i], &st);
		/* "conf.d" need not exist; "waihu.yaml" must. */
		bool dir = there ? S_ISDIR(st.st_mode) :
			   len > 2 && str_eq(paths[i] + len - 2, ".d");

		if (!(dir ? load_dir(c, paths[i]) : load_file(c, paths[i])))
			absent = true;
	}
	return finish(c, out, absent);
}

enum err conf_load_text(const char *name, const char *text, size_t len,
			const struct conf_table *table, struct conf **out,
			conf_error_h *h, void *arg)
{
	struct conf *c = conf_new(table, h, arg);
	const char *file = c ? file_add(c, name) : NULL;

	if (!file) {
		conf_free(c);
		return ERR_MEMORY;
	}
	conf_yaml_read(c, file, text, len);
	return finish(c, out, false);
}

/* ---- comparing --------------------------------------------------------- */

static bool same(const struct conf_val *a, const struct conf_val *b)
{
	size_t n = a ? a->n_items : 0;

	if (!a != !b || n != (b ? b->n_items : 0))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!str_eq(a->items[i], b->items[i]))
			return false;
	return true;
}

static void compare_in(const struct conf *old, const struct conf *now,
		       const struct conf_section *s, int in_old, int in_now,
		       conf_change_h *h, void *arg)
{
	for (size_t i = 0; i < now->table->n_rows; i++) {
		const struct conf_row *row = &now->table->rows[i];

		if (conf_row_in(row, s) &&
		    !same(conf_in_force(old, row, in_old),
			  conf_in_force(now, row, in_now)))
			h(s->name, in_now < 0 ? NULL : now->insts[in_now].name,
			  row->key, row->flags & CONF_RELOAD, arg);
	}
}

void conf_compare(const struct conf *old, const struct conf *now,
		  conf_change_h *h, void *arg)
{
	for (size_t i = 0; i < now->table->n_sections; i++)
		if (!now->table->sections[i].one)
			compare_in(old, now, &now->table->sections[i], -1, -1,
				   h, arg);
	for (size_t i = 0; i < old->n_insts; i++)
		if (conf_inst_index(now, old->insts[i].section,
				    old->insts[i].name) < 0)
			h(old->insts[i].section->name, old->insts[i].name,
			  NULL, true, arg);
	for (size_t i = 0; i < now->n_insts; i++) {
		const struct conf_inst *in = &now->insts[i];
		int was = conf_inst_index(old, in->section, in->name);

		if (was < 0)
			h(in->section->name, in->name, NULL, true, arg);
		else
			compare_in(old, now, in->section, was, (int)i, h, arg);
	}
}
