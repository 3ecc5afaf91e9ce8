#include "script/script.h"

#include <string.h>

#include "base/str.h"

static const char *line_end(const char *s)
{
	const char *e = strchr(s, '\n');

	return e ? e : s + strlen(s);
}

static void trim(char *s)
{
	size_t n = strlen(s), lead = strspn(s, " \t");

	while (n && strchr(" \t\r", s[n - 1]))
		s[--n] = '\0';
	if (lead)
		memmove(s, s + MIN(lead, n), n - MIN(lead, n) + 1);
}

/*
 * "3 (offer)" and "page 3 (offer)" lead to page 3, what follows the number
 * is its remark.
 */
static void branch(struct script_line *l, const char *target)
{
	while (*target == ' ')
		target++;
	l->page = 0;
	if (!strncmp(target, "page ", 5) && target[5] >= '0' &&
	    target[5] <= '9')
		target += 5;
	if (*target < '0' || *target > '9') {
		str_copy(l->text, sizeof(l->text), target);
		return;
	}
	while (*target >= '0' && *target <= '9' && l->page < 1000)
		l->page = l->page * 10 + (unsigned)(*target++ - '0');
	str_copy(l->text, sizeof(l->text), target);
}

const char *script_line(const char *s, struct script_line *out)
{
	const char *end = line_end(s), *arrow;
	char line[sizeof(out->text)];

	memset(out, 0, sizeof(*out));
	str_fmt(line, sizeof(line), "%.*s", (int)MIN(end - s, 511), s);
	trim(line);
	arrow = strstr(line, "->");
	if (!*line) {
		out->kind = SCRIPT_BLANK;
	} else if (*line == '!') {
		out->kind = SCRIPT_MUST;
		str_copy(out->text, sizeof(out->text), line + 1);
		trim(out->text);
	} else if (arrow) {
		out->kind = SCRIPT_BRANCH;
		str_fmt(out->answer, sizeof(out->answer), "%.*s",
			(int)MIN(arrow - line, 63), line);
		trim(out->answer);
		branch(out, arrow + 2);
	} else {
		out->kind = SCRIPT_WORDS;
		str_copy(out->text, sizeof(out->text), line);
	}
	return *end ? end + 1 : end;
}

void script_brief(char *buf, size_t size, const char *text, bool brief)
{
	size_t n = 0;
	bool in = false;

	if (!size)
		return;
	for (; *text && n + 1 < size; text++) {
		if (*text == '{' || *text == '}')
			in = *text == '{';
		else if (!in || !brief)
			buf[n++] = *text;
	}
	buf[n] = '\0';
	/* Cut at a whole character. */
	while (n && !str_is_utf8(buf, n))
		buf[--n] = '\0';
}

size_t script_merge(char *buf, size_t size, const char *text,
		    script_field_h *field, void *arg)
{
	size_t unknown = 0;
	char name[128];

	str_copy(buf, size, "");
	while (*text) {
		size_t plain = strcspn(text, "[");
		const char *close = text[plain] ? strchr(text + plain, ']')
						: NULL;

		str_add(buf, size, "%.*s", (int)plain, text);
		text += plain;
		if (!*text)
			break;
		if (!close || close - text > 100) {
			str_add(buf, size, "[");
			text++;
			continue;
		}
		str_fmt(name, sizeof(name), "%.*s", (int)(close - text - 1),
			text + 1);
		char *other = strchr(name, '|');
		bool later = false;

		if (other)
			*other++ = '\0';
		const char *v = field(name, &later, arg);

		if (v && (*v || !other))
			str_add(buf, size, "%s", v);
		else if (later)
			str_add(buf, size, "[%s]", name);
		else if (other)
			str_add(buf, size, "%s", other);
		else {
			str_add(buf, size, "[%s?]", name);
			unknown++;
		}
		text = close + 1;
	}
	return unknown;
}

/* Each [ and { is closed on its line. */
static bool closed(const char *s, size_t n)
{
	char open = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '[' || s[i] == '{') {
			if (open)
				return false;
			open = s[i];
		} else if (s[i] == ']' || s[i] == '}') {
			if (open != (s[i] == ']' ? '[' : '{'))
				return false;
			open = 0;
		}
	}
	return !open;
}

static enum err add_line(struct script *s, const char *line, size_t n)
{
	struct script_page *p;

	if (n >= 2 && line[0] == '=' && line[1] == '=') {
		if (s->n == SCRIPT_PAGES)
			return ERR_FULL;
		p = &s->page[s->n];
		if (n - 2 > SCRIPT_TITLE)
			return ERR_FORMAT;
		str_fmt(p->title, sizeof(p->title), "%.*s", (int)(n - 2),
			line + 2);
		trim(p->title);
		if (!*p->title)
			return ERR_FORMAT;
		s->n++;
		return ERR_OK;
	}
	if (!s->n) {
		if (!n)
			return ERR_OK;
		s->n = 1;
	}
	p = &s->page[s->n - 1];
	return str_add(p->text, sizeof(p->text), "%.*s\n", (int)n, line)
		       ? ERR_OK : ERR_FULL;
}

/* Every branch to a page leads to one that is there. */
static enum err check_branches(const char *text, size_t len, size_t pages,
			       size_t *line)
{
	struct script_line l;
	char copy[600];
	size_t no = 1;

	for (size_t i = 0; i < len; no++) {
		const char *e = memchr(text + i, '\n', len - i);
		size_t n = e ? (size_t)(e - text) - i : len - i;

		str_fmt(copy, sizeof(copy), "%.*s", (int)MIN(n, sizeof(copy) - 1),
			text + i);
		script_line(copy, &l);
		if (l.kind == SCRIPT_BRANCH && l.page > pages) {
			*line = no;
			return ERR_ABSENT;
		}
		i += n + 1;
	}
	return ERR_OK;
}

enum err script_parse(const char *text, size_t len, struct script *out,
		      size_t *line)
{
	enum err e = ERR_OK;
	size_t no = 1;

	memset(out, 0, sizeof(*out));
	*line = 1;
	if (memchr(text, '\0', len) || !str_is_utf8(text, len))
		return ERR_FORMAT;
	for (size_t i = 0; i < len && !e; no++) {
		const char *end = memchr(text + i, '\n', len - i);
		size_t n = end ? (size_t)(end - text) - i : len - i;

		*line = no;
		e = !closed(text + i, n) ? ERR_FORMAT
					 : add_line(out, text + i, n);
		i += n + 1;
	}
	if (!e)
		e = check_branches(text, len, out->n, line);
	if (e)
		memset(out, 0, sizeof(*out));
	return e;
}
