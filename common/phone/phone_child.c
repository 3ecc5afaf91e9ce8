/*
 * phone_child -- the baresip process, its folder and its files.
 *
 * The folder is private (0700) and lives only until the child has read it:
 * config, accounts (with the password) and a folder of links to modules,
 * because baresip's module names are relative to one folder.  After WIRE_READY
 * nothing of it is needed, so a later kill -9 leaves no password behind.
 */
#include "phone/phone_priv.h"

#include "base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* Versions whose symbols, events and files were tried. */
static const char *const known_versions[] = { "1.0.0" };

/* Modules by what they are for; bit = 1 << enum phone_sound. */
static const struct { const char *line; unsigned sounds; } modules[] = {
	{ "module g711.so",                 7 },
	{ "module alsa.so",                 1 << PHONE_ALSA },
	{ "module aufile.so",               1 << PHONE_FILE },
	{ "module sndfile.so",              1 << PHONE_FILE },
	{ "module ausine.so",               1 << PHONE_NONE },
	{ "module aubridge.so",             1 << PHONE_FILE | 1 << PHONE_NONE },
	{ "module vumeter.so",              7 },
	{ "module_tmp account.so",          7 },
	{ "module_app menu.so",             7 },
};

static enum err say(char *why, size_t size, enum err e, const char *fmt, ...)
	PRINTF_LIKE(4, 5);
static enum err say(char *why, size_t size, enum err e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, size, fmt, ap);
	va_end(ap);
	return e;
}

/* ---- the configuration ------------------------------------------------- */

/* Text that goes into a line of baresip's files: nothing that could end the
 * line, the address or its parameters early. */
static bool is_safe(const char *s, bool uri)
{
	for (; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f ||
		    strchr(uri ? "<>\"\\," : "<>\"\\,;", *s))
			return false;
	return true;
}

static void beside_program(char *buf, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", buf, size - 1);
	char *slash;

	buf[n > 0 ? n : 0] = '\0';
	slash = strrchr(buf, '/');
	if (slash)
		slash[1] = '\0';
	str_add(buf, size, "waihu_phone.so");
	if (access(buf, R_OK))
		str_copy(buf, size, WAIHU_PREFIX "/lib/waihu/waihu_phone.so");
}

static void absolute(char *buf, size_t size, const char *path)
{
	char *real = realpath(path, NULL);

	str_copy(buf, size, real ? real : path);
	free(real);
}

static const char *or(const char *s, const char *def)
{
	return s && *s ? s : def;
}

static enum err check(const struct phone_setup *s, char *why, size_t size)
{
	struct stat st;

	if (strncmp(s->server_uri, "sip:", 4) &&
	    strncmp(s->server_uri, "sips:", 5))
		return say(why, size, ERR_ARG, "\"%s\" is not a SIP URI",
			   s->server_uri);
	if (!is_safe(s->server_uri, true) || !is_safe(s->user, false) ||
	    !is_safe(s->password, false) || !is_safe(s->mic, false) ||
	    !is_safe(s->speaker, false) || !is_safe(s->listen, false))
		return say(why, size, ERR_ARG, "blanks, quotes, commas and "
			   "angle brackets cannot be used for the phone");
	if (access(s->baresip, X_OK))
		return say(why, size, ERR_ABSENT, "%s is not there: install "
			   "baresip-core", s->baresip);
	if (access(s->module, R_OK))
		return say(why, size, ERR_ABSENT, "%s is not there: it belongs "
			   "to this program", s->module);
	if (s->sound == PHONE_FILE && access(s->mic, R_OK))
		return say(why, size, ERR_ABSENT, "sound file %s cannot be "
			   "read", s->mic);
	if (s->sound == PHONE_FILE && *s->speaker &&
	    (stat(s->speaker, &st) || !S_ISDIR(st.st_mode)))
		return say(why, size, ERR_ABSENT, "%s is not a folder for "
			   "what is heard", s->speaker);
	return ERR_OK;
}

enum err phone_setup_read(const struct phone_conf *conf,
			  struct phone_setup *out, char *why, size_t size)
{
	bool alsa = conf->sound == PHONE_ALSA;
	struct phone_setup s = { .sound = conf->sound };
	bool whole =
		str_copy(s.server_uri, sizeof(s.server_uri),
			 conf->server_uri) &&
		str_copy(s.user, sizeof(s.user), or(conf->user, "agent")) &&
		str_copy(s.password, sizeof(s.password), conf->password) &&
		str_copy(s.listen, sizeof(s.listen), conf->listen);

	if (!whole)
		return say(why, size, ERR_ARG, "a text is too long");
	if (alsa) {
		str_copy(s.mic, sizeof(s.mic), or(conf->mic, "default"));
		str_copy(s.speaker, sizeof(s.speaker),
			 or(conf->speaker, "default"));
	} else {
		absolute(s.mic, sizeof(s.mic), or(conf->mic, ""));
		absolute(s.speaker, sizeof(s.speaker), or(conf->speaker, ""));
	}
	str_copy(s.baresip, sizeof(s.baresip),
		 or(conf->baresip, "/usr/bin/baresip"));
	str_copy(s.modules, sizeof(s.modules),
		 or(conf->baresip_modules, "/usr/lib/baresip/modules"));
	if (conf->module && *conf->module)
		absolute(s.module, sizeof(s.module), conf->module);
	else
		beside_program(s.module, sizeof(s.module));
	*out = s;
	return check(out, why, size);
}

/* ---- its files --------------------------------------------------------- */

static enum err put(const char *dir, const char *name, const char *text)
{
	char path[PHONE_PATH + 32];
	size_t len = strlen(text);
	int fd;

	str_fmt(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_from_errno(errno);
	ssize_t n = write(fd, text, len);

	close(fd);
	return n == (ssize_t)len ? ERR_OK : ERR_IO;
}

static void sound_lines(const struct phone_setup *s, char *buf, size_t size)
{
	switch (s->sound) {
	case PHONE_ALSA:
		str_add(buf, size, "audio_source alsa,%s\n"
			"audio_player alsa,%s\naudio_alert alsa,%s\n", s->mic,
			s->speaker, s->speaker);
		break;
	case PHONE_FILE:
		str_add(buf, size, "audio_source aufile,%s\n"
			"audio_player aubridge,null\n"
			"audio_alert aubridge,null\n", s->mic);
		if (*s->speaker)
			str_add(buf, size, "snd_path %s\n", s->speaker);
		break;
	case PHONE_NONE:
		/* A source there must be; it is muted, so silence is sent. */
		str_add(buf, size, "audio_source ausine,1000\n"
			"ausrc_srate 48000\nausrc_channels 2\n"
			"audio_player aubridge,null\n"
			"audio_alert aubridge,null\n");
		break;
	}
}

static enum err config_put(const struct phone_setup *s, const char *dir)
{
	char text[4096] = "";

	str_add(text, sizeof(text), "poll_method epoll\n"
		"call_local_timeout 60\ncall_max_calls 2\n"
		"audio_path %s\nmodule_path %s/modules\n", dir, dir);
	if (*s->listen)
		str_add(text, sizeof(text), "sip_listen %s\n", s->listen);
	sound_lines(s, text, sizeof(text));
	for (size_t i = 0; i < ARRAY_LEN(modules); i++)
		if (modules[i].sounds & 1u << s->sound &&
		    (*s->speaker || !strstr(modules[i].line, "sndfile")))
			str_add(text, sizeof(text), "%s\n", modules[i].line);
	if (!str_add(text, sizeof(text), "module_app waihu_phone.so\n"))
		return ERR_FULL;
	return put(dir, "config", text);
}

/* "sip:line@host:5060;transport=tcp" -> "host:5060;transport=tcp" */
static const char *host_of(const char *uri)
{
	const char *at = strchr(uri, '@');

	return at ? at + 1 : strchr(uri, ':') + 1;
}

static enum err accounts_put(const struct phone_setup *s, const char *dir)
{
	char text[1024];
	bool whole = str_fmt(text, sizeof(text),
			     "<sip:%s@%s>;regint=0;auth_user=%s%s%s\n",
			     s->user, host_of(s->server_uri), s->user,
			     *s->password ? ";auth_pass=" : "", s->password);
	enum err e = whole ? put(dir, "accounts", text) : ERR_ARG;

	explicit_bzero(text, sizeof(text));
	return e;
}

static enum err links_put(const struct phone_setup *s, const char *dir,
			  char *why, size_t size)
{
	char from[PHONE_PATH * 2], to[PHONE_PATH * 2];

	str_fmt(to, sizeof(to), "%s/modules", dir);
	if (mkdir(to, 0700))
		return err_from_errno(errno);
	str_add(to, sizeof(to), "/waihu_phone.so");
	if (symlink(s->module, to))
		return err_from_errno(errno);
	for (size_t i = 0; i < ARRAY_LEN(modules); i++) {
		const char *name = strrchr(modules[i].line, ' ') + 1;

		if (!(modules[i].sounds & 1u << s->sound))
			continue;
		str_fmt(from, sizeof(from), "%s/%s", s->modules, name);
		str_fmt(to, sizeof(to), "%s/modules/%s", dir, name);
		if (access(from, R_OK))
			return say(why, size, ERR_ABSENT, "%s is not there: "
				   "install baresip-core", from);
		if (symlink(from, to))
			return err_from_errno(errno);
	}
	return ERR_OK;
}

static enum err folder_make(const struct phone_setup *s, char *dir,
			    size_t dir_size, char *why, size_t size)
{
	const char *run = getenv("XDG_RUNTIME_DIR");
	enum err e;

	str_fmt(dir, dir_size, "%s/waihu-phone-XXXXXX",
		run && !access(run, W_OK) && is_safe(run, false) ? run :
		"/tmp");
	if (!mkdtemp(dir)) {		/* 0700: mkdtemp(3) */
		dir[0] = '\0';
		return err_from_errno(errno);
	}
	e = links_put(s, dir, why, size);
	if (!e)
		e = config_put(s, dir);
	if (!e)
		e = accounts_put(s, dir);
	return e;
}

static void empty_folder(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[PHONE_PATH * 2 + 2];

	while (d && (e = readdir(d))) {
		if (str_eq(e->d_name, ".") || str_eq(e->d_name, ".."))
			continue;
		str_fmt(path, sizeof(path), "%s/%s", dir, e->d_name);
		(void)unlink(path);
	}
	if (d)
		closedir(d);
	(void)rmdir(dir);
}

void phone_child_tidy(struct phone_child *c)
{
	char path[PHONE_PATH + 16];

	if (!*c->dir)
		return;
	str_fmt(path, sizeof(path), "%s/modules", c->dir);
	empty_folder(path);
	empty_folder(c->dir);
	c->dir[0] = '\0';
}

/* ---- the process ------------------------------------------------------- */

/* Between fork and exec: only calls that are safe in a threaded program
 * (signal-safety(7)). */
static void become(const char *path, char *const argv[], char *const envp[],
		   int keep, int out, pid_t parent)
{
	sigset_t none;
	int null = open("/dev/null", O_RDWR);

	setsid();			/* the terminal's signals are not its */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(126);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	dup2(null, 0);
	dup2(out >= 0 ? out : null, 1);
	dup2(null, 2);
	if (keep == 3)
		fcntl(3, F_SETFD, 0);
	else if (keep >= 0)
		dup2(keep, 3);
	execve(path, argv, envp);
	_exit(127);
}

/* It takes 20 ms; a machine that reads its disk for the first time, more. */
enum { ENV_MAX = 256, VERSION_MS = 10000 };

static void env_make(const char **env)
{
	size_t n = 0;

	for (char **e = environ; *e && n < ENV_MAX - 2; e++)
		if (strncmp(*e, PHONE_WIRE_ENV "=",
			    sizeof(PHONE_WIRE_ENV)))
			env[n++] = *e;
	env[n++] = PHONE_WIRE_ENV "=3";
	env[n] = NULL;
}

static int64_t mono_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static enum err version_judge(const char *out, char *text, size_t size,
			      char *why, size_t why_size)
{
	static const char head[] = "baresip v";
	const char *v = strstr(out, head);

	if (!v)
		return say(why, why_size, ERR_VERSION,
			   "the phone program does not say it is baresip");
	v += sizeof(head) - 1;
	str_fmt(text, size, "%.*s", (int)MIN(strcspn(v, " \r\n"), 24), v);
	for (size_t i = 0; i < ARRAY_LEN(known_versions); i++)
		if (str_eq(known_versions[i], text))
			return ERR_OK;
	return say(why, why_size, ERR_VERSION, "baresip %s is not known to "
		   "this program (known: %s): install Debian 12's "
		   "baresip-core, or use a SIP phone", text,
		   known_versions[0]);
}

enum err phone_version(const struct phone_setup *s, char *text, size_t size,
		       char *why, size_t why_size)
{
	char *const argv[] = { (char *)(uintptr_t)s->baresip,
			       (char[]){ "-h" }, NULL };
	char out[512] = "";
	int64_t until = mono_ms() + VERSION_MS;
	pid_t me = getpid();
	size_t len = 0;
	ssize_t n = 1;
	int p[2];

	if (pipe2(p, O_CLOEXEC))
		return say(why, why_size, ERR_IO, "%s", strerror(errno));
	pid_t pid = fork();

	if (!pid)
		become(s->baresip, argv, environ, -1, p[1], me);
	close(p[1]);
	while (pid > 0 && n > 0 && len < sizeof(out) - 1) {
		struct pollfd pf = { p[0], POLLIN, 0 };
		int64_t left = until - mono_ms();

		if (left <= 0 || poll(&pf, 1, (int)left) <= 0)
			break;
		n = read(p[0], out + len, sizeof(out) - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	out[len] = '\0';
	close(p[0]);
	if (pid < 0)
		return say(why, why_size, ERR_IO, "%s", strerror(errno));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return version_judge(out, text, size, why, why_size);
}

static enum err spawn(const struct phone_setup *s, struct phone_child *c)
{
	char *const argv[] = { (char *)(uintptr_t)s->baresip,
			       (char[]){ "-f" }, c->dir, NULL };
	const char *env[ENV_MAX];
	pid_t me = getpid();
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd))
		return err_from_errno(errno);
	env_make(env);
	fcntl(fd[0], F_SETFL, O_NONBLOCK);
	c->pid = fork();
	if (!c->pid)
		become(s->baresip, argv, (char *const *)(uintptr_t)env, fd[1],
		       -1, me);
	close(fd[1]);
	if (c->pid < 0) {
		int no = errno;

		close(fd[0]);
		return err_from_errno(no);
	}
	c->fd = fd[0];
	return ERR_OK;
}

enum err phone_child_start(const struct phone_setup *s, struct phone_child *c,
			   char *why, size_t size)
{
	struct phone_child child = { .pid = -1, .fd = -1 };
	enum err e;

	why[0] = '\0';
	e = folder_make(s, child.dir, sizeof(child.dir), why, size);
	if (!e)
		e = spawn(s, &child);
	if (e) {
		phone_child_tidy(&child);
		if (!why[0])
			say(why, size, e, "the phone cannot be started: %s",
			    err_text(e));
		return e;
	}
	*c = child;
	return ERR_OK;
}

bool phone_child_is_gone(struct phone_child *c)
{
	if (c->pid > 0 && waitpid(c->pid, NULL, WNOHANG) == c->pid)
		c->pid = -1;
	return c->pid < 0;
}

void phone_child_end(struct phone_child *c, int ms)
{
	int64_t until = mono_ms() + ms;
	const struct timespec tick = { 0, 2000000 };

	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	while (!phone_child_is_gone(c) && mono_ms() < until)
		nanosleep(&tick, NULL);
	if (c->pid > 0) {
		kill(c->pid, SIGKILL);
		waitpid(c->pid, NULL, 0);
		c->pid = -1;
	}
	phone_child_tidy(c);
}
