/* feed_report -- agents' performance and an agent's day, as pages. */
#include "feed_priv.h"

#include "base/str.h"
#include "desk/desk.h"
#include "dial/dial_trace.h"
#include "dispo/dispo.h"

#include <stdlib.h>
#include <string.h>

/* ---- performance ------------------------------------------------------------ */

/* A row that is being put together: an agent's, a group's. */
struct line {
	uint32_t agent, campaign, agents, last_agent;
	const char *name, *team;
	struct perf_sums sums;
};

struct report {
	struct feed *f;
	const struct feed_query *q;
	struct line *lines;		/* the feed's, kept for the next one */
	size_t len;
	bool failed;
};

static struct line *line_new(struct report *x)
{
	if (x->len == x->f->lines_max) {
		size_t cap = x->len ? x->len * 2 : 256;
		struct line *v = realloc(x->lines, cap * sizeof(*v));

		if (!v) {
			x->failed = true;
			return NULL;
		}
		x->f->lines = x->lines = v;
		x->f->lines_max = cap;
	}
	x->lines[x->len] = (struct line){ .name = "", .team = "" };
	return &x->lines[x->len++];
}

/* Agents come one after the other; groups are few and looked for. */
static struct line *line_of(struct report *x, const struct perf_row *r)
{
	struct line *l = x->len ? &x->lines[x->len - 1] : NULL;

	if (x->q->by == MSG_BY_ROW_SKILL || x->q->by == MSG_BY_ROW_TEAM) {
		bool skill = x->q->by == MSG_BY_ROW_SKILL;

		for (size_t i = 0; i < x->len; i++)
			if (skill ? x->lines[i].campaign == r->campaign.v
				  : str_eq(x->lines[i].name, r->team))
				return &x->lines[i];
		l = line_new(x);
		if (l && skill)
			l->campaign = r->campaign.v;
		else if (l)
			l->name = r->team;
		return l;
	}
	if (l && l->agent == r->agent.v)
		return l;
	l = line_new(x);
	if (l) {
		l->agent = r->agent.v;
		l->name = r->name;
		l->team = r->team;
	}
	return l;
}

static bool add_row(void *arg, const struct perf_row *r)
{
	struct report *x = arg;
	struct line *l;

	/* Between log-in and a campaign an agent is in no skill group. */
	if (x->q->by == MSG_BY_ROW_SKILL && !r->campaign.v)
		return true;
	if ((x->q->campaign && r->campaign.v != x->q->campaign) ||
	    (*x->q->team && !str_eq(x->q->team, r->team)))
		return true;
	l = line_of(x, r);
	if (!l)
		return false;
	l->agents += l->last_agent != r->agent.v;
	l->last_agent = r->agent.v;
	perf_add(&l->sums, &r->sums);
	return true;
}

static int64_t line_key(const struct line *l, enum msg_sort sort)
{
	const struct perf_sums *s = &l->sums;
	bool over = false;

	for (size_t i = 0; i < PERF_BREAKS; i++)
		over = over || s->over[i];
	switch (sort) {
	case MSG_SORT_ID:	return l->agent;
	case MSG_SORT_TALK:	return -s->talk_ms;
	case MSG_SORT_WRAP:	return -s->wrap_ms;
	case MSG_SORT_SALES:	return -(int64_t)s->sales;
	case MSG_SORT_OCCUPANCY: return -perf_occupancy(s);
	case MSG_SORT_CONVERT:	return -tally_share(s->sales, s->calls);
	case MSG_SORT_BREAKS:	return -s->ms[PERF_BREAK];
	case MSG_SORT_ATTENTION: /* over a budget, then who calls most */
		return -((over ? INT64_C(1) << 50 : 0) + (int64_t)s->calls);
	default:		return -(int64_t)s->calls;
	}
}

static bool matches(const struct line *l, const char *find)
{
	char id[16] = "";

	if (!*find)
		return true;
	if (l->agent)
		str_fmt(id, sizeof(id), "%u", l->agent);
	return strcasestr(l->name, find) || strstr(id, find);
}

/* Which lines are on the page: the few it shows are put in order. */
static struct ranked *rank_lines(struct report *x, size_t *n)
{
	bool by_name = x->q->sort == MSG_SORT_NAME;
	struct ranked *v = x->f->order;

	*n = 0;
	if (x->len > x->f->order_max) {
		v = realloc(v, x->len * sizeof(*v));
		if (!v)
			return NULL;
		x->f->order = v;
		x->f->order_max = x->len;
	}
	for (size_t i = 0; i < x->len; i++) {
		const struct line *l = &x->lines[i];

		if (!matches(l, x->q->find))
			continue;
		/* Groups have no number: their names settle it. */
		v[(*n)++] = (struct ranked){
			.key = by_name ? 0 : line_key(l, x->q->sort),
			.name = by_name || !l->agent ? l->name : "",
			.id = l->agent, .row = l };
	}
	return v;
}

static uint32_t seconds(int64_t ms)
{
	return (uint32_t)(MAX(ms, 0) / 1000);
}

static void report_row(const struct line *l, uint32_t kinds,
		       struct msg_report_row *out)
{
	const struct perf_sums *s = &l->sums;
	int64_t login = 0;

	for (int k = PERF_OFF + 1; k < PERF_KIND_COUNT; k++)
		login += s->ms[k];
	*out = (struct msg_report_row){
		.agent = l->agent, .agents = l->agents, .calls = s->calls,
		.talk_s = seconds(s->talk_ms), .hold_s = seconds(s->hold_ms),
		.wrap_s = seconds(s->wrap_ms),
		.ready_s = seconds(s->ms[PERF_READY]),
		.not_ready_s = seconds(s->ms[PERF_NOT_READY]),
		.break_s = seconds(s->ms[PERF_BREAK]),
		.login_s = seconds(login), .occupancy = perf_occupancy(s),
		.wait_x10 = s->waits ? (int32_t)(s->wait_ms / s->waits / 100)
				     : -1,
		.sales = s->sales, .convert = tally_share(s->sales, s->calls),
		.breaks_count = kinds };
	str_copy(out->name, sizeof(out->name), l->name);
	str_copy(out->team, sizeof(out->team), l->team);
	for (uint32_t i = 0; i < kinds; i++) {
		out->breaks[i].used_s = seconds(s->break_ms[i]);
		out->breaks[i].over = s->over[i];
	}
}

static void break_kinds(struct feed *f, struct msg_report *m)
{
	const char *name;

	for (size_t i = 0; i < ARRAY_LEN(m->kinds) &&
			   (name = conf_instance(f->r->conf, "breaks", i));
	     i++) {
		struct msg_break_kind *k = &m->kinds[m->kinds_count++];

		str_copy(k->label, sizeof(k->label),
			 feed_break_label(f, name));
		k->budget_s = (uint32_t)(conf_int(f->r->conf, "breaks", name,
						  "budget") / 1000);
	}
}

/* A skill group's name is its campaign's. */
static void name_groups(struct report *x, struct now now)
{
	for (size_t i = 0; i < x->len; i++) {
		struct campaign_view v;

		if (x->q->by == MSG_BY_ROW_SKILL &&
		    !floor_campaign_view(x->f->r->floor,
					 (struct campaign_id){
						 x->lines[i].campaign },
					 now, &v))
			x->lines[i].name = feed_campaign_label(x->f,
							       v.conf->name);
		if (!*x->lines[i].name && !x->lines[i].agent)
			x->lines[i].name = "-";
	}
}

enum err feed_report(struct feed *f, const struct feed_query *q,
		     struct now now, struct msg_report *m)
{
	static const enum perf_period periods[MSG_PERIOD_COUNT] = {
		PERF_TODAY, PERF_TODAY, PERF_WEEK, PERF_MONTH };
	struct report x = { .f = f, .q = q, .lines = f->lines };
	enum perf_period period = periods[MIN((unsigned)q->period,
					      MSG_PERIOD_COUNT - 1u)];
	struct line all = { .name = "", .team = "" };
	struct ranked *order;
	size_t n = 0;

	memset(m, 0, sizeof(*m));
	m->period = (uint8_t)(period + MSG_PERIOD_TODAY);
	m->by = (uint8_t)(q->by ? q->by : MSG_BY_ROW_AGENT);
	m->from_ms = perf_from_ms(f->perf, period);
	m->to_ms = now.wall_ms;
	break_kinds(f, m);
	perf_each(f->perf, period, now, add_row, &x);
	name_groups(&x, now);
	m->total = (uint32_t)x.len;
	order = rank_lines(&x, &n);
	for (size_t i = 0; i < n; i++) {
		const struct line *l = order[i].row;

		all.agents += l->agents;
		perf_add(&all.sums, &l->sums);
	}
	m->shown = (uint32_t)n;
	m->top = MIN(q->top, m->shown);
	report_row(&all, m->kinds_count, &m->all[0]);
	m->all_count = 1;
	if (n)
		feed_window(order, n, m->top,
			    MIN(q->rows, ARRAY_LEN(m->rows)), q->reverse);
	for (size_t i = m->top; i < n && m->rows_count < q->rows &&
				m->rows_count < ARRAY_LEN(m->rows); i++)
		report_row(order[i].row, m->kinds_count,
			   &m->rows[m->rows_count++]);
	x.failed = x.failed || !order;
	return x.failed ? ERR_MEMORY : ERR_OK;
}

/* ---- an agent's day ---------------------------------------------------------------- */

struct day {
	struct feed *f;
	const struct window *sc;
	struct msg_timeline *m;
};

static void about_call(struct feed *f, uint64_t uid, bool wrap, char *buf,
		       size_t size)
{
	char number[24];
	struct lead l;
	struct cdr r;

	if (!uid || cdr_get(f->r->store, uid, &r))
		return;
	if (wrap) {
		const struct dispo_row *row = dispo_by_code(f->r->dispos,
							    r.outcome);

		str_copy(buf, size, !row ? "" : f->zh ? row->label_zh
						      : row->label_en);
		return;
	}
	str_mask_number(number, sizeof(number), r.number);
	if (!lead_get(f->r->leads, (struct lead_id){ r.lead }, &l) && *l.name)
		str_fmt(buf, size, "%s %s", l.name, number);
	else
		str_copy(buf, size, number);
}

static void span_row(struct feed *f, const struct perf_stay *st,
		     struct msg_span_row *out)
{
	static const uint8_t states[SEAT_STATE_COUNT] = {
		[SEAT_NOT_READY] = MSG_STATE_NOT_READY,
		[SEAT_BREAK] = MSG_STATE_BREAK,
		[SEAT_READY] = MSG_STATE_READY,
		[SEAT_RESERVED] = MSG_STATE_RESERVED,
		[SEAT_PREVIEW] = MSG_STATE_PREVIEW,
		[SEAT_DIAL] = MSG_STATE_DIAL, [SEAT_TALK] = MSG_STATE_TALK,
		[SEAT_HOLD] = MSG_STATE_HOLD,
		[SEAT_CONSULT] = MSG_STATE_CONSULT,
		[SEAT_CONF] = MSG_STATE_CONF, [SEAT_WRAP] = MSG_STATE_WRAP };
	const char *name;

	*out = (struct msg_span_row){ .at_ms = st->at_ms,
		.state = st->state < SEAT_STATE_COUNT ? states[st->state] : 0,
		.for_s = (uint32_t)(st->for_ms / 1000) };
	if (st->state == SEAT_BREAK) {
		name = conf_instance(f->r->conf, "breaks", st->row);
		str_copy(out->what, sizeof(out->what),
			 name ? feed_break_label(f, name) : "");
	} else if (st->state == SEAT_NOT_READY) {
		str_copy(out->what, sizeof(out->what),
			 seat_reason_word(st->reason));
	} else {
		about_call(f, st->uid, st->state == SEAT_WRAP, out->what,
			   sizeof(out->what));
	}
}

static bool day_row(void *arg, const struct perf_stay *st)
{
	struct day *d = arg;
	struct msg_timeline *m = d->m;

	/* The call under way has its customer on the agent's row. */
	if (m->total++ >= m->top && m->rows_count < d->sc->sub.rows &&
	    m->rows_count < ARRAY_LEN(m->rows))
		span_row(d->f, st, &m->rows[m->rows_count++]);
	return true;
}

void feed_timeline(struct feed *f, const struct window *sc, struct now now,
		   struct msg_timeline *m)
{
	struct agent_id agent = { sc->sub.agent };
	struct seat *s = seat_get(floor_seats(f->r->floor), agent);
	struct day d = { f, sc, m };

	if (!s || (*sc->team && !str_eq(sc->team, s->team)))
		return;
	m->agent_count = 1;
	feed_agent_row(f, s, now, &m->agent[0]);
	m->top = sc->sub.top;
	if (perf_stays(f->perf, agent, perf_from_ms(f->perf, PERF_TODAY),
		       INT64_MAX, now, day_row, &d))
		m->rows_count = 0;
}

/* ---- the SIP of a call ------------------------------------------------------------- */

static bool trace_row(void *arg, const struct dial_trace_row *r)
{
	struct msg_trace *m = arg;
	struct msg_trace_row *out;

	if (m->total++ < m->top || m->rows_count == ARRAY_LEN(m->rows))
		return true;
	out = &m->rows[m->rows_count++];
	*out = (struct msg_trace_row){ .at_ms = r->at_ms, .out = r->out };
	str_copy(out->line, sizeof(out->line), r->line);
	str_copy(out->peer, sizeof(out->peer), r->peer);
	str_copy(out->more, sizeof(out->more), r->more);
	return true;
}

/* Of a call that is up, or the newest of a trunk; a team's supervisor sees
 * the calls of his team's agents. */
void feed_trace(struct feed *f, const struct window *sc, struct now now,
		struct msg_trace *m)
{
	struct call *c = call_get(floor_calls(f->r->floor),
				  (struct call_id){ sc->sub.call });
	struct seat *s = c ? seat_get(floor_seats(f->r->floor), c->agent)
			   : NULL;
	struct dial_trunk_stat t;
	unsigned trunk = c && c->trunk.v ? c->trunk.v - 1
			 : sc->sub.trunk ? sc->sub.trunk - 1 : 0;
	char id[TRACE_ID];

	if (*sc->team && (!s || !str_eq(s->team, sc->team)))
		return;
	if (sc->sub.call ? !c || !dial_trace_of_call(f->r->dial, c->id, id)
			 : !dial_trace_newest(f->r->dial, trunk, id))
		return;
	m->call = c ? c->id.v : 0;
	m->trunk = trunk + 1;
	m->top = sc->sub.top;
	str_copy(m->sip_id, sizeof(m->sip_id), id);
	if (c)
		str_mask_number(m->number, sizeof(m->number), c->number);
	if (!dial_trunk_stat(f->r->dial, trunk, now, &t))
		str_copy(m->trunk_name, sizeof(m->trunk_name), t.name);
	dial_trace_each(f->r->dial, id, trace_row, m);
}
