/*
 * robot_agent -- what a robot does in each state of its seat.
 *
 * The server owns state and timers; a robot only reacts to what it is shown,
 * as a person would, a drawn time later.  One timer: a robot plans one thing
 * at a time.
 */
#include "robot/robot.h"

#include "base/str.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { RUN_AFTER_MS = 300, HEARD_MS = 200, LONGER_MS = 1000 };

static void send_msg(struct robot *r, enum msg_type type, const void *obj)
{
	struct crew *c = r->crew;
	size_t len;

	if (msg_encode(type, ++r->req, obj, c->frame, sizeof(c->frame), &len)) {
		fprintf(stderr, "robot %u: %s cannot be packed\n", r->number,
			msg_row(type)->name);
		return;
	}
	(void)!net_client_send(r->net, c->frame, len);
}

static void plan(struct robot *r, enum robot_plan what, double seconds)
{
	r->plan = what;
	loop_timer_start(r->timer, MAX(robot_ms(r->crew, seconds), 1));
}

static double draw(struct robot *r, double mean)
{
	return chance_talk(&r->chance, mean, 0.6);
}

static bool by_chance(struct robot *r, double p)
{
	return chance_unit(&r->chance) < p;
}

/* ---- what it wants ------------------------------------------------------- */

static void want(struct robot *r, enum msg_want what, uint8_t break_code)
{
	struct msg_want_state m = { .want = (uint8_t)what,
				    .break_code = break_code };

	send_msg(r, MSG_WANT_STATE, &m);
}

/* An outcome a person could choose with one key: no time, no amount, and not
 * "do not call again", which would empty the list. */
static const struct msg_outcome_row *choose(struct robot *r)
{
	const struct msg_outcomes *o = &r->outcomes;
	const struct msg_outcome_row *found = NULL;
	unsigned n = 0;

	for (size_t i = 0; i < o->rows_count; i++) {
		const struct msg_outcome_row *row = &o->rows[i];

		if (!row->digit || row->needs_time || row->needs_amount ||
		    row->asks_twice)
			continue;
		if (chance_unit(&r->chance) * ++n < 1)
			found = row;
	}
	return found;
}

static void write_up(struct robot *r)
{
	const struct msg_outcome_row *row = choose(r);
	struct msg_note note = { .call = r->call, .final = true };
	struct msg_outcome outcome = { .call = r->call };

	if (!row)
		return;		/* the limit of the wrap-up will end it */
	str_fmt(note.text, sizeof(note.text),
		"Robot %u #%u: %s. Asked about the plan; 已说明优惠。",
		r->number, ++r->written, row->label);
	send_msg(r, MSG_NOTE, &note);
	r->crew->counts.notes++;
	outcome.code = row->code;
	send_msg(r, MSG_OUTCOME, &outcome);
	r->saved = r->call;
}

static void finish(struct robot *r)
{
	struct msg_finish m = { .call = r->call, .next = MSG_WANT_READY };

	if (r->crew->stopping) {
		m.next = MSG_WANT_NOT_READY;
	} else if (r->breaks.rows_count && by_chance(r, r->crew->opt.brk)) {
		size_t i = (size_t)(chance_unit(&r->chance) *
				    (double)r->breaks.rows_count);

		want(r, MSG_WANT_BREAK, r->breaks.rows[i].code);
		r->resting = true;
		m.next = MSG_WANT_NONE;
	}
	if (r->saved != r->call)
		write_up(r);
	r->done = r->call;
	send_msg(r, MSG_FINISH, &m);
	r->finish_req = r->req;
}

/* What the server has acknowledged must be in its records for good. */
static void acknowledged(struct robot *r, uint32_t req)
{
	if (req != r->finish_req || !r->crew->opt.verbose)
		return;
	fprintf(stderr, "robot %u: finished #%u\n", r->number, r->written);
	r->finish_req = 0;
}

static void log_out(struct robot *r)
{
	struct msg_logout m = { .after = false };

	send_msg(r, MSG_LOGOUT, &m);
}

static void hold(struct robot *r, bool on)
{
	struct msg_hold m = { .call = r->call, .on = on };

	send_msg(r, MSG_HOLD, &m);
}

/* To anybody: a colleague, the team, the queue, outside. */
static void give(struct robot *r)
{
	struct crew *c = r->crew;
	double dice = chance_unit(&r->chance);
	struct msg_transfer m = { .call = r->call,
		.kind = by_chance(r, .5) ? MSG_TRANSFER_CONSULT
					 : MSG_TRANSFER_BLIND };

	if (dice < .25 && c->opt.outside) {
		m.target = MSG_TARGET_EXTERNAL;
		str_copy(m.to, sizeof(m.to), c->opt.outside);
	} else if (dice < .5) {
		m.target = MSG_TARGET_AGENT;
		str_fmt(m.to, sizeof(m.to), "%u", c->opt.first +
			(unsigned)(chance_unit(&r->chance) * c->opt.agents));
	} else if (dice < .75) {
		m.target = MSG_TARGET_TEAM;
		str_copy(m.to, sizeof(m.to), "north");
	} else {
		m.target = MSG_TARGET_QUEUE;
		str_fmt(m.to, sizeof(m.to), "%u", r->campaign);
	}
	c->counts.gives++;
	send_msg(r, MSG_TRANSFER, &m);
	plan(r, PLAN_STEP, draw(r, 2));
}

/* The other one is there, or is not: any key of the consultation. */
static void give_step(struct robot *r)
{
	static const enum msg_transfer_kind kinds[] = {
		MSG_TRANSFER_SWAP, MSG_TRANSFER_CONF, MSG_TRANSFER_COMPLETE,
		MSG_TRANSFER_COMPLETE, MSG_TRANSFER_CANCEL };
	struct msg_transfer m = { .call = r->call };

	if (r->state != MSG_STATE_CONSULT && r->state != MSG_STATE_CONF) {
		plan(r, PLAN_HANGUP, draw(r, 3));
		return;
	}
	m.kind = (uint8_t)kinds[(size_t)(chance_unit(&r->chance) *
					 ARRAY_LEN(kinds))];
	send_msg(r, MSG_TRANSFER, &m);
	plan(r, PLAN_STEP, draw(r, 2));
}

static void act(void *arg)
{
	struct robot *r = arg;
	enum robot_plan what = r->plan;
	struct msg_dial dial = { .call = r->call };
	struct msg_hangup hangup = { .call = r->call };

	r->plan = PLAN_NONE;
	switch (what) {
	case PLAN_READY:
		if (r->line.up)
			want(r, MSG_WANT_READY, 0);
		break;
	case PLAN_READ:
		r->crew->counts.previews++;
		send_msg(r, MSG_DIAL, &dial);
		break;
	case PLAN_HOLD:
		r->crew->counts.holds++;
		hold(r, true);
		plan(r, PLAN_BACK, draw(r, 3));
		break;
	case PLAN_BACK:
		hold(r, false);
		plan(r, PLAN_HANGUP, r->talk_left_s);
		break;
	case PLAN_GIVE:
		give(r);
		break;
	case PLAN_STEP:
		give_step(r);
		break;
	case PLAN_HANGUP:
		r->crew->counts.hung_up++;
		send_msg(r, MSG_HANGUP, &hangup);
		break;
	case PLAN_FINISH:
		finish(r);
		break;
	case PLAN_NONE:
		break;
	}
}

/* ---- what it is shown ---------------------------------------------------- */

/* Both the seat and the customer must be there before a person can speak:
 * whichever comes last ends the latency. */
static void count_pop(struct robot *r)
{
	struct robot_counts *n = &r->crew->counts;
	int64_t ms;

	if (r->counted != r->call || r->popped != r->call || !r->joined_ms)
		return;
	r->pop_us = wall_us();
	ms = MAX(r->pop_us / 1000 - r->joined_ms, 0);
	r->joined_ms = 0;
	n->pops++;
	n->pop_sum_ms += (uint64_t)ms;
	n->pop_max_ms = MAX(n->pop_max_ms, (uint64_t)ms);
}

static void talk_begins(struct robot *r, int64_t since_ms)
{
	const struct robot_opt *o = &r->crew->opt;
	double talk = MAX(draw(r, o->talk_s), 1);

	r->crew->counts.calls++;
	r->counted = r->call;
	r->joined_ms = since_ms;
	r->talk_from_ms = robot_mono_ms();
	r->heard_ms = r->line.rtp.heard_ms;
	line_speak(&r->line, true);
	count_pop(r);
	if (o->give > 0 && by_chance(r, o->give)) {
		plan(r, PLAN_GIVE, talk / 2);
	} else if (by_chance(r, o->hold)) {
		r->talk_left_s = talk / 2;
		plan(r, PLAN_HOLD, talk / 2);
	} else {
		/* Some wait for the customer to end it, up to a point. */
		plan(r, PLAN_HANGUP, by_chance(r, o->hangup) ? talk :
							       talk * 4);
	}
}

/* The customer's voice told when he answered. */
static void probe_ends(struct robot *r)
{
	struct probe *p = &r->line.rtp.probe;

	if (p->heard) {
		samples_add(&r->crew->audio, p->heard_us - p->heard_at_us);
		if (r->pop_us)
			samples_add(&r->crew->popped,
				    r->pop_us - p->heard_at_us);
	}
	p->heard = false;
	r->pop_us = 0;
}

static void talk_ends(struct robot *r)
{
	struct robot_counts *n = &r->crew->counts;
	bool mine = r->plan == PLAN_NONE, heard;
	int64_t talked_ms;

	if (!r->talk_from_ms)
		return;
	talked_ms = robot_mono_ms() - r->talk_from_ms;
	heard = r->line.rtp.heard_ms - r->heard_ms >= HEARD_MS;
	n->talk_ms += (uint64_t)talked_ms;
	n->heard += heard;
	n->longer += talked_ms >= LONGER_MS;
	n->longer_heard += heard && talked_ms >= LONGER_MS;
	n->left += !mine;
	probe_ends(r);
	r->talk_from_ms = 0;
	r->plan = PLAN_NONE;
	loop_timer_stop(r->timer);
	line_speak(&r->line, false);
}

static bool on_the_phone(enum msg_state s)
{
	return s == MSG_STATE_TALK || s == MSG_STATE_HOLD ||
	       s == MSG_STATE_CONSULT || s == MSG_STATE_CONF;
}

static void entered(struct robot *r, const struct msg_seat *m)
{
	const struct robot_opt *o = &r->crew->opt;
	struct msg_answer answer = { .call = m->call };

	if (r->crew->stopping && !r->call) {
		log_out(r);
		return;
	}
	switch ((enum msg_state)m->state) {
	case MSG_STATE_NOT_READY:
		r->resting = false;
		plan(r, PLAN_READY, draw(r, 1));
		break;
	case MSG_STATE_BREAK:
		r->crew->counts.breaks += r->resting;
		r->resting = false;
		plan(r, PLAN_READY, draw(r, o->break_s));
		break;
	case MSG_STATE_PREVIEW:
		plan(r, PLAN_READ, draw(r, o->read_s));
		break;
	case MSG_STATE_RING:
		if (m->answer_by_hand)
			send_msg(r, MSG_ANSWER, &answer);
		break;
	case MSG_STATE_TALK:
		if (r->counted != r->call)
			talk_begins(r, m->since_ms);
		break;
	case MSG_STATE_CONSULT:
		/* Some who are asked have no time. */
		r->crew->counts.asked += m->asked;
		if (m->asked && by_chance(r, .2))
			plan(r, PLAN_HANGUP, draw(r, 1));
		break;
	case MSG_STATE_WRAP:
		r->crew->counts.given += m->ended_by == MSG_ENDED_TRANSFER;
		plan(r, PLAN_FINISH, r->crew->stopping ? 0 :
						draw(r, o->wrap_s));
		break;
	default:
		break;
	}
}

static void seat_shown(struct robot *r, const struct msg_seat *m)
{
	bool moved = m->state != r->state || m->call != r->call;

	/* The first news after a log-in: a line from before a crash is dead. */
	if (r->state == MSG_STATE_OFFLINE && m->line == MSG_HEALTH_DOWN &&
	    r->line.up)
		line_redial(&r->line);

	if (r->talk_from_ms && (!on_the_phone((enum msg_state)m->state) ||
				m->call != r->call))
		talk_ends(r);
	if (r->crew->opt.verbose && moved)
		fprintf(stderr, "robot %u: %s call %u\n", r->number,
			msg_word(MSG_WORDS_STATE, m->state), m->call);
	r->state = (enum msg_state)m->state;
	r->call = m->call;
	r->campaign = m->campaign;
	r->asked = m->asked;
	if (moved)
		entered(r, m);
}

static void logged_in(struct robot *r, const struct msg_login_ok *ok)
{
	r->in = true;
	r->crew->counts.logins++;
	str_copy(r->token, sizeof(r->token), ok->token);
	r->beat_ms = ok->heartbeat_ms ? ok->heartbeat_ms : 5000;
	loop_timer_start(r->beat, r->beat_ms);
	/* The seat's state follows; what was seen before is void. */
	r->state = MSG_STATE_OFFLINE;
	line_want(&r->line, ok);
}

static void refused(struct robot *r, const struct msg_refused *m)
{
	const char *text = m->text[0] ? m->text : msg_refusal_text(m->code);

	if (r->crew->opt.verbose || !r->in)
		fprintf(stderr, "robot %u: refused: %s\n", r->number, text);
	if (r->in) {
		r->crew->counts.refused++;
		/* A ready that came too early is asked for again. */
		if (r->plan == PLAN_NONE && !r->call &&
		    (r->state == MSG_STATE_NOT_READY ||
		     r->state == MSG_STATE_BREAK))
			plan(r, PLAN_READY, 2);
	} else if (r->token[0]) {
		r->token[0] = '\0';	/* too old: by password, next time */
		net_client_drop(r->net, "token refused");
	} else if (m->code == MSG_NO_LOGIN || m->code == MSG_NO_VERSION) {
		r->dead = true;
	}
}

static void sign_in(struct robot *r)
{
	struct msg_login m = { .takeover = true };

	str_fmt(m.user, sizeof(m.user), "%s%u", r->crew->opt.user, r->number);
	if (r->token[0])
		str_copy(m.token, sizeof(m.token), r->token);
	else
		str_copy(m.pass, sizeof(m.pass), r->crew->opt.password);
	send_msg(r, MSG_LOGIN, &m);
}

static void frame_h(void *arg, const uint8_t *data, size_t len)
{
	struct robot *r = arg;
	union msg_any *m = &r->crew->msg;
	struct msg_head_of head;

	if (msg_decode(data, len, &head, m)) {
		fprintf(stderr, "robot %u: a message cannot be read\n",
			r->number);
		return;
	}
	switch (head.type) {
	case MSG_WELCOME:
		sign_in(r);
		break;
	case MSG_LOGIN_OK:
		logged_in(r, &m->login_ok);
		break;
	case MSG_REFUSED:
		refused(r, &m->refused);
		break;
	case MSG_OK:
		acknowledged(r, head.req);
		break;
	case MSG_OUTCOMES:
		r->outcomes = m->outcomes;
		break;
	case MSG_BREAKS:
		r->breaks = m->breaks;
		break;
	case MSG_CUSTOMER:
		if (m->customer.call) {
			r->popped = m->customer.call;
			count_pop(r);
		}
		break;
	case MSG_SEAT:
		robot_coach(r, &m->seat);
		seat_shown(r, &m->seat);
		break;
	case MSG_LAST_CALL:
		r->crew->counts.finished++;
		r->crew->counts.outcomes += m->last_call.outcome != 0;
		break;
	default:
		break;
	}
}

/* ---- its connection ------------------------------------------------------ */

static void up_h(void *arg)
{
	struct robot *r = arg;
	struct msg_hello m = { .proto = MSG_PROTO };

	str_copy(m.program, sizeof(m.program), "waihu-agent");
	str_copy(m.version, sizeof(m.version), WAIHU_VERSION);
	str_copy(m.lang, sizeof(m.lang), "en");
	send_msg(r, MSG_HELLO, &m);
}

static void lost_h(void *arg, enum err why)
{
	struct robot *r = arg;

	if (r->crew->opt.verbose)
		fprintf(stderr, "robot %u: link: %s (%s)\n", r->number,
			net_client_text(r->net), err_text(why));
	r->crew->counts.links_lost += r->in && !r->crew->stopping;
	r->in = false;
	loop_timer_stop(r->beat);
}

static void beat_h(void *arg)
{
	struct robot *r = arg;
	struct msg_heartbeat m = { .sent_ms = robot_mono_ms() };

	if (!r->in)
		return;
	send_msg(r, MSG_HEARTBEAT, &m);
	loop_timer_start(r->beat, r->beat_ms);
}

void robot_run(struct robot *r)
{
	static const struct net_client_handlers h = { up_h, frame_h, lost_h };

	/* Who has logged out does not come back. */
	if (!r->dead && (r->in || !r->crew->stopping))
		net_client_run(r->net, robot_mono_ms(), &h, r);
}

static void net_h(int flags, void *arg)
{
	(void)flags;
	robot_run(arg);
}

/* The line came up or went: that decides whether it can be ready. */
void robot_line_changed(struct robot *r)
{
	struct msg_phone_report m = { .health = r->line.up ? MSG_HEALTH_OK
							   : MSG_HEALTH_DOWN };

	if (!r->in)
		return;
	str_copy(m.device, sizeof(m.device), "robot");
	send_msg(r, MSG_PHONE_REPORT, &m);
	if (r->line.up && (r->state == MSG_STATE_NOT_READY ||
			   r->state == MSG_STATE_OFFLINE))
		plan(r, PLAN_READY, draw(r, 1));
}

/* As a person would: end the call, write it up, then log out. */
void robot_leave(struct robot *r)
{
	struct msg_hangup hangup = { .call = r->call };
	struct msg_skip skip = { .call = r->call };

	loop_timer_stop(r->timer);
	if (!r->in)
		return;
	r->plan = PLAN_NONE;
	if (on_the_phone(r->state) || r->state == MSG_STATE_DIAL ||
	    r->state == MSG_STATE_RING) {
		r->crew->counts.hung_up += on_the_phone(r->state);
		send_msg(r, MSG_HANGUP, &hangup);
	} else if (r->state == MSG_STATE_PREVIEW) {
		skip.reason = r->outcomes.skips_count ?
			r->outcomes.skips[0].code : 0;
		send_msg(r, MSG_SKIP, &skip);
	} else if (r->state != MSG_STATE_WRAP) {
		log_out(r);
	} else if (r->done != r->call) {
		finish(r);
	}
}

enum err robot_init(struct robot *r, struct crew *c, unsigned i)
{
	struct net_client_conf conf = { .url = c->opt.server,
					.pin_file = c->opt.pin };
	char name[32];
	enum err e;

	r->crew = c;
	r->number = c->opt.first + i;
	str_fmt(name, sizeof(name), "robot-%u", r->number);
	chance_init(&r->chance, c->opt.seed, name, 0);
	e = loop_timer_new(act, r, &r->timer);
	if (!e)
		e = loop_timer_new(beat_h, r, &r->beat);
	if (!e)
		e = line_init(&r->line, r);
	if (!e)
		e = net_client_new(&r->net, &conf);
	return e ? e : loop_watch_fd(net_client_fd(r->net), LOOP_READ, net_h,
				     r);
}

void robot_fini(struct robot *r)
{
	line_fini(&r->line);
	if (r->net) {
		loop_unwatch_fd(net_client_fd(r->net));
		r->net = net_client_free(r->net);
	}
	r->timer = loop_timer_free(r->timer);
	r->beat = loop_timer_free(r->beat);
}
