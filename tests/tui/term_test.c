/*
 * The terminal's door on a real pty, with terminals of several kinds at its
 * other end: one that answers all questions, one that knows no synchronized
 * output, one that is mute, one that answers late, an old one.
 */
#include "base/t.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "tui/loop.h"
#include "tui/term.h"
#include "tui/text.h"

enum { OUT_MAX = 1 << 18, PATIENCE_S = 60, ROWS = 24, COLS = 80 };

struct kind {
	const char *what, *term, *glyphs;
	const char *sync;	/* its answer to DECRQM, NULL: none          */
	int cells;		/* of a rule, as it counts; 0: does not say  */
	bool late;		/* it answers when the program has gone on   */
	bool asked, used;	/* the question comes; the marks come        */
};

static const struct kind kinds[] = {
	{ "one that can", "xterm-256color", "auto", "\033[?2026;2$y", 1, false,
	  true, true },
	{ "one whose mode is set for good", "tmux-256color", "auto",
	  "\033[?2026;3$y", 1, false, true, false },
	{ "one that does not know it", "xterm", "auto", "\033[?2026;0$y", 1,
	  false, true, false },
	{ "one that knows no such question", "xterm-256color", "auto", NULL, 2,
	  false, true, false },
	{ "a mute one", "xterm-256color", "auto", NULL, 0, false, true,
	  false },
	{ "one behind a slow link", "xterm-256color", "auto",
	  "\033[?2026;2$y", 1, true, true, false },
	{ "a vt100 is not asked", "vt100", "auto", "\033[?2026;2$y", 1, false,
	  false, false },
	{ "nor the console", "linux", "auto", NULL, 1, false, false, false },
	{ "nor one whose glyphs are given", "xterm-256color", "ascii",
	  "\033[?2026;2$y", 0, false, false, false },
};

/* ---- at the one end: a small program ---------------------------------------- */

/* Draws, takes letters until 'q', and says which ones by its exit status:
 * 0 if they were "aq" and nothing else. */
static int program(const struct kind *k)
{
	struct term_opts o = { .color = "mono", .glyphs = k->glyphs };
	char got[16] = "";
	struct term *t;
	struct grid g;
	uint32_t key = 0;

	setenv("TERM", k->term, 1);
	text_init("en");
	if (term_open(&o, &t) || grid_init(&g, ROWS, COLS))
		return 90;
	for (int n = 0; key != 'q'; n++) {
		grid_erase(&g);
		for (int y = 0; y < g.rows; y++)
			grid_putf(&g, y, 0, 0, ST_NORMAL, "row %d keys %s", y,
				  got);
		grid_cursor(&g, 0, 0, true);
		(void)term_draw(t, &g);
		(void)loop_wait(STDIN_FILENO, -1, -1, 0, 200);
		while ((key = term_key(t)) && key != 'q')
			if (key != TK_RESIZE && strlen(got) < 10)
				str_add(got, sizeof(got), "%c",
					key < 0x80 ? (int)key : '?');
	}
	grid_fini(&g);
	term_close(t);
	return str_eq(got, "a") ? 0 : 1;
}

/* ---- at the other: the terminal ----------------------------------------------- */

static bool say(int fd, const char *s)
{
	return write(fd, s, strlen(s)) == (ssize_t)strlen(s);
}

static void answer(const struct kind *k, int fd)
{
	char cpr[32];

	if (k->sync && k->asked)
		T_OK(say(fd, k->sync), "an answer");
	str_fmt(cpr, sizeof(cpr), "\033[1;%dR", 1 + k->cells);
	for (int i = 0; i < 2 && k->cells; i++)
		T_OK(say(fd, cpr), "an answer");
}

static size_t count(const char *in, const char *what)
{
	size_t n = 0;

	for (; (in = strstr(in, what)); in += strlen(what))
		n++;
	return n;
}

/* Plays the terminal until the program ends; its status.  What it wrote is in
 * out, as text. */
static int play(const struct kind *k, int fd, pid_t pid, char *out)
{
	bool answered = false, typed = false;
	time_t end = time(NULL) + PATIENCE_S;
	size_t len = 0;
	int status;

	while (len < OUT_MAX - 1) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		T_OK(time(NULL) < end, "%s: the program ends", k->what);
		if (poll(&p, 1, 100) <= 0)
			continue;
		ssize_t n = read(fd, out + len, OUT_MAX - 1 - len);

		if (n <= 0)
			break;
		len += (size_t)n;
		out[len] = '\0';
		/* A late one speaks when the screen is there already. */
		bool drawn = strstr(out, "row 5") != NULL;

		if (!answered && (k->late ? drawn : strstr(out, "\033[6n") != NULL)) {
			answer(k, fd);
			answered = true;
		}
		if (!typed && drawn && (answered || !k->cells)) {
			T_OK(say(fd, "aq"), "two keys");
			typed = true;
		}
	}
	T_OK(waitpid(pid, &status, 0) == pid && WIFEXITED(status),
	     "%s: it exits", k->what);
	return WEXITSTATUS(status);
}

static void test_kinds(void **state UNUSED)
{
	char *out = calloc(1, OUT_MAX);

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct kind *k = &kinds[i];
		struct winsize ws = { .ws_row = ROWS, .ws_col = COLS };
		int fd, status;
		pid_t pid = forkpty(&fd, NULL, NULL, &ws);

		if (!pid)
			_exit(program(k));
		T_OK(pid > 0, "a pty");
		*out = '\0';
		status = play(k, fd, pid, out);
		close(fd);
		T_OK(!status, "%s: 'a' and 'q' are all it was typed (%d)",
		     k->what, status);
		T_OK((strstr(out, "\033[?2026$p") != NULL) == k->asked,
		     "%s: %s", k->what, k->asked ? "is asked" : "is not asked");
		size_t on = count(out, "\033[?2026h");

		T_OK((on > 0) == k->used, "%s: %zu frames are marked", k->what,
		     on);
		T_OK(on == count(out, "\033[?2026l"), "%s: each is ended",
		     k->what);
		T_OK(count(out, "2026") == on * 2 + k->asked,
		     "%s: nothing of it is printed", k->what);
	}
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_kinds) };

	signal(SIGPIPE, SIG_IGN);
	return T_RUN(tests);
}
