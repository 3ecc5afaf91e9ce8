#include "dial/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <re.h>

#include "base/log.h"

struct loop_timer {
	struct tmr tmr;
	loop_timer_h *h;
	void *arg;
};

static enum err to_err(int err)
{
	return err ? err_from_errno(err) : ERR_OK;
}

static unsigned fd_limit(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) || rl.rlim_cur == RLIM_INFINITY)
		return 65536;
	return (unsigned)MIN(rl.rlim_cur, (rlim_t)262144);
}

enum err loop_init(unsigned max_fds)
{
	int err = libre_init();

	if (err)
		return to_err(err);
	/* First of all, and once a thread: libre keeps a table by number. */
	err = fd_setsize((int)(max_fds ? max_fds : fd_limit()));
	if (err)
		goto out;
	err = poll_method_set(METHOD_EPOLL);
out:
	if (err) {
		log_err("loop", "cannot start: errno=%d", err);
		libre_close();
	}
	return to_err(err);
}

static void stop_on_signal(int sig)
{
	(void)sig;
	re_cancel();
}

enum err loop_run(loop_signal_h *on_signal)
{
	return to_err(re_main(on_signal ? on_signal : stop_on_signal));
}

void loop_stop(void)
{
	re_cancel();
}

void loop_fini(void)
{
	libre_close();
}

/*
 * libre's flags are FD_READ 1 and FD_WRITE 2, as ours; FD_EXCEPT (an error or
 * a hang-up) is handed on as readable, so that read(2) tells which.
 */
_Static_assert(LOOP_READ == FD_READ && LOOP_WRITE == FD_WRITE, "loop.h");

enum err loop_watch_fd(int fd, int flags, loop_fd_h *h, void *arg)
{
	if (fd < 0 || !h || !flags)
		return ERR_ARG;
	return to_err(fd_listen(fd, flags, h, arg));
}

void loop_unwatch_fd(int fd)
{
	if (fd >= 0)
		fd_close(fd);
}

static void timer_h(void *arg)
{
	struct loop_timer *t = arg;

	t->h(t->arg);
}

enum err loop_timer_new(loop_timer_h *h, void *arg, struct loop_timer **out)
{
	struct loop_timer *t;

	if (!h)
		return ERR_ARG;
	t = calloc(1, sizeof(*t));
	if (!t)
		return ERR_MEMORY;
	t->h = h;
	t->arg = arg;
	*out = t;
	return ERR_OK;
}

void loop_timer_start(struct loop_timer *t, uint64_t ms)
{
	tmr_start(&t->tmr, ms, timer_h, t);
}

void loop_timer_stop(struct loop_timer *t)
{
	tmr_cancel(&t->tmr);
}

struct loop_timer *loop_timer_free(struct loop_timer *t)
{
	if (!t)
		return NULL;
	tmr_cancel(&t->tmr);
	free(t);
	return NULL;
}
