#include "wall_replay.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "msg/msg_text.h"

enum { NEST_MAX = 4 };

struct wall_replay {
	struct wall_replay_opts o;
	struct wall_model *m;
	struct grid g;
	struct clock clock;
	int nest;
};

static const struct { const char *name, *what; } shows[] = {
	{ "S1", N_("overview") },
	{ "S2", N_("agents") },
	{ "S3", N_("listening to a call") },
	{ "S4", N_("pacing, with a change staged") },
	{ "S5", N_("trunks") },
	{ "S6", N_("campaigns") },
	{ "S7", N_("calls") },
	{ "S8", N_("alerts") },
	{ "S9", N_("an agent's day") },
	{ "S10", N_("performance of agents") },
	{ "S11", N_("spending on breaks") },
	{ "S12", N_("SIP messages of a call") },
	{ "S13", N_("a call that was taken over") },
	{ "S14", N_("an agent asks about a customer") },
	{ "S15", N_("talking to the agent who asks") },
	{ "S16", N_("overview, just begun") },
};

const char *wall_show_at(size_t i, const char **what)
{
	if (i >= ARRAY_LEN(shows))
		return NULL;
	*what = _(shows[i].what);
	return shows[i].name;
}

static void show_request(void *arg, enum msg_type type, const void *obj)
{
	struct wall_replay *r = arg;
	char buf[1000];

	if (!r->o.requests)
		return;
	msg_print(type, 1, obj, buf, sizeof(buf));
	fprintf(r->o.out, "-> %s\n", buf);
}

static const char *show_save(void *arg, const char *name, enum wall_save what,
			     const char *line)
{
	struct wall_replay *r = arg;

	if (r->o.requests)
		fprintf(r->o.out, "-> %s %s %s\n", what == SAVE_FIRST
			? "new file" : what == SAVE_LAST ? "end of" : "to",
			name, line);
	return NULL;
}

static void show_login(void *arg, const char *user, const char *pass UNUSED,
		       bool takeover)
{
	struct wall_replay *r = arg;

	if (r->o.requests)
		fprintf(r->o.out, "-> log in %s%s\n", user,
			takeover ? " takeover" : "");
}

enum err wall_replay_new(const struct wall_replay_opts *o,
			 struct wall_replay **out)
{
	struct wall_replay *r = calloc(1, sizeof(*r));
	enum err e;

	if (!r)
		return ERR_MEMORY;
	r->o = *o;
	r->m = calloc(1, sizeof(*r->m));
	e = r->m ? grid_init(&r->g, o->rows, o->cols) : ERR_MEMORY;
	if (e) {
		wall_replay_free(r);
		return e;
	}
	wall_init(r->m);
	r->g.unicode = o->unicode;
	r->m->wall = o->wall;
	r->m->rows = o->rows;
	r->m->cols = o->cols;
	r->m->out = (struct wall_out){ show_request, show_login, show_save, r };
	clock_init_virtual(&r->clock, (struct now){ 1000000, 0 });
	r->m->now = clock_now(&r->clock);
	*out = r;
	return ERR_OK;
}

struct wall_replay *wall_replay_free(struct wall_replay *r)
{
	if (!r)
		return NULL;
	grid_fini(&r->g);
	if (r->m)
		wall_fini(r->m);
	free(r->m);
	free(r);
	return NULL;
}

struct wall_model *wall_replay_model(struct wall_replay *r)
{
	return r->m;
}

const struct grid *wall_replay_draw(struct wall_replay *r)
{
	wall_draw(r->m, &r->g);
	return &r->g;
}

enum err wall_replay_size(struct wall_replay *r, int rows, int cols)
{
	enum err e = grid_resize(&r->g, rows, cols);

	if (!e)
		wall_resize(r->m, rows, cols);
	return e;
}

void wall_replay_tick(struct wall_replay *r, int64_t ms)
{
	clock_advance(&r->clock, ms);
	r->m->now.mono_ms += ms;
	r->m->now.wall_ms += ms;
	wall_tick(r->m);
}

void wall_replay_dump(struct wall_replay *r, const char *name)
{
	wall_draw(r->m, &r->g);
	grid_write(&r->g, r->o.out, name, r->o.theme,
		   r->o.styles ? "" : NULL);
}

static enum err on_message(void *arg, enum msg_type type, const void *obj)
{
	struct wall_replay *r = arg;

	wall_message(r->m, type, obj);
	return ERR_OK;
}

static enum err do_key(struct wall_replay *r, const char *name)
{
	uint32_t key;

	if (key_from_name(name, &key))
		return ERR_FORMAT;
	/* Half a second apart: not the slip of a finger. */
	wall_replay_tick(r, 500);
	unsigned todo = wall_key(r->m, key);

	if (todo & (DO_QUIT | DO_SUSPEND) && r->o.requests)
		fprintf(r->o.out, "-> %s\n",
			todo & DO_QUIT ? "quit" : "suspend");
	return ERR_OK;
}

static enum err do_type(struct wall_replay *r, const char *text, uint32_t flag)
{
	uint32_t cp;

	for (size_t n; (n = text_to_cp(text, &cp)); text += n)
		wall_key(r->m, cp | flag);
	return ERR_OK;
}

static enum err do_size(struct wall_replay *r, const char *rest)
{
	int cols, rows;

	if (sscanf(rest, "%dx%d", &cols, &rows) != 2)
		return ERR_FORMAT;
	return wall_replay_size(r, rows, cols);
}

static enum err do_clock(struct wall_replay *r, const char *rest)
{
	int64_t ms;

	if (!msg_text_word("[ms since 1970]", rest, &ms))
		return ERR_FORMAT;
	r->m->now.wall_ms = ms;
	return ERR_OK;
}

static enum err do_number(struct wall_replay *r, const char *word,
			  const char *rest)
{
	int64_t n;
	enum err e = str_to_i64(rest, 0, UINT32_MAX, &n);

	if (e)
		return e;
	if (str_eq(word, "tick")) {
		wall_replay_tick(r, n);
	} else if (str_eq(word, "rtt")) {
		r->m->rtt_ms = (uint32_t)n;
	} else if (str_eq(word, "cursor")) {
		r->m->list[r->m->view].id = (uint32_t)n;
	} else {
		wall_open_pacing(r->m, (uint32_t)n);
		wall_subscribe(r->m);
	}
	return ERR_OK;
}

static enum err on_line(void *arg, const char *word, const char *rest,
			char *why, size_t size)
{
	struct wall_replay *r = arg;
	struct msg_login_ok again = r->m->who;

	if (str_eq(word, "use"))
		return wall_replay_sample(r, rest, why, size);
	if (str_eq(word, "key"))
		return do_key(r, rest);
	if (str_eq(word, "type"))
		return do_type(r, rest, 0);
	if (str_eq(word, "paste"))
		return do_type(r, rest, TK_PASTED);
	if (str_eq(word, "size"))
		return do_size(r, rest);
	if (str_eq(word, "clock"))
		return do_clock(r, rest);
	if (str_eq(word, "tick") || str_eq(word, "rtt") ||
	    str_eq(word, "cursor") || str_eq(word, "pacing-of"))
		return do_number(r, word, rest);
	if (str_eq(word, "dump"))
		wall_replay_dump(r, rest);
	else if (str_eq(word, "lang"))
		text_set_lang(strncmp(rest, "zh", 2) ? LANG_EN : LANG_ZH);
	else if (str_eq(word, "lost"))
		wall_link_lost(r->m, rest);
	else if (str_eq(word, "back"))
		wall_link_in(r->m, &again);
	else if (str_eq(word, "wall"))
		r->m->wall = true;
	else if (str_eq(word, "read-only"))
		r->m->read_only = true;
	else if (str_eq(word, "log-in"))
		r->m->login.asked = true;
	else {
		str_fmt(why, size, "\"%s\" is neither a message nor a word "
			"of a replay", word);
		return ERR_FORMAT;
	}
	return ERR_OK;
}

enum err wall_replay_file(struct wall_replay *r, const char *path, char *why,
			  size_t size)
{
	static const struct msg_text_handlers h = { on_message, on_line };
	FILE *in = str_eq(path, "-") ? stdin : fopen(path, "r");
	char what[300] = "";
	enum err e;

	if (!in || r->nest >= NEST_MAX) {
		if (in && in != stdin)
			fclose(in);
		str_fmt(why, size, "%s: cannot be read", path);
		return ERR_ABSENT;
	}
	r->nest++;
	e = msg_text_read(in, &h, r, what, sizeof(what));
	r->nest--;
	if (in != stdin)
		fclose(in);
	if (e)
		str_fmt(why, size, "%s: %s", path, what);
	return e;
}

enum err wall_replay_sample(struct wall_replay *r, const char *name, char *why,
			    size_t size)
{
	char path[PATH_MAX], file[120];

	str_fmt(file, sizeof(file), "samples/supervisor-%s.%s", name,
		text_lang() == LANG_ZH ? "zh" : "en");
	if (strchr(name, '/') || tui_data_file(path, sizeof(path), file)) {
		str_fmt(why, size, "there is no sample %s; --list-shows names "
			"them", name);
		return ERR_ABSENT;
	}
	return wall_replay_file(r, path, why, size);
}
