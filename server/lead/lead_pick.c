/*
 * The next lead of a campaign, and what becomes of it.
 */
#include "lead/lead_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* ---- campaigns ----------------------------------------------------------- */

static struct campaign_view *view_of(struct leads *ls, uint32_t id)
{
	for (size_t i = 0; i < CAMPAIGNS_MAX; i++)
		if (ls->campaigns[i].id.v == id)
			return &ls->campaigns[i];
	return NULL;
}

enum err lead_campaign_set(struct leads *ls, struct campaign_id c,
			   const struct list_id *lists, size_t n,
			   lead_open_h *open, void *arg)
{
	struct campaign_view *v = view_of(ls, c.v);

	if (!c.v || n > LISTS_OF_CAMPAIGN)
		return ERR_ARG;
	if (!v && !n)
		return ERR_OK;
	if (!v)
		v = view_of(ls, 0);
	if (!v)
		return ERR_FULL;
	free(v->answers);
	*v = (struct campaign_view){ 0 };
	if (!n)
		return ERR_OK;
	v->id = c;
	memcpy(v->lists, lists, n * sizeof(*lists));
	v->list_n = n;
	v->open = open;
	v->arg = arg;
	return ERR_OK;
}

bool lead_campaign_has(struct leads *ls, struct campaign_id c,
		       struct list_id list)
{
	const struct campaign_view *v = c.v ? view_of(ls, c.v) : NULL;

	for (size_t i = 0; v && i < v->list_n; i++)
		if (v->lists[i].v == list.v)
			return true;
	return false;
}

void lead_campaign_recheck(struct leads *ls, struct campaign_id c)
{
	struct campaign_view *v = view_of(ls, c.v);

	if (v && c.v) {
		free(v->answers);
		v->answers = NULL;
		v->answer_n = 0;
	}
}

bool lead_campaign_group(const struct leads *ls, struct campaign_id c,
			 size_t i, uint32_t *group)
{
	const struct campaign_view *v = view_of((struct leads *)ls, c.v);

	for (size_t l = 0; v && c.v && l < v->list_n; l++) {
		const struct list_state *st = lead_list_state(
			(struct leads *)ls, v->lists[l].v);

		for (size_t k = 0; st && k < st->part_n; k++) {
			if (!lead_ready_in(st, st->parts[k].group) || i--)
				continue;
			*group = st->parts[k].group;
			return true;
		}
	}
	return false;
}

/* O(1) while the last answer holds. */
static enum err group_open(struct leads *ls, struct campaign_view *v,
			   uint32_t group, int64_t wall_s,
			   const struct open_answer **out)
{
	if (group >= v->answer_n) {
		size_t n = MAX(ls->groups.n, (size_t)group + 1);
		struct open_answer *more = realloc(v->answers,
						   n * sizeof(*more));

		if (!more)
			return ERR_MEMORY;
		memset(more + v->answer_n, 0,
		       (n - v->answer_n) * sizeof(*more));
		v->answers = more;
		v->answer_n = n;
	}
	struct open_answer *a = &v->answers[group];

	*out = a;
	if (wall_s < a->until_s && wall_s >= a->asked_s)
		return ERR_OK;
	struct zone_set places = { 0 };

	/* Unknown places: the caller decides (the gate will refuse). */
	(void)lead_zones(ls, group, &places);
	a->asked_s = wall_s;
	a->until_s = wall_s + 60;
	a->open = !v->open || v->open(v->arg, v->id, &places, wall_s,
				      &a->until_s);
	return ERR_OK;
}

/* ---- reserving ----------------------------------------------------------- */

static enum err tally_put(struct leads *ls, struct store_group *grp,
			  uint32_t list)
{
	struct list_state *st = lead_list_state(ls, list);

	return st ? lead_tally_put(grp, list, SHARD_LOOP,
				   &st->tally[SHARD_LOOP]) : ERR_OK;
}

static enum err reserve(struct leads *ls, struct store_group *grp,
			struct lead *l)
{
	enum err e = lead_taken_add(ls, l->id);

	if (e)
		return e;
	lead_place_out(ls, grp, l);
	l->status = LEAD_RESERVED;
	lead_place_in(ls, grp, l);
	e = lead_put(grp, l);
	return e ? e : tally_put(ls, grp, l->list);
}

struct candidate {
	struct list_state *st;
	struct part *part;
	struct ready_row row;
};

static bool better(const struct ready_row *a, const struct ready_row *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank;
	if (a->order != b->order)
		return a->order < b->order;
	return a->id < b->id;
}

static enum err best(struct leads *ls, struct campaign_view *v, int64_t wall_s,
		     struct candidate *c)
{
	c->part = NULL;
	for (size_t i = 0; i < v->list_n; i++) {
		struct list_state *st = lead_list_state(ls, v->lists[i].v);

		for (size_t k = 0; st && k < st->part_n; k++) {
			const struct ready_row *head;
			const struct open_answer *a;
			enum err e = lead_part_head(ls, st, &st->parts[k],
						    &head);

			if (!e && head)
				e = group_open(ls, v, st->parts[k].group,
					       wall_s, &a);
			if (e)
				return e;
			if (!head || !a->open ||
			    (c->part && !better(head, &c->row)))
				continue;
			*c = (struct candidate){ st, &st->parts[k], *head };
		}
	}
	return c->part ? ERR_OK : ERR_ABSENT;
}

enum err lead_next(struct leads *ls, struct store_group *grp,
		   struct campaign_id c, struct now now, struct lead *out)
{
	struct campaign_view *v = view_of(ls, c.v);

	if (!v || !c.v)
		return ERR_ABSENT;
	/* A row whose lead is no longer READY is passed over, a few times. */
	for (int tries = 0; tries < 16; tries++) {
		struct candidate cand = { .st = NULL };
		enum err e = best(ls, v, now.wall_ms / 1000, &cand);

		if (e)
			return e;
		e = lead_get(ls, (struct lead_id){ cand.row.id }, out);
		lead_part_drop(cand.part, cand.row.id);
		if (e && e != ERR_ABSENT)
			return e;
		if (!e && out->status == LEAD_READY &&
		    !lead_is_taken(ls, out->id))
			return reserve(ls, grp, out);
		struct store_key k = { 0 };

		lead_ready_key(&k, cand.st->rec.id, cand.part->group,
			       cand.row);
		store_del(grp, STORE_LEAD_READY, k.b, k.len);
	}
	return ERR_AGAIN;
}

/* Rows at the head of a partition whose leads are compared. */
#define COMPARED 64

struct chosen {
	struct part *part;
	struct lead lead;
	double score;
};

static void compare(struct leads *ls, struct part *p, uint8_t rank,
		    lead_score_h *score, void *arg, struct chosen *best)
{
	struct lead l;

	for (uint16_t i = 0; i < MIN(p->n, COMPARED); i++) {
		if (p->rows[i].rank != rank || lead_is_taken(ls, p->rows[i].id) ||
		    lead_get(ls, (struct lead_id){ p->rows[i].id }, &l) ||
		    l.status != LEAD_READY)
			continue;
		double s = score(arg, &l);

		if (best->part && s <= best->score)
			continue;
		*best = (struct chosen){ p, l, s };
	}
}

enum err lead_next_best(struct leads *ls, struct store_group *grp,
			struct campaign_id c, struct now now,
			lead_score_h *score, void *arg, struct lead *out)
{
	struct campaign_view *v = view_of(ls, c.v);
	struct candidate first;
	struct chosen best_of = { .part = NULL };
	enum err e = v && c.v ? best(ls, v, now.wall_ms / 1000, &first)
			      : ERR_ABSENT;

	if (e)
		return e;
	for (size_t i = 0; i < v->list_n; i++) {
		struct list_state *st = lead_list_state(ls, v->lists[i].v);

		for (size_t k = 0; st && k < st->part_n; k++) {
			const struct open_answer *a;

			if (!group_open(ls, v, st->parts[k].group,
					now.wall_ms / 1000, &a) && a->open)
				compare(ls, &st->parts[k], first.row.rank,
					score, arg, &best_of);
		}
	}
	/* Only rows that are out of date: they are put right there. */
	if (!best_of.part)
		return lead_next(ls, grp, c, now, out);
	*out = best_of.lead;
	lead_part_drop(best_of.part, out->id);
	return reserve(ls, grp, out);
}

struct mine {
	struct leads *ls;
	const struct campaign_view *v;
	uint64_t id;
};

static bool mine_row(void *arg, const void *key, size_t klen, const void *val,
		     size_t vlen)
{
	struct mine *m = arg;
	uint64_t id = store_be64((const uint8_t *)key + klen - 8);

	(void)val;
	(void)vlen;
	if (klen != 20 || lead_is_taken(m->ls, id))
		return true;
	for (size_t i = 0; i < m->v->list_n; i++) {
		if (m->v->lists[i].v == id >> 32) {
			m->id = id;
			return false;
		}
	}
	return true;
}

enum err lead_next_mine(struct leads *ls, struct store_group *grp,
			struct campaign_id c, struct agent_id agent,
			struct now now, struct lead *out)
{
	struct mine m = { .ls = ls, .v = view_of(ls, c.v) };
	struct store_key from = { 0 }, to = { 0 };

	if (!m.v || !c.v || !agent.v)
		return ERR_ABSENT;
	store_key_u32(&from, agent.v);
	store_key_u32(&to, agent.v);
	store_key_u64(&to, (uint64_t)(now.wall_ms / 1000) + 1);
	enum err e = store_scan(ls->store, STORE_CALLBACK,
				&(struct store_range){
					.from = from.b, .from_len = from.len,
					.to = to.b, .to_len = to.len,
					.limit = 256 },
				mine_row, &m);

	if (e)
		return e;
	return m.id ? lead_take(ls, grp, (struct lead_id){ m.id }, now, out)
		    : ERR_ABSENT;
}

enum err lead_take(struct leads *ls, struct store_group *grp,
		   struct lead_id id, struct now now, struct lead *out)
{
	enum err e = lead_get(ls, id, out);

	(void)now;
	if (e)
		return e;
	if (out->status == LEAD_RESERVED || lead_is_taken(ls, id.v))
		return ERR_STATE;
	return reserve(ls, grp, out);
}

/* ---- after the call ------------------------------------------------------ */

enum err lead_release(struct leads *ls, struct store_group *grp,
		      struct lead_id id, int64_t not_before_s, struct now now)
{
	struct lead l;
	enum err e = lead_get(ls, id, &l);

	if (e)
		return e;
	if (l.status != LEAD_RESERVED)
		return ERR_STATE;
	lead_place_out(ls, grp, &l);
	lead_taken_del(ls, id.v);
	bool wait = not_before_s > now.wall_ms / 1000;
	/* Promised to an agent, and taken before it fell to everybody. */
	bool mine = l.callback_agent && !l.due;

	l.status = wait ? LEAD_LATER : mine ? LEAD_AGREED : LEAD_READY;
	if (wait)
		l.next_at_s = not_before_s;
	lead_place_in(ls, grp, &l);
	e = lead_put(grp, &l);
	return e ? e : tally_put(ls, grp, l.list);
}

/* From wherever it is to where the step sends it. */
static enum err settle(struct leads *ls, struct store_group *grp,
		       struct lead *l, const struct lead_step *step,
		       struct now now)
{
	enum err e;

	if (step->next == LEAD_RESERVED || step->next >= LEAD_STATUS_COUNT)
		return ERR_ARG;
	lead_place_out(ls, grp, l);
	lead_taken_del(ls, l->id);
	l->status = step->next;
	l->due = false;
	l->next_at_s = step->next == LEAD_LATER || step->next == LEAD_AGREED
			       ? step->at_s : now.wall_ms / 1000;
	l->callback_agent = step->next == LEAD_AGREED ? step->agent.v : 0;
	l->callback_number = step->next == LEAD_AGREED &&
			     step->number <= l->numbers_count ? step->number
							      : 0;
	str_copy(l->callback_note, sizeof(l->callback_note),
		 step->next == LEAD_AGREED ? step->about : NULL);
	if (step->dialled) {
		l->attempts++;
		l->last_at_s = now.wall_ms / 1000;
	}
	l->last_result = step->result;
	l->last_outcome = step->outcome;
	if (step->by.v)
		l->last_agent = step->by.v;
	if (step->note)
		str_copy(l->note, sizeof(l->note), step->note);
	lead_place_in(ls, grp, l);
	e = lead_put(grp, l);
	return e ? e : tally_put(ls, grp, l->list);
}

enum err lead_finish(struct leads *ls, struct store_group *grp,
		     struct lead_id id, const struct lead_step *step,
		     struct now now)
{
	struct lead l;
	enum err e = lead_get(ls, id, &l);

	if (e)
		return e;
	return l.status != LEAD_RESERVED ? ERR_STATE
					 : settle(ls, grp, &l, step, now);
}

enum err lead_amend(struct leads *ls, struct store_group *grp,
		    struct lead_id id, const struct lead_step *step,
		    struct now now)
{
	struct lead l;
	enum err e = lead_get(ls, id, &l);

	if (e)
		return e;
	return l.status == LEAD_RESERVED || lead_is_taken(ls, id.v)
		       ? ERR_STATE : settle(ls, grp, &l, step, now);
}

void lead_undo(struct leads *ls, struct lead_id id)
{
	struct list_id list = { (uint32_t)(id.v >> 32) };
	struct list_state *st = lead_list_state(ls, list.v);
	struct lead l;

	if (!st)
		return;
	/* As the store has it now, without the group that failed. */
	if (lead_get(ls, id, &l) || l.status != LEAD_RESERVED)
		lead_taken_del(ls, id.v);
	if (lead_tally_get(ls->store, list.v, SHARD_LOOP,
			   &st->tally[SHARD_LOOP]) == ERR_OK)
		lead_list_refresh(ls, list);
}

/* ---- what comes due ------------------------------------------------------ */

#define TICK_MAX 256

struct due_page {
	uint64_t id[TICK_MAX], when[TICK_MAX];
	size_t n, max;
};

static bool due_row(void *arg, const void *key, size_t klen, const void *val,
		    size_t vlen)
{
	struct due_page *d = arg;

	(void)val;
	(void)vlen;
	if (klen == 16) {
		d->when[d->n] = store_be64(key);
		d->id[d->n++] = store_be64((const uint8_t *)key + 8);
	}
	return d->n < d->max;
}

static enum err due_move(struct leads *ls, struct store_group *grp,
			 uint64_t when, uint64_t id)
{
	struct store_key k = { 0 };
	struct lead l;
	enum err e = lead_get(ls, (struct lead_id){ id }, &l);

	if (e && e != ERR_ABSENT)
		return e;
	if (e || (l.status != LEAD_LATER && l.status != LEAD_AGREED) ||
	    (uint64_t)lead_later_s(&l) != when) {
		/* The lead went elsewhere: only the row is left. */
		store_key_u64(&k, when);
		store_key_u64(&k, id);
		store_del(grp, STORE_LEAD_LATER, k.b, k.len);
		return ERR_OK;
	}
	lead_place_out(ls, grp, &l);
	l.due = l.status == LEAD_AGREED;
	l.status = LEAD_READY;
	lead_place_in(ls, grp, &l);
	e = lead_put(grp, &l);
	return e ? e : tally_put(ls, grp, l.list);
}

enum err lead_tick(struct leads *ls, struct store_group *grp, struct now now,
		   unsigned budget, unsigned *moved)
{
	struct due_page d = { .max = MIN(MAX(budget, 1u), TICK_MAX) };
	struct store_key to = { 0 };

	*moved = 0;
	store_key_u64(&to, (uint64_t)(now.wall_ms / 1000) + 1);
	enum err e = store_scan(ls->store, STORE_LEAD_LATER,
				&(struct store_range){ .to = to.b,
						       .to_len = to.len,
						       .limit = d.max },
				due_row, &d);

	for (size_t i = 0; !e && i < d.n; i++) {
		e = due_move(ls, grp, d.when[i], d.id[i]);
		*moved += !e;
	}
	return e;
}

/* ---- why there is none --------------------------------------------------- */

void lead_lack(struct leads *ls, struct campaign_id c, struct now now,
	       struct lead_lack *out)
{
	struct campaign_view *v = view_of(ls, c.v);
	struct lead_counts counts;
	struct due_page d = { .max = 1 };

	*out = (struct lead_lack){ 0 };
	if (!v || !c.v)
		return;
	for (size_t i = 0; i < v->list_n; i++) {
		struct list_state *st = lead_list_state(ls, v->lists[i].v);

		for (size_t k = 0; st && k < st->part_n; k++) {
			const struct open_answer *a;
			int64_t n = lead_ready_in(st, st->parts[k].group);

			if (!n || group_open(ls, v, st->parts[k].group,
					     now.wall_ms / 1000, &a))
				continue;
			if (a->open) {
				out->ready_open += n;
				continue;
			}
			out->ready_closed += n;
			out->groups_closed++;
			if (a->until_s != INT64_MAX &&
			    (!out->opens_s || a->until_s < out->opens_s))
				out->opens_s = a->until_s;
		}
	}
	lead_campaign_counts(ls, c, &counts);
	out->later = counts.by_status[LEAD_LATER] +
		     counts.by_status[LEAD_AGREED];
	out->reserved = counts.by_status[LEAD_RESERVED];
	if (!store_scan(ls->store, STORE_LEAD_LATER,
			&(struct store_range){ .limit = 1 }, due_row, &d) &&
	    d.n)
		out->due_s = (int64_t)d.when[0];
}
