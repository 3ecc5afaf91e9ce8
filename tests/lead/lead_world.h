/*
 * lead_world -- leads on a store in memory (or a folder), and imports of text.
 */
#ifndef TESTS_LEAD_LEAD_WORLD_H
#define TESTS_LEAD_LEAD_WORLD_H

#include "lead/lead.h"
#include "lead/lead_import.h"
#include "store/store.h"

struct lead_world {
	struct store *store;
	struct zones *zones;
	struct leads *leads;
	struct campaign_id campaign;
	struct list_id list;		/* "spring", country CN              */
	struct now now;
};

/* Aborts with words if something is missing.  dir NULL: in memory. */
void lead_world_open(struct lead_world *w, const char *dir);
void lead_world_close(struct lead_world *w);
void lead_world_commit(struct lead_world *w, struct store_group *g);
struct list_id lead_world_list(struct lead_world *w, const char *name);
/* A lead by hand; returns its id. */
struct lead_id lead_world_add(struct lead_world *w, const char *e164,
			      uint32_t priority);
/* Each in a group of its own, committed. */
enum err lead_world_next(struct lead_world *w, struct lead *out);
enum err lead_world_finish(struct lead_world *w, struct lead_id id,
			   const struct lead_step *step);
unsigned lead_world_tick(struct lead_world *w);
/* Imports text[len]; conf->list 0: the world's.  reject[size] may be NULL. */
enum err lead_world_import(struct lead_world *w, struct lead_import_conf conf,
			   const char *text, size_t len, char *reject,
			   size_t size, struct lead_import_state *st);
int64_t lead_world_count(struct lead_world *w, enum lead_status s);

#endif
