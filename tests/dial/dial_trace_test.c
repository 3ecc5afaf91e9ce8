/* The SIP of a call, kept for people: in order, numbers masked. */
#include "dial/dial_fixture.h"
#include "dial/dial_trace.h"
#include "dial/fake_gate.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "base/t.h"

struct seen {
	unsigned n;
	int64_t last_ms;
	char lines[2000];
};

static bool row(void *arg, const struct dial_trace_row *r)
{
	struct seen *s = arg;

	T_OK(!s->n || r->at_ms >= s->last_ms, "oldest first");
	T_OK(strncmp(r->peer, "127.0.0.1:", 10) == 0, "from or to %s",
	     r->peer);
	s->last_ms = r->at_ms;
	s->n++;
	str_add(s->lines, sizeof(s->lines), "%s %s | %s\n",
		r->out ? "->" : "<-", r->line, r->more);
	return true;
}

#define REQUEST(method, uri, more)                                            \
	method " " uri " SIP/2.0\r\n"                                         \
	"Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK" method ";rport\r\n"     \
	"From: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:b@127.0.0.1>\r\n"          \
	"Call-ID: " method "\r\nCSeq: 1 " method "\r\nMax-Forwards: 70\r\n"   \
	more "Content-Length: 0\r\n\r\n"

/* The first request that comes shows libre's socket; on a floor it is the
 * first agent's phone. */
static void knock(struct fix *f, const char *text)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(dial_port(f->d, 0)),
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	T_OK(s >= 0 && sendto(s, text, strlen(text), 0, (void *)&to,
			      sizeof(to)) == (ssize_t)strlen(text),
	     "a request");
	fix_run(f, 300);
	close(s);
}

static void a_call_is_told(void **state UNUSED)
{
	struct gate_pass *pass = fake_pass("8613800000012", false);
	char id[TRACE_ID] = "", newest[TRACE_ID] = "";
	struct seen s = { 0 };
	struct fix f;

	fix_open(&f, 1, NULL);
	fix_dial(&f);
	T_OK(!dial_trace_newest(f.d, 0, newest), "no call yet");
	T_OK(!dial_trace_of_call(f.d, (struct call_id){ 7 }, id), "nor this");
	knock(&f, REQUEST("OPTIONS", "sip:waihu@127.0.0.1", ""));
	T_OK(!fix_start(&f, 7, "8613800000012", 700, &pass), "a call");
	T_OK(fix_wait(&f, 0, DIAL_ANSWERED, 7, 4000), "is answered");
	T_OK(dial_trace_of_call(f.d, (struct call_id){ 7 }, id) && *id,
	     "its Call-ID");
	T_OK(dial_trace_newest(f.d, 0, newest) && str_eq(id, newest),
	     "the trunk's newest is this: %s, %s", id, newest);
	T_OK(!dial_trace_newest(f.d, 1, newest), "there is no other trunk");
	T_OK(fix_wait(&f, 0, DIAL_HANGUP, 7, 4000), "the customer hangs up");
	dial_trace_each(f.d, id, row, &s);
	T_OK(strstr(s.lines, "-> INVITE sip:138****0012@") == s.lines,
	     "first the INVITE, masked: %s", s.lines);
	T_OK(!strstr(s.lines, "8613800000012"), "no whole number");
	T_OK(strstr(s.lines, "<- SIP/2.0 200"), "the answer: %s", s.lines);
	T_OK(strstr(s.lines, "-> ACK sip:"), "the ACK: %s", s.lines);
	T_OK(strstr(s.lines, "<- BYE sip:"), "the BYE: %s", s.lines);
	T_OK(!strstr(s.lines, "OPTIONS"), "no probes");
	s = (struct seen){ 0 };
	dial_trace_each(f.d, "another", row, &s);
	T_OK(!s.n, "another call has none of them");
	knock(&f, REQUEST("MESSAGE", "sip:8613800000099;npdi@127.0.0.1",
			  "Reason: Q.850;text=\"\xc3\x86\xff\"\r\n"));
	dial_trace_each(f.d, "MESSAGE", row, &s);
	T_OK(s.n && strstr(s.lines, "sip:138****0099;npdi@"),
	     "a number with parameters is masked, too: %s", s.lines);
	T_OK(str_is_utf8(s.lines, strlen(s.lines)) && strstr(s.lines, "???"),
	     "and what is no text is told as such: %s", s.lines);
	fix_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_is_told),
	};

	return T_RUN(tests);
}
