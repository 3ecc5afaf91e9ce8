#include "agent_fill.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "msg/msg.h"
#include "when/when.h"

/* Fields whose numbers have words. */
static const struct { const char *field; enum msg_words list; } worded[] = {
	{ "state", MSG_WORDS_STATE }, { "reason", MSG_WORDS_REASON },
	{ "want", MSG_WORDS_WANT }, { "pending", MSG_WORDS_WANT },
	{ "mode", MSG_WORDS_MODE }, { "wrap_mode", MSG_WORDS_WRAP },
	{ "line", MSG_WORDS_HEALTH }, { "phone", MSG_WORDS_HEALTH },
	{ "desk", MSG_WORDS_DESK }, { "rec", MSG_WORDS_REC }, { "ended_by", MSG_WORDS_ENDER },
	{ "consult", MSG_WORDS_STEP }, { "step", MSG_WORDS_STEP },
	{ "coach", MSG_WORDS_MONITOR }, { "kind", MSG_WORDS_TARGET },
	{ "level", MSG_WORDS_LEVEL }, { "why", MSG_WORDS_END },
	{ "code", MSG_WORDS_REFUSAL }, { "number_why", MSG_WORDS_NUMBER_WHY },
};

/* -- words and values -------------------------------------------------------- */

/* word key=value key="quoted \"value\"\n" ... ; cuts `line` up. */
bool fill_split(char *s, struct args *a)
{
	a->n = 0;
	while (*s && a->n < ARGS_MAX) {
		s += strspn(s, " \t");
		if (!*s)
			break;
		a->key[a->n] = s;
		s += strcspn(s, "= \t");
		if (*s != '=') {
			a->val[a->n] = s;
			if (*s)
				*s++ = '\0';
			else
				a->val[a->n] = s;
			a->val[a->n++] = NULL;
			continue;
		}
		*s++ = '\0';
		if (*s != '"') {
			a->val[a->n++] = s;
			s += strcspn(s, " \t");
			if (*s)
				*s++ = '\0';
			continue;
		}
		char *to = ++s;

		a->val[a->n++] = to;
		while (*s && *s != '"') {
			if (*s == '\\' && s[1]) {
				s++;
				*to++ = *s == 'n' ? '\n' : *s;
				s++;
			} else {
				*to++ = *s++;
			}
		}
		if (*s != '"')
			return false;
		s++;
		*to = '\0';
	}
	return true;
}

/* "14:20", "14:20:05", "2026-11-20", "2026-11-20T15:00:00", "-137s", "5". */
enum err fill_wall(const struct fill_time *t, const char *v, int64_t *ms)
{
	int64_t now = t->wall_ms, n;
	struct when_civil c = when_civil(now / 1000, t->tz_min);
	int y, mo, d, h = 0, mi = 0, s = 0;
	size_t len = strlen(v);

	if (len > 1 && v[len - 1] == 's' && (*v == '-' || *v == '+')) {
		n = strtoll(v, NULL, 10);
		*ms = now + n * 1000;
		return ERR_OK;
	}
	if (strchr(v, ':') && !strchr(v, '-')) {
		if (sscanf(v, "%d:%d:%d", &h, &mi, &s) < 2)
			return ERR_FORMAT;
	} else if (sscanf(v, "%d-%d-%dT%d:%d:%d", &y, &mo, &d, &h, &mi, &s)
		   >= 3) {
		c.year = y;
		c.month = mo;
		c.day = d;
	} else {
		return str_to_i64(v, 0, INT64_MAX / 2, ms);
	}
	c.hour = h;
	c.minute = mi;
	c.second = s;
	if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > 31 || h < 0 ||
	    h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59)
		return ERR_FORMAT;
	*ms = when_second(&c, t->tz_min) * 1000;
	return ERR_OK;
}

static enum err to_number(const struct schema_field *f, const char *v,
			  uint64_t *out)
{
	unsigned w;

	if (!str_to_u64(v, UINT32_MAX, out))
		return ERR_OK;
	for (size_t i = 0; i < ARRAY_LEN(worded); i++)
		if (str_eq(worded[i].field, f->name) &&
		    !msg_word_find(worded[i].list, v, &w)) {
			*out = w;
			return ERR_OK;
		}
	return str_to_u64(v, UINT64_MAX, out);
}

static enum err set_field(const struct fill_time *t,
			  const struct schema_field *f, void *obj,
			  const char *v)
{
	char *at = (char *)obj + f->offset;
	uint64_t n = 0;
	int64_t ms;
	enum err e;

	switch (f->kind) {
	case SCHEMA_KIND_text:
	case SCHEMA_KIND_phone:
	case SCHEMA_KIND_secret:
		return str_copy(at, f->max + 1, v) ? ERR_OK : ERR_FULL;
	case SCHEMA_KIND_bool:
		*(bool *)at = str_eq(v, "yes") || str_eq(v, "1");
		return ERR_OK;
	case SCHEMA_KIND_i64:
		e = fill_wall(t, v, &ms);
		if (!e)
			memcpy(at, &ms, sizeof(ms));
		return e;
	case SCHEMA_KIND_i32:
		e = str_to_i64(v, -100000, 100000, &ms);
		if (!e)
			*(int32_t *)(void *)at = (int32_t)ms;
		return e;
	default:
		break;
	}
	e = to_number(f, v, &n);
	if (e)
		return e;
	if (f->kind == SCHEMA_KIND_u8)
		*(uint8_t *)at = (uint8_t)n;
	else if (f->kind == SCHEMA_KIND_u16)
		*(uint16_t *)(void *)at = (uint16_t)n;
	else if (f->kind == SCHEMA_KIND_u32)
		*(uint32_t *)(void *)at = (uint32_t)n;
	else if (f->kind == SCHEMA_KIND_u64)
		*(uint64_t *)(void *)at = n;
	else
		return ERR_ARG;
	return ERR_OK;
}

const struct schema_field *fill_field(const struct schema *s,
				      const char *name)
{
	size_t n;
	const struct schema_field *f = s->fields(&n);

	for (size_t i = 0; i < n; i++)
		if (str_eq(f[i].name, name))
			return &f[i];
	return NULL;
}

enum err fill_row(const struct fill_time *t, const struct schema *s,
		  void *obj, const struct args *a, char *why, size_t size)
{
	for (int i = 1; i < a->n; i++) {
		const struct schema_field *f = fill_field(s, a->key[i]);
		enum err e = !f || !a->val[i] ? ERR_ABSENT
					     : set_field(t, f, obj, a->val[i]);

		if (e) {
			str_fmt(why, size, "%s: %s", a->key[i], err_text(e));
			return ERR_FORMAT;
		}
	}
	return ERR_OK;
}
