#include "agent_replay.h"

#include <stdlib.h>
#include <string.h>

#include "agent_fill.h"
#include "base/str.h"
#include "schema/schema.h"
#include "when/when.h"

enum { DRAFTS = 128, LINE_MAX_LEN = 4096, NEST_MAX = 4 };

struct replay {
	struct replay_opts o;
	struct agent_model *m;
	struct grid g;
	struct clock clock;
	void *draft[DRAFTS];		/* by message type                   */
	const char *path;
	int nest;
};

static void show_request(void *arg, enum msg_type type, const void *obj)
{
	struct replay *r = arg;
	char buf[1000];

	if (!r->o.requests)
		return;
	msg_print(type, 1, obj, buf, sizeof(buf));
	fprintf(r->o.out, "-> %s\n", buf);
}

static void show_hangup(void *arg)
{
	struct replay *r = arg;

	if (r->o.requests)
		fprintf(r->o.out, "-> phone hangup\n");
}

static void show_phone_anew(void *arg)
{
	struct replay *r = arg;

	if (r->o.requests)
		fprintf(r->o.out, "-> phone anew\n");
}

static void set_now(struct replay *r)
{
	r->m->now = clock_now(&r->clock);
}

enum err replay_new(const struct replay_opts *o, struct replay **out)
{
	struct replay *r = calloc(1, sizeof(*r));
	enum err e;

	if (!r)
		return ERR_MEMORY;
	r->o = *o;
	r->m = malloc(sizeof(*r->m));
	e = r->m ? grid_init(&r->g, o->rows, o->cols) : ERR_MEMORY;
	if (e) {
		replay_free(r);
		return e;
	}
	agent_init(r->m);
	r->g.unicode = o->unicode;
	r->m->out = (struct agent_out){ .send = show_request,
					.hangup = show_hangup,
					.phone_anew = show_phone_anew,
					.arg = r };
	clock_init_virtual(&r->clock, (struct now){ 1000000, 0 });
	set_now(r);
	*out = r;
	return ERR_OK;
}

struct replay *replay_free(struct replay *r)
{
	if (!r)
		return NULL;
	for (size_t i = 0; i < DRAFTS; i++)
		free(r->draft[i]);
	grid_fini(&r->g);
	free(r->m);
	free(r);
	return NULL;
}

/* "customer a=b" or "customer.numbers a=b"; ERR_ABSENT: no message's name. */
static enum err message(struct replay *r, struct args *a, char *why,
			size_t size)
{
	char *dot = strchr(a->key[0], '.');
	struct fill_time t = { r->clock.virt.wall_ms, r->m->tz_min };
	const struct msg_row *row;
	enum err e;

	if (dot)
		*dot++ = '\0';
	row = msg_row_by_name(a->key[0]);
	if (!row || (int)row->type >= DRAFTS)
		return ERR_ABSENT;
	if (!r->draft[row->type])
		r->draft[row->type] = calloc(1, row->schema->size);
	char *obj = r->draft[row->type];

	if (!obj)
		return ERR_MEMORY;
	if (!dot) {
		e = fill_row(&t, row->schema, obj, a, why, size);
	} else {
		const struct schema_field *f = fill_field(row->schema, dot);

		if (!f || f->kind != SCHEMA_KIND_rows) {
			str_fmt(why, size, "%s has no rows %s", a->key[0], dot);
			return ERR_FORMAT;
		}
		uint32_t *count = (uint32_t *)(void *)(obj + f->count_offset);

		if (*count >= f->max)
			return ERR_FULL;
		e = fill_row(&t, f->sub,
			     obj + f->offset + *count * f->sub->size, a, why,
			     size);
		if (!e)
			++*count;
	}
	if (e)
		return e;
	if (row->type == MSG_SEAT)
		((struct msg_seat *)(void *)obj)->wall_ms =
			r->clock.virt.wall_ms;
	if (row->type == MSG_LOGIN_OK)
		((struct msg_login_ok *)(void *)obj)->wall_ms =
			r->clock.virt.wall_ms;
	agent_message(r->m, row->type, obj);
	return ERR_OK;
}

/* -- commands ------------------------------------------------------------------ */

static enum err do_clock(struct replay *r, const struct args *a)
{
	int64_t ms, tz;
	enum err e;

	if (a->n < 2)
		return ERR_FORMAT;
	if (a->n > 2 && a->val[2] && str_eq(a->key[2], "tz")) {
		e = str_to_i64(a->val[2], -840, 840, &tz);
		if (e)
			return e;
		r->m->tz_min = (int32_t)tz;
	}
	struct fill_time t = { r->clock.virt.wall_ms, r->m->tz_min };

	e = fill_wall(&t, a->key[1], &ms);
	if (e)
		return e;
	r->clock.virt.wall_ms = ms;
	set_now(r);
	return ERR_OK;
}

static enum err do_local(struct replay *r, const struct args *a)
{
	for (int i = 1; i < a->n; i++) {
		const char *v = a->val[i] ? a->val[i] : "";

		if (str_eq(a->key[i], "rtt"))
			r->m->rtt_ms = (uint32_t)atoi(v);
		else if (str_eq(a->key[i], "mic"))
			r->m->mic_level = atoi(v);
		else if (str_eq(a->key[i], "device"))
			str_copy(r->m->device, sizeof(r->m->device), v);
		else if (str_eq(a->key[i], "desk"))
			r->m->desk_phone = str_eq(v, "yes");
		else if (str_eq(a->key[i], "phone"))
			r->m->own_phone = str_eq(v, "down")
				? MSG_HEALTH_DOWN : MSG_HEALTH_OK;
		else if (str_eq(a->key[i], "line"))
			r->m->own_line = str_eq(v, "down")
				? MSG_HEALTH_DOWN : MSG_HEALTH_OK;
		else
			return ERR_FORMAT;
	}
	return ERR_OK;
}

/* device name=plughw:1,0 label="USB Audio" mic=yes speaker=yes used=yes */
static enum err do_device(struct replay *r, const struct args *a)
{
	struct agent_sound *s = &r->m->sound[r->m->sounds];

	if (r->m->sounds == AGENT_SOUNDS)
		return ERR_FULL;
	*s = (struct agent_sound){ .used = false };
	for (int i = 1; i < a->n; i++) {
		const char *v = a->val[i] ? a->val[i] : "";

		if (str_eq(a->key[i], "name"))
			str_copy(s->name, sizeof(s->name), v);
		else if (str_eq(a->key[i], "label"))
			str_copy(s->label, sizeof(s->label), v);
		else if (str_eq(a->key[i], "mic"))
			s->mic = str_eq(v, "yes");
		else if (str_eq(a->key[i], "speaker"))
			s->speaker = str_eq(v, "yes");
		else if (str_eq(a->key[i], "used"))
			s->used = str_eq(v, "yes");
		else
			return ERR_FORMAT;
	}
	r->m->sounds++;
	return ERR_OK;
}

static enum err do_type(struct replay *r, const char *text, uint32_t flag)
{
	uint32_t cp;
	size_t n;

	for (; (n = text_to_cp(text, &cp)); text += n) {
		clock_advance(&r->clock, 50);
		set_now(r);
		agent_key(r->m, cp | flag);
	}
	return ERR_OK;
}

static enum err do_key(struct replay *r, const char *name)
{
	uint32_t key;

	if (key_from_name(name, &key))
		return ERR_FORMAT;
	/* Half a second apart: not the slip of a finger. */
	clock_advance(&r->clock, 500);
	set_now(r);
	if (agent_key(r->m, key) & DO_QUIT && r->o.requests)
		fprintf(r->o.out, "-> quit\n");
	return ERR_OK;
}

static enum err do_tick(struct replay *r, const char *v)
{
	int64_t ms;

	if (str_to_i64(v, 0, 86400000, &ms))
		return ERR_FORMAT;
	clock_advance(&r->clock, ms);
	set_now(r);
	agent_tick(r->m);
	return ERR_OK;
}

static enum err do_new(struct replay *r, const char *name)
{
	const struct msg_row *row = msg_row_by_name(name);

	if (!row || (int)row->type >= DRAFTS)
		return ERR_FORMAT;
	free(r->draft[row->type]);
	r->draft[row->type] = NULL;
	return ERR_OK;
}

enum err replay_size(struct replay *r, int rows, int cols)
{
	return grid_resize(&r->g, rows, cols);
}

static enum err command(struct replay *r, struct args *a, const char *rest,
			char *why, size_t size)
{
	const char *word = a->key[0], *arg = a->n > 1 ? a->key[1] : "";
	int rows, cols;

	if (str_eq(word, "clock"))
		return do_clock(r, a);
	if (str_eq(word, "local"))
		return do_local(r, a);
	if (str_eq(word, "device"))
		return do_device(r, a);
	if (str_eq(word, "type"))
		return do_type(r, rest, 0);
	if (str_eq(word, "paste"))
		return do_type(r, rest, TK_PASTED);
	if (str_eq(word, "key"))
		return do_key(r, arg);
	if (str_eq(word, "tick"))
		return do_tick(r, arg);
	if (str_eq(word, "new"))
		return do_new(r, arg);
	if (str_eq(word, "page")) {
		r->m->page = (size_t)MAX(1, atoi(arg)) - 1;
		if (r->m->page >= r->m->script.pages_count)
			r->m->page = 0;
		return ERR_OK;
	}
	if (str_eq(word, "lost")) {
		agent_link_lost(r->m, r->m->now.mono_ms + atoi(arg));
		return ERR_OK;
	}
	if (str_eq(word, "back")) {
		agent_link_back(r->m);
		return ERR_OK;
	}
	if (str_eq(word, "lang")) {
		text_set_lang(str_eq(arg, "zh") ? LANG_ZH : LANG_EN);
		return ERR_OK;
	}
	if (str_eq(word, "size"))
		return sscanf(arg, "%dx%d", &cols, &rows) == 2
			       ? replay_size(r, rows, cols) : ERR_FORMAT;
	if (str_eq(word, "use"))
		return r->path && r->nest < NEST_MAX
			? replay_file(r, r->path, arg, why, size) : ERR_FORMAT;
	if (str_eq(word, "dump")) {
		replay_dump(r, arg);
		return ERR_OK;
	}
	return ERR_ABSENT;
}

enum err replay_line(struct replay *r, const char *line, char *why,
		     size_t size)
{
	char copy[LINE_MAX_LEN], name[64];
	const char *rest;
	struct args a;
	enum err e;

	str_copy(why, size, "");
	while (*line == ' ' || *line == '\t')
		line++;
	if (!*line || *line == '#')
		return ERR_OK;
	rest = line + strcspn(line, " \t");
	rest += *rest ? 1 : 0;
	if (!str_copy(copy, sizeof(copy), line) || !fill_split(copy, &a) || !a.n) {
		str_copy(why, size, "line too long or quote left open");
		return ERR_FORMAT;
	}
	str_copy(name, sizeof(name), a.key[0]);
	set_now(r);
	/* "page" is ours; "script" and the like are messages. */
	e = command(r, &a, rest, why, size);
	if (e == ERR_ABSENT)
		e = message(r, &a, why, size);
	if (e && !*why)
		str_fmt(why, size, "%s: %s", name, err_text(e));
	return e ? ERR_FORMAT : ERR_OK;
}

/* -- files ------------------------------------------------------------------------ */

enum err replay_file(struct replay *r, const char *path, const char *section,
		     char *why, size_t size)
{
	char line[LINE_MAX_LEN], reason[200];
	FILE *f = fopen(path, "r");
	bool in = r->nest == 0 || !section, found = !section;
	enum err e = ERR_OK;
	unsigned no = 0;

	if (!f) {
		str_fmt(why, size, "%s: cannot be read", path);
		return ERR_ABSENT;
	}
	r->path = path;
	r->nest++;
	while (!e && fgets(line, sizeof(line), f)) {
		no++;
		line[strcspn(line, "\r\n")] = '\0';
		if (!strncmp(line, "== ", 3)) {
			line[3 + strcspn(line + 3, "\t")] = '\0';
			in = !section || str_eq(line + 3, section);
			found = found || in;
			continue;
		}
		if (in)
			e = replay_line(r, line, reason, sizeof(reason));
	}
	r->nest--;
	fclose(f);
	if (e)
		str_fmt(why, size, "%s:%u: %s", path, no, reason);
	else if (!found)
		str_fmt(why, size, "%s: no section %s", path, section);
	return e ? e : found ? ERR_OK : ERR_ABSENT;
}

enum err replay_sections(const char *path, FILE *out)
{
	char line[LINE_MAX_LEN];
	FILE *f = fopen(path, "r");

	if (!f)
		return ERR_ABSENT;
	/* A section without a description is a part of others. */
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, "== ", 3) && strchr(line, '\t'))
			fprintf(out, "%s", line + 3);
	fclose(f);
	return ERR_OK;
}

const struct grid *replay_draw(struct replay *r)
{
	set_now(r);
	agent_draw(r->m, &r->g);
	return &r->g;
}

void replay_dump(struct replay *r, const char *name)
{
	grid_write(replay_draw(r), r->o.out, name, r->o.theme,
		   r->o.styles ? "-- styles" : NULL);
}

struct agent_model *replay_model(struct replay *r)
{
	return r->m;
}
