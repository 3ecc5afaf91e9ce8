/* The window of a long list is what sorting all of it would show. */
#include "base/t.h"

#include <stdlib.h>
#include <string.h>

#include "feed/feed_priv.h"

enum { MOST = 400 };

static struct seat seats[MOST];

static int whole(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->id < y->id ? -1 : 1;
}

static void make(struct ranked *v, size_t n, unsigned keys, unsigned *dice)
{
	for (size_t i = 0; i < n; i++) {
		*dice = *dice * 1103515245u + 12345u;
		v[i] = (struct ranked){ .key = (*dice >> 16) % keys,
					.name = "", .row = &seats[i],
					.id = (uint64_t)i * 7919 % MOST + 1 };
	}
}

static void window(void **state UNUSED)
{
	static struct ranked got[MOST], want[MOST];
	unsigned dice = 1;

	for (size_t n = 0; n < MOST; n = n * 2 + 1)
		for (unsigned keys = 1; keys < 2000; keys *= 11)
			for (size_t top = 0; top <= n + 1; top += 1 + n / 5) {
				make(got, n, keys, &dice);
				memcpy(want, got, sizeof(want));
				qsort(want, n, sizeof(*want), whole);
				feed_window(got, n, top, 24, false);
				for (size_t i = top; i < MIN(n, top + 24); i++)
					T_OK(got[i].row == want[i].row,
					     "row %zu of %zu, %u keys", i, n,
					     keys);
				feed_window(got, n, top, 24, true);
				for (size_t i = top; i < MIN(n, top + 24); i++)
					T_OK(got[i].row == want[n - 1 - i].row,
					     "and the other way round");
			}
}

static void names(void **state UNUSED)
{
	struct ranked v[3];
	static const char *const n[] = { "Wang", "Chen", "Li" };

	for (size_t i = 0; i < 3; i++)
		v[i] = (struct ranked){ .name = n[i], .row = &seats[i], .id = i };
	feed_window(v, 3, 0, 3, false);
	T_OK(!strcmp(v[0].name, "Chen") && !strcmp(v[2].name, "Wang"),
	     "by name");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(window),
		cmocka_unit_test(names),
	};

	return T_RUN(tests);
}
