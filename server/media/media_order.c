/*
 * media_order.c -- the loop's side: legs, and orders to the workers.
 *
 * Every order passes dispatch(), one after the other.  The only one that
 * cannot go straight to a worker's ring joins legs of two workers: then the
 * leg is released first, and until its worker has let go (NOTE_RELEASED) all
 * orders wait in `held`.  So the workers see them in the order of the calls.
 */
#include "media/media_priv.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

enum { DSCP_EF = 0xb8 };

enum err addr_parse(const char *ip, uint16_t port, union addr *out,
			   socklen_t *len)
{
	union addr a;

	memset(&a, 0, sizeof(a));
	if (!ip)
		return ERR_ARG;
	if (inet_pton(AF_INET, ip, &a.in4.sin_addr) == 1) {
		a.in4.sin_family = AF_INET;
		a.in4.sin_port = htons(port);
		*len = sizeof(a.in4);
	} else if (inet_pton(AF_INET6, ip, &a.in6.sin6_addr) == 1) {
		a.in6.sin6_family = AF_INET6;
		a.in6.sin6_port = htons(port);
		*len = sizeof(a.in6);
	} else {
		return ERR_ARG;
	}
	*out = a;
	return ERR_OK;
}

/* ---- orders ---------------------------------------------------------- */

enum err ring_put(struct worker *w, const struct cmd *c)
{
	struct cmd_ring *r = &w->ring;
	uint32_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	uint32_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);
	uint64_t one = 1;

	if (head - tail >= CMD_RING)
		return ERR_AGAIN;
	r->cmd[head % CMD_RING] = *c;
	atomic_store_explicit(&r->head, head + 1, memory_order_release);
	if (write(w->wake_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		log_warn("media", "worker %u was not woken: %s", w->no,
			 strerror(errno));
	return ERR_OK;
}

struct front *front_of(const struct media *m, struct leg_id leg)
{
	uint32_t slot = leg.v & 0xffff;

	if (!leg.v || slot >= m->legs_max || m->front[slot].id != leg.v)
		return NULL;
	return &m->front[slot];
}

/* ERR_STATE: a leg must move first, and now does; the order has to wait. */
static enum err dispatch(struct media *m, const struct cmd *c)
{
	struct front *f = front_of(m, c->leg);
	enum err e;

	if (!f)
		return ERR_OK;		/* gone meanwhile */
	if (c->kind == CMD_JOIN || c->kind == CMD_WATCH) {
		const struct front *to = front_of(m, c->other);
		struct cmd release = { .kind = CMD_RELEASE, .leg = c->leg };

		if (!to || to->closing || f->closing)
			return ERR_OK;
		if (to->worker != f->worker) {
			e = ring_put(&m->worker[f->worker], &release);
			if (e)
				return e;
			m->moving = (c->leg.v & 0xffff) + 1;
			m->moving_to = to->worker;
			return ERR_STATE;
		}
	}
	return ring_put(&m->worker[f->worker], c);
}

void held_flush(struct media *m)
{
	while (m->held && !m->moving) {
		struct held_cmd *h = m->held;

		if (dispatch(m, &h->cmd))
			return;		/* moving, or the ring is full */
		m->held = h->next;
		if (!m->held)
			m->held_end = &m->held;
		free(h);
	}
}

void held_first(struct media *m, const struct cmd *c)
{
	struct held_cmd *h = calloc(1, sizeof(*h));

	if (!h) {
		log_err("media", "an order to leg %u is lost: %s", c->leg.v,
			err_text(ERR_MEMORY));
		return;
	}
	h->cmd = *c;
	h->next = m->held;
	if (!h->next)
		m->held_end = &h->next;
	m->held = h;
}

static enum err held_last(struct media *m, const struct cmd *c)
{
	struct held_cmd *h = calloc(1, sizeof(*h));

	if (!h)
		return ERR_MEMORY;
	h->cmd = *c;
	*m->held_end = h;
	m->held_end = &h->next;
	return ERR_OK;
}

static enum err order(struct media *m, const struct cmd *c)
{
	enum err e = ERR_STATE;

	held_flush(m);
	if (!m->held && !m->moving)
		e = dispatch(m, c);
	return e == ERR_STATE ? held_last(m, c) : e;
}

static enum err order_leg(struct media *m, struct leg_id leg, struct cmd *c)
{
	struct front *f = front_of(m, leg);

	if (!f || f->closing)
		return ERR_ABSENT;
	c->leg = leg;
	return order(m, c);
}

static enum err order_two(struct media *m, struct leg_id leg,
			  struct leg_id other, struct cmd *c)
{
	struct front *f = front_of(m, other);

	if (!f || f->closing)
		return ERR_ABSENT;
	if (leg.v == other.v)
		return ERR_ARG;
	c->other = other;
	return order_leg(m, leg, c);
}

/* ---- legs ------------------------------------------------------------ */

static int leg_socket(struct media *m, uint16_t port)
{
	int fd = socket(m->bind.sa.sa_family,
			SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int tos = DSCP_EF;
	union addr a = m->bind;

	if (fd < 0)
		return -1;
	if (a.sa.sa_family == AF_INET) {
		a.in4.sin_port = htons(port);
		(void)setsockopt(fd, IPPROTO_IP, IP_TOS, &tos, sizeof(tos));
	} else {
		a.in6.sin6_port = htons(port);
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &tos,
				 sizeof(tos));
	}
	if (bind(fd, &a.sa, m->bind_len)) {
		int no = errno;

		close(fd);
		errno = no;
		return -1;
	}
	return fd;
}

/*
 * The range is walked in a circle, so a port rests before it comes again.
 * Always by number: a port the kernel chose would be lost when a moved peer
 * makes us disconnect (udp_disconnect() keeps only ports that were asked for).
 */
static enum err leg_bind(struct media *m, int *fd, uint16_t *port)
{
	unsigned tries = (m->port_max - m->port_min) / 2u + 1;
	union addr a;
	socklen_t len = sizeof(a);

	*fd = -1;
	for (unsigned i = 0; i < tries && *fd < 0; i++) {
		*fd = leg_socket(m, m->port_next);
		if (*fd < 0 && errno != EADDRINUSE)
			break;
		if (m->port_next + 2 > m->port_max)
			m->port_next = m->port_min;
		else
			m->port_next = (uint16_t)(m->port_next + 2);
	}
	if (*fd < 0) {
		int no = errno;

		log_err("media", "no socket for a leg: %s", strerror(no));
		return no == EADDRINUSE ? ERR_FULL : ERR_IO;
	}
	if (getsockname(*fd, &a.sa, &len)) {
		close(*fd);
		return ERR_IO;
	}
	*port = ntohs(a.sa.sa_family == AF_INET ? a.in4.sin_port
						: a.in6.sin6_port);
	return ERR_OK;
}

/* A new leg is nobody's yet: the loop may write it until ADOPT. */
static void leg_fill(struct leg *l, uint32_t id, uint16_t slot,
		     enum media_kind kind, int fd, int rtcp_fd)
{
	memset(l, 0, sizeof(*l));
	l->id = id;
	l->slot = slot;
	l->kind = kind;
	l->fd = fd;
	l->rtcp_fd = rtcp_fd;
	l->play = NO_PROMPT;
	l->rec.slot = NO_REC;
	/* RFC 3550, 5.1: unpredictable, so that strangers cannot join in. */
	(void)getentropy(&l->tx_ssrc, sizeof(l->tx_ssrc));
	(void)getentropy(&l->tx_seq, sizeof(l->tx_seq));
	(void)getentropy(&l->tx_ts, sizeof(l->tx_ts));
}

enum err media_leg_new(struct media *m, enum media_kind kind,
		       struct leg_id *out, uint16_t *port)
{
	uint16_t slot = m->free_first;
	struct front *f = &m->front[slot == NO_SLOT ? 0 : slot];
	struct cmd c = { .kind = CMD_ADOPT };
	uint32_t id;
	enum err e;
	int fd, rtcp_fd = -1;

	if ((unsigned)kind >= MEDIA_KIND_COUNT)
		return ERR_ARG;
	if (slot == NO_SLOT)
		return ERR_FULL;
	e = leg_bind(m, &fd, port);
	if (e)
		return e;
	f->gen = f->gen == UINT16_MAX ? 1 : (uint16_t)(f->gen + 1);
	id = (uint32_t)f->gen << 16 | slot;
	/* RFC 3550, 11: the next port.  Taken by somebody: no reports then. */
	if (kind == MEDIA_CUSTOMER || kind == MEDIA_OUTSIDE)
		rtcp_fd = leg_socket(m, (uint16_t)(*port + 1));
	leg_fill(&m->legs[slot], id, slot, kind, fd, rtcp_fd);
	f->id = id;
	f->worker = (uint16_t)(m->worker_next++ % m->workers);
	f->kind = kind;
	f->law = G711_U;
	f->closing = false;
	f->rec = NO_REC;
	c.leg.v = id;
	e = order(m, &c);
	if (e) {
		close(fd);
		if (rtcp_fd >= 0)
			close(rtcp_fd);
		f->id = 0;
		return e;
	}
	m->free_first = f->next_free;
	if (m->free_first == NO_SLOT)
		m->free_last = NO_SLOT;
	m->n_front++;
	out->v = id;
	return ERR_OK;
}

/* The longest unused slot is taken next: ids come back late. */
void front_free(struct media *m, struct front *f)
{
	uint16_t slot = (uint16_t)(f - m->front);

	f->id = 0;
	f->next_free = NO_SLOT;
	if (m->free_last == NO_SLOT)
		m->free_first = slot;
	else
		m->front[m->free_last].next_free = slot;
	m->free_last = slot;
	m->n_front--;
}

void media_leg_free(struct media *m, struct leg_id leg)
{
	struct front *f = front_of(m, leg);
	struct cmd c = { .kind = CMD_FREE, .leg = leg };

	if (!f || f->closing)
		return;
	f->closing = true;
	/* This one may not get lost: with a full ring it waits in `held`. */
	if (order(m, &c) && held_last(m, &c))
		log_err("media", "leg %u stays: out of memory", leg.v);
}

enum err media_leg_peer(struct media *m, struct leg_id leg, const char *ip,
			uint16_t port, uint8_t pt, uint8_t event_pt)
{
	struct cmd c = { .kind = CMD_PEER, .pt = pt, .event_pt = event_pt };
	struct front *f = front_of(m, leg);
	socklen_t len;

	if ((pt != MEDIA_PCMU && pt != MEDIA_PCMA) || event_pt > 127 ||
	    event_pt == MEDIA_PCMA || event_pt == RTP_PT_CN ||
	    addr_parse(ip, port, &c.addr, &len) ||
	    c.addr.sa.sa_family != m->bind.sa.sa_family)
		return ERR_ARG;
	c.n = len;
	if (f)
		f->law = pt == MEDIA_PCMA ? G711_A : G711_U;
	return order_leg(m, leg, &c);
}

/* ---- who hears whom -------------------------------------------------- */

enum err media_join(struct media *m, struct leg_id leg, struct leg_id agent)
{
	return order_two(m, leg, agent, &(struct cmd){ .kind = CMD_JOIN });
}

enum err media_unjoin(struct media *m, struct leg_id leg)
{
	return order_leg(m, leg, &(struct cmd){ .kind = CMD_UNJOIN });
}

enum err media_hold(struct media *m, struct leg_id leg, bool on)
{
	return order_leg(m, leg, &(struct cmd){ .kind = CMD_HOLD, .on = on });
}

enum err media_mute(struct media *m, struct leg_id leg, bool on)
{
	return order_leg(m, leg, &(struct cmd){ .kind = CMD_MUTE, .on = on });
}

enum err media_watch(struct media *m, struct leg_id supervisor,
		     struct leg_id agent, enum media_watch_mode mode)
{
	const struct front *f = front_of(m, supervisor);

	if ((unsigned)mode >= MEDIA_WATCH_MODE_COUNT ||
	    (f && f->kind != MEDIA_WATCHER))
		return ERR_ARG;
	return order_two(m, supervisor, agent,
			 &(struct cmd){ .kind = CMD_WATCH, .n = mode });
}

enum err media_cut(struct media *m, struct leg_id listener,
		   struct leg_id source, bool cut)
{
	return order_two(m, listener, source,
			 &(struct cmd){ .kind = CMD_CUT, .on = cut });
}

/* ---- prompts, digits, ears ------------------------------------------- */

enum err media_prompt(const struct media *m, const char *name, uint32_t *out)
{
	for (uint32_t i = 0; i < m->prompts; i++)
		if (str_eq(m->prompt[i].name, name)) {
			*out = i;
			return ERR_OK;
		}
	return ERR_ABSENT;
}

enum err media_play(struct media *m, struct leg_id leg, uint32_t prompt,
		    bool loop)
{
	if (prompt >= m->prompts)
		return ERR_ABSENT;
	return order_leg(m, leg, &(struct cmd){ .kind = CMD_PLAY,
						.n = prompt, .on = loop });
}

enum err media_play_stop(struct media *m, struct leg_id leg)
{
	return order_leg(m, leg, &(struct cmd){ .kind = CMD_PLAY_STOP });
}

enum err media_beep(struct media *m, struct leg_id leg)
{
	return media_play(m, leg, m->p_beep, false);
}

enum err media_dtmf(struct media *m, struct leg_id leg, const char *digits)
{
	struct cmd c = { .kind = CMD_DTMF };
	size_t n = digits ? strlen(digits) : 0;

	if (!n || n > MEDIA_DIGITS_MAX)
		return ERR_ARG;
	for (size_t i = 0; i < n; i++)
		if (rtp_digit_code(digits[i]) < 0)
			return ERR_ARG;
	str_copy(c.digits, sizeof(c.digits), digits);
	return order_leg(m, leg, &c);
}

enum err media_listen(struct media *m, struct leg_id leg,
		      enum ears_phase phase, const char *country)
{
	struct cmd c = { .kind = CMD_LISTEN, .n = phase };

	if ((unsigned)phase > EARS_ANSWERED)
		return ERR_ARG;
	c.country = country ? ears_table_find(&m->tones, country) : m->country;
	if (country && !c.country)
		return ERR_ABSENT;
	return order_leg(m, leg, &c);
}

/* ---- recording ------------------------------------------------------- */

static bool rec_name_is_good(const char *name)
{
	size_t n = name ? strlen(name) : 0;

	return n && n < MEDIA_NAME_MAX && name[0] != '/' &&
	       name[n - 1] != '/' && !strstr(name, "..");
}

enum err media_record(struct media *m, struct leg_id customer,
		      struct call_id call, const char *name)
{
	struct front *f = front_of(m, customer);
	struct cmd c = { .kind = CMD_REC };
	struct rec_slot *s;
	enum err e;

	if (!rec_name_is_good(name))
		return ERR_ARG;
	if (!f || f->closing)
		return ERR_ABSENT;
	if (f->rec != NO_REC || !m->spooling || f->kind != MEDIA_CUSTOMER)
		return ERR_STATE;
	if (m->n_recs == m->recs_max)
		return ERR_FULL;
	while (m->recs[m->rec_next].used)
		m->rec_next = (m->rec_next + 1) % m->recs_max;
	s = &m->recs[m->rec_next];
	s->call = call;
	s->law = f->law;
	str_copy(s->name, sizeof(s->name), name);
	c.n = m->rec_next;
	e = order_leg(m, customer, &c);
	if (e)
		return e;
	s->used = true;
	m->n_recs++;
	f->rec = c.n;
	m->rec_next = (m->rec_next + 1) % m->recs_max;
	return ERR_OK;
}

enum err media_record_pause(struct media *m, struct leg_id customer, bool on)
{
	const struct front *f = front_of(m, customer);

	if (f && f->rec == NO_REC)
		return ERR_STATE;
	return order_leg(m, customer,
			 &(struct cmd){ .kind = CMD_REC_PAUSE, .on = on });
}

enum err media_record_stop(struct media *m, struct leg_id customer)
{
	struct front *f = front_of(m, customer);
	enum err e;

	if (f && f->rec == NO_REC)
		return ERR_STATE;
	e = order_leg(m, customer, &(struct cmd){ .kind = CMD_REC_STOP });
	if (!e && f)
		f->rec = NO_REC;
	return e;
}
