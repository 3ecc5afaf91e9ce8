#include "base/t.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "net/net_floor.h"

static struct floor f;
static uint8_t big[NET_FRAME_MAX];

static int setup(void **state)
{
	(void)state;
	floor_init(&f);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	floor_fini(&f);
	return 0;
}

static bool all_spoke(const struct floor *g)
{
	for (size_t i = 0; i < g->clients_count; i++)
		if (!g->clients[i].frames)
			return false;
	return true;
}

static bool one_closed(const struct floor *g) { return g->closes >= 1; }
static bool one_lost(const struct floor *g) { return g->clients[0].losts >= 1; }
static bool first_spoke(const struct floor *g)
{
	return g->clients[0].frames >= 1;
}
static bool second_spoke(const struct floor *g)
{
	return g->clients[1].frames >= 1;
}
static bool second_refused(const struct floor *g)
{
	return net_client_state(g->clients[1].net) == NET_REFUSED;
}
static bool one_open(const struct floor *g) { return g->opens >= 1; }
static bool two_open(const struct floor *g) { return g->opens >= 2; }

static int wanted;
static bool enough_frames(const struct floor *g)
{
	return g->clients[0].frames >= wanted;
}

static void listen_tcp(const struct net_server_conf *conf, char *url,
		       size_t size)
{
	T_OK(!floor_listen(&f, "tcp://127.0.0.1:0", conf), "listens");
	floor_url(&f, "tcp", url, size);
}

static void test_frames_of_all_sizes(void **state)
{
	static const size_t sizes[] = { 1, 1019, 1020, 1021, 1024, 4096, 5000,
					65535, 65536 };
	char url[64];

	(void)state;
	listen_tcp(NULL, url, sizeof(url));
	floor_join(&f, url, NULL, NULL);
	T_OK(floor_until(&f, first_spoke), "the echo of the first byte");
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		memset(big, (int)i + 1, sizes[i]);
		T_OK(!net_client_send(f.clients[0].net, big, sizes[i]),
		     "%zu bytes go", sizes[i]);
		wanted = (int)i + 2;
		T_OK(floor_until(&f, enough_frames), "and come back");
		T_OK(f.clients[0].last_len == sizes[i] && f.clients[0].in_order,
		     "%zu bytes, whole", sizes[i]);
	}
	T_OK(net_client_send(f.clients[0].net, big, 65537) == ERR_ARG &&
	     net_client_send(f.clients[0].net, big, 0) == ERR_ARG,
	     "0 and 65537 bytes are no frame");
	T_OK(strstr(f.last_peer.from, "127.0.0.1:") && !f.last_peer.local,
	     "the peer is named: %s", f.last_peer.from);
}

/* More than a connection may have unread: reading pauses and goes on. */
static void test_many_small_frames_stay_in_order(void **state)
{
	char url[64];

	(void)state;
	listen_tcp(NULL, url, sizeof(url));
	floor_join(&f, url, NULL, NULL);
	T_OK(floor_until(&f, first_spoke), "up");
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < 60; i++) {
			uint8_t b = (uint8_t)(1 + round * 60 + i);

			T_OK(!net_client_send(f.clients[0].net, &b, 1),
			     "frame %d", i);
		}
		wanted = 1 + (round + 1) * 60;
		T_OK(floor_until(&f, enough_frames), "round %d", round);
	}
	T_OK(f.clients[0].in_order && f.clients[0].frames == 1201,
	     "1201 frames in order");
}

static void test_strangers_are_kept_small(void **state)
{
	static const struct {
		const char *what;
		uint8_t bytes[8];
		size_t len;
	} rows[] = {
		{ "a frame of 0 bytes", { 0, 0, 0, 0 }, 4 },
		{ "a frame of 4 GB", { 255, 255, 255, 255 }, 4 },
		{ "a frame of 4097 from a stranger", { 0, 0, 16, 1 }, 4 },
		{ "a good frame, then a bad head",
		  { 0, 0, 0, 1, 7, 255, 0, 0 }, 8 },
	};
	struct net_server_conf conf = { .first_frame_ms = 10000 };
	char url[64];

	(void)state;
	listen_tcp(&conf, url, sizeof(url));
	floor_join(&f, url, NULL, NULL);
	T_OK(floor_until(&f, first_spoke), "a good one is there");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int fd = floor_raw(&f);
		size_t extra = rows[i].len == 8 ? 3 : 0;

		T_OK(send(fd, rows[i].bytes, rows[i].len, 0) ==
		     (ssize_t)rows[i].len, "sent");
		if (extra)
			T_OK(send(fd, "\xff\xff\xff", extra, 0) == 3, "sent");
		f.echo = false;
		T_OK(floor_hangs_up(&f, fd), "%s: closed", rows[i].what);
		close(fd);
		f.echo = true;
		uint8_t b = (uint8_t)f.clients[0].frames;

		wanted = f.clients[0].frames + 1;
		T_OK(!net_client_send(f.clients[0].net, &b, 1) &&
		     floor_until(&f, enough_frames),
		     "%s ends that peer, not the others", rows[i].what);
	}
	T_OK(f.opens == 2 && f.closes <= 1, "three never came in");
}

/* The attack that kills nng's own listeners (#1518). */
static void test_fin_then_reset_kills_nobody(void **state)
{
	struct linger off = { 1, 0 };
	char url[64];

	(void)state;
	listen_tcp(NULL, url, sizeof(url));
	for (int i = 0; i < 200; i++) {
		int fd = floor_raw(&f);

		T_OK(fd >= 0, "attack %d connects", i);
		shutdown(fd, SHUT_WR);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &off, sizeof(off));
		close(fd);
	}
	floor_join(&f, url, NULL, NULL);
	T_OK(floor_until(&f, first_spoke), "the next client is served");
}

static void test_slow_reader_is_dropped_alone(void **state)
{
	char url[64];
	enum err e = ERR_OK;
	int sent = 0, fd;

	(void)state;
	listen_tcp(NULL, url, sizeof(url));
	f.echo = false;
	fd = floor_raw(&f);
	T_OK(send(fd, "\0\0\0\1x", 5, 0) == 5 && floor_until(&f, one_open),
	     "one that will not read is there");
	struct net_id slow = f.last_id;
	struct net_buf *b = net_buf_new(big, sizeof(big));

	for (; !e && sent < 10000; sent++)
		e = net_server_send(f.server, slow, b);
	net_buf_free(b);
	T_OK(e == ERR_FULL, "after %d frames it is full", sent);
	T_OK(floor_until(&f, one_closed) && f.why == ERR_FULL,
	     "and disconnected for it");
	T_OK(net_server_send(f.server, slow, NULL) == ERR_ABSENT,
	     "its id is dead");
	close(fd);
	f.echo = true;
	floor_join(&f, url, NULL, NULL);
	T_OK(floor_until(&f, first_spoke), "others are served");
}

static void test_silent_stranger_is_sent_away(void **state)
{
	struct net_server_conf conf = { .first_frame_ms = 50 };
	char url[64];
	int fd;

	(void)state;
	listen_tcp(&conf, url, sizeof(url));
	fd = floor_raw(&f);
	T_OK(send(fd, "\0\0", 2, 0) == 2, "half a head");
	floor_join(&f, url, NULL, NULL);
	T_OK(floor_until(&f, first_spoke), "another is served meanwhile");
	T_OK(floor_hangs_up(&f, fd), "closed");
	close(fd);
	T_OK(f.opens == 1, "it was never announced");
}

static void test_a_full_house_turns_away(void **state)
{
	struct net_server_conf conf = { .max_clients = 2 };
	char url[64];

	(void)state;
	listen_tcp(&conf, url, sizeof(url));
	floor_join(&f, url, NULL, NULL);
	floor_join(&f, url, NULL, NULL);
	T_OK(floor_until(&f, all_spoke), "two are in");
	int fd = floor_raw(&f);

	T_OK(floor_hangs_up(&f, fd), "closed");
	close(fd);
	T_OK(net_server_clients(f.server) == 2, "two are still in");
	struct net_id gone = f.ids[0];

	net_server_close(f.server, gone, false);
	T_OK(floor_until(&f, one_closed) && f.why == ERR_OK, "one is closed");
	f.clients[0].net = net_client_free(f.clients[0].net);
	f.clients[0].net = NULL;
	f.clients[0] = f.clients[--f.clients_count];
	f.clients[0].frames = 0;
	floor_join(&f, url, NULL, NULL);
	T_OK(floor_until(&f, second_spoke), "its place is given again");
	T_OK(net_server_send(f.server, gone, NULL) == ERR_ABSENT,
	     "but not its id");
}

static void test_one_buffer_for_all(void **state)
{
	char url[64];
	enum { N = 10 };

	(void)state;
	listen_tcp(NULL, url, sizeof(url));
	for (int i = 0; i < N; i++)
		floor_join(&f, url, NULL, NULL);
	T_OK(floor_until(&f, all_spoke), "ten are up");
	struct net_buf *b = net_buf_new(big, 50000);

	for (int i = 0; i < N; i++) {
		f.clients[i].frames = 0;
		T_OK(!net_server_send(f.server, f.ids[i], b), "to %d", i);
	}
	T_OK(!net_buf_free(b), "the sender's reference is dropped at once");
	T_OK(floor_until(&f, all_spoke), "all got it");
	for (int i = 0; i < N; i++)
		T_OK(f.clients[i].last_len == 50000, "whole");
}

static void test_ipc_tells_who_it_is(void **state)
{
	struct net_server_conf conf = { .ipc_mode = 0600 };
	char url[128];
	struct stat st;

	(void)state;
	str_fmt(url, sizeof(url), "ipc://%s/s.sock", f.dir);
	T_OK(!floor_listen(&f, url, &conf), "listens");
	T_OK(!stat(url + 6, &st) && (st.st_mode & 0777) == 0600,
	     "the socket file is ours alone");
	floor_join(&f, url, NULL, NULL);
	T_OK(floor_until(&f, first_spoke), "served");
	T_OK(f.last_peer.local && f.last_peer.uid == getuid() &&
	     f.last_peer.gid == getgid(), "uid and gid are the kernel's");
	/* A second listener on the path must not kill the first. */
	struct net_server *other = NULL;
	const char *urls[] = { url };
	struct net_server_conf again = { .urls = urls, .urls_count = 1 };
	char why[200];

	T_OK(net_server_new(&other, &again, why, sizeof(why)), "refused: %s",
	     why);
	floor_join(&f, url, NULL, NULL);
	T_OK(floor_until(&f, second_spoke), "the first still serves");
}

static const struct {
	const char *what;
	const char *urls[2];
	size_t count;
	enum err want;
} bad_listens[] = {
	{ "no address at all",         { NULL }, 0, ERR_ARG },
	{ "a scheme we do not have",   { "ws://127.0.0.1:0" }, 1, ERR_ARG },
	{ "TLS without a certificate", { "tls+tcp://127.0.0.1:0" }, 1,
	  ERR_ARG },
	{ "no such folder",            { "ipc:///nonexistent/x" }, 1,
	  ERR_ABSENT },
	{ "a good one, then a bad one", { "tcp://127.0.0.1:0", "http://x" },
	  2, ERR_ARG },
};

static void test_bad_addresses_are_refused(void **state)
{
	char why[200], url[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_listens); i++) {
		struct net_server *s = NULL;
		struct net_server_conf conf = {
			.urls = bad_listens[i].urls,
			.urls_count = bad_listens[i].count,
		};
		enum err e = net_server_new(&s, &conf, why, sizeof(why));

		T_OK(e == bad_listens[i].want && !s, "%s: %s: %s",
		     bad_listens[i].what, err_text(e), why);
		T_OK(strlen(why) > 10, "with a sentence: %s", why);
	}
	listen_tcp(NULL, url, sizeof(url));
	const char *urls[] = { url };
	struct net_server *s = NULL;
	struct net_server_conf conf = { .urls = urls, .urls_count = 1 };

	T_OK(net_server_new(&s, &conf, why, sizeof(why)) == ERR_EXISTS,
	     "an address in use");
}

static void test_client_comes_back(void **state)
{
	char url[64];

	(void)state;
	listen_tcp(NULL, url, sizeof(url));
	floor_join(&f, url, NULL, NULL);
	T_OK(floor_until(&f, first_spoke), "up");
	f.server = net_server_free(f.server);
	T_OK(floor_until(&f, one_lost), "the server stops");
	T_OK(net_client_state(f.clients[0].net) == NET_LOST &&
	     strstr(net_client_text(f.clients[0].net), "lost"), "lost: %s",
	     net_client_text(f.clients[0].net));
	T_OK(net_client_send(f.clients[0].net, "x", 1) == ERR_STATE,
	     "nothing can be sent");
	T_OK(!floor_listen(&f, url, NULL), "and starts again");
	f.clients[0].frames = 0;
	T_OK(floor_until(&f, first_spoke), "the client is back by itself");
	T_OK(net_client_state(f.clients[0].net) == NET_UP, "up");
}

static void test_flush_before_close(void **state)
{
	static const char *const schemes[] = { "tcp", "tls+tcp" };
	char url[64], pin[128], all[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		memset(f.clients, 0, sizeof(f.clients));
		f.opens = f.closes = 0;
		str_fmt(pin, sizeof(pin), "%s/pin.pem", f.dir);
		str_fmt(all, sizeof(all), "%s://127.0.0.1:0", schemes[i]);
		T_OK(!floor_listen(&f, all, NULL), "listens");
		floor_join(&f, floor_url(&f, schemes[i], url, sizeof(url)),
			   NULL, pin);
		T_OK(floor_until(&f, first_spoke), "up");
		struct net_buf *b = net_buf_new(big, sizeof(big));

		for (int k = 0; k < 3; k++)
			T_OK(!net_server_send(f.server, f.ids[0], b), "queued");
		net_buf_free(b);
		net_server_close(f.server, f.ids[0], true);
		T_OK(net_server_send(f.server, f.ids[0], NULL) == ERR_ABSENT,
		     "nothing more after good-bye");
		T_OK(floor_until(&f, one_lost), "closed");
		T_OK(f.clients[0].frames == 4, "%s: all came first, %d",
		     schemes[i], f.clients[0].frames);
		f.clients[0].net = net_client_free(f.clients[0].net);
		f.clients_count = 0;
		f.server = net_server_free(f.server);
	}
}

static void test_tls_first_contact_and_pin(void **state)
{
	char url[64], pin[128], key[128], cert[128], known[128];
	struct stat st;

	(void)state;
	T_OK(!floor_listen(&f, "tls+tcp://127.0.0.1:0", NULL), "listens");
	str_fmt(key, sizeof(key), "%s/key.pem", f.dir);
	str_fmt(cert, sizeof(cert), "%s/cert.pem", f.dir);
	str_fmt(pin, sizeof(pin), "%s/pin.pem", f.dir);
	T_OK(!stat(key, &st) && (st.st_mode & 0777) == 0600,
	     "a key was made, for its owner only");
	T_OK(net_cert_make(cert, key) == ERR_EXISTS, "and is not overwritten");
	T_OK(!net_cert_fingerprint(cert, known, sizeof(known)) &&
	     strlen(known) == 7 + 95, "fingerprint %s", known);

	floor_url(&f, "tls+tcp", url, sizeof(url));
	floor_join(&f, url, NULL, pin);
	T_OK(floor_until(&f, first_spoke), "first contact: up");
	T_OK(strstr(net_client_text(f.clients[0].net), known),
	     "the fingerprint is told: %s", net_client_text(f.clients[0].net));
	T_OK(f.last_peer.tls && !f.last_peer.local, "it is TLS");
	floor_join(&f, url, NULL, pin);
	T_OK(floor_until(&f, second_spoke), "again, by the pin");
	memset(big, 7, sizeof(big));
	T_OK(!net_client_send(f.clients[1].net, big, sizeof(big)), "sent");
	f.clients[1].frames = 0;
	T_OK(floor_until(&f, second_spoke) &&
	     f.clients[1].last_len == sizeof(big), "64 KiB there and back");
}

static void test_tls_changed_certificate_is_refused(void **state)
{
	char url[64], pin[128], key[128], cert[128];

	(void)state;
	T_OK(!floor_listen(&f, "tls+tcp://127.0.0.1:0", NULL), "listens");
	str_fmt(key, sizeof(key), "%s/key.pem", f.dir);
	str_fmt(cert, sizeof(cert), "%s/cert.pem", f.dir);
	str_fmt(pin, sizeof(pin), "%s/pin.pem", f.dir);
	floor_url(&f, "tls+tcp", url, sizeof(url));
	floor_join(&f, url, NULL, pin);
	T_OK(floor_until(&f, first_spoke), "up, pinned");
	f.server = net_server_free(f.server);
	T_OK(!unlink(cert) && !unlink(key), "the certificate is replaced");
	T_OK(!floor_listen(&f, url, NULL), "listens again");
	int opens = f.opens;

	floor_join(&f, url, NULL, pin);
	T_OK(floor_until(&f, second_refused), "refused");
	T_OK(strstr(net_client_text(f.clients[1].net), "CHANGED") &&
	     strstr(net_client_text(f.clients[1].net), "pin.pem"),
	     "says so: %s", net_client_text(f.clients[1].net));
	T_OK(f.opens == opens && !f.clients[1].frames,
	     "not a byte of ours was sent");
}

static void test_tls_ca_and_name(void **state)
{
	char url[64], cert[128];

	(void)state;
	T_OK(!floor_listen(&f, "tls+tcp://127.0.0.1:0", NULL), "listens");
	str_fmt(cert, sizeof(cert), "%s/cert.pem", f.dir);
	str_fmt(url, sizeof(url), "tls+tcp://localhost:%u",
		net_server_port(f.server, 0));
	floor_join(&f, url, cert, NULL);
	T_OK(floor_until(&f, first_spoke), "localhost is in the certificate");
	floor_join(&f, floor_url(&f, "tls+tcp", url, sizeof(url)), cert, NULL);
	T_OK(floor_until(&f, second_refused), "127.0.0.1 is not: %s",
	     net_client_text(f.clients[1].net));
}

static void test_tls_storm(void **state)
{
	struct net_server_conf conf = { .first_frame_ms = 1000 };
	char url[64], pin[128], cert[128];
	enum { N = 40 };

	(void)state;
	T_OK(!floor_listen(&f, "tls+tcp://127.0.0.1:0", &conf), "listens");
	str_fmt(cert, sizeof(cert), "%s/cert.pem", f.dir);
	str_fmt(pin, sizeof(pin), "%s/pin.pem", f.dir);
	T_OK(!symlink(cert, pin), "the pin is known beforehand");
	/* And some that never say a word hold places meanwhile. */
	int silent[6];

	for (size_t i = 0; i < ARRAY_LEN(silent); i++)
		silent[i] = floor_raw(&f);
	floor_url(&f, "tls+tcp", url, sizeof(url));
	for (int i = 0; i < N; i++)
		floor_join(&f, url, NULL, pin);
	T_OK(floor_until(&f, all_spoke), "forty come in");
	T_OK(f.opens == N, "each once");
	for (size_t i = 0; i < ARRAY_LEN(silent); i++)
		close(silent[i]);
}

static void test_stops_with_everything_under_way(void **state)
{
	char url[64], pin[128];

	(void)state;
	T_OK(!floor_listen(&f, "tls+tcp://127.0.0.1:0", NULL), "listens");
	str_fmt(pin, sizeof(pin), "%s/pin.pem", f.dir);
	floor_url(&f, "tls+tcp", url, sizeof(url));
	for (int i = 0; i < 4; i++)
		floor_join(&f, url, NULL, pin);
	T_OK(floor_until(&f, two_open), "some are in, some on the way");
	struct net_buf *b = net_buf_new(big, sizeof(big));

	T_OK(!net_server_send(f.server, f.ids[0], b), "bytes under way");
	net_buf_free(b);
	f.server = net_server_free(f.server);
	T_OK(!f.server, "the server is gone, and its threads with it");
}

#define WITH_FLOOR(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FLOOR(test_frames_of_all_sizes),
		WITH_FLOOR(test_many_small_frames_stay_in_order),
		WITH_FLOOR(test_strangers_are_kept_small),
		WITH_FLOOR(test_fin_then_reset_kills_nobody),
		WITH_FLOOR(test_slow_reader_is_dropped_alone),
		WITH_FLOOR(test_silent_stranger_is_sent_away),
		WITH_FLOOR(test_a_full_house_turns_away),
		WITH_FLOOR(test_one_buffer_for_all),
		WITH_FLOOR(test_ipc_tells_who_it_is),
		WITH_FLOOR(test_bad_addresses_are_refused),
		WITH_FLOOR(test_client_comes_back),
		WITH_FLOOR(test_flush_before_close),
		WITH_FLOOR(test_tls_first_contact_and_pin),
		WITH_FLOOR(test_tls_changed_certificate_is_refused),
		WITH_FLOOR(test_tls_ca_and_name),
		WITH_FLOOR(test_tls_storm),
		WITH_FLOOR(test_stops_with_everything_under_way),
	};

	return T_RUN(tests);
}
