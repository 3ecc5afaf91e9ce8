/*
 * server/sim/pace_stdio -- `waihu pace --stdio`: the pacer behind a line
 * protocol, so that any yardstick drives the very code that dials.
 *
 *   hello 1 target=0.03 patience=2 timeout=25 agents=20 lines=0
 *           seconds=28800 tick=0.25 hold=end
 *   T login A | T logout A | T idle A | T talk A C | T wrap A
 *   T dial C | T answer C | T fail C busy|noanswer | T abandon C
 *   T bound A S      a call-back at S seconds
 *   T ask            one line comes back: dial K
 *   T end            exit 0
 *
 * hold: a campaign whose length is told (seconds) keeps its target at its end
 * (end, taken if nothing is said) or at every moment (always).
 *
 * T is seconds with up to three decimals, never going back; A and C are
 * numbers, with a letter before them if one likes (a17).  Anything else is
 * an error with its line number on stderr and exit 65 (EX_DATAERR).
 */
#include "sim/sim.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 512
#define WORDS 12
#define EXIT_DATA 65
#define TOP_MS ((int64_t)1 << 46)	/* some 2,000 years                  */

struct talk {
	FILE *in, *out;
	unsigned long line;
	struct pacer *pacer;
	struct pacer_limits limits;
	int64_t ms;
};

static int garbage(const struct talk *t, const char *why, const char *what)
{
	fprintf(stderr, "waihu pace: line %lu: %s%s%s\n", t->line, why,
		what ? ": " : "", what ? what : "");
	return EXIT_DATA;
}

/* One line without its end; -1 at the end of input, -2 when too long or
 * with a NUL in it. */
static int read_line(struct talk *t, char *buf, size_t size)
{
	size_t n = 0;
	int c;

	while ((c = getc_unlocked(t->in)) != EOF && c != '\n') {
		if (!c || n + 1 >= size)
			return -2;
		buf[n++] = (char)c;
	}
	if (c == EOF && !n)
		return -1;
	t->line++;
	if (n && buf[n - 1] == '\r')
		n--;
	buf[n] = 0;
	return (int)n;
}

static int split(char *line, char *word[WORDS])
{
	int n = 0;
	char *save = NULL;

	for (char *w = strtok_r(line, " \t", &save); w;
	     w = strtok_r(NULL, " \t", &save)) {
		if (n == WORDS)
			return -1;
		word[n++] = w;
	}
	return n;
}

/* Seconds in plain decimals as milliseconds, further digits cut off. */
static bool parse_ms(const char *s, int64_t *ms)
{
	int64_t v = 0, unit = 1000;
	const char *at = s;

	for (; *at >= '0' && *at <= '9'; at++) {
		v = v * 10 + (*at - '0') * 1000;
		if (v > TOP_MS)
			return false;
	}
	if (at == s)
		return false;
	if (*at == '.') {
		if (at[1] < '0' || at[1] > '9')
			return false;
		for (at++; *at >= '0' && *at <= '9'; at++) {
			unit /= 10;
			v += (*at - '0') * unit;
		}
	}
	*ms = v;
	return !*at;
}

static bool parse_real(const char *s, double low, double high, double *out)
{
	char *end;

	if ((*s < '0' || *s > '9') && *s != '.')
		return false;
	*out = strtod(s, &end);
	return !*end && *out >= low && *out <= high;
}

/* An id: digits, after one letter if need be.  Never 0. */
static bool parse_id(const char *s, uint64_t *id)
{
	uint64_t v, letter = 0;

	if ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z'))
		letter = (uint64_t)(unsigned char)*s++;
	if (*s < '0' || *s > '9' || str_to_u64(s, (uint64_t)1 << 54, &v) !=
	    ERR_OK)
		return false;
	*id = (v + 1) | letter << 56;
	return true;
}

static int hello(struct talk *t, char *word[WORDS], int n)
{
	struct pacer_conf c;
	double patience = 2, timeout = 25, agents = 20, lines = 0,
	       seconds = 0, tick = 0.25;

	pacer_conf_init(&c);
	c.hold = PACER_HOLD_END;
	const struct {
		const char *key;
		double *at, low, high;
	} keys[] = {
		{ "target", &c.target, 0, 1 },
		{ "patience", &patience, 0, 600 },
		{ "timeout", &timeout, 1, 600 },
		{ "agents", &agents, 0, 100000 },
		{ "lines", &lines, 0, 1e6 },
		{ "seconds", &seconds, 0, 1e9 },
		{ "tick", &tick, 0, 3600 },
	};

	if (n < 2 || !str_eq(word[0], "hello"))
		return garbage(t, "expected hello", NULL);
	if (!str_eq(word[1], "1"))
		return garbage(t, "protocol version not supported", word[1]);
	for (int i = 2; i < n; i++) {
		char *eq = strchr(word[i], '=');
		size_t k = 0;

		if (!eq)
			return garbage(t, "expected key=value", word[i]);
		*eq = 0;
		if (str_eq(word[i], "hold")) {
			if (pacer_hold_from_word(eq + 1, &c.hold))
				return garbage(t, "hold is always or end",
					       eq + 1);
			continue;
		}
		while (k < ARRAY_LEN(keys) && !str_eq(keys[k].key, word[i]))
			k++;
		if (k == ARRAY_LEN(keys))
			return garbage(t, "unknown key", word[i]);
		if (!parse_real(eq + 1, keys[k].low, keys[k].high, keys[k].at))
			return garbage(t, "value out of range", word[i]);
	}
	c.patience_ms = (int32_t)(patience * 1000 + 0.5);
	c.timeout_ms = (int32_t)(timeout * 1000 + 0.5);
	c.agents_hint = (uint32_t)agents;
	c.max_lines = (uint32_t)lines;
	c.end_ms = (int64_t)(seconds * 1000);
	enum err e = pacer_new(&c, &t->pacer);

	return e == ERR_OK ? 0 : garbage(t, err_text(e), NULL);
}

/*      word        event            words after T                            */
static const struct {
	const char *word;
	enum pacer_event_kind kind;
	bool agent, call;
} verbs[] = {
	{ "login",   PACER_LOGIN,   1, 0 },
	{ "logout",  PACER_LOGOUT,  1, 0 },
	{ "idle",    PACER_IDLE,    1, 0 },
	{ "talk",    PACER_TALK,    1, 1 },
	{ "wrap",    PACER_WRAP,    1, 0 },
	{ "leaving", PACER_LEAVING, 1, 0 },
	{ "pause",   PACER_PAUSE,   1, 0 },
	{ "bound",   PACER_BOUND,   1, 0 },
	{ "dial",    PACER_DIAL,    0, 1 },
	{ "answer",  PACER_ANSWER,  0, 1 },
	{ "abandon", PACER_ABANDON, 0, 1 },
	{ "machine", PACER_MACHINE, 0, 1 },
	{ "fail",    PACER_FAILED,  0, 1 },
};

static int event(struct talk *t, char *word[WORDS], int n)
{
	struct pacer_event e = { .ms = t->ms };
	size_t k = 0;
	int at = 2;

	while (k < ARRAY_LEN(verbs) && !str_eq(verbs[k].word, word[1]))
		k++;
	if (k == ARRAY_LEN(verbs))
		return garbage(t, "unknown word", word[1]);
	e.kind = verbs[k].kind;
	if (verbs[k].agent && (at >= n || !parse_id(word[at++], &e.agent)))
		return garbage(t, "expected an agent", NULL);
	if (verbs[k].call && (at >= n || !parse_id(word[at++], &e.call)))
		return garbage(t, "expected a call", NULL);
	if (e.kind == PACER_FAILED) {
		if (at < n && str_eq(word[at], "busy"))
			e.kind = PACER_BUSY;
		else if (at < n && str_eq(word[at], "noanswer"))
			e.kind = PACER_NOANSWER;
		else if (at >= n || !str_eq(word[at], "other"))
			return garbage(t, "expected busy or noanswer", NULL);
		at++;
	}
	if (e.kind == PACER_BOUND &&
	    (at >= n || !parse_ms(word[at++], &e.at_ms)))
		return garbage(t, "expected a time to be bound at", NULL);
	if (at != n)
		return garbage(t, "too many words", word[at]);
	enum err er = pacer_feed(t->pacer, &e);

	return er == ERR_OK ? 0 : garbage(t, word[1], err_text(er));
}

/* -1: go on; else the exit status. */
static int line(struct talk *t, char *text)
{
	char *word[WORDS];
	int64_t ms;
	int n = split(text, word), bad;

	if (n < 0)
		return garbage(t, "too many words", NULL);
	if (n == 0)
		return -1;
	if (!t->pacer)
		return (bad = hello(t, word, n)) ? bad : -1;
	if (!parse_ms(word[0], &ms))
		return garbage(t, "expected a time", word[0]);
	if (ms < t->ms)
		return garbage(t, "time runs backwards", word[0]);
	t->ms = ms;
	if (n == 2 && str_eq(word[1], "end"))
		return 0;
	if (n == 2 && str_eq(word[1], "ask")) {
		struct pacer_decision d = pacer_ask(t->pacer, ms, NULL);

		if (fprintf(t->out, "dial %u\n", d.dials) < 0 ||
		    fflush(t->out) != 0)
			return 74;	/* EX_IOERR: nobody listens          */
		return -1;
	}
	if (n < 2)
		return garbage(t, "expected a word after the time", NULL);
	return (bad = event(t, word, n)) ? bad : -1;
}

int pace_stdio(FILE *in, FILE *out)
{
	struct talk t = { .in = in, .out = out };
	char buf[LINE_MAX_BYTES];
	int status = -1;

	while (status < 0) {
		int n = read_line(&t, buf, sizeof(buf));

		if (n == -1)
			status = garbage(&t, "input ended before end", NULL);
		else if (n == -2)
			status = garbage(&t, "line too long or not text",
					 NULL);
		else
			status = line(&t, buf);
	}
	pacer_free(t.pacer);
	return status;
}
