/* desk_script -- the campaign's script, its merge fields filled in. */
#include "desk_priv.h"

#include "base/log.h"
#include "base/str.h"

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

/*
 * "[list.field|default]" becomes its value, else the default; an unknown one
 * without a default is shown as "[field?]", never as a blank (UX 2.3).
 * Before there is a customer it stays as written, for reading ahead.
 */
static void merge_field(const struct merge *m, const char *body, size_t len,
			char *out, size_t size)
{
	char name[80];
	const char *value;
	char *bar;

	str_fmt(name, sizeof(name), "%.*s", (int)len, body);
	bar = strchr(name, '|');
	if (bar)
		*bar++ = '\0';
	value = value_of(m, name);
	if (value && *value)
		str_add(out, size, "%s", value);
	else if (!m->lead)
		str_add(out, size, "[%s]", name);
	else if (bar)
		str_add(out, size, "%s", bar);
	else
		str_add(out, size, "[%s?]", name);
}

static void merge_line(const struct merge *m, const char *line, char *out,
		       size_t size)
{
	while (*line) {
		const char *open = strchr(line, '[');
		const char *close = open ? strchr(open, ']') : NULL;

		if (!close || close - open > 78) {
			str_add(out, size, "%s", line);
			break;
		}
		str_add(out, size, "%.*s", (int)(open - line), line);
		merge_field(m, open + 1, (size_t)(close - open - 1), out,
			    size);
		line = close + 1;
	}
	str_add(out, size, "\n");
}

static void split(const struct merge *m, char *text, struct msg_script *s)
{
	struct msg_page *page = NULL;
	char *save = NULL;

	for (char *p = text; *p; p++)	/* keep empty lines for strtok_r */
		if (p[0] == '\n' && p[1] == '\n')
			*p = '\r';
	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		for (char *p = line; *p; p++)
			if (*p == '\r')
				*p = '\n';
		if (!strncmp(line, "== ", 3) || !page) {
			if (s->pages_count == ARRAY_LEN(s->pages))
				return;
			page = &s->pages[s->pages_count++];
			if (!strncmp(line, "== ", 3)) {
				str_copy(page->title, sizeof(page->title),
					 line + 3);
				page->title[strcspn(page->title, "\n")] = 0;
				continue;
			}
		}
		merge_line(m, line, page->text, sizeof(page->text));
	}
}

/* A file as last read: read again only when it has changed. */
struct script {
	char *path, *text;		/* text NULL: it cannot be used      */
	struct timespec changed;
	off_t size;
};

void desk_scripts_free(struct desk *d)
{
	for (size_t i = 0; i < d->scripts_len; i++) {
		free(d->scripts[i].path);
		free(d->scripts[i].text);
	}
	free(d->scripts);
}

static struct script *script_slot(struct desk *d, const char *path)
{
	struct script *v;

	for (size_t i = 0; i < d->scripts_len; i++)
		if (str_eq(d->scripts[i].path, path))
			return &d->scripts[i];
	v = realloc(d->scripts, (d->scripts_len + 1) * sizeof(*v));
	if (!v)
		return NULL;
	d->scripts = v;
	v = &v[d->scripts_len];
	*v = (struct script){ .path = strdup(path), .size = -1 };
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
	if (!str_is_utf8(text, n)) {
		log_warn("desk", "script %s: not UTF-8", path);
		free(text);
		return NULL;
	}
	return text;
}

/* A copy of the script, to be freed; NULL: there is none, or not as text. */
static char *script_text(struct desk *d, const char *path, int64_t *changed_ms)
{
	struct script *s = script_slot(d, path);
	struct stat st = { 0 };

	if (!s)
		return NULL;
	if (stat(path, &st))
		st.st_size = 0;		/* not there: said once */
	if (st.st_size != s->size ||
	    memcmp(&st.st_mtim, &s->changed, sizeof(s->changed))) {
		s->size = st.st_size;
		s->changed = st.st_mtim;
		free(s->text);
		s->text = read_file(path);
	}
	*changed_ms = (int64_t)s->changed.tv_sec * 1000;
	return s->text ? strdup(s->text) : NULL;
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
	char *text;

	if (!m)
		return;
	m->call = c ? c->id.v : 0;
	m->campaign = k ? k->id.v : 0;
	if (c && !lead_get(d->r->leads, c->lead, &lead))
		merge.lead = &lead;
	text = path ? script_text(d, path, &m->updated_ms) : NULL;
	if (text)
		split(&merge, text, m);
	free(text);
	d->send(d->arg, s->agent, MSG_SCRIPT, 0, m);
	free(m);
}
