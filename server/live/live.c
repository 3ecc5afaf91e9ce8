/* live -- time goes by, inputs come, and everything is closed at the end. */
#include "live_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "dial/loop.h"
#include "lead/lead_import.h"

#include <stdlib.h>
#include <string.h>

enum { TICK_MS = 50, SAVE_MS = 60000, DISK_MS = 5000, SLOW_MS = 10 };

enum err live_input(struct live *l, struct floor_input *in)
{
	struct now now = clock_now(l->r.clock), after;
	enum err e;

	in->mono_ms = now.mono_ms;
	in->wall_ms = now.wall_ms;
	e = floor_input(l->r.floor, in);
	l->stats.inputs++;
	if (l->hooks.turned)
		l->hooks.turned(l->hooks.arg);
	after = clock_now(l->r.clock);
	if (after.mono_ms - now.mono_ms > SLOW_MS) {
		uint32_t ms = (uint32_t)(after.mono_ms - now.mono_ms);

		l->stats.slow_turns++;
		l->stats.slowest_ms = MAX(l->stats.slowest_ms, ms);
		log_warn("live", "input \"%s\" took %u ms", floor_input_word(
				 (enum floor_input_kind)in->kind), ms);
	}
	return e;
}

void live_disk(struct live *l, bool *which, bool full, const char *what,
	       uint64_t free_bytes)
{
	struct floor_input in = { .kind = IN_DISK };

	if (full == *which)
		return;
	*which = full;
	l->stats.disk_full = l->store_full || l->spool_full;
	in.value = l->stats.disk_full;
	log_err("live", "%s: %llu MiB free, dialling %s", what,
		(unsigned long long)(free_bytes >> 20),
		l->stats.disk_full ? "stops" : "goes on");
	if (live_input(l, &in))
		log_err("live", "the floor did not take it");
}

static void watch_store(struct live *l)
{
	uint64_t room = 0;
	bool full = store_disk(l->r.store, &room) == ERR_FULL;

	live_disk(l, &l->store_full, full, "the database", room);
}

/* ---- lists whose import was cut off -------------------------------------- */

/* The next list after mend_at whose import did not end; NULL: none is left. */
static const struct lead_list *cut_off(struct live *l)
{
	const struct lead_list *best = NULL;

	for (const struct lead_list *i = lead_list_each(l->r.leads, NULL); i;
	     i = lead_list_each(l->r.leads, i))
		if (i->id > l->mend_at && i->id <= l->mend_last &&
		    (!best || i->id < best->id) &&
		    lead_import_pending(l->r.leads, (struct list_id){ i->id }))
			best = i;
	return best;
}

static void mend_ended(struct live *l)
{
	struct list_id id = { l->mend_at };
	const struct lead_list *list = lead_list(l->r.leads, id);
	struct lead_import_state st;

	lead_import_read(l->mend, &st);
	if (!st.ended)
		return;
	if (st.err)
		log_err("lead", "list %s: its interrupted import is not "
			"complete: %s", list ? list->name : "?",
			*st.why ? st.why : err_text(st.err));
	else
		log_info("lead", "list %s: what an interrupted import had "
			 "read may be called; repeat the file for the rest",
			 list ? list->name : "?");
	l->mend = lead_import_free(l->mend);
}

/* At start: an import without a byte completes each of them, one by one. */
static void mend_lists(struct live *l, struct now now)
{
	struct lead_import_conf conf = { .wall_s = now.wall_ms / 1000 };
	const struct lead_list *list;
	enum err e;

	if (l->mend) {
		mend_ended(l);
		return;
	}
	if (l->mend_at == l->mend_last)
		return;
	list = cut_off(l);
	if (!list) {
		l->mend_at = l->mend_last;
		return;
	}
	l->mend_at = conf.list.v = list->id;
	e = lead_import_start(l->r.leads, &conf, &l->mend);
	if (!e)
		lead_import_finish(l->mend);
	else if (e != ERR_STATE)	/* somebody repeats it just now */
		log_err("lead", "list %s: its interrupted import: %s",
			list->name, err_text(e));
}

static void mend_begin(struct live *l)
{
	for (const struct lead_list *i = lead_list_each(l->r.leads, NULL); i;
	     i = lead_list_each(l->r.leads, i))
		l->mend_last = MAX(l->mend_last, i->id);
}

/* ---- time ------------------------------------------------------------------ */

static void on_tick(void *arg)
{
	struct live *l = arg;
	struct now now = clock_now(l->r.clock);
	struct floor_input in = { .kind = IN_TICK };

	loop_timer_start(l->tick, TICK_MS);
	if (live_input(l, &in))
		log_err("live", "a tick was refused");
	if (now.mono_ms - l->saved_ms >= SAVE_MS) {
		l->saved_ms = now.mono_ms;
		floor_save(l->r.floor, now);
	}
	if (now.mono_ms - l->disk_ms >= DISK_MS) {
		l->disk_ms = now.mono_ms;
		watch_store(l);
	}
	mend_lists(l, now);
	live_keep(l, now);
	if (l->hooks.tick)
		l->hooks.tick(l->hooks.arg, now);
}

static void on_store(int flags UNUSED, void *arg)
{
	struct live *l = arg;

	struct now now = clock_now(l->r.clock);

	store_pump(l->r.store);
	if (floor_tell_durable(l->r.floor, now) && l->hooks.turned)
		l->hooks.turned(l->hooks.arg);
	if (l->hooks.written)
		l->hooks.written(l->hooks.arg, now);
}

static void on_media_fd(int flags UNUSED, void *arg)
{
	struct live *l = arg;

	media_pump(l->r.media);
}

static enum err join_loop(struct live *l)
{
	enum err e = loop_watch_fd(store_fd(l->r.store), LOOP_READ, on_store,
				   l);

	if (!e)
		e = loop_watch_fd(media_fd(l->r.media), LOOP_READ,
				  on_media_fd, l);
	if (!e)
		e = loop_timer_new(on_tick, l, &l->tick);
	if (!e)
		loop_timer_start(l->tick, TICK_MS);
	return e;
}

enum err live_new(const struct conf *conf, const struct clock *clock,
		  const struct live_hooks *hooks, struct live **out)
{
	struct live *l = calloc(1, sizeof(*l));
	enum err e;

	if (!l)
		return ERR_MEMORY;
	l->r.clock = clock;
	l->r.conf = conf;
	l->hooks = *hooks;
	l->stats.started_ms = clock_now(clock).wall_ms;
	e = live_open_rooms(l, conf);
	if (!e)
		e = join_loop(l);
	if (!e)
		mend_begin(l);
	if (e) {
		live_free(l);
		return e;
	}
	*out = l;
	return ERR_OK;
}

struct live *live_free(struct live *l)
{
	if (!l)
		return NULL;
	l->tick = loop_timer_free(l->tick);
	if (l->mend)
		l->mend = lead_import_free(l->mend);
	if (l->r.media)
		loop_unwatch_fd(media_fd(l->r.media));
	if (l->r.floor)
		floor_save(l->r.floor, clock_now(l->r.clock));
	if (l->r.store)
		loop_unwatch_fd(store_fd(l->r.store));
	live_close_rooms(l);
	free(l);
	return NULL;
}

const struct live_rooms *live_rooms(const struct live *l)
{
	return &l->r;
}

/* A campaign the file does not name any more makes no new calls. */
static void stop_removed(struct live *l, const struct conf *conf)
{
	struct floor_input in = { .kind = IN_STOP };
	struct campaign_view v;
	struct campaign_id id;

	for (size_t i = 0; floor_campaign_at(l->r.floor, i, &id); i++) {
		if (floor_campaign_view(l->r.floor, id,
					clock_now(l->r.clock), &v) ||
		    !v.running || live_names_campaign(conf, v.conf->name))
			continue;
		log_warn("live", "campaign %s is gone from the configuration",
			 v.conf->name);
		in.campaign = id.v;
		if (live_input(l, &in))
			log_err("live", "and was not stopped");
	}
}

enum err live_reload(struct live *l, const struct conf *conf)
{
	const struct conf *was = l->r.conf;
	enum err e;

	l->r.conf = conf;
	l->keep.events_ms = 0;		/* others may be kept from now on */
	e = live_set_campaigns(l, conf);
	if (e)			/* the new one is freed by its owner */
		l->r.conf = was;
	else
		stop_removed(l, conf);
	return e;
}

void live_drain(struct live *l)
{
	l->stats.draining = true;
}

unsigned live_busy(const struct live *l)
{
	return (unsigned)call_count(floor_calls(l->r.floor)) +
	       dial_call_count(l->r.dial);
}

void live_agent_uri(const struct live *l, struct agent_id agent, char *buf,
		    size_t size)
{
	bool v6 = strchr(l->sip_host, ':') != NULL;

	str_fmt(buf, size, "sip:agent-%u@%s%s%s:%u", agent.v, v6 ? "[" : "",
		l->sip_host, v6 ? "]" : "", l->sip_port);
}

void live_stats(const struct live *l, struct live_stats *out)
{
	*out = l->stats;
}
