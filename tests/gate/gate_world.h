/*
 * gate_world -- a gate on a store in memory, with the real data files.
 */
#ifndef TESTS_GATE_GATE_WORLD_H
#define TESTS_GATE_GATE_WORLD_H

#include "gate/gate.h"
#include "store/store.h"

struct gate_world {
	struct store *store;
	struct zones *zones;
	struct gate *gate;
	struct gate_campaign campaign;
	struct gate_ask ask;
};

/* Ends the test with words if something is missing.  dir NULL: in memory. */
void gate_world_open(struct gate_world *w, const char *dir,
		     const char *profile);
void gate_world_close(struct gate_world *w);
/* The group is committed and done. */
void gate_world_commit(struct gate_world *w, struct store_group *g);
/* Seconds of "2026-03-08 07:59:59" UTC. */
int64_t gate_world_at(const char *utc);
/* Asks now; the pass is freed.  GATE_RULE_COUNT: it passed. */
enum gate_rule gate_world_ask(struct gate_world *w, int64_t wall_s,
			      struct gate_verdict *v);

#endif
