/*
 * The listening side.
 *
 * Accepting goes on all the time, on nng's threads; reading, and with it the
 * TLS handshake, is begun by the loop, for at most `handshakes` peers at once
 * and at most half of them from one address.  So a storm of 1,500 returning
 * TLS clients costs the others milliseconds, and one idle attacker cannot
 * hold all places: a place is given back with the first whole frame, or at
 * its deadline.
 */
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nng/nng.h>
#include <nng/supplemental/tls/tls.h>

#include "base/log.h"
#include "base/str.h"
#include "net/net_priv.h"

enum { BACKLOG = 4096, PAUSE_MS = 100, PEM_MAX = 65536 };

struct listener {
	struct net_server *server;
	nng_stream_listener *nng;
	nng_aio *aio;
	bool local, tls;
	bool pausing;			/* the aio sleeps: no files left     */
	uint16_t port;
};

struct net_server {
	struct mpsc events;
	struct listener listeners[NET_LISTEN_MAX];
	size_t listeners_count;
	nng_tls_config *tls;

	struct net_conn **slots;	/* index: low 16 bits of an id       */
	uint16_t *generations;
	uint32_t *free_slots;
	uint32_t free_count, max;

	struct net_conn *waiting, **waiting_end;
	struct net_conn **shaking;	/* handshakes under way              */
	uint32_t shaking_count, shaking_max;
	uint32_t first_frame_ms;

	/* While handlers run: */
	const struct net_handlers *h;
	void *arg;
	/* While net_server_new() runs: */
	char *why;
	size_t why_size;
};

/* -- accepting, on nng's threads -------------------------------------------- */

static void accepted(struct listener *l, nng_stream *stream)
{
	struct net_conn *c;

	if (net_conn_new(&c, stream, &l->server->events)) {
		nng_stream_free(stream);
		return;
	}
	c->peer.local = l->local;
	c->peer.tls = l->tls;
	net_conn_announce(c);
}

static void accept_cb(void *arg)
{
	struct listener *l = arg;
	int code = nng_aio_result(l->aio);

	if (l->pausing) {
		l->pausing = false;
	} else if (!code) {
		accepted(l, nng_aio_get_output(l->aio, 0));
	} else if (code != NNG_ECLOSED && code != NNG_ECANCELED &&
		   code != NNG_ECONNABORTED && code != NNG_ECONNRESET) {
		/* No files or no memory left: do not spin on it. */
		l->pausing = true;
		nng_sleep_aio(PAUSE_MS, l->aio);
		return;
	}
	if (code == NNG_ECLOSED || code == NNG_ECANCELED)
		return;
	/* An aborted one was that peer's trouble alone (FIN+RST). */
	nng_stream_listener_accept(l->nng, l->aio);
}

/* -- who it is --------------------------------------------------------------- */

static void name_inet(struct net_conn *c, const nng_sockaddr *sa)
{
	char text[INET6_ADDRSTRLEN] = "";
	uint16_t port = 0;

	if (sa->s_family == NNG_AF_INET) {
		const uint8_t *b = (const uint8_t *)&sa->s_in.sa_addr;

		str_fmt(text, sizeof(text), "%u.%u.%u.%u", b[0], b[1], b[2],
			b[3]);
		port = ntohs(sa->s_in.sa_port);
		c->place = 1ull << 32 | sa->s_in.sa_addr;
	} else if (sa->s_family == NNG_AF_INET6) {
		for (int i = 0; i < 16; i += 2)
			str_add(text, sizeof(text), "%s%x", i ? ":" : "",
				sa->s_in6.sa_addr[i] << 8 |
				sa->s_in6.sa_addr[i + 1]);
		port = ntohs(sa->s_in6.sa_port);
		/* A /64 is one customer of its provider. */
		memcpy(&c->place, sa->s_in6.sa_addr, sizeof(c->place));
	}
	str_fmt(c->peer.from, sizeof(c->peer.from), "%s:%u", text, port);
}

static void name_peer(struct net_conn *c)
{
	uint64_t uid = UINT64_MAX, gid = UINT64_MAX;
	nng_sockaddr sa;

	if (c->peer.local) {
		/* -1 is nobody: who cannot be told has no right by uid. */
		if (nng_stream_get_uint64(c->stream, NNG_OPT_IPC_PEER_UID,
					  &uid))
			uid = UINT64_MAX;
		if (nng_stream_get_uint64(c->stream, NNG_OPT_IPC_PEER_GID,
					  &gid))
			gid = UINT64_MAX;
		c->peer.uid = (uid_t)uid;
		c->peer.gid = (gid_t)gid;
		str_fmt(c->peer.from, sizeof(c->peer.from), "local uid %u",
			(unsigned)c->peer.uid);
	} else if (!nng_stream_get_addr(c->stream, NNG_OPT_REMADDR, &sa)) {
		name_inet(c, &sa);
	}
}

/* -- handshakes: so many at once ---------------------------------------------- */

static bool may_shake(const struct net_server *s, const struct net_conn *c)
{
	uint32_t same = 0;

	if (!c->peer.tls)
		return true;
	if (s->shaking_count >= s->shaking_max)
		return false;
	for (uint32_t i = 0; i < s->shaking_count; i++)
		same += s->shaking[i]->place == c->place;
	return same < (s->shaking_max + 1) / 2;
}

static void start(struct net_server *s, struct net_conn *c)
{
	c->started = true;
	if (c->peer.tls) {
		c->handshaking = true;
		s->shaking[s->shaking_count++] = c;
	}
	net_conn_start(c, s->first_frame_ms);
}

static void start_waiting(struct net_server *s)
{
	struct net_conn **at = &s->waiting, *c;

	while ((c = *at) && s->shaking_count < s->shaking_max) {
		if (!may_shake(s, c)) {
			at = &c->next_waiting;
			continue;
		}
		*at = c->next_waiting;
		if (!*at)
			s->waiting_end = at;
		start(s, c);
	}
}

static void shake_over(struct net_server *s, struct net_conn *c)
{
	if (!c->handshaking)
		return;
	c->handshaking = false;
	for (uint32_t i = 0; i < s->shaking_count; i++)
		if (s->shaking[i] == c)
			s->shaking[i] = s->shaking[--s->shaking_count];
	start_waiting(s);
}

/* -- events, on the loop ------------------------------------------------------ */

static void on_new(struct net_server *s, struct net_conn *c)
{
	if (!s->free_count) {
		log_warn("net", "full: %u peers; %s", s->max,
			 "another was turned away");
		c->slot = UINT32_MAX;
		net_conn_close(c, ERR_FULL, false);
		return;
	}
	c->slot = s->free_slots[--s->free_count];
	s->slots[c->slot] = c;
	/* Generation 0 is left out, so that no id is 0. */
	if (!++s->generations[c->slot])
		s->generations[c->slot] = 1;
	c->id.v = (uint32_t)s->generations[c->slot] << 16 | c->slot;
	name_peer(c);
	if (may_shake(s, c)) {
		start(s, c);
		return;
	}
	c->next_waiting = NULL;
	*s->waiting_end = c;
	s->waiting_end = &c->next_waiting;
}

static void on_frame(struct net_server *s, struct net_conn *c,
		     const struct net_frame *fr)
{
	shake_over(s, c);
	if (!c->open) {
		c->open = true;
		s->h->open(s->arg, c->id, &c->peer);
	}
	/* The handler may have closed it meanwhile; it hears no more then. */
	if (s->slots[c->slot] == c)
		s->h->frame(s->arg, c->id, fr->data, fr->len);
	net_conn_read_done(c);
}

/* The id is dead from here on; the connection may linger. */
static void forget(struct net_server *s, struct net_conn *c, enum err why)
{
	if (c->slot == UINT32_MAX || s->slots[c->slot] != c)
		return;
	s->slots[c->slot] = NULL;
	s->free_slots[s->free_count++] = c->slot;
	if (c->open)
		s->h->closed(s->arg, c->id, why);
}

static void on_gone(struct net_server *s, struct net_conn *c)
{
	struct net_conn **at;

	if (!c->started) {
		for (at = &s->waiting; *at && *at != c;)
			at = &(*at)->next_waiting;
		if (*at == c) {
			*at = c->next_waiting;
			if (!*at)
				s->waiting_end = at;
		}
	}
	shake_over(s, c);
	forget(s, c, c->why);
	net_conn_free(c);
}

void net_server_run(struct net_server *s, const struct net_handlers *h,
		    void *arg)
{
	struct mpsc_node *n = mpsc_take_all(&s->events), *next;

	s->h = h;
	s->arg = arg;
	for (; n; n = next) {
		struct net_event *ev = (struct net_event *)n;

		next = n->next;
		if (ev->kind == NET_EV_NEW) {
			on_new(s, ev->conn);
		} else if (ev->kind == NET_EV_FRAME) {
			on_frame(s, ev->conn, (struct net_frame *)ev);
			free(ev);
		} else {
			on_gone(s, ev->conn);
		}
	}
	s->h = NULL;
}

/* -- what the loop asks for ----------------------------------------------------- */

static struct net_conn *find(const struct net_server *s, struct net_id id)
{
	uint32_t slot = id.v & 0xffff;

	if (slot >= s->max || !s->slots[slot] || s->slots[slot]->id.v != id.v)
		return NULL;
	return s->slots[slot];
}

enum err net_server_send(struct net_server *s, struct net_id id,
			 struct net_buf *b)
{
	struct net_conn *c = find(s, id);

	return c ? net_conn_send(c, b) : ERR_ABSENT;
}

size_t net_server_queued(const struct net_server *s, struct net_id id)
{
	struct net_conn *c = find(s, id);
	size_t n = 0;

	if (c) {
		pthread_mutex_lock(&c->lock);
		n = c->queued;
		pthread_mutex_unlock(&c->lock);
	}
	return n;
}

void net_server_allow(struct net_server *s, struct net_id id, uint32_t max)
{
	struct net_conn *c = find(s, id);

	if (!c)
		return;
	pthread_mutex_lock(&c->lock);
	c->frame_max = MIN(max, NET_FRAME_MAX);
	pthread_mutex_unlock(&c->lock);
}

void net_server_close(struct net_server *s, struct net_id id, bool flush)
{
	struct net_conn *c = find(s, id);

	if (c)
		net_conn_close(c, ERR_OK, flush);
}

size_t net_server_clients(const struct net_server *s)
{
	return s->max - s->free_count;
}

int net_server_fd(const struct net_server *s)
{
	return s->events.fd;
}

uint16_t net_server_port(const struct net_server *s, size_t i)
{
	return i < s->listeners_count ? s->listeners[i].port : 0;
}

/* -- listening ------------------------------------------------------------------ */

static enum err refuse(struct net_server *s, enum err e, const char *what,
		       const char *url, const char *text)
{
	str_fmt(s->why, s->why_size, "%s %s: %s", what, url, text);
	return e;
}

/*
 * nng fixes the backlog at 128; listen() again on the same socket changes
 * only that.  nng does not say which fd it is, so every listening socket of
 * this process is asked to take more; that harms none of them.
 */
static void raise_backlogs(void)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;

	while (d && (e = readdir(d))) {
		int64_t fd;
		int on = 0;
		socklen_t len = sizeof(on);

		if (str_to_i64(e->d_name, 0, INT32_MAX, &fd) ||
		    getsockopt((int)fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) ||
		    !on)
			continue;
		if (listen((int)fd, BACKLOG))
			log_warn("net", "backlog of fd %d: %s", (int)fd,
				 err_text(err_from_errno(errno)));
	}
	if (d)
		closedir(d);
}

static enum err tls_setup(struct net_server *s,
			  const struct net_server_conf *conf, const char *url)
{
	char *cert = NULL, *key = NULL;
	int code = NNG_ENOMEM;
	enum err e;

	if (!conf->cert_file || !conf->key_file)
		return refuse(s, ERR_ARG, "TLS", url,
			      "needs a certificate file and a key file");
	if (access(conf->cert_file, F_OK) && access(conf->key_file, F_OK)) {
		e = net_cert_make(conf->cert_file, conf->key_file);
		if (e)
			return refuse(s, e, "cannot make", conf->cert_file,
				      err_text(e));
		log_info("net", "made a certificate: %s", conf->cert_file);
	}
	cert = malloc(PEM_MAX);
	key = malloc(PEM_MAX);
	e = cert && key ? ERR_OK : ERR_MEMORY;
	if (!e)
		e = net_file_read(conf->cert_file, cert, PEM_MAX);
	if (!e)
		e = net_file_read(conf->key_file, key, PEM_MAX);
	if (!e)
		code = nng_tls_config_alloc(&s->tls, NNG_TLS_MODE_SERVER);
	if (!e && !code)
		code = nng_tls_config_own_cert(s->tls, cert, key, NULL);
	if (key)
		explicit_bzero(key, PEM_MAX);
	free(key);
	free(cert);
	if (e)
		return refuse(s, e, "certificate", conf->cert_file, err_text(e));
	return code ? refuse(s, ERR_FORMAT, "certificate", conf->cert_file,
			     nng_strerror(code)) : ERR_OK;
}

static enum err listen_on(struct net_server *s, struct listener *l,
			  const struct net_server_conf *conf, const char *url)
{
	int code, port = 0;
	int mode = conf->ipc_mode ? conf->ipc_mode : 0660;

	l->server = s;
	l->local = !strncmp(url, "ipc://", 6);
	l->tls = !strncmp(url, "tls+tcp://", 10);
	if (!l->local && !l->tls && strncmp(url, "tcp://", 6))
		return refuse(s, ERR_ARG, "cannot listen on", url,
			      "want tcp://, tls+tcp:// or ipc://");
	if (l->tls && !s->tls) {
		enum err e = tls_setup(s, conf, url);

		if (e)
			return e;
	}
	code = nng_stream_listener_alloc(&l->nng, url);
	if (!code && l->tls)
		code = nng_stream_listener_set_ptr(l->nng, NNG_OPT_TLS_CONFIG,
						   s->tls);
	if (!code && l->local)
		code = nng_stream_listener_set_int(l->nng,
						   NNG_OPT_IPC_PERMISSIONS,
						   mode);
	if (!code)
		code = nng_stream_listener_listen(l->nng);
	if (!code)
		code = nng_aio_alloc(&l->aio, accept_cb, l);
	if (code)
		return refuse(s, net_err(code), "cannot listen on", url,
			      nng_strerror(code));
	if (!l->local && !nng_stream_listener_get_int(l->nng,
					NNG_OPT_TCP_BOUND_PORT, &port))
		l->port = (uint16_t)port;
	return ERR_OK;
}

static enum err make_tables(struct net_server *s,
			    const struct net_server_conf *conf)
{
	s->max = conf->max_clients ? MIN(conf->max_clients, 65535) : 16384;
	s->shaking_max = conf->handshakes ? conf->handshakes : 8;
	s->first_frame_ms = conf->first_frame_ms ? conf->first_frame_ms : 5000;
	s->waiting_end = &s->waiting;
	s->slots = calloc(s->max, sizeof(*s->slots));
	s->generations = calloc(s->max, sizeof(*s->generations));
	s->free_slots = calloc(s->max, sizeof(*s->free_slots));
	s->shaking = calloc(s->shaking_max, sizeof(*s->shaking));
	if (!s->slots || !s->generations || !s->free_slots || !s->shaking)
		return ERR_MEMORY;
	while (s->free_count < s->max) {
		s->free_slots[s->free_count] = s->max - 1 - s->free_count;
		s->free_count++;
	}
	/* new, gone and NET_UNREAD frames for each; strangers come on top,
	 * bounded by the files the process may open. */
	return mpsc_init(&s->events, SIZE_MAX);
}

enum err net_server_new(struct net_server **out,
			const struct net_server_conf *conf, char *why,
			size_t size)
{
	struct net_server *s = calloc(1, sizeof(*s));
	enum err e;

	str_copy(why, size, "out of memory");
	if (!s)
		return ERR_MEMORY;
	s->events.fd = -1;
	s->why = why;
	s->why_size = size;
	e = make_tables(s, conf);
	if (!e && (!conf->urls_count || conf->urls_count > NET_LISTEN_MAX))
		e = refuse(s, ERR_ARG, "listen", "", "on one to eight addresses");
	for (size_t i = 0; !e && i < conf->urls_count; i++)
		e = listen_on(s, &s->listeners[s->listeners_count++], conf,
			      conf->urls[i]);
	if (e) {
		net_server_free(s);
		return e;
	}
	raise_backlogs();
	for (size_t i = 0; i < s->listeners_count; i++)
		nng_stream_listener_accept(s->listeners[i].nng,
					   s->listeners[i].aio);
	*out = s;
	return ERR_OK;
}

static void stop_listening(struct listener *l)
{
	if (l->nng)
		nng_stream_listener_close(l->nng);
	if (l->aio) {
		nng_aio_stop(l->aio);
		nng_aio_free(l->aio);
	}
	if (l->nng)
		nng_stream_listener_free(l->nng);
}

/* What nng's threads pushed and the loop will never take. */
static void drop_events(struct net_server *s)
{
	struct mpsc_node *n, *next;

	for (n = mpsc_take_all(&s->events); n; n = next) {
		struct net_event *ev = (struct net_event *)n;

		next = n->next;
		if (ev->kind == NET_EV_FRAME) {
			free(ev);
		} else if (ev->kind == NET_EV_NEW ||
			   ev->conn->slot == UINT32_MAX) {
			net_conn_stop(ev->conn);
			net_conn_free(ev->conn);
		}
	}
}

struct net_server *net_server_free(struct net_server *s)
{
	if (!s)
		return NULL;
	for (size_t i = 0; i < s->listeners_count; i++)
		stop_listening(&s->listeners[i]);
	for (uint32_t i = 0; s->slots && i < s->max; i++)
		if (s->slots[i])
			net_conn_stop(s->slots[i]);
	if (s->events.fd >= 0)
		drop_events(s);
	for (uint32_t i = 0; s->slots && i < s->max; i++)
		net_conn_free(s->slots[i]);
	if (s->events.fd >= 0)
		mpsc_fini(&s->events);
	if (s->tls)
		nng_tls_config_free(s->tls);
	free(s->slots);
	free(s->generations);
	free(s->free_slots);
	free(s->shaking);
	free(s);
	return NULL;
}
