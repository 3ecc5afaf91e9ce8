/*
 * net -- the door to nng: frames between the server and its clients.
 *
 * In      bytes of one message at a time, and where to listen or to call
 * Out     the same bytes at the other side; who came, who left, and why
 * Owns    nng's threads, sockets, TLS, the certificate file, the pin file
 * Never   blocks the caller, reads a message, or lets a slow peer wait
 *
 * A frame is a big-endian u32 length and that many bytes, 1..65536.  nng's
 * SP sockets are not used: one FIN+RST kills their listener (nng #1518).
 *
 * nng's callbacks run on nng's threads and only push to a queue with an
 * eventfd; each object here belongs to one thread (the loop), which calls
 * net_*_run() when net_*_fd() is readable.  Handlers run inside that call and
 * may call any function of the same object but its free.
 *
 * URLs: tcp://127.0.0.1:7410, tls+tcp://0.0.0.0:7411, ipc:///run/x.sock;
 * port 0 listens on a free one.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include <sys/types.h>

#include "base/base.h"

enum {
	NET_FRAME_MAX = 65536,		/* bytes in a frame                  */
	NET_FRAME_STRANGER = 4096,	/* until net_server_allow()          */
	NET_SEND_FRAMES = 64,		/* queued for one peer, at most      */
	NET_SEND_BYTES = 4 * 65536,
	NET_LISTEN_MAX = 8,
};

/* -- shared bytes ---------------------------------------------------------- */

/* A frame ready to go, counted: one copy serves any number of peers. */
struct net_buf;

/* Copies data[len], 1..NET_FRAME_MAX; NULL if out of memory or range. */
struct net_buf *net_buf_new(const void *data, size_t len);
struct net_buf *net_buf_ref(struct net_buf *b);
/* Drops one reference; returns NULL. */
struct net_buf *net_buf_free(struct net_buf *b);

/* -- server ---------------------------------------------------------------- */

/* One peer; never reused while it matters (slot below, generation above). */
struct net_id { uint32_t v; };

struct net_peer {
	char from[64];		/* "192.0.2.7:40112", "local uid 1000"       */
	bool local;		/* came by ipc: uid and gid are the kernel's */
	bool tls;
	uid_t uid;
	gid_t gid;
};

struct net_handlers {
	/* Its first frame is whole (so TLS is through): frame() follows. */
	void (*open)(void *arg, struct net_id id, const struct net_peer *p);
	/* data is borrowed for the call. */
	void (*frame)(void *arg, struct net_id id, const uint8_t *data,
		      size_t len);
	/* Once for each open; the id is dead.  why: ERR_CLOSED (it left),
	 * ERR_FULL (too slow a reader), ERR_FORMAT (not frames),
	 * ERR_TIMEOUT, ERR_OK (we closed it). */
	void (*closed)(void *arg, struct net_id id, enum err why);
};

struct net_server_conf {
	const char *const *urls;	/* 1..NET_LISTEN_MAX                 */
	size_t urls_count;
	const char *cert_file;		/* PEM, for tls+tcp; made together   */
	const char *key_file;		/* with the key if both are missing  */
	uint32_t max_clients;		/* 0: 16384, at most 65535           */
	uint32_t handshakes;		/* TLS handshakes at once, 0: 8      */
	uint32_t first_frame_ms;	/* time for handshake and first      */
					/* frame, 0: 5000                    */
	int ipc_mode;			/* file mode of ipc sockets, 0: 0660 */
};

struct net_server;

/*
 * Listens on every URL, or on none: ERR_ARG for a bad URL, ERR_EXISTS for an
 * address in use, ERR_PERM, ERR_IO; why[size] then holds a sentence.  conf is
 * only borrowed.
 */
MUST_CHECK enum err net_server_new(struct net_server **out,
				   const struct net_server_conf *conf,
				   char *why, size_t size);
/* Closes all peers without a word; waits for nng's threads (milliseconds). */
struct net_server *net_server_free(struct net_server *s);
/* Readable when net_server_run() has something to do. */
int net_server_fd(const struct net_server *s);
/* Hands over all that came so far. */
void net_server_run(struct net_server *s, const struct net_handlers *h,
		    void *arg);
/* The port the i-th URL got; 0 for ipc. */
uint16_t net_server_port(const struct net_server *s, size_t i);
/*
 * Queues a reference of b.  ERR_ABSENT: no such peer any more; ERR_FULL: it
 * reads too slowly and is being disconnected (closed() follows).
 */
MUST_CHECK enum err net_server_send(struct net_server *s, struct net_id id,
				    struct net_buf *b);
/* Bytes queued and not yet with the kernel; 0 for an unknown peer. */
size_t net_server_queued(const struct net_server *s, struct net_id id);
/* From now on frames of up to max bytes are taken from it. */
void net_server_allow(struct net_server *s, struct net_id id, uint32_t max);
/* flush: what is queued goes out first, within a second or so. */
void net_server_close(struct net_server *s, struct net_id id, bool flush);
size_t net_server_clients(const struct net_server *s);

/* -- certificate ------------------------------------------------------------ */

/*
 * Writes a self-signed certificate (EC P-256, ten years, CN waihud) and its
 * key (mode 0600).  ERR_EXISTS if either file is there, ERR_IO.
 */
MUST_CHECK enum err net_cert_make(const char *cert_file, const char *key_file);
/* "SHA256 AB:CD:..." of the first certificate in the file; ERR_IO, _FORMAT. */
MUST_CHECK enum err net_cert_fingerprint(const char *cert_file, char *buf,
					 size_t size);

/* -- client ----------------------------------------------------------------- */

#define NET_STATES(X)                                                         \
	X(NET_CONNECTING, "connecting")                                       \
	X(NET_UP,         "up")         /* the server has spoken          */  \
	X(NET_LOST,       "lost")       /* tries again by itself          */  \
	X(NET_REFUSED,    "refused")    /* its certificate is not the one  */ \
					/* we know: a person must decide   */

enum net_state {
#define X(name, word) name,
	NET_STATES(X)
#undef X
	NET_STATE_COUNT
};

const char *net_state_word(enum net_state s);

struct net_client_conf {
	const char *url;
	const char *ca_file;	/* tls+tcp: trust what this CA signed, or    */
	const char *pin_file;	/* trust the certificate seen first, kept    */
				/* here (a file of this user's)              */
};

struct net_client_handlers {
	void (*up)(void *arg);		/* send hello now                    */
	void (*frame)(void *arg, const uint8_t *data, size_t len);
	/* Was up, or could not come up; net_client_text() says why. */
	void (*lost)(void *arg, enum err why);
};

struct net_client;

/*
 * Begins to connect at the first net_client_run().  ERR_ARG for a bad URL or
 * tls+tcp without ca_file or pin_file.
 */
MUST_CHECK enum err net_client_new(struct net_client **out,
				   const struct net_client_conf *conf);
struct net_client *net_client_free(struct net_client *c);
int net_client_fd(const struct net_client *c);
/* now_ms: monotonic.  Call when the fd is readable or the wait is over. */
void net_client_run(struct net_client *c, int64_t now_ms,
		    const struct net_client_handlers *h, void *arg);
/* Milliseconds until net_client_run() must be called; -1: only for the fd. */
int net_client_wait_ms(const struct net_client *c, int64_t now_ms);
/* ERR_STATE while not connected, ERR_FULL (the link is dropped), ERR_ARG. */
MUST_CHECK enum err net_client_send(struct net_client *c, const void *data,
				    size_t len);
enum net_state net_client_state(const struct net_client *c);
/* The last thing worth telling a person, never NULL. */
const char *net_client_text(const struct net_client *c);
/* Drops the link (the server fell silent) and tries again. */
void net_client_drop(struct net_client *c, const char *why);

#endif
