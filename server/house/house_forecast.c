/*
 * house_forecast -- the pacing page's outlook, from the code that paces.
 *
 * A forecast simulates a hundred hours and takes a tenth of a second, so it
 * runs on a thread of its own, on a copy of what the pacer has learned; the
 * page goes out when it is done.  One at a time, in the order asked.
 */
#include "house_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "sim/sim.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { PAGES_MAX = 16 };

struct page {
	uint64_t session;
	uint32_t req;
	struct campaign_id id;
	struct campaign_conf staged;
	bool has_staged;
};

struct house_forecast {
	struct page queue[PAGES_MAX];
	size_t len;
	bool running;
	pthread_t thread;
	_Atomic bool done;
	/* the thread's own, while it runs */
	struct pacer_conf conf;
	uint8_t *learned;
	size_t learned_len;
	uint32_t agents;
	struct sim_setting settings[2];	/* in force, staged                  */
	struct sim_forecast out[2];
	enum err err;
};

static void *run(void *arg)
{
	struct house_forecast *f = arg;
	struct pacer *p;

	f->err = pacer_new(&f->conf, &p);
	if (!f->err) {
		f->err = pacer_load(p, f->learned, f->learned_len, 0, 0);
		for (size_t i = 0; !f->err && i < 2; i++)
			f->err = sim_forecast(p, f->agents, &f->settings[i],
					      &f->out[i]);
		pacer_free(p);
	}
	atomic_store(&f->done, true);
	return NULL;
}

static struct sim_setting setting_of(const struct campaign_conf *k)
{
	static const enum pacer_mode modes[] = {
		[MODE_PREVIEW] = PACER_PREVIEW,
		[MODE_PROGRESSIVE] = PACER_PROGRESSIVE,
		[MODE_PREDICTIVE] = PACER_PREDICTIVE };

	return (struct sim_setting){
		.mode = modes[k->mode],
		.target = gate_profile_abandon_ppm(k->gate.profile,
						   k->target_ppm) / 1e6,
		.lines_per_agent = k->max_lines_per_agent_milli / 1000.0 };
}

static enum err start(struct house *h, struct house_forecast *f,
		      const struct page *pg)
{
	const struct live_rooms *r = live_rooms(h->live);
	struct now now = clock_now(h->clock);
	struct pacer *p = floor_pacer(r->floor, pg->id);
	struct campaign_view v;
	struct pacer_explain x;

	if (!p || floor_campaign_view(r->floor, pg->id, now, &v))
		return ERR_ABSENT;
	pacer_explain(p, now.mono_ms, &x);
	pacer_conf_init(&f->conf);
	f->settings[0] = setting_of(v.conf);
	f->settings[1] = setting_of(pg->has_staged ? &pg->staged : v.conf);
	f->agents = x.agents;
	if (!f->learned)
		f->learned = malloc(pacer_save_size());
	if (!f->learned)
		return ERR_MEMORY;
	enum err e = pacer_save(p, f->learned, pacer_save_size(),
				&f->learned_len);

	if (e)
		return e;
	atomic_store(&f->done, false);
	if (pthread_create(&f->thread, NULL, run, f))
		return ERR_AGAIN;
	f->running = true;
	return ERR_OK;
}

static void add_row(struct msg_pacing *m, enum msg_figure fig,
		    const struct sim_range *now, const struct sim_range *new,
		    double scale, int32_t target, bool high_is_bad)
{
	struct msg_forecast_row *r = &m->forecast[m->forecast_count++];

	*r = (struct msg_forecast_row){
		.figure = (uint8_t)fig, .now = (int32_t)(now->mean * scale),
		.staged = (int32_t)(new->mean * scale),
		.low = (int32_t)(new->low * scale),
		.high = (int32_t)(new->high * scale), .target = target };
	r->judge = target < 0 ? MSG_JUDGE_NONE
		   : high_is_bad && r->staged > target ? MSG_JUDGE_HIGH
		   : high_is_bad && r->high > target ? MSG_JUDGE_WATCH
						      : MSG_JUDGE_OK;
}

void house_forecast_rows(struct house *h, int32_t abandon_target,
			 struct msg_pacing *m)
{
	const struct house_forecast *f = h->forecast;

	if (!f || f->err || !f->out[0].runs)
		return;		/* fewer than 20 calls: nothing to go by */
	add_row(m, MSG_FIGURE_ABANDON, &f->out[0].abandon, &f->out[1].abandon,
		10000, abandon_target, true);
	add_row(m, MSG_FIGURE_WAIT, &f->out[0].wait_s, &f->out[1].wait_s, 10,
		150, true);
	add_row(m, MSG_FIGURE_PER_HOUR, &f->out[0].connects,
		&f->out[1].connects, 1, -1, false);
	add_row(m, MSG_FIGURE_OCCUPANCY, &f->out[0].occupancy,
		&f->out[1].occupancy, 10000, -1, false);
}

void house_pacing_page(struct house *h, uint64_t session, uint32_t req,
		       struct campaign_id id,
		       const struct campaign_conf *staged)
{
	struct house_forecast *f = h->forecast;
	struct page *pg;

	if (!f)
		f = h->forecast = calloc(1, sizeof(*f));
	if (!f || f->len == PAGES_MAX) {
		if (req)
			door_refuse(h->door, session, req, MSG_NO_BUSY, NULL);
		return;
	}
	pg = &f->queue[f->len++];
	*pg = (struct page){ .session = session, .req = req, .id = id,
			     .has_staged = staged != NULL };
	if (staged)
		pg->staged = *staged;
	house_forecast_tick(h);
}

void house_forecast_tick(struct house *h)
{
	struct house_forecast *f = h->forecast;

	while (f && f->len) {
		struct page *pg = &f->queue[0];

		if (f->running) {
			if (!atomic_load(&f->done))
				return;
			pthread_join(f->thread, NULL);
			f->running = false;
		} else {
			f->err = start(h, f, pg);
			if (!f->err)
				return;
		}
		house_pacing_send(h, pg->session, pg->req, pg->id,
				  pg->has_staged ? &pg->staged : NULL);
		memmove(f->queue, f->queue + 1,
			--f->len * sizeof(f->queue[0]));
	}
}

struct house_forecast *house_forecast_free(struct house_forecast *f)
{
	if (!f)
		return NULL;
	if (f->running)
		pthread_join(f->thread, NULL);
	free(f->learned);
	free(f);
	return NULL;
}
