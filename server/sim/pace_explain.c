/* server/sim/pace_explain -- `waihu pace explain` in words. */
#include "sim/sim_priv.h"

#include <jansson.h>

static int explain_json(const struct pacer_explain *x, FILE *out)
{
	json_t *by = json_array();

	for (int k = 0; k < PACER_HORIZONS; k++)
		json_array_append_new(by, json_pack("{s:f, s:f}", "after_s",
			x->horizon_s[k], "free_agents", x->free_agents[k]));
	json_t *j = json_pack("{s:s, s:b, s:i, s:i, s:i, s:i, s:i, s:i, s:i, "
		"s:f, s:o, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:i, s:s, s:s}",
		"mode", pacer_mode_word(x->mode), "fallback", x->fallback,
		"agents", (int)x->agents, "idle", (int)x->idle, "talking",
		(int)x->talking, "wrapping", (int)x->wrapping, "leaving",
		(int)x->leaving, "ringing", (int)x->ringing, "waiting",
		(int)x->waiting, "lines_per_agent", x->lines_per_agent,
		"by_horizon", by, "risk", x->risk, "risk_limit", x->risk_limit,
		"answer_rate", x->answer_rate, "answer_rate_se",
		x->answer_rate_se, "answered", x->answered, "abandoned",
		x->abandoned, "budget_left", x->budget_left, "dials",
		(int)x->last.dials, "limited_by",
		pacer_bound_word(x->last.bound), "because",
		pacer_bound_text(x->last.bound));
	int bad = !j || json_dumpf(j, out, JSON_INDENT(2) |
				   JSON_REAL_PRECISION(6)) || fputc('\n', out) ==
		  EOF;

	json_decref(j);
	return bad || fflush(out) ? 74 : 0;
}

int pace_explain_print(const struct pacer_explain *x, bool json, FILE *out)
{
	if (json)
		return explain_json(x, out);
	fprintf(out, "mode      %s%s\n", pacer_mode_word(x->mode), x->fallback ?
		", dialling progressively: the budget is used up" : "");
	fprintf(out, "agents    %u: %u idle, %u talking, %u in wrap-up, "
		"%u leaving after this call\n", x->agents, x->idle, x->talking,
		x->wrapping, x->leaving);
	fprintf(out, "lines     %u ringing, %u answered and waiting, %.2f for "
		"each agent\n", x->ringing, x->waiting, x->lines_per_agent);
	fprintf(out, "learned   %.1f %% +- %.1f answer after %.1f s, talk "
		"%.0f s, wrap-up %.0f s\n", 100 * x->answer_rate,
		100 * x->answer_rate_se, x->ring_s, x->talk_s, x->wrap_s);
	for (int k = 0; k < PACER_HORIZONS; k++)
		fprintf(out, "in %4.1f s  %5.1f agents free for further calls\n",
			x->horizon_s[k], x->free_agents[k]);
	fprintf(out, "risk      %.2f %% for one more dial, %.2f %% allowed\n",
		100 * x->risk, 100 * x->risk_limit);
	fprintf(out, "budget    %.0f abandoned of %.0f answered, %.1f calls "
		"left\n", x->abandoned, x->answered, x->budget_left);
	fprintf(out, "last 15 min  %.0f abandoned of %.0f answered\n",
		x->quarter_abandoned, x->quarter_answered);
	fprintf(out, "now       %u dials; limited by %s: %s\n", x->last.dials,
		pacer_bound_word(x->last.bound),
		pacer_bound_text(x->last.bound));
	return fflush(out) ? 74 : 0;
}
