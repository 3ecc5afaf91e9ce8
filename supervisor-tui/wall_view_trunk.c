#include <string.h>

#include "base/str.h"
#include "wall_view.h"

/* Trunks: the list, and below it all about the one under the cursor. */

static const char *state_word(unsigned state)
{
	static const char *const words[MSG_TRUNK_COUNT] = {
		"-", N_("up"), N_("standby"), N_("draining"), N_("DOWN"),
	};

	return state && state < MSG_TRUNK_COUNT ? _(words[state]) : "-";
}

static void put_ms(struct grid *g, int y, int x, int32_t ms)
{
	if (ms < 0)
		grid_put(g, y, x, 7, ST_NORMAL, "-");
	else
		grid_putf(g, y, x, 7, ST_NORMAL, "%d ms", (int)ms);
}

static void draw_trunk(struct grid *g, int y, const struct msg_trunk_row *t)
{
	bool full = view_full(g);
	char buf[TEXT_SIZE], two[TEXT_SIZE];

	grid_put(g, y, 2, 12, ST_NORMAL, t->name);
	grid_put(g, y, 15, 8, t->state == MSG_TRUNK_DOWN ? ST_ALARM :
		 t->state == MSG_TRUNK_DRAINING ? ST_WATCH : ST_STATE,
		 state_word(t->state));
	grid_putf(g, y, 24, 10, ST_NORMAL, "%u/%u", (unsigned)t->used,
		  (unsigned)t->cap);
	text_tenth(buf, (int32_t)t->cps_x10);
	str_add(buf, sizeof(buf), t->cps_max_x10 % 10 ? "/%u.%u" : "/%u",
		(unsigned)t->cps_max_x10 / 10, (unsigned)t->cps_max_x10 % 10);
	grid_put(g, y, 35, 9, ST_NORMAL, buf);
	grid_put(g, y, 45, 5, ST_NORMAL, text_pct(buf, t->asr, 0));
	grid_put(g, y, 51, 5, ST_NORMAL, text_pct(buf, t->ner, 0));
	if (t->acd_s < 0)
		str_copy(buf, sizeof(buf), "-");
	else
		text_dur(buf, t->acd_s);
	grid_put(g, y, 57, 6, ST_NORMAL, buf);
	text_tenth(buf, t->pdd50_ms < 0 ? -1 : t->pdd50_ms / 100);
	if (t->pdd95_ms >= 0)
		str_add(buf, sizeof(buf), "/%s",
			text_tenth(two, t->pdd95_ms / 100));
	grid_put(g, y, 64, 9, ST_NORMAL, buf);
	if (!full) {
		grid_put(g, y, 74, 5, ST_NORMAL, text_tenth(buf, t->mos_x10));
		return;
	}
	put_ms(g, y, 76, t->options_ms);
	grid_put(g, y, 86, 6, ST_NORMAL, text_pct(buf, t->loss, 1));
	grid_put(g, y, 93, 5, ST_NORMAL, text_tenth(buf, t->mos_x10));
}

/* "404/410/484/604" in so many cells: as many as are whole. */
static void whole_codes(char *buf, size_t size, const char *codes, size_t cells)
{
	size_t n = strlen(codes);

	while (n > cells && n)
		for (n--; n && codes[n] != '/'; n--)
			;
	str_fmt(buf, size, "%.*s", (int)n, codes);
}

/* The page of one trunk has room for what its list has not. */
static void draw_sound(struct grid *g, int y, const struct msg_trunk_row *t)
{
	char loss[TEXT_SIZE], far[TEXT_SIZE], mos[TEXT_SIZE], jit[TEXT_SIZE];

	text_tenth(jit, t->jitter_us < 0 ? -1 : t->jitter_us / 100);
	grid_putf(g, y, 2, g->cols - 3, ST_DIM,
		  _("Sound, %u calls: MOS %s  jitter %s ms  lost here %s, "
		    "there %s"), (unsigned)t->heard,
		  text_tenth(mos, t->mos_x10), jit,
		  text_pct(loss, t->loss, 1), text_pct(far, t->far_loss, 1));
}

static int draw_answers(const struct wall_model *m, struct grid *g, int y,
			int rows)
{
	const struct msg_trunk *t = &m->trunk;
	bool full = view_full(g);
	int bar = full ? 34 : 33, share = full ? 74 : 72;
	int room = share - bar - 2, most = room;
	char title[120], buf[TEXT_SIZE], codes[32];

	str_fmt(title, sizeof(title), _("%s   final answers, last 15 min"),
		t->trunk[0].name);
	grid_rule(g, y++, 0, g->cols, title);
	for (uint32_t i = 0; i < t->answers_count; i++)
		most = MAX(most, (int)(t->answers[i].share / 100));
	for (uint32_t i = 0; i < t->answers_count && rows-- > 0; i++, y++) {
		const struct msg_sip_row *r = &t->answers[i];
		/* A mark a per cent; the longest stops before the figure, and
		 * all the others are then shorter by as much. */
		int marks = (int)(r->share / 100) * room / most;

		whole_codes(codes, sizeof(codes), r->codes, 12);
		grid_put(g, y, 2, 12, ST_NORMAL, codes);
		grid_put(g, y, 15, 17, ST_NORMAL, _(r->label));
		for (int k = 0; k < marks; k++)
			grid_put(g, y, bar + k, 1, ST_NORMAL, "#");
		grid_put(g, y, share, 0, ST_NORMAL,
			 text_pct(buf, (int32_t)r->share, 1));
	}
	return y;
}

static int draw_used(const struct wall_model *m, struct grid *g, int y)
{
	/* Rows at these twelfths of the cap. */
	static const int part[] = { 12, 9, 7, 5, 3 };
	int cap = (int)MIN(m->trunk.trunk[0].cap, 1000000u);
	int value[60], level[5];
	struct view_chart c = { .y = y + 1, .x = 8, .rows = 5,
				.level = level, .line = 0, .value = value,
				.n = ARRAY_LEN(value) };
	uint32_t n = MIN(m->trunk.used_len, (uint32_t)ARRAY_LEN(value));
	char title[120];

	str_fmt(title, sizeof(title),
		_("Channels in use, last 60 min (cap %d)"), cap);
	grid_rule(g, y, 0, g->cols, title);
	for (int i = 0; i < 5; i++) {
		level[i] = cap * part[i] / 12;
		grid_putf(g, y + 1 + i, 2, 0, ST_NORMAL, "%3d", level[i]);
	}
	for (size_t i = 0; i < c.n; i++) {
		size_t pad = c.n - n;
		int b = i < pad ? 0 : m->trunk.used[i - pad];

		value[i] = b ? ((b - 1) * cap + 127) / 254 : -1;
	}
	view_chart(g, &c);
	return y + 6;
}

static void draw_callers(const struct wall_model *m, struct grid *g, int y)
{
	bool full = view_full(g);
	int calls = full ? 48 : 34, answer = full ? 57 : 40;
	int note = full ? 66 : 49;
	char buf[TEXT_SIZE];

	view_rule(g, y++, full
		  ? _("-- Caller numbers on this trunk ---------- calls today "
		      "- answer - note -----------------------------")
		  : _("-- Caller numbers ----- calls today --- answer - note ---"));
	for (uint32_t i = 0; i < m->trunk.callers_count && y < g->rows - 3;
	     i++, y++) {
		const struct msg_caller_row *c = &m->trunk.callers[i];

		grid_put(g, y, 2, 24, c->resting ? ST_DIM : ST_NORMAL,
			 c->number);
		grid_put_right(g, y, calls, ST_NORMAL,
			       text_num(buf, c->calls));
		grid_put(g, y, answer, 6, ST_NORMAL,
			 text_pct(buf, c->answer, 0));
		if (!*c->note && !c->resting)
			continue;
		grid_putf(g, y, note, g->cols - note - 1,
			  style_level(c->level), "%s%s%s",
			  text_level(c->level), *text_level(c->level) ? " "
								      : "",
			  *c->note ? c->note : _("resting"));
	}
}

void view_trunks(const struct wall_model *m, struct grid *g)
{
	const struct msg_trunk_row *sel = wall_trunk_row(m);
	bool full = view_full(g);
	uint32_t n = m->trunks.rows_count, i = 0;
	/* The list leaves room for the page below; a whole page needs one. */
	uint32_t most = m->whole ? 1 : full ? (uint32_t)(g->rows - 27) : 4;
	uint32_t cur = m->list[MSG_VIEW_TRUNKS].cur - m->trunks.top;
	int y = 3;

	view_rule(g, 2, full
		  ? _("- Trunk ------ State -- Used/cap - CPS/lim - ASR - NER "
		      "- ACD -- PDD 50/95 - OPTIONS - Loss - MOS ---")
		  : _("- Trunk ------ State -- Used/cap - CPS/lim - ASR - NER - "
		      "ACD -- PDD ----- MOS ---"));
	if (m->trunk.trunk_count == 0)
		most = (uint32_t)g->rows - 6;
	if (cur >= most && cur < n)
		i = cur - most + 1;
	for (uint32_t k = 0; i < n && k < most; i++, k++, y++) {
		draw_trunk(g, y, &m->trunks.rows[i]);
		if (i == cur)
			view_mark(g, y, 0);
	}
	if (!m->trunk.trunk_count || !sel ||
	    m->trunk.trunk[0].id != sel->id)
		return;
	if (m->whole && m->trunk.trunk[0].heard)
		draw_sound(g, y, &m->trunk.trunk[0]);
	y = draw_answers(m, g, y + 1, full ? 12 : 7);
	if (full || g->rows - y > 12)
		y = draw_used(m, g, y);
	if (g->rows - y > 5)
		draw_callers(m, g, y);
}

/* A call as a ladder: what we sent goes right, what came goes left. */
void view_trace(const struct wall_model *m, struct grid *g)
{
	const struct msg_trace *t = &m->trace;
	bool full = view_full(g);
	int more = full ? 68 : 0, y = 3, end = g->rows - 4;
	char buf[TEXT_SIZE];
	uint32_t i = 0;

	if (*t->sip_id)
		grid_putf(g, 1, 1, g->cols - 2, ST_DIM, "Call-ID %s",
			  t->sip_id);
	grid_rule(g, 2, 0, g->cols, NULL);
	view_tag(g, 2, 2, _("Time"));
	view_tag(g, 2, 15, _("After"));
	view_tag(g, 2, 24, _("Message"));
	if (more)
		view_tag(g, 2, more, _("More"));
	for (; i < t->rows_count && y < end; i++, y++) {
		const struct msg_trace_row *r = &t->rows[i];
		int64_t ms = r->at_ms - t->rows[0].at_ms;

		text_clock(buf, r->at_ms, m->tz_min, true);
		str_add(buf, sizeof(buf), ".%03d", (int)(r->at_ms % 1000));
		grid_put(g, y, 2, 12, ST_DIM, buf);
		grid_putf(g, y, 15, 8, ST_NORMAL, "+%d.%03d", (int)(ms / 1000),
			  (int)(ms % 1000));
		grid_put(g, y, 24, 2, ST_STATE, r->out ? "->" : "<-");
		grid_put(g, y, 27, (more ? more : g->cols) - 28,
			 strstr(r->line, "SIP/2.0 4") == r->line ||
			 strstr(r->line, "SIP/2.0 5") == r->line ? ST_WATCH
								 : ST_NORMAL,
			 r->line);
		if (more)
			grid_put(g, y, more, g->cols - more - 1, ST_DIM,
				 r->more);
	}
	if (t->total > t->top + i)
		grid_putf(g, y, 2, 0, ST_DIM, _("... %u more (PgDn)"),
			  (unsigned)(t->total - t->top - i));
	else if (!t->total)
		grid_put(g, y, 2, g->cols - 3, ST_DIM,
			 _("No message of such a call is kept."));
}
