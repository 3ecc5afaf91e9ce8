#include "net/net_floor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

static int64_t mono_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void floor_init(struct floor *f)
{
	memset(f, 0, sizeof(*f));
	str_copy(f->dir, sizeof(f->dir), "/tmp/waihu-net-XXXXXX");
	if (!mkdtemp(f->dir))
		abort();
	f->echo = true;
}

void floor_fini(struct floor *f)
{
	static const char *const files[] = { "cert.pem", "key.pem", "pin.pem",
					     "s.sock" };
	char path[128];

	for (size_t i = 0; i < f->clients_count; i++)
		net_client_free(f->clients[i].net);
	net_server_free(f->server);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		str_fmt(path, sizeof(path), "%s/%s", f->dir, files[i]);
		unlink(path);
	}
	rmdir(f->dir);
}

enum err floor_listen(struct floor *f, const char *url,
		      const struct net_server_conf *conf)
{
	struct net_server_conf c = { 0 };
	char cert[128], key[128], why[200];

	if (conf)
		c = *conf;
	str_fmt(cert, sizeof(cert), "%s/cert.pem", f->dir);
	str_fmt(key, sizeof(key), "%s/key.pem", f->dir);
	c.urls = &url;
	c.urls_count = 1;
	c.cert_file = cert;
	c.key_file = key;
	enum err e = net_server_new(&f->server, &c, why, sizeof(why));

	if (e)
		printf("# %s\n", why);
	return e;
}

const char *floor_url(const struct floor *f, const char *scheme, char *buf,
		      size_t size)
{
	str_fmt(buf, size, "%s://127.0.0.1:%u", scheme,
		net_server_port(f->server, 0));
	return buf;
}

int floor_raw(const struct floor *f)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(net_server_port(f->server, 0)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&sin, sizeof(sin))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

struct floor_client *floor_join(struct floor *f, const char *url,
				const char *ca, const char *pin)
{
	struct floor_client *c = &f->clients[f->clients_count++];
	struct net_client_conf conf = { url, ca, pin };

	memset(c, 0, sizeof(*c));
	c->floor = f;
	c->hello = true;
	c->in_order = true;
	if (net_client_new(&c->net, &conf))
		abort();
	return c;
}

/* -- the server's side -------------------------------------------------------- */

static void on_open(void *arg, struct net_id id, const struct net_peer *p)
{
	struct floor *f = arg;

	f->last_peer = *p;
	f->last_id = id;
	if (f->opens < FLOOR_CLIENTS)
		f->ids[f->opens] = id;
	f->opens++;
	net_server_allow(f->server, id, NET_FRAME_MAX);
}

static void on_frame(void *arg, struct net_id id, const uint8_t *data,
		     size_t len)
{
	struct floor *f = arg;

	f->frames++;
	f->last_len = len;
	if (!f->echo)
		return;
	struct net_buf *b = net_buf_new(data, len);

	if (net_server_send(f->server, id, b))
		printf("# an echo was not sent\n");
	net_buf_free(b);
}

static void on_closed(void *arg, struct net_id id, enum err why)
{
	struct floor *f = arg;

	f->last_id = id;
	f->closes++;
	f->why = why;
}

static const struct net_handlers server_side = {
	on_open, on_frame, on_closed,
};

/* -- the clients' side ---------------------------------------------------------- */

static void on_up(void *arg)
{
	struct floor_client *c = arg;

	c->ups++;
	if (c->hello && net_client_send(c->net, "", 1))
		printf("# no hello\n");
}

static void on_answer(void *arg, const uint8_t *data, size_t len)
{
	struct floor_client *c = arg;

	c->in_order &= data[0] == (uint8_t)c->frames;
	c->frames++;
	c->last_len = len;
	c->last = data[0];
}

static void on_lost(void *arg, enum err why)
{
	struct floor_client *c = arg;

	c->losts++;
	c->why = why;
}

static const struct net_client_handlers client_side = {
	on_up, on_answer, on_lost,
};

bool floor_turn(struct floor *f)
{
	struct pollfd fds[FLOOR_CLIENTS + 1];
	nfds_t n = 0;
	int64_t skip = INT64_MAX;

	if (f->server)
		fds[n++] = (struct pollfd){ net_server_fd(f->server), POLLIN,
					    0 };
	for (size_t i = 0; i < f->clients_count; i++) {
		struct net_client *c = f->clients[i].net;
		int ms = net_client_wait_ms(c, mono_ms() + f->ahead_ms);

		fds[n++] = (struct pollfd){ net_client_fd(c), POLLIN, 0 };
		if (ms >= 0)
			skip = MIN(skip, ms);
	}
	/* Nobody waits in a test: the clients' clock jumps ahead. */
	if (skip != INT64_MAX)
		f->ahead_ms += skip;
	if (poll(fds, n, skip == INT64_MAX ? 20 : 0) < 0)
		return false;
	if (f->server)
		net_server_run(f->server, &server_side, f);
	for (size_t i = 0; i < f->clients_count; i++)
		net_client_run(f->clients[i].net, mono_ms() + f->ahead_ms,
			       &client_side, &f->clients[i]);
	return true;
}

bool floor_until(struct floor *f, bool (*done)(const struct floor *f))
{
	int64_t end = mono_ms() + FLOOR_LIMIT_MS;

	while (!done(f))
		if (mono_ms() > end || !floor_turn(f))
			return false;
	return true;
}

bool floor_hangs_up(struct floor *f, int fd)
{
	int64_t end = mono_ms() + FLOOR_LIMIT_MS;
	char byte;

	while (recv(fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN)
		if (mono_ms() > end || !floor_turn(f))
			return false;
	return true;
}
