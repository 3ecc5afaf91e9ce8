#include "call/call.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

static const struct { const char *word; int64_t limit_ms; } states[] = {
#define X(name, word, limit_ms) [name] = { word, limit_ms },
	CALL_STATES(X)
#undef X
};

static const char *const events[] = {
#define X(name, word) [name] = word,
	CALL_EVENTS(X)
#undef X
};

static const char *const modes[] = {
#define X(name, word) [name] = word,
	DIAL_MODES(X)
#undef X
};

static const char *const results[] = {
#define X(name, word) [name] = word,
	CALL_RESULTS(X)
#undef X
};

/* Slot in the low bits, generation above: an old id finds nothing. */
enum { SLOT_BITS = 17, SLOT_MASK = (1 << SLOT_BITS) - 1 };

struct slot {
	struct call call;
	uint32_t gen;
	uint32_t next_free;	/* slot number + 1, 0 = end */
	bool live;
};

struct raised {
	struct call_id id;
	enum call_event ev;
};

struct call_pool {
	struct slot *slots;
	size_t max, live;
	uint32_t free_head;	/* slot number + 1 */
	struct call **heap;	/* by due_ms; heap[0] is the next */
	size_t heap_len;
	struct raised *queue;	/* ring, grows */
	size_t q_head, q_len, q_cap;
};

const char *call_state_word(enum call_state s)
{
	return (unsigned)s < ARRAY_LEN(states) ? states[s].word : "?";
}

int64_t call_state_limit(enum call_state s)
{
	return (unsigned)s < ARRAY_LEN(states) ? states[s].limit_ms : 0;
}

const char *call_event_word(enum call_event e)
{
	return (unsigned)e < ARRAY_LEN(events) ? events[e] : "?";
}

const char *dial_mode_word(enum dial_mode m)
{
	return (unsigned)m < ARRAY_LEN(modes) ? modes[m] : "?";
}

const char *call_result_word(enum call_result r)
{
	return (unsigned)r < ARRAY_LEN(results) ? results[r] : "unknown";
}

const char *hangup_by_word(enum hangup_by b)
{
	static const char *const words[] = { "", "customer", "agent",
					     "system" };

	return (unsigned)b < ARRAY_LEN(words) ? words[b] : "";
}

static enum err word_index(const char *const *words, size_t n, const char *w,
			   size_t *out)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(words[i], w)) {
			*out = i;
			return ERR_OK;
		}
	}
	return ERR_ABSENT;
}

enum err dial_mode_from_word(const char *word, enum dial_mode *out)
{
	size_t i;
	enum err e = word_index(modes, ARRAY_LEN(modes), word, &i);

	if (!e)
		*out = (enum dial_mode)i;
	return e;
}

enum err call_result_from_word(const char *w, enum call_result *out)
{
	size_t i;
	enum err e = word_index(results, ARRAY_LEN(results), w, &i);

	if (!e)
		*out = (enum call_result)i;
	return e;
}

enum err call_pool_new(size_t max_calls, struct call_pool **out)
{
	struct call_pool *p;

	if (!max_calls || max_calls > SLOT_MASK)
		return ERR_ARG;
	p = calloc(1, sizeof(*p));
	if (!p)
		return ERR_MEMORY;
	p->max = max_calls;
	p->slots = calloc(max_calls, sizeof(*p->slots));
	p->heap = calloc(max_calls, sizeof(struct call *));
	p->q_cap = 64;
	p->queue = calloc(p->q_cap, sizeof(*p->queue));
	if (!p->slots || !p->heap || !p->queue) {
		call_pool_free(p);
		return ERR_MEMORY;
	}
	for (size_t i = max_calls; i-- > 0;) {
		p->slots[i].next_free = p->free_head;
		p->slots[i].gen = 1;
		p->free_head = (uint32_t)i + 1;
	}
	*out = p;
	return ERR_OK;
}

struct call_pool *call_pool_free(struct call_pool *p)
{
	if (p) {
		free(p->slots);
		free(p->heap);
		free(p->queue);
		free(p);
	}
	return NULL;
}

static void heap_swap(struct call_pool *p, size_t i, size_t k)
{
	struct call *c = p->heap[i];

	p->heap[i] = p->heap[k];
	p->heap[k] = c;
	p->heap[i]->heap_at = (uint32_t)i + 1;
	p->heap[k]->heap_at = (uint32_t)k + 1;
}

static void heap_up(struct call_pool *p, size_t i)
{
	while (i && p->heap[i]->due_ms < p->heap[(i - 1) / 2]->due_ms) {
		heap_swap(p, i, (i - 1) / 2);
		i = (i - 1) / 2;
	}
}

static void heap_down(struct call_pool *p, size_t i)
{
	for (;;) {
		size_t best = i;

		for (size_t k = 2 * i + 1; k <= 2 * i + 2; k++)
			if (k < p->heap_len &&
			    p->heap[k]->due_ms < p->heap[best]->due_ms)
				best = k;
		if (best == i)
			return;
		heap_swap(p, i, best);
		i = best;
	}
}

static void heap_remove(struct call_pool *p, struct call *c)
{
	if (!c->heap_at)
		return;
	size_t i = c->heap_at - 1;

	c->heap_at = 0;
	if (i != --p->heap_len) {
		p->heap[i] = p->heap[p->heap_len];
		p->heap[i]->heap_at = (uint32_t)i + 1;
		heap_up(p, i);
		heap_down(p, i);
	}
}

static void heap_set(struct call_pool *p, struct call *c, int64_t due_ms)
{
	heap_remove(p, c);
	c->due_ms = due_ms;
	if (!due_ms)
		return;
	p->heap[p->heap_len] = c;
	c->heap_at = (uint32_t)++p->heap_len;
	heap_up(p, p->heap_len - 1);
}

enum err call_new(struct call_pool *p, enum call_state first, struct now now,
		  struct call **out)
{
	if (!p->free_head)
		return ERR_FULL;
	uint32_t n = p->free_head - 1;
	struct slot *s = &p->slots[n];

	p->free_head = s->next_free;
	s->live = true;
	p->live++;
	memset(&s->call, 0, sizeof(s->call));
	s->call.id.v = s->gen << SLOT_BITS | n;
	s->call.start_ms = now.wall_ms;
	call_enter(p, &s->call, first, -1, now);
	*out = &s->call;
	return ERR_OK;
}

struct call *call_get(struct call_pool *p, struct call_id id)
{
	uint32_t n = id.v & SLOT_MASK;

	if (n >= p->max || !p->slots[n].live ||
	    p->slots[n].call.id.v != id.v)
		return NULL;
	return &p->slots[n].call;
}

void call_end(struct call_pool *p, struct call *c)
{
	uint32_t n = c->id.v & SLOT_MASK;
	struct slot *s = &p->slots[n];

	heap_remove(p, c);
	s->live = false;
	p->live--;
	/* Generation 0 is never used: id 0 means "no call". */
	s->gen = (s->gen + 1) & (UINT32_MAX >> SLOT_BITS);
	if (!s->gen)
		s->gen = 1;
	s->next_free = p->free_head;
	p->free_head = n + 1;
}

size_t call_count(const struct call_pool *p)
{
	return p->live;
}

size_t call_count_max(const struct call_pool *p)
{
	return p->max;
}

struct call *call_each(struct call_pool *p, const struct call *prev)
{
	size_t n = prev ? (prev->id.v & SLOT_MASK) + 1u : 0;

	for (; n < p->max; n++)
		if (p->slots[n].live)
			return &p->slots[n].call;
	return NULL;
}

void call_enter(struct call_pool *p, struct call *c, enum call_state s,
		int64_t limit_ms, struct now now)
{
	if (limit_ms < 0)
		limit_ms = call_state_limit(s);
	c->state = s;
	c->since_ms = now.mono_ms;
	heap_set(p, c, limit_ms ? MAX(now.mono_ms + limit_ms, 1) : 0);
}

struct call *call_due(struct call_pool *p, struct now now)
{
	if (!p->heap_len || p->heap[0]->due_ms > now.mono_ms)
		return NULL;
	struct call *c = p->heap[0];

	heap_set(p, c, 0);	/* told once; entering a state arms anew */
	return c;
}

int64_t call_next_due_ms(const struct call_pool *p)
{
	return p->heap_len ? p->heap[0]->due_ms : INT64_MAX;
}

void call_raise(struct call_pool *p, struct call_id id, enum call_event ev)
{
	if (p->q_len == p->q_cap) {
		size_t cap = p->q_cap * 2;
		struct raised *q = calloc(cap, sizeof(*q));

		/* Losing an event would lose a call: as at start-up, stop. */
		if (!q)
			abort();
		for (size_t i = 0; i < p->q_len; i++)
			q[i] = p->queue[(p->q_head + i) % p->q_cap];
		free(p->queue);
		p->queue = q;
		p->q_cap = cap;
		p->q_head = 0;
	}
	p->queue[(p->q_head + p->q_len++) % p->q_cap] =
		(struct raised){ id, ev };
}

bool call_next_event(struct call_pool *p, struct call_id *id,
		     enum call_event *ev)
{
	if (!p->q_len)
		return false;
	*id = p->queue[p->q_head].id;
	*ev = p->queue[p->q_head].ev;
	p->q_head = (p->q_head + 1) % p->q_cap;
	p->q_len--;
	return true;
}
