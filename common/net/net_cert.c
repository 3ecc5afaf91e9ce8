/*
 * Certificates: the server's own, made at its first start, and the look a
 * client takes at a server it does not know yet.
 *
 * nng 1.5 cannot tell a peer's certificate, so a client that has none pinned
 * (or whose pinned one was refused) makes one OpenSSL handshake of its own
 * just to read it.  What is trusted afterwards is always checked by nng's
 * handshake, which must end at exactly the pinned certificate.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* OpenSSL has a type of this name, and we an error. */
#define ERR_STATE openssl_err_state
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#undef ERR_STATE

#include "base/str.h"
#include "net/net_priv.h"

enum { PROBE_TIMEOUT_S = 5 };

static const long TEN_YEARS_S = 3652L * 24 * 3600;

/* -- small files -------------------------------------------------------------- */

enum err net_file_read(const char *path, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_from_errno(errno);
	while (len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	close(fd);
	buf[len] = '\0';
	if (n < 0)
		return ERR_IO;
	return len == size - 1 ? ERR_FULL : ERR_OK;
}

enum err net_file_write(const char *path, const char *text, mode_t mode)
{
	char temp[4096];
	size_t len = strlen(text), at = 0;
	enum err e = ERR_OK;
	ssize_t n = 0;

	if (!str_fmt(temp, sizeof(temp), "%s.%ld", path, (long)getpid()))
		return ERR_ARG;
	int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0)
		return err_from_errno(errno);
	while (at < len && (n = write(fd, text + at, len - at)) > 0)
		at += (size_t)n;
	if (at < len || fsync(fd))
		e = ERR_IO;
	close(fd);
	/* link(), not rename(): a file that is there is never replaced. */
	if (!e && link(temp, path))
		e = errno == EEXIST ? ERR_EXISTS : err_from_errno(errno);
	unlink(temp);
	return e;
}

/* -- reading ------------------------------------------------------------------- */

/* The name nng must ask for: the first DNS name, else the common name. */
static void take_name(X509 *x, char *buf, size_t size)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL,
						NULL);

	buf[0] = '\0';
	for (int i = 0; i < sk_GENERAL_NAME_num(names) && !buf[0]; i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, i);

		if (g->type == GEN_DNS)
			str_copy(buf, size, (const char *)
				 ASN1_STRING_get0_data(g->d.dNSName));
	}
	GENERAL_NAMES_free(names);
	if (!buf[0] && X509_NAME_get_text_by_NID(X509_get_subject_name(x),
					NID_commonName, buf, (int)size) < 0)
		buf[0] = '\0';
}

static enum err take_cert(X509 *x, struct net_probe *out)
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (!X509_digest(x, EVP_sha256(), md, &n))
		return ERR_FORMAT;
	str_copy(out->fingerprint, sizeof(out->fingerprint), "SHA256 ");
	for (unsigned i = 0; i < n; i++)
		str_add(out->fingerprint, sizeof(out->fingerprint), "%s%02X",
			i ? ":" : "", md[i]);
	take_name(x, out->name, sizeof(out->name));
	out->self_signed = X509_check_issued(x, x) == X509_V_OK;
	return ERR_OK;
}

enum err net_cert_read(const char *pem, struct net_probe *out)
{
	BIO *b = BIO_new_mem_buf(pem, -1);
	X509 *x = b ? PEM_read_bio_X509(b, NULL, NULL, NULL) : NULL;
	enum err e = x ? take_cert(x, out) : ERR_FORMAT;

	X509_free(x);
	BIO_free(b);
	return e;
}

enum err net_cert_fingerprint(const char *cert_file, char *buf, size_t size)
{
	struct net_probe p;
	char pem[16384];
	enum err e = net_file_read(cert_file, pem, sizeof(pem));

	if (!e)
		e = net_cert_read(pem, &p);
	if (!e && !str_copy(buf, size, p.fingerprint))
		e = ERR_FULL;
	return e;
}

/* -- making --------------------------------------------------------------------- */

static bool add_ext(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	bool ok = ext && X509_add_ext(x, ext, -1);

	X509_EXTENSION_free(ext);
	return ok;
}

static X509 *make_cert(EVP_PKEY *key)
{
	X509 *x = X509_new();
	uint64_t serial = 0;
	X509_NAME *name;

	if (!x || RAND_bytes((unsigned char *)&serial, sizeof(serial)) != 1)
		goto bad;
	name = X509_get_subject_name(x);
	if (!X509_set_version(x, 2) ||
	    !ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1) ||
	    !X509_gmtime_adj(X509_getm_notBefore(x), -24 * 3600L) ||
	    !X509_gmtime_adj(X509_getm_notAfter(x), TEN_YEARS_S) ||
	    !X509_set_pubkey(x, key) ||
	    !X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
			(const unsigned char *)"waihud", -1, -1, 0) ||
	    !X509_set_issuer_name(x, name) ||
	    !add_ext(x, NID_subject_alt_name, "DNS:waihud,DNS:localhost") ||
	    !add_ext(x, NID_basic_constraints, "critical,CA:FALSE") ||
	    !X509_sign(x, key, EVP_sha256()))
		goto bad;
	return x;
bad:
	X509_free(x);
	return NULL;
}

static enum err write_bio(BIO *b, const char *path, mode_t mode)
{
	char *data;
	long len = BIO_get_mem_data(b, &data);
	char text[8192];

	if (len <= 0 || (size_t)len >= sizeof(text))
		return ERR_IO;
	memcpy(text, data, (size_t)len);
	text[len] = '\0';
	enum err e = net_file_write(path, text, mode);

	explicit_bzero(text, sizeof(text));
	return e;
}

enum err net_cert_make(const char *cert_file, const char *key_file)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = key ? make_cert(key) : NULL;
	BIO *kb = BIO_new(BIO_s_secmem()), *xb = BIO_new(BIO_s_mem());
	enum err e = ERR_IO;

	if (!access(cert_file, F_OK) || !access(key_file, F_OK))
		e = ERR_EXISTS;
	else if (x && kb && xb && PEM_write_bio_X509(xb, x) &&
		 PEM_write_bio_PrivateKey(kb, key, NULL, NULL, 0, NULL, NULL))
		e = write_bio(kb, key_file, 0600);
	if (!e)
		e = write_bio(xb, cert_file, 0644);
	BIO_free(kb);
	BIO_free(xb);
	X509_free(x);
	EVP_PKEY_free(key);
	return e;
}

/* -- looking at a server ---------------------------------------------------------- */

static int dial(const char *host, const char *port)
{
	struct addrinfo want = { .ai_socktype = SOCK_STREAM }, *all, *a;
	struct timeval limit = { .tv_sec = PROBE_TIMEOUT_S };
	int fd = -1;

	if (getaddrinfo(host, port, &want, &all))
		return -1;
	for (a = all; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd < 0)
			continue;
		/* The send limit bounds connect() too (socket(7)). */
		if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit,
			       sizeof(limit)) ||
		    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit,
			       sizeof(limit)) ||
		    connect(fd, a->ai_addr, a->ai_addrlen)) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(all);
	return fd;
}

static enum err read_peer(SSL *ssl, struct net_probe *out)
{
	X509 *x = SSL_get1_peer_certificate(ssl);
	BIO *b = BIO_new(BIO_s_mem());
	enum err e = ERR_FORMAT;
	char *data;

	if (x && b && PEM_write_bio_X509(b, x)) {
		long len = BIO_get_mem_data(b, &data);

		if (len > 0 && (size_t)len < sizeof(out->pem)) {
			memcpy(out->pem, data, (size_t)len);
			out->pem[len] = '\0';
			e = take_cert(x, out);
		}
	}
	BIO_free(b);
	X509_free(x);
	return e;
}

void net_cert_probe(const char *host, const char *port, _Atomic int *fd_out,
		    struct net_probe *out)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = ctx ? SSL_new(ctx) : NULL;
	int fd = dial(host, port);

	out->err = ERR_IO;
	atomic_store(fd_out, fd);
	if (fd < 0)
		str_fmt(out->text, sizeof(out->text), "cannot reach %s:%s",
			host, port);
	/* Nothing is verified here on purpose: this only looks. */
	else if (!ssl || !SSL_set_fd(ssl, fd) || SSL_connect(ssl) != 1)
		str_fmt(out->text, sizeof(out->text),
			"%s:%s does not speak TLS", host, port);
	else
		out->err = read_peer(ssl, out);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	/* Whoever swaps -1 in owns the closing. */
	if (fd >= 0 && atomic_exchange(fd_out, -1) == fd)
		close(fd);
}
