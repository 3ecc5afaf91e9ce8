/*
 * floor_share -- campaigns that share agents and lines.
 *
 * Each campaign's pacer is told of the lines of the others that may take its
 * agents (PACER_RIVAL), so the decisions are one: what one campaign dials is
 * demand for the next.  Who asks first is who has had least of the shared
 * agents, by its weight; a campaign far above its part waits while another
 * one could dial.
 *
 * All lines of the pool run the risk of the campaign that dares most.  One
 * with much less budget, or that may abandon nobody, dials only lines with an
 * idle agent of their own, and that agent is kept for them: other customers
 * are not given the last ones.  Free channels are counted once, also those that calls on
 * their way to the INVITE will need.
 */
#include "floor_priv.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

enum { FULL = 1000, TURNS_MAX = 360 };

#define USED_KEEP 0.9835	/* a turn of 10 s: forgotten over ten minutes */
#define OVER 1.15		/* its part, above which a campaign waits     */
#define POOR 0.3		/* of another's risk limit: keeps to its own  */

/* ---- who shares whose agents -------------------------------------------- */

static size_t row_of(const struct floor *f, const struct campaign *k)
{
	return (size_t)(k - f->campaigns);
}

static uint32_t *cell(struct floor *f, size_t of, size_t with)
{
	return &f->shares[of * f->conf.max_campaigns + with];
}

static void count_seat(struct floor *f, const struct share_seat *x, int sign)
{
	for (size_t i = 0; i < x->rows; i++)
		for (size_t j = 0; j < x->rows; j++)
			*cell(f, x->row[i], x->row[j]) += (uint32_t)sign;
}

/* One of ten thousand: the others stay counted. */
void share_seat(struct floor *f, const struct seat *s)
{
	struct share_seat *x = &f->share_seats[s->slot];

	count_seat(f, x, -1);
	x->rows = 0;
	for (size_t i = 0; s->state != SEAT_OFFLINE && i < s->link_count;
	     i++) {
		const struct campaign *k = floor_campaign(
			f, s->links[i].campaign);

		if (k)
			x->row[x->rows++] = (uint16_t)row_of(f, k);
	}
	count_seat(f, x, 1);
}

/* When a campaign came. */
static void count_all(struct floor *f)
{
	for (const struct seat *s = seat_each(f->seats, NULL); s;
	     s = seat_each(f->seats, s))
		share_seat(f, s);
	f->shares_old = false;
}

/* Of of's agents those who are with's too, per mille. */
static uint16_t share_of(struct floor *f, const struct campaign *of,
			 const struct campaign *with)
{
	if (f->shares_old)
		count_all(f);

	uint32_t all = *cell(f, row_of(f, of), row_of(f, of));

	return all ? (uint16_t)((uint64_t)*cell(f, row_of(f, of),
						row_of(f, with)) * FULL / all)
		   : 0;
}

/* ---- one's lines are the others' rivals ---------------------------------- */

static void tell(struct campaign *k, enum pacer_event_kind kind,
		 uint64_t call, uint64_t share, double chance, struct now now)
{
	enum err e = pacer_feed(k->pacer, &(struct pacer_event){
		.ms = now.mono_ms, .kind = kind, .call = call,
		.agent = share, .chance = (float)chance });

	/* Who came to share meanwhile does not know older lines. */
	if (e && e != ERR_ABSENT)
		log_debug("pacer", "%s: %s call %llu: %s", k->conf.name,
			  pacer_event_word(kind), (unsigned long long)call,
			  err_text(e));
	k->ask = true;
}

static double chance_of(const struct campaign *k)
{
	struct pacer_learned l;

	/* A line that has an agent of its own has one for certain. */
	if (k->conf.mode != MODE_PREDICTIVE)
		return 1;
	pacer_learned(k->pacer, &l);
	return l.p;
}

/* Does anybody share its agents? */
static bool shared(struct floor *f, const struct campaign *k)
{
	for (size_t i = 0; i < f->campaign_count; i++)
		if (&f->campaigns[i] != k && share_of(f, k, &f->campaigns[i]))
			return true;
	return false;
}

bool share_own(struct floor *f, const struct campaign *k)
{
	double most = pacer_limit(k->pacer) / POOR;

	for (size_t i = 0; i < f->campaign_count; i++) {
		const struct campaign *o = &f->campaigns[i];

		if (o != k && o->running && !o->paused &&
		    pacer_limit(o->pacer) * share_of(f, k, o) > most * FULL)
			return true;
	}
	return false;
}

static bool kept(const struct floor *f, struct call_id c)
{
	return f->kept[call_slot(c) / 8] >> call_slot(c) % 8 & 1;
}

/* An agent is kept for this line, or no longer. */
static void keep(struct floor *f, struct campaign *k, uint32_t call, bool on)
{
	struct call_id id = { call };

	if (kept(f, id) == on)
		return;
	f->kept[call_slot(id) / 8] ^= (uint8_t)(1u << call_slot(id) % 8);
	if (on)
		k->kept++;
	else
		k->kept -= k->kept > 0;
}

bool share_allows(const struct floor *f, const struct seat *s,
		  struct call_id c)
{
	if (kept(f, c))
		return true;
	for (size_t i = 0; i < s->link_count; i++) {
		struct campaign_id id = s->links[i].campaign;
		const struct campaign *k = floor_campaign(f, id);

		if (k && k->kept && seat_ready_count(f->seats, id) <= k->kept)
			return false;
	}
	return true;
}

void share_line(struct floor *f, struct campaign *k, uint64_t call,
		enum pacer_event_kind kind, struct now now)
{
	enum pacer_event_kind as = PACER_RIVAL_END;
	bool own = kind == PACER_DIAL && (k->conf.mode != MODE_PREDICTIVE ||
					  k->own) && shared(f, k);
	uint32_t kept_before = k->kept;

	if (k->conf.mode == MODE_PREVIEW)
		return;		/* each has its agent, who is not READY */
	if (kind == PACER_DIAL)
		as = PACER_RIVAL;
	else if (kind == PACER_ANSWER || kind == PACER_LIVE)
		as = PACER_RIVAL_WAIT;
	for (size_t i = 0; i < f->campaign_count; i++) {
		struct campaign *o = &f->campaigns[i];
		uint16_t share;

		if (o == k)
			continue;
		share = share_of(f, k, o);
		if (share || as == PACER_RIVAL_END)
			tell(o, as, call, share,
			     as == PACER_RIVAL ? chance_of(k) : 1, now);
		if (share && own)
			tell(o, PACER_RIVAL_WAIT, call, share, 1, now);
	}
	if (own || as == PACER_RIVAL_END)
		keep(f, k, (uint32_t)call, own);
	f->unkept |= k->kept < kept_before;
}

bool share_settle(struct floor *f, struct now now)
{
	bool some = f->unkept;

	f->unkept = false;
	for (size_t i = 0; i < f->campaign_count && some; i++)
		if (f->campaigns[i].wait_len)
			serve_waiting(f, &f->campaigns[i], now);
	return some;
}

/* ---- whose turn it is ---------------------------------------------------- */

void share_turn(struct campaign *k, int64_t turns, int64_t turn_ms)
{
	for (int64_t i = 0; i < MIN(turns, (int64_t)TURNS_MAX); i++)
		k->used *= USED_KEEP;
	k->used += k->talking * (double)turn_ms / 1e3;
}

static double weight_of(const struct campaign *k)
{
	return k->conf.weight ? k->conf.weight : 100;
}

static double part_had(const struct campaign *k)
{
	return k->used / weight_of(k);
}

static bool wants(const struct campaign *k)
{
	return k->running && !k->paused &&
	       (k->idle == IDLE_NONE || k->idle == IDLE_AGENTS) &&
	       (k->own || k->bound == PACER_BOUND_RISK ||
		k->bound == PACER_BOUND_AGENTS);
}

bool share_waits(struct floor *f, const struct campaign *k)
{
	double used = k->used, weight = weight_of(k);
	bool other = false;

	for (size_t i = 0; i < f->campaign_count; i++) {
		const struct campaign *o = &f->campaigns[i];

		if (o == k || !wants(o) || !share_of(f, k, o))
			continue;
		used += o->used;
		weight += weight_of(o);
		other |= part_had(o) < part_had(k);
	}
	return other && k->used * weight > OVER * used * weight_of(k);
}

size_t share_order(struct floor *f, struct campaign **out)
{
	for (size_t i = 0; i < f->campaign_count; i++) {
		struct campaign *k = &f->campaigns[i];
		size_t at = i;

		for (; at && part_had(out[at - 1]) > part_had(k); at--)
			out[at] = out[at - 1];
		out[at] = k;
	}
	return f->campaign_count;
}

/* ---- lines --------------------------------------------------------------- */

static bool same_trunks(const struct campaign_conf *a,
			const struct campaign_conf *b)
{
	if (!a->trunk_count || !b->trunk_count)
		return true;
	for (uint32_t i = 0; i < a->trunk_count; i++)
		for (uint32_t k = 0; k < b->trunk_count; k++)
			if (a->trunks[i].v == b->trunks[k].v)
				return true;
	return false;
}

static void less(uint32_t *room, uint32_t by)
{
	if (*room != PACER_NO_LIMIT)
		*room -= MIN(*room, by);
}

void share_room(const struct floor *f, const struct campaign *k,
		struct pacer_limits *l)
{
	for (size_t i = 0; i < f->campaign_count; i++) {
		const struct campaign *o = &f->campaigns[i];

		if (!o->making || !same_trunks(&k->conf, &o->conf))
			continue;
		less(&l->lines, o->making);
		less(&l->cps, o->making);
	}
}

void share_making(struct floor *f, const struct call *c, bool on)
{
	struct campaign *k = floor_campaign(f, c->campaign);
	uint8_t *bit = &f->making[call_slot(c->id) / 8];
	uint8_t mask = (uint8_t)(1u << call_slot(c->id) % 8);

	if (!k || !(*bit & mask) == !on)
		return;
	*bit ^= mask;
	if (on)
		k->making++;
	else
		k->making -= k->making > 0;
}

/* ---- customers: who has waited longest is served first ------------------- */

void share_serve(struct floor *f, const struct seat *s, struct now now)
{
	bool served[SEAT_CAMPAIGNS] = { false };

	for (size_t turn = 0; turn < s->link_count; turn++) {
		struct campaign *next = NULL;
		int64_t oldest = INT64_MAX;
		size_t at = 0;

		for (size_t i = 0; i < s->link_count; i++) {
			struct campaign *k = floor_campaign(
				f, s->links[i].campaign);
			int64_t since = k && !served[i]
						? wait_oldest(f, k)
						: INT64_MAX;

			if (since < oldest) {
				oldest = since;
				next = k;
				at = i;
			}
		}
		if (!next || s->state != SEAT_READY)
			return;
		served[at] = true;
		serve_waiting(f, next, now);
	}
}
