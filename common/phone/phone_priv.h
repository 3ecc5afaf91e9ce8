/*
 * phone_priv -- what phone's two files share: the child and its folder.
 */
#ifndef PHONE_PHONE_PRIV_H
#define PHONE_PHONE_PRIV_H

#include <sys/types.h>

#include "phone/phone.h"
#include "phone/phone_wire.h"

enum { PHONE_PATH = 256, PHONE_URI = 256, PHONE_WORD = 128 };

/* phone_conf with its defaults filled in, copied and checked. */
struct phone_setup {
	char server_uri[PHONE_URI];
	char user[PHONE_WORD];
	char password[PHONE_WORD];
	enum phone_sound sound;
	char mic[PHONE_PATH], speaker[PHONE_PATH];
	char baresip[PHONE_PATH], modules[PHONE_PATH], module[PHONE_PATH];
	char listen[PHONE_WORD];
};

struct phone_child {
	pid_t pid;			/* -1 = none                         */
	int fd;				/* our end of the pair, -1 = none    */
	char dir[PHONE_PATH];		/* its session folder, "" = removed  */
};

/* ERR_ARG, ERR_ABSENT with the reason. */
MUST_CHECK enum err phone_setup_read(const struct phone_conf *conf,
				     struct phone_setup *out, char *why,
				     size_t why_size);
/* Asks the program itself; text[size] gets "1.0.0".  ERR_VERSION. */
MUST_CHECK enum err phone_version(const struct phone_setup *s, char *text,
				  size_t size, char *why, size_t why_size);
/* Folder, socket, process. */
MUST_CHECK enum err phone_child_start(const struct phone_setup *s,
				      struct phone_child *c, char *why,
				      size_t why_size);
/* Removes the folder: everything in it was read. */
void phone_child_tidy(struct phone_child *c);
/* Closes the socket, which ends the child; SIGKILL after ms. */
void phone_child_end(struct phone_child *c, int ms);
/* True once the child has ended by itself (reaped). */
bool phone_child_is_gone(struct phone_child *c);

#endif
