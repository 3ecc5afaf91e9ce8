/* The loop and the timer wheel below it. */
#include "dial/loop.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/t.h"

static int64_t mono_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct shot {
	struct loop_timer *t;
	unsigned delay_ms, fired, again;
	int64_t due_ms, at_ms;
	struct shots *all;
};

enum { SHOTS = 2000 };

struct shots {
	struct shot s[SHOTS];
	unsigned left, order, early;
	int64_t last_due;
};

static void shot_h(void *arg)
{
	struct shot *s = arg;

	s->fired++;
	s->at_ms = mono_ms();
	if (s->at_ms < s->due_ms)
		s->all->early++;
	if (s->due_ms + 1 < s->all->last_due)
		s->all->order++;
	s->all->last_due = MAX(s->all->last_due, s->due_ms);
	if (s->again) {
		s->again--;
		s->due_ms = mono_ms() + 1;
		loop_timer_start(s->t, 1);
		return;
	}
	if (!--s->all->left)
		loop_stop();
}

static void set(struct shots *a, unsigned i, unsigned ms)
{
	a->s[i].due_ms = mono_ms() + ms;
	loop_timer_start(a->s[i].t, ms);
}

static void timers_fire_once_in_order(void **state)
{
	struct shots *a = calloc(1, sizeof(*a));

	(void)state;
	srand(7);
	a->left = SHOTS;
	for (unsigned i = 0; i < SHOTS; i++) {
		a->s[i].all = a;
		a->s[i].again = i % 100 == 0 ? 3 : 0;
		T_OK(!loop_timer_new(shot_h, &a->s[i], &a->s[i].t), "made");
		set(a, i, (unsigned)rand() % 200);
	}
	for (unsigned i = 0; i < SHOTS; i += 3)		/* set anew */
		set(a, i, (unsigned)rand() % 250);
	for (unsigned i = 1; i < SHOTS; i += 3)		/* and stop */
		loop_timer_stop(a->s[i].t), a->left--;
	T_OK(!loop_run(NULL), "the loop runs and ends");
	T_OK(!a->early, "%u timers fired early", a->early);
	for (unsigned i = 0; i < SHOTS; i++) {
		unsigned want = i % 3 == 1 ? 0 : i % 100 == 0 ? 4 : 1;

		T_OK(a->s[i].fired == want, "timer %u fired %u times", i,
		     a->s[i].fired);
		a->s[i].t = loop_timer_free(a->s[i].t);
	}
	free(a);
}

/* A timer of more than one turn of the wheel (32.8 s) must not fire in this. */
static void a_far_timer_waits(void **state)
{
	struct shots *a = calloc(1, sizeof(*a));

	(void)state;
	a->left = 1;
	a->s[0].all = a->s[1].all = a;
	T_OK(!loop_timer_new(shot_h, &a->s[0], &a->s[0].t), "near");
	T_OK(!loop_timer_new(shot_h, &a->s[1], &a->s[1].t), "far");
	set(a, 1, 32768 + 20);
	set(a, 0, 60);
	T_OK(!loop_run(NULL), "runs");
	T_OK(a->s[0].fired == 1 && !a->s[1].fired, "only the near one fired");
	a->s[0].t = loop_timer_free(a->s[0].t);
	a->s[1].t = loop_timer_free(a->s[1].t);
	free(a);
}

/* A handler that sets itself with no delay must not starve descriptors. */
struct busy {
	struct loop_timer *t;
	int pipe[2];
	unsigned turns;
};

static void busy_h(void *arg)
{
	struct busy *b = arg;

	if (++b->turns == 3)
		T_OK(write(b->pipe[1], "x", 1) == 1, "written");
	T_OK(b->turns < 10000, "the descriptor has its turn");
	loop_timer_start(b->t, 0);
}

static void busy_fd_h(int flags, void *arg)
{
	struct busy *b = arg;

	T_OK(flags & LOOP_READ, "ready to read");
	loop_timer_stop(b->t);
	loop_stop();
}

static void no_delay_is_fair(void **state)
{
	struct busy b = { .turns = 0 };

	(void)state;
	T_OK(!pipe(b.pipe), "a pipe");
	T_OK(!loop_watch_fd(b.pipe[0], LOOP_READ, busy_fd_h, &b), "watched");
	T_OK(!loop_timer_new(busy_h, &b, &b.t), "timer");
	loop_timer_start(b.t, 0);
	T_OK(!loop_run(NULL), "runs");
	loop_unwatch_fd(b.pipe[0]);
	b.t = loop_timer_free(b.t);
	close(b.pipe[0]);
	close(b.pipe[1]);
}

static int start(void **state)
{
	(void)state;
	return loop_init(256) != ERR_OK;
}

static int stop(void **state)
{
	(void)state;
	loop_fini();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_fire_once_in_order),
		cmocka_unit_test(a_far_timer_waits),
		cmocka_unit_test(no_delay_is_fair),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
