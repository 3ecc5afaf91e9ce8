/*
 * Strangers at the SIP port, from 127.0.0.2: what is no trunk and no phone is
 * refused at a bounded rate, then not answered at all.
 */
#include "dial/dial_fixture.h"
#include "dial/fake_gate.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/t.h"

static int stranger_socket(const struct fix *f, const char *from)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	inet_pton(AF_INET, from, &a.sin_addr);
	T_OK(!bind(fd, (struct sockaddr *)&a, sizeof(a)), "bound");
	inet_pton(AF_INET, "127.0.0.1", &a.sin_addr);
	a.sin_port = htons(dial_port(f->d, 0));
	T_OK(!connect(fd, (struct sockaddr *)&a, sizeof(a)), "connected");
	return fd;
}

static void ask(int fd, const char *method, const char *extra, unsigned n)
{
	char m[1024];

	str_fmt(m, sizeof(m), "%s sip:agent-1001@127.0.0.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 127.0.0.2:5999;branch=z9hG4bK%s%u;rport\r\n"
		"Max-Forwards: 70\r\nTo: <sip:agent-1001@127.0.0.1>\r\n"
		"From: <sip:x@127.0.0.2>;tag=t%u\r\nCall-ID: c%s%u\r\n"
		"CSeq: 1 %s\r\n%sContent-Length: 0\r\n\r\n", method, method, n,
		n, method, n, method, extra);
	T_OK(send(fd, m, strlen(m), 0) > 0, "sent");
}

/* How many answers with this code wait on the socket; -1 = of any. */
static unsigned answers(int fd, int code)
{
	char buf[2048];
	unsigned n = 0;
	ssize_t len;

	while ((len = recv(fd, buf, sizeof(buf) - 1, 0)) > 0) {
		int got = 0;

		buf[len] = '\0';
		T_OK(sscanf(buf, "SIP/2.0 %d", &got) == 1, "an answer: %s", buf);
		n += code < 0 || got == code;
	}
	return n;
}

static void each_request_of_a_stranger(void **state)
{
	static const struct { const char *method, *extra; int want; } rows[] = {
		{ "OPTIONS", "", 403 },   { "MESSAGE", "", 403 },
		{ "SUBSCRIBE", "", 403 }, { "REFER", "", 403 },
		{ "INVITE", "Contact: <sip:x@127.0.0.2>\r\n", 401 },
		{ "REGISTER", "", 401 },  { "ACK", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fix f;
		int fd;

		fix_open(&f, 1, NULL);
		fix_dial(&f);
		fd = stranger_socket(&f, "127.0.0.2");
		ask(fd, rows[i].method, rows[i].extra, 1);
		fix_run(&f, 60);
		T_OK(answers(fd, rows[i].want ? rows[i].want : -1) ==
		     (rows[i].want ? 1u : 0u), "%s gets %d", rows[i].method,
		     rows[i].want);
		close(fd);
		fix_close(&f);
	}
}

static void a_flood_is_not_answered(void **state)
{
	struct dial_counts n;
	struct fix f;
	unsigned got;
	int fd;

	(void)state;
	fix_open(&f, 1, NULL);
	f.conf.stranger_per_s = 5;
	fix_dial(&f);
	fd = stranger_socket(&f, "127.0.0.2");
	for (unsigned i = 0; i < 500; i++)
		ask(fd, "OPTIONS", "", i);
	fix_run(&f, 200);
	got = answers(fd, 403);
	dial_counts(f.d, &n);
	T_OK(got >= 5 && got <= 12, "few answers: %u", got);
	T_OK(n.stranger_refused == got && n.stranger_dropped >= 400,
	     "the rest is counted: %llu", (unsigned long long)
	     n.stranger_dropped);
	close(fd);
	fix_close(&f);
}

/* Garbage of every kind, then a call: it must still work. */
static void garbage_does_no_harm(void **state)
{
	static const char *const junk[] = {
		"\0\0\0\0\0\0\0\0", "GET / HTTP/1.1\r\n\r\n",
		"INVITE sip:1@1 SIP/2.0\r\n\r\n", "SIP/2.0 200\r\n\r\n",
		"SIP/2.0 302 Moved\r\nContact: <sip:a@b>\r\n\r\n",
		"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\n"
		"CSeq: 1 INVITE\r\nCall-ID: a\r\nTo: <sip:a@b>;tag=1\r\n"
		"From: <sip:a@b>;tag=2\r\n\r\n",
		"BYE sip:1@1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2;branch="
		"z9hG4bKx\r\nTo: <sip:a@b>;tag=1\r\nFrom: <sip:a@b>;tag=2\r\n"
		"Call-ID: a\r\nCSeq: 1 BYE\r\nContent-Length: 99999\r\n\r\n",
		"OPTIONS sip:\xff\xfe SIP/2.0\r\nVia: \r\nTo: \r\n\r\n",
	};
	struct gate_pass *pass = fake_pass("86138000001", false);
	char big[60000];
	struct fix f;
	int fd[2];

	(void)state;
	fix_open(&f, 1, NULL);
	fix_dial(&f);
	/* From a stranger, and from the trunk's own address. */
	fd[0] = stranger_socket(&f, "127.0.0.2");
	fd[1] = stranger_socket(&f, "127.0.0.1");
	memset(big, 'A', sizeof(big));
	memcpy(big, "INVITE ", 7);
	for (int k = 0; k < 2; k++) {
		for (size_t i = 0; i < ARRAY_LEN(junk); i++)
			(void)!send(fd[k], junk[i], strlen(junk[i]) + 1, 0);
		(void)!send(fd[k], big, sizeof(big), 0);
	}
	fix_run(&f, 50);
	T_OK(!fix_start(&f, 1, "86138000001", 500, &pass), "starts");
	T_OK(fix_wait(&f, 0, DIAL_ANSWERED, 1, 2000), "and is answered");
	close(fd[0]);
	close(fd[1]);
	fix_close(&f);
}

/* A stranger who learned a Call-ID cannot end the call: tags must fit. */
static void a_stranger_cannot_hang_up(void **state)
{
	struct gate_pass *pass = fake_pass("86138000001", false);
	char m[600];
	struct fix f;
	int fd;

	(void)state;
	fix_open(&f, 1, NULL);
	fix_dial(&f);
	T_OK(!fix_start(&f, 1, "86138000001", 500, &pass), "starts");
	T_OK(fix_wait(&f, 0, DIAL_ANSWERED, 1, 2000), "answered");
	fd = stranger_socket(&f, "127.0.0.2");
	for (int i = 0; i < 40; i++) {
		str_fmt(m, sizeof(m), "BYE sip:waihu@127.0.0.1 SIP/2.0\r\n"
			"Via: SIP/2.0/UDP 127.0.0.2;branch=z9hG4bKg%d\r\n"
			"To: <sip:a@b>;tag=%d\r\nFrom: <sip:a@b>;tag=2\r\n"
			"Call-ID: guess%d\r\nCSeq: %d BYE\r\n"
			"Content-Length: 0\r\n\r\n", i, i, i, i);
		T_OK(send(fd, m, strlen(m), 0) > 0, "sent");
	}
	fix_run(&f, 100);
	T_OK(!fix_count(&f, DIAL_HANGUP, 1) && dial_call_count(f.d) == 1,
	     "the call lives");
	T_OK(answers(fd, 481) <= 12, "and the guesses are bounded");
	close(fd);
	fix_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_request_of_a_stranger),
		cmocka_unit_test(a_flood_is_not_answered),
		cmocka_unit_test(garbage_does_no_harm),
		cmocka_unit_test(a_stranger_cannot_hang_up),
	};

	return T_RUN(tests);
}
