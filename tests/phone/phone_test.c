/*
 * A real baresip child against a small SIP peer on loopback: dialling, mute,
 * tones, re-dial, what is heard, and that nothing is left behind.
 */
#include "base/clock.h"
#include "base/str.h"
#include "base/t.h"
#include "phone/phone.h"
#include "phone/sip_peer.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAIT_MS = 8000 };

static char dir[64], module[256], wav[96];
static struct sip_peer peer;
static struct clock clk;

/* Everything the phone said, a word each. */
struct heard {
	unsigned count[PHONE_EVENT_COUNT];
	char text[PHONE_EVENT_COUNT][160];
	int64_t value[PHONE_EVENT_COUNT];
};

static void hear(const struct phone_event *ev, void *arg)
{
	struct heard *h = arg;

	h->count[ev->kind]++;
	h->value[ev->kind] = ev->value;
	str_copy(h->text[ev->kind], sizeof(h->text[0]), ev->text);
}

static void turn(struct phone *p, struct heard *h)
{
	struct pollfd f[3] = { { peer.sip, POLLIN, 0 },
			       { peer.rtp, POLLIN, 0 },
			       { p ? phone_fd(p) : -1, POLLIN, 0 } };

	poll(f, 3, 20);
	peer_pump(&peer);
	if (p)
		phone_pump(p, clock_now(&clk).mono_ms, hear, h);
}

/* Turns until cond holds; false after WAIT_MS. */
#define UNTIL(cond, p, h)                                                     \
	({                                                                    \
		int64_t end_ = clock_now(&clk).mono_ms + WAIT_MS;             \
		while (!(cond) && clock_now(&clk).mono_ms < end_)             \
			turn(p, h);                                           \
		(cond);                                                       \
	})

static void put16(FILE *f, unsigned v)
{
	fputc((int)(v & 0xff), f);
	fputc((int)(v >> 8 & 0xff), f);
}

static void put32(FILE *f, unsigned v)
{
	put16(f, v & 0xffff);
	put16(f, v >> 16);
}

/* A minute of a loud square wave, 8 kHz, 16 bits, mono. */
static void make_wav(void)
{
	FILE *f = fopen(wav, "w");
	unsigned n = 8000 * 60;

	T_OK(f, "%s can be written", wav);
	fputs("RIFF", f);
	put32(f, 36 + n * 2);
	fputs("WAVEfmt ", f);
	put32(f, 16);
	put16(f, 1);
	put16(f, 1);
	put32(f, 8000);
	put32(f, 16000);
	put16(f, 2);
	put16(f, 16);
	fputs("data", f);
	put32(f, n * 2);
	for (unsigned i = 0; i < n; i++)
		put16(f, i / 10 % 2 ? 6000 : (unsigned)-6000 & 0xffff);
	fclose(f);
}

static struct phone_conf conf_of(char *uri, size_t size)
{
	str_fmt(uri, size, "sip:agent-7@127.0.0.1:%u", peer.sip_port);
	return (struct phone_conf){
		.server_uri = uri, .user = "agent-7", .password = "s3cret",
		.sound = PHONE_FILE, .mic = wav, .module = module,
	};
}

static struct phone *start(const struct phone_conf *conf)
{
	struct phone *p = NULL;
	char why[200] = "";

	T_OK(!phone_start(conf, &p, why, sizeof(why)), "it starts: %s", why);
	return p;
}

static unsigned folders(void)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	unsigned n = 0;

	while (d && (e = readdir(d)))
		n += !strncmp(e->d_name, "waihu-phone-", 12);
	if (d)
		closedir(d);
	return n;
}

/* Gone, or a zombie nobody collects (a container's first process may not). */
static bool is_gone(int pid)
{
	char path[64], text[256] = "";
	FILE *f;

	str_fmt(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (!f)
		return true;
	bool read = fgets(text, sizeof(text), f) != NULL;

	fclose(f);
	const char *end = strrchr(text, ')');

	return !read || !end || end[2] == 'Z';
}

static void a_line(void **state UNUSED)
{
	char uri[128], folder[96];
	struct phone_conf conf = conf_of(uri, sizeof(uri));
	struct heard h = { .count = { 0 } };
	struct phone *p;
	int pid;

	str_fmt(folder, sizeof(folder), "%s/heard", dir);
	T_OK(!mkdir(folder, 0700), "a folder for what is heard");
	conf.speaker = folder;
	peer.user = "agent-7";
	peer.password = "s3cret";
	p = start(&conf);
	pid = phone_pid(p);
	T_OK(UNTIL(h.count[PHONE_UP], p, &h), "the line is up");
	T_OK(peer.challenged == 1 && !peer.wrong, "with its password");
	T_OK(h.count[PHONE_READY] == 1 &&
	     str_eq(h.text[PHONE_READY], "1.0.0") &&
	     h.count[PHONE_CALLING] == 1 && h.count[PHONE_RINGING],
	     "after ready, calling and ringing");
	T_OK(!folders(), "the password is on disk no more");
	T_OK(UNTIL(peer.acks && peer.loud > 10, p, &h), "speech arrives");
	T_OK(UNTIL(h.count[PHONE_MIC] && h.value[PHONE_MIC] > -40, p, &h),
	     "and its level is told");

	T_OK(!phone_mute(p, true) && phone_is_muted(p), "muted");
	T_OK(UNTIL(h.value[PHONE_MIC] <= -80, p, &h), "the level falls");
	unsigned loud = peer.loud, all = peer.packets;

	T_OK(UNTIL(peer.packets > all + 20, p, &h) && peer.loud <= loud + 1,
	     "and silence is sent, %u of %u loud", peer.loud - loud,
	     peer.packets - all);
	T_OK(!phone_mute(p, false) && UNTIL(peer.loud > loud + 10, p, &h),
	     "and speech again");

	T_OK(phone_dtmf(p, "12a") == ERR_ARG && phone_dtmf(p, "") == ERR_ARG,
	     "no such keys");
	T_OK(!phone_dtmf(p, "10*") && !phone_dtmf(p, "#D"), "keys are sent");
	T_OK(UNTIL(strlen(peer.keys) == 5, p, &h) &&
	     str_eq(peer.keys, "10*#D"), "as RFC 4733 events, once each: %s",
	     peer.keys);

	for (int i = 0; i < 60; i++) {
		T_OK(peer_talk(&peer), "the peer talks");
		turn(p, &h);
	}
	T_OK(UNTIL(h.value[PHONE_EAR] < 0 && h.value[PHONE_EAR] > -40, p, &h),
	     "the phone hears it");

	peer_bye(&peer);
	T_OK(UNTIL(h.count[PHONE_LOST], p, &h) && !phone_is_up(p) &&
	     h.value[PHONE_LOST] > 0, "a lost line is told");
	T_OK(phone_dtmf(p, "1") == ERR_STATE, "and sends no keys");
	T_OK(UNTIL(h.count[PHONE_UP] == 2, p, &h) && peer.invites == 2,
	     "and dialled again by itself");
	T_OK(!phone_hangup(p) && UNTIL(h.count[PHONE_CLOSED], p, &h) &&
	     UNTIL(peer.byes == 1, p, &h), "hung up on request");
	T_OK(!phone_dial(p, uri) && UNTIL(h.count[PHONE_UP] == 3, p, &h),
	     "and dialled on request");
	T_OK(!h.count[PHONE_GONE] && phone_pid(p) == pid, "one child all along");

	int64_t t = clock_now(&clk).mono_ms;

	phone_free(p);
	T_OK(clock_now(&clk).mono_ms - t < 900, "it ends without a kill");
	T_OK(is_gone(pid) && !folders(), "and leaves nothing behind");

	char cmd[200];

	str_fmt(cmd, sizeof(cmd), "test $(cat %s/*-dec.wav | wc -c) -gt 8000",
		folder);
	T_OK(!system(cmd), "what was heard is in a WAV");
}

static void refused_and_lost(void **state UNUSED)
{
	char uri[128];
	struct phone_conf conf = conf_of(uri, sizeof(uri));
	struct heard h = { .count = { 0 } };
	struct phone *p;

	conf.sound = PHONE_NONE;
	conf.mic = NULL;
	peer.refuse = 403;
	p = start(&conf);
	T_OK(UNTIL(h.count[PHONE_LOST] == 2, p, &h) &&
	     strstr(h.text[PHONE_LOST], "403"), "a refusal is told: %s",
	     h.text[PHONE_LOST]);
	T_OK(h.value[PHONE_LOST] == 1000, "with a longer pause the second time");
	peer.refuse = 0;
	T_OK(UNTIL(h.count[PHONE_UP], p, &h), "then it works");
	unsigned loud = peer.loud;

	T_OK(UNTIL(peer.packets > 20, p, &h) && peer.loud <= loud + 2,
	     "a phone without sound sends silence");

	T_OK(!kill(phone_pid(p), SIGKILL), "the child is killed");
	T_OK(UNTIL(h.count[PHONE_GONE], p, &h), "that is noticed");
	T_OK(UNTIL(h.count[PHONE_UP] == 2, p, &h), "and repaired");
	phone_free(p);
	T_OK(!folders(), "nothing is left behind");
}

static void no_device(void **state UNUSED)
{
	char uri[128];
	struct phone_conf conf = conf_of(uri, sizeof(uri));
	struct heard h = { .count = { 0 } };

	conf.sound = PHONE_ALSA;
	conf.mic = conf.speaker = "no-such-device";
	struct phone *p = start(&conf);

	T_OK(UNTIL(h.count[PHONE_SOUND] && h.count[PHONE_LOST], p, &h) &&
	     strstr(h.text[PHONE_SOUND], "no-such-device"),
	     "a missing sound device is named: %s", h.text[PHONE_SOUND]);
	phone_free(p);
}

static void refusals(void **state UNUSED)
{
	char uri[128], fake[96], why[200];
	struct phone_conf good = conf_of(uri, sizeof(uri));
	struct phone *p = NULL;
	FILE *f;

	str_fmt(fake, sizeof(fake), "%s/fake", dir);
	f = fopen(fake, "w");
	T_OK(f && fputs("#!/bin/sh\necho baresip v9.9.9 Copyright\n", f) > 0 &&
	     !fclose(f) && !chmod(fake, 0755), "another baresip");
	struct { const char *what; struct phone_conf c; enum err want; }
	cases[] = {
		{ "an unknown version", good, ERR_VERSION },
		{ "no baresip", good, ERR_ABSENT },
		{ "no module", good, ERR_ABSENT },
		{ "no sound file", good, ERR_ABSENT },
		{ "a second line in the user's name", good, ERR_ARG },
		{ "another parameter in the password", good, ERR_ARG },
		{ "an angle bracket in the URI", good, ERR_ARG },
		{ "another scheme", good, ERR_ARG },
		{ "a program that is not baresip", good, ERR_VERSION },
	};

	cases[0].c.baresip = fake;
	cases[1].c.baresip = "/nowhere/baresip";
	cases[2].c.module = "/nowhere/module.so";
	cases[3].c.mic = "/nowhere/sound.wav";
	cases[4].c.user = "a\nb";
	cases[5].c.password = "a;regint=1";
	cases[6].c.server_uri = "sip:a@b>;x";
	cases[7].c.server_uri = "tel:1";
	cases[8].c.baresip = "/bin/true";
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		why[0] = '\0';
		enum err e = phone_start(&cases[i].c, &p, why, sizeof(why));

		T_OK(e == cases[i].want && !p && *why, "%s: %s (%s)",
		     cases[i].what, why, err_text(e));
	}
	T_OK(!folders(), "a refusal leaves nothing behind");
}

/* The parent is killed with -9: the child must end by itself. */
static void orphan(void **state UNUSED)
{
	char uri[128];
	struct phone_conf conf = conf_of(uri, sizeof(uri));
	struct heard h = { .count = { 0 } };
	int pipefd[2], pid = 0;

	T_OK(!pipe(pipefd), "a pipe");
	pid_t parent = fork();

	if (!parent) {
		char why[200];
		struct phone *p = NULL;
		int child = -1;

		if (!phone_start(&conf, &p, why, sizeof(why))) {
			while (!phone_is_up(p)) {
				struct pollfd f = { phone_fd(p), POLLIN, 0 };

				poll(&f, 1, 20);
				phone_pump(p, clock_now(&clk).mono_ms, hear,
					   &h);
			}
			child = phone_pid(p);
		}
		if (write(pipefd[1], &child, sizeof(child)) < 0)
			_exit(1);
		pause();
		_exit(0);
	}
	struct pollfd f = { pipefd[0], POLLIN, 0 };
	bool told = UNTIL(poll(&f, 1, 0) == 1, NULL, NULL);

	T_OK(told && read(pipefd[0], &pid, sizeof(pid)) == sizeof(pid) &&
	     pid > 0, "the child's id is known");
	T_OK(!is_gone(pid), "and it lives");
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
	T_OK(UNTIL(is_gone(pid), NULL, NULL), "it ended with its parent");
	T_OK(!folders(), "and left nothing behind");
	close(pipefd[0]);
	close(pipefd[1]);
}

static int setup(void **state UNUSED)
{
	memset(&peer, 0, sizeof(peer));
	T_OK(peer_open(&peer), "a peer on loopback");
	return 0;
}

static int teardown(void **state UNUSED)
{
	peer_close(&peer);
	return 0;
}

static bool find_module(void)
{
	ssize_t n = readlink("/proc/self/exe", module, sizeof(module) - 1);

	module[n > 0 ? n : 0] = '\0';
	for (int i = 0; i < 3; i++) {
		char *slash = strrchr(module, '/');

		if (slash)
			*slash = '\0';
	}
	return str_add(module, sizeof(module), "/waihu_phone.so") &&
	       !access(module, R_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(refusals, setup, teardown),
		cmocka_unit_test_setup_teardown(a_line, setup, teardown),
		cmocka_unit_test_setup_teardown(refused_and_lost, setup,
						teardown),
		cmocka_unit_test_setup_teardown(no_device, setup, teardown),
		cmocka_unit_test_setup_teardown(orphan, setup, teardown),
	};
	char cmd[96];

	str_copy(dir, sizeof(dir), "/tmp/phone-test-XXXXXX");
	if (!find_module() || !mkdtemp(dir))
		return 1;
	setenv("XDG_RUNTIME_DIR", dir, 1);
	str_fmt(wav, sizeof(wav), "%s/mic.wav", dir);
	clock_init_real(&clk);
	make_wav();
	int failed = T_RUN(tests);

	str_fmt(cmd, sizeof(cmd), "rm -r %s", dir);
	return system(cmd) ? 1 : failed;
}
