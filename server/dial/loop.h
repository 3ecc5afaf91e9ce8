/*
 * loop -- the one thread on which everything is decided.
 *
 * In      file descriptors to watch, timers to wait for
 * Out     calls of the handlers, one at a time
 * Owns    libre's main loop and our timer wheel below it (dial_tmr.c)
 * Never   blocks: a timer's handler over 50 ms is logged
 *
 * The loop belongs to the thread that called loop_init; no function here may
 * be called from another one.  Other threads push to a base/mpsc queue whose
 * eventfd is watched.
 */
#ifndef DIAL_LOOP_H
#define DIAL_LOOP_H

#include "base/base.h"

#define LOOP_READ  1
#define LOOP_WRITE 2

/* flags: what the descriptor is ready for (LOOP_READ | LOOP_WRITE). */
typedef void loop_fd_h(int flags, void *arg);
typedef void loop_timer_h(void *arg);
typedef void loop_signal_h(int sig);

struct loop_timer;

/* Once a thread; max_fds: the highest descriptor number ever used, plus 1
 * (descriptors are table indexes), 0 = the process's limit. */
MUST_CHECK enum err loop_init(unsigned max_fds);
/* Runs until loop_stop; on_signal is called on the loop for SIGINT, SIGTERM
 * and SIGALRM (NULL: they stop the loop). */
MUST_CHECK enum err loop_run(loop_signal_h *on_signal);
/* From a handler only; loop_run returns after the handler. */
void loop_stop(void);
/* After loop_run returned and everything on the loop was freed. */
void loop_fini(void);

/* Watches fd (not closed, not owned) until loop_unwatch_fd; a second call
 * replaces flags and handler.  Unwatch before closing the descriptor. */
MUST_CHECK enum err loop_watch_fd(int fd, int flags, loop_fd_h *h, void *arg);
void loop_unwatch_fd(int fd);

/* A timer at rest; its handler may start it again. */
MUST_CHECK enum err loop_timer_new(loop_timer_h *h, void *arg,
				   struct loop_timer **out);
/* Fires once, ms from now, never early; a running timer is set anew. */
void loop_timer_start(struct loop_timer *t, uint64_t ms);
void loop_timer_stop(struct loop_timer *t);
/* Returns NULL; safe from the timer's own handler. */
struct loop_timer *loop_timer_free(struct loop_timer *t);

#endif
