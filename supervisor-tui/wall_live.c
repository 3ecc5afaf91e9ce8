#include "wall_live.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "link/link.h"
#include "tui/tty.h"
#include "wall_model.h"
#include "wall_phone.h"
#include "wall_save.h"

/* Pages come in bursts: what they change is drawn four times a second at
 * most; a key is answered at once (UX 1.2). */
enum { DRAW_MS = 250, SECOND_MS = 1000 };

struct watch {
	const struct wall_options *o;
	struct wall_model *m;
	struct term *term;		/* NULL in linear mode               */
	struct tty *tty;		/* NULL on a screen                  */
	char spoken[900];
	struct grid g;
	struct link *link;
	struct clock clock;
	int64_t offset_ms;		/* server's wall clock less ours     */
	int64_t drawn_ms;		/* monotonic                         */
	unsigned todo;
	bool at_once, done;
	char pass[129];
	struct wall_phone phone;
	struct wall_file file;
	struct link_handlers h;
};

static volatile sig_atomic_t stop_now;

static void on_signal(int sig UNUSED)
{
	stop_now = 1;
}

static void set_now(struct watch *w)
{
	w->m->now = clock_now(&w->clock);
	w->m->now.wall_ms += w->offset_ms;
}

/* The model may have learned the server's time. */
static void keep_offset(struct watch *w)
{
	w->offset_ms = w->m->now.wall_ms - clock_now(&w->clock).wall_ms;
}

static void out_send(void *arg, enum msg_type type, const void *obj)
{
	struct watch *w = arg;
	enum err e = link_send(w->link, type, obj, NULL);

	if (e)
		wall_hint(w->m, ST_WATCH, _("Not sent: %s"), err_text(e));
}

static const char *out_save(void *arg, const char *name, enum wall_save what,
			    const char *line)
{
	struct watch *w = arg;

	return wall_save_line(&w->file, name, what, line);
}

static void out_login(void *arg, const char *user, const char *pass,
		      bool takeover)
{
	struct watch *w = arg;

	if (link_login(w->link, user, pass, takeover)) {
		w->m->login.busy = false;
		str_copy(w->m->login.trouble, sizeof(w->m->login.trouble),
			 _("The server cannot be reached."));
	}
}

static void on_ask(void *arg, const struct msg_welcome *hello UNUSED)
{
	struct watch *w = arg;

	w->m->in = w->m->lost = false;
	w->m->login.asked = true;
	w->m->login.busy = false;
	w->todo |= DO_REDRAW;
	if (*w->pass && *w->m->login.user.text) {
		w->m->login.busy = true;
		out_login(w, w->m->login.user.text, w->pass, true);
	}
	/* Once only: a wrong password must not lock the name. */
	memset(w->pass, 0, sizeof(w->pass));
}

/* Agents are told whether he can be asked: not without ears, a voice, or
 * hands. */
static void report_phone(struct watch *w)
{
	struct msg_phone_report r = { .health = MSG_HEALTH_OK };

	if (w->m->read_only || w->m->wall)
		r.health = MSG_HEALTH_UNKNOWN;	/* nobody is at it */
	else if (str_eq(w->o->sound, "none"))
		r.health = MSG_HEALTH_DOWN;
	str_copy(r.device, sizeof(r.device), w->o->sound);
	out_send(w, MSG_PHONE_REPORT, &r);
}

static void on_in(void *arg, const struct msg_login_ok *ok)
{
	struct watch *w = arg;

	/* The local socket's admin is in already; --user wants a name. */
	if (!ok->session && w->o->user) {
		on_ask(w, NULL);
		return;
	}
	if (ok->role != MSG_ROLE_SUPERVISOR && ok->role != MSG_ROLE_ADMIN) {
		str_copy(w->m->login.trouble, sizeof(w->m->login.trouble),
			 _("This name is no supervisor's."));
		w->m->login.busy = false;
		link_forget(w->link);
	} else {
		wall_link_in(w->m, ok);
		keep_offset(w);
		wall_phone_start(&w->phone, w->m, w->o, ok);
		report_phone(w);
	}
	w->todo |= DO_REDRAW;
}

static void on_message(void *arg, enum msg_type type, uint32_t req UNUSED,
		       const void *obj)
{
	struct watch *w = arg;

	w->todo |= wall_message(w->m, type, obj);
	keep_offset(w);
}

static void on_lost(void *arg, const char *why)
{
	struct watch *w = arg;

	log_warn("link", "lost: %s", why);
	set_now(w);
	wall_link_lost(w->m, why);
	w->todo |= DO_REDRAW;
}

/* --linear: what has changed, as a line. */
static void speak(struct watch *w)
{
	char line[1000];

	wall_linear(w->m, w->spoken, sizeof(w->spoken), line, sizeof(line));
	if (*line) {
		printf("%s%s\n", w->todo & DO_BELL && w->o->bell ? "\a" : "",
		       line);
		fflush(stdout);
	}
	w->drawn_ms = w->m->now.mono_ms;
	w->todo = 0;
	w->at_once = false;
}

static void draw(struct watch *w)
{
	int rows, cols;

	if (w->tty) {
		speak(w);
		return;
	}

	term_size(w->term, &rows, &cols);
	if (rows != w->g.rows || cols != w->g.cols) {
		if (grid_resize(&w->g, MAX(rows, 1), MAX(cols, 1)))
			return;
		wall_resize(w->m, rows, cols);
		w->at_once = true;
	}
	if (!w->at_once && w->m->now.mono_ms - w->drawn_ms < DRAW_MS)
		return;
	if (w->todo & DO_PAINT)
		term_repaint(w->term);
	if (w->todo & DO_BELL)
		term_bell(w->term);
	wall_draw(w->m, &w->g);
	if (!term_draw(w->term, &w->g))
		return;
	w->drawn_ms = w->m->now.mono_ms;
	w->todo = 0;
	w->at_once = false;
}

static void take_keys(struct watch *w)
{
	uint32_t key;

	/* A flood of keys must not keep the server waiting. */
	for (int n = 0; n < 200 && (key = w->tty ? tty_key(w->tty)
						 : term_key(w->term)); n++) {
		unsigned todo;

		set_now(w);
		todo = wall_key(w->m, key);
		w->todo |= todo;
		w->at_once = w->at_once || todo;
		if (todo & DO_QUIT)
			return;
	}
}

static int64_t next_due(const struct watch *w)
{
	const struct now *now = &w->m->now;
	int64_t due = now->mono_ms + SECOND_MS - now->wall_ms % SECOND_MS;

	if (w->todo)
		due = MIN(due, w->drawn_ms + DRAW_MS);
	if (w->phone.phone)
		due = MIN(due, phone_due_ms(w->phone.phone));
	return MIN(due, link_due_ms(w->link, now->mono_ms));
}

/* Asked for by Ctrl-Z.  Where no shell waits the system ignores it. */
static void suspend(struct watch *w)
{
	w->todo = (w->todo & ~(unsigned)DO_SUSPEND) | DO_REDRAW | DO_PAINT;
	w->at_once = true;
	if (w->tty)
		tty_suspend(w->tty);
	else
		term_suspend(w->term);
}

static void turn(struct watch *w)
{
	int64_t second;
	unsigned got;

	set_now(w);
	second = w->m->now.wall_ms / SECOND_MS;
	got = loop_wait(w->tty && tty_over(w->tty) ? -1 : STDIN_FILENO,
			link_fd(w->link),
			w->phone.phone ? phone_fd(w->phone.phone) : -1,
			w->m->now.mono_ms, next_due(w));
	set_now(w);
	link_run(w->link, clock_now(&w->clock), &w->h, w);
	w->m->rtt_ms = link_rtt_ms(w->link);
	set_now(w);
	w->todo |= wall_phone_run(&w->phone, w->m);
	if (got & LOOP_KEY)
		take_keys(w);
	if (w->m->now.wall_ms / SECOND_MS != second)
		w->todo |= wall_tick(w->m);
	if (w->todo & DO_SUSPEND)
		suspend(w);
	w->done = got & LOOP_GONE || stop_now || w->todo & DO_QUIT;
	if (w->todo && !w->done)
		draw(w);
}

static bool read_password(struct watch *w)
{
	FILE *f;
	bool got;

	if (!w->o->password_file)
		return true;
	f = fopen(w->o->password_file, "r");
	got = f && fgets(w->pass, sizeof(w->pass), f);
	if (f)
		fclose(f);
	if (!got)
		fprintf(stderr, "waihu-supervisor: %s: %s\n",
			w->o->password_file, _("cannot be read"));
	w->pass[strcspn(w->pass, "\r\n")] = '\0';
	return got;
}

/* A theme of one's own, unless a palette was asked for or it cannot be. */
static void own_colors(struct watch *w)
{
	if (w->o->theme && !theme_find(w->o->color) &&
	    term_colors(w->term) >= w->o->colors.colors)
		term_set_theme(w->term, &w->o->colors);
}

static enum err open_screen(struct watch *w)
{
	struct term_opts to = { .color = w->o->color, .glyphs = w->o->glyphs,
				.bell = w->o->bell, .title = w->o->title };
	int rows, cols;
	enum err e;

	if (w->o->linear)
		return tty_open(&w->tty);
	e = term_open(&to, &w->term);
	if (e) {
		fprintf(stderr, "waihu-supervisor: %s\n",
			_("needs a terminal, or --linear"));
		return e;
	}
	term_size(w->term, &rows, &cols);
	e = grid_init(&w->g, MAX(rows, 1), MAX(cols, 1));
	w->g.unicode = term_unicode(w->term);
	own_colors(w);
	w->m->rows = rows;
	w->m->cols = cols;
	if (*term_note(w->term))
		wall_hint(w->m, ST_WATCH, "%s", term_note(w->term));
	term_title(w->term, "waihu-supervisor");
	return e;
}

static int watch(struct watch *w)
{
	/* Nothing may write over the screen. */
	int fd = open(w->o->log ? w->o->log : "/dev/null",
		      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (!read_password(w)) {
		if (fd >= 0)
			close(fd);
		return EX_NOINPUT;
	}
	if (open_screen(w)) {
		if (fd >= 0)
			close(fd);
		return EX_UNAVAILABLE;
	}
	if (fd >= 0)
		log_set_fd(fd);
	while (!w->done)
		turn(w);
	w->term = term_close(w->term);
	w->tty = tty_close(w->tty);
	log_set_fd(-1);
	if (fd >= 0)
		close(fd);
	return EX_OK;
}

int wall_live(const struct wall_options *o)
{
	struct watch w = { .o = o, .todo = DO_REDRAW, .at_once = true,
			   .h = { on_ask, on_in, on_message, on_lost } };
	char url[256], pin[512];
	struct link_conf lc = { o->server ? o->server : url, o->ca, pin,
				"waihu-supervisor",
				text_lang() == LANG_ZH ? "zh" : "en",
				strncmp(o->phone, "sip:", 4) ? NULL
							     : o->phone };
	int status;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, on_signal);
	signal(SIGHUP, on_signal);
	link_pin_file(pin, sizeof(pin));
	link_local_url(url, sizeof(url));
	clock_init_real(&w.clock);
	w.m = malloc(sizeof(*w.m));
	if (!w.m)
		return EX_OSERR;
	wall_init(w.m);
	set_now(&w);
	w.m->wall = o->wall;
	w.m->read_only = o->read_only || o->wall;
	edit_set(&w.m->login.user, o->user ? o->user : "");
	w.m->login.on_pass = o->user != NULL;
	w.m->out = (struct wall_out){ out_send, out_login, out_save, &w };
	w.file.dir = o->export_dir;
	enum err e = link_new(&w.link, &lc);

	if (e)
		fprintf(stderr, "waihu-supervisor: %s: %s\n", lc.url,
			err_text(e));
	status = e ? EX_USAGE : watch(&w);
	wall_phone_stop(&w.phone);
	w.link = link_free(w.link);
	grid_fini(&w.g);
	wall_fini(w.m);
	memset(w.pass, 0, sizeof(w.pass));
	free(w.m);
	return status;
}
