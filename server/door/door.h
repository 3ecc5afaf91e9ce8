/*
 * door -- who comes in, as what, and which room hears what they say.
 *
 * In      frames of clients (common/net), users from the store by a callback
 * Out     checked messages to the rooms' routes; answers and pushes to clients
 * Owns    links, sessions, password hashing (on a worker thread), log-in limits
 * Never   decides what a message means; waits for a hash, a disk or a peer
 *
 * A link must say hello first, then log in.  Every message is checked against
 * MSG_LIST: who may send it, then its fields.  A session outlives its link by
 * `grace_ms`, so that a lost ssh or cable does not end an agent's shift: the
 * same user comes back with the token of login_ok, or with the password.
 * A second log-in of an agent is refused unless it asks to take over.
 *
 * On an ipc socket root, this server's own user and the members of the
 * group `admin_group` are admin by the kernel's word, without a password.
 *
 * One thread (the loop) calls everything here; hooks and routes run inside
 * door_turn() and may call any door function but door_free().
 */
#ifndef DOOR_DOOR_H
#define DOOR_DOOR_H

#include "base/clock.h"
#include "msg/msg.h"
#include "net/net.h"

enum { DOOR_HASH_LEN = 128 };

struct door;

/* What the store knows of a user; texts as in the staff's records. */
struct door_user {
	char user[41], name[61], team[41], lang[9];
	char hash[DOOR_HASH_LEN + 1];	/* argon2id; empty: no password      */
	enum msg_role role;
	struct agent_id agent;		/* 0: none                           */
	bool locked, may_unmask, read_only;
};

/* A session as the rooms see it; valid during the hook or route only.  What
 * a client may be shown is decided by role, team (empty: all) and agent. */
struct door_session {
	uint64_t no;			/* across time, keep this            */
	char user[41], name[61], team[41], lang[9];
	char from[64];			/* where it comes from               */
	char phone[121];		/* asked for at the log-in: a wish   */
	enum msg_role role;
	struct agent_id agent;
	bool may_unmask, read_only;
	bool linked;			/* false: its link is lost           */
	uint32_t rtt_ms;		/* as its program measured it        */
};

/* What the audit log should know (MISSION L3). */
#define DOOR_NOTES(X)                                                         \
	X(DOOR_NOTE_LOGIN,    "logged in")                                    \
	X(DOOR_NOTE_RESUMED,  "came back")                                    \
	X(DOOR_NOTE_TAKEOVER, "took the session over")                        \
	X(DOOR_NOTE_FAILED,   "wrong name or password")                       \
	X(DOOR_NOTE_LOCKED,   "too many wrong passwords")                     \
	X(DOOR_NOTE_LOST,     "link lost")                                    \
	X(DOOR_NOTE_ENDED,    "session ended")

enum door_note {
#define X(name, word) name,
	DOOR_NOTES(X)
#undef X
	DOOR_NOTE_COUNT
};
const char *door_note_word(enum door_note n);

struct door_hooks {
	void *arg;
	/* ERR_ABSENT: no such user (number or name). Reads the store only. */
	enum err (*user)(void *arg, const char *user, struct door_user *out);
	/* May be NULL. Fills what only the caller knows: sip_*, tz_min. */
	void (*greet)(void *arg, const struct door_session *s,
		      struct msg_login_ok *ok);
	/* After login_ok went out; resumed: the seat goes on as it was. */
	void (*came)(void *arg, const struct door_session *s, bool resumed);
	/* Its link is lost; the session waits grace_ms. */
	void (*lost)(void *arg, const struct door_session *s);
	/* For good. May follow lost(). */
	void (*ended)(void *arg, const struct door_session *s,
		      enum msg_end why);
	/* May be NULL. ERR_STATE: not now (in a call); else it ends. */
	enum err (*logout)(void *arg, const struct door_session *s);
	/* May be NULL. */
	void (*note)(void *arg, enum door_note n, const char *user,
		     const char *from);
	/* May be NULL. The user's record changed, and the session with it. */
	void (*changed)(void *arg, const struct door_session *s);
};

/*
 * One checked request; answer it exactly once, now or later, with door_send,
 * door_ok or door_refuse and the same req (0: wants no answer).
 */
typedef void door_route_h(void *arg, const struct door_session *s,
			  enum msg_type type, uint32_t req,
			  const union msg_any *m);

/* Messages first..last go to h; what no route takes is refused. */
struct door_route {
	enum msg_type first, last;
	door_route_h *h;
	void *arg;
};

struct door_conf {
	struct net_server_conf net;
	const char *floor;		/* name of this floor, for welcome   */
	const char *admin_group;	/* NULL: waihu-admin                 */
	uint32_t heartbeat_ms;		/* 0: 5000                           */
	uint32_t silent_ms;		/* 0: 15000                          */
	uint32_t grace_ms;		/* 0: 120000                         */
	uint32_t login_ms;		/* from hello to log-in, 0: 180000   */
	int32_t tz_min;			/* this server's offset from UTC     */
};

/*
 * conf and routes are copied (the net part's texts only borrowed for the
 * call); why[size] gets a sentence on failure.  Errors as net_server_new.
 */
MUST_CHECK enum err door_new(struct door **out, const struct door_conf *conf,
			     const struct door_hooks *hooks,
			     const struct door_route *routes, size_t count,
			     char *why, size_t size);
/* Tells everyone that the server stops, without waiting; no hooks run. */
struct door *door_free(struct door *d);		/* returns NULL */
/* Readable (poll, epoll) when door_turn() has something to do. */
int door_fd(const struct door *d);
/* When the fd is readable, and at least once a second for the time limits. */
void door_turn(struct door *d, struct now now);
uint16_t door_port(const struct door *d, size_t i);

/* -- to clients: never waits ------------------------------------------------ */

/* ERR_ABSENT: no such session or no link now; ERR_FULL: too slow, dropped;
 * ERR_ARG, ERR_FORMAT: obj is not sound (a fault of the caller). */
MUST_CHECK enum err door_send(struct door *d, uint64_t no, enum msg_type type,
			      uint32_t req, const void *obj);
MUST_CHECK enum err door_send_agent(struct door *d, struct agent_id agent,
				    enum msg_type type, uint32_t req,
				    const void *obj);
/* Encoded once, to every linked session that want() says; how many. */
size_t door_send_all(struct door *d,
		     bool (*want)(void *arg, const struct door_session *s),
		     void *arg, enum msg_type type, const void *obj);
/* The same to those of n sessions that are linked. */
size_t door_send_many(struct door *d, const uint64_t *nos, size_t n,
		      enum msg_type type, const void *obj);
/* Answers; a session that has gone is no error here.  text may be NULL. */
void door_ok(struct door *d, uint64_t no, uint32_t req, const char *text);
void door_refuse(struct door *d, uint64_t no, uint32_t req,
		 enum msg_refusal code, const char *text);
/* Bytes waiting to go to it: pace long answers by this. */
size_t door_queued(const struct door *d, uint64_t no);

/* -- sessions ------------------------------------------------------------------ */

/* NULL if it has ended; valid until the next door function. */
const struct door_session *door_session(const struct door *d, uint64_t no);
const struct door_session *door_session_of(const struct door *d,
					   struct agent_id agent);
/* In no order; false ends. */
void door_each(const struct door *d,
	       bool (*h)(void *arg, const struct door_session *s), void *arg);
/*
 * The user's record changed: his sessions have its name, team and rights from
 * now on (hooks->changed runs).  One whose role or agent number is another's
 * now, who is locked or gone, is ended; session `but` (0: none) stays for
 * this once, so that who did it can be answered.
 */
void door_recheck(struct door *d, const char *user, uint64_t but);
/* Ends it for good, telling it why; hooks->ended runs. text may be NULL. */
void door_end(struct door *d, uint64_t no, enum msg_end why, const char *text);

/* -- passwords ------------------------------------------------------------------- */

/*
 * Argon2id, 19 MiB, two passes (OWASP Password Storage Cheat Sheet): some
 * 30 ms, so for command-line tools and tests; the loop uses door_hash_start.
 */
MUST_CHECK enum err door_hash(const char *pass, char *out, size_t size);

typedef void door_hash_h(void *arg, enum err e, const char *hash);
/* Hashes on the worker; h runs in a later door_turn.  ERR_AGAIN: too many. */
MUST_CHECK enum err door_hash_start(struct door *d, const char *pass,
				    door_hash_h *h, void *arg);

#endif
