#include "base/mpsc.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum err mpsc_init(struct mpsc *q, size_t max)
{
	atomic_init(&q->head, NULL);
	atomic_init(&q->count, 0);
	q->max = max;
	q->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return q->fd < 0 ? err_from_errno(errno) : ERR_OK;
}

void mpsc_fini(struct mpsc *q)
{
	if (q->fd >= 0)
		close(q->fd);
	q->fd = -1;
}

enum err mpsc_push(struct mpsc *q, struct mpsc_node *n)
{
	if (atomic_fetch_add(&q->count, 1) >= q->max) {
		atomic_fetch_sub(&q->count, 1);
		return ERR_FULL;
	}
	/* Once published, n may be gone at any moment: judge by `old`. */
	struct mpsc_node *old = atomic_load(&q->head);

	do
		n->next = old;
	while (!atomic_compare_exchange_weak(&q->head, &old, n));

	/* Only the push onto an empty list need wake the loop. */
	if (!old) {
		uint64_t one = 1;

		if (write(q->fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
			return ERR_OK;	/* counter is full: it is awake */
	}
	return ERR_OK;
}

struct mpsc_node *mpsc_take_all(struct mpsc *q)
{
	struct mpsc_node *n, *first = NULL;
	uint64_t count;
	size_t taken = 0;

	/* Read the eventfd first: a push after this line wakes us again. */
	if (read(q->fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		return NULL;
	n = atomic_exchange(&q->head, NULL);
	while (n) {		/* newest first; turn round */
		struct mpsc_node *next = n->next;

		n->next = first;
		first = n;
		n = next;
		taken++;
	}
	atomic_fetch_sub(&q->count, taken);
	return first;
}
