/* live_campaigns -- campaigns as the configuration says, and their lists. */
#include "live_priv.h"

#include "base/log.h"
#include "base/str.h"
#include "options.h"

#include <string.h>
#include <time.h>

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

static struct trunk_id trunk_named(const struct live *l, const char *name)
{
	struct trunk_id t = { 0 };

	if (dial_trunk_by_name(l->r.dial, name, &t))
		log_warn("live", "trunk %s is not in use before a restart",
			 name);
	return t;
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

/* "mon-fri 09:00-18:00", ...: windows; false: not understood. */
static bool read_hours(const struct conf *c, const char *name, const char *key,
		       struct gate_window *rows, uint8_t *n)
{
	char hours[256] = "", numbers[256];
	size_t count = 0;

	for (size_t i = 0; i < conf_list_len(c, "campaigns", name, key); i++)
		str_add(hours, sizeof(hours), "%s%s", i ? "; " : "",
			conf_list_at(c, "campaigns", name, key, i));
	if (!*hours)
		return true;
	day_numbers(hours, numbers, sizeof(numbers));
	if (gate_windows_parse(numbers, rows, GATE_HOURS_MAX, &count))
		return false;
	*n = (uint8_t)count;
	return true;
}

/* The server's clock today, east of UTC [s]. */
static int32_t clock_offset(int64_t wall_s)
{
	time_t t = (time_t)wall_s;
	struct tm tm;

	return localtime_r(&t, &tm) ? (int32_t)tm.tm_gmtoff : 0;
}

static void read_share(const struct live *l, const struct conf *c,
		       const char *name, struct campaign_conf *k)
{
	static const char s[] = "campaigns";

	k->weight = (uint32_t)conf_int(c, s, name, "weight");
	k->odds = conf_bool(c, s, name, "answer_model");
	k->odds_order = conf_bool(c, s, name, "answer_order");
	k->shift_off_s = clock_offset(clock_now(l->r.clock).wall_ms / 1000);
	if (!read_hours(c, name, "shift", k->shift, &k->shift_n))
		log_warn("live", "campaign %s: its shift is not understood",
			 name);
}

static void read_gate(const struct live *l, const struct conf *c,
		      const char *name, struct campaign_conf *k)
{
	static const char s[] = "campaigns";
	struct gate_campaign *g = &k->gate;

	g->id = k->id;
	g->profile = gate_profile(l->r.gate, conf_text(c, s, name, "profile"));
	if (gate_purpose_from_word(conf_text(c, s, name, "purpose"),
				   &g->purpose))
		g->profile = NULL;	/* every ask is refused, and says so */
	g->agent_sure = k->mode == MODE_PREVIEW;
	g->tries_max = (uint16_t)conf_int(c, s, name, "attempts");
	g->cap_n = (uint16_t)conf_int(c, s, name, "frequency");
	g->cap_s = (int32_t)(conf_int(c, s, name, "frequency_in") / 1000);
	if (!read_hours(c, name, "hours", g->hours, &g->hours_n))
		g->profile = NULL;
}

bool live_names_campaign(const struct conf *c, const char *name)
{
	const char *have;

	for (size_t i = 0; (have = conf_instance(c, "campaigns", i)); i++)
		if (str_eq(have, name))
			return true;
	return false;
}

/* Whoever says it, file or person: the profile's bounds hold. */
static void hold_to_profile(struct campaign_conf *k)
{
	int32_t least, legal;

	if (!k->gate.profile)
		return;
	least = gate_profile_min_ring_s(k->gate.profile);
	legal = gate_profile_connect_ms(k->gate.profile);
	k->ring_ms = MAX(k->ring_ms, least * 1000);
	if (legal)
		k->connect_ms = MIN(k->connect_ms, legal);
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
	read_share(l, c, name, k);
	k->target_ppm = (int32_t)conf_int(c, s, name, "abandon");
	k->held_at_end = conf_word(c, s, name, "abandon_held") == 1;
	k->ring_ms = (int32_t)conf_int(c, s, name, "ring");
	k->connect_ms = (int32_t)conf_int(c, s, name, "wait");
	k->amd = conf_bool(c, s, name, "amd");
	k->keep_machines = conf_word(c, s, name, "machine") == 1;
	k->wrap_skip = conf_bool(c, s, name, "wrap_skip");
	k->by_hand = conf_word(c, s, name, "answer") == 1;
	k->preview_ms = (int32_t)conf_int(c, s, name, "preview");
	k->wrap_ms = (int32_t)conf_int(c, s, name, "wrap");
	k->wrap_more_ms = 30000;
	k->wrap_more_max_ms = (int32_t)conf_int(c, s, name, "wrap_more");
	k->hold_alert_ms = 60000;
	k->max_lines = (uint32_t)conf_int(c, s, name, "lines_max");
	k->max_lines_per_agent_milli =
		(uint32_t)(conf_int(c, s, name, "lines") / 1000);
	k->record = conf_bool(c, s, name, "recording");
	k->transfer = (enum hand_allow)conf_word(c, s, name, "transfer");
	k->transfer_ms = (int32_t)conf_int(c, s, name, "transfer_wait");
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
	struct now now = clock_now(l->r.clock);
	struct campaign_id id;
	const char *name;

	for (size_t i = 0; (name = conf_instance(c, "campaigns", i)); i++) {
		struct floor_input in = { .kind = IN_LISTS,
					  .mono_ms = now.mono_ms,
					  .wall_ms = now.wall_ms };

		if (floor_campaign_by_name(l->r.floor, name, &id))
			continue;
		for (size_t k = 0; k < conf_list_len(c, "campaigns", name,
						     "lists"); k++) {
			const struct lead_list *list = lead_list_by_name(
				l->r.leads, conf_list_at(c, "campaigns", name,
							 "lists", k));

			if (list)
				str_add(in.text, sizeof(in.text), "%s%u",
					*in.text ? " " : "", list->id);
		}
		in.campaign = id.v;
		if (floor_input(l->r.floor, &in))
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
		live_paced_over(l, c, &k);
		hold_to_profile(&k);
		e = floor_campaign_set(l->r.floor, &k, now);
		if (e)
			log_err("live", "campaign %s: %s", name, err_text(e));
	}
	if (!e)
		live_relist(l);
	return e;
}

enum err live_open_campaigns(struct live *l, const struct conf *c)
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

		enum floor_input_kind wanted;

		if (floor_campaign_by_name(l->r.floor, name, &id))
			continue;
		/* A person's word comes before the file's. */
		wanted = floor_wanted(l->r.floor, id);
		if (wanted == IN_STOP || (wanted == IN_TICK &&
		    !conf_bool(c, "campaigns", name, "start")))
			continue;
		in.kind = IN_START;
		in.campaign = id.v;
		if (floor_input(l->r.floor, &in))
			log_err("live", "campaign %s does not start: its "
				"profile or purpose is unknown", name);
		in.kind = IN_PAUSE;
		if (wanted == IN_PAUSE && floor_input(l->r.floor, &in))
			log_err("live", "campaign %s is not paused", name);
	}
	return e;
}
