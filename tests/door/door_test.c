#include "base/t.h"

#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "door/door_peers.h"

static struct peers p;
static union msg_any zero;

static int setup(void **state)
{
	(void)state;
	peers_init(&p, "tcp", NULL);
	return 0;
}

static int setup_ipc(void **state)
{
	(void)state;
	peers_init(&p, "ipc", NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	peers_fini(&p);
	return 0;
}

static void test_log_in_and_out(void **state)
{
	struct peer *c = peer_new(&p, true);

	(void)state;
	T_OK(str_eq(c->any.welcome.floor, "Floor A") &&
	     c->any.welcome.proto == MSG_PROTO && !c->any.welcome.role,
	     "welcome tells floor, version, and no role yet");
	T_OK(peer_login(c, "1001", "secret", false) == MSG_LOGIN_OK, "in");
	T_OK(c->any.login_ok.role == MSG_ROLE_AGENT &&
	     c->any.login_ok.agent == 1001 && c->any.login_ok.session &&
	     strlen(c->any.login_ok.token) == 64 &&
	     str_eq(c->any.login_ok.sip_dial, "sip:line@127.0.0.1") &&
	     c->any.login_ok.wall_ms == 1800000000000,
	     "login_ok has all the program needs");
	T_OK(p.came == 1 && !p.resumed && p.by.agent.v == 1001 &&
	     str_eq(p.by.team, "blue"), "the rooms heard of it");
	T_OK(door_session_of(p.door, (struct agent_id){ 1001 }) &&
	     !door_session_of(p.door, (struct agent_id){ 1002 }),
	     "its session is found by agent");
	p.in_call = true;
	T_OK(peer_ask(c, MSG_LOGOUT, &zero) == MSG_REFUSED &&
	     peer_refusal(c) == MSG_NO_STATE, "not in the middle of a call");
	p.in_call = false;
	T_OK(peer_ask(c, MSG_LOGOUT, &zero) == MSG_OK, "out");
	T_OK(peer_until_lost(c) && c->ended == MSG_END_LOGOUT &&
	     p.ended == 1 && p.why == MSG_END_LOGOUT, "and told so");
	T_OK(!door_session_of(p.door, (struct agent_id){ 1001 }),
	     "the session is over");
}

static const struct {
	const char *what, *user, *pass;
} wrong[] = {
	{ "a wrong password",      "1001",   "Secret" },
	{ "no password",           "1001",   "" },
	{ "a user there is not",   "ghost",  "secret" },
	{ "no name",               "",       "secret" },
	{ "a locked user",         "gone",   "secret" },
	{ "a user without a role", "nobody", "secret" },
};

static void test_wrong_log_ins(void **state)
{
	(void)state;
	struct peer *c = peer_new(&p, true);

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		T_OK(peer_login(c, wrong[i].user, wrong[i].pass, false) ==
		     MSG_REFUSED && peer_refusal(c) == MSG_NO_LOGIN,
		     "%s: refused, and all with the same words",
		     wrong[i].what);
	T_OK(p.notes[DOOR_NOTE_FAILED] == (int)ARRAY_LEN(wrong) && !p.came,
	     "each is in the audit log");
}

static void test_too_many_wrong_ones(void **state)
{
	(void)state;
	struct peer *c = peer_new(&p, true);

	for (int i = 0; i < 5; i++)
		T_OK(peer_login(c, "1001", "x", false) == MSG_REFUSED &&
		     peer_refusal(c) == MSG_NO_LOGIN, "try %d", i);
	T_OK(peer_login(c, "1001", "secret", false) == MSG_REFUSED &&
	     peer_refusal(c) == MSG_NO_LOCKED, "the sixth is locked, even "
	     "with the right password");
	T_OK(peer_login(c, "zhang", "secret", false) == MSG_LOGIN_OK,
	     "another user is not");
	p.ahead_ms += 61000;
	c = peer_new(&p, true);
	T_OK(peer_login(c, "1001", "secret", false) == MSG_LOGIN_OK,
	     "after a minute it is open again");
}

static void test_one_place_guessing_many_names(void **state)
{
	char name[8];

	(void)state;
	struct peer *c = peer_new(&p, true);

	for (int i = 0; i < 20; i++) {
		str_fmt(name, sizeof(name), "u%d", i);
		T_OK(peer_login(c, name, "x", false) == MSG_REFUSED &&
		     peer_refusal(c) == MSG_NO_LOGIN, "guess %d", i);
	}
	T_OK(peer_login(c, "zhang", "secret", false) == MSG_REFUSED &&
	     peer_refusal(c) == MSG_NO_LOCKED, "the place has to wait");
}

/* -- each role, each message ---------------------------------------------------------- */

static const struct {
	enum msg_role role;
	const char *user;
} roles[] = {
	{ MSG_ROLE_NONE, NULL },
	{ MSG_ROLE_AGENT, "1001" },
	{ MSG_ROLE_SUPERVISOR, "zhang" },
	{ MSG_ROLE_ADMIN, "root" },
};

static void check_message(struct peer *c, enum msg_role role,
			  const struct msg_row *row)
{
	int routed = p.routed;
	bool may = msg_may_send(row, role);
	enum msg_type got = peer_ask(c, row->type, &zero);
	const char *who = msg_word(MSG_WORDS_ROLE, role);

	T_OK(got != MSG_NONE, "%s sends %s: an answer", who, row->name);
	if (!may) {
		int code = peer_refusal(c);

		T_OK(code == MSG_NO_PERM || code == MSG_NO_SESSION,
		     "%s may not send %s (%d)", who, row->name, code);
		T_OK(p.routed == routed, "%s by %s reaches no room",
		     row->name, who);
	} else if (row->type == MSG_HELLO) {
		T_OK(peer_refusal(c) == MSG_NO_VERSION ||
		     peer_refusal(c) == MSG_NO_STATE, "hello twice");
	} else if (row->type == MSG_UNMASK) {
		T_OK(peer_refusal(c) == MSG_NO_ABLE, "no route: says so");
	} else if (row->type == MSG_HEARTBEAT) {
		T_OK(got == MSG_HEARTBEAT_OK, "%s is answered", row->name);
	} else if (row->type != MSG_LOGIN) {
		T_OK(got == MSG_OK && p.routed == routed + 1 &&
		     p.last == row->type && p.by.role == role,
		     "%s by %s is routed", row->name, who);
	}
}

static void test_every_role_and_message(void **state)
{
	const struct msg_row *row;

	(void)state;
	for (size_t r = 0; r < ARRAY_LEN(roles); r++) {
		struct peer *c = peer_new(&p, true);

		if (roles[r].user)
			T_OK(peer_login(c, roles[r].user, "secret", false) ==
			     MSG_LOGIN_OK, "%s is in", roles[r].user);
		for (size_t i = 0; (row = msg_row_at(i)); i++)
			if (row->type != MSG_HELLO && row->type != MSG_LOGOUT)
				check_message(c, roles[r].role, row);
	}
}

static void test_read_only_looks_but_does_not_act(void **state)
{
	(void)state;
	struct peer *c = peer_new(&p, true);

	T_OK(peer_login(c, "wall", "secret", false) == MSG_LOGIN_OK &&
	     c->any.login_ok.read_only, "the wall is in");
	T_OK(peer_ask(c, MSG_SUBSCRIBE, &zero) == MSG_OK, "it may look");
	T_OK(peer_ask(c, MSG_HEARTBEAT, &zero) == MSG_HEARTBEAT_OK, "live");
	T_OK(peer_ask(c, MSG_MONITOR, &zero) == MSG_REFUSED &&
	     peer_refusal(c) == MSG_NO_PERM, "it may not listen in");
	T_OK(peer_ask(c, MSG_UNMASK, &zero) == MSG_REFUSED &&
	     peer_refusal(c) == MSG_NO_PERM, "nor see whole numbers");
}

/* -- records that change ------------------------------------------------------------------ */

static void test_a_changed_record_binds_at_once(void **state)
{
	(void)state;
	struct peer *a = peer_new(&p, true), *z = peer_new(&p, true);

	T_OK(peer_login(a, "1001", "secret", false) == MSG_LOGIN_OK &&
	     peer_login(z, "zhang", "secret", false) == MSG_LOGIN_OK, "in");
	p.team_red = true;
	door_recheck(p.door, "zhang", 0);
	T_OK(p.changed == 1 && str_eq(p.by.team, "red") &&
	     !p.by.may_unmask && str_eq(p.by.user, "zhang"),
	     "his team and rights are the new ones, nobody else's");
	T_OK(peer_ask(z, MSG_SUBSCRIBE, &zero) == MSG_OK &&
	     str_eq(p.by.team, "red"), "in what he asks for next, too");
	p.now_admin = true;
	door_recheck(p.door, "zhang", p.by.no);
	T_OK(!p.ended, "who is being answered stays for now");
	door_recheck(p.door, "zhang", 0);
	T_OK(p.ended == 1 && p.why == MSG_END_FORCED && peer_until_lost(z) &&
	     z->ended == MSG_END_FORCED, "another role ends the session");
	p.now_admin = false;
	p.all_gone = true;
	door_recheck(p.door, "1001", 0);
	T_OK(p.ended == 2 && peer_until_lost(a) &&
	     a->ended == MSG_END_FORCED, "and so does a removal");
}

static void test_no_record_binds_the_local_admin(void **state)
{
	(void)state;
	struct peer *c = peer_new(&p, true);
	const struct door_session *s;
	char user[41];

	T_OK(peer_ask(c, MSG_ADMIN_REQ, &zero) == MSG_OK, "in by its uid");
	s = door_session(p.door, p.by.no);
	T_OK(s, "a session");
	str_copy(user, sizeof(user), s ? s->user : "");
	p.all_gone = true;
	door_recheck(p.door, user, 0);
	T_OK(!p.ended && door_session(p.door, p.by.no), "it stays");
}

/* -- manners ---------------------------------------------------------------------------- */

static void test_hello_comes_first(void **state)
{
	struct msg_hello old = { .proto = MSG_PROTO + 1 };

	(void)state;
	struct peer *c = peer_new(&p, false);

	T_OK(peer_login(c, "1001", "secret", false) == MSG_REFUSED &&
	     peer_refusal(c) == MSG_NO_SESSION, "not before hello");
	T_OK(peer_ask(c, MSG_HELLO, &old) == MSG_REFUSED &&
	     peer_refusal(c) == MSG_NO_VERSION, "another protocol is refused");
	T_OK(peer_until_lost(c), "and shown out");
}

static const struct {
	const char *what;
	uint8_t bytes[8];
	size_t len;
	int refusal;			/* 0: shown out                      */
} junk[] = {
	{ "a message of the future", { 0x93, 0xcd, 3, 0xe8, 1, 0x80 }, 6,
	  MSG_NO_ABLE },
	{ "a heartbeat with a wrong field", { 0x93, 5, 1, 0x81, 1, 0xc3 }, 6,
	  MSG_NO_FORMAT },
	{ "a heartbeat cut short", { 0x93, 5, 1, 0x81, 1 }, 5,
	  MSG_NO_FORMAT },
	{ "no message at all", { 'G', 'E', 'T', ' ' }, 4, 0 },
};

static void test_junk(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(junk); i++) {
		struct peer *c = peer_new(&p, true);
		int got = c->got + 1;

		T_OK(!net_client_send(c->net, junk[i].bytes, junk[i].len),
		     "sent");
		if (junk[i].refusal)
			T_OK(peers_until(&p, &c->got, got) &&
			     peer_refusal(c) == junk[i].refusal,
			     "%s: refused", junk[i].what);
		else
			T_OK(peer_until_lost(c) &&
			     c->ended == MSG_END_PROTOCOL, "%s: shown out",
			     junk[i].what);
	}
}

static void test_take_over(void **state)
{
	char token[65];

	(void)state;
	struct peer *a = peer_new(&p, true);

	T_OK(peer_login(a, "1001", "secret", false) == MSG_LOGIN_OK, "in");
	str_copy(token, sizeof(token), a->any.login_ok.token);
	uint64_t no = a->any.login_ok.session;
	struct peer *b = peer_new(&p, true);

	T_OK(peer_login(b, "1001", "secret", false) == MSG_REFUSED &&
	     peer_refusal(b) == MSG_NO_TAKEN, "a second log-in is asked");
	T_OK(peer_login(b, "1001", "secret", true) == MSG_LOGIN_OK &&
	     b->any.login_ok.resumed && b->any.login_ok.session == no,
	     "the same session goes on at the new place");
	T_OK(peer_until_lost(a) && a->ended == MSG_END_TAKEOVER,
	     "the old one is told, and closed");
	T_OK(p.resumed == 1 && !p.lost && !p.ended &&
	     p.notes[DOOR_NOTE_TAKEOVER] == 1, "the seat never was empty");
	T_OK(peer_ask(b, MSG_HANGUP, &zero) == MSG_OK, "the new one acts");
	struct peer *c = peer_new(&p, true);

	T_OK(peer_token(c, "1001", token) == MSG_REFUSED &&
	     peer_refusal(c) == MSG_NO_LOGIN, "the old token is void");
	T_OK(peer_login(c, "zhang", "secret", false) == MSG_LOGIN_OK,
	     "a supervisor");
	struct peer *d = peer_new(&p, true);

	T_OK(peer_login(d, "zhang", "secret", false) == MSG_LOGIN_OK &&
	     !c->lost, "may be in twice: a desk and a wall");
}

static void test_a_lost_link_comes_back(void **state)
{
	char token[65];

	(void)state;
	struct peer *a = peer_new(&p, true);

	T_OK(peer_login(a, "1001", "secret", false) == MSG_LOGIN_OK, "in");
	str_copy(token, sizeof(token), a->any.login_ok.token);
	uint64_t no = a->any.login_ok.session;

	peer_drop(a);
	T_OK(peers_until(&p, &p.lost, 1) && !p.ended, "lost, not ended");
	T_OK(door_send(p.door, no, MSG_SEAT, 0, &zero) == ERR_ABSENT,
	     "nothing can be sent to it");
	struct peer *b = peer_new(&p, true);

	T_OK(peer_token(b, "zhang", token) == MSG_REFUSED, "not as another");
	T_OK(peer_token(b, "1001", token) == MSG_LOGIN_OK &&
	     b->any.login_ok.resumed && b->any.login_ok.session == no,
	     "the token brings the same session back");
	T_OK(p.came == 2 && p.resumed == 1, "the rooms hear of it");
	/* A link that died without our knowing: the token moves it, too. */
	struct peer *c = peer_new(&p, true);

	T_OK(peer_token(c, "1001", token) == MSG_LOGIN_OK, "again");
	T_OK(peer_until_lost(b) && !b->ended, "the dead link is dropped");
	p.lock_1001 = true;
	struct peer *d = peer_new(&p, true);

	T_OK(peer_token(d, "1001", token) == MSG_REFUSED,
	     "a user locked meanwhile does not come back");
	peer_drop(c);
	T_OK(peers_until(&p, &p.lost, 2), "lost again");
	p.ahead_ms += 121000;
	T_OK(peers_until(&p, &p.ended, 1) && p.why == MSG_END_SILENT,
	     "after two minutes it is over");
}

static void test_silence(void **state)
{
	(void)state;
	struct peer *a = peer_new(&p, true);
	struct peer *b = peer_new(&p, true);

	T_OK(peer_login(a, "1001", "secret", false) == MSG_LOGIN_OK, "in");
	p.ahead_ms += 12000;
	T_OK(peer_ask(b, MSG_HEARTBEAT, &zero) == MSG_HEARTBEAT_OK &&
	     b->any.heartbeat_ok.wall_ms, "one beats");
	p.ahead_ms += 4000;
	T_OK(peer_until_lost(a) && a->ended == MSG_END_SILENT,
	     "the silent one is let go");
	T_OK(peers_until(&p, &p.lost, 1) && !p.ended && !b->lost,
	     "its session waits");
	p.ahead_ms += 6000;
	T_OK(peer_ask(b, MSG_HEARTBEAT, &zero), "beats");
	for (int i = 0; i < 20 && !b->lost; i++) {
		p.ahead_ms += 10000;
		peer_ask(b, MSG_HEARTBEAT, &zero);
	}
	T_OK(b->lost && b->ended == MSG_END_SILENT,
	     "one that never logs in is let go after three minutes");
}

static bool is_blue(void *arg, const struct door_session *s)
{
	(void)arg;
	return str_eq(s->team, "blue");
}

static void test_pushes(void **state)
{
	struct msg_notice note = { .text = "New price list" };
	struct msg_notice bad = { .text = "\xff" };

	(void)state;
	struct peer *a = peer_new(&p, true), *z = peer_new(&p, true);
	struct peer *r = peer_new(&p, true), *x = peer_new(&p, true);

	T_OK(peer_login(a, "1001", "secret", false) == MSG_LOGIN_OK &&
	     peer_login(z, "zhang", "secret", false) == MSG_LOGIN_OK &&
	     peer_login(r, "root", "secret", false) == MSG_LOGIN_OK, "in");
	T_OK(door_send_all(p.door, is_blue, NULL, MSG_NOTICE, &note) == 2,
	     "two are blue");
	T_OK(peers_until(&p, &a->pushes, 1) && peers_until(&p, &z->pushes, 1)
	     && a->push == MSG_NOTICE, "and get it");
	T_OK(!door_send_agent(p.door, (struct agent_id){ 1001 }, MSG_SEAT, 0,
			      &zero) && peers_until(&p, &a->pushes, 2) &&
	     a->push == MSG_SEAT, "one to the agent");
	T_OK(door_send_agent(p.door, (struct agent_id){ 7 }, MSG_SEAT, 0,
			     &zero) == ERR_ABSENT, "there is no agent 7");
	T_OK(door_send_agent(p.door, (struct agent_id){ 1001 }, MSG_NOTICE, 0,
			     &bad) == ERR_FORMAT, "what is unsound stays here");
	door_end(p.door, door_session_of(p.door,
		 (struct agent_id){ 1001 })->no, MSG_END_FORCED, "Zhang");
	T_OK(peer_until_lost(a) && a->ended == MSG_END_FORCED &&
	     p.ended == 1, "a supervisor ends it");
	T_OK(!r->pushes && !x->pushes, "others heard nothing of all that");
}

/* -- local ------------------------------------------------------------------------------ */

static void test_local_admin_needs_no_password(void **state)
{
	(void)state;
	struct peer *c = peer_new(&p, true);

	T_OK(c->any.welcome.role == MSG_ROLE_ADMIN,
	     "our own uid is admin on the socket");
	T_OK(peer_ask(c, MSG_ADMIN_REQ, &zero) == MSG_OK &&
	     p.last == MSG_ADMIN_REQ && p.by.role == MSG_ROLE_ADMIN &&
	     !strncmp(p.by.user, "uid ", 4), "its words reach the clerk");
	T_OK(peer_ask(c, MSG_HANGUP, &zero) == MSG_REFUSED &&
	     peer_refusal(c) == MSG_NO_PERM, "an admin is no agent");
	T_OK(peer_login(c, "1001", "secret", false) == MSG_LOGIN_OK,
	     "but may log in as one");
	T_OK(peer_ask(c, MSG_ADMIN_REQ, &zero) == MSG_REFUSED &&
	     peer_ask(c, MSG_HANGUP, &zero) == MSG_OK,
	     "and then is one and no admin");
	struct peer *d = peer_new(&p, true);
	int ended = p.ended;

	peer_drop(d);
	T_OK(peers_until(&p, &p.ended, ended + 1) && !p.lost,
	     "a command's session ends with its link");
}

/* -- passwords ---------------------------------------------------------------------------- */

static void on_hash(void *arg, enum err e, const char *hash)
{
	struct peers *q = arg;

	q->hashes += !e;
	str_copy(q->hash, sizeof(q->hash), hash);
}

static void test_hashes(void **state)
{
	char hash[DOOR_HASH_LEN + 1];

	(void)state;
	T_OK(!door_hash("x", hash, sizeof(hash)) &&
	     !strncmp(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31),
	     "argon2id, 19 MiB, two passes: %s", hash);
	T_OK(!door_hash_start(p.door, "x", on_hash, &p) &&
	     peers_until(&p, &p.hashes, 1), "the worker does it as well");
	T_OK(!strncmp(p.hash, hash, 31) && strcmp(p.hash, hash),
	     "salted: never the same twice");
	T_OK(door_hash_start(p.door, "", on_hash, &p) == ERR_ARG,
	     "an empty password is none");
	enum err e = ERR_OK;

	for (int i = 0; i < 300 && !e; i++)
		e = door_hash_start(p.door, "x", on_hash, &p);
	T_OK(e == ERR_AGAIN, "the queue is bounded");
}

#define AT(test, up) cmocka_unit_test_setup_teardown(test, up, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT(test_log_in_and_out, setup),
		AT(test_wrong_log_ins, setup),
		AT(test_too_many_wrong_ones, setup),
		AT(test_one_place_guessing_many_names, setup),
		AT(test_every_role_and_message, setup),
		AT(test_read_only_looks_but_does_not_act, setup),
		AT(test_a_changed_record_binds_at_once, setup),
		AT(test_no_record_binds_the_local_admin, setup_ipc),
		AT(test_hello_comes_first, setup),
		AT(test_junk, setup),
		AT(test_take_over, setup),
		AT(test_a_lost_link_comes_back, setup),
		AT(test_silence, setup),
		AT(test_pushes, setup),
		AT(test_local_admin_needs_no_password, setup_ipc),
		AT(test_hashes, setup),
	};

	return T_RUN(tests);
}
