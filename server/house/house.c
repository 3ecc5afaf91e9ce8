#include "house_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "dial/loop.h"
#include "report/audit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- coming and going ----------------------------------------------------------------- */

static void on_came(void *arg, const struct door_session *s, bool resumed)
{
	struct house *h = arg;
	const struct live_rooms *r = live_rooms(h->live);
	struct floor_input in = { .kind = IN_LOGIN, .agent = s->agent.v };
	enum err e;

	if (s->role != MSG_ROLE_AGENT) {
		house_phone_ring(h, s->agent);	/* to listen in with */
		house_meet_came(h, s);
		house_rights(h, s);
		return;
	}
	str_fmt(in.text, sizeof(in.text), "%s\t%s", s->name, s->team);
	in.when_s = (int64_t)house_last_of(h, s->agent);
	e = live_input(h->live, &in);
	if (e) {
		log_err("house", "agent %u cannot sit down: %s", s->agent.v,
			err_text(e));
		door_end(h->door, s->no, MSG_END_FORCED,
			 "no seat is free on this floor");
		return;
	}
	house_perf_restore(h, s->agent);
	if (!resumed)
		house_assign(h, s->agent);
	house_phone_ring(h, s->agent);
	if (dial_line_is_up(r->dial, s->agent)) {
		in = (struct floor_input){ .kind = IN_LINE, .value = 1,
					   .agent = s->agent.v };
		e = live_input(h->live, &in);
	}
	if (!e)
		e = desk_login(h->desk, s->agent);
	if (e)
		log_warn("house", "agent %u: %s", s->agent.v, err_text(e));
}

static void on_lost(void *arg, const struct door_session *s)
{
	struct house *h = arg;

	if (s->role == MSG_ROLE_AGENT)
		desk_lost(h->desk, s->agent);
	feed_gone(h->feed, s->no);
	house_watch_lost(h, s->no);
	house_meet_lost(h, s->no);
	clerk_gone(h->clerk, s->no);
}

static void on_ended(void *arg, const struct door_session *s,
		     enum msg_end why UNUSED)
{
	struct house *h = arg;
	struct floor_input in = { .kind = IN_LOGOUT, .agent = s->agent.v };
	enum err e;

	on_lost(arg, s);
	house_phone_ended(h, s);
	house_meet_ended(h, s->no);
	house_watch_gone(h, s->no);
	if (s->role == MSG_ROLE_AGENT) {
		e = live_input(h->live, &in);
		if (e && e != ERR_ABSENT && e != ERR_STATE)
			log_warn("house", "agent %u: %s", s->agent.v,
				 err_text(e));
		if (floor_call_of(live_rooms(h->live)->floor, s->agent))
			return;		/* the phone keeps the customer */
	}
	e = dial_line_drop(live_rooms(h->live)->dial, s->agent);
	if (e && e != ERR_ABSENT)
		log_warn("house", "agent %u: line: %s", s->agent.v,
			 err_text(e));
}

static enum err on_logout(void *arg, const struct door_session *s)
{
	struct house *h = arg;
	struct floor_input in = { .kind = IN_LOGOUT, .agent = s->agent.v };

	if (s->role != MSG_ROLE_AGENT ||
	    !floor_call_of(live_rooms(h->live)->floor, s->agent))
		return ERR_OK;
	/* On a call: it becomes the wish for afterwards. */
	return live_input(h->live, &in) ? ERR_ABSENT : ERR_STATE;
}

void house_audit(struct house *h, const char *who, const char *what)
{
	audit_put(live_rooms(h->live)->store, clock_now(h->clock).wall_ms,
		  who, what);
}

static void on_note(void *arg, enum door_note n, const char *user,
		    const char *from)
{
	struct house *h = arg;
	char text[200];

	str_fmt(text, sizeof(text), "%s (%s)", door_note_word(n), from);
	house_audit(h, user, text);
}

/* ---- between the rooms ------------------------------------------------------------------ */

static void to_agent(void *arg, struct agent_id agent, enum msg_type type,
		     uint32_t req, const void *obj)
{
	struct house *h = arg;
	const struct door_session *s;

	if (type == MSG_OK) {
		s = h->door ? door_session_of(h->door, agent) : NULL;
		if (s)
			house_ok(h, s->no, req);
		return;
	}
	enum err e = h->door ? door_send_agent(h->door, agent, type, req, obj)
			     : ERR_ABSENT;

	if (e && e != ERR_ABSENT)
		log_warn("house", "to agent %u: %s", agent.v, err_text(e));
}

static void to_screens(void *arg, const uint64_t *sessions, size_t n,
		       enum msg_type type, const void *obj)
{
	struct house *h = arg;

	door_send_many(h->door, sessions, n, type, obj);
}

static void pacing_due(void *arg, uint64_t session, struct campaign_id id)
{
	house_pacing_page(arg, session, 0, id, NULL);
}

static void agent_route(void *arg, const struct door_session *s,
			enum msg_type type, uint32_t req,
			const union msg_any *m)
{
	struct house *h = arg;

	if (s->role != MSG_ROLE_AGENT &&
	    (type == MSG_UNMASK || type == MSG_PHONE_REPORT)) {
		house_super(arg, s, type, req, m);
		return;
	}
	if (s->role != MSG_ROLE_AGENT) {
		door_refuse(h->door, s->no, req, MSG_NO_PERM, NULL);
		return;
	}
	house_perf_correct(h, s->agent, type, -1);
	desk_request(h->desk, s->agent, s->may_unmask, type, req, m);
	house_perf_correct(h, s->agent, type, 1);
	desk_turn(h->desk);
}

static void admin_route(void *arg, const struct door_session *s,
			enum msg_type type, uint32_t req,
			const union msg_any *m)
{
	struct house *h = arg;

	if (type == MSG_ADMIN_REQ)
		clerk_request(h->clerk, s, req, &m->admin_req);
	else
		clerk_data(h->clerk, s, req, &m->admin_data);
}

static void on_seat_changed(void *arg, struct agent_id agent)
{
	struct house *h = arg;

	if (h->ready) {
		desk_seat_changed(h->desk, agent);
		house_watch_again(h, agent);
		house_meet_seat(h, agent);
	}
}

static void on_call_done(void *arg, const struct call *c,
			 const struct dispo_step *step)
{
	struct house *h = arg;
	struct now now = clock_now(h->clock);
	struct cdr r;

	if (!h->tally)
		return;
	cdr_from_call(c, "", &r);
	r.sale = step->sale;
	tally_call(h->tally, &r, now);
	if (h->perf)
		perf_call(h->perf, &r);
	if (h->ready)
		desk_call_done(h->desk, c, step);
}

static void on_news(void *arg, struct agent_id agent, const struct call *c,
		    enum hand_news news)
{
	struct house *h = arg;

	if (h->ready)
		desk_news(h->desk, agent, c, news);
}

static void on_turned(void *arg)
{
	struct house *h = arg;

	if (!h->ready)
		return;
	house_perf_turn(h);
	desk_turn(h->desk);
}

/* Logged out by a key or a hand: the screen is told good-bye. */
static void end_sessions(struct house *h)
{
	struct seats *seats = floor_seats(live_rooms(h->live)->floor);

	for (size_t n = 0; n < SEATS_TICK; n++) {
		struct seat *s = seat_at(seats, h->end_at++);

		if (!s) {
			h->end_at = 0;
			return;
		}

		const struct door_session *ds =
			s->state == SEAT_OFFLINE && s->link_up
				? door_session_of(h->door, s->agent) : NULL;

		if (ds)
			door_end(h->door, ds->no, s->reason == SR_FORCED
				 ? MSG_END_FORCED : MSG_END_LOGOUT, NULL);
	}
}

static void on_tick(void *arg, struct now now)
{
	struct house *h = arg;

	if (!h->ready)
		return;
	door_turn(h->door, now);
	desk_turn(h->desk);
	house_new_day(h, now);
	house_perf_turn(h);
	perf_tick(h->perf, now);
	feed_tick(h->feed, now);
	house_meet_tick(h, now);
	house_watch_tick(h, now);
	end_sessions(h);
	house_phone_tick(h);
	house_assign_tick(h);
	house_forecast_tick(h);
	clerk_tick(h->clerk, now);
	house_tell_systemd(h, now);
	if (h->stop_ms && (now.mono_ms >= h->stop_ms || !live_busy(h->live)))
		loop_stop();
}

static void on_written(void *arg, struct now now)
{
	struct house *h = arg;

	if (!h->ready)
		return;
	house_ok_tick(h);
	clerk_written(h->clerk, now);
}

static void on_door(int flags UNUSED, void *arg)
{
	struct house *h = arg;

	door_turn(h->door, clock_now(h->clock));
	desk_turn(h->desk);
}

/* ---- opening ---------------------------------------------------------------------------------- */

static const char *net_url(const char *addr, char *buf, size_t size)
{
	struct conf_addr a;

	*buf = '\0';
	if (conf_addr_parse(addr, &a))
		return buf;
	if (str_eq(a.proto, "ipc"))
		str_fmt(buf, size, "ipc://%s", a.path);
	else
		str_fmt(buf, size, "%s://%s%s%s:%u",
			str_eq(a.proto, "tls") ? "tls+tcp" : "tcp",
			strchr(a.host, ':') ? "[" : "", a.host,
			strchr(a.host, ':') ? "]" : "", a.port);
	return buf;
}

static int32_t tz_offset_min(int64_t wall_ms)
{
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm;

	localtime_r(&t, &tm);
	return (int32_t)(tm.tm_gmtoff / 60);
}

static enum err open_door(struct house *h, const struct conf *c)
{
	char urls[NET_LISTEN_MAX][160], why[256] = "";
	char cert[512], key[512];
	const char *list[NET_LISTEN_MAX];
	const char *state = conf_text(c, "server", NULL, "state");
	const char *own = conf_text(c, "server", NULL, "certificate");
	struct door_conf d = {
		.net = { .urls = list, .cert_file = cert, .key_file = key,
			 .max_clients = (uint32_t)conf_int(
				 c, "server", NULL, "agents_max") * 2 + 64 },
		.floor = conf_text(c, "server", NULL, "name"),
		.heartbeat_ms = (uint32_t)conf_int(c, "server", NULL,
						   "heartbeat"),
		.silent_ms = (uint32_t)conf_int(c, "server", NULL, "silent"),
		.grace_ms = (uint32_t)conf_int(c, "agents", NULL, "return"),
		.tz_min = tz_offset_min(clock_now(h->clock).wall_ms),
	};
	const struct door_hooks hooks = {
		.arg = h, .user = house_user, .changed = house_changed, .greet = house_phone_greet,
		.came = on_came, .lost = on_lost, .ended = on_ended,
		.logout = on_logout, .note = on_note };
	const struct door_route routes[] = {
		{ MSG_WANT_STATE, MSG_LANG, agent_route, h },
		{ MSG_SUBSCRIBE, MSG_MEET, house_super, h },
		{ MSG_ADMIN_REQ, MSG_ADMIN_DATA, admin_route, h },
	};
	enum err e;

	str_fmt(cert, sizeof(cert), "%s/cert.pem", state);
	str_fmt(key, sizeof(key), "%s/key.pem", state);
	if (own) {
		str_copy(cert, sizeof(cert), own);
		str_copy(key, sizeof(key),
			 conf_text(c, "server", NULL, "key"));
	}
	for (size_t i = 0; i < conf_list_len(c, "server", NULL, "clients") &&
			   i < NET_LISTEN_MAX; i++)
		list[d.net.urls_count++] = net_url(
			conf_list_at(c, "server", NULL, "clients", i),
			urls[i], sizeof(urls[i]));
	e = door_new(&h->door, &d, &hooks, routes, ARRAY_LEN(routes), why,
		     sizeof(why));
	for (size_t i = 0; !e && i < d.net.urls_count; i++)
		if (door_port(h->door, i))
			log_info("door", "%s: port %u", list[i],
				 door_port(h->door, i));
	if (e)
		log_err("door", "%s", why);
	else
		e = loop_watch_fd(door_fd(h->door), LOOP_READ, on_door, h);
	return e;
}

static bool count_again(void *arg, const struct cdr *r)
{
	struct house *h = arg;

	tally_call(h->tally, r, (struct now){ 0, r->done_ms });
	house_last_note(h, r);
	return true;
}

static bool count_caller(void *arg, const struct cdr *r)
{
	callers_call(arg, r);
	return true;
}

/* Today's figures, from today's records; how well each caller number was
 * answered also from those of the day before them. */
static enum err open_tally(struct house *h)
{
	struct now now = clock_now(h->clock);
	time_t t = (time_t)(now.wall_ms / 1000);
	struct tm tm;
	enum err e = tally_new(64, &h->tally);
	int64_t today_ms;

	localtime_r(&t, &tm);
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	today_ms = (int64_t)mktime(&tm) * 1000;
	if (e)
		return e;
	e = cdr_each(live_rooms(h->live)->store, now.wall_ms - 86400000,
		     today_ms, count_caller, tally_callers(h->tally));
	callers_new_day(tally_callers(h->tally));
	if (!e)
		e = cdr_each(live_rooms(h->live)->store, today_ms,
			     now.wall_ms, count_again, h);
	return e;
}

enum err house_new(const struct conf *conf, const struct clock *clock,
		   struct house **out)
{
	struct house *h = calloc(1, sizeof(*h));
	enum err e;

	if (!h)
		return ERR_MEMORY;
	h->conf = conf;
	h->clock = clock;
	h->secret_max = (size_t)conf_int(conf, "server", NULL, "agents_max") +
			64;
	h->secrets = calloc(h->secret_max, sizeof(*h->secrets));
	const struct live_hooks hooks = {
		.arg = h, .seat_changed = on_seat_changed,
		.call_done = on_call_done, .news = on_news, .agent_key = house_phone_key,
		.turned = on_turned, .written = on_written,
		.tick = on_tick };

	e = h->secrets ? live_new(conf, clock, &hooks, &h->live) : ERR_MEMORY;
	if (!e)
		e = open_tally(h);
	if (!e)
		e = house_perf_open(h);
	if (!e)
		e = desk_new(h->live, to_agent, h, &h->desk);
	if (!e)
		e = feed_new(h->live, h->tally, h->perf, to_screens,
			     pacing_due, h, &h->feed);
	if (!e)
		e = open_door(h, conf);
	if (!e)
		e = clerk_new(&(struct clerk_conf){
				      .live = h->live, .door = h->door,
				      .desk = h->desk, .feed = h->feed,
				      .tally = h->tally, .clock = clock },
			      &h->clerk);
	if (!e && conf_is_set(conf, "server", NULL, "metrics"))
		e = metrics_new(h->live, h->tally,
				conf_text(conf, "server", NULL, "metrics"),
				&h->metrics);
	if (e) {
		house_free(h);
		return e;
	}
	h->ready = true;
	log_info("house", "waihud " WAIHU_VERSION " is open");
	*out = h;
	return ERR_OK;
}

struct house *house_free(struct house *h)
{
	if (!h)
		return NULL;
	h->ready = false;
	house_notify("STOPPING=1");
	if (h->door)
		loop_unwatch_fd(door_fd(h->door));
	h->forecast = house_forecast_free(h->forecast);
	h->metrics = metrics_free(h->metrics);
	h->clerk = clerk_free(h->clerk);
	h->door = door_free(h->door);
	h->oks = house_ok_free(h->oks);
	if (h->perf)
		h->perf = perf_free(h->perf, clock_now(h->clock));
	h->live = live_free(h->live);
	h->feed = feed_free(h->feed);
	h->desk = desk_free(h->desk);
	h->tally = tally_free(h->tally);
	free(h->secrets);
	free(h->lasts);
	free(h);
	return NULL;
}

void house_on_reload(struct house *h, house_reload_h *reload)
{
	clerk_on_reload(h->clerk, reload);
}

enum err house_reload(struct house *h, const struct conf *conf)
{
	house_notify("RELOADING=1");
	enum err e = live_reload(h->live, conf);

	if (!e)
		h->conf = conf;
	house_notify("READY=1");
	return e;
}

void house_stop(struct house *h)
{
	struct now now = clock_now(h->clock);

	if (h->stop_ms) {		/* the second time */
		loop_stop();
		return;
	}
	house_notify("STOPPING=1");
	log_info("house", "stopping: no new calls; %u in progress",
		 live_busy(h->live));
	live_drain(h->live);
	h->stop_ms = now.mono_ms + conf_int(h->conf, "server", NULL, "stop");
}
