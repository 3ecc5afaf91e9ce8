/* server/sim/pace_explain -- `waihu pace explain` in words. */
#include "sim/sim_priv.h"

#include <time.h>

static void budget(const struct pacer_explain *x, const struct pace_more *m,
		   FILE *out)
{
	char until[32] = "";
	time_t end = (time_t)m->ends_s;
	struct tm tm;

	if (end && localtime_r(&end, &tm))
		strftime(until, sizeof(until), "%H:%M", &tm);
	fprintf(out, "budget    %.0f abandoned of %.0f %s", x->abandoned,
		x->answered, m->per_person ? "answered by a person"
					   : "answered");
	if (m->window_s)
		fprintf(out, " in %lld h", (long long)m->window_s / 3600);
	else
		fprintf(out, " in the campaign");
	bool owed = x->held_at_end && x->budget_left < 0;

	fprintf(out, "; target %.1f %%: %.1f calls %s\n", 100 * m->target,
		owed ? -x->budget_left : x->budget_left,
		owed ? "owed, to be earned until the end" : "left");
	fprintf(out, "day ends  %s; %s\n", *until ? until : "not known",
		x->held_at_end ? "the target is held then, not before" :
		m->held_at_end ? "outside the shift the target is held at "
				 "every moment" :
		*until ? "what was saved is spent until then" :
		"a buffer is kept");
}

int pace_explain_print(const struct pacer_explain *x,
		       const struct pace_more *m, FILE *out)
{
	fprintf(out, "campaign  %s\n", m->name);
	fprintf(out, "mode      %s%s\n", pacer_mode_word(x->mode), x->fallback ?
		", dialling progressively: the budget is used up" : m->own ?
		", only with an idle agent for each line: others of the pool "
		"dare more" : "");
	fprintf(out, "agents    %u: %u idle, %u talking, %u in wrap-up, "
		"%u leaving after this call\n", x->agents, x->idle, x->talking,
		x->wrapping, x->leaving);
	fprintf(out, "lines     %u in the air, %u answered and waiting, %.2f "
		"for each agent\n", x->ringing, x->waiting,
		x->lines_per_agent);
	if (x->rivals)
		fprintf(out, "others    %u lines of campaigns that share these "
			"agents\n", x->rivals);
	fprintf(out, "learned   %.1f %% +- %.1f answer after %.1f s, talk "
		"%.0f s, wrap-up %.0f s\n", 100 * x->answer_rate,
		100 * x->answer_rate_se, x->ring_s, x->talk_s, x->wrap_s);
	if (m->odds && *m->odds)
		fprintf(out, "leads     %s\n", m->odds);
	for (int k = 0; k < PACER_HORIZONS; k++)
		fprintf(out, "in %4.1f s  %5.1f agents free for further calls\n",
			x->horizon_s[k], x->free_agents[k]);
	fprintf(out, "risk      %.2f %% for one more dial, %.2f %% allowed\n",
		100 * x->risk, 100 * x->risk_limit);
	budget(x, m, out);
	fprintf(out, "last 15 min  %.0f abandoned of %.0f answered\n",
		x->quarter_abandoned, x->quarter_answered);
	if (m->idle && *m->idle)
		fprintf(out, "now       no dials: %s\n", m->idle);
	else
		fprintf(out, "now       %u dials; limited by %s: %s\n",
			x->last.dials, pacer_bound_word(m->bound),
			pacer_bound_text(m->bound));
	return fflush(out) ? 74 : 0;
}
