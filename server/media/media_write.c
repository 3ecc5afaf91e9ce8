/*
 * media_write.c -- the writer thread: chunks of all workers into files.
 *
 * Each recording has a window of 1.5 s, two octets a sample, that starts as
 * silence; frames are laid into it where they belong, voices that meet on one
 * channel are added, and each second the first second of it is appended to
 * the file.  So a file grows by 16 kB a write, in order, without holes, and
 * what a crash can take is the window.
 *
 * A write that fails (disk full) ends that recording with what it has, says
 * so once, and never reaches the call.
 */
#include "media/media_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

enum {
	WINDOW = RTP_HZ * 3 / 2,	/* samples                           */
	SECOND = RTP_HZ,
	DISK_EVERY_MS = 2000
};

struct recfile {
	uint8_t *window;	/* NULL: not recording                       */
	int fd;			/* -1: it failed                             */
	int spans_fd;		/* -1: none yet                              */
	uint64_t from;		/* sample at the window's start              */
	uint64_t written;	/* samples in the file                       */
	uint64_t muted;		/* samples                                   */
	uint64_t paused_at;
	bool paused;
	bool made;		/* the file is ours                          */
};

struct writer {
	struct media *m;
	struct mpsc queue;
	pthread_t thread;
	bool started;
	_Atomic bool quit;
	struct recfile *file;	/* by slot                                   */
	bool disk_low;
	int64_t disk_ns;
};

static void path_of(const struct writer *wr, uint32_t slot, const char *end,
		    char *out, size_t size)
{
	(void)str_fmt(out, size, "%s/%s%s", wr->m->spool,
		      wr->m->recs[slot].name, end);
}

static void tell(struct writer *wr, uint32_t slot, struct media_event *ev,
		 const char *path)
{
	ev->call = wr->m->recs[slot].call;
	note_event(wr->m, ev, path, slot);
}

static void fault(struct writer *wr, uint32_t slot, int no)
{
	struct recfile *f = &wr->file[slot];
	struct media_event ev = { .kind = MEDIA_REC_FAULT,
				  .err = err_from_errno(no) };
	char path[256];

	path_of(wr, slot, ".wav", path, sizeof(path));
	log_err("media", "%s: %s", path, strerror(no));
	tell(wr, slot, &ev, path);
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

static void make_folders(char *path)
{
	for (char *at = path + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		(void)mkdir(path, 0750);	/* open() tells */
		*at = '/';
	}
}

static void start(struct writer *wr, uint32_t slot)
{
	struct recfile *f = &wr->file[slot];
	int law = wr->m->recs[slot].law;
	uint8_t h[WAV_HEADER];
	char path[256];

	*f = (struct recfile){ .fd = -1, .spans_fd = -1 };
	f->window = malloc(WINDOW * 2);
	if (!f->window) {
		fault(wr, slot, ENOMEM);
		return;
	}
	memset(f->window, g711_silence(law), WINDOW * 2);
	path_of(wr, slot, ".wav", path, sizeof(path));
	if (!access(path, F_OK)) {	/* never over another one */
		fault(wr, slot, EEXIST);
		return;
	}
	path_of(wr, slot, ".wav.part", path, sizeof(path));
	make_folders(path);
	f->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	f->made = f->fd >= 0;
	wav_header(h, law, 0);
	if (f->fd < 0 || pwrite(f->fd, h, sizeof(h), 0) != sizeof(h))
		fault(wr, slot, errno);
}

/* Appends the window's first n samples and moves the rest up. */
static void advance(struct writer *wr, uint32_t slot, uint32_t n)
{
	struct recfile *f = &wr->file[slot];
	size_t bytes = (size_t)n * 2, done = 0;

	while (f->fd >= 0 && done < bytes) {
		ssize_t k = pwrite(f->fd, f->window + done, bytes - done,
				   (off_t)(WAV_HEADER + f->written * 2 + done));

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			fault(wr, slot, k ? errno : ENOSPC);
		else
			done += (size_t)k;
	}
	f->written += done / 2;
	f->from += n;
	memmove(f->window, f->window + bytes, WINDOW * 2 - bytes);
	memset(f->window + WINDOW * 2 - bytes,
	       g711_silence(wr->m->recs[slot].law), bytes);
}

static void lay(struct writer *wr, const struct rec_item *it,
		const uint8_t *octets)
{
	struct recfile *f = &wr->file[it->slot];
	const struct g711 *g = &wr->m->g711;
	int law = wr->m->recs[it->slot].law;
	uint8_t quiet = g711_silence(law);

	while (f->fd >= 0 && it->pos + it->len > f->from + WINDOW)
		advance(wr, it->slot, SECOND);
	if (f->fd < 0)
		return;
	for (uint32_t i = 0; i < it->len; i++) {
		uint64_t pos = it->pos + i;
		uint8_t c = it->law == law ? octets[i]
					   : g->to_other[it->law][octets[i]];
		uint8_t *at;

		if (pos < f->from)
			continue;	/* its second was written already */
		at = &f->window[(pos - f->from) * 2 + it->channel];
		if (*at != quiet)
			c = g711_enc(g, law, g711_sat(g->dec[law][*at] +
						      g->dec[law][c]));
		*at = c;
	}
}

/* name.spans: a line per pause and resume, in ms; written at once. */
static void span(struct writer *wr, const struct rec_item *it, bool pause)
{
	struct recfile *f = &wr->file[it->slot];
	char path[256], line[48];

	if (!pause)
		f->muted += it->pos - f->paused_at;
	f->paused_at = it->pos;
	f->paused = pause;
	path_of(wr, it->slot, ".spans", path, sizeof(path));
	if (f->spans_fd < 0)
		f->spans_fd = open(path, O_WRONLY | O_CREAT | O_APPEND |
				   O_CLOEXEC, 0640);
	(void)str_fmt(line, sizeof(line), "%s %llu\n",
		      pause ? "pause" : "resume",
		      (unsigned long long)(it->pos / 8));
	if (f->spans_fd < 0 ||
	    write(f->spans_fd, line, strlen(line)) != (ssize_t)strlen(line))
		log_err("media", "%s: %s", path, strerror(errno));
}

/* Header, disk, name: after this it is a recording. */
static enum err seal(struct writer *wr, uint32_t slot, const char *path)
{
	struct recfile *f = &wr->file[slot];
	uint8_t h[WAV_HEADER];
	char part[256];
	enum err e = ERR_OK;
	int fd;

	if (!f->made)
		return ERR_IO;
	path_of(wr, slot, ".wav.part", part, sizeof(part));
	wav_header(h, wr->m->recs[slot].law, f->written);
	fd = f->fd >= 0 ? f->fd : open(part, O_WRONLY | O_CLOEXEC);
	f->fd = -1;
	if (fd < 0)
		return err_from_errno(errno);
	if (pwrite(fd, h, sizeof(h), 0) != sizeof(h) ||
	    ftruncate(fd, (off_t)(WAV_HEADER + f->written * 2)) ||
	    fdatasync(fd))
		e = err_from_errno(errno);
	close(fd);
	if (!e && rename(part, path))
		e = err_from_errno(errno);
	return e;
}

static void stop(struct writer *wr, const struct rec_item *it)
{
	struct recfile *f = &wr->file[it->slot];
	struct media_event ev = { .kind = MEDIA_REC_DONE };
	char path[256];

	if (f->paused)
		f->muted += it->pos - f->paused_at;
	while (f->window && f->fd >= 0 && f->from < it->pos)
		advance(wr, it->slot,
			(uint32_t)MIN(it->pos - f->from, (uint64_t)SECOND));
	path_of(wr, it->slot, ".wav", path, sizeof(path));
	ev.err = seal(wr, it->slot, path);
	if (ev.err)
		log_err("media", "%s: %s", path, err_text(ev.err));
	ev.ms = (uint32_t)(f->written / 8);
	ev.bytes = ev.err ? 0 : WAV_HEADER + f->written * 2;
	ev.muted_ms = (uint32_t)(f->muted / 8);
	ev.lost_ms = it->lost * 20;
	if (f->spans_fd >= 0)
		close(f->spans_fd);
	free(f->window);
	f->window = NULL;
	tell(wr, it->slot, &ev, path);
}

static void take_item(struct writer *wr, const struct rec_item *it,
		      const uint8_t *octets)
{
	switch ((enum rec_op)it->op) {
	case REC_START:
		start(wr, it->slot);
		break;
	case REC_AUDIO:
		if (wr->file[it->slot].window)
			lay(wr, it, octets);
		break;
	case REC_PAUSE:
	case REC_RESUME:
		if (wr->file[it->slot].window)
			span(wr, it, it->op == REC_PAUSE);
		break;
	case REC_STOP:
		stop(wr, it);
		break;
	}
}

static void take_chunk(struct writer *wr, struct chunk *c)
{
	struct chunk_ring *r = &c->home->back;
	uint32_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	uint32_t at = 0;

	while (at < c->used) {
		struct rec_item it;

		memcpy(&it, c->bytes + at, sizeof(it));
		take_item(wr, &it, c->bytes + at + sizeof(it));
		at += (uint32_t)sizeof(it) + ((it.len + 7u) & ~7u);
	}
	r->c[head % CHUNKS] = c;	/* as many places as chunks */
	atomic_store_explicit(&r->head, head + 1, memory_order_release);
}

static void look_at_disk(struct writer *wr)
{
	struct statvfs s;
	struct media_event ev = { 0 };
	int64_t now = mono_ns();

	if (wr->disk_ns && now - wr->disk_ns < DISK_EVERY_MS * 1000000LL)
		return;
	wr->disk_ns = now;
	if (statvfs(wr->m->spool, &s))
		return;
	ev.bytes = (uint64_t)s.f_bavail * s.f_frsize;
	/* A tenth more to come back: no flapping at the edge. */
	if (!wr->disk_low && ev.bytes < wr->m->disk_min)
		ev.kind = MEDIA_DISK_LOW;
	else if (wr->disk_low &&
		 ev.bytes > wr->m->disk_min + wr->m->disk_min / 10)
		ev.kind = MEDIA_DISK_OK;
	else
		return;
	wr->disk_low = !wr->disk_low;
	note_event(wr->m, &ev, wr->m->spool, NO_REC);
}

static void *writer_run(void *arg)
{
	struct writer *wr = arg;
	struct pollfd p = { .fd = wr->queue.fd, .events = POLLIN };

	for (;;) {
		/* Asked before taking: what came until then is taken. */
		bool quit = atomic_load(&wr->quit);
		struct mpsc_node *n, *next;

		(void)poll(&p, 1, quit ? 0 : DISK_EVERY_MS);
		for (n = mpsc_take_all(&wr->queue); n; n = next) {
			next = n->next;
			take_chunk(wr, (struct chunk *)n);
		}
		look_at_disk(wr);
		if (quit)
			return NULL;
	}
}

void writer_take(struct writer *wr, struct chunk *c)
{
	/* As many as there are chunks: never full. */
	if (mpsc_push(&wr->queue, &c->node))
		log_err("media", "a chunk of recordings is lost");
}

enum err writer_new(struct media *m, struct writer **out)
{
	struct writer *wr = calloc(1, sizeof(*wr));
	char probe[256];
	enum err e;
	int rc;

	if (!wr)
		return ERR_MEMORY;
	*out = wr;
	wr->m = m;
	wr->queue.fd = -1;
	(void)str_fmt(probe, sizeof(probe), "%s/", m->spool);
	make_folders(probe);
	if (access(m->spool, W_OK)) {
		log_err("media", "%s: %s", m->spool, strerror(errno));
		return err_from_errno(errno);
	}
	wr->file = calloc(m->recs_max, sizeof(*wr->file));
	if (!wr->file)
		return ERR_MEMORY;
	e = mpsc_init(&wr->queue, (size_t)WORKERS_MAX * CHUNKS + 1);
	if (e)
		return e;
	rc = pthread_create(&wr->thread, NULL, writer_run, wr);
	wr->started = !rc;
	return rc ? err_from_errno(rc) : ERR_OK;
}

struct writer *writer_free(struct writer *wr)
{
	uint64_t one = 1;

	if (!wr)
		return NULL;
	if (wr->started) {
		atomic_store(&wr->quit, true);
		if (write(wr->queue.fd, &one, sizeof(one)) < 0)
			log_warn("media", "the writer stops late");
		pthread_join(wr->thread, NULL);
	}
	if (wr->queue.fd >= 0)
		mpsc_fini(&wr->queue);
	free(wr->file);
	free(wr);
	return NULL;
}
