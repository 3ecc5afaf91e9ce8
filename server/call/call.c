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

static const char *const targets[] = {
#define X(name, word) [name] = word,
	HAND_TARGETS(X)
#undef X
};

static const char *const news[] = {
#define X(name, word) [name] = word,
	HAND_NEWS(X)
#undef X
};

static const char *const parts[] = {
#define X(name, word) [name] = word,
	CALL_PARTS(X)
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
	struct due due;
	struct raised *queue;	/* ring, grows */
	size_t q_head, q_len, q_cap;
	call_moved_h *moved;	/* or NULL */
	void *moved_arg;
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

const char *hand_target_word(enum hand_target t)
{
	return (unsigned)t < ARRAY_LEN(targets) ? targets[t] : "?";
}

const char *hand_news_word(enum hand_news n)
{
	return (unsigned)n < ARRAY_LEN(news) ? news[n] : "?";
}

const char *call_part_word(enum call_part p)
{
	return (unsigned)p < ARRAY_LEN(parts) ? parts[p] : "?";
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
	p->q_cap = 64;
	p->queue = calloc(p->q_cap, sizeof(*p->queue));
	if (due_init(&p->due, max_calls) || !p->slots || !p->queue) {
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
		due_fini(&p->due);
		free(p->queue);
		free(p);
	}
	return NULL;
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

uint32_t call_slot(struct call_id id)
{
	return id.v & SLOT_MASK;
}

void call_end(struct call_pool *p, struct call *c)
{
	uint32_t n = c->id.v & SLOT_MASK;
	struct slot *s = &p->slots[n];

	due_set(&p->due, &c->due, 0);
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
	due_set(&p->due, &c->due,
		limit_ms ? MAX(now.mono_ms + limit_ms, 1) : 0);
}

struct call *call_due(struct call_pool *p, struct now now)
{
	struct due_node *n = due_take(&p->due, now.mono_ms);

	return n ? DUE_OWNER(n, struct call, due) : NULL;
}

int64_t call_next_due_ms(const struct call_pool *p)
{
	return due_next_ms(&p->due);
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

void call_on_move(struct call_pool *p, call_moved_h *h, void *arg)
{
	p->moved = h;
	p->moved_arg = arg;
}

void call_moved(const struct call_pool *p, const struct call *c,
		enum call_state from, enum call_event ev, int64_t ms,
		struct now now)
{
	if (p->moved)
		p->moved(p->moved_arg, c, from, ev, ms, now);
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
