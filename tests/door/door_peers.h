/* A door with four users, and clients at it, in one thread by poll(2). */
#ifndef TESTS_DOOR_PEERS_H
#define TESTS_DOOR_PEERS_H

#include "door/door.h"

enum { PEERS_MAX = 24, PEERS_LIMIT_MS = 20000 };

struct peers;

struct peer {
	struct peers *all;
	struct net_client *net;
	bool up, lost;
	uint32_t req;			/* last one used                     */
	int got;			/* messages received                 */
	struct msg_head_of head;	/* of the last answer (req > 0)      */
	union msg_any any;
	int ended;			/* enum msg_end, 0: not              */
	int pushes;			/* unasked messages                  */
	enum msg_type push;
};

struct peers {
	char dir[64], url[128];
	struct door *door;
	struct peer *list[PEERS_MAX];
	size_t count;
	int64_t ahead_ms;

	/* What the hooks saw. */
	int came, resumed, lost, ended;
	enum msg_end why;
	int notes[DOOR_NOTE_COUNT];
	bool in_call;			/* then log-out is refused           */
	bool lock_1001;
	bool team_red, now_admin, all_gone;	/* what the records say now  */
	int changed;
	int routed;
	enum msg_type last;
	struct door_session by;
	int hashes;
	char hash[DOOR_HASH_LEN + 1];
};

/* scheme: "tcp" or "ipc". conf may be NULL (its net part is replaced). */
void peers_init(struct peers *p, const char *scheme,
		const struct door_conf *conf);
void peers_fini(struct peers *p);
/* Connects; hello is sent and answered if `hello`. */
struct peer *peer_new(struct peers *p, bool hello);
void peer_drop(struct peer *c);			/* without a word           */
/* Sends and waits for the answer under its request number; its type. */
enum msg_type peer_ask(struct peer *c, enum msg_type type, const void *obj);
/* The code of the refusal just got; 0 if the answer was no refusal. */
int peer_refusal(const struct peer *c);
/* Logs in; the answer's type. */
enum msg_type peer_login(struct peer *c, const char *user, const char *pass,
			 bool takeover);
enum msg_type peer_token(struct peer *c, const char *user, const char *token);
/* One turn of everything. */
void peers_turn(struct peers *p);
/* Turns until *count reaches want; false: the limit. */
bool peers_until(struct peers *p, const int *count, int want);
/* Turns until the client is lost. */
bool peer_until_lost(struct peer *c);

#endif
