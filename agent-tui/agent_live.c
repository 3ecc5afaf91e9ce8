#include "agent_live.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "agent_model.h"
#include "tui/tty.h"
#include "base/log.h"
#include "base/str.h"
#include "link/link.h"
#include "phone/phone.h"

enum { MIC_FLOOR_DBOV = -60 };

struct live {
	const struct agent_options *o;
	struct agent_model *m;
	struct term *term;		/* NULL in linear mode               */
	struct tty *tty;
	struct grid g;
	struct link *link;
	struct phone *phone;
	struct clock clock;
	int64_t offset_ms;		/* server's wall clock less ours     */
	unsigned todo;
	char pass[128];
	struct agent_spoken spoken;
	char mic[AGENT_TEXT], speaker[AGENT_TEXT];	/* in use            */
	char sip_uri[160], sip_user[64], sip_pass[72];
	bool done, phone_up;
	bool fresh;		/* logged in, no seat shown yet         */
	bool keyed;		/* what is drawn answers a key           */
	int64_t painted_ms;	/* the time the clock shows              */
};

static volatile sig_atomic_t told_to_stop;

static void on_signal(int sig UNUSED)
{
	told_to_stop = 1;
}

static void set_now(struct live *v)
{
	struct now n = clock_now(&v->clock);

	n.wall_ms += v->offset_ms;
	v->m->now = n;
}

/* A message may have set the server's time: keep the difference. */
static void take(struct live *v, enum msg_type type, const void *obj)
{
	v->todo |= agent_message(v->m, type, obj);
	v->offset_ms = v->m->now.wall_ms - clock_now(&v->clock).wall_ms;
}

/* -- the phone -------------------------------------------------------------- */

static void report_phone(struct live *v, enum msg_health h, const char *error)
{
	struct msg_phone_report r;

	memset(&r, 0, sizeof(r));
	r.health = (uint8_t)h;
	str_copy(r.device, sizeof(r.device), v->m->device);
	str_copy(r.error, sizeof(r.error), error);
	if (link_is_in(v->link) &&
	    link_send(v->link, MSG_PHONE_REPORT, &r, NULL))
		log_warn("phone", "report not sent");
}

static void on_phone(const struct phone_event *ev, void *arg)
{
	struct live *v = arg;
	int64_t cells;

	switch (ev->kind) {
	case PHONE_READY:
		v->m->own_phone = MSG_HEALTH_OK;
		break;
	case PHONE_UP:
		v->phone_up = true;
		v->m->own_phone = v->m->own_line = MSG_HEALTH_OK;
		report_phone(v, MSG_HEALTH_OK, "");
		break;
	case PHONE_LOST:
	case PHONE_GONE:
		v->phone_up = false;
		v->m->own_line = MSG_HEALTH_DOWN;
		if (ev->kind == PHONE_GONE)
			v->m->own_phone = MSG_HEALTH_DOWN;
		report_phone(v, MSG_HEALTH_DOWN, ev->text);
		agent_hint(v->m, ST_WATCH, *ev->text ? ev->text
			   : _("Your phone was lost; trying again."));
		break;
	case PHONE_SOUND:
		agent_hint(v->m, ST_WATCH, ev->text);
		break;
	case PHONE_MIC:
		cells = (ev->value - MIC_FLOOR_DBOV) * 10 / -MIC_FLOOR_DBOV;
		v->m->mic_level = (int)MAX((int64_t)0, MIN(cells, (int64_t)10));
		/* Else shown with the next second. */
		if (v->m->box == CTX_SOUND)
			v->todo |= DO_REDRAW;
		return;
	default:
		return;
	}
	v->todo |= DO_REDRAW;
}

static void open_phone(struct live *v)
{
	struct phone_conf c = { .server_uri = v->sip_uri, .user = v->sip_user,
		.password = *v->sip_pass ? v->sip_pass : NULL,
		.mic = *v->mic ? v->mic : NULL,
		.speaker = *v->speaker ? v->speaker : NULL,
		.sound = str_eq(v->o->sound, "file") ? PHONE_FILE
			 : str_eq(v->o->sound, "none") ? PHONE_NONE
						       : PHONE_ALSA };
	char why[200] = "";

	v->phone_up = false;
	str_copy(v->m->device, sizeof(v->m->device),
		 c.mic ? strrchr(c.mic, '/') ? strrchr(c.mic, '/') + 1 : c.mic
		       : v->o->sound);
	if (phone_start(&c, &v->phone, why, sizeof(why))) {
		log_err("phone", "%s", why);
		report_phone(v, MSG_HEALTH_DOWN, why);
		agent_hint(v->m, ST_ALARM, why);
		v->m->hint_until_ms += 30000;
	}
}

static void start_phone(struct live *v, const struct msg_login_ok *ok)
{
	/* Each log-in has a new secret: a line that is down needs it. */
	bool old = strcmp(v->sip_pass, ok->sip_pass) != 0;

	v->m->desk_phone = strcmp(v->o->phone, "embedded") || !*ok->sip_dial;
	v->m->phone_answer = (enum msg_phone_answer)ok->phone_answer;
	if (v->m->desk_phone)
		return;
	str_copy(v->sip_uri, sizeof(v->sip_uri), ok->sip_dial);
	str_copy(v->sip_user, sizeof(v->sip_user), ok->sip_user);
	str_copy(v->sip_pass, sizeof(v->sip_pass), ok->sip_pass);
	if (v->phone && !v->phone_up && old)
		v->phone = phone_free(v->phone);
	if (v->phone)		/* the line stayed open meanwhile */
		report_phone(v, v->phone_up ? MSG_HEALTH_OK : MSG_HEALTH_DOWN,
			     "");
	else
		open_phone(v);
}

static void phone_anew(struct live *v)
{
	v->phone = phone_free(v->phone);
	open_phone(v);
}

/*
 * The first news after a log-in: the server has no line of ours, though our
 * phone believes in one.  It died with the server that was killed.
 */
static void check_line(struct live *v, const struct msg_seat *seat)
{
	if (v->fresh && v->phone && v->phone_up &&
	    seat->line == MSG_HEALTH_DOWN)
		phone_anew(v);
	v->fresh = false;
}

/* What can be chosen: the system's own device first, then each card's. */
static void out_devices(void *arg)
{
	struct live *v = arg;
	struct agent_model *m = v->m;
	struct phone_device d[AGENT_SOUNDS - 1];
	size_t n;

	m->sounds = 0;
	if (m->desk_phone)
		return;
	if (!str_eq(v->o->sound, "alsa")) {	/* asked for: no choice */
		m->sound[m->sounds++] = (struct agent_sound){
			.mic = true, .speaker = true, .used = true };
		str_copy(m->sound[0].name, sizeof(m->sound[0].name),
			 m->device);
		str_copy(m->sound[0].label, sizeof(m->sound[0].label),
			 _("instead of a sound card"));
		return;
	}
	n = phone_devices(NULL, d, ARRAY_LEN(d));
	if (!n)
		return;
	m->sound[m->sounds++] = (struct agent_sound){
		.name = "default", .mic = true, .speaker = true };
	str_copy(m->sound[0].label, sizeof(m->sound[0].label),
		 _("the system's choice"));
	for (size_t i = 0; i < n; i++) {
		struct agent_sound *s = &m->sound[m->sounds++];

		*s = (struct agent_sound){ .mic = d[i].mic,
					   .speaker = d[i].speaker };
		str_copy(s->name, sizeof(s->name), d[i].name);
		text_clean(s->label, sizeof(s->label), d[i].label);
	}
	for (size_t i = 0; i < m->sounds; i++)
		m->sound[i].used = str_eq(m->sound[i].name, v->mic) ||
				   str_eq(m->sound[i].name, v->speaker);
}

/* The phone begins anew with it; the line is dialled again by itself. */
static void out_device(void *arg, size_t i)
{
	struct live *v = arg;
	const struct agent_sound *d = &v->m->sound[i];

	if (!str_eq(v->o->sound, "alsa"))
		return;
	if (d->mic)
		str_copy(v->mic, sizeof(v->mic), d->name);
	if (d->speaker)
		str_copy(v->speaker, sizeof(v->speaker), d->name);
	v->m->mic_level = -1;
	v->m->own_line = MSG_HEALTH_DOWN;
	phone_anew(v);
	out_devices(v);
}

static void out_mute(void *arg, bool on)
{
	struct live *v = arg;

	if (v->phone && phone_mute(v->phone, on))
		log_warn("phone", "mute failed");
}

static void out_hangup(void *arg)
{
	struct live *v = arg;

	if (v->phone && phone_hangup(v->phone))
		log_warn("phone", "hang-up failed");
}

static void out_phone_anew(void *arg)
{
	struct live *v = arg;

	if (!v->phone)
		return;
	log_warn("phone", "the server hears nothing: the phone begins anew");
	phone_anew(v);
}

/* -- the server ---------------------------------------------------------------- */

static void out_send(void *arg, enum msg_type type, const void *obj)
{
	struct live *v = arg;
	enum err e;

	if (type == MSG_LOGIN) {
		const struct msg_login *l = obj;

		e = link_login(v->link, l->user, l->pass, l->takeover);
		if (e)
			v->m->login.busy = false;
	} else {
		e = link_send(v->link, type, obj, NULL);
	}
	if (e)
		agent_hint(v->m, ST_WATCH, e == ERR_STATE
			   ? _("No connection: try again when the line is "
			       "back.") : err_text(e));
}

static enum err password_from_file(struct live *v)
{
	FILE *f = fopen(v->o->password_file, "re");
	bool got = f && fgets(v->pass, sizeof(v->pass), f);

	if (f)
		fclose(f);
	v->pass[got ? strcspn(v->pass, "\r\n") : 0] = '\0';
	return got ? ERR_OK : ERR_IO;
}

/*
 * The server knows nothing of our session: it was started anew.  What was
 * right before may be tried once more; else the agent types it.
 */
static void session_over(struct live *v)
{
	struct msg_ended over = { 0 };

	take(v, MSG_ENDED, &over);
	str_copy(v->m->login.trouble, sizeof(v->m->login.trouble),
		 _("The server was started again. Log in to go on."));
	if (*v->o->password_file && password_from_file(v))
		log_warn("agent", "%s cannot be read", v->o->password_file);
}

static void on_ask(void *arg, const struct msg_welcome *w)
{
	struct live *v = arg;
	enum err e;

	if (w->wall_ms)
		v->offset_ms = w->wall_ms - clock_now(&v->clock).wall_ms;
	if (v->m->logged_in)
		session_over(v);
	v->m->lost = v->m->login.busy = false;
	agent_login_trouble(v->m, NULL);
	v->todo |= DO_REDRAW;
	if (!*v->pass || !*v->m->login.user.text)
		return;
	e = link_login(v->link, v->m->login.user.text, v->pass, true);
	v->m->login.busy = !e;
	/* Once only: a wrong password must not lock the name. */
	memset(v->pass, 0, sizeof(v->pass));
}

static void on_in(void *arg, const struct msg_login_ok *ok)
{
	struct live *v = arg;
	struct msg_callbacks c = { 0 };

	if (!ok->agent && !*ok->token) {	/* a local admin: as whom? */
		struct msg_welcome w = { .wall_ms = ok->wall_ms };

		on_ask(v, &w);
		return;
	}
	if (ok->role != MSG_ROLE_AGENT) {
		str_copy(v->m->login.trouble, sizeof(v->m->login.trouble),
			 _("This name is no agent's."));
		v->m->login.busy = false;
		v->todo |= DO_REDRAW;
		return;
	}
	take(v, MSG_LOGIN_OK, ok);
	agent_send_lang(v->m);
	v->fresh = true;
	start_phone(v, ok);
	if (link_send(v->link, MSG_CALLBACKS, &c, NULL))
		log_warn("agent", "callbacks not asked for");
}

static void on_message(void *arg, enum msg_type type, uint32_t req UNUSED,
		       const void *obj)
{
	struct live *v = arg;

	if (type == MSG_SEAT)
		check_line(v, obj);
	if (type == MSG_ENDED)		/* the floor knows it no more */
		v->phone = phone_free(v->phone);
	take(v, type, obj);
}

static void on_lost(void *arg, const char *why)
{
	struct live *v = arg;

	log_warn("link", "lost: %s", why);
	set_now(v);
	agent_link_lost(v->m, link_due_ms(v->link, v->m->now.mono_ms));
	agent_login_trouble(v->m, why);
	v->todo |= DO_REDRAW | DO_BELL;
}

/* -- the loop --------------------------------------------------------------------- */

/*
 * A key's echo carries no clock: over a slow link the letter goes alone, and
 * the second that has passed follows in the next turn.
 */
static void draw(struct live *v)
{
	int64_t wall = v->m->now.wall_ms;
	bool held = v->keyed && wall >= v->painted_ms &&
		    wall < v->painted_ms + 2000;

	if (held)
		v->m->now.wall_ms = v->painted_ms;
	agent_draw(v->m, &v->g);
	v->m->now.wall_ms = wall;
	if (!term_draw(v->term, &v->g))
		return;
	v->todo = 0;
	v->keyed = false;
	if (!held)
		v->painted_ms = wall;
}

static void say(void *arg, const char *line)
{
	struct live *v = arg;

	printf("%s%s\n", v->todo & DO_BELL && v->o->bell ? "\a" : "", line);
	v->todo &= ~(unsigned)DO_BELL;		/* once */
}

static void show(struct live *v)
{
	int rows, cols;

	if (v->tty) {
		agent_linear(v->m, &v->spoken, say, v);
		fflush(stdout);
		v->todo = 0;
		return;
	}
	term_size(v->term, &rows, &cols);
	if ((rows != v->g.rows || cols != v->g.cols) &&
	    grid_resize(&v->g, MAX(rows, 1), MAX(cols, 1)))
		return;
	if (v->todo & DO_PAINT)
		term_repaint(v->term);
	if (v->todo & DO_BELL)
		term_bell(v->term);
	draw(v);
}

static void keys(struct live *v)
{
	for (int n = 0; n < 200; n++) {
		uint32_t key = v->tty ? tty_key(v->tty) : term_key(v->term);

		if (!key)
			return;
		set_now(v);
		v->todo |= agent_key(v->m, key);
		v->keyed = true;
	}
}

static void turn(struct live *v)
{
	static const struct link_handlers lh = { on_ask, on_in, on_message,
						 on_lost };
	int64_t due;
	unsigned got;

	set_now(v);
	due = MIN(agent_due_ms(v->m), link_due_ms(v->link, v->m->now.mono_ms));
	if (v->phone)
		due = MIN(due, phone_due_ms(v->phone));
	if (v->term && v->painted_ms && v->painted_ms / 1000 <
					v->m->now.wall_ms / 1000)
		due = v->m->now.mono_ms;
	got = loop_wait(v->tty && tty_over(v->tty) ? -1 : STDIN_FILENO,
			link_fd(v->link), v->phone ? phone_fd(v->phone) : -1,
			v->m->now.mono_ms, due);
	set_now(v);
	link_run(v->link, clock_now(&v->clock), &lh, v);
	v->m->rtt_ms = link_rtt_ms(v->link);
	if (v->phone)
		phone_pump(v->phone, v->m->now.mono_ms, on_phone, v);
	if (v->todo & DO_FLUSH) {
		/* What was typed for the last screen must not act on this. */
		if (v->term)
			term_flush(v->term);
		v->todo &= ~(unsigned)DO_FLUSH;
		v->todo |= DO_REDRAW;
	} else if (got & LOOP_KEY) {
		keys(v);
	}
	set_now(v);
	if (v->m->retry_at_ms && v->m->lost)
		v->m->retry_at_ms = link_due_ms(v->link, v->m->now.mono_ms);
	v->todo |= agent_tick(v->m);
	if (got & LOOP_GONE || told_to_stop || v->todo & DO_QUIT)
		v->done = true;
	show(v);
}

static enum err read_password(struct live *v)
{
	if (!*v->o->password_file || !password_from_file(v))
		return ERR_OK;
	fprintf(stderr, "waihu-agent: %s: %s\n", v->o->password_file,
		_("cannot be read"));
	return ERR_IO;
}

static enum err open_screen(struct live *v)
{
	struct term_opts to = { .color = v->o->color, .glyphs = v->o->glyphs,
				.bell = v->o->bell, .title = v->o->title };
	enum err e;

	if (v->o->linear)
		return tty_open(&v->tty);
	e = term_open(&to, &v->term);
	if (e) {
		fprintf(stderr, "waihu-agent: %s\n", _("needs a terminal, or "
			"--linear"));
		return e;
	}
	v->g.unicode = term_unicode(v->term);
	if (*v->o->theme && !theme_find(v->o->color) &&
	    term_colors(v->term) >= v->o->colors.colors)
		term_set_theme(v->term, &v->o->colors);
	set_now(v);			/* a hint has its time */
	if (*term_note(v->term))
		agent_hint(v->m, ST_WATCH, term_note(v->term));
	term_title(v->term, "waihu-agent");
	return grid_init(&v->g, 24, 80);
}

static int open_log(const struct agent_options *o)
{
	int fd = open(*o->log ? o->log : "/dev/null",
		      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	/* Nothing may write over the screen. */
	if (fd >= 0)
		log_set_fd(fd);
	return fd;
}

static void stop(struct live *v)
{
	v->phone = phone_free(v->phone);
	v->link = link_free(v->link);
	v->term = term_close(v->term);
	v->tty = tty_close(v->tty);
	grid_fini(&v->g);
	memset(v->pass, 0, sizeof(v->pass));
	free(v->m);
}

int agent_live(const struct agent_options *o)
{
	struct live v = { .o = o, .todo = DO_REDRAW };
	char url[256], pin[512];
	struct link_conf lc = { .url = o->server, .ca_file = *o->ca ? o->ca
				: NULL, .pin_file = pin,
				.program = "waihu-agent",
				.lang = text_lang() == LANG_ZH ? "zh" : "en",
				.phone = strncmp(o->phone, "sip:", 4)
					? NULL : o->phone };
	enum err e;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, on_signal);
	signal(SIGHUP, on_signal);
	clock_init_real(&v.clock);
	v.m = malloc(sizeof(*v.m));
	if (!v.m)
		return EX_OSERR;
	agent_init(v.m);
	set_now(&v);
	v.m->out = (struct agent_out){ .send = out_send, .mute = out_mute,
		.hangup = out_hangup, .phone_anew = out_phone_anew,
		.devices = out_devices, .device = out_device, .arg = &v };
	str_copy(v.mic, sizeof(v.mic), *o->mic ? o->mic
		 : str_eq(o->sound, "alsa") ? "default" : "");
	str_copy(v.speaker, sizeof(v.speaker), *o->speaker ? o->speaker
		 : str_eq(o->sound, "alsa") ? "default" : "");
	edit_set(&v.m->login.user, o->user);
	v.m->login.on_pass = *o->user;
	link_pin_file(pin, sizeof(pin));
	link_local_url(url, sizeof(url));
	if (!*o->server)
		lc.url = url;
	e = link_new(&v.link, &lc);
	if (e) {
		fprintf(stderr, "waihu-agent: %s: %s\n", lc.url, err_text(e));
		free(v.m);
		return EX_USAGE;
	}
	e = read_password(&v);
	if (!e)
		e = open_screen(&v);
	if (e) {
		stop(&v);
		return e == ERR_IO ? EX_NOINPUT : EX_OSERR;
	}
	int fd = open_log(o);

	while (!v.done)
		turn(&v);
	stop(&v);
	log_set_fd(-1);
	if (fd >= 0)
		close(fd);
	return EX_OK;
}
