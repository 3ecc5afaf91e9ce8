/*
 * What one idle TLS agent costs the server, in resident memory: the server
 * is a process of its own, so nothing of the clients is counted.
 */
#include "base/t.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "net/net_floor.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { AGENTS = 40, LIMIT_KIB = 16384 };	/* freed memory is kept a while     */
#else
enum { AGENTS = 200, LIMIT_KIB = 64 };
#endif
enum { WARM = 20 };			/* threads and arenas are there then */

struct report { uint16_t port; long kib; };

static struct floor f;
static struct net_client *kept[AGENTS + FLOOR_CLIENTS];

static long resident_kib(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long size = 0, pages = 0;

	if (!file || fscanf(file, "%ld %ld", &size, &pages) != 2)
		pages = 0;
	if (file)
		fclose(file);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static bool warm(const struct floor *g) { return g->opens >= WARM; }
static bool all_in(const struct floor *g) { return g->opens >= AGENTS; }
static bool spoke(const struct floor *g)
{
	for (size_t i = 0; i < g->clients_count; i++)
		if (!g->clients[i].frames)
			return false;
	return true;
}

/* In the child: serve, and report before, between and after. */
static void serve(int out, int stop)
{
	struct report r = { 0, 0 };
	struct pollfd fd = { stop, POLLIN, 0 };
	long before;

	if (floor_listen(&f, "tls+tcp://127.0.0.1:0", NULL))
		_exit(1);
	r.port = net_server_port(f.server, 0);
	if (write(out, &r, sizeof(r)) != sizeof(r) || !floor_until(&f, warm))
		_exit(1);
	before = resident_kib();
	if (!floor_until(&f, all_in))
		_exit(1);
	/* Let the echoes out. */
	for (int i = 0; i < 20; i++)
		floor_turn(&f);
	r.kib = resident_kib() - before;
	if (write(out, &r, sizeof(r)) != sizeof(r))
		_exit(1);
	while (poll(&fd, 1, 0) == 0)
		floor_turn(&f);
	f.server = net_server_free(f.server);
	_exit(0);
}

static void test_an_idle_agent_is_small(void **state)
{
	int up[2], down[2], status;
	struct report r;
	char url[64], cert[128];

	(void)state;
	floor_init(&f);
	T_OK(!pipe(up) && !pipe(down), "pipes");
	pid_t pid = fork();	/* before nng has made a thread              */

	if (!pid) {
		close(down[1]);
		serve(up[1], down[0]);
	}
	close(down[0]);
	T_OK(read(up[0], &r, sizeof(r)) == sizeof(r), "the server listens");
	str_fmt(url, sizeof(url), "tls+tcp://localhost:%u", r.port);
	str_fmt(cert, sizeof(cert), "%s/cert.pem", f.dir);
	for (int done = 0; done < AGENTS; done += FLOOR_CLIENTS / 4) {
		/* In groups; once in, a client idles until the end. */
		int n = MIN(FLOOR_CLIENTS / 4, AGENTS - done);

		f.clients_count = 0;
		for (int i = 0; i < n; i++)
			kept[done + i] = floor_join(&f, url, cert, NULL)->net;
		T_OK(floor_until(&f, spoke), "%d agents are in", done + n);
		f.clients_count = 0;
	}
	T_OK(read(up[0], &r, sizeof(r)) == sizeof(r), "the server reports");
	printf("# %ld KiB more for %d agents: %ld KiB each\n", r.kib,
	       AGENTS - WARM, r.kib / (AGENTS - WARM));
	T_OK(r.kib / (AGENTS - WARM) < LIMIT_KIB, "under %d KiB each: %ld",
	     LIMIT_KIB, r.kib / (AGENTS - WARM));
	close(down[1]);
	T_OK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	     !WEXITSTATUS(status), "the server stops by itself");
	for (size_t i = 0; i < AGENTS; i++)
		net_client_free(kept[i]);
	floor_fini(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_idle_agent_is_small),
	};

	return T_RUN(tests);
}
