/*
 * Hello, log-in, coming back, taking over, log-out.
 *
 *	hello --> welcome            (local admins are in at once)
 *	login --> user? limits? --> hash on the worker --> session --> login_ok
 *	login with a token --> the session that has it --> login_ok
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "door/door_priv.h"

enum {
	FRAME_USER = 16384,
	PLACE_JOBS = 64,		/* hashes under way for one place    */
};

/* -- sessions meet links ---------------------------------------------------------- */

static void new_token(struct door_seat *s)
{
	uint8_t raw[DOOR_TOKEN_LEN / 2];

	randombytes_buf(raw, sizeof(raw));
	sodium_bin2hex(s->token, sizeof(s->token), raw, sizeof(raw));
	sodium_memzero(raw, sizeof(raw));
}

static void join(struct door *d, struct door_link *l, struct door_seat *s)
{
	l->session = s->pub.no;
	s->link = l->id;
	s->pub.linked = true;
	str_copy(s->pub.from, sizeof(s->pub.from), l->peer.from);
	net_server_allow(d->net, l->id, s->pub.role == MSG_ROLE_ADMIN
			 ? NET_FRAME_MAX : FRAME_USER);
}

static void greet(struct door *d, struct door_link *l, uint32_t req,
		  struct door_seat *s, bool resumed)
{
	struct msg_login_ok ok = {
		.role = (uint8_t)s->pub.role, .agent = s->pub.agent.v,
		.session = s->pub.no, .resumed = resumed,
		.wall_ms = d->now.wall_ms, .tz_min = d->conf.tz_min,
		.heartbeat_ms = d->conf.heartbeat_ms,
		.silent_ms = d->conf.silent_ms,
		.may_unmask = s->pub.may_unmask,
		.read_only = s->pub.read_only,
	};
	uint64_t no = s->pub.no;

	str_copy(ok.name, sizeof(ok.name), s->pub.name);
	str_copy(ok.team, sizeof(ok.team), s->pub.team);
	str_copy(ok.lang, sizeof(ok.lang), s->pub.lang);
	str_copy(ok.token, sizeof(ok.token), s->token);
	if (d->hooks.greet)
		d->hooks.greet(d->hooks.arg, &s->pub, &ok);
	door_link_send(d, l->id, MSG_LOGIN_OK, req, &ok);
	sodium_memzero(&ok, sizeof(ok));
	s = door_seat(d, no);
	if (s && d->hooks.came)
		d->hooks.came(d->hooks.arg, &s->pub, resumed);
}

/* The session goes on at this link; another it may still have is told. */
static void move(struct door *d, struct door_link *l, uint32_t req,
		 struct door_seat *s, bool told)
{
	struct door_link *old = s->pub.linked ? door_link(d, s->link) : NULL;

	if (old) {
		old->session = 0;
		if (told)
			door_link_bye(d, old, MSG_END_TAKEOVER, l->peer.from);
		else
			net_server_close(d->net, old->id, false);
	}
	door_seat_note(d, told && old ? DOOR_NOTE_TAKEOVER : DOOR_NOTE_RESUMED,
		       s->pub.user, l->peer.from);
	join(d, l, s);
	greet(d, l, req, s, true);
}

/* A local admin who now logs in as somebody: his uid's session ends. */
static void leave_uid_session(struct door *d, struct door_link *l)
{
	struct door_seat *s = door_seat(d, l->session);

	if (!s)
		return;
	s->pub.linked = false;		/* the link stays                    */
	l->session = 0;
	door_seat_end(d, s, MSG_END_LOGOUT, NULL);
}

/* The password was right, or the kernel has vouched for him. */
static void admit(struct door *d, struct door_link *l, uint32_t req,
		  const struct door_user *u, bool takeover, bool by_uid,
		  const char *phone)
{
	struct door_seat *s = u->role == MSG_ROLE_AGENT
			      ? door_seat_of(d, u->agent) : NULL;

	if (s && s->pub.linked && !takeover) {
		door_link_refuse(d, l->id, req, MSG_NO_TAKEN, NULL);
		return;
	}
	leave_uid_session(d, l);
	if (s) {
		new_token(s);
		str_copy(s->pub.phone, sizeof(s->pub.phone), phone);
		move(d, l, req, s, true);
		return;
	}
	s = door_seat_new(d, u);
	if (!s) {
		door_link_refuse(d, l->id, req, MSG_NO_FULL, NULL);
		return;
	}
	new_token(s);
	str_copy(s->pub.phone, sizeof(s->pub.phone), phone);
	join(d, l, s);
	door_seat_note(d, DOOR_NOTE_LOGIN, u->user, l->peer.from);
	if (by_uid) {
		s->by_uid = true;
		if (d->hooks.came)
			d->hooks.came(d->hooks.arg, &s->pub, false);
		return;
	}
	greet(d, l, req, s, false);
}

/* -- hello ---------------------------------------------------------------------------- */

static void welcome(struct door *d, struct door_link *l, uint32_t req,
		    bool admin)
{
	struct msg_welcome w = { .proto = MSG_PROTO,
				 .wall_ms = d->now.wall_ms,
				 .role = admin ? MSG_ROLE_ADMIN : 0 };

	str_copy(w.version, sizeof(w.version), WAIHU_VERSION);
	str_copy(w.floor, sizeof(w.floor), d->floor);
	l->greeted = true;
	if (admin) {
		struct door_user u = { .role = MSG_ROLE_ADMIN,
				       .may_unmask = true };

		l->by_uid = true;
		str_fmt(u.user, sizeof(u.user), "uid %u",
			(unsigned)l->peer.uid);
		str_copy(u.name, sizeof(u.name), u.user);
		admit(d, l, req, &u, false, true, "");
	}
	door_link_send(d, l->id, MSG_WELCOME, req, &w);
}

void door_hello(struct door *d, struct door_link *l, uint32_t req,
		const struct msg_hello *m)
{
	struct door_job *job;

	if (m->proto != MSG_PROTO) {
		door_link_refuse(d, l->id, req, MSG_NO_VERSION, NULL);
		l->leaving = true;
		net_server_close(d->net, l->id, true);
		return;
	}
	if (l->greeted || l->waiting) {
		door_link_refuse(d, l->id, req, MSG_NO_STATE, NULL);
		return;
	}
	if (!l->peer.local || l->peer.uid == (uid_t)-1) {
		welcome(d, l, req, false);
		return;
	}
	if (l->peer.uid == 0 || l->peer.uid == geteuid()) {
		welcome(d, l, req, true);
		return;
	}
	job = calloc(1, sizeof(*job));
	if (job) {
		job->kind = DOOR_JOB_GROUP;
		job->link = l->id;
		job->req = req;
		job->uid = l->peer.uid;
		job->gid = l->peer.gid;
		str_copy(job->group, sizeof(job->group), d->group);
	}
	if (!job || door_worker_add(&d->worker, job)) {
		door_job_free(job);
		door_link_refuse(d, l->id, req, MSG_NO_BUSY, NULL);
		return;
	}
	l->waiting = true;
}

/* -- log-in ----------------------------------------------------------------------------- */

static void login_by_token(struct door *d, struct door_link *l, uint32_t req,
			   const struct msg_login *m)
{
	struct door_seat *found = NULL;
	struct door_user u;

	for (uint32_t i = 0; i < d->seats_max; i++) {
		struct door_seat *s = &d->seats[i];

		if (s->used && s->token[0] && str_eq(s->pub.user, m->user) &&
		    strlen(m->token) == DOOR_TOKEN_LEN &&
		    !sodium_memcmp(s->token, m->token, DOOR_TOKEN_LEN))
			found = s;
	}
	/* He may have been locked or changed meanwhile. */
	if (!found || d->hooks.user(d->hooks.arg, m->user, &u) || u.locked ||
	    u.role != found->pub.role || u.agent.v != found->pub.agent.v) {
		door_limits_failed(&d->limits, m->user, l->place,
				   d->now.mono_ms);
		door_link_refuse(d, l->id, req, MSG_NO_LOGIN,
				 "log in with your password");
		return;
	}
	move(d, l, req, found, false);
}

/* One place must not fill the worker's queue and so keep all others out. */
static bool is_greedy(const struct door *d, const struct door_link *l)
{
	uint32_t same = 0;

	for (uint32_t i = 0; i < d->links_max; i++)
		same += d->links[i].id.v && d->links[i].waiting &&
			str_eq(d->links[i].place, l->place);
	return same >= PLACE_JOBS;
}

static bool may_enter(const struct door_user *u)
{
	return u->hash[0] && !u->locked && u->role != MSG_ROLE_NONE &&
	       (u->role != MSG_ROLE_AGENT || u->agent.v);
}

void door_login(struct door *d, struct door_link *l, uint32_t req,
		const struct msg_login *m)
{
	struct door_user u = { .locked = false };
	struct door_job *job;

	if (l->waiting || is_greedy(d, l)) {
		door_link_refuse(d, l->id, req, MSG_NO_BUSY, NULL);
		return;
	}
	if (door_limits_locked(&d->limits, m->user, l->place,
			       d->now.mono_ms)) {
		door_seat_note(d, DOOR_NOTE_LOCKED, m->user, l->peer.from);
		door_link_refuse(d, l->id, req, MSG_NO_LOCKED, NULL);
		return;
	}
	if (m->token[0]) {
		login_by_token(d, l, req, m);
		return;
	}
	/* A user who is not there takes the same time as one who is. */
	bool known = !d->hooks.user(d->hooks.arg, m->user, &u) && may_enter(&u);

	job = calloc(1, sizeof(*job));
	if (job) {
		job->kind = DOOR_JOB_VERIFY;
		job->link = l->id;
		job->req = req;
		job->takeover = m->takeover;
		job->arg = known ? d : NULL;
		str_copy(job->user, sizeof(job->user), m->user);
		str_copy(job->phone, sizeof(job->phone), m->phone);
		str_copy(job->pass, sizeof(job->pass), m->pass);
		str_copy(job->hash, sizeof(job->hash),
			 known ? u.hash : d->nobody);
	}
	if (!job || door_worker_add(&d->worker, job)) {
		door_job_free(job);
		door_link_refuse(d, l->id, req, MSG_NO_BUSY, NULL);
		return;
	}
	l->waiting = true;
}

static void verified(struct door *d, struct door_link *l,
		     const struct door_job *job)
{
	struct door_user u;

	/* Asked again: half a minute of queue may have changed him. */
	if (!job->ok || !job->arg ||
	    d->hooks.user(d->hooks.arg, job->user, &u) || !may_enter(&u) ||
	    !str_eq(u.hash, job->hash)) {
		door_limits_failed(&d->limits, job->user, l->place,
				   d->now.mono_ms);
		door_seat_note(d, DOOR_NOTE_FAILED, job->user, l->peer.from);
		door_link_refuse(d, l->id, job->req, MSG_NO_LOGIN, NULL);
		return;
	}
	door_limits_passed(&d->limits, job->user, l->place);
	admit(d, l, job->req, &u, job->takeover, false, job->phone);
	sodium_memzero(u.hash, sizeof(u.hash));
}

void door_job_done(struct door *d, struct door_job *job)
{
	struct door_link *l = door_link(d, job->link);

	if (job->kind == DOOR_JOB_HASH)
		job->h(job->arg, job->err, job->err ? NULL : job->hash);
	else if (l)
		l->waiting = false;
	if (l && !l->leaving && job->kind == DOOR_JOB_GROUP)
		welcome(d, l, job->req, job->ok);
	else if (l && !l->leaving && job->kind == DOOR_JOB_VERIFY)
		verified(d, l, job);
	door_job_free(job);
}

void door_logout(struct door *d, struct door_link *l, uint32_t req)
{
	struct door_seat *s = door_seat(d, l->session);
	struct msg_ok ok = { .id = 0 };

	if (d->hooks.logout && d->hooks.logout(d->hooks.arg, &s->pub)) {
		door_link_refuse(d, l->id, req, MSG_NO_STATE,
				 "finish this call first");
		return;
	}
	door_link_send(d, l->id, MSG_OK, req, &ok);
	s = door_seat(d, l->session);
	if (s)
		door_seat_end(d, s, MSG_END_LOGOUT, NULL);
}

enum err door_hash_start(struct door *d, const char *pass, door_hash_h *h,
			 void *arg)
{
	struct door_job *job;
	enum err e;

	if (!pass[0] || strlen(pass) > DOOR_PASS_MAX)
		return ERR_ARG;
	job = calloc(1, sizeof(*job));
	if (!job)
		return ERR_MEMORY;
	job->kind = DOOR_JOB_HASH;
	job->h = h;
	job->arg = arg;
	str_copy(job->pass, sizeof(job->pass), pass);
	e = door_worker_add(&d->worker, job);
	if (e)
		door_job_free(job);
	return e;
}
