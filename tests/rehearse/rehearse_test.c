/* The floor in virtual time: it does what the fast simulation says. */
#include "rehearse/rehearse.h"

#include "odds/odds.h"

#include "base/log.h"
#include "base/str.h"
#include "base/t.h"

#include <math.h>
#include <stdlib.h>

static struct rehearse_conf conf_of(enum dial_mode mode, uint32_t agents,
				    int64_t hours)
{
	struct rehearse_conf c = { .data = "data", .agents = agents,
		.length_ms = hours * 3600000, .seed = 7, .campaigns = 1,
		.wall_ms = 1795395600000 };	/* 2026-11-23 09:00 in China */
	struct rehearse_campaign *k = &c.campaign[0];

	k->conf = (struct campaign_conf){ .mode = mode,
		.gate = { .purpose = PURPOSE_SERVICE, .tries_max = 3 },
		.target_ppm = 30000, .ring_ms = 25000, .connect_ms = 2000,
		.wrap = WRAP_BOXED, .wrap_ms = 60000, .message = "sorry.en" };
	k->conf.shift_n = 1;		/* the day ends as it does there     */
	k->conf.shift[0] = (struct gate_window){ 127, 0,
						 (int16_t)(540 + 60 * hours) };
	k->conf.shift_off_s = 8 * 3600;
	str_copy(k->profile, sizeof(k->profile), "none");
	sim_world_init(&k->world);
	return c;
}

static struct rehearse_result day(const struct rehearse_conf *c,
				  uint32_t leads)
{
	struct rehearse_result x;
	struct rehearse *r;
	char why[200];

	T_OK(!rehearse_new(c, &r, why, sizeof(why)), "it opens: %s", why);
	T_OK(!rehearse_leads(r, 0, leads), "leads");
	T_OK(!rehearse_run(r, NULL, NULL), "a day");
	rehearse_result(r, 0, &x);
	rehearse_free(r);
	return x;
}

static void the_floor_does_what_the_simulation_says(void **state UNUSED)
{
	static const struct { enum dial_mode d; enum pacer_mode p; } modes[] = {
		{ MODE_PREDICTIVE, PACER_PREDICTIVE },
		{ MODE_PROGRESSIVE, PACER_PROGRESSIVE },
	};

	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		struct rehearse_conf c = conf_of(modes[i].d, 10, 2);
		struct sim_world w = c.campaign[0].world;
		struct pacer_conf p;
		struct sim_result s;
		struct rehearse_result x = day(&c, 6000);

		pacer_conf_init(&p);
		p.mode = modes[i].p;
		w.agents = c.agents;
		w.length_ms = c.length_ms;
		w.seed = c.seed * 31;
		T_OK(!sim_run(&w, &p, &s), "the simulation");
		T_OK(fabs(x.sum.utilisation / s.utilisation - 1) < 0.03,
		     "%s: talk %.3f on the floor, %.3f simulated",
		     pacer_mode_word(p.mode), x.sum.utilisation,
		     s.utilisation);
		T_OK(x.sum.abandon <= 0.03 && s.abandon <= 0.03,
		     "abandoned %.4f and %.4f", x.sum.abandon, s.abandon);
		T_OK(fabs(x.sum.joined + x.sum.abandoned - x.sum.answered) <
		     20, "who answered was joined or abandoned");
		T_OK(x.sum.dialled > 1000 && x.leads_left > 0, "%.0f dialled",
		     x.sum.dialled);
	}
}

static void leads_run_out_and_hours_end(void **state UNUSED)
{
	struct rehearse_conf c = conf_of(MODE_PROGRESSIVE, 5, 2);
	struct rehearse_result x = day(&c, 100);

	T_OK(x.idle == IDLE_LEADS && !x.leads_left && x.sum.dialled >= 100,
	     "100 leads do not last: %s, %.0f dialled",
	     idle_reason_word(x.idle), x.sum.dialled);
	c.wall_ms += 12 * 3600000;	/* 21:00; the law's hours end at 22  */
	str_copy(c.campaign[0].profile, sizeof(c.campaign[0].profile), "cn");
	x = day(&c, 3000);
	T_OK(x.idle == IDLE_HOURS && x.leads_left > 1000,
	     "at 22:00 the gate closes: %s", idle_reason_word(x.idle));
	T_OK(x.sum.utilisation < 0.4, "half a day's talk: %.2f",
	     x.sum.utilisation);
}

static void the_same_day_is_the_same(void **state UNUSED)
{
	struct rehearse_conf c = conf_of(MODE_PREDICTIVE, 5, 1);
	struct rehearse_result a, b;

	c.campaign[0].conf.amd = true;
	c.campaign[0].world.machines = 0.3;
	c.campaign[0].world.detect_ms = 1200;
	a = day(&c, 2000);
	b = day(&c, 2000);
	T_OK(a.sum.dialled == b.sum.dialled && a.sum.talk_s == b.sum.talk_s &&
	     a.sum.abandoned == b.sum.abandoned, "to the last call");
	T_OK(a.sum.machines > 20, "%.0f machines were left out",
	     a.sum.machines);
	c.seed = 8;
	b = day(&c, 2000);
	T_OK(a.sum.talk_s != b.sum.talk_s, "another seed, another day");
}

static void preview_waits_for_the_agent(void **state UNUSED)
{
	struct rehearse_conf c = conf_of(MODE_PREVIEW, 3, 1);
	struct rehearse_result x = day(&c, 2000);

	T_OK(x.sum.joined > 20 && x.sum.abandoned == 0 &&
	     x.sum.utilisation > 0.2 && x.sum.utilisation < 0.5,
	     "%.0f joined, talk %.2f", x.sum.joined, x.sum.utilisation);
}

static void agents_come_and_go(void **state UNUSED)
{
	struct rehearse_conf c = conf_of(MODE_PREDICTIVE, 10, 2);
	struct rehearse_result x;
	struct sim_world *w = &c.campaign[0].world;

	w->change[w->changes++] = (struct sim_change){ 0, SIM_SET_SHARE, 0.5 };
	w->change[w->changes++] = (struct sim_change){ 3600000, SIM_SET_SHARE,
						       1 };
	w->change[w->changes++] = (struct sim_change){ 5400000, SIM_SET_SHARE,
						       0.2 };
	x = day(&c, 6000);
	T_OK(fabs(x.sum.logged_s - 3600 * (5 + 5 + 1)) < 900,
	     "logged in %.0f s", x.sum.logged_s);
	T_OK(x.sum.abandon <= 0.035, "abandoned %.4f", x.sum.abandon);
}

/* Tier A answers three times as often as D. */
static double by_tier(void *arg UNUSED, const struct lead *l,
		      struct now now UNUSED, double p)
{
	return l->tier == 1 ? p * 1.8 : l->tier == 4 ? p * .4 : p;
}

static void who_will_answer_is_learned(void **state UNUSED)
{
	struct rehearse_conf c = conf_of(MODE_PREDICTIVE, 10, 3);
	struct rehearse_result x[3];
	const struct odds *o;

	c.campaign[0].chance = by_tier;
	for (int i = 0; i < 3; i++) {
		struct rehearse *r;
		char why[200];

		c.campaign[0].conf.odds = i > 0;
		c.campaign[0].conf.odds_order = i > 1;
		T_OK(!rehearse_new(&c, &r, why, sizeof(why)), "%s", why);
		T_OK(!rehearse_leads(r, 0, 9000), "leads");
		T_OK(!rehearse_run(r, NULL, NULL), "a day");
		rehearse_result(r, 0, &x[i]);
		o = floor_odds(rehearse_floor(r), (struct campaign_id){ 1 });
		T_OK(o->used == (i > 0), "%d: the model is %sused", i,
		     o->used ? "" : "not ");
		T_OK(x[i].sum.abandoned <= .03 * x[i].sum.answered + 1,
		     "%d: abandoned %.4f", i, x[i].sum.abandon);
		rehearse_free(r);
	}
	T_OK(x[1].sum.utilisation > x[0].sum.utilisation * .97,
	     "and the pacer does not suffer: %.3f, %.3f",
	     x[1].sum.utilisation, x[0].sum.utilisation);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_floor_does_what_the_simulation_says),
		cmocka_unit_test(leads_run_out_and_hours_end),
		cmocka_unit_test(the_same_day_is_the_same),
		cmocka_unit_test(preview_waits_for_the_agent),
		cmocka_unit_test(agents_come_and_go),
		cmocka_unit_test(who_will_answer_is_learned),
	};

	log_set_level(LOG_ERR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
