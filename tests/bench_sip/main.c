/*
 * bench_sip [CALLS_PER_S] [SECONDS] -- how many calls can the door originate?
 *
 * A child process is a minimal user agent server on libre's SIP transactions
 * (180, 200, 200 to BYE); the parent starts calls through dial_start at the
 * given rate, hangs each up when it is answered, and prints calls/s, CPU per
 * call, and the delay from INVITE to answer.  Every call passes the whole
 * room: pass, trunk, SDP both ways, events.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "dial/dial.h"
#include "dial/fake_gate.h"
#include "dial/loop.h"

#include <re.h>

enum { SLOTS = 60000, TICK_MS = 2 };

/* -------------------------------------------------------------- the far end */

static struct sip *uas;

static bool uas_request_h(const struct sip_msg *msg, void *arg)
{
	static const char sdp[] =
		"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
		"c=IN IP4 127.0.0.1\r\nt=0 0\r\n"
		"m=audio 49000 RTP/AVP 0 101\r\n"
		"a=rtpmap:101 telephone-event/8000\r\n";

	(void)arg;
	if (!pl_strcmp(&msg->met, "ACK"))
		return true;
	if (pl_strcmp(&msg->met, "INVITE")) {
		(void)sip_treplyf(NULL, NULL, uas, msg, false, 200, "OK",
				  "Content-Length: 0\r\n\r\n");
		return true;
	}
	(void)sip_replyf(uas, msg, 180, "Ringing",
			 "Content-Length: 0\r\n\r\n");
	(void)sip_treplyf(NULL, NULL, uas, msg, true, 200, "OK",
			  "Contact: <sip:%J>\r\n"
			  "Content-Type: application/sdp\r\n"
			  "Content-Length: %zu\r\n\r\n%s", &msg->dst,
			  sizeof(sdp) - 1, sdp);
	return true;
}

static void big_buffers(void)
{
	int size = 4 << 20;

	for (int fd = 3; fd < 64; fd++)
		if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
			       sizeof(size)))
			(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size,
					 sizeof(size));
}

static void far_end(int out)
{
	struct sip_lsnr *l = NULL;
	struct sa sa;
	uint16_t port;

	if (loop_init(1024) || sa_set_str(&sa, "127.0.0.1", 0) ||
	    sip_alloc(&uas, NULL, 65536, 65536, 64, NULL, NULL, NULL) ||
	    sip_transp_add(uas, SIP_TRANSP_UDP, &sa) ||
	    sip_transp_laddr(uas, &sa, SIP_TRANSP_UDP, &sa) ||
	    sip_listen(&l, uas, true, uas_request_h, NULL))
		_exit(1);
	big_buffers();
	port = sa_port(&sa);
	if (write(out, &port, sizeof(port)) != sizeof(port))
		_exit(1);
	if (loop_run(NULL))
		_exit(1);
	_exit(0);
}

/* ----------------------------------------------------------------- our end */

struct bench {
	struct clock clock;
	struct dial *d;
	struct loop_timer *tick;
	unsigned rate, started, answered, ended, failed, again, wanted;
	int64_t began_ms, at_ms;
	uint32_t delay[SLOTS];
	unsigned delays;
};

static void event_h(const struct dial_event *ev, void *arg)
{
	struct bench *b = arg;

	switch (ev->kind) {
	case DIAL_ANSWERED:
		b->answered++;
		if (b->delays < SLOTS)
			b->delay[b->delays++] = ev->ring_ms;
		if (dial_hangup(b->d, ev->call, 16))
			b->failed++;
		break;
	case DIAL_FAILED:
		b->failed++;
		break;
	case DIAL_HANGUP:
		b->ended++;
		break;
	default:
		return;
	}
	if (b->ended + b->failed == b->wanted)
		loop_stop();
}

static void start_one(struct bench *b, struct now now)
{
	static const struct dial_media media = {
		.addr = "127.0.0.1", .port = 48000,
	};
	struct dial_order o = { .ring_ms = 20000, .media = media };
	struct gate_pass *pass;
	char number[24];
	enum err e;

	str_fmt(number, sizeof(number), "86138%08u", b->started);
	o.e164 = number;
	pass = fake_pass(number, false);
	e = dial_start(b->d, (struct call_id){ b->started + 1 }, &o, &pass,
		       now);
	pass = gate_pass_free(pass);
	if (e == ERR_AGAIN) {
		b->again++;
		return;
	}
	b->started++;
	if (e)
		b->failed++;
}

static void tick_h(void *arg)
{
	struct bench *b = arg;
	struct now now = clock_now(&b->clock);
	int64_t due = (now.mono_ms - b->began_ms) * b->rate / 1000;

	while (b->started < b->wanted && b->started < due)
		start_one(b, now);
	if (b->started < b->wanted)
		loop_timer_start(b->tick, TICK_MS);
	else if (!b->at_ms)
		b->at_ms = now.mono_ms;
}

static void limit_h(void *arg)
{
	(void)arg;
	loop_stop();
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static double cpu_s(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static bool door_open(struct bench *b, uint16_t port)
{
	static struct dial_trunk_conf trunk = { .id = { 1 }, .name = "bench",
						.weight = 1 };
	struct dial_conf conf = {
		.listen = { { DIAL_UDP, "127.0.0.1", 0 } }, .listen_count = 1,
		.trunks = &trunk, .trunk_count = 1, .max_calls = SLOTS,
		.causes_path = "data/sip-causes.tsv", .clock = &b->clock,
	};
	struct dial_handlers h = { .event = event_h, .arg = b };

	str_fmt(trunk.uri, sizeof(trunk.uri), "sip:127.0.0.1:%u", port);
	trunk.silent_ms = 20000;
	return !dial_new(&conf, &h, &b->d);
}

static void report(const struct bench *b, double cpu, int64_t ended_ms)
{
	double s = (double)(ended_ms - b->began_ms) / 1000;

	printf("bench_sip: rate=%u calls=%u answered=%u ended=%u failed=%u"
	       " seconds=%.2f calls_per_s=%.0f cpu_us_per_call=%.0f"
	       " cpu_share=%.2f answer_p50_ms=%u answer_p99_ms=%u\n",
	       b->rate, b->started, b->answered, b->ended, b->failed, s,
	       (double)b->ended / s, cpu * 1e6 / MAX(b->ended, 1u), cpu / s,
	       b->delays ? b->delay[b->delays / 2] : 0,
	       b->delays ? b->delay[b->delays * 99 / 100] : 0);
}

static int run(struct bench *b, uint16_t port, unsigned seconds)
{
	struct loop_timer *limit = NULL;
	double cpu;
	int64_t end;

	clock_init_real(&b->clock);
	if (loop_init(1024) || !door_open(b, port) ||
	    loop_timer_new(tick_h, b, &b->tick) ||
	    loop_timer_new(limit_h, b, &limit)) {
		fprintf(stderr, "bench_sip: cannot start\n");
		return 1;
	}
	loop_timer_start(limit, 1000 * (uint64_t)seconds + 20000);
	loop_timer_start(b->tick, 1);
	b->began_ms = clock_now(&b->clock).mono_ms;
	cpu = cpu_s();
	if (loop_run(NULL))
		return 1;
	cpu = cpu_s() - cpu;
	end = clock_now(&b->clock).mono_ms;
	qsort(b->delay, b->delays, sizeof(b->delay[0]), by_value);
	report(b, cpu, end);
	b->tick = loop_timer_free(b->tick);
	limit = loop_timer_free(limit);
	b->d = dial_free(b->d);
	loop_fini();
	return b->ended == b->wanted ? 0 : 1;
}

int main(int argc, char **argv)
{
	static struct bench b;
	uint64_t rate = 1500, seconds = 10;
	uint16_t port = 0;
	int fds[2], rc;
	pid_t child;

	if ((argc > 1 && str_to_u64(argv[1], 20000, &rate)) ||
	    (argc > 2 && str_to_u64(argv[2], 60, &seconds)) || !rate ||
	    rate * seconds > SLOTS * 10) {
		fprintf(stderr, "bench_sip: [CALLS_PER_S] [SECONDS]\n");
		return 2;
	}
	if (pipe(fds))
		return 1;
	child = fork();
	if (child < 0)
		return 1;
	if (!child)
		far_end(fds[1]);
	if (read(fds[0], &port, sizeof(port)) != sizeof(port))
		return 1;
	b.rate = (unsigned)rate;
	b.wanted = (unsigned)(rate * seconds);
	rc = run(&b, port, (unsigned)seconds);
	kill(child, SIGTERM);
	waitpid(child, NULL, 0);
	return rc;
}
