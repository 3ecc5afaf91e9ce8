/*
 * monkey_wall -- plays with the supervisor's screen: random keys, raw
 * bytes through the terminal, pasted and hostile text, pages of any content,
 * sizes down to 1x1, time.
 *
 *	monkey_wall STEPS [SEED]	exit 1 with the step if a screen is
 *					broken, or something was sent to
 *					others by a screen that only looks
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/chance.h"
#include "base/str.h"
#include "base/typist.h"
#include "wall_model.h"

static struct {
	const struct wall_model *m;
	long sent, acts, bad;
} seen;

/* Everything that goes out must be sound, and nothing by one who looks. */
static void on_send(void *arg UNUSED, enum msg_type type, const void *obj)
{
	const char *field = "";

	seen.sent++;
	/* A report's rows are looked at, too. */
	if (type != MSG_SUBSCRIBE && type != MSG_REPORT_GET) {
		seen.acts++;
		if (seen.m->read_only || seen.m->wall) {
			fprintf(stderr, "monkey_wall: %s by one who looks\n",
				msg_row(type)->name);
			seen.bad++;
		}
	}
	if (schema_check(msg_row(type)->schema, obj, &field)) {
		fprintf(stderr, "monkey_wall: %s.%s\n", msg_row(type)->name,
			field);
		seen.bad++;
	}
}

static unsigned random_message(struct wall_model *m)
{
	static const enum msg_type types[] = {
		MSG_HEAD, MSG_FLOOR, MSG_FLOOR, MSG_AGENTS, MSG_AGENTS,
		MSG_CAMPAIGNS, MSG_TRUNKS, MSG_TRUNK, MSG_CALLS, MSG_ALERTS,
		MSG_PACING, MSG_PACING, MSG_MONITORING, MSG_TIMELINE,
		MSG_REFUSED, MSG_OK, MSG_LOGIN_OK, MSG_SEAT, MSG_ENDED,
	};
	static union msg_any any;
	enum msg_type type = types[chance(ARRAY_LEN(types))];
	const struct schema *s = msg_row(type)->schema;

	memset(&any, 0, s->size);
	chance_struct(s, (char *)&any, 0);
	if (type == MSG_LOGIN_OK)
		any.login_ok.read_only = false;
	if (type == MSG_ENDED && chance(8))
		return 0;
	/* Pages a server could send: their cursor is on them as a rule. */
	if (type == MSG_AGENTS && chance(4)) {
		any.agents.top = 0;
		any.agents.shown = any.agents.rows_count + chance(40);
	}
	if (type == MSG_MONITORING && chance(2))
		any.monitoring.mode = MSG_MONITOR_LEAVE;
	return wall_message(m, type, &any);
}

static uint32_t random_key(void)
{
	static const char ascii[] = "123456/:fgs-zpnalwxmBTRKOPDECNuq?jk+L "
				    "agents wrap pace trunk drain";

	switch (chance(6)) {
	case 0:
		return TK_FIRST + 1 + chance(TK_LAST - TK_FIRST - 1);
	case 1:
		return chance(0x110000) | (chance(2) ? TK_PASTED : 0);
	case 2:
		return chance(2) ? TK_ENTER : TK_ESC;
	default:
		return (uint32_t)(unsigned char)
			ascii[chance(sizeof(ascii) - 1)];
	}
}

/* Keys as they are read, or bytes that may be a part of one, or of many. */
static unsigned press(struct wall_model *m)
{
	unsigned todo = 0;

	m->now.mono_ms += 50 + chance(600);
	if (chance(3))
		return wall_key(m, random_key());
	typist_type();
	for (uint32_t key; (key = typist_key());)
		todo |= wall_key(m, key);
	return todo;
}

/* One thing happens; returns DO_*. */
static unsigned step(struct wall_model *m, struct grid *g)
{
	int64_t ms;

	switch (chance(10)) {
	case 0:
		return random_message(m);
	case 1:
		ms = chance(5000);
		m->now.mono_ms += ms;
		m->now.wall_ms += ms;
		return wall_tick(m);
	case 2:
		if (chance(20) == 0 &&
		    !grid_resize(g, 1 + (int)chance(50),
				 1 + (int)chance(140)))
			return wall_resize(m, g->rows, g->cols);
		if (chance(50) == 0)
			wall_link_lost(m, "gone");
		else if (chance(5) == 0)
			wall_link_in(m, &m->who);
		if (chance(200) == 0)
			text_set_lang((enum text_lang)chance(2));
		return DO_REDRAW;
	default:
		return press(m);
	}
}

int main(int argc, char **argv)
{
	struct wall_model *m = malloc(sizeof(*m));
	long steps = argc > 1 ? atol(argv[1]) : 10000, quits = 0;
	long keys, pasted;
	struct grid g;

	chance_begin(argc > 2 ? strtoull(argv[2], NULL, 10) : 0);
	text_init("en");
	if (!m || grid_init(&g, 30, 100) || !typist_begin())
		return 2;
	for (long i = 0; i < steps; i++) {
		if (i % 5000 == 0) {	/* another supervisor comes */
			wall_init(m);
			m->in = true;
			m->out.send = on_send;
			m->now = (struct now){ 1000000, 1795000000000 };
			m->read_only = chance(4) == 0;
			m->wall = chance(8) == 0;
			seen.m = m;
			wall_resize(m, g.rows, g.cols);
		}
		unsigned todo = step(m, &g);

		quits += todo & DO_QUIT ? 1 : 0;
		if (!todo && chance(4))
			continue;
		g.unicode = chance(2);
		wall_draw(m, &g);
		if (!chance_screen_sound(&g) || seen.bad) {
			fprintf(stderr, "monkey_wall: step %ld: %s, %dx%d\n",
				i, seen.bad ? "sent what it may not"
					    : "broken screen",
				g.cols, g.rows);
			return 1;
		}
	}
	typist_end();
	keys = typist_keys(&pasted);
	printf("%ld steps, %ld requests, %ld of them on others, %ld quits, "
	       "%ld keys of bytes, %ld pasted\n", steps, seen.sent,
	       seen.acts, quits, keys, pasted);
	grid_fini(&g);
	wall_fini(m);
	free(m);
	return 0;
}
