/*
 * tui/tty -- keys for --linear: plain bytes, no screen.
 *
 * In      bytes of standard input
 * Out     keys, one after the other; that the input is over
 * Owns    the terminal's mode while it is open
 * Never   moves a cursor or sends a colour
 *
 * From a terminal: each key at once, function keys by their usual sequences.
 * From a file or pipe: a line that names a key ("F8", "Enter") is that key,
 * any other line is typed text.
 */
#ifndef TUI_TTY_H
#define TUI_TTY_H

#include "base/base.h"

struct tty;

MUST_CHECK enum err tty_open(struct tty **out);
struct tty *tty_close(struct tty *t);	/* gives the terminal back; NULL */
void tty_suspend(struct tty *t);	/* as term_suspend (tui/term) */
/* Next key (tui/key) or 0; reads stdin, call when it is readable. */
uint32_t tty_key(struct tty *t);
/* The file or pipe has ended: do not wait for it any more. */
bool tty_over(const struct tty *t);

#endif
