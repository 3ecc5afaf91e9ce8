/*
 * clerk_watch -- the moves of calls, as they happen, for whoever looks on.
 *
 * The flow tells of a move by one call into a ring of the watcher's own: no
 * text is made there.  The watcher's job makes lines of it, a few at a time.
 * Who reads too slowly loses lines, and is told how many; the floor never
 * waits for him.
 */
#include "clerk_priv.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

enum {
	WATCHES_MAX = JOBS_MAX / 2,	/* the others are for commands       */
	MOVES_KEPT = 2048,		/* of one watcher, until told        */
};

struct move {
	int64_t at_ms, ms;
	uint64_t uid;
	struct campaign_id campaign;
	struct agent_id agent;
	struct trunk_id trunk;
	enum call_state from, to;
	enum call_event ev;
	enum call_result result;
	char number[20];
};

struct watch {
	struct watch *next;
	struct clerk *c;
	struct campaign_id campaign;	/* 0 = all                           */
	bool whole;
	size_t at, len;
	uint64_t lost;
	struct move moves[MOVES_KEPT];
};

static void on_move(void *arg, const struct call *c, enum call_state from,
		    enum call_event ev, int64_t ms, struct now now)
{
	struct clerk *clerk = arg;

	for (struct watch *w = clerk->watches; w; w = w->next) {
		if (w->campaign.v && w->campaign.v != c->campaign.v)
			continue;
		/* Until he is told, the gap stays one: told in its place. */
		if (w->len == MOVES_KEPT || w->lost) {
			w->lost++;
			continue;
		}
		struct move *m = &w->moves[(w->at + w->len++) % MOVES_KEPT];

		*m = (struct move){
			.at_ms = now.wall_ms, .ms = ms, .uid = c->uid,
			.campaign = c->campaign, .agent = c->agent,
			.trunk = c->trunk, .from = from, .to = c->state,
			.ev = ev, .result = c->result };
		str_copy(m->number, sizeof(m->number), c->number);
	}
}

static void drop_watch(struct job *j)
{
	struct watch *w = j->state;
	struct clerk *c = j->c;

	for (struct watch **at = &c->watches; *at; at = &(*at)->next) {
		if (*at != w)
			continue;
		*at = w->next;
		break;
	}
	if (!c->watches)
		call_on_move(floor_calls(c->r->floor), NULL, NULL);
	free(w);
	j->state = NULL;
}

static json_t *move_json(const struct watch *w, const struct move *m,
			 struct now now)
{
	const struct live_rooms *r = w->c->r;
	const struct campaign_conf *k = floor_campaign_conf(r->floor,
							    m->campaign);
	struct dial_trunk_stat t = { .name = "" };
	char masked[24];

	str_mask_number(masked, sizeof(masked), m->number);
	if (m->trunk.v && dial_trunk_stat(r->dial, m->trunk.v - 1, now, &t))
		*t.name = '\0';
	return json_pack(
		"{s:o, s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:i, s:s, s:s}",
		"at", time_json(m->at_ms), "call", (json_int_t)m->uid,
		"campaign", k ? k->name : "", "number",
		w->whole ? m->number : masked, "was",
		call_state_word(m->from), "event", call_event_word(m->ev),
		"state", call_state_word(m->to), "was_ms", (json_int_t)m->ms,
		"agent", (int)m->agent.v, "trunk", t.name, "result",
		call_result_word(m->result));
}

static bool watch_step(struct job *j, struct now now)
{
	struct watch *w = j->state;

	for (size_t n = 0; w->len && n < ROWS_STEP; n++) {
		say(j, move_json(w, &w->moves[w->at], now));
		w->at = (w->at + 1) % MOVES_KEPT;
		w->len--;
	}
	if (!w->len && w->lost) {
		say(j, json_pack("{s:I}", "lost", (json_int_t)w->lost));
		w->lost = 0;
	}
	j->hurry = w->len != 0;
	return false;
}

static bool watch_start(struct job *j, struct now now)
{
	struct watch *w = j->state;

	/* The first line says that from here on nothing is missed. */
	say(j, json_pack("{s:o, s:b}", "since", time_json(now.wall_ms),
			 "watching", 1));
	w->next = j->c->watches;
	j->c->watches = w;
	call_on_move(floor_calls(j->c->r->floor), on_move, j->c);
	j->step = watch_step;
	return false;
}

bool verb_call_watch(struct job *j, struct now now)
{
	const char *name = word_opt(j, "--campaign");
	struct campaign_id id = { 0 };
	struct watch *w;
	size_t n = 0;
	bool whole;

	if (!may_show_whole(j, &whole))
		return true;
	if (name && floor_campaign_by_name(j->c->r->floor, name, &id))
		return fail(j, EXIT_NOTHING, MSG_NO_ABSENT,
			    "%s: no such campaign", name);
	for (w = j->c->watches; w; w = w->next)
		n++;
	if (n >= WATCHES_MAX)
		return fail(j, EXIT_BUSY, MSG_NO_BUSY,
			    "%zu watch already: try again", n);
	w = calloc(1, sizeof(*w));
	if (!w)
		return fail(j, EXIT_BUSY, MSG_NO_FULL, "out of memory");
	w->c = j->c;
	w->campaign = id;
	w->whole = whole;
	j->state = w;
	j->drop = drop_watch;
	if (whole)
		return audited(j, watch_start, "watches calls%s%s, numbers "
			       "whole", name ? " of " : "", name ? name : "");
	return watch_start(j, now);
}
