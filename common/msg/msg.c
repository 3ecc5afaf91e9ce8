#include "msg/msg.h"

#include <string.h>

#include "base/str.h"

/* What messages are made of; the messages themselves follow from MSG_LIST. */
SCHEMA_DEFINE(msg_word, MSG_WORD_FIELDS, "a word");
SCHEMA_DEFINE(msg_field, MSG_FIELD_FIELDS, "a field of the list");
SCHEMA_DEFINE(msg_number, MSG_NUMBER_FIELDS, "a number of the customer");
SCHEMA_DEFINE(msg_page, MSG_PAGE_FIELDS, "a page of the script");
SCHEMA_DEFINE(msg_outcome_row, MSG_OUTCOME_ROW_FIELDS, "an outcome");
SCHEMA_DEFINE(msg_break_row, MSG_BREAK_ROW_FIELDS, "a break");
SCHEMA_DEFINE(msg_step_row, MSG_STEP_ROW_FIELDS, "a step of dialling");
SCHEMA_DEFINE(msg_target, MSG_TARGET_FIELDS, "a transfer target");
SCHEMA_DEFINE(msg_callback_row, MSG_CALLBACK_ROW_FIELDS, "a callback");
SCHEMA_DEFINE(msg_history_row, MSG_HISTORY_ROW_FIELDS, "a contact");
SCHEMA_DEFINE(msg_set_row, MSG_SET_ROW_FIELDS, "a changed setting");
SCHEMA_DEFINE(msg_figure_row, MSG_FIGURE_ROW_FIELDS, "a key figure");
SCHEMA_DEFINE(msg_state_count, MSG_STATE_COUNT_FIELDS, "agents in a state");
SCHEMA_DEFINE(msg_longest, MSG_LONGEST_FIELDS, "longest in a state");
SCHEMA_DEFINE(msg_campaign_row, MSG_CAMPAIGN_ROW_FIELDS, "a campaign");
SCHEMA_DEFINE(msg_trunk_row, MSG_TRUNK_ROW_FIELDS, "a trunk");
SCHEMA_DEFINE(msg_todo, MSG_TODO_FIELDS, "a thing to do now");
SCHEMA_DEFINE(msg_agent_row, MSG_AGENT_ROW_FIELDS, "an agent");
SCHEMA_DEFINE(msg_sip_row, MSG_SIP_ROW_FIELDS, "a kind of final answer");
SCHEMA_DEFINE(msg_caller_row, MSG_CALLER_ROW_FIELDS, "a caller number");
SCHEMA_DEFINE(msg_call_row, MSG_CALL_ROW_FIELDS, "a call");
SCHEMA_DEFINE(msg_alert_row, MSG_ALERT_ROW_FIELDS, "an alert");
SCHEMA_DEFINE(msg_setting_row, MSG_SETTING_ROW_FIELDS, "a setting");
SCHEMA_DEFINE(msg_forecast_row, MSG_FORECAST_ROW_FIELDS, "a forecast");
SCHEMA_DEFINE(msg_change_row, MSG_CHANGE_ROW_FIELDS, "a change made");
SCHEMA_DEFINE(msg_break_use, MSG_BREAK_USE_FIELDS, "time on one break");
SCHEMA_DEFINE(msg_report_row, MSG_REPORT_ROW_FIELDS, "a line of a report");
SCHEMA_DEFINE(msg_break_kind, MSG_BREAK_KIND_FIELDS, "a kind of break");
SCHEMA_DEFINE(msg_trace_row, MSG_TRACE_ROW_FIELDS, "a SIP message");
SCHEMA_DEFINE(msg_span_row, MSG_SPAN_ROW_FIELDS, "a stay in a state");
SCHEMA_DEFINE(msg_mine, MSG_MINE_FIELDS, "a campaign that is mine");

#define M(no, NAME, name, from, answer, doc)                                  \
	SCHEMA_DEFINE(msg_##name, MSG_##NAME##_FIELDS, doc);
MSG_LIST(M)
#undef M

static const struct msg_row rows[] = {
#define M(no, NAME, name, from, answer, doc)                                  \
	{ MSG_##NAME, #name, MSG_BY_##from, MSG_##answer,                     \
	  &msg_##name##_schema, doc },
	MSG_LIST(M)
#undef M
};

#define X(name, word, ...) word,
#define L(name, list) static const char *const words_##name[] = { list(X) };
MSG_WORD_LISTS(L)
#undef L
#undef X

static const struct { const char *const *words; size_t count; } lists[] = {
#define L(name, list) { words_##name, ARRAY_LEN(words_##name) },
	MSG_WORD_LISTS(L)
#undef L
};

static const char *const refusal_texts[] = {
#define X(name, word, text) text,
	MSG_REFUSALS(X)
#undef X
};

const struct msg_row *msg_row_at(size_t i)
{
	return i < ARRAY_LEN(rows) ? &rows[i] : NULL;
}

/* The table is in ascending order (a test sees to it): halve the range. */
const struct msg_row *msg_row(unsigned type)
{
	size_t low = 0, high = ARRAY_LEN(rows);

	while (low < high) {
		size_t mid = (low + high) / 2;

		if ((unsigned)rows[mid].type == type)
			return &rows[mid];
		if ((unsigned)rows[mid].type < type)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const struct msg_row *msg_row_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq(rows[i].name, name))
			return &rows[i];
	return NULL;
}

/* msgpack's shortest unsigned form, as everywhere in a frame. */
static size_t put_uint(uint8_t *to, uint32_t v)
{
	if (v < 0x80) {
		to[0] = (uint8_t)v;
		return 1;
	}
	unsigned n = v <= 0xff ? 1 : v <= 0xffff ? 2 : 4;

	to[0] = n == 1 ? 0xcc : n == 2 ? 0xcd : 0xce;
	for (unsigned i = 0; i < n; i++)
		to[1 + i] = (uint8_t)(v >> 8 * (n - 1 - i));
	return 1 + n;
}

/* Bytes taken, 0 if p[len] does not begin with a shortest unsigned form. */
static size_t take_uint(const uint8_t *p, size_t len, uint32_t *v)
{
	if (!len)
		return 0;
	if (p[0] < 0x80) {
		*v = p[0];
		return 1;
	}
	if (p[0] < 0xcc || p[0] > 0xce)
		return 0;
	unsigned n = 1u << (p[0] - 0xcc);
	uint32_t sum = 0;
	uint8_t form[5];

	if (len < 1 + n)
		return 0;
	for (unsigned i = 0; i < n; i++)
		sum = sum << 8 | p[1 + i];
	if (put_uint(form, sum) != 1 + n)
		return 0;
	*v = sum;
	return 1 + n;
}

enum err msg_encode(enum msg_type type, uint32_t req, const void *obj,
		    void *buf, size_t cap, size_t *len)
{
	const struct msg_row *row = msg_row(type);
	uint8_t head[11];
	size_t n = 1, body;

	if (!row)
		return ERR_ARG;
	head[0] = 0x93;			/* an array of three                 */
	n += put_uint(head + n, type);
	n += put_uint(head + n, req);
	if (cap < n)
		return ERR_FULL;
	memcpy(buf, head, n);
	enum err e = schema_encode(row->schema, obj, (uint8_t *)buf + n,
				   cap - n, &body);

	if (!e)
		*len = n + body;
	return e;
}

static enum err take_head(const uint8_t *p, size_t len,
			  struct msg_head_of *head, size_t *used)
{
	uint32_t type, req;
	size_t at = 1, n;

	if (!len || p[0] != 0x93)
		return ERR_FORMAT;
	n = take_uint(p + at, len - at, &type);
	at += n;
	if (!n || !(n = take_uint(p + at, len - at, &req)))
		return ERR_FORMAT;
	*used = at + n;
	head->type = msg_row(type) ? (enum msg_type)type : MSG_NONE;
	head->req = req;
	return head->type ? ERR_OK : ERR_ABSENT;
}

enum err msg_decode_head(const void *buf, size_t len, struct msg_head_of *head)
{
	size_t used;

	return take_head(buf, len, head, &used);
}

enum err msg_decode(const void *buf, size_t len, struct msg_head_of *head,
		    void *obj)
{
	size_t used;
	enum err e = take_head(buf, len, head, &used);

	if (e)
		return e;
	return schema_decode(msg_row(head->type)->schema,
			     (const uint8_t *)buf + used, len - used, obj);
}

bool msg_print(enum msg_type type, uint32_t req, const void *obj,
	       char *buf, size_t size)
{
	const struct msg_row *row = msg_row(type);

	if (!row || !str_fmt(buf, size, "%s req=%u ", row->name, req))
		return false;
	size_t n = strlen(buf);

	return schema_print(row->schema, obj, buf + n, size - n);
}

const char *msg_word(enum msg_words list, unsigned v)
{
	return v < lists[list].count ? lists[list].words[v] : "?";
}

enum err msg_word_find(enum msg_words list, const char *word, unsigned *v)
{
	for (size_t i = 0; i < lists[list].count; i++) {
		if (str_eq(lists[list].words[i], word)) {
			*v = (unsigned)i;
			return ERR_OK;
		}
	}
	return ERR_ABSENT;
}

const char *msg_refusal_text(unsigned code)
{
	return code < ARRAY_LEN(refusal_texts) ? refusal_texts[code]
					       : "refused";
}

enum msg_refusal msg_refusal_of(enum err e)
{
	static const enum msg_refusal by_err[ERR_COUNT] = {
		[ERR_OK] = MSG_NO_NONE,       [ERR_ARG] = MSG_NO_ARG,
		[ERR_ABSENT] = MSG_NO_ABSENT, [ERR_EXISTS] = MSG_NO_EXISTS,
		[ERR_AGAIN] = MSG_NO_BUSY,    [ERR_STATE] = MSG_NO_STATE,
		[ERR_DENIED] = MSG_NO_DENIED, [ERR_PERM] = MSG_NO_PERM,
		[ERR_FORMAT] = MSG_NO_FORMAT, [ERR_FULL] = MSG_NO_FULL,
		[ERR_CONFLICT] = MSG_NO_CONFLICT,
		[ERR_TIMEOUT] = MSG_NO_TIMEOUT,
		[ERR_VERSION] = MSG_NO_VERSION,
	};

	if (e >= ERR_COUNT || (e && !by_err[e]))
		return MSG_NO_FAULT;
	return by_err[e];
}
