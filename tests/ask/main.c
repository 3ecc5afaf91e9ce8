/*
 * ask URL USER PASSWORD -- one session that does as standard input says.
 *
 * Each message (msg/msg_text) is sent and its answer printed: "ok",
 * "refused perm: ..." or the name of the message that came.  "wait FILE"
 * waits for a file to be there, "over" until the session is ended by the
 * server; "phone" prints what its telephone is to log in with.  Two minutes at
 * most for each.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "link/link.h"
#include "msg/msg_text.h"

enum { LIMIT_MS = 120000 };

struct ask {
	struct link *link;
	struct clock clock;
	const char *user, *pass;
	bool in, answered, ended;
	uint32_t req;
	char sip_user[40], sip_pass[40];
};

static void on_ask(void *arg, const struct msg_welcome *w UNUSED)
{
	struct ask *a = arg;

	if (link_login(a->link, a->user, a->pass, false))
		exit(1);
}

static void on_in(void *arg, const struct msg_login_ok *ok)
{
	struct ask *a = arg;

	a->in = true;
	str_copy(a->sip_user, sizeof(a->sip_user), ok->sip_user);
	str_copy(a->sip_pass, sizeof(a->sip_pass), ok->sip_pass);
}

static void on_message(void *arg, enum msg_type type, uint32_t req,
		       const void *obj)
{
	struct ask *a = arg;
	const struct msg_refused *no = obj;
	const struct msg_ended *end = obj;

	if (type == MSG_ENDED) {
		printf("ended %s: %s\n", msg_word(MSG_WORDS_END, end->why),
		       end->text);
		a->ended = true;
		return;
	}
	if (type == MSG_REFUSED && !a->in) {
		printf("not in: %s\n", no->text);
		exit(2);
	}
	if (!a->req || req != a->req || a->answered)
		return;
	a->answered = true;
	if (type == MSG_REFUSED)
		printf("refused %u: %s\n", no->code, no->text);
	else
		printf("%s\n", msg_row(type)->name);
	fflush(stdout);
}

static void on_lost(void *arg, const char *why)
{
	struct ask *a = arg;

	if (a->in && !a->ended)
		printf("lost: %s\n", why);
	a->ended |= a->in;
}

/* Turns until *what, the end of the session, or the limit. */
static bool until(struct ask *a, const bool *what, const char *file)
{
	static const struct link_handlers h = {
		.ask = on_ask, .in = on_in, .message = on_message,
		.lost = on_lost };
	int64_t end = clock_now(&a->clock).mono_ms + LIMIT_MS;

	while (!*what && !a->ended) {
		struct pollfd p = { .fd = link_fd(a->link), .events = POLLIN };

		if (clock_now(&a->clock).mono_ms > end)
			return false;
		if (file && !access(file, F_OK))
			return true;
		poll(&p, 1, 20);
		link_run(a->link, clock_now(&a->clock), &h, a);
	}
	return *what;
}

static enum err send_one(void *arg, enum msg_type type, const void *obj)
{
	struct ask *a = arg;
	enum err e;

	a->answered = false;
	e = link_send(a->link, type, obj, &a->req);
	if (!e && !until(a, &a->answered, NULL) && !a->ended)
		e = ERR_TIMEOUT;
	return e;
}

static enum err on_line(void *arg, const char *word, const char *rest,
			char *why, size_t size)
{
	struct ask *a = arg;
	bool never = false;

	if (str_eq(word, "wait"))
		return until(a, &never, rest) ? ERR_OK : ERR_TIMEOUT;
	if (str_eq(word, "phone"))
		return printf("%s %s\n", a->sip_user, a->sip_pass) < 0
			? ERR_IO : ERR_OK;
	if (str_eq(word, "over"))
		return until(a, &a->ended, NULL) || a->ended ? ERR_OK
							     : ERR_TIMEOUT;
	str_fmt(why, size, "%s: unknown", word);
	return ERR_FORMAT;
}

int main(int argc, char **argv)
{
	const struct msg_text_handlers h = { .message = send_one,
					     .line = on_line };
	struct ask a = { .user = argc == 4 ? argv[2] : "" };
	struct link_conf conf = { .url = argc == 4 ? argv[1] : "",
				  .program = "ask", .lang = "en" };
	char why[200] = "";
	enum err e;

	setvbuf(stdout, NULL, _IOLBF, 0);
	clock_init_real(&a.clock);
	if (argc != 4 || link_new(&a.link, &conf)) {
		fprintf(stderr, "usage: ask URL USER PASSWORD <SCRIPT\n");
		return 64;
	}
	a.pass = argv[3];
	if (!until(&a, &a.in, NULL)) {
		fprintf(stderr, "ask: not logged in\n");
		return 1;
	}
	e = msg_text_read(stdin, &h, &a, why, sizeof(why));
	if (e)
		fprintf(stderr, "ask: %s%s%s\n", err_text(e), *why ? ": " : "",
			why);
	link_free(a.link);
	return e ? 1 : 0;
}
