/*
 * tui/style -- what a piece of text means; the palette says how that looks.
 *
 * In      a meaning; a palette asked for, a user's own colours
 * Out     how it looks on this terminal
 * Owns    the list of meanings, the built-in palettes
 * Never   draws
 *
 * Drawing code names a meaning (ST_WATCH), never a colour.  State is always
 * a word too, alarms also carry `!`: colour is never the only sign.
 */
#ifndef TUI_STYLE_H
#define TUI_STYLE_H

#include "base/base.h"

/*      style           letter  meaning                                       */
#define STYLE_LIST(X)                                                         \
	X(ST_NORMAL,     '.', "normal")                                       \
	X(ST_DIM,        'd', "dim")                                          \
	X(ST_TITLE,      't', "title")                                        \
	X(ST_STATE,      's', "state")        /* a state's word in a list  */ \
	X(ST_OK,         'o', "ok")                                           \
	X(ST_WATCH,      'w', "watch")                                        \
	X(ST_ALARM,      'a', "alarm")                                        \
	X(ST_INPUT,      'i', "input")        /* focus, text being typed   */ \
	X(ST_HEAD_READY, 'R', "header ready")                                 \
	X(ST_HEAD_TALK,  'T', "header on call")                               \
	X(ST_HEAD_HOLD,  'H', "header hold, ringing, preview")                \
	X(ST_HEAD_WRAP,  'W', "header wrap-up")                               \
	X(ST_HEAD_AWAY,  'N', "header not ready, break")                      \
	X(ST_HEAD_LOST,  'L', "header server or phone lost")

enum style {
#define X(name, letter, word) name,
	STYLE_LIST(X)
#undef X
	ST_COUNT
};

enum { LOOK_BOLD = 1, LOOK_UNDERLINE = 2, LOOK_REVERSE = 4, LOOK_DIM = 8 };

struct look {
	int16_t  fg, bg;	/* colour number, -1 = the terminal's own    */
	unsigned attr;		/* LOOK_*                                    */
};

struct theme {
	const char  *name;	/* mono, 16, 256, cb                         */
	int          colors;	/* colours the terminal must have            */
	struct look  look[ST_COUNT];
};

/* NULL for an unknown name. */
const struct theme *theme_find(const char *name);

/*
 * One role of a theme by its word in STYLE_LIST with `-` for blanks
 * ("head-ready", "watch"), as "214 on 16 bold", "white on red", "underline":
 * colours are 0..255, the eight names, or default.  ERR_ABSENT: no such role;
 * ERR_FORMAT: the value.
 */
MUST_CHECK enum err theme_set(struct theme *t, const char *role,
			      const char *value);
/* The i-th role as theme_set calls it, "" after the last. */
const char *theme_role(size_t i);

/*
 * Decides the palette: `asked` (--color), then $WAIHU_COLOR, then NO_COLOR
 * (set and not empty: mono), then what the terminal has.  "auto" or NULL
 * counts as not asked; a palette the terminal cannot show steps down.
 */
const struct theme *theme_choose(const char *asked, int colors);

/* Does the environment say (as above)?  Then colours of files do not count. */
bool theme_in_env(void);

/*
 * A theme by its name (the user's themes folder, then data/themes) or, with a
 * slash in it, by its path.  Roles it does not name are those of the palette
 * it says it is based on, else of "16".  False: why is on stderr, after the
 * program's name.
 */
MUST_CHECK bool theme_read(const char *program, const char *name,
			   struct theme *out);

/* The style's letter in dumps and its word. */
char style_letter(enum style st);
const char *style_word(enum style st);

#endif
