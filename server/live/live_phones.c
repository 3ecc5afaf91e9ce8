/*
 * live_phones -- agents' desk phones: who they are, where they registered.
 *
 * A registration is kept in the store until it is over, so that a server
 * that was killed calls its agents' phones again at their next log-in and
 * does not wait until each registers anew.  So is what names the dialog of an
 * open line: after a kill -9 the phone is told that the old one is over, and
 * nobody listens to a dead line.
 */
#include "live_priv.h"

#include "base/log.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

/* STORE_META: "phone/1001" -> "1795000000 sip:agent-1001@192.0.2.7:5060" */
static const char prefix[] = "phone/";
/* STORE_META: "line/1001" -> what dial_line_end takes */
static const char line_prefix[] = "line/";

enum { KEY_SIZE = 24, ROW_SIZE = 24 + DIAL_URI_SIZE };

enum err live_agent_key(const char *user, const char *realm,
			uint8_t ha1[DIAL_HA1_SIZE], struct agent_id *agent,
			void *arg)
{
	struct live *l = arg;

	if (!l->hooks.agent_key)
		return ERR_ABSENT;
	return l->hooks.agent_key(l->hooks.arg, user, realm, ha1, agent);
}

static void write_row(struct live *l, struct agent_id agent,
		      const char *what, const char *row, const char *lost)
{
	struct store_group *g = store_begin(l->r.store);
	char key[KEY_SIZE];
	enum err e;

	str_fmt(key, sizeof(key), "%s%u", what, agent.v);
	if (row)
		store_put(g, STORE_META, key, strlen(key), row, strlen(row));
	else
		store_del(g, STORE_META, key, strlen(key));
	e = store_commit(g, NULL, NULL);
	if (!e)
		return;
	store_abort(g);
	log_warn("live", "agent %u: %s is not kept: %s", agent.v, lost,
		 err_text(e));
}

/* Lost with a crash at this instant, the phone is called when it refreshes. */
static void keep(struct live *l, const struct dial_event *ev)
{
	char row[ROW_SIZE];

	str_fmt(row, sizeof(row), "%lld %s",
		(long long)(ev->now.wall_ms / 1000 + ev->expires_s), ev->uri);
	write_row(l, ev->agent, prefix, ev->digit ? row : NULL,
		  "where the phone registered");
}

void live_on_phone(struct live *l, const struct dial_event *ev)
{
	switch (ev->kind) {
	case DIAL_LINE_UP:
		if (ev->dialog)
			write_row(l, ev->agent, line_prefix, ev->dialog,
				  "its line");
		return;
	case DIAL_LINE_ENDED:
		write_row(l, ev->agent, line_prefix, NULL, "its line's end");
		return;
	case DIAL_PHONE:
		keep(l, ev);
		if (ev->refresh)
			return;
		log_info("phone", "agent %u: %s %s", ev->agent.v, ev->uri,
			 ev->digit ? "registered" : "is not registered now");
		break;
	case DIAL_LINE_TRY:
		if (ev->uri)
			log_info("phone", "agent %u: %s is called",
				 ev->agent.v, ev->uri);
		else
			log_debug("phone", "agent %u: %u %s", ev->agent.v,
				  ev->code, ev->text);
		break;
	default:
		log_info("phone", "agent %u: line down: %s", ev->agent.v,
			 ev->text);
		break;
	}
	if (l->hooks.seat_changed)
		l->hooks.seat_changed(l->hooks.arg, ev->agent);
}

static bool restore_row(void *arg, const void *key, size_t klen,
			const void *val, size_t vlen)
{
	struct live *l = arg;
	int64_t now_s = clock_now(l->r.clock).wall_ms / 1000, until_s;
	char name[KEY_SIZE], row[ROW_SIZE], *uri;
	uint64_t agent;
	enum err e;

	str_fmt(name, sizeof(name), "%.*s", (int)klen, (const char *)key);
	str_fmt(row, sizeof(row), "%.*s", (int)vlen, (const char *)val);
	uri = strchr(row, ' ');
	if (!uri || str_to_u64(name + sizeof(prefix) - 1, UINT32_MAX, &agent))
		return true;
	*uri++ = '\0';
	if (str_to_i64(row, 0, INT64_MAX, &until_s) || until_s <= now_s)
		return true;
	e = dial_phone_restore(l->r.dial,
			       (struct agent_id){ (uint32_t)agent }, uri,
			       (uint32_t)MIN(until_s - now_s, UINT32_MAX));
	if (e)
		log_warn("live", "agent %s: its phone at %s: %s",
			 name + sizeof(prefix) - 1, uri, err_text(e));
	return true;
}

static bool end_row(void *arg, const void *key, size_t klen, const void *val,
		    size_t vlen)
{
	struct live *l = arg;
	char name[KEY_SIZE], row[DIAL_DIALOG_SIZE];
	uint64_t agent;
	enum err e;

	str_fmt(name, sizeof(name), "%.*s", (int)klen, (const char *)key);
	str_fmt(row, sizeof(row), "%.*s", (int)vlen, (const char *)val);
	if (str_to_u64(name + sizeof(line_prefix) - 1, UINT32_MAX, &agent))
		return true;
	e = dial_line_end(l->r.dial, (struct agent_id){ (uint32_t)agent },
			  row);
	if (e)
		log_warn("live", "agent %llu: the line of before is not ended: "
			 "%s", (unsigned long long)agent, err_text(e));
	else
		log_info("phone", "agent %llu: the line of before is ended",
			 (unsigned long long)agent);
	return true;
}

enum err live_phones_restore(struct live *l)
{
	struct store_range phones = { .from = prefix,
				      .from_len = sizeof(prefix) - 1,
				      .to = "phone0", .to_len = 6 };
	struct store_range open = { .from = line_prefix,
				    .from_len = sizeof(line_prefix) - 1,
				    .to = "line0", .to_len = 5 };
	enum err e = store_scan_all(l->r.store, STORE_META, &phones,
				    restore_row, l);

	return e ? e : store_scan_all(l->r.store, STORE_META, &open, end_row,
				      l);
}
