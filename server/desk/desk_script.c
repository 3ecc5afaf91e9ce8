/* desk_script -- the campaign's script, its merge fields filled in. */
#include "desk_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "script/script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SCRIPT_MAX = 64 * 1024 };

struct merge {
	struct desk *d;
	const struct seat *seat;
	const struct lead *lead;	/* NULL while reading ahead          */
};

static const char *list_field(const struct merge *m, const char *name)
{
	const struct lead_list *list;

	if (!m->lead)
		return NULL;
	list = lead_list(m->d->r->leads, (struct list_id){ m->lead->list });
	for (uint32_t i = 0; list && i < m->lead->fields_count; i++) {
		uint8_t label = m->lead->fields[i].label;

		if (label < list->labels_count &&
		    str_eq(list->labels[label].name, name))
			return m->lead->fields[i].value;
	}
	return NULL;
}

/* The value of "customer.name", NULL if nobody knows it. */
static const char *value_of(const struct merge *m, const char *name)
{
	if (str_eq(name, "agent.name"))
		return m->seat->name;
	if (!m->lead)
		return NULL;
	if (str_eq(name, "customer") || str_eq(name, "customer.name"))
		return m->lead->name;
	if (str_eq(name, "customer.city"))
		return m->lead->city;
	if (!strncmp(name, "list.", 5))
		return list_field(m, name + 5);
	return NULL;
}

/* For script_merge: before there is a customer a field stays as written. */
static const char *field(const char *name, bool *later, void *arg)
{
	const struct merge *m = arg;
	const char *value = value_of(m, name);

	*later = !value && !m->lead;
	return value;
}

/* A file as last read: read again only when it has changed. */
struct desk_script {
	char *path;
	struct script *pages;		/* NULL: the file cannot be read     */
	struct timespec changed;
	off_t size;
};

void desk_scripts_free(struct desk *d)
{
	for (size_t i = 0; i < d->scripts_len; i++) {
		free(d->scripts[i].path);
		free(d->scripts[i].pages);
	}
	free(d->scripts);
}

static struct desk_script *script_slot(struct desk *d, const char *path)
{
	struct desk_script *v;

	for (size_t i = 0; i < d->scripts_len; i++)
		if (str_eq(d->scripts[i].path, path))
			return &d->scripts[i];
	v = realloc(d->scripts, (d->scripts_len + 1) * sizeof(*v));
	if (!v)
		return NULL;
	d->scripts = v;
	v = &v[d->scripts_len];
	*v = (struct desk_script){ .path = strdup(path), .size = -1 };
	if (!v->path)
		return NULL;
	d->scripts_len++;
	return v;
}

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = f ? calloc(1, SCRIPT_MAX + 1) : NULL;

	if (!text) {
		log_warn("desk", "script %s: %s", path, strerror(errno));
		if (f)
			fclose(f);
		return NULL;
	}
	size_t n = fread(text, 1, SCRIPT_MAX, f);

	text[n] = '\0';
	fclose(f);
	return text;
}

/* A mistake in the file is told where the script would stand. */
static struct script *parse(const char *path)
{
	struct script *pages = calloc(1, sizeof(*pages));
	char *text = read_file(path);
	size_t line = 0;
	enum err e = pages && text ? script_parse(text, strlen(text), pages,
						  &line) : ERR_ABSENT;

	free(text);
	if (e && line) {
		log_warn("desk", "script %s:%zu: %s", path, line,
			 err_text(e));
		*pages = (struct script){ .n = 1 };
		str_copy(pages->page[0].title, SCRIPT_TITLE, "!");
		str_fmt(pages->page[0].text, SCRIPT_TEXT,
			"%s:%zu: %s\n", strrchr(path, '/')
			? strrchr(path, '/') + 1 : path, line, err_text(e));
	} else if (e) {
		free(pages);
		pages = NULL;
	}
	return pages;
}

/* The script's pages, borrowed; NULL: there is none. */
static const struct script *script_pages(struct desk *d, const char *path,
					 int64_t *changed_ms)
{
	struct desk_script *s = script_slot(d, path);
	struct stat st = { 0 };

	if (!s)
		return NULL;
	if (stat(path, &st))
		st.st_size = 0;		/* not there: said once */
	if (st.st_size != s->size ||
	    memcmp(&st.st_mtim, &s->changed, sizeof(s->changed))) {
		s->size = st.st_size;
		s->changed = st.st_mtim;
		free(s->pages);
		s->pages = parse(path);
	}
	*changed_ms = (int64_t)s->changed.tv_sec * 1000;
	return s->pages;
}

void desk_show_script(struct desk *d, const struct seat *s,
		      const struct call *c)
{
	const struct campaign_conf *k = desk_campaign(d, s);
	const char *path = k ? conf_text(d->r->conf, "campaigns", k->name,
					 "script") : NULL;
	struct msg_script *m = calloc(1, sizeof(*m));
	struct lead lead;
	struct merge merge = { .d = d, .seat = s };
	const struct script *pages;

	if (!m)
		return;
	m->call = c ? c->id.v : 0;
	m->campaign = k ? k->id.v : 0;
	if (c && !lead_get(d->r->leads, c->lead, &lead))
		merge.lead = &lead;
	pages = path ? script_pages(d, path, &m->updated_ms) : NULL;
	for (size_t i = 0; pages && i < pages->n; i++) {
		struct msg_page *p = &m->pages[m->pages_count++];

		str_copy(p->title, sizeof(p->title), pages->page[i].title);
		if (script_merge(p->text, sizeof(p->text),
				 pages->page[i].text, field, &merge) && c)
			log_debug("desk", "script %s: a field nobody knows",
				  path);
	}
	d->send(d->arg, s->agent, MSG_SCRIPT, 0, m);
	free(m);
}
