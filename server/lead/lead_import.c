/*
 * The import's thread: a ring of bytes in, rows through, a state out.
 */
#include "lead/lead_import.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "lead/lead_import_priv.h"

#define RING_BYTES ((size_t)4 << 20)
#define TAKE_BYTES ((size_t)64 << 10)
#define SEEN_MAX 8000000	/* numbers remembered; then the store is asked */
#define NOTE_ROWS 4096		/* the state is published so often           */

struct lead_import {
	struct leads *ls;
	struct list_id list;
	bool check;
	enum lead_dup_policy dup;
	struct list_id siblings[LISTS_OF_CAMPAIGN];
	size_t sibling_n;
	char country[3], tags[128], purpose[16], source[97];
	FILE *reject;
	void (*note)(void *arg);
	void *note_arg;

	pthread_t thread;
	bool joined;			/* the home thread's                 */
	pthread_mutex_t lock;		/* of the fields to the next blank   */
	pthread_cond_t more;
	uint8_t *ring;
	size_t head, used;
	bool eof, stop, want_note;
	struct lead_import_state state;

	/* the worker's own */
	struct lead_import_state now;
	struct map_wish wish[WISHES_MAX];
	size_t wish_n;
	struct import_map map;
	bool mapped;
	struct lead_list rec;
	struct csv_in *csv;
	struct phone_cache *phones;
	struct row_conf row_conf;
	struct import_writer writer;
	struct number_set seen;
	bool index_empty;		/* no number in the store when begun */
	uint32_t first_seq;		/* leads from here on are this file's */
	enum err err;
	struct lead lead;
};

enum err lead_dup_from_word(const char *w, enum lead_dup_policy *out)
{
	static const char *const words[] = { "list", "campaign", "any" };

	for (unsigned i = 0; i < ARRAY_LEN(words); i++) {
		if (str_eq(w, words[i])) {
			*out = (enum lead_dup_policy)i;
			return ERR_OK;
		}
	}
	return ERR_ABSENT;
}

/* ---- the state that others see ---------------------------------------------- */

static void publish(struct lead_import *imp)
{
	imp->now.consents = imp->writer.consents;
	pthread_mutex_lock(&imp->lock);
	imp->state = imp->now;
	pthread_mutex_unlock(&imp->lock);
	if (imp->note)
		imp->note(imp->note_arg);
}

static void fail(struct lead_import *imp, enum err e, const char *why)
{
	if (imp->err)
		return;
	imp->err = e;
	imp->now.err = e;
	if (why)
		str_copy(imp->now.why, sizeof(imp->now.why), why);
	else if (!imp->now.why[0])
		str_copy(imp->now.why, sizeof(imp->now.why), err_text(e));
}

/* ---- rejects ------------------------------------------------------------------ */

static void reject_row(struct lead_import *imp, const struct csv_row *row,
		       const char *line, size_t column, const char *reason)
{
	FILE *f = imp->reject;

	if (!f)
		return;
	fprintf(f, "%s,", line);
	if (column)
		fprintf(f, "%zu", column);
	else if (str_eq(line, "line"))
		fputs("column", f);
	fputc(',', f);
	csv_fwrite(f, reason, strlen(reason));
	for (size_t i = 0; i < row->n; i++) {
		fputc(',', f);
		csv_fwrite(f, row->field[i].p, row->field[i].len);
	}
	fputc('\n', f);
}

static void reject(struct lead_import *imp, const struct csv_row *row,
		   const struct row_fault *fault)
{
	char line[24];

	str_fmt(line, sizeof(line), "%llu", (unsigned long long)row->line);
	imp->now.rejected++;
	reject_row(imp, row, line, fault->column, fault->reason);
}

/* ---- duplicates ---------------------------------------------------------------- */

static bool is_sibling(const struct lead_import *imp, uint64_t list)
{
	if (imp->dup == LEAD_DUP_ANY)
		return true;
	for (size_t i = 0; imp->dup == LEAD_DUP_CAMPAIGN && i < imp->sibling_n;
	     i++)
		if (imp->siblings[i].v == list)
			return true;
	return false;
}

/* What the store knows of a number; *count: the counter it falls under. */
static enum err known(struct lead_import *imp, uint64_t number,
		      uint64_t *person, uint64_t **count)
{
	uint64_t ids[32];
	size_t n;
	enum err e = lead_number_look(imp->ls->store, number, person, ids,
				      ARRAY_LEN(ids), &n);

	for (size_t i = 0; !e && i < n; i++) {
		uint64_t list = ids[i] >> 32;
		uint32_t seq = (uint32_t)ids[i];

		if (list == imp->list.v)
			*count = seq >= imp->first_seq && seq < SEQ_BY_HAND
					 ? &imp->now.dup_file
					 : &imp->now.dup_list;
		else if (!*count && is_sibling(imp, list))
			*count = &imp->now.dup_other;
	}
	return e;
}

/*
 * Is one of the lead's numbers known?  If not, all of them are from now on.
 * A number that belongs to a person in another list lends that person.
 */
static enum err duplicate(struct lead_import *imp, struct lead *l, bool *dup)
{
	uint64_t *count = NULL, owner = 0, number;
	bool all_seen = imp->seen.n < SEEN_MAX, seen;
	enum err e = ERR_OK;

	for (uint32_t i = 0; !e && i < l->numbers_count && !count; i++) {
		uint64_t person = 0;

		number = lead_e164(l->numbers[i].e164);
		if (number_set_has(&imp->seen, number))
			count = &imp->now.dup_file;
		else if (!imp->index_empty || !all_seen)
			e = known(imp, number, &person, &count);
		owner = owner ? owner : person;
	}
	*dup = count != NULL;
	if (e || count) {
		if (count)
			++*count;
		return e;
	}
	l->person = l->key[0] ? row_person(l->key)
		    : owner   ? owner : lead_e164(l->numbers[0].e164);
	for (uint32_t i = 0; !e && all_seen && i < l->numbers_count; i++)
		e = number_set_add(&imp->seen,
				   lead_e164(l->numbers[i].e164), &seen);
	return e;
}

/* ---- rows ---------------------------------------------------------------------- */

static void mapping_print(struct lead_import *imp)
{
	char *buf = imp->now.mapped;

	for (size_t i = 0; i < imp->map.n; i++)
		if (imp->map.what[i] != COL_SKIP && imp->map.what[i] != COL_OWN)
			str_add(buf, sizeof(imp->now.mapped), "%s%s=%zu",
				buf[0] ? " " : "",
				import_column_word((enum import_column)
							   imp->map.what[i]),
				i + 1);
}

static bool first_row(struct lead_import *imp, const struct csv_row *row)
{
	struct lead_list before = imp->rec;
	char why[120];

	if (row->fault) {
		str_fmt(why, sizeof(why), "line %zu, column %zu: %s%s",
			(size_t)row->line, row->fault_column, row->fault,
			strstr(row->fault, "NUL") ? "; is it UTF-16? save it "
			"as UTF-8" : "");
		fail(imp, ERR_FORMAT, why);
		return true;
	}
	enum err e = map_decide(imp->wish, imp->wish_n, row, imp->phones,
				&imp->rec, &imp->map, imp->now.why,
				sizeof(imp->now.why));

	if (e) {
		fail(imp, e, NULL);
		return true;
	}
	imp->mapped = true;
	mapping_print(imp);
	if (imp->map.header)
		reject_row(imp, row, "line", 0, "reason");
	bool changed = before.labels_count != imp->rec.labels_count ||
		       !str_eq(before.source, imp->source);

	str_copy(imp->rec.source, sizeof(imp->rec.source), imp->source);
	if (changed && !imp->check)
		e = import_writer_list(&imp->writer, &imp->rec);
	if (e)
		fail(imp, e, NULL);
	return imp->map.header;
}

static enum err add(struct lead_import *imp, struct lead *l)
{
	struct zone_set places;

	lead_places_of(imp->ls, l, &places);
	enum err e = lead_group_of(imp->ls, NULL, &places, &l->zones);

	if (!e && imp->check)		/* what would be taken */
		imp->writer.consents += l->consent_count > 0;
	else if (!e)
		e = import_writer_add(&imp->writer, l);
	if (!e)
		imp->now.added++;
	return e;
}

static void row_h(void *arg, struct csv_row *row)
{
	struct lead_import *imp = arg;
	struct row_fault fault;
	bool repaired, dup;

	if (imp->err || (!imp->mapped && first_row(imp, row)) || imp->err)
		return;
	imp->now.rows++;
	if (!row_to_lead(&imp->row_conf, row, &imp->lead, &repaired, &fault)) {
		reject(imp, row, &fault);
	} else {
		enum err e = duplicate(imp, &imp->lead, &dup);

		if (!e && !dup) {
			imp->now.repaired += repaired;
			e = add(imp, &imp->lead);
		}
		if (e)
			fail(imp, e, NULL);
	}
	if (imp->now.rows % NOTE_ROWS == 0)
		publish(imp);
}

/* ---- the worker ----------------------------------------------------------------- */

/* Up to max bytes into buf; 0: the end, or told to stop. */
static size_t take(struct lead_import *imp, uint8_t *buf, size_t max,
		   bool *stop)
{
	pthread_mutex_lock(&imp->lock);
	while (!imp->used && !imp->eof && !imp->stop)
		pthread_cond_wait(&imp->more, &imp->lock);
	size_t n = imp->stop ? 0 : MIN(imp->used, max);
	size_t first = MIN(n, RING_BYTES - imp->head);

	memcpy(buf, imp->ring + imp->head, first);
	memcpy(buf + first, imp->ring, n - first);
	imp->head = (imp->head + n) % RING_BYTES;
	imp->used -= n;
	*stop = imp->stop;
	bool room = imp->want_note && imp->used <= RING_BYTES / 2;

	if (room)
		imp->want_note = false;
	pthread_mutex_unlock(&imp->lock);
	if (room && imp->note)
		imp->note(imp->note_arg);
	return n;
}

static enum err prepare(struct lead_import *imp)
{
	uint64_t rows;
	enum err e = phone_cache_new(imp->country, &imp->phones);

	/* A dry run writes nothing, not even what an earlier one left. */
	if (!e && !imp->check)
		e = import_writer_init(&imp->writer, imp->ls, imp->list.v);
	if (!e)
		e = store_count(imp->ls->store, STORE_LEAD_BY_NUMBER, &rows);
	if (e)
		return e;
	imp->index_empty = !rows;
	imp->first_seq = imp->check ? UINT32_MAX : imp->writer.next_seq;
	imp->row_conf.phones = imp->phones;
	imp->row_conf.map = &imp->map;
	imp->row_conf.list = &imp->rec;
	return ERR_OK;
}

static const char unreadable[] = "neither UTF-8 nor GB18030, nor UTF-16 with a "
	"byte order mark: save it as UTF-8";

static void work(struct lead_import *imp, uint8_t *buf)
{
	bool stop = false;
	size_t n;

	while (!imp->err && (n = take(imp, buf, TAKE_BYTES, &stop))) {
		imp->now.bytes += n;
		enum err e = csv_in_feed(imp->csv, buf, n);

		if (e)
			fail(imp, e, e == ERR_FORMAT
					     ? unreadable
					     : NULL);
	}
	if (!stop && !imp->err) {
		enum err e = csv_in_end(imp->csv);

		if (e)
			fail(imp, e, e == ERR_FORMAT
					     ? unreadable
					     : NULL);
		else if (!imp->mapped && imp->now.bytes)
			fail(imp, ERR_FORMAT, "the file has no row");
	}
	str_copy(imp->now.charset, sizeof(imp->now.charset),
		 charset_word(csv_in_charset(imp->csv)));
	if (stop) {
		fail(imp, ERR_CLOSED, "stopped; repeat the file");
		return;
	}
	/* What came before a fault stays, whole. */
	enum err e = imp->check ? ERR_OK : import_writer_close(&imp->writer);

	if (e)
		fail(imp, e, NULL);
}

static void *worker(void *arg)
{
	struct lead_import *imp = arg;
	uint8_t *buf = malloc(TAKE_BYTES);
	enum err e = buf ? prepare(imp) : ERR_MEMORY;

	if (e)
		fail(imp, e, NULL);
	else
		work(imp, buf);
	free(buf);
	import_writer_fini(&imp->writer);
	number_set_free(&imp->seen);
	imp->phones = phone_cache_free(imp->phones);
	if (imp->reject)
		fflush(imp->reject);
	imp->now.ended = true;
	publish(imp);
	return NULL;
}

/* ---- for the home thread ---------------------------------------------------------- */

static enum err conf_take(struct lead_import *imp,
			  const struct lead_import_conf *c)
{
	char why[160] = "";
	enum charset cs = CHARSET_UNKNOWN;
	enum err e = map_parse(c->map, imp->wish, &imp->wish_n, why,
			       sizeof(why));

	if (e) {
		log_warn("lead", "%s", why);
		return ERR_ARG;
	}
	if (c->siblings_n > LISTS_OF_CAMPAIGN)
		return ERR_ARG;
	if (c->siblings_n)
		memcpy(imp->siblings, c->siblings,
		       c->siblings_n * sizeof(*c->siblings));
	imp->sibling_n = c->siblings_n;
	imp->check = c->check;
	imp->dup = c->dup;
	imp->reject = c->reject;
	imp->note = c->note;
	imp->note_arg = c->note_arg;
	imp->writer.consent = c->consent;
	imp->writer.consent_arg = c->consent_arg;
	str_copy(imp->country, sizeof(imp->country),
		 c->country && *c->country ? c->country : imp->rec.country);
	if (!imp->country[0])
		str_copy(imp->country, sizeof(imp->country), "CN");
	str_copy(imp->tags, sizeof(imp->tags), c->tags);
	str_copy(imp->purpose, sizeof(imp->purpose),
		 c->consent_purpose ? c->consent_purpose : "marketing");
	str_copy(imp->source, sizeof(imp->source),
		 c->source ? c->source : imp->rec.source);
	imp->row_conf = (struct row_conf){ .country = imp->country,
					   .tags = imp->tags,
					   .purpose = imp->purpose,
					   .priority = c->priority,
					   .wall_s = c->wall_s };
	if (str_eq(c->charset, "UTF-8"))
		cs = CHARSET_UTF8;
	else if (str_eq(c->charset, "GB18030") || str_eq(c->charset, "GBK"))
		cs = CHARSET_GB18030;
	else if (c->charset)
		return ERR_ARG;
	return csv_in_new(cs, row_h, imp, &imp->csv);
}

static void import_drop(struct lead_import *imp)
{
	csv_in_free(imp->csv);
	pthread_mutex_destroy(&imp->lock);
	pthread_cond_destroy(&imp->more);
	free(imp->ring);
	free(imp);
}

enum err lead_import_start(struct leads *ls,
			   const struct lead_import_conf *conf,
			   struct lead_import **out)
{
	struct list_state *st = lead_list_state(ls, conf->list.v);

	if (!st)
		return ERR_ABSENT;
	if (st->importing)
		return ERR_STATE;
	struct lead_import *imp = calloc(1, sizeof(*imp));

	if (!imp)
		return ERR_MEMORY;
	pthread_mutex_init(&imp->lock, NULL);
	pthread_cond_init(&imp->more, NULL);
	imp->ls = ls;
	imp->list = conf->list;
	imp->rec = st->rec;
	imp->ring = malloc(RING_BYTES);
	enum err e = imp->ring ? conf_take(imp, conf) : ERR_MEMORY;

	if (!e && pthread_create(&imp->thread, NULL, worker, imp))
		e = ERR_MEMORY;
	if (e) {
		import_drop(imp);
		return e;
	}
	st->importing = true;
	*out = imp;
	return ERR_OK;
}

enum err lead_import_feed(struct lead_import *imp, const void *p, size_t len,
			  size_t *taken)
{
	pthread_mutex_lock(&imp->lock);
	size_t n = MIN(len, RING_BYTES - imp->used);
	size_t at = (imp->head + imp->used) % RING_BYTES;
	size_t first = MIN(n, RING_BYTES - at);
	bool ended = imp->state.ended;

	if (imp->eof) {
		pthread_mutex_unlock(&imp->lock);
		return ERR_STATE;
	}
	/* The rest of a file that failed is swallowed. */
	if (ended) {
		pthread_mutex_unlock(&imp->lock);
		*taken = len;
		return ERR_OK;
	}
	memcpy(imp->ring + at, p, first);
	memcpy(imp->ring, (const uint8_t *)p + first, n - first);
	imp->used += n;
	imp->want_note = n < len;
	pthread_cond_signal(&imp->more);
	pthread_mutex_unlock(&imp->lock);
	*taken = n;
	return ERR_OK;
}

void lead_import_finish(struct lead_import *imp)
{
	pthread_mutex_lock(&imp->lock);
	imp->eof = true;
	pthread_cond_signal(&imp->more);
	pthread_mutex_unlock(&imp->lock);
}

void lead_import_read(struct lead_import *imp, struct lead_import_state *out)
{
	pthread_mutex_lock(&imp->lock);
	*out = imp->state;
	pthread_mutex_unlock(&imp->lock);
}

static void join(struct lead_import *imp)
{
	if (!imp->joined)
		pthread_join(imp->thread, NULL);
	imp->joined = true;
}

struct lead_import *lead_import_free(struct lead_import *imp)
{
	if (!imp)
		return NULL;
	pthread_mutex_lock(&imp->lock);
	/* Between the last row and the end the worker finishes by itself. */
	imp->stop = !imp->state.ended && !imp->eof;
	pthread_cond_signal(&imp->more);
	pthread_mutex_unlock(&imp->lock);
	join(imp);

	struct list_state *st = lead_list_state(imp->ls, imp->list.v);

	if (st) {
		st->importing = false;
		if (imp->mapped && !imp->check) {
			memcpy(st->rec.labels, imp->rec.labels,
			       sizeof(st->rec.labels));
			st->rec.labels_count = imp->rec.labels_count;
			str_copy(st->rec.source, sizeof(st->rec.source),
				 imp->source);
		}
		lead_list_refresh(imp->ls, imp->list);
	}
	import_drop(imp);
	return NULL;
}

enum err lead_import_run(struct leads *ls, const struct lead_import_conf *conf,
			 FILE *in, struct lead_import_state *out)
{
	struct lead_import *imp;
	enum err e = lead_import_start(ls, conf, &imp);
	char *buf = e ? NULL : malloc(TAKE_BYTES);
	size_t n;

	if (e)
		return e;
	while (buf && (n = fread(buf, 1, TAKE_BYTES, in)) > 0) {
		size_t at = 0, taken;

		while (at < n && !e) {
			e = lead_import_feed(imp, buf + at, n - at, &taken);
			at += taken;
			if (at < n)
				usleep(1000);
		}
	}
	free(buf);
	lead_import_finish(imp);
	join(imp);
	lead_import_read(imp, out);
	lead_import_free(imp);
	return out->err;
}
