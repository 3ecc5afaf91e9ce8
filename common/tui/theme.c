#include "tui/style.h"

#include <stdlib.h>

#include "base/str.h"

#include <string.h>

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, OWN = -1 };

/* UX 1.2: eight roles, the header's state colours, four palettes. */
static const struct theme themes[] = {
	{ "mono", 0, {
		[ST_NORMAL]     = { OWN, OWN, 0 },
		[ST_DIM]        = { OWN, OWN, 0 },
		[ST_TITLE]      = { OWN, OWN, LOOK_BOLD },
		[ST_STATE]      = { OWN, OWN, LOOK_BOLD },
		[ST_OK]         = { OWN, OWN, 0 },
		[ST_WATCH]      = { OWN, OWN, LOOK_UNDERLINE },
		[ST_ALARM]      = { OWN, OWN, LOOK_REVERSE | LOOK_BOLD },
		[ST_INPUT]      = { OWN, OWN, LOOK_REVERSE },
		[ST_HEAD_READY] = { OWN, OWN, LOOK_REVERSE },
		[ST_HEAD_TALK]  = { OWN, OWN, LOOK_REVERSE | LOOK_BOLD },
		[ST_HEAD_HOLD]  = { OWN, OWN, LOOK_REVERSE | LOOK_UNDERLINE },
		[ST_HEAD_WRAP]  = { OWN, OWN, LOOK_REVERSE },
		[ST_HEAD_AWAY]  = { OWN, OWN, LOOK_BOLD },
		[ST_HEAD_LOST]  = { OWN, OWN, LOOK_REVERSE | LOOK_BOLD },
	} },
	{ "16", 8, {
		[ST_NORMAL]     = { OWN, OWN, 0 },
		[ST_DIM]        = { OWN, OWN, LOOK_DIM },
		[ST_TITLE]      = { CYAN, OWN, LOOK_BOLD },
		[ST_STATE]      = { OWN, OWN, LOOK_BOLD },
		[ST_OK]         = { GREEN, OWN, 0 },
		[ST_WATCH]      = { YELLOW, OWN, LOOK_BOLD },
		[ST_ALARM]      = { WHITE, RED, LOOK_BOLD },
		[ST_INPUT]      = { OWN, OWN, LOOK_REVERSE },
		[ST_HEAD_READY] = { BLACK, CYAN, 0 },
		[ST_HEAD_TALK]  = { BLACK, GREEN, 0 },
		[ST_HEAD_HOLD]  = { BLACK, YELLOW, 0 },
		[ST_HEAD_WRAP]  = { WHITE, MAGENTA, 0 },
		[ST_HEAD_AWAY]  = { WHITE, BLUE, 0 },
		[ST_HEAD_LOST]  = { WHITE, RED, LOOK_BOLD },
	} },
	{ "256", 256, {
		[ST_NORMAL]     = { OWN, OWN, 0 },
		[ST_DIM]        = { 245, OWN, 0 },
		[ST_TITLE]      = { 75, OWN, LOOK_BOLD },
		[ST_STATE]      = { OWN, OWN, LOOK_BOLD },
		[ST_OK]         = { 71, OWN, 0 },
		[ST_WATCH]      = { 214, OWN, LOOK_BOLD },
		[ST_ALARM]      = { 231, 160, LOOK_BOLD },
		[ST_INPUT]      = { 231, 24, 0 },
		[ST_HEAD_READY] = { 16, 80, 0 },
		[ST_HEAD_TALK]  = { 16, 77, 0 },
		[ST_HEAD_HOLD]  = { 16, 221, 0 },
		[ST_HEAD_WRAP]  = { 231, 90, 0 },
		[ST_HEAD_AWAY]  = { 231, 25, 0 },
		/* Its clock ticks: 15 and 1 are 12 bytes less a second. */
		[ST_HEAD_LOST]  = { 15, 1, LOOK_BOLD },
	} },
	/* Blue and orange only: told apart by every kind of colour vision. */
	{ "cb", 256, {
		[ST_NORMAL]     = { OWN, OWN, 0 },
		[ST_DIM]        = { 245, OWN, 0 },
		[ST_TITLE]      = { OWN, OWN, LOOK_BOLD },
		[ST_STATE]      = { OWN, OWN, LOOK_BOLD },
		[ST_OK]         = { 74, OWN, 0 },
		[ST_WATCH]      = { 214, OWN, LOOK_UNDERLINE },
		[ST_ALARM]      = { 16, 208, LOOK_BOLD },
		[ST_INPUT]      = { 231, 24, 0 },
		[ST_HEAD_READY] = { 16, 117, 0 },
		[ST_HEAD_TALK]  = { 231, 25, LOOK_BOLD },
		[ST_HEAD_HOLD]  = { 16, 222, 0 },
		[ST_HEAD_WRAP]  = { 16, 180, 0 },
		[ST_HEAD_AWAY]  = { 231, 240, 0 },
		[ST_HEAD_LOST]  = { 16, 208, LOOK_BOLD },
	} },
};

static const struct { char letter; const char *word; } styles[] = {
#define X(name, letter, word) { letter, word },
	STYLE_LIST(X)
#undef X
};

const struct theme *theme_find(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_LEN(themes); i++)
		if (str_eq(themes[i].name, name))
			return &themes[i];
	return NULL;
}

const struct theme *theme_choose(const char *asked, int colors)
{
	const char *no = getenv("NO_COLOR");
	const struct theme *t = theme_find(asked);

	if (!t)
		t = theme_find(getenv("WAIHU_COLOR"));
	if (!t && no && *no)
		t = theme_find("mono");
	if (!t)
		t = theme_find(colors >= 256 ? "256" : "16");
	if (t->colors > colors)
		t = theme_find(colors >= 8 ? "16" : "mono");
	return t;
}

bool theme_in_env(void)
{
	const char *no = getenv("NO_COLOR");

	return theme_find(getenv("WAIHU_COLOR")) || (no && *no);
}

/* Roles as themes name them, in the order of STYLE_LIST. */
static const char *const roles[ST_COUNT] = {
	[ST_NORMAL] = "normal", [ST_DIM] = "dim", [ST_TITLE] = "title",
	[ST_STATE] = "state", [ST_OK] = "ok", [ST_WATCH] = "watch",
	[ST_ALARM] = "alarm", [ST_INPUT] = "input",
	[ST_HEAD_READY] = "head-ready", [ST_HEAD_TALK] = "head-talk",
	[ST_HEAD_HOLD] = "head-hold", [ST_HEAD_WRAP] = "head-wrap",
	[ST_HEAD_AWAY] = "head-away", [ST_HEAD_LOST] = "head-lost",
};

const char *theme_role(size_t i)
{
	return i < ST_COUNT ? roles[i] : "";
}

static bool colour(const char *word, int16_t *out)
{
	static const char *const names[] = { "black", "red", "green",
		"yellow", "blue", "magenta", "cyan", "white" };
	uint64_t n;

	if (str_eq(word, "default")) {
		*out = OWN;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(word, names[i])) {
			*out = (int16_t)i;
			return true;
		}
	if (str_to_u64(word, 255, &n))
		return false;
	*out = (int16_t)n;
	return true;
}

static unsigned attribute(const char *word)
{
	return str_eq(word, "bold") ? LOOK_BOLD :
	       str_eq(word, "underline") ? LOOK_UNDERLINE :
	       str_eq(word, "reverse") ? LOOK_REVERSE :
	       str_eq(word, "dim") ? LOOK_DIM : 0;
}

static enum err look_of(const char *value, struct look *out)
{
	char copy[100], *save = NULL;
	bool on = false, fg = false;

	*out = (struct look){ OWN, OWN, 0 };
	if (!str_copy(copy, sizeof(copy), value))
		return ERR_FORMAT;
	for (char *w = strtok_r(copy, " ", &save); w;
	     w = strtok_r(NULL, " ", &save)) {
		unsigned attr = attribute(w);

		if (attr)
			out->attr |= attr;
		else if (str_eq(w, "on") && !on)
			on = true;
		else if (on ? !colour(w, &out->bg)
			    : fg || !colour(w, &out->fg))
			return ERR_FORMAT;
		else if (!on)
			fg = true;
	}
	return ERR_OK;
}

enum err theme_set(struct theme *t, const char *role, const char *value)
{
	struct look look;

	for (size_t i = 0; i < ST_COUNT; i++) {
		if (!str_eq(roles[i], role))
			continue;
		enum err e = look_of(value, &look);

		if (e)
			return e;
		t->look[i] = look;
		t->colors = MAX(t->colors, look.fg > 7 || look.bg > 7 ? 256
				: look.fg >= 0 || look.bg >= 0 ? 8 : 0);
		return ERR_OK;
	}
	return ERR_ABSENT;
}

char style_letter(enum style st)
{
	return st < ST_COUNT ? styles[st].letter : '?';
}

const char *style_word(enum style st)
{
	return st < ST_COUNT ? styles[st].word : "?";
}
