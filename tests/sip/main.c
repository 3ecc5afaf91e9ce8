/*
 * sip -- one or a few calls through the door, told as lines; for tests with
 * foreign peers (tests/sip/sipp.test) and for trying a trunk by hand.
 *
 *   sip --trunk sip:127.0.0.1:5060 [--trunk ...] [--auth USER:PASS]
 *       [--number 86138...] [--ring MS] [--hang-up WORD[+MS]] [--stay MS]
 *   sip --serve SECRET --stay MS	no call: agent 1001 may have a line
 *   sip --free-port		prints a UDP port nobody has, and exits
 *
 * --hang-up names an event ("ringing", "answered", ...): the call is hung up
 * when it comes, or MS later.  Ends with the call, or after --stay.  Exit: 0.
 */
#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "dial/dial.h"
#include "dial/fake_gate.h"
#include "dial/loop.h"

struct app {
	struct clock clock;
	struct dial *d;
	struct dial_trunk_conf trunk[4];
	unsigned trunks;
	const char *number, *secret;
	char hang_up[32];
	uint64_t ring_ms, hang_up_ms, stay_ms;
	struct loop_timer *hang, *stay;
};

static const struct call_id the_call = { 1 };

static void hang_h(void *arg)
{
	struct app *a = arg;

	if (dial_hangup(a->d, the_call, 16))
		printf("gone before the hang-up\n");
}

static void closed_h(void *arg)
{
	(void)arg;
	loop_stop();
}

static void stay_h(void *arg)
{
	struct app *a = arg;

	dial_close(a->d, 3000, closed_h, a);
}

static void event_h(const struct dial_event *ev, void *arg)
{
	struct app *a = arg;

	if (ev->kind == DIAL_TRUNK) {
		printf("trunk trunk=%u state=%s\n", ev->trunk.v, ev->text);
		return;
	}
	printf("%s trunk=%u code=%u q850=%u result=%s retry=%s retry_after=%u"
	       " legs=%u by=%s media=%s:%u pt=%u dtmf=%d digit=%c text=\"%s\"\n",
	       dial_event_word(ev->kind), ev->trunk.v, ev->code, ev->q850,
	       call_result_word(ev->result), dial_retry_word(ev->retry),
	       ev->retry_after_s, ev->legs, hangup_by_word(ev->by),
	       ev->media.addr, ev->media.port, ev->media.pt,
	       ev->media.dtmf_pt, ev->digit ? ev->digit : '-', ev->text);
	fflush(stdout);
	if (str_eq(dial_event_word(ev->kind), a->hang_up)) {
		if (a->hang_up_ms)
			loop_timer_start(a->hang, a->hang_up_ms);
		else
			hang_h(a);
	}
	/* What still belongs to the call (a late BYE) has --stay to come. */
	if (ev->kind == DIAL_FAILED || ev->kind == DIAL_HANGUP)
		loop_timer_start(a->stay, a->stay_ms);
}

static int free_port(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) ||
	    getsockname(fd, (struct sockaddr *)&sa, &len))
		return 1;
	printf("%u\n", ntohs(sa.sin_port));
	close(fd);
	return 0;
}

static bool trunk_option(struct app *a, const char *uri)
{
	struct dial_trunk_conf *t = &a->trunk[a->trunks];

	if (a->trunks == ARRAY_LEN(a->trunk))
		return false;
	*t = (struct dial_trunk_conf){ .id = { ++a->trunks }, .caller_count = 1,
				       .weight = a->trunks == 1 ? 1000 : 1 };
	str_fmt(t->name, sizeof(t->name), "trunk-%u", a->trunks);
	str_copy(t->callers[0], DIAL_NUMBER_SIZE, "057188001001");
	t->silent_ms = 2500;
	return str_copy(t->uri, sizeof(t->uri), uri);
}

static bool auth_option(struct app *a, char *text)
{
	char *colon = strchr(text, ':');

	if (!colon || !a->trunks)
		return false;
	*colon = '\0';
	for (unsigned i = 0; i < a->trunks; i++) {
		str_copy(a->trunk[i].user, DIAL_NAME_SIZE, text);
		str_copy(a->trunk[i].password, DIAL_SECRET_SIZE, colon + 1);
	}
	return true;
}

static bool hang_option(struct app *a, char *text)
{
	char *plus = strchr(text, '+');

	if (plus)
		*plus = '\0';
	str_copy(a->hang_up, sizeof(a->hang_up), text);
	return !plus || !str_to_u64(plus + 1, 60000, &a->hang_up_ms);
}

static bool options(struct app *a, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "trunk", 1, NULL, 't' }, { "auth", 1, NULL, 'a' },
		{ "number", 1, NULL, 'n' }, { "ring", 1, NULL, 'r' },
		{ "hang-up", 1, NULL, 'h' }, { "stay", 1, NULL, 's' },
		{ "free-port", 0, NULL, 'f' }, { "serve", 1, NULL, 'S' },
		{ NULL, 0, NULL, 0 },
	};
	bool ok = true;
	int opt;

	while (ok && (opt = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (opt) {
		case 'f': exit(free_port());
		case 't': ok = trunk_option(a, optarg); break;
		case 'a': ok = auth_option(a, optarg); break;
		case 'S': a->secret = optarg; break;
		case 'n': a->number = optarg; break;
		case 'h': ok = hang_option(a, optarg); break;
		case 'r': ok = !str_to_u64(optarg, 600000, &a->ring_ms); break;
		case 's': ok = !str_to_u64(optarg, 60000, &a->stay_ms); break;
		default: ok = false; break;
		}
	return ok && (a->trunks || a->secret);
}

static enum err key_h(const char *user, const char *realm,
		      uint8_t ha1[DIAL_HA1_SIZE], struct agent_id *agent,
		      void *arg)
{
	struct app *a = arg;

	if (!a->secret || !str_eq(user, "agent-1001"))
		return ERR_ABSENT;
	agent->v = 1001;
	return dial_ha1(user, realm, a->secret, ha1);
}

static enum err media_h(struct agent_id agent UNUSED, struct dial_media *ours,
			void *arg UNUSED)
{
	str_copy(ours->addr, sizeof(ours->addr), "127.0.0.1");
	ours->port = 40002;
	return ERR_OK;
}

static enum err call(struct app *a)
{
	struct dial_order o = {
		.e164 = a->number, .ring_ms = (uint32_t)a->ring_ms,
		.media = { .addr = "127.0.0.1", .port = 40000 },
	};
	struct gate_pass *pass = fake_pass(a->number, false);

	return dial_start(a->d, the_call, &o, &pass, clock_now(&a->clock));
}

static enum err open_door(struct app *a)
{
	struct dial_conf conf = {
		.listen = { { DIAL_UDP, "127.0.0.1", 0 },
			    { DIAL_TCP, "127.0.0.1", 0 } },
		.listen_count = 2, .trunks = a->trunk, .trunk_count = a->trunks,
		.causes_path = "data/sip-causes.tsv", .clock = &a->clock,
		.line_probe_ms = 300,
	};
	struct dial_handlers h = { event_h, key_h, media_h, a };
	enum err e;

	clock_init_real(&a->clock);
	e = loop_init(256);
	if (!e)
		e = loop_timer_new(hang_h, a, &a->hang);
	if (!e)
		e = loop_timer_new(stay_h, a, &a->stay);
	if (!e)
		e = dial_new(&conf, &h, &a->d);
	return e;
}

int main(int argc, char **argv)
{
	static struct app a = { .number = "8613800001111", .ring_ms = 8000,
				.stay_ms = 50 };
	enum err e;

	if (!options(&a, argc, argv)) {
		fprintf(stderr, "sip: wrong words; see tests/sip/main.c\n");
		return 2;
	}
	e = open_door(&a);
	if (!e && a.secret) {
		printf("sip: listen=127.0.0.1:%u\n", dial_port(a.d, 0));
		fflush(stdout);
		loop_timer_start(a.stay, a.stay_ms);
	} else if (!e) {
		e = call(&a);
	}
	if (!e)
		e = loop_run(NULL);
	if (e)
		fprintf(stderr, "sip: %s\n", err_text(e));
	a.hang = loop_timer_free(a.hang);
	a.stay = loop_timer_free(a.stay);
	a.d = dial_free(a.d);
	loop_fini();
	return e != ERR_OK;
}
