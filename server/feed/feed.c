#include "feed_priv.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

enum { EVERY_MS = 1000, WATCH_MS = 1000, PACING_MS = 10000,
       REPORT_MS = 5000, CLOCK_SET_MS = 1000,
       BYTES_S = 1400, STEP_MS = 250, SEATS_TURN = 512 };

/* Whole numbers are one person's right, and a pacing page is its own. */
static bool may_share(const struct msg_subscribe *sub)
{
	return !sub->whole && sub->view != MSG_VIEW_PACING;
}

static struct window *window_for(struct feed *f, const char *team, bool zh,
				 const struct msg_subscribe *sub)
{
	struct window *room = NULL;

	for (size_t i = 0; i < SCREENS_MAX; i++) {
		struct window *w = &f->windows[i];

		if (!w->screens)
			room = room ? room : w;
		else if (may_share(sub) && may_share(&w->sub) &&
			 str_eq(w->team, team) && w->zh == zh &&
			 !memcmp(&w->sub, sub, sizeof(*sub)))
			return w;
	}
	return room;
}

static void leave(struct screen *s)
{
	struct window *w = s->window;

	s->window = NULL;
	if (!w || --w->screens)
		return;
	for (size_t i = 0; i < SENT_COUNT; i++)
		msg_keep_drop(&w->sent[i]);
	memset(w, 0, sizeof(*w));
}

/* The two clocks drift by milliseconds: rows must not change with that. */
static void keep_offset(struct feed *f, struct now now)
{
	int64_t off = now.wall_ms - now.mono_ms;

	if (off - f->wall_off_ms > CLOCK_SET_MS ||
	    f->wall_off_ms - off > CLOCK_SET_MS)
		f->wall_off_ms = off;
}

enum err feed_new(struct live *live, struct tally *tally,
		  struct perf *perf, feed_send_h *send, feed_pacing_h *pacing, void *arg, struct feed **out)
{
	struct feed *f = calloc(1, sizeof(*f));
	size_t seats;

	if (!f)
		return ERR_MEMORY;
	f->live = live;
	f->r = live_rooms(live);
	f->tally = tally;
	f->perf = perf;
	f->send = send;
	f->pacing = pacing;
	f->arg = arg;
	keep_offset(f, clock_now(f->r->clock));
	seats = (size_t)conf_int(f->r->conf, "server", NULL, "agents_max");
	f->order_max = MAX(seats, call_count_max(floor_calls(f->r->floor)));
	f->order = calloc(f->order_max, sizeof(*f->order));
	f->waited = calloc(seats, sizeof(*f->waited));
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
		for (size_t i = 0; i < SCREENS_MAX; i++)
			leave(&f->screens[i]);
		free(f->order);
		free(f->lines);
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

/* There are as many windows as screens: one is always free. */
static void look(struct feed *f, struct screen *s, const char *team, bool zh,
		 const struct msg_subscribe *sub)
{
	struct window *w;

	leave(s);
	w = window_for(f, team, zh, sub);
	if (!w->screens++) {
		w->session = s->session;
		w->zh = zh;
		w->sub = *sub;
		str_copy(w->team, sizeof(w->team), team);
	}
	w->due_ms = 0;		/* a new view is shown at once */
	s->window = w;
	s->fresh = true;
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
	look(f, s, team, !strncmp(sub->lang, "zh", 2), sub);
	return ERR_OK;
}

void feed_team(struct feed *f, uint64_t session, const char *team)
{
	struct screen *s = session ? screen_of(f, session) : NULL;

	if (s) {
		struct msg_subscribe sub = s->window->sub;

		look(f, s, team, s->window->zh, &sub);
	}
}

void feed_gone(struct feed *f, uint64_t session)
{
	struct screen *s = session ? screen_of(f, session) : NULL;

	if (s) {
		leave(s);
		memset(s, 0, sizeof(*s));
	}
}

bool feed_is_zh(const struct feed *f, uint64_t session)
{
	for (size_t i = 0; session && i < SCREENS_MAX; i++)
		if (f->screens[i].session == session)
			return f->screens[i].window->zh;
	return false;
}

int64_t feed_since(const struct feed *f, int64_t mono_ms)
{
	return mono_ms + f->wall_off_ms;
}

/* How long agents waited for a call, since the last look. */
static void count_waits(struct feed *f, const struct seat *s, struct now now)
{
	struct waited *was = &f->waited[s->slot];

	if (s->today.waits < was->n)
		was->ms = was->n = 0;	/* a new day */
	if (s->today.waits > was->n)
		tally_wait(f->tally, seat_campaign(s),
			   s->today.wait_ms - was->ms,
			   s->today.waits - was->n, now);
	was->ms = s->today.wait_ms;
	was->n = s->today.waits;
}

/* An agent's time since the last look, for occupancy. */
static void count_agent(struct feed *f, const struct seat *s, struct now now)
{
	struct waited *w = &f->waited[s->slot];
	int64_t ms = w->seen_ms ? now.mono_ms - w->seen_ms : 0;
	bool busy = s->state == SEAT_TALK || s->state == SEAT_HOLD ||
		    s->state == SEAT_WRAP || s->state == SEAT_CONSULT ||
		    s->state == SEAT_CONF;
	bool ready = s->state == SEAT_READY || s->state == SEAT_RESERVED;

	w->seen_ms = now.mono_ms;
	count_waits(f, s, now);
	if (busy || ready)
		tally_agents(f->tally, seat_campaign(s), busy ? ms : 0,
			     ready ? ms : 0, 0, now);
}

/* All seats are looked at once a second: of many a slice a turn. */
static void watch_seats(struct feed *f, struct now now)
{
	struct seats *seats = floor_seats(f->r->floor);

	if (!f->seat_at && now.mono_ms - f->seats_ms < WATCH_MS)
		return;
	if (!f->seat_at)
		f->seats_ms = now.mono_ms;
	for (size_t n = 0; n < SEATS_TURN; n++) {
		const struct seat *s = seat_at(seats, f->seat_at++);

		if (!s) {
			f->seat_at = 0;
			return;
		}
		count_agent(f, s, now);
		feed_watch_seat(f, s, now);
	}
}

/* So are campaigns. */
static void watch_campaigns(struct feed *f, struct now now)
{
	if (!f->campaign_at && now.mono_ms - f->campaigns_ms < WATCH_MS)
		return;
	if (!f->campaign_at)
		f->campaigns_ms = now.mono_ms;
	feed_watch_campaigns(f, now);
}

static void count_waiting(struct feed *f, struct now now)
{
	for (size_t i = 0;; i++) {
		struct campaign_id id;
		struct campaign_view v;

		if (!floor_campaign_at(f->r->floor, i, &id))
			break;
		if (!floor_campaign_view(f->r->floor, id, now, &v))
			tally_agents(f->tally, id, 0, 0, v.waiting, now);
	}
}

/*
 * Seconds of all windows fall together.  A list of which nearly all is new
 * each second (the newest first, on a large floor) comes a little less often
 * instead of costing more than a slow line has.
 */
static int64_t next_due(const struct window *w, struct now now)
{
	int64_t every = w->sub.every_ms ? MAX(w->sub.every_ms, 250) : EVERY_MS;

	if (w->sub.view == MSG_VIEW_PACING)
		every = PACING_MS;
	if (w->sub.view == MSG_VIEW_REPORT || w->sub.view == MSG_VIEW_BREAKS)
		every = REPORT_MS;
	int64_t fair = BYTES_S * every / 1000;

	if (w->bytes > fair)
		return (now.mono_ms + every * w->bytes / fair + STEP_MS - 1) /
		       STEP_MS * STEP_MS;
	return (now.mono_ms / every + 1) * every;
}

void feed_tick(struct feed *f, struct now now)
{
	keep_offset(f, now);
	watch_seats(f, now);
	watch_campaigns(f, now);
	if (now.mono_ms - f->watched_ms >= WATCH_MS) {
		f->watched_ms = now.mono_ms;
		count_waiting(f, now);
		feed_trunk_history(f, now);
		feed_watch(f, now);
	}
	/* Each is due as often as it asks; a new one at once. */
	for (size_t i = 0; i < SCREENS_MAX; i++) {
		struct window *w = &f->windows[i];

		if (!w->screens || w->due_ms > now.mono_ms)
			continue;
		w->bytes = 0;
		feed_page(f, w, now);
		w->due_ms = next_due(w, now);
	}
}
