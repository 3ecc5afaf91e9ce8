/*
 * The calling side: connect, keep, lose, wait a little, connect again.
 *
 * One attempt at a time: (look at the certificate,) dial, then a connection.
 * Each step ends with exactly one event, and only then does the next begin,
 * so no event can be about an attempt that is over.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nng/nng.h>
#include <nng/supplemental/tls/tls.h>

#include "base/log.h"
#include "base/str.h"
#include "net/net_priv.h"

enum { FIRST_FRAME_MS = 10000, PEM_MAX = 65536 };

/* Waits between attempts; the last one repeats. */
static const int64_t waits_ms[] = { 250, 500, 1000, 2000, 3000, 5000 };

enum step { STEP_WAIT, STEP_PROBE, STEP_DIAL, STEP_CONN };

struct net_client {
	struct mpsc events;
	nng_url *url;
	char raw_url[256], ca_file[1024], pin_file[1024];
	bool tls;

	enum step step;
	enum net_state state;
	char text[400];
	int64_t retry_ms, now_ms;
	unsigned failures;

	nng_stream_dialer *dialer;
	nng_aio *aio;
	struct net_event dial_ev;

	struct net_conn *conn;

	pthread_t thread;		/* while step is STEP_PROBE          */
	_Atomic int probe_fd;
	struct net_probe probe;
	struct net_event probe_ev;
	bool checking;			/* why: a handshake was refused      */
	bool introduced;		/* text tells of the first contact   */
};

static const char *const words[] = {
#define X(name, word) word,
	NET_STATES(X)
#undef X
};

const char *net_state_word(enum net_state s)
{
	return s < NET_STATE_COUNT ? words[s] : "?";
}

/* -- waiting ------------------------------------------------------------------ */

/* Up to a fifth more or less, so that a whole floor does not come at once. */
static int64_t with_jitter(int64_t ms)
{
	uint32_t r = 0;

	if (getrandom(&r, sizeof(r), GRND_NONBLOCK) != (ssize_t)sizeof(r))
		return ms;
	return ms * 4 / 5 + (int64_t)(r % (uint64_t)(ms * 2 / 5 + 1));
}

static void lose(struct net_client *c, enum net_state state, enum err why,
		 const struct net_client_handlers *h, void *arg)
{
	size_t i = MIN(c->failures, ARRAY_LEN(waits_ms) - 1);

	c->failures++;
	if (state == NET_REFUSED)
		i = ARRAY_LEN(waits_ms) - 1;
	c->step = STEP_WAIT;
	c->state = state;
	c->retry_ms = c->now_ms + with_jitter(waits_ms[i]);
	h->lost(arg, why);
}

/* -- looking at the certificate -------------------------------------------------- */

static void *probe_thread(void *arg)
{
	struct net_client *c = arg;
	sigset_t pipe;

	/* OpenSSL writes with write(2); a closed peer is no reason to die. */
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, NULL);
	net_cert_probe(c->url->u_hostname, c->url->u_port, &c->probe_fd,
		       &c->probe);
	if (mpsc_push(&c->events, &c->probe_ev.node))
		log_err("net", "event queue is full: an event was lost");
	return NULL;
}

static enum err begin_probe(struct net_client *c, bool checking)
{
	sigset_t all, old;

	memset(&c->probe, 0, sizeof(c->probe));
	atomic_store(&c->probe_fd, -1);
	c->checking = checking;
	c->probe_ev.kind = NET_EV_PROBED;
	/* Signals are for the program's own thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int no = pthread_create(&c->thread, NULL, probe_thread, c);

	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (no)
		return err_from_errno(no);
	c->step = STEP_PROBE;
	return ERR_OK;
}

/* -- dialling ------------------------------------------------------------------- */

static void dial_cb(void *arg)
{
	struct net_client *c = arg;

	c->dial_ev.kind = NET_EV_NEW;
	if (mpsc_push(&c->events, &c->dial_ev.node))
		log_err("net", "event queue is full: an event was lost");
}

static int set_trust(struct net_client *c, const char *pem, const char *name)
{
	nng_tls_config *tls;
	int code = nng_tls_config_alloc(&tls, NNG_TLS_MODE_CLIENT);

	if (code)
		return code;
	code = nng_tls_config_auth_mode(tls, NNG_TLS_AUTH_MODE_REQUIRED);
	if (!code)
		code = nng_tls_config_server_name(tls, name);
	if (!code)
		code = nng_tls_config_ca_chain(tls, pem, NULL);
	if (!code)
		code = nng_stream_dialer_set_ptr(c->dialer, NNG_OPT_TLS_CONFIG,
						 tls);
	nng_tls_config_free(tls);
	return code;
}

static enum err dial(struct net_client *c, const char *pem, const char *name)
{
	int code = nng_stream_dialer_alloc(&c->dialer, c->raw_url);

	if (!code && c->tls)
		code = set_trust(c, pem, name);
	if (!code)
		code = nng_aio_alloc(&c->aio, dial_cb, c);
	if (code) {
		str_fmt(c->text, sizeof(c->text), "%s: %s", c->raw_url,
			nng_strerror(code));
		if (c->dialer)
			nng_stream_dialer_free(c->dialer);
		c->dialer = NULL;
		return net_err(code);
	}
	c->step = STEP_DIAL;
	nng_aio_set_timeout(c->aio, FIRST_FRAME_MS);
	nng_stream_dialer_dial(c->dialer, c->aio);
	return ERR_OK;
}

static void end_dial(struct net_client *c)
{
	if (c->aio) {
		nng_aio_stop(c->aio);
		nng_aio_free(c->aio);
	}
	if (c->dialer) {
		nng_stream_dialer_close(c->dialer);
		nng_stream_dialer_free(c->dialer);
	}
	c->aio = NULL;
	c->dialer = NULL;
}

/* The file's certificate decides whom we trust, and under which name. */
static enum err dial_trusting(struct net_client *c, const char *file, bool pin)
{
	char *pem = malloc(PEM_MAX);
	struct net_probe p = { .self_signed = false };
	enum err e = pem ? net_file_read(file, pem, PEM_MAX) : ERR_MEMORY;

	if (!e)
		e = net_cert_read(pem, &p);
	if (e)
		str_fmt(c->text, sizeof(c->text), "certificate %s: %s", file,
			err_text(e));
	else
		e = dial(c, pem, pin ? p.name : c->url->u_hostname);
	free(pem);
	return e;
}

static void begin(struct net_client *c, const struct net_client_handlers *h,
		  void *arg)
{
	enum err e;

	if (c->state != NET_REFUSED)
		c->state = NET_CONNECTING;
	if (!c->tls)
		e = dial(c, NULL, NULL);
	else if (c->ca_file[0])
		e = dial_trusting(c, c->ca_file, false);
	else if (access(c->pin_file, F_OK))
		e = begin_probe(c, false);
	else
		e = dial_trusting(c, c->pin_file, true);
	if (e)
		lose(c, NET_LOST, e, h, arg);
}

/* -- events ---------------------------------------------------------------------- */

static void on_dialled(struct net_client *c,
		       const struct net_client_handlers *h, void *arg)
{
	int code = nng_aio_result(c->aio);
	nng_stream *stream = code ? NULL : nng_aio_get_output(c->aio, 0);
	enum err e = net_err(code);

	end_dial(c);
	if (!e) {
		e = net_conn_new(&c->conn, stream, &c->events);
		if (e)
			nng_stream_free(stream);
	}
	if (e) {
		str_fmt(c->text, sizeof(c->text), "cannot reach %s: %s",
			c->raw_url, code ? nng_strerror(code) : err_text(e));
		lose(c, c->state == NET_REFUSED ? NET_REFUSED : NET_LOST, e,
		     h, arg);
		return;
	}
	c->step = STEP_CONN;
	if (!c->introduced && c->state != NET_REFUSED)
		c->text[0] = '\0';
	c->conn->frame_max = NET_FRAME_MAX;
	net_conn_start(c->conn, FIRST_FRAME_MS);
	h->up(arg);
}

static void on_gone(struct net_client *c, const struct net_client_handlers *h,
		    void *arg)
{
	enum err why = c->conn->why;
	bool was_up = c->state == NET_UP;

	if (c->introduced && was_up) {
		c->introduced = false;
		c->text[0] = '\0';
	}
	c->conn = net_conn_free(c->conn);
	if (why == ERR_PERM && c->tls && !was_up) {
		if (c->ca_file[0]) {
			str_fmt(c->text, sizeof(c->text),
				"the certificate of %s is not one that %s "
				"signed for this name", c->raw_url,
				c->ca_file);
			lose(c, NET_REFUSED, why, h, arg);
			return;
		}
		if (!begin_probe(c, true))
			return;
	}
	if (!c->text[0])
		str_fmt(c->text, sizeof(c->text), "%s: %s",
			was_up ? "connection lost" : "no connection",
			err_text(why));
	lose(c, NET_LOST, why, h, arg);
}

static void judge_change(struct net_client *c,
			 const struct net_client_handlers *h, void *arg)
{
	char known[128] = "unreadable";

	if (net_cert_fingerprint(c->pin_file, known, sizeof(known)))
		str_copy(known, sizeof(known), "unreadable");
	if (str_eq(known, c->probe.fingerprint)) {
		str_copy(c->text, sizeof(c->text), "TLS failed");
		lose(c, NET_LOST, ERR_IO, h, arg);
		return;
	}
	str_fmt(c->text, sizeof(c->text), "THE SERVER'S CERTIFICATE HAS "
		"CHANGED: known %.30s..., now %.30s...  Someone may be "
		"listening in.  If the change is meant, remove %s",
		known, c->probe.fingerprint, c->pin_file);
	lose(c, NET_REFUSED, ERR_PERM, h, arg);
}

static void on_probed(struct net_client *c,
		      const struct net_client_handlers *h, void *arg)
{
	enum err e = c->probe.err;

	pthread_join(c->thread, NULL);
	if (e) {
		str_copy(c->text, sizeof(c->text), c->probe.text[0] ?
			 c->probe.text : "its certificate cannot be read");
	} else if (c->checking) {
		judge_change(c, h, arg);
		return;
	} else if (!c->probe.self_signed) {
		str_fmt(c->text, sizeof(c->text), "the certificate of %s was "
			"signed by a CA: name that CA's file", c->raw_url);
		lose(c, NET_REFUSED, ERR_PERM, h, arg);
		return;
	} else {
		e = net_file_write(c->pin_file, c->probe.pem, 0600);
		if (e && e != ERR_EXISTS)
			str_fmt(c->text, sizeof(c->text), "cannot keep %s: %s",
				c->pin_file, err_text(e));
		else
			e = dial_trusting(c, c->pin_file, true);
		if (!e)
			c->introduced = str_fmt(c->text, sizeof(c->text),
				"first contact: remembered %s",
				c->probe.fingerprint);
	}
	if (e)
		lose(c, NET_LOST, e, h, arg);
}

static void on_frame(struct net_client *c, struct net_frame *fr,
		     const struct net_client_handlers *h, void *arg)
{
	if (c->state != NET_UP) {
		c->state = NET_UP;
		c->failures = 0;
		if (!c->introduced)
			c->text[0] = '\0';
	}
	h->frame(arg, fr->data, fr->len);
	net_conn_read_done(fr->ev.conn);
}

void net_client_run(struct net_client *c, int64_t now_ms,
		    const struct net_client_handlers *h, void *arg)
{
	struct mpsc_node *n, *next;

	c->now_ms = now_ms;
	for (n = mpsc_take_all(&c->events); n; n = next) {
		struct net_event *ev = (struct net_event *)n;

		next = n->next;
		if (ev->kind == NET_EV_NEW) {
			on_dialled(c, h, arg);
		} else if (ev->kind == NET_EV_FRAME) {
			on_frame(c, (struct net_frame *)ev, h, arg);
			free(ev);
		} else if (ev->kind == NET_EV_GONE) {
			on_gone(c, h, arg);
		} else {
			on_probed(c, h, arg);
		}
	}
	if (c->step == STEP_WAIT && now_ms >= c->retry_ms)
		begin(c, h, arg);
}

/* -- what the program asks for ------------------------------------------------------ */

int net_client_wait_ms(const struct net_client *c, int64_t now_ms)
{
	if (c->step != STEP_WAIT)
		return -1;
	return c->retry_ms > now_ms ? (int)(c->retry_ms - now_ms) : 0;
}

enum err net_client_send(struct net_client *c, const void *data, size_t len)
{
	struct net_buf *b;
	enum err e;

	if (c->step != STEP_CONN)
		return ERR_STATE;
	if (!len || len > NET_FRAME_MAX)
		return ERR_ARG;
	b = net_buf_new(data, len);
	if (!b)
		return ERR_MEMORY;
	e = net_conn_send(c->conn, b);
	net_buf_free(b);
	return e == ERR_ABSENT ? ERR_STATE : e;
}

enum net_state net_client_state(const struct net_client *c)
{
	return c->state;
}

const char *net_client_text(const struct net_client *c)
{
	return c->text;
}

int net_client_fd(const struct net_client *c)
{
	return c->events.fd;
}

void net_client_drop(struct net_client *c, const char *why)
{
	if (c->step != STEP_CONN)
		return;
	str_copy(c->text, sizeof(c->text), why);
	net_conn_close(c->conn, ERR_TIMEOUT, false);
}

enum err net_client_new(struct net_client **out,
			const struct net_client_conf *conf)
{
	struct net_client *c = calloc(1, sizeof(*c));
	enum err e;

	if (!c)
		return ERR_MEMORY;
	c->events.fd = -1;
	atomic_init(&c->probe_fd, -1);
	c->state = NET_CONNECTING;
	c->tls = !strncmp(conf->url, "tls+tcp://", 10);
	e = ERR_ARG;
	if (!str_copy(c->raw_url, sizeof(c->raw_url), conf->url) ||
	    !str_copy(c->ca_file, sizeof(c->ca_file), conf->ca_file) ||
	    !str_copy(c->pin_file, sizeof(c->pin_file), conf->pin_file))
		goto bad;
	if (!c->tls && strncmp(conf->url, "tcp://", 6) &&
	    strncmp(conf->url, "ipc://", 6))
		goto bad;
	if (c->tls && !c->ca_file[0] && !c->pin_file[0])
		goto bad;
	if (nng_url_parse(&c->url, conf->url))
		goto bad;
	e = mpsc_init(&c->events, SIZE_MAX);
	if (e)
		goto bad;
	*out = c;
	return ERR_OK;
bad:
	net_client_free(c);
	return e;
}

struct net_client *net_client_free(struct net_client *c)
{
	struct mpsc_node *n, *next;

	if (!c)
		return NULL;
	if (c->step == STEP_PROBE) {
		int fd = atomic_exchange(&c->probe_fd, -1);

		if (fd >= 0)
			shutdown(fd, SHUT_RDWR);
		pthread_join(c->thread, NULL);
		if (fd >= 0)
			close(fd);
	}
	if (c->step == STEP_DIAL) {
		nng_aio_stop(c->aio);
		if (!nng_aio_result(c->aio))
			nng_stream_free(nng_aio_get_output(c->aio, 0));
		end_dial(c);
	}
	if (c->conn)
		net_conn_stop(c->conn);
	if (c->events.fd >= 0) {
		for (n = mpsc_take_all(&c->events); n; n = next) {
			next = n->next;
			if (((struct net_event *)n)->kind == NET_EV_FRAME)
				free(n);
		}
		mpsc_fini(&c->events);
	}
	net_conn_free(c->conn);
	if (c->url)
		nng_url_free(c->url);
	free(c);
	return NULL;
}
