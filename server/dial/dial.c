#include "dial/dial_priv.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

enum {
	CALLS       = 4096,
	PROBE_MS    = 15000,
	STRANGER_PS = 5,
	HASH        = 65536,	/* transactions and dialogs, for load       */
	SOCKET_BYTES = 4 << 20,	/* libre's default of 212 KB drops bursts   */
	KNOWN       = 4096,
	FD_SCAN     = 4096,
	LOOK_MS     = 500,
};

static const char *const event_words[] = {
#define X(name, word) [name] = word,
	DIAL_EVENTS(X)
#undef X
};

static const char *const transport_words[] = {
#define X(name, word) [name] = word,
	DIAL_TRANSPORTS(X)
#undef X
};

const char *dial_event_word(enum dial_event_kind k)
{
	return k < DIAL_EVENT_COUNT ? event_words[k] : "?";
}

const char *dial_transport_word(enum dial_transport t)
{
	return t < DIAL_TRANSPORT_COUNT ? transport_words[t] : "?";
}

struct now dial_now(const struct dial *d)
{
	return clock_now(d->clock);
}

void dial_tell(struct dial *d, struct dial_event *ev)
{
	if (!ev->caller)
		ev->caller = "";
	if (d->h.event)
		d->h.event(ev, d->h.arg);
}

void dial_text(char *buf, size_t size, const struct pl *pl)
{
	size_t n = MIN(pl->l, size - 1);

	for (size_t i = 0; i < n; i++)
		buf[i] = pl->p[i] >= ' ' && pl->p[i] <= '~' ? pl->p[i] : '?';
	buf[n] = '\0';
}

/* ---------------------------------------------------------------- trunks -- */

static enum dial_trunk_state state_of(const struct dial *d, unsigned i,
				      int64_t mono_ms)
{
	enum dial_trunk_state s = trunk_state(&d->trunks[i], mono_ms);

	if (s == TRUNK_UP && d->trunks[i].conf.standby >
	    trunk_level(d->trunks, d->trunk_count, 0, UINT64_MAX, mono_ms))
		return TRUNK_STANDBY;
	return s;
}

void dial_tell_trunk(struct dial *d, unsigned i)
{
	struct dial_event ev = { .kind = DIAL_TRUNK, .now = dial_now(d),
				 .trunk = d->trunks[i].conf.id };
	enum dial_trunk_state s = state_of(d, i, ev.now.mono_ms);

	if (s == d->told[i])
		return;
	d->told[i] = s;
	str_copy(ev.text, sizeof(ev.text), dial_trunk_state_word(s));
	log_info("dial", "trunk %s is %s", d->trunks[i].conf.name, ev.text);
	dial_tell(d, &ev);
}

unsigned dial_trunk_count(const struct dial *d)
{
	return d->trunk_count;
}

enum err dial_trunk_stat(const struct dial *d, unsigned index, struct now now,
			 struct dial_trunk_stat *out)
{
	if (index >= d->trunk_count)
		return ERR_ABSENT;
	trunk_stat(&d->trunks[index], now.mono_ms, out);
	out->state = state_of(d, index, now.mono_ms);
	return ERR_OK;
}

enum err dial_trunk_by_name(const struct dial *d, const char *name,
			    struct trunk_id *out)
{
	for (unsigned i = 0; i < d->trunk_count; i++)
		if (str_eq(d->trunks[i].conf.name, name)) {
			*out = d->trunks[i].conf.id;
			return ERR_OK;
		}
	return ERR_ABSENT;
}

static int index_of(const struct dial *d, struct trunk_id t)
{
	for (unsigned i = 0; i < d->trunk_count; i++)
		if (d->trunks[i].conf.id.v == t.v)
			return (int)i;
	return -1;
}

enum err dial_trunk_drain(struct dial *d, struct trunk_id t)
{
	int i = index_of(d, t);

	if (i < 0)
		return ERR_ABSENT;
	d->trunks[i].drain = true;
	dial_tell_trunk(d, (unsigned)i);
	return ERR_OK;
}

enum err dial_trunk_enable(struct dial *d, struct trunk_id t)
{
	int i = index_of(d, t);

	if (i < 0)
		return ERR_ABSENT;
	trunk_enable(&d->trunks[i]);
	dial_tell_trunk(d, (unsigned)i);
	return ERR_OK;
}

enum err dial_trunk_set_cps(struct dial *d, struct trunk_id t,
			    unsigned cps_milli)
{
	int i = index_of(d, t);

	return i < 0 ? ERR_ABSENT : trunk_set_cps(&d->trunks[i], cps_milli);
}

enum err dial_trunk_rest_caller(struct dial *d, struct trunk_id t,
				const char *number, bool rest)
{
	int i = index_of(d, t);

	return i < 0 ? ERR_ABSENT : trunk_rest(&d->trunks[i], number, rest);
}

bool dial_trunk_rests(const struct dial *d, struct trunk_id t, const char *no)
{
	int i = index_of(d, t);

	return i >= 0 && trunk_rests(&d->trunks[i], no);
}

void dial_trunk_heard(struct dial *d, struct trunk_id t,
		      const struct dial_sound *s, struct now now)
{
	int i = index_of(d, t);

	if (i >= 0)
		trunk_heard(&d->trunks[i], s, now.mono_ms);
}

void dial_trunk_one_way(struct dial *d, struct trunk_id t)
{
	int i = index_of(d, t);

	if (i >= 0)
		d->trunks[i].sound.one_way++;
}

uint64_t trunks_allowed(const struct dial *d, struct trunk_id one,
			const struct trunk_id *some, unsigned count)
{
	uint64_t set = 0;

	for (unsigned i = 0; i < d->trunk_count; i++) {
		uint32_t id = d->trunks[i].conf.id.v;
		bool in = !one.v && !some;

		if (one.v)
			in = id == one.v;
		for (unsigned k = 0; !one.v && some && k < count; k++)
			in = in || some[k].v == id;
		if (in)
			set |= UINT64_C(1) << i;
	}
	return set;
}

void dial_room(const struct dial *d, const struct trunk_id *only,
	       unsigned only_count, struct now now, struct dial_room *out)
{
	uint64_t allowed = trunks_allowed(d, (struct trunk_id){ 0 }, only,
					  only_count);
	unsigned level = trunk_level(d->trunks, d->trunk_count, 0, allowed,
				     now.mono_ms);

	*out = (struct dial_room){ .channels = 0 };
	for (unsigned i = 0; i < d->trunk_count && !d->closing; i++) {
		const struct trunk *t = &d->trunks[i];
		unsigned free_ch = UINT_MAX, starts;

		if (!(allowed >> i & 1) || t->conf.standby != level ||
		    trunk_state(t, now.mono_ms) != TRUNK_UP)
			continue;
		out->up++;
		if (t->conf.channels)
			free_ch = t->conf.channels -
				  MIN(t->used, t->conf.channels);
		starts = MIN(trunk_starts(t, now.mono_ms), free_ch);
		/* No cap anywhere: the sums stay at UINT_MAX. */
		out->channels = free_ch > UINT_MAX - out->channels ? UINT_MAX
				: out->channels + free_ch;
		out->starts = starts > UINT_MAX - out->starts ? UINT_MAX
			      : out->starts + starts;
		out->cps_milli = !t->conf.cps_milli ||
				 out->cps_milli == UINT_MAX ? UINT_MAX
				 : out->cps_milli + t->conf.cps_milli;
	}
	out->channels = MIN(out->channels, d->max_calls - d->call_count);
	out->starts = MIN(out->starts, out->channels);
}

void dial_counts(const struct dial *d, struct dial_counts *out)
{
	*out = d->counts;
}

/* A numeric address in the uri is known at once; a name when it answers. */
static enum err trunk_add(struct dial *d, unsigned i,
			  const struct dial_trunk_conf *conf)
{
	struct uri uri;
	struct pl pl;
	enum err e;

	pl_set_str(&pl, conf->uri);
	if (uri_decode(&uri, &pl) || pl_strcasecmp(&uri.scheme, "sip") ||
	    !conf->id.v || !conf->name[0] ||
	    conf->caller_count > DIAL_CALLERS_MAX ||
	    conf->transport >= DIAL_TRANSPORT_COUNT) {
		log_err("dial", "trunk \"%s\": uri \"%s\" is no SIP address",
			conf->name, conf->uri);
		return ERR_FORMAT;
	}
	e = trunk_init(&d->trunks[i], conf);
	if (e)
		return e;
	d->trunk_count++;
	(void)sa_set(&d->trunk_addr[i], &uri.host, uri.port);
	d->credentials[i] = mem_zalloc(sizeof(**d->credentials), NULL);
	if (!d->credentials[i])
		return ERR_MEMORY;
	str_copy(d->credentials[i]->user, DIAL_NAME_SIZE, conf->user);
	str_copy(d->credentials[i]->password, DIAL_SECRET_SIZE,
		 conf->password);
	d->told[i] = TRUNK_UP;
	return ERR_OK;
}

static enum err trunks_open(struct dial *d, const struct dial_conf *conf)
{
	size_t n = MAX(conf->trunk_count, 1u);
	enum err e = ERR_OK;

	if (conf->trunk_count > DIAL_TRUNKS_MAX)
		return ERR_FULL;
	d->trunks = calloc(n, sizeof(*d->trunks));
	d->trunk_addr = calloc(n, sizeof(*d->trunk_addr));
	d->probes = calloc(n, sizeof(*d->probes));
	d->told = calloc(n, sizeof(*d->told));
	d->credentials = calloc(n, sizeof(*d->credentials));
	if (!d->trunks || !d->trunk_addr || !d->probes || !d->told ||
	    !d->credentials)
		return ERR_MEMORY;
	for (unsigned i = 0; !e && i < conf->trunk_count; i++)
		e = trunk_add(d, i, &conf->trunks[i]);
	for (unsigned i = 0; !e && i < conf->trunk_count; i++)
		d->told[i] = state_of(d, i, dial_now(d).mono_ms);
	return e;
}

/* -------------------------------------------------------------- addresses -- */

static const enum sip_transp transports[] = {
	[DIAL_UDP] = SIP_TRANSP_UDP, [DIAL_TCP] = SIP_TRANSP_TCP,
	[DIAL_TLS] = SIP_TRANSP_TLS,
};

enum err uri_to(const struct dial_trunk_conf *t, const char *number, char *buf,
		size_t size)
{
	const char *hostport = strchr(t->uri, '@');
	bool has_tp = strstr(t->uri, ";transport=") != NULL;

	hostport = hostport ? hostport + 1 : strchr(t->uri, ':') + 1;
	number += MIN((size_t)t->strip, strlen(number));
	return str_fmt(buf, size, "sip:%s%s@%s%s%s", t->prefix, number,
		       hostport, has_tp ? "" : ";transport=",
		       has_tp ? "" : dial_transport_word(t->transport))
		       ? ERR_OK : ERR_ARG;
}

void uri_from(const struct dial *d, const struct dial_trunk_conf *t,
	      const char *caller, char *buf, size_t size)
{
	char host[DIAL_URI_SIZE];
	struct sa sa, any;

	str_copy(host, sizeof(host), t->domain);
	sa_init(&any, AF_INET);
	if (!host[0] && (sip_transp_laddr(d->sip, &sa, transports[t->transport],
					  &any) ||
			 sa_ntop(&sa, host, sizeof(host))))
		str_copy(host, sizeof(host), d->realm);
	str_fmt(buf, size, "sip:%s@%s", caller[0] ? caller : "anonymous", host);
}

/* ------------------------------------------------------------- listening -- */

static void socket_grow(uint16_t port)
{
	int size = SOCKET_BYTES;

	/* libre keeps its descriptors to itself: found by their port. */
	for (int fd = 0; fd < FD_SCAN; fd++) {
		struct sa sa = { .len = sizeof(sa.u) };
		int type = 0;
		socklen_t len = sizeof(type);

		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) ||
		    type != SOCK_DGRAM ||
		    getsockname(fd, &sa.u.sa, &sa.len) ||
		    sa_port(&sa) != port)
			continue;
		if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
			       sizeof(size)))
			(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size,
					 sizeof(size));
		if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size,
			       sizeof(size)))
			(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size,
					 sizeof(size));
	}
}

/* libre writes the address it listens on into Via and Contact, so "every
 * address" becomes that of the default route. */
static int listen_addr(const struct dial_listen *l, struct sa *sa)
{
	int err = sa_set_str(sa, l->addr, l->port);
	uint16_t port = l->port;

	if (err || !sa_is_any(sa))
		return err;
	err = net_default_source_addr_get(sa_af(sa), sa);
	sa_set_port(sa, port);
	return err;
}

static enum err listen_on(struct dial *d, const struct dial_conf *conf,
			  unsigned i)
{
	const struct dial_listen *l = &conf->listen[i];
	enum err e = ERR_OK;
	struct sa sa, at;
	int err;

	if (l->transport >= DIAL_TRANSPORT_COUNT)
		return ERR_ARG;
	if (l->transport == DIAL_TLS && !d->tls)
		e = tls_open(d, conf);
	if (e)
		return e;
	err = listen_addr(l, &sa);
	if (!err)
		err = sip_transp_add(d->sip, transports[l->transport], &sa, d->tls);
	if (!err)
		err = sip_transp_laddr(d->sip, &at, transports[l->transport], &sa);
	if (err) {
		log_err("dial", "cannot listen on %s:%s:%u: %s (server.listen)",
			dial_transport_word(l->transport), l->addr, l->port,
			strerror(err));
		return ERR_IO;
	}
	/* With two of one kind libre tells of the first; it has the port we
	 * asked for anyway, unless that was 0. */
	d->ports[i] = l->port ? l->port : sa_port(&at);
	if (sa_ntop(&sa, d->addrs[i], sizeof(d->addrs[i])))
		d->addrs[i][0] = '\0';
	if (l->transport == DIAL_UDP)
		socket_grow(d->ports[i]);
	log_info("dial", "listening on %s:%s:%u",
		 dial_transport_word(l->transport), d->addrs[i], d->ports[i]);
	return ERR_OK;
}

void dial_addr(const struct dial *d, unsigned i, char *buf, size_t size)
{
	str_copy(buf, size, i < DIAL_LISTEN_MAX ? d->addrs[i] : "");
}

uint16_t dial_port(const struct dial *d, unsigned i)
{
	return i < DIAL_LISTEN_MAX ? d->ports[i] : 0;
}

static void dns_open(struct dial *d)
{
	struct sa servers[8];
	uint32_t n = ARRAY_LEN(servers);
	char domain[64];

	if (dns_srv_get(domain, sizeof(domain), servers, &n) ||
	    dnsc_alloc(&d->dnsc, NULL, servers, n))
		log_warn("dial", "no name server: trunks need numeric"
			 " addresses");
}

/* ------------------------------------------------------------------ life -- */

/* libre: no session is left.  The stack is ours again (see dial_free). */
static void close_done_h(void *arg)
{
	struct dial *d = arg;

	d->close_h(d->close_arg);
}

static void exit_h(void *arg)
{
	struct dial *d = arg;

	d->gone = true;
	if (d->close_h)
		tmr_start(&d->close_tmr, 0, close_done_h, d);
}

/* Back-off ends by time alone: somebody must look. */
static void look_h(void *arg)
{
	struct dial *d = arg;

	for (unsigned i = 0; i < d->trunk_count; i++)
		dial_tell_trunk(d, i);
	tmr_start(&d->look_tmr, LOOK_MS, look_h, d);
}

static enum err stack_open(struct dial *d, const struct dial_conf *conf)
{
	enum err e = ERR_OK;

	if (conf->dns)
		dns_open(d);
	if (hash_alloc(&d->calls, HASH) || hash_alloc(&d->peers, HASH) ||
	    hash_alloc(&d->known, KNOWN) ||
	    hash_alloc(&d->line_of, KNOWN) ||
	    hash_alloc(&d->phone_of, KNOWN) ||
	    sip_alloc(&d->sip, d->dnsc, HASH, HASH, 4096,
		      "waihu/" WAIHU_VERSION, exit_h, d))
		return ERR_MEMORY;
	e = trace_open(d);
	if (!e)
		e = guard_open(d);
	if (e)
		return e;
	if (sipsess_listen(&d->sock, d->sip, HASH, line_invite_h, d))
		return ERR_MEMORY;
	e = guard_open_last(d);
	for (unsigned i = 0; !e && i < conf->listen_count; i++)
		e = listen_on(d, conf, i);
	return e;
}

enum err dial_new(const struct dial_conf *conf, const struct dial_handlers *h,
		  struct dial **out)
{
	struct dial *d;
	enum err e;

	if (!conf->clock || conf->listen_count > DIAL_LISTEN_MAX ||
	    !conf->listen_count)
		return ERR_ARG;
	d = calloc(1, sizeof(*d));
	if (!d)
		return ERR_MEMORY;
	d->h = *h;
	d->clock = conf->clock;
	d->max_calls = conf->max_calls ? conf->max_calls : CALLS;
	d->line_probe_ms = conf->line_probe_ms ? conf->line_probe_ms : PROBE_MS;
	d->stranger_per_s = conf->stranger_per_s ? conf->stranger_per_s
						 : STRANGER_PS;
	str_copy(d->realm, sizeof(d->realm), conf->realm ? conf->realm
							 : "waihu");
	e = dial_causes_read(conf->causes_path, &d->causes);
	if (!e)
		e = trunks_open(d, conf);
	if (!e)
		e = stack_open(d, conf);
	if (e) {
		dial_free(d);
		return e;
	}
	for (unsigned i = 0; i < d->trunk_count; i++)
		probe_start(d, i);
	tmr_start(&d->look_tmr, LOOK_MS, look_h, d);
	*out = d;
	return ERR_OK;
}

/*
 * sip_close(sip, false) gives our reference away; exit_h, called when the
 * last session has ended (perhaps at once), brings it back.
 */
void dial_close(struct dial *d, uint32_t ms, void (*done)(void *), void *arg)
{
	if (d->closing)
		return;
	d->closing = true;
	for (unsigned i = 0; i < d->trunk_count; i++)
		probe_stop(d, i);
	calls_drop_all(d);
	lines_drop_all(d);
	d->close_h = done;
	d->close_arg = arg;
	tmr_start(&d->close_tmr, ms, close_done_h, d);
	d->given = true;
	sip_close(d->sip, false);
}

/* Sessions that still say good-bye are cut; then the stack goes. */
static void stack_close(struct dial *d)
{
	guard_close(d);
	d->sock = mem_deref(d->sock);
	d->close_h = NULL;
	if (!d->gone)
		sip_close(d->sip, true);
	if (!d->given || d->gone)
		mem_deref(d->sip);
	d->sip = NULL;
}

struct dial *dial_free(struct dial *d)
{
	if (!d)
		return NULL;
	d->closing = true;
	d->h.event = NULL;
	for (unsigned i = 0; i < d->trunk_count; i++)
		probe_stop(d, i);
	if (d->calls)
		calls_forget(d);
	lines_drop_all(d);
	phones_drop_all(d);
	if (d->sip)
		stack_close(d);
	tmr_cancel(&d->close_tmr);
	tmr_cancel(&d->look_tmr);
	d->tls = mem_deref(d->tls);
	d->dnsc = mem_deref(d->dnsc);
	d->calls = mem_deref(d->calls);
	d->peers = mem_deref(d->peers);
	d->line_of = mem_deref(d->line_of);
	d->phone_of = mem_deref(d->phone_of);
	d->known = mem_deref(d->known);
	for (unsigned i = 0; i < d->trunk_count; i++) {
		trunk_fini(&d->trunks[i]);
		mem_deref(d->credentials[i]);
	}
	d->causes = dial_causes_free(d->causes);
	free(d->trunks);
	free(d->trunk_addr);
	free(d->probes);
	free(d->told);
	free(d->credentials);
	trace_close(d);
	free(d);
	return NULL;
}
