#include "report/tally.h"

#include <stdlib.h>

struct minute {
	int64_t number;			/* minutes since 1970                */
	struct tally_sums sums;
};

struct book {
	struct campaign_id campaign;	/* 0: the floor                      */
	struct minute minutes[TALLY_MINUTES];
	struct tally_sums today;
};

struct tally {
	struct book *books;		/* [0] is the floor's                */
	size_t len, max;
	struct callers *callers;
};

enum { SHORT_TALK_MS = 30000 };

enum err tally_new(size_t max_campaigns, struct tally **out)
{
	struct tally *t = calloc(1, sizeof(*t));

	if (!t)
		return ERR_MEMORY;
	t->max = max_campaigns + 1;
	t->len = 1;
	t->books = calloc(t->max, sizeof(*t->books));
	if (!t->books || callers_new(&t->callers)) {
		free(t->books);
		free(t);
		return ERR_MEMORY;
	}
	*out = t;
	return ERR_OK;
}

struct tally *tally_free(struct tally *t)
{
	if (t) {
		free(t->books);
		callers_free(t->callers);
	}
	free(t);
	return NULL;
}

static struct book *book_of(const struct tally *t, struct campaign_id c)
{
	for (size_t i = 0; i < t->len; i++)
		if (t->books[i].campaign.v == c.v)
			return &t->books[i];
	return NULL;
}

static struct book *book_make(struct tally *t, struct campaign_id c)
{
	struct book *b = book_of(t, c);

	if (!b && t->len < t->max) {
		b = &t->books[t->len++];
		b->campaign = c;
	}
	return b;
}

static struct tally_sums *minute_of(struct book *b, struct now now)
{
	int64_t number = now.wall_ms / 60000;
	struct minute *m = &b->minutes[number % TALLY_MINUTES];

	if (m->number != number)
		*m = (struct minute){ .number = number };
	return &m->sums;
}

static void add_call(struct tally_sums *s, const struct cdr *r)
{
	/* Parts of a transferred call: the call itself is counted once. */
	if (r->part == PART_AGENT)
		s->wrap_ms += MAX(r->done_ms - r->gave_ms, 0);
	if (r->part)
		return;

	int64_t talk = r->join_ms ? r->end_ms - r->join_ms - r->hold_ms : 0;

	s->by_result[MIN(r->result, CALL_RESULT_COUNT - 1)]++;
	s->dialled += r->invite_ms != 0;
	s->blocked += r->result == RES_DENIED;
	s->person += r->person_ms != 0;
	s->abandoned += r->result == RES_ABANDONED;
	if (!r->join_ms)
		return;
	s->talked++;
	s->sales += r->sale;
	s->short_talks += r->end_ms - r->join_ms < SHORT_TALK_MS;
	s->talk_ms += MAX(talk, 0);
	s->hold_ms += r->hold_ms;
	s->wrap_ms += MAX(r->done_ms - r->end_ms, 0);
}

/* Floor and campaign, this minute and today: f on each of the four. */
#define EACH_SUM(t, c, now, s, body)                                          \
	do {                                                                  \
		struct book *books_[] = { &(t)->books[0],                     \
					  book_make(t, c) };                  \
		for (size_t i_ = 0; i_ < ARRAY_LEN(books_); i_++) {           \
			if (!books_[i_])                                      \
				continue;                                     \
			struct tally_sums *s = minute_of(books_[i_], now);    \
			body;                                                 \
			s = &books_[i_]->today;                               \
			body;                                                 \
		}                                                             \
	} while (0)

void tally_call(struct tally *t, const struct cdr *r, struct now now)
{
	struct campaign_id c = { r->campaign };

	EACH_SUM(t, c, now, s, add_call(s, r));
	callers_call(t->callers, r);
}

struct callers *tally_callers(const struct tally *t)
{
	return t->callers;
}

void tally_wait(struct tally *t, struct campaign_id c, int64_t wait_ms,
		uint32_t waits, struct now now)
{
	EACH_SUM(t, c, now, s, (s->wait_ms += wait_ms, s->waits += waits));
}

void tally_agents(struct tally *t, struct campaign_id c, int64_t busy_ms,
		  int64_t ready_ms, uint32_t waiting, struct now now)
{
	EACH_SUM(t, c, now, s,
		 (s->busy_ms += busy_ms, s->ready_ms += ready_ms,
		  s->waiting_max = MAX(s->waiting_max, waiting)));
}

static void add_sums(struct tally_sums *to, const struct tally_sums *s)
{
	to->dialled += s->dialled;
	to->person += s->person;
	to->abandoned += s->abandoned;
	to->talked += s->talked;
	to->sales += s->sales;
	to->blocked += s->blocked;
	to->short_talks += s->short_talks;
	for (size_t i = 0; i < CALL_RESULT_COUNT; i++)
		to->by_result[i] += s->by_result[i];
	to->talk_ms += s->talk_ms;
	to->hold_ms += s->hold_ms;
	to->wrap_ms += s->wrap_ms;
	to->wait_ms += s->wait_ms;
	to->waits += s->waits;
	to->busy_ms += s->busy_ms;
	to->ready_ms += s->ready_ms;
	to->waiting_max = MAX(to->waiting_max, s->waiting_max);
}

void tally_minute(const struct tally *t, struct campaign_id c, unsigned ago,
		  struct now now, struct tally_sums *out)
{
	const struct book *b = book_of(t, c);
	int64_t number = now.wall_ms / 60000 - ago;
	const struct minute *m = b ? &b->minutes[number % TALLY_MINUTES]
				   : NULL;

	*out = m && m->number == number && ago < TALLY_MINUTES
		? m->sums : (struct tally_sums){ 0 };
}

void tally_recent(const struct tally *t, struct campaign_id c,
		  unsigned minutes, struct now now, struct tally_sums *out)
{
	*out = (struct tally_sums){ 0 };
	for (unsigned i = 0; i < minutes; i++) {
		struct tally_sums s;

		tally_minute(t, c, i, now, &s);
		add_sums(out, &s);
	}
}

void tally_today(const struct tally *t, struct campaign_id c,
		 struct tally_sums *out)
{
	const struct book *b = book_of(t, c);

	*out = b ? b->today : (struct tally_sums){ 0 };
}

void tally_new_day(struct tally *t)
{
	for (size_t i = 0; i < t->len; i++)
		t->books[i].today = (struct tally_sums){ 0 };
	callers_new_day(t->callers);
}

int32_t tally_share(uint32_t part, uint32_t whole)
{
	return whole ? (int32_t)((uint64_t)part * 10000 / whole) : -1;
}
