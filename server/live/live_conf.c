/* live_conf -- the rooms, opened as the configuration says. */
#include "live_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "net/net.h"
#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 512 };

/* ---- small readers --------------------------------------------------------- */

static void data_path(const struct conf *c, const char *file, char *buf)
{
	const char *dir = conf_text(c, "server", NULL, "data");

	str_fmt(buf, PATH_SIZE, "%s/%s", dir, file);
}

static enum err make_dir(const char *path)
{
	char part[PATH_SIZE];

	for (const char *p = strchr(path + 1, '/');; p = strchr(p + 1, '/')) {
		str_fmt(part, sizeof(part), "%.*s",
			p ? (int)(p - path) : (int)strlen(path), path);
		if (mkdir(part, 0750) && errno != EEXIST) {
			log_err("live", "folder %s: %s", part,
				strerror(errno));
			return errno == EACCES ? ERR_PERM : ERR_IO;
		}
		if (!p)
			return ERR_OK;
	}
}

/* ---- trunks ----------------------------------------------------------------- */

static void read_trunk(const struct conf *c, const char *name, uint32_t id,
		       struct dial_trunk_conf *t)
{
	static const char s[] = "trunks";

	*t = (struct dial_trunk_conf){
		.id = { id },
		.transport = (enum dial_transport)conf_word(c, s, name,
							    "transport"),
		.strip = (unsigned)conf_int(c, s, name, "strip"),
		.weight = (unsigned)conf_int(c, s, name, "weight"),
		.standby = (unsigned)conf_int(c, s, name, "standby"),
		.channels = (unsigned)conf_int(c, s, name, "channels"),
		.cps_milli = (unsigned)(conf_int(c, s, name, "cps") / 1000),
		.probe_ms = (unsigned)conf_int(c, s, name, "options"),
		.tls_verify = conf_bool(c, s, name, "verify"),
	};
	str_copy(t->name, sizeof(t->name), name);
	str_copy(t->uri, sizeof(t->uri), conf_text(c, s, name, "uri"));
	str_copy(t->user, sizeof(t->user), conf_text(c, s, name, "user"));
	str_copy(t->password, sizeof(t->password),
		 conf_text(c, s, name, "password"));
	str_copy(t->domain, sizeof(t->domain),
		 conf_text(c, s, name, "domain"));
	str_copy(t->prefix, sizeof(t->prefix),
		 conf_text(c, s, name, "prefix"));
	for (size_t i = 0; i < conf_list_len(c, s, name, "caller_ids") &&
			   i < DIAL_CALLERS_MAX; i++)
		str_copy(t->callers[t->caller_count++],
			 sizeof(t->callers[0]),
			 conf_list_at(c, s, name, "caller_ids", i));
	for (size_t i = 0; i < conf_list_len(c, s, name, "redirect") &&
			   i < DIAL_REDIRECT_MAX; i++)
		str_copy(t->redirect[i], sizeof(t->redirect[0]),
			 conf_list_at(c, s, name, "redirect", i));
}

/*
 * As dial has it: after a reload the file's order may be another.  No trunk
 * (id 0) for one that is added: it is there after a restart.
 */
/* Where agents' phones are told to dial: a wildcard is no address. */
static void own_address(struct live *l, const struct conf *c)
{
	const char *given = conf_text(c, "agents", NULL, "sip_address");

	dial_addr(l->r.dial, 0, l->sip_host, sizeof(l->sip_host));
	l->sip_port = dial_port(l->r.dial, 0);
	if (given) {
		const char *colon = strrchr(given, ':');
		int64_t port = 5060;

		str_fmt(l->sip_host, sizeof(l->sip_host), "%.*s",
			colon ? (int)(colon - given) : (int)strlen(given),
			given);
		if (colon && !str_to_i64(colon + 1, 1, 65535, &port))
			l->sip_port = (uint16_t)port;
	}
}

static enum err append_file(FILE *out, const char *path)
{
	char buf[4096];
	FILE *in = fopen(path, "re");
	size_t n;

	if (!in) {
		log_err("live", "%s: %s", path, strerror(errno));
		return err_from_errno(errno);
	}
	while ((n = fread(buf, 1, sizeof(buf), in)))
		fwrite(buf, 1, n, out);
	fclose(in);
	return ERR_OK;
}

/* libre wants key and certificate in one file: state/sip.pem, 0600. */
static enum err sip_pem(const struct conf *c, char *pem)
{
	char cert[PATH_SIZE], key[PATH_SIZE];
	const char *own = conf_text(c, "server", NULL, "certificate");
	const char *state = conf_text(c, "server", NULL, "state");
	enum err e;
	FILE *out;
	int fd;

	str_fmt(cert, sizeof(cert), "%s/cert.pem", state);
	str_fmt(key, sizeof(key), "%s/key.pem", state);
	if (own) {
		str_copy(cert, sizeof(cert), own);
		str_copy(key, sizeof(key),
			 conf_text(c, "server", NULL, "key"));
	} else {
		e = net_cert_make(cert, key);
		if (e && e != ERR_EXISTS)
			return e;
	}
	str_fmt(pem, PATH_SIZE, "%s/sip.pem", state);
	fd = open(pem, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out) {
		log_err("live", "%s: %s", pem, strerror(errno));
		return err_from_errno(errno);
	}
	e = append_file(out, key);
	if (!e)
		e = append_file(out, cert);
	return fclose(out) && !e ? ERR_IO : e;
}

static enum err open_dial(struct live *l, const struct conf *c)
{
	size_t n = conf_count(c, "trunks");
	struct dial_trunk_conf *t = calloc(n ? n : 1, sizeof(*t));
	char causes[PATH_SIZE], pem[PATH_SIZE];
	bool with_tls = false;
	struct dial_conf d = {
		.trunks = t, .trunk_count = (unsigned)n,
		.causes_path = causes, .clock = l->r.clock, .dns = true,
		.realm = conf_text(c, "server", NULL, "realm"),
		.tls_ca = conf_text(c, "server", NULL, "ca"),
		.max_calls = (unsigned)(conf_int(c, "server", NULL,
						 "calls_max") +
					conf_int(c, "server", NULL,
						 "agents_max")),
		.line_probe_ms = (unsigned)conf_int(c, "agents", NULL,
						    "line_probe"),
	};
	struct dial_handlers h = { .event = live_on_dial,
				   .agent_media = live_agent_media,
				   .arg = l };
	enum err e = ERR_OK;

	if (!t)
		return ERR_MEMORY;
	data_path(c, "sip-causes.tsv", causes);
	for (size_t i = 0; i < n; i++)
		read_trunk(c, conf_instance(c, "trunks", i), (uint32_t)i + 1,
			   &t[i]);
	for (size_t i = 0; !e && i < conf_list_len(c, "server", NULL,
						   "listen"); i++) {
		struct dial_listen *dl = &d.listen[d.listen_count++];
		struct conf_addr a;

		e = conf_addr_parse(conf_list_at(c, "server", NULL, "listen",
						 i), &a);
		with_tls |= str_eq(a.proto, "tls");
		dl->transport = str_eq(a.proto, "tls") ? DIAL_TLS
				: str_eq(a.proto, "tcp") ? DIAL_TCP
							 : DIAL_UDP;
		str_copy(dl->addr, sizeof(dl->addr), a.host);
		dl->port = a.port;
	}
	h.agent_key = live_agent_key;
	if (!e && with_tls)
		e = sip_pem(c, pem);
	d.tls_cert = with_tls ? pem : NULL;
	if (!e)
		e = dial_new(&d, &h, &l->r.dial);
	free(t);
	if (!e)
		own_address(l, c);
	return e ? e : live_phones_restore(l);
}

/* ---- media ------------------------------------------------------------------ */

static enum err open_media(struct live *l, const struct conf *c)
{
	char tones[PATH_SIZE], prompts[PATH_SIZE];
	const char *spool = conf_text(c, "media", NULL, "recordings");
	const char *own = conf_text(c, "media", NULL, "prompts");
	const char *bind = conf_text(c, "media", NULL, "address");
	const char *say = conf_text(c, "media", NULL, "advertise");
	unsigned repaired = 0;
	struct media_conf m = {
		.bind_ip = bind, .spool_dir = spool, .tones_path = tones,
		.prompts_dir = own ? own : prompts,
		.port_min = (uint16_t)conf_int(c, "media", NULL, "port_min"),
		.port_max = (uint16_t)conf_int(c, "media", NULL, "port_max"),
		.workers = (unsigned)conf_int(c, "media", NULL, "workers"),
		.rtp_lost_ms = (unsigned)conf_int(c, "media", NULL, "lost"),
		.disk_min_bytes = (uint64_t)conf_int(c, "server", NULL,
						     "disk_reserve"),
		.legs_max = (unsigned)(2 * conf_int(c, "server", NULL,
						    "calls_max") +
				       2 * conf_int(c, "server", NULL,
						    "agents_max")),
		.country = conf_text(c, "server", NULL, "country"),
		.realtime = true,	/* asked for; goes on without it */
	};
	struct media_handlers h = { .event = live_on_media, .arg = l };
	enum err e = make_dir(spool);

	data_path(c, "tones.tsv", tones);
	data_path(c, "prompts", prompts);
	m.legs_max = MIN(m.legs_max, 65536u);
	if (!e)
		e = media_repair(spool, NULL, NULL, &repaired);
	if (repaired)
		log_warn("media", "%u recordings cut by the last stop were "
			 "repaired", repaired);
	if (!e)
		e = media_new(&m, &h, &l->r.media);
	if (!say)
		say = str_eq(bind, "0.0.0.0") || str_eq(bind, "::")
			? l->sip_host : bind;
	str_copy(l->media_ip, sizeof(l->media_ip), say);
	return e;
}

/* ---- all rooms --------------------------------------------------------------- */

static enum err open_core(struct live *l, const struct conf *c)
{
	char why[256] = "", a[PATH_SIZE], b[PATH_SIZE];
	const char *state = conf_text(c, "server", NULL, "state");
	struct floor_conf f = {
		.max_calls = (size_t)conf_int(c, "server", NULL, "calls_max"),
		.max_agents = (size_t)conf_int(c, "server", NULL,
					       "agents_max"),
		.max_campaigns = CAMPAIGNS_MAX, .log_inputs = true,
		.orphan_ms = conf_int(c, "agents", NULL, "phone_return") };
	struct store_conf s = {
		.dir = state,
		.key_file = conf_text(c, "server", NULL, "personal_key"),
		.map_bytes = (uint64_t)conf_int(c, "server", NULL, "map"),
		.floor_bytes = (uint64_t)conf_int(c, "server", NULL,
						  "disk_reserve") };
	enum err e = make_dir(state);

	if (!e)
		e = store_open(&s, &l->r.store);
	data_path(c, "zones.tsv", a);
	if (!e && access(a, R_OK)) {
		str_fmt(why, sizeof(why), "%s: %s (server.data)", a,
			strerror(errno));
		e = ERR_ABSENT;
	}
	if (!e)
		e = zones_load(a, NULL, &l->r.zones, why, sizeof(why));
	data_path(c, "profiles.tsv", a);
	data_path(c, "holidays.tsv", b);
	if (!e)
		e = gate_open(&(struct gate_conf){ .store = l->r.store,
						   .zones = l->r.zones,
						   .profiles = a,
						   .holidays = b },
			      &l->r.gate, why, sizeof(why));
	if (!e)
		e = lead_open(l->r.store, l->r.zones, &l->r.leads);
	data_path(c, "dispositions.tsv", a);
	if (!e)
		e = dispo_load(a, &l->r.dispos, why, sizeof(why));
	if (e) {
		/* The store and folders told their own. */
		if (*why || e == ERR_MEMORY)
			log_err("live", "%s", *why ? why : err_text(e));
		return e;
	}
	f.store = l->r.store;
	f.gate = l->r.gate;
	f.leads = l->r.leads;
	f.dispos = l->r.dispos;
	live_doors(l, &f.doors);
	return floor_new(&f, &l->r.floor);
}

static size_t twice_power(size_t n)
{
	size_t cap = 64;

	while (cap < 2 * n)
		cap *= 2;
	return cap;
}

enum err live_open_rooms(struct live *l, const struct conf *c)
{
	size_t calls = (size_t)conf_int(c, "server", NULL, "calls_max");
	size_t agents = (size_t)conf_int(c, "server", NULL, "agents_max");
	unsigned found;
	enum err e;

	l->leg_cap = twice_power(2 * calls + 2 * agents);
	l->line_cap = twice_power(agents);
	l->call_legs = calloc(calls, sizeof(*l->call_legs));
	l->early = calloc(calls, sizeof(*l->early));
	l->leg_calls = calloc(l->leg_cap, sizeof(*l->leg_calls));
	l->leg_keys = calloc(l->leg_cap, sizeof(*l->leg_keys));
	l->leg_past = calloc(l->leg_cap, sizeof(*l->leg_past));
	l->lines = calloc(l->line_cap, sizeof(*l->lines));
	if (!l->call_legs || !l->early || !l->leg_calls || !l->leg_keys ||
	    !l->leg_past || !l->lines)
		return ERR_MEMORY;
	e = open_core(l, c);
	if (!e)
		e = open_dial(l, c);
	if (!e)
		e = live_rest_restore(l);
	if (!e)
		e = open_media(l, c);
	/* What was cut comes before the first input of this run. */
	if (!e)
		e = floor_recover(l->r.floor, clock_now(l->r.clock), &found);
	if (!e)
		e = live_open_campaigns(l, c);
	return e;
}

void live_close_rooms(struct live *l)
{
	l->r.dial = dial_free(l->r.dial);
	l->r.media = media_free(l->r.media);
	/* The store first runs its callbacks, which know the floor. */
	if (l->r.store)
		store_drain(l->r.store);
	l->r.floor = floor_free(l->r.floor);
	l->r.leads = lead_free(l->r.leads);
	l->r.gate = gate_free(l->r.gate);
	l->r.dispos = dispo_free(l->r.dispos);
	l->r.zones = zones_free(l->r.zones);
	l->r.store = store_close(l->r.store);
	free(l->call_legs);
	free(l->early);
	free(l->leg_calls);
	free(l->leg_keys);
	free(l->leg_past);
	free(l->lines);
}
