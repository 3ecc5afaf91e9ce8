/* desk_hand -- transfers on agents' screens: to whom, how far, what came. */
#include "desk_priv.h"

#include "base/str.h"
#include "lead/lead_import.h"
#include "staff/staff.h"

#include <string.h>
#include <strings.h>

enum { AGENT_ROWS = 14, SUPER_ROWS = 6, TEAMS_MAX = 32, NEWS_MS = 10000 };

/* ---- to whom --------------------------------------------------------------- */

/* A word of the name begins like this, or it holds it (names in Chinese). */
static bool matches(const char *name, const char *find)
{
	size_t len = strlen(find);

	if (!len || strstr(name, find))
		return true;
	for (const char *p = name; *p; p++)
		if ((p == name || p[-1] == ' ' || p[-1] == '-') &&
		    !strncasecmp(p, find, len))
			return true;
	return false;
}

static bool number_begins(uint32_t n, const char *find)
{
	char text[16];

	/* Not a digit: ten thousand numbers need not be spelled. */
	if (*find && (*find < '0' || *find > '9'))
		return false;
	str_fmt(text, sizeof(text), "%u", n);
	return !strncmp(text, find, strlen(find));
}

/* Free, at work on a call, away: in this order. */
static unsigned rank(const struct seat *s)
{
	return s->state == SEAT_READY ? 0 : seat_state_on_call(s->state) ? 1
									 : 2;
}

struct list {
	struct desk *d;
	const struct seat *me;
	const struct campaign_conf *k;
	const char *find;
	struct now now;
	const struct seat *best[AGENT_ROWS];
	size_t agents;
	bool more;
	struct msg_targets_page page;
};

/* Keeps the first AGENT_ROWS by rank, then number. */
static void take_agent(struct list *l, const struct seat *s)
{
	size_t at = l->agents;

	while (at && (rank(s) < rank(l->best[at - 1]) ||
		      (rank(s) == rank(l->best[at - 1]) &&
		       s->agent.v < l->best[at - 1]->agent.v)))
		at--;
	if (l->agents == AGENT_ROWS)
		l->more = true;
	if (at == AGENT_ROWS)
		return;
	l->agents = MIN(l->agents + 1, (size_t)AGENT_ROWS);
	memmove(&l->best[at + 1], &l->best[at],
		(l->agents - at - 1) * sizeof(l->best[0]));
	l->best[at] = s;
}

static struct msg_target *add(struct list *l, enum msg_target_kind kind,
			      const char *to, const char *name)
{
	struct msg_target *t;

	if (l->page.rows_count == ARRAY_LEN(l->page.rows)) {
		l->more = true;
		return NULL;
	}
	t = &l->page.rows[l->page.rows_count++];
	t->kind = (uint8_t)kind;
	str_copy(t->to, sizeof(t->to), to);
	str_copy(t->name, sizeof(t->name), name);
	return t;
}

static void add_agents(struct list *l)
{
	struct seats *seats = floor_seats(l->d->r->floor);

	for (struct seat *s = seat_each(seats, NULL); s;
	     s = seat_each(seats, s))
		if (s != l->me && s->state != SEAT_OFFLINE &&
		    (matches(s->name, l->find) ||
		     number_begins(s->agent.v, l->find)))
			take_agent(l, s);
	for (size_t i = 0; i < l->agents; i++) {
		const struct seat *s = l->best[i];
		char number[16];
		struct msg_target *t;

		str_fmt(number, sizeof(number), "%u", s->agent.v);
		t = add(l, MSG_TARGET_AGENT, number, s->name);
		if (!t)
			return;
		str_copy(t->team, sizeof(t->team), s->team);
		t->state = (uint8_t)desk_state(s, NULL);
		t->in_state_s = (uint32_t)((l->now.mono_ms -
					    s->since.mono_ms) / 1000);
	}
}

/* He is busy, or not: as the floor knows.  Who cannot be reached is shown,
 * with the reason, so that nobody looks for him. */
static void add_super(struct list *l, const struct desk_super *u, bool zh)
{
	static const char *const why[][2] = {
#define X(name, en, zh) [name] = { en, zh },
		DESK_REACHES(X)
#undef X
	};
	const struct floor_super *p = floor_super(l->d->r->floor, u->agent);
	char number[16] = "";
	struct msg_target *t;

	if (u->agent.v)
		str_fmt(number, sizeof(number), "%u", u->agent.v);
	t = add(l, MSG_TARGET_SUPER, number, u->name);
	if (!t)
		return;
	str_copy(t->team, sizeof(t->team), zh ? "班长" : "supervisor");
	str_copy(t->why, sizeof(t->why), why[u->reach][zh]);
	t->state = p && p->call.v ? MSG_STATE_TALK : MSG_STATE_READY;
	if (p)
		t->in_state_s = (uint32_t)((l->now.mono_ms -
					    p->since.mono_ms) / 1000);
}

static void add_supers(struct list *l)
{
	bool zh = desk_is_zh(l->d, l->me);
	size_t n = 0;

	for (size_t i = 0; i < l->d->supers_len; i++) {
		const struct desk_super *u = &l->d->supers[i];

		if ((*u->team && !str_eq(u->team, l->me->team)) ||
		    (!matches(u->name, l->find) &&
		     !matches(zh ? "班长" : "supervisor", l->find) &&
		     !(u->agent.v && number_begins(u->agent.v, l->find))))
			continue;
		if (n++ < SUPER_ROWS)
			add_super(l, u, zh);
		else
			l->more = true;
	}
}

void desk_supers(struct desk *d, const struct desk_super *list, size_t n)
{
	d->supers_len = MIN(n, ARRAY_LEN(d->supers));
	memcpy(d->supers, list, d->supers_len * sizeof(list[0]));
}

static void add_teams(struct list *l)
{
	struct seats *seats = floor_seats(l->d->r->floor);
	struct msg_target *team[TEAMS_MAX];
	size_t n = 0, i;

	for (struct seat *s = seat_each(seats, NULL); s;
	     s = seat_each(seats, s)) {
		if (s == l->me || s->state == SEAT_OFFLINE || !*s->team ||
		    !matches(s->team, l->find))
			continue;
		for (i = 0; i < n && !str_eq(team[i]->to, s->team); i++)
			;
		if (i == n && n < TEAMS_MAX) {
			team[n] = add(l, MSG_TARGET_TEAM, s->team, s->team);
			n += team[n] != NULL;
		}
		if (i < n)
			team[i]->ready += s->state == SEAT_READY;
	}
}

static void add_queues(struct list *l)
{
	struct campaign_id id;
	struct campaign_view v;

	for (size_t i = 0; floor_campaign_at(l->d->r->floor, i, &id); i++) {
		char number[16];
		const char *label;
		struct msg_target *t;

		if (floor_campaign_view(l->d->r->floor, id, l->now, &v))
			continue;
		label = desk_campaign_label(l->d, v.conf,
					    desk_is_zh(l->d, l->me));
		if (!matches(label, l->find) &&
		    !matches(v.conf->name, l->find))
			continue;
		str_fmt(number, sizeof(number), "%u", id.v);
		t = add(l, MSG_TARGET_QUEUE, number, label);
		if (!t)
			return;
		t->waiting = (uint16_t)MIN(v.waiting, UINT16_MAX);
		t->longest_s = (uint32_t)(v.oldest_wait_ms / 1000);
		t->ready = (uint16_t)MIN(seat_ready_count(
			floor_seats(l->d->r->floor), id), UINT16_MAX);
	}
}

/* "Shop=+8610...": its digits, and whose they are. */
static const char *listed(struct desk *d, const char *campaign, size_t i,
			  char *name, size_t size)
{
	const char *text = i < conf_list_len(d->r->conf, "campaigns", campaign,
					     "transfer_numbers")
		? conf_list_at(d->r->conf, "campaigns", campaign,
			       "transfer_numbers", i) : NULL;
	const char *eq = text ? strrchr(text, '=') : NULL;

	if (!eq)
		return NULL;
	str_fmt(name, size, "%.*s", (int)(eq - text), text);
	return eq[1] == '+' ? eq + 2 : eq + 1;
}

static bool is_number(const char *s)
{
	size_t digits = 0;

	for (; *s; s++) {
		if (*s >= '0' && *s <= '9')
			digits++;
		else if (!strchr("+- ()", *s))
			return false;
	}
	return digits >= 5;
}

static void add_outside(struct list *l)
{
	bool zh = desk_is_zh(l->d, l->me);
	const char *digits;
	char name[60], to[24];

	for (size_t i = 0; l->k->transfer >= HAND_LISTED &&
	     (digits = listed(l->d, l->k->name, i, name, sizeof(name))); i++) {
		str_fmt(to, sizeof(to), "+%s", digits);
		if (matches(name, l->find) || strstr(to, l->find))
			(void)add(l, MSG_TARGET_EXTERNAL, to, name);
	}
	if (l->k->transfer == HAND_ANY && is_number(l->find))
		(void)add(l, MSG_TARGET_EXTERNAL, l->find,
			  zh ? "外线号码" : "External number");
}

void desk_targets(struct desk *d, const struct seat *s, const char *find,
		  uint32_t req)
{
	struct list l = { .d = d, .me = s, .find = find,
			  .k = desk_campaign(d, s),
			  .now = clock_now(d->r->clock) };

	if (l.k && l.k->transfer >= HAND_INSIDE) {
		add_supers(&l);
		add_agents(&l);
		add_teams(&l);
		add_queues(&l);
		add_outside(&l);
	}
	l.page.more = l.more;
	d->send(d->arg, s->agent, MSG_TARGETS_PAGE, req, &l.page);
}

/* ---- the agent's steps -------------------------------------------------------- */

/* Digits as they are dialled; and is it a number of the configuration? */
static bool outside_number(struct desk *d, const struct campaign_conf *k,
			   const char *typed, char e164[16], char *name,
			   size_t size, bool *colleague)
{
	const char *country = conf_text(d->r->conf, "server", NULL, "country");
	const char *why, *digits;
	char upper[3] = "";
	bool repaired;

	for (size_t i = 0; country && i < 2 && country[i]; i++)
		upper[i] = (char)(country[i] & ~0x20);
	*colleague = false;
	for (size_t i = 0; k && (digits = listed(d, k->name, i, name, size));
	     i++) {
		if (!str_eq(digits, *typed == '+' ? typed + 1 : typed))
			continue;
		str_copy(e164, 16, digits);
		*colleague = true;
		return true;
	}
	str_copy(name, size, typed);
	return !lead_phone_parse(typed, upper, e164, &why, &repaired);
}

static void name_of_agent(struct desk *d, const char *number, char *buf,
			  size_t size)
{
	uint64_t n = 0;
	bool bad = str_to_u64(number, UINT32_MAX, &n);
	struct agent_id agent = { bad ? 0 : (uint32_t)n };
	struct seat *s = seat_get(floor_seats(d->r->floor), agent);
	struct staff st;

	if (s)		/* a supervisor has no seat */
		str_fmt(buf, size, "%s %s", s->name, number);
	else if (agent.v && !staff_by_agent(d->r->store, agent, &st))
		str_fmt(buf, size, "%s %s", st.name, number);
	else
		str_copy(buf, size, number);
}

static void name_of_queue(struct desk *d, const char *number, bool zh,
			  char *buf, size_t size)
{
	struct campaign_view v;
	uint64_t n = 0;

	str_copy(buf, size, number);
	if (!str_to_u64(number, UINT32_MAX, &n) &&
	    !floor_campaign_view(d->r->floor,
				 (struct campaign_id){ (uint32_t)n },
				 clock_now(d->r->clock), &v))
		str_copy(buf, size, desk_campaign_label(d, v.conf, zh));
}

static enum msg_refusal to_whom(struct desk *d, const struct seat *s,
				const struct msg_transfer *m,
				struct floor_input *in)
{
	char e164[16], name[48];
	const char *whom = m->to;
	bool colleague;

	switch ((enum msg_target_kind)m->target) {
	case MSG_TARGET_AGENT:
		in->code = HAND_AGENT;
		name_of_agent(d, m->to, name, sizeof(name));
		break;
	case MSG_TARGET_SUPER:
		in->code = HAND_SUPER;
		name_of_agent(d, m->to, name, sizeof(name));
		break;
	case MSG_TARGET_QUEUE:
		in->code = HAND_QUEUE;
		name_of_queue(d, m->to, desk_is_zh(d, s), name, sizeof(name));
		break;
	case MSG_TARGET_TEAM:
		in->code = HAND_TEAM;
		str_copy(name, sizeof(name), m->to);
		break;
	case MSG_TARGET_EXTERNAL:
		if (!outside_number(d, desk_campaign(d, s), m->to, e164, name,
				    sizeof(name), &colleague))
			return MSG_NO_ARG;
		in->code = colleague ? HAND_COLLEAGUE : HAND_OUTSIDE;
		whom = e164;
		break;
	default:
		return MSG_NO_ARG;
	}
	str_fmt(in->text, sizeof(in->text), "%s\t%s", whom, name);
	return MSG_NO_NONE;
}

enum msg_refusal desk_transfer(struct desk *d, const struct seat *s,
			       const struct msg_transfer *m,
			       struct floor_input *in)
{
	static const uint8_t steps[MSG_TRANSFER_COUNT] = {
		[MSG_TRANSFER_BLIND] = HAND_SEND,
		[MSG_TRANSFER_CONSULT] = HAND_ASK,
		[MSG_TRANSFER_SWAP] = HAND_SWAP,
		[MSG_TRANSFER_CONF] = HAND_ALL,
		[MSG_TRANSFER_COMPLETE] = HAND_GIVE,
		[MSG_TRANSFER_CANCEL] = HAND_BACK };

	if (!m->kind || m->kind >= MSG_TRANSFER_COUNT)
		return MSG_NO_ARG;
	in->kind = IN_TRANSFER;
	in->value = steps[m->kind];
	if (m->kind == MSG_TRANSFER_BLIND || m->kind == MSG_TRANSFER_CONSULT)
		return to_whom(d, s, m, in);
	return MSG_NO_NONE;
}

/* ---- how far it is --------------------------------------------------------------- */

static enum msg_step step_of(struct desk *d, const struct call *c)
{
	const struct call *g = call_get(floor_calls(d->r->floor),
					c->hand.guest);

	if (g)
		return g->state == CALL_GUEST ? MSG_STEP_ANSWERED
		     : g->ring_ms ? MSG_STEP_RINGING : MSG_STEP_DIALLED;
	if (c->hand.super.v)
		return c->hand.came ? MSG_STEP_ANSWERED : MSG_STEP_RINGING;
	return c->hand.asked.v ? MSG_STEP_ANSWERED : MSG_STEP_DIALLED;
}

/* A limit of the call's room, which the seat has not. */
static void show_limit(struct desk *d, const struct call *c,
		       struct msg_seat *m)
{
	int64_t mono = clock_now(d->r->clock).mono_ms;

	if ((c->state != CALL_ASK && c->state != CALL_SEND) || !c->due.at_ms)
		return;
	m->left_ms = (uint32_t)MAX(c->due.at_ms - mono, 0);
	m->limit_ms = (uint32_t)MAX(c->due.at_ms - c->since_ms, 0);
}

/* c->given in words: who has the customer now. */
static void show_taker(struct desk *d, const struct call *c,
		       struct msg_seat *m)
{
	static const char agent[] = "agent ", outside[] = "outside ",
			  supervisor[] = "supervisor ";
	const char *at = strchr(c->given, ' ');

	if (*c->hand.name)
		str_copy(m->consult_with, sizeof(m->consult_with),
			 c->hand.name);
	else if (at && (!strncmp(c->given, agent, strlen(agent)) ||
			!strncmp(c->given, supervisor, strlen(supervisor))))
		name_of_agent(d, at + 1, m->consult_with,
			      sizeof(m->consult_with));
	else if (at && !strncmp(c->given, outside, strlen(outside)))
		str_mask_number(m->consult_with, sizeof(m->consult_with),
				at + 1);
}

void desk_show_hand(struct desk *d, const struct seat *s, const struct call *c,
		    struct msg_seat *m)
{
	const struct campaign_conf *k = desk_campaign(d, s);
	bool mine = c->agent.v == s->agent.v;

	m->no_transfer = !k || k->transfer == HAND_NONE;
	if (m->ended_by == MSG_ENDED_TRANSFER)
		show_taker(d, c, m);
	if (!c->hand.to || c->state == CALL_OUTSIDE)
		return;
	m->asked = !mine;
	m->consult = (uint8_t)step_of(d, c);
	m->consult_active = c->state == CALL_CONSULT;
	m->sending = c->state == CALL_SEND;
	show_limit(d, c, m);
	if (mine && !c->hand.asked.v) {
		str_copy(m->consult_with, sizeof(m->consult_with),
			 c->hand.name);
	} else {
		char number[16];

		str_fmt(number, sizeof(number), "%u", mine
			? c->hand.asked.v : c->agent.v);
		name_of_agent(d, number, m->consult_with,
			      sizeof(m->consult_with));
	}
}

/* ---- what came of it --------------------------------------------------------------- */

/*        news            English, Chinese                                      */
static const struct { const char *en, *zh; } news_texts[] = {
	[NEWS_NOBODY] = { "Nobody was free: %s. ", "%s：无人空闲，" },
	[NEWS_BUSY] = { "Busy: %s. ", "%s：占线，" },
	[NEWS_NO_ANSWER] = { "No answer: %s. ", "%s：无人接听，" },
	[NEWS_REFUSED] = { "Refused: %s. ", "%s：拒接，" },
	[NEWS_DENIED] = { "The rules forbid this number: %s. ",
			  "%s：合规规则禁止呼叫该号码，" },
	[NEWS_NO_ROOM] = { "No line is free to call %s. ",
			   "没有空闲线路呼叫 %s，" },
	[NEWS_FAILED] = { "Not reached: %s. ", "%s：无法接通，" },
	[NEWS_LEFT] = { "%s has hung up. ", "%s 已挂断，" },
	[NEWS_PHONE] = { "The phone was lost: %s. ", "%s：话机断开，" },
	[NEWS_TIME] = { "Time is up with %s. ", "与 %s 的咨询已超时，" },
	[NEWS_TAKEN] = { "The customer is with %s now.",
			 "客户已转给 %s。" },
};

void desk_news(struct desk *d, struct agent_id agent, const struct call *c,
	       enum hand_news news)
{
	struct seat *s = seat_get(floor_seats(d->r->floor), agent);
	struct msg_notice m = { .show_ms = NEWS_MS,
		.level = news == NEWS_TAKEN ? MSG_LEVEL_INFO
					    : MSG_LEVEL_WATCH };
	char who[64];
	const char *mark, *text;
	bool zh;

	if (!s || !s->link_up || news <= NEWS_NONE ||
	    (size_t)news >= ARRAY_LEN(news_texts))
		return;
	zh = desk_is_zh(d, s);
	text = zh ? news_texts[news].zh : news_texts[news].en;
	mark = strstr(text, "%s");
	str_copy(who, sizeof(who), c->hand.name);
	if (c->hand.asked.v) {
		char number[16];

		str_fmt(number, sizeof(number), "%u", c->hand.asked.v);
		name_of_agent(d, number, who, sizeof(who));
	}
	str_fmt(m.text, sizeof(m.text), "%.*s%s%s%s", (int)(mark - text),
		text, who, mark + 2, news == NEWS_TAKEN ? ""
		: zh ? "客户在线，请继续通话。" : "The customer is back with you.");
	d->send(d->arg, agent, MSG_NOTICE, 0, &m);
}
