#include "feed_priv.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

enum { EVERY_MS = 1000, WATCH_MS = 1000, PACING_MS = 10000,
       REPORT_MS = 5000 };

enum err feed_new(struct live *live, struct tally *tally,
		  struct perf *perf, feed_send_h *send, feed_pacing_h *pacing, void *arg, struct feed **out)
{
	struct feed *f = calloc(1, sizeof(*f));

	if (!f)
		return ERR_MEMORY;
	f->live = live;
	f->r = live_rooms(live);
	f->tally = tally;
	f->perf = perf;
	f->send = send;
	f->pacing = pacing;
	f->arg = arg;
	f->order_max = (size_t)conf_int(f->r->conf, "server", NULL,
					"agents_max");
	f->order = calloc(f->order_max, sizeof(*f->order));
	f->waited = calloc(f->order_max, sizeof(*f->waited));
	if (!f->order || !f->waited) {
		feed_free(f);
		return ERR_MEMORY;
	}
	enum err e = feed_alerts_load(f, clock_now(f->r->clock));

	if (e) {
		feed_free(f);
		return e;
	}
	*out = f;
	return ERR_OK;
}

struct feed *feed_free(struct feed *f)
{
	if (f) {
		free(f->order);
		free(f->waited);
	}
	free(f);
	return NULL;
}

static struct screen *screen_of(struct feed *f, uint64_t session)
{
	for (size_t i = 0; i < SCREENS_MAX; i++)
		if (f->screens[i].session == session)
			return &f->screens[i];
	return NULL;
}

enum err feed_subscribe(struct feed *f, uint64_t session, const char *team,
			const struct msg_subscribe *sub)
{
	struct screen *s = screen_of(f, session);

	if (!s)
		s = screen_of(f, 0);
	if (!s)
		return ERR_FULL;
	s->session = session;
	s->sub = *sub;
	s->zh = !strncmp(sub->lang, "zh", 2);
	s->due_ms = 0;		/* a new view is shown at once */
	str_copy(s->team, sizeof(s->team), team);
	return ERR_OK;
}

void feed_team(struct feed *f, uint64_t session, const char *team)
{
	struct screen *s = session ? screen_of(f, session) : NULL;

	if (!s)
		return;
	str_copy(s->team, sizeof(s->team), team);
	s->due_ms = 0;
}

void feed_gone(struct feed *f, uint64_t session)
{
	struct screen *s = session ? screen_of(f, session) : NULL;

	if (s)
		memset(s, 0, sizeof(*s));
}

bool feed_is_zh(const struct feed *f, uint64_t session)
{
	for (size_t i = 0; session && i < SCREENS_MAX; i++)
		if (f->screens[i].session == session)
			return f->screens[i].zh;
	return false;
}

/* How long agents waited for a call, since the last look. */
static void count_waits(struct feed *f, const struct seat *s, struct now now)
{
	struct waited *was = &f->waited[s->slot];

	if (s->today.waits < was->n)
		*was = (struct waited){ 0 };	/* a new day */
	if (s->today.waits > was->n)
		tally_wait(f->tally, seat_campaign(s),
			   s->today.wait_ms - was->ms,
			   s->today.waits - was->n, now);
	*was = (struct waited){ s->today.wait_ms, s->today.waits };
}

/* Agents' time, summed for occupancy once a second. */
static void count_agents(struct feed *f, struct now now)
{
	struct seats *seats = floor_seats(f->r->floor);
	int64_t ms = f->agents_ms ? now.mono_ms - f->agents_ms : 0;

	f->agents_ms = now.mono_ms;
	for (struct seat *s = seat_each(seats, NULL); s;
	     s = seat_each(seats, s)) {
		bool busy = s->state == SEAT_TALK || s->state == SEAT_HOLD ||
			    s->state == SEAT_WRAP ||
			    s->state == SEAT_CONSULT || s->state == SEAT_CONF;
		bool ready = s->state == SEAT_READY ||
			     s->state == SEAT_RESERVED;

		count_waits(f, s, now);
		if (busy || ready)
			tally_agents(f->tally, seat_campaign(s),
				     busy ? ms : 0, ready ? ms : 0, 0, now);
	}
	for (size_t i = 0;; i++) {
		struct campaign_id id;
		struct campaign_view v;

		if (!floor_campaign_at(f->r->floor, i, &id))
			break;
		if (!floor_campaign_view(f->r->floor, id, now, &v))
			tally_agents(f->tally, id, 0, 0, v.waiting, now);
	}
}

/* Seconds of all screens fall together, so that equal ones share a page. */
static int64_t next_due(const struct screen *s, struct now now)
{
	int64_t every = s->sub.every_ms ? MAX(s->sub.every_ms, 250) : EVERY_MS;

	if (s->sub.view == MSG_VIEW_PACING)
		every = PACING_MS;
	if (s->sub.view == MSG_VIEW_REPORT || s->sub.view == MSG_VIEW_BREAKS)
		every = REPORT_MS;
	return (now.mono_ms / every + 1) * every;
}

/* Whole numbers are one person's right: such a page is never shared. */
static bool is_like(const struct screen *a, const struct screen *b)
{
	return !a->sub.whole && str_eq(a->team, b->team) && a->zh == b->zh &&
	       !memcmp(&a->sub, &b->sub, sizeof(a->sub));
}

/* Each is due as often as it asks; the first page of a view comes at once. */
static void mark_due(struct feed *f, struct now now)
{
	for (size_t i = 0; i < SCREENS_MAX; i++) {
		struct screen *s = &f->screens[i];

		s->like = NULL;
		if (!s->session || s->due_ms > now.mono_ms)
			continue;
		s->due_ms = next_due(s, now);
		s->like = s;
		for (size_t k = 0; k < i && s->like == s; k++)
			if (f->screens[k].like == &f->screens[k] &&
			    s->sub.view != MSG_VIEW_PACING &&
			    is_like(s, &f->screens[k]))
				s->like = &f->screens[k];
	}
}

void feed_tick(struct feed *f, struct now now)
{
	if (now.mono_ms - f->watched_ms >= WATCH_MS) {
		f->watched_ms = now.mono_ms;
		count_agents(f, now);
		feed_trunk_history(f, now);
		feed_watch(f, now);
	}
	mark_due(f, now);
	for (size_t i = 0; i < SCREENS_MAX; i++)
		if (f->screens[i].like == &f->screens[i])
			feed_page(f, &f->screens[i], now);
}
