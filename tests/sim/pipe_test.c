/*
 * tests/sim/pipe_test -- a day driven through the line protocol, in a child
 * process, is the day driven in this one, number for number.
 */
#include "sim/sim.h"

#include "base/t.h"

#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct pipe_pace {
	FILE *to, *from;
};

static enum err event(void *ctx, const struct pacer_event *e)
{
	struct pipe_pace *p = ctx;
	const char *word = pacer_event_word(e->kind);
	const char *why = e->kind == PACER_BUSY ? " busy" :
			  e->kind == PACER_NOANSWER ? " noanswer" : "";

	if (*why)
		word = "fail";
	fprintf(p->to, "%" PRId64 ".%03d %s", e->ms / 1000,
		(int)(e->ms % 1000), word);
	if (e->agent)
		fprintf(p->to, " %" PRIu64, e->agent);
	if (e->call)
		fprintf(p->to, " %" PRIu64, e->call);
	fprintf(p->to, "%s\n", why);
	return ERR_OK;
}

static enum err ask(void *ctx, int64_t ms, uint32_t *dials)
{
	struct pipe_pace *p = ctx;
	char line[64];

	fprintf(p->to, "%" PRId64 ".%03d ask\n", ms / 1000, (int)(ms % 1000));
	fflush(p->to);
	if (!fgets(line, sizeof(line), p->from) ||
	    sscanf(line, "dial %u", dials) != 1)
		return ERR_CLOSED;
	return ERR_OK;
}

static void day(enum pacer_hold hold, const char *said)
{
	struct sim_result here, there;
	struct sim_world w;
	struct pacer_conf c;
	struct pipe_pace p;
	int down[2], up[2], status = -1;

	sim_world_init(&w);
	w.agents = 10;
	w.length_ms = 1800000;
	sim_scenario_set(&w, SIM_RAGGED);
	pacer_conf_init(&c);
	c.hold = hold;
	T_OK(sim_run(&w, &c, &here) == ERR_OK, "in this process");
	T_OK(!pipe(down) && !pipe(up), "pipes");
	fflush(NULL);
	pid_t child = fork();

	T_OK(child >= 0, "forked");
	if (!child) {
		close(down[1]);
		close(up[0]);
		_exit(pace_stdio(fdopen(down[0], "r"), fdopen(up[1], "w")));
	}
	close(down[0]);
	close(up[1]);
	p = (struct pipe_pace){ fdopen(down[1], "w"), fdopen(up[0], "r") };
	fprintf(p.to, "hello 1 target=0.03 patience=2 timeout=25 agents=10 "
		"lines=0 seconds=1800 tick=0.25%s\n", said);
	const struct sim_pace pace = { &p, event, ask };

	T_OK(sim_run_with(&w, PACER_PREDICTIVE, &pace, &there) == ERR_OK,
	     "through the pipe");
	fprintf(p.to, "1800 end\n");
	fclose(p.to);
	fclose(p.from);
	T_OK(waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	     WEXITSTATUS(status) == 0, "ends with 0");
	T_OK(!memcmp(&here, &there, sizeof(here)), "the same day: %g %g",
	     here.utilisation, there.utilisation);
}

static void the_pipe_is_the_same_pacer(void **state)
{
	(void)state;
	day(PACER_HOLD_END, "");
	day(PACER_HOLD_ALWAYS, " hold=always");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_pipe_is_the_same_pacer),
	};

	return T_RUN(tests);
}
