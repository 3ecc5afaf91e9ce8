/* desk_who -- who the customer is: card, history, promised call-backs. */
#include "desk_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "report/cdr.h"
#include "staff/staff.h"

#include <string.h>

struct last {
	struct desk *d;
	struct cdr cdr;
	bool found;
	uint16_t answered;
};

static bool last_row(void *arg, const struct cdr *r)
{
	struct last *l = arg;

	if (r->part)		/* of a call that is in the list itself */
		return true;
	l->answered += r->join_ms != 0;
	if (!l->found && r->invite_ms) {
		l->cdr = *r;
		l->found = true;
	}
	return true;
}

static void agent_name(struct desk *d, uint32_t agent, char *buf, size_t size)
{
	struct staff st;

	*buf = '\0';
	if (agent && !staff_by_agent(d->r->store, (struct agent_id){ agent },
				     &st))
		str_copy(buf, size, st.name);
}

const char *desk_outcome_label(struct desk *d, uint16_t code, bool zh)
{
	const struct dispo_row *row = dispo_by_code(d->r->dispos, code);

	return !row ? "" : zh ? row->label_zh : row->label_en;
}

/*
 * Why another number may not be dialled.  While the customer is on the line
 * the rules that count calls mean this very one: they are news only where
 * another number can be chosen, in a preview.
 */
static enum msg_number_why number_why(struct desk *d, const struct call *c,
				      size_t i)
{
	enum gate_rule rule = floor_number_rule(d->r->floor, c, i,
						clock_now(d->r->clock));

	switch (rule) {
	case GATE_RULE_COUNT:
		return MSG_NUMBER_OPEN;
	case GATE_NUMBER:
	case GATE_ERASED:
	case GATE_OWN_DNC:
	case GATE_EXT_DNC:
		return MSG_NUMBER_DNC;
	case GATE_CONSENT:
		return MSG_NUMBER_CONSENT;
	case GATE_HOURS:
		return MSG_NUMBER_HOURS;
	default:
		return c->state == CALL_PREVIEW ? MSG_NUMBER_RULES
						: MSG_NUMBER_OPEN;
	}
}

static void show_numbers(struct desk *d, const struct lead *l,
			 const struct call *c, struct msg_customer *m)
{
	for (uint32_t i = 0; i < l->numbers_count; i++) {
		struct msg_number *n = &m->numbers[m->numbers_count++];

		str_mask_number(n->number, sizeof(n->number),
				l->numbers[i].e164);
		str_copy(n->kind, sizeof(n->kind), l->numbers[i].kind);
		if (str_eq(l->numbers[i].e164, c->number))
			m->number = (uint8_t)(i + 1);
		else
			n->number_why = (uint8_t)number_why(d, c, i);
		n->refused = n->number_why;
	}
}

static void show_fields(struct desk *d, const struct lead *l,
			struct msg_customer *m)
{
	const struct lead_list *list = lead_list(d->r->leads,
						 (struct list_id){ l->list });

	if (list) {
		str_copy(m->list, sizeof(m->list), list->name);
		str_copy(m->source, sizeof(m->source), list->source);
	}
	for (uint32_t i = 0; i < l->fields_count; i++) {
		struct msg_field *f = &m->fields[m->fields_count++];

		str_copy(f->value, sizeof(f->value), l->fields[i].value);
		if (list && l->fields[i].label < list->labels_count)
			str_copy(f->label, sizeof(f->label),
				 list->labels[l->fields[i].label].name);
	}
}

static void show_zone(struct desk *d, const struct lead *l,
		      struct msg_customer *m)
{
	struct zone_set z;
	struct zone_time t;

	if (!lead_zones(d->r->leads, l->zones, &z) || !z.n)
		return;
	zone_local(d->r->zones, z.at[0],
		   clock_now(d->r->clock).wall_ms / 1000, &t);
	m->tz_known = true;
	m->tz_min = t.offset_s / 60;
}

struct hours { int from_min, to_min; };

/* Legal hours of the day that begins at `day`; false: not one stretch. */
static bool day_hours(struct desk *d, const struct campaign_conf *k,
		      const struct zone_set *z, int64_t day, struct hours *h)
{
	enum { DAY_S = 86400 };
	int64_t from = day, to, until;

	if (!gate_zones_open(d->r->gate, &k->gate, z, day, &until))
		from = until;
	if (from >= day + DAY_S)	/* GATE_NEVER too */
		return false;
	to = gate_zones_close(d->r->gate, &k->gate, z, from, day + DAY_S);
	h->from_min = (int)((from - day) / 60);
	h->to_min = (int)((to - day) / 60);
	return to >= day + DAY_S ||
	       (!gate_zones_open(d->r->gate, &k->gate, z, to, &until) &&
		until >= day + DAY_S);
}

/*
 * "allowed 09:00-20:00" is said, and held to by the screen, only where it is
 * true of every day of the coming week.
 */
static void show_hours(struct desk *d, const struct lead *l,
		       const struct campaign_conf *k, struct msg_customer *m)
{
	int64_t now_s = clock_now(d->r->clock).wall_ms / 1000, day;
	struct hours first = { 0, 0 }, h;
	struct zone_set z;

	if (!k || !m->tz_known || !lead_zones(d->r->leads, l->zones, &z))
		return;
	day = now_s - (now_s + m->tz_min * 60) % 86400;
	for (int i = 0; i < 7; i++, day += 86400) {
		if (!day_hours(d, k, &z, day, &h))
			return;
		if (!i)
			first = h;
		if (h.from_min != first.from_min || h.to_min != first.to_min)
			return;
	}
	m->from_min = (uint16_t)first.from_min;
	m->to_min = (uint16_t)first.to_min;
}

void desk_show_customer(struct desk *d, const struct seat *s,
			const struct call *c)
{
	static const char *const tiers[] = { "", "A", "B", "C", "D" };
	const struct campaign_conf *k = desk_campaign(d, s);
	struct last last = { .d = d };
	struct msg_customer m = { .call = c->id.v, .lead = c->lead.v };
	struct lead l;

	if (lead_get(d->r->leads, c->lead, &l))
		return;
	str_copy(m.name, sizeof(m.name), l.name);
	str_copy(m.city, sizeof(m.city), l.city);
	str_copy(m.tags, sizeof(m.tags), l.tags);
	str_copy(m.tier, sizeof(m.tier), tiers[MIN(l.tier, 4u)]);
	show_numbers(d, &l, c, &m);
	show_fields(d, &l, &m);
	show_zone(d, &l, &m);
	show_hours(d, &l, k, &m);
	m.attempts = (uint16_t)c->attempt;
	m.attempts_max = k ? k->gate.tries_max : 0;
	if (!cdr_of_number(d->r->store, c->number, 20, last_row, &last) &&
	    last.found) {
		m.last_ms = last.cdr.start_ms;
		agent_name(d, last.cdr.agent, m.last_agent,
			   sizeof(m.last_agent));
		str_copy(m.last_outcome, sizeof(m.last_outcome),
			 desk_outcome_label(d, last.cdr.outcome, desk_is_zh(d, s)));
	}
	m.answered = last.answered;
	str_copy(m.note, sizeof(m.note), c->note);
	d->send(d->arg, s->agent, MSG_CUSTOMER, 0, &m);
}

struct history {
	struct desk *d;
	struct msg_history_page page;
	const char *e164;		/* whose calls come now              */
	bool zh;
};

/* Newest first, whichever of the customer's numbers it was. */
static bool history_row(void *arg, const struct cdr *r)
{
	struct history *h = arg;
	struct msg_history_row *rows = h->page.rows, *row;
	size_t n = h->page.rows_count, most = ARRAY_LEN(h->page.rows), i = n;

	while (i && rows[i - 1].at_ms < r->start_ms)
		i--;
	if (i == most)
		return false;
	memmove(&rows[i + 1], &rows[i], (MIN(n, most - 1) - i) *
					sizeof(*rows));
	h->page.rows_count = (uint32_t)MIN(n + 1, most);
	row = &rows[i];
	memset(row, 0, sizeof(*row));
	row->at_ms = r->start_ms;
	str_mask_number(row->number, sizeof(row->number), h->e164);
	agent_name(h->d, r->agent, row->agent, sizeof(row->agent));
	str_copy(row->outcome, sizeof(row->outcome),
		 desk_outcome_label(h->d, r->outcome, h->zh));
	str_copy(row->note, sizeof(row->note), r->note);
	row->talk_s = (uint32_t)(cdr_talk_ms(r) / 1000);
	return true;
}

void desk_history(struct desk *d, const struct seat *s, const struct call *c,
		  uint32_t req)
{
	struct history h = { .d = d, .e164 = c->number,
			     .zh = desk_is_zh(d, s) };
	size_t most = ARRAY_LEN(h.page.rows);
	struct lead l;
	enum err e = cdr_of_number(d->r->store, c->number, most, history_row,
				   &h);

	if (lead_get(d->r->leads, c->lead, &l))
		l.numbers_count = 0;
	for (uint32_t i = 0; !e && i < l.numbers_count; i++) {
		h.e164 = l.numbers[i].e164;
		if (!str_eq(h.e164, c->number))
			e = cdr_of_number(d->r->store, h.e164, most,
					  history_row, &h);
	}
	if (e)
		log_warn("desk", "history: %s", err_text(e));
	h.page.call = c->id.v;
	d->send(d->arg, s->agent, MSG_HISTORY_PAGE, req, &h.page);
}

struct clashes {
	int64_t at_s;
	uint8_t n;
};

static bool clash_row(void *arg, const struct lead *l)
{
	enum { HALF_HOUR_S = 1800 };
	struct clashes *c = arg;

	c->n = (uint8_t)(c->n + (l->next_at_s / HALF_HOUR_S ==
				 c->at_s / HALF_HOUR_S && c->n < UINT8_MAX));
	return true;
}

uint8_t desk_clashes(struct desk *d, const struct seat *s, int64_t at_s)
{
	struct clashes c = { .at_s = at_s };

	return lead_callbacks(d->r->leads, s->agent, 500, clash_row, &c) ? 0
									: c.n;
}

struct promises {
	struct desk *d;
	const struct seat *seat;
	struct msg_callbacks_page page;
};

/* Of a campaign this agent works for. */
static bool is_mine_to_take(const struct promises *p, const struct lead *l)
{
	for (size_t i = 0; i < p->seat->link_count; i++)
		if (lead_campaign_has(p->d->r->leads,
				      p->seat->links[i].campaign,
				      (struct list_id){ l->list }))
			return true;
	return false;
}

static bool promise_row(void *arg, const struct lead *l)
{
	struct promises *p = arg;
	struct msg_callback_row *row;
	struct msg_customer zone = { 0 };

	if (p->page.anyone && !is_mine_to_take(p, l))
		return true;
	if (p->page.total++ < p->page.top ||
	    p->page.rows_count == ARRAY_LEN(p->page.rows))
		return true;
	row = &p->page.rows[p->page.rows_count++];
	row->id = l->id;
	row->at_ms = l->next_at_s * 1000;
	show_zone(p->d, l, &zone);
	row->tz_known = zone.tz_known;
	row->tz_min = zone.tz_min;
	str_copy(row->name, sizeof(row->name), l->name);
	row->anyone = p->page.anyone;
	str_copy(row->note, sizeof(row->note), *l->callback_note
		 ? l->callback_note : l->note);
	str_mask_number(row->number, sizeof(row->number), lead_number(l));
	return true;
}

void desk_callbacks(struct desk *d, const struct seat *s, uint32_t req,
		    unsigned top, bool anyone)
{
	struct agent_id whose = { anyone ? 0 : s->agent.v };
	struct promises p = { .d = d, .seat = s };

	p.page.top = (uint16_t)top;
	p.page.anyone = anyone;
	if (lead_callbacks(d->r->leads, whose, 500, promise_row, &p))
		p.page.rows_count = 0;
	d->send(d->arg, s->agent, MSG_CALLBACKS_PAGE, req, &p.page);
}

