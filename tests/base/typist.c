#include "base/typist.h"

#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/chance.h"
#include "base/str.h"
#include "tui/term.h"

static struct {
	struct term *term;
	int master, in, out;		/* fds; `in`, `out`: as they were    */
	int type;			/* the pipe's end we type into       */
	char text[160];			/* what is being typed               */
	size_t len, at;
	long keys, pasted;
} typist;

static const char *const pieces[] = {
	"\033[A", "\033OB", "\033[C", "\033OD", "\033[H", "\033[5~",
	"\033[6~", "\033OP", "\033OS", "\033[15~", "\033[24~", "\033[Z",
	"\033Op", "\033Oy", "\033OM", "\033[3~", "\033[1;5C", "\033[<0;9;9M",
	"\033]0;title\007", "\033[?2026;2$y", "\033[24;80R", "\033", "\033\033",
	"\033[", "\033O", "\033[2", "\033[200", "\033[200~", "\033[201~",
	"\033[201~", "\r", "\n", "\t", "\177", "\003", "\014", "\032", "\025",
	"\xc3\xa9", "\xe4\xbd\xa0\xe5\xa5\xbd", "\xf0\x9f\x8e\x89",
	"e\xcc\x81", "\xe2\x80\xae", "\xc2\x9b", "\xff", "\xff\xff\xfe",
	"\xc3", "\xe4\xbd", "\xf0\x9f", "\x80\x80", "\xc0\x80", "\xed\xa0\x80",
	"\xf4\x90\x80\x80", "\xef\xbf\xbf", "n", "1", "b", " ", "+86 138",
	"tomorrow 3pm", "\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b\xe5\x8d\x88",
};

bool typist_begin(void)
{
	struct winsize size = { .ws_row = 30, .ws_col = 100 };
	struct term_opts o = { .color = "mono", .glyphs = "ascii",
			       .esc_ms = -1 };
	int slave, ends[2];

	setenv("TERM", "xterm", 1);
	fflush(stdout);
	typist.in = dup(STDIN_FILENO);
	typist.out = dup(STDOUT_FILENO);
	if (openpty(&typist.master, &slave, NULL, NULL, &size) || pipe(ends))
		return false;
	dup2(slave, STDIN_FILENO);
	dup2(slave, STDOUT_FILENO);
	if (term_open(&o, &typist.term))
		return false;
	/* The terminal is open; what is typed comes at once by a pipe: a pty
	 * hands it over when the kernel likes, and no run would be another's
	 * equal. */
	dup2(ends[0], STDIN_FILENO);
	typist.type = ends[1];
	return fcntl(typist.type, F_SETFL, O_NONBLOCK) == 0 &&
	       fcntl(typist.master, F_SETFL, O_NONBLOCK) == 0;
}

void typist_end(void)
{
	char drop[4096];

	while (read(typist.master, drop, sizeof(drop)) > 0)
		;
	typist.term = term_close(typist.term);
	fflush(stdout);
	dup2(typist.in, STDIN_FILENO);
	dup2(typist.out, STDOUT_FILENO);
}

static void add(const char *s, size_t n)
{
	if (typist.len + n > sizeof(typist.text))
		return;
	memcpy(typist.text + typist.len, s, n);
	typist.len += n;
}

static void add_piece(void)
{
	const char *s = pieces[chance(ARRAY_LEN(pieces))];

	add(s, strlen(s));
}

static void add_garbage(void)
{
	for (uint32_t n = 1 + chance(8); n; n--)
		add(&(char){ (char)chance(256) }, 1);
}

/* Something new to type: a paste of anything, garbage, or pieces. */
static void compose(void)
{
	typist.len = typist.at = 0;
	switch (chance(8)) {
	case 0:
		add("\033[200~", 6);
		for (uint32_t n = chance(6); n; n--)
			chance(4) ? add_piece() : add_garbage();
		add("\033[201~", 6);
		break;
	case 1:
		add_garbage();
		break;
	default:
		for (uint32_t n = 1 + chance(3); n; n--)
			add_piece();
	}
}

void typist_type(void)
{
	size_t n;

	if (typist.at == typist.len)
		compose();
	/* As a rule whole; else cut at any byte. */
	n = typist.len - typist.at;
	if (chance(2))
		n = 1 + chance((uint32_t)n);
	if (write(typist.type, typist.text + typist.at, n) != (ssize_t)n) {
		fprintf(stderr, "typist: the keyboard is stuck\n");
		exit(1);
	}
	typist.at += n;
	if (chance(1000) == 0)
		term_flush(typist.term);
}

static bool is_sound(uint32_t key)
{
	uint32_t cp = key & ~(uint32_t)TK_PASTED;

	if (key & TK_PASTED)
		return key_is_text(key) && cp < TK_FIRST;
	if (key > TK_FIRST)
		return key < TK_LAST && key != TK_DIGIT && key != TK_UPDOWN &&
		       key != TK_ARROWS;
	return cp >= ' ' && cp < 0x110000 && (cp < 0xd800 || cp > 0xdfff);
}

uint32_t typist_key(void)
{
	uint32_t key = term_key(typist.term);

	if (!key)
		return TK_NONE;
	if (!is_sound(key)) {
		fprintf(stderr, "typist: the terminal made the key %#x\n",
			(unsigned)key);
		exit(1);
	}
	typist.keys++;
	typist.pasted += (key & TK_PASTED) != 0;
	return key;
}

long typist_keys(long *pasted)
{
	*pasted = typist.pasted;
	return typist.keys;
}
