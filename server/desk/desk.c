#include "desk_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "report/audit.h"

#include <stdlib.h>
#include <string.h>

enum err desk_new(struct live *live, desk_send_h *send, void *arg,
		  struct desk **out)
{
	struct desk *d = calloc(1, sizeof(*d));
	const struct live_rooms *r = live_rooms(live);

	if (!d)
		return ERR_MEMORY;
	d->live = live;
	d->r = r;
	d->send = send;
	d->arg = arg;
	d->seats_max = (size_t)conf_int(r->conf, "server", NULL,
					"agents_max");
	d->dirty_cap = d->seats_max;
	d->dirty = calloc(d->dirty_cap, sizeof(*d->dirty));
	d->is_dirty = calloc(d->seats_max, sizeof(*d->is_dirty));
	d->shown = calloc(d->seats_max, sizeof(*d->shown));
	d->was = calloc(d->seats_max, sizeof(*d->was));
	d->lang = calloc(d->seats_max, sizeof(*d->lang));
	d->coach = calloc(d->seats_max, sizeof(*d->coach));
	if (!d->lang || !d->coach || !d->was || !d->dirty || !d->is_dirty || !d->shown) {
		desk_free(d);
		return ERR_MEMORY;
	}
	*out = d;
	return ERR_OK;
}

struct desk *desk_free(struct desk *d)
{
	if (d) {
		free(d->dirty);
		free(d->is_dirty);
		free(d->shown);
		free(d->was);
		free(d->lang);
		free(d->coach);
		desk_scripts_free(d);
		free(d);
	}
	return NULL;
}

static struct seat *seat_of(struct desk *d, struct agent_id agent)
{
	return seat_get(floor_seats(d->r->floor), agent);
}

void desk_seat_changed(struct desk *d, struct agent_id agent)
{
	struct seat *s = seat_of(d, agent);

	if (!s || d->is_dirty[s->slot])
		return;
	d->is_dirty[s->slot] = true;
	d->dirty[d->dirty_len++] = agent;	/* each once: it fits */
}

static void show(struct desk *d, const struct seat *s)
{
	const struct call *c = call_get(floor_calls(d->r->floor), s->call);
	bool visible = c && (s->state == SEAT_PREVIEW || desk_offered(s, c) ||
			     s->state == SEAT_DIAL || c->join_ms ||
			     s->state == SEAT_TALK);

	/* Shown again to whom it is given: the note has gone on since. */
	uint64_t shown = c ? (uint64_t)(c->agent.v == s->agent.v) << 32 |
			     c->id.v : 0;

	/* The customer first: the pop is there when the state says so. */
	if (visible && d->shown[s->slot] != shown) {
		d->shown[s->slot] = shown;
		desk_show_customer(d, s, c);
		desk_history(d, s, c, 0);
		desk_show_script(d, s, c);
	}
	if (!c && d->shown[s->slot]) {	/* read ahead it names nobody */
		d->shown[s->slot] = 0;
		desk_show_script(d, s, NULL);
	}
	if (d->was[s->slot] == SEAT_BREAK && s->state != SEAT_BREAK) {
		desk_show_breaks(d, s);		/* so much of it is left */
		desk_show_today(d, s);
	}
	d->was[s->slot] = (uint8_t)s->state;
	desk_show_seat(d, s);
	if (c && (s->state == SEAT_DIAL || s->state == SEAT_PREVIEW))
		desk_show_progress(d, s, c);
}

void desk_turn(struct desk *d)
{
	while (d->dirty_len) {
		struct seat *s = seat_of(d, d->dirty[--d->dirty_len]);

		if (!s)
			continue;
		d->is_dirty[s->slot] = false;
		if (s->link_up)
			show(d, s);
	}
}

void desk_call_done(struct desk *d, const struct call *c,
		    const struct dispo_step *step)
{
	struct seat *s = c->agent.v ? seat_of(d, c->agent) : NULL;

	/* One more promise, or perhaps one less. */
	if (s && s->link_up && (step->next == DN_AGREED ||
				c->mode == MODE_PREVIEW)) {
		desk_callbacks(d, s, 0, 0, false);
		desk_show_today(d, s);
	}

	if (!s || !c->join_ms)
		return;
	desk_show_today(d, s);
	desk_show_last(d, s);
}

enum err desk_login(struct desk *d, struct agent_id agent)
{
	struct seat *s = seat_of(d, agent);

	if (!s)
		return ERR_ABSENT;
	d->shown[s->slot] = 0;
	desk_show_breaks(d, s);
	desk_show_outcomes(d, s);
	desk_show_script(d, s, NULL);
	desk_show_today(d, s);
	desk_show_last(d, s);
	desk_seat_changed(d, agent);
	desk_turn(d);
	return ERR_OK;
}

void desk_lost(struct desk *d, struct agent_id agent)
{
	struct floor_input in = { .kind = IN_LINK, .agent = agent.v };
	enum err e = live_input(d->live, &in);

	if (e && e != ERR_ABSENT)
		log_warn("desk", "agent %u: %s", agent.v, err_text(e));
}

void desk_tell(struct desk *d, struct agent_id agent, const char *from,
	       const char *text)
{
	struct seats *seats = floor_seats(d->r->floor);
	struct msg_message m = {
		.at_ms = clock_now(d->r->clock).wall_ms };

	str_copy(m.from, sizeof(m.from), from);
	str_copy(m.text, sizeof(m.text), text);
	if (agent.v) {
		struct seat *s = seat_get(seats, agent);

		if (s && s->link_up)
			d->send(d->arg, agent, MSG_MESSAGE, 0, &m);
		return;
	}
	for (struct seat *s = seat_each(seats, NULL); s;
	     s = seat_each(seats, s))
		if (s->link_up)
			d->send(d->arg, s->agent, MSG_MESSAGE, 0, &m);
}

/* ---- requests ---------------------------------------------------------------- */

struct ask {
	struct desk *d;
	struct seat *seat;
	struct call *call;		/* the seat's; NULL if none          */
	bool may_unmask;
	enum msg_type type;
	uint32_t req;
	const union msg_any *m;
	struct floor_input in;		/* what the floor is asked           */
	enum msg_refusal no;		/* a reason of our own               */
};

static void refuse(struct ask *a, enum msg_refusal code, const char *text)
{
	struct msg_refused r = { .code = (uint16_t)code };

	str_copy(r.text, sizeof(r.text), text);
	a->d->send(a->d->arg, a->seat->agent, MSG_REFUSED, a->req, &r);
}

static void ok(struct ask *a)
{
	a->d->send(a->d->arg, a->seat->agent, MSG_OK, a->req,
		   &(struct msg_ok){ 0 });
}

/* Why the floor wants more before a call can be finished. */
static enum msg_refusal missing(const struct ask *a)
{
	static const struct call nothing = { .note = "" };
	bool late = a->type == MSG_CORRECT_OUTCOME;
	uint16_t code = late ? a->m->correct_outcome.code
			: a->call ? a->call->outcome : 0;
	const struct dispo_row *row = dispo_by_code(a->d->r->dispos, code);
	unsigned m = row ? dispo_missing(row, late ? &nothing : a->call) : 0;

	if (!row)
		return MSG_NO_OUTCOME;
	return m & NEEDS_TIME ? MSG_NO_TIME
	     : m & NEEDS_AMOUNT ? MSG_NO_AMOUNT
	     : m & NEEDS_NOTE ? MSG_NO_NOTE : MSG_NO_STATE;
}

static void want_state(struct ask *a)
{
	static const enum floor_input_kind kinds[] = {
		[MSG_WANT_READY] = IN_READY,
		[MSG_WANT_NOT_READY] = IN_NOT_READY,
		[MSG_WANT_BREAK] = IN_BREAK,
		[MSG_WANT_LOGOUT] = IN_LOGOUT,
		[MSG_WANT_CARRY_ON] = IN_READY };
	const struct msg_want_state *w = &a->m->want_state;

	if (!w->want || w->want >= ARRAY_LEN(kinds)) {
		a->no = MSG_NO_ARG;
		return;
	}
	a->in.kind = (uint8_t)kinds[w->want];
	a->in.value = w->break_code - 1;	/* digit 1 is row 0 */
	if (w->want == MSG_WANT_BREAK &&
	    !conf_instance(a->d->r->conf, "breaks", (size_t)a->in.value))
		a->no = MSG_NO_ARG;
}

static void skip(struct ask *a)
{
	a->in.kind = IN_SKIP;
	a->in.value = a->m->skip.reason;
	str_fmt(a->in.text, sizeof(a->in.text), "skip reason %u",
		a->m->skip.reason);
}

static void flag(struct ask *a)
{
	static const struct { enum msg_type type; enum floor_input_kind k; }
	rows[] = {
		{ MSG_HOLD, IN_HOLD }, { MSG_MUTE, IN_MUTE },
		{ MSG_REC_PAUSE, IN_REC_PAUSE },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].type == a->type)
			a->in.kind = (uint8_t)rows[i].k;
	a->in.value = a->type == MSG_HOLD ? a->m->hold.on
		    : a->type == MSG_MUTE ? a->m->mute.on
					  : a->m->rec_pause.on;
}

static void digits(struct ask *a)
{
	a->in.kind = IN_DIGITS;
	str_copy(a->in.text, sizeof(a->in.text), a->m->dtmf.digits);
}

static void outcome(struct ask *a)
{
	uint16_t code = a->type == MSG_OUTCOME ? a->m->outcome.code
					       : a->m->correct_outcome.code;
	int64_t amount = a->type == MSG_OUTCOME ? a->m->outcome.amount
						: a->m->correct_outcome.amount;
	const struct dispo_row *row = dispo_by_code(a->d->r->dispos, code);

	a->in.kind = a->type == MSG_OUTCOME ? IN_OUTCOME : IN_CORRECT;
	if ((code && !row) || (row && !dispo_is_agents(row)))
		a->no = MSG_NO_ARG;
	a->in.value = row ? row->digit : 0;
	a->in.code = row && !row->digit ? code : 0;
	if (amount)
		str_fmt(a->in.text, sizeof(a->in.text), "%lld",
			(long long)amount);
}

static void note(struct ask *a)
{
	a->in.kind = IN_NOTE;
	str_copy(a->in.text, sizeof(a->in.text), a->m->note.text);
}

static void callback(struct ask *a)
{
	const struct msg_callback *cb = &a->m->callback;
	struct msg_callback_ok yes = { .at_ms = cb->at_ms };
	const struct campaign_conf *k = desk_campaign(a->d, a->seat);
	struct lead l;
	struct zone_set places;
	int64_t until;

	if (!a->call || lead_get(a->d->r->leads, a->call->lead, &l) || !k) {
		a->no = MSG_NO_CALL;
		return;
	}
	if (!lead_zones(a->d->r->leads, l.zones, &places))
		places.n = 0;
	if (!gate_zones_open(a->d->r->gate, &k->gate, &places,
			     cb->at_ms / 1000, &until)) {
		struct msg_refused r = { .code = MSG_NO_HOURS,
					 .suggest_ms = until * 1000 };

		a->d->send(a->d->arg, a->seat->agent, MSG_REFUSED, a->req,
			   &r);
		a->in.kind = IN_TICK;	/* answered: nothing to ask */
		a->no = MSG_NO_COUNT;
		return;
	}
	a->in.kind = IN_CALLBACK;
	a->in.when_s = cb->at_ms / 1000;
	a->in.value = !cb->anyone;
	a->in.code = cb->number;
	str_copy(a->in.text, sizeof(a->in.text), cb->note);
	if (!cb->anyone)
		yes.clashes = desk_clashes(a->d, a->seat, cb->at_ms / 1000);
	if (!cb->check) {
		if (live_input(a->d->live, &a->in)) {
			a->no = MSG_NO_STATE;
			return;
		}
		yes.kept = true;
	}
	a->d->send(a->d->arg, a->seat->agent, MSG_CALLBACK_OK, a->req, &yes);
	a->no = MSG_NO_COUNT;
}

static void finish(struct ask *a)
{
	a->in.kind = IN_FINISH;
	a->in.value = a->m->finish.next == MSG_WANT_NOT_READY;
}

static void hand(struct ask *a)
{
	a->in.kind = IN_HAND;
	a->in.value = a->m->raise_hand.on;
}

static void plain(struct ask *a)
{
	static const struct { enum msg_type type; enum floor_input_kind k; }
	rows[] = {
		{ MSG_HANGUP, IN_RELEASE }, { MSG_ANSWER, IN_ANSWER },
		{ MSG_WRAP_MORE, IN_WRAP_MORE }, { MSG_LOGOUT, IN_LOGOUT },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].type == a->type)
			a->in.kind = (uint8_t)rows[i].k;
}

static void dial(struct ask *a)
{
	a->in.kind = IN_DIAL;
	a->in.lead = a->m->dial.callback;
	a->in.value = a->m->dial.number;
	a->d->shown[a->seat->slot] = 0;	/* with the number that is dialled */
	if (!a->in.lead && (!a->call || a->call->id.v != a->m->dial.call))
		a->no = MSG_NO_CALL;
}

/* A number waits until its line of the audit log is on disk. */
struct unmasking {
	struct desk *d;
	struct agent_id agent;
	uint32_t req;
	struct msg_unmasked u;
};

static void on_audited(void *arg, const struct store_result *res)
{
	struct unmasking *w = arg;
	struct msg_refused no = { .code = MSG_NO_FAULT };

	str_copy(no.text, sizeof(no.text), msg_refusal_text(no.code));
	if (res->err)
		w->d->send(w->d->arg, w->agent, MSG_REFUSED, w->req, &no);
	else
		w->d->send(w->d->arg, w->agent, MSG_UNMASKED, w->req, &w->u);
	free(w);
}

static void unmask(struct ask *a)
{
	struct store_group *g;
	struct unmasking *w;
	char who[32], what[64];

	a->no = MSG_NO_COUNT;
	if (!a->call || !a->may_unmask) {
		a->no = a->call ? MSG_NO_PERM : MSG_NO_CALL;
		return;
	}
	w = calloc(1, sizeof(*w));
	if (!w) {
		a->no = MSG_NO_FULL;
		return;
	}
	*w = (struct unmasking){ .d = a->d, .agent = a->seat->agent,
				 .req = a->req, .u.call = a->call->id.v };
	str_copy(w->u.number, sizeof(w->u.number), a->call->number);
	str_fmt(who, sizeof(who), "agent %u", a->seat->agent.v);
	str_fmt(what, sizeof(what), "sees the whole number of call %llu",
		(unsigned long long)a->call->uid);
	g = store_begin(a->d->r->store);
	audit_row(g, clock_now(a->d->r->clock).wall_ms, who, what);
	if (store_commit(g, on_audited, w)) {
		store_abort(g);
		free(w);
		a->no = MSG_NO_FULL;
	}
}

static void history(struct ask *a)
{
	a->no = MSG_NO_COUNT;
	desk_history(a->d, a->seat, a->call, a->req);
}

static void callbacks(struct ask *a)
{
	a->no = MSG_NO_COUNT;
	desk_callbacks(a->d, a->seat, a->req, a->m->callbacks.top,
		       a->m->callbacks.anyone);
}

static void targets(struct ask *a)
{
	a->no = MSG_NO_COUNT;
	desk_targets(a->d, a->seat, a->m->targets.find, a->req);
}

static void transfer(struct ask *a)
{
	a->no = desk_transfer(a->d, a->seat, &a->m->transfer, &a->in);
}

static void sound_test(struct ask *a)
{
	struct leg_id leg = live_agent_leg(a->d->live, a->seat->agent);
	enum err e;

	a->no = MSG_NO_COUNT;
	if (a->call || !leg.v) {
		a->no = MSG_NO_STATE;
		return;
	}
	e = media_beep(a->d->r->media, leg);
	if (e)
		a->no = msg_refusal_of(e);
	else
		ok(a);
}

/* The screen's language: everything with labels is sent again. */
static void lang(struct ask *a)
{
	char *now = &a->d->lang[a->seat->slot], was = *now;

	a->no = MSG_NO_COUNT;
	*now = strncmp(a->m->lang.lang, "zh", 2) ? 'e' : 'z';
	ok(a);
	if (*now == was)
		return;
	desk_show_breaks(a->d, a->seat);
	desk_show_outcomes(a->d, a->seat);
	desk_show_last(a->d, a->seat);
	desk_seat_changed(a->d, a->seat->agent);
}

/* What the server only takes note of. */
static void noted(struct ask *a)
{
	a->no = MSG_NO_COUNT;
	ok(a);
}

/*        request               its function  acts on the call it names    */
static const struct {
	enum msg_type type;
	void (*h)(struct ask *a);
	bool call;
} rows[] = {
	{ MSG_WANT_STATE,      want_state, false },
	{ MSG_DIAL,            dial,       false },
	{ MSG_ANSWER,          plain,      true },
	{ MSG_SKIP,            skip,       true },
	{ MSG_HANGUP,          plain,      true },
	{ MSG_HOLD,            flag,       true },
	{ MSG_MUTE,            flag,       true },
	{ MSG_REC_PAUSE,       flag,       true },
	{ MSG_DTMF,            digits,     true },
	{ MSG_OUTCOME,         outcome,    true },
	{ MSG_NOTE,            note,       true },
	{ MSG_CALLBACK,        callback,   true },
	{ MSG_FINISH,          finish,     true },
	{ MSG_WRAP_MORE,       plain,      true },
	{ MSG_RAISE_HAND,      hand,       false },
	{ MSG_CORRECT_OUTCOME, outcome,    false },
	{ MSG_LOGOUT,          plain,      false },
	{ MSG_UNMASK,          unmask,     true },
	{ MSG_HISTORY,         history,    true },
	{ MSG_CALLBACKS,       callbacks,  false },
	{ MSG_TRANSFER,        transfer,   true },
	{ MSG_TARGETS,         targets,    false },
	{ MSG_SOUND_TEST,      sound_test, false },
	{ MSG_LANG,            lang,       false },
	{ MSG_SCRIPT_PAGE,     noted,      false },
	{ MSG_PHONE_REPORT,    noted,      false },
};

/* Every request on a call begins with the call the agent was looking at. */
static uint32_t call_named(enum msg_type type, const union msg_any *m)
{
	switch (type) {
	case MSG_SKIP:		return m->skip.call;
	case MSG_ANSWER:	return m->answer.call;
	case MSG_HANGUP:	return m->hangup.call;
	case MSG_HOLD:		return m->hold.call;
	case MSG_MUTE:		return m->mute.call;
	case MSG_REC_PAUSE:	return m->rec_pause.call;
	case MSG_DTMF:		return m->dtmf.call;
	case MSG_OUTCOME:	return m->outcome.call;
	case MSG_NOTE:		return m->note.call;
	case MSG_CALLBACK:	return m->callback.call;
	case MSG_FINISH:	return m->finish.call;
	case MSG_WRAP_MORE:	return m->wrap_more.call;
	case MSG_UNMASK:	return m->unmask.call;
	case MSG_HISTORY:	return m->history.call;
	case MSG_TRANSFER:	return m->transfer.call;
	default:		return 0;
	}
}

static void ask_floor(struct ask *a)
{
	enum err e;

	a->in.agent = a->seat->agent.v;
	e = live_input(a->d->live, &a->in);
	if (!e || (e == ERR_AGAIN && a->in.kind == IN_READY))
		ok(a);		/* READY as soon as the phone is back */
	else if (a->in.kind == IN_TRANSFER && e != ERR_STATE && e != ERR_ARG)
		refuse(a, e == ERR_DENIED ? MSG_NO_TRANSFER : MSG_NO_WORKER,
		       "");
	else if (e == ERR_AGAIN)
		refuse(a, missing(a), "");
	else if (e == ERR_DENIED && a->in.kind == IN_FINISH)
		refuse(a, MSG_NO_LIMIT, "wrap-up lasts its whole time here");
	else
		refuse(a, msg_refusal_of(e), "");
	if (!e && a->in.kind == IN_CORRECT)
		desk_show_last(a->d, a->seat);
}

void desk_request(struct desk *d, struct agent_id agent, bool may_unmask,
		  enum msg_type type, uint32_t req, const union msg_any *m)
{
	struct seat *s = seat_of(d, agent);
	struct ask a = { .d = d, .seat = s, .type = type, .req = req, .m = m,
			 .may_unmask = may_unmask };

	if (!s)
		return;		/* the door lets no one in without a seat */
	a.call = call_get(floor_calls(d->r->floor), s->call);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].type != type)
			continue;
		a.in.agent = agent.v;
		if (rows[i].call &&
		    (!a.call || a.call->id.v != call_named(type, m))) {
			refuse(&a, MSG_NO_CALL, "");
			return;
		}
		rows[i].h(&a);
		if (a.no == MSG_NO_NONE)
			ask_floor(&a);
		else if (a.no != MSG_NO_COUNT)
			refuse(&a, a.no, "");
		return;
	}
	refuse(&a, MSG_NO_ABLE, "");
}
