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

enum { PATH_SIZE = 512, CAMPAIGNS_MAX = 64 };

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
			return err_from_errno(errno);
		}
		if (!p)
			return ERR_OK;
	}
}

/* "mon-fri 09:00-20:00" as the gate reads it: "1-5 09:00-20:00". */
static void day_numbers(const char *text, char *out, size_t size)
{
	static const char *const days[] = { "mon", "tue", "wed", "thu", "fri",
					    "sat", "sun" };

	*out = '\0';
	while (*text) {
		size_t d = 0;

		while (d < ARRAY_LEN(days) && strncasecmp(text, days[d], 3))
			d++;
		if (d < ARRAY_LEN(days)) {
			str_add(out, size, "%zu", d + 1);
			text += 3;
		} else {
			str_add(out, size, "%c", *text++);
		}
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
static struct trunk_id trunk_named(const struct live *l, const char *name)
{
	struct trunk_id t = { 0 };

	if (dial_trunk_by_name(l->r.dial, name, &t))
		log_warn("live", "trunk %s is not in use before a restart",
			 name);
	return t;
}

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
	h.agent_secret = live_agent_secret;
	if (!e && with_tls)
		e = sip_pem(c, pem);
	d.tls_cert = with_tls ? pem : NULL;
	if (!e)
		e = dial_new(&d, &h, &l->r.dial);
	free(t);
	if (!e)
		own_address(l, c);
	return e;
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

/* ---- campaigns -------------------------------------------------------------- */

static bool hours_open(void *arg, struct campaign_id id,
		       const struct zone_set *places, int64_t wall_s,
		       int64_t *until_s)
{
	struct live *l = arg;
	struct campaign_view v;

	if (floor_campaign_view(l->r.floor, id, clock_now(l->r.clock), &v))
		return false;
	return gate_zones_open(l->r.gate, &v.conf->gate, places, wall_s,
			       until_s);
}

/* A campaign's number stays its own whatever happens to the file. */
static enum err campaign_number(struct live *l, const char *name,
				struct campaign_id *out)
{
	char key[96], value[16];
	size_t len;
	uint64_t n = 0;
	enum err e;

	str_fmt(key, sizeof(key), "campaign/%s", name);
	e = store_get(l->r.store, STORE_META, key, strlen(key), value,
		      sizeof(value) - 1, &len);
	if (!e) {
		value[len] = '\0';
		e = str_to_u64(value, UINT32_MAX, &n);
		out->v = (uint32_t)n;
		return e;
	}
	e = store_get(l->r.store, STORE_META, "campaigns", 9, value,
		      sizeof(value) - 1, &len);
	if (!e) {
		value[len] = '\0';
		e = str_to_u64(value, UINT32_MAX - 1, &n);
	}
	if (e && e != ERR_ABSENT)
		return e;
	str_fmt(value, sizeof(value), "%llu", (unsigned long long)++n);

	struct store_group *g = store_begin(l->r.store);

	store_put(g, STORE_META, key, strlen(key), value, strlen(value));
	store_put(g, STORE_META, "campaigns", 9, value, strlen(value));
	out->v = (uint32_t)n;
	return store_commit_wait(g, NULL);
}

static void read_gate(const struct live *l, const struct conf *c,
		      const char *name, struct campaign_conf *k)
{
	static const char s[] = "campaigns";
	struct gate_campaign *g = &k->gate;
	char hours[256] = "";

	g->id = k->id;
	g->profile = gate_profile(l->r.gate, conf_text(c, s, name, "profile"));
	if (gate_purpose_from_word(conf_text(c, s, name, "purpose"),
				   &g->purpose))
		g->profile = NULL;	/* every ask is refused, and says so */
	g->agent_sure = k->mode == MODE_PREVIEW;
	g->tries_max = (uint16_t)conf_int(c, s, name, "attempts");
	g->cap_n = (uint16_t)conf_int(c, s, name, "frequency");
	g->cap_s = (int32_t)(conf_int(c, s, name, "frequency_in") / 1000);
	for (size_t i = 0; i < conf_list_len(c, s, name, "hours"); i++)
		str_add(hours, sizeof(hours), "%s%s", i ? "; " : "",
			conf_list_at(c, s, name, "hours", i));
	if (*hours) {
		char numbers[256];
		size_t n;

		day_numbers(hours, numbers, sizeof(numbers));
		if (gate_windows_parse(numbers, g->hours, GATE_HOURS_MAX, &n))
			g->profile = NULL;
		else
			g->hours_n = (uint8_t)n;
	}
}

static void read_campaign(const struct live *l, const struct conf *c,
			  const char *name, struct campaign_conf *k)
{
	static const char s[] = "campaigns";
	static const enum wrap_mode wraps[] = {
		WRAP_OPTIONAL, WRAP_MANDATORY, WRAP_BOXED, WRAP_BOXED_FULL };
	static const char *const wrap_keys[] = { "optional", "free", "timed",
						 "timed-all" };
	const char *wrap = conf_text(c, s, name, "wrap_mode");
	const char *text;

	str_copy(k->name, sizeof(k->name), name);
	k->mode = (enum dial_mode)conf_word(c, s, name, "mode");
	for (size_t i = 0; i < ARRAY_LEN(wrap_keys); i++)
		if (str_eq(wrap, wrap_keys[i]))
			k->wrap = wraps[i];
	read_gate(l, c, name, k);
	k->target_ppm = (int32_t)conf_int(c, s, name, "abandon");
	k->ring_ms = (int32_t)conf_int(c, s, name, "ring");
	k->connect_ms = (int32_t)conf_int(c, s, name, "wait");
	if (k->gate.profile) {
		int32_t least = gate_profile_min_ring_s(k->gate.profile);
		int32_t legal = gate_profile_connect_ms(k->gate.profile);

		k->ring_ms = MAX(k->ring_ms, least * 1000);
		if (legal)
			k->connect_ms = MIN(k->connect_ms, legal);
	}
	k->amd = conf_bool(c, s, name, "amd");
	k->keep_machines = conf_word(c, s, name, "machine") == 1;
	k->wrap_skip = conf_bool(c, s, name, "wrap_skip");
	k->preview_ms = (int32_t)conf_int(c, s, name, "preview");
	k->wrap_ms = (int32_t)conf_int(c, s, name, "wrap");
	k->wrap_more_ms = 30000;
	k->wrap_more_max_ms = (int32_t)conf_int(c, s, name, "wrap_more");
	k->hold_alert_ms = 60000;
	k->max_lines = (uint32_t)conf_int(c, s, name, "lines_max");
	k->max_lines_per_agent_milli =
		(uint32_t)(conf_int(c, s, name, "lines") / 1000);
	k->record = conf_bool(c, s, name, "recording");
	str_copy(k->caller, sizeof(k->caller),
		 conf_text(c, s, name, "caller_id"));
	text = conf_text(c, s, name, "safe_message");
	str_copy(k->message, sizeof(k->message), text ? text
		 : str_eq(conf_text(c, "server", NULL, "country"), "cn")
			 ? "sorry.zh" : "sorry.en");
	for (size_t i = 0; i < conf_list_len(c, s, name, "trunks") &&
			   i < FLOOR_TRUNKS; i++)
		k->trunks[k->trunk_count++] = trunk_named(
			l, conf_list_at(c, s, name, "trunks", i));
}

void live_relist(struct live *l)
{
	const struct conf *c = l->r.conf;
	struct campaign_id id;
	const char *name;

	for (size_t i = 0; (name = conf_instance(c, "campaigns", i)); i++) {
		struct list_id lists[16];
		size_t n = 0;

		if (floor_campaign_by_name(l->r.floor, name, &id))
			continue;
		for (size_t k = 0; k < conf_list_len(c, "campaigns", name,
						     "lists"); k++) {
			const struct lead_list *list = lead_list_by_name(
				l->r.leads, conf_list_at(c, "campaigns", name,
							 "lists", k));

			if (list && n < ARRAY_LEN(lists))
				lists[n++].v = list->id;
		}
		if (lead_campaign_set(l->r.leads, id, lists, n, hours_open,
				      l))
			log_err("live", "campaign %s: its lists were not set",
				name);
	}
}

enum err live_set_campaigns(struct live *l, const struct conf *c)
{
	struct now now = clock_now(l->r.clock);
	const char *name;
	enum err e = ERR_OK;

	for (size_t i = 0; !e && (name = conf_instance(c, "campaigns", i));
	     i++) {
		struct campaign_conf k = { 0 };

		e = campaign_number(l, name, &k.id);
		if (e)
			break;
		read_campaign(l, c, name, &k);
		e = floor_campaign_set(l->r.floor, &k, now);
		if (e)
			log_err("live", "campaign %s: %s", name, err_text(e));
	}
	if (!e)
		live_relist(l);
	return e;
}

static enum err open_campaigns(struct live *l, const struct conf *c)
{
	struct now now = clock_now(l->r.clock);
	const char *name;
	enum err e = live_set_campaigns(l, c);

	for (size_t i = 0; !e && (name = conf_instance(c, "campaigns", i));
	     i++) {
		struct floor_input in = { .kind = IN_START,
					  .mono_ms = now.mono_ms,
					  .wall_ms = now.wall_ms };
		struct campaign_id id;

		if (!conf_bool(c, "campaigns", name, "start") ||
		    floor_campaign_by_name(l->r.floor, name, &id))
			continue;
		in.campaign = id.v;
		if (floor_input(l->r.floor, &in))
			log_err("live", "campaign %s does not start: its "
				"profile or purpose is unknown", name);
	}
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
		.map_bytes = (uint64_t)conf_int(c, "server", NULL, "map"),
		.floor_bytes = (uint64_t)conf_int(c, "server", NULL,
						  "disk_reserve") };
	enum err e = make_dir(state);

	if (!e)
		e = store_open(&s, &l->r.store);
	data_path(c, "zones.tsv", a);
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
	enum err e;

	l->leg_cap = twice_power(calls);
	l->line_cap = twice_power(agents);
	l->call_legs = calloc(calls, sizeof(*l->call_legs));
	l->early = calloc(calls, sizeof(*l->early));
	l->leg_calls = calloc(l->leg_cap, sizeof(*l->leg_calls));
	l->leg_keys = calloc(l->leg_cap, sizeof(*l->leg_keys));
	l->lines = calloc(l->line_cap, sizeof(*l->lines));
	if (!l->call_legs || !l->early || !l->leg_calls || !l->leg_keys || !l->lines)
		return ERR_MEMORY;
	e = open_core(l, c);
	if (!e)
		e = open_dial(l, c);
	if (!e)
		e = open_media(l, c);
	if (!e)
		e = open_campaigns(l, c);
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
	free(l->lines);
}
