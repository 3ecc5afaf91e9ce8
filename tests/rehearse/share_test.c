/* Campaigns that share agents and lines: each keeps the law, each has its
 * part, and no line is used that is not there. */
#include "rehearse/rehearse.h"

#include "base/log.h"
#include "base/str.h"
#include "base/t.h"


struct plan {
	const char *what;
	uint32_t agents, lines, cps, hours;
	size_t campaigns;
	struct {
		enum dial_mode mode;
		double p, talk_s, target;
		uint32_t weight, leads;
	} k[3];
	uint32_t (*takes)(void *arg, uint32_t agent);
};

/* The first half both; then one each. */
static uint32_t half_shared(void *arg UNUSED, uint32_t agent)
{
	return agent < 10 ? 3 : agent < 15 ? 1 : 2;
}

static const struct plan plans[] = {
	{ "twenty agents, two campaigns", 20, 0, 0, 4, 2,
	  { { MODE_PREDICTIVE, .25, 60, .03, 100, 25000 },
	    { MODE_PREDICTIVE, .25, 60, .03, 100, 25000 } }, NULL },
	{ "one answers more and talks longer", 20, 0, 0, 4, 2,
	  { { MODE_PREDICTIVE, .15, 60, .03, 100, 25000 },
	    { MODE_PREDICTIVE, .45, 150, .03, 100, 9000 } }, NULL },
	{ "three, with weights and targets of their own", 20, 0, 0, 4, 3,
	  { { MODE_PREDICTIVE, .25, 60, .03, 300, 25000 },
	    { MODE_PREDICTIVE, .25, 60, .01, 100, 15000 },
	    { MODE_PREDICTIVE, .30, 90, .03, 100, 15000 } }, NULL },
	{ "two skill groups that overlap", 20, 0, 0, 4, 2,
	  { { MODE_PREDICTIVE, .25, 60, .03, 100, 25000 },
	    { MODE_PREDICTIVE, .25, 60, .03, 100, 25000 } }, half_shared },
	{ "few lines, few calls a second", 20, 24, 1, 2, 2,
	  { { MODE_PREDICTIVE, .25, 60, .03, 100, 15000 },
	    { MODE_PREDICTIVE, .25, 60, .03, 100, 15000 } }, NULL },
	{ "one of them abandons nobody", 20, 0, 0, 3, 2,
	  { { MODE_PREDICTIVE, .25, 60, .03, 100, 20000 },
	    { MODE_PROGRESSIVE, .25, 60, .03, 100, 12000 } }, NULL },
};

static struct rehearse *run(const struct plan *p, uint64_t seed)
{
	struct rehearse_conf c = { .data = "data", .agents = p->agents,
		.lines = p->lines, .cps = p->cps, .takes = p->takes,
		.length_ms = p->hours * 3600000ll, .seed = seed,
		.campaigns = p->campaigns, .wall_ms = 1795395600000 };
	struct rehearse *r;
	char why[200];

	for (size_t i = 0; i < p->campaigns; i++) {
		struct rehearse_campaign *k = &c.campaign[i];

		k->conf = (struct campaign_conf){ .mode = p->k[i].mode,
			.gate = { .purpose = PURPOSE_SERVICE,
				  .tries_max = 3 },
			.target_ppm = (int32_t)(p->k[i].target * 1e6),
			.ring_ms = 25000, .connect_ms = 2000,
			.wrap = WRAP_BOXED, .wrap_ms = 60000,
			.weight = p->k[i].weight, .message = "sorry.en",
			.shift_n = 1, .shift_off_s = 8 * 3600,
			.shift = { { 127, 0,
				     (int16_t)(540 + 60 * p->hours) } } };
		str_copy(k->profile, sizeof(k->profile), "none");
		sim_world_init(&k->world);
		k->world.p = p->k[i].p;
		k->world.talk.mean_s = p->k[i].talk_s;
	}
	T_OK(!rehearse_new(&c, &r, why, sizeof(why)), "it opens: %s", why);
	for (size_t i = 0; i < p->campaigns; i++)
		T_OK(!rehearse_leads(r, i, p->k[i].leads), "leads");
	T_OK(!rehearse_run(r, NULL, NULL), "a day");
	return r;
}

static void each_keeps_its_target_and_the_lines(void **state UNUSED)
{
	for (size_t n = 0; n < ARRAY_LEN(plans); n++) {
		const struct plan *p = &plans[n];
		struct rehearse *r = run(p, 11 + n);
		double talk = 0, in = 1;

		for (size_t i = 0; i < p->campaigns; i++) {
			struct rehearse_result x;

			rehearse_result(r, i, &x);
			talk += x.sum.talk_s;
			in = x.sum.logged_s;
			T_OK(x.sum.abandoned <=
			     p->k[i].target * x.sum.answered + 1,
			     "%s: campaign %zu abandons %.4f of %.0f", p->what,
			     i, x.sum.abandon, x.sum.answered);
			T_OK(p->k[i].mode == MODE_PREDICTIVE ||
			     !x.sum.abandoned, "%s: %.0f abandoned", p->what,
			     x.sum.abandoned);
			T_OK(x.no_room == 0, "%s: %.0f calls found no line",
			     p->what, x.no_room);
		}
		T_OK(!p->lines || rehearse_most_lines(r) <= p->lines,
		     "%s: %.0f lines of %u", p->what, rehearse_most_lines(r),
		     p->lines);
		T_OK(talk / in > .35, "%s: and agents talk: %.3f", p->what,
		     talk / in);
		rehearse_free(r);
	}
}

static void agents_are_split_by_weight(void **state UNUSED)
{
	static const uint32_t weights[] = { 100, 300 };
	struct plan p = plans[0];
	struct rehearse_result a, b;

	for (size_t i = 0; i < ARRAY_LEN(weights); i++) {
		p.k[0].weight = weights[i];
		p.hours = 2;
		struct rehearse *r = run(&p, 5);

		rehearse_result(r, 0, &a);
		rehearse_result(r, 1, &b);
		double want = weights[i] / 100.0;
		double is = a.sum.talk_s / b.sum.talk_s;

		T_OK(is > want * .65 && is < want / .65,
		     "weights %u to 100: talk %.2f to 1", weights[i], is);
		rehearse_free(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_keeps_its_target_and_the_lines),
		cmocka_unit_test(agents_are_split_by_weight),
	};

	log_set_level(LOG_ERR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
