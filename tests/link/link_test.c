/* Meeting, logging in, heartbeats, silence, and back with the token. */
#include "base/t.h"

#include <poll.h>
#include <string.h>

#include "base/str.h"
#include "link/link.h"
#include "net/net.h"

enum { LIMIT_MS = 15000 };

/* The server's side, and what both sides have seen. */
static struct scene {
	struct net_server *server;
	struct net_id peer;
	struct link *link;
	struct clock clock;
	int64_t ahead_ms;	/* the client's clock, ahead of ours         */
	uint16_t proto;
	uint8_t role;		/* of a local user in welcome                */
	bool mute, refuse_token, say_garbage, taken;
	uint32_t held;		/* log-in by token, not answered yet        */
	char user[41], pass[129], token[65];
	int hellos, logins, beats;
	int asks, ins, losts, messages;
	enum msg_type last;
	uint32_t last_req;
	char why[200];
} s;

static void send(enum msg_type type, uint32_t req, const void *obj)
{
	static uint8_t frame[MSG_FRAME_MAX];
	size_t len;
	struct net_buf *b;

	T_OK(!msg_encode(type, req, obj, frame, sizeof(frame), &len), "packs");
	b = net_buf_new(frame, len);
	enum err e = b ? net_server_send(s.server, s.peer, b) : ERR_MEMORY;

	/* The link may have been dropped since it asked. */
	T_OK(!e || e == ERR_ABSENT, "goes out");
	net_buf_free(b);
}

static void on_login(uint32_t req, const struct msg_login *m)
{
	struct msg_login_ok ok = { .role = MSG_ROLE_SUPERVISOR,
				   .heartbeat_ms = 1000, .silent_ms = 3000,
				   .token = "proof", .resumed = *m->token };
	struct msg_refused no = { .code = MSG_NO_SESSION };

	s.logins++;
	str_copy(s.user, sizeof(s.user), m->user);
	str_copy(s.pass, sizeof(s.pass), m->pass);
	str_copy(s.token, sizeof(s.token), m->token);
	if (s.taken && *m->token) {
		s.held = req;
	} else if (s.taken) {
		send(MSG_REFUSED, s.held, &no);
		no.code = MSG_NO_TAKEN;
		send(MSG_REFUSED, req, &no);
	} else if (*m->token && s.refuse_token) {
		send(MSG_REFUSED, req, &no);
	} else {
		send(MSG_LOGIN_OK, req, &ok);
	}
}

static void server_frame(void *arg UNUSED, struct net_id id UNUSED,
			 const uint8_t *data, size_t len)
{
	static union msg_any any;
	struct msg_head_of head;
	struct msg_welcome w = { .proto = s.proto, .role = s.role };
	struct msg_heartbeat_ok beat = { 0 };
	struct msg_ok ok = { .id = 7 };

	T_OK(!msg_decode(data, len, &head, &any), "a sound frame");
	if (head.type == MSG_HELLO) {
		s.hellos++;
		send(MSG_WELCOME, head.req, &w);
	} else if (head.type == MSG_LOGIN) {
		on_login(head.req, &any.login);
	} else if (head.type == MSG_HEARTBEAT) {
		s.beats++;
		beat.sent_ms = any.heartbeat.sent_ms;
		if (!s.mute)
			send(MSG_HEARTBEAT_OK, head.req, &beat);
	} else if (s.say_garbage) {
		struct net_buf *b = net_buf_new("garbage", 7);

		T_OK(!net_server_send(s.server, s.peer, b), "goes out");
		net_buf_free(b);
	} else {
		send(MSG_OK, head.req, &ok);
	}
}

static void server_open(void *arg UNUSED, struct net_id id,
			const struct net_peer *p UNUSED)
{
	s.peer = id;
	net_server_allow(s.server, id, MSG_FRAME_MAX);
}

static void server_closed(void *arg UNUSED, struct net_id id UNUSED,
			  enum err why UNUSED)
{
}

static void on_ask(void *arg UNUSED, const struct msg_welcome *w UNUSED)
{
	s.asks++;
	T_OK(!link_login(s.link, "zhang", "secret", false), "logs in");
}

static void on_in(void *arg UNUSED, const struct msg_login_ok *ok UNUSED)
{
	s.ins++;
}

static void on_message(void *arg UNUSED, enum msg_type type, uint32_t req,
		       const void *obj UNUSED)
{
	s.messages++;
	s.last = type;
	s.last_req = req;
}

static void on_lost(void *arg UNUSED, const char *why)
{
	s.losts++;
	str_copy(s.why, sizeof(s.why), why);
}

/* Runs both sides until *count reaches n. */
static void until(const int *count, int n, const char *what)
{
	static const struct net_handlers sh = { server_open, server_frame,
						server_closed };
	static const struct link_handlers lh = { on_ask, on_in, on_message,
						 on_lost };
	int64_t end = clock_now(&s.clock).mono_ms + LIMIT_MS;

	while (*count < n) {
		struct now now = clock_now(&s.clock);
		struct pollfd p[2] = {
			{ .fd = net_server_fd(s.server), .events = POLLIN },
			{ .fd = link_fd(s.link), .events = POLLIN },
		};

		T_OK(now.mono_ms < end, "%s, in time", what);
		poll(p, 2, 5);
		net_server_run(s.server, &sh, NULL);
		now.mono_ms += s.ahead_ms;
		link_run(s.link, now, &lh, NULL);
	}
}

static int setup(void **state UNUSED)
{
	static const char *urls[] = { "tcp://127.0.0.1:0" };
	struct net_server_conf conf = { .urls = urls, .urls_count = 1 };
	char url[64], why[200];
	struct link_conf lc = { .url = url, .program = "test", .lang = "en" };

	memset(&s, 0, sizeof(s));
	s.proto = MSG_PROTO;
	clock_init_real(&s.clock);
	if (net_server_new(&s.server, &conf, why, sizeof(why)))
		return -1;
	str_fmt(url, sizeof(url), "tcp://127.0.0.1:%u",
		net_server_port(s.server, 0));
	return link_new(&s.link, &lc) ? -1 : 0;
}

static int teardown(void **state UNUSED)
{
	s.link = link_free(s.link);
	s.server = net_server_free(s.server);
	return 0;
}

static void test_login(void **state UNUSED)
{
	struct msg_tell tell = { .text = "hello" };
	uint32_t req = 0;

	T_OK(!link_is_up(s.link) && !link_is_in(s.link), "not yet");
	T_OK(link_send(s.link, MSG_TELL, &tell, NULL) == ERR_STATE,
	     "nothing is sent before the link is there");
	until(&s.ins, 1, "logged in");
	T_OK(link_is_in(s.link) && s.asks == 1, "after one question");
	T_OK(str_eq(s.user, "zhang") && str_eq(s.pass, "secret"),
	     "name and password arrive");
	T_OK(!link_send(s.link, MSG_TELL, &tell, &req), "sends");
	until(&s.messages, 1, "the answer");
	T_OK(s.last == MSG_OK && s.last_req == req, "carries our number");
}

static void test_back(void **state UNUSED)
{
	until(&s.ins, 1, "logged in");
	net_server_close(s.server, s.peer, false);
	until(&s.losts, 1, "lost is told");
	T_OK(!link_is_in(s.link), "and known");
	until(&s.ins, 2, "back by itself");
	T_OK(str_eq(s.token, "proof") && !*s.pass && s.asks == 1,
	     "by its token, without a question");
	s.refuse_token = true;
	net_server_close(s.server, s.peer, false);
	until(&s.ins, 3, "in with a new session");
	T_OK(s.asks == 2 && str_eq(s.pass, "secret"),
	     "after a dead token it asks again");
}

/* Who does not wait for the end of the old session hears of his own log-in. */
static void test_hasty(void **state UNUSED)
{
	until(&s.ins, 1, "logged in");
	s.taken = true;
	net_server_close(s.server, s.peer, false);
	until(&s.logins, 2, "the token is tried");
	T_OK(!link_login(s.link, "li", "quick", false), "logs in meanwhile");
	until(&s.messages, 1, "an answer");
	T_OK(s.last == MSG_REFUSED && s.last_req > s.held,
	     "is about that log-in");
	T_OK(s.asks == 1 && s.messages == 1, "and nothing is asked again");
}

static void test_beat(void **state UNUSED)
{
	until(&s.ins, 1, "logged in");
	s.ahead_ms += 1100;
	until(&s.beats, 1, "a heartbeat");
	s.ahead_ms += 1100;
	until(&s.beats, 2, "and another");
	T_OK(link_rtt_ms(s.link) >= 1 && link_rtt_ms(s.link) < 3000,
	     "the round trip is measured: %u", link_rtt_ms(s.link));
	s.mute = true;
	s.ahead_ms += 3500;
	until(&s.losts, 1, "silence is noticed");
}

static void test_local(void **state UNUSED)
{
	s.role = MSG_ROLE_ADMIN;
	until(&s.ins, 1, "the local user is in");
	T_OK(!s.asks && !s.logins, "without a question");
}

static void test_version(void **state UNUSED)
{
	s.proto = MSG_PROTO + 1;
	until(&s.losts, 1, "another protocol is not talked to");
	T_OK(!s.asks && !s.ins, "no password goes there");
	T_OK(strstr(s.why, "update"), "and it says what to do: %s", s.why);
}

static void test_garbage(void **state UNUSED)
{
	struct msg_tell tell = { .text = "hello" };

	until(&s.ins, 1, "logged in");
	s.say_garbage = true;
	T_OK(!link_send(s.link, MSG_TELL, &tell, NULL), "sends");
	until(&s.losts, 1, "what is no message ends the link");
	T_OK(!s.messages, "and reaches nobody");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_login), TEST(test_back), TEST(test_hasty),
		TEST(test_beat),
		TEST(test_local), TEST(test_version), TEST(test_garbage),
	};

	return T_RUN(tests);
}
