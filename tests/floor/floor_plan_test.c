/* What pacers are told of their campaigns, and what they keep and share. */
#include "floor/floor_world.h"

#include <math.h>
#include <stdlib.h>

#include "base/str.h"
#include "base/t.h"
#include "floor/floor_priv.h"

#define HOUR 3600

static const struct {
	const char *what;
	int local_h;			/* 2026-11-23, a Monday, in China    */
	const char *shift, *hours;	/* the campaign's own                */
	const char *profile;
	int end_h;			/* 0: not known                      */
	bool end_only;			/* ... and the target held there     */
} ends[] = {
	{ "no hours, no shift: the day has no end", 10, "", "", "none", 0, false },
	{ "the law ends the day", 10, "", "", "cn", 22, false },
	{ "own hours end it earlier", 10, "", "1-5 09:00-20:00", "cn", 20, false },
	{ "the shift ends it earlier still", 10, "1-5 09:00-18:00",
	  "1-5 09:00-20:00", "cn", 18, true },
	{ "a shift after the law's end does not count", 10,
	  "1-5 09:00-23:30", "", "cn", 22, true },
	{ "a pause at noon does not end the day of the agents", 10,
	  "1-5 09:00-12:00; 1-5 13:00-17:00", "", "none", 17,
	  true },
	{ "after the shift the law alone is known", 19, "1-5 09:00-18:00",
	  "", "cn", 22, false },
	{ "another day's shift says nothing", 10, "2-5 09:00-18:00", "",
	  "none", 0, false },
};

static void the_day_ends_when_shift_or_law_says(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct fw w;
		int64_t midnight = (int64_t)zone_days(2026, 11, 23) * 86400 -
				   8 * HOUR;
		struct pacer_conf p;
		struct campaign *k;
		size_t n = 0;

		fw_open(&w, MODE_PREDICTIVE, 5);
		w.lw.now.wall_ms = (midnight + ends[i].local_h * HOUR) * 1000;
		w.k.gate.profile = gate_profile(w.gate, ends[i].profile);
		if (*ends[i].shift) {
			T_OK(!gate_windows_parse(ends[i].shift, w.k.shift,
						 GATE_HOURS_MAX, &n), "shift");
			w.k.shift_n = (uint8_t)n;
		}
		if (*ends[i].hours) {
			T_OK(!gate_windows_parse(ends[i].hours, w.k.gate.hours,
						 GATE_HOURS_MAX, &n), "hours");
			w.k.gate.hours_n = (uint8_t)n;
		}
		w.k.shift_off_s = 8 * HOUR;
		w.k.held_at_end = true;
		T_OK(!floor_campaign_set(w.floor, &w.k, w.lw.now), "set");
		fw_run(&w, 10000);
		k = floor_campaign(w.floor, w.k.id);
		T_OK(k->end_s == (ends[i].end_h ? midnight + ends[i].end_h *
							     HOUR : 0),
		     "%s: %lld h", ends[i].what,
		     (long long)(k->end_s - midnight) / HOUR);
		plan_conf(k, w.lw.now, &p);
		T_OK(!k->end_s || llabs(p.end_ms - w.lw.now.mono_ms -
				(k->end_s * 1000 - w.lw.now.wall_ms)) < 2,
		     "%s: and the pacer has it on its own clock",
		     ends[i].what);
		T_OK((p.hold == PACER_HOLD_END) == ends[i].end_only,
		     "%s: the target is held %s", ends[i].what,
		     pacer_hold_word(p.hold));
		fw_close(&w);
	}
}

static void calls(struct fw *w, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		unsigned before = w->places;

		for (int t = 0; t < 200 && w->places == before; t++)
			fw_run(w, 50);
		T_OK(!FW(w, IN_ANSWERED, .call = w->placed.v), "answered");
		fw_run(w, 30000);
		T_OK(!FW(w, IN_HANGUP, .call = w->placed.v), "hung up");
		fw_run(w, 3000);
		T_OK(!FW(w, IN_OUTCOME, .agent = 1, .value = 1), "outcome");
		T_OK(!FW(w, IN_FINISH, .agent = 1), "finished");
	}
}

static bool first_lead(void *arg, const struct lead *l)
{
	*(struct lead *)arg = *l;
	return false;
}

/* The list's first lead is to be called by the agent at this second. */
static void promise(struct fw *w, struct lead *l, uint32_t agent, int64_t at_s)
{
	struct store_group *g;

	if (!l->id)
		T_OK(!lead_scan(w->lw.leads, w->lw.list, (struct lead_id){ 0 },
				1, first_lead, l) && l->id, "a lead");
	g = store_begin(w->lw.store);
	l->status = LEAD_AGREED;
	l->callback_agent = agent;
	l->next_at_s = at_s;
	T_OK(!lead_set(w->lw.leads, g, l), "a promise");
	lead_world_commit(&w->lw, g);
}

/* An agent with a call-back in a minute: no line is his shortly before. */
static void a_promised_minute_is_nobodys_line(void **state UNUSED)
{
	struct fw w;
	struct pacer_decision d;
	struct lead l = { 0 };

	fw_open(&w, MODE_PROGRESSIVE, 20);
	/* At work, and nothing is dialled that the test does not see. */
	T_OK(!FW(&w, IN_START, .campaign = w.k.id.v) &&
	     !FW(&w, IN_PAUSE, .campaign = w.k.id.v), "started, and paused");
	fw_agent(&w, 1);
	fw_run(&w, 11000);
	struct pacer *p = floor_campaign(w.floor, w.k.id)->pacer;

	d = pacer_ask(p, w.lw.now.mono_ms, NULL);
	T_OK(d.dials == 1, "he is free: %u", d.dials);
	promise(&w, &l, 1, w.lw.now.wall_ms / 1000 + 60);
	fw_run(&w, 12000);
	d = pacer_ask(p, w.lw.now.mono_ms, NULL);
	T_OK(d.dials == 1, "nearly a minute before he still is: %u", d.dials);
	fw_run(&w, 46000);
	d = pacer_ask(p, w.lw.now.mono_ms, NULL);
	T_OK(d.dials == 0, "at the promised minute he is not: %u", d.dials);
	promise(&w, &l, 1, w.lw.now.wall_ms / 1000 + 7200);
	fw_run(&w, 11000);
	d = pacer_ask(p, w.lw.now.mono_ms, NULL);
	T_OK(d.dials == 1, "put off, he is free again: %u", d.dials);
	fw_close(&w);
}

static void wrap_limits_are_the_pacers(void **state UNUSED)
{
	static const struct {
		enum wrap_mode mode;
		int32_t limit_ms;
		bool full;
	} rows[] = {
		{ WRAP_OPTIONAL, 0, false }, { WRAP_MANDATORY, 0, false },
		{ WRAP_BOXED, 45000, false }, { WRAP_BOXED_FULL, 45000, true },
	};
	struct fw w;
	struct pacer_conf p;

	fw_open(&w, MODE_PREDICTIVE, 5);
	w.k.wrap_ms = 45000;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		w.k.wrap = rows[i].mode;
		T_OK(!floor_campaign_set(w.floor, &w.k, w.lw.now), "set");
		plan_conf(floor_campaign(w.floor, w.k.id), w.lw.now, &p);
		T_OK(p.wrap_limit_ms == rows[i].limit_ms &&
		     p.wrap_full == rows[i].full, "%s",
		     wrap_mode_word(rows[i].mode));
	}
	fw_close(&w);
}

static double talks_known(struct fw *w)
{
	struct pacer_learned l;

	pacer_learned(floor_pacer(w->floor, w->k.id), &l);
	return l.calls;
}

static void hours_pass(struct fw *w, int h)
{
	w->lw.now.mono_ms += (int64_t)h * HOUR * 1000;
	w->lw.now.wall_ms += (int64_t)h * HOUR * 1000;
	fw_run(w, 50);
}

static void another_hour_of_the_day_has_its_own_prior(void **state UNUSED)
{
	struct fw w;
	struct pacer_learned l;
	struct pacer_explain x;
	double after;

	fw_open(&w, MODE_PROGRESSIVE, 200);
	w.lw.now.wall_ms -= w.lw.now.wall_ms % 3600000 - 60000;
	fw_agent(&w, 1);
	T_OK(!FW(&w, IN_START, .campaign = 1), "start");
	calls(&w, 25);
	after = talks_known(&w);
	T_OK(after > 20, "25 talks were learned: %.1f", after);
	T_OK(!FW(&w, IN_STOP, .campaign = 1), "stop");
	T_OK(!FW(&w, IN_LOGOUT, .agent = 1), "the agent goes home");
	fw_run(&w, 30000);
	hours_pass(&w, 1);
	/* The next day, at the same hour. */
	hours_pass(&w, 23);
	T_OK(!FW(&w, IN_LOGIN, .agent = 1, .text = "Agent 1\tnorth"), "in");
	T_OK(!FW(&w, IN_ASSIGN, .agent = 1, .text = "1"), "assigned");
	T_OK(fabs(talks_known(&w) - after / 2) < 1,
	     "the hour's own past is the prior, at half its weight: %.1f of "
	     "%.1f", talks_known(&w), after);
	pacer_learned(floor_pacer(w.floor, w.k.id), &l);
	T_OK(l.talk_s > 20 && l.talk_s < 45, "talk %.0f s", l.talk_s);
	pacer_explain(floor_pacer(w.floor, w.k.id), w.lw.now.mono_ms, &x);
	T_OK(x.agents == 1, "and the new day's pacer has its agent");
	fw_close(&w);
}

static void a_new_campaign_learns_from_another(void **state UNUSED)
{
	struct fw w;
	struct pacer_learned a, b;
	struct campaign_conf second;

	fw_open(&w, MODE_PROGRESSIVE, 200);
	fw_agent(&w, 1);
	T_OK(!FW(&w, IN_START, .campaign = 1), "start");
	calls(&w, 25);
	second = w.k;
	second.id.v = second.gate.id.v = 2;
	str_copy(second.name, sizeof(second.name), "autumn");
	T_OK(!floor_campaign_set(w.floor, &second, w.lw.now), "a second one");
	pacer_learned(floor_pacer(w.floor, second.id), &b);
	T_OK(!b.calls, "which knows nothing");
	T_OK(!FW(&w, IN_STOP, .campaign = 1), "stop");
	fw_run(&w, 60000);
	T_OK(!FW(&w, IN_NOT_READY, .agent = 1) || true, "off");
	T_OK(!FW(&w, IN_ASSIGN, .agent = 1, .text = "2"), "assigned to it");
	pacer_learned(floor_pacer(w.floor, w.k.id), &a);
	pacer_learned(floor_pacer(w.floor, second.id), &b);
	T_OK(fabs(b.calls - a.calls * 0.2) < 1, "talks %.1f of %.1f", b.calls,
	     a.calls);
	T_OK(fabs(b.talk_s - a.talk_s) < 20, "talk %.0f s and %.0f s",
	     b.talk_s, a.talk_s);
	T_OK(fabs(b.p - pacer_params_default.p_prior) < 1e-6,
	     "but no answer rate: %.3f", b.p);
	fw_close(&w);
}

static void the_ears_own_time_is_told(void **state UNUSED)
{
	struct fw w;
	struct pacer_conf p;
	struct campaign *k;

	fw_open(&w, MODE_PREDICTIVE, 5);
	w.k.amd = true;
	T_OK(!floor_campaign_set(w.floor, &w.k, w.lw.now), "set");
	k = floor_campaign(w.floor, w.k.id);
	plan_conf(k, w.lw.now, &p);
	T_OK(p.detect_ms == 1200, "1.2 s before anybody was heard");
	for (int i = 0; i < 30; i++)
		plan_heard(k, 1800);
	fw_run(&w, 20000);
	plan_conf(k, w.lw.now, &p);
	T_OK(p.detect_ms == 1800, "then as long as they take: %d",
	     p.detect_ms);
	T_OK(p.patience_ms == 200, "which is part of the two seconds: %d",
	     p.patience_ms);
	w.k.gate.profile = gate_profile(w.gate, "us");
	T_OK(!floor_campaign_set(w.floor, &w.k, w.lw.now), "set");
	plan_conf(k, w.lw.now, &p);
	T_OK(p.patience_ms == 2000,
	     "but where they count from the end of the greeting: %d",
	     p.patience_ms);
	fw_close(&w);
}

static void who_will_leave_is_told(void **state UNUSED)
{
	struct fw w;
	struct pacer_explain x;

	fw_open(&w, MODE_PROGRESSIVE, 20);
	fw_agent(&w, 1);
	T_OK(!FW(&w, IN_START, .campaign = 1), "start");
	fw_run(&w, 1000);
	T_OK(!FW(&w, IN_ANSWERED, .call = w.placed.v), "answered");
	T_OK(!FW(&w, IN_BREAK, .agent = 1, .value = 0), "break after this");
	pacer_explain(floor_pacer(w.floor, w.k.id), w.lw.now.mono_ms, &x);
	T_OK(x.leaving == 1 && !x.talking, "the pacer counts on nobody");
	T_OK(!FW(&w, IN_READY, .agent = 1), "taken back");
	fw_run(&w, 50);
	pacer_explain(floor_pacer(w.floor, w.k.id), w.lw.now.mono_ms, &x);
	T_OK(!x.leaving && x.talking == 1, "and counts on him again");
	T_OK(!FW(&w, IN_LOGOUT, .agent = 1), "log out after this");
	pacer_explain(floor_pacer(w.floor, w.k.id), w.lw.now.mono_ms, &x);
	T_OK(x.leaving == 1, "leaving again");
	fw_close(&w);
}

/* Counted as they come and go, they are what a count of all gives. */
static void who_shares_whom_is_kept_count_of(void **state UNUSED)
{
	enum { CAMPAIGNS = 2, AGENTS = 8 };
	uint32_t kept[8 * 8];
	unsigned dice = 3, shared = 0;
	struct fw w;

	fw_open(&w, MODE_PROGRESSIVE, 0);
	for (uint32_t i = 2; i <= CAMPAIGNS; i++) {
		struct campaign_conf k = w.k;

		k.id.v = i;
		str_fmt(k.name, sizeof(k.name), "c%u", i);
		T_OK(!floor_campaign_set(w.floor, &k, w.lw.now), "a campaign");
	}
	T_OK(w.floor->conf.max_campaigns <= 8, "room for the count");
	for (int step = 0; step < 2000; step++) {
		struct floor_input in = { .kind = IN_ASSIGN };
		struct floor *f = w.floor;

		dice = dice * 1103515245u + 12345u;
		in.agent = 1 + (dice >> 8) % AGENTS;
		if ((dice >> 16) % 4 == 0)
			in.kind = IN_LOGIN;
		else if ((dice >> 16) % 4 == 1)
			in.kind = IN_LOGOUT;
		else if (dice >> 20 & 1)
			str_copy(in.text, sizeof(in.text), dice >> 21 & 1
				 ? "1 2" : "2");
		else
			str_copy(in.text, sizeof(in.text), "1");
		(void)!fw_in(&w, in);
		memcpy(kept, f->shares, f->conf.max_campaigns *
		       f->conf.max_campaigns * sizeof(*kept));
		shared += kept[1] > 0;
		memset(f->shares, 0, f->conf.max_campaigns *
		       f->conf.max_campaigns * sizeof(*kept));
		memset(f->share_seats, 0, f->conf.max_agents *
		       sizeof(*f->share_seats));
		for (struct seat *s = seat_each(f->seats, NULL); s;
		     s = seat_each(f->seats, s))
			share_seat(f, s);
		T_OK(!memcmp(kept, f->shares, f->conf.max_campaigns *
			     f->conf.max_campaigns * sizeof(*kept)),
		     "after %d inputs it is as counted", step);
	}
	T_OK(shared > 100, "and there was something to count: %u", shared);
	fw_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_day_ends_when_shift_or_law_says),
		cmocka_unit_test(another_hour_of_the_day_has_its_own_prior),
		cmocka_unit_test(a_new_campaign_learns_from_another),
		cmocka_unit_test(the_ears_own_time_is_told),
		cmocka_unit_test(who_shares_whom_is_kept_count_of),
		cmocka_unit_test(who_will_leave_is_told),
		cmocka_unit_test(a_promised_minute_is_nobodys_line),
		cmocka_unit_test(wrap_limits_are_the_pacers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
