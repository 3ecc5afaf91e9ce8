/*
 * One connection: frames over an nng_stream.
 *
 * Two aios, each with one operation at a time.  `reading` and `sending` are
 * true from the moment an operation is posted until its callback has decided
 * not to post another; when both are false on a closed connection, the GONE
 * event goes out, once.  Nothing of nng's is called with the lock held,
 * since nng may finish an aio inside the very call that posts it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "net/net_priv.h"

enum {
	SEND_TIMEOUT_MS = 10000,	/* a peer that takes nothing is dead */
	LINGER_MS = 200,		/* TLS still holds the last bytes    */
};

static void pump(struct net_conn *c);

enum err net_err(int code)
{
	static const struct { int nng; enum err err; } rows[] = {
		{ 0, ERR_OK },
		{ NNG_ENOMEM, ERR_MEMORY },      { NNG_EINVAL, ERR_ARG },
		{ NNG_ETIMEDOUT, ERR_TIMEOUT },  { NNG_ECLOSED, ERR_CLOSED },
		{ NNG_ECONNREFUSED, ERR_CLOSED }, { NNG_EAGAIN, ERR_AGAIN },
		{ NNG_EADDRINUSE, ERR_EXISTS },  { NNG_ENOENT, ERR_ABSENT },
		{ NNG_EPROTO, ERR_FORMAT },      { NNG_EADDRINVAL, ERR_ARG },
		{ NNG_EPERM, ERR_PERM },         { NNG_EMSGSIZE, ERR_FULL },
		{ NNG_ECONNABORTED, ERR_CLOSED },
		{ NNG_ECONNRESET, ERR_CLOSED },  { NNG_ECONNSHUT, ERR_CLOSED },
		{ NNG_ECANCELED, ERR_CLOSED },   { NNG_ECRYPTO, ERR_PERM },
		{ NNG_EPEERAUTH, ERR_PERM },     { NNG_EUNREACHABLE, ERR_IO },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].nng == code)
			return rows[i].err;
	return ERR_IO;
}

struct net_buf *net_buf_new(const void *data, size_t len)
{
	struct net_buf *b;

	if (!len || len > NET_FRAME_MAX)
		return NULL;
	b = malloc(sizeof(*b) + NET_HEAD + len);
	if (!b)
		return NULL;
	atomic_init(&b->refs, 1);
	b->len = (uint32_t)(NET_HEAD + len);
	for (unsigned i = 0; i < NET_HEAD; i++)
		b->data[i] = (uint8_t)(len >> 8 * (NET_HEAD - 1 - i));
	memcpy(b->data + NET_HEAD, data, len);
	return b;
}

struct net_buf *net_buf_ref(struct net_buf *b)
{
	atomic_fetch_add(&b->refs, 1);
	return b;
}

struct net_buf *net_buf_free(struct net_buf *b)
{
	if (b && atomic_fetch_sub(&b->refs, 1) == 1)
		free(b);
	return NULL;
}

/* The queue's bound is above all that can be under way, so this cannot fail. */
static void push(struct net_conn *c, struct net_event *ev)
{
	if (mpsc_push(c->events, &ev->node))
		log_err("net", "event queue is full: an event was lost");
}

/* With the lock held: is this the moment to say good-bye to the loop? */
static bool is_gone(struct net_conn *c)
{
	if (!c->closed || c->reading || c->sending || c->gone_sent)
		return false;
	c->gone_sent = true;
	return true;
}

static void fail(struct net_conn *c, enum err why)
{
	pthread_mutex_lock(&c->lock);
	if (!c->closed) {
		c->closed = true;
		c->why = why;
	}
	pthread_mutex_unlock(&c->lock);
	nng_stream_close(c->stream);
}

/* -- sending ---------------------------------------------------------------- */

static void post_send(struct net_conn *c, struct net_buf *b, size_t from)
{
	nng_iov iov = { b->data + from, b->len - from };

	nng_aio_set_iov(c->saio, 1, &iov);	/* fails for > 8 only        */
	nng_aio_set_timeout(c->saio, SEND_TIMEOUT_MS);
	nng_stream_send(c->stream, c->saio);
}

enum err net_conn_send(struct net_conn *c, struct net_buf *b)
{
	bool start = false, full = false;

	pthread_mutex_lock(&c->lock);
	if (c->closed || c->flush) {
		pthread_mutex_unlock(&c->lock);
		return ERR_ABSENT;
	}
	if (c->count == NET_SEND_FRAMES || c->queued + b->len > NET_SEND_BYTES) {
		full = true;
	} else {
		c->queue[(c->first + c->count++) % NET_SEND_FRAMES] =
			net_buf_ref(b);
		c->queued += b->len;
		start = !c->sending;
		c->sending = true;
	}
	pthread_mutex_unlock(&c->lock);
	if (full) {
		net_conn_close(c, ERR_FULL, false);
		return ERR_FULL;
	}
	if (start)
		post_send(c, b, 0);
	return ERR_OK;
}

/* With the lock held: n more bytes of the first buffer are out. */
static void took(struct net_conn *c, size_t n, struct net_buf **done)
{
	struct net_buf *b = c->queue[c->first];

	c->sent += n;
	c->queued -= n;
	if (c->sent < b->len)
		return;
	*done = b;
	c->sent = 0;
	c->first = (c->first + 1) % NET_SEND_FRAMES;
	c->count--;
}

static void send_cb(void *arg)
{
	struct net_conn *c = arg;
	int code = nng_aio_result(c->saio);
	struct net_buf *done = NULL, *next = NULL;
	size_t from = 0;
	bool gone, linger = false, end = false;

	if (code && !(c->lingering && code == NNG_ETIMEDOUT))
		fail(c, net_err(code));
	pthread_mutex_lock(&c->lock);
	if (!code && !c->lingering)
		took(c, nng_aio_count(c->saio), &done);
	if (c->lingering) {
		end = true;
	} else if (!c->closed && c->count) {
		next = c->queue[c->first];
		from = c->sent;
	} else if (!c->closed && c->flush) {
		linger = c->lingering = true;
	}
	c->sending = next || linger;
	if (end && !c->closed)
		c->closed = true;
	gone = is_gone(c);
	pthread_mutex_unlock(&c->lock);

	net_buf_free(done);
	if (next)
		post_send(c, next, from);
	else if (linger)
		nng_sleep_aio(LINGER_MS, c->saio);
	if (end)
		nng_stream_close(c->stream);
	if (gone)
		push(c, &c->gone_ev);
}

/* -- receiving -------------------------------------------------------------- */

/* The first frame has a deadline, or byte by byte could take for ever. */
static nng_duration time_left(const struct net_conn *c)
{
	if (!c->deadline)
		return NNG_DURATION_INFINITE;
	nng_time now = nng_clock();

	return now < c->deadline ? (nng_duration)(c->deadline - now)
				 : NNG_DURATION_ZERO;
}

static void post_recv(struct net_conn *c)
{
	nng_iov iov = { c->chunk, NET_CHUNK };
	bool closed;

	c->have = c->used = 0;
	c->direct = false;
	if (c->body) {
		/* The rest of a large frame goes straight to its place. */
		iov.iov_buf = c->body->data + c->body_got;
		iov.iov_len = c->body->len - c->body_got;
		c->direct = true;
	}
	nng_aio_set_iov(c->raio, 1, &iov);
	nng_aio_set_timeout(c->raio, time_left(c));
	nng_stream_recv(c->stream, c->raio);
	/* A receive posted on a stream that was just closed is never answered
	 * by nng 1.5; closed is set before the stream is closed, so either the
	 * close or this ends it. */
	pthread_mutex_lock(&c->lock);
	closed = c->closed;
	pthread_mutex_unlock(&c->lock);
	if (closed)
		nng_aio_abort(c->raio, NNG_ECLOSED);
}

/* Takes the four bytes of a head; ERR_AGAIN: more bytes are needed. */
static enum err take_head(struct net_conn *c)
{
	uint32_t len = 0, most;

	while (c->head_got < NET_HEAD && c->used < c->have)
		c->head[c->head_got++] = c->chunk[c->used++];
	if (c->head_got < NET_HEAD)
		return ERR_AGAIN;
	for (unsigned i = 0; i < NET_HEAD; i++)
		len = len << 8 | c->head[i];
	pthread_mutex_lock(&c->lock);
	most = c->frame_max;
	pthread_mutex_unlock(&c->lock);
	if (!len || len > most)
		return ERR_FORMAT;
	c->body = malloc(sizeof(*c->body) + len);
	if (!c->body)
		return ERR_MEMORY;
	c->body->ev.kind = NET_EV_FRAME;
	c->body->ev.conn = c;
	c->body->len = len;
	c->body_got = 0;
	return ERR_OK;
}

/*
 * Hands the whole frame over; false: enough for now, the loop is behind.
 * Once `paused` is seen the loop may pump this connection, so by then all is
 * in place, and the frame is in the queue before the next one can be: pushing
 * waits for nothing, and is done under the lock for that.
 */
static bool deliver(struct net_conn *c)
{
	struct net_event *ev = &c->body->ev;
	bool more;

	c->body = NULL;
	c->head_got = 0;
	c->deadline = 0;
	pthread_mutex_lock(&c->lock);
	c->unread++;
	more = c->unread < NET_UNREAD;
	c->paused = !more;
	push(c, ev);
	pthread_mutex_unlock(&c->lock);
	return more;
}

/* ERR_AGAIN: wants bytes; ERR_FULL: paused; else the peer is at fault. */
static enum err parse(struct net_conn *c)
{
	for (;;) {
		if (!c->body) {
			enum err e = take_head(c);

			if (e)
				return e;
		}
		uint32_t n = MIN(c->have - c->used, c->body->len - c->body_got);

		memcpy(c->body->data + c->body_got, c->chunk + c->used, n);
		c->used += n;
		c->body_got += n;
		if (c->body_got < c->body->len)
			return ERR_AGAIN;
		if (!deliver(c))
			return ERR_FULL;
	}
}

/* Works on what is in the chunk and asks for more. `reading` is true. */
static void pump(struct net_conn *c)
{
	enum err e = parse(c);
	bool gone;

	if (e == ERR_FULL)
		return;			/* net_conn_read_done() goes on      */
	if (e == ERR_AGAIN) {
		post_recv(c);
		return;
	}
	fail(c, e);
	pthread_mutex_lock(&c->lock);
	c->reading = false;
	gone = is_gone(c);
	pthread_mutex_unlock(&c->lock);
	if (gone)
		push(c, &c->gone_ev);
}

static void recv_cb(void *arg)
{
	struct net_conn *c = arg;
	int code = nng_aio_result(c->raio);
	size_t n = nng_aio_count(c->raio);
	bool gone;

	if (!code && n) {
		if (c->direct)
			c->body_got += (uint32_t)n;
		else
			c->have = (uint32_t)n;
		pump(c);
		return;
	}
	fail(c, code ? net_err(code) : ERR_CLOSED);
	pthread_mutex_lock(&c->lock);
	c->reading = false;
	gone = is_gone(c);
	pthread_mutex_unlock(&c->lock);
	if (gone)
		push(c, &c->gone_ev);
}

void net_conn_read_done(struct net_conn *c)
{
	bool resume;

	pthread_mutex_lock(&c->lock);
	c->unread--;
	resume = c->paused && c->unread < NET_UNREAD / 2;
	if (resume)
		c->paused = false;
	pthread_mutex_unlock(&c->lock);
	if (resume)
		pump(c);
}

/* -- life ------------------------------------------------------------------- */

enum err net_conn_new(struct net_conn **out, nng_stream *stream,
		      struct mpsc *events)
{
	struct net_conn *c = calloc(1, sizeof(*c));

	if (!c)
		return ERR_MEMORY;
	if (nng_aio_alloc(&c->raio, recv_cb, c) ||
	    nng_aio_alloc(&c->saio, send_cb, c)) {
		nng_aio_free(c->raio);
		free(c);
		return ERR_MEMORY;
	}
	pthread_mutex_init(&c->lock, NULL);
	c->stream = stream;
	c->events = events;
	c->frame_max = NET_FRAME_STRANGER;
	c->new_ev.kind = NET_EV_NEW;
	c->new_ev.conn = c;
	c->gone_ev.kind = NET_EV_GONE;
	c->gone_ev.conn = c;
	*out = c;
	return ERR_OK;
}

void net_conn_announce(struct net_conn *c)
{
	push(c, &c->new_ev);
}

void net_conn_start(struct net_conn *c, uint32_t first_ms)
{
	bool go;

	pthread_mutex_lock(&c->lock);
	go = !c->closed;
	c->reading = go;
	pthread_mutex_unlock(&c->lock);
	if (!go)
		return;
	c->deadline = first_ms ? nng_clock() + first_ms : 0;
	post_recv(c);
}

void net_conn_close(struct net_conn *c, enum err why, bool flush)
{
	bool gone, linger = false;

	pthread_mutex_lock(&c->lock);
	if (flush && !c->closed) {
		/* All may be "sent" and still be inside TLS: linger too. */
		linger = !c->sending;
		c->flush = c->sending = true;
		c->lingering |= linger;
		c->why = why;
		pthread_mutex_unlock(&c->lock);
		if (linger)
			nng_sleep_aio(LINGER_MS, c->saio);
		return;
	}
	if (!c->closed) {
		c->closed = true;
		c->why = why;
	}
	/* A paused reader has no callback to come. */
	if (c->paused) {
		c->paused = false;
		c->reading = false;
	}
	pthread_mutex_unlock(&c->lock);
	nng_stream_close(c->stream);
	pthread_mutex_lock(&c->lock);
	gone = is_gone(c);
	pthread_mutex_unlock(&c->lock);
	if (gone)
		push(c, &c->gone_ev);
}

void net_conn_stop(struct net_conn *c)
{
	pthread_mutex_lock(&c->lock);
	c->closed = true;
	c->gone_sent = true;		/* nobody is left to hear it         */
	pthread_mutex_unlock(&c->lock);
	nng_stream_close(c->stream);
	nng_aio_stop(c->raio);
	nng_aio_stop(c->saio);
}

struct net_conn *net_conn_free(struct net_conn *c)
{
	if (!c)
		return NULL;
	/* Waits for the tail of a callback at most. */
	nng_aio_free(c->raio);
	nng_aio_free(c->saio);
	nng_stream_free(c->stream);
	while (c->count) {
		net_buf_free(c->queue[c->first]);
		c->first = (c->first + 1) % NET_SEND_FRAMES;
		c->count--;
	}
	free(c->body);
	pthread_mutex_destroy(&c->lock);
	free(c);
	return NULL;
}
