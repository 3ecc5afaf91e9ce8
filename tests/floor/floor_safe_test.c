/*
 * floor_safe_test -- whatever comes, in whatever order, and when the store
 * refuses: no call hangs, nobody is rung twice, and a day can be replayed.
 */
#include "floor/floor_world.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "base/t.h"

enum { ANN = 1001, BOB = 1002, SUP = 2001, STEPS = 400 };

/* A small generator of our own: a seed is a day. */
static uint32_t roll(uint64_t *seed, uint32_t n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % n;
}

/* Something a trunk, the ears or a customer could say of a call. */
static void trunk_says(struct fw *w, uint64_t *seed, struct call_id id)
{
	static const struct floor_input says[] = {
		{ .kind = IN_RINGING, .trunk = 1 },
		{ .kind = IN_ANSWERED, .trunk = 1, .code = 200 },
		{ .kind = IN_ANSWERED, .trunk = 1, .code = 200 },
		{ .kind = IN_FAILED, .code = 486, .q850 = 17,
		  .value = RES_BUSY },
		{ .kind = IN_HANGUP, .q850 = 16 },
		{ .kind = IN_PERSON, .value = 700 },
		{ .kind = IN_MACHINE, .value = 900, .code = RES_MACHINE },
		{ .kind = IN_PLAYED },
	};
	struct floor_input in = says[roll(seed, ARRAY_LEN(says))];
	struct call *c = call_get(floor_calls(w->floor), id);

	/* What a trunk cannot say: that an answered call failed, or that one
	 * not answered was hung up. */
	if (!c || !c->invite_ms ||
	    (in.kind == IN_FAILED && c->answer_ms) ||
	    ((in.kind == IN_HANGUP || in.kind >= IN_PERSON) && !c->answer_ms))
		return;
	in.call = id.v;
	(void)!fw_in(w, in);
}

/* Anybody: the other one, the team, the queue, outside numbers. */
static void to_whom(uint64_t *seed, struct floor_input *in)
{
	static const struct { enum hand_target to; const char *whom; } all[] = {
		{ HAND_AGENT, "1001" }, { HAND_AGENT, "1002" },
		{ HAND_TEAM, "north" }, { HAND_QUEUE, "1" },
		{ HAND_QUEUE, "7" }, { HAND_OUTSIDE, "864001112222" },
		{ HAND_COLLEAGUE, "864003334444" },
		{ HAND_SUPER, "2001" }, { HAND_SUPER, "2001" },
	};
	size_t i = roll(seed, ARRAY_LEN(all));

	in->code = all[i].to;
	str_copy(in->text, sizeof(in->text), all[i].whom);
}

/* Something an agent, its phone or a supervisor could do. */
static void agent_does(struct fw *w, uint64_t *seed, uint32_t agent)
{
	static const struct { uint8_t kind; unsigned values; } does[] = {
		{ IN_LINE, 2 }, { IN_LINE, 1 }, { IN_LINK, 2 },
		{ IN_READY, 1 }, { IN_READY, 1 }, { IN_NOT_READY, 1 },
		{ IN_BREAK, 3 }, { IN_DIAL, 1 }, { IN_DIAL, 1 },
		{ IN_SKIP, 1 }, { IN_RELEASE, 1 }, { IN_HOLD, 2 },
		{ IN_MUTE, 2 }, { IN_REC_PAUSE, 2 }, { IN_OUTCOME, 10 },
		{ IN_OUTCOME, 10 }, { IN_FINISH, 2 }, { IN_FINISH, 2 },
		{ IN_WRAP_MORE, 1 }, { IN_HAND, 2 }, { IN_CORRECT, 10 },
		{ IN_FORCE, SEAT_EVENT_COUNT }, { IN_LOGOUT, 1 },
		{ IN_LOGIN, 1 }, { IN_CALLBACK, 2 }, { IN_NOTE, 1 },
		{ IN_TRANSFER, HAND_STEP_COUNT },
		{ IN_TRANSFER, HAND_STEP_COUNT },
		{ IN_TRANSFER, HAND_STEP_COUNT },
	};
	size_t i = roll(seed, ARRAY_LEN(does));
	struct floor_input in = { .kind = does[i].kind, .agent = agent,
				  .value = roll(seed, does[i].values) };

	if (in.kind == IN_LINE && does[i].values == 1)
		in.value = 1;
	if (in.kind == IN_CALLBACK)
		in.when_s = w->lw.now.wall_ms / 1000 + 7200;
	if (in.kind == IN_LOGIN)
		str_copy(in.text, sizeof(in.text), "Agent\tnorth");
	if (in.kind == IN_TRANSFER)
		to_whom(seed, &in);
	(void)!fw_in(w, in);
}

/* He comes and goes with screen and phone, takes what he is offered, what
 * he is not, or leaves it. */
static void supervisor_does(struct fw *w, uint64_t *seed, struct call *c)
{
	static const unsigned reach[] = {
		0, SUPER_SCREEN | SUPER_PHONE, SUPER_SCREEN | SUPER_PHONE,
		SUPER_SCREEN | SUPER_RINGS, SUPER_PHONE,
		SUPER_SCREEN | SUPER_PHONE | SUPER_RINGS, SUPER_SCREEN };
	const struct floor_super *s =
		floor_super(w->floor, (struct agent_id){ SUP });
	size_t i = roll(seed, 24);
	struct floor_input in = { .kind = IN_SUPER, .agent = SUP };

	if (i < ARRAY_LEN(reach)) {
		in.value = reach[i];
		str_copy(in.text, sizeof(in.text),
			 i & 1 ? "Sup\tnorth" : "Sup\t");
		(void)!fw_in(w, in);
	} else if (i < 16)
		(void)!FW(w, IN_MEET, .agent = SUP, .value = i % 4 > 0);
	else if (c && i < 22)
		(void)!FW(w, IN_TAKE_OVER, .call = c->id.v, .value = SUP,
			  .text = "Sup");
	else if (s && i < 18)
		(void)!FW(w, IN_TAKE_OVER, .call = s->call.v);
}

/* One step of a day: mostly calls, some agents, some time. */
static void step(struct fw *w, uint64_t *seed)
{
	struct call *c = call_each(floor_calls(w->floor), NULL);
	unsigned skip = roll(seed, 3);

	switch (roll(seed, 7)) {
	case 6:
		supervisor_does(w, seed, c);
		break;
	case 0:
	case 1:
		for (; c && skip--; c = call_each(floor_calls(w->floor), c))
			;
		if (c)
			trunk_says(w, seed, c->id);
		break;
	case 2:
	case 3:
		agent_does(w, seed, roll(seed, 2) ? ANN : BOB);
		break;
	case 4:
		fw_run(w, 50 * (1 + roll(seed, 5)));
		break;
	default:
		fw_run(w, 1000 * (1 + roll(seed, 4)));
	}
}

/* No supervisor has, or is offered, what is nobody's any more. */
static void supers_known(struct fw *w, uint64_t seed, int at)
{
	const struct floor_super *s =
		floor_super(w->floor, (struct agent_id){ SUP });
	struct call *c = s ? call_get(floor_calls(w->floor), s->call) : NULL;

	T_OK(!s || !s->call.v || (c && c->hand.super.v == SUP),
	     "seed %llu step %d: the supervisor's call is his",
	     (unsigned long long)seed, at);
	T_OK(!c || !c->hand.came || s->reach & SUPER_PHONE || !s->reach ||
	     floor_is_overtaken(c),
	     "seed %llu step %d: who talks has a phone",
	     (unsigned long long)seed, at);
}

/* Every seat is where its call says it is, and the other way round. */
static void known(struct fw *w, uint64_t seed, int at)
{
	struct seats *ss = floor_seats(w->floor);
	struct call_pool *cs = floor_calls(w->floor);

	for (struct seat *s = seat_each(ss, NULL); s; s = seat_each(ss, s)) {
		struct call *c = call_get(cs, s->call);

		T_OK(!seat_state_on_call(s->state) || c,
		     "seed %llu step %d: agent %u in %s has a call",
		     (unsigned long long)seed, at, s->agent.v,
		     seat_state_word(s->state));
		T_OK(!seat_state_on_call(s->state) || !c ||
		     c->agent.v == s->agent.v ||
		     c->hand.asked.v == s->agent.v,
		     "seed %llu step %d: and the call is agent %u's, or he "
		     "was asked about it", (unsigned long long)seed, at,
		     s->agent.v);
	}
	supers_known(w, seed, at);
	for (struct call *c = call_each(cs, NULL); c; c = call_each(cs, c)) {
		struct seat *s = fw_seat(w, c->agent.v);
		bool joined = c->state >= CALL_TALK &&
			      c->state <= CALL_CONF;
		struct seat *b = fw_seat(w, c->hand.asked.v);
		struct call *g = call_get(cs, c->hand.guest);

		T_OK(!joined || (s && s->call.v == c->id.v &&
				 seat_state_on_call(s->state)),
		     "seed %llu step %d: call %u in %s has its agent",
		     (unsigned long long)seed, at, c->id.v,
		     call_state_word(c->state));
		T_OK(!b || b->call.v == c->id.v,
		     "seed %llu step %d: who is asked about call %u knows it",
		     (unsigned long long)seed, at, c->id.v);
		T_OK(!g || (g->part == PART_GUEST && g->host.v == c->id.v),
		     "seed %llu step %d: call %u's guest is its own",
		     (unsigned long long)seed, at, c->id.v);
		T_OK(c->state != CALL_OUTSIDE ||
		     (c->leg && (floor_is_overtaken(c) || (g && g->leg))),
		     "seed %llu step %d: call %u outside has two legs",
		     (unsigned long long)seed, at, c->id.v);
		const struct floor_super *p = floor_super(w->floor,
							  c->hand.super);
		T_OK(!p || p->call.v == c->id.v,
		     "seed %llu step %d: the supervisor asked about call %u "
		     "knows it", (unsigned long long)seed, at, c->id.v);
		T_OK(c->state != CALL_GUEST || call_get(cs, c->host),
		     "seed %llu step %d: no guest %u without a host",
		     (unsigned long long)seed, at, c->id.v);
		T_OK(!c->pass || c->state == CALL_CHECK,
		     "seed %llu step %d: nobody keeps a pass",
		     (unsigned long long)seed, at);
	}
}

static void begin(struct fw *w, enum dial_mode mode, unsigned leads)
{
	fw_open(w, mode, leads);
	w->k.amd = mode == MODE_PREDICTIVE;
	w->k.transfer = HAND_ANY;
	w->k.transfer_ms = 3000;
	T_OK(!floor_campaign_set(w->floor, &w->k, w->lw.now), "campaign");
	fw_agent(w, ANN);
	fw_agent(w, BOB);
	T_OK(!FW(w, IN_START, .campaign = 1), "start");
}

/* Everybody goes home. */
static void end(struct fw *w)
{
	T_OK(!FW(w, IN_STOP, .campaign = 1), "stop");
	for (int i = 0; i < 32; i++)
		for (struct call *c = call_each(floor_calls(w->floor), NULL);
		     c; c = call_each(floor_calls(w->floor), c))
			if (c->answer_ms && c->state < CALL_WRAP) {
				(void)!FW(w, IN_HANGUP, .call = c->id.v);
				break;
			}
	fw_run(w, 60000);
}

/* No number was rung twice: every outcome but a talk waits for hours, and
 * the day is shorter than that. */
static void rung_once(struct fw *w, const char *what)
{
	for (const char *p = w->actions; (p = strstr(p, " place ")); p++) {
		const char *number = strchr(p + 7, ' ') + 1;
		char needle[24];

		str_fmt(needle, sizeof(needle), " %.13s\n", number);
		const char *again = strstr(number, needle);

		T_OK(!again, "%s: %.13s is rung once", what, number);
	}
}

static void any_order(void **unused UNUSED)
{
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct fw w;
		uint64_t dice = seed * 7919;
		char what[40];

		str_fmt(what, sizeof(what), "seed %llu",
			(unsigned long long)seed);
		begin(&w, (enum dial_mode)(seed % DIAL_MODE_COUNT), 200);
		for (int i = 0; i < STEPS; i++) {
			step(&w, &dice);
			known(&w, seed, i);
		}
		end(&w);
		fw_quiet(&w, what);
		fw_close(&w);
	}
}

static void same_again(void **unused UNUSED)
{
	for (int mode = 0; mode < DIAL_MODE_COUNT; mode++) {
		char *first = NULL;

		for (int run = 0; run < 2; run++) {
			struct fw w;
			uint64_t dice = 43;

			begin(&w, (enum dial_mode)mode, 60);
			for (int i = 0; i < STEPS; i++)
				step(&w, &dice);
			if (!run)
				first = strdup(w.actions);
			else
				T_OK(str_eq(first, w.actions),
				     "%s: the same inputs, the same actions",
				     dial_mode_word((enum dial_mode)mode));
			fw_close(&w);
		}
		T_OK(first && strstr(first, " join "), "and people talked");
		free(first);
	}
}

struct rowsum { uint64_t sum; size_t n; };

static bool add_row(void *arg, const void *key, size_t klen, const void *val,
		    size_t vlen)
{
	struct rowsum *r = arg;

	r->sum = r->sum * 31 + store_version(key, klen);
	r->sum = r->sum * 31 + store_version(val, vlen);
	r->n++;
	return true;
}

/* The same rows in the same order: records, leads, history, the log. */
static void same_rows(struct fw *a, struct fw *b, const char *what)
{
	static const enum store_table tables[] = {
		STORE_CALL, STORE_CALL_BY_NUMBER, STORE_LEAD, STORE_ATTEMPT,
		STORE_PASS, STORE_INTENT, STORE_CAMPAIGN, STORE_PACER,
		STORE_DNC, STORE_EVENT };

	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		struct rowsum x = { 0 }, y = { 0 };
		const struct store_range all = { 0 };

		T_OK(!store_scan_all(a->lw.store, tables[i], &all, add_row,
				     &x) &&
		     !store_scan_all(b->lw.store, tables[i], &all, add_row,
				     &y), "rows");
		T_OK(x.n == y.n && x.sum == y.sum,
		     "%s: the same %zu rows of %s, not %zu", what, x.n,
		     store_table_word(tables[i]), y.n);
	}
}

/*
 * A day with a supervisor's hand in it: another pacing, another mode, fewer
 * trunks, trunks that refuse, the pacers kept, a crash, and the same again.
 */
static void hand_in(struct fw *w, int i)
{
	switch (i) {
	case STEPS / 8:
		w->k.max_lines_per_agent_milli = 1500;
		w->k.ring_ms = 15000;
		w->k.wrap_ms = 5000;
		break;
	case STEPS / 4:
		w->lines = 1;
		return;
	case STEPS / 3:
		w->place_err = ERR_AGAIN;
		return;
	case STEPS / 3 + 10:
		w->place_err = ERR_OK;
		w->lines = 7;
		return;
	case STEPS / 2:
		w->k.mode = (w->k.mode + 1) % DIAL_MODE_COUNT;
		w->k.amd = !w->k.amd;
		w->k.target_ppm = 10000;
		break;
	case STEPS / 2 + 40:
		floor_save(w->floor, w->lw.now);
		return;
	case STEPS / 2 + 50:
		fw_crash(w);
		fw_agent(w, ANN);
		fw_agent(w, BOB);
		T_OK(!FW(w, IN_START, .campaign = 1), "start");
		return;
	case STEPS * 3 / 4:
		w->k.record = false;
		w->k.gate.cap_n = 1;
		w->k.gate.cap_s = 86400;
		w->k.gate.hours_n = 1;
		w->k.gate.hours[0] = (struct gate_window){ 0x7f, 0, 1440 };
		w->k.trunk_count = 2;
		w->k.trunks[1].v = 7;
		break;
	default:
		return;
	}
	T_OK(!floor_campaign_set(w->floor, &w->k, w->lw.now), "settings");
}

static void replay(void **unused UNUSED)
{
	for (int m = 0; m < DIAL_MODE_COUNT; m++) {
		enum dial_mode mode = (enum dial_mode)m;
		struct fw live, again;
		struct campaign_view v, r;
		uint64_t dice = 99;

		begin(&live, mode, 120);
		for (int i = 0; i < STEPS; i++) {
			hand_in(&live, i);
			step(&live, &dice);
		}
		store_drain(live.lw.store);
		T_OK(!store_event_verify(live.lw.store, 1, 0, NULL),
		     "the chain of inputs is whole");
		fw_replay(&again, &live, mode, 120);
		T_OK(str_eq(live.actions, again.actions),
		     "%s: a day replayed from its log does the same",
		     dial_mode_word(mode));
		T_OK(strstr(live.actions, " join "), "and people talked");
		same_rows(&live, &again, dial_mode_word(mode));
		T_OK(!floor_campaign_view(live.floor, live.k.id,
					  live.lw.now, &v) &&
		     !floor_campaign_view(again.floor, live.k.id,
					  live.lw.now, &r), "views");
		T_OK(v.conf->max_lines_per_agent_milli == 1500 &&
		     r.conf->max_lines_per_agent_milli == 1500 &&
		     v.conf->gate.hours[0].to_min == 1440 &&
		     v.conf->trunks[1].v == 7 && r.conf->trunks[1].v == 7 &&
		     str_eq(gate_profile_name(r.conf->gate.profile), "none"),
		     "both know the settings of the evening");
		fw_close(&again);
		fw_close(&live);
	}
}

/* Only what is an input: the log's own words are not taken from outside. */
static void not_inputs(void **unused UNUSED)
{
	static const enum floor_input_kind kinds[] = { IN_BEGIN, IN_ROOM,
						       IN_PLACE };
	struct floor_setting s = { .mode = DIAL_MODE_COUNT };
	struct floor_input in = { .kind = IN_SETTING, .campaign = 1 };
	struct fw w;
	size_t len;

	fw_open(&w, MODE_PROGRESSIVE, 1);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		T_OK(FW(&w, kinds[i], .campaign = 1) == ERR_ARG, "%s",
		     floor_input_word(kinds[i]));
	T_OK(!schema_encode(&floor_setting_schema, &s, in.more,
			    sizeof(in.more), &len), "a setting");
	in.more_len = (uint32_t)len;
	T_OK(fw_in(&w, in) == ERR_ARG, "an unknown mode is refused");
	in.more_len = (uint32_t)len - 1;
	T_OK(fw_in(&w, in) == ERR_FORMAT, "half a setting is refused");
	T_OK(FW(&w, IN_LISTS, .campaign = 1, .text = "1 x") == ERR_FORMAT &&
	     FW(&w, IN_LISTS, .campaign = 9, .text = "1") == ERR_ABSENT,
	     "lists are numbers, and a campaign's");
	T_OK(schema_max_len(&floor_setting_schema) <= sizeof(in.more),
	     "every setting fits an input: %zu",
	     schema_max_len(&floor_setting_schema));
	fw_close(&w);
}

/* One short day in which the nth transaction is refused. */
static bool day_with_failure(enum dial_mode mode, unsigned nth, enum err e)
{
	struct store_stats st;
	struct fw w;
	uint64_t dice = 7;
	char what[60];

	str_fmt(what, sizeof(what), "%s, refusal %u, %s",
		dial_mode_word(mode), nth, err_text(e));
	begin(&w, mode, 20);
	store_fail(w.lw.store, nth, e);
	for (int i = 0; i < 120; i++) {
		step(&w, &dice);
		known(&w, nth, i);
	}
	end(&w);
	fw_quiet(&w, what);
	rung_once(&w, what);
	store_stats(w.lw.store, &st);
	fw_close(&w);
	return st.failures > 0;
}

static void store_refuses(void **unused UNUSED)
{
	for (int mode = 0; mode < DIAL_MODE_COUNT; mode++) {
		unsigned n = 1;

		while (day_with_failure((enum dial_mode)mode, n, ERR_IO))
			n += n < 100 ? 1 : 7;
		T_OK(n > 20, "%s: refusals were met, %u",
		     dial_mode_word((enum dial_mode)mode), n);
	}
}

static void crash(void **unused UNUSED)
{
	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct fw w;
		uint64_t dice = seed * 104729, intents = 1;
		struct cdr *v = calloc(FW_CDRS, sizeof(*v));

		begin(&w, (enum dial_mode)(seed % DIAL_MODE_COUNT), 40);
		for (unsigned i = 0; i < 20 + seed * 3; i++)
			step(&w, &dice);
		unsigned open = fw_crash(&w);

		T_OK(!store_count(w.lw.store, STORE_INTENT, &intents) &&
		     !intents, "seed %llu: no intent is left",
		     (unsigned long long)seed);
		size_t n = fw_cdrs(&w, v), cut = 0;

		for (size_t i = 0; i < n; i++)
			cut += v[i].interrupted;
		T_OK(cut == open || n == FW_CDRS,
		     "seed %llu: %u calls were cut, %zu records say so",
		     (unsigned long long)seed, open, cut);
		T_OK(!lead_world_count(&w.lw, LEAD_RESERVED),
		     "no lead is lost in a call that is gone");
		free(v);
		/* And a new day begins. */
		w.actions_len = 0;
		w.actions[0] = '\0';
		fw_agent(&w, ANN);
		T_OK(!FW(&w, IN_START, .campaign = 1), "start");
		fw_run(&w, 1000);
		end(&w);
		fw_quiet(&w, "after a crash");
		fw_close(&w);
	}
}

static void no_trunk(void **unused UNUSED)
{
	struct fw w;

	fw_open(&w, MODE_PROGRESSIVE, 2);
	w.place_err = ERR_AGAIN;
	fw_agent(&w, ANN);
	T_OK(!FW(&w, IN_START, .campaign = 1), "start");
	fw_run(&w, 1000);
	struct cdr r = fw_last_cdr(&w);

	T_OK(r.result == RES_CONGESTION && !r.invite_ms,
	     "no trunk had room; nothing rang");
	fw_quiet(&w, "without trunks");
	fw_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order),
		cmocka_unit_test(same_again),
		cmocka_unit_test(replay),
		cmocka_unit_test(not_inputs),
		cmocka_unit_test(store_refuses),
		cmocka_unit_test(crash),
		cmocka_unit_test(no_trunk),
	};

	log_set_level(LOG_ERR);
	return T_RUN(tests);
}
