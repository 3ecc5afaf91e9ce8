/* live -- time goes by, inputs come, and everything is closed at the end. */
#include "live_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "dial/loop.h"

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

/* The store's disk is short: as with recordings, no new calls. */
static void watch_disk(struct live *l)
{
	uint64_t room;
	bool full = store_disk(l->r.store, &room) == ERR_FULL;
	struct floor_input in = { .kind = IN_DISK, .value = full };

	if (full == l->stats.disk_full)
		return;
	l->stats.disk_full = full;
	log_err("store", "%llu MiB free, dialling %s",
		(unsigned long long)(room >> 20), full ? "stops" : "goes on");
	if (live_input(l, &in))
		log_err("live", "the floor did not take it");
}

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
		watch_disk(l);
	}
	if (l->hooks.tick)
		l->hooks.tick(l->hooks.arg, now);
}

static void on_store(int flags UNUSED, void *arg)
{
	struct live *l = arg;

	store_pump(l->r.store);
	floor_tell_durable(l->r.floor, clock_now(l->r.clock));
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
	unsigned found;
	enum err e;

	if (!l)
		return ERR_MEMORY;
	l->r.clock = clock;
	l->r.conf = conf;
	l->hooks = *hooks;
	l->stats.started_ms = clock_now(clock).wall_ms;
	e = live_open_rooms(l, conf);
	if (!e)
		e = floor_recover(l->r.floor, clock_now(clock), &found);
	if (!e)
		e = join_loop(l);
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

enum err live_reload(struct live *l, const struct conf *conf)
{
	l->r.conf = conf;
	return live_set_campaigns(l, conf);
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
