#include "tui/edit.h"

#include <string.h>

#include "base/str.h"

void edit_init(struct edit *e, size_t max_bytes)
{
	memset(e, 0, sizeof(*e));
	e->max = MIN(max_bytes, (size_t)EDIT_SIZE - 1);
}

void edit_set(struct edit *e, const char *text)
{
	text_clean(e->text, e->max + 1, text);
	e->at = strlen(e->text);
}

/* Start of the shown character before the cursor. */
static size_t before(const struct edit *e)
{
	char c[TEXT_CLUSTER];
	size_t last = 0, n;
	int w;

	for (size_t i = 0; i < e->at; i += n) {
		last = i;
		n = text_step(e->text + i, c, &w);
		if (!n)
			break;
	}
	return last;
}

static void cut(struct edit *e, size_t from, size_t to)
{
	memmove(e->text + from, e->text + to, strlen(e->text + to) + 1);
	e->at = from;
}

static bool insert(struct edit *e, uint32_t cp)
{
	char c[5], shown[TEXT_CLUSTER], probe[8] = "x";
	size_t n = text_from_cp(cp, c), len = strlen(e->text);
	int w;

	if (!n || len + n > e->max)
		return true;
	text_step(c, shown, &w);
	/* A combining mark may follow a base; all else must be printable. */
	str_add(probe, sizeof(probe), "%s", c);
	if (str_eq(shown, "?") && cp != '?' &&
	    !(e->at && text_width(probe) == 1))
		return true;
	memmove(e->text + e->at + n, e->text + e->at, len - e->at + 1);
	memcpy(e->text + e->at, c, n);
	e->at += n;
	return true;
}

static size_t word_start(const struct edit *e)
{
	size_t i = e->at;

	while (i && e->text[i - 1] == ' ')
		i--;
	while (i && e->text[i - 1] != ' ')
		i--;
	return i;
}

bool edit_key(struct edit *e, uint32_t key)
{
	char c[TEXT_CLUSTER];
	size_t n;
	int w;

	if (key_is_text(key))
		return insert(e, key & ~(uint32_t)TK_PASTED);
	n = text_step(e->text + e->at, c, &w);
	switch (key) {
	case TK_BACKSPACE:
		cut(e, before(e), e->at);
		return true;
	case TK_DELETE:
		cut(e, e->at, e->at + n);
		return true;
	case TK_LEFT:
		e->at = before(e);
		return true;
	case TK_RIGHT:
		e->at += n;
		return true;
	case TK_HOME:
		e->at = 0;
		return true;
	case TK_END:
		e->at = strlen(e->text);
		return true;
	case TK_CTRL_U:
		cut(e, 0, e->at);
		return true;
	case TK_CTRL_W:
		cut(e, word_start(e), e->at);
		return true;
	default:
		return false;
	}
}

static void shown_text(const struct edit *e, char *buf, size_t size,
		       size_t *at)
{
	if (!e->secret) {
		str_copy(buf, size, e->text);
		*at = e->at;
		return;
	}
	size_t len = 0, cur = 0, n;
	char c[TEXT_CLUSTER];
	int w;

	for (size_t i = 0; (n = text_step(e->text + i, c, &w)); i += n) {
		if (i < e->at)
			cur++;
		if (len + 1 < size)
			buf[len++] = '*';
	}
	buf[len] = '\0';
	*at = MIN(cur, len);
}

void edit_draw(struct grid *g, int y, int x, int width, const struct edit *e,
	       bool focused)
{
	char buf[EDIT_SIZE], head[EDIT_SIZE], c[TEXT_CLUSTER];
	const char *from = buf;
	size_t at;
	int cur, w;

	shown_text(e, buf, sizeof(buf), &at);
	str_fmt(head, sizeof(head), "%.*s", (int)at, buf);
	cur = text_width(head);
	while (cur >= width && *from) {
		from += text_step(from, c, &w);
		cur -= w;
	}
	grid_put(g, y, x, width, focused ? ST_INPUT : ST_NORMAL, from);
	if (focused)
		grid_cursor(g, y, x + MIN(cur, MAX(0, width - 1)), true);
}

/* The line and column of the cursor when wrapped at `cells`. */
static int cursor_line(const char *text, size_t at, int cells, int *col)
{
	const char *s = text, *next;
	int line = 0;

	*col = 0;
	for (; *s; s = next, line++) {
		size_t len = text_wrap(s, cells, &next);
		char part[EDIT_SIZE];

		if ((size_t)(next - text) > at || !*next) {
			size_t in = MIN(at - (size_t)(s - text), EDIT_SIZE - 1);

			str_fmt(part, sizeof(part), "%.*s",
				(int)MIN(in, len + 1), s);
			*col = text_width(part);
			if (*col >= cells) {
				*col = 0;
				line++;
			}
			return line;
		}
	}
	return line;
}

void edit_draw_box(struct grid *g, struct grid_box b, const struct edit *e,
		   bool focused)
{
	const char *s = e->text, *next;
	int col, cur = cursor_line(e->text, e->at, b.w, &col);
	int skip = focused ? MAX(0, cur - b.h + 1) : 0;

	if (b.w < 1 || b.h < 1)
		return;
	/* The whole field at once: a first letter then costs one cell. */
	grid_fill(g, b, focused ? ST_INPUT : ST_NORMAL);
	for (int line = 0; *s && line - skip < b.h; s = next, line++) {
		size_t len = text_wrap(s, b.w, &next);
		char part[EDIT_SIZE];

		if (line < skip)
			continue;
		str_fmt(part, sizeof(part), "%.*s", (int)len, s);
		grid_put(g, b.y + line - skip, b.x, b.w,
			 focused ? ST_INPUT : ST_NORMAL, part);
	}
	if (focused)
		grid_cursor(g, b.y + cur - skip, b.x + MIN(col, b.w - 1), true);
}
