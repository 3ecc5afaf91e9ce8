/* One connection of either side; and what the files of net share. */
#ifndef NET_NET_PRIV_H
#define NET_NET_PRIV_H

#include <pthread.h>
#include <stdatomic.h>

#include <nng/nng.h>
#include <nng/supplemental/util/platform.h>

#include "base/mpsc.h"
#include "net/net.h"

enum { NET_HEAD = 4, NET_CHUNK = 1024, NET_UNREAD = 8 };

struct net_buf {
	_Atomic uint32_t refs;
	uint32_t len;			/* with its head                     */
	uint8_t data[];
};

/* What happened on an nng thread, on its way to the loop. */
enum net_event_kind { NET_EV_NEW, NET_EV_FRAME, NET_EV_GONE, NET_EV_PROBED };

struct net_event {
	struct mpsc_node node;		/* must be first                     */
	enum net_event_kind kind;
	struct net_conn *conn;
};

struct net_frame {			/* NET_EV_FRAME                      */
	struct net_event ev;		/* must be first                     */
	uint32_t len;
	uint8_t data[];
};

/*
 * A stream with framing.  Life: net_conn_new; net_conn_start lets it read;
 * NET_EV_FRAME for each frame, at most NET_UNREAD unanswered by
 * net_conn_read_done; after an error or net_conn_close exactly one
 * NET_EV_GONE, and then the loop may net_conn_free.
 */
struct net_conn {
	nng_stream *stream;
	nng_aio *raio, *saio;
	struct mpsc *events;
	struct net_event new_ev, gone_ev;	/* never fail for memory     */

	pthread_mutex_t lock;		/* guards from here ...              */
	bool closed;			/* no new work                       */
	bool reading, sending;		/* a callback will come              */
	bool paused;			/* NET_UNREAD frames are unanswered  */
	bool flush;			/* close when all is sent            */
	bool lingering;			/* the wait after the last byte      */
	bool gone_sent;
	enum err why;
	uint32_t unread;
	uint32_t frame_max;
	struct net_buf *queue[NET_SEND_FRAMES];
	uint32_t first, count;
	size_t queued, sent;		/* bytes waiting; of the first, out  */
					/* ... to here                       */

	/* Only the reader (one at a time) touches these. */
	uint8_t chunk[NET_CHUNK];
	uint32_t have, used;		/* bytes in chunk, and taken         */
	uint8_t head[NET_HEAD];
	uint32_t head_got, body_got;
	struct net_frame *body;		/* frame being filled                */
	bool direct;			/* the read goes into body           */
	nng_time deadline;		/* for the first frame; 0: none      */

	/* Only the loop touches these. */
	uint32_t slot;
	struct net_id id;
	bool started, open, handshaking;
	uint64_t place;			/* what shares a limit: its address  */
	struct net_conn *next_waiting;
	struct net_peer peer;
};

enum err net_err(int nng_code);

/* Takes stream on success. */
MUST_CHECK enum err net_conn_new(struct net_conn **out, nng_stream *stream,
				 struct mpsc *events);
void net_conn_announce(struct net_conn *c);
/* first_ms: time for the first frame [ms], 0: no limit. */
void net_conn_start(struct net_conn *c, uint32_t first_ms);
MUST_CHECK enum err net_conn_send(struct net_conn *c, struct net_buf *b);
void net_conn_close(struct net_conn *c, enum err why, bool flush);
void net_conn_read_done(struct net_conn *c);
/* Only after NET_EV_GONE, or after net_conn_stop(). */
struct net_conn *net_conn_free(struct net_conn *c);
/* Ends both sides and waits for nng's threads to let go. */
void net_conn_stop(struct net_conn *c);

/* Certificate helpers (OpenSSL), for net_cert.c's callers. */
struct net_probe {
	char pem[8192];
	char name[128];			/* a name the certificate bears      */
	char fingerprint[128];
	bool self_signed;
	enum err err;
	char text[200];
};

/* Blocks up to some seconds; *fd lets another thread shut it down. */
void net_cert_probe(const char *host, const char *port,
		    _Atomic int *fd, struct net_probe *out);
/* name and fingerprint of the first certificate in pem. */
MUST_CHECK enum err net_cert_read(const char *pem, struct net_probe *out);
/* Whole small file into buf as text; ERR_ABSENT, ERR_IO, ERR_FULL. */
MUST_CHECK enum err net_file_read(const char *path, char *buf, size_t size);
/* Anew and whole or not at all; ERR_EXISTS, ERR_IO. */
MUST_CHECK enum err net_file_write(const char *path, const char *text,
				   mode_t mode);

#endif
