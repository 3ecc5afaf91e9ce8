/*
 * Recordings, read back by somebody else's code (libsndfile).
 */
#include "base/t.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sndfile.h>

#include "media/media_peer.h"

enum { HZ_C = 500, HZ_A = 800, HZ_S = 1300, MOST = 30 * 8000 };

static struct stage st;
static const struct leg_id any = { 0 };

struct tape {
	int16_t left[MOST], right[MOST];
	uint32_t n;
	SF_INFO info;
};
static struct tape tape;

static bool tape_read(const char *path)
{
	static int16_t both[2 * MOST];
	SNDFILE *f;

	memset(&tape, 0, sizeof(tape));
	f = sf_open(path, SFM_READ, &tape.info);
	if (!f || tape.info.channels != 2)
		return false;
	tape.n = (uint32_t)sf_readf_short(f, both, MOST);
	for (uint32_t i = 0; i < tape.n; i++) {
		tape.left[i] = both[2 * i];
		tape.right[i] = both[2 * i + 1];
	}
	sf_close(f);
	return true;
}

static unsigned share(const int16_t *ch, unsigned from_ms, unsigned to_ms,
		      double hz)
{
	uint32_t from = from_ms * 8, to = to_ms * 8;

	if (to > tape.n)
		to = tape.n;
	return from < to ? tone_share(ch + from, to - from, hz) : 0;
}

static double loudest(const int16_t *ch, unsigned from_ms, unsigned to_ms)
{
	int most = 0;

	for (uint32_t i = from_ms * 8; i < to_ms * 8 && i < tape.n; i++)
		most = abs(ch[i]) > most ? abs(ch[i]) : most;
	return most;
}

static void two(uint8_t customer_pt, struct peer **c, struct peer **a)
{
	stage_open(&st, &(struct media_conf){ .spool_dir = spool });
	*c = stage_peer(&st, MEDIA_CUSTOMER, customer_pt, 101, HZ_C);
	*a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMU, 101, HZ_A);
	T_OK(!media_join(st.m, (*c)->leg, (*a)->leg), "joined");
	stage_run(&st, 100);
}

static void left_and_right(void **state)
{
	static const uint8_t pts[] = { MEDIA_PCMU, MEDIA_PCMA };
	const struct media_event *ev;
	struct peer *c, *a;

	(void)state;
	for (unsigned k = 0; k < 2; k++) {
		char name[32];

		two(pts[k], &c, &a);
		snprintf(name, sizeof(name), "day/%u", k);
		T_OK(!media_record(st.m, c->leg, (struct call_id){ 42 }, name),
		     "recording");
		T_OK(media_record(st.m, c->leg, (struct call_id){ 42 }, "b") ==
		     ERR_STATE, "once is enough");
		T_OK(media_record(st.m, a->leg, (struct call_id){ 42 }, "b") ==
		     ERR_STATE, "an agent's line is not a call");
		stage_run(&st, 2600);
		T_OK(!media_record_stop(st.m, c->leg), "stopped");
		ev = stage_await(&st, MEDIA_REC_DONE, any, 1000);
		T_OK(ev && !ev->err && ev->call.v == 42 && !ev->muted_ms &&
		     !ev->lost_ms, "done");
		T_OK(ev->ms > 2500 && ev->ms < 2900 &&
		     (ev->bytes - 58) / 16 == ev->ms,
		     "%u ms are %lu bytes", ev->ms, (unsigned long)ev->bytes);
		T_OK(tape_read(ev->path), "libsndfile reads %s", ev->path);
		T_OK(tape.info.samplerate == 8000 &&
		     (tape.info.format & SF_FORMAT_SUBMASK) ==
		     (k ? SF_FORMAT_ALAW : SF_FORMAT_ULAW),
		     "in the customer's law");
		T_OK(tape.n / 8 == ev->ms, "as long as it says");
		T_OK(share(tape.left, 100, 2400, HZ_C) >= 95 &&
		     share(tape.right, 100, 2400, HZ_A) >= 95,
		     "customer left, agent right (%u, %u %%)",
		     share(tape.left, 100, 2400, HZ_C),
		     share(tape.right, 100, 2400, HZ_A));
		stage_close(&st);
	}
}

/* Muted, on hold, paused: silence of that length, and both stay aligned. */
static void silences(void **state)
{
	const struct media_event *ev;
	struct peer *c, *a;
	char path[128], text[64] = "";
	FILE *f;
	unsigned from, to;

	(void)state;
	two(MEDIA_PCMU, &c, &a);
	T_OK(!media_record(st.m, c->leg, (struct call_id){ 7 }, "x"), "rec");
	stage_run(&st, 600);			/*    0 ..  600 talk   */
	T_OK(!media_mute(st.m, a->leg, true), "muted");
	stage_run(&st, 600);			/*  600 .. 1200 muted  */
	T_OK(!media_mute(st.m, a->leg, false) &&
	     !media_hold(st.m, c->leg, true), "held");
	stage_run(&st, 600);			/* 1200 .. 1800 held   */
	T_OK(!media_hold(st.m, c->leg, false) &&
	     !media_record_pause(st.m, c->leg, true), "paused");
	stage_run(&st, 600);			/* 1800 .. 2400 paused */
	T_OK(!media_record_pause(st.m, c->leg, false), "resumed");
	stage_run(&st, 600);			/* 2400 .. 3000 talk   */
	media_leg_free(st.m, c->leg);
	ev = stage_await(&st, MEDIA_REC_DONE, any, 1000);
	T_OK(ev && tape_read(ev->path), "ending the leg ends it");
	T_OK(share(tape.left, 100, 500, HZ_C) >= 95 &&
	     share(tape.right, 100, 500, HZ_A) >= 95, "talk");
	T_OK(share(tape.left, 700, 1100, HZ_C) >= 95 &&
	     loudest(tape.right, 720, 1100) < 20, "a muted agent is silent");
	T_OK(loudest(tape.left, 1320, 1700) < 20 &&
	     loudest(tape.right, 1320, 1700) < 20,
	     "on hold nobody hears them: not recorded, nor is the music");
	T_OK(loudest(tape.left, 1920, 2300) < 20 &&
	     loudest(tape.right, 1920, 2300) < 20, "paused is silence");
	T_OK(share(tape.left, 2550, 2900, HZ_C) >= 90 &&
	     share(tape.right, 2550, 2900, HZ_A) >= 90, "then talk again");
	T_OK(ev->muted_ms > 500 && ev->muted_ms < 750, "%u ms were paused",
	     ev->muted_ms);
	snprintf(path, sizeof(path), "%s/x.spans", spool);
	f = fopen(path, "r");
	T_OK(f && fread(text, 1, sizeof(text) - 1, f) > 0, "the journal");
	fclose(f);
	T_OK(sscanf(text, "pause %u\nresume %u", &from, &to) == 2 &&
	     from > 1700 && from < 2000 &&
	     to - from <= ev->muted_ms + 1 && to - from + 1 >= ev->muted_ms,
	     "says from when to when: %s", text);
	stage_close(&st);
}

/* A whisper is not for the customer's recording, a barge is. */
static void whispers_are_private(void **state)
{
	const struct media_event *ev;
	struct peer *c, *a, *s;

	(void)state;
	two(MEDIA_PCMA, &c, &a);
	a->hz = 0;
	s = stage_peer(&st, MEDIA_WATCHER, MEDIA_PCMU, 101, HZ_S);
	T_OK(!media_record(st.m, c->leg, (struct call_id){ 7 }, "w") &&
	     !media_watch(st.m, s->leg, a->leg, MEDIA_WHISPER), "whisper");
	stage_run(&st, 700);
	T_OK(!media_watch(st.m, s->leg, a->leg, MEDIA_BARGE), "barge");
	stage_run(&st, 700);
	T_OK(!media_record_stop(st.m, c->leg), "stopped");
	ev = stage_await(&st, MEDIA_REC_DONE, any, 1000);
	T_OK(ev && tape_read(ev->path), "read");
	T_OK(loudest(tape.right, 50, 650) < 20, "no whisper on it (%f)",
	     loudest(tape.right, 50, 650));
	T_OK(share(tape.right, 850, 1300, HZ_S) >= 90, "but the barge");
	T_OK(share(tape.left, 100, 1300, HZ_C) >= 95, "customer left");
	stage_close(&st);
}

/* From agent to agent, and from worker to worker, it is one recording. */
static void follows_the_customer(void **state)
{
	const struct media_event *ev;
	struct peer *c, *a, *b;

	(void)state;
	stage_open(&st, &(struct media_conf){ .spool_dir = spool,
					      .workers = 2 });
	c = stage_peer(&st, MEDIA_CUSTOMER, MEDIA_PCMA, 101, HZ_C);
	a = stage_peer(&st, MEDIA_AGENT, MEDIA_PCMU, 101, HZ_A);
	b = stage_peer(&st, MEDIA_OUTSIDE, MEDIA_PCMU, 101, HZ_S);
	st.peer[2].hz = HZ_S;
	T_OK(!media_join(st.m, c->leg, a->leg) &&
	     !media_record(st.m, c->leg, (struct call_id){ 9 }, "f"), "rec");
	stage_run(&st, 700);
	T_OK(!media_unjoin(st.m, c->leg) && !media_join(st.m, c->leg, b->leg),
	     "transferred");
	stage_run(&st, 700);
	T_OK(!media_record_stop(st.m, c->leg), "stopped");
	ev = stage_await(&st, MEDIA_REC_DONE, any, 1000);
	T_OK(ev && tape_read(ev->path), "read");
	T_OK(share(tape.right, 100, 600, HZ_A) >= 90 &&
	     share(tape.right, 850, 1300, HZ_S) >= 90 &&
	     share(tape.left, 100, 600, HZ_C) >= 90 &&
	     share(tape.left, 850, 1300, HZ_C) >= 90,
	     "first the one, then the other (%u %u %u %u)",
	     share(tape.right, 100, 600, HZ_A),
	     share(tape.right, 850, 1300, HZ_S),
	     share(tape.left, 100, 600, HZ_C),
	     share(tape.left, 850, 1300, HZ_C));
	stage_close(&st);
}

static char repaired_path[256];
static uint32_t repaired_ms;

static void repaired_h(const char *path, uint32_t ms, uint64_t bytes, void *arg)
{
	(void)bytes;
	(void)arg;
	snprintf(repaired_path, sizeof(repaired_path), "%s", path);
	repaired_ms = ms;
}

/* This program again, as the server that will be killed. */
static void record_and_die(const char *dir)
{
	struct peer *c, *a;

	snprintf(spool, sizeof(spool), "%s", dir);
	two(MEDIA_PCMU, &c, &a);
	if (media_record(st.m, c->leg, (struct call_id){ 1 }, "d/k"))
		_exit(1);
	stage_run(&st, 3300);
	kill(getpid(), SIGKILL);
}

static void after_kill_9(void **state)
{
	struct stat sb;
	unsigned n = 0;
	char odd[128];
	FILE *f;
	int status;
	pid_t pid = fork();

	(void)state;
	if (!pid) {
		execl("/proc/self/exe", "media_record_test", spool, NULL);
		_exit(1);
	}
	T_OK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status),
	     "the server is killed in mid-call");
	snprintf(odd, sizeof(odd), "%s/empty.wav.part", spool);
	f = fopen(odd, "w");
	T_OK(f && fputs("RIFF", f) >= 0 && !fclose(f), "and one just begun");
	T_OK(!media_repair(spool, repaired_h, NULL, &n) && n == 1,
	     "one recording is repaired (%u)", n);
	T_OK(stat(odd, &sb) != 0, "the empty one is gone");
	T_OK(tape_read(repaired_path) && tape.n / 8 == repaired_ms,
	     "%s can be read", repaired_path);
	T_OK(repaired_ms >= 1000, "all but the last seconds (%u ms)",
	     repaired_ms);
	T_OK(share(tape.left, 100, repaired_ms, HZ_C) >= 95 &&
	     share(tape.right, 100, repaired_ms, HZ_A) >= 95, "both sides");
	T_OK(!media_repair(spool, NULL, NULL, &n) && !n, "once is enough");
	T_OK(media_repair("/nowhere", NULL, NULL, &n) != ERR_OK,
	     "no folder is an error");
}

/* No room: the recording ends with what it has, the call does not notice. */
static void disk_full(void **state)
{
	struct rlimit was, small;
	const struct media_event *ev;
	struct peer *c, *a;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	T_OK(!getrlimit(RLIMIT_FSIZE, &was), "limit");
	small = was;
	small.rlim_cur = 20000;			/* a second and a bit */
	T_OK(!setrlimit(RLIMIT_FSIZE, &small), "a small disk");
	two(MEDIA_PCMU, &c, &a);
	T_OK(!media_record(st.m, c->leg, (struct call_id){ 3 }, "full"), "rec");
	ev = stage_await(&st, MEDIA_REC_FAULT, any, 6000);
	T_OK(ev && ev->call.v == 3 && ev->err, "the fault is told");
	peer_forget(c);
	stage_run(&st, 300);
	T_OK(peer_share(c, HZ_A) >= 97, "the call goes on");
	T_OK(!media_record_stop(st.m, c->leg), "stopped");
	ev = stage_await(&st, MEDIA_REC_DONE, any, 1000);
	T_OK(!setrlimit(RLIMIT_FSIZE, &was), "a big disk");
	T_OK(ev && !ev->err && ev->ms >= 1000 && tape_read(ev->path) &&
	     tape.n / 8 == ev->ms, "what fitted is a recording");
	T_OK(share(tape.left, 100, 1000, HZ_C) >= 95, "with sound");
	stage_close(&st);
}

static void disk_low(void **state)
{
	const struct media_event *ev;

	(void)state;
	stage_open(&st, &(struct media_conf){ .spool_dir = spool,
					      .disk_min_bytes = 1ull << 60 });
	ev = stage_await(&st, MEDIA_DISK_LOW, any, 3000);
	T_OK(ev && ev->bytes, "less than an exabyte is told (%lu)",
	     (unsigned long)(ev ? ev->bytes : 0));
	stage_close(&st);
}

/* A second recording of that name may not harm the first. */
static void never_over_another(void **state)
{
	const struct media_event *ev;
	struct peer *c, *a;
	uint32_t ms;

	(void)state;
	two(MEDIA_PCMU, &c, &a);
	T_OK(!media_record(st.m, c->leg, (struct call_id){ 1 }, "n"), "first");
	stage_run(&st, 400);
	T_OK(!media_record_stop(st.m, c->leg), "stopped");
	ev = stage_await(&st, MEDIA_REC_DONE, any, 1000);
	T_OK(ev && !ev->err, "done");
	ms = ev->ms;
	st.evs = 0;
	T_OK(!media_record(st.m, c->leg, (struct call_id){ 2 }, "n"), "again");
	T_OK(stage_await(&st, MEDIA_REC_FAULT, any, 1000) != NULL, "a fault");
	T_OK(!media_record_stop(st.m, c->leg), "stopped");
	ev = stage_await(&st, MEDIA_REC_DONE, any, 1000);
	T_OK(ev && ev->err && !ev->bytes, "and nothing done");
	T_OK(tape_read(ev->path) && tape.n / 8 == ms, "the first is whole");
	stage_close(&st);
}

#define T_SPOOL(f) cmocka_unit_test_setup_teardown(f, spool_fresh, spool_drop)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		T_SPOOL(left_and_right),
		T_SPOOL(silences),
		T_SPOOL(whispers_are_private),
		T_SPOOL(follows_the_customer),
		T_SPOOL(after_kill_9),
		T_SPOOL(disk_full),
		T_SPOOL(disk_low),
		T_SPOOL(never_over_another),
	};

	if (argc > 1)
		record_and_die(argv[1]);
	return T_RUN(tests);
}
