/* Tables' words, keys put together from parts, versions of values. */
#include "store/store_priv.h"

#include <sodium.h>

static const struct {
	const char *word;
	bool is_set;
} tables[] = {
#define KV false
#define SET true
#define X(name, word, kind) [name] = { word, kind },
	STORE_TABLES(X)
#undef X
#undef KV
#undef SET
};

const char *store_table_word(enum store_table t)
{
	return (unsigned)t < STORE_TABLE_COUNT ? tables[t].word : "?";
}

bool store_table_is_set(enum store_table t)
{
	return (unsigned)t < STORE_TABLE_COUNT && tables[t].is_set;
}

void store_key_bytes(struct store_key *k, const void *p, size_t len)
{
	if (k->len + len > STORE_KEY_MAX) {
		k->len = STORE_KEY_MAX + 1;	/* refused where it is used */
		return;
	}
	if (len)
		memcpy(k->b + k->len, p, len);
	k->len = (uint16_t)(k->len + len);
}

void store_key_u8(struct store_key *k, uint8_t v)
{
	store_key_bytes(k, &v, sizeof(v));
}

void store_key_u32(struct store_key *k, uint32_t v)
{
	v = __builtin_bswap32(v);
	store_key_bytes(k, &v, sizeof(v));
}

void store_key_u64(struct store_key *k, uint64_t v)
{
	v = __builtin_bswap64(v);
	store_key_bytes(k, &v, sizeof(v));
}

void store_key_text(struct store_key *k, const char *text)
{
	store_key_bytes(k, text, strlen(text) + 1);
}

void store_key_after(struct store_key *k, const void *key, size_t len)
{
	k->len = 0;
	store_key_bytes(k, key, len);
	/* A key of full length has no room for a zero: then the next one is
	 * the shorter key counted up, which is also right. */
	if (len < STORE_KEY_MAX)
		store_key_u8(k, 0);
	else
		store_key_prefix_end(k, key, len);
}

void store_key_prefix_end(struct store_key *k, const void *prefix, size_t len)
{
	k->len = 0;
	store_key_bytes(k, prefix, len);
	while (k->len && k->len <= STORE_KEY_MAX && k->b[k->len - 1] == 0xff)
		k->len--;
	if (k->len && k->len <= STORE_KEY_MAX)
		k->b[k->len - 1]++;
}

uint64_t store_version(const void *val, size_t len)
{
	/* SipHash-2-4 under a fixed key: the same in every process. */
	static const uint8_t key[crypto_shorthash_KEYBYTES] = "waihu versions";
	static const uint8_t none;
	uint64_t v;

	crypto_shorthash((uint8_t *)&v, len ? val : &none, len, key);
	return v == STORE_ABSENT ? 1 : v;
}
