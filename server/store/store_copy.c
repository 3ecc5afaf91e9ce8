/* Backup while running, room on the disk, and reading everything once. */
#include "store/store_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

struct copy {
	struct store *s;
	struct store_group *answer;	/* an empty group brings it home     */
	char path[4096], temp[4096];
};

static enum err fsync_parent(const char *path)
{
	char dir[4096];
	enum err e = ERR_OK;

	str_copy(dir, sizeof(dir), path);
	int fd = open(dirname(dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd))
		e = err_from_errno(errno);
	if (fd >= 0)
		close(fd);
	return e;
}

static enum err copy_to(struct copy *c)
{
	int fd = open(c->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	enum err e;

	if (fd < 0)
		return err_from_errno(errno);
	e = c->s->engine->copy(c->s, fd);
	if (!e && fsync(fd))
		e = err_from_errno(errno);
	close(fd);
	/* link, not rename: it never replaces a file that is there. */
	if (!e && link(c->temp, c->path))
		e = err_from_errno(errno);
	unlink(c->temp);
	return e ? e : fsync_parent(c->path);
}

static void *copier_main(void *arg)
{
	struct copy *c = arg;
	struct store *s = c->s;
	struct store_group *g = c->answer;

	pthread_setname_np(pthread_self(), "backup");
	g->res.err = copy_to(c);
	if (g->res.err)
		log_err("store", "backup to %s: %s", c->path,
			err_text(g->res.err));
	free(c);
	atomic_store(&s->copying, false);
	if (mpsc_push(&s->out, &g->node))
		abort();	/* its bound is SIZE_MAX / 2 */
	return NULL;
}

void copy_join(struct store *s)
{
	if (s->copy_joinable)
		pthread_join(s->copier, NULL);
	s->copy_joinable = false;
}

enum err store_backup(struct store *s, const char *path, store_done_h *done,
		      void *arg)
{
	struct copy *c;
	int no;

	if (!s->engine->copy)
		return ERR_STATE;
	if (!path || !*path || strlen(path) + 8 > sizeof(c->path))
		return ERR_ARG;
	if (!access(path, F_OK))
		return ERR_EXISTS;
	if (atomic_exchange(&s->copying, true))
		return ERR_AGAIN;
	copy_join(s);
	c = store_alloc(sizeof(*c));
	c->s = s;
	str_copy(c->path, sizeof(c->path), path);
	str_fmt(c->temp, sizeof(c->temp), "%s.part", path);
	unlink(c->temp);
	c->answer = store_begin(s);
	c->answer->done = done;
	c->answer->arg = arg;
	no = pthread_create(&s->copier, NULL, copier_main, c);
	if (!no) {
		s->copy_joinable = true;
		return ERR_OK;
	}
	store_abort(c->answer);
	free(c);
	atomic_store(&s->copying, false);
	return err_from_errno(no);
}

enum err store_disk(struct store *s, uint64_t *free_bytes)
{
	uint64_t used, most, left;
	struct statvfs fs;

	if (!s->dir) {
		if (free_bytes)
			*free_bytes = UINT64_MAX;
		return ERR_OK;
	}
	if (statvfs(s->dir, &fs))
		return ERR_IO;
	left = (uint64_t)fs.f_bavail * fs.f_frsize;
	s->engine->size(s, &used, &most);
	left = MIN(left, most > used ? most - used : 0);
	if (free_bytes)
		*free_bytes = left;
	return left < s->conf.floor_bytes ? ERR_FULL : ERR_OK;
}

enum err store_verify(struct store *s)
{
	return s->engine->verify ? s->engine->verify(s) : ERR_OK;
}
