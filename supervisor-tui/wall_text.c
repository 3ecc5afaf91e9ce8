#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "wall_view.h"

const char *text_pct(char buf[TEXT_SIZE], int32_t x100, int decimals)
{
	int32_t unit = decimals ? 10 : 100;

	if (x100 < 0) {
		str_copy(buf, TEXT_SIZE, "-");
	} else {
		int32_t r = (int32_t)(((int64_t)x100 + unit / 2) / unit);

		if (decimals)
			str_fmt(buf, TEXT_SIZE, "%" PRId32 ".%" PRId32 "%%",
				r / 10, r % 10);
		else
			str_fmt(buf, TEXT_SIZE, "%" PRId32 "%%", r);
	}
	return buf;
}

const char *text_num(char buf[TEXT_SIZE], uint64_t n)
{
	if (n >= 1000000)
		str_fmt(buf, TEXT_SIZE, "%" PRIu64 ",%03u,%03u", n / 1000000,
			(unsigned)(n / 1000 % 1000), (unsigned)(n % 1000));
	else if (n >= 1000)
		str_fmt(buf, TEXT_SIZE, "%" PRIu64 ",%03u", n / 1000,
			(unsigned)(n % 1000));
	else
		str_fmt(buf, TEXT_SIZE, "%" PRIu64, n);
	return buf;
}

const char *text_dur(char buf[TEXT_SIZE], int64_t s)
{
	if (s < 0)
		s = 0;
	if (s >= 3600)
		str_fmt(buf, TEXT_SIZE, "%" PRId64 ":%02d:%02d", s / 3600,
			(int)(s / 60 % 60), (int)(s % 60));
	else
		str_fmt(buf, TEXT_SIZE, "%d:%02d", (int)(s / 60),
			(int)(s % 60));
	return buf;
}

const char *text_clock(char buf[TEXT_SIZE], int64_t wall_ms, int32_t tz_min,
		       bool seconds)
{
	int64_t s = wall_ms / 1000 + (int64_t)tz_min * 60;

	if (wall_ms <= 0) {
		str_copy(buf, TEXT_SIZE, "-");
		return buf;
	}
	s = (s % 86400 + 86400) % 86400;
	str_fmt(buf, TEXT_SIZE, "%02d:%02d", (int)(s / 3600),
		(int)(s / 60 % 60));
	if (seconds)
		str_add(buf, TEXT_SIZE, ":%02d", (int)(s % 60));
	return buf;
}

static void date_of(int64_t wall_ms, int32_t tz_min, struct tm *tm)
{
	time_t t = (time_t)(wall_ms / 1000 + (int64_t)tz_min * 60);

	gmtime_r(&t, tm);
}

const char *text_day(char buf[TEXT_SIZE], int64_t wall_ms, int32_t tz_min)
{
	struct tm tm;

	date_of(wall_ms, tz_min, &tm);
	strftime(buf, TEXT_SIZE, "%Y-%m-%d", &tm);
	return buf;
}

void wall_day(char buf[TEXT_DAY], int64_t wall_ms, int32_t tz_min)
{
	struct tm tm;

	date_of(wall_ms, tz_min, &tm);
	strftime(buf, TEXT_DAY, "%Y%m%d", &tm);
}

const char *text_tenth(char buf[TEXT_SIZE], int32_t x10)
{
	if (x10 < 0)
		str_copy(buf, TEXT_SIZE, "-");
	else
		str_fmt(buf, TEXT_SIZE, "%d.%d", (int)x10 / 10,
			(int)x10 % 10);
	return buf;
}

const char *text_figure(char buf[TEXT_SIZE], unsigned figure, int32_t v)
{
	if (v < 0) {
		str_copy(buf, TEXT_SIZE, "-");
		return buf;
	}
	switch (figure) {
	case MSG_FIGURE_OCCUPANCY:
		return text_pct(buf, v, 0);
	case MSG_FIGURE_WAIT:
		str_fmt(buf, TEXT_SIZE, _("%d s"), (int)(((int64_t)v + 5) / 10));
		return buf;
	case MSG_FIGURE_WAITING:
	case MSG_FIGURE_PER_HOUR:
		return text_num(buf, (uint64_t)v);
	default:
		return text_pct(buf, v, 1);
	}
}

const char *text_target(char buf[TEXT_SIZE], const struct msg_figure_row *f)
{
	char low[TEXT_SIZE], high[TEXT_SIZE];

	/* A connect rate's target is a round number of per cent. */
	if (f->figure == MSG_FIGURE_CONNECT) {
		text_pct(low, f->low, f->low % 100 != 0);
		text_pct(high, f->high, f->high % 100 != 0);
	} else {
		text_figure(low, f->figure, f->low);
		text_figure(high, f->figure, f->high);
	}
	if (f->low >= 0 && f->high >= 0)
		str_fmt(buf, TEXT_SIZE, "%d-%s",
			(int)f->low / (f->figure == MSG_FIGURE_WAIT ? 10 : 100),
			high);
	else if (f->low >= 0)
		str_fmt(buf, TEXT_SIZE, ">= %s", low);
	else if (f->high >= 0)
		str_fmt(buf, TEXT_SIZE, "<= %s", high);
	else
		str_copy(buf, TEXT_SIZE, "-");
	return buf;
}

const char *text_figure_name(unsigned figure)
{
	static const char *const names[MSG_FIGURE_COUNT] = {
		[MSG_FIGURE_NONE] = "-",
		[MSG_FIGURE_CONNECT] = N_("Connect rate"),
		[MSG_FIGURE_ABANDON] = N_("Abandon rate"),
		[MSG_FIGURE_OCCUPANCY] = N_("Occupancy"),
		[MSG_FIGURE_WAIT] = N_("Agent wait (avg)"),
		[MSG_FIGURE_CONVERT] = N_("Conversion"),
		[MSG_FIGURE_WAITING] = N_("Calls waiting"),
		[MSG_FIGURE_PER_HOUR] = N_("Connects per hour"),
	};

	return figure && figure < MSG_FIGURE_COUNT ? _(names[figure]) : "-";
}

const char *text_judge(unsigned judge)
{
	static const char *const words[MSG_JUDGE_COUNT] = {
		[MSG_JUDGE_NONE] = "-",
		[MSG_JUDGE_OK] = N_("ok"),
		[MSG_JUDGE_WATCH] = N_("WATCH"),
		[MSG_JUDGE_HIGH] = N_("HIGH"),
		[MSG_JUDGE_LOW] = N_("LOW"),
		[MSG_JUDGE_FEW] = N_("few calls"),
	};

	return judge && judge < MSG_JUDGE_COUNT ? _(words[judge]) : "-";
}

bool judge_is_bad(unsigned judge)
{
	return judge == MSG_JUDGE_WATCH || judge == MSG_JUDGE_HIGH ||
	       judge == MSG_JUDGE_LOW;
}

enum style style_judge(unsigned judge)
{
	return judge == MSG_JUDGE_OK ? ST_OK :
	       judge == MSG_JUDGE_WATCH ? ST_WATCH :
	       judge == MSG_JUDGE_HIGH || judge == MSG_JUDGE_LOW ? ST_ALARM
								 : ST_NORMAL;
}

enum style style_level(unsigned level)
{
	return level == MSG_LEVEL_ALARM ? ST_ALARM :
	       level == MSG_LEVEL_WATCH ? ST_WATCH : ST_NORMAL;
}

const char *text_level(unsigned level)
{
	return level == MSG_LEVEL_ALARM ? "!!" :
	       level == MSG_LEVEL_WATCH ? "!" : "";
}

const char *text_state(unsigned state)
{
	static const char *const words[MSG_STATE_COUNT] = {
		[MSG_STATE_OFFLINE] = N_("Offline"),
		[MSG_STATE_NOT_READY] = N_("Not ready"),
		[MSG_STATE_BREAK] = N_("Break"),
		[MSG_STATE_READY] = N_("Ready"),
		[MSG_STATE_RESERVED] = N_("Reserved"),
		[MSG_STATE_PREVIEW] = N_("Preview"),
		[MSG_STATE_DIAL] = N_("Dialling"),
		[MSG_STATE_RING] = N_("Ringing"),
		[MSG_STATE_TALK] = N_("On call"),
		[MSG_STATE_HOLD] = N_("On hold"),
		[MSG_STATE_CONSULT] = N_("Consult"),
		[MSG_STATE_CONF] = N_("3-way"),
		[MSG_STATE_WRAP] = N_("Wrap-up"),
		[MSG_STATE_LOST] = N_("Link lost"),
	};

	return state < MSG_STATE_COUNT ? _(words[state]) : "?";
}

const char *text_state_caps(unsigned state)
{
	static const char *const words[MSG_STATE_COUNT] = {
		[MSG_STATE_OFFLINE] = N_("OFFLINE"),
		[MSG_STATE_NOT_READY] = N_("NOT READY"),
		[MSG_STATE_BREAK] = N_("BREAK"),
		[MSG_STATE_READY] = N_("READY"),
		[MSG_STATE_RESERVED] = N_("RESERVED"),
		[MSG_STATE_PREVIEW] = N_("PREVIEW"),
		[MSG_STATE_DIAL] = N_("DIALLING"),
		[MSG_STATE_RING] = N_("RINGING"),
		[MSG_STATE_TALK] = N_("ON CALL"),
		[MSG_STATE_HOLD] = N_("ON HOLD"),
		[MSG_STATE_CONSULT] = N_("CONSULT"),
		[MSG_STATE_CONF] = N_("3-WAY"),
		[MSG_STATE_WRAP] = N_("WRAP-UP"),
		[MSG_STATE_LOST] = N_("LINK LOST"),
	};

	return state < MSG_STATE_COUNT ? _(words[state]) : "?";
}

const char *text_mode(unsigned mode)
{
	return mode == MSG_MODE_PREDICTIVE ? _("predict") :
	       mode == MSG_MODE_PROGRESSIVE ? _("progress") :
	       mode == MSG_MODE_PREVIEW ? _("preview") : "-";
}

static const struct { const char *name, *means; } settings[MSG_SET_COUNT] = {
	[MSG_SET_LINES] = { N_("Lines per agent"),
			    N_("dialled lines for each free agent") },
	[MSG_SET_TARGET] = { N_("Target abandon"),
			     N_("the pacer aims below this") },
	[MSG_SET_HARD_STOP] = { N_("Hard stop abandon"),
				N_("falls back to 1.00 until under") },
	[MSG_SET_DELAY] = { N_("Max answer delay"),
			    N_("then safe message is played") },
	[MSG_SET_RING] = { N_("Ring time"), N_("before giving up") },
	[MSG_SET_CPS] = { N_("Max calls per second"),
			  N_("this campaign, all trunks") },
	[MSG_SET_MACHINE] = { N_("Answer machine check"),
			      N_("adds about 0.9 s before agent") },
	[MSG_SET_HOURS_FROM] = { N_("Calling hours"),
				 N_("customer local time") },
	[MSG_SET_HOURS_TO] = { N_("Calling hours"),
			       N_("customer local time") },
	[MSG_SET_MODE] = { N_("Mode"), N_("how calls are started") },
	[MSG_SET_WRAP] = { N_("Wrap-up limit"),
			   N_("then the agent is not ready") },
};

const char *text_setting(unsigned setting)
{
	return setting && setting < MSG_SET_COUNT ? _(settings[setting].name)
						  : "?";
}

const char *text_setting_means(unsigned setting)
{
	return setting && setting < MSG_SET_COUNT ? _(settings[setting].means)
						  : "";
}

const char *text_setting_value(char buf[TEXT_SIZE], unsigned setting,
			       int32_t v)
{
	switch (setting) {
	case MSG_SET_LINES:
		str_fmt(buf, TEXT_SIZE, "%d.%02d", (int)v / 100,
			abs((int)v % 100));
		break;
	case MSG_SET_TARGET:
	case MSG_SET_HARD_STOP:
		return text_pct(buf, v, 1);
	case MSG_SET_DELAY:
		str_fmt(buf, TEXT_SIZE, _("%d.%d s"), (int)v / 1000,
			abs((int)v % 1000) / 100);
		break;
	case MSG_SET_RING:
	case MSG_SET_WRAP:
		str_fmt(buf, TEXT_SIZE, _("%d s"), (int)v);
		break;
	case MSG_SET_CPS:
		return text_tenth(buf, v);
	case MSG_SET_MACHINE:
		str_copy(buf, TEXT_SIZE, v ? _("on") : _("off"));
		break;
	case MSG_SET_HOURS_FROM:
	case MSG_SET_HOURS_TO:
		/* Whole hours read shorter. */
		if (v % 60)
			str_fmt(buf, TEXT_SIZE, "%02d:%02d", (int)v / 60,
				abs((int)v % 60));
		else
			str_fmt(buf, TEXT_SIZE, "%02d", (int)v / 60);
		break;
	case MSG_SET_MODE:
		str_copy(buf, TEXT_SIZE, text_mode((unsigned)v));
		break;
	default:
		str_fmt(buf, TEXT_SIZE, "%d", (int)v);
		break;
	}
	return buf;
}

const char *text_setting_limit(char buf[TEXT_SIZE],
			       const struct msg_setting_row *s)
{
	char low[TEXT_SIZE], high[TEXT_SIZE];

	if (s->high < s->low || s->high <= 0) {	/* none is set */
		str_copy(buf, TEXT_SIZE, "");
		return buf;
	}
	text_setting_value(low, s->setting, s->low);
	text_setting_value(high, s->setting, s->high);
	switch (s->setting) {
	case MSG_SET_TARGET:
	case MSG_SET_HARD_STOP:
	case MSG_SET_DELAY:
	case MSG_SET_CPS:
		str_fmt(buf, TEXT_SIZE, "<= %s", high);
		break;
	case MSG_SET_MACHINE:
	case MSG_SET_MODE:
		str_copy(buf, TEXT_SIZE, "");
		break;
	case MSG_SET_RING:
	case MSG_SET_WRAP:
		str_fmt(buf, TEXT_SIZE, "%d-%s", (int)s->low, high);
		break;
	default:
		str_fmt(buf, TEXT_SIZE, "%s-%s", low, high);
		break;
	}
	return buf;
}

void wall_todo_text(const struct wall_model *m, const struct msg_todo *t,
		    bool with_time, char *buf, size_t size)
{
	const char *at = NULL;
	char dur[TEXT_SIZE];

	/* The last: what stands before may be anybody's name. */
	for (const char *p = t->text; t->since_ms && (p = strstr(p, "%t"));
	     p++)
		at = p;
	if (!at) {
		str_copy(buf, size, t->text);
		return;
	}
	str_fmt(buf, size, "%.*s%s%s", (int)(at - t->text), t->text,
		with_time ? text_dur(dur, wall_age_s(m, t->since_ms)) : "",
		at + 2);
}
