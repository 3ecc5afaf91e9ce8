/*
 * One robot against a server played by this test: log-in, line, a call, a
 * preview, wrap-up, log-out; then its counts.
 */
#include "base/str.h"
#include "base/t.h"
#include "msg/msg.h"
#include "net/net.h"
#include "phone/sip_peer.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MS = 15000, CODE = 4 };

static struct {
	struct net_server *net;
	struct net_id id;
	struct sip_peer peer;
	uint32_t call;			/* at its seat                       */
	unsigned got[MSG_TYPE_END];	/* requests, by type                 */
	uint16_t outcome;
	char note[200];
	bool talking, closed;
	int64_t spoke_ms;
} s;
static union msg_any in, out;
static uint8_t frame[NET_FRAME_MAX];

static int64_t ms(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static void push(enum msg_type type, uint32_t req)
{
	size_t len;

	T_OK(!msg_encode(type, req, &out, frame, sizeof(frame), &len),
	     "%s is packed", msg_row(type)->name);
	struct net_buf *b = net_buf_new(frame, len);

	T_OK(b && !net_server_send(s.net, s.id, b), "and sent");
	net_buf_free(b);
}

static void seat(enum msg_state state, uint32_t call)
{
	memset(&out, 0, sizeof(out));
	out.seat.state = (uint8_t)state;
	out.seat.call = s.call = call;
	out.seat.wall_ms = out.seat.since_ms = ms(CLOCK_REALTIME);
	push(MSG_SEAT, 0);
	s.talking = state == MSG_STATE_TALK;
}

static void customer(uint32_t call)
{
	memset(&out, 0, sizeof(out));
	out.customer.call = call;
	str_copy(out.customer.name, sizeof(out.customer.name), "Mr Chen");
	push(MSG_CUSTOMER, 0);
}

static void welcome(uint32_t req)
{
	memset(&out, 0, sizeof(out));
	out.login_ok.role = MSG_ROLE_AGENT;
	out.login_ok.agent = 1001;
	out.login_ok.heartbeat_ms = 200;
	str_fmt(out.login_ok.sip_dial, sizeof(out.login_ok.sip_dial),
		"sip:agent-1001@127.0.0.1:%u", s.peer.sip_port);
	str_copy(out.login_ok.sip_user, sizeof(out.login_ok.sip_user),
		 "agent-1001");
	str_copy(out.login_ok.sip_pass, sizeof(out.login_ok.sip_pass),
		 "once");
	str_copy(out.login_ok.token, sizeof(out.login_ok.token), "tok");
	push(MSG_LOGIN_OK, req);
	memset(&out, 0, sizeof(out));
	out.outcomes.rows_count = 3;
	out.outcomes.rows[0] = (struct msg_outcome_row){
		.code = 3, .digit = 3, .needs_time = true };
	out.outcomes.rows[1] = (struct msg_outcome_row){
		.code = CODE, .digit = 4, .label = "Not interested" };
	out.outcomes.rows[2] = (struct msg_outcome_row){
		.code = 8, .digit = 8, .asks_twice = true };
	push(MSG_OUTCOMES, 0);
	seat(MSG_STATE_NOT_READY, 0);
}

/* What the server would do next. */
static void play(enum msg_type type)
{
	switch (type) {
	case MSG_WANT_STATE:
		T_OK(s.peer.up, "ready only when its line is up");
		T_OK(in.want_state.want == MSG_WANT_READY, "and not a break");
		seat(MSG_STATE_READY, 0);
		customer(7);
		seat(MSG_STATE_TALK, 7);
		break;
	case MSG_DIAL:
		T_OK(in.dial.call == s.call, "the previewed call is dialled");
		seat(MSG_STATE_TALK, s.call);
		break;
	case MSG_HANGUP:
		T_OK(in.hangup.call == s.call, "its own call is hung up");
		seat(MSG_STATE_WRAP, s.call);
		break;
	case MSG_OUTCOME:
		s.outcome = in.outcome.code;
		break;
	case MSG_NOTE:
		str_copy(s.note, sizeof(s.note), in.note.text);
		break;
	case MSG_FINISH:
		T_OK(in.finish.call == s.call && s.outcome, "saved, chosen: %u %u %u, %u notes", in.finish.call, s.call,
		     s.outcome, s.got[MSG_NOTE]);
		memset(&out, 0, sizeof(out));
		out.last_call.call = s.call;
		out.last_call.outcome = s.outcome;
		push(MSG_LAST_CALL, 0);
		customer(8);
		seat(s.call == 7 ? MSG_STATE_PREVIEW : MSG_STATE_READY,
		     s.call == 7 ? 8 : 0);
		break;
	default:
		break;
	}
}

static void frame_h(void *arg UNUSED, struct net_id id, const uint8_t *data,
		    size_t len)
{
	struct msg_head_of head;

	T_OK(!msg_decode(data, len, &head, &in), "it speaks our language");
	T_OK(head.req > s.got[0], "its requests are numbered upwards");
	s.got[0] = head.req;
	s.id = id;
	s.got[head.type]++;
	memset(&out, 0, sizeof(out));
	if (head.type == MSG_HELLO) {
		T_OK(in.hello.proto == MSG_PROTO, "the same protocol");
		out.welcome.proto = MSG_PROTO;
		push(MSG_WELCOME, head.req);
	} else if (head.type == MSG_LOGIN) {
		T_OK(str_eq(in.login.user, "agent1001") &&
		     str_eq(in.login.pass, "demo"), "with its password");
		welcome(head.req);
	} else if (head.type == MSG_HEARTBEAT) {
		push(MSG_HEARTBEAT_OK, head.req);
	} else {
		push(MSG_OK, head.req);
		play(head.type);
	}
}

static void open_h(void *arg UNUSED, struct net_id id,
		   const struct net_peer *p UNUSED)
{
	net_server_allow(s.net, id, NET_FRAME_MAX);
}

static void closed_h(void *arg UNUSED, struct net_id id UNUSED,
		     enum err why UNUSED)
{
	s.closed = true;
}

static void turn(void)
{
	static const struct net_handlers h = { open_h, frame_h, closed_h };
	struct pollfd f[2] = { { net_server_fd(s.net), POLLIN, 0 },
			       { s.peer.sip, POLLIN, 0 } };

	poll(f, 2, 10);
	net_server_run(s.net, &h, NULL);
	peer_pump(&s.peer);
	if (s.talking && ms(CLOCK_MONOTONIC) - s.spoke_ms >= 20) {
		s.spoke_ms = ms(CLOCK_MONOTONIC);
		(void)peer_talk(&s.peer);
	}
}

#define UNTIL(cond)                                                           \
	({                                                                    \
		int64_t end_ = ms(CLOCK_MONOTONIC) + WAIT_MS;                 \
		while (!(cond) && ms(CLOCK_MONOTONIC) < end_)                 \
			turn();                                               \
		(cond);                                                       \
	})

static pid_t spawn(const char *url, int *pipe_out)
{
	char path[256];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	int p[2];

	T_OK(n > 5 && !pipe(p), "a pipe");
	path[n - 5] = '\0';		/* without "_test" */
	pid_t pid = fork();

	if (!pid) {
		dup2(p[1], 1);
		execl(path, path, "--server", url, "--agents", "1",
		      "--talk-mean", "2", "--wrap-mean", "1", "--read-mean",
		      "1", "--scale", "2", "--hangup", "1", "--break", "0",
		      "--hold", "0", (char *)NULL);
		_exit(127);
	}
	close(p[1]);
	*pipe_out = p[0];
	return pid;
}

static uint64_t figure(const char *line, const char *name)
{
	char key[40];

	str_fmt(key, sizeof(key), " %s=", name);
	const char *p = strstr(line, key);

	T_OK(p, "%s is reported: %s", name, line);
	return strtoull(p + strlen(key), NULL, 10);
}

static void a_shift(void **state UNUSED)
{
	char dir[] = "/tmp/robot-test-XXXXXX", url[64], line[1024] = "";
	char why[200], cmd[64];
	const char *urls[] = { url };
	struct net_server_conf conf = { .urls = urls, .urls_count = 1 };
	int fd, status = -1;

	T_OK(mkdtemp(dir), "a folder");
	str_fmt(url, sizeof(url), "ipc://%s/s", dir);
	T_OK(!net_server_new(&s.net, &conf, why, sizeof(why)), "a server");
	T_OK(peer_open(&s.peer), "a line to dial");
	s.peer.user = "agent-1001";
	s.peer.password = "once";
	pid_t pid = spawn(url, &fd);

	T_OK(UNTIL(s.got[MSG_FINISH] == 2), "two calls are worked");
	T_OK(s.got[MSG_HANGUP] == 2 && s.got[MSG_DIAL] == 1 &&
	     s.got[MSG_OUTCOME] == 2 && s.got[MSG_NOTE] == 2, "as by a person");
	T_OK(s.outcome == CODE, "neither a call-back nor \"do not call\"");
	T_OK(str_is_utf8(s.note, strlen(s.note)) &&
	     strstr(s.note, "Not interested"), "the note says it: %s", s.note);
	T_OK(s.peer.challenged == 1 && !s.peer.wrong, "its line's password");
	T_OK(s.peer.packets > 50 && s.peer.loud > 10, "it spoke: %u, %u loud",
	     s.peer.packets, s.peer.loud);
	T_OK(s.got[MSG_HEARTBEAT] > 1, "its heart beat");
	kill(pid, SIGTERM);
	T_OK(UNTIL(s.closed), "it goes when told to");
	T_OK(s.got[MSG_LOGOUT] == 1 && UNTIL(s.peer.byes == 1),
	     "logged out and hung up");
	T_OK(waitpid(pid, &status, 0) == pid && !status, "in peace");
	T_OK(read(fd, line, sizeof(line) - 1) > 0, "and reports");
	T_OK(figure(line, "calls") == 2 && figure(line, "pops") == 2 &&
	     figure(line, "heard") == 2 && figure(line, "hung_up") == 2 &&
	     figure(line, "previews") == 1 && figure(line, "finished") == 2 &&
	     figure(line, "left") == 0 && figure(line, "lines_lost") == 0 &&
	     figure(line, "refused") == 0, "what it did: %s", line);
	T_OK(figure(line, "pop_max_ms") < 1000, "quickly: %s", line);
	close(fd);
	peer_close(&s.peer);
	net_server_free(s.net);
	str_fmt(cmd, sizeof(cmd), "rm -r %s", dir);
	T_OK(!system(cmd), "cleared up");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_shift) };

	return T_RUN(tests);
}
