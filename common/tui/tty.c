#include "tui/tty.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/str.h"
#include "tui/key.h"

enum { KEYS_MAX = 1024 };

struct tty {
	bool is_tty, over;
	struct termios was;
	char in[1024];			/* bytes not yet keys                */
	size_t len;
	uint32_t key[KEYS_MAX];
	size_t head, count;
};

/* What VT220 and xterm send. */
static const struct { const char *seq; uint32_t key; } seqs[] = {
	{ "\033OP", TK_F1 }, { "\033OQ", TK_F2 }, { "\033OR", TK_F3 },
	{ "\033OS", TK_F4 }, { "\033[11~", TK_F1 }, { "\033[12~", TK_F2 },
	{ "\033[13~", TK_F3 }, { "\033[14~", TK_F4 }, { "\033[15~", TK_F5 },
	{ "\033[17~", TK_F6 }, { "\033[18~", TK_F7 }, { "\033[19~", TK_F8 },
	{ "\033[20~", TK_F9 }, { "\033[A", TK_UP }, { "\033[B", TK_DOWN },
	{ "\033[C", TK_RIGHT }, { "\033[D", TK_LEFT }, { "\033OA", TK_UP },
	{ "\033OB", TK_DOWN }, { "\033[5~", TK_PGUP }, { "\033[6~", TK_PGDN },
	{ "\033[3~", TK_DELETE }, { "\033[Z", TK_BACKTAB },
	{ "\r", TK_ENTER }, { "\n", TK_ENTER }, { "\t", TK_TAB },
	{ "\177", TK_BACKSPACE }, { "\b", TK_BACKSPACE },
	{ "\003", TK_CTRL_C }, { "\032", TK_CTRL_Z }, { "\033", TK_ESC },
};

static void push(struct tty *t, uint32_t key)
{
	if (t->count < KEYS_MAX)
		t->key[(t->head + t->count++) % KEYS_MAX] = key;
}

static void set_raw(const struct tty *t)
{
	struct termios raw = t->was;

	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	raw.c_iflag &= ~(tcflag_t)(IXON | ICRNL);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

enum err tty_open(struct tty **out)
{
	struct tty *t = calloc(1, sizeof(*t));

	if (!t)
		return ERR_MEMORY;
	t->is_tty = isatty(STDIN_FILENO) && !tcgetattr(STDIN_FILENO, &t->was);
	if (t->is_tty)
		set_raw(t);
	*out = t;
	return ERR_OK;
}

void tty_suspend(struct tty *t)
{
	if (t->is_tty)
		tcsetattr(STDIN_FILENO, TCSANOW, &t->was);
	raise(SIGTSTP);
	if (t->is_tty)
		set_raw(t);
}

struct tty *tty_close(struct tty *t)
{
	if (t && t->is_tty)
		tcsetattr(STDIN_FILENO, TCSANOW, &t->was);
	free(t);
	return NULL;
}

static void eat(struct tty *t, size_t n)
{
	t->len -= n;
	memmove(t->in, t->in + n, t->len);
	t->in[t->len] = '\0';
}

/* A whole line: a key's name, or text. */
static bool line_keys(struct tty *t)
{
	char *end = memchr(t->in, '\n', t->len);
	uint32_t key, cp;
	size_t n;

	if (!end && !(t->over && t->len))
		return false;
	if (!end)
		end = t->in + t->len;
	size_t len = (size_t)(end - t->in);
	char line[1025];

	str_fmt(line, sizeof(line), "%.*s", (int)len, t->in);
	eat(t, MIN(len + 1, t->len));
	line[strcspn(line, "\r")] = '\0';
	if (!key_from_name(line, &key)) {
		push(t, key);
		return true;
	}
	for (const char *s = line; (n = text_to_cp(s, &cp)); s += n)
		push(t, cp);
	return true;
}

static bool tty_bytes(struct tty *t)
{
	uint32_t cp;
	size_t n;

	if (!t->len)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(seqs); i++) {
		n = strlen(seqs[i].seq);
		if (n <= t->len && !memcmp(t->in, seqs[i].seq, n)) {
			push(t, seqs[i].key);
			eat(t, n);
			return true;
		}
	}
	n = text_to_cp(t->in, &cp);
	if (n)
		push(t, cp);
	eat(t, n ? n : 1);
	return true;
}

uint32_t tty_key(struct tty *t)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	uint32_t key;

	if (!t->count && !t->over && t->len < sizeof(t->in) - 1 &&
	    poll(&p, 1, 0) > 0) {
		ssize_t n = read(STDIN_FILENO, t->in + t->len,
				 sizeof(t->in) - 1 - t->len);

		if (n > 0)
			t->len += (size_t)n;
		else
			t->over = true;
		t->in[t->len] = '\0';
		/* A line that never ends is no line. */
		if (t->len == sizeof(t->in) - 1 && !memchr(t->in, '\n', t->len))
			t->len = 0;
	}
	while (!t->count && (t->is_tty ? tty_bytes(t) : line_keys(t)))
		;
	if (!t->count)
		return TK_NONE;
	key = t->key[t->head];
	t->head = (t->head + 1) % KEYS_MAX;
	t->count--;
	return key;
}

bool tty_over(const struct tty *t)
{
	return t->over;
}
