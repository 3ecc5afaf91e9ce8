/*
 * Sealing of rows: AES-256-GCM where the processor has it, else
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha).  The key is a file beside the
 * data, or where the configuration says, and the data hold a fingerprint of
 * it, so a wrong or a lost key is told at start and not at the first name on
 * a screen.
 */
#include "store/store_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "schema/schema.h"

enum {
	KEY_LEN   = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	NONCE_LEN = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	PROOF_LEN = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	PRINT_LEN = 16,
};

static void fingerprint(const uint8_t *key, uint8_t print[PRINT_LEN])
{
	static const char what[] = "waihu personal key";

	crypto_generichash(print, PRINT_LEN, (const uint8_t *)what,
			   sizeof(what), key, KEY_LEN);
}

static enum err fsync_folder(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e = ERR_OK;

	if (fd < 0 || fsync(fd))
		e = err_from_errno(errno);
	if (fd >= 0)
		close(fd);
	return e;
}

/* Written beside it and renamed: a key file is whole or not there. */
static enum err key_create(struct store *s, const char *path)
{
	char temp[4096];
	enum err e = ERR_OK;

	if (!str_fmt(temp, sizeof(temp), "%s.new", path))
		return ERR_ARG;
	randombytes_buf(s->key, KEY_LEN);
	unlink(temp);
	int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, s->key, KEY_LEN) != KEY_LEN || fsync(fd) ||
	    rename(temp, path))
		e = err_from_errno(errno ? errno : ENOSPC);
	if (fd >= 0)
		close(fd);
	if (!e) {
		str_copy(temp, sizeof(temp), path);
		e = fsync_folder(dirname(temp));
	}
	if (e)
		log_err("store", "cannot make %s: %s", path, err_text(e));
	return e;
}

static enum err key_read(struct store *s, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum err e = ERR_OK;

	if (fd < 0) {
		if (errno != ENOENT)
			log_err("store", "cannot open %s: %s", path,
				strerror(errno));
		return err_from_errno(errno);
	}
	if (fstat(fd, &st)) {
		e = err_from_errno(errno);
	} else if (st.st_mode & 077) {
		log_err("store", "%s can be read by others (mode %o): "
			"chmod 600 it", path, (unsigned)st.st_mode & 0777);
		e = ERR_PERM;
	} else if (st.st_size != KEY_LEN ||
		   read(fd, s->key, KEY_LEN) != KEY_LEN) {
		log_err("store", "%s is not a key of %d bytes", path, KEY_LEN);
		e = ERR_FORMAT;
	}
	close(fd);
	return e;
}

/* The data knows its key; the first time it is told. */
static enum err key_check(struct store *s, const char *path)
{
	uint8_t print[PRINT_LEN], known[PRINT_LEN];
	size_t len;
	enum err e = store_meta_get(s, META_KEY, known, sizeof(known), &len);

	fingerprint(s->key, print);
	if (e == ERR_ABSENT)
		return store_meta_put(s, META_KEY, print, sizeof(print));
	if (!e && (len != PRINT_LEN || sodium_memcmp(print, known, len))) {
		log_err("store", "%s is not the key this data was sealed with",
			path);
		e = ERR_FORMAT;
	}
	return e;
}

bool seal_path(const struct store *s, char *path, size_t size)
{
	return s->conf.key_file ? str_copy(path, size, s->conf.key_file)
				: str_fmt(path, size, "%s/personal.key",
					  s->dir);
}

static enum err run_open(struct store *s);
static enum err way_check(struct store *s);

enum err seal_open(struct store *s)
{
	char path[4096];
	uint8_t known[PRINT_LEN];
	size_t len;
	enum err e;

	s->key = sodium_malloc(KEY_LEN);
	if (!s->key)
		return ERR_MEMORY;
	if (!s->dir) {
		memset(s->key, 7, KEY_LEN);
		return run_open(s);
	}
	randombytes_buf(s->nonce_run, sizeof(s->nonce_run));
	if (!seal_path(s, path, sizeof(path)))
		return ERR_ARG;
	e = key_read(s, path);
	if (e == ERR_ABSENT) {
		e = store_meta_get(s, META_KEY, known, sizeof(known), &len);
		if (!e) {
			log_err("store", "%s is gone: without it no lead and no "
				"record of a call can be read; restore it",
				path);
			return ERR_ABSENT;
		}
		e = e == ERR_ABSENT ? key_create(s, path) : e;
	}
	if (!e)
		e = key_check(s, path);
	if (!e)
		sodium_mprotect_readonly(s->key);
	if (!e)
		e = run_open(s);
	return e ? e : way_check(s);
}

/* ---- rows ----------------------------------------------------------------- */

/*
 * SEAL_MARK, the way, 8 bytes that count, 16 random bytes of this run, the
 * text, 16 bytes of proof.  No record of ours begins with SEAL_MARK (msgpack
 * never uses it): older, plain rows are known by that.
 *
 * Where the processor has AES, each run has a key of its own, made of the
 * master key and the run's 16 bytes, and the count is the nonce: none comes
 * twice under one key (NIST SP 800-38D 8.2.1), at a third of the time.
 * Elsewhere count and run are the nonce of XChaCha20 under the master key.
 */
enum {
	WAY_XCHACHA = 1, WAY_AES = 2,
	COUNT_LEN = 8, RUN_LEN = 16, HEAD_LEN = 2 + COUNT_LEN + RUN_LEN,
	AD_MAX = 1 + STORE_KEY_MAX,
};

_Static_assert(HEAD_LEN + PROOF_LEN == STORE_SEAL_OVER &&
	       COUNT_LEN + RUN_LEN == NONCE_LEN &&
	       crypto_aead_aes256gcm_ABYTES == PROOF_LEN,
	       "as the header says");

struct seal_run {
	_Alignas(16) crypto_aead_aes256gcm_state aes;
};

static void run_key(const struct store *s, const uint8_t run[RUN_LEN],
		    struct seal_run *r)
{
	uint8_t key[crypto_aead_aes256gcm_KEYBYTES];

	crypto_generichash(key, sizeof(key), run, RUN_LEN, s->key, KEY_LEN);
	crypto_aead_aes256gcm_beforenm(&r->aes, key);
	sodium_memzero(key, sizeof(key));
}

static enum err run_open(struct store *s)
{
	if (!crypto_aead_aes256gcm_is_available())
		return ERR_OK;
	s->run = aligned_alloc(16, sizeof(*s->run));
	if (!s->run)
		return ERR_MEMORY;
	run_key(s, s->nonce_run, s->run);
	return ERR_OK;
}

void seal_close(struct store *s)
{
	if (s->run)
		sodium_memzero(s->run, sizeof(*s->run));
	free(s->run);
	s->run = NULL;
	sodium_free(s->key);
	s->key = NULL;
}

/* Data that were sealed with AES are told so, not found out row by row. */
static enum err way_check(struct store *s)
{
	uint8_t way = WAY_AES;
	size_t len;
	enum err e = store_meta_get(s, META_SEAL, &way, 1, &len);

	if (e == ERR_ABSENT && s->run)
		return store_meta_put(s, META_SEAL, &way, 1);
	if (e == ERR_ABSENT || (!e && s->run))
		return ERR_OK;
	if (!e)
		log_err("store", "the data were sealed with AES, which this "
			"processor does not have: use one that has it");
	return e ? e : ERR_VERSION;
}

/* What the row is bound to: its table and its key. */
static size_t bound_to(enum store_table t, const void *key, size_t klen,
		       uint8_t ad[AD_MAX])
{
	ad[0] = (uint8_t)t;
	klen = MIN(klen, (size_t)STORE_KEY_MAX);
	if (klen)
		memcpy(ad + 1, key, klen);
	return klen + 1;
}

void seal_into(struct store *s, enum store_table t, struct blob key,
	       struct blob val, uint8_t *out)
{
	uint8_t ad[AD_MAX], nonce[crypto_aead_aes256gcm_NPUBBYTES] = { 0 };
	size_t ad_len = bound_to(t, key.p, key.len, ad);
	unsigned long long len;

	out[0] = SEAL_MARK;
	out[1] = s->run ? WAY_AES : WAY_XCHACHA;
	be64_put(out + 2, atomic_fetch_add(&s->nonces, 1));
	memcpy(out + 2 + COUNT_LEN, s->nonce_run, RUN_LEN);
	memcpy(nonce, out + 2, COUNT_LEN);
	if (s->run)
		crypto_aead_aes256gcm_encrypt_afternm(
			out + HEAD_LEN, &len, val.p, val.len, ad, ad_len,
			NULL, nonce, &s->run->aes);
	else
		crypto_aead_xchacha20poly1305_ietf_encrypt(
			out + HEAD_LEN, &len, val.p, val.len, ad, ad_len,
			NULL, out + 2, s->key);
}

static int open_aes(struct store *s, const uint8_t *box, size_t len,
		    const uint8_t *ad, size_t ad_len, void *out,
		    unsigned long long *got)
{
	const uint8_t *run = box + 2 + COUNT_LEN;
	uint8_t nonce[crypto_aead_aes256gcm_NPUBBYTES] = { 0 };
	struct seal_run other, *r = s->run;
	int bad;

	if (!r)		/* the data came from a machine that has it */
		return -1;
	if (memcmp(run, s->nonce_run, RUN_LEN)) {
		run_key(s, run, &other);
		r = &other;
	}
	memcpy(nonce, box + 2, COUNT_LEN);
	bad = crypto_aead_aes256gcm_decrypt_afternm(
		out, got, NULL, box + HEAD_LEN, len - HEAD_LEN, ad, ad_len,
		nonce, &r->aes);
	if (r == &other)
		sodium_memzero(&other, sizeof(other));
	return bad;
}

enum err store_open_row(struct store *s, enum store_table t, const void *key,
			size_t klen, const void *val, size_t vlen, void *out,
			size_t cap, size_t *len)
{
	const uint8_t *box = val;
	uint8_t ad[AD_MAX];
	size_t ad_len;
	unsigned long long got;
	int bad = -1;

	if (!vlen || *box != SEAL_MARK) {
		if (vlen > cap)
			return ERR_FULL;
		if (vlen)
			memcpy(out, val, vlen);
		*len = vlen;
		return ERR_OK;
	}
	if (vlen < STORE_SEAL_OVER)
		return ERR_FORMAT;
	if (cap < vlen - STORE_SEAL_OVER)
		return ERR_FULL;
	ad_len = bound_to(t, key, klen, ad);
	if (box[1] == WAY_AES)
		bad = open_aes(s, box, vlen, ad, ad_len, out, &got);
	else if (box[1] == WAY_XCHACHA)
		bad = crypto_aead_xchacha20poly1305_ietf_decrypt(
			out, &got, NULL, box + HEAD_LEN, vlen - HEAD_LEN, ad,
			ad_len, box + 2, s->key);
	if (bad)
		return ERR_FORMAT;
	*len = (size_t)got;
	return ERR_OK;
}

enum err store_get_open(struct store *s, enum store_table t, const void *key,
			size_t klen, void *buf, size_t cap, size_t *len)
{
	uint8_t row[STORE_VALUE_MAX];
	size_t n;
	enum err e = store_get(s, t, key, klen, row, sizeof(row), &n);

	return e ? e : store_open_row(s, t, key, klen, row, n, buf, cap, len);
}

enum err store_decode(struct store *s, enum store_table t, const void *key,
		      size_t klen, const void *val, size_t vlen,
		      const struct schema *schema, void *obj)
{
	uint8_t row[STORE_VALUE_MAX];
	size_t len;
	enum err e;

	if (!vlen || *(const uint8_t *)val != SEAL_MARK)
		return schema_decode(schema, val, vlen, obj);
	e = store_open_row(s, t, key, klen, val, vlen, row, sizeof(row), &len);
	return e ? e : schema_decode(schema, row, len, obj);
}
