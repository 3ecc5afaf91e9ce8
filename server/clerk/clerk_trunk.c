/* clerk_trunk -- trunks. */
#include "clerk_priv.h"

#include "base/str.h"

/* null: nothing was measured. */
static json_t *part_json(int32_t x, double whole)
{
	return x < 0 ? json_null() : json_real(x / whole);
}

static json_t *trunk_json(struct job *j, unsigned i, struct now now)
{
	struct dial_trunk_stat t;

	if (dial_trunk_stat(j->c->r->dial, i, now, &t))
		return NULL;
	return json_pack("{s:s, s:s, s:i, s:i, s:f, s:f, s:I, s:I, s:I, s:o, "
			 "s:o, s:i, s:i, s:i, s:i, s:o, s:o, s:o, s:o}",
			 "trunk", t.name, "state",
			 dial_trunk_state_word(t.state), "used", (int)t.used,
			 "channels", (int)t.channels, "cps",
			 t.cps_milli / 1000.0, "cps_limit",
			 t.cps_limit_milli / 1000.0, "attempts",
			 (json_int_t)t.attempts, "answers",
			 (json_int_t)t.answers, "failures_5xx",
			 (json_int_t)t.failures_5xx, "asr",
			 ratio_json(t.asr_permille < 0 ? -1 : t.asr_permille * 10),
			 "ner",
			 ratio_json(t.ner_permille < 0 ? -1 : t.ner_permille * 10),
			 "pdd_p50_ms", (int)t.pdd_p50_ms, "pdd_p95_ms",
			 (int)t.pdd_p95_ms, "options_ms", (int)t.options_ms,
			 "heard", (int)t.sound.calls, "loss",
			 part_json(t.sound.loss_ppm, 1e6), "far_loss",
			 part_json(t.sound.far_loss_ppm, 1e6), "jitter_ms",
			 part_json(t.sound.jitter_us, 1e3), "mos",
			 part_json(t.sound.mos_pct, 1e2));
}

bool verb_trunk_list(struct job *j, struct now now)
{
	for (unsigned i = 0; i < dial_trunk_count(j->c->r->dial); i++)
		say(j, trunk_json(j, i, now));
	return true;
}

static bool trunk_named(struct job *j, struct trunk_id *t)
{
	const char *name = word_at(j, 0);

	if (!name)
		return !fail(j, EXIT_USAGE, MSG_NO_ARG, "which trunk?");
	if (dial_trunk_by_name(j->c->r->dial, name, t))
		return !fail(j, EXIT_NOTHING, MSG_NO_ABSENT,
			     "%s: no such trunk", name);
	return true;
}

static json_t *callers_json(struct job *j, unsigned i, struct now now)
{
	struct msg_caller_row rows[DIAL_SHOWN_MAX];
	size_t n = feed_callers(j->c->conf.feed, i, false, now, rows,
				ARRAY_LEN(rows));
	json_t *list = json_array();

	for (size_t k = 0; k < n; k++)
		json_array_append_new(list, json_pack(
			"{s:s, s:i, s:o, s:b, s:s}", "caller", rows[k].number,
			"calls", (int)rows[k].calls, "answered",
			ratio_json(rows[k].answer), "rests",
			rows[k].resting, "note", rows[k].note));
	return list;
}

bool verb_trunk_show(struct job *j, struct now now)
{
	struct trunk_id t;
	struct dial_trunk_stat s;
	json_t *o, *codes;

	if (!trunk_named(j, &t) ||
	    dial_trunk_stat(j->c->r->dial, t.v - 1, now, &s))
		return true;
	o = trunk_json(j, t.v - 1, now);
	codes = json_object();
	for (unsigned i = 0; i < s.code_count; i++) {
		char code[8];

		str_fmt(code, sizeof(code), "%u", s.codes[i].code);
		json_object_set_new(codes, code,
				    json_integer(s.codes[i].count));
	}
	json_object_set_new(o, "codes", codes);
	json_object_set_new(o, "callers", callers_json(j, t.v - 1, now));
	say(j, o);
	return true;
}

static bool trunk_did(struct job *j, enum err e, const char *what)
{
	if (e)
		return fail_err(j, e, word_at(j, 0));
	audit(j, "trunk %s: %s", word_at(j, 0), what);
	return true;
}

bool verb_trunk_drain(struct job *j, struct now now UNUSED)
{
	struct trunk_id t;

	return !trunk_named(j, &t) ||
	       trunk_did(j, dial_trunk_drain(j->c->r->dial, t), "drain");
}

bool verb_trunk_enable(struct job *j, struct now now UNUSED)
{
	struct trunk_id t;

	return !trunk_named(j, &t) ||
	       trunk_did(j, dial_trunk_enable(j->c->r->dial, t), "enable");
}

bool verb_trunk_set(struct job *j, struct now now UNUSED)
{
	const char *cps = word_value(j, "cps");
	struct trunk_id t;
	char what[24];
	int64_t n;

	if (!trunk_named(j, &t))
		return true;
	if (!cps || !scaled(cps, 1000, "", 0.1, 1000, &n))
		return fail(j, EXIT_USAGE, MSG_NO_ARG,
			    "cps=N, 0.1 to 1000 calls a second");
	str_fmt(what, sizeof(what), "cps=%s", cps);
	return trunk_did(j, dial_trunk_set_cps(j->c->r->dial, t, (unsigned)n),
			 what);
}

static bool caller_did(struct job *j, bool rest, struct now now)
{
	const char *number = word_at(j, 1);
	struct trunk_id t;
	char what[64];
	enum err e;

	if (!trunk_named(j, &t))
		return true;
	if (!number)
		return fail(j, EXIT_USAGE, MSG_NO_ARG, "which number?");
	number += *number == '+';
	e = live_rest(j->c->conf.live, t, number, rest);
	if (e == ERR_ABSENT)
		return fail(j, EXIT_NOTHING, MSG_NO_ABSENT,
			    "%s: %s shows no such number", number,
			    word_at(j, 0));
	if (e == ERR_STATE)
		return fail(j, EXIT_REFUSED, MSG_NO_STATE,
			    "%s: the last number of %s; drain the trunk "
			    "instead", number, word_at(j, 0));
	if (!e && !rest)
		callers_again(tally_callers(j->c->conf.tally), t.v, number,
			      now.wall_ms);
	str_fmt(what, sizeof(what), "caller number %s %s", number,
		rest ? "rests" : "is used again");
	return trunk_did(j, e, what);
}

bool verb_trunk_rest(struct job *j, struct now now)
{
	return caller_did(j, true, now);
}

bool verb_trunk_use(struct job *j, struct now now)
{
	return caller_did(j, false, now);
}
