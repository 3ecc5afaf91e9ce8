/*
 * feed_order -- which agents and calls are on a screen: of ten thousand the few it
 * shows.  Each seat's key is worked out once; then only the window is put
 * in order (Hoare's selection, "Algorithm 65: find", CACM 4(7), 1961).
 */
#include "feed_priv.h"

#include <stdlib.h>
#include <string.h>

static int64_t key_of(struct feed *f, const struct msg_subscribe *sub,
		      const struct seat *s, struct now now)
{
	uint32_t limit;
	int64_t age = now.mono_ms - s->since.mono_ms;

	switch ((enum msg_sort)sub->sort) {
	case MSG_SORT_ATTENTION:	/* over its limit, then the longest */
		return -((feed_over(f, s, now, &limit) ||
			  s->hand_up ? INT64_C(1) << 50 : 0) + age);
	case MSG_SORT_TIME:	return -age;
	case MSG_SORT_STATE:	return s->state;
	case MSG_SORT_CAMPAIGN:	return seat_campaign(s).v;
	case MSG_SORT_CALLS:	return -(int64_t)s->today.calls;
	case MSG_SORT_SALES:	return -(int64_t)s->today.sales;
	case MSG_SORT_TALK:
		return -seat_today_ms(s, SEAT_TALK, now);
	case MSG_SORT_WRAP:
		return -seat_today_ms(s, SEAT_WRAP, now);
	case MSG_SORT_NAME:	return 0;
	default:		return s->agent.v;
	}
}

void feed_rank(struct feed *f, const struct msg_subscribe *sub,
	       const struct seat *s, struct now now, struct ranked *out)
{
	*out = (struct ranked){ .key = key_of(f, sub, s, now),
				.name = sub->sort == MSG_SORT_NAME ? s->name
								   : "",
				.id = s->agent.v, .row = s };
}

void feed_rank_call(const struct msg_subscribe *sub, const struct call *c,
		    enum msg_phase p, struct now now, struct ranked *out)
{
	int64_t age = now.mono_ms - c->since_ms, key;

	switch ((enum msg_sort)sub->sort) {
	case MSG_SORT_ATTENTION:
		key = -((p == MSG_PHASE_WAIT ? INT64_C(2) << 50
			 : p == MSG_PHASE_HOLD ? INT64_C(1) << 50 : 0) + age);
		break;
	case MSG_SORT_TIME:
		key = -age;
		break;
	case MSG_SORT_STATE:
		key = p;
		break;
	case MSG_SORT_CAMPAIGN:
		key = c->campaign.v;
		break;
	case MSG_SORT_NAME:
		key = c->agent.v;
		break;
	default:
		key = 0;
		break;
	}
	*out = (struct ranked){ .key = key, .name = "", .id = c->uid,
				.row = c };
}

static int upward(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int r = x->key < y->key ? -1 : x->key > y->key;

	if (!r)
		r = strcmp(x->name, y->name);
	if (!r)
		r = x->id < y->id ? -1 : x->id > y->id;
	return r;
}

static int downward(const void *a, const void *b)
{
	return upward(b, a);
}

static void swap(struct ranked *a, struct ranked *b)
{
	struct ranked t = *a;

	*a = *b;
	*b = t;
}

/* Afterwards none before `at` belongs behind it, and none behind before. */
static void part_at(struct ranked *v, size_t n, size_t at,
		    int (*order)(const void *, const void *))
{
	size_t lo = 0, hi = n;		/* what is not settled: [lo, hi) */

	while (hi - lo > 1 && at > lo && at < hi) {
		struct ranked pivot = v[lo + (hi - lo - 1) / 2];
		size_t i = lo, j = hi - 1;

		for (;;) {
			while (order(&v[i], &pivot) < 0)
				i++;
			while (order(&v[j], &pivot) > 0)
				j--;
			if (i >= j)
				break;
			swap(&v[i++], &v[j--]);
		}
		if (at <= j)
			hi = j + 1;
		else
			lo = j + 1;
	}
}

void feed_window(struct ranked *v, size_t n, size_t top, size_t rows,
		 bool reverse)
{
	int (*order)(const void *, const void *) = reverse ? downward
							   : upward;

	top = MIN(top, n);
	rows = MIN(rows, n - top);
	part_at(v, n, top, order);
	part_at(v + top, n - top, rows, order);
	qsort(v + top, rows, sizeof(*v), order);
}
