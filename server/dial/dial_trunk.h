/*
 * dial_trunk -- carriers: which one takes the next call, and how each does.
 *
 * In      what happened to calls and probes, with its time
 * Out     the choice; statistics
 * Owns    channels, calls a second, back-off, the last quarter of an hour
 * Never   sends anything, reads a clock: pure, `mono_ms` is passed in
 */
#ifndef DIAL_DIAL_TRUNK_H
#define DIAL_DIAL_TRUNK_H

#include "dial/dial.h"

enum {
	TRUNK_MINUTES   = 15,
	TRUNK_PDD_MAX   = 256,	/* post-dial delays kept                    */
	TRUNK_CPS_MAX   = 1024,	/* starts remembered; above: no cap         */
	TRUNK_CODES     = 24,	/* codes told apart in a minute             */
	TRUNK_LOST_DOWN = 2,	/* probes unanswered in a row: down         */
	TRUNK_SILENT_DOWN = 3,	/* INVITEs unanswered in a row: down        */
	TRUNK_5XX_BACKOFF = 8,	/* 5xx in a row: a pause                    */
	TRUNK_PAUSE_MS  = 10000,	/* ... of this, also for down without
					   probes                           */
	TRUNK_RETRY_AFTER_MAX_S = 3600,	/* a trunk cannot ask for more      */
};

struct trunk_minute {
	int64_t minute;		/* mono / 60000; -1 = empty                 */
	uint32_t ended, answered, effective, r5xx, talks;
	uint64_t talk_ms;
	struct dial_code_count codes[TRUNK_CODES];
	unsigned code_count;
	struct {
		uint32_t calls;
		uint64_t got, lost, sent, far_lost;
		uint64_t jitter, mos;	/* times packets                    */
	} sound;
};

struct trunk {
	struct dial_trunk_conf conf;
	bool drain, down;
	int64_t backoff_until_ms;	/* monotonic; 0 = none              */
	int64_t down_until_ms;		/* tried again then, if not probed  */
	unsigned lost, silent, fails;	/* in a row                         */
	int32_t options_ms;
	unsigned used;
	int64_t *starts;		/* ring of the last starts [ms]     */
	unsigned start_at, start_cap, start_window_ms;
	int64_t second;			/* for the rate shown               */
	unsigned second_starts, second_before;
	int share;			/* smooth weighted round robin      */
	unsigned next_caller;
	struct dial_caller_stat callers[DIAL_SHOWN_MAX];
	unsigned shown;			/* of them known; the conf's first  */
	struct trunk_minute minutes[TRUNK_MINUTES];
	struct { int64_t at_ms; uint32_t pdd_ms; } pdd[TRUNK_PDD_MAX];
	unsigned pdd_at;
	uint64_t attempts, answers, failures_5xx, refused, talk_ms;
	struct dial_sounds sound;	/* since start                      */
};

MUST_CHECK enum err trunk_init(struct trunk *t,
			       const struct dial_trunk_conf *conf);
void trunk_fini(struct trunk *t);
MUST_CHECK enum err trunk_set_cps(struct trunk *t, unsigned cps_milli);

/* STANDBY is judged among all of them: see trunk_states. */
enum dial_trunk_state trunk_state(const struct trunk *t, int64_t mono_ms);
/* Free starts now by CPS; UINT_MAX = no cap. */
unsigned trunk_starts(const struct trunk *t, int64_t mono_ms);
/* The lowest standby level that has a healthy trunk not in `tried`. */
unsigned trunk_level(const struct trunk *t, unsigned count, uint64_t tried,
		     uint64_t allowed, int64_t mono_ms);
/*
 * The trunk for the next call: among allowed (bit i = t[i]) and not tried,
 * healthy, of the lowest level, with a channel and a start left; by weight,
 * evenly spread (smooth weighted round robin).  -1 if there is none.
 */
int trunk_pick(struct trunk *t, unsigned count, uint64_t allowed,
	       uint64_t tried, int64_t mono_ms);
/*
 * The number to show: `wanted` ("": none) unless it rests here, else in turn,
 * resting ones left out; NULL if there is none.
 */
const char *trunk_caller(struct trunk *t, const char *wanted);
/* See dial_trunk_rest_caller. */
MUST_CHECK enum err trunk_rest(struct trunk *t, const char *number, bool rest);
bool trunk_rests(const struct trunk *t, const char *number);

void trunk_call_begins(struct trunk *t, const char *caller, int64_t mono_ms);
void trunk_call_rings(struct trunk *t, uint32_t pdd_ms, int64_t mono_ms);
void trunk_call_answered(struct trunk *t, const char *caller, int64_t mono_ms);
/* code 0: nothing came at all.  retry_after_s: of a 503, 0 = none. */
void trunk_call_failed(struct trunk *t, uint16_t code, uint32_t retry_after_s,
		       int64_t mono_ms);
/* The answered call is over. */
void trunk_call_ended(struct trunk *t, uint64_t talk_ms, int64_t mono_ms);
/* rtt_ms < 0: the probe was lost. */
void trunk_probed(struct trunk *t, int32_t rtt_ms, int64_t mono_ms);
void trunk_enable(struct trunk *t);
/* dial_sound.c */
void trunk_heard(struct trunk *t, const struct dial_sound *s, int64_t mono_ms);
void trunk_sounds(const struct trunk *t, int64_t mono_ms,
		  struct dial_sounds *out);
/* The counters of this minute. */
struct trunk_minute *trunk_minute_of(struct trunk *t, int64_t mono_ms);

void trunk_stat(const struct trunk *t, int64_t mono_ms,
		struct dial_trunk_stat *out);

#endif
