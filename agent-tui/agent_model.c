#include "agent_model.h"

#include <string.h>

#include "base/str.h"

#define AGENT_AMOUNT_MAX 100000000000	/* [1/100]: as the server's        */

enum { HINT_MS = 4000, MIN_MS = 60000, HOUR_MS = 60 * MIN_MS,
       DAY_MS = 24 * HOUR_MS };

void agent_init(struct agent_model *m)
{
	memset(m, 0, sizeof(*m));
	m->mic_level = -1;
	m->seat.state = MSG_STATE_OFFLINE;
	edit_init(&m->note, 1000);
	edit_init(&m->find, 40);
	edit_init(&m->amount, 20);
	edit_init(&m->pick.when, 60);
	edit_init(&m->pick.note, 200);
	edit_init(&m->login.user, 40);
	edit_init(&m->login.pass, 128);
	m->login.pass.secret = true;
}

bool agent_on_call(const struct agent_model *m)
{
	switch ((enum msg_state)m->seat.state) {
	case MSG_STATE_TALK:
	case MSG_STATE_HOLD:
	case MSG_STATE_CONSULT:
	case MSG_STATE_CONF:
		return true;
	default:
		return false;
	}
}

/* The one beside the screen knows first that it is gone. */
static enum msg_health worse(enum msg_health own, unsigned told)
{
	return own == MSG_HEALTH_DOWN ? own : (enum msg_health)told;
}

enum msg_health agent_phone(const struct agent_model *m)
{
	/* No telephone anywhere: nothing will come of waiting for it. */
	if (m->desk_phone && !m->seat.desk && !m->seat.phone)
		return MSG_HEALTH_DOWN;
	return worse(m->own_phone, m->seat.phone);
}

enum msg_health agent_line(const struct agent_model *m)
{
	return m->lost ? MSG_HEALTH_DOWN : worse(m->own_line, m->seat.line);
}

enum agent_ctx agent_ctx_of_state(const struct agent_model *m)
{
	static const struct { enum msg_state state; enum agent_ctx ctx; } map[] = {
		{ MSG_STATE_NOT_READY, CTX_NOT_READY },
		{ MSG_STATE_BREAK, CTX_NOT_READY },
		{ MSG_STATE_READY, CTX_READY },
		{ MSG_STATE_RESERVED, CTX_READY },
		{ MSG_STATE_PREVIEW, CTX_PREVIEW },
		{ MSG_STATE_DIAL, CTX_RING }, { MSG_STATE_RING, CTX_RING },
		{ MSG_STATE_TALK, CTX_TALK }, { MSG_STATE_HOLD, CTX_HOLD },
		{ MSG_STATE_CONSULT, CTX_CONSULT },
		{ MSG_STATE_CONF, CTX_CONF }, { MSG_STATE_WRAP, CTX_WRAP },
	};

	bool two = m->seat.state == MSG_STATE_CONSULT ||
		   m->seat.state == MSG_STATE_CONF;

	/* Another's customer; or the other one is not there yet. */
	if (two && m->seat.asked)
		return CTX_ASKED;
	if (m->seat.state == MSG_STATE_CONSULT &&
	    m->seat.consult != MSG_STEP_ANSWERED)
		return CTX_ASKING;
	for (size_t i = 0; i < ARRAY_LEN(map); i++)
		if (map[i].state == m->seat.state)
			return map[i].ctx;
	return m->logged_in ? CTX_NOT_READY : CTX_LOGIN;
}

enum agent_ctx agent_ctx(const struct agent_model *m)
{
	if (m->box)
		return (enum agent_ctx)m->box;
	if (!m->logged_in)
		return CTX_LOGIN;
	if (m->typing)
		return CTX_NOTE;
	if (m->tones)
		return CTX_TONES;
	if (m->lost)
		return m->seat.call ? CTX_LOST : CTX_ALONE;
	return agent_ctx_of_state(m);
}

void agent_hint(struct agent_model *m, enum style st, const char *text)
{
	text_clean(m->hint, sizeof(m->hint), text);
	m->hint_style = st;
	m->hint_until_ms = m->now.mono_ms + HINT_MS;
}

const struct msg_outcome_row *agent_outcome_at(const struct agent_model *m,
					       unsigned digit)
{
	for (uint32_t i = 0; digit && i < m->outcomes.rows_count; i++)
		if (m->outcomes.rows[i].digit == digit)
			return &m->outcomes.rows[i];
	return NULL;
}

const struct msg_outcome_row *agent_outcome(const struct agent_model *m)
{
	for (uint32_t i = 0; m->seat.outcome && i < m->outcomes.rows_count; i++)
		if (m->outcomes.rows[i].code == m->seat.outcome)
			return &m->outcomes.rows[i];
	return NULL;
}

int64_t agent_left_ms(const struct agent_model *m)
{
	int64_t gone = m->now.wall_ms - m->seat.wall_ms;

	return MAX((int64_t)0, (int64_t)m->seat.left_ms - MAX((int64_t)0, gone));
}

unsigned agent_break_min(const struct agent_model *m)
{
	int64_t ms = m->now.wall_ms - m->seat.since_ms;

	if (m->seat.state != MSG_STATE_BREAK || ms < 0)
		return 0;
	for (uint32_t i = 0; i < m->breaks.rows_count; i++)
		if (m->breaks.rows[i].code == m->seat.break_code &&
		    m->breaks.rows[i].allowed_min)
			return (unsigned)(ms / MIN_MS);
	return 0;
}

int64_t agent_talk_ms(const struct agent_model *m)
{
	int64_t gone = m->now.wall_ms - m->seat.wall_ms;

	if (!agent_on_call(m))
		return m->seat.talk_ms;
	return m->seat.talk_ms + MAX((int64_t)0, gone);
}

enum err agent_amount_read(const char *text, int64_t *out)
{
	static const char comma[] = "，";	/* as an input method has it */
	int64_t n = 0;
	int decimals = -1, digits = 0;

	while (*text == ' ')
		text++;
	for (; *text; text++) {
		if (*text >= '0' && *text <= '9') {
			if (decimals == 2 || n > INT64_MAX / 1000)
				return ERR_FORMAT;
			n = n * 10 + (*text - '0');
			decimals += decimals >= 0;
			digits++;
		} else if (*text == '.' && decimals < 0) {
			decimals = 0;
		} else if (*text == ',' && decimals < 0 && digits) {
			continue;
		} else if (!strncmp(text, comma, 3) && decimals < 0 && digits) {
			text += 2;
		} else if (*text != ' ' || text[1]) {
			return ERR_FORMAT;
		}
	}
	for (decimals = MAX(decimals, 0); decimals < 2; decimals++)
		n *= 10;
	if (!digits)
		return ERR_FORMAT;
	if (!n || n > AGENT_AMOUNT_MAX)
		return ERR_ARG;
	*out = n;
	return ERR_OK;
}

bool agent_amount_char(uint32_t cp)
{
	return (cp >= '0' && cp <= '9') || cp == '.' || cp == ',' ||
	       cp == 0xff0c || cp == ' ';
}

void agent_amount_print(char *buf, size_t size, int64_t amount)
{
	char digits[24];
	size_t n;

	str_fmt(digits, sizeof(digits), "%lld", (long long)(amount / 100));
	n = strlen(digits);
	str_copy(buf, size, "");
	for (size_t i = 0; i < n; i++)
		str_add(buf, size, "%s%c", i && (n - i) % 3 == 0 ? "," : "",
			digits[i]);
	str_add(buf, size, ".%02d", (int)(amount % 100));
}

int32_t agent_cust_tz(const struct agent_model *m)
{
	return m->cust.tz_known ? m->cust.tz_min : m->tz_min;
}

int64_t agent_quick_ms(const struct agent_model *m, unsigned i)
{
	int64_t tz = (int64_t)agent_cust_tz(m) * MIN_MS;
	int64_t local = m->now.wall_ms + tz;
	int64_t day = local / DAY_MS * DAY_MS;
	int64_t minute = local / MIN_MS * MIN_MS;
	/* 1970-01-01 was a Thursday; days until the next Monday, 1..7. */
	int64_t weekday = (day / DAY_MS + 3) % 7;
	const int64_t at[] = {
		minute + 30 * MIN_MS, minute + 2 * HOUR_MS, day + 19 * HOUR_MS,
		day + DAY_MS + 10 * HOUR_MS, day + DAY_MS + 15 * HOUR_MS,
		day + (7 - weekday) * DAY_MS + 10 * HOUR_MS,
	};

	return i < ARRAY_LEN(at) ? at[i] - tz : 0;
}
