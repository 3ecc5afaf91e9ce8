#include "media/media_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "the stage fell down: %s (%s)\n", what,
		strerror(errno));
	abort();
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void event_h(const struct media_event *ev, void *arg)
{
	struct stage *s = arg;

	if (s->evs == sizeof(s->ev) / sizeof(s->ev[0]))
		return;
	s->ev[s->evs] = *ev;
	snprintf(s->path[s->evs], sizeof(s->path[0]), "%s",
		 ev->path ? ev->path : "");
	s->ev[s->evs].path = s->path[s->evs];
	if (ev->stats)
		s->ended = *ev->stats;
	s->ev[s->evs].stats = NULL;	/* lived until now */
	s->evs++;
}

char spool[64];

int spool_fresh(void **state UNUSED)
{
	str_copy(spool, sizeof(spool), "/tmp/waihu-spool-XXXXXX");
	return mkdtemp(spool) ? 0 : -1;
}

int spool_drop(void **state UNUSED)
{
	char cmd[128];

	str_fmt(cmd, sizeof(cmd), "rm -rf %s", spool);
	return system(cmd);
}

void stage_open(struct stage *s, const struct media_conf *conf)
{
	struct media_handlers h = { event_h, s };

	memset(s, 0, sizeof(*s));
	g711_init(&s->g711);
	must(!media_new(conf, &h, &s->m), "media_new");
}

void stage_close(struct stage *s)
{
	s->m = media_free(s->m);
	for (unsigned i = 0; i < s->peers; i++)
		close(s->peer[i].fd);
}

struct peer *stage_peer(struct stage *s, enum media_kind kind, uint8_t pt,
			uint8_t event_pt, double hz)
{
	struct peer *p = &s->peer[s->peers++];
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);

	must(s->peers <= PEERS_MAX, "room for a peer");
	memset(p, 0, sizeof(*p));
	p->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(!bind(p->fd, (struct sockaddr *)&a, sizeof(a)), "bind");
	must(!getsockname(p->fd, (struct sockaddr *)&a, &len), "name");
	p->port = ntohs(a.sin_port);
	p->pt = pt;
	p->event_pt = event_pt;
	p->hz = hz;
	p->ssrc = 0x1000 + s->peers;
	p->seq = 65530;			/* wraps soon */
	p->ts = UINT32_MAX - 500;
	must(!media_leg_new(s->m, kind, &p->leg, &p->leg_port), "leg");
	must(!media_leg_peer(s->m, p->leg, "127.0.0.1", p->port, pt, event_pt),
	     "peer");
	return p;
}

void peer_send(const struct peer *p, const void *data, size_t len)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(p->leg_port) };

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	(void)sendto(p->fd, data, len, 0, (struct sockaddr *)&a, sizeof(a));
}

static void say(const struct stage *s, struct peer *p)
{
	uint8_t b[RTP_HEADER + RTP_FRAME];
	int law = p->pt == MEDIA_PCMA ? G711_A : G711_U;

	for (unsigned i = 0; i < RTP_FRAME; i++) {
		double t = (double)p->said++ / RTP_HZ;
		int16_t v = p->hz > 0 ?
			(int16_t)lround(8000 * sin(2 * M_PI * p->hz * t)) : 0;

		b[RTP_HEADER + i] = g711_enc(&s->g711, law, v);
	}
	rtp_write(b, p->pt, p->said == RTP_FRAME, p->seq++, p->ts, p->ssrc);
	p->ts += RTP_FRAME;
	peer_send(p, b, sizeof(b));
}

/* 60 ms of a key: three updates, the end three times (RFC 4733). */
void peer_event(struct peer *p, char digit)
{
	uint8_t b[RTP_HEADER + 4];

	for (int i = 0; i < 6; i++) {
		struct rtp_event e = {
			.event = (uint8_t)rtp_digit_code(digit), .volume = 10,
			.end = i >= 3,
			.duration = (uint16_t)(160 * (i < 3 ? i + 1 : 3))
		};

		rtp_write(b, p->event_pt, i == 0, p->seq++, p->ts, p->ssrc);
		rtp_event_write(b + RTP_HEADER, &e);
		peer_send(p, b, sizeof(b));
	}
	p->ts += 480;
}

static void heard_event(struct peer *p, const struct rtp *r)
{
	struct rtp_event e;
	size_t n = strlen(p->digits);

	p->event_packets++;
	if (rtp_event_parse(r->data, r->len, &e) ||
	    (n && p->digit_ts == r->ts) || n + 1 == sizeof(p->digits))
		return;
	p->digit_ts = r->ts;
	p->digits[n] = rtp_digit_char(e.event);
}

static void heard(const struct stage *s, struct peer *p, uint8_t *b, size_t len)
{
	struct rtp r;
	int law;

	if (rtp_parse(b, len, &r))
		return;
	if (!p->sources || r.ssrc != p->rx_ssrc) {
		p->sources++;
	} else {
		p->breaks += r.seq != (uint16_t)(p->rx_seq + 1);
		p->backward += (int32_t)(r.ts - p->rx_ts) < 0;
	}
	p->rx_ssrc = r.ssrc;
	p->rx_seq = r.seq;
	p->rx_ts = r.ts;
	p->packets++;
	if (p->event_pt && r.pt == p->event_pt) {
		heard_event(p, &r);
		return;
	}
	law = r.pt == MEDIA_PCMA ? G711_A : G711_U;
	for (uint32_t i = 0; i < r.len && p->n < PEER_HEARD; i++)
		p->heard[p->n++] = s->g711.dec[law][r.data[i]];
}

static void listen_all(struct stage *s)
{
	uint8_t b[2048];

	for (unsigned i = 0; i < s->peers; i++)
		for (;;) {
			ssize_t n = recv(s->peer[i].fd, b, sizeof(b), 0);

			if (n < 0)
				break;
			heard(s, &s->peer[i], b, (size_t)n);
		}
}

static void turn(struct stage *s, int64_t until)
{
	struct pollfd p[PEERS_MAX + 1];
	int64_t now = now_ms(), wait;

	if (!s->next_ms || now - s->next_ms > 200)
		s->next_ms = now;
	for (; s->next_ms <= now; s->next_ms += 20)
		for (unsigned i = 0; i < s->peers; i++)
			if (!s->peer[i].mute)
				say(s, &s->peer[i]);
	for (unsigned i = 0; i < s->peers; i++)
		p[i] = (struct pollfd){ .fd = s->peer[i].fd, .events = POLLIN };
	p[s->peers] = (struct pollfd){ .fd = media_fd(s->m),
				       .events = POLLIN };
	wait = (s->next_ms < until ? s->next_ms : until) - now_ms();
	(void)poll(p, s->peers + 1, wait > 0 ? (int)wait : 0);
	media_pump(s->m);
	listen_all(s);
}

void stage_run(struct stage *s, unsigned ms)
{
	int64_t until = now_ms() + ms;

	while (now_ms() < until)
		turn(s, until);
}

static const struct media_event *find(const struct stage *s,
				      enum media_event_kind kind,
				      struct leg_id leg)
{
	for (unsigned i = 0; i < s->evs; i++)
		if (s->ev[i].kind == kind &&
		    (!leg.v || s->ev[i].leg.v == leg.v))
			return &s->ev[i];
	return NULL;
}

const struct media_event *stage_await(struct stage *s,
				      enum media_event_kind kind,
				      struct leg_id leg, unsigned ms)
{
	int64_t until = now_ms() + ms;

	while (!find(s, kind, leg) && now_ms() < until)
		turn(s, until);
	return find(s, kind, leg);
}

unsigned stage_count(const struct stage *s, enum media_event_kind kind,
		     struct leg_id leg)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->evs; i++)
		n += s->ev[i].kind == kind && s->ev[i].leg.v == leg.v;
	return n;
}

void peer_forget(struct peer *p)
{
	p->n = p->packets = p->breaks = p->backward = 0;
	p->event_packets = 0;
	p->digits[0] = '\0';
	memset(p->digits, 0, sizeof(p->digits));
}

unsigned tone_share(const int16_t *pcm, uint32_t n, double hz)
{
	double re = 0, im = 0, e = 0, w = 2 * M_PI * hz / RTP_HZ;
	double share = 0;
	uint32_t blocks = 0;

	/* Blocks of 50 ms: a gap or a jump in phase spoils one of them. */
	for (uint32_t at = 0; at + 400 <= n; at += 400, blocks++) {
		re = im = e = 0;
		for (uint32_t i = at; i < at + 400; i++) {
			re += pcm[i] * cos(w * i);
			im += pcm[i] * sin(w * i);
			e += (double)pcm[i] * pcm[i];
		}
		if (e > 400.0 * 100 * 100)
			share += (re * re + im * im) * 2 / (400 * e);
	}
	return blocks ? (unsigned)(100 * share / blocks) : 0;
}

unsigned peer_share(const struct peer *p, double hz)
{
	return tone_share(p->heard, p->n, hz);
}

double peer_rms(const struct peer *p)
{
	double e = 0;

	for (uint32_t i = 0; i < p->n; i++)
		e += (double)p->heard[i] * p->heard[i];
	return p->n ? sqrt(e / p->n) : 0;
}
