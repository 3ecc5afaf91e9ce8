/*
 * media_wav.c -- the file of a recording, and its repair after a crash.
 *
 * Stereo G.711 in WAV (RIFF, format 7 for PCMU and 6 for PCMA, with the fact
 * chunk these need), not 16 bit PCM: it is what came over the wire, bit for
 * bit, at half the size (58 MB an hour), and common players read it.
 */
#include "media/media_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

enum { FORMAT_A = 6, FORMAT_U = 7, WALK_FDS = 16, AT_FORMAT = 20 };

static void le16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static void le32(uint8_t *p, uint64_t v)
{
	le16(p, (unsigned)v & 0xffff);
	le16(p + 2, (unsigned)(v >> 16) & 0xffff);
}

void wav_header(uint8_t *h, int law, uint64_t frames)
{
	memcpy(h, "RIFF    WAVEfmt ", 16);
	le32(h + 4, WAV_HEADER - 8 + frames * 2);
	le32(h + 16, 18);
	le16(h + AT_FORMAT, law == G711_A ? FORMAT_A : FORMAT_U);
	le16(h + 22, 2);		/* channels */
	le32(h + 24, RTP_HZ);
	le32(h + 28, RTP_HZ * 2);	/* bytes a second */
	le16(h + 32, 2);		/* bytes a frame */
	le16(h + 34, 8);		/* bits a sample */
	le16(h + 36, 0);
	memcpy(h + 38, "fact", 4);
	le32(h + 42, 4);
	le32(h + 46, frames);
	memcpy(h + 50, "data", 4);
	le32(h + 54, frames * 2);
}

struct repair {
	void (*each)(const char *path, uint32_t ms, uint64_t bytes, void *arg);
	void *arg;
	unsigned n;
};

/* nftw() has no argument; threads of a test may each repair a folder. */
static _Thread_local struct repair *repairing;

/* ERR_FORMAT: not one of our headers. */
static enum err mend(int fd, uint64_t size, uint64_t *frames)
{
	uint8_t h[WAV_HEADER];
	int law;

	if (pread(fd, h, sizeof(h), 0) != sizeof(h) || memcmp(h, "RIFF", 4) ||
	    memcmp(h + 50, "data", 4) ||
	    (h[AT_FORMAT] != FORMAT_A && h[AT_FORMAT] != FORMAT_U))
		return ERR_FORMAT;
	law = h[AT_FORMAT] == FORMAT_A ? G711_A : G711_U;
	*frames = (size - WAV_HEADER) / 2;
	wav_header(h, law, *frames);
	if (ftruncate(fd, (off_t)(WAV_HEADER + *frames * 2)) ||
	    pwrite(fd, h, sizeof(h), 0) != sizeof(h) || fdatasync(fd))
		return err_from_errno(errno);
	return ERR_OK;
}

static void repair_file(const char *part, const char *path, uint64_t size)
{
	uint64_t frames = 0;
	enum err e;
	int fd = open(part, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0) {
		log_err("media", "%s: %s", part, strerror(errno));
		return;
	}
	e = mend(fd, size, &frames);
	close(fd);
	if (!e && rename(part, path))
		e = err_from_errno(errno);
	if (e) {
		log_err("media", "%s cannot be repaired: %s", part,
			err_text(e));
		return;
	}
	repairing->n++;
	if (repairing->each)
		repairing->each(path, (uint32_t)(frames / 8),
				WAV_HEADER + frames * 2, repairing->arg);
}

static int repair_h(const char *part, const struct stat *st, int type,
		    struct FTW *where)
{
	char path[1024];
	size_t n = strlen(part);

	(void)where;
	if (type != FTW_F || n < 9 || n >= sizeof(path) ||
	    strcmp(part + n - 9, ".wav.part"))
		return 0;
	str_copy(path, sizeof(path), part);
	path[n - 5] = '\0';
	if (st->st_size >= WAV_HEADER) {
		repair_file(part, path, (uint64_t)st->st_size);
	} else {
		log_warn("media", "%s holds no audio: removed", part);
		unlink(part);
	}
	return 0;
}

enum err media_repair(const char *dir,
		      void (*each)(const char *path, uint32_t ms,
				   uint64_t bytes, void *arg),
		      void *arg, unsigned *repaired)
{
	struct repair r = { each, arg, 0 };
	int rc;

	repairing = &r;
	rc = nftw(dir, repair_h, WALK_FDS, FTW_PHYS);
	repairing = NULL;
	if (rc)
		return err_from_errno(errno);
	*repaired = r.n;
	return ERR_OK;
}
