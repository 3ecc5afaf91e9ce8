/* server/sim/sim_world -- parameters and scenarios of a simulated day. */
#include "sim/sim_priv.h"

#include "base/str.h"

#include <math.h>
#include <string.h>

#define MINUTE 60000

static const char *const scenario_words[] = {
#define X(name, word, text) word,
	SIM_SCENARIOS(X)
#undef X
};

const char *sim_scenario_word(enum sim_scenario s)
{
	return (unsigned)s < ARRAY_LEN(scenario_words) ? scenario_words[s] :
							 "unknown";
}

enum err sim_scenario_from_word(const char *w, enum sim_scenario *out)
{
	for (size_t i = 0; i < ARRAY_LEN(scenario_words); i++)
		if (str_eq(w, scenario_words[i])) {
			*out = (enum sim_scenario)i;
			return ERR_OK;
		}
	return ERR_ABSENT;
}

/*
 * How calls ring: answers after 6-10 s or 18-22 s, as known-number call logs
 * show, failures engaged within 5 s or ringing out.  The two shares are those
 * whose means, 9.4 s and 18.1 s, make progressive dialling as busy as
 * it was measured elsewhere: talk / (talk + wrap-up + answered + failed x
 * (1 - p) / p) was .449 (p .25, talk of 60 s), .706 (.25, 180 s), .248 (.10,
 * 60 s), .795 (.40, 180 s).
 */
#define EARLY 0.88
#define ENGAGED 0.32

void sim_world_init(struct sim_world *w)
{
	memset(w, 0, sizeof(*w));
	w->agents = 20;
	w->p = 0.25;
	w->talk = (struct sim_time){ .shape = SIM_LOGNORMAL, .mean_s = 60,
				     .cv = 1 };
	w->wrap = (struct sim_time){ .shape = SIM_LOGNORMAL, .mean_s = 10,
				     .cv = 0.5 };
	w->patience = (struct sim_time){ .shape = SIM_CONSTANT, .mean_s = 2 };
	w->ring_s = 10;
	w->early_share = EARLY;
	w->busy_share = ENGAGED;
	w->timeout_ms = 25000;
	w->length_ms = 8 * 60 * MINUTE;
	w->tick_ms = 250;
	w->by_hand_s = 24;
	w->preview_s = 8;
	w->seed = 1;
}

/* splitmix64 (Steele, Lea, Flood 2014) of seed, stream and index: a call's
 * fate does not depend on what else happened, so that two pacers meet the
 * same people. */
double sim_uniform(uint64_t seed, uint64_t stream, uint64_t index)
{
	uint64_t x = seed * 0x9e3779b97f4a7c15u + stream * 0xd1b54a32d192ed03u +
		     index * 0x8cb92ba72f3d8dd7u + 0x632be59bd9b4e019u;

	for (int i = 0; i < 2; i++) {
		x ^= x >> 30;
		x *= 0xbf58476d1ce4e5b9u;
		x ^= x >> 27;
		x *= 0x94d049bb133111ebu;
		x ^= x >> 31;
	}
	return ((double)(x >> 11) + 0.5) / 9007199254740992.0;
}

double sim_draw(const struct sim_time *t, uint64_t seed, uint64_t stream,
		uint64_t index)
{
	double u = sim_uniform(seed, stream, index);

	if (t->shape == SIM_CONSTANT || t->mean_s <= 0)
		return t->mean_s;
	if (t->shape == SIM_MEASURED) {
		double x = u * (SIM_QUANTILES - 1);
		int i = (int)x;

		i = MIN(i, SIM_QUANTILES - 2);
		return (double)t->q[i] +
		       (double)(t->q[i + 1] - t->q[i]) * (x - i);
	}
	if (t->shape == SIM_EXPONENTIAL)
		return -t->mean_s * log(u);
	double v = sim_uniform(seed, stream + 1, index);
	double s2 = log(1 + t->cv * t->cv);
	double z = sqrt(-2 * log(u)) * cos(2 * M_PI * v);

	return t->mean_s * exp(sqrt(s2) * z - s2 / 2);
}

double sim_ring(const struct sim_world *w, uint64_t seed, uint64_t index,
		bool answered, int dead, bool *busy)
{
	double u = sim_uniform(seed, STREAM_RING, index);

	*busy = false;
	if (w->ring_exponential)
		return -w->ring_s * log(u);
	if (w->ring.shape == SIM_MEASURED && !dead) {
		double t = sim_draw(answered ? &w->ring : &w->fail, seed,
				    STREAM_RING, index);

		*busy = !answered && t * 1e3 + 500 < (double)w->timeout_ms;
		return t;
	}
	if (answered)
		return (sim_uniform(seed, STREAM_EARLY, index) <
			w->early_share ? 6 : 18) + 4 * u;
	*busy = dead == 1 || (dead != 2 && sim_uniform(seed, STREAM_BUSY,
						       index) < w->busy_share);
	if (dead == 1)
		return 0.2 + 0.6 * u;
	return *busy ? 2 + 3 * u : (double)w->timeout_ms / 1e3;
}

static void change(struct sim_world *w, int64_t ms, enum sim_change_kind kind,
		   double value)
{
	if (w->changes < SIM_CHANGES_MAX && ms < w->length_ms)
		w->change[w->changes++] = (struct sim_change){ ms, kind,
							       value };
}

static void jump_p(struct sim_world *w)
{
	for (int i = 1; i * 15 * (int64_t)MINUTE < w->length_ms; i++) {
		double u = sim_uniform(w->seed, 90, (uint64_t)i);

		change(w, i * 15 * MINUTE, SIM_SET_P,
		       fmin(0.9, w->p * exp(log(0.4) + u * log(5))));
	}
}

static void jump_talk(struct sim_world *w)
{
	for (int i = 1; i * 20 * (int64_t)MINUTE < w->length_ms; i++)
		change(w, i * 20 * MINUTE, SIM_SET_TALK, i % 2 ? 2.5 : 1);
}

static void ragged(struct sim_world *w)
{
	change(w, 0, SIM_SET_SHARE, 0.3);
	for (int i = 1; i * 10 * (int64_t)MINUTE < w->length_ms; i++)
		change(w, i * 10 * MINUTE, SIM_SET_SHARE, 0.4 + 0.6 *
		       sim_uniform(w->seed, 91, (uint64_t)i));
}

static void walkout(struct sim_world *w)
{
	for (int i = 1; i * 60 * (int64_t)MINUTE < w->length_ms; i++) {
		change(w, i * 60 * MINUTE, SIM_SET_SHARE, 0.6);
		change(w, (i * 60 + 15) * MINUTE, SIM_SET_SHARE, 1);
	}
}

static int earlier(const void *a, const void *b)
{
	const struct sim_change *x = a, *y = b;

	return (x->ms > y->ms) - (x->ms < y->ms);
}

static void all(struct sim_world *w)
{
	jump_p(w);
	jump_talk(w);
	walkout(w);
	qsort(w->change, w->changes, sizeof(w->change[0]), earlier);
}

void sim_world_forget(struct sim_world *w, enum sim_change_kind kind)
{
	unsigned n = 0;

	for (unsigned i = 0; i < w->changes; i++)
		if (w->change[i].kind != kind)
			w->change[n++] = w->change[i];
	w->changes = n;
}

void sim_scenario_set(struct sim_world *w, enum sim_scenario s)
{
	w->changes = 0;
	switch (s) {
	case SIM_JUMP_P:
		jump_p(w);
		break;
	case SIM_JUMP_TALK:
		jump_talk(w);
		break;
	case SIM_RAGGED:
		ragged(w);
		break;
	case SIM_WALKOUT:
		walkout(w);
		break;
	case SIM_BURST:
		change(w, 0, SIM_SET_SHARE, 0.3);
		change(w, 60 * MINUTE, SIM_SET_SHARE, 1);
		change(w, 180 * MINUTE, SIM_SET_SHARE, 0.3);
		change(w, 240 * MINUTE, SIM_SET_SHARE, 1);
		break;
	case SIM_DEAD:
		change(w, 60 * MINUTE, SIM_SET_DEAD, 1);
		change(w, 70 * MINUTE, SIM_SET_DEAD, 0);
		change(w, 180 * MINUTE, SIM_SET_DEAD, 2);
		change(w, 190 * MINUTE, SIM_SET_DEAD, 0);
		break;
	case SIM_P60:
		change(w, 90 * MINUTE, SIM_SET_P, 0.6);
		change(w, 120 * MINUTE, SIM_SET_P, w->p);
		change(w, 240 * MINUTE, SIM_SET_P, 0.6);
		change(w, 250 * MINUTE, SIM_SET_P, w->p);
		break;
	case SIM_HOME:
		change(w, w->length_ms * 5 / 8, SIM_SET_SHARE, 0.25);
		break;
	case SIM_ALL:
		all(w);
		break;
	default:
		break;
	}
}
