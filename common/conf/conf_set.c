#include "conf/conf_priv.h"

#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void conf_place(const struct conf *c, const struct conf_section *s, int inst,
		char *buf, size_t size)
{
	if (inst >= 0)
		str_fmt(buf, size, "%s \"%s\": ", s->one, c->insts[inst].name);
	else if (s && *s->name)
		str_fmt(buf, size, "%s: ", s->name);
	else
		str_copy(buf, size, "");
}

/* Ids are ASCII (names for people are a value): letters, digits, - _ . */
static bool is_id(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz"
			  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

	return n && n <= 40 && !s[n] && !strchr("-_.", *s);
}

int conf_set_inst(struct conf *c, const struct conf_section *s,
		  const char *name, const struct conf_origin *at)
{
	int i = conf_inst_index(c, s, name);

	if (!is_id(name)) {
		conf_tell(c, at, "%s: \"%.60s\" is not a name (letters, "
			  "digits, - _ . and at most 40 of them)", s->name,
			  name);
		return -1;
	}
	if (i >= 0) {
		if (c->insts[i].load == c->n_files) {
			conf_tell(c, at, "%s \"%s\" is here twice (first at "
				  "line %u)", s->one, name,
				  c->insts[i].at.line);
			return -1;
		}
		c->insts[i].load = (unsigned)c->n_files;
		c->insts[i].at = *at;
		return i;
	}
	if (c->n_insts == CONF_INSTANCES_MAX) {
		conf_tell(c, at, "%s \"%s\" is one too many (at most %d)",
			  s->one, name, CONF_INSTANCES_MAX);
		return -1;
	}
	char *copy = strdup(name);
	void *more = realloc(c->insts, (c->n_insts + 1) * sizeof(*c->insts));

	if (more)
		c->insts = more;
	if (!more || !copy) {
		c->no_memory = true;
		free(copy);
		return -1;
	}
	c->insts[c->n_insts] = (struct conf_inst){
		s, copy, (unsigned)c->n_files, *at
	};
	return (int)c->n_insts++;
}

/* First line of the file a secret lives in; NULL and why on refusal. */
static char *secret_read(const char *path, char why[CONF_WHY_MAX])
{
	char buf[CONF_SECRET_MAX + 1];
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n;

	if (fd < 0 || fstat(fd, &st)) {
		str_fmt(why, CONF_WHY_MAX, "cannot read the secret in %s: %s",
			path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	if (!S_ISREG(st.st_mode) || (st.st_mode & 0006)) {
		str_fmt(why, CONF_WHY_MAX, S_ISREG(st.st_mode) ?
			"the secret in %s is open to everyone (chmod 640)" :
			"%s is not a file", path);
		close(fd);
		return NULL;
	}
	n = read(fd, buf, sizeof(buf));
	close(fd);
	if (n < 0 || n > CONF_SECRET_MAX) {
		str_fmt(why, CONF_WHY_MAX, "the secret in %s is too long",
			path);
		return NULL;
	}
	buf[n] = '\0';
	buf[strcspn(buf, "\r\n")] = '\0';
	if (!*buf)
		str_fmt(why, CONF_WHY_MAX, "the secret in %s is empty", path);
	char *secret = *buf ? strdup(buf) : NULL;

	explicit_bzero(buf, sizeof(buf));
	return secret;
}

/*
 * "file:/path", or "credential:NAME" as systemd's LoadCredential= gives it
 * (systemd.exec(5)).  Anything else is the secret itself.
 */
static bool secret_path(const char *text, char *path, size_t size, char *why)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");

	if (!strncmp(text, "credential:", 11)) {
		if (!dir || strchr(text + 11, '/') || !text[11]) {
			str_fmt(why, CONF_WHY_MAX, "%s: %.60s", dir ?
				"not a credential's name" : "systemd gave no "
				"credentials to this program", text + 11);
			return false;
		}
		return str_fmt(path, size, "%s/%s", dir, text + 11);
	}
	if (text[5] != '/') {
		str_fmt(why, CONF_WHY_MAX,
			"\"%.60s\" does not name a path from the root", text);
		return false;
	}
	return str_copy(path, size, text + 5);
}

static bool is_indirect(const char *text)
{
	return !strncmp(text, "file:", 5) || !strncmp(text, "credential:", 11);
}

/* One item into v; a secret that is elsewhere is fetched from there. */
static bool item_read(struct conf *c, struct conf_val *v, const char *text,
		      char why[CONF_WHY_MAX])
{
	char path[512], *fetched = NULL, *canon = NULL;
	int64_t num = 0;
	bool ok = true;

	if ((v->row->flags & CONF_SECRET) && is_indirect(text)) {
		v->written = strdup(text);
		c->no_memory |= !v->written;
		if (!c->read_secrets) {
			canon = strdup("");
			goto store;
		}
		if (!secret_path(text, path, sizeof(path), why))
			return false;
		fetched = secret_read(path, why);
		if (!fetched)
			return false;
		text = fetched;
	}
	ok = conf_value_read(v->row, text, &num, &canon, why);
	if (!ok && (v->row->flags & CONF_SECRET))
		str_copy(why, CONF_WHY_MAX, "is not a usable secret");
	free(fetched);
	if (!ok)
		return false;
store:
	if (!canon) {
		c->no_memory = true;
		return true;
	}
	if (!v->n_items)
		v->num = num;
	v->items[v->n_items++] = canon;
	return true;
}

static void val_keep(struct conf *c, struct conf_val *v)
{
	struct conf_val *old = conf_own_val(c, v->row, v->inst);

	if (old) {
		conf_val_clear(old);
		*old = *v;
		return;
	}
	if (c->n_vals == c->cap_vals) {
		size_t cap = c->cap_vals ? c->cap_vals * 2 : 64;
		void *more = realloc(c->vals, cap * sizeof(*c->vals));

		if (!more) {
			c->no_memory = true;
			conf_val_clear(v);
			return;
		}
		c->vals = more;
		c->cap_vals = cap;
	}
	c->vals[c->n_vals++] = *v;
}

void conf_set_val(struct conf *c, const struct conf_section *s, int inst,
		  const struct conf_row *row, char *const *items, size_t n,
		  const struct conf_origin *at)
{
	struct conf_val v = { .row = row, .inst = inst, .at = *at,
			      .load = (unsigned)c->n_files };
	char why[CONF_WHY_MAX] = "", place[80];
	bool ok = true;

	v.items = calloc(n ? n : 1, sizeof(*v.items));
	if (!v.items) {
		c->no_memory = true;
		return;
	}
	conf_place(c, s, inst, place, sizeof(place));
	for (size_t i = 0; i < n; i++) {
		if (item_read(c, &v, items[i], why))
			continue;
		conf_tell(c, at, "%s%s: %s", place, row->key, why);
		ok = false;
	}
	/* A refused value stays as an empty one (the load gives no conf any
	 * more), so that it is not also told to be missing. */
	if (!ok)
		conf_val_clear(&v);
	val_keep(c, &v);
}
