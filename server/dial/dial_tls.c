/*
 * dial_tls -- certificates of SIP over TLS.
 *
 * libre's client never verifies its peer.  OpenSSL does, once its context is
 * told to: the chain against the CA bundle, then the name in our callback.
 * libre has one context for all connections and does not say in the callback
 * which trunk is meant, so a certificate fits if it names any TLS trunk; and
 * one trunk with tls_verify makes it the rule for every connection we open.
 */
/* OpenSSL has a type of this name, which nobody needs. */
#define ERR_STATE openssl_err_state
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#undef ERR_STATE

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"

#define USE_OPENSSL 1	/* re_tls.h then tells of its context */
#include "dial/dial_priv.h"

enum { CHAIN_MAX = 8 };

/* The name a trunk's certificate must carry. */
static bool trunk_name(const struct trunk *t, char *buf, size_t size)
{
	struct uri uri;
	struct pl pl;

	if (t->conf.tls_name[0])
		return str_copy(buf, size, t->conf.tls_name);
	pl_set_str(&pl, t->conf.uri);
	return !uri_decode(&uri, &pl) && !pl_strcpy(&uri.host, buf, size);
}

static bool fits_a_trunk(const struct dial *d, X509 *cert)
{
	char name[DIAL_URI_SIZE];

	for (unsigned i = 0; i < d->trunk_count; i++) {
		if (d->trunks[i].conf.transport != DIAL_TLS ||
		    !trunk_name(&d->trunks[i], name, sizeof(name)))
			continue;
		if (X509_check_host(cert, name, 0, 0, NULL) == 1 ||
		    X509_check_ip_asc(cert, name, 0) == 1)
			return true;
	}
	return false;
}

static int verify_h(int ok, X509_STORE_CTX *ctx)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(ctx,
				SSL_get_ex_data_X509_STORE_CTX_idx());
	struct dial *d = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	if (SSL_is_server(ssl))		/* phones log in by digest */
		return 1;
	if (ok && X509_STORE_CTX_get_error_depth(ctx) == 0)
		ok = fits_a_trunk(d, X509_STORE_CTX_get_current_cert(ctx));
	if (!ok) {
		d->counts.tls_refused++;
		log_warn("dial", "a trunk's certificate is refused: %s",
			 X509_verify_cert_error_string(
				 X509_STORE_CTX_get_error(ctx)));
	}
	return ok;
}

static bool must_verify(const struct dial *d)
{
	for (unsigned i = 0; i < d->trunk_count; i++)
		if (d->trunks[i].conf.tls_verify)
			return true;
	return false;
}

enum err tls_open(struct dial *d, const struct dial_conf *conf)
{
	SSL_CTX *ctx;
	int err;

	if (!conf->tls_cert) {
		log_err("dial", "sip over tls needs a certificate");
		return ERR_ARG;
	}
	err = tls_alloc(&d->tls, TLS_METHOD_SSLV23, conf->tls_cert, NULL);
	if (!err && conf->tls_ca)
		err = tls_add_ca(d->tls, conf->tls_ca);
	if (err) {
		log_err("dial", "sip over tls: %s or %s cannot be used",
			conf->tls_cert, conf->tls_ca ? conf->tls_ca : "-");
		return ERR_IO;
	}
	ctx = tls_openssl_context(d->tls);
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_verify_depth(ctx, CHAIN_MAX);
	SSL_CTX_set_app_data(ctx, d);
	if (must_verify(d)) {
		if (!conf->tls_ca)
			SSL_CTX_set_default_verify_paths(ctx);
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, verify_h);
	}
	return ERR_OK;
}
