/*
 * clerk_export -- records of calls, as fast as their reader takes them.
 *
 * A thread of the job's own reads committed records in pages, each with a
 * snapshot of its own, and prints them into pieces; the loop only hands the
 * pieces on.  At most PIECES_BYTES wait: a slow reader holds the thread, not
 * the loop and not the store.
 */
#include "clerk_priv.h"

#include "base/str.h"
#include "report/cdr.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	PAGE_ROWS = 256,	/* of one snapshot                           */
	PIECE_SIZE = 40 * 1024,	/* a piece is handed on when it is so long   */
	PIECES_BYTES = 1 << 20,
	TRUNKS_MAX = 256,
};

/* JSON lines; a piece of CSV is one line with many in it. */
struct piece {
	struct piece *next;
	size_t len;
	char text[];
};

struct export {
	struct store *store;
	const struct dispos *dispos;	/* not changed while we run          */
	char trunks[TRUNKS_MAX][32];	/* by row - 1                        */
	uint64_t next, end;		/* uids                              */
	size_t limit, said, seen;
	bool csv, whole, zh;		/* zh: a person reads outcomes       */
	char number[20];
	/* of the thread */
	char *buf;			/* PIECE_SIZE + 2 * CDR_CSV_MAX      */
	size_t len;
	/* shared */
	pthread_t thread;
	bool running;
	pthread_mutex_t lock;
	pthread_cond_t room;
	struct piece *first, **last;
	size_t waiting;			/* bytes                             */
	bool ended, stop;
	enum err err;
	struct export *next_left;	/* its job has gone: waits for its end */
};

/* ---- on the thread ------------------------------------------------------------ */

static const char *outcome_of(const struct export *x, uint16_t code)
{
	const struct dispo_row *row = dispo_by_code(x->dispos, code);

	return !row ? "" : x->zh ? row->label_zh : row->label_en;
}

static const char *trunk_of(const struct export *x, uint32_t trunk)
{
	return trunk && trunk <= TRUNKS_MAX ? x->trunks[trunk - 1] : "";
}

/* Waits while the reader is behind; false: nobody reads any more. */
static bool hand_on(struct export *x, const char *text, size_t len)
{
	struct piece *p = malloc(sizeof(*p) + len + 1);
	bool go;

	if (!p) {
		x->err = ERR_MEMORY;
		return false;
	}
	p->next = NULL;
	p->len = len;
	memcpy(p->text, text, len);
	p->text[len] = '\0';
	pthread_mutex_lock(&x->lock);
	while (x->waiting > PIECES_BYTES && !x->stop)
		pthread_cond_wait(&x->room, &x->lock);
	*x->last = p;
	x->last = &p->next;
	x->waiting += len;
	go = !x->stop;
	pthread_mutex_unlock(&x->lock);
	return go;
}

static bool flush_piece(struct export *x)
{
	json_t *v;
	char *text;
	size_t len;
	bool go;

	if (!x->len)
		return true;
	if (!x->csv) {
		go = hand_on(x, x->buf, x->len);
		x->len = 0;
		return go;
	}
	/* The reader ends the last line itself. */
	v = json_pack("{s:s%}", "text", x->buf, x->len - 1);
	text = v ? json_dumps(v, JSON_COMPACT) : NULL;
	json_decref(v);
	x->len = 0;
	if (!text) {
		x->err = ERR_MEMORY;
		return false;
	}
	len = strlen(text);
	text[len] = '\n';	/* instead of its NUL */
	go = hand_on(x, text, len + 1);
	free(text);
	return go;
}

static void put_json(struct export *x, const struct cdr *r)
{
	json_t *v = cdr_json(r, trunk_of(x, r->trunk),
			     outcome_of(x, r->outcome), x->whole);
	size_t room = PIECE_SIZE + 2 * CDR_CSV_MAX - x->len;
	size_t len = v ? json_dumpb(v, x->buf + x->len, room, JSON_COMPACT |
					   JSON_REAL_PRECISION(12))
		       : 0;

	if (len && len < room) {
		x->len += len;
		x->buf[x->len++] = '\n';
	} else {
		x->err = ERR_MEMORY;
	}
	json_decref(v);
}

static bool one_record(void *arg, const struct cdr *r)
{
	struct export *x = arg;

	if (x->seen == PAGE_ROWS || x->said == x->limit)
		return false;
	x->next = r->uid + 1;
	x->seen++;
	if (*x->number && !str_eq(x->number, r->number))
		return true;
	x->said++;
	if (x->csv) {
		x->len += cdr_csv(r, trunk_of(x, r->trunk),
				  outcome_of(x, r->outcome), x->whole,
				  x->buf + x->len, CDR_CSV_MAX - 1);
		x->buf[x->len++] = '\n';
	} else {
		put_json(x, r);
	}
	if (x->len >= PIECE_SIZE && !flush_piece(x))
		return false;
	return !x->err;
}

static bool stopped(void *arg)
{
	struct export *x = arg;
	bool stop;

	pthread_mutex_lock(&x->lock);
	stop = x->stop;
	pthread_mutex_unlock(&x->lock);
	return stop;
}

static void *export_run(void *arg)
{
	struct export *x = arg;

	pthread_setname_np(pthread_self(), "export");
	/* Few of many are the newest. */
	if (x->limit != SIZE_MAX)
		x->err = cdr_newest_uid(x->store, x->next, x->end, x->number,
					x->limit, stopped, x, &x->next);
	if (x->csv) {
		x->len = cdr_csv_header(x->buf, PIECE_SIZE);
		x->buf[x->len++] = '\n';
	}
	while (!x->err && !stopped(x)) {
		enum err e;

		x->seen = 0;
		e = cdr_each_uid(x->store, x->next, x->end, one_record, x);
		if (!x->err)
			x->err = e;
		if (x->seen < PAGE_ROWS || x->said >= x->limit)
			break;
	}
	if (!x->err)
		flush_piece(x);
	pthread_mutex_lock(&x->lock);
	x->ended = true;
	pthread_mutex_unlock(&x->lock);
	return NULL;
}

/* ---- on the loop --------------------------------------------------------------- */

static struct piece *take_piece(struct export *x, bool *ended)
{
	struct piece *p;

	pthread_mutex_lock(&x->lock);
	p = x->first;
	*ended = x->ended;
	if (p) {
		x->first = p->next;
		if (!x->first)
			x->last = &x->first;
		x->waiting -= p->len;
		pthread_cond_signal(&x->room);
	}
	pthread_mutex_unlock(&x->lock);
	return p;
}

static bool export_step(struct job *j, struct now now UNUSED)
{
	struct export *x = j->state;
	bool ended = false;

	while (j->out_len - j->out_sent < OUT_FULL) {
		struct piece *p = take_piece(x, &ended);

		if (!p)
			break;
		say_text(j, p->text);
		free(p);
		ended = false;
	}
	if (!ended)
		return false;
	return x->err ? fail_err(j, x->err, "records") : true;
}

static void export_free(struct export *x)
{
	if (x->running)
		pthread_join(x->thread, NULL);
	while (x->first) {
		struct piece *p = x->first;

		x->first = p->next;
		free(p);
	}
	pthread_mutex_destroy(&x->lock);
	pthread_cond_destroy(&x->room);
	free(x->buf);
	free(x);
}

void clerk_exports_end(struct clerk *c, bool now)
{
	struct export **at = &c->exports;

	while (*at) {
		struct export *x = *at;
		bool ended;

		pthread_mutex_lock(&x->lock);
		ended = x->ended;
		pthread_mutex_unlock(&x->lock);
		if (!ended && !now) {
			at = &x->next_left;
			continue;
		}
		*at = x->next_left;
		export_free(x);
	}
}

/* Its thread is at most one page from its end, which may be a slow disk's:
 * the loop does not wait for it. */
static void drop_export(struct job *j)
{
	struct export *x = j->state;

	j->state = NULL;
	if (!x->running) {
		export_free(x);
		return;
	}
	pthread_mutex_lock(&x->lock);
	x->stop = true;
	pthread_cond_signal(&x->room);
	pthread_mutex_unlock(&x->lock);
	x->next_left = j->c->exports;
	j->c->exports = x;
}

static bool export_start(struct job *j, struct now now UNUSED)
{
	struct export *x = j->state;

	x->running = !pthread_create(&x->thread, NULL, export_run, x);
	if (!x->running)
		return fail_err(j, ERR_AGAIN, "records");
	j->hurry = true;
	j->step = export_step;
	return false;
}

static struct export *export_new(struct job *j)
{
	struct export *x = calloc(1, sizeof(*x));
	const struct live_rooms *r = j->c->r;

	if (!x)
		return NULL;
	x->buf = malloc(PIECE_SIZE + 2 * CDR_CSV_MAX);
	if (!x->buf) {
		free(x);
		return NULL;
	}
	x->store = r->store;
	x->dispos = r->dispos;
	x->last = &x->first;
	pthread_mutex_init(&x->lock, NULL);
	pthread_cond_init(&x->room, NULL);
	for (unsigned i = 0; i < dial_trunk_count(r->dial) &&
			     i < TRUNKS_MAX; i++) {
		struct dial_trunk_stat t;

		if (!dial_trunk_stat(r->dial, i, clock_now(j->c->conf.clock),
				     &t))
			str_copy(x->trunks[i], sizeof(x->trunks[i]), t.name);
	}
	j->state = x;
	j->drop = drop_export;
	return x;
}

/* The words all of them share; false: the job has failed. */
static bool export_words(struct job *j, struct now now)
{
	const char *from = word_opt(j, "--since");
	const char *to = word_opt(j, "--until");
	const char *number = word_opt(j, "--number");
	struct export *x = export_new(j);
	int64_t from_ms, to_ms = now.wall_ms + 1;

	if (!x)
		return !fail_err(j, ERR_MEMORY, "records");
	if (time_from(from ? from : "today", now.wall_ms, &from_ms) ||
	    (to && time_from(to, now.wall_ms, &to_ms)))
		return !fail(j, EXIT_USAGE, MSG_NO_ARG, "a time is like "
			     "today, yesterday, -2h, 2026-11-23 or "
			     "2026-11-23T14:00");
	if (number && number_from(j, number, x->number, sizeof(x->number)))
		return false;
	x->next = cdr_uid_at(from_ms);
	x->end = cdr_uid_at(to_ms);
	x->limit = SIZE_MAX;
	x->zh = !j->words.json && str_eq(j->words.lang, "zh");
	return true;
}

bool verb_call_list(struct job *j, struct now now)
{
	const char *limit = word_opt(j, "--limit");
	uint64_t n = 1000;

	if (limit && str_to_u64(limit, 1000000, &n))
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "--limit N");
	if (!export_words(j, now))
		return true;
	((struct export *)j->state)->limit = (size_t)n;
	return export_start(j, now);
}

bool verb_cdr_export(struct job *j, struct now now)
{
	const char *format = word_opt(j, "--format");
	const char *from = word_opt(j, "--since"), *to = word_opt(j,
								  "--until");
	struct export *x;
	char masked[24] = "";
	bool whole;

	if (format && !str_eq(format, "asterisk-csv") &&
	    !str_eq(format, "json"))
		return fail(j, EXIT_USAGE, MSG_NO_ARG,
			    "--format is asterisk-csv or json");
	if (!may_show_whole(j, &whole) || !export_words(j, now))
		return true;
	x = j->state;
	x->csv = !format || str_eq(format, "asterisk-csv");
	x->zh = false;			/* a file is no screen */
	x->whole = whole;
	if (*x->number)
		str_mask_number(masked, sizeof(masked), x->number);
	/* Said, and on disk, before the first record leaves. */
	return audited(j, export_start,
		       "exports records of calls since %s until %s%s%s, "
		       "numbers %s", from ? from : "today", to ? to : "now",
		       *masked ? " of " : "", masked,
		       whole ? "whole" : "masked");
}
