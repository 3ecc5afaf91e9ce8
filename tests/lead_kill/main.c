/*
 * lead_kill -- kill -9 in the middle of imports and of intents.
 *
 *	lead_kill [rounds]
 *
 * An import that is killed at any instant and repeated gives each row once;
 * a number whose intent was acknowledged before the kill is refused after it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "gate/gate_world.h"
#include "lead/lead_world.h"

#define ROWS 40000u

static uint32_t seed = 11;

static uint32_t roll(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "lead_kill: %s\n", what);
	exit(1);
}

static char *text_new(size_t *len)
{
	char *text = malloc(ROWS * 24u + 32);

	must(text != NULL, "memory");
	*len = (size_t)snprintf(text, 32, "phone,name\n");
	for (unsigned i = 0; i < ROWS; i++)
		*len += (size_t)snprintf(text + *len, 24, "138%08u,N%u\n",
					 i * 2003u, i % 100);
	return text;
}

static void import(const char *dir, const char *text, size_t len,
		   struct lead_import_state *st, int64_t *ready)
{
	struct lead_world w;

	lead_world_open(&w, dir);
	must(!lead_world_import(&w, (struct lead_import_conf){ 0 }, text, len,
				NULL, 0, st), st->why);
	*ready = lead_world_count(&w, LEAD_READY);
	lead_world_close(&w);
}

static pid_t child(void (*run)(const char *dir, int fd), const char *dir,
		   int fd)
{
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (!pid) {
		run(dir, fd);
		_exit(0);
	}
	return pid;
}

static void import_run(const char *dir, int fd)
{
	struct lead_import_state st;
	int64_t ready;
	size_t len;
	char *text = text_new(&len);

	(void)fd;
	import(dir, text, len, &st, &ready);
	free(text);
}

/* True if it was killed before it was done. */
static bool kill_after(pid_t pid, useconds_t us)
{
	int status;

	usleep(us);
	kill(pid, SIGKILL);
	must(waitpid(pid, &status, 0) == pid, "wait");
	must(WIFSIGNALED(status) || WEXITSTATUS(status) == 0, "child");
	return WIFSIGNALED(status);
}

static void sweep(const char *dir)
{
	char cmd[96];

	str_fmt(cmd, sizeof(cmd), "rm -rf %s", dir);
	must(!system(cmd), "sweep");
}

static unsigned imports(unsigned rounds)
{
	unsigned killed = 0;
	size_t len;
	char *text = text_new(&len);

	for (unsigned i = 0; i < rounds; i++) {
		char dir[] = "/tmp/killXXXXXX";
		struct lead_import_state st;
		int64_t ready;

		must(mkdtemp(dir) != NULL, "folder");
		for (unsigned k = 0; k < 3; k++)
			killed += kill_after(child(import_run, dir, -1),
					     20000 + roll(250000));
		import(dir, text, len, &st, &ready);
		must(ready == ROWS, "each row is READY once");
		must(st.added + st.dup_list == ROWS, "each row is accounted");
		import(dir, text, len, &st, &ready);
		must(!st.added && st.dup_list == ROWS && ready == ROWS,
		     "a repeat adds nothing");
		sweep(dir);
	}
	free(text);
	return killed;
}

/* ---- intents ---------------------------------------------------------------- */

static void number_of(uint64_t attempt, char *buf, size_t size)
{
	str_fmt(buf, size, "86139%08llu", (unsigned long long)attempt);
}

static void intents_run(const char *dir, int fd)
{
	struct gate_world w;
	char number[20];

	gate_world_open(&w, dir, "cn");
	for (uint64_t i = 1;; i++) {
		struct store_group *g = store_begin(w.store);
		struct gate_attempt a = { .attempt = i, .e164 = number,
					  .wall_s = 1795406400 };

		number_of(i, number, sizeof(number));
		if (gate_note_intent(w.gate, g, &a) ||
		    store_commit_wait(g, NULL) ||
		    write(fd, &i, sizeof(i)) != (ssize_t)sizeof(i))
			_exit(1);
	}
}

static unsigned intents(unsigned rounds)
{
	unsigned held = 0;

	for (unsigned i = 0; i < rounds; i++) {
		char dir[] = "/tmp/killXXXXXX", number[20];
		uint64_t last = 0, got;
		struct gate_world w;
		int fd[2];

		must(mkdtemp(dir) != NULL && !pipe(fd), "folder, pipe");
		pid_t pid = child(intents_run, dir, fd[1]);

		close(fd[1]);
		must(kill_after(pid, 50000 + roll(100000)), "killed");
		while (read(fd[0], &got, sizeof(got)) == (ssize_t)sizeof(got))
			last = got;
		close(fd[0]);
		gate_world_open(&w, dir, "cn");
		w.ask.attempt = UINT64_MAX;
		w.ask.e164 = number;
		for (uint64_t k = 1; k <= last; k++, held++) {
			number_of(k, number, sizeof(number));
			must(gate_world_ask(&w, 1795406400 + 60, NULL) ==
				     GATE_FREQ, "an intent is never forgotten");
		}
		number_of(last + 2, number, sizeof(number));
		must(gate_world_ask(&w, 1795406400 + 60, NULL) ==
			     GATE_RULE_COUNT, "others may be called");
		gate_world_close(&w);
		sweep(dir);
	}
	return held;
}

int main(int argc, char **argv)
{
	unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 30;
	unsigned killed = imports(rounds), held = intents(rounds);

	printf("lead_kill: %u imports killed and repeated, %u intents held\n",
	       killed, held);
	must(killed >= rounds / 2, "too few were killed in time");
	must(held > rounds, "too few intents were made");
	return 0;
}
