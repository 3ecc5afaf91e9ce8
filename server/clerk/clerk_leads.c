/* clerk_leads -- lists and leads. */
#include "clerk_priv.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

/* ---- lists --------------------------------------------------------------------------- */

static json_t *list_json(struct job *j, const struct lead_list *l)
{
	struct lead_counts n;
	json_t *o = json_pack("{s:s, s:i, s:s, s:s, s:o}", "list", l->name,
			      "id", (int)l->id, "country", l->country,
			      "source", l->source, "created",
			      time_json(l->created_s * 1000));

	lead_list_counts(j->c->r->leads, (struct list_id){ l->id }, &n);
	json_object_set_new(o, "leads", json_integer(n.total));
	for (int s = 0; s < LEAD_STATUS_COUNT; s++)
		json_object_set_new(o, lead_status_word((enum lead_status)s),
				    json_integer(n.by_status[s]));
	return o;
}

bool verb_list_list(struct job *j, struct now now UNUSED)
{
	const struct leads *ls = j->c->r->leads;

	const struct lead_list *l = lead_list_after(ls, (uint32_t)j->at);

	j->hurry = true;
	for (size_t n = 0; l && n < ROWS_STEP; n++) {
		say(j, list_json(j, l));
		j->at = l->id;
		l = lead_list_after(ls, l->id);
	}
	return !l;
}

static const struct lead_list *list_named(struct job *j)
{
	const char *name = word_at(j, 0);
	const struct lead_list *l = name ? lead_list_by_name(j->c->r->leads,
							     name) : NULL;

	if (!name)
		fail(j, EXIT_USAGE, MSG_NO_ARG, "which list?");
	else if (!l)
		fail(j, EXIT_NOTHING, MSG_NO_ABSENT, "%s: no such list",
		     name);
	return l;
}

bool verb_list_show(struct job *j, struct now now UNUSED)
{
	const struct lead_list *l = list_named(j);

	if (l)
		say(j, list_json(j, l));
	return true;
}

static bool delete_step(struct job *j, struct now now UNUSED)
{
	struct list_id *id = j->state;
	struct store_group *g = store_begin(j->c->r->store);
	bool left = false;
	enum err e = lead_list_erase(j->c->r->leads, g, *id, 500, &left);

	if (e) {
		store_abort(g);
		return fail_err(j, e, "not erased");
	}
	if (!left) {
		live_relist(j->c->conf.live);
		return commit(j, g, "list %s erased", word_at(j, 0));
	}
	e = store_commit(g, NULL, NULL);
	if (e)
		store_abort(g);
	return e && e != ERR_FULL ? fail_err(j, e, "not erased") : false;
}

static void drop_state(struct job *j)
{
	free(j->state);
	j->state = NULL;
}

bool verb_list_delete(struct job *j, struct now now)
{
	const struct lead_list *l = list_named(j);
	struct list_id *id;

	if (!l)
		return true;
	if (!j->words.yes)
		return fail(j, EXIT_USAGE, MSG_NO_ARG,
			    "erasing a list needs --yes");
	id = malloc(sizeof(*id));
	if (!id)
		return fail_err(j, ERR_MEMORY, "list");
	id->v = l->id;
	j->state = id;
	j->drop = drop_state;
	j->step = delete_step;
	return delete_step(j, now);
}

/* ---- leads ----------------------------------------------------------------------------------- */

static json_t *lead_json(const struct lead *l)
{
	static const char *const tiers[] = { "", "A", "B", "C", "D" };
	json_t *numbers = json_array();
	char masked[24];

	for (uint32_t i = 0; i < l->numbers_count; i++) {
		str_mask_number(masked, sizeof(masked), l->numbers[i].e164);
		json_array_append_new(numbers, json_string(masked));
	}
	return json_pack("{s:I, s:i, s:s, s:o, s:s, s:s, s:i, s:s, s:s, s:i, "
			 "s:o, s:o, s:s}",
			 "lead", (json_int_t)l->id, "list", (int)l->list,
			 "name", l->name, "numbers", numbers, "city", l->city,
			 "tier", tiers[MIN(l->tier, 4u)], "priority", (int)l->priority,
			 "tags", l->tags, "status",
			 lead_status_word((enum lead_status)l->status),
			 "attempts", (int)l->attempts, "next",
			 time_json(l->next_at_s * 1000), "last",
			 time_json(l->last_at_s * 1000), "note", l->note);
}

static bool lead_row(void *arg, const struct lead *l)
{
	say(arg, lead_json(l));
	return true;
}

bool verb_lead_list(struct job *j, struct now now UNUSED)
{
	const struct lead_list *l = list_named(j);
	const char *after = word_opt(j, "--after");
	const char *limit = word_opt(j, "--limit");
	uint64_t from = 0, n = 100;
	enum err e;

	if (!l)
		return true;
	if ((after && str_to_u64(after, UINT64_MAX, &from)) ||
	    (limit && str_to_u64(limit, 4096, &n)))
		return fail(j, EXIT_USAGE, MSG_NO_ARG,
			    "--after ID, --limit 1..4096");
	e = lead_scan(j->c->r->leads, (struct list_id){ l->id },
		      (struct lead_id){ from }, n, lead_row, j);
	return e ? fail_err(j, e, "leads") : true;
}

/* A lead and what became of it, on each of its numbers. */
static void say_lead(struct job *j, const struct lead *l)
{
	json_t *o = lead_json(l), *calls = json_array();

	for (uint32_t i = 0; i < l->numbers_count; i++)
		calls_of(j, l->numbers[i].e164, calls);
	json_object_set_new(o, "calls", calls);
	say(j, o);
}

bool verb_lead_show(struct job *j, struct now now UNUSED)
{
	const char *text = word_at(j, 0);
	struct lead_id ids[16];
	struct lead l;
	uint64_t id;
	char e164[20];
	size_t n = 0;

	if (!text)
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "which lead?");
	if (!str_to_u64(text, UINT64_MAX, &id) &&
	    !lead_get(j->c->r->leads, (struct lead_id){ id }, &l)) {
		say_lead(j, &l);
		return true;
	}
	if (number_from(j, text, e164, sizeof(e164)))
		return true;
	if (lead_by_number(j->c->r->leads, e164, ids, ARRAY_LEN(ids), &n) ||
	    !n)
		return fail(j, EXIT_NOTHING, MSG_NO_ABSENT,
			    "%s: no lead has this number", text);
	for (size_t i = 0; i < n; i++)
		if (!lead_get(j->c->r->leads, ids[i], &l))
			say_lead(j, &l);
	return true;
}

/* The one lead meant by an id or a number; false: the job has failed. */
static bool lead_meant(struct job *j, const char *text, struct lead *l)
{
	struct lead_id ids[2];
	uint64_t id;
	char e164[20];
	size_t n = 0;

	if (!text) {
		fail(j, EXIT_USAGE, MSG_NO_ARG, "which lead?");
		return false;
	}
	if (!str_to_u64(text, UINT64_MAX, &id) &&
	    !lead_get(j->c->r->leads, (struct lead_id){ id }, l))
		return true;
	if (number_from(j, text, e164, sizeof(e164)))
		return false;
	if (lead_by_number(j->c->r->leads, e164, ids, ARRAY_LEN(ids), &n) ||
	    !n || (n == 1 && lead_get(j->c->r->leads, ids[0], l)))
		fail(j, EXIT_NOTHING, MSG_NO_ABSENT,
		     "%s: no lead has this number", text);
	else if (n > 1)
		fail(j, EXIT_USAGE, MSG_NO_ARG, "%s: more than one lead has "
		     "this number; say which id (waihu lead show)", text);
	else
		return true;
	return false;
}

bool verb_lead_set(struct job *j, struct now now UNUSED)
{
	const char *text = word_at(j, 0);
	const char *priority = word_value(j, "priority");
	const char *word = word_value(j, "status");
	const char *name = word_value(j, "name");
	const char *tags = word_value(j, "tags");
	static const char keys[] = "priority= status= name= tags=";
	const char *odd = word_stranger(j, keys);
	struct store_group *g;
	enum lead_status status;
	struct lead l;
	int64_t n;
	enum err e;

	if (!lead_meant(j, text, &l))
		return true;
	if (odd)
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "%s: not one of %s",
			    odd, keys);
	if (!priority && !word && !name && !tags)
		return fail(j, EXIT_USAGE, MSG_NO_ARG,
			    "priority=, status=, name= or tags=");
	if (priority) {
		if (str_to_i64(priority, 0, 254, &n))
			return fail(j, EXIT_USAGE, MSG_NO_ARG,
				    "priority is 0 to 254");
		l.priority = (uint32_t)n;
	}
	if (word) {
		if (lead_status_from_word(word, &status) ||
		    (status != LEAD_HELD && status != LEAD_READY))
			return fail(j, EXIT_USAGE, MSG_NO_ARG,
				    "status is held or ready");
		l.status = status;
	}
	if ((name && !str_copy(l.name, sizeof(l.name), name)) ||
	    (tags && !str_copy(l.tags, sizeof(l.tags), tags)))
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "name or tags too long");
	g = store_begin(j->c->r->store);
	e = lead_set(j->c->r->leads, g, &l);
	if (e) {
		store_abort(g);
		return fail_err(j, e, text);
	}
	return commit(j, g, "lead %llu changed", (unsigned long long)l.id);
}
