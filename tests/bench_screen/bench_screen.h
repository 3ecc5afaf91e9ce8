/*
 * bench_screen -- what the screens cost: bytes, times, the server's CPU.
 *
 * A real server (the house, in a child process) whose seats are filled by
 * inputs to its floor; real screens, each in a pseudo terminal of its own; a
 * relay between them that counts bytes and may hold them back, as a link
 * does.
 */
#ifndef TESTS_BENCH_SCREEN_H
#define TESTS_BENCH_SCREEN_H

#include "base/base.h"

#include <sys/types.h>

int64_t mono_us(void);

/* ---- the server (bench_house.c) ------------------------------------------ */

struct house_proc {
	pid_t pid;
	int to, from;		/* pipes: a command a line, an answer a line */
};
/* Forks; false: it did not open. */
bool house_open(struct house_proc *h, const char *conf);
/*
 * "seats N"; "calls": puts each on a call, answers how many are; "churn N"
 * changes of their states a second; "start CAMPAIGN";
 * "line AGENT": a phone that is up, and ready; "ready AGENT", "rest AGENT":
 * not ready, a break.  The answer is the time [us] before the floor was told;
 * to "cpu", the CPU of the process so far [us].
 */
int64_t house_ask(struct house_proc *h, const char *text);
void house_close(struct house_proc *h);

/* ---- a relay on a local socket (bench_relay.c) ---------------------------- */

struct relay;
/* Listens at `path`, connects to `to`; holds each byte back for delay_ms. */
struct relay *relay_new(const char *path, const char *to, int delay_ms);
void relay_free(struct relay *r);
/* Bytes so far: to the server, to the screen. */
void relay_bytes(const struct relay *r, uint64_t *up, uint64_t *down);
void relays_turn(int64_t now_us);

/* ---- screens (bench_term.c) ------------------------------------------------ */

enum { TERM_KEEP = 1 << 16 };
struct term {
	pid_t pid;
	int fd;
	uint64_t bytes, reads;
	int64_t first_us, last_us;	/* of what it wrote since eye_mark */
	uint64_t marked;		/* bytes since eye_mark             */
	char tail[TERM_KEEP];		/* the last it wrote                 */
	size_t tail_len;
};
bool eye_open(struct term *t, const char *const argv[], int cols, int rows);
void eye_close(struct term *t);
void eye_mark(struct term *t);
void eye_type(struct term *t, const char *keys);
bool eye_saw(const struct term *t, const char *text);	/* since the mark */
/* Runs all terminals and relays for so long. */
void run_ms(int64_t ms);
/* Until the screen has been quiet for quiet_ms; at most 5 s. */
void run_quiet(struct term *t, int64_t quiet_ms);
/* Until n bytes were written since the mark, at most ms: its time [us] or 0. */
int64_t run_until(struct term *t, uint64_t n, int64_t ms);
bool run_until_saw(struct term *t, const char *text, int64_t ms);

#endif
