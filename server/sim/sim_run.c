/* server/sim/sim_run -- a day with the very pacer of the server. */
#include "sim/sim_priv.h"

static enum err own_event(void *ctx, const struct pacer_event *e)
{
	return pacer_feed(ctx, e);
}

static enum err own_ask(void *ctx, int64_t ms, uint32_t *dials)
{
	*dials = pacer_ask(ctx, ms, NULL).dials;
	return ERR_OK;
}

void sim_pacer_conf(const struct sim_world *w, struct pacer_conf *c)
{
	c->patience_ms = (int32_t)(w->patience.mean_s * 1e3);
	c->timeout_ms = (int32_t)w->timeout_ms;
	c->detect_ms = (int32_t)w->detect_ms;
	c->end_ms = w->open_end ? 0 : w->length_ms;
	c->agents_hint = w->agents;
}

enum err sim_run_knowing(const struct sim_world *w, const struct pacer_conf *c,
			 const void *know, size_t size, struct sim_result *out)
{
	struct pacer_conf own = *c;
	struct pacer *p;

	sim_pacer_conf(w, &own);
	enum err e = pacer_new(&own, &p);

	if (e != ERR_OK)
		return e;
	const struct sim_pace pace = { p, own_event, own_ask };

	if (know)
		e = pacer_prior(p, know, size, 1);
	if (e == ERR_OK)
		e = sim_run_with(w, own.mode, &pace, out);
	pacer_free(p);
	return e;
}

enum err sim_run(const struct sim_world *w, const struct pacer_conf *c,
		 struct sim_result *out)
{
	return sim_run_knowing(w, c, NULL, 0, out);
}
