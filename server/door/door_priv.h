/* What the files of this folder share: links, sessions, jobs, limits. */
#ifndef DOOR_DOOR_PRIV_H
#define DOOR_DOOR_PRIV_H

#include <pthread.h>

#include "base/mpsc.h"
#include "door/door.h"

enum {
	DOOR_PASS_MAX = 128,
	DOOR_TOKEN_LEN = 64,
	DOOR_JOBS = 256,		/* hashes waiting, at most           */
	DOOR_TRIES = 1024,		/* places and users remembered       */
	DOOR_AGENTS = 1024,		/* chains of the agents' index       */
};

/* -- limits: failed log-ins --------------------------------------------------- */

struct door_try {
	uint64_t key;			/* hash of place, or user and place  */
	uint32_t failures;
	int64_t since_ms;		/* first of them, monotonic [ms]     */
};

struct door_limits {
	uint8_t salt[16];		/* so that keys cannot be aimed at   */
	struct door_try tries[DOOR_TRIES];
};

void door_limits_init(struct door_limits *l);
/* True: this user from this place, or this place, has failed too often. */
bool door_limits_locked(const struct door_limits *l, const char *user,
			const char *place, int64_t now_ms);
void door_limits_failed(struct door_limits *l, const char *user,
			const char *place, int64_t now_ms);
void door_limits_passed(struct door_limits *l, const char *user,
			const char *place);

/* -- worker: what may take milliseconds ------------------------------------------ */

enum door_job_kind { DOOR_JOB_VERIFY, DOOR_JOB_HASH, DOOR_JOB_GROUP };

struct door_job {
	struct mpsc_node node;		/* must be first                     */
	struct door_job *next;
	enum door_job_kind kind;
	struct net_id link;
	uint32_t req;
	bool takeover;
	char user[41];
	char phone[121];		/* as msg_login                      */
	char pass[DOOR_PASS_MAX + 1];
	char hash[DOOR_HASH_LEN + 1];	/* to verify, or the result          */
	uid_t uid;
	gid_t gid;
	char group[33];
	bool ok;			/* verified; in the group            */
	enum err err;
	door_hash_h *h;
	void *arg;
};

struct door_worker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct door_job *first, **end;
	size_t count;
	bool stop, running;
	struct mpsc done;
};

MUST_CHECK enum err door_worker_init(struct door_worker *w);
void door_worker_fini(struct door_worker *w);
/* Takes the job on ERR_OK; ERR_AGAIN: DOOR_JOBS are waiting. */
MUST_CHECK enum err door_worker_add(struct door_worker *w,
				    struct door_job *job);
/* Wipes what is secret. */
void door_job_free(struct door_job *job);

/* -- links and sessions -------------------------------------------------------------- */

struct door_link {
	struct net_id id;		/* 0: this place is free             */
	struct net_peer peer;
	char place[64];			/* peer.from without the port        */
	bool greeted, waiting;		/* hello came; a job is under way    */
	bool by_uid;			/* admin by the kernel's word        */
	bool leaving;			/* good-bye is said                  */
	uint64_t session;		/* 0: none                           */
	int64_t heard_ms, since_ms;	/* monotonic [ms]                    */
};

struct door_seat {
	struct door_session pub;
	char token[DOOR_TOKEN_LEN + 1];
	struct net_id link;		/* 0: lost                           */
	int64_t lost_ms;
	uint16_t generation;
	bool used, by_uid;		/* by_uid: ends with its link        */
	uint32_t next;			/* of the same chain, + 1            */
};

struct door {
	struct door_conf conf;
	char floor[41], group[33];
	struct door_hooks hooks;
	struct door_route *routes;
	size_t routes_count;
	struct net_server *net;
	struct door_worker worker;
	struct door_limits limits;
	char nobody[DOOR_HASH_LEN + 1];	/* unknown users cost the same time  */
	int epoll;
	struct now now;
	int64_t checked_ms;		/* time limits were looked at        */

	struct door_link *links;	/* by the low half of a net_id       */
	uint32_t links_max;
	struct door_seat *seats;	/* by the low half of a session no   */
	uint32_t seats_max, seats_free;	/* seats_free: where to look first   */
	uint32_t agents[DOOR_AGENTS];	/* chains: index + 1                 */

	union msg_any any;		/* the message being handled         */
	uint8_t frame[MSG_FRAME_MAX];	/* and the one being sent            */
};

/* door.c */
void door_link_send(struct door *d, struct net_id id, enum msg_type type,
		    uint32_t req, const void *obj);
void door_link_refuse(struct door *d, struct net_id id, uint32_t req,
		      enum msg_refusal code, const char *text);
/* Says ended and hangs up; the session is not touched. */
void door_link_bye(struct door *d, struct door_link *l, enum msg_end why,
		   const char *text);
struct door_link *door_link(const struct door *d, struct net_id id);

/* door_login.c */
void door_hello(struct door *d, struct door_link *l, uint32_t req,
		const struct msg_hello *m);
void door_login(struct door *d, struct door_link *l, uint32_t req,
		const struct msg_login *m);
void door_logout(struct door *d, struct door_link *l, uint32_t req);
void door_job_done(struct door *d, struct door_job *job);

/* door_session.c */
struct door_seat *door_seat(const struct door *d, uint64_t no);
struct door_seat *door_seat_of(const struct door *d, struct agent_id agent);
/* NULL: all places are taken. */
struct door_seat *door_seat_new(struct door *d, const struct door_user *u);
void door_seat_end(struct door *d, struct door_seat *s, enum msg_end why,
		   const char *text);
/* The link is gone; the session waits. */
void door_seat_lost(struct door *d, struct door_seat *s);
void door_seat_note(struct door *d, enum door_note n, const char *user,
		    const char *from);
/* Sessions whose grace is over. */
void door_seats_check(struct door *d);

#endif
