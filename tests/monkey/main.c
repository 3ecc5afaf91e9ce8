/*
 * monkey -- plays with the agent's screen: random keys, pasted and hostile
 * text, server messages of any content, sizes down to 1x1, time.
 *
 *	monkey STEPS [SEED]	exit 1 with the step if a screen is broken
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent_model.h"
#include "base/str.h"
#include "schema/schema.h"

static uint64_t seed;

/* xorshift64*: Vigna, "An experimental exploration", 2016. */
static uint32_t rnd(uint32_t below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)((seed * 2685821657736338717u) >> 33) % below;
}

static const char *const texts[] = {
	"", "Mrs Chen", "王小明", "\033[2J\033]0;x\007", "\302\233A",
	"\342\200\256evil", "e\314\201\314\202\314\203\314\204\314\205x",
	"\360\237\230\200\360\237\230\200", "a\nb\tc", "%s%n%d", "[customer]",
	"[", "-> 3", "YES -> 3 (offer)\nNO -> x\n\n!must{ say}\n", "{open",
	"a very long text that does not fit anywhere and goes on and on and "
	"on, with 中文 in it, until the field of the message ends it",
	"\342\200\213\342\200\213", "一二三四五六七八九十一二三四五六七八九十",
	"12345", "0.00", ", ,", "、", " break", "Tea break",
};

static void random_text(char *buf, size_t size)
{
	const char *t = texts[rnd(ARRAY_LEN(texts))];

	/* As the decoder: whole UTF-8 only. */
	str_copy(buf, size, t);
	if (rnd(4) == 0)
		for (int i = 0; i < 8; i++) {
			char more[512];

			str_fmt(more, sizeof(more), "%s%s", buf, t);
			str_copy(buf, size, more);
		}
	if (!str_is_utf8(buf, strlen(buf)))
		buf[0] = '\0';
}

static void random_struct(const struct schema *s, char *obj, int depth)
{
	size_t n;
	const struct schema_field *f = s->fields(&n);

	for (size_t i = 0; i < n; i++) {
		char *at = obj + f[i].offset;
		uint64_t v = rnd(3) ? rnd(16) : ((uint64_t)rnd(1u << 31) << 32) |
					        rnd(1u << 31);
		uint32_t count;

		if (f[i].max && f[i].kind <= SCHEMA_KIND_i64)
			v %= f[i].max + 1;
		switch (f[i].kind) {
		case SCHEMA_KIND_u8:
			*(uint8_t *)at = (uint8_t)v;
			break;
		case SCHEMA_KIND_bool:
			*(bool *)at = v & 1;
			break;
		case SCHEMA_KIND_u16:
			*(uint16_t *)(void *)at = (uint16_t)v;
			break;
		case SCHEMA_KIND_u32:
		case SCHEMA_KIND_i32:
			memcpy(at, &v, 4);
			break;
		case SCHEMA_KIND_u64:
			memcpy(at, &v, 8);
			break;
		case SCHEMA_KIND_i64:
			/* Times near now as a rule, anything at times. */
			v = rnd(8) ? 1795000000000u + rnd(1u << 30) : v;
			memcpy(at, &v, 8);
			break;
		case SCHEMA_KIND_text:
		case SCHEMA_KIND_phone:
		case SCHEMA_KIND_secret:
			random_text(at, f[i].max + 1);
			break;
		case SCHEMA_KIND_rows:
			count = rnd(rnd(4) ? MIN(4u, f[i].max + 1)
					   : f[i].max + 1);
			memcpy(obj + f[i].count_offset, &count, 4);
			for (uint32_t k = 0; k < count && depth < 3; k++)
				random_struct(f[i].sub, at + k * f[i].sub->size,
					      depth + 1);
			break;
		default:
			break;
		}
	}
}

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
	enum msg_type type = types[rnd(ARRAY_LEN(types))];
	const struct schema *s = msg_row(type)->schema;

	memset(&any, 0, s->size);
	random_struct(s, (char *)&any, 0);
	if (type == MSG_SEAT && rnd(8)) {
		any.seat.state = (uint8_t)rnd(MSG_STATE_COUNT);
		any.seat.call = rnd(3);
		any.seat.wall_ms = m->now.wall_ms;
	}
	if (type == MSG_ENDED && rnd(8))
		return 0;
	return agent_message(m, type, &any);
}

static uint32_t random_key(void)
{
	static const char ascii[] = "1234567890nbhmtcxdruaL?!+/ yq\t";

	switch (rnd(6)) {
	case 0:
		return TK_FIRST + 1 + rnd(TK_LAST - TK_FIRST - 1);
	case 1:
		return 0x4e00 + rnd(2000);
	case 2:
		return rnd(0x110000) | (rnd(2) ? TK_PASTED : 0);
	case 3:
		return TK_F1 + rnd(9);
	default:
		return (uint32_t)(unsigned char)ascii[rnd(sizeof(ascii) - 1)];
	}
}

static bool screen_is_sound(const struct grid *g)
{
	static char dump[1 << 18];

	if (!grid_dump(g, dump, sizeof(dump)))
		return false;
	for (const char *s = dump; *s; s++)
		if ((unsigned char)*s < 0x20 && *s != '\n')
			return false;
	for (int y = 0; y < g->rows; y++) {
		int cells = 0;

		for (int x = 0; x < g->cols; x++) {
			const struct grid_cell *c =
				&g->cell[(size_t)y * (size_t)g->cols +
					 (size_t)x];

			cells += c->width;
			if (c->width == 2 && (x + 1 == g->cols ||
					      (c + 1)->width))
				return false;
		}
		if (cells != g->cols)
			return false;
	}
	return g->cur_y >= 0 && g->cur_y < g->rows && g->cur_x >= 0 &&
	       g->cur_x < g->cols;
}

int main(int argc, char **argv)
{
	struct agent_model *m = malloc(sizeof(*m));
	long steps = argc > 1 ? atol(argv[1]) : 10000, logins = 0, calls = 0;
	char last[600] = "", line[700];
	struct grid g;

	seed = argc > 2 ? strtoull(argv[2], NULL, 10) | 1 : 88172645463325252u;
	text_init("en");
	if (!m || grid_init(&g, 30, 100))
		return 2;
	agent_init(m);
	m->now = (struct now){ 1000000, 1795000000000 };
	for (long i = 0; i < steps; i++) {
		unsigned todo = 0;

		switch (rnd(10)) {
		case 0:
			todo = random_message(m);
			break;
		case 1:
			m->now.mono_ms += rnd(5000);
			m->now.wall_ms += rnd(5000);
			todo = agent_tick(m);
			break;
		case 2:
			if (rnd(20) == 0 &&
			    grid_resize(&g, 1 + (int)rnd(50),
					1 + (int)rnd(140)))
				return 2;
			if (rnd(50) == 0)
				agent_link_lost(m, m->now.mono_ms + 2000);
			else if (rnd(5) == 0)
				agent_link_back(m);
			if (rnd(200) == 0)
				text_set_lang((enum text_lang)rnd(2));
			break;
		default:
			m->now.mono_ms += 50 + rnd(600);
			todo = agent_key(m, random_key());
			break;
		}
		/* Without a log-in there is little to play with. */
		if (!m->logged_in && rnd(20) == 0)
			m->logged_in = true;
		logins += m->logged_in;
		calls += agent_on_call(m);
		if (todo || rnd(4) == 0) {
			agent_draw(m, &g);
			agent_linear(m, last, sizeof(last), line,
				     sizeof(line));
			if (!screen_is_sound(&g)) {
				fprintf(stderr, "monkey: step %ld: broken "
					"screen %dx%d\n", i, g.cols, g.rows);
				return 1;
			}
		}
	}
	printf("%ld steps, %ld logged in, %ld in a call\n", steps, logins,
	       calls);
	grid_fini(&g);
	free(m);
	return 0;
}
