#include "tui/text.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/str.h"

#define TEXT_DOMAIN "waihu"

/* First code, last code: never shown (controls, bidi, zero width, none). */
static const struct { uint32_t lo, hi; } hidden[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad },
	{ 0x034f, 0x034f }, { 0x061c, 0x061c }, { 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f },
	{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 },
	{ 0xfdd0, 0xfdef }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0xfffe, 0xffff },
	{ 0xe0000, 0xe0fff },
};

static enum text_lang current;

/* Folders beside and above the program, then the installed one. */
static bool find_catalog(char *dir, size_t size)
{
	char exe[PATH_MAX], mo[PATH_MAX + 64];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	for (int up = 0; n > 0 && up < 4; up++) {
		exe[n] = '\0';
		char *slash = strrchr(exe, '/');

		if (!slash || slash == exe)
			break;
		*slash = '\0';
		n = slash - exe;
		str_fmt(dir, size, "%s/locale", exe);
		str_fmt(mo, sizeof(mo), "%s/zh_CN/LC_MESSAGES/%s.mo", dir,
			TEXT_DOMAIN);
		if (!access(mo, R_OK))
			return true;
	}
	return str_fmt(dir, size, "%s/share/locale", WAIHU_PREFIX);
}

static enum text_lang lang_from(const char *asked)
{
	static const char *const names[] = {
		"WAIHU_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG",
	};

	if (asked && *asked)
		return strncmp(asked, "zh", 2) ? LANG_EN : LANG_ZH;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *v = getenv(names[i]);

		if (v && *v)
			return strncmp(v, "zh", 2) ? LANG_EN : LANG_ZH;
	}
	return LANG_EN;
}

void text_init(const char *lang)
{
	enum text_lang want = lang_from(lang);
	char dir[PATH_MAX];

	if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8"))
		setlocale(LC_CTYPE, "C.UTF-8");
	/* gettext stays silent in "C", but not in "C.UTF-8" (UX 0.3). */
	setlocale(LC_MESSAGES, "C.UTF-8");
	if (find_catalog(dir, sizeof(dir)))
		bindtextdomain(TEXT_DOMAIN, dir);
	bind_textdomain_codeset(TEXT_DOMAIN, "UTF-8");
	text_set_lang(want);
}

void text_set_lang(enum text_lang lang)
{
	current = lang;
	setenv("LANGUAGE", lang == LANG_ZH ? "zh_CN" : "en", 1);
	/* textdomain() also tells gettext to forget what it looked up. */
	textdomain(TEXT_DOMAIN);
}

enum text_lang text_lang(void)
{
	return current;
}

const char *text_in_context(const char *msgid)
{
	const char *s = gettext(msgid), *mark = strchr(s, '\004');

	return mark ? mark + 1 : s;
}

size_t text_from_cp(uint32_t cp, char out[5])
{
	size_t n = 0;

	if (cp >= 0xd800 && cp <= 0xdfff)
		cp = 0x110000;
	if (cp < 0x80) {
		out[n++] = (char)cp;
	} else if (cp < 0x800) {
		out[n++] = (char)(0xc0 | cp >> 6);
		out[n++] = (char)(0x80 | (cp & 0x3f));
	} else if (cp < 0x10000) {
		out[n++] = (char)(0xe0 | cp >> 12);
		out[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[n++] = (char)(0x80 | (cp & 0x3f));
	} else if (cp < 0x110000) {
		out[n++] = (char)(0xf0 | cp >> 18);
		out[n++] = (char)(0x80 | (cp >> 12 & 0x3f));
		out[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[n++] = (char)(0x80 | (cp & 0x3f));
	}
	out[n] = '\0';
	return n;
}

size_t text_to_cp(const char *s, uint32_t *cp)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t n = u[0] < 0x80 ? 1 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;

	if (!u[0])
		return 0;
	for (size_t i = 1; i < n; i++)
		if (!u[i])
			return 0;
	if (!str_is_utf8(s, n))
		return 0;
	*cp = n == 1 ? u[0] : u[0] & (0xff >> (n + 1));
	for (size_t i = 1; i < n; i++)
		*cp = *cp << 6 | (u[i] & 0x3f);
	return n;
}

static bool is_hidden(uint32_t cp)
{
	if ((cp & 0xfffe) == 0xfffe)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
		if (cp >= hidden[i].lo && cp <= hidden[i].hi)
			return true;
	return false;
}

size_t text_step(const char *s, char out[TEXT_CLUSTER], int *width)
{
	uint32_t cp;
	size_t n = text_to_cp(s, &cp), used;
	int w = n && !is_hidden(cp) ? wcwidth((wchar_t)cp) : -1;

	*width = 1;
	out[0] = '\0';
	if (!*s)
		return 0;
	if (w <= 0) {
		memcpy(out, "?", 2);
		return n ? n : 1;
	}
	*width = w;
	memcpy(out, s, n);
	used = n;
	/* Marks that sit on the base; what does not fit is left out. */
	for (size_t at = n; (n = text_to_cp(s + at, &cp)); at += n, used = at) {
		if (is_hidden(cp) || wcwidth((wchar_t)cp) != 0)
			break;
		if (at + n < TEXT_CLUSTER)
			memcpy(out + at, s + at, n);
		else
			continue;
		out[at + n] = '\0';
	}
	out[MIN(used, (size_t)TEXT_CLUSTER - 1)] = '\0';
	if (used >= TEXT_CLUSTER)
		while (*out && !str_is_utf8(out, strlen(out)))
			out[strlen(out) - 1] = '\0';
	return used;
}

int text_width(const char *s)
{
	char c[TEXT_CLUSTER];
	int cells = 0, w;

	for (size_t n; (n = text_step(s, c, &w)); s += n)
		cells += w;
	return cells;
}

size_t text_fit(const char *s, int cells)
{
	char c[TEXT_CLUSTER];
	size_t at = 0;
	int w;

	for (size_t n; (n = text_step(s + at, c, &w)); at += n) {
		cells -= w;
		if (cells < 0)
			break;
	}
	return at;
}

void text_clean(char *buf, size_t size, const char *s)
{
	char c[TEXT_CLUSTER];
	size_t len = 0;
	int w;

	for (size_t n; s && (n = text_step(s, c, &w)); s += n) {
		size_t k = strlen(c);

		if (len + k >= size)
			break;
		memcpy(buf + len, c, k);
		len += k;
	}
	if (size)
		buf[len] = '\0';
}

void text_pad(char *buf, size_t size, const char *s, int cells)
{
	char cut[1024];

	str_copy(cut, sizeof(cut), s);
	cut[text_fit(cut, cells)] = '\0';
	text_clean(buf, size, cut);
	for (int w = text_width(buf); w < cells; w++)
		str_add(buf, size, " ");
}

/* Punctuation that may not begin a line. */
static bool closes(const char *s)
{
	static const char *const marks[] = {
		"，", "。", "、", "：", "；", "？", "！", "」", "』", "）", "》",
	};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (!strncmp(s, marks[i], strlen(marks[i])))
			return true;
	return false;
}

size_t text_wrap(const char *s, int cells, const char **next)
{
	char c[TEXT_CLUSTER];
	size_t at = 0, cut = 0, resume = 0, n;
	int used = 0, w, last = 0;

	for (; s[at] && s[at] != '\n'; at += n) {
		n = text_step(s + at, c, &w);
		if (s[at] == ' ' && s[at + 1] != ' ') {
			cut = at;
			resume = at + 1;
		} else if (at && (w == 2 || last == 2) && !closes(s + at)) {
			cut = resume = at;
		}
		if (used + w > cells) {
			/* A word longer than the line is cut. */
			if (!resume || !cut)
				cut = resume = at ? at : n;
			*next = s + resume;
			return cut;
		}
		used += w;
		last = w;
	}
	*next = s + at + (s[at] == '\n');
	return at;
}

bool text_is_phone(const char *v)
{
	return str_eq(v, "embedded") || str_eq(v, "none") ||
	       (!strncmp(v, "sip:", 4) && v[4] && !strpbrk(v, " \t\"<>;?"));
}

bool text_is_one_of(const char *words, const char *v)
{
	size_t n = strlen(v);

	if (!words || !strchr(words, '|'))
		return true;
	for (const char *p = words; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			return true;
	for (const char *w = words; w; w = strchr(w, '|')) {
		w += *w == '|';
		if (n && !strncmp(w, v, n) && (w[n] == '|' || !w[n]))
			return true;
	}
	return false;
}
