#include "metrics/metrics.h"

#include "base/log.h"
#include "base/str.h"
#include "dial/loop.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PEERS = 16, REQUEST_MAX = 2048, PAGE_MAX = 256 * 1024 };

struct peer {
	struct metrics *m;
	int fd;				/* -1 = free                         */
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
	struct peer peers[PEERS];
};

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

static void serve(struct peer *p)
{
	struct metrics *m = p->m;
	struct live_stats st;
	char *page;

	live_stats(m->live, &st);
	if (!strncmp(p->request, "GET /metrics ", 13)) {
		page = malloc(PAGE_MAX);
		if (page) {
			metrics_print(m->live, m->tally, page, PAGE_MAX);
			answer(p, "200 OK", page);
		}
		free(page);
	} else if (!strncmp(p->request, "GET /healthz ", 13)) {
		answer(p, "200 OK", "ok\n");
	} else if (!strncmp(p->request, "GET /readyz ", 12)) {
		if (st.draining || st.disk_full)
			answer(p, "503 Service Unavailable",
			       st.draining ? "stopping\n" : "disk full\n");
		else
			answer(p, "200 OK", "ready\n");
	} else {
		answer(p, "404 Not Found", "GET /metrics, /healthz, /readyz\n");
	}
}

static void on_peer(int flags UNUSED, void *arg)
{
	struct peer *p = arg;
	ssize_t n;

	if (!p->answer) {
		n = recv(p->fd, p->request + p->got,
			 REQUEST_MAX - 1 - p->got, 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0 || p->got + (size_t)n >= REQUEST_MAX - 1) {
			peer_close(p);
			return;
		}
		p->got += (size_t)n;
		p->request[p->got] = '\0';
		if (!strstr(p->request, "\r\n\r\n"))
			return;
		serve(p);
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

static void on_accept(int flags UNUSED, void *arg)
{
	struct metrics *m = arg;
	int fd = accept4(m->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	for (size_t i = 0; i < PEERS; i++) {
		struct peer *p = &m->peers[i];

		if (p->fd >= 0)
			continue;
		p->fd = fd;
		if (loop_watch_fd(fd, LOOP_READ, on_peer, p))
			peer_close(p);
		return;
	}
	/* All are taken: the one that waits longest is none of ours to know;
	 * a scraper comes again. */
	close(fd);
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
	e = listen_on(addr, &m->fd, &m->port);
	if (!e)
		e = loop_watch_fd(m->fd, LOOP_READ, on_accept, m);
	if (e) {
		log_err("metrics", "%s: %s", addr, err_text(e));
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
	loop_unwatch_fd(m->fd);
	close(m->fd);
	free(m);
	return NULL;
}
