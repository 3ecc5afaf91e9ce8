#include "door/door.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "door/door_priv.h"

enum { CHECK_MS = 500 };

/* What a read-only session may still send (UX 2.6: --read-only).  Of an
 * admin's words the clerk refuses those that change something. */
static const enum msg_type harmless[] = {
	MSG_HELLO, MSG_LOGIN, MSG_HEARTBEAT, MSG_LOGOUT, MSG_SUBSCRIBE,
	MSG_ADMIN_REQ,
};

struct door_link *door_link(const struct door *d, struct net_id id)
{
	uint32_t slot = id.v & 0xffff;

	if (!id.v || slot >= d->links_max || d->links[slot].id.v != id.v)
		return NULL;
	return &d->links[slot];
}

/* -- sending -------------------------------------------------------------------- */

static enum err pack(struct door *d, enum msg_type type, uint32_t req,
		     const void *obj, struct net_buf **out)
{
	size_t len;
	enum err e = msg_encode(type, req, obj, d->frame, sizeof(d->frame),
				&len);

	if (e) {
		log_err("door", "message %d cannot be sent: %s", (int)type,
			err_text(e));
		return e;
	}
	*out = net_buf_new(d->frame, len);
	return *out ? ERR_OK : ERR_MEMORY;
}

static enum err send_to(struct door *d, struct net_id id, enum msg_type type,
			uint32_t req, const void *obj)
{
	struct net_buf *b;
	enum err e = pack(d, type, req, obj, &b);

	if (e)
		return e;
	e = net_server_send(d->net, id, b);
	net_buf_free(b);
	return e;
}

void door_link_send(struct door *d, struct net_id id, enum msg_type type,
		    uint32_t req, const void *obj)
{
	enum err e = send_to(d, id, type, req, obj);

	/* A peer that left or reads too slowly is closed() soon. */
	if (e)
		log_debug("door", "message %d not sent: %s", (int)type,
			  err_text(e));
}

void door_link_refuse(struct door *d, struct net_id id, uint32_t req,
		      enum msg_refusal code, const char *text)
{
	struct msg_refused m = { .code = (uint16_t)code };

	str_copy(m.text, sizeof(m.text), text ? text : msg_refusal_text(code));
	door_link_send(d, id, MSG_REFUSED, req, &m);
}

void door_link_bye(struct door *d, struct door_link *l, enum msg_end why,
		   const char *text)
{
	struct msg_ended m = { .why = (uint8_t)why };

	str_copy(m.text, sizeof(m.text),
		 text ? text : msg_word(MSG_WORDS_END, why));
	door_link_send(d, l->id, MSG_ENDED, 0, &m);
	l->leaving = true;
	net_server_close(d->net, l->id, true);
}

enum err door_send(struct door *d, uint64_t no, enum msg_type type,
		   uint32_t req, const void *obj)
{
	struct door_seat *s = door_seat(d, no);

	if (!s || !s->pub.linked)
		return ERR_ABSENT;
	return send_to(d, s->link, type, req, obj);
}

enum err door_send_agent(struct door *d, struct agent_id agent,
			 enum msg_type type, uint32_t req, const void *obj)
{
	struct door_seat *s = door_seat_of(d, agent);

	return s ? door_send(d, s->pub.no, type, req, obj) : ERR_ABSENT;
}

size_t door_send_all(struct door *d,
		     bool (*want)(void *arg, const struct door_session *s),
		     void *arg, enum msg_type type, const void *obj)
{
	struct net_buf *b = NULL;
	size_t sent = 0;

	for (uint32_t i = 0; i < d->seats_max; i++) {
		struct door_seat *s = &d->seats[i];

		if (!s->used || !s->pub.linked || !want(arg, &s->pub))
			continue;
		if (!b && pack(d, type, 0, obj, &b))
			return 0;
		if (!net_server_send(d->net, s->link, b))
			sent++;
	}
	net_buf_free(b);
	return sent;
}

size_t door_send_many(struct door *d, const uint64_t *nos, size_t n,
		      enum msg_type type, const void *obj)
{
	struct net_buf *b = NULL;
	size_t sent = 0;

	for (size_t i = 0; i < n; i++) {
		struct door_seat *s = door_seat(d, nos[i]);

		if (!s || !s->pub.linked)
			continue;
		if (!b && pack(d, type, 0, obj, &b))
			return 0;
		if (!net_server_send(d->net, s->link, b))
			sent++;
	}
	net_buf_free(b);
	return sent;
}

void door_ok(struct door *d, uint64_t no, uint32_t req, const char *text)
{
	struct door_seat *s = door_seat(d, no);
	struct msg_ok m = { .id = 0 };

	str_copy(m.text, sizeof(m.text), text);
	if (s && s->pub.linked && req)
		door_link_send(d, s->link, MSG_OK, req, &m);
}

void door_refuse(struct door *d, uint64_t no, uint32_t req,
		 enum msg_refusal code, const char *text)
{
	struct door_seat *s = door_seat(d, no);

	if (s && s->pub.linked && req)
		door_link_refuse(d, s->link, req, code, text);
}

size_t door_queued(const struct door *d, uint64_t no)
{
	struct door_seat *s = door_seat(d, no);

	return s && s->pub.linked ? net_server_queued(d->net, s->link) : 0;
}

/* -- receiving --------------------------------------------------------------------- */

static void heartbeat(struct door *d, struct door_link *l, uint32_t req,
		      const struct msg_heartbeat *m)
{
	struct msg_heartbeat_ok ok = { m->sent_ms, d->now.wall_ms };
	struct door_seat *s = door_seat(d, l->session);

	if (s)
		s->pub.rtt_ms = m->rtt_ms;
	door_link_send(d, l->id, MSG_HEARTBEAT_OK, req, &ok);
}

/* The reason this link may not send this message now; MSG_NO_NONE: it may. */
static enum msg_refusal forbidden(const struct door *d,
				  const struct door_link *l,
				  const struct msg_row *row)
{
	const struct door_seat *s = door_seat(d, l->session);
	enum msg_role role = s ? s->pub.role : MSG_ROLE_NONE;

	if (!l->greeted && row->type != MSG_HELLO)
		return MSG_NO_SESSION;
	/* A local admin may still log in as somebody. */
	if (row->type == MSG_LOGIN && l->by_uid)
		return MSG_NO_NONE;
	if (!msg_may_send(row, role))
		return s || row->senders == MSG_BY_SERVER ? MSG_NO_PERM
							  : MSG_NO_SESSION;
	if (s && s->pub.read_only) {
		for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
			if (harmless[i] == row->type)
				return MSG_NO_NONE;
		return MSG_NO_PERM;
	}
	return MSG_NO_NONE;
}

static void route(struct door *d, struct door_link *l, enum msg_type type,
		  uint32_t req)
{
	struct door_seat *s = door_seat(d, l->session);

	for (size_t i = 0; s && i < d->routes_count; i++) {
		const struct door_route *r = &d->routes[i];

		if (type >= r->first && type <= r->last) {
			r->h(r->arg, &s->pub, type, req, &d->any);
			return;
		}
	}
	door_link_refuse(d, l->id, req, MSG_NO_ABLE, NULL);
}

static void handle(struct door *d, struct door_link *l, enum msg_type type,
		   uint32_t req)
{
	if (type == MSG_HELLO)
		door_hello(d, l, req, &d->any.hello);
	else if (type == MSG_LOGIN)
		door_login(d, l, req, &d->any.login);
	else if (type == MSG_HEARTBEAT)
		heartbeat(d, l, req, &d->any.heartbeat);
	else if (type == MSG_LOGOUT && !d->any.logout.after)
		door_logout(d, l, req);
	else
		route(d, l, type, req);
}

static void on_frame(void *arg, struct net_id id, const uint8_t *data,
		     size_t len)
{
	struct door *d = arg;
	struct door_link *l = door_link(d, id);
	struct msg_head_of head = { MSG_NONE, 0 };

	if (!l || l->leaving)
		return;
	l->heard_ms = d->now.mono_ms;
	enum err e = msg_decode_head(data, len, &head);

	if (e == ERR_FORMAT) {
		door_link_bye(d, l, MSG_END_PROTOCOL, NULL);
		return;
	}
	if (e) {			/* a newer program's message         */
		door_link_refuse(d, id, head.req, MSG_NO_ABLE, NULL);
		return;
	}
	/* Right first: what is not allowed is not even decoded. */
	enum msg_refusal no = forbidden(d, l, msg_row(head.type));

	if (no) {
		door_link_refuse(d, id, head.req, no, NULL);
		return;
	}
	if (msg_decode(data, len, &head, &d->any))
		door_link_refuse(d, id, head.req, MSG_NO_FORMAT, NULL);
	else
		handle(d, l, head.type, head.req);
	if (head.type == MSG_LOGIN)
		sodium_memzero(&d->any.login, sizeof(d->any.login));
}

static void on_open(void *arg, struct net_id id, const struct net_peer *p)
{
	struct door *d = arg;
	struct door_link *l = &d->links[id.v & 0xffff];
	char *port;

	*l = (struct door_link){ .id = id, .peer = *p,
				 .heard_ms = d->now.mono_ms,
				 .since_ms = d->now.mono_ms };
	str_copy(l->place, sizeof(l->place), p->from);
	port = p->local ? NULL : strrchr(l->place, ':');
	if (port)
		*port = '\0';
}

static void on_closed(void *arg, struct net_id id, enum err why)
{
	struct door *d = arg;
	struct door_link *l = door_link(d, id);
	struct door_seat *s = l ? door_seat(d, l->session) : NULL;

	if (!l)
		return;
	if (why == ERR_FULL)
		log_warn("door", "%s reads too slowly: dropped",
			 l->peer.from);
	l->id.v = 0;
	if (!s)
		return;
	/* Nobody can come back to a session without a password. */
	if (s->by_uid) {
		s->pub.linked = false;
		door_seat_end(d, s, MSG_END_LOGOUT, NULL);
	} else {
		door_seat_lost(d, s);
	}
}

static const struct net_handlers net_side = { on_open, on_frame, on_closed };

/* -- time --------------------------------------------------------------------------- */

static void check_links(struct door *d)
{
	for (uint32_t i = 0; i < d->links_max; i++) {
		struct door_link *l = &d->links[i];

		if (!l->id.v || l->leaving)
			continue;
		if (d->now.mono_ms - l->heard_ms >= d->conf.silent_ms ||
		    (!l->session && !l->waiting &&
		     d->now.mono_ms - l->since_ms >= d->conf.login_ms))
			door_link_bye(d, l, MSG_END_SILENT, NULL);
	}
}

void door_turn(struct door *d, struct now now)
{
	struct mpsc_node *n, *next;

	d->now = now;
	net_server_run(d->net, &net_side, d);
	for (n = mpsc_take_all(&d->worker.done); n; n = next) {
		next = n->next;
		pthread_mutex_lock(&d->worker.lock);
		d->worker.count--;
		pthread_mutex_unlock(&d->worker.lock);
		door_job_done(d, (struct door_job *)n);
	}
	if (now.mono_ms - d->checked_ms < CHECK_MS)
		return;
	d->checked_ms = now.mono_ms;
	check_links(d);
	door_seats_check(d);
}

/* -- life ----------------------------------------------------------------------------- */

static void set_conf(struct door *d, const struct door_conf *conf)
{
	d->conf = *conf;
	d->conf.heartbeat_ms = conf->heartbeat_ms ? conf->heartbeat_ms : 5000;
	d->conf.silent_ms = conf->silent_ms ? conf->silent_ms : 15000;
	d->conf.grace_ms = conf->grace_ms ? conf->grace_ms : 120000;
	d->conf.login_ms = conf->login_ms ? conf->login_ms : 180000;
	str_copy(d->floor, sizeof(d->floor), conf->floor);
	str_copy(d->group, sizeof(d->group),
		 conf->admin_group ? conf->admin_group : "waihu-admin");
	d->links_max = conf->net.max_clients
		       ? MIN(conf->net.max_clients, 65535) : 16384;
	d->seats_max = d->links_max;
}

static enum err watch(struct door *d, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(d->epoll, EPOLL_CTL_ADD, fd, &ev) ? ERR_IO : ERR_OK;
}

static enum err open_door(struct door *d, const struct door_conf *conf,
			  const struct door_route *routes, size_t count,
			  char *why, size_t size)
{
	enum err e;

	d->links = calloc(d->links_max, sizeof(*d->links));
	d->seats = calloc(d->seats_max, sizeof(*d->seats));
	d->routes = calloc(count ? count : 1, sizeof(*d->routes));
	if (!d->links || !d->seats || !d->routes)
		return ERR_MEMORY;
	if (count)
		memcpy(d->routes, routes, count * sizeof(*routes));
	d->routes_count = count;
	e = door_hash("nobody's", d->nobody, sizeof(d->nobody));
	if (!e)
		e = door_worker_init(&d->worker);
	if (!e)
		e = net_server_new(&d->net, &conf->net, why, size);
	d->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (!e && d->epoll < 0)
		e = ERR_IO;
	if (!e)
		e = watch(d, net_server_fd(d->net));
	return e ? e : watch(d, d->worker.done.fd);
}

enum err door_new(struct door **out, const struct door_conf *conf,
		  const struct door_hooks *hooks,
		  const struct door_route *routes, size_t count,
		  char *why, size_t size)
{
	struct door *d = calloc(1, sizeof(*d));
	enum err e;

	str_copy(why, size, "the door cannot be opened");
	if (!d || sodium_init() < 0) {
		free(d);
		return ERR_MEMORY;
	}
	d->epoll = -1;
	d->worker.done.fd = -1;
	d->hooks = *hooks;
	set_conf(d, conf);
	door_limits_init(&d->limits);
	e = open_door(d, conf, routes, count, why, size);
	if (e) {
		door_free(d);
		return e;
	}
	*out = d;
	return ERR_OK;
}

struct door *door_free(struct door *d)
{
	if (!d)
		return NULL;
	for (uint32_t i = 0; d->net && i < d->links_max; i++)
		if (d->links[i].id.v && !d->links[i].leaving)
			door_link_bye(d, &d->links[i], MSG_END_SHUTDOWN,
				      NULL);
	net_server_free(d->net);
	door_worker_fini(&d->worker);
	if (d->epoll >= 0)
		close(d->epoll);
	free(d->links);
	free(d->seats);
	free(d->routes);
	sodium_memzero(d, sizeof(*d));
	free(d);
	return NULL;
}

int door_fd(const struct door *d)
{
	return d->epoll;
}

uint16_t door_port(const struct door *d, size_t i)
{
	return net_server_port(d->net, i);
}
