/*
 * monkey -- plays with the agent's screen: random keys, raw bytes through the
 * terminal, pasted and hostile text, server messages of any content, sizes
 * down to 1x1, time.
 *
 *	monkey STEPS [SEED]	exit 1 with the step if a screen is broken
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent_model.h"
#include "base/chance.h"
#include "base/typist.h"

static unsigned random_message(struct agent_model *m)
{
	static const enum msg_type types[] = {
		MSG_SEAT, MSG_SEAT, MSG_SEAT, MSG_SEAT, MSG_CUSTOMER,
		MSG_SCRIPT, MSG_OUTCOMES, MSG_BREAKS, MSG_TODAY, MSG_NOTICE,
		MSG_CALL_PROGRESS, MSG_MESSAGE, MSG_LAST_CALL,
		MSG_TARGETS_PAGE, MSG_CALLBACKS_PAGE, MSG_HISTORY_PAGE,
		MSG_CALLBACK_OK, MSG_REFUSED, MSG_LOGIN_OK, MSG_LOGIN_OK,
		MSG_ENDED, MSG_OK, MSG_UNMASKED, MSG_FLOOR,
	};
	static union msg_any any;
	enum msg_type type = types[chance(ARRAY_LEN(types))];
	const struct schema *s = msg_row(type)->schema;

	memset(&any, 0, s->size);
	chance_struct(s, (char *)&any, 0);
	if (type == MSG_SEAT && chance(8)) {
		any.seat.state = (uint8_t)chance(MSG_STATE_COUNT);
		any.seat.call = chance(3);
		any.seat.wall_ms = m->now.wall_ms;
	}
	if (type == MSG_ENDED && chance(8))
		return 0;
	return agent_message(m, type, &any);
}

static uint32_t random_key(void)
{
	static const char ascii[] = "1234567890nbhmtcxdruaL?!+/ yq\t";

	switch (chance(6)) {
	case 0:
		return TK_FIRST + 1 + chance(TK_LAST - TK_FIRST - 1);
	case 1:
		return 0x4e00 + chance(2000);
	case 2:
		return chance(0x110000) | (chance(2) ? TK_PASTED : 0);
	case 3:
		return TK_F1 + chance(9);
	default:
		return (uint32_t)(unsigned char)ascii[chance(sizeof(ascii) - 1)];
	}
}

/* Keys as they are read, or bytes that may be a part of one, or of many. */
static unsigned press(struct agent_model *m)
{
	unsigned todo = 0;

	m->now.mono_ms += 50 + chance(600);
	if (chance(3))
		return agent_key(m, random_key());
	typist_type();
	for (uint32_t key; (key = typist_key());)
		todo |= agent_key(m, key);
	return todo;
}

/* What is spoken goes to a terminal: nothing in it may be obeyed. */
static void say(void *arg UNUSED, const char *line)
{
	for (; *line; line++)
		if ((unsigned char)*line < ' ' || *line == 0x7f) {
			fprintf(stderr, "monkey: a control character is "
				"spoken\n");
			exit(1);
		}
}

int main(int argc, char **argv)
{
	struct agent_model *m = malloc(sizeof(*m));
	long steps = argc > 1 ? atol(argv[1]) : 10000, logins = 0, calls = 0;
	long keys, pasted;
	static struct agent_spoken spoken;
	struct grid g;

	chance_begin(argc > 2 ? strtoull(argv[2], NULL, 10) : 0);
	text_init("en");
	if (!m || grid_init(&g, 30, 100) || !typist_begin())
		return 2;
	agent_init(m);
	m->now = (struct now){ 1000000, 1795000000000 };
	for (long i = 0; i < steps; i++) {
		unsigned todo = 0;

		switch (chance(10)) {
		case 0:
			todo = random_message(m);
			break;
		case 1:
			m->now.mono_ms += chance(5000);
			m->now.wall_ms += chance(5000);
			todo = agent_tick(m);
			break;
		case 2:
			if (chance(20) == 0 &&
			    grid_resize(&g, 1 + (int)chance(50),
					1 + (int)chance(140)))
				return 2;
			if (chance(50) == 0)
				agent_link_lost(m, m->now.mono_ms + 2000);
			else if (chance(5) == 0)
				agent_link_back(m);
			if (chance(200) == 0)
				text_set_lang((enum text_lang)chance(2));
			break;
		default:
			todo = press(m);
			break;
		}
		/* Without a log-in there is little to play with. */
		if (!m->logged_in && chance(20) == 0)
			m->logged_in = true;
		logins += m->logged_in;
		calls += agent_on_call(m);
		if (todo || chance(4) == 0) {
			agent_draw(m, &g);
			agent_linear(m, &spoken, say, NULL);
			if (!chance_screen_sound(&g)) {
				fprintf(stderr, "monkey: step %ld: broken "
					"screen %dx%d\n", i, g.cols, g.rows);
				return 1;
			}
		}
	}
	typist_end();
	keys = typist_keys(&pasted);
	printf("%ld steps, %ld logged in, %ld in a call, %ld keys of bytes, "
	       "%ld pasted\n", steps, logins, calls, keys, pasted);
	grid_fini(&g);
	free(m);
	return 0;
}
