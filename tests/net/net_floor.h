/* A server and its clients in one thread, driven by poll(2); no sleeps. */
#ifndef TESTS_NET_FLOOR_H
#define TESTS_NET_FLOOR_H

#include "net/net.h"

enum { FLOOR_CLIENTS = 64, FLOOR_LIMIT_MS = 20000 };

struct floor_client {
	struct floor *floor;
	struct net_client *net;
	int ups, frames, losts;
	enum err why;
	size_t last_len;
	uint8_t last;			/* first byte of the last frame      */
	bool in_order;			/* frames counted up, as sent        */
	bool hello;			/* sends one byte when up            */
};

struct floor {
	char dir[64];
	struct net_server *server;
	struct floor_client clients[FLOOR_CLIENTS];
	size_t clients_count;
	int64_t ahead_ms;		/* the clients' clock, ahead of ours */

	int opens, frames, closes;
	enum err why;			/* of the last close                 */
	struct net_id last_id, ids[FLOOR_CLIENTS];
	struct net_peer last_peer;
	bool echo;
	size_t last_len;
};

void floor_init(struct floor *f);
void floor_fini(struct floor *f);
/* One URL; certificate in the floor's folder. conf may be NULL. */
enum err floor_listen(struct floor *f, const char *url,
		      const struct net_server_conf *conf);
struct floor_client *floor_join(struct floor *f, const char *url,
				const char *ca, const char *pin);
/* Runs all until done(f) or the limit; false: the limit. */
bool floor_until(struct floor *f, bool (*done)(const struct floor *f));
/* One turn of the loop; waits 20 ms at most. */
bool floor_turn(struct floor *f);
/* Runs until the server has closed the raw socket (nothing else comes). */
bool floor_hangs_up(struct floor *f, int fd);
/* "tcp://127.0.0.1:PORT" of the server. */
const char *floor_url(const struct floor *f, const char *scheme, char *buf,
		      size_t size);
/* A plain blocking socket to the server; -1. */
int floor_raw(const struct floor *f);

#endif
