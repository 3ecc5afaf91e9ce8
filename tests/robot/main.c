/*
 * robot -- N agents in one process.  `robot --help` lists the options; the
 * last line on stdout counts what they did, as key=value.
 */
#include "robot/robot.h"

#include "base/str.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { TICK_MS = 20, RUN_MS = 100, LEAVE_MS = 1000,
       BYE_MS = 200 };

int64_t robot_mono_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

int64_t robot_wall_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

uint64_t robot_ms(const struct crew *c, double seconds)
{
	return (uint64_t)(MAX(seconds, 0) * 1000.0 / c->opt.scale);
}

/* ---- options ------------------------------------------------------------- */

enum kind { K_TEXT, K_COUNT, K_REAL, K_SHARE, K_SEED, K_FLAG };

#define AT(member) offsetof(struct robot_opt, member)
static const struct row {
	const char *name;
	enum kind kind;
	size_t at;
	const char *what;
} rows[] = {
	{ "agents", K_COUNT, AT(agents), "how many (20)" },
	{ "first", K_COUNT, AT(first), "number of the first (1001)" },
	{ "server", K_TEXT, AT(server), "URL: ipc:///path, tcp://host:port, "
					"tls+tcp://host:port" },
	{ "pin", K_TEXT, AT(pin), "tls+tcp: file that keeps the certificate" },
	{ "user", K_TEXT, AT(user), "log-in is this and the number (agent)" },
	{ "password", K_TEXT, AT(password), "of them all (demo)" },
	{ "listen", K_TEXT, AT(listen), "address of the lines (127.0.0.1)" },
	{ "record", K_TEXT, AT(record), "folder for a WAV of what each heard" },
	{ "talk-mean", K_REAL, AT(talk_s), "seconds a robot talks (60)" },
	{ "wrap-mean", K_REAL, AT(wrap_s), "seconds it writes (12)" },
	{ "read-mean", K_REAL, AT(read_s), "seconds it reads a preview (6)" },
	{ "break-mean", K_REAL, AT(break_s), "seconds of a break (120)" },
	{ "hangup", K_SHARE, AT(hangup), "share of calls it ends itself (.4)" },
	{ "break", K_SHARE, AT(brk), "breaks a call (.02)" },
	{ "hold", K_SHARE, AT(hold), "holds a call (.05)" },
	{ "give", K_SHARE, AT(give), "share of calls it gives away (0)" },
	{ "outside", K_TEXT, AT(outside), "a number it gives them to, too" },
	{ "lose", K_REAL, AT(lose), "seconds until a line is lost for 1.5 s, "
				    "twice (0 = never)" },
	{ "scale", K_REAL, AT(scale), "times are divided by this (1)" },
	{ "seconds", K_REAL, AT(seconds), "stop after; 0 = on a signal (0)" },
	{ "seed", K_SEED, AT(seed), "of all that is drawn (1)" },
	{ "probe", K_FLAG, AT(probe), "stamps as speech: answer to ear, answer "
				      "to screen-pop" },
	{ "chatty", K_FLAG, AT(chatty), "speaks without a pause" },
	{ "verbose", K_FLAG, AT(verbose), "every step on stderr" },
};

static void usage(void)
{
	puts("usage: robot --server URL [options]");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		printf("  --%-11s %s\n", rows[i].name, rows[i].what);
}

static bool take(struct robot_opt *o, const struct row *row, const char *text)
{
	void *to = (char *)o + row->at;
	char *end = NULL;
	int64_t n;
	double d;

	switch (row->kind) {
	case K_TEXT:
		*(const char **)to = text;
		return true;
	case K_FLAG:
		*(bool *)to = true;
		return true;
	case K_COUNT:
		if (str_to_i64(text, 1, 1000000, &n))
			return false;
		*(unsigned *)to = (unsigned)n;
		return true;
	case K_SEED:
		return !str_to_u64(text, UINT64_MAX, to);
	case K_REAL:
	case K_SHARE:
		d = strtod(text, &end);
		if (*end || end == text || !(d >= 0) ||
		    d > (row->kind == K_SHARE ? 1 : 1e6))
			return false;
		*(double *)to = d;
		return true;
	}
	return false;
}

/* 0 = go on; else the exit status plus one. */
static int options(struct robot_opt *o, int argc, char **argv)
{
	struct option longs[ARRAY_LEN(rows) + 2] = { { .name = NULL } };
	int i;

	for (size_t k = 0; k < ARRAY_LEN(rows); k++)
		longs[k] = (struct option){ rows[k].name,
			rows[k].kind == K_FLAG ? no_argument :
			required_argument, NULL, (int)(k + 256) };
	longs[ARRAY_LEN(rows)] = (struct option){ "help", no_argument, NULL,
						  'h' };
	while ((i = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (i == 'h') {
			usage();
			return 1;
		}
		if (i < 256 || !take(o, &rows[i - 256], optarg)) {
			fprintf(stderr, "robot: wrong option or value "
				"(--help)\n");
			return 65;
		}
	}
	if (!o->server || optind < argc || o->scale <= 0) {
		fprintf(stderr, "robot: --server is needed, --scale above 0 "
			"(--help)\n");
		return 65;
	}
	return 0;
}

/* ---- the crew ------------------------------------------------------------ */

static void tick_h(void *arg)
{
	struct crew *c = arg;
	int64_t now = robot_mono_ms();

	/* After a stall at most 10 packets are made up for. */
	if (now - c->tick_due_ms > 10 * TICK_MS)
		c->tick_due_ms = now;
	for (; c->tick_due_ms <= now; c->tick_due_ms += TICK_MS)
		for (unsigned i = 0; i < c->opt.agents; i++)
			line_tick(&c->robots[i].line);
	loop_timer_start(c->tick, (uint64_t)(c->tick_due_ms - now));
}

static void run_h(void *arg)
{
	struct crew *c = arg;

	for (unsigned i = 0; i < c->opt.agents; i++)
		robot_run(&c->robots[i]);
	loop_timer_start(c->run, RUN_MS);
}

static void stop_h(void *arg)
{
	(void)arg;
	loop_stop();
}

static enum err crew_open(struct crew *c)
{
	enum err e = sounds_new(c->opt.seed, c->opt.chatty, &c->sounds);

	if (!e)
		e = lines_open(c);
	if (!e)
		e = loop_timer_new(tick_h, c, &c->tick);
	if (!e)
		e = loop_timer_new(run_h, c, &c->run);
	for (unsigned i = 0; !e && i < c->opt.agents; i++)
		e = robot_init(&c->robots[i], c, i);
	if (e)
		return e;
	c->tick_due_ms = robot_mono_ms();
	tick_h(c);
	run_h(c);
	return ERR_OK;
}

static void crew_close(struct crew *c)
{
	for (unsigned i = 0; i < c->opt.agents; i++)
		robot_fini(&c->robots[i]);
	c->tick = loop_timer_free(c->tick);
	c->run = loop_timer_free(c->run);
	lines_close(c);
	c->sounds = sounds_free(c->sounds);
}

static void report_samples(const char *name, struct samples *s)
{
	if (s->n)
		printf(" %s=%zu %s_p50_ms=%.1f %s_p99_ms=%.1f", name, s->n,
		       name, samples_ms(s, .5), name, samples_ms(s, .99));
}

static void report(struct crew *c)
{
	const struct robot_counts *n = &c->counts;

	printf("robot: agents=%u", c->opt.agents);
#define X(name) printf(" " #name "=%llu", (unsigned long long)n->name);
	ROBOT_COUNTS(X)
#undef X
	report_samples("audio", &c->audio);
	report_samples("popped", &c->popped);
	printf("\n");
	fflush(stdout);
}

static void run_for(struct loop_timer *end, uint64_t ms)
{
	loop_timer_start(end, ms);
	if (loop_run(NULL))
		fprintf(stderr, "robot: the end was cut short\n");
}

/* Log out first, then hang the lines up: the other way round each phone
 * would be reported as lost. */
static void leave(struct crew *c, struct loop_timer *end)
{
	c->stopping = true;
	for (unsigned i = 0; i < c->opt.agents; i++)
		robot_leave(&c->robots[i]);
	run_for(end, LEAVE_MS);
	for (unsigned i = 0; i < c->opt.agents; i++)
		line_drop(&c->robots[i].line);
	run_for(end, BYE_MS);
}

static enum err serve(struct crew *c)
{
	struct loop_timer *end = NULL;
	enum err e = loop_init(0);

	if (e)
		return e;
	e = loop_timer_new(stop_h, c, &end);
	if (!e)
		e = crew_open(c);
	if (!e && c->opt.seconds > 0)
		loop_timer_start(end, (uint64_t)(c->opt.seconds * 1000));
	if (!e) {
		e = loop_run(NULL);
		leave(c, end);
	}
	crew_close(c);
	loop_timer_free(end);
	loop_fini();
	return e;
}

int main(int argc, char **argv)
{
	struct rlimit rl;
	struct crew *c = calloc(1, sizeof(*c));
	int status;
	enum err e;

	if (!c)
		return 1;
	c->opt = (struct robot_opt){
		.agents = 20, .first = 1001, .user = "agent",
		.password = "demo", .listen = "127.0.0.1", .talk_s = 60,
		.wrap_s = 12, .read_s = 6, .break_s = 120, .hangup = .4,
		.brk = .02, .hold = .05, .scale = 1, .seed = 1,
	};
	status = options(&c->opt, argc, argv);
	if (status) {
		free(c);
		return status - 1;
	}
	if (!getrlimit(RLIMIT_NOFILE, &rl)) {
		rl.rlim_cur = rl.rlim_max;
		setrlimit(RLIMIT_NOFILE, &rl);
	}
	c->robots = calloc(c->opt.agents, sizeof(*c->robots));
	e = c->robots ? serve(c) : ERR_MEMORY;
	if (e)
		fprintf(stderr, "robot: %s\n", err_text(e));
	else
		report(c);
	free(c->robots);
	free(c);
	return e != ERR_OK;
}
