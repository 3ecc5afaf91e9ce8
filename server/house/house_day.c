/* house_day -- midnight, and what systemd is told. */
#include "house_priv.h"

#include "base/log.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* sd_notify(3): one datagram, no library. */
void house_notify(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t len = path ? strlen(path) : 0;
	int fd;

	if (!len || len >= sizeof(a.sun_path))
		return;
	memcpy(a.sun_path, path, len);
	if (*path == '@')
		a.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (sendto(fd, text, strlen(text), MSG_NOSIGNAL, (void *)&a,
		   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) <
	    0)
		log_debug("house", "systemd was not told");
	close(fd);
}

static int64_t local_day(int64_t wall_ms)
{
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm;

	localtime_r(&t, &tm);
	return tm.tm_year * 400 + tm.tm_yday;
}

void house_new_day(struct house *h, struct now now)
{
	int64_t day = local_day(now.wall_ms);

	if (h->day == day)
		return;
	if (h->day) {
		tally_new_day(h->tally);
		free(h->lasts);
		h->lasts = NULL;
		seat_new_day(floor_seats(live_rooms(h->live)->floor), now);
	}
	h->day = day;
}

void house_tell_systemd(struct house *h, struct now now)
{
	uint32_t counts[SEAT_STATE_COUNT], agents = 0;
	const struct live_rooms *r = live_rooms(h->live);
	char text[160];

	if (now.mono_ms - h->told_ms < 5000)
		return;
	h->told_ms = now.mono_ms;
	seat_counts(floor_seats(r->floor), counts);
	for (int s = SEAT_OFFLINE + 1; s < SEAT_STATE_COUNT; s++)
		agents += counts[s];
	str_fmt(text, sizeof(text),
		"READY=1\nWATCHDOG=1\nSTATUS=%u agents, %zu calls", agents,
		call_count(floor_calls(r->floor)));
	house_notify(text);
}

/* ---- the last call of each agent, over a restart ----------------------------- */

static struct last_call *last_at(const struct house *h, uint32_t agent)
{
	size_t mask = h->last_cap - 1, i = agent * 2654435761u & mask;

	for (size_t n = 0; n <= mask; n++, i = (i + 1) & mask)
		if (!h->lasts[i].agent || h->lasts[i].agent == agent)
			return &h->lasts[i];
	return NULL;
}

void house_last_note(struct house *h, const struct cdr *r)
{
	size_t want = 2 * (size_t)conf_int(h->conf, "server", NULL,
					   "agents_max");
	struct last_call *at;

	if (!r->agent || !r->join_ms)
		return;
	if (!h->lasts) {
		for (h->last_cap = 64; h->last_cap < want;)
			h->last_cap *= 2;
		h->lasts = calloc(h->last_cap, sizeof(*h->lasts));
		if (!h->lasts)
			h->last_cap = 0;
	}
	at = h->lasts ? last_at(h, r->agent) : NULL;
	if (!at)		/* more agents a day than there are seats */
		return;
	at->agent = r->agent;
	at->uid = r->uid;
}

uint64_t house_last_of(const struct house *h, struct agent_id agent)
{
	const struct last_call *at = h->lasts ? last_at(h, agent.v) : NULL;

	return at && at->agent == agent.v ? at->uid : 0;
}
