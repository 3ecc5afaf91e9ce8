#include "wall_save.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

static const char *end(struct wall_file *s, const char *why)
{
	if (s->f && fclose(s->f) && !why)
		why = strerror(errno);
	s->f = NULL;
	return why;
}

static const char *begin(struct wall_file *s, const char *name)
{
	char path[PATH_MAX];
	int fd;

	end(s, NULL);
	if (!str_fmt(path, sizeof(path), "%s/%s", s->dir ? s->dir : ".", name))
		return strerror(ENAMETOOLONG);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno == EEXIST ? _("there already") : strerror(errno);
	s->f = fdopen(fd, "w");
	if (!s->f) {
		close(fd);
		return strerror(errno);
	}
	/* Spreadsheets take a file for UTF-8 by its first bytes. */
	fputs("\xef\xbb\xbf", s->f);
	return NULL;
}

const char *wall_save_line(struct wall_file *s, const char *name,
			   enum wall_save what, const char *line)
{
	const char *why = what == SAVE_FIRST ? begin(s, name) : NULL;

	if (why)
		return why;
	if (what == SAVE_LAST)
		return end(s, NULL);
	if (!s->f)
		return _("the file is closed");
	if (fprintf(s->f, "%s\r\n", line) < 0)
		return end(s, strerror(errno));
	return NULL;
}
