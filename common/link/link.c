#include "link/link.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "net/net.h"

enum { BEAT_MS = 5000, SILENT_MS = 15000 };

struct link {
	struct net_client *net;
	char     program[25], lang[9], token[65], user[41];
	char     phone[121];
	bool     up, in;		/* past hello; logged in             */
	uint32_t req, login_req, resume_req;
	uint32_t beat_ms, silent_ms, rtt_ms;
	int64_t  heard_ms, beat_at_ms;	/* monotonic                         */
	struct now now;
	const struct link_handlers *h;	/* during link_run                   */
	void    *arg;
	union msg_any any;		/* the message being read            */
	uint8_t  frame[MSG_FRAME_MAX];	/* the one being written             */
};

enum err link_new(struct link **out, const struct link_conf *conf)
{
	struct net_client_conf nc = { conf->url, conf->ca_file,
				      conf->pin_file };
	struct link *l = calloc(1, sizeof(*l));
	enum err e = l ? net_client_new(&l->net, &nc) : ERR_MEMORY;

	if (e) {
		free(l);
		return e;
	}
	str_copy(l->program, sizeof(l->program), conf->program);
	str_copy(l->lang, sizeof(l->lang), conf->lang);
	if (conf->phone)
		str_copy(l->phone, sizeof(l->phone), conf->phone);
	l->beat_ms = BEAT_MS;
	l->silent_ms = SILENT_MS;
	*out = l;
	return ERR_OK;
}

struct link *link_free(struct link *l)
{
	if (!l)
		return NULL;
	net_client_free(l->net);
	memset(l->token, 0, sizeof(l->token));
	free(l);
	return NULL;
}

int link_fd(const struct link *l)
{
	return net_client_fd(l->net);
}

enum err link_send_as(struct link *l, enum msg_type type, uint32_t req,
		      const void *obj)
{
	size_t len;
	enum err e = msg_encode(type, req, obj, l->frame, sizeof(l->frame),
				&len);

	return e ? e : net_client_send(l->net, l->frame, len);
}

enum err link_send(struct link *l, enum msg_type type, const void *obj,
		   uint32_t *req)
{
	uint32_t no = l->req + 1 ? l->req + 1 : 1;
	enum err e = link_send_as(l, type, no, obj);

	if (e)
		return e;
	l->req = no;
	if (req)
		*req = no;
	return ERR_OK;
}

static enum err send_login(struct link *l, struct msg_login *m)
{
	enum err e = link_send(l, MSG_LOGIN, m, &l->login_req);

	memset(m, 0, sizeof(*m));
	memset(l->frame, 0, sizeof(struct msg_login));
	return e;
}

enum err link_login(struct link *l, const char *user, const char *pass,
		    bool takeover)
{
	struct msg_login m = { .takeover = takeover };

	if (!str_copy(m.user, sizeof(m.user), user) ||
	    !str_copy(m.pass, sizeof(m.pass), pass))
		return ERR_ARG;
	str_copy(l->user, sizeof(l->user), user);
	str_copy(m.phone, sizeof(m.phone), l->phone);
	return send_login(l, &m);
}

static void on_up(void *arg)
{
	struct link *l = arg;
	struct msg_hello m = { .proto = MSG_PROTO };

	str_copy(m.program, sizeof(m.program), l->program);
	str_copy(m.version, sizeof(m.version), WAIHU_VERSION);
	str_copy(m.lang, sizeof(m.lang), l->lang);
	l->heard_ms = l->now.mono_ms;
	if (link_send(l, MSG_HELLO, &m, NULL))
		net_client_drop(l->net, "hello could not be sent");
}

static void on_lost(void *arg, enum err why UNUSED)
{
	struct link *l = arg;

	l->up = l->in = false;
	if (l->h->lost)
		l->h->lost(l->arg, net_client_text(l->net));
}

static void on_welcome(struct link *l, const struct msg_welcome *w)
{
	struct msg_login_ok ok = { .role = w->role, .wall_ms = w->wall_ms };
	struct msg_login m = { 0 };

	if (w->proto != MSG_PROTO) {
		net_client_drop(l->net, msg_refusal_text(MSG_NO_VERSION));
		return;
	}
	l->up = true;
	/* A local admin's screen may have logged in as somebody else. */
	if (w->role && !*l->token) {
		l->in = true;
		l->h->in(l->arg, &ok);
	} else if (*l->token) {
		str_copy(m.user, sizeof(m.user), l->user);
		str_copy(m.token, sizeof(m.token), l->token);
		if (send_login(l, &m))
			net_client_drop(l->net, "log-in could not be sent");
		l->resume_req = l->login_req;
	} else {
		l->h->ask(l->arg, w);
	}
}

static void on_login_ok(struct link *l, const struct msg_login_ok *ok)
{
	l->in = true;
	str_copy(l->token, sizeof(l->token), ok->token);
	l->beat_ms = ok->heartbeat_ms ? ok->heartbeat_ms : BEAT_MS;
	l->silent_ms = ok->silent_ms ? ok->silent_ms : SILENT_MS;
	l->beat_at_ms = l->now.mono_ms;
	l->h->in(l->arg, ok);
}

/* An echo of what was never sent tells nothing. */
static void on_beat(struct link *l, const struct msg_heartbeat_ok *m)
{
	int64_t rtt = l->now.mono_ms - m->sent_ms;

	if (rtt >= 0 && rtt <= l->silent_ms)
		l->rtt_ms = (uint32_t)MAX((int64_t)1, rtt);
}

static void on_frame(void *arg, const uint8_t *data, size_t len)
{
	struct link *l = arg;
	struct msg_head_of head = { 0 };
	enum err e = msg_decode(data, len, &head, &l->any);
	struct msg_welcome ask = { 0 };

	l->heard_ms = l->now.mono_ms;
	if (e == ERR_ABSENT)	/* a newer server's push: not for us */
		return;
	if (e) {
		net_client_drop(l->net, "the server sent what is no message");
		return;
	}
	if (head.type == MSG_WELCOME) {
		on_welcome(l, &l->any.welcome);
	} else if (head.type == MSG_LOGIN_OK) {
		on_login_ok(l, &l->any.login_ok);
	} else if (head.type == MSG_HEARTBEAT_OK) {
		on_beat(l, &l->any.heartbeat_ok);
	} else if (head.type == MSG_REFUSED && head.req == l->resume_req &&
		   *l->token) {
		/* The session is gone: log in as at first, unless somebody
		 * has not waited for this and does so already. */
		l->token[0] = '\0';
		if (l->login_req == l->resume_req)
			l->h->ask(l->arg, &ask);
	} else {
		l->h->message(l->arg, head.type, head.req, &l->any);
	}
}

static void beat(struct link *l)
{
	struct msg_heartbeat m = { .sent_ms = l->now.mono_ms,
				   .rtt_ms = l->rtt_ms };

	if (!l->up)
		return;
	if (l->now.mono_ms - l->heard_ms > l->silent_ms) {
		net_client_drop(l->net, "the server is silent");
	} else if (l->now.mono_ms >= l->beat_at_ms) {
		l->beat_at_ms = l->now.mono_ms + l->beat_ms;
		if (link_send(l, MSG_HEARTBEAT, &m, NULL))
			net_client_drop(l->net, "the link is stuck");
	}
}

void link_run(struct link *l, struct now now, const struct link_handlers *h,
	      void *arg)
{
	static const struct net_client_handlers net_h = { on_up, on_frame,
							  on_lost };

	l->now = now;
	l->h = h;
	l->arg = arg;
	net_client_run(l->net, now.mono_ms, &net_h, l);
	beat(l);
}

int64_t link_due_ms(const struct link *l, int64_t now_ms)
{
	int wait = net_client_wait_ms(l->net, now_ms);
	int64_t due = wait < 0 ? INT64_MAX : now_ms + wait;

	return l->up ? MIN(due, l->beat_at_ms) : due;
}

void link_forget(struct link *l)
{
	memset(l->token, 0, sizeof(l->token));
}

bool link_is_in(const struct link *l)
{
	return l->in;
}

bool link_is_up(const struct link *l)
{
	return l->up;
}

uint32_t link_rtt_ms(const struct link *l)
{
	return l->rtt_ms;
}

const char *link_text(const struct link *l)
{
	return net_client_text(l->net);
}

void link_local_url(char *buf, size_t size)
{
	const char *path = getenv("WAIHU_SOCKET");

	str_fmt(buf, size, "ipc://%s",
		path && *path ? path : "/run/waihu/ctl.sock");
}

void link_pin_file(char *buf, size_t size)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state && *state)
		str_fmt(buf, size, "%s/waihu", state);
	else
		str_fmt(buf, size, "%s/.local/state/waihu",
			home ? home : "/nonexistent");
	/* A fresh home has none of these (XDG: made with 0700); what cannot be
	 * made is told by net. */
	for (char *p = buf; (p = strchr(p + 1, '/'));) {
		*p = '\0';
		mkdir(buf, 0700);
		*p = '/';
	}
	mkdir(buf, 0700);
	str_add(buf, size, "/servers");
}
