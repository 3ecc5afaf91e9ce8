#include "tui/loop.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>

unsigned loop_wait(int key_fd, int net_fd, int aux_fd, int64_t now_ms,
		   int64_t until_ms)
{
	struct pollfd p[] = {
		{ .fd = key_fd, .events = POLLIN },
		{ .fd = net_fd, .events = POLLIN },
		{ .fd = aux_fd, .events = POLLIN },
	};
	static const unsigned bits[] = { LOOP_KEY, LOOP_NET, LOOP_AUX };
	int64_t left = until_ms < 0 ? -1 : MAX((int64_t)0, until_ms - now_ms);
	unsigned got = 0;
	int n = poll(p, ARRAY_LEN(p), (int)MIN(left, (int64_t)INT_MAX));

	if (n < 0)
		return errno == EINTR ? LOOP_KEY : LOOP_GONE;
	if (n == 0)
		return LOOP_TICK;
	for (size_t i = 0; i < ARRAY_LEN(p); i++)
		if (p[i].revents)
			got |= bits[i];
	if ((p[0].revents & (POLLHUP | POLLERR | POLLNVAL)) &&
	    !(p[0].revents & POLLIN))
		got |= LOOP_GONE;
	return got ? got : LOOP_TICK;
}
