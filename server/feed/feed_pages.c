/* feed_pages -- the lists: matched, sorted, cut to what is on the screen. */
#include "feed_priv.h"

#include "base/str.h"
#include "desk/desk.h"

#include <stdlib.h>
#include <string.h>

/* A page is about 50 KB: not on the stack, one at a time. */
static union msg_any *page_new(void)
{
	return calloc(1, sizeof(union msg_any));
}

static bool contains(const char *text, const char *find)
{
	return !*find || strcasestr(text, find);
}

/* ---- agents ----------------------------------------------------------------- */

static bool agent_matches(const struct screen *sc, const struct seat *s,
			  enum msg_state st)
{
	char id[16];

	if ((sc->sub.states && !(sc->sub.states & 1u << st)) ||
	    (sc->sub.campaign && seat_campaign(s).v != sc->sub.campaign))
		return false;
	if (contains(s->name, sc->sub.find))
		return true;
	str_fmt(id, sizeof(id), "%u", s->agent.v);
	return contains(id, sc->sub.find);
}

static void page_agents(struct feed *f, const struct screen *sc,
			struct now now, struct msg_agents *m)
{
	struct seats *seats = floor_seats(f->r->floor);
	uint32_t counts[MSG_STATE_COUNT] = { 0 };
	size_t n = 0;

	for (struct seat *s = seat_each(seats, NULL); s;
	     s = seat_each(seats, s)) {
		enum msg_state st = desk_state(s, NULL);

		if (st == MSG_STATE_OFFLINE ||
		    (*sc->team && !str_eq(sc->team, s->team)))
			continue;
		m->total++;
		counts[st]++;
		if (agent_matches(sc, s, st) && n < f->order_max)
			feed_rank(f, &sc->sub, s, now, &f->order[n++]);
	}
	for (int st = 1; st < MSG_STATE_COUNT; st++)
		if (counts[st])
			m->states[m->states_count++] =
				(struct msg_state_count){ (uint8_t)st,
							  counts[st] };
	m->shown = (uint32_t)n;
	m->top = MIN(sc->sub.top, m->shown);
	feed_window(f->order, n, m->top,
		    MIN(sc->sub.rows, ARRAY_LEN(m->rows)), sc->sub.reverse);
	for (size_t i = m->top; i < n && m->rows_count < sc->sub.rows &&
				m->rows_count < ARRAY_LEN(m->rows); i++)
		feed_agent_row(f, f->order[i].seat, now,
			       &m->rows[m->rows_count++]);
}

/* ---- calls ------------------------------------------------------------------- */

static enum msg_phase phase_of(enum call_state s)
{
	switch (s) {
	case CALL_RING:		return MSG_PHASE_RING;
	case CALL_HEAR:		return MSG_PHASE_HEAR;
	case CALL_WAIT:
	case CALL_MESSAGE:	return MSG_PHASE_WAIT;
	case CALL_TALK:
	case CALL_ASIDE:
	case CALL_CONF:
	case CALL_OUTSIDE:
	case CALL_GUEST:	return MSG_PHASE_TALK;
	case CALL_ASK:
	case CALL_SEND:
	case CALL_CONSULT:
	case CALL_HOLD:
	case CALL_ORPHAN:	return MSG_PHASE_HOLD;
	case CALL_WRAP:
	case CALL_CLOSE:	return MSG_PHASE_WRAP;
	default:		return MSG_PHASE_DIAL;
	}
}

static void call_row(struct feed *f, const struct call *c, struct now now,
		     struct msg_call_row *r)
{
	struct seat *s = seat_get(floor_seats(f->r->floor), c->agent);
	struct dial_trunk_stat t;
	struct campaign_view v;

	*r = (struct msg_call_row){
		.call = c->id.v, .phase = (uint8_t)phase_of(c->state),
		.in_phase_s = (uint32_t)((now.mono_ms - c->since_ms) / 1000),
		.agent = c->agent.v,
		.wait_ms = c->join_ms ? (uint32_t)(c->join_ms - c->answer_ms)
				      : 0,
		.total_s = (uint32_t)((now.wall_ms - c->start_ms) / 1000) };
	str_mask_number(r->number, sizeof(r->number), c->number);
	if (s)
		str_copy(r->name, sizeof(r->name), s->name);
	if (!floor_campaign_view(f->r->floor, c->campaign, now, &v)) {
		str_copy(r->campaign, sizeof(r->campaign), v.conf->name);
		r->over = c->state == CALL_WAIT &&
			  now.mono_ms - c->since_ms > v.conf->connect_ms / 2;
	}
	if (c->trunk.v && !dial_trunk_stat(f->r->dial, c->trunk.v - 1, now,
					   &t))
		str_copy(r->trunk, sizeof(r->trunk), t.name);
}

/* qsort_r's argument carries what the order depends on. */
struct list_order {
	struct now now;
	enum msg_sort sort;
	bool reverse;
};

/* Of those who wait for somebody the one who waits longest, then those on
 * hold, then the rest by how long they are in their phase. */
static int64_t call_key(const struct list_order *o, const struct call *c)
{
	int64_t age = o->now.mono_ms - c->since_ms;
	enum msg_phase p = phase_of(c->state);

	switch (o->sort) {
	case MSG_SORT_ATTENTION:
		return -((p == MSG_PHASE_WAIT ? INT64_C(2) << 50
			  : p == MSG_PHASE_HOLD ? INT64_C(1) << 50 : 0) + age);
	case MSG_SORT_TIME:	return -age;
	case MSG_SORT_STATE:	return p;
	case MSG_SORT_CAMPAIGN:	return c->campaign.v;
	case MSG_SORT_NAME:	return c->agent.v;
	default:		return (int64_t)c->uid;
	}
}

static int call_order(const void *a, const void *b, void *arg)
{
	const struct list_order *o = arg;
	const struct call *x = *(const struct call *const *)a;
	const struct call *y = *(const struct call *const *)b;
	int64_t kx = call_key(o, x), ky = call_key(o, y);
	int r = kx < ky ? -1 : kx > ky;

	if (!r)
		r = x->uid < y->uid ? -1 : x->uid > y->uid;
	return o->reverse ? -r : r;
}

static bool call_matches(const struct screen *sc, const struct call *c,
			 const struct seat *s)
{
	char masked[24];

	/* As shown: a search must not guess the digits hidden. */
	str_mask_number(masked, sizeof(masked), c->number);
	return (contains(masked, sc->sub.find) ||
		(s && contains(s->name, sc->sub.find))) &&
	       (!sc->sub.campaign || c->campaign.v == sc->sub.campaign);
}

static void page_calls(struct feed *f, const struct screen *sc,
		       struct now now, struct msg_calls *m)
{
	struct call_pool *calls = floor_calls(f->r->floor);
	struct list_order o = { now, (enum msg_sort)sc->sub.sort,
				sc->sub.reverse };
	size_t max = call_count(calls), n = 0;
	struct call **list = calloc(max + 1, sizeof(struct call *));

	for (struct call *c = list ? call_each(calls, NULL) : NULL; c;
	     c = call_each(calls, c)) {
		struct seat *s = seat_get(floor_seats(f->r->floor), c->agent);

		if (*sc->team && (!s || !str_eq(s->team, sc->team)))
			continue;
		m->total++;
		if (n < max && call_matches(sc, c, s))
			list[n++] = c;
	}
	if (n)
		qsort_r(list, n, sizeof(list[0]), call_order, &o);
	m->shown = (uint32_t)n;
	m->top = MIN(sc->sub.top, m->shown);
	for (size_t i = m->top; i < n && m->rows_count < sc->sub.rows &&
				m->rows_count < ARRAY_LEN(m->rows); i++)
		call_row(f, list[i], now, &m->rows[m->rows_count++]);
	free(list);
}

/* ---- campaigns, trunks, alerts --------------------------------------------------- */

static int campaign_order(const void *a, const void *b, void *arg)
{
	const struct list_order *o = arg;
	const struct msg_campaign_row *x = a, *y = b;
	int r = 0;

	if (o->sort == MSG_SORT_NAME)
		r = strcmp(x->name, y->name);
	else if (o->sort == MSG_SORT_ATTENTION)
		r = (int)y->judge - (int)x->judge;
	if (!r && o->sort == MSG_SORT_ATTENTION)
		r = x->agents > y->agents ? -1 : x->agents < y->agents;
	if (!r)
		r = x->id < y->id ? -1 : x->id > y->id;
	return o->reverse ? -r : r;
}

static void page_campaigns(struct feed *f, const struct screen *sc,
			   struct now now, struct msg_campaigns *m)
{
	struct list_order o = { now, (enum msg_sort)sc->sub.sort,
				sc->sub.reverse };
	struct msg_campaign_row *list;
	struct campaign_id id;
	size_t max = 0, n = 0;

	while (floor_campaign_at(f->r->floor, max, &id))
		max++;
	list = calloc(max + 1, sizeof(*list));
	for (size_t i = 0; list && i < max &&
			   floor_campaign_at(f->r->floor, i, &id); i++) {
		feed_campaign_row(f, id, now, &list[n]);
		n += contains(list[n].name, sc->sub.find);
	}
	if (n)
		qsort_r(list, n, sizeof(*list), campaign_order, &o);
	m->total = (uint32_t)n;
	m->top = MIN(sc->sub.top, m->total);
	for (size_t i = m->top; i < n && m->rows_count < sc->sub.rows &&
				m->rows_count < ARRAY_LEN(m->rows); i++)
		m->rows[m->rows_count++] = list[i];
	free(list);
}

static void page_trunks(struct feed *f, const struct screen *sc,
			struct now now, struct msg_trunks *m)
{
	m->total = dial_trunk_count(f->r->dial);
	m->top = sc->sub.top;
	for (unsigned i = sc->sub.top; i < m->total &&
				       m->rows_count < ARRAY_LEN(m->rows);
	     i++)
		if (!feed_trunk_row(f, i, now, &m->rows[m->rows_count]))
			m->rows_count++;
}

/* Final answers put together as the page shows them (UX S5). */
static void trunk_answers(const struct dial_trunk_stat *t,
			  struct msg_trunk *m)
{
	static const struct {
		const char *codes, *label;
		uint16_t of[6];
	} groups[] = {
		{ "200", "answered", { 200 } },
		{ "486/600", "busy", { 486, 600 } },
		{ "480/408", "no answer", { 480, 408 } },
		{ "487", "we gave up", { 487 } },
		{ "404/410/484/604", "wrong number", { 404, 410, 484, 604 } },
		{ "603/607/608", "refused / blocked", { 603, 607, 608 } },
		{ "503", "no channel", { 503 } },
		{ "500/502/504", "trunk failed", { 500, 502, 504 } },
	};
	uint64_t sum = 0;

	for (unsigned i = 0; i < t->code_count; i++)
		sum += t->codes[i].count;
	for (size_t g = 0; sum && g < ARRAY_LEN(groups); g++) {
		struct msg_sip_row *r = &m->answers[m->answers_count++];
		uint64_t n = 0;

		for (unsigned i = 0; i < t->code_count; i++)
			for (size_t k = 0; k < ARRAY_LEN(groups[g].of); k++)
				if (t->codes[i].code == groups[g].of[k] &&
				    groups[g].of[k])
					n += t->codes[i].count;
		str_copy(r->codes, sizeof(r->codes), groups[g].codes);
		str_copy(r->label, sizeof(r->label), groups[g].label);
		r->share = (uint32_t)(n * 10000 / sum);
	}
}

static void page_trunk(struct feed *f, const struct screen *sc,
		       struct now now, struct msg_trunk *m)
{
	struct dial_trunk_stat t;
	unsigned index = sc->sub.trunk ? sc->sub.trunk - 1 : 0;

	if (feed_trunk_row(f, index, now, &m->trunk[0]) ||
	    dial_trunk_stat(f->r->dial, index, now, &t))
		return;
	m->trunk_count = 1;
	trunk_answers(&t, m);
	m->used_len = 60;
	memcpy(m->used, f->trunk_used[index], 60);
	for (unsigned i = 0; i < t.caller_count &&
			     m->callers_count < ARRAY_LEN(m->callers); i++) {
		struct msg_caller_row *r = &m->callers[m->callers_count++];

		str_copy(r->number, sizeof(r->number), t.callers[i].number);
		r->calls = t.callers[i].calls;
		r->answer = tally_share(t.callers[i].answers,
					t.callers[i].calls);
		r->resting = t.callers[i].resting;
	}
}

/* Open ones first, as `n` goes through them; then the rest, newest first. */
static void page_alerts(struct feed *f, const struct screen *sc,
			struct msg_alerts *m)
{
	for (int pass = 0; pass < 2; pass++) {
		struct msg_alert_row row;

		for (size_t i = 0; feed_alert_at(f, i, sc->zh, &row); i++)
			if (!row.cleared_ms == !pass &&
			    m->total++ >= sc->sub.top &&
			    m->rows_count < sc->sub.rows &&
			    m->rows_count < ARRAY_LEN(m->rows))
				m->rows[m->rows_count++] = row;
	}
	m->top = sc->sub.top;
}

static void page_report(struct feed *f, const struct screen *sc,
			struct now now, struct msg_report *m)
{
	const struct feed_query q = {
		.team = sc->team, .find = sc->sub.find,
		.period = (enum msg_period)sc->sub.period,
		.by = (enum msg_grouping)sc->sub.by,
		.sort = (enum msg_sort)sc->sub.sort,
		.reverse = sc->sub.reverse, .campaign = sc->sub.campaign,
		.top = sc->sub.top, .rows = sc->sub.rows };

	if (feed_report(f, &q, now, m))
		memset(m, 0, sizeof(*m));
}

/* To every screen that shows the same. */
static void publish(struct feed *f, const struct screen *sc,
		    enum msg_type type, const void *obj)
{
	uint64_t to[SCREENS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < SCREENS_MAX; i++)
		if (f->screens[i].session && f->screens[i].like == sc)
			to[n++] = f->screens[i].session;
	f->send(f->arg, to, n, type, obj);
}

void feed_page(struct feed *f, const struct screen *sc, struct now now)
{
	union msg_any *m = page_new();
	struct msg_head head;
	enum msg_type type;

	if (!m)
		return;
	f->zh = sc->zh;
	feed_head(f, sc->zh, now, &head);
	publish(f, sc, MSG_HEAD, &head);
	switch (sc->sub.view) {
	case MSG_VIEW_PACING:
		f->pacing(f->arg, sc->session,
			  (struct campaign_id){ sc->sub.campaign });
		f->zh = false;
		free(m);
		return;
	case MSG_VIEW_AGENTS:
		page_agents(f, sc, now, &m->agents);
		type = MSG_AGENTS;
		break;
	case MSG_VIEW_CAMPAIGNS:
		page_campaigns(f, sc, now, &m->campaigns);
		type = MSG_CAMPAIGNS;
		break;
	case MSG_VIEW_TRUNKS:
		page_trunks(f, sc, now, &m->trunks);
		type = MSG_TRUNKS;
		break;
	case MSG_VIEW_TRUNK:
		page_trunk(f, sc, now, &m->trunk);
		type = MSG_TRUNK;
		break;
	case MSG_VIEW_CALLS:
		page_calls(f, sc, now, &m->calls);
		type = MSG_CALLS;
		break;
	case MSG_VIEW_ALERTS:
		page_alerts(f, sc, &m->alerts);
		type = MSG_ALERTS;
		break;
	case MSG_VIEW_TIMELINE:
		feed_timeline(f, sc, now, &m->timeline);
		type = MSG_TIMELINE;
		break;
	case MSG_VIEW_TRACE:
		feed_trace(f, sc, now, &m->trace);
		type = MSG_TRACE;
		break;
	case MSG_VIEW_REPORT:
	case MSG_VIEW_BREAKS:
		page_report(f, sc, now, &m->report);
		type = MSG_REPORT;
		break;
	default:
		feed_floor(f, sc->team, sc->zh, now, &m->floor);
		type = MSG_FLOOR;
		break;
	}
	publish(f, sc, type, m);
	/* Below the list stands the trunk under the cursor. */
	if (sc->sub.view == MSG_VIEW_TRUNKS && sc->sub.trunk) {
		memset(&m->trunk, 0, sizeof(m->trunk));
		page_trunk(f, sc, now, &m->trunk);
		publish(f, sc, MSG_TRUNK, &m->trunk);
	}
	f->zh = false;
	free(m);
}
