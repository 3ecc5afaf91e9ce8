/* clerk_leads -- lists, leads, and the import of a file. */
#include "clerk_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "lead/lead_import.h"

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

/* ---- import -------------------------------------------------------------------------------- */

struct import {
	struct lead_import *imp;
	struct gate *gate;
	FILE *reject;			/* a file, for it may be a long one  */
	bool rewound;
	struct list_id trial;		/* made for --check: goes with it    */
	char *chunk;			/* what the worker had no room for   */
	size_t chunk_len, chunk_fed;
	uint32_t chunk_req;
	bool last, asked;
	uint64_t told_rows;
};

/* A dry run leaves nothing behind, not even the list it looked at. */
static void drop_trial(struct job *j, struct list_id list)
{
	struct store_group *g = store_begin(j->c->r->store);
	bool left = false;
	enum err e = lead_list_erase(j->c->r->leads, g, list, 1, &left);

	if (!e)
		e = store_commit(g, NULL, NULL);
	if (e) {
		store_abort(g);
		log_warn("clerk", "list %u stays after a dry run: %s", list.v,
			 err_text(e));
	}
	live_relist(j->c->conf.live);
}

static void drop_import(struct job *j)
{
	struct import *im = j->state;

	lead_import_free(im->imp);
	if (im->trial.v)
		drop_trial(j, im->trial);
	if (im->reject)
		fclose(im->reject);
	free(im->chunk);
	free(im);
	j->state = NULL;
}

/* A consent that came with a row becomes the gate's.  On the worker. */
static enum err keep_consent(void *arg, struct store_group *grp,
			     uint64_t person, const struct lead_consent *c)
{
	struct gate_consent g = { .person = person, .at_s = c->at_s,
				  .until_s = c->until_s };
	enum gate_consent_kind kind;
	enum gate_purpose purpose;

	if (gate_consent_from_word(c->kind, &kind) ||
	    gate_purpose_from_word(c->purpose, &purpose))
		return ERR_FORMAT;
	g.kind = kind;
	g.purpose = purpose;
	str_copy(g.proof, sizeof(g.proof), c->proof);
	return gate_consent_add(arg, grp, &g);
}

static void import_feed(struct job *j, struct import *im)
{
	while (im->chunk_fed < im->chunk_len) {
		size_t taken = 0;

		if (lead_import_feed(im->imp, im->chunk + im->chunk_fed,
				     im->chunk_len - im->chunk_fed, &taken) ||
		    !taken)
			return;
		im->chunk_fed += taken;
	}
	if (im->asked) {		/* room again: the next piece, please */
		im->asked = false;
		door_ok(j->c->conf.door, j->session, j->req, NULL);
		if (im->last)
			lead_import_finish(im->imp);
	}
}

static void on_import_data(struct job *j, const struct msg_admin_data *m)
{
	struct import *im = j->state;

	if (im->asked)			/* it did not wait for our ok */
		return;
	memcpy(im->chunk, m->chunk, m->chunk_len);
	im->chunk_len = m->chunk_len;
	im->chunk_fed = 0;
	im->last = m->last;
	im->asked = true;
	import_feed(j, im);
}

static json_t *import_json(const struct lead_import_state *st, bool last)
{
	return json_pack("{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
			 "s:s, s:s}",
			 "done", last, "bytes", (json_int_t)st->bytes, "rows",
			 (json_int_t)st->rows, "added", (json_int_t)st->added,
			 "rejected", (json_int_t)st->rejected,
			 "duplicate_in_file", (json_int_t)st->dup_file,
			 "duplicate_in_list", (json_int_t)st->dup_list,
			 "duplicate_elsewhere", (json_int_t)st->dup_other,
			 "repaired", (json_int_t)st->repaired, "consents",
			 (json_int_t)st->consents, "charset", st->charset,
			 "columns", st->mapped);
}

/*
 * Bad rows go to the command as lines of their own: it writes the file.
 * True when all are said; as many a turn as its reader takes.
 */
static bool say_rejects(struct job *j, struct import *im)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n = 0;

	if (!im->rewound)
		rewind(im->reject);
	im->rewound = true;
	while (j->out_len - j->out_sent < OUT_FULL / 2 &&
	       (n = getline(&line, &size, im->reject)) > 0)
		say(j, json_pack("{s:s%}", "reject", line,
				 (size_t)(n - (line[n - 1] == '\n'))));
	free(line);
	return n < 0;
}

/* What calls and stop requests need is not for lists; nothing is lost, for the
 * file can be imported again. */
static bool has_room(struct job *j)
{
	uint64_t room = 0;

	if (word_flag(j, "--check") ||
	    store_disk(j->c->r->store, &room) != ERR_FULL)
		return true;
	return !fail(j, EXIT_BUSY, MSG_NO_FULL, "the server's disk has %llu "
		     "MiB left, less than server.disk_reserve: make room and "
		     "import the file again, nothing is added twice",
		     (unsigned long long)(room >> 20));
}

static bool import_step(struct job *j, struct now now UNUSED)
{
	struct import *im = j->state;
	struct lead_import_state st;

	import_feed(j, im);
	lead_import_read(im->imp, &st);
	if (!st.ended) {
		if (!has_room(j))
			return true;
		if (st.rows >= im->told_rows + 20000) {
			im->told_rows = st.rows;
			say(j, import_json(&st, false));
		}
		return false;
	}
	if (!say_rejects(j, im))
		return false;
	say(j, import_json(&st, !st.err));
	if (st.err)
		return fail(j, EXIT_DATA, msg_refusal_of(st.err), "%s",
			    *st.why ? st.why : err_text(st.err));
	if (!word_flag(j, "--check"))
		audit(j, "list %s: leads imported %llu, rows rejected %llu",
		      word_at(j, 0), (unsigned long long)st.added,
		      (unsigned long long)st.rejected);
	live_relist(j->c->conf.live);
	if (st.rejected)
		return fail(j, EXIT_NOTHING, MSG_NO_ARG, "rows rejected: "
			    "%llu", (unsigned long long)st.rejected);
	return true;
}

static enum err list_make(struct job *j, const char *name,
			  const char *country, struct now now,
			  struct list_id *id)
{
	const struct lead_list *l = lead_list_by_name(j->c->r->leads, name);
	struct lead_list fresh = { .created_s = now.wall_ms / 1000 };
	struct store_group *g;
	enum err e;

	if (l) {
		id->v = l->id;
		return ERR_OK;
	}
	str_copy(fresh.name, sizeof(fresh.name), name);
	str_copy(fresh.country, sizeof(fresh.country), country);
	g = store_begin(j->c->r->store);
	e = lead_list_add(j->c->r->leads, g, &fresh);
	if (!e)
		e = store_commit(g, NULL, NULL);
	if (e) {
		store_abort(g);
		return e;
	}
	id->v = fresh.id;
	return ERR_OK;
}

static void upper(char *out, const char *in)
{
	for (size_t i = 0; i < 2; i++)
		out[i] = (char)(in[i] >= 'a' && in[i] <= 'z' ? in[i] - 32
							     : in[i]);
	out[2] = '\0';
}

static bool campaign_has(const struct conf *c, const char *campaign,
			 const char *list)
{
	for (size_t i = 0; i < conf_list_len(c, "campaigns", campaign,
					     "lists"); i++)
		if (str_eq(conf_list_at(c, "campaigns", campaign, "lists", i),
			   list))
			return true;
	return false;
}

/* Other lists of the campaigns that call this one (--duplicates campaign). */
static size_t siblings_of(struct job *j, const char *list,
			  struct list_id *out, size_t max)
{
	const struct conf *c = j->c->r->conf;
	const char *k;
	size_t n = 0;

	for (size_t i = 0; (k = conf_instance(c, "campaigns", i)); i++) {
		if (!campaign_has(c, k, list))
			continue;
		for (size_t l = 0; l < conf_list_len(c, "campaigns", k,
						     "lists"); l++) {
			const char *name = conf_list_at(c, "campaigns", k,
							"lists", l);
			const struct lead_list *other = lead_list_by_name(
				j->c->r->leads, name);

			if (other && n < max && !str_eq(name, list))
				out[n++].v = other->id;
		}
	}
	return n;
}

/* The folder it lay in is nobody's business. */
static const char *base_name(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path;
}

bool verb_list_import(struct job *j, struct now now)
{
	const char *name = word_at(j, 0), *cc = word_opt(j, "--country");
	const char *dup = word_opt(j, "--duplicates");
	struct lead_import_conf conf = {
		.map = word_opt(j, "--map"), .check = word_flag(j, "--check"),
		.charset = word_opt(j, "--charset"),
		.tags = word_opt(j, "--tags"), .source = base_name(word_at(j, 1)),
		.consent_purpose = word_opt(j, "--consent-purpose"),
		.consent = keep_consent, .consent_arg = j->c->r->gate,
		.wall_s = now.wall_ms / 1000 };
	struct list_id siblings[32];
	struct import *im;
	char country[3];
	bool known;
	enum err e;

	if (!name || !j->words.data)
		return fail(j, EXIT_USAGE, MSG_NO_ARG,
			    "which list, and which file?");
	if (dup && lead_dup_from_word(dup, &conf.dup))
		return fail(j, EXIT_USAGE, MSG_NO_ARG,
			    "--duplicates is list, campaign or any");
	if (!has_room(j))
		return true;
	upper(country, cc && strlen(cc) == 2 ? cc
	      : conf_text(j->c->r->conf, "server", NULL, "country"));
	conf.country = country;
	known = lead_list_by_name(j->c->r->leads, name) != NULL;
	e = list_make(j, name, country, now, &conf.list);
	if (e)
		return fail_err(j, e, name);
	conf.siblings = siblings;
	conf.siblings_n = siblings_of(j, name, siblings, ARRAY_LEN(siblings));
	im = calloc(1, sizeof(*im));
	if (!im)
		return fail_err(j, ERR_MEMORY, name);
	im->chunk = malloc(MSG_ADMIN_CHUNK);
	im->reject = tmpfile();
	if (conf.check && !known)
		im->trial = conf.list;
	j->state = im;
	j->drop = drop_import;
	conf.reject = im->reject;
	e = im->chunk && im->reject
		    ? lead_import_start(j->c->r->leads, &conf, &im->imp)
		    : ERR_MEMORY;
	if (e == ERR_ARG)
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "--map %s: is like "
			    "phone=1,name=3 or phone=mobile,name=customer",
			    conf.map);
	if (e)
		return fail_err(j, e, name);
	j->data = on_import_data;
	j->step = import_step;
	return false;
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
