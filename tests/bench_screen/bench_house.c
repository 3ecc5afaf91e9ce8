/* bench_house -- the whole server, and agents who are inputs to its floor. */
#include "bench_screen/bench_screen.h"

#include "base/log.h"
#include "base/str.h"
#include "dial/loop.h"
#include "house/house_priv.h"
#include "options.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FIRST = 20001, CHURN_MS = 50, WRAPPING = 100 };

int64_t mono_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

static struct {
	struct house *house;
	struct loop_timer *churn;
	unsigned seats, rate;
	int64_t churned_us;
	unsigned dice;
	bool calls;			/* all talk, or wrap up              */
	uint32_t wraps[WRAPPING];	/* who wraps up, in order            */
	size_t wrapped;
	uint64_t uid;
	int in, out;
	char line[200];
	size_t len;
} s;

static void tell(struct floor_input *in)
{
	enum err e = live_input(s.house->live, in);

	if (e && e != ERR_STATE)
		log_warn("bench", "agent %u: %s", in->agent, err_text(e));
}

static void one(enum floor_input_kind kind, uint32_t agent, int64_t value)
{
	tell(&(struct floor_input){ .kind = kind, .agent = agent,
				    .value = value });
}

static void seat(unsigned i)
{
	static const char *const names[] = { "Li Wei", "Wang Fang", "张伟",
					     "Chen Jing", "Ana Lopez" };
	struct floor_input in = { .kind = IN_LOGIN, .agent = FIRST + i };

	str_fmt(in.text, sizeof(in.text), "%s %u\tteam-%u", names[i % 5], i,
		i % 40);
	tell(&in);
	in = (struct floor_input){ .kind = IN_ASSIGN, .agent = FIRST + i,
				   .text = "1" };
	tell(&in);
	one(IN_LINE, FIRST + i, 1);
	one(i % 4 ? IN_READY : IN_BREAK, FIRST + i, 0);
}

/*
 * A call without trunk and phone: what a screen shows of it is as of any
 * other.  Its agent is READY, or has just wrapped up the one before.
 */
static void talk(struct seat *seat, struct now now)
{
	struct seats *seats = floor_seats(live_rooms(s.house->live)->floor);
	struct call *c;

	if (seat->state != SEAT_READY ||
	    call_new(floor_calls(live_rooms(s.house->live)->floor), CALL_TALK,
		     now, &c))
		return;
	c->uid = ++s.uid;
	c->lead.v = 1 + (uint32_t)(s.uid % 20);
	c->campaign.v = 1;
	c->agent = seat->agent;
	c->trunk.v = 1;
	str_fmt(c->number, sizeof(c->number), "86138%08u",
		(unsigned)(s.uid * 7919 % 100000000));
	c->start_ms = c->answer_ms = c->join_ms = now.wall_ms;
	c->recorded = true;
	seat->call = c->id;
	if (seat_move(seats, seat, SE_RESERVE, 0, 0, now) ||
	    seat_move(seats, seat, SE_JOIN, 0, 0, now))
		log_err("bench", "agent %u does not talk", seat->agent.v);
}

static void hang_up(struct seat *seat, struct now now)
{
	struct floor *f = live_rooms(s.house->live)->floor;
	struct call *c = call_get(floor_calls(f), seat->call);

	if (seat_move(floor_seats(f), seat, SE_OVER, 0, 0, now) || !c)
		return;
	call_enter(floor_calls(f), c, CALL_WRAP, 0, now);
}

static void finish(struct seat *seat, struct now now)
{
	struct floor *f = live_rooms(s.house->live)->floor;
	struct call *c = call_get(floor_calls(f), seat->call);

	seat->call = (struct call_id){ 0 };
	seat->today.calls++;
	seat->today.sales += s.uid % 12 == 0;
	if (c)
		call_end(floor_calls(f), c);
	if (!seat_move(floor_seats(f), seat, SE_FINISH, 0, 0, now))
		talk(seat, now);
}

/* One call ends, the oldest wrap-up too: the next call begins with it. */
static void churn_calls(void)
{
	struct seats *seats = floor_seats(live_rooms(s.house->live)->floor);
	struct now now = clock_now(s.house->clock);
	struct seat *seat;
	uint32_t *old = &s.wraps[s.wrapped % WRAPPING];

	s.dice = s.dice * 1103515245u + 12345u;
	seat = seat_get(seats, (struct agent_id){ FIRST + (s.dice >> 9) %
								  s.seats });
	if (seat && seat->state == SEAT_TALK) {
		hang_up(seat, now);
		if (s.wrapped++ >= WRAPPING)
			finish(seat_get(seats, (struct agent_id){ *old }),
			       now);
		*old = seat->agent.v;
	}
}

static void churn_h(void *arg UNUSED)
{
	int64_t now = mono_us();
	int64_t n = s.churned_us ? (now - s.churned_us) * s.rate / 1000000
				 : 0;

	if (!s.churned_us)
		s.churned_us = now;
	else if (n)
		s.churned_us += n * 1000000 / s.rate;
	for (; n > 0 && s.seats && s.calls; n -= 2)
		churn_calls();
	for (; n > 0 && s.seats; n--) {
		s.dice = s.dice * 1103515245u + 12345u;
		one(s.dice >> 8 & 1 ? IN_READY : IN_BREAK,
		    FIRST + (s.dice >> 9) % s.seats, 0);
	}
	loop_timer_start(s.churn, CHURN_MS);
}

static int64_t cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000LL +
	       u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static void command(const char *line)
{
	int64_t answer = mono_us();
	unsigned n = 0;

	if (sscanf(line, "seats %u", &n) == 1) {
		for (; s.seats < n; s.seats++)
			seat(s.seats);
	} else if (str_eq(line, "calls")) {
		struct now now = clock_now(s.house->clock);

		s.calls = true;
		for (unsigned i = 0; i < s.seats; i++) {
			struct seat *x = seat_get(floor_seats(live_rooms(
				s.house->live)->floor),
				(struct agent_id){ FIRST + i });

			/* Calls of all ages up to ten minutes. */
			one(IN_READY, FIRST + i, 0);
			if (x)
				talk(x, (struct now){
					now.mono_ms - i * 7919 % 600000,
					now.wall_ms - i * 7919 % 600000 });
			n += x && x->state == SEAT_TALK;
		}
		answer = n;
	} else if (sscanf(line, "churn %u", &n) == 1) {
		s.rate = n;
		if (n)
			churn_h(NULL);
		else
			loop_timer_stop(s.churn);
	} else if (sscanf(line, "ready %u", &n) == 1) {
		one(IN_NOT_READY, n, 0);
	} else if (sscanf(line, "rest %u", &n) == 1) {
		one(IN_BREAK, n, 0);
	} else if (sscanf(line, "line %u", &n) == 1) {
		one(IN_LINE, n, 1);
		one(IN_READY, n, 0);
	} else if (sscanf(line, "start %u", &n) == 1) {
		tell(&(struct floor_input){ .kind = IN_START, .campaign = n });
	} else if (str_eq(line, "cpu")) {
		answer = cpu_us();
	} else if (str_eq(line, "quit")) {
		loop_stop();
	}
	if (dprintf(s.out, "%lld\n", (long long)answer) < 0)
		loop_stop();
}

static void command_h(int flags UNUSED, void *arg UNUSED)
{
	ssize_t n = read(s.in, s.line + s.len, sizeof(s.line) - 1 - s.len);
	char *nl;

	if (n <= 0) {
		loop_unwatch_fd(s.in);
		loop_stop();
		return;
	}
	s.len += (size_t)n;
	s.line[s.len] = '\0';
	while ((nl = strchr(s.line, '\n'))) {
		*nl = '\0';
		command(s.line);
		s.len -= (size_t)(nl + 1 - s.line);
		memmove(s.line, nl + 1, s.len + 1);
	}
}

static int serve(const char *path)
{
	const char *paths[] = { path };
	struct clock clock;
	struct conf *conf;
	enum err e;

	clock_init_real(&clock);
	log_set_level(LOG_ERR);
	if (conf_load(paths, 1, &server_options, &conf, conf_error_print,
		      stderr))
		return 1;
	e = loop_init(0);
	if (!e)
		e = house_new(conf, &clock, &s.house);
	if (!e)
		e = loop_timer_new(churn_h, NULL, &s.churn);
	if (!e)
		e = loop_watch_fd(s.in, LOOP_READ, command_h, NULL);
	if (!e && dprintf(s.out, "1\n") > 0)
		e = loop_run(NULL);
	else
		fprintf(stderr, "bench_screen: server: %s\n", err_text(e));
	s.churn = loop_timer_free(s.churn);
	s.house = house_free(s.house);
	loop_fini();
	conf_free(conf);
	return e != ERR_OK;
}

static int64_t answer(struct house_proc *h)
{
	char line[64];
	size_t len = 0;

	while (len < sizeof(line) - 1 && read(h->from, line + len, 1) == 1)
		if (line[len++] == '\n')
			break;
	line[len] = '\0';
	return strtoll(line, NULL, 10);
}

bool house_open(struct house_proc *h, const char *conf)
{
	int to[2], from[2];

	/* A screen started later must not keep the pipe of a dead bench open. */
	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		return false;
	h->pid = fork();
	if (h->pid < 0)
		return false;
	if (!h->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);	/* none is left over */
		close(to[1]);
		close(from[0]);
		s.in = to[0];
		s.out = from[1];
		_exit(serve(conf));
	}
	close(to[0]);
	close(from[1]);
	h->to = to[1];
	h->from = from[0];
	return answer(h) == 1;
}

int64_t house_ask(struct house_proc *h, const char *text)
{
	return dprintf(h->to, "%s\n", text) < 0 ? 0 : answer(h);
}

void house_close(struct house_proc *h)
{
	close(h->to);
	close(h->from);
	waitpid(h->pid, NULL, 0);
}
