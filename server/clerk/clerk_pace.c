/* clerk_pace -- why so many lines are in the air. */
#include "clerk_priv.h"

#include "base/str.h"
#include "odds/odds.h"
#include "sim/sim.h"

#include <stdlib.h>
#include <string.h>

static void more_of(const struct campaign_view *v, struct pace_more *m)
{
	const struct campaign_conf *c = v->conf;

	*m = (struct pace_more){
		.name = c->name, .window_s = gate_profile_abandon_window_s(
						 c->gate.profile),
		.target = gate_profile_abandon_ppm(c->gate.profile,
						   c->target_ppm) / 1e6,
		.held_at_end = c->held_at_end,
		.per_person = c->amd, .ends_s = v->ends_s, .own = v->own,
		.bound = v->bound, .odds = "",
		.idle = v->idle == IDLE_AGENTS ? "" : idle_reason_word(v->idle) };
}

/* A line of text for each of the words' lines. */
static void in_words(struct job *j, const struct pacer_explain *x,
		     const struct pace_more *m)
{
	char *text = NULL, *save = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f || pace_explain_print(x, m, f)) {
		fail(j, EXIT_BUSY, MSG_NO_FULL, "out of memory");
		if (f)
			fclose(f);
		free(text);
		return;
	}
	fclose(f);
	for (char *l = strtok_r(text, "\n", &save); l;
	     l = strtok_r(NULL, "\n", &save))
		say(j, json_pack("{s:s}", "text", l));
	free(text);
}

static json_t *in_json(const struct pacer_explain *x,
		       const struct pace_more *m, const char *idle)
{
	json_t *o, *free_agents = json_array();

	for (size_t i = 0; i < PACER_HORIZONS; i++)
		json_array_append_new(free_agents, json_pack(
			"{s:f, s:f}", "in_s", x->horizon_s[i], "agents",
			x->free_agents[i]));
	o = json_pack("{s:s, s:s, s:b, s:i, s:i, s:i, s:i, s:i, s:i, s:i, "
		      "s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, "
		      "s:f, s:f}",
		      "campaign", m->name, "mode", pacer_mode_word(x->mode),
		      "fallback", x->fallback, "agents", (int)x->agents,
		      "idle", (int)x->idle, "talking", (int)x->talking,
		      "wrapping", (int)x->wrapping, "leaving",
		      (int)x->leaving, "ringing", (int)x->ringing, "waiting",
		      (int)x->waiting, "lines_of_others", (int)x->rivals,
		      "lines_per_agent", x->lines_per_agent, "risk", x->risk,
		      "risk_limit", x->risk_limit, "answer_rate",
		      x->answer_rate, "answer_rate_se", x->answer_rate_se,
		      "ring_s", x->ring_s, "talk_s", x->talk_s, "wrap_s",
		      x->wrap_s, "answered", x->answered, "abandoned",
		      x->abandoned, "budget_left", x->budget_left, "target",
		      m->target);
	json_object_update_new(o, json_pack(
		"{s:s, s:I, s:s, s:f, s:f, s:b, s:o, s:s, s:s, s:s, s:i, s:o, "
		"s:s}",
		"answer_model", m->odds, "window_s", (json_int_t)m->window_s, "counted",
		m->per_person ? "persons" : "answers", "quarter_answered",
		x->quarter_answered, "quarter_abandoned",
		x->quarter_abandoned, "own_agents_only", m->own, "day_ends",
		time_json(m->ends_s * 1000), "limited_by",
		pacer_bound_word(m->bound), "because",
		pacer_bound_text(m->bound), "idle_reason", idle, "dials",
		(int)x->last.dials, "free_agents", free_agents,
		"abandon_held", pacer_hold_word(x->held_at_end
			? PACER_HOLD_END : PACER_HOLD_ALWAYS)));
	return o;
}

bool verb_pace_explain(struct job *j, struct now now)
{
	struct campaign_id id;
	struct campaign_view v;
	struct pacer_explain x;
	struct pace_more m;
	char odds[200];

	if (!campaign_named(j, &id) ||
	    floor_campaign_view(j->c->r->floor, id, now, &v))
		return true;
	pacer_explain(floor_pacer(j->c->r->floor, id), now.mono_ms, &x);
	more_of(&v, &m);
	odds_print(floor_odds(j->c->r->floor, id), odds, sizeof(odds));
	m.odds = v.conf->odds ? odds : "";
	if (j->words.json)
		say(j, in_json(&x, &m, idle_reason_word(v.idle)));
	else
		in_words(j, &x, &m);
	return true;
}
