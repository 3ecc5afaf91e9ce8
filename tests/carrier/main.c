/*
 * carrier [options] -- see usage(); prints "carrier: listen=ADDR:PORT", then
 * serves until SIGTERM, SIGINT, or the end of its standard input if that is a
 * pipe; prints its counts as one line.  Commands on the pipe, one a line:
 * storm on|off, dead on|off, bye ENDS (who answered and whose number ends
 * so hangs up), counts, quit.  SIGUSR1 turns the storm, SIGUSR2
 * the dead host on and off.
 */
#include "carrier/carrier.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "dial/loop.h"

struct app {
	struct carrier *c;
	char line[256];
	size_t len;
	bool storm, dead;
};

static const struct option longs[] = {
	{ "listen", 1, NULL, 'l' },   { "seed", 1, NULL, 's' },
	{ "scale", 1, NULL, 'x' },    { "forced", 0, NULL, 'f' },
	{ "rates", 1, NULL, 'r' },    { "talk", 1, NULL, 't' },
	{ "patience", 1, NULL, 'P' },
	{ "channels", 1, NULL, 'c' }, { "auth", 1, NULL, 'a' },
	{ "record", 1, NULL, 'w' },   { "law", 1, NULL, 'L' },
	{ "verbose", 0, NULL, 'v' },  { "table", 0, NULL, 'T' },
	{ "probe", 0, NULL, 'p' },     { "chatty", 0, NULL, 'C' },
	{ "help", 0, NULL, 'h' },     { NULL, 0, NULL, 0 },
};

static void usage(void)
{
	puts("carrier: a telephone network on loopback\n"
	     "  --listen ADDR:PORT  SIP over UDP and TCP; 127.0.0.1:0\n"
	     "  --seed N            chance; 1\n"
	     "  --scale X           times are divided by X; 1\n"
	     "  --forced            the number's last two digits choose"
	     " (--table)\n"
	     "  --rates W=R,...     share of each behaviour, 0..1; the rest"
	     " does not answer;\n"
	     "                      person=.34,machine=.1,busy=.05,vacant=.06,"
	     "off=.05,\n"
	     "                      decline=.03,early=.03,earlybusy=.01,"
	     "earlyvacant=.02,503=.002\n"
	     "  --talk S            mean conversation [s]; 60\n"
	     "  --patience S        how long a person bears silence [s]; 5 to 12\n"
	     "  --channels N        more calls at once are refused with 503\n"
	     "  --auth USER:PASS    digest challenge for every INVITE\n"
	     "  --record DIR        what each callee heard: NUMBER-NTH.wav\n"
	     "  --law u|a|offer     the one codec it has; offer = both\n"
	     "  --verbose           a line a call on stdout\n"
	     "  --probe             callees speak stamps; how long from the"
	     " answer until\n"
	     "                      the agent (robot --probe) is heard\n"
	     "  --chatty            callees speak without a pause\n"
	     "  --table             the behaviours by number, and exit");
}

static void table(void)
{
#define X(id, ends, word, what) printf("..%02d  %-12s %s\n", ends, word, what);
	CARRIER_BEHAVIOURS(X)
#undef X
}

static bool rates_parse(struct carrier_opt *o, char *text)
{
	char *save, *w;
	double sum = 0;

	memset(o->rate, 0, sizeof(o->rate));
	for (w = strtok_r(text, ",", &save); w; w = strtok_r(NULL, ",", &save)) {
		char *eq = strchr(w, '=');
		int b = 0;

		if (!eq)
			return false;
		*eq = '\0';
		while (b < BEH_COUNT && strcmp(behaviour_word(b), w))
			b++;
		if (b == BEH_COUNT)
			return false;
		o->rate[b] = strtod(eq + 1, NULL);
		sum += o->rate[b];
	}
	return sum <= 1.0001;
}

static bool listen_parse(struct carrier_opt *o, char *text)
{
	char *colon = strrchr(text, ':');
	uint64_t port;

	if (!colon || str_to_u64(colon + 1, 65535, &port))
		return false;
	*colon = '\0';
	o->listen = text;
	o->port = (uint16_t)port;
	return true;
}

static bool auth_parse(struct carrier_opt *o, char *text)
{
	char *colon = strchr(text, ':');

	if (!colon)
		return false;
	*colon = '\0';
	o->user = text;
	o->password = colon + 1;
	return true;
}

/* False: the words are wrong. */
static bool take(struct carrier_opt *o, int opt, char *arg)
{
	uint64_t n = 0;

	switch (opt) {
	case 'l': return listen_parse(o, arg);
	case 's': return !str_to_u64(arg, UINT64_MAX, &o->seed);
	case 'x': return (o->scale = strtod(arg, NULL)) > 0;
	case 'f': return o->forced = true;
	case 'r': return rates_parse(o, arg);
	case 't': return (o->talk_s = strtod(arg, NULL)) > 0;
	case 'P': return (o->patience_s = strtod(arg, NULL)) > 0;
	case 'c':
		if (str_to_u64(arg, 1000000, &n))
			return false;
		o->channels = (unsigned)n;
		return true;
	case 'a': return auth_parse(o, arg);
	case 'w': o->record = arg; return true;
	case 'L': o->law = arg;
		return !strcmp(arg, "u") || !strcmp(arg, "a") ||
		       !strcmp(arg, "offer");
	case 'v': return o->verbose = true;
	case 'p': return o->probe = true;
	case 'C': return o->chatty = true;
	default:  return false;
	}
}

static void counts_print(struct app *a)
{
	struct carrier_counts *n = carrier_counts(a->c);

	printf("carrier:");
#define X(name) printf(" " #name "=%llu", (unsigned long long)n->name);
	CARRIER_COUNTS(X)
#undef X
	if (carrier_heard(a->c)->n)
		printf(" heard=%zu heard_p50_ms=%.1f heard_p99_ms=%.1f",
		       carrier_heard(a->c)->n,
		       samples_ms(carrier_heard(a->c), .5),
		       samples_ms(carrier_heard(a->c), .99));
	printf("\n");
	fflush(stdout);
}

static void command(struct app *a, const char *line)
{
	if (!strcmp(line, "storm on") || !strcmp(line, "storm off"))
		carrier_set_storm(a->c, a->storm = line[7] == 'n');
	else if (!strcmp(line, "dead on") || !strcmp(line, "dead off"))
		carrier_set_dead(a->c, a->dead = line[6] == 'n');
	else if (!strncmp(line, "bye ", 4))
		(void)carrier_hang_up(a->c, line + 4);
	else if (!strcmp(line, "counts"))
		counts_print(a);
	else if (!strcmp(line, "quit"))
		loop_stop();
}

static void stdin_h(int flags, void *arg)
{
	struct app *a = arg;
	ssize_t n = read(0, a->line + a->len, sizeof(a->line) - 1 - a->len);
	char *nl;

	(void)flags;
	if (n <= 0) {
		loop_unwatch_fd(0);
		loop_stop();
		return;
	}
	a->len += (size_t)n;
	a->line[a->len] = '\0';
	while ((nl = strchr(a->line, '\n'))) {
		*nl = '\0';
		command(a, a->line);
		a->len -= (size_t)(nl + 1 - a->line);
		memmove(a->line, nl + 1, a->len + 1);
	}
	if (a->len == sizeof(a->line) - 1)
		a->len = 0;		/* no command is so long */
}

struct signals {
	struct app *app;
	int fd;
};

static void signal_fd_h(int flags, void *arg)
{
	struct signals *s = arg;
	struct signalfd_siginfo si;

	(void)flags;
	while (read(s->fd, &si, sizeof(si)) == sizeof(si)) {
		struct app *a = s->app;

		if (si.ssi_signo == SIGUSR1)
			carrier_set_storm(a->c, a->storm = !a->storm);
		else
			carrier_set_dead(a->c, a->dead = !a->dead);
	}
}

static int signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -1;
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* A socket a call: as many as we may. */
static void raise_fd_limit(void)
{
	struct rlimit rl;

	if (!getrlimit(RLIMIT_NOFILE, &rl)) {
		rl.rlim_cur = rl.rlim_max;
		setrlimit(RLIMIT_NOFILE, &rl);
	}
}

static int serve(const struct carrier_opt *o)
{
	struct app a = { .len = 0 };
	struct signals s = { .app = &a, .fd = signals_open() };
	struct stat st;
	enum err e;

	raise_fd_limit();
	e = loop_init(0);
	if (!e)
		e = carrier_new(o, &a.c);
	if (!e && s.fd >= 0)
		e = loop_watch_fd(s.fd, LOOP_READ, signal_fd_h, &s);
	if (!e && !fstat(0, &st) && (S_ISFIFO(st.st_mode) ||
				     S_ISSOCK(st.st_mode)))
		e = loop_watch_fd(0, LOOP_READ, stdin_h, &a);
	if (e) {
		fprintf(stderr, "carrier: %s:%u: %s\n", o->listen, o->port,
			err_text(e));
		return 1;
	}
	printf("carrier: listen=%s:%u\n", o->listen, carrier_port(a.c));
	fflush(stdout);
	e = loop_run(NULL);
	counts_print(&a);
	if (s.fd >= 0) {
		loop_unwatch_fd(s.fd);
		close(s.fd);
	}
	loop_unwatch_fd(0);
	a.c = carrier_free(a.c);
	loop_fini();
	return e != ERR_OK;
}

int main(int argc, char **argv)
{
	struct carrier_opt o = {
		.listen = "127.0.0.1", .seed = 1, .scale = 1, .talk_s = 60,
		.law = "offer",
		.rate = { [BEH_PERSON] = .34, [BEH_MACHINE] = .10,
			  [BEH_BUSY] = .05, [BEH_VACANT] = .06, [BEH_OFF] = .05,
			  [BEH_DECLINE] = .03, [BEH_EARLY] = .03,
			  [BEH_EARLYBUSY] = .01, [BEH_EARLYVACANT] = .02,
			  [BEH_503] = .002 },
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (opt == 'h' || opt == 'T') {
			opt == 'h' ? usage() : table();
			return 0;
		}
		if (!take(&o, opt, optarg)) {
			fprintf(stderr, "carrier: %s: wrong value (--help)\n",
				optarg ? optarg : argv[optind - 1]);
			return 2;
		}
	}
	return serve(&o);
}
