/*
 * desk -- a server of the tests that speaks from a script.
 *
 *	desk SCRIPT [PORT]	prints "port N", then each request as a line
 *
 * The script is msg/msg_text; "on NAME" begins what is sent when the request
 * NAME comes: after its answer, unasked.  "on login" must begin with the
 * login_ok.  Runs until it is told to stop; 120 s at most.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "msg/msg.h"
#include "msg/msg_text.h"
#include "net/net.h"

enum { STEPS_MAX = 200, LIFE_MS = 120000 };

struct step { char on[24]; enum msg_type type; void *obj; };

struct desk {
	struct step step[STEPS_MAX];
	size_t n;
	char on[24];
	struct net_server *net;
	struct clock clock;
};

static enum err on_message(void *arg, enum msg_type type, const void *obj)
{
	struct desk *d = arg;
	const struct schema *s = msg_row(type)->schema;
	void *copy = malloc(s->size);

	if (d->n == STEPS_MAX || !copy) {
		free(copy);
		return ERR_FULL;
	}
	memcpy(copy, obj, s->size);
	str_copy(d->step[d->n].on, sizeof(d->step[0].on), d->on);
	d->step[d->n].type = type;
	d->step[d->n++].obj = copy;
	return ERR_OK;
}

static enum err on_line(void *arg, const char *word, const char *rest,
			char *why, size_t size)
{
	struct desk *d = arg;

	if (!str_eq(word, "on")) {
		str_fmt(why, size, "%s: unknown", word);
		return ERR_FORMAT;
	}
	str_copy(d->on, sizeof(d->on), rest);
	return ERR_OK;
}

static void send_one(struct desk *d, struct net_id id, enum msg_type type,
		     uint32_t req, void *obj)
{
	static uint8_t frame[MSG_FRAME_MAX];
	int64_t now = clock_now(&d->clock).wall_ms;
	struct net_buf *b;
	size_t len;

	if (type == MSG_SEAT) {
		struct msg_seat *s = obj;

		s->wall_ms = now;
		s->since_ms = now;
	} else if (type == MSG_LOGIN_OK) {
		((struct msg_login_ok *)obj)->wall_ms = now;
	}
	if (msg_encode(type, req, obj, frame, sizeof(frame), &len))
		exit(3);
	b = net_buf_new(frame, len);
	if (!b || net_server_send(d->net, id, b))
		fprintf(stderr, "desk: not sent\n");
	net_buf_free(b);
}

static void answer(struct desk *d, struct net_id id, enum msg_type type,
		   uint32_t req, const union msg_any *got)
{
	static union msg_any any;
	const struct msg_row *row = msg_row(type);
	bool first = true;

	memset(&any, 0, sizeof(any));
	if (type == MSG_HELLO) {
		any.welcome.proto = MSG_PROTO;
		any.welcome.wall_ms = clock_now(&d->clock).wall_ms;
		send_one(d, id, MSG_WELCOME, req, &any);
	} else if (type == MSG_HEARTBEAT) {
		any.heartbeat_ok.sent_ms = got->heartbeat.sent_ms;
		any.heartbeat_ok.wall_ms = clock_now(&d->clock).wall_ms;
		send_one(d, id, MSG_HEARTBEAT_OK, req, &any);
	} else if (row->answer == MSG_OK) {
		send_one(d, id, MSG_OK, req, &any);
	}
	for (size_t i = 0; i < d->n; i++) {
		if (!str_eq(d->step[i].on, row->name))
			continue;
		/* The answer proper carries the request's number. */
		bool proper = first && d->step[i].type == row->answer;

		send_one(d, id, d->step[i].type, proper ? req : 0,
			 d->step[i].obj);
		first = false;
	}
}

static void on_open(void *arg, struct net_id id,
		    const struct net_peer *p UNUSED)
{
	net_server_allow(((struct desk *)arg)->net, id, MSG_FRAME_MAX);
}

static void on_frame(void *arg, struct net_id id, const uint8_t *data,
		     size_t len)
{
	static union msg_any any;
	struct msg_head_of head;
	char line[3000];

	if (msg_decode(data, len, &head, &any)) {
		printf("bad frame\n");
		return;
	}
	if (head.type != MSG_HEARTBEAT && head.type != MSG_PHONE_REPORT) {
		msg_print(head.type, 0, &any, line, sizeof(line));
		printf("%s\n", line);
		fflush(stdout);
	}
	answer(arg, id, head.type, head.req, &any);
}

static void on_closed(void *arg UNUSED, struct net_id id UNUSED,
		      enum err why UNUSED)
{
	printf("closed\n");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static struct desk d;
	static const struct net_handlers h = { on_open, on_frame, on_closed };
	char url[64], why[300] = "";
	const char *urls[] = { url };
	struct net_server_conf c = { .urls = urls, .urls_count = 1 };
	FILE *f = argc > 1 ? fopen(argv[1], "r") : NULL;
	int64_t end;

	if (!f || msg_text_read(f, &(struct msg_text_handlers){ on_message,
				on_line }, &d, why, sizeof(why))) {
		fprintf(stderr, "desk: %s: %s\n", argc > 1 ? argv[1] : "?",
			why);
		return 1;
	}
	fclose(f);
	clock_init_real(&d.clock);
	str_fmt(url, sizeof(url), "tcp://127.0.0.1:%s",
		argc > 2 ? argv[2] : "0");
	if (net_server_new(&d.net, &c, why, sizeof(why))) {
		fprintf(stderr, "desk: %s\n", why);
		return 1;
	}
	printf("port %u\n", net_server_port(d.net, 0));
	fflush(stdout);
	end = clock_now(&d.clock).mono_ms + LIFE_MS;
	while (clock_now(&d.clock).mono_ms < end) {
		struct pollfd p = { .fd = net_server_fd(d.net),
				    .events = POLLIN };

		poll(&p, 1, 500);
		net_server_run(d.net, &h, &d);
	}
	d.net = net_server_free(d.net);
	return 0;
}
