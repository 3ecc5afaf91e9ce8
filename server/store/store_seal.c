/*
 * Sealing of personal fields: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha),
 * 24 bytes of nonce, the text, 16 bytes of proof.  The key is a file beside
 * the data, and the data holds a fingerprint of it, so a wrong or a lost key
 * is told at start and not at the first name on a screen.
 */
#include "store/store_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

enum {
	KEY_LEN   = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	NONCE_LEN = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	PROOF_LEN = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	PRINT_LEN = 16,
};

_Static_assert(NONCE_LEN + PROOF_LEN == STORE_SEAL_OVER, "as the header says");

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
	if (!e)
		e = fsync_folder(s->dir);
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
		return ERR_OK;
	}
	if (!str_fmt(path, sizeof(path), "%s/personal.key", s->dir))
		return ERR_ARG;
	e = key_read(s, path);
	if (e == ERR_ABSENT) {
		e = store_meta_get(s, META_KEY, known, sizeof(known), &len);
		if (!e) {
			log_err("store", "%s is gone: without it no name or "
				"address in the data can be read; restore it",
				path);
			return ERR_ABSENT;
		}
		e = e == ERR_ABSENT ? key_create(s, path) : e;
	}
	if (!e)
		e = key_check(s, path);
	if (!e)
		sodium_mprotect_readonly(s->key);
	return e;
}

void seal_close(struct store *s)
{
	sodium_free(s->key);
	s->key = NULL;
}

enum err store_seal(struct store *s, const void *ad, size_t ad_len,
		    const void *plain, size_t len, void *out, size_t cap,
		    size_t *out_len)
{
	uint8_t *nonce = out;
	unsigned long long sealed;

	if (cap < STORE_SEAL_OVER || cap - STORE_SEAL_OVER < len)
		return ERR_FULL;
	if (s->dir) {
		randombytes_buf(nonce, NONCE_LEN);
	} else {
		memset(nonce, 0, NONCE_LEN);
		be64_put(nonce, atomic_fetch_add(&s->nonces, 1));
	}
	crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + NONCE_LEN, &sealed,
						   plain, len, ad, ad_len,
						   NULL, nonce, s->key);
	*out_len = NONCE_LEN + (size_t)sealed;
	return ERR_OK;
}

enum err store_unseal(struct store *s, const void *ad, size_t ad_len,
		      const void *sealed, size_t len, void *out, size_t cap,
		      size_t *out_len)
{
	const uint8_t *nonce = sealed;
	unsigned long long got;

	if (len < STORE_SEAL_OVER)
		return ERR_FORMAT;
	if (cap < len - STORE_SEAL_OVER)
		return ERR_FULL;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, &got, NULL,
			nonce + NONCE_LEN, len - NONCE_LEN, ad, ad_len, nonce,
			s->key))
		return ERR_FORMAT;
	*out_len = (size_t)got;
	return ERR_OK;
}
