/* bench_term -- screens in pseudo terminals; what they write, and when. */
#include "bench_screen/bench_screen.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TERMS = 64, STEP_MS = 1 };

static struct term *all[TERMS];

bool eye_open(struct term *t, const char *const argv[], int cols, int rows)
{
	struct winsize w = { .ws_row = (unsigned short)rows,
			     .ws_col = (unsigned short)cols };

	memset(t, 0, sizeof(*t));
	t->pid = forkpty(&t->fd, NULL, NULL, &w);
	if (t->pid < 0)
		return false;
	if (!t->pid) {
		setenv("TERM", "xterm-256color", 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		execv(argv[0], (char *const *)argv);
		_exit(127);
	}
	fcntl(t->fd, F_SETFL, O_NONBLOCK);
	fcntl(t->fd, F_SETFD, FD_CLOEXEC);
	for (int i = 0; i < TERMS; i++)
		if (!all[i]) {
			all[i] = t;
			return true;
		}
	return false;
}

void eye_close(struct term *t)
{
	for (int i = 0; i < TERMS; i++)
		if (all[i] == t)
			all[i] = NULL;
	kill(t->pid, SIGTERM);
	for (int i = 0; i < 300 && waitpid(t->pid, NULL, WNOHANG) == 0; i++) {
		char buf[4096];

		while (read(t->fd, buf, sizeof(buf)) > 0)
			;
		usleep(10000);
	}
	close(t->fd);
}

void eye_mark(struct term *t)
{
	t->first_us = t->last_us = 0;
	t->marked = 0;
	t->tail_len = 0;
	t->tail[0] = '\0';
}

void eye_type(struct term *t, const char *keys)
{
	if (write(t->fd, keys, strlen(keys)) < 0)
		perror("bench_screen: a terminal");
}

bool eye_saw(const struct term *t, const char *text)
{
	return strstr(t->tail, text) != NULL;
}

/* A terminal answers where its cursor is: the probes are one cell wide. */
static void replies(struct term *t, const char *buf, size_t n)
{
	const char *at = buf;

	while ((at = memmem(at, n - (size_t)(at - buf), "\033[6n", 4))) {
		eye_type(t, "\033[1;2R");
		at += 4;
	}
}

static void eye_read(struct term *t, int64_t now_us)
{
	char buf[16384];
	ssize_t n;

	while ((n = read(t->fd, buf, sizeof(buf))) > 0) {
		size_t keep = MIN((size_t)n, TERM_KEEP - 1 - t->tail_len);

		replies(t, buf, (size_t)n);
		if (!t->first_us)
			t->first_us = now_us;
		t->last_us = now_us;
		t->bytes += (size_t)n;
		t->marked += (size_t)n;
		t->reads++;
		memcpy(t->tail + t->tail_len, buf, keep);
		t->tail_len += keep;
		t->tail[t->tail_len] = '\0';
	}
}

static void turn(void)
{
	struct pollfd p[TERMS];
	unsigned n = 0;
	int64_t now;

	for (int i = 0; i < TERMS; i++)
		if (all[i])
			p[n++] = (struct pollfd){ all[i]->fd, POLLIN, 0 };
	(void)poll(p, n, STEP_MS);
	now = mono_us();
	for (int i = 0; i < TERMS; i++)
		if (all[i])
			eye_read(all[i], now);
	relays_turn(now);
}

void run_ms(int64_t ms)
{
	int64_t end = mono_us() + ms * 1000;

	while (mono_us() < end)
		turn();
}

void run_quiet(struct term *t, int64_t quiet_ms)
{
	int64_t end = mono_us() + 5000000;

	while (mono_us() < end &&
	       (!t->last_us || mono_us() - t->last_us < quiet_ms * 1000))
		turn();
}

int64_t run_until(struct term *t, uint64_t n, int64_t ms)
{
	int64_t end = mono_us() + ms * 1000;

	while (mono_us() < end && t->marked < n)
		turn();
	return t->marked < n ? 0 : t->last_us;
}

bool run_until_saw(struct term *t, const char *text, int64_t ms)
{
	int64_t end = mono_us() + ms * 1000;

	while (mono_us() < end && !eye_saw(t, text))
		turn();
	return eye_saw(t, text);
}
