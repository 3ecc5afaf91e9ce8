/*
 * media_worker.c -- one thread: one epoll over its legs' sockets, a 5 ms
 * timer, and the loop's orders.
 *
 * What a packet costs is the kernel's receive and send; so one recv per
 * readiness (level-triggered), no second one to hear EAGAIN, and sends go
 * out one by one, since each has its own destination.  20 ms work (mixing,
 * music, prompts, ears) is spread over four ticks by leg, and what is due
 * once a second over 200, so that no tick is long enough to delay a packet.
 */
#include "media/media_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

enum {
	READY = 256,
	CATCH_UP = 8,
	BREATH_TICKS = 10,	/* its share is looked at every 50 ms        */
	BUSY_PCT = 92,		/* of that: then a pause                     */
	BREATH_US = 2500
};

/* epoll's data: a leg's slot, or one of these. */
enum { FD_WAKE = 1 << 20, FD_TIMER };

int64_t mono_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

struct leg *worker_leg(struct worker *w, struct leg_id id)
{
	uint32_t slot = id.v & 0xffff;

	if (!id.v || slot >= w->m->legs_max || w->ids[slot] != id.v)
		return NULL;
	return &w->m->legs[slot];
}

static void orders(struct worker *w)
{
	struct cmd_ring *r = &w->ring;
	uint32_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	uint64_t n;

	if (read(w->wake_fd, &n, sizeof(n)) < 0 && errno != EAGAIN)
		return;
	while (tail != atomic_load_explicit(&r->head, memory_order_acquire)) {
		cmd_obey(w, &r->cmd[tail % CMD_RING]);
		atomic_store_explicit(&r->tail, ++tail, memory_order_release);
	}
}

/* Each leg has its turn once in 200 ticks. */
static void seconds(struct worker *w)
{
	uint32_t part = w->tick % TICKS_A_SECOND;
	uint32_t from = w->n_legs * part / TICKS_A_SECOND;
	uint32_t to = w->n_legs * (part + 1) / TICKS_A_SECOND;

	for (uint32_t i = from; i < to; i++)
		leg_second(w, w->legs[i]);
	if (!part) {
		atomic_store_explicit(&w->rx_packets, w->rx,
				      memory_order_relaxed);
		atomic_store_explicit(&w->tx_packets, w->tx,
				      memory_order_relaxed);
	}
}

static int64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/*
 * Linux keeps 5 % of every core from real-time threads (sched(7)): who takes
 * more is stopped for 50 ms in each second.  A worker near that pauses by
 * itself, 2.5 ms in 50, so that no packet waits longer.
 */
static void breathe(struct worker *w)
{
	const struct timespec pause = { .tv_nsec = BREATH_US * 1000 };
	int64_t cpu = cpu_ns(), at = mono_ns();
	int64_t used = cpu - w->breath_cpu_ns, all = at - w->breath_ns;

	w->breath_cpu_ns = cpu;
	w->breath_ns = at;
	if (used * 100 > all * BUSY_PCT)
		nanosleep(&pause, NULL);
}

static void tick(struct worker *w)
{
	uint32_t phase = w->tick % TICKS_A_FRAME;

	for (uint32_t i = 0; i < w->n_mixing; i++)
		if (w->mixing[i]->phase == phase)
			bridge_mix(w, w->mixing[i]);
	/* Backwards: a leg that ends its prompt leaves the list. */
	for (uint32_t i = w->n_ticking; i-- > 0;) {
		struct leg *l = w->ticking[i];

		if (l->slot % TICKS_A_FRAME != phase)
			continue;
		if (l->ears_on)
			hear_tick(w, l);
		play_tick(w, l);
	}
	seconds(w);
	w->tick++;
	if (w->realtime && w->tick % BREATH_TICKS == 0)
		breathe(w);
	if (w->chunk && w->now_ns - w->chunk_ns > CHUNK_AGE_MS * 1000000LL)
		rec_flush(w);
}

static void ticks(struct worker *w, int64_t *due_ns)
{
	uint64_t n;
	uint32_t late;

	if (read(w->timer_fd, &n, sizeof(n)) != sizeof(n))
		return;
	*due_ns += (int64_t)n * TICK_MS * 1000000;
	late = (uint32_t)(MAX(w->now_ns - *due_ns, 0) / 1000);
	if (late > atomic_load_explicit(&w->late_max_us, memory_order_relaxed))
		atomic_store_explicit(&w->late_max_us, late,
				      memory_order_relaxed);
	/* After a stall the audio of that time is gone; go on from here. */
	for (n = MIN(n, (uint64_t)CATCH_UP); n; n--)
		tick(w);
}

/*
 * On a busy machine a fair scheduler lets packets wait for tens of
 * milliseconds.  The lowest real-time priority is enough to come first.
 */
static void ask_realtime(struct worker *w)
{
	struct sched_param p = { .sched_priority = 1 };
	int rc = pthread_setschedparam(pthread_self(), SCHED_RR, &p);

	w->realtime = !rc;
	if (rc)
		log_warn("media", "worker %u runs without real-time "
			 "scheduling: %s", w->no, strerror(rc));
}

void *worker_run(void *arg)
{
	struct worker *w = arg;
	struct epoll_event ev[READY];
	int64_t due_ns = mono_ns();
	struct itimerspec it = { { 0, TICK_MS * 1000000 },
				 { 0, TICK_MS * 1000000 } };

	if (w->m->realtime)
		ask_realtime(w);
	timerfd_settime(w->timer_fd, 0, &it, NULL);
	while (!w->quit) {
		int n = epoll_wait(w->epfd, ev, READY, -1);

		w->now_ns = mono_ns();
		for (int i = 0; i < n; i++) {
			uint32_t what = ev[i].data.u32;

			if (what == FD_WAKE)
				orders(w);
			else if (what == FD_TIMER)
				ticks(w, &due_ns);
			else if (!w->ids[what & 0xffff])
				continue;	/* an order has freed it */
			else if (what & FD_RTCP)
				leg_rtcp(w, &w->m->legs[what & 0xffff]);
			else
				leg_rx(w, &w->m->legs[what]);
		}
	}
	rec_flush(w);
	return NULL;
}

static enum err watch_fd(struct worker *w, int fd, uint32_t what)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = what };

	if (fd < 0 || epoll_ctl(w->epfd, EPOLL_CTL_ADD, fd, &ev))
		return ERR_IO;
	return ERR_OK;
}

static enum err worker_pools(struct worker *w, struct media *m)
{
	w->ids = calloc(m->legs_max, sizeof(*w->ids));
	w->legs = calloc(m->legs_max, sizeof(struct leg *));
	w->ticking = calloc(m->legs_max, sizeof(struct leg *));
	w->bridges = calloc(m->legs_max, sizeof(*w->bridges));
	w->mixing = calloc(m->legs_max, sizeof(struct bridge *));
	w->all_chunks = m->spooling ? calloc(CHUNKS, sizeof(struct chunk))
				    : NULL;
	if (!w->ids || !w->legs || !w->ticking || !w->bridges || !w->mixing ||
	    (m->spooling && !w->all_chunks))
		return ERR_MEMORY;
	for (unsigned i = m->legs_max; i-- > 0;) {
		w->bridges[i].next = w->free_bridge;
		w->free_bridge = &w->bridges[i];
	}
	for (unsigned i = 0; w->all_chunks && i < CHUNKS; i++) {
		w->all_chunks[i].home = w;
		w->spare[w->n_spare++] = &w->all_chunks[i];
	}
	return ERR_OK;
}

enum err worker_init(struct worker *w, struct media *m, unsigned no)
{
	enum err e;
	int rc;

	w->m = m;
	w->no = no;
	w->epfd = epoll_create1(EPOLL_CLOEXEC);
	w->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	w->timer_fd = timerfd_create(CLOCK_MONOTONIC,
				     TFD_NONBLOCK | TFD_CLOEXEC);
	if (w->epfd < 0 || watch_fd(w, w->wake_fd, FD_WAKE) ||
	    watch_fd(w, w->timer_fd, FD_TIMER))
		return ERR_IO;
	e = worker_pools(w, m);
	if (e)
		return e;
	rc = pthread_create(&w->thread, NULL, worker_run, w);
	if (rc)
		return err_from_errno(rc);
	w->started = true;
	return ERR_OK;
}

static void fd_close(int fd)
{
	if (fd > 0)
		close(fd);
}

void worker_fini(struct worker *w)
{
	struct cmd quit = { .kind = CMD_QUIT };

	if (!w->m)
		return;
	if (w->started) {
		/* A worker with a full ring is busy emptying it. */
		while (ring_put(&w->m->worker[w->no], &quit))
			sched_yield();
		pthread_join(w->thread, NULL);
	}
	for (uint32_t i = 0; i < w->n_legs; i++) {
		fd_close(w->legs[i]->fd);
		fd_close(w->legs[i]->rtcp_fd);
	}
	fd_close(w->epfd);
	fd_close(w->wake_fd);
	fd_close(w->timer_fd);
	free(w->ids);
	free(w->legs);
	free(w->ticking);
	free(w->bridges);
	free(w->mixing);
}
