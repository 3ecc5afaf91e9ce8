#include "metrics_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "dial/loop.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PEERS = 16, REQUEST_MAX = 4096, PAGE_MAX = 1024 * 1024,
       LIMIT_MS = 10000 };

struct peer {
	struct metrics *m;
	int fd;				/* -1 = free                         */
	uint64_t since;			/* counted                           */
	int64_t since_ms;
	char request[REQUEST_MAX];
	size_t got;
	char *answer;
	size_t len, sent;
};

struct metrics {
	struct live *live;
	struct tally *tally;
	int fd;
	uint16_t port;
	uint64_t came;
	struct loop_timer *timer;
	struct peer peers[PEERS];
};

static int64_t now_ms(const struct metrics *m)
{
	return clock_now(live_rooms(m->live)->clock).mono_ms;
}

static void peer_close(struct peer *p)
{
	loop_unwatch_fd(p->fd);
	close(p->fd);
	free(p->answer);
	*p = (struct peer){ .m = p->m, .fd = -1 };
}

static void answer(struct peer *p, const char *status, const char *body)
{
	size_t cap = strlen(body) + 256;

	p->answer = malloc(cap);
	if (!p->answer)
		return;
	str_fmt(p->answer, cap, "HTTP/1.1 %s\r\nContent-Type: text/plain; "
		"version=0.0.4; charset=utf-8\r\nContent-Length: %zu\r\n"
		"Connection: close\r\n\r\n%s", status, strlen(body), body);
	p->len = strlen(p->answer);
}

static void serve_page(struct peer *p, enum metrics_page which)
{
	struct metrics *m = p->m;
	struct live_stats st;
	char *page;

	live_stats(m->live, &st);
	switch (which) {
	case PAGE_METRICS:
		page = malloc(PAGE_MAX);
		/* Half a page would be a wrong one. */
		if (page && metrics_print(m->live, m->tally, page, PAGE_MAX) <
				    PAGE_MAX - 1)
			answer(p, "200 OK", page);
		else
			answer(p, "500 Internal Server Error",
			       "the page is too long\n");
		free(page);
		break;
	case PAGE_HEALTHZ:
		answer(p, "200 OK", "ok\n");
		break;
	case PAGE_READYZ:
		if (st.draining || st.disk_full)
			answer(p, "503 Service Unavailable",
			       st.draining ? "stopping\n" : "disk full\n");
		else
			answer(p, "200 OK", "ready\n");
		break;
	case METRICS_PAGE_COUNT:
		break;
	}
}

/* True when there is something to send. */
static bool serve(struct peer *p)
{
	enum metrics_page page;

	switch (metrics_head(p->request, p->got, &page)) {
	case HEAD_MORE:
		if (p->got < sizeof(p->request))
			return false;
		answer(p, "431 Request Header Fields Too Large",
		       "too long\n");
		break;
	case HEAD_PAGE:
		serve_page(p, page);
		break;
	case HEAD_NO_PAGE:
		answer(p, "404 Not Found", "GET /metrics, /healthz, /readyz\n");
		break;
	case HEAD_NO_METHOD:
		answer(p, "405 Method Not Allowed\r\nAllow: GET",
		       "GET only\n");
		break;
	case HEAD_BAD:
		answer(p, "400 Bad Request", "this is no HTTP request\n");
		break;
	}
	return true;
}

static void on_peer(int flags UNUSED, void *arg)
{
	struct peer *p = arg;
	ssize_t n;

	if (!p->answer) {
		n = recv(p->fd, p->request + p->got,
			 sizeof(p->request) - p->got, 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			peer_close(p);
			return;
		}
		p->got += (size_t)n;
		if (!serve(p))
			return;
		if (!p->answer) {
			peer_close(p);
			return;
		}
	}
	n = send(p->fd, p->answer + p->sent, p->len - p->sent, MSG_NOSIGNAL);
	if (n > 0)
		p->sent += (size_t)n;
	if ((n < 0 && errno != EAGAIN && errno != EINTR) || p->sent == p->len)
		peer_close(p);
	else if (loop_watch_fd(p->fd, LOOP_WRITE, on_peer, p))
		peer_close(p);
}

/* A free place, or that of who has been here longest: nobody who asks
 * nothing, or reads nothing, keeps others out. */
static struct peer *place(struct metrics *m)
{
	struct peer *oldest = &m->peers[0];

	for (size_t i = 0; i < PEERS; i++) {
		if (m->peers[i].fd < 0)
			return &m->peers[i];
		if (m->peers[i].since < oldest->since)
			oldest = &m->peers[i];
	}
	peer_close(oldest);
	return oldest;
}

static void on_accept(int flags UNUSED, void *arg)
{
	struct metrics *m = arg;
	int fd = accept4(m->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct peer *p;

	if (fd < 0)
		return;
	p = place(m);
	p->fd = fd;
	p->since = ++m->came;
	p->since_ms = now_ms(m);
	if (loop_watch_fd(fd, LOOP_READ, on_peer, p))
		peer_close(p);
	else
		loop_timer_start(m->timer, LIMIT_MS);
}

/* Who is not done in LIMIT_MS is gone. */
static void on_time(void *arg)
{
	struct metrics *m = arg;
	int64_t next = INT64_MAX, now = now_ms(m);

	for (size_t i = 0; i < PEERS; i++) {
		struct peer *p = &m->peers[i];

		if (p->fd < 0)
			continue;
		if (now - p->since_ms >= LIMIT_MS)
			peer_close(p);
		else
			next = MIN(next, p->since_ms + LIMIT_MS - now);
	}
	if (next != INT64_MAX)
		loop_timer_start(m->timer, (uint64_t)next + 1);
}

static enum err listen_on(const char *addr, int *fd, uint16_t *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_NUMERICHOST | AI_PASSIVE };
	struct addrinfo *ai;
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	struct conf_addr a;
	char service[8];
	int on = 1;

	if (conf_addr_parse(addr, &a))
		return ERR_ARG;
	str_fmt(service, sizeof(service), "%u", a.port);
	if (getaddrinfo(a.host, service, &hints, &ai))
		return ERR_ARG;
	*fd = socket(ai->ai_family,
		     SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (*fd >= 0)
		setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (*fd < 0 || bind(*fd, ai->ai_addr, ai->ai_addrlen) ||
	    listen(*fd, 16)) {
		enum err e = errno == EADDRINUSE ? ERR_EXISTS
						 : err_from_errno(errno);

		if (*fd >= 0)
			close(*fd);
		freeaddrinfo(ai);
		return e;
	}
	freeaddrinfo(ai);
	*port = 0;
	if (!getsockname(*fd, (struct sockaddr *)&ss, &len) &&
	    !getnameinfo((struct sockaddr *)&ss, len, NULL, 0, service,
			 sizeof(service), NI_NUMERICSERV))
		*port = (uint16_t)strtoul(service, NULL, 10);
	return ERR_OK;
}

enum err metrics_new(struct live *live, struct tally *tally, const char *addr,
		     struct metrics **out)
{
	struct metrics *m = calloc(1, sizeof(*m));
	enum err e;

	if (!m)
		return ERR_MEMORY;
	m->live = live;
	m->tally = tally;
	for (size_t i = 0; i < PEERS; i++)
		m->peers[i] = (struct peer){ .m = m, .fd = -1 };
	e = loop_timer_new(on_time, m, &m->timer);
	if (!e)
		e = listen_on(addr, &m->fd, &m->port);
	if (!e)
		e = loop_watch_fd(m->fd, LOOP_READ, on_accept, m);
	if (e) {
		log_err("metrics", "%s: %s", addr, err_text(e));
		loop_timer_free(m->timer);
		free(m);
		return e;
	}
	log_info("metrics", "http port %u", m->port);
	*out = m;
	return ERR_OK;
}

uint16_t metrics_port(const struct metrics *m)
{
	return m->port;
}

struct metrics *metrics_free(struct metrics *m)
{
	if (!m)
		return NULL;
	for (size_t i = 0; i < PEERS; i++)
		if (m->peers[i].fd >= 0)
			peer_close(&m->peers[i]);
	loop_timer_free(m->timer);
	loop_unwatch_fd(m->fd);
	close(m->fd);
	free(m);
	return NULL;
}
