#include "gate/gate_world.h"

#include <stdio.h>
#include <stdlib.h>

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "gate_world: %s\n", what);
	abort();
}

void gate_world_open(struct gate_world *w, const char *dir,
		     const char *profile)
{
	char why[200] = "";

	*w = (struct gate_world){ 0 };
	must(!store_open(&(struct store_conf){
			.dir = dir, .map_bytes = 1u << 30 }, &w->store),
	     "store");
	must(!zones_load("data/zones.tsv", NULL, &w->zones, why, sizeof(why)),
	     why);
	must(!gate_open(&(struct gate_conf){ w->store, w->zones,
					     "data/profiles.tsv",
					     "data/holidays.tsv" },
			&w->gate, why, sizeof(why)), why);
	w->campaign = (struct gate_campaign){
		.id = { 1 },
		.purpose = PURPOSE_SERVICE,
		.profile = gate_profile(w->gate, profile),
	};
	must(w->campaign.profile, profile);
	w->ask = (struct gate_ask){
		.attempt = 1000,
		.lead = { 7 },
		.e164 = "8613800138000",
		.campaign = &w->campaign,
		.agents_free = 1,
	};
}

void gate_world_close(struct gate_world *w)
{
	w->gate = gate_free(w->gate);
	w->store = store_close(w->store);
	w->zones = zones_free(w->zones);
}

void gate_world_commit(struct gate_world *w, struct store_group *g)
{
	must(!store_commit(g, NULL, NULL), "commit");
	store_drain(w->store);
}

int64_t gate_world_at(const char *utc)
{
	int y, mo, d, h, mi, s;

	must(sscanf(utc, "%d-%d-%d %d:%d:%d", &y, &mo, &d, &h, &mi, &s) == 6,
	     utc);
	return zone_days(y, mo, d) * 86400 + h * 3600 + mi * 60 + s;
}

enum gate_rule gate_world_ask(struct gate_world *w, int64_t wall_s,
			      struct gate_verdict *v)
{
	struct gate_verdict own;
	struct gate_pass *pass = NULL;

	v = v ? v : &own;
	w->ask.now.wall_ms = wall_s * 1000;
	enum err e = gate_ask(w->gate, &w->ask, v, &pass);

	must(e == ERR_OK || e == ERR_DENIED, "ask");
	must((e == ERR_OK) == (pass != NULL), "a pass exactly when allowed");
	must((e == ERR_OK) == (v->blocked == GATE_RULE_COUNT), "verdict");
	gate_pass_free(pass);
	return (enum gate_rule)v->blocked;
}
