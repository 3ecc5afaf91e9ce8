/* Keys of the supervisor: what each asks of the server, and what not. */
#include "base/t.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "wall_replay.h"

/* The rights of a team's supervisor: campaign 1, or another. */
#define NORTH "rights team=north\n  mine campaign=1\n"
#define SOUTH "rights team=south\n  mine campaign=9\n"

/* The script is a replay's; want: the requests but subscriptions. */
static const struct {
	const char *what, *script, *want;
} cases[] = {
	{ "listening to the agent under the cursor",
	  "use S2\nkey l\n", "monitor req=1 agent=1001 mode=1\n" },
	{ "whispering while listening goes to the same agent",
	  "use S3\nkey w\n", "monitor req=1 agent=1001 mode=2\n" },
	{ "Tab goes on to the next one on a call",
	  "use S3\nkey Tab\n", "monitor req=1 agent=1017 mode=1\n" },
	{ "Esc leaves the call, it never ends it",
	  "use S3\nkey Esc\n", "monitor req=1 agent=1001 mode=5\n" },
	{ "barging in asks, n is no",
	  "use S3\nkey B\nkey n\n", "" },
	{ "barging in after Enter",
	  "use S3\nkey B\nkey Enter\n", "monitor req=1 agent=1001 mode=3\n" },
	{ "pasted Enter confirms nothing",
	  "use S3\nkey B\npaste yes\n", "" },
	{ "a force needs a reason",
	  "use S2\nkey K\nkey Enter\nkey Esc\n", "" },
	{ "with a reason it goes out",
	  "use S2\nkey O\ntype gone home\nkey Enter\n",
	  "force req=1 agent=1001 want=4 reason=\"gone home\"\n" },
	{ "a list that moves meanwhile changes nobody",
	  "use S2\nkey R\nagents total=1 shown=1\n  rows agent=7 name=Else\n"
	  "type x\nkey Enter\n",
	  "force req=1 agent=1001 want=1 reason=\"x\"\n" },
	{ "a message to everyone",
	  "use S2\nkey m\nkey Tab\ntype hello\nkey Enter\n",
	  "tell req=1 text=\"hello\"\n" },
	{ "acknowledging the alert that is shown",
	  "use S1\nkey a\ntype seen\nkey Enter\n",
	  "alert_ack req=1 id=7 word=\"seen\"\n" },
	{ "the same act twice within 300 ms is a slip",
	  "use S2\ntype ll\n", "monitor req=1 agent=1001 mode=1\n" },
	{ "a staged value is only checked",
	  "use S4\nkey Left\n",
	  "pacing_set req=1 campaign=1 rows=[{setting=1 value=140}] "
	  "check=yes\n" },
	{ "Enter applies it",
	  "use S4\nkey Enter\n",
	  "pacing_set req=1 campaign=1 rows=[{setting=1 value=145}]\n" },
	{ "Esc leaves it unchanged, nothing is sent",
	  "use S4\nkey Esc\n", "" },
	{ "a limit of the server cannot be passed",
	  "use S4\nkey Down\nkey +\nkey +\nkey +\nkey +\nkey +\nkey +\n"
	  "key Esc\nuse S4\nkey Down\n",
	  "pacing_set req=1 campaign=1 rows=[{setting=1 value=145} "
	  "{setting=2 value=260}] check=yes\n"
	  "pacing_set req=1 campaign=1 rows=[{setting=1 value=145} "
	  "{setting=2 value=270}] check=yes\n"
	  "pacing_set req=1 campaign=1 rows=[{setting=1 value=145} "
	  "{setting=2 value=280}] check=yes\n"
	  "pacing_set req=1 campaign=1 rows=[{setting=1 value=145} "
	  "{setting=2 value=290}] check=yes\n"
	  "pacing_set req=1 campaign=1 rows=[{setting=1 value=145} "
	  "{setting=2 value=300}] check=yes\n"
	  "pacing_set req=1 campaign=1 rows=[{setting=1 value=145} "
	  "{setting=2 value=300}] check=yes\n" },
	{ "what is fixed stays",
	  "use S4\nkey End\nkey +\n", "" },
	{ "undo takes the last change back",
	  "use S4\nkey u\n", "pacing_set req=1 campaign=1 undo=yes\n" },
	{ "pausing asks first",
	  "use S4\nkey P\nkey Enter\n",
	  "campaign_ctl req=1 campaign=1 action=3\n" },
	{ "draining asks first",
	  "use S5\nkey D\nkey Enter\n", "trunk_ctl req=1 trunk=1 action=1\n" },
	{ "a new limit of calls",
	  "use S5\nkey C\nkey Ctrl-U\ntype 2.5\nkey Enter\n",
	  "trunk_ctl req=1 trunk=1 action=3 value=25\n" },
	{ "a limit that is no number is refused here",
	  "use S5\nkey C\nkey Ctrl-U\ntype fast\nkey Enter\n", "" },
	{ "the number someone complained about rests",
	  "use S5\nkey N\nkey Enter\n",
	  "trunk_ctl req=1 trunk=1 action=4 number=\"0571-8800-1003\"\n" },
	{ "or the next one, by Tab",
	  "use S5\nkey N\nkey Tab\nkey Tab\nkey Enter\n",
	  "trunk_ctl req=1 trunk=1 action=4 number=\"0571-8800-1002\"\n" },
	{ "commands may be cut short",
	  "use S1\nkey :\ntype pa win 1.2\nkey Enter\n",
	  "pacing_set req=1 campaign=2 rows=[{setting=1 value=120}] "
	  "check=yes\n" },
	{ "a command on a trunk asks as its key does",
	  "use S1\nkey :\ntype trunk tel drain\nkey Enter\nkey Esc\n", "" },
	{ "and so it does on a caller number",
	  "use S1\nkey :\ntype trunk tel rest 057188001001\nkey Enter\n"
	  "key Enter\n",
	  "trunk_ctl req=1 trunk=1 action=4 number=\"057188001001\"\n" },
	{ "a message by command",
	  "use S1\nkey :\ntype tell 1001 well done\nkey Enter\n",
	  "tell req=1 agent=1001 text=\"well done\"\n" },
	{ "an unknown command does nothing",
	  "use S1\nkey :\ntype rm all\nkey Enter\n", "" },
	{ "nothing on others while the server is lost",
	  "use S2\nlost gone\nkey R\nkey l\nkey D\n", "" },
	{ "nothing on others by one who only looks",
	  "read-only\nuse S2\nkey R\nkey l\nkey m\nkey K\nkey O\n", "" },
	{ "what cannot be seen is not acted on",
	  "use S2\nsize 60x20\nkey R\nkey l\nkey m\n", "" },
	{ "q quits, but asks while listening",
	  "use S1\nkey q\n", "quit\n" },
	{ "Ctrl-C asks always",
	  "use S1\nkey Ctrl-C\nkey Esc\n", "" },
	{ "Ctrl-Z asks as well", "use S1\nkey Ctrl-Z\nkey Esc\n", "" },
	{ "and goes to the shell after Enter",
	  "use S2\nkey Ctrl-Z\nkey Enter\n", "suspend\n" },
	{ "at the log-in nothing leaves unasked",
	  "log-in\nkey Ctrl-C\nkey Esc\nkey Esc\nkey Esc\n", "" },
	{ "and Enter answers", "log-in\nkey Esc\nkey Enter\n", "quit\n" },
	{ "y takes the call an agent offers",
	  "use S14\nkey y\n", "meet req=1 call=88213 take=yes\n" },
	{ "d does not", "use S14\nkey d\n", "meet req=1 call=88213\n" },
	{ "and no other key does anything meanwhile, Esc and Enter neither",
	  "use S14\nkey Enter\nkey Esc\nkey q\nkey a\npaste y\nkey l\n",
	  "" },
	{ "who types finishes first: a y is a letter",
	  "use S2\nkey m\noffer call=5 agent=1001 name=Li\ntype yd\n"
	  "key Enter\nkey y\n",
	  "tell req=1 agent=1001 text=\"yd\"\nmeet req=1 call=5 take=yes\n" },
	{ "a telephone that rings is picked up, not answered by a key",
	  "use S14\noffer call=88213 agent=1001 rings=yes\nkey y\n", "" },
	{ "what is over is not answered",
	  "use S14\noffer call=0\nkey y\nkey d\n", "" },
	{ "on a small screen, too",
	  "use S14\nsize 60x20\nkey y\n",
	  "meet req=1 call=88213 take=yes\n" },
	{ "who was asked leaves without a question",
	  "use S15\nkey x\n", "monitor req=1 agent=1001 mode=5\n" },
	{ "or takes the customer after one",
	  "use S15\nkey T\nkey Enter\n",
	  "monitor req=1 agent=1001 mode=4\n" },
	{ "but is heard as the agent wants it",
	  "use S15\nkey w\nkey B\nkey Tab\nkey m\n", "" },
	{ "a team's supervisor touches no trunk",
	  "use S5\n" NORTH "key D\nkey Enter\nkey E\nkey Enter\nkey C\n"
	  "key Enter\nkey N\nkey Enter\nkey :\ntype trunk tel drain\n"
	  "key Enter\nkey Enter\n", "" },
	{ "nor the pacing of a campaign that is not the team's",
	  "use S4\n" SOUTH "key Enter\nkey Left\nkey u\nkey P\n"
	  "key Enter\nkey :\ntype campaign spring stop\nkey Enter\nkey "
	  "Enter\nkey :\ntype pace spring 1.2\nkey Enter\n", "" },
	{ "but that of its own",
	  "use S4\n" NORTH "key P\nkey Enter\n",
	  "campaign_ctl req=1 campaign=1 action=3\n" },
	{ "nor an alert of the whole floor",
	  "use S1\n" SOUTH "key a\ntype seen\nkey Enter\n", "" },
	{ "but one of its own campaign",
	  "use S1\n" NORTH "key a\ntype seen\nkey Enter\n",
	  "alert_ack req=1 id=7 word=\"seen\"\n" },
	{ "what runs is paused, what is stopped begins",
	  "use S16\nkey P\nkey Enter\nkey Down\nkey P\nkey Enter\n",
	  "campaign_ctl req=1 campaign=1 action=3\n"
	  "campaign_ctl req=1 campaign=2 action=1\n" },
	{ "what takes calls, or takes none, is not told to again",
	  "use S5\nkey E\nkey Enter\nkey Esc\nuse S5\nkey D\nkey Enter\n",
	  "trunk_ctl req=1 trunk=1 action=1\n" },
	{ "a screen on the wall has no such keys",
	  "use S2\nwall\nkey R\nkey l\nkey P\n", "" },
};

/* Lines "-> ..." of what a replay wrote, without the subscriptions. */
static void requests(const char *out, char *buf, size_t size)
{
	buf[0] = '\0';
	for (const char *s = out; *s; s += strcspn(s, "\n"), s += *s == '\n')
		if (!strncmp(s, "-> ", 3) && strncmp(s, "-> subscribe", 12))
			str_add(buf, size, "%.*s\n", (int)strcspn(s, "\n") - 3,
				s + 3);
}

static void test_cases(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char path[] = "/tmp/waihu-keys-XXXXXX", why[600] = "";
		char *out = NULL, got[4000];
		size_t len = 0;
		FILE *mem = open_memstream(&out, &len), *f;
		struct wall_replay_opts o = { .rows = 30, .cols = 100,
					      .requests = true, .out = mem };
		struct wall_replay *r;
		int fd = mkstemp(path);

		T_OK(mem && fd >= 0, "memory and a file");
		f = fdopen(fd, "w");
		fputs(cases[i].script, f);
		fclose(f);
		T_OK(!wall_replay_new(&o, &r), "a replay");
		enum err e = wall_replay_file(r, path, why, sizeof(why));

		remove(path);
		T_OK(!e, "%s: %s", cases[i].what, why);
		wall_replay_free(r);
		fclose(mem);
		requests(out, got, sizeof(got));
		free(out);
		T_OK(str_eq(got, cases[i].want), "%s: asked\n%s",
		     cases[i].what, got);
	}
}

/* Subscriptions follow the view, not each move of the cursor. */
static void test_subscribe(void **state UNUSED)
{
	char *out = NULL, why[600] = "";
	size_t len = 0;
	FILE *mem = open_memstream(&out, &len);
	struct wall_replay_opts o = { .rows = 30, .cols = 100,
				      .requests = true, .out = mem };
	struct wall_replay *r;
	unsigned n = 0;

	T_OK(mem && !wall_replay_new(&o, &r), "a replay");
	T_OK(!wall_replay_sample(r, "S2", why, sizeof(why)), "%s", why);
	for (int i = 0; i < 5; i++)
		wall_key(wall_replay_model(r), TK_DOWN);
	wall_replay_free(r);
	fclose(mem);
	for (const char *s = out; (s = strstr(s, "-> subscribe")); s++)
		n++;
	free(out);
	T_OK(n == 2, "one for the overview, one for the agents, not %u", n);
}

/* What a team's supervisor may not do is not offered, and said when typed. */
static const struct {
	const char *sample, *keys;
	uint32_t campaign;		/* of his team                       */
	const char *shown, *hidden;	/* words of the screen               */
} offers[] = {
	{ "S5", "", 1, "s SIP trace", "D Drain" },
	{ "S5", "", 1, "Esc Back", "E Enable" },
	{ "S5", "D", 1, "Trunks are the whole floor's", "Sure?" },
	{ "S5", "N", 1, "Trunks are the whole floor's", "to rest" },
	{ "S4", "", 1, "Enter APPLY", "D Drain" },
	{ "S4", "", 9, "Esc Leave unchanged", "Enter APPLY" },
	{ "S4", "", 9, "? Help", "Undo last" },
	{ "S4", "u", 9, "This campaign is not your team's.", "APPLY" },
	{ "S1", "a", 9, "This alert is the whole floor's", "What is done" },
	{ "S1", "a", 1, "What is done", "the whole floor's" },
	{ "S5", "?", 1, "Listen: nobody hears you", "Trunk: no new calls" },
};

static void test_rights(void **state UNUSED)
{
	char *got = malloc(1 << 20);

	for (size_t i = 0; i < ARRAY_LEN(offers); i++) {
		struct wall_replay_opts o = { .rows = 60, .cols = 100,
					      .out = stdout };
		struct msg_rights m = { .team = "north", .mine_count = 1,
			.mine = { { offers[i].campaign } } };
		struct wall_replay *r;
		char why[600] = "";

		T_OK(got && !wall_replay_new(&o, &r), "a replay");
		T_OK(!wall_replay_sample(r, offers[i].sample, why,
					 sizeof(why)), "%s", why);
		wall_message(wall_replay_model(r), MSG_RIGHTS, &m);
		for (const char *k = offers[i].keys; *k; k++)
			wall_key(wall_replay_model(r), (uint32_t)*k);
		T_OK(grid_dump(wall_replay_draw(r), got, 1 << 20), "fits");
		T_OK(strstr(got, offers[i].shown) &&
		     !strstr(got, offers[i].hidden),
		     "%s %s: \"%s\", and not \"%s\":\n%s",
		     offers[i].sample, offers[i].keys, offers[i].shown,
		     offers[i].hidden, got);
		wall_replay_free(r);
	}
	free(got);
}

/* Without a team all of that is offered. */
static void test_no_team(void **state UNUSED)
{
	static const char *const words[][2] = {
		{ "S5", "D Drain" }, { "S5", "E Enable" },
		{ "S4", "Enter APPLY" }, { "S4", "u Undo last" } };
	char got[40000], why[600] = "";

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct wall_replay_opts o = { .rows = 30, .cols = 100,
					      .out = stdout };
		struct wall_replay *r;

		T_OK(!wall_replay_new(&o, &r) &&
		     !wall_replay_sample(r, words[i][0], why, sizeof(why)),
		     "%s", why);
		T_OK(grid_dump(wall_replay_draw(r), got, sizeof(got)) &&
		     strstr(got, words[i][1]), "%s offers \"%s\":\n%s",
		     words[i][0], words[i][1], got);
		wall_replay_free(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_subscribe),
		cmocka_unit_test(test_rights),
		cmocka_unit_test(test_no_team),
	};

	text_init("en");
	return T_RUN(tests);
}
