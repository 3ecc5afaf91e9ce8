/*
 * clerk_erase -- a customer asks to be forgotten (GDPR art. 17, PIPL art. 47).
 *
 * First the block that no later import undoes, and the line in the audit
 * log; then recordings and what records say of the person, attempts, and the
 * leads at last, for they tell which numbers are his.  Cut in the middle, the
 * same command finds what is left.
 */
#include "clerk_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "report/cdr.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NUMBERS = 32, LEADS = 64, BITE = 20 };

struct erase {
	char numbers[NUMBERS][20];	/* all of the person's               */
	size_t numbers_n, at;
	struct lead_id leads[LEADS];
	size_t leads_n;
	uint64_t person;
	unsigned records, recordings, attempts;
	struct store_group *grp;	/* of this step                      */
	struct store *store;
	const char *spool;
	unsigned bite;
	enum err err;
	char masked[24];
};

/* ---- who is it ------------------------------------------------------------- */

static bool add_number(struct erase *x, const char *e164)
{
	for (size_t i = 0; i < x->numbers_n; i++)
		if (str_eq(x->numbers[i], e164))
			return true;
	if (x->numbers_n == NUMBERS)
		return false;
	str_copy(x->numbers[x->numbers_n++], sizeof(x->numbers[0]), e164);
	return true;
}

static bool add_lead(struct erase *x, struct lead_id id)
{
	for (size_t i = 0; i < x->leads_n; i++)
		if (x->leads[i].v == id.v)
			return true;
	if (x->leads_n == LEADS)
		return false;
	x->leads[x->leads_n++] = id;
	return true;
}

/* Every lead with one of the numbers, and all their numbers, and so on. */
static enum err collect(struct job *j, struct erase *x)
{
	const struct leads *ls = j->c->r->leads;

	for (size_t i = 0; i < x->numbers_n; i++) {
		struct lead_id ids[LEADS];
		size_t n = 0;
		enum err e = lead_by_number(ls, x->numbers[i], ids, LEADS,
					    &n);

		for (size_t k = 0; !e && k < n; k++) {
			struct lead l;

			e = lead_get(ls, ids[k], &l);
			if (!e && l.status == LEAD_RESERVED)
				return ERR_STATE;
			if (!e && !add_lead(x, ids[k]))
				return ERR_FULL;
			for (uint32_t m = 0; !e && m < l.numbers_count; m++)
				if (!add_number(x, l.numbers[m].e164))
					return ERR_FULL;
		}
		if (e && e != ERR_ABSENT)
			return e;
	}
	return ERR_OK;
}

static bool count_record(void *arg, const struct cdr *r)
{
	struct erase *x = arg;

	x->records++;
	x->recordings += *r->recording != '\0';
	return true;
}

/* ---- forgetting ---------------------------------------------------------------- */

static bool inside(const char *name)
{
	return *name && *name != '/' && !strstr(name, "..");
}

static bool forget_record(void *arg, const struct cdr *r)
{
	struct erase *x = arg;
	char path[1024];

	x->bite++;
	x->records++;
	/* The file first: while the record names it, it can be found. */
	if (inside(r->recording)) {
		str_fmt(path, sizeof(path), "%s/%s", x->spool, r->recording);
		if (unlink(path) && errno != ENOENT) {
			log_err("clerk", "%s: %s", path, strerror(errno));
			x->err = err_from_errno(errno);
			return false;
		}
		x->recordings++;
	}
	x->err = cdr_forget(x->store, x->grp, r);
	return !x->err;
}

static bool erase_end(struct job *j, struct erase *x)
{
	struct leads *ls = j->c->r->leads;

	for (size_t i = 0; i < x->leads_n; i++) {
		enum err e = lead_erase(ls, x->grp, x->leads[i]);

		if (e && e != ERR_ABSENT) {
			x->grp = store_abort(x->grp);
			return fail(j, EXIT_BUSY, MSG_NO_BUSY, "%s: a lead is "
				    "in a call: erase again when it is over",
				    x->masked);
		}
	}
	say(j, json_pack("{s:s, s:i, s:i, s:i, s:i, s:i}", "erased",
			 x->masked, "numbers", (int)x->numbers_n, "leads",
			 (int)x->leads_n, "records", (int)x->records,
			 "recordings", (int)x->recordings, "attempts",
			 (int)x->attempts));
	struct store_group *g = x->grp;

	x->grp = NULL;
	j->after = NULL;
	return commit(j, g, "customer %s erased: leads %zu, records %u, "
		      "recordings %u, attempts %u", x->masked, x->leads_n,
		      x->records, x->recordings, x->attempts);
}

static bool hand_over(struct job *j, struct erase *x)
{
	enum err e = store_commit(x->grp, NULL, NULL);

	if (e)
		store_abort(x->grp);
	x->grp = NULL;
	/* A full queue: the same bite again, its files are gone already. */
	return e && e != ERR_FULL ? fail_err(j, e, "not erased") : false;
}

/* One bite a turn: some records of one number, or its attempts. */
static bool erase_step(struct job *j, struct now now UNUSED)
{
	struct erase *x = j->state;
	unsigned gone = 0;
	enum err e;

	x->grp = store_begin(j->c->r->store);
	if (x->at == x->numbers_n)
		return erase_end(j, x);
	x->bite = 0;
	e = cdr_of_number(j->c->r->store, x->numbers[x->at], BITE,
			  forget_record, x);
	if (!e)
		e = x->err;
	if (!e && !x->bite)
		e = gate_history_forget(j->c->r->gate, x->grp,
					x->at ? 0 : x->person,
					x->numbers[x->at], &gone);
	if (e) {
		x->grp = store_abort(x->grp);
		return fail_err(j, e, "not erased");
	}
	x->attempts += gone;
	x->at += !x->bite && !gone;
	return hand_over(j, x);
}

static void drop_erase(struct job *j)
{
	struct erase *x = j->state;

	store_abort(x->grp);
	free(x);
	j->state = NULL;
}

static bool begin(struct job *j, struct erase *x, struct now now)
{
	struct store_group *g = store_begin(j->c->r->store);
	enum err e = ERR_OK;

	for (size_t i = 0; !e && i < x->numbers_n; i++)
		e = gate_erase(j->c->r->gate, g, x->person, x->numbers[i],
			       now.wall_ms / 1000);
	if (e) {
		store_abort(g);
		return fail_err(j, e, "not erased");
	}
	x->records = x->recordings = 0;
	j->hurry = true;
	j->after = erase_step;
	return commit(j, g, "erases the customer %s with all his numbers: "
		      "%zu", x->masked, x->numbers_n);
}

bool verb_lead_erase(struct job *j, struct now now)
{
	const char *text = word_at(j, 0);
	struct erase *x = calloc(1, sizeof(*x));
	char e164[20];
	enum err e;

	if (!x)
		return fail_err(j, ERR_MEMORY, "erase");
	j->state = x;
	j->drop = drop_erase;
	x->store = j->c->r->store;
	x->spool = conf_text(j->c->r->conf, "media", NULL, "recordings");
	if (!text)
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "whose number?");
	if (number_from(j, text, e164, sizeof(e164)))
		return true;
	str_mask_number(x->masked, sizeof(x->masked), e164);
	x->person = lead_person(j->c->r->leads, e164);
	add_number(x, e164);
	e = collect(j, x);
	if (e == ERR_STATE)
		return fail(j, EXIT_BUSY, MSG_NO_BUSY, "%s is in a call: "
			    "erase again when it is over", x->masked);
	if (e == ERR_FULL)
		return fail(j, EXIT_REFUSED, MSG_NO_FULL, "%s: more than %d "
			    "leads or %d numbers are the same customer's",
			    x->masked, LEADS, NUMBERS);
	for (size_t i = 0; !e && i < x->numbers_n; i++)
		e = cdr_of_number(j->c->r->store, x->numbers[i], 64,
				  count_record, x);
	if (e)
		return fail_err(j, e, "erase");
	if (j->words.dry_run) {
		say(j, json_pack("{s:s, s:i, s:i, s:i, s:i, s:b}", "number",
				 x->masked, "numbers", (int)x->numbers_n,
				 "leads", (int)x->leads_n, "records",
				 (int)x->records, "recordings",
				 (int)x->recordings, "dry_run", 1));
		return true;
	}
	if (!j->words.yes)
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "%s: would be erased "
			    "for good: leads %zu, records %u, recordings %u; "
			    "say --yes", x->masked, x->leads_n,
			    x->records, x->recordings);
	return begin(j, x, now);
}
