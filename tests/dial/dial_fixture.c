#include "dial/dial_fixture.h"

#include <string.h>

#include "base/str.h"
#include "base/t.h"

static bool fits(const struct dial_event *ev, enum dial_event_kind kind,
		 uint32_t id)
{
	return ev->kind == kind && (!id || ev->call.v == id ||
				    ev->agent.v == id);
}

static void event_h(const struct dial_event *ev, void *arg)
{
	struct fix *f = arg;

	T_OK(f->count < FIX_EVENTS, "no more than %d events", FIX_EVENTS);
	f->ev[f->count++] = *ev;
	if (f->on)
		f->on(f, ev);
	if (f->waiting && fits(ev, f->kind, f->id)) {
		f->waiting = false;
		loop_stop();
	}
}

static enum err key_h(const char *user, const char *realm,
		      uint8_t ha1[DIAL_HA1_SIZE], struct agent_id *agent,
		      void *arg)
{
	struct fix *f = arg;

	if (!f->secret || strcmp(user, "agent-1001"))
		return ERR_ABSENT;
	*agent = f->agent;
	return dial_ha1(user, realm, f->secret, ha1);
}

static enum err media_h(struct agent_id agent UNUSED, struct dial_media *ours,
			void *arg)
{
	struct fix *f = arg;

	f->media_asked++;
	str_copy(ours->addr, sizeof(ours->addr), "127.0.0.1");
	ours->port = (uint16_t)(41000 + 2 * f->media_asked);
	return f->media_err;
}

static void limit_h(void *arg)
{
	struct fix *f = arg;

	f->timed_out = true;
	f->waiting = false;
	loop_stop();
}

void fix_open(struct fix *f, unsigned n, const struct carrier_opt *opt)
{
	static const struct carrier_opt usual = {
		.listen = "127.0.0.1", .seed = 9, .scale = 5, .forced = true,
		.talk_s = 60, .law = "offer",
	};

	memset(f, 0, sizeof(*f));
	f->agent.v = 1001;
	clock_init_real(&f->clock);
	T_OK(!loop_init(1024), "a loop");
	T_OK(!loop_timer_new(limit_h, f, &f->limit), "a limit");
	f->conf = (struct dial_conf){
		.listen = { { DIAL_UDP, "127.0.0.1", 0 } }, .listen_count = 1,
		.trunks = f->trunk, .trunk_count = n,
		.causes_path = "data/sip-causes.tsv", .clock = &f->clock,
	};
	for (unsigned i = 0; i < n; i++) {
		struct dial_trunk_conf *t = &f->trunk[i];

		T_OK(!carrier_new(opt ? opt : &usual, &f->carrier[i]),
		     "carrier %u", i);
		*t = (struct dial_trunk_conf){ .id = { i + 1 }, .weight = 1 };
		str_fmt(t->name, sizeof(t->name), "trunk-%c", 'a' + i);
		str_fmt(t->uri, sizeof(t->uri), "sip:127.0.0.1:%u",
			carrier_port(f->carrier[i]));
		str_copy(t->callers[0], DIAL_NUMBER_SIZE, "057188001001");
		str_copy(t->callers[1], DIAL_NUMBER_SIZE, "057188001002");
		t->caller_count = 2;
		t->silent_ms = 300;
	}
}

void fix_dial(struct fix *f)
{
	struct dial_handlers h = { event_h, key_h, media_h, f };

	T_OK(!dial_new(&f->conf, &h, &f->d), "the door opens");
}

static void closed_h(void *arg)
{
	(void)arg;
	loop_stop();
}

void fix_close(struct fix *f)
{
	if (f->d) {
		f->waiting = false;
		f->on = NULL;
		dial_close(f->d, 1500, closed_h, f);
		T_OK(!loop_run(NULL), "closing");
		f->d = dial_free(f->d);
	}
	for (unsigned i = 0; i < FIX_CARRIERS; i++)
		f->carrier[i] = carrier_free(f->carrier[i]);
	f->limit = loop_timer_free(f->limit);
	loop_fini();
}

enum err fix_start(struct fix *f, uint32_t call, const char *number,
		   uint32_t ring_ms, struct gate_pass **pass)
{
	struct dial_order o = {
		.e164 = number, .ring_ms = ring_ms,
		.media = { .addr = "127.0.0.1", .port = 40000 },
	};

	return dial_start(f->d, (struct call_id){ call }, &o, pass,
			  clock_now(&f->clock));
}

const struct dial_event *fix_wait(struct fix *f, unsigned from,
				  enum dial_event_kind kind, uint32_t id,
				  unsigned ms)
{
	for (unsigned i = from; i < f->count; i++)
		if (fits(&f->ev[i], kind, id))
			return &f->ev[i];
	f->waiting = true;
	f->timed_out = false;
	f->kind = kind;
	f->id = id;
	/* A busy machine has six times what a quiet one needs. */
	loop_timer_start(f->limit, ms * 6);
	T_OK(!loop_run(NULL), "the loop runs");
	loop_timer_stop(f->limit);
	/* The loop may have told more before it stopped. */
	for (unsigned i = from; !f->timed_out && i < f->count; i++)
		if (fits(&f->ev[i], kind, id))
			return &f->ev[i];
	return NULL;
}

void fix_run(struct fix *f, unsigned ms)
{
	f->waiting = false;
	/* In slices: time in which this process did not run counts as one. */
	for (unsigned at = 0; at < ms; at += 10) {
		loop_timer_start(f->limit, MIN(ms - at, 10));
		T_OK(!loop_run(NULL), "the loop runs");
	}
}

unsigned fix_count(const struct fix *f, enum dial_event_kind kind, uint32_t id)
{
	unsigned n = 0;

	for (unsigned i = 0; i < f->count; i++)
		n += fits(&f->ev[i], kind, id);
	return n;
}
