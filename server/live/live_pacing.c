/*
 * live_pacing -- what people changed of a campaign's pacing, over the file.
 *
 * A change by a person holds over reloads and restarts until the file's own
 * value of that very key becomes another: then the file was edited since, on
 * purpose.  So beside each change is kept what the file said at the time.
 */
#include "live_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_COUNT = OPT_PACED_COUNT };
_Static_assert((int)KEY_COUNT == (int)LIVE_PACED, "live_paced has a row for each");

/* One change: the file's own value then, ours, who and when. */
struct paced {
	bool set;
	int64_t file, now, at_ms;
	char by[41];
};

static int64_t get(const struct campaign_conf *k, enum opt_paced key)
{
	switch (key) {
	case OPT_PACED_MODE:	return k->mode;
	case OPT_PACED_LINES:	return k->max_lines_per_agent_milli;
	case OPT_PACED_ABANDON:	return k->target_ppm;
	case OPT_PACED_RING:	return k->ring_ms;
	case OPT_PACED_WAIT:	return k->connect_ms;
	case OPT_PACED_AMD:	return k->amd;
	case OPT_PACED_WRAP:	return k->wrap_ms;
	case OPT_PACED_COUNT:	break;
	}
	return 0;
}

static void put(struct campaign_conf *k, enum opt_paced key, int64_t v)
{
	switch (key) {
	case OPT_PACED_MODE:	k->mode = (enum dial_mode)v; return;
	case OPT_PACED_LINES:	k->max_lines_per_agent_milli = (uint32_t)v; return;
	case OPT_PACED_ABANDON:	k->target_ppm = (int32_t)v; return;
	case OPT_PACED_RING:	k->ring_ms = (int32_t)v; return;
	case OPT_PACED_WAIT:	k->connect_ms = (int32_t)v; return;
	case OPT_PACED_AMD:	k->amd = v != 0; return;
	case OPT_PACED_WRAP:	k->wrap_ms = (int32_t)v; return;
	case OPT_PACED_COUNT:	return;
	}
}

/* ---- STORE_META: "pacing/<campaign>" -> lines "key file now at by" -------- */

enum { ROW_MAX = KEY_COUNT * 120 };

static void store_name(struct campaign_id id, char buf[32])
{
	str_fmt(buf, 32, "pacing/%u", id.v);
}

static void load(const struct live *l, struct campaign_id id,
		 struct paced p[KEY_COUNT])
{
	char name[32], row[ROW_MAX + 1], word[24], by[41], *save = NULL;
	size_t len;

	memset(p, 0, KEY_COUNT * sizeof(*p));
	store_name(id, name);
	if (store_get(l->r.store, STORE_META, name, strlen(name), row,
		      ROW_MAX, &len))
		return;
	row[len] = '\0';
	for (char *t = strtok_r(row, "\n", &save); t;
	     t = strtok_r(NULL, "\n", &save)) {
		long long file, now, at_ms;

		if (sscanf(t, "%23s %lld %lld %lld %40s", word, &file, &now,
			   &at_ms, by) != 5)
			continue;
		for (int i = 0; i < KEY_COUNT; i++) {
			if (!str_eq(options_paced_word((enum opt_paced)i), word))
				continue;
			p[i] = (struct paced){ .set = true, .file = file,
					       .now = now, .at_ms = at_ms };
			str_copy(p[i].by, sizeof(p[i].by), by);
		}
	}
}

/* STORE_META: "paced/<campaign>" -> lines "key was now at by", newest first. */
enum { LOG_MAX = LIVE_PACE_LOG * 120 };

static void log_name(struct campaign_id id, char buf[32])
{
	str_fmt(buf, 32, "paced/%u", id.v);
}

static void load_log(const struct live *l, struct campaign_id id,
		     char row[LOG_MAX + 1])
{
	char name[32];
	size_t len;

	log_name(id, name);
	if (store_get(l->r.store, STORE_META, name, strlen(name), row,
		      LOG_MAX, &len))
		len = 0;
	row[len] = '\0';
}

/* The newest lines before those there were, LIVE_PACE_LOG in all. */
static void put_log(struct live *l, struct store_group *g,
		    struct campaign_id id, const char *fresh)
{
	char name[32], was[LOG_MAX + 1], row[2 * LOG_MAX + 1];
	char *end = row;

	load_log(l, id, was);
	str_fmt(row, sizeof(row), "%s%s", fresh, was);
	for (int n = 0; n < LIVE_PACE_LOG && *end; n++)
		end += strcspn(end, "\n") + 1;
	log_name(id, name);
	store_put(g, STORE_META, name, strlen(name), row,
		  (size_t)(end - row));
}

static void store_row(struct live *l, struct campaign_id id,
		      const struct paced p[KEY_COUNT], const char *fresh)
{
	struct store_group *g = store_begin(l->r.store);
	char name[32], row[ROW_MAX + 1] = "";
	enum err e;

	store_name(id, name);
	for (int i = 0; i < KEY_COUNT; i++)
		if (p[i].set)
			str_add(row, sizeof(row), "%s %lld %lld %lld %s\n",
				options_paced_word((enum opt_paced)i), (long long)p[i].file,
				(long long)p[i].now, (long long)p[i].at_ms,
				p[i].by);
	if (*row)
		store_put(g, STORE_META, name, strlen(name), row,
			  strlen(row));
	else
		store_del(g, STORE_META, name, strlen(name));
	if (*fresh)
		put_log(l, g, id, fresh);
	e = store_commit(g, NULL, NULL);
	if (!e)
		return;
	store_abort(g);
	log_err("live", "a change of pacing is not kept: %s", err_text(e));
}

/* ---- both sides ------------------------------------------------------------ */

/* A log-in name has no spaces; what has is made to have none. */
static void name_of(const char *by, char *buf, size_t size)
{
	str_copy(buf, size, *by ? by : "somebody");
	for (char *c = buf; *c; c++)
		if (*c == ' ' || *c == '\n')
			*c = '_';
}

enum err live_pace(struct live *l, const struct campaign_conf *k,
		   const char *by)
{
	struct now now = clock_now(l->r.clock);
	struct campaign_view v;
	struct paced p[KEY_COUNT];
	char fresh[LOG_MAX + 1] = "";
	enum err e = floor_campaign_view(l->r.floor, k->id, now, &v);

	if (e)
		return e;
	load(l, k->id, p);
	for (int i = 0; i < KEY_COUNT && live_names_campaign(l->r.conf, k->name); i++) {
		if (get(k, (enum opt_paced)i) == get(v.conf, (enum opt_paced)i))
			continue;
		p[i] = (struct paced){
			.set = true, .now = get(k, (enum opt_paced)i),
			.file = options_paced(l->r.conf, k->name, (enum opt_paced)i),
			.at_ms = now.wall_ms };
		p[i].set = p[i].now != p[i].file;
		name_of(by, p[i].by, sizeof(p[i].by));
		str_add(fresh, sizeof(fresh), "%s %lld %lld %lld %s\n",
			options_paced_word((enum opt_paced)i),
			(long long)get(v.conf, (enum opt_paced)i),
			(long long)p[i].now, (long long)p[i].at_ms, p[i].by);
	}
	e = floor_campaign_set(l->r.floor, k, now);
	if (!e)
		store_row(l, k->id, p, fresh);
	return e;
}

void live_paced_over(struct live *l, const struct conf *c,
		     struct campaign_conf *k)
{
	struct paced p[KEY_COUNT];
	bool dropped = false;

	load(l, k->id, p);
	for (int i = 0; i < KEY_COUNT; i++) {
		int64_t file = options_paced(c, k->name, (enum opt_paced)i);
		char ours[32], theirs[32];

		if (!p[i].set)
			continue;
		options_paced_text((enum opt_paced)i, p[i].now, ours, sizeof(ours));
		options_paced_text((enum opt_paced)i, file, theirs, sizeof(theirs));
		if (file == p[i].file) {
			put(k, (enum opt_paced)i, p[i].now);
			log_info("live", "campaign %s: %s: %s by %s stays; the "
				 "file still says %s", k->name, options_paced_word((enum opt_paced)i),
				 ours, p[i].by, theirs);
			continue;
		}
		log_warn("live", "campaign %s: %s: the file says %s now; %s by "
			 "%s is over", k->name, options_paced_word((enum opt_paced)i), theirs, ours,
			 p[i].by);
		p[i].set = false;
		dropped = true;
	}
	if (dropped)
		store_row(l, k->id, p, "");
}

size_t live_paced(const struct live *l, struct campaign_id id,
		  struct live_paced out[LIVE_PACED])
{
	struct paced p[KEY_COUNT];
	size_t n = 0;

	load(l, id, p);
	for (int i = 0; i < KEY_COUNT; i++) {
		struct live_paced *row = &out[n];

		if (!p[i].set)
			continue;
		n++;
		*row = (struct live_paced){ .key = options_paced_word((enum opt_paced)i),
					    .at_ms = p[i].at_ms };
		options_paced_text((enum opt_paced)i, p[i].file, row->file, sizeof(row->file));
		options_paced_text((enum opt_paced)i, p[i].now, row->now, sizeof(row->now));
		str_copy(row->by, sizeof(row->by), p[i].by);
	}
	return n;
}

size_t live_pace_log(const struct live *l, struct campaign_id id,
		     struct live_pace_change out[LIVE_PACE_LOG])
{
	char row[LOG_MAX + 1], word[24], *save = NULL;
	size_t n = 0;

	load_log(l, id, row);
	for (char *t = strtok_r(row, "\n", &save); t && n < LIVE_PACE_LOG;
	     t = strtok_r(NULL, "\n", &save)) {
		struct live_pace_change *c = &out[n];
		long long was, now, at_ms;

		*c = (struct live_pace_change){ .key = OPT_PACED_COUNT };
		if (sscanf(t, "%23s %lld %lld %lld %40s", word, &was, &now,
			   &at_ms, c->by) != 5)
			continue;
		for (int i = 0; i < KEY_COUNT; i++)
			if (str_eq(options_paced_word((enum opt_paced)i), word))
				c->key = i;
		if (c->key == OPT_PACED_COUNT)
			continue;
		c->was = was;
		c->now = now;
		c->at_ms = at_ms;
		n++;
	}
	return n;
}
