/*
 * pulse -- runs a test that judges sound as it is heard, and so needs a
 * machine that keeps time.
 *
 *   pulse [-c CODE] COMMAND...   ends with the command's code
 *
 * Two threads feel the machine's pulse meanwhile: one sleeps 5 ms and looks
 * how late it wakes, one writes 4 KiB to the disk and waits for it.  A test
 * that failed while the machine itself stood still says nothing of the
 * product and is run again, twice at most; each time is told.  On a machine
 * that kept time a failure is one at once, and with -c so is every other code.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TIMES = 3,
       LATE_MS = 15,		/* a quiet machine is late by 5 at most     */
       DISK_MS = 400 };

static atomic_long late_ms, disk_ms;

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void most(atomic_long *m, long v)
{
	if (v > atomic_load(m))
		atomic_store(m, v);
}

static void *cores_main(void *arg)
{
	const struct timespec nap = { .tv_nsec = 5000000 };

	for (;;) {
		long t = now_ms();

		(void)nanosleep(&nap, NULL);
		most(&late_ms, now_ms() - t - 5);
	}
	return arg;
}

static void *disk_main(void *arg)
{
	const struct timespec nap = { .tv_nsec = 250000000 };
	static const char page[4096];
	FILE *f = tmpfile();

	for (; f; (void)nanosleep(&nap, NULL)) {
		long t = now_ms();

		if (pwrite(fileno(f), page, sizeof(page), 0) < 0 ||
		    fdatasync(fileno(f)))
			break;
		most(&disk_ms, now_ms() - t);
	}
	return arg;
}

static int run(char **argv)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		execvp(argv[0], argv);
		fprintf(stderr, "pulse: %s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	if (pid < 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	pthread_t cores, disk;
	int code = 64, only = 0;

	if (argc > 2 && !strcmp(argv[1], "-c")) {
		only = atoi(argv[2]);
		argc -= 2;
		argv += 2;
	}
	if (argc < 2 || pthread_create(&cores, NULL, cores_main, NULL) ||
	    pthread_create(&disk, NULL, disk_main, NULL))
		return code;
	for (int i = 1; i <= TIMES; i++) {
		long late, wrote;

		atomic_store(&late_ms, 0);
		atomic_store(&disk_ms, 0);
		code = run(argv + 1);
		late = atomic_load(&late_ms);
		wrote = atomic_load(&disk_ms);
		printf("pulse: time %d ended with %d; the machine was late by "
		       "%ld ms, its disk by %ld ms\n", i, code, late, wrote);
		fflush(stdout);
		if (!code || (only && code != only) || (late < LATE_MS && wrote < DISK_MS))
			break;
	}
	return code;
}
