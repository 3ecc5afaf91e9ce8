/* metrics_print -- the page: each family once, with its help. */
#include "metrics/metrics.h"

#include "base/str.h"
#include "pacer/pacer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct page {
	struct live *live;
	const struct live_rooms *r;
	struct tally *tally;
	struct now now;
	char *buf;
	size_t size, len;
};

static void line(struct page *p, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void line(struct page *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(p->buf + p->len, p->size - p->len, fmt, ap);

	va_end(ap);
	if (n > 0)
		p->len = MIN(p->len + (size_t)n, p->size - 1);
}

static void family(struct page *p, const char *name, const char *type,
		   const char *help)
{
	line(p, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Label values: quotes and backslashes escaped (format 0.0.4). */
static const char *label(const char *text, char *buf, size_t size)
{
	*buf = '\0';
	for (; *text; text++)
		str_add(buf, size, "%s%c",
			*text == '"' || *text == '\\' ? "\\" : "", *text);
	return buf;
}

static void server_part(struct page *p)
{
	struct live_stats st;
	struct store_stats ss;
	uint64_t room = 0;
	enum err disk;

	live_stats(p->live, &st);
	store_stats(p->r->store, &ss);
	disk = store_disk(p->r->store, &room);
	family(p, "waihu_build_info", "gauge", "Version of this server.");
	line(p, "waihu_build_info{version=\"%s\"} 1\n", WAIHU_VERSION);
	family(p, "waihu_start_time_seconds", "gauge", "Since 1970.");
	line(p, "waihu_start_time_seconds %.3f\n", st.started_ms / 1000.0);
	family(p, "waihu_disk_free_bytes", "gauge", "Room for the database.");
	line(p, "waihu_disk_free_bytes %llu\n", (unsigned long long)room);
	family(p, "waihu_disk_full", "gauge", "1: no new calls are dialled.");
	line(p, "waihu_disk_full %d\n", disk == ERR_FULL || st.disk_full);
	family(p, "waihu_store_commits_total", "counter",
	       "Transactions made durable.");
	line(p, "waihu_store_commits_total %llu\n",
	     (unsigned long long)ss.commits);
	family(p, "waihu_store_backlog", "gauge", "Groups not yet durable.");
	line(p, "waihu_store_backlog %zu\n", store_backlog(p->r->store));
	family(p, "waihu_event_loop_slow_total", "counter",
	       "Inputs that took over 10 ms.");
	line(p, "waihu_event_loop_slow_total %u\n", st.slow_turns);
}

static void agents_part(struct page *p)
{
	uint32_t counts[SEAT_STATE_COUNT];
	char word[32];

	seat_counts(floor_seats(p->r->floor), counts);
	family(p, "waihu_agents", "gauge", "Agents by state.");
	for (int s = 0; s < SEAT_STATE_COUNT; s++)
		line(p, "waihu_agents{state=\"%s\"} %u\n",
		     label(seat_state_word((enum seat_state)s), word,
			   sizeof(word)), counts[s]);
}

/* name, type, help, and how to read it of a campaign's day */
static const struct {
	const char *name, *help;
	size_t at;
} counters[] = {
	{ "waihu_call_attempts_total", "INVITEs that ended.",
	  offsetof(struct tally_sums, dialled) },
	{ "waihu_calls_answered_human_total", "Answered by a person.",
	  offsetof(struct tally_sums, person) },
	{ "waihu_calls_abandoned_total", "Answered, no agent in time.",
	  offsetof(struct tally_sums, abandoned) },
	{ "waihu_calls_talked_total", "Conversations.",
	  offsetof(struct tally_sums, talked) },
	{ "waihu_sales_total", "Outcomes that count as sales.",
	  offsetof(struct tally_sums, sales) },
	{ "waihu_calls_blocked_total", "Refused by the gate.",
	  offsetof(struct tally_sums, blocked) },
};

static bool campaign_at(struct page *p, size_t i, struct campaign_view *v,
			struct campaign_id *id, char *name, size_t size)
{
	if (!floor_campaign_at(p->r->floor, i, id) ||
	    floor_campaign_view(p->r->floor, *id, p->now, v))
		return false;
	label(v->conf->name, name, size);
	return true;
}

static void campaigns_part(struct page *p)
{
	struct campaign_view v;
	struct campaign_id id;
	struct tally_sums s;
	char name[100];

	/* Counters of today: Prometheus takes a fall to 0 as a reset. */
	for (size_t c = 0; c < ARRAY_LEN(counters); c++) {
		family(p, counters[c].name, "counter", counters[c].help);
		for (size_t i = 0; campaign_at(p, i, &v, &id, name,
					       sizeof(name)); i++) {
			uint32_t n;

			tally_today(p->tally, id, &s);
			memcpy(&n, (char *)&s + counters[c].at, sizeof(n));
			line(p, "%s{campaign=\"%s\"} %u\n", counters[c].name,
			     name, n);
		}
	}
	family(p, "waihu_call_results_total", "counter", "Ends of calls.");
	for (size_t i = 0; campaign_at(p, i, &v, &id, name, sizeof(name));
	     i++) {
		tally_today(p->tally, id, &s);
		for (int k = 1; k < CALL_RESULT_COUNT; k++)
			line(p, "waihu_call_results_total{campaign=\"%s\","
			     "result=\"%s\"} %u\n", name,
			     call_result_word((enum call_result)k),
			     s.by_result[k]);
	}
	family(p, "waihu_calls", "gauge", "Calls in progress.");
	for (size_t i = 0; campaign_at(p, i, &v, &id, name, sizeof(name));
	     i++)
		line(p, "waihu_calls{campaign=\"%s\",phase=\"dialing\"} %u\n"
		     "waihu_calls{campaign=\"%s\",phase=\"waiting\"} %u\n"
		     "waihu_calls{campaign=\"%s\",phase=\"talking\"} %u\n",
		     name, v.ringing, name, v.waiting, name, v.talking);
	family(p, "waihu_abandon_ratio", "gauge",
	       "Abandoned / answered by a person.");
	for (size_t i = 0; campaign_at(p, i, &v, &id, name, sizeof(name));
	     i++) {
		struct pacer_explain x;

		pacer_explain(floor_pacer(p->r->floor, id), p->now.mono_ms,
			      &x);
		tally_recent(p->tally, id, 15, p->now, &s);
		line(p, "waihu_abandon_ratio{campaign=\"%s\",window=\"15m\"} "
		     "%.6f\n", name, s.person ? (double)s.abandoned / s.person
					      : 0.0);
		line(p, "waihu_abandon_ratio{campaign=\"%s\",window=\"legal\"}"
		     " %.6f\n", name, x.answered > 0 ? x.abandoned / x.answered
						     : 0.0);
	}
	family(p, "waihu_pacing_target_abandon_ratio", "gauge",
	       "What the pacer aims below.");
	for (size_t i = 0; campaign_at(p, i, &v, &id, name, sizeof(name));
	     i++)
		line(p, "waihu_pacing_target_abandon_ratio{campaign=\"%s\"} "
		     "%.6f\n", name, gate_profile_abandon_ppm(
			     v.conf->gate.profile, v.conf->target_ppm) / 1e6);
}

static void trunks_part(struct page *p)
{
	static const struct { const char *name, *type, *help; } rows[] = {
		{ "waihu_trunk_up", "gauge", "1: healthy." },
		{ "waihu_trunk_channels_used", "gauge", "Calls now." },
		{ "waihu_trunk_channels_limit", "gauge", "Calls at most." },
		{ "waihu_trunk_cps_limit", "gauge", "Starts a second." },
		{ "waihu_trunk_attempts_total", "counter", "INVITEs." },
		{ "waihu_trunk_answers_total", "counter", "Answered." },
		{ "waihu_trunk_5xx_total", "counter", "Failed with 5xx." },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		family(p, rows[i].name, rows[i].type, rows[i].help);
		for (unsigned t = 0; t < dial_trunk_count(p->r->dial); t++) {
			struct dial_trunk_stat s;
			char name[80];

			if (dial_trunk_stat(p->r->dial, t, p->now, &s))
				continue;
			const double values[] = {
				s.state == TRUNK_UP ||
					s.state == TRUNK_STANDBY,
				s.used, s.channels,
				s.cps_limit_milli / 1000.0,
				(double)s.attempts, (double)s.answers,
				(double)s.failures_5xx };

			line(p, "%s{trunk=\"%s\"} %g\n", rows[i].name,
			     label(s.name, name, sizeof(name)), values[i]);
		}
	}
}

/* Of the calls that ended, as their packets told: counters since start. */
static const struct {
	const char *name, *labels, *help;
	size_t at;
} sounds[] = {
	{ "waihu_trunk_rtp_packets_total", ",direction=\"in\"",
	  "RTP packets of answered calls, counted at their end.",
	  offsetof(struct dial_sounds, got) },
	{ "waihu_trunk_rtp_packets_total", ",direction=\"out\"", NULL,
	  offsetof(struct dial_sounds, tx) },
	{ "waihu_rtp_lost_packets_total", ",direction=\"in\"",
	  "Lost on their way to us; out: as the far end's RTCP reports.",
	  offsetof(struct dial_sounds, lost) },
	{ "waihu_rtp_lost_packets_total", ",direction=\"out\"", NULL,
	  offsetof(struct dial_sounds, far_lost) },
	{ "waihu_rtp_late_packets_total", ",direction=\"in\"",
	  "Came after a later one.", offsetof(struct dial_sounds, late) },
	{ "waihu_rtp_one_way_calls_total", ",direction=\"in\"",
	  "Joined calls nothing ever came from.",
	  offsetof(struct dial_sounds, one_way) },
};

static bool trunk_at(struct page *p, unsigned t, struct dial_trunk_stat *s,
		     char *name, size_t size)
{
	if (dial_trunk_stat(p->r->dial, t, p->now, s))
		return false;
	label(s->name, name, size);
	return true;
}

static void histogram(struct page *p, const char *name, const char *trunk,
		      const uint64_t *bins, const uint32_t *bounds, size_t n,
		      double unit, uint64_t count, uint64_t sum)
{
	for (size_t i = 0; i < n; i++)
		line(p, "%s_bucket{trunk=\"%s\",le=\"%g\"} %llu\n", name,
		     trunk, bounds[i] / unit, (unsigned long long)bins[i]);
	line(p, "%s_bucket{trunk=\"%s\",le=\"+Inf\"} %llu\n"
	     "%s_sum{trunk=\"%s\"} %g\n%s_count{trunk=\"%s\"} %llu\n", name,
	     trunk, (unsigned long long)count, name, trunk,
	     (double)sum / unit, name, trunk, (unsigned long long)count);
}

static void sound_part(struct page *p)
{
	static const uint32_t jitter[] = DIAL_JITTER_US, mos[] = DIAL_MOS_PCT;
	unsigned n = dial_trunk_count(p->r->dial);
	struct dial_trunk_stat s;
	char name[80];

	for (size_t i = 0; i < ARRAY_LEN(sounds); i++) {
		if (sounds[i].help)
			family(p, sounds[i].name, "counter", sounds[i].help);
		for (unsigned t = 0; t < n; t++) {
			uint64_t v;

			if (!trunk_at(p, t, &s, name, sizeof(name)))
				continue;
			memcpy(&v, (char *)&s.sound + sounds[i].at, sizeof(v));
			line(p, "%s{trunk=\"%s\"%s} %llu\n", sounds[i].name,
			     name, sounds[i].labels, (unsigned long long)v);
		}
	}
	family(p, "waihu_rtp_jitter_seconds", "histogram",
	       "Mean interarrival jitter of calls (RFC 3550).");
	for (unsigned t = 0; t < n; t++)
		if (trunk_at(p, t, &s, name, sizeof(name)))
			histogram(p, "waihu_rtp_jitter_seconds", name,
				  s.sound.jitter_bins, jitter,
				  DIAL_JITTER_BINS, 1e6, s.sound.heard,
				  s.sound.jitter_sum_us);
	family(p, "waihu_rtp_mos", "histogram",
	       "Estimated MOS of calls (ITU-T G.107).");
	for (unsigned t = 0; t < n; t++)
		if (trunk_at(p, t, &s, name, sizeof(name)))
			histogram(p, "waihu_rtp_mos", name, s.sound.mos_bins,
				  mos, DIAL_MOS_BINS, 1e2, s.sound.heard,
				  s.sound.mos_sum_pct);
}

static void media_part(struct page *p)
{
	struct media_totals t;

	media_totals(p->r->media, &t);
	family(p, "waihu_rtp_packets_total", "counter",
	       "RTP packets, agents' lines included.");
	line(p, "waihu_rtp_packets_total{direction=\"in\"} %llu\n"
	     "waihu_rtp_packets_total{direction=\"out\"} %llu\n",
	     (unsigned long long)t.rx_packets,
	     (unsigned long long)t.tx_packets);
	family(p, "waihu_recordings", "gauge", "Recordings in progress.");
	line(p, "waihu_recordings %u\n", t.recordings);
	family(p, "waihu_recording_frames_lost_total", "counter",
	       "Frames of 20 ms the disk was too slow for.");
	line(p, "waihu_recording_frames_lost_total %llu\n",
	     (unsigned long long)t.rec_lost);
}

size_t metrics_print(struct live *live, struct tally *tally, char *buf,
		     size_t size)
{
	const struct live_rooms *r = live_rooms(live);
	struct page p = { .live = live, .r = r, .tally = tally, .buf = buf,
			  .size = size, .now = clock_now(r->clock) };

	*buf = '\0';
	server_part(&p);
	agents_part(&p);
	campaigns_part(&p);
	trunks_part(&p);
	sound_part(&p);
	media_part(&p);
	return p.len;
}
