#include "msg/msg_text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"

enum { DEEP = 4, LINE = 4096 };

struct reader {
	const struct msg_text_handlers *h;
	void          *arg;
	union msg_any *any;
	enum msg_type  type;			/* being read; 0: none       */
	const struct schema *schema[DEEP];	/* by depth: last row's      */
	void          *obj[DEEP];
};

/* Which list a field's meaning names: "enum msg_state". */
static const struct { const char *name; enum msg_words list; } lists[] = {
	{ "msg_role",           MSG_WORDS_ROLE },
	{ "msg_state",          MSG_WORDS_STATE },
	{ "msg_reason",         MSG_WORDS_REASON },
	{ "msg_want",           MSG_WORDS_WANT },
	{ "msg_mode",           MSG_WORDS_MODE },
	{ "msg_wrap_mode",      MSG_WORDS_WRAP },
	{ "msg_health",         MSG_WORDS_HEALTH },
	{ "msg_desk",           MSG_WORDS_DESK },
	{ "msg_rec",            MSG_WORDS_REC },
	{ "msg_ender",          MSG_WORDS_ENDER },
	{ "msg_transfer_kind",  MSG_WORDS_TRANSFER },
	{ "msg_target_kind",    MSG_WORDS_TARGET },
	{ "msg_step",           MSG_WORDS_STEP },
	{ "msg_monitor_mode",   MSG_WORDS_MONITOR },
	{ "msg_view",           MSG_WORDS_VIEW },
	{ "msg_sort",           MSG_WORDS_SORT },
	{ "msg_figure",         MSG_WORDS_FIGURE },
	{ "msg_judge",          MSG_WORDS_JUDGE },
	{ "msg_level",          MSG_WORDS_LEVEL },
	{ "msg_setting",        MSG_WORDS_SETTING },
	{ "msg_campaign_state", MSG_WORDS_CAMPAIGN },
	{ "msg_trunk_state",    MSG_WORDS_TRUNK },
	{ "msg_phase",          MSG_WORDS_PHASE },
	{ "msg_end",            MSG_WORDS_END },
	{ "msg_refusal",        MSG_WORDS_REFUSAL },
	{ "msg_period",         MSG_WORDS_PERIOD },
	{ "msg_grouping",       MSG_WORDS_GROUPING },
};

bool msg_text_word(const char *doc, const char *word, int64_t *v)
{
	const char *named = strstr(doc, "enum msg_");
	size_t n = named ? strcspn(named + 5, " ;:,.") : 0;
	struct tm tm = { 0 };
	unsigned found;

	if (strstr(doc, "[ms since 1970]")) {
		const char *end = strptime(word, "%Y-%m-%dT%H:%M:%S", &tm);

		if (!end || *end)
			return false;
		*v = (int64_t)timegm(&tm) * 1000;
		return true;
	}
	for (size_t i = 0; named && i < ARRAY_LEN(lists); i++) {
		if (strlen(lists[i].name) != n ||
		    memcmp(lists[i].name, named + 5, n))
			continue;
		if (msg_word_find(lists[i].list, word, &found))
			return false;
		*v = found;
		return true;
	}
	return false;
}

static enum err finish(struct reader *r)
{
	enum msg_type type = r->type;

	r->type = MSG_NONE;
	return type ? r->h->message(r->arg, type, r->any) : ERR_OK;
}

static enum err begin(struct reader *r, const struct msg_row *row,
		      const char *rest, char *why, size_t size)
{
	memset(r->any, 0, row->schema->size);
	r->type = row->type;
	r->schema[0] = row->schema;
	r->obj[0] = r->any;
	for (int i = 1; i < DEEP; i++)
		r->obj[i] = NULL;
	return schema_scan(row->schema, r->any, rest, msg_text_word, why,
			   size);
}

static enum err add_row(struct reader *r, size_t depth, const char *word,
			const char *rest, char *why, size_t size)
{
	const struct schema_field *f = NULL;

	if (r->type && depth < DEEP && r->obj[depth - 1])
		f = schema_field_find(r->schema[depth - 1], word);
	if (!f || !f->sub) {
		str_fmt(why, size, "there is no row \"%s\" here", word);
		return ERR_ABSENT;
	}
	r->obj[depth] = schema_add_row(f, r->obj[depth - 1]);
	r->schema[depth] = f->sub;
	for (size_t i = depth + 1; i < DEEP; i++)
		r->obj[i] = NULL;
	if (!r->obj[depth]) {
		str_fmt(why, size, "more than %u rows of %s",
			(unsigned)f->max, word);
		return ERR_FULL;
	}
	memset(r->obj[depth], 0, f->sub->size);
	return schema_scan(f->sub, r->obj[depth], rest, msg_text_word, why,
			   size);
}

static enum err read_line(struct reader *r, char *line, char *why, size_t size)
{
	size_t indent = strspn(line, " "), n;
	const struct msg_row *row;
	char *rest;
	enum err e;

	line[strcspn(line, "\r\n")] = '\0';
	if (!line[indent] || line[indent] == '#')
		return ERR_OK;
	n = indent + strcspn(line + indent, " ");
	rest = line + n + strspn(line + n, " ");
	line[n] = '\0';
	if (indent)
		return add_row(r, indent / 2, line + indent, rest, why, size);
	e = finish(r);
	if (e)
		return e;
	row = msg_row_by_name(line);
	if (row)
		return begin(r, row, rest, why, size);
	return r->h->line(r->arg, line, rest, why, size);
}

enum err msg_text_read(FILE *in, const struct msg_text_handlers *h, void *arg,
		       char *why, size_t size)
{
	struct reader r = { .h = h, .arg = arg,
			    .any = calloc(1, sizeof(*r.any)) };
	char line[LINE], what[200] = "";
	enum err e = r.any ? ERR_OK : ERR_MEMORY;
	unsigned no = 0;

	while (!e && fgets(line, sizeof(line), in)) {
		no++;
		what[0] = '\0';
		if (!strchr(line, '\n') && !feof(in))
			e = ERR_FORMAT;	/* longer than any line of ours */
		else
			e = read_line(&r, line, what, sizeof(what));
	}
	if (!e)
		e = finish(&r);
	if (e)
		str_fmt(why, size, "line %u: %s", no,
			*what ? what : err_text(e));
	free(r.any);
	return e;
}
