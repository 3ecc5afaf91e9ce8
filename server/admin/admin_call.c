/* admin_call -- a call's recording: heard, or copied to a file. */
#include "admin/admin.h"

#include "base/str.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { FOUND_NOTHING = 2, NO_PROGRAM = 127 };

struct found {
	char file[256], spool[1024];
	bool any;
};

static void on_call(void *arg, const json_t *v)
{
	struct found *f = arg;
	const char *file = json_string_value(json_object_get(v, "recording"));
	const char *spool = json_string_value(json_object_get(v, "spool"));

	if (!file || !spool)
		return;
	f->any = true;
	str_copy(f->file, sizeof(f->file), file);
	str_copy(f->spool, sizeof(f->spool), spool);
}

/* Opens the recording of call `uid`; NULL with the exit status in *status. */
static FILE *recording(const struct admin_opts *o, const char *uid,
		       char *path, size_t size, int *status)
{
	struct msg_admin_req req = { .argv_count = 3, .json = true };
	struct admin_opts ask = *o;
	struct found f = { .any = false };
	FILE *in;

	ask.line = on_call;
	ask.line_arg = &f;
	str_copy(req.argv[0].word, sizeof(req.argv[0].word), "call");
	str_copy(req.argv[1].word, sizeof(req.argv[1].word), "show");
	str_copy(req.argv[2].word, sizeof(req.argv[2].word), uid);
	*status = admin_talk(&ask, &req, NULL, NULL);
	if (*status)
		return NULL;
	if (!f.any || !*f.file) {
		fprintf(stderr, "waihu: call %s has no recording\n", uid);
		*status = FOUND_NOTHING;
		return NULL;
	}
	str_fmt(path, size, "%s/%s", f.spool, f.file);
	in = fopen(path, "re");
	if (in)
		return in;
	*status = errno == EACCES ? EX_NOPERM : EX_NOINPUT;
	fprintf(stderr, "waihu: %s: %s\n", path, strerror(errno));
	if (o->url && strncmp(o->url, "ipc:", 4))
		fprintf(stderr, "waihu: recordings stay on the server's "
			"machine: run this command there\n");
	return NULL;
}

/* Runs one player; its exit status, NO_PROGRAM if it is not installed. */
static int run_player(const char *name, const char *path)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		execlp(name, name, "-q", path, (char *)NULL);
		_exit(errno == ENOENT ? NO_PROGRAM : 126);
	}
	if (pid < 0)
		return 126;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}

static int play(const char *path)
{
	static const char *const players[] = { "aplay", "play" };

	for (size_t i = 0; i < ARRAY_LEN(players); i++) {
		int status = run_player(players[i], path);

		if (status == NO_PROGRAM)
			continue;
		if (status)
			fprintf(stderr, "waihu: %s could not play %s\n",
				players[i], path);
		return status ? EX_UNAVAILABLE : 0;
	}
	fprintf(stderr, "waihu: no player is installed (aplay of alsa-utils, "
		"play of sox); the recording is %s\n", path);
	return EX_UNAVAILABLE;
}

static int copy(FILE *in, const char *to, bool over)
{
	char buf[65536];
	bool out = str_eq(to, "-");
	FILE *f = out ? stdout : fopen(to, over ? "we" : "wxe");
	size_t n;
	bool bad;

	if (!f) {
		fprintf(stderr, "waihu: %s: %s%s\n", to, strerror(errno),
			errno == EEXIST ? "; --yes replaces it" : "");
		return EX_CANTCREAT;
	}
	while ((n = fread(buf, 1, sizeof(buf), in)) > 0)
		if (fwrite(buf, 1, n, f) != n)
			break;
	bad = ferror(in) || ferror(f) || fflush(f);
	if (!out)
		bad = fclose(f) || bad;
	if (bad) {
		fprintf(stderr, "waihu: %s: not written whole: %s\n", to,
			strerror(errno));
		if (!out)
			unlink(to);
		return EX_IOERR;
	}
	return 0;
}

int admin_call(const struct admin_opts *o, int argc, char **argv)
{
	bool to_file = argc > 1 && str_eq(argv[1], "export");
	char path[1400];
	FILE *in;
	int status;

	if (argc < 2 || !(to_file || str_eq(argv[1], "play")))
		return -1;
	if (argc != (to_file ? 4 : 3)) {
		fprintf(stderr, "waihu: call %s\n", to_file
			? "export CALL FILE (- is standard output)"
			: "play CALL");
		return EX_USAGE;
	}
	in = recording(o, argv[2], path, sizeof(path), &status);
	if (!in)
		return status;
	if (o->dry_run) {
		puts(path);
		status = 0;
	} else {
		status = to_file ? copy(in, argv[3], o->yes) : play(path);
	}
	fclose(in);
	return status;
}
