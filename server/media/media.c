/*
 * media.c -- the room's life, and what the workers report to the loop.
 */
#include "media/media_priv.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

enum {
	LEGS_DEFAULT = 4096,
	LEGS_MOST = 65536,
	ANY_PORT_MIN = 32768,	/* Linux's own range for "any port"          */
	ANY_PORT_MAX = 60998
};

/* ---- what comes back ------------------------------------------------- */

int media_fd(const struct media *m)
{
	return m->notes.fd;
}

static void released(struct media *m, uint32_t id)
{
	struct front *f = front_of(m, (struct leg_id){ id });
	struct cmd adopt = { .kind = CMD_ADOPT, .leg = { id } };

	m->moving = 0;
	if (!f)
		return;
	f->worker = m->moving_to;
	held_first(m, &adopt);
}

/* The figures stand where the worker put them until the slot is free. */
static void ended(struct media *m, struct leg_id leg)
{
	struct media_stats st;
	struct media_event ev = { .kind = MEDIA_ENDED, .leg = leg,
				  .stats = &st };

	if (m->h.event && !media_stats(m, leg, &st))
		m->h.event(&ev, m->h.arg);
}

static void note_take(struct media *m, struct note *n)
{
	struct front *f;

	switch (n->kind) {
	case NOTE_RELEASED:
		released(m, n->ev.leg.v);
		break;
	case NOTE_FREED:
		f = front_of(m, n->ev.leg);
		if (!f)
			break;
		ended(m, n->ev.leg);
		front_free(m, f);
		break;
	case NOTE_EVENT:
		if (n->ev.kind == MEDIA_REC_DONE) {
			m->recs[n->rec].used = false;
			m->n_recs--;
		}
		n->ev.path = n->path;
		if (m->h.event)
			m->h.event(&n->ev, m->h.arg);
		break;
	}
}

void media_pump(struct media *m)
{
	struct mpsc_node *n = mpsc_take_all(&m->notes), *next;

	for (; n; n = next) {
		struct note *note = (struct note *)n;
		bool borrowed = note->borrowed;

		next = n->next;
		note_take(m, note);
		if (!borrowed)
			free(note);
	}
	held_flush(m);
}

enum err media_stats(const struct media *m, struct leg_id leg,
		     struct media_stats *out)
{
	const struct front *f = front_of(m, leg);
	struct published *p;

	if (!f)
		return ERR_ABSENT;
	p = &m->pub[leg.v & 0xffff];
#define GET(field) atomic_load_explicit(&p->field, memory_order_relaxed)
	*out = (struct media_stats){
		.rx_packets = GET(rx_packets), .tx_packets = GET(tx_packets),
		.rx_lost = GET(rx_lost), .rx_late = GET(rx_late),
		.rx_refused = GET(rx_refused), .jitter_us = GET(jitter_us),
		.mos_pct = GET(mos_pct), .loss_pm = GET(loss_pm),
		.silent_ms = GET(silent_ms), .level_dbov = GET(level_dbov),
		.latched = GET(latched),
		.jitter_mean_us = GET(jitter_mean_us),
		.far_sent = GET(far_sent), .far_lost = GET(far_lost),
		.far_jitter_us = GET(far_jitter_us),
	};
#undef GET
	return ERR_OK;
}

void media_totals(const struct media *m, struct media_totals *out)
{
	*out = (struct media_totals){ .workers = m->workers,
				      .legs = m->n_front,
				      .recordings = m->n_recs };
	out->events_lost = atomic_load(&m->notes_lost);
	for (unsigned i = 0; i < m->workers; i++) {
		struct worker *w = &m->worker[i];
		uint32_t late = atomic_load(&w->late_max_us);

		out->rx_packets += atomic_load(&w->rx_packets);
		out->tx_packets += atomic_load(&w->tx_packets);
		out->rec_lost += atomic_load(&w->rec_lost);
		out->late_max_us = MAX(out->late_max_us, late);
	}
}

/* ---- life ------------------------------------------------------------ */

/* No range: the kernel's, begun anywhere, since others use it too. */
static void ports_take(struct media *m, const struct media_conf *c)
{
	uint16_t at = 0;

	m->port_min = (uint16_t)(c->port_min + (c->port_min & 1));
	m->port_max = c->port_max;
	if (!c->port_min) {
		m->port_min = ANY_PORT_MIN;
		m->port_max = ANY_PORT_MAX;
		(void)getentropy(&at, sizeof(at));
		at = at % (ANY_PORT_MAX - ANY_PORT_MIN) & 0xfffe;
	}
	m->port_next = (uint16_t)(m->port_min + at);
}

static enum err conf_take(struct media *m, const struct media_conf *c)
{
	const char *country = c->country ? c->country : "cn";
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned line = 0;
	enum err e;

	ports_take(m, c);
	m->legs_max = c->legs_max ? c->legs_max : LEGS_DEFAULT;
	m->workers = c->workers ? c->workers : cpus > 2 ? (unsigned)cpus - 1 : 1;
	m->workers = MIN(m->workers, (unsigned)WORKERS_MAX);
	m->rtp_lost_ms = c->rtp_lost_ms ? c->rtp_lost_ms : 5000;
	m->disk_min = c->disk_min_bytes ? c->disk_min_bytes : 256u << 20;
	m->spooling = c->spool_dir != NULL;
	m->realtime = c->realtime;
	if (m->legs_max > LEGS_MOST - 1 || m->port_max < m->port_min ||
	    !str_fmt(m->spool, sizeof(m->spool), "%s",
		     c->spool_dir ? c->spool_dir : "") ||
	    addr_parse(c->bind_ip ? c->bind_ip : "127.0.0.1", 0, &m->bind,
		       &m->bind_len))
		return ERR_ARG;
	if (!c->tones_path)
		return ERR_OK;
	e = ears_table_read(&m->tones, c->tones_path, &line);
	if (e) {
		log_err("media", "%s:%u: %s", c->tones_path, line, err_text(e));
		return e;
	}
	m->country = ears_table_find(&m->tones, country);
	return m->country ? ERR_OK : ERR_ARG;
}

static enum err pools_init(struct media *m)
{
	m->recs_max = m->legs_max;
	m->legs = calloc(m->legs_max, sizeof(*m->legs));
	m->pub = calloc(m->legs_max, sizeof(*m->pub));
	m->front = calloc(m->legs_max, sizeof(*m->front));
	m->recs = calloc(m->recs_max, sizeof(*m->recs));
	m->worker = calloc(m->workers, sizeof(*m->worker));
	if (!m->legs || !m->pub || !m->front || !m->recs || !m->worker)
		return ERR_MEMORY;
	for (unsigned i = 0; i < m->legs_max; i++)
		m->front[i].next_free = i + 1 < m->legs_max ?
					(uint16_t)(i + 1) : NO_SLOT;
	m->free_last = (uint16_t)(m->legs_max - 1);
	return ERR_OK;
}

enum err media_new(const struct media_conf *conf,
		   const struct media_handlers *h, struct media **out)
{
	struct media *m = calloc(1, sizeof(*m));
	enum err e;

	if (!m)
		return ERR_MEMORY;
	m->h = *h;
	m->held_end = &m->held;
	g711_init(&m->g711);
	e = mpsc_init(&m->notes, SIZE_MAX / 2);
	if (!e)
		e = conf_take(m, conf);
	if (!e)
		e = pools_init(m);
	if (!e)
		e = prompts_init(m, conf->prompts_dir);
	if (!e && m->spooling)
		e = writer_new(m, &m->writer);
	for (unsigned i = 0; !e && i < m->workers; i++)
		e = worker_init(&m->worker[i], m, i);
	if (e) {
		media_free(m);
		return e;
	}
	*out = m;
	return ERR_OK;
}

struct media *media_free(struct media *m)
{
	struct mpsc_node *n, *next;

	if (!m)
		return NULL;
	if (m->worker)
		for (unsigned i = 0; i < m->workers; i++)
			worker_fini(&m->worker[i]);
	m->writer = writer_free(m->writer);
	for (n = m->notes.fd > 0 ? mpsc_take_all(&m->notes) : NULL; n; n = next) {
		next = n->next;
		if (!((struct note *)n)->borrowed)
			free(n);
	}
	while (m->held) {
		struct held_cmd *c = m->held;

		m->held = c->next;
		free(c);
	}
	if (m->notes.fd > 0)
		mpsc_fini(&m->notes);
	if (m->worker)
		for (unsigned i = 0; i < m->workers; i++)
			free(m->worker[i].all_chunks);
	prompts_fini(m);
	free(m->legs);
	free(m->pub);
	free(m->front);
	free(m->recs);
	free(m->worker);
	free(m);
	return NULL;
}
