#include "base/err.h"

#include <errno.h>

static const char *const texts[] = {
#define X(name, text) [name] = text,
	ERR_LIST(X)
#undef X
};

const char *err_text(enum err e)
{
	if ((unsigned)e >= ERR_COUNT)
		return "unknown error";
	return texts[e];
}

enum err err_from_errno(int no)
{
	switch (no) {
	case 0:			return ERR_OK;
	case EINVAL:		return ERR_ARG;
	case ENOENT:		return ERR_ABSENT;
	case EEXIST:		return ERR_EXISTS;
	case EAGAIN:
	case EINTR:
	case EBUSY:		return ERR_AGAIN;
	case EACCES:
	case EPERM:		return ERR_PERM;
	case EBADMSG:
	case EPROTO:		return ERR_FORMAT;
	case ENOSPC:
	case EDQUOT:
	case EMFILE:
	case ENFILE:		return ERR_FULL;
	case ENOMEM:		return ERR_MEMORY;
	case EPIPE:
	case ECONNRESET:
	case ENOTCONN:
	case ECONNREFUSED:	return ERR_CLOSED;
	case ETIMEDOUT:		return ERR_TIMEOUT;
	default:		return ERR_IO;
	}
}
