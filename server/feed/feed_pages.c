/* feed_pages -- the lists: matched, sorted, cut to what is on the screen. */
#include "feed_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "desk/desk.h"

#include <stdlib.h>
#include <string.h>

enum { TIME_MS = 10000 };

/* A page is about 64 KB: not on the stack, one at a time. */
static union msg_any *page_new(void)
{
	return calloc(1, sizeof(union msg_any));
}

static bool contains(const char *text, const char *find)
{
	return !*find || strcasestr(text, find);
}

/* ---- agents ----------------------------------------------------------------- */

static bool agent_matches(const struct window *sc, const struct seat *s,
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

static void page_agents(struct feed *f, const struct window *sc,
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
		feed_agent_row(f, f->order[i].row, now,
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
		.since_ms = feed_since(f, c->since_ms),
		.agent = c->agent.v,
		.wait_ms = c->join_ms ? (uint32_t)(c->join_ms - c->answer_ms)
				      : 0,
		.start_ms = c->start_ms };
	str_mask_number(r->number, sizeof(r->number), c->number);
	if (s)
		str_copy(r->name, sizeof(r->name), s->name);
	if (!floor_campaign_view(f->r->floor, c->campaign, now, &v)) {
		str_copy(r->campaign, sizeof(r->campaign),
			 feed_campaign_label(f, v.conf->name));
		r->over = c->state == CALL_WAIT &&
			  now.mono_ms - c->since_ms > v.conf->connect_ms / 2;
	}
	if (c->trunk.v && !dial_trunk_stat(f->r->dial, c->trunk.v - 1, now,
					   &t))
		str_copy(r->trunk, sizeof(r->trunk), t.name);
}

static bool call_matches(const struct window *sc, const struct call *c,
			 const struct seat *s)
{
	char masked[24];

	if (sc->sub.campaign && c->campaign.v != sc->sub.campaign)
		return false;
	if (!*sc->sub.find)
		return true;
	/* As shown: a search must not guess the digits hidden. */
	str_mask_number(masked, sizeof(masked), c->number);
	return contains(masked, sc->sub.find) ||
	       (s && contains(s->name, sc->sub.find));
}

static void page_calls(struct feed *f, const struct window *sc,
		       struct now now, struct msg_calls *m)
{
	struct call_pool *calls = floor_calls(f->r->floor);
	size_t n = 0;

	for (struct call *c = call_each(calls, NULL); c;
	     c = call_each(calls, c)) {
		struct seat *s = seat_get(floor_seats(f->r->floor), c->agent);

		if (*sc->team && (!s || !str_eq(s->team, sc->team)))
			continue;
		m->total++;
		if (n < f->order_max && call_matches(sc, c, s))
			feed_rank_call(&sc->sub, c, phase_of(c->state), now,
				       &f->order[n++]);
	}
	m->shown = (uint32_t)n;
	m->top = MIN(sc->sub.top, m->shown);
	feed_window(f->order, n, m->top,
		    MIN(sc->sub.rows, ARRAY_LEN(m->rows)), sc->sub.reverse);
	for (size_t i = m->top; i < n && m->rows_count < sc->sub.rows &&
				m->rows_count < ARRAY_LEN(m->rows); i++)
		call_row(f, f->order[i].row, now, &m->rows[m->rows_count++]);
}

/* ---- campaigns, trunks, alerts --------------------------------------------------- */

/* qsort_r's argument carries what the order depends on. */
struct list_order {
	enum msg_sort sort;
	bool reverse;
};

static int campaign_order(const void *a, const void *b, void *arg)
{
	const struct list_order *o = arg;
	const struct msg_campaign_row *x = a, *y = b;
	int r = 0;

	if (o->sort == MSG_SORT_NAME)
		r = strcmp(x->name, y->name);
	else if (o->sort == MSG_SORT_ATTENTION)
		r = (y->judge == MSG_JUDGE_FEW ? 0 : (int)y->judge) -
		    (x->judge == MSG_JUDGE_FEW ? 0 : (int)x->judge);
	if (!r && o->sort == MSG_SORT_ATTENTION)
		r = x->agents > y->agents ? -1 : x->agents < y->agents;
	if (!r)
		r = x->id < y->id ? -1 : x->id > y->id;
	return o->reverse ? -r : r;
}

static void page_campaigns(struct feed *f, const struct window *sc,
			   struct now now, struct msg_campaigns *m)
{
	struct list_order o = { (enum msg_sort)sc->sub.sort, sc->sub.reverse };
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

static void page_trunks(struct feed *f, const struct window *sc,
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

/* Open ones first, as `n` goes through them; then the rest, newest first. */
static void page_alerts(struct feed *f, const struct window *sc,
			struct msg_alerts *m)
{
	for (int pass = 0; pass < 2; pass++) {
		struct msg_alert_row row;

		for (size_t i = 0; feed_alert_at(f, i, sc->zh, &row); i++)
			if (!row.cleared_ms == !pass &&
			    feed_team_sees(f, sc->team, &row) &&
			    m->total++ >= sc->sub.top &&
			    m->rows_count < sc->sub.rows &&
			    m->rows_count < ARRAY_LEN(m->rows))
				m->rows[m->rows_count++] = row;
	}
	m->top = sc->sub.top;
}

static void page_report(struct feed *f, const struct window *sc,
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

/* To those screens of the window that have nothing of it yet, or to those
 * that have what came before. */
static void send_to(struct feed *f, const struct window *w, bool fresh)
{
	uint64_t to[SCREENS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < SCREENS_MAX; i++)
		if (f->screens[i].window == w && f->screens[i].fresh == fresh)
			to[n++] = f->screens[i].session;
	if (n)
		f->send(f->arg, to, n, MSG_CHANGES, &f->out);
}

static bool any_fresh(const struct feed *f, const struct window *w)
{
	for (size_t i = 0; i < SCREENS_MAX; i++)
		if (f->screens[i].window == w && f->screens[i].fresh)
			return true;
	return false;
}

/* What changed goes out packed once; all of it to a screen that is new. */
static void publish(struct feed *f, struct window *w, unsigned slot,
		    enum msg_type type, const void *page)
{
	struct msg_kept *k = &w->sent[slot];
	bool was = k->page;
	enum err e;

	if (!++f->seq)
		f->seq++;
	e = msg_keep_next(k, type, page, f->seq, &f->out);
	if (!e && !msg_keep_none(&f->out)) {
		send_to(f, w, false);
		w->bytes += was ? f->out.diff_len : 0;
	}
	if (!e && any_fresh(f, w)) {
		e = msg_keep_whole(k, &f->out);
		if (!e)
			send_to(f, w, true);
	}
	if (e)
		log_err("feed", "page %s not sent: %s", msg_row(type)->name,
			  err_text(e));
}

/* The screens' clocks go by themselves: only now and then is the time told. */
static void publish_head(struct feed *f, struct window *w, struct now now)
{
	const struct msg_head *was = w->sent[SENT_HEAD].page;
	struct msg_head head;

	feed_head(f, w->team, w->zh, now, &head);
	if (was && now.mono_ms - w->clock_ms < TIME_MS && !any_fresh(f, w))
		head.wall_ms = was->wall_ms;
	else
		w->clock_ms = now.mono_ms;
	publish(f, w, SENT_HEAD, MSG_HEAD, &head);
}

static enum msg_type make_page(struct feed *f, const struct window *w,
			       struct now now, union msg_any *m)
{
	switch (w->sub.view) {
	case MSG_VIEW_AGENTS:
		page_agents(f, w, now, &m->agents);
		return MSG_AGENTS;
	case MSG_VIEW_CAMPAIGNS:
		page_campaigns(f, w, now, &m->campaigns);
		return MSG_CAMPAIGNS;
	case MSG_VIEW_TRUNKS:
		page_trunks(f, w, now, &m->trunks);
		return MSG_TRUNKS;
	case MSG_VIEW_TRUNK:
		feed_trunk(f, w, now, &m->trunk);
		return MSG_TRUNK;
	case MSG_VIEW_CALLS:
		page_calls(f, w, now, &m->calls);
		return MSG_CALLS;
	case MSG_VIEW_ALERTS:
		page_alerts(f, w, &m->alerts);
		return MSG_ALERTS;
	case MSG_VIEW_TIMELINE:
		feed_timeline(f, w, now, &m->timeline);
		return MSG_TIMELINE;
	case MSG_VIEW_TRACE:
		feed_trace(f, w, now, &m->trace);
		return MSG_TRACE;
	case MSG_VIEW_REPORT:
	case MSG_VIEW_BREAKS:
		page_report(f, w, now, &m->report);
		return MSG_REPORT;
	default:
		feed_floor(f, w->team, w->zh, now, &m->floor);
		return MSG_FLOOR;
	}
}

void feed_page(struct feed *f, struct window *w, struct now now)
{
	union msg_any *m = page_new();

	if (!m)
		return;
	f->zh = w->zh;
	feed_team_look(f, w->team);
	publish_head(f, w, now);
	if (w->sub.view == MSG_VIEW_PACING)
		f->pacing(f->arg, w->session,
			  (struct campaign_id){ w->sub.campaign });
	else
		publish(f, w, SENT_VIEW, make_page(f, w, now, m), m);
	/* Below the list stands the trunk under the cursor. */
	if (w->sub.view == MSG_VIEW_TRUNKS && w->sub.trunk) {
		memset(&m->trunk, 0, sizeof(m->trunk));
		feed_trunk(f, w, now, &m->trunk);
		publish(f, w, SENT_BELOW, MSG_TRUNK, &m->trunk);
	}
	for (size_t i = 0; i < SCREENS_MAX; i++)
		if (f->screens[i].window == w)
			f->screens[i].fresh = false;
	f->zh = false;
	free(m);
}
