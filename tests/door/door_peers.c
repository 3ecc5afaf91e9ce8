#include "door/door_peers.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

static const struct door_user users[] = {
	{ .user = "1001", .name = "Li Wei", .team = "blue",
	  .role = MSG_ROLE_AGENT, .agent = { 1001 } },
	{ .user = "zhang", .name = "Zhang Hua", .team = "blue",
	  .role = MSG_ROLE_SUPERVISOR, .may_unmask = true },
	{ .user = "root", .name = "The admin", .role = MSG_ROLE_ADMIN },
	{ .user = "wall", .name = "A screen on the wall",
	  .role = MSG_ROLE_SUPERVISOR, .read_only = true },
	{ .user = "gone", .name = "Left us", .role = MSG_ROLE_AGENT,
	  .agent = { 1002 }, .locked = true },
	{ .user = "nobody", .name = "No role", .role = MSG_ROLE_NONE },
};

static struct now real_now(const struct peers *p)
{
	struct timespec ts;
	struct now now = { 0, 1800000000000 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	now.mono_ms = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 +
		      p->ahead_ms;
	return now;
}

/* -- hooks ------------------------------------------------------------------------ */

static enum err on_user(void *arg, const char *user, struct door_user *out)
{
	static char hash[DOOR_HASH_LEN + 1];
	struct peers *p = arg;

	if (!hash[0] && door_hash("secret", hash, sizeof(hash)))
		abort();
	for (size_t i = 0; i < ARRAY_LEN(users); i++) {
		if (!str_eq(users[i].user, user))
			continue;
		*out = users[i];
		str_copy(out->hash, sizeof(out->hash), hash);
		out->locked |= p->lock_1001 && out->agent.v == 1001;
		if (p->team_red) {
			str_copy(out->team, sizeof(out->team), "red");
			out->may_unmask = !out->may_unmask;
		}
		if (p->now_admin)
			out->role = MSG_ROLE_ADMIN;
		if (p->all_gone)
			return ERR_ABSENT;
		return ERR_OK;
	}
	return ERR_ABSENT;
}

static void on_greet(void *arg, const struct door_session *s,
		     struct msg_login_ok *ok)
{
	(void)arg;
	if (s->role == MSG_ROLE_AGENT)
		str_copy(ok->sip_dial, sizeof(ok->sip_dial),
			 "sip:line@127.0.0.1");
}

static void on_came(void *arg, const struct door_session *s, bool resumed)
{
	struct peers *p = arg;

	p->came++;
	p->resumed += resumed;
	p->by = *s;
}

static void on_lost(void *arg, const struct door_session *s)
{
	struct peers *p = arg;

	p->lost++;
	p->by = *s;
}

static void on_ended(void *arg, const struct door_session *s, enum msg_end why)
{
	struct peers *p = arg;

	p->ended++;
	p->why = why;
	p->by = *s;
}

static enum err on_logout(void *arg, const struct door_session *s)
{
	struct peers *p = arg;

	return p->in_call && s->agent.v ? ERR_STATE : ERR_OK;
}

static void on_note(void *arg, enum door_note n, const char *user,
		    const char *from)
{
	struct peers *p = arg;

	(void)user;
	(void)from;
	p->notes[n]++;
}

static void on_changed(void *arg, const struct door_session *s)
{
	struct peers *p = arg;

	p->changed++;
	p->by = *s;
}

static void on_message(void *arg, const struct door_session *s,
		       enum msg_type type, uint32_t req,
		       const union msg_any *m)
{
	struct peers *p = arg;

	(void)m;
	p->routed++;
	p->last = type;
	p->by = *s;
	door_ok(p->door, s->no, req, NULL);
}

/* -- clients ------------------------------------------------------------------------- */

static void on_up(void *arg)
{
	struct peer *c = arg;

	c->up = true;
}

static void on_frame(void *arg, const uint8_t *data, size_t len)
{
	static union msg_any any;
	struct peer *c = arg;
	struct msg_head_of head;

	if (msg_decode(data, len, &head, &any)) {
		printf("# the door sent what cannot be read\n");
		return;
	}
	c->got++;
	if (head.type == MSG_ENDED)
		c->ended = any.ended.why;
	if (!head.req) {
		c->pushes++;
		c->push = head.type;
		return;
	}
	c->head = head;
	c->any = any;
}

static void on_gone(void *arg, enum err why)
{
	struct peer *c = arg;

	(void)why;
	c->lost = true;
}

static const struct net_client_handlers client_side = { on_up, on_frame,
							on_gone };

/* -- the loop -------------------------------------------------------------------------- */

void peers_turn(struct peers *p)
{
	struct pollfd fds[PEERS_MAX + 1] = {
		{ door_fd(p->door), POLLIN, 0 },
	};
	nfds_t n = 1;

	for (size_t i = 0; i < p->count; i++)
		if (!p->list[i]->lost)
			fds[n++] = (struct pollfd){
				net_client_fd(p->list[i]->net), POLLIN, 0 };
	if (poll(fds, n, 10) < 0)
		abort();
	door_turn(p->door, real_now(p));
	/* A lost client stays lost: these do not come back by themselves. */
	for (size_t i = 0; i < p->count; i++)
		if (!p->list[i]->lost)
			net_client_run(p->list[i]->net, real_now(p).mono_ms,
				       &client_side, p->list[i]);
}

bool peers_until(struct peers *p, const int *count, int want)
{
	int64_t end = real_now(p).mono_ms + PEERS_LIMIT_MS;

	while (*count < want) {
		if (real_now(p).mono_ms > end)
			return false;
		peers_turn(p);
	}
	return true;
}

bool peer_until_lost(struct peer *c)
{
	int64_t end = real_now(c->all).mono_ms + PEERS_LIMIT_MS;

	while (!c->lost) {
		if (real_now(c->all).mono_ms > end)
			return false;
		peers_turn(c->all);
	}
	return true;
}

enum msg_type peer_ask(struct peer *c, enum msg_type type, const void *obj)
{
	static uint8_t buf[MSG_FRAME_MAX];
	int64_t end = real_now(c->all).mono_ms + PEERS_LIMIT_MS;
	uint32_t req = ++c->req;
	size_t len;

	c->head.type = MSG_NONE;
	if (msg_encode(type, req, obj, buf, sizeof(buf), &len) ||
	    net_client_send(c->net, buf, len))
		return MSG_NONE;
	while (c->head.type == MSG_NONE || c->head.req != req) {
		if (real_now(c->all).mono_ms > end || c->lost)
			return MSG_NONE;
		peers_turn(c->all);
	}
	return c->head.type;
}

int peer_refusal(const struct peer *c)
{
	return c->head.type == MSG_REFUSED ? c->any.refused.code : 0;
}

enum msg_type peer_login(struct peer *c, const char *user, const char *pass,
			 bool takeover)
{
	struct msg_login m = { .takeover = takeover };

	str_copy(m.user, sizeof(m.user), user);
	str_copy(m.pass, sizeof(m.pass), pass);
	return peer_ask(c, MSG_LOGIN, &m);
}

enum msg_type peer_token(struct peer *c, const char *user, const char *token)
{
	struct msg_login m = { .takeover = false };

	str_copy(m.user, sizeof(m.user), user);
	str_copy(m.token, sizeof(m.token), token);
	return peer_ask(c, MSG_LOGIN, &m);
}

struct peer *peer_new(struct peers *p, bool hello)
{
	struct peer *c = calloc(1, sizeof(*c));
	struct net_client_conf conf = { p->url, NULL, NULL };
	struct msg_hello m = { .proto = MSG_PROTO, .program = "test" };
	int64_t end = real_now(p).mono_ms + PEERS_LIMIT_MS;

	if (!c || net_client_new(&c->net, &conf))
		abort();
	c->all = p;
	p->list[p->count++] = c;
	while (!c->up && real_now(p).mono_ms < end)
		peers_turn(p);
	if (hello && peer_ask(c, MSG_HELLO, &m) != MSG_WELCOME)
		printf("# no welcome\n");
	return c;
}

void peer_drop(struct peer *c)
{
	c->net = net_client_free(c->net);
	c->lost = true;
}

/* -- life --------------------------------------------------------------------------------- */

void peers_init(struct peers *p, const char *scheme,
		const struct door_conf *conf)
{
	struct door_hooks hooks = {
		p, on_user, on_greet, on_came, on_lost, on_ended, on_logout,
		on_note, on_changed,
	};
	/* Two routes with a hole: unmask (43) is nobody's. */
	struct door_route routes[] = {
		{ MSG_LOGOUT, MSG_PHONE_REPORT, on_message, p },
		{ MSG_LANG, MSG_LANG, on_message, p },
		{ MSG_SUBSCRIBE, MSG_ADMIN_DATA, on_message, p },
	};
	struct door_conf c = { .floor = "Floor A" };
	const char *url = p->url;
	char why[200];

	memset(p, 0, sizeof(*p));
	str_copy(p->dir, sizeof(p->dir), "/tmp/waihu-door-XXXXXX");
	if (!mkdtemp(p->dir))
		abort();
	if (conf)
		c = *conf;
	if (str_eq(scheme, "ipc"))
		str_fmt(p->url, sizeof(p->url), "ipc://%s/s", p->dir);
	else
		str_copy(p->url, sizeof(p->url), "tcp://127.0.0.1:0");
	c.net = (struct net_server_conf){ .urls = &url, .urls_count = 1,
					  .max_clients = 64 };
	if (door_new(&p->door, &c, &hooks, routes, ARRAY_LEN(routes), why,
		     sizeof(why))) {
		printf("# %s\n", why);
		abort();
	}
	if (!str_eq(scheme, "ipc"))
		str_fmt(p->url, sizeof(p->url), "tcp://127.0.0.1:%u",
			door_port(p->door, 0));
}

void peers_fini(struct peers *p)
{
	char path[128];

	for (size_t i = 0; i < p->count; i++) {
		net_client_free(p->list[i]->net);
		free(p->list[i]);
	}
	p->door = door_free(p->door);
	str_fmt(path, sizeof(path), "%s/s", p->dir);
	unlink(path);
	rmdir(p->dir);
}
