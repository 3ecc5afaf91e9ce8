/*
 * tui/loop -- waiting for a key, the net, another descriptor, or a time.
 *
 * Both programs turn like this: wait, let what came change the model, then
 * recalculate and draw once.
 */
#ifndef TUI_LOOP_H
#define TUI_LOOP_H

#include "base/base.h"

enum {
	LOOP_KEY  = 1,		/* keys can be read, or the size changed     */
	LOOP_NET  = 2,
	LOOP_AUX  = 4,
	LOOP_TICK = 8,		/* the time has come                         */
	LOOP_GONE = 16		/* the terminal is gone: leave               */
};

/* What update functions return; or-ed. */
enum { DO_NOTHING = 0, DO_RECALC = 1, DO_REDRAW = 2, DO_QUIT = 4,
       DO_SUSPEND = 64 };

/*
 * Waits until one of the descriptors (-1 = none) is readable or now_ms
 * reaches until_ms (monotonic; -1 = for ever).  Returns LOOP_*, at least
 * one; an interrupting signal counts as LOOP_KEY.
 */
unsigned loop_wait(int key_fd, int net_fd, int aux_fd, int64_t now_ms,
		   int64_t until_ms);

#endif
