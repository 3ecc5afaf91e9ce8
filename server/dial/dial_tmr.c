/*
 * dial_tmr -- libre's timers on a wheel.
 *
 * libre 1.1.0 keeps all timers in one sorted list, and every ended SIP call
 * leaves two of 32 s behind (RFC 3261 17.1.1.2, timers B/D and the ACK's
 * memory): at 400 calls/s an insertion walks through 25,000 of them.  This
 * object defines the same functions (re_tmr.h), is linked before libre, and
 * so takes their place for libre itself too.  A slot a millisecond, 32,768
 * slots: insertion, cancelling and firing cost the same at any number.
 *
 *   slot[]   timers by expiry modulo the wheel; later rounds stay in place
 *   bits[]   which slots hold something, for the next time-out
 *   due      expired, or set with no delay; fired in order by tmr_poll
 *   from     first millisecond not yet gathered
 *
 * The clock is monotonic (libre's is the wall's, and jumps with it).  libre
 * has one timer list a thread and hands it to tmr_poll; the wheel is the
 * thread's as well, which is the reason for the one global here.
 */
#include "base/log.h"

#include <string.h>
#include <time.h>

#include <re.h>

enum {
	WHEEL_BITS = 15,
	WHEEL_SIZE = 1 << WHEEL_BITS,
	WHEEL_MASK = WHEEL_SIZE - 1,
	WORDS      = WHEEL_SIZE / 64,
	BLOCKED_MS = 50,	/* a handler longer than this is logged     */
};

struct wheel {
	struct list slot[WHEEL_SIZE];
	uint64_t bits[WORDS];
	struct list due;
	uint64_t from;
	uint32_t count;
};

static _Thread_local struct wheel wheel;

uint64_t tmr_jiffies(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void mark(struct wheel *w, uint32_t i)
{
	if (w->slot[i].head)
		w->bits[i / 64] |= UINT64_C(1) << (i % 64);
	else
		w->bits[i / 64] &= ~(UINT64_C(1) << (i % 64));
}

static void unhook(struct wheel *w, struct tmr *t)
{
	struct list *l = t->le.list;

	if (!l)
		return;
	list_unlink(&t->le);
	w->count--;
	if (l != &w->due && !l->head)
		mark(w, (uint32_t)(l - w->slot));
}

/* The next slot in use at or after `at`, as a distance; WHEEL_SIZE: none. */
static uint32_t next_used(const struct wheel *w, uint64_t at)
{
	uint32_t i = at & WHEEL_MASK, gone = 0;

	while (gone < WHEEL_SIZE) {
		uint64_t word = w->bits[i / 64] >> (i % 64);

		if (word) {
			uint32_t step = (uint32_t)__builtin_ctzll(word);

			return MIN(gone + step, WHEEL_SIZE);
		}
		gone += 64 - i % 64;
		i = (i / 64 + 1) % WORDS * 64;
	}
	return WHEEL_SIZE;
}

/* Moves what expires up to `now` from its slot to the due list. */
static void gather_slot(struct wheel *w, uint32_t i, uint64_t now)
{
	struct le *le = w->slot[i].head;

	while (le) {
		struct tmr *t = le->data;

		le = le->next;
		if (t->jfs > now)
			continue;	/* a later round */
		list_unlink(&t->le);
		list_append(&w->due, &t->le, t);
	}
	mark(w, i);
}

static void gather(struct wheel *w, uint64_t now)
{
	if (w->from + WHEEL_SIZE <= now)	/* long asleep: each slot once */
		w->from = now - WHEEL_SIZE + 1;
	while (w->from <= now) {
		uint32_t step = next_used(w, w->from);

		if (step > now - w->from)
			break;
		w->from += step;
		gather_slot(w, w->from & WHEEL_MASK, now);
		w->from++;
	}
	w->from = MAX(w->from, now + 1);
}

void tmr_poll(struct list *tmrl)
{
	struct wheel *w = &wheel;
	uint64_t began = tmr_jiffies(), was = began;
	struct le *last;

	(void)tmrl;
	gather(w, began);
	/* What handlers set with no delay waits for the next turn. */
	last = w->due.tail;
	while (w->due.head) {
		struct tmr *t = w->due.head->data;
		bool end = &t->le == last;
		tmr_h *th = t->th;
		void *arg = t->arg;

		t->th = NULL;
		unhook(w, t);
		if (th)
			th(arg);
		uint64_t is = tmr_jiffies();

		if (is - was > BLOCKED_MS)
			log_warn("loop", "timer handler %p took %u ms",
				 (void *)(uintptr_t)th, (unsigned)(is - was));
		/* A handler may have cancelled `last`: time bounds the turn. */
		if (end || is > began + 1)
			break;
		was = is;
	}
}

uint64_t tmr_next_timeout(struct list *tmrl)
{
	struct wheel *w = &wheel;
	uint64_t now = tmr_jiffies(), at;

	(void)tmrl;
	if (!w->count)
		return 0;	/* libre: wait for descriptors only */
	if (w->due.head || w->from < now)
		return 1;
	at = w->from + next_used(w, w->from);
	return at <= now ? 1 : at - now;
}

void tmr_init(struct tmr *tmr)
{
	if (tmr)
		memset(tmr, 0, sizeof(*tmr));
}

void tmr_start(struct tmr *tmr, uint64_t delay, tmr_h *th, void *arg)
{
	struct wheel *w = &wheel;
	uint64_t now;

	if (!tmr)
		return;
	if (tmr->th)
		unhook(w, tmr);
	tmr->th = th;
	tmr->arg = arg;
	if (!th)
		return;

	now = tmr_jiffies();
	if (!w->count && w->from < now)
		w->from = now;
	tmr->jfs = now + delay;
	w->count++;
	if (tmr->jfs < w->from) {
		list_append(&w->due, &tmr->le, tmr);
		return;
	}
	uint32_t i = tmr->jfs & WHEEL_MASK;

	list_append(&w->slot[i], &tmr->le, tmr);
	mark(w, i);
}

void tmr_cancel(struct tmr *tmr)
{
	tmr_start(tmr, 0, NULL, NULL);
}

uint64_t tmr_get_expire(const struct tmr *tmr)
{
	uint64_t now;

	if (!tmr || !tmr->th)
		return 0;
	now = tmr_jiffies();
	return tmr->jfs > now ? tmr->jfs - now : 0;
}

int tmr_status(struct re_printf *pf, void *unused)
{
	(void)unused;
	return re_hprintf(pf, "Timers: %u\n", wheel.count);
}

void tmr_debug(void)
{
	if (wheel.count)
		(void)re_fprintf(stderr, "%H", tmr_status, NULL);
}
