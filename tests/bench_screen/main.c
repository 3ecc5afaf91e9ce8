/*
 * bench_screen agent|wall CONF PROGRAMS DIR [AGENTS [CHANGES_PER_S]] -- what
 * the two screens cost and how fast they are.  CONF: waihud's configuration,
 * whose state has agent1001 and lead lists; DIR: its socket ctl.sock, the
 * file pass.  One line of key=value in the end.
 */
#include "bench_screen/bench_screen.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COLS = 100, ROWS = 30, STARTS = 7, KEYS = 100, EVENTS = 100,
       LINK_MS = 100, SECONDS = 6, WALLS = 10, MOST = 1500 };

static struct {
	const char *programs, *dir;
	struct house_proc house;
	struct relay *plain, *slow;
} b;

static struct term t, walls[WALLS];

/* ---- figures ------------------------------------------------------------- */

static int by_value(const void *x, const void *y)
{
	double a = *(const double *)x, c = *(const double *)y;

	return a < c ? -1 : a > c;
}

static double share_of(double *v, unsigned n, double share)
{
	qsort(v, n, sizeof(*v), by_value);
	return n ? v[(unsigned)((n - 1) * share)] : -1;
}

static void give_up(const char *what)
{
	fprintf(stderr, "bench_screen: %s: the screen shows\n%s\n", what,
		t.tail);
	house_close(&b.house);
	exit(1);
}

/* ---- screens --------------------------------------------------------------- */

static void open_screen(struct term *to, const char *program,
			const char *socket, const char *user)
{
	char path[300], url[300], pass[300];
	const char *const argv[] = { path, "--server", url, "--lang", "en", "--phone",
			 "none", user ? "--user" : NULL, user,
			 "--password-file", pass, NULL };

	str_fmt(path, sizeof(path), "%s/%s", b.programs, program);
	str_fmt(url, sizeof(url), "ipc://%s/%s", b.dir, socket);
	str_fmt(pass, sizeof(pass), "%s/pass", b.dir);
	if (!eye_open(to, argv, COLS, ROWS))
		give_up(program);
}

/* From exec until the first page stands [ms]. */
static double start_ms(const char *program, const char *shows, double worst[2])
{
	double v[STARTS];

	for (unsigned i = 0; i < STARTS; i++) {
		int64_t from = mono_us();

		open_screen(&t, program, "ctl.sock", NULL);
		if (!run_until_saw(&t, shows, 10000))
			give_up(program);
		v[i] = (double)(mono_us() - from) / 1000;
		eye_close(&t);
	}
	worst[0] = share_of(v, STARTS, .5);
	return worst[1] = share_of(v, STARTS, 1);
}

struct rate {
	double tty, up, down;		/* bytes a second                    */
};

static struct rate rate_of(struct term *x, struct relay *r, int seconds)
{
	uint64_t u0, d0, u1, d1, from = x->bytes;
	int64_t at = mono_us();

	relay_bytes(r, &u0, &d0);
	run_ms(seconds * 1000);
	relay_bytes(r, &u1, &d1);
	double s = (double)(mono_us() - at) / 1e6;

	return (struct rate){ (double)(x->bytes - from) / s,
			      (double)(u1 - u0) / s, (double)(d1 - d0) / s };
}

struct keys {
	double bytes[KEYS], ms[KEYS];
	unsigned n;
};

/* One key: what the screen writes before any answer can be there. */
static void key(struct keys *k, const char *what, uint64_t least)
{
	int64_t from, came;

	run_quiet(&t, 20);
	eye_mark(&t);
	from = mono_us();
	eye_type(&t, what);
	came = run_until(&t, least, 2000);
	run_ms(15);
	if (!came || k->n == KEYS)
		return;
	k->ms[k->n] = (double)(came - from) / 1000;
	k->bytes[k->n++] = (double)t.marked;
}

static void type_letters(struct keys *k, unsigned n)
{
	char text[2] = "a";

	for (unsigned i = 0; i < n; i++) {
		text[0] = i % 6 == 5 ? ' ' : (char)('a' + i % 26);
		key(k, text, 1);
	}
}

/* ---- the agent's desk -------------------------------------------------------- */

static void to_call(void)
{
	house_ask(&b.house, "start 1");
	house_ask(&b.house, "line 1001");
	if (!run_until_saw(&t, "PREVIEW", 10000))
		give_up("a customer to read about");
	run_quiet(&t, 300);
	eye_mark(&t);
	eye_type(&t, "\r");
	if (!run_until_saw(&t, "ON CALL", 20000))
		give_up("a call");
	run_quiet(&t, 200);
}

static void events(double *ms, unsigned *n)
{
	for (*n = 0; *n < EVENTS;) {
		int64_t told, came;

		run_quiet(&t, 20);
		eye_mark(&t);
		told = house_ask(&b.house, *n % 2 ? "ready 1001"
						   : "rest 1001");
		came = run_until(&t, 40, 5000);
		if (!came)
			give_up("an event");
		ms[(*n)++] = (double)(came - told) / 1000;
		run_ms(20);
	}
}

static int agent(void)
{
	static struct keys echo, page, login;
	double start[2], ev[EVENTS];
	struct rate lost, idle, call;
	unsigned n;

	start_ms("waihu-agent", "Password", start);
	open_screen(&t, "waihu-agent", "plain.sock", "agent1001");
	if (!run_until_saw(&t, "NOT READY", 10000))
		give_up("the log-in");
	run_ms(3000);
	lost = rate_of(&t, b.plain, SECONDS);
	house_ask(&b.house, "line 1001");
	if (!run_until_saw(&t, "READY", 5000))
		give_up("ready");
	run_ms(2000);
	idle = rate_of(&t, b.plain, SECONDS);
	events(ev, &n);
	eye_close(&t);
	open_screen(&t, "waihu-agent", "slow.sock", NULL);
	if (!run_until_saw(&t, "Password", 10000))
		give_up("the log-in page");
	type_letters(&login, 20);
	eye_close(&t);
	open_screen(&t, "waihu-agent", "slow.sock", "agent1001");
	if (!run_until_saw(&t, "READY", 10000) &&
	    !run_until_saw(&t, "BREAK", 1))
		give_up("the log-in over a slow link");
	to_call();
	call = rate_of(&t, b.slow, SECONDS);
	eye_type(&t, "n");
	run_ms(500);
	type_letters(&echo, 60);
	eye_type(&t, "\t");
	run_ms(500);
	for (unsigned i = 0; i < KEYS / 2; i++) {
		key(&page, "\033OP", 200);
		eye_type(&t, "\033");
		run_ms(300);
	}
	eye_close(&t);
	printf("bench_screen: start_ms=%.0f start_worst_ms=%.0f"
	       " idle_bytes_s=%.1f lost_phone_bytes_s=%.1f"
	       " idle_wire_bytes_s=%.1f call_bytes_s=%.1f"
	       " echoes=%u echo_bytes=%.0f echo_worst_bytes=%.0f"
	       " login_echo_bytes=%.0f key_p50_ms=%.1f key_p99_ms=%.1f"
	       " pages=%u page_p50_ms=%.1f page_p99_ms=%.1f events=%u"
	       " event_p50_ms=%.1f event_p99_ms=%.1f\n", start[0], start[1],
	       idle.tty, lost.tty, idle.up + idle.down, call.tty, echo.n,
	       share_of(echo.bytes, echo.n, .5),
	       share_of(echo.bytes, echo.n, .9),
	       share_of(login.bytes, login.n, .5),
	       share_of(echo.ms, echo.n, .5), share_of(echo.ms, echo.n, .99),
	       page.n, share_of(page.ms, page.n, .5),
	       share_of(page.ms, page.n, .99), n, share_of(ev, n, .5),
	       share_of(ev, n, .99));
	return 0;
}

/* ---- the supervisor's wall ----------------------------------------------------- */

static double cpu_share(int seconds)
{
	int64_t cpu = house_ask(&b.house, "cpu"), at = mono_us();

	run_ms(seconds * 1000);
	cpu = house_ask(&b.house, "cpu") - cpu;
	return 100.0 * (double)cpu / (double)(mono_us() - at);
}

static struct rate look(const char *keys, const char *shows)
{
	eye_mark(&t);
	eye_type(&t, keys);
	if (!run_until_saw(&t, shows, 5000))
		give_up(shows);
	run_ms(2000);
	return rate_of(&t, b.plain, SECONDS);
}

/* Bytes a second at the terminal and on the wire, beside what they may be. */
static void say_rate(const char *view, struct rate r)
{
	double wire = r.up + r.down;

	printf("bench_screen: %-28s %6.0f bytes/s at the terminal, %6.0f on "
	       "the wire; at most %d: %s\n", view, r.tty, wire, MOST,
	       r.tty <= MOST && wire <= MOST ? "ok" : "OVER");
}

static void fill(unsigned agents, unsigned changes)
{
	char text[40];
	int64_t talk;

	str_fmt(text, sizeof(text), "seats %u", agents);
	house_ask(&b.house, text);
	talk = house_ask(&b.house, "calls");
	if (talk < agents * 99 / 100) {
		fprintf(stderr, "bench_screen: %lld of %u agents talk\n",
			(long long)talk, agents);
		house_close(&b.house);
		exit(1);
	}
	str_fmt(text, sizeof(text), "churn %u", changes);
	house_ask(&b.house, text);
	run_ms(1500);
}

static int wall(unsigned agents, unsigned changes)
{
	double start[2], none, one, ten, find_ms[KEYS];
	static struct keys find;

	start_ms("waihu-supervisor", "Key figures", start);
	fill(agents, changes);
	none = cpu_share(SECONDS);
	open_screen(&t, "waihu-supervisor", "plain.sock", NULL);
	if (!run_until_saw(&t, "Key figures", 10000))
		give_up("the overview");
	run_ms(1500);
	say_rate("overview", rate_of(&t, b.plain, SECONDS));
	say_rate("agents, by need", look("2", "shown of"));
	one = cpu_share(SECONDS);
	say_rate("calls", look("5", "CALLS"));
	say_rate("agents, newest state first", look("2-", "shown of"));
	eye_type(&t, "-");
	for (unsigned i = 0; i < WALLS - 1; i++) {
		open_screen(&walls[i], "waihu-supervisor", "ctl.sock", NULL);
		if (!run_until_saw(&walls[i], "Key figures", 10000))
			give_up("one more overview");
		eye_type(&walls[i], "2");
	}
	run_ms(1500);
	ten = cpu_share(SECONDS);
	for (unsigned i = 0; i < WALLS - 1; i++)
		eye_close(&walls[i]);
	eye_close(&t);
	open_screen(&t, "waihu-supervisor", "slow.sock", NULL);
	if (!run_until_saw(&t, "Key figures", 10000))
		give_up("the overview over a slow link");
	look("2", "shown of");
	eye_type(&t, "/");
	run_ms(300);
	type_letters(&find, 20);
	memcpy(find_ms, find.ms, sizeof(find_ms));
	printf("bench_screen: agents=%u changes_s=%u start_ms=%.0f"
	       " start_worst_ms=%.0f cpu_none_pct=%.1f cpu_one_pct=%.1f"
	       " cpu_ten_pct=%.1f cpu_per_supervisor_pct=%.2f"
	       " find_echo_bytes=%.0f find_key_p99_ms=%.1f\n", agents, changes,
	       start[0], start[1], none, one, ten, (ten - none) / WALLS,
	       share_of(find.bytes, find.n, .5),
	       share_of(find_ms, find.n, .99));
	eye_close(&t);
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t agents = 10000, changes = 300;
	char plain[300], slow[300], ctl[300];
	int rc;

	if (argc < 5 || (argc > 5 && str_to_u64(argv[5], 20000, &agents)) ||
	    (argc > 6 && str_to_u64(argv[6], 100000, &changes))) {
		fprintf(stderr, "usage: bench_screen agent|wall CONF PROGRAMS "
			"DIR [AGENTS [CHANGES_PER_S]]\n");
		return 64;
	}
	b.programs = argv[3];
	b.dir = argv[4];
	str_fmt(plain, sizeof(plain), "%s/plain.sock", b.dir);
	str_fmt(slow, sizeof(slow), "%s/slow.sock", b.dir);
	str_fmt(ctl, sizeof(ctl), "%s/ctl.sock", b.dir);
	if (!house_open(&b.house, argv[2]))
		return 1;
	b.plain = relay_new(plain, ctl, 0);
	b.slow = relay_new(slow, ctl, LINK_MS);
	rc = str_eq(argv[1], "agent") ? agent()
	   : wall((unsigned)agents, (unsigned)changes);
	relay_free(b.plain);
	relay_free(b.slow);
	house_close(&b.house);
	return rc;
}
