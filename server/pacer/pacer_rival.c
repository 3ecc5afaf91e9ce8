/*
 * server/pacer/pacer_rival -- lines of other campaigns whose agents are ours
 * too.
 *
 * They are demand like our own lines, so that no agent is promised twice, but
 * nothing is learned from them and the ledger does not know them.  A rival
 * takes one of our agents with probability chance x share while it rings
 * (more or less likely by its age, as our own), share once it was answered.
 */
#include "pacer/pacer_priv.h"

#include <math.h>
#include <stdlib.h>

#define NONE UINT32_MAX
#define FIRST_ROOM 64

void rival_fini(struct pacer *p)
{
	free(p->rivals);
	if (p->rival_room)
		idmap_fini(&p->rival_map);
}

static enum err room_for_one(struct pacer *p)
{
	uint32_t room = p->rival_room ? p->rival_room * 2 : FIRST_ROOM;

	if (p->rival_n < p->rival_room)
		return ERR_OK;
	struct rival *more = realloc(p->rivals, room * sizeof(*more));

	if (!more)
		return ERR_MEMORY;
	p->rivals = more;
	if (!p->rival_room && idmap_init(&p->rival_map, room) != ERR_OK)
		return ERR_MEMORY;
	p->rival_room = room;
	return ERR_OK;
}

static enum err on_rival(struct pacer *p, const struct pacer_event *e)
{
	enum err er = room_for_one(p);

	if (er == ERR_OK)
		er = idmap_put(&p->rival_map, e->call, p->rival_n);
	if (er != ERR_OK)
		return er;
	double share = fmin((double)e->agent, 1000) / 1000;

	p->rivals[p->rival_n++] = (struct rival){ .id = e->call,
		.since_ms = p->now_ms, .share = (float)share,
		.chance = fminf(fmaxf(e->chance, 0), 1) };
	p->claims += p->rivals[p->rival_n - 1].chance *
		     p->rivals[p->rival_n - 1].share;
	return ERR_OK;
}

/* Summed anew, so that nothing drifts. */
static void sum_claims(struct pacer *p)
{
	p->claims = 0;
	for (uint32_t i = 0; i < p->rival_n; i++)
		p->claims += (p->rivals[i].waits ? 1 : p->rivals[i].chance) *
			     p->rivals[i].share;
}

enum err rival_event(struct pacer *p, const struct pacer_event *e)
{
	uint32_t row = p->rival_room ? idmap_get(&p->rival_map, e->call)
				     : NONE;

	if (e->kind == PACER_RIVAL)
		return row != NONE ? ERR_EXISTS : on_rival(p, e);
	if (row == NONE)
		return ERR_ABSENT;
	struct rival *v = &p->rivals[row];

	if (e->kind == PACER_RIVAL_WAIT) {
		v->waits = true;
	} else {
		idmap_del(&p->rival_map, v->id);
		*v = p->rivals[--p->rival_n];
		if (row < p->rival_n)
			idmap_move(&p->rival_map, v->id, row);
	}
	sum_claims(p);
	return ERR_OK;
}
