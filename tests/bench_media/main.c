/*
 * bench_media [relay|transcode|record|watch|hold] [CALLS ...] -- joined calls
 * one worker on one core carries: loss, delay through it, CPU per packet.
 *
 * Two processes on two cores: this one is the media room, its child both far
 * ends of every call, on 16 sockets.  A packet carries the time it was sent;
 * the kernel stamps its arrival, so the child's own queue is not in the
 * figures.  Each packet has its own moment in the 20 ms.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "media/media.h"
#include "media/media_rtp.h"

enum {
	SOCKETS = 16,
	SECONDS = 5,
	WARM_SECONDS = 1,
	CALLS_MOST = 4000,
	BATCH = 64,
	BIN_US = 50,		/* of the delay histogram                    */
	BINS = 4000,		/* up to 200 ms                              */
	BUFFER = 8 << 20
};

enum mode { RELAY, TRANSCODE, RECORD, WATCH, HOLD };

static const char *const mode_words[] = { "relay", "transcode", "record",
					  "watch", "hold" };

struct figures {		/* what the child found                      */
	uint64_t sent, got;
	uint64_t bin[BINS];
};

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

static void need_err(enum err e, const char *what)
{
	if (!e)
		return;
	fprintf(stderr, "bench_media: %s: %s\n", what, err_text(e));
	exit(1);
}

static int64_t now_ns(clockid_t c)
{
	struct timespec t;

	clock_gettime(c, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void on_core(int n)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)n, &set);
	(void)sched_setaffinity(0, sizeof(set), &set);
}

static int open_socket(uint16_t *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	int on = 1, size = BUFFER;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	need(fd >= 0 && !bind(fd, (struct sockaddr *)&a, sizeof(a)), "socket");
	need(!getsockname(fd, (struct sockaddr *)&a, &len), "name");
	(void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size,
				 sizeof(size));
	*port = ntohs(a.sin_port);
	return fd;
}

/* ---- the far ends ---------------------------------------------------- */

struct far {
	int fd[SOCKETS];
	uint16_t to[2 * CALLS_MOST];	/* ports of the legs                 */
	unsigned legs;
	uint16_t seq[2 * CALLS_MOST];
	bool counting;
	enum mode mode;
	struct figures f;
};

static void far_send(struct far *r, unsigned leg)
{
	uint8_t b[RTP_HEADER + RTP_FRAME];
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(r->to[leg]) };
	int64_t at = now_ns(CLOCK_REALTIME);
	uint8_t pt = r->mode == TRANSCODE && leg % 2 ? MEDIA_PCMA : MEDIA_PCMU;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	memset(b, 0x35, sizeof(b));
	rtp_write(b, pt, false, r->seq[leg], r->seq[leg] * 160u, leg + 1);
	r->seq[leg]++;
	memcpy(b + RTP_HEADER, &at, sizeof(at));
	if (sendto(r->fd[leg % SOCKETS], b, sizeof(b), 0,
		   (struct sockaddr *)&a, sizeof(a)) == sizeof(b) &&
	    r->counting)
		r->f.sent++;
}

/* Transcoded, the time in the packet is gone: only counted. */
static void far_got(struct far *r, struct mmsghdr *h, const uint8_t *b)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(&h->msg_hdr);
	struct timespec t;
	int64_t sent, us;

	if (h->msg_len != RTP_HEADER + RTP_FRAME || !c || !r->counting)
		return;
	memcpy(&t, CMSG_DATA(c), sizeof(t));
	memcpy(&sent, b + RTP_HEADER, sizeof(sent));
	us = (t.tv_sec * 1000000000LL + t.tv_nsec - sent) / 1000;
	r->f.got++;
	if (r->mode == TRANSCODE || r->mode == HOLD)
		return;
	us = us < 0 ? 0 : us / BIN_US;
	r->f.bin[us < BINS ? us : BINS - 1]++;
}

static void far_receive(struct far *r, int fd)
{
	static uint8_t b[BATCH][256];
	static char control[BATCH][64];
	struct mmsghdr h[BATCH];
	struct iovec v[BATCH];
	int n;

	do {
		memset(h, 0, sizeof(h));
		for (int i = 0; i < BATCH; i++) {
			v[i] = (struct iovec){ b[i], sizeof(b[i]) };
			h[i].msg_hdr.msg_iov = &v[i];
			h[i].msg_hdr.msg_iovlen = 1;
			h[i].msg_hdr.msg_control = control[i];
			h[i].msg_hdr.msg_controllen = sizeof(control[i]);
		}
		n = recvmmsg(fd, h, BATCH, MSG_DONTWAIT, NULL);
		for (int i = 0; i < n; i++)
			far_got(r, &h[i], b[i]);
	} while (n == BATCH);
}

/* Sends packet k at its moment: legs spread evenly over each 20 ms. */
static void far_talk(struct far *r, int seconds, bool counting)
{
	int64_t start = now_ns(CLOCK_MONOTONIC), now = start;
	int64_t step = 20000000 / r->legs, due = start;
	unsigned leg = 0;

	r->counting = counting;
	while (now < start + seconds * 1000000000LL) {
		for (unsigned k = 0; due <= now && k < 32; k++, due += step) {
			far_send(r, leg);
			leg = (leg + 1) % r->legs;
		}
		for (int i = 0; i < SOCKETS; i++)
			far_receive(r, r->fd[i]);
		if (due > now_ns(CLOCK_MONOTONIC))
			usleep(200);	/* leaves the core to others */
		now = now_ns(CLOCK_MONOTONIC);
	}
}

static int far_main(struct far *r, int in, int out)
{
	ssize_t n = read(in, r->to, r->legs * sizeof(r->to[0]));

	need(n == (ssize_t)(r->legs * sizeof(r->to[0])), "ports");
	far_talk(r, WARM_SECONDS, false);
	need(write(out, "w", 1) == 1, "warm");
	far_talk(r, SECONDS, true);
	need(write(out, "d", 1) == 1, "done");
	/* What is on its way; on hold, music would go on for ever. */
	for (int i = 0; i < 20 && r->mode != HOLD; i++) {
		for (int k = 0; k < SOCKETS; k++)
			far_receive(r, r->fd[k]);
		usleep(5000);
	}
	need(write(out, &r->f, sizeof(r->f)) == (ssize_t)sizeof(r->f), "end");
	return 0;
}

/* ---- the room -------------------------------------------------------- */

struct room {
	struct media *m;
	struct leg_id leg[2 * CALLS_MOST];
	uint16_t port[2 * CALLS_MOST];
};

static void room_join(struct room *r, unsigned calls, enum mode mode,
		      const uint16_t *far_port)
{
	for (unsigned i = 0; i < 2 * calls; i++) {
		uint8_t pt = mode == TRANSCODE && i % 2 ? MEDIA_PCMA
							: MEDIA_PCMU;

		need_err(media_leg_new(r->m, i % 2 ? MEDIA_AGENT
						   : MEDIA_CUSTOMER,
				       &r->leg[i], &r->port[i]), "leg");
		need_err(media_leg_peer(r->m, r->leg[i], "127.0.0.1",
					far_port[i % SOCKETS], pt, 101),
			 "peer");
		if (i % 500 == 499)
			usleep(20000);		/* the ring empties */
	}
	for (unsigned i = 0; i < 2 * calls; i += 2) {
		char name[32];

		need_err(media_join(r->m, r->leg[i], r->leg[i + 1]), "join");
		(void)str_fmt(name, sizeof(name), "%u", i);
		if (mode == RECORD)
			need_err(media_record(r->m, r->leg[i],
					      (struct call_id){ i + 1 }, name),
				 "record");
		if (mode == HOLD)
			need_err(media_hold(r->m, r->leg[i], true), "hold");
		if (i % 500 == 0)
			usleep(20000);
	}
}

/* A supervisor listens to every call: all of them are mixed for somebody. */
static void room_watch(struct room *r, unsigned calls)
{
	for (unsigned i = 0; i < calls; i++) {
		struct leg_id s;
		uint16_t port;

		need_err(media_leg_new(r->m, MEDIA_WATCHER, &s, &port), "leg");
		/* Nobody is there to hear it; the sending costs the same. */
		need_err(media_leg_peer(r->m, s, "127.0.0.1", 9, MEDIA_PCMU,
					101), "peer");
		need_err(media_watch(r->m, s, r->leg[2 * i + 1], MEDIA_LISTEN),
			 "watch");
		if (i % 500 == 499)
			usleep(20000);
	}
}

static double cpu_s(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void wait_word(struct media *m, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char c;

	while (poll(&p, 1, 50) == 0)
		media_pump(m);
	need(read(fd, &c, 1) == 1, "the far ends");
}

static unsigned percentile_us(const struct figures *f, double share)
{
	uint64_t sum = 0, all = 0;

	for (unsigned i = 0; i < BINS; i++)
		all += f->bin[i];
	for (unsigned i = 0; i < BINS; i++) {
		sum += f->bin[i];
		if ((double)sum >= share * (double)all && all)
			return (i + 1) * BIN_US;
	}
	return 0;
}

static void report(unsigned calls, const struct figures *f, double cpu,
		   const struct media_totals *t)
{
	double per_s = (double)f->sent / SECONDS;

	printf("calls=%u packets_in/s=%.0f loss=%.4f%% p50_us=%u p99_us=%u "
	       "p999_us=%u worker_cpu=%.0f%% us/packet=%.2f tick_late_us=%u "
	       "rec_lost=%lu\n", calls, per_s,
	       f->sent ? 100.0 * ((double)f->sent - (double)f->got) /
			 (double)f->sent : 0,
	       percentile_us(f, .5), percentile_us(f, .99),
	       percentile_us(f, .999), 100 * cpu / SECONDS,
	       f->sent ? 1e6 * cpu / (double)f->sent : 0, t->late_max_us,
	       (unsigned long)t->rec_lost);
	fflush(stdout);
}

static void read_all(int fd, void *to, size_t n)
{
	char *at = to;

	while (n) {
		ssize_t k = read(fd, at, n);

		need(k > 0, "figures");
		at += k;
		n -= (size_t)k;
	}
}

static void step(unsigned calls, enum mode mode, const char *spool)
{
	static struct room room;
	static struct far far;
	static struct figures f;
	struct media_conf conf = { .workers = 1, .realtime = true, .legs_max = 3 * calls + 8,
				   .spool_dir = mode == RECORD ? spool : NULL };
	struct media_handlers h = { NULL, NULL };
	struct media_totals totals;
	uint16_t port[SOCKETS];
	int there[2], back[2];
	double cpu;
	pid_t pid;

	memset(&far, 0, sizeof(far));
	far.legs = 2 * calls;
	far.mode = mode;
	for (int i = 0; i < SOCKETS; i++)
		far.fd[i] = open_socket(&port[i]);
	need(!pipe(there) && !pipe(back), "pipe");
	pid = fork();
	need(pid >= 0, "fork");
	if (!pid) {
		struct sched_param prio = { .sched_priority = 1 };

		on_core(0);
		if (sched_setscheduler(0, SCHED_RR, &prio))
			printf("no real-time scheduling: other work on this "
			       "machine is in the delays\n");
		_exit(far_main(&far, there[0], back[1]));
	}
	for (int i = 0; i < SOCKETS; i++)
		close(far.fd[i]);
	on_core(1);
	need_err(media_new(&conf, &h, &room.m), "media_new");
	room_join(&room, calls, mode, port);
	if (mode == WATCH)
		room_watch(&room, calls);
	need(write(there[1], room.port, far.legs * sizeof(port[0])) > 0,
	     "ports");
	wait_word(room.m, back[0]);
	cpu = cpu_s();
	wait_word(room.m, back[0]);
	cpu = cpu_s() - cpu;
	read_all(back[0], &f, sizeof(f));
	media_totals(room.m, &totals);
	report(calls, &f, cpu, &totals);
	room.m = media_free(room.m);
	need(waitpid(pid, NULL, 0) == pid, "wait");
	for (int i = 0; i < 2; i++) {
		close(there[i]);
		close(back[i]);
	}
}

int main(int argc, char **argv)
{
	static const unsigned usual[] = { 200, 600, 1000, 1200, 1400 };
	char spool[] = "/tmp/waihu-bench-media-XXXXXX", cmd[96];
	enum mode mode = RELAY;
	struct rlimit rl;

	for (unsigned i = 0; argc > 1 && i < ARRAY_LEN(mode_words); i++)
		if (str_eq(argv[1], mode_words[i]))
			mode = (enum mode)i;
	if (argc > 1 && !str_eq(argv[1], mode_words[mode])) {
		fprintf(stderr, "usage: bench_media [relay|transcode|record|"
			"watch|hold] [CALLS ...]\n");
		return 64;
	}
	if (!getrlimit(RLIMIT_NOFILE, &rl)) {
		rl.rlim_cur = rl.rlim_max;
		setrlimit(RLIMIT_NOFILE, &rl);
	}
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		printf("only one core: the far ends share it, expect less\n");
	printf("bench_media %s\n", mode_words[mode]);
	for (unsigned i = 0; i < (argc > 2 ? (unsigned)argc - 2
					   : ARRAY_LEN(usual)); i++) {
		unsigned calls = argc > 2 ? (unsigned)atoi(argv[i + 2])
					  : usual[i];

		if (!calls || calls > CALLS_MOST)
			return 64;
		need(mkdtemp(spool) != NULL, "spool");
		step(calls, mode, spool);
		(void)str_fmt(cmd, sizeof(cmd), "rm -rf %s", spool);
		need(!system(cmd), "rm");
		memcpy(spool + sizeof(spool) - 7, "XXXXXX", 6);
	}
	return 0;
}
