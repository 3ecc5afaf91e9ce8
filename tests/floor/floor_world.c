#include "floor/floor_world.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/t.h"

static void PRINTF_LIKE(2, 3) act(struct fw *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	n = snprintf(w->actions + w->actions_len,
		     FW_ACTIONS - w->actions_len, "%lld ",
		     (long long)w->lw.now.mono_ms);
	w->actions_len += (size_t)n;
	va_start(ap, fmt);
	n = vsnprintf(w->actions + w->actions_len,
		      FW_ACTIONS - w->actions_len, fmt, ap);
	va_end(ap);
	w->actions_len += (size_t)n;
	T_OK(w->actions_len < FW_ACTIONS, "the record of actions has room");
}

/* ---- doors -------------------------------------------------------------- */

static enum err d_place(void *arg, const struct call *c,
			const struct campaign_conf *k UNUSED,
			struct gate_pass **pass, struct now now)
{
	struct fw *w = arg;

	T_OK(*pass, "an INVITE comes with a pass");
	T_OK(str_eq(gate_pass_number(*pass), c->number),
	     "and the pass is for that number");
	if (w->place_err)
		return w->place_err;
	if (w->replaying && w->answers_at < w->answers_n &&
	    w->answers[w->answers_at].kind == IN_PLACE &&
	    w->answers[w->answers_at].call == c->id.v)
		return (enum err)w->answers[w->answers_at++].code;
	T_OK(!gate_pass_spend(pass, now.wall_ms), "the pass is fresh");
	w->placed = c->id;
	w->places++;
	str_copy(w->number, sizeof(w->number), c->number);
	act(w, "place %llu %s\n", (unsigned long long)c->uid, c->number);
	return ERR_OK;
}

static void d_hang_up(void *arg, const struct call *c, uint16_t q850)
{
	act(arg, "hang up %llu %u\n", (unsigned long long)c->uid, q850);
}

static void d_listen(void *arg, const struct call *c)
{
	act(arg, "listen %llu\n", (unsigned long long)c->uid);
}

static void d_join(void *arg, const struct call *c)
{
	struct fw *w = arg;
	struct seat *s = fw_seat(w, c->agent.v);

	T_OK(s && s->phone_up, "a customer is joined to a phone that is there");
	w->joins++;
	act(w, "join %llu %u\n", (unsigned long long)c->uid, c->agent.v);
}

static void d_part(void *arg, const struct call *c)
{
	act(arg, "part %llu\n", (unsigned long long)c->uid);
}

static void d_hold(void *arg, const struct call *c, bool on)
{
	act(arg, "hold %llu %d\n", (unsigned long long)c->uid, on);
}

static void d_mute(void *arg, struct agent_id agent, bool on)
{
	act(arg, "mute %u %d\n", agent.v, on);
}

static void d_play(void *arg, const struct call *c, const char *prompt)
{
	struct fw *w = arg;

	w->messages++;
	act(w, "play %llu %s\n", (unsigned long long)c->uid, prompt);
}

static void d_digits(void *arg, const struct call *c, const char *digits)
{
	act(arg, "digits %llu %s\n", (unsigned long long)c->uid, digits);
}

static void d_record(void *arg, const struct call *c, const char *name)
{
	act(arg, "record %llu %s\n", (unsigned long long)c->uid, name);
}

static void d_record_pause(void *arg, const struct call *c, bool on)
{
	act(arg, "record pause %llu %d\n", (unsigned long long)c->uid, on);
}

static void d_scene(void *arg, const struct call *c, struct agent_id agent,
		    enum hand_scene scene)
{
	static const char *const words[] = { "alone", "ask", "consult",
					     "aside", "conf", "given",
					     "over" };
	struct fw *w = arg;

	w->scene = scene;
	act(w, "scene %llu %u %s\n", (unsigned long long)c->uid, agent.v,
	    words[scene]);
}

static void d_news(void *arg, struct agent_id agent, const struct call *c,
		   enum hand_news news)
{
	struct fw *w = arg;

	w->news = news;
	w->news_to = agent.v;
	act(w, "news %llu %u %s\n", (unsigned long long)c->uid, agent.v,
	    hand_news_word(news));
}

static struct pacer_limits d_room(void *arg,
				  const struct campaign_conf *k UNUSED,
				  struct now now UNUSED)
{
	struct fw *w = arg;
	const struct floor_input *in = &w->answers[w->answers_at];

	w->asked++;
	if (!w->replaying)
		return (struct pacer_limits){ .lines = w->lines, .cps = 50,
					      .leads = 1000 };
	if (w->answers_at < w->answers_n && in->kind == IN_ROOM &&
	    in->call == w->asked) {
		w->answers_at++;
		w->room = (struct pacer_limits){ (uint32_t)in->value,
						 in->code,
						 (uint32_t)in->when_s,
						 in->q850 != 0 };
	}
	return w->room;
}

static void d_seat_changed(void *arg, struct agent_id agent)
{
	struct seat *s = fw_seat(arg, agent.v);

	act(arg, "seat %u %s\n", agent.v,
	    s ? seat_state_word(s->state) : "is a supervisor's");
}

static void d_call_done(void *arg, const struct call *c,
			const struct dispo_step *step)
{
	struct fw *w = arg;

	w->done++;
	act(w, "done %llu %s %u\n", (unsigned long long)c->uid,
	    call_result_word(c->result), step->row->code);
}

/* ---- building ----------------------------------------------------------- */

static void open_rooms(struct fw *w)
{
	char why[200] = "";
	unsigned found;

	T_OK(!gate_open(&(struct gate_conf){ w->lw.store, w->lw.zones,
					     "data/profiles.tsv",
					     "data/holidays.tsv" },
			&w->gate, why, sizeof(why)), "the gate opens");
	T_OK(!floor_new(&(struct floor_conf){
		.store = w->lw.store, .gate = w->gate, .leads = w->lw.leads,
		.dispos = w->dispos, .max_calls = 32, .max_agents = 8,
		.max_campaigns = 2, .log_inputs = true,
		.doors = { .arg = w, .place = d_place, .hang_up = d_hang_up,
			   .listen = d_listen, .join = d_join,
			   .part = d_part, .hold = d_hold, .mute = d_mute,
			   .play = d_play, .digits = d_digits,
			   .record = d_record,
			   .record_pause = d_record_pause, .room = d_room,
			   .scene = d_scene, .news = d_news,
			   .seat_changed = d_seat_changed,
			   .call_done = d_call_done } }, &w->floor),
	     "the floor is made");
	T_OK(!floor_recover(w->floor, w->lw.now, &found), "it recovers");
}

static void set_campaign(struct fw *w)
{
	struct floor_input lists = { .kind = IN_LISTS, .campaign = 1 };

	w->k.gate.profile = gate_profile(w->gate, "none");
	T_OK(!floor_campaign_set(w->floor, &w->k, w->lw.now),
	     "the campaign is set");
	str_fmt(lists.text, sizeof(lists.text), "%u", w->lw.list.v);
	T_OK(!fw_in(w, lists), "the campaign calls the list");
}

static void open_world(struct fw *w, enum dial_mode mode, unsigned leads)
{
	char why[200] = "", number[20];

	*w = (struct fw){ .lines = 10 };
	w->actions = calloc(1, FW_ACTIONS);
	T_OK(w->actions, "memory");
	lead_world_open(&w->lw, NULL);
	w->lw.now.mono_ms = 1000000;
	T_OK(!dispo_load("data/dispositions.tsv", &w->dispos, why,
			 sizeof(why)), "outcomes are read");
	for (unsigned i = 0; i < leads; i++) {
		str_fmt(number, sizeof(number), "86138%08u", 138000 + i);
		lead_world_add(&w->lw, number, 0);
	}
	w->k = (struct campaign_conf){
		.id = { 1 }, .name = "spring", .mode = mode,
		.gate = { .id = { 1 }, .purpose = PURPOSE_SERVICE,
			  .agent_sure = mode == MODE_PREVIEW },
		.target_ppm = 30000, .ring_ms = 20000, .connect_ms = 2000,
		.wrap = WRAP_BOXED, .wrap_ms = 20000, .wrap_more_ms = 10000,
		.wrap_more_max_ms = 20000, .message = "sorry",
		.record = true };
}

void fw_open(struct fw *w, enum dial_mode mode, unsigned leads)
{
	open_world(w, mode, leads);
	open_rooms(w);
	set_campaign(w);
}

static void close_rooms(struct fw *w)
{
	w->floor = floor_free(w->floor);
	w->gate = gate_free(w->gate);
}

void fw_close(struct fw *w)
{
	store_drain(w->lw.store);
	close_rooms(w);
	w->dispos = dispo_free(w->dispos);
	lead_world_close(&w->lw);
	free(w->actions);
}

unsigned fw_crash(struct fw *w)
{
	uint64_t before = 0;

	store_drain(w->lw.store);
	T_OK(!store_count(w->lw.store, STORE_INTENT, &before), "intents");
	close_rooms(w);
	w->lw.leads = lead_free(w->lw.leads);
	w->lw.now.mono_ms = 5000;	/* another boot, another clock */
	w->lw.now.wall_ms += 2000;
	T_OK(!lead_open(w->lw.store, w->lw.zones, &w->lw.leads),
	     "the leads are opened again");
	open_rooms(w);
	set_campaign(w);
	return (unsigned)before;
}

/* ---- playing a log back ---------------------------------------------------- */

static void again_begin(struct fw *w, const struct floor_input *in)
{
	store_drain(w->lw.store);
	close_rooms(w);
	w->lw.leads = lead_free(w->lw.leads);
	w->lw.now = (struct now){ in->mono_ms, in->wall_ms };
	w->room = (struct pacer_limits){ 0 };
	T_OK(!lead_open(w->lw.store, w->lw.zones, &w->lw.leads),
	     "the leads are opened");
	open_rooms(w);
}

/* The input whose answers are all there now. */
static void again(struct fw *w)
{
	if (!w->has_pending)
		return;
	w->has_pending = false;
	w->answers_at = 0;
	if (w->pending.kind == IN_BEGIN)
		again_begin(w, &w->pending);
	else
		(void)!fw_in(w, w->pending);
	T_OK(w->answers_at == w->answers_n, "each answer of %s was asked for",
	     floor_input_word((enum floor_input_kind)w->pending.kind));
	w->answers_n = 0;
}

static bool play_back(void *arg, uint64_t number UNUSED, const void *bytes,
		      size_t len)
{
	struct floor_input in;
	struct fw *w = arg;

	T_OK(!schema_decode(&floor_input_schema, bytes, len, &in),
	     "a kept input is read");
	if (in.kind == IN_ROOM || in.kind == IN_PLACE) {
		T_OK(w->answers_n < ARRAY_LEN(w->answers), "room for answers");
		w->answers[w->answers_n++] = in;
		return true;
	}
	again(w);
	w->pending = in;
	w->has_pending = true;
	return true;
}

void fw_replay(struct fw *w, struct fw *from, enum dial_mode mode,
	       unsigned leads)
{
	uint8_t hash[STORE_HASH_LEN];
	uint64_t n = 0;

	open_world(w, mode, leads);
	w->replaying = true;
	store_drain(from->lw.store);
	T_OK(!store_event_head(from->lw.store, &n, hash), "head");
	for (uint64_t at = 1; at <= n; at += 500)
		T_OK(!store_event_scan(from->lw.store, at, 500, play_back, w),
		     "replay");
	again(w);
	store_drain(w->lw.store);
}

/* ---- driving ------------------------------------------------------------- */

static void settle(struct fw *w)
{
	for (int i = 0; i < 100; i++) {
		size_t n = store_pump(w->lw.store);

		if (!w->replaying)
			n += floor_tell_durable(w->floor, w->lw.now);
		if (!n)
			return;
	}
	T_OK(false, "the floor comes to rest");
}

enum err fw_in(struct fw *w, struct floor_input in)
{
	enum err e;

	if (w->replaying)
		w->lw.now = (struct now){ in.mono_ms, in.wall_ms };
	in.mono_ms = w->lw.now.mono_ms;
	in.wall_ms = w->lw.now.wall_ms;
	w->asked = 0;
	e = floor_input(w->floor, &in);
	settle(w);
	return e;
}

void fw_run(struct fw *w, int64_t ms)
{
	for (; ms > 0; ms -= 50) {
		w->lw.now.mono_ms += 50;
		w->lw.now.wall_ms += 50;
		T_OK(!FW(w, IN_TICK), "a tick is taken");
	}
}

struct seat *fw_seat(struct fw *w, uint32_t agent)
{
	return seat_get(floor_seats(w->floor), (struct agent_id){ agent });
}

void fw_agent(struct fw *w, uint32_t agent)
{
	struct floor_input in = { .kind = IN_LOGIN, .agent = agent };

	str_fmt(in.text, sizeof(in.text), "Agent %u\tnorth", agent);
	T_OK(!fw_in(w, in), "agent %u logs in", agent);
	T_OK(!FW(w, IN_ASSIGN, .agent = agent, .text = "1"),
	     "and takes the campaign's calls");
	T_OK(!FW(w, IN_LINE, .agent = agent, .value = 1), "the phone is up");
	T_OK(!FW(w, IN_READY, .agent = agent), "READY");
}

void fw_start(struct fw *w, uint32_t agent, enum dial_mode mode,
	      unsigned leads)
{
	fw_open(w, mode, leads);
	fw_agent(w, agent);
	T_OK(!FW(w, IN_START, .campaign = 1), "the campaign starts");
	fw_run(w, 500);
}

enum seat_state fw_state(struct fw *w, uint32_t agent)
{
	return fw_seat(w, agent)->state;
}

struct call *fw_placed(struct fw *w)
{
	return call_get(floor_calls(w->floor), w->placed);
}

void fw_answer(struct fw *w)
{
	uint32_t c = w->placed.v;

	T_OK(!FW(w, IN_RINGING, .call = c, .trunk = 1), "it rings");
	fw_run(w, 3000);
	T_OK(!FW(w, IN_ANSWERED, .call = c, .trunk = 1, .code = 200,
		 .text = "+862885551001"), "it is answered");
}

enum lead_status fw_lead(struct fw *w, uint64_t id, struct lead *out)
{
	T_OK(!lead_get(w->lw.leads, (struct lead_id){ id }, out),
	     "the lead is there");
	return (enum lead_status)out->status;
}

struct heap { struct cdr *v; size_t n; };

static bool one_cdr(void *arg, const struct cdr *r)
{
	struct heap *h = arg;

	h->v[h->n++] = *r;
	return h->n < FW_CDRS;
}

size_t fw_cdrs(struct fw *w, struct cdr out[FW_CDRS])
{
	struct heap h = { out, 0 };

	T_OK(!cdr_each(w->lw.store, 0, INT64_MAX / 2, one_cdr, &h),
	     "the records are read");
	return h.n;
}

struct cdr fw_last_cdr(struct fw *w)
{
	struct cdr *v = calloc(FW_CDRS, sizeof(*v)), last;
	size_t n = fw_cdrs(w, v);

	T_OK(n, "there is a record");
	last = v[n - 1];
	free(v);
	return last;
}

static bool no_reserved(void *arg, const struct lead *l)
{
	T_OK(l->status != LEAD_RESERVED, "%s: lead %llu is not left reserved",
	     (const char *)arg, (unsigned long long)l->id);
	return true;
}

void fw_quiet(struct fw *w, const char *what)
{
	struct seats *ss = floor_seats(w->floor);
	uint64_t intents = 1;

	for (struct call *c = call_each(floor_calls(w->floor), NULL); c;
	     c = call_each(floor_calls(w->floor), c))
		T_OK(false, "%s: no call is left, but call %u is in %s",
		     what, c->id.v, call_state_word(c->state));
	for (struct seat *s = seat_each(ss, NULL); s; s = seat_each(ss, s)) {
		T_OK(!seat_state_on_call(s->state),
		     "%s: agent %u is off calls, but in %s", what, s->agent.v,
		     seat_state_word(s->state));
		T_OK(!s->call.v || !call_get(floor_calls(w->floor), s->call),
		     "%s: agent %u holds no call", what, s->agent.v);
	}
	store_drain(w->lw.store);
	T_OK(!store_count(w->lw.store, STORE_INTENT, &intents) && !intents,
	     "%s: no intent is left open", what);
	T_OK(!lead_scan(w->lw.leads, w->lw.list, (struct lead_id){ 0 }, 4096,
			no_reserved, (void *)(uintptr_t)what), "leads");
}
