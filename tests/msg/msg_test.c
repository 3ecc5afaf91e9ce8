#include "base/t.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "msg/msg.h"
#include "msg/msg_fill.h"

static union msg_any any, back;
static uint8_t buf[MSG_FRAME_MAX], again[MSG_FRAME_MAX];

static void test_table_is_sound(void **state)
{
	const struct msg_row *row;
	unsigned last = 0;

	(void)state;
	for (size_t i = 0; (row = msg_row_at(i)); i++) {
		T_OK(row->type > last, "%s: numbers ascend", row->name);
		last = row->type;
		T_OK(msg_row(row->type) == row, "%s is found", row->name);
		T_OK(msg_row_by_name(row->name) == row, "%s by name",
		     row->name);
		T_OK(row->schema->size <= sizeof(any), "%s fits msg_any",
		     row->name);
		const struct msg_row *answer = msg_row(row->answer);

		T_OK(answer && answer->senders == MSG_BY_SERVER,
		     "%s is answered by the server", row->name);
		T_OK((row->answer == row->type) ==
		     (row->senders == MSG_BY_SERVER),
		     "%s: a client's message has an answer", row->name);
	}
	T_OK(!msg_row(0) && !msg_row(last + 1) && !msg_row(65535),
	     "other numbers are no messages");
}

static void test_every_field_has_its_sentence(void **state)
{
	const struct msg_row *row;

	(void)state;
	for (size_t i = 0; (row = msg_row_at(i)); i++) {
		size_t count;
		const struct schema_field *f = row->schema->fields(&count);

		T_OK(count && *row->doc, "%s has fields and words", row->name);
		for (size_t k = 0; k < count; k++)
			T_OK(strlen(f[k].doc) > 2, "%s.%s is explained",
			     row->name, f[k].name);
	}
}

static void test_the_fullest_message_fits_a_frame(void **state)
{
	const struct msg_row *row;

	(void)state;
	for (size_t i = 0; (row = msg_row_at(i)); i++) {
		size_t len = 0;

		msg_fill_full(row->schema, &any);
		enum err e = msg_encode(row->type, UINT32_MAX, &any, buf,
					sizeof(buf), &len);

		T_OK(!e, "%s: at its bounds it fits: %s (bound %zu)",
		     row->name, err_text(e), schema_max_len(row->schema));
	}
}

static void test_each_message_goes_there_and_back(void **state)
{
	const struct msg_row *row;
	uint64_t seed = 5;

	(void)state;
	for (size_t i = 0; (row = msg_row_at(i)); i++) {
		struct msg_head_of head;
		size_t len, len2;

		msg_fill(row->schema, &any, 2, &seed);
		T_OK(!msg_encode(row->type, 300, &any, buf, sizeof(buf), &len),
		     "%s encodes", row->name);
		T_OK(!msg_decode(buf, len, &head, &back) &&
		     head.type == row->type && head.req == 300,
		     "%s decodes", row->name);
		T_OK(!memcmp(&any, &back, row->schema->size),
		     "%s is the same", row->name);
		T_OK(!msg_encode(head.type, head.req, &back, again,
				 sizeof(again), &len2) && len == len2 &&
		     !memcmp(buf, again, len), "%s: same bytes", row->name);
	}
}

static void test_each_message_cut_anywhere_is_refused(void **state)
{
	const struct msg_row *row;
	uint64_t seed = 6;

	(void)state;
	for (size_t i = 0; (row = msg_row_at(i)); i++) {
		size_t len;

		msg_fill(row->schema, &any, 1, &seed);
		T_OK(!msg_encode(row->type, 70000, &any, buf, sizeof(buf),
				 &len), "%s encodes", row->name);
		for (size_t cut = 0; cut < len; cut++) {
			struct msg_head_of head;
			uint8_t *exact = malloc(cut ? cut : 1);

			memcpy(exact, buf, cut);
			T_OK(msg_decode(exact, cut, &head, &back) ==
			     ERR_FORMAT, "%s cut at %zu of %zu", row->name,
			     cut, len);
			free(exact);
		}
	}
}

static const struct {
	const char *what;
	uint8_t bytes[12];
	size_t len;
	enum err want;
	uint32_t req;
} heads[] = {
	{ "a heartbeat",           { 0x93, 5, 1, 0x80 }, 4, ERR_OK, 1 },
	{ "request 200",           { 0x93, 5, 0xcc, 200, 0x80 }, 5, ERR_OK,
				   200 },
	{ "no such message 11",    { 0x93, 11, 7, 0x80 }, 4, ERR_ABSENT, 7 },
	{ "no such message 70000", { 0x93, 0xce, 0, 1, 0x11, 0x70, 7, 0x80 },
				   8, ERR_ABSENT, 7 },
	{ "an array of two",       { 0x92, 5, 1 }, 3, ERR_FORMAT, 0 },
	{ "a map",                 { 0x83, 5, 1, 0x80 }, 4, ERR_FORMAT, 0 },
	{ "request 5 in two bytes", { 0x93, 5, 0xcc, 5, 0x80 }, 5,
				   ERR_FORMAT, 0 },
	{ "a request of 64 bits",  { 0x93, 5, 0xcf, 0, 0, 0, 1, 0, 0, 0, 0,
				     0x80 }, 12, ERR_FORMAT, 0 },
	{ "a negative type",       { 0x93, 0xff, 1, 0x80 }, 4, ERR_FORMAT, 0 },
};

static void test_heads(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		struct msg_head_of head = { MSG_NONE, 0 };

		T_OK(msg_decode_head(heads[i].bytes, heads[i].len, &head) ==
		     heads[i].want, "%s", heads[i].what);
		T_OK(head.req == heads[i].req, "%s: request", heads[i].what);
	}
	memset(&any, 0, sizeof(any));
	size_t len;

	T_OK(msg_encode((enum msg_type)11, 0, &any, buf, sizeof(buf), &len) ==
	     ERR_ARG, "what is no message is not sent");
	T_OK(msg_encode(MSG_HEARTBEAT, 1, &any, buf, 2, &len) == ERR_FULL,
	     "no room for the head");
}

/* Who may send what, told apart from the table by hand. */
static const struct {
	enum msg_type type;
	bool nobody, agent, supervisor, admin;
} rights[] = {
	{ MSG_HELLO,      true,  true,  true,  true },
	{ MSG_LOGIN,      true,  false, false, false },
	{ MSG_LOGOUT,     false, true,  true,  true },
	{ MSG_HANGUP,     false, true,  false, false },
	{ MSG_UNMASK,     false, true,  true,  true },
	{ MSG_FORCE,      false, false, true,  true },
	{ MSG_MONITOR,    false, false, true,  true },
	{ MSG_PACING_SET, false, false, true,  true },
	{ MSG_ADMIN_REQ,  false, false, false, true },
	{ MSG_SEAT,       false, false, false, false },
	{ MSG_ADMIN_REP,  false, false, false, false },
};

static void test_rights(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rights); i++) {
		const struct msg_row *row = msg_row(rights[i].type);

		T_OK(msg_may_send(row, MSG_ROLE_NONE) == rights[i].nobody &&
		     msg_may_send(row, MSG_ROLE_AGENT) == rights[i].agent &&
		     msg_may_send(row, MSG_ROLE_SUPERVISOR) ==
		     rights[i].supervisor &&
		     msg_may_send(row, MSG_ROLE_ADMIN) == rights[i].admin,
		     "who may send %s", row->name);
	}
}

static void test_words(void **state)
{
	unsigned v = 99;

	(void)state;
	T_OK(!strcmp(msg_word(MSG_WORDS_STATE, MSG_STATE_WRAP), "wrap-up"),
	     "a state has its word");
	T_OK(!strcmp(msg_word(MSG_WORDS_STATE, 200), "?"), "200 has none");
	T_OK(!msg_word_find(MSG_WORDS_MODE, "predictive", &v) &&
	     v == MSG_MODE_PREDICTIVE, "and back");
	T_OK(msg_word_find(MSG_WORDS_MODE, "guess", &v) == ERR_ABSENT,
	     "no such mode");
	for (unsigned c = 0; c < MSG_NO_COUNT; c++)
		T_OK(strlen(msg_refusal_text(c)) > 5, "%s is explained",
		     msg_word(MSG_WORDS_REFUSAL, c));
	for (unsigned e = 1; e < ERR_COUNT; e++)
		T_OK(msg_refusal_of((enum err)e) != MSG_NO_NONE,
		     "%s is a refusal", err_text((enum err)e));
}

static void test_print_hides_the_password(void **state)
{
	struct msg_login login = { .user = "1001", .pass = "hunter2" };
	char text[200];

	(void)state;
	T_OK(msg_print(MSG_LOGIN, 2, &login, text, sizeof(text)) &&
	     !strcmp(text, "login req=2 user=\"1001\" pass=***"), "%s", text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table_is_sound),
		cmocka_unit_test(test_every_field_has_its_sentence),
		cmocka_unit_test(test_the_fullest_message_fits_a_frame),
		cmocka_unit_test(test_each_message_goes_there_and_back),
		cmocka_unit_test(test_each_message_cut_anywhere_is_refused),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_rights),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_print_hides_the_password),
	};

	return T_RUN(tests);
}
