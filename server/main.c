/*
 * waihud -- the outbound call-centre server.
 *
 * main reads the command line, opens the rooms (live), the front door and
 * the desks behind it, runs the loop, and closes everything in the end.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "clerk/clerk.h"
#include "dial/loop.h"
#include "flow.h"
#include "house/house.h"
#include "live/live.h"
#include "msg/msg.h"
#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

static const char usage_text[] =
	"usage: waihud [-c FILE]... [-t] [-q]\n"
	"       waihud --map | --options | --default-config | --messages |\n"
	"              --causes | --verbs | --version\n"
	"\n"
	"  -c, --config FILE   configuration; default /etc/waihu/waihu.yaml and\n"
	"                      /etc/waihu/conf.d; may be given several times\n"
	"  -t, --test          check the configuration and exit\n"
	"  -q, --quiet         log warnings and errors only\n"
	"      --map           print the life of a call as a state diagram\n"
	"      --options       print the options\n"
	"      --default-config  print a commented configuration file\n"
	"      --messages      print the messages between server and screens\n"
	"      --causes        print what the trunks' answers mean\n"
	"      --verbs         print the verbs of waihu(8) it answers\n"
	"      --version       print the version\n"
	"  -h, --help          print this\n";

enum { OPT_MAP = 1000, OPT_OPTIONS, OPT_DEFAULT, OPT_MESSAGES, OPT_CAUSES,
       OPT_VERBS, OPT_VERSION, PATHS_MAX = 16, CONFS_MAX = 256 };

struct args {
	const char *paths[PATHS_MAX];
	size_t n_paths;
	bool test, quiet;
};

/* ---- tables the program can print of itself --------------------------------- */

static void print_messages(void)
{
	const struct msg_row *row;
	char text[8192];

	for (size_t i = 0; (row = msg_row_at(i)); i++) {
		schema_describe(row->schema, text, sizeof(text));
		printf("%u %s: %s\n%s\n", row->type, row->name, row->doc,
		       text);
	}
}

static int print_causes(void)
{
	char line[256];
	FILE *f = fopen(WAIHU_PREFIX "/share/waihu/sip-causes.tsv", "re");

	if (!f)
		f = fopen("data/sip-causes.tsv", "re");
	if (!f) {
		fprintf(stderr, "waihud: sip-causes.tsv: %s\n",
			strerror(errno));
		return EX_NOINPUT;
	}
	while (fgets(line, sizeof(line), f))
		if (*line != '#')
			fputs(line, stdout);
	fclose(f);
	return 0;
}

/* ---- command line ------------------------------------------------------------- */

/* -1: go on; else the exit status. */
static int parse(int argc, char **argv, struct args *a)
{
	static const struct option longs[] = {
		{ "config",  required_argument, NULL, 'c' },
		{ "test",    no_argument,       NULL, 't' },
		{ "quiet",   no_argument,       NULL, 'q' },
		{ "help",    no_argument,       NULL, 'h' },
		{ "map",     no_argument,       NULL, OPT_MAP },
		{ "options", no_argument,       NULL, OPT_OPTIONS },
		{ "default-config", no_argument, NULL, OPT_DEFAULT },
		{ "messages", no_argument,      NULL, OPT_MESSAGES },
		{ "causes",  no_argument,       NULL, OPT_CAUSES },
		{ "verbs",   no_argument,       NULL, OPT_VERBS },
		{ "version", no_argument,       NULL, OPT_VERSION },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:tqh", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			if (a->n_paths == PATHS_MAX)
				return EX_USAGE;
			a->paths[a->n_paths++] = optarg;
			break;
		case 't': a->test = true; break;
		case 'q': a->quiet = true; break;
		case 'h': fputs(usage_text, stdout); return 0;
		case OPT_MAP: flow_print_map(stdout); return 0;
		case OPT_OPTIONS:
			conf_print_options(&server_options, false,
					   stdout);
			return 0;
		case OPT_DEFAULT:
			conf_print_default(&server_options, false,
					   stdout);
			return 0;
		case OPT_MESSAGES: print_messages(); return 0;
		case OPT_CAUSES: return print_causes();
		case OPT_VERBS: clerk_help(stdout); return 0;
		case OPT_VERSION:
			puts("waihud " WAIHU_VERSION);
			return 0;
		default:
			fputs(usage_text, stderr);
			return EX_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "waihud: %s: not an option\n%s", argv[optind],
			usage_text);
		return EX_USAGE;
	}
	if (!a->n_paths) {
		a->paths[a->n_paths++] = "/etc/waihu/waihu.yaml";
		a->paths[a->n_paths++] = "/etc/waihu/conf.d";
	}
	return -1;
}

/* ---- running -------------------------------------------------------------------- */

/* The loop's signals come as calls; they act on the one server. */
static struct {
	const struct args *args;
	struct house *house;
	struct conf *confs[CONFS_MAX];	/* all that were ever in force      */
	size_t n_confs;
	int log_fd;
	bool ran;			/* the loop did                     */
} the = { .log_fd = -1 };

static void on_signal(int sig UNUSED)
{
	house_stop(the.house);
}

/* A call: RTP, the far end's RTCP, its recording.  An agent: RTP, a screen,
 * and as many again while one is being replaced. */
static void raise_limits(const struct conf *c)
{
	rlim_t want = (rlim_t)(3 * conf_int(c, "server", NULL, "calls_max") +
			       4 * conf_int(c, "server", NULL, "agents_max") +
			       1024);
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) || lim.rlim_cur >= want)
		return;
	if (lim.rlim_max < want && geteuid() == 0)
		lim.rlim_max = want;
	lim.rlim_cur = MIN(want, lim.rlim_max);
	if (setrlimit(RLIMIT_NOFILE, &lim) || lim.rlim_cur < want)
		log_warn("main", "only %llu descriptors may be open, %llu are "
			 "wanted: raise LimitNOFILE",
			 (unsigned long long)lim.rlim_cur,
			 (unsigned long long)want);
}

static int open_log(const struct conf *c)
{
	const char *path = conf_text(c, "server", NULL, "log_file");
	enum log_level level;
	int fd;

	if (!log_level_from_word(conf_text(c, "server", NULL, "log_level"),
				 &level))
		log_set_level(the.args->quiet ? LOG_WARN : level);
	if (!path)
		return 0;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0) {
		fprintf(stderr, "waihud: %s: %s\n", path, strerror(errno));
		return EX_CANTCREAT;
	}
	log_set_fd(fd);
	if (the.log_fd >= 0)
		close(the.log_fd);
	the.log_fd = fd;
	return 0;
}

/* Who asked for a reload hears what the log does. */
struct reloading {
	conf_error_h *mistake;		/* NULL: nobody asked, a signal did  */
	conf_change_h *change;
	void *arg;
};

static void log_mistake(const struct conf_origin *at, const char *text,
			void *arg)
{
	const struct reloading *r = arg;

	log_err("conf", "%s:%u:%u: %s", at->file, at->line, at->column, text);
	if (r->mistake)
		r->mistake(at, text, r->arg);
}

static void log_change(const char *section, const char *inst,
		       const char *key, bool live, void *arg)
{
	const struct reloading *r = arg;

	/* Trunks are made at the start: SIP listens for these. */
	live = live && (key || !str_eq(section, "trunks"));
	log_info("conf", "%s%s%s%s%s: changed%s", section, inst ? "." : "",
		 inst ? inst : "", key ? "." : "", key ? key : "",
		 live ? "" : "; it waits for a restart");
	if (r->change)
		r->change(section, inst, key, live, r->arg);
}

/* All of the new configuration, or, with one mistake, none of it. */
static enum err reload(conf_error_h *mistake, conf_change_h *change,
		       void *arg)
{
	struct reloading r = { mistake, change, arg };
	struct conf_origin at = { the.args->paths[0], 0, 0 };
	struct conf *c;
	enum err e;

	if (the.n_confs == CONFS_MAX) {
		log_mistake(&at, "reloaded too often: restart to go on", &r);
		return ERR_FULL;
	}
	e = conf_load(the.args->paths, the.args->n_paths, &server_options, &c,
		      log_mistake, &r);
	if (!e) {
		e = options_check(c, log_mistake, &r) ? ERR_FORMAT
						      : house_reload(the.house, c);
		if (e)
			conf_free(c);
	}
	if (e) {
		log_err("conf", "not reloaded");
		return e;
	}
	conf_compare(the.confs[the.n_confs - 1], c, log_change, &r);
	the.confs[the.n_confs++] = c;
	open_log(c);
	log_info("conf", "reloaded");
	return ERR_OK;
}

static void on_signal_fd(int flags UNUSED, void *arg)
{
	const int *fd = arg;
	struct signalfd_siginfo si;

	while (read(*fd, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		enum err e = si.ssi_signo == SIGHUP ? reload(NULL, NULL, NULL)
						    : ERR_OK;

		(void)e;		/* said in the log */
		if (si.ssi_signo != SIGHUP &&
		    open_log(the.confs[the.n_confs - 1]))
			log_err("main", "the log file was not opened again");
	}
}

/* SIGHUP and SIGUSR1 come as a descriptor; before any thread is made. */
static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static int serve(void)
{
	const struct conf *c = the.confs[0];
	int sig_fd = open_signals();
	struct clock clock;
	enum err e;

	clock_init_real(&clock);
	raise_limits(c);
	e = loop_init(0);
	if (!e && sig_fd >= 0)
		e = loop_watch_fd(sig_fd, LOOP_READ, on_signal_fd, &sig_fd);
	if (!e)
		e = house_new(c, &clock, &the.house);
	if (!e)
		house_on_reload(the.house, reload);
	the.ran = !e;
	if (!e)
		e = loop_run(on_signal);
	the.house = house_free(the.house);
	if (sig_fd >= 0) {
		loop_unwatch_fd(sig_fd);
		close(sig_fd);
	}
	loop_fini();
	if (e) {
		log_err("main", the.ran ? "stopped: %s" : "not started (%s): "
			"what to mend is told above", err_text(e));
		return e == ERR_FORMAT ? EX_CONFIG
		     : e == ERR_ABSENT ? EX_NOINPUT : EX_UNAVAILABLE;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct args a = { 0 };
	int status = parse(argc, argv, &a);
	enum err e;

	if (status >= 0)
		return status;
	the.args = &a;
	e = conf_load(a.paths, a.n_paths, &server_options, &the.confs[0],
		      conf_error_print, stderr);
	if (e == ERR_ABSENT)
		fputs("waihud: another file: -c FILE; a first one: waihud "
		      "--default-config >FILE\n", stderr);
	if (e)
		return e == ERR_ABSENT ? EX_NOINPUT : EX_CONFIG;
	the.n_confs = 1;
	status = options_check(the.confs[0], conf_error_print, stderr)
			 ? EX_CONFIG : 0;
	if (!status && !a.test)
		status = open_log(the.confs[0]);
	if (!status && !a.test)
		status = serve();
	for (size_t i = 0; i < the.n_confs; i++)
		conf_free(the.confs[i]);
	return status;
}
