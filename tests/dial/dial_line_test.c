/*
 * Agents' lines: a phone of libre's own stack logs in by digest and stays; or
 * registers and is called.
 */
#include "dial/dial_fixture.h"
#include "dial/fake_gate.h"

#include <string.h>

#include "base/t.h"

#include <re.h>

struct phone {
	struct sip *sip;
	struct sipsess_sock *sock;
	struct sipsess *sess;
	struct sip_lsnr *lsnr;
	struct sipreg *reg;
	struct sa laddr;
	const char *password;
	char user[32];
	bool up, closed, deaf;
	int reg_code;
	char forward[64];		/* calls are sent on to this         */
	unsigned invites, options;
};

static struct mbuf *phone_sdp(uint16_t port)
{
	struct mbuf *mb = mbuf_alloc(512);

	mbuf_printf(mb, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
		    "c=IN IP4 127.0.0.1\r\nt=0 0\r\n"
		    "m=audio %u RTP/AVP 8 0 101\r\n"
		    "a=rtpmap:101 telephone-event/8000\r\n", port);
	mb->pos = 0;
	return mb;
}

static int auth_h(char **user, char **pass, const char *realm, void *arg)
{
	struct phone *p = arg;

	(void)realm;
	return str_dup(user, p->user) || str_dup(pass, p->password);
}

static int offer_h(struct mbuf **descp, const struct sip_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	*descp = phone_sdp(45002);
	return 0;
}

static int answer_h(const struct sip_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return 0;
}

static void estab_h(const struct sip_msg *msg, void *arg)
{
	(void)msg;
	((struct phone *)arg)->up = true;
}

static void close_h(int err, const struct sip_msg *msg, void *arg)
{
	struct phone *p = arg;

	(void)err;
	(void)msg;
	p->closed = true;
	p->sess = mem_deref(p->sess);
}

static void info_h(struct sip *sip, const struct sip_msg *msg, void *arg)
{
	(void)arg;
	(void)sip_treply(NULL, sip, msg, 200, "OK");
}

static void connect_h(const struct sip_msg *msg, void *arg)
{
	struct phone *p = arg;
	struct mbuf *mb = phone_sdp(45004);

	p->invites++;
	T_OK(sip_msg_hdr(msg, SIP_HDR_CALL_INFO), "auto-answer is asked for");
	T_OK(!sipsess_accept(&p->sess, p->sock, msg, 200, "OK", "phone",
			     "application/sdp", mb, NULL, NULL, false, offer_h,
			     answer_h, estab_h, info_h, NULL, close_h, p,
			     NULL), "the phone picks up");
	mem_deref(mb);
}

static bool request_h(const struct sip_msg *msg, void *arg)
{
	struct phone *p = arg;

	if (*p->forward && !pl_strcmp(&msg->met, "INVITE"))
		return !sip_treplyf(NULL, NULL, p->sip, msg, false, 302,
				    "Moved Temporarily", "Contact: <%s>\r\n"
				    "Content-Length: 0\r\n\r\n",
				    p->forward);
	if (pl_strcmp(&msg->met, "OPTIONS"))
		return p->deaf;
	p->options++;
	if (!p->deaf)
		(void)sip_treply(NULL, p->sip, msg, 200, "OK");
	return true;
}

static void phone_open(struct phone *p, const char *user, const char *password)
{
	struct sa any;

	memset(p, 0, sizeof(*p));
	p->password = password;
	str_copy(p->user, sizeof(p->user), user);
	sa_set_str(&any, "127.0.0.1", 0);
	T_OK(!sip_alloc(&p->sip, NULL, 32, 32, 32, "phone", NULL, NULL) &&
	     !sip_transp_add(p->sip, SIP_TRANSP_UDP, &any) &&
	     !sip_transp_laddr(p->sip, &p->laddr, SIP_TRANSP_UDP, &any) &&
	     !sip_listen(&p->lsnr, p->sip, true, request_h, p) &&
	     !sipsess_listen(&p->sock, p->sip, 32, connect_h, p),
	     "a phone");
}

static void phone_close(struct phone *p)
{
	p->reg = mem_deref(p->reg);
	p->sess = mem_deref(p->sess);
	p->lsnr = mem_deref(p->lsnr);
	p->sock = mem_deref(p->sock);
	sip_close(p->sip, true);
	p->sip = mem_deref(p->sip);
}

static void phone_dial(struct phone *p, const struct fix *f)
{
	char to[64], from[64];
	struct mbuf *mb = phone_sdp(45000);

	str_fmt(to, sizeof(to), "sip:agent-1001@127.0.0.1:%u",
		dial_port(f->d, 0));
	str_fmt(from, sizeof(from), "sip:%s@127.0.0.1", p->user);
	p->up = p->closed = false;
	T_OK(!sipsess_connect(&p->sess, p->sock, to, NULL, from, "phone", NULL,
			      0, "application/sdp", mb, auth_h, p, false,
			      offer_h, answer_h, NULL, estab_h, info_h, NULL,
			      close_h, p, NULL), "the phone dials");
	mem_deref(mb);
}

static void a_phone_logs_in_and_stays(void **state)
{
	const struct dial_event *ev;
	struct phone p;
	struct fix f;

	(void)state;
	fix_open(&f, 1, NULL);
	f.conf.line_probe_ms = 60;
	f.secret = "token-1";
	fix_dial(&f);
	phone_open(&p, "agent-1001", "token-1");
	phone_dial(&p, &f);
	ev = fix_wait(&f, 0, DIAL_LINE_UP, 1001, 1000);
	T_OK(ev && ev->media.port == 45000 && ev->media.pt == 8 &&
	     ev->media.dtmf_pt == 101, "the line is up, with its media");
	T_OK(dial_line_is_up(f.d, f.agent), "and known");
	fix_run(&f, 400);
	T_OK(p.options >= 3, "it is asked now and then: %u", p.options);
	T_OK(!fix_count(&f, DIAL_LINE_DOWN, 0), "and stays");
	p.sess = mem_deref(p.sess);			/* the phone hangs up */
	T_OK(fix_wait(&f, 0, DIAL_LINE_DOWN, 1001, 1000), "down");
	T_OK(!dial_line_is_up(f.d, f.agent), "gone");
	phone_close(&p);
	fix_close(&f);
}

static void who_may_have_a_line(void **state)
{
	static const struct {
		const char *what, *user, *password, *secret;
		enum err media;
		bool up;
	} cases[] = {
		{ "the right token", "agent-1001", "t", "t", ERR_OK, true },
		{ "a wrong token", "agent-1001", "x", "t", ERR_OK, false },
		{ "no such agent", "agent-7", "t", "t", ERR_OK, false },
		{ "no media left", "agent-1001", "t", "t", ERR_FULL, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct dial_counts n;
		struct phone p;
		struct fix f;

		fix_open(&f, 1, NULL);
		f.secret = cases[i].secret;
		f.media_err = cases[i].media;
		fix_dial(&f);
		phone_open(&p, cases[i].user, cases[i].password);
		phone_dial(&p, &f);
		T_OK(!!fix_wait(&f, 0, DIAL_LINE_UP, 1001, 250) == cases[i].up,
		     "%s", cases[i].what);
		T_OK(p.closed == !cases[i].up, "%s: the phone knows",
		     cases[i].what);
		dial_counts(f.d, &n);
		T_OK(n.auth_failed == (i == 1 || i == 2), "%s: counted",
		     cases[i].what);
		phone_close(&p);
		fix_close(&f);
	}
}

static void the_second_line_replaces_the_first(void **state)
{
	struct phone one, two;
	struct fix f;

	(void)state;
	fix_open(&f, 1, NULL);
	f.secret = "t";
	fix_dial(&f);
	phone_open(&one, "agent-1001", "t");
	phone_open(&two, "agent-1001", "t");
	phone_dial(&one, &f);
	T_OK(fix_wait(&f, 0, DIAL_LINE_UP, 1001, 1000), "the first");
	phone_dial(&two, &f);
	T_OK(fix_wait(&f, f.count, DIAL_LINE_UP, 1001, 1000), "the second");
	fix_run(&f, 50);
	T_OK(one.closed && !two.closed, "the first was told good-bye");
	T_OK(!fix_count(&f, DIAL_LINE_DOWN, 0), "no down between");
	T_OK(!dial_line_drop(f.d, f.agent), "dropped by command");
	fix_run(&f, 50);
	T_OK(two.closed, "the phone knows");
	T_OK(!fix_count(&f, DIAL_LINE_DOWN, 0), "a command needs no event");
	T_OK(dial_line_drop(f.d, f.agent) == ERR_ABSENT, "no line is left");
	phone_close(&one);
	phone_close(&two);
	fix_close(&f);
}

static void a_dead_phone_is_noticed(void **state)
{
	const struct dial_event *ev;
	struct phone p;
	struct fix f;

	(void)state;
	fix_open(&f, 1, NULL);
	f.conf.line_probe_ms = 50;
	f.secret = "t";
	fix_dial(&f);
	phone_open(&p, "agent-1001", "t");
	phone_dial(&p, &f);
	T_OK(fix_wait(&f, 0, DIAL_LINE_UP, 1001, 1000), "up");
	p.deaf = true;
	ev = fix_wait(&f, 0, DIAL_LINE_DOWN, 1001, 9500);
	T_OK(ev && ev->code == 408, "down after two unanswered probes");
	phone_close(&p);
	fix_close(&f);
}

static void reg_h(int err, const struct sip_msg *msg, void *arg)
{
	((struct phone *)arg)->reg_code = err ? -1 : msg->scode;
}

static void a_registered_phone_is_called(void **state)
{
	const struct dial_event *ev;
	char uri[64], aor[64];
	struct phone p;
	struct fix f;
	unsigned from;

	(void)state;
	fix_open(&f, 1, NULL);
	f.secret = "t";
	fix_dial(&f);
	phone_open(&p, "agent-1001", "t");
	T_OK(!dial_line_call(f.d, f.agent, NULL), "wanted before it is there");
	T_OK(fix_wait(&f, 0, DIAL_LINE_DOWN, 1001, 500), "not registered: told");
	str_fmt(uri, sizeof(uri), "sip:127.0.0.1:%u", dial_port(f.d, 0));
	str_fmt(aor, sizeof(aor), "sip:agent-1001@127.0.0.1");
	T_OK(!sipreg_register(&p.reg, p.sip, uri, aor, NULL, aor, 120, "desk",
			      NULL, 0, 0, auth_h, &p, false, reg_h, &p, NULL,
			      NULL), "registering");
	ev = fix_wait(&f, 0, DIAL_PHONE, 1001, 1000);
	T_OK(ev && ev->digit == 1, "the phone is there");
	fix_run(&f, 20);
	T_OK(p.reg_code == 200, "200 to the phone: %d", p.reg_code);
	T_OK(dial_phone_is_registered(f.d, f.agent), "known");
	ev = fix_wait(&f, 0, DIAL_LINE_UP, 1001, 3000);
	T_OK(ev && p.invites == 1 && ev->media.port == 45004,
	     "and is called by itself");
	from = f.count;
	p.sess = mem_deref(p.sess);		/* it hangs up */
	T_OK(fix_wait(&f, from, DIAL_LINE_DOWN, 1001, 1000), "down");
	T_OK(fix_wait(&f, from, DIAL_LINE_UP, 1001, 4000), "called again");
	from = f.count;
	p.reg = mem_deref(p.reg);		/* and unregisters */
	ev = fix_wait(&f, from, DIAL_PHONE, 1001, 1000);
	T_OK(ev && ev->digit == 0 && !ev->expires_s, "gone");
	phone_close(&p);
	fix_close(&f);
}

static void phone_register(struct phone *p, const struct fix *f,
			   uint32_t expires_s)
{
	char uri[64];

	str_fmt(uri, sizeof(uri), "sip:127.0.0.1:%u", dial_port(f->d, 0));
	T_OK(!sipreg_register(&p->reg, p->sip, uri,
			      "sip:agent-1001@127.0.0.1", NULL,
			      "sip:agent-1001@127.0.0.1", expires_s, "desk",
			      NULL, 0, 0, auth_h, p, false, reg_h, p, NULL,
			      NULL), "registering");
}

static char told[DIAL_DIALOG_SIZE];

static void keep_dialog(struct fix *f, const struct dial_event *ev)
{
	(void)f;
	if (ev->kind == DIAL_LINE_UP)
		str_copy(told, sizeof(told), ev->dialog ? ev->dialog : "");
}

/* Its old place is dead: no BYE, no answer; one silence is enough. */
static void a_phone_that_moves_is_called_there(void **state)
{
	const struct dial_event *ev;
	struct dial_phone now;
	struct phone one, two;
	struct fix f;
	unsigned from;

	(void)state;
	fix_open(&f, 1, NULL);
	f.conf.line_probe_ms = 600;
	f.secret = "t";
	fix_dial(&f);
	phone_open(&one, "agent-1001", "t");
	phone_register(&one, &f, 60);
	T_OK(fix_wait(&f, 0, DIAL_PHONE, 1001, 1000), "registered");
	dial_phone(f.d, f.agent, &now);
	T_OK(*now.uri && now.expires_s >= 59 && !now.wanted, "known so long");
	T_OK(!dial_line_call(f.d, f.agent, NULL), "wanted");
	ev = fix_wait(&f, 0, DIAL_LINE_TRY, 1001, 1000);
	T_OK(ev && !ev->code && ev->uri, "it is said whom we call");
	T_OK(fix_wait(&f, 0, DIAL_LINE_UP, 1001, 3000), "the line is up");
	one.deaf = true;
	phone_open(&two, "agent-1001", "t");
	from = f.count;
	phone_register(&two, &f, 60);
	ev = fix_wait(&f, from, DIAL_LINE_DOWN, 1001, 9500);
	T_OK(ev && ev->code == 408, "the old place is given up");
	dial_phone(f.d, f.agent, &now);
	T_OK(now.wanted && !now.up && now.code == 408 && *now.text,
	     "and why is known");
	T_OK(fix_wait(&f, from, DIAL_LINE_UP, 1001, 4000) && two.invites == 1,
	     "called where it is now");
	dial_phone(f.d, f.agent, &now);
	T_OK(now.up && !now.code && !*now.text, "no trouble is left");
	/* Their good-byes to the registrar are answered before they go. */
	one.deaf = false;
	one.reg = mem_deref(one.reg);
	two.reg = mem_deref(two.reg);
	one.sess = mem_deref(one.sess);
	two.sess = mem_deref(two.sess);
	fix_run(&f, 500);
	phone_close(&one);
	phone_close(&two);
	fix_close(&f);
}

/*
 * A server that was killed told the phone nothing: another door takes its
 * place and says BYE in the dialog the first one told of.
 */
static void a_line_of_before_is_ended(void **state)
{
	static const char *const bad[] = { "", "1\na\nb", "x\na\nb\nc\nsip:d\n",
		"1\na\nb\nc\nmailto:d\n", "1\na\nb\nc\nsip:d\n\nBYE",
		"1\na\x01\nb\nc\nsip:d\n" };
	char dialog[DIAL_DIALOG_SIZE], nobody[DIAL_DIALOG_SIZE];
	const struct dial_event *ev;
	struct phone p;
	struct fix f, g;

	(void)state;
	fix_open(&f, 1, NULL);
	f.secret = "t";
	f.on = keep_dialog;
	fix_dial(&f);
	phone_open(&p, "agent-1001", "t");
	phone_register(&p, &f, 60);
	T_OK(fix_wait(&f, 0, DIAL_PHONE, 1001, 1000), "registered");
	T_OK(!dial_line_call(f.d, f.agent, NULL), "wanted");
	T_OK(fix_wait(&f, 0, DIAL_LINE_UP, 1001, 3000), "the line is up");
	T_OK(*told, "and what names its dialog is told");
	str_copy(dialog, sizeof(dialog), told);

	fix_open(&g, 1, NULL);
	g.secret = "t";
	fix_dial(&g);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		T_OK(dial_line_end(g.d, g.agent, bad[i]) == ERR_FORMAT,
		     "not what was told: %zu", i);
	T_OK(!p.closed, "the phone sits on its line");
	T_OK(!dial_line_end(g.d, g.agent, dialog), "BYE");
	T_OK(dial_line_end(g.d, g.agent, dialog) == ERR_EXISTS, "once");
	ev = fix_wait(&g, 0, DIAL_LINE_ENDED, 1001, 3000);
	T_OK(ev && ev->code == 200, "the phone agrees: %u",
	     ev ? ev->code : 0);
	T_OK(p.closed && !p.sess, "and is free");
	T_OK(!dial_line_end(g.d, g.agent, dialog), "said twice");
	ev = fix_wait(&g, g.count, DIAL_LINE_ENDED, 1001, 3000);
	T_OK(ev && ev->code == 481, "it knows of no such line any more");

	/* Nobody is there: given up after a while, the call waits so long. */
	str_copy(nobody, sizeof(nobody), "1\nx@y\n<sip:a@b>;tag=1\n"
		 "<sip:c@d>;tag=2\nsip:c@127.0.0.1:9\n");
	T_OK(!dial_line_end(g.d, g.agent, nobody), "to nobody");
	T_OK(!dial_line_call(g.d, g.agent, "sip:c@127.0.0.1:9"), "wanted");
	ev = fix_wait(&g, g.count, DIAL_LINE_TRY, 1001, 12000);
	T_OK(ev && fix_count(&g, DIAL_LINE_ENDED, 1001) == 3,
	     "called after the end of the old line");
	phone_close(&p);
	fix_close(&g);
	fix_close(&f);
}

/*
 * Its owner has sent his desk phone's calls on to some number outside: no gate
 * has passed that number, and no call goes there.
 */
static void a_phone_sends_us_nowhere_else(void **state)
{
	struct phone desk, other;
	struct dial_phone now;
	char uri[64];
	struct fix f;

	(void)state;
	fix_open(&f, 1, NULL);
	fix_dial(&f);
	phone_open(&desk, "agent-1001", "t");
	phone_open(&other, "8613800138000", "t");
	str_fmt(desk.forward, sizeof(desk.forward),
		"sip:8613800138000@127.0.0.1:%u", sa_port(&other.laddr));
	str_fmt(uri, sizeof(uri), "sip:desk@127.0.0.1:%u",
		sa_port(&desk.laddr));
	T_OK(dial_at_trunk(f.d, uri) && !dial_at_trunk(f.d, "sip:1@127.0.0.2")
	     && !dial_at_trunk(f.d, "sip:1@desk") && !dial_at_trunk(f.d, "1"),
	     "a trunk's address is known as one");
	T_OK(!dial_line_call(f.d, f.agent, uri), "the phone is called");
	T_OK(fix_wait(&f, 0, DIAL_LINE_DOWN, 1001, 2000), "in vain");
	fix_run(&f, 200);
	T_OK(!other.invites, "and nobody else: %u", other.invites);
	dial_phone(f.d, f.agent, &now);
	T_OK(!now.up && now.code, "why is known: %u %s", now.code, now.text);
	phone_close(&desk);
	phone_close(&other);
	fix_close(&f);
}

static void a_registration_ends_by_itself(void **state)
{
	const struct dial_event *ev;
	struct dial_phone now;
	struct fix f;

	(void)state;
	fix_open(&f, 1, NULL);
	fix_dial(&f);
	T_OK(dial_phone_restore(f.d, f.agent, "tel:1001", 60) == ERR_FORMAT &&
	     dial_phone_restore(f.d, f.agent, "sip:a@example.net", 60) ==
		     ERR_FORMAT, "only what a phone of ours has sent");
	T_OK(!dial_phone_restore(f.d, f.agent, "sip:a@127.0.0.1:9", 0),
	     "kept over a restart, and late");
	T_OK(dial_phone_restore(f.d, f.agent, "sip:a@127.0.0.1:9", 60) ==
		     ERR_EXISTS, "the newer registration counts");
	dial_phone(f.d, f.agent, &now);
	T_OK(str_eq(now.uri, "sip:a@127.0.0.1:9"), "it is there");
	T_OK(fix_wait(&f, 0, DIAL_PHONE, 1001, 7000), "until its time is over");
	T_OK(!dial_phone_is_registered(f.d, f.agent), "and then it is not");
	T_OK(dial_phone_forget(f.d, f.agent) == ERR_ABSENT, "nothing to end");
	T_OK(!dial_phone_restore(f.d, f.agent, "sip:a@127.0.0.1:9", 600),
	     "there again");
	unsigned from = f.count;

	T_OK(!dial_phone_forget(f.d, f.agent), "its account is nobody's");
	ev = fix_wait(&f, from, DIAL_PHONE, 1001, 1000);
	T_OK(ev && !ev->digit && !dial_phone_is_registered(f.d, f.agent),
	     "at once, and told");
	fix_close(&f);
}

static void what_is_kept_is_no_password(void **state)
{
	/* RFC 2617 3.5: Mufasa, testrealm@host.com, Circle Of Life */
	static const uint8_t want[DIAL_HA1_SIZE] = {
		0x93, 0x9e, 0x75, 0x78, 0xed, 0x9e, 0x3c, 0x51,
		0x8a, 0x45, 0x2a, 0xce, 0xe7, 0x63, 0xbc, 0xe9 };
	uint8_t ha1[DIAL_HA1_SIZE];

	(void)state;
	T_OK(!dial_ha1("Mufasa", "testrealm@host.com", "Circle Of Life", ha1) &&
	     !memcmp(ha1, want, sizeof(ha1)), "H(A1) of the RFC's example");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_phone_logs_in_and_stays),
		cmocka_unit_test(who_may_have_a_line),
		cmocka_unit_test(the_second_line_replaces_the_first),
		cmocka_unit_test(a_dead_phone_is_noticed),
		cmocka_unit_test(a_registered_phone_is_called),
		cmocka_unit_test(a_phone_that_moves_is_called_there),
		cmocka_unit_test(a_line_of_before_is_ended),
		cmocka_unit_test(a_phone_sends_us_nowhere_else),
		cmocka_unit_test(a_registration_ends_by_itself),
		cmocka_unit_test(what_is_kept_is_no_password),
	};

	return T_RUN(tests);
}
