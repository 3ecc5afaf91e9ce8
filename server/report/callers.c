#include "report/callers.h"

#include <stdlib.h>

#include "base/str.h"

enum { SLOT_MS = 600000 };

struct slot {
	int64_t number;			/* of ten minutes since 1970         */
	struct callers_count n;
};

struct row {
	uint32_t trunk, dialled;
	char number[20];
	struct callers_count today, level;
	bool fell;
	int64_t from;			/* slots before it are not recent    */
	struct slot slots[CALLERS_SLOTS];
};

struct callers {
	struct row *rows[CALLERS_MAX];
	size_t len;
};

enum err callers_new(struct callers **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? ERR_OK : ERR_MEMORY;
}

struct callers *callers_free(struct callers *c)
{
	for (size_t i = 0; c && i < c->len; i++)
		free(c->rows[i]);
	free(c);
	return NULL;
}

static struct row *row_of(const struct callers *c, uint32_t trunk,
			  const char *number)
{
	for (size_t i = 0; i < c->len; i++)
		if (c->rows[i]->trunk == trunk &&
		    str_eq(c->rows[i]->number, number))
			return c->rows[i];
	return NULL;
}

static struct row *row_make(struct callers *c, uint32_t trunk,
			    const char *number)
{
	struct row *r = row_of(c, trunk, number);

	if (r || c->len == CALLERS_MAX)
		return r;
	r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->trunk = trunk;
	str_copy(r->number, sizeof(r->number), number);
	c->rows[c->len++] = r;
	return r;
}

static bool was_tried(const struct cdr *r)
{
	if (r->answer_ms)
		return true;
	switch ((enum call_result)r->result) {
	case RES_BUSY:
	case RES_NO_ANSWER:
	case RES_UNREACHABLE:
	case RES_REJECTED:
	case RES_UNWANTED:
	case RES_BLOCKED:	/* 608: somebody's list says no            */
		return true;
	default:
		return false;
	}
}

static void count(struct callers_count *to, uint32_t tried, uint32_t person)
{
	to->tried += tried;
	to->person += person;
}

void callers_call(struct callers *c, const struct cdr *r)
{
	struct row *row;
	struct slot *s;
	int64_t slot = r->invite_ms / SLOT_MS;
	bool person = r->person_ms != 0;

	if (r->part || !r->trunk || !*r->caller || r->invite_ms <= 0)
		return;
	row = row_make(c, r->trunk, r->caller);
	if (!row)
		return;
	row->dialled++;
	if (!was_tried(r))
		return;
	count(&row->today, 1, person);
	s = &row->slots[slot % CALLERS_SLOTS];
	if (s->number > slot)
		return;		/* a very long call: a day old */
	if (s->number != slot)
		*s = (struct slot){ .number = slot };
	count(&s->n, 1, person);
}

void callers_new_day(struct callers *c)
{
	for (size_t i = 0; i < c->len; i++) {
		c->rows[i]->dialled = 0;
		c->rows[i]->today = (struct callers_count){ 0 };
	}
}

static void sums(const struct row *r, int64_t slot,
		 struct callers_count *recent, struct callers_count *before)
{
	for (size_t i = 0; i < CALLERS_SLOTS; i++) {
		const struct slot *s = &r->slots[i];
		bool now = s->number > slot - CALLERS_RECENT &&
			   s->number >= r->from;

		if (s->number > slot - CALLERS_SLOTS)
			count(now ? recent : before, s->n.tried, s->n.person);
	}
}

static void rate(const struct callers *c, const struct row *r,
		 int64_t wall_ms, struct callers_rate *out)
{
	int64_t slot = wall_ms / SLOT_MS;

	*out = (struct callers_rate){ .trunk = r->trunk, .number = r->number,
				      .dialled = r->dialled,
				      .today = r->today, .fell = r->fell };
	sums(r, slot, &out->recent, &out->before);
	if (r->fell)
		out->before = r->level;
	for (size_t i = 0; i < c->len; i++)
		if (c->rows[i] != r && c->rows[i]->trunk == r->trunk &&
		    !c->rows[i]->fell)
			sums(c->rows[i], slot, &out->others,
			     &out->others_before);
}

bool callers_at(const struct callers *c, size_t i, int64_t wall_ms,
		struct callers_rate *out)
{
	if (i >= c->len)
		return false;
	rate(c, c->rows[i], wall_ms, out);
	return true;
}

bool callers_of(const struct callers *c, uint32_t trunk, const char *number,
		int64_t wall_ms, struct callers_rate *out)
{
	const struct row *r = row_of(c, trunk, number);

	if (r)
		rate(c, r, wall_ms, out);
	return r;
}

void callers_mark(struct callers *c, uint32_t trunk, const char *number,
		  bool fell, int64_t wall_ms)
{
	struct row *r = row_of(c, trunk, number);
	struct callers_count recent = { 0 };

	if (!r || r->fell == fell)
		return;
	r->level = (struct callers_count){ 0 };
	if (fell)
		sums(r, wall_ms / SLOT_MS, &recent, &r->level);
	r->fell = fell;
}

void callers_again(struct callers *c, uint32_t trunk, const char *number,
		   int64_t wall_ms)
{
	struct row *r = row_of(c, trunk, number);

	if (!r)
		return;
	r->fell = false;
	r->from = wall_ms / SLOT_MS;
	/* The bad minutes of this very slot are not the new beginning. */
	r->slots[r->from % CALLERS_SLOTS] = (struct slot){ .number = r->from };
}
