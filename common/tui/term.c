#include "tui/term.h"

#include <curses.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "base/str.h"

enum { CODE_PASTE_ON = 2000, CODE_PASTE_OFF, PROBE_MS = 500 };

struct term {
	SCREEN             *screen;
	const struct theme *theme;
	bool                unicode, bell, title, pasting;
	bool                sync;	/* it draws a frame at once: ?2026   */
	bool                late;	/* answers to the probe may still come */
	uint64_t           *rows;	/* sums of the rows last drawn       */
	int                 nrows;
	char                note[160];
	char                bytes[5];	/* of one UTF-8 character so far     */
	size_t              nbytes;
};

static struct term *open_term;

/* ncurses' codes (and raw control characters) to ours. */
static const struct { int code; uint32_t key; } codes[] = {
	{ KEY_ENTER, TK_ENTER }, { '\r', TK_ENTER }, { '\n', TK_ENTER },
	{ 27, TK_ESC }, { '\t', TK_TAB }, { KEY_BTAB, TK_BACKTAB },
	{ KEY_BACKSPACE, TK_BACKSPACE }, { 127, TK_BACKSPACE },
	{ 8, TK_BACKSPACE }, { KEY_DC, TK_DELETE }, { KEY_IC, TK_INSERT },
	{ KEY_UP, TK_UP }, { KEY_DOWN, TK_DOWN }, { KEY_LEFT, TK_LEFT },
	{ KEY_RIGHT, TK_RIGHT }, { KEY_PPAGE, TK_PGUP },
	{ KEY_NPAGE, TK_PGDN }, { KEY_HOME, TK_HOME }, { KEY_END, TK_END },
	{ KEY_A1, '7' }, { KEY_A3, '9' }, { KEY_B2, '5' }, { KEY_C1, '1' },
	{ KEY_C3, '3' }, { 3, TK_CTRL_C }, { 26, TK_CTRL_Z },
	{ 12, TK_CTRL_L }, { 21, TK_CTRL_U }, { 23, TK_CTRL_W },
	{ KEY_RESIZE, TK_RESIZE },
};

/* What a keypad sends after smkx; ncurses leaves it as Esc, O, q (UX 0.1). */
static const struct { const char *seq; int code; } sequences[] = {
	{ "\033Op", '0' }, { "\033Oq", '1' }, { "\033Or", '2' },
	{ "\033Os", '3' }, { "\033Ot", '4' }, { "\033Ou", '5' },
	{ "\033Ov", '6' }, { "\033Ow", '7' }, { "\033Ox", '8' },
	{ "\033Oy", '9' }, { "\033Oj", '*' }, { "\033Ok", '+' },
	{ "\033Ol", ',' }, { "\033Om", '-' }, { "\033On", '.' },
	{ "\033Oo", '/' }, { "\033OM", KEY_ENTER }, { "\033OX", '=' },
	{ "\033[200~", CODE_PASTE_ON }, { "\033[201~", CODE_PASTE_OFF },
};

static void put_raw(const char *s)
{
	size_t n = strlen(s);

	while (n) {
		ssize_t k = write(STDOUT_FILENO, s, n);

		if (k <= 0)
			break;
		s += k;
		n -= (size_t)k;
	}
}

static int64_t mono_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Both answers "CSI row ; 2 R": the glyph before took one cell. */
static bool one_cell_each(const char *s)
{
	int good = 0;

	for (const char *e; (e = strchr(s, 'R')); s = e + 1)
		if (e - s >= 2 && e[-1] == '2' && e[-2] == ';')
			good++;
	return good >= 2;
}

/* "CSI ? 2026 ; 1 $ y", or 2: it knows the mode, set or not (DECRPM). */
static bool knows_sync(const char *s)
{
	const char *at = strstr(s, "\033[?2026;");

	return at && (at[8] == '1' || at[8] == '2') && at[9] == '$';
}

/*
 * Is this of a kind that reads a question with a '$' in it to its end?  What
 * is older (a vt100, the console of an old kernel) might show a part of it.
 */
static bool takes_questions(const char *term)
{
	static const char *const kinds[] = { "xterm", "tmux", "screen", "rxvt",
		"foot", "alacritty", "kitty", "wezterm", "konsole", "gnome",
		"vte", "putty", "mintty", "iterm", "contour", "st-", "ghostty",
	};

	for (size_t i = 0; term && i < ARRAY_LEN(kinds); i++)
		if (!strncmp(term, kinds[i], strlen(kinds[i])))
			return true;
	return false;
}

/*
 * A rule and a braille pattern, one write, one wait (UX 1.2); and whether
 * the terminal can be told to show a frame only when it is whole.  *late: it
 * has not answered yet.
 */
static bool probe(bool *sync, bool *late)
{
	struct termios was, raw_mode;
	char buf[128] = "";
	size_t len = 0;
	int64_t end = mono_ms() + PROBE_MS;

	if (tcgetattr(STDIN_FILENO, &was))
		return false;
	raw_mode = was;
	cfmakeraw(&raw_mode);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw_mode);
	if (takes_questions(getenv("TERM")))
		put_raw("\033[?2026$p");
	/* A terminal without UTF-8 shows three signs of each. */
	put_raw("\r─\033[6n\r⣿\033[6n\r      \r");
	while (len < sizeof(buf) - 1) {
		struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
		int64_t left = end - mono_ms();

		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			break;
		ssize_t n = read(STDIN_FILENO, buf + len,
				 sizeof(buf) - 1 - len);

		if (n <= 0)
			break;
		len += (size_t)n;
		buf[len] = '\0';
		char *first = strchr(buf, 'R');

		if (first && strchr(first + 1, 'R'))
			break;
	}
	tcsetattr(STDIN_FILENO, TCSANOW, &was);
	*sync = knows_sync(buf);
	*late = !strchr(buf, 'R') || !strchr(strchr(buf, 'R') + 1, 'R');
	return one_cell_each(buf);
}

static SCREEN *open_screen(struct term *t)
{
	static const char *const known[] = { "xterm-256color", "xterm",
					     "vt100" };
	const char *name = getenv("TERM");
	SCREEN *s = NULL;

	if (name && *name)
		s = newterm(name, stdout, stdin);
	for (size_t i = 0; !s && i < ARRAY_LEN(known); i++) {
		s = newterm(known[i], stdout, stdin);
		if (s)
			str_fmt(t->note, sizeof(t->note),
				_("Terminal type %s is unknown; %s is used."),
				name && *name ? name : "(none)", known[i]);
	}
	return s;
}

void term_set_theme(struct term *t, const struct theme *theme)
{
	t->theme = theme;
	if (!theme->colors || !has_colors())
		return;
	for (int i = 0; i < ST_COUNT; i++)
		init_pair((short)(i + 1), theme->look[i].fg,
			  theme->look[i].bg);
}

static void set_modes(void)
{
	raw();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	leaveok(stdscr, FALSE);
	for (size_t i = 0; i < ARRAY_LEN(sequences); i++)
		define_key(sequences[i].seq, sequences[i].code);
	put_raw("\033[?2004h");
}

bool term_is_dumb(void)
{
	const char *name = getenv("TERM");

	return name && str_eq(name, "dumb");
}

enum err term_open(const struct term_opts *o, struct term **out)
{
	struct term *t;

	if (open_term)
		return ERR_STATE;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return ERR_IO;
	t = calloc(1, sizeof(*t));
	if (!t)
		return ERR_MEMORY;
	/* Exported sizes would freeze the screen's size (UX 1.1, htop). */
	unsetenv("LINES");
	unsetenv("COLUMNS");
	if (str_eq(o->glyphs, "unicode"))
		t->unicode = true;
	else if (!str_eq(o->glyphs, "ascii"))
		t->unicode = probe(&t->sync, &t->late);
	set_escdelay(o->esc_ms ? MAX(o->esc_ms, 0) : 100);
	t->screen = open_screen(t);
	if (!t->screen) {
		free(t);
		return ERR_IO;
	}
	set_modes();
	if (has_colors()) {
		start_color();
		use_default_colors();
	}
	t->bell = o->bell;
	t->title = o->title;
	term_set_theme(t, theme_choose(o->color, term_colors(t)));
	open_term = t;
	*out = t;
	return ERR_OK;
}

void term_suspend(struct term *t)
{
	put_raw("\033[?2004l");
	curs_set(1);
	endwin();
	raise(SIGTSTP);
	t->nbytes = 0;
	t->pasting = false;
	refresh();			/* program mode again */
	put_raw("\033[?2004h");
	clearok(stdscr, TRUE);
}

struct term *term_close(struct term *t)
{
	if (!t)
		return NULL;
	put_raw("\033[?2004l");
	curs_set(1);
	endwin();
	delscreen(t->screen);
	open_term = NULL;
	free(t->rows);
	free(t);
	return NULL;
}

const char *term_note(const struct term *t)
{
	return t->note;
}

bool term_unicode(const struct term *t)
{
	return t->unicode;
}

const struct theme *term_theme(const struct term *t)
{
	return t->theme;
}

int term_colors(const struct term *t UNUSED)
{
	return has_colors() ? COLORS : 0;
}

void term_size(const struct term *t UNUSED, int *rows, int *cols)
{
	getmaxyx(stdscr, *rows, *cols);
}

/* One byte of text: a whole character, or TK_NONE while it is not one. */
static uint32_t text_byte(struct term *t, int b)
{
	uint32_t cp;

	if (b < 0x80 || (b & 0xc0) == 0xc0)
		t->nbytes = 0;
	else if (!t->nbytes)
		return TK_NONE;
	if (t->nbytes < 4)
		t->bytes[t->nbytes++] = (char)b;
	t->bytes[t->nbytes] = '\0';
	if (text_to_cp(t->bytes, &cp) == t->nbytes) {
		t->nbytes = 0;
		return cp;
	}
	return TK_NONE;
}

static uint32_t from_code(struct term *t, int c)
{
	uint32_t key = TK_NONE;

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (codes[i].code == c)
			key = codes[i].key;
	if (!key && c >= KEY_F(1) && c <= KEY_F(12))
		key = TK_F1 + (uint32_t)(c - KEY_F(1));
	if (!key && c >= 0x20 && c < 0x100)
		key = text_byte(t, c);
	if (!t->pasting)
		return key;
	/* Pasted text never becomes a command. */
	if (key == TK_ENTER || key == TK_TAB)
		key = ' ';
	return key_is_text(key) ? key | TK_PASTED
				: key == TK_RESIZE ? key : TK_NONE;
}

/*
 * After an Esc: is the rest an answer to the probe that came late, over a
 * slow link?  It is nobody's typing.  What is none is read again.
 */
static bool is_late_answer(void)
{
	int c[24], n = 0;
	bool answer = false;

	while (n < (int)ARRAY_LEN(c) && (c[n] = getch()) != ERR) {
		n++;
		if (n == 1 ? c[0] != '[' : c[n - 1] >= 0x100 ||
					   !strchr("0123456789;?$", c[n - 1])) {
			answer = n > 2 && (c[n - 1] == 'R' || c[n - 1] == 'y');
			break;
		}
	}
	while (!answer && n)
		ungetch(c[--n]);
	return answer;
}

uint32_t term_key(struct term *t)
{
	for (int c; (c = getch()) != ERR;) {
		if (c == 27 && t->late && is_late_answer())
			continue;
		if (c == CODE_PASTE_ON || c == CODE_PASTE_OFF) {
			t->pasting = c == CODE_PASTE_ON;
			continue;
		}
		uint32_t key = from_code(t, c);

		if (key)
			return key;
	}
	return TK_NONE;
}

void term_flush(struct term *t)
{
	t->nbytes = 0;
	flushinp();
}

static attr_t attr_of(const struct look *k)
{
	attr_t a = A_NORMAL;

	if (k->attr & LOOK_BOLD)
		a |= A_BOLD;
	if (k->attr & LOOK_UNDERLINE)
		a |= A_UNDERLINE;
	if (k->attr & LOOK_REVERSE)
		a |= A_REVERSE;
	if (k->attr & LOOK_DIM)
		a |= A_DIM;
	return a;
}

static void draw_cell(const struct term *t, const struct grid *g, int y,
		      int x, const struct grid_cell *c)
{
	const char *s = t->unicode && c->line ? grid_line_glyph(g, y, x)
					      : c->text;
	const struct look *k = &t->theme->look[c->style];
	wchar_t wide[CCHARW_MAX + 1];
	cchar_t cc;
	uint32_t cp;
	size_t n = 0, len;

	for (; n < CCHARW_MAX && (len = text_to_cp(s, &cp)); s += len)
		wide[n++] = (wchar_t)cp;
	wide[n] = L'\0';
	setcchar(&cc, wide, attr_of(k),
		 t->theme->colors ? (short)(c->style + 1) : 0, NULL);
	mvadd_wch(y, x, &cc);
}

/* FNV-1a, 64 bit: http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t row_sum(const struct grid *g, int y)
{
	const struct grid_cell *c = &g->cell[(size_t)y * (size_t)g->cols];
	uint64_t h = 14695981039346656037u;

	for (int x = 0; x < g->cols; x++) {
		for (const char *s = c[x].text; *s; s++)
			h = (h ^ (uint8_t)*s) * 1099511628211u;
		h = (h ^ (uint64_t)c[x].style) * 1099511628211u;
	}
	return h;
}

/*
 * Is so much new that the frame should be shown at once?  A clock's second
 * or a typed letter is not: the two marks would cost more than the cells.
 */
static bool is_large(struct term *t, const struct grid *g)
{
	enum { FEW = 2 };
	bool resized = t->nrows != g->rows;
	int changed = resized ? g->rows : 0;

	if (!t->sync)
		return false;
	if (resized) {
		uint64_t *rows = realloc(t->rows, (size_t)g->rows *
						  sizeof(*rows));

		if (!rows)
			return false;
		t->rows = rows;
		t->nrows = g->rows;
	}
	for (int y = 0; y < g->rows; y++) {
		uint64_t sum = row_sum(g, y);

		changed += !resized && sum != t->rows[y];
		t->rows[y] = sum;
	}
	return changed > FEW;
}

bool term_draw(struct term *t, const struct grid *g)
{
	bool large;
	struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

	if (poll(&p, 1, 0) <= 0)
		return false;
	large = is_large(t, g);
	erase();
	for (int y = 0; y < g->rows && y < LINES; y++)
		for (int x = 0; x < g->cols && x < COLS; x++) {
			const struct grid_cell *c =
				&g->cell[(size_t)y * (size_t)g->cols +
					 (size_t)x];

			if (c->width)
				draw_cell(t, g, y, x, c);
		}
	curs_set(g->cur_shown ? 1 : 0);
	/* The focus last: input methods and braille follow it (UX 0.6). */
	move(MIN(g->cur_y, LINES - 1), MIN(g->cur_x, COLS - 1));
	wnoutrefresh(stdscr);
	if (large)
		put_raw("\033[?2026h");
	doupdate();
	if (large)
		put_raw("\033[?2026l");
	return true;
}

void term_repaint(struct term *t UNUSED)
{
	clearok(stdscr, TRUE);
}

void term_bell(struct term *t)
{
	if (t->bell)
		beep();
}

void term_title(struct term *t, const char *title)
{
	char clean[128], seq[160];

	if (!t->title)
		return;
	text_clean(clean, sizeof(clean), title);
	str_fmt(seq, sizeof(seq), "\033]2;%s\007", clean);
	put_raw(seq);
}
