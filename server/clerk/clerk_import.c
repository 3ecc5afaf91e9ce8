/* clerk_import -- a file of leads, read into a list. */
#include "clerk_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "lead/lead_import.h"

#include <stdlib.h>
#include <string.h>

struct import {
	struct lead_import *imp;
	struct gate *gate;
	FILE *reject;			/* a file, for it may be a long one  */
	bool rewound;
	struct list_id trial;		/* made for --check: goes with it    */
	struct list_id fresh;		/* made for it: goes if nothing came */
	char *chunk;			/* what the worker had no room for   */
	size_t chunk_len, chunk_fed;
	uint32_t chunk_req;
	bool last, asked;
	uint64_t told_rows;
};

static bool only_looks(const struct job *j)
{
	return j->words.dry_run || word_flag(j, "--check");
}

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
	if (im->fresh.v)
		drop_trial(j, im->fresh);
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

	if (only_looks(j) ||
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
	if (st.rows || (!st.err && st.bytes))
		im->fresh.v = 0;
	if (st.err)
		return fail(j, EXIT_DATA, msg_refusal_of(st.err), "%s",
			    *st.why ? st.why : err_text(st.err));
	if (!st.bytes)
		return fail(j, EXIT_DATA, MSG_NO_ARG, "the file is empty");
	if (!only_looks(j))
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

/* What is said of the file; false with the reason said. */
static bool good_words(struct job *j, struct lead_import_conf *conf,
		       const char *cc)
{
	static const char *const charsets[] = { "UTF-8", "GBK", "GB18030" };
	char e164[20], country[3] = "";
	const char *why = "";
	enum gate_purpose purpose;
	size_t i = 0;
	bool repaired;

	if (strlen(word_at(j, 0)) >= sizeof(((struct lead_list *)0)->name))
		return !fail(j, EXIT_USAGE, MSG_NO_ARG, "the name of a list "
			     "has at most %zu bytes",
			     sizeof(((struct lead_list *)0)->name) - 1);
	if (conf->tags && strlen(conf->tags) >=
			  sizeof(((struct lead *)0)->tags))
		return !fail(j, EXIT_USAGE, MSG_NO_ARG, "--tags have at most "
			     "%zu bytes", sizeof(((struct lead *)0)->tags) - 1);
	while (conf->charset && i < ARRAY_LEN(charsets) &&
	       strcasecmp(conf->charset, charsets[i]))
		i++;
	if (i == ARRAY_LEN(charsets))
		return !fail(j, EXIT_USAGE, MSG_NO_ARG, "--charset is utf-8, "
			     "gbk or gb18030; UTF-16 is known by its first "
			     "bytes");
	if (conf->charset)
		conf->charset = charsets[i];
	if (conf->consent_purpose &&
	    gate_purpose_from_word(conf->consent_purpose, &purpose))
		return !fail(j, EXIT_USAGE, MSG_NO_ARG, "%s: unknown purpose",
			     conf->consent_purpose);
	if (cc && strlen(cc) == 2)
		upper(country, cc);
	/* The numbers' library knows each country there is. */
	if (cc && (!*country || (lead_phone_parse("2025550123", country, e164, &why,
						  &repaired) &&
				 str_eq(why, "country unknown"))))
		return !fail(j, EXIT_USAGE, MSG_NO_ARG, "--country %s: is a "
			     "country's two letters, such as CN", cc);
	return true;
}

bool verb_list_import(struct job *j, struct now now)
{
	const char *name = word_at(j, 0), *cc = word_opt(j, "--country");
	const char *dup = word_opt(j, "--duplicates");
	struct lead_import_conf conf = {
		.map = word_opt(j, "--map"), .check = only_looks(j),
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

	if (!name || !*name || !j->words.data)
		return fail(j, EXIT_USAGE, MSG_NO_ARG,
			    "which list, and which file?");
	if (!good_words(j, &conf, cc))
		return true;
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
	else if (!known)
		im->fresh = conf.list;
	j->state = im;
	j->drop = drop_import;
	conf.reject = im->reject;
	e = im->chunk && im->reject
		    ? lead_import_start(j->c->r->leads, &conf, &im->imp)
		    : ERR_MEMORY;
	if (e == ERR_ARG)
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "--map %s: is like "
			    "phone=1,name=3 or phone=mobile,name=customer",
			    conf.map ? conf.map : "");
	if (e)
		return fail_err(j, e, name);
	j->data = on_import_data;
	j->step = import_step;
	return false;
}
