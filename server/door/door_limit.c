/*
 * Failed log-ins: after five of one user from one place, or twenty from one
 * place, within a minute, that pair or place waits until the minute is over.
 * The table is fixed; when a chain is full the oldest entry makes room, which
 * only ever forgets failures.
 */
#include <sodium.h>
#include <string.h>

#include "base/str.h"
#include "door/door_priv.h"

enum { WINDOW_MS = 60000, USER_MAX = 5, PLACE_MAX = 20, CHAIN = 8 };

void door_limits_init(struct door_limits *l)
{
	memset(l, 0, sizeof(*l));
	randombytes_buf(l->salt, sizeof(l->salt));
}

static uint64_t key_of(const struct door_limits *l, const char *user,
		       const char *place)
{
	char text[160];
	uint64_t key;

	_Static_assert(sizeof(l->salt) == crypto_shorthash_KEYBYTES, "salt");
	_Static_assert(sizeof(key) == crypto_shorthash_BYTES, "key");
	str_fmt(text, sizeof(text), "%s\n%s", user, place);
	crypto_shorthash((uint8_t *)&key, (const uint8_t *)text, strlen(text),
			 l->salt);
	return key ? key : 1;
}

static const struct door_try *look(const struct door_limits *l, uint64_t key,
				   int64_t now_ms)
{
	for (unsigned i = 0; i < CHAIN; i++) {
		const struct door_try *t =
			&l->tries[(key + i) % DOOR_TRIES];

		if (t->key == key && now_ms - t->since_ms < WINDOW_MS)
			return t;
	}
	return NULL;
}

bool door_limits_locked(const struct door_limits *l, const char *user,
			const char *place, int64_t now_ms)
{
	const struct door_try *u = look(l, key_of(l, user, place), now_ms);
	const struct door_try *p = look(l, key_of(l, "", place), now_ms);

	return (u && u->failures >= USER_MAX) ||
	       (p && p->failures >= PLACE_MAX);
}

static void count(struct door_limits *l, uint64_t key, int64_t now_ms)
{
	struct door_try *use = &l->tries[key % DOOR_TRIES];

	for (unsigned i = 0; i < CHAIN; i++) {
		struct door_try *t = &l->tries[(key + i) % DOOR_TRIES];

		if (t->key == key) {
			use = t;
			break;
		}
		if (!t->key || t->since_ms < use->since_ms)
			use = t;
	}
	if (use->key != key || now_ms - use->since_ms >= WINDOW_MS)
		*use = (struct door_try){ key, 0, now_ms };
	use->failures++;
}

void door_limits_failed(struct door_limits *l, const char *user,
			const char *place, int64_t now_ms)
{
	count(l, key_of(l, user, place), now_ms);
	count(l, key_of(l, "", place), now_ms);
}

void door_limits_passed(struct door_limits *l, const char *user,
			const char *place)
{
	uint64_t key = key_of(l, user, place);

	for (unsigned i = 0; i < CHAIN; i++) {
		struct door_try *t = &l->tries[(key + i) % DOOR_TRIES];

		if (t->key == key)
			t->failures = 0;
	}
}
