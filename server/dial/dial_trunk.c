#include "dial/dial_trunk.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static const char *const state_words[] = {
#define X(name, word) [name] = word,
	DIAL_TRUNK_STATES(X)
#undef X
};

const char *dial_trunk_state_word(enum dial_trunk_state s)
{
	return s < DIAL_TRUNK_STATE_COUNT ? state_words[s] : "?";
}

/* ------------------------------------------------------------ limits ----- */

/*
 * At most n starts in any window of n / cps seconds (n = cps rounded up):
 * exact, as a carrier's own counter is, where a token bucket would let two
 * windows' worth through at a window's edge.
 */
enum err trunk_set_cps(struct trunk *t, unsigned cps_milli)
{
	unsigned n = (cps_milli + 999) / 1000;
	int64_t *ring = NULL;

	if (n > TRUNK_CPS_MAX)
		n = 0;
	if (n) {
		ring = malloc(n * sizeof(*ring));
		if (!ring)
			return ERR_MEMORY;
		for (unsigned i = 0; i < n; i++)
			ring[i] = INT64_MIN / 2;
		t->start_window_ms = (unsigned)
			(((uint64_t)n * 1000000 + cps_milli - 1) / cps_milli);
	}
	free(t->starts);
	t->starts = ring;
	t->start_cap = n;
	t->start_at = 0;
	t->conf.cps_milli = cps_milli;
	return ERR_OK;
}

unsigned trunk_starts(const struct trunk *t, int64_t mono_ms)
{
	unsigned n = 0;

	if (!t->start_cap)
		return UINT_MAX;
	for (unsigned i = 0; i < t->start_cap; i++)
		n += mono_ms - t->starts[i] >= t->start_window_ms;
	return n;
}

/* The oldest start is the next to be overwritten. */
static bool may_start(const struct trunk *t, int64_t mono_ms)
{
	return !t->start_cap || mono_ms - t->starts[t->start_at] >=
				(int64_t)t->start_window_ms;
}

static bool has_channel(const struct trunk *t)
{
	return !t->conf.channels || t->used < t->conf.channels;
}

enum dial_trunk_state trunk_state(const struct trunk *t, int64_t mono_ms)
{
	if (t->drain)
		return TRUNK_DRAIN;
	if (t->down && (t->conf.probe_ms || mono_ms < t->down_until_ms))
		return TRUNK_DOWN;
	if (mono_ms < t->backoff_until_ms)
		return TRUNK_BACKOFF;
	return TRUNK_UP;
}

/* ------------------------------------------------------------ choice ----- */

unsigned trunk_level(const struct trunk *t, unsigned count, uint64_t tried,
		     uint64_t allowed, int64_t mono_ms)
{
	unsigned level = UINT_MAX;

	for (unsigned i = 0; i < count; i++)
		if ((allowed >> i & 1) && !(tried >> i & 1) &&
		    trunk_state(&t[i], mono_ms) == TRUNK_UP)
			level = MIN(level, t[i].conf.standby);
	return level;
}

int trunk_pick(struct trunk *t, unsigned count, uint64_t allowed,
	       uint64_t tried, int64_t mono_ms)
{
	unsigned level = trunk_level(t, count, tried, allowed, mono_ms);
	int best = -1, sum = 0;

	for (unsigned i = 0; i < count; i++) {
		if (!(allowed >> i & 1) || (tried >> i & 1) ||
		    t[i].conf.standby != level ||
		    trunk_state(&t[i], mono_ms) != TRUNK_UP ||
		    !has_channel(&t[i]) || !may_start(&t[i], mono_ms))
			continue;
		int w = (int)MAX(t[i].conf.weight, 1u);

		t[i].share += w;
		sum += w;
		if (best < 0 || t[i].share > t[best].share)
			best = (int)i;
	}
	if (best >= 0)
		t[best].share -= sum;
	return best;
}

static struct dial_caller_stat *caller_stat(struct trunk *t,
					    const char *number)
{
	for (unsigned i = 0; number && i < t->shown; i++)
		if (!strcmp(t->callers[i].number, number))
			return &t->callers[i];
	return NULL;
}

/* One a campaign has of its own, which this trunk shows, or is not to. */
static struct dial_caller_stat *caller_make(struct trunk *t,
					    const char *number)
{
	struct dial_caller_stat *c = caller_stat(t, number);

	if (c || !number || !*number || t->shown == DIAL_SHOWN_MAX)
		return c;
	c = &t->callers[t->shown++];
	*c = (struct dial_caller_stat){ 0 };
	str_copy(c->number, sizeof(c->number), number);
	return c;
}

enum err trunk_rest(struct trunk *t, const char *number, bool rest)
{
	struct dial_caller_stat *c = caller_stat(t, number);
	bool another = false;

	if (!rest) {
		if (c)
			c->resting = false;
		return c ? ERR_OK : ERR_ABSENT;
	}
	for (unsigned i = 0; i < t->conf.caller_count; i++)
		another = another || (!t->callers[i].resting &&
				      strcmp(t->callers[i].number, number));
	if (!another)
		return ERR_STATE;
	c = caller_make(t, number);
	if (!c)
		return ERR_FULL;
	c->resting = true;
	return ERR_OK;
}

bool trunk_rests(const struct trunk *t, const char *number)
{
	for (unsigned i = 0; i < t->shown; i++)
		if (!strcmp(t->callers[i].number, number))
			return t->callers[i].resting;
	return false;
}

const char *trunk_caller(struct trunk *t, const char *wanted)
{
	if (*wanted && !trunk_rests(t, wanted))
		return wanted;
	for (unsigned i = 0; i < t->conf.caller_count; i++) {
		unsigned k = t->next_caller++ % t->conf.caller_count;

		if (!t->callers[k].resting)
			return t->callers[k].number;
	}
	return NULL;
}

/* ------------------------------------------------------- what happened --- */

struct trunk_minute *trunk_minute_of(struct trunk *t, int64_t mono_ms)
{
	int64_t m = mono_ms / 60000;
	struct trunk_minute *b = &t->minutes[m % TRUNK_MINUTES];

	if (b->minute != m)
		*b = (struct trunk_minute){ .minute = m };
	return b;
}

static void count_code(struct trunk_minute *b, uint16_t code, uint32_t n)
{
	unsigned i = 0;

	while (i < b->code_count && b->codes[i].code != code)
		i++;
	if (i == b->code_count) {
		if (i == TRUNK_CODES)
			return;
		b->codes[b->code_count++] = (struct dial_code_count){ code, 0 };
	}
	b->codes[i].count += n;
}

void trunk_call_begins(struct trunk *t, const char *caller, int64_t mono_ms)
{
	struct dial_caller_stat *c = caller_make(t, caller);

	int64_t sec = mono_ms / 1000;

	if (t->second != sec) {
		t->second_before = t->second == sec - 1 ? t->second_starts : 0;
		t->second_starts = 0;
		t->second = sec;
	}
	t->second_starts++;
	t->used++;
	t->attempts++;
	if (c)
		c->calls++;
	if (t->start_cap) {
		t->starts[t->start_at] = mono_ms;
		t->start_at = (t->start_at + 1) % t->start_cap;
	}
}

void trunk_call_rings(struct trunk *t, uint32_t pdd_ms, int64_t mono_ms)
{
	unsigned i = t->pdd_at++ % TRUNK_PDD_MAX;

	t->pdd[i].at_ms = mono_ms;
	t->pdd[i].pdd_ms = pdd_ms;
}

void trunk_call_answered(struct trunk *t, const char *caller, int64_t mono_ms)
{
	struct trunk_minute *b = trunk_minute_of(t, mono_ms);
	struct dial_caller_stat *c = caller_stat(t, caller);

	t->answers++;
	t->silent = t->fails = 0;
	t->down = t->down && t->conf.probe_ms;
	b->ended++;
	b->answered++;
	b->effective++;
	count_code(b, 200, 1);
	if (c)
		c->answers++;
}

/* ITU-T E.425: the network did its work when a person, or a telephone, gave
 * the answer: busy, no answer, refused by the user. */
static bool is_effective(uint16_t code)
{
	static const uint16_t codes[] = { 486, 600, 480, 408, 487, 603, 607 };

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

static void mark_down(struct trunk *t, int64_t mono_ms)
{
	t->down = true;
	t->down_until_ms = mono_ms + TRUNK_PAUSE_MS;
}

void trunk_call_failed(struct trunk *t, uint16_t code, uint32_t retry_after_s,
		       int64_t mono_ms)
{
	struct trunk_minute *b = trunk_minute_of(t, mono_ms);
	bool is_5xx = code >= 500 && code < 600;

	t->used -= t->used > 0;
	b->ended++;
	b->effective += is_effective(code);
	b->r5xx += is_5xx;
	t->failures_5xx += is_5xx;
	t->refused += code >= 600;
	count_code(b, code, 1);

	t->silent = code ? 0 : t->silent + 1;
	t->fails = is_5xx ? t->fails + 1 : 0;
	if (t->silent >= TRUNK_SILENT_DOWN)
		mark_down(t, mono_ms);
	if (code == 503 && retry_after_s) {
		int64_t until = mono_ms + 1000 * (int64_t)
			MIN(retry_after_s, (uint32_t)TRUNK_RETRY_AFTER_MAX_S);

		t->backoff_until_ms = MAX(t->backoff_until_ms, until);
	} else if (t->fails >= TRUNK_5XX_BACKOFF) {
		t->fails = 0;
		t->backoff_until_ms = MAX(t->backoff_until_ms,
					  mono_ms + TRUNK_PAUSE_MS);
	}
}

void trunk_call_ended(struct trunk *t, uint64_t talk_ms, int64_t mono_ms)
{
	struct trunk_minute *b = trunk_minute_of(t, mono_ms);

	t->used -= t->used > 0;
	t->talk_ms += talk_ms;
	b->talks++;
	b->talk_ms += talk_ms;
}

void trunk_probed(struct trunk *t, int32_t rtt_ms, int64_t mono_ms)
{
	if (rtt_ms >= 0) {
		t->options_ms = rtt_ms;
		t->lost = t->silent = 0;
		t->down = false;
		return;
	}
	t->options_ms = -1;
	if (++t->lost >= TRUNK_LOST_DOWN)
		mark_down(t, mono_ms);
}

void trunk_enable(struct trunk *t)
{
	t->drain = t->down = false;
	t->backoff_until_ms = t->down_until_ms = 0;
	t->lost = t->silent = t->fails = 0;
}

/* --------------------------------------------------------- statistics ---- */

static int permille(uint64_t part, uint64_t whole)
{
	return whole ? (int)(part * 1000 / whole) : -1;
}

static int by_count(const void *a, const void *b)
{
	uint32_t x = ((const struct dial_code_count *)a)->count;
	uint32_t y = ((const struct dial_code_count *)b)->count;

	return x < y ? 1 : x > y ? -1 : 0;
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void pdd_stat(const struct trunk *t, int64_t since_ms,
		     struct dial_trunk_stat *out)
{
	uint32_t v[TRUNK_PDD_MAX];
	unsigned n = 0;

	for (unsigned i = 0; i < MIN(t->pdd_at, (unsigned)TRUNK_PDD_MAX); i++)
		if (t->pdd[i].at_ms >= since_ms)
			v[n++] = t->pdd[i].pdd_ms;
	out->pdd_p50_ms = out->pdd_p95_ms = -1;
	if (!n)
		return;
	qsort(v, n, sizeof(v[0]), by_value);
	out->pdd_p50_ms = (int32_t)v[n / 2];
	out->pdd_p95_ms = (int32_t)v[MIN(n * 95 / 100, n - 1)];
}

static void codes_add(struct dial_trunk_stat *out, struct dial_code_count c)
{
	unsigned i = 0;

	while (i < out->code_count && out->codes[i].code != c.code)
		i++;
	if (i == DIAL_CODES_MAX)
		return;
	if (i == out->code_count)
		out->codes[out->code_count++].code = c.code;
	out->codes[i].count += c.count;
}

static void recent_stat(const struct trunk *t, int64_t mono_ms,
			struct dial_trunk_stat *out)
{
	int64_t first = mono_ms / 60000 - TRUNK_MINUTES + 1;
	uint64_t ended = 0, answered = 0, effective = 0, r5xx = 0, talks = 0;
	uint64_t talk_ms = 0;

	for (int i = 0; i < TRUNK_MINUTES; i++) {
		const struct trunk_minute *b = &t->minutes[i];

		if (b->minute < first)
			continue;
		ended += b->ended;
		answered += b->answered;
		effective += b->effective;
		r5xx += b->r5xx;
		talks += b->talks;
		talk_ms += b->talk_ms;
		for (unsigned k = 0; k < b->code_count; k++)
			codes_add(out, b->codes[k]);
	}
	qsort(out->codes, out->code_count, sizeof(out->codes[0]), by_count);
	out->recent = (unsigned)ended;
	out->asr_permille = permille(answered, ended);
	out->ner_permille = permille(effective, ended);
	out->r5xx_permille = permille(r5xx, ended);
	out->acd_ms = talks ? (int32_t)(talk_ms / talks) : -1;
	pdd_stat(t, first * 60000, out);
}

/* Starts in the last whole second, or in this one if it has more. */
static unsigned starts_a_second(const struct trunk *t, int64_t mono_ms)
{
	int64_t sec = mono_ms / 1000;
	unsigned now = t->second == sec ? t->second_starts : 0;
	unsigned last = t->second == sec ? t->second_before
			: t->second == sec - 1 ? t->second_starts : 0;

	return MAX(now, last);
}

void trunk_stat(const struct trunk *t, int64_t mono_ms,
		struct dial_trunk_stat *out)
{
	*out = (struct dial_trunk_stat){
		.id = t->conf.id, .state = trunk_state(t, mono_ms),
		.used = t->used, .channels = t->conf.channels,
		.cps_milli = 1000 * starts_a_second(t, mono_ms),
		.cps_limit_milli = t->conf.cps_milli,
		.options_ms = t->options_ms, .attempts = t->attempts,
		.answers = t->answers, .failures_5xx = t->failures_5xx,
		.refused = t->refused, .talk_ms = t->talk_ms,
		.caller_count = t->shown,
	};
	str_copy(out->name, sizeof(out->name), t->conf.name);
	memcpy(out->callers, t->callers, sizeof(out->callers));
	recent_stat(t, mono_ms, out);
	trunk_sounds(t, mono_ms, &out->sound);
}

enum err trunk_init(struct trunk *t, const struct dial_trunk_conf *conf)
{
	*t = (struct trunk){ .conf = *conf, .options_ms = -1 };
	for (int i = 0; i < TRUNK_MINUTES; i++)
		t->minutes[i].minute = -1;
	t->shown = conf->caller_count;
	for (unsigned i = 0; i < conf->caller_count; i++)
		str_copy(t->callers[i].number, sizeof(t->callers[i].number),
			 conf->callers[i]);
	return trunk_set_cps(t, conf->cps_milli);
}

void trunk_fini(struct trunk *t)
{
	free(t->starts);
	t->starts = NULL;
}
