/*
 * tui/text -- words on a screen: their language, their width, their safety.
 *
 * In      UTF-8 from anybody: lists, SIP, other people, translators
 * Out     the same text, printable, with a width in cells
 * Owns    the process's locale and the language of gettext
 * Never   derives the language of the screen from a successful setlocale,
 *         and never lets a control or a bidi character through
 */
#ifndef TUI_TEXT_H
#define TUI_TEXT_H

#include <libintl.h>

#include "base/base.h"

/* The door to gettext: _() translates, N_() only marks for extraction. */
#define _(s) gettext(s)
#define N_(s) s
/* The same words meant in another way: text_in_context() looks it up. */
#define NC_(context, s) context "\004" s

enum text_lang { LANG_EN, LANG_ZH, LANG_COUNT };

/*
 * Sets the locale: the user's if its codeset is UTF-8, else C.UTF-8, which
 * Debian always has; without this every wcwidth() is -1.  The language:
 * `lang` "en" or "zh" (also zh_CN...), else $WAIHU_LANG, else what LANGUAGE,
 * LC_ALL, LC_MESSAGES or LANG begin with.  Translations are looked for
 * beside the program (build tree), then under the installed prefix.
 */
void text_init(const char *lang);

/* Changes the language while running (help overlay, L). */
void text_set_lang(enum text_lang lang);
enum text_lang text_lang(void);
/* The translation of an N_ or NC_ text, without its context. */
const char *text_in_context(const char *msgid);

/*
 * One character as shown in one place: a base and its combining marks.
 * Returns the bytes consumed (0 only at the end of s), sets *width to its
 * cells (1 or 2) and out[] to what may be shown: "?" for malformed UTF-8,
 * C0, DEL, C1, bidi controls, zero-width and non-characters.
 */
enum { TEXT_CLUSTER = 16 };
size_t text_step(const char *s, char out[TEXT_CLUSTER], int *width);

/* Cells the text takes on a screen; a newline counts as '?'. */
int text_width(const char *s);

/* Bytes of the longest part of s that takes at most `cells` cells. */
size_t text_fit(const char *s, int cells);

/* Copies s made printable (UX 1.2), cut at a whole character. */
void text_clean(char *buf, size_t size, const char *s);

/* s clipped or padded with blanks to exactly `cells` cells. */
void text_pad(char *buf, size_t size, const char *s, int cells);

/*
 * Bytes of the next screen line of s at most `cells` wide: breaks at a
 * newline, at the last blank, or, between wide characters, anywhere but
 * before closing punctuation.  *next is where the following line begins.
 */
size_t text_wrap(const char *s, int cells, const char **next);

/* A file of data/: beside the build tree, else installed.  ERR_ABSENT. */
MUST_CHECK enum err tui_data_file(char *buf, size_t size, const char *name);

/* Code point to UTF-8; returns the bytes (0 = not a character). */
size_t text_from_cp(uint32_t cp, char out[5]);
/* UTF-8 to code point; returns the bytes, 0 when malformed or at the end. */
size_t text_to_cp(const char *s, uint32_t *cp);

/* What --phone takes: embedded, none, or the plain URI of a desk phone. */
bool text_is_phone(const char *v);
/* Is v of the words an option names, "en|zh"?  True of any v where they are
 * not all there are: "URL", "NAME|FILE". */
bool text_is_one_of(const char *words, const char *v);

#endif
