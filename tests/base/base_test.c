#include "base/clock.h"
#include "base/mpsc.h"
#include "base/str.h"
#include "base/t.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void masks(void **state UNUSED)
{
	static const struct { const char *what, *in, *want; } cases[] = {
		{ "a Chinese mobile shows 3 and 4", "8613812342231",
		  "138****2231" },
		{ "a US number shows 3 and 4", "12025550143", "120****0143" },
		{ "a short number shows two", "10086", "****86" },
		{ "nothing shows nothing", "", "****" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char buf[32];

		str_mask_number(buf, sizeof(buf), cases[i].in);
		T_OK(str_eq(buf, cases[i].want), "%s: %s", cases[i].what, buf);
	}
}

static void texts(void **state UNUSED)
{
	char small[4];
	int64_t v = 7;

	T_OK(!str_copy(small, sizeof(small), "ab\xe4\xbd\xa0"),
	     "a cut copy says so");
	T_OK(str_eq(small, "ab"), "and never splits a character");
	T_OK(!str_fmt(small, sizeof(small), "%d", 12345), "a cut format says so");
	for (size_t size = 1; size < 14; size++) {
		static const char mixed[] =
			"a\xc3\xa9\xe4\xbd\xa0\xf0\x9f\x98\x80z";
		char buf[14];
		bool whole = str_fmt(buf, size, "%s", mixed);
		size_t len = strlen(buf);

		T_OK(whole == (size > strlen(mixed)) && str_is_utf8(buf, len) &&
		     !strncmp(buf, mixed, len) && len + 4 >= MIN(size,
							sizeof(mixed)),
		     "a format cut at %zu splits no character: %zu", size, len);
	}
	T_OK(str_to_i64("12x", 0, 99, &v) == ERR_FORMAT && v == 7,
	     "a number with a tail is refused and nothing set");
	T_OK(str_to_i64("100", 0, 99, &v) == ERR_ARG, "out of range");
	T_OK(!str_to_i64("-5", -9, 99, &v) && v == -5, "a number is read");
	T_OK(str_is_utf8("\xe4\xbd\xa0", 3), "a Chinese character is UTF-8");
	T_OK(!str_is_utf8("\xe4\xbd", 2), "a cut one is not");
	T_OK(!str_is_utf8("\xc0\x80", 2), "an overlong one is not");
	T_OK(!str_is_utf8("\xed\xa0\x80", 3), "a surrogate is not");
	T_OK(str_distance("chanels", "channels") == 1, "one letter missing");
	T_OK(str_eq(err_text(999), "unknown error"), "unknown codes have words");
}

struct item {
	struct mpsc_node node;
	int from, seq;
};

static struct mpsc queue;

static void *push_many(void *arg)
{
	for (int i = 0; i < 2000; i++) {
		struct item *it = calloc(1, sizeof(*it));

		*it = (struct item){ .from = *(int *)arg, .seq = i };
		while (mpsc_push(&queue, &it->node) == ERR_FULL)
			;
	}
	return NULL;
}

static void many_push_one_takes(void **state UNUSED)
{
	int ids[3] = { 0, 1, 2 }, next[3] = { 0 }, got = 0;
	pthread_t th[3];

	T_OK(!mpsc_init(&queue, 100), "a queue is made");
	for (int i = 0; i < 3; i++)
		pthread_create(&th[i], NULL, push_many, &ids[i]);
	while (got < 6000) {
		struct mpsc_node *n = mpsc_take_all(&queue);

		while (n) {
			struct item *it = (struct item *)n;

			n = n->next;
			T_OK(it->seq == next[it->from]++,
			     "each thread's items stay in order");
			free(it);
			got++;
		}
	}
	for (int i = 0; i < 3; i++)
		pthread_join(th[i], NULL);
	mpsc_fini(&queue);
}

static void virtual_time(void **state UNUSED)
{
	struct clock c;

	clock_init_virtual(&c, (struct now){ 5, 1000 });
	clock_advance(&c, 20);
	T_OK(clock_now(&c).mono_ms == 25 && clock_now(&c).wall_ms == 1020,
	     "both times go on together");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks),
		cmocka_unit_test(texts),
		cmocka_unit_test(many_push_one_takes),
		cmocka_unit_test(virtual_time),
	};

	return T_RUN(tests);
}
