#include "carrier/carrier.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"

enum { HEADER = 12 };

static enum err open_socket(struct rtp_leg *l, const char *addr)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd, on = 1;

	if (inet_pton(AF_INET, addr, &a.sin_addr) != 1)
		return ERR_ARG;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_from_errno(errno);
	if (l->probe.hears && setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on,
					 sizeof(on)))
		perror("SO_TIMESTAMPNS");
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) ||
	    getsockname(fd, (struct sockaddr *)&a, &len)) {
		enum err e = err_from_errno(errno);

		close(fd);
		return e;
	}
	l->fd = fd;
	l->port = ntohs(a.sin_port);
	return ERR_OK;
}

static void wav_header(FILE *f, uint32_t samples)
{
	uint32_t bytes = samples * 2, riff = 36 + bytes;
	unsigned char h[44] = "RIFF....WAVEfmt \x10\0\0\0\1\0\1\0"
			      "\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data";

	for (int i = 0; i < 4; i++) {
		h[4 + i] = (unsigned char)(riff >> 8 * i);
		h[40 + i] = (unsigned char)(bytes >> 8 * i);
	}
	fwrite(h, 1, sizeof(h), f);
}

enum err rtp_leg_open(struct rtp_leg *l, const char *addr, const char *wav_path)
{
	enum err e = open_socket(l, addr);

	if (e)
		return e;
	if (wav_path) {
		l->wav = fopen(wav_path, "wb");
		if (!l->wav) {
			e = err_from_errno(errno);
			close(l->fd);
			l->fd = -1;
			return e;
		}
		wav_header(l->wav, 0);
	}
	return ERR_OK;
}

enum err rtp_leg_move(struct rtp_leg *l, const char *addr)
{
	int old = l->fd;
	enum err e = open_socket(l, addr);

	if (!e)
		close(old);
	return e;
}

void rtp_leg_play(struct rtp_leg *l, const struct clip *c, size_t at,
		  bool loop, bool now)
{
	if (now)
		l->plays = 0;
	if (l->plays < PLAY_MAX)
		l->play[l->plays++] = (struct play){ c, at / FRAME * FRAME,
						     loop };
}

/* RFC 4733: one event has one timestamp, its packets are repeated. */
static void heard_event(struct rtp_leg *l, const uint8_t *p, size_t n,
			uint32_t ts)
{
	static const char names[] = "0123456789*#ABCD";

	if (n < 4 || p[0] >= sizeof(names) - 1 || (l->digits[0] &&
						   ts == l->dtmf_ts))
		return;
	l->dtmf_ts = ts;
	str_add(l->digits, sizeof(l->digits), "%c", names[p[0]]);
}

static void heard(struct rtp_leg *l, const uint8_t *pkt, size_t n,
		  int64_t came_us)
{
	uint32_t ts;
	int pt;

	if (n < HEADER + 1 || pkt[0] >> 6 != 2)
		return;
	l->in++;
	pt = pkt[1] & 0x7f;
	ts = (uint32_t)pkt[4] << 24 | (uint32_t)pkt[5] << 16 |
	     (uint32_t)pkt[6] << 8 | pkt[7];
	if (pt == l->dtmf_pt) {
		heard_event(l, pkt + HEADER, n - HEADER, ts);
		return;
	}
	if ((pt != 0 && pt != 8) || n < HEADER + FRAME)
		return;
	if (l->probe.hears)
		probe_hear(&l->probe, pkt + HEADER, pt == 8, came_us);
	if (l->fifo_n == HEARD_FIFO) {		/* too late: oldest goes */
		memmove(l->fifo[0], l->fifo[1], sizeof(l->fifo) - FRAME);
		l->fifo_n--;
	}
	memcpy(l->fifo[l->fifo_n++], pkt + HEADER, FRAME);
}

/* What the callee's ear got in these 20 ms: written down, measured. */
static void listen_frame(struct rtp_leg *l, const uint8_t *frame)
{
	int16_t pcm[FRAME] = { 0 };
	int64_t power = 0;

	for (int i = 0; frame && i < FRAME; i++) {
		pcm[i] = law_decode(frame[i], l->a_law);
		power += pcm[i] * pcm[i];
	}
	if (power / FRAME > 184 * 184)		/* -45 dBov */
		l->heard_ms += 20;
	if (l->wav) {
		fwrite(pcm, sizeof(pcm[0]), FRAME, l->wav);
		l->wav_samples += FRAME;
	}
}

static void send_packet(struct rtp_leg *l, int pt, bool marker, uint32_t ts,
			const uint8_t *body, size_t n)
{
	uint8_t pkt[HEADER + FRAME] = { 0x80 };
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = l->to.port,
				 .sin_addr.s_addr = l->to.ip };

	pkt[1] = (uint8_t)(pt | (marker ? 0x80 : 0));
	pkt[2] = (uint8_t)(l->seq >> 8);
	pkt[3] = (uint8_t)l->seq;
	for (int i = 0; i < 4; i++) {
		pkt[4 + i] = (uint8_t)(ts >> (24 - 8 * i));
		pkt[8 + i] = (uint8_t)(l->ssrc >> (24 - 8 * i));
	}
	memcpy(pkt + HEADER, body, n);
	l->seq++;
	if (sendto(l->fd, pkt, HEADER + n, 0, (struct sockaddr *)&a,
		   sizeof(a)) > 0)
		l->out++;
}

/* A digit: five packets of 20 ms, the end three times, then 60 ms of none. */
static bool send_digit(struct rtp_leg *l)
{
	static const char names[] = "0123456789*#ABCD";
	enum { STEPS = 5, ENDS = 3, ALL = STEPS + ENDS + 3 };
	unsigned step = l->send_step % ALL;
	const char *at;

	if (!l->send_digits || l->dtmf_pt < 0 || !*l->send_digits)
		return false;
	at = strchr(names, *l->send_digits);
	if (at && step < STEPS + ENDS) {
		uint16_t dur = (uint16_t)(FRAME * MIN(step + 1, STEPS));
		uint8_t ev[4] = { (uint8_t)(at - names),
				  (uint8_t)(10 | (step >= STEPS ? 0x80 : 0)),
				  (uint8_t)(dur >> 8), (uint8_t)dur };

		send_packet(l, l->dtmf_pt, step == 0,
			    l->ts - FRAME * step, ev, sizeof(ev));
	}
	if (++l->send_step % ALL == 0)
		l->send_digits++;
	return true;
}

static const uint8_t *next_frame(struct rtp_leg *l, const uint8_t *ear)
{
	struct play *p = &l->play[0];
	const uint8_t *frame;

	if (l->echo)
		return ear;
	if (!l->plays)
		return NULL;
	frame = p->clip->law[l->a_law] + p->at;
	p->at += FRAME;
	if (p->at >= p->clip->len) {
		p->at = 0;
		if (!p->loop) {
			l->plays--;
			memmove(l->play, l->play + 1,
				l->plays * sizeof(l->play[0]));
		}
	}
	return frame;
}

/* One packet and when the kernel had it. */
static ssize_t take(struct rtp_leg *l, uint8_t *pkt, size_t size,
		    int64_t *came_us)
{
	char ctl[CMSG_SPACE(sizeof(struct timespec))];
	struct iovec iov = { pkt, size };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = ctl, .msg_controllen = sizeof(ctl) };
	ssize_t n = recvmsg(l->fd, &m, 0);
	struct timespec ts;

	*came_us = 0;
	for (struct cmsghdr *c = n < 0 ? NULL : CMSG_FIRSTHDR(&m); c;
	     c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&ts, CMSG_DATA(c), sizeof(ts));
		*came_us = ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
	}
	return n;
}

void rtp_leg_tick(struct rtp_leg *l)
{
	uint8_t pkt[512], ear_buf[FRAME], quiet[FRAME];
	const uint8_t *ear = NULL, *frame;
	int64_t came_us;
	ssize_t n;

	for (int i = 0; i < HEARD_FIFO; i++) {
		n = take(l, pkt, sizeof(pkt), &came_us);
		if (n < 0)
			break;
		heard(l, pkt, (size_t)n, came_us);
	}
	if (l->fifo_n) {
		memcpy(ear_buf, l->fifo[0], FRAME);
		ear = ear_buf;
		l->fifo_n--;
		memmove(l->fifo[0], l->fifo[1], l->fifo_n * FRAME);
	}
	listen_frame(l, ear);
	if (!l->on || l->mute || !l->to.port)
		return;
	l->ts += FRAME;
	if (send_digit(l))
		return;
	frame = next_frame(l, ear);
	if (l->probe.says) {
		probe_say(&l->probe, l->a_law, quiet);
		frame = quiet;
	} else if (!frame) {
		memset(quiet, law_encode(0, l->a_law), sizeof(quiet));
		frame = quiet;
	}
	send_packet(l, l->a_law ? 8 : 0, false, l->ts, frame, FRAME);
}

void rtp_leg_close(struct rtp_leg *l)
{
	if (l->wav) {
		rewind(l->wav);
		wav_header(l->wav, l->wav_samples);
		fclose(l->wav);
		l->wav = NULL;
	}
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}
