/* feed_trunk -- all about one trunk, as a page (UX S5). */
#include "feed_priv.h"

#include <string.h>

#include "base/str.h"

enum { CODES_WIDE = 12 };	/* the column of the page                    */

/* Final answers put together as people speak of them. */
static const struct group {
	const char *usual, *label, *zh;
	uint16_t of[5];
} groups[] = {
	{ "200", "answered", "接通", { 200 } },
	{ "486", "busy", "忙", { 486, 600 } },
	{ "480/408", "no answer", "无人接听", { 480, 408 } },
	{ "487", "we gave up", "我方放弃", { 487 } },
	{ "404/484", "wrong number", "号码错误", { 404, 484, 410, 604 } },
	{ "603/607/608", "refused / blocked", "拒接／拦截",
	  { 603, 607, 608 } },
	{ "503", "no channel", "无线路", { 503 } },
	{ "500/502/504", "trunk failed", "中继故障", { 500, 502, 504 } },
};

static const struct group other = { "", "other", "其他", { 0 } };

static bool is_of(const struct group *g, uint16_t code)
{
	for (size_t k = 0; code && k < ARRAY_LEN(g->of); k++)
		if (g->of[k] == code)
			return true;
	return false;
}

static bool is_other(uint16_t code)
{
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		if (is_of(&groups[i], code))
			return false;
	return true;
}

/* The codes that came, most frequent first, as many as the column holds. */
static void add_code(char codes[24], uint16_t code)
{
	char one[8];

	if (code)
		str_fmt(one, sizeof(one), "%u", code);
	else
		str_copy(one, sizeof(one), "-");	/* nothing came */
	if (strlen(codes) + strlen(one) + 1 <= CODES_WIDE)
		str_add(codes, 24, "%s%s", *codes ? "/" : "", one);
	else if (strlen(codes) < CODES_WIDE && !strchr(codes, '+'))
		str_add(codes, 24, "+");
}

static void add_group(const struct dial_trunk_stat *t, const struct group *g,
		      uint64_t sum, bool zh, struct msg_trunk *m)
{
	struct msg_sip_row *r = &m->answers[m->answers_count];
	bool rest = g == &other;
	uint64_t n = 0;

	if (m->answers_count == ARRAY_LEN(m->answers))
		return;
	*r = (struct msg_sip_row){ 0 };
	for (unsigned i = 0; i < t->code_count; i++) {
		uint16_t code = t->codes[i].code;

		if (!t->codes[i].count ||
		    !(rest ? is_other(code) : is_of(g, code)))
			continue;
		n += t->codes[i].count;
		add_code(r->codes, code);
	}
	if (!n && g != &groups[0])	/* not seen: not shown */
		return;
	if (!n)
		str_copy(r->codes, sizeof(r->codes), g->usual);
	str_copy(r->label, sizeof(r->label), zh ? g->zh : g->label);
	r->share = (uint32_t)(n * 10000 / sum);
	m->answers_count++;
}

void feed_trunk_answers(const struct dial_trunk_stat *t, bool zh,
			struct msg_trunk *m)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < t->code_count; i++)
		sum += t->codes[i].count;
	for (size_t g = 0; sum && g < ARRAY_LEN(groups); g++)
		add_group(t, &groups[g], sum, zh, m);
	if (sum)
		add_group(t, &other, sum, zh, m);
}

void feed_trunk(struct feed *f, const struct window *sc, struct now now,
		struct msg_trunk *m)
{
	struct dial_trunk_stat t;
	unsigned index = sc->sub.trunk ? sc->sub.trunk - 1 : 0;

	if (feed_trunk_row(f, index, now, &m->trunk[0]) ||
	    dial_trunk_stat(f->r->dial, index, now, &t))
		return;
	m->trunk_count = 1;
	feed_trunk_answers(&t, sc->zh, m);
	m->used_len = 60;
	memcpy(m->used, f->trunk_used[index], 60);
	m->callers_count = (uint32_t)feed_callers(f, index, sc->zh, now,
						  m->callers,
						  ARRAY_LEN(m->callers));
}
