/*
 * link -- a screen's talk with the server: meet, log in, stay, come back.
 *
 * In      the server's URL; a name and a password, once
 * Out     messages as structs; the news that the link is up, in, or lost
 * Owns    the connection, heartbeats, the token that brings a session back
 * Never   blocks, forgets a session by itself, or shows a password
 *
 * A lost link is tried again and again; after a log-in the session is taken
 * up again with its token, without a key pressed.
 */
#ifndef LINK_LINK_H
#define LINK_LINK_H

#include "base/clock.h"
#include "msg/msg.h"

struct link;

struct link_conf {
	const char *url;	/* tcp://, tls+tcp://, ipc:// (net/net)      */
	const char *ca_file, *pin_file;		/* for tls+tcp               */
	const char *program;	/* "waihu-agent"                             */
	const char *lang;	/* "en", "zh"                                */
	const char *phone;	/* desk phone to ask for, "sip:..."; or NULL */
};

struct link_handlers {
	/* The server has spoken: log in now (link_login).  Not called when a
	 * token does it, or the local socket's user is in already. */
	void (*ask)(void *arg, const struct msg_welcome *w);
	/* Logged in, or in again; ok is zero but for the role when the local
	 * socket's user needed no log-in. */
	void (*in)(void *arg, const struct msg_login_ok *ok);
	/* Everything else; req 0: unasked.  A refusal of the log-in comes
	 * here too. */
	void (*message)(void *arg, enum msg_type type, uint32_t req,
			const void *obj);
	/* Was up, or could not come up.  It tries again by itself. */
	void (*lost)(void *arg, const char *why);
};

/* Texts of conf are copied.  ERR_ARG for a bad URL, ERR_MEMORY. */
MUST_CHECK enum err link_new(struct link **out, const struct link_conf *conf);
struct link *link_free(struct link *l);		/* returns NULL */
/* Readable when link_run has something to do. */
int link_fd(const struct link *l);
void link_run(struct link *l, struct now now, const struct link_handlers *h,
	      void *arg);
/* When link_run must come again at the latest, monotonic [ms]. */
int64_t link_due_ms(const struct link *l, int64_t now_ms);

/* In answer to ask().  The password is not kept. */
MUST_CHECK enum err link_login(struct link *l, const char *user,
			       const char *pass, bool takeover);
/* *req (may be NULL) is the number the answer carries.  ERR_STATE while the
 * link is lost; ERR_ARG, ERR_FORMAT for what the schema refuses. */
MUST_CHECK enum err link_send(struct link *l, enum msg_type type,
			      const void *obj, uint32_t *req);
/* More of an earlier request, under its number (admin_data). */
MUST_CHECK enum err link_send_as(struct link *l, enum msg_type type,
				 uint32_t req, const void *obj);
/* The next link begins a new session. */
void link_forget(struct link *l);
/* Logged in and connected. */
bool link_is_in(const struct link *l);
/* Connected and past hello. */
bool link_is_up(const struct link *l);
/* Last round trip [ms], 0: none measured yet. */
uint32_t link_rtt_ms(const struct link *l);
/* The last thing worth telling a person; never NULL. */
const char *link_text(const struct link *l);

/* The local socket: $WAIHU_SOCKET, else /run/waihu/ctl.sock, as a URL. */
void link_local_url(char *buf, size_t size);
/* Where this user's trusted certificates are kept: under XDG_STATE_HOME. */
void link_pin_file(char *buf, size_t size);

#endif
