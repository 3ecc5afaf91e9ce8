#include "lead/lead_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "lead_world: %s\n", what);
	abort();
}

struct list_id lead_world_list(struct lead_world *w, const char *name)
{
	const struct lead_list *have = lead_list_by_name(w->leads, name);
	struct lead_list l = { .country = "CN" };

	if (have)
		return (struct list_id){ have->id };
	str_copy(l.name, sizeof(l.name), name);
	struct store_group *g = store_begin(w->store);

	must(!lead_list_add(w->leads, g, &l), "list");
	lead_world_commit(w, g);
	return (struct list_id){ l.id };
}

void lead_world_open(struct lead_world *w, const char *dir)
{
	char why[200] = "";

	*w = (struct lead_world){ .campaign = { 1 } };
	w->now.wall_ms = INT64_C(1795406400) * 1000;	/* 2026-11-23 04:00  */
	must(!store_open(&(struct store_conf){
			.dir = dir, .map_bytes = 1u << 30 }, &w->store),
	     "store");
	must(!zones_load("data/zones.tsv", NULL, &w->zones, why, sizeof(why)),
	     why);
	must(!lead_open(w->store, w->zones, &w->leads), "leads");
	w->list = lead_world_list(w, "spring");
	must(!lead_campaign_set(w->leads, w->campaign, &w->list, 1, NULL,
				NULL), "campaign");
}

void lead_world_close(struct lead_world *w)
{
	w->leads = lead_free(w->leads);
	w->store = store_close(w->store);
	w->zones = zones_free(w->zones);
}

void lead_world_commit(struct lead_world *w, struct store_group *g)
{
	must(!store_commit(g, NULL, NULL), "commit");
	store_drain(w->store);
}

struct lead_id lead_world_add(struct lead_world *w, const char *e164,
			      uint32_t priority)
{
	struct lead l = { .list = w->list.v, .priority = priority,
			  .numbers_count = 1 };
	struct store_group *g = store_begin(w->store);

	str_copy(l.numbers[0].e164, sizeof(l.numbers[0].e164), e164);
	must(!lead_add(w->leads, g, &l, w->now), "add");
	lead_world_commit(w, g);
	return (struct lead_id){ l.id };
}

/* A group in which nothing came about is thrown away. */
static enum err close_group(struct lead_world *w, struct store_group *g,
			    enum err e)
{
	if (e)
		store_abort(g);
	else
		lead_world_commit(w, g);
	return e;
}

enum err lead_world_next(struct lead_world *w, struct lead *out)
{
	struct store_group *g = store_begin(w->store);

	return close_group(w, g, lead_next(w->leads, g, w->campaign, w->now,
					   out));
}

enum err lead_world_finish(struct lead_world *w, struct lead_id id,
			   const struct lead_step *step)
{
	struct store_group *g = store_begin(w->store);

	return close_group(w, g, lead_finish(w->leads, g, id, step, w->now));
}

unsigned lead_world_tick(struct lead_world *w)
{
	struct store_group *g = store_begin(w->store);
	unsigned moved = 0;

	close_group(w, g, lead_tick(w->leads, g, w->now, 100, &moved));
	return moved;
}

enum err lead_world_import(struct lead_world *w, struct lead_import_conf conf,
			   const char *text, size_t len, char *reject,
			   size_t size, struct lead_import_state *st)
{
	FILE *in = tmpfile(), *out = tmpfile();

	must(in && out, "temporary files");
	must(fwrite(text, 1, len, in) == len, "text");
	rewind(in);
	if (!conf.list.v)
		conf.list = w->list;
	if (!conf.wall_s)
		conf.wall_s = w->now.wall_ms / 1000;
	conf.reject = out;
	memset(st, 0, sizeof(*st));
	enum err e = lead_import_run(w->leads, &conf, in, st);

	if (reject) {
		rewind(out);
		reject[fread(reject, 1, size - 1, out)] = '\0';
	}
	fclose(in);
	fclose(out);
	return e;
}

int64_t lead_world_count(struct lead_world *w, enum lead_status s)
{
	struct lead_counts c;

	lead_list_counts(w->leads, w->list, &c);
	return c.by_status[s];
}
