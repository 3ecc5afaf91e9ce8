/* bench_relay -- one connection passed on, counted, and held back. */
#include "bench_screen/bench_screen.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { RELAYS = 4, PARTS = 4096, PART = 16384 };

struct part {
	int64_t due_us;
	size_t len;
	uint8_t *data;
};

struct way {			/* one direction                             */
	int from, to;
	struct part part[PARTS];	/* ring                              */
	unsigned head, n;
	uint64_t bytes;
};

struct relay {
	int lsn, delay_ms;
	char to[108];
	struct way up, down;
};

static struct relay *all[RELAYS];

static int local(const char *path, bool listens)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			0);

	str_copy(a.sun_path, sizeof(a.sun_path), path);
	if (fd >= 0 && (listens ? bind(fd, (struct sockaddr *)&a, sizeof(a)) ||
				  listen(fd, 4)
				: connect(fd, (struct sockaddr *)&a,
					  sizeof(a)))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

struct relay *relay_new(const char *path, const char *to, int delay_ms)
{
	struct relay *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	r->lsn = local(path, true);
	r->delay_ms = delay_ms;
	r->up.from = r->up.to = r->down.from = r->down.to = -1;
	str_copy(r->to, sizeof(r->to), to);
	for (int i = 0; i < RELAYS; i++)
		if (!all[i]) {
			all[i] = r;
			break;
		}
	return r;
}

static void way_end(struct way *w)
{
	for (; w->n; w->n--, w->head = (w->head + 1) % PARTS)
		free(w->part[w->head].data);
	if (w->from >= 0)
		close(w->from);
	w->from = w->to = -1;
}

void relay_free(struct relay *r)
{
	for (int i = 0; i < RELAYS; i++)
		if (all[i] == r)
			all[i] = NULL;
	way_end(&r->up);
	way_end(&r->down);
	close(r->lsn);
	free(r);
}

void relay_bytes(const struct relay *r, uint64_t *up, uint64_t *down)
{
	*up = r->up.bytes;
	*down = r->down.bytes;
}

/* False: this side has closed. */
static bool way_turn(struct way *w, int64_t now_us, int delay_ms)
{
	uint8_t buf[PART];
	ssize_t n = 1;

	while (w->n < PARTS && (n = read(w->from, buf, sizeof(buf))) > 0) {
		struct part *p = &w->part[(w->head + w->n++) % PARTS];

		p->data = malloc((size_t)n);
		if (!p->data)
			abort();
		memcpy(p->data, buf, (size_t)n);
		p->len = (size_t)n;
		p->due_us = now_us + delay_ms * 1000LL;
		w->bytes += (size_t)n;
	}
	while (w->n && w->part[w->head].due_us <= now_us) {
		struct part *p = &w->part[w->head];

		if (write(w->to, p->data, p->len) != (ssize_t)p->len)
			return false;
		free(p->data);
		w->head = (w->head + 1) % PARTS;
		w->n--;
	}
	return n != 0;
}

static void relay_turn(struct relay *r, int64_t now_us)
{
	int fd = accept4(r->lsn, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {		/* the newest screen has the line */
		way_end(&r->up);
		way_end(&r->down);
		r->up.from = r->down.to = fd;
		r->up.to = r->down.from = local(r->to, false);
	}
	if (r->up.from < 0)
		return;
	if (!way_turn(&r->up, now_us, r->delay_ms) ||
	    !way_turn(&r->down, now_us, r->delay_ms)) {
		way_end(&r->up);
		way_end(&r->down);
	}
}

void relays_turn(int64_t now_us)
{
	for (int i = 0; i < RELAYS; i++)
		if (all[i])
			relay_turn(all[i], now_us);
}
